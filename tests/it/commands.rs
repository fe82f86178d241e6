//! The `preau` commands, each in a process of its own while the server runs.

use serde_json::json;

use crate::both_databases;

both_databases! {
    async fn a_time_zone_that_nobody_knows_is_refused_at_the_start(app: TestApp) {
        let refused = app.command_with(&["check"], "", &[("PREAU_TIME_ZONE", "Mars/Olympus")]).await;
        let fault = refused.fault();
        assert!(fault.contains("time_zone") && fault.contains("Europe/Paris") && fault.contains("Mars/Olympus"), "{fault}");
    }

    async fn somebody_added_by_command_signs_in_at_once(app: TestApp) {
        let added = app.command(&["user", "add", "--json", "--login", "Lea", "--name", "Léa Petit"]).await.json();
        assert_eq!(added["login"], "lea");
        let form = [("login", "lea"), ("password", added["password"].as_str().unwrap()), ("next", "/me")];
        let browser = app.browser();
        browser.post_form("/sign-in", &form).await.expect(303);
        let me = browser.get("/api/v1/me").await.expect(200).json();
        assert_eq!((&me["id"], &me["roles"]), (&added["id"], &json!(["learner"])));
    }

    async fn the_password_comes_from_standard_input_and_the_unit_is_made(app: TestApp) {
        let arguments = [
            "user", "add", "--login", "hugo", "--name", "Hugo", "--role", "trainer", "--role", "manager", "--org-unit",
            "Direction des routes/Service entretien", "--password-stdin", "--json",
        ];
        let added = app.command_with(&arguments, "une phrase de passe\n", &[]).await.json();
        assert_eq!(added.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "login"]);
        let browser = app.browser();
        browser.post_form("/sign-in", &[("login", "hugo"), ("password", "une phrase de passe")]).await.expect(303);
        let page = browser.get("/me").await.expect(200).text();
        assert!(page.contains("Direction des routes › Service entretien") && page.contains("Formateur, Manager"), "{page}");
    }

    async fn a_command_that_cannot_says_why_in_one_line(app: TestApp) {
        let add = |login: &'static str, role: &'static str| {
            ["user", "add", "--login", login, "--name", "Léa", "--role", role]
        };
        app.command(&add("lea", "learner")).await;
        let taken = app.command(&add("LEA", "learner")).await;
        assert_eq!(taken.fault(), "preau: The login \"lea\" is taken. (login-taken)");
        let role = app.command(&add("lou", "boss")).await;
        assert_eq!(role.fault(), "preau: unknown role \"boss\"; valid: learner, trainer, manager, hr, administrator");
        let scope = app.command(&["token", "create", "--name", "x", "--scope", "everything"]).await;
        assert!(scope.fault().ends_with("valid: packages/write, packages/read, launches/write, enrolments/write, enrolments/read, xapi-profiles, registrations/read, registrations/write, spaces/write, statements/write, statements/read/mine, statements/read, state, profile, define, all/read, all"));
        let empty = app.command(&["user", "add", "--login", "lou", "--name", "Lou", "--password-stdin"]).await;
        assert_eq!(empty.fault(), "preau: the password on the standard input is empty");
        let mut tx = app.app.db.read().await.unwrap();
        let people: i64 = preau::on_db!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM person").fetch_one(c).await).unwrap();
        assert_eq!(people, 1, "a command that failed left nobody behind");
    }

    async fn a_token_made_by_command_works_at_once(app: TestApp) {
        let arguments = ["token", "create", "--json", "--name", "sirh", "--scope", "packages/read", "registrations/read"];
        let made = app.command(&arguments).await.json();
        let program = app.program().with_token(made["token"].as_str().unwrap());
        let me = program.get("/api/v1/me").await.expect(200).json();
        assert_eq!(me["scopes"], json!(["packages/read", "registrations/read"]));
        assert_eq!((&me["id"], &me["name"]), (&made["id"], &json!("sirh")));
    }

    async fn check_tells_what_is_in_order_and_what_is_not(app: TestApp) {
        let fine = app.command(&["check", "--json"]).await.json();
        assert_eq!(fine["ok"], true);
        let names: Vec<_> = fine["checks"].as_array().unwrap().iter().map(|check| check["name"].clone()).collect();
        assert_eq!(names, ["configuration", "media", "data folder", "database", "files", "enrolments"]);

        let away = [("PREAU_DATABASE_URL", "postgres://nobody:secret@127.0.0.1:1/none")];
        let wrong = app.command_with(&["check"], "", &away).await;
        assert_eq!(wrong.code, 1);
        assert!(wrong.out.contains("FAIL  database") && !wrong.out.contains("secret"), "{}", wrong.out);
        let same = [("PREAU_CONTENT_URL", app.app.config.public_url.as_str())];
        assert!(app.command_with(&["check"], "", &same).await.fault().contains("must have different host names"));
    }
}

#[tokio::test]
async fn help_explains_every_command() {
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_preau")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for command in ["serve", "user", "token", "check", "openapi", "--config", "--json"] {
        assert!(help.contains(command), "{command} in {help}");
    }
}
