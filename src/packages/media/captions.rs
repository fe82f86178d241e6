//! The captions of a film or recording: sent, edited, taken away and brought back.

use askama::Template;
use axum::Json;
use axum::extract::{Form, Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::store;
use super::vtt::{self, Captions, Fault};
use crate::core::{Error, PackageId, Result};
use crate::identity::Trainer;
use crate::packages::pages::package_page;
use crate::state::App;
use crate::web::{self, Flash, Path, Shell, Tab};

/// Languages captions are offered in, each in its own words.
pub const LANGUAGES: [(&str, &str); 12] = [
    ("fr", "Français"),
    ("en", "English"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("it", "Italiano"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("ar", "العربية"),
];

/// The name of a language that is offered. Errors: `captions-language-unknown`.
fn name_of(tag: &str) -> Result<&'static str> {
    let found = LANGUAGES.iter().find(|(known, _)| *known == tag);
    found.map(|(_, name)| *name).ok_or_else(|| Error::not_found("captions-language-unknown"))
}

fn sentence(shell: &Shell, fault: Fault) -> String {
    shell.with(&format!("captions-{}", fault.code), [("line", fault.line)])
}

fn home(package: PackageId) -> String {
    format!("/trainer/packages/{package}#media")
}

/// Receives a file of captions. What is wrong with it is told on the page of the package.
pub async fn receive(
    _: Trainer,
    State(app): State<App>,
    Path(package): Path<PackageId>,
    shell: Shell,
    mut form: Multipart,
) -> Result<Response> {
    let unreadable = |cause| Error::malformed("upload-interrupted").caused_by(anyhow::Error::from(cause));
    let (mut language, mut file) = (String::new(), Vec::new());
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        match field.name() {
            Some("language") => language = field.text().await.map_err(unreadable)?,
            Some("file") => file = field.bytes().await.map_err(unreadable)?.to_vec(),
            _ => {}
        }
    }
    let name = name_of(&language)?;
    let read = match file.len() {
        0 => Err(shell.t("captions-no-file")),
        size if size > vtt::MOST_BYTES => Err(shell.t("captions-too-large")),
        _ => vtt::read(&vtt::decoded(&file)).map_err(|fault| sentence(&shell, fault)),
    };
    match read {
        Ok(captions) => keep(&app, package, (&language, name), &captions).await,
        Err(fault) => {
            let mut response = package_page(&app, package, shell, &fault).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}

async fn keep(app: &App, package: PackageId, language: (&str, &str), captions: &Captions) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    store::version(&mut tx, package).await?;
    store::put_caption(&mut tx, package, language, &captions.text, app.clock.now()).await?;
    tx.commit().await?;
    let flash = Flash::done("captions-saved").arg("language", language.1).arg("n", captions.cues);
    Ok(flash.redirect(&home(package)))
}

/// Captions as text, to be mended.
#[derive(Template)]
#[template(path = "packages/media/templates/captions.html")]
struct EditPage {
    shell: Shell,
    package: PackageId,
    language: String,
    name: &'static str,
    text: String,
    fault: String,
}

fn edit_page(shell: Shell, package: PackageId, language: String, text: String, fault: String) -> Result<Response> {
    let (trainer, back) = (shell.t("trainer-title"), shell.t("captions-back"));
    let shell = shell.tab(Tab::Manage).crumb(trainer, "/trainer").crumb(back, home(package));
    let name = name_of(&language)?;
    web::render(&EditPage { shell, package, language, name, text, fault })
}

/// The captions of a language as text.
pub async fn edit(
    _: Trainer,
    State(app): State<App>,
    Path((package, language)): Path<(PackageId, String)>,
    shell: Shell,
) -> Result<Response> {
    let found = store::caption(&mut app.db.read().await?, package, &language).await?;
    let text = found.ok_or_else(|| Error::not_found("captions-unknown"))?;
    edit_page(shell, package, language, text, String::new())
}

/// What was written.
#[derive(Deserialize)]
pub struct Text {
    text: String,
}

/// Saves the text of captions. What is wrong with it is told beside it, and nothing typed is lost.
pub async fn save(
    _: Trainer,
    State(app): State<App>,
    Path((package, language)): Path<(PackageId, String)>,
    shell: Shell,
    Form(Text { text }): Form<Text>,
) -> Result<Response> {
    let name = name_of(&language)?;
    match vtt::read(&text) {
        Ok(captions) => keep(&app, package, (&language, name), &captions).await,
        Err(fault) => {
            let told = sentence(&shell, fault);
            let mut response = edit_page(shell, package, language, text, told)?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}

/// What saving a text would say, for the page that checks while one writes.
pub async fn check(_: Trainer, shell: Shell, Json(Text { text }): Json<Text>) -> Json<Value> {
    Json(match vtt::read(&text) {
        Ok(captions) => json!({"fine": true, "said": shell.with("captions-fine", [("count", captions.cues)])}),
        Err(fault) => json!({"fine": false, "line": fault.line, "said": sentence(&shell, fault)}),
    })
}

/// Takes captions away; they can be brought back.
pub async fn remove(
    _: Trainer,
    State(app): State<App>,
    Path((package, language)): Path<(PackageId, String)>,
) -> Result<Response> {
    let name = set(&app, package, &language, true).await?;
    let undo = format!("/trainer/packages/{package}/captions/{language}/restore");
    Ok(Flash::done("captions-removed").arg("language", name).undo(undo).redirect(&home(package)))
}

/// Brings them back.
pub async fn restore(
    _: Trainer,
    State(app): State<App>,
    Path((package, language)): Path<(PackageId, String)>,
) -> Result<Response> {
    let name = set(&app, package, &language, false).await?;
    Ok(Flash::done("captions-restored").arg("language", name).redirect(&home(package)))
}

async fn set(app: &App, package: PackageId, language: &str, removed: bool) -> Result<&'static str> {
    let name = name_of(language)?;
    let mut tx = app.db.begin().await?;
    let at = removed.then(|| app.clock.now());
    if !store::set_removed(&mut tx, package, language, at).await? {
        return Err(Error::not_found("captions-unknown"));
    }
    tx.commit().await?;
    Ok(name)
}
