//! Rows of drafts, and of the versions made of them.

use crate::core::{CourseId, PackageId, PersonId, Result, Timestamp, VersionId};
use crate::on_db;
use crate::packages::model::PackageKind;
use crate::storage::Tx;

const INSERT_PACKAGE: &str =
    "INSERT INTO package (id, kind, title, created_by, created_at) VALUES ($1, $2, $3, $4, $5)";
const INSERT_DRAFT: &str = "INSERT INTO package_draft (package_id, content, revision, updated_by, updated_at) \
    VALUES ($1, $2, 0, $3, $4)";

/// Writes a package that is only a draft.
pub async fn insert(
    tx: &mut Tx,
    id: PackageId,
    kind: PackageKind,
    title: &str,
    content: &str,
    by: Option<PersonId>,
    now: Timestamp,
) -> Result<()> {
    on_db!(tx, c => sqlx::query(INSERT_PACKAGE)
        .bind(id).bind(kind.word()).bind(title).bind(by).bind(now).execute(c).await.map(drop))?;
    on_db!(tx, c => sqlx::query(INSERT_DRAFT)
        .bind(id).bind(content).bind(by).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// A draft as it is kept.
#[derive(sqlx::FromRow)]
pub struct DraftRow {
    pub kind: String,
    pub title: String,
    pub content: String,
    pub revision: i64,
    pub updated_by: Option<String>,
    pub updated_at: Timestamp,
    pub course: Option<CourseId>,
    pub published_at: Option<Timestamp>,
}

const DRAFT: &str = "SELECT p.kind, p.title, d.content, d.revision, w.name AS updated_by, d.updated_at, c.id AS course, \
    c.published_at FROM package_draft d JOIN package p ON p.id = d.package_id \
    LEFT JOIN person w ON w.id = d.updated_by LEFT JOIN course c ON c.package_id = p.id WHERE d.package_id = $1";

/// The draft of a package.
pub async fn draft(tx: &mut Tx, id: PackageId) -> Result<Option<DraftRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(DRAFT).bind(id).fetch_optional(c).await)?)
}

const SAVE: &str = "UPDATE package_draft SET content = $3, revision = revision + 1, updated_by = $4, updated_at = $5 \
    WHERE package_id = $1 AND revision = $2 RETURNING revision";

/// Saves over `revision`; `None` if that is not the present one.
pub async fn save(
    tx: &mut Tx,
    id: PackageId,
    revision: i64,
    content: &str,
    by: Option<PersonId>,
    now: Timestamp,
) -> Result<Option<i64>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(SAVE)
        .bind(id).bind(revision).bind(content).bind(by).bind(now).fetch_optional(c).await)?)
}

/// A version to be written.
pub struct NewVersion<'a> {
    pub id: VersionId,
    pub package: PackageId,
    pub number: i32,
    pub file_name: &'a str,
    pub sha256: &'a [u8],
    pub size: usize,
    pub content: &'a str,
    pub outline: &'a str,
    pub now: Timestamp,
}

const INSERT_VERSION: &str = "INSERT INTO package_version (id, package_id, number, file_name, sha256, size, content, \
    outline, findings, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '[]', $9)";

/// Writes a version.
pub async fn insert_version(tx: &mut Tx, version: &NewVersion<'_>) -> Result<()> {
    let size = i64::try_from(version.size).unwrap_or(i64::MAX);
    on_db!(tx, c => sqlx::query(INSERT_VERSION)
        .bind(version.id).bind(version.package).bind(version.number).bind(version.file_name).bind(version.sha256)
        .bind(size).bind(version.content).bind(version.outline).bind(version.now).execute(c).await.map(drop))?;
    Ok(())
}

const OPEN: &str = "UPDATE course SET published_at = COALESCE(published_at, $2) WHERE id = $1";
const CLOSE: &str = "UPDATE course SET published_at = NULL WHERE id = $1";

/// Opens a course to everybody, or closes it; one that is open stays open since when it was.
pub async fn open(tx: &mut Tx, course: CourseId, at: Option<Timestamp>) -> Result<()> {
    match at {
        Some(at) => on_db!(tx, c => sqlx::query(OPEN).bind(course).bind(at).execute(c).await.map(drop))?,
        None => on_db!(tx, c => sqlx::query(CLOSE).bind(course).execute(c).await.map(drop))?,
    }
    Ok(())
}

const CONTENT: &str = "SELECT content FROM package_version WHERE id = $1 AND content IS NOT NULL";

/// What a version holds.
pub async fn content(tx: &mut Tx, version: VersionId) -> Result<Option<String>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(CONTENT).bind(version).fetch_optional(c).await)?)
}

/// A version in the list of its package.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct VersionRow {
    /// Its identifier.
    pub id: VersionId,
    /// From 1.
    pub number: i32,
    /// When it was published.
    pub created_at: Timestamp,
    /// How many people follow it.
    pub learners: i64,
}

const VERSIONS: &str = "SELECT v.id, v.number, v.created_at, COUNT(r.id) AS learners FROM package_version v \
    LEFT JOIN registration r ON r.version_id = v.id AND r.preview = FALSE \
    WHERE v.package_id = $1 GROUP BY v.id, v.number, v.created_at ORDER BY v.number DESC";

/// The versions of a package, the newest first.
pub async fn versions(tx: &mut Tx, id: PackageId) -> Result<Vec<VersionRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(VERSIONS).bind(id).fetch_all(c).await)?)
}

/// A draft that nobody can learn from yet.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DraftLine {
    /// Its package.
    pub id: PackageId,
    /// Its kind.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// When it was saved last.
    pub updated_at: Timestamp,
}

const DRAFTS: &str = "SELECT p.id, p.kind, p.title, d.updated_at FROM package_draft d JOIN package p ON p.id = d.package_id \
    WHERE NOT EXISTS (SELECT 1 FROM package_version v WHERE v.package_id = p.id) ORDER BY d.updated_at DESC, p.id LIMIT $1";

/// Drafts that were never published, the last one saved first.
pub async fn drafts(tx: &mut Tx, limit: i64) -> Result<Vec<DraftLine>> {
    Ok(on_db!(tx, c => sqlx::query_as(DRAFTS).bind(limit).fetch_all(c).await)?)
}
