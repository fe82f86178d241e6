//! Quizzes: questions with their types, attempts, scoring.
//!
//! A quiz is native content: its JSON ([`model::Quiz`]) is the draft of a package and the content of its versions. An attempt
//! draws its questions once ([`sheet::Sheet`]); each answer is kept as soon as it is given; the server alone scores.
//!
//! Invariant: nothing that tells what is right leaves the server before the quiz's settings let it be shown.

pub mod fields;
pub mod kinds;
pub mod model;
pub mod sheet;

#[cfg(test)]
mod tests;
