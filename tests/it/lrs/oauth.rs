//! `/oauth/token`: what OAuth 2 clients do by themselves to read and write records.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::*;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn ask(app: &TestApp, fields: &[(&str, &str)], basic: Option<&Credential>) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let authorization = basic.map(|credential| format!("Basic {}", credential.basic()));
    let mut headers = vec![FORM];
    headers.extend(authorization.as_deref().map(|value| ("authorization", value)));
    app.program().send(Method::POST, "/oauth/token", body.into_bytes(), &headers).await
}

fn holder(app: &TestApp, answer: &Answer) -> Client {
    let token = answer.json()["access_token"].as_str().expect("a token").to_owned();
    app.program().with_token(&token).with_header("x-experience-api-version", "1.0.3")
}

async fn credential(app: &TestApp, scopes: &[Scope]) -> Credential {
    let mut tx = app.app.db.begin().await.unwrap();
    let made = lrs::create_credential(&mut tx, "outil", scopes, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    made
}

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

both_databases! {
    async fn a_client_gets_a_token_for_an_hour_with_the_scopes_it_asks_for(app: TestApp) {
        let tool = credential(&app, &[Scope::StatementsWrite, Scope::AllRead]).await;
        let answer = ask(&app, &[GRANT], Some(&tool)).await.expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let told = answer.json();
        assert_eq!((&told["token_type"], &told["expires_in"]), (&json!("Bearer"), &json!(3600)));
        assert_eq!(told["scope"], "statements/write all/read");
        let client = holder(&app, &answer);
        let id = store(&client, &statement("camille", "completed", "a")).await.remove(0);
        let said = client.get(&query(&[("statementId", &id)])).await.expect(200).json();
        assert_eq!(said["authority"]["account"]["name"], tool.key, "the credential vouches, however it came in");

        // In the body, as some clients do; and less than it has.
        let own = [GRANT, ("client_id", &tool.key), ("client_secret", &tool.secret), ("scope", "statements/read/mine")];
        let narrow = ask(&app, &own, None).await.expect(200);
        assert_eq!(narrow.json()["scope"], "statements/read/mine");
        let narrow = holder(&app, &narrow);
        assert_eq!(ids(&narrow, &[]).await, [id]);
        let refused = narrow.post_json("/xapi/statements", &statement("camille", "completed", "b")).await.expect(403);
        let challenge = "Bearer realm=\"preau\", error=\"insufficient_scope\", scope=\"statements/write\"";
        assert_eq!(refused.header("www-authenticate"), Some(challenge));

        app.clock.advance(Duration::from_secs(3_600));
        let late = client.get("/xapi/statements").await.expect(401);
        assert_eq!(late.header("www-authenticate"), Some("Bearer realm=\"preau\", error=\"invalid_token\""));
    }

    async fn what_is_wrong_is_told_as_oauth_names_it(app: TestApp) {
        let tool = credential(&app, &[Scope::StatementsRead]).await;
        let wrong = Credential { key: tool.key.clone(), secret: "no".into() };
        for (fields, basic, status, code) in [
            (vec![GRANT], Some(&wrong), 401, "invalid_client"),
            (vec![GRANT], None, 401, "invalid_client"),
            (vec![GRANT, ("client_id", "a\0b"), ("client_secret", "x")], None, 401, "invalid_client"),
            (vec![GRANT, ("client_id", "other")], Some(&tool), 401, "invalid_client"),
            (vec![GRANT, ("client_secret", "x")], Some(&tool), 400, "invalid_request"),
            (vec![], Some(&tool), 400, "invalid_request"),
            (vec![GRANT, GRANT], Some(&tool), 400, "invalid_request"),
            (vec![("grant_type", "password")], Some(&tool), 400, "unsupported_grant_type"),
            (vec![GRANT, ("scope", "statements/write")], Some(&tool), 400, "invalid_scope"),
            (vec![GRANT, ("scope", "statements/read nonsense")], Some(&tool), 400, "invalid_scope"),
        ] {
            let answer = ask(&app, &fields, basic).await.expect(status);
            assert_eq!(answer.json()["error"], code, "{fields:?}");
            let challenge = (status == 401 && basic.is_some()).then_some("Basic realm=\"preau\"");
            assert_eq!(answer.header("www-authenticate"), challenge, "{fields:?}");
        }
        let json = [("content-type", "application/json")];
        let other = app.program().send(Method::POST, "/oauth/token", b"{}".to_vec(), &json).await.expect(400);
        assert_eq!(other.json()["error"], "invalid_request");
    }

    async fn a_form_of_another_site_is_answered_and_read_by_named_pages_only(app: TestApp) {
        let tool = credential(&app, &[Scope::StatementsRead]).await;
        let body = format!("grant_type=client_credentials&client_id={}&client_secret={}", tool.key, tool.secret);
        let own = app.app.config.content_origin();
        for (origin, told) in [("https://elsewhere.example", None), (own.as_str(), Some(own.as_str()))] {
            let headers = [FORM, ("origin", origin), ("sec-fetch-site", "cross-site")];
            let answer = app.program().send(Method::POST, "/oauth/token", body.clone().into_bytes(), &headers).await;
            assert_eq!(answer.expect(200).header("access-control-allow-origin"), told);
        }
        // Nobody who is signed in gets anything for it.
        let admin = app.person("Agathe", Role::Administrator).await;
        let refused = admin.post_form("/oauth/token", &[GRANT]).await.expect(401);
        assert_eq!(refused.json()["error"], "invalid_client");
    }

    async fn who_guesses_secrets_is_told_to_wait(app: TestApp) {
        let tool = credential(&app, &[Scope::StatementsRead]).await;
        let wrong = Credential { key: tool.key.clone(), secret: "no".into() };
        for _ in 0..app.app.config.lrs.rate_per_address * 10 {
            ask(&app, &[GRANT], Some(&wrong)).await.expect(401);
        }
        let told = ask(&app, &[GRANT], Some(&wrong)).await.expect(429);
        assert_eq!((told.header("retry-after"), told.header("cache-control")), (Some("1"), Some("no-store")));
        ask(&app, &[GRANT], Some(&tool)).await.expect(200);
    }

    async fn a_token_ends_with_its_secret_and_cannot_be_made_up(app: TestApp) {
        let admin = app.person("Agathe", Role::Administrator).await;
        let tool = credential(&app, &[Scope::StatementsRead]).await;
        let answer = ask(&app, &[GRANT], Some(&tool)).await.expect(200);
        let client = holder(&app, &answer);
        client.get("/xapi/statements").await.expect(200);
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        let (said, sign) = token.strip_prefix("preau-oauth.").unwrap().split_once('.').unwrap();
        let more = BASE64_URL_SAFE_NO_PAD.decode(said).unwrap();
        let more = String::from_utf8(more).unwrap().replace("statements/read", "all");
        let more = BASE64_URL_SAFE_NO_PAD.encode(more);
        for forged in [format!("preau-oauth.{more}.{sign}"), format!("preau-oauth.{said}."), "preau-oauth.x".into()] {
            let forged = app.program().with_token(&forged).with_header("x-experience-api-version", "1.0.3");
            forged.get("/xapi/statements").await.expect(401);
        }
        // The old secret goes on for a day, and so do its tokens for their hour.
        let rotate = format!("/admin/lrs/{}/rotate", tool.key);
        admin.post_form(&rotate, &[("goes-on", "1")]).await.expect(200);
        client.get("/xapi/statements").await.expect(200);
        admin.post_form(&rotate, &[("x", "")]).await.expect(200);
        client.get("/xapi/statements").await.expect(401);
        ask(&app, &[GRANT], Some(&tool)).await.expect(401);
    }
}
