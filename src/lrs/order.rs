//! What one caller wants stored together, made ready before the database is asked: the writers share one, so whatever can be
//! done beside them is.

use std::collections::HashSet;
use std::sync::Arc;

use uuid::Uuid;

use super::attachments::Attached;
use super::dictionary::Dictionary;
use super::links::Links;
use super::sessions::Saying;
use crate::core::{Error, Result, StatementId};
use crate::state::App;
use crate::xapi::body::{self, Draft, Places, ServerSet};
use crate::xapi::json::{Json, Value};
use crate::xapi::{Actor, Agent, Ifi, Statement, Version, equality};

/// The account of Préau among the authorities.
const SERVICE: &str = "preau";

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
    /// What of the text is ours to change.
    places: Places,
    pub attached: Vec<Attached>,
}

impl TryFrom<Statement> for Received {
    type Error = Error;

    fn try_from(statement: Statement) -> Result<Self> {
        let text = serde_json::to_string(&statement)?;
        let json = Json::parse(&text).map_err(Error::internal)?;
        Ok(Self::new(statement, &json))
    }
}

/// A statement of which only number and moment are open.
#[derive(Clone, Debug)]
pub(super) struct Ready {
    pub id: StatementId,
    /// Whether the sender gave the id: only then can it be known already.
    pub is_named: bool,
    pub statement: Arc<Statement>,
    pub draft: Draft,
    pub links: Links,
    pub attached: Vec<Attached>,
    /// Under which it is stored: its own, or that of the launch.
    pub registration: Option<Uuid>,
}

impl Ready {
    fn new(received: Received, authority: &Authority, authority_text: &str) -> Self {
        let Received { mut statement, text, places, attached } = received;
        let is_named = statement.id.is_some();
        let id = statement.id.unwrap_or_else(StatementId::new);
        let set = ServerSet {
            id: &id.to_string(),
            authority: authority_text,
            // 1.0.3 Data 2.4.10: a statement without version is of 1.0.0.
            version: match authority.version {
                Version::V1 => "1.0.0",
                Version::V2 => "2.0.0",
            },
        };
        let draft = body::draft(&text, &places, &set);
        let links = Links::of(&statement, Some(&authority.actor));
        statement.id = Some(id);
        statement.authority = Some(authority.actor.clone());
        let registration = statement.registration().or(authority.registration);
        Self { id, is_named, statement: Arc::new(statement), draft, links, attached, registration }
    }

    /// Whether `body`, which is stored under the same id, says the same. Errors: `statement-conflict`.
    pub fn must_be_the_same(&self, body: &str) -> Result<()> {
        let text = self.draft.at("");
        let same = match (Json::parse(&text), Json::parse(body)) {
            (Ok(mut new), Ok(old)) => {
                // A time that the sender did not name is no part of what it said.
                if let (Value::Object(object), None) = (&mut new.value, self.statement.timestamp) {
                    object.members.retain(|(key, _)| key != "timestamp");
                }
                equality::same(&new, &old)
            }
            _ => false,
        };
        if same { Ok(()) } else { Err(conflict(self.id)) }
    }
}

/// Two statements under one id.
fn conflict(id: StatementId) -> Error {
    Error::conflict("statement-conflict")
        .arg("id", id)
        .detail(format!("another statement has the id {id} (1.0.3 Data 2.3.1)"))
}

impl Received {
    /// A statement as it was read from `json`.
    pub fn new(statement: Statement, json: &Json<'_>) -> Self {
        Self { statement, text: json.raw.to_owned(), places: Places::of(json), attached: Vec::new() }
    }

    /// Whether `body`, which is stored under the id `id`, says the same. Errors: `statement-conflict`.
    pub fn must_be_the_same(&self, body: &str, id: StatementId) -> Result<()> {
        match (Json::parse(&self.text), Json::parse(body)) {
            (Ok(new), Ok(old)) if equality::same(&new, &old) => Ok(()),
            _ => Err(conflict(id)),
        }
    }
}

/// What one caller wants stored: all of it or nothing.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub statements: Vec<Ready>,
    /// What all of them together teach.
    pub learnt: Dictionary,
    /// What they are in the session of the cmi5 unit that sends them; none if no unit does.
    pub saying: Option<Saying>,
}

impl Order {
    /// Errors: `statement-id-repeated`.
    pub fn new(received: Vec<Received>, authority: &Authority) -> Result<Self> {
        let mut given = HashSet::with_capacity(received.len());
        if !received.iter().filter_map(|received| received.statement.id).all(|id| given.insert(id.0)) {
            return Err(
                Error::malformed("statement-id-repeated").detail("two statements of one batch have the same id")
            );
        }
        let text = serde_json::to_string(&authority.actor)?;
        let mut statements = Vec::with_capacity(received.len());
        let mut learnt = Dictionary::default();
        for received in received {
            let ready = Ready::new(received, authority, &text);
            learnt.note(&ready.statement, authority.defines);
            statements.push(ready);
        }
        Ok(Self { statements, learnt, saying: None })
    }

    /// Statements of our own making.
    pub fn of(statements: Vec<Statement>, authority: &Authority) -> Result<Self> {
        let received = statements.into_iter().map(Received::try_from).collect::<Result<_>>()?;
        Self::new(received, authority)
    }

    pub fn ids(&self) -> Vec<StatementId> {
        self.statements.iter().map(|ready| ready.id).collect()
    }

    /// Bytes of text.
    pub fn size(&self) -> usize {
        self.statements.iter().map(|ready| ready.draft.size()).sum()
    }
}
