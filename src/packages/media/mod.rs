//! Films and recordings as packages: the job that makes them playable, their captions, from when on they count as watched.
//!
//! The upload is kept as it came and can be played meanwhile; what the job makes is one more file of the version.

mod captions;
mod pages;
mod store;
mod transcode;
pub mod vtt;

use axum::Router;
use axum::routing::{get, post};

pub use pages::panel;
pub use store::{CaptionRow, played_caption, played_captions};
pub use transcode::{TRANSCODE, enqueue, is_known, is_made, transcode};

use crate::state::App;

/// The trainer's pages of a film or recording.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/trainer/packages/{package}/media", get(pages::work))
        .route("/trainer/packages/{package}/media/again", post(pages::again))
        .route("/trainer/packages/{package}/media/cancel", post(pages::cancel))
        .route("/trainer/packages/{package}/completion", post(pages::completion))
        .route("/trainer/packages/{package}/captions", post(captions::receive))
        .route("/trainer/packages/{package}/captions/check", post(captions::check))
        .route("/trainer/packages/{package}/captions/{language}", get(captions::edit).post(captions::save))
        .route("/trainer/packages/{package}/captions/{language}/remove", post(captions::remove))
        .route("/trainer/packages/{package}/captions/{language}/restore", post(captions::restore))
}
