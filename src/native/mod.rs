//! What a trainer writes here without another tool: a page of text and pictures, a document, a link. Its editor, and what
//! learners see of it.
//!
//! Invariants: what a browser would run is never kept (`files`) and never written (`markdown`). A picture or document of a
//! draft is seen by trainers only; learners get those of their version, from the content origin.

mod draft;
mod editor;
mod files;
mod learn;
pub mod markdown;
mod model;
mod pictures;
mod uploads;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::state::App;

/// The editor, and the learner's page.
pub fn routes() -> Router<App> {
    let text = DefaultBodyLimit::max(4 << 20);
    let file = DefaultBodyLimit::max(files::DOCUMENT_BYTES + (1 << 20));
    Router::new()
        .route("/trainer/content/new", get(editor::choose).post(editor::create))
        .route("/trainer/content/{package}", get(editor::editor).post(editor::save).layer(text))
        .route("/trainer/content/{package}/preview", post(editor::preview).layer(text))
        .route("/trainer/content/{package}/publish", post(editor::publish).layer(text))
        .route("/trainer/content/{package}/pictures", post(uploads::picture).layer(file))
        .route("/trainer/content/{package}/file", post(uploads::document).layer(file))
        .route("/trainer/content/{package}/files/{name}", get(uploads::file))
        .route("/learn/{registration}/{activity}", get(learn::page))
        .route("/learn/{registration}/{activity}/open", get(learn::open))
        .route("/learn/{registration}/{activity}/finish", post(learn::finish))
        .route("/learn/{registration}/{activity}/left", post(learn::left))
}
