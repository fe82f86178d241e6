//! When blocks and courses of cmi5 are satisfied: by who begins, by what a unit says, by a waiver (cmi5 9.3.7, 9.3.9, 9.6.1).

use preau::progress;

use super::*;

const SESSION: &str = "https://w3id.org/xapi/cmi5/context/extensions/sessionid";

fn block(id: &str, inside: &str) -> String {
    format!(
        r#"<block id="https://exemple.fr/bloc/{id}"><title><langstring lang="fr">{id}</langstring></title>
        <description><langstring lang="fr">{id}</langstring></description>{inside}</block>"#
    )
}

/// What was said with a verb, the earliest first.
async fn said(app: &TestApp, registration: &str, verb: &str) -> Vec<Value> {
    statements(app, registration).await.into_iter().filter(|said| last_part(&said["verb"]["id"]) == verb).collect()
}

/// The publishers' names of what was satisfied.
async fn satisfied(app: &TestApp, registration: &str) -> Vec<String> {
    let all = said(app, registration, "satisfied").await;
    all.iter().map(|said| last_part(&said["context"]["contextActivities"]["grouping"][0]["id"])).collect()
}

/// A rebuild gives the rows there are.
async fn must_be_a_fold(app: &TestApp) {
    let before = app.progress_rows().await;
    progress::rebuild(&app.app).await.expect("a rebuild");
    assert_eq!(app.progress_rows().await, before);
}

both_databases! {
    async fn what_asks_for_nothing_is_satisfied_when_somebody_begins(app: TestApp) {
        let structure = format!(
            "{}{}",
            block("dehors", &format!("{}{}", block("dedans", &au("un", "")), au("deux", r#"moveOn="NotApplicable""#))),
            block("autre", &format!("{}{}", au("trois", ""), au("quatre", r#"moveOn="Completed""#)))
        );
        let course = app.import(cmi5(&structure)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        assert_eq!(satisfied(&app, &registration).await, ["dedans", "dehors"]);
        let begun = said(&app, &registration, "satisfied").await;
        for statement in &begun {
            let context = &statement["context"];
            assert_eq!(context["registration"], json!(registration));
            assert_eq!(categories(statement), ["cmi5"]);
            assert_eq!(statement["object"]["definition"]["type"], "https://w3id.org/xapi/cmi5/activitytype/block");
            assert_ne!(statement["object"]["id"], context["contextActivities"]["grouping"][0]["id"], "an id of our own");
            assert!(statement["actor"]["account"]["name"].is_string() && statement.get("result").is_none(), "{statement}");
            // No session of a unit has brought it about, so it has one of its own.
            assert!(context["extensions"][SESSION].as_str().expect("a session").parse::<uuid::Uuid>().is_ok());
        }
        assert_eq!(begun[0]["context"]["extensions"][SESSION], begun[1]["context"]["extensions"][SESSION]);
        assert_ne!(begun[0]["object"]["id"], begun[1]["object"]["id"]);
        must_be_a_fold(&app).await;

        let last = course.activities.iter().filter(|activity| activity["kind"] == "au").nth(3).expect("a unit")["index"].as_i64().expect("an index");
        assert_eq!(camille.start(&course).await.0, registration);
        let unit = Unit::open(&app, &camille.launch(&registration, last).await.answer).await;
        unit.say(&app, "initialized").await.expect(200);
        assert_eq!(satisfied(&app, &registration).await.len(), 2);
        unit.say(&app, "completed").await.expect(200);
        unit.say(&app, "terminated").await.expect(200);
        assert_eq!(satisfied(&app, &registration).await, ["dedans", "dehors", "autre", "cyber"]);
        let all = said(&app, &registration, "satisfied").await;
        for statement in &all[2..] {
            assert_eq!(statement["context"]["extensions"][SESSION], unit.data["contextTemplate"]["extensions"][SESSION]);
        }
        assert_eq!(all[3]["object"]["definition"]["type"], "https://w3id.org/xapi/cmi5/activitytype/course");
        assert_ne!(all[3]["object"]["id"], "https://exemple.fr/cours/cyber", "an id of our own");
        let ids: std::collections::BTreeSet<&str> = all.iter().filter_map(|one| one["object"]["id"].as_str()).collect();
        assert_eq!(ids.len(), all.len());
        assert_eq!(report(&app, &registration).await["completion"], "completed");
        must_be_a_fold(&app).await;
    }

    async fn a_course_that_asks_for_nothing_is_completed_at_once_in_every_attempt_and_never_in_a_preview(app: TestApp) {
        let course = app.import(cmi5(&au("un", ""))).await;
        let camille = app.person("Camille", Role::Learner).await;
        let intranet = app.token(&["launches/write"]).await;
        let (first, _) = camille.start(&course).await;
        // A further attempt, as another system begins it.
        let second = uuid::Uuid::new_v4().to_string();
        let order = json!({"course": course.id, "person": camille.id, "registration": second});
        intranet.post_json("/api/v1/launches", &order).await.expect(201);
        intranet.post_json("/api/v1/launches", &order).await.expect(201);
        for registration in [&first, &second] {
            assert_eq!(satisfied(&app, registration).await, ["cyber"]);
            assert_eq!(report(&app, registration).await["completion"], "completed");
        }
        let trainer = app.person("Nadia", Role::Trainer).await;
        trainer.post_form(&format!("/trainer/courses/{}/preview", course.id), &[]).await.expect(303);
        assert_eq!(app.count("statement").await, 2);
        must_be_a_fold(&app).await;
    }

    async fn a_unit_that_is_waived_counts_as_done_and_is_waived_once(app: TestApp) {
        let structure = format!("{}{}", block("bloc", &au("un", r#"moveOn="CompletedAndPassed""#)), au("deux", r#"moveOn="Passed""#));
        let course = app.import(cmi5(&structure)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, index) = camille.start(&course).await;
        let portal = app.token(&["registrations/write"]).await;
        let path = format!("/api/v1/registrations/{registration}/waive");
        let order = json!({"activity": "https://exemple.fr/au/un", "reason": "Equivalent Outside Activity"});
        let answer = portal.post_json(&path, &order).await.expect(200).json();
        assert_eq!((&answer["activity"], &answer["identifier"], &answer["reason"]), (&json!(index), &order["activity"], &order["reason"]));

        let waived = said(&app, &registration, "waived").await;
        assert_eq!((waived.len(), &waived[0]["id"]), (1, &answer["statement"]));
        assert_eq!(waived[0]["result"], json!({"success": true, "completion": true,
            "extensions": {"https://w3id.org/xapi/cmi5/result/extensions/reason": "Equivalent Outside Activity"}}));
        let context = &waived[0]["context"];
        assert_eq!(categories(&waived[0]), ["cmi5", "moveon"]);
        assert_eq!(context["contextActivities"]["grouping"][0]["id"], "https://exemple.fr/au/un");
        assert_eq!(satisfied(&app, &registration).await, ["bloc"]);
        let follows = said(&app, &registration, "satisfied").await;
        assert_eq!(follows[0]["context"]["extensions"][SESSION], context["extensions"][SESSION], "the session that only satisfied shares");

        app.clock.advance(std::time::Duration::from_secs(3_600));
        let other = json!({"activity": index, "reason": "Administrative"});
        assert_eq!(portal.post_json(&path, &other).await.expect(200).json(), answer, "it stays as it was decided");
        assert_eq!(said(&app, &registration, "waived").await.len(), 1);

        // The unit may still be done, and nothing is satisfied twice.
        let unit = Unit::open(&app, &camille.launch(&registration, index).await.answer).await;
        assert_ne!(unit.data["contextTemplate"]["extensions"][SESSION], context["extensions"][SESSION]);
        for verb in ["initialized", "completed", "passed", "terminated"] {
            unit.say(&app, verb).await.expect(200);
        }
        assert_eq!(satisfied(&app, &registration).await, ["bloc"]);
        must_be_a_fold(&app).await;
    }

    async fn what_is_no_unit_of_this_record_is_not_waived(app: TestApp) {
        let course = app.import(cmi5(&block("bloc", &au("un", r#"moveOn="Passed""#)))).await;
        let slides = app.import(one_sco()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, unit) = camille.start(&course).await;
        let (other, _) = camille.start(&slides).await;
        let trainer = app.person("Nadia", Role::Trainer).await;
        let before = app.count("statement").await;
        let nobody = uuid::Uuid::new_v4().to_string();
        for (registration, activity, reason, status, code) in [
            (&nobody, json!(unit), "Tested Out", 404, "registration-unknown"),
            (&registration, json!(99), "Tested Out", 404, "activity-unknown"),
            (&registration, json!("https://exemple.fr/au/deux"), "Tested Out", 404, "activity-unknown"),
            (&registration, json!(unit - 1), "Tested Out", 422, "activity-not-cmi5"),
            (&other, json!(0), "Tested Out", 422, "activity-not-cmi5"),
            (&registration, json!(unit), "Because", 422, "waive-reason-unknown"),
        ] {
            let order = json!({"activity": activity, "reason": reason});
            let refused = trainer.post_json(&format!("/api/v1/registrations/{registration}/waive"), &order).await.expect(status);
            assert_eq!(refused.json()["code"], code, "{order}");
        }
        let fields = [("activity", "1"), ("reason", "Administrative")];
        for (course, registration) in [(&slides.id, &registration), (&course.id, &other), (&course.id, &nobody)] {
            trainer.post_form(&format!("/trainer/courses/{course}/learners/{registration}/waive"), &fields).await.expect(404);
        }
        let page = format!("/trainer/courses/{}/learners/{registration}/waive", course.id);
        camille.post_form(&page, &fields).await.expect(403);
        assert_eq!(app.count("statement").await, before);
    }

    async fn a_trainer_waives_a_unit_on_the_page_of_the_learner(app: TestApp) {
        let course = app.import(cmi5(&format!("{}{}{}", au("un", r#"moveOn="Completed""#), au("deux", r#"moveOn="Passed""#), au("trois", "")))).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, first) = camille.start(&course).await;
        let trainer = app.person("Nadia", Role::Trainer).await;
        let page = format!("/trainer/courses/{}/learners/{registration}", course.id);
        let shown = trainer.get(&page).await.expect(200).text();
        let offered = |shown: &str, index: i64| shown.contains(&format!(r#"<option value="{index}">"#));
        assert!(offered(&shown, first) && offered(&shown, first + 1), "{shown}");
        assert!(!offered(&shown, first + 2), "what asks for nothing need not be waived");
        for reason in ["Tested Out", "Equivalent AU", "Equivalent Outside Activity", "Administrative"] {
            assert!(shown.contains(&format!(r#"<option value="{reason}">"#)), "{reason}");
        }
        let decide = async |index: i64, reason: &str| {
            let fields = [("activity", index.to_string()), ("reason", reason.to_owned())];
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = trainer.post_form(&format!("{page}/waive"), &fields).await.expect(303);
            assert_eq!(answer.header("location"), Some(page.as_str()));
        };
        decide(first, "Tested Out").await;
        let shown = trainer.get(&page).await.expect(200).text();
        assert!(shown.matches("Évaluation réussie à la place").count() == 2 && !offered(&shown, first) && offered(&shown, first + 1), "{shown}");
        decide(first + 1, "Administrative").await;
        let shown = trainer.get(&page).await.expect(200).text();
        assert!(!shown.contains("Dispenser d"), "nothing is left to waive");
        let waived = said(&app, &registration, "waived").await;
        assert_eq!(waived[0]["context"]["instructor"]["name"], "Nadia");
        assert_ne!(waived[0]["context"]["extensions"][SESSION], waived[1]["context"]["extensions"][SESSION]);
        assert_eq!(satisfied(&app, &registration).await, ["cyber"]);
        let report = report(&app, &registration).await;
        assert_eq!((&report["completion"], &report["activities"][1]["waived"]), (&json!("completed"), &json!("Administrative")));
    }
}
