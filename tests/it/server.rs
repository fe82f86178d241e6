//! The server itself: probes, names, failures.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use preau::identity::Role;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::learning::{au, cmi5, item, scorm};
use crate::support::{Database, TestApp};

both_databases! {
    async fn probes_answer_under_any_name(app: TestApp) {
        assert_eq!(app.program().get("/healthz").await.expect(200).text(), "ok");
        assert_eq!(app.program().get("/readyz").await.expect(200).text(), "ok");
    }

    async fn the_content_origin_has_probes_and_the_record_store_and_no_pages(app: TestApp) {
        assert_eq!(app.content().get("/healthz").await.expect(200).text(), "ok");
        app.content().get("/xapi/about").await.expect(200);
        app.content().get("/sign-in").await.expect(404);
        app.content().get("/catalogue").await.expect(404);
    }

    async fn a_failed_command_is_one_json_object_for_scripts(app: TestApp) {
        let ran = app.command(&["import", "--json", "/nowhere/course.zip"]).await;
        let answer: serde_json::Value = serde_json::from_str(&ran.out).expect("one JSON object");
        assert_eq!((ran.code, &answer["code"]), (1, &serde_json::json!("file-unreadable")));
    }

    async fn pages_under_another_name_move_to_the_public_address(app: TestApp) {
        let answer = app.program().get("/catalogue?q=route").await.expect(307);
        let expected = format!("{}/catalogue?q=route", app.app.config.public_origin());
        assert_eq!(answer.header("location"), Some(expected.as_str()));
    }

    async fn an_unknown_interface_address_is_a_problem_document(app: TestApp) {
        let answer = app.program().get("/api/v1/nothing").await.expect(404);
        assert_eq!(answer.header("content-type"), Some("application/problem+json; charset=utf-8"));
        assert_eq!(answer.json()["code"], "not-found");
    }

    async fn who_sends_a_body_that_nobody_wants_still_reads_why(app: TestApp) {
        let body = vec![b' '; 1 << 20];
        for (path, status) in [("/api/v1/packages", 401), ("/xapi/statements", 413), ("/api/v1/nothing", 404)] {
            let mut connection = tokio::net::TcpStream::connect(app.address).await.unwrap();
            let length = body.len() * 40;
            let head = format!("POST {path} HTTP/1.1\r\nhost: localhost\r\nx-experience-api-version: 2.0.0\r\n\
                content-type: application/json\r\ncontent-length: {length}\r\n\r\n");
            connection.write_all(head.as_bytes()).await.unwrap();
            for _ in 0..40 {
                connection.write_all(&body).await.expect("the server hears it out");
            }
            let mut answer = [0; 12];
            connection.read_exact(&mut answer).await.unwrap();
            assert_eq!(std::str::from_utf8(&answer).unwrap(), format!("HTTP/1.1 {status}"), "{path}");
        }
    }

    async fn a_form_sent_by_another_site_is_refused(app: TestApp) {
        let stranger = app.browser().with_header("origin", "http://content.preau.localhost");
        stranger.post_form("/sign-in", &[("login", "camille")]).await.expect(403);
    }
}

/// What opens something, and who somebody is, stays out of the log, also where an operator looks closely.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_launch_holds_no_secret_no_address_and_no_name() {
    const PASSWORD: &str = "une phrase de passe bien longue";
    let app = TestApp::start(Database::Sqlite).await;
    app.account("camille.leroy", PASSWORD, Role::Learner).await;
    let sco = app.import(scorm("1.2", &item("a", ""), &[("a", "sco")])).await;
    let unit = app.import(cmi5(&au("un", r#"moveOn="Completed""#))).await;
    let bearer = app.bearer(&["launches/write"]).await;
    for level in ["info", "debug"] {
        let served = app.serve(level).await;
        let intranet = app.program().with_token(&bearer).moved_to(served.address);
        let content = app.content().moved_to(served.address);
        let mut secrets = vec![
            bearer.clone(),
            PASSWORD.to_owned(),
            "camille.leroy".to_owned(),
            "Zoé".to_owned(),
            "zbernard".to_owned(),
        ];

        let signed_in = app.browser().moved_to(served.address);
        signed_in.post_form("/sign-in", &[("login", "camille.leroy"), ("password", PASSWORD)]).await.expect(303);
        signed_in.post_form("/sign-in", &[("login", "camille.leroy"), ("password", "faux")]).await;
        secrets.push(signed_in.cookie("__Host-preau").expect("a login"));
        for course in [&sco, &unit] {
            let order = json!({"course": course.id, "return_url": "https://intranet.exemple.fr/retour?billet=77",
                "actor": {"name": "Zoé Bernard", "account": {"homePage": "https://intranet.exemple.fr", "name": "zbernard"}}});
            let made = intranet.post_json("/api/v1/launches", &order).await.expect(201).json();
            let url = made["url"].as_str().expect("an address");
            let browser = app.browser().moved_to(served.address);
            let opened = browser.get(url).await.expect(303);
            browser.get(url).await.expect(404);
            let page = opened.header("location").expect("an address").to_owned();
            browser.get(&page).await.expect(200);
            let launch = browser.post_json(&format!("{page}/launch"), &json!({})).await.expect(200).json();
            let commit =
                json!({"lease": launch["lease"], "sequence": 1, "set": {"cmi.suspend_data": "réponse secrète"}});
            let authorization = format!("Bearer {}", launch["secret"].as_str().expect("a secret"));
            let headers = [("content-type", "application/json"), ("authorization", authorization.as_str())];
            let commit_url = launch["commit_url"].as_str().expect("an address");
            content.send(reqwest::Method::POST, commit_url, commit.to_string().into_bytes(), &headers).await;
            let address =
                url::Url::parse(launch["runtime"]["content_url"].as_str().expect("an address")).expect("an address");
            content.get(address.as_str()).await.expect(200);
            let query: std::collections::HashMap<_, _> = address.query_pairs().into_owned().collect();
            if let Some(fetch) = query.get("fetch") {
                let fetched: Value = content.post_bytes(fetch, "application/json", Vec::new()).await.expect(200).json();
                let token = fetched["auth-token"].as_str().expect("a token").to_owned();
                let headers = [("authorization", &*format!("Basic {token}")), ("x-experience-api-version", "1.0.3")];
                content.send(reqwest::Method::GET, "/xapi/statements", Vec::new(), &headers).await.expect(200);
                secrets.extend([token, fetch.rsplit('/').next().unwrap_or_default().to_owned()]);
            }
            secrets.extend([
                url.rsplit('/').next().unwrap_or_default().to_owned(),
                launch["secret"].as_str().expect("a secret").to_owned(),
                browser.cookie("__Host-preau").expect("a grant"),
                address.path().split('/').nth(2).expect("a capability").to_owned(),
                "réponse secrète".to_owned(),
                "billet=77".to_owned(),
            ]);
        }
        let log = served.log().await;
        assert!(log.matches("launched").count() >= 2, "an operator sees what happened: {log}");
        for secret in secrets {
            assert!(secret.len() > 3 && !log.contains(&secret), "{level}: {secret} is in the log");
        }
    }
}

/// The prober meets whatever people upload: memory and time are taken from it before it opens the file.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_prober_of_media_has_little_memory_and_time() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let (file, poster) = (folder.path().join("film.mp4"), folder.path().join("poster.jpg"));
    let made = tokio::process::Command::new("mkfifo").arg(&file).status().await.expect("mkfifo");
    assert!(made.success());
    // It waits for somebody to write into the pipe: time to look at it.
    let mut prober = tokio::process::Command::new(env!("CARGO_BIN_EXE_preau-media"))
        .args([&file, &poster])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the prober starts");
    let limits = format!("/proc/{}/limits", prober.id().expect("a process"));
    let limit = |name: &str| {
        let text = std::fs::read_to_string(&limits).expect("limits");
        let line = text.lines().find(|line| line.starts_with(name)).expect("a limit").to_owned();
        line[name.len()..].split_whitespace().next().map(str::to_owned)
    };
    for _ in 0..200 {
        if limit("Max cpu time").as_deref() != Some("unlimited") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(limit("Max cpu time").as_deref(), Some("60"));
    assert_eq!(limit("Max address space").as_deref(), Some("4294967296"));
    tokio::fs::write(&file, b"no film").await.expect("a reader");
    assert_eq!(prober.wait().await.expect("an end").code(), Some(1));
}
