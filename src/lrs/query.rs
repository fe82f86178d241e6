//! Searching statements by links, newest or oldest first, a page after the other.

use futures_util::TryStreamExt as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::links::Usage;
use crate::core::{Result, Sequence, StatementId, Timestamp};
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

/// One thing a statement must name, in one of several parts.
struct Named {
    usages: &'static [i32],
    entity: Uuid,
}

const AGENT: &[i32] = &[Usage::Agent as i32];
const ANY_AGENT: &[i32] = &[Usage::Agent as i32, Usage::RelatedAgent as i32];
const ACTIVITY: &[i32] = &[Usage::Activity as i32];
const ANY_ACTIVITY: &[i32] = &[Usage::Activity as i32, Usage::RelatedActivity as i32];
const VERB: &[i32] = &[Usage::Verb as i32];
const REGISTRATION: &[i32] = &[Usage::Registration as i32];

impl Filter {
    /// What must be named, the rarest kind first: the first is searched, the others are looked up.
    fn named(&self) -> Vec<Named> {
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

    /// The numbers searched: after the first, up to the second. `since` and `until` are numbers too, because a number is
    /// the moment of storing.
    fn numbers(&self) -> (i64, i64) {
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

/// Up to `limit` statements, fewer where they are large, without the voided ones (XAPI-00018).
pub async fn search(tx: &mut Tx, filter: &Filter, limit: i64) -> Result<Page> {
    let most = usize::try_from(limit).unwrap_or_default();
    let limit = limit.saturating_add(1);
    let (after, through) = filter.numbers();
    let direction = if filter.ascending { " ASC" } else { " DESC" };
    let named = filter.named();
    let page = on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new("SELECT s.seq, s.id, s.body, s.stored FROM statement s");
        if let Some((first, others)) = named.split_first() {
            // One branch a part, each read in the order of its index and cut; UNION drops what is found twice.
            query.push(" JOIN (");
            for (branch, usage) in first.usages.iter().enumerate() {
                query.push(if branch > 0 { " UNION SELECT" } else { "SELECT" });
                query.push(
                    " seq FROM (SELECT DISTINCT l.seq FROM statement_link l JOIN statement v ON v.seq = l.seq WHERE l.usage = ",
                );
                query.push_bind(*usage).push(" AND l.entity = ").push_bind(first.entity);
                query.push(" AND l.seq > ").push_bind(after).push(" AND l.seq <= ").push_bind(through).push(" AND NOT v.voided");
                if let Some(registration) = filter.within {
                    query.push(" AND v.registration = ").push_bind(registration);
                }
                for other in others {
                    query.push(" AND EXISTS (SELECT 1 FROM statement_link o WHERE o.usage IN (");
                    let mut usages = query.separated(", ");
                    for usage in other.usages {
                        usages.push_bind(*usage);
                    }
                    query.push(") AND o.entity = ").push_bind(other.entity);
                    // The same statement must name all of it: this one, or the one it refers to.
                    query.push(" AND o.seq = l.seq AND o.subject = l.subject)");
                }
                query.push(" ORDER BY l.seq").push(direction).push(" LIMIT ").push_bind(limit).push(") AS part");
                query.push(branch);
            }
            query.push(") AS found ON found.seq = s.seq");
        } else {
            query.push(" WHERE s.seq > ").push_bind(after).push(" AND s.seq <= ").push_bind(through).push(" AND NOT s.voided");
            if let Some(registration) = filter.within {
                query.push(" AND s.registration = ").push_bind(registration);
            }
        }
        query.push(" ORDER BY s.seq").push(direction).push(" LIMIT ").push_bind(limit);
        let (mut page, mut bytes) = (Page::default(), 0);
        let mut rows = query.build_query_as::<Found>().fetch(c);
        while let Some(row) = rows.try_next().await? {
            bytes += row.body.len();
            page.is_cut = page.found.len() >= most || bytes > PAGE_BYTES && !page.found.is_empty();
            if page.is_cut {
                break;
            }
            page.found.push(row);
        }
        page
    });
    Ok(page)
}
