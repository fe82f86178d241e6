//! Storing what many requests bring in few transactions.
//!
//! A commit waits for the disk, however little it commits. So requests hand their orders to a writer, which takes all that
//! wait, stores them in one transaction and answers each. Nobody waits for company: a writer that has nothing to do takes the
//! first order at once, and what arrives while it works is the next group.
//!
//! An answer is given after the commit. A request stays whole by itself: if one of a group cannot be stored, that one is
//! refused and the others are stored.

use std::sync::Arc;

use tokio::runtime::{Builder, Handle};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tracing::Instrument as _;

use super::append::{Done, Ids, begin, store_all};
use super::arriving::SMALL_BODY;
use super::dictionary::Familiar;
use super::order::Order;
use super::store;
use crate::core::{Error, Kind, Result, StatementId};
use crate::state::App;
use crate::storage::Db;

/// What one transaction takes at most: statements, and bytes of text. A single order may have more.
const STATEMENTS: usize = 1_000;
const BYTES: usize = 4 << 20;
/// Orders that wait before whoever brings more is held back.
const WAITING: usize = 1_024;
/// Bytes of large requests that are read, stored and answered at the same time: one of the largest, or some.
const ROOM: usize = 16 << 20;
/// Transactions at a time on PostgreSQL: while one waits for the disk, another is filled; more of them would be smaller. On SQLite
/// there is one.
const WRITERS: usize = 2;
/// How often a writer begins again when the database preferred another.
const ATTEMPTS: usize = 8;

/// The way to the writers of this process. They end when nobody holds it any more.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Waiting>,
    room: Arc<Semaphore>,
}

/// Memory set aside for a request, given back when it is dropped.
pub(super) struct Room {
    _held: OwnedSemaphorePermit,
}

/// An order and who waits for its answer.
struct Waiting {
    order: Order,
    answer: oneshot::Sender<Result<()>>,
}

type Queue = Arc<Mutex<mpsc::Receiver<Waiting>>>;

impl Writer {
    /// Starts the writers of an application.
    pub fn start(app: &App) -> Self {
        let (queue, orders) = mpsc::channel(WAITING);
        let orders: Queue = Arc::new(Mutex::new(orders));
        let familiar = Arc::new(Familiar::default());
        let writers = if matches!(app.db, Db::Sqlite { .. }) { 1 } else { WRITERS };
        for _ in 0..writers {
            let others = Handle::current();
            // What it does is told in the span in which it was started.
            let writing = write(app.clone(), orders.clone(), familiar.clone(), others.clone()).in_current_span();
            // A thread and a runtime of its own: between two queries a task would wait its turn behind every request that is
            // being read, and for another thread to tell it that the database has answered.
            std::thread::spawn(move || match Builder::new_current_thread().enable_all().build() {
                Ok(own) => own.block_on(writing),
                Err(_) => others.block_on(writing),
            });
        }
        Self { queue, room: Arc::new(Semaphore::new(ROOM)) }
    }

    /// Waits until there is room in memory for a large request.
    pub(super) async fn room(&self, bytes: usize) -> Result<Room> {
        let bytes = u32::try_from(bytes.min(ROOM)).unwrap_or(u32::MAX);
        Ok(Room { _held: self.room.clone().acquire_many_owned(bytes).await.map_err(Error::internal)? })
    }

    /// Stores an order: all of it or nothing. When this answers, it survives a power failure. Answers the ids in their order.
    ///
    /// Errors: `statement-conflict`; whatever the projection refuses.
    pub(super) async fn store(&self, order: Order) -> Result<Vec<StatementId>> {
        let ids = order.ids();
        let gone = || Error::new(Kind::Unavailable, "unavailable");
        let (answer, answered) = oneshot::channel();
        self.queue.send(Waiting { order, answer }).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())??;
        Ok(ids)
    }
}

/// Stores what waits, group after group. Leaves to `others` what nobody waits for.
async fn write(app: App, queue: Queue, familiar: Arc<Familiar>, others: Handle) {
    let hand = Hand { db: app.db.alone(), app, familiar };
    while let Some(group) = next(&queue).await {
        let (orders, answers): (Vec<Order>, Vec<_>) =
            group.into_iter().map(|waiting| (waiting.order, waiting.answer)).unzip();
        let outcomes = hand.store_each(&orders).await;
        // With its answer a large request gives its room to another: by then its statements must be gone.
        let (large, small): (Vec<Order>, Vec<Order>) = orders.into_iter().partition(|order| order.size() > SMALL_BODY);
        drop(large);
        for (outcome, answer) in outcomes.into_iter().zip(answers) {
            // Whoever asked may be gone; what is stored stays stored.
            let _ = answer.send(outcome);
        }
        // A thousand statements take a while to take apart; the next group need not wait for that.
        others.spawn(async move { drop(small) });
    }
}

/// All that waits, as far as one transaction takes it; `None` when nobody can bring any more.
async fn next(queue: &Queue) -> Option<Vec<Waiting>> {
    let mut queue = queue.lock().await;
    let first = queue.recv().await?;
    let (mut statements, mut bytes) = (first.order.statements.len(), first.order.size());
    let mut group = vec![first];
    while statements < STATEMENTS && bytes < BYTES {
        let Ok(waiting) = queue.try_recv() else { break };
        statements += waiting.order.statements.len();
        bytes += waiting.order.size();
        group.push(waiting);
    }
    Some(group)
}

/// What a writer works with.
struct Hand {
    app: App,
    /// The application's database, by a connection that nobody else uses.
    db: Db,
    familiar: Arc<Familiar>,
}

impl Hand {
    /// Stores orders in one transaction. If that cannot be, whoever is at fault is looked for by halves, in their order.
    async fn store_each(&self, orders: &[Order]) -> Vec<Result<()>> {
        let mut outcomes = Vec::with_capacity(orders.len());
        let mut parts = vec![orders];
        while let Some(part) = parts.pop() {
            match self.store_together(part).await {
                Ok(mut done) => outcomes.extend((0..part.len()).map(|place| match done.refused.remove(&place) {
                    Some(refusal) => Err(refusal),
                    None => Ok(()),
                })),
                Err(error) if part.len() > 1 && store::is_of_the_statements(&error) => {
                    tracing::debug!(cause = %error, orders = part.len(), "orders are stored apart");
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
                Err(error) if part.len() == 1 => outcomes.push(Err(error)),
                Err(error) => {
                    let cause = error.to_string();
                    let told = || Error::new(error.kind, error.code).caused_by(anyhow::anyhow!(cause.clone()));
                    outcomes.extend(part.iter().map(|_| Err(told())));
                }
            }
        }
        outcomes
    }

    async fn store_together(&self, orders: &[Order]) -> Result<Done> {
        let mut ids = Ids::Fresh;
        for _ in 1..ATTEMPTS {
            match self.try_to_store(orders, ids).await {
                Err(error) if store::is_transient(&error) => {
                    tracing::debug!(cause = %error, "statements are written again");
                    ids = Ids::LookedFor;
                }
                outcome => return outcome,
            }
        }
        self.try_to_store(orders, ids).await
    }

    async fn try_to_store(&self, orders: &[Order], ids: Ids) -> Result<Done> {
        let mut tx = begin(&self.db, orders).await?;
        let done = store_all(&mut tx, &self.app, orders, ids, &self.familiar).await?;
        tx.commit().await?;
        tracing::debug!(orders = orders.len(), statements = done.stored.len(), "statements stored");
        Ok(done)
    }
}
