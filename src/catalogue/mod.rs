//! What there is to learn: the learner's home, the catalogue, a course's page, and the trainer's list of courses.
//!
//! Invariant: a course that is not published is seen by its trainers only, and by those who have begun it.

mod api;
mod home;
mod model;
mod pages;
mod playing;
mod store;
mod trainer;

use axum::Router;
use axum::routing::{get, post};

pub use api::api;
pub use store::set_published;

use crate::state::App;

/// Pages of learners and trainers.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home::show))
        .route("/catalogue", get(pages::catalogue))
        .route("/courses/{course}", get(pages::course))
        .route("/trainer", get(trainer::courses))
        .route("/trainer/courses/{course}/playing", get(playing::show).post(playing::decide))
        .route("/trainer/courses/{course}/publish", post(trainer::publish))
        .route("/trainer/courses/{course}/unpublish", post(trainer::unpublish))
}
