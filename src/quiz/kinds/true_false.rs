//! A sentence that is true or false.

use serde::{Deserialize, Serialize};

use super::{Asked, InteractionOf, Kind, Response, Solution};
use crate::quiz::model::Problem;
use crate::web::Fields;
use crate::xapi::Interaction;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrueFalse {
    /// Whether the sentence is true.
    pub answer: bool,
}

impl Default for TrueFalse {
    fn default() -> Self {
        Self { answer: true }
    }
}

impl TrueFalse {
    pub fn of(fields: &Fields) -> Self {
        Self { answer: fields.text("answer") != "false" }
    }

    fn word(&self) -> &'static str {
        if self.answer { "true" } else { "false" }
    }
}

impl Kind for TrueFalse {
    fn problems(&self) -> Vec<Problem> {
        Vec::new()
    }

    fn accept(&self, given: &[String]) -> Result<Response, &'static str> {
        match given {
            [] => Ok(Response::default()),
            [word] if word == "true" || word == "false" => Ok(Response(vec![word.clone()])),
            [_] => Err("quiz-answer-unknown-choice"),
            _ => Err("quiz-answer-one-choice"),
        }
    }

    fn score(&self, response: &Response) -> f64 {
        f64::from(u8::from(response.0 == [self.word()]))
    }

    fn asked(&self) -> Asked {
        Asked::Truth
    }

    fn solution(&self) -> Solution {
        Solution::Truth(self.answer)
    }

    fn interaction(&self, _language: &str) -> InteractionOf {
        InteractionOf { kind: Interaction::TrueFalse, choices: Vec::new(), pattern: Some(vec![self.word().to_owned()]) }
    }

    fn response(&self, response: &Response) -> String {
        response.text().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn true_is_not_false_and_nothing_is_neither() {
        let sentence = TrueFalse { answer: false };
        let score = |word: &str| sentence.score(&Response(vec![word.to_owned()]));
        assert_eq!((score("false"), score("true"), sentence.score(&Response::default())), (1.0, 0.0, 0.0));
        assert_eq!(sentence.accept(&["maybe".to_owned()]), Err("quiz-answer-unknown-choice"));
        assert_eq!(sentence.interaction("fr").pattern, Some(vec!["false".to_owned()]));
    }
}
