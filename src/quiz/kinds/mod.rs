//! Types of questions. A type is one file, which knows its JSON, its rules, its scoring, what it is in xAPI, and what a
//! learner and a trainer see of it. A new type is a file here and a line in [`Body`] and [`NAMES`].

mod choice;
mod numeric;
mod short_text;
mod true_false;

use serde::{Deserialize, Serialize};

use super::model::Problem;
use crate::core::LanguageMap;
use crate::web::Fields;
use crate::xapi::{Component, Interaction};

pub use choice::{Choice, MultipleChoice, SingleChoice};
pub use numeric::{Numeric, Tolerance, number_of};
pub use short_text::{ShortText, TEXT_LIMIT};
pub use true_false::TrueFalse;

/// The name of every type, in the order a trainer is offered them.
pub const NAMES: [&str; 5] = ["single-choice", "multiple-choice", "true-false", "numeric", "short-text"];

/// What a question asks, by its type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Body {
    SingleChoice(SingleChoice),
    MultipleChoice(MultipleChoice),
    TrueFalse(TrueFalse),
    Numeric(Numeric),
    ShortText(ShortText),
}

impl Body {
    /// A new question of a type, ready to be written; `None` if there is no such type.
    pub fn new(name: &str) -> Option<Self> {
        Some(match name {
            "single-choice" => Self::SingleChoice(SingleChoice::empty()),
            "multiple-choice" => Self::MultipleChoice(MultipleChoice::empty()),
            "true-false" => Self::TrueFalse(TrueFalse::default()),
            "numeric" => Self::Numeric(Numeric::default()),
            "short-text" => Self::ShortText(ShortText::default()),
            _ => return None,
        })
    }

    /// The type's name in JSON and in the locale files (`quiz-kind-NAME`).
    pub fn name(&self) -> &'static str {
        match self {
            Self::SingleChoice(_) => NAMES[0],
            Self::MultipleChoice(_) => NAMES[1],
            Self::TrueFalse(_) => NAMES[2],
            Self::Numeric(_) => NAMES[3],
            Self::ShortText(_) => NAMES[4],
        }
    }

    /// What every type can do.
    pub fn kind(&self) -> &dyn Kind {
        match self {
            Self::SingleChoice(kind) => kind,
            Self::MultipleChoice(kind) => kind,
            Self::TrueFalse(kind) => kind,
            Self::Numeric(kind) => kind,
            Self::ShortText(kind) => kind,
        }
    }

    /// The same type, as a trainer's form says it now.
    pub fn edited(&self, fields: &Fields) -> Self {
        match self {
            Self::SingleChoice(kind) => Self::SingleChoice(kind.edited(fields)),
            Self::MultipleChoice(kind) => Self::MultipleChoice(kind.edited(fields)),
            Self::TrueFalse(_) => Self::TrueFalse(TrueFalse::of(fields)),
            Self::Numeric(_) => Self::Numeric(Numeric::of(fields)),
            Self::ShortText(_) => Self::ShortText(ShortText::of(fields)),
        }
    }
}

/// A learner's answer as it is kept: the values of the form's field. Nothing means not answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Response(pub Vec<String>);

impl Response {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn holds(&self, value: &str) -> bool {
        self.0.iter().any(|own| own == value)
    }

    /// The one value of a type that has one.
    pub fn text(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }
}

/// What a type of question knows.
pub trait Kind {
    /// What has to be mended before the question can be asked.
    fn problems(&self) -> Vec<Problem>;

    /// Reads what a browser sent. An error is the code of its sentence: such an answer is not kept.
    fn accept(&self, given: &[String]) -> Result<Response, &'static str>;

    /// How right an answer is, 0 to 1.
    fn score(&self, response: &Response) -> f64;

    /// What a learner sees before anything may be revealed: never what is right, never a feedback.
    fn asked(&self) -> Asked;

    /// The right answer, for a page that may show it.
    fn solution(&self) -> Solution;

    /// Feedback that an answer calls for beyond the question's own.
    fn feedback(&self, _response: &Response) -> Vec<String> {
        Vec::new()
    }

    /// What it is in xAPI (1.0.3 Data 2.4.4.1, interaction activities).
    fn interaction(&self, language: &str) -> InteractionOf;

    /// The answer as `result.response`.
    fn response(&self, response: &Response) -> String;
}

/// The field a learner answers in.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "field", rename_all = "kebab-case")]
pub enum Asked {
    /// Some of a list.
    Options { several: bool, options: Vec<Offered> },
    /// True or false.
    Truth,
    /// A number.
    Number,
    /// A few words.
    Text,
}

/// One choice as it is offered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Offered {
    pub id: String,
    pub text: String,
}

/// What would have been right.
#[derive(Clone, Debug, PartialEq)]
pub enum Solution {
    /// These of the options.
    Options(Vec<String>),
    Truth(bool),
    /// Any of these.
    Texts(Vec<String>),
    /// This number, give or take.
    Number {
        value: f64,
        low: f64,
        high: f64,
    },
}

/// The part of an activity's definition that says how it is answered.
#[derive(Clone, Debug, PartialEq)]
pub struct InteractionOf {
    pub kind: Interaction,
    pub choices: Vec<Component>,
    /// `None` where the right answers cannot be listed: the specification discourages a pattern then.
    pub pattern: Option<Vec<String>>,
}

fn component(id: &str, language: &str, text: &str) -> Component {
    Component { id: id.to_owned(), description: LanguageMap::one(language, text) }
}

/// What only spaces and nothing fills.
fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
