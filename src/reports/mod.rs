//! Reports: who is to follow which programme and how far they are; for human resources, managers, and each for themselves.
//!
//! Figures, lists and files are drawn from one [`Selection`], so they hold the same enrolments; a selection is made in one
//! place ([`ReportReader::select`]) and never reaches beyond what its reader may see. Everything is read from the projection
//! (`report_enrolment`, which the database keeps beside `enrolment_progress`), never from statements.
//!
//! Invariant: whatever the number of people, a page runs the same number of SQL statements.

mod access;
mod asked;
mod figures;
mod list;
mod overview;
mod period;
mod proof;
mod record;
mod store;
mod view;

use axum::Router;
use axum::routing::get;

pub use access::{ReportReader, Selection};

use crate::state::App;

/// The pages of this slice and the files they offer.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/reports", get(overview::show))
        .route("/reports/enrolments", get(list::show))
        .route("/reports/enrolments.csv", get(list::csv))
        .route("/reports/enrolments.xlsx", get(list::xlsx))
        .route("/reports/enrolments/{enrolment}", get(proof::enrolment))
        .route("/reports/registrations/{registration}", get(proof::registration))
        .route("/me/record", get(record::show))
        .route("/me/record.csv", get(record::csv))
        .route("/me/record.xlsx", get(record::xlsx))
}
