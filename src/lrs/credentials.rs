//! What opens `/xapi/`, as administrators see and change it: credentials of tools, and bearer tokens with scopes of xAPI.

use std::time::Duration;

use sqlx::FromRow;
use uuid::Uuid;

use super::access::{Credential, Scope};
use crate::core::{Error, Result, Timestamp};
use crate::identity::{self, KnownToken};
use crate::on_db;
use crate::storage::{Secrets, Tx};

/// How long a replaced secret goes on, if it may.
pub const GOES_ON: Duration = Duration::from_secs(24 * 3600);

/// How the secret is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Key and secret (1.0.3 Communication 4).
    Basic,
    /// One token (RFC 6750).
    Bearer,
}

impl Scheme {
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Basic => "basic",
            Scheme::Bearer => "bearer",
        }
    }
}

/// A credential or token; never its secret.
#[derive(Clone, Debug)]
pub struct Known {
    pub scheme: Scheme,
    /// The key, or the id of the token: under this name it vouches, is counted and addressed.
    pub holder: String,
    pub name: String,
    /// Names of scopes; a token may also hold some of the REST interface.
    pub scopes: Vec<String>,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    /// Until when the secret that was replaced goes on.
    pub previous_until: Option<Timestamp>,
    /// Most requests a second, if it has a limit of its own.
    pub rate: Option<i32>,
}

#[derive(FromRow)]
struct Row {
    key: String,
    name: String,
    scopes: String,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    previous_until: Option<Timestamp>,
    rate: Option<i32>,
}

impl From<Row> for Known {
    fn from(row: Row) -> Self {
        Self {
            scheme: Scheme::Basic,
            holder: row.key,
            name: row.name,
            scopes: words(&row.scopes),
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
            previous_until: row.previous_until,
            rate: row.rate,
        }
    }
}

impl From<KnownToken> for Known {
    fn from(token: KnownToken) -> Self {
        Self {
            scheme: Scheme::Bearer,
            holder: token.id.to_string(),
            name: token.name,
            scopes: words(&token.scopes),
            created_at: token.created_at,
            last_used_at: token.last_used_at,
            revoked_at: token.revoked_at,
            previous_until: token.previous_until,
            rate: token.rate,
        }
    }
}

fn words(scopes: &str) -> Vec<String> {
    scopes.split_whitespace().map(str::to_owned).collect()
}

const ALL: &str =
    "SELECT key, name, scopes, created_at, last_used_at, revoked_at, previous_until, rate FROM lrs_credential
    ORDER BY created_at DESC";

/// Every credential, and every token that opens `/xapi/`; those in use first, the latest first. An installation has dozens.
pub async fn all(tx: &mut Tx) -> Result<Vec<Known>> {
    let rows: Vec<Row> = on_db!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)?;
    let mut all: Vec<Known> = rows.into_iter().map(Known::from).collect();
    let opens = |token: &Known| token.scopes.iter().any(|scope| scope.parse::<Scope>().is_ok());
    all.extend(identity::known_tokens(tx).await?.into_iter().map(Known::from).filter(opens));
    all.sort_by_key(|known| (known.revoked_at.is_some(), std::cmp::Reverse(known.created_at)));
    Ok(all)
}

/// One of them. Errors: `credential-not-found`.
pub async fn find(tx: &mut Tx, holder: &str) -> Result<Known> {
    let found = all(tx).await?.into_iter().find(|known| known.holder == holder);
    found.ok_or_else(|| Error::not_found("credential-not-found"))
}

const SET_RATE: &str = "UPDATE lrs_credential SET rate = $2 WHERE key = $1";

/// Gives a credential or token a limit of its own, or takes it back.
pub async fn set_rate(tx: &mut Tx, scheme: Scheme, holder: &str, rate: Option<i32>) -> Result<()> {
    if scheme == Scheme::Bearer {
        return identity::limit_token(tx, token_id(holder)?, rate).await;
    }
    on_db!(tx, c => sqlx::query(SET_RATE).bind(holder).bind(rate).execute(c).await.map(drop))?;
    Ok(())
}

const ROTATE: &str = "UPDATE lrs_credential SET previous_hash = secret_hash, previous_until = $3, secret_hash = $2
    WHERE key = $1 AND revoked_at IS NULL";

/// Replaces the secret; the old one goes on until `keep_until`. The key stays, and with it whose the statements are.
///
/// Answers the new secret. Errors: `credential-not-found` for one that is revoked.
pub async fn rotate(tx: &mut Tx, known: &Known, keep_until: Timestamp) -> Result<String> {
    if known.scheme == Scheme::Bearer {
        return identity::rotate_token(tx, token_id(&known.holder)?, keep_until).await;
    }
    let secret = Secrets::token();
    let hash = Secrets::digest(&secret);
    let changed = on_db!(tx, c => sqlx::query(ROTATE)
        .bind(&known.holder).bind(hash).bind(keep_until).execute(c).await.map(|done| done.rows_affected()))?;
    if changed == 0 { Err(Error::not_found("credential-not-found")) } else { Ok(secret) }
}

const REVOKE: &str = "UPDATE lrs_credential SET revoked_at = $2 WHERE key = $1 AND revoked_at IS NULL";

/// Ends a credential or token with all its secrets, for good. What it wrote stays.
pub async fn revoke(tx: &mut Tx, known: &Known, now: Timestamp) -> Result<()> {
    if known.scheme == Scheme::Bearer {
        return identity::revoke_token(tx, token_id(&known.holder)?, now).await;
    }
    on_db!(tx, c => sqlx::query(REVOKE).bind(&known.holder).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

fn token_id(holder: &str) -> Result<Uuid> {
    holder.parse().map_err(|_| Error::not_found("credential-not-found"))
}

/// A new secret, to be shown once.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Empty for a token.
    pub key: String,
    pub secret: String,
}

/// Makes a credential or token. Answers its holder and secret. Errors: `name-missing`, `scope-missing`.
pub async fn create(
    tx: &mut Tx,
    scheme: Scheme,
    name: &str,
    scopes: &[Scope],
    rate: Option<i32>,
    now: Timestamp,
) -> Result<(String, Shown)> {
    let (holder, shown) = match scheme {
        Scheme::Basic => {
            let Credential { key, secret } = super::create_credential(tx, name, scopes, now).await?;
            (key.clone(), Shown { key, secret })
        }
        Scheme::Bearer => {
            if scopes.is_empty() {
                return Err(
                    Error::unprocessable("scope-missing").arg("scope", Scope::EVERY.map(Scope::name).join(", "))
                );
            }
            // `all` of a token would open the REST interface too: what is made here opens the records only.
            let named =
                |scope: &Scope| if *scope == Scope::All { Scope::EVERYTHING_HERE.to_vec() } else { vec![*scope] };
            let mut names: Vec<&str> = scopes.iter().flat_map(named).map(Scope::name).collect();
            names.sort_unstable();
            names.dedup();
            let scopes: Vec<identity::Scope> = names.iter().filter_map(|name| name.parse().ok()).collect();
            let (id, secret) = identity::create_token(tx, name, &scopes, now).await?;
            (id.to_string(), Shown { key: String::new(), secret })
        }
    };
    set_rate(tx, scheme, &holder, rate).await?;
    Ok((holder, shown))
}
