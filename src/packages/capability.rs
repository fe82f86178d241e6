//! The right to read one package version's files, carried in the address itself: content needs no cookie, and the address
//! stays the same for some days, so that browsers keep what they have loaded.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::manifest;
use crate::core::{PersonId, Timestamp, VersionId};
use crate::state::App;
use crate::storage::Secrets;

const PURPOSE: &str = "package-content";
const DAY: i64 = 86_400_000_000;
/// The address changes so often, and the old one works at least as long again.
const STABLE_DAYS: i64 = 7;

/// What a capability says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// It opens this version.
    Opens(VersionId),
    /// It did, some days ago.
    Expired,
}

/// The address a learner opens for `href` of a version (what an activity stores): on the content origin, or as it is when the
/// content lives elsewhere.
pub fn content_url(app: &App, version: VersionId, person: PersonId, href: &str) -> String {
    if href.starts_with("https://") || href.starts_with("http://") {
        return href.to_owned();
    }
    format!("{}/c/{}/{href}", app.config.content_origin(), issue(&app.secrets, version, person, app.clock.now()))
}

/// As [`content_url`], for a file's path as it is.
pub fn file_url(app: &App, version: VersionId, person: PersonId, path: &str) -> String {
    content_url(app, version, person, &manifest::encode(path))
}

/// The capability of a person for a version.
fn issue(secrets: &Secrets, version: VersionId, person: PersonId, now: Timestamp) -> String {
    // Not the person's identifier: content sees its own address.
    let marker = secrets.sign("package-content-reader", person.0.as_bytes());
    let expiry = (now.0.div_euclid(DAY).div_euclid(STABLE_DAYS) + 2) * STABLE_DAYS;
    let mut capability = Vec::with_capacity(44);
    capability.extend_from_slice(version.0.as_bytes());
    capability.extend_from_slice(&marker[..8]);
    capability.extend_from_slice(&u32::try_from(expiry).unwrap_or(u32::MAX).to_be_bytes());
    let signature = secrets.sign(PURPOSE, &capability);
    capability.extend_from_slice(&signature[..16]);
    BASE64_URL_SAFE_NO_PAD.encode(capability)
}

/// Reads a capability; `None` if it is not ours.
pub fn read(secrets: &Secrets, text: &str, now: Timestamp) -> Option<Capability> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == 44)?;
    let (message, signature) = bytes.split_at(28);
    if !secrets.verify(PURPOSE, message, signature) {
        return None;
    }
    let expiry = i64::from(u32::from_be_bytes(message[24..28].try_into().ok()?));
    if now.0.div_euclid(DAY) >= expiry {
        return Some(Capability::Expired);
    }
    Some(Capability::Opens(VersionId(Uuid::from_slice(&message[..16]).ok()?)))
}
