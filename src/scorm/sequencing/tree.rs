//! The activity tree (SN 2.1), the settings of each activity (SN 3) and what is tracked of it (SN 4.2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An activity of a tree. The root is the course itself, which the outline does not list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(usize);

impl NodeId {
    /// The course.
    pub const ROOT: NodeId = NodeId(0);

    /// The activity at this position of the outline.
    pub fn of_index(index: usize) -> Self {
        Self(index + 1)
    }

    /// Its position in the outline; the root has none.
    pub fn index(self) -> Option<usize> {
        self.0.checked_sub(1)
    }

    pub(super) fn position(self) -> usize {
        self.0
    }
}

/// One entry of the outline, in document order: a parent stands before its children.
#[derive(Clone, Debug, Default)]
pub struct Item {
    /// Its group, by position in the outline; none if it stands directly in the course.
    pub parent: Option<usize>,
    /// Its name in the manifest.
    pub identifier: String,
    /// Whether there is something to open.
    pub deliverable: bool,
    /// Its rules.
    pub settings: Settings,
}

/// `imsss:controlMode` (SN 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ControlMode {
    pub choice: bool,
    pub choice_exit: bool,
    pub flow: bool,
    pub forward_only: bool,
}

impl Default for ControlMode {
    fn default() -> Self {
        Self { choice: true, choice_exit: true, flow: false, forward_only: false }
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

/// What a rollup rule looks at (SN 3.6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Satisfied,
    ObjectiveStatusKnown,
    ObjectiveMeasureKnown,
    Completed,
    ActivityProgressKnown,
    Attempted,
    /// Limits are not tracked, so such a condition is never known.
    Untracked,
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
    /// Whether every condition must hold, or one is enough.
    pub all_conditions: bool,
    /// Each with whether it is negated.
    pub conditions: Vec<(Condition, bool)>,
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

/// The rules of one activity. The defaults are those of the SN book.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub control: ControlMode,
    pub rules: Vec<RollupRule>,
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
    pub satisfied_by_measure: bool,
    pub minimum_measure: f64,
    /// Whether a measure decides while the activity is still under way.
    pub measure_if_active: bool,
    pub threshold: Threshold,
    /// Whether anything is kept of it at all.
    pub tracked: bool,
    /// Without it, an attempt that ends without a status is completed.
    pub completion_set_by_content: bool,
    /// Without it, an attempt that ends without a status is satisfied.
    pub objective_set_by_content: bool,
    /// Nothing inside may be chosen from outside (`adlseq:preventActivation`).
    pub prevent_activation: bool,
    /// Identifiers of its objectives, the primary one first.
    pub objectives: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            control: ControlMode::default(),
            rules: Vec::new(),
            rollup_objective: true,
            rollup_progress: true,
            measure_weight: 1.0,
            required_for_satisfied: Considered::Always,
            required_for_not_satisfied: Considered::Always,
            required_for_completed: Considered::Always,
            required_for_incomplete: Considered::Always,
            satisfied_by_measure: false,
            minimum_measure: 1.0,
            measure_if_active: true,
            threshold: Threshold::default(),
            tracked: true,
            completion_set_by_content: false,
            objective_set_by_content: false,
            prevent_activation: false,
            objectives: Vec::new(),
        }
    }
}

/// An XML element of the manifest's sequencing, names without namespace.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    fn text_of(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(|value| value.trim())
    }

    fn flag(&self, attribute: &str, default: bool) -> bool {
        match self.text_of(attribute) {
            Some("true" | "1") => true,
            Some("false" | "0") => false,
            _ => default,
        }
    }

    fn number(&self, attribute: &str) -> Option<f64> {
        self.text_of(attribute)?.parse().ok().filter(|number: &f64| number.is_finite())
    }
}

impl Settings {
    /// The rules of content that has none: everything may be chosen, and previous and next lead through the outline.
    pub fn free() -> Self {
        let control = ControlMode { flow: true, ..ControlMode::default() };
        Self { control, completion_set_by_content: true, objective_set_by_content: true, ..Self::default() }
    }

    /// Reads `imsss:sequencing`. What is missing or unreadable keeps its default.
    pub fn read(sequencing: &Element) -> Self {
        let mut settings = Self::default();
        if let Some(control) = sequencing.child("controlMode") {
            settings.control = ControlMode {
                choice: control.flag("choice", true),
                choice_exit: control.flag("choiceExit", true),
                flow: control.flag("flow", false),
                forward_only: control.flag("forwardOnly", false),
            };
        }
        if let Some(rules) = sequencing.child("rollupRules") {
            settings.rollup_objective = rules.flag("rollupObjectiveSatisfied", true);
            settings.rollup_progress = rules.flag("rollupProgressCompletion", true);
            settings.measure_weight = rules.number("objectiveMeasureWeight").unwrap_or(1.0).clamp(0.0, 1.0);
            settings.rules = rules.all("rollupRule").filter_map(RollupRule::read).collect();
        }
        if let Some(objective) = sequencing.child("objectives").and_then(|all| all.child("primaryObjective")) {
            settings.satisfied_by_measure = objective.flag("satisfiedByMeasure", false);
            let minimum = objective.child("minNormalizedMeasure").and_then(|measure| measure.text.trim().parse().ok());
            settings.minimum_measure = minimum.unwrap_or(1.0_f64).clamp(-1.0, 1.0);
        }
        if let Some(objectives) = sequencing.child("objectives") {
            let all = objectives.all("primaryObjective").chain(objectives.all("objective"));
            settings.objectives =
                all.filter_map(|objective| objective.text_of("objectiveID")).map(str::to_owned).collect();
        }
        if let Some(considerations) = sequencing.child("rollupConsiderations") {
            let read = |name| Considered::read(considerations.text_of(name));
            settings.required_for_satisfied = read("requiredForSatisfied");
            settings.required_for_not_satisfied = read("requiredForNotSatisfied");
            settings.required_for_completed = read("requiredForCompleted");
            settings.required_for_incomplete = read("requiredForIncomplete");
            settings.measure_if_active = considerations.flag("measureSatisfactionIfActive", true);
        }
        if let Some(delivery) = sequencing.child("deliveryControls") {
            settings.tracked = delivery.flag("tracked", true);
            settings.completion_set_by_content = delivery.flag("completionSetByContent", false);
            settings.objective_set_by_content = delivery.flag("objectiveSetByContent", false);
        }
        if let Some(choice) = sequencing.child("constrainedChoiceConsiderations") {
            settings.prevent_activation = choice.flag("preventActivation", false);
        }
        settings
    }
}

impl Considered {
    fn read(word: Option<&str>) -> Self {
        match word {
            Some("ifAttempted") => Self::IfAttempted,
            Some("ifNotSkipped") => Self::IfNotSkipped,
            Some("ifNotSuspended") => Self::IfNotSuspended,
            _ => Self::Always,
        }
    }
}

impl RollupRule {
    fn read(rule: &Element) -> Option<Self> {
        let action = match rule.child("rollupAction")?.text_of("action")? {
            "satisfied" => Action::Satisfied,
            "notSatisfied" => Action::NotSatisfied,
            "completed" => Action::Completed,
            "incomplete" => Action::Incomplete,
            _ => return None,
        };
        let children = match rule.text_of("childActivitySet") {
            Some("any") => ChildSet::Any,
            Some("none") => ChildSet::None,
            // A count beyond usize is more children than any tree has.
            Some("atLeastCount") => {
                ChildSet::AtLeastCount(rule.number("minimumCount").unwrap_or(0.0).max(0.0) as usize)
            }
            Some("atLeastPercent") => ChildSet::AtLeastPercent(rule.number("minimumPercent").unwrap_or(0.0)),
            _ => ChildSet::All,
        };
        let conditions = rule.child("rollupConditions")?;
        Some(Self {
            children,
            all_conditions: conditions.text_of("conditionCombination") == Some("all"),
            conditions: conditions
                .all("rollupCondition")
                .map(|condition| (Condition::read(condition), condition.text_of("operator") == Some("not")))
                .collect(),
            action,
        })
    }
}

impl Condition {
    fn read(condition: &Element) -> Self {
        match condition.text_of("condition") {
            Some("satisfied") => Self::Satisfied,
            Some("objectiveStatusKnown") => Self::ObjectiveStatusKnown,
            Some("objectiveMeasureKnown") => Self::ObjectiveMeasureKnown,
            Some("completed") => Self::Completed,
            Some("activityProgressKnown") => Self::ActivityProgressKnown,
            Some("attempted") => Self::Attempted,
            _ => Self::Untracked,
        }
    }
}

/// One activity with its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub identifier: String,
    pub parent: Option<NodeId>,
    pub children: Vec<NodeId>,
    pub deliverable: bool,
    pub depth: usize,
    pub settings: Settings,
}

/// The activities of one course.
#[derive(Clone, Debug)]
pub struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    /// The tree of an outline. An entry whose parent does not stand before it is put directly into the course.
    pub fn new(root: Settings, items: Vec<Item>) -> Self {
        let course = Node {
            identifier: String::new(),
            parent: None,
            children: Vec::new(),
            deliverable: false,
            depth: 0,
            settings: root,
        };
        let mut nodes = vec![course];
        for (index, item) in items.into_iter().enumerate() {
            let id = NodeId::of_index(index);
            let parent = item.parent.filter(|parent| *parent < index).map_or(NodeId::ROOT, NodeId::of_index);
            nodes[parent.0].children.push(id);
            nodes.push(Node {
                identifier: item.identifier,
                parent: Some(parent),
                children: Vec::new(),
                deliverable: item.deliverable,
                depth: nodes[parent.0].depth + 1,
                settings: item.settings,
            });
        }
        Self { nodes }
    }

    /// How many activities there are, the course included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether the course holds nothing.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() == 1
    }

    /// Every activity in the order of the outline, without the course.
    pub fn activities(&self) -> impl Iterator<Item = NodeId> + use<> {
        (1..self.nodes.len()).map(NodeId)
    }

    /// The activity at a position of the outline, if there is one.
    pub fn at(&self, index: usize) -> Option<NodeId> {
        (index + 1 < self.nodes.len()).then(|| NodeId::of_index(index))
    }

    /// The activity of that name in the manifest.
    pub fn named(&self, identifier: &str) -> Option<NodeId> {
        self.activities().find(|id| self.node(*id).identifier == identifier)
    }

    /// The name of an activity in the manifest.
    pub fn identifier(&self, id: NodeId) -> &str {
        &self.node(id).identifier
    }

    /// Its rules.
    pub fn settings(&self, id: NodeId) -> &Settings {
        &self.node(id).settings
    }

    /// Its group.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).parent
    }

    /// The activities inside it.
    pub fn children(&self, id: NodeId) -> &[NodeId] {
        &self.node(id).children
    }

    /// Whether it has no activities inside.
    pub fn is_leaf(&self, id: NodeId) -> bool {
        self.node(id).children.is_empty()
    }

    /// Whether it is a leaf with something to open.
    pub fn is_deliverable(&self, id: NodeId) -> bool {
        self.is_leaf(id) && self.node(id).deliverable
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// The way from the root to `id`, both included.
    pub fn path(&self, id: NodeId) -> Vec<NodeId> {
        let mut path: Vec<NodeId> = std::iter::successors(Some(id), |id| self.parent(*id)).collect();
        path.reverse();
        path
    }

    /// The lowest activity that holds both.
    pub fn common_ancestor(&self, a: NodeId, b: NodeId) -> NodeId {
        let pairs = self.path(a).into_iter().zip(self.path(b));
        pairs.take_while(|(a, b)| a == b).last().map_or(NodeId::ROOT, |(same, _)| same)
    }

    /// The sibling after (`1`) or before (`-1`).
    pub(super) fn sibling(&self, id: NodeId, step: isize) -> Option<NodeId> {
        let siblings = self.children(self.parent(id)?);
        let place = siblings.iter().position(|sibling| *sibling == id)?;
        siblings.get(place.checked_add_signed(step)?).copied()
    }
}

/// What is known of one activity (SN 4.2): its attempts and the outcome of the present one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tracking {
    /// Attempts begun.
    #[serde(skip_serializing_if = "is_default")]
    pub attempts: u32,
    /// An attempt is under way.
    #[serde(skip_serializing_if = "is_default")]
    pub active: bool,
    /// The attempt waits to be taken up again.
    #[serde(skip_serializing_if = "is_default")]
    pub suspended: bool,
    /// Completed or incomplete, if known.
    #[serde(skip_serializing_if = "is_default")]
    pub completed: Option<bool>,
    /// Satisfied or not, if known.
    #[serde(skip_serializing_if = "is_default")]
    pub satisfied: Option<bool>,
    /// The normalised score, -1 to 1.
    #[serde(skip_serializing_if = "is_default")]
    pub measure: Option<f64>,
    /// How much is done, 0 to 1.
    #[serde(skip_serializing_if = "is_default")]
    pub progress: Option<f64>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A sequencing session, to be stored between two requests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The activity that was delivered last and not left yet.
    pub current: Option<NodeId>,
    /// The activity a later session takes up again.
    pub suspended: Option<NodeId>,
    /// By activity, the root first.
    pub tracking: Vec<Tracking>,
}

impl State {
    /// Fits a stored state to its tree: a state of another shape is not believed.
    pub fn fitted(mut self, tree: &Tree) -> Self {
        let there = |id: &NodeId| id.0 < tree.len();
        self.current = self.current.filter(there);
        self.suspended = self.suspended.filter(there);
        self.tracking.resize(tree.len(), Tracking::default());
        self
    }

    /// What is known of an activity.
    pub fn of(&self, id: NodeId) -> &Tracking {
        &self.tracking[id.0]
    }

    pub(super) fn of_mut(&mut self, id: NodeId) -> &mut Tracking {
        &mut self.tracking[id.0]
    }
}
