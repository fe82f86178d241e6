//! `/admin/statements/imports`: bringing statements of another store in, and how far that is.

use askama::Template;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::response::Response;

use super::IMPORT;
use super::api::state;
use super::file;
use super::store::{self, Import, MOST_TOLD};
use crate::core::{Error, ImportId, PersonId, Result};
use crate::identity::Administrator;
use crate::jobs::{self, Job};
use crate::state::App;
use crate::web::{self, Flash, Path, Shell, Tab};

/// Imports of the list.
const SHOWN: i64 = 50;

#[derive(Template)]
#[template(path = "lrs/templates/imports.html")]
struct ListPage {
    shell: Shell,
    imports: Vec<Import>,
    /// Largest file, in words.
    limit: String,
}

/// Where a file is dropped, and what was brought in before.
pub async fn list(_: Administrator, State(app): State<App>, shell: Shell) -> Result<Response> {
    let imports = store::newest(&mut app.db.read().await?, SHOWN).await?;
    let label = shell.t("statements-title");
    let limit = match app.config.lrs.max_import_bytes as f64 / f64::from(1 << 20) {
        size if size >= 1024.0 => shell.with("size-gib", [("size", shell.number(&(size / 1024.0).floor()).as_str())]),
        size => shell.with("size-mib", [("size", shell.number(&size.floor()).as_str())]),
    };
    web::render(&ListPage { shell: shell.tab(Tab::Manage).crumb(label, "/admin/statements"), imports, limit })
}

/// The upload of a browser without script.
pub async fn receive(
    Administrator(person): Administrator,
    State(app): State<App>,
    request: Request,
) -> Result<Response> {
    let id = of_form(&app, request, person.id).await?;
    Ok(Flash::done("imports-received").redirect(&address(id)))
}

async fn of_form(app: &App, request: Request, by: PersonId) -> Result<ImportId> {
    let unreadable = |cause: String| Error::malformed("upload-interrupted").detail(cause);
    let form = Multipart::from_request(request, app).await;
    let mut form = form.map_err(|cause| unreadable(cause.body_text()))?;
    while let Some(field) = form.next_field().await.map_err(|cause| unreadable(cause.body_text()))? {
        if let Some(name) = field.file_name().map(str::to_owned) {
            return file::receive(app, &name, field, Some(by)).await;
        }
    }
    Err(Error::malformed("upload-empty"))
}

fn address(id: ImportId) -> String {
    format!("/admin/statements/imports/{id}")
}

/// How far an import is.
#[derive(Template)]
#[template(path = "lrs/templates/import_work.html")]
struct WorkView<'a> {
    shell: &'a Shell,
    file: Import,
    /// `queued`, `running`, `done`, `failed` or `cancelled`.
    state: &'static str,
    percent: u32,
    /// What is left, in words, when it can be told.
    left: Option<String>,
    /// Why it failed.
    reason: String,
    problems: Vec<Told>,
    /// Refused lines that are not among them.
    untold: i64,
}

/// Why a line was not taken, in the reader's words, and as the standard says it.
struct Told {
    line: i64,
    sentence: String,
    detail: String,
}

impl WorkView<'_> {
    fn is_open(&self) -> bool {
        matches!(self.state, "queued" | "running")
    }

    fn home(&self) -> String {
        address(self.file.id)
    }
}

async fn view<'a>(app: &App, shell: &'a Shell, id: ImportId) -> Result<WorkView<'a>> {
    let mut tx = app.db.read().await?;
    let import = store::find(&mut tx, id).await?;
    let job: Option<Job> = jobs::newest(&mut tx, IMPORT, id.0).await?;
    let problems = store::problems(&mut tx, id, MOST_TOLD).await?;
    let sentence = |code: &str, values: &[(&'static str, String)]| {
        shell.words.error(code, values).unwrap_or_else(|| shell.t("error-internal"))
    };
    let problems: Vec<Told> = problems
        .into_iter()
        .map(|problem| Told {
            line: problem.line,
            sentence: sentence(&problem.code, &[("size", "1 MiB".to_owned())]),
            detail: problem.detail,
        })
        .collect();
    let left = job.as_ref().and_then(|job| job.time_left(app.clock.now()));
    let reason = job.as_ref().and_then(|job| job.error.as_deref()).map(|code| sentence(code, &[]));
    Ok(WorkView {
        state: state(&import, job.as_ref()),
        percent: (import.share() * 100.0).floor() as u32,
        left: left.map(|left| shell.duration(&(left.as_secs().max(1) as f64))),
        reason: reason.unwrap_or_default(),
        untold: import.refused - i64::try_from(problems.len()).unwrap_or(i64::MAX),
        problems,
        file: import,
        shell,
    })
}

#[derive(Template)]
#[template(path = "lrs/templates/import.html")]
struct ImportPage {
    shell: Shell,
    name: String,
    /// How far it is, as HTML.
    work: String,
}

/// One import: how far it is, what came of it, and which lines were not taken.
pub async fn show(
    _: Administrator,
    State(app): State<App>,
    Path(id): Path<ImportId>,
    shell: Shell,
) -> Result<Response> {
    let label = shell.t("imports-title");
    let shell = shell.tab(Tab::Manage).crumb(label, "/admin/statements/imports");
    let view = view(&app, &shell, id).await?;
    let (name, work) = (view.file.name.clone(), view.render().map_err(Error::internal)?);
    web::render(&ImportPage { shell, name, work })
}

/// The part about the work alone, which the page asks for while it goes on.
pub async fn work(
    _: Administrator,
    State(app): State<App>,
    Path(id): Path<ImportId>,
    shell: Shell,
) -> Result<Response> {
    web::render(&view(&app, &shell, id).await?)
}

/// Stops an import; what is in stays in.
pub async fn cancel(_: Administrator, State(app): State<App>, Path(id): Path<ImportId>) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    store::find(&mut tx, id).await?;
    if let Some(job) = jobs::newest(&mut tx, IMPORT, id.0).await? {
        jobs::cancel(&mut tx, &app, job.id).await?;
    }
    tx.commit().await?;
    Ok(Flash::done("imports-cancelled").undo(format!("{}/resume", address(id))).redirect(&address(id)))
}

/// Goes on where an import that failed or was stopped had come to. Errors: `import-ended`.
pub async fn resume(
    Administrator(person): Administrator,
    State(app): State<App>,
    Path(id): Path<ImportId>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let import = store::find(&mut tx, id).await?;
    store::wake(&mut tx, &app, &import, Some(person.id)).await?;
    tx.commit().await?;
    Ok(Flash::done("imports-resumed").redirect(&address(id)))
}
