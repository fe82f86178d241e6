//! SCORM 2004 sequencing through the server: what content asks for, and what one course tells the next.

use super::*;

/// Commits the end of a session with what the content asked for.
async fn terminate(
    app: &TestApp,
    launch: &mut Launch,
    set: &[(&str, &str)],
    exit: &str,
    request: Option<&str>,
) -> Value {
    let mut commit = launch.next(set, "PT1M", Some(exit));
    commit["nav_request"] = json!(request);
    launch.send(&app.content(), &commit).await.expect(200).json()
}

/// Asks where to go next, as the player of this launch does.
async fn follow(person: &TestPerson, registration: &str, launch: &Launch, request: &str) -> Value {
    let order = json!({"request": request, "launch": launch.answer["launch"]});
    person.post_json(&format!("/player/{registration}/navigate"), &order).await.expect(200).json()
}

/// A course of two SCOs that flows; the first one has this sequencing.
fn two_scos(sequencing: &str) -> Vec<u8> {
    let flow = r#"<imsss:sequencing><imsss:controlMode flow="true"/></imsss:sequencing>"#;
    let first = item("a", &format!("<imsss:sequencing>{sequencing}</imsss:sequencing>"));
    scorm("2004 4th Edition", &format!("{first}{}{flow}", item("b", "")), &[("a", "sco"), ("b", "sco")])
}

both_databases! {
    async fn what_content_asks_for_is_done_even_if_the_tab_is_closed_before_the_player_follows(app: TestApp) {
        let course = app.import(three_scos(r#"flow="true""#)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        let mut a = camille.launch(&registration, 0).await;
        terminate(&app, &mut a, &[("cmi.completion_status", "completed")], "normal", Some("continue")).await;
        assert_eq!(camille.start(&course).await.1, 1);
        // The player that follows is told the same, and nothing is done twice.
        assert_eq!(follow(&camille, &registration, &a, "continue").await["deliver"]["activity"], 1);
        let mut b = camille.launch(&registration, 1).await;
        assert_eq!(b.reads("cmi.entry"), "ab-initio");
        terminate(&app, &mut b, &[], "suspend", Some("choice:a")).await;
        assert_eq!(follow(&camille, &registration, &b, "choice").await["deliver"]["activity"], 0);
    }

    async fn a_time_out_ends_the_course_whatever_is_asked_for(app: TestApp) {
        let course = app.import(three_scos(r#"flow="true""#)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        let mut a = camille.launch(&registration, 0).await;
        terminate(&app, &mut a, &[], "time-out", None).await;
        let way_out = format!("/courses/{}", course.id);
        assert_eq!(follow(&camille, &registration, &a, "continue").await["end"]["url"], way_out);
        // The next visit begins anew.
        assert_eq!(camille.start(&course).await.1, 0);
        assert_eq!(camille.launch(&registration, 0).await.reads("cmi.entry"), "ab-initio");
    }

    async fn without_a_request_the_activity_stays_until_the_learner_goes_on_and_is_completed_all_the_same(app: TestApp) {
        let course = app.import(two_scos("")).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        let mut a = camille.launch(&registration, 0).await;
        let ended = terminate(&app, &mut a, &[], "normal", None).await;
        assert_eq!(ended["progress"]["completion"], "completed");
        assert_eq!(camille.start(&course).await.1, 0);
        let next = follow(&camille, &registration, &a, "continue").await;
        assert_eq!(next["deliver"]["activity"], 1);
        let completed = verbs(&app, &registration).await.iter().filter(|verb| *verb == "completed").count();
        assert_eq!(completed, 1);
    }

    async fn a_session_that_was_ended_is_followed_by_one_that_begins_by_the_rules_and_a_suspended_one_goes_on(app: TestApp) {
        let course = app.import(three_scos(r#"flow="true""#)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        let a = camille.launch(&registration, 0).await;
        follow(&camille, &registration, &a, "continue").await;
        let mut b = camille.launch(&registration, 1).await;
        terminate(&app, &mut b, &[], "suspend", Some("suspendAll")).await;
        assert_eq!(camille.start(&course).await.1, 1);
        let mut b = camille.launch(&registration, 1).await;
        assert_eq!(b.reads("cmi.entry"), "resume");
        terminate(&app, &mut b, &[], "normal", Some("exitAll")).await;
        // SN 4.8: what was exited and not suspended begins by Start.
        assert_eq!(camille.start(&course).await.1, 0);
        let page = camille.get(&format!("/courses/{}", course.id)).await.expect(200).text();
        assert!(page.contains(&format!("href=\"/player/{registration}/0\"")), "{page}");
        assert_eq!(camille.launch(&registration, 0).await.reads("cmi.entry"), "ab-initio");
    }

    async fn a_course_without_rules_goes_on_where_it_was_left(app: TestApp) {
        let items = format!("{}{}", item("a", ""), item("b", ""));
        let course = app.import(scorm("1.2", &items, &[("a", "sco"), ("b", "sco")])).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        let a = camille.launch(&registration, 0).await;
        follow(&camille, &registration, &a, "continue").await;
        let b = camille.launch(&registration, 1).await;
        follow(&camille, &registration, &b, "exitAll").await;
        assert_eq!(camille.start(&course).await.1, 1);
    }

    async fn what_is_abandoned_leaves_the_learner_in_the_course_to_choose_what_follows(app: TestApp) {
        let course = app.import(three_scos(r#"flow="true""#)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        let mut a = camille.launch(&registration, 0).await;
        terminate(&app, &mut a, &[], "normal", Some("abandon")).await;
        let told = follow(&camille, &registration, &a, "abandon").await;
        assert_eq!(told["wait"]["valid_requests"]["choice"]["b"], true, "{told}");
        let order = json!({"request": "choice", "target": 1, "launch": a.answer["launch"]});
        let next = camille.post_json(&format!("/player/{registration}/navigate"), &order).await.expect(200).json();
        assert_eq!(next["deliver"]["activity"], 1);
    }

    async fn the_page_of_a_course_offers_what_the_rules_let_the_learner_begin_with(app: TestApp) {
        let closed = r#"<imsss:sequencing><imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions>
            <imsss:ruleCondition condition="always"/></imsss:ruleConditions><imsss:ruleAction action="disabled"/>
            </imsss:preConditionRule></imsss:sequencingRules></imsss:sequencing>"#;
        let items = format!("{}{}{}", item("a", closed), item("b", ""), item("c", ""));
        let course = app.import(scorm("2004 4th Edition", &items, &[("a", "sco"), ("b", "sco"), ("c", "sco")])).await;
        let camille = app.person("Camille", Role::Learner).await;
        let page = camille.get(&format!("/courses/{}", course.id)).await.expect(200).text();
        let offered = |index: i64| page.contains(&format!("name=\"activity\" value=\"{index}\""));
        assert_eq!([0, 1, 2].map(offered), [false, true, true], "{page}");
        let start = format!("/courses/{}/start", course.id);
        camille.post_form(&start, &[("activity", "0")]).await.expect(409);
        let answer = camille.post_form(&start, &[("activity", "2")]).await.expect(303);
        let address = answer.header("location").expect("an address").to_owned();
        assert!(address.ends_with("/2"), "{address}");
        let registration = address.split('/').nth(2).expect("a registration");
        camille.launch(registration, 2).await;
        let page = camille.get(&format!("/courses/{}", course.id)).await.expect(200).text();
        let linked = |index: i64| page.contains(&format!("href=\"/player/{registration}/{index}\""));
        assert_eq!([0, 1, 2].map(linked), [false, true, true], "{page}");
        // Where the rules begin nowhere, the course begins with the first that may be chosen.
        let thomas = app.person("Thomas", Role::Learner).await;
        let (registration, index) = thomas.start(&course).await;
        assert_eq!(index, 1);
        thomas.launch(&registration, 1).await;
    }

    async fn what_a_learner_came_to_in_one_course_counts_in_the_next(app: TestApp) {
        let map = |flags: &str| {
            format!(
                r#"<imsss:objectives><imsss:primaryObjective objectiveID="safety"><imsss:mapInfo targetObjectiveID="urn:safety" {flags}/>
                </imsss:primaryObjective></imsss:objectives>"#
            )
        };
        let skips = r#"<imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions>
            <imsss:ruleCondition condition="satisfied"/></imsss:ruleConditions><imsss:ruleAction action="skip"/>
            </imsss:preConditionRule></imsss:sequencingRules>"#;
        let first = app.import(two_scos(&map(r#"writeSatisfiedStatus="true""#))).await;
        let second = app.import(two_scos(&format!("{skips}{}", map("")))).await;
        assert_ne!(first.id, second.id);

        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&first).await;
        let mut a = camille.launch(&registration, 0).await;
        assert_eq!(a.reads("cmi.objectives.0.id"), "safety");
        terminate(&app, &mut a, &[("cmi.success_status", "passed")], "normal", Some("exitAll")).await;
        assert_eq!(camille.start(&second).await.1, 1);
        // Whoever has not passed it there begins here with it.
        let thomas = app.person("Thomas", Role::Learner).await;
        assert_eq!(thomas.start(&second).await.1, 0);
    }

    async fn what_is_offered_follows_each_commit(app: TestApp) {
        let map = |flags: &str| {
            format!(
                r#"<imsss:objectives><imsss:primaryObjective objectiveID="o"><imsss:mapInfo targetObjectiveID="urn:known" {flags}/>
                </imsss:primaryObjective></imsss:objectives>"#
            )
        };
        let closes = r#"<imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions>
            <imsss:ruleCondition condition="satisfied"/></imsss:ruleConditions><imsss:ruleAction action="disabled"/>
            </imsss:preConditionRule></imsss:sequencingRules>"#;
        let inside = |sequencing: &str| format!("<imsss:sequencing>{sequencing}</imsss:sequencing>");
        let items = format!(
            r#"{}{}<imsss:sequencing><imsss:controlMode flow="true"/></imsss:sequencing>"#,
            item("a", &inside(&map(r#"writeSatisfiedStatus="true""#))),
            item("b", &inside(&format!("{closes}{}", map(""))))
        );
        let course = app.import(scorm("2004 4th Edition", &items, &[("a", "sco"), ("b", "sco")])).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        let mut a = camille.launch(&registration, 0).await;
        assert_eq!(a.answer["runtime"]["valid_requests"]["choice"]["b"], true);
        let commit = a.next(&[("cmi.success_status", "passed")], "PT1M", None);
        let saved = a.send(&app.content(), &commit).await.expect(200).json();
        assert_eq!(saved["valid_requests"]["choice"]["b"], false, "{saved}");
        // A repeat is told the same.
        assert_eq!(a.send(&app.content(), &commit).await.expect(200).json()["valid_requests"], saved["valid_requests"]);
    }

    async fn a_jump_leads_where_no_choice_may(app: TestApp) {
        let course = app.import(three_scos(r#"choice="false" flow="true""#)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        let a = camille.launch(&registration, 0).await;
        let valid = &a.answer["runtime"]["valid_requests"];
        assert_eq!((&valid["choice"]["c"], &valid["jump"]["c"]), (&json!(false), &json!(true)));
        assert_eq!(camille.navigate(&registration, "choice", Some(2)).await["refused"]["detail"], "NB.2.1-10");
        assert_eq!(camille.navigate(&registration, "jump", Some(2)).await["deliver"]["activity"], 2);
    }

    async fn the_player_offers_what_the_rules_of_the_course_allow(app: TestApp) {
        let hidden = r#"<imsss:sequencing><imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions>
            <imsss:ruleCondition condition="always"/></imsss:ruleConditions>
            <imsss:ruleAction action="hiddenFromChoice"/></imsss:preConditionRule></imsss:sequencingRules></imsss:sequencing>"#;
        let own = r#"<adlnav:presentation xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3"><adlnav:navigationInterface>
            <adlnav:hideLMSUI>continue</adlnav:hideLMSUI></adlnav:navigationInterface></adlnav:presentation>"#;
        let items = format!(
            "{}{}{}<imsss:sequencing><imsss:controlMode flow=\"true\"/></imsss:sequencing>",
            item("a", own), item("b", hidden), item("c", "")
        );
        let resources = [("a", "sco"), ("b", "sco"), ("c", "sco")];
        let course = app.import(scorm("2004 4th Edition", &items, &resources)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        let page = camille.get(&format!("/player/{registration}/0")).await.expect(200).text();
        assert!(page.contains(&format!(r#"href="/player/{registration}/2""#)));
        assert!(!page.contains(&format!(r#"href="/player/{registration}/1""#)));
        assert!(page.contains(r#"id="player-next" type="button" disabled hidden"#));
        assert!(page.contains(r#"id="player-previous" type="button" disabled>"#));
        // Content may go on to where nobody may choose to go.
        assert_eq!(camille.navigate(&registration, "choice", Some(1)).await["refused"]["detail"], "SB.2.9-3");
        assert_eq!(camille.navigate(&registration, "continue", None).await["deliver"]["activity"], 1);
    }
}
