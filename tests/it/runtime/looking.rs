//! Previews and looking again: nothing is recorded.

use super::*;

both_databases! {
    async fn a_preview_leaves_nothing(app: TestApp) {
        let course = app.import_draft("cours.zip", three_scos(r#"choice="true" flow="true""#)).await;
        let trainer = app.person("Nadia", Role::Trainer).await;
        let opened = trainer.post_form(&format!("/trainer/courses/{}/preview", course.id), &[]).await.expect(303);
        let (registration, activity) = place(opened.header("location").unwrap());
        let page = trainer.get(opened.header("location").unwrap()).await.expect(200).text();
        assert!(page.contains(r#"data-mode="browse""#));
        let mut launch = trainer.launch(&registration, activity).await;
        assert_eq!((launch.reads("cmi.mode"), launch.reads("cmi.credit")), ("browse", "no-credit"));
        let answer = launch.commit(&app, &[("cmi.completion_status", "completed")], "PT1M", Some("normal")).await;
        assert_eq!(answer["applied"], false);
        trainer.navigate(&registration, "continue", None).await;
        for table in ["statement", "runtime_state", "activity_progress", "registration_progress"] {
            assert_eq!(app.count(table).await, 0, "{table}");
        }
        assert_eq!(trainer.get(&format!("/api/v1/registrations/{registration}")).await.status.as_u16(), 404);
        app.person("Camille", Role::Learner).await.post_form(&format!("/trainer/courses/{}/preview", course.id), &[]).await.expect(403);
    }

    async fn a_preview_of_content_that_speaks_for_itself_leaves_nothing_either(app: TestApp) {
        let trainer = app.person("Nadia", Role::Trainer).await;
        let unit = cmi5(&au("un", r#"moveOn="Completed""#));
        for (package, is_unit) in [(unit, true), (tincan(), false)] {
            let course = app.import_draft("cours.zip", package).await;
            let opened = trainer.post_form(&format!("/trainer/courses/{}/preview", course.id), &[]).await.expect(303);
            let (registration, activity) = place(opened.header("location").unwrap());
            let launch = trainer.launch(&registration, activity).await;
            if is_unit {
                let unit = Unit::open(&app, &launch.answer).await;
                assert_eq!(unit.data["launchMode"], "Browse");
                for (verb, status) in [("initialized", 200), ("experienced", 200), ("completed", 403), ("terminated", 200)] {
                    unit.say(&app, verb).await.expect(status);
                }
            } else {
                assert_eq!(tell_completed(&app, &launch.answer).await, 200, "the content plays as ever");
            }
        }
        for table in ["statement", "activity_progress", "registration_progress", "runtime_state"] {
            assert_eq!(app.count(table).await, 0, "{table}");
        }
    }

    async fn looking_again_leaves_the_record_and_the_place_as_they_were(app: TestApp) {
        let course = app.import(three_scos(r#"choice="false" flow="true""#)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        let mut a = camille.launch(&registration, 0).await;
        a.commit(&app, &[("cmi.completion_status", "completed"), ("cmi.location", "p9")], "PT1M", Some("normal")).await;
        camille.navigate(&registration, "continue", None).await;
        let mut b = camille.launch(&registration, 1).await;
        b.commit(&app, &[("cmi.location", "p2")], "PT1M", None).await;
        let (rows, said) = (app.progress_rows().await, statements(&app, &registration).await);

        for mode in ["review", "browse"] {
            let order = json!({"mode": mode});
            let path = format!("/player/{registration}/0/launch");
            let mut look = Launch { answer: camille.post_json(&path, &order).await.expect(200).json(), sequence: 0 };
            assert_eq!((look.reads("cmi.mode"), look.reads("cmi.location")), (mode, "p9"));
            let answer = look.commit(&app, &[("cmi.location", "p1"), ("cmi.success_status", "failed")], "PT9M", Some("normal")).await;
            assert_eq!(answer["applied"], false);
            let order = json!({"request": "continue", "launch": look.answer["launch"]});
            let next = camille.post_json(&format!("/player/{registration}/navigate"), &order).await.expect(200).json();
            assert_eq!(next["deliver"], json!({"activity": 1, "url": format!("/player/{registration}/1?mode={mode}")}));
        }
        // The tab in which the learner works goes on as if nobody had looked.
        b.commit(&app, &[("cmi.location", "p3")], "PT1M", None).await;
        assert_eq!((app.progress_rows().await, statements(&app, &registration).await), (rows, said));
        assert_eq!(camille.start(&course).await.1, 1);
        assert_eq!(camille.launch(&registration, 1).await.reads("cmi.location"), "p3");
    }

    async fn content_that_speaks_for_itself_is_not_recorded_when_it_is_looked_at_again(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        for package in [cmi5(&au("un", r#"moveOn="Completed""#)), tincan()] {
            let course = app.import(package).await;
            let (registration, activity) = camille.start(&course).await;
            let order = json!({"mode": "review"});
            let path = format!("/player/{registration}/{activity}/launch");
            let answer = camille.post_json(&path, &order).await.expect(200).json();
            match answer["runtime"]["kind"].as_str() {
                // A unit says that it begins and ends, and judges nothing (cmi5 10.2.2).
                Some("cmi5") => {
                    let unit = Unit::open(&app, &answer).await;
                    for (verb, status) in [("initialized", 200), ("passed", 403), ("terminated", 200), ("experienced", 403)] {
                        unit.say(&app, verb).await.expect(status);
                    }
                }
                _ => assert_eq!(tell_completed(&app, &answer).await, 200, "it plays as ever"),
            }
            assert_eq!(report(&app, &registration).await["completion"], "not attempted");
        }
        assert_eq!((app.count("statement").await, app.count("activity_progress").await), (0, 0));
    }
}
