//! Video and audio files: what is in them, and a picture that stands for them.
//!
//! Decoders meet whatever people upload, so they run in a process of their own (`preau-media`) that may crash, hang or
//! swell without touching the server.

mod child;
mod probe;

pub use child::{Probed, examine, libraries};
pub use probe::{Media, decoders, probe};
