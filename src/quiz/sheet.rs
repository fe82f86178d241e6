//! What one attempt asks, in the order it is shown: drawn once, when the attempt begins, and kept with it. A reload, another
//! tab or another device shows the same.

use serde::{Deserialize, Serialize};

use super::kinds::{Asked, Offered, Response};
use super::model::{Question, Quiz};
use crate::core::Dice;

/// The questions of an attempt, in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sheet(pub Vec<Drawn>);

/// One question of an attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drawn {
    pub id: String,
    /// The order of its choices, where it has any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

impl Sheet {
    /// Draws and shuffles by the settings. The same seed gives the same sheet.
    pub fn draw(quiz: &Quiz, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut places: Vec<usize> = (0..quiz.questions.len()).collect();
        if quiz.settings.draw.is_some() || quiz.settings.shuffle_questions {
            dice.shuffle(&mut places);
        }
        places.truncate(quiz.asked());
        if !quiz.settings.shuffle_questions {
            places.sort_unstable();
        }
        let drawn = places.iter().filter_map(|place| quiz.questions.get(*place)).map(|question| {
            let mut choices = match question.body.kind().asked() {
                Asked::Options { options, .. } => options.into_iter().map(|offered| offered.id).collect(),
                _ => Vec::new(),
            };
            if quiz.settings.shuffle_choices {
                dice.shuffle(&mut choices);
            }
            Drawn { id: question.id.clone(), choices }
        });
        Self(drawn.collect())
    }

    /// Reads a stored sheet.
    pub fn read(text: &str) -> crate::core::Result<Self> {
        Ok(serde_json::from_str(text)?)
    }

    /// The place of a question, from 0.
    pub fn place_of(&self, id: &str) -> Option<usize> {
        self.0.iter().position(|drawn| drawn.id == id)
    }

    /// The questions of the quiz in this order. One that the quiz no longer has is left out.
    pub fn questions<'a>(&'a self, quiz: &'a Quiz) -> impl Iterator<Item = (&'a Drawn, &'a Question)> {
        self.0.iter().filter_map(|drawn| Some((drawn, quiz.question(&drawn.id)?)))
    }
}

impl Drawn {
    /// The field of the question with its choices in this attempt's order.
    pub fn asked(&self, question: &Question) -> Asked {
        match question.body.kind().asked() {
            Asked::Options { several, mut options } => {
                let place = |offered: &Offered| self.choices.iter().position(|id| *id == offered.id);
                options.sort_by_key(|offered| place(offered).unwrap_or(usize::MAX));
                Asked::Options { several, options }
            }
            other => other,
        }
    }
}

/// The points of a whole attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct Marked {
    /// By question, in the order of the sheet.
    pub points: Vec<(String, f64)>,
    pub raw: f64,
    pub max: f64,
    /// `None` where nobody is judged.
    pub passed: Option<bool>,
}

impl Marked {
    /// Scores the answers: those that were not given earn nothing.
    pub fn of(quiz: &Quiz, sheet: &Sheet, answer: impl Fn(&str) -> Response) -> Self {
        let asked: Vec<&Question> = sheet.questions(quiz).map(|(_, question)| question).collect();
        let points: Vec<(String, f64)> =
            asked.iter().map(|question| (question.id.clone(), question.earned(&answer(&question.id)))).collect();
        let raw: f64 = points.iter().map(|(_, points)| points).sum();
        let max: f64 = asked.iter().map(|question| question.points).sum();
        let mut marked = Self { points, raw, max, passed: None };
        if quiz.settings.pass_mark > 0 {
            // Sums of thirds end a hair below what they are.
            marked.passed = Some(marked.scaled() * 100.0 + 1e-6 >= f64::from(quiz.settings.pass_mark));
        }
        marked
    }

    /// The share of the points, 0 to 1.
    pub fn scaled(&self) -> f64 {
        if self.max > 0.0 { (self.raw / self.max).clamp(0.0, 1.0) } else { 0.0 }
    }
}
