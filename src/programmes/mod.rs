//! Programmes: courses as ordered steps before, during and after; who follows them, on which version, and where they stand.
//!
//! A trainer edits a draft; publishing makes it the version that new enrolments begin on, and an enrolment keeps the version
//! it began until it is moved. A step has one key in all versions, so what was done counts in the next one.
//!
//! Invariant: a published version never changes.

mod acts;
mod api;
mod builder;
mod enrolment;
mod follow;
mod learner;
mod model;
mod people;
mod projection;
mod store;
mod verify;

use axum::Router;
use axum::routing::{get, post};

pub use api::api;
pub use enrolment::{Reconciled, Target, enrol, reconcile_all, reconcile_target};
pub use follow::{Enrolment, Followed, Offered, following, offered};
pub use learner::{due, open_address, reason, step_of};
pub use model::{Lock, Phase, Programme, Step};
pub use projection::{RECOUNT, follow, hold_for, rebuild, recount};
pub use verify::{Verified, verify};

use crate::state::App;

/// The pages of this slice.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/trainer/programmes", get(builder::list).post(acts::create))
        .route("/trainer/programmes/{programme}", get(builder::page).post(acts::describe))
        .route("/trainer/programmes/{programme}/steps", post(acts::add))
        .route("/trainer/programmes/{programme}/steps/{step}", post(acts::edit))
        .route("/trainer/programmes/{programme}/steps/{step}/move", post(acts::move_step))
        .route("/trainer/programmes/{programme}/steps/{step}/remove", post(acts::remove))
        .route("/trainer/programmes/{programme}/steps/{step}/restore", post(acts::restore))
        .route("/trainer/programmes/{programme}/publish", post(acts::publish))
        .route("/trainer/programmes/{programme}/discard", post(acts::discard))
        .route("/trainer/programmes/{programme}/withdraw", post(acts::withdraw))
        .route("/trainer/programmes/{programme}/offer", post(acts::offer))
        .route("/trainer/programmes/{programme}/preview", get(learner::preview))
        .route("/trainer/programmes/{programme}/move", post(learner::move_all))
        .route("/trainer/programmes/{programme}/people", get(people::page).post(people::enrol))
        .route("/trainer/programmes/{programme}/people/search", get(people::search))
        .route("/trainer/programmes/{programme}/people/{enrolment}/cancel", post(people::cancel))
        .route("/trainer/programmes/{programme}/people/{enrolment}/restore", post(people::restore))
        .route("/trainer/programmes/{programme}/rules/{rule}/end", post(people::end_rule))
        .route("/trainer/programmes/{programme}/rules/{rule}/resume", post(people::resume_rule))
        .route("/programmes/{programme}", get(learner::show))
        .route("/programmes/{programme}/begin", post(learner::begin))
        .route("/programmes/{programme}/steps/{step}/open", post(learner::open))
}
