//! A file on its way in: streamed into a blob while its digest is taken, then handed to a job.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use sha2::{Digest as _, Sha256};
use tokio_util::io::{ReaderStream, StreamReader};

use super::store::{self, New, blob_of};
use super::{IMPORT, job};
use crate::core::{Error, ImportId, Kind, PersonId, Result};
use crate::jobs::{self, Handlers, JobState};
use crate::state::App;

/// How often the command looks how far its import is.
const LOOK: Duration = Duration::from_secs(1);

/// Receives a file and asks for its import. Answers which import it is: that of the same file, if it has not ended yet; it goes
/// on where it was.
///
/// Errors: `import-too-large`, `upload-interrupted`, `upload-empty`.
pub async fn receive<E>(
    app: &App,
    name: &str,
    stream: impl Stream<Item = Result<Bytes, E>> + Send,
    by: Option<PersonId>,
) -> Result<ImportId>
where
    E: Into<anyhow::Error>,
{
    let id = ImportId::new();
    let blob = blob_of(id);
    let (digest, bytes) = keep(app, &blob, stream).await?;
    let new = New { id, name: &plain_name(name), digest: &digest, bytes, by };
    let written = write(app, &new).await;
    if !matches!(written, Ok(taken) if taken == id) {
        // The file is there already, or nothing names it.
        app.blobs.delete(&blob).await?;
    }
    written
}

async fn write(app: &App, new: &New<'_>) -> Result<ImportId> {
    let mut tx = app.db.begin().await?;
    let id = store::insert(&mut tx, new, app.clock.now()).await?;
    let import = store::find(&mut tx, id).await?;
    store::wake(&mut tx, app, &import, new.by).await?;
    tx.commit().await?;
    tracing::info!(import = %id, bytes = new.bytes, "statements are brought in");
    Ok(id)
}

/// Writes a stream into a blob. Answers its digest and its size.
async fn keep<E>(app: &App, blob: &str, stream: impl Stream<Item = Result<Bytes, E>> + Send) -> Result<(Vec<u8>, i64)>
where
    E: Into<anyhow::Error>,
{
    let limit = app.config.lrs.max_import_bytes;
    let (mut digest, mut bytes) = (Sha256::new(), 0_u64);
    let mut broken: Option<anyhow::Error> = None;
    let pieces = stream.map(|piece| {
        let piece = piece.map_err(|cause| {
            broken = Some(cause.into());
            std::io::Error::other("upload-interrupted")
        })?;
        bytes += piece.len() as u64;
        if bytes > limit {
            return Err(std::io::Error::other("import-too-large"));
        }
        digest.update(&piece);
        Ok(piece)
    });
    let written = app.blobs.put_from(blob, StreamReader::new(Box::pin(pieces))).await;
    if let Some(cause) = broken {
        return Err(Error::malformed("upload-interrupted").caused_by(cause));
    }
    if bytes > limit {
        return Err(Error::new(Kind::TooLarge, "import-too-large").arg("limit", limit >> 20));
    }
    written?;
    if bytes == 0 {
        app.blobs.delete(blob).await?;
        return Err(Error::malformed("upload-empty"));
    }
    Ok((digest.finalize().to_vec(), i64::try_from(bytes).unwrap_or(i64::MAX)))
}

/// The last segment of what a sender calls the file, fit to be shown.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).take(150).collect();
    match plain.trim() {
        "" => "statements.ndjson".to_owned(),
        plain => plain.to_owned(),
    }
}

/// Brings a file in and waits for the end, whoever does the work: this process, or a server on the same database. `told` is
/// called now and then with the share of the file that was read, and the lines that is.
///
/// Errors: as [`receive`]; `import-stopped` if it was cancelled or failed: the same call goes on where it was.
pub async fn import_file(app: &App, path: &Path, told: impl Fn(f64, i64)) -> Result<ImportId> {
    let unreadable = |cause: std::io::Error| {
        Error::malformed("file-unreadable").arg("file", path.display()).arg("cause", &cause).caused_by(cause)
    };
    let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let id = receive(app, &name, ReaderStream::new(file), None).await?;
    let handlers = Handlers::new().on(IMPORT, 1, job::run);
    loop {
        let mut working = std::pin::pin!(jobs::run_due(app, &handlers));
        let done = loop {
            let done = tokio::select! {
                done = &mut working => Some(done),
                () = tokio::time::sleep(LOOK) => None,
            };
            let import = store::find(&mut app.db.read().await?, id).await?;
            told(import.share(), import.lines);
            // Not before: a job that was just done has to be told done, too.
            if let Some(done) = done {
                break done?;
            }
        };
        if store::find(&mut app.db.read().await?, id).await?.finished_at.is_some() {
            return Ok(id);
        }
        let job = jobs::newest(&mut app.db.read().await?, IMPORT, id.0).await?;
        match job.map(|job| (job.state(), job.error)) {
            Some((JobState::Queued | JobState::Running, _)) => {}
            Some((_, error)) => {
                return Err(Error::conflict("import-stopped").detail(error.unwrap_or_default()));
            }
            None => return Err(Error::conflict("import-stopped")),
        }
        if done == 0 {
            // A server is at it, or a try that failed waits for its time.
            tokio::time::sleep(LOOK).await;
        }
    }
}
