//! The log of what was sent, and sending it again.

use super::queue;
use crate::core::{DeliveryId, Error, EventId, Result, Timestamp, WebhookId};
use crate::on_db;
use crate::outbox::{Event, EventKind};
use crate::state::App;
use crate::storage::Tx;

/// Deliveries on one page of the log.
const PAGE: i64 = 25;

/// One event as it went, or goes, to an endpoint.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Entry {
    pub id: DeliveryId,
    pub event_id: EventId,
    pub kind: String,
    pub body: String,
    pub state: String,
    pub next_at: Timestamp,
    pub created_at: Timestamp,
    #[sqlx(skip)]
    pub attempts: Vec<Attempt>,
}

/// One try.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Attempt {
    pub delivery_id: DeliveryId,
    pub at: Timestamp,
    pub status: Option<i32>,
    pub milliseconds: i32,
    pub error: Option<String>,
}

const ENTRIES: &str = "SELECT d.id, d.event_id, e.kind, e.body, d.state, d.next_at, d.created_at \
    FROM webhook_delivery d JOIN outbox_event e ON e.id = d.event_id \
    WHERE d.endpoint_id = $1 AND (d.created_at, d.id) < ($2, $3) ORDER BY d.created_at DESC, d.id DESC LIMIT $4";

/// A page of the log, the newest first, each with its tries: two statements, however long. `after` is where the page before
/// ended. Answers where the next one begins, if there is one.
pub async fn page(
    tx: &mut Tx,
    endpoint: WebhookId,
    after: Option<(Timestamp, DeliveryId)>,
) -> Result<(Vec<Entry>, Option<(Timestamp, DeliveryId)>)> {
    let (at, id) = after.unwrap_or((Timestamp(i64::MAX), DeliveryId(uuid::Uuid::max())));
    let mut entries: Vec<Entry> = on_db!(tx, c => sqlx::query_as(ENTRIES)
        .bind(endpoint).bind(at).bind(id).bind(PAGE + 1)
        .fetch_all(c).await)?;
    let more = entries.len() as i64 > PAGE;
    entries.truncate(PAGE as usize);
    let next = entries.last().filter(|_| more).map(|entry| (entry.created_at, entry.id));
    if entries.is_empty() {
        return Ok((entries, next));
    }
    let attempts: Vec<Attempt> = on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "SELECT delivery_id, at, status, milliseconds, error FROM webhook_attempt WHERE delivery_id IN (");
        let mut ids = query.separated(", ");
        entries.iter().for_each(|entry| { ids.push_bind(entry.id); });
        query.push(") ORDER BY delivery_id, number");
        query.build_query_as().fetch_all(c).await
    })?;
    for attempt in attempts {
        if let Some(entry) = entries.iter_mut().find(|entry| entry.id == attempt.delivery_id) {
            entry.attempts.push(attempt);
        }
    }
    Ok((entries, next))
}

const EVENT_OF: &str = "SELECT event_id FROM webhook_delivery WHERE id = $1 AND endpoint_id = $2";

/// Sends an event to an endpoint once more, as a delivery of its own. Errors: `delivery-unknown`.
pub async fn replay(tx: &mut Tx, app: &App, endpoint: WebhookId, delivery: DeliveryId) -> Result<()> {
    let event: Option<EventId> =
        on_db!(tx, c => sqlx::query_scalar(EVENT_OF).bind(delivery).bind(endpoint).fetch_optional(c).await)?;
    let event = event.ok_or_else(|| Error::not_found("delivery-unknown"))?;
    queue::add(tx, &[(event, endpoint)], app.clock.now()).await?;
    crate::outbox::wake(tx, app);
    Ok(())
}

const TAKEN: &str = "UPDATE outbox_event SET taken_at = $2 WHERE id = $1";

/// Sends an event without meaning to one endpoint, to try it out.
pub async fn test(tx: &mut Tx, app: &App, endpoint: WebhookId) -> Result<()> {
    let now = app.clock.now();
    let told = serde_json::json!({ "endpoint": endpoint });
    let event = crate::outbox::emit(tx, app, Event::new(EventKind::Test, told)).await?;
    // For nobody else.
    on_db!(tx, c => sqlx::query(TAKEN).bind(event).bind(now).execute(c).await.map(drop))?;
    queue::add(tx, &[(event, endpoint)], now).await
}
