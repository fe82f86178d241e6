//! Who asks the store, and what they may do. [`Access`] is the only way to statements and documents from outside: each
//! method answers with the right, or with the reason why not.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sqlx::FromRow;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::door::Holder;
use super::oauth;
use super::order::{Authority, Order, Received};
use super::query::Filter;
use super::sessions::{self, Saying};
use super::writer::Writer;
use crate::core::{Error, Kind, LaunchId, RegistrationId, Result, StatementId, Timestamp};
use crate::identity::{self, ApiToken};
use crate::state::App;
use crate::storage::{Secrets, Tx};
use crate::xapi::cmi5::{Broken, Terms};
use crate::xapi::{Actor, AgentKey, Ifi, Version};
use crate::{on_db, read_once};

/// What a credential may do (1.0.3 Communication 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    StatementsWrite,
    /// Only statements this credential wrote.
    StatementsReadMine,
    StatementsRead,
    State,
    Profile,
    /// What is known of activities and agents changes with the statements written.
    Define,
    AllRead,
    All,
    /// What is written is checked and then forgotten: the credential of a preview. Not an operator's to give.
    Forget,
}

impl Scope {
    pub const EVERY: [Scope; 8] = [
        Scope::StatementsWrite,
        Scope::StatementsReadMine,
        Scope::StatementsRead,
        Scope::State,
        Scope::Profile,
        Scope::Define,
        Scope::AllRead,
        Scope::All,
    ];

    /// What comes to the same as [`Scope::All`], one by one.
    pub(super) const EVERYTHING_HERE: [Scope; 5] =
        [Scope::StatementsWrite, Scope::State, Scope::Profile, Scope::Define, Scope::AllRead];

    /// Whether what it allows is allowed by `granted` already.
    pub(super) fn is_within(self, granted: &[Self]) -> bool {
        let wider: &[Self] = match self {
            Scope::StatementsReadMine => &[Scope::StatementsRead, Scope::AllRead],
            Scope::StatementsRead => &[Scope::AllRead],
            _ => &[],
        };
        granted.iter().any(|scope| *scope == Scope::All || *scope == self || wider.contains(scope))
    }

    pub fn name(self) -> &'static str {
        match self {
            Scope::StatementsWrite => "statements/write",
            Scope::StatementsReadMine => "statements/read/mine",
            Scope::StatementsRead => "statements/read",
            Scope::State => "state",
            Scope::Profile => "profile",
            Scope::Define => "define",
            Scope::AllRead => "all/read",
            Scope::All => "all",
            Scope::Forget => "forget",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scope {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = Self::EVERY.into_iter().find(|scope| scope.name() == text);
        found.ok_or_else(|| {
            let known = Self::EVERY.map(Scope::name).join(", ");
            Error::unprocessable("scope-unknown").arg("scope", text).detail(format!("`{text}` is none of {known}"))
        })
    }
}

/// A known credential.
#[derive(Clone, Debug)]
pub struct Access {
    authority: Authority,
    scopes: Vec<Scope>,
    launch: Option<Launch>,
    holder: Holder,
}

/// The one person and registration launched content may speak of.
#[derive(Clone, Debug)]
struct Launch {
    id: LaunchId,
    actor: Ifi,
    registration: Uuid,
    is_preview: bool,
    /// The session, of a cmi5 unit.
    session: Option<Box<OpenSession>>,
}

/// The session of a cmi5 unit.
#[derive(Clone, Debug)]
struct OpenSession {
    terms: Terms,
    /// It was terminated or abandoned.
    is_over: bool,
}

#[derive(FromRow)]
struct CredentialRow {
    name: String,
    secret_hash: Vec<u8>,
    scopes: String,
    rate: Option<i32>,
    /// The secret before the present one, while it may go on.
    previous_hash: Option<Vec<u8>>,
}

#[derive(FromRow)]
struct LaunchRow {
    secret_hash: Vec<u8>,
    launch_id: LaunchId,
    registration_id: Uuid,
    actor: String,
    scopes: String,
    preview: bool,
    person_disabled_at: Option<Timestamp>,
    activity_iri: Option<String>,
    launch_data: Option<String>,
    is_over: bool,
}

/// A tool's credential that is not revoked.
pub(super) struct Tool {
    pub(super) key: String,
    pub(super) name: String,
    /// Digests of the secrets that open it: the present one, and the one before while it may go on.
    pub(super) hashes: Vec<Vec<u8>>,
    pub(super) scopes: Vec<Scope>,
    /// Most requests a second, if it has a limit of its own.
    pub(super) rate: Option<u32>,
}

impl Tool {
    /// The credential with this key. One indexed read.
    pub(super) async fn find(app: &App, key: &str) -> Result<Option<Self>> {
        // No key holds U+0000, and PostgreSQL would not even look for it.
        if key.contains('\0') {
            return Ok(None);
        }
        let row: Option<CredentialRow> =
            read_once!(app.db, c => sqlx::query_as(FIND).bind(key).bind(app.clock.now()).fetch_optional(c).await)?;
        Ok(row.map(|row| Self {
            key: key.to_owned(),
            name: row.name,
            hashes: std::iter::once(row.secret_hash).chain(row.previous_hash).collect(),
            scopes: read(&row.scopes),
            rate: own(row.rate),
        }))
    }

    /// The digest of `secret`, if it opens the credential.
    pub(super) fn opened_by(&self, secret: &str) -> Option<Vec<u8>> {
        let digest = Secrets::digest(secret);
        self.hashes.iter().any(|hash| bool::from(hash.ct_eq(&digest))).then_some(digest)
    }

    pub(super) fn holder(&self) -> Holder {
        Holder::Credential { key: self.key.clone(), rate: self.rate }
    }
}

const FIND: &str = "SELECT name, secret_hash, scopes, rate,
    CASE WHEN previous_until > $2 THEN previous_hash END AS previous_hash
    FROM lrs_credential WHERE key = $1 AND revoked_at IS NULL";
const FIND_LAUNCH: &str = "SELECT c.secret_hash, c.launch_id, c.registration_id, c.actor, c.scopes, r.preview,
    p.disabled_at AS person_disabled_at, s.activity_iri, s.launch_data, s.ended_at IS NOT NULL AS is_over
    FROM launch_credential c JOIN registration r ON r.id = c.registration_id JOIN person p ON p.id = r.person_id
    LEFT JOIN cmi5_session s ON s.launch_id = c.launch_id AND s.activity_iri <> ''
    WHERE c.key = $1 AND c.revoked_at IS NULL AND c.expires_at > $2";
const INSERT: &str =
    "INSERT INTO lrs_credential (key, name, secret_hash, scopes, created_at) VALUES ($1, $2, $3, $4, $5)";
const INSERT_LAUNCH: &str = "INSERT INTO launch_credential
    (key, secret_hash, launch_id, registration_id, actor, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const REVOKE_LAUNCH: &str = "UPDATE launch_credential SET revoked_at = $2 WHERE launch_id = $1 AND revoked_at IS NULL";

/// Marks the key of launched content, so that one look-up finds it.
const LAUNCH_PREFIX: &str = "launch-";

/// A key and its secret. The secret is shown once and cannot be read again.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Credential {
    pub key: String,
    pub secret: String,
}

impl Credential {
    fn new(prefix: &str) -> Self {
        // A third of a token is enough for a name; the secret keeps all 256 bits.
        let key = format!("{prefix}{}", Uuid::new_v4().simple());
        Self { key, secret: Secrets::token() }
    }

    /// What stands behind `Basic ` in `Authorization`; also cmi5's `auth-token` (cmi5 section 8.2.3).
    pub fn basic(&self) -> String {
        BASE64_STANDARD.encode(format!("{}:{}", self.key, self.secret))
    }
}

/// Makes a credential for a tool. Errors: `name-missing`, `scope-missing`.
pub async fn create_credential(tx: &mut Tx, name: &str, scopes: &[Scope], now: Timestamp) -> Result<Credential> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::unprocessable("name-missing"));
    }
    if scopes.is_empty() {
        return Err(Error::unprocessable("scope-missing").arg("scope", Scope::EVERY.map(Scope::name).join(", ")));
    }
    let credential = Credential::new("");
    let hash = Secrets::digest(&credential.secret);
    on_db!(tx, c => sqlx::query(INSERT)
        .bind(&credential.key).bind(name).bind(hash).bind(written(scopes)).bind(now)
        .execute(c).await.map(drop))?;
    Ok(credential)
}

/// Makes the credential of a launch: `actor` in `registration` and nobody else, until `expires_at`.
pub async fn issue_launch_credential(
    tx: &mut Tx,
    launch: LaunchId,
    registration: RegistrationId,
    actor: &Ifi,
    scopes: &[Scope],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<Credential> {
    let credential = Credential::new(LAUNCH_PREFIX);
    let hash = Secrets::digest(&credential.secret);
    on_db!(tx, c => sqlx::query(INSERT_LAUNCH)
        .bind(&credential.key).bind(hash).bind(launch).bind(registration).bind(actor.canonical()).bind(written(scopes))
        .bind(now).bind(expires_at)
        .execute(c).await.map(drop))?;
    Ok(credential)
}

/// Ends every credential of a launch.
pub async fn revoke_launch_credentials(tx: &mut Tx, launch: LaunchId, now: Timestamp) -> Result<()> {
    on_db!(tx, c => sqlx::query(REVOKE_LAUNCH).bind(launch).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

const SWEEP: &str = "DELETE FROM launch_credential WHERE key IN
    (SELECT key FROM launch_credential WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
/// So many at once: nobody who writes waits long behind a sweep.
const SWEPT_AT_ONCE: i64 = 500;

/// Removes the credentials of launches that have expired; they open nothing any more. Answers how many there were.
pub(super) async fn sweep(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let mut swept = 0;
    loop {
        let mut tx = app.db.begin().await?;
        let batch = on_db!(tx, c => sqlx::query(SWEEP)
            .bind(now).bind(SWEPT_AT_ONCE).execute(c).await.map(|done| done.rows_affected()))?;
        tx.commit().await?;
        swept += batch;
        if batch < SWEPT_AT_ONCE.unsigned_abs() {
            return Ok(swept);
        }
    }
}

fn written(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" ")
}

fn unknown() -> Error {
    Error::new(Kind::Unauthenticated, "credential-unknown").detail("the key or the secret is wrong, expired or revoked")
}

/// The token of `Authorization: Bearer …`.
pub(super) fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whom `Authorization` names. Errors: `credential-unknown`, `token-unknown`, `person-disabled` for content opened by somebody
/// who is no longer let in.
///
/// One indexed read; secrets are random, so their digest is compared and no password hash is paid for on each request.
pub async fn authenticate(app: &App, authorization: &str) -> Result<Access> {
    if let Some(token) = bearer(authorization) {
        return if oauth::is_ours(token) {
            Ok(Access::of_tool(app, oauth::opened(app, token).await?))
        } else {
            Ok(Access::of_program(app, &identity::program(app, token).await?))
        };
    }
    // Some content takes the launch's `auth` for the whole header, some puts `Basic ` before it twice.
    let mut encoded = authorization.trim();
    while let Some(("basic" | "Basic" | "BASIC", rest)) = encoded.split_once(' ') {
        encoded = rest.trim();
    }
    let decoded =
        BASE64_STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(unknown)?;
    let (key, secret) = decoded.split_once(':').filter(|(key, _)| !key.contains('\0')).ok_or_else(unknown)?;
    if !key.starts_with(LAUNCH_PREFIX) {
        let tool = Tool::find(app, key).await?.filter(|tool| tool.opened_by(secret).is_some());
        return tool.map(|tool| Access::of_tool(app, tool)).ok_or_else(unknown);
    }
    let row: Option<LaunchRow> =
        read_once!(app.db, c => sqlx::query_as(FIND_LAUNCH).bind(key).bind(app.clock.now()).fetch_optional(c).await)?;
    let row = row.ok_or_else(unknown)?;
    if !bool::from(row.secret_hash.ct_eq(&Secrets::digest(secret))) {
        return Err(unknown());
    }
    match row.person_disabled_at {
        Some(_) => Err(Error::new(Kind::Forbidden, "person-disabled")),
        None => Access::of_launch(app, &row),
    }
}

/// A limit of its own, if it has one.
fn own(rate: Option<i32>) -> Option<u32> {
    rate.and_then(|rate| u32::try_from(rate).ok())
}

fn read(scopes: &str) -> Vec<Scope> {
    let known = |scope: &str| if scope == Scope::Forget.name() { Some(Scope::Forget) } else { scope.parse().ok() };
    scopes.split(' ').filter_map(known).collect()
}

impl Access {
    /// What launched content may do.
    fn of_launch(app: &App, row: &LaunchRow) -> Result<Self> {
        let actor = Ifi::from_canonical(&row.actor).ok_or_else(unknown)?;
        let session = match (&row.activity_iri, &row.launch_data) {
            (Some(activity), Some(launch_data)) => {
                let terms = Terms::new(row.registration_id, activity, &serde_json::from_str(launch_data)?);
                Some(Box::new(OpenSession { terms, is_over: row.is_over }))
            }
            _ => None,
        };
        Ok(Self {
            authority: Authority::named(app, "launched-content", "Préau").launched_in(row.registration_id),
            scopes: read(&row.scopes),
            launch: Some(Launch {
                id: row.launch_id,
                actor,
                registration: row.registration_id,
                is_preview: row.preview,
                session,
            }),
            holder: Holder::Launch(row.launch_id),
        })
    }

    /// What a tool may do with its key, or with a token it was given for it.
    fn of_tool(app: &App, tool: Tool) -> Self {
        Self {
            authority: Authority::named(app, &tool.key, &tool.name),
            holder: tool.holder(),
            scopes: tool.scopes,
            launch: None,
        }
    }

    /// What a program with a bearer token may do here. A token with none of these scopes may do nothing.
    ///
    /// It vouches by itself: no person is behind it (1.0.3 Data 2.4.9.a names the case of an application without a user).
    fn of_program(app: &App, token: &ApiToken) -> Self {
        Self {
            authority: Authority::named(app, &token.id.to_string(), &token.name),
            scopes: token.scopes.iter().filter_map(|scope| scope.name().parse().ok()).collect(),
            launch: None,
            holder: Holder::Program { id: token.id, rate: own(token.rate) },
        }
    }

    /// Who came in.
    pub(super) fn holder(&self) -> &Holder {
        &self.holder
    }

    fn session(&self) -> Option<&OpenSession> {
        self.launch.as_ref().and_then(|launch| launch.session.as_deref())
    }

    /// Refuses unless one of `scopes` is granted. A unit whose session is over may send again what it has sent, and no more.
    fn one_of(&self, scopes: &[Scope]) -> Result<()> {
        if self.session().is_some_and(|session| session.is_over) && !scopes.contains(&Scope::StatementsWrite) {
            return Err(sessions::refusal(Broken {
                requirement: "8.1.2.0-2 (d)",
                rule: "the session is over, and its token with it",
            }));
        }
        if self.scopes.iter().any(|granted| *granted == Scope::All || scopes.contains(granted)) {
            return Ok(());
        }
        let wanted = scopes.first().map_or("all", |scope| scope.name());
        Err(Error::new(Kind::Forbidden, "scope-missing").arg("scope", wanted).with("scope", wanted))
    }

    fn outside_launch(what: &str) -> Error {
        Error::new(Kind::Forbidden, "outside-launch")
            .detail(format!("{what}: this credential is of one launch and speaks only of its learner and registration"))
    }

    /// The right to store these statements.
    pub(super) fn may_write(&self, received: &[Received]) -> Result<()> {
        self.one_of(&[Scope::StatementsWrite])?;
        if let Some(launch) = &self.launch {
            for received in received {
                let statement = &received.statement;
                // A voided statement no longer counts, whoever made it: that is for people to decide.
                if statement.voids() {
                    return Err(Error::new(Kind::Forbidden, "launch-may-not-void")
                        .detail("statements are voided by a tool's credential, not by launched content"));
                }
                if !matches!(&statement.actor, Actor::Agent(agent) if agent.ifi.key() == launch.actor.key()) {
                    return Err(Self::outside_launch("another actor"));
                }
                // Old content leaves the registration out; the launch knows it.
                if statement.registration().is_some_and(|registration| registration != launch.registration) {
                    return Err(Self::outside_launch("another registration"));
                }
            }
        }
        Ok(())
    }

    /// The right to store these statements, whole as they are: of a cmi5 unit with what each of them is in its session.
    pub(super) fn judge(&self, received: &[Received]) -> Result<Option<Saying>> {
        self.may_write(received)?;
        let (Some(launch), Some(session)) = (self.launch(), self.session()) else { return Ok(None) };
        let deeds = received.iter().map(|received| session.terms.read(&received.statement, &received.text));
        let deeds = deeds.collect::<Result<Vec<_>, Broken>>().map_err(sessions::refusal)?;
        Ok(Some(Saying { launch, deeds }))
    }

    /// Stores statements under this credential's authority, as they were judged; answers their ids.
    pub(super) async fn write(
        &self,
        app: &App,
        writer: &Writer,
        received: Vec<Received>,
        saying: Option<Saying>,
        version: Version,
    ) -> Result<Vec<StatementId>> {
        let defines = self.scopes.iter().any(|scope| matches!(scope, Scope::All | Scope::Define));
        let authority = self.authority.clone().speaking(version).defining(defines);
        let order = Order { saying, ..Order::new(received, &authority)? };
        if self.forgets() {
            let ids = order.ids();
            sessions::hear(app, order).await?;
            return Ok(ids);
        }
        writer.store(order).await
    }

    /// Narrows a search to what may be read.
    pub(super) fn readable(&self, mut filter: Filter) -> Result<Filter> {
        self.one_of(&[Scope::StatementsRead, Scope::AllRead, Scope::StatementsReadMine])?;
        if let Some(launch) = &self.launch {
            let own = launch.actor.key();
            if filter.agent.is_some_and(|agent| agent != own) {
                return Err(Self::outside_launch("another agent"));
            }
            if filter.registration.is_some_and(|registration| registration != launch.registration) {
                return Err(Self::outside_launch("another registration"));
            }
            filter.agent = Some(own);
            filter.related_agents = false;
            filter.within = Some(launch.registration);
            return Ok(filter);
        }
        if self.one_of(&[Scope::StatementsRead, Scope::AllRead]).is_err() {
            filter.authority = self.authority.actor().ifi().map(Ifi::key);
        }
        Ok(filter)
    }

    /// Whether one statement found by its id, which was stored in `registration`, may be read.
    pub(super) fn may_read(&self, body: &crate::xapi::Statement, registration: Option<Uuid>) -> Result<bool> {
        self.one_of(&[Scope::StatementsRead, Scope::AllRead, Scope::StatementsReadMine])?;
        if let Some(launch) = &self.launch {
            let is_own = body.actor.ifi().is_some_and(|ifi| ifi.key() == launch.actor.key());
            return Ok(is_own && registration == Some(launch.registration));
        }
        let mine =
            body.authority.as_ref().and_then(Actor::ifi).map(Ifi::key) == self.authority.actor().ifi().map(Ifi::key);
        Ok(mine || self.one_of(&[Scope::StatementsRead, Scope::AllRead]).is_ok())
    }

    /// The right to state documents of `agent`; answers the registration they are of. Content that names none means
    /// that of its launch, so that two attempts do not share their state.
    pub(super) fn state(&self, agent: AgentKey, registration: Option<Uuid>, change: bool) -> Result<Option<Uuid>> {
        self.one_of(if change { &[Scope::State] } else { &[Scope::State, Scope::AllRead] })?;
        match &self.launch {
            Some(launch) if launch.actor.key() != agent => Err(Self::outside_launch("another agent")),
            Some(launch) if registration.is_some_and(|registration| registration != launch.registration) => {
                Err(Self::outside_launch("another registration"))
            }
            Some(launch) => Ok(Some(launch.registration)),
            None => Ok(registration),
        }
    }

    /// The launch whose credential this is.
    pub(super) fn launch(&self) -> Option<LaunchId> {
        self.launch.as_ref().map(|launch| launch.id)
    }

    /// The launch, if it opened a cmi5 unit.
    pub(super) fn unit(&self) -> Option<LaunchId> {
        self.session().and(self.launch())
    }

    /// Whether what is written is only checked.
    pub(super) fn forgets(&self) -> bool {
        self.scopes.contains(&Scope::Forget)
    }

    /// Whether changed documents stay. Where all is forgotten, only the state of a preview does, which goes with it.
    pub(super) fn keeps_documents(&self, is_state: bool) -> bool {
        !self.forgets() || is_state && self.launch.as_ref().is_some_and(|launch| launch.is_preview)
    }

    /// The right to the profile of `agent`; of activities if `None`.
    pub(super) fn profile(&self, agent: Option<AgentKey>, change: bool) -> Result<()> {
        // A unit reads `cmi5LearnerPreferences` before anything else (cmi5 section 11), in a preview as well.
        self.one_of(if change {
            &[Scope::Profile, Scope::Forget]
        } else {
            &[Scope::Profile, Scope::AllRead, Scope::Forget]
        })?;
        match (&self.launch, agent) {
            (Some(launch), Some(agent)) if launch.actor.key() != agent => Err(Self::outside_launch("another agent")),
            _ => Ok(()),
        }
    }

    /// The right to what is known of agents and activities.
    pub(super) fn directory(&self, agent: Option<AgentKey>) -> Result<()> {
        self.one_of(&[Scope::StatementsRead, Scope::AllRead, Scope::StatementsReadMine, Scope::Profile, Scope::State])?;
        match (&self.launch, agent) {
            (Some(launch), Some(agent)) if launch.actor.key() != agent => Err(Self::outside_launch("another agent")),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_named_as_xapi_names_them() {
        for scope in Scope::EVERY {
            assert_eq!(scope.name().parse::<Scope>().ok(), Some(scope));
        }
        assert_eq!("statements/Read".parse::<Scope>().map_err(|error| error.code), Err("scope-unknown"));
        assert_eq!(read("state nonsense all"), [Scope::State, Scope::All]);
    }

    #[test]
    fn a_credential_is_what_basic_carries() {
        let credential = Credential { key: "k".into(), secret: "s".into() };
        assert_eq!(credential.basic(), "azpz");
        assert!(Credential::new(LAUNCH_PREFIX).key.starts_with(LAUNCH_PREFIX));
    }
}
