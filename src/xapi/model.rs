//! A statement as types (xAPI 1.0.3 Data 2, IEEE 9274.1.1 section 4.2). Serialising writes the JSON of the specification;
//! [`super::parse`] reads it back. A statement that came from outside also keeps its own text, see [`super::Received`].

use std::sync::Arc;

use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::format::IsoDuration;
use super::identity::Ifi;
use crate::core::{LanguageMap, RegistrationId, StatementId, Timestamp};

/// Members whose names are IRIs and whose values are anybody's (1.0.3 Data 4.1).
pub type Extensions = serde_json::Map<String, serde_json::Value>;

/// One learning event: who did what, with which result, where.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statement {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<StatementId>,
    pub actor: Actor,
    pub verb: Verb,
    pub object: Object,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// When it happened; the moment of storing if nobody said.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "moment")]
    pub timestamp: Option<Timestamp>,
    /// When it was stored. Set by the store only.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "moment")]
    pub stored: Option<Timestamp>,
    /// Who vouches for it. Set by the store only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<Actor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

impl Statement {
    /// The least a statement says.
    pub fn new(actor: impl Into<Actor>, verb: Verb, object: impl Into<Object>) -> Self {
        Self {
            id: None,
            actor: actor.into(),
            verb,
            object: object.into(),
            result: None,
            context: None,
            timestamp: None,
            stored: None,
            authority: None,
            version: None,
            attachments: Vec::new(),
        }
    }

    /// The same statement with an id of the caller's choice.
    pub fn with_id(self, id: StatementId) -> Self {
        Self { id: Some(id), ..self }
    }

    pub fn at(self, timestamp: Timestamp) -> Self {
        Self { timestamp: Some(timestamp), ..self }
    }

    pub fn with_result(self, result: Outcome) -> Self {
        Self { result: Some(result), ..self }
    }

    pub fn with_context(self, context: Context) -> Self {
        Self { context: Some(context), ..self }
    }

    /// The registration its context names.
    pub fn registration(&self) -> Option<Uuid> {
        self.context.as_ref()?.registration
    }

    /// The activity it is about, if it is about one.
    pub fn activity(&self) -> Option<&Activity> {
        match &self.object {
            Object::Activity(activity) => Some(activity),
            _ => None,
        }
    }

    /// The statement it refers to as its object.
    pub fn target(&self) -> Option<Uuid> {
        match &self.object {
            Object::StatementRef(reference) => Some(reference.id),
            _ => None,
        }
    }

    /// Its attachments and those of its sub-statement, each with its place as a JSON pointer.
    pub fn all_attachments(&self) -> impl Iterator<Item = (String, &Attachment)> {
        let of_sub = match &self.object {
            Object::SubStatement(sub) => sub.attachments.as_slice(),
            _ => &[],
        };
        let own = self.attachments.iter().enumerate().map(|(index, one)| (format!("/attachments/{index}"), one));
        own.chain(of_sub.iter().enumerate().map(|(index, one)| (format!("/object/attachments/{index}"), one)))
    }

    /// Whether it voids its target (1.0.3 Data 2.3.2).
    pub fn voids(&self) -> bool {
        self.verb.id == super::vocabulary::VOIDED
    }
}

/// A statement as the store holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Its place among all statements, by the time of storing.
    pub seq: i64,
    pub id: StatementId,
    pub stored: Timestamp,
    /// When it happened, as its maker says.
    pub occurred: Timestamp,
    /// The registration its context names, or that of the launch whose credential brought it.
    pub registration: Option<RegistrationId>,
    pub statement: Arc<Statement>,
}

/// Who acts: one person (or system), or several.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Actor {
    Agent(Agent),
    Group(Group),
}

impl Actor {
    /// The identifier, which only an anonymous group lacks.
    pub fn ifi(&self) -> Option<&Ifi> {
        match self {
            Actor::Agent(agent) => Some(&agent.ifi),
            Actor::Group(group) => group.ifi.as_ref(),
        }
    }

    pub fn name(&self) -> Option<&str> {
        match self {
            Actor::Agent(agent) => agent.name.as_deref(),
            Actor::Group(group) => group.name.as_deref(),
        }
    }
}

impl From<Agent> for Actor {
    fn from(agent: Agent) -> Self {
        Self::Agent(agent)
    }
}

impl From<Group> for Actor {
    fn from(group: Group) -> Self {
        Self::Group(group)
    }
}

/// One person or system, known by exactly one identifier (1.0.3 Data 2.4.2.1).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "objectType")]
pub struct Agent {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(flatten)]
    pub ifi: Ifi,
}

impl Agent {
    /// An agent known by its account in a system.
    pub fn account(home_page: impl Into<String>, name: impl Into<String>) -> Self {
        Self { name: None, ifi: Ifi::Account { home_page: home_page.into(), name: name.into() } }
    }

    pub fn mbox(mailto: impl Into<String>) -> Self {
        Self { name: None, ifi: Ifi::Mbox(mailto.into()) }
    }

    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }
}

/// Several agents; without an identifier it is these members and no more (1.0.3 Data 2.4.2.2).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "objectType")]
pub struct Group {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(flatten)]
    pub ifi: Option<Ifi>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub member: Vec<Agent>,
}

/// What was done (1.0.3 Data 2.4.3).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verb {
    pub id: String,
    #[serde(skip_serializing_if = "no_language")]
    pub display: LanguageMap,
}

impl Verb {
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), display: LanguageMap::default() }
    }
}

/// What it was done to (1.0.3 Data 2.4.4).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Object {
    Activity(Activity),
    Agent(Agent),
    Group(Group),
    StatementRef(StatementRef),
    SubStatement(Box<SubStatement>),
}

impl From<Activity> for Object {
    fn from(activity: Activity) -> Self {
        Self::Activity(activity)
    }
}

impl From<StatementRef> for Object {
    fn from(reference: StatementRef) -> Self {
        Self::StatementRef(reference)
    }
}

/// A thing one can do or use (1.0.3 Data 2.4.4.1).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "objectType")]
pub struct Activity {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<Box<Definition>>,
}

impl Activity {
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), definition: None }
    }

    /// The activity with a name and a type, which is what a reader of a report needs.
    pub fn described(id: impl Into<String>, name: LanguageMap, kind: &str) -> Self {
        let definition = Definition { name, kind: Some(kind.to_owned()), ..Definition::default() };
        Self { id: id.into(), definition: Some(Box::new(definition)) }
    }
}

/// What is known of an activity.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Definition {
    #[serde(skip_serializing_if = "no_language")]
    pub name: LanguageMap,
    #[serde(skip_serializing_if = "no_language")]
    pub description: LanguageMap,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more_info: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interaction_type: Option<Interaction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correct_responses_pattern: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Component>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scale: Vec<Component>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<Component>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub target: Vec<Component>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Component>,
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// Kinds of question, as in SCORM 2004's `cmi.interactions.n.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interaction {
    TrueFalse,
    Choice,
    FillIn,
    LongFillIn,
    Matching,
    Performance,
    Sequencing,
    Likert,
    Numeric,
    Other,
}

impl Interaction {
    pub const ALL: [(&'static str, Interaction); 10] = [
        ("true-false", Interaction::TrueFalse),
        ("choice", Interaction::Choice),
        ("fill-in", Interaction::FillIn),
        ("long-fill-in", Interaction::LongFillIn),
        ("matching", Interaction::Matching),
        ("performance", Interaction::Performance),
        ("sequencing", Interaction::Sequencing),
        ("likert", Interaction::Likert),
        ("numeric", Interaction::Numeric),
        ("other", Interaction::Other),
    ];

    /// The kind of that name; names are case-sensitive.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, kind)| kind)
    }
}

/// One possible answer, step or partner of a question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Component {
    pub id: String,
    #[serde(skip_serializing_if = "no_language")]
    pub description: LanguageMap,
}

/// Another statement, named by its id.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "objectType")]
pub struct StatementRef {
    pub id: Uuid,
}

/// A statement that is told of, not made (1.0.3 Data 2.4.4.3). Its object is never another sub-statement.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "objectType")]
pub struct SubStatement {
    pub actor: Actor,
    pub verb: Verb,
    pub object: Object,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "moment")]
    pub timestamp: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// What came of it: xAPI's `result` (1.0.3 Data 2.4.5).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Outcome {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<IsoDuration>,
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// How well (1.0.3 Data 2.4.5.1).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Score {
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "figure")]
    pub scaled: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "figure")]
    pub raw: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "figure")]
    pub min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "figure")]
    pub max: Option<f64>,
}

/// In which setting (1.0.3 Data 2.4.6; `context_agents` and `context_groups` are of 2.0).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Context {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructor: Option<Actor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<Group>,
    #[serde(skip_serializing_if = "ContextActivities::is_empty")]
    pub context_activities: ContextActivities,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub context_agents: Vec<ContextAgent>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub context_groups: Vec<ContextGroup>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<StatementRef>,
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// Activities around the object, by what they are to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ContextActivities {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parent: Vec<Activity>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grouping: Vec<Activity>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub category: Vec<Activity>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other: Vec<Activity>,
}

impl ContextActivities {
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// All of them, whatever they are to the object.
    pub fn iter(&self) -> impl Iterator<Item = &Activity> {
        self.parent.iter().chain(&self.grouping).chain(&self.category).chain(&self.other)
    }
}

/// Somebody else who mattered, and how (2.0 section 4.2.2).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "objectType", rename = "contextAgent", rename_all = "camelCase")]
pub struct ContextAgent {
    pub agent: Agent,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relevant_types: Vec<String>,
}

/// A group that mattered, and how (2.0 section 4.2.2).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "objectType", rename = "contextGroup", rename_all = "camelCase")]
pub struct ContextGroup {
    pub group: Group,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relevant_types: Vec<String>,
}

/// A document that belongs to the statement (1.0.3 Data 2.4.11).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    pub usage_type: String,
    pub display: LanguageMap,
    #[serde(skip_serializing_if = "no_language")]
    pub description: LanguageMap,
    pub content_type: String,
    pub length: u64,
    pub sha2: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_url: Option<String>,
}

fn no_language(map: &LanguageMap) -> bool {
    map.0.is_empty()
}

#[expect(clippy::ref_option, reason = "serde passes the field by reference")]
fn moment<S: Serializer>(moment: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    moment.map(exact).serialize(serializer)
}

/// The moment with all the digits we keep (XAPI-00122), so that what `stored` says can be asked for again by `since` and
/// `until`.
pub fn exact(moment: Timestamp) -> String {
    format!("{:.6}", moment.jiff())
}

/// Whole figures without a fraction: `80`, not `80.0`.
#[expect(clippy::ref_option, reason = "serde passes the field by reference")]
fn figure<S: Serializer>(figure: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match figure {
        // Below 2^53 every whole float is that integer exactly.
        Some(figure) if figure.fract() == 0.0 && figure.abs() < 9e15 => serializer.serialize_i64(*figure as i64),
        other => other.serialize(serializer),
    }
}
