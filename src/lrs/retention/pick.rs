//! Which statements a rule may remove, and removing them with everything that finds them.

use futures_util::TryStreamExt as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::store::Rule;
use crate::core::{Result, Sequence, Timestamp};
use crate::lrs::forward;
use crate::lrs::links::{Links, Usage};
use crate::lrs::order::Authority;
use crate::lrs::query::{Filter, push_in_range, push_list, push_naming, push_numbers, push_others};
use crate::lrs::store::{self, LinkRow};
use crate::on_db;
use crate::state::App;
use crate::storage::Tx;

/// What a rule must leave alone, beside what each statement says itself.
pub struct Guard {
    /// The account of the service.
    service: Uuid,
    /// What each forward that is on gets, behind the last statement it has.
    forwards: Vec<Filter>,
}

impl Guard {
    pub async fn load(tx: &mut Tx, app: &App) -> Result<Self> {
        let mut forwards = Vec::new();
        for forward in forward::all(tx).await?.into_iter().filter(|forward| forward.paused_at.is_none()) {
            forwards.push(Filter { cursor: Some(forward.seq), ..forward.asked()?.filter(app).await? });
        }
        // The service has an account.
        let service = Authority::service(app).actor().ifi().map(|ifi| ifi.key().0).unwrap_or_default();
        Ok(Self { service, forwards })
    }
}

/// What a rule is about, behind the number `place`.
pub async fn filter(app: &App, rule: &Rule, place: i64, now: Timestamp) -> Result<Filter> {
    let filter = rule.asked()?.filter(app).await?;
    Ok(Filter { until: Some(rule.before(now)), cursor: Some(place), ..filter })
}

/// Whether the statement `s` stays for good.
macro_rules! push_stays {
    ($query:expr, $guard:expr) => {{
        $query.push(
            "(s.refers_to IS NOT NULL OR EXISTS (SELECT 1 FROM statement r WHERE r.refers_to = s.id)
            OR EXISTS (SELECT 1 FROM statement_link m WHERE m.usage = ",
        );
        $query.push_bind(Usage::Mention as i32);
        $query.push(
            " AND m.entity = s.id)
            OR EXISTS (SELECT 1 FROM registration g WHERE g.id = s.registration)
            OR EXISTS (SELECT 1 FROM enrolment e WHERE e.id = s.registration)
            OR EXISTS (SELECT 1 FROM statement_link a WHERE a.usage IN (",
        );
        push_list!($query, &[Usage::Agent as i32, Usage::RelatedAgent as i32]);
        $query.push(") AND a.entity = ").push_bind($guard.service).push(" AND a.seq = s.seq))");
    }};
}

/// Whether a forward has still to send the statement `s`.
macro_rules! push_unsent {
    ($query:expr, $guard:expr) => {{
        $query.push("(1 = 0");
        for filter in &$guard.forwards {
            $query.push(" OR s.seq > ").push_bind(filter.cursor.unwrap_or_default()).push(" AND ");
            push_naming!($query, filter.named(), "s");
        }
        $query.push(")");
    }};
}

/// What would be removed now.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Preview {
    pub statements: i64,
    oldest: Option<i64>,
    newest: Option<i64>,
}

impl Preview {
    /// When the first and the last of them were stored.
    pub fn moments(&self) -> Option<(Timestamp, Timestamp)> {
        Some((Sequence::moment(self.oldest?), Sequence::moment(self.newest?)))
    }
}

/// Counts what `filter` finds and nothing protects.
pub async fn preview(tx: &mut Tx, filter: &Filter, guard: &Guard) -> Result<Preview> {
    let direction = filter.direction();
    Ok(on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "SELECT COUNT(*) AS statements, MIN(s.seq) AS oldest, MAX(s.seq) AS newest FROM (SELECT seq FROM (",
        );
        push_numbers!(query, filter, direction, i64::MAX);
        query.push(") AS every) AS found JOIN statement s ON s.seq = found.seq WHERE NOT ");
        push_stays!(query, guard);
        query.push(" AND NOT ");
        push_unsent!(query, guard);
        query.build_query_as().fetch_one(c).await
    })?)
}

/// A statement that a rule is about.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Candidate {
    pub seq: i64,
    pub stays: bool,
    pub unsent: bool,
}

/// The next statements that `filter` finds, `limit` at most, protected or not.
pub async fn next(tx: &mut Tx, filter: &Filter, guard: &Guard, limit: i64) -> Result<Vec<Candidate>> {
    let direction = filter.direction();
    Ok(on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new("SELECT s.seq, ");
        push_stays!(query, guard);
        query.push(" AS stays, ");
        push_unsent!(query, guard);
        query.push(" AS unsent FROM (SELECT seq FROM (");
        push_numbers!(query, filter, direction, limit);
        query.push(") AS every ORDER BY seq LIMIT ").push_bind(limit);
        query.push(") AS ahead JOIN statement s ON s.seq = ahead.seq ORDER BY s.seq");
        query.build_query_as().fetch_all(c).await
    })?)
}

/// What one of these tables says of a statement goes with it; tallies stay.
const OF_A_STATEMENT: [&str; 3] = ["statement_attachment", "statement_origin", "xapi_profile_example"];

/// Removes statements. Answers how many: one that cannot be read, or that the service made under an earlier address, stays.
pub async fn remove(tx: &mut Tx, seqs: &[i64]) -> Result<i64> {
    let mut links = links(tx, seqs).await?;
    let mut gone: Vec<i64> = links.iter().map(|link| link.seq).collect();
    gone.dedup();
    if gone.is_empty() {
        return Ok(0);
    }
    let mut gone: Vec<i64> = on_db!(tx, c => {
        // Somebody may be voiding one at this moment.
        let mut query = sqlx::QueryBuilder::<Database>::new("DELETE FROM statement WHERE NOT voided AND seq IN (");
        push_list!(query, &gone);
        query.push(") RETURNING seq");
        query.build_query_scalar().fetch_all(c).await
    })?;
    if gone.is_empty() {
        return Ok(0);
    }
    gone.sort_unstable();
    links.retain(|link| gone.binary_search(&link.seq).is_ok());
    store::delete_links(tx, &links).await?;
    for table in OF_A_STATEMENT {
        on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new("DELETE FROM ");
            query.push(table).push(" WHERE seq IN (");
            push_list!(query, &gone);
            query.push(")");
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(i64::try_from(gone.len()).unwrap_or(i64::MAX))
}

/// Under what statements that refer to no other are found, in the order of their numbers. Their texts tell: the links of one
/// statement are neighbours in no index. Texts are held one at a time.
async fn links(tx: &mut Tx, seqs: &[i64]) -> Result<Vec<LinkRow>> {
    if seqs.is_empty() {
        return Ok(Vec::new());
    }
    let links = on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new("SELECT seq, body FROM statement WHERE seq IN (");
        push_list!(query, seqs);
        query.push(") ORDER BY seq");
        let (mut links, mut rows) = (Vec::new(), query.build_query_as::<(i64, String)>().fetch(c));
        while let Some((seq, body)) = rows.try_next().await? {
            links.extend(links_of(&body).into_iter().map(|(usage, entity)| LinkRow { usage, entity, seq, subject: seq }));
        }
        links
    });
    Ok(links)
}

fn links_of(body: &str) -> Vec<(i32, Uuid)> {
    match crate::xapi::recall(body) {
        Ok(statement) if !Authority::is_service(&statement) => {
            Links::of(&statement, statement.authority.as_ref()).iter().collect()
        }
        _ => Vec::new(),
    }
}
