//! What animators do: news, programmes, members.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use serde::Deserialize;

use super::access::{SpaceAnimator, SpaceReader};
use super::content::{self, News, ShownProgramme};
use super::members::{self, Member};
use super::model::{Space, SpaceRole};
use super::pages::next;
use crate::core::{Error, Kind, NewsId, PersonId, ProgrammeId, Result};
use crate::identity::{self, PeoplePage, PeopleWanted};
use crate::state::App;
use crate::web::{Flash, Path, Shell, Tab, render};

/// People found at once.
const FOUND: i64 = 10;

/// What the page is asked for.
#[derive(Deserialize, Default)]
pub(super) struct Asked {
    /// Who is looked for, to become a member.
    #[serde(default)]
    person: String,
    /// What they are to be.
    #[serde(default)]
    role: String,
    #[serde(default)]
    after: String,
}

#[derive(Template)]
#[template(path = "spaces/templates/manage.html")]
struct ManagePage {
    shell: Shell,
    here: String,
    space: Space,
    news: Vec<News>,
    programmes: Vec<ShownProgramme>,
    others: Vec<ShownProgramme>,
    members: Vec<Member>,
    count: i64,
    previous: String,
    next: String,
    asked: String,
    asked_role: SpaceRole,
    found: Vec<Found>,
    form: NewsForm,
    fault: String,
}

/// Somebody who can become a member.
struct Found {
    id: PersonId,
    name: String,
    login: String,
}

/// News as they were written.
#[derive(Deserialize, Default)]
pub(super) struct NewsForm {
    #[serde(default)]
    title: String,
    #[serde(default)]
    body: String,
}

/// `GET /spaces/{space}/manage`.
pub(super) async fn show(
    SpaceAnimator(reader): SpaceAnimator,
    State(app): State<App>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    page(&app, reader, shell, asked, NewsForm::default(), String::new()).await
}

async fn page(
    app: &App,
    reader: SpaceReader,
    shell: Shell,
    asked: Asked,
    form: NewsForm,
    fault: String,
) -> Result<Response> {
    let space = reader.space;
    let mut tx = app.db.read().await?;
    let after = super::pages::Position { after: asked.after }.read();
    let (members, more) = members::list(&mut tx, space.id, after.clone()).await?;
    let found = if asked.person.trim().is_empty() {
        Vec::new()
    } else {
        let wanted = PeopleWanted { text: asked.person.clone(), unit: None };
        identity::search_people(&mut tx, &wanted, &PeoplePage::First, FOUND).await?.people
    };
    let found = found.into_iter().filter(|person| person.disabled_at.is_none()).map(|person| Found {
        id: person.id,
        name: person.name,
        login: person.login.unwrap_or_default(),
    });
    let here = format!("/spaces/{}", space.id);
    let manage = format!("{here}/manage");
    let crumb = shell.t("spaces-title");
    render(&ManagePage {
        news: content::news(&mut tx, space.id).await?,
        programmes: content::programmes(&mut tx, space.id).await?,
        others: content::other_programmes(&mut tx, space.id).await?,
        count: members::count(&mut tx, space.id).await?,
        found: found.collect(),
        next: next(&manage, &members, more),
        previous: after.map(|_| format!("{manage}#members")).unwrap_or_default(),
        shell: shell.tab(Tab::Spaces).crumb(crumb, "/spaces").crumb(&space.name, &here),
        asked: asked.person,
        asked_role: asked.role.parse().unwrap_or(SpaceRole::Member),
        here,
        space,
        members,
        form,
        fault,
    })
}

fn back(reader: &SpaceReader, section: &str) -> String {
    format!("/spaces/{}/manage{section}", reader.space.id)
}

/// `POST /spaces/{space}/news`.
pub(super) async fn publish_news(
    SpaceAnimator(reader): SpaceAnimator,
    State(app): State<App>,
    shell: Shell,
    Form(form): Form<NewsForm>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let news = (form.title.as_str(), form.body.as_str());
    match content::add_news(&mut tx, reader.space.id, reader.person.id, news, app.clock.now()).await {
        Ok(id) => {
            tx.commit().await?;
            tracing::info!(news = %id, space = %reader.space.id, by = %reader.person.id, "news published");
            let undo = format!("/spaces/{}/news/{id}/remove", reader.space.id);
            Ok(Flash::done("space-news-published").undo(undo).redirect(&back(&reader, "#news")))
        }
        Err(wrong) if wrong.kind == Kind::Unprocessable => {
            drop(tx);
            let fault = shell.words.error(wrong.code, &wrong.args).unwrap_or_default();
            let mut response = page(&app, reader, shell, Asked::default(), form, fault).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(failure) => Err(failure),
    }
}

/// `POST /spaces/{space}/news/{news}/remove`. Undone by `restore`.
pub(super) async fn remove_news(
    SpaceAnimator(reader): SpaceAnimator,
    State(app): State<App>,
    Path((_, id)): Path<(String, NewsId)>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    content::set_news_removed(&mut tx, reader.space.id, id, Some(app.clock.now())).await?;
    tx.commit().await?;
    let undo = format!("/spaces/{}/news/{id}/restore", reader.space.id);
    Ok(Flash::done("space-news-removed").undo(undo).redirect(&back(&reader, "#news")))
}

/// `POST /spaces/{space}/news/{news}/restore`.
pub(super) async fn restore_news(
    SpaceAnimator(reader): SpaceAnimator,
    State(app): State<App>,
    Path((_, id)): Path<(String, NewsId)>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    content::set_news_removed(&mut tx, reader.space.id, id, None).await?;
    tx.commit().await?;
    Ok(Flash::done("space-news-restored").redirect(&back(&reader, "#news")))
}

/// Which programme a space is to show.
#[derive(Deserialize)]
pub(super) struct Programme {
    #[serde(default)]
    programme: String,
}

/// `POST /spaces/{space}/programmes`.
pub(super) async fn add_programme(
    SpaceAnimator(reader): SpaceAnimator,
    State(app): State<App>,
    Form(form): Form<Programme>,
) -> Result<Response> {
    let id: ProgrammeId = form.programme.parse().map_err(|_| Error::not_found("space-programme-unknown"))?;
    shown(&app, &reader, id).await
}

/// `POST /spaces/{space}/programmes/{programme}/restore`.
pub(super) async fn restore_programme(
    SpaceAnimator(reader): SpaceAnimator,
    State(app): State<App>,
    Path((_, id)): Path<(String, ProgrammeId)>,
) -> Result<Response> {
    shown(&app, &reader, id).await
}

async fn shown(app: &App, reader: &SpaceReader, id: ProgrammeId) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let title = content::add_programme(&mut tx, reader.space.id, id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(Flash::done("space-programme-added").arg("title", title).redirect(&back(reader, "#programmes")))
}

/// `POST /spaces/{space}/programmes/{programme}/remove`.
pub(super) async fn remove_programme(
    SpaceAnimator(reader): SpaceAnimator,
    State(app): State<App>,
    Path((_, id)): Path<(String, ProgrammeId)>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    content::remove_programme(&mut tx, reader.space.id, id).await?;
    tx.commit().await?;
    let undo = format!("/spaces/{}/programmes/{id}/restore", reader.space.id);
    Ok(Flash::done("space-programme-removed").undo(undo).redirect(&back(&reader, "#programmes")))
}

/// Who becomes what.
#[derive(Deserialize)]
pub(super) struct Membership {
    #[serde(default)]
    person: String,
    #[serde(default)]
    role: String,
}

/// `POST /spaces/{space}/members`: adds somebody, or changes what they are there. Who is named by a suggestion or a login is
/// taken at once; for anything else the page shows whom it may mean.
pub(super) async fn put_member(
    SpaceAnimator(reader): SpaceAnimator,
    State(app): State<App>,
    Form(form): Form<Membership>,
) -> Result<Response> {
    let role: SpaceRole = form.role.parse().map_err(|_| Error::malformed("space-role-unknown"))?;
    let person = match form.person.parse() {
        Ok(id) => Some(id),
        Err(_) => identity::suggested(&mut app.db.read().await?, &form.person).await?,
    };
    let Some(person) = person else {
        let asked = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("person", form.person.trim())
            .append_pair("role", role.name())
            .finish();
        return Ok(Redirect::to(&format!("/spaces/{}/manage?{asked}#members", reader.space.id)).into_response());
    };
    put(&app, &reader, person, role).await
}

/// What somebody is typing.
#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    q: String,
}

/// `GET /spaces/{space}/members/search?q=…`: people whose name or login has what was typed, as suggestions.
pub(super) async fn search(
    _: SpaceAnimator,
    State(app): State<App>,
    Query(typed): Query<Typed>,
) -> Result<Json<Vec<String>>> {
    Ok(Json(identity::suggest(&mut app.db.read().await?, &typed.q).await?))
}

/// `POST /spaces/{space}/members/{person}/restore/{role}`: after a removal.
pub(super) async fn restore_member(
    SpaceAnimator(reader): SpaceAnimator,
    State(app): State<App>,
    Path((_, person, role)): Path<(String, PersonId, SpaceRole)>,
) -> Result<Response> {
    put(&app, &reader, person, role).await
}

async fn put(app: &App, reader: &SpaceReader, person: PersonId, role: SpaceRole) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let name = identity::person(&mut tx, person).await?.name;
    members::put(&mut tx, app, reader.space.id, person, role).await?;
    tx.commit().await?;
    tracing::info!(%person, %role, space = %reader.space.id, by = %reader.person.id, "space member");
    let told = Flash::done("space-member-put").arg("name", name).arg("role", role);
    Ok(told.redirect(&back(reader, "#members")))
}

/// `POST /spaces/{space}/members/{person}/remove`. Undone by `restore`.
pub(super) async fn remove_member(
    SpaceAnimator(reader): SpaceAnimator,
    State(app): State<App>,
    Path((_, person)): Path<(String, PersonId)>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let name = identity::person(&mut tx, person).await?.name;
    let role = members::remove(&mut tx, &app, reader.space.id, person).await?;
    tx.commit().await?;
    tracing::info!(%person, space = %reader.space.id, by = %reader.person.id, "left the space");
    let mut told = Flash::done("space-member-removed").arg("name", name);
    if let Some(role) = role {
        told = told.undo(format!("/spaces/{}/members/{person}/restore/{role}", reader.space.id));
    }
    Ok(told.redirect(&back(&reader, "#members")))
}
