//! The queue: events become deliveries, deliveries become due, one process at a time holds each.

use std::time::Duration;

use super::model::{Delivery, Tried, pause};
use crate::core::{DeliveryId, EventId, Result, Timestamp, WebhookId};
use crate::on_db;
use crate::storage::{Secrets, Tx};

/// Events taken up in one transaction.
const EVENTS: i64 = 200;
/// Deliveries held at once.
const HELD: i64 = 20;
/// Of those, at most so many for one endpoint: a slow one keeps the others waiting no longer than one try.
const HELD_OF_ONE: i64 = 4;
/// How long a process may hold a delivery: longer than any try. If the process dies, another tries after that.
const LEASE: Duration = Duration::from_secs(60);
/// How long what was sent can be looked at and sent again.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

const TAKE_UP_SQLITE: &str = "UPDATE outbox_event SET taken_at = $1 WHERE id IN ( \
    SELECT id FROM outbox_event WHERE taken_at IS NULL ORDER BY created_at, id LIMIT $2) RETURNING id";
const TAKE_UP_POSTGRES: &str = "UPDATE outbox_event SET taken_at = $1 WHERE id IN ( \
    SELECT id FROM outbox_event WHERE taken_at IS NULL ORDER BY created_at, id LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING id";

/// Makes the deliveries of new events, for every endpoint that asked for them and is not paused. Answers whether there may
/// be more events.
pub async fn take_up(tx: &mut Tx, now: Timestamp) -> Result<bool> {
    let taken: Vec<EventId> = match &mut tx.0 {
        crate::storage::Inner::Sqlite(c) => {
            sqlx::query_scalar(TAKE_UP_SQLITE).bind(now).bind(EVENTS).fetch_all(&mut **c).await?
        }
        crate::storage::Inner::Postgres(c) => {
            sqlx::query_scalar(TAKE_UP_POSTGRES).bind(now).bind(EVENTS).fetch_all(&mut **c).await?
        }
    };
    if taken.is_empty() {
        return Ok(false);
    }
    // An endpoint of one space hears of what the space shows and of its members.
    let wanted: Vec<(EventId, WebhookId)> = on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new("SELECT e.id, w.id FROM outbox_event e JOIN webhook_endpoint w \
            ON w.disabled_at IS NULL AND ' ' || w.kinds || ' ' LIKE '% ' || e.kind || ' %' \
            AND (w.space_id IS NULL OR ( \
                (e.programme_id IS NULL OR EXISTS (SELECT 1 FROM space_programme p \
                    WHERE p.space_id = w.space_id AND p.programme_id = e.programme_id)) \
                AND (e.person_id IS NULL OR EXISTS (SELECT 1 FROM space_member m \
                    WHERE m.space_id = w.space_id AND m.person_id = e.person_id)))) \
            WHERE e.id IN (");
        let mut ids = query.separated(", ");
        taken.iter().for_each(|id| { ids.push_bind(*id); });
        query.push(") ORDER BY e.created_at, e.id");
        query.build_query_as().fetch_all(c).await
    })?;
    add(tx, &wanted, now).await?;
    Ok(taken.len() as i64 == EVENTS)
}

/// Puts deliveries into the queue, due now.
pub async fn add(tx: &mut Tx, wanted: &[(EventId, WebhookId)], now: Timestamp) -> Result<()> {
    for rows in wanted.chunks(500) {
        on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new(
                "INSERT INTO webhook_delivery (id, endpoint_id, event_id, state, attempts, next_at, created_at) ");
            query.push_values(rows, |mut row, (event, endpoint)| {
                row.push_bind(DeliveryId::new()).push_bind(*endpoint).push_bind(*event);
                row.push_bind("pending").push_bind(0).push_bind(now).push_bind(now);
            });
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

// In turns: the first of each endpoint, then the second of each. By age alone, who has one message would wait behind all who
// have many.
const HOLD_SQLITE: &str = "UPDATE webhook_delivery SET lease_until = $2 WHERE id IN ( \
    SELECT id FROM ( \
        SELECT d.id, d.next_at, ROW_NUMBER() OVER (PARTITION BY d.endpoint_id ORDER BY d.next_at, d.id) AS place \
        FROM webhook_delivery d JOIN webhook_endpoint w ON w.id = d.endpoint_id AND w.disabled_at IS NULL \
        WHERE d.state = 'pending' AND d.next_at <= $1 AND (d.lease_until IS NULL OR d.lease_until <= $1)) due \
    WHERE place <= $3 ORDER BY place, next_at, id LIMIT $4) RETURNING id";
// The conditions once more beside the lock: another process may have held the row in between.
const HOLD_POSTGRES: &str = "UPDATE webhook_delivery SET lease_until = $2 WHERE id IN ( \
    SELECT h.id FROM webhook_delivery h JOIN ( \
        SELECT d.id, ROW_NUMBER() OVER (PARTITION BY d.endpoint_id ORDER BY d.next_at, d.id) AS place \
        FROM webhook_delivery d JOIN webhook_endpoint w ON w.id = d.endpoint_id AND w.disabled_at IS NULL \
        WHERE d.state = 'pending' AND d.next_at <= $1 AND (d.lease_until IS NULL OR d.lease_until <= $1)) due \
    ON due.id = h.id AND due.place <= $3 \
    WHERE h.state = 'pending' AND h.next_at <= $1 AND (h.lease_until IS NULL OR h.lease_until <= $1) \
    ORDER BY due.place, h.next_at, h.id LIMIT $4 FOR UPDATE OF h SKIP LOCKED) RETURNING id";

/// Holds what is due, for [`LEASE`]; nobody else tries it meanwhile.
pub async fn hold(tx: &mut Tx, now: Timestamp) -> Result<Vec<Delivery>> {
    let until = now.plus(LEASE);
    let ids: Vec<DeliveryId> = match &mut tx.0 {
        crate::storage::Inner::Sqlite(c) => {
            let held = sqlx::query_scalar(HOLD_SQLITE).bind(now).bind(until).bind(HELD_OF_ONE).bind(HELD);
            held.fetch_all(&mut **c).await?
        }
        crate::storage::Inner::Postgres(c) => {
            let held = sqlx::query_scalar(HOLD_POSTGRES).bind(now).bind(until).bind(HELD_OF_ONE).bind(HELD);
            held.fetch_all(&mut **c).await?
        }
    };
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new("SELECT d.id, d.event_id, d.endpoint_id, d.attempts, \
            d.lease_until, e.body, w.url, w.secret, w.old_secret, w.old_secret_until \
            FROM webhook_delivery d JOIN outbox_event e ON e.id = d.event_id \
            JOIN webhook_endpoint w ON w.id = d.endpoint_id WHERE d.id IN (");
        let mut list = query.separated(", ");
        ids.iter().for_each(|id| { list.push_bind(*id); });
        query.push(") ORDER BY d.next_at, d.id");
        query.build_query_as().fetch_all(c).await
    })?)
}

const RECORD: &str = "UPDATE webhook_delivery SET state = $2, attempts = $3, next_at = $4, lease_until = NULL, \
    delivered_at = $5 WHERE id = $1 AND lease_until = $6";
const ATTEMPT: &str = "INSERT INTO webhook_attempt (delivery_id, number, at, status, milliseconds, error) \
    VALUES ($1, $2, $3, $4, $5, $6)";
const GONE: &str = "UPDATE webhook_endpoint SET disabled_at = $2, disabled_reason = 'gone' \
    WHERE id = $1 AND disabled_at IS NULL";

/// Writes what came of a try, and when the next one is due. Nothing if the hold was lost meanwhile: then another process
/// has tried, and its record stands.
pub async fn record(tx: &mut Tx, delivery: &Delivery, tried: &Tried, now: Timestamp) -> Result<()> {
    let attempts = delivery.attempts + 1;
    let pause = pause(attempts, Secrets::random()[0]).filter(|_| !tried.gone());
    let (state, next) = match pause {
        _ if tried.delivered() => ("delivered", now),
        Some(pause) => ("pending", now.plus(pause)),
        None => ("failed", now),
    };
    let delivered = tried.delivered().then_some(now);
    let changed = on_db!(tx, c => sqlx::query(RECORD)
        .bind(delivery.id).bind(state).bind(attempts).bind(next).bind(delivered).bind(delivery.lease_until)
        .execute(c).await.map(|done| done.rows_affected()))?;
    if changed == 0 {
        return Ok(());
    }
    let (status, took) = (tried.status.map(i32::from), i32::try_from(tried.milliseconds).unwrap_or(i32::MAX));
    on_db!(tx, c => sqlx::query(ATTEMPT)
        .bind(delivery.id).bind(attempts).bind(now).bind(status).bind(took).bind(tried.fault)
        .execute(c).await.map(drop))?;
    if tried.gone() {
        on_db!(tx, c => sqlx::query(GONE).bind(delivery.endpoint_id).bind(now).execute(c).await.map(drop))?;
    }
    Ok(())
}

const SWEEP: &str = "DELETE FROM outbox_event WHERE created_at < $1 AND taken_at IS NOT NULL AND NOT EXISTS ( \
    SELECT 1 FROM webhook_delivery d WHERE d.event_id = outbox_event.id AND d.state = 'pending')";

/// Forgets events of more than thirty days ago, with the log of their deliveries.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let before = now.minus(KEPT);
    Ok(on_db!(tx, c => sqlx::query(SWEEP).bind(before).execute(c).await.map(|done| done.rows_affected()))?)
}

const NEXT: &str = "SELECT MIN(d.next_at) FROM webhook_delivery d \
    JOIN webhook_endpoint w ON w.id = d.endpoint_id AND w.disabled_at IS NULL WHERE d.state = 'pending'";

/// When the next try is due.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(NEXT).fetch_one(c).await)?)
}
