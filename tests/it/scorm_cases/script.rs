//! The cases as they are written; their README says what each field means.

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub fn read<T: DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[derive(Deserialize)]
pub struct Indexed {
    pub case: String,
}

#[derive(Deserialize)]
pub struct Case {
    #[serde(default)]
    pub requires: Vec<String>,
    pub start: Step,
    pub visits: Vec<Visit>,
    pub ends: Ends,
}

#[derive(Deserialize)]
pub struct Step {
    pub nav: String,
    pub by: String,
    /// Of a relaunch: what the learner asks for before.
    pub before: Option<String>,
    /// Of a relaunch: the state of the session before it.
    pub session: Option<String>,
    /// Of a relaunch: the item chosen then.
    pub choose: Option<String>,
}

#[derive(Deserialize)]
pub struct Ends {
    pub checked: bool,
}

#[derive(Deserialize)]
pub struct Visit {
    pub activity: String,
    pub launch: String,
    pub content: String,
    #[serde(default)]
    pub ui: Vec<Question>,
    #[serde(default)]
    pub calls: Vec<Call>,
    #[serde(default)]
    pub unload: Vec<Call>,
    pub then: Step,
}

#[derive(Deserialize)]
pub struct Question {
    pub about: String,
    pub is: String,
    pub item: Option<String>,
    pub question: String,
    pub expect: bool,
}

#[derive(Clone, Deserialize)]
pub struct Call {
    #[serde(rename = "fn")]
    pub function: String,
    pub element: Option<String>,
    pub value: Option<String>,
    pub expect: Option<Value>,
    pub error: Option<Value>,
    pub compare: Option<String>,
    pub n: Option<Lookup>,
}

/// The index of an entry, by its identifier.
#[derive(Clone, Deserialize)]
pub struct Lookup {
    #[serde(rename = "in")]
    pub collection: String,
    pub id: String,
}
