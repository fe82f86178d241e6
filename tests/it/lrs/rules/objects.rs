//! Verbs, objects of every kind, and the definitions of activities.

use super::*;

both_databases! {
    async fn verbs_and_activities_are_named_by_iris_and_described_by_language(app: TestApp) {
        let judge = Judge::of(&app).await;
        for place in ["/verb/id", "/object/id", "/context/contextActivities/parent/0/id", "/object/definition/type", "/object/definition/moreInfo"] {
            for wrong in [json!("answered"), json!("example.fr/a"), json!("http://example.fr/a b"), json!(""), json!(7), json!({})] {
                judge.refuses(place, wrong, "iri").await;
            }
            judge.takes(place, json!("https://exemple.fr/été/../a?x=%C3%A9#b")).await;
        }
        for place in ["/verb/display", "/object/definition/name", "/object/definition/description", "/object/definition/choices/0/description",
            "/attachments/0/display", "/attachments/0/description"] {
            judge.refuses(place, json!("Bonjour"), "language-map").await;
            judge.refuses(place, json!(["Bonjour"]), "language-map").await;
            judge.refuses(place, json!({"fr_FR": "Bonjour"}), "language-tag").await;
            judge.refuses(place, json!({"fr": 7}), "string").await;
        }
        for place in ["/verb/display", "/object/definition/name", "/object/definition/description", "/attachments/0/display"] {
            judge.takes(place, json!({"fr": "Été", "en-US": "Summer", "und": "…"})).await;
            judge.takes(place, json!({})).await;
        }
    }

    async fn a_definition_may_be_empty_and_has_members_of_their_forms(app: TestApp) {
        let judge = Judge::of(&app).await;
        for (place, value, rule) in [
            ("/object/definition", json!("Q1"), "object"), ("/object/definition", json!([]), "object"),
            ("/object/definition/extensions", json!([]), "extensions"), ("/object/definition/extensions", json!({"niveau": 2}), "extension-key"),
            ("/object/definition/interactionType", json!("Choice"), "interaction-type"),
            ("/object/definition/interactionType", json!("menu"), "interaction-type"),
            ("/object/definition/interactionType", json!(1), "interaction-type"),
            ("/object/definition/correctResponsesPattern", json!("a"), "array"),
            ("/object/definition/correctResponsesPattern", json!([1]), "string"),
        ] {
            judge.refuses(place, value, rule).await;
        }
        for list in ["choices", "scale", "source", "target", "steps"] {
            let place = format!("/object/definition/{list}");
            judge.refuses(&place, json!({"id": "a"}), "array").await;
            judge.refuses(&place, json!(["a"]), "object").await;
            judge.refuses(&place, json!([{"description": {"fr": "A"}}]), "required").await;
            judge.refuses(&place, json!([{"id": 1}]), "string").await;
            judge.refuses(&place, json!([{"id": "a", "description": "A"}]), "language-map").await;
            judge.refuses(&place, json!([{"id": "a"}, {"id": "a"}]), "component-ids").await;
            judge.takes(&place, json!([{"id": "a", "description": {"fr": "A"}}, {"id": "b"}])).await;
            judge.refuses("/object/definition", json!({list: [{"id": "a"}]}), "required").await;
        }
        judge.refuses("/object/definition", json!({"correctResponsesPattern": ["a"]}), "required").await;
        judge.takes("/object/definition", json!({})).await;
        let definition = whole()["object"]["definition"].clone();
        for key in ["name", "description", "type", "moreInfo", "interactionType", "extensions"] {
            judge.takes("/object/definition", json!({key: definition[key]})).await;
        }
        for kind in ["true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert", "numeric", "other"] {
            judge.takes("/object/definition/interactionType", json!(kind)).await;
        }
    }

    async fn an_object_says_which_kind_it_is_and_else_is_an_activity(app: TestApp) {
        let judge = Judge::of(&app).await;
        for kind in ["activity", "agent", "GROUP", "Statementref", "statement", ""] {
            judge.refuses("/object/objectType", json!(kind), "object-type").await;
        }
        judge.refuses("/object/objectType", json!(7), "object-type").await;
        judge.refuses("/object", json!({"mbox": "mailto:a@example.fr"}), "required").await;
        judge.refuses("/object", json!({"member": [{"mbox": "mailto:a@example.fr"}]}), "required").await;
        judge.refuses("/object", json!({"objectType": "StatementRef"}), "required").await;
        for id in [json!("7"), json!(7), json!("6690e6c93ef04ed38b377f3964730bee"), json!("6690e6c9-3ef0-4ed3-8b37-7f3964730beeg")] {
            judge.refuses("/object", json!({"objectType": "StatementRef", "id": id}), "uuid").await;
        }
        judge.refuses("/object", json!({"objectType": "statementref", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}), "object-type").await;
        judge.has_nothing().await;
        judge.takes("/object", json!({"id": "http://example.fr/sans-type"})).await;
        let mut refers = whole();
        put_at(&mut refers, "/context/revision", None);
        put_at(&mut refers, "/context/platform", None);
        let reference = json!({"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"});
        put_at(&mut refers, "/object", Some(reference.clone()));
        for client in &judge.clients {
            takes(client, &refers, "/object", &reference).await;
            takes(client, &sub(&refers), "/object/object", &reference).await;
        }
    }

    async fn a_sub_statement_is_a_statement_without_what_only_the_store_says(app: TestApp) {
        let judge = Judge::of(&app).await;
        let good = sub(&whole());
        for client in &judge.clients {
            for (key, value) in [
                ("id", json!("6690e6c9-3ef0-4ed3-8b37-7f3964730bee")), ("stored", json!("2026-11-21T10:00:00Z")),
                ("version", json!("1.0.3")), ("authority", json!({"mbox": "mailto:a@example.fr"})),
            ] {
                let at = format!("/object/{key}");
                let mut wrong = good.clone();
                put_at(&mut wrong, &at, Some(value));
                refuses(client, &wrong, &at, "unknown-key").await;
            }
            let mut nested = good.clone();
            nested["object"]["object"] = good["object"].clone();
            put_at(&mut nested, "/object/context/revision", None);
            put_at(&mut nested, "/object/context/platform", None);
            refuses(client, &nested, "/object/object", "nested-sub-statement").await;
            let mut small = good.clone();
            small["object"]["objectType"] = json!("substatement");
            refuses(client, &small, "/object/objectType", "object-type").await;
        }
        judge.has_nothing().await;
        for client in &judge.clients {
            takes(client, &good, "/object", &good["object"]).await;
        }
    }

    async fn a_voiding_statement_refers_to_a_statement(app: TestApp) {
        let judge = Judge::of(&app).await;
        let voids = |object: Value| with(with(statement("admin", "voided", "x"), "verb", json!({"id": vocabulary::VOIDED})), "object", object);
        let id = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee";
        for client in &judge.clients {
            for wrong in [json!({"id": "http://example.fr/a"}), json!({"objectType": "Agent", "mbox": "mailto:a@example.fr"}), sub(&whole())["object"].clone()] {
                refuses(client, &voids(wrong), "/object", "voiding").await;
            }
            refuses(client, &voids(json!({"objectType": "StatementRef", "id": "7"})), "/object/id", "uuid").await;
        }
        judge.has_nothing().await;
        for client in &judge.clients {
            let good = json!({"objectType": "StatementRef", "id": id});
            takes(client, &voids(good.clone()), "/object", &good).await;
        }
    }
}
