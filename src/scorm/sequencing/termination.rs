//! Termination (TB) and the end of attempts (UP.3, UP.4): how the current activity, and what is around it, is left.

use super::Sequencer;
use super::objectives::View;
use super::requests::Sequencing;
use super::settings::{After, Objective, Timing};
use super::tree::NodeId;

/// A termination request (SN 4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Termination {
    Exit,
    ExitAll,
    SuspendAll,
    Abandon,
    AbandonAll,
}

impl Sequencer<'_> {
    /// TB.2.3 Termination Request Process. Answers the sequencing request that goes before the one that was asked for.
    pub(super) fn terminate(&mut self, request: Termination) -> Result<Option<Sequencing>, &'static str> {
        let current = self.state.current.ok_or("TB.2.3-1")?;
        let is_over = !self.state.of(current).active;
        match request {
            Termination::Exit | Termination::Abandon if is_over => Err("TB.2.3-2"),
            Termination::Exit => Ok(self.exit(current)),
            Termination::ExitAll => {
                self.exit_all();
                Ok(None)
            }
            Termination::SuspendAll => self.suspend_all(current).map(|()| None),
            Termination::Abandon => {
                self.forget_outcome(current);
                self.state.of_mut(current).active = false;
                Ok(None)
            }
            Termination::AbandonAll => {
                self.forget_outcome(current);
                for id in self.tree.upwards(current) {
                    self.state.of_mut(id).active = false;
                }
                self.state.current = Some(NodeId::ROOT);
                Ok(None)
            }
        }
    }

    /// TB.2.3 step 3: the current activity ends, then what its rules and those of its groups say.
    fn exit(&mut self, current: NodeId) -> Option<Sequencing> {
        self.end_attempt(current);
        self.apply_exit_rules(current);
        loop {
            let current = self.state.current?;
            // TB.2.2 Sequencing Post Condition Rules Subprocess: what waits to be taken up again is not judged.
            let after = if self.state.of(current).suspended { None } else { self.after(current) };
            let asked = match after {
                Some(After::ExitParent) => {
                    if let Some(parent) = self.tree.parent(current) {
                        self.state.current = Some(parent);
                        self.end_attempt(parent);
                        continue;
                    }
                    None
                }
                Some(After::ExitAll) => {
                    self.exit_all();
                    return Some(Sequencing::Exit);
                }
                Some(After::RetryAll) => return Some(self.retry_all()),
                Some(After::Retry) if current == NodeId::ROOT => return Some(self.retry_all()),
                Some(After::Retry) => Some(Sequencing::Retry),
                Some(After::Continue) => Some(Sequencing::Continue),
                Some(After::Previous) => Some(Sequencing::Previous),
                None => None,
            };
            // Step 3.6: who has left the course has ended the session.
            return if current == NodeId::ROOT { Some(Sequencing::Exit) } else { asked };
        }
    }

    /// TB.2.1 Sequencing Exit Action Rules Subprocess: the highest group whose rule says so is left.
    fn apply_exit_rules(&mut self, current: NodeId) {
        let groups = self.tree.path(current);
        let left = groups.iter().take(groups.len().saturating_sub(1)).find(|group| self.exits(**group));
        if let Some(group) = left.copied() {
            self.terminate_descendants(group);
            self.end_attempt(group);
            self.state.current = Some(group);
        }
    }

    /// TB.2.3 step 4: every attempt under way ends.
    fn exit_all(&mut self) {
        if let Some(current) = self.state.current.filter(|current| self.state.of(*current).active) {
            self.end_attempt(current);
        }
        self.terminate_descendants(NodeId::ROOT);
        self.end_attempt(NodeId::ROOT);
        self.state.current = Some(NodeId::ROOT);
    }

    /// The course is left and begun anew, with global objectives of its own as on the first day.
    pub(super) fn retry_all(&mut self) -> Sequencing {
        self.exit_all();
        self.state.objectives.0.clear();
        Sequencing::Retry
    }

    /// TB.2.3 step 5: the current activity and its groups wait to be taken up again.
    fn suspend_all(&mut self, current: NodeId) -> Result<(), &'static str> {
        let tracking = self.state.of(current);
        let suspended = if tracking.active || tracking.suspended {
            self.roll_up(current);
            current
        } else {
            self.tree.parent(current).ok_or("TB.2.3-3")?
        };
        for id in self.tree.upwards(suspended) {
            let tracking = self.state.of_mut(id);
            tracking.active = false;
            tracking.suspended = true;
        }
        self.state.suspended = Some(suspended);
        self.state.current = Some(NodeId::ROOT);
        Ok(())
    }

    /// What an abandoned attempt said of itself does not count.
    fn forget_outcome(&mut self, id: NodeId) {
        self.set_completed(id, Objective::Primary, None);
        self.set_progress(id, Objective::Primary, None);
        self.set_satisfied(id, Objective::Primary, None);
        self.set_measure(id, Objective::Primary, None);
        self.state.of_mut(id).suspended = false;
    }

    /// UP.3 Terminate Descendent Attempts Process: on the way from the current activity to what holds it and `id`, both ends
    /// but the lower excluded.
    pub(super) fn terminate_descendants(&mut self, id: NodeId) {
        let Some(current) = self.state.current else { return };
        let ancestor = self.tree.common_ancestor(current, id);
        for step in self.tree.upwards(current).take_while(|step| *step != ancestor) {
            self.end_attempt(step);
        }
    }

    /// UP.4 End Attempt Process.
    pub(super) fn end_attempt(&mut self, id: NodeId) {
        if !self.state.of(id).active {
            return;
        }
        let settings = self.tree.settings(id);
        if self.tree.is_leaf(id) {
            if settings.tracked && !self.state.of(id).suspended {
                self.set_what_content_left(id);
            }
        } else {
            let waits = self.children(id).iter().any(|child| self.state.of(*child).suspended);
            self.state.of_mut(id).suspended = waits;
            let draw = settings.draw;
            let is_drawn_again = [draw.selection, draw.randomization].contains(&Timing::OnEachNewAttempt);
            if !waits && is_drawn_again {
                self.draw_again(id);
            }
        }
        self.state.of_mut(id).active = false;
        if settings.tracked {
            self.settle_measures(id);
        }
        self.roll_up(id);
    }

    /// UP.4 step 1.1: content that says nothing is taken to have done what it had to do; content that says that it does not
    /// know is believed.
    pub(super) fn set_what_content_left(&mut self, id: NodeId) {
        let settings = self.tree.settings(id);
        let status = self.status(id, Objective::Primary, View::Known);
        let tracking = self.state.of(id);
        let (success_unknown, completion_unknown) = (tracking.success_unknown, tracking.completion_unknown);
        if !settings.completion_set_by_content && status.completed.is_none() && !completion_unknown {
            self.set_completed(id, Objective::Primary, Some(true));
        }
        if !settings.objective_set_by_content && status.satisfied.is_none() && !success_unknown {
            self.set_satisfied(id, Objective::Primary, Some(true));
        }
    }
}
