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

    async fn about_tells_each_edition_the_versions_it_knows(app: TestApp) {
        let editions = json!(["1.0.0", "1.0.1", "1.0.2", "1.0.3"]);
        let all = json!(["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"]);
        for (header, told, answered) in [(None, &all, "1.0.3"), (Some("1.0.1"), &editions, "1.0.3"), (Some("2.0.0"), &all, "2.0.0"), (Some("0.95"), &all, "1.0.3")] {
            let client = header.map_or_else(|| app.program(), |header| app.program().with_header("x-experience-api-version", header));
            let answer = client.get("/xapi/about").await.expect(200);
            assert_eq!((&answer.json()["version"], answer.header("x-experience-api-version")), (told, Some(answered)), "{header:?}");
            client.get("/xapi/about?autre=1").await.expect(400);
        }
    }

    async fn who_names_no_version_is_refused_as_the_older_edition_refuses(app: TestApp) {
        let [old, new] = &both_editions(&app).await;
        let resources = ["statements", "activities/state", "agents/profile", "activities/profile", "agents", "activities"];
        for resource in resources {
            let path = format!("/xapi/{resource}");
            for version in ["", "0.9", "1.1.0", "3.0.0", "2", "x"] {
                let answer = app.program().with_header("x-experience-api-version", version).get(&path).await.expect(400);
                assert_eq!((answer.json()["code"].as_str(), answer.header("x-experience-api-version")), (Some("version-unsupported"), Some("1.0.3")));
            }
            let bare = app.program().get(&path).await.expect(400);
            assert_eq!((bare.json()["code"].as_str(), bare.header("x-experience-api-version")), (Some("version-unsupported"), Some("1.0.3")));
            // Whatever the answer, it names the edition of the question.
            for (client, edition) in [(old, "1.0.3"), (new, "2.0.0")] {
                for path in [path.clone(), format!("{path}?a=1&a=2"), "/xapi/nothing".to_owned()] {
                    assert_eq!(client.get(&path).await.header("x-experience-api-version"), Some(edition), "{path}");
                }
            }
        }
    }

    async fn every_answer_of_statements_tells_up_to_when_it_is_complete(app: TestApp) {
        let moment = |answer: &Answer| preau::core::Timestamp::parse(answer.header("x-experience-api-consistent-through").expect("a header")).expect("a moment");
        let date = |answer: &Answer| jiff::fmt::rfc2822::parse(answer.header("date").expect("a date")).expect("a date");
        for client in &both_editions(&app).await {
            let own = statement("camille", "completed", "a");
            let id = store(client, &own).await.remove(0);
            let taken = query(&[("statementId", &id)]);
            let stranger = app.program().with_header("x-experience-api-version", "1.0.3");
            let large = with(own.clone(), "result", json!({"response": "x".repeat(1 << 20)}));
            let mut last = None;
            for n in 0..10 {
                app.clock.advance(Duration::from_secs(1));
                let (answer, status) = match n {
                    0 => (client.get("/xapi/statements").await, 200),
                    1 => (client.get(&taken).await, 200),
                    2 => (client.post_json("/xapi/statements", &own).await, 200),
                    3 => (client.get("/xapi/statements?limit=x").await, 400),
                    4 => (client.post_json("/xapi/statements", &json!({})).await, 400),
                    5 => (stranger.get("/xapi/statements").await, 401),
                    6 => (client.get(&query(&[("voidedStatementId", &id)])).await, 404),
                    7 => (client.delete("/xapi/statements").await, 405),
                    8 => (put(client, &taken, &statement("lea", "completed", "b"), &[]).await, 409),
                    _ => (client.post_json("/xapi/statements", &large).await, 413),
                };
                assert_eq!(answer.status, status);
                date(&answer);
                assert!(last.is_none_or(|last| last < moment(&answer)), "it moves with the clock, not with what is stored");
                assert!(moment(&answer) >= app.clock.now(), "nothing is being written");
                last = Some(moment(&answer));
            }
        }
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
        app.content().post_bytes("/xapi/statements?method=FETCH", "text/plain", form(&[])).await.expect(400);
        app.content().post_bytes("/xapi/statements?method=DELETE", "text/plain", form(&[])).await.expect(405);
        let page = app.content().post_bytes("/xapi/statements?method=GET", "text/plain", form(&[("limit", "1")])).await.expect(200);
        assert_eq!(ids_of(&page.json()), [id]);
        app.content().post_bytes("/xapi/about?method=GET", "text/plain", Vec::new()).await.expect(200);
        let ancient = String::from_utf8(form(&[])).unwrap().replace("1.0.1", "0.8");
        app.content().post_bytes("/xapi/statements?method=GET", "text/plain", ancient.into_bytes()).await.expect(400);
        let modern = String::from_utf8(form(&[])).unwrap().replace("1.0.1", "2.0.0");
        app.content().post_bytes("/xapi/statements?method=GET", "text/plain", modern.into_bytes()).await.expect(400);
    }
}
