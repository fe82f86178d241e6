//! Transactions on SQLite: many read, one writes.
//!
//! A commit waits for the disk, however little it commits. So those that wait for the pen share a transaction of the database:
//! each behind the first is a savepoint in it, one after the other, and whoever finds nobody waiting commits for all. An answer is
//! given after that commit. Who is alone waits for nobody.

use std::any::Any;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::{Sqlite, SqliteConnection, Transaction, query};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::to_the_end::ToTheEnd;

/// How long a transaction waits for those before it.
const PATIENCE: Duration = Duration::from_secs(30);
/// Transactions that are committed together at most: the first of them waits for the last.
const TOGETHER: usize = 64;

// IMMEDIATE: a transaction that begins by reading must not fail when it comes to write. Without a savepoint, for which SQLite
// would copy every page that changes: the first has nobody before it whose work must stay.
const FIRST: &str = "BEGIN IMMEDIATE";
const SECOND: &str = "SAVEPOINT own";
const NEXT: &str = "RELEASE own; SAVEPOINT own";
const TAKE_BACK: &str = "ROLLBACK TO own";
const COMMIT_FIRST: &str = "COMMIT";
// Both fail where the database has given up the transaction by itself (a full disk): nobody is told that what is lost is kept.
const COMMIT: &str = "RELEASE own; COMMIT";
const GIVE_UP: &str = "ROLLBACK";

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
            Self::Writing(writing) => &writing.sole().connection,
        }
    }
}

impl DerefMut for OnSqlite {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Reading(transaction) => transaction,
            Self::Writing(writing) => writing.connection(),
        }
    }
}

/// The connection that writes, for one transaction after the other, in the order in which they were asked for.
///
/// A pool of one would try its connection between two transactions, while everybody who wants to write waits.
#[derive(Clone)]
pub struct Pen {
    sole: Arc<Mutex<Sole>>,
    /// How many wait for it.
    waiting: Arc<AtomicUsize>,
}

/// What is held with the pen.
struct Sole {
    connection: SqliteConnection,
    /// As the last transaction wanted it.
    keeps: Option<Keeps>,
    stage: Stage,
    /// Whether what the last one does can be taken back by itself; the first has none before it.
    has_savepoint: bool,
    /// Transactions that are done and wait for the commit.
    done: Vec<Done>,
}

/// How much is kept in memory of the pages that a transaction touches.
#[derive(Clone, Copy, PartialEq)]
pub enum Keeps {
    /// A transaction of a thousand statements touches thousands of pages.
    Many,
    /// So many rows that they go to the log in any case.
    Few,
}

impl Keeps {
    const fn text(self) -> &'static str {
        match self {
            Self::Many => "PRAGMA cache_size = -12000",
            Self::Few => "PRAGMA cache_size = -2000",
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// No transaction is open.
    Idle,
    /// One is, with somebody in it who is at work, or went away.
    Inside,
    /// One is, and everybody in it is done.
    Between,
}

/// Somebody whose transaction is done.
struct Done {
    answer: oneshot::Sender<Result<(), String>>,
    /// Dropped when the transaction has ended.
    _kept: Vec<Box<dyn Any + Send>>,
}

impl Pen {
    pub fn new(connection: SqliteConnection) -> Self {
        let sole = Sole { connection, keeps: None, stage: Stage::Idle, has_savepoint: false, done: Vec::new() };
        Self { sole: Arc::new(Mutex::new(sole)), waiting: Arc::default() }
    }

    /// Begins a transaction when those before it are done.
    pub async fn begin(&self, keeps: Keeps) -> sqlx::Result<Writing> {
        let sole = self.turn().await?;
        let mut writing = Writing { sole: Some(sole), pen: self.clone() };
        // To the end: it must be known whose savepoint the last one is.
        let begun = ToTheEnd::new(async move {
            let sole = writing.sole_mut();
            // A wish: whoever is not granted it writes all the same, and nobody's work before is taken back for it.
            if sole.keeps != Some(keeps) && query(keeps.text()).execute(&mut sole.connection).await.is_ok() {
                sole.keeps = Some(keeps);
            }
            let text = match sole.stage {
                Stage::Between if sole.has_savepoint => NEXT,
                Stage::Between => SECOND,
                _ => FIRST,
            };
            sole.has_savepoint = sole.stage == Stage::Between;
            sole.stage = Stage::Inside;
            query(text).execute(&mut sole.connection).await?;
            Ok(writing)
        });
        begun.await
    }

    /// The connection without a transaction.
    pub async fn take(&self) -> sqlx::Result<Writing> {
        let mut sole = self.turn().await?;
        sole.end().await;
        Ok(Writing { sole: Some(sole), pen: self.clone() })
    }

    /// Waits until it is one's turn.
    async fn turn(&self) -> sqlx::Result<OwnedMutexGuard<Sole>> {
        let mut waiting = Waiting::at(self);
        let taken = tokio::time::timeout(PATIENCE, self.sole.clone().lock_owned()).await;
        let mut sole = taken.map_err(|_| sqlx::Error::PoolTimedOut)?;
        waiting.was_served = true;
        if sole.stage == Stage::Inside {
            // Somebody's runtime has ended with them inside: nobody knows what of it was done.
            sole.give_up("the process was about to end").await;
        }
        Ok(sole)
    }

    /// Leaves the pen to who waits; commits if that is nobody, or if there are enough.
    async fn leave(self, mut sole: OwnedMutexGuard<Sole>) {
        if self.waiting.load(Ordering::SeqCst) == 0 || sole.done.len() >= TOGETHER {
            sole.end().await;
        }
    }
}

/// Somebody who waits for the pen: as long as there are such, those who are done leave the commit to them.
struct Waiting<'p> {
    pen: &'p Pen,
    was_served: bool,
}

impl<'p> Waiting<'p> {
    fn at(pen: &'p Pen) -> Self {
        pen.waiting.fetch_add(1, Ordering::SeqCst);
        Self { pen, was_served: false }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.pen.waiting.fetch_sub(1, Ordering::SeqCst);
        if !self.was_served {
            // Somebody may have relied on us.
            let pen = self.pen.clone();
            drop(ToTheEnd::new(async move {
                let sole = pen.sole.clone().lock_owned().await;
                pen.leave(sole).await;
            }));
        }
    }
}

impl Sole {
    /// Ends the transaction that is open: what is done is made permanent.
    async fn end(&mut self) {
        if self.stage != Stage::Between {
            return;
        }
        let text = if self.has_savepoint { COMMIT } else { COMMIT_FIRST };
        match query(text).execute(&mut self.connection).await {
            Ok(_) => {
                self.stage = Stage::Idle;
                self.answer(Ok(()));
            }
            Err(cause) => self.give_up(&cause.to_string()).await,
        }
    }

    /// Takes back what the last one did, who is not done.
    async fn take_back(&mut self) {
        if self.done.is_empty() {
            return self.give_up("").await;
        }
        match query(TAKE_BACK).execute(&mut self.connection).await {
            Ok(_) => self.stage = Stage::Between,
            Err(cause) => self.give_up(&cause.to_string()).await,
        }
    }

    /// Takes everything back. Whoever waits for a commit is told why there will be none.
    async fn give_up(&mut self, cause: &str) {
        // Fails where there is nothing to take back any more.
        let _ = query(GIVE_UP).execute(&mut self.connection).await;
        self.stage = Stage::Idle;
        self.answer(Err(cause.to_owned()));
    }

    fn answer(&mut self, outcome: Result<(), String>) {
        for done in self.done.drain(..) {
            // Whoever asked may be gone; what is committed stays committed.
            let _ = done.answer.send(outcome.clone());
        }
    }
}

/// The connection that writes, in the hands of one. Dropped without [`Writing::commit`], a transaction leaves nothing.
pub struct Writing {
    /// Until it is passed on.
    sole: Option<OwnedMutexGuard<Sole>>,
    pen: Pen,
}

impl Writing {
    fn sole(&self) -> &Sole {
        self.sole.as_ref().expect("whoever passes it on is consumed")
    }

    fn sole_mut(&mut self) -> &mut Sole {
        self.sole.as_mut().expect("whoever passes it on is consumed")
    }

    pub fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.sole_mut().connection
    }

    /// Answers when the changes are on the disk. From here on they are kept also if nobody waits for the answer. What is `kept` is
    /// dropped when that is decided.
    pub async fn commit(mut self, kept: Vec<Box<dyn Any + Send>>) -> sqlx::Result<()> {
        let (answer, answered) = oneshot::channel();
        if let Some(mut sole) = self.sole.take() {
            sole.done.push(Done { answer, _kept: kept });
            sole.stage = Stage::Between;
            ToTheEnd::new(self.pen.clone().leave(sole)).await;
        }
        let outcome = answered.await.unwrap_or_else(|_| Err("the process is about to end".to_owned()));
        outcome.map_err(|cause| sqlx::Error::Io(std::io::Error::other(cause)))
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if let Some(mut sole) = self.sole.take().filter(|sole| sole.stage == Stage::Inside) {
            let pen = self.pen.clone();
            drop(ToTheEnd::new(async move {
                sole.take_back().await;
                pen.leave(sole).await;
            }));
        }
    }
}
