//! Bearer tokens of programs.

use std::time::Duration;

use uuid::Uuid;

use crate::core::{Error, Kind, Result, Timestamp};
use crate::identity::model::Scope;
use crate::state::App;
use crate::storage::{Secrets, Tx};
use crate::{on_db, read_once};

/// A program known by its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Stable identifier.
    pub id: Uuid,
    /// What the operator called it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Most requests a second at `/xapi/`, if it has a limit of its own.
    pub rate: Option<i32>,
}

const INSERT: &str = "INSERT INTO api_token (id, name, token_hash, scopes, created_at) VALUES ($1, $2, $3, $4, $5)";

/// Makes a token. Answers its identifier and the token itself, which cannot be read again. Errors: `name-missing`.
pub async fn create_token(tx: &mut Tx, name: &str, scopes: &[Scope], now: Timestamp) -> Result<(Uuid, String)> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::unprocessable("name-missing"));
    }
    let (id, token) = (Uuid::now_v7(), fresh());
    let scopes = scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" ");
    on_db!(tx, c => sqlx::query(INSERT)
        .bind(id).bind(name).bind(Secrets::digest(&token)).bind(scopes).bind(now)
        .execute(c).await.map(drop))?;
    Ok((id, token))
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    id: Uuid,
    name: String,
    scopes: String,
    last_used_at: Option<Timestamp>,
    rate: Option<i32>,
}

const FIND: &str = "SELECT id, name, scopes, last_used_at, rate FROM api_token \
    WHERE (token_hash = $1 OR (previous_hash = $1 AND previous_until > $2)) AND revoked_at IS NULL";
/// How often the use of a token is noted: it is a write.
const NOTED_EVERY: Duration = Duration::from_secs(60 * 60);

/// The program that holds `token`. Notes once an hour that the token is in use. Errors: `token-unknown`.
pub async fn program(app: &App, token: &str) -> Result<ApiToken> {
    let (hash, now) = (Secrets::digest(token), app.clock.now());
    let row: Option<TokenRow> =
        read_once!(app.db, c => sqlx::query_as(FIND).bind(hash).bind(now).fetch_optional(c).await)?;
    let row = row.ok_or_else(|| Error::new(Kind::Unauthenticated, "token-unknown"))?;
    if row.last_used_at.is_none_or(|used| now.since(used) >= NOTED_EVERY) {
        let mut tx = app.db.begin().await?;
        on_db!(tx, c => sqlx::query(USED).bind(row.id).bind(now).execute(c).await.map(drop))?;
        tx.commit().await?;
    }
    let scopes = row.scopes.split(' ').filter_map(|scope| scope.parse().ok()).collect();
    Ok(ApiToken { id: row.id, name: row.name, scopes, rate: row.rate })
}

const USED: &str = "UPDATE api_token SET last_used_at = $2 WHERE id = $1";

/// A token as an administrator sees it; never the token itself.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KnownToken {
    /// Stable identifier.
    pub id: Uuid,
    /// What the operator called it.
    pub name: String,
    /// What it may do, by names separated by blanks.
    pub scopes: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used, to the hour.
    pub last_used_at: Option<Timestamp>,
    /// Since when it opens nothing any more.
    pub revoked_at: Option<Timestamp>,
    /// Until when the token that this one replaced goes on.
    pub previous_until: Option<Timestamp>,
    /// Most requests a second at `/xapi/`, if it has a limit of its own.
    pub rate: Option<i32>,
}

const ALL: &str = "SELECT id, name, scopes, created_at, last_used_at, revoked_at, previous_until, rate FROM api_token \
    ORDER BY created_at DESC";

/// Every token, the latest first.
pub async fn known_tokens(tx: &mut Tx) -> Result<Vec<KnownToken>> {
    Ok(on_db!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)?)
}

const ROTATE: &str = "UPDATE api_token SET previous_hash = token_hash, previous_until = $3, token_hash = $2 \
    WHERE id = $1 AND revoked_at IS NULL";
const REVOKE: &str = "UPDATE api_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";

/// Replaces a token; the old one goes on until `keep_until`. Answers the new one. Errors: `token-unknown` (404).
pub async fn rotate_token(tx: &mut Tx, id: Uuid, keep_until: Timestamp) -> Result<String> {
    let token = fresh();
    let hash = Secrets::digest(&token);
    let changed = on_db!(tx, c => sqlx::query(ROTATE)
        .bind(id).bind(hash).bind(keep_until).execute(c).await.map(|done| done.rows_affected()))?;
    if changed == 0 { Err(Error::not_found("token-unknown")) } else { Ok(token) }
}

const LIMIT: &str = "UPDATE api_token SET rate = $2 WHERE id = $1";

/// Gives a token a limit of its own at `/xapi/`, or takes it back.
pub async fn limit_token(tx: &mut Tx, id: Uuid, rate: Option<i32>) -> Result<()> {
    on_db!(tx, c => sqlx::query(LIMIT).bind(id).bind(rate).execute(c).await.map(drop))?;
    Ok(())
}

/// Ends a token, and the one it replaced.
pub async fn revoke_token(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<()> {
    on_db!(tx, c => sqlx::query(REVOKE).bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

fn fresh() -> String {
    format!("preau_{}", Secrets::token())
}
