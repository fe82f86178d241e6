//! xAPI Profiles: documents an administrator loads, and the report on the statements that name them.
//!
//! A version of a profile is checked against the statements that name it as a category; the newest version of a profile is in
//! force, and is also meant by who names the profile without a version. [`check`] goes through them by their numbers, some at a
//! time, and adds what it found to tallies by day: nothing is ever counted twice, and a restart goes on where it was. A statement
//! counts from its own number on up to that of the first statement that voids it: there it is taken off again.
//!
//! Invariants: a statement is never refused because of a profile; what is told of a statement is its number, its id and a place
//! in it, never what it says, and to administrators only; whatever changes which statements a version stands for begins its check anew (`round`).

mod api;
mod check;
mod courses;
mod load;
mod pages;
mod report;
mod store;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

pub use api::api;
pub use check::{CHECK, CHECK_ALL, check};

use crate::state::App;

/// The pages about profiles.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/statements/profiles", get(pages::list).post(pages::load))
        .route("/admin/statements/profiles/{profile}", get(pages::profile))
        .route("/admin/statements/profiles/{profile}/check", post(pages::check_again))
        .route("/admin/statements/profiles/{profile}/remove", get(pages::confirm_remove).post(pages::remove))
        .layer(DefaultBodyLimit::max(api::LARGEST_BODY))
}
