//! What is tracked (SN 4.2): of each activity, of the session, and of the objectives that activities and courses share.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::settings::{Carried, Objective};
use super::tree::{NodeId, Tree};

/// What an objective came to (SN 4.2.1.1), with the completion that the 4th Edition keeps beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// Satisfied or not, if known.
    #[serde(skip_serializing_if = "is_default")]
    pub satisfied: Option<bool>,
    /// The normalised score, -1 to 1.
    #[serde(skip_serializing_if = "is_default")]
    pub measure: Option<f64>,
    /// Completed or incomplete, if known.
    #[serde(skip_serializing_if = "is_default")]
    pub completed: Option<bool>,
    /// How much is done, 0 to 1.
    #[serde(skip_serializing_if = "is_default")]
    pub progress: Option<f64>,
    #[serde(skip_serializing_if = "is_default")]
    pub raw: Option<f64>,
    #[serde(skip_serializing_if = "is_default")]
    pub min: Option<f64>,
    #[serde(skip_serializing_if = "is_default")]
    pub max: Option<f64>,
}

impl Status {
    /// Takes over what a map carries.
    pub(super) fn take(&mut self, from: &Status, carried: Carried) {
        let Carried { satisfied, measure, raw, min, max, completed, progress } = carried;
        let one = |is_carried: bool, to: &mut Option<f64>, value: Option<f64>| {
            if is_carried {
                *to = value;
            }
        };
        one(measure, &mut self.measure, from.measure);
        one(raw, &mut self.raw, from.raw);
        one(min, &mut self.min, from.min);
        one(max, &mut self.max, from.max);
        one(progress, &mut self.progress, from.progress);
        if satisfied {
            self.satisfied = from.satisfied;
        }
        if completed {
            self.completed = from.completed;
        }
    }
}

/// Objectives by their global names: what activities, and courses, tell each other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GlobalObjectives(pub BTreeMap<String, Status>);

/// What is known of one activity: its attempts and the outcome of the present one.
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
    /// The primary objective and the progress of the attempt, without what maps read.
    #[serde(flatten)]
    pub primary: Status,
    /// The other objectives, in the order of the settings; those at the end of which nothing is known are left out.
    #[serde(skip_serializing_if = "is_default")]
    pub others: Vec<Status>,
    /// The content itself said that its success is unknown, which is no reason to set it.
    #[serde(skip_serializing_if = "is_default")]
    pub success_unknown: bool,
    /// The same of its completion.
    #[serde(skip_serializing_if = "is_default")]
    pub completion_unknown: bool,
    /// The objectives are of an earlier attempt on the group, which counts its present one only.
    #[serde(skip_serializing_if = "is_default")]
    pub old_objectives: bool,
    /// The same of the progress.
    #[serde(skip_serializing_if = "is_default")]
    pub old_progress: bool,
    /// The children that were drawn, in their order; none while all stand as in the manifest.
    #[serde(skip_serializing_if = "is_default")]
    pub drawn: Option<Vec<NodeId>>,
}

impl Tracking {
    /// What is kept of an objective itself.
    pub fn own(&self, which: Objective) -> Status {
        match which {
            Objective::Primary => self.primary,
            Objective::Other(place) => self.others.get(place).copied().unwrap_or_default(),
            Objective::Unknown => Status::default(),
        }
    }

    pub(super) fn own_mut(&mut self, which: Objective) -> Option<&mut Status> {
        match which {
            Objective::Primary => Some(&mut self.primary),
            Objective::Other(place) => {
                if self.others.len() <= place {
                    self.others.resize(place + 1, Status::default());
                }
                self.others.get_mut(place)
            }
            Objective::Unknown => None,
        }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A sequencing session, to be stored between two requests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The activity that was delivered last, or a group that was left for; none outside a session.
    pub current: Option<NodeId>,
    /// The activity a later session takes up again.
    pub suspended: Option<NodeId>,
    /// By activity, the root first.
    pub tracking: Vec<Tracking>,
    /// The global objectives of a course that shares them with no other.
    #[serde(default, skip_serializing_if = "is_default")]
    pub objectives: GlobalObjectives,
    /// What chance goes on from.
    #[serde(default, skip_serializing_if = "is_default")]
    pub chance: u64,
}

impl State {
    /// Nothing has happened yet; chance begins with `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self { chance: seed, ..Self::default() }
    }

    /// Fits a stored state to its tree: a state of another shape is not believed.
    pub(super) fn fitted(mut self, tree: &Tree) -> Self {
        self.current = self.current.filter(|id| tree.holds(*id));
        self.suspended = self.suspended.filter(|id| tree.holds(*id));
        self.tracking.resize(tree.len(), Tracking::default());
        for (position, tracking) in self.tracking.iter_mut().enumerate() {
            let is_child = |id: &NodeId| tree.holds(*id) && tree.parent(*id).map(NodeId::position) == Some(position);
            tracking.drawn = tracking.drawn.take().filter(|drawn| !drawn.is_empty() && drawn.iter().all(is_child));
        }
        self
    }

    /// What is known of an activity.
    pub fn of(&self, id: NodeId) -> &Tracking {
        &self.tracking[id.position()]
    }

    pub(super) fn of_mut(&mut self, id: NodeId) -> &mut Tracking {
        &mut self.tracking[id.position()]
    }
}
