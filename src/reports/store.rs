//! The SQL of reports. Every text is narrowed by [`within`], which is where a selection becomes a condition.

use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use sqlx::{Encode, QueryBuilder, Type};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::access::Selection;
use super::asked::Status;
use super::period::Part;
use crate::core::{
    EnrolmentId, OrgUnitId, PersonId, ProgrammeId, RegistrationId, Result, StepKey, Timestamp, plain_letters,
};
use crate::on_db;
use crate::storage::Tx;

/// Enrolments of one unit in one programme, counted.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Cell {
    pub org_unit_id: Option<OrgUnitId>,
    pub programme_id: ProgrammeId,
    pub enrolled: i64,
    pub completed: i64,
    pub doing: i64,
    pub late: i64,
}

/// Later than every moment: what has not happened.
const NEVER: &str = "9223372036854775807";

/// Narrows a query over `report_enrolment r` to a selection. Functions around columns keep SQLite from choosing another
/// index than the one that holds everything in the order asked for.
fn within<DB: sqlx::Database>(query: &mut QueryBuilder<DB>, selection: &Selection)
where
    i64: for<'q> Encode<'q, DB> + Type<DB>,
    Uuid: for<'q> Encode<'q, DB> + Type<DB>,
{
    let at = selection.at().0;
    query.push(" r.created_at < ").push_bind(at);
    query.push(" AND COALESCE(r.completed_at, ").push(NEVER).push(") >= ").push_bind(selection.since().0);
    if let Some(units) = selection.units() {
        one_of(query, " AND r.org_unit_id IN (", units);
    }
    if let Some(programme) = selection.programme() {
        query.push(" AND r.programme_id = ").push_bind(programme.0);
    }
    let compare = |query: &mut QueryBuilder<DB>, column: &str, sign: &str| {
        query.push(" AND COALESCE(").push(column).push(", ").push(NEVER).push(") ").push(sign).push(" ").push_bind(at);
    };
    match selection.status() {
        None => {}
        Some(Status::Done) => compare(query, "r.completed_at", "<"),
        Some(Status::Open) => compare(query, "r.completed_at", ">="),
        Some(Status::Doing) => {
            compare(query, "r.completed_at", ">=");
            compare(query, "r.started_at", "<");
        }
        Some(Status::Todo) => {
            compare(query, "r.completed_at", ">=");
            compare(query, "r.started_at", ">=");
        }
        Some(Status::Late) => {
            compare(query, "r.completed_at", ">=");
            compare(query, "r.due_at", "<");
        }
    }
}

fn one_of<DB: sqlx::Database>(query: &mut QueryBuilder<DB>, condition: &str, units: &[OrgUnitId])
where
    Uuid: for<'q> Encode<'q, DB> + Type<DB>,
{
    query.push(condition);
    let mut list = query.separated(", ");
    for unit in units {
        list.push_bind(unit.0);
    }
    // Nobody's units: a condition that nothing meets, and not a syntax error.
    if units.is_empty() {
        list.push("NULL");
    }
    query.push(")");
}

/// Every unit with every programme, counted in one scan of one index.
pub async fn cells(tx: &mut Tx, selection: &Selection) -> Result<Vec<Cell>> {
    let at = selection.at().0;
    let rows = on_db!(tx, c => {
        let mut query = QueryBuilder::<Database>::new(
            "SELECT r.org_unit_id, r.programme_id, COUNT(*) AS enrolled, COUNT(*) FILTER (WHERE r.completed_at < ",
        );
        query.push_bind(at).push(") AS completed, COUNT(*) FILTER (WHERE r.started_at < ").push_bind(at);
        query.push(" AND COALESCE(r.completed_at, ").push(NEVER).push(") >= ").push_bind(at);
        query.push(") AS doing, COUNT(*) FILTER (WHERE r.due_at < ").push_bind(at);
        query.push(" AND COALESCE(r.completed_at, ").push(NEVER).push(") >= ").push_bind(at);
        query.push(") AS late FROM report_enrolment r WHERE");
        within(&mut query, selection);
        query.push(" GROUP BY r.org_unit_id, r.programme_id");
        query.build_query_as::<Cell>().fetch_all(c).await
    })?;
    Ok(rows)
}

/// How many were completed in each part of the period, in its order.
pub async fn completions(tx: &mut Tx, selection: &Selection, parts: &[Part]) -> Result<Vec<i64>> {
    let mut counts = vec![0; parts.len()];
    if parts.is_empty() || !matches!(selection.status(), None | Some(Status::Done)) {
        return Ok(counts);
    }
    let rows: Vec<(i64, i64)> = on_db!(tx, c => {
        let mut query = QueryBuilder::<Database>::new("");
        for (place, part) in (0_i64..).zip(parts) {
            query.push(if place > 0 { " UNION ALL " } else { "" }).push("SELECT");
            query.push(format!(" CAST({place} AS BIGINT), COUNT(*) FROM report_enrolment r WHERE r.completed_at >= "));
            query.push_bind(part.since.0).push(" AND r.completed_at < ").push_bind(part.until.0).push(" AND");
            within(&mut query, selection);
        }
        query.build_query_as().fetch_all(c).await
    })?;
    for (place, count) in rows {
        if let Some(slot) = usize::try_from(place).ok().and_then(|place| counts.get_mut(place)) {
            *slot = count;
        }
    }
    Ok(counts)
}

/// Days from enrolment to completion, each with how often it took that long.
pub async fn delays(tx: &mut Tx, selection: &Selection) -> Result<Vec<(i64, i64)>> {
    let (since, at) = (selection.since().0, selection.at().0);
    if !matches!(selection.status(), None | Some(Status::Done)) {
        return Ok(Vec::new());
    }
    let rows = on_db!(tx, c => {
        let mut query = QueryBuilder::<Database>::new(
            "SELECT (r.completed_at - r.created_at) / 86400000000 AS days, COUNT(*) FROM report_enrolment r \
             WHERE r.completed_at >= ",
        );
        query.push_bind(since).push(" AND r.completed_at < ").push_bind(at).push(" AND");
        within(&mut query, selection);
        query.push(" GROUP BY 1 ORDER BY 1");
        query.build_query_as().fetch_all(c).await
    })?;
    Ok(rows)
}

/// An enrolment as a list or a file shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Line {
    pub enrolment_id: EnrolmentId,
    pub person_id: PersonId,
    pub name: String,
    pub org_unit_id: Option<OrgUnitId>,
    pub programme_id: ProgrammeId,
    pub title: String,
    pub created_at: Timestamp,
    pub due_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub progress: Option<f64>,
    pub score: Option<f64>,
}

/// A place in a list: the person and programme of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub person: PersonId,
    pub programme: ProgrammeId,
}

/// The side of a [`Place`] to read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    After,
    Before,
}

const NAME_KEY: &str = "SELECT name_key FROM person WHERE id = $1";

/// Rows by the name of the person, from a place on; a person and a programme have at most one. Rows before a place come
/// in the order of the list, too.
pub async fn lines(tx: &mut Tx, selection: &Selection, from: Option<(Side, Place)>, limit: i64) -> Result<Vec<Line>> {
    let mut start = None;
    if let Some((side, place)) = from {
        let key: Option<String> =
            on_db!(tx, c => sqlx::query_scalar(NAME_KEY).bind(place.person).fetch_optional(c).await)?;
        start = key.map(|key| (side, place, key));
    }
    let mut rows: Vec<Line> = on_db!(tx, c => {
        let mut query = lines_query::<Database>(selection, start.as_ref());
        query.push(" LIMIT ").push_bind(limit);
        query.build_query_as().fetch_all(c).await
    })?;
    if start.is_some_and(|(side, ..)| side == Side::Before) {
        rows.reverse();
    }
    Ok(rows)
}

/// Sends what `shape` makes of every row, in the order of the list, as they come from the database; ends when nobody
/// takes them any more.
pub async fn every_line<T: Send>(
    tx: &mut Tx,
    selection: &Selection,
    takers: &mpsc::Sender<Result<T>>,
    shape: impl Fn(&Line) -> T + Send,
) -> Result<()> {
    on_db!(tx, c => {
        let mut query = lines_query::<Database>(selection, None);
        let mut rows: BoxStream<'_, Result<Line, sqlx::Error>> = query.build_query_as().fetch(c).boxed();
        while let Some(row) = rows.try_next().await? {
            if takers.send(Ok(shape(&row))).await.is_err() {
                break;
            }
        }
    });
    Ok(())
}

/// Every enrolment with its person, programme and progress. CROSS JOIN: SQLite reads people in the order of their names and
/// needs no sorting.
const LINES: &str = "SELECT r.enrolment_id, r.person_id, p.name, r.org_unit_id, r.programme_id, g.title, r.created_at, \
    r.due_at, r.started_at, r.completed_at, s.progress, s.score_scaled AS score \
    FROM person p CROSS JOIN report_enrolment r JOIN programme g ON g.id = r.programme_id \
    LEFT JOIN enrolment_progress s ON s.enrolment_id = r.enrolment_id WHERE r.person_id = p.id";

fn lines_query<DB: sqlx::Database>(selection: &Selection, start: Option<&(Side, Place, String)>) -> QueryBuilder<DB>
where
    i64: for<'q> Encode<'q, DB> + Type<DB>,
    Uuid: for<'q> Encode<'q, DB> + Type<DB>,
    String: for<'q> Encode<'q, DB> + Type<DB>,
{
    let mut query = QueryBuilder::<DB>::new(LINES);
    query.push(" AND");
    within(&mut query, selection);
    if let Some(units) = selection.units() {
        // Passes over the people of other units before looking at their enrolments.
        one_of(&mut query, " AND p.org_unit_id IN (", units);
    }
    let mut order = "ASC";
    if let Some((side, place, key)) = start {
        let sign = if *side == Side::After { ">" } else { "<" };
        query.push(format!(" AND p.name_key {sign}= ")).push_bind(key.clone());
        query.push(format!(" AND (p.name_key, p.id, r.programme_id) {sign} (")).push_bind(key.clone());
        query.push(", ").push_bind(place.person.0).push(", ").push_bind(place.programme.0).push(")");
        order = if *side == Side::After { "ASC" } else { "DESC" };
    }
    query.push(format!(" ORDER BY p.name_key {order}, p.id {order}, r.programme_id {order}"));
    query
}

const PROGRAMMES: &str = "SELECT id, title FROM programme WHERE EXISTS \
    (SELECT 1 FROM report_enrolment r WHERE r.programme_id = programme.id) ORDER BY id";

/// Programmes that somebody follows, by title as people look it up.
pub async fn programmes(tx: &mut Tx) -> Result<Vec<(ProgrammeId, String)>> {
    let mut rows: Vec<(ProgrammeId, String)> = on_db!(tx, c => sqlx::query_as(PROGRAMMES).fetch_all(c).await)?;
    rows.sort_by_cached_key(|(_, title)| plain_letters(title));
    Ok(rows)
}

/// One enrolment.
pub async fn line(tx: &mut Tx, id: EnrolmentId) -> Result<Option<Line>> {
    Ok(on_db!(tx, c => {
        let mut query = QueryBuilder::<Database>::new(LINES);
        query.push(" AND p.id = (SELECT person_id FROM enrolment WHERE id = ").push_bind(id.0);
        query.push(") AND r.enrolment_id = ").push_bind(id.0);
        query.build_query_as().fetch_optional(c).await
    })?)
}

/// Every enrolment of one person, the newest first.
pub async fn lines_of(tx: &mut Tx, person: PersonId) -> Result<Vec<Line>> {
    Ok(on_db!(tx, c => {
        let mut query = QueryBuilder::<Database>::new(LINES);
        query.push(" AND p.id = ").push_bind(person.0).push(" ORDER BY r.created_at DESC, r.enrolment_id");
        query.build_query_as().fetch_all(c).await
    })?)
}

/// A step of an enrolment with one attempt at its course, if there is any.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StepRow {
    pub step_key: StepKey,
    pub title: String,
    pub phase: String,
    pub status: Option<String>,
    pub score: Option<f64>,
    pub completed_at: Option<Timestamp>,
    pub registration_id: Option<RegistrationId>,
    pub seconds: Option<f64>,
}

const STEPS: &str = "SELECT t.step_key, t.title, t.phase, d.status, d.score_scaled AS score, d.completed_at, \
    g.id AS registration_id, q.seconds \
    FROM enrolment e JOIN step t ON t.version_id = e.version_id AND t.removed_at IS NULL \
    LEFT JOIN step_progress d ON d.enrolment_id = e.id AND d.step_key = t.step_key \
    LEFT JOIN registration g ON g.person_id = e.person_id AND g.course_id = t.course_id AND g.preview = FALSE \
    LEFT JOIN registration_progress q ON q.registration_id = g.id \
    WHERE e.id = $1 \
    ORDER BY CASE t.phase WHEN 'before' THEN 0 WHEN 'during' THEN 1 ELSE 2 END, t.position, t.step_key, g.attempt";

/// The steps of an enrolment in their order, each as often as its course was attempted.
pub async fn steps(tx: &mut Tx, id: EnrolmentId) -> Result<Vec<StepRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(STEPS).bind(id).fetch_all(c).await)?)
}
