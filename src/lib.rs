//! Préau: imports learning packages, plays them, and records every learning event as an xAPI statement.
//!
//! Start with `ARCHITECTURE.md` beside this file, then [`app`], which is the table of contents of the server.

pub mod api_doc;
pub mod app;
pub mod catalogue;
pub mod check;
pub mod config;
pub mod core;
pub mod demo;
pub mod identity;
pub mod jobs;
pub mod lrs;
pub mod media;
pub mod native;
pub mod outbound;
pub mod outbox;
pub mod packages;
pub mod programmes;
pub mod progress;
pub mod quiz;
pub mod reports;
pub mod runtime;
pub mod scorm;
pub mod spaces;
pub mod state;
pub mod storage;
pub mod web;
pub mod webhooks;
pub mod xapi;
