//! Outbox: what the world outside is to hear of, written in the transaction of what it tells.
//!
//! Invariant: an event exists if and only if what it tells was committed. Who hears of it is not known here: `webhooks` takes
//! events up and sends them. [`emit`] wakes the senders of this process when the transaction has ended; those of other
//! processes find the event when they look.

mod model;
mod store;

pub use model::{Event, EventKind};
pub use store::{emit, emit_all, wake};
