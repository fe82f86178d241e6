//! Rows of packages: written in one transaction, read for the interface, the pages and the content origin.

use serde::{Deserialize, Serialize};

use crate::core::{CourseId, LanguageMap, PackageId, PersonId, Result, Timestamp, VersionId};
use crate::on_db;
use crate::packages::findings::Finding;
use crate::packages::model::PackageKind;
use crate::scorm::tolerance::Tolerance;
use crate::storage::Tx;

/// Rows of one INSERT: SQLite keeps what a statement changes in memory until it has succeeded, and paths may be long.
const ROWS: usize = 200;

/// A package to be written.
pub struct NewPackage {
    /// Its identifier.
    pub id: PackageId,
    /// Its kind.
    pub kind: PackageKind,
    /// Its title in the language of the house.
    pub title: String,
    /// Who imported it; nobody for a token or a command.
    pub created_by: Option<PersonId>,
}

/// A version of an imported package, to be written.
pub struct NewVersion {
    /// Its identifier.
    pub id: VersionId,
    /// Which one of its package, from 1.
    pub number: i32,
    /// As the sender called the file.
    pub file_name: String,
    /// Digest of the upload.
    pub sha256: Vec<u8>,
    /// Size of the upload.
    pub size: i64,
    /// Key of the upload in the blob store.
    pub blob: String,
    /// The edition and the answer's outline, as JSON.
    pub outline: String,
    /// The findings, as JSON.
    pub findings: String,
    /// Now.
    pub now: Timestamp,
}

/// A file to be written.
#[derive(Serialize, Deserialize)]
pub struct NewFile {
    /// Its path.
    pub path: String,
    /// Its media type.
    pub media_type: String,
    /// Deflated in the archive.
    pub deflated: bool,
    /// Where its bytes begin in its blob.
    pub offset: u64,
    /// How many there are.
    pub compressed: u64,
    /// How many they unpack to.
    pub size: u64,
    /// Checksum of the unpacked bytes.
    pub crc32: u32,
    /// A blob of its own.
    pub blob: Option<String>,
}

impl NewFile {
    /// A file that is a blob of its own.
    pub fn of_blob(path: &str, media_type: String, size: u64, blob: String) -> Self {
        Self {
            path: path.to_owned(),
            media_type,
            deflated: false,
            offset: 0,
            compressed: size,
            size,
            crc32: 0,
            blob: Some(blob),
        }
    }
}

/// A course to be written.
pub struct NewCourse {
    /// Its identifier.
    pub id: CourseId,
    /// Whether it is known from an earlier version; whoever begins now begins on this one.
    pub again: bool,
    /// Its identifier in the manifest, unique in the package.
    pub identifier: String,
    /// Its xAPI identifier.
    pub iri: String,
    /// Its title.
    pub title: LanguageMap,
    /// Its description.
    pub description: LanguageMap,
    /// Rules, as JSON.
    pub details: String,
    /// Its activities.
    pub activities: Vec<NewActivity>,
}

/// An activity to be written.
pub struct NewActivity {
    /// The group it stands in.
    pub parent: Option<usize>,
    /// How deep it stands.
    pub depth: usize,
    /// Its identifier in the manifest.
    pub identifier: String,
    /// Its xAPI identifier.
    pub iri: String,
    /// Its title.
    pub title: LanguageMap,
    /// Its kind.
    pub kind: &'static str,
    /// What it opens.
    pub href: Option<String>,
    /// Whether it can be opened.
    pub launchable: bool,
    /// Whether outlines show it.
    pub visible: bool,
    /// Rules, as JSON.
    pub details: String,
}

const INSERT_PACKAGE: &str =
    "INSERT INTO package (id, kind, title, created_by, created_at) VALUES ($1, $2, $3, $4, $5)";

const INSERT_VERSION: &str = "
    INSERT INTO package_version (id, package_id, number, file_name, sha256, size, blob, outline, findings, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Writes a package.
pub async fn insert(tx: &mut Tx, package: &NewPackage, now: Timestamp) -> Result<()> {
    on_db!(tx, c => sqlx::query(INSERT_PACKAGE)
        .bind(package.id)
        .bind(package.kind.word())
        .bind(&package.title)
        .bind(package.created_by)
        .bind(now)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Writes a version of a package with everything it holds. One statement for some hundred rows.
pub async fn insert_version(
    tx: &mut Tx,
    (package, kind): (PackageId, PackageKind),
    version: &NewVersion,
    files: &[NewFile],
    courses: &[NewCourse],
) -> Result<()> {
    on_db!(tx, c => sqlx::query(INSERT_VERSION)
        .bind(version.id)
        .bind(package)
        .bind(version.number)
        .bind(&version.file_name)
        .bind(&version.sha256)
        .bind(version.size)
        .bind(&version.blob)
        .bind(&version.outline)
        .bind(&version.findings)
        .bind(version.now)
        .execute(c)
        .await
        .map(drop))?;
    let place = Place { package, version: version.id, kind, now: version.now };
    insert_parts(tx, &place, files, courses).await
}

// Changes nothing and locks the row until the transaction ends: two who publish at once make two versions, one after another.
const LOCK: &str = "UPDATE package SET kind = kind WHERE id = $1";
const NEXT_NUMBER: &str = "SELECT COALESCE(MAX(number), 0) + 1 FROM package_version WHERE package_id = $1";

/// Holds a package until the transaction ends: what becomes of its versions is decided by one after the other.
pub async fn hold(tx: &mut Tx, id: PackageId) -> Result<()> {
    on_db!(tx, c => sqlx::query(LOCK).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// The number of the next version; the package is held until the transaction ends.
pub async fn next_number(tx: &mut Tx, id: PackageId) -> Result<i32> {
    hold(tx, id).await?;
    let number: i32 = on_db!(tx, c => sqlx::query_scalar(NEXT_NUMBER).bind(id).fetch_one(c).await)?;
    Ok(number)
}

const RENAME: &str = "UPDATE package SET title = $2 WHERE id = $1";

/// Gives a package another title.
pub async fn rename(tx: &mut Tx, id: PackageId, title: &str) -> Result<()> {
    on_db!(tx, c => sqlx::query(RENAME).bind(id).bind(title).execute(c).await.map(drop))?;
    Ok(())
}

/// What the parts of a version belong to.
pub struct Place {
    /// The package.
    pub package: PackageId,
    /// The version.
    pub version: VersionId,
    /// The kind of both.
    pub kind: PackageKind,
    /// Now.
    pub now: Timestamp,
}

/// Writes files, courses and activities of a version that has its row.
pub async fn insert_parts(tx: &mut Tx, place: &Place, files: &[NewFile], courses: &[NewCourse]) -> Result<()> {
    for files in files.chunks(ROWS) {
        insert_files(tx, place.version, files).await?;
    }
    for (position, course) in courses.iter().enumerate() {
        if course.again {
            move_course(tx, place.version, course).await?;
        } else {
            insert_course(tx, place, position, course).await?;
        }
        on_db!(tx, c => sqlx::query(INSERT_RULES)
            .bind(course.id).bind(place.version).bind(&course.details).execute(c).await.map(drop))?;
        for (chunk, activities) in course.activities.chunks(ROWS).enumerate() {
            insert_activities(tx, place.version, course.id, chunk * ROWS, activities).await?;
        }
    }
    Ok(())
}

/// Writes files of a version.
pub async fn insert_files(tx: &mut Tx, version: VersionId, files: &[NewFile]) -> Result<()> {
    on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "INSERT INTO package_file (version_id, path, path_key, media_type, method, data_offset, compressed_size, size, \
             crc32, blob) ",
        );
        query.push_values(files, |mut row, file| {
            row.push_bind(version)
                .push_bind(&file.path)
                .push_bind(super::contents::key(&file.path))
                .push_bind(&file.media_type)
                .push_bind(if file.deflated { DEFLATED } else { STORED })
                .push_bind(number(file.offset))
                .push_bind(number(file.compressed))
                .push_bind(number(file.size))
                .push_bind(i64::from(file.crc32))
                .push_bind(&file.blob);
        });
        query.build().execute(c).await.map(drop)
    })?;
    Ok(())
}

async fn insert_course(tx: &mut Tx, place: &Place, position: usize, course: &NewCourse) -> Result<()> {
    let (title, description) = texts(course)?;
    on_db!(tx, c => sqlx::query(INSERT_COURSE)
        .bind(course.id)
        .bind(place.package)
        .bind(place.version)
        .bind(&course.identifier)
        .bind(&course.iri)
        .bind(place.kind.word())
        .bind(&title)
        .bind(&description)
        .bind(&course.details)
        .bind(index(position))
        .bind(place.now)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

const INSERT_RULES: &str = "INSERT INTO course_rules (course_id, version_id, details) VALUES ($1, $2, $3)";
const MOVE_COURSE: &str = "UPDATE course SET version_id = $2, title = $3, description = $4, details = $5 WHERE id = $1";

async fn move_course(tx: &mut Tx, version: VersionId, course: &NewCourse) -> Result<()> {
    let (title, description) = texts(course)?;
    on_db!(tx, c => sqlx::query(MOVE_COURSE)
        .bind(course.id)
        .bind(version)
        .bind(&title)
        .bind(&description)
        .bind(&course.details)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Title and description as they are stored.
fn texts(course: &NewCourse) -> Result<(String, Option<String>)> {
    let description = serde_json::to_string(&course.description)?;
    let description = (!course.description.is_empty()).then_some(description);
    Ok((serde_json::to_string(&course.title)?, description))
}

const INSERT_COURSE: &str = "
    INSERT INTO course (id, package_id, version_id, identifier, iri, kind, title, description, details, position, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

async fn insert_activities(
    tx: &mut Tx,
    version: VersionId,
    course: CourseId,
    first: usize,
    activities: &[NewActivity],
) -> Result<()> {
    let mut rows = Vec::with_capacity(activities.len());
    for (place, activity) in activities.iter().enumerate() {
        rows.push((index(first + place), activity, serde_json::to_string(&activity.title)?));
    }
    on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "INSERT INTO activity (version_id, course_id, activity_index, parent_index, depth, identifier, iri, title, kind, \
             href, launchable, visible, details) ",
        );
        query.push_values(&rows, |mut row, (place, activity, title)| {
            row.push_bind(version)
                .push_bind(course)
                .push_bind(*place)
                .push_bind(activity.parent.map(index))
                .push_bind(index(activity.depth))
                .push_bind(&activity.identifier)
                .push_bind(&activity.iri)
                .push_bind(title)
                .push_bind(activity.kind)
                .push_bind(&activity.href)
                .push_bind(activity.launchable)
                .push_bind(activity.visible)
                .push_bind(&activity.details);
        });
        query.build().execute(c).await.map(drop)
    })?;
    Ok(())
}

/// ZIP's own numbers for the two methods.
const STORED: i32 = 0;
const DEFLATED: i32 = 8;

/// Sizes and offsets are far below 2^63.
pub fn number(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn index(place: usize) -> i32 {
    i32::try_from(place).unwrap_or(i32::MAX)
}

const KNOWN_DIGEST: &str = "
    SELECT p.title FROM package_version v JOIN package p ON p.id = v.package_id
    WHERE v.sha256 = $1 ORDER BY v.created_at DESC LIMIT 1";

/// The title of a package that was made of the same bytes.
pub async fn same_content(tx: &mut Tx, sha256: &[u8]) -> Result<Option<String>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(KNOWN_DIGEST).bind(sha256).fetch_optional(c).await)?)
}

/// A package as it is listed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PackageRow {
    /// Its identifier.
    pub id: PackageId,
    /// Its newest version.
    pub version: VersionId,
    /// Its kind.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// As the sender called the file.
    pub file_name: String,
    /// Size of the upload.
    pub size: i64,
    /// Edition and outline, as JSON.
    pub outline: String,
    /// Findings, as JSON.
    pub findings: String,
    /// When that version was imported.
    pub created_at: Timestamp,
    /// The switches its trainer turned on, as JSON.
    pub tolerance: Option<String>,
}

const FIND: &str = "
    SELECT p.id, v.id AS version, p.kind, p.title, v.file_name, v.size, v.outline, v.findings, v.created_at,
           p.tolerance
    FROM package p JOIN package_version v ON v.package_id = p.id
    WHERE p.id = $1 ORDER BY v.number DESC LIMIT 1";

/// The package with its newest version.
pub async fn find(tx: &mut Tx, id: PackageId) -> Result<Option<PackageRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await)?)
}

const LIST: &str = "
    SELECT p.id, v.id AS version, p.kind, p.title, v.file_name, v.size, v.outline, v.findings, v.created_at,
           p.tolerance
    FROM package p JOIN package_version v ON v.package_id = p.id
    WHERE p.id < $1
      AND v.number = (SELECT MAX(newest.number) FROM package_version newest WHERE newest.package_id = p.id)
    ORDER BY p.id DESC LIMIT $2";

/// Packages older than `before`, the newest first (identifiers are ordered by time).
pub async fn list(tx: &mut Tx, before: PackageId, limit: i64) -> Result<Vec<PackageRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(LIST).bind(before).bind(limit).fetch_all(c).await)?)
}

/// A course of a package, for its page.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CourseRow {
    /// Its identifier.
    pub id: CourseId,
    /// Since when learners see it.
    pub published_at: Option<Timestamp>,
}

const COURSES: &str = "SELECT id, published_at FROM course WHERE package_id = $1 ORDER BY position";

/// The courses of a package in order.
pub async fn courses(tx: &mut Tx, package: PackageId) -> Result<Vec<CourseRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(COURSES).bind(package).fetch_all(c).await)?)
}

const IN_USE: &str = "
    SELECT COUNT(*) FROM registration r JOIN course k ON k.id = r.course_id WHERE k.package_id = $1 AND NOT r.preview";

/// How many people have a record in a course of the package.
pub async fn records(tx: &mut Tx, package: PackageId) -> Result<i64> {
    Ok(on_db!(tx, c => sqlx::query_scalar(IN_USE).bind(package).fetch_one(c).await)?)
}

const IN_PROGRAMMES: &str = "
    SELECT COUNT(DISTINCT v.programme_id)
      FROM step s JOIN course k ON k.id = s.course_id JOIN programme_version v ON v.id = s.version_id
     WHERE k.package_id = $1";

/// How many programmes have a step of the package, in a version or in their draft.
pub async fn programmes(tx: &mut Tx, package: PackageId) -> Result<i64> {
    Ok(on_db!(tx, c => sqlx::query_scalar(IN_PROGRAMMES).bind(package).fetch_one(c).await)?)
}

const VERSIONS: &str = "
    SELECT id FROM package_version WHERE package_id = $1
    UNION ALL SELECT id FROM package_candidate WHERE package_id = $1";
const DELETE_PREVIEW_DOCUMENTS: &str = "
    DELETE FROM lrs_document WHERE registration IN
    (SELECT r.id FROM registration r JOIN course k ON k.id = r.course_id WHERE r.preview AND k.package_id = $1)";
const DELETE_PREVIEWS: &str = "
    DELETE FROM registration WHERE preview AND course_id IN (SELECT id FROM course WHERE package_id = $1)";
const DELETE: &str = "DELETE FROM package WHERE id = $1";

/// Removes the package and all its rows. Answers its versions, whose blobs are to follow; `None` if there is no such package.
pub async fn delete(tx: &mut Tx, package: PackageId) -> Result<Option<Vec<VersionId>>> {
    let versions = on_db!(tx, c => sqlx::query_scalar(VERSIONS).bind(package).fetch_all(c).await)?;
    for statement in [DELETE_PREVIEW_DOCUMENTS, DELETE_PREVIEWS] {
        on_db!(tx, c => sqlx::query(statement).bind(package).execute(c).await.map(drop))?;
    }
    let gone = on_db!(tx, c => sqlx::query(DELETE).bind(package).execute(c).await.map(|done| done.rows_affected()))?;
    Ok((gone > 0).then_some(versions))
}

const VERSION_EXISTS: &str = "
    SELECT (SELECT COUNT(*) FROM package_version WHERE id = $1) + (SELECT COUNT(*) FROM package_candidate WHERE id = $1)";

/// Whether a version has a row, or waits to become one.
pub async fn version_exists(tx: &mut Tx, version: VersionId) -> Result<bool> {
    let count: i64 = on_db!(tx, c => sqlx::query_scalar(VERSION_EXISTS).bind(version).fetch_one(c).await)?;
    Ok(count > 0)
}

/// A file as it is served.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FileRow {
    /// Its media type.
    pub media_type: String,
    method: i32,
    data_offset: i64,
    compressed_size: i64,
    size: i64,
    crc32: i64,
    /// The blob that holds its bytes.
    pub blob: String,
}

impl FileRow {
    /// Whether its bytes are deflated.
    pub fn deflated(&self) -> bool {
        self.method == DEFLATED
    }

    /// Where its bytes begin in the blob.
    pub fn offset(&self) -> u64 {
        self.data_offset.unsigned_abs()
    }

    /// How many bytes the blob holds of it.
    pub fn compressed(&self) -> u64 {
        self.compressed_size.unsigned_abs()
    }

    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        self.size.unsigned_abs()
    }

    /// The checksum of its bytes.
    pub fn crc32(&self) -> u32 {
        u32::try_from(self.crc32).unwrap_or_default()
    }
}

const FILE: &str = "
    SELECT f.media_type, f.method, f.data_offset, f.compressed_size, f.size, f.crc32, COALESCE(f.blob, v.blob) AS blob
    FROM package_file f JOIN package_version v ON v.id = f.version_id
    WHERE f.version_id = $1 AND f.path = $2";

const FILE_ANY_CASE: &str = "
    SELECT f.media_type, f.method, f.data_offset, f.compressed_size, f.size, f.crc32, COALESCE(f.blob, v.blob) AS blob
    FROM package_file f JOIN package_version v ON v.id = f.version_id
    WHERE f.version_id = $1 AND f.path_key = $2 ORDER BY f.path LIMIT 1";

/// The file of this path; if there is none, one that differs in case only.
pub async fn file(tx: &mut Tx, version: VersionId, path: &str) -> Result<Option<FileRow>> {
    let exact: Option<FileRow> =
        on_db!(tx, c => sqlx::query_as(FILE).bind(version).bind(path).fetch_optional(c).await)?;
    if exact.is_some() {
        return Ok(exact);
    }
    let key = super::contents::key(path);
    Ok(on_db!(tx, c => sqlx::query_as(FILE_ANY_CASE).bind(version).bind(&key).fetch_optional(c).await)?)
}

const TOLERANCE: &str =
    "SELECT p.tolerance FROM package p JOIN package_version v ON v.package_id = p.id WHERE v.id = $1";

/// What the trainer of a version's package bears of its content.
pub async fn tolerance(tx: &mut Tx, version: VersionId) -> Result<Tolerance> {
    let stored: Option<Option<String>> =
        on_db!(tx, c => sqlx::query_scalar(TOLERANCE).bind(version).fetch_optional(c).await)?;
    Ok(Tolerance::read(stored.flatten().as_deref()))
}

const TOLERATE: &str = "UPDATE package SET tolerance = $2 WHERE id = $1";

/// Turns the switches of a package.
pub async fn tolerate(tx: &mut Tx, id: PackageId, tolerance: &Tolerance) -> Result<()> {
    let stored = tolerance.stored();
    Ok(on_db!(tx, c => sqlx::query(TOLERATE).bind(id).bind(&stored).execute(c).await.map(drop))?)
}

const FINDINGS: &str = "SELECT findings FROM package_version WHERE id = $1 AND findings NOT LIKE $2";
const NOTE: &str = "UPDATE package_version SET findings = $2 WHERE id = $1 AND findings = $3";

/// Adds what was noticed of a version when it was used; each kind of finding once.
pub async fn note(tx: &mut Tx, version: VersionId, finding: Finding) -> Result<()> {
    // Content says the same at each opening: what is known is not read. Codes are letters and hyphens.
    let known = format!("%\"code\":\"{}\"%", finding.code);
    let Some(before): Option<String> =
        on_db!(tx, c => sqlx::query_scalar(FINDINGS).bind(version).bind(&known).fetch_optional(c).await)?
    else {
        return Ok(());
    };
    let mut findings: Vec<Finding> = serde_json::from_str(&before)?;
    findings.push(finding);
    // Whoever was faster says the same; if it is something else, ours is said at the next commit.
    let after = serde_json::to_string(&findings)?;
    on_db!(tx, c => sqlx::query(NOTE).bind(version).bind(&after).bind(&before).execute(c).await.map(drop))?;
    Ok(())
}
