//! imsmanifest.xml: SCORM 1.2 and SCORM 2004, 2nd to 4th edition.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::Reading;
use super::href::{self, Target};
use super::sequencing::{Collection, boolean};
use super::xml::Element;
use crate::core::LanguageMap;
use crate::packages::findings::{Finding, Refused};
use crate::packages::model::{
    ActivityDetails, ActivityKind, CompletionThreshold, CourseDetails, DataMap, Outline, OutlineActivity,
    OutlineCourse, PackageKind, ScormItem,
};

/// Reads the outline: each organization is a course, the default one first.
pub fn outline(manifest: Element<'_>, reading: &mut Reading) -> Result<Outline, Refused> {
    if !manifest.is("manifest") {
        return reading.refuse(Finding::error("manifest-root-unknown").arg("root", manifest.name()), manifest);
    }
    let edition = edition(manifest, reading);
    let mut book = Book {
        kind: edition.kind,
        language: manifest.language().unwrap_or("und").to_owned(),
        schema_version: edition.name.clone(),
        resources: HashMap::new(),
        is_untyped: false,
        collection: Collection::of(manifest),
    };
    book.collect_resources(manifest, reading);
    book.is_untyped = book.resources.values().all(|resource| resource.attribute_any_case(SCORM_TYPE).is_none());
    if book.is_untyped && book.resources.values().any(|resource| is_page(*resource)) {
        reading.tell(Finding::info("scorm-type-missing"), manifest);
    }
    let mut courses = book.courses(manifest, reading);
    let has_items = manifest.child("organizations").is_some_and(|organizations| {
        organizations.all("organization").any(|organization| organization.child("item").is_some())
    });
    if !has_items {
        courses.extend(book.course_of_resources(manifest, reading));
    }
    book.declare_files(reading);
    tell_undeclared(reading);
    Ok(Outline { kind: edition.kind, edition: edition.name, courses })
}

struct Edition {
    kind: PackageKind,
    name: String,
}

/// The edition by `schemaversion`, else by the namespaces; guessed editions are told.
fn edition(manifest: Element<'_>, reading: &mut Reading) -> Edition {
    let stated =
        manifest.child("metadata").and_then(|metadata| metadata.child_text("schemaversion")).unwrap_or_default();
    let of = |kind, name: &str| Edition { kind, name: name.to_owned() };
    let plain = stated.to_ascii_lowercase();
    let known = match plain.as_str() {
        "1.2" => Some(of(PackageKind::Scorm12, "SCORM 1.2")),
        _ if plain.contains("4th") => Some(of(PackageKind::Scorm2004, "SCORM 2004 4th Edition")),
        _ if plain.contains("3rd") => Some(of(PackageKind::Scorm2004, "SCORM 2004 3rd Edition")),
        "cam 1.3" | "1.3" => Some(of(PackageKind::Scorm2004, "SCORM 2004 2nd Edition")),
        _ if plain.contains("2004") => Some(of(PackageKind::Scorm2004, "SCORM 2004")),
        _ => None,
    };
    known.unwrap_or_else(|| {
        let uses_2004 = manifest.subtree().any(|element| {
            element.namespace().contains("adlcp_v1p3")
                || element.namespace().contains("/xsd/imsss")
                || element.has_attribute_namespace("adlcp_v1p3")
        });
        let (kind, name) = match uses_2004 {
            true => (PackageKind::Scorm2004, "SCORM 2004"),
            false => (PackageKind::Scorm12, "SCORM 1.2"),
        };
        reading.tell(Finding::warning("edition-assumed").arg("stated", stated).arg("assumed", name), manifest);
        of(kind, name)
    })
}

/// A manifest being read.
struct Book<'a> {
    kind: PackageKind,
    language: String,
    schema_version: String,
    resources: HashMap<&'a str, Element<'a>>,
    /// No resource says whether it is a SCO.
    is_untyped: bool,
    collection: Collection<'a>,
}

impl<'a> Book<'a> {
    /// How a resource is played. Where the manifest tells of none, a page may well be a SCO: it gets an API, and is completed
    /// when it is left if it never looks for it.
    fn scorm_kind(&self, resource: Element<'_>) -> ActivityKind {
        match resource.attribute_any_case(SCORM_TYPE) {
            Some(kind) if kind.eq_ignore_ascii_case("sco") => ActivityKind::Sco,
            None if self.is_untyped && is_page(resource) => ActivityKind::Sco,
            _ => ActivityKind::Asset,
        }
    }

    /// The resources of the manifest and of the manifests inside it.
    fn collect_resources(&mut self, manifest: Element<'a>, reading: &mut Reading) {
        for element in manifest.all("resources").flat_map(|resources| resources.all("resource")) {
            let Some(identifier) = element.attribute("identifier") else { continue };
            match self.resources.entry(identifier) {
                Entry::Occupied(_) => {
                    reading.tell(Finding::warning("resource-twice").arg("identifier", identifier), element);
                }
                Entry::Vacant(free) => drop(free.insert(element)),
            }
        }
        for inner in manifest.all("manifest") {
            self.collect_resources(inner, reading);
        }
    }

    fn courses(&self, manifest: Element<'_>, reading: &mut Reading) -> Vec<OutlineCourse> {
        let Some(organizations) = manifest.child("organizations") else { return Vec::new() };
        let mut all: Vec<Element<'_>> = organizations.all("organization").collect();
        if let Some(default) = organizations.attribute("default").filter(|default| !default.is_empty()) {
            match all.iter().position(|organization| organization.attribute("identifier") == Some(default)) {
                Some(position) => all[..=position].rotate_right(1),
                None if all.is_empty() => {}
                None => reading
                    .tell(Finding::warning("default-organization-unknown").arg("default", default), organizations),
            }
        }
        let mut courses = Vec::new();
        for organization in all {
            if reading.is_full() {
                break;
            }
            let course = self.course(manifest, organization, reading);
            reading.spend_on_course(&course);
            courses.push(course);
        }
        let (full, empty): (Vec<_>, Vec<_>) =
            courses.into_iter().partition(|course| course.activities.iter().any(|activity| activity.launchable));
        for course in &empty {
            reading.tell(Finding::warning("organization-empty").arg("identifier", &course.identifier), organizations);
        }
        full
    }

    fn course(&self, manifest: Element<'_>, organization: Element<'_>, reading: &mut Reading) -> OutlineCourse {
        let identifier = organization.attribute("identifier").unwrap_or("organization").to_owned();
        let global = organization.attribute("objectivesGlobalToSystem").and_then(boolean).unwrap_or(true);
        let shared = organization.attribute("sharedDataGlobalToSystem").and_then(boolean).unwrap_or(true);
        let mut course = OutlineCourse {
            title: self.title(organization, &identifier),
            description: description(manifest),
            details: CourseDetails::Scorm {
                schema_version: self.schema_version.clone(),
                objectives_global_to_system: global,
                shared_data_global_to_system: shared,
                sequencing: self.collection.sequencing(organization, reading),
                completion_threshold: organization.child("completionThreshold").map(threshold),
            },
            identifier,
            activities: Vec::new(),
        };
        let mut identifiers = HashSet::new();
        for item in organization.all("item") {
            self.item(item, None, 0, &mut course, &mut identifiers, reading);
        }
        course
    }

    fn title(&self, element: Element<'_>, fallback: &str) -> LanguageMap {
        let title = element.child("title");
        let language = title.and_then(Element::language).unwrap_or(&self.language);
        let text = title.map(Element::text).filter(|text| !text.is_empty()).unwrap_or(fallback);
        let mut words = String::new();
        for word in text.split_whitespace() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
        LanguageMap::one(language, words)
    }

    fn item(
        &self,
        item: Element<'_>,
        parent: Option<usize>,
        depth: usize,
        course: &mut OutlineCourse,
        identifiers: &mut HashSet<String>,
        reading: &mut Reading,
    ) {
        if reading.is_full() {
            return;
        }
        let index = course.activities.len();
        let mut identifier = item.attribute("identifier").unwrap_or_default().to_owned();
        if identifier.is_empty() {
            identifier = format!("item-{}", index + 1);
            reading.tell(Finding::warning("identifier-missing").arg("given", &identifier), item);
        }
        if !identifiers.insert(identifier.clone()) {
            reading.tell(Finding::warning("identifier-twice").arg("identifier", &identifier), item);
        }
        if item.child_text("title").is_none() {
            reading.tell(Finding::info("title-missing").arg("identifier", &identifier), item);
        }
        let has_children = item.child("item").is_some();
        let mut details = self.details(item, reading);
        let (kind, href) = match self.resource_of(item, reading) {
            Some((name, resource)) => {
                details.resource = Some(name.to_owned());
                (self.scorm_kind(resource), self.launch(item, resource, reading))
            }
            None if has_children => (ActivityKind::Group, None),
            None => {
                let names_none = item.attribute("identifierref").is_none_or(str::is_empty);
                if names_none {
                    reading.tell(Finding::warning("item-without-resource").arg("identifier", &identifier), item);
                }
                (ActivityKind::Asset, None)
            }
        };
        if has_children && href.is_some() && self.kind == PackageKind::Scorm2004 {
            reading.tell(Finding::warning("cluster-with-resource").arg("identifier", &identifier), item);
        }
        let read = OutlineActivity {
            parent,
            depth,
            title: self.title(item, &identifier),
            identifier,
            kind,
            launchable: href.is_some(),
            href,
            visible: item.attribute("isvisible").and_then(boolean).unwrap_or(true),
            details: ActivityDetails::Scorm(Box::new(details)),
        };
        reading.spend_on(&read);
        course.activities.push(read);
        for child in item.all("item") {
            self.item(child, Some(index), depth + 1, course, identifiers, reading);
        }
    }

    fn resource_of(&self, item: Element<'_>, reading: &mut Reading) -> Option<(&'a str, Element<'a>)> {
        let reference = item.attribute("identifierref").filter(|reference| !reference.is_empty())?;
        let found = self.resources.get_key_value(reference).map(|(name, resource)| (*name, *resource));
        if found.is_none() {
            reading.tell(Finding::warning("reference-dangling").arg("reference", reference), item);
        }
        found
    }

    /// The address an item opens: the resource's, with the item's parameters.
    fn launch(&self, item: Element<'_>, resource: Element<'_>, reading: &mut Reading) -> Option<String> {
        let Some(written) = resource.attribute("href").filter(|href| !href.is_empty()) else {
            reading.tell(Finding::warning("resource-without-href"), resource);
            return None;
        };
        let href = match href::resolve(&resource.bases(), written, &reading.contents) {
            Target::File { path, href, exact } => {
                if !exact {
                    reading.tell(Finding::info("href-inexact").arg("written", written).arg("found", path), resource);
                }
                href
            }
            Target::Missing { path } => {
                reading.tell(Finding::warning("launch-file-missing").arg("path", path), resource);
                return None;
            }
            Target::External(url) => {
                reading.tell(Finding::warning("content-elsewhere").arg("url", &url), resource);
                url
            }
            Target::Unsafe => {
                reading.tell(Finding::warning("href-unsafe").arg("href", written), resource);
                return None;
            }
        };
        if written.contains(['?', '#']) {
            reading.tell(Finding::info("href-with-query").arg("href", written), resource);
        }
        Some(match item.attribute("parameters") {
            Some(parameters) => href::with_parameters(&href, parameters),
            None => href,
        })
    }

    fn details(&self, item: Element<'_>, reading: &mut Reading) -> ScormItem {
        let text = |name: &str| item.child_text(name).map(str::to_owned);
        let mastery_score = item.child_text("masteryscore").and_then(|written| {
            let score: Option<f64> = written.replace(',', ".").parse().ok();
            let score = score.filter(|score| (0.0..=100.0).contains(score));
            if score.is_none() {
                reading.tell(Finding::warning("mastery-score-invalid").arg("written", written), item);
            }
            score
        });
        let navigation = item.child("presentation").and_then(|presentation| presentation.child("navigationInterface"));
        let data = item.child("data");
        ScormItem {
            resource: None,
            mastery_score,
            time_limit_action: text("timelimitaction").or_else(|| text("timeLimitAction")),
            max_time_allowed: text("maxtimeallowed"),
            // White space is part of the data: content compares it.
            data_from_lms: item
                .child("datafromlms")
                .or_else(|| item.child("dataFromLMS"))
                .map(|data| data.text_verbatim().to_owned())
                .filter(|data| !data.is_empty()),
            prerequisites: text("prerequisites"),
            completion_threshold: item.child("completionThreshold").map(threshold),
            hide_lms_ui: navigation
                .map(|navigation| navigation.all("hideLMSUI").map(|hide| hide.text().to_owned()).collect())
                .unwrap_or_default(),
            data_maps: data.map(|data| data.all("map").filter_map(data_map).collect()).unwrap_or_default(),
            sequencing: match self.kind {
                PackageKind::Scorm2004 => self.collection.sequencing(item, reading),
                _ => None,
            },
        }
    }

    /// A package of resources without an organization: real, and better opened than refused.
    fn course_of_resources(&self, manifest: Element<'_>, reading: &mut Reading) -> Option<OutlineCourse> {
        let mut resources: Vec<(&str, Element<'_>)> =
            self.resources.iter().map(|(name, element)| (*name, *element)).collect();
        resources.retain(|(_, resource)| resource.attribute("href").is_some());
        let scos_only = resources.iter().any(|(_, resource)| self.scorm_kind(*resource) == ActivityKind::Sco);
        resources.retain(|(_, resource)| !scos_only || self.scorm_kind(*resource) == ActivityKind::Sco);
        resources.sort_by_key(|(_, resource)| resource.line());
        let mut activities = Vec::new();
        for (name, resource) in resources {
            if reading.is_full() {
                break;
            }
            let Some(href) = self.launch(manifest, resource, reading) else { continue };
            let details = ScormItem { resource: Some(name.to_owned()), ..ScormItem::default() };
            let read = OutlineActivity {
                parent: None,
                depth: 0,
                identifier: name.to_owned(),
                title: LanguageMap::one(&self.language, name),
                kind: self.scorm_kind(resource),
                href: Some(href),
                launchable: true,
                visible: true,
                details: ActivityDetails::Scorm(Box::new(details)),
            };
            reading.spend_on(&read);
            activities.push(read);
        }
        if activities.is_empty() {
            return None;
        }
        reading.tell(Finding::warning("organization-missing"), manifest);
        let identifier = manifest.attribute("identifier").unwrap_or("manifest").to_owned();
        let course = OutlineCourse {
            title: self.title(manifest, &identifier),
            identifier,
            description: description(manifest),
            details: CourseDetails::Scorm {
                schema_version: self.schema_version.clone(),
                objectives_global_to_system: true,
                shared_data_global_to_system: true,
                sequencing: None,
                completion_threshold: None,
            },
            activities,
        };
        reading.spend_on_course(&course);
        Some(course)
    }

    /// Marks the files that resources declare and tells those that are not there.
    fn declare_files(&self, reading: &mut Reading) {
        let mut resources: Vec<Element<'_>> = self.resources.values().copied().collect();
        resources.sort_by_key(|resource| resource.line());
        for resource in resources {
            if let Some(href) = resource.attribute("href")
                && let Target::File { path, .. } = href::resolve(&resource.bases(), href, &reading.contents)
            {
                reading.contents.declare(&path);
            }
            for file in resource.all("file") {
                let Some(written) = file.attribute("href") else { continue };
                match href::resolve(&file.bases(), written, &reading.contents) {
                    Target::File { path, .. } => reading.contents.declare(&path),
                    Target::Missing { path } => reading.tell(Finding::warning("file-missing").arg("path", path), file),
                    Target::External(_) | Target::Unsafe => {}
                }
            }
            for dependency in resource.all("dependency") {
                let reference = dependency.attribute("identifierref").unwrap_or_default();
                if !self.resources.contains_key(reference) {
                    reading.tell(Finding::warning("dependency-dangling").arg("reference", reference), resource);
                }
            }
        }
    }
}

/// Schemas and the manifest itself are part of every package and of no resource.
fn tell_undeclared(reading: &mut Reading) {
    let expected = |path: &str| {
        let path = path.to_ascii_lowercase();
        path == "imsmanifest.xml" || path.ends_with(".xsd") || path.ends_with(".dtd") || path.ends_with("metadata.xml")
    };
    let mut undeclared: Vec<&str> = reading.contents.undeclared().filter(|path| !expected(path)).collect();
    undeclared.sort_unstable();
    if let Some(first) = undeclared.first() {
        let finding = Finding::info("files-undeclared").arg("count", undeclared.len()).arg("example", first);
        let finding = finding.file(reading.file);
        reading.findings.add(finding);
    }
}

const SCORM_TYPE: &str = "scormType";

/// Whether it names a page, which can look for an API.
fn is_page(resource: Element<'_>) -> bool {
    let href = resource.attribute("href").unwrap_or_default();
    let path = href.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    [".html", ".htm", ".xhtml"].iter().any(|end| path.ends_with(end))
}

/// 2nd and 3rd edition: the measure as text. 4th: attributes with defaults (CAM 3.4.1.12).
fn threshold(element: Element<'_>) -> CompletionThreshold {
    let number = |text: &str| text.trim().parse().ok().filter(|number| (0.0..=1.0).contains(number));
    match number(element.text()) {
        Some(measure) => {
            CompletionThreshold { completed_by_measure: true, min_progress_measure: measure, progress_weight: 1.0 }
        }
        None => CompletionThreshold {
            completed_by_measure: element.attribute("completedByMeasure").and_then(boolean).unwrap_or(false),
            min_progress_measure: element.attribute("minProgressMeasure").and_then(number).unwrap_or(1.0),
            progress_weight: element.attribute("progressWeight").and_then(number).unwrap_or(1.0),
        },
    }
}

fn data_map(map: Element<'_>) -> Option<DataMap> {
    let flag = |name| map.attribute(name).and_then(boolean).unwrap_or(true);
    let target = map.attribute("targetID")?.to_owned();
    Some(DataMap { target, read: flag("readSharedData"), write: flag("writeSharedData") })
}

/// The general description of the metadata inside the manifest (LOM 1.4): `langstring` in 1.2, `string` in 2004.
fn description(manifest: Element<'_>) -> LanguageMap {
    let description = manifest
        .child("metadata")
        .and_then(|metadata| metadata.child("lom"))
        .and_then(|lom| lom.child("general"))
        .and_then(|general| general.child("description"));
    let texts = description.into_iter().flat_map(Element::children);
    let texts = texts.filter(|text| (text.is("langstring") || text.is("string")) && !text.text().is_empty());
    LanguageMap(
        texts
            .map(|text| {
                let language = text.attribute("language").or_else(|| text.language()).unwrap_or("und");
                (language.to_owned(), text.text().to_owned())
            })
            .collect(),
    )
}
