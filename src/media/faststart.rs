//! Whether an MP4 tells its index before its content, so that it plays while it loads.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Boxes looked at before the content; no file has so many.
const MOST_BOXES: usize = 64;

/// Walks over the outermost boxes (ISO/IEC 14496-12 section 4.2): `moov` must come before `mdat`.
pub fn is_index_first(path: &Path) -> std::io::Result<bool> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut at = 0_u64;
    for _ in 0..MOST_BOXES {
        let mut head = [0_u8; 16];
        file.seek(SeekFrom::Start(at))?;
        if at + 16 > length || file.read_exact(&mut head).is_err() {
            return Ok(false);
        }
        let (size, rest) = head.split_at(4);
        let (kind, large) = rest.split_at(4);
        match kind {
            b"moov" => return Ok(true),
            b"mdat" => return Ok(false),
            _ => {}
        }
        let size = match u32::from_be_bytes(size.try_into().unwrap_or_default()) {
            1 => u64::from_be_bytes(large.try_into().unwrap_or_default()),
            size => u64::from(size),
        };
        // A box of size 0 reaches to the end; a smaller one than its own head is none.
        if size < 8 {
            return Ok(false);
        }
        at = at.saturating_add(size);
    }
    Ok(false)
}
