//! Rows of the rules, and what each removed.

use std::time::Duration;

use sqlx::FromRow;

use crate::core::{Error, PersonId, Result, RetentionId, Timestamp};
use crate::lrs::export::Asked;
use crate::on_db;
use crate::storage::Tx;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A rule.
#[derive(Clone, Debug, FromRow)]
pub struct Rule {
    pub id: RetentionId,
    pub name: String,
    filter: String,
    /// Days that a statement is kept after it was stored.
    pub days: i32,
    /// Everything up to this number is dealt with.
    pub seq: i64,
    pub changed_at: Timestamp,
    /// Since when it works; `None` while it is off.
    pub enabled_at: Option<Timestamp>,
    /// When it last had nothing left to do.
    pub finished_at: Option<Timestamp>,
    /// When it was given up.
    pub removed_at: Option<Timestamp>,
    /// Statements it removed so far.
    pub statements: i64,
}

impl Rule {
    /// Which statements it is about.
    pub fn asked(&self) -> Result<Asked> {
        serde_json::from_str(&self.filter).map_err(Error::internal)
    }

    /// What was stored up to this moment is old enough.
    pub fn before(&self, now: Timestamp) -> Timestamp {
        now.minus(DAY.saturating_mul(self.days.unsigned_abs()))
    }
}

/// What a rule says.
pub struct Wording<'a> {
    pub name: &'a str,
    pub asked: &'a Asked,
    pub days: i32,
}

const ALL: &str = "SELECT r.id, r.name, r.filter, r.days, r.seq, r.changed_at, r.enabled_at, r.finished_at, r.removed_at,
    CAST(COALESCE((SELECT SUM(d.statements) FROM statement_retention_day d WHERE d.rule_id = r.id), 0) AS BIGINT) AS statements
    FROM statement_retention r ORDER BY r.created_at, r.id";
const FIND: &str = "SELECT r.id, r.name, r.filter, r.days, r.seq, r.changed_at, r.enabled_at, r.finished_at, r.removed_at,
    CAST(COALESCE((SELECT SUM(d.statements) FROM statement_retention_day d WHERE d.rule_id = r.id), 0) AS BIGINT) AS statements
    FROM statement_retention r WHERE r.id = $1 AND r.removed_at IS NULL";
const DUE: &str = "SELECT id FROM statement_retention WHERE removed_at IS NULL AND enabled_at < $1
    AND (finished_at IS NULL OR finished_at < $1) ORDER BY created_at, id";
const INSERT: &str = "INSERT INTO statement_retention
    (id, name, filter, days, seq, created_by, created_at, changed_at) VALUES ($1, $2, $3, $4, 0, $5, $6, $6)";
const CHANGE: &str = "UPDATE statement_retention SET name = $2, filter = $3, days = $4, seq = 0, changed_at = $5,
    enabled_at = NULL, finished_at = NULL WHERE id = $1 AND removed_at IS NULL";

/// Every rule in the order in which they were made, those that were given up included.
pub async fn all(tx: &mut Tx) -> Result<Vec<Rule>> {
    Ok(on_db!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)?)
}

/// One that was not given up. Errors: `retention-unknown`.
pub async fn find(tx: &mut Tx, id: RetentionId) -> Result<Rule> {
    let found: Option<Rule> = on_db!(tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await)?;
    found.ok_or_else(|| Error::not_found("retention-unknown"))
}

/// Those that are on since before `night` and have not ended their work of it.
pub async fn due(tx: &mut Tx, night: Timestamp) -> Result<Vec<RetentionId>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(DUE).bind(night).fetch_all(c).await)?)
}

/// Makes a rule, which is off. Answers which it is.
pub async fn insert(tx: &mut Tx, wording: &Wording<'_>, by: PersonId, now: Timestamp) -> Result<RetentionId> {
    let (id, filter) = (RetentionId::new(), serde_json::to_string(wording.asked)?);
    on_db!(tx, c => sqlx::query(INSERT)
        .bind(id)
        .bind(wording.name)
        .bind(filter)
        .bind(wording.days)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(drop))?;
    Ok(id)
}

/// Words a rule anew, which switches it off. Errors: `retention-unknown`.
pub async fn change(tx: &mut Tx, id: RetentionId, wording: &Wording<'_>, now: Timestamp) -> Result<()> {
    let filter = serde_json::to_string(wording.asked)?;
    let changed: u64 = on_db!(tx, c => sqlx::query(CHANGE)
        .bind(id)
        .bind(wording.name)
        .bind(filter)
        .bind(wording.days)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if changed == 0 { Err(Error::not_found("retention-unknown")) } else { Ok(()) }
}

// From the beginning: what protected a statement may have gone since the rule was on.
const SWITCH_ON: &str = "UPDATE statement_retention SET enabled_at = COALESCE(enabled_at, $3), seq = 0
    WHERE id = $1 AND changed_at = $2 AND removed_at IS NULL";
const SWITCH_OFF: &str = "UPDATE statement_retention SET enabled_at = NULL WHERE id = $1 AND removed_at IS NULL";
const GIVE_UP: &str =
    "UPDATE statement_retention SET enabled_at = NULL, removed_at = $2 WHERE id = $1 AND removed_at IS NULL";

/// Lets a rule work as it was worded at `seen`. Errors: `retention-changed` if it is worded otherwise by now,
/// `retention-unknown`.
pub async fn switch_on(tx: &mut Tx, id: RetentionId, seen: Timestamp, now: Timestamp) -> Result<()> {
    let changed: u64 = on_db!(tx, c => sqlx::query(SWITCH_ON)
        .bind(id)
        .bind(seen)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if changed == 0 {
        find(tx, id).await?;
        return Err(Error::conflict("retention-changed"));
    }
    Ok(())
}

/// Lets a rule remove nothing more. Errors: `retention-unknown`.
pub async fn switch_off(tx: &mut Tx, id: RetentionId) -> Result<()> {
    let changed: u64 =
        on_db!(tx, c => sqlx::query(SWITCH_OFF).bind(id).execute(c).await.map(|done| done.rows_affected()))?;
    if changed == 0 { Err(Error::not_found("retention-unknown")) } else { Ok(()) }
}

/// Gives a rule up; what it removed stays told. Errors: `retention-unknown`.
pub async fn give_up(tx: &mut Tx, id: RetentionId, now: Timestamp) -> Result<()> {
    let changed: u64 =
        on_db!(tx, c => sqlx::query(GIVE_UP).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    if changed == 0 { Err(Error::not_found("retention-unknown")) } else { Ok(()) }
}

const ADVANCE: &str = "UPDATE statement_retention SET seq = $2 WHERE id = $1 AND seq < $2";
const FINISH: &str = "UPDATE statement_retention SET finished_at = $2 WHERE id = $1";
const COUNT: &str = "INSERT INTO statement_retention_day (rule_id, day, statements) VALUES ($1, $2, $3)
    ON CONFLICT (rule_id, day) DO UPDATE SET statements = statement_retention_day.statements + excluded.statements";
const BY_DAY: &str =
    "SELECT day, statements FROM statement_retention_day WHERE rule_id = $1 ORDER BY day DESC LIMIT $2";

/// Notes that everything up to `seq` is dealt with.
pub async fn advance(tx: &mut Tx, id: RetentionId, seq: i64) -> Result<()> {
    Ok(on_db!(tx, c => sqlx::query(ADVANCE).bind(id).bind(seq).execute(c).await.map(drop))?)
}

/// Notes that a night's work is done.
pub async fn finish(tx: &mut Tx, id: RetentionId, now: Timestamp) -> Result<()> {
    Ok(on_db!(tx, c => sqlx::query(FINISH).bind(id).bind(now).execute(c).await.map(drop))?)
}

/// Adds to what a rule removed on a day.
pub async fn count(tx: &mut Tx, id: RetentionId, day: &str, statements: i64) -> Result<()> {
    Ok(on_db!(tx, c => sqlx::query(COUNT).bind(id).bind(day).bind(statements).execute(c).await.map(drop))?)
}

/// The last `limit` days on which a rule removed something, the latest first.
pub async fn by_day(tx: &mut Tx, id: RetentionId, limit: i64) -> Result<Vec<(String, i64)>> {
    Ok(on_db!(tx, c => sqlx::query_as(BY_DAY).bind(id).bind(limit).fetch_all(c).await)?)
}
