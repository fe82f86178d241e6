//! The Learning Record Store over the wire, and beside each figure what the database alone can do.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use preau::core::Sequence;
use preau::storage::Db;
use preau::xapi::{ActivityKey, Ifi, VerbKey};
use uuid::Uuid;

use super::raw::{self, Reading, Rows};
use super::server::{Server, Where};
use super::wire::Wire;

/// What is measured.
#[derive(clap::Args)]
pub struct Store {
    #[command(flatten)]
    at: Where,
    /// Statements in the store, one measurement each.
    #[arg(long, value_delimiter = ',', default_values_t = [100_000, 1_000_000])]
    statements: Vec<usize>,
    /// How long each way of writing is measured.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Requests for each way of reading.
    #[arg(long, default_value_t = 400)]
    requests: usize,
}

/// Statements of a request while the store is filled, and connections that do so.
const FILL: usize = 250;
const FILLING: usize = 4;
/// Statements of a measured batch, and connections that send them.
const BATCH: usize = 100;
const BATCHING: usize = 8;

/// Sessions, and the people who have them: the next as many are of others, so that what one person has done does not depend on
/// the store's size. A million statements are of ten thousand people.
const SESSIONS: usize = 5_000;
const PEOPLE: usize = 1_000;
const COURSES: usize = 100;
const LESSONS: usize = 10;
const VERBS: [&str; 6] = ["initialized", "progressed", "completed", "passed", "failed", "terminated"];
/// Statements of one registration.
const SESSION: usize = 20;

fn verb(n: usize) -> String {
    format!("http://adlnet.gov/expapi/verbs/{}", VERBS[n % VERBS.len()])
}
fn person(n: usize) -> String {
    let session = n / SESSION;
    format!("agent-{:05}", session / SESSIONS * PEOPLE + session * 7_919 % PEOPLE)
}
fn course(n: usize) -> String {
    format!("https://mesure.preau.example/courses/{}", n / SESSION % COURSES)
}
fn lesson(n: usize) -> String {
    format!("{}/lessons/{}", course(n), n * 31 % LESSONS)
}
fn registration(n: usize) -> Uuid {
    Uuid::from_u64_pair(0x5ea5_0000_0000_4000, 0x8000_0000_0000_0000 | (n / SESSION) as u64)
}

/// Statement number `n`: what a learner does in a lesson, about a kilobyte.
fn statement(n: usize) -> String {
    let (person, verb, course, lesson, registration) = (person(n), verb(n), course(n), lesson(n), registration(n));
    let (id, minute, scaled) = (Uuid::new_v4(), n / 60 % 60, (n % 100) as f64 / 100.0);
    let (word, second) = (VERBS[n % VERBS.len()], n % 60);
    format!(
        r#"{{"id":"{id}","actor":{{"objectType":"Agent","name":"{person}","account":{{"homePage":"https://mesure.preau.example","name":"{person}"}}}},"verb":{{"id":"{verb}","display":{{"en":"{word}","fr":"{word}"}}}},"object":{{"objectType":"Activity","id":"{lesson}","definition":{{"name":{{"fr":"Leçon de sécurité routière","en":"Road safety lesson"}},"type":"http://adlnet.gov/expapi/activities/lesson"}}}},"result":{{"score":{{"scaled":{scaled}}},"duration":"PT{minute}M{second}S","extensions":{{"https://w3id.org/xapi/cmi5/result/extensions/progress":{second}}}}},"context":{{"registration":"{registration}","contextActivities":{{"parent":[{{"id":"{course}","definition":{{"type":"http://adlnet.gov/expapi/activities/course"}}}}],"category":[{{"id":"https://w3id.org/xapi/cmi5/context/categories/cmi5"}}]}},"platform":"mesure","language":"fr","extensions":{{"https://w3id.org/xapi/cmi5/context/extensions/sessionid":"{registration}"}}}},"timestamp":"2026-11-21T10:{minute:02}:{second:02}.123Z"}}"#
    )
}

fn batch(from: usize, count: usize) -> String {
    format!("[{}]", (from..from + count).map(statement).collect::<Vec<_>>().join(","))
}

/// A line of the table.
struct Line {
    what: String,
    ours: String,
    raw: String,
    ratio: String,
}

/// Measures one database; prints one table for each size.
pub async fn store(what: &Store) -> anyhow::Result<()> {
    let place = what.at.install("preau_bench").await?;
    let mut count = 0;
    for size in &what.statements {
        let server = place.serve().await?;
        fill(&server, &mut count, *size).await?;
        settle().await?;
        let mut lines = Vec::new();
        let gets = reads(&server, what.requests, count).await?;
        let mut writes = Vec::new();
        for (name, connections, each) in [
            ("single POSTs, 8 connections", 8, 1),
            ("single POSTs, 64 connections", 64, 1),
            ("batches of 100, 8 connections", BATCHING, BATCH),
        ] {
            let rate = posts(&server, &mut count, connections, each, Duration::from_secs(what.seconds)).await?;
            writes.push((name, connections * each, rate));
        }
        let (now, most) = server.memory();
        server.stop().await?;
        settle().await?;

        let db = Db::connect(&place.database).await?;
        let rows = Rows::latest(&db).await?;
        for (name, group, rate) in writes {
            let mut best = 0.0_f64;
            // The best the database does with so many statements under way: by one connection, or by a few.
            for writers in if what.at.postgres.is_some() { [1, 4].as_slice() } else { &[1] } {
                let group = group.div_ceil(usize::try_from(*writers)?);
                best = best.max(raw::write(&db, &rows, group, *writers, Duration::from_secs(what.seconds)).await?);
            }
            lines.push(Line {
                what: name.to_owned(),
                ours: format!("{rate:.0}/s"),
                raw: format!("{best:.0}/s"),
                ratio: format!("{:.0} %", rate / best * 100.0),
            });
        }
        for (name, mut times, readings) in gets {
            let mut bare = Vec::with_capacity(readings.len());
            for reading in readings {
                let begun = Instant::now();
                raw::read(&db, &reading).await?;
                bare.push(begun.elapsed());
            }
            let (ours, raw) = (quantiles(&mut times), quantiles(&mut bare));
            lines.push(Line {
                what: format!("GET {name}"),
                ours: format!("{:.2} / {:.2} ms", ours.0, ours.1),
                raw: format!("{:.2} / {:.2} ms", raw.0, raw.1),
                ratio: format!("{:.0} %", raw.0 / ours.0 * 100.0),
            });
        }
        db.close().await;
        let name = if what.at.postgres.is_some() { "PostgreSQL" } else { "SQLite" };
        println!("\n{name}, {size} statements in the store before (GET: p50 / p95)");
        println!("{:<32} {:>18} {:>18} {:>7}", "", "Préau", "bare loop", "ratio");
        for line in lines {
            println!("{:<32} {:>18} {:>18} {:>7}", line.what, line.ours, line.raw, line.ratio);
        }
        println!("{:<32} {:>18}", "memory at the end / at most", format!("{now:.0} / {most:.0} MB"));
    }
    Ok(())
}

/// Waits until the disk has all that was written: what is measured then has it for itself.
async fn settle() -> anyhow::Result<()> {
    let done = tokio::process::Command::new("sync").status().await?;
    anyhow::ensure!(done.success(), "sync ended with {done}");
    Ok(())
}

/// Stores statements until there are `size`.
async fn fill(server: &Server, count: &mut usize, size: usize) -> anyhow::Result<()> {
    let (begun, from) = (Instant::now(), *count);
    let (address, authorization) = (server.address, server.authorization.as_str());
    let filling = (0..FILLING).map(|part| async move {
        let mut wire = Wire::open(address, authorization).await?;
        for first in (from..size).step_by(FILL).skip(part).step_by(FILLING) {
            wire.post(&batch(first, FILL.min(size - first))).await?;
        }
        anyhow::Ok(())
    });
    futures_util::future::try_join_all(filling).await?;
    *count = size.max(from);
    let seconds = begun.elapsed().as_secs_f64();
    let each = (*count - from) as f64 / seconds;
    eprintln!("filled from {from} to {count} statements in {seconds:.0} s ({each:.0}/s in batches of {FILL})");
    Ok(())
}

/// Statements per second over so many connections, `each` in a request.
async fn posts(
    server: &Server,
    count: &mut usize,
    connections: usize,
    each: usize,
    time: Duration,
) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let (address, authorization, from) = (server.address, server.authorization.clone(), *count);
    let tasks: Vec<_> = (0..connections)
        .map(|part| {
            tokio::spawn(post_until(
                address,
                authorization.clone(),
                from + part * each,
                connections * each,
                each,
                begun,
                time,
            ))
        })
        .collect();
    let mut sent = 0;
    for task in tasks {
        sent += task.await??;
    }
    *count += sent;
    Ok(sent as f64 / begun.elapsed().as_secs_f64())
}

async fn post_until(
    address: SocketAddr,
    authorization: String,
    mut next: usize,
    step: usize,
    each: usize,
    begun: Instant,
    time: Duration,
) -> anyhow::Result<usize> {
    let mut wire = Wire::open(address, &authorization).await?;
    let mut sent = 0;
    while begun.elapsed() < time {
        wire.post(&if each == 1 { statement(next) } else { batch(next, each) }).await?;
        next += step;
        sent += each;
    }
    Ok(sent)
}

type Read = (&'static str, Vec<Duration>, Vec<Reading>);

/// The times of each way of reading, and what a bare loop has to read for the same.
async fn reads(server: &Server, requests: usize, count: usize) -> anyhow::Result<Vec<Read>> {
    let mut wire = Wire::open(server.address, &server.authorization).await?;
    // As many registrations apart as there are requests.
    let places: Vec<usize> = (0..requests).map(|n| n * (count / requests)).collect();
    let agent = |n: usize| Ifi::Account { home_page: "https://mesure.preau.example".into(), name: person(n) };
    let agent_json =
        |n: usize| format!(r#"{{"account":{{"homePage":"https://mesure.preau.example","name":"{}"}}}}"#, person(n));
    let path = |pairs: &[(&str, String)]| {
        let pairs = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("/xapi/statements?{pairs}")
    };
    // Numbers of src/lrs/links.rs.
    let (by_agent, by_activity, by_verb, by_registration) = (0, 2, 4, 5);

    let mut first = page(&mut wire, &path(&[])).await?;
    let newest = first.1;
    for _ in 2..200 {
        first = page(&mut wire, &first.0).await?;
    }
    let (page_200, oldest) = first;
    let middle = preau::xapi::exact(Sequence::moment(oldest));

    let kinds: Vec<(&'static str, Vec<(String, Reading)>)> = vec![
        (
            "by agent and verb",
            places
                .iter()
                .map(|n| {
                    let keys = ((by_agent, agent(*n).key().0), (by_verb, VerbKey::of(&verb(*n)).0));
                    (path(&[("agent", agent_json(*n)), ("verb", verb(*n))]), Reading::Both(keys.0, keys.1))
                })
                .collect(),
        ),
        (
            "by activity",
            places
                .iter()
                .map(|n| {
                    (path(&[("activity", lesson(*n))]), Reading::One((by_activity, ActivityKey::of(&lesson(*n)).0)))
                })
                .collect(),
        ),
        (
            "by registration",
            places
                .iter()
                .map(|n| {
                    (
                        path(&[("registration", registration(*n).to_string())]),
                        Reading::One((by_registration, registration(*n))),
                    )
                })
                .collect(),
        ),
        ("by since", places.iter().map(|_| (path(&[("since", middle.clone())]), Reading::Before(i64::MAX))).collect()),
        ("first page", places.iter().map(|_| (path(&[]), Reading::Before(newest))).collect()),
        ("page 200", places.iter().map(|_| (page_200.clone(), Reading::Before(oldest))).collect()),
    ];
    let mut done = Vec::new();
    for (name, asked) in kinds {
        let mut times = Vec::with_capacity(asked.len());
        let mut readings = Vec::with_capacity(asked.len());
        for (path, reading) in asked {
            let begun = Instant::now();
            wire.get(&path).await?;
            times.push(begun.elapsed());
            readings.push(reading);
        }
        done.push((name, times, readings));
    }
    Ok(done)
}

/// The address of the page after this one, and the number before which it begins.
async fn page(wire: &mut Wire, path: &str) -> anyhow::Result<(String, i64)> {
    let page: serde_json::Value = serde_json::from_slice(&wire.get(path).await?)?;
    let more = page["more"].as_str().unwrap_or_default().to_owned();
    let cursor = more.rsplit("cursor=").next().and_then(|cursor| cursor.parse().ok());
    Ok((more, cursor.unwrap_or(i64::MAX)))
}

/// Median and what one request in twenty exceeds, in milliseconds.
fn quantiles(times: &mut [Duration]) -> (f64, f64) {
    times.sort();
    let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)].as_secs_f64() * 1000.0;
    (at(0.5), at(0.95))
}
