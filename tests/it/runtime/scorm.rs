//! SCORM: saved, resumed, navigated.

use super::*;

both_databases! {
    async fn a_scorm_12_course_resumes_exactly_where_it_was_left(app: TestApp) {
        let course = app.import(one_sco()).await;
        let camille = app.person("Camille Martin", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let mut first = camille.launch(&registration, activity).await;
        assert_eq!(first.reads("cmi.core.entry"), "ab-initio");
        assert_eq!(first.reads("cmi.core.student_name"), "Camille Martin");
        assert_eq!(first.reads("cmi.student_data.mastery_score"), "70");
        let suspend_data = "é".repeat(4000);
        let saved = first
            .commit(&app, &[("cmi.core.lesson_location", "page-7"), ("cmi.suspend_data", &suspend_data), ("cmi.core.lesson_status", "incomplete")], "00:05:00", None)
            .await;
        assert_eq!((&saved["applied"], &saved["progress"]["completion"]), (&json!(true), &json!("incomplete")));
        first.commit(&app, &[], "00:10:00", Some("suspend")).await;

        app.clock.advance(std::time::Duration::from_secs(2 * 86_400));
        let (again, place) = camille.start(&course).await;
        assert_eq!((again, place), (registration.clone(), activity));
        let mut second = camille.launch(&registration, activity).await;
        assert_eq!(second.reads("cmi.core.entry"), "resume");
        assert_eq!(second.reads("cmi.core.lesson_location"), "page-7");
        assert_eq!(second.reads("cmi.suspend_data"), suspend_data);
        assert_eq!(second.reads("cmi.core.total_time"), "0000:10:00.00");

        let done = second.commit(&app, &[("cmi.core.score.raw", "80")], "00:02:30", Some("")).await;
        assert_eq!(done["progress"], json!({"completion": "completed", "success": "passed", "course_completion": "completed"}));
        let report = report(&app, &registration).await;
        assert_eq!((&report["completion"], &report["success"], &report["score"]), (&json!("completed"), &json!("passed"), &json!(0.8)));
        assert_eq!(report["activities"][0]["score"], json!({"scaled": 0.8, "raw": 80.0, "min": null, "max": null}));
        assert_eq!((&report["time"], &report["seconds"]), (&json!("PT0H12M30S"), &json!(750.0)));
        assert_eq!(
            verbs(&app, &registration).await,
            ["initialized", "suspended", "terminated", "resumed", "completed", "passed", "terminated", "completed", "passed"]
        );
    }

    async fn a_repeated_commit_counts_once_and_a_second_tab_takes_over(app: TestApp) {
        let course = app.import(one_sco()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let mut first = camille.launch(&registration, activity).await;
        let commit = first.next(&[("cmi.core.lesson_status", "completed")], "00:01:00", Some(""));
        assert_eq!(first.send(&app.content(), &commit).await.expect(200).json()["applied"], true);
        let repeat = first.send(&app.content(), &commit).await.expect(200).json();
        assert_eq!((&repeat["applied"], &repeat["sequence"]), (&json!(false), &json!(1)));
        assert_eq!(report(&app, &registration).await["seconds"], 60.0);

        let mut second = camille.launch(&registration, activity).await;
        let late = first.next(&[("cmi.core.lesson_location", "x")], "00:09:00", None);
        assert_eq!(first.send(&app.content(), &late).await.expect(409).json()["code"], "lease-lost");
        second.commit(&app, &[("cmi.core.lesson_location", "y")], "00:00:30", None).await;

        // A wrong secret opens nothing, whoever asks.
        let mut stranger = second.answer.clone();
        stranger["secret"] = json!("wrong");
        let stranger = Launch { answer: stranger, sequence: 5 };
        assert_eq!(stranger.send(&app.content(), &commit).await.expect(401).json()["code"], "launch-unknown");
    }

    async fn many_who_commit_at_once_each_keep_their_own(app: TestApp) {
        const LEARNERS: usize = 24;
        const COMMITS: usize = 4;
        let course = app.import(one_sco()).await;
        let mut opened = Vec::new();
        for n in 0..LEARNERS {
            let learner = app.person(&format!("Élève {n}"), Role::Learner).await;
            let (registration, activity) = learner.start(&course).await;
            opened.push((n, learner.launch(&registration, activity).await, learner, registration));
        }
        let content = app.content();
        let committing = opened.into_iter().map(async |(n, mut launch, learner, registration)| {
            for k in 1..=COMMITS {
                let place = format!("page-{n}-{k}");
                let mut commit = launch.next(&[("cmi.core.lesson_location", &place)], "00:01:00", None);
                match (n % 3, k) {
                    // A tab that lost its place is refused in the middle of the others.
                    (1, COMMITS) => {
                        commit["lease"] = json!(0);
                        assert_eq!(launch.send(&content, &commit).await.expect(409).json()["code"], "lease-lost");
                    }
                    // A browser that is closed as it sends; opened again, it sends what was not acknowledged.
                    (2, 2) => {
                        let sending = launch.send(&content, &commit);
                        let _ = tokio::time::timeout(std::time::Duration::from_millis(n as u64), sending).await;
                        launch.send(&content, &commit).await.expect(200);
                    }
                    _ => assert_eq!(launch.send(&content, &commit).await.expect(200).json()["applied"], true),
                }
            }
            (n, learner, registration)
        });
        for (n, learner, registration) in futures_util::future::join_all(committing).await {
            let kept = if n % 3 == 1 { COMMITS - 1 } else { COMMITS };
            let again = learner.launch(&registration, 0).await;
            assert_eq!(again.reads("cmi.core.lesson_location"), format!("page-{n}-{kept}"));
        }
    }

    async fn what_the_system_owns_is_refused_and_the_rest_is_kept(app: TestApp) {
        let course = app.import(one_sco()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let mut launch = camille.launch(&registration, activity).await;
        let set = [("cmi.core.total_time", "9999:00:00"), ("cmi.core.score.raw", "1000"), ("cmi.core.lesson_location", "3")];
        let answer = launch.commit(&app, &set, "00:01:00", Some("suspend")).await;
        assert_eq!(answer["rejected"], json!({"cmi.core.score.raw": "range", "cmi.core.total_time": "read_only"}));
        let again = camille.launch(&registration, activity).await;
        assert_eq!((again.reads("cmi.core.lesson_location"), again.reads("cmi.core.total_time")), ("3", "0000:01:00.00"));
    }

    async fn a_course_of_several_scos_flows_and_is_chosen(app: TestApp) {
        let course = app.import(three_scos(r#"choice="true" flow="true""#)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        assert_eq!(activity, 0);
        let mut a = camille.launch(&registration, 0).await;
        let valid = &a.answer["runtime"]["valid_requests"];
        assert_eq!((&valid["continue"], &valid["previous"], &valid["choice"]["b"]), (&json!(true), &json!(false), &json!(true)));
        a.commit(&app, &[("cmi.completion_status", "completed"), ("cmi.success_status", "passed"), ("cmi.score.scaled", "0.9")], "PT1M", Some("normal")).await;

        let next = camille.navigate(&registration, "continue", None).await;
        assert_eq!(next["deliver"]["activity"], 1);
        let mut b = camille.launch(&registration, 1).await;
        b.commit(&app, &[("cmi.location", "p4"), ("cmi.completion_status", "incomplete")], "PT2M", Some("suspend")).await;
        assert_eq!(camille.navigate(&registration, "choice", Some(0)).await["deliver"]["url"], format!("/player/{registration}/0"));
        // A new attempt of what was ended, and the suspended one where it was.
        assert_eq!(camille.launch(&registration, 0).await.reads("cmi.entry"), "ab-initio");
        assert_eq!(camille.navigate(&registration, "continue", None).await["deliver"]["activity"], 1);
        let mut b = camille.launch(&registration, 1).await;
        assert_eq!((b.reads("cmi.entry"), b.reads("cmi.location")), ("resume", "p4"));
        b.commit(&app, &[("cmi.completion_status", "completed"), ("cmi.success_status", "passed")], "PT1M", Some("normal")).await;

        // The asset is done when it is open.
        assert_eq!(camille.navigate(&registration, "continue", None).await["deliver"]["activity"], 2);
        camille.launch(&registration, 2).await;
        let report = report(&app, &registration).await;
        let done: Vec<&Value> = report["activities"].as_array().unwrap().iter().map(|row| &row["completion"]).collect();
        assert_eq!(done, ["completed", "completed", "completed"]);
        assert_eq!(report["progress"], 1.0);
        assert_eq!(camille.navigate(&registration, "continue", None).await["end"]["url"], format!("/courses/{}", course.id));
    }

    async fn a_course_that_only_flows_cannot_be_entered_in_the_middle(app: TestApp) {
        let course = app.import(three_scos(r#"choice="false" flow="true" forwardOnly="true""#)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        let refused = camille.try_launch(&registration, 1).await.map(|_| ()).unwrap_err().expect(409).json();
        assert_eq!((&refused["code"], &refused["rule"]), (&json!("navigation-refused"), &json!("NB.2.1-10")));
        camille.launch(&registration, 0).await;
        assert_eq!(camille.navigate(&registration, "continue", None).await["deliver"]["activity"], 1);
        camille.launch(&registration, 1).await;
        assert_eq!(camille.navigate(&registration, "previous", None).await["refused"]["detail"], "NB.2.1-5");
        // Coming back another day leads to where they were.
        assert_eq!(camille.start(&course).await.1, 1);
        camille.launch(&registration, 1).await;
    }

    async fn the_score_of_a_course_follows_each_better_try(app: TestApp) {
        let camille = app.person("Camille Martin", Role::Learner).await;
        for edition in ["1.2", "2004 4th Edition"] {
            let mastery = if edition == "1.2" { "<adlcp:masteryscore>70</adlcp:masteryscore>" } else { "" };
            let course = app.import(scorm(edition, &item("a", mastery), &[("a", "sco")])).await;
            let (registration, activity) = camille.start(&course).await;
            // Raw score, whether the content is left then, and what the course comes to.
            for (raw, is_left, success, score) in [
                (30, false, "failed", 0.3),
                (35, true, "failed", 0.35),
                (80, true, "passed", 0.8),
                (75, true, "passed", 0.8),
                (95, true, "passed", 0.95),
            ] {
                let passed = if raw >= 70 { "passed" } else { "failed" };
                let (raw, scaled) = (raw.to_string(), (f64::from(raw) / 100.0).to_string());
                let set = match edition {
                    "1.2" => vec![("cmi.core.score.raw", raw.as_str()), ("cmi.core.lesson_status", passed)],
                    _ => vec![("cmi.score.scaled", scaled.as_str()), ("cmi.success_status", passed), ("cmi.completion_status", "completed")],
                };
                let exit = is_left.then_some(if edition == "1.2" { "" } else { "normal" });
                camille.launch(&registration, activity).await.commit(&app, &set, "", exit).await;
                let report = report(&app, &registration).await;
                assert_eq!((&report["success"], &report["score"]), (&json!(success), &json!(score)), "{edition}: {raw}");
            }
            // Said again, nothing is news.
            let before = verbs(&app, &registration).await.len();
            let mut launch = camille.launch(&registration, activity).await;
            let location = if edition == "1.2" { "cmi.core.lesson_location" } else { "cmi.location" };
            launch.commit(&app, &[(location, "3")], "", None).await;
            let after = verbs(&app, &registration).await;
            assert_eq!(after.len(), before + 1, "it was opened once more: {after:?}");
        }
    }

    /// 1.2 3.4.4: how a session ended is what counts. Content may say failed before its learner tries once more.
    async fn failed_completes_when_the_session_ends_and_not_before(app: TestApp) {
        let course = app.import(one_sco()).await;
        let camille = app.person("Camille Martin", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let mut launch = camille.launch(&registration, activity).await;
        let answer = launch.commit(&app, &[("cmi.core.score.raw", "30"), ("cmi.core.lesson_status", "failed")], "00:01:00", None).await;
        assert_eq!(answer["progress"], json!({"completion": "incomplete", "success": "failed", "course_completion": "incomplete"}));
        assert_eq!(report(&app, &registration).await["completed_at"], Value::Null);
        assert_eq!(verbs(&app, &registration).await, ["initialized", "failed", "failed"]);

        app.clock.advance(std::time::Duration::from_secs(600));
        let set = [("cmi.core.score.raw", "90"), ("cmi.core.lesson_status", "passed")];
        let answer = launch.commit(&app, &set, "00:11:00", Some("")).await;
        assert_eq!(answer["progress"], json!({"completion": "completed", "success": "passed", "course_completion": "completed"}));
        let done = report(&app, &registration).await;
        assert_eq!((&done["success"], &done["score"], &done["completed_at"]), (&json!("passed"), &json!(0.9), &json!("2026-11-21T12:10:00.000Z")));
        let told = verbs(&app, &registration).await;
        assert_eq!(told.iter().filter(|verb| *verb == "completed").count(), 2, "the activity and its course, once: {told:?}");
    }

    async fn a_session_that_ends_with_failed_is_completed_once(app: TestApp) {
        let camille = app.person("Camille Martin", Role::Learner).await;
        for exit in ["", "suspend"] {
            let course = app.import(one_sco()).await;
            let (registration, activity) = camille.start(&course).await;
            let failed = [("cmi.core.score.raw", "30"), ("cmi.core.lesson_status", "failed")];
            let mut launch = camille.launch(&registration, activity).await;
            launch.commit(&app, &failed, "00:01:00", None).await;
            let answer = launch.commit(&app, &[], "00:02:00", Some(exit)).await;
            assert_eq!((&answer["progress"]["completion"], &answer["progress"]["success"]), (&json!("completed"), &json!("failed")), "{exit}");
            // What it says again in a later session is no news.
            let before = verbs(&app, &registration).await;
            let mut again = camille.launch(&registration, activity).await;
            again.commit(&app, &failed, "00:01:00", None).await;
            again.commit(&app, &[], "00:02:00", Some("")).await;
            let after = verbs(&app, &registration).await;
            assert!(!after[before.len()..].iter().any(|verb| verb == "completed"), "{exit}: {after:?}");
        }
    }

    /// A session that was cut off has ended as well: that is known when another one begins.
    async fn failed_in_a_session_that_was_cut_off_completes_when_the_next_one_begins(app: TestApp) {
        let course = app.import(one_sco()).await;
        let camille = app.person("Camille Martin", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let failed = [("cmi.core.score.raw", "30"), ("cmi.core.lesson_status", "failed")];
        camille.launch(&registration, activity).await.commit(&app, &failed, "00:01:00", None).await;
        assert_eq!(report(&app, &registration).await["completion"], "incomplete");
        let mut next = camille.launch(&registration, activity).await;
        let seen = report(&app, &registration).await;
        assert_eq!((&seen["completion"], &seen["success"]), (&json!("completed"), &json!("failed")));
        next.commit(&app, &failed, "00:01:00", Some("")).await;
        let told = verbs(&app, &registration).await;
        assert_eq!(told.iter().filter(|verb| *verb == "completed").count(), 2, "{told:?}");
    }

    /// 2004 keeps the two apart: what failed is complete when the content says so, or by default when it ends (UP.4).
    async fn failed_in_2004_does_not_complete_by_itself(app: TestApp) {
        let course = app.import(scorm("2004 4th Edition", &item("a", ""), &[("a", "sco")])).await;
        let camille = app.person("Camille Martin", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let mut launch = camille.launch(&registration, activity).await;
        let set = [("cmi.success_status", "failed"), ("cmi.completion_status", "incomplete")];
        launch.commit(&app, &set, "PT1M", None).await;
        let answer = launch.commit(&app, &[], "PT2M", Some("normal")).await;
        assert_eq!((&answer["progress"]["completion"], &answer["progress"]["success"]), (&json!("incomplete"), &json!("failed")));
        assert!(!verbs(&app, &registration).await.contains(&"completed".to_owned()));
    }
}
