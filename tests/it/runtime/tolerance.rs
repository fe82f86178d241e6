//! Content that does not keep to its standard: borne where its trainer says so, and only there.

use super::*;

/// Turns the switches of a package on its page: those that are named are on.
async fn turn(trainer: &TestPerson, course: &TestCourse, switches: &[&str]) {
    let form: Vec<(&str, &str)> = switches.iter().map(|switch| (*switch, "on")).collect();
    let answer = trainer.post_form(&format!("/trainer/packages/{}/tolerance", course.package), &form).await;
    answer.expect(303);
}

/// A course, somebody who has begun it, and who decides on it.
async fn begun(app: &TestApp, edition: &str) -> (TestCourse, TestPerson, TestPerson, String, i64) {
    let course = app.import(scorm(edition, &item("a", ""), &[("a", "sco")])).await;
    let trainer = app.person("Thomas Martin", Role::Trainer).await;
    let camille = app.person("Camille Martin", Role::Learner).await;
    let (registration, activity) = camille.start(&course).await;
    (course, trainer, camille, registration, activity)
}

both_databases! {
    async fn answers_are_kept_as_they_are_written_from_the_next_opening_on(app: TestApp) {
        let (course, trainer, camille, registration, activity) = begun(&app, "2004 4th Edition").await;
        let set = [
            ("cmi.interactions.0.id", "Question 1"),
            ("cmi.interactions.0.learner_response", "a, b"),
            ("cmi.interactions.0.result", "correct"),
        ];
        let mut launch = camille.launch(&registration, activity).await;
        turn(&trainer, &course, &["answers-as-they-are"]).await;
        // Who is in the middle goes on as they began.
        let rejected = launch.commit(&app, &set, "PT1M", None).await["rejected"].clone();
        assert_eq!(rejected.as_object().map(serde_json::Map::len), Some(3), "{rejected}");

        let mut launch = camille.launch(&registration, activity).await;
        assert_eq!(launch.answer["runtime"]["tolerance"], json!(["answers-as-they-are"]));
        let accepted = launch.commit(&app, &set, "PT1M", None).await;
        assert_eq!(accepted.get("rejected"), None);
        assert_eq!(launch.commit(&app, &[("cmi.score.scaled", "3")], "PT1M", None).await["rejected"]["cmi.score.scaled"], "range");
        let told = statements(&app, &registration).await;
        let answer = told.iter().find(|statement| last_part(&statement["verb"]["id"]) == "responded").expect("an answer");
        assert_eq!((&answer["result"]["response"], &answer["result"]["success"]), (&json!("a, b"), &json!(true)));

        // Turned off, it is judged by the letter again.
        turn(&trainer, &course, &[]).await;
        let mut launch = camille.launch(&registration, activity).await;
        assert_eq!(launch.answer["runtime"]["tolerance"], json!([]));
        let next = [("cmi.interactions.1.id", "q"), ("cmi.interactions.1.learner_response", "a")];
        assert_eq!(launch.commit(&app, &next, "PT1M", None).await["rejected"].as_object().map(serde_json::Map::len), Some(1));
    }

    async fn content_that_leaves_without_asking_for_it_is_taken_up_again_until_it_is_completed(app: TestApp) {
        let (course, trainer, camille, registration, activity) = begun(&app, "2004 4th Edition").await;
        let incomplete = [("cmi.location", "7"), ("cmi.completion_status", "incomplete")];
        camille.launch(&registration, activity).await.commit(&app, &incomplete, "PT1M", Some("normal")).await;
        let launch = camille.launch(&registration, activity).await;
        assert_eq!((launch.reads("cmi.entry"), launch.reads("cmi.location")), ("ab-initio", ""));

        turn(&trainer, &course, &["resume-always"]).await;
        let mut launch = camille.launch(&registration, activity).await;
        launch.commit(&app, &incomplete, "PT1M", Some("normal")).await;
        let mut launch = camille.launch(&registration, activity).await;
        assert_eq!((launch.reads("cmi.entry"), launch.reads("cmi.location")), ("resume", "7"));
        assert_eq!(launch.reads("cmi.completion_status"), "incomplete");
        launch.commit(&app, &[("cmi.completion_status", "completed")], "PT1M", Some("normal")).await;
        assert_eq!(report(&app, &registration).await["activities"][0]["completion"], "completed");
        assert_eq!(camille.launch(&registration, activity).await.reads("cmi.location"), "");
    }

    async fn content_that_ends_on_each_page_adds_its_times(app: TestApp) {
        let (course, trainer, camille, registration, activity) = begun(&app, "1.2").await;
        turn(&trainer, &course, &["initialize-again"]).await;
        let mut launch = camille.launch(&registration, activity).await;
        for page in ["1", "2", "3"] {
            launch.commit(&app, &[("cmi.core.lesson_location", page), ("cmi.core.lesson_status", "incomplete")], "00:01:00", Some("")).await;
        }
        let launch = camille.launch(&registration, activity).await;
        assert_eq!((launch.reads("cmi.core.lesson_location"), launch.reads("cmi.core.total_time")), ("3", "0000:03:00.00"));
    }

    async fn the_page_offers_what_concerns_the_package_and_the_findings_tell_what_is_on(app: TestApp) {
        let (course, trainer, ..) = begun(&app, "2004 4th Edition").await;
        let address = format!("/trainer/packages/{}", course.package);
        let page = trainer.get(&address).await.expect(200).text();
        assert!(page.contains("name=\"resume-always\"") && !page.contains("name=\"initialize-again\""), "{page}");
        // What does not concern it is not turned on either.
        turn(&trainer, &course, &["unset-is-empty", "initialize-again", "nonsense"]).await;
        let reader = app.token(&["packages/read"]).await;
        let report = reader.get(&format!("/api/v1/packages/{}", course.package)).await.expect(200).json();
        let on: Vec<&Value> = report["findings"].as_array().unwrap().iter().filter(|one| one["code"] == "tolerance-on").collect();
        assert_eq!(on.len(), 1, "{report}");
        assert!(on[0]["message"].as_str().unwrap().contains("au lieu d’une erreur"), "{report}");
        let page = trainer.get(&address).await.expect(200).text();
        assert_eq!(page.matches(" checked").count(), 1);
    }
}
