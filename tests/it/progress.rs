//! Progress: the rows are the fold of the statements, and nothing else.

use preau::identity::Role;
use preau::xapi::vocabulary;
use preau::{lrs, progress};

use crate::both_databases;
use crate::support::learning::{item, scorm, tincan};

both_databases! {
    async fn a_rebuild_gives_the_same_rows_byte_for_byte(app: TestApp) {
        let scorm12 = app.import(scorm("1.2", &format!("{}{}", item("a", ""), item("b", "")), &[("a", "sco"), ("b", "sco")])).await;
        let scorm2004 = app.import(scorm("2004 4th Edition", &item("a", ""), &[("a", "sco")])).await;
        let xapi = app.import(tincan()).await;
        for (place, name) in ["Camille", "Zoé", "Nadia"].into_iter().enumerate() {
            let person = app.person(name, Role::Learner).await;
            let (registration, _) = person.start(&scorm12).await;
            for (index, raw) in [(0, "81.5"), (1, "33.3")].into_iter().take(place + 1) {
                app.clock.advance(std::time::Duration::from_millis(1234));
                let mut launch = person.launch(&registration, index).await;
                launch.commit(&app, &[("cmi.core.score.raw", raw), ("cmi.core.lesson_status", "failed")], "00:00:10.33", None).await;
                launch.commit(&app, &[("cmi.core.lesson_status", "passed")], "00:01:00.10", Some("suspend")).await;
            }
            let (registration, index) = person.start(&scorm2004).await;
            let mut launch = person.launch(&registration, index).await;
            launch.commit(&app, &[("cmi.progress_measure", "0.4")], "PT7.07S", Some("suspend")).await;
            let mut launch = person.launch(&registration, index).await;
            launch.commit(&app, &[("cmi.completion_status", "completed"), ("cmi.score.scaled", "0.7")], "PT0.1S", Some("normal")).await;
            let (registration, index) = person.start(&xapi).await;
            person.launch(&registration, index).await;
        }
        let before = app.progress_rows().await;
        assert!(before.len() > 15, "{before:#?}");
        let done = progress::rebuild(&app.app).await.expect("a rebuild");
        assert_eq!(done.registrations, 9);
        assert_eq!(app.progress_rows().await, before);
    }

    async fn what_was_failed_counts_as_worked_through_on_every_page(app: TestApp) {
        let course = app.import(scorm("1.2", &format!("{}{}", item("a", ""), item("b", "")), &[("a", "sco"), ("b", "sco")])).await;
        let (camille, nadia) = (app.person("Camille", Role::Learner).await, app.person("Nadia", Role::Trainer).await);
        let (registration, _) = camille.start(&course).await;
        let fail = async |index: i64| {
            let mut launch = camille.launch(&registration, index).await;
            let set = [("cmi.core.score.raw", "20"), ("cmi.core.lesson_status", "failed")];
            launch.commit(&app, &set, "00:01:00", Some("")).await
        };
        let pages = async || {
            let learners = format!("/trainer/courses/{}/learners", course.id);
            [
                nadia.get(&learners).await.expect(200).text(),
                nadia.get(&format!("{learners}/{registration}")).await.expect(200).text(),
                camille.get("/").await.expect(200).text(),
                camille.get(&format!("/courses/{}", course.id)).await.expect(200).text(),
            ]
        };
        assert_eq!(fail(0).await["progress"]["completion"], "completed");
        for (place, page) in pages().await.iter().enumerate().filter(|(place, _)| *place != 2) {
            assert!(page.contains("50"), "page {place}: {page}");
        }
        let after = fail(1).await["progress"].clone();
        assert_eq!(after, serde_json::json!({"completion": "completed", "success": "failed", "course_completion": "completed"}));
        for (place, page) in pages().await.iter().enumerate() {
            // Home offers another try; the others tell how it went.
            let told: &[&str] = if place == 2 { &["class=\"resume"] } else { &["Non réussi", "100"] };
            assert!(told.iter().all(|word| page.contains(word)), "page {place}: {page}");
        }
        // Another try that succeeds is told as such.
        let mut launch = camille.launch(&registration, 1).await;
        launch.commit(&app, &[("cmi.core.score.raw", "90"), ("cmi.core.lesson_status", "passed")], "00:01:00", Some("")).await;
        let before = app.progress_rows().await;
        progress::rebuild(&app.app).await.expect("a rebuild");
        assert_eq!(app.progress_rows().await, before);
    }

    async fn a_statement_taken_back_no_longer_counts(app: TestApp) {
        let course = app.import(tincan()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, index) = camille.start(&course).await;
        camille.launch(&registration, index).await;
        let id = registration.parse().expect("an id");
        let agent = preau::xapi::Agent::account(app.app.config.public_origin(), camille.id.to_string());
        let passed = preau::core::StatementId::new();
        let activity = preau::xapi::Activity::new("https://exemple.fr/accueil");
        let statement = vocabulary::event(agent.clone(), vocabulary::PASSED, activity)
            .with_id(passed)
            .with_context(vocabulary::context(id, &[], Vec::new(), Vec::new()));
        for statement in [statement, vocabulary::voiding(agent, passed.0)] {
            let mut tx = app.app.db.begin().await.expect("a transaction");
            lrs::append(&mut tx, &app.app, vec![statement], lrs::Authority::service(&app.app)).await.expect("stored");
            tx.commit().await.expect("a commit");
        }
        let mut tx = app.app.db.read().await.expect("a transaction");
        let rows = progress::activities_of(&mut tx, preau::core::RegistrationId(id)).await.expect("rows");
        drop(tx);
        assert_eq!((rows[0].completion.as_deref(), rows[0].success.as_deref()), (Some("incomplete"), Some("unknown")));
        let before = app.progress_rows().await;
        progress::rebuild(&app.app).await.expect("a rebuild");
        assert_eq!(app.progress_rows().await, before);
    }

    async fn the_command_rebuilds_beside_the_server(app: TestApp) {
        let course = app.import(tincan()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, index) = camille.start(&course).await;
        camille.launch(&registration, index).await;
        let said = app.command(&["rebuild", "--json"]).await.json();
        assert_eq!((&said["statements"], &said["registrations"]), (&1.into(), &1.into()));
    }

    async fn a_trainer_sees_who_did_what(app: TestApp) {
        let course = app.import(scorm("1.2", &item("a", ""), &[("a", "sco")])).await;
        let trainer = app.person("Nadia", Role::Trainer).await;
        let list = format!("/trainer/courses/{}/learners", course.id);
        assert!(trainer.get(&list).await.expect(200).text().contains("Personne n’a encore commencé"));

        let camille = app.person("Camille Martin", Role::Learner).await;
        let (registration, index) = camille.start(&course).await;
        let mut launch = camille.launch(&registration, index).await;
        launch.commit(&app, &[("cmi.core.score.raw", "84"), ("cmi.core.lesson_status", "passed")], "00:12:00", Some("")).await;

        let page = trainer.get(&list).await.expect(200).text();
        assert!(page.contains("Camille Martin") && page.contains("12\u{a0}min"), "{page}");
        let detail = trainer.get(&format!("{list}/{registration}")).await.expect(200).text();
        assert!(detail.contains("Camille Martin a réussi"), "{detail}");
        camille.get(&list).await.expect(403);
        camille.get(&format!("{list}/{registration}")).await.expect(403);
    }
}
