//! What completes the content of an xAPI package that does not say so itself: its trainer decides.

use std::time::Duration;

use super::*;

fn address(course: &TestCourse) -> String {
    format!("/trainer/courses/{}/playing", course.id)
}

/// The trainer's form, with what completes the course.
fn fields<'a>(by: &'a str, minutes: &'a str) -> [(&'a str, &'a str); 6] {
    [("most", ""), ("again", "never"), ("counted", "best"), ("place", "page"), ("completing", by), ("minutes", minutes)]
}

async fn decide(app: &TestApp, course: &TestCourse, by: &str, minutes: &str) -> TestPerson {
    let trainer = app.person("Nadia", Role::Trainer).await;
    trainer.post_form(&address(course), &fields(by, minutes)).await.expect(303);
    trainer
}

/// "The learner did it to something that the package does not list."
fn said(query: &std::collections::HashMap<String, String>, verb: &str) -> Value {
    let mut statement = completed(query);
    statement["verb"]["id"] = json!(format!("http://adlnet.gov/expapi/verbs/{verb}"));
    statement["object"]["id"] = json!("https://exemple.fr/accueil/quiz");
    statement
}

async fn completions(app: &TestApp, registration: &str) -> usize {
    let said = statements(app, registration).await;
    let of_activity = |statement: &&Value| {
        last_part(&statement["verb"]["id"]) == "completed" && statement["object"]["id"] == "https://exemple.fr/accueil"
    };
    said.iter().filter(of_activity).count()
}

both_databases! {
    async fn unless_a_trainer_decides_content_completes_itself(app: TestApp) {
        let course = app.import(tincan()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let launch = camille.launch(&registration, activity).await;
        let query = query(&launch.answer["runtime"]["content_url"]);
        for verb in ["passed", "completed"] {
            assert_eq!(state(&app.content(), &query["auth"], &said(&query, verb)).await, 200);
        }
        // The time is nobody's business where it decides nothing.
        app.clock.advance(Duration::from_secs(3600));
        let told = json!({"launch": launch.answer["launch"], "seconds": 3600});
        camille.post_json(&format!("/player/{registration}/{activity}/spent"), &told).await.expect(200);
        assert_eq!(report(&app, &registration).await["completion"], "incomplete");
        let page = camille.get(&format!("/player/{registration}/{activity}")).await.expect(200).text();
        assert!(page.contains(r#""spent":null"#), "{page}");
    }

    async fn the_first_part_that_is_passed_completes_it_once(app: TestApp) {
        let course = app.import(tincan()).await;
        decide(&app, &course, "said", "").await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let query = query(&camille.launch(&registration, activity).await.answer["runtime"]["content_url"]);
        assert_eq!(state(&app.content(), &query["auth"], &said(&query, "attempted")).await, 200);
        assert_eq!(report(&app, &registration).await["completion"], "incomplete");
        for verb in ["passed", "completed", "passed"] {
            assert_eq!(state(&app.content(), &query["auth"], &said(&query, verb)).await, 200);
            assert_eq!(report(&app, &registration).await["completion"], "completed");
            assert_eq!(completions(&app, &registration).await, 1, "after {verb}");
        }
    }

    async fn opening_completes_it_and_looking_does_not(app: TestApp) {
        let course = app.import(tincan()).await;
        let trainer = decide(&app, &course, "opened", "").await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        camille.launch(&registration, activity).await;
        camille.launch(&registration, activity).await;
        assert_eq!(report(&app, &registration).await["completion"], "completed");

        let marc = app.person("Marc", Role::Learner).await;
        let (registration, activity) = marc.start(&course).await;
        let browse = json!({"mode": "browse"});
        marc.post_json(&format!("/player/{registration}/{activity}/launch"), &browse).await.expect(200);
        assert_eq!(statements(&app, &registration).await.len(), 0, "looking leaves nothing");
        drop(trainer);
    }

    async fn time_in_front_of_it_completes_it_and_is_never_more_than_has_passed(app: TestApp) {
        let course = app.import(tincan()).await;
        decide(&app, &course, "time", "10").await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let address = format!("/player/{registration}/{activity}/spent");
        let page = camille.get(&format!("/player/{registration}/{activity}")).await.expect(200).text();
        assert!(page.contains(&format!(r#""spent":"{address}""#)), "{page}");
        let tell = async |launch: &Launch, seconds: Value| {
            let told = json!({"launch": launch.answer["launch"], "seconds": seconds});
            camille.post_json(&address, &told).await
        };
        let completion = async |launch: &Launch, seconds: Value| {
            tell(launch, seconds).await.expect(200).json()["progress"]["completion"].clone()
        };
        let first = camille.launch(&registration, activity).await;
        app.clock.advance(Duration::from_secs(400));
        assert_eq!(completion(&first, json!(1e300)).await, "incomplete", "it cannot have been longer than it was");
        assert_eq!(completion(&first, json!(-5)).await, "incomplete");
        assert_eq!(completion(&first, json!(300)).await, "incomplete", "what is told again or late adds nothing");
        // Another visit: the first is over.
        let second = camille.launch(&registration, activity).await;
        assert_eq!(tell(&first, json!(400)).await.status.as_u16(), 409);
        app.clock.advance(Duration::from_secs(3600));
        assert_eq!(completion(&second, json!(199)).await, "incomplete");
        assert_eq!(completion(&second, json!(200)).await, "completed");
        assert_eq!(completion(&second, json!(900)).await, "completed");
        assert_eq!(completions(&app, &registration).await, 1);
        let told = report(&app, &registration).await;
        assert_eq!((&told["completion"], &told["seconds"]), (&json!("completed"), &json!(600.0)), "{told}");
        // Of somebody else nothing can be told.
        let marc = app.person("Marc", Role::Learner).await;
        let told = json!({"launch": second.answer["launch"], "seconds": 1});
        marc.post_json(&address, &told).await.expect(404);
    }

    async fn the_form_is_for_xapi_content_and_says_what_is_wrong(app: TestApp) {
        let course = app.import(tincan()).await;
        let trainer = decide(&app, &course, "time", "25").await;
        let form = trainer.get(&address(&course)).await.expect(200).text();
        assert!(form.contains(r#"value="time" checked"#) && form.contains(r#"value="25""#), "{form}");
        for minutes in ["", "0", "481", "dix", "1.5"] {
            let wrong = trainer.post_form(&address(&course), &fields("time", minutes)).await.expect(422).text();
            assert!(wrong.contains("de 1 à 480") && wrong.contains(r#"value="time" checked"#), "{minutes}");
        }
        let form = trainer.get(&address(&course)).await.expect(200).text();
        assert!(form.contains(r#"value="25""#), "nothing of it was kept");
        let other = app.import(one_sco()).await;
        let form = trainer.get(&address(&other)).await.expect(200).text();
        assert!(!form.contains(r#"name="completing""#), "{form}");
    }
}
