//! State and profiles.

use super::*;

both_databases! {
    async fn documents_are_kept_merged_listed_and_guarded(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let agent: String = url::form_urlencoded::byte_serialize(mbox("camille").as_bytes()).collect();
        let registration = Uuid::new_v4();
        let state = |id: &str| format!("/xapi/activities/state?activityId=http://example.fr/a&agent={agent}&registration={registration}{id}");
        put(&tool, &state("&stateId=bookmark"), &json!({"page": 3}), &[]).await.expect(204);
        let first = tool.get(&state("&stateId=bookmark")).await.expect(200);
        assert_eq!(first.json(), json!({"page": 3}));
        assert_eq!(first.header("content-type"), Some("application/json"));
        let tag = first.header("etag").unwrap().to_owned();
        assert!(tag.starts_with('"') && tag.len() == 42);
        tool.post_json(&state("&stateId=bookmark"), &json!({"seen": [1]})).await.expect(204);
        assert_eq!(tool.get(&state("&stateId=bookmark")).await.json(), json!({"page": 3, "seen": [1]}));
        assert_eq!(put(&tool, &state("&stateId=bookmark"), &json!({}), &[("if-match", &tag)]).await.expect(412).json()["code"], "document-changed");
        put(&tool, &state("&stateId=bookmark"), &json!({}), &[("if-none-match", "*")]).await.expect(412);
        tool.post_bytes(&state("&stateId=bookmark"), "text/plain", b"x".to_vec()).await.expect(400);
        tool.send(Method::PUT, &state("&stateId=raw"), vec![0, 255, 1], &[("content-type", "application/octet-stream")]).await.expect(204);
        assert_eq!(tool.get(&state("&stateId=raw")).await.body, [0, 255, 1]);
        assert_eq!(tool.get(&state("")).await.expect(200).json(), json!(["bookmark", "raw"]));
        app.clock.advance(Duration::from_secs(10));
        assert_eq!(tool.get(&state("&since=2026-11-21T12:00:05Z")).await.expect(200).json(), json!([]));
        tool.delete(&state("&stateId=raw")).await.expect(204);
        tool.get(&state("&stateId=raw")).await.expect(404);
        tool.delete(&state("")).await.expect(204);
        assert_eq!(tool.get(&state("")).await.json(), json!([]));

        for shelf in [format!("/xapi/agents/profile?agent={agent}"), "/xapi/activities/profile?activityId=http://example.fr/a".to_owned()] {
            let path = format!("{shelf}&profileId=p");
            put(&tool, &path, &json!({"a": 1}), &[("if-none-match", "*")]).await.expect(204);
            assert_eq!(put(&tool, &path, &json!({"a": 2}), &[]).await.expect(409).json()["code"], "document-condition-missing");
            let tag = tool.get(&path).await.expect(200).header("etag").unwrap().to_owned();
            put(&tool, &path, &json!({"a": 2}), &[("if-match", &tag)]).await.expect(204);
            assert_eq!(tool.get(&shelf).await.json(), json!(["p"]));
            tool.delete(&shelf).await.expect(400);
            tool.delete(&path).await.expect(204);
        }
    }

    async fn of_two_writers_of_one_document_one_is_told(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let path = "/xapi/activities/profile?activityId=http://example.fr/a&profileId=p";
        let writers = (0..8).map(|n| { let tool = &tool; async move { put(tool, path, &json!({"n": n}), &[("if-none-match", "*")]).await.status.as_u16() } });
        let mut outcomes = futures_util::future::join_all(writers).await;
        outcomes.sort_unstable();
        assert_eq!(outcomes, [204, 412, 412, 412, 412, 412, 412, 412]);
    }
}

/// The address of document `id` on each kind of shelf (of all documents there, if `id` is empty).
fn shelves(id: &str) -> [String; 3] {
    let agent: String = url::form_urlencoded::byte_serialize(mbox("camille").as_bytes()).collect();
    let named = |name: &str| if id.is_empty() { String::new() } else { format!("&{name}={id}") };
    [
        format!("/xapi/activities/state?activityId=http://example.fr/a&agent={agent}{}", named("stateId")),
        format!("/xapi/agents/profile?agent={agent}{}", named("profileId")),
        format!("/xapi/activities/profile?activityId=http://example.fr/a{}", named("profileId")),
    ]
}

both_databases! {
    async fn json_documents_are_merged_by_their_first_level_and_others_never(app: TestApp) {
        for client in &both_editions(&app).await {
            for path in shelves(&Uuid::new_v4().to_string()) {
                client.post_json(&path, &json!({"page": 3, "vu": {"a": 1}, "liste": [1]})).await.expect(204);
                client.post_json(&path, &json!({"page": 4, "vu": {"b": 2}, "neuf": null})).await.expect(204);
                let merged = json!({"page": 4, "vu": {"b": 2}, "liste": [1], "neuf": null});
                let kept = client.get(&path).await.expect(200);
                assert_eq!(kept.json(), merged, "the newer member wins, whole");
                for (kind, body) in [("application/json", "[1]"), ("application/json", "7"), ("application/json", "{\"a\":"), ("text/plain", "{}"),
                    ("application/octet-stream", "{}"), ("application/json", "")] {
                    let answer = client.post_bytes(&path, kind, body.as_bytes().to_vec()).await.expect(400);
                    assert_eq!(answer.json()["code"], "document-not-json", "{kind} {body}");
                }
                let after = client.get(&path).await.expect(200);
                assert_eq!((after.json(), after.header("etag")), (merged, kept.header("etag")), "what is refused changes nothing");
                client.send(Method::POST, &path, b"{}".to_vec(), &[("content-type", "application/json; charset=utf-8")]).await.expect(204);
            }
            for path in shelves(&Uuid::new_v4().to_string()) {
                client.post_bytes(&path, "application/json", b"{\"a\":".to_vec()).await.expect(400);
                client.get(&path).await.expect(404);
                client.post_bytes(&path, "text/plain", b"bonjour".to_vec()).await.expect(204);
                assert_eq!(client.get(&path).await.expect(200).text(), "bonjour", "a new document is stored as it is");
                client.post_json(&path, &json!({"a": 1})).await.expect(400);
                assert_eq!(client.get(&path).await.expect(200).text(), "bonjour");
            }
        }
    }

    async fn every_change_may_name_what_it_is_based_on(app: TestApp) {
        for client in &both_editions(&app).await {
            for path in shelves(&Uuid::new_v4().to_string()) {
                let change = |method: Method, header: (&'static str, String)| {
                    let path = &path;
                    async move {
                        let headers = [JSON, (header.0, header.1.as_str())];
                        client.send(method, path, b"{\"a\":1}".to_vec(), &headers).await.status.as_u16()
                    }
                };
                let stale = || ("if-match", "\"1234567890123456789012345678901234567890\"".to_owned());
                let none = || ("if-none-match", "*".to_owned());
                for method in [Method::PUT, Method::POST, Method::DELETE] {
                    assert_eq!(change(method, stale()).await, 412, "{path}: nothing is there");
                }
                assert_eq!(change(Method::PUT, none()).await, 204);
                for method in [Method::PUT, Method::POST, Method::DELETE] {
                    assert_eq!(change(method.clone(), stale()).await, 412);
                    assert_eq!(change(method, none()).await, 412);
                }
                let kept = client.get(&path).await.expect(200);
                let tag = kept.header("etag").unwrap().to_owned();
                assert!(tag.len() == 42 && tag.trim_matches('"').bytes().all(|byte| byte.is_ascii_hexdigit()), "{tag}");
                assert_eq!(change(Method::PUT, ("if-match", tag.clone())).await, 204, "the same again has the same tag");
                assert_eq!(change(Method::POST, ("if-match", tag.clone())).await, 204);
                assert_eq!(change(Method::DELETE, ("if-match", tag)).await, 204);
                client.get(&path).await.expect(404);
                client.delete(&path).await.expect(204);
            }
        }
    }

    async fn a_bare_put_meets_what_its_edition_says(app: TestApp) {
        let [old, new] = &both_editions(&app).await;
        for (is_state, path) in [true, false, false].into_iter().zip(shelves("ancien")) {
            let first = put(old, &path, &json!({"n": 1}), &[]).await;
            if is_state {
                assert_eq!(first.status, 204, "1.0.3 leaves state free");
                put(old, &path, &json!({"n": 2}), &[]).await.expect(204);
            } else {
                assert_eq!(first.expect(400).json()["code"], "profile-condition-missing");
                old.get(&path).await.expect(404);
                put(old, &path, &json!({"n": 1}), &[("if-none-match", "*")]).await.expect(204);
                let told = put(old, &path, &json!({"n": 2}), &[]).await.expect(409).json();
                assert!(told["detail"].as_str().unwrap().contains("If-Match"), "{told}");
                assert_eq!(old.get(&path).await.json(), json!({"n": 1}));
            }
        }
        for path in shelves("neuf") {
            put(new, &path, &json!({"n": 1}), &[]).await.expect(204);
            let told = put(new, &path, &json!({"n": 2}), &[]).await.expect(409).json();
            assert!(told["detail"].as_str().unwrap().contains("If-Match"), "{told}");
            new.post_json(&path, &json!({"m": 1})).await.expect(204);
            assert_eq!(new.get(&path).await.json(), json!({"n": 1, "m": 1}));
            new.delete(&path).await.expect(204);
        }
    }

    async fn documents_tell_when_they_changed_and_are_listed_by_it(app: TestApp) {
        let clients = both_editions(&app).await;
        for (client, ids) in clients.iter().zip([["a", "b"], ["c", "d"]]) {
            let [earlier, later] = ids.map(shelves);
            for (at, path) in earlier.iter().enumerate() {
                put(client, path, &json!({}), &[("if-none-match", "*")]).await.expect(204);
                let before = client.get(path).await.expect(200).header("last-modified").unwrap().to_owned();
                app.clock.advance(Duration::from_secs(60));
                client.post_json(path, &json!({"n": 1})).await.expect(204);
                let after = client.get(path).await.expect(200).header("last-modified").unwrap().to_owned();
                assert!(before.ends_with(" GMT") && after.ends_with(" GMT") && before != after, "{before} {after}");
                let between = app.clock.now().to_string();
                app.clock.advance(Duration::from_secs(60));
                put(client, &later[at], &json!({}), &[("if-none-match", "*")]).await.expect(204);
                let all = &shelves("")[at];
                assert_eq!(client.get(all).await.expect(200).json(), json!(ids));
                let since: String = url::form_urlencoded::byte_serialize(between.as_bytes()).collect();
                let listed = client.get(&format!("{all}&since={since}")).await.expect(200);
                assert_eq!(listed.json(), json!([ids[1]]), "stored after, not at");
                assert!(listed.header("last-modified").is_some());
                client.delete(path).await.expect(204);
                client.delete(&later[at]).await.expect(204);
                assert_eq!(client.get(all).await.expect(200).json(), json!([]));
            }
        }
    }

    async fn state_is_kept_and_removed_by_registration(app: TestApp) {
        for client in &both_editions(&app).await {
            let all = &shelves("")[0];
            let [one, other] = [Uuid::new_v4(), Uuid::new_v4()].map(|registration| format!("&registration={registration}"));
            for registration in [&one, &other] {
                for id in ["a", "b"] {
                    put(client, &format!("{all}{registration}&stateId={id}"), &json!({"of": registration}), &[]).await.expect(204);
                }
            }
            assert_eq!(client.get(&format!("{all}{one}&stateId=a")).await.expect(200).json(), json!({"of": one}));
            client.delete(&format!("{all}{one}&stateId=a")).await.expect(204);
            assert_eq!(client.get(&format!("{all}{one}")).await.json(), json!(["b"]));
            client.delete(&format!("{all}{one}")).await.expect(204);
            assert_eq!(client.get(&format!("{all}{one}")).await.json(), json!([]));
            assert_eq!(client.get(&format!("{all}{other}")).await.json(), json!(["a", "b"]));
            client.delete(all).await.expect(204);
            assert_eq!(client.get(all).await.json(), json!([]), "without a registration those of every registration");
        }
    }
}
