//! The page where a newer version is brought, looked at, and put into use or thrown away.

use askama::Template;
use axum::Form;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::api::{self, CandidateReport};
use super::{Change, Running};
use crate::core::{Error, PackageId, Result, VersionId};
use crate::identity::Trainer;
use crate::packages::api::{FileName, receive as receive_file};
use crate::packages::findings::Severity;
use crate::packages::import::Purpose;
use crate::packages::pages::{FindingLine, in_manage, told};
use crate::packages::store;
use crate::state::App;
use crate::web::{self, Flash, Path, Shell};

#[derive(Template)]
#[template(path = "packages/templates/replace.html")]
struct ReplacePage {
    shell: Shell,
    id: PackageId,
    title: String,
    /// Largest upload, in words.
    limit: String,
    /// Why an upload without script was refused.
    refused: Option<String>,
    findings: Vec<FindingLine>,
    candidate: Option<CandidateView>,
}

/// What waits.
struct CandidateView {
    report: CandidateReport,
    /// Of the file, in words.
    size: String,
    attention: Vec<FindingLine>,
    /// People under way in a course that goes on.
    running: i64,
    completed: i64,
}

impl CandidateView {
    fn of(report: CandidateReport, shell: &Shell) -> Self {
        let kept = || report.courses.iter().filter(|course| course.change == Change::Kept);
        Self {
            size: shell.words.size(report.size.unsigned_abs()),
            attention: report
                .findings
                .iter()
                .filter(|finding| finding.severity != Severity::Info)
                .map(FindingLine::of)
                .collect(),
            running: kept().map(|course| course.running).sum(),
            completed: kept().map(|course| course.completed).sum(),
            report,
        }
    }
}

async fn page(app: &App, id: PackageId, shell: Shell, refused: Option<(String, Vec<FindingLine>)>) -> Result<Response> {
    super::must_be_replaceable(app, id).await?;
    let unknown = || Error::not_found("package-unknown");
    let title = store::find(&mut app.db.read().await?, id).await?.ok_or_else(unknown)?.title;
    let candidate = api::report(app, id, shell.words).await?.map(|report| CandidateView::of(report, &shell));
    let (refused, findings) = refused.unzip();
    web::render(&ReplacePage {
        id,
        limit: shell.words.size(app.config.packages.max_bytes),
        refused,
        findings: findings.unwrap_or_default(),
        candidate,
        shell: in_manage(shell).crumb(title.clone(), format!("/trainer/packages/{id}")),
        title,
    })
}

/// Where a newer version is brought, or what waits is decided upon.
pub async fn show(_: Trainer, State(app): State<App>, Path(id): Path<PackageId>, shell: Shell) -> Result<Response> {
    page(&app, id, shell, None).await
}

/// The upload of a browser without script.
pub async fn receive(
    _: Trainer,
    State(app): State<App>,
    Path(id): Path<PackageId>,
    shell: Shell,
    request: Request,
) -> Result<Response> {
    super::must_be_replaceable(&app, id).await?;
    match receive_file(&app, FileName::default(), request, Purpose::Version(id), shell.words).await {
        Ok(_) => Ok(Flash::done("replace-received").redirect(&format!("/trainer/packages/{id}/replace"))),
        Err(error) if error.kind.status().is_client_error() => {
            let refused = told(&error, &shell);
            let mut response = page(&app, id, shell, Some(refused)).await?;
            *response.status_mut() = error.kind.status();
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

/// The decision.
#[derive(Deserialize)]
pub struct Decision {
    #[serde(default)]
    running: Running,
}

/// Puts what waits into use.
pub async fn adopt(
    _: Trainer,
    State(app): State<App>,
    Path((id, version)): Path<(PackageId, VersionId)>,
    Form(decision): Form<Decision>,
) -> Result<Response> {
    let back = format!("/trainer/packages/{id}");
    match super::adopt(&app, id, version, decision.running).await {
        Ok(()) => Ok(Flash::done("replace-adopted").redirect(&back)),
        Err(error) if error.kind.status() == StatusCode::NOT_FOUND => Ok(Flash::fault("replace-gone").redirect(&back)),
        Err(error) => Err(error),
    }
}

/// Throws away what waits.
pub async fn discard(
    _: Trainer,
    State(app): State<App>,
    Path((id, version)): Path<(PackageId, VersionId)>,
) -> Result<Response> {
    let back = format!("/trainer/packages/{id}");
    match super::discard(&app, id, version).await {
        Ok(()) => Ok(Flash::done("replace-discarded").redirect(&back)),
        Err(error) if error.kind.status() == StatusCode::NOT_FOUND => Ok(Flash::fault("replace-gone").redirect(&back)),
        Err(error) => Err(error),
    }
}
