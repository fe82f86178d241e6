//! Files that come with statements: in one message in, in one message out, and nothing left of what was refused.

use preau::xapi::multipart::{self, Reader, Step};
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::launches::{launched, registered};
use super::*;
use crate::support::Database;

const BOUNDARY: &str = "abcABC0123'()+_,-./:=?";
/// Many clients do not quote it.
pub const MESSAGE: &str = "multipart/mixed; boundary=abcABC0123'()+_,-./:=?";

pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn sha256(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes))
}

pub fn attachment(media_type: &str, sha2: &str, length: usize) -> Value {
    json!({"usageType": "http://example.fr/preuve", "display": {"fr": "Preuve"}, "contentType": media_type,
        "length": length, "sha2": sha2})
}

/// A statement with these texts attached.
fn attached(who: &str, contents: &[&str]) -> Value {
    let all: Vec<Value> = contents
        .iter()
        .map(|content| attachment("text/plain; charset=utf-8", &sha256(content.as_bytes()), content.len()))
        .collect();
    with(statement(who, "completed", "cours"), "attachments", json!(all))
}

/// The headers of a part, by name.
pub type Headers = Vec<(String, String)>;

/// The headers of a part that holds these bytes.
pub fn headers_of(media_type: &str, sha2: &str) -> Headers {
    [("Content-Type", media_type), ("Content-Transfer-Encoding", "binary"), ("X-Experience-API-Hash", sha2)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

/// A message of parts as clients write it.
pub fn message(parts: &[(Headers, &[u8])]) -> Vec<u8> {
    let mut message = Vec::new();
    for (headers, content) in parts {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        message.extend_from_slice(multipart::opening(BOUNDARY, &headers).as_bytes());
        message.extend_from_slice(content);
    }
    message.extend_from_slice(multipart::closing(BOUNDARY).as_bytes());
    message
}

pub fn json_part() -> Headers {
    vec![("Content-Type".into(), "application/json".into())]
}

/// Statements and texts in one message.
pub fn message_of(statements: &Value, contents: &[&str]) -> Vec<u8> {
    let json = statements.to_string();
    let mut parts = vec![(json_part(), json.as_bytes())];
    for content in contents {
        parts.push((headers_of("text/plain", &sha256(content.as_bytes())), content.as_bytes()));
    }
    message(&parts)
}

pub async fn send(tool: &Client, body: Vec<u8>) -> Answer {
    tool.post_bytes("/xapi/statements", MESSAGE, body).await
}

/// An answer of several parts: the JSON, and each file with its media type and digest.
pub struct Told {
    pub json: Value,
    pub files: Vec<(String, String, Vec<u8>)>,
}

pub fn told(answer: Answer) -> Told {
    let answer = answer.expect(200);
    let kind = answer.header("content-type").unwrap();
    assert!(kind.starts_with("multipart/mixed; boundary="), "{kind}");
    let mut reader = Reader::new(&multipart::boundary(kind).unwrap());
    reader.feed(&answer.body);
    reader.end();
    let mut parts: Vec<(multipart::Headers, Vec<u8>)> = Vec::new();
    loop {
        match reader.step().unwrap() {
            Step::Part(headers) => parts.push((headers, Vec::new())),
            Step::Content(bytes) => parts.last_mut().unwrap().1.extend_from_slice(&bytes),
            Step::Done => break,
            _ => {}
        }
    }
    let (headers, json) = parts.remove(0);
    assert_eq!(headers.get("content-type"), Some("application/json"));
    let file = |(headers, content): (multipart::Headers, Vec<u8>)| {
        assert_eq!(headers.get("content-transfer-encoding"), Some("binary"));
        let header = |name: &str| headers.get(name).unwrap().to_owned();
        (header("content-type"), header("x-experience-api-hash"), content)
    };
    Told { json: serde_json::from_slice(&json).unwrap(), files: parts.into_iter().map(file).collect() }
}

async fn page(tool: &Client, pairs: &[(&str, &str)]) -> Told {
    told(tool.get(&query(&[&[("attachments", "true")], pairs].concat())).await)
}

fn texts(told: &Told) -> Vec<String> {
    let mut texts: Vec<String> =
        told.files.iter().map(|(_, _, content)| String::from_utf8_lossy(content).into_owned()).collect();
    texts.sort();
    texts
}

/// Files in the data folder, but for the database.
pub fn files_on_disk(app: &TestApp) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    ["blobs", "tmp"].iter().map(|folder| count(&app.folder.path().join(folder))).sum()
}

pub async fn rows(app: &TestApp) -> i64 {
    const COUNT: &str = "SELECT (SELECT COUNT(*) FROM attachment) + (SELECT COUNT(*) FROM statement_attachment)";
    let mut tx = app.app.db.read().await.unwrap();
    on_db!(tx, c => sqlx::query_scalar(COUNT).fetch_one(c).await).unwrap()
}

both_databases! {
    async fn a_file_that_comes_with_a_statement_is_given_back_with_it(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let content = "Compte rendu\r\n--abc\r\nfin";
        let answer = send(&tool, message_of(&attached("camille", &[content]), &[content])).await.expect(200);
        let id = answer.json()[0].as_str().unwrap().to_owned();
        let one = [("statementId", id.as_str()), ("attachments", "true")];

        let single = told(tool.get(&query(&one)).await);
        assert_eq!(single.json["id"], id.as_str());
        let file = ("text/plain; charset=utf-8".to_owned(), sha256(content.as_bytes()), content.as_bytes().to_vec());
        assert_eq!(single.files, [file]);
        let many = page(&tool, &[("format", "ids")]).await;
        assert_eq!((ids_of(&many.json), texts(&many)), (vec![id.clone()], vec![content.to_owned()]));

        // Without being asked for, no file is sent.
        for pairs in [vec![], vec![("attachments", "false")]] {
            let answer = tool.get(&query(&pairs)).await.expect(200);
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert_eq!(ids_of(&answer.json()), std::slice::from_ref(&id));
        }
        let head = tool.send(Method::HEAD, &query(&one), Vec::new(), &[]).await.expect(200);
        let whole = tool.get(&query(&one)).await.body.len().to_string();
        assert!(head.body.is_empty());
        assert_eq!(head.header("content-length"), Some(whole.as_str()));
        assert!(head.header("content-type").unwrap().starts_with("multipart/mixed"));
    }

    async fn by_put_too_and_in_both_editions(app: TestApp) {
        let mut tx = app.app.db.begin().await.unwrap();
        let credential = lrs::create_credential(&mut tx, "Outil", &[Scope::All], app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        for version in ["1.0.3", "2.0.0"] {
            let tool = speaking(app.program(), &credential, version);
            let (id, content) = (Uuid::new_v4().to_string(), format!("en {version}"));
            let path = query(&[("statementId", &id)]);
            let body = message_of(&attached("camille", &[&content]), &[&content]);
            tool.send(Method::PUT, &path, body, &[("content-type", MESSAGE)]).await.expect(204);
            let found = told(tool.get(&query(&[("statementId", &id), ("attachments", "true")])).await);
            assert_eq!(texts(&found), [content]);
        }
    }

    async fn a_file_may_serve_several_statements_and_sub_statements_and_is_sent_once(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let mut within = attached("lea", &["commun", "seul"]);
        within["objectType"] = json!("SubStatement");
        let around = with(statement("camille", "completed", "cours"), "object", within);
        let batch = json!([attached("camille", &["commun"]), around, attached("hugo", &["commun", "commun"])]);
        send(&tool, message_of(&batch, &["commun", "seul"])).await.expect(200);
        let first = page(&tool, &[("limit", "1")]).await;
        let next = told(tool.get(first.json["more"].as_str().unwrap()).await);
        assert_eq!((texts(&first), texts(&next)), (vec!["commun".to_owned()], vec!["commun".to_owned(), "seul".to_owned()]));
        let all = page(&tool, &[]).await;
        assert_eq!(ids_of(&all.json).len(), 3);
        assert_eq!(texts(&all), ["commun", "seul"]);
        assert_eq!(texts(&page(&tool, &[("agent", &mbox("hugo"))]).await), ["commun"]);
        assert_eq!(files_on_disk(&app), 2, "each content is kept once");

        // Sent with another statement later it is still the same file.
        send(&tool, message_of(&attached("ines", &["commun"]), &["commun"])).await.expect(200);
        assert_eq!(files_on_disk(&app), 2);
        assert_eq!(texts(&page(&tool, &[("agent", &mbox("ines"))]).await), ["commun"]);
    }

    async fn every_digest_of_the_family_is_understood(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let content = b"\x00\xff\r\n\r\nbinaire\n";
        let digests = [hex(Sha224::digest(content)), hex(Sha256::digest(content)), hex(Sha384::digest(content)),
            hex(Sha512::digest(content)).to_uppercase()];
        for digest in &digests {
            let attachments = json!([attachment("application/octet-stream", digest, content.len())]);
            let json = with(statement("camille", "completed", "cours"), "attachments", attachments).to_string();
            let part = headers_of("Application/Octet-Stream", &digest.to_lowercase());
            send(&tool, message(&[(json_part(), json.as_bytes()), (part, content)])).await.expect(200);
        }
        let all = page(&tool, &[]).await;
        let mut told: Vec<&str> = all.files.iter().map(|(_, digest, _)| digest.as_str()).collect();
        told.sort_unstable();
        let mut sent: Vec<&str> = digests.iter().map(String::as_str).collect();
        sent.sort_unstable();
        assert_eq!(told, sent, "as the statements give them");
        assert!(all.files.iter().all(|(_, _, given)| given == content));
        assert_eq!(files_on_disk(&app), 1, "the same content, whatever it is called");
    }

    async fn a_message_needs_no_file_where_its_statements_need_none(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        send(&tool, message_of(&json!([statement("camille", "completed", "cours")]), &[])).await.expect(200);
        let mut linked = attached("camille", &["ailleurs"]);
        linked["attachments"][0]["fileUrl"] = json!("http://example.fr/ailleurs.txt");
        send(&tool, message_of(&linked, &[])).await.expect(200);
        let all = page(&tool, &[]).await;
        assert_eq!((ids_of(&all.json).len(), all.files.len()), (2, 0));
        // With an address the file may come all the same.
        send(&tool, message_of(&linked, &["ailleurs"])).await.expect(200);
        assert_eq!(texts(&page(&tool, &[("limit", "1")]).await), ["ailleurs"]);
        // A part twice is more than needed, but says nothing wrong.
        send(&tool, message_of(&attached("camille", &["deux"]), &["deux", "deux"])).await.expect(200);
    }

    async fn who_knows_a_digest_does_not_get_what_others_sent(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let content = "secret";
        send(&tool, message_of(&attached("camille", &[content]), &[content])).await.expect(200);

        let mut curious = attached("curieux", &[content]);
        let refused = tool.post_json("/xapi/statements", &curious).await.expect(400).json();
        assert_eq!(refused["problems"][0]["rule"], "attachment-missing", "though it is here");
        assert_eq!(send(&tool, message_of(&json!([curious]), &[])).await.expect(400).json()["problems"][0]["pointer"], "/0/attachments/0");
        curious["attachments"][0]["fileUrl"] = json!("http://example.fr/rien");
        tool.post_json("/xapi/statements", &curious).await.expect(200);
        assert_eq!(texts(&page(&tool, &[("agent", &mbox("curieux"))]).await), [""; 0]);
    }

    async fn who_may_not_read_a_statement_does_not_get_its_files(app: TestApp) {
        let all = tool(&app, &[Scope::All]).await;
        let mine = tool(&app, &[Scope::StatementsWrite, Scope::StatementsReadMine]).await;
        let theirs = send(&all, message_of(&attached("camille", &["d’autrui"]), &["d’autrui"])).await.expect(200).json();
        send(&mine, message_of(&attached("camille", &["le mien"]), &["le mien"])).await.expect(200);
        assert_eq!(texts(&page(&mine, &[]).await), ["le mien"]);
        mine.get(&query(&[("statementId", theirs[0].as_str().unwrap()), ("attachments", "true")])).await.expect(404);
        assert_eq!(texts(&page(&all, &[]).await), ["d’autrui", "le mien"]);
        // Who may not write is told so before a file is read.
        let reader = tool(&app, &[Scope::StatementsRead]).await;
        let broken = b"no message at all".to_vec();
        assert_eq!(send(&reader, broken.clone()).await.expect(403).json()["code"], "scope-missing");
        assert_eq!(app.program().with_header("x-experience-api-version", "1.0.3")
            .post_bytes("/xapi/statements", MESSAGE, broken).await.expect(401).json()["code"], "credential-missing");
    }

    async fn launched_content_brings_and_gets_files_of_its_learner_only(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        let place = registered(&app, camille.id).await;
        let content = launched(&app, place, &[Scope::StatementsWrite, Scope::StatementsReadMine]).await;
        let of = |who: &str, text: &str| message_of(&attached(who, &[text]), &[text]);
        let refused = send(&content, of("lea", "d’une autre")).await.expect(403).json();
        assert_eq!((refused["code"].as_str(), files_on_disk(&app)), (Some("outside-launch"), 0));
        send(&content, of("camille", "la sienne")).await.expect(200);
        send(&tool(&app, &[Scope::All]).await, of("camille", "d’ailleurs")).await.expect(200);
        assert_eq!(texts(&page(&content, &[]).await), ["la sienne"]);

        // In a preview everything is checked, and nothing kept.
        let preview = launched(&app, place, &[Scope::StatementsWrite, Scope::Forget]).await;
        assert_eq!(send(&preview, b"rien".to_vec()).await.expect(400).json()["code"], "multipart-malformed");
        send(&preview, of("camille", "un essai")).await.expect(200);
        assert_eq!(files_on_disk(&app), 2);
    }

    async fn the_same_file_from_many_at_once_is_kept_once(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let contents: Vec<String> = (0..8).map(|n| format!("pièce {n}")).collect();
        let writers = (0..12).map(|writer| {
            let (tool, contents) = (&tool, &contents);
            async move {
                // Each names the same files, in an order of its own.
                let own: Vec<&str> = (0..8).map(|n| contents[(n * 3 + writer) % 8].as_str()).collect();
                send(tool, message_of(&attached("camille", &own), &own)).await.expect(200);
            }
        });
        futures_util::future::join_all(writers).await;
        let all = page(&tool, &[]).await;
        assert_eq!((ids_of(&all.json).len(), texts(&all), files_on_disk(&app)), (12, contents, 8));
    }

    async fn files_of_voided_statements_are_found_as_the_statements_are(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let answer = send(&tool, message_of(&attached("camille", &["annulé"]), &["annulé"])).await.expect(200).json();
        let id = answer[0].as_str().unwrap();
        let voids = with(with(statement("admin", "voided", "x"), "verb", json!({"id": "http://adlnet.gov/expapi/verbs/voided"})),
            "object", json!({"objectType": "StatementRef", "id": id}));
        store(&tool, &voids).await;
        assert_eq!(texts(&page(&tool, &[]).await), [""; 0]);
        let voided = told(tool.get(&query(&[("voidedStatementId", id), ("attachments", "true")])).await);
        assert_eq!(texts(&voided), ["annulé"]);
    }

    async fn the_same_again_changes_nothing_and_something_else_is_a_conflict(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let id = Uuid::new_v4().to_string();
        let body = |content: &str| message_of(&with(attached("camille", &[content]), "id", json!(id)), &[content]);
        send(&tool, body("un")).await.expect(200);
        let (kept, named) = (files_on_disk(&app), rows(&app).await);
        send(&tool, body("un")).await.expect(200);
        assert_eq!((files_on_disk(&app), rows(&app).await), (kept, named));
        let other = send(&tool, body("deux")).await.expect(409).json();
        assert_eq!(other["code"], "statement-conflict");
        assert_eq!(texts(&page(&tool, &[]).await), ["un"]);
        assert_eq!((files_on_disk(&app), rows(&app).await), (kept, named));

        // A statement that came without its file stays without it.
        let linked = |files: &[&str]| {
            let mut linked = with(attached("lea", &["trois"]), "id", json!(Uuid::nil()));
            linked["attachments"][0]["fileUrl"] = json!("http://example.fr/trois");
            message_of(&linked, files)
        };
        send(&tool, linked(&[])).await.expect(200);
        send(&tool, linked(&["trois"])).await.expect(200);
        assert_eq!((files_on_disk(&app), rows(&app).await), (kept, named));
        assert_eq!(texts(&page(&tool, &[]).await), ["un"]);
    }

    async fn files_that_no_statement_names_are_swept_when_nobody_can_be_about_to_name_them(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        send(&tool, message_of(&attached("camille", &["un", "deux"]), &["un", "deux"])).await.expect(200);
        // Of a server that was killed before it wrote the statements; and of a statement that was removed.
        let blob = |content: &str| format!("attachments/{}", sha256(content.as_bytes()));
        let mut tx = app.app.db.begin().await.unwrap();
        on_db!(tx, c => {
            sqlx::query("INSERT INTO attachment (blob, length, received_at) VALUES ($1, 5, $2)")
                .bind(blob("trois")).bind(app.clock.now()).execute(&mut *c).await.unwrap();
            sqlx::query("DELETE FROM statement_attachment WHERE blob = $1").bind(blob("deux")).execute(&mut *c).await.unwrap();
        });
        tx.commit().await.unwrap();
        app.app.blobs.put(&blob("trois"), "trois").await.unwrap();
        assert_eq!((lrs::sweep(&app.app).await.unwrap(), files_on_disk(&app)), (0, 3));
        app.clock.advance(Duration::from_secs(25 * 3600));
        assert_eq!((lrs::sweep(&app.app).await.unwrap(), files_on_disk(&app)), (2, 1));
        assert_eq!(texts(&page(&tool, &[]).await), ["un"]);
        // They may come again.
        send(&tool, message_of(&attached("lea", &["deux", "trois"]), &["deux", "trois"])).await.expect(200);
        assert_eq!(texts(&page(&tool, &[]).await), ["deux", "trois", "un"]);
    }

    async fn a_file_that_is_lost_is_told_to_the_operator_and_never_sent_short(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        send(&tool, message_of(&attached("camille", &["un"]), &["un"])).await.expect(200);
        assert_eq!(app.command(&["check", "--json"]).await.json()["ok"], true);
        let blob = format!("attachments/{}", sha256(b"un"));
        app.app.blobs.delete(&blob).await.unwrap();
        let told = app.command(&["check", "--json"]).await.out;
        assert!(told.contains(&format!("1 of 1 missing, the first is {blob}")), "{told}");
        // The statements are there all the same.
        assert_eq!(ids(&tool, &[]).await.len(), 1);
        let cut = reqwest::Client::new()
            .get(format!("http://{}{}", app.address, query(&[("attachments", "true")])))
            .headers(tool.headers().clone())
            .send()
            .await;
        assert!(match cut { Ok(answer) => answer.bytes().await.is_err(), Err(_) => true }, "a whole answer without the file");
    }

    async fn what_is_no_message_of_statements_and_their_files_is_refused_and_leaves_nothing(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let json = attached("camille", &["un"]).to_string();
        let json = json.as_bytes();
        let hash = sha256(b"un");
        let file = |changed: &str, value: Option<&str>| {
            let mut headers = headers_of("text/plain", &hash);
            headers.retain(|(name, _)| name != changed);
            headers.extend(value.map(|value| (changed.to_owned(), value.to_owned())));
            message(&[(json_part(), json), (headers, b"un")])
        };
        let (encoding, digest) = ("Content-Transfer-Encoding", "X-Experience-API-Hash");
        let good = file("", None);
        let text = String::from_utf8(good.clone()).unwrap();
        for (body, code) in [
            (file(digest, None), "attachment-header-missing"),
            (file(digest, Some("")), "attachment-unnamed"),
            (file(digest, Some(&sha256(b"deux"))), "attachment-unnamed"),
            (file(encoding, None), "attachment-header-missing"),
            (file(encoding, Some("base64")), "attachment-encoding"),
            (message(&[(json_part(), json), (headers_of("text/plain", &hash), b"une")]), "attachment-hash-wrong"),
            (message(&[(json_part(), json), (headers_of("text/plain", &hash), b"un"), (headers_of("text/plain", &sha256(b"deux")), b"deux")]), "attachment-unnamed"),
            (message(&[(json_part(), json), (json_part(), json), (headers_of("text/plain", &hash), b"un")]), "attachment-header-missing"),
            (message(&[(json_part(), json)]), "statement-invalid"),
            (message(&[(headers_of("text/plain", &hash), b"un"), (json_part(), json)]), "statements-first"),
            (message(&[(Vec::new(), json), (headers_of("text/plain", &hash), b"un")]), "statements-first"),
            (message(&[(json_part(), b"{"), (headers_of("text/plain", &hash), b"un")]), "statement-not-json"),
            (message(&[(json_part(), b"\xff"), (headers_of("text/plain", &hash), b"un")]), "statement-not-json"),
            (b"{}".to_vec(), "multipart-malformed"),
            (Vec::new(), "multipart-malformed"),
            (text.replace("--\r\n", "\r\n").into_bytes(), "multipart-malformed"),
            (good[..good.len() - 10].to_vec(), "multipart-malformed"),
            (text.replace("X-Experience-API-Hash:", "X-Experience-API-Hash").into_bytes(), "multipart-malformed"),
            (text.replace("X-Experience", &format!("X: {}\r\nX-Experience", "x".repeat(9_000))).into_bytes(), "multipart-malformed"),
        ] {
            let answer = send(&tool, body.clone()).await;
            let told = format!("{code}: {} {}", String::from_utf8_lossy(&body), answer.text());
            assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (400, Some(code)), "{told}");
            assert!(!answer.json()["title"].as_str().unwrap().is_empty(), "{told}");
        }
        for kind in ["multipart/mixed", "multipart/mixed;", "multipart/mixed; boundary=", "multipart/mixed; boundary=\"x"] {
            let answer = tool.post_bytes("/xapi/statements", kind, good.clone()).await.expect(400);
            assert_eq!(answer.json()["code"], "multipart-boundary", "{kind}");
        }
        tool.post_bytes("/xapi/statements", "multipart/form-data; boundary=x", good.clone()).await.expect(400);
        assert_eq!((files_on_disk(&app), rows(&app).await), (0, 0));
        assert!(ids(&tool, &[]).await.is_empty());
        send(&tool, good).await.expect(200);
        assert_eq!(files_on_disk(&app), 1);
    }

    async fn old_clients_end_their_lines_as_they_like(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let content = "here is a simple attachment";
        let body = String::from_utf8(message_of(&attached("camille", &[content]), &[content])).unwrap();
        send(&tool, body.replace("\r\n", "\n").trim_start().as_bytes().to_vec()).await.expect(200);
        let quoted = "multipart/mixed; boundary=\"abcABC0123'()+_,-./:=?\"";
        tool.post_bytes("/xapi/statements", quoted, format!("Some words.{body}And some more.").into_bytes()).await.expect(200);
        assert_eq!(ids(&tool, &[]).await.len(), 2);
    }

    async fn too_many_or_too_large_files_are_refused(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let contents: Vec<String> = (0..1_001).map(|n| n.to_string()).collect();
        let contents: Vec<&str> = contents.iter().map(String::as_str).collect();
        let answer = send(&tool, message_of(&attached("camille", &contents), &contents)).await.expect(400);
        assert_eq!(answer.json()["code"], "multipart-too-many-parts");
        let long = message(&[(json_part(), &vec![b' '; 17 << 20])]);
        assert_eq!(send(&tool, long).await.expect(413).json()["code"], "payload-too-large");
        assert_eq!((files_on_disk(&app), rows(&app).await), (0, 0));
        send(&tool, message_of(&attached("camille", &contents[..200]), &contents[..200])).await.expect(200);
        assert_eq!(page(&tool, &[]).await.files.len(), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attachments_together_are_no_larger_than_the_operator_allows() {
    let app = TestApp::start_with(Database::Sqlite, |config| config.lrs.max_attachments_bytes = 10).await;
    let tool = tool(&app, &[Scope::All]).await;
    let send_all = async |contents: &[&str]| send(&tool, message_of(&attached("camille", contents), contents)).await;
    send_all(&["12345", "67890"]).await.expect(200);
    assert_eq!(send_all(&["12345", "678901"]).await.expect(413).json()["code"], "attachments-too-large");
    assert_eq!(files_on_disk(&app), 2);
}
