//! What a tool may do.

use super::*;

both_databases! {
    async fn a_credential_does_what_its_scopes_say(app: TestApp) {
        let stranger = app.program().with_header("x-experience-api-version", "1.0.3").get("/xapi/statements").await.expect(401);
        assert_eq!(stranger.header("www-authenticate"), Some("Bearer realm=\"preau\""), "never Basic: a browser would open its password dialogue");
        let wrong = Credential { key: "no".into(), secret: "body".into() };
        speaking(app.program(), &wrong, "1.0.3").get("/xapi/statements").await.expect(401);

        let admin = tool(&app, &[Scope::All]).await;
        store(&admin, &statement("camille", "completed", "a")).await;
        let writer = tool(&app, &[Scope::StatementsWrite]).await;
        let own = store(&writer, &statement("lea", "completed", "a")).await.remove(0);
        writer.get("/xapi/statements").await.expect(403);

        let mine = tool(&app, &[Scope::StatementsWrite, Scope::StatementsReadMine]).await;
        mine.get(&query(&[("statementId", &own)])).await.expect(404);
        let mut defined = statement("lea", "completed", "defined");
        defined["object"]["definition"] = json!({"name": {"fr": "Redéfini"}});
        let written = store(&mine, &defined).await;
        assert_eq!(ids(&mine, &[]).await, written);
        assert_eq!(ids(&mine, &[("agent", &mbox("lea"))]).await, written);
        let activity = admin.get("/xapi/activities?activityId=http://example.fr/defined").await.json();
        assert!(activity.get("definition").is_none(), "only `define` changes what is known of an activity");

        let reader = tool(&app, &[Scope::AllRead]).await;
        assert_eq!(ids(&reader, &[]).await.len(), 3);
        reader.post_json("/xapi/statements", &statement("a", "completed", "a")).await.expect(403);
        let profile = "/xapi/activities/profile?activityId=http://example.fr/a";
        reader.get(profile).await.expect(200);
        put(&reader, &format!("{profile}&profileId=p"), &json!({}), &[("if-none-match", "*")]).await.expect(403);
        writer.get(profile).await.expect(403);
        let keeper = tool(&app, &[Scope::Profile]).await;
        put(&keeper, &format!("{profile}&profileId=p"), &json!({}), &[("if-none-match", "*")]).await.expect(204);
        let agent: String = url::form_urlencoded::byte_serialize(mbox("camille").as_bytes()).collect();
        keeper.get(&format!("/xapi/activities/state?activityId=http://example.fr/a&agent={agent}")).await.expect(403);
    }

    async fn a_secret_is_compared_by_its_digest_so_that_a_request_costs_no_password_hash(app: TestApp) {
        use sha2::Digest as _;
        let mut tx = app.app.db.begin().await.unwrap();
        let credential = lrs::create_credential(&mut tx, "Outil", &[Scope::All], app.clock.now()).await.unwrap();
        let kept: Vec<u8> = on_db!(tx, c => sqlx::query_scalar("SELECT secret_hash FROM lrs_credential WHERE key = $1")
            .bind(&credential.key).fetch_one(c).await).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(kept, sha2::Sha256::digest(&credential.secret).to_vec());
        assert!(credential.secret.len() >= 43, "256 random bits: nobody guesses them");
    }

    async fn a_credential_made_by_command_works_at_once(app: TestApp) {
        let made = app.command(&["lrs-credential", "create", "--json", "--name", "BI", "--scope", "statements/write", "all/read"]).await.json();
        let credential = Credential { key: made["key"].as_str().unwrap().into(), secret: made["secret"].as_str().unwrap().into() };
        assert_eq!(made.as_object().unwrap().len(), 2);
        let tool = speaking(app.program(), &credential, "1.0.3");
        store(&tool, &statement("camille", "completed", "a")).await;
        let authority = tool.get("/xapi/statements").await.json()["statements"][0]["authority"].clone();
        assert_eq!((&authority["name"], &authority["account"]["name"]), (&json!("BI"), &made["key"]));
        let wrong = app.command(&["lrs-credential", "create", "--name", "x", "--scope", "everything"]).await;
        assert_eq!(wrong.fault(), "preau: The right everything does not exist. (scope-unknown)");
    }
}
