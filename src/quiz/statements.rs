//! What a submitted attempt says: one `answered` a question that was answered, then how the quiz went.

use super::kinds::Response;
use super::model::{LANGUAGE, Question};
use super::sheet::Marked;
use crate::core::{LanguageMap, Timestamp};
use crate::runtime::Visit;
use crate::xapi::vocabulary::{ANSWERED, COMPLETED, FAILED, INITIALIZED, PASSED, TERMINATED, kind};
use crate::xapi::{Activity, Definition, IsoDuration, Outcome, Score, Statement};

/// An attempt began.
pub fn begun(visit: &Visit) -> Statement {
    visit.about(INITIALIZED)
}

/// One answer, with the question as its activity (1.0.3 Data 2.4.4.1).
pub fn answered(visit: &Visit, question: &Question, response: &Response, points: f64, at: Timestamp) -> Statement {
    let kind = question.body.kind();
    let interaction = kind.interaction(LANGUAGE);
    let definition = Definition {
        description: LanguageMap::one(LANGUAGE, &question.prompt),
        kind: Some(kind::INTERACTION.to_owned()),
        interaction_type: Some(interaction.kind),
        correct_responses_pattern: interaction.pattern,
        choices: interaction.choices,
        ..Definition::default()
    };
    let part = Activity {
        id: format!("{}/questions/{}", visit.activity.iri, question.id),
        definition: Some(Box::new(definition)),
    };
    let result = Outcome {
        score: Some(score(points, question.points)),
        success: Some(points >= question.points),
        response: Some(kind.response(response)),
        ..Outcome::default()
    };
    visit.about_part(ANSWERED, part).with_result(result).at(at)
}

/// How the attempt went that ended at `at`. `is_over`: nothing is left to try. A quiz is completed when it is passed, when nobody is judged, or
/// when no attempt is left; a failed attempt alone completes nothing.
pub fn submitted(visit: &Visit, marked: &Marked, seconds: f64, is_over: bool, at: Timestamp) -> Vec<Statement> {
    let result = || Outcome {
        score: Some(score(marked.raw, marked.max)),
        success: marked.passed,
        completion: Some(is_over),
        ..Outcome::default()
    };
    let mut said = Vec::new();
    if is_over {
        let result = Outcome { success: None, ..result() };
        said.push(visit.about(COMPLETED).with_result(result));
    }
    if let Some(passed) = marked.passed {
        said.push(visit.about(if passed { PASSED } else { FAILED }).with_result(result()));
    }
    // The time of each attempt adds up: told once, with its end.
    let ended = Outcome { duration: Some(IsoDuration::from_seconds(seconds)), ..Outcome::default() };
    said.push(visit.about(TERMINATED).with_result(ended));
    said.into_iter().map(|statement| statement.at(at)).collect()
}

fn score(raw: f64, max: f64) -> Score {
    let scaled = if max > 0.0 { (raw / max).clamp(0.0, 1.0) } else { 0.0 };
    let round = |figure: f64| (figure * 1e4).round() / 1e4;
    Score { scaled: Some(round(scaled)), raw: Some(round(raw)), min: Some(0.0), max: Some(round(max)) }
}
