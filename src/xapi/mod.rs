//! xAPI without I/O: what a statement is, what the specification demands of it, and how people read it.
//!
//! A statement has two lives. Its *text* is kept as it came, with the few members the server must set ([`body`]); it is what
//! readers get back. Its *types* ([`Statement`]) are what the server computes with. [`parse`] goes from text to types and tells
//! every broken rule.
//!
//! Sources: "1.0.3" is github.com/adlnet/xAPI-Spec, "2.0" is IEEE 9274.1.1 (opensource.ieee.org/xapi).

pub mod body;
pub mod cmi5;
pub mod equality;
pub mod forget;
pub mod format;
mod identity;
pub mod json;
mod model;
pub mod multipart;
mod output;
pub mod profile;
mod read;
pub mod sentence;
pub mod signature;
pub mod vocabulary;

#[cfg(test)]
mod tests;

pub use format::IsoDuration;
pub use identity::{ActivityKey, AgentKey, Ifi, VerbKey};
pub use model::{
    Activity, Actor, Agent, Attachment, Component, Context, ContextActivities, ContextAgent, ContextGroup, Definition,
    Extensions, Group, Interaction, Object, Outcome, Score, Statement, StatementRef, Stored, SubStatement, Verb, exact,
};
pub use output::{Languages, canonical, ids};
pub use read::{Problem, Refusal, Version, actor, parse, profile as read_profile, recall, statement};
