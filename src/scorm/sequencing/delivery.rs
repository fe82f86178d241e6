//! Delivery (DB): whether the activity that was found may be delivered, and what begins and ends with it.

use super::Sequencer;
use super::tracking::{Status, Tracking};
use super::tree::NodeId;

impl Sequencer<'_> {
    /// DB.1.1 Delivery Request Process.
    pub(super) fn check_delivery(&self, id: NodeId) -> Result<(), &'static str> {
        if !self.tree.is_deliverable(id) {
            return Err("DB.1.1-1");
        }
        if self.tree.upwards(id).any(|id| self.is_disabled(id)) { Err("DB.1.1-3") } else { Ok(()) }
    }

    /// DB.2 Content Delivery Environment Process.
    pub(super) fn deliver(&mut self, id: NodeId) -> Result<(), &'static str> {
        if self.state.current.is_some_and(|current| self.tree.is_leaf(current) && self.state.of(current).active) {
            return Err("DB.2-1");
        }
        if self.state.suspended != Some(id) {
            self.clear_suspended(id);
        }
        self.terminate_descendants(id);
        for step in self.tree.path(id) {
            let is_tracked = self.tree.settings(step).tracked;
            let tracking = self.state.of_mut(step);
            if tracking.active {
                continue;
            }
            tracking.active = true;
            if tracking.suspended {
                tracking.suspended = false;
            } else if is_tracked {
                self.begin_attempt(step);
            }
        }
        self.state.current = Some(id);
        self.state.suspended = None;
        Ok(())
    }

    /// A new attempt knows nothing of the one before, and a group does not count what is inside from before, unless its control
    /// modes say so (`useCurrentAttemptObjectiveInfo`, `useCurrentAttemptProgressInfo`).
    fn begin_attempt(&mut self, id: NodeId) {
        let tracking = self.state.of_mut(id);
        *tracking = Tracking {
            attempts: tracking.attempts.saturating_add(1),
            active: true,
            drawn: tracking.drawn.take(),
            ..Tracking::default()
        };
        let control = self.tree.settings(id).control;
        let mut waiting = vec![(id, control.current_objectives_only, control.current_progress_only)];
        while let Some((group, objectives, progress)) = waiting.pop() {
            if !objectives && !progress {
                continue;
            }
            for child in self.tree.children(group) {
                let tracking = self.state.of_mut(*child);
                // What was never attempted nor judged has nothing old.
                let is_known = tracking.attempts > 0 || tracking.primary != Status::default();
                tracking.old_objectives |= objectives && is_known;
                tracking.old_progress |= progress && is_known;
                let control = self.tree.settings(*child).control;
                let inside = (objectives && control.current_objectives_only, progress && control.current_progress_only);
                waiting.push((*child, inside.0, inside.1));
            }
        }
    }

    /// DB.2.1 Clear Suspended Activity Subprocess: another activity is delivered than the one that waits.
    fn clear_suspended(&mut self, id: NodeId) {
        let Some(suspended) = self.state.suspended.take() else { return };
        let ancestor = self.tree.common_ancestor(suspended, id);
        for step in self.tree.upwards(suspended).take_while(|step| *step != ancestor) {
            let waits = self.children(step).iter().any(|child| self.state.of(*child).suspended);
            self.state.of_mut(step).suspended = waits;
        }
    }
}
