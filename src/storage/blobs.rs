//! Files: archives, media, posters. Kept apart from the database, under keys the database remembers.
//!
//! Invariant: a blob is written whole before a row names it, and removed after the row is gone. What a killed process
//! left in between is an orphan, which the sweep of its slice removes; what it had not even put in place,
//! [`Blobs::sweep_staged`] does.

use std::ops::Range;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

use crate::core::{Error, Result};

/// The content of a blob, piece by piece.
pub type BlobStream = BoxStream<'static, std::io::Result<Bytes>>;

const PIECE: usize = 256 * 1024;
const PART: usize = 5 << 20;
/// A staged file that nobody has written to for so long is nobody's.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);

/// The blob store of this installation.
#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    root: PathBuf,
    spool: PathBuf,
}

impl Blobs {
    /// Opens the store in `data_dir/blobs`; unfinished uploads are spooled in `data_dir/tmp`.
    pub fn open(data_dir: &FilePath) -> anyhow::Result<Self> {
        let root = data_dir.join("blobs");
        let spool = data_dir.join("tmp");
        for folder in [&root, &spool] {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot create the folder {}", folder.display()))?;
        }
        let store = LocalFileSystem::new_with_prefix(&root)?.with_automatic_cleanup(true).with_fsync(true);
        Ok(Self { store: Arc::new(store), root, spool })
    }

    /// The folder for files that are being received. Same disk as the store, never read by anybody else.
    pub fn spool(&self) -> &FilePath {
        &self.spool
    }

    /// Stores the file at `path` under `key`. On failure nothing is left under that key.
    pub async fn put_file(&self, key: &str, path: &FilePath) -> Result<()> {
        self.put_from(key, tokio::fs::File::open(path).await?).await
    }

    /// Stores all that `source` holds under `key`. On failure nothing is left under that key.
    pub async fn put_from(&self, key: &str, mut source: impl AsyncRead + Unpin) -> Result<()> {
        // S3 takes parts from 5 MiB on; two at a time keep a large upload's memory small.
        let mut writer = object_store::buffered::BufWriter::with_capacity(self.store.clone(), Path::from(key), PART)
            .with_max_concurrency(2);
        let mut piece = vec![0; PIECE];
        let written: std::io::Result<()> = async {
            loop {
                let read = source.read(&mut piece).await?;
                if read == 0 {
                    return Ok(());
                }
                writer.write_all(&piece[..read]).await?;
            }
        }
        .await;
        if let Err(cause) = written {
            writer.abort().await.map_err(Error::internal)?;
            return Err(cause.into());
        }
        Ok(writer.shutdown().await?)
    }

    /// Stores a small blob that is in memory already.
    pub async fn put(&self, key: &str, bytes: impl Into<Bytes>) -> Result<()> {
        self.store.put(&Path::from(key), bytes.into().into()).await.map_err(Error::internal)?;
        Ok(())
    }

    /// The bytes `range` of a blob as a stream. Errors: `blob-missing` if there is no such blob.
    pub async fn get_range(&self, key: &str, range: Range<u64>) -> Result<BlobStream> {
        if range.is_empty() {
            return Ok(futures_util::stream::empty().boxed());
        }
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let found = self.store.get_opts(&Path::from(key), options).await.map_err(missing)?;
        Ok(found.into_stream().map_err(std::io::Error::other).boxed())
    }

    /// A whole small blob.
    pub async fn get(&self, key: &str) -> Result<Bytes> {
        self.store.get(&Path::from(key)).await.map_err(missing)?.bytes().await.map_err(Error::internal)
    }

    /// Whether there is such a blob.
    pub async fn exists(&self, key: &str) -> Result<bool> {
        match self.store.head(&Path::from(key)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(cause) => Err(Error::internal(cause)),
        }
    }

    /// Removes a blob; one that is gone already is no error.
    pub async fn delete(&self, key: &str) -> Result<()> {
        match self.store.delete(&Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(cause) => Err(Error::internal(cause)),
        }
    }

    /// Every key below `prefix`, with the time it was written (µs since 1970).
    pub async fn list(&self, prefix: &str) -> Result<Vec<(String, i64)>> {
        self.store
            .list(Some(&Path::from(prefix)))
            .map_ok(|meta| (meta.location.to_string(), meta.last_modified.timestamp_micros()))
            .try_collect()
            .await
            .map_err(Error::internal)
    }

    /// Removes what writers that were killed had staged beside the blobs and never put in place. Answers how many files.
    ///
    /// It reads names, one after the other, and asks more about staged files only. A bucket has no such files: the parts of an
    /// upload that never ended are invisible there, and its lifecycle rule for incomplete multipart uploads removes them.
    pub async fn sweep_staged(&self) -> Result<u64> {
        let root = self.root.clone();
        tokio::task::spawn_blocking(move || Ok(sweep_staged(&root)?)).await.map_err(Error::internal)?
    }
}

fn sweep_staged(root: &FilePath) -> std::io::Result<u64> {
    let mut removed = 0;
    // A folder for each level, so that a large store takes no more memory than a small one.
    let mut open = vec![std::fs::read_dir(root)?];
    while let Some(folder) = open.last_mut() {
        match folder.next() {
            // What is gone by now needs no look, and what cannot be read is as good tomorrow.
            Some(Ok(entry)) if entry.file_type().is_ok_and(|kind| kind.is_dir()) => {
                open.extend(std::fs::read_dir(entry.path()));
            }
            Some(Ok(entry)) if is_staged(&entry.file_name()) && is_abandoned(&entry) => {
                match std::fs::remove_file(entry.path()) {
                    Ok(()) => removed += 1,
                    Err(cause) => tracing::warn!(%cause, file = %entry.path().display(), "a staged file stays"),
                }
            }
            Some(Ok(_)) => {}
            Some(Err(cause)) => {
                tracing::warn!(%cause, "a folder of blobs cannot be read");
                open.pop();
            }
            None => drop(open.pop()),
        }
    }
    Ok(removed)
}

/// Whether the store writes to a file of this name before it gives it that of a blob. In a key it would escape the `#`.
fn is_staged(name: &std::ffi::OsStr) -> bool {
    let number = name.to_str().and_then(|name| name.rsplit_once('#'));
    number.is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// By the clock of the machine, which dates files.
fn is_abandoned(entry: &std::fs::DirEntry) -> bool {
    let written = entry.metadata().and_then(|file| file.modified());
    written.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > ABANDONED))
}

fn missing(cause: object_store::Error) -> Error {
    match cause {
        object_store::Error::NotFound { .. } => Error::not_found("blob-missing").caused_by(cause),
        cause => Error::internal(cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_blob_is_read_back_in_ranges_and_leaves_nothing_when_removed() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        let file = blobs.spool().join("upload");
        std::fs::write(&file, b"0123456789").unwrap();

        blobs.put_file("packages/a", &file).await.unwrap();
        let pieces: Vec<Bytes> = blobs.get_range("packages/a", 2..5).await.unwrap().try_collect().await.unwrap();
        assert_eq!(pieces.concat(), b"234");

        assert!(blobs.exists("packages/a").await.unwrap());
        blobs.delete("packages/a").await.unwrap();
        blobs.delete("packages/a").await.unwrap();
        assert!(!blobs.exists("packages/a").await.unwrap());
        assert_eq!(blobs.get("packages/a").await.unwrap_err().code, "blob-missing");
        assert_eq!(std::fs::read_dir(folder.path().join("blobs")).unwrap().count(), 0);
    }
}
