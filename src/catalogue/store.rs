//! Reading courses with the standing of one learner, or with the figures of all; never a query per course.

use std::collections::HashMap;

use crate::catalogue::model::{LearnerActivity, LearnerCourse, Medium, TrainerCourse};
use crate::core::{CourseId, LanguageMap, PersonId, RegistrationId, Result, Timestamp, VersionId};
use crate::on_db;
use crate::progress::{self, Attempts};
use crate::storage::Tx;

/// The courses a learner has begun, the last one used first.
pub async fn begun_by(tx: &mut Tx, person: PersonId) -> Result<Vec<LearnerCourse>> {
    const BEGUN: &str = "
        SELECT c.id, c.title, c.kind, r.id AS registration, r.attempt, r.current_index,
               (SELECT COUNT(*) FROM activity a
                 WHERE a.course_id = c.id AND a.version_id = r.version_id AND a.launchable) AS steps,
               (SELECT a.details FROM activity a
                 WHERE a.course_id = c.id AND a.version_id = r.version_id AND a.kind IN ('video', 'audio')
                   AND a.activity_index = 0) AS medium,
               p.completion, p.success, p.progress, p.done, p.completed_at,
               COALESCE(p.last_at, r.created_at) AS last_at,
               r.superseded_at IS NOT NULL AND (p.completion IS NULL OR p.completion <> 'completed') AS superseded,
               EXISTS (SELECT 1 FROM enrolment e JOIN step s ON s.version_id = e.version_id AND s.removed_at IS NULL
                        WHERE e.person_id = $1 AND e.cancelled_at IS NULL AND s.course_id = c.id) AS in_programme
          FROM registration r
          JOIN course c ON c.id = r.course_id
          LEFT JOIN registration_progress p ON p.registration_id = r.id
         WHERE r.person_id = $1 AND NOT r.preview
           AND r.attempt = (SELECT MAX(o.attempt) FROM registration o
                             WHERE o.person_id = r.person_id AND o.course_id = r.course_id AND NOT o.preview)
         ORDER BY COALESCE(p.last_at, r.created_at) DESC, c.id";
    let begun = on_db!(tx, c => sqlx::query_as(BEGUN).bind(person).fetch_all(c).await)?;
    with_attempts(tx, person, begun).await
}

/// The published courses, newest first, with the standing of one learner.
pub async fn open_to(tx: &mut Tx, person: PersonId) -> Result<Vec<LearnerCourse>> {
    const OPEN: &str = "
        SELECT c.id, c.title, c.kind, r.id AS registration, r.attempt, r.current_index,
               (SELECT COUNT(*) FROM activity a
                 WHERE a.course_id = c.id AND a.version_id = c.version_id AND a.launchable) AS steps,
               (SELECT a.details FROM activity a
                 WHERE a.course_id = c.id AND a.version_id = c.version_id AND a.kind IN ('video', 'audio')
                   AND a.activity_index = 0) AS medium,
               p.completion, p.success, p.progress, p.done, p.completed_at, p.last_at,
               r.superseded_at IS NOT NULL AND (p.completion IS NULL OR p.completion <> 'completed') AS superseded,
               EXISTS (SELECT 1 FROM enrolment e JOIN step s ON s.version_id = e.version_id AND s.removed_at IS NULL
                        WHERE e.person_id = $1 AND e.cancelled_at IS NULL AND s.course_id = c.id) AS in_programme
          FROM course c
          LEFT JOIN registration r ON r.course_id = c.id AND r.person_id = $1 AND NOT r.preview
           AND r.attempt = (SELECT MAX(o.attempt) FROM registration o
                             WHERE o.person_id = r.person_id AND o.course_id = r.course_id AND NOT o.preview)
          LEFT JOIN registration_progress p ON p.registration_id = r.id
         WHERE c.published_at IS NOT NULL
         ORDER BY c.published_at DESC, c.id";
    let open = on_db!(tx, c => sqlx::query_as(OPEN).bind(person).fetch_all(c).await)?;
    with_attempts(tx, person, open).await
}

/// The courses with the standing that several attempts come to; who has made one at each is asked about no further.
async fn with_attempts(tx: &mut Tx, person: PersonId, mut courses: Vec<LearnerCourse>) -> Result<Vec<LearnerCourse>> {
    if courses.iter().all(|course| course.attempt.is_none_or(|attempt| attempt <= 1)) {
        return Ok(courses);
    }
    let attempts = progress::attempts(tx, &[person], None).await?;
    let of: HashMap<CourseId, &Attempts> = attempts.iter().map(|attempts| (attempts.course(), attempts)).collect();
    for course in &mut courses {
        if let Some(attempts) = of.get(&course.id).filter(|attempts| attempts.has_result()) {
            (course.completion, course.success) = attempts.words();
            course.completed_at = attempts.completed_at();
        }
    }
    Ok(courses)
}

/// A course, what it is about, and the version its outline is shown in.
#[derive(sqlx::FromRow)]
pub struct CourseRow {
    #[sqlx(try_from = "String")]
    pub title: LanguageMap,
    #[sqlx(try_from = "String")]
    pub description: LanguageMap,
    pub kind: String,
    #[sqlx(try_from = "Option<String>")]
    pub medium: Medium,
    pub version_id: VersionId,
    /// The version whoever begins now begins on.
    pub present_version: VersionId,
    /// Whether the learner is to begin anew, on the present version.
    pub superseded: bool,
    pub published_at: Option<Timestamp>,
    pub registration: Option<RegistrationId>,
    pub current_index: Option<i32>,
    pub progress: Option<f64>,
    pub seconds: Option<f64>,
}

impl CourseRow {
    /// As it is for somebody who begins anew: what they did is in their record, and no longer where they stand.
    fn anew(self) -> Self {
        if !self.superseded {
            return self;
        }
        Self {
            version_id: self.present_version,
            registration: None,
            current_index: None,
            progress: None,
            seconds: None,
            ..self
        }
    }
}

/// One course with the standing of one learner, in the version they began, else the present one.
pub async fn course_of(tx: &mut Tx, course: CourseId, person: PersonId) -> Result<Option<CourseRow>> {
    const COURSE: &str = "
        SELECT c.title, COALESCE(c.description, '{}') AS description, c.kind,
               COALESCE(r.version_id, c.version_id) AS version_id, c.version_id AS present_version,
               r.superseded_at IS NOT NULL AND (p.completion IS NULL OR p.completion <> 'completed') AS superseded,
               (SELECT a.details FROM activity a
                 WHERE a.course_id = c.id AND a.version_id = COALESCE(r.version_id, c.version_id) AND a.kind IN ('video', 'audio')
                   AND a.activity_index = 0) AS medium,
               c.published_at, r.id AS registration, r.current_index, p.progress, p.seconds
          FROM course c
          LEFT JOIN registration r ON r.course_id = c.id AND r.person_id = $2 AND NOT r.preview
          LEFT JOIN registration_progress p ON p.registration_id = r.id
         WHERE c.id = $1
         ORDER BY r.attempt DESC
         LIMIT 1";
    let row: Option<CourseRow> =
        on_db!(tx, c => sqlx::query_as(COURSE).bind(course).bind(person).fetch_optional(c).await)?;
    Ok(row.map(CourseRow::anew))
}

/// The outline of a course in one version, with the standing recorded under `registration`.
pub async fn outline(
    tx: &mut Tx,
    course: CourseId,
    version: VersionId,
    registration: Option<RegistrationId>,
) -> Result<Vec<LearnerActivity>> {
    const OUTLINE: &str = "
        SELECT a.activity_index, a.depth, a.title, a.kind, a.launchable,
               p.completion, p.success, p.score_scaled, p.seconds
          FROM activity a
          LEFT JOIN activity_progress p ON p.registration_id = $3 AND p.activity_index = a.activity_index
         WHERE a.course_id = $1 AND a.version_id = $2
         ORDER BY a.activity_index";
    Ok(on_db!(tx, c => sqlx::query_as(OUTLINE).bind(course).bind(version).bind(registration).fetch_all(c).await)?)
}

/// Every course with how many learners began and completed it, newest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<TrainerCourse>> {
    const ALL: &str = "
        SELECT c.id, c.package_id, c.title, c.kind, c.published_at, c.created_at,
               (SELECT a.details FROM activity a
                 WHERE a.course_id = c.id AND a.version_id = c.version_id AND a.kind IN ('video', 'audio')
                   AND a.activity_index = 0) AS medium,
               COUNT(DISTINCT r.person_id) AS learners,
               COUNT(DISTINCT CASE WHEN p.completion = 'completed' THEN r.person_id END) AS completed
          FROM course c
          LEFT JOIN registration r ON r.course_id = c.id AND NOT r.preview
          LEFT JOIN registration_progress p ON p.registration_id = r.id
         GROUP BY c.id, c.package_id, c.title, c.kind, c.version_id, c.published_at, c.created_at
         ORDER BY c.created_at DESC, c.id";
    Ok(on_db!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)?)
}

/// Publishes (`Some`) or withdraws (`None`) a course; answers its title, or nothing if there is no such course.
pub async fn set_published(tx: &mut Tx, course: CourseId, at: Option<Timestamp>) -> Result<Option<LanguageMap>> {
    const PUBLISH: &str = "UPDATE course SET published_at = $2 WHERE id = $1 RETURNING title";
    let title: Option<String> =
        on_db!(tx, c => sqlx::query_scalar(PUBLISH).bind(course).bind(at).fetch_optional(c).await)?;
    Ok(title.map(LanguageMap::from))
}
