//! Reading progress for pages and the REST interface; never a query per row.

use crate::core::{CourseId, LanguageMap, PersonId, RegistrationId, Result, Timestamp, VersionId};
use crate::on_db;
use crate::progress::model::{Completion, Success};
use crate::storage::Tx;

/// One learner in one course.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LearnerRow {
    pub registration: RegistrationId,
    /// From 1.
    pub attempt: i32,
    pub person: PersonId,
    pub name: String,
    pub unit: Option<String>,
    pub completion: Option<String>,
    pub success: Option<String>,
    pub score: Option<f64>,
    pub progress: Option<f64>,
    pub seconds: Option<f64>,
    /// The last thing they did, or when they were registered.
    pub last_at: Timestamp,
}

const OF_COURSE: &str = "SELECT r.id AS registration, r.attempt, p.id AS person, p.name, u.name AS unit, s.completion, s.success, \
    s.score_scaled AS score, s.progress, s.seconds, COALESCE(s.last_at, r.created_at) AS last_at \
    FROM registration r JOIN person p ON p.id = r.person_id LEFT JOIN org_unit u ON u.id = p.org_unit_id \
    LEFT JOIN registration_progress s ON s.registration_id = r.id \
    WHERE r.course_id = $1 AND r.preview = FALSE \
    ORDER BY COALESCE(s.last_at, r.created_at) DESC, r.id LIMIT $2 OFFSET $3";

/// Who follows a course, the last one active first.
pub async fn of_course(tx: &mut Tx, course: CourseId, limit: i64, offset: i64) -> Result<Vec<LearnerRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(OF_COURSE).bind(course).bind(limit).bind(offset).fetch_all(c).await)?)
}

/// One course of one learner.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CourseRow {
    pub registration: RegistrationId,
    pub person: PersonId,
    pub person_name: String,
    pub course: CourseId,
    pub version: VersionId,
    #[sqlx(try_from = "String")]
    pub title: LanguageMap,
    pub attempt: i32,
    pub completion: Option<String>,
    pub success: Option<String>,
    pub score: Option<f64>,
    pub progress: Option<f64>,
    pub seconds: Option<f64>,
    pub created_at: Timestamp,
    pub last_at: Timestamp,
    pub completed_at: Option<Timestamp>,
}

const OF_PERSON: &str = "SELECT r.id AS registration, p.id AS person, p.name AS person_name, c.id AS course, \
    r.version_id AS version, c.title, r.attempt, s.completion, s.success, s.score_scaled AS score, s.progress, s.seconds, \
    r.created_at, COALESCE(s.last_at, r.created_at) AS last_at, s.completed_at \
    FROM registration r JOIN person p ON p.id = r.person_id JOIN course c ON c.id = r.course_id \
    LEFT JOIN registration_progress s ON s.registration_id = r.id \
    WHERE r.person_id = $1 AND r.preview = FALSE ORDER BY COALESCE(s.last_at, r.created_at) DESC, r.id";

/// Every course somebody has begun, the last one active first.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<CourseRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(OF_PERSON).bind(person).fetch_all(c).await)?)
}

const OF_REGISTRATION: &str = "SELECT r.id AS registration, p.id AS person, p.name AS person_name, c.id AS course, \
    r.version_id AS version, c.title, r.attempt, s.completion, s.success, s.score_scaled AS score, s.progress, s.seconds, \
    r.created_at, COALESCE(s.last_at, r.created_at) AS last_at, s.completed_at \
    FROM registration r JOIN person p ON p.id = r.person_id JOIN course c ON c.id = r.course_id \
    LEFT JOIN registration_progress s ON s.registration_id = r.id WHERE r.id = $1 AND r.preview = FALSE";

/// One registration; a preview is none.
pub async fn of_registration(tx: &mut Tx, id: RegistrationId) -> Result<Option<CourseRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(OF_REGISTRATION).bind(id).fetch_optional(c).await)?)
}

/// One activity of one learner.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ActivityRow {
    pub activity_index: i32,
    pub parent_index: Option<i32>,
    pub depth: i32,
    pub identifier: String,
    #[sqlx(try_from = "String")]
    pub title: LanguageMap,
    pub kind: String,
    pub launchable: bool,
    pub visible: bool,
    pub completion: Option<String>,
    pub success: Option<String>,
    pub score_scaled: Option<f64>,
    pub score_raw: Option<f64>,
    pub score_min: Option<f64>,
    pub score_max: Option<f64>,
    pub progress: Option<f64>,
    pub seconds: Option<f64>,
    pub last_at: Option<Timestamp>,
    /// Why it need not be done, where a trainer has decided so.
    pub waived_for: Option<String>,
}

const ACTIVITIES: &str = "SELECT a.activity_index, a.parent_index, a.depth, a.identifier, a.title, a.kind, a.launchable, \
    a.visible, s.completion, s.success, s.score_scaled, s.score_raw, s.score_min, s.score_max, s.progress, s.seconds, \
    s.last_at, u.waived_for \
    FROM registration r JOIN activity a ON a.course_id = r.course_id AND a.version_id = r.version_id \
    LEFT JOIN activity_progress s ON s.registration_id = r.id AND s.activity_index = a.activity_index \
    LEFT JOIN cmi5_unit u ON u.registration_id = r.id AND u.activity_index = a.activity_index \
    WHERE r.id = $1 ORDER BY a.activity_index";

/// The outline of a registration with what was done in each activity.
pub async fn activities_of(tx: &mut Tx, id: RegistrationId) -> Result<Vec<ActivityRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(ACTIVITIES).bind(id).fetch_all(c).await)?)
}

/// How far a learner has come in one activity, and in its course.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct Reached {
    completion: Option<String>,
    success: Option<String>,
    course_completion: Option<String>,
}

impl Reached {
    pub fn activity(&self) -> (Completion, Success) {
        let completion = self.completion.as_deref().map(Completion::of_word).unwrap_or_default();
        (completion, self.success.as_deref().map(Success::of_word).unwrap_or_default())
    }

    pub fn course(&self) -> Completion {
        self.course_completion.as_deref().map(Completion::of_word).unwrap_or_default()
    }
}

const STANDING: &str = "SELECT s.completion, s.success, g.completion AS course_completion FROM registration_progress g \
    LEFT JOIN activity_progress s ON s.registration_id = g.registration_id AND s.activity_index = $2 \
    WHERE g.registration_id = $1";

/// Where a learner stands in one activity, and in its course: nowhere yet, if nothing was said of them.
pub async fn standing(tx: &mut Tx, id: RegistrationId, index: i32) -> Result<Reached> {
    let found: Option<Reached> =
        on_db!(tx, c => sqlx::query_as(STANDING).bind(id).bind(index).fetch_optional(c).await)?;
    Ok(found.unwrap_or_default())
}
