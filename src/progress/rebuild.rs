//! Making the rows again from the statements.

use serde::Serialize;

use super::projection::{Standing, by_registration};
use super::store;
use crate::core::{RegistrationId, Result};
use crate::state::App;
use crate::storage::Tx;
use crate::xapi::Stored;
use crate::{lrs, on_db};

/// Statements read at a time: what a rebuild holds in memory does not grow with the store.
const PAGE: i64 = 500;

/// What a rebuild did.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Rebuilt {
    /// Statements folded.
    pub statements: u64,
    /// Registrations that have a row now.
    pub registrations: u64,
}

/// Makes every row again, in one transaction: readers see the old rows until the new ones are complete.
pub async fn rebuild(app: &App) -> Result<Rebuilt> {
    let mut tx = app.db.begin().await?;
    store::forget_all(&mut tx).await?;
    let (mut after, mut statements) = (i64::MIN, 0);
    loop {
        let page = lrs::replay(&mut tx, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        statements += page.len() as u64;
        for (id, batch) in by_registration(&page) {
            fold(&mut tx, id, &batch).await?;
        }
    }
    let registrations = count(&mut tx).await?;
    tx.commit().await?;
    tracing::info!(statements, registrations, "progress rebuilt");
    Ok(Rebuilt { statements, registrations })
}

/// Makes the rows of one registration again, in the caller's transaction.
pub async fn registration(tx: &mut Tx, id: RegistrationId) -> Result<()> {
    store::forget(tx, id).await?;
    let statements = lrs::of_registration(tx, id).await?;
    fold(tx, id, &statements.iter().collect::<Vec<_>>()).await
}

/// What was said when the statements were new is among them, so nothing follows from them a second time.
async fn fold(tx: &mut Tx, id: RegistrationId, batch: &[&Stored]) -> Result<()> {
    let Some(mut course) = Standing::load(tx, id).await? else { return Ok(()) };
    if course.fold(batch) {
        course.save(tx).await?;
    }
    Ok(())
}

const COUNT: &str = "SELECT COUNT(*) FROM registration_progress";

async fn count(tx: &mut Tx) -> Result<u64> {
    let count: i64 = on_db!(tx, c => sqlx::query_scalar(COUNT).fetch_one(c).await)?;
    Ok(count.unsigned_abs())
}
