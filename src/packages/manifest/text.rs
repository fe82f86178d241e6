//! Bytes of a manifest to text: the byte order mark decides, else the XML declaration, else UTF-8 (XML 1.0 appendix F).

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::packages::findings::{Finding, Findings, Refused};

/// Decodes the manifest `file` into `most` bytes at most. Real tools write Windows-1252 and say UTF-8: that is read as they
/// meant it, with a finding.
pub fn decode(file: &str, mut bytes: Vec<u8>, most: u64, findings: &mut Findings) -> Result<String, Refused> {
    let (encoding, body) = encoding_of(&bytes);
    let Some(mut encoding) = encoding else {
        findings.add(Finding::error("encoding-unknown").file(file).arg("encoding", declared(body).unwrap_or_default()));
        return Err(Refused);
    };
    let mark = bytes.len() - body.len();
    if encoding == UTF_8 {
        // The usual case, without a copy: manifests may be large.
        bytes.drain(..mark);
        bytes = match String::from_utf8(bytes) {
            Ok(text) => return Ok(text),
            Err(error) => error.into_bytes(),
        };
        encoding = WINDOWS_1252;
        findings.add(Finding::warning("encoding-assumed").file(file).arg("encoding", encoding.name()));
    } else {
        findings.add(Finding::info("encoding-other").file(file).arg("encoding", encoding.name()));
        bytes.drain(..mark);
    }
    let refusal = match in_utf8(encoding, &bytes, usize::try_from(most).unwrap_or(usize::MAX)) {
        Ok(text) => return Ok(text),
        Err(Undecodable::Broken) => Finding::error("encoding-broken").arg("encoding", encoding.name()),
        Err(Undecodable::TooLarge) => Finding::error("xml-too-large"),
    };
    findings.add(refusal.file(file));
    Err(Refused)
}

enum Undecodable {
    Broken,
    TooLarge,
}

/// The text, piece by piece: some encodings make three bytes of one.
fn in_utf8(encoding: &'static Encoding, mut bytes: &[u8], most: usize) -> Result<String, Undecodable> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut text, mut piece) = (String::with_capacity(most), String::with_capacity(32 << 10));
    loop {
        let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut piece, true);
        bytes = &bytes[read..];
        if text.len() + piece.len() > most {
            return Err(Undecodable::TooLarge);
        }
        text.push_str(&piece);
        piece.clear();
        match result {
            DecoderResult::InputEmpty => return Ok(text),
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => return Err(Undecodable::Broken),
        }
    }
}

/// The encoding (`None`: declared, but unknown) and the bytes after the byte order mark.
fn encoding_of(bytes: &[u8]) -> (Option<&'static Encoding>, &[u8]) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return (Some(encoding), &bytes[length..]);
    }
    match bytes {
        // `<?` in UTF-16 without a mark.
        [b'<', 0, b'?', 0, ..] => (Some(UTF_16LE), bytes),
        [0, b'<', 0, b'?', ..] => (Some(UTF_16BE), bytes),
        _ => match declared(bytes) {
            // The declaration could be read byte by byte, so it is not UTF-16 whatever it says.
            Some(label) if label.to_ascii_lowercase().starts_with("utf-16") => (Some(UTF_8), bytes),
            Some(label) => (Encoding::for_label(label.as_bytes()), bytes),
            None => (Some(UTF_8), bytes),
        },
    }
}

/// The `encoding` of the XML declaration.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let declaration = head.trim_start().strip_prefix("<?xml")?.split("?>").next()?.to_owned();
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start().to_owned();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value[1..].split(quote).next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Result<String, Refused>, Vec<String>) {
        let mut findings = Findings::new();
        let text = decode("m.xml", bytes.to_vec(), 1_000, &mut findings);
        (text, findings.into_list().into_iter().map(|finding| finding.code.into_owned()).collect())
    }

    #[test]
    fn every_encoding_that_real_manifests_use_is_read() {
        let xml = "<?xml version=\"1.0\" encoding=\"ENC\"?><a>Été</a>";
        let utf16 = xml.replace("ENC", "UTF-16");
        let le: Vec<u8> = utf16.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = utf16.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let latin = xml.replace("ENC", "ISO-8859-1").chars().map(|c| c as u32 as u8).collect::<Vec<_>>();
        for bytes in [
            xml.replace("ENC", "UTF-8").into_bytes(),
            [b"\xEF\xBB\xBF", xml.replace("ENC", "utf-8").as_bytes()].concat(),
            [b"\xFF\xFE", le.as_slice()].concat(),
            [b"\xFE\xFF", be.as_slice()].concat(),
            le,
            be,
            latin,
            // Says UTF-16 and is UTF-8.
            xml.replace("ENC", "utf-16").into_bytes(),
        ] {
            let (text, codes) = read(&bytes);
            assert!(text.unwrap().ends_with("<a>Été</a>"), "{codes:?}");
        }
    }

    #[test]
    fn a_manifest_that_claims_utf_8_and_is_not_is_read_as_windows_1252() {
        let (text, codes) = read(b"<?xml version='1.0' encoding='UTF-8'?><a>\xC9t\xE9</a>");
        assert!(text.unwrap().ends_with("<a>Été</a>"));
        assert_eq!(codes, ["encoding-assumed"]);
    }

    #[test]
    fn a_text_that_grows_too_much_is_given_up() {
        let accents = [b"<?xml version='1.0' encoding='ISO-8859-1'?>".as_slice(), &[0xE9; 900]].concat();
        assert!(read(&accents).1.contains(&"xml-too-large".to_owned()));
    }

    #[test]
    fn an_unknown_or_broken_encoding_is_refused() {
        assert_eq!(read(b"<?xml version='1.0' encoding='klingon'?><a/>").1, ["encoding-unknown"]);
        assert_eq!(read(b"\xFF\xFE<\0a\0\0\xD8").0, Err(Refused));
        assert!(read(b"\xFF\xFE<\0a\0\0\xD8").1.contains(&"encoding-broken".to_owned()));
    }
}
