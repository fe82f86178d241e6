//! What a quiz is: its settings and its questions.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::kinds::{Body, number_of};
use crate::web::Fields;

/// The language quizzes are written in.
pub const LANGUAGE: &str = "fr";
/// Most questions of one quiz.
pub const QUESTIONS: usize = 200;
/// Most bytes of one text.
pub const TEXT_LONGEST: usize = 5_000;
/// Most points of one question.
const POINTS: usize = 100;
/// Longest time limit: a day.
const MINUTES: usize = 1_440;
/// Most attempts that can be counted out.
const ATTEMPTS: usize = 100;

/// A quiz as it is stored: the draft of its package, and the content of each version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quiz {
    /// Shown before it begins.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub introduction: String,
    pub settings: Settings,
    pub questions: Vec<Question>,
    /// Questions a trainer took out and may put back, with the place they had. Left behind on publishing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<Removed>,
}

/// A question that was taken out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Removed {
    pub place: usize,
    pub question: Question,
}

/// How a quiz runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Per cent of the points from which it is passed; 0: nobody is judged.
    pub pass_mark: u32,
    /// How often it may be tried; 0: as often as one likes.
    pub attempts: usize,
    pub shuffle_questions: bool,
    pub shuffle_choices: bool,
    /// How many questions of all are asked in an attempt; `None`: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draw: Option<usize>,
    /// When what the trainer says to an answer is shown, with whether it was right.
    pub feedback: Shown,
    /// When the right answers are shown.
    pub solutions: Shown,
    /// Time for an attempt, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<usize>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pass_mark: 70,
            attempts: 0,
            shuffle_questions: false,
            shuffle_choices: true,
            draw: None,
            feedback: Shown::Submitted,
            solutions: Shown::Over,
            minutes: None,
        }
    }
}

/// When something is shown to the learner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// As soon as a question's answer is confirmed, which can then not be changed.
    Answered,
    /// When the attempt is submitted.
    Submitted,
    /// When it is passed, or no attempt is left.
    Over,
    Never,
}

impl Shown {
    pub const ALL: [Self; 4] = [Self::Answered, Self::Submitted, Self::Over, Self::Never];

    /// The stable word, also in the locale files (`quiz-shown-WORD`).
    pub fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Submitted => "submitted",
            Self::Over => "over",
            Self::Never => "never",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shown| shown.word() == word)
    }

    /// Whether it may be shown of an attempt that has come so far.
    pub fn reached(self, stage: Stage) -> bool {
        match self {
            Self::Answered => stage >= Stage::Confirmed,
            Self::Submitted => stage >= Stage::Submitted,
            Self::Over => stage >= Stage::Over,
            Self::Never => false,
        }
    }
}

/// How far one question of an attempt has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Open,
    Confirmed,
    Submitted,
    Over,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The same in every version.
    pub id: String,
    pub prompt: String,
    pub points: f64,
    /// Said to everybody who answered, when feedback is shown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub feedback: String,
    #[serde(flatten)]
    pub body: Body,
}

impl Question {
    /// An empty question of a type; `None` if there is no such type.
    pub fn new(kind: &str) -> Option<Self> {
        let body = Body::new(kind)?;
        Some(Self { id: fresh_id(), prompt: String::new(), points: 1.0, feedback: String::new(), body })
    }

    /// What has to be mended before it can be asked.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.prompt.trim().is_empty() {
            problems.push(Problem::new("quiz-prompt-empty"));
        }
        if self.prompt.len() > TEXT_LONGEST || self.feedback.len() > TEXT_LONGEST {
            problems.push(Problem::new("quiz-text-too-long"));
        }
        if !(self.points > 0.0 && self.points <= POINTS as f64) {
            problems.push(Problem::new("quiz-points-invalid").number(POINTS));
        }
        problems.extend(self.body.kind().problems());
        problems
    }

    /// The question as a trainer's form says it now.
    pub fn edited(&self, fields: &Fields) -> Self {
        Self {
            id: self.id.clone(),
            prompt: fields.prose("prompt"),
            // Told by the checklist if it is no number.
            points: number_of(fields.text("points")).unwrap_or(0.0),
            feedback: fields.prose("feedback"),
            body: self.body.edited(fields),
        }
    }

    /// The points an answer earns.
    pub fn earned(&self, response: &super::kinds::Response) -> f64 {
        self.points * self.body.kind().score(response).clamp(0.0, 1.0)
    }
}

impl Settings {
    /// The settings as a trainer's form says them now.
    pub fn of(fields: &Fields) -> Self {
        let default = Self::default();
        let counted = |name: &str| fields.whole::<usize>(name).filter(|number| *number > 0);
        Self {
            pass_mark: if fields.text("judged") == "no" {
                0
            } else {
                fields.whole("pass-mark").unwrap_or(0).min(1_000)
            },
            attempts: counted("attempts").unwrap_or(0),
            shuffle_questions: fields.is_set("shuffle-questions"),
            shuffle_choices: fields.is_set("shuffle-choices"),
            draw: counted("draw"),
            feedback: Shown::of_word(fields.text("feedback")).unwrap_or(default.feedback),
            solutions: Shown::of_word(fields.text("solutions")).unwrap_or(default.solutions),
            minutes: counted("minutes"),
        }
    }

    fn problems(&self, questions: usize) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.pass_mark > 100 {
            problems.push(Problem::new("quiz-pass-mark-invalid"));
        }
        if self.attempts > ATTEMPTS {
            problems.push(Problem::new("quiz-attempts-invalid").number(ATTEMPTS));
        }
        if self.minutes.is_some_and(|minutes| minutes > MINUTES) {
            problems.push(Problem::new("quiz-minutes-invalid").number(MINUTES));
        }
        if self.draw.is_some_and(|draw| draw > questions) {
            problems.push(Problem::new("quiz-draw-too-many").number(questions));
        }
        problems
    }

    /// Whether a learner confirms each answer, to be told something at once.
    pub fn confirms(&self) -> bool {
        self.feedback == Shown::Answered || self.solutions == Shown::Answered
    }
}

impl Quiz {
    /// Reads a stored quiz.
    pub fn read(text: &str) -> crate::core::Result<Self> {
        Ok(serde_json::from_str(text)?)
    }

    /// What has to be mended before it can be published: of the whole first, then by question.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        match self.questions.len() {
            0 => problems.push(Problem::new("quiz-without-question")),
            count if count > QUESTIONS => problems.push(Problem::new("quiz-questions-too-many").number(QUESTIONS)),
            _ => {}
        }
        if self.introduction.len() > TEXT_LONGEST {
            problems.push(Problem::new("quiz-text-too-long"));
        }
        problems.extend(self.settings.problems(self.questions.len()));
        let mut ids = BTreeSet::new();
        for (place, question) in self.questions.iter().enumerate() {
            let id = &question.id;
            if !is_id(id) || !ids.insert(id) {
                problems.push(Problem::new("quiz-question-id").of(place, id));
            }
            problems.extend(question.problems().into_iter().map(|problem| problem.of(place, id)));
        }
        problems
    }

    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }

    pub fn place_of(&self, id: &str) -> Option<usize> {
        self.questions.iter().position(|question| question.id == id)
    }

    /// How many questions an attempt asks.
    pub fn asked(&self) -> usize {
        self.settings.draw.unwrap_or(usize::MAX).min(self.questions.len())
    }
}

/// Something a trainer has to mend, told by its code (`quiz-problem-CODE` without the `quiz-` in the locale files).
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Stable, kebab-case.
    pub code: &'static str,
    /// The number its sentence names.
    pub n: Option<usize>,
    /// The question it is about: its place from 0, and its id.
    pub question: Option<(usize, String)>,
}

impl Problem {
    pub fn new(code: &'static str) -> Self {
        Self { code, n: None, question: None }
    }

    /// With the number that its sentence shows.
    pub fn number(self, n: usize) -> Self {
        Self { n: Some(n), ..self }
    }

    fn of(self, place: usize, id: &str) -> Self {
        Self { question: Some((place, id.to_owned())), ..self }
    }
}

/// A fresh identifier of a question or choice: short, safe in a form, an address, an IRI and xAPI's delimiters.
pub fn fresh_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()[..12].to_owned()
}

/// Whether it is an identifier of that kind; imports bring their own words.
pub fn is_id(id: &str) -> bool {
    (1..=40).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
