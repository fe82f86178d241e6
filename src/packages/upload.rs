//! Receiving an upload: streamed to a spool file that is gone when the import ends, however it ends.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use crate::core::{Error, Kind, Result, VersionId};
use crate::jobs::Job;
use crate::packages::zipped_again::Inner;
use crate::state::App;

/// The ending of the spool file whose lock says that somebody is at work on it and on what lies beside it under the same
/// name: the version that is being made, or a job.
const ENDING: &str = ".upload";
/// The ending of the archive that was taken out of an upload.
const INNER: &str = "inner";
/// How the names of the spool files of jobs begin.
const JOB: &str = "job-";
/// The ending of a spool file that is not locked yet, which takes less than [`NAMING`].
const NEW: &str = "new";
const NAMING: Duration = Duration::from_secs(60);

/// A received file. Dropping it removes it, with what was taken out of it.
#[derive(Debug)]
pub struct Upload {
    /// The version it will become.
    pub version: VersionId,
    /// As the sender calls it, without folders.
    pub file_name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// The file that was received.
    spool: PathBuf,
    /// Its size.
    pub size: u64,
    /// Its digest.
    pub sha256: Vec<u8>,
    /// Held while the import lives: the sweep takes no file whose lock is held.
    _lock: File,
}

impl Drop for Upload {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.spool);
        let _ = std::fs::remove_file(self.inner_path());
    }
}

impl Upload {
    /// Receives `stream`. Errors: `package-too-large`, `upload-interrupted`, `upload-empty`.
    pub async fn receive<E>(app: &App, file_name: &str, stream: impl Stream<Item = Result<Bytes, E>>) -> Result<Self>
    where
        E: Into<anyhow::Error>,
    {
        let version = VersionId::new();
        let (path, lock) = create_locked(app, &version.to_string())?;
        let mut upload = Self {
            version,
            file_name: plain_name(file_name),
            spool: path.clone(),
            path,
            size: 0,
            sha256: Vec::new(),
            _lock: lock.try_clone()?,
        };
        let limit = app.config.packages.max_bytes;
        let mut digest = Sha256::new();
        let mut file = tokio::fs::File::from_std(lock);
        let mut stream = std::pin::pin!(stream);
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|cause| Error::malformed("upload-interrupted").caused_by(cause))?;
            upload.size += piece.len() as u64;
            if upload.size > limit {
                return Err(Error::new(Kind::TooLarge, "package-too-large").arg("limit", limit >> 20));
            }
            digest.update(&piece);
            file.write_all(&piece).await?;
        }
        file.flush().await?;
        if upload.size == 0 {
            return Err(Error::malformed("upload-empty"));
        }
        upload.sha256 = digest.finalize().to_vec();
        Ok(upload)
    }

    /// Where an archive in it is put.
    pub fn inner_path(&self) -> PathBuf {
        self.spool.with_extension(INNER)
    }

    /// From here on the archive that was in it is what was received.
    pub fn is_its_inner(&mut self, inner: Inner) {
        (self.path, self.size, self.sha256) = (self.inner_path(), inner.size, inner.sha256);
    }
}

/// What the spool files of one taking of a job are called, before their endings.
pub fn name_of_job(job: &Job) -> String {
    format!("{JOB}{}-{}", job.id, job.attempts)
}

/// A new file that is locked from the moment it has its name: as long as it is open, no sweep takes it, or what lies beside
/// it, for abandoned.
pub fn create_locked(app: &App, name: &str) -> std::io::Result<(PathBuf, File)> {
    let path = app.blobs.spool().join(format!("{name}{ENDING}"));
    let unnamed = path.with_extension(NEW);
    let file = File::create_new(&unnamed)?;
    file.lock()?;
    std::fs::rename(&unnamed, &path)?;
    Ok((path, file))
}

/// The last segment of what a sender calls the file, fit to be shown and to be a path.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).take(150).collect();
    match plain.trim().trim_start_matches('.') {
        "" => "package".to_owned(),
        plain => plain.to_owned(),
    }
}

/// Removes the spool files that no living import or job holds. Answers the versions that imports would have become.
pub fn sweep_spool(app: &App) -> Result<Vec<VersionId>> {
    let mut dead = Vec::new();
    for entry in std::fs::read_dir(app.blobs.spool())? {
        let path = entry?.path();
        let Some(name) = name_of(&path) else { continue };
        let version: Option<VersionId> = name.parse().ok();
        if version.is_none() && !name.starts_with(JOB) {
            continue;
        }
        // The upload's lock stands for whatever else has been put beside it.
        let held = match File::open(app.blobs.spool().join(format!("{name}{ENDING}"))) {
            Ok(upload) => upload.try_lock().is_err(),
            Err(_) => false,
        };
        let naming = path.extension().is_some_and(|ending| ending == NEW)
            && path
                .metadata()
                .and_then(|file| file.modified())
                .is_ok_and(|at| at.elapsed().is_ok_and(|age| age < NAMING));
        if !held && !naming && std::fs::remove_file(&path).is_ok() {
            dead.extend(version);
        }
    }
    Ok(dead)
}

/// The versions whose import is under way on this machine.
pub fn under_way(app: &App) -> Result<Vec<VersionId>> {
    let mut versions = Vec::new();
    for entry in std::fs::read_dir(app.blobs.spool())? {
        versions.extend(name_of(&entry?.path()).and_then(|name| name.parse::<VersionId>().ok()));
    }
    Ok(versions)
}

/// What stands before the endings of a spool file: the upload itself and what is made of it (`VERSION.upload`,
/// `VERSION.part`).
fn name_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()?.split('.').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_cannot_choose_a_folder() {
        assert_eq!(plain_name("C:\\Cours\\Sécurité.zip"), "Sécurité.zip");
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("a/"), "package");
        assert_eq!(plain_name("..\n"), "package");
    }
}
