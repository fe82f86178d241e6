//! The server's table of contents: every slice's routes, and what surrounds them.

use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::X_CONTENT_TYPE_OPTIONS;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use axum::{Extension, Router};
use futures_util::future::BoxFuture;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

use crate::config::Config;
use crate::core::{Clock, Error, Kind, RegistrationId, Result};
use crate::jobs::{self, Handlers};
use crate::state::{App, Projection};
use crate::storage::Tx;
use crate::xapi::{Statement, Stored};
use crate::{
    api_doc, catalogue, identity, lrs, native, on_db, packages, programmes, progress, quiz, reports, runtime, spaces,
    web, webhooks,
};

/// See [`web::harden`].
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Everything the server answers, on both origins.
pub fn router(app: &App) -> Router {
    let (door, writer) = (lrs::Door::open(app), lrs::Writer::start(app));
    let (application, content) = (application(app, &door, &writer), content(app, &door, &writer));
    web::by_host(&app.config, application, content).layer(from_fn(web::hear_out))
}

/// Opens what `config` names, with the parts joined that know nothing of each other: statements that are stored move the
/// progress of learners.
pub async fn open(config: Config, clock: Clock) -> anyhow::Result<App> {
    webhooks::prepare_tls();
    App::open(config, clock, Box::new(Projections)).await
}

/// The progress in courses, then that in programmes, which is computed from it.
struct Projections;

impl Projection for Projections {
    fn prepare<'a>(
        &'a self,
        tx: &'a mut Tx,
        registrations: &'a [RegistrationId],
    ) -> BoxFuture<'a, Result<Vec<RegistrationId>>> {
        Box::pin(async move {
            let followed = progress::Projector.prepare(tx, registrations).await?;
            programmes::hold_for(tx, &followed).await?;
            Ok(followed)
        })
    }

    fn stored<'a>(
        &'a self,
        app: &'a App,
        tx: &'a mut Tx,
        batch: &'a [Stored],
    ) -> BoxFuture<'a, Result<Vec<Statement>>> {
        Box::pin(async move {
            let mut more = progress::Projector.stored(app, tx, batch).await?;
            more.extend(programmes::follow(app, tx, batch).await?);
            Ok(more)
        })
    }
}

/// How often what has run out is removed.
const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);

/// Removes what has run out, now and every hour. Several servers on one database may do so at the same time.
pub async fn keep_swept(app: App) {
    let mut hours = tokio::time::interval(SWEEP_EVERY);
    loop {
        hours.tick().await;
        sweep(&app).await;
    }
}

/// Removes what has run out. What cannot be removed now is removed an hour later.
pub async fn sweep(app: &App) {
    let told = |what: &'static str, swept: Result<u64>| match swept {
        Ok(removed) => tracing::debug!(removed, what, "swept"),
        Err(cause) => tracing::warn!(%cause, what, "cannot sweep"),
    };
    told("records", lrs::sweep(app).await);
    told("jobs", jobs::sweep(app).await);
    told("assets", packages::native::assets::sweep(app).await);
    told("webhooks", webhooks::sweep(app).await);
    told("staged files", app.blobs.sweep_staged().await);
}

/// How long a change in the organisation that nobody told the programmes about may take to change enrolments.
const RECONCILE_EVERY: Duration = Duration::from_secs(10 * 60);

/// How long new statements may wait until they are checked against the profiles they name.
const CHECK_PROFILES_EVERY: Duration = Duration::from_secs(5 * 60);

/// What is done by itself: who does which kind of job.
pub fn jobs() -> Handlers {
    Handlers::new()
        .every("reconcile-enrolments", RECONCILE_EVERY, |work| async move {
            programmes::reconcile_all(&work.app).await.map(drop)
        })
        .every(lrs::CHECK_PROFILES, CHECK_PROFILES_EVERY, lrs::check_profiles)
        .on(lrs::CHECK_PROFILE, 1, lrs::check_profiles)
        .every(runtime::ABANDON_IDLE, runtime::ABANDON_IDLE_EVERY, runtime::abandon_idle)
        .on(quiz::CLOSE, 4, quiz::close)
        .on(programmes::RECOUNT, 1, programmes::recount)
        .on(lrs::ERASE, 1, lrs::erase)
        .every(lrs::FORWARD, lrs::FORWARD_EVERY, lrs::forward)
        .every(lrs::RETAIN, lrs::RETAIN_EVERY, lrs::retain)
        // One at a time: a store has one writer, and those who learn come first.
        .on(lrs::IMPORT, 1, lrs::import)
        // One at a time: each is as many processors' work as there are.
        .on(packages::media::TRANSCODE, 1, packages::media::transcode)
}

/// The application origin: pages, REST interface, LRS.
fn application(app: &App, door: &lrs::Door, writer: &lrs::Writer) -> Router {
    Router::new()
        .route("/healthz", get(healthy))
        .route("/readyz", get(ready))
        .route("/assets/{file}", get(web::assets::serve))
        .route("/design", get(web::design::show))
        .merge(catalogue::routes())
        .merge(lrs::routes(door))
        .merge(packages::routes())
        .merge(native::routes())
        .merge(programmes::routes())
        .merge(packages::media::routes())
        .merge(progress::routes())
        .merge(quiz::routes())
        .merge(reports::routes())
        .merge(runtime::routes())
        .merge(spaces::routes())
        .merge(webhooks::routes())
        .merge(api_doc::routes())
        .merge(identity::routes())
        // Of our own, within these layers: the routes merged below would bring the framework's, without them.
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(from_fn(web::refuse_cross_site))
        .layer(CatchPanicLayer::custom(|_| axum::response::IntoResponse::into_response(panicked())))
        .layer(from_fn_with_state(app.clone(), web::tell_failures))
        .layer(from_fn_with_state(app.clone(), web::carry_flash))
        .layer(Extension(app.config.time_zone.clone()))
        .layer(from_fn_with_state(app.clone(), identity::recognise))
        .layer(from_fn_with_state(app.clone(), web::judge_origin))
        .layer(from_fn_with_state(app.clone(), web::harden))
        .merge(records(app, door, writer))
        .layer(CompressionLayer::new().compress_when(worth_compressing()))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .with_state(app.clone())
}

/// The content origin: package files, the launch frame, commits, and the LRS for launched content. No login exists here.
fn content(app: &App, door: &lrs::Door, writer: &lrs::Writer) -> Router {
    Router::new()
        .route("/assets/{file}", get(web::assets::serve))
        .merge(packages::content_routes())
        .merge(runtime::content_routes())
        // As above.
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(SetResponseHeaderLayer::if_not_present(PERMISSIONS_POLICY, HeaderValue::from_static("unload=(self)")))
        .layer(CatchPanicLayer::custom(|_| axum::response::IntoResponse::into_response(panicked())))
        .layer(from_fn_with_state(app.clone(), web::tell_failures))
        .merge(records(app, door, writer))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .with_state(app.clone())
}

/// The LRS, on both origins. It knows neither logins nor pages, so what surrounds those does not stand in its way.
fn records(app: &App, door: &lrs::Door, writer: &lrs::Writer) -> Router<App> {
    // Together, the outermost first: each by itself would be copied for every request.
    lrs::xapi_routes(door, writer).route_layer((
        SetResponseHeaderLayer::if_not_present(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        from_fn_with_state(app.clone(), web::tell_failures),
        CatchPanicLayer::custom(|_| axum::response::IntoResponse::into_response(panicked())),
    ))
}

/// Fonts are compressed already.
fn worth_compressing() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("font/"))
}

/// What the log says of a request: the route, never the address, which may hold a right (a launch, a file of a course).
fn span(request: &Request) -> tracing::Span {
    let route = request.extensions().get::<MatchedPath>().map_or("unknown", MatchedPath::as_str);
    tracing::debug_span!("request", method = %request.method(), route)
}

fn panicked() -> Error {
    Error::internal(anyhow::anyhow!("a handler panicked"))
}

/// The process answers.
async fn healthy() -> &'static str {
    "ok"
}

/// The process can serve: its database answers.
async fn ready(State(app): State<App>) -> Result<&'static str> {
    let unavailable = |cause| Error::new(Kind::Unavailable, "unavailable").caused_by(cause);
    let mut tx = app.db.read().await.map_err(unavailable)?;
    let one: i64 = on_db!(tx, c => sqlx::query_scalar("SELECT CAST(1 AS BIGINT)").fetch_one(c).await)?;
    debug_assert_eq!(one, 1);
    Ok("ok")
}
