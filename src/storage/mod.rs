//! The two databases behind one handle, and the blob store.
//!
//! Every SQL text is written once with `$1` placeholders and runs on both drivers through [`on_db!`]. A [`Tx`] is the only
//! way to reach a row: a page reads one snapshot, a change is whole or absent.
//!
//! Invariant: nothing here knows what the tables mean.

mod blobs;
mod db;
mod script;
mod secrets;
mod sqlite;
mod to_the_end;

pub use blobs::{BlobStream, Blobs};
pub use db::{Db, Inner, Tx, hexadecimal};
pub use script::{Outcome, Script};
pub use secrets::Secrets;
