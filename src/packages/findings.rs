//! What an import has to say about a package: one list, from the first byte of the archive to the last rule of the outline.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The package is refused.
    Error,
    /// Imported, but somebody should look: a learner may notice.
    Warning,
    /// Imported; what was done about an oddity.
    Info,
}

/// Where in the package a finding was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Place {
    /// The file of the package, by its path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in that file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The element or identifier concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
}

impl Place {
    /// Whether nothing is known.
    pub fn is_nowhere(&self) -> bool {
        self.file.is_none() && self.line.is_none() && self.element.is_none()
    }
}

/// The place on one line: `imsmanifest.xml:12 (item-3)`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file.as_deref().unwrap_or_default())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        match (&self.element, self.file.is_some()) {
            (Some(element), true) => write!(f, " ({element})"),
            (Some(element), false) => f.write_str(element),
            (None, _) => Ok(()),
        }
    }
}

/// One thing noticed. The sentence is in the locale files under `finding-<code>`, with `args` filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// Stable, kebab-case, never translated.
    pub code: Cow<'static, str>,
    /// Values for the placeholders of the sentence.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<Cow<'static, str>, String>,
    /// Where.
    #[serde(default, skip_serializing_if = "Place::is_nowhere")]
    pub place: Place,
}

impl Finding {
    fn new(severity: Severity, code: &'static str) -> Self {
        Self { severity, code: Cow::Borrowed(code), args: BTreeMap::new(), place: Place::default() }
    }

    /// The package cannot be accepted.
    pub fn error(code: &'static str) -> Self {
        Self::new(Severity::Error, code)
    }

    /// Accepted; somebody should look.
    pub fn warning(code: &'static str) -> Self {
        Self::new(Severity::Warning, code)
    }

    /// Accepted; good to know.
    pub fn info(code: &'static str) -> Self {
        Self::new(Severity::Info, code)
    }

    /// Fills the placeholder `name` of the sentence.
    pub fn arg(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.insert(Cow::Borrowed(name), clip(value));
        self
    }

    /// Names the file.
    pub fn file(mut self, file: impl fmt::Display) -> Self {
        self.place.file = Some(clip(file));
        self
    }

    /// Names the line.
    pub fn line(mut self, line: u32) -> Self {
        self.place.line = Some(line);
        self
    }

    /// Names the element or identifier.
    pub fn element(mut self, element: impl fmt::Display) -> Self {
        self.place.element = Some(clip(element));
        self
    }
}

/// Texts out of a package may be of any length; a report is read by people, and no more than it shows is copied.
fn clip(text: impl fmt::Display) -> String {
    const LONGEST: usize = 300;

    struct Clipped {
        text: String,
        room: usize,
    }

    impl fmt::Write for Clipped {
        fn write_str(&mut self, piece: &str) -> fmt::Result {
            for character in piece.chars() {
                if self.room == 0 {
                    self.text.push('…');
                    return Err(fmt::Error);
                }
                self.text.push(character);
                self.room -= 1;
            }
            Ok(())
        }
    }

    let mut clipped = Clipped { text: String::new(), room: LONGEST };
    // The one error is that there is no room left.
    let _ = fmt::Write::write_fmt(&mut clipped, format_args!("{text}"));
    clipped.text
}

/// The findings of one import, in the order they were made.
///
/// A package with 20,000 missing files says so once with a number: past [`Findings::EACH`] of a code only the count grows.
#[derive(Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
    counts: BTreeMap<Cow<'static, str>, u32>,
    refused: bool,
}

impl Findings {
    /// How many findings of one code are told in full.
    pub const EACH: u32 = 20;

    /// An empty report.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding.
    pub fn add(&mut self, finding: Finding) {
        self.refused |= finding.severity == Severity::Error;
        let count = self.counts.entry(finding.code.clone()).or_default();
        *count += 1;
        if *count <= Self::EACH {
            self.list.push(finding);
        }
    }

    /// Whether an error was found: the package is refused.
    pub fn refuse(&self) -> bool {
        self.refused
    }

    /// Whether a finding of this code was made.
    pub fn has(&self, code: &str) -> bool {
        self.counts.contains_key(code)
    }

    /// The report: errors first, then warnings, then what is good to know; each in the order it was found.
    pub fn into_list(self) -> Vec<Finding> {
        let mut list = self.list;
        for (code, count) in self.counts {
            if count > Self::EACH {
                list.push(Finding::info("more-of-the-same").arg("code", code).arg("count", count - Self::EACH));
            }
        }
        list.sort_by_key(|finding| finding.severity);
        list
    }
}

/// The import ended with an error finding; the list is in the [`Findings`] the caller holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_of_the_same_are_told_once_with_their_number() {
        let mut findings = Findings::new();
        for n in 0..1000 {
            findings.add(Finding::warning("file-missing").file(format!("{n}.html")));
        }
        findings.add(Finding::error("manifest-missing"));
        let list = findings.into_list();
        assert_eq!(list.len(), 22);
        assert_eq!(list[0].code, "manifest-missing");
        assert_eq!(list[21].args["count"], "980");
    }

    #[test]
    fn a_finding_reads_back_as_it_was_stored() {
        let finding = Finding::warning("file-missing").file("a.html").line(3).arg("path", "x".repeat(4000));
        let text = serde_json::to_string(&finding).unwrap();
        assert!(text.len() < 500);
        assert_eq!(serde_json::from_str::<Finding>(&text).unwrap(), finding);
        assert_eq!(finding.place.to_string(), "a.html:3");
    }
}
