//! Statements of another store, brought in from a file with one a line (NDJSON).
//!
//! The file becomes a blob, a job reads it. Each batch is one transaction with the place in the file behind it, so that an
//! import that was interrupted goes on at the line it had come to. A line that cannot be taken is told, and the next is read.
//!
//! A statement keeps its id, so that it is in once however often it is brought: a line without one is refused. `stored` and
//! `authority` are ours to set (1.0.3 Data 2.4.8, 2.4.9): the moment it came in, and an account of this import, by which
//! everything that came with it can be asked for. What the other store had said there is kept in `statement_origin`.

mod api;
mod file;
mod job;
mod lines;
mod pages;
mod store;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

pub use api::{ImportReport, api};
pub use file::import_file;
pub use job::run;
pub use store::{Provenance, provenance, sweep};

use crate::state::App;

/// The kind of the job.
pub const IMPORT: &str = "import-statements";

/// The administrators' pages.
pub fn routes() -> Router<App> {
    let imports = get(pages::list).post(pages::receive).layer(DefaultBodyLimit::disable());
    Router::new()
        .route("/admin/statements/imports", imports)
        .route("/admin/statements/imports/{import}", get(pages::show))
        .route("/admin/statements/imports/{import}/work", get(pages::work))
        .route("/admin/statements/imports/{import}/cancel", post(pages::cancel))
        .route("/admin/statements/imports/{import}/resume", post(pages::resume))
}
