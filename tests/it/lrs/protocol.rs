//! What every resource has in common: refusals, versions, the alternate syntax.

use super::*;

both_databases! {
    async fn what_is_asked_wrongly_is_refused(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        for (path, code) in [
            ("/xapi/statements?foo=1", "parameter-unknown"),
            ("/xapi/statements?Limit=1", "parameter-unknown"),
            ("/xapi/statements?limit=-1", "parameter-wrong"),
            ("/xapi/statements?limit=1&limit=2", "parameter-repeated"),
            ("/xapi/statements?verb=completed", "parameter-wrong"),
            ("/xapi/statements?agent=%7B%7D", "parameter-wrong"),
            ("/xapi/statements?format=pretty", "parameter-wrong"),
            ("/xapi/statements?since=yesterday", "parameter-wrong"),
            ("/xapi/statements?statementId=7", "parameter-wrong"),
            ("/xapi/statements?statementId=fd41c918-b88b-4b20-a0a5-a4c32391aaa0&limit=1", "parameter-unknown"),
            ("/xapi/activities/state?activityId=http://a/b", "parameter-missing"),
            ("/xapi/agents", "parameter-missing"),
        ] {
            let answer = tool.get(path).await.expect(400);
            assert_eq!(answer.header("content-type"), Some("application/problem+json; charset=utf-8"));
            assert_eq!(answer.json()["code"], code, "{path}");
            assert!(answer.header("x-experience-api-consistent-through").is_some());
        }
        tool.get(&query(&[("statementId", "fd41c918-b88b-4b20-a0a5-a4c32391aaa0")])).await.expect(404);
        tool.get("/xapi/nothing").await.expect(404);
        tool.delete("/xapi/statements").await.expect(405);
        let many = (0..400_000).map(|n| n.to_string()).collect::<Vec<_>>().join("&");
        let answer = app.content().post_bytes("/xapi/statements?method=GET", "text/plain", many.into_bytes()).await.expect(400);
        assert_eq!(answer.json()["code"], "parameters-too-many", "whoever sends them");
        tool.post_bytes("/xapi/statements", "text/html", b"{}".to_vec()).await.expect(400);
        tool.post_bytes("/xapi/statements", "application/json", b"{\xff}".to_vec()).await.expect(400);
        tool.post_bytes("/xapi/statements", "application/json", vec![b'['; 200_000]).await.expect(400);
        tool.post_bytes("/xapi/statements", "application/json", vec![b' '; 17 << 20]).await.expect(413);
        let attachment = json!([{"usageType": "http://x/y", "display": {}, "contentType": "text/plain", "length": 1,
            "sha2": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}]);
        let attached = with(statement("a", "completed", "x"), "attachments", attachment);
        assert_eq!(tool.post_json("/xapi/statements", &attached).await.expect(400).json()["problems"][0]["rule"], "attachment-missing");
        let mut linked = attached;
        linked["attachments"][0]["fileUrl"] = json!("http://x/file");
        tool.post_json("/xapi/statements", &linked).await.expect(200);
        let multipart = tool.get("/xapi/statements?attachments=true").await.expect(200);
        assert!(multipart.header("content-type").unwrap().starts_with("multipart/mixed; boundary="));
    }

    async fn versions_are_spoken_side_by_side(app: TestApp) {
        let old = tool(&app, &[Scope::All]).await;
        let answer = app.program().get("/xapi/about").await.expect(200);
        assert!(answer.json()["version"].as_array().unwrap().contains(&json!("2.0.0")));
        let new = old.send(Method::GET, "/xapi/statements", Vec::new(), &[]).await;
        assert_eq!(new.header("x-experience-api-version"), Some("1.0.3"));
        let mut tx = app.app.db.begin().await.unwrap();
        let credential = lrs::create_credential(&mut tx, "Neuf", &[Scope::All], app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let new = speaking(app.program(), &credential, "2.0.0");
        let mut modern = statement("a", "completed", "x");
        modern["context"] = json!({"contextAgents": [{"objectType": "contextAgent", "agent": {"mbox": "mailto:t@example.fr"}}]});
        assert_eq!(new.post_json("/xapi/statements", &modern).await.expect(200).header("x-experience-api-version"), Some("2.0.0"));
        old.post_json("/xapi/statements", &modern).await.expect(400);
        assert_eq!(ids(&new, &[("agent", &mbox("t")), ("related_agents", "true")]).await.len(), 1);
        for version in ["0.9", "1.1.0", "3.0.0", "1", "x"] {
            speaking(app.program(), &credential, version).get("/xapi/statements").await.expect(400);
        }
        let authorization = format!("Basic {}", credential.basic());
        app.program().with_header("authorization", &authorization).get("/xapi/statements").await.expect(400);
        speaking(app.program(), &credential, "1.0").get("/xapi/statements").await.expect(200);
    }

    async fn the_alternate_syntax_is_understood_for_old_clients(app: TestApp) {
        let mut tx = app.app.db.begin().await.unwrap();
        let credential = lrs::create_credential(&mut tx, "Vieux", &[Scope::All], app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let authorization = format!("Basic {}", credential.basic());
        let id = Uuid::new_v4().to_string();
        let content = statement("camille", "completed", "été").to_string();
        let form = |fields: &[(&str, &str)]| {
            let always = [("Authorization", authorization.as_str()), ("X-Experience-API-Version", "1.0.1")];
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(always).extend_pairs(fields).finish().into_bytes()
        };
        for kind in ["application/x-www-form-urlencoded", "text/plain"] {
            let body = form(&[("statementId", &id), ("Content-Type", "application/json"), ("content", &content)]);
            app.content().post_bytes("/xapi/statements?method=PUT", kind, body).await.expect(204);
            let found = app.content().post_bytes("/xapi/statements?method=GET", kind, form(&[("statementId", &id)])).await.expect(200);
            assert_eq!(found.json()["object"]["id"], "http://example.fr/été");
        }
        app.content().post_bytes("/xapi/statements?method=GET&limit=1", "text/plain", form(&[])).await.expect(400);
        let modern = String::from_utf8(form(&[])).unwrap().replace("1.0.1", "2.0.0");
        app.content().post_bytes("/xapi/statements?method=GET", "text/plain", modern.into_bytes()).await.expect(400);
    }
}
