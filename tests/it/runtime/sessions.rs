//! What a cmi5 unit may say, and when: sessions over the store.

use super::*;

/// A course of one unit that Camille has launched.
async fn one_unit(app: &TestApp, attributes: &str) -> (TestPerson, String, i64, Unit) {
    let course = app.import(cmi5(&au("un", attributes))).await;
    let camille = app.person("Camille", Role::Learner).await;
    let (registration, activity) = camille.start(&course).await;
    let unit = Unit::open(app, &camille.launch(&registration, activity).await.answer).await;
    (camille, registration, activity, unit)
}

fn requirement(refused: &Answer) -> String {
    assert_eq!(refused.status.as_u16(), 403, "{}", refused.text());
    let problem = refused.json();
    assert_eq!(problem["code"], "cmi5-rule");
    let named = problem["requirement"].as_str().expect("a number").to_owned();
    assert!(problem["detail"].as_str().expect("a text").contains(&named));
    named
}

both_databases! {
    async fn a_session_is_initialized_first_terminated_last_and_over_then(app: TestApp) {
        let (_, registration, _, unit) = one_unit(&app, r#"moveOn="Completed""#).await;
        assert_eq!(requirement(&unit.say(&app, "completed").await), "9.3.0.0-4 (d2)");
        unit.say(&app, "initialized").await.expect(200);
        assert_eq!(requirement(&unit.say(&app, "initialized").await), "9.3.2.0-3 (d)");
        unit.say(&app, "experienced").await.expect(200);
        unit.say(&app, "completed").await.expect(200);
        let end = unit.statement("terminated");
        unit.send(&app, &end).await.expect(200);
        assert_eq!(requirement(&unit.say(&app, "experienced").await), "9.3.0.0-5 (d2)");
        // Whose answer was lost sends the same again.
        unit.send(&app, &end).await.expect(200);
        assert_eq!(requirement(&unit.ask(&app, reqwest::Method::GET, "/xapi/statements", "").await), "8.1.2.0-2 (d)");
        let verbs: Vec<String> = statements(&app, &registration).await.iter().map(|s| last_part(&s["verb"]["id"]).to_owned()).collect();
        for verb in ["initialized", "experienced", "completed", "terminated"] {
            assert_eq!(verbs.iter().filter(|said| *said == verb).count(), 1, "{verbs:?}");
        }
    }

    async fn a_batch_that_breaks_a_rule_is_refused_whole_and_the_session_goes_on(app: TestApp) {
        let (_, registration, _, unit) = one_unit(&app, r#"moveOn="Completed""#).await;
        let before = statements(&app, &registration).await.len();
        let batch = json!([unit.statement("initialized"), unit.statement("completed"), unit.statement("completed")]);
        assert_eq!(requirement(&unit.send(&app, &batch).await), "9.3.0.0-2 (d)");
        assert_eq!(statements(&app, &registration).await.len(), before);
        let batch = json!([unit.statement("initialized"), unit.statement("completed"), unit.statement("terminated")]);
        unit.send(&app, &batch).await.expect(200);
        assert_eq!(report(&app, &registration).await["completion"], "completed");
    }

    async fn a_unit_is_completed_and_passed_once_in_a_registration_and_fails_before_it_passes(app: TestApp) {
        let (camille, registration, activity, first) = one_unit(&app, r#"moveOn="CompletedAndPassed" masteryScore="0.5""#).await;
        first.say(&app, "initialized").await.expect(200);
        first.send(&app, &first.scored("failed", 0.25)).await.expect(200);
        assert_eq!(requirement(&first.send(&app, &first.scored("passed", 0.75)).await), "9.3.0.0-3 (d)");
        first.say(&app, "terminated").await.expect(200);

        let second = Unit::open(&app, &camille.launch(&registration, activity).await.answer).await;
        second.say(&app, "initialized").await.expect(200);
        second.say(&app, "completed").await.expect(200);
        assert_eq!(requirement(&second.send(&app, &second.scored("passed", 0.25)).await), "9.3.4.0-2 (d2)");
        second.send(&app, &second.scored("passed", 0.75)).await.expect(200);
        second.say(&app, "terminated").await.expect(200);

        let third = Unit::open(&app, &camille.launch(&registration, activity).await.answer).await;
        third.say(&app, "initialized").await.expect(200);
        assert_eq!(requirement(&third.say(&app, "completed").await), "9.3.0.0-6 (d2)");
        assert_eq!(requirement(&third.send(&app, &third.scored("passed", 1.0)).await), "9.3.0.0-7 (d2)");
        assert_eq!(requirement(&third.send(&app, &third.scored("failed", 0.0)).await), "9.3.0.0-8 (d)");
        let satisfied = statements(&app, &registration).await.iter().filter(|s| last_part(&s["verb"]["id"]) == "satisfied").count();
        assert_eq!(satisfied, 1, "the course, once");
    }

    async fn a_session_that_was_never_ended_is_abandoned_by_the_next_launch(app: TestApp) {
        let (camille, registration, activity, first) = one_unit(&app, r#"moveOn="Completed""#).await;
        first.say(&app, "initialized").await.expect(200);
        app.clock.advance(std::time::Duration::from_secs(90));
        first.say(&app, "experienced").await.expect(200);
        app.clock.advance(std::time::Duration::from_secs(600));
        let second = Unit::open(&app, &camille.launch(&registration, activity).await.answer).await;
        assert_eq!(first.say(&app, "terminated").await.status.as_u16(), 401);
        second.say(&app, "initialized").await.expect(200);
        second.say(&app, "terminated").await.expect(200);
        camille.launch(&registration, activity).await;
        let said = statements(&app, &registration).await;
        let abandoned: Vec<&Value> = said.iter().filter(|s| last_part(&s["verb"]["id"]) == "abandoned").collect();
        assert_eq!(abandoned.len(), 1, "the one that was terminated is not");
        let session = "https://w3id.org/xapi/cmi5/context/extensions/sessionid";
        assert_eq!(abandoned[0]["context"]["extensions"][session], first.data["contextTemplate"]["extensions"][session]);
        assert_eq!(abandoned[0]["result"]["duration"], "PT1M30S");
    }

    async fn the_launch_data_is_read_only_and_the_preferences_are_checked(app: TestApp) {
        let (_, _, _, unit) = one_unit(&app, r#"moveOn="Completed""#).await;
        let state = format!("/xapi/activities/state?activityId={}&registration={}&agent={}",
            encoded(&unit.query["activityId"]), unit.query["registration"], encoded(&unit.query["actor"]));
        for method in [reqwest::Method::PUT, reqwest::Method::POST, reqwest::Method::DELETE] {
            let refused = unit.ask(&app, method, &format!("{state}&stateId=LMS.LaunchData"), "{}").await;
            assert_eq!(requirement(&refused), "10.2.1.0-5 (d)");
        }
        unit.ask(&app, reqwest::Method::PUT, &format!("{state}&stateId=page"), "{}").await.expect(204);
        unit.ask(&app, reqwest::Method::DELETE, &state, "").await.expect(204);
        assert_eq!(launch_data(&app, &unit.query, &unit.auth).await, unit.data);
        let preferences = unit.preferences();
        for body in ["[]", r#"{"languagePreference":"fr"}"#, r#"{"languagePreference":"?","audioPreference":"on"}"#] {
            requirement(&unit.ask(&app, reqwest::Method::PUT, &preferences, body).await);
        }
    }

    async fn a_unit_reads_the_preferences_before_it_begins(app: TestApp) {
        let course = app.import(cmi5(&au("un", r#"moveOn="Completed""#))).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let query = query(&camille.launch(&registration, activity).await.answer["runtime"]["content_url"]);
        let auth = token(&app, &query).await;
        let data = launch_data(&app, &query, &auth).await;
        let hasty = Unit { query, auth, data };
        assert_eq!(requirement(&hasty.say(&app, "initialized").await), "11.0.0.0-3 (d2)");
        let preferences = r#"{"languagePreference":"fr-FR","audioPreference":"off"}"#;
        hasty.ask(&app, reqwest::Method::PUT, &hasty.preferences(), preferences).await.expect(204);
        hasty.ask(&app, reqwest::Method::GET, &hasty.preferences(), "").await.expect(200);
        hasty.say(&app, "initialized").await.expect(200);
    }

    async fn what_is_only_allowed_counts_for_nothing(app: TestApp) {
        let (_, registration, _, unit) = one_unit(&app, r#"moveOn="Completed""#).await;
        unit.say(&app, "initialized").await.expect(200);
        let mut beside = unit.statement("completed");
        beside["context"]["contextActivities"].as_object_mut().expect("activities").remove("category");
        unit.send(&app, &beside).await.expect(200);
        assert_eq!(report(&app, &registration).await["completion"], "incomplete");
    }
}
