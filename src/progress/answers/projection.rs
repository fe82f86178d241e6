//! From statements to rows.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::core::{RegistrationId, Result};
use crate::on_db;
use crate::progress::projection::{COURSE, Standing};
use crate::storage::{Inner, Tx};
use crate::xapi::vocabulary::{ANSWERED, RESPONDED};
use crate::xapi::{Activity, ActivityKey, Outcome, Statement, Stored};

/// Most letters kept of an answer, as SCORM 2004 promises for the longest; the statement has it whole.
const LETTERS: usize = 4_000;

/// A question of an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuestionKey {
    pub activity: Uuid,
    pub question: Uuid,
}

/// One answer.
#[derive(Clone, Debug, PartialEq)]
struct Answer {
    seq: i64,
    response: Option<String>,
    success: Option<bool>,
    /// Hundredths of a second.
    latency: Option<i64>,
}

/// The answers to one question.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    times: i64,
    first: Answer,
    last: Answer,
}

/// What these statements, in their order, tell of the learner's answers.
pub fn told(course: &Standing, statements: &[&Stored]) -> BTreeMap<QuestionKey, Answers> {
    let mut all: BTreeMap<QuestionKey, Answers> = BTreeMap::new();
    for stored in course.deeds(statements) {
        let Some((question, result)) = answered(&stored.statement) else { continue };
        let answer = Answer {
            seq: stored.seq,
            response: result.response.as_deref().map(kept),
            success: result.success,
            latency: result.duration.as_ref().map(|duration| duration.hundredths().cast_signed().max(0)),
        };
        let activity = activity_of(course, &stored.statement, question);
        let key = QuestionKey { activity: ActivityKey::of(activity).0, question: ActivityKey::of(&question.id).0 };
        all.entry(key)
            .and_modify(|answers| {
                answers.times += 1;
                answers.last = answer.clone();
            })
            .or_insert_with(|| Answers { times: 1, first: answer.clone(), last: answer });
    }
    all
}

/// The question and what was answered, if that is what the statement tells.
fn answered(statement: &Statement) -> Option<(&Activity, &Outcome)> {
    if !matches!(statement.verb.id.as_str(), RESPONDED | ANSWERED) {
        return None;
    }
    let result = statement.result.as_ref()?;
    let says = result.response.is_some() || result.success.is_some() || result.score.is_some();
    says.then_some((statement.activity()?, result))
}

/// The activity that asks: the question itself, what is said to be around it, or the only one there is; else the course.
fn activity_of<'a>(course: &'a Standing, statement: &Statement, question: &Activity) -> &'a str {
    let around = statement.context.as_ref().map(|context| &context.context_activities);
    let named =
        std::iter::once(question).chain(around.into_iter().flat_map(|all| all.parent.iter().chain(&all.grouping)));
    let index = named.filter_map(|activity| course.index_of(&activity.id)).find(|index| *index != COURSE);
    let mut steps = course.steps().map(|(activity, _)| activity);
    let found = match index {
        Some(index) => course.outline.iter().find(|activity| activity.activity_index == index),
        None => steps.next().filter(|_| steps.next().is_none()),
    };
    found.map_or(&course.enrolled.course_iri, |activity| &activity.iri)
}

/// PostgreSQL keeps U+0000 in no text.
fn kept(response: &str) -> String {
    response.chars().take(LETTERS).map(|letter| if letter == '\0' { '\u{fffd}' } else { letter }).collect()
}

const PUT_SQLITE: &str = "INSERT INTO answer (registration_id, activity_key, question_key, times, \
    first_seq, first_response, first_success, first_latency, last_seq, last_response, last_success) \
    SELECT $1, unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, \
    value ->> 7, value ->> 8, value ->> 9 FROM json_each($2) WHERE TRUE \
    ON CONFLICT (registration_id, activity_key, question_key) DO UPDATE SET times = answer.times + excluded.times, \
    last_seq = excluded.last_seq, last_response = excluded.last_response, last_success = excluded.last_success";
const PUT_POSTGRES: &str = "INSERT INTO answer (registration_id, activity_key, question_key, times, \
    first_seq, first_response, first_success, first_latency, last_seq, last_response, last_success) \
    SELECT $1, new.* FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::text[], $7::boolean[], \
    $8::bigint[], $9::bigint[], $10::text[], $11::boolean[]) AS new \
    ON CONFLICT (registration_id, activity_key, question_key) DO UPDATE SET times = answer.times + excluded.times, \
    last_seq = excluded.last_seq, last_response = excluded.last_response, last_success = excluded.last_success";

/// Adds answers that come after all that are kept of the registration, which is held. One statement, and none for none.
pub async fn keep(tx: &mut Tx, id: RegistrationId, told: &BTreeMap<QuestionKey, Answers>) -> Result<()> {
    if told.is_empty() {
        return Ok(());
    }
    match &mut tx.0 {
        Inner::Sqlite(connection) => {
            let hex = |key: Uuid| key.simple().to_string();
            let rows: Vec<_> = told
                .iter()
                .map(|(key, Answers { times, first, last })| {
                    let key = (hex(key.activity), hex(key.question));
                    let first = (first.seq, &first.response, first.success, first.latency);
                    (key.0, key.1, times, first.0, first.1, first.2, first.3, last.seq, &last.response, last.success)
                })
                .collect();
            let rows = serde_json::to_string(&rows)?;
            sqlx::query(PUT_SQLITE).bind(id).bind(rows).execute(&mut **connection).await?;
        }
        Inner::Postgres(connection) => {
            fn column<T>(told: &BTreeMap<QuestionKey, Answers>, value: impl Fn(&QuestionKey, &Answers) -> T) -> Vec<T> {
                told.iter().map(|(key, answers)| value(key, answers)).collect()
            }
            sqlx::query(PUT_POSTGRES)
                .bind(id)
                .bind(column(told, |key, _| key.activity))
                .bind(column(told, |key, _| key.question))
                .bind(column(told, |_, answers| answers.times))
                .bind(column(told, |_, answers| answers.first.seq))
                .bind(column(told, |_, answers| answers.first.response.clone()))
                .bind(column(told, |_, answers| answers.first.success))
                .bind(column(told, |_, answers| answers.first.latency))
                .bind(column(told, |_, answers| answers.last.seq))
                .bind(column(told, |_, answers| answers.last.response.clone()))
                .bind(column(told, |_, answers| answers.last.success))
                .execute(&mut **connection)
                .await?;
        }
    }
    Ok(())
}

const FORGET: &str = "DELETE FROM answer WHERE registration_id = $1";

/// Forgets the answers of one registration, to be folded again.
pub async fn forget(tx: &mut Tx, id: RegistrationId) -> Result<()> {
    Ok(on_db!(tx, c => sqlx::query(FORGET).bind(id).execute(c).await.map(drop))?)
}
