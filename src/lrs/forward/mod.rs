//! Statements sent on to other stores, in the order in which they were stored here.
//!
//! Each store has its own place (`seq`), which moves when the receiver has what lies before it: what is interrupted goes on
//! there, and what fails is tried again, later each time, for as long as it takes. What the receiver refuses for what it says
//! (and not for who sends it, or when) is sent alone, and passed over if it is refused then, too: one bad statement must not
//! hold back all others. Some stores are served at a time: one that answers slowly holds up no other.

mod pages;
mod send;
mod store;

use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};

pub use send::run;
pub(super) use store::all;

use crate::state::App;

/// The kind of the job.
pub const FORWARD: &str = "forward-statements";
/// How long statements wait at most before they are sent on.
pub const EVERY: Duration = Duration::from_secs(10);

/// The administrators' pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/statements/forwards", get(pages::list).post(pages::add))
        .route("/admin/statements/forwards/{forward}/pause", post(pages::pause))
        .route("/admin/statements/forwards/{forward}/resume", post(pages::resume))
        .route("/admin/statements/forwards/{forward}/remove", get(pages::confirm_remove).post(pages::remove))
}
