//! The statements of the run-time, by the profiles of SCORM, cmi5 and video.

use serde_json::{Value, json};

use crate::runtime::model::{Activity, Registration};
use crate::scorm::record::Standing;
use crate::scorm::sequencing::{NodeId, State};
use crate::xapi::vocabulary::{
    COMPLETED, FAILED, PASSED, PROGRESSED, SCORED, SUSPENDED, TERMINATED, category, context, event, extension, kind,
};
use crate::xapi::{Agent, IsoDuration, Outcome, Score, Statement};

/// The learner as statements name them.
pub fn learner(registration: &Registration) -> Agent {
    Agent::account(&registration.account_home_page, &registration.account_name).named(&registration.person_name)
}

/// The course as an activity.
pub fn course(registration: &Registration) -> crate::xapi::Activity {
    let type_iri = if registration.course_kind == "cmi5" { kind::CMI5_COURSE } else { kind::COURSE };
    crate::xapi::Activity::described(&registration.course_iri, registration.course_title.clone(), type_iri)
}

/// "The learner did it to the activity", in the setting of the course.
pub fn about(registration: &Registration, activity: &Activity, verb: &str) -> Statement {
    let category = match activity.kind.as_str() {
        "video" | "audio" => Some(category::VIDEO),
        "au" => Some(category::CMI5),
        "xapi" | "page" | "document" | "link" | "quiz" => None,
        _ => Some(category::SCORM),
    };
    let around = vec![course(registration)];
    event(learner(registration), verb, object(activity)).with_context(context(
        registration.id.0,
        category.as_slice(),
        around.clone(),
        around,
    ))
}

/// "The learner did it to a part of the activity", in the setting of the activity and its course.
pub fn about_part(
    registration: &Registration,
    activity: &Activity,
    verb: &str,
    part: crate::xapi::Activity,
) -> Statement {
    let (parent, around) = (vec![object(activity)], vec![course(registration)]);
    event(learner(registration), verb, part).with_context(context(registration.id.0, &[], parent, around))
}

/// The activity as statements name it.
fn object(activity: &Activity) -> crate::xapi::Activity {
    let type_iri = match activity.kind.as_str() {
        "video" => kind::VIDEO,
        "audio" => kind::AUDIO,
        "group" => kind::MODULE,
        "page" => kind::PAGE,
        "document" => kind::DOCUMENT,
        "link" => kind::LINK,
        "quiz" => kind::ASSESSMENT,
        _ => kind::LESSON,
    };
    crate::xapi::Activity::described(&activity.iri, activity.title.clone(), type_iri)
}

fn score(standing: &Standing) -> Option<Score> {
    let Standing { scaled, raw, min, max, .. } = *standing;
    // 1.0.3 Data 2.4.5.1: raw lies between min and max; content that says otherwise is not repeated.
    let raw_fits = raw.is_none_or(|raw| min.is_none_or(|min| raw >= min) && max.is_none_or(|max| raw <= max));
    let ends_fit = min.zip(max).is_none_or(|(min, max)| min < max);
    let scaled = scaled.filter(|scaled| (-1.0..=1.0).contains(scaled));
    let score =
        if raw_fits && ends_fit { Score { scaled, raw, min, max } } else { Score { scaled, ..Score::default() } };
    (score != Score::default()).then_some(score)
}

/// What changed in a SCORM activity, as statements: completed, passed or failed, else scored, else progressed.
pub fn changes(
    registration: &Registration,
    activity: &Activity,
    before: &Standing,
    after: &Standing,
) -> Vec<Statement> {
    let mut statements = Vec::new();
    let result =
        || Outcome { score: score(after), completion: Some(after.completed == Some(true)), ..Outcome::default() };
    if after.completed == Some(true) && before.completed != Some(true) {
        statements.push(about(registration, activity, COMPLETED).with_result(result()));
    }
    let judged = after.satisfied.filter(|_| after.satisfied != before.satisfied);
    let scored = score(after) != score(before) && score(after).is_some();
    if let Some(passed) = judged.or(after.satisfied.filter(|_| scored)) {
        let verb = if passed { PASSED } else { FAILED };
        let result = Outcome { success: Some(passed), ..result() };
        statements.push(about(registration, activity, verb).with_result(result));
    } else if scored && statements.is_empty() {
        let result = Outcome { score: score(after), ..Outcome::default() };
        statements.push(about(registration, activity, SCORED).with_result(result));
    }
    if let Some(progress) = after.progress.filter(|_| after.progress != before.progress && statements.is_empty()) {
        let mut result = Outcome::default();
        // Whole per cent, as cmi5 9.5.5.3 defines the extension.
        let percent = (progress.clamp(0.0, 1.0) * 100.0).round() as i64;
        result.extensions.insert(extension::PROGRESS.to_owned(), Value::from(percent));
        statements.push(about(registration, activity, PROGRESSED).with_result(result));
    }
    statements
}

/// The end of a SCORM session.
pub fn ending(
    registration: &Registration,
    activity: &Activity,
    standing: &Standing,
    hundredths: u64,
    suspended: bool,
) -> Vec<Statement> {
    let result = Outcome {
        score: score(standing),
        success: standing.satisfied,
        completion: Some(standing.completed == Some(true)),
        duration: Some(IsoDuration::from_seconds(hundredths as f64 / 100.0)),
        ..Outcome::default()
    };
    let mut statements = Vec::new();
    if suspended {
        let result = Outcome { completion: result.completion, ..Outcome::default() };
        statements.push(about(registration, activity, SUSPENDED).with_result(result));
    }
    statements.push(about(registration, activity, TERMINATED).with_result(result));
    statements
}

/// What the rollup of a SCORM 2004 course came to, where it is news: the rules of the manifest decide, not the sum.
pub fn course_outcome(registration: &Registration, before: &State, after: &State) -> Vec<Statement> {
    let was = before.tracking.first().cloned().unwrap_or_default();
    let is = after.of(NodeId::ROOT);
    let result = |success| Outcome {
        score: is.measure.map(|scaled| Score { scaled: Some(scaled), ..Score::default() }),
        success,
        completion: Some(is.completed == Some(true)),
        ..Outcome::default()
    };
    let say = |verb: &str, success| {
        event(learner(registration), verb, course(registration))
            .with_context(context(registration.id.0, &[category::SCORM], Vec::new(), Vec::new()))
            .with_result(result(success))
    };
    let mut statements = Vec::new();
    if is.completed == Some(true) && was.completed != Some(true) {
        statements.push(say(COMPLETED, None));
    }
    // Satisfied by default means only that nothing was judged; a measure or a failure is a judgement.
    let judged = is.measure.is_some() || is.satisfied == Some(false) || any_judged(after);
    if let Some(passed) = is.satisfied.filter(|_| judged && is.satisfied != was.satisfied) {
        statements.push(say(if passed { PASSED } else { FAILED }, Some(passed)));
    }
    statements
}

fn any_judged(state: &State) -> bool {
    state.tracking.iter().any(|tracking| tracking.measure.is_some() || tracking.satisfied == Some(false))
}

/// A key of the video profile with its value.
pub fn extended(mut statement: Statement, context: &[(&str, Value)]) -> Statement {
    if let Some(setting) = &mut statement.context {
        setting.extensions.extend(context.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    }
    statement
}

/// `0[.]12.5[,]20[.]31`: the form of the video profile.
pub fn segments(played: &[[f64; 2]]) -> Value {
    let parts: Vec<String> = played.iter().map(|[from, to]| format!("{from}[.]{to}")).collect();
    json!(parts.join("[,]"))
}
