//! The statements of the run-time, by the profiles of SCORM, cmi5 and video.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::core::{LanguageMap, is_another_score};
use crate::packages::manifest::encode_segment;
use crate::runtime::model::{Activity, Registration};
use crate::scorm::interactions::Answer;
use crate::scorm::record::Standing;
use crate::scorm::sequencing::{Said, Sequencer, Status};
use crate::xapi::format::is_language_tag;
use crate::xapi::vocabulary::{
    COMPLETED, FAILED, INITIALIZED, PASSED, PROGRESSED, RESPONDED, RESUMED, SCORED, SUSPENDED, TERMINATED, attempt,
    category, context, event, extension, kind,
};
use crate::xapi::{Agent, Definition, Interaction, IsoDuration, Outcome, Score, Statement};

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
    let category = category_of(activity, verb);
    let around = vec![course(registration)];
    event(learner(registration), verb, object(activity)).with_context(context(
        registration.id.0,
        category.as_slice(),
        around.clone(),
        around,
    ))
}

/// What the SCORM profile has words for (3.2). That something was only opened, or how far it is, is said outside of it.
const SCORM_VERBS: [&str; 9] =
    [INITIALIZED, TERMINATED, SUSPENDED, RESUMED, PASSED, FAILED, SCORED, COMPLETED, RESPONDED];

/// The profile whose words the statement about the activity uses.
fn category_of(activity: &Activity, verb: &str) -> Option<&'static str> {
    match activity.kind.as_str() {
        "video" | "audio" => Some(category::VIDEO),
        "au" => Some(category::CMI5),
        "xapi" | "page" | "document" | "link" | "quiz" => None,
        _ => Some(category::SCORM).filter(|_| SCORM_VERBS.contains(&verb)),
    }
}

/// What is said in one attempt at an activity of SCORM: attempts are counted by the sequencing, so that a session that goes on
/// is in the attempt that it goes on with. SCORM 1.2 content that ended and is opened again stays in its only attempt.
pub fn in_attempt(
    registration: &Registration,
    activity: &Activity,
    number: u32,
    mut said: Vec<Statement>,
) -> Vec<Statement> {
    let id = uuid::Uuid::new_v5(&registration.id.0, format!("{}/{number}", activity.iri).as_bytes());
    for setting in said.iter_mut().filter_map(|statement| statement.context.as_mut()) {
        setting.context_activities.grouping.push(attempt(&activity.iri, id));
    }
    said
}

/// "The learner did it to a part of the activity", in the setting of the activity and its course.
pub fn about_part(
    registration: &Registration,
    activity: &Activity,
    verb: &str,
    part: crate::xapi::Activity,
) -> Statement {
    let (parent, around) = (vec![object(activity)], vec![course(registration)]);
    let categories = category_of(activity, verb);
    event(learner(registration), verb, part).with_context(context(
        registration.id.0,
        categories.as_slice(),
        parent,
        around,
    ))
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
    news(before, after, |verb| about(registration, activity, verb))
}

/// The same of objectives, each as a part of its activity (SCORM profile 3.2). The content may tell of one again and again.
pub fn objectives(
    registration: &Registration,
    activity: &Activity,
    before: &[(String, Said)],
    after: &[(String, Said)],
) -> Vec<Statement> {
    let standing = |said: &Said| {
        let Status { satisfied, measure: scaled, completed, raw, min, max, .. } = said.status;
        // How far an objective is has no word in the profile.
        Standing { completed, satisfied, scaled, raw, min, max, progress: None }
    };
    let known: HashMap<&str, &Said> = before.iter().map(|(name, said)| (name.as_str(), said)).collect();
    let mut statements = Vec::new();
    for (name, said) in after {
        let was = known.get(name.as_str()).map(|said| standing(said)).unwrap_or_default();
        let id = format!("{}/objectives/{}", activity.iri, encode_segment(name));
        let part = crate::xapi::Activity::described(id, LanguageMap::one("und", name), kind::OBJECTIVE);
        let say = |verb: &str| about_part(registration, activity, verb, part.clone());
        statements.extend(news(&was, &standing(said), say));
    }
    statements
}

fn news(before: &Standing, after: &Standing, say: impl Fn(&str) -> Statement) -> Vec<Statement> {
    let mut statements = Vec::new();
    let result =
        || Outcome { score: score(after), completion: Some(after.completed == Some(true)), ..Outcome::default() };
    if after.completed == Some(true) && before.completed != Some(true) {
        statements.push(say(COMPLETED).with_result(result()));
    }
    let judged = after.satisfied.filter(|_| after.satisfied != before.satisfied);
    let scored = score(after) != score(before) && score(after).is_some();
    if let Some(passed) = judged.or(after.satisfied.filter(|_| scored)) {
        let verb = if passed { PASSED } else { FAILED };
        let result = Outcome { success: Some(passed), ..result() };
        statements.push(say(verb).with_result(result));
    } else if scored && statements.is_empty() {
        let result = Outcome { score: score(after), ..Outcome::default() };
        statements.push(say(SCORED).with_result(result));
    }
    if let Some(progress) = after.progress.filter(|_| after.progress != before.progress && statements.is_empty()) {
        let mut result = Outcome::default();
        // Whole per cent, as cmi5 9.5.5.3 defines the extension.
        let percent = (progress.clamp(0.0, 1.0) * 100.0).round() as i64;
        result.extensions.insert(extension::PROGRESS.to_owned(), Value::from(percent));
        statements.push(say(PROGRESSED).with_result(result));
    }
    statements
}

/// An answer that SCORM content tells of, with the question as a part of its activity (SCORM profile, interactions).
pub fn responded(registration: &Registration, activity: &Activity, answer: &Answer) -> Statement {
    let interaction_type = answer.kind.as_deref().and_then(Interaction::named);
    let definition = Definition {
        description: answer.description.as_deref().map(localized).unwrap_or_default(),
        kind: Some(kind::INTERACTION.to_owned()),
        interaction_type,
        correct_responses_pattern: interaction_type
            .filter(|_| !answer.correct.is_empty())
            .map(|_| answer.correct.clone()),
        ..Definition::default()
    };
    let id = format!("{}/interactions/{}", activity.iri, encode_segment(&answer.id));
    let question = crate::xapi::Activity { id, definition: Some(Box::new(definition)) };
    let result = Outcome {
        score: answer.raw.map(|raw| Score { raw: Some(raw), ..Score::default() }),
        success: answer.success,
        response: answer.response.clone(),
        duration: answer.latency.map(|latency| IsoDuration::from_seconds(latency as f64 / 100.0)),
        ..Outcome::default()
    };
    about_part(registration, activity, RESPONDED, question).with_result(result)
}

/// `{lang=fr}Où est la sortie ?` (RTE 4.1.1.6); without the delimiter nobody says in which language.
fn localized(text: &str) -> LanguageMap {
    let told = text.strip_prefix("{lang=").and_then(|rest| rest.split_once('}'));
    let (language, words) = told.filter(|(language, _)| is_language_tag(language)).unwrap_or(("und", text));
    LanguageMap::one(language, words)
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
pub fn course_outcome(registration: &Registration, was: &Status, sequencer: &Sequencer<'_>) -> Vec<Statement> {
    let is = sequencer.course_standing();
    let result = |success| Outcome {
        score: is.measure.map(|scaled| Score { scaled: Some(scaled), ..Score::default() }),
        success,
        completion: Some(is.completed == Some(true)),
        ..Outcome::default()
    };
    let around = vec![course(registration), attempt(&registration.course_iri, registration.id.0)];
    let say = |verb: &str, success| {
        event(learner(registration), verb, course(registration))
            .with_context(context(registration.id.0, &[category::SCORM], Vec::new(), around.clone()))
            .with_result(result(success))
    };
    let mut statements = Vec::new();
    if is.completed == Some(true) && was.completed != Some(true) {
        statements.push(say(COMPLETED, None));
    }
    // Satisfied by default means only that nothing was judged; a measure or a failure is a judgement.
    let judged = is.measure.is_some() || is.satisfied == Some(false) || any_judged(sequencer);
    if let Some(passed) = is.satisfied.filter(|_| judged && is.satisfied != was.satisfied) {
        statements.push(say(if passed { PASSED } else { FAILED }, Some(passed)));
    }
    let was_told = was.completed == Some(true) || was.satisfied.is_some();
    if was_told && statements.is_empty() && is_another_score(is.measure, was.measure, is.satisfied == Some(true)) {
        let score = result(None).score;
        statements.push(say(SCORED, None).with_result(Outcome { score, ..Outcome::default() }));
    }
    statements
}

fn any_judged(sequencer: &Sequencer<'_>) -> bool {
    let mut outcomes = sequencer.tree().activities().map(|id| sequencer.state().of(id).primary);
    outcomes.any(|own| own.measure.is_some() || own.satisfied == Some(false))
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
