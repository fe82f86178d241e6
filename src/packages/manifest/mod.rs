//! What a package offers, read from whichever manifest it carries.

mod cmi5;
mod href;
mod scorm;
mod sequencing;
mod text;
mod tincan;
mod xml;

pub use href::{encode, encode_segment};

use super::archive::{Archive, Limits};
use super::contents::Contents;
use super::findings::{Finding, Findings, Refused};
use super::model::{Outline, OutlineActivity, OutlineCourse};
use crate::core::LanguageMap;

/// More activities than any course has; each is a row and a line of the outline.
const MOST_ACTIVITIES: usize = 5_000;
/// Bytes that an outline may need in memory; manifests repeat by reference what they write once.
const OUTLINE_BYTES: usize = 10 << 20;

/// The manifests we know. The order decides when a package carries several: cmi5 states its rules most exactly, SCORM has a
/// tested run-time, tincan.xml names nothing but a page to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manifest {
    Cmi5,
    Scorm,
    Tincan,
}

impl Manifest {
    const ALL: [Manifest; 3] = [Manifest::Cmi5, Manifest::Scorm, Manifest::Tincan];

    fn file(self) -> &'static str {
        match self {
            Manifest::Cmi5 => "cmi5.xml",
            Manifest::Scorm => "imsmanifest.xml",
            Manifest::Tincan => "tincan.xml",
        }
    }
}

/// Reads the outline of an opened archive. When the manifest lies in a folder, that folder becomes the package's root.
pub fn of_archive(archive: &mut Archive, limits: &Limits, findings: &mut Findings) -> Result<Outline, Refused> {
    let (manifest, index) = choose(archive, findings)?;
    let file = archive.entries[index].path.clone();
    let Some(bytes) = archive.read(index, limits.manifest_bytes) else {
        findings.add(Finding::error("xml-too-large").file(file));
        return Err(Refused);
    };
    of_text(manifest, &file, bytes, limits.manifest_bytes, archive.contents(), findings)
}

/// Reads a cmi5.xml that came alone: its units live elsewhere, so every address in it is absolute (cmi5 14.1).
pub fn of_bare_cmi5(bytes: Vec<u8>, limits: &Limits, findings: &mut Findings) -> Result<Outline, Refused> {
    of_text(Manifest::Cmi5, "cmi5.xml", bytes, limits.manifest_bytes, Contents::default(), findings)
}

fn of_text(
    manifest: Manifest,
    file: &str,
    bytes: Vec<u8>,
    most: u64,
    contents: Contents<'_>,
    findings: &mut Findings,
) -> Result<Outline, Refused> {
    let text = text::decode(file, bytes, most, findings)?;
    let document = xml::parse(file, &text, findings)?;
    let mut reading = Reading { file, contents, findings, activities: 0, room: Some(OUTLINE_BYTES) };
    let root = document.root();
    let outline = match manifest {
        Manifest::Cmi5 => cmi5::outline(root, &mut reading),
        Manifest::Scorm => scorm::outline(root, &mut reading),
        Manifest::Tincan => tincan::outline(root, &mut reading),
    }?;
    // Where an error says why something cannot be opened, that nothing can is no news.
    if !reading.findings.refuse()
        && !outline.courses.iter().flat_map(|course| &course.activities).any(|activity| activity.launchable)
    {
        findings.add(Finding::error("nothing-to-launch").file(file));
    }
    if findings.refuse() { Err(Refused) } else { Ok(outline) }
}

/// What reading a manifest needs beside the manifest.
struct Reading<'a> {
    /// The manifest's path, for findings.
    file: &'a str,
    contents: Contents<'a>,
    findings: &'a mut Findings,
    /// How many activities were read.
    activities: usize,
    /// Bytes that the outline may still grow; none when it has grown too much.
    room: Option<usize>,
}

impl Reading<'_> {
    /// Whether the outline is larger than any course: an error finding says so, and nothing more is to be read.
    fn is_full(&self) -> bool {
        self.room.is_none()
    }

    /// Takes the memory that a part of the outline needs.
    fn spend(&mut self, bytes: usize) {
        let Some(room) = self.room else { return };
        self.room = room.checked_sub(bytes);
        if self.is_full() {
            self.findings.add(Finding::error("outline-too-large").file(self.file));
        }
    }

    /// Takes the memory of an activity that was read.
    fn spend_on(&mut self, activity: &OutlineActivity) {
        self.activities += 1;
        if self.activities > MOST_ACTIVITIES && !self.is_full() {
            self.room = None;
            self.findings.add(Finding::error("too-many-activities").arg("limit", MOST_ACTIVITIES));
        }
        let texts = text_weight(&activity.identifier) + activity.href.as_deref().map_or(0, text_weight);
        let mut details = Counter(0);
        // Counting does not fail.
        let _ = serde_json::to_writer(&mut details, &activity.details);
        self.spend(700 + texts + 3 * details.0 + weight(&activity.title));
    }

    /// Takes the memory of a course that was read, beside that of its activities.
    fn spend_on_course(&mut self, course: &OutlineCourse) {
        self.spend(700 + text_weight(&course.identifier) + weight(&course.title) + weight(&course.description));
    }

    /// Adds a finding about `element` of the manifest.
    fn tell(&mut self, finding: Finding, element: xml::Element<'_>) {
        let name =
            element.attribute("identifier").or_else(|| element.attribute("id")).unwrap_or_else(|| element.name());
        self.findings.add(finding.file(self.file).line(element.line()).element(name));
    }

    fn refuse<T>(&mut self, finding: Finding, element: xml::Element<'_>) -> Result<T, Refused> {
        self.tell(finding, element);
        Err(Refused)
    }
}

/// Counts what is written, and keeps none of it.
struct Counter(usize);

impl std::io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a text in several languages needs in memory: a node of its map, and each text.
fn weight(texts: &LanguageMap) -> usize {
    500 + texts.0.iter().map(|(tag, text)| 100 + tag.len() + text_weight(text)).sum::<usize>()
}

/// What a text needs: it is several times in memory on its way to the rows and the answer, most of them as JSON.
fn text_weight(text: &str) -> usize {
    let written = |byte: u8| match byte {
        0..0x20 => 6,
        b'"' | b'\\' => 2,
        _ => 1,
    };
    4 * text.bytes().map(written).sum::<usize>()
}

/// Whether a manifest that we know lies anywhere in the archive.
pub fn is_in(archive: &Archive) -> bool {
    archive.entries.iter().any(|entry| manifest_of(&entry.path).is_some())
}

fn manifest_of(path: &str) -> Option<Manifest> {
    let name = path.rsplit('/').next().unwrap_or(path);
    Manifest::ALL.into_iter().find(|manifest| name.eq_ignore_ascii_case(manifest.file()))
}

/// The manifest nearest to the root. Answers its place among the entries after entering its folder.
fn choose(archive: &mut Archive, findings: &mut Findings) -> Result<(Manifest, usize), Refused> {
    let depth = |path: &str| path.matches('/').count();
    let found: Vec<(Manifest, String)> = archive
        .entries
        .iter()
        .filter_map(|entry| manifest_of(&entry.path).map(|manifest| (manifest, entry.path.clone())))
        .collect();
    let Some(nearest) = found.iter().map(|(_, path)| depth(path)).min() else {
        findings.add(Finding::error("manifest-missing"));
        return Err(Refused);
    };
    let nearest: Vec<&(Manifest, String)> = found.iter().filter(|(_, path)| depth(path) == nearest).collect();
    let folder = |path: &str| path.rfind('/').map_or("", |end| &path[..=end]).to_owned();
    let root = folder(&nearest[0].1);
    if let Some((_, other)) = nearest.iter().find(|(_, path)| folder(path) != root) {
        findings.add(Finding::error("several-packages").arg("first", &nearest[0].1).arg("second", other));
        return Err(Refused);
    }
    // cmi5 14.1: its structure is at the root of the archive, under its name; what is not may still hold another standard.
    let in_place = |(manifest, path): &(Manifest, String)| *manifest != Manifest::Cmi5 || path == manifest.file();
    let Some((manifest, path)) =
        Manifest::ALL.into_iter().find_map(|wanted| nearest.iter().find(|found| found.0 == wanted && in_place(found)))
    else {
        findings.add(Finding::error("cmi5-misplaced").file(nearest[0].1.as_str()));
        return Err(Refused);
    };
    if nearest.len() > 1 {
        let others: Vec<&str> = nearest.iter().filter(|(m, _)| m != manifest).map(|(m, _)| m.file()).collect();
        findings.add(Finding::info("several-manifests").arg("used", manifest.file()).arg("others", others.join(", ")));
    }
    if !root.is_empty() {
        findings.add(Finding::warning("manifest-in-folder").arg("folder", &root).file(path.as_str()));
    }
    if !path.ends_with(manifest.file()) {
        findings.add(Finding::info("manifest-case").arg("expected", manifest.file()).file(path.as_str()));
    }
    archive.enter(&root, findings);
    let path = &path[root.len()..];
    let index = archive.entries.iter().position(|entry| entry.path == path).ok_or(Refused)?;
    Ok((*manifest, index))
}

#[cfg(test)]
mod tests;
