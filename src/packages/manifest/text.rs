//! Bytes of a manifest to text: the byte order mark decides, else the XML declaration, else UTF-8 (XML 1.0 appendix F).

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::packages::findings::{Finding, Findings, Refused};

/// Decodes the manifest `file`. Real tools write Windows-1252 and say UTF-8: that is read as they meant it, with a finding.
pub fn decode(file: &str, bytes: Vec<u8>, findings: &mut Findings) -> Result<String, Refused> {
    let (encoding, body) = encoding_of(&bytes);
    if encoding == Some(UTF_8) && body.len() == bytes.len() && std::str::from_utf8(&bytes).is_ok() {
        // The usual case, without a copy: manifests may be large.
        return String::from_utf8(bytes).map_err(|_| Refused);
    }
    let Some(encoding) = encoding else {
        findings.add(Finding::error("encoding-unknown").file(file).arg("encoding", declared(body).unwrap_or_default()));
        return Err(Refused);
    };
    let (mut text, broken) = encoding.decode_without_bom_handling(body);
    if broken && encoding == UTF_8 {
        findings.add(Finding::warning("encoding-assumed").file(file).arg("encoding", WINDOWS_1252.name()));
        text = WINDOWS_1252.decode_without_bom_handling(body).0;
    } else if broken {
        findings.add(Finding::error("encoding-broken").file(file).arg("encoding", encoding.name()));
        return Err(Refused);
    }
    if encoding != UTF_8 {
        findings.add(Finding::info("encoding-other").file(file).arg("encoding", encoding.name()));
    }
    Ok(text.into_owned())
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
        let text = decode("m.xml", bytes.to_vec(), &mut findings);
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
    fn an_unknown_or_broken_encoding_is_refused() {
        assert_eq!(read(b"<?xml version='1.0' encoding='klingon'?><a/>").1, ["encoding-unknown"]);
        assert_eq!(read(b"\xFF\xFE<\0a\0\0\xD8").1, ["encoding-broken"]);
    }
}
