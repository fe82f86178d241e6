//! What learners answered, question by question, for the trainer of a course.

use std::time::Duration;

use preau::identity::Role;
use preau::xapi::vocabulary;
use preau::{lrs, progress};
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::learning::{TestCourse, item, place, scorm, tincan};
use crate::support::{TestApp, TestPerson};

fn one_sco() -> Vec<u8> {
    scorm("2004 4th Edition", &item("a", ""), &[("a", "sco")])
}

/// Answers a question by its number, as it was judged and after how long; what was answered before is answered anew.
async fn say(app: &TestApp, person: &TestPerson, course: &TestCourse, said: &[(usize, [&str; 3])]) {
    const QUESTIONS: [[&str; 4]; 2] = [
        ["urn:prevention:sortie", "choice", "{lang=fr}Par où sortir ?", "porte"],
        ["debit", "fill-in", "Quel <b>débit</b> ?", "18"],
    ];
    let (registration, index) = person.start(course).await;
    let mut launch = person.launch(&registration, index).await;
    let mut asked: Vec<usize> = Vec::new();
    for (question, [response, result, latency]) in said {
        let place = asked.iter().position(|known| known == question).unwrap_or_else(|| {
            asked.push(*question);
            asked.len() - 1
        });
        let [id, kind, description, right] = QUESTIONS[*question];
        let set = [
            ("id", id),
            ("type", kind),
            ("description", description),
            ("correct_responses.0.pattern", right),
            ("learner_response", response),
            ("result", result),
            ("latency", latency),
        ]
        .map(|(part, value)| (format!("cmi.interactions.{place}.{part}"), value));
        let set: Vec<(&str, &str)> = set.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        launch.commit(app, &set, "PT1M", None).await;
    }
    launch.commit(app, &[], "PT1M", Some("suspend")).await;
}

async fn interactions(app: &TestApp, course: &TestCourse) -> Vec<Value> {
    let reader = app.token(&["registrations/read"]).await;
    let told = reader.get(&format!("/api/v1/courses/{}/interactions", course.id)).await.expect(200).json();
    told["interactions"].as_array().expect("a list").clone()
}

async fn append(app: &TestApp, statements: Vec<preau::xapi::Statement>) {
    let mut tx = app.app.db.begin().await.expect("a transaction");
    lrs::append(&mut tx, &app.app, statements, lrs::Authority::service(&app.app)).await.expect("stored");
    tx.commit().await.expect("a commit");
}

/// A rebuild from the statements gives the rows that are there.
async fn assert_rebuilt(app: &TestApp) {
    let before = app.progress_rows().await;
    progress::rebuild(&app.app).await.expect("a rebuild");
    assert_eq!(app.progress_rows().await, before);
}

both_databases! {
    async fn a_trainer_sees_what_was_answered_to_each_question_and_how_often_it_was_right(app: TestApp) {
        let course = app.import(one_sco()).await;
        let nadia = app.person("Nadia", Role::Trainer).await;
        let address = format!("/trainer/courses/{}/answers", course.id);
        assert!(nadia.get(&address).await.expect(200).text().contains("Aucune réponse"));

        for (name, said) in [
            ("Camille", &[(0, ["ascenseur", "incorrect", "PT12S"]), (0, ["porte", "correct", "PT2S"]), (1, ["18", "correct", "PT4S"])][..]),
            ("Zoé", &[(0, ["porte", "correct", "PT8.5S"])]),
            ("Léa", &[(0, ["ascenseur", "incorrect", "PT1M40S"])]),
        ] {
            let learner = app.person(name, Role::Learner).await;
            say(&app, &learner, &course, said).await;
        }
        // A preview is nobody's answer.
        let opened = nadia.post_form(&format!("/trainer/courses/{}/preview", course.id), &[]).await.expect(303);
        let (preview, index) = place(opened.header("location").expect("an address"));
        let mut launch = nadia.launch(&preview, index).await;
        launch.commit(&app, &[("cmi.interactions.0.id", "q"), ("cmi.interactions.0.learner_response", "a")], "PT1M", Some("")).await;

        let told = interactions(&app, &course).await;
        assert_eq!(told.len(), 2, "{told:#?}");
        let exit = &told[0];
        assert_eq!((exit["name"].as_str(), exit["kind"].as_str()), (Some("Par où sortir ?"), Some("choice")));
        assert!(exit["id"].as_str().unwrap().ends_with("/interactions/urn%3Aprevention%3Asortie"));
        assert_eq!(exit["correct"], json!(["porte"]));
        assert_eq!((&exit["people"], &exit["attempts"], &exit["answers"]), (&json!(3), &json!(3), &json!(4)));
        assert_eq!(exit["first"], json!({"judged": 3, "right": 1}));
        assert_eq!(exit["last"], json!({"judged": 3, "right": 2}));
        assert_eq!(exit["median_latency"], json!(12.0));
        assert_eq!(exit["responses"], json!([
            {"response": "ascenseur", "times": 2, "success": false}, {"response": "porte", "times": 1, "success": true}]));

        let page = nadia.get(&address).await.expect(200).text();
        for word in ["Par où sortir", "33\u{202f}%", "67\u{202f}%", "12\u{a0}s", "2 fois", "Réponse attendue", "Quel &#60;b&#62;débit"] {
            assert!(page.contains(word), "{word}: {page}");
        }
        assert!(!page.contains("Camille"), "the page is about the questions: {page}");
        assert_rebuilt(&app).await;

        let learner = app.person("Rémi", Role::Learner).await;
        learner.get(&address).await.expect(403);
        learner.get(&format!("{address}.csv")).await.expect(403);
        nadia.get(&format!("/trainer/courses/{}/answers", uuid::Uuid::now_v7())).await.expect(404);
    }

    async fn the_file_names_who_answered_and_no_answer_becomes_a_formula(app: TestApp) {
        let course = app.import(one_sco()).await;
        let (nadia, agathe) = (app.person("Nadia", Role::Trainer).await, app.person("Agathe", Role::Administrator).await);
        let camille = app.person("Camille Roux", Role::Learner).await;
        say(&app, &camille, &course, &[(1, ["=2+5", "incorrect", "PT3S"]), (1, ["18", "correct", "PT1S"])]).await;
        let address = format!("/trainer/courses/{}/answers.csv", course.id);
        let file = nadia.get(&address).await.expect(200).text();
        let line = file.lines().find(|line| line.starts_with("Camille Roux;")).unwrap_or_else(|| panic!("{file}"));
        assert!(line.contains(";1;Étape a;Quel <b>débit</b> ?;2;'=2+5;non;3;18;oui;"), "{line}");

        // Erasing her leaves how it went, and neither her name nor her words.
        agathe.post_form(&format!("/admin/people/{}/erase", camille.id), &[]).await.expect(303);
        let handlers = preau::jobs::Handlers::new().on(lrs::ERASE, 1, lrs::erase);
        preau::jobs::run_due(&app.app, &handlers).await.expect("a worker");
        let file = nadia.get(&address).await.expect(200).text();
        assert!(!file.contains("Camille") && file.contains(";2;;non;3;;oui;"), "{file}");
        let page = nadia.get(address.trim_end_matches(".csv")).await.expect(200).text();
        assert!(page.contains("Première réponse juste") && !page.contains("2+5"), "{page}");
        assert_rebuilt(&app).await;
    }

    async fn the_answers_of_xapi_content_count_until_they_are_taken_back(app: TestApp) {
        let course = app.import(tincan()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, index) = camille.start(&course).await;
        camille.launch(&registration, index).await;
        let id: uuid::Uuid = registration.parse().expect("an id");
        let learner = preau::xapi::Agent::account(app.app.config.public_origin(), camille.id.to_string());
        let definition = json!({"interactionType": "choice", "description": {"fr": "Qui accueille ?"},
            "choices": [{"id": "n", "description": {"fr": "Nous"}}, {"id": "p", "description": {"fr": "Personne"}}]});
        let answer = |actor: &preau::xapi::Agent, response: &str, right: bool| {
            let statement = json!({"actor": actor, "verb": {"id": vocabulary::ANSWERED},
                "object": {"id": "https://exemple.fr/questions/1", "definition": definition},
                "context": {"registration": id}, "result": {"response": response, "success": right}});
            preau::xapi::recall(&statement.to_string()).expect("a statement")
        };
        let wrong = preau::core::StatementId::new();
        append(&app, vec![answer(&learner, "p", false).with_id(wrong)]).await;
        // What another says in this registration is not the learner's answer.
        let other = preau::xapi::Agent::account(app.app.config.public_origin(), "autre");
        append(&app, vec![answer(&other, "p", false), answer(&learner, "n[,]\0", true)]).await;
        let told = interactions(&app, &course).await;
        assert_eq!((told.len(), &told[0]["answers"], &told[0]["first"]["right"]), (1, &json!(2), &json!(0)));
        assert_rebuilt(&app).await;

        append(&app, vec![vocabulary::voiding(learner.clone(), wrong.0)]).await;
        let told = interactions(&app, &course).await;
        assert_eq!((&told[0]["answers"], &told[0]["first"]["right"]), (&json!(1), &json!(1)));
        assert_eq!(told[0]["activity"].as_str(), Some("https://exemple.fr/accueil"));
        let nadia = app.person("Nadia", Role::Trainer).await;
        let page = nadia.get(&format!("/trainer/courses/{}/answers", course.id)).await.expect(200).text();
        assert!(page.contains("Qui accueille") && page.contains("Nous + \u{fffd}"), "{page}");
        assert_rebuilt(&app).await;
    }

    async fn many_questions_come_a_page_at_a_time_in_the_order_in_which_they_were_asked(app: TestApp) {
        let course = app.import(one_sco()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, index) = camille.start(&course).await;
        let mut launch = camille.launch(&registration, index).await;
        for lot in 0..2 {
            let set: Vec<(String, String)> = (lot * 60..(lot + 1) * 60)
                .flat_map(|n| [("id", format!("q{n:03}")), ("type", "other".into()), ("learner_response", "x".into()), ("result", "correct".into())]
                    .map(|(part, value)| (format!("cmi.interactions.{n}.{part}"), value)))
                .collect();
            let set: Vec<(&str, &str)> = set.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            app.clock.advance(Duration::from_secs(60));
            launch.commit(&app, &set, "PT1M", None).await;
        }
        let reader = app.token(&["registrations/read"]).await;
        let mut names = Vec::new();
        let mut from = 0;
        loop {
            let told = reader.get(&format!("/api/v1/courses/{}/interactions?limit=50&from={from}", course.id)).await.expect(200).json();
            names.extend(told["interactions"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()));
            let Some(next) = told["next"].as_u64() else { break };
            from = next;
        }
        assert_eq!(names, (0..120).map(|n| format!("q{n:03}")).collect::<Vec<_>>());
        let nadia = app.person("Nadia", Role::Trainer).await;
        let page = nadia.get(&format!("/trainer/courses/{}/answers?page=1", course.id)).await.expect(200).text();
        assert!(page.contains("q050") && page.contains("q099") && !page.contains("q100") && page.contains("page=2"), "{page}");
    }
}
