//! cmi5.xml: the course structure (cmi5 section 13), read as strictly as the standard asks of an LMS.

use std::collections::HashSet;

use url::Url;

use super::href::{self, Target};
use super::xml::Element;
use super::{Reading, text_weight, weight};
use crate::core::LanguageMap;
use crate::packages::findings::{Finding, Refused};
use crate::packages::model::{
    ActivityDetails, ActivityKind, AssignableUnit, Block, CourseDetails, LaunchMethod, MoveOn, Objective, Outline,
    OutlineActivity, OutlineCourse, PackageKind,
};

const NAMESPACE: &str = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd";

/// Query parameters that the launch adds itself (cmi5 8.1).
const LAUNCH_PARAMETERS: [&str; 5] = ["endpoint", "fetch", "actor", "registration", "activityId"];

/// Reads the course.
pub fn outline(root: Element<'_>, reading: &mut Reading) -> Result<Outline, Refused> {
    if !root.is("courseStructure") {
        return reading.refuse(Finding::error("manifest-root-unknown").arg("root", root.name()), root);
    }
    if root.namespace() != NAMESPACE {
        reading.tell(Finding::warning("cmi5-namespace").arg("namespace", root.namespace()), root);
    }
    let Some(course) = root.child("course") else {
        return reading.refuse(Finding::error("cmi5-course-missing"), root);
    };
    let objectives = root.child("objectives").map(|list| objectives(list, reading)).unwrap_or_default();
    let known = objectives.iter().map(|objective| objective.id.clone()).collect();
    let mut structure = Structure { objectives: known, identifiers: HashSet::new(), activities: Vec::new() };
    let identifier = structure.identifier(course, reading);
    for child in root.children() {
        structure.add(child, None, 0, reading);
    }
    let course = OutlineCourse {
        identifier,
        title: title(course, reading),
        description: texts(course, "description"),
        details: CourseDetails::Cmi5 { objectives },
        activities: structure.activities,
    };
    reading.spend_on_course(&course);
    Ok(Outline { kind: PackageKind::Cmi5, edition: "cmi5".to_owned(), courses: vec![course] })
}

fn objectives(list: Element<'_>, reading: &mut Reading) -> Vec<Objective> {
    let mut seen = HashSet::new();
    let mut objectives = Vec::new();
    for objective in list.all("objective") {
        if reading.is_full() {
            break;
        }
        let id = iri(objective, reading);
        if !seen.insert(id.clone()) {
            reading.tell(Finding::error("cmi5-id-twice").arg("id", &id), objective);
        }
        let (title, description) = (texts(objective, "title"), texts(objective, "description"));
        reading.spend(2 * text_weight(&id) + weight(&title) + weight(&description));
        objectives.push(Objective { id, title, description });
    }
    objectives
}

struct Structure {
    objectives: HashSet<String>,
    identifiers: HashSet<String>,
    activities: Vec<OutlineActivity>,
}

impl Structure {
    /// Every id of course, blocks and units is an IRI and stands once (cmi5 13.1).
    fn identifier(&mut self, element: Element<'_>, reading: &mut Reading) -> String {
        let id = iri(element, reading);
        if !self.identifiers.insert(id.clone()) {
            reading.tell(Finding::error("cmi5-id-twice").arg("id", &id), element);
        }
        id
    }

    fn add(&mut self, element: Element<'_>, parent: Option<usize>, depth: usize, reading: &mut Reading) {
        if reading.is_full() {
            return;
        }
        match element.name() {
            "block" => self.add_block(element, parent, depth, reading),
            "au" => self.add_unit(element, parent, depth, reading),
            _ => {}
        }
    }

    fn add_block(&mut self, element: Element<'_>, parent: Option<usize>, depth: usize, reading: &mut Reading) {
        let index = self.activities.len();
        let block = Block { description: texts(element, "description"), objectives: self.references(element, reading) };
        let identifier = self.identifier(element, reading);
        let read = OutlineActivity {
            parent,
            depth,
            identifier,
            title: title(element, reading),
            kind: ActivityKind::Group,
            href: None,
            launchable: false,
            visible: true,
            details: ActivityDetails::Block(block),
        };
        reading.spend_on(&read);
        self.activities.push(read);
        for child in element.children() {
            self.add(child, Some(index), depth + 1, reading);
        }
        if self.activities.len() == index + 1 {
            reading.tell(Finding::warning("cmi5-block-empty"), element);
        }
    }

    fn add_unit(&mut self, element: Element<'_>, parent: Option<usize>, depth: usize, reading: &mut Reading) {
        let unit = AssignableUnit {
            description: texts(element, "description"),
            objectives: self.references(element, reading),
            move_on: word(element, "moveOn", reading, |word| match word {
                "Passed" => Some(MoveOn::Passed),
                "Completed" => Some(MoveOn::Completed),
                "CompletedAndPassed" => Some(MoveOn::CompletedAndPassed),
                "CompletedOrPassed" => Some(MoveOn::CompletedOrPassed),
                "NotApplicable" => Some(MoveOn::NotApplicable),
                _ => None,
            }),
            mastery_score: mastery_score(element, reading),
            launch_method: word(element, "launchMethod", reading, |word| match word {
                "OwnWindow" => Some(LaunchMethod::OwnWindow),
                "AnyWindow" => Some(LaunchMethod::AnyWindow),
                _ => None,
            }),
            launch_parameters: verbatim(element, "launchParameters"),
            entitlement_key: verbatim(element, "entitlementKey"),
            activity_type: element.attribute("activityType").map(str::to_owned),
        };
        let href = address(element, reading);
        let identifier = self.identifier(element, reading);
        let read = OutlineActivity {
            parent,
            depth,
            identifier,
            title: title(element, reading),
            kind: ActivityKind::Au,
            launchable: href.is_some(),
            href,
            visible: true,
            details: ActivityDetails::Au(Box::new(unit)),
        };
        reading.spend_on(&read);
        self.activities.push(read);
    }

    fn references(&self, element: Element<'_>, reading: &mut Reading) -> Vec<String> {
        let Some(list) = element.child("objectives") else { return Vec::new() };
        list.all("objective")
            .filter_map(|objective| {
                let reference = objective.attribute("idref")?.to_owned();
                if !self.objectives.contains(&reference) {
                    reading.tell(Finding::error("cmi5-objective-unknown").arg("reference", &reference), objective);
                }
                Some(reference)
            })
            .collect()
    }
}

/// The `id`, which must be an absolute IRI.
fn iri(element: Element<'_>, reading: &mut Reading) -> String {
    let id = element.attribute("id").unwrap_or_default();
    if Url::parse(id).is_err() {
        reading.tell(Finding::error("cmi5-id-invalid").arg("id", id), element);
    }
    id.to_owned()
}

/// An attribute of a fixed vocabulary; the default if it is absent.
fn word<T: Default>(element: Element<'_>, name: &'static str, reading: &mut Reading, read: fn(&str) -> Option<T>) -> T {
    match element.attribute(name) {
        None => T::default(),
        Some(written) => read(written).unwrap_or_else(|| {
            let finding = Finding::error("cmi5-value-unknown").arg("name", name).arg("value", written);
            reading.tell(finding, element);
            T::default()
        }),
    }
}

fn mastery_score(element: Element<'_>, reading: &mut Reading) -> Option<f64> {
    let written = element.attribute("masteryScore")?;
    let score = written.parse().ok().filter(|score| (0.0..=1.0).contains(score));
    if score.is_none() {
        let finding = Finding::error("cmi5-value-unknown").arg("name", "masteryScore").arg("value", written);
        reading.tell(finding, element);
    }
    score
}

fn verbatim(element: Element<'_>, name: &str) -> Option<String> {
    element.child(name).map(|child| child.text_verbatim().to_owned()).filter(|text| !text.trim().is_empty())
}

/// What the unit's `url` opens.
fn address(element: Element<'_>, reading: &mut Reading) -> Option<String> {
    let written = element.child_text("url").unwrap_or_default();
    if written.is_empty() {
        reading.tell(Finding::error("cmi5-url-missing"), element);
        return None;
    }
    let href = match href::resolve(&[], written, &reading.contents) {
        Target::File { path, href, exact } => {
            if !exact {
                reading.tell(Finding::info("href-inexact").arg("written", written).arg("found", path), element);
            }
            href
        }
        Target::External(url) => url,
        Target::Missing { .. } if reading.contents.is_empty() => {
            reading.tell(Finding::error("cmi5-url-relative").arg("url", written), element);
            return None;
        }
        Target::Missing { path } => {
            reading.tell(Finding::error("cmi5-file-missing").arg("path", path), element);
            return None;
        }
        Target::Unsafe => {
            reading.tell(Finding::error("cmi5-url-invalid").arg("url", written), element);
            return None;
        }
    };
    let query = href.split_once('?').map_or("", |(_, query)| query.split('#').next().unwrap_or_default());
    let reserved = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| LAUNCH_PARAMETERS.contains(&&**name))
        .map(|(name, _)| name.into_owned());
    if let Some(name) = reserved {
        reading.tell(Finding::error("cmi5-url-reserved").arg("name", name), element);
    }
    Some(href)
}

fn title(element: Element<'_>, reading: &mut Reading) -> LanguageMap {
    let title = texts(element, "title");
    if title.is_empty() {
        let id = element.attribute("id").unwrap_or_default();
        reading.tell(Finding::warning("title-missing").arg("identifier", id), element);
        return LanguageMap::one("und", id);
    }
    title
}

/// `<title><langstring lang="fr">...</langstring></title>`.
pub fn texts(element: Element<'_>, name: &str) -> LanguageMap {
    let strings = element.child(name).into_iter().flat_map(|texts| texts.all("langstring"));
    LanguageMap(
        strings
            .filter(|string| !string.text().is_empty())
            .map(|string| (string.language().unwrap_or("und").to_owned(), string.text().to_owned()))
            .collect(),
    )
}
