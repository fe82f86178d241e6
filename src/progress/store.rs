//! The rows of progress, and what they are computed from.

use std::sync::{Arc, LazyLock};

use uuid::Uuid;

use super::model::{ActivityProgress, Completion, Enough, Figures, RegistrationProgress, Success};
use crate::core::{CourseId, LanguageMap, Memo, PersonId, RegistrationId, Result, Timestamp, VersionId};
use crate::on_db;
use crate::storage::{Inner, Tx, hexadecimal};

/// A registration with what its statements are matched against.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Enrolled {
    pub id: RegistrationId,
    pub person_id: PersonId,
    pub person_name: String,
    pub account_home_page: String,
    pub account_name: String,
    pub course_id: CourseId,
    pub version_id: VersionId,
    pub course_iri: String,
    pub course_identifier: String,
    pub course_kind: String,
    #[sqlx(try_from = "String")]
    pub course_title: LanguageMap,
    /// The activity that something was last said of, as far as is kept.
    pub last_index: Option<i32>,
}

/// One activity of its outline.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OutlineRow {
    pub activity_index: i32,
    pub parent_index: Option<i32>,
    pub identifier: String,
    pub iri: String,
    #[sqlx(try_from = "String")]
    pub title: LanguageMap,
    pub kind: String,
    pub launchable: bool,
    #[sqlx(rename = "details", try_from = "String")]
    pub enough: Enough,
}

const FIND: &str = "SELECT r.id, r.person_id, p.name AS person_name, p.account_home_page, p.account_name, r.course_id, \
    r.version_id, c.iri AS course_iri, c.identifier AS course_identifier, c.kind AS course_kind, c.title AS course_title, \
    s.last_index FROM registration r JOIN person p ON p.id = r.person_id JOIN course c ON c.id = r.course_id \
    LEFT JOIN registration_progress s ON s.registration_id = r.id WHERE r.id = $1 AND r.preview = FALSE";

/// The registration; `None` if it is not one of ours, or a preview.
pub async fn find(tx: &mut Tx, id: RegistrationId) -> Result<Option<Enrolled>> {
    Ok(on_db!(tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await)?)
}

const HOLD_SQLITE: &str = "SELECT id FROM registration WHERE preview = FALSE \
    AND id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY id";
const HOLD_POSTGRES: &str =
    "SELECT id FROM registration WHERE preview = FALSE AND id = ANY($1) ORDER BY id FOR NO KEY UPDATE";

/// Those of `ids` that are registrations with a record, held until the transaction ends: whoever folds statements of one does
/// so alone. On SQLite whoever writes is alone.
pub async fn hold(tx: &mut Tx, ids: &[RegistrationId]) -> Result<Vec<RegistrationId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(match &mut tx.0 {
        Inner::Sqlite(connection) => {
            let ids = hexadecimal(ids.iter().map(|id| id.0));
            sqlx::query_scalar(HOLD_SQLITE).bind(ids).fetch_all(&mut **connection).await?
        }
        Inner::Postgres(connection) => {
            let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
            sqlx::query_scalar(HOLD_POSTGRES).bind(ids).fetch_all(&mut **connection).await?
        }
    })
}

const RECORDS: &str = "SELECT id FROM registration WHERE preview = FALSE AND id > $1 ORDER BY id LIMIT $2";

/// Registrations with a record, a page after the other.
pub async fn records(tx: &mut Tx, after: RegistrationId, limit: i64) -> Result<Vec<RegistrationId>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(RECORDS).bind(after).bind(limit).fetch_all(c).await)?)
}

const OUTLINE: &str = "SELECT activity_index, parent_index, \
    identifier, iri, title, kind, launchable, details FROM activity WHERE course_id = $1 AND version_id = $2 \
    ORDER BY activity_index";

/// Courses that statements are about now, in bytes of what is read of their outlines.
static FOLLOWED: LazyLock<Memo<(CourseId, VersionId), Vec<OutlineRow>>> = LazyLock::new(|| Memo::new(8 << 20));

/// The activities of a course in one version, in order. They never change but in details that are of no matter here.
pub async fn outline(tx: &mut Tx, course: CourseId, version: VersionId) -> Result<Arc<Vec<OutlineRow>>> {
    if let Some(known) = FOLLOWED.find((course, version)) {
        return Ok(known);
    }
    let rows: Vec<OutlineRow> = on_db!(tx, c => sqlx::query_as(OUTLINE).bind(course).bind(version).fetch_all(c).await)?;
    let size = rows.iter().map(|row| row.identifier.len() + row.iri.len() + 2 * size_of::<OutlineRow>()).sum();
    let rows = Arc::new(rows);
    FOLLOWED.keep((course, version), rows.clone(), size);
    Ok(rows)
}

#[derive(sqlx::FromRow)]
struct ActivityProgressRow {
    activity_index: i32,
    completion: String,
    success: String,
    score_scaled: Option<f64>,
    score_raw: Option<f64>,
    score_min: Option<f64>,
    score_max: Option<f64>,
    progress: Option<f64>,
    seconds: f64,
    first_at: Timestamp,
    last_at: Timestamp,
    completed_at: Option<Timestamp>,
}

impl From<ActivityProgressRow> for (i32, ActivityProgress) {
    fn from(row: ActivityProgressRow) -> Self {
        let score = Figures { scaled: row.score_scaled, raw: row.score_raw, min: row.score_min, max: row.score_max };
        let progress = ActivityProgress {
            completion: Completion::of_word(&row.completion),
            success: Success::of_word(&row.success),
            score,
            progress: row.progress,
            hundredths: hundredths(row.seconds),
            first_at: row.first_at,
            last_at: row.last_at,
            completed_at: row.completed_at,
        };
        (row.activity_index, progress)
    }
}

/// Seconds are stored as people read them; every value we store is a whole number of hundredths.
pub fn hundredths(seconds: f64) -> u64 {
    (seconds.max(0.0) * 100.0).round() as u64
}

const ACTIVITIES: &str = "SELECT activity_index, completion, success, score_scaled, \
    score_raw, score_min, score_max, progress, seconds, first_at, last_at, completed_at \
    FROM activity_progress WHERE registration_id = $1 ORDER BY activity_index";

/// What is known of each activity of a registration.
pub async fn activities(tx: &mut Tx, id: RegistrationId) -> Result<Vec<(i32, ActivityProgress)>> {
    let rows: Vec<ActivityProgressRow> = on_db!(tx, c => sqlx::query_as(ACTIVITIES).bind(id).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

const PUT_ACTIVITY: &str = "INSERT INTO activity_progress (registration_id, activity_index, completion, success, \
    score_scaled, score_raw, score_min, score_max, progress, seconds, first_at, last_at, completed_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
    ON CONFLICT (registration_id, activity_index) DO UPDATE SET completion = excluded.completion, \
    success = excluded.success, score_scaled = excluded.score_scaled, score_raw = excluded.score_raw, \
    score_min = excluded.score_min, score_max = excluded.score_max, progress = excluded.progress, \
    seconds = excluded.seconds, first_at = excluded.first_at, last_at = excluded.last_at, \
    completed_at = excluded.completed_at";

/// Writes what is known of one activity.
pub async fn put_activity(tx: &mut Tx, id: RegistrationId, index: i32, row: &ActivityProgress) -> Result<()> {
    let score = &row.score;
    on_db!(tx, c => sqlx::query(PUT_ACTIVITY)
        .bind(id).bind(index).bind(row.completion.word()).bind(row.success.word())
        .bind(score.scaled).bind(score.raw).bind(score.min).bind(score.max)
        .bind(row.progress).bind(row.seconds()).bind(row.first_at).bind(row.last_at).bind(row.completed_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

const PUT_REGISTRATION: &str = "INSERT INTO registration_progress (registration_id, completion, success, score_scaled, \
    progress, done, total, seconds, last_index, first_at, last_at, completed_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
    ON CONFLICT (registration_id) DO UPDATE SET completion = excluded.completion, success = excluded.success, \
    score_scaled = excluded.score_scaled, progress = excluded.progress, done = excluded.done, total = excluded.total, \
    seconds = excluded.seconds, last_index = excluded.last_index, first_at = excluded.first_at, \
    last_at = excluded.last_at, completed_at = excluded.completed_at";

/// Writes what is known of the whole course.
pub async fn put_registration(tx: &mut Tx, id: RegistrationId, row: &RegistrationProgress) -> Result<()> {
    on_db!(tx, c => sqlx::query(PUT_REGISTRATION)
        .bind(id).bind(row.completion.word()).bind(row.success.word()).bind(row.score).bind(row.progress)
        .bind(row.done).bind(row.total).bind(row.hundredths as f64 / 100.0)
        .bind(row.last_index).bind(row.first_at).bind(row.last_at).bind(row.completed_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

const FORGET_ACTIVITIES: &str = "DELETE FROM activity_progress WHERE registration_id = $1";
const FORGET_REGISTRATION: &str = "DELETE FROM registration_progress WHERE registration_id = $1";

/// Forgets one registration's rows, to be folded again.
pub async fn forget(tx: &mut Tx, id: RegistrationId) -> Result<()> {
    on_db!(tx, c => sqlx::query(FORGET_ACTIVITIES).bind(id).execute(c).await.map(drop))?;
    on_db!(tx, c => sqlx::query(FORGET_REGISTRATION).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

const REGISTRATION_OF: &str = "SELECT registration FROM statement WHERE id = $1";

/// The registration a stored statement belongs to.
pub async fn registration_of(tx: &mut Tx, statement: Uuid) -> Result<Option<RegistrationId>> {
    let found: Option<Option<RegistrationId>> =
        on_db!(tx, c => sqlx::query_scalar(REGISTRATION_OF).bind(statement).fetch_optional(c).await)?;
    Ok(found.flatten())
}
