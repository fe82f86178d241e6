//! A course as it is played: its activities, their rules, and where this learner is.

use std::collections::BTreeMap;

use crate::core::{Error, Result};
use crate::packages::model::{ActivityDetails, CourseDetails, ScormItem};
use crate::runtime::model::{Activity, Registration, ValidRequests};
use crate::runtime::store;
use crate::scorm::sequencing::tree::{Element, Threshold};
use crate::scorm::sequencing::{Item, NodeId, Request, Sequencer, Settings, State, Tree};
use crate::scorm::{Version, record};
use crate::storage::Tx;

/// The course of a registration.
pub struct Course {
    pub activities: Vec<Activity>,
    pub tree: Tree,
    /// Which SCORM it follows; the other standards have no data model.
    pub version: Option<Version>,
}

impl Course {
    /// Reads the activities of the registration's version.
    pub async fn load(tx: &mut Tx, registration: &Registration) -> Result<Self> {
        let activities = store::activities(tx, registration.course_id, registration.version_id).await?;
        let version = match registration.course_kind.as_str() {
            "scorm12" => Some(Version::Scorm12),
            "scorm2004" => Some(Version::Scorm2004),
            _ => None,
        };
        let sequenced = version == Some(Version::Scorm2004);
        let root = match serde_json::from_str(&registration.course_details) {
            Ok(CourseDetails::Scorm { sequencing: Some(sequencing), .. }) if sequenced => settings(&sequencing.element),
            _ if sequenced => Settings::default(),
            _ => Settings::free(),
        };
        let items = activities.iter().map(|activity| item(activity, sequenced)).collect();
        Ok(Self { tree: Tree::new(root, items), activities, version })
    }

    /// The activity at a position of the outline, if it can be opened. Errors: `activity-unknown`.
    pub fn launchable(&self, index: i32) -> Result<(&Activity, NodeId)> {
        let found = usize::try_from(index).ok().and_then(|place| {
            Some((self.activities.get(place).filter(|activity| activity.launchable)?, self.tree.at(place)?))
        });
        found.ok_or_else(|| Error::not_found("activity-unknown"))
    }

    /// The activity of a node; the course itself is none.
    pub fn activity(&self, node: NodeId) -> Option<&Activity> {
        self.activities.get(node.index()?)
    }

    /// The engine, where the learner left it.
    pub fn sequencer(&self, registration: &Registration) -> Sequencer<'_> {
        let stored: Option<State> = registration.sequencing.as_deref().and_then(|text| serde_json::from_str(text).ok());
        Sequencer::new(&self.tree, stored.unwrap_or_default())
    }

    /// Which requests lead somewhere now. Only SCORM 2004 content may ask about choices itself.
    pub fn valid_requests(&self, sequencer: &Sequencer<'_>) -> ValidRequests {
        let choice = if self.version == Some(Version::Scorm2004) {
            let named = self.tree.activities().map(|node| (self.tree.identifier(node).to_owned(), node));
            named.map(|(identifier, node)| (identifier, sequencer.may_choose(node))).collect()
        } else {
            BTreeMap::new()
        };
        ValidRequests {
            forward: sequencer.would_deliver(Request::Continue),
            back: sequencer.would_deliver(Request::Previous),
            choice,
        }
    }

    /// What the manifest says of an activity to its content.
    pub fn rules(&self, activity: &Activity, node: NodeId) -> record::Rules {
        let item = scorm_item(activity);
        let settings = self.tree.settings(node);
        record::Rules {
            mastery_score: item.mastery_score,
            scaled_passing_score: settings.satisfied_by_measure.then_some(settings.minimum_measure),
            completion_threshold: settings.threshold.by_measure.then_some(settings.threshold.minimum),
            max_time_allowed: item.max_time_allowed,
            time_limit_action: item.time_limit_action,
            launch_data: item.data_from_lms,
            objectives: settings.objectives.clone(),
        }
    }
}

fn item(activity: &Activity, sequenced: bool) -> Item {
    let settings = if sequenced {
        let item = scorm_item(activity);
        let mut settings =
            item.sequencing.as_ref().map_or_else(Settings::default, |sequencing| settings(&sequencing.element));
        if let Some(threshold) = &item.completion_threshold {
            settings.threshold = Threshold {
                by_measure: threshold.completed_by_measure,
                minimum: threshold.min_progress_measure,
                weight: threshold.progress_weight,
            };
        }
        settings
    } else {
        Settings::free()
    };
    Item {
        parent: activity.parent_index.and_then(|index| usize::try_from(index).ok()),
        identifier: activity.identifier.clone(),
        deliverable: activity.launchable,
        settings,
    }
}

fn scorm_item(activity: &Activity) -> ScormItem {
    match serde_json::from_str(&activity.details) {
        Ok(ActivityDetails::Scorm(item)) => *item,
        _ => ScormItem::default(),
    }
}

/// The engine reads the manifest's element by itself: the two modules share its JSON form, not a type.
fn settings(element: &crate::packages::model::Fragment) -> Settings {
    let read = serde_json::to_value(element).and_then(serde_json::from_value::<Element>);
    read.map_or_else(|_| Settings::default(), |element| Settings::read(&element))
}
