//! Signing in and out, and the page about oneself.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::core::{Error, Kind, Language, Result};
use crate::identity::access::{MaybeSignedIn, SignedIn};
use crate::identity::model::Role;
use crate::identity::{login, org_units, password, sign_in, store};
use crate::state::App;
use crate::web::{Flash, LANGUAGE_COOKIE, Shell, is_own_path, render};

/// The page that asks who somebody is.
#[derive(Template)]
#[template(path = "identity/templates/sign_in.html")]
struct SignInPage {
    shell: Shell,
    /// Where it leads afterwards.
    next: String,
    /// Kept as it was typed.
    login: String,
    /// Why it did not work; empty at first.
    fault: String,
}

/// Where to go after signing in.
#[derive(Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

/// An address of ours, whatever was asked for.
fn own(next: &str) -> &str {
    if is_own_path(next) { next } else { "/" }
}

/// `GET /sign-in`. Who is signed in already is sent on.
pub(super) async fn ask(shell: Shell, visitor: MaybeSignedIn, Query(Next { next }): Query<Next>) -> Result<Response> {
    if visitor.person().is_some() {
        return Ok(Redirect::to(own(&next)).into_response());
    }
    render(&SignInPage { shell, next: own(&next).to_owned(), login: String::new(), fault: String::new() })
}

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Credentials {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in`. The cookie's value is new, whatever the browser held before.
pub(super) async fn enter(
    State(app): State<App>,
    shell: Shell,
    visitor: MaybeSignedIn,
    Form(form): Form<Credentials>,
) -> Result<Response> {
    let next = own(&form.next).to_owned();
    let person = match sign_in::check(&app, &form.login, &form.password).await {
        Ok(person) => person,
        Err(refused) if matches!(refused.kind, Kind::Unauthenticated | Kind::TooMany) => {
            let fault = shell.words.error(refused.code, &refused.args).unwrap_or_default();
            let mut response = render(&SignInPage { shell, next, login: form.login, fault })?;
            *response.status_mut() = refused.kind.status();
            return Ok(response);
        }
        Err(failure) => return Err(failure),
    };
    let mut tx = app.db.begin().await?;
    if let Some(before) = visitor.login() {
        login::end_login(&mut tx, before).await?;
    }
    let token = login::begin_login(&app, &mut tx, Some(person)).await?;
    tx.commit().await?;
    tracing::info!(%person, "signed in");
    Ok(with_cookie(Redirect::to(&next).into_response(), login::set_cookie(&app, &token)?))
}

/// `POST /sign-out`. Also when nobody is signed in: the browser forgets what it held.
pub(super) async fn leave(State(app): State<App>, visitor: MaybeSignedIn) -> Result<Response> {
    if let Some(login) = visitor.login() {
        let mut tx = app.db.begin().await?;
        login::end_login(&mut tx, login).await?;
        tx.commit().await?;
    }
    let mut response = with_cookie(Flash::done("signed-out").redirect("/sign-in"), login::forget_cookie(&app)?);
    // On a shared computer, "back" must not show the last person's pages again.
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}

/// The page about oneself.
#[derive(Template)]
#[template(path = "identity/templates/me.html")]
struct MePage {
    shell: Shell,
    name: String,
    login: String,
    unit: String,
    roles: String,
    languages: Vec<LanguageChoice>,
    has_password: bool,
    shortest: usize,
    /// Which field of the password form is wrong, and why.
    current_fault: String,
    new_fault: String,
}

/// One language to choose.
struct LanguageChoice {
    tag: &'static str,
    name: &'static str,
    chosen: bool,
}

/// The roles as a person reads them.
pub(super) fn roles_in_words(shell: &Shell, roles: impl Iterator<Item = Role>) -> String {
    roles.map(|role| shell.t(&format!("role-{role}"))).collect::<Vec<_>>().join(", ")
}

async fn me_page(app: &App, shell: Shell, person: &SignedIn, faults: (String, String)) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let units = org_units::all(&mut tx).await?;
    let has_password = store::password_of(&mut tx, person.id).await?.is_some();
    let chosen = shell.words.language();
    let languages = Language::ALL.map(|language| LanguageChoice {
        tag: language.tag(),
        name: match language {
            Language::Fr => "Français",
            Language::En => "English",
        },
        chosen: language == chosen,
    });
    render(&MePage {
        name: person.name.clone(),
        login: person.login.clone().unwrap_or_default(),
        unit: person.org_unit.map(|unit| units.path(unit)).unwrap_or_default(),
        roles: roles_in_words(&shell, person.roles.iter()),
        languages: languages.into(),
        has_password,
        shortest: password::SHORTEST,
        current_fault: faults.0,
        new_fault: faults.1,
        shell,
    })
}

/// `GET /me`.
pub(super) async fn me(State(app): State<App>, shell: Shell, person: SignedIn) -> Result<Response> {
    me_page(&app, shell, &person, Default::default()).await
}

/// What the language switch sends.
#[derive(Deserialize)]
pub(super) struct Locale {
    locale: String,
    #[serde(default)]
    next: String,
}

/// `POST /me/locale`: for somebody signed in it goes with the person, otherwise with the browser.
pub(super) async fn choose_language(
    State(app): State<App>,
    visitor: MaybeSignedIn,
    Form(form): Form<Locale>,
) -> Result<Response> {
    let language = Language::from_tag(&form.locale).ok_or_else(|| Error::unprocessable("language-unknown"))?;
    if let Some(person) = visitor.person() {
        let mut tx = app.db.begin().await?;
        store::set_locale(&mut tx, person.id, language).await?;
        tx.commit().await?;
    }
    const YEAR: u32 = 365 * 24 * 60 * 60;
    let cookie = format!("{LANGUAGE_COOKIE}={}; Path=/; SameSite=Lax; Max-Age={YEAR}", language.tag());
    let cookie = HeaderValue::from_str(&cookie).map_err(Error::internal)?;
    Ok(with_cookie(Redirect::to(own(&form.next)).into_response(), cookie))
}

/// What the password form sends.
#[derive(Deserialize)]
pub(super) struct NewPassword {
    #[serde(default)]
    current: String,
    #[serde(default)]
    new: String,
}

/// `POST /me/password`. Every other browser of the person is signed out.
pub(super) async fn change_password(
    State(app): State<App>,
    shell: Shell,
    person: SignedIn,
    Form(form): Form<NewPassword>,
) -> Result<Response> {
    let Some(own_login) = &person.login else { return Err(Error::forbidden()) };
    if form.new.chars().count() < password::SHORTEST || form.new.len() > password::LONGEST {
        let fault = shell.with("error-password-short", [("shortest", password::SHORTEST)]);
        return refused(me_page(&app, shell, &person, (String::new(), fault)).await?);
    }
    // By the same way as signing in, so that guessing here is slowed down too.
    match sign_in::check(&app, own_login, &form.current).await {
        Ok(_) => {}
        Err(wrong) if wrong.kind == Kind::Unauthenticated => {
            let fault = shell.t("error-password-wrong");
            return refused(me_page(&app, shell, &person, (fault, String::new())).await?);
        }
        Err(failure) => return Err(failure),
    }
    let hash = password::hash_password(&form.new).await?;
    let mut tx = app.db.begin().await?;
    store::set_password(&mut tx, person.id, &hash).await?;
    let token = login::begin_login(&app, &mut tx, Some(person.id)).await?;
    tx.commit().await?;
    tracing::info!(person = %person.id, "changed their password");
    Ok(with_cookie(Flash::done("password-changed").redirect("/me"), login::set_cookie(&app, &token)?))
}

fn refused(mut page: Response) -> Result<Response> {
    *page.status_mut() = Kind::Unprocessable.status();
    Ok(page)
}

fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    let headers: &mut HeaderMap = response.headers_mut();
    headers.append(header::SET_COOKIE, cookie);
    response
}
