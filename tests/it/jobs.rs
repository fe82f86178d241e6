//! Work that outlives a request: done once, taken over from the dead, cancelled, tried again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use preau::core::{Error, JobId};
use preau::jobs::{self, Handlers, Job, JobState, LEASE};
use preau::state::App;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::both_databases;

const KIND: &str = "test";

/// Asks for a piece of work and answers what it is about.
async fn asked(app: &App) -> (JobId, Uuid) {
    let subject = Uuid::now_v7();
    let mut tx = app.db.begin().await.unwrap();
    let id = jobs::enqueue(&mut tx, app, KIND, Some(subject), &"a word", None).await.unwrap();
    tx.commit().await.unwrap();
    (id, subject)
}

async fn job(app: &App, subject: Uuid) -> Job {
    jobs::newest(&mut app.db.read().await.unwrap(), KIND, subject).await.unwrap().expect("the job")
}

/// A body that says when it has begun, then waits to be let go.
#[derive(Clone, Default)]
struct Gate {
    begun: Arc<Notify>,
    open: Arc<Notify>,
}

impl Gate {
    fn handlers(&self) -> Handlers {
        let gate = self.clone();
        Handlers::new().on(KIND, 1, move |work| {
            let gate = gate.clone();
            async move {
                gate.begun.notify_one();
                gate.open.notified().await;
                let mut tx = work.app.db.begin().await?;
                work.hold(&mut tx).await?;
                tx.commit().await
            }
        })
    }

    /// A worker that has begun and does not end; aborting it is what `kill -9` is to a process.
    async fn begin(&self, app: &App) -> JoinHandle<usize> {
        for _ in 0..TRIES {
            if let Some(worker) = self.try_to_begin(app).await {
                return worker;
            }
        }
        panic!("no worker takes the job");
    }

    /// A worker that has begun; none when it found nothing to take.
    async fn try_to_begin(&self, app: &App) -> Option<JoinHandle<usize>> {
        let (app, handlers) = (app.clone(), self.handlers());
        let mut worker = tokio::spawn(async move { jobs::run_due(&app, &handlers).await.expect("a worker") });
        tokio::select! {
            () = self.begun.notified() => Some(worker),
            done = &mut worker => {
                assert_eq!(done.unwrap(), 0, "a body that waits to be let go does not end");
                None
            }
        }
    }
}

/// So often a worker looks for a job that is there: PostgreSQL passes over a row that a killed worker was just writing, until
/// it has undone that.
const TRIES: usize = 1000;

/// Does what is due, which is one job, and answers how many were done.
async fn done_at_last(app: &App, handlers: &Handlers) -> usize {
    for _ in 0..TRIES {
        let done = jobs::run_due(app, handlers).await.unwrap();
        if done > 0 {
            return done;
        }
    }
    0
}

/// A body that counts how often it ran.
fn counting(count: &Arc<AtomicUsize>) -> Handlers {
    let count = count.clone();
    Handlers::new().on(KIND, 1, move |work| {
        count.fetch_add(1, Ordering::SeqCst);
        async move { work.job.payload::<String>().map(drop) }
    })
}

both_databases! {
    async fn work_is_done_once_and_says_so(app: TestApp) {
        let count = Arc::default();
        let (_, subject) = asked(&app.app).await;
        assert_eq!(job(&app.app, subject).await.state(), JobState::Queued);
        assert_eq!(jobs::run_due(&app.app, &counting(&count)).await.unwrap(), 1);
        assert_eq!(jobs::run_due(&app.app, &counting(&count)).await.unwrap(), 0);
        let job = job(&app.app, subject).await;
        assert_eq!((job.state(), job.progress, job.attempts), (JobState::Done, 1.0, 1));
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }

    async fn work_of_a_transaction_that_fails_was_never_asked_for(app: TestApp) {
        let mut tx = app.app.db.begin().await.unwrap();
        jobs::enqueue(&mut tx, &app.app, KIND, None, &"a word", None).await.unwrap();
        drop(tx);
        assert_eq!(jobs::run_due(&app.app, &counting(&Arc::default())).await.unwrap(), 0);
    }

    async fn what_was_done_a_month_ago_is_forgotten_and_what_failed_is_not(app: TestApp) {
        let (_, done) = asked(&app.app).await;
        jobs::run_due(&app.app, &counting(&Arc::default())).await.unwrap();
        let (_, failed) = asked(&app.app).await;
        let failing = Handlers::new().on(KIND, 1, |_| async { Err(Error::unprocessable("media-unreadable")) });
        jobs::run_due(&app.app, &failing).await.unwrap();
        app.clock.advance(Duration::from_secs(29 * 86_400));
        let (_, waiting) = asked(&app.app).await;
        assert_eq!(jobs::sweep(&app.app).await.unwrap(), 0);
        app.clock.advance(Duration::from_secs(2 * 86_400));
        assert_eq!(jobs::sweep(&app.app).await.unwrap(), 1);
        let there = async |subject| {
            jobs::newest(&mut app.app.db.read().await.unwrap(), KIND, subject).await.unwrap().is_some()
        };
        assert_eq!((there(done).await, there(failed).await, there(waiting).await), (false, true, true));
    }

    async fn another_takes_over_from_a_worker_that_was_killed(app: TestApp) {
        let (_, subject) = asked(&app.app).await;
        let worker = Gate::default().begin(&app.app).await;
        worker.abort();
        let _ = worker.await;

        let (other, count) = (app.restarted().await.0, Arc::default());
        assert_eq!(jobs::run_due(&other, &counting(&count)).await.unwrap(), 0, "the lease still holds");
        assert_eq!(job(&app.app, subject).await.state(), JobState::Running);
        app.clock.advance(LEASE + Duration::from_secs(1));
        assert_eq!(done_at_last(&other, &counting(&count)).await, 1);
        let job = job(&app.app, subject).await;
        assert_eq!((job.state(), job.attempts), (JobState::Done, 2));
    }

    async fn who_was_away_too_long_changes_nothing_any_more(app: TestApp) {
        let (_, subject) = asked(&app.app).await;
        let second = app.restarted().await.0;
        let (begun, awake, heard) = (Arc::new(Notify::new()), Arc::new(Notify::new()), Arc::new(Mutex::new(None)));
        let late = {
            let (app, begun, awake, heard) = (app.app.clone(), begun.clone(), awake.clone(), heard.clone());
            let handlers = Handlers::new().on(KIND, 1, move |work| {
                let (begun, awake, heard) = (begun.clone(), awake.clone(), heard.clone());
                async move {
                    begun.notify_one();
                    awake.notified().await;
                    let mut tx = work.app.db.begin().await?;
                    let held = work.hold(&mut tx).await;
                    *heard.lock().unwrap() = held.as_ref().err().map(|error| error.code);
                    held
                }
            });
            tokio::spawn(async move { jobs::run_due(&app, &handlers).await })
        };
        begun.notified().await;
        // Its signs of life are seconds apart; now its lease has run out between two of them.
        let gate = Gate::default();
        let present = loop {
            app.clock.advance(LEASE + Duration::from_secs(1));
            if let Some(worker) = gate.try_to_begin(&second).await {
                break worker;
            }
        };
        awake.notify_one();
        late.await.unwrap().unwrap();
        assert_eq!(job(&app.app, subject).await.state(), JobState::Running, "the other's work goes on");
        // It is told when it writes down what came of its work, or is stopped before.
        assert!(matches!(*heard.lock().unwrap(), Some("job-lost") | None), "{heard:?}");
        gate.open.notify_one();
        present.await.unwrap();
        assert_eq!(job(&app.app, subject).await.state(), JobState::Done);
    }

    async fn what_kills_every_worker_is_given_up(app: TestApp) {
        let (_, subject) = asked(&app.app).await;
        for _ in 0..3 {
            let worker = Gate::default().begin(&app.app).await;
            worker.abort();
            let _ = worker.await;
            app.clock.advance(LEASE + Duration::from_secs(1));
        }
        let count = Arc::default();
        for _ in 0..TRIES {
            assert_eq!(jobs::run_due(&app.app, &counting(&count)).await.unwrap(), 0);
            if job(&app.app, subject).await.state() != JobState::Running {
                break;
            }
        }
        let job = job(&app.app, subject).await;
        assert_eq!((job.state(), job.error.as_deref()), (JobState::Failed, Some("job-abandoned")));
        assert_eq!(count.load(Ordering::SeqCst), 0);
    }

    async fn two_workers_never_do_one_piece_of_work(app: TestApp) {
        let done: Arc<Mutex<Vec<JobId>>> = Arc::default();
        let mut wanted = Vec::new();
        for _ in 0..24 {
            wanted.push(asked(&app.app).await.0);
        }
        let handlers = || {
            let done = done.clone();
            Handlers::new().on(KIND, 1, move |work| {
                done.lock().unwrap().push(work.job.id);
                async { Ok(()) }
            })
        };
        let (second, third) = (app.restarted().await.0, app.restarted().await.0);
        let (first, second_handlers, third_handlers) = (handlers(), handlers(), handlers());
        let counts = tokio::join!(
            jobs::run_due(&app.app, &first),
            jobs::run_due(&second, &second_handlers),
            jobs::run_due(&third, &third_handlers),
        );
        assert_eq!(counts.0.unwrap() + counts.1.unwrap() + counts.2.unwrap(), 24);
        let mut done = done.lock().unwrap().clone();
        done.sort();
        assert_eq!(done, wanted);
    }

    async fn cancelled_work_stops_at_once(app: TestApp) {
        let (id, subject) = asked(&app.app).await;
        let gate = Gate::default();
        let worker = gate.begin(&app.app).await;
        let mut tx = app.app.db.begin().await.unwrap();
        assert!(jobs::cancel(&mut tx, &app.app, id).await.unwrap());
        tx.commit().await.unwrap();
        // The body waits for ever: that the worker ends shows that the body was stopped.
        worker.await.unwrap();
        assert_eq!(job(&app.app, subject).await.state(), JobState::Cancelled);
        let mut tx = app.app.db.begin().await.unwrap();
        assert!(!jobs::cancel(&mut tx, &app.app, id).await.unwrap(), "there is nothing left to cancel");
    }

    async fn a_passing_failure_is_tried_again_later_and_not_for_ever(app: TestApp) {
        let (_, subject) = asked(&app.app).await;
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = tries.clone();
        let handlers = Handlers::new().on(KIND, 1, move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            async { Err(Error::internal(anyhow::anyhow!("the disk is full"))) }
        });
        for expected in 1..=3 {
            jobs::run_due(&app.app, &handlers).await.unwrap();
            assert_eq!(tries.load(Ordering::SeqCst), expected, "once, then a delay");
            app.clock.advance(Duration::from_secs(3600));
        }
        assert_eq!(jobs::run_due(&app.app, &handlers).await.unwrap(), 0);
        let job = job(&app.app, subject).await;
        assert_eq!((job.state(), job.error.as_deref()), (JobState::Failed, Some("internal")));
    }

    async fn what_cannot_succeed_fails_at_once(app: TestApp) {
        let (_, subject) = asked(&app.app).await;
        let handlers = Handlers::new().on(KIND, 1, |_| async { Err(Error::unprocessable("media-unreadable")) });
        jobs::run_due(&app.app, &handlers).await.unwrap();
        let job = job(&app.app, subject).await;
        assert_eq!((job.state(), job.attempts, job.error.as_deref()), (JobState::Failed, 1, Some("media-unreadable")));
    }

    async fn a_body_that_panics_is_a_failure_like_others(app: TestApp) {
        let (_, subject) = asked(&app.app).await;
        let handlers = Handlers::new().on(KIND, 1, |work| async move {
            let word: String = work.job.payload()?;
            assert!(word.is_empty(), "this body panics on purpose");
            Ok(())
        });
        jobs::run_due(&app.app, &handlers).await.unwrap();
        assert_eq!(job(&app.app, subject).await.state(), JobState::Queued);
    }

    async fn what_is_done_again_and_again_is_in_the_queue_once(app: TestApp) {
        let count = Arc::new(AtomicUsize::new(0));
        let handlers = || {
            let count = count.clone();
            Handlers::new().every("hourly", Duration::from_secs(3600), move |_| {
                count.fetch_add(1, Ordering::SeqCst);
                async { Ok(()) }
            })
        };
        let other = app.restarted().await.0;
        for app in [&app.app, &other] {
            jobs::run_due(app, &handlers()).await.unwrap();
        }
        assert_eq!(count.load(Ordering::SeqCst), 1);
        for expected in 2..=6 {
            app.clock.advance(Duration::from_secs(3601));
            jobs::run_due(&other, &handlers()).await.unwrap();
            assert_eq!(count.load(Ordering::SeqCst), expected);
        }
    }

    async fn the_worker_of_a_server_wakes_up_for_work_and_gives_it_back_when_it_stops(app: TestApp) {
        let gate = Gate::default();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let worker = {
            let (app, handlers) = (app.app.clone(), gate.handlers());
            tokio::spawn(jobs::work(app, handlers, async move { drop(stopped.await) }))
        };
        let (_, subject) = asked(&app.app).await;
        gate.begun.notified().await;
        stop.send(()).unwrap();
        worker.await.unwrap();
        let job = job(&app.app, subject).await;
        assert_eq!((job.state(), job.attempts), (JobState::Queued, 0));
        assert_eq!(jobs::run_due(&app.app, &counting(&Arc::default())).await.unwrap(), 1);
    }
}
