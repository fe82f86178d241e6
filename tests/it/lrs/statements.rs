//! Storing statements: as they came, once, whole or not at all.

use std::collections::BTreeSet;

use super::*;

both_databases! {
    async fn a_statement_is_returned_as_it_came_with_what_the_server_sets(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let text = r#"{"verb" : {"id":"http://v/x"}, "actor":{"mbox":"mailto:a@b.fr"},"object":{"id":"http://o/x"},
            "result":{"extensions":{"http://x/y":[1.50,"\ud800",1e400,null]}},"context":{"contextActivities":{"parent":{"id":"http://p/x"}}}}"#;
        let answer = tool.post_bytes("/xapi/statements", "application/json", text.as_bytes().to_vec()).await.expect(200);
        assert_eq!(answer.header("x-experience-api-version"), Some("1.0.3"));
        let id = answer.json()[0].as_str().unwrap().to_owned();

        let answer = tool.get(&query(&[("statementId", &id)])).await.expect(200);
        let body = answer.text();
        assert!(body.contains(r#""verb" : {"id":"http://v/x"}"#), "{body}");
        assert!(body.contains(r#"[1.50,"\ud800",1e400,null]"#), "{body}");
        assert!(body.contains(r#""parent":[{"id":"http://p/x"}]"#), "{body}");
        assert!(body.contains(&format!("\"id\":\"{id}\"")) && body.contains(r#""version":"1.0.0""#), "{body}");
        assert!(body.contains(r#""authority":{"objectType":"Agent","name":"Outil","account":"#), "{body}");
        assert!(body.contains(r#""timestamp":"2026-11-21T12:00:00"#) && body.contains(r#""stored":"2026-11-21T12:00:00"#), "{body}");
        assert!(answer.header("last-modified").is_some() && answer.header("x-experience-api-consistent-through").is_some());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }

    async fn an_id_is_taken_once_and_the_same_statement_again_is_no_conflict(app: TestApp) {
        for tool in each_edition(&app).await {
            let id = Uuid::new_v4().to_string();
            let path = query(&[("statementId", &id)]);
            put(&tool, &path, &statement("camille", "completed", "cours"), &[]).await.expect(204);
            let again = with(statement("camille", "completed", "cours"), "id", json!(id.to_uppercase()));
            put(&tool, &path, &again, &[]).await.expect(204);
            let other = put(&tool, &path, &statement("camille", "failed", "cours"), &[]).await.expect(409).json();
            assert_eq!(other["code"], "statement-conflict");
            let differing = with(statement("camille", "completed", "cours"), "id", json!(Uuid::new_v4().to_string()));
            put(&tool, &path, &differing, &[]).await.expect(400);
            put(&tool, "/xapi/statements", &statement("camille", "completed", "cours"), &[]).await.expect(400);
            let twice = with(statement("a", "completed", "x"), "id", json!(id));
            assert_eq!(tool.post_json("/xapi/statements", &json!([twice, twice])).await.expect(400).json()["code"], "statement-id-repeated");
            assert_eq!(ids(&tool, &[]).await, [id]);
        }
    }

    async fn a_batch_is_stored_whole_or_not_at_all_and_every_problem_is_told(app: TestApp) {
        for tool in each_edition(&app).await {
            let mut wrong = statement("b", "completed", "x");
            wrong["verb"]["id"] = json!("completed");
            wrong["result"] = json!({"score": {"scaled": 3}});
            let batch = json!([statement("a", "completed", "x"), wrong]);
            let problem = tool.post_json("/xapi/statements", &batch).await.expect(400).json();
            assert_eq!(problem["code"], "statement-invalid");
            assert_eq!(problem["problems"][0]["pointer"], "/1/verb/id");
            assert_eq!(problem["problems"][1]["pointer"], "/1/result/score/scaled");
            assert!(ids(&tool, &[]).await.is_empty());
            assert_eq!(store(&tool, &json!([statement("a", "completed", "x"), statement("b", "completed", "x")])).await.len(), 2);
            assert_eq!(store(&tool, &json!([])).await.len(), 0);
        }
    }

    async fn voided_statements_are_found_only_as_such_and_their_references_still_match(app: TestApp) {
        for tool in each_edition(&app).await {
            let target = store(&tool, &statement("camille", "completed", "a")).await.remove(0);
            let voids = |id: &str| with(with(statement("admin", "voided", "x"), "verb", json!({"id": "http://adlnet.gov/expapi/verbs/voided"})),
                "object", json!({"objectType": "StatementRef", "id": id}));
            let voider = store(&tool, &voids(&target)).await.remove(0);
            tool.get(&query(&[("statementId", &target)])).await.expect(404);
            tool.get(&query(&[("voidedStatementId", &target)])).await.expect(200);
            tool.get(&query(&[("voidedStatementId", &voider)])).await.expect(404);
            assert_eq!(ids(&tool, &[("agent", &mbox("camille"))]).await, std::slice::from_ref(&voider), "who refers to a match is a match");
            store(&tool, &voids(&voider)).await;
            tool.get(&query(&[("statementId", &voider)])).await.expect(200);
            tool.get(&query(&[("voidedStatementId", &target)])).await.expect(200);

            // The voiding statement may come first.
            let later = Uuid::new_v4().to_string();
            let early = store(&tool, &voids(&later)).await.remove(0);
            store(&tool, &with(statement("lea", "completed", "b"), "id", json!(later))).await;
            tool.get(&query(&[("statementId", &later)])).await.expect(404);
            assert_eq!(ids(&tool, &[("agent", &mbox("lea")), ("activity", "http://example.fr/b")]).await, [early]);
            assert_eq!(ids(&tool, &[("agent", &mbox("admin")), ("activity", "http://example.fr/b")]).await, [""; 0],
                "one statement must match the whole filter");
        }
    }

    async fn what_refers_to_a_match_through_others_is_a_match_in_whatever_order_they_come(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let refers = |person: &str, id: &str, target: &str| with(with(statement(person, "asked", "x"), "id", json!(id)),
            "object", json!({"objectType": "StatementRef", "id": target}));
        let orders = (0..256).map(|n| [n % 4, n / 4 % 4, n / 16 % 4, n / 64]).filter(|order| (0..4).all(|n| order.contains(&n)));
        for (round, order) in orders.enumerate() {
            // The first refers to the second, and so on to the last, which is about something; or back to the first.
            let is_circle = round % 2 == 1;
            let person = |n: usize| format!("p{round}-{n}");
            let known: Vec<String> = (0..4).map(|_| Uuid::new_v4().to_string()).collect();
            let told: Vec<Value> = (0..4).map(|n| match n {
                3 if !is_circle => with(statement(&person(3), "completed", &format!("o{round}")), "id", json!(known[3])),
                _ => refers(&person(n), &known[n], &known[(n + 1) % 4]),
            }).collect();
            // Some come together.
            let (first, rest) = order.split_at(round % 3);
            for n in first {
                store(&tool, &told[*n]).await;
            }
            store(&tool, &rest.iter().map(|n| told[*n].clone()).collect::<Value>()).await;
            for n in 0..4 {
                let found: BTreeSet<String> = ids(&tool, &[("agent", &mbox(&person(n)))]).await.into_iter().collect();
                let expected = if is_circle { &known[..] } else { &known[..=n] };
                assert_eq!(found, expected.iter().cloned().collect(), "{order:?} {n}");
            }
        }
    }

    async fn the_same_id_from_many_at_once_is_stored_once(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let id = Uuid::new_v4().to_string();
        let path = query(&[("statementId", &id)]);
        let writers = (0..12).map(|n| {
            let (tool, path) = (&tool, &path);
            let verb = if n % 2 == 0 { "passed" } else { "failed" };
            async move { put(tool, path, &statement("camille", verb, "a"), &[]).await.status.as_u16() }
        });
        let outcomes = futures_util::future::join_all(writers).await;
        assert_eq!(outcomes.iter().filter(|status| **status == 204).count(), 6, "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(|status| **status == 409).count(), 6, "{outcomes:?}");
        assert_eq!(ids(&tool, &[]).await, [id]);
    }

    async fn batches_that_share_new_agents_and_activities_all_succeed(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let writers = (0..16).map(|writer| {
            let tool = &tool;
            async move {
                for round in 0..4 {
                    // Each writer names the same new people and things, in an order of its own.
                    let batch: Vec<Value> = (0..20).map(|n| {
                        let n = (n * 7 + writer * 3) % 20;
                        let mut one = statement(&format!("p{round}-{n}"), "completed", &format!("o{round}-{}", (n + writer) % 20));
                        one["object"]["definition"] = json!({"name": {"fr": format!("Nom {writer}")}});
                        one
                    }).collect();
                    tool.post_json("/xapi/statements", &json!(batch)).await.expect(200);
                }
            }
        });
        futures_util::future::join_all(writers).await;
        let mut seen = HashSet::new();
        let mut next = query(&[("limit", "500")]);
        while !next.is_empty() {
            let page = tool.get(&next).await.expect(200).json();
            seen.extend(ids_of(&page));
            next = page["more"].as_str().unwrap().to_owned();
        }
        assert_eq!(seen.len(), 16 * 4 * 20);
    }
}
