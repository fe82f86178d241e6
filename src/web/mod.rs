//! The web kit every slice builds on: origins, failures, languages, the shell of pages.

mod hosts;
mod origin;
mod problem;

pub use hosts::by_host;
pub use origin::{CookieTrust, harden, judge_origin};
pub use problem::{Problem, tell_failures};
