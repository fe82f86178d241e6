//! Webhooks: events of the outbox, sent to the endpoints that administrators named, by Standard Webhooks.
//!
//! Invariants: a delivery is tried by one process at a time, and again after a crash (at least once, same `webhook-id`);
//! a connection goes only to an address that was judged (`outbound`); nothing that was sent is forgotten for thirty days.

mod endpoints;
mod log;
mod model;
mod pages;
mod queue;
mod sender;
mod worker;

use axum::Router;
use axum::routing::{get, post};

pub use sender::Sender;
pub use worker::{deliver_due, run, sweep};

pub use crate::outbound::{Lookup, prepare_tls};
use crate::state::App;

/// The pages of webhooks.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/webhooks", get(pages::list).post(pages::add))
        .route("/admin/webhooks/{endpoint}", get(pages::endpoint))
        .route("/admin/webhooks/{endpoint}/pause", post(pages::pause))
        .route("/admin/webhooks/{endpoint}/resume", post(pages::resume))
        .route("/admin/webhooks/{endpoint}/test", post(pages::test))
        .route("/admin/webhooks/{endpoint}/secret", post(pages::renew_secret))
        .route("/admin/webhooks/{endpoint}/delete", get(pages::confirm_delete).post(pages::delete))
        .route("/admin/webhooks/{endpoint}/deliveries/{delivery}/replay", post(pages::replay))
}
