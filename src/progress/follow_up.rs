//! What the service itself says when a learner has come far enough: a block or course satisfied, completed, passed, failed.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::model::{ActivityProgress, Completion, Success};
use super::projection::{Brought, Standing, is_done};
use crate::core::{LanguageMap, Timestamp, is_another_score};
use crate::outbox::{Event, EventKind};
use crate::xapi::vocabulary::{
    COMPLETED, FAILED, PASSED, SATISFIED, SCORED, attempt, category, context, event, extension, kind, scaled,
};
use crate::xapi::{Activity, Agent, Outcome, Statement, Stored};

/// The statements that follow from where the registration stands now and that were not made before.
///
/// SCORM 2004 is left out: its course's status follows from the rollup rules, which the run-time knows.
pub fn after(course: &Standing, batch: &[&Stored]) -> Vec<Statement> {
    match course.enrolled.course_kind.as_str() {
        "cmi5" => satisfied(course, session_of(batch)),
        "scorm2004" => Vec::new(),
        _ => rolled_up(course),
    }
}

/// What is in a block or in the course as a whole, as far as its satisfaction goes.
#[derive(Default)]
struct Inside<'c> {
    any: bool,
    open: bool,
    /// What made the last of its units enough, just now.
    brought: Option<&'c Brought>,
}

impl<'c> Inside<'c> {
    fn add(&mut self, other: Inside<'c>) {
        self.any |= other.any;
        self.open |= other.open;
        self.brought = [self.brought, other.brought].into_iter().flatten().max_by_key(|brought| brought.place);
    }

    fn is_satisfied(&self) -> bool {
        self.any && !self.open
    }
}

/// cmi5 9.3.9: blocks from the inside outwards, then the course, each once. They are said in the session that brought them
/// about; what no session did is said in one of its own (9.6.1).
fn satisfied(course: &Standing, session: Option<Value>) -> Vec<Statement> {
    let own = OnceCell::new();
    let say = |inside: &Inside<'_>, (iri, identifier, title): (&str, &str, &LanguageMap), type_iri: &str| {
        let activity = Activity::described(iri, title.clone(), type_iri);
        let mut setting = context(course.enrolled.id.0, &[category::CMI5], Vec::new(), vec![Activity::new(identifier)]);
        let brought = inside.brought.and_then(|brought| brought.session.as_ref()).or(session.as_ref());
        let session = brought.unwrap_or_else(|| own.get_or_init(|| json!(Uuid::new_v4())));
        setting.extensions.insert(extension::SESSION_ID.to_owned(), session.clone());
        event(learner(course), SATISFIED, activity).with_context(setting)
    };
    let was_said = |row: Option<&ActivityProgress>| row.is_some_and(|row| row.completed_at.is_some());
    let mut statements = Vec::new();
    let mut parents: BTreeMap<Option<i32>, Inside<'_>> = BTreeMap::new();
    // A parent stands before what is in it, so that from the end all of it is known when it is reached.
    for activity in course.outline.iter().rev() {
        let index = activity.activity_index;
        let row = course.activities.get(&index);
        let inside = match activity.kind.as_str() {
            "au" => Inside { any: true, open: !is_done(activity, row), brought: course.brought.get(&index) },
            "group" => parents.remove(&Some(index)).unwrap_or_default(),
            _ => continue,
        };
        if activity.kind == "group" && inside.is_satisfied() && !was_said(row) {
            let named = (activity.iri.as_str(), activity.identifier.as_str(), &activity.title);
            statements.push(say(&inside, named, kind::CMI5_BLOCK));
        }
        parents.entry(activity.parent_index).or_default().add(inside);
    }
    let whole = parents.remove(&None).unwrap_or_default();
    if whole.is_satisfied() && !was_said(course.course.as_ref()) {
        let enrolled = &course.enrolled;
        let named = (enrolled.course_iri.as_str(), enrolled.course_identifier.as_str(), &enrolled.course_title);
        statements.push(say(&whole, named, kind::CMI5_COURSE));
    }
    statements
}

/// A course is completed when every activity is; passed when those that were judged are passed; failed when one is and no
/// other is left to do. Its score is told with that, and again when it becomes another.
fn rolled_up(course: &Standing) -> Vec<Statement> {
    let steps: Vec<_> = course.steps().collect();
    let said = course.course.as_ref();
    let completed = !steps.is_empty() && steps.iter().all(|(activity, row)| is_done(activity, *row));
    let success = course.judgement();
    // As of now: what was said of the course before may be of a worse try.
    let scored_before = said.and_then(|row| row.score.scaled);
    let score = course.mean_score().or(scored_before);
    let result = |completion: bool| Outcome { completion: Some(completion), ..score.map(scaled).unwrap_or_default() };
    let mut statements = Vec::new();
    if completed && said.is_none_or(|row| row.completion != Completion::Completed) {
        statements.push(about_course(course, COMPLETED, result(true)));
    }
    let success_said = said.map_or(Success::Unknown, |row| row.success);
    if success != Success::Unknown && success != success_said && success_said != Success::Passed {
        let passed = success == Success::Passed;
        let verb = if passed { PASSED } else { FAILED };
        statements.push(about_course(course, verb, Outcome { success: Some(passed), ..result(completed) }));
    }
    let was_told = said.is_some_and(|row| row.completion == Completion::Completed || row.success != Success::Unknown);
    if was_told && statements.is_empty() && is_another_score(score, scored_before, success_said == Success::Passed) {
        statements.push(about_course(course, SCORED, score.map(scaled).unwrap_or_default()));
    }
    statements
}

/// `completed` of an activity of an xAPI package, where the course's trainers take what its content says of something else for that.
pub fn activity_completed(course: &Standing, index: i32) -> Option<Statement> {
    let activity = course.outline.iter().find(|activity| activity.activity_index == index)?;
    let enrolled = &course.enrolled;
    let around = vec![Activity::described(&enrolled.course_iri, enrolled.course_title.clone(), kind::COURSE)];
    let about = Activity::described(&activity.iri, activity.title.clone(), kind::LESSON);
    let setting = context(enrolled.id.0, &[], around.clone(), around);
    let result = Outcome { completion: Some(true), ..Outcome::default() };
    Some(event(learner(course), COMPLETED, about).with_context(setting).with_result(result))
}

/// A statement about the course as a whole.
fn about_course(course: &Standing, verb: &str, result: Outcome) -> Statement {
    let enrolled = &course.enrolled;
    let activity = Activity::described(&enrolled.course_iri, enrolled.course_title.clone(), kind::COURSE);
    let (categories, grouping): (&[&str], _) = if enrolled.course_kind.starts_with("scorm") {
        (&[category::SCORM], vec![activity.clone(), attempt(&enrolled.course_iri, enrolled.id.0)])
    } else {
        (&[], Vec::new())
    };
    event(learner(course), verb, activity)
        .with_context(context(enrolled.id.0, categories, Vec::new(), grouping))
        .with_result(result)
}

/// What those outside hear when a course is completed for the first time.
pub fn completed_event(course: &Standing) -> Event {
    let enrolled = &course.enrolled;
    let whole = course.whole();
    let data = json!({
        "registration": enrolled.id,
        "person": {
            "id": enrolled.person_id,
            "name": enrolled.person_name,
            "account": { "homePage": enrolled.account_home_page, "name": enrolled.account_name },
        },
        "course": { "id": enrolled.course_id, "iri": enrolled.course_iri, "title": enrolled.course_title },
        "completed_at": whole.as_ref().and_then(|whole| whole.completed_at).map(Timestamp::rfc3339),
        "success": whole.as_ref().map(|whole| whole.success.word()),
        "score_scaled": whole.as_ref().and_then(|whole| whole.score),
    });
    Event::new(EventKind::CourseCompleted, data).person(enrolled.person_id)
}

fn learner(course: &Standing) -> Agent {
    let enrolled = &course.enrolled;
    Agent::account(&enrolled.account_home_page, &enrolled.account_name).named(&enrolled.person_name)
}

/// The cmi5 session that brought the batch.
fn session_of(batch: &[&Stored]) -> Option<Value> {
    batch.iter().rev().find_map(|stored| session(&stored.statement).cloned())
}

/// The cmi5 session in which a statement was made.
pub fn session(statement: &Statement) -> Option<&Value> {
    statement.context.as_ref()?.extensions.get(extension::SESSION_ID)
}

#[cfg(test)]
mod tests;
