//! Transactions on SQLite: many read, one writes.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use sqlx::{Sqlite, SqliteConnection, Transaction, query, raw_sql};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// How long a transaction waits for those before it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A transaction on SQLite.
pub enum OnSqlite {
    /// On a connection of the pool of readers.
    Reading(Transaction<'static, Sqlite>),
    /// On the one that writes.
    Writing(Writing),
}

impl Deref for OnSqlite {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Reading(transaction) => transaction,
            Self::Writing(writing) => &writing.0.connection,
        }
    }
}

impl DerefMut for OnSqlite {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Reading(transaction) => transaction,
            Self::Writing(writing) => &mut writing.0.connection,
        }
    }
}

/// The connection that writes, for one transaction after the other, in the order in which they were asked for.
///
/// A pool of one would try its connection between two transactions, while everybody who wants to write waits.
#[derive(Clone)]
pub struct Pen(Arc<Mutex<Sole>>);

struct Sole {
    connection: SqliteConnection,
    /// Whether a transaction was begun that was neither committed nor, as far as is known, rolled back.
    is_open: bool,
}

impl Pen {
    pub fn new(connection: SqliteConnection) -> Self {
        Self(Arc::new(Mutex::new(Sole { connection, is_open: false })))
    }

    /// Begins a transaction when those before it have ended.
    pub async fn begin(&self) -> sqlx::Result<Writing> {
        let mut writing = self.take().await?;
        // Before it is: whoever waits for it may go away meanwhile.
        writing.0.is_open = true;
        // IMMEDIATE: a transaction that begins by reading must not fail when it comes to write.
        query("BEGIN IMMEDIATE").execute(&mut writing.0.connection).await?;
        Ok(writing)
    }

    /// The connection without a transaction.
    pub async fn take(&self) -> sqlx::Result<Writing> {
        let taken = tokio::time::timeout(PATIENCE, self.0.clone().lock_owned()).await;
        let mut sole = taken.map_err(|_| sqlx::Error::PoolTimedOut)?;
        if std::mem::take(&mut sole.is_open) {
            // Fails where there is nothing to take back any more.
            let _ = raw_sql("ROLLBACK").execute(&mut sole.connection).await;
        }
        Ok(Writing(sole))
    }
}

/// The connection that writes, in the hands of one. Dropped without [`Writing::commit`], a transaction leaves nothing.
pub struct Writing(OwnedMutexGuard<Sole>);

impl Writing {
    pub fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.0.connection
    }

    pub async fn commit(mut self) -> sqlx::Result<()> {
        query("COMMIT").execute(&mut self.0.connection).await?;
        self.0.is_open = false;
        Ok(())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if self.0.is_open {
            // Asked for at once, so that no other process waits; whoever writes next makes sure of it.
            let _ = raw_sql("ROLLBACK").execute(&mut self.0.connection).now_or_never();
        }
    }
}
