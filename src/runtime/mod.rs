//! Playing: registrations, launches, commits, and the ways each kind of content talks back.
//!
//! A registration is one person's record in one course and keeps the version it began. Opening an activity makes a launch,
//! which takes the registration's lease: an older launch in another tab can read on and write nothing. What content tells
//! arrives as commits (SCORM), statements (cmi5, xAPI) or positions (media); each becomes statements and progress in the
//! transaction that keeps the saved state.
//!
//! Invariants: nobody writes a record but a [`PlayerOf`] or [`access::LaunchOf`] of it, in mode `normal`, under the
//! present lease, and while its person is let in. A preview leaves no statement, no state and no progress.

mod access;
mod api;
mod chrome;
mod cmi5;
mod commit;
mod course;
mod framing;
mod launch;
mod media;
mod model;
mod navigate;
mod offered;
mod player;
pub mod sequenced;
mod sessions;
mod shared_data;
mod spent;
mod statements;
mod store;
mod visit;
mod waive;

use axum::Router;
use axum::routing::{get, post};

pub use access::PlayerOf;
pub use api::api;
pub use chrome::{OutlineEntry, PlayerChrome};
pub use model::{Activity, Mode, Registration};
pub use offered::offered;
pub use player::open_from;
pub use sessions::{ABANDON_IDLE, ABANDON_IDLE_EVERY, abandon_idle};
pub use visit::{Opened, Visit};

use crate::state::App;

/// The pages, and what the player page asks for.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/courses/{course}/start", post(player::start))
        .route("/courses/{course}/again", post(player::again))
        .route("/trainer/courses/{course}/preview", post(player::preview))
        .route("/trainer/courses/{course}/learners/{registration}/waive", post(waive::waive_on_page))
        .route("/launch/{token}", get(player::redeem))
        .route("/player/window", get(player::own_window))
        .route("/player/{registration}/{activity}", get(player::page))
        .route("/player/{registration}/{activity}/launch", post(launch::launch))
        .route("/player/{registration}/{activity}/media", post(media::tell))
        .route("/player/{registration}/{activity}/spent", post(spent::tell))
        .route("/player/{registration}/{activity}/captions/{language}", get(media::captions))
        .route("/player/{registration}/navigate", post(navigate::navigate))
}

/// What lives on the content origin: the launch frame, and what launched content tells.
pub fn content_routes() -> Router<App> {
    Router::new()
        .route("/frame/", get(player::frame))
        .route("/frame/left", get(player::left))
        .route("/runtime/launches/{launch}/commit", post(commit::commit))
        .route("/runtime/launches/{launch}/state", get(commit::state))
        .route("/runtime/cmi5/fetch/{token}", post(cmi5::fetch).options(cmi5::preflight))
}
