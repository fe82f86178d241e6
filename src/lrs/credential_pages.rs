//! `/admin/lrs`: who may use `/xapi/`, with what, and how much they do.

use std::collections::HashMap;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;

use super::access::Scope;
use super::credentials::{self, GOES_ON, Known, Scheme, Shown};
use super::door::Door;
use super::usage::{self, Used};
use crate::core::{Error, Kind, Result, Timestamp};
use crate::identity::Administrator;
use crate::state::App;
use crate::web::{self, Choice, Fields, Flash, Path, Shell, Tab};

/// Longest name.
const NAME: usize = 200;
/// Largest limit that can be typed: far more than a server answers.
const MOST_A_SECOND: i32 = 1_000_000;

/// A credential or token as a line, and as the head of its page.
struct View {
    holder: String,
    name: String,
    /// `basic` or `bearer`.
    scheme: &'static str,
    scopes: Vec<String>,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    is_revoked: bool,
    revoked_at: Option<Timestamp>,
    previous_until: Option<Timestamp>,
    rate: String,
    /// Requests in the days that are told.
    used: i64,
}

impl View {
    fn of(known: Known, used: i64, now: Timestamp) -> Self {
        Self {
            is_revoked: known.revoked_at.is_some(),
            holder: known.holder,
            name: known.name,
            scheme: known.scheme.name(),
            scopes: known.scopes,
            created_at: known.created_at,
            last_used_at: known.last_used_at,
            revoked_at: known.revoked_at,
            previous_until: known.previous_until.filter(|until| *until > now),
            rate: known.rate.map(|rate| rate.to_string()).unwrap_or_default(),
            used,
        }
    }
}

/// The form that makes one, as it was filled in.
#[derive(Default)]
struct Form {
    name: String,
    schemes: Vec<Choice>,
    scopes: Vec<Choice>,
    rate: String,
    name_fault: String,
    scopes_fault: String,
    rate_fault: String,
}

#[derive(Template)]
#[template(path = "lrs/templates/credentials.html")]
struct ListPage {
    shell: Shell,
    credentials: Vec<View>,
    endpoint: String,
    days: i64,
    form: Form,
}

fn scheme_choices(shell: &Shell, chosen: Scheme) -> Vec<Choice> {
    let choice = |scheme: Scheme| Choice {
        value: scheme.name(),
        label: shell.t(&format!("credential-scheme-{}", scheme.name())),
        hint: shell.t(&format!("credential-scheme-{}-hint", scheme.name())),
        checked: scheme == chosen,
    };
    vec![choice(Scheme::Basic), choice(Scheme::Bearer)]
}

fn scope_choices(shell: &Shell, checked: &[Scope]) -> Vec<Choice> {
    let choice = |scope: Scope| Choice {
        value: scope.name(),
        label: shell.t(&format!("credential-scope-{}", scope.name().replace('/', "-"))),
        hint: scope.name().to_owned(),
        checked: checked.contains(&scope),
    };
    Scope::EVERY.map(choice).into()
}

/// `GET /admin/lrs`.
pub(super) async fn list(
    _: Administrator,
    State(app): State<App>,
    Extension(door): Extension<Door>,
    shell: Shell,
) -> Result<Response> {
    let form = Form {
        schemes: scheme_choices(&shell, Scheme::Basic),
        scopes: scope_choices(&shell, &[Scope::StatementsWrite, Scope::StatementsReadMine]),
        ..Form::default()
    };
    list_page(&app, &door, shell, form).await
}

async fn list_page(app: &App, door: &Door, shell: Shell, form: Form) -> Result<Response> {
    // What this server has counted is told at once, that of others after half a minute.
    door.flush(app).await?;
    let mut tx = app.db.read().await?;
    let (all, used) = (credentials::all(&mut tx).await?, usage::by_holder(&mut tx, app).await?);
    drop(tx);
    let used: HashMap<String, i64> = used.into_iter().map(|used| (used.what.clone(), used.all())).collect();
    let now = app.clock.now();
    let view = |known: Known| {
        let used = used.get(&known.holder).copied().unwrap_or_default();
        View::of(known, used, now)
    };
    web::render(&ListPage {
        credentials: all.into_iter().map(view).collect(),
        endpoint: format!("{}/xapi/", app.config.public_origin()),
        days: usage::TOLD,
        form,
        shell: shell.tab(Tab::Manage),
    })
}

/// The page after making a credential or a new secret: the only time the secret is shown.
#[derive(Template)]
#[template(path = "lrs/templates/credential_secret.html")]
struct SecretPage {
    shell: Shell,
    title: String,
    name: String,
    endpoint: String,
    here: String,
    shown: Shown,
    /// Until when the old secret goes on.
    previous_until: Option<Timestamp>,
}

fn secret_page(
    app: &App,
    shell: Shell,
    title: &str,
    name: String,
    holder: &str,
    shown: Shown,
    previous_until: Option<Timestamp>,
) -> Result<Response> {
    let (title, crumb) = (shell.with(title, [("name", &name)]), shell.t("manage-lrs"));
    let mut response = web::render(&SecretPage {
        title,
        name,
        endpoint: format!("{}/xapi/", app.config.public_origin()),
        here: format!("/admin/lrs/{holder}"),
        shown,
        previous_until,
        shell: shell.tab(Tab::Manage).crumb(crumb, "/admin/lrs"),
    })?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A limit as it was typed; nothing is no limit of its own. Errors: `rate-invalid`.
fn typed_rate(text: &str) -> Result<Option<i32>> {
    match text.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(rate) if (0..=MOST_A_SECOND).contains(&rate) => Ok(Some(rate)),
            _ => Err(Error::unprocessable("rate-invalid").arg("most", MOST_A_SECOND)),
        },
    }
}

/// `POST /admin/lrs`: makes a credential or token, and shows its secret.
pub(super) async fn create(
    administrator: Administrator,
    State(app): State<App>,
    Extension(door): Extension<Door>,
    shell: Shell,
    fields: Fields,
) -> Result<Response> {
    let name: String = fields.text("name").trim().chars().take(NAME).collect();
    let scheme = if fields.text("scheme") == Scheme::Bearer.name() { Scheme::Bearer } else { Scheme::Basic };
    let scopes: Vec<Scope> = fields.all("scope").into_iter().filter_map(|scope| scope.parse().ok()).collect();
    let rate = typed_rate(fields.text("rate"));
    if let Ok(rate) = rate
        && !name.is_empty()
        && !scopes.is_empty()
    {
        let mut tx = app.db.begin().await?;
        let (holder, shown) = credentials::create(&mut tx, scheme, &name, &scopes, rate, app.clock.now()).await?;
        tx.commit().await?;
        tracing::info!(credential = holder, by = %administrator.id, "credential made");
        return secret_page(&app, shell, "credential-made", name, &holder, shown, None);
    }
    let sentence = |wrong: &Error| shell.words.error(wrong.code, &wrong.args).unwrap_or_default();
    let form = Form {
        name_fault: if name.is_empty() { shell.t("credential-name-missing") } else { String::new() },
        scopes_fault: if scopes.is_empty() { shell.t("credential-scopes-missing") } else { String::new() },
        rate_fault: rate.as_ref().err().map(sentence).unwrap_or_default(),
        rate: fields.text("rate").trim().to_owned(),
        schemes: scheme_choices(&shell, scheme),
        scopes: scope_choices(&shell, &scopes),
        name,
    };
    let mut response = list_page(&app, &door, shell, form).await?;
    *response.status_mut() = Kind::Unprocessable.status();
    Ok(response)
}

#[derive(Template)]
#[template(path = "lrs/templates/credential.html")]
struct CredentialPage {
    shell: Shell,
    here: String,
    credential: View,
    /// A day a line, the latest first.
    days: Vec<Day>,
    rate: String,
    rate_fault: String,
    /// Leads to what it wrote.
    written: String,
    /// Where its key and secret are exchanged for a token.
    oauth: String,
}

struct Day {
    name: String,
    used: Used,
}

async fn credential_page(
    app: &App,
    door: &Door,
    shell: Shell,
    holder: &str,
    wrong: Option<(String, Error)>,
) -> Result<Response> {
    door.flush(app).await?;
    let mut tx = app.db.read().await?;
    let known = credentials::find(&mut tx, holder).await?;
    let days = usage::by_day(&mut tx, app, holder).await?;
    drop(tx);
    let used = days.iter().map(Used::all).sum();
    let day = |used: Used| Day { name: day_name(&shell, &used.what), used };
    let account = crate::xapi::Ifi::Account { home_page: app.config.public_origin(), name: holder.to_owned() };
    let written = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("person", &account.canonical())
        .append_pair("related_agents", "true")
        .finish();
    let credential = View::of(known, used, app.clock.now());
    let (rate, rate_fault) = match wrong {
        Some((typed, error)) => (typed, shell.words.error(error.code, &error.args).unwrap_or_default()),
        None => (credential.rate.clone(), String::new()),
    };
    let (status, crumb) = (!rate_fault.is_empty(), shell.t("manage-lrs"));
    let mut response = web::render(&CredentialPage {
        here: format!("/admin/lrs/{holder}"),
        credential,
        days: days.into_iter().map(day).collect(),
        rate,
        rate_fault,
        written: format!("/admin/statements?{written}"),
        oauth: format!("{}/oauth/token", app.config.public_origin()),
        shell: shell.tab(Tab::Manage).crumb(crumb, "/admin/lrs"),
    })?;
    if status {
        *response.status_mut() = Kind::Unprocessable.status();
    }
    Ok(response)
}

/// `2026-11-21` as people write it.
pub(super) fn day_name(shell: &Shell, day: &str) -> String {
    let date = day.parse::<jiff::civil::Date>().ok();
    let moment = date.and_then(|date| date.to_zoned(shell.zone.clone()).ok());
    moment.map_or_else(|| day.to_owned(), |moment| shell.date(&Timestamp(moment.timestamp().as_microsecond())))
}

/// `GET /admin/lrs/{credential}`: what it is, and its use day by day.
pub(super) async fn show(
    _: Administrator,
    State(app): State<App>,
    Extension(door): Extension<Door>,
    shell: Shell,
    Path(holder): Path<String>,
) -> Result<Response> {
    credential_page(&app, &door, shell, &holder, None).await
}

/// `POST /admin/lrs/{credential}`: a limit of its own.
pub(super) async fn change(
    administrator: Administrator,
    State(app): State<App>,
    Extension(door): Extension<Door>,
    shell: Shell,
    Path(holder): Path<String>,
    fields: Fields,
) -> Result<Response> {
    let typed = fields.text("rate").trim();
    let rate = match typed_rate(typed) {
        Ok(rate) => rate,
        Err(wrong) => return credential_page(&app, &door, shell, &holder, Some((typed.to_owned(), wrong))).await,
    };
    let mut tx = app.db.begin().await?;
    let known = credentials::find(&mut tx, &holder).await?;
    credentials::set_rate(&mut tx, known.scheme, &known.holder, rate).await?;
    tx.commit().await?;
    door.forget();
    tracing::info!(credential = holder, by = %administrator.id, "limit of a credential");
    Ok(Flash::done("credential-rate-set").redirect(&format!("/admin/lrs/{holder}")))
}

/// `POST /admin/lrs/{credential}/rotate`: a new secret, shown once.
pub(super) async fn rotate(
    administrator: Administrator,
    State(app): State<App>,
    Extension(door): Extension<Door>,
    shell: Shell,
    Path(holder): Path<String>,
    fields: Fields,
) -> Result<Response> {
    let now = app.clock.now();
    let goes_on = fields.is_set("goes-on");
    let until = if goes_on { now.plus(GOES_ON) } else { now };
    let mut tx = app.db.begin().await?;
    let known = credentials::find(&mut tx, &holder).await?;
    let secret = credentials::rotate(&mut tx, &known, until).await?;
    tx.commit().await?;
    door.forget();
    tracing::info!(credential = holder, by = %administrator.id, goes_on, "secret rotated");
    let key = if known.scheme == Scheme::Basic { known.holder } else { String::new() };
    let shown = Shown { key, secret };
    secret_page(&app, shell, "credential-rotated", known.name, &holder, shown, goes_on.then_some(until))
}

#[derive(Template)]
#[template(path = "lrs/templates/credential_revoke.html")]
struct RevokePage {
    shell: Shell,
    here: String,
    credential: View,
}

/// `GET /admin/lrs/{credential}/revoke`: asks first, because it cannot be undone.
pub(super) async fn confirm_revoke(
    _: Administrator,
    State(app): State<App>,
    shell: Shell,
    Path(holder): Path<String>,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let known = credentials::find(&mut tx, &holder).await?;
    let crumb = shell.t("manage-lrs");
    web::render(&RevokePage {
        here: format!("/admin/lrs/{holder}"),
        credential: View::of(known, 0, app.clock.now()),
        shell: shell.tab(Tab::Manage).crumb(crumb, "/admin/lrs"),
    })
}

/// `POST /admin/lrs/{credential}/revoke`.
pub(super) async fn revoke(
    administrator: Administrator,
    State(app): State<App>,
    Extension(door): Extension<Door>,
    Path(holder): Path<String>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let known = credentials::find(&mut tx, &holder).await?;
    credentials::revoke(&mut tx, &known, app.clock.now()).await?;
    tx.commit().await?;
    door.forget();
    tracing::info!(credential = holder, by = %administrator.id, "credential revoked");
    Ok(Flash::done("credential-revoked").arg("name", known.name).redirect("/admin/lrs"))
}
