//! Pictures: what they are and how large, read from their bytes, and what the camera wrote about place, time and owner left
//! out. The picture itself is not encoded again; the way a phone was held is kept, or it would lie on its side.

/// A picture fit to be shown.
pub struct Picture {
    /// Its bytes, without notes.
    pub bytes: Vec<u8>,
    /// What it is.
    pub media_type: &'static str,
    /// The ending that says so.
    pub ending: &'static str,
    /// Width and height as it is shown.
    pub pixels: (u32, u32),
}

/// Reads a PNG, JPEG, GIF or WebP; `None` for anything else, or one that is cut.
pub fn read(bytes: &[u8]) -> Option<Picture> {
    png(bytes).or_else(|| jpeg(bytes)).or_else(|| gif(bytes)).or_else(|| webp(bytes))
}

fn be(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    Some(bytes.get(at..at + length)?.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

fn le(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    Some(bytes.get(at..at + length)?.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

/// W3C PNG: a signature, then chunks of length, name, data, checksum.
fn png(bytes: &[u8]) -> Option<Picture> {
    const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
    let mut rest = bytes.strip_prefix(SIGNATURE)?;
    if rest.get(4..8)? != b"IHDR" {
        return None;
    }
    let pixels = (be(rest, 8, 4)?, be(rest, 12, 4)?);
    let mut kept = SIGNATURE.to_vec();
    loop {
        let length = be(rest, 0, 4)? as usize;
        let whole = length.checked_add(12)?;
        let (chunk, after) = rest.split_at_checked(whole)?;
        let name = &chunk[4..8];
        if !matches!(name, b"eXIf" | b"tEXt" | b"iTXt" | b"zTXt" | b"tIME") {
            kept.extend_from_slice(chunk);
        }
        if name == b"IEND" {
            return Some(Picture { bytes: kept, media_type: "image/png", ending: "png", pixels });
        }
        rest = after;
    }
}

/// ITU T.81: markers, most with a length; the picture begins after SOS.
fn jpeg(bytes: &[u8]) -> Option<Picture> {
    let mut rest = bytes.strip_prefix(b"\xFF\xD8")?;
    let mut kept = vec![0xFF, 0xD8];
    let mut pixels = None;
    let mut orientation = 1;
    loop {
        let [0xFF, marker, ..] = rest else { return None };
        let marker = *marker;
        if marker == 0xFF {
            rest = &rest[1..];
            continue;
        }
        let length = be(rest, 2, 2)? as usize;
        let (segment, after) = rest.split_at_checked(length.checked_add(2)?)?;
        match marker {
            // SOF0 to SOF15 without DHT, JPG and DAC: precision, height, width.
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                pixels = Some((be(segment, 7, 2)?, be(segment, 5, 2)?));
                kept.extend_from_slice(segment);
            }
            // Start of scan: the rest is the picture.
            0xDA => {
                kept.extend_from_slice(rest);
                let (width, height) = pixels?;
                let pixels = if orientation >= 5 { (height, width) } else { (width, height) };
                let noted = if orientation == 1 { kept } else { with_orientation(&kept, orientation) };
                return Some(Picture { bytes: noted, media_type: "image/jpeg", ending: "jpg", pixels });
            }
            0xE1 => orientation = exif_orientation(segment).unwrap_or(orientation),
            // Profiles of colour (APP2) and Adobe's way of colours (APP14) are part of the picture; notes and comments are not.
            0xE3..=0xED | 0xEF | 0xFE => {}
            _ => kept.extend_from_slice(segment),
        }
        rest = after;
    }
}

/// The tag 0x0112 of the first directory of the Exif segment: 1 to 8.
fn exif_orientation(segment: &[u8]) -> Option<u8> {
    let tiff = segment.get(4..)?.strip_prefix(b"Exif\0\0")?;
    let little = match tiff.get(..2)? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let number = |at, length| if little { le(tiff, at, length) } else { be(tiff, at, length) };
    let directory = number(4, 4)? as usize;
    let entries = number(directory, 2)? as usize;
    for entry in 0..entries.min(200) {
        let at = directory.checked_add(2 + entry * 12)?;
        if number(at, 2)? == 0x0112 {
            return u8::try_from(number(at + 8, 2)?).ok().filter(|orientation| (1..=8).contains(orientation));
        }
    }
    None
}

/// The picture with an Exif segment that says how it was held, and nothing else.
fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut noted = vec![0xFF, 0xD8, 0xFF, 0xE1, 0, 34];
    noted.extend_from_slice(b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
    noted.extend_from_slice(&[orientation, 0, 0, 0, 0, 0, 0]);
    noted.extend_from_slice(&jpeg[2..]);
    noted
}

/// GIF holds no notes of a camera.
fn gif(bytes: &[u8]) -> Option<Picture> {
    if !(bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a")) || bytes.last() != Some(&0x3B) {
        return None;
    }
    let pixels = (le(bytes, 6, 2)?, le(bytes, 8, 2)?);
    Some(Picture { bytes: bytes.to_vec(), media_type: "image/gif", ending: "gif", pixels })
}

/// RFC 9649: a RIFF of chunks, each padded to an even length.
fn webp(bytes: &[u8]) -> Option<Picture> {
    let body = bytes.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WEBP")?;
    let mut kept = Vec::with_capacity(bytes.len());
    let mut pixels = None;
    let mut rest = body;
    while rest.len() >= 8 {
        let length = le(rest, 4, 4)? as usize;
        let padded = length.checked_add(length % 2)?.checked_add(8)?;
        let (chunk, after) = rest.split_at_checked(padded)?;
        let data = &chunk[8..];
        let mut chunk = chunk.to_vec();
        match &chunk[..4] {
            b"VP8X" => {
                pixels = Some((le(data, 4, 3)? + 1, le(data, 7, 3)? + 1));
                // The flags for Exif and XMP, which are left out.
                chunk[8] &= !0b0000_1100;
            }
            b"VP8 " if pixels.is_none() => pixels = Some((le(data, 6, 2)? & 0x3FFF, le(data, 8, 2)? & 0x3FFF)),
            b"VP8L" if pixels.is_none() => {
                let packed = le(data, 1, 4)?;
                pixels = Some(((packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1));
            }
            b"EXIF" | b"XMP " => chunk.clear(),
            _ => {}
        }
        kept.extend_from_slice(&chunk);
        rest = after;
    }
    let mut whole = b"RIFF".to_vec();
    whole.extend_from_slice(&u32::try_from(kept.len() + 4).ok()?.to_le_bytes());
    whole.extend_from_slice(b"WEBP");
    whole.extend_from_slice(&kept);
    Some(Picture { bytes: whole, media_type: "image/webp", ending: "webp", pixels: pixels? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
        [&[0xFF, marker], &length[..], data].concat()
    }

    /// A photograph 4 wide and 3 high, held in portrait, with a place in its notes.
    fn photograph(orientation: u8) -> Vec<u8> {
        let exif =
            [&b"Exif\0\0II\x2A\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"[..], &[orientation, 0, 0, 0], b"GPS 48.85"];
        [
            vec![0xFF, 0xD8],
            segment(0xE0, b"JFIF\0"),
            segment(0xE1, &exif.concat()),
            segment(0xFE, b"secret note"),
            segment(0xC0, &[8, 0, 3, 0, 4, 1, 0]),
            segment(0xDA, &[0]),
            vec![1, 2, 3, 0xFF, 0xD9],
        ]
        .concat()
    }

    #[test]
    fn a_photograph_loses_its_place_and_keeps_how_it_was_held() {
        for (orientation, pixels) in [(1, (4, 3)), (3, (4, 3)), (6, (3, 4))] {
            let picture = read(&photograph(orientation)).unwrap();
            assert_eq!((picture.media_type, picture.pixels), ("image/jpeg", pixels));
            let holds = |text: &[u8]| picture.bytes.windows(text.len()).any(|part| part == text);
            assert!(!holds(b"GPS") && !holds(b"secret") && holds(b"JFIF") && holds(&[1, 2, 3, 0xFF, 0xD9]));
            // What is kept is read the same again.
            assert_eq!(read(&picture.bytes).unwrap().pixels, pixels);
            assert_eq!(holds(b"Exif"), orientation != 1);
        }
    }

    #[test]
    fn notes_of_a_png_and_a_webp_are_left_out() {
        let chunk = |name: &[u8], data: &[u8]| [&(data.len() as u32).to_be_bytes()[..], name, data, &[0; 4]].concat();
        let header = chunk(b"IHDR", &[0, 0, 0, 9, 0, 0, 0, 7, 8, 6, 0, 0, 0]);
        let png = [b"\x89PNG\r\n\x1a\n".to_vec(), header, chunk(b"tEXt", b"place"), chunk(b"IEND", b"")].concat();
        let picture = read(&png).unwrap();
        assert_eq!((picture.pixels, picture.bytes.len()), ((9, 7), png.len() - 17));
        assert!(read(&png[..png.len() - 1]).is_none(), "a cut file");

        let chunk = |name: &[u8], data: &[u8]| [name, &(data.len() as u32).to_le_bytes()[..], data].concat();
        let parts = [chunk(b"VP8X", &[0x0C, 0, 0, 0, 9, 0, 0, 6, 0, 0]), chunk(b"EXIF", b"place!")].concat();
        let webp = [&b"RIFF"[..], &(parts.len() as u32 + 4).to_le_bytes(), b"WEBP", &parts].concat();
        let picture = read(&webp).unwrap();
        assert_eq!((picture.pixels, picture.bytes.len(), picture.bytes[20]), ((10, 7), webp.len() - 14, 0));
    }

    #[test]
    fn anything_else_is_no_picture() {
        for bytes in
            [&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], b"", b"GIF89a", b"\xFF\xD8\xFF", b"RIFF\0\0\0\0WEBP"]
        {
            assert!(read(bytes).is_none());
        }
    }
}
