//! What every handler may reach: configuration, databases, files, time, keys.

use std::ops::Deref;
use std::sync::Arc;

use crate::config::Config;
use crate::core::Clock;
use crate::storage::{Blobs, Db, Secrets};

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
}

impl App {
    /// Opens everything `config` names and brings the database up to date.
    pub async fn open(config: Config, clock: Clock) -> anyhow::Result<Self> {
        // The folder first: the default database lies in it.
        let blobs = Blobs::open(&config.data_dir)?;
        let db = Db::connect(&config.database_url()).await?;
        let secrets = Secrets::load(&db, clock.now()).await?;
        Ok(Self(Arc::new(Parts { config, db, blobs, clock, secrets })))
    }
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
