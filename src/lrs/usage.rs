//! How much each credential and token is used: counted in memory, added to the database now and then.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use sqlx::FromRow;

use crate::core::{Result, Timestamp};
use crate::on_db;
use crate::state::App;
use crate::storage::Tx;

/// Days that are told on the pages.
pub const TOLD: i64 = 30;
/// Days after which counts are of no use any more.
const KEPT: Duration = Duration::from_secs(400 * 24 * 3600);
/// Rows in one INSERT.
const ROWS: usize = 500;

/// What a request was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Read,
    Write,
    /// Whatever it wanted, it was not allowed, wrong, or too much.
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counts {
    reads: i64,
    writes: i64,
    refused: i64,
    last_at: Timestamp,
}

/// What was counted since it was last added to the database. As many entries as there are credentials in use, a day or two.
#[derive(Default)]
pub struct Usage(Mutex<BTreeMap<(String, Date), Counts>>);

impl Usage {
    pub fn count(&self, app: &App, holder: String, act: Act) {
        let now = app.clock.now();
        self.add(
            (holder, day(app, now)),
            Counts {
                reads: i64::from(act == Act::Read),
                writes: i64::from(act == Act::Write),
                refused: i64::from(act == Act::Refused),
                last_at: now,
            },
        );
    }

    fn add(&self, key: (String, Date), more: Counts) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = open.entry(key).or_insert(Counts { reads: 0, writes: 0, refused: 0, last_at: more.last_at });
        counts.reads += more.reads;
        counts.writes += more.writes;
        counts.refused += more.refused;
        counts.last_at = counts.last_at.max(more.last_at);
    }

    /// Adds what was counted to the database. What cannot be added now is kept for the next time.
    pub async fn flush(&self, app: &App) -> Result<()> {
        let open = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if open.is_empty() {
            return Ok(());
        }
        let outcome = keep(app, &open).await;
        if outcome.is_err() {
            open.into_iter().for_each(|(key, counts)| self.add(key, counts));
        }
        outcome
    }
}

/// The day it is where the organisation is.
fn day(app: &App, moment: Timestamp) -> Date {
    moment.jiff().to_zoned(app.config.time_zone.clone()).date()
}

async fn keep(app: &App, open: &BTreeMap<(String, Date), Counts>) -> Result<()> {
    // In the order of the keys, so that two servers never wait for each other.
    let rows: Vec<(&str, String, Counts)> =
        open.iter().map(|((holder, day), counts)| (holder.as_str(), day.to_string(), *counts)).collect();
    let mut tx = app.db.begin().await?;
    for rows in rows.chunks(ROWS) {
        on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new("INSERT INTO lrs_use (holder, day, reads, writes, refused, last_at) ");
            query.push_values(rows, |mut values, (holder, day, counts)| {
                values
                    .push_bind(*holder)
                    .push_bind(day.as_str())
                    .push_bind(counts.reads)
                    .push_bind(counts.writes)
                    .push_bind(counts.refused)
                    .push_bind(counts.last_at);
            });
            query.push(
                " ON CONFLICT (holder, day) DO UPDATE SET reads = lrs_use.reads + excluded.reads,
                writes = lrs_use.writes + excluded.writes, refused = lrs_use.refused + excluded.refused,
                last_at = CASE WHEN excluded.last_at > lrs_use.last_at THEN excluded.last_at ELSE lrs_use.last_at END",
            );
            query.build().execute(c).await.map(drop)
        })?;
        on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new(
                "UPDATE lrs_credential SET last_used_at =
                (SELECT MAX(u.last_at) FROM lrs_use u WHERE u.holder = lrs_credential.key) WHERE key IN (",
            );
            let mut list = query.separated(", ");
            for (holder, _, _) in rows {
                list.push_bind(*holder);
            }
            query.push(")");
            query.build().execute(c).await.map(drop)
        })?;
    }
    tx.commit().await
}

/// The use of one day, or of several together.
#[derive(Clone, Debug, Default, FromRow)]
pub struct Used {
    /// The holder, or the day.
    pub what: String,
    pub reads: i64,
    pub writes: i64,
    pub refused: i64,
}

impl Used {
    pub fn all(&self) -> i64 {
        self.reads + self.writes + self.refused
    }
}

const BY_HOLDER: &str =
    "SELECT holder AS what, CAST(SUM(reads) AS BIGINT) AS reads, CAST(SUM(writes) AS BIGINT) AS writes,
    CAST(SUM(refused) AS BIGINT) AS refused FROM lrs_use WHERE day > $1 GROUP BY holder ORDER BY holder";
const BY_DAY: &str =
    "SELECT day AS what, reads, writes, refused FROM lrs_use WHERE holder = $1 AND day > $2 ORDER BY day DESC";

/// What each holder used in the last [`TOLD`] days.
pub async fn by_holder(tx: &mut Tx, app: &App) -> Result<Vec<Used>> {
    let since = first_told(app);
    Ok(on_db!(tx, c => sqlx::query_as(BY_HOLDER).bind(since).fetch_all(c).await)?)
}

/// What one holder used on each of the last [`TOLD`] days, the latest first.
pub async fn by_day(tx: &mut Tx, app: &App, holder: &str) -> Result<Vec<Used>> {
    let since = first_told(app);
    Ok(on_db!(tx, c => sqlx::query_as(BY_DAY).bind(holder).bind(since).fetch_all(c).await)?)
}

/// The day before the first that is told.
fn first_told(app: &App) -> String {
    let past = Duration::from_secs(TOLD.unsigned_abs() * 24 * 3600);
    day(app, app.clock.now().minus(past)).to_string()
}

const SWEEP: &str = "DELETE FROM lrs_use WHERE day < $1";

/// Removes the counts of long ago. Answers how many rows there were.
pub async fn sweep(app: &App) -> Result<u64> {
    let past = day(app, app.clock.now().minus(KEPT)).to_string();
    let mut tx = app.db.begin().await?;
    let swept = on_db!(tx, c => sqlx::query(SWEEP).bind(past).execute(c).await.map(|done| done.rows_affected()))?;
    tx.commit().await?;
    Ok(swept)
}
