//! Rules that say for how long statements of tools are kept.
//!
//! What stands under a registration or an enrolment stays, whatever a rule says: progress, proofs and reports rest on it. So do
//! Préau's own statements, those that refer to another one or are referred to as an object (what voids, what is voided), those
//! that the context of another one mentions, and those that a forward which is on has still to send. Agents and activities stay known, and files go with the sweep when no
//! statement names them any more.
//!
//! A rule is off until somebody has seen what it would remove. Then it works at night, a batch a transaction, behind the last
//! number that is dealt with: a killed night goes on where it was and counts nothing twice. A statement that was removed and is
//! sent again is a new one: nothing here remembers it, and it is stored anew with the time of its coming.

mod job;
mod pages;
mod pick;
mod store;

use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};

pub use job::run;

use crate::state::App;

/// The kind of the job.
pub const RETAIN: &str = "remove-statements";
/// How often the job looks whether a night's work is to be done.
pub const EVERY: Duration = Duration::from_secs(60 * 60);

/// The administrators' pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/lrs/retention", get(pages::list).post(pages::add))
        .route("/admin/lrs/retention/{rule}", get(pages::show).post(pages::change))
        .route("/admin/lrs/retention/{rule}/on", post(pages::switch_on))
        .route("/admin/lrs/retention/{rule}/off", post(pages::switch_off))
        .route("/admin/lrs/retention/{rule}/remove", get(pages::confirm_remove).post(pages::remove))
}
