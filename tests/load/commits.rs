//! Commits of SCORM content of many learners at once over the wire, and beside the figures what the database alone can do.

use std::io::{Cursor, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use preau::on_db;
use preau::scorm::record::Record;
use preau::storage::{Db, Tx};
use serde_json::{Map, Value, json};
use tokio::time::Instant as Moment;
use uuid::Uuid;

use super::raw::{self, Rows};
use super::server::{APPLICATION, CONTENT, Installation, Where, host};
use super::wire::Wire;

/// What is measured.
#[derive(clap::Args)]
pub struct Commits {
    #[command(flatten)]
    at: Where,
    /// Learners, each with content open and a connection of their own.
    #[arg(long, default_value_t = 2_000)]
    learners: usize,
    /// How long each way is measured.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// Seconds between two commits of a learner, where they take their time.
    #[arg(long, default_value_t = 10)]
    pause: u64,
    /// Characters of the place in the content that each commit brings; one learner in a hundred brings 64,000.
    #[arg(long, default_value_t = 2_000)]
    size: usize,
}

/// Connections that open the content.
const OPENING: usize = 8;
/// Activities of the course.
const ACTIVITIES: usize = 10;
/// Commits that the bare loop takes into one transaction, and transactions at a time on PostgreSQL.
const GROUPS: [usize; 3] = [1, 16, 128];
const WRITERS: [usize; 3] = [1, 4, 16];

/// Somebody with content open.
struct Learner {
    wire: Wire,
    head: String,
    path: String,
    registration: Uuid,
    lease: i64,
    size: usize,
    /// Commits sent; each that was answered was acknowledged.
    sent: i64,
}

impl Learner {
    /// What the content tells the next time: its place always, a question every third time, a result every tenth.
    fn next(&mut self) -> Value {
        self.sent += 1;
        let n = self.sent;
        let mut set = Map::new();
        let mut put = |name: String, value: String| drop(set.insert(name, value.into()));
        put("cmi.location".to_owned(), format!("page-{n}"));
        put("cmi.suspend_data".to_owned(), format!("{n};").repeat(self.size).chars().take(self.size).collect());
        if n % 3 == 0 {
            let place = format!("cmi.interactions.{}", n / 3 - 1);
            for (name, value) in [
                ("id", format!("question-{n}")),
                ("type", "choice".to_owned()),
                ("learner_response", "a[,]c".to_owned()),
                ("result", "correct".to_owned()),
                ("latency", "PT12S".to_owned()),
                ("weighting", "1".to_owned()),
            ] {
                put(format!("{place}.{name}"), value);
            }
        }
        if n % 10 == 0 {
            put("cmi.score.scaled".to_owned(), format!("0.{}", 10 + n / 10 % 90));
            put("cmi.completion_status".to_owned(), if n % 20 == 0 { "completed" } else { "incomplete" }.to_owned());
        }
        json!({"lease": self.lease, "sequence": n, "set": set, "session_time": format!("PT{n}S"), "terminate": false})
    }

    /// Sends a commit; it must be applied whole.
    async fn commit(&mut self) -> anyhow::Result<()> {
        let body = self.next().to_string();
        let answer = self.wire.ask("POST", &self.path, &self.head, &body).await?;
        let told = || String::from_utf8_lossy(&answer.body).into_owned();
        ensure!(answer.status == 200, "{} {}: {}", self.path, answer.status, told());
        let said: Value = serde_json::from_slice(&answer.body)?;
        ensure!(said["applied"] == true && said["sequence"] == self.sent && said.get("rejected").is_none(), told());
        Ok(())
    }
}

/// Measures one database and prints its table.
pub async fn commits(what: &Commits) -> anyhow::Result<()> {
    let place = what.at.install("preau_bench_commits").await?;
    let server = place.serve().await?;
    let mut learners = open(what, &place, server.address).await?;
    let time = Duration::from_secs(what.seconds);

    let db = Db::connect(&place.database).await?;
    let before = statements(&db).await?;
    let mut paced = run(&mut learners, time, Some(Duration::from_secs(what.pause))).await?;
    let mut fast = run(&mut learners, time, None).await?;
    let (now, most) = server.memory();
    server.stop().await?;
    let sent: i64 = learners.iter().map(|learner| learner.sent).sum();
    let found = found(&db, &learners).await?;
    let said = (statements(&db).await? - before) as f64 / sent as f64;

    let bare = Bare { rows: Rows::latest(&db).await?, states: states(&db).await?, said };
    let mut alone = bare.run(&db, 1, 1, time / 4).await?;
    let mut best = alone.rate;
    for writers in if what.at.postgres.is_some() { WRITERS.as_slice() } else { &[1] } {
        for group in GROUPS {
            best = best.max(bare.run(&db, *writers, group, time / 8).await?.rate);
        }
    }
    db.close().await;

    let name = if what.at.postgres.is_some() { "PostgreSQL" } else { "SQLite" };
    let times = |times: &mut Vec<Duration>| {
        let (p50, p99) = quantiles(times);
        format!("{p50:.1} / {p99:.1} ms")
    };
    println!("\n{name}, {} learners at once ({said:.2} statements a commit; times are p50 / p99)", what.learners);
    println!("{:<34} {:>18} {:>18} {:>7}", "", "Préau", "bare loop", "ratio");
    let line = |what: &str, ours: &str, raw: &str, ratio: &str| println!("{what:<34} {ours:>18} {raw:>18} {ratio:>7}");
    line(&format!("one every {} s: commits", what.pause), &format!("{:.0}/s", paced.rate), "", "");
    line(&format!("one every {} s: time", what.pause), &times(&mut paced.times), &times(&mut alone.times), "");
    let share = format!("{:.0} %", fast.rate / best * 100.0);
    line("as fast as it goes: commits", &format!("{:.0}/s", fast.rate), &format!("{best:.0}/s"), &share);
    line("as fast as it goes: time", &times(&mut fast.times), "", "");
    line("memory at the end / at most", &format!("{now:.0} / {most:.0} MB"), "", "");
    line("acknowledged / found again", &format!("{sent} / {found}"), "", "");
    ensure!(sent == found, "{} acknowledged commits are lost", sent - found);
    Ok(())
}

/// A course of SCORM 2004, imported, and its content opened for every learner as another system does.
async fn open(what: &Commits, place: &Installation, address: SocketAddr) -> anyhow::Result<Vec<Learner>> {
    let package = what.at.folder.join("course.zip");
    std::fs::write(&package, course()?)?;
    let path = package.to_str().context("a path that is text")?;
    let imported = place.command_line(address, &["import", path]).await?;
    let course = imported["courses"][0]["id"].as_str().context("no course")?.to_owned();
    let token =
        place.command_line(address, &["token", "create", "--name", "Mesure", "--scope", "launches/write"]).await?;
    let token = token["token"].as_str().context("no token")?.to_owned();
    let begun = Instant::now();
    let opening = (0..OPENING).map(|part| {
        let (course, token) = (course.clone(), token.clone());
        let (learners, size) = (what.learners, what.size);
        tokio::spawn(async move {
            let mut opened = Vec::new();
            for n in (part..learners).step_by(OPENING) {
                let size = if n % 100 == 0 { 64_000 } else { size };
                opened.push(open_one(address, &course, &token, n, size).await?);
            }
            anyhow::Ok(opened)
        })
    });
    let mut learners = Vec::new();
    for opened in futures_util::future::join_all(opening).await {
        learners.extend(opened??);
    }
    eprintln!("{} learners opened the content in {:.0} s", learners.len(), begun.elapsed().as_secs_f64());
    Ok(learners)
}

async fn open_one(address: SocketAddr, course: &str, token: &str, n: usize, size: usize) -> anyhow::Result<Learner> {
    let mut wire = Wire::open(address, "").await?;
    let (own, content) = (host(APPLICATION, address), host(CONTENT, address));
    let json = "Content-Type: application/json\r\nAccept: application/json\r\n";
    let order = json!({"course": course, "activity": n % ACTIVITIES, "actor": {"name": format!("Personne {n}"),
        "account": {"homePage": "https://mesure.preau.example", "name": format!("personne-{n}")}}});
    let head = format!("Host: {own}\r\nAuthorization: Bearer {token}\r\n{json}");
    let answer = wire.ask("POST", "/api/v1/launches", &head, &order.to_string()).await?;
    ensure!(answer.status == 201, "{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    let launch: Value = serde_json::from_slice(&answer.body)?;
    let text = |value: &Value| value.as_str().map(str::to_owned).context("no text");

    let url: url::Url = text(&launch["url"])?.parse()?;
    let answer = wire.ask("GET", url.path(), &format!("Host: {own}\r\n"), "").await?;
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).context("no cookie")?;
    let page = answer.header("location").context("no page")?.to_owned();
    let head = format!("Host: {own}\r\nOrigin: http://{own}\r\nCookie: {cookie}\r\n{json}");
    let answer = wire.ask("POST", &format!("{page}/launch"), &head, r#"{"mode":"normal"}"#).await?;
    ensure!(answer.status == 200, "{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    let opened: Value = serde_json::from_slice(&answer.body)?;
    let secret = text(&opened["secret"])?;
    Ok(Learner {
        wire,
        head: format!("Host: {content}\r\nOrigin: http://{content}\r\nAuthorization: Bearer {secret}\r\n{json}"),
        path: text(&opened["commit_url"])?.parse::<url::Url>()?.path().to_owned(),
        registration: text(&launch["registration"])?.parse()?,
        lease: opened["lease"].as_i64().context("no lease")?,
        size,
        sent: 0,
    })
}

/// A package of activities that may be taken in any order.
fn course() -> anyhow::Result<Vec<u8>> {
    let mut items = String::new();
    for n in 0..ACTIVITIES {
        items += &format!(r#"<item identifier="I{n}" identifierref="R"><title>Étape {n}</title></item>"#);
    }
    let manifest = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><manifest identifier="MESURE" version="1.0"
        xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
        xmlns:imsss="http://www.imsglobal.org/xsd/imsss"><metadata><schema>ADL SCORM</schema>
        <schemaversion>2004 4th Edition</schemaversion></metadata><organizations default="O"><organization identifier="O">
        <title>Mesure</title>{items}<imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing>
        </organization></organizations><resources><resource identifier="R" type="webcontent" adlcp:scormType="sco"
        href="page.html"><file href="page.html"/></resource></resources></manifest>"#
    );
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("imsmanifest.xml", manifest.as_str()), ("page.html", "<!doctype html><title>Page</title>")] {
        archive.start_file(name, zip::write::SimpleFileOptions::default())?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// How commits were taken.
struct Taken {
    rate: f64,
    times: Vec<Duration>,
}

/// Every learner commits, with a pause or as soon as the commit before is acknowledged. A time runs from the moment at which a commit
/// was due: whoever is held up is not measured less often for it.
async fn run(learners: &mut Vec<Learner>, time: Duration, pause: Option<Duration>) -> anyhow::Result<Taken> {
    let (begun, count) = (Moment::now(), learners.len() as u32);
    let tasks = (0_u32..).zip(std::mem::take(learners)).map(|(n, mut learner)| {
        tokio::spawn(async move {
            let mut times = Vec::new();
            let mut due = begun + pause.map_or(Duration::ZERO, |pause| pause * n / count);
            while due < begun + time {
                tokio::time::sleep_until(due).await;
                learner.commit().await?;
                times.push(due.elapsed());
                due = pause.map_or_else(Moment::now, |pause| due + pause);
            }
            anyhow::Ok((learner, times))
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut times = Vec::new();
    for task in tasks {
        let (learner, taken) = task.await??;
        learners.push(learner);
        times.extend(taken);
    }
    Ok(Taken { rate: times.len() as f64 / begun.elapsed().as_secs_f64(), times })
}

const STATES: &str = "SELECT r.registration_id, r.activity_index, r.elements, l.id, l.sequence, g.sequencing \
    FROM runtime_state r JOIN launch l ON l.registration_id = r.registration_id AND l.activity_index = r.activity_index \
    JOIN registration g ON g.id = r.registration_id ORDER BY r.registration_id";

type State = (Uuid, i32, String, Uuid, i64, Option<String>);

async fn states(db: &Db) -> anyhow::Result<Vec<State>> {
    let mut tx = db.read().await?;
    Ok(on_db!(tx, c => sqlx::query_as(STATES).fetch_all(c).await)?)
}

async fn statements(db: &Db) -> anyhow::Result<i64> {
    let mut tx = db.read().await?;
    Ok(on_db!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM statement").fetch_one(c).await)?)
}

/// The commits that are in the database: the last of each learner with what it brought, and every question before it.
async fn found(db: &Db, learners: &[Learner]) -> anyhow::Result<i64> {
    let states = states(db).await?;
    let mut found = 0;
    for learner in learners {
        let state =
            states.iter().find(|state| state.0 == learner.registration).context("a learner without a record")?;
        let record: Record = serde_json::from_str(&state.2)?;
        let value = |name: &str| record.elements.get(name).map(String::as_str);
        let n = value("cmi.location").and_then(|place| place.strip_prefix("page-")?.parse::<i64>().ok());
        let answers =
            (0..learner.sent / 3).filter(|n| value(&format!("cmi.interactions.{n}.result")).is_some()).count();
        let is_whole = answers as i64 == learner.sent / 3 && state.4 == learner.sent;
        found += n.filter(|_| is_whole).unwrap_or_default();
    }
    Ok(found)
}

/// What a bare loop writes for a commit: the rows that the server writes.
struct Bare {
    rows: Rows,
    states: Vec<State>,
    /// Statements of a commit.
    said: f64,
}

const SAVE: &str = "INSERT INTO runtime_state (registration_id, activity_index, elements, updated_at) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (registration_id, activity_index) DO UPDATE SET elements = excluded.elements, updated_at = excluded.updated_at";
const APPLIED: &str = "UPDATE launch SET sequence = $2 WHERE id = $1";
const SEQUENCED: &str = "UPDATE registration SET current_index = $2, sequencing = $3 WHERE id = $1";
const PROGRESSED: &str = "UPDATE registration_progress SET last_at = $2 WHERE registration_id = $1";

impl Bare {
    /// Commits by so many `writers` at a time, `group` of them in a transaction.
    async fn run(&self, db: &Db, writers: usize, group: usize, time: Duration) -> anyhow::Result<Taken> {
        let (begun, base) = (Instant::now(), preau::core::Clock::system().now().0);
        let each = self.states.len() / writers;
        let writing = (0..writers).map(|writer| async move {
            let mine = &self.states[writer * each..(writer + 1) * each];
            let (mut done, mut owed, mut said, mut times) = (0, 0.0, 0_i64, Vec::new());
            while begun.elapsed() < time {
                let beginning = Instant::now();
                owed += self.said * group as f64;
                let keys: Vec<(i64, Uuid, usize)> = (said..said + owed as i64)
                    .map(|n| ((base + n) << 12 | writer as i64, Uuid::new_v4(), n as usize % self.rows.count().max(1)))
                    .collect();
                said += keys.len() as i64;
                owed -= keys.len() as f64;
                let mut tx = db.begin().await?;
                for n in 0..group {
                    write_one(&mut tx, &mine[(done + n) % mine.len()], begun.elapsed().as_micros() as i64).await?;
                }
                if !keys.is_empty() {
                    raw::write_group(&mut tx, &self.rows, &keys).await?;
                }
                tx.commit().await?;
                done += group;
                times.push(beginning.elapsed());
            }
            anyhow::Ok((done, times))
        });
        let (mut done, mut times) = (0, Vec::new());
        for (count, taken) in futures_util::future::try_join_all(writing).await? {
            done += count;
            times.extend(taken);
        }
        Ok(Taken { rate: done as f64 / begun.elapsed().as_secs_f64(), times })
    }
}

async fn write_one(tx: &mut Tx, state: &State, now: i64) -> anyhow::Result<()> {
    let (registration, index, elements, launch, sequence, sequencing) = state;
    on_db!(tx, c => {
        sqlx::query(SAVE).bind(registration).bind(index).bind(elements).bind(now).execute(&mut *c).await?;
        sqlx::query(APPLIED).bind(launch).bind(sequence + now).execute(&mut *c).await?;
        sqlx::query(SEQUENCED).bind(registration).bind(index).bind(sequencing).execute(&mut *c).await?;
        sqlx::query(PROGRESSED).bind(registration).bind(now).execute(&mut *c).await?;
    });
    Ok(())
}

/// Median and what one commit in a hundred exceeds, in milliseconds.
fn quantiles(times: &mut [Duration]) -> (f64, f64) {
    times.sort();
    let at = |share: f64| {
        let place = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
        times.get(place).copied().unwrap_or_default().as_secs_f64() * 1000.0
    };
    (at(0.5), at(0.99))
}
