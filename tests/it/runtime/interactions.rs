//! The answers SCORM content tells of, as statements: each once, whole, and whose they are.

use super::*;

/// What was answered, the earliest first: the question, and what is said of the answer.
async fn answers(app: &TestApp, registration: &str) -> Vec<(String, Value, Value)> {
    let all = statements(app, registration).await;
    let responded = all.iter().filter(|statement| last_part(&statement["verb"]["id"]) == "responded");
    responded
        .map(|statement| {
            let object = &statement["object"];
            (last_part(&object["id"]), object["definition"].clone(), statement["result"].clone())
        })
        .collect()
}

both_databases! {
    async fn each_answer_becomes_one_statement_with_its_question(app: TestApp) {
        let course = app.import(scorm("2004 4th Edition", &item("a", ""), &[("a", "sco")])).await;
        let camille = app.person("Camille Martin", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let mut launch = camille.launch(&registration, activity).await;
        let first = [
            ("cmi.interactions.0.id", "urn:prevention:sortie"),
            ("cmi.interactions.0.type", "choice"),
            ("cmi.interactions.0.correct_responses.0.pattern", "porte[,]couloir"),
            ("cmi.interactions.0.description", "{lang=fr}Par où sortir ?"),
            ("cmi.interactions.0.learner_response", "porte[,]ascenseur"),
            ("cmi.interactions.0.result", "incorrect"),
            ("cmi.interactions.0.latency", "PT12.5S"),
            // The rest of this one comes with the next commit.
            ("cmi.interactions.1.id", "debit"),
            ("cmi.interactions.1.type", "numeric"),
            ("cmi.interactions.1.learner_response", "18"),
        ];
        let commit = launch.next(&first, "PT1M", None);
        for _ in 0..2 {
            launch.send(&app.content(), &commit).await.expect(200);
        }
        let definition = json!({"description": {"fr": "Par où sortir ?"}, "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
            "interactionType": "choice", "correctResponsesPattern": ["porte[,]couloir"]});
        let result = json!({"success": false, "response": "porte[,]ascenseur", "duration": "PT12.5S"});
        let told = answers(&app, &registration).await;
        assert_eq!(told, [("urn%3Aprevention%3Asortie".to_owned(), definition, result)]);

        launch.commit(&app, &[("cmi.interactions.1.result", "0.75"), ("cmi.interactions.1.latency", "PT3S")], "PT2M", Some("suspend")).await;
        let told = answers(&app, &registration).await;
        assert_eq!(told.len(), 2);
        assert_eq!((told[1].0.as_str(), &told[1].2), ("debit", &json!({"score": {"raw": 0.75}, "response": "18", "duration": "PT3S"})));

        // Taken up again, what was told stays told; another answer to the same question is news.
        let mut launch = camille.launch(&registration, activity).await;
        assert_eq!(launch.reads("cmi.interactions.0.learner_response"), "porte[,]ascenseur");
        launch.commit(&app, &[("cmi.location", "3")], "PT1M", None).await;
        launch.commit(&app, &[("cmi.interactions.0.weighting", "2")], "PT1M", None).await;
        assert_eq!(answers(&app, &registration).await.len(), 2);
        let again = [("cmi.interactions.0.learner_response", "porte[,]couloir"), ("cmi.interactions.0.result", "correct")];
        launch.commit(&app, &again, "PT2M", Some("normal")).await;
        let told = answers(&app, &registration).await;
        assert_eq!((told.len(), &told[2].2["success"]), (3, &json!(true)));
        let all = statements(&app, &registration).await;
        let responded = all.iter().find(|statement| last_part(&statement["verb"]["id"]) == "responded").unwrap();
        assert_eq!(responded["context"]["contextActivities"]["category"][0]["id"], "https://w3id.org/xapi/scorm");
        assert_eq!(last_part(&responded["context"]["contextActivities"]["parent"][0]["id"]), "a");
    }

    async fn scorm_12_tells_the_same_in_the_same_words(app: TestApp) {
        let course = app.import(one_sco()).await;
        let camille = app.person("Camille Martin", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let mut launch = camille.launch(&registration, activity).await;
        let set = [
            ("cmi.interactions.0.id", "q1"),
            ("cmi.interactions.0.type", "true-false"),
            ("cmi.interactions.0.student_response", "t"),
            ("cmi.interactions.0.result", "correct"),
            ("cmi.interactions.0.latency", "0000:00:02.5"),
            // Without a judgement, and the content says nothing more of it.
            ("cmi.interactions.1.id", "q2"),
            ("cmi.interactions.1.type", "choice"),
            ("cmi.interactions.1.student_response", "a,c"),
        ];
        launch.commit(&app, &set, "00:01:00", None).await;
        assert_eq!(answers(&app, &registration).await.len(), 1);
        launch.commit(&app, &[], "00:02:00", Some("suspend")).await;
        let told: Vec<_> = answers(&app, &registration).await.into_iter().map(|(question, _, result)| (question, result)).collect();
        assert_eq!(told, [
            ("q1".to_owned(), json!({"success": true, "response": "true", "duration": "PT2.5S"})),
            ("q2".to_owned(), json!({"response": "a[,]c"})),
        ]);

        // The next visit counts its answers from 0 again: the same answer there is an answer of its own.
        let mut launch = camille.launch(&registration, activity).await;
        assert_eq!(launch.reads("cmi.interactions.0.id"), "");
        launch.commit(&app, &set[..5], "00:01:00", None).await;
        assert_eq!(answers(&app, &registration).await.len(), 3);
    }

    async fn an_answer_of_a_session_that_was_cut_off_is_told_when_the_content_is_opened_again(app: TestApp) {
        let question = [("cmi.interactions.0.id", "q2"), ("cmi.interactions.0.type", "numeric")];
        let old = [question[0], question[1], ("cmi.interactions.0.student_response", "8")];
        let new = [question[0], question[1], ("cmi.interactions.0.learner_response", "8")];
        let camille = app.person("Camille Martin", Role::Learner).await;
        for (edition, time, set) in [("1.2", "00:01:00", old), ("2004 4th Edition", "PT1M", new)] {
            let course = app.import(scorm(edition, &item("a", ""), &[("a", "sco")])).await;
            let (registration, activity) = camille.start(&course).await;
            // A judgement may follow, so it waits; then the machine is switched off.
            camille.launch(&registration, activity).await.commit(&app, &set, time, None).await;
            assert_eq!(answers(&app, &registration).await, [], "{edition}");
            for _ in 0..2 {
                camille.launch(&registration, activity).await;
                let told = answers(&app, &registration).await;
                assert_eq!(told.len(), 1, "{edition}");
                assert_eq!((told[0].0.as_str(), &told[0].2), ("q2", &json!({"response": "8"})));
            }
        }
    }
}
