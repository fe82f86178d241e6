//! Who does which kind of job, and what a body is given.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;

use super::model::Job;
use super::store;
use crate::core::{Error, Result};
use crate::state::App;
use crate::storage::Tx;

type Body = Arc<dyn Fn(Work) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// The bodies of all kinds of jobs.
#[derive(Clone, Default)]
pub struct Handlers(pub(super) BTreeMap<&'static str, Handler>);

/// How one kind of job is done.
#[derive(Clone)]
pub(super) struct Handler {
    pub body: Body,
    /// Bodies at work in this process at a time.
    pub slots: Arc<Semaphore>,
    /// For what is done again and again.
    pub every: Option<Duration>,
}

impl Handlers {
    /// Nobody does anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Jobs of `kind` are done by `body`, at most `at_once` in this process at a time.
    ///
    /// A body that fails with kind `Internal` or `Unavailable` is tried again, with growing delays; any other failure ends
    /// the job. When the job is cancelled or lost, the body's future is dropped: what it started must end with it.
    pub fn on<F>(self, kind: &'static str, at_once: usize, body: impl Fn(Work) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        self.add(kind, at_once, None, body)
    }

    /// The service itself does `kind` again and again, `interval` after it ended; one at a time whatever the number of
    /// processes.
    pub fn every<F>(
        self,
        kind: &'static str,
        interval: Duration,
        body: impl Fn(Work) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        self.add(kind, 1, Some(interval), body)
    }

    fn add<F>(
        mut self,
        kind: &'static str,
        at_once: usize,
        every: Option<Duration>,
        body: impl Fn(Work) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let body: Body = Arc::new(move |work| body(work).boxed());
        self.0.insert(kind, Handler { body, slots: Arc::new(Semaphore::new(at_once)), every });
        self
    }
}

/// A job in the hands of its body.
#[derive(Clone)]
pub struct Work {
    /// The application.
    pub app: App,
    /// The job as it was taken.
    pub job: Arc<Job>,
    progress: Arc<AtomicU64>,
}

impl Work {
    pub(super) fn new(app: App, job: Job) -> Self {
        Self { app, job: Arc::new(job), progress: Arc::default() }
    }

    /// Tells how much is done, 0 to 1. Cheap: it is written down every few seconds.
    pub fn progress(&self, share: f64) {
        self.progress.store(share.clamp(0.0, 1.0).to_bits(), Ordering::Relaxed);
    }

    pub(super) fn told(&self) -> f64 {
        f64::from_bits(self.progress.load(Ordering::Relaxed))
    }

    /// Makes sure that the job is still ours until `tx` ends: for the transaction that writes what came of it. Errors:
    /// `job-lost`.
    pub async fn hold(&self, tx: &mut Tx) -> Result<()> {
        let now = self.app.clock.now();
        if store::beat(tx, &self.job, self.told(), now).await? { Ok(()) } else { Err(Error::conflict("job-lost")) }
    }
}
