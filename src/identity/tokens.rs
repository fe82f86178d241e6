//! Bearer tokens of programs.

use std::time::Duration;

use uuid::Uuid;

use crate::core::{Error, Kind, Result, Timestamp};
use crate::identity::model::Scope;
use crate::on_db;
use crate::storage::{Secrets, Tx};

/// A program known by its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Stable identifier.
    pub id: Uuid,
    /// What the operator called it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
}

const INSERT: &str = "INSERT INTO api_token (id, name, token_hash, scopes, created_at) VALUES ($1, $2, $3, $4, $5)";

/// Makes a token. Answers its identifier and the token itself, which cannot be read again. Errors: `name-missing`.
pub async fn create_token(tx: &mut Tx, name: &str, scopes: &[Scope], now: Timestamp) -> Result<(Uuid, String)> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::unprocessable("name-missing"));
    }
    let (id, token) = (Uuid::now_v7(), format!("preau_{}", Secrets::token()));
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
}

const FIND: &str = "SELECT id, name, scopes, last_used_at FROM api_token WHERE token_hash = $1 AND revoked_at IS NULL";

/// The program that holds `token`, and whether its last use was noted long ago. Errors: `token-unknown`.
pub(super) async fn find_token(tx: &mut Tx, token: &str, now: Timestamp) -> Result<(ApiToken, bool)> {
    let hash = Secrets::digest(token);
    let row: Option<TokenRow> = on_db!(tx, c => sqlx::query_as(FIND).bind(hash).fetch_optional(c).await)?;
    let row = row.ok_or_else(|| Error::new(Kind::Unauthenticated, "token-unknown"))?;
    let scopes = row.scopes.split(' ').filter_map(|scope| scope.parse().ok()).collect();
    let note = row.last_used_at.is_none_or(|used| now.since(used) >= Duration::from_secs(60 * 60));
    Ok((ApiToken { id: row.id, name: row.name, scopes }, note))
}

const USED: &str = "UPDATE api_token SET last_used_at = $2 WHERE id = $1";

/// Notes that a token is in use; asked for once an hour, because it is a write.
pub(super) async fn note_use(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<()> {
    on_db!(tx, c => sqlx::query(USED).bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}
