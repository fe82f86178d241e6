//! Where enrolments stand: a projection of the progress in courses, kept in the transaction that moves it.
//!
//! The rows are computed from `registration_progress` and `activity_progress`, which are themselves the fold of the
//! statements; so they follow a statement taken back, and [`rebuild`] makes the same ones.

use std::collections::{BTreeMap, HashSet};

use serde_json::json;
use uuid::Uuid;

use crate::core::{CourseId, EnrolmentId, PersonId, ProgrammeId, RegistrationId, Result, StepKey, Timestamp};
use crate::jobs::Work;
use crate::outbox::{self, Event, EventKind};
use crate::packages::playing::Counted;
use crate::programmes::enrolment::about;
use crate::progress::{self, Came};
use crate::state::App;
use crate::storage::{Inner, Tx, hexadecimal};
use crate::xapi::vocabulary::{COMPLETED, scaled};
use crate::xapi::{Agent, Outcome, Statement, Stored};
use crate::{lrs, on_db};

/// The kind of the job that computes enrolments again. Its subject is a course.
pub const RECOUNT: &str = "programmes.recount";

/// Enrolments computed at a time.
const PAGE: i64 = 500;
/// Rows of one INSERT.
const ROWS: usize = 1_000;

/// Holds the enrolments that these registrations count for until the transaction ends: two courses of one programme that are
/// committed at once would each miss the other's rows.
pub async fn hold_for(tx: &mut Tx, registrations: &[RegistrationId]) -> Result<()> {
    let ids = affected(tx, registrations).await?;
    hold(tx, &ids).await
}

/// Moves enrolments when the courses of their steps have moved: comes after the projection of progress, whose rows it reads.
/// Answers what the service has to say of it.
pub async fn follow(app: &App, tx: &mut Tx, batch: &[Stored]) -> Result<Vec<Statement>> {
    let mut registrations: HashSet<RegistrationId> = batch.iter().filter_map(|new| new.registration).collect();
    for target in batch.iter().filter(|new| new.statement.voids()).filter_map(|new| new.statement.target()) {
        registrations.extend(progress::registration_of(tx, target).await?);
    }
    let ids = affected(tx, &registrations.into_iter().collect::<Vec<_>>()).await?;
    let newly = refresh(tx, &ids).await?;
    tell(tx, app, &newly).await
}

const AFFECTED_SQLITE: &str = "SELECT DISTINCT e.id FROM registration r JOIN enrolment e ON e.person_id = r.person_id \
    JOIN step s ON s.version_id = e.version_id AND s.course_id = r.course_id AND s.removed_at IS NULL \
    WHERE NOT r.preview AND r.id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY e.id";
const AFFECTED_POSTGRES: &str = "SELECT DISTINCT e.id FROM registration r JOIN enrolment e ON e.person_id = r.person_id \
    JOIN step s ON s.version_id = e.version_id AND s.course_id = r.course_id AND s.removed_at IS NULL \
    WHERE NOT r.preview AND r.id = ANY($1) ORDER BY e.id";

/// The enrolments with a step that one of the registrations counts for, in one order everywhere.
async fn affected(tx: &mut Tx, registrations: &[RegistrationId]) -> Result<Vec<EnrolmentId>> {
    if registrations.is_empty() {
        return Ok(Vec::new());
    }
    let ids = registrations.iter().map(|id| id.0);
    Ok(match &mut tx.0 {
        Inner::Sqlite(connection) => {
            sqlx::query_scalar(AFFECTED_SQLITE).bind(hexadecimal(ids)).fetch_all(&mut **connection).await?
        }
        Inner::Postgres(connection) => {
            sqlx::query_scalar(AFFECTED_POSTGRES).bind(ids.collect::<Vec<_>>()).fetch_all(&mut **connection).await?
        }
    })
}

const HOLD_POSTGRES: &str = "SELECT id FROM enrolment WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE";

/// Holds enrolments until the transaction ends. SQLite has one writer at a time and need not.
async fn hold(tx: &mut Tx, ids: &[EnrolmentId]) -> Result<()> {
    if let (Inner::Postgres(transaction), false) = (&mut tx.0, ids.is_empty()) {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        sqlx::query(HOLD_POSTGRES).bind(ids).execute(&mut **transaction).await?;
    }
    Ok(())
}

/// One step of one enrolment, with one record of its person in its course.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Record {
    enrolment_id: EnrolmentId,
    enrolled_at: Timestamp,
    step_key: StepKey,
    required: bool,
    completion: Option<String>,
    success: Option<String>,
    score_scaled: Option<f64>,
    progress: Option<f64>,
    first_at: Option<Timestamp>,
    last_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    /// The rules of the activity, where the step is one activity.
    details: Option<String>,
    /// Which attempt at the course counts.
    #[sqlx(try_from = "String")]
    counted: Counted,
}

/// Where somebody stands in a step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StepStanding {
    pub status: &'static str,
    pub score: Option<f64>,
    share: f64,
    first_at: Timestamp,
    pub last_at: Timestamp,
    pub completed_at: Option<Timestamp>,
}

impl StepStanding {
    /// What one record says; nothing if there is none.
    fn of(record: &Record) -> Option<Self> {
        let (first_at, last_at) = (record.first_at?, record.last_at?);
        let completed = record.completion.as_deref() == Some("completed");
        let (passed, failed) =
            (record.success.as_deref() == Some("passed"), record.success.as_deref() == Some("failed"));
        let done = match &record.details {
            Some(details) => progress::Enough::of(details).is_met(completed, passed) && !failed,
            None => completed && !failed,
        };
        let status = match (done, failed) {
            (true, _) => "done",
            (false, true) => "failed",
            (false, false) => "doing",
        };
        Some(Self {
            status,
            score: record.score_scaled,
            // What has to be done again is not done in part: "2 of 5" and 40 % are told side by side.
            share: match status {
                "done" => 1.0,
                "failed" => 0.0,
                _ => record.progress.unwrap_or_default().clamp(0.0, 1.0),
            },
            first_at,
            last_at,
            completed_at: done.then(|| record.completed_at.unwrap_or(last_at)),
        })
    }

    /// What the attempts at a step come to, the earliest first.
    fn counted(attempts: &[Self], counted: Counted) -> Option<Self> {
        let came: Vec<(Came, Option<f64>)> = attempts.iter().map(|attempt| (attempt.came(), attempt.score)).collect();
        let sum = progress::sum(&came, counted)?;
        let (standing, since) = (&attempts[sum.standing], &attempts[sum.since]);
        // Who does better later had begun and completed it before all the same.
        let (first_at, completed_at) = (since.first_at, since.completed_at);
        Some(Self { score: sum.score, first_at, completed_at, ..standing.clone() })
    }

    fn came(&self) -> Came {
        match self.status {
            "done" => Came::Done,
            "failed" => Came::Failed,
            _ => Came::Open,
        }
    }
}

/// Where an enrolment stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing {
    pub steps: Vec<(StepKey, StepStanding)>,
    pub status: &'static str,
    pub done: i32,
    pub total: i32,
    pub progress: f64,
    pub score: Option<f64>,
    pub started_at: Option<Timestamp>,
    pub last_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
}

impl Standing {
    /// The records of one enrolment, in the order of its steps; several of a step are attempts, the earliest first.
    fn of(records: &[Record]) -> Self {
        let steps: Vec<(StepKey, bool, Option<StepStanding>)> = records
            .chunk_by(|a, b| a.step_key == b.step_key)
            .map(|attempts| {
                let standings: Vec<StepStanding> = attempts.iter().filter_map(StepStanding::of).collect();
                (attempts[0].step_key, attempts[0].required, StepStanding::counted(&standings, attempts[0].counted))
            })
            .collect();
        let any_required = steps.iter().any(|(_, required, _)| *required);
        let counted = || steps.iter().filter(move |(_, required, _)| *required || !any_required).map(|(_, _, s)| s);
        let known = || steps.iter().filter_map(|(_, _, standing)| standing.as_ref());
        let total = counted().count();
        let done = counted().flatten().filter(|step| step.status == "done").count();
        let share: f64 = counted().flatten().map(|step| step.share).sum();
        let scores: Vec<f64> = counted().flatten().filter_map(|step| step.score).collect();
        let is_done = total > 0 && done == total;
        let enrolled_at = records.first().map(|record| record.enrolled_at);
        Self {
            status: match (is_done, known().next().is_some()) {
                (true, _) => "done",
                (false, true) => "doing",
                (false, false) => "todo",
            },
            done: i32::try_from(done).unwrap_or(i32::MAX),
            total: i32::try_from(total).unwrap_or(i32::MAX),
            progress: if total == 0 { 0.0 } else { share / total as f64 },
            score: (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64),
            started_at: known().map(|step| step.first_at).min(),
            last_at: known().map(|step| step.last_at).max(),
            // Who had done everything before completes the day they are enrolled.
            completed_at: if is_done {
                counted().flatten().filter_map(|s| s.completed_at).chain(enrolled_at).max()
            } else {
                None
            },
            steps: steps.into_iter().filter_map(|(key, _, standing)| Some((key, standing?))).collect(),
        }
    }
}

/// An enrolment that has become complete.
pub struct Complete {
    id: EnrolmentId,
    score: Option<f64>,
    at: Option<Timestamp>,
}

/// Computes the rows of these enrolments again. Answers those that have become complete, to be told once by [`tell`].
pub async fn refresh(tx: &mut Tx, ids: &[EnrolmentId]) -> Result<Vec<Complete>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let was_done: HashSet<EnrolmentId> = done_among(tx, ids).await?.into_iter().collect();
    let standings = computed(tx, ids).await?;
    write(tx, &standings).await?;
    Ok(standings
        .into_iter()
        .filter(|(id, standing)| standing.status == "done" && !was_done.contains(id))
        .map(|(id, standing)| Complete { id, score: standing.score, at: standing.completed_at })
        .collect())
}

/// Where these enrolments stand by the records of their people, in the order of their identifiers.
pub(super) async fn computed(tx: &mut Tx, ids: &[EnrolmentId]) -> Result<Vec<(EnrolmentId, Standing)>> {
    let mut records: BTreeMap<EnrolmentId, Vec<Record>> = ids.iter().map(|id| (*id, Vec::new())).collect();
    for record in read(tx, ids).await? {
        records.entry(record.enrolment_id).or_default().push(record);
    }
    Ok(records.into_iter().map(|(id, records)| (id, Standing::of(&records))).collect())
}

async fn done_among(tx: &mut Tx, ids: &[EnrolmentId]) -> Result<Vec<EnrolmentId>> {
    Ok(on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "SELECT enrolment_id FROM enrolment_progress WHERE status = 'done' AND enrolment_id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(")");
        query.build_query_scalar().fetch_all(c).await
    })?)
}

async fn read(tx: &mut Tx, ids: &[EnrolmentId]) -> Result<Vec<Record>> {
    Ok(on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "SELECT e.id AS enrolment_id, e.created_at AS enrolled_at, s.step_key, s.required, \
                    CASE WHEN s.activity_identifier IS NULL THEN p.completion ELSE ap.completion END AS completion, \
                    CASE WHEN s.activity_identifier IS NULL THEN p.success ELSE ap.success END AS success, \
                    CASE WHEN s.activity_identifier IS NULL THEN p.score_scaled ELSE ap.score_scaled END AS score_scaled, \
                    CASE WHEN s.activity_identifier IS NULL THEN p.progress ELSE ap.progress END AS progress, \
                    CASE WHEN s.activity_identifier IS NULL THEN p.first_at ELSE ap.first_at END AS first_at, \
                    CASE WHEN s.activity_identifier IS NULL THEN p.last_at ELSE ap.last_at END AS last_at, \
                    CASE WHEN s.activity_identifier IS NULL THEN p.completed_at ELSE ap.completed_at END AS completed_at, \
                    a.details, COALESCE(y.counted, 'best') AS counted \
               FROM enrolment e \
               JOIN step s ON s.version_id = e.version_id AND s.removed_at IS NULL \
               LEFT JOIN course_playing y ON y.course_id = s.course_id \
               LEFT JOIN registration r ON r.person_id = e.person_id AND r.course_id = s.course_id AND NOT r.preview \
               LEFT JOIN registration_progress p ON p.registration_id = r.id \
               LEFT JOIN activity a ON a.course_id = r.course_id AND a.version_id = r.version_id \
                    AND a.identifier = s.activity_identifier \
               LEFT JOIN activity_progress ap ON ap.registration_id = r.id AND ap.activity_index = a.activity_index \
              WHERE e.id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(") ORDER BY e.id, CASE s.phase WHEN 'before' THEN 0 WHEN 'during' THEN 1 ELSE 2 END, s.position, \
                    s.step_key, r.attempt");
        query.build_query_as().fetch_all(c).await
    })?)
}

async fn write(tx: &mut Tx, standings: &[(EnrolmentId, Standing)]) -> Result<()> {
    on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new("DELETE FROM step_progress WHERE enrolment_id IN (");
        let mut list = query.separated(", ");
        for (id, _) in standings {
            list.push_bind(*id);
        }
        query.push(")");
        query.build().execute(c).await.map(drop)
    })?;
    let steps: Vec<(EnrolmentId, &StepKey, &StepStanding)> =
        standings.iter().flat_map(|(id, standing)| standing.steps.iter().map(|(key, step)| (*id, key, step))).collect();
    for rows in steps.chunks(ROWS) {
        on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new(
                "INSERT INTO step_progress (enrolment_id, step_key, status, score_scaled, last_at, completed_at) ");
            query.push_values(rows, |mut row, (id, key, step)| {
                row.push_bind(*id).push_bind(**key).push_bind(step.status).push_bind(step.score)
                    .push_bind(step.last_at).push_bind(step.completed_at);
            });
            query.build().execute(c).await.map(drop)
        })?;
    }
    for rows in standings.chunks(ROWS) {
        on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new(
                "INSERT INTO enrolment_progress (enrolment_id, status, done, total, progress, score_scaled, started_at, \
                 last_at, completed_at) ");
            query.push_values(rows, |mut row, (id, whole)| {
                row.push_bind(*id).push_bind(whole.status).push_bind(whole.done).push_bind(whole.total)
                    .push_bind(whole.progress).push_bind(whole.score).push_bind(whole.started_at)
                    .push_bind(whole.last_at).push_bind(whole.completed_at);
            });
            query.push(" ON CONFLICT (enrolment_id) DO UPDATE SET status = excluded.status, done = excluded.done, \
                total = excluded.total, progress = excluded.progress, score_scaled = excluded.score_scaled, \
                started_at = excluded.started_at, last_at = excluded.last_at, completed_at = excluded.completed_at");
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Who has completed which programme.
#[derive(sqlx::FromRow)]
struct Completed {
    id: EnrolmentId,
    person_id: PersonId,
    name: String,
    account_home_page: String,
    account_name: String,
    programme_id: ProgrammeId,
    title: String,
    iri: String,
}

/// The statements that tell who has completed what, and the events for those outside. Who was taken out of a programme has
/// completed nothing.
pub async fn tell(tx: &mut Tx, app: &App, newly: &[Complete]) -> Result<Vec<Statement>> {
    if newly.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Completed> = on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "SELECT e.id, e.person_id, p.name, p.account_home_page, p.account_name, e.programme_id, g.title, g.iri \
               FROM enrolment e JOIN person p ON p.id = e.person_id JOIN programme g ON g.id = e.programme_id \
              WHERE e.cancelled_at IS NULL AND e.id IN (");
        let mut list = query.separated(", ");
        for complete in newly {
            list.push_bind(complete.id);
        }
        query.push(") ORDER BY e.id");
        query.build_query_as().fetch_all(c).await
    })?;
    let mut statements = Vec::with_capacity(rows.len());
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(complete) = newly.iter().find(|complete| complete.id == row.id) else { continue };
        tracing::info!(programme = %row.programme_id, person = %row.person_id, "programme completed");
        let data = json!({
            "enrolment": row.id,
            "person": {
                "id": row.person_id,
                "name": row.name,
                "account": { "homePage": row.account_home_page, "name": row.account_name },
            },
            "programme": { "id": row.programme_id, "iri": row.iri, "title": row.title },
            "completed_at": complete.at.map(Timestamp::rfc3339),
            "score_scaled": complete.score,
        });
        let event = Event::new(EventKind::ProgrammeCompleted, data);
        events.push(event.programme(row.programme_id).person(row.person_id));
        let agent = Agent::account(&row.account_home_page, &row.account_name).named(&row.name);
        let result = Outcome { completion: Some(true), ..complete.score.map(scaled).unwrap_or_default() };
        statements.push(about(&row.iri, &row.title, row.id, agent, COMPLETED).with_result(result));
    }
    outbox::emit_all(tx, app, &events).await?;
    Ok(statements)
}

const IDS: &str = "SELECT id FROM enrolment WHERE id > $1 ORDER BY id LIMIT $2";

/// The enrolments after `after`, a page of them.
pub(super) async fn page_after(tx: &mut Tx, after: EnrolmentId) -> Result<Vec<EnrolmentId>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(IDS).bind(after).bind(PAGE).fetch_all(c).await)?)
}

/// Computes the rows of every enrolment again, beside a running server: a short transaction a page. Answers how many.
///
/// What was said when an enrolment became complete is among the statements and is not said again.
pub async fn rebuild(app: &App) -> Result<u64> {
    let mut after = EnrolmentId(Uuid::nil());
    let mut count = 0;
    loop {
        let mut tx = app.db.begin().await?;
        let ids = page_after(&mut tx, after).await?;
        let Some(last) = ids.last() else { return Ok(count) };
        after = *last;
        hold(&mut tx, &ids).await?;
        refresh(&mut tx, &ids).await?;
        tx.commit().await?;
        count += ids.len() as u64;
    }
}

const WITH_COURSE: &str = "SELECT DISTINCT e.id FROM step s JOIN enrolment e ON e.version_id = s.version_id \
    WHERE s.course_id = $1 AND s.removed_at IS NULL AND e.id > $2 ORDER BY e.id LIMIT $3";

/// Computes the enrolments with a step of a course again, after its trainers have decided which attempts count; who has
/// completed a programme by that is told. A short transaction a page; may run again.
pub async fn recount(work: Work) -> Result<()> {
    let (app, course) = (&work.app, work.job.payload::<CourseId>()?);
    let mut after = EnrolmentId(Uuid::nil());
    loop {
        let mut tx = app.db.begin().await?;
        let ids: Vec<EnrolmentId> = on_db!(tx, c => sqlx::query_scalar(WITH_COURSE)
            .bind(course).bind(after).bind(PAGE).fetch_all(c).await)?;
        let Some(last) = ids.last() else { return Ok(()) };
        after = *last;
        hold(&mut tx, &ids).await?;
        let newly = refresh(&mut tx, &ids).await?;
        let completed = tell(&mut tx, app, &newly).await?;
        lrs::append(&mut tx, app, completed, lrs::Authority::service(app)).await?;
        work.hold(&mut tx).await?;
        tx.commit().await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(key: StepKey, required: bool, completion: Option<&str>, success: &str, at: i64) -> Record {
        Record {
            enrolment_id: EnrolmentId(Uuid::nil()),
            enrolled_at: Timestamp(100),
            step_key: key,
            required,
            completion: completion.map(str::to_owned),
            success: completion.map(|_| success.to_owned()),
            score_scaled: completion.map(|_| 0.5),
            progress: completion.map(|_| 0.5),
            first_at: completion.map(|_| Timestamp(at)),
            last_at: completion.map(|_| Timestamp(at + 10)),
            completed_at: completion.filter(|word| *word == "completed").map(|_| Timestamp(at + 10)),
            details: None,
            counted: Counted::Best,
        }
    }

    #[test]
    fn an_enrolment_is_done_when_its_required_steps_are() {
        let (a, b) = (StepKey::new(), StepKey::new());
        let begun = Standing::of(&[record(a, true, Some("completed"), "unknown", 200), record(b, true, None, "", 0)]);
        assert_eq!((begun.status, begun.done, begun.total, begun.progress), ("doing", 1, 2, 0.5));
        let done = Standing::of(&[record(a, true, Some("completed"), "passed", 200), record(b, false, None, "", 0)]);
        assert_eq!((done.status, done.completed_at), ("done", Some(Timestamp(210))));
        let failed = Standing::of(&[record(a, true, Some("completed"), "failed", 200), record(b, true, None, "", 0)]);
        assert_eq!(
            (failed.status, failed.done, failed.progress),
            ("doing", 0, 0.0),
            "a failed step has to be done again"
        );
        let none = Standing::of(&[record(a, true, None, "", 0)]);
        assert_eq!((none.status, none.started_at, none.progress), ("todo", None, 0.0));
        assert_eq!(Standing::of(&[]).status, "todo", "a programme without steps is never done");
    }

    #[test]
    fn what_was_done_before_completes_on_the_day_of_enrolment() {
        let done = Standing::of(&[record(StepKey::new(), true, Some("completed"), "unknown", 5)]);
        assert_eq!(done.completed_at, Some(Timestamp(100)));
    }

    #[test]
    fn a_failed_attempt_is_made_good_by_a_later_one_and_not_the_reverse() {
        let key = StepKey::new();
        let (bad, good) =
            (record(key, true, Some("completed"), "failed", 1), record(key, true, Some("completed"), "passed", 50));
        assert_eq!(Standing::of(std::slice::from_ref(&bad)).steps[0].1.status, "failed");
        assert_eq!(Standing::of(&[bad.clone(), good.clone()]).status, "done");
        assert_eq!(Standing::of(&[good, bad]).status, "done");
    }
}
