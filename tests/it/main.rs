//! The product's behaviour through its public face, on both databases. One binary, a module a capability.

mod answers;
mod architecture;
mod authorisation;
mod catalogue;
mod cmi5;
mod commands;
mod demo;
#[path = "../fuzz/mod.rs"]
mod fuzz;
mod identity;
mod jobs;
mod lrs;
mod media;
mod native;
mod native_pages;
mod openapi;
mod packages;
mod programmes;
mod progress;
mod quiz;
mod quiz_editor;
mod reports;
mod reports_agree;
mod reports_cost;
mod runtime;
mod scorm_cases;
mod server;
mod spaces;
mod storage;
mod support;
mod web;
mod webhooks;
