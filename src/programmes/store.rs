//! Programmes, their versions and steps in the database.

use crate::core::{CourseId, LanguageMap, PersonId, ProgrammeId, ProgrammeVersionId, Result, StepKey, Timestamp};
use crate::on_db;
use crate::programmes::model::{Phase, Programme, Step, Version};
use crate::storage::Tx;

const INSERT: &str = "INSERT INTO programme (id, title, summary, iri, created_by, created_at) \
    VALUES ($1, $2, '', $3, $4, $5)";

/// Writes a programme with an empty draft.
pub async fn insert(tx: &mut Tx, id: ProgrammeId, title: &str, iri: &str, by: PersonId, now: Timestamp) -> Result<()> {
    on_db!(tx, c => sqlx::query(INSERT).bind(id).bind(title).bind(iri).bind(by).bind(now).execute(c).await.map(drop))?;
    insert_version(tx, id, 1, now).await?;
    Ok(())
}

const INSERT_VERSION: &str =
    "INSERT INTO programme_version (id, programme_id, number, created_at) VALUES ($1, $2, $3, $4)";

async fn insert_version(tx: &mut Tx, id: ProgrammeId, number: i32, now: Timestamp) -> Result<ProgrammeVersionId> {
    let version = ProgrammeVersionId::new();
    on_db!(tx, c => sqlx::query(INSERT_VERSION)
        .bind(version).bind(id).bind(number).bind(now).execute(c).await.map(drop))?;
    Ok(version)
}

const FIND: &str = "SELECT id, title, summary, iri, published_at, archived_at FROM programme WHERE id = $1";

/// The programme, if there is one.
pub async fn find(tx: &mut Tx, id: ProgrammeId) -> Result<Option<Programme>> {
    Ok(on_db!(tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await)?)
}

// Changes nothing and locks the row: two trainers who edit at once take turns, on both databases.
const LOCK: &str = "UPDATE programme SET title = title WHERE id = $1";

/// The programme, held until the transaction ends.
pub async fn lock(tx: &mut Tx, id: ProgrammeId) -> Result<Option<Programme>> {
    on_db!(tx, c => sqlx::query(LOCK).bind(id).execute(c).await.map(drop))?;
    find(tx, id).await
}

const LATEST: &str = "SELECT id, number, published_at FROM programme_version WHERE programme_id = $1 \
    ORDER BY number DESC LIMIT 1";
const PUBLISHED: &str = "SELECT id, number, published_at FROM programme_version \
    WHERE programme_id = $1 AND published_at IS NOT NULL ORDER BY number DESC LIMIT 1";

/// The version a trainer works on: the draft, else the last one published.
pub async fn latest(tx: &mut Tx, id: ProgrammeId) -> Result<Option<Version>> {
    Ok(on_db!(tx, c => sqlx::query_as(LATEST).bind(id).fetch_optional(c).await)?)
}

/// The version that new enrolments begin on.
pub async fn published(tx: &mut Tx, id: ProgrammeId) -> Result<Option<Version>> {
    Ok(on_db!(tx, c => sqlx::query_as(PUBLISHED).bind(id).fetch_optional(c).await)?)
}

const COPY: &str = "INSERT INTO step (version_id, step_key, phase, position, title, course_id, activity_identifier, minutes, \
    required, after_key, opens_at) \
    SELECT $1, step_key, phase, position, title, course_id, activity_identifier, minutes, required, after_key, opens_at \
    FROM step WHERE version_id = $2 AND removed_at IS NULL";

/// The draft: the one there is, else a copy of the last version. The programme must be locked.
pub async fn draft(tx: &mut Tx, id: ProgrammeId, now: Timestamp) -> Result<ProgrammeVersionId> {
    let latest = latest(tx, id).await?;
    match latest {
        Some(version) if version.published_at.is_none() => Ok(version.id),
        Some(version) => {
            let draft = insert_version(tx, id, version.number + 1, now).await?;
            on_db!(tx, c => sqlx::query(COPY).bind(draft).bind(version.id).execute(c).await.map(drop))?;
            Ok(draft)
        }
        None => insert_version(tx, id, 1, now).await,
    }
}

const DROP_DRAFT: &str =
    "DELETE FROM programme_version WHERE programme_id = $1 AND published_at IS NULL AND number > 1";

/// Drops the draft of a programme that has been published; answers whether there was one.
pub async fn drop_draft(tx: &mut Tx, id: ProgrammeId) -> Result<bool> {
    let dropped = on_db!(tx, c => sqlx::query(DROP_DRAFT).bind(id).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(dropped > 0)
}

const STEPS: &str = "SELECT s.step_key, s.phase, s.position, s.title, s.course_id, s.activity_identifier, s.minutes, \
    s.required, s.after_key, s.opens_at, c.title AS course_title, c.kind AS course_kind, \
    c.published_at IS NOT NULL AS course_published, \
    EXISTS (SELECT 1 FROM activity a WHERE a.course_id = c.id AND a.version_id = c.version_id AND a.launchable \
             AND (s.activity_identifier IS NULL OR a.identifier = s.activity_identifier)) AS openable \
    FROM step s JOIN course c ON c.id = s.course_id \
    WHERE s.version_id = $1 AND s.removed_at IS NULL \
    ORDER BY CASE s.phase WHEN 'before' THEN 0 WHEN 'during' THEN 1 ELSE 2 END, s.position, s.step_key";

/// The steps of a version in order.
pub async fn steps(tx: &mut Tx, version: ProgrammeVersionId) -> Result<Vec<Step>> {
    Ok(on_db!(tx, c => sqlx::query_as(STEPS).bind(version).fetch_all(c).await)?)
}

const DESCRIBE: &str = "UPDATE programme SET title = $2, summary = $3 WHERE id = $1";

/// Sets what a programme is called and what it is about.
pub async fn describe(tx: &mut Tx, id: ProgrammeId, title: &str, summary: &str) -> Result<()> {
    on_db!(tx, c => sqlx::query(DESCRIBE).bind(id).bind(title).bind(summary).execute(c).await.map(drop))?;
    Ok(())
}

/// What a step opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opens {
    pub course: CourseId,
    pub activity: Option<String>,
}

const INSERT_STEP: &str = "INSERT INTO step (version_id, step_key, phase, position, title, course_id, activity_identifier, \
    minutes, required) VALUES ($1, $2, $3, \
    (SELECT COALESCE(MAX(o.position), 0) + 1 FROM step o WHERE o.version_id = $1 AND o.phase = $3), $4, $5, $6, $7, $8)";

/// Adds a required step without a condition at the end of a phase.
pub async fn insert_step(
    tx: &mut Tx,
    draft: ProgrammeVersionId,
    phase: Phase,
    title: &str,
    opens: &Opens,
    minutes: Option<i32>,
) -> Result<StepKey> {
    let key = StepKey::new();
    on_db!(tx, c => sqlx::query(INSERT_STEP)
        .bind(draft).bind(key).bind(phase.word()).bind(title).bind(opens.course).bind(&opens.activity).bind(minutes).bind(true)
        .execute(c).await.map(drop))?;
    Ok(key)
}

/// What a trainer sets of a step.
#[derive(Clone, Debug)]
pub struct Edit {
    pub title: String,
    pub minutes: Option<i32>,
    pub required: bool,
    pub after: Option<StepKey>,
    pub opens_at: Option<Timestamp>,
}

const EDIT_STEP: &str = "UPDATE step SET title = $3, minutes = $4, required = $5, after_key = $6, opens_at = $7 \
    WHERE version_id = $1 AND step_key = $2 AND removed_at IS NULL";

/// Changes a step; answers whether there is such a step.
pub async fn edit_step(tx: &mut Tx, draft: ProgrammeVersionId, key: StepKey, edit: &Edit) -> Result<bool> {
    let changed = on_db!(tx, c => sqlx::query(EDIT_STEP)
        .bind(draft).bind(key).bind(&edit.title).bind(edit.minutes).bind(edit.required).bind(edit.after).bind(edit.opens_at)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}

const REMOVE_STEP: &str = "UPDATE step SET removed_at = $3 WHERE version_id = $1 AND step_key = $2 RETURNING title";

/// Takes a step out (`Some` moment) or puts it back where it was (`None`); answers its title, if there is such a step.
pub async fn set_removed(
    tx: &mut Tx,
    draft: ProgrammeVersionId,
    key: StepKey,
    at: Option<Timestamp>,
) -> Result<Option<String>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(REMOVE_STEP).bind(draft).bind(key).bind(at).fetch_optional(c).await)?)
}

/// Writes the order of the steps: one statement, whatever their number.
pub async fn arrange(tx: &mut Tx, draft: ProgrammeVersionId, bands: &[Vec<StepKey>; 3]) -> Result<()> {
    let rows: Vec<(StepKey, &str, i32)> = Phase::ALL
        .iter()
        .zip(bands)
        .flat_map(|(phase, keys)| (1..).zip(keys).map(|(place, key)| (*key, phase.word(), place)))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new("WITH placed (step_key, phase, place) AS (");
        query.push_values(&rows, |mut row, (key, phase, place)| {
            row.push_bind(*key).push_bind(*phase).push_bind(*place);
        });
        query.push(") UPDATE step SET phase = placed.phase, position = placed.place FROM placed \
                    WHERE step.step_key = placed.step_key AND step.version_id = ");
        query.push_bind(draft);
        query.build().execute(c).await.map(drop)
    })?;
    Ok(())
}

const PUBLISH_VERSION: &str = "UPDATE programme_version SET published_at = $2 WHERE id = $1";
const PUBLISH: &str =
    "UPDATE programme SET published_at = COALESCE(published_at, $2), archived_at = NULL WHERE id = $1";
const PURGE: &str = "DELETE FROM step WHERE version_id = $1 AND removed_at IS NOT NULL";

/// Makes the draft the version that new enrolments begin on.
pub async fn publish(tx: &mut Tx, id: ProgrammeId, draft: ProgrammeVersionId, now: Timestamp) -> Result<()> {
    on_db!(tx, c => sqlx::query(PURGE).bind(draft).execute(c).await.map(drop))?;
    on_db!(tx, c => sqlx::query(PUBLISH_VERSION).bind(draft).bind(now).execute(c).await.map(drop))?;
    on_db!(tx, c => sqlx::query(PUBLISH).bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

const ARCHIVE: &str =
    "UPDATE programme SET archived_at = $2 WHERE id = $1 AND published_at IS NOT NULL RETURNING title";

/// Withdraws a published programme (`Some` moment) or offers it again (`None`); answers its title.
pub async fn set_archived(tx: &mut Tx, id: ProgrammeId, at: Option<Timestamp>) -> Result<Option<String>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(ARCHIVE).bind(id).bind(at).fetch_optional(c).await)?)
}

/// A programme in the trainer's list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    pub id: ProgrammeId,
    pub title: String,
    pub published_at: Option<Timestamp>,
    pub archived_at: Option<Timestamp>,
    /// Whether there are changes that nobody else sees yet.
    pub has_draft: bool,
    pub steps: i64,
    pub enrolled: i64,
    pub completed: i64,
}

const ALL: &str = "
    SELECT g.id, g.title, g.published_at, g.archived_at,
           EXISTS (SELECT 1 FROM programme_version v WHERE v.programme_id = g.id AND v.published_at IS NULL) AS has_draft,
           (SELECT COUNT(*) FROM step s WHERE s.removed_at IS NULL AND s.version_id =
               (SELECT v.id FROM programme_version v WHERE v.programme_id = g.id ORDER BY v.number DESC LIMIT 1)) AS steps,
           COALESCE(n.enrolled, 0) AS enrolled, COALESCE(n.completed, 0) AS completed
      FROM programme g
      LEFT JOIN (SELECT e.programme_id, COUNT(*) AS enrolled,
                        COUNT(CASE WHEN p.status = 'done' THEN 1 END) AS completed
                   FROM enrolment e LEFT JOIN enrolment_progress p ON p.enrolment_id = e.id
                  WHERE e.cancelled_at IS NULL GROUP BY e.programme_id) n ON n.programme_id = g.id
     ORDER BY g.created_at DESC, g.id";

/// Every programme with its figures, newest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<Listed>> {
    Ok(on_db!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)?)
}

/// Something a step can open: a course, or one activity of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Choice {
    pub course_id: CourseId,
    #[sqlx(try_from = "String")]
    pub course_title: LanguageMap,
    /// Absent for the course as a whole.
    pub activity: Option<String>,
    #[sqlx(try_from = "String")]
    pub activity_title: LanguageMap,
}

const CHOICES: &str = "
    SELECT c.id AS course_id, c.title AS course_title, NULL AS activity, '{}' AS activity_title, c.created_at, -1 AS place
      FROM course c
    UNION ALL
    SELECT c.id, c.title, a.identifier, a.title, c.created_at, a.activity_index
      FROM course c JOIN activity a ON a.course_id = c.id AND a.version_id = c.version_id AND a.launchable
     WHERE (SELECT COUNT(*) FROM activity o
             WHERE o.course_id = c.id AND o.version_id = c.version_id AND o.launchable) > 1
     ORDER BY created_at DESC, course_id, place LIMIT $1";

/// What steps can open, the newest course first; a course before its activities.
pub async fn choices(tx: &mut Tx, limit: i64) -> Result<Vec<Choice>> {
    Ok(on_db!(tx, c => sqlx::query_as(CHOICES).bind(limit).fetch_all(c).await)?)
}

/// How many running enrolments are on one published version.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct VersionUse {
    pub number: i32,
    pub published_at: Timestamp,
    pub running: i64,
    pub completed: i64,
}

const USES: &str = "
    SELECT v.number, v.published_at, COUNT(CASE WHEN e.id IS NOT NULL AND COALESCE(p.status, 'todo') <> 'done' THEN 1 END)
           AS running, COUNT(CASE WHEN p.status = 'done' THEN 1 END) AS completed
      FROM programme_version v
      LEFT JOIN enrolment e ON e.version_id = v.id AND e.cancelled_at IS NULL
      LEFT JOIN enrolment_progress p ON p.enrolment_id = e.id
     WHERE v.programme_id = $1 AND v.published_at IS NOT NULL
     GROUP BY v.number, v.published_at ORDER BY v.number DESC";

/// The published versions with who is on them, the last first.
pub async fn uses(tx: &mut Tx, id: ProgrammeId) -> Result<Vec<VersionUse>> {
    Ok(on_db!(tx, c => sqlx::query_as(USES).bind(id).fetch_all(c).await)?)
}
