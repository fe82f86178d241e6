//! The lines of a blob, read as they come.

use bytes::Bytes;
use futures_util::StreamExt as _;

use crate::core::Result;
use crate::lrs::receive::MAX_STATEMENT;
use crate::state::App;
use crate::storage::BlobStream;

/// A line with its number, from 1 on, and where the next one begins.
pub struct Line {
    pub number: i64,
    pub end: u64,
    /// Without it the line is longer than any statement may be.
    pub text: Option<Vec<u8>>,
}

/// A blob on its way.
pub struct Lines {
    source: BlobStream,
    piece: Bytes,
    number: i64,
    position: u64,
}

impl Lines {
    /// The lines of `blob`, which has `bytes`, from `position` on, before which there are `number` lines.
    pub async fn open(app: &App, blob: &str, bytes: u64, position: u64, number: i64) -> Result<Self> {
        let source = app.blobs.get_range(blob, position..bytes).await?;
        Ok(Self { source, piece: Bytes::new(), number, position })
    }

    /// The next line; the last needs no line end.
    pub async fn next(&mut self) -> Result<Option<Line>> {
        let mut text = Vec::new();
        let mut too_long = false;
        let begun = self.position;
        loop {
            if self.piece.is_empty() {
                match self.source.next().await {
                    Some(piece) => {
                        self.piece = piece?;
                        continue;
                    }
                    None if self.position == begun => return Ok(None),
                    None => break,
                }
            }
            let end = self.piece.iter().position(|byte| *byte == b'\n');
            let taken = self.piece.split_to(end.map_or(self.piece.len(), |at| at + 1));
            self.position += taken.len() as u64;
            // A little more than a statement: blanks around it do not count.
            too_long |= text.len() + taken.len() > MAX_STATEMENT + 1024;
            if too_long {
                text = Vec::new();
            } else {
                text.extend_from_slice(&taken);
            }
            if end.is_some() {
                break;
            }
        }
        self.number += 1;
        Ok(Some(Line { number: self.number, end: self.position, text: (!too_long).then_some(text) }))
    }
}
