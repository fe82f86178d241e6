//! Erasing a person (RGPD, article 17): who they were leaves, what was learnt is still counted.
//!
//! Statements stay, with accounts of no person (`erased-UUID`) wherever the person was named, also as who vouched for a statement
//! in the store that it came from; so do registrations and enrolments, and with them every total of a report. What they wrote,
//! their documents, the files that came with their statements, their name, address and login go. A signature of a statement that
//! named them goes too: it holds the statement as it was, and would hold for the new text no more. What was done is written down
//! in `person_erasure`.

mod job;
mod pages;
mod store;

use axum::Router;
use axum::routing::get;

pub use job::run;

use crate::state::App;

/// The kind of the job.
pub const ERASE: &str = "erase-person";

/// The administrators' pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/people/erasures", get(pages::list))
        .route("/admin/people/{person}/erase", get(pages::confirm).post(pages::erase))
}
