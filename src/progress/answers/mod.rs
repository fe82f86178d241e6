//! What learners answered to the questions that content and quizzes ask: a projection of statements, and the report on it.
//!
//! A row is the fold of the statements of its registration, like progress. What a question says is not repeated here: the
//! store of statements knows it by the same keys ([`lrs::activities`](crate::lrs::activities)). So nobody who answers writes
//! a row that somebody else writes too.

mod api;
mod file;
mod pages;
mod projection;
mod read;
mod words;

pub use api::api;
pub use pages::routes;
pub use projection::{forget, keep, told};
