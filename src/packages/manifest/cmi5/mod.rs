//! cmi5.xml: the course structure (cmi5 section 13), read as strictly as the standard asks of an LMS.

mod address;
mod schema;

use std::collections::HashMap;

use super::xml::Element;
use super::{Reading, text_weight, weight};
use crate::core::LanguageMap;
use crate::packages::findings::{Finding, Refused};
use crate::packages::model::{
    ActivityDetails, ActivityKind, AssignableUnit, Block, CourseDetails, LaunchMethod, MoveOn, Objective, Outline,
    OutlineActivity, OutlineCourse, PackageKind,
};
use crate::xapi::format::is_iri;

const NAMESPACE: &str = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd";

/// Reads the course.
pub fn outline(root: Element<'_>, reading: &mut Reading) -> Result<Outline, Refused> {
    if !root.is("courseStructure") {
        return reading.refuse(Finding::error("manifest-root-unknown").arg("root", root.name()), root);
    }
    if root.namespace() != NAMESPACE {
        let finding = Finding::error("cmi5-namespace").arg("namespace", root.namespace()).arg("expected", NAMESPACE);
        return reading.refuse(finding, root);
    }
    schema::check(root, reading);
    // The schema has told if there is none.
    let course = child(root, "course").ok_or(Refused)?;
    let mut structure = Structure::default();
    let objectives = child(root, "objectives").map(|list| structure.objectives(list, reading)).unwrap_or_default();
    let identifier = structure.identifier(Kind::Course, course, reading);
    for child in root.children() {
        structure.add(child, None, 0, reading);
    }
    let course = OutlineCourse {
        identifier,
        title: title(course, reading),
        description: texts(course, "description", reading),
        details: CourseDetails::Cmi5 { objectives },
        activities: structure.activities,
    };
    reading.spend_on_course(&course);
    Ok(Outline { kind: PackageKind::Cmi5, edition: "cmi5".to_owned(), courses: vec![course] })
}

/// What an identifier names; it is unique among its kind (cmi5 13.1.2, 13.1.3, 13.1.4).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Course,
    Objective,
    Block,
    Unit,
}

#[derive(Default)]
struct Structure {
    /// By identifier, what it names.
    identifiers: HashMap<String, Vec<Kind>>,
    activities: Vec<OutlineActivity>,
}

impl Structure {
    /// The `id`: an absolute IRI that no other of its kind has. What things of two kinds share is told and kept apart.
    fn identifier(&mut self, kind: Kind, element: Element<'_>, reading: &mut Reading) -> String {
        // The schema has told if there is none.
        let id = element.plain_attribute("id").unwrap_or_default();
        if !is_iri(id) && element.plain_attribute("id").is_some() {
            reading.tell(Finding::error("cmi5-id-invalid").arg("id", id), element);
        }
        let named = self.identifiers.entry(id.to_owned()).or_default();
        if named.contains(&kind) {
            reading.tell(Finding::error("cmi5-id-twice").arg("id", id), element);
        } else {
            if !named.is_empty() {
                reading.tell(Finding::info("cmi5-id-shared").arg("id", id), element);
            }
            named.push(kind);
        }
        id.to_owned()
    }

    fn objectives(&mut self, list: Element<'_>, reading: &mut Reading) -> Vec<Objective> {
        let mut objectives = Vec::new();
        for objective in all(list, "objective") {
            if reading.is_full() {
                break;
            }
            let id = self.identifier(Kind::Objective, objective, reading);
            let title = texts(objective, "title", reading);
            let description = texts(objective, "description", reading);
            reading.spend(2 * text_weight(&id) + weight(&title) + weight(&description));
            objectives.push(Objective { id, title, description });
        }
        objectives
    }

    fn add(&mut self, element: Element<'_>, parent: Option<usize>, depth: usize, reading: &mut Reading) {
        if reading.is_full() || element.namespace() != NAMESPACE {
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
        let description = texts(element, "description", reading);
        let block = Block { description, objectives: self.references(element, reading) };
        let read = OutlineActivity {
            parent,
            depth,
            identifier: self.identifier(Kind::Block, element, reading),
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
    }

    fn add_unit(&mut self, element: Element<'_>, parent: Option<usize>, depth: usize, reading: &mut Reading) {
        let unit = AssignableUnit {
            description: texts(element, "description", reading),
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
            launch_parameters: text(element, "launchParameters"),
            entitlement_key: text(element, "entitlementKey"),
            activity_type: activity_type(element, reading),
        };
        let href = child(element, "url").and_then(|url| address::read(url, reading));
        let read = OutlineActivity {
            parent,
            depth,
            identifier: self.identifier(Kind::Unit, element, reading),
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
        let known = |id: &str| self.identifiers.get(id).is_some_and(|named| named.contains(&Kind::Objective));
        child(element, "objectives")
            .into_iter()
            .flat_map(|list| all(list, "objective"))
            .filter_map(|objective| {
                let reference = objective.plain_attribute("idref")?;
                if !known(reference) {
                    reading.tell(Finding::error("cmi5-objective-unknown").arg("reference", reference), objective);
                }
                Some(reference.to_owned())
            })
            .collect()
    }
}

/// The first element of this name that is cmi5's own: others may have elements of the same name.
fn child<'d>(element: Element<'d>, name: &'static str) -> Option<Element<'d>> {
    all(element, name).next()
}

fn all<'d>(element: Element<'d>, name: &'static str) -> impl Iterator<Item = Element<'d>> {
    element.all(name).filter(|child| child.namespace() == NAMESPACE)
}

/// An attribute of a fixed vocabulary; the default if it is absent.
fn word<T: Default>(element: Element<'_>, name: &'static str, reading: &mut Reading, read: fn(&str) -> Option<T>) -> T {
    let Some(written) = element.plain_attribute(name) else { return T::default() };
    read(written).unwrap_or_else(|| {
        reading.tell(Finding::error("cmi5-value-unknown").arg("name", name).arg("value", written), element);
        T::default()
    })
}

/// `masteryScore`: a decimal number (XML Schema part 2, 3.2.3: without an exponent) from 0 to 1.
fn mastery_score(element: Element<'_>, reading: &mut Reading) -> Option<f64> {
    let written = element.plain_attribute("masteryScore")?;
    let decimal = written.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'+' | b'-'));
    let score = written.parse().ok().filter(|score| decimal && (0.0..=1.0).contains(score));
    if score.is_none() {
        let finding = Finding::error("cmi5-value-unknown").arg("name", "masteryScore").arg("value", written);
        reading.tell(finding, element);
    }
    score
}

/// `activityType`: an absolute IRI (cmi5 13.1.4, 3.0).
fn activity_type(element: Element<'_>, reading: &mut Reading) -> Option<String> {
    let written = element.plain_attribute("activityType")?;
    if !is_iri(written) {
        let finding = Finding::error("cmi5-iri-invalid").arg("name", "activityType").arg("iri", written);
        reading.tell(finding, element);
    }
    Some(written.to_owned())
}

fn text(element: Element<'_>, name: &'static str) -> Option<String> {
    child(element, name).map(Element::text).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn title(element: Element<'_>, reading: &mut Reading) -> LanguageMap {
    let title = texts(element, "title", reading);
    if title.is_empty() {
        let id = element.plain_attribute("id").unwrap_or_default();
        let mut strings = child(element, "title").into_iter().flat_map(|texts| all(texts, "langstring")).peekable();
        // What else keeps it from being read has been told.
        if strings.peek().is_some() && strings.all(|string| string.text().is_empty()) {
            reading.tell(Finding::warning("title-missing").arg("identifier", id), element);
        }
        return LanguageMap::one("und", id);
    }
    title
}

/// `<title><langstring lang="fr">...</langstring></title>`, once a language.
fn texts(element: Element<'_>, name: &'static str, reading: &mut Reading) -> LanguageMap {
    let mut texts = LanguageMap::default();
    for string in child(element, name).into_iter().flat_map(|texts| all(texts, "langstring")) {
        let language = string.plain_attribute("lang");
        if let Some(language) = language.filter(|language| !is_language(language)) {
            reading.tell(Finding::error("cmi5-language-invalid").arg("language", language), string);
        } else if !string.text().is_empty() {
            texts.0.entry(language.unwrap_or("und").to_owned()).or_insert_with(|| string.text().to_owned());
        }
    }
    texts
}

/// `xs:language`: letters, then letters and digits, eight of each at most, between hyphens (XML Schema part 2, 3.3.3).
fn is_language(tag: &str) -> bool {
    tag.len() <= 100
        && tag.split('-').enumerate().all(|(place, part)| {
            (1..=8).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_alphabetic() || place > 0 && byte.is_ascii_digit())
        })
}
