//! The web kit every slice builds on: origins, failures, languages, the shell of pages.

mod asker;
pub mod assets;
pub mod calendar;
mod cookies;
pub mod design;
mod document;
pub mod export;
mod fields;
mod hear_out;
mod hosts;
pub mod i18n;
mod numbered;
mod origin;
mod page;
mod path;
mod pictures;
mod problem;
mod shell;

pub use asker::{asked_by_program, client_address};
pub use cookies::HostCookie;
pub use document::{NotAllowed, ProblemDocument};
pub use fields::{Choice, Fields};
pub use hear_out::hear_out;
pub use hosts::by_host;
pub use i18n::Words;
pub use numbered::Numbered;
pub use origin::{CookieTrust, harden, judge_origin, refuse_cross_site};
pub use page::{failure_page, render};
pub use path::Path;
pub use pictures::{initials, tile};
pub use problem::{Problem, tell_failures};
pub use shell::{Crumb, Flash, LANGUAGE_COOKIE, NavItem, Said, Shell, Tab, Viewer, carry_flash, is_own_path};
