//! One right answer of several, or several of them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Asked, InteractionOf, Kind, Offered, Response, Solution, component, is_blank};
use crate::quiz::model::{Problem, TEXT_LONGEST, fresh_id, is_id};
use crate::web::Fields;
use crate::xapi::Interaction;

/// Most choices of one question.
const CHOICES: usize = 20;

/// One thing to choose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// The same in every version, so that answers can be counted.
    pub id: String,
    pub text: String,
    pub correct: bool,
    /// Told to whoever chose it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub feedback: String,
}

/// Exactly one is right.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SingleChoice {
    pub choices: Vec<Choice>,
}

/// Any number may be right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MultipleChoice {
    pub choices: Vec<Choice>,
    /// Whether a part of the right choices earns a part of the points.
    pub partial: bool,
}

impl Default for MultipleChoice {
    fn default() -> Self {
        Self { choices: Vec::new(), partial: true }
    }
}

impl SingleChoice {
    /// With two choices to fill in.
    pub fn empty() -> Self {
        let mut choices = vec![blank(), blank()];
        choices[0].correct = true;
        Self { choices }
    }

    pub fn edited(&self, fields: &Fields) -> Self {
        Self { choices: choices_of(fields) }
    }
}

impl MultipleChoice {
    /// With three choices to fill in.
    pub fn empty() -> Self {
        Self { choices: vec![blank(), blank(), blank()], ..Self::default() }
    }

    pub fn edited(&self, fields: &Fields) -> Self {
        Self { choices: choices_of(fields), partial: fields.is_set("partial") }
    }
}

fn blank() -> Choice {
    Choice { id: fresh_id(), ..Choice::default() }
}

/// The choices as a form lists them: one `choice` each, with `choice-text-ID`, `choice-feedback-ID`, and `correct` among
/// those that are right. `add-choice` adds one, `remove-choice` names one to leave out.
fn choices_of(fields: &Fields) -> Vec<Choice> {
    let correct = fields.all("correct");
    let removed = fields.text("remove-choice");
    let mut seen = BTreeSet::new();
    let mut choices: Vec<Choice> = fields
        .all("choice")
        .into_iter()
        .filter(|id| is_id(id) && *id != removed && seen.insert((*id).to_owned()))
        .take(CHOICES)
        .map(|id| Choice {
            id: id.to_owned(),
            text: fields.text(&format!("choice-text-{id}")).trim().to_owned(),
            correct: correct.contains(&id),
            feedback: fields.text(&format!("choice-feedback-{id}")).trim().to_owned(),
        })
        .collect();
    if fields.is_set("add-choice") && choices.len() < CHOICES {
        choices.push(blank());
    }
    choices
}

fn problems(choices: &[Choice], one_right: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    if choices.len() < 2 {
        problems.push(Problem::new("quiz-choices-too-few"));
    }
    if choices.len() > CHOICES {
        problems.push(Problem::new("quiz-choices-too-many").number(CHOICES));
    }
    if choices.iter().any(|choice| is_blank(&choice.text)) {
        problems.push(Problem::new("quiz-choice-empty"));
    }
    if choices.iter().any(|choice| choice.text.len() > TEXT_LONGEST || choice.feedback.len() > TEXT_LONGEST) {
        problems.push(Problem::new("quiz-text-too-long"));
    }
    let mut ids = BTreeSet::new();
    if !choices.iter().all(|choice| is_id(&choice.id) && ids.insert(&choice.id)) {
        problems.push(Problem::new("quiz-choice-id"));
    }
    let mut texts = BTreeSet::new();
    if !choices.iter().filter(|choice| !is_blank(&choice.text)).all(|choice| texts.insert(choice.text.trim())) {
        problems.push(Problem::new("quiz-choice-twice"));
    }
    match choices.iter().filter(|choice| choice.correct).count() {
        0 => problems.push(Problem::new("quiz-choice-none-correct")),
        2.. if one_right => problems.push(Problem::new("quiz-choice-several-correct")),
        _ => {}
    }
    problems
}

fn right_ids(choices: &[Choice]) -> Vec<String> {
    choices.iter().filter(|choice| choice.correct).map(|choice| choice.id.clone()).collect()
}

/// A question of choices: one type asks for one of them, the other for several; all else is the same.
trait OfChoices {
    fn choices(&self) -> &[Choice];

    /// Whether several may be chosen.
    const SEVERAL: bool;

    /// Whether a part of the right choices earns a part of the points.
    fn is_partial(&self) -> bool;
}

impl OfChoices for SingleChoice {
    const SEVERAL: bool = false;

    fn choices(&self) -> &[Choice] {
        &self.choices
    }

    fn is_partial(&self) -> bool {
        false
    }
}

impl OfChoices for MultipleChoice {
    const SEVERAL: bool = true;

    fn choices(&self) -> &[Choice] {
        &self.choices
    }

    fn is_partial(&self) -> bool {
        self.partial
    }
}

impl<Q: OfChoices> Kind for Q {
    fn problems(&self) -> Vec<Problem> {
        problems(self.choices(), !Q::SEVERAL)
    }

    fn accept(&self, given: &[String]) -> Result<Response, &'static str> {
        let known = |id: &String| self.choices().iter().any(|choice| choice.id == *id);
        if !given.iter().all(known) {
            return Err("quiz-answer-unknown-choice");
        }
        // In the order of the question, each once: the same answer is the same text.
        let ids = self.choices().iter().map(|choice| choice.id.clone());
        let taken: Vec<String> = ids.filter(|id| given.contains(id)).collect();
        if !Q::SEVERAL && taken.len() > 1 {
            return Err("quiz-answer-one-choice");
        }
        Ok(Response(taken))
    }

    /// Each right choice earns its part, each wrong one loses its part of the wrong ones: choosing everything earns
    /// nothing, and nothing is ever less than nothing. Where parts do not count, all of it has to be right.
    fn score(&self, response: &Response) -> f64 {
        let count = |correct: bool, chosen: bool| {
            let is = |choice: &&Choice| choice.correct == correct && (!chosen || response.holds(&choice.id));
            self.choices().iter().filter(is).count() as f64
        };
        let (right, wrong) = (count(true, false), count(false, false));
        let (hits, slips) = (count(true, true), count(false, true));
        if right == 0.0 {
            return 0.0;
        }
        if !self.is_partial() {
            return f64::from(u8::from(hits == right && slips == 0.0));
        }
        let lost = if wrong == 0.0 { 0.0 } else { slips / wrong };
        (hits / right - lost).clamp(0.0, 1.0)
    }

    fn asked(&self) -> Asked {
        let offered = |choice: &Choice| Offered { id: choice.id.clone(), text: choice.text.clone() };
        Asked::Options { several: Q::SEVERAL, options: self.choices().iter().map(offered).collect() }
    }

    fn solution(&self) -> Solution {
        Solution::Options(right_ids(self.choices()))
    }

    fn feedback(&self, response: &Response) -> Vec<String> {
        let told = |choice: &&Choice| response.holds(&choice.id) && !is_blank(&choice.feedback);
        self.choices().iter().filter(told).map(|choice| choice.feedback.clone()).collect()
    }

    fn interaction(&self, language: &str) -> InteractionOf {
        let choices = self.choices();
        InteractionOf {
            kind: Interaction::Choice,
            choices: choices.iter().map(|choice| component(&choice.id, language, &choice.text)).collect(),
            pattern: Some(vec![right_ids(choices).join("[,]")]),
        }
    }

    fn response(&self, response: &Response) -> String {
        response.0.join("[,]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colours(partial: bool) -> MultipleChoice {
        let choice = |id: &str, correct| Choice { id: id.into(), text: id.into(), correct, feedback: String::new() };
        MultipleChoice {
            choices: vec![choice("red", true), choice("blue", true), choice("cat", false), choice("dog", false)],
            partial,
        }
    }

    fn chosen(ids: &[&str]) -> Response {
        Response(ids.iter().map(|id| (*id).to_owned()).collect())
    }

    #[test]
    fn a_part_of_the_right_choices_earns_a_part_and_guessing_everything_nothing() {
        let question = colours(true);
        let score = |ids: &[&str]| question.score(&chosen(ids));
        assert_eq!((score(&["red", "blue"]), score(&["red"]), score(&[])), (1.0, 0.5, 0.0));
        assert_eq!((score(&["red", "blue", "cat"]), score(&["cat", "dog"])), (0.5, 0.0));
        assert_eq!(score(&["red", "blue", "cat", "dog"]), 0.0);
        assert_eq!(colours(false).score(&chosen(&["red"])), 0.0);
        assert_eq!(colours(false).score(&chosen(&["red", "blue"])), 1.0);
    }

    #[test]
    fn only_offered_choices_are_accepted_and_the_order_of_clicks_does_not_matter() {
        let given = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert_eq!(colours(true).accept(&given(&["blue", "red"])), Ok(chosen(&["red", "blue"])));
        assert_eq!(colours(true).accept(&given(&["blue", "green"])), Err("quiz-answer-unknown-choice"));
        let single = SingleChoice { choices: colours(true).choices };
        assert_eq!(single.accept(&given(&["blue", "red"])), Err("quiz-answer-one-choice"));
        assert_eq!(single.accept(&[]), Ok(Response::default()));
    }

    #[test]
    fn xapi_reads_several_choices_apart_by_its_delimiter() {
        let said = colours(true).interaction("fr");
        assert_eq!(said.pattern, Some(vec!["red[,]blue".to_owned()]));
        assert_eq!(colours(true).response(&chosen(&["red", "cat"])), "red[,]cat");
    }

    #[test]
    fn what_cannot_be_asked_is_told() {
        let codes = |question: SingleChoice| question.problems().iter().map(|p| p.code).collect::<Vec<_>>();
        assert_eq!(codes(SingleChoice::empty()), ["quiz-choice-empty"]);
        assert_eq!(codes(SingleChoice { choices: colours(true).choices }), ["quiz-choice-several-correct"]);
        assert_eq!(codes(SingleChoice::default()), ["quiz-choices-too-few", "quiz-choice-none-correct"]);
    }
}
