//! What strangers send does not grow in memory.

use super::*;
use crate::support::{Database, Served};

const MB: usize = 1024 * 1024;

/// What requests may take at most, whatever they are, in MB, in a debug build.
const MOST: f64 = 160.0;

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / MB as f64
}

fn must_be_small(server: &Served, before: f64) {
    let peak = megabytes(server.most_memory());
    println!("{before:.0} MB before, {peak:.0} MB at most");
    assert!(before > 1.0 && peak - before < MOST, "{before:.0} MB before, {peak:.0} MB at most");
}

/// Posts bodies at once to a server of its own; answers status and code of each.
async fn post_alone(app: &TestApp, bodies: Vec<Vec<u8>>) -> Vec<(u16, String)> {
    let server = app.serve("error").await;
    let before = megabytes(server.most_memory());
    let tool = tool(app, &[Scope::All]).await.moved_to(server.address);
    let posts = bodies.into_iter().map(|body| tool.post_bytes("/xapi/statements", "application/json", body));
    let answers = futures_util::future::join_all(posts).await;
    must_be_small(&server, before);
    answers
        .into_iter()
        .map(|answer| (answer.status.as_u16(), answer.json()["code"].as_str().unwrap_or_default().to_owned()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_request_never_becomes_a_large_tree() {
    let app = TestApp::start(Database::Sqlite).await;
    let zeros = |open: &str, close: &str| format!("{open}{}0{close}", "0,".repeat(7 * MB)).into_bytes();
    let one = statement("camille", "completed", "a").to_string();
    let many = |count: usize| format!("[{}]", vec![one.as_str(); count].join(",")).into_bytes();
    // A member that makes a statement as large as a batch may be on average.
    let extension = "x".repeat(1_400);
    let wide = with(statement("camille", "completed", "a"), "result", json!({"extensions": {"http://x/y": extension}}));
    let whole = format!("[{}]", vec![wide.to_string(); 9_900].join(",")).into_bytes();
    assert!(whole.len() > 15 * MB && whole.len() < 16 * MB, "{}", whole.len());
    let sent = vec![
        zeros("[", "]"),
        zeros("[[", "]]"),
        zeros(r#"{"actor":["#, "]}"),
        many(10_001),
        many(1_000_000),
        whole,
        b"[1".to_vec(),
    ];
    let answers = post_alone(&app, sent).await;
    let told: Vec<(u16, &str)> = answers.iter().map(|(status, code)| (*status, code.as_str())).collect();
    assert_eq!(
        told,
        [
            (400, "statement-invalid"),
            (413, "statement-too-large"),
            (413, "statement-too-large"),
            (413, "batch-too-large"),
            (413, "payload-too-large"),
            (200, ""),
            (400, "statement-not-json"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_never_end_their_request_hold_no_memory_and_nobody_up() {
    use tokio::io::AsyncWriteExt;

    let app = TestApp::start(Database::Sqlite).await;
    let server = app.serve("error").await;
    let before = megabytes(server.most_memory());
    let tool = tool(&app, &[Scope::All]).await.moved_to(server.address);
    let mut open = Vec::new();
    for _ in 0..30 {
        let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
        let head = format!("POST /xapi/statements HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", 15 * MB);
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&vec![b' '; 8 * MB]).await.unwrap();
        open.push(stream);
    }
    store(&tool, &statement("camille", "completed", "a")).await;
    let large = format!("[{}{}]", statement("camille", "completed", "a"), " ".repeat(2 * MB));
    tool.post_bytes("/xapi/statements", "application/json", large.into_bytes()).await.expect(200);
    must_be_small(&server, before);
}
