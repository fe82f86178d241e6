//! What statements teach of agents and activities: the names somebody was seen under, the definition that all statements
//! together give.
//!
//! Several writers may learn of the same thing at once (PostgreSQL). Most batches teach nothing new and lock nothing; one
//! that does locks its rows in the order of their keys, agents first, and looks again at what it has locked: no name is lost,
//! and nobody waits in a circle.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use super::links;
use crate::core::{RegistrationId, Result, Timestamp};
use crate::storage::{Inner, Tx, hexadecimal};
use crate::xapi::{ActivityKey, Statement};

/// The newest names kept of one agent.
const NAMES: usize = 10;

/// What a batch teaches, each thing once.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    /// Canonical identifiers, with the names given, in their order.
    agents: BTreeMap<Uuid, (String, Vec<String>)>,
    /// IRIs, with the definition given.
    activities: BTreeMap<Uuid, (String, Option<Value>)>,
}

/// An entry as a row: `names` of an agent, `definition` of an activity.
#[derive(Clone, Debug, PartialEq, FromRow)]
struct Entry {
    key: Uuid,
    /// The identifier; empty where it was not asked for.
    #[sqlx(default)]
    name: String,
    text: Option<String>,
}

/// What a table holds under some keys; a key that is absent is unknown.
type Known = HashMap<Uuid, Option<String>>;

/// How long what taught nothing new is taken for known.
const TRUSTED: Duration = Duration::from_secs(5);
/// Keys kept at most; when there are more, all are looked up again.
const MOST: usize = 10_000;

/// What taught nothing new a moment ago: most statements repeat what those before have said of the same things, and it need not
/// be looked up for each of them. By key, the digest of what was given, and since when. Another process may have learnt something
/// else meanwhile: what is said at nearly the same time in two places has no order.
///
/// Also the registrations that nobody follows: one of ours gets a new random id, which no statement can have named before.
#[derive(Default)]
pub struct Familiar {
    by_key: Mutex<HashMap<Uuid, (u64, Timestamp)>>,
    hasher: RandomState,
}

impl Familiar {
    /// The keys of what has to be looked up.
    fn unknown<T: Hash>(&self, given: &BTreeMap<Uuid, (String, T)>, now: Timestamp) -> Vec<Uuid> {
        given.iter().filter(|(key, (_, given))| !self.knows(**key, given, now)).map(|(key, _)| *key).collect()
    }

    fn knows(&self, key: Uuid, given: &impl Hash, now: Timestamp) -> bool {
        self.entries().get(&key).is_some_and(|(digest, since)| {
            // A clock that was set back trusts nothing longer.
            *digest == self.hasher.hash_one(given) && now >= *since && now.since(*since) < TRUSTED
        })
    }

    /// Whether a registration was found to be nobody's.
    pub(super) fn is_nobodys(&self, registration: RegistrationId, now: Timestamp) -> bool {
        self.knows(registration.0, &(), now)
    }

    /// Takes note that nobody follows a registration.
    pub(super) fn note_nobodys(&self, registration: RegistrationId, now: Timestamp) {
        self.note(registration.0, &(), true, now);
    }

    /// Takes note of what was found in the database, or is about to change there.
    fn note(&self, key: Uuid, given: &impl Hash, is_known: bool, now: Timestamp) {
        let mut entries = self.entries();
        if !is_known {
            entries.remove(&key);
            return;
        }
        if entries.len() >= MOST {
            entries.clear();
        }
        entries.insert(key, (self.hasher.hash_one(given), now));
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<Uuid, (u64, Timestamp)>> {
        self.by_key.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Dictionary {
    /// Takes note of what a statement names, and of what it says of it if it `defines`.
    pub fn note(&mut self, statement: &Statement, defines: bool) {
        for (ifi, name) in links::agents(statement) {
            // An account may be named with U+0000, which PostgreSQL keeps in no text; the key tells them apart.
            let text = || ifi.canonical().replace('\0', "\u{fffd}");
            let entry = self.agents.entry(ifi.key().0).or_insert_with(|| (text(), Vec::new()));
            if let Some(name) = name.filter(|name| defines && !entry.1.iter().any(|known| known == name)) {
                entry.1.push(name.to_owned());
            }
        }
        for activity in links::activities(statement) {
            let key = ActivityKey::of(&activity.id).0;
            let entry = self.activities.entry(key).or_insert_with(|| (activity.id.clone(), None));
            if let Some(definition) = activity.definition.as_ref().filter(|_| defines) {
                // A definition that was read from JSON can be written as JSON.
                learn_definition(&mut entry.1, &serde_json::to_value(definition).unwrap_or_default());
            }
        }
    }

    /// Takes note of what is noted elsewhere, as said later.
    pub fn absorb(&mut self, later: &Dictionary) {
        for (key, (ifi, names)) in &later.agents {
            let entry = self.agents.entry(*key).or_insert_with(|| (ifi.clone(), Vec::new()));
            for name in names {
                if !entry.1.contains(name) {
                    entry.1.push(name.clone());
                }
            }
        }
        for (key, (iri, definition)) in &later.activities {
            let entry = self.activities.entry(*key).or_insert_with(|| (iri.clone(), None));
            if let Some(definition) = definition {
                learn_definition(&mut entry.1, definition);
            }
        }
    }

    /// Writes what is new; what is `familiar` is not.
    pub async fn keep(&self, tx: &mut Tx, familiar: &Familiar, now: Timestamp) -> Result<()> {
        let agents = familiar.unknown(&self.agents, now);
        let activities = familiar.unknown(&self.activities, now);
        let (known_agents, known_activities) = known(tx, &agents, &activities).await?;
        let agent = |key: &Uuid, known: Option<&Option<String>>| {
            let (ifi, given) = self.agents.get(key)?;
            let text = names(known.map(Option::as_deref), given);
            familiar.note(*key, given, text.is_none(), now);
            Some(Entry { key: *key, name: ifi.clone(), text: Some(text?) })
        };
        learn(tx, &AGENTS, &agents, &known_agents, agent).await?;
        let activity = |key: &Uuid, known: Option<&Option<String>>| {
            let (iri, given) = self.activities.get(key)?;
            let text = definition(known.map(Option::as_deref), given.as_ref());
            familiar.note(*key, given, text.is_none(), now);
            Some(Entry { key: *key, name: iri.clone(), text: text? })
        };
        learn(tx, &ACTIVITIES, &activities, &known_activities, activity).await
    }
}

/// Adds to a definition what was said later.
fn learn_definition(known: &mut Option<Value>, given: &Value) {
    // Most statements say the same of the same thing.
    if known.as_ref() != Some(given) {
        *known = Some(merged(known.take(), given));
    }
}

/// The names to keep, if they change. The outer `None` of `known` is an agent never seen.
fn names(known: Option<Option<&str>>, given: &[String]) -> Option<String> {
    let mut names: Vec<String> = known.flatten().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let before = names.len();
    for name in given {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    if known.is_some() && names.len() == before {
        return None;
    }
    names.drain(..names.len().saturating_sub(NAMES));
    // Strings can always be written.
    serde_json::to_string(&names).ok()
}

/// The definition to keep, if it changes. The outer `None` of `known` is an activity never seen.
fn definition(known: Option<Option<&str>>, given: Option<&Value>) -> Option<Option<String>> {
    match given {
        None if known.is_some() => None,
        None => Some(None),
        Some(given) => {
            let before = known.flatten().and_then(|text| serde_json::from_str(text).ok());
            let now = merged(before, given).to_string();
            (known.flatten() != Some(now.as_str())).then_some(Some(now))
        }
    }
}

/// The definition that both together give: the newer wins, texts in other languages stay (1.0.3 Data 2.4.4.1).
fn merged(known: Option<Value>, given: &Value) -> Value {
    let (Some(Value::Object(mut all)), Value::Object(new)) = (known, given) else { return given.clone() };
    for (key, value) in new {
        match (all.get_mut(key), value) {
            (Some(Value::Object(before)), Value::Object(now))
                if matches!(key.as_str(), "name" | "description" | "extensions") =>
            {
                before.extend(now.clone());
            }
            _ => _ = all.insert(key.clone(), value.clone()),
        }
    }
    Value::Object(all)
}

/// The texts of one of the two tables.
struct Table {
    put_sqlite: &'static str,
    /// Inserts what is absent, and locks and answers what is there.
    claim_postgres: &'static str,
    change_postgres: &'static str,
}

const KNOWN_SQLITE: &str = "
    SELECT TRUE, agent_key, names FROM xapi_agent WHERE agent_key IN (SELECT unhex(value) FROM json_each($1))
    UNION ALL
    SELECT FALSE, activity_key, definition FROM xapi_activity
    WHERE activity_key IN (SELECT unhex(value) FROM json_each($2))";
const KNOWN_POSTGRES: &str = "
    SELECT TRUE, agent_key, names FROM xapi_agent WHERE agent_key = ANY($1)
    UNION ALL
    SELECT FALSE, activity_key, definition FROM xapi_activity WHERE activity_key = ANY($2)";
const PUT_AGENTS_SQLITE: &str = "INSERT INTO xapi_agent (agent_key, ifi, names)
    SELECT unhex(value ->> 0), value ->> 1, value ->> 2 FROM json_each($1) WHERE TRUE
    ON CONFLICT (agent_key) DO UPDATE SET names = excluded.names";
const CLAIM_AGENTS_POSTGRES: &str = "INSERT INTO xapi_agent AS known (agent_key, ifi, names)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])
    ON CONFLICT (agent_key) DO UPDATE SET names = known.names RETURNING agent_key AS key, names AS text";
const CHANGE_AGENTS_POSTGRES: &str = "UPDATE xapi_agent known SET names = new.names
    FROM unnest($1::uuid[], $2::text[]) AS new (agent_key, names) WHERE known.agent_key = new.agent_key";
const PUT_ACTIVITIES_SQLITE: &str = "INSERT INTO xapi_activity (activity_key, iri, definition)
    SELECT unhex(value ->> 0), value ->> 1, value ->> 2 FROM json_each($1) WHERE TRUE
    ON CONFLICT (activity_key) DO UPDATE SET definition = excluded.definition";
const CLAIM_ACTIVITIES_POSTGRES: &str = "INSERT INTO xapi_activity AS known (activity_key, iri, definition)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])
    ON CONFLICT (activity_key) DO UPDATE SET definition = known.definition
    RETURNING activity_key AS key, definition AS text";
const CHANGE_ACTIVITIES_POSTGRES: &str = "UPDATE xapi_activity known SET definition = new.definition
    FROM unnest($1::uuid[], $2::text[]) AS new (activity_key, definition) WHERE known.activity_key = new.activity_key";

const AGENTS: Table = Table {
    put_sqlite: PUT_AGENTS_SQLITE,
    claim_postgres: CLAIM_AGENTS_POSTGRES,
    change_postgres: CHANGE_AGENTS_POSTGRES,
};
const ACTIVITIES: Table = Table {
    put_sqlite: PUT_ACTIVITIES_SQLITE,
    claim_postgres: CLAIM_ACTIVITIES_POSTGRES,
    change_postgres: CHANGE_ACTIVITIES_POSTGRES,
};

/// Writes the entries that `change` makes of what is `known` of `keys`, which come in their order.
async fn learn(
    tx: &mut Tx,
    table: &Table,
    keys: &[Uuid],
    known: &Known,
    change: impl Fn(&Uuid, Option<&Option<String>>) -> Option<Entry>,
) -> Result<()> {
    let changed: Vec<Entry> = keys.iter().filter_map(|key| change(key, known.get(key))).collect();
    if changed.is_empty() {
        return Ok(());
    }
    match &mut tx.0 {
        // Whoever writes is alone.
        Inner::Sqlite(connection) => {
            let rows: Vec<(String, &str, Option<&str>)> = changed
                .iter()
                .map(|row| (row.key.simple().to_string(), row.name.as_str(), row.text.as_deref()))
                .collect();
            let rows = serde_json::to_string(&rows)?;
            sqlx::query(table.put_sqlite).bind(rows).execute(&mut **connection).await?;
        }
        Inner::Postgres(connection) => {
            let (keys, names, texts) = columns(&changed);
            let held: Vec<Entry> = sqlx::query_as(table.claim_postgres)
                .bind(keys)
                .bind(names)
                .bind(texts)
                .fetch_all(&mut **connection)
                .await?;
            let held: Known = held.into_iter().map(|row| (row.key, row.text)).collect();
            // New rows are as we made them; those that were there may have changed since they were read.
            let behind: Vec<Entry> = changed
                .iter()
                .filter(|row| held.get(&row.key) != Some(&row.text))
                .filter_map(|row| change(&row.key, held.get(&row.key)))
                .collect();
            if !behind.is_empty() {
                let (keys, _, texts) = columns(&behind);
                sqlx::query(table.change_postgres).bind(keys).bind(texts).execute(&mut **connection).await?;
            }
        }
    }
    Ok(())
}

fn columns(rows: &[Entry]) -> (Vec<Uuid>, Vec<&str>, Vec<Option<&str>>) {
    let keys = rows.iter().map(|row| row.key).collect();
    let names = rows.iter().map(|row| row.name.as_str()).collect();
    (keys, names, rows.iter().map(|row| row.text.as_deref()).collect())
}

/// What is known of agents, and of activities.
async fn known(tx: &mut Tx, agents: &[Uuid], activities: &[Uuid]) -> Result<(Known, Known)> {
    if agents.is_empty() && activities.is_empty() {
        return Ok(Default::default());
    }
    let rows: Vec<(bool, Uuid, Option<String>)> = match &mut tx.0 {
        Inner::Sqlite(connection) => {
            sqlx::query_as(KNOWN_SQLITE)
                .bind(hexadecimal(agents.iter().copied()))
                .bind(hexadecimal(activities.iter().copied()))
                .fetch_all(&mut **connection)
                .await?
        }
        Inner::Postgres(connection) => {
            sqlx::query_as(KNOWN_POSTGRES).bind(agents).bind(activities).fetch_all(&mut **connection).await?
        }
    };
    let mut known = (Known::new(), Known::new());
    for (is_agent, key, text) in rows {
        let table = if is_agent { &mut known.0 } else { &mut known.1 };
        table.insert(key, text);
    }
    Ok(known)
}

/// The merged definitions of many activities, by key.
pub async fn definitions(tx: &mut Tx, activities: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    let (_, found) = known(tx, &[], activities).await?;
    Ok(found.into_iter().filter_map(|(key, text)| Some((key, text?))).collect())
}

const ACTIVITIES_SQLITE: &str = "SELECT activity_key, iri, definition FROM xapi_activity \
    WHERE activity_key IN (SELECT unhex(value) FROM json_each($1))";
const ACTIVITIES_POSTGRES: &str =
    "SELECT activity_key, iri, definition FROM xapi_activity WHERE activity_key = ANY($1)";

/// The identifiers of many activities, each with its merged definition if there is one, by key.
pub async fn activities(tx: &mut Tx, keys: &[Uuid]) -> Result<HashMap<Uuid, (String, Option<String>)>> {
    let rows: Vec<(Uuid, String, Option<String>)> = match &mut tx.0 {
        Inner::Sqlite(connection) => {
            let keys = hexadecimal(keys.iter().copied());
            sqlx::query_as(ACTIVITIES_SQLITE).bind(keys).fetch_all(&mut **connection).await?
        }
        Inner::Postgres(connection) => {
            sqlx::query_as(ACTIVITIES_POSTGRES).bind(keys).fetch_all(&mut **connection).await?
        }
    };
    Ok(rows.into_iter().map(|(key, iri, definition)| (key, (iri, definition))).collect())
}
