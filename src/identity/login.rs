//! Who a browser is: the login cookie, the sign-in behind it, and launch grants.
//!
//! Invariant: the cookie's value is known to the browser alone (the database keeps its digest), a new one is made at each
//! sign-in, and it is believed only for requests that our own pages or plain navigations make ([`CookieTrust`]).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::core::{LaunchId, PersonId, RegistrationId, Result, Timestamp};
use crate::identity::model::{Person, Role};
use crate::identity::store::{PersonRow, people};
use crate::on_db;
use crate::state::App;
use crate::storage::{Secrets, Tx};
use crate::web::{CookieTrust, HostCookie, Viewer};

/// How often a sign-in that is used is prolonged: a write a day, not a write a click.
const PROLONG_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a browser may play what a link opened without a sign-in: a working day, not the life of a login.
const GRANT_LASTS: Duration = Duration::from_secs(24 * 60 * 60);

/// A browser known by its cookie.
#[derive(Clone, Debug)]
pub struct Login {
    id: Vec<u8>,
    person: Option<Person>,
    in_spaces: bool,
}

/// Request extension: what the cookie said.
#[derive(Clone, Debug, Default)]
pub(super) struct Recognised {
    /// The browser's login, if it has one.
    pub login: Option<Arc<Login>>,
    /// The database did not answer, so nobody knows.
    pub failed: bool,
}

impl Login {
    /// Who is signed in; nobody for a browser that only holds launch grants.
    pub fn person(&self) -> Option<&Person> {
        self.person.as_ref()
    }
}

#[derive(sqlx::FromRow)]
struct LoginRow {
    expires_at: Timestamp,
    person_id: Option<PersonId>,
    name: Option<String>,
    login: Option<String>,
    email: Option<String>,
    locale: Option<String>,
    org_unit_id: Option<crate::core::OrgUnitId>,
    account_home_page: Option<String>,
    account_name: Option<String>,
    role: Option<String>,
    in_spaces: bool,
}

const RECOGNISE: &str = "SELECT s.expires_at, p.id AS person_id, p.name, p.login, p.email, p.locale, p.org_unit_id, \
    p.account_home_page, p.account_name, r.role, \
    EXISTS (SELECT 1 FROM space_member m WHERE m.person_id = s.person_id) AS in_spaces \
    FROM login_session s \
    LEFT JOIN person p ON p.id = s.person_id AND p.disabled_at IS NULL \
    LEFT JOIN person_role r ON r.person_id = p.id \
    WHERE s.id = $1 AND s.expires_at > $2";
const PROLONG: &str = "UPDATE login_session SET expires_at = $2 WHERE id = $1";

/// Learns from the cookie who asks, for the extractors and for the page's shell. One query; none without a cookie.
pub async fn recognise(State(app): State<App>, mut request: Request, next: Next) -> Result<Response> {
    // Assets are the same for everybody.
    let personal = !request.uri().path().starts_with("/assets/");
    let trusted = personal && request.extensions().get() == Some(&CookieTrust(true));
    let cookie = LOGIN.read(&app.config, request.headers()).filter(|_| trusted).map(str::to_owned);
    let mut prolonged = None;
    if let Some(token) = cookie {
        match find(&app, &token).await {
            Ok(Some((login, is_old))) => {
                if let Some(person) = &login.person {
                    request.extensions_mut().insert(viewer(person, login.in_spaces));
                }
                request.extensions_mut().insert(Recognised { login: Some(Arc::new(login)), failed: false });
                prolonged = is_old.then(|| set_cookie(&app, &token)).transpose()?;
            }
            Ok(None) => {}
            // Pages that need nobody still work; the others must not send somebody who is signed in to sign in.
            Err(cause) => {
                tracing::error!(%cause, "cannot look a login up");
                request.extensions_mut().insert(Recognised { login: None, failed: true });
            }
        }
    }
    let mut response = next.run(request).await;
    // A handler that signs in or out has said its own word about the cookie.
    let name = format!("{}=", LOGIN.name(&app.config));
    let said =
        response.headers().get_all(header::SET_COOKIE).iter().any(|set| set.as_bytes().starts_with(name.as_bytes()));
    if let Some(cookie) = prolonged.filter(|_| !said) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Who is behind the sign-in that the database keeps under `id`, while it lasts.
pub(super) async fn person_of(tx: &mut Tx, id: &[u8], now: Timestamp) -> Result<Option<Person>> {
    let rows: Vec<LoginRow> = on_db!(tx, c => sqlx::query_as(RECOGNISE).bind(id).bind(now).fetch_all(c).await)?;
    Ok(people(rows.into_iter().filter_map(person_row).collect()).pop())
}

async fn find(app: &App, token: &str) -> Result<Option<(Login, bool)>> {
    let (id, now) = (Secrets::digest(token), app.clock.now());
    let mut tx = app.db.read().await?;
    let rows: Vec<LoginRow> = on_db!(tx, c => sqlx::query_as(RECOGNISE).bind(&id).bind(now).fetch_all(c).await)?;
    drop(tx);
    let Some(expires_at) = rows.first().map(|row| row.expires_at) else { return Ok(None) };
    let in_spaces = rows.first().is_some_and(|row| row.in_spaces);
    let login = Login { id, in_spaces, person: people(rows.into_iter().filter_map(person_row).collect()).pop() };
    let until = now.plus(lifetime(app));
    let is_old = until.since(expires_at) >= PROLONG_AFTER;
    if is_old {
        let mut tx = app.db.begin().await?;
        on_db!(tx, c => sqlx::query(PROLONG).bind(&login.id).bind(until).execute(c).await.map(drop))?;
        tx.commit().await?;
    }
    Ok(Some((login, is_old)))
}

fn person_row(row: LoginRow) -> Option<PersonRow> {
    Some(PersonRow {
        id: row.person_id?,
        name: row.name?,
        login: row.login,
        email: row.email,
        locale: row.locale,
        org_unit_id: row.org_unit_id,
        account_home_page: row.account_home_page?,
        account_name: row.account_name?,
        disabled_at: None,
        role: row.role,
    })
}

fn viewer(person: &Person, in_spaces: bool) -> Viewer {
    Viewer {
        id: person.id,
        name: person.name.clone(),
        language: person.locale,
        teaches: person.roles.may_train(),
        administers: person.roles.has(Role::Administrator),
        reads_records: person.roles.may_read_statements(),
        reads_reports: person.roles.may_read_reports(),
        in_spaces,
    }
}

const INSERT: &str = "INSERT INTO login_session (id, person_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";
const SWEEP: &str = "DELETE FROM login_session WHERE expires_at <= $1";

/// Begins a sign-in of `person` (or, without one, of a browser that will hold launch grants) and sweeps those that ended.
/// Answers the cookie's value, for [`set_cookie`].
pub async fn begin_login(app: &App, tx: &mut Tx, person: Option<PersonId>) -> Result<String> {
    let token = Secrets::token();
    insert(app, tx, Secrets::digest(&token), person).await?;
    Ok(token)
}

/// Keeps a sign-in under `id`, and sweeps those that ended.
pub(super) async fn insert(app: &App, tx: &mut Tx, id: Vec<u8>, person: Option<PersonId>) -> Result<()> {
    let now = app.clock.now();
    on_db!(tx, c => sqlx::query(SWEEP).bind(now).execute(c).await.map(drop))?;
    on_db!(tx, c => sqlx::query(INSERT)
        .bind(id).bind(person).bind(now).bind(now.plus(lifetime(app)))
        .execute(c).await.map(drop))?;
    Ok(())
}

const END: &str = "DELETE FROM login_session WHERE id = $1";

/// Ends a sign-in and the launch grants it held.
pub async fn end_login(tx: &mut Tx, login: &Login) -> Result<()> {
    end(tx, &login.id).await
}

/// Forgets the sign-in kept under `id`.
pub(super) async fn end(tx: &mut Tx, id: &[u8]) -> Result<()> {
    on_db!(tx, c => sqlx::query(END).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// The right of a browser to open the player of one registration without a login.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LaunchGrant {
    /// The registration it opens.
    pub registration_id: RegistrationId,
    /// What the system that asked for it calls the first opening.
    pub launch_id: LaunchId,
    /// `normal`, `browse` or `review`.
    pub mode: String,
    /// Where the player's way out leads.
    pub return_url: Option<String>,
}

const GRANT: &str = "INSERT INTO launch_grant (login_id, registration_id, launch_id, mode, return_url, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6) \
    ON CONFLICT (login_id, registration_id) DO UPDATE SET launch_id = excluded.launch_id, mode = excluded.mode, \
    return_url = excluded.return_url, created_at = excluded.created_at";
const GRANTED: &str = "SELECT registration_id, launch_id, mode, return_url FROM launch_grant \
    WHERE login_id = $1 AND registration_id = $2 AND created_at > $3";

/// Lets the browser that asks open the player of `grant.registration_id`. Whoever is signed in there stays signed in.
///
/// Answers the `Set-Cookie` header that a browser without a login needs.
pub async fn grant_launch(
    app: &App,
    tx: &mut Tx,
    login: Option<&Login>,
    grant: &LaunchGrant,
) -> Result<Option<HeaderValue>> {
    let (id, cookie) = match login {
        Some(login) => (login.id.clone(), None),
        None => {
            let token = begin_login(app, tx, None).await?;
            (Secrets::digest(&token), Some(set_cookie(app, &token)?))
        }
    };
    on_db!(tx, c => sqlx::query(GRANT)
        .bind(&id).bind(grant.registration_id).bind(grant.launch_id).bind(&grant.mode).bind(&grant.return_url).bind(app.clock.now())
        .execute(c).await.map(drop))?;
    Ok(cookie)
}

/// The grant this browser holds for `registration`, unless the day is over.
pub async fn launch_grant(
    tx: &mut Tx,
    login: &Login,
    registration: RegistrationId,
    now: Timestamp,
) -> Result<Option<LaunchGrant>> {
    let since = now.minus(GRANT_LASTS);
    Ok(on_db!(tx, c => sqlx::query_as(GRANTED)
        .bind(&login.id).bind(registration).bind(since)
        .fetch_optional(c).await)?)
}

const FORGET_GRANT: &str = "DELETE FROM launch_grant WHERE login_id = $1 AND registration_id = $2";

/// Takes a grant back: whoever comes in by the catalogue plays in the way of the catalogue again.
pub async fn forget_grant(tx: &mut Tx, login: &Login, registration: RegistrationId) -> Result<()> {
    on_db!(tx, c => sqlx::query(FORGET_GRANT).bind(&login.id).bind(registration).execute(c).await.map(drop))?;
    Ok(())
}

/// The login of this browser.
const LOGIN: HostCookie = HostCookie::new("preau");

/// The header that makes the browser keep `token`.
pub fn set_cookie(app: &App, token: &str) -> Result<HeaderValue> {
    LOGIN.set(&app.config, token, lifetime(app).as_secs())
}

/// The header that makes the browser forget its token.
pub fn forget_cookie(app: &App) -> Result<HeaderValue> {
    LOGIN.forget(&app.config)
}

pub(super) fn lifetime(app: &App) -> Duration {
    PROLONG_AFTER * app.config.logins.days.max(1)
}
