//! Profiles for programs.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::report::{Asked, Findings, FindingsReport, ProfileReport};
use super::{load, store};
use crate::core::{Error, Kind, ProfileId, Result};
use crate::identity::CanManageXapiProfiles;
use crate::state::App;
use crate::web::{NotAllowed, Path, ProblemDocument, Shell};

/// What a request may measure: the largest document, and what a form adds around it.
pub const LARGEST_BODY: usize = load::LARGEST + 4096;

/// The interface, below `/api/v1`.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create, list))
        .routes(routes!(read, remove))
        .routes(routes!(document))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
}

/// Loads an xAPI Profile.
///
/// The body is the profile's document (JSON-LD, xAPI Profiles 1.0). A version that is already here is replaced; the newest version
/// of a profile is in force. Statements that name the version as a category are checked from now on, and those already stored.
#[utoipa::path(post, path = "/xapi-profiles", tag = "xapi-profiles",
    request_body(content = Object, content_type = "application/ld+json"),
    responses(
        (status = 200, description = "The version was here and is replaced, or is the same", body = ProfileReport),
        (status = 201, description = "Loaded", body = ProfileReport),
        NotAllowed,
        (status = 413, description = "`xapi-profile-too-large`", body = ProblemDocument,
         content_type = "application/problem+json"),
        (status = 422, description = "`xapi-profile-not-json`; `xapi-profile-invalid`: `problems` says what is wrong where",
         body = ProblemDocument, content_type = "application/problem+json"),
    ))]
async fn create(
    _: CanManageXapiProfiles,
    State(app): State<App>,
    shell: Shell,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response> {
    let body = body.map_err(|cause| match cause.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Error::malformed("body-unreadable").detail(cause.body_text()),
    })?;
    let (row, is_new) = load::load(&app, &body).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let location = format!("/api/v1/xapi-profiles/{}", row.id);
    let report = ProfileReport::of(&row, shell.words.language());
    Ok((status, [(header::LOCATION, location)], Json(report)).into_response())
}

/// Said of a request that cannot hold an acceptable document.
pub fn too_large() -> Error {
    Error::new(Kind::TooLarge, "xapi-profile-too-large").arg("limit", load::LARGEST >> 20)
}

/// The profiles that are loaded.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = XapiProfileList)]
struct ProfileList {
    /// Every version of each profile, the newest first.
    profiles: Vec<ProfileReport>,
}

/// Lists the xAPI Profiles that are loaded.
#[utoipa::path(get, path = "/xapi-profiles", tag = "xapi-profiles", responses(
    (status = 200, description = "Profiles", body = ProfileList),
    NotAllowed,
))]
async fn list(_: CanManageXapiProfiles, State(app): State<App>, shell: Shell) -> Result<Json<ProfileList>> {
    let rows = store::all(&mut app.db.read().await?).await?;
    let profiles = rows.iter().map(|row| ProfileReport::of(row, shell.words.language())).collect();
    Ok(Json(ProfileList { profiles }))
}

/// Reads what the check of the statements that name a profile found.
#[utoipa::path(get, path = "/xapi-profiles/{id}", tag = "xapi-profiles", params(("id" = ProfileId, Path), Asked),
    responses(
        (status = 200, description = "What was found", body = FindingsReport),
        (status = 400, description = "`parameter-wrong`", body = ProblemDocument,
         content_type = "application/problem+json"),
        NotAllowed,
        (status = 404, description = "`xapi-profile-unknown`", body = ProblemDocument,
         content_type = "application/problem+json"),
    ))]
async fn read(
    _: CanManageXapiProfiles,
    State(app): State<App>,
    Path(id): Path<ProfileId>,
    Query(asked): Query<Asked>,
    shell: Shell,
) -> Result<Json<FindingsReport>> {
    let findings = Findings::read(&mut app.db.read().await?, id, &asked).await?;
    Ok(Json(FindingsReport::of(&findings, shell.words.language())))
}

/// Reads the document of a profile as it was loaded.
#[utoipa::path(get, path = "/xapi-profiles/{id}/document", tag = "xapi-profiles", params(("id" = ProfileId, Path)),
    responses(
        (status = 200, description = "The document", body = Object, content_type = "application/ld+json"),
        NotAllowed,
        (status = 404, description = "`xapi-profile-unknown`", body = ProblemDocument,
         content_type = "application/problem+json"),
    ))]
async fn document(_: CanManageXapiProfiles, State(app): State<App>, Path(id): Path<ProfileId>) -> Result<Response> {
    let document = store::document(&mut app.db.read().await?, id).await?;
    Ok(([(header::CONTENT_TYPE, "application/ld+json")], document).into_response())
}

/// Removes a version of a profile with what was found. The version before it is in force again.
#[utoipa::path(delete, path = "/xapi-profiles/{id}", tag = "xapi-profiles", params(("id" = ProfileId, Path)),
    responses(
        (status = 204, description = "Removed"),
        NotAllowed,
        (status = 404, description = "`xapi-profile-unknown`", body = ProblemDocument,
         content_type = "application/problem+json"),
    ))]
async fn remove(_: CanManageXapiProfiles, State(app): State<App>, Path(id): Path<ProfileId>) -> Result<StatusCode> {
    load::remove(&app, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
