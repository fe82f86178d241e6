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
