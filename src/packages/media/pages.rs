//! The part of a film's or recording's page that other packages lack: how far the work on it is, its captions, and from when
//! on it counts as watched.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::captions::LANGUAGES;
use super::store::{self, CaptionRow};
use super::transcode::{self, TRANSCODE};
use crate::core::{Error, PackageId, Result};
use crate::identity::Trainer;
use crate::jobs::{self, Job, JobState};
use crate::packages::model::ActivityDetails;
use crate::state::App;
use crate::storage::Tx;
use crate::web::{self, Flash, Path, Shell};

/// How far the playable form is.
#[derive(Template)]
#[template(path = "packages/media/templates/work.html")]
struct WorkView<'a> {
    shell: &'a Shell,
    package: PackageId,
    /// `waiting`, `running`, `done`, `as-is`, `failed`, `cancelled` or `none`.
    state: &'static str,
    percent: u32,
    /// What is left, in words, when it can be told.
    left: Option<String>,
    /// Why it failed.
    reason: String,
    before: String,
    after: String,
}

impl WorkView<'_> {
    fn is_open(&self) -> bool {
        matches!(self.state, "waiting" | "running")
    }
}

/// All of it, for the page of the package.
#[derive(Template)]
#[template(path = "packages/media/templates/panel.html")]
struct Panel<'a> {
    shell: &'a Shell,
    package: PackageId,
    work: String,
    captions: Vec<CaptionRow>,
    /// Languages that have none yet, as (tag, name).
    languages: Vec<(&'static str, &'static str)>,
    completion: u32,
    /// What is wrong with the captions that were just sent.
    fault: String,
}

/// The part of a package's page about the film or recording it is, as HTML. `fault` is what is wrong with captions that
/// were just sent.
pub async fn panel(tx: &mut Tx, app: &App, shell: &Shell, package: PackageId, fault: &str) -> Result<String> {
    let version = store::version(tx, package).await?;
    let captions = store::captions(tx, package).await?;
    let details = store::details(tx, version).await?;
    let known = |tag: &str| captions.iter().any(|caption| caption.language == tag);
    let panel = Panel {
        shell,
        package,
        work: view(tx, app, shell, package).await?.render().map_err(Error::internal)?,
        languages: LANGUAGES.into_iter().filter(|(tag, _)| !known(tag)).collect(),
        captions,
        completion: (details.completion() * 100.0).round() as u32,
        fault: fault.to_owned(),
    };
    panel.render().map_err(Error::internal)
}

async fn view<'a>(tx: &mut Tx, app: &App, shell: &'a Shell, package: PackageId) -> Result<WorkView<'a>> {
    let version = store::version(tx, package).await?;
    let upload = store::upload(tx, version).await?.ok_or_else(|| Error::not_found("package-unknown"))?;
    let rendition = store::rendition(tx, version).await?;
    let job = jobs::newest(tx, TRANSCODE, package.0).await?;
    let size = |bytes: i64| shell.words.size(bytes.unsigned_abs());
    let left = job.as_ref().and_then(|job| job.time_left(app.clock.now()));
    let reason = job.as_ref().and_then(|job| job.error.as_deref()).map(|code| reason(shell, code));
    Ok(WorkView {
        state: match (&rendition, job.as_ref().map(Job::state)) {
            (Some(made), _) if made.is_upload() => "as-is",
            (Some(_), _) => "done",
            (None, Some(JobState::Queued)) => "waiting",
            (None, Some(JobState::Running)) => "running",
            (None, Some(JobState::Failed)) => "failed",
            (None, Some(JobState::Cancelled)) => "cancelled",
            // Imported before there was such work.
            (None, Some(JobState::Done) | None) => "none",
        },
        percent: job.as_ref().map_or(0, |job| (job.progress * 100.0).floor() as u32),
        // Half a minute more or less is all that can be known of it.
        left: left.map(|left| shell.duration(&(left.as_secs().max(1) as f64))),
        reason: reason.unwrap_or_default(),
        before: size(upload.size),
        after: rendition.map(|made| size(made.size)).unwrap_or_default(),
        shell,
        package,
    })
}

/// The sentence of a code the job ended with.
fn reason(shell: &Shell, code: &str) -> String {
    shell.words.error(code, &[]).unwrap_or_else(|| shell.t("error-internal"))
}

/// The part about the work alone, which the page asks for while it goes on.
pub async fn work(
    _: Trainer,
    State(app): State<App>,
    Path(package): Path<PackageId>,
    shell: Shell,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    web::render(&view(&mut tx, &app, &shell, package).await?)
}

fn home(package: PackageId) -> String {
    format!("/trainer/packages/{package}#media")
}

/// Begins the work anew after it failed or was cancelled; while it goes on, or is done, there is nothing to begin.
pub async fn again(
    Trainer(person): Trainer,
    State(app): State<App>,
    Path(package): Path<PackageId>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let version = store::version(&mut tx, package).await?;
    let is_open = jobs::newest(&mut tx, TRANSCODE, package.0).await?.is_some_and(|job| job.state().is_open());
    if !is_open && store::rendition(&mut tx, version).await?.is_none() {
        transcode::enqueue(&mut tx, &app, package, version, Some(person.id)).await?;
        tx.commit().await?;
    }
    Ok(axum::response::IntoResponse::into_response(axum::response::Redirect::to(&home(package))))
}

/// Ends the work; the film is played as it was uploaded.
pub async fn cancel(_: Trainer, State(app): State<App>, Path(package): Path<PackageId>) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    if let Some(job) = jobs::newest(&mut tx, TRANSCODE, package.0).await? {
        jobs::cancel(&mut tx, &app, job.id).await?;
    }
    tx.commit().await?;
    Ok(Flash::done("media-work-cancelled")
        .undo(format!("/trainer/packages/{package}/media/again"))
        .redirect(&home(package)))
}

/// From when on it counts as watched.
#[derive(Deserialize)]
pub struct Share {
    percent: u32,
}

/// Sets from when on the film or recording counts as watched. Errors: `completion-invalid`.
pub async fn completion(
    _: Trainer,
    State(app): State<App>,
    Path(package): Path<PackageId>,
    Form(share): Form<Share>,
) -> Result<Response> {
    if !(1..=100).contains(&share.percent) {
        return Err(Error::unprocessable("completion-invalid"));
    }
    let mut tx = app.db.begin().await?;
    let version = store::version(&mut tx, package).await?;
    let mut details = store::details(&mut tx, version).await?;
    details.completion = Some(f64::from(share.percent) / 100.0);
    store::save_details(&mut tx, version, &ActivityDetails::Media(details)).await?;
    tx.commit().await?;
    Ok(Flash::done("media-completion-saved").arg("percent", share.percent).redirect(&home(package)))
}
