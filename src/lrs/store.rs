//! The tables of the store. Work does not grow with a query a statement: each table is written and asked once a batch.

use std::collections::{BTreeMap, HashMap};

use sqlx::FromRow;
use uuid::Uuid;

use crate::core::{Error, Result, StatementId, Timestamp};
use crate::on_db;
use crate::storage::Tx;
use crate::xapi::{VerbKey, vocabulary};

/// Rows in one INSERT, so that the values stay below SQLite's 32,766 parameters.
const ROWS: usize = 2_000;

/// A statement as a row.
#[derive(Clone, Debug, FromRow)]
pub struct Row {
    pub seq: i64,
    pub id: StatementId,
    pub body: String,
    pub registration: Option<Uuid>,
    pub stored: Timestamp,
    pub occurred: Timestamp,
    pub refers_to: Option<Uuid>,
    pub verb_key: Uuid,
    pub voided: bool,
}

/// A row of `statement_link`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkRow {
    pub usage: i32,
    pub entity: Uuid,
    pub seq: i64,
    pub subject: i64,
}

const FIND: &str =
    "SELECT seq, id, body, registration, stored, occurred, refers_to, verb_key, voided FROM statement WHERE id = $1";
const OF_REGISTRATION: &str =
    "SELECT seq, id, body, registration, stored, occurred, refers_to, verb_key, voided FROM statement
    WHERE registration = $1 AND NOT voided ORDER BY seq";
const LATEST_OF_REGISTRATION: &str =
    "SELECT seq, id, body, registration, stored, occurred, refers_to, verb_key, voided FROM statement
    WHERE registration = $1 AND NOT voided ORDER BY seq DESC LIMIT $2";
const FIND_AGENT: &str = "SELECT names FROM xapi_agent WHERE agent_key = $1";
const FIND_ACTIVITY: &str = "SELECT definition FROM xapi_activity WHERE activity_key = $1";

/// The statement with this id, voided or not.
pub async fn find(tx: &mut Tx, id: StatementId) -> Result<Option<Row>> {
    Ok(on_db!(tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await)?)
}

/// The statements of a registration in the order of storing, without the voided ones.
pub async fn of_registration(tx: &mut Tx, registration: Uuid) -> Result<Vec<Row>> {
    Ok(on_db!(tx, c => sqlx::query_as(OF_REGISTRATION).bind(registration).fetch_all(c).await)?)
}

/// The last statements of a registration, the latest first, without the voided ones.
pub async fn latest_of_registration(tx: &mut Tx, registration: Uuid, limit: i64) -> Result<Vec<Row>> {
    Ok(on_db!(tx, c => sqlx::query_as(LATEST_OF_REGISTRATION).bind(registration).bind(limit).fetch_all(c).await)?)
}

/// Those of `ids` that are stored.
pub async fn find_all(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Row>> {
    by_ids(tx, "id", ids).await
}

/// The statements that refer to one of `ids`.
pub async fn referring_to(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Row>> {
    by_ids(tx, "refers_to", ids).await
}

/// `column` is one of ours, never a caller's text.
async fn by_ids(tx: &mut Tx, column: &'static str, ids: &[Uuid]) -> Result<Vec<Row>> {
    let mut found = Vec::new();
    for ids in ids.chunks(ROWS) {
        let rows: Vec<Row> = on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new(
                "SELECT seq, id, body, registration, stored, occurred, refers_to, verb_key, voided FROM statement WHERE ",
            );
            query.push(column).push(" IN (");
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(*id);
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows);
    }
    Ok(found)
}

/// Writes statements; answers the numbers of those that were new. An id (or number) that is taken is left as it is.
pub async fn insert(tx: &mut Tx, rows: &[Row]) -> Result<Vec<i64>> {
    let mut written = Vec::with_capacity(rows.len());
    for rows in rows.chunks(ROWS) {
        let new: Vec<i64> = on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new(
                "INSERT INTO statement (seq, id, body, registration, stored, occurred, refers_to, verb_key, voided) ",
            );
            query.push_values(rows, |mut values, row| {
                values
                    .push_bind(row.seq)
                    .push_bind(row.id)
                    .push_bind(row.body.as_str())
                    .push_bind(row.registration)
                    .push_bind(row.stored)
                    .push_bind(row.occurred)
                    .push_bind(row.refers_to)
                    .push_bind(row.verb_key)
                    .push_bind(row.voided);
            });
            query.push(" ON CONFLICT DO NOTHING RETURNING seq");
            query.build_query_scalar().fetch_all(c).await
        })?;
        written.extend(new);
    }
    Ok(written)
}

/// Writes links; one that is there already stays.
pub async fn insert_links(tx: &mut Tx, links: &mut Vec<LinkRow>) -> Result<()> {
    // Sorted, so that neighbours in the index are written together and two batches lock in one order.
    links.sort_unstable();
    links.dedup();
    for rows in links.chunks(ROWS) {
        on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new("INSERT INTO statement_link (usage, entity, seq, subject) ");
            query.push_values(rows, |mut values, row| {
                values.push_bind(row.usage).push_bind(row.entity).push_bind(row.seq).push_bind(row.subject);
            });
            query.push(" ON CONFLICT DO NOTHING");
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Marks `ids` as voided, except voiding statements, which cannot be voided (1.0.3 Data 2.3.2; XAPI-00016).
pub async fn void(tx: &mut Tx, ids: &[Uuid]) -> Result<()> {
    let voiding = VerbKey::of(vocabulary::VOIDED);
    for ids in ids.chunks(ROWS) {
        on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new("UPDATE statement SET voided = TRUE WHERE verb_key <> ");
            query.push_bind(voiding).push(" AND id IN (");
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(*id);
            }
            query.push(")");
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

#[derive(FromRow)]
struct Known {
    key: Uuid,
    text: Option<String>,
}

/// The newest names kept of one agent.
const NAMES: usize = 10;

/// Remembers agents by their canonical identifier, each with the name given now.
pub async fn learn_agents(tx: &mut Tx, agents: &BTreeMap<Uuid, (String, Option<String>)>) -> Result<()> {
    let known = known(tx, "xapi_agent", agents.keys().copied().collect()).await?;
    let mut changed = Vec::new();
    for (key, (ifi, name)) in agents {
        let before = known.get(key).map(|text| text.as_deref().unwrap_or("[]"));
        let mut names: Vec<String> = serde_json::from_str(before.unwrap_or("[]")).unwrap_or_default();
        if let Some(name) = name.as_ref().filter(|name| !names.contains(name)) {
            names.push(name.clone());
            names.drain(..names.len().saturating_sub(NAMES));
        } else if before.is_some() {
            continue;
        }
        changed.push((*key, ifi, serde_json::to_string(&names)?));
    }
    for rows in changed.chunks(ROWS) {
        on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new("INSERT INTO xapi_agent (agent_key, ifi, names) ");
            query.push_values(rows, |mut values, (key, ifi, names)| {
                // An account may be named with U+0000, which PostgreSQL keeps in no text; the key tells them apart.
                values.push_bind(*key).push_bind(ifi.replace('\0', "\u{fffd}")).push_bind(names.as_str());
            });
            query.push(" ON CONFLICT (agent_key) DO UPDATE SET names = excluded.names");
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Remembers activities; `merge` makes the definition to keep from the one known and the one given.
pub async fn learn_activities(
    tx: &mut Tx,
    activities: &BTreeMap<Uuid, (String, Option<serde_json::Value>)>,
    merge: impl Fn(Option<serde_json::Value>, &serde_json::Value) -> serde_json::Value,
) -> Result<()> {
    let known = known(tx, "xapi_activity", activities.keys().copied().collect()).await?;
    let mut changed = Vec::new();
    for (key, (iri, definition)) in activities {
        let before = known.get(key);
        let now = match definition {
            None if before.is_some() => continue,
            None => None,
            Some(given) => {
                let kept = before.cloned().flatten().and_then(|text| serde_json::from_str(&text).ok());
                let merged = merge(kept, given).to_string();
                if before.is_some_and(|before| before.as_ref() == Some(&merged)) {
                    continue;
                }
                Some(merged)
            }
        };
        changed.push((*key, iri, now));
    }
    for rows in changed.chunks(ROWS) {
        on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new("INSERT INTO xapi_activity (activity_key, iri, definition) ");
            query.push_values(rows, |mut values, (key, iri, definition)| {
                values.push_bind(*key).push_bind(iri.as_str()).push_bind(definition.as_deref());
            });
            query.push(" ON CONFLICT (activity_key) DO UPDATE SET definition = COALESCE(excluded.definition, xapi_activity.definition)");
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// What a dictionary holds under `keys`; a key that is absent is unknown. The table is one of ours.
async fn known(tx: &mut Tx, table: &'static str, keys: Vec<Uuid>) -> Result<HashMap<Uuid, Option<String>>> {
    let (columns, key) = match table {
        "xapi_agent" => ("agent_key AS key, names AS text", "agent_key"),
        _ => ("activity_key AS key, definition AS text", "activity_key"),
    };
    let mut found = HashMap::with_capacity(keys.len());
    for keys in keys.chunks(ROWS) {
        let rows: Vec<Known> = on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new("SELECT ");
            query.push(columns).push(" FROM ").push(table).push(" WHERE ").push(key).push(" IN (");
            let mut list = query.separated(", ");
            for key in keys {
                list.push_bind(*key);
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows.into_iter().map(|row| (row.key, row.text)));
    }
    Ok(found)
}

const AGENTS_NAMED: &str =
    "SELECT agent_key, ifi, names FROM xapi_agent WHERE LOWER(names) LIKE $1 ORDER BY names LIMIT $2";
const ACTIVITIES_NAMED: &str = "SELECT activity_key, iri, definition FROM xapi_activity
    WHERE LOWER(definition) LIKE $1 ORDER BY iri LIMIT $2";

/// Agents whose name contains `text`: key, canonical identifier, latest name.
pub async fn agents_named(tx: &mut Tx, text: &str, limit: i64) -> Result<Vec<(Uuid, String, String)>> {
    let pattern = containing(text);
    let rows: Vec<(Uuid, String, String)> =
        on_db!(tx, c => sqlx::query_as(AGENTS_NAMED).bind(pattern).bind(limit).fetch_all(c).await)?;
    let latest = |names: &str| serde_json::from_str::<Vec<String>>(names).ok().and_then(|mut names| names.pop());
    Ok(rows
        .into_iter()
        .map(|(key, ifi, names)| {
            let name = latest(&names).unwrap_or_default();
            (key, ifi, name)
        })
        .collect())
}

/// Activities whose definition contains `text`: key, IRI, definition.
pub async fn activities_named(tx: &mut Tx, text: &str, limit: i64) -> Result<Vec<(Uuid, String, String)>> {
    let pattern = containing(text);
    Ok(on_db!(tx, c => sqlx::query_as(ACTIVITIES_NAMED).bind(pattern).bind(limit).fetch_all(c).await)?)
}

/// A LIKE pattern that finds `text` as it is: what LIKE would read as a joker stands for one character.
fn containing(text: &str) -> String {
    let plain: String =
        text.to_lowercase().chars().map(|c| if matches!(c, '%' | '\\' | '\0') { '_' } else { c }).collect();
    format!("%{plain}%")
}

/// The names under which an agent was seen.
pub async fn names_of(tx: &mut Tx, agent: Uuid) -> Result<Vec<String>> {
    let names: Option<String> = on_db!(tx, c => sqlx::query_scalar(FIND_AGENT).bind(agent).fetch_optional(c).await)?;
    Ok(names.and_then(|names| serde_json::from_str(&names).ok()).unwrap_or_default())
}

/// The merged definition of an activity; the outer `None` if no statement ever named it.
pub async fn definition_of(tx: &mut Tx, activity: Uuid) -> Result<Option<Option<String>>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(FIND_ACTIVITY).bind(activity).fetch_optional(c).await)?)
}

/// The merged definitions of many activities, by key.
pub async fn definitions(tx: &mut Tx, activities: Vec<Uuid>) -> Result<HashMap<Uuid, String>> {
    let found = known(tx, "xapi_activity", activities).await?;
    Ok(found.into_iter().filter_map(|(key, text)| Some((key, text?))).collect())
}

/// Whether the database gave up this transaction so that another could go on: trying again will do.
pub fn is_transient(error: &Error) -> bool {
    let code = error
        .source
        .as_ref()
        .and_then(|source| source.downcast_ref::<sqlx::Error>())
        .and_then(|source| source.as_database_error())
        .and_then(|database| database.code());
    // PostgreSQL: serialization_failure, deadlock_detected. SQLite: BUSY and BUSY_SNAPSHOT.
    matches!(code.as_deref(), Some("40001" | "40P01" | "5" | "517")) || error.code == "statement-number-taken"
}
