//! What a statement means for progress. Pure: the same statements in the same order give the same rows.

use super::model::{ActivityProgress, Completion, Figures, Success};
use crate::core::{Timestamp, scaled};
use crate::xapi::vocabulary::{
    ABANDONED, COMPLETED, FAILED, INITIALIZED, LAUNCHED, PASSED, REGISTERED, SATISFIED, TERMINATED, WAIVED, category,
    extension,
};
use crate::xapi::{Outcome, Statement};

/// Content that speaks neither cmi5 nor SCORM ends with this verb of the ADL vocabulary.
const EXITED: &str = "http://adlnet.gov/expapi/verbs/exited";

/// Whether a statement about a cmi5 course judges it: one that is "cmi5 defined" (9.3, 9.6.2.1). What a unit says beside is a
/// sign of life, whatever its verb is.
pub fn is_cmi5_defined(statement: &Statement) -> bool {
    has_category(statement, category::CMI5)
        && matches!(
            statement.verb.id.as_str(),
            LAUNCHED | INITIALIZED | COMPLETED | PASSED | FAILED | TERMINATED | ABANDONED | WAIVED | SATISFIED
        )
}

/// Takes one more statement about the activity (or the course) into account. `at` is when it was stored: the clock of
/// whoever sent it is not to be believed. One that does not `judge` changes neither outcome nor time.
pub fn apply(row: &mut ActivityProgress, statement: &Statement, at: Timestamp, judges: bool) {
    row.first_at = row.first_at.min(at);
    row.last_at = row.last_at.max(at);
    let verb = statement.verb.id.as_str();
    if verb == REGISTERED {
        return;
    }
    row.completion = row.completion.max(Completion::Incomplete);
    let none = Outcome::default();
    let result = statement.result.as_ref().unwrap_or(&none);
    if let Some(progress) = told_progress(result) {
        row.progress = Some(progress);
    }
    if !judges {
        return;
    }
    if completes(statement, verb, result) {
        row.completion = Completion::Completed;
        row.completed_at.get_or_insert(at);
    }
    let judged = judgement(verb, result);
    take_score(row, result);
    // A pass is kept: a later worse try does not take it away.
    if let Some(judged) = judged.filter(|_| row.success != Success::Passed) {
        row.success = judged;
    }
    let duration = result.duration.as_ref().map_or(0, |duration| duration.hundredths());
    match verb {
        TERMINATED | ABANDONED | EXITED => row.hundredths = row.hundredths.saturating_add(duration),
        // Content without an end of its own tells its time with its result.
        COMPLETED | PASSED | FAILED if !has_sessions(statement) => row.hundredths = row.hundredths.max(duration),
        _ => {}
    }
}

fn completes(statement: &Statement, verb: &str, result: &Outcome) -> bool {
    match verb {
        COMPLETED | SATISFIED | WAIVED => true,
        // cmi5 9.3 keeps passed and completed apart; plain xAPI content often says only one of them.
        PASSED => result.completion.unwrap_or(!has_category(statement, category::CMI5)),
        _ => result.completion == Some(true),
    }
}

fn judgement(verb: &str, result: &Outcome) -> Option<Success> {
    match (verb, result.success) {
        (PASSED, _) | (_, Some(true)) => Some(Success::Passed),
        (FAILED, _) | (_, Some(false)) => Some(Success::Failed),
        _ => None,
    }
}

fn take_score(row: &mut ActivityProgress, result: &Outcome) {
    let Some(score) = &result.score else { return };
    let told = Figures {
        // Without a highest score nobody knows how good a raw one is.
        scaled: score.scaled.or_else(|| scaled(score.raw?, score.min.unwrap_or(0.0), score.max?)),
        raw: score.raw,
        min: score.min,
        max: score.max,
    };
    let better = told.scaled.unwrap_or(f64::MIN) > row.score.scaled.unwrap_or(f64::MIN);
    // What was passed keeps its score unless a better one comes.
    if row.success != Success::Passed || better {
        row.score = told;
    }
}

/// cmi5 9.5.5.3 tells per cent, the video profile a part of one.
fn told_progress(result: &Outcome) -> Option<f64> {
    let number = |key: &str| result.extensions.get(key).and_then(serde_json::Value::as_f64);
    let told = number(extension::PROGRESS).map(|percent| percent / 100.0).or_else(|| number(extension::VIDEO_PROGRESS));
    told.filter(|progress| progress.is_finite()).map(|progress| progress.clamp(0.0, 1.0))
}

/// Whether the activity's time is told when a session ends.
fn has_sessions(statement: &Statement) -> bool {
    [category::CMI5, category::SCORM, category::VIDEO].iter().any(|known| has_category(statement, known))
}

fn has_category(statement: &Statement, iri: &str) -> bool {
    let context = statement.context.as_ref();
    context.is_some_and(|context| context.context_activities.category.iter().any(|category| category.id == iri))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xapi::vocabulary::{context, event};
    use crate::xapi::{Activity, Agent, IsoDuration, Score};

    fn told(verb: &str, categories: &[&str], result: Outcome) -> Statement {
        event(Agent::account("http://a", "b"), verb, Activity::new("http://x"))
            .with_context(context(uuid::Uuid::nil(), categories, Vec::new(), Vec::new()))
            .with_result(result)
    }

    fn fold(statements: &[Statement]) -> ActivityProgress {
        let mut row = ActivityProgress::begun(Timestamp(1));
        for (at, statement) in statements.iter().enumerate() {
            apply(&mut row, statement, Timestamp(1 + at as i64), true);
        }
        row
    }

    fn scored(scaled: f64) -> Outcome {
        Outcome { score: Some(Score { scaled: Some(scaled), ..Score::default() }), ..Outcome::default() }
    }

    fn lasting(seconds: f64) -> Outcome {
        Outcome { duration: Some(IsoDuration::from_seconds(seconds)), ..Outcome::default() }
    }

    #[test]
    fn opening_is_a_beginning_and_completing_stays() {
        assert_eq!(fold(&[told(INITIALIZED, &[], Outcome::default())]).completion, Completion::Incomplete);
        let incomplete = Outcome { completion: Some(false), ..Outcome::default() };
        let row = fold(&[told(COMPLETED, &[], Outcome::default()), told(TERMINATED, &[], incomplete)]);
        assert_eq!((row.completion, row.completed_at), (Completion::Completed, Some(Timestamp(1))));
    }

    #[test]
    fn a_pass_and_its_score_survive_a_worse_try() {
        let row =
            fold(&[told(FAILED, &[], scored(0.2)), told(PASSED, &[], scored(0.8)), told(FAILED, &[], scored(0.4))]);
        assert_eq!((row.success, row.score.scaled), (Success::Passed, Some(0.8)));
    }

    #[test]
    fn passed_completes_plain_content_and_not_cmi5() {
        assert_eq!(fold(&[told(PASSED, &[], Outcome::default())]).completion, Completion::Completed);
        assert_eq!(fold(&[told(PASSED, &[category::CMI5], Outcome::default())]).completion, Completion::Incomplete);
    }

    #[test]
    fn the_time_of_sessions_adds_up_and_is_not_counted_twice() {
        let scorm = [category::SCORM];
        let row = fold(&[
            told(COMPLETED, &scorm, lasting(60.0)),
            told(TERMINATED, &scorm, lasting(60.0)),
            told(TERMINATED, &scorm, lasting(30.5)),
        ]);
        assert_eq!(row.hundredths, 9050);
        assert_eq!(fold(&[told(COMPLETED, &[], lasting(60.0)), told(PASSED, &[], lasting(60.0))]).hundredths, 6000);
    }
}
