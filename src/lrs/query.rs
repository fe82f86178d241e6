//! Searching statements by links, newest or oldest first, a page after the other.

use futures_util::TryStreamExt as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::links::Usage;
use crate::core::{OrgUnitId, Result, Sequence, StatementId, Timestamp};
use crate::on_db;
use crate::storage::Tx;
use crate::xapi::{ActivityKey, AgentKey, VerbKey};

/// What is looked for (1.0.3 Communication 2.1.3). Everything given must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    pub agent: Option<AgentKey>,
    pub related_agents: bool,
    pub verb: Option<VerbKey>,
    pub activity: Option<ActivityKey>,
    pub related_activities: bool,
    pub registration: Option<Uuid>,
    /// Only statements stored in this registration, whether they name it themselves or their launch does.
    pub within: Option<Uuid>,
    /// Only statements stored in a registration or enrolment of somebody who works in one of these units.
    pub units: Option<Vec<OrgUnitId>>,
    /// Only statements under this authority.
    pub authority: Option<AgentKey>,
    /// Stored after this moment.
    pub since: Option<Timestamp>,
    /// Stored at or before this moment.
    pub until: Option<Timestamp>,
    pub ascending: bool,
    /// The last statement of the page before.
    pub cursor: Option<i64>,
}

/// A statement as it is returned.
#[derive(Clone, Debug, FromRow)]
pub struct Found {
    pub seq: i64,
    pub id: StatementId,
    pub body: String,
    pub stored: Timestamp,
}

/// Some of what matches, and whether there is more.
#[derive(Debug, Default)]
pub struct Page {
    pub found: Vec<Found>,
    pub is_cut: bool,
}

/// Bodies in one page, in bytes; the first is there however large.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Statements examined for those of some units, before all of the units' own are searched instead.
const WINDOW: i64 = 2_000;

/// One thing a statement must name, in one of several parts.
pub(super) struct Named {
    pub usages: &'static [i32],
    pub entity: Uuid,
}

const AGENT: &[i32] = &[Usage::Agent as i32];
const ANY_AGENT: &[i32] = &[Usage::Agent as i32, Usage::RelatedAgent as i32];
const ACTIVITY: &[i32] = &[Usage::Activity as i32];
const ANY_ACTIVITY: &[i32] = &[Usage::Activity as i32, Usage::RelatedActivity as i32];
const VERB: &[i32] = &[Usage::Verb as i32];
const REGISTRATION: &[i32] = &[Usage::Registration as i32];

impl Filter {
    /// What must be named, the rarest kind first: the first is searched, the others are looked up.
    pub(super) fn named(&self) -> Vec<Named> {
        let agents = if self.related_agents { ANY_AGENT } else { AGENT };
        let activities = if self.related_activities { ANY_ACTIVITY } else { ACTIVITY };
        let all = [
            self.registration.map(|entity| Named { usages: REGISTRATION, entity }),
            self.agent.map(|agent| Named { usages: agents, entity: agent.0 }),
            self.activity.map(|activity| Named { usages: activities, entity: activity.0 }),
            self.verb.map(|verb| Named { usages: VERB, entity: verb.0 }),
            self.authority.map(|authority| Named { usages: ANY_AGENT, entity: authority.0 }),
        ];
        all.into_iter().flatten().collect()
    }

    /// The order searched in.
    pub(super) fn direction(&self) -> &'static str {
        if self.ascending { " ASC" } else { " DESC" }
    }

    /// The numbers searched: after the first, up to the second. `since` and `until` are numbers too, because a number is
    /// the moment of storing.
    pub(super) fn numbers(&self) -> (i64, i64) {
        let mut after = self.since.map_or(i64::MIN, Sequence::through);
        let mut through = self.until.map_or(i64::MAX, Sequence::through);
        match self.cursor {
            Some(cursor) if self.ascending => after = after.max(cursor),
            Some(cursor) => through = through.min(cursor.saturating_sub(1)),
            None => {}
        }
        (after, through)
    }
}

/// Lists values in the brackets of an `IN`.
macro_rules! push_list {
    ($query:expr, $values:expr) => {{
        let mut list = $query.separated(", ");
        for value in $values {
            list.push_bind(*value);
        }
    }};
}

/// What a statement must be to be found at all: in the range, not voided (XAPI-00018), of the registration. `$row` is the table's
/// short name.
macro_rules! push_in_range {
    ($query:expr, $filter:expr, $row:literal) => {{
        let (after, through) = $filter.numbers();
        $query.push(concat!($row, ".seq > ")).push_bind(after);
        $query.push(concat!(" AND ", $row, ".seq <= ")).push_bind(through);
        $query.push(concat!(" AND NOT ", $row, ".voided"));
        if let Some(registration) = $filter.within {
            $query.push(concat!(" AND ", $row, ".registration = ")).push_bind(registration);
        }
    }};
}

/// What else the statement of the link `l` must name.
macro_rules! push_others {
    ($query:expr, $others:expr) => {
        for other in $others {
            $query.push(" AND EXISTS (SELECT 1 FROM statement_link o WHERE o.usage IN (");
            push_list!($query, other.usages);
            $query.push(") AND o.entity = ").push_bind(other.entity);
            // The same statement must name all of it: this one, or the one it refers to.
            $query.push(" AND o.seq = l.seq AND o.subject = l.subject)");
        }
    };
}

/// Whether the statement `$row` names all of it.
macro_rules! push_naming {
    ($query:expr, $named:expr, $row:literal) => {{
        let named = $named;
        if let Some((first, others)) = named.split_first() {
            $query.push("EXISTS (SELECT 1 FROM statement_link l WHERE l.usage IN (");
            push_list!($query, first.usages);
            $query.push(") AND l.entity = ").push_bind(first.entity).push(concat!(" AND l.seq = ", $row, ".seq"));
            push_others!($query, others);
            $query.push(")");
        } else {
            $query.push("1 = 1");
        }
    }};
}

/// The numbers of what matches wherever somebody works, a few too many: the first `$limit` in each part they may be named in.
macro_rules! push_numbers {
    ($query:expr, $filter:expr, $direction:expr, $limit:expr) => {{
        let named = $filter.named();
        if let Some((first, others)) = named.split_first() {
            // One branch a part, each read in the order of its index and cut; UNION drops what is found twice.
            for (branch, usage) in first.usages.iter().enumerate() {
                $query.push(if branch > 0 { " UNION SELECT" } else { "SELECT" });
                $query.push(
                    " seq FROM (SELECT DISTINCT l.seq FROM statement_link l JOIN statement v ON v.seq = l.seq WHERE l.usage = ",
                );
                $query.push_bind(*usage).push(" AND l.entity = ").push_bind(first.entity);
                let (after, through) = $filter.numbers();
                $query.push(" AND l.seq > ").push_bind(after).push(" AND l.seq <= ").push_bind(through);
                $query.push(" AND ");
                push_in_range!($query, $filter, "v");
                push_others!($query, others);
                $query.push(" ORDER BY l.seq").push($direction).push(" LIMIT ").push_bind($limit).push(") AS part");
                $query.push(branch);
            }
        } else {
            $query.push("SELECT").push(" v.seq FROM statement v WHERE ");
            push_in_range!($query, $filter, "v");
            $query.push(" ORDER BY v.seq").push($direction).push(" LIMIT ").push_bind($limit);
        }
    }};
}

pub(super) use {push_in_range, push_list, push_naming, push_numbers, push_others};

/// Runs a search and reads `$most` of what it finds, fewer where they are large.
macro_rules! read_page {
    ($query:expr, $connection:expr, $most:expr) => {{
        let (mut page, mut bytes) = (Page::default(), 0);
        let mut rows = $query.build_query_as::<Found>().fetch($connection);
        while let Some(row) = rows.try_next().await? {
            bytes += row.body.len();
            page.is_cut = page.found.len() >= $most || bytes > PAGE_BYTES && !page.found.is_empty();
            if page.is_cut {
                break;
            }
            page.found.push(row);
        }
        page
    }};
}

/// Up to `limit` statements, fewer where they are large, without the voided ones (XAPI-00018).
pub async fn search(tx: &mut Tx, filter: &Filter, limit: i64) -> Result<Page> {
    match &filter.units {
        None => everywhere(tx, filter, limit).await,
        Some(units) if units.is_empty() => Ok(Page::default()),
        Some(units) => in_units(tx, filter, units, limit).await,
    }
}

async fn everywhere(tx: &mut Tx, filter: &Filter, limit: i64) -> Result<Page> {
    let most = usize::try_from(limit).unwrap_or_default();
    let limit = limit.saturating_add(1);
    let direction = filter.direction();
    let page = on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new("SELECT s.seq, s.id, s.body, s.stored FROM statement s");
        if filter.named().is_empty() {
            query.push(" WHERE ");
            push_in_range!(query, filter, "s");
        } else {
            query.push(" JOIN (");
            push_numbers!(query, filter, direction, limit);
            query.push(") AS found ON found.seq = s.seq");
        }
        query.push(" ORDER BY s.seq").push(direction).push(" LIMIT ").push_bind(limit);
        read_page!(query, c, most)
    });
    Ok(page)
}

/// What is stored in a registration or enrolment of the people of some units.
///
/// Mostly the next statements of everybody hold a page of it. Where they do not, the units' own are searched: the work grows with
/// what the units did, and never with the store.
async fn in_units(tx: &mut Tx, filter: &Filter, units: &[OrgUnitId], limit: i64) -> Result<Page> {
    let page = among_the_next(tx, filter, units, limit).await?;
    if page.is_cut || next_of_everybody(tx, filter).await? < WINDOW {
        return Ok(page);
    }
    of_units(tx, filter, units, limit).await
}

/// What is of the units among the next [`WINDOW`] statements of everybody. CROSS JOIN keeps SQLite to the order written, here
/// and below.
async fn among_the_next(tx: &mut Tx, filter: &Filter, units: &[OrgUnitId], limit: i64) -> Result<Page> {
    let most = usize::try_from(limit).unwrap_or_default();
    let direction = filter.direction();
    let page = on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "SELECT s.seq, s.id, s.body, s.stored FROM (SELECT seq FROM (",
        );
        push_numbers!(query, filter, direction, WINDOW);
        query.push(") AS every ORDER BY seq").push(direction).push(" LIMIT ").push_bind(WINDOW);
        query.push(
            ") AS ahead JOIN statement s ON s.seq = ahead.seq
            WHERE EXISTS (SELECT 1 FROM registration r CROSS JOIN person p
            WHERE r.id = s.registration AND p.id = r.person_id AND p.org_unit_id IN (",
        );
        push_list!(query, units);
        query.push(
            ")) OR EXISTS (SELECT 1 FROM enrolment e CROSS JOIN person p
            WHERE e.id = s.registration AND p.id = e.person_id AND p.org_unit_id IN (",
        );
        push_list!(query, units);
        query.push(")) ORDER BY s.seq").push(direction).push(" LIMIT ").push_bind(limit.saturating_add(1));
        read_page!(query, c, most)
    });
    Ok(page)
}

/// How many statements of everybody come next, [`WINDOW`] at most.
async fn next_of_everybody(tx: &mut Tx, filter: &Filter) -> Result<i64> {
    let direction = filter.direction();
    Ok(on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new("SELECT COUNT(*) FROM (SELECT seq FROM (");
        push_numbers!(query, filter, direction, WINDOW);
        query.push(") AS every LIMIT ").push_bind(WINDOW).push(") AS ahead");
        query.build_query_scalar().fetch_one(c).await
    })?)
}

/// A search that begins with the people of the units.
async fn of_units(tx: &mut Tx, filter: &Filter, units: &[OrgUnitId], limit: i64) -> Result<Page> {
    let most = usize::try_from(limit).unwrap_or_default();
    let direction = filter.direction();
    let page = on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "WITH owned (id) AS MATERIALIZED (
            SELECT r.id FROM person p CROSS JOIN registration r WHERE r.person_id = p.id AND p.org_unit_id IN (",
        );
        push_list!(query, units);
        query.push(
            ") UNION ALL SELECT e.id FROM person p CROSS JOIN enrolment e WHERE e.person_id = p.id AND p.org_unit_id IN (",
        );
        push_list!(query, units);
        query.push(
            ")), theirs (seq) AS MATERIALIZED (
            SELECT s.seq FROM owned CROSS JOIN statement s WHERE s.registration = owned.id AND ",
        );
        push_in_range!(query, filter, "s");
        query.push(" AND ");
        push_naming!(query, filter.named(), "s");
        query.push(") SELECT s.seq, s.id, s.body, s.stored FROM (SELECT seq FROM theirs ORDER BY seq").push(direction);
        query.push(" LIMIT ").push_bind(limit.saturating_add(1)).push(") AS found JOIN statement s ON s.seq = found.seq");
        query.push(" ORDER BY s.seq").push(direction);
        read_page!(query, c, most)
    });
    Ok(page)
}

/// Whether a registration or enrolment is of somebody who works in one of `units`.
pub async fn is_of_units(tx: &mut Tx, registration: Uuid, units: &[OrgUnitId]) -> Result<bool> {
    if units.is_empty() {
        return Ok(false);
    }
    let people: i64 = on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new("SELECT COUNT(*) FROM person p WHERE p.org_unit_id IN (");
        push_list!(query, units);
        query.push(") AND p.id IN (SELECT r.person_id FROM registration r WHERE r.id = ").push_bind(registration);
        query.push(" UNION ALL SELECT e.person_id FROM enrolment e WHERE e.id = ").push_bind(registration);
        query.push(")");
        query.build_query_scalar().fetch_one(c).await
    })?;
    Ok(people > 0)
}
