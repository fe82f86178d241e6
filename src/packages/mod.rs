//! Packages: from the uploaded bytes to the stored course outline, and the serving of their files.
//!
//! [`archive`] opens a zip, [`manifest`] reads what it offers into an [`model::Outline`], `import` stores both, and `serve`
//! answers the content origin straight out of the archive. What is noticed on the way is a [`findings::Finding`].
//!
//! Invariant: an archive is kept as it came; a file is a place in it. Nothing is unpacked but media that are read in ranges.

mod act;
mod api;
pub mod archive;
mod capability;
mod command;
pub mod completing;
mod contents;
pub mod findings;
mod import;
pub mod manifest;
pub mod media;
mod media_type;
pub mod model;
pub mod native;
mod pages;
pub mod playing;
pub mod ranges;
pub mod replace;
mod report;
mod serve;
mod store;
mod switches;
mod upload;
mod zipped_again;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

pub use act::{delete, import_stream};
pub use api::api;
pub use capability::{content_url, file_url};
pub use command::{Imported, import_files, import_path};
pub use import::sweep;
pub use report::PackageReport;
pub use serve::{is_shown, requested_path};
pub use store::{note, tolerance};

use crate::state::App;

/// The trainer's pages.
pub fn routes() -> Router<App> {
    let import = get(pages::import).post(pages::receive).layer(DefaultBodyLimit::disable());
    Router::new()
        .route("/trainer/import", import)
        .route("/trainer/packages/{package}", get(pages::package))
        .route("/trainer/packages/{package}/delete", post(pages::delete))
        .route("/trainer/packages/{package}/tolerance", post(switches::turn))
        .merge(replace::routes())
}

/// Package files, on the content origin.
pub fn content_routes() -> Router<App> {
    Router::new().route("/c/{capability}/{*path}", get(serve::file))
}
