//! Attachments as large as films: the server stays small, and what is cut off leaves nothing.

use std::sync::LazyLock;

use axum::body::Bytes;
use futures_util::{StreamExt, stream};
use preau::xapi::multipart;
use sha2::{Digest, Sha256};

use super::attachments::{attachment, files_on_disk, headers_of, hex, json_part, rows};
use super::*;
use crate::support::{Database, Served};

const BOUNDARY: &str = "limite";
const MESSAGE: &str = "multipart/mixed; boundary=limite";
const MIB: usize = 1 << 20;

/// Noise.
static NOISE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut state = 1_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..MIB / 8).flat_map(|_| next()).collect()
});

/// One MiB, another for each number.
fn piece(number: usize) -> Bytes {
    let mut piece = NOISE.clone();
    piece[..8].copy_from_slice(&number.to_le_bytes());
    piece.into()
}

/// A message with one attachment of `pieces` MiB, made while it is sent.
fn film(pieces: usize) -> (String, impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static) {
    let digest = (0..pieces).fold(Sha256::new(), |digest, number| digest.chain_update(piece(number))).finalize();
    let sha2 = hex(digest);
    let attachments = json!([attachment("video/mp4", &sha2, pieces * MIB)]);
    let statement = with(statement("camille", "completed", "film"), "attachments", attachments);
    let opening = |headers: &[(String, String)]| {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        multipart::opening(BOUNDARY, &headers)
    };
    let begin = format!("{}{statement}{}", opening(&json_part()), opening(&headers_of("video/mp4", &sha2)));
    let end = multipart::closing(BOUNDARY);
    let all = stream::once(async { Bytes::from(begin) })
        .chain(stream::iter(0..pieces).map(piece))
        .chain(stream::once(async { Bytes::from(end) }));
    (sha2, all.map(Ok))
}

async fn credential(app: &TestApp) -> String {
    let mut tx = app.app.db.begin().await.unwrap();
    let credential = lrs::create_credential(&mut tx, "Outil", &[Scope::All], app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    format!("Basic {}", credential.basic())
}

fn request(server: &Served, method: Method, query: &str, authorization: &str) -> reqwest::RequestBuilder {
    reqwest::Client::new()
        .request(method, format!("http://{}/xapi/statements{query}", server.address))
        .header("authorization", authorization)
        .header("x-experience-api-version", "1.0.3")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_stays_small_however_large_an_attachment_is() {
    const PIECES: usize = 400;
    let app = TestApp::start(Database::Sqlite).await;
    let authorization = credential(&app).await;
    let server = app.serve("error").await;
    let before = server.most_memory();

    let (sha2, body) = film(PIECES);
    let post = request(&server, Method::POST, "", &authorization).header("content-type", MESSAGE);
    let answer = post.body(reqwest::Body::wrap_stream(body)).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());

    let answer = request(&server, Method::GET, "?attachments=true", &authorization).send().await.unwrap();
    let mut reader =
        multipart::Reader::new(&multipart::boundary(answer.headers()["content-type"].to_str().unwrap()).unwrap());
    let mut body = answer.bytes_stream();
    let (mut parts, mut digest) = (0, Sha256::new());
    loop {
        match reader.step().unwrap() {
            multipart::Step::Part(_) => parts += 1,
            multipart::Step::Content(bytes) if parts == 2 => digest.update(&bytes),
            multipart::Step::Hungry => match body.next().await {
                Some(bytes) => reader.feed(&bytes.unwrap()),
                None => reader.end(),
            },
            multipart::Step::Done => break,
            _ => {}
        }
    }
    assert_eq!((parts, hex(digest.finalize())), (2, sha2));
    let grown = server.most_memory() - before;
    println!("{PIECES} MiB in and out: {} MB before, {} MB more", before / 1_000_000, grown / 1_000_000);
    assert!(grown < 50_000_000, "grown by {grown} bytes, from {before}");
}

both_databases! {
    async fn a_server_that_is_killed_while_it_receives_keeps_nothing(app: TestApp) {
        let authorization = credential(&app).await;
        let server = app.serve("error").await;
        let (_, body) = film(64);
        let (sent, mut at_half) = tokio::sync::mpsc::unbounded_channel();
        let mut number = 0;
        // The second half never comes.
        let body = body.take(33).inspect(move |_| {
            number += 1;
            if number == 33 {
                let _ = sent.send(());
            }
        });
        let endless = body.chain(stream::pending());
        let post = request(&server, Method::POST, "", &authorization).header("content-type", MESSAGE);
        let upload = tokio::spawn(post.body(reqwest::Body::wrap_stream(endless)).send());
        at_half.recv().await.unwrap();
        server.log().await;
        assert!(upload.await.unwrap().is_err(), "nobody answers");
        assert_eq!((files_on_disk(&app), rows(&app).await), (0, 0));
        let tool = tool(&app, &[Scope::All]).await;
        assert!(ids(&tool, &[]).await.is_empty());
    }
}
