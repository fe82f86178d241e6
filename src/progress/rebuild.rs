//! Making the rows again from the statements.

use serde::Serialize;
use uuid::Uuid;

use super::projection::Standing;
use super::{answers, store};
use crate::core::{RegistrationId, Result};
use crate::lrs;
use crate::state::App;
use crate::storage::Tx;

/// Registrations looked up at a time.
const PAGE: i64 = 500;

/// What a rebuild did.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Rebuilt {
    /// Statements folded.
    pub statements: u64,
    /// Registrations that have a row now.
    pub registrations: u64,
}

/// Makes every row again beside a running server: one short transaction a registration, so that nobody waits long, and
/// whoever reads finds the old rows or the new ones.
pub async fn rebuild(app: &App) -> Result<Rebuilt> {
    let mut done = Rebuilt { statements: 0, registrations: 0 };
    let mut after = RegistrationId(Uuid::nil());
    loop {
        let mut tx = app.db.read().await?;
        let page = store::records(&mut tx, after, PAGE).await?;
        drop(tx);
        let Some(last) = page.last() else { break };
        after = *last;
        for id in page {
            let mut tx = app.db.begin().await?;
            let (statements, has_row) = registration(&mut tx, id).await?;
            tx.commit().await?;
            done.statements += statements;
            done.registrations += u64::from(has_row);
        }
    }
    tracing::info!(done.statements, done.registrations, "progress rebuilt");
    Ok(done)
}

/// Makes the rows of one registration again, in the caller's transaction. Answers how many statements there are, and
/// whether there is a row now.
///
/// What was said when the statements were new is among them, so nothing follows from them a second time.
pub async fn registration(tx: &mut Tx, id: RegistrationId) -> Result<(u64, bool)> {
    // Held before the statements are read: none that arrives now is missed or counted twice.
    store::hold(tx, &[id]).await?;
    store::forget(tx, id).await?;
    answers::forget(tx, id).await?;
    let statements = lrs::of_registration(tx, id).await?;
    let Some(mut course) = Standing::load(tx, id).await? else { return Ok((0, false)) };
    let statements: Vec<_> = statements.iter().collect();
    answers::keep(tx, id, &answers::told(&course, &statements)).await?;
    let has_row = course.fold(&statements);
    if has_row {
        course.save(tx).await?;
    }
    Ok((statements.len() as u64, has_row))
}
