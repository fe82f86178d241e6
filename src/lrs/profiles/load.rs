//! Loading and removing profiles.

use std::sync::Arc;

use super::check::CHECK;
use super::store::{self, Row};
use crate::core::{Error, Kind, ProfileId, Result};
use crate::jobs;
use crate::state::App;
use crate::storage::Tx;
use crate::xapi::profile::Profile;
use crate::xapi::{Refusal, read_profile};

/// Largest document, in bytes. The largest that were published have some hundred kilobytes.
pub const LARGEST: usize = 2 << 20;

/// Reads a document that somebody sent. Errors: `xapi-profile-too-large`, `xapi-profile-not-json`, `xapi-profile-invalid` with
/// `problems`.
async fn read(document: Arc<str>) -> Result<Profile> {
    if document.len() > LARGEST {
        return Err(Error::new(Kind::TooLarge, "xapi-profile-too-large").arg("limit", LARGEST >> 20));
    }
    // Compiling schemas is work of its own.
    let read = tokio::task::spawn_blocking(move || read_profile(&document)).await.map_err(Error::internal)?;
    read.map_err(|refusal| match refusal {
        Refusal::Syntax(wrong) => Error::unprocessable("xapi-profile-not-json").detail(wrong.to_string()),
        Refusal::Problems(problems) => {
            let first = problems.first().map(|problem| format!("{} {}", problem.pointer, problem.requirement));
            Error::unprocessable("xapi-profile-invalid").detail(first.unwrap_or_default()).with("problems", problems)
        }
    })
}

/// The profile of a document that was taken once.
pub async fn recall(document: String) -> Result<Profile> {
    read(document.into()).await.map_err(Error::internal)
}

/// Takes a document: a new version, or another text of one that is here. Answers the version, and whether it is new.
pub async fn load(app: &App, document: &[u8]) -> Result<(Row, bool)> {
    let text = std::str::from_utf8(document)
        .map_err(|cause| Error::unprocessable("xapi-profile-not-json").detail(cause.to_string()))?;
    let text: Arc<str> = text.trim_start_matches('\u{feff}').into();
    let profile = read(text.clone()).await?;
    let mut tx = app.db.begin().await?;
    let known = store::of_version(&mut tx, &profile.version).await?;
    let is_new = known.is_none();
    match known {
        Some((id, document)) if document == *text => return Ok((store::find(&mut tx, id).await?, false)),
        known => {
            let before = match &known {
                Some((id, _)) => Some(store::find(&mut tx, *id).await?.profile_iri),
                None => None,
            };
            store::put(&mut tx, &profile, &text, app.clock.now()).await?;
            // The version belonged to another profile until now, says the new text.
            if let Some(before) = before.filter(|before| *before != profile.id) {
                settle(&mut tx, app, &before).await?;
            }
        }
    }
    settle(&mut tx, app, &profile.id).await?;
    let row = store::of_version(&mut tx, &profile.version).await?;
    let (id, _) = row.ok_or_else(|| Error::internal(anyhow::anyhow!("the profile was just put")))?;
    let row = store::find(&mut tx, id).await?;
    tx.commit().await?;
    tracing::info!(profile = %row.id, version = row.version_iri, is_new, "xAPI profile loaded");
    Ok((row, is_new))
}

/// Removes a version; the one before it is in force again.
pub async fn remove(app: &App, id: ProfileId) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let row = store::find(&mut tx, id).await?;
    store::remove(&mut tx, id).await?;
    settle(&mut tx, app, &row.profile_iri).await?;
    tx.commit().await?;
    tracing::info!(profile = %id, version = row.version_iri, "xAPI profile removed");
    Ok(())
}

/// Forgets what was found and checks everything again.
pub async fn check_again(app: &App, id: ProfileId) -> Result<()> {
    let mut tx = app.db.begin().await?;
    store::find(&mut tx, id).await?;
    store::begin_anew(&mut tx, id).await?;
    jobs::enqueue(&mut tx, app, CHECK, Some(id.0), &(), None).await?;
    tx.commit().await
}

/// Puts the newest version in force. Which statements each version stands for may have changed: all are checked anew.
async fn settle(tx: &mut Tx, app: &App, profile: &str) -> Result<()> {
    let versions = store::of_profile(tx, profile).await?;
    if let Some(newest) = versions.first() {
        store::put_in_force(tx, profile, newest.id).await?;
    }
    for version in &versions {
        store::begin_anew(tx, version.id).await?;
        jobs::enqueue(tx, app, CHECK, Some(version.id.0), &(), None).await?;
    }
    Ok(())
}
