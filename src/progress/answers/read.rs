//! Reading the answers of a course. So many statements whatever the number of learners; a page of questions at a time.

use std::collections::HashMap;

use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::words::Question;
use crate::core::{CourseId, Result};
use crate::storage::{Inner, Tx, hexadecimal};
use crate::{lrs, on_db};

/// Answers shown of one question.
const SHOWN: i64 = 8;

/// All answers of a course together. Each attempt at the course is counted by itself.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct Totals {
    pub people: i64,
    /// Questions, each as often as an attempt answered it.
    pub asked: i64,
    /// Answers, those that were given anew among them.
    pub answers: i64,
    /// Those of `asked` that were judged at the first answer, and how many were right.
    pub judged: i64,
    pub correct: i64,
}

const TOTALS: &str = "SELECT COUNT(DISTINCT r.person_id) AS people, COUNT(*) AS asked, \
    CAST(COALESCE(SUM(a.times), 0) AS BIGINT) AS answers, COUNT(a.first_success) AS judged, \
    COUNT(CASE WHEN a.first_success THEN 1 END) AS correct \
    FROM registration r JOIN answer a ON a.registration_id = r.id WHERE r.course_id = $1";

/// All answers of a course together.
pub async fn totals(tx: &mut Tx, course: CourseId) -> Result<Totals> {
    Ok(on_db!(tx, c => sqlx::query_as(TOTALS).bind(course).fetch_one(c).await)?)
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct OutcomeRow {
    activity: Uuid,
    question: Uuid,
    people: i64,
    attempts: i64,
    answers: i64,
    first_judged: i64,
    first_right: i64,
    last_judged: i64,
    last_right: i64,
}

/// In the order in which they were first asked, those of one activity together.
const QUESTIONS: &str = "SELECT a.activity_key AS activity, a.question_key AS question, \
    COUNT(DISTINCT r.person_id) AS people, COUNT(*) AS attempts, CAST(SUM(a.times) AS BIGINT) AS answers, \
    COUNT(a.first_success) AS first_judged, COUNT(CASE WHEN a.first_success THEN 1 END) AS first_right, \
    COUNT(a.last_success) AS last_judged, COUNT(CASE WHEN a.last_success THEN 1 END) AS last_right \
    FROM registration r JOIN answer a ON a.registration_id = r.id WHERE r.course_id = $1 \
    GROUP BY a.activity_key, a.question_key \
    ORDER BY MIN(MIN(a.first_seq)) OVER (PARTITION BY a.activity_key), a.activity_key, MIN(a.first_seq), a.question_key \
    LIMIT $2 OFFSET $3";

/// How many of them were right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    pub judged: i64,
    pub right: i64,
}

impl Judged {
    /// The share that was right, if any was judged.
    pub fn share(self) -> Option<f64> {
        (self.judged > 0).then(|| self.right as f64 / self.judged as f64)
    }
}

/// One answer and how often it was given first.
#[derive(Clone, Debug)]
pub struct Given {
    pub response: String,
    pub times: i64,
    /// Whether it was right, if the content judges.
    pub success: Option<bool>,
}

/// What all learners made of one question.
#[derive(Debug)]
pub struct Outcome {
    pub asks: Question,
    /// The activity that asks.
    pub activity: Question,
    pub people: i64,
    /// Attempts at the course in which it was answered.
    pub attempts: i64,
    pub answers: i64,
    pub first: Judged,
    pub last: Judged,
    /// Half of the first answers took less; in seconds.
    pub median: Option<f64>,
    /// The most frequent first answers.
    pub given: Vec<Given>,
}

/// The middle one of the latencies, or the mean of the two in the middle.
const MEDIANS_SQLITE: &str = "SELECT activity, question, CAST(AVG(latency) AS DOUBLE PRECISION) AS median FROM ( \
    SELECT a.activity_key AS activity, a.question_key AS question, a.first_latency AS latency, \
    ROW_NUMBER() OVER (PARTITION BY a.activity_key, a.question_key ORDER BY a.first_latency) AS place, \
    COUNT(*) OVER (PARTITION BY a.activity_key, a.question_key) AS n \
    FROM registration r JOIN answer a ON a.registration_id = r.id WHERE r.course_id = $1 \
    AND a.question_key IN (SELECT unhex(value) FROM json_each($2)) AND a.first_latency IS NOT NULL) AS ranked \
    WHERE place IN ((n + 1) / 2, (n + 2) / 2) GROUP BY activity, question";
const MEDIANS_POSTGRES: &str = "SELECT activity, question, CAST(AVG(latency) AS DOUBLE PRECISION) AS median FROM ( \
    SELECT a.activity_key AS activity, a.question_key AS question, a.first_latency AS latency, \
    ROW_NUMBER() OVER (PARTITION BY a.activity_key, a.question_key ORDER BY a.first_latency) AS place, \
    COUNT(*) OVER (PARTITION BY a.activity_key, a.question_key) AS n \
    FROM registration r JOIN answer a ON a.registration_id = r.id WHERE r.course_id = $1 \
    AND a.question_key = ANY($2) AND a.first_latency IS NOT NULL) AS ranked \
    WHERE place IN ((n + 1) / 2, (n + 2) / 2) GROUP BY activity, question";

/// Without empty answers: what erased people wrote is gone.
const GIVEN_SQLITE: &str = "SELECT activity, question, response, times, judged, correct FROM ( \
    SELECT a.activity_key AS activity, a.question_key AS question, a.first_response AS response, COUNT(*) AS times, \
    COUNT(a.first_success) AS judged, COUNT(CASE WHEN a.first_success THEN 1 END) AS correct, \
    ROW_NUMBER() OVER (PARTITION BY a.activity_key, a.question_key ORDER BY COUNT(*) DESC, a.first_response) AS place \
    FROM registration r JOIN answer a ON a.registration_id = r.id WHERE r.course_id = $1 \
    AND a.question_key IN (SELECT unhex(value) FROM json_each($2)) AND a.first_response <> '' \
    GROUP BY a.activity_key, a.question_key, a.first_response) AS ranked \
    WHERE place <= $3 ORDER BY activity, question, place";
const GIVEN_POSTGRES: &str = "SELECT activity, question, response, times, judged, correct FROM ( \
    SELECT a.activity_key AS activity, a.question_key AS question, a.first_response AS response, COUNT(*) AS times, \
    COUNT(a.first_success) AS judged, COUNT(CASE WHEN a.first_success THEN 1 END) AS correct, \
    ROW_NUMBER() OVER (PARTITION BY a.activity_key, a.question_key ORDER BY COUNT(*) DESC, a.first_response) AS place \
    FROM registration r JOIN answer a ON a.registration_id = r.id WHERE r.course_id = $1 \
    AND a.question_key = ANY($2) AND a.first_response <> '' \
    GROUP BY a.activity_key, a.question_key, a.first_response) AS ranked \
    WHERE place <= $3 ORDER BY activity, question, place";

type MedianRow = (Uuid, Uuid, f64);
type GivenRow = (Uuid, Uuid, String, i64, i64, i64);

/// Some questions of a course with what all learners made of each, in the order in which they were first asked. Four
/// statements, and what was answered is counted by the database.
pub async fn outcomes(tx: &mut Tx, course: CourseId, limit: i64, offset: i64) -> Result<Vec<Outcome>> {
    let rows: Vec<OutcomeRow> =
        on_db!(tx, c => sqlx::query_as(QUESTIONS).bind(course).bind(limit).bind(offset).fetch_all(c).await)?;
    let mut asked: Vec<Uuid> = rows.iter().map(|row| row.question).collect();
    let (medians, given): (Vec<MedianRow>, Vec<GivenRow>) = match &mut tx.0 {
        Inner::Sqlite(connection) => {
            let keys = hexadecimal(asked.iter().copied());
            let medians = sqlx::query_as(MEDIANS_SQLITE).bind(course).bind(&keys).fetch_all(&mut **connection).await?;
            let given = sqlx::query_as(GIVEN_SQLITE).bind(course).bind(&keys).bind(SHOWN);
            (medians, given.fetch_all(&mut **connection).await?)
        }
        Inner::Postgres(connection) => {
            let medians =
                sqlx::query_as(MEDIANS_POSTGRES).bind(course).bind(&asked).fetch_all(&mut **connection).await?;
            let given = sqlx::query_as(GIVEN_POSTGRES).bind(course).bind(&asked).bind(SHOWN);
            (medians, given.fetch_all(&mut **connection).await?)
        }
    };
    let medians: HashMap<(Uuid, Uuid), f64> =
        medians.into_iter().map(|(activity, question, median)| ((activity, question), median / 100.0)).collect();
    let mut answers: HashMap<(Uuid, Uuid), Vec<Given>> = HashMap::new();
    for (activity, question, response, times, judged, correct) in given {
        // The same answer may have been judged otherwise in another version: then most of the judgements decide.
        let success = (judged > 0).then_some(correct * 2 > judged);
        answers.entry((activity, question)).or_default().push(Given { response, times, success });
    }
    asked.extend(rows.iter().map(|row| row.activity));
    asked.sort_unstable();
    asked.dedup();
    let known = lrs::activities(tx, &asked).await?;
    let named = |key: &Uuid| {
        known.get(key).map_or_else(Question::default, |(iri, definition)| Question::of(iri, definition.as_deref()))
    };
    Ok(rows
        .into_iter()
        .map(|row| {
            let key = (row.activity, row.question);
            Outcome {
                asks: named(&row.question),
                activity: named(&row.activity),
                people: row.people,
                attempts: row.attempts,
                answers: row.answers,
                first: Judged { judged: row.first_judged, right: row.first_right },
                last: Judged { judged: row.last_judged, right: row.last_right },
                median: medians.get(&key).copied(),
                given: answers.remove(&key).unwrap_or_default(),
            }
        })
        .collect())
}

/// What one attempt answered to one question.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AnswerRow {
    pub name: String,
    pub unit: Option<String>,
    pub attempt: i32,
    pub activity: Uuid,
    pub activity_iri: Option<String>,
    pub activity_definition: Option<String>,
    pub question: Uuid,
    pub question_iri: Option<String>,
    pub question_definition: Option<String>,
    pub times: i64,
    pub first_response: Option<String>,
    pub first_success: Option<bool>,
    pub first_latency: Option<i64>,
    pub last_response: Option<String>,
    pub last_success: Option<bool>,
    pub last_seq: i64,
}

const EVERY: &str = "SELECT p.name, u.name AS unit, r.attempt, a.activity_key AS activity, s.iri AS activity_iri, \
    s.definition AS activity_definition, a.question_key AS question, q.iri AS question_iri, \
    q.definition AS question_definition, a.times, a.first_response, a.first_success, a.first_latency, a.last_response, \
    a.last_success, a.last_seq \
    FROM registration r JOIN answer a ON a.registration_id = r.id JOIN person p ON p.id = r.person_id \
    LEFT JOIN org_unit u ON u.id = p.org_unit_id LEFT JOIN xapi_activity s ON s.activity_key = a.activity_key \
    LEFT JOIN xapi_activity q ON q.activity_key = a.question_key \
    WHERE r.course_id = $1 ORDER BY p.name_key, p.id, r.attempt, a.first_seq";

/// Sends every answer of a course, person by person, as it comes from the database.
pub async fn every_answer<T: Send>(
    tx: &mut Tx,
    course: CourseId,
    takers: &mpsc::Sender<Result<T>>,
    mut shape: impl FnMut(&AnswerRow) -> T + Send,
) -> Result<()> {
    on_db!(tx, c => {
        let mut rows: BoxStream<'_, Result<AnswerRow, sqlx::Error>> =
            sqlx::query_as(EVERY).bind(course).fetch(c).boxed();
        while let Some(row) = rows.try_next().await? {
            if takers.send(Ok(shape(&row))).await.is_err() {
                break;
            }
        }
    });
    Ok(())
}
