//! Storing statements: the one way in, whoever makes them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;
use uuid::Uuid;

use super::attachments::{self, Attached, AttachedRow};
use super::links::{self, Links};
use super::store::{self, LinkRow, Row};
use crate::core::{Error, RegistrationId, Result, StatementId, Timestamp};
use crate::state::App;
use crate::storage::Tx;
use crate::xapi::body::{self, ServerSet};
use crate::xapi::json::Json;
use crate::xapi::{ActivityKey, Actor, Agent, Ifi, Statement, Stored, VerbKey, Version, equality, exact};

/// How often the projection may answer with statements of its own before something is wrong.
const ROUNDS: usize = 8;
/// The account of Préau among the authorities.
const SERVICE: &str = "preau";
/// How far references to references are followed.
const REFERENCES: usize = 10;

/// Who vouches for statements (1.0.3 Data 2.4.9), and what the sender may change.
#[derive(Clone, Debug)]
pub struct Authority {
    actor: Actor,
    version: Version,
    /// May statements change what is known of activities and agents (scope `define`)?
    defines: bool,
    /// The registration of the launch whose credential brings the statements.
    registration: Option<Uuid>,
}

impl Authority {
    /// Préau itself.
    pub fn service(app: &App) -> Self {
        Self::named(app, SERVICE, "Préau")
    }

    /// An account of this installation: a credential, or launched content.
    pub(super) fn named(app: &App, account: &str, name: &str) -> Self {
        let actor = Agent::account(app.config.public_origin(), account).named(name).into();
        Self { actor, version: Version::V1, defines: true, registration: None }
    }

    /// Whether Préau itself vouches for a stored statement: no credential has this account.
    pub fn is_service(statement: &Statement) -> bool {
        let ifi = statement.authority.as_ref().and_then(Actor::ifi);
        matches!(ifi, Some(Ifi::Account { name, .. }) if name == SERVICE)
    }

    pub(super) fn speaking(self, version: Version) -> Self {
        Self { version, ..self }
    }

    pub(super) fn defining(self, defines: bool) -> Self {
        Self { defines, ..self }
    }

    pub(super) fn launched_in(self, registration: Uuid) -> Self {
        Self { registration: Some(registration), ..self }
    }

    pub(super) fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// A statement on its way in: what it says, the text that says it, and the files that came with it.
#[derive(Clone, Debug)]
pub struct Received {
    pub statement: Statement,
    pub text: String,
    pub attached: Vec<Attached>,
}

impl TryFrom<Statement> for Received {
    type Error = Error;

    fn try_from(statement: Statement) -> Result<Self> {
        Ok(Self { text: serde_json::to_string(&statement)?, statement, attached: Vec::new() })
    }
}

/// Stores statements of our own making in the caller's transaction and lets the projection follow.
///
/// Answers the new ones, those the projection added included. Errors: `statement-conflict` if an id is taken by another
/// statement.
pub async fn append(tx: &mut Tx, app: &App, statements: Vec<Statement>, authority: Authority) -> Result<Vec<Stored>> {
    let received = statements.into_iter().map(Received::try_from).collect::<Result<Vec<_>>>()?;
    let (_, stored) = append_received(tx, app, received, &authority).await?;
    Ok(stored)
}

/// Stores statements as they came. Answers the ids in their order, and what is new.
pub(super) async fn append_received(
    tx: &mut Tx,
    app: &App,
    received: Vec<Received>,
    authority: &Authority,
) -> Result<(Vec<StatementId>, Vec<Stored>)> {
    let (ids, mut all) = store_batch(tx, app, received, authority).await?;
    let mut from = 0;
    for _ in 0..ROUNDS {
        if from == all.len() {
            return Ok((ids, all));
        }
        let more = app.projection.stored(app, tx, &all[from..]).await?;
        from = all.len();
        let more = more.into_iter().map(Received::try_from).collect::<Result<Vec<_>>>()?;
        let (_, stored) = store_batch(tx, app, more, &Authority::service(app)).await?;
        all.extend(stored);
    }
    Err(Error::internal(anyhow::anyhow!("the projection answers every batch of its own statements with more")))
}

async fn store_batch(
    tx: &mut Tx,
    app: &App,
    received: Vec<Received>,
    authority: &Authority,
) -> Result<(Vec<StatementId>, Vec<Stored>)> {
    if received.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let given: Vec<Uuid> = received.iter().filter_map(|received| received.statement.id).map(|id| id.0).collect();
    if given.iter().collect::<HashSet<_>>().len() < given.len() {
        return Err(Error::malformed("statement-id-repeated").detail("two statements of one batch have the same id"));
    }
    let ids: Vec<StatementId> =
        received.iter().map(|received| received.statement.id.unwrap_or_else(StatementId::new)).collect();
    let known = store::find_all(tx, &given).await?;
    let known: HashMap<Uuid, Row> = known.into_iter().map(|row| (row.id.0, row)).collect();
    let referring = store::referring_to(tx, &given).await?;

    let named = received.iter().filter_map(|received| received.statement.registration().or(authority.registration));
    // In one order everywhere, so that two batches never wait for each other.
    let registrations: BTreeSet<RegistrationId> = named.map(RegistrationId).collect();
    app.projection.prepare(tx, &registrations.into_iter().collect::<Vec<_>>()).await?;
    let numbers = app.sequence.take(app.clock.now(), received.len());
    let authority_text = serde_json::to_string(&authority.actor)?;
    let voided: HashSet<Uuid> =
        referring.iter().filter(|row| row.verb_key == voiding()).filter_map(|row| row.refers_to).collect();
    let mut rows = Vec::with_capacity(received.len());
    let mut stored = Vec::with_capacity(received.len());
    let mut links = Vec::new();
    let mut attached = Vec::new();
    for ((received, id), seq) in received.into_iter().zip(&ids).zip(numbers.iter()) {
        if let Some(row) = known.get(&id.0) {
            must_be_the_same(&received.text, &row.body, *id)?;
            continue;
        }
        let row = row(&received, *id, seq, &authority_text, authority, &voided)?;
        links.push(Links::of(&received.statement, Some(&authority.actor)));
        attached.extend(received.attached.into_iter().map(|attached| AttachedRow { seq, attached }));
        stored.push(Stored {
            seq,
            id: *id,
            stored: row.stored,
            occurred: row.occurred,
            registration: row.registration.map(RegistrationId),
            statement: Statement {
                id: Some(*id),
                stored: Some(row.stored),
                timestamp: Some(row.occurred),
                authority: Some(authority.actor.clone()),
                ..received.statement
            },
        });
        rows.push(row);
    }
    tx.keep(numbers);
    write(tx, &rows).await?;
    attachments::insert(tx, &attached).await?;
    link(tx, &stored, &links, referring).await?;
    let targets: Vec<Uuid> = stored
        .iter()
        .filter(|stored| stored.statement.voids())
        .filter_map(|stored| stored.statement.target())
        .collect();
    store::void(tx, &targets).await?;
    learn(tx, &stored, authority.defines).await?;
    Ok((ids, stored))
}

fn voiding() -> Uuid {
    VerbKey::of(crate::xapi::vocabulary::VOIDED).0
}

/// The ids under which the same statements are stored already. Errors: `statement-conflict` if they are others.
pub(super) async fn known(tx: &mut Tx, received: &[Received]) -> Result<HashSet<Uuid>> {
    let texts: HashMap<Uuid, &str> =
        received.iter().filter_map(|received| received.statement.id.map(|id| (id.0, received.text.as_str()))).collect();
    let rows = store::find_all(tx, &texts.keys().copied().collect::<Vec<_>>()).await?;
    for row in &rows {
        must_be_the_same(texts.get(&row.id.0).copied().unwrap_or_default(), &row.body, row.id)?;
    }
    Ok(rows.into_iter().map(|row| row.id.0).collect())
}

fn must_be_the_same(text: &str, body: &str, id: StatementId) -> Result<()> {
    let same = match (Json::parse(text), Json::parse(body)) {
        (Ok(new), Ok(old)) => equality::same(&new, &old),
        _ => false,
    };
    if same {
        return Ok(());
    }
    Err(Error::conflict("statement-conflict")
        .arg("id", id)
        .detail(format!("another statement has the id {id} (1.0.3 Data 2.3.1)")))
}

fn row(
    received: &Received,
    id: StatementId,
    seq: i64,
    authority_text: &str,
    authority: &Authority,
    voided: &HashSet<Uuid>,
) -> Result<Row> {
    let stored = crate::core::Sequence::moment(seq);
    let occurred: Timestamp = received.statement.timestamp.unwrap_or(stored);
    let json = Json::parse(&received.text).map_err(Error::internal)?;
    let set = ServerSet {
        id: &id.to_string(),
        timestamp: &exact(stored),
        stored: &exact(stored),
        authority: authority_text,
        // 1.0.3 Data 2.4.10: a statement without version is of 1.0.0.
        version: match authority.version {
            Version::V1 => "1.0.0",
            Version::V2 => "2.0.0",
        },
    };
    Ok(Row {
        seq,
        id,
        body: body::stored(&json, &set),
        registration: received.statement.registration().or(authority.registration),
        stored,
        occurred,
        refers_to: received.statement.target(),
        verb_key: VerbKey::of(&received.statement.verb.id).0,
        voided: voided.contains(&id.0) && !received.statement.voids(),
    })
}

/// Writes the rows; if another writer was faster with one of the ids, its statement must be the same.
async fn write(tx: &mut Tx, rows: &[Row]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let written: HashSet<i64> = store::insert(tx, rows).await?.into_iter().collect();
    if written.len() == rows.len() {
        return Ok(());
    }
    // Another process took an id or a number in the meantime. The writer starts again and meets the id as known.
    Err(Error::new(crate::core::Kind::Unavailable, "statement-number-taken"))
}

/// Writes the links of new statements, those they inherit from what they refer to, and those that earlier statements
/// inherit from them (1.0.3 Communication 2.1.3: a statement that refers to a match is a match).
async fn link(tx: &mut Tx, stored: &[Stored], links: &[Links], referring: Vec<Row>) -> Result<()> {
    let mut all: Vec<LinkRow> = Vec::new();
    let mut add = |links: &Links, seq: i64, subject: i64| {
        all.extend(links.iter().map(|(usage, entity)| LinkRow { usage, entity, seq, subject }));
    };
    let mut own: HashMap<Uuid, (i64, &Links, Option<Uuid>)> = HashMap::with_capacity(stored.len());
    for (stored, links) in stored.iter().zip(links) {
        add(links, stored.seq, stored.seq);
        own.insert(stored.id.0, (stored.seq, links, stored.statement.target()));
    }

    // What new statements refer to, level by level; most batches have none and end here.
    let mut targets: Vec<(i64, Uuid)> =
        stored.iter().filter_map(|new| Some((new.seq, new.statement.target()?))).collect();
    let mut older: HashMap<Uuid, (i64, Links, Option<Uuid>)> = HashMap::new();
    for _ in 0..REFERENCES {
        let unknown: Vec<Uuid> =
            targets.iter().map(|(_, id)| *id).filter(|id| !own.contains_key(id) && !older.contains_key(id)).collect();
        for row in store::find_all(tx, &unknown).await? {
            older.insert(row.id.0, (row.seq, links_of_body(&row.body), row.refers_to));
        }
        let mut next = Vec::new();
        for (seq, id) in targets {
            let found =
                own.get(&id).copied().or_else(|| older.get(&id).map(|(seq, links, target)| (*seq, links, *target)));
            if let Some((subject, links, target)) = found {
                add(links, seq, subject);
                next.extend(target.map(|target| (seq, target)));
            }
        }
        if next.is_empty() {
            break;
        }
        targets = next;
    }

    // Earlier statements that were waiting for one of these.
    let mut waiting: Vec<(Row, Uuid)> =
        referring.into_iter().filter_map(|row| row.refers_to.map(|id| (row, id))).collect();
    for _ in 0..REFERENCES {
        let mut next = Vec::new();
        for (row, id) in &waiting {
            if let Some((subject, links, _)) = own.get(id) {
                add(links, row.seq, *subject);
                next.push((row.id.0, *id));
            }
        }
        if next.is_empty() {
            break;
        }
        let through: HashMap<Uuid, Uuid> = next.iter().copied().collect();
        let rows = store::referring_to(tx, &through.keys().copied().collect::<Vec<_>>()).await?;
        waiting = rows
            .into_iter()
            .filter_map(|row| row.refers_to.and_then(|id| through.get(&id).copied()).map(|id| (row, id)))
            .collect();
    }
    store::insert_links(tx, &mut all).await
}

fn links_of_body(body: &str) -> Links {
    match crate::xapi::recall(body) {
        Ok(statement) => Links::of(&statement, statement.authority.as_ref()),
        Err(_) => Links::default(),
    }
}

/// Remembers who and what was named.
async fn learn(tx: &mut Tx, stored: &[Stored], defines: bool) -> Result<()> {
    let mut agents: BTreeMap<Uuid, (String, Option<String>)> = BTreeMap::new();
    let mut activities: BTreeMap<Uuid, (String, Option<Value>)> = BTreeMap::new();
    for stored in stored {
        for (ifi, name) in links::agents(&stored.statement) {
            let name = name.filter(|_| defines).map(str::to_owned);
            let entry = agents.entry(ifi.key().0).or_insert_with(|| (ifi.canonical(), None));
            entry.1 = name.or(entry.1.take());
        }
        for activity in links::activities(&stored.statement) {
            let entry =
                activities.entry(ActivityKey::of(&activity.id).0).or_insert_with(|| (activity.id.clone(), None));
            if let Some(definition) = activity.definition.as_ref().filter(|_| defines) {
                let definition = serde_json::to_value(definition)?;
                entry.1 = Some(merged(entry.1.take(), &definition));
            }
        }
    }
    store::learn_agents(tx, &agents).await?;
    store::learn_activities(tx, &activities, merged).await
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
