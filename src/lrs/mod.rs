//! The Learning Record Store: every learning event as an xAPI statement, kept as it was said.
//!
//! [`append`] is the way in for the rest of Préau: it stores statements in the caller's transaction and shows them to the
//! projection there. `/xapi/` is the way in and out for tools and content, through an [`Access`].
//!
//! Invariants: a statement's text never changes once stored, but when somebody it names is erased; what no registration needs
//! may be removed by a rule ([`retention`]), and nothing else removes one; its number (`seq`) is its moment of storing; what
//! finds it is in `statement_link` alone, so a search never reads bodies it does not return; a file is given out with the
//! statements that brought it and with no others ([`attachments`]).

mod access;
mod append;
mod arriving;
mod attachments;
mod credential_pages;
mod credentials;
mod dictionary;
mod documents;
mod door;
mod erasure;
mod export;
mod forward;
mod http;
mod imports;
mod known;
mod limits;
mod links;
mod oauth;
mod order;
mod origins;
mod pages;
mod profiles;
mod query;
mod reader;
mod receive;
mod resources;
mod retention;
mod sessions;
mod signed;
mod statements;
mod store;
mod usage;
mod view;
mod voiding;
mod writer;

use std::sync::Arc;

use axum::routing::{any, get, post};
use axum::{Extension, Router};
use utoipa_axum::router::OpenApiRouter;

pub use access::{Access, Credential, Scope, create_credential, issue_launch_credential, revoke_launch_credentials};
pub use append::append;
pub use dictionary::activities;
pub use door::Door;
pub use erasure::{ERASE, run as erase};
pub use forward::{EVERY as FORWARD_EVERY, FORWARD, run as forward};
pub use imports::{IMPORT, ImportReport, import_file, run as import};
pub use order::Authority;
pub use profiles::{CHECK as CHECK_PROFILE, CHECK_ALL as CHECK_PROFILES, check as check_profiles};
pub use retention::{EVERY as RETAIN_EVERY, RETAIN, run as retain};
pub use store::is_transient;
pub use writer::Writer;

use crate::core::{Error, RegistrationId, Result};
use crate::state::App;
use crate::storage::Tx;
use crate::xapi::Stored;

/// The xAPI resources, on both origins; what comes over both goes through one `door` and one `writer`.
pub fn xapi_routes(door: &Door, writer: &Writer) -> Router<App> {
    let router = Router::new().route("/xapi/{*resource}", any(http::answer));
    router.layer((Extension(writer.clone()), Extension(door.clone())))
}

/// The pages of the application.
pub fn routes(door: &Door) -> Router<App> {
    Router::new()
        .route("/admin/statements", get(pages::list))
        .route("/admin/statements/new", get(pages::newer))
        .route("/admin/statements/{statement}", get(view::show))
        .route("/admin/statements/{statement}/files/{sha2}", get(view::file))
        .route("/admin/statements/{statement}/void", get(voiding::ask).post(voiding::void))
        .route("/oauth/token", post(oauth::token).options(oauth::preflight))
        .route("/admin/lrs", get(credential_pages::list).post(credential_pages::create))
        .route("/admin/lrs/{credential}", get(credential_pages::show).post(credential_pages::change))
        .route("/admin/lrs/{credential}/rotate", post(credential_pages::rotate))
        .route("/admin/lrs/{credential}/revoke", get(credential_pages::confirm_revoke).post(credential_pages::revoke))
        .layer(Extension(door.clone()))
        .merge(imports::routes())
        .merge(forward::routes())
        .merge(erasure::routes())
        .merge(profiles::routes())
        .merge(retention::routes())
}

/// The interface, below `/api/v1`.
pub fn api() -> OpenApiRouter<App> {
    export::api().merge(imports::api()).merge(profiles::api())
}

/// Removes what has run out: credentials of launches, files that no statement came to name or no import reads, old counts.
/// Answers how many there were.
pub async fn sweep(app: &App) -> Result<u64> {
    let files = attachments::sweep(app).await? + imports::sweep(app).await?;
    Ok(access::sweep(app).await? + files + usage::sweep(app).await?)
}

/// The statements of one registration in the order of storing, without the voided ones.
pub async fn of_registration(tx: &mut Tx, registration: RegistrationId) -> Result<Vec<Stored>> {
    store::of_registration(tx, registration.0).await?.into_iter().map(read).collect()
}

/// The last `limit` statements of one registration, the latest first, without the voided ones.
pub async fn latest_of_registration(tx: &mut Tx, registration: RegistrationId, limit: i64) -> Result<Vec<Stored>> {
    store::latest_of_registration(tx, registration.0, limit).await?.into_iter().map(read).collect()
}

/// Writes a document of Préau's own (cmi5's `LMS.LaunchData`), whatever was there before.
pub async fn put_state(
    tx: &mut Tx,
    app: &App,
    activity: &str,
    agent: &crate::xapi::Ifi,
    registration: RegistrationId,
    id: &str,
    body: &serde_json::Value,
) -> Result<()> {
    let shelf = documents::Shelf::state(activity, agent.key(), Some(registration.0));
    let body = serde_json::to_vec(body)?;
    let new = documents::New { media_type: "application/json", body: &body, now: app.clock.now() };
    documents::put(tx, &shelf, id, new, &documents::Condition::default()).await?;
    Ok(())
}

fn read(row: store::Row) -> Result<Stored> {
    let statement = crate::xapi::recall(&row.body)
        .map_err(|refusal| Error::internal(anyhow::anyhow!("statement {}: {refusal:?}", row.id)))?;
    Ok(Stored {
        seq: row.seq,
        id: row.id,
        stored: row.stored,
        occurred: row.occurred,
        registration: row.registration.map(RegistrationId),
        statement: Arc::new(statement),
    })
}
