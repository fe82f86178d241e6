//! Quizzes: questions with their types, attempts, scoring.
//!
//! A quiz is native content: its JSON ([`model::Quiz`]) is the draft of a package and the content of its versions. An attempt
//! draws its questions once ([`sheet::Sheet`]); each answer is kept as soon as it is given; the server alone scores, and says
//! what came of it in the transaction that scores.
//!
//! The best attempt counts: progress keeps a pass and its score whatever follows.
//!
//! Invariants: nothing that tells what is right leaves the server before the quiz's settings let it be shown. An attempt
//! changes only under the hold of its registration, and never once it is submitted.

mod attempt;
mod close;
mod desk;
mod editor;
pub mod kinds;
mod learner;
pub mod model;
mod results;
mod seat;
pub mod sheet;
mod statements;
mod store;
mod trying;
mod view;

#[cfg(test)]
mod tests;

pub use close::{CLOSE, close};

use axum::Router;
use axum::routing::{get, post};

use crate::state::App;

/// The pages of learners and trainers.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/quiz/{registration}/{activity}", get(learner::start))
        .route("/quiz/{registration}/{activity}/start", post(learner::begin))
        .route("/quiz/{registration}/{activity}/questions/{number}", get(learner::question))
        .route("/quiz/{registration}/{activity}/answers", post(learner::answer))
        .route("/quiz/{registration}/{activity}/review", get(learner::review))
        .route("/quiz/{registration}/{activity}/submit", post(learner::submit))
        .route("/quiz/{registration}/{activity}/results/{number}", get(learner::result))
        .route("/trainer/quizzes/{package}", get(editor::editor))
        .route("/trainer/quizzes/{package}/questions", post(editor::add))
        .route("/trainer/quizzes/{package}/questions/{question}", get(editor::question).post(editor::save_question))
        .route("/trainer/quizzes/{package}/questions/{question}/{act}", post(editor::act))
        .route("/trainer/quizzes/{package}/order", post(editor::order))
        .route("/trainer/quizzes/{package}/settings", post(editor::settings))
        .route("/trainer/quizzes/{package}/preview", get(trying::show).post(trying::check))
        .route("/trainer/quizzes/{package}/publish", post(editor::publish))
        .route("/trainer/quizzes/{package}/results", get(results::show))
}
