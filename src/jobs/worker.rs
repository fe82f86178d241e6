//! Taking jobs, keeping them, ending them.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinSet;

use super::handlers::{Handler, Handlers, Work};
use super::model::{Job, JobState};
use super::store;
use crate::core::{Error, Kind, Result, Timestamp};
use crate::state::App;

/// How often a worker looks for what other processes queued, or what has become due.
const LOOK: Duration = Duration::from_secs(5);
/// How often who has a job says so; far below the lease.
const BEAT: Duration = Duration::from_secs(2);
/// So often a job is taken at most.
const MOST_ATTEMPTS: i32 = 3;
/// The delay before a second try; each further one is six times as long.
const FIRST_DELAY: Duration = Duration::from_secs(10);

/// Does what is due, until `stop`; then gives back what is under way, for another process to begin anew.
pub async fn work(app: App, handlers: Handlers, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    let mut running: JoinSet<()> = JoinSet::new();
    let mut taken: Vec<Work> = Vec::new();
    let mut is_scheduled = false;
    loop {
        // Listening before looking: what is queued in between rings.
        let mut bell = std::pin::pin!(app.bell.notified());
        bell.as_mut().enable();
        if !is_scheduled {
            is_scheduled = schedule(&app, &handlers).await.is_ok();
        }
        match take_all(&app, &handlers).await {
            Ok(found) => {
                for (work, handler, slot) in found {
                    taken.push(work.clone());
                    running.spawn(async move {
                        do_one(&work, &handler).await;
                        drop(slot);
                    });
                }
            }
            Err(cause) => tracing::error!(%cause, "cannot look for jobs"),
        }
        tokio::select! {
            () = &mut stop => break,
            () = bell => {}
            () = tokio::time::sleep(LOOK) => {}
            Some(_) = running.join_next() => {}
        }
        if running.is_empty() {
            taken.clear();
        }
    }
    running.shutdown().await;
    for work in taken {
        if let Err(cause) = give_back(&work).await {
            tracing::warn!(job = %work.job.id, %cause, "a job is given back by the end of its lease only");
        }
    }
}

/// Does everything that is due now, one after the other, and answers how many jobs that were.
pub async fn run_due(app: &App, handlers: &Handlers) -> Result<usize> {
    let mut done = 0;
    schedule(app, handlers).await?;
    loop {
        let mut found = false;
        for (kind, handler) in &handlers.0 {
            if let Some(job) = take(app, kind, handler).await? {
                do_one(&Work::new(app.clone(), job), handler).await;
                done += 1;
                found = true;
            }
        }
        if !found {
            return Ok(done);
        }
    }
}

/// Makes sure that what is done again and again is in the queue.
async fn schedule(app: &App, handlers: &Handlers) -> Result<()> {
    let repeated: Vec<_> = handlers.0.iter().filter(|(_, handler)| handler.every.is_some()).collect();
    if repeated.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    for (kind, _) in repeated {
        store::schedule(&mut tx, kind, app.clock.now()).await?;
    }
    tx.commit().await
}

/// As many due jobs as there are free slots.
async fn take_all(app: &App, handlers: &Handlers) -> Result<Vec<(Work, Handler, OwnedSemaphorePermit)>> {
    let mut taken = Vec::new();
    let due = store::due(&mut app.db.read().await?, app.clock.now()).await?;
    for (kind, handler) in handlers.0.iter().filter(|(kind, _)| due.iter().any(|due| due == *kind)) {
        while let Ok(slot) = handler.slots.clone().try_acquire_owned() {
            let Some(job) = take(app, kind, handler).await? else { break };
            taken.push((Work::new(app.clone(), job), handler.clone(), slot));
        }
    }
    Ok(taken)
}

async fn take(app: &App, kind: &str, handler: &Handler) -> Result<Option<Job>> {
    loop {
        let mut tx = app.db.begin().await?;
        let now = app.clock.now();
        let Some(job) = store::take(&mut tx, kind, now).await? else { return Ok(None) };
        // Taken so often and never ended: it takes its worker down with it.
        let hopeless = handler.every.is_none() && job.attempts > MOST_ATTEMPTS;
        if hopeless {
            tracing::error!(job = %job.id, kind, "a job was given up: its workers vanished");
            store::finish(&mut tx, &job, JobState::Failed, Some("job-abandoned"), now).await?;
        }
        tx.commit().await?;
        if !hopeless {
            return Ok(Some(job));
        }
    }
}

/// Runs a body to its end, or until the job is no longer ours, and writes down how it ended.
async fn do_one(work: &Work, handler: &Handler) {
    let body = AssertUnwindSafe((handler.body)(work.clone())).catch_unwind();
    let ended = tokio::select! {
        ended = body => ended.unwrap_or_else(|_| Err(Error::internal(anyhow::anyhow!("the job's body panicked")))),
        () = until_lost(work) => {
            tracing::info!(job = %work.job.id, kind = work.job.kind, "a job was cancelled or taken over");
            return;
        }
    };
    if let Err(cause) = end(work, handler, ended).await {
        // Its lease runs out, and it is done again.
        tracing::error!(job = %work.job.id, %cause, "cannot write down how a job ended");
    }
}

/// Says every few seconds that the job is being done; returns when it is no longer ours.
async fn until_lost(work: &Work) {
    loop {
        let mut bell = std::pin::pin!(work.app.bell.notified());
        bell.as_mut().enable();
        match beat(work).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(cause) => tracing::warn!(job = %work.job.id, %cause, "cannot write down that a job goes on"),
        }
        tokio::select! {
            () = bell => {}
            () = tokio::time::sleep(BEAT) => {}
        }
    }
}

async fn beat(work: &Work) -> Result<bool> {
    let mut tx = work.app.db.begin().await?;
    let ours = store::beat(&mut tx, &work.job, work.told(), work.app.clock.now()).await?;
    tx.commit().await?;
    Ok(ours)
}

async fn end(work: &Work, handler: &Handler, ended: Result<()>) -> Result<()> {
    let (job, now) = (&*work.job, work.app.clock.now());
    let mut tx = work.app.db.begin().await?;
    let code = ended.as_ref().err().map(|error| error.code);
    let passing = ended.as_ref().is_err_and(|error| matches!(error.kind, Kind::Internal | Kind::Unavailable));
    if let Err(error) = &ended {
        tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempts, %error, "a job failed");
    }
    match (code, handler.every) {
        (_, Some(interval)) => store::again(&mut tx, job, now.plus(interval), code, job.attempts).await?,
        (None, None) => store::finish(&mut tx, job, JobState::Done, None, now).await?,
        (Some(code), None) if passing && job.attempts < MOST_ATTEMPTS => {
            store::again(&mut tx, job, later(now, job.attempts), Some(code), job.attempts).await?;
        }
        (Some(code), None) => store::finish(&mut tx, job, JobState::Failed, Some(code), now).await?,
    }
    tx.commit().await
}

fn later(now: Timestamp, attempts: i32) -> Timestamp {
    let times = 6_u32.saturating_pow(u32::try_from(attempts - 1).unwrap_or_default());
    now.plus(FIRST_DELAY.saturating_mul(times))
}

/// Stopping is no failed try.
async fn give_back(work: &Work) -> Result<()> {
    let mut tx = work.app.db.begin().await?;
    store::again(&mut tx, &work.job, work.app.clock.now(), None, work.job.attempts - 1).await?;
    tx.commit().await
}
