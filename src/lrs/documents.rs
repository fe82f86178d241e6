//! Documents beside the statements: state, agent profiles, activity profiles (1.0.3 Communication 2.2 to 2.7).

use sha2::{Digest, Sha256};
use sqlx::FromRow;
use uuid::Uuid;

use crate::core::{Error, Kind, LaunchId, Result, Timestamp};
use crate::on_db;
use crate::storage::Tx;
use crate::xapi::{ActivityKey, AgentKey, Version};

/// Which documents, as far as the request names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shelf {
    kind: &'static str,
    activity: Uuid,
    agent: Uuid,
    registration: Option<Uuid>,
}

impl Shelf {
    pub fn state(activity: &str, agent: AgentKey, registration: Option<Uuid>) -> Self {
        Self { kind: "state", activity: ActivityKey::of(activity).0, agent: agent.0, registration }
    }

    pub fn agent(agent: AgentKey) -> Self {
        Self { kind: "agent-profile", activity: Uuid::nil(), agent: agent.0, registration: None }
    }

    pub fn activity(activity: &str) -> Self {
        Self { kind: "activity-profile", activity: ActivityKey::of(activity).0, agent: Uuid::nil(), registration: None }
    }

    /// What a PUT that names no condition meets here (XAPI-00273, XAPI-00287, XAPI-00322).
    ///
    /// 1.0.3 Communication 3.1 leaves state free, and obliges whoever PUTs a profile to send `If-Match` or `If-None-Match`:
    /// a tool that does not is refused, also where nothing would be lost yet. Launched content is only kept from replacing
    /// what is there: units of the years before PUT `cmi5LearnerPreferences` bare (cmi5 section 11 asks them for no header),
    /// and a refusal would end their session. 2.0 section 4.1.4 has one rule for all documents: make, but do not replace.
    pub fn unconditional(&self, version: Version, is_launched: bool) -> Unconditional {
        match (version, self.kind) {
            (Version::V1, "state") => Unconditional::Replaces,
            (Version::V1, _) if !is_launched => Unconditional::Refused,
            _ => Unconditional::Creates,
        }
    }
}

/// What a PUT without `If-Match` and `If-None-Match` may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unconditional {
    /// Store the document, whatever is there.
    #[default]
    Replaces,
    /// Store a new document; where one is, 409.
    Creates,
    /// Nothing: 409 where a document is, 400 where none is.
    Refused,
}

/// A document.
#[derive(Clone, Debug, FromRow)]
pub struct Document {
    pub media_type: String,
    pub body: Vec<u8>,
    pub etag: String,
    pub updated_at: Timestamp,
}

#[derive(FromRow)]
struct Listed {
    document_id: String,
    updated_at: Timestamp,
}

/// What the request wants to hold before it changes a document (RFC 9110 section 13.1).
#[derive(Clone, Debug, Default)]
pub struct Condition {
    pub if_match: Option<String>,
    pub if_none_match: Option<String>,
    /// What counts where both are absent.
    pub otherwise: Unconditional,
}

impl Condition {
    /// Errors: `document-changed` (412), `document-condition-missing` (409 as 1.0.3 Communication 3.1 demands),
    /// `profile-condition-missing`.
    fn check(&self, current: Option<&Document>) -> Result<()> {
        let etag = current.map(|document| document.etag.as_str());
        let names = |header: &str| header.trim() == "*" || header.split(',').any(|one| Some(unquoted(one)) == etag);
        let failed = match (&self.if_match, &self.if_none_match) {
            (Some(wanted), _) => etag.is_none() || !names(wanted),
            (None, Some(unwanted)) => etag.is_some() && names(unwanted),
            (None, None) => match (self.otherwise, etag) {
                (Unconditional::Replaces, _) | (Unconditional::Creates, None) => false,
                (_, Some(_)) => {
                    return Err(Error::conflict("document-condition-missing").detail(
                        "the document exists: read it, then send its ETag in If-Match (or If-None-Match: * to create only)",
                    ));
                }
                (Unconditional::Refused, None) => {
                    return Err(Error::malformed("profile-condition-missing")
                        .detail("a profile is PUT with If-Match or If-None-Match (1.0.3 Communication 3.1)"));
                }
            },
        };
        if failed { Err(Error::new(Kind::PreconditionFailed, "document-changed")) } else { Ok(()) }
    }
}

/// An entity tag without its quotes; clients send it with and without, some as weak.
fn unquoted(etag: &str) -> &str {
    let etag = etag.trim();
    etag.strip_prefix("W/").unwrap_or(etag).trim_matches('"')
}

const NONE: Uuid = Uuid::nil();

const FIND: &str = "SELECT media_type, body, etag, updated_at FROM lrs_document
    WHERE kind = $1 AND activity_key = $2 AND agent_key = $3 AND registration = $4 AND document_id = $5";
const FIND_ANY_REGISTRATION: &str = "SELECT media_type, body, etag, updated_at FROM lrs_document
    WHERE kind = $1 AND activity_key = $2 AND agent_key = $3 AND document_id = $4 ORDER BY updated_at DESC LIMIT 1";
const LIST: &str = "SELECT document_id, updated_at FROM lrs_document
    WHERE kind = $1 AND activity_key = $2 AND agent_key = $3 AND updated_at > $4 AND registration = $5 ORDER BY document_id";
const LIST_ALL: &str = "SELECT document_id, MAX(updated_at) AS updated_at FROM lrs_document
    WHERE kind = $1 AND activity_key = $2 AND agent_key = $3 AND updated_at > $4 GROUP BY document_id ORDER BY document_id";
const PUT: &str = "INSERT INTO lrs_document
    (kind, activity_key, agent_key, registration, document_id, media_type, body, etag, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (kind, activity_key, agent_key, registration, document_id)
    DO UPDATE SET media_type = excluded.media_type, body = excluded.body, etag = excluded.etag, updated_at = excluded.updated_at";
const DELETE: &str = "DELETE FROM lrs_document
    WHERE kind = $1 AND activity_key = $2 AND agent_key = $3 AND registration = $4 AND document_id = $5";
const CLEAR: &str = "DELETE FROM lrs_document
    WHERE kind = $1 AND activity_key = $2 AND agent_key = $3 AND registration = $4 AND document_id <> $5";
const CLEAR_ALL: &str =
    "DELETE FROM lrs_document WHERE kind = $1 AND activity_key = $2 AND agent_key = $3 AND document_id <> $4";

/// The document, if there is one. Without a registration: the one kept without, else the latest of any.
pub async fn get(tx: &mut Tx, shelf: &Shelf, id: &str) -> Result<Option<Document>> {
    let registration = shelf.registration.unwrap_or(NONE);
    let exact: Option<Document> = on_db!(tx, c => sqlx::query_as(FIND)
        .bind(shelf.kind).bind(shelf.activity).bind(shelf.agent).bind(registration).bind(id).fetch_optional(c).await)?;
    if exact.is_some() || shelf.registration.is_some() || shelf.kind != "state" {
        return Ok(exact);
    }
    Ok(on_db!(tx, c => sqlx::query_as(FIND_ANY_REGISTRATION)
        .bind(shelf.kind).bind(shelf.activity).bind(shelf.agent).bind(id).fetch_optional(c).await)?)
}

const LAUNCH_DATA: &str = "SELECT s.launch_data, l.created_at FROM cmi5_session s JOIN launch l ON l.id = s.launch_id
    WHERE s.launch_id = $1 AND s.activity_iri = $2";

/// The `LMS.LaunchData` of one launch (cmi5 10.2), for the unit it opened and for no other.
pub async fn launch_data(tx: &mut Tx, launch: LaunchId, activity: &str) -> Result<Option<Document>> {
    let found: Option<(String, Timestamp)> =
        on_db!(tx, c => sqlx::query_as(LAUNCH_DATA).bind(launch).bind(activity).fetch_optional(c).await)?;
    Ok(found.map(|(text, updated_at)| {
        let body = text.into_bytes();
        Document { media_type: "application/json".to_owned(), etag: etag_of(&body), body, updated_at }
    }))
}

/// The ids of all documents on the shelf (without a registration: of any), and when the latest changed.
pub async fn list(tx: &mut Tx, shelf: &Shelf, since: Option<Timestamp>) -> Result<(Vec<String>, Option<Timestamp>)> {
    let since = since.unwrap_or(Timestamp(i64::MIN));
    let rows: Vec<Listed> = match shelf.registration {
        Some(registration) => on_db!(tx, c => sqlx::query_as(LIST)
            .bind(shelf.kind).bind(shelf.activity).bind(shelf.agent).bind(since).bind(registration).fetch_all(c).await)?,
        None => on_db!(tx, c => sqlx::query_as(LIST_ALL)
            .bind(shelf.kind).bind(shelf.activity).bind(shelf.agent).bind(since).fetch_all(c).await)?,
    };
    let latest = rows.iter().map(|row| row.updated_at).max();
    Ok((rows.into_iter().map(|row| row.document_id).collect(), latest))
}

/// Stores a document whole.
pub async fn put(tx: &mut Tx, shelf: &Shelf, id: &str, new: New<'_>, condition: &Condition) -> Result<Document> {
    let current = locked(tx, shelf, id).await?;
    condition.check(current.as_ref())?;
    write(tx, shelf, id, new.media_type, new.body.to_vec(), new.now).await
}

/// Merges the members of a JSON object into the one that is there (1.0.3 Communication 2.2, POST).
///
/// Errors: `document-not-json` if either is no JSON object.
pub async fn post(tx: &mut Tx, shelf: &Shelf, id: &str, new: New<'_>, condition: &Condition) -> Result<Document> {
    let current = locked(tx, shelf, id).await?;
    condition.check(current.as_ref())?;
    let Some(current) = current else {
        if is_json(new.media_type) {
            object(new.body)?;
        }
        return write(tx, shelf, id, new.media_type, new.body.to_vec(), new.now).await;
    };
    if !is_json(new.media_type) || !is_json(&current.media_type) {
        return Err(not_json("both documents must be application/json to be merged"));
    }
    let mut merged = object(&current.body)?;
    merged.extend(object(new.body)?);
    write(tx, shelf, id, new.media_type, serde_json::to_vec(&merged)?, new.now).await
}

/// Removes a document; one that is gone already is no error, unless a condition says so.
pub async fn delete(tx: &mut Tx, shelf: &Shelf, id: &str, condition: &Condition) -> Result<()> {
    let current = locked(tx, shelf, id).await?;
    condition.check(current.as_ref())?;
    let registration = shelf.registration.unwrap_or(NONE);
    on_db!(tx, c => sqlx::query(DELETE)
        .bind(shelf.kind).bind(shelf.activity).bind(shelf.agent).bind(registration).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// Removes all documents on the shelf but `kept`; without a registration those of every registration.
pub async fn clear(tx: &mut Tx, shelf: &Shelf, kept: &str) -> Result<()> {
    match shelf.registration {
        Some(registration) => on_db!(tx, c => sqlx::query(CLEAR)
            .bind(shelf.kind).bind(shelf.activity).bind(shelf.agent).bind(registration).bind(kept)
            .execute(c).await.map(drop))?,
        None => on_db!(tx, c => sqlx::query(CLEAR_ALL)
            .bind(shelf.kind).bind(shelf.activity).bind(shelf.agent).bind(kept).execute(c).await.map(drop))?,
    }
    Ok(())
}

/// What is to be stored.
#[derive(Clone, Copy)]
pub struct New<'a> {
    pub media_type: &'a str,
    pub body: &'a [u8],
    pub now: Timestamp,
}

/// Two writers of one document must not both see the state before: the first to ask holds the other back.
const LOCK_POSTGRES: &str = "SELECT pg_advisory_xact_lock($1)";

async fn locked(tx: &mut Tx, shelf: &Shelf, id: &str) -> Result<Option<Document>> {
    if let crate::storage::Inner::Postgres(transaction) = &mut tx.0 {
        // A row that is not there yet cannot be locked; a number made of its key can. (SQLite has one writer.)
        let name = format!("{} {} {} {:?} {id}", shelf.kind, shelf.activity, shelf.agent, shelf.registration);
        let digest = Sha256::digest(name.as_bytes());
        let number = digest.iter().take(8).fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte));
        sqlx::query(LOCK_POSTGRES).bind(number).execute(&mut **transaction).await?;
    }
    let registration = shelf.registration.unwrap_or(NONE);
    Ok(on_db!(tx, c => sqlx::query_as(FIND)
        .bind(shelf.kind).bind(shelf.activity).bind(shelf.agent).bind(registration).bind(id).fetch_optional(c).await)?)
}

async fn write(
    tx: &mut Tx,
    shelf: &Shelf,
    id: &str,
    media_type: &str,
    body: Vec<u8>,
    now: Timestamp,
) -> Result<Document> {
    let etag = etag_of(&body);
    let registration = shelf.registration.unwrap_or(NONE);
    let document = Document { media_type: media_type.to_owned(), body, etag, updated_at: now };
    on_db!(tx, c => sqlx::query(PUT)
        .bind(shelf.kind).bind(shelf.activity).bind(shelf.agent).bind(registration).bind(id)
        .bind(media_type).bind(document.body.as_slice()).bind(document.etag.as_str()).bind(now)
        .execute(c).await.map(drop))?;
    Ok(document)
}

/// 1.0.3 Communication 3.1 wants 40 hexadecimal digits; which digest they come from nobody can tell.
fn etag_of(body: &[u8]) -> String {
    Sha256::digest(body).iter().take(20).map(|byte| format!("{byte:02x}")).collect()
}

fn is_json(media_type: &str) -> bool {
    media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

fn object(body: &[u8]) -> Result<serde_json::Map<String, serde_json::Value>> {
    serde_json::from_slice(body).map_err(|cause| not_json("the document must be a JSON object").caused_by(cause))
}

fn not_json(detail: &str) -> Error {
    Error::malformed("document-not-json").detail(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_say_what_the_caller_has_seen() {
        let document = |etag: &str| Document {
            media_type: "text/plain".into(),
            body: Vec::new(),
            etag: etag.into(),
            updated_at: Timestamp(0),
        };
        let condition = |if_match: Option<&str>, if_none_match: Option<&str>| Condition {
            if_match: if_match.map(str::to_owned),
            if_none_match: if_none_match.map(str::to_owned),
            otherwise: Unconditional::Refused,
        };
        let there = document("abc");
        let code =
            |condition: &Condition, current: Option<&Document>| condition.check(current).map_err(|error| error.code);
        for good in ["\"abc\"", "abc", "W/\"abc\"", "\"x\", \"abc\"", "*"] {
            assert_eq!(code(&condition(Some(good), None), Some(&there)), Ok(()), "{good}");
            assert_eq!(code(&condition(None, Some(good)), Some(&there)), Err("document-changed"), "{good}");
        }
        assert_eq!(code(&condition(Some("\"x\""), None), Some(&there)), Err("document-changed"));
        assert_eq!(code(&condition(Some("*"), None), None), Err("document-changed"));
        assert_eq!(code(&condition(None, Some("*")), None), Ok(()));
    }

    #[test]
    fn what_a_bare_put_may_do_depends_on_the_shelf_the_edition_and_the_sender() {
        use Unconditional::{Creates, Refused, Replaces};
        let agent = AgentKey(Uuid::nil());
        let state = Shelf::state("http://a", agent, None);
        for profile in [Shelf::agent(agent), Shelf::activity("http://a")] {
            let may =
                |version, launched| (state.unconditional(version, launched), profile.unconditional(version, launched));
            assert_eq!(may(Version::V1, false), (Replaces, Refused));
            assert_eq!(may(Version::V1, true), (Replaces, Creates));
            assert_eq!(may(Version::V2, false), (Creates, Creates));
        }
        let there = Document {
            media_type: "text/plain".into(),
            body: Vec::new(),
            etag: "abc".into(),
            updated_at: Timestamp(0),
        };
        for (otherwise, over_one, over_none) in [
            (Replaces, None, None),
            (Creates, Some(Kind::Conflict), None),
            (Refused, Some(Kind::Conflict), Some(Kind::Malformed)),
        ] {
            let condition = Condition { otherwise, ..Condition::default() };
            assert_eq!(condition.check(Some(&there)).err().map(|error| error.kind), over_one, "{otherwise:?}");
            assert_eq!(condition.check(None).err().map(|error| error.kind), over_none, "{otherwise:?}");
        }
    }
}
