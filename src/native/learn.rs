//! What learners see: a page to read, a document or a link to open, and the end of it.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::editor::size;
use super::markdown::{self, Picture};
use super::model::{Content, Finish, What};
use crate::core::{Error, LaunchId, RegistrationId, Result};
use crate::packages::file_url;
use crate::packages::native::{self, assets};
use crate::progress::{self, Completion};
use crate::runtime::{Mode, PlayerChrome, PlayerOf, Visit};
use crate::state::App;
use crate::storage::Tx;
use crate::web::{self, Path, Shell};
use crate::xapi::Outcome;
use crate::xapi::vocabulary::{COMPLETED, EXPERIENCED};

/// What this slice shows.
const KINDS: [&str; 3] = ["page", "document", "link"];

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    mode: Mode,
    /// The learner has just said that they are done: nothing is opened again.
    ended: Option<String>,
}

#[derive(Template)]
#[template(path = "native/templates/learn.html")]
struct LearnPage {
    shell: Shell,
    chrome: PlayerChrome,
    /// This address, for what is below it.
    base: String,
    /// The mode, as addresses say it.
    query: String,
    kind: String,
    language: &'static str,
    /// Of a page: its HTML, which `markdown` made. Of the others: empty.
    html: String,
    /// Of the others: a sentence.
    text: String,
    file: Option<FileView>,
    /// Where a link leads: the host.
    host: String,
    /// Names the visit; empty when nothing was opened.
    launch: String,
    /// Whether the learner says themselves when they are done.
    confirms: bool,
    done: bool,
    records: bool,
}

struct FileView {
    name: String,
    size: String,
    /// Whether browsers show it.
    is_shown: bool,
}

/// The page of an activity. Opening it is told once a visit; where opening is all there is to do, it is done.
pub async fn page(
    player: PlayerOf,
    State(app): State<App>,
    Path((id, index)): Path<(RegistrationId, i32)>,
    Query(asked): Query<Asked>,
    method: Method,
    headers: HeaderMap,
    shell: Shell,
) -> Result<Response> {
    let only_looks = asked.ended.is_some() || nobody_looks(&method, &headers);
    let (visit, launch, content) = if only_looks {
        let mut tx = app.db.read().await?;
        let visit = Visit::of(&mut tx, &player, index, &KINDS, asked.mode).await?;
        let content = content(&mut tx, &visit).await?;
        (visit, String::new(), content)
    } else {
        let mut tx = app.db.begin().await?;
        let visit = Visit::held(&mut tx, &player, index, &KINDS, asked.mode).await?;
        let opened = visit.open(&mut tx, &app, &player).await?;
        let content = content(&mut tx, &opened.visit).await?;
        if opened.is_new {
            opened.visit.record(&mut tx, &app, vec![opened.visit.about(EXPERIENCED)]).await?;
        }
        if content.finish == Finish::Opened && content.what == What::Page {
            complete(&mut tx, &app, &opened.visit).await?;
        }
        tx.commit().await?;
        (opened.visit, opened.launch.to_string(), content)
    };
    let mut tx = app.db.read().await?;
    let chrome = PlayerChrome::of(&mut tx, &player, &visit.activity, visit.mode, &shell).await?;
    let html = match content.what {
        What::Page => written(&mut tx, &app, &visit, &content, &shell).await?,
        _ => String::new(),
    };
    let ended_here = asked.ended.is_some() && !visit.is_recorded();
    let page = LearnPage {
        base: format!("/learn/{id}/{index}"),
        query: visit.mode.query(),
        kind: visit.activity.kind.clone(),
        language: content.language.tag(),
        html,
        file: match &content.what {
            What::Document { file: Some(file) } => {
                Some(FileView { name: file.name.clone(), size: size(file.size, &shell), is_shown: file.is_shown() })
            }
            _ => None,
        },
        host: match &content.what {
            What::Link { address } => host(address),
            _ => String::new(),
        },
        text: if content.what == What::Page { String::new() } else { content.text.clone() },
        launch,
        confirms: content.finish == Finish::Confirmed,
        done: ended_here || chrome.is_done(),
        records: visit.is_recorded(),
        chrome,
        shell,
    };
    web::render(&page)
}

/// A program that looks ahead: nobody has opened anything yet.
fn nobody_looks(method: &Method, headers: &HeaderMap) -> bool {
    let purpose = headers.get("sec-purpose").and_then(|value| value.to_str().ok()).unwrap_or_default();
    method == Method::HEAD || purpose.contains("prefetch")
}

async fn content(tx: &mut Tx, visit: &Visit) -> Result<Content> {
    native::content_of_version(tx, visit.registration.version_id).await
}

async fn written(tx: &mut Tx, app: &App, visit: &Visit, content: &Content, shell: &Shell) -> Result<String> {
    let (version, person) = (visit.registration.version_id, visit.registration.person_id);
    let known = assets::of_version(tx, version).await?;
    let picture = |name: &str| {
        let asset = known.iter().find(|asset| asset.name == name)?;
        Some(Picture { url: file_url(app, version, person, name), width: asset.width, height: asset.height })
    };
    Ok(markdown::html(&content.text, &shell.t("content-new-tab"), &shell.t("content-table"), picture))
}

fn host(address: &str) -> String {
    url::Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// Tells that the learner is done, once.
async fn complete(tx: &mut Tx, app: &App, visit: &Visit) -> Result<()> {
    let standing = progress::standing(tx, visit.registration.id, visit.activity.activity_index).await?.activity();
    if standing.0 == Completion::Completed {
        return Ok(());
    }
    let result = Outcome { completion: Some(true), ..Outcome::default() };
    visit.record(tx, app, vec![visit.about(COMPLETED).with_result(result)]).await
}

#[derive(Deserialize)]
pub struct Way {
    #[serde(default)]
    mode: Mode,
    /// To be kept on the device instead of shown.
    download: Option<String>,
}

/// Opens the document or the link; where that is all there is to do, it is done.
pub async fn open(
    player: PlayerOf,
    State(app): State<App>,
    Path((_, index)): Path<(RegistrationId, i32)>,
    Query(way): Query<Way>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let visit = Visit::held(&mut tx, &player, index, &KINDS, way.mode).await?;
    let content = content(&mut tx, &visit).await?;
    let target = match &content.what {
        What::Document { file: Some(file) } => {
            let (version, person) = (visit.registration.version_id, visit.registration.person_id);
            let shown = way.download.is_none() && file.is_shown();
            format!("{}{}", file_url(&app, version, person, &file.name), if shown { "" } else { "?download" })
        }
        What::Link { address } => super::model::checked_address(address)?,
        _ => return Err(Error::not_found("activity-unknown")),
    };
    if content.finish == Finish::Opened && !nobody_looks(&method, &headers) {
        complete(&mut tx, &app, &visit).await?;
    }
    tx.commit().await?;
    let mut response = Redirect::to(&target).into_response();
    let headers = response.headers_mut();
    headers.insert("cache-control", axum::http::HeaderValue::from_static("no-store"));
    headers.insert("referrer-policy", axum::http::HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// The end of a visit, as a form tells it: an empty field says nothing.
#[derive(Deserialize)]
pub struct End {
    #[serde(default)]
    launch: String,
    /// How long the page was looked at, if a script counted.
    #[serde(default)]
    seconds: String,
}

async fn ended(tx: &mut Tx, app: &App, visit: &Visit, end: End) -> Result<()> {
    match end.launch.parse::<LaunchId>() {
        Ok(launch) => visit.end(tx, app, launch, end.seconds.parse().ok()).await,
        Err(_) => Ok(()),
    }
}

/// The learner says that they have read it.
pub async fn finish(
    player: PlayerOf,
    State(app): State<App>,
    Path((id, index)): Path<(RegistrationId, i32)>,
    Query(way): Query<Way>,
    Form(end): Form<End>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let visit = Visit::held(&mut tx, &player, index, &KINDS, way.mode).await?;
    complete(&mut tx, &app, &visit).await?;
    ended(&mut tx, &app, &visit, end).await?;
    tx.commit().await?;
    let query = visit.mode.query();
    let joint = if query.is_empty() { "?" } else { "&" };
    Ok(Redirect::to(&format!("/learn/{id}/{index}{query}{joint}ended=1#end")).into_response())
}

/// The learner has left the page.
pub async fn left(
    player: PlayerOf,
    State(app): State<App>,
    Path((_, index)): Path<(RegistrationId, i32)>,
    Query(way): Query<Way>,
    Form(end): Form<End>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let visit = Visit::held(&mut tx, &player, index, &KINDS, way.mode).await?;
    ended(&mut tx, &app, &visit, end).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
