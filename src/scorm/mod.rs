//! SCORM without I/O: the run-time data models of 1.2 and 2004 and the sequencing of activities.
//!
//! Invariant: nothing here knows of requests, databases or clocks. The same calls give the same answers, so the rules are
//! tested by themselves and the run-time slice only loads, asks and stores.

pub mod asked;
pub mod data_model;
pub mod interactions;
pub mod record;
pub mod sequencing;
mod table;
mod time;
pub mod tolerance;
mod values;

pub use table::Version;
pub use time::{read_time, write_time};
