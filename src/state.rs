//! What every handler may reach: configuration, databases, files, time, keys.

use std::ops::Deref;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::Notify;

use crate::config::Config;
use crate::core::{Clock, RegistrationId, Result, Sequence};
use crate::storage::{Blobs, Db, Secrets, Tx};
use crate::xapi::{Statement, Stored};

/// What statements mean for the people they are about. `progress` implements it; the store below it only knows that
/// somebody wants to see each batch in the transaction that stores it.
pub trait Projection: Send + Sync {
    /// Which of these registrations it follows. It holds them until the transaction ends, before their new statements are
    /// numbered: so the statements of one registration are taken in by their numbers, whoever else is writing.
    fn prepare<'a>(
        &'a self,
        tx: &'a mut Tx,
        registrations: &'a [RegistrationId],
    ) -> BoxFuture<'a, Result<Vec<RegistrationId>>>;

    /// Takes in new statements, in the order of their numbers: those of registrations it follows, and those that take
    /// another one back. The answer is what the service itself has to add (a course completed); it is stored in the same
    /// transaction and shown to the projection in turn.
    fn stored<'a>(&'a self, app: &'a App, tx: &'a mut Tx, batch: &'a [Stored])
    -> BoxFuture<'a, Result<Vec<Statement>>>;
}

/// The running application. Cheap to clone; holds no state that another process on the same database would miss.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of [`App`].
pub struct Parts {
    /// What the operator set.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The files.
    pub blobs: Blobs,
    /// Time.
    pub clock: Clock,
    /// Keys.
    pub secrets: Secrets,
    /// Numbers of statements.
    pub sequence: Sequence,
    /// Who keeps the progress.
    pub projection: Arc<dyn Projection>,
    /// Told when this process has written to the outbox: a hint, for the rows are what counts.
    pub outbox_written: Notify,
    /// Rung in this process when work was queued or cancelled; who waits for work also looks by itself now and then.
    pub bell: Notify,
}

impl App {
    /// Opens everything `config` names and brings the database up to date.
    pub async fn open(config: Config, clock: Clock, projection: Box<dyn Projection>) -> anyhow::Result<Self> {
        // The folder first: the default database lies in it.
        let blobs = Blobs::open(&config.data_dir)?;
        let db = Db::connect(&config.database_url()).await?;
        let secrets = Secrets::load(&db, clock.now()).await?;
        let sequence = Sequence::new(uuid::Uuid::new_v4().as_u128());
        Ok(Self(Arc::new(Parts {
            config,
            db,
            blobs,
            clock,
            secrets,
            sequence,
            projection: projection.into(),
            outbox_written: Notify::new(),
            bell: Notify::new(),
        })))
    }

    /// The same application, database and files at another time, with numbers of its own: what it stores is ordered by that
    /// time. For whoever lets the past happen before anybody else is served (`demo`).
    pub fn at(&self, clock: Clock) -> Self {
        Self(Arc::new(Parts {
            config: self.config.clone(),
            db: self.db.clone(),
            blobs: self.blobs.clone(),
            clock,
            secrets: self.secrets.clone(),
            sequence: Sequence::new(uuid::Uuid::new_v4().as_u128()),
            projection: self.projection.clone(),
            outbox_written: Notify::new(),
            bell: Notify::new(),
        }))
    }

    /// Rings [`Parts::bell`] when the transaction has ended, so that who wakes up sees what it wrote.
    pub fn ring_after(&self, tx: &mut Tx) {
        tx.keep(Ring(self.clone()));
    }
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Rings when it is dropped.
struct Ring(App);

impl Drop for Ring {
    fn drop(&mut self) {
        self.0.bell.notify_waiters();
    }
}
