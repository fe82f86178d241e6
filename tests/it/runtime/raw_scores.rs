//! SCORM 2004 content that tells a raw score and no scaled one: the standard derives none (RTE 4.2.19), so nothing is judged by it.
//! What the learner reached is told as it was said.

use super::*;

both_databases! {
    async fn a_raw_score_is_kept_as_it_was_said(app: TestApp) {
        let camille = app.person("Camille Martin", Role::Learner).await;
        // What is set, and what the report and the statement say of it.
        for (set, score, share) in [
            (vec![("cmi.score.raw", "8")], json!({"raw": 8}), Value::Null),
            (vec![("cmi.score.raw", "8"), ("cmi.score.min", "0"), ("cmi.score.max", "10")], json!({"raw": 8, "min": 0, "max": 10}), json!(0.8)),
            (vec![("cmi.score.raw", "8"), ("cmi.score.max", "10")], json!({"raw": 8, "max": 10}), json!(0.8)),
            (vec![("cmi.score.raw", "8"), ("cmi.score.min", "8")], json!({"raw": 8, "min": 8}), Value::Null),
            // No room between the ends: xAPI refuses them (1.0.3 Data 2.4.5.1), and nothing can be said of a share.
            (vec![("cmi.score.raw", "8"), ("cmi.score.min", "8"), ("cmi.score.max", "8")], Value::Null, Value::Null),
            (vec![("cmi.score.raw", "8"), ("cmi.score.min", "10"), ("cmi.score.max", "0")], Value::Null, Value::Null),
            (vec![("cmi.score.raw", "18"), ("cmi.score.min", "0"), ("cmi.score.max", "10")], Value::Null, Value::Null),
            (vec![("cmi.score.raw", "-3.5")], json!({"raw": -3.5}), Value::Null),
        ] {
            let course = app.import(scorm("2004 4th Edition", &item("a", ""), &[("a", "sco")])).await;
            let (registration, activity) = camille.start(&course).await;
            let mut launch = camille.launch(&registration, activity).await;
            let answer = launch.commit(&app, &set, "PT1M", None).await;
            assert_eq!(answer.get("rejected"), None, "{set:?}: {answer}");
            let completed = [("cmi.completion_status", "completed")];
            launch.commit(&app, &completed, "PT2M", Some("normal")).await;
            for statement in statements(&app, &registration).await {
                let told = &statement["result"]["score"];
                assert!(told.is_null() || told == &score, "{set:?}: {statement}");
            }
            let said = statements(&app, &registration).await;
            let scored: Vec<String> = said.iter().filter(|one| !one["result"]["score"].is_null()).map(|one| last_part(&one["verb"]["id"])).collect();
            let wanted: &[&str] = if score.is_null() { &[] } else { &["scored", "completed", "terminated"] };
            assert_eq!(scored, wanted, "{set:?}");
            let seen = report(&app, &registration).await;
            let row = &seen["activities"][0];
            assert_eq!((&row["completion"], &row["success"]), (&json!("completed"), &json!("unknown")), "{set:?}");
            assert_eq!((&row["score"]["scaled"], row["score"]["raw"].as_f64()), (&share, score["raw"].as_f64()), "{set:?}: {row}");
            // Nothing of it is lost on the way to the next session either.
            let again = camille.launch(&registration, activity).await;
            assert_eq!(again.reads("cmi.score.scaled"), "", "{set:?}");
        }
    }

    /// RTE 4.2.20: only a scaled score decides over success, where the manifest has a score to reach.
    async fn a_raw_score_neither_passes_nor_fails(app: TestApp) {
        let rule = "<imsss:sequencing><imsss:objectives><imsss:primaryObjective objectiveID='p' satisfiedByMeasure='true'>\
            <imsss:minNormalizedMeasure>0.5</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives></imsss:sequencing>";
        let camille = app.person("Camille Martin", Role::Learner).await;
        for (said, judged) in [(None, "unknown"), (Some("0.9"), "passed"), (Some("0.1"), "failed")] {
            let course = app.import(scorm("2004 4th Edition", &item("a", rule), &[("a", "sco")])).await;
            let (registration, activity) = camille.start(&course).await;
            let mut launch = camille.launch(&registration, activity).await;
            assert_eq!(launch.reads("cmi.scaled_passing_score"), "0.5");
            let mut set = vec![("cmi.score.raw", "95"), ("cmi.score.min", "0"), ("cmi.score.max", "100"), ("cmi.completion_status", "completed")];
            set.extend(said.map(|scaled| ("cmi.score.scaled", scaled)));
            launch.commit(&app, &set, "PT1M", Some("normal")).await;
            let seen = report(&app, &registration).await;
            assert_eq!(seen["activities"][0]["success"], judged, "{said:?}: {seen}");
        }
    }
}
