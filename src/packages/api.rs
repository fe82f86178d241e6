//! Packages for programs.

use axum::Json;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::act;
use super::import::Purpose;
use super::report::PackageReport;
use super::store;
use crate::core::{Error, Kind, PackageId, Result};
use crate::identity::{CanImport, CanReadPackages};
use crate::state::App;
use crate::web::{NotAllowed, Path, ProblemDocument, Shell, Words};

/// The interface, below `/api/v1`.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create, list))
        .routes(routes!(read, remove))
        .merge(super::replace::api())
        .merge(super::switches::api())
        // Uploads have a limit of their own, which depends on the configuration.
        .layer(DefaultBodyLimit::disable())
}

/// How the file is called.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FileName {
    /// The file's name, for people; a `Content-Disposition` header says it as well.
    #[serde(default)]
    pub filename: Option<String>,
}

/// Imports a package.
///
/// The body is the file itself: a zip (SCORM 1.2, SCORM 2004, cmi5, xAPI with tincan.xml), a bare cmi5.xml, or a video or
/// audio file. `multipart/form-data` with one file works as well.
#[utoipa::path(post, path = "/packages", tag = "packages", params(FileName),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, description = "Imported", body = PackageReport),
        (status = 400, description = "`upload-empty`, `upload-interrupted`", body = ProblemDocument,
         content_type = "application/problem+json"),
        NotAllowed,
        (status = 413, description = "`package-too-large`", body = ProblemDocument,
         content_type = "application/problem+json"),
        (status = 422, description = "`package-refused`: `findings` says why; nothing is kept", body = ProblemDocument,
         content_type = "application/problem+json"),
    ))]
async fn create(
    CanImport(caller): CanImport,
    State(app): State<App>,
    Query(name): Query<FileName>,
    shell: Shell,
    request: Request,
) -> Result<Response> {
    let by = caller.person().map(|person| person.id);
    let id = receive(&app, name, request, Purpose::New(by), shell.words).await?;
    let report = act::report(&app, id, shell.words).await?;
    let location = format!("/api/v1/packages/{}", report.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(report)).into_response())
}

/// Imports the file of a request, raw or in a form.
pub(super) async fn receive(
    app: &App,
    name: FileName,
    request: Request,
    purpose: Purpose,
    words: Words,
) -> Result<PackageId> {
    let limit = app.config.packages.max_bytes;
    // A form adds some hundred bytes around the file.
    if announced(request.headers()).is_some_and(|length| length > limit + 4096) {
        return Err(Error::new(Kind::TooLarge, "package-too-large").arg("limit", limit >> 20));
    }
    if is_form(request.headers()) {
        let unreadable = |cause: String| Error::malformed("upload-interrupted").detail(cause);
        let form = Multipart::from_request(request, app).await;
        let mut form = form.map_err(|cause| unreadable(cause.body_text()))?;
        while let Some(field) = form.next_field().await.map_err(|cause| unreadable(cause.body_text()))? {
            if let Some(file_name) = field.file_name().map(str::to_owned) {
                return act::receive(app, &file_name, field, purpose, words).await;
            }
        }
        return Err(Error::malformed("upload-empty"));
    }
    let file_name = name.filename.or_else(|| disposition(request.headers())).unwrap_or_default();
    let body: Body = request.into_body();
    act::receive(app, &file_name, body.into_data_stream(), purpose, words).await
}

/// What the body will measure, if the sender says so.
fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn is_form(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"))
}

/// The file name of a `Content-Disposition` header (RFC 6266), the plain or the encoded form.
fn disposition(headers: &HeaderMap) -> Option<String> {
    let header = headers.get(header::CONTENT_DISPOSITION).map(HeaderValue::as_bytes)?;
    let header = String::from_utf8_lossy(header).into_owned();
    let value = |name: &str| {
        header.split(';').map(str::trim).find_map(|part| part.strip_prefix(name)).map(|value| value.trim_matches('"'))
    };
    let encoded = value("filename*=").and_then(|value| value.splitn(3, '\'').nth(2));
    let decoded = encoded.map(|value| percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned());
    decoded.or_else(|| value("filename=").map(str::to_owned))
}

/// Which packages to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Page {
    /// Packages imported before this one; `next` of the answer before.
    before: Option<PackageId>,
    /// How many, 1 to 100.
    #[serde(default = "Page::usual")]
    limit: i64,
}

impl Page {
    fn usual() -> i64 {
        50
    }
}

/// Some packages.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct PackageList {
    /// The newest first.
    packages: Vec<PackageReport>,
    /// Give it as `before` to go on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<PackageId>,
}

/// Lists packages, the newest first.
#[utoipa::path(get, path = "/packages", tag = "packages", params(Page), responses(
    (status = 200, description = "Packages", body = PackageList),
    NotAllowed,
))]
async fn list(
    _: CanReadPackages,
    State(app): State<App>,
    Query(page): Query<Page>,
    shell: Shell,
) -> Result<Json<PackageList>> {
    let limit = page.limit.clamp(1, 100);
    let mut tx = app.db.read().await?;
    let rows = store::list(&mut tx, page.before.unwrap_or(PackageId(uuid::Uuid::max())), limit).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == limit);
    let next = rows.last().filter(|_| full).map(|row| row.id);
    let packages = rows.iter().map(|row| PackageReport::of(row, shell.words)).collect::<Result<_>>()?;
    Ok(Json(PackageList { packages, next }))
}

/// Reads a package: outline and findings.
#[utoipa::path(get, path = "/packages/{id}", tag = "packages", params(("id" = PackageId, Path)), responses(
    (status = 200, description = "The package", body = PackageReport),
    NotAllowed,
    (status = 404, description = "`package-unknown`", body = ProblemDocument,
     content_type = "application/problem+json"),
))]
async fn read(
    _: CanReadPackages,
    State(app): State<App>,
    Path(id): Path<PackageId>,
    shell: Shell,
) -> Result<Json<PackageReport>> {
    Ok(Json(act::report(&app, id, shell.words).await?))
}

/// Deletes a package with its courses and files, unless somebody has a record in it.
#[utoipa::path(delete, path = "/packages/{id}", tag = "packages", params(("id" = PackageId, Path)), responses(
    (status = 204, description = "Deleted"),
    NotAllowed,
    (status = 404, description = "`package-unknown`", body = ProblemDocument,
     content_type = "application/problem+json"),
    (status = 409, description = "`package-in-use`: `records` people began it; `package-in-programme`: `programmes` \
        programmes have a step of it", body = ProblemDocument,
     content_type = "application/problem+json"),
))]
async fn remove(_: CanImport, State(app): State<App>, Path(id): Path<PackageId>) -> Result<StatusCode> {
    act::delete(&app, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_name_is_read_from_either_form() {
        let name = |value: &str| {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            disposition(&HeaderMap::from_iter([(header::CONTENT_DISPOSITION, value)]))
        };
        assert_eq!(name("attachment; filename=\"a b.zip\"").as_deref(), Some("a b.zip"));
        assert_eq!(name("attachment; filename=x.zip; filename*=UTF-8''%C3%A9t%C3%A9.zip").as_deref(), Some("été.zip"));
        assert_eq!(name("inline"), None);
    }
}
