//! Rows of candidates, and what is asked of the package they are to replace.

use crate::core::{CourseId, LanguageMap, PackageId, Result, Timestamp, VersionId};
use crate::on_db;
use crate::storage::{Inner, Tx};

/// A newer version that waits for a decision.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Candidate {
    /// The version it will become.
    pub id: VersionId,
    /// As the sender called the file.
    pub file_name: String,
    /// Digest of the upload.
    pub sha256: Vec<u8>,
    /// Size of the upload.
    pub size: i64,
    /// Its files, as JSON.
    pub files: String,
    /// Its outline, as JSON.
    pub outline: String,
    /// The findings, as JSON.
    pub findings: String,
    /// When it was received.
    pub created_at: Timestamp,
}

const CANDIDATE: &str = "SELECT id, file_name, sha256, size, files, outline, findings, created_at \
    FROM package_candidate WHERE package_id = $1";

/// What waits for a package.
pub async fn candidate(tx: &mut Tx, package: PackageId) -> Result<Option<Candidate>> {
    Ok(on_db!(tx, c => sqlx::query_as(CANDIDATE).bind(package).fetch_optional(c).await)?)
}

const WAITS: &str = "SELECT COUNT(*) FROM package_candidate WHERE package_id = $1";

/// Whether something waits for a package.
pub async fn waits(tx: &mut Tx, package: PackageId) -> Result<bool> {
    let count: i64 = on_db!(tx, c => sqlx::query_scalar(WAITS).bind(package).fetch_one(c).await)?;
    Ok(count > 0)
}

const INSERT: &str = "INSERT INTO package_candidate \
    (id, package_id, file_name, sha256, size, files, outline, findings, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// Writes a candidate.
pub async fn insert(tx: &mut Tx, package: PackageId, candidate: &Candidate) -> Result<()> {
    on_db!(tx, c => sqlx::query(INSERT)
        .bind(candidate.id).bind(package).bind(&candidate.file_name).bind(&candidate.sha256).bind(candidate.size)
        .bind(&candidate.files).bind(&candidate.outline).bind(&candidate.findings).bind(candidate.created_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

const FORGET: &str = "DELETE FROM package_candidate WHERE package_id = $1 RETURNING id";

/// Removes what waits for a package; answers which it was.
pub async fn forget(tx: &mut Tx, package: PackageId) -> Result<Option<VersionId>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(FORGET).bind(package).fetch_optional(c).await)?)
}

/// A course that the package has.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KnownCourse {
    /// Its identifier.
    pub id: CourseId,
    /// Its identifier in the manifest, unique in the package.
    pub identifier: String,
    /// Its xAPI identifier.
    pub iri: String,
    /// Its title.
    #[sqlx(try_from = "String")]
    pub title: LanguageMap,
    /// How many people are under way in it.
    pub running: i64,
    /// How many have completed it.
    pub completed: i64,
}

const KNOWN: &str = "SELECT k.id, k.identifier, k.iri, k.title, \
    COUNT(DISTINCT CASE WHEN p.completion = 'completed' THEN r.person_id END) AS completed, \
    COUNT(DISTINCT CASE WHEN r.superseded_at IS NULL AND (p.completion IS NULL OR p.completion <> 'completed') \
          THEN r.person_id END) AS running \
    FROM course k LEFT JOIN registration r ON r.course_id = k.id AND r.preview = FALSE \
    LEFT JOIN registration_progress p ON p.registration_id = r.id \
    WHERE k.package_id = $1 GROUP BY k.id, k.identifier, k.iri, k.title, k.position ORDER BY k.position, k.id";

/// The courses of a package with how many people are in them.
pub async fn known(tx: &mut Tx, package: PackageId) -> Result<Vec<KnownCourse>> {
    Ok(on_db!(tx, c => sqlx::query_as(KNOWN).bind(package).fetch_all(c).await)?)
}

/// An activity of a course in its present version.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PresentActivity {
    /// The course.
    pub course: CourseId,
    /// Its identifier in the manifest.
    pub identifier: String,
    /// Its title.
    #[sqlx(try_from = "String")]
    pub title: LanguageMap,
}

const ACTIVITIES: &str = "SELECT k.id AS course, a.identifier, a.title \
    FROM course k JOIN activity a ON a.course_id = k.id AND a.version_id = k.version_id \
    WHERE k.package_id = $1 AND a.launchable ORDER BY a.activity_index";

/// What can be opened in the present version of each course.
pub async fn activities(tx: &mut Tx, package: PackageId) -> Result<Vec<PresentActivity>> {
    Ok(on_db!(tx, c => sqlx::query_as(ACTIVITIES).bind(package).fetch_all(c).await)?)
}

/// A programme's step of one activity.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StepOf {
    /// The course.
    pub course: CourseId,
    /// The activity's identifier in the manifest.
    pub identifier: String,
    /// The title of the programme.
    pub programme: String,
}

const STEPS: &str = "SELECT DISTINCT k.id AS course, s.activity_identifier AS identifier, g.title AS programme \
    FROM course k JOIN step s ON s.course_id = k.id JOIN programme_version v ON v.id = s.version_id \
    JOIN programme g ON g.id = v.programme_id \
    WHERE k.package_id = $1 AND s.activity_identifier IS NOT NULL AND s.removed_at IS NULL";

/// The steps of programmes that are one activity of the package.
pub async fn steps(tx: &mut Tx, package: PackageId) -> Result<Vec<StepOf>> {
    Ok(on_db!(tx, c => sqlx::query_as(STEPS).bind(package).fetch_all(c).await)?)
}

const WITHDRAW: &str = "UPDATE course SET published_at = NULL WHERE id = $1";

/// Takes a course out of the catalogue.
pub async fn withdraw(tx: &mut Tx, course: CourseId) -> Result<()> {
    on_db!(tx, c => sqlx::query(WITHDRAW).bind(course).execute(c).await.map(drop))?;
    Ok(())
}

const SUPERSEDE_SQLITE: &str = "UPDATE registration SET superseded_at = $3 WHERE id IN (
    SELECT r.id FROM course k JOIN registration r ON r.course_id = k.id
    LEFT JOIN registration_progress p ON p.registration_id = r.id
    WHERE k.package_id = $1 AND k.version_id = $2 AND r.version_id <> $2 AND r.preview = FALSE AND r.superseded_at IS NULL
      AND (p.completion IS NULL OR p.completion <> 'completed'))";
// Locked in one order, as everywhere.
const SUPERSEDE_POSTGRES: &str = "UPDATE registration SET superseded_at = $3 WHERE id IN (
    SELECT r.id FROM course k JOIN registration r ON r.course_id = k.id
    WHERE k.package_id = $1 AND k.version_id = $2 AND r.version_id <> $2 AND r.preview = FALSE AND r.superseded_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM registration_progress p
                       WHERE p.registration_id = r.id AND p.completion = 'completed')
    ORDER BY r.id FOR NO KEY UPDATE OF r)";

/// Has everybody who is under way in the courses of `version` begin anew on it.
pub async fn supersede(tx: &mut Tx, package: PackageId, version: VersionId, now: Timestamp) -> Result<()> {
    match &mut tx.0 {
        Inner::Sqlite(connection) => {
            sqlx::query(SUPERSEDE_SQLITE).bind(package).bind(version).bind(now).execute(&mut **connection).await?;
        }
        Inner::Postgres(connection) => {
            sqlx::query(SUPERSEDE_POSTGRES).bind(package).bind(version).bind(now).execute(&mut **connection).await?;
        }
    }
    Ok(())
}
