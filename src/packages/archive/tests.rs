use std::io::Cursor;

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

const DEFLATED: SimpleFileOptions = SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Deflated);
const STORED: SimpleFileOptions = SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Stored);

/// A zip with these files.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, DEFLATED).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn on_disk(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

/// Opens and verifies; the paths found and the codes of the findings.
fn open(bytes: &[u8], limits: &Limits) -> (Option<Archive>, Vec<String>) {
    let mut findings = Findings::new();
    let archive = Archive::open(on_disk(bytes), limits, &mut findings)
        .and_then(|mut archive| archive.verify(|path| path.ends_with(".html"), &mut findings).map(|()| archive))
        .ok();
    assert_eq!(archive.is_none(), findings.refuse());
    (archive, findings.into_list().into_iter().map(|finding| finding.code.into_owned()).collect())
}

fn codes(bytes: &[u8]) -> Vec<String> {
    open(bytes, &Limits::default()).1
}

/// Replaces every occurrence of a name by one of the same length, in local and central headers alike.
fn renamed(mut bytes: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> =
        (0..bytes.len() - from.len()).filter(|start| bytes[*start..].starts_with(from.as_bytes())).collect();
    assert!(places.len() >= 2, "{from} is not in the archive");
    for start in places {
        bytes[start..start + to.len()].copy_from_slice(to.as_bytes());
    }
    bytes
}

/// The central directory header of the first entry.
fn central(bytes: &[u8]) -> usize {
    bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap()
}

#[test]
fn a_plain_archive_is_read_with_offsets_that_hold_its_bytes() {
    let bytes =
        zip(&[("index.html", b"<p>Bonjour</p>"), ("a/b.js", b"1"), ("__MACOSX/._x", b"x"), (".DS_Store", b"x")]);
    let (archive, codes) = open(&bytes, &Limits::default());
    let archive = archive.unwrap();
    assert_eq!(codes, [""; 0]);
    assert_eq!(archive.entries.iter().map(|e| e.path.as_str()).collect::<Vec<_>>(), ["index.html", "a/b.js"]);
    assert_eq!(archive.read(0, 100).unwrap(), b"<p>Bonjour</p>");
    assert_eq!(archive.read(0, 5), None);
}

#[test]
fn a_truncated_archive_is_refused() {
    let bytes = zip(&[("index.html", &[7; 4000]), ("b", b"2")]);
    for end in [0, 3, 30, bytes.len() / 2, bytes.len() - 30, bytes.len() - 1] {
        assert_eq!(codes(&bytes[..end]), ["archive-unreadable"], "cut at {end}");
    }
    // The end is there, the beginning is not.
    assert!(open(&bytes[40..], &Limits::default()).0.is_none());
}

#[test]
fn names_that_leave_the_package_are_refused() {
    for (name, code) in [
        ("../a.html", "path-unsafe"),
        ("/aa.html1", "path-unsafe"),
        ("C:\\a.html", "path-unsafe"),
        ("a\0b.html1", "name-invalid"),
    ] {
        let plain = "x".repeat(name.len());
        assert_eq!(codes(&renamed(zip(&[(&plain, b"1")]), &plain, name)), [code], "{name}");
    }
}

#[test]
fn backslashes_are_folders() {
    let (archive, codes) =
        open(&renamed(zip(&[("a_b_c.html", b"1")]), "a_b_c.html", "a\\b\\c.html"), &Limits::default());
    assert_eq!(archive.unwrap().entries[0].path, "a/b/c.html");
    assert_eq!(codes, ["names-backslashes"]);
}

#[test]
fn old_names_are_read_in_the_code_page_of_dos() {
    let mut bytes = zip(&[("xt.html", b"1")]);
    let at = central(&bytes);
    bytes[at + 46] = 0x82;
    let archive = open(&bytes, &Limits::default()).0.unwrap();
    assert_eq!(archive.entries[0].path, "ét.html");
}

#[test]
fn links_and_secrets_are_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("link", "/etc/passwd", STORED).unwrap();
    assert_eq!(codes(&writer.finish().unwrap().into_inner()), ["symlink"]);

    let mut bytes = zip(&[("a", b"1")]);
    let at = central(&bytes);
    bytes[at + 8] |= 1;
    assert_eq!(codes(&bytes), ["encrypted"]);

    let mut bytes = zip(&[("a", b"1")]);
    let at = central(&bytes);
    bytes[at + 10] = 9;
    assert_eq!(codes(&bytes), ["compression-unsupported"]);
}

#[test]
fn two_files_of_one_name_are_refused_unless_they_are_the_same() {
    let same = renamed(zip(&[("aa.html", b"1"), ("bb.html", b"1")]), "bb.html", "aa.html");
    assert_eq!(codes(&same), ["name-twice"]);
    assert_eq!(open(&same, &Limits::default()).0.unwrap().entries.len(), 1);
    let other = renamed(zip(&[("aa.html", b"1"), ("bb.html", b"2")]), "bb.html", "aa.html");
    assert_eq!(codes(&other), ["name-twice-different"]);
    assert_eq!(codes(&zip(&[("A.html", b"1"), ("a.html", b"2")])), ["case-collision"]);
}

#[test]
fn a_file_cannot_be_a_folder_too() {
    assert_eq!(codes(&zip(&[("a", b"1"), ("a/b", b"2")])), ["file-folder-conflict"]);
    let (archive, codes) = open(&zip(&[("a", b""), ("a/b", b"2")]), &Limits::default());
    assert_eq!((archive.unwrap().entries.len(), codes.len()), (1, 0));
}

#[test]
fn a_bomb_that_says_so_is_refused_before_it_is_unpacked() {
    let bytes = zip(&[("zeros", &vec![0; 3 << 20])]);
    let limits = Limits { unpacked_bytes: 2 << 20, ..Limits::default() };
    assert_eq!(open(&bytes, &limits).1, ["unpacked-too-large"]);
    let limits = Limits { ratio_from_bytes: 1 << 20, ..Limits::default() };
    assert_eq!(open(&bytes, &limits).1, ["archive-bomb"]);
}

#[test]
fn a_bomb_that_lies_is_stopped_at_its_declared_size() {
    let mut bytes = zip(&[("zeros", &vec![0; 3 << 20])]);
    let at = central(&bytes);
    bytes[at + 24..at + 28].copy_from_slice(&100u32.to_le_bytes());
    assert_eq!(codes(&bytes), ["entry-larger-than-declared"]);
}

#[test]
fn a_damaged_entry_is_refused() {
    let mut bytes = zip(&[("a", b"some text that is long enough to be deflated, long enough to be deflated")]);
    bytes[40] ^= 0x55;
    assert_eq!(codes(&bytes), ["entry-damaged"]);
    let mut bytes = zip(&[("a", b"text")]);
    let at = central(&bytes);
    bytes[at + 16] ^= 1;
    assert_eq!(codes(&bytes), ["entry-damaged"]);
}

#[test]
fn entries_that_share_bytes_are_refused() {
    let mut bytes = zip(&[("a", b"11111"), ("b", b"22222")]);
    let first = central(&bytes);
    let second = first + 47;
    // The second entry says that it begins where the first does.
    let start: [u8; 4] = bytes[first + 42..first + 46].try_into().unwrap();
    bytes[second + 42..second + 46].copy_from_slice(&start);
    assert!(codes(&bytes).contains(&"entries-overlap".to_owned()));
}

#[test]
fn the_number_of_files_is_bounded_and_twenty_thousand_are_welcome() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..20_000 {
        writer.start_file(format!("media/{}/{n}.txt", n % 100), STORED).unwrap();
        writer.write_all(b"x").unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    assert_eq!(open(&bytes, &Limits::default()).0.unwrap().entries.len(), 20_000);
    assert_eq!(open(&bytes, &Limits { entries: 19_999, ..Limits::default() }).1, ["too-many-entries"]);
}

#[test]
fn text_that_is_not_utf_8_is_known() {
    let long = "é".repeat(40_000);
    let archive =
        open(&zip(&[("a.html", long.as_bytes()), ("b.html", b"\xE9t\xE9"), ("c.js", b"1")]), &Limits::default());
    assert_eq!(archive.0.unwrap().entries.iter().map(|entry| entry.utf8).collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn zip64_is_read() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a.html", DEFLATED.large_file(true)).unwrap();
    writer.write_all(b"text").unwrap();
    let archive = open(&writer.finish().unwrap().into_inner(), &Limits::default()).0.unwrap();
    assert_eq!((archive.entries[0].path.as_str(), archive.entries[0].size), ("a.html", 4));
}

#[test]
fn a_wrapping_folder_becomes_the_root() {
    let mut archive =
        open(&zip(&[("course/a", b"1"), ("course/b/c", b"2"), ("readme", b"3")]), &Limits::default()).0.unwrap();
    let mut findings = Findings::new();
    archive.enter("course/", &mut findings);
    assert_eq!(archive.entries.iter().map(|e| e.path.as_str()).collect::<Vec<_>>(), ["a", "b/c"]);
    assert!(findings.has("files-outside-root"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = open(&bytes, &Limits::default());
    }

    #[test]
    fn no_damage_to_an_archive_makes_it_panic_or_lie(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = zip(&[("index.html", b"<p>hello hello hello hello</p>"), ("a/b.js", b"var a = 1;"), ("imsmanifest.xml", b"<manifest/>")]);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let (Some(archive), _) = open(&bytes, &Limits::default()) {
            for (index, entry) in archive.entries.iter().enumerate() {
                prop_assert_eq!(archive.read(index, 1000).unwrap().len() as u64, entry.size);
                prop_assert!(!entry.path.contains("..") || entry.path.split('/').all(|s| s != ".."));
            }
        }
    }
}
