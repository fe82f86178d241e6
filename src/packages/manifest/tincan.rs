//! tincan.xml: the activities of an xAPI package and the page that opens it.

use super::Reading;
use super::href::{self, Target};
use super::xml::Element;
use crate::core::{Language, LanguageMap};
use crate::packages::findings::{Finding, Refused};
use crate::packages::model::{
    ActivityDetails, ActivityKind, CourseDetails, Outline, OutlineActivity, OutlineCourse, PackageKind, TincanActivity,
};
use crate::xapi::format::is_iri;

/// What an activity without an id is called.
const UNNAMED: &str = "activity";
const COURSE_TYPE: &str = "http://adlnet.gov/expapi/activities/course";

/// Reads the outline: the activities that have something to launch. The others (often hundreds of questions) are only the
/// names that statements will use.
pub fn outline(root: Element<'_>, reading: &mut Reading) -> Result<Outline, Refused> {
    if !root.is("tincan") {
        return reading.refuse(Finding::error("manifest-root-unknown").arg("root", root.name()), root);
    }
    let all: Vec<Element<'_>> = root.all("activities").flat_map(|activities| activities.all("activity")).collect();
    let is_course = |activity: &&Element<'_>| activity.attribute("type") == Some(COURSE_TYPE);
    let Some(course) = all.iter().find(is_course).or(all.first()) else {
        return reading.refuse(Finding::error("tincan-activity-missing"), root);
    };
    let mut activities = Vec::new();
    for activity in &all {
        if reading.is_full() {
            break;
        }
        let Some(href) = launch(*activity, reading) else { continue };
        let read = OutlineActivity {
            parent: None,
            depth: 0,
            identifier: identifier(*activity, reading),
            title: texts(*activity, "name"),
            kind: ActivityKind::Xapi,
            href: Some(href),
            launchable: true,
            visible: true,
            details: ActivityDetails::Tincan(TincanActivity {
                activity_type: activity.attribute("type").unwrap_or_default().to_owned(),
                description: texts(*activity, "description"),
            }),
        };
        reading.spend_on(&read);
        activities.push(read);
    }
    let identifier = course.attribute("id").unwrap_or_default().to_owned();
    let mut title = texts(*course, "name");
    if title.is_empty() {
        title = LanguageMap::one("und", &*identifier);
    }
    let course = OutlineCourse {
        identifier,
        title,
        description: texts(*course, "description"),
        details: CourseDetails::None,
        activities,
    };
    reading.spend_on_course(&course);
    Ok(Outline { kind: PackageKind::Xapi, edition: "xAPI (tincan.xml)".to_owned(), courses: vec![course] })
}

/// The id, by which its statements name it. Some tools write one that is no IRI, which no statement may hold: then the activity
/// has one of ours, and content is told it when it is launched.
fn identifier(activity: Element<'_>, reading: &mut Reading) -> String {
    let id = activity.attribute("id").unwrap_or_default();
    if !is_iri(id) {
        reading.tell(Finding::warning("tincan-id-mapped").arg("id", id), activity);
    }
    match id {
        "" => UNNAMED.to_owned(),
        id => id.to_owned(),
    }
}

/// The page of the `<launch>` for French readers, else the first that is there.
fn launch(activity: Element<'_>, reading: &mut Reading) -> Option<String> {
    let mut launches: Vec<Element<'_>> = activity.all("launch").filter(|launch| !launch.text().is_empty()).collect();
    launches.sort_by_key(|launch| launch.language().and_then(Language::from_tag) != Some(Language::Fr));
    for launch in launches {
        match href::resolve(&[], launch.text(), &reading.contents) {
            Target::File { path, href, exact } => {
                if !exact {
                    reading
                        .tell(Finding::info("href-inexact").arg("written", launch.text()).arg("found", path), launch);
                }
                return Some(href);
            }
            Target::External(url) => {
                reading.tell(Finding::warning("content-elsewhere").arg("url", &url), launch);
                return Some(url);
            }
            Target::Missing { path } => reading.tell(Finding::warning("launch-file-missing").arg("path", path), launch),
            Target::Unsafe => reading.tell(Finding::warning("href-unsafe").arg("href", launch.text()), launch),
        }
    }
    None
}

/// `<name lang="fr">...</name>`, once a language.
fn texts(activity: Element<'_>, name: &str) -> LanguageMap {
    LanguageMap(
        activity
            .all(name)
            .filter(|text| !text.text().is_empty())
            .map(|text| (text.language().unwrap_or("und").to_owned(), text.text().to_owned()))
            .collect(),
    )
}
