//! Rows of packages: written in one transaction, read for the interface, the pages and the content origin.

use crate::core::{CourseId, LanguageMap, PackageId, PersonId, Result, Timestamp, VersionId};
use crate::on_db;
use crate::packages::findings::Finding;
use crate::packages::model::PackageKind;
use crate::storage::Tx;

/// Rows of one INSERT: ten columns each stay far below the 32,766 variables SQLite binds.
const ROWS: usize = 500;

/// A package to be written.
pub struct NewPackage {
    /// Its identifier.
    pub id: PackageId,
    /// Its first version.
    pub version: VersionId,
    /// Its kind.
    pub kind: PackageKind,
    /// Its title in the language of the house.
    pub title: String,
    /// Who imported it; nobody for a token or a command.
    pub created_by: Option<PersonId>,
    /// Now.
    pub now: Timestamp,
    /// As the sender called the file.
    pub file_name: String,
    /// Digest of the upload.
    pub sha256: Vec<u8>,
    /// Size of the upload.
    pub size: u64,
    /// Key of the upload in the blob store.
    pub blob: String,
    /// The edition and the answer's outline, as JSON.
    pub outline: String,
    /// The findings.
    pub findings: Vec<Finding>,
}

/// A file to be written.
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
    VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9)";

/// Writes the package with everything it holds. One statement for some hundred rows.
pub async fn insert(tx: &mut Tx, package: &NewPackage, files: &[NewFile], courses: &[NewCourse]) -> Result<()> {
    on_db!(tx, c => sqlx::query(INSERT_PACKAGE)
        .bind(package.id)
        .bind(package.kind.word())
        .bind(&package.title)
        .bind(package.created_by)
        .bind(package.now)
        .execute(c)
        .await
        .map(drop))?;
    let findings = serde_json::to_string(&package.findings)?;
    on_db!(tx, c => sqlx::query(INSERT_VERSION)
        .bind(package.version)
        .bind(package.id)
        .bind(&package.file_name)
        .bind(&package.sha256)
        .bind(number(package.size))
        .bind(&package.blob)
        .bind(&package.outline)
        .bind(&findings)
        .bind(package.now)
        .execute(c)
        .await
        .map(drop))?;
    let place = Place { package: package.id, version: package.version, kind: package.kind, now: package.now };
    insert_parts(tx, &place, files, courses, false).await
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

/// Writes files, courses and activities of a version that has its row. `again`: the courses are known from an earlier
/// version, and whoever begins now begins on this one.
pub async fn insert_parts(
    tx: &mut Tx,
    place: &Place,
    files: &[NewFile],
    courses: &[NewCourse],
    again: bool,
) -> Result<()> {
    for files in files.chunks(ROWS) {
        insert_files(tx, place.version, files).await?;
    }
    for (position, course) in courses.iter().enumerate() {
        if again {
            move_course(tx, place.version, course).await?;
        } else {
            insert_course(tx, place, position, course).await?;
        }
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
fn number(bytes: u64) -> i64 {
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
    /// When it was imported.
    pub created_at: Timestamp,
}

const FIND: &str = "
    SELECT p.id, v.id AS version, p.kind, p.title, v.file_name, v.size, v.outline, v.findings, p.created_at
    FROM package p JOIN package_version v ON v.package_id = p.id
    WHERE p.id = $1 ORDER BY v.number DESC LIMIT 1";

/// The package with its newest version.
pub async fn find(tx: &mut Tx, id: PackageId) -> Result<Option<PackageRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await)?)
}

const LIST: &str = "
    SELECT p.id, v.id AS version, p.kind, p.title, v.file_name, v.size, v.outline, v.findings, p.created_at
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

const VERSIONS: &str = "SELECT id FROM package_version WHERE package_id = $1";
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

const VERSION_EXISTS: &str = "SELECT COUNT(*) FROM package_version WHERE id = $1";

/// Whether a version has a row.
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
