//! SCORM 2004 Sequencing and Navigation 1.1 (4th Edition): which activity may be opened next, and what a group's status follows
//! from.
//!
//! The functions carry the process numbers of the SN book. Standards without sequencing (SCORM 1.2, cmi5, xAPI packages, a
//! single file) use the same engine on a tree that lets everything flow and be chosen.
//!
//! | process | file |
//! |---|---|
//! | OP overall, NB navigation, what is offered | `navigation` |
//! | TB termination, UP.3, UP.4 end of attempts | `termination` |
//! | RB rollup | `rollup` |
//! | SR selection and randomisation | `selection` |
//! | SB flow, SB requests | `flow`, `requests` |
//! | DB delivery | `delivery` |
//! | UP.1, UP.2, UP.5 limits and rules | `rules` |
//! | objectives and their maps | `objectives` |
//!
//! Where the book leaves a choice, the engine does what ADL's sample run-time does, which its conformance suite was made with.
//!
//! Invariant: [`State`] and the learner's [`GlobalObjectives`] are all there is to remember of a sequencing session; the same
//! requests on a restored state give the same answers.

pub mod content;
mod delivery;
mod flow;
pub mod navigation;
mod objectives;
pub mod reading;
mod requests;
mod rollup;
mod rules;
mod selection;
pub mod settings;
mod termination;
pub mod tracking;
pub mod tree;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod walks;

pub use content::{Said, Told};
pub use navigation::{Offer, Outcome, Request};
pub use settings::Settings;
pub use tracking::{GlobalObjectives, State, Status, Tracking};
pub use tree::{Item, NodeId, Root, Tree};

/// Processes requests on one course and one learner's state.
#[derive(Clone)]
pub struct Sequencer<'t> {
    tree: &'t Tree,
    state: State,
    /// The learner's objectives of all courses, where this course shares them.
    learner: GlobalObjectives,
}

impl<'t> Sequencer<'t> {
    /// A session that begins, or goes on from a stored state.
    pub fn new(tree: &'t Tree, state: State, learner: GlobalObjectives) -> Self {
        Self { tree, state: state.fitted(tree), learner }
    }

    /// The course.
    pub fn tree(&self) -> &'t Tree {
        self.tree
    }

    /// The state, to be read and stored.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The learner's objectives of all courses, to be read and stored.
    pub fn learner(&self) -> &GlobalObjectives {
        &self.learner
    }
}
