//! `/admin/lrs`: administrators let tools in, and see what they do.

use super::*;

/// The `n`th `<code>` of a page.
fn code(page: &str, n: usize) -> String {
    let part = page.split("<code>").nth(n + 1).unwrap_or_else(|| panic!("no code {n}: {page}"));
    part.split("</code>").next().unwrap().to_owned()
}

both_databases! {
    async fn a_credential_is_made_used_rotated_and_revoked_on_its_pages(app: TestApp) {
        let admin = app.person("Agathe", Role::Administrator).await;
        assert!(admin.get("/admin/lrs").await.expect(200).text().contains("Aucun outil n’a encore d’accès"));
        let wrong = admin.post_form("/admin/lrs", &[("name", " "), ("rate", "many")]).await.expect(422).text();
        assert!(wrong.contains("Donnez un nom") && wrong.contains("Cochez au moins un droit") && wrong.contains("nombre entier"), "{wrong}");

        let made = admin.post_form("/admin/lrs", &[("name", "Tableau de bord"), ("scheme", "basic"), ("scope", "statements/write"), ("scope", "statements/read")]).await.expect(200);
        assert_eq!(made.header("cache-control"), Some("no-store"));
        let made = made.text();
        let credential = Credential { key: code(&made, 1), secret: code(&made, 2) };
        let here = format!("/admin/lrs/{}", credential.key);
        let tool = speaking(app.program(), &credential, "1.0.3");
        store(&tool, &statement("camille", "completed", "a")).await;
        tool.get("/xapi/statements").await.expect(200);
        tool.get("/xapi/statements").await.expect(200);
        tool.get("/xapi/activities/profile?activityId=http://example.fr/a").await.expect(403);

        let list = admin.get("/admin/lrs").await.expect(200).text();
        assert!(list.contains("Tableau de bord") && !list.contains(&credential.secret), "{list}");
        let page = admin.get(&here).await.expect(200).text();
        assert!(!page.contains(&credential.secret), "a secret is shown once");
        let row = page.split("21\u{a0}novembre 2026</th>").nth(1).expect("a line for the day").split("</tr>").next().unwrap();
        let counts: Vec<&str> = row.split("\">").skip(1).map(|cell| cell.split('<').next().unwrap()).collect();
        assert_eq!(counts, ["2", "1", "1"], "reads, writes, refused: {row}");

        let renewed = admin.post_form(&format!("{here}/rotate"), &[("goes-on", "1")]).await.expect(200).text();
        assert_eq!(code(&renewed, 1), credential.key);
        let second = Credential { key: credential.key.clone(), secret: code(&renewed, 2) };
        let renewed_tool = speaking(app.program(), &second, "1.0.3");
        renewed_tool.get("/xapi/statements").await.expect(200);
        tool.get("/xapi/statements").await.expect(200);
        app.clock.advance(Duration::from_secs(24 * 3600 + 1));
        tool.get("/xapi/statements").await.expect(401);
        renewed_tool.get("/xapi/statements").await.expect(200);
        let third = admin.post_form(&format!("{here}/rotate"), &[("x", "")]).await.expect(200).text();
        renewed_tool.get("/xapi/statements").await.expect(401);

        assert!(admin.get(&format!("{here}/revoke")).await.expect(200).text().contains("Révoquer cet accès"));
        admin.post_form(&format!("{here}/revoke"), &[]).await.expect(303);
        let last = Credential { key: credential.key.clone(), secret: code(&third, 2) };
        speaking(app.program(), &last, "1.0.3").get("/xapi/statements").await.expect(401);
        assert!(admin.get("/admin/lrs").await.text().contains("Révoqué"));
        admin.post_form(&format!("{here}/rotate"), &[("goes-on", "1")]).await.expect(404);
        let written = tool_of_all(&app).await.get("/xapi/statements").await.expect(200).json();
        assert_eq!(written["statements"][0]["authority"]["account"]["name"], credential.key, "what it wrote stays");
    }

    async fn a_token_made_on_the_page_opens_the_records_and_nothing_else(app: TestApp) {
        let admin = app.person("Agathe", Role::Administrator).await;
        let made = admin.post_form("/admin/lrs", &[("name", "Outil auteur"), ("scheme", "bearer"), ("scope", "all")]).await.expect(200).text();
        let token = code(&made, 1);
        assert!(token.starts_with("preau_"), "{made}");
        let program = app.program().with_token(&token).with_header("x-experience-api-version", "2.0.0");
        store(&program, &statement("camille", "completed", "a")).await;
        assert_eq!(ids(&program, &[]).await.len(), 1);
        program.get("/api/v1/packages").await.expect(403);
        let list = admin.get("/admin/lrs").await.expect(200).text();
        let is_key = |address: &&str| address.starts_with("/admin/lrs/") && !address.starts_with("/admin/lrs/retention");
        let here = list.split("href=\"").filter_map(|part| part.split('"').next()).find(is_key).unwrap().to_owned();
        let renewed = admin.post_form(&format!("{here}/rotate"), &[("x", "")]).await.expect(200).text();
        program.get("/xapi/statements").await.expect(401);
        let program = app.program().with_token(&code(&renewed, 1)).with_header("x-experience-api-version", "2.0.0");
        program.get("/xapi/statements").await.expect(200);
        admin.post_form(&format!("{here}/revoke"), &[]).await.expect(303);
        program.get("/xapi/statements").await.expect(401);
    }

    async fn a_limit_of_its_own_holds_for_one_credential_or_token(app: TestApp) {
        let admin = app.person("Agathe", Role::Administrator).await;
        for scheme in ["basic", "bearer"] {
            let fields = [("name", "Boucle"), ("scheme", scheme), ("scope", "all"), ("rate", "1")];
            let made = admin.post_form("/admin/lrs", &fields).await.expect(200).text();
            let tool = if scheme == "basic" {
                speaking(app.program(), &Credential { key: code(&made, 1), secret: code(&made, 2) }, "1.0.3")
            } else {
                app.program().with_token(&code(&made, 1)).with_header("x-experience-api-version", "1.0.3")
            };
            for _ in 0..10 {
                tool.get("/xapi/statements").await.expect(200);
            }
            tool.get("/xapi/statements").await.expect(429);
            let here = made.split("href=\"").find(|part| part.starts_with("/admin/lrs/")).unwrap();
            let here = here.split('"').next().unwrap().to_owned();
            admin.post_form(&here, &[("rate", "-1")]).await.expect(422);
            admin.post_form(&here, &[("rate", "")]).await.expect(303);
            tool.get("/xapi/statements").await.expect(200);
        }
    }
}

async fn tool_of_all(app: &TestApp) -> Client {
    tool(app, &[Scope::All]).await
}
