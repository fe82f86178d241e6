//! Every parser of what strangers send, each as a target: bytes in, a digest of what came of them out. A target panics where
//! the parser breaks what it promises.

mod captions;
mod messages;
mod packages;
mod profiles;
mod quiz;
mod requests;
mod scorm;
mod text;
mod xapi;

use std::hash::{DefaultHasher, Hash, Hasher};

/// One parser to be searched for inputs it does not bear.
pub struct Target {
    pub name: &'static str,
    /// Answers what kind of end the input came to: inputs with a new kind are worth changing further.
    pub run: fn(&[u8]) -> u64,
    /// Inputs that are understood, to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// What its language is made of.
    pub words: &'static [&'static str],
    /// Inputs a test tries; less where one takes long.
    pub tries: u32,
}

pub const TARGETS: [Target; 16] = [
    packages::ARCHIVE,
    packages::SCORM,
    packages::CMI5,
    packages::TINCAN,
    xapi::JSON,
    xapi::STATEMENT,
    xapi::MOMENTS,
    messages::MESSAGE,
    messages::SIGNATURE,
    profiles::PROFILE,
    scorm::VALUES,
    scorm::COMMIT,
    text::MARKDOWN,
    captions::CAPTIONS,
    requests::REQUESTS,
    quiz::QUIZ,
];

/// The digest of what came of an input.
fn outcome(of: impl Hash) -> u64 {
    let mut digest = DefaultHasher::new();
    of.hash(&mut digest);
    digest.finish()
}

/// The input as text; parsers of text never see anything else.
fn text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    }
}

/// Seeds that are texts.
fn texts(seeds: &[&str]) -> Vec<Vec<u8>> {
    seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect()
}
