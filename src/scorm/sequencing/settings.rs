//! The settings of one activity: the Sequencing Definition Model (SN 3) as it is evaluated.

use serde::Deserialize;

/// `imsss:controlMode` (SN 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ControlMode {
    pub choice: bool,
    pub choice_exit: bool,
    pub flow: bool,
    pub forward_only: bool,
    /// What the children's objectives came to in earlier attempts on this group does not count for it.
    pub current_objectives_only: bool,
    /// The same of their progress.
    pub current_progress_only: bool,
}

impl Default for ControlMode {
    fn default() -> Self {
        Self {
            choice: true,
            choice_exit: true,
            flow: false,
            forward_only: false,
            current_objectives_only: true,
            current_progress_only: true,
        }
    }
}

/// When a child counts for its parent's status (SN 3.7, `adlseq:rollupConsiderations`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Considered {
    #[default]
    Always,
    IfAttempted,
    IfNotSkipped,
    IfNotSuspended,
}

/// What a rule looks at (SN 3.4.2, 3.6.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Condition {
    Satisfied,
    ObjectiveStatusKnown,
    ObjectiveMeasureKnown,
    /// The measure is above this.
    MeasureAbove(f64),
    /// The measure is below this.
    MeasureBelow(f64),
    Completed,
    ActivityProgressKnown,
    Attempted,
    AttemptLimitExceeded,
    Always,
    Never,
    /// Limits of time are told to the content and not tracked, so such a condition is never known.
    Untracked,
}

/// A condition with its operator and the objective it looks at.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    pub condition: Condition,
    pub negated: bool,
    /// A place among the activity's objectives; the primary one if none. An objective that is not there is never known.
    pub objective: Objective,
}

/// Which objective of an activity is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Objective {
    #[default]
    Primary,
    /// By its place among the others.
    Other(usize),
    /// The rule names one that the activity does not have.
    Unknown,
}

/// Conditions and how they combine.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions {
    /// Whether every condition must hold, or one is enough.
    pub all: bool,
    pub clauses: Vec<Clause>,
}

/// What a precondition does to its activity (SN 3.4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    Skip,
    Disabled,
    HiddenFromChoice,
    StopForwardTraversal,
}

/// What follows from a postcondition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    ExitParent,
    ExitAll,
    Retry,
    RetryAll,
    Continue,
    Previous,
}

/// The sequencing rules of an activity (SN 3.4), in the order in which they stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    pub before: Vec<(Before, Conditions)>,
    pub after: Vec<(After, Conditions)>,
    /// Each ends the activity.
    pub exit: Vec<Conditions>,
}

/// What a rollup rule sets (SN 3.6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Satisfied,
    NotSatisfied,
    Completed,
    Incomplete,
}

/// How many children must meet the conditions (SN 3.6.1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ChildSet {
    All,
    Any,
    None,
    AtLeastCount(usize),
    AtLeastPercent(f64),
}

/// A rollup rule of a group (SN 3.6).
#[derive(Clone, Debug, PartialEq)]
pub struct RollupRule {
    pub children: ChildSet,
    pub conditions: Conditions,
    pub action: Action,
}

/// Completion that follows from a measure (`adlcp:completionThreshold`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// The status follows from the measure alone.
    pub by_measure: bool,
    /// From which measure on it is completed.
    pub minimum: f64,
    /// The weight in the parent's measure.
    pub weight: f64,
}

impl Default for Threshold {
    fn default() -> Self {
        Self { by_measure: false, minimum: 1.0, weight: 1.0 }
    }
}

/// Which values of an objective a map carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    pub satisfied: bool,
    pub measure: bool,
    pub raw: bool,
    pub min: bool,
    pub max: bool,
    pub completed: bool,
    pub progress: bool,
}

impl Carried {
    /// Whether anything is carried.
    pub fn is_any(self) -> bool {
        self != Self::default()
    }
}

/// A map between an objective of an activity and a global one (SN 3.10.4, `adlseq:mapInfo`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    /// The global objective.
    pub target: String,
    pub read: Carried,
    pub write: Carried,
}

/// An objective of an activity (SN 3.10).
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectiveSettings {
    /// The primary one need not have one.
    pub id: Option<String>,
    pub satisfied_by_measure: bool,
    pub minimum_measure: f64,
    pub maps: Vec<Map>,
}

impl Default for ObjectiveSettings {
    fn default() -> Self {
        Self { id: None, satisfied_by_measure: false, minimum_measure: 1.0, maps: Vec::new() }
    }
}

/// When children are drawn or put in an order by chance (SN 3.8, 3.9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timing {
    #[default]
    Never,
    Once,
    OnEachNewAttempt,
}

/// Selection and randomisation of a group's children.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Draw {
    pub selection: Timing,
    /// How many children are drawn; all if none is said.
    pub count: Option<usize>,
    pub randomization: Timing,
    /// Without it the order stays.
    pub reorder: bool,
}

/// The settings of one activity. The defaults are those of the SN book.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub control: ControlMode,
    pub rules: Rules,
    pub rollup: Vec<RollupRule>,
    /// Whether its objective counts for its parent.
    pub rollup_objective: bool,
    /// Whether its completion counts for its parent.
    pub rollup_progress: bool,
    /// The weight of its measure in its parent's.
    pub measure_weight: f64,
    pub required_for_satisfied: Considered,
    pub required_for_not_satisfied: Considered,
    pub required_for_completed: Considered,
    pub required_for_incomplete: Considered,
    /// Whether a measure decides while the activity is still under way.
    pub measure_if_active: bool,
    pub threshold: Threshold,
    /// How many attempts may begin.
    pub attempt_limit: Option<u32>,
    /// How long an attempt may take, as written: the content is told (`cmi.max_time_allowed`).
    pub attempt_duration: Option<String>,
    pub draw: Draw,
    /// Whether anything is kept of it at all.
    pub tracked: bool,
    /// Without it, an attempt that ends without a status is completed.
    pub completion_set_by_content: bool,
    /// Without it, an attempt that ends without a status is satisfied.
    pub objective_set_by_content: bool,
    /// Nothing inside may be chosen from outside (`adlseq:preventActivation`).
    pub prevent_activation: bool,
    /// From inside only what is next to the group may be chosen (`adlseq:constrainChoice`).
    pub constrain_choice: bool,
    /// The objective that counts for the parent.
    pub primary: ObjectiveSettings,
    pub objectives: Vec<ObjectiveSettings>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            control: ControlMode::default(),
            rules: Rules::default(),
            rollup: Vec::new(),
            rollup_objective: true,
            rollup_progress: true,
            measure_weight: 1.0,
            required_for_satisfied: Considered::Always,
            required_for_not_satisfied: Considered::Always,
            required_for_completed: Considered::Always,
            required_for_incomplete: Considered::Always,
            measure_if_active: true,
            threshold: Threshold::default(),
            attempt_limit: None,
            attempt_duration: None,
            draw: Draw::default(),
            tracked: true,
            completion_set_by_content: false,
            objective_set_by_content: false,
            prevent_activation: false,
            constrain_choice: false,
            primary: ObjectiveSettings::default(),
            objectives: Vec::new(),
        }
    }
}

impl Settings {
    /// The rules of content that has none: everything may be chosen, and previous and next lead through the outline.
    pub fn free() -> Self {
        let control = ControlMode { flow: true, ..ControlMode::default() };
        Self { control, completion_set_by_content: true, objective_set_by_content: true, ..Self::default() }
    }

    /// The settings of one of the activity's objectives.
    pub fn objective(&self, which: Objective) -> Option<&ObjectiveSettings> {
        match which {
            Objective::Primary => Some(&self.primary),
            Objective::Other(place) => self.objectives.get(place),
            Objective::Unknown => None,
        }
    }

    /// The objective of this name.
    pub fn objective_named(&self, id: &str) -> Objective {
        if self.primary.id.as_deref() == Some(id) {
            return Objective::Primary;
        }
        let place = self.objectives.iter().position(|objective| objective.id.as_deref() == Some(id));
        place.map_or(Objective::Unknown, Objective::Other)
    }

    /// Every objective, the primary one first.
    pub fn all_objectives(&self) -> impl Iterator<Item = (Objective, &ObjectiveSettings)> {
        let others = self.objectives.iter().enumerate().map(|(place, objective)| (Objective::Other(place), objective));
        std::iter::once((Objective::Primary, &self.primary)).chain(others)
    }
}
