//! Files: archives, media, posters. Kept apart from the database, under keys the database remembers.
//!
//! Invariant: a blob is written whole before a row names it, and removed after the row is gone. What a killed process
//! left in between is an orphan, which the sweep of its slice removes.

use std::ops::Range;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

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

/// The blob store of this installation.
#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
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
        Ok(Self { store: Arc::new(store), spool })
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
