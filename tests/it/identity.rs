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

const PASSWORD: &str = "un préau bien au sec";

both_databases! {
    async fn signing_in_leads_where_one_wanted_to_go_and_signing_out_ends_it(app: TestApp) {
        app.account("camille", PASSWORD, Role::Learner).await;
        let browser = app.browser();
        let sent = browser.get("/me?from=mail").await.expect(303);
        assert_eq!(sent.header("location"), Some("/sign-in?next=%2Fme%3Ffrom%3Dmail"));

        // Capitals and spaces around the login do not matter: telephones add them.
        let form = [("login", " Camille "), ("password", PASSWORD), ("next", "/me?from=mail")];
        let entered = browser.post_form("/sign-in", &form).await.expect(303);
        assert_eq!(entered.header("location"), Some("/me?from=mail"));
        let cookie = entered.header("set-cookie").unwrap();
        for part in ["__Host-preau=", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(browser.get("/me").await.expect(200).text().contains("camille"));
        assert_eq!(browser.get("/sign-in?next=/me").await.expect(303).header("location"), Some("/me"));

        browser.post_form("/sign-out", &[]).await.expect(303);
        browser.get("/me").await.expect(303);
    }

    async fn a_wrong_password_says_so_and_keeps_the_login(app: TestApp) {
        app.account("camille", PASSWORD, Role::Learner).await;
        for (login, password) in [("camille", "faux"), ("personne", PASSWORD)] {
            let page = app.browser().post_form("/sign-in", &[("login", login), ("password", password)]).await.expect(401);
            let page = page.text();
            assert!(page.contains("L’identifiant ou le mot de passe n’est pas le bon."), "{page}");
            assert!(page.contains(&format!("value=\"{login}\"")) && !page.contains(password), "{page}");
        }
    }

    async fn after_signing_in_nobody_is_led_to_another_site(app: TestApp) {
        app.account("camille", PASSWORD, Role::Learner).await;
        for next in ["https://evil.example/", "//evil.example/", "/\\evil.example/", "/\t/evil.example/", "", "me"] {
            let form = [("login", "camille"), ("password", PASSWORD), ("next", next)];
            let entered = app.browser().post_form("/sign-in", &form).await.expect(303);
            assert_eq!(entered.header("location"), Some("/"), "{next}");
        }
    }

    async fn each_sign_in_has_a_cookie_of_its_own_and_ends_the_one_before(app: TestApp) {
        app.account("camille", PASSWORD, Role::Learner).await;
        let form = [("login", "camille"), ("password", PASSWORD)];
        let browser = app.browser();
        browser.post_form("/sign-in", &form).await.expect(303);
        let before = browser.cookie("__Host-preau").unwrap();
        browser.post_form("/sign-in", &form).await.expect(303);
        assert_ne!(browser.cookie("__Host-preau").unwrap(), before);
        app.browser().with_cookie("__Host-preau", &before).get("/me").await.expect(303);
    }

    async fn a_restart_keeps_everybody_signed_in(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        let (_second, address) = app.restarted().await;
        camille.browser.moved_to(address).get("/me").await.expect(200);
    }

    async fn a_sign_in_lasts_thirty_days_from_the_last_visit(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        for _ in 0..3 {
            app.clock.advance(29 * DAY);
            camille.get("/me").await.expect(200);
        }
        app.clock.advance(31 * DAY);
        camille.get("/me").await.expect(303);
    }

    async fn guessing_is_slowed_down_by_the_clock(app: TestApp) {
        app.account("camille", PASSWORD, Role::Learner).await;
        let browser = app.browser();
        let wrong = [("login", "camille"), ("password", "faux")];
        let right = [("login", "camille"), ("password", PASSWORD)];
        for _ in 0..5 {
            browser.post_form("/sign-in", &wrong).await.expect(401);
        }
        let page = browser.post_form("/sign-in", &right).await.expect(429).text();
        assert!(page.contains("Attendez 1 min"), "{page}");
        app.clock.advance(std::time::Duration::from_secs(31));
        browser.post_form("/sign-in", &right).await.expect(303);
        // A success wipes the slate.
        app.browser().post_form("/sign-in", &wrong).await.expect(401);
        app.browser().post_form("/sign-in", &right).await.expect(303);
    }

    async fn guesses_sent_all_at_once_are_all_counted(app: TestApp) {
        app.account("camille", PASSWORD, Role::Learner).await;
        let guesses = (0..20).map(|_| async {
            app.browser().post_form("/sign-in", &[("login", "camille"), ("password", "faux")]).await.status.as_u16()
        });
        let answers = futures_util::future::join_all(guesses).await;
        assert_eq!(answers.iter().filter(|status| **status == 401).count(), 5, "{answers:?}");
        assert_eq!(answers.iter().filter(|status| **status == 429).count(), 15, "{answers:?}");
    }

    async fn a_disabled_person_is_out_at_once_and_may_come_back(app: TestApp) {
        let admin = app.person("Nadia", Role::Administrator).await;
        let camille = app.person("Camille", Role::Learner).await;
        camille.get("/me").await.expect(200);

        admin.post_form(&format!("/admin/people/{}/disable", camille.id), &[]).await.expect(303);
        camille.get("/me").await.expect(303);
        let page = admin.get("/admin/people").await.expect(200).text();
        assert!(page.contains("Désactivé") && page.contains("Camille ne peut plus se connecter."), "{page}");

        admin.post_form(&format!("/admin/people/{}/enable", camille.id), &[]).await.expect(303);
        let own = admin.post_form(&format!("/admin/people/{}/disable", admin.id), &[]).await.expect(409);
        assert!(own.text().contains("votre propre compte"), "{}", own.text());
    }

    async fn the_people_page_is_the_administrators(app: TestApp) {
        for role in [Role::Learner, Role::Trainer, Role::Manager, Role::Hr] {
            let person = app.person(role.name(), role).await;
            person.get("/admin/people").await.expect(403);
            person.post_form("/admin/people", &[("name", "X"), ("login", "x")]).await.expect(403);
        }
        app.browser().get("/admin/people").await.expect(303);
        app.person("Nadia", Role::Administrator).await.get("/admin/people").await.expect(200);
    }

    async fn an_administrator_adds_somebody_who_then_signs_in(app: TestApp) {
        let admin = app.person("Nadia", Role::Administrator).await;
        let form = [
            ("name", "Émilie Œuvrard"),
            ("login", "Emilie.Oeuvrard"),
            ("unit", "Direction des routes/Service entretien"),
            ("role", "learner"),
            ("role", "manager"),
        ];
        let page = admin.post_form("/admin/people", &form).await.expect(200).text();
        let password = between(&page, "<code class=\"figures\">", "</code>");

        let emilie = app.browser();
        let entered = [("login", "emilie.oeuvrard"), ("password", password.as_str()), ("next", "/me")];
        emilie.post_form("/sign-in", &entered).await.expect(303);
        let page = emilie.get("/me").await.expect(200).text();
        assert!(page.contains("Direction des routes › Service entretien"), "{page}");
        assert!(page.contains("Apprenant, Manager"), "{page}");

        let again = admin.post_form("/admin/people", &form).await.expect(409).text();
        assert!(again.contains("«\u{202F}emilie.oeuvrard\u{202F}» est déjà pris"), "{again}");
        assert!(again.contains("value=\"Émilie Œuvrard\""), "what was typed is kept: {again}");

        for search in ["emilie", "OEUVRARD", "euvr"] {
            let page = admin.get(&format!("/admin/people?q={search}")).await.expect(200).text();
            assert!(page.contains("Émilie Œuvrard") && !page.contains("<th scope=\"row\">Nadia"), "{search}: {page}");
        }
        assert!(admin.get("/admin/people?q=%25").await.expect(200).text().contains("Personne ne correspond"));
    }

    async fn the_list_of_people_is_read_page_by_page_both_ways(app: TestApp) {
        let admin = app.person("Nadia", Role::Administrator).await;
        let mut tx = app.app.db.begin().await.unwrap();
        for n in 0..120 {
            let new = preau::identity::NewPerson { name: format!("Agent {n:03}"), ..Default::default() };
            preau::identity::add_person(&mut tx, &new, "https://rh.example", app.clock.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let names = |page: &str| -> Vec<String> {
            page.split("<th scope=\"row\">").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
        };
        let first = admin.get("/admin/people").await.expect(200).text();
        assert_eq!((names(&first).len(), names(&first)[0].as_str()), (50, "Agent 000"));
        let second = admin.get(&href(&first, "after=")).await.expect(200).text();
        assert_eq!(names(&second)[0], "Agent 050");
        let third = admin.get(&href(&second, "after=")).await.expect(200).text();
        assert_eq!((names(&third).len(), names(&third)[20].as_str()), (21, "Nadia"));
        assert!(!third.contains("after="), "the last page has no next");
        assert_eq!(names(&admin.get(&href(&third, "before=")).await.expect(200).text()), names(&second));
        assert_eq!(names(&admin.get(&href(&second, "before=")).await.expect(200).text()), names(&first));
    }

    async fn a_new_password_signs_the_other_devices_out(app: TestApp) {
        app.account("camille", PASSWORD, Role::Learner).await;
        let form = [("login", "camille"), ("password", PASSWORD)];
        let (desk, phone) = (app.browser(), app.browser());
        desk.post_form("/sign-in", &form).await.expect(303);
        phone.post_form("/sign-in", &form).await.expect(303);

        let short = desk.post_form("/me/password", &[("current", PASSWORD), ("new", "court")]).await.expect(422).text();
        assert!(short.contains("au moins 10 caractères"), "{short}");
        let wrong = desk.post_form("/me/password", &[("current", "faux"), ("new", "une phrase nouvelle")]).await.expect(422);
        assert!(wrong.text().contains("Ce n’est pas votre mot de passe actuel."));

        desk.post_form("/me/password", &[("current", PASSWORD), ("new", "une phrase nouvelle")]).await.expect(303);
        desk.get("/me").await.expect(200);
        phone.get("/me").await.expect(303);
        app.browser().post_form("/sign-in", &form).await.expect(401);
    }

    async fn the_language_goes_with_the_person(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        let chosen = camille.post_form("/me/locale", &[("locale", "en"), ("next", "/me")]).await.expect(303);
        assert_eq!(chosen.header("location"), Some("/me"));
        assert!(camille.get("/me").await.expect(200).text().contains("<html lang=\"en\""));
        let nobody = app.browser();
        nobody.post_form("/me/locale", &[("locale", "en"), ("next", "/sign-in")]).await.expect(303);
        assert!(nobody.get("/sign-in").await.expect(200).text().contains("<html lang=\"en\""));
    }

    async fn another_sites_form_cannot_sign_anybody_in_or_out(app: TestApp) {
        app.account("camille", PASSWORD, Role::Learner).await;
        let stranger = app.browser().with_header("origin", "https://evil.example");
        stranger.post_form("/sign-in", &[("login", "camille"), ("password", PASSWORD)]).await.expect(403);
        stranger.post_form("/sign-out", &[]).await.expect(403);
    }
}

const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// The text between two marks.
#[track_caller]
fn between(page: &str, from: &str, to: &str) -> String {
    let rest = page.split_once(from).unwrap_or_else(|| panic!("no {from} in {page}")).1;
    rest.split(to).next().unwrap_or_default().to_owned()
}

/// The link whose address holds `part`, as a browser reads it.
#[track_caller]
fn href(page: &str, part: &str) -> String {
    let link = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).find(|link| link.contains(part));
    link.unwrap_or_else(|| panic!("no link with {part} in {page}")).replace("&amp;", "&").replace("&#38;", "&")
}
