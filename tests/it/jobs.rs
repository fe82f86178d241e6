//! Work that outlives a request: done once, taken over from the dead, cancelled, tried again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use preau::core::{Error, JobId};
use preau::jobs::{self, Handlers, Job, JobState, LEASE};
use preau::state::App;
use tokio::sync::Notify;
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
    async fn begin(&self, app: &App) -> tokio::task::JoinHandle<usize> {
        let (app, handlers) = (app.clone(), self.handlers());
        let worker = tokio::spawn(async move { jobs::run_due(&app, &handlers).await.expect("a worker") });
        self.begun.notified().await;
        worker
    }
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
        assert_eq!(jobs::run_due(&other, &counting(&count)).await.unwrap(), 1);
        let job = job(&app.app, subject).await;
        assert_eq!((job.state(), job.attempts), (JobState::Done, 2));
    }

    async fn who_was_away_too_long_changes_nothing_any_more(app: TestApp) {
        let (_, subject) = asked(&app.app).await;
        let (second, begun) = (app.restarted().await.0, Arc::new(Notify::new()));
        let (wake, asleep) = std::sync::mpsc::channel::<()>();
        let (asleep, heard) = (Arc::new(Mutex::new(asleep)), Arc::new(Mutex::new(None)));
        let late = {
            let (app, begun, heard) = (app.app.clone(), begun.clone(), heard.clone());
            // A machine that stands still: it gives no sign of life, and does not know it.
            let handlers = Handlers::new().on(KIND, 1, move |work| {
                let (begun, asleep, heard) = (begun.clone(), asleep.clone(), heard.clone());
                async move {
                    begun.notify_one();
                    tokio::task::block_in_place(|| asleep.lock().unwrap().recv()).unwrap();
                    let mut tx = work.app.db.begin().await?;
                    let held = work.hold(&mut tx).await;
                    *heard.lock().unwrap() = held.as_ref().err().map(|error| error.code);
                    held
                }
            });
            tokio::spawn(async move { jobs::run_due(&app, &handlers).await })
        };
        begun.notified().await;
        app.clock.advance(LEASE + Duration::from_secs(1));
        let gate = Gate::default();
        let present = gate.begin(&second).await;
        wake.send(()).unwrap();
        late.await.unwrap().unwrap();
        assert_eq!(job(&app.app, subject).await.state(), JobState::Running, "the other's work goes on");
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
        assert_eq!(jobs::run_due(&app.app, &counting(&Arc::default())).await.unwrap(), 0);
        let job = job(&app.app, subject).await;
        assert_eq!((job.state(), job.error.as_deref()), (JobState::Failed, Some("job-abandoned")));
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
