//! Rows of films and recordings: what they are, what was made of them, their captions.

use crate::core::{Error, PackageId, Result, Timestamp, VersionId};
use crate::media::{Made, Way};
use crate::on_db;
use crate::packages::media_type;
use crate::packages::model::{ActivityDetails, MediaDetails};
use crate::packages::store::NewFile;
use crate::storage::Tx;

/// An upload of a film or recording.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct UploadRow {
    /// `video` or `audio`.
    pub kind: String,
    /// As its sender called it.
    pub file_name: String,
    /// Where it lies.
    pub blob: String,
    /// Its bytes.
    pub size: i64,
}

impl UploadRow {
    /// Whether it has a picture.
    pub fn is_film(&self) -> bool {
        self.kind == "video"
    }
}

const UPLOAD: &str = "
    SELECT p.kind, v.file_name, v.blob, v.size FROM package_version v JOIN package p ON p.id = v.package_id
    WHERE v.id = $1 AND v.blob IS NOT NULL AND p.kind IN ('video', 'audio')";

/// The upload of a version, if it is a film or recording.
pub async fn upload(tx: &mut Tx, version: VersionId) -> Result<Option<UploadRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(UPLOAD).bind(version).fetch_optional(c).await)?)
}

const NEWEST: &str = "
    SELECT v.id FROM package_version v JOIN package p ON p.id = v.package_id
    WHERE p.id = $1 AND p.kind IN ('video', 'audio') ORDER BY v.number DESC LIMIT 1";

/// The present version of a film or recording. Errors: `package-unknown` if it is none.
pub async fn version(tx: &mut Tx, package: PackageId) -> Result<VersionId> {
    let found = on_db!(tx, c => sqlx::query_scalar(NEWEST).bind(package).fetch_optional(c).await)?;
    found.ok_or_else(|| Error::not_found("package-unknown"))
}

const INSERT_RENDITION: &str = "
    INSERT INTO rendition (version_id, name, blob, media_type, width, height, duration, size, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (version_id, name) DO NOTHING";

/// The name of the one form that is made today, and of the upload where that is played.
const PLAYABLE: &str = "playable";
const AS_IS: &str = "as-is";

/// Writes what was made. Answers whether it is new.
pub async fn insert_rendition(
    tx: &mut Tx,
    version: VersionId,
    made: &Made,
    upload: &UploadRow,
    file: Option<&NewFile>,
    now: Timestamp,
) -> Result<bool> {
    let side = |side: Option<u32>| side.map(|side| i32::try_from(side).unwrap_or(i32::MAX));
    let own = file.filter(|_| made.way != Way::AsIs);
    let name = if own.is_some() { PLAYABLE } else { AS_IS };
    let blob = own.and_then(|file| file.blob.as_deref()).unwrap_or(&upload.blob);
    let media_type = own.map_or_else(|| media_type::essence(&upload.file_name), |file| file.media_type.clone());
    let size = own.map_or(upload.size, |file| i64::try_from(file.size).unwrap_or(i64::MAX));
    let changed: u64 = on_db!(tx, c => sqlx::query(INSERT_RENDITION)
        .bind(version)
        .bind(name)
        .bind(blob)
        .bind(&media_type)
        .bind(side(made.width))
        .bind(side(made.height))
        .bind(made.duration)
        .bind(size)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}

/// What is played.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RenditionRow {
    name: String,
    /// Its bytes.
    pub size: i64,
}

impl RenditionRow {
    /// Whether the upload itself is played.
    pub fn is_upload(&self) -> bool {
        self.name == AS_IS
    }
}

const RENDITION: &str = "SELECT name, size FROM rendition WHERE version_id = $1 ORDER BY created_at LIMIT 1";

/// What was made of a version.
pub async fn rendition(tx: &mut Tx, version: VersionId) -> Result<Option<RenditionRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(RENDITION).bind(version).fetch_optional(c).await)?)
}

const IS_NAMED: &str = "
    SELECT (SELECT COUNT(*) FROM rendition WHERE blob = $1) + (SELECT COUNT(*) FROM package_file WHERE blob = $1)";

/// Whether a row names a blob.
pub async fn is_named(tx: &mut Tx, key: &str) -> Result<bool> {
    let count: i64 = on_db!(tx, c => sqlx::query_scalar(IS_NAMED).bind(key).fetch_one(c).await)?;
    Ok(count > 0)
}

const DETAILS: &str = "SELECT details FROM activity WHERE version_id = $1 AND activity_index = 0";

/// What the one activity of a film or recording says of itself.
pub async fn details(tx: &mut Tx, version: VersionId) -> Result<MediaDetails> {
    let text: Option<String> = on_db!(tx, c => sqlx::query_scalar(DETAILS).bind(version).fetch_optional(c).await)?;
    match text.as_deref().map(serde_json::from_str) {
        Some(Ok(ActivityDetails::Media(details))) => Ok(details),
        _ => Err(Error::not_found("package-unknown")),
    }
}

const SAVE_DETAILS: &str = "UPDATE activity SET details = $2 WHERE version_id = $1 AND activity_index = 0";

/// Writes it.
pub async fn save_details(tx: &mut Tx, version: VersionId, details: &ActivityDetails) -> Result<()> {
    let text = serde_json::to_string(details)?;
    on_db!(tx, c => sqlx::query(SAVE_DETAILS).bind(version).bind(&text).execute(c).await.map(drop))?;
    Ok(())
}

/// Captions as they are listed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CaptionRow {
    /// BCP 47 tag.
    pub language: String,
    /// The language in its own words.
    pub label: String,
}

const CAPTIONS: &str =
    "SELECT language, label FROM caption WHERE package_id = $1 AND removed_at IS NULL ORDER BY label, language";

/// The captions of a film or recording.
pub async fn captions(tx: &mut Tx, package: PackageId) -> Result<Vec<CaptionRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(CAPTIONS).bind(package).fetch_all(c).await)?)
}

const PLAYED_CAPTIONS: &str = "
    SELECT c.language, c.label FROM caption c JOIN package_version v ON v.package_id = c.package_id
    WHERE v.id = $1 AND c.removed_at IS NULL ORDER BY c.label, c.language";

/// The captions a learner of a version is offered.
pub async fn played_captions(tx: &mut Tx, version: VersionId) -> Result<Vec<CaptionRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(PLAYED_CAPTIONS).bind(version).fetch_all(c).await)?)
}

const PLAYED_CAPTION: &str = "
    SELECT c.text FROM caption c JOIN package_version v ON v.package_id = c.package_id
    WHERE v.id = $1 AND c.language = $2 AND c.removed_at IS NULL";

/// Those of one language, as WebVTT.
pub async fn played_caption(tx: &mut Tx, version: VersionId, language: &str) -> Result<Option<String>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(PLAYED_CAPTION).bind(version).bind(language).fetch_optional(c).await)?)
}

const CAPTION: &str = "SELECT text FROM caption WHERE package_id = $1 AND language = $2 AND removed_at IS NULL";

/// The captions in one language, as WebVTT.
pub async fn caption(tx: &mut Tx, package: PackageId, language: &str) -> Result<Option<String>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(CAPTION).bind(package).bind(language).fetch_optional(c).await)?)
}

const PUT_CAPTION: &str = "
    INSERT INTO caption (package_id, language, label, text, created_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (package_id, language) DO UPDATE SET label = excluded.label, text = excluded.text, removed_at = NULL";

/// Writes the captions of a language; those before are gone.
pub async fn put_caption(
    tx: &mut Tx,
    package: PackageId,
    (language, label): (&str, &str),
    text: &str,
    now: Timestamp,
) -> Result<()> {
    on_db!(tx, c => sqlx::query(PUT_CAPTION)
        .bind(package)
        .bind(language)
        .bind(label)
        .bind(text)
        .bind(now)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

const SET_REMOVED: &str = "UPDATE caption SET removed_at = $3 WHERE package_id = $1 AND language = $2";

/// Takes captions away, or brings them back. Answers whether there are any.
pub async fn set_removed(tx: &mut Tx, package: PackageId, language: &str, at: Option<Timestamp>) -> Result<bool> {
    let changed: u64 = on_db!(tx, c => sqlx::query(SET_REMOVED)
        .bind(package)
        .bind(language)
        .bind(at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}
