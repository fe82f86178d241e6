//! The signatures among the files of a request (1.0.3 Data 2.6). The rules are in [`crate::xapi::signature`].

use std::collections::{BTreeMap, BTreeSet};

use super::attachments::Spool;
use super::order::Received;
use super::receive::MOST_PROBLEMS;
use crate::core::{Error, Result};
use crate::xapi::json::Json as Text;
use crate::xapi::signature::{Flaw, Signed, is_signature};
use crate::xapi::{Problem, Version};

/// Largest signature: the largest statement in base64, and certificates.
const MOST_BYTES: u64 = 2 * 1024 * 1024;
/// Signatures of one statement. Each is compared with all of it.
const MOST_SIGNATURES: usize = 10;

const MISSING: Flaw = Flaw {
    rule: "signature-missing",
    requirement: "a signature must be a part of the request, so that it can be checked (1.0.3 Data 2.6)",
};
const TOO_LARGE: Flaw = Flaw { rule: "signature-malformed", requirement: "a signature may have 2 MiB" };
const TOO_MANY: Flaw = Flaw { rule: "signatures-too-many", requirement: "a statement may have 10 signatures" };

/// What is wrong with the signatures of these statements, each of which stands at its `base`.
pub async fn problems(
    received: &[Received],
    base: impl Fn(usize) -> String,
    mut spool: Option<&mut Spool>,
    version: Version,
) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    let mut tell = |index: usize, at: usize, flaw: Flaw| {
        let pointer = format!("{}/attachments/{at}", base(index));
        problems.push(Problem { pointer, rule: flaw.rule, requirement: flaw.requirement.into() });
        problems.len() < MOST_PROBLEMS
    };
    // One may sign the statements of several senders: each is read once, and compared once with each statement.
    let mut signatures: BTreeMap<String, BTreeMap<usize, usize>> = BTreeMap::new();
    for (index, received) in received.iter().enumerate() {
        let mut own = BTreeSet::new();
        for (at, attachment) in received.statement.attachments.iter().enumerate() {
            let sha2 = attachment.sha2.to_ascii_lowercase();
            let goes_on = match is_signature(attachment) {
                Err(flaw) => tell(index, at, flaw),
                Ok(true) if own.insert(sha2.clone()) && own.len() > MOST_SIGNATURES => tell(index, at, TOO_MANY),
                Ok(true) => {
                    signatures.entry(sha2).or_default().entry(index).or_insert(at);
                    true
                }
                Ok(false) => true,
            };
            if !goes_on {
                return Ok(problems);
            }
        }
    }
    for (sha2, places) in signatures {
        let signed = match &mut spool {
            Some(spool) => read(spool, &sha2).await?,
            None => Err(MISSING),
        };
        let payload = signed.as_ref().map_err(|flaw| *flaw).and_then(|signed| signed.payload(version));
        for (index, at) in places {
            let received = &received[index];
            let checked = payload.as_ref().map_err(|flaw| *flaw).and_then(|payload| {
                // It was read when it came.
                let Ok(statement) = Text::parse(&received.text) else { return Ok(()) };
                payload.is_of(statement, received.statement.id)
            });
            if checked.is_err_and(|flaw| !tell(index, at, flaw)) {
                return Ok(problems);
            }
        }
    }
    Ok(problems)
}

async fn read(spool: &mut Spool, sha2: &str) -> Result<Result<Signed, Flaw>> {
    match spool.size_of(sha2) {
        None => Ok(Err(MISSING)),
        Some(size) if size > MOST_BYTES => Ok(Err(TOO_LARGE)),
        Some(_) => {
            let content = spool.content(sha2).await?;
            // Keys of 8,192 bits take a while.
            tokio::task::spawn_blocking(move || Signed::read(&content)).await.map_err(Error::internal)
        }
    }
}
