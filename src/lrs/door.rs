//! What the door of `/xapi/` keeps of those who come in: whether they were known a moment ago, how often they come, and whether
//! too often.

use std::net::IpAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::access::{self, Access};
use super::known::Known;
use super::limits::{Limits, Who};
use super::usage::{Act, Usage};
use crate::core::{Error, Kind, LaunchId, Result};
use crate::state::App;
use crate::web::Problem;

/// How often what was counted is added to the database. A process that is killed loses so much of the counts.
const EVERY: Duration = Duration::from_secs(30);

/// How long content is kept waiting at most.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A tool, by its key and secret; with a limit of its own, if it has one.
    Credential { key: String, rate: Option<u32> },
    /// A program, by its bearer token; likewise.
    Program { id: Uuid, rate: Option<u32> },
    /// Launched content.
    Launch(LaunchId),
}

/// Shared by both origins. What it counts belongs to this process, see [`super::limits`] and [`super::usage`].
#[derive(Clone)]
pub struct Door(Arc<Inner>);

#[derive(Default)]
struct Inner {
    known: Known,
    limits: Limits,
    usage: Usage,
}

impl Door {
    /// Begins to count.
    pub fn open(app: &App) -> Self {
        let door = Arc::new(Inner::default());
        tokio::spawn(keep_flushed(app.clone(), Arc::downgrade(&door)));
        Self(door)
    }

    /// Whom `Authorization` names. Errors: `credential-missing`, and those of [`access::authenticate`].
    pub(super) async fn recognise(&self, app: &App, authorization: Option<&str>) -> Result<Access> {
        let Some(authorization) = authorization else {
            return Err(Error::new(Kind::Unauthenticated, "credential-missing")
                .detail("`Authorization: Basic …` or `Bearer …` is missing"));
        };
        match self.0.known.find(authorization, app.clock.now()) {
            Ok(access) => Ok(access),
            Err(asked) => {
                let access = access::authenticate(app, authorization).await?;
                self.0.known.remember(asked, &access, app.clock.now());
                Ok(access)
            }
        }
    }

    /// A credential or a token was changed or revoked: nobody is let in by what was known of it.
    pub(super) fn forget(&self) {
        self.0.known.forget();
    }

    /// Lets a known caller in. Content is kept waiting where it says more than it may: none is known that says again what it was
    /// refused. What is `large` is not waited for, since it holds memory. The error is how long to wait.
    pub(super) async fn admit(&self, app: &App, holder: &Holder, is_large: bool) -> Result<(), Duration> {
        let limits = &app.config.lrs;
        let (who, rate, patience) = match holder {
            Holder::Credential { key, rate } => {
                (Who::Credential(key.clone()), rate.unwrap_or(limits.rate_per_credential), Duration::ZERO)
            }
            Holder::Program { id, rate } => {
                (Who::Program(*id), rate.unwrap_or(limits.rate_per_credential), Duration::ZERO)
            }
            Holder::Launch(id) if is_large => (Who::Launch(*id), limits.rate_per_launch, Duration::ZERO),
            Holder::Launch(id) => (Who::Launch(*id), limits.rate_per_launch, PATIENCE),
        };
        let wait = self.0.limits.take(who, rate, patience, app.clock.now())?;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }

    /// Notes a request that no known credential carried. The error is how long to wait.
    ///
    /// Asked after the credential, not before: behind one address there may be a whole building, and one tool with an old
    /// secret must not shut the others out.
    pub(super) fn stranger(&self, app: &App, address: IpAddr) -> Result<(), Duration> {
        let rate = app.config.lrs.rate_per_address;
        self.0.limits.take(Who::stranger(address), rate, Duration::ZERO, app.clock.now()).map(drop)
    }

    /// Counts what became of a request of a known caller. Launches are counted by nobody: they live a day.
    pub(super) fn count(&self, app: &App, holder: &Holder, is_read: bool, status: StatusCode) {
        let name = match holder {
            Holder::Credential { key, .. } => key.clone(),
            Holder::Program { id, .. } => id.to_string(),
            Holder::Launch(_) => return,
        };
        let act = match status.as_u16() {
            // Our fault is nobody's use.
            500.. => return,
            // That there is no such thing is an answer.
            404 if is_read => Act::Read,
            400.. => Act::Refused,
            _ if is_read => Act::Read,
            _ => Act::Write,
        };
        self.0.usage.count(app, name, act);
    }

    /// Adds what was counted here to the database.
    pub(super) async fn flush(&self, app: &App) -> Result<()> {
        self.0.usage.flush(app).await
    }
}

/// Ends when nobody holds the door any more.
async fn keep_flushed(app: App, door: Weak<Inner>) {
    let mut ticks = tokio::time::interval(EVERY);
    // The first comes at once.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let Some(door) = door.upgrade() else { return };
        if let Err(cause) = door.usage.flush(&app).await {
            tracing::warn!(%cause, "the use of credentials cannot be added up");
        }
    }
}

/// 429 with the seconds to wait (RFC 6585 section 4).
pub(super) fn too_many(wait: Duration) -> Response {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let error = Error::new(Kind::TooMany, "too-many-requests").arg("seconds", seconds).with("retryAfter", seconds);
    let mut response = error.into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Says what a refused caller has to bring (RFC 6750 section 3). Never `Basic`, though keys and secrets come that way:
/// browsers would open their own password dialogue, and a cmi5 unit hangs behind it.
pub(super) fn challenge(response: &mut Response, by_token: bool) {
    let problem = response.extensions().get::<Problem>();
    let code = problem.map_or("", |problem| problem.code);
    let text = match response.status() {
        StatusCode::UNAUTHORIZED if code == "token-unknown" => {
            "Bearer realm=\"preau\", error=\"invalid_token\"".to_owned()
        }
        StatusCode::UNAUTHORIZED => "Bearer realm=\"preau\"".to_owned(),
        StatusCode::FORBIDDEN if by_token && code == "scope-missing" => {
            let scope = problem.and_then(|problem| problem.extra.get("scope")?.as_str()).unwrap_or("all");
            format!("Bearer realm=\"preau\", error=\"insufficient_scope\", scope=\"{scope}\"")
        }
        _ => return,
    };
    if let Ok(text) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, text);
    }
}
