//! What a package offers, whatever standard it follows: courses, each a list of activities in the order of its outline.

use serde::{Deserialize, Serialize};

use crate::core::{Error, LanguageMap, Result};

/// What kind of package it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PackageKind {
    /// SCORM 1.2.
    Scorm12,
    /// SCORM 2004, any edition.
    Scorm2004,
    /// cmi5.
    Cmi5,
    /// xAPI content described by a tincan.xml.
    Xapi,
    /// One video file.
    Video,
    /// One audio file.
    Audio,
    /// A text with pictures, written here.
    Page,
    /// A file to read or take away.
    Document,
    /// An address elsewhere.
    Link,
    /// Questions, written here.
    Quiz,
}

impl PackageKind {
    /// Every kind.
    pub const ALL: [PackageKind; 10] = [
        Self::Scorm12,
        Self::Scorm2004,
        Self::Cmi5,
        Self::Xapi,
        Self::Video,
        Self::Audio,
        Self::Page,
        Self::Document,
        Self::Link,
        Self::Quiz,
    ];

    /// The stable word, in the database and in every answer.
    pub fn word(self) -> &'static str {
        match self {
            Self::Scorm12 => "scorm12",
            Self::Scorm2004 => "scorm2004",
            Self::Cmi5 => "cmi5",
            Self::Xapi => "xapi",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Page => "page",
            Self::Document => "document",
            Self::Link => "link",
            Self::Quiz => "quiz",
        }
    }

    /// The activity of a package that is written here; none for what is imported.
    pub fn native_activity(self) -> Option<ActivityKind> {
        match self {
            Self::Page => Some(ActivityKind::Page),
            Self::Document => Some(ActivityKind::Document),
            Self::Link => Some(ActivityKind::Link),
            Self::Quiz => Some(ActivityKind::Quiz),
            _ => None,
        }
    }

    /// The kind of a stored word.
    pub fn from_word(word: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| Error::internal(anyhow::anyhow!("unknown package kind {word:?} in the database")))
    }
}

/// What an activity is, which decides how it is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ActivityKind {
    /// A heading that holds others: a SCORM cluster or a cmi5 block.
    Group,
    /// SCORM content that talks to the API.
    Sco,
    /// SCORM content that does not.
    Asset,
    /// A cmi5 assignable unit.
    Au,
    /// xAPI content launched by the tincan conventions.
    Xapi,
    /// A video.
    Video,
    /// A sound.
    Audio,
    /// A text with pictures, written here.
    Page,
    /// A file to read or take away.
    Document,
    /// An address elsewhere.
    Link,
    /// Questions, written here.
    Quiz,
}

impl ActivityKind {
    /// Every kind.
    pub const ALL: [ActivityKind; 11] = [
        Self::Group,
        Self::Sco,
        Self::Asset,
        Self::Au,
        Self::Xapi,
        Self::Video,
        Self::Audio,
        Self::Page,
        Self::Document,
        Self::Link,
        Self::Quiz,
    ];

    /// The stable word, in the database and in every answer.
    pub fn word(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Sco => "sco",
            Self::Asset => "asset",
            Self::Au => "au",
            Self::Xapi => "xapi",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Page => "page",
            Self::Document => "document",
            Self::Link => "link",
            Self::Quiz => "quiz",
        }
    }

    /// The kind of a stored word.
    pub fn from_word(word: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| Error::internal(anyhow::anyhow!("unknown activity kind {word:?} in the database")))
    }
}

/// The whole offer of a package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    /// The standard it follows.
    pub kind: PackageKind,
    /// The exact edition, as people name it (`SCORM 2004 3rd Edition`).
    pub edition: String,
    /// Its courses; SCORM may hold several organizations.
    pub courses: Vec<OutlineCourse>,
}

/// One course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutlineCourse {
    /// Its identifier in the manifest (an IRI for cmi5 and tincan).
    pub identifier: String,
    /// Its title.
    pub title: LanguageMap,
    /// Its description, empty if the manifest gives none.
    pub description: LanguageMap,
    /// Rules of the course as a whole.
    pub details: CourseDetails,
    /// Depth first, in the order of the manifest.
    pub activities: Vec<OutlineActivity>,
}

/// One activity of a course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutlineActivity {
    /// The group it stands in, by its position in the list.
    pub parent: Option<usize>,
    /// How deep it stands; 0 is directly in the course.
    pub depth: usize,
    /// Its identifier in the manifest.
    pub identifier: String,
    /// Its title.
    pub title: LanguageMap,
    /// How it is played.
    pub kind: ActivityKind,
    /// What is opened: a path in the package with query and fragment, percent-encoded, or an absolute URL.
    pub href: Option<String>,
    /// Whether it can be opened: it has a target, and the target is there.
    pub launchable: bool,
    /// Whether the outline shows it (SCORM `isvisible`).
    pub visible: bool,
    /// The rules of its standard.
    pub details: ActivityDetails,
}

/// Rules of a course as a whole, stored as JSON beside it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "standard", rename_all = "lowercase")]
pub enum CourseDetails {
    /// A single file or tincan: no rules.
    #[default]
    None,
    /// SCORM: the organization is the root of the activity tree.
    Scorm {
        /// The edition as the manifest states it.
        schema_version: String,
        /// Whether objectives are global to the system (`adlseq:objectivesGlobalToSystem`; 4th ed. default true).
        objectives_global_to_system: bool,
        /// Whether shared data are (`adlcp:sharedDataGlobalToSystem`; 4th ed. default true).
        #[serde(default = "yes")]
        shared_data_global_to_system: bool,
        /// Sequencing of the root.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sequencing: Option<Sequencing>,
        /// Completion by measure of the root.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        completion_threshold: Option<CompletionThreshold>,
    },
    /// cmi5: the objectives activities refer to.
    Cmi5 {
        /// By identifier.
        objectives: Vec<Objective>,
    },
}

fn yes() -> bool {
    true
}

impl CourseDetails {
    /// Whether the data that its content shares are the learner's in every course.
    pub fn shares_data(&self) -> bool {
        !matches!(self, Self::Scorm { shared_data_global_to_system: false, .. })
    }

    /// Which edition of SCORM 2004 it was made for; the newest if the manifest names none.
    pub fn edition(&self) -> u8 {
        match self {
            Self::Scorm { schema_version, .. } if schema_version.contains("2nd") => 2,
            Self::Scorm { schema_version, .. } if schema_version.contains("3rd") => 3,
            _ => 4,
        }
    }
}

/// Rules of one activity, stored as JSON beside it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "standard", rename_all = "lowercase")]
pub enum ActivityDetails {
    /// No rules.
    #[default]
    None,
    /// A SCORM item.
    Scorm(Box<ScormItem>),
    /// A cmi5 block.
    Block(Block),
    /// A cmi5 assignable unit.
    Au(Box<AssignableUnit>),
    /// An activity of a tincan.xml.
    Tincan(TincanActivity),
    /// A video or audio file.
    Media(MediaDetails),
}

/// What a SCORM `<item>` and its resource say beyond title and target.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScormItem {
    /// The resource's identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// 1.2: the score from which the item is passed, 0 to 100, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mastery_score: Option<f64>,
    /// `exit,message` and so on, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_limit_action: Option<String>,
    /// 1.2: `HHHH:MM:SS.SS`, as written; 2004 keeps it in the sequencing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_time_allowed: Option<String>,
    /// `cmi.launch_data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_from_lms: Option<String>,
    /// 1.2: an AICC script expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prerequisites: Option<String>,
    /// 2004: completion by measure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_threshold: Option<CompletionThreshold>,
    /// 2004: parts of the navigation the content draws itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hide_lms_ui: Vec<String>,
    /// 2004 4th Edition: shared data buckets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data_maps: Vec<DataMap>,
    /// 2004: the sequencing of the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequencing: Option<Sequencing>,
}

/// `adlcp:completionThreshold` (SCORM 2004 CAM 3.4.1.12).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompletionThreshold {
    /// Whether the status follows from the measure.
    pub completed_by_measure: bool,
    /// From which measure on it is completed, 0 to 1.
    pub min_progress_measure: f64,
    /// Weight of the activity in its parent's measure, 0 to 1.
    pub progress_weight: f64,
}

/// `adlcp:map` of `adlcp:data`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataMap {
    /// The bucket.
    pub target: String,
    /// Whether content may read it.
    pub read: bool,
    /// Whether content may write it.
    pub write: bool,
}

/// `imsss:sequencing` of one activity, with what it takes from the sequencing collection merged in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sequencing {
    /// The control modes of the children.
    pub control: ControlMode,
    /// The whole element: name, attributes, text and children, for the sequencing engine.
    pub element: Fragment,
}

/// `imsss:controlMode` with its defaults (SCORM 2004 SN 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlMode {
    /// Children may be chosen.
    pub choice: bool,
    /// A choice may leave this activity.
    pub choice_exit: bool,
    /// Previous and next are offered between children.
    pub flow: bool,
    /// No way back.
    pub forward_only: bool,
    /// Rollup looks at the current attempt's objectives only.
    pub use_current_attempt_objective_info: bool,
    /// Rollup looks at the current attempt's progress only.
    pub use_current_attempt_progress_info: bool,
}

impl Default for ControlMode {
    fn default() -> Self {
        Self {
            choice: true,
            choice_exit: true,
            flow: false,
            forward_only: false,
            use_current_attempt_objective_info: true,
            use_current_attempt_progress_info: true,
        }
    }
}

/// An XML element as JSON: namespaces resolved, white space and comments dropped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fragment {
    /// Local name; the vocabulary of imsss, adlseq and adlnav never clashes.
    pub name: String,
    /// Attributes by local name.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub attributes: std::collections::BTreeMap<String, String>,
    /// The text, trimmed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The child elements in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Fragment>,
}

impl Fragment {
    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Fragment> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// A cmi5 objective.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Objective {
    /// An IRI.
    pub id: String,
    /// Its title.
    pub title: LanguageMap,
    /// Its description.
    #[serde(default)]
    pub description: LanguageMap,
}

/// A cmi5 block.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Its description.
    #[serde(default)]
    pub description: LanguageMap,
    /// Identifiers of the objectives it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objectives: Vec<String>,
}

/// When a cmi5 assignable unit is satisfied (cmi5 13.1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MoveOn {
    /// Passed.
    Passed,
    /// Completed.
    Completed,
    /// Completed and passed.
    CompletedAndPassed,
    /// One of both.
    CompletedOrPassed,
    /// At once.
    #[default]
    NotApplicable,
}

/// How a cmi5 assignable unit wants its window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LaunchMethod {
    /// A window of its own.
    OwnWindow,
    /// Any.
    #[default]
    AnyWindow,
}

/// A cmi5 assignable unit beyond title and target.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AssignableUnit {
    /// Its description.
    pub description: LanguageMap,
    /// Identifiers of the objectives it serves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objectives: Vec<String>,
    /// When it is satisfied.
    pub move_on: MoveOn,
    /// The scaled score from which it is passed, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mastery_score: Option<f64>,
    /// Its window.
    pub launch_method: LaunchMethod,
    /// Given to the unit as `launchParameters`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch_parameters: Option<String>,
    /// `entitlementKey.courseStructure` of the launch data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entitlement_key: Option<String>,
    /// The type of activity, an IRI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_type: Option<String>,
}

/// An activity of a tincan.xml beyond title and target.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TincanActivity {
    /// The type of activity, an IRI.
    pub activity_type: String,
    /// Its description.
    pub description: LanguageMap,
}

/// What the probe of a media file found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct MediaDetails {
    /// Length in seconds.
    pub duration: f64,
    /// Width of the picture in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height of the picture in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// The container, as the file says.
    pub container: String,
    /// Video codec.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_codec: Option<String>,
    /// Audio codec.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_codec: Option<String>,
    /// Path of the poster among the version's files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poster: Option<String>,
    /// Path among the version's files of the form that is played; without it the upload itself is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub playable: Option<String>,
    /// Share of the length that has to be watched or heard, 0 to 1; without it [`Self::COMPLETE`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion: Option<f64>,
}

impl MediaDetails {
    /// From which share on a medium counts as watched or heard, unless its trainer says otherwise.
    pub const COMPLETE: f64 = 0.9;

    /// From which share on this one does.
    pub fn completion(&self) -> f64 {
        self.completion.filter(|share| *share > 0.0 && *share <= 1.0).unwrap_or(Self::COMPLETE)
    }
}
