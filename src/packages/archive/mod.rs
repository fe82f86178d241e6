//! Opening an uploaded zip by its central directory: hostile until proven otherwise, and never whole in memory.
//!
//! Invariant: an [`Entry`] of an [`Archive`] that passed [`Archive::verify`] has a path that stays in the package, shares no
//! byte with another entry, and unpacks to exactly `size` bytes of checksum `crc32` from the `compressed` bytes at `offset`.
//! The content origin serves from these figures without looking at the zip structure again.

mod names;

use std::collections::HashMap;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

use zip::CompressionMethod;
use zip::read::{Config, ZipReadOptions};
use zip::result::ZipError;
// `ZipArchive` keys entries by name: doubles vanish and every name is held twice. This one walks the directory.
use zip::unstable::read::ZipIterable;

use crate::packages::contents::Contents;
use crate::packages::findings::{Finding, Findings, Refused};

/// How much of a package is too much. The defaults are those of the configuration.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Files and folders.
    pub entries: usize,
    /// Bytes of all files together once unpacked.
    pub unpacked_bytes: u64,
    /// From this size on, `ratio` applies.
    pub ratio_from_bytes: u64,
    /// Unpacked bytes for each byte of the archive. Real courses stay below 20.
    pub ratio: u64,
    /// Bytes that were received for the archive: fewer than it has, if it was packed once more.
    pub received_bytes: u64,
    /// Bytes of all names together.
    pub names_bytes: usize,
    /// Bytes of a manifest.
    pub manifest_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 50_000,
            unpacked_bytes: 8 << 30,
            ratio_from_bytes: 100 << 20,
            ratio: 100,
            received_bytes: u64::MAX,
            names_bytes: 8 << 20,
            manifest_bytes: 8 << 20,
        }
    }
}

/// How the bytes of an entry are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// As they are.
    Stored,
    /// Deflated (RFC 1951).
    Deflated,
}

/// One file of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path in the package.
    pub path: String,
    /// Where its bytes begin in the archive.
    pub offset: u64,
    /// How many there are.
    pub compressed: u64,
    /// How many they unpack to.
    pub size: u64,
    /// Checksum of the unpacked bytes.
    pub crc32: u32,
    /// How they are kept.
    pub method: Method,
    /// Whether the content is valid UTF-8; known after [`Archive::verify`], for text only.
    pub utf8: bool,
}

/// An opened archive: its files, in the order of the central directory.
#[derive(Debug)]
pub struct Archive {
    file: File,
    /// The files; folders and desktop litter are left out.
    pub entries: Vec<Entry>,
}

/// What the first pass knows of an entry.
struct Listed {
    entry: Entry,
    /// First byte of the local header and first byte after the data.
    span: (u64, u64),
}

impl Archive {
    /// Reads the central directory and checks everything that can be known without unpacking.
    ///
    /// Every fault is a finding; the answer is `Refused` if one of them is an error.
    pub fn open(file: File, limits: &Limits, findings: &mut Findings) -> Result<Archive, Refused> {
        let archive_bytes = file.metadata().map_or(0, |metadata| metadata.len()).min(limits.received_bytes);
        let listed = list(&file, limits, findings).map_err(|error| {
            findings.add(unreadable(&error));
            Refused
        })?;
        let total = unpacked_bytes(listed.iter().map(|listed| &listed.entry));
        if total > limits.unpacked_bytes {
            let (size, limit) = (mebibytes(total), mebibytes(limits.unpacked_bytes));
            findings.add(Finding::error("unpacked-too-large").arg("size", size).arg("limit", limit));
        } else if total > limits.ratio_from_bytes && total / archive_bytes.max(1) > limits.ratio {
            findings.add(Finding::error("archive-bomb").arg("size", mebibytes(total)));
        }
        overlaps(&listed, findings);
        let entries = without_conflicts(listed.into_iter().map(|listed| listed.entry).collect(), findings);
        if entries.is_empty() && !findings.refuse() {
            findings.add(Finding::error("archive-empty"));
        }
        if findings.refuse() { Err(Refused) } else { Ok(Archive { file, entries }) }
    }

    /// Unpacks every entry once to nowhere: sizes and checksums must be what the directory says.
    ///
    /// An entry that unpacks to more than its declared size is left at that byte, so a bomb costs what it declares at most.
    /// Text (as `is_text` says of a path) is looked at on the way: only what is UTF-8 may be served as such.
    pub fn verify(&mut self, is_text: fn(&str) -> bool, findings: &mut Findings) -> Result<(), Refused> {
        for entry in &mut self.entries {
            let mut text = Utf8::new();
            let unpacked = match is_text(&entry.path) {
                true => unpack(&self.file, entry, &mut text),
                false => unpack(&self.file, entry, &mut io::sink()),
            };
            match unpacked {
                // Bytes after the end of the deflate stream belong to nobody; a gzip trailer must follow the stream at once.
                Ok(consumed) => entry.compressed = consumed,
                Err(fault) => {
                    findings.add(fault.finding().file(entry.path.as_str()));
                    return Err(Refused);
                }
            }
            entry.utf8 = is_text(&entry.path) && text.is_valid();
        }
        Ok(())
    }

    /// The content of a small file, such as a manifest. `None` if it is larger than `most` or damaged.
    pub fn read(&self, index: usize, most: u64) -> Option<Vec<u8>> {
        let entry = self.entries.get(index).filter(|entry| entry.size <= most)?;
        let mut bytes = Vec::with_capacity(usize::try_from(entry.size).ok()?);
        unpack(&self.file, entry, &mut bytes).ok()?;
        Some(bytes)
    }

    /// Unpacks one file into `target`.
    pub fn copy(&self, index: usize, target: &mut impl Write) -> io::Result<()> {
        let entry = self.entries.get(index).ok_or(io::ErrorKind::NotFound)?;
        unpack(&self.file, entry, target).map(drop).map_err(|fault| match fault {
            Fault::Io(error) => error,
            Fault::Larger | Fault::Damaged => io::ErrorKind::InvalidData.into(),
        })
    }

    /// The size of the archive itself.
    pub fn bytes(&self) -> u64 {
        self.file.metadata().map_or(0, |metadata| metadata.len())
    }

    /// What all files unpack to.
    pub fn unpacked_bytes(&self) -> u64 {
        unpacked_bytes(&self.entries)
    }

    /// Makes `folder` (with its final slash) the root of the package; what lies outside it is left out.
    pub fn enter(&mut self, folder: &str, findings: &mut Findings) {
        if folder.is_empty() {
            return;
        }
        let before = self.entries.len();
        self.entries.retain_mut(|entry| match entry.path.strip_prefix(folder) {
            Some(inside) => {
                entry.path = inside.to_owned();
                true
            }
            None => false,
        });
        if self.entries.len() < before {
            findings.add(
                Finding::warning("files-outside-root").arg("count", before - self.entries.len()).arg("folder", folder),
            );
        }
    }

    /// The paths, to look up what a manifest refers to.
    pub fn contents(&self) -> Contents<'_> {
        Contents::new(self.entries.iter().map(|entry| entry.path.as_str()))
    }
}

fn unpacked_bytes<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> u64 {
    entries.into_iter().fold(0, |sum, entry| sum.saturating_add(entry.size))
}

fn mebibytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

/// The first pass: names, methods, sizes and places. Faults of single entries become findings, a broken structure an error.
fn list(file: &File, limits: &Limits, findings: &mut Findings) -> Result<Vec<Listed>, ZipError> {
    let mut archive = ZipIterable::try_new(BufReader::new(file), Config::default())?;
    if archive.len() > limits.entries {
        findings.add(Finding::error("too-many-entries").arg("count", archive.len()).arg("limit", limits.entries));
        return Ok(Vec::new());
    }
    let mut listed = Vec::with_capacity(archive.len());
    let mut names_bytes = 0;
    let (mut backslashes, mut example) = (0u32, String::new());
    let entries = archive.files()?;
    while let Some(found) = entries.next() {
        let found = found?;
        let name = found.name()?.into_owned();
        names_bytes += name.len();
        if names_bytes > limits.names_bytes {
            findings.add(Finding::error("names-too-long"));
            return Ok(Vec::new());
        }
        let path = match names::normalise(&name) {
            Ok(Some(path)) => path,
            Ok(None) => continue,
            Err(bad) => {
                findings.add(Finding::error(bad.code()).arg("path", name.escape_debug()));
                continue;
            }
        };
        if name.contains('\\') {
            backslashes += 1;
            example.clone_from(&name);
        }
        let folder = found.is_dir() || name.ends_with('\\');
        if found.is_symlink() {
            findings.add(Finding::error("symlink").file(path));
            continue;
        }
        if found.encrypted() {
            findings.add(Finding::error("encrypted").file(path));
            continue;
        }
        if folder || names::is_litter(&path) {
            continue;
        }
        let method = match found.compression() {
            CompressionMethod::Stored => Method::Stored,
            CompressionMethod::Deflated => Method::Deflated,
            other => {
                findings.add(Finding::error("compression-unsupported").file(path).arg("method", other));
                continue;
            }
        };
        let (start, compressed, size, crc32) =
            (found.header_start(), found.compressed_size(), found.size(), found.crc32());
        // Only the local header knows where the data begins.
        let offset = {
            let options = ZipReadOptions::new().ignore_crc32(true);
            found.with_reader(entries.reader_mut(), options)?.data_start()
        };
        let end = offset.and_then(|offset| offset.checked_add(compressed));
        let (Some(offset), Some(end)) = (offset, end) else {
            return Err(ZipError::InvalidArchive("data beyond the end of the archive".into()));
        };
        let entry = Entry { path, offset, compressed, size, crc32, method, utf8: false };
        listed.push(Listed { entry, span: (start, end) });
    }
    if backslashes > 0 {
        findings.add(Finding::info("names-backslashes").arg("count", backslashes).arg("example", example));
    }
    Ok(listed)
}

/// No byte may belong to two entries: that is how a small archive unpacks to petabytes.
fn overlaps(listed: &[Listed], findings: &mut Findings) {
    let mut order: Vec<&Listed> = listed.iter().collect();
    order.sort_unstable_by_key(|listed| listed.span);
    for pair in order.windows(2) {
        if pair[0].span.1 > pair[1].span.0 {
            findings.add(Finding::error("entries-overlap").file(pair[1].entry.path.as_str()));
            return;
        }
    }
}

/// One file a path: true doubles go, contradictions are errors, names that differ only in case are told.
fn without_conflicts(mut entries: Vec<Entry>, findings: &mut Findings) -> Vec<Entry> {
    // Some tools write folders as empty files without a final slash. Folders are not listed: there may be hundreds a file.
    let mut paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    paths.sort_unstable();
    let mut doubtful: Vec<usize> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        if is_folder(&entry.path, &paths) {
            doubtful.push(index);
            if entry.size > 0 {
                findings.add(Finding::error("file-folder-conflict").file(entry.path.as_str()));
            }
        }
    }
    drop(paths);
    // Digests, because a second copy of 50,000 long paths is worth avoiding.
    let digests = RandomState::new();
    let mut seen: HashMap<u64, usize> = HashMap::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let key = digests.hash_one(entry.path.to_lowercase());
        let Some(other) = seen.insert(key, index).map(|other| &entries[other]) else { continue };
        if other.path != entry.path {
            findings.add(Finding::warning("case-collision").file(entry.path.as_str()).arg("other", &other.path));
        } else if (other.size, other.crc32) == (entry.size, entry.crc32) {
            findings.add(Finding::warning("name-twice").file(entry.path.as_str()));
            doubtful.push(index);
        } else {
            findings.add(Finding::error("name-twice-different").file(entry.path.as_str()));
        }
    }
    doubtful.sort_unstable();
    let mut index = 0;
    entries.retain(|_| {
        index += 1;
        doubtful.binary_search(&(index - 1)).is_err()
    });
    entries
}

/// Whether one of the sorted paths lies below `path`.
fn is_folder(path: &str, sorted: &[&str]) -> bool {
    let inside = sorted.partition_point(|other| other.bytes().lt(path.bytes().chain([b'/'])));
    sorted.get(inside).and_then(|other| other.strip_prefix(path)).is_some_and(|rest| rest.starts_with('/'))
}

fn unreadable(error: &ZipError) -> Finding {
    match error {
        ZipError::UnsupportedArchive(detail) => Finding::error("archive-unsupported").arg("detail", detail),
        other => Finding::error("archive-unreadable").arg("detail", other),
    }
}

/// Why an entry did not unpack as declared.
enum Fault {
    Larger,
    Damaged,
    Io(io::Error),
}

impl Fault {
    fn finding(&self) -> Finding {
        match self {
            Fault::Larger => Finding::error("entry-larger-than-declared"),
            Fault::Damaged | Fault::Io(_) => Finding::error("entry-damaged"),
        }
    }
}

/// Unpacks `entry` into `target` and checks size and checksum. Answers how many compressed bytes were used.
fn unpack(mut file: &File, entry: &Entry, target: &mut impl Write) -> Result<u64, Fault> {
    file.seek(SeekFrom::Start(entry.offset)).map_err(Fault::Io)?;
    let raw = BufReader::with_capacity(32 << 10, file.take(entry.compressed));
    match entry.method {
        Method::Stored if entry.compressed != entry.size => Err(Fault::Damaged),
        Method::Stored => {
            check(raw, entry, target)?;
            Ok(entry.compressed)
        }
        Method::Deflated => {
            let mut inflated = flate2::bufread::DeflateDecoder::new(raw);
            check(&mut inflated, entry, target)?;
            Ok(inflated.total_in())
        }
    }
}

fn check(mut source: impl Read, entry: &Entry, target: &mut impl Write) -> Result<(), Fault> {
    let mut crc = flate2::Crc::new();
    let mut buffer = vec![0; 32 << 10];
    let mut unpacked = 0u64;
    loop {
        // What a decoder says of broken data is `InvalidInput` or `InvalidData`; a short archive is `UnexpectedEof`.
        let count = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return Err(Fault::Damaged),
        };
        unpacked += count as u64;
        if unpacked > entry.size {
            return Err(Fault::Larger);
        }
        crc.update(&buffer[..count]);
        target.write_all(&buffer[..count]).map_err(Fault::Io)?;
    }
    if unpacked == entry.size && crc.sum() == entry.crc32 { Ok(()) } else { Err(Fault::Damaged) }
}

/// A sink that tells whether what it was given is UTF-8.
struct Utf8 {
    /// The beginning of a character whose end has not come yet.
    open: Vec<u8>,
    valid: bool,
}

impl Utf8 {
    fn new() -> Self {
        Self { open: Vec::new(), valid: true }
    }

    fn is_valid(&self) -> bool {
        self.valid && self.open.is_empty()
    }
}

impl Write for Utf8 {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.valid {
            self.open.extend_from_slice(bytes);
            match std::str::from_utf8(&self.open) {
                Ok(_) => self.open.clear(),
                Err(error) if error.error_len().is_none() => drop(self.open.drain(..error.valid_up_to())),
                Err(_) => self.valid = false,
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
