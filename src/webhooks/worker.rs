//! Sending what is due, in every `preau serve`.

use std::time::Duration;

use futures_util::future::join_all;

use super::queue;
use super::sender::Sender;
use crate::core::Result;
use crate::state::App;

/// How often this process looks for what another one wrote.
const LOOK: Duration = Duration::from_secs(5);

/// Takes new events up and tries everything that is due. Answers the number of tries.
///
/// A try is recorded after it was made: if the process dies in between, the delivery is tried again. What arrives twice
/// has the same `webhook-id`.
pub async fn deliver_due(app: &App, sender: &Sender) -> Result<usize> {
    loop {
        let mut tx = app.db.begin().await?;
        let more = queue::take_up(&mut tx, app.clock.now()).await?;
        tx.commit().await?;
        if !more {
            break;
        }
    }
    let mut tries = 0;
    loop {
        let mut tx = app.db.begin().await?;
        let held = queue::hold(&mut tx, app.clock.now()).await?;
        tx.commit().await?;
        if held.is_empty() {
            return Ok(tries);
        }
        tries += held.len();
        let tried = join_all(held.iter().map(|delivery| sender.send(delivery, app.clock.now()))).await;
        let mut tx = app.db.begin().await?;
        for (delivery, tried) in held.iter().zip(&tried) {
            queue::record(&mut tx, delivery, tried, app.clock.now()).await?;
            tracing::debug!(delivery = %delivery.id, status = tried.status, fault = tried.fault, "webhook tried");
        }
        tx.commit().await?;
    }
}

/// Sends until the process ends: at once what this process wrote, soon what others wrote, later what failed.
pub async fn run(app: App) {
    let sender = match Sender::new(&app.config.webhooks.allowed_networks) {
        Ok(sender) => sender,
        Err(cause) => return tracing::error!(%cause, "webhooks cannot be sent"),
    };
    loop {
        if let Err(cause) = deliver_due(&app, &sender).await {
            tracing::error!(%cause, "webhooks: will look again");
        }
        tokio::select! {
            () = app.outbox_written.notified() => {}
            () = tokio::time::sleep(until_next(&app).await) => {}
        }
    }
}

/// Forgets events of more than thirty days ago. Answers how many.
pub async fn sweep(app: &App) -> Result<u64> {
    let mut tx = app.db.begin().await?;
    let swept = queue::sweep(&mut tx, app.clock.now()).await?;
    tx.commit().await?;
    Ok(swept)
}

/// Until the next try, and never longer than [`LOOK`].
async fn until_next(app: &App) -> Duration {
    let next = async {
        let mut tx = app.db.read().await?;
        queue::next_due(&mut tx).await
    };
    let next = next.await.ok().flatten();
    // Something held by another process is due and not ours to try: a moment, not a busy loop.
    let shortest = Duration::from_millis(500);
    next.map_or(LOOK, |at| at.since(app.clock.now()).clamp(shortest, LOOK))
}
