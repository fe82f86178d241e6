//! The end of an attempt whose time has run out while nobody was there: scored when its time is over, not when its learner
//! comes back.

use serde::{Deserialize, Serialize};

use super::attempt::Sitting;
use crate::core::{JobId, Kind, QuizAttemptId, RegistrationId, Result, Timestamp};
use crate::jobs::{self, Work};
use crate::state::App;
use crate::storage::Tx;

/// The kind of the job. Its subject is the attempt.
pub const CLOSE: &str = "quiz.close";

#[derive(Serialize, Deserialize)]
struct Order {
    registration: RegistrationId,
    activity: i32,
    attempt: QuizAttemptId,
}

/// Asks for the end of an attempt at `at`, in the transaction that begins it.
pub async fn enqueue(
    tx: &mut Tx,
    app: &App,
    (registration, activity, attempt): (RegistrationId, i32, QuizAttemptId),
    at: Timestamp,
) -> Result<JobId> {
    let order = Order { registration, activity, attempt };
    jobs::enqueue_at(tx, app, CLOSE, Some(attempt.0), &order, at).await
}

/// The body of the job. May run again, or after the learner or a page has ended the attempt: one that has ended stays as it
/// is.
pub async fn close(work: Work) -> Result<()> {
    let order: Order = work.job.payload()?;
    let mut tx = work.app.db.begin().await?;
    let mut sitting = match Sitting::held_by_itself(&mut tx, order.registration, order.activity).await {
        Ok(sitting) => sitting,
        // The package was deleted, with all that was recorded of it.
        Err(error) if error.kind == Kind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let is_due = sitting.has_run_out(work.app.clock.now());
    if is_due && sitting.open().is_some_and(|open| open.id == order.attempt) {
        sitting.submit(&mut tx, &work.app).await?;
        tx.commit().await?;
        tracing::info!(attempt = %order.attempt, "an attempt was ended by its time");
    }
    Ok(())
}
