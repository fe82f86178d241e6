//! Sending: a batch after the other to each store, to some stores at a time.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use axum::http::header;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use reqwest::Body;
use tokio::time::Instant;
use url::Url;

use super::EVERY;
use super::store::{self, Forward};
use crate::core::{Error, ForwardId, Result};
use crate::jobs::Work;
use crate::lrs::attachments;
use crate::lrs::query::{self, Found};
use crate::outbound::{Reach, fault};
use crate::state::App;

/// Statements of one request.
const BATCH: i64 = 50;
/// Stores that are served at a time: a batch of each is in memory, some megabytes where statements are large.
const AT_ONCE: usize = 4;
/// Time for one request, files included.
const WHOLE: Duration = Duration::from_secs(120);

/// Sends on what waits, to every store whose time has come, until nothing waits any more. Each store has one request at a time,
/// so that its statements keep their order; one that answers slowly holds up no other.
pub async fn run(work: Work) -> Result<()> {
    let reach = Reach::new(&work.app.config.webhooks.allowed_networks).map_err(Error::internal)?;
    let mut under_way = FuturesUnordered::new();
    let mut busy: HashSet<ForwardId> = HashSet::new();
    // Those for which nothing waited when they were looked at last.
    let mut idle: HashSet<ForwardId> = HashSet::new();
    // Who was served longest ago comes first, so that a long queue leaves a place to the others.
    let mut served: HashMap<ForwardId, u64> = HashMap::new();
    let mut turn = 0;
    // While a slow store keeps us waiting, the others may have got something to be sent.
    let mut look = tokio::time::interval_at(Instant::now() + EVERY, EVERY);
    loop {
        // Read again each time: a store that was paused or failed is left alone from then on.
        let mut due = store::due(&mut work.app.db.read().await?, work.app.clock.now()).await?;
        due.retain(|forward| !busy.contains(&forward.id) && !idle.contains(&forward.id));
        due.sort_by_key(|forward| served.get(&forward.id).copied());
        for forward in due.into_iter().take(AT_ONCE - busy.len()) {
            turn += 1;
            served.insert(forward.id, turn);
            busy.insert(forward.id);
            let (work, reach) = (&work, &reach);
            under_way.push(async move { send_some(work, reach, &forward).await.map(|sent| (forward.id, sent)) });
        }
        tokio::select! {
            done = under_way.next() => {
                let Some(done) = done else { return Ok(()) };
                let (id, sent) = done?;
                busy.remove(&id);
                if !sent {
                    idle.insert(id);
                }
            }
            _ = look.tick() => idle.clear(),
        }
    }
}

/// What became of a request.
enum Outcome {
    Taken,
    /// The receiver wants these statements never, whoever sends them.
    Refused(String),
    /// Not this time.
    Failed(String),
}

/// Sends the next batch. Answers whether there was one, and it is dealt with.
async fn send_some(work: &Work, reach: &Reach, forward: &Forward) -> Result<bool> {
    let app = &work.app;
    let filter = forward.waiting(app).await?;
    let page = query::search(&mut app.db.read().await?, &filter, BATCH).await?;
    if page.found.is_empty() {
        return Ok(false);
    }
    match send(app, reach, forward, &page.found).await? {
        Outcome::Taken => dealt_with(work, forward, &page.found, None).await,
        Outcome::Failed(why) => put_off(work, forward, &why).await,
        Outcome::Refused(_) => {
            for one in page.found.chunks(1) {
                match send(app, reach, forward, one).await? {
                    Outcome::Taken => dealt_with(work, forward, one, None).await?,
                    Outcome::Refused(why) => dealt_with(work, forward, one, Some(&why)).await?,
                    Outcome::Failed(why) => return put_off(work, forward, &why).await,
                };
            }
            Ok(true)
        }
    }
}

/// Moves the place behind these statements, which arrived, or were refused for the reason given.
async fn dealt_with(work: &Work, forward: &Forward, found: &[Found], refused: Option<&str>) -> Result<bool> {
    let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let counts = if refused.is_some() { (0, count) } else { (count, 0) };
    let Some(last) = found.last() else { return Ok(false) };
    if let Some(why) = refused {
        tracing::warn!(forward = %forward.id, statement = %last.id, why, "a statement was not taken");
    }
    let mut tx = work.app.db.begin().await?;
    work.hold(&mut tx).await?;
    store::advance(&mut tx, forward.id, last.seq, counts, refused, work.app.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}

async fn put_off(work: &Work, forward: &Forward, why: &str) -> Result<bool> {
    tracing::warn!(forward = %forward.id, why, failures = forward.failures + 1, "statements wait for another store");
    let mut tx = work.app.db.begin().await?;
    work.hold(&mut tx).await?;
    store::failed(&mut tx, forward, why, work.app.clock.now()).await?;
    tx.commit().await?;
    Ok(false)
}

/// One request: the statements, with the files that came with them.
async fn send(app: &App, reach: &Reach, forward: &Forward, found: &[Found]) -> Result<Outcome> {
    let seqs: Vec<i64> = found.iter().map(|found| found.seq).collect();
    let enclosed = attachments::of_statements(&mut app.db.read().await?, &seqs).await?;
    let bodies: Vec<&str> = found.iter().map(|found| found.body.as_str()).collect();
    let text = format!("[{}]", bodies.join(","));
    let (kind, body) = if enclosed.is_empty() {
        ("application/json".to_owned(), Body::from(text))
    } else {
        let message = attachments::message(app, &text, enclosed);
        let kind = message.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        (kind.unwrap_or_default().to_owned(), Body::wrap_stream(message.into_body().into_data_stream()))
    };
    let Ok(url) = Url::parse(&format!("{}/statements", forward.url.trim_end_matches('/'))) else {
        return Ok(Outcome::Failed("address".to_owned()));
    };
    let client = match reach.client(&url) {
        Ok(client) => client,
        Err(why) => return Ok(Outcome::Failed(why.to_owned())),
    };
    let answer = client
        .post(url)
        .timeout(WHOLE)
        .basic_auth(&forward.login, Some(&forward.secret))
        .header("X-Experience-API-Version", &forward.version)
        .header(reqwest::header::USER_AGENT, concat!("Preau/", env!("CARGO_PKG_VERSION")))
        .header(reqwest::header::CONTENT_TYPE, kind)
        .body(body)
        .send()
        .await;
    // The body of the answer, the ids, is never read: its size is the receiver's affair.
    Ok(match answer.map(|answer| answer.status().as_u16()) {
        Ok(200..300) => Outcome::Taken,
        // 1.0.3 Communication 3.2: what the statements say is wrong, taken already by others, or too much.
        Ok(status @ (400 | 409 | 413 | 422)) => Outcome::Refused(status.to_string()),
        Ok(status) => Outcome::Failed(status.to_string()),
        Err(wrong) => Outcome::Failed(fault(&wrong).to_owned()),
    })
}
