//! Connections, transactions and migrations of SQLite and PostgreSQL.

use std::any::Any;
use std::str::FromStr;
use std::time::Duration;

use anyhow::Context as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgPool, Postgres, SqlitePool, Transaction, raw_sql};
use uuid::Uuid;

use super::sqlite::{Keeps, OnSqlite, Pen};
use super::to_the_end::ToTheEnd;
use crate::core::Result;

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a writer waits for another process (the server, a command) that holds the SQLite file.
const SQLITE_BUSY: Duration = Duration::from_secs(20);

/// A connection that was at work so shortly before is used without asking whether it still stands.
const POSTGRES_TRUSTED: Duration = Duration::from_secs(1);

const BEGIN_POSTGRES: &str = "BEGIN";

// As long as PostgreSQL has not looked at a table it takes a thousand keys for most of the rows, and reads all of it: a store that
// is being filled would be read whole for each group of statements.
const KEYED_POSTGRES: &str = "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; SET jit = off";

/// The database of this installation.
#[derive(Clone)]
pub enum Db {
    /// One file. All writes go through one connection, so writers queue here instead of failing with "busy".
    Sqlite {
        /// The single writing connection, for one transaction after the other.
        write: Pen,
        /// Readers; they see the last commit and never wait for the writer.
        read: SqlitePool,
    },
    /// A server that several `preau` processes may share.
    Postgres(PgPool),
}

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing.
pub struct Tx(pub Inner, Vec<Box<dyn Any + Send>>);

/// The driver's transaction; reached through [`on_db!`](crate::on_db).
pub enum Inner {
    /// On SQLite.
    Sqlite(OnSqlite),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one expression on whichever driver the transaction is of.
///
/// Inside, the named variable is the driver's connection and `Database` is its type:
/// `on_db!(tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await)?`.
#[macro_export]
macro_rules! on_db {
    ($tx:expr, $connection:ident => $body:expr) => {
        match &mut $tx.0 {
            $crate::storage::Inner::Sqlite(transaction) => {
                type Database = sqlx::Sqlite;
                // Only query builders name the driver.
                let _ = std::marker::PhantomData::<Database>;
                let $connection = &mut **transaction;
                $body
            }
            $crate::storage::Inner::Postgres(transaction) => {
                type Database = sqlx::Postgres;
                let _ = std::marker::PhantomData::<Database>;
                let $connection = &mut **transaction;
                $body
            }
        }
    };
}

/// Runs one reading statement by itself: it sees one snapshot without a transaction, and two round trips are spared.
///
/// `read_once!(app.db, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await)?`
#[macro_export]
macro_rules! read_once {
    ($db:expr, $connection:ident => $body:expr) => {
        match &$db {
            $crate::storage::Db::Sqlite { read, .. } => {
                let $connection = read;
                $body
            }
            $crate::storage::Db::Postgres(pool) => {
                let $connection = pool;
                $body
            }
        }
    };
}

impl Db {
    /// Connects to `sqlite:PATH` (created if absent) or `postgres://…` and applies the migrations that are missing.
    pub async fn connect(url: &str) -> anyhow::Result<Self> {
        let db = if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::postgres(url).await?
        } else {
            Self::sqlite(url).await?
        };
        db.migrate().await?;
        Ok(db)
    }

    async fn sqlite(url: &str) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::from_str(url)
            .with_context(|| format!("the database address {url} is not sqlite:PATH or postgres://…"))?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // NORMAL loses acknowledged commits when the power fails; FULL lost none in the same trial.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(SQLITE_BUSY)
            .pragma("temp_store", "memory")
            .pragma("cache_size", "-8000");
        // A file does not hang up: its connections need not be tried before they are used.
        let write = options
            .clone()
            // Pages that change again and again are brought into the database once in 64 MB of log, not in four.
            .pragma("wal_autocheckpoint", "16000")
            .connect()
            .await
            .with_context(|| format!("cannot open the database {url}"))?;
        let read = SqlitePoolOptions::new()
            .max_connections(4)
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "on"))
            .await
            .with_context(|| format!("cannot open the database {url}"))?;
        Ok(Self::Sqlite { write: Pen::new(write), read })
    }

    async fn postgres(url: &str) -> anyhow::Result<Self> {
        let options = PgConnectOptions::from_str(url).context("the database address is not postgres://…")?;
        let pool = pool_of(16).connect_with(options).await.context("cannot reach the PostgreSQL database")?;
        Ok(Self::Postgres(pool))
    }

    /// The same database by a connection that nobody else uses, for one transaction after the other, each of which reaches its
    /// rows by keys. On PostgreSQL it is opened when it is first used, and belongs to the runtime in which this is called.
    pub fn alone(&self) -> Self {
        match self {
            Self::Sqlite { .. } => self.clone(),
            Self::Postgres(pool) => {
                let keyed = pool_of(1).after_connect(|connection, _| {
                    Box::pin(async move { raw_sql(KEYED_POSTGRES).execute(connection).await.map(drop) })
                });
                Self::Postgres(keyed.connect_lazy_with(PgConnectOptions::clone(&pool.connect_options())))
            }
        }
    }

    async fn migrate(&self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite { write, .. } => SQLITE_MIGRATIONS.run(write.take().await?.connection()).await,
            Self::Postgres(pool) => POSTGRES_MIGRATIONS.run(pool).await,
        }
        .context("cannot bring the database up to date")
    }

    /// Begins a transaction that may write.
    pub async fn begin(&self) -> Result<Tx> {
        self.begin_by(Keeps::Many, BEGIN_POSTGRES).await
    }

    /// Begins a transaction that writes tens of thousands of rows, in little memory.
    pub async fn begin_large(&self) -> Result<Tx> {
        self.begin_by(Keeps::Few, BEGIN_POSTGRES).await
    }

    /// Begins a transaction that may write; on PostgreSQL by this text, which also takes a lock. On SQLite whoever writes is alone.
    pub async fn begin_with(&self, postgres: &'static str) -> Result<Tx> {
        self.begin_by(Keeps::Many, postgres).await
    }

    async fn begin_by(&self, keeps: Keeps, postgres: &'static str) -> Result<Tx> {
        let inner = match self {
            Self::Sqlite { write, .. } => Inner::Sqlite(OnSqlite::Writing(write.begin(keeps).await?)),
            Self::Postgres(pool) => Inner::Postgres(begin_on(pool, postgres).await?),
        };
        Ok(Tx(inner, Vec::new()))
    }

    /// Begins a transaction that only reads, on one snapshot.
    pub async fn read(&self) -> Result<Tx> {
        let inner = match self {
            Self::Sqlite { read, .. } => Inner::Sqlite(OnSqlite::Reading(read.begin().await?)),
            Self::Postgres(pool) => {
                Inner::Postgres(begin_on(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        };
        Ok(Tx(inner, Vec::new()))
    }

    /// Waits for what is under way, closes every connection that reads, and leaves a file of SQLite with an empty log: whoever
    /// copies it has everything.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { write, read } => {
                read.close().await;
                // Not where another process is at work: it would have to wait.
                const EMPTY: &str = "PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)";
                let emptied = match write.take().await {
                    Ok(mut writing) => raw_sql(EMPTY).execute(writing.connection()).await,
                    Err(cause) => Err(cause),
                };
                if let Err(cause) = emptied {
                    tracing::warn!(%cause, "the log of the database is left to the next start");
                }
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

fn pool_of(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(20))
        .test_before_acquire(false)
        .before_acquire(|connection, known| {
            Box::pin(async move {
                if known.idle_for > POSTGRES_TRUSTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
}

/// Begins a transaction. Whoever stops waiting in the middle would leave behind a connection in a transaction that nobody
/// ends, for the next to go on in: so it is brought to its end in any case.
async fn begin_on(pool: &PgPool, begin: &'static str) -> sqlx::Result<Transaction<'static, Postgres>> {
    let pool = pool.clone();
    ToTheEnd::new(async move { pool.begin_with(begin).await }).await
}

impl Tx {
    /// Keeps `value` until the transaction has ended, one way or the other.
    pub fn keep(&mut self, value: impl Any + Send) {
        self.1.push(Box::new(value));
    }

    /// Makes the changes permanent. When this answers, they survive a power failure. They may be made permanent also if nobody
    /// waits for the answer any more.
    pub async fn commit(self) -> Result<()> {
        let Self(inner, kept) = self;
        match inner {
            Inner::Sqlite(OnSqlite::Reading(transaction)) => transaction.commit().await?,
            Inner::Sqlite(OnSqlite::Writing(transaction)) => transaction.commit(kept).await?,
            Inner::Postgres(transaction) => {
                // Whoever went away in the middle would have the driver roll back what is no transaction any more.
                let committed = ToTheEnd::new(async move {
                    let committed = transaction.commit().await;
                    drop(kept);
                    committed
                });
                committed.await?;
            }
        }
        Ok(())
    }
}

/// Identifiers as one parameter of SQLite, which knows no lists: a JSON array of hexadecimal digits, for
/// `id IN (SELECT unhex(value) FROM json_each($1))`. PostgreSQL binds the list as it is, for `id = ANY($1)`.
pub fn hexadecimal(ids: impl IntoIterator<Item = Uuid>) -> String {
    let mut list = String::from("[");
    let mut digits = [0; 32];
    for id in ids {
        list.push_str(if list.len() == 1 { "\"" } else { ",\"" });
        list.push_str(id.as_simple().encode_lower(&mut digits));
        list.push('"');
    }
    list.push(']');
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_identifiers_is_json() {
        let ids = [Uuid::from_u128(0xab), Uuid::from_u128(1)];
        let read: Vec<String> = serde_json::from_str(&hexadecimal(ids)).unwrap();
        assert_eq!(read, ids.map(|id| id.simple().to_string()));
        assert_eq!(hexadecimal([]), "[]");
    }
}
