//! The rows of the outbox.

use super::model::Event;
use crate::core::{EventId, Result};
use crate::on_db;
use crate::state::App;
use crate::storage::Tx;

/// Rows of one INSERT: far below what either database allows for parameters.
const BATCH: usize = 500;

/// Writes an event that leaves if and when `tx` commits.
pub async fn emit(tx: &mut Tx, app: &App, event: Event) -> Result<EventId> {
    let ids = emit_all(tx, app, &[event]).await?;
    Ok(ids[0])
}

/// As [`emit`], for many at once; the answer has their identifiers, in order.
pub async fn emit_all(tx: &mut Tx, app: &App, events: &[Event]) -> Result<Vec<EventId>> {
    let now = app.clock.now();
    let rows: Vec<(EventId, &Event)> = events.iter().map(|event| (EventId::new(), event)).collect();
    for rows in rows.chunks(BATCH) {
        on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new(
                "INSERT INTO outbox_event (id, kind, body, programme_id, person_id, created_at) ");
            query.push_values(rows, |mut row, (id, event)| {
                let (programme, person) = event.about();
                row.push_bind(*id).push_bind(event.kind().name()).push_bind(event.body(now));
                row.push_bind(programme).push_bind(person).push_bind(now);
            });
            query.build().execute(c).await.map(drop)
        })?;
    }
    if !rows.is_empty() {
        wake(tx, app);
    }
    Ok(rows.into_iter().map(|(id, _)| id).collect())
}

/// Wakes the senders of this process when `tx` has ended.
pub fn wake(tx: &mut Tx, app: &App) {
    tx.keep(WakesSenders(app.clone()));
}

/// Dropped when the transaction has ended: only then is there something to see.
struct WakesSenders(App);

impl Drop for WakesSenders {
    fn drop(&mut self) {
        self.0.outbox_written.notify_one();
    }
}
