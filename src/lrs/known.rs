//! Credentials that were good a moment ago: a tool that sends thousands of statements a second does not make the database say
//! as often who it is.
//!
//! What a page of this process changes is felt at once, what another process changes within [`TRUSTED`]. Launches are not
//! remembered: they are many, each asks seldom, and they end in many places.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::access::Access;
use super::door::Holder;
use crate::core::Timestamp;
use crate::storage::Secrets;

/// How long a credential is taken at its word.
const TRUSTED: Duration = Duration::from_secs(1);
/// Credentials kept at most; when there are more, all are asked for again.
const MOST: usize = 1_000;

/// By the digest of what was sent: no secret lies in memory.
#[derive(Default)]
pub struct Known(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    by_digest: HashMap<Vec<u8>, Entry>,
    /// How often everything was forgotten.
    forgotten: u64,
}

struct Entry {
    access: Access,
    since: Timestamp,
}

/// A credential that is about to be asked for.
pub struct Asked {
    digest: Vec<u8>,
    forgotten: u64,
}

impl Known {
    /// Who sent `authorization` a moment ago; otherwise what [`Known::remember`] wants to know.
    pub fn find(&self, authorization: &str, now: Timestamp) -> Result<Access, Asked> {
        let digest = Secrets::digest(authorization);
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back trusts nobody longer.
        let found = inner.by_digest.get(&digest);
        let found = found.filter(|entry| now >= entry.since && now.since(entry.since) < TRUSTED);
        found.map(|entry| entry.access.clone()).ok_or(Asked { digest, forgotten: inner.forgotten })
    }

    /// Takes note that the database knows a credential, unless something has changed since it was asked for.
    pub fn remember(&self, asked: Asked, access: &Access, now: Timestamp) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.forgotten != asked.forgotten || matches!(access.holder(), Holder::Launch(_)) {
            return;
        }
        if inner.by_digest.len() >= MOST {
            inner.by_digest.clear();
        }
        inner.by_digest.insert(asked.digest, Entry { access: access.clone(), since: now });
    }

    /// A credential was changed or revoked.
    pub fn forget(&self) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.by_digest.clear();
        inner.forgotten += 1;
    }
}
