//! Who people and programs are to the server.

use preau::identity::Role;

use crate::both_databases;

both_databases! {
    async fn a_program_is_known_by_its_token(app: TestApp) {
        let program = app.token(&["packages/read"]).await;
        let me = program.get("/api/v1/me").await.expect(200).json();
        assert_eq!(me["kind"], "program");
        assert_eq!(me["scopes"], serde_json::json!(["packages/read"]));

        let stranger = app.program().with_token("preau_invented");
        assert_eq!(stranger.get("/api/v1/me").await.expect(401).json()["code"], "token-unknown");
        let nobody = app.program().get("/api/v1/me").await.expect(401);
        assert_eq!(nobody.json()["code"], "sign-in-required");
        assert_eq!(nobody.header("www-authenticate"), Some("Bearer realm=\"preau\""));
    }

    async fn a_person_is_known_to_our_own_pages_only(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        let me = camille.get("/api/v1/me").await.expect(200).json();
        assert_eq!((me["name"].as_str(), &me["roles"]), (Some("Camille"), &serde_json::json!(["learner"])));

        // A script of the content origin: the browser sends the cookie along and says where the request comes from.
        let script = [("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors")];
        let answer = camille.send(reqwest::Method::GET, "/api/v1/me", Vec::new(), &script).await.expect(401);
        assert_eq!(answer.json()["code"], "sign-in-required");
    }
}
