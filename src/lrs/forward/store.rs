//! Rows of the stores that statements are sent on to.

use std::time::Duration;

use sqlx::FromRow;

use crate::core::{Error, ForwardId, PersonId, Result, Timestamp};
use crate::lrs::export::Asked;
use crate::lrs::query::Filter;
use crate::on_db;
use crate::state::App;
use crate::storage::Tx;

/// The pause after the first failure; each further one is twice as long, up to [`MOST_DOUBLED`].
const FIRST_PAUSE: Duration = Duration::from_secs(10);
/// 10 s doubled so often are about an hour and a half.
const MOST_DOUBLED: u32 = 9;
/// What was stored so short a time ago is not sent yet: another process may be about to commit a smaller number.
const SETTLING: Duration = Duration::from_secs(5);

/// A store that gets statements of ours.
#[derive(Clone, Debug, FromRow)]
pub struct Forward {
    pub id: ForwardId,
    pub name: String,
    /// The address below which its `statements` are.
    pub url: String,
    /// The edition of xAPI it is spoken to in.
    pub version: String,
    pub login: String,
    pub secret: String,
    filter: String,
    /// The last statement it has, or that was passed over.
    pub seq: i64,
    pub sent: i64,
    pub skipped: i64,
    pub failures: i32,
    /// Why the last try failed: a status, or a code as webhooks have it.
    pub fault: Option<String>,
    pub next_at: Timestamp,
    pub paused_at: Option<Timestamp>,
}

impl Forward {
    /// Which statements it gets.
    pub fn asked(&self) -> Result<Asked> {
        serde_json::from_str(&self.filter).map_err(Error::internal)
    }

    /// What is to be sent next.
    pub async fn waiting(&self, app: &App) -> Result<Filter> {
        let mut filter = self.asked()?.filter(app).await?;
        let settled = app.clock.now().minus(SETTLING);
        filter.until = Some(filter.until.map_or(settled, |until| until.min(settled)));
        filter.cursor = Some(self.seq);
        Ok(filter)
    }
}

/// A store to be added.
pub struct New<'a> {
    pub name: &'a str,
    pub url: &'a str,
    pub version: &'a str,
    pub login: &'a str,
    pub secret: &'a str,
    pub asked: &'a Asked,
    /// Statements behind this number.
    pub seq: i64,
    pub by: PersonId,
}

const ALL: &str =
    "SELECT id, name, url, version, login, secret, filter, seq, sent, skipped, failures, fault, next_at, paused_at
    FROM statement_forward ORDER BY created_at, id";
const DUE: &str =
    "SELECT id, name, url, version, login, secret, filter, seq, sent, skipped, failures, fault, next_at, paused_at
    FROM statement_forward WHERE paused_at IS NULL AND next_at <= $1 ORDER BY created_at, id";
const FIND: &str =
    "SELECT id, name, url, version, login, secret, filter, seq, sent, skipped, failures, fault, next_at, paused_at
    FROM statement_forward WHERE id = $1";
const INSERT: &str = "INSERT INTO statement_forward
    (id, name, url, version, login, secret, filter, seq, sent, skipped, failures, next_at, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, $9, $10, $9)";

/// Every store, in the order in which they were added.
pub async fn all(tx: &mut Tx) -> Result<Vec<Forward>> {
    Ok(on_db!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)?)
}

/// One of them. Errors: `forward-unknown`.
pub async fn find(tx: &mut Tx, id: ForwardId) -> Result<Forward> {
    let found: Option<Forward> = on_db!(tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await)?;
    found.ok_or_else(|| Error::not_found("forward-unknown"))
}

/// Those whose time has come.
pub async fn due(tx: &mut Tx, now: Timestamp) -> Result<Vec<Forward>> {
    Ok(on_db!(tx, c => sqlx::query_as(DUE).bind(now).fetch_all(c).await)?)
}

/// Adds a store.
pub async fn insert(tx: &mut Tx, new: &New<'_>, now: Timestamp) -> Result<()> {
    let filter = serde_json::to_string(new.asked)?;
    on_db!(tx, c => sqlx::query(INSERT)
        .bind(ForwardId::new())
        .bind(new.name)
        .bind(new.url)
        .bind(new.version)
        .bind(new.login)
        .bind(new.secret)
        .bind(filter)
        .bind(new.seq)
        .bind(now)
        .bind(new.by)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

const ADVANCE: &str = "UPDATE statement_forward SET seq = $2, sent = sent + $3, skipped = skipped + $4, failures = 0,
    fault = COALESCE($5, fault), next_at = $6 WHERE id = $1 AND seq < $2";
const CLEAR: &str = "UPDATE statement_forward SET fault = NULL WHERE id = $1 AND failures > 0";

/// Notes that it has, or will never have, everything up to `seq`. `fault` is why something was passed over.
pub async fn advance(
    tx: &mut Tx,
    id: ForwardId,
    seq: i64,
    (sent, skipped): (i64, i64),
    fault: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    // What hindered it before does so no longer.
    on_db!(tx, c => sqlx::query(CLEAR).bind(id).execute(c).await.map(drop))?;
    on_db!(tx, c => sqlx::query(ADVANCE)
        .bind(id)
        .bind(seq)
        .bind(sent)
        .bind(skipped)
        .bind(fault)
        .bind(now)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

const FAILED: &str = "UPDATE statement_forward SET failures = failures + 1, fault = $2, next_at = $3 WHERE id = $1";

/// Notes that it could not be reached, and when to try again.
pub async fn failed(tx: &mut Tx, forward: &Forward, fault: &str, now: Timestamp) -> Result<()> {
    let doubled = u32::try_from(forward.failures).unwrap_or(0).min(MOST_DOUBLED);
    let next = now.plus(FIRST_PAUSE.saturating_mul(2_u32.pow(doubled)));
    on_db!(tx, c => sqlx::query(FAILED).bind(forward.id).bind(fault).bind(next).execute(c).await.map(drop))?;
    Ok(())
}

const PAUSE: &str =
    "UPDATE statement_forward SET paused_at = $2, failures = 0, fault = NULL, next_at = $3 WHERE id = $1";
const REMOVE: &str = "DELETE FROM statement_forward WHERE id = $1";

/// Sends nothing more, or goes on at once. Errors: `forward-unknown`.
pub async fn set_paused(tx: &mut Tx, id: ForwardId, paused_at: Option<Timestamp>, now: Timestamp) -> Result<()> {
    let changed: u64 = on_db!(tx, c => sqlx::query(PAUSE)
        .bind(id)
        .bind(paused_at)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if changed == 0 { Err(Error::not_found("forward-unknown")) } else { Ok(()) }
}

/// Forgets a store; what was sent there stays there. Errors: `forward-unknown`.
pub async fn remove(tx: &mut Tx, id: ForwardId) -> Result<()> {
    let changed: u64 = on_db!(tx, c => sqlx::query(REMOVE).bind(id).execute(c).await.map(|done| done.rows_affected()))?;
    if changed == 0 { Err(Error::not_found("forward-unknown")) } else { Ok(()) }
}
