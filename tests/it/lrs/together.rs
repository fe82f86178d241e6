//! Requests that arrive together are stored together, and each is answered as if it had come alone.

use futures_util::StreamExt as _;

use super::projection::{Follower, REGISTRATION};
use super::*;

both_databases! {
    async fn one_request_that_is_refused_leaves_those_beside_it_stored(app: TestApp) {
        let (_other, address) = app.restarted_with(Box::new(Follower)).await;
        let tool = tool(&app, &[Scope::All]).await.moved_to(address);
        let taken = store(&tool, &statement("lea", "attempted", "a")).await.remove(0);
        let requests = (0..60).map(|n| {
            let (tool, taken) = (&tool, &taken);
            async move {
                let sent = match n % 3 {
                    // What the projection will not hear of.
                    0 => json!([statement("camille", "attempted", "a"), with(statement("camille", "failed", "a"), "context", json!({"registration": REGISTRATION}))]),
                    // What says something else under a known id.
                    1 => json!([statement("camille", "attempted", "a"), with(statement("hugo", "attempted", "a"), "id", json!(taken))]),
                    _ => json!([statement("camille", "attempted", &n.to_string()), statement("camille", "passed", "a")]),
                };
                tool.post_json("/xapi/statements", &sent).await
            }
        });
        let answers = futures_util::future::join_all(requests).await;
        for (n, answer) in answers.into_iter().enumerate() {
            match n % 3 {
                0 => assert_eq!(answer.expect(409).json()["code"], "registration-over"),
                1 => assert_eq!(answer.expect(409).json()["code"], "statement-conflict"),
                _ => assert_eq!(answer.expect(200).json().as_array().unwrap().len(), 2),
            }
        }
        assert_eq!(ids(&tool, &[("limit", "500")]).await.len(), 1 + 40, "of a refused request nothing is there");
    }

    async fn two_servers_that_learn_of_the_same_people_and_things_at_once_lose_nothing(app: TestApp) {
        let (_other, address) = app.restarted().await;
        let tools = [tool(&app, &[Scope::All]).await, tool(&app, &[Scope::All]).await.moved_to(address)];
        let languages = ["fr", "en", "de", "es", "it", "pt", "nl", "sv"];
        let writers = languages.iter().enumerate().map(|(writer, language)| {
            let tool = &tools[writer % 2];
            async move {
                // The same new people and things, each writer in an order of its own.
                let batch: Vec<Value> = (0..30).map(|n| {
                    let (n, what) = ((n * 7 + writer * 11) % 30, (n * 13 + writer) % 30);
                    let mut one = statement(&format!("p{n}"), "completed", &format!("o{what}"));
                    one["actor"]["name"] = json!(format!("Nom {language}"));
                    one["object"]["definition"] = json!({"name": {*language: format!("Titre {language}")}});
                    one
                }).collect();
                tool.post_json("/xapi/statements", &json!(batch)).await.expect(200);
            }
        });
        futures_util::future::join_all(writers).await;
        for n in 0..30 {
            let activity = query(&[("activityId", &format!("http://example.fr/o{n}"))]).replace("statements", "activities");
            let known = tools[0].get(&activity).await.expect(200).json();
            assert_eq!(known["definition"]["name"].as_object().unwrap().len(), languages.len(), "{known}");
            let person = query(&[("agent", &mbox(&format!("p{n}")))]).replace("statements", "agents");
            let known = tools[1].get(&person).await.expect(200).json();
            assert_eq!(known["name"].as_array().unwrap().len(), languages.len(), "{known}");
        }
    }

    async fn batches_that_take_back_the_same_statements_in_any_order_all_succeed(app: TestApp) {
        let (_other, address) = app.restarted().await;
        let tools = [tool(&app, &[Scope::All]).await, tool(&app, &[Scope::All]).await.moved_to(address)];
        let told: Vec<Value> = (0..30).map(|n| statement("camille", "completed", &n.to_string())).collect();
        let told = &store(&tools[0], &json!(told)).await;
        let writers = (0..8).map(|writer: usize| {
            let tool = &tools[writer % 2];
            async move {
                let batch: Vec<Value> = (0..30).map(|n| {
                    let voids = with(statement("admin", "voided", "x"), "verb", json!({"id": vocabulary::VOIDED}));
                    with(voids, "object", json!({"objectType": "StatementRef", "id": told[(n * 7 + writer * 11) % 30]}))
                }).collect();
                tool.post_json("/xapi/statements", &json!(batch)).await.expect(200);
            }
        });
        futures_util::future::join_all(writers).await;
        for id in told {
            tools[0].get(&query(&[("voidedStatementId", id)])).await.expect(200);
        }
    }

    async fn what_refers_to_a_statement_may_be_stored_at_the_same_moment(app: TestApp) {
        let (_other, address) = app.restarted().await;
        let tools = [tool(&app, &[Scope::All]).await, tool(&app, &[Scope::All]).await.moved_to(address)];
        let activity = |n: usize| format!("moment-{n}");
        let pairs = (0..200).map(|n| {
            let (tool, other) = (&tools[n % 2], &tools[n / 2 % 2]);
            async move {
                let id = Uuid::new_v4().to_string();
                let told = with(statement("camille", "completed", &activity(n)), "id", json!(id));
                let verb = if n % 3 == 0 { vocabulary::VOIDED } else { "http://example.fr/commented" };
                let refers = with(statement("admin", "asked", "x"), "verb", json!({"id": verb}));
                let refers = with(refers, "object", json!({"objectType": "StatementRef", "id": id}));
                let path = "/xapi/statements";
                let (told, refers) = tokio::join!(tool.post_json(path, &told), other.post_json(path, &refers));
                told.expect(200);
                (n, id, refers.expect(200).json()[0].clone())
            }
        });
        let stored: Vec<(usize, String, Value)> = futures_util::stream::iter(pairs).buffer_unordered(4).collect().await;
        for (n, id, refers) in stored {
            let mut found = ids(&tools[0], &[("activity", &format!("http://example.fr/{}", activity(n)))]).await;
            let mut expected = vec![refers.as_str().unwrap().to_owned()];
            if n % 3 == 0 {
                tools[0].get(&query(&[("voidedStatementId", &id)])).await.expect(200);
            } else {
                expected.push(id);
            }
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "pair {n}");
        }
    }
}
