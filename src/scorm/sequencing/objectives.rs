//! Objectives and their maps (SN 3.10): what an activity reads of its own and of global ones, and what it writes to both.

use super::Sequencer;
use super::settings::{Carried, Objective, ObjectiveSettings, Settings};
use super::tracking::{GlobalObjectives, Status, Tracking};
use super::tree::NodeId;

/// For whom a status is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// Sequencing rules and content: what is known.
    Known,
    /// Rollup: without what is of an earlier attempt on the group, where the group counts its present one only (SN 3.2).
    Rollup,
    /// The content's own objectives: a completion that was read from elsewhere is not judged by the threshold of this activity.
    Content,
}

impl Sequencer<'_> {
    pub(super) fn globals(&self) -> &GlobalObjectives {
        if self.tree.has_objectives_of_learner() { &self.learner } else { &self.state.objectives }
    }

    fn globals_mut(&mut self) -> &mut GlobalObjectives {
        if self.tree.has_objectives_of_learner() { &mut self.learner } else { &mut self.state.objectives }
    }

    /// What an objective of an activity comes to: its own values, what its maps read before them, what follows from measures.
    pub(super) fn status(&self, id: NodeId, which: Objective, view: View) -> Status {
        let settings = self.tree.settings(id);
        let Some(objective) = settings.objective(which) else { return Status::default() };
        let tracking = self.state.of(id);
        let mut status = tracking.own(which);
        if view == View::Rollup && tracking.old_objectives {
            status = Status { completed: status.completed, progress: status.progress, ..Status::default() };
        }
        if view == View::Rollup && tracking.old_progress {
            status = Status { completed: None, progress: None, ..status };
        }
        self.read_maps(objective, &mut status);
        let read = status.completed.filter(|_| view == View::Content);
        decide(settings, objective, which, tracking, &mut status);
        Status { completed: read.or(status.completed), ..status }
    }

    /// What a map reads is what the global objective has, also where nothing is known of it; only a completion and its measure
    /// (4th Edition) are the activity's own as long as the global objective knows none.
    fn read_maps(&self, objective: &ObjectiveSettings, status: &mut Status) {
        for map in objective.maps.iter().filter(|map| map.read.is_any()) {
            let global = self.globals().0.get(&map.target).copied().unwrap_or_default();
            let completed = map.read.completed && global.completed.is_some();
            let progress = map.read.progress && global.progress.is_some();
            status.take(&global, Carried { completed, progress, ..map.read });
        }
    }

    /// Changes the activity's own objective, and the global ones that it writes the changed values to. What becomes unknown
    /// without having been known is no change.
    pub(super) fn change(&mut self, id: NodeId, which: Objective, changed: Carried, change: impl FnOnce(&mut Status)) {
        let tree = self.tree;
        let settings = tree.settings(id);
        let Some(objective) = settings.objective(which) else { return };
        let before = self.state.of(id).own(which);
        let mut after = before;
        change(&mut after);
        decide_own(settings, objective, which, self.state.of(id), before, &mut after);
        if let Some(own) = self.state.of_mut(id).own_mut(which) {
            *own = after;
        }
        let by_measure = Carried {
            satisfied: changed.measure && objective.satisfied_by_measure && is_decided(settings, self.state.of(id)),
            completed: changed.progress && which == Objective::Primary && settings.threshold.by_measure,
            ..changed
        };
        let told = Carried {
            satisfied: (changed.satisfied || by_measure.satisfied)
                && (after.satisfied.is_some() || before.satisfied.is_some()),
            measure: changed.measure && (after.measure.is_some() || before.measure.is_some()),
            raw: changed.raw && (after.raw.is_some() || before.raw.is_some()),
            min: changed.min && (after.min.is_some() || before.min.is_some()),
            max: changed.max && (after.max.is_some() || before.max.is_some()),
            completed: (changed.completed || by_measure.completed)
                && (after.completed.is_some() || before.completed.is_some()),
            progress: changed.progress && (after.progress.is_some() || before.progress.is_some()),
        };
        self.write_maps(objective, &after, told);
    }

    fn write_maps(&mut self, objective: &ObjectiveSettings, status: &Status, told: Carried) {
        for map in objective.maps.iter().filter(|map| both(map.write, told).is_any()) {
            self.globals_mut().0.entry(map.target.clone()).or_default().take(status, both(map.write, told));
        }
    }

    /// The content said that something is unknown: that goes to the global objectives too, whatever was known here.
    pub(super) fn say_unknown(&mut self, id: NodeId, which: Objective, unknown: Carried) {
        let tree = self.tree;
        let Some(objective) = tree.settings(id).objective(which) else { return };
        self.change(id, which, unknown, |status| status.take(&Status::default(), unknown));
        let own = self.state.of(id).own(which);
        self.write_maps(objective, &own, unknown);
    }

    pub(super) fn set_satisfied(&mut self, id: NodeId, which: Objective, satisfied: Option<bool>) {
        let changed = Carried { satisfied: true, ..Carried::default() };
        self.change(id, which, changed, |status| status.satisfied = satisfied);
    }

    pub(super) fn set_measure(&mut self, id: NodeId, which: Objective, measure: Option<f64>) {
        let changed = Carried { measure: true, ..Carried::default() };
        self.change(id, which, changed, |status| status.measure = measure);
    }

    pub(super) fn set_completed(&mut self, id: NodeId, which: Objective, completed: Option<bool>) {
        let changed = Carried { completed: true, ..Carried::default() };
        self.change(id, which, changed, |status| status.completed = completed);
    }

    pub(super) fn set_progress(&mut self, id: NodeId, which: Objective, progress: Option<f64>) {
        let changed = Carried { progress: true, ..Carried::default() };
        self.change(id, which, changed, |status| status.progress = progress);
    }

    /// An attempt that ends makes its measures decide, also those that were not to decide while it was under way.
    pub(super) fn settle_measures(&mut self, id: NodeId) {
        let tree = self.tree;
        for (which, objective) in tree.settings(id).all_objectives() {
            if objective.satisfied_by_measure {
                let measure = self.status(id, which, View::Known).measure;
                self.set_measure(id, which, measure);
            }
        }
    }
}

fn both(a: Carried, b: Carried) -> Carried {
    Carried {
        satisfied: a.satisfied && b.satisfied,
        measure: a.measure && b.measure,
        raw: a.raw && b.raw,
        min: a.min && b.min,
        max: a.max && b.max,
        completed: a.completed && b.completed,
        progress: a.progress && b.progress,
    }
}

/// Whether a measure decides now (`measureSatisfactionIfActive`).
fn is_decided(settings: &Settings, tracking: &Tracking) -> bool {
    settings.measure_if_active || !tracking.active
}

/// What follows from the measures: nothing else may set these.
fn decide(
    settings: &Settings,
    objective: &ObjectiveSettings,
    which: Objective,
    tracking: &Tracking,
    status: &mut Status,
) {
    if objective.satisfied_by_measure {
        let measure = status.measure.filter(|_| is_decided(settings, tracking));
        status.satisfied = measure.map(|measure| measure >= objective.minimum_measure);
    }
    if which == Objective::Primary && settings.threshold.by_measure {
        status.completed = status.progress.map(|progress| progress >= settings.threshold.minimum);
    }
}

/// The same for what is kept: while a measure is not to decide, the status stays as it was.
fn decide_own(
    settings: &Settings,
    objective: &ObjectiveSettings,
    which: Objective,
    tracking: &Tracking,
    before: Status,
    after: &mut Status,
) {
    decide(settings, objective, which, tracking, after);
    if objective.satisfied_by_measure && !is_decided(settings, tracking) {
        after.satisfied = before.satisfied;
    }
}
