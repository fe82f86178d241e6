//! What is said of SCORM content keeps to the SCORM profile of ADL, which is told here in our own words.

use super::*;

const PROFILE: &str = include_str!("scorm-profile.jsonld");

/// The type of each activity in the grouping of a statement, with its identifier.
fn attempts(statement: &Value) -> Vec<&str> {
    let grouping = statement["context"]["contextActivities"]["grouping"].as_array().expect("a grouping");
    let is_attempt = |activity: &&Value| last_part(&activity["definition"]["type"]) == "attempt";
    grouping.iter().filter(is_attempt).map(|activity| activity["id"].as_str().expect("an IRI")).collect()
}

both_databases! {
    async fn what_is_said_of_scorm_content_keeps_to_the_profile(app: TestApp) {
        let admin = app.person("Ada", Role::Administrator).await;
        let loaded = admin.post_bytes("/api/v1/xapi-profiles", "application/ld+json", PROFILE.as_bytes().to_vec()).await;
        let profile = loaded.expect(201).json()["id"].as_str().expect("an id").to_owned();
        let camille = app.person("Camille Martin", Role::Learner).await;

        let old = app.import(one_sco()).await;
        let (registration, activity) = camille.start(&old).await;
        let mut launch = camille.launch(&registration, activity).await;
        launch.commit(&app, &[("cmi.core.score.raw", "20"), ("cmi.core.lesson_status", "incomplete")], "00:05:00", Some("suspend")).await;
        let mut launch = camille.launch(&registration, activity).await;
        launch.commit(&app, &[("cmi.core.score.raw", "20"), ("cmi.core.lesson_status", "failed")], "00:05:00", Some("")).await;
        // What ended is not taken up again, it is opened again.
        let mut launch = camille.launch(&registration, activity).await;
        assert_eq!(launch.reads("cmi.core.entry"), "");
        launch.commit(&app, &[("cmi.core.score.raw", "80"), ("cmi.core.lesson_status", "passed")], "00:05:00", Some("")).await;
        let told = verbs(&app, &registration).await;
        assert_eq!(told.iter().filter(|verb| *verb == "resumed").count(), 1, "{told:?}");
        assert_eq!(told.iter().filter(|verb| *verb == "initialized").count(), 2, "{told:?}");

        let new = app.import(scorm("2004 4th Edition", &format!("{}{}", item("a", ""), item("b", "")), &[("a", "sco"), ("b", "asset")])).await;
        let (registration, activity) = camille.start(&new).await;
        let mut launch = camille.launch(&registration, activity).await;
        let set = [
            ("cmi.objectives.0.id", "urn:objectif:alerter"),
            ("cmi.objectives.0.success_status", "failed"),
            ("cmi.objectives.1.id", "vu"),
            ("cmi.interactions.0.id", "q"),
            ("cmi.interactions.0.type", "fill-in"),
            ("cmi.interactions.0.learner_response", "18"),
            ("cmi.interactions.0.result", "correct"),
            ("cmi.progress_measure", "0.5"),
        ];
        launch.commit(&app, &set, "PT1M", None).await;
        launch.commit(&app, &[("cmi.objectives.0.success_status", "passed"), ("cmi.objectives.1.completion_status", "completed")], "PT2M", Some("suspend")).await;
        let mut launch = camille.launch(&registration, activity).await;
        // Told once more as it was: no news.
        launch.commit(&app, &[("cmi.objectives.0.success_status", "passed")], "PT1M", None).await;
        launch.commit(&app, &[("cmi.completion_status", "completed"), ("cmi.success_status", "passed"), ("cmi.score.scaled", "0.9")], "PT1M", Some("normal")).await;
        camille.launch(&registration, activity + 1).await;

        let said = statements(&app, &registration).await;
        let of_objectives: Vec<_> = said
            .iter()
            .filter(|statement| statement["object"]["id"].as_str().unwrap().contains("/objectives/"))
            .map(|statement| (last_part(&statement["verb"]["id"]), last_part(&statement["object"]["id"])))
            .collect();
        let alert = "urn%3Aobjectif%3Aalerter".to_owned();
        assert_eq!(of_objectives, [("failed".to_owned(), alert.clone()), ("passed".to_owned(), alert), ("completed".to_owned(), "vu".to_owned())]);
        // One attempt from the first opening to the end, suspended in between; the other activity has one of its own.
        let first = attempts(&said[0]);
        assert!(first[0].contains("?attemptId="), "{first:?}");
        for statement in said.iter().filter(|statement| statement["object"]["id"].as_str().unwrap().contains("/activities/a")) {
            assert_eq!(attempts(statement), first, "{statement}");
        }
        // Progress is told outside of the profile, which has no word for it.
        let outside = said.iter().filter(|statement| statement["context"]["contextActivities"]["category"].is_null());
        assert_eq!(outside.map(|statement| last_part(&statement["verb"]["id"])).collect::<Vec<_>>(), ["progressed", "launched"]);

        app.clock.advance(std::time::Duration::from_secs(10 * 60));
        preau::jobs::run_due(&app.app, &preau::app::jobs()).await.expect("a worker");
        let report = admin.get(&format!("/api/v1/xapi-profiles/{profile}")).await.expect(200).json();
        assert_eq!((&report["broken"], &report["unmatched"]), (&json!(0), &json!(0)), "{report:#}");
        assert_eq!(report["statements"], report["following"]);
        for template in report["templates"].as_array().expect("templates") {
            assert_ne!(template["statements"], json!(0), "nothing was told as {template}");
        }
    }
}
