//! The web kit every slice builds on: origins, failures, languages, the shell of pages.

pub mod assets;
pub mod design;
mod hosts;
pub mod i18n;
mod origin;
mod page;
mod pictures;
mod problem;
mod shell;

pub use hosts::by_host;
pub use i18n::Words;
pub use origin::{CookieTrust, harden, judge_origin};
pub use page::{failure_page, render};
pub use pictures::{initials, tile};
pub use problem::{Problem, tell_failures};
pub use shell::{Crumb, Flash, LANGUAGE_COOKIE, NavItem, Said, Shell, Tab, Viewer, forget_flash};
