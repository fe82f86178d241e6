//! xAPI Profiles (1.0; IEEE 9274.2.1): what a community agreed on about its statements, and whether a statement keeps to it.
//!
//! "Structure" and "Communication" in the comments are parts two and three of the specification
//! (github.com/adlnet/xapi-profiles). A profile never makes the store refuse a statement: xAPI does not know that reason.

mod path;
mod pattern;
mod schema;
mod statement;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jsonschema::Validator;
use serde_json::Value;
use uuid::Uuid;

pub use path::Path;
pub use pattern::{Course, Pattern};
pub(super) use pattern::{Element, circle};
pub(super) use schema::compile;
pub use statement::{Fault, Verdict};

use crate::core::{LanguageMap, Timestamp};

/// A profile as one of its versions describes it.
#[derive(Debug)]
pub struct Profile {
    /// The IRI over all versions.
    pub id: String,
    /// The IRI of the version the document describes: the last one it lists.
    pub version: String,
    /// When that version was made.
    pub generated_at: Timestamp,
    pub name: LanguageMap,
    pub description: LanguageMap,
    pub concepts: Vec<Concept>,
    pub templates: Vec<Template>,
    pub patterns: Vec<Pattern>,
    /// Where among the concepts an extension is, by its IRI.
    pub(super) extensions: HashMap<String, usize>,
}

/// Something a profile names, so that all mean the same by it.
#[derive(Debug)]
pub struct Concept {
    pub id: String,
    pub kind: ConceptKind,
    pub name: LanguageMap,
    pub is_deprecated: bool,
    /// What the values of an extension must look like, where the profile itself says so.
    pub schema: Option<Validator>,
}

/// What a concept is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConceptKind {
    Verb,
    ActivityType,
    AttachmentUsageType,
    ContextExtension,
    ResultExtension,
    ActivityExtension,
    StateResource,
    AgentProfileResource,
    ActivityProfileResource,
    Activity,
}

impl ConceptKind {
    pub const ALL: [(&'static str, ConceptKind); 10] = [
        ("Verb", ConceptKind::Verb),
        ("ActivityType", ConceptKind::ActivityType),
        ("AttachmentUsageType", ConceptKind::AttachmentUsageType),
        ("ContextExtension", ConceptKind::ContextExtension),
        ("ResultExtension", ConceptKind::ResultExtension),
        ("ActivityExtension", ConceptKind::ActivityExtension),
        ("StateResource", ConceptKind::StateResource),
        ("AgentProfileResource", ConceptKind::AgentProfileResource),
        ("ActivityProfileResource", ConceptKind::ActivityProfileResource),
        ("Activity", ConceptKind::Activity),
    ];

    pub fn is_extension(self) -> bool {
        matches!(self, Self::ContextExtension | Self::ResultExtension | Self::ActivityExtension)
    }
}

/// One way a statement may be made (Structure 8). A statement with the determining properties must keep the rules.
#[derive(Debug)]
pub struct Template {
    pub id: String,
    pub name: LanguageMap,
    pub verb: Option<String>,
    pub object_type: Option<String>,
    /// Activity types that must be among the context activities of a kind.
    pub context_types: Vec<(&'static str, Vec<String>)>,
    pub attachment_usages: Vec<String>,
    /// Templates of which the object, a reference to a statement, must match one.
    pub object_ref: Option<Vec<String>>,
    /// The same of the statement that the context refers to.
    pub context_ref: Option<Vec<String>>,
    pub rules: Vec<Rule>,
}

/// What must stand at some places of a statement (Structure 8.1).
#[derive(Debug)]
pub struct Rule {
    pub location: Path,
    pub selector: Option<Path>,
    pub presence: Option<Presence>,
    pub any: Option<Vec<Value>>,
    pub all: Option<Vec<Value>>,
    pub none: Option<Vec<Value>>,
    /// What its author has to say of it.
    pub note: LanguageMap,
}

/// Whether something must stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    Included,
    Excluded,
    Recommended,
}

impl Presence {
    pub const ALL: [(&'static str, Presence); 3] =
        [("included", Presence::Included), ("excluded", Presence::Excluded), ("recommended", Presence::Recommended)];
}

/// The statement a StatementRef means, where it is stored.
pub type Referred<'s> = dyn Fn(Uuid) -> Option<&'s Value> + 's;
