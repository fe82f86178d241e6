//! The server itself: probes, names, failures.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::both_databases;

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
