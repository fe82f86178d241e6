//! Content that is written here: a page, a document, a link, a quiz.
//!
//! It is a package like any other: publishing its draft makes a version with one course and one activity, so that
//! registrations, versions, progress, the catalogue and programmes need to know nothing of it. What the content is, is the
//! business of the slice of its kind, which gives and takes it as JSON.
//!
//! Invariants: a version never changes, and who began on it keeps it. A draft is saved only by who saw its present revision.

pub mod assets;
mod store;
mod wanted;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::model::{ActivityDetails, CourseDetails, PackageKind};
use super::store::{NewActivity, NewCourse, NewFile};
use crate::core::{CourseId, Error, LanguageMap, PackageId, PersonId, Result, Timestamp, VersionId};
use crate::state::App;
use crate::storage::Tx;

pub use store::{DraftLine, VersionRow, drafts};
pub use wanted::For;

/// The longest title, in characters.
pub const TITLE: usize = 300;
/// The largest content, in bytes of its JSON.
const CONTENT: usize = 1 << 20;

/// What somebody is writing.
#[derive(Clone, Debug)]
pub struct Draft<T> {
    /// Its package.
    pub package: PackageId,
    /// Its kind.
    pub kind: PackageKind,
    /// Its title.
    pub title: String,
    /// What is in it, in the form of its kind.
    pub content: T,
    /// How often it was saved.
    pub revision: i64,
    /// Who saved it last.
    pub updated_by: Option<String>,
    /// When.
    pub updated_at: Timestamp,
    /// What was published of it, once there is a version.
    pub course: Option<CourseId>,
    /// Whether that is in the catalogue.
    pub is_open: bool,
}

impl<T> Draft<T> {
    /// The draft with its content in another form.
    fn with<U>(self, content: U) -> Draft<U> {
        let Self { package, kind, title, revision, updated_by, updated_at, course, is_open, .. } = self;
        Draft { package, kind, title, content, revision, updated_by, updated_at, course, is_open }
    }
}

/// What is to be published.
#[derive(Clone, Debug)]
pub struct Publication<'a, T> {
    /// What is in it.
    pub content: &'a T,
    /// Its title, by language.
    pub title: LanguageMap,
    /// What the catalogue says of it; may be empty.
    pub description: LanguageMap,
    /// The files of the package ([`assets`]) it uses, by name, with the path each has in the version.
    pub files: &'a [(String, String)],
    /// Whether everybody sees it in the catalogue from now on; `None` leaves that as it is.
    pub open: Option<bool>,
}

/// What publishing made.
#[derive(Clone, Copy, Debug)]
pub struct Published {
    /// The course; the same for every version.
    pub course: CourseId,
    /// The new version.
    pub version: VersionId,
    /// Its number, from 1.
    pub number: i32,
}

/// Begins content of a native kind.
pub async fn create<T: Serialize>(
    tx: &mut Tx,
    app: &App,
    kind: PackageKind,
    title: &str,
    content: &T,
    by: Option<PersonId>,
) -> Result<PackageId> {
    if kind.native_activity().is_none() {
        return Err(Error::unprocessable("content-kind-unknown"));
    }
    let id = PackageId::new();
    let content = text(content)?;
    store::insert(tx, id, kind, &plain_title(title), &content, by, app.clock.now()).await?;
    tracing::info!(package = %id, kind = kind.word(), "content begun");
    Ok(id)
}

/// The draft with its content as JSON text, whatever its kind. Errors: `content-unknown`.
pub async fn raw_draft(tx: &mut Tx, id: PackageId) -> Result<Draft<String>> {
    let unknown = || Error::not_found("content-unknown");
    let row = store::draft(tx, id).await?.ok_or_else(unknown)?;
    let kind = PackageKind::from_word(&row.kind)?;
    Ok(Draft {
        package: id,
        kind,
        title: row.title,
        content: row.content,
        revision: row.revision,
        updated_by: row.updated_by,
        updated_at: row.updated_at,
        course: row.course,
        is_open: row.published_at.is_some(),
    })
}

/// The draft of a package of this kind. Errors: `content-unknown`, also when the package is of another kind.
pub async fn draft<T: DeserializeOwned>(tx: &mut Tx, id: PackageId, kind: PackageKind) -> Result<Draft<T>> {
    let draft = raw_draft(tx, id).await?;
    if draft.kind != kind {
        return Err(Error::not_found("content-unknown"));
    }
    let content = serde_json::from_str(&draft.content)?;
    Ok(draft.with(content))
}

/// Saves a draft over the revision its writer saw; answers the new revision.
///
/// Errors: `content-unknown`, `content-too-large`; `draft-changed` if somebody else saved in between (the problem's `revision`
/// is the present one).
pub async fn save_draft<T: Serialize>(
    tx: &mut Tx,
    app: &App,
    id: PackageId,
    revision: i64,
    title: &str,
    content: &T,
    by: Option<PersonId>,
) -> Result<i64> {
    let content = text(content)?;
    if let Some(saved) = store::save(tx, id, revision, &content, by, app.clock.now()).await? {
        super::store::rename(tx, id, &plain_title(title)).await?;
        return Ok(saved);
    }
    let present = raw_draft(tx, id).await?;
    Err(Error::conflict("draft-changed")
        .arg("by", if present.updated_by.is_some() { "known" } else { "unknown" })
        .arg("name", present.updated_by.unwrap_or_default())
        .with("revision", present.revision))
}

/// Makes a version of what is given. The first one makes the course; those who began on an earlier version keep it.
///
/// Errors: `content-unknown`, `content-too-large`, `asset-unknown`.
pub async fn publish<T: Serialize>(
    tx: &mut Tx,
    app: &App,
    id: PackageId,
    publication: Publication<'_, T>,
    by: Option<PersonId>,
) -> Result<Published> {
    let draft = raw_draft(tx, id).await?;
    let activity = draft.kind.native_activity().ok_or_else(|| Error::not_found("content-unknown"))?;
    let now = app.clock.now();
    let content = text(publication.content)?;
    let version = VersionId::new();
    let number = super::store::next_number(tx, id).await?;
    let files = assets::as_files(tx, id, publication.files).await?;
    let course = draft.course.unwrap_or_else(CourseId::new);
    let iri = format!("{}/courses/{course}", app.config.public_origin());
    let word = activity.word();
    let outline = json!({"edition": "", "courses": [{"id": course, "title": publication.title, "activities": [{
        "index": 0, "parent": null, "depth": 0, "identifier": word, "title": publication.title, "kind": word,
        "launchable": true,
    }]}]});
    let row = store::NewVersion {
        id: version,
        package: id,
        number,
        file_name: match draft.kind {
            PackageKind::Document => files.first().map_or("", |file| file.path.as_str()),
            _ => "",
        },
        sha256: &Sha256::digest(content.as_bytes()),
        size: content.len(),
        content: &content,
        outline: &outline.to_string(),
        now,
    };
    store::insert_version(tx, &row).await?;
    let course = NewCourse {
        id: course,
        again: draft.course.is_some(),
        identifier: word.to_owned(),
        iri: iri.clone(),
        title: publication.title.clone(),
        description: publication.description,
        details: serde_json::to_string(&CourseDetails::None)?,
        activities: vec![NewActivity {
            parent: None,
            depth: 0,
            identifier: word.to_owned(),
            // Stable over versions: what was done in one counts in the next.
            iri: format!("{iri}/activities/{word}"),
            title: publication.title,
            kind: word,
            href: None,
            launchable: true,
            visible: true,
            details: serde_json::to_string(&ActivityDetails::None)?,
        }],
    };
    let place = super::store::Place { package: id, version, kind: draft.kind, now };
    super::store::insert_parts(tx, &place, &files, std::slice::from_ref(&course)).await?;
    if let Some(open) = publication.open {
        store::open(tx, course.id, open.then_some(now)).await?;
    }
    tracing::info!(package = %id, %version, number, by = ?by, "content published");
    Ok(Published { course: course.id, version, number })
}

/// What a version holds. Errors: `content-unknown` if it is none of ours.
pub async fn content_of_version<T: DeserializeOwned>(tx: &mut Tx, version: VersionId) -> Result<T> {
    let text = store::content(tx, version).await?.ok_or_else(|| Error::not_found("content-unknown"))?;
    Ok(serde_json::from_str(&text)?)
}

/// The versions of a package, the newest first.
pub async fn versions(tx: &mut Tx, id: PackageId) -> Result<Vec<VersionRow>> {
    store::versions(tx, id).await
}

/// The JSON of a content. Errors: `content-too-large`.
fn text(content: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string(content)?;
    if text.len() > CONTENT {
        return Err(Error::new(crate::core::Kind::TooLarge, "content-too-large").arg("limit", CONTENT >> 10));
    }
    Ok(text)
}

/// A title as it is kept: one line, not too long.
fn plain_title(title: &str) -> String {
    let line: String = title.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|character| !character.is_control()).take(TITLE).collect()
}

/// An asset as a file of a version.
fn file(path: &str, asset: &assets::Asset, key: String) -> NewFile {
    NewFile::of_blob(path, asset.media_type.clone(), asset.size.unsigned_abs(), key)
}
