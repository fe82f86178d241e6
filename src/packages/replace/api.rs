//! Newer versions for programs.

use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{CourseChange, Running, store};
use crate::core::{Error, PackageId, Result, Timestamp, VersionId};
use crate::identity::CanImport;
use crate::packages::act;
use crate::packages::api::{FileName, receive};
use crate::packages::findings::Finding;
use crate::packages::import::Purpose;
use crate::packages::report::{FindingReport, PackageReport};
use crate::state::App;
use crate::web::{NotAllowed, Path, ProblemDocument, Shell, Words};

/// The interface, below `/api/v1`.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(discard)).routes(routes!(adopt))
}

/// A newer version that waits for a decision.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Candidate)]
pub struct CandidateReport {
    /// The package it is to replace.
    pub id: PackageId,
    /// The version it will become.
    pub version: VersionId,
    /// As the sender called the file.
    pub file_name: String,
    /// Size of the file in bytes.
    pub size: i64,
    /// The edition of the standard.
    pub edition: String,
    /// When it was received (RFC 3339).
    pub received_at: String,
    /// What changes, course by course.
    pub courses: Vec<CourseChange>,
    /// What was noticed; warnings first.
    pub findings: Vec<FindingReport>,
}

/// What waits for a package, in the reader's words; `None` if nothing does.
pub async fn report(app: &App, package: PackageId, words: Words) -> Result<Option<CandidateReport>> {
    let mut tx = app.db.read().await?;
    let Some(candidate) = store::candidate(&mut tx, package).await? else { return Ok(None) };
    let outline = candidate.outline()?;
    let findings: Vec<Finding> = serde_json::from_str(&candidate.findings)?;
    Ok(Some(CandidateReport {
        id: package,
        version: candidate.id,
        size: candidate.size,
        edition: outline.edition.clone(),
        received_at: Timestamp::rfc3339(candidate.created_at),
        courses: super::compare(&mut tx, package, &outline).await?,
        findings: FindingReport::all(&findings, words),
        file_name: candidate.file_name,
    }))
}

/// Brings a newer version of a package.
///
/// The body is the file, as for a new package, and of the same standard. It waits, and nothing changes for anybody, until it is
/// adopted; what waited before is thrown away.
#[utoipa::path(post, path = "/packages/{id}/versions", tag = "packages", params(("id" = PackageId, Path), FileName),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, description = "Received: what would change", body = CandidateReport),
        (status = 400, description = "`upload-empty`, `upload-interrupted`", body = ProblemDocument,
         content_type = "application/problem+json"),
        NotAllowed,
        (status = 404, description = "`package-unknown`", body = ProblemDocument,
         content_type = "application/problem+json"),
        (status = 409, description = "`package-kind-differs`: it follows another standard", body = ProblemDocument,
         content_type = "application/problem+json"),
        (status = 413, description = "`package-too-large`", body = ProblemDocument,
         content_type = "application/problem+json"),
        (status = 422, description = "`package-refused`: `findings` says why; nothing is kept", body = ProblemDocument,
         content_type = "application/problem+json"),
    ))]
async fn create(
    _: CanImport,
    State(app): State<App>,
    Path(id): Path<PackageId>,
    Query(name): Query<FileName>,
    shell: Shell,
    request: Request,
) -> Result<Response> {
    // Before a gigabyte is received for it.
    super::must_be_replaceable(&app, id).await?;
    receive(&app, name, request, Purpose::Version(id), shell.words).await?;
    let report = report(&app, id, shell.words).await?.ok_or_else(|| Error::not_found("candidate-unknown"))?;
    let location = format!("/api/v1/packages/{id}/versions/{}", report.version);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(report)).into_response())
}

/// How a newer version is put into use.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
struct Adoption {
    /// What becomes of those who began and have not completed: `finish` on the version they began, or `restart` on the new one.
    #[serde(default)]
    running: Running,
}

/// Puts a newer version into use.
#[utoipa::path(post, path = "/packages/{id}/versions/{version}/adopt", tag = "packages",
    params(("id" = PackageId, Path), ("version" = VersionId, Path)), request_body = Adoption,
    responses(
        (status = 200, description = "The package in its new version", body = PackageReport),
        NotAllowed,
        (status = 404, description = "`package-unknown`; `candidate-unknown` if it was adopted, discarded or replaced",
         body = ProblemDocument, content_type = "application/problem+json"),
    ))]
async fn adopt(
    _: CanImport,
    State(app): State<App>,
    Path((id, version)): Path<(PackageId, VersionId)>,
    shell: Shell,
    Json(adoption): Json<Adoption>,
) -> Result<Json<PackageReport>> {
    super::adopt(&app, id, version, adoption.running).await?;
    Ok(Json(act::report(&app, id, shell.words).await?))
}

/// Throws away a newer version that waits.
#[utoipa::path(delete, path = "/packages/{id}/versions/{version}", tag = "packages",
    params(("id" = PackageId, Path), ("version" = VersionId, Path)),
    responses(
        (status = 204, description = "Thrown away"),
        NotAllowed,
        (status = 404, description = "`candidate-unknown`", body = ProblemDocument,
         content_type = "application/problem+json"),
    ))]
async fn discard(
    _: CanImport,
    State(app): State<App>,
    Path((id, version)): Path<(PackageId, VersionId)>,
) -> Result<StatusCode> {
    super::discard(&app, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
