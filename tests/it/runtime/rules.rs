//! Each rule of cmi5 about single statements, as a unit meets it: what breaks it is refused by its number, and nothing is recorded.

use super::sessions::{one_unit, requirement};
use super::*;

const SESSION: &str = "https://w3id.org/xapi/cmi5/context/extensions/sessionid";
const CMI5: &str = "https://w3id.org/xapi/cmi5/context/categories/cmi5";
const MOVE_ON: &str = "https://w3id.org/xapi/cmi5/context/categories/moveon";

/// What is changed of a good statement: a place, and what stands there instead; nothing for what is left out.
type Change = (&'static str, Option<Value>);

fn changed(mut statement: Value, (place, instead): &Change) -> Value {
    let (parent, name) = place.rsplit_once('/').expect("a place");
    if statement.pointer(parent).is_none() {
        statement["result"] = json!({});
    }
    let parent = statement.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    match instead {
        Some(value) => _ = parent.insert(name.to_owned(), value.clone()),
        None => _ = parent.remove(name),
    }
    statement
}

fn rules() -> Vec<(&'static str, Change, &'static str)> {
    let categories = "/context/contextActivities/category";
    let both = json!([{"id": CMI5}, {"id": MOVE_ON}]);
    let score = |score: Value| ("/result/score", Some(score));
    vec![
        ("experienced", ("/id", None), "9.1.0.0-1 (d)"),
        ("completed", ("/id", None), "9.1.0.0-1 (d)"),
        ("experienced", ("/timestamp", None), "9.7.0.0-1 (d)"),
        ("experienced", ("/timestamp", Some(json!("2026-11-21T13:00:00+01:00"))), "9.7.0.0-2 (d)"),
        ("completed", ("/context", None), "9.6.3.1-4 (d)"),
        ("experienced", ("/context/extensions", None), "9.6.3.1-4 (d)"),
        ("experienced", ("/context/extensions", Some(json!({(SESSION): "another"}))), "9.6.3.1-4 (d)"),
        ("experienced", ("/context/contextActivities/grouping", None), "10.2.1.0-6 (d)"),
        (
            "completed",
            ("/context/contextActivities/grouping", Some(json!([{"id": "https://exemple.fr/x"}]))),
            "10.2.1.0-6 (d)",
        ),
        ("completed", ("/object/id", Some(json!("https://exemple.fr/au/un"))), "8.1.5.0-6 (d)"),
        ("completed", ("/context/registration", None), "9.6.1.0-1 (d)"),
        ("completed", ("/result/score", Some(json!({"scaled": 1}))), "9.5.1.0-2 (d)"),
        ("passed", score(json!({"raw": 1, "max": 2})), "9.5.1.0-3 (d1)"),
        ("passed", score(json!({"raw": 1, "min": 0})), "9.5.1.0-3 (d2)"),
        ("passed", ("/result/success", None), "9.5.2.0-1 (d1)"),
        ("failed", ("/result/success", Some(json!(true))), "9.5.2.0-2 (d)"),
        ("completed", ("/result/success", Some(json!(true))), "9.5.2.0-3 (d)"),
        ("completed", ("/result/completion", None), "9.5.3.0-1 (d1)"),
        ("passed", ("/result/completion", Some(json!(true))), "9.5.3.0-2 (d)"),
        ("terminated", ("/result/duration", None), "9.5.4.1-1 (d)"),
        ("completed", ("/result/duration", None), "9.5.4.1-2 (d)"),
        ("passed", ("/result/duration", None), "9.5.4.1-3 (d)"),
        ("failed", ("/result/duration", None), "9.5.4.1-4 (d)"),
        ("completed", (categories, Some(json!([{"id": CMI5}]))), "9.6.2.2-1 (d1)"),
        ("passed", (categories, Some(json!([{"id": CMI5}]))), "9.6.2.2-1 (d2)"),
        ("failed", (categories, Some(json!([{"id": CMI5}]))), "9.6.2.2-1 (d3)"),
        ("experienced", (categories, Some(both.clone())), "9.6.2.2-2 (d)"),
        ("completed", (categories, Some(json!([{"id": MOVE_ON}]))), "9.6.2.2-2 (d)"),
        ("terminated", (categories, Some(both)), "9.6.2.2-2 (d)"),
        ("passed", score(json!({"scaled": 0.75})), "9.6.3.2-2 (d)"),
        ("failed", score(json!({"scaled": 0.25})), "9.6.3.2-2 (d)"),
        ("passed", score(json!({"scaled": 0.25})), "9.3.4.0-2 (d2)"),
        ("failed", score(json!({"scaled": 0.5})), "9.3.5.0-2 (d)"),
    ]
}

both_databases! {
    async fn what_breaks_a_rule_is_refused_by_its_number_and_leaves_nothing(app: TestApp) {
        let (_, registration, _, unit) = one_unit(&app, r#"moveOn="CompletedAndPassed" masteryScore="0.5""#).await;
        unit.say(&app, "initialized").await.expect(200);
        let (count, rows) = (app.count("statement").await, app.progress_rows().await);
        for (verb, change, number) in rules() {
            let refused = unit.send(&app, &changed(unit.statement(verb), &change)).await;
            assert_eq!(requirement(&refused), number, "{verb} {change:?}");
        }
        // Of somebody else, or of another registration, a credential of a launch says nothing at all.
        let other = json!(uuid::Uuid::new_v4());
        let group = json!({"objectType": "Group", "member": [serde_json::from_str::<Value>(&unit.query["actor"]).expect("an agent")]});
        for change in [("/context/registration", Some(other)), ("/actor", Some(group))] {
            let refused = unit.send(&app, &changed(unit.statement("completed"), &change)).await.expect(403).json();
            assert_eq!(refused["code"], "outside-launch");
        }
        assert_eq!((app.count("statement").await, app.progress_rows().await), (count, rows));
        // The same without a fault is taken.
        unit.say(&app, "completed").await.expect(200);
        unit.send(&app, &unit.scored("passed", 0.5)).await.expect(200);
        unit.say(&app, "terminated").await.expect(200);
        assert_eq!(verbs(&app, &registration).await, ["launched", "initialized", "completed", "passed", "satisfied", "terminated"]);
    }

    async fn whatever_verb_a_unit_uses_is_kept_and_shown(app: TestApp) {
        let course = app.import(cmi5(&au("un", r#"moveOn="Completed""#))).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let unit = Unit::open(&app, &camille.launch(&registration, activity).await.answer).await;
        unit.say(&app, "initialized").await.expect(200);
        let own = [
            ("/verb", Some(json!({"id": "https://exemple.fr/verbes/dessiner", "display": {"fr": "a dessiné"}}))),
            ("/object", Some(json!({"id": "https://exemple.fr/plan", "definition": {"name": {"fr": "un plan de salle"}}}))),
        ];
        let drawn = own.iter().fold(unit.statement("experienced"), changed);
        unit.send(&app, &drawn).await.expect(200);
        assert_eq!(statements(&app, &registration).await[2]["id"], drawn["id"]);
        let trainer = app.person("Nadia", Role::Trainer).await;
        let page = trainer.get(&format!("/trainer/courses/{}/learners/{registration}", course.id)).await.expect(200).text();
        assert!(page.contains("a dessiné") && page.contains("un plan de salle"), "{page}");
    }
}
