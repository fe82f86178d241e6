//! What nobody sends who means well: the right refusal, or the statement as it came, and never a fault of the server.

use super::*;

/// A statement with `value`, JSON of any kind, in an extension.
fn extended(value: &str) -> Vec<u8> {
    let before = r#"{"actor":{"mbox":"mailto:a@b.fr"},"verb":{"id":"http://v/x"},"object":{"id":"http://o/x"},"result":{"extensions":{"http://x/y":"#;
    format!("{before}{value}}}}}}}").into_bytes()
}

fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

/// Whoever `client` is, the answer is `status` and `code`, and not long.
async fn refused(client: &Client, what: &str, body: Vec<u8>, status: u16, code: &str) {
    let answer = client.post_bytes("/xapi/statements", "application/json", body).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (status, Some(code)), "{what}");
    assert!(answer.body.len() < 100_000, "{what}: {} bytes of answer", answer.body.len());
}

both_databases! {
    async fn hostile_bodies_are_refused_with_the_right_code(app: TestApp) {
        let client = &tool(&app, &[Scope::All]).await;
        let long = "x".repeat(10 << 20);
        let million = vec!["{}"; 1_000_000].join(",");
        let good = String::from_utf8(extended("1")).unwrap();
        let many = vec![good.as_str(); (16 << 20) / good.len()].join(",");
        for (what, body, status, code) in [
            ("nothing", Vec::new(), 400, "statement-not-json"),
            ("a word", b"bonjour".to_vec(), 400, "statement-not-json"),
            ("a text", b"\"bonjour\"".to_vec(), 400, "statement-invalid"),
            ("a null", b"null".to_vec(), 400, "statement-invalid"),
            ("a number", b"1e400".to_vec(), 400, "statement-invalid"),
            ("a batch of batches", b"[[]]".to_vec(), 400, "statement-invalid"),
            ("two bodies", b"{} {}".to_vec(), 400, "statement-not-json"),
            ("an open list", vec![b'['; 200_000], 400, "statement-not-json"),
            ("a deep list", nested(50_000).into_bytes(), 400, "statement-not-json"),
            ("a deep extension", extended(&nested(1_000)), 400, "statement-not-json"),
            ("objects in objects", [b"{\"a\":".repeat(50_000), b"1".to_vec(), vec![b'}'; 50_000]].concat(), 400, "statement-not-json"),
            ("a byte that is no UTF-8", extended("\"x\"").into_iter().map(|byte| if byte == b'y' { 0xff } else { byte }).collect(), 400, "statement-not-json"),
            ("half a character", [extended("1"), vec![0xc3]].concat(), 400, "statement-not-json"),
            ("a bare zero byte", extended("\"\0\""), 400, "statement-not-json"),
            ("UTF-16", good.encode_utf16().flat_map(u16::to_le_bytes).collect(), 400, "statement-not-json"),
            ("ten megabytes of text", extended(&format!("\"{long}\"")), 413, "statement-too-large"),
            ("ten megabytes of key", extended(&format!("{{\"{long}\":1}}")), 413, "statement-too-large"),
            ("ten megabytes of blanks", [good.clone().into_bytes(), vec![b' '; 10 << 20], b"x".to_vec()].concat(), 400, "statement-not-json"),
            ("a million empty statements", format!("[{million}]").into_bytes(), 400, "statement-invalid"),
            ("a batch larger than any", format!("[{many},{good}]").into_bytes(), 413, "payload-too-large"),
            ("a score beyond all numbers", with(statement("a", "b", "c"), "result", json!({"score": {"raw": 7}})).to_string().replace(":7}", ":1e400}").into_bytes(),
                400, "statement-invalid"),
        ] {
            refused(client, what, body, status, code).await;
        }
        assert_eq!(ids(client, &[]).await, [""; 0]);
    }

    async fn strange_but_valid_json_comes_back_as_it_was_sent(app: TestApp) {
        for client in &both_editions(&app).await {
            let deep = nested(90);
            for value in [r#""\ud800""#, r#""\udfff\ud800x""#, r#""\u0000""#, "1e400", "-1E-400", "12345678901234567890.10", "1.0e+02", &deep, r#"{"a":null,"":[]}"#] {
                let answer = client.post_bytes("/xapi/statements", "application/json", extended(value)).await;
                assert_eq!(answer.status, 200, "{value}: {}", answer.text());
                let id = answer.json()[0].as_str().unwrap().to_owned();
                for format in ["exact", "ids", "canonical"] {
                    let kept = client.get(&query(&[("statementId", &id), ("format", format)])).await.expect(200).text();
                    assert!(kept.contains(&format!("\"http://x/y\":{value}")), "{value} in {kept}");
                }
                let path = query(&[("statementId", &id)]);
                client.send(Method::PUT, &path, extended(value), &[JSON]).await.expect(204);
                client.send(Method::PUT, &path, extended("0.5"), &[JSON]).await.expect(409);
            }
        }
    }

    async fn a_zero_character_may_stand_in_every_text_and_finds_its_statement_again(app: TestApp) {
        for client in &both_editions(&app).await {
            let account = json!({"homePage": "https://rh.example.fr", "name": "ca\0mille"});
            let strange = json!({
                "actor": {"objectType": "Agent", "name": "Ca\0mille", "account": account},
                "verb": {"id": "http://example.fr/v", "display": {"fr": "a \0"}},
                "object": {"id": "http://example.fr/zero", "definition": {"name": {"fr": "\0"}, "extensions": {"http://example.fr/x": "\0"}}},
                "result": {"response": "\0"}, "context": {"platform": "\0", "revision": "\0"}
            });
            let id = store(client, &strange).await.remove(0);
            let agent = json!({"account": account}).to_string();
            assert_eq!(ids(client, &[("agent", &agent), ("limit", "1")]).await, std::slice::from_ref(&id));
            let kept = client.get(&query(&[("statementId", &id), ("format", "canonical")])).await.expect(200).json();
            assert_eq!((&kept["result"], &kept["actor"]), (&strange["result"], &strange["actor"]));
            let encoded: String = url::form_urlencoded::byte_serialize(agent.as_bytes()).collect();
            let person = client.get(&format!("/xapi/agents?agent={encoded}")).await.expect(200).json();
            assert_eq!((&person["name"], &person["account"]), (&json!(["Ca\0mille"]), &json!([account])));
            let activity = client.get("/xapi/activities?activityId=http://example.fr/zero").await.expect(200).json();
            assert_eq!(activity["definition"]["name"], json!({"fr": "\0"}));
        }
    }

    async fn parameters_and_credentials_at_the_edge_are_answered(app: TestApp) {
        let client = &tool(&app, &[Scope::All]).await;
        let id = store(client, &statement("camille", "completed", "a")).await.remove(0);
        let (least, most) = (i64::MIN.to_string(), i64::MAX.to_string());
        let (shallow, deep) = (nested(50), nested(2_000));
        for (pairs, status) in [
            ([("since", "0000-01-01T00:00:00Z"), ("until", "9999-12-31T23:59:59.999999Z")], 200), ([("limit", most.as_str()), ("cursor", most.as_str())], 200),
            ([("limit", "1"), ("cursor", least.as_str())], 400), ([("limit", "99999999999999999999"), ("ascending", "true")], 400),
            ([("agent", shallow.as_str()), ("limit", "1")], 400), ([("agent", deep.as_str()), ("limit", "1")], 400),
            ([("agent", "\u{0}"), ("limit", "1")], 400), ([("verb", "http://v/\u{0}"), ("limit", "1")], 400),
        ] {
            let answer = client.get(&query(&pairs)).await.expect(status);
            assert!(status == 400 || ids_of(&answer.json()) == [id.clone()], "{pairs:?}");
        }
        use base64::Engine as _;
        let basic = |pair: &[u8]| format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(pair));
        for authorization in [basic(b"cl\0e:secret"), basic(b"cle"), basic(b":"), basic(b"\xff:\xff"), "Basic xyz".into(), "Basic".into(), "Bearer".into(), "".into()] {
            let stranger = app.program().with_header("authorization", &authorization).with_header("x-experience-api-version", "1.0.3");
            stranger.get("/xapi/statements").await.expect(401);
        }
        let state = format!("/xapi/activities/state?activityId=http://example.fr/a&agent={}&stateId=s", mbox("camille").replace('"', "%22"));
        client.post_bytes(&state, "application/json", format!("{{\"a\":{}}}", nested(1_000)).into_bytes()).await.expect(400);
        client.get(&state).await.expect(404);
        client.send(Method::PUT, &state, vec![0; 10 << 20], &[("content-type", "application/octet-stream")]).await.expect(204);
        assert_eq!(client.get(&state).await.expect(200).body.len(), 10 << 20);
    }

    async fn a_group_as_large_as_a_statement_may_be_is_stored_and_compared(app: TestApp) {
        let client = &tool(&app, &[Scope::All]).await;
        let path = query(&[("statementId", &Uuid::new_v4().to_string())]);
        let of = |order: &mut dyn Iterator<Item = usize>| {
            let member: Vec<Value> = order.map(|n| json!({"mbox": format!("mailto:{n}@b.fr")})).collect();
            with(statement("x", "completed", "a"), "actor", json!({"objectType": "Group", "member": member}))
        };
        let count = 30_000;
        put(client, &path, &of(&mut (0..count)), &[]).await.expect(204);
        put(client, &path, &of(&mut (0..count).rev()), &[]).await.expect(204);
        put(client, &path, &of(&mut (1..=count).rev()), &[]).await.expect(409);
        let agent = json!({"mbox": "mailto:29999@b.fr"}).to_string();
        assert_eq!(ids(client, &[("agent", &agent)]).await.len(), 1);
    }
}
