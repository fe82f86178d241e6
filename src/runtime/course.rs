//! A course as it is played: its activities, their rules, and where this learner is.

use std::collections::{BTreeMap, HashSet};
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use crate::core::{CourseId, Error, Memo, PersonId, Result, VersionId};
use crate::packages::model::{ActivityDetails, CourseDetails, ScormItem};
use crate::runtime::model::{Activity, Registration, ValidRequests};
use crate::runtime::{sequenced, store};
use crate::scorm::sequencing::{GlobalObjectives, Item, NodeId, Request, Root, Sequencer, Settings, State, Tree};
use crate::scorm::tolerance::Tolerance;
use crate::scorm::{Version, record};
use crate::storage::Tx;

/// Which course, in which version.
pub struct Setting<'a> {
    pub course_id: CourseId,
    pub version_id: VersionId,
    pub identifier: &'a str,
    pub kind: &'a str,
    pub details: &'a str,
}

/// SCORM courses that are played now, in bytes of what their manifests say. The outline of a version never changes; what a
/// preview makes of it, and the details of a film that is still encoded, are read each time.
static PLAYED: LazyLock<Memo<(CourseId, VersionId), Outline>> = LazyLock::new(|| Memo::new(8 << 20));

/// A course in one version, the same for everybody.
pub struct Outline {
    pub activities: Vec<Activity>,
    pub tree: Tree,
    /// Which SCORM it follows; the other standards have no data model.
    pub version: Option<Version>,
    /// What the manifest says of the course.
    pub details: CourseDetails,
    /// What it says of each activity.
    items: Vec<ScormItem>,
    /// What all that was read from: the name of the course, its details.
    read_from: (String, String),
}

impl Outline {
    /// The outline of a version, read once; that of a preview each time.
    async fn of(tx: &mut Tx, course: &Setting<'_>, preview: bool) -> Result<Arc<Self>> {
        let key = (course.course_id, course.version_id);
        if let Some(known) = PLAYED.find(key).filter(|known| !preview && known.is_of(course)) {
            return Ok(known);
        }
        let outline = Arc::new(Self::read(tx, course, preview).await?);
        if outline.version.is_some() && !preview {
            PLAYED.keep(key, outline.clone(), outline.size());
        }
        Ok(outline)
    }

    async fn read(tx: &mut Tx, course: &Setting<'_>, preview: bool) -> Result<Self> {
        let activities = store::activities(tx, course.course_id, course.version_id).await?;
        let version = match course.kind {
            "scorm12" => Some(Version::Scorm12),
            "scorm2004" => Some(Version::Scorm2004),
            _ => None,
        };
        let sequenced = version == Some(Version::Scorm2004);
        let details = serde_json::from_str(course.details).unwrap_or_default();
        let mut root = match sequenced {
            true => sequenced::root(course.identifier, &details),
            false => Root {
                identifier: course.identifier.to_owned(),
                settings: Settings::free(),
                objectives_of_learner: false,
            },
        };
        // What is tried in a preview stays in it.
        root.objectives_of_learner &= !preview;
        let items: Vec<ScormItem> = activities.iter().map(scorm_item).collect();
        let nodes = activities.iter().zip(&items).map(|(activity, details)| item(activity, details, sequenced));
        let tree = Tree::new(root, nodes.collect());
        let read_from = (course.identifier.to_owned(), course.details.to_owned());
        Ok(Self { activities, tree, version, details, items, read_from })
    }

    /// The rules of a course as a whole are rows of their own.
    fn is_of(&self, course: &Setting<'_>) -> bool {
        self.read_from.0 == course.identifier && self.read_from.1 == course.details
    }

    fn size(&self) -> usize {
        let of_activities = self.activities.iter().map(|activity| {
            let href = activity.href.as_deref().unwrap_or_default();
            activity.details.len() + activity.identifier.len() + activity.iri.len() + href.len() + size_of::<Activity>()
        });
        of_activities.sum::<usize>() + self.read_from.1.len()
    }

    /// What the manifest says of an activity.
    pub fn item(&self, activity: &Activity) -> &ScormItem {
        static NOTHING: LazyLock<ScormItem> = LazyLock::new(ScormItem::default);
        let place = usize::try_from(activity.activity_index).ok();
        place.and_then(|place| self.items.get(place)).unwrap_or(&NOTHING)
    }
}

/// The course of a registration.
pub struct Course {
    outline: Arc<Outline>,
    /// The learner's objectives of all courses, as they were when the course was loaded.
    objectives: GlobalObjectives,
}

impl Deref for Course {
    type Target = Outline;
    fn deref(&self) -> &Outline {
        &self.outline
    }
}

impl Course {
    /// Reads the activities of the registration's version, and the learner's objectives if they have to do with them.
    pub async fn load(tx: &mut Tx, registration: &Registration) -> Result<Self> {
        let setting = Setting {
            course_id: registration.course_id,
            version_id: registration.version_id,
            identifier: &registration.course_identifier,
            kind: &registration.course_kind,
            details: &registration.course_details,
        };
        Self::of(tx, &setting, registration.person_id, registration.preview).await
    }

    /// The same of a course that its learner may not have begun.
    pub async fn of(tx: &mut Tx, course: &Setting<'_>, person: PersonId, preview: bool) -> Result<Self> {
        let outline = Outline::of(tx, course, preview).await?;
        let tree = &outline.tree;
        let objectives = if tree.has_objectives_of_learner() && tree.has_global_objectives() {
            store::objectives(tx, person).await?
        } else {
            GlobalObjectives::default()
        };
        Ok(Self { outline, objectives })
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
        // Each record draws and shuffles in its own way.
        let state = stored.unwrap_or_else(|| State::seeded(registration.id.0.as_u64_pair().1));
        Sequencer::new(&self.tree, state, self.objectives.clone())
    }

    /// The engine, for somebody who has not begun the course.
    pub fn newcomer(&self) -> Sequencer<'_> {
        Sequencer::new(&self.tree, State::default(), self.objectives.clone())
    }

    /// Keeps where the learner is now, and what changed of their objectives.
    pub async fn save(
        &self,
        tx: &mut Tx,
        registration: &Registration,
        index: Option<i32>,
        sequencer: &Sequencer<'_>,
    ) -> Result<()> {
        let state = serde_json::to_string(sequencer.state())?;
        if registration.current_index != index || registration.sequencing.as_ref() != Some(&state) {
            store::save_sequencing(tx, registration.id, index, &state).await?;
        }
        let is_news = |(name, status): &(&String, &_)| self.objectives.0.get(*name) != Some(*status);
        let changed = sequencer.learner().0.iter().filter(is_news).map(|(name, status)| (name.clone(), *status));
        let changed: BTreeMap<_, _> = changed.collect();
        if !changed.is_empty() {
            store::merge_objectives(tx, registration.person_id, changed).await?;
        }
        Ok(())
    }

    /// Which requests lead somewhere now. Only SCORM 2004 has rules about that, and content that may ask.
    pub fn valid_requests(&self, sequencer: &Sequencer<'_>) -> ValidRequests {
        if self.version != Some(Version::Scorm2004) {
            return ValidRequests {
                forward: sequencer.would_deliver(Request::Continue),
                back: sequencer.would_deliver(Request::Previous),
                ..ValidRequests::default()
            };
        }
        let offers = sequencer.offers();
        // The course itself can be chosen too; an activity of the same name goes before it.
        let whole = offers.first().map(|offer| (self.tree.identifier(NodeId::ROOT).to_owned(), offer.selectable));
        let named = self.tree.activities().zip(offers.iter().skip(1));
        let named = named.map(|(node, offer)| (self.tree.identifier(node).to_owned(), node, offer));
        let (mut choice, mut jump): (BTreeMap<_, _>, _) = (whole.into_iter().collect(), BTreeMap::new());
        for (identifier, node, offer) in named {
            jump.insert(identifier.clone(), sequencer.may_jump(node));
            choice.insert(identifier, offer.selectable);
        }
        ValidRequests { forward: sequencer.offers_continue(), back: sequencer.offers_previous(), choice, jump }
    }

    /// The activities that the rules of a SCORM 2004 course hide from the table of contents now, by their positions.
    pub fn hidden(&self, registration: &Registration) -> HashSet<i32> {
        if self.version != Some(Version::Scorm2004) {
            return HashSet::new();
        }
        let offers = self.sequencer(registration).offers();
        let hidden = self.activities.iter().zip(offers.iter().skip(1)).filter(|(_, offer)| !offer.visible);
        hidden.map(|(activity, _)| activity.activity_index).collect()
    }

    /// The parts of the navigation that an activity draws itself (`adlnav:hideLMSUI`).
    pub fn hides(&self, activity: &Activity) -> Vec<String> {
        self.item(activity).hide_lms_ui.clone()
    }

    /// What the manifest, and the sequencing now, say of an activity to its content.
    pub fn rules(
        &self,
        activity: &Activity,
        sequencer: &Sequencer<'_>,
        node: NodeId,
        tolerance: &Tolerance,
    ) -> record::Rules {
        record::Rules { tolerance: tolerance.clone(), ..sequenced::rules(self.item(activity).clone(), sequencer, node) }
    }
}

fn item(activity: &Activity, details: &ScormItem, sequenced: bool) -> Item {
    let parent = activity.parent_index.and_then(|index| usize::try_from(index).ok());
    let nothing = ScormItem::default();
    let details = if sequenced { details } else { &nothing };
    let read = sequenced::item((parent, &activity.identifier), details, activity.launchable, activity.visible);
    if sequenced { read } else { Item { settings: Settings::free(), ..read } }
}

fn scorm_item(activity: &Activity) -> ScormItem {
    match serde_json::from_str(&activity.details) {
        Ok(ActivityDetails::Scorm(item)) => *item,
        _ => ScormItem::default(),
    }
}
