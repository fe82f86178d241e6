//! Endpoints in the database.

use std::time::Duration;

use super::model::{Endpoint, NewEndpoint, new_secret};
use crate::core::{Error, PersonId, Result, SpaceId, Timestamp, WebhookId};
use crate::on_db;
use crate::storage::Tx;

/// How long the secret before the present one signs too.
const OLD_SECRET_LASTS: Duration = Duration::from_secs(24 * 3600);

const ALL: &str = "SELECT id, url, description, secret, kinds, space_id, disabled_at, disabled_reason \
    FROM webhook_endpoint ORDER BY created_at, id";
const FIND: &str = "SELECT id, url, description, secret, kinds, space_id, disabled_at, disabled_reason \
    FROM webhook_endpoint WHERE id = $1";

/// Every endpoint, the oldest first. An installation has a handful.
pub async fn all(tx: &mut Tx) -> Result<Vec<Endpoint>> {
    Ok(on_db!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)?)
}

/// One endpoint. Errors: `webhook-unknown`.
pub async fn find(tx: &mut Tx, id: WebhookId) -> Result<Endpoint> {
    let found = on_db!(tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await)?;
    found.ok_or_else(|| Error::not_found("webhook-unknown"))
}

const INSERT: &str = "INSERT INTO webhook_endpoint (id, url, description, secret, kinds, space_id, created_by, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Adds an endpoint with a secret of its own.
pub async fn add(tx: &mut Tx, new: &NewEndpoint, by: PersonId, now: Timestamp) -> Result<WebhookId> {
    let id = WebhookId::new();
    let kinds: Vec<&str> = new.kinds.iter().map(|kind| kind.name()).collect();
    on_db!(tx, c => sqlx::query(INSERT)
        .bind(id).bind(new.url.as_str()).bind(&new.description).bind(new_secret()).bind(kinds.join(" "))
        .bind(new.space).bind(by).bind(now)
        .execute(c).await.map(drop))?;
    Ok(id)
}

const PAUSE: &str = "UPDATE webhook_endpoint SET disabled_at = $2, disabled_reason = 'paused' \
    WHERE id = $1 AND disabled_at IS NULL";
const RESUME: &str = "UPDATE webhook_endpoint SET disabled_at = NULL, disabled_reason = NULL WHERE id = $1";

/// Sends nothing more to an endpoint. What is on its way waits; what happens meanwhile is not sent later.
pub async fn pause(tx: &mut Tx, id: WebhookId, now: Timestamp) -> Result<()> {
    on_db!(tx, c => sqlx::query(PAUSE).bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Sends to an endpoint again.
pub async fn resume(tx: &mut Tx, id: WebhookId) -> Result<()> {
    on_db!(tx, c => sqlx::query(RESUME).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

const RENEW: &str = "UPDATE webhook_endpoint SET old_secret = secret, old_secret_until = $3, secret = $2 WHERE id = $1";

/// Makes a new secret; for a day the one before signs as well.
pub async fn renew_secret(tx: &mut Tx, id: WebhookId, now: Timestamp) -> Result<()> {
    let until = now.plus(OLD_SECRET_LASTS);
    on_db!(tx, c => sqlx::query(RENEW).bind(id).bind(new_secret()).bind(until).execute(c).await.map(drop))?;
    Ok(())
}

const DELETE: &str = "DELETE FROM webhook_endpoint WHERE id = $1";

/// Removes an endpoint with the log of its deliveries.
pub async fn delete(tx: &mut Tx, id: WebhookId) -> Result<()> {
    on_db!(tx, c => sqlx::query(DELETE).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

const SPACES: &str = "SELECT id, name FROM space WHERE archived_at IS NULL ORDER BY name_key, id";

/// The spaces an endpoint can be limited to.
pub async fn spaces(tx: &mut Tx) -> Result<Vec<(SpaceId, String)>> {
    Ok(on_db!(tx, c => sqlx::query_as(SPACES).fetch_all(c).await)?)
}
