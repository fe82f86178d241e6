//! What a client sends, until it is whole.

use bytes::{Bytes, BytesMut};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

use super::writer::{Room, Writer};
use crate::core::{Error, Kind, Result};
use crate::state::App;

/// Largest request accepted. A statement is about a kilobyte, a saved state rarely a hundred.
pub const MAX_BODY: usize = 16 * 1024 * 1024;
/// What is kept in memory while it arrives: a batch of a hundred statements.
pub const SMALL_BODY: usize = 256 * 1024;

/// A body that arrives: in memory while it is small, in a file when it is not, for a client that sends slowly, or never ends,
/// must hold no memory.
#[derive(Default)]
pub struct Arriving {
    small: BytesMut,
    large: Option<Large>,
}

struct Large {
    file: File,
    size: usize,
}

impl Arriving {
    /// More of it. Errors: `payload-too-large`.
    pub async fn add(&mut self, app: &App, bytes: &[u8]) -> Result<()> {
        let large = match &mut self.large {
            Some(large) => large,
            None if self.small.len() + bytes.len() <= SMALL_BODY => {
                self.small.extend_from_slice(bytes);
                return Ok(());
            }
            none => {
                let begun = std::mem::take(&mut self.small);
                let mut file = File::from_std(tempfile::tempfile_in(app.blobs.spool())?);
                file.write_all(&begun).await?;
                none.insert(Large { file, size: begun.len() })
            }
        };
        large.size += bytes.len();
        if large.size > MAX_BODY {
            return Err(Error::new(Kind::TooLarge, "payload-too-large"));
        }
        Ok(large.file.write_all(bytes).await?)
    }

    pub fn is_large(&self) -> bool {
        self.large.is_some()
    }

    /// All of it, and for a large one the room it takes until the request is answered.
    pub async fn whole(self, writer: &Writer) -> Result<(Bytes, Option<Room>)> {
        let Some(Large { mut file, size }) = self.large else { return Ok((self.small.freeze(), None)) };
        let room = writer.room(size).await?;
        let mut whole = Vec::with_capacity(size);
        file.rewind().await?;
        file.read_to_end(&mut whole).await?;
        Ok((whole.into(), Some(room)))
    }
}
