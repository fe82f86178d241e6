//! The job after the import of a film or recording: the form that every browser plays.

use std::path::PathBuf;

use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;

use super::store;
use crate::core::{JobId, PackageId, PersonId, Result, VersionId};
use crate::jobs::{self, Work};
use crate::media::{self, Way};
use crate::packages::import::blob_prefix;
use crate::packages::model::ActivityDetails;
use crate::packages::store::NewFile;
use crate::packages::upload::{create_locked, name_of_job};
use crate::state::App;
use crate::storage::Tx;

/// The kind of the job. Its subject is the package.
pub const TRANSCODE: &str = "media.transcode";
/// Part of the keys of what the job makes.
const MADE: &str = "/made/";
/// Paths among the files of a version; uploads have no folder.
const FILM: &str = "playable/film.mp4";
const RECORDING: &str = "playable/recording.m4a";
const POSTER: &str = "playable/poster.jpg";

#[derive(Serialize, Deserialize)]
struct Order {
    version: VersionId,
}

/// Asks for the playable form of a version.
pub async fn enqueue(
    tx: &mut Tx,
    app: &App,
    package: PackageId,
    version: VersionId,
    by: Option<PersonId>,
) -> Result<JobId> {
    jobs::enqueue(tx, app, TRANSCODE, Some(package.0), &Order { version }, by).await
}

/// Whether a blob is of this job.
pub fn is_made(key: &str) -> bool {
    key.contains(MADE)
}

/// Whether a row names a blob of this job.
pub async fn is_known(app: &App, key: &str) -> Result<bool> {
    store::is_named(&mut app.db.read().await?, key).await
}

/// A file of the spool folder that goes with its owner.
struct Spooled(PathBuf);

impl Drop for Spooled {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The body of the job. May run again: every taking has files and blobs of its own, and the rows are written once.
///
/// Errors: those of [`media::make_playable`].
pub async fn transcode(work: Work) -> Result<()> {
    let app = &work.app;
    let order: Order = work.job.payload()?;
    // The package may have been deleted meanwhile.
    let Some(upload) = store::upload(&mut app.db.read().await?, order.version).await? else { return Ok(()) };
    let path = if upload.is_film() { FILM } else { RECORDING };
    let ending = path.rsplit('.').next().unwrap_or_default();
    let name = name_of_job(&work.job);
    // Held to the end: another server on this data folder, or the next one after a kill, knows by it whether we live.
    let (source, held) = create_locked(app, &name)?;
    let source = Spooled(source);
    let spool = |ending: &str| Spooled(app.blobs.spool().join(format!("{name}.{ending}")));
    let (target, poster) = (spool(&format!("made.{ending}")), spool("made.jpg"));
    fetch(app, &upload.blob, upload.size.unsigned_abs(), held.try_clone()?).await?;
    let made = media::make_playable(&source.0, &target.0, &poster.0, |share| work.progress(share)).await?;

    let prefix = format!("{}{MADE}{}-{}", blob_prefix(order.version), work.job.id, work.job.attempts);
    let mut files = Vec::new();
    if made.way != Way::AsIs {
        files.push(put(app, &target, path, &format!("{prefix}.{ending}")).await?);
    }
    if made.poster {
        files.push(put(app, &poster, POSTER, &format!("{prefix}.jpg")).await?);
    }
    let written = write(&work, &order, &made, &upload, &files).await;
    if written.is_err() {
        for key in files.iter().filter_map(|file| file.blob.as_deref()) {
            app.blobs.delete(key).await?;
        }
    } else {
        tracing::info!(version = %order.version, way = ?made.way, gain = made.gain, "a medium is playable");
    }
    written
}

async fn fetch(app: &App, key: &str, size: u64, target: std::fs::File) -> Result<()> {
    let mut file = tokio::fs::File::from_std(target);
    let mut stream = app.blobs.get_range(key, 0..size).await?;
    while let Some(piece) = stream.try_next().await? {
        file.write_all(&piece).await?;
    }
    Ok(file.flush().await?)
}

async fn put(app: &App, file: &Spooled, path: &str, key: &str) -> Result<NewFile> {
    let size = tokio::fs::metadata(&file.0).await?.len();
    app.blobs.put_file(key, &file.0).await?;
    Ok(NewFile::of_blob(path, crate::packages::media_type::essence(path), size, key.to_owned()))
}

/// The rendition, its files, and what the activity says of itself: whole, and only while the job is ours.
async fn write(
    work: &Work,
    order: &Order,
    made: &media::Made,
    upload: &store::UploadRow,
    files: &[NewFile],
) -> Result<()> {
    let mut tx = work.app.db.begin().await?;
    work.hold(&mut tx).await?;
    // Nobody can have written it before but a taking that died before it could say so.
    if store::insert_rendition(&mut tx, order.version, made, upload, files.first(), work.app.clock.now()).await? {
        if !files.is_empty() {
            crate::packages::store::insert_files(&mut tx, order.version, files).await?;
        }
        let mut details = store::details(&mut tx, order.version).await?;
        if made.way != Way::AsIs {
            details.playable = files.first().map(|file| file.path.clone());
        }
        if made.poster {
            details.poster = Some(POSTER.to_owned());
        }
        if made.duration > 0.0 {
            details.duration = made.duration;
        }
        (details.width, details.height) = (made.width.or(details.width), made.height.or(details.height));
        store::save_details(&mut tx, order.version, &ActivityDetails::Media(details)).await?;
    }
    tx.commit().await
}
