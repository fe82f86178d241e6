//! Jobs: work that outlives a request, such as making a film playable.
//!
//! [`enqueue`] writes a job in the transaction of what needs it; [`work`] takes due jobs and hands each to the [`Handlers`]
//! of its kind, whose bodies live in their slices. Several processes share one queue.
//!
//! Invariants: who takes a job holds it for [`LEASE`] and says every few seconds that it is still at it, so that after a
//! `kill -9` another takes over. `attempts` numbers the takings: nothing about a job is written but under the present
//! number, so a worker that was away too long, or whose job was cancelled, changes nothing any more. A job may therefore
//! run more than once, and its body must bear that.

mod handlers;
mod model;
mod store;
mod worker;

pub use handlers::{Handlers, Work};
pub use model::{Job, JobState, LEASE};
pub use store::{cancel, enqueue, enqueue_at, newest, sweep};
pub use worker::{run_due, work};
