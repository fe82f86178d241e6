//! Video and audio files: what is in them, a picture that stands for them, and the form that every browser plays.
//!
//! Decoders meet whatever people upload, so they run in a process of their own (`preau-media`) that may crash, hang or
//! swell without touching the server.

mod child;
mod faststart;
mod lane;
mod loudness;
mod picture;
mod probe;
mod tracks;
mod transcode;

pub use child::{Probed, examine, libraries, make_playable};
pub use probe::{Media, decoders, probe};
pub use transcode::{Made, Way, transcode};
