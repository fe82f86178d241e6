//! Rollup (SN 4.6, processes RB.1): the status of a group follows from its children.

use std::collections::BTreeSet;

use super::Sequencer;
use super::objectives::View;
use super::settings::{Action, Before, ChildSet, Clause, Condition, Conditions, Considered, Objective, RollupRule};
use super::tree::NodeId;

impl Sequencer<'_> {
    /// RB.1.5 Overall Rollup Process: after `from` changed, the groups above it are judged again, from below upwards, and with
    /// them the groups of activities whose primary objective reads a global one that was written on the way.
    pub(super) fn roll_up(&mut self, from: NodeId) {
        let tree = self.tree;
        // By depth, the deepest last; a set, so that each group is judged once.
        let mut waiting: BTreeSet<(usize, NodeId)> = BTreeSet::new();
        let groups_above = |id: NodeId, waiting: &mut BTreeSet<(usize, NodeId)>| {
            let above = tree.upwards(id).filter(|group| !tree.is_leaf(*group));
            waiting.extend(above.map(|group| (tree.node(group).depth, group)));
        };
        groups_above(from, &mut waiting);
        for (position, id) in tree.upwards(from).enumerate() {
            for (which, objective) in tree.settings(id).all_objectives() {
                // What is above `from` changes by rollup, which concerns primary objectives only.
                if position > 0 && which != Objective::Primary {
                    continue;
                }
                for map in objective.maps.iter().filter(|map| map.write.is_any()) {
                    for parent in tree.readers(&map.target).iter().filter_map(|reader| tree.parent(*reader)) {
                        groups_above(parent, &mut waiting);
                    }
                }
            }
        }
        while let Some((_, group)) = waiting.pop_last() {
            if tree.settings(group).tracked {
                self.roll_up_measures(group);
                self.roll_up_objective(group);
                self.roll_up_progress(group);
            }
        }
    }

    /// RB.1.1 Measure Rollup: the weighted mean of the children's measures; a child without one counts as zero.
    /// RB.1.1.b does the same for what is completed.
    fn roll_up_measures(&mut self, id: NodeId) {
        let (mut sum, mut weights, mut any) = (0.0, 0.0, false);
        let (mut done, mut done_weights, mut any_done) = (0.0, 0.0, false);
        for child in self.children(id).iter().filter(|child| self.tree.settings(**child).tracked) {
            let settings = self.tree.settings(*child);
            let status = self.status(*child, Objective::Primary, View::Rollup);
            weights += settings.measure_weight;
            if let Some(measure) = status.measure {
                sum += settings.measure_weight * measure;
                any = true;
            }
            done_weights += settings.threshold.weight;
            if let Some(progress) = status.progress {
                done += settings.threshold.weight * progress;
                any_done = true;
            }
        }
        let measure = (any && weights > 0.0).then(|| (sum / weights).clamp(-1.0, 1.0));
        let progress = (any_done && done_weights > 0.0).then(|| (done / done_weights).clamp(0.0, 1.0));
        self.set_measure(id, Objective::Primary, measure);
        self.set_progress(id, Objective::Primary, progress);
        // What is made of the present attempt is of the present attempt.
        let (primary, threshold) = (&self.tree.settings(id).primary, self.tree.settings(id).threshold);
        let (by_measure, by_progress) = (primary.satisfied_by_measure && any, threshold.by_measure && any_done);
        let tracking = self.state.of_mut(id);
        tracking.old_objectives &= !by_measure;
        tracking.old_progress &= !by_progress;
    }

    /// RB.1.2 Objective Rollup by rules (RB.1.2.b); where the measure decides (RB.1.2.a), it has decided by now.
    fn roll_up_objective(&mut self, id: NodeId) {
        if self.tree.settings(id).primary.satisfied_by_measure {
            return;
        }
        let known = standard(Condition::ObjectiveStatusKnown, Action::NotSatisfied);
        let not_satisfied = self.rolls_up(id, Action::NotSatisfied, &known);
        let satisfied = self.rolls_up(id, Action::Satisfied, &standard(Condition::Satisfied, Action::Satisfied));
        if satisfied || not_satisfied {
            self.set_satisfied(id, Objective::Primary, Some(satisfied));
            self.state.of_mut(id).old_objectives = false;
        }
    }

    /// RB.1.3 Activity Progress Rollup by rules (RB.1.3.b); where the measure decides (RB.1.3.a), it has decided by now.
    fn roll_up_progress(&mut self, id: NodeId) {
        if self.tree.settings(id).threshold.by_measure {
            return;
        }
        let known = standard(Condition::ActivityProgressKnown, Action::Incomplete);
        let incomplete = self.rolls_up(id, Action::Incomplete, &known);
        let completed = self.rolls_up(id, Action::Completed, &standard(Condition::Completed, Action::Completed));
        if completed || incomplete {
            self.set_completed(id, Objective::Primary, Some(completed));
            self.state.of_mut(id).old_progress = false;
        }
    }

    /// RB.1.4 Rollup Rule Check Subprocess, with `standard` where the group has no rule for this status at all.
    fn rolls_up(&self, id: NodeId, action: Action, standard: &RollupRule) -> bool {
        let concerns_objective = |action| matches!(action, Action::Satisfied | Action::NotSatisfied);
        let rules = &self.tree.settings(id).rollup;
        if rules.iter().any(|rule| concerns_objective(rule.action) == concerns_objective(action)) {
            rules.iter().filter(|rule| rule.action == action).any(|rule| self.holds(id, rule))
        } else {
            self.holds(id, standard)
        }
    }

    fn holds(&self, id: NodeId, rule: &RollupRule) -> bool {
        let (mut met, mut unknown, mut all) = (0_usize, 0_usize, 0_usize);
        for child in self.children(id) {
            if self.contributes(*child, rule.action) {
                all += 1;
                match self.meets(*child, &rule.conditions, View::Rollup) {
                    Some(true) => met += 1,
                    Some(false) => {}
                    None => unknown += 1,
                }
            }
        }
        match rule.children {
            // Where no child takes part, all do and none does.
            ChildSet::All => met == all,
            ChildSet::Any => met > 0,
            ChildSet::None => met == 0 && unknown == 0,
            // Where nothing is known of any child, nothing is counted.
            _ if unknown == all => false,
            ChildSet::AtLeastCount(count) => met >= count,
            ChildSet::AtLeastPercent(percent) => met as f64 / all as f64 >= percent,
        }
    }

    /// RB.1.4.2 Check Child for Rollup Subprocess.
    fn contributes(&self, child: NodeId, action: Action) -> bool {
        let (settings, tracking) = (self.tree.settings(child), self.state.of(child));
        let (takes_part, considered) = match action {
            Action::Satisfied => (settings.rollup_objective, settings.required_for_satisfied),
            Action::NotSatisfied => (settings.rollup_objective, settings.required_for_not_satisfied),
            Action::Completed => (settings.rollup_progress, settings.required_for_completed),
            Action::Incomplete => (settings.rollup_progress, settings.required_for_incomplete),
        };
        settings.tracked
            && takes_part
            && match considered {
                Considered::Always => true,
                Considered::IfAttempted => tracking.attempts > 0,
                Considered::IfNotSuspended => tracking.attempts == 0 || !tracking.suspended,
                Considered::IfNotSkipped => !self.before(child, Before::Skip),
            }
    }
}

/// The rule that holds where a group brings none for either outcome (RB.1.2.b and RB.1.3.b, step 1).
fn standard(condition: Condition, action: Action) -> RollupRule {
    let clause = Clause { condition, negated: false, objective: Objective::Primary };
    RollupRule { children: ChildSet::All, conditions: Conditions { all: false, clauses: vec![clause] }, action }
}
