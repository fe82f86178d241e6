//! What one learner follows: their enrolments with every step and where they stand in it, in two statements.

use std::collections::{HashMap, HashSet};

use crate::core::{EnrolmentId, PersonId, ProgrammeId, Result, StepKey, Timestamp};
use crate::on_db;
use crate::programmes::model::{self, Lock, Step, counted};
use crate::storage::Tx;

/// One programme of one person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Enrolment {
    pub id: EnrolmentId,
    pub programme_id: ProgrammeId,
    pub title: String,
    pub summary: String,
    pub due_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub status: String,
    pub done: i32,
    pub total: i32,
    pub progress: f64,
    pub last_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
}

/// Where somebody stands in one step.
#[derive(Clone, Debug, sqlx::FromRow)]
struct StandingRow {
    enrolment_id: EnrolmentId,
    #[sqlx(flatten)]
    step: Step,
    status: Option<String>,
}

/// An enrolment with its steps in order, each with its standing: todo, doing, done, failed.
#[derive(Clone, Debug)]
pub struct Followed {
    pub enrolment: Enrolment,
    pub steps: Vec<Step>,
    standings: HashMap<StepKey, String>,
}

impl Followed {
    /// The same for somebody who has done nothing: what a preview shows.
    pub fn untouched(enrolment: Enrolment, steps: Vec<Step>) -> Self {
        Self { enrolment, steps, standings: HashMap::new() }
    }

    /// Where the learner stands in a step.
    pub fn standing(&self, key: StepKey) -> &str {
        self.standings.get(&key).map_or("todo", String::as_str)
    }

    /// Whether there is nothing left to do.
    pub fn is_done(&self) -> bool {
        self.enrolment.status == "done"
    }

    /// Why a step cannot be opened yet. What was begun stays open.
    pub fn lock(&self, step: &Step, now: Timestamp) -> Option<Lock> {
        if self.standings.contains_key(&step.step_key) {
            return None;
        }
        let done: HashSet<StepKey> =
            self.standings.iter().filter(|(_, status)| *status == "done").map(|(key, _)| *key).collect();
        model::lock_of(step, &self.steps, &done, now)
    }

    /// The step to go on with: the first under way, else the first that can be opened; required ones before others.
    pub fn next(&self, now: Timestamp) -> Option<&Step> {
        let open = |step: &&Step| self.standing(step.step_key) != "done" && self.lock(step, now).is_none();
        let under_way = |step: &&Step| matches!(self.standing(step.step_key), "doing" | "failed");
        counted(&self.steps).find(under_way).or_else(|| counted(&self.steps).find(open))
    }

    /// What keeps the next step closed, when none can be opened.
    pub fn waits_for(&self, now: Timestamp) -> Option<Lock> {
        if self.is_done() || self.next(now).is_some() {
            return None;
        }
        let left = counted(&self.steps).filter(|step| self.standing(step.step_key) != "done");
        let locks: Vec<Lock> = left.filter_map(|step| self.lock(step, now)).collect();
        // A date tells more than another step that waits for it.
        let date = locks.iter().filter(|lock| matches!(lock, Lock::Until(_))).min_by_key(|lock| match lock {
            Lock::Until(at) => *at,
            Lock::After(_) => Timestamp(i64::MAX),
        });
        date.or_else(|| locks.first()).cloned()
    }
}

const OF_PERSON: &str = "SELECT e.id, e.programme_id, g.title, g.summary, e.due_at, e.created_at, \
    COALESCE(p.status, 'todo') AS status, COALESCE(p.done, 0) AS done, COALESCE(p.total, 0) AS total, \
    COALESCE(p.progress, 0.0) AS progress, p.last_at, p.completed_at \
    FROM enrolment e JOIN programme g ON g.id = e.programme_id LEFT JOIN enrolment_progress p ON p.enrolment_id = e.id \
    WHERE e.person_id = $1 AND e.cancelled_at IS NULL AND ($2 OR e.programme_id = $3) \
    ORDER BY COALESCE(e.due_at, 9223372036854775807), e.created_at, e.id";

const STEPS_OF_PERSON: &str = "SELECT e.id AS enrolment_id, s.step_key, s.phase, s.position, s.title, s.course_id, \
    s.activity_identifier, s.minutes, s.required, s.after_key, s.opens_at, c.title AS course_title, c.kind AS course_kind, \
    c.published_at IS NOT NULL AS course_published, TRUE AS openable, sp.status \
    FROM enrolment e JOIN step s ON s.version_id = e.version_id AND s.removed_at IS NULL \
    JOIN course c ON c.id = s.course_id \
    LEFT JOIN enrolment_progress p ON p.enrolment_id = e.id \
    LEFT JOIN step_progress sp ON sp.enrolment_id = e.id AND sp.step_key = s.step_key \
    WHERE e.person_id = $1 AND e.cancelled_at IS NULL \
    AND ((e.programme_id = $3) OR ($2 AND COALESCE(p.status, 'todo') <> 'done')) \
    ORDER BY e.id, CASE s.phase WHEN 'before' THEN 0 WHEN 'during' THEN 1 ELSE 2 END, s.position, s.step_key";

/// Everything a person is enrolled in, what is due first first; the steps of what is done are left out.
pub async fn following(tx: &mut Tx, person: PersonId) -> Result<Vec<Followed>> {
    read(tx, person, None).await
}

/// A person's enrolment in one programme, with all its steps.
pub async fn enrolment_in(tx: &mut Tx, person: PersonId, programme: ProgrammeId) -> Result<Option<Followed>> {
    Ok(read(tx, person, Some(programme)).await?.pop())
}

async fn read(tx: &mut Tx, person: PersonId, programme: Option<ProgrammeId>) -> Result<Vec<Followed>> {
    let all = programme.is_none();
    let one = programme.unwrap_or(ProgrammeId(uuid::Uuid::nil()));
    let enrolments: Vec<Enrolment> =
        on_db!(tx, c => sqlx::query_as(OF_PERSON).bind(person).bind(all).bind(one).fetch_all(c).await)?;
    let rows: Vec<StandingRow> =
        on_db!(tx, c => sqlx::query_as(STEPS_OF_PERSON).bind(person).bind(all).bind(one).fetch_all(c).await)?;
    let mut steps: HashMap<EnrolmentId, (Vec<Step>, HashMap<StepKey, String>)> = HashMap::new();
    for row in rows {
        let (list, standings) = steps.entry(row.enrolment_id).or_default();
        standings.extend(row.status.map(|status| (row.step.step_key, status)));
        list.push(row.step);
    }
    let followed = |enrolment: Enrolment| {
        let (steps, standings) = steps.remove(&enrolment.id).unwrap_or_default();
        Followed { enrolment, steps, standings }
    };
    Ok(enrolments.into_iter().map(followed).collect())
}

/// A programme anybody may begin.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Offered {
    pub id: ProgrammeId,
    pub title: String,
    pub summary: String,
    pub steps: i64,
    /// Where the reader stands in it, if they are enrolled.
    pub status: Option<String>,
}

const OFFERED: &str = "
    SELECT g.id, g.title, g.summary,
           (SELECT COUNT(*) FROM step s WHERE s.version_id =
               (SELECT v.id FROM programme_version v WHERE v.programme_id = g.id AND v.published_at IS NOT NULL
                 ORDER BY v.number DESC LIMIT 1)) AS steps,
           CASE WHEN e.id IS NULL THEN NULL ELSE COALESCE(p.status, 'todo') END AS status
      FROM programme g
      LEFT JOIN enrolment e ON e.programme_id = g.id AND e.person_id = $1 AND e.cancelled_at IS NULL
      LEFT JOIN enrolment_progress p ON p.enrolment_id = e.id
     WHERE g.published_at IS NOT NULL AND g.archived_at IS NULL
     ORDER BY g.published_at DESC, g.id";

/// The programmes of the catalogue, newest first, with the standing of one person.
pub async fn offered(tx: &mut Tx, person: PersonId) -> Result<Vec<Offered>> {
    Ok(on_db!(tx, c => sqlx::query_as(OFFERED).bind(person).fetch_all(c).await)?)
}
