//! The sessions of cmi5 units: opened with the launch, fetched once, and given up when their unit does not end them itself.
//!
//! Whoever changes one holds its registration before, as the store does (`lrs::sessions`).

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::core::{Error, Kind, LaunchId, RegistrationId, Result, Timestamp};
use crate::identity::CanLaunch;
use crate::jobs::Work;
use crate::runtime::launch::locked;
use crate::runtime::model::{Mode, Registration};
use crate::runtime::{cmi5, store};
use crate::state::App;
use crate::storage::Tx;
use crate::web::{NotAllowed, Path, ProblemDocument};
use crate::xapi::vocabulary::ABANDONED;
use crate::xapi::{IsoDuration, Outcome};
use crate::{lrs, on_db};

/// The work that gives up what nobody has heard of for a day.
pub const ABANDON_IDLE: &str = "abandon-idle-sessions";
/// How often that is looked for.
pub const ABANDON_IDLE_EVERY: Duration = Duration::from_secs(60 * 60);
/// A unit that was silent for so long is gone: the token it was given is good for no longer.
const IDLE: Duration = cmi5::SESSION;
/// Sessions looked up at a time; each is given up in a transaction of its own.
const AT_ONCE: i64 = 200;

const INSERT: &str = "INSERT INTO cmi5_session (launch_id, fetch_hash, activity_iri, launch_data, opened_at) \
    VALUES ($1, $2, $3, $4, $5)";

/// Begins the session of a unit, whose token can be fetched once, with what it reads as `LMS.LaunchData`.
pub async fn open(
    tx: &mut Tx,
    launch: LaunchId,
    fetch_hash: &[u8],
    activity: &str,
    launch_data: &str,
    now: Timestamp,
) -> Result<()> {
    on_db!(tx, c => sqlx::query(INSERT)
        .bind(launch).bind(fetch_hash).bind(activity).bind(launch_data).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// A session, with what its end depends on.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    pub launch_id: LaunchId,
    pub activity_index: i32,
    pub mode: String,
    pub created_at: Timestamp,
    pub fetched_at: Option<Timestamp>,
    /// When its unit last said something.
    pub last_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub abandoned: bool,
}

impl Session {
    /// From the launch to the last word of the unit (9.5.4.2), by our clock: that of the unit may be wrong.
    fn seconds(&self) -> f64 {
        let until = self.last_at.unwrap_or(self.created_at);
        (until.0.saturating_sub(self.created_at.0) as f64 / 1_000_000.0).max(0.0)
    }
}

const OF_LAUNCH: &str = "SELECT s.launch_id, l.activity_index, l.mode, l.created_at, s.fetched_at, \
    s.last_at, s.ended_at, s.abandoned FROM cmi5_session s JOIN launch l ON l.id = s.launch_id WHERE s.launch_id = $1";

/// The session of a launch; none if it opened no unit.
pub async fn of_launch(tx: &mut Tx, launch: LaunchId) -> Result<Option<Session>> {
    Ok(on_db!(tx, c => sqlx::query_as(OF_LAUNCH).bind(launch).fetch_optional(c).await)?)
}

const OF_FETCH: &str = "SELECT launch_id FROM cmi5_session WHERE fetch_hash = $1";

/// The launch that a fetch address is of.
pub async fn of_fetch(tx: &mut Tx, fetch_hash: &[u8]) -> Result<Option<LaunchId>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(OF_FETCH).bind(fetch_hash).fetch_optional(c).await)?)
}

const FETCHED: &str = "UPDATE cmi5_session SET fetched_at = $2 WHERE launch_id = $1 AND fetched_at IS NULL";

/// Notes that the token is given; false if it was before.
pub async fn fetched(tx: &mut Tx, launch: LaunchId, now: Timestamp) -> Result<bool> {
    let noted = on_db!(tx, c => sqlx::query(FETCHED)
        .bind(launch).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(noted > 0)
}

const OUTLIVED: &str = "SELECT s.launch_id, l.activity_index, l.mode, l.created_at, s.fetched_at, \
    s.last_at, s.ended_at, s.abandoned FROM cmi5_session s JOIN launch l ON l.id = s.launch_id \
    WHERE s.ended_at IS NULL AND s.activity_iri <> '' AND l.registration_id = $1 AND l.lease < $2 AND l.mode = 'normal' \
    ORDER BY l.created_at";

/// Gives up the sessions of a registration that have lost the lease.
pub async fn abandon_outlived(tx: &mut Tx, app: &App, registration: &Registration, lease: i64) -> Result<()> {
    let open: Vec<Session> =
        on_db!(tx, c => sqlx::query_as(OUTLIVED).bind(registration.id).bind(lease).fetch_all(c).await)?;
    abandon(tx, app, registration, &open).await
}

const ABANDON: &str =
    "UPDATE cmi5_session SET abandoned = TRUE, ended_at = $2 WHERE launch_id = $1 AND ended_at IS NULL";

/// Gives up open sessions of a registration that is held: each is said to be abandoned, once (cmi5 9.3.6), and whatever else its
/// unit says is refused from then on. Of one that leaves no record nothing is said.
async fn abandon(tx: &mut Tx, app: &App, registration: &Registration, open: &[Session]) -> Result<()> {
    if open.is_empty() {
        return Ok(());
    }
    let activities = store::activities(tx, registration.course_id, registration.version_id).await?;
    let mut said = Vec::new();
    for session in open {
        let launch = session.launch_id;
        on_db!(tx, c => sqlx::query(ABANDON).bind(launch).bind(app.clock.now()).execute(c).await.map(drop))?;
        tracing::info!(%launch, registration = %registration.id, "session abandoned");
        let activity = activities.iter().find(|activity| activity.activity_index == session.activity_index);
        if let Some(activity) = activity.filter(|_| registration.records(Mode::of_word(&session.mode))) {
            let result = Outcome { duration: Some(IsoDuration::from_seconds(session.seconds())), ..Outcome::default() };
            said.push(cmi5::of_session(registration, activity, ABANDONED, launch).with_result(result));
        }
    }
    lrs::append(tx, app, said, lrs::Authority::service(app)).await.map(drop)
}

const SILENT: &str = "SELECT launch_id FROM cmi5_session WHERE ended_at IS NULL AND opened_at <= $1 \
    AND COALESCE(last_at, fetched_at, opened_at) <= $1 ORDER BY opened_at LIMIT $2";

/// Gives up the sessions of which nobody has heard for a day. One that speaks again in the meantime goes on.
pub async fn abandon_idle(work: Work) -> Result<()> {
    let app = &work.app;
    loop {
        let since = app.clock.now().minus(IDLE);
        let mut tx = app.db.read().await?;
        let silent: Vec<LaunchId> =
            on_db!(tx, c => sqlx::query_scalar(SILENT).bind(since).bind(AT_ONCE).fetch_all(c).await)?;
        drop(tx);
        for launch in &silent {
            let mut tx = app.db.begin().await?;
            let (registration, session) = match held(&mut tx, *launch).await {
                Ok(held) => held,
                // Its package was deleted in the meantime.
                Err(error) if error.kind == Kind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let heard = session.last_at.or(session.fetched_at).unwrap_or(session.created_at);
            if session.ended_at.is_none() && heard <= since {
                abandon(&mut tx, app, &registration, &[session]).await?;
            }
            tx.commit().await?;
        }
        if silent.len() < AT_ONCE.unsigned_abs() as usize {
            return Ok(());
        }
    }
}

/// The session of a launch with its registration, which is held from then on.
///
/// Errors: `launch-unknown`, `launch-not-cmi5`.
async fn held(tx: &mut Tx, launch: LaunchId) -> Result<(Registration, Session)> {
    let row = store::launch(tx, launch).await?.ok_or_else(|| Error::not_found("launch-unknown"))?;
    let registration = locked(tx, row.registration_id).await?;
    let session = of_launch(tx, launch).await?.ok_or_else(|| Error::conflict("launch-not-cmi5"))?;
    Ok((registration, session))
}

/// A session that was given up.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Abandoned {
    pub launch: LaunchId,
    pub registration: RegistrationId,
    /// Position of the unit in the outline.
    pub activity: i32,
    /// When it was given up (RFC 3339).
    pub abandoned_at: String,
    /// From the launch to the last thing the unit said (ISO 8601).
    pub time: String,
    /// The same in seconds.
    pub seconds: f64,
}

/// Gives up the session of a cmi5 unit that will not end it itself. What the unit still sends is refused. A session that was
/// given up before is answered as it is.
#[utoipa::path(post, path = "/launches/{id}/abandon", tag = "launches",
    params(("id" = LaunchId, Path, description = "The launch that opened the session")),
    responses(
        (status = 200, description = "The session, which is over", body = Abandoned),
        NotAllowed,
        (status = 404, description = "`launch-unknown`: there is none, or it was not opened yet", body = ProblemDocument,
         content_type = "application/problem+json"),
        (status = 409, description = "`launch-not-cmi5`, `session-terminated`", body = ProblemDocument,
         content_type = "application/problem+json"),
    ))]
pub async fn abandon_launch(_: CanLaunch, State(app): State<App>, Path(id): Path<LaunchId>) -> Result<Json<Abandoned>> {
    let mut tx = app.db.begin().await?;
    let (registration, mut session) = held(&mut tx, id).await?;
    match session.ended_at {
        Some(_) if !session.abandoned => return Err(Error::conflict("session-terminated")),
        Some(_) => {}
        None => {
            abandon(&mut tx, &app, &registration, std::slice::from_ref(&session)).await?;
            session.ended_at = Some(app.clock.now());
        }
    }
    tx.commit().await?;
    let seconds = session.seconds();
    Ok(Json(Abandoned {
        launch: id,
        registration: registration.id,
        activity: session.activity_index,
        abandoned_at: session.ended_at.map(Timestamp::rfc3339).unwrap_or_default(),
        time: IsoDuration::from_seconds(seconds).to_string(),
        seconds,
    }))
}
