//! A package that was zipped once more before it was sent, often with a note beside it: what is inside is what is imported.
//!
//! One level only, and what was received is judged together with what it holds: files, unpacked bytes, and how much is unpacked
//! from each byte that arrived.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::archive::{Archive, Limits};
use super::findings::{Finding, Findings, Refused};
use super::manifest;

/// An archive that was taken out of the one around it.
#[derive(Debug)]
pub struct Inner {
    /// Its size in bytes.
    pub size: u64,
    /// Its digest.
    pub sha256: Vec<u8>,
    /// What is left of the limits.
    pub limits: Limits,
}

/// Takes the package out of `around` into the file `target`. `None` if there is a manifest, or no archive inside: then the
/// archive is what it seems to be.
///
/// Errors as findings: `archives-inside` where there are several, `archive-inside-too-large` beyond `most` bytes, what one
/// upload may have; `entry-damaged`.
pub fn take_out(
    around: &Archive,
    target: &Path,
    limits: &Limits,
    most: u64,
    findings: &mut Findings,
) -> io::Result<Result<Option<Inner>, Refused>> {
    if manifest::is_in(around) {
        return Ok(Ok(None));
    }
    let inside: Vec<usize> = archives(around).collect();
    let place = match inside.as_slice() {
        [] => return Ok(Ok(None)),
        [one] => *one,
        several => {
            findings.add(Finding::error("archives-inside").arg("count", several.len()));
            return Ok(Err(Refused));
        }
    };
    let entry = &around.entries[place];
    if entry.size > most {
        let finding = Finding::error("archive-inside-too-large").file(entry.path.as_str());
        findings.add(finding.arg("limit", most.div_ceil(1 << 20)));
        return Ok(Err(Refused));
    }
    let mut written = Digested { file: BufWriter::new(File::create_new(target)?), digest: Sha256::new() };
    match around.copy(place, &mut written) {
        Err(damaged) if damaged.kind() == io::ErrorKind::InvalidData => {
            findings.add(Finding::error("entry-damaged").file(entry.path.as_str()));
            return Ok(Err(Refused));
        }
        copied => copied?,
    }
    written.flush()?;
    findings.add(Finding::info("archive-in-archive").file(entry.path.as_str()));
    Ok(Ok(Some(Inner {
        size: entry.size,
        sha256: written.digest.finalize().to_vec(),
        limits: Limits {
            entries: limits.entries.saturating_sub(around.entries.len()),
            unpacked_bytes: limits.unpacked_bytes.saturating_sub(around.unpacked_bytes()),
            received_bytes: around.bytes(),
            ..*limits
        },
    })))
}

/// Refuses an archive that was taken out of another and holds nothing but archives again.
pub fn must_be_the_last(inner: &Archive, findings: &mut Findings) -> Result<(), Refused> {
    let count = archives(inner).count();
    if count == 0 || manifest::is_in(inner) {
        return Ok(());
    }
    findings.add(Finding::error("archives-inside").arg("count", count));
    Err(Refused)
}

/// The places of the archives among the files.
fn archives(archive: &Archive) -> impl Iterator<Item = usize> {
    let is_archive = |path: &str| Path::new(path).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    archive.entries.iter().enumerate().filter(move |(_, entry)| is_archive(&entry.path)).map(|(place, _)| place)
}

/// A file with the digest of what is written to it.
struct Digested {
    file: BufWriter<File>,
    digest: Sha256,
}

impl Write for Digested {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.digest.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
