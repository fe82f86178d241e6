//! Whether what is stored about enrolments is what follows from the records, the versions and the rules: for `preau check`.

use std::collections::HashMap;

use uuid::Uuid;

use crate::core::{EnrolmentId, Result, StepKey, Timestamp};
use crate::on_db;
use crate::programmes::projection::{self, Standing};
use crate::state::App;
use crate::storage::Tx;

/// What was found; all is well when nothing but `enrolments` is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Enrolments looked at.
    pub enrolments: u64,
    /// Those whose stored progress is not what their records come to: how many, and the first. A rebuild mends them.
    pub stale: u64,
    pub first_stale: Option<EnrolmentId>,
    /// Those on a version that is not a published one of their programme.
    pub astray: u64,
    /// Running ones that no rule of their programme has made.
    pub ruleless: u64,
    /// Those of which reports count something else.
    pub misreported: u64,
}

const ASTRAY: &str = "SELECT COUNT(*) FROM enrolment e JOIN programme_version v ON v.id = e.version_id \
    WHERE v.programme_id <> e.programme_id OR v.published_at IS NULL";
const RULELESS: &str = "SELECT COUNT(*) FROM enrolment e LEFT JOIN enrolment_rule r ON r.id = e.rule_id \
    WHERE e.cancelled_at IS NULL AND (r.id IS NULL OR r.programme_id <> e.programme_id)";
const MISREPORTED: &str = "SELECT COUNT(*) FROM enrolment e JOIN person p ON p.id = e.person_id \
    LEFT JOIN enrolment_progress s ON s.enrolment_id = e.id LEFT JOIN report_enrolment r ON r.enrolment_id = e.id \
    WHERE (e.cancelled_at IS NULL AND r.enrolment_id IS NULL) OR (e.cancelled_at IS NOT NULL AND r.enrolment_id IS NOT NULL) \
    OR (r.enrolment_id IS NOT NULL AND (r.person_id <> e.person_id OR r.programme_id <> e.programme_id \
        OR r.org_unit_id IS DISTINCT FROM p.org_unit_id OR r.due_at IS DISTINCT FROM e.due_at \
        OR r.completed_at IS DISTINCT FROM CASE WHEN s.status = 'done' THEN s.completed_at END))";

/// Looks at every enrolment, a page at a time, beside a running server.
pub async fn verify(app: &App) -> Result<Verified> {
    let mut found = Verified::default();
    let mut after = EnrolmentId(Uuid::nil());
    loop {
        // A snapshot a page: records and what is made of them are of the same moment.
        let mut tx = app.db.read().await?;
        let ids = projection::page_after(&mut tx, after).await?;
        let Some(last) = ids.last() else { break };
        after = *last;
        let stored = stored(&mut tx, &ids).await?;
        for (id, standing) in projection::computed(&mut tx, &ids).await? {
            if stored.get(&id) != Some(&Kept::of(&standing)) {
                found.stale += 1;
                found.first_stale.get_or_insert(id);
            }
        }
        found.enrolments += ids.len() as u64;
    }
    let mut tx = app.db.read().await?;
    found.astray = count(&mut tx, ASTRAY).await?;
    found.ruleless = count(&mut tx, RULELESS).await?;
    found.misreported = count(&mut tx, MISREPORTED).await?;
    Ok(found)
}

async fn count(tx: &mut Tx, query: &'static str) -> Result<u64> {
    let rows: i64 = on_db!(tx, c => sqlx::query_scalar(query).fetch_one(c).await)?;
    Ok(rows.unsigned_abs())
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
struct Whole {
    status: String,
    done: i32,
    total: i32,
    progress: f64,
    score_scaled: Option<f64>,
    started_at: Option<Timestamp>,
    last_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
struct Part {
    step_key: StepKey,
    status: String,
    score_scaled: Option<f64>,
    last_at: Timestamp,
    completed_at: Option<Timestamp>,
}

/// The rows of one enrolment; the steps in the order of their keys.
#[derive(Clone, Debug, PartialEq)]
struct Kept {
    whole: Whole,
    parts: Vec<Part>,
}

impl Kept {
    fn of(standing: &Standing) -> Self {
        let mut parts: Vec<Part> = standing
            .steps
            .iter()
            .map(|(key, step)| Part {
                step_key: *key,
                status: step.status.to_owned(),
                score_scaled: step.score,
                last_at: step.last_at,
                completed_at: step.completed_at,
            })
            .collect();
        parts.sort_by_key(|part| part.step_key);
        let whole = Whole {
            status: standing.status.to_owned(),
            done: standing.done,
            total: standing.total,
            progress: standing.progress,
            score_scaled: standing.score,
            started_at: standing.started_at,
            last_at: standing.last_at,
            completed_at: standing.completed_at,
        };
        Self { whole, parts }
    }
}

#[derive(sqlx::FromRow)]
struct Of<T> {
    enrolment_id: EnrolmentId,
    #[sqlx(flatten)]
    row: T,
}

async fn stored(tx: &mut Tx, ids: &[EnrolmentId]) -> Result<HashMap<EnrolmentId, Kept>> {
    let wholes: Vec<Of<Whole>> = on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "SELECT enrolment_id, status, done, total, progress, score_scaled, started_at, last_at, completed_at \
               FROM enrolment_progress WHERE enrolment_id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(")");
        query.build_query_as().fetch_all(c).await
    })?;
    let parts: Vec<Of<Part>> = on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "SELECT enrolment_id, step_key, status, score_scaled, last_at, completed_at FROM step_progress \
              WHERE enrolment_id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(") ORDER BY enrolment_id, step_key");
        query.build_query_as().fetch_all(c).await
    })?;
    let kept = |of: Of<Whole>| (of.enrolment_id, Kept { whole: of.row, parts: Vec::new() });
    let mut kept: HashMap<EnrolmentId, Kept> = wholes.into_iter().map(kept).collect();
    for part in parts {
        if let Some(kept) = kept.get_mut(&part.enrolment_id) {
            kept.parts.push(part.row);
        }
    }
    Ok(kept)
}
