//! Replacing a package by a newer version of itself.
//!
//! What is received waits as a candidate until its trainer has seen what changes and said what becomes of those who are under
//! way: they finish on the version they began, or begin anew on the new one. Adopting is one transaction.
//!
//! Invariant: a record is never moved to another version, nor thrown away. Who begins anew gets a further attempt, and what
//! they did before stays beside it.

mod api;
mod pages;
mod store;

use std::collections::{HashMap, HashSet};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};

use super::import::{self, courses, identifiers, outline_json, title, upload_key};
use super::model::{Outline, OutlineCourse, PackageKind};
use super::store::{NewFile, NewVersion};
use crate::core::{CourseId, Error, Language, LanguageMap, PackageId, Result, VersionId};
use crate::state::App;
use crate::storage::Tx;

pub use api::api;
pub use store::{Candidate, KnownCourse, waits};

/// The trainer's pages.
pub fn routes() -> Router<App> {
    let replace = get(pages::show).post(pages::receive).layer(DefaultBodyLimit::disable());
    Router::new()
        .route("/trainer/packages/{package}/replace", replace)
        .route("/trainer/packages/{package}/replace/{version}/adopt", post(pages::adopt))
        .route("/trainer/packages/{package}/replace/{version}/discard", post(pages::discard))
}

/// What becomes of those who began and have not completed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Running {
    /// They finish on the version they began.
    #[default]
    Finish,
    /// The next time they open the course they begin anew, on the new version.
    Restart,
}

/// Whether such a package can be replaced: what is written here has drafts, and a film is one file.
pub fn is_replaceable(kind: PackageKind) -> bool {
    matches!(kind, PackageKind::Scorm12 | PackageKind::Scorm2004 | PackageKind::Cmi5 | PackageKind::Xapi)
}

/// The kind of a package that can be replaced. Errors: `package-unknown`.
pub async fn must_be_replaceable(app: &App, package: PackageId) -> Result<PackageKind> {
    let unknown = || Error::not_found("package-unknown");
    let row = super::store::find(&mut app.db.read().await?, package).await?.ok_or_else(unknown)?;
    let kind = PackageKind::from_word(&row.kind)?;
    if is_replaceable(kind) { Ok(kind) } else { Err(unknown()) }
}

/// A record is played by the rules of the standard it began with. Errors: `package-unknown`, `package-kind-differs`.
pub async fn must_be_of_its_kind(app: &App, package: PackageId, kind: PackageKind) -> Result<()> {
    let known = must_be_replaceable(app, package).await?;
    if known == kind {
        return Ok(());
    }
    Err(Error::conflict("package-kind-differs").arg("known", known.word()).arg("sent", kind.word()))
}

/// Keeps a candidate; answers the one that waited before, whose blobs are to go. Errors: `package-unknown`.
pub async fn stage(app: &App, package: PackageId, candidate: &Candidate) -> Result<Option<VersionId>> {
    let mut tx = app.db.begin().await?;
    super::store::hold(&mut tx, package).await?;
    if super::store::find(&mut tx, package).await?.is_none() {
        return Err(Error::not_found("package-unknown"));
    }
    let earlier = store::forget(&mut tx, package).await?;
    store::insert(&mut tx, package, candidate).await?;
    tx.commit().await?;
    Ok(earlier)
}

/// How a course of the package changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It goes on in the new version.
    Kept,
    /// It is new.
    New,
    /// The new version does not have it.
    Gone,
}

/// What a new version means for one course.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CourseChange {
    /// How it changes.
    pub change: Change,
    /// Its title in the new version, if it is there.
    pub title: String,
    /// How many people are under way in it.
    pub running: i64,
    /// How many have completed it.
    pub completed: i64,
    /// How many activities both versions have, by their identifiers in the manifest.
    pub kept: usize,
    /// The titles of activities that only the new version has.
    pub added: Vec<String>,
    /// The titles of activities that only the present version has.
    pub removed: Vec<String>,
    /// The programmes that have a step of a removed activity.
    pub programmes: Vec<String>,
}

/// Compares a candidate with what the package offers now.
pub async fn compare(tx: &mut Tx, package: PackageId, outline: &Outline) -> Result<Vec<CourseChange>> {
    let language = Language::default();
    let known = store::known(tx, package).await?;
    let present = store::activities(tx, package).await?;
    let steps = store::steps(tx, package).await?;
    let matched = matched(&known, &outline.courses);
    let mut changes = Vec::new();
    for (course, known) in outline.courses.iter().zip(&matched) {
        let change = if known.is_some() { Change::Kept } else { Change::New };
        let mut change = CourseChange::of(change, course.title.best(language), known.as_ref());
        // An identifier that repeats stands for as many activities; the first ones come out first.
        let mut new: HashMap<&str, Vec<(usize, &LanguageMap)>> = HashMap::new();
        for (place, activity) in course.activities.iter().enumerate().rev().filter(|(_, activity)| activity.launchable)
        {
            new.entry(&activity.identifier).or_default().push((place, &activity.title));
        }
        for activity in present.iter().filter(|row| Some(row.course) == known.as_ref().map(|known| known.id)) {
            match new.get_mut(activity.identifier.as_str()).and_then(Vec::pop) {
                Some(_) => change.kept += 1,
                None => {
                    change.removed.push(activity.title.best(language).to_owned());
                    let named = steps
                        .iter()
                        .filter(|step| step.course == activity.course && step.identifier == activity.identifier);
                    change.programmes.extend(named.map(|step| step.programme.clone()));
                }
            }
        }
        let mut added: Vec<(usize, &LanguageMap)> = new.into_values().flatten().collect();
        added.sort_unstable_by_key(|(place, _)| *place);
        change.added = added.into_iter().map(|(_, title)| title.best(language).to_owned()).collect();
        change.programmes.sort();
        change.programmes.dedup();
        changes.push(change);
    }
    for known in gone(&known, &matched) {
        changes.push(CourseChange::of(Change::Gone, known.title.best(language), Some(known)));
    }
    Ok(changes)
}

impl CourseChange {
    fn of(change: Change, title: &str, known: Option<&KnownCourse>) -> Self {
        Self {
            change,
            title: title.to_owned(),
            running: known.map_or(0, |known| known.running),
            completed: known.map_or(0, |known| known.completed),
            kept: 0,
            added: Vec::new(),
            removed: Vec::new(),
            programmes: Vec::new(),
        }
    }
}

/// Which known course each one goes on with: the one of its identifier. A lone course goes on with the lone one there was,
/// since many authoring tools make a new identifier for each export.
fn matched(known: &[KnownCourse], outline: &[OutlineCourse]) -> Vec<Option<KnownCourse>> {
    if let ([known], [_]) = (known, outline) {
        return vec![Some(known.clone())];
    }
    let by_identifier: HashMap<&str, &KnownCourse> =
        known.iter().map(|known| (known.identifier.as_str(), known)).collect();
    identifiers(outline).iter().map(|identifier| by_identifier.get(identifier.as_str()).copied().cloned()).collect()
}

/// The known courses that none goes on with.
fn gone<'k>(
    known: &'k [KnownCourse],
    matched: &[Option<KnownCourse>],
) -> impl Iterator<Item = &'k KnownCourse> + use<'k> {
    let there: HashSet<CourseId> = matched.iter().flatten().map(|known| known.id).collect();
    known.iter().filter(move |known| !there.contains(&known.id))
}

/// Puts a candidate into use: whoever begins from now on begins on it. A course that is gone leaves the catalogue, and who
/// began it may finish it.
///
/// Errors: `candidate-unknown` if it was adopted, discarded or replaced by another.
pub async fn adopt(app: &App, package: PackageId, version: VersionId, running: Running) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin_large().await?;
    let number = super::store::next_number(&mut tx, package).await?;
    let candidate = waiting(&mut tx, package, version).await?;
    let (outline, files) = (candidate.outline()?, candidate.files()?);
    let known = store::known(&mut tx, package).await?;
    let matched = matched(&known, &outline.courses);
    let withdrawn: Vec<CourseId> = gone(&known, &matched).map(|known| known.id).collect();
    let courses = courses(outline.courses, &app.config.public_origin(), &matched)?;
    let row = NewVersion {
        id: version,
        number,
        outline: outline_json(&outline.edition, &courses),
        blob: upload_key(version),
        file_name: candidate.file_name,
        sha256: candidate.sha256,
        size: candidate.size,
        findings: candidate.findings,
        now,
    };
    store::forget(&mut tx, package).await?;
    super::store::insert_version(&mut tx, (package, outline.kind), &row, &files, &courses).await?;
    super::store::rename(&mut tx, package, &title(&courses)).await?;
    for course in withdrawn {
        store::withdraw(&mut tx, course).await?;
    }
    if running == Running::Restart {
        store::supersede(&mut tx, package, version, now).await?;
    }
    tx.commit().await?;
    tracing::info!(%package, %version, number, ?running, "newer version adopted");
    Ok(())
}

/// Throws a candidate away. Errors: `candidate-unknown`.
pub async fn discard(app: &App, package: PackageId, version: VersionId) -> Result<()> {
    let mut tx = app.db.begin().await?;
    super::store::hold(&mut tx, package).await?;
    waiting(&mut tx, package, version).await?;
    store::forget(&mut tx, package).await?;
    tx.commit().await?;
    import::remove_blobs(app, version).await
}

async fn waiting(tx: &mut Tx, package: PackageId, version: VersionId) -> Result<Candidate> {
    let candidate = store::candidate(tx, package).await?.filter(|candidate| candidate.id == version);
    candidate.ok_or_else(|| Error::not_found("candidate-unknown"))
}

impl Candidate {
    fn outline(&self) -> Result<Outline> {
        Ok(serde_json::from_str(&self.outline)?)
    }

    fn files(&self) -> Result<Vec<NewFile>> {
        Ok(serde_json::from_str(&self.files)?)
    }
}
