//! A space inside a page of the intranet: no navigation of our own, the width it is given, the host's page scrolls.
//!
//! Only the origins configured for the space may frame it. Whoever is not signed in signs in inside the frame, by a cookie
//! that works where cookies of other sites are blocked ([`Embedded`]). Programmes open in a new tab, which is signed in by
//! a ticket posted from the frame.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::access::SpaceReader;
use super::model::Space;
use super::pages::Contents;
use super::store;
use crate::core::{Error, Kind, Result};
use crate::identity::{self, Embedded, MaybeEmbedded, MaybeSignedIn, Person};
use crate::state::App;
use crate::web::{Path, Shell, is_own_path, render};

#[derive(Template)]
#[template(path = "spaces/templates/embed.html")]
struct EmbedPage {
    shell: Shell,
    /// The framed page's own address.
    here: String,
    space: Space,
    contents: Contents,
    name: String,
    leads: bool,
    /// For new tabs; empty where the login itself is known there.
    ticket: String,
}

#[derive(Template)]
#[template(path = "spaces/templates/embed_sign_in.html")]
struct SignInPage {
    shell: Shell,
    here: String,
    login: String,
    fault: String,
    /// Signed in, and not a member.
    stranger: String,
}

/// `GET /embed/spaces/{space}`.
pub(super) async fn show(
    State(app): State<App>,
    shell: Shell,
    visitor: MaybeSignedIn,
    MaybeEmbedded(embedded): MaybeEmbedded,
    Path(reference): Path<String>,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let space = existing(&mut tx, &reference).await?;
    let origins = store::origins(&mut tx, space.id).await?;
    drop(tx);
    let ticket = embedded.as_ref().map(|embedded| embedded.ticket(&app)).unwrap_or_default();
    let person = embedded.map(|embedded| embedded.person).or_else(|| visitor.person().cloned());
    let page = match person {
        Some(person) => contents(&app, shell, person, &space, ticket).await,
        None => sign_in_page(shell, &space, String::new(), String::new(), String::new()),
    };
    framed(&app, page?, &origins)
}

/// The space, unless it was taken away. Whether somebody may know of it shows when they have signed in.
async fn existing(tx: &mut crate::storage::Tx, reference: &str) -> Result<Space> {
    let space = store::find(tx, reference).await?;
    if space.archived_at.is_some() { Err(Error::not_found("space-unknown")) } else { Ok(space) }
}

fn here(space: &Space) -> String {
    format!("/embed/spaces/{}", space.id)
}

async fn contents(app: &App, shell: Shell, person: Person, space: &Space, ticket: String) -> Result<Response> {
    let name = person.name.clone();
    let mut tx = app.db.read().await?;
    let reader = match SpaceReader::enter(&mut tx, person, &space.id.to_string()).await {
        Ok(reader) => reader,
        Err(wrong) if matches!(wrong.kind, Kind::Forbidden | Kind::NotFound) => {
            drop(tx);
            let mut response = sign_in_page(shell, space, String::new(), String::new(), name)?;
            *response.status_mut() = Kind::Forbidden.status();
            return Ok(response);
        }
        Err(failure) => return Err(failure),
    };
    let contents = Contents::read(&mut tx, &reader.space).await?;
    drop(tx);
    let leads = reader.leads();
    render(&EmbedPage { here: here(space), space: reader.space, contents, name, leads, ticket, shell })
}

fn sign_in_page(shell: Shell, space: &Space, login: String, fault: String, stranger: String) -> Result<Response> {
    render(&SignInPage { shell, here: here(space), login, fault, stranger })
}

/// Says who may frame the page; nobody where no origin is configured. Each is an origin that [`super::model`] has parsed.
fn framed(app: &App, mut response: Response, origins: &[String]) -> Result<Response> {
    let ancestors = if origins.is_empty() { "'none'".to_owned() } else { origins.join(" ") };
    let own = app.config.public_origin();
    // The forms lead to a new tab of ours; browsers check where they end up as well.
    let policy = format!(
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; \
         object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'self' {own}; frame-ancestors {ancestors}"
    );
    let policy = HeaderValue::from_str(&policy).map_err(Error::internal)?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}

/// What the form of the frame sends.
#[derive(Deserialize)]
pub(super) struct Credentials {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
}

/// `POST /embed/spaces/{space}/sign-in`. From the frame's own page only: `Origin` is checked for every change.
pub(super) async fn sign_in(
    State(app): State<App>,
    shell: Shell,
    MaybeEmbedded(embedded): MaybeEmbedded,
    Path(reference): Path<String>,
    Form(form): Form<Credentials>,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let space = existing(&mut tx, &reference).await?;
    let origins = store::origins(&mut tx, space.id).await?;
    drop(tx);
    let person = match identity::check_password(&app, &form.login, &form.password).await {
        Ok(person) => person,
        Err(refused) if matches!(refused.kind, Kind::Unauthenticated | Kind::TooMany) => {
            let fault = shell.words.error(refused.code, &refused.args).unwrap_or_default();
            let mut response = sign_in_page(shell, &space, form.login, fault, String::new())?;
            *response.status_mut() = refused.kind.status();
            return framed(&app, response, &origins);
        }
        Err(failure) => return Err(failure),
    };
    let mut tx = app.db.begin().await?;
    if let Some(before) = embedded {
        before.end(&app, &mut tx).await?;
    }
    let cookie = Embedded::begin(&app, &mut tx, person).await?;
    tx.commit().await?;
    tracing::info!(%person, space = %space.id, "signed in inside a frame");
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&here(&space))).into_response())
}

/// `POST /embed/spaces/{space}/sign-out`: leaves the frame.
pub(super) async fn sign_out(
    State(app): State<App>,
    MaybeEmbedded(embedded): MaybeEmbedded,
    Path(reference): Path<String>,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let space = existing(&mut tx, &reference).await?;
    drop(tx);
    let to = Redirect::to(&here(&space));
    let Some(embedded) = embedded else { return Ok(to.into_response()) };
    let mut tx = app.db.begin().await?;
    let cookie = embedded.end(&app, &mut tx).await?;
    tx.commit().await?;
    Ok(([(header::SET_COOKIE, cookie)], to).into_response())
}

/// What a link of the frame posts to its new tab.
#[derive(Deserialize)]
pub(super) struct Opened {
    #[serde(default)]
    next: String,
    #[serde(default)]
    ticket: String,
}

/// `POST /embed/open`: signs the new tab in as the frame is, unless somebody is signed in there, and goes on.
pub(super) async fn open(State(app): State<App>, visitor: MaybeSignedIn, Form(form): Form<Opened>) -> Result<Response> {
    let leads_on = ["/programmes/", "/spaces/"].iter().any(|prefix| form.next.starts_with(prefix));
    let next = if leads_on && is_own_path(&form.next) { form.next.as_str() } else { "/" };
    let to = Redirect::to(next);
    if visitor.person().is_some() {
        return Ok(to.into_response());
    }
    let mut tx = app.db.begin().await?;
    // Without a ticket that holds, the page it leads to asks who it is.
    let Some(embedded) = Embedded::by_ticket(&app, &mut tx, &form.ticket).await? else {
        return Ok(to.into_response());
    };
    let token = identity::begin_login(&app, &mut tx, Some(embedded.person.id)).await?;
    tx.commit().await?;
    tracing::info!(person = %embedded.person.id, "signed in from a frame");
    Ok(([(header::SET_COOKIE, identity::set_cookie(&app, &token)?)], to).into_response())
}
