//! The trainer's editor: begun, saved as it is typed, previewed, published.

use askama::Template;
use axum::Form;
use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::draft::{self, Written};
use super::markdown::{self, Picture};
use super::model::{Content, DocumentFile, Finish, What};
use crate::core::{Error, Kind, PackageId, Result};
use crate::identity::Trainer;
use crate::packages::model::PackageKind;
use crate::packages::native::{self, Draft, For, VersionRow, assets};
use crate::state::App;
use crate::storage::Tx;
use crate::web::{self, Flash, Path, Shell, Tab, asked_by_program};

#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    title: String,
    #[serde(flatten)]
    for_: For,
}

/// A kind that can be begun here.
struct Choice {
    word: &'static str,
    name: String,
    hint: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "native/templates/new.html")]
struct NewPage {
    shell: Shell,
    choices: Vec<Choice>,
    for_: For,
}

const KINDS: [PackageKind; 4] = [PackageKind::Page, PackageKind::Document, PackageKind::Link, PackageKind::Quiz];

/// Asks what is to be written.
pub async fn choose(_: Trainer, Query(chosen): Query<Chosen>, shell: Shell) -> Result<Response> {
    let known = KINDS.iter().any(|kind| kind.word() == chosen.kind);
    let choices = KINDS.iter().enumerate().map(|(place, kind)| Choice {
        word: kind.word(),
        name: shell.t(&format!("kind-{}", kind.word())),
        hint: shell.t(&format!("content-hint-{}", kind.word())),
        chosen: if known { kind.word() == chosen.kind } else { place == 0 },
    });
    let choices = choices.collect();
    web::render(&NewPage { choices, for_: chosen.for_.checked(), shell: in_manage(shell) })
}

/// Begins it, and leads to its editor. Errors: `content-kind-unknown`.
pub async fn create(
    Trainer(trainer): Trainer,
    State(app): State<App>,
    shell: Shell,
    Form(chosen): Form<Chosen>,
) -> Result<Response> {
    let kind = KINDS.into_iter().find(|kind| kind.word() == chosen.kind);
    let kind = kind.ok_or_else(|| Error::unprocessable("content-kind-unknown"))?;
    let mut tx = app.db.begin().await?;
    let by = Some(trainer.id);
    let editor = match Content::begun(kind, shell.words.language()) {
        Some(content) => {
            let id = native::create(&mut tx, &app, kind, &chosen.title, &content, by).await?;
            format!("/trainer/content/{id}")
        }
        // A quiz begins empty; its own editor knows what that means.
        None => {
            let title = Some(chosen.title.trim()).filter(|title| !title.is_empty());
            let title = title.map_or_else(|| shell.t("quiz-untitled"), str::to_owned);
            let id = native::create(&mut tx, &app, kind, &title, &json!({}), by).await?;
            format!("/trainer/quizzes/{id}")
        }
    };
    tx.commit().await?;
    Ok(Redirect::to(&chosen.for_.checked().on(editor)).into_response())
}

#[derive(Template)]
#[template(path = "native/templates/editor.html")]
struct Editor {
    shell: Shell,
    /// This address, for what is below it.
    base: String,
    file_url: String,
    delete_url: String,
    kind: &'static str,
    kind_word: String,
    draft: Draft<Content>,
    /// What is shown beside the text; of a page only.
    preview: String,
    address: String,
    file: Option<DocumentFile>,
    file_size: String,
    /// What dropping a file does.
    drop_word: String,
    versions: Vec<VersionRow>,
    for_: For,
    /// Why it was not saved or published.
    refused: Option<String>,
    /// Whether somebody else saved in between: the text below is not saved.
    conflict: bool,
}

impl Editor {
    fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }

    fn confirms(&self) -> bool {
        self.draft.content.finish == Finish::Confirmed
    }

    fn language(&self) -> &'static str {
        self.draft.content.language.tag()
    }

    fn finish_word(&self) -> String {
        self.shell.t(&format!("content-finish-opened-{}", self.kind))
    }
}

async fn show(
    tx: &mut Tx,
    shell: Shell,
    draft: Draft<Content>,
    for_: For,
    refused: Option<(String, bool, StatusCode)>,
) -> Result<Response> {
    let id = draft.package;
    let versions = native::versions(tx, id).await?;
    let kind = draft.kind.word();
    let (address, file) = match &draft.content.what {
        What::Page => (String::new(), None),
        What::Document { file } => (String::new(), file.clone()),
        What::Link { address } => (address.clone(), None),
    };
    let preview = preview_of(tx, id, &draft.content, &shell).await?;
    let status = refused.as_ref().map_or(StatusCode::OK, |(_, _, status)| *status);
    let conflict = refused.as_ref().is_some_and(|(_, conflict, _)| *conflict);
    let base = format!("/trainer/content/{id}");
    let page = Editor {
        file_url: format!("{base}/file"),
        delete_url: format!("/trainer/packages/{id}/delete"),
        base,
        kind,
        kind_word: shell.t(&format!("kind-{kind}")),
        preview,
        address,
        file_size: file.as_ref().map(|file| size(file.size, &shell)).unwrap_or_default(),
        drop_word: shell.t(if file.is_some() { "content-file-replace" } else { "content-file-drop" }),
        file,
        versions,
        for_: for_.checked(),
        refused: refused.map(|(sentence, ..)| sentence),
        conflict,
        draft,
        shell: in_manage(shell),
    };
    let mut response = web::render(&page)?;
    *response.status_mut() = status;
    Ok(response)
}

/// The size of a file, in words.
pub fn size(bytes: i64, shell: &Shell) -> String {
    shell.words.size(bytes.unsigned_abs())
}

/// The editor. A quiz has its own.
pub async fn editor(
    _: Trainer,
    State(app): State<App>,
    Path(id): Path<PackageId>,
    Query(for_): Query<For>,
    shell: Shell,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    if native::raw_draft(&mut tx, id).await?.kind == PackageKind::Quiz {
        return Ok(Redirect::to(&for_.checked().on(format!("/trainer/quizzes/{id}"))).into_response());
    }
    let draft = draft::read(&mut tx, id).await?;
    show(&mut tx, shell, draft, for_, None).await
}

/// Saves. A script is answered the new revision; a form leads back to the editor, with the text as it was sent if it could not
/// be saved.
///
/// Errors: `draft-changed`, `content-unknown`, `content-too-large`.
pub async fn save(
    Trainer(trainer): Trainer,
    State(app): State<App>,
    Path(id): Path<PackageId>,
    headers: HeaderMap,
    shell: Shell,
    Form(written): Form<Written>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let by_script = asked_by_program("", &headers);
    match draft::save(&app, &mut tx, id, &written, trainer.id).await {
        Ok(revision) => {
            tx.commit().await?;
            if by_script {
                return Ok(Json(json!({"revision": revision})).into_response());
            }
            let back = for_of(&written).on(format!("/trainer/content/{id}"));
            Ok(Flash::done("content-saved").redirect(&back))
        }
        Err(error) if by_script => Err(error),
        Err(error) => refused(&mut tx, shell, id, written, error).await,
    }
}

fn for_of(written: &Written) -> For {
    For { programme: written.programme.clone(), phase: written.phase.clone() }.checked()
}

/// The editor again, with what was sent and why it was not taken.
async fn refused(tx: &mut Tx, shell: Shell, id: PackageId, written: Written, error: Error) -> Result<Response> {
    let status = error.kind.status();
    let known = matches!(error.kind, Kind::Conflict | Kind::Unprocessable | Kind::TooLarge);
    let Some(sentence) = shell.words.error(error.code, &error.args).filter(|_| known) else { return Err(error) };
    let mut draft = draft::read(tx, id).await?;
    draft.content = draft::filled(&draft.content, &written);
    draft.title.clone_from(&written.title);
    // The present revision: who reads why and saves again means it.
    let for_ = for_of(&written);
    show(tx, shell, draft, for_, Some((sentence, error.code == "draft-changed", status))).await
}

/// Saves and makes a version of it. Errors: those of [`save`]; what is missing is told on the page.
pub async fn publish(
    Trainer(trainer): Trainer,
    State(app): State<App>,
    Path(id): Path<PackageId>,
    shell: Shell,
    Form(written): Form<Written>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    if let Err(error) = draft::save(&app, &mut tx, id, &written, trainer.id).await {
        return refused(&mut tx, shell, id, written, error).await;
    }
    // Once it is out, the list of courses opens and closes it.
    let first = draft::read(&mut tx, id).await?.course.is_none();
    let open = first.then_some(written.open.is_some());
    match draft::publish(&app, &mut tx, id, open, trainer.id).await {
        Ok(published) => {
            tx.commit().await?;
            let back = for_of(&written).on(format!("/trainer/content/{id}"));
            Ok(Flash::done("content-published").arg("number", published.number).redirect(&back))
        }
        Err(error) => {
            drop(tx);
            let mut tx = app.db.read().await?;
            refused(&mut tx, shell, id, written, error).await
        }
    }
}

#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    text: String,
}

/// The text as learners will see it; only what stands in it, for the place beside the text.
pub async fn preview(
    _: Trainer,
    State(app): State<App>,
    Path(id): Path<PackageId>,
    shell: Shell,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let mut content = draft::read(&mut tx, id).await?.content;
    content.text = typed.text;
    Ok(Html(preview_of(&mut tx, id, &content, &shell).await?).into_response())
}

async fn preview_of(tx: &mut Tx, id: PackageId, content: &Content, shell: &Shell) -> Result<String> {
    if content.what != What::Page {
        return Ok(String::new());
    }
    let known = assets::all(tx, id).await?;
    let picture = |name: &str| {
        let asset = known.iter().find(|asset| asset.name == name)?;
        let url = format!("/trainer/content/{id}/files/{name}");
        Some(Picture { url, width: asset.width, height: asset.height })
    };
    Ok(markdown::html(&content.text, &shell.t("content-new-tab"), &shell.t("content-table"), picture))
}

fn in_manage(shell: Shell) -> Shell {
    let trainer = shell.t("trainer-title");
    shell.tab(Tab::Manage).crumb(trainer, "/trainer")
}
