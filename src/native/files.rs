//! What an uploaded file is, by its bytes: names and declared types are not believed. What a browser would run is refused.

use std::io::{Cursor, Read};

use bytes::Bytes;

use super::pictures;
use crate::core::{Error, Kind, Result};
use crate::packages::native::assets::Found;

/// The largest picture, in bytes.
pub const PICTURE_BYTES: usize = 10 << 20;
/// The largest document, in bytes.
pub const DOCUMENT_BYTES: usize = 50 << 20;
/// The longest side of a picture, in pixels.
const SIDE: u32 = 10_000;

/// A picture of a page, without what the camera wrote about place and time.
///
/// Errors: `file-too-large`, `picture-unreadable`, `picture-too-large`.
pub fn picture(bytes: &[u8], file_name: &str) -> Result<Found> {
    if bytes.len() > PICTURE_BYTES {
        return Err(Error::new(Kind::TooLarge, "file-too-large").arg("limit", PICTURE_BYTES >> 20));
    }
    let picture = pictures::read(bytes).ok_or_else(|| Error::unprocessable("picture-unreadable"))?;
    let (width, height) = picture.pixels;
    if width == 0 || height == 0 || width > SIDE || height > SIDE {
        return Err(Error::unprocessable("picture-too-large").arg("limit", SIDE));
    }
    Ok(Found {
        bytes: Bytes::from(picture.bytes),
        file_name: plain_name(file_name, picture.ending),
        media_type: picture.media_type,
        ending: picture.ending,
        pixels: Some(picture.pixels),
    })
}

/// The file of a document: PDF, Office, OpenDocument, picture, text.
///
/// Errors: `file-too-large`, `document-kind-refused`, `document-with-macros`.
pub fn document(bytes: Bytes, file_name: &str) -> Result<Found> {
    if bytes.len() > DOCUMENT_BYTES {
        return Err(Error::new(Kind::TooLarge, "file-too-large").arg("limit", DOCUMENT_BYTES >> 20));
    }
    if pictures::read(&bytes).is_some() {
        return picture(&bytes, file_name);
    }
    let (media_type, ending) = sniff(&bytes, file_name)?;
    Ok(Found { file_name: plain_name(file_name, ending), bytes, media_type, ending, pixels: None })
}

const OLE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

fn sniff(bytes: &[u8], file_name: &str) -> Result<(&'static str, &'static str)> {
    let named = file_name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => Ok(("application/pdf", "pdf")),
        [b'P', b'K', ..] => office(bytes),
        // One container for three programs; only the name tells which.
        bytes if bytes.starts_with(&OLE) => match named.as_str() {
            "doc" => Ok(("application/msword", "doc")),
            "xls" => Ok(("application/vnd.ms-excel", "xls")),
            "ppt" => Ok(("application/vnd.ms-powerpoint", "ppt")),
            _ => Err(refused()),
        },
        bytes if bytes.starts_with(b"{\\rtf") => Ok(("application/rtf", "rtf")),
        bytes if is_plain_text(bytes) => Ok(match named.as_str() {
            "csv" => ("text/csv", "csv"),
            _ => ("text/plain", "txt"),
        }),
        _ => Err(refused()),
    }
}

fn refused() -> Error {
    Error::unprocessable("document-kind-refused")
}

/// The two families of office files are archives that say inside what they are.
fn office(bytes: &[u8]) -> Result<(&'static str, &'static str)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| refused())?;
    let names: Vec<String> = archive.file_names().filter_map(|name| Some(name.ok()?.to_lowercase())).collect();
    let has = |start: &str| names.iter().any(|name| name.starts_with(start));
    if names.iter().any(|name| name.ends_with("vbaproject.bin")) || has("basic/") || has("scripts/") {
        return Err(Error::unprocessable("document-with-macros"));
    }
    if has("[content_types].xml") {
        const XML: [(&str, &str, &str); 3] = [
            ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
            ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
            ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
        ];
        let known = XML.iter().find(|(folder, ..)| has(folder));
        return known.map(|(_, media_type, ending)| (*media_type, *ending)).ok_or_else(refused);
    }
    const OPEN: [(&str, &str); 3] = [
        ("application/vnd.oasis.opendocument.text", "odt"),
        ("application/vnd.oasis.opendocument.spreadsheet", "ods"),
        ("application/vnd.oasis.opendocument.presentation", "odp"),
    ];
    let mut told = String::new();
    let entry = archive.by_name("mimetype").map_err(|_| refused())?;
    entry.take(100).read_to_string(&mut told).map_err(|_| refused())?;
    OPEN.iter().find(|(media_type, _)| *media_type == told.trim()).copied().ok_or_else(refused)
}

/// Text that nothing takes for markup: it is served as plain text, and older programs look at the beginning all the same.
fn is_plain_text(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let begins_as_markup = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with('<');
    !text.is_empty() && !begins_as_markup && !text.contains('\0')
}

/// The name people see: the last segment, with the ending that says what it is.
pub fn plain_name(name: &str, ending: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let plain: String = stem.chars().filter(|c| !c.is_control() && !"\"<>:|?*#%".contains(*c)).take(100).collect();
    let plain = plain.trim().trim_matches('.');
    format!("{}.{ending}", if plain.is_empty() { "document" } else { plain })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn archive(files: &[(&str, &str)]) -> Bytes {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner().into()
    }

    fn kind(bytes: impl Into<Bytes>, name: &str) -> Result<&'static str, &'static str> {
        document(bytes.into(), name).map(|found| found.ending).map_err(|error| error.code)
    }

    #[test]
    fn a_document_is_what_its_bytes_say() {
        assert_eq!(kind("%PDF-1.7", "virus.html"), Ok("pdf"));
        assert_eq!(kind(archive(&[("[Content_Types].xml", ""), ("word/document.xml", "")]), "a.zip"), Ok("docx"));
        assert_eq!(kind(archive(&[("mimetype", "application/vnd.oasis.opendocument.text")]), "a"), Ok("odt"));
        assert_eq!(kind([&OLE[..], b"..."].concat(), "budget.XLS"), Ok("xls"));
        assert_eq!(kind("nom;prénom\n", "agents.csv"), Ok("csv"));
        let found = document(Bytes::from("%PDF-1.7"), "../../Plan d’action.html").unwrap();
        assert_eq!(found.file_name, "Plan d’action.pdf");
    }

    #[test]
    fn what_a_browser_would_run_is_refused() {
        let refused = [
            "<!doctype html><script>alert(1)</script>",
            "\u{feff} <svg onload='alert(1)'/>",
            "<?xml version='1.0'?><x/>",
            "",
            "MZ\0\0",
        ];
        for text in refused {
            assert_eq!(kind(text, "note.txt"), Err("document-kind-refused"), "{text:?}");
        }
        assert_eq!(kind(archive(&[("index.html", "<script>")]), "a.docx"), Err("document-kind-refused"));
        let macros = archive(&[("[Content_Types].xml", ""), ("word/vbaProject.bin", "")]);
        assert_eq!(kind(macros, "a.docx"), Err("document-with-macros"));
        assert_eq!(kind([&OLE[..], b"..."].concat(), "installe.msi"), Err("document-kind-refused"));
    }
}
