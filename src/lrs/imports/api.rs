//! Imports for programs.

use axum::Json;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::{self, Import, MOST_TOLD};
use super::{IMPORT, file};
use crate::core::{ImportId, Result};
use crate::identity::CanWriteStatements;
use crate::jobs::{self, Job};
use crate::state::App;
use crate::storage::Tx;
use crate::web::{NotAllowed, Path, ProblemDocument};

/// The interface, below `/api/v1`.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(read))
        // Files have a limit of their own, which depends on the configuration.
        .layer(DefaultBodyLimit::disable())
}

/// How far an import is.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ImportReport {
    /// Identifier.
    pub id: ImportId,
    /// What the sender calls the file.
    pub name: String,
    /// `queued`, `running`, `done`, `failed` or `cancelled`. What failed or was cancelled goes on when the same file is sent again.
    pub state: &'static str,
    /// How much of the file has been read, 0 to 1.
    pub progress: f64,
    /// Lines read, empty ones included.
    pub lines: i64,
    /// Statements that are new here.
    pub added: i64,
    /// Statements that were here already.
    pub known: i64,
    /// Lines that were not taken.
    pub refused: i64,
    /// Why, line by line; the first thousand.
    pub problems: Vec<LineProblem>,
}

/// Why a line was not taken.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LineProblem {
    /// Its number, from 1 on.
    pub line: i64,
    /// Stable: `statement-invalid`, `statement-not-json`, `statement-too-large`, `statement-conflict`, `import-id-missing`.
    pub code: String,
    /// What is wrong, and where.
    pub detail: String,
}

impl ImportReport {
    /// How far the import `id` is. Errors: `import-unknown`.
    pub async fn of(tx: &mut Tx, id: ImportId) -> Result<Self> {
        let import = store::find(tx, id).await?;
        let job = jobs::newest(tx, IMPORT, id.0).await?;
        let problems = store::problems(tx, id, MOST_TOLD).await?;
        let told =
            |problem: store::Problem| LineProblem { line: problem.line, code: problem.code, detail: problem.detail };
        Ok(Self {
            state: state(&import, job.as_ref()),
            progress: import.share(),
            id,
            name: import.name,
            lines: import.lines,
            added: import.added,
            known: import.known,
            refused: import.refused,
            problems: problems.into_iter().map(told).collect(),
        })
    }
}

/// Where an import stands, as a stable word.
pub fn state(import: &Import, job: Option<&Job>) -> &'static str {
    // Given up with lines left: nobody resumed it in time.
    match (import.finished_at, job) {
        (Some(_), _) if import.position < import.bytes => "cancelled",
        (Some(_), _) => "done",
        (None, Some(job)) => job.state().word(),
        (None, None) => "cancelled",
    }
}

/// What the file is called.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct FileName {
    /// The file's name, for people.
    #[serde(default)]
    filename: Option<String>,
}

/// Brings in statements of another store.
///
/// The body is NDJSON: one statement a line, each with its `id`. They are stored one batch after the other, after the answer;
/// `GET` of its `Location` tells how far that is. What is here already under the same id is passed over, so that a file may be
/// sent as often as one likes; the same file goes on where it was if its import has not ended. A line that breaks a rule is
/// reported and does not keep the others out. `stored` and `authority` are set anew, what the file says of them is kept aside.
/// Statements whose attachments have no `fileUrl` are refused: their files cannot come this way.
#[utoipa::path(post, path = "/statement-imports", tag = "statements", params(FileName),
    request_body(content = String, content_type = "application/x-ndjson"),
    responses(
        (status = 202, description = "Received; the work goes on", body = ImportReport),
        (status = 400, description = "`upload-empty`, `upload-interrupted`", body = ProblemDocument,
         content_type = "application/problem+json"),
        NotAllowed,
        (status = 413, description = "`import-too-large`", body = ProblemDocument,
         content_type = "application/problem+json"),
    ))]
async fn create(
    CanWriteStatements(caller): CanWriteStatements,
    State(app): State<App>,
    Query(name): Query<FileName>,
    body: Body,
) -> Result<Response> {
    let by = caller.person().map(|person| person.id);
    let id = file::receive(&app, &name.filename.unwrap_or_default(), body.into_data_stream(), by).await?;
    let report = ImportReport::of(&mut app.db.read().await?, id).await?;
    let location = format!("/api/v1/statement-imports/{id}");
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(report)).into_response())
}

/// Tells how far an import is, and which lines were not taken.
#[utoipa::path(get, path = "/statement-imports/{id}", tag = "statements",
    params(("id" = ImportId, Path, description = "Identifier of the import")),
    responses(
        (status = 200, description = "How far it is", body = ImportReport),
        NotAllowed,
        (status = 404, description = "`import-unknown`", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
async fn read(_: CanWriteStatements, State(app): State<App>, Path(id): Path<ImportId>) -> Result<Json<ImportReport>> {
    ImportReport::of(&mut app.db.read().await?, id).await.map(Json)
}
