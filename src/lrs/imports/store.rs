//! Rows of imports.

use std::time::Duration;

use sqlx::FromRow;
use uuid::Uuid;

use super::IMPORT;
use crate::core::{Error, ImportId, PersonId, Result, Timestamp};
use crate::jobs;
use crate::on_db;
use crate::state::App;
use crate::storage::Tx;

/// Where the files lie until they have been read.
const FOLDER: &str = "imports/";
/// How long an import that nobody resumes can still be resumed.
const ABANDONED: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long a file may lie there before a row names it.
const ARRIVING: Duration = Duration::from_secs(24 * 3600);
/// Problems kept of one import; all of them are counted.
pub const MOST_TOLD: i64 = 1_000;
/// Rows in one INSERT.
const ROWS: usize = 2_000;

/// A file of statements as it is stored.
#[derive(Clone, Debug, FromRow)]
pub struct Import {
    pub id: ImportId,
    pub name: String,
    pub blob: Option<String>,
    pub bytes: i64,
    pub position: i64,
    pub lines: i64,
    pub added: i64,
    pub known: i64,
    pub refused: i64,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// The name of who asked for it.
    pub asker: Option<String>,
}

impl Import {
    /// How much of the file has been read, 0 to 1.
    pub fn share(&self) -> f64 {
        if self.finished_at.is_some() { 1.0 } else { self.position as f64 / self.bytes.max(1) as f64 }
    }
}

/// A line that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Problem {
    pub line: i64,
    pub code: String,
    pub detail: String,
}

/// What the other store said of a statement.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    pub stored: Option<Timestamp>,
    /// JSON.
    pub authority: Option<String>,
}

/// A file to be brought in.
pub struct New<'a> {
    pub id: ImportId,
    pub name: &'a str,
    pub digest: &'a [u8],
    pub bytes: i64,
    pub by: Option<PersonId>,
}

/// Where the file of an import lies.
pub fn blob_of(id: ImportId) -> String {
    format!("{FOLDER}{id}")
}

const INSERT: &str = "INSERT INTO statement_import
    (id, name, digest, blob, bytes, position, lines, added, known, refused, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, $6, $7) ON CONFLICT DO NOTHING";
const UNFINISHED: &str = "SELECT id FROM statement_import WHERE digest = $1 AND finished_at IS NULL";

/// Writes an import down. Answers which one it is: an earlier one if the same file is on its way in.
pub async fn insert(tx: &mut Tx, new: &New<'_>, now: Timestamp) -> Result<ImportId> {
    let written: u64 = on_db!(tx, c => sqlx::query(INSERT)
        .bind(new.id)
        .bind(new.name)
        .bind(new.digest)
        .bind(blob_of(new.id))
        .bind(new.bytes)
        .bind(new.by)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if written > 0 {
        return Ok(new.id);
    }
    let earlier: Option<ImportId> =
        on_db!(tx, c => sqlx::query_scalar(UNFINISHED).bind(new.digest).fetch_optional(c).await)?;
    // It ended between the two: who sends it again is answered.
    earlier.ok_or_else(|| Error::conflict("import-under-way"))
}

const FIND: &str =
    "SELECT i.id, i.name, i.blob, i.bytes, i.position, i.lines, i.added, i.known, i.refused, i.created_at,
    i.finished_at, p.name AS asker FROM statement_import i LEFT JOIN person p ON p.id = i.created_by WHERE i.id = $1";
const NEWEST: &str =
    "SELECT i.id, i.name, i.blob, i.bytes, i.position, i.lines, i.added, i.known, i.refused, i.created_at,
    i.finished_at, p.name AS asker FROM statement_import i LEFT JOIN person p ON p.id = i.created_by
    ORDER BY i.created_at DESC, i.id DESC LIMIT $1";

/// One import. Errors: `import-unknown`.
pub async fn find(tx: &mut Tx, id: ImportId) -> Result<Import> {
    let found: Option<Import> = on_db!(tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await)?;
    found.ok_or_else(|| Error::not_found("import-unknown"))
}

/// The last imports, the newest first.
pub async fn newest(tx: &mut Tx, limit: i64) -> Result<Vec<Import>> {
    Ok(on_db!(tx, c => sqlx::query_as(NEWEST).bind(limit).fetch_all(c).await)?)
}

/// Makes sure that somebody is at work on an import that has not ended. Errors: `import-ended`.
pub async fn wake(tx: &mut Tx, app: &App, import: &Import, by: Option<PersonId>) -> Result<()> {
    if import.finished_at.is_some() {
        return Err(Error::conflict("import-ended"));
    }
    let job = jobs::newest(tx, IMPORT, import.id.0).await?;
    if !job.is_some_and(|job| job.state().is_open()) {
        jobs::enqueue(tx, app, IMPORT, Some(import.id.0), &(), by).await?;
    }
    Ok(())
}

const ADVANCE: &str = "UPDATE statement_import SET position = $2, lines = $3, added = added + $4, known = known + $5,
    refused = refused + $6 WHERE id = $1";

/// What came of some lines.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub added: i64,
    pub known: i64,
    pub refused: i64,
}

/// Notes that the lines up to `position` have been dealt with; `lines` is the number of the last.
pub async fn advance(tx: &mut Tx, id: ImportId, position: u64, lines: i64, counts: Counts) -> Result<()> {
    let position = i64::try_from(position).unwrap_or(i64::MAX);
    on_db!(tx, c => sqlx::query(ADVANCE)
        .bind(id)
        .bind(position)
        .bind(lines)
        .bind(counts.added)
        .bind(counts.known)
        .bind(counts.refused)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

const FINISH: &str = "UPDATE statement_import SET finished_at = $2, blob = NULL WHERE id = $1";

/// Ends an import; its file is of no use any more.
pub async fn finish(tx: &mut Tx, id: ImportId, now: Timestamp) -> Result<()> {
    on_db!(tx, c => sqlx::query(FINISH).bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

const TOLD: &str = "SELECT COUNT(*) FROM statement_import_problem WHERE import_id = $1";

/// Keeps what is wrong with lines, as long as there is room for it.
pub async fn tell(tx: &mut Tx, id: ImportId, problems: &[Problem]) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let told: i64 = on_db!(tx, c => sqlx::query_scalar(TOLD).bind(id).fetch_one(c).await)?;
    let room = usize::try_from(MOST_TOLD - told).unwrap_or(0).min(problems.len());
    if room == 0 {
        return Ok(());
    }
    on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "INSERT INTO statement_import_problem (import_id, line, code, detail) ",
        );
        query.push_values(&problems[..room], |mut values, problem| {
            values
                .push_bind(id)
                .push_bind(problem.line)
                .push_bind(problem.code.as_str())
                // PostgreSQL keeps no U+0000 in a text.
                .push_bind(problem.detail.replace('\0', "\u{fffd}"));
        });
        query.build().execute(c).await.map(drop)
    })?;
    Ok(())
}

const PROBLEMS: &str =
    "SELECT line, code, detail FROM statement_import_problem WHERE import_id = $1 ORDER BY line LIMIT $2";

/// What is wrong with lines, in their order.
pub async fn problems(tx: &mut Tx, id: ImportId, limit: i64) -> Result<Vec<Problem>> {
    Ok(on_db!(tx, c => sqlx::query_as(PROBLEMS).bind(id).bind(limit).fetch_all(c).await)?)
}

/// Keeps what the other store said of statements, by their numbers here.
pub async fn keep_origins(tx: &mut Tx, id: ImportId, origins: &[(i64, &Origin)]) -> Result<()> {
    for rows in origins.chunks(ROWS) {
        on_db!(tx, c => {
            let mut query =
                sqlx::QueryBuilder::<Database>::new("INSERT INTO statement_origin (seq, import_id, stored, authority) ");
            query.push_values(rows, |mut values, (seq, origin)| {
                values
                    .push_bind(*seq)
                    .push_bind(id)
                    .push_bind(origin.stored)
                    .push_bind(origin.authority.as_deref().map(|text| text.replace('\0', "\u{fffd}")));
            });
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Where a statement came from, and what it was told there.
#[derive(Clone, Debug, FromRow)]
pub struct Provenance {
    pub import_id: ImportId,
    /// What the file is called.
    pub name: String,
    pub stored: Option<Timestamp>,
    /// JSON.
    pub authority: Option<String>,
}

const PROVENANCE: &str = "SELECT o.import_id, i.name, o.stored, o.authority
    FROM statement_origin o JOIN statement_import i ON i.id = o.import_id WHERE o.seq = $1";

/// Where the statement of this number came from, if it was brought in.
pub async fn provenance(tx: &mut Tx, seq: i64) -> Result<Option<Provenance>> {
    Ok(on_db!(tx, c => sqlx::query_as(PROVENANCE).bind(seq).fetch_optional(c).await)?)
}

const ABANDON: &str = "UPDATE statement_import SET finished_at = $1, blob = NULL
    WHERE finished_at IS NULL AND created_at < $2 AND NOT EXISTS
        (SELECT 1 FROM job j WHERE j.subject = statement_import.id AND j.state IN ('queued', 'running'))";
const KEPT: &str = "SELECT id FROM statement_import WHERE blob IS NOT NULL";

/// Gives up imports that nobody resumed, and removes files that no import reads. Answers how many files that were.
pub async fn sweep(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let before = now.minus(ABANDONED);
    on_db!(tx, c => sqlx::query(ABANDON).bind(now).bind(before).execute(c).await.map(drop))?;
    tx.commit().await?;
    let files = app.blobs.list(FOLDER).await?;
    if files.is_empty() {
        return Ok(0);
    }
    let mut tx = app.db.read().await?;
    let kept: Vec<Uuid> = on_db!(tx, c => sqlx::query_scalar(KEPT).fetch_all(c).await)?;
    drop(tx);
    let arriving = now.minus(ARRIVING);
    let mut removed = 0;
    for (key, written) in files {
        let id = key.strip_prefix(FOLDER).and_then(|id| id.parse::<Uuid>().ok());
        if id.is_some_and(|id| !kept.contains(&id)) && Timestamp(written) < arriving {
            app.blobs.delete(&key).await?;
            removed += 1;
        }
    }
    Ok(removed)
}
