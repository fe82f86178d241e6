//! What strangers send does not grow in memory.

use super::attachments::{MESSAGE, attachment, headers_of, json_part, message, sha256};
use super::*;
use crate::support::{Database, Served};

const MB: usize = 1024 * 1024;

/// What requests may take at most, whatever they are, in MB, in a debug build.
const MOST: f64 = 130.0;

/// What some of the largest requests may take that come at once: they take turns, but each leaves small blocks behind in the
/// shares of the threads that read it. Held in memory together, five of them take 250.
const TOGETHER: f64 = 190.0;

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / MB as f64
}

fn must_be_small(server: &Served, before: f64, most: f64) {
    let peak = megabytes(server.most_memory());
    println!("{before:.0} MB before, {peak:.0} MB at most");
    assert!(before > 1.0 && peak - before < most, "{before:.0} MB before, {peak:.0} MB at most");
}

/// Posts bodies of a media type at once to a server of its own; answers status and code of each.
async fn post_alone(app: &TestApp, media_type: &'static str, bodies: Vec<Vec<u8>>, most: f64) -> Vec<(u16, String)> {
    let server = app.serve("error").await;
    let before = megabytes(server.most_memory());
    let tool = tool(app, &[Scope::All]).await.moved_to(server.address);
    let posts = bodies.into_iter().map(|body| tool.post_bytes("/xapi/statements", media_type, body));
    let answers = futures_util::future::join_all(posts).await;
    must_be_small(&server, before, most);
    answers
        .into_iter()
        .map(|answer| (answer.status.as_u16(), answer.json()["code"].as_str().unwrap_or_default().to_owned()))
        .collect()
}

/// A statement with a member that makes it as large as those of a batch may be on average.
fn wide() -> Value {
    let extension = "x".repeat(1_400);
    with(statement("camille", "completed", "a"), "result", json!({"extensions": {"http://x/y": extension}}))
}

/// About as much as a request may hold, `first` at its head.
fn largest_batch(first: &Value) -> String {
    let mut all = vec![wide().to_string(); 9_900];
    all[0] = first.to_string();
    let batch = format!("[{}]", all.join(","));
    assert!(batch.len() > 15 * MB && batch.len() < 16 * MB, "{}", batch.len());
    batch
}

/// A statement to which a text is attached.
fn with_text(text: &[u8]) -> Value {
    with(wide(), "attachments", json!([attachment("text/plain", &sha256(text), text.len())]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_request_never_becomes_a_large_tree() {
    let app = TestApp::start(Database::Sqlite).await;
    let zeros = |open: &str, close: &str| format!("{open}{}0{close}", "0,".repeat(7 * MB)).into_bytes();
    let one = statement("camille", "completed", "a").to_string();
    let many = |count: usize| format!("[{}]", vec![one.as_str(); count].join(",")).into_bytes();
    let whole = largest_batch(&wide()).into_bytes();
    let sent = vec![
        zeros("[", "]"),
        zeros("[[", "]]"),
        zeros(r#"{"actor":["#, "]}"),
        many(10_001),
        many(1_000_000),
        whole,
        b"[1".to_vec(),
    ];
    let answers = post_alone(&app, "application/json", sent, MOST).await;
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
async fn large_statements_that_come_with_files_take_turns() {
    let app = TestApp::start(Database::Sqlite).await;
    let batch = largest_batch(&with_text(b"Moi"));
    let parts = |file: &'static [u8]| {
        let file = (headers_of("text/plain", &sha256(file)), file);
        message(&[(json_part(), batch.as_bytes()), file])
    };
    let sent =
        vec![parts(b"Moi"), parts(b"Moi"), parts(b"Moi"), parts(b"Toi"), message(&[(json_part(), batch.as_bytes())])];
    let told = post_alone(&app, MESSAGE, sent, TOGETHER).await;
    let told: Vec<(u16, &str)> = told.iter().map(|(status, code)| (*status, code.as_str())).collect();
    let unnamed = (400, "attachment-unnamed");
    assert_eq!(told, [(200, ""), (200, ""), (200, ""), unnamed, (400, "statement-invalid")]);
    assert_eq!((app.count("statement").await, app.count("attachment").await), (3 * 9_900, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_never_end_their_request_hold_no_memory_and_nobody_up() {
    use preau::xapi::multipart;
    use tokio::io::AsyncWriteExt;

    let app = TestApp::start(Database::Sqlite).await;
    let server = app.serve("error").await;
    let before = megabytes(server.most_memory());
    let mut tx = app.app.db.begin().await.unwrap();
    let credential = lrs::create_credential(&mut tx, "Outil", &[Scope::All], app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let tool = speaking(app.program(), &credential, "1.0.3").moved_to(server.address);
    let mut open = Vec::new();
    // Statements that are whole, and a file that never ends.
    let begun = [largest_batch(&with_text(b"Moi")).as_bytes(), b"\r\n--x\r\n"].concat();
    let mut begun = [multipart::opening("x", &[("Content-Type", "application/json")]).as_bytes(), &begun].concat();
    for (name, value) in headers_of("text/plain", &sha256(b"Moi")) {
        begun.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    begun.extend_from_slice(b"\r\nM");
    for _ in 0..4 {
        let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
        let head = format!(
            "POST /xapi/statements HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\nAuthorization: Basic {}\r\n\
            X-Experience-API-Version: 1.0.3\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n",
            begun.len() + 1_000,
            credential.basic()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&begun).await.unwrap();
        open.push(stream);
    }
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
    must_be_small(&server, before, MOST);
}
