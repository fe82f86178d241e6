//! cmi5 units that misbehave, and what happens around them: the right codes, nothing lost, nothing counted twice.

use super::sessions::{one_unit, requirement};
use super::*;

const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 3_600);

/// How often each verb was said.
async fn times(app: &TestApp, registration: &str, verb: &str) -> usize {
    verbs(app, registration).await.iter().filter(|said| *said == verb).count()
}

both_databases! {
    async fn what_a_unit_still_sends_after_it_has_ended_changes_nothing(app: TestApp) {
        let (_, registration, _, unit) = one_unit(&app, r#"moveOn="CompletedOrPassed""#).await;
        let end = unit.statement("terminated");
        unit.send(&app, &json!([unit.statement("initialized"), unit.statement("completed"), end.clone()])).await.expect(200);
        let (count, rows) = (app.count("statement").await, app.progress_rows().await);
        for verb in ["experienced", "passed", "failed", "completed", "initialized", "terminated"] {
            assert_eq!(requirement(&unit.say(&app, verb).await), "9.3.0.0-5 (d2)");
        }
        let late = json!([end.clone(), unit.statement("passed")]);
        assert_eq!(requirement(&unit.send(&app, &late).await), "9.3.0.0-5 (d2)", "what is known makes nothing else welcome");
        unit.send(&app, &end).await.expect(200);
        assert_eq!((app.count("statement").await, app.progress_rows().await), (count, rows));
        assert_eq!(times(&app, &registration, "satisfied").await, 1);
    }

    async fn of_two_windows_the_later_plays_and_of_two_words_at_once_one_counts(app: TestApp) {
        let (camille, registration, activity, first) = one_unit(&app, r#"moveOn="Completed""#).await;
        first.say(&app, "initialized").await.expect(200);
        let second = Unit::open(&app, &camille.launch(&registration, activity).await.answer).await;
        assert_eq!(first.say(&app, "completed").await.status.as_u16(), 401);
        second.say(&app, "initialized").await.expect(200);
        let said = futures_util::future::join_all((0..8).map(|_| second.say(&app, "completed"))).await;
        let taken = said.iter().filter(|answer| answer.status.as_u16() == 200).count();
        assert_eq!(taken, 1);
        for refused in said.iter().filter(|answer| answer.status.as_u16() != 200) {
            requirement(refused);
        }
        second.say(&app, "terminated").await.expect(200);
        for (verb, count) in [("abandoned", 1), ("completed", 1), ("terminated", 1), ("satisfied", 1)] {
            assert_eq!(times(&app, &registration, verb).await, count, "{verb}");
        }
    }

    async fn a_fetch_that_is_replayed_gives_nothing_and_takes_nothing(app: TestApp) {
        let (_, registration, _, unit) = one_unit(&app, r#"moveOn="Completed""#).await;
        unit.say(&app, "initialized").await.expect(200);
        for _ in 0..3 {
            let again = app.content().post_bytes(&unit.query["fetch"], "application/json", Vec::new()).await.expect(200).json();
            assert_eq!((&again["error-code"], again.get("auth-token")), (&json!("1"), None));
        }
        let another = format!("/runtime/cmi5/fetch/{}", uuid::Uuid::new_v4());
        let unknown = app.content().post_bytes(&another, "application/json", Vec::new()).await.expect(200).json();
        assert_eq!((&unknown["error-code"], unknown.get("auth-token")), (&json!("2"), None));
        unit.say(&app, "completed").await.expect(200);
        assert_eq!(times(&app, &registration, "completed").await, 1);
        assert_eq!(app.count("launch_credential").await, 1);
    }

    async fn a_token_that_has_run_out_opens_nothing_and_what_was_said_stays(app: TestApp) {
        let (camille, registration, activity, unit) = one_unit(&app, r#"moveOn="Completed""#).await;
        unit.say(&app, "initialized").await.expect(200);
        unit.say(&app, "completed").await.expect(200);
        app.clock.advance(DAY + std::time::Duration::from_secs(1));
        assert_eq!(unit.say(&app, "terminated").await.status.as_u16(), 401);
        assert_eq!(unit.ask(&app, reqwest::Method::GET, "/xapi/statements", "").await.status.as_u16(), 401);
        let next = Unit::open(&app, &camille.launch(&registration, activity).await.answer).await;
        next.say(&app, "initialized").await.expect(200);
        assert_eq!(requirement(&next.say(&app, "completed").await), "9.3.0.0-6 (d2)");
        next.say(&app, "terminated").await.expect(200);
        assert_eq!((times(&app, &registration, "completed").await, times(&app, &registration, "abandoned").await), (1, 1));
    }

    async fn a_unit_whose_clock_is_a_day_wrong_is_recorded_as_it_happened(app: TestApp) {
        let course = app.import(cmi5(&au("un", r#"moveOn="Completed""#))).await;
        for (name, skewed) in [("Camille", "2026-11-22T12:00:00Z"), ("Zoé", "2026-11-20T12:00:00Z")] {
            let learner = app.person(name, Role::Learner).await;
            let (registration, activity) = learner.start(&course).await;
            let begun = app.clock.now();
            let unit = Unit::open(&app, &learner.launch(&registration, activity).await.answer).await;
            for verb in ["initialized", "experienced", "completed"] {
                app.clock.advance(std::time::Duration::from_secs(60));
                let mut statement = unit.statement(verb);
                statement["timestamp"] = json!(skewed);
                unit.send(&app, &statement).await.expect(200);
            }
            let completed_at = app.clock.now();
            app.clock.advance(std::time::Duration::from_secs(60));
            learner.launch(&registration, activity).await;

            let said = statements(&app, &registration).await;
            let order: Vec<String> = said.iter().map(|one| last_part(&one["verb"]["id"])).collect();
            assert_eq!(order, ["launched", "initialized", "experienced", "completed", "satisfied", "abandoned", "launched"]);
            assert!(said[1..4].iter().all(|one| one["timestamp"].as_str().unwrap().starts_with(&skewed[..19])), "as the unit says");
            assert_eq!(said[5]["result"]["duration"], "PT3M", "by our clock");
            let report = report(&app, &registration).await;
            assert_eq!((&report["completion"], &report["seconds"]), (&json!("completed"), &json!(180.0)));
            assert_eq!(report["completed_at"], completed_at.rfc3339());
            assert_eq!(report["created_at"], begun.rfc3339());
        }
    }

    async fn a_session_goes_on_where_a_killed_server_left_it(app: TestApp) {
        // The servers that are killed read the machine's clock, whatever ours says.
        app.clock.advance(preau::core::Clock::system().now().since(app.clock.now()));
        let (_, registration, _, mut unit) = one_unit(&app, r#"moveOn="CompletedAndPassed" masteryScore="0.5""#).await;
        unit.say(&app, "initialized").await.expect(200);
        let passed = unit.scored("passed", 0.75);
        let story = [unit.statement("completed"), unit.statement("completed"), passed.clone(), passed, unit.scored("failed", 0.25), unit.statement("terminated")];
        for (statement, status) in story.iter().zip([200, 403, 200, 200, 403, 200]) {
            let server = app.serve("error").await;
            unit.address = Some(server.address);
            assert_eq!(unit.send(&app, statement).await.status.as_u16(), status, "{statement}");
            let log = server.log().await;
            assert!(!log.contains("panicked"), "{log}");
        }
        unit.address = None;
        assert_eq!(requirement(&unit.say(&app, "experienced").await), "9.3.0.0-5 (d2)");
        assert_eq!(verbs(&app, &registration).await, ["launched", "initialized", "completed", "passed", "satisfied", "terminated"]);
        let rows = app.progress_rows().await;
        preau::progress::rebuild(&app.app).await.expect("a rebuild");
        assert_eq!(app.progress_rows().await, rows);
        let report = report(&app, &registration).await;
        assert_eq!((&report["completion"], &report["activities"][0]["success"], &report["seconds"]), (&json!("completed"), &json!("passed"), &json!(240.0)));
    }
}
