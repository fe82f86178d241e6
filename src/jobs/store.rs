//! Rows of jobs.

use std::time::Duration;

use serde::Serialize;
use uuid::Uuid;

use super::model::{Job, JobState, LEASE};
use crate::core::{JobId, PersonId, Result, Timestamp};
use crate::on_db;
use crate::state::App;
use crate::storage::{Inner, Tx};

/// How long a job that was done is kept.
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 3600);

const INSERT: &str = "
    INSERT INTO job (id, kind, subject, payload, state, progress, attempts, run_at, created_by, created_at)
    VALUES ($1, $2, $3, $4, 'queued', 0, 0, $5, $6, $7)
    ON CONFLICT (id) DO NOTHING";

/// Asks for work, in the transaction of what needs it; a worker of this process wakes up when that is committed.
pub async fn enqueue(
    tx: &mut Tx,
    app: &App,
    kind: &'static str,
    subject: Option<Uuid>,
    payload: &impl Serialize,
    created_by: Option<PersonId>,
) -> Result<JobId> {
    let now = app.clock.now();
    let new =
        New { id: JobId::new(), kind, subject, payload: &serde_json::to_string(payload)?, run_at: now, created_by };
    insert(tx, &new, now).await?;
    app.ring_after(tx);
    Ok(new.id)
}

/// Asks for work that is to be done by the service itself at `run_at`, in the transaction of what makes it needed.
pub async fn enqueue_at(
    tx: &mut Tx,
    app: &App,
    kind: &'static str,
    subject: Option<Uuid>,
    payload: &impl Serialize,
    run_at: Timestamp,
) -> Result<JobId> {
    let payload = serde_json::to_string(payload)?;
    let new = New { id: JobId::new(), kind, subject, payload: &payload, run_at, created_by: None };
    insert(tx, &new, app.clock.now()).await?;
    Ok(new.id)
}

struct New<'a> {
    id: JobId,
    kind: &'static str,
    subject: Option<Uuid>,
    payload: &'a str,
    run_at: Timestamp,
    created_by: Option<PersonId>,
}

async fn insert(tx: &mut Tx, new: &New<'_>, now: Timestamp) -> Result<()> {
    on_db!(tx, c => sqlx::query(INSERT)
        .bind(new.id)
        .bind(new.kind)
        .bind(new.subject)
        .bind(new.payload)
        .bind(new.run_at)
        .bind(new.created_by)
        .bind(now)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// The one job of a kind that is done again and again: its identifier is made of its kind.
pub async fn schedule(tx: &mut Tx, kind: &'static str, now: Timestamp) -> Result<()> {
    let id = JobId(Uuid::new_v5(&Uuid::NAMESPACE_OID, kind.as_bytes()));
    let new = New { id, kind, subject: None, payload: "null", run_at: now, created_by: None };
    insert(tx, &new, now).await
}

const SWEEP: &str = "DELETE FROM job WHERE state = 'done' AND run_at < $1";

/// Removes what was done long ago; what failed or was cancelled stays, to be told. Answers how many that were.
pub async fn sweep(app: &App) -> Result<u64> {
    let old = app.clock.now().minus(REMEMBERED);
    let mut tx = app.db.begin().await?;
    let removed: u64 = on_db!(tx, c => sqlx::query(SWEEP).bind(old).execute(c).await.map(|done| done.rows_affected()))?;
    tx.commit().await?;
    Ok(removed)
}

const CANCEL: &str = "
    UPDATE job SET state = 'cancelled', finished_at = $2, lease_until = NULL
    WHERE id = $1 AND state IN ('queued', 'running')";

/// Ends a job that nobody wants any more; who is at it stops within seconds. Answers whether there was anything to end.
pub async fn cancel(tx: &mut Tx, app: &App, id: JobId) -> Result<bool> {
    let now = app.clock.now();
    let changed: u64 =
        on_db!(tx, c => sqlx::query(CANCEL).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    app.ring_after(tx);
    Ok(changed > 0)
}

const NEWEST: &str = "
    SELECT id, kind, subject, payload, state, progress, attempts, run_at, error, created_by, created_at, started_at,
           finished_at
    FROM job WHERE subject = $1 AND kind = $2 ORDER BY created_at DESC, id DESC LIMIT 1";

/// The newest job of a kind about a subject.
pub async fn newest(tx: &mut Tx, kind: &str, subject: Uuid) -> Result<Option<Job>> {
    Ok(on_db!(tx, c => sqlx::query_as(NEWEST).bind(subject).bind(kind).fetch_optional(c).await)?)
}

const DUE: &str = "
    SELECT DISTINCT kind FROM job
    WHERE state = 'queued' AND run_at <= $1 OR state = 'running' AND lease_until < $1";

/// The kinds of which there is something to do.
pub async fn due(tx: &mut Tx, now: Timestamp) -> Result<Vec<String>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(DUE).bind(now).fetch_all(c).await)?)
}

const TAKE_SQLITE: &str = "
    UPDATE job SET state = 'running', attempts = attempts + 1, started_at = $2, lease_until = $3, progress = 0
    WHERE id = (
        SELECT id FROM job
        WHERE kind = $1 AND (state = 'queued' AND run_at <= $2 OR state = 'running' AND lease_until < $2)
        ORDER BY run_at, id LIMIT 1)
    RETURNING id, kind, subject, payload, state, progress, attempts, run_at, error, created_by, created_at, started_at,
        finished_at";

// A row that another worker is just taking is passed over.
const TAKE_POSTGRES: &str = "
    UPDATE job SET state = 'running', attempts = attempts + 1, started_at = $2, lease_until = $3, progress = 0
    WHERE id = (
        SELECT id FROM job
        WHERE kind = $1 AND (state = 'queued' AND run_at <= $2 OR state = 'running' AND lease_until < $2)
        ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, subject, payload, state, progress, attempts, run_at, error, created_by, created_at, started_at,
        finished_at";

/// Takes the job of `kind` that has been due longest, one whose worker fell silent included.
pub async fn take(tx: &mut Tx, kind: &str, now: Timestamp) -> Result<Option<Job>> {
    let until = now.plus(LEASE);
    Ok(match &mut tx.0 {
        Inner::Sqlite(c) => {
            sqlx::query_as(TAKE_SQLITE).bind(kind).bind(now).bind(until).fetch_optional(&mut **c).await?
        }
        Inner::Postgres(c) => {
            sqlx::query_as(TAKE_POSTGRES).bind(kind).bind(now).bind(until).fetch_optional(&mut **c).await?
        }
    })
}

const BEAT: &str = "
    UPDATE job SET lease_until = $3, progress = $4 WHERE id = $1 AND attempts = $2 AND state = 'running'";

/// Says that the job is still being done. Answers whether it is still ours.
pub async fn beat(tx: &mut Tx, job: &Job, progress: f64, now: Timestamp) -> Result<bool> {
    let until = now.plus(LEASE);
    let changed: u64 = on_db!(tx, c => sqlx::query(BEAT)
        .bind(job.id)
        .bind(job.attempts)
        .bind(until)
        .bind(progress)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}

const FINISH: &str = "
    UPDATE job SET state = $3, error = $4, finished_at = $5, lease_until = NULL,
        progress = CASE WHEN $3 = 'done' THEN 1 ELSE progress END
    WHERE id = $1 AND attempts = $2 AND state = 'running'";

/// Ends a job that is still ours.
pub async fn finish(tx: &mut Tx, job: &Job, state: JobState, error: Option<&str>, now: Timestamp) -> Result<()> {
    on_db!(tx, c => sqlx::query(FINISH)
        .bind(job.id)
        .bind(job.attempts)
        .bind(state.word())
        .bind(error)
        .bind(now)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

const AGAIN: &str = "
    UPDATE job SET state = 'queued', run_at = $3, error = $4, lease_until = NULL, attempts = $5
    WHERE id = $1 AND attempts = $2 AND state = 'running'";

/// Puts a job that is still ours back into the queue, to be done at `run_at` as the taking after `attempts`.
pub async fn again(tx: &mut Tx, job: &Job, run_at: Timestamp, error: Option<&str>, attempts: i32) -> Result<()> {
    on_db!(tx, c => sqlx::query(AGAIN)
        .bind(job.id)
        .bind(job.attempts)
        .bind(run_at)
        .bind(error)
        .bind(attempts)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}
