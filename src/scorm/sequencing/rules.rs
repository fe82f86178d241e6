//! Sequencing rules and limits (UP.1, UP.2, UP.5): what they say of an activity now.

use super::Sequencer;
use super::objectives::View;
use super::settings::{After, Before, Clause, Condition, Conditions};
use super::tracking::Status;
use super::tree::NodeId;

impl Sequencer<'_> {
    /// UP.2 Sequencing Rules Check Process for the preconditions of one kind.
    pub(super) fn before(&self, id: NodeId, action: Before) -> bool {
        let rules = &self.tree.settings(id).rules.before;
        rules.iter().filter(|rule| rule.0 == action).any(|rule| self.meets(id, &rule.1, View::Known) == Some(true))
    }

    /// UP.2 for the postconditions: the first that holds.
    pub(super) fn after(&self, id: NodeId) -> Option<After> {
        let rules = &self.tree.settings(id).rules.after;
        rules.iter().find(|rule| self.meets(id, &rule.1, View::Known) == Some(true)).map(|rule| rule.0)
    }

    /// UP.2 for the exit conditions.
    pub(super) fn exits(&self, id: NodeId) -> bool {
        let rules = &self.tree.settings(id).rules.exit;
        rules.iter().any(|conditions| self.meets(id, conditions, View::Known) == Some(true))
    }

    /// UP.5 Check Activity Process: whether the activity cannot be delivered, nor anything inside it.
    pub(super) fn is_disabled(&self, id: NodeId) -> bool {
        self.before(id, Before::Disabled) || self.is_limited(id)
    }

    /// UP.1 Limit Conditions Check Process: whether no further attempt may begin.
    fn is_limited(&self, id: NodeId) -> bool {
        let (settings, tracking) = (self.tree.settings(id), self.state.of(id));
        settings.tracked
            && !tracking.active
            && !tracking.suspended
            && settings.attempt_limit.is_some_and(|limit| tracking.attempts >= limit)
    }

    /// UP.2.1 Sequencing Rule Check Subprocess and RB.1.4.1 Evaluate Rollup Conditions Subprocess; `None` is "unknown".
    pub(super) fn meets(&self, id: NodeId, conditions: &Conditions, view: View) -> Option<bool> {
        let outcomes = conditions.clauses.iter().map(|clause| self.meets_one(id, clause, view));
        // Three-valued logic: false is below unknown is below true; "all" is the lowest, "any" the highest.
        let rank = |outcome: &Option<bool>| outcome.map_or(1, |value| if value { 2 } else { 0 });
        if conditions.all { outcomes.min_by_key(rank) } else { outcomes.max_by_key(rank) }.flatten()
    }

    fn meets_one(&self, id: NodeId, clause: &Clause, view: View) -> Option<bool> {
        let settings = self.tree.settings(id);
        // Nothing is known of what is not tracked.
        let status = || if settings.tracked { self.status(id, clause.objective, view) } else { Status::default() };
        let attempts = if settings.tracked { self.state.of(id).attempts } else { 0 };
        let outcome = match clause.condition {
            Condition::Satisfied => status().satisfied,
            Condition::ObjectiveStatusKnown => Some(status().satisfied.is_some()),
            Condition::ObjectiveMeasureKnown => Some(status().measure.is_some()),
            Condition::MeasureAbove(threshold) => status().measure.map(|measure| measure > threshold),
            Condition::MeasureBelow(threshold) => status().measure.map(|measure| measure < threshold),
            Condition::Completed => status().completed,
            Condition::ActivityProgressKnown => Some(status().completed.is_some()),
            Condition::Attempted => Some(attempts > 0),
            Condition::AttemptLimitExceeded => settings.attempt_limit.map(|limit| attempts >= limit),
            Condition::Always => Some(true),
            Condition::Never => Some(false),
            Condition::Untracked => None,
        };
        outcome.map(|value| value != clause.negated)
    }
}
