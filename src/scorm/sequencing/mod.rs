//! SCORM 2004 Sequencing and Navigation 1.1: which activity may be opened next, and what a group's status follows from.
//!
//! The functions carry the process numbers of the SN book. Standards without sequencing (SCORM 1.2, cmi5, xAPI packages, a
//! single file) use the same engine on a tree that lets everything flow and be chosen.
//!
//! Evaluated: control modes, delivery controls, rollup rules with their considerations, weights, satisfaction and completion
//! by measure, prevented activation. A sequencing rule (`preConditionRule` and its like) or a map to a global objective
//! changes nothing yet; [`tree::Settings`] is where they come in.
//!
//! Invariant: [`State`] is all there is to remember of a sequencing session; the same requests on a restored state give the
//! same answers.

pub mod navigation;
pub mod rollup;
pub mod tree;

#[cfg(test)]
mod tests;

pub use navigation::{Outcome, Request, Sequencer};
pub use tree::{Item, NodeId, Settings, State, Tracking, Tree};
