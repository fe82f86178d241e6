//! The server is killed under load, again and again, and nothing is lost, doubled or half done.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::attachments::{MESSAGE, attachment, message_of, sha256, told};
use super::*;

/// Kills in an ordinary run; `script/bench crash` asks for fifty.
fn kills() -> usize {
    std::env::var("PREAU_TEST_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(3)
}

/// Clients that write at the same time.
const CLIENTS: usize = 12;
/// Files they attach, again and again.
const FILES: usize = 40;

/// A request and whether its answer came.
struct Sent {
    statements: Vec<Value>,
    /// What is attached to its first statement.
    file: Option<String>,
    acknowledged: bool,
}

impl Sent {
    /// Content-Type and body.
    fn message(&self) -> (&'static str, Vec<u8>) {
        let statements = json!(self.statements);
        match &self.file {
            Some(file) => (MESSAGE, message_of(&statements, &[file])),
            None => ("application/json", statements.to_string().into_bytes()),
        }
    }
}

fn id_of(statement: &Value) -> String {
    statement["id"].as_str().unwrap().to_owned()
}

/// What all clients of one round share.
struct Round {
    address: std::net::SocketAddr,
    authorization: String,
    /// The learner's account and registration, which progress is kept of.
    learner: Value,
    registration: String,
    acknowledged: AtomicUsize,
    enough: Notify,
    kill_after: usize,
}

impl Round {
    /// Statement `n` of a client: of the learner, of somebody else, or about an earlier one.
    fn statement(&self, client: usize, n: usize, earlier: Option<&str>) -> Value {
        let verb = ["initialized", "progressed", "completed", "passed"][n % 4];
        let mut one = statement(&format!("p{}", (client * 7 + n) % 9), verb, &format!("o{}", n % 5));
        one["id"] = json!(Uuid::new_v4().to_string());
        match (n % 3, earlier) {
            (0, _) => {
                one["actor"] = self.learner.clone();
                one["object"] = json!({"id": "https://exemple.fr/accueil"});
                one["context"] = json!({"registration": self.registration});
                one["result"] = json!({"duration": "PT1S"});
            }
            (1, Some(earlier)) => one["object"] = json!({"objectType": "StatementRef", "id": earlier}),
            _ => one["object"]["definition"] = json!({"name": {"fr": format!("Objet {}", n % 5)}}),
        }
        one
    }

    /// Request `n` of a client: one statement or ten, every third client with a file that others may send too.
    fn request(&self, client: usize, n: usize, earlier: Option<&str>) -> Sent {
        let count = if client.is_multiple_of(2) { 1 } else { 10 };
        let mut statements: Vec<Value> = (0..count).map(|k| self.statement(client, n * count + k, earlier)).collect();
        let file = client.is_multiple_of(3).then(|| format!("Preuve {}", (client + n) % FILES));
        if let Some(file) = &file {
            let attached = attachment("text/plain", &sha256(file.as_bytes()), file.len());
            statements[0]["attachments"] = json!([attached]);
        }
        Sent { statements, file, acknowledged: false }
    }

    /// Writes until the server is gone. `again` was sent before and never acknowledged.
    async fn write(&self, client: usize, again: Vec<Sent>) -> Vec<Sent> {
        let http = reqwest::Client::new();
        let mut done: Vec<Sent> = Vec::new();
        let mut again = again.into_iter();
        for n in 0.. {
            let mut sent = match again.next() {
                Some(sent) => sent,
                None => {
                    let earlier =
                        done.iter().rev().find(|sent| sent.acknowledged).map(|sent| id_of(&sent.statements[0]));
                    self.request(client, n, earlier.as_deref())
                }
            };
            let (media_type, body) = sent.message();
            let answer = http
                .post(format!("http://{}/xapi/statements", self.address))
                .header("authorization", &self.authorization)
                .header("x-experience-api-version", "1.0.3")
                .header("content-type", media_type)
                .body(body)
                .send()
                .await;
            sent.acknowledged = answer.as_ref().is_ok_and(|answer| answer.status().as_u16() == 200);
            if let Ok(answer) = answer.as_ref().map(reqwest::Response::status) {
                assert!(sent.acknowledged || answer.is_server_error(), "{answer}");
            }
            let acknowledged = sent.acknowledged;
            done.push(sent);
            if !acknowledged {
                break;
            }
            if self.acknowledged.fetch_add(1, Ordering::SeqCst) + 1 == self.kill_after {
                self.enough.notify_one();
            }
        }
        done.extend(again);
        done
    }
}

both_databases! {
    async fn nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed(app: TestApp) {
        let mut app = app;
        let camille = app.person("Camille", Role::Learner).await;
        let course = app.import(crate::support::learning::tincan()).await;
        let (registration, _) = camille.start(&course).await;
        let mut tx = app.app.db.begin().await.unwrap();
        let credential = lrs::create_credential(&mut tx, "Outil", &[Scope::All], app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let learner = account_of(&app, camille.id).await;
        // Nobody else has the database open: whoever starts after a kill finds it as the kill left it.
        app.app.db.close().await;

        let mut all: Vec<Sent> = Vec::new();
        let mut open: Vec<Sent> = Vec::new();
        for kill in 0..kills() {
            let server = app.serve("error").await;
            let round = Round {
                address: server.address,
                authorization: format!("Basic {}", credential.basic()),
                learner: learner.clone(),
                registration: registration.to_string(),
                acknowledged: AtomicUsize::new(0),
                enough: Notify::new(),
                kill_after: 10 + usize::try_from(Uuid::new_v4().as_u128() % 90).unwrap(),
            };
            let mut shares: Vec<Vec<Sent>> = (0..CLIENTS).map(|_| Vec::new()).collect();
            for (n, sent) in std::mem::take(&mut open).into_iter().enumerate() {
                // One in two is tried again; of the others nobody will ever know.
                if n % 2 == kill % 2 { shares[n % CLIENTS].push(sent) } else { all.push(sent) }
            }
            let writing = shares.into_iter().enumerate().map(|(client, again)| round.write(client, again));
            let killing = async {
                round.enough.notified().await;
                server.log().await
            };
            let (done, log) = tokio::join!(futures_util::future::join_all(writing), killing);
            assert!(!log.contains("panicked"), "{log}");
            for sent in done.into_iter().flatten() {
                if sent.acknowledged { all.push(sent) } else { open.push(sent) }
            }
        }
        all.extend(open);

        let (again, address) = app.restarted().await;
        (app.app, app.address) = (again, address);
        let tool = speaking(app.program(), &credential, "1.0.3");
        let (stored, files) = everything(&tool).await;
        must_be_whole(&all, &stored);
        must_have_their_files(&stored, &files);
        // The servers that were killed read the machine's clock, whatever ours says.
        let ahead = preau::core::Clock::system().now().since(app.clock.now());
        app.clock.advance(ahead + Duration::from_secs(48 * 3600));
        lrs::sweep(&app.app).await.unwrap();
        let kept = app.app.blobs.list("attachments").await.unwrap();
        assert_eq!(kept.len(), files.len(), "nothing is left of what was not stored");
        must_be_found(&tool, &stored).await;

        let kept = app.progress_rows().await;
        app.command(&["rebuild"]).await;
        assert_eq!(app.progress_rows().await, kept, "progress is what the statements say");
        let (acknowledged, others) = (all.iter().filter(|sent| sent.acknowledged).count(), stored.len());
        println!("{} kills, {acknowledged} requests acknowledged, {others} statements stored", kills());
    }
}

async fn account_of(app: &TestApp, person: PersonId) -> Value {
    const ACCOUNT: &str = "SELECT account_home_page, account_name FROM person WHERE id = $1";
    let mut tx = app.app.db.read().await.unwrap();
    let (home_page, name): (String, String) =
        on_db!(tx, c => sqlx::query_as(ACCOUNT).bind(person).fetch_one(c).await).unwrap();
    json!({"account": {"homePage": home_page, "name": name}})
}

/// Every statement, and every file by its digest, by following `more`.
async fn everything(tool: &Client) -> (Vec<Value>, BTreeMap<String, Vec<u8>>) {
    let (mut all, mut files) = (Vec::new(), BTreeMap::new());
    let mut next = query(&[("limit", "500"), ("ascending", "true"), ("attachments", "true")]);
    while !next.is_empty() {
        let mut page = told(tool.get(&next).await);
        all.append(page.json["statements"].as_array_mut().unwrap());
        files.extend(page.files.into_iter().map(|(_, sha2, content)| (sha2, content)));
        next = page.json["more"].as_str().unwrap().to_owned();
    }
    (all, files)
}

/// The file of every stored statement is there, with what was sent.
fn must_have_their_files(stored: &[Value], files: &BTreeMap<String, Vec<u8>>) {
    let named: BTreeSet<&str> = stored.iter().filter_map(|one| one["attachments"][0]["sha2"].as_str()).collect();
    assert!(named.len() > 1, "the load has files");
    assert_eq!(named, files.keys().map(String::as_str).collect::<BTreeSet<_>>());
    assert!(files.iter().all(|(sha2, content)| sha256(content) == *sha2));
}

/// Every acknowledged request is there once, every other one whole or not at all.
fn must_be_whole(all: &[Sent], stored: &[Value]) {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    stored.iter().for_each(|one| *times.entry(id_of(one)).or_default() += 1);
    assert!(times.values().all(|times| *times == 1), "a statement is there twice");
    for sent in all {
        let there = sent.statements.iter().filter(|one| times.contains_key(&id_of(one))).count();
        if sent.acknowledged {
            assert_eq!(there, sent.statements.len(), "an acknowledged request is not whole");
        } else {
            assert!(there == 0 || there == sent.statements.len(), "half a request is there");
        }
    }
}

/// Who asks for a person finds all that names them, or refers to what does, and nothing else.
async fn must_be_found(tool: &Client, stored: &[Value]) {
    let by_id: BTreeMap<String, &Value> = stored.iter().map(|one| (id_of(one), one)).collect();
    let mut expected: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in stored {
        let mut subject = Some(one);
        while let Some(named) = subject {
            let agent = if named["actor"]["mbox"].is_null() {
                json!({"account": named["actor"]["account"]})
            } else {
                json!({"mbox": named["actor"]["mbox"]})
            };
            expected.entry(agent.to_string()).or_default().insert(id_of(one));
            subject = named["object"]["id"].as_str().and_then(|id| by_id.get(id)).copied();
        }
    }
    assert!(expected.len() >= 9, "the load was a load");
    for (agent, ids) in expected {
        let mut found = BTreeSet::new();
        let mut next = query(&[("limit", "500"), ("agent", &agent)]);
        while !next.is_empty() {
            let page = tool.get(&next).await.expect(200).json();
            found.extend(ids_of(&page));
            next = page["more"].as_str().unwrap().to_owned();
        }
        assert!(found == ids, "{agent}: {} found, {} expected", found.len(), ids.len());
    }
}
