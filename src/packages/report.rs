//! What callers are told of a package: its outline and findings, in their language.

use serde::Serialize;
use serde_json::Value;

use super::findings::{Finding, Place, Severity};
use super::model::{ActivityKind, PackageKind};
use super::store::PackageRow;
use crate::core::{CourseId, LanguageMap, PackageId, Result, Timestamp, VersionId};
use crate::scorm::tolerance::Tolerance;
use crate::web::Words;

/// A package as the interface tells it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Package)]
pub struct PackageReport {
    /// Its identifier.
    pub id: PackageId,
    /// Its newest version.
    pub version: VersionId,
    /// The standard it follows.
    pub kind: PackageKind,
    /// The edition of that standard; the codecs of a media file.
    pub edition: String,
    /// Its title.
    pub title: String,
    /// As the sender called the file.
    pub file_name: String,
    /// Size of the file in bytes.
    pub size: i64,
    /// When it was imported (RFC 3339).
    pub imported_at: String,
    /// What it offers.
    pub courses: Vec<CourseReport>,
    /// What the import noticed; warnings first.
    pub findings: Vec<FindingReport>,
}

/// A course of a package.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = PackageCourse)]
pub struct CourseReport {
    /// Its identifier.
    pub id: CourseId,
    /// Its title.
    pub title: String,
    /// Its outline, depth first.
    pub activities: Vec<ActivityReport>,
}

/// A line of an outline.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = PackageActivity)]
pub struct ActivityReport {
    /// Its place in the outline, from 0; launches name it.
    pub index: usize,
    /// The place of the group it stands in.
    pub parent: Option<usize>,
    /// How deep it stands.
    pub depth: usize,
    /// Its identifier in the manifest.
    pub identifier: String,
    /// Its title.
    pub title: String,
    /// How it is played.
    pub kind: ActivityKind,
    /// Whether it can be opened.
    pub launchable: bool,
}

/// Something the import noticed.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Finding)]
pub struct FindingReport {
    /// How much it matters; a package with an error is refused.
    pub severity: Severity,
    /// Stable code.
    pub code: String,
    /// A sentence for people, in the language asked for.
    pub message: String,
    /// Where in the package.
    pub place: Place,
}

impl FindingReport {
    /// The finding in the reader's words.
    pub fn of(finding: &Finding, words: Words) -> Self {
        let args: Vec<_> = finding
            .args
            .iter()
            // Counts choose the plural, so they go in as numbers.
            .map(|(name, value)| match (&**name, value.parse::<i64>()) {
                ("count" | "limit" | "size", Ok(number)) => (&**name, number.into()),
                _ => (&**name, value.as_str().into()),
            })
            .collect();
        Self {
            severity: finding.severity,
            code: finding.code.to_string(),
            message: words.with(&format!("finding-{}", finding.code), &args),
            place: finding.place.clone(),
        }
    }

    /// All of them.
    pub fn all(findings: &[Finding], words: Words) -> Vec<Self> {
        findings.iter().map(|finding| Self::of(finding, words)).collect()
    }
}

impl PackageReport {
    /// The stored package in the reader's words.
    pub fn of(row: &PackageRow, words: Words) -> Result<Self> {
        let language = words.language();
        let outline: Value = serde_json::from_str(&row.outline)?;
        // What is borne is told with what was found, for whoever reads the results.
        let borne = Tolerance::read(row.tolerance.as_deref());
        let mut findings: Vec<Finding> = serde_json::from_str(&row.findings)?;
        findings.extend(borne.0.iter().map(|switch| Finding::info("tolerance-on").arg("switch", switch.word())));
        let title = |value: &Value| {
            serde_json::from_value::<LanguageMap>(value["title"].clone()).map(|map| map.best(language).to_owned())
        };
        let place = |value: &Value| value.as_u64().and_then(|number| usize::try_from(number).ok());
        let mut courses = Vec::new();
        for course in outline["courses"].as_array().into_iter().flatten() {
            let mut activities = Vec::new();
            for activity in course["activities"].as_array().into_iter().flatten() {
                activities.push(ActivityReport {
                    index: place(&activity["index"]).unwrap_or_default(),
                    parent: place(&activity["parent"]),
                    depth: place(&activity["depth"]).unwrap_or_default(),
                    identifier: activity["identifier"].as_str().unwrap_or_default().to_owned(),
                    title: title(activity)?,
                    kind: ActivityKind::from_word(activity["kind"].as_str().unwrap_or_default())?,
                    launchable: activity["launchable"].as_bool().unwrap_or_default(),
                });
            }
            let id = serde_json::from_value(course["id"].clone())?;
            courses.push(CourseReport { id, title: title(course)?, activities });
        }
        Ok(Self {
            id: row.id,
            version: row.version,
            kind: PackageKind::from_word(&row.kind)?,
            edition: outline["edition"].as_str().unwrap_or_default().to_owned(),
            title: courses.first().map_or_else(|| row.title.clone(), |course| course.title.clone()),
            file_name: row.file_name.clone(),
            size: row.size,
            imported_at: Timestamp::rfc3339(row.created_at),
            courses,
            findings: FindingReport::all(&findings, words),
        })
    }
}
