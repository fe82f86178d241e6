//! Who looks at a page that the intranet frames.
//!
//! Browsers send the login cookie to no frame on another site. A frame has a sign-in of its own, in a cookie that the browser
//! keeps apart for each site around it (`Partitioned`). Invariant: it opens the framed pages and nothing else; what the
//! database keeps of it is not what it keeps of a login cookie with the same value, so neither passes for the other.

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;

use crate::core::{Error, PersonId, Result, Timestamp};
use crate::identity::login;
use crate::identity::model::Person;
use crate::state::App;
use crate::storage::{Secrets, Tx};
use crate::web::{CookieTrust, HostCookie};

/// The sign-in of a frame.
#[derive(Clone, Debug)]
pub struct Embedded {
    id: Vec<u8>,
    /// Who is signed in there.
    pub person: Person,
}

/// How long a ticket out of the frame is good: a day at the screen.
const TICKET_LASTS: std::time::Duration = std::time::Duration::from_secs(12 * 60 * 60);
const TICKET: &str = "embedded ticket";

/// The sign-in of this frame.
const EMBEDDED: HostCookie = HostCookie::framed("preau-embed");

fn digest(token: &str) -> Vec<u8> {
    Secrets::digest(&format!("embedded:{token}"))
}

/// Whoever looks from a frame, signed in there or not.
#[derive(Clone, Debug)]
pub struct MaybeEmbedded(pub Option<Embedded>);

impl FromRequestParts<App> for MaybeEmbedded {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let trusted = parts.extensions.get() == Some(&CookieTrust(true));
        let token = EMBEDDED.read(&app.config, &parts.headers).filter(|_| trusted);
        let Some(token) = token else { return Ok(Self(None)) };
        let mut tx = app.db.read().await?;
        Ok(Self(Embedded::by_id(&mut tx, digest(token), app.clock.now()).await?))
    }
}

impl Embedded {
    async fn by_id(tx: &mut Tx, id: Vec<u8>, now: Timestamp) -> Result<Option<Self>> {
        let person = login::person_of(tx, &id, now).await?;
        Ok(person.map(|person| Self { id, person }))
    }

    /// Begins a sign-in of a frame. Answers its `Set-Cookie`.
    pub async fn begin(app: &App, tx: &mut Tx, person: PersonId) -> Result<HeaderValue> {
        let token = Secrets::token();
        login::insert(app, tx, digest(&token), Some(person)).await?;
        EMBEDDED.set(&app.config, &token, login::lifetime(app).as_secs())
    }

    /// Ends it. Answers the `Set-Cookie` that makes the browser forget.
    pub async fn end(self, app: &App, tx: &mut Tx) -> Result<HeaderValue> {
        login::end(tx, &self.id).await?;
        EMBEDDED.forget(&app.config)
    }

    /// What the page of the frame hands to a new tab, where its cookie does not come along: good for this sign-in, for
    /// some hours.
    pub fn ticket(&self, app: &App) -> String {
        let until = app.clock.now().plus(TICKET_LASTS).0;
        let id = hex(&self.id);
        let signature = app.secrets.sign(TICKET, format!("{id}.{until}").as_bytes());
        format!("{id}.{until}.{}", hex(&signature))
    }

    /// The sign-in that a ticket stands for, while both last.
    pub async fn by_ticket(app: &App, tx: &mut Tx, ticket: &str) -> Result<Option<Self>> {
        let Some((message, signature)) = ticket.rsplit_once('.') else { return Ok(None) };
        let Some((id, until)) = message.split_once('.') else { return Ok(None) };
        let (Some(signature), Some(id), Ok(until)) = (unhex(signature), unhex(id), until.parse::<i64>()) else {
            return Ok(None);
        };
        let now = app.clock.now();
        if !app.secrets.verify(TICKET, message.as_bytes(), &signature) || Timestamp(until) <= now {
            return Ok(None);
        }
        Self::by_id(tx, id, now).await
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
