//! What a cmi5 unit may say, and when: sessions over the store.

use super::*;

/// A course of one unit that Camille has launched.
pub async fn one_unit(app: &TestApp, attributes: &str) -> (TestPerson, String, i64, Unit) {
    let course = app.import(cmi5(&au("un", attributes))).await;
    let camille = app.person("Camille", Role::Learner).await;
    let (registration, activity) = camille.start(&course).await;
    let unit = Unit::open(app, &camille.launch(&registration, activity).await.answer).await;
    (camille, registration, activity, unit)
}

/// The launch that opened the unit's session: its id is the session's.
fn session(unit: &Unit) -> String {
    let id = &unit.data["contextTemplate"]["extensions"]["https://w3id.org/xapi/cmi5/context/extensions/sessionid"];
    id.as_str().expect("an id").to_owned()
}

/// What was said to be abandoned.
async fn abandoned(app: &TestApp, registration: &str) -> Vec<Value> {
    statements(app, registration).await.into_iter().filter(|s| last_part(&s["verb"]["id"]) == "abandoned").collect()
}

async fn work(app: &TestApp) {
    preau::jobs::run_due(&app.app, &preau::app::jobs()).await.expect("a worker");
}

pub fn requirement(refused: &Answer) -> String {
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
        let hasty = Unit { query, auth, data, address: None };
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

    async fn a_session_that_a_program_gives_up_is_over(app: TestApp) {
        let (camille, registration, activity, unit) = one_unit(&app, r#"moveOn="Completed""#).await;
        let intranet = app.token(&["launches/write"]).await;
        let path = format!("/api/v1/launches/{}/abandon", session(&unit));
        unit.say(&app, "initialized").await.expect(200);
        app.clock.advance(std::time::Duration::from_secs(90));
        let last = unit.statement("experienced");
        unit.send(&app, &last).await.expect(200);
        app.clock.advance(std::time::Duration::from_secs(600));
        let answer = intranet.post_json(&path, &json!({})).await.expect(200).json();
        assert_eq!((&answer["registration"], &answer["time"], &answer["seconds"]), (&json!(registration), &json!("PT1M30S"), &json!(90.0)));

        // Whose answer was lost sends the same again; that is no sign of life.
        app.clock.advance(std::time::Duration::from_secs(60));
        unit.send(&app, &last).await.expect(200);
        assert_eq!(requirement(&unit.say(&app, "completed").await), "9.3.6.0-2 (d2)");
        assert_eq!(requirement(&unit.ask(&app, reqwest::Method::GET, "/xapi/statements", "").await), "8.1.2.0-2 (d)");
        let state = format!("/xapi/activities/state?stateId=page&activityId={}&registration={registration}&agent={}",
            encoded(&unit.query["activityId"]), encoded(&unit.query["actor"]));
        assert_eq!(requirement(&unit.ask(&app, reqwest::Method::PUT, &state, "{}").await), "8.1.2.0-2 (d)");
        assert_eq!(intranet.post_json(&path, &json!({})).await.expect(200).json(), answer);
        camille.launch(&registration, activity).await;
        let said = abandoned(&app, &registration).await;
        assert_eq!(said.len(), 1);
        assert_eq!(said[0]["result"], json!({"duration": "PT1M30S"}));
        assert_eq!(categories(&said[0]), ["cmi5"]);
        assert_eq!(said[0]["object"]["id"], json!(unit.query["activityId"]));
    }

    async fn only_an_open_session_of_a_unit_is_given_up(app: TestApp) {
        let (camille, registration, activity, unit) = one_unit(&app, r#"moveOn="Completed""#).await;
        let intranet = app.token(&["launches/write"]).await;
        let abandon = async |launch: &str| intranet.post_json(&format!("/api/v1/launches/{launch}/abandon"), &json!({})).await;
        unit.say(&app, "initialized").await.expect(200);
        unit.say(&app, "terminated").await.expect(200);
        assert_eq!(abandon(&session(&unit)).await.expect(409).json()["code"], "session-terminated");
        assert_eq!(abandon(&uuid::Uuid::new_v4().to_string()).await.expect(404).json()["code"], "launch-unknown");
        let slides = app.import(one_sco()).await;
        let (record, sco) = camille.start(&slides).await;
        let scorm = camille.launch(&record, sco).await;
        assert_eq!(abandon(scorm.answer["launch"].as_str().unwrap()).await.expect(409).json()["code"], "launch-not-cmi5");

        // One whose token nobody has fetched yet: nobody does any more.
        let launch = camille.launch(&registration, activity).await;
        let query = query(&launch.answer["runtime"]["content_url"]);
        assert_eq!(abandon(launch.answer["launch"].as_str().unwrap()).await.expect(200).json()["time"], "PT0S");
        let fetched = app.content().post_bytes(&query["fetch"], "application/json", Vec::new()).await.expect(200).json();
        assert_eq!((&fetched["error-code"], fetched.get("auth-token")), (&json!("2"), None));
        assert_eq!(abandoned(&app, &registration).await.len(), 1);

        // Who only looks leaves no record, and the session is over all the same.
        let path = format!("/player/{registration}/{activity}/launch");
        let review = camille.post_json(&path, &json!({"mode": "review"})).await.expect(200).json();
        let looking = Unit::open(&app, &review).await;
        looking.say(&app, "initialized").await.expect(200);
        abandon(review["launch"].as_str().unwrap()).await.expect(200);
        assert_eq!(requirement(&looking.say(&app, "terminated").await), "9.3.6.0-2 (d2)");
        assert_eq!(abandoned(&app, &registration).await.len(), 1);
    }

    async fn a_unit_that_nobody_has_heard_of_for_a_day_is_given_up(app: TestApp) {
        let hours = |count: u64| std::time::Duration::from_secs(count * 3_600);
        let (camille, registration, activity, unit) = one_unit(&app, r#"moveOn="Completed""#).await;
        let path = format!("/player/{registration}/{activity}/launch");
        let looking = Unit::open(&app, &camille.post_json(&path, &json!({"mode": "review"})).await.expect(200).json()).await;
        unit.say(&app, "initialized").await.expect(200);
        app.clock.advance(hours(2));
        unit.say(&app, "experienced").await.expect(200);
        app.clock.advance(hours(23));
        work(&app).await;
        assert!(abandoned(&app, &registration).await.is_empty(), "it spoke less than a day ago");
        app.clock.advance(hours(2));
        work(&app).await;
        work(&app).await;
        let said = abandoned(&app, &registration).await;
        assert_eq!((said.len(), &said[0]["result"]["duration"]), (1, &json!("PT2H")));
        assert_eq!(said[0]["context"]["extensions"], unit.data["contextTemplate"]["extensions"]);
        assert_eq!(unit.say(&app, "terminated").await.status.as_u16(), 401, "its token has run out as well");
        let (ended, open) = (app.count("cmi5_session WHERE ended_at IS NOT NULL").await, app.count("cmi5_session WHERE ended_at IS NULL").await);
        assert_eq!((ended, open), (2, 0), "that of {} too", looking.query["activityId"]);
        assert_eq!(report(&app, &registration).await["seconds"], json!(7200.0));
    }
}
