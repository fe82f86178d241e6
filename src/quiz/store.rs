//! Attempts and their answers.

use std::collections::BTreeMap;

use super::kinds::Response;
use super::sheet::{Marked, Sheet};
use crate::core::{PackageId, QuizAttemptId, RegistrationId, Result, Timestamp};
use crate::on_db;
use crate::storage::Tx;

/// Most earlier attempts that are shown.
const SHOWN: i64 = 50;
/// Most answers of one list of results.
const GIVEN: i64 = 1_000;

/// One try at a quiz.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Attempt {
    pub id: QuizAttemptId,
    /// From 1.
    pub number: i32,
    questions: String,
    pub started_at: Timestamp,
    pub submitted_at: Option<Timestamp>,
    pub score_raw: Option<f64>,
    pub score_max: Option<f64>,
    pub passed: Option<bool>,
}

impl Attempt {
    /// What it asks.
    pub fn sheet(&self) -> Result<Sheet> {
        Sheet::read(&self.questions)
    }

    /// The share of the points, 0 to 1, once it is scored.
    pub fn scaled(&self) -> Option<f64> {
        let (raw, max) = (self.score_raw?, self.score_max?);
        Some(if max > 0.0 { (raw / max).clamp(0.0, 1.0) } else { 0.0 })
    }
}

const ATTEMPTS: &str = "SELECT id, number, questions, started_at, submitted_at, score_raw, score_max, passed \
    FROM quiz_attempt WHERE registration_id = $1 AND activity_index = $2 ORDER BY number DESC LIMIT $3";

/// The attempts of a registration at an activity, the latest first.
pub async fn attempts(tx: &mut Tx, registration: RegistrationId, index: i32) -> Result<Vec<Attempt>> {
    Ok(on_db!(tx, c => sqlx::query_as(ATTEMPTS).bind(registration).bind(index).bind(SHOWN).fetch_all(c).await)?)
}

const INSERT: &str = "INSERT INTO quiz_attempt (id, registration_id, activity_index, number, questions, started_at) \
    VALUES ($1, $2, $3, $4, $5, $6)";

/// Writes an attempt that begins now. The registration is held, so that its number is free.
pub async fn begin(
    tx: &mut Tx,
    registration: RegistrationId,
    index: i32,
    number: i32,
    sheet: &Sheet,
    now: Timestamp,
) -> Result<QuizAttemptId> {
    let (id, sheet) = (QuizAttemptId::new(), serde_json::to_string(sheet)?);
    on_db!(tx, c => sqlx::query(INSERT)
        .bind(id).bind(registration).bind(index).bind(number).bind(sheet).bind(now).execute(c).await.map(drop))?;
    Ok(id)
}

/// An answer as it is kept.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub response: Response,
    pub saved_at: Option<Timestamp>,
    /// Whether it stays as it is.
    pub confirmed: bool,
}

#[derive(sqlx::FromRow)]
struct AnswerRow {
    question_id: String,
    response: String,
    saved_at: Timestamp,
    confirmed_at: Option<Timestamp>,
}

const ANSWERS: &str = "SELECT question_id, response, saved_at, confirmed_at FROM quiz_answer WHERE attempt_id = $1";

/// The answers of an attempt, by question.
pub async fn answers(tx: &mut Tx, attempt: QuizAttemptId) -> Result<BTreeMap<String, Answer>> {
    let rows: Vec<AnswerRow> = on_db!(tx, c => sqlx::query_as(ANSWERS).bind(attempt).fetch_all(c).await)?;
    let answer = |row: AnswerRow| {
        let answer = Answer {
            response: serde_json::from_str(&row.response)?,
            saved_at: Some(row.saved_at),
            confirmed: row.confirmed_at.is_some(),
        };
        Ok((row.question_id, answer))
    };
    rows.into_iter().map(answer).collect()
}

const SAVE: &str = "INSERT INTO quiz_answer (attempt_id, question_id, response, saved_at, confirmed_at) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (attempt_id, question_id) DO UPDATE SET response = excluded.response, \
    saved_at = excluded.saved_at, confirmed_at = excluded.confirmed_at WHERE quiz_answer.confirmed_at IS NULL";

/// Keeps an answer over the one before; one that was confirmed stays as it is.
pub async fn save(
    tx: &mut Tx,
    attempt: QuizAttemptId,
    question: &str,
    response: &Response,
    confirmed: bool,
    now: Timestamp,
) -> Result<()> {
    let (response, confirmed_at) = (serde_json::to_string(response)?, confirmed.then_some(now));
    on_db!(tx, c => sqlx::query(SAVE)
        .bind(attempt).bind(question).bind(response).bind(now).bind(confirmed_at).execute(c).await.map(drop))?;
    Ok(())
}

const SUBMIT: &str = "UPDATE quiz_attempt SET submitted_at = $2, score_raw = $3, score_max = $4, passed = $5 \
    WHERE id = $1 AND submitted_at IS NULL";

/// Ends an attempt with its score. The points of every question are kept, also of those that were not answered.
pub async fn submit(tx: &mut Tx, attempt: QuizAttemptId, marked: &Marked, now: Timestamp) -> Result<()> {
    on_db!(tx, c => sqlx::query(SUBMIT)
        .bind(attempt).bind(now).bind(marked.raw).bind(marked.max).bind(marked.passed).execute(c).await.map(drop))?;
    if marked.points.is_empty() {
        return Ok(());
    }
    on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "INSERT INTO quiz_answer (attempt_id, question_id, response, saved_at, points) ",
        );
        query.push_values(&marked.points, |mut values, (question, points)| {
            values.push_bind(attempt).push_bind(question.as_str()).push_bind("[]").push_bind(now).push_bind(*points);
        });
        query.push(" ON CONFLICT (attempt_id, question_id) DO UPDATE SET points = excluded.points");
        query.build().execute(c).await.map(drop)
    })?;
    Ok(())
}

/// What all learners made of one question.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Outcome {
    pub question_id: String,
    /// In how many submitted attempts it was asked.
    pub asked: i64,
    /// In how many of them it was answered.
    pub answered: i64,
    /// All points together.
    pub points: f64,
}

const OUTCOMES: &str = "SELECT a.question_id, COUNT(*) AS asked, \
    CAST(SUM(CASE WHEN a.response = '[]' THEN 0 ELSE 1 END) AS BIGINT) AS answered, \
    COALESCE(SUM(a.points), 0.0) AS points \
    FROM course c JOIN registration r ON r.course_id = c.id JOIN quiz_attempt t ON t.registration_id = r.id \
    JOIN quiz_answer a ON a.attempt_id = t.id \
    WHERE c.package_id = $1 AND r.preview = FALSE AND t.submitted_at IS NOT NULL GROUP BY a.question_id";

/// What all learners made of each question of a quiz, over its versions. Previews do not count.
pub async fn outcomes(tx: &mut Tx, package: PackageId) -> Result<Vec<Outcome>> {
    Ok(on_db!(tx, c => sqlx::query_as(OUTCOMES).bind(package).fetch_all(c).await)?)
}

/// One answer and how often it was given.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Given {
    pub question_id: String,
    response: String,
    pub times: i64,
}

impl Given {
    pub fn response(&self) -> Response {
        serde_json::from_str(&self.response).unwrap_or_default()
    }
}

const GIVEN_ANSWERS: &str = "SELECT a.question_id, a.response, COUNT(*) AS times \
    FROM course c JOIN registration r ON r.course_id = c.id JOIN quiz_attempt t ON t.registration_id = r.id \
    JOIN quiz_answer a ON a.attempt_id = t.id \
    WHERE c.package_id = $1 AND r.preview = FALSE AND t.submitted_at IS NOT NULL AND a.response <> '[]' \
    GROUP BY a.question_id, a.response ORDER BY times DESC, a.question_id, a.response LIMIT $2";

/// Which answers were given how often, the most frequent first.
pub async fn given(tx: &mut Tx, package: PackageId) -> Result<Vec<Given>> {
    Ok(on_db!(tx, c => sqlx::query_as(GIVEN_ANSWERS).bind(package).bind(GIVEN).fetch_all(c).await)?)
}

/// All submitted attempts of a quiz together.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Totals {
    pub attempts: i64,
    pub people: i64,
    /// The mean share of the points.
    pub mean: Option<f64>,
    /// People with an attempt that was passed.
    pub passed: i64,
}

const TOTALS: &str = "SELECT COUNT(*) AS attempts, COUNT(DISTINCT r.person_id) AS people, \
    AVG(CASE WHEN t.score_max > 0 THEN t.score_raw / t.score_max ELSE 0.0 END) AS mean, \
    COUNT(DISTINCT CASE WHEN t.passed = TRUE THEN r.person_id END) AS passed \
    FROM course c JOIN registration r ON r.course_id = c.id JOIN quiz_attempt t ON t.registration_id = r.id \
    WHERE c.package_id = $1 AND r.preview = FALSE AND t.submitted_at IS NOT NULL";

/// How a quiz went, over its versions. Previews do not count.
pub async fn totals(tx: &mut Tx, package: PackageId) -> Result<Totals> {
    Ok(on_db!(tx, c => sqlx::query_as(TOTALS).bind(package).fetch_one(c).await)?)
}
