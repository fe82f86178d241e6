//! Sequencing requests (SB.2.5 to SB.2.15): which activity is to be delivered.

use super::Sequencer;
use super::flow::{Direction, Stop};
use super::settings::Before;
use super::tree::NodeId;

/// A sequencing request (SN 4.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sequencing {
    Start,
    ResumeAll,
    Continue,
    Previous,
    Choice(NodeId),
    Jump(NodeId),
    Retry,
    Exit,
}

/// What a sequencing request comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Activity(NodeId),
    /// The session goes on without an activity.
    Nothing,
}

impl Sequencer<'_> {
    /// SB.2.12 Sequencing Request Process.
    pub(super) fn sequence(&self, request: Sequencing) -> Result<Found, Stop> {
        let current = self.state.current;
        let refused = |code| Err(Stop::Refused(code));
        let found = match request {
            Sequencing::Start => match current {
                Some(_) => return refused("SB.2.5-1"),
                None if self.tree.is_leaf(NodeId::ROOT) => return refused("SB.2.5-3"),
                None => self.flow(NodeId::ROOT, Direction::Forward, true)?,
            },
            Sequencing::ResumeAll => match (current, self.state.suspended) {
                (Some(_), _) => return refused("SB.2.6-1"),
                (None, None) => return refused("SB.2.6-2"),
                (None, Some(suspended)) => suspended,
            },
            Sequencing::Continue => self.beside(Direction::Forward, ["SB.2.7-1", "SB.2.7-2"])?,
            Sequencing::Previous => self.beside(Direction::Backward, ["SB.2.8-1", "SB.2.8-2"])?,
            Sequencing::Choice(target) => self.choice(target)?,
            Sequencing::Jump(_) if current.is_none() => return refused("SB.2.13-1"),
            Sequencing::Jump(target) => target,
            Sequencing::Retry => match current {
                None => return refused("SB.2.10-1"),
                Some(id) if self.state.of(id).active || self.state.of(id).suspended => return refused("SB.2.10-2"),
                Some(id) if self.tree.is_leaf(id) => id,
                Some(id) => self.flow(id, Direction::Forward, true)?,
            },
            Sequencing::Exit => match current {
                None => return refused("SB.2.11-1"),
                Some(id) if self.state.of(id).active => return refused("SB.2.11-2"),
                Some(NodeId::ROOT) => return Err(Stop::End),
                Some(_) => return Ok(Found::Nothing),
            },
        };
        Ok(Found::Activity(found))
    }

    /// SB.2.7 Continue and SB.2.8 Previous Sequencing Request Process.
    fn beside(&self, direction: Direction, codes: [&'static str; 2]) -> Result<NodeId, Stop> {
        let current = self.state.current.ok_or(Stop::Refused(codes[0]))?;
        if self.tree.parent(current).is_some_and(|parent| !self.tree.settings(parent).control.flow) {
            return Err(Stop::Refused(codes[1]));
        }
        self.flow(current, direction, false)
    }

    /// SB.2.9 Choice Sequencing Request Process.
    pub(super) fn choice(&self, target: NodeId) -> Result<NodeId, Stop> {
        self.choice_within(target, self.reach())
    }

    /// The same, with what is asked of every target alike asked before.
    pub(super) fn choice_within(&self, target: NodeId, reach: usize) -> Result<NodeId, Stop> {
        self.check_choice(target, reach).map_err(Stop::Refused)?;
        if self.tree.is_leaf(target) {
            return Ok(target);
        }
        // Step 13: a group was chosen, so its first activity is looked for.
        self.flow(target, Direction::Forward, true).map_err(|_| Stop::Refused("SB.2.9-9"))
    }

    /// SB.2.9 steps 2 to 10: whether the target can be reached from where the learner is.
    fn check_choice(&self, target: NodeId, reach: usize) -> Result<(), &'static str> {
        if !self.is_available(target) {
            return Err("SB.2.9-2");
        }
        if self.tree.upwards(target).any(|id| self.before(id, Before::HiddenFromChoice)) {
            return Err("SB.2.9-3");
        }
        if self.tree.parent(target).is_some_and(|parent| !self.tree.settings(parent).control.choice) {
            return Err("SB.2.9-4");
        }
        let current = self.state.current;
        let ancestor = current.map_or(NodeId::ROOT, |current| self.tree.common_ancestor(current, target));
        match current {
            Some(current) if current == target => Ok(()),
            Some(current) if self.tree.parent(current) == self.tree.parent(target) => {
                self.check_siblings(current, target, reach)
            }
            Some(current) if current != ancestor => {
                self.check_way_up(current, ancestor)?;
                self.check_constraint(current, target, ancestor)?;
                if target == ancestor {
                    return Ok(());
                }
                self.check_way_down(ancestor, target, !self.stands_before(target, current))
            }
            _ if target == ancestor => Ok(()),
            _ => self.check_way_down(ancestor, target, true),
        }
    }

    /// SB.2.4 Choice Activity Traversal Subprocess among the siblings of the current activity: the place of the last that can
    /// be chosen before one stops the way forward.
    pub(super) fn reach(&self) -> usize {
        let siblings = self.state.current.and_then(|current| Some((self.tree.parent(current)?, self.place(current)?)));
        let Some((parent, from)) = siblings else { return usize::MAX };
        let behind = self.children(parent).iter().enumerate().skip(from);
        let stops = behind.filter(|(_, id)| self.before(**id, Before::StopForwardTraversal));
        stops.map(|(place, _)| place).next().unwrap_or(usize::MAX)
    }

    /// SB.2.9 step 7: between siblings, each on the way must let the learner pass.
    fn check_siblings(&self, current: NodeId, target: NodeId, reach: usize) -> Result<(), &'static str> {
        let Some(parent) = self.tree.parent(target) else { return Ok(()) };
        let (Some(from), Some(to)) = (self.place(current), self.place(target)) else { return Err("SB.2.9-2") };
        if to < from && self.tree.settings(parent).control.forward_only {
            return Err("SB.2.4-2");
        }
        if to > reach { Err("SB.2.4-1") } else { Ok(()) }
    }

    /// SB.2.9 steps 9 and 10: each group that is left must let the learner go. Whether the current activity does was asked with
    /// the navigation request, while it was active (NB.2.1).
    fn check_way_up(&self, current: NodeId, ancestor: NodeId) -> Result<(), &'static str> {
        let mut left = self.tree.upwards(current).skip(1).take_while(|id| *id != ancestor);
        if left.any(|id| !self.tree.settings(id).control.choice_exit) { Err("SB.2.9-7") } else { Ok(()) }
    }

    /// SB.2.9 step 10: a group with a constrained choice lets nobody go further than what is next to it.
    fn check_constraint(&self, current: NodeId, target: NodeId, ancestor: NodeId) -> Result<(), &'static str> {
        let mut left = self.tree.upwards(current).skip(1).take_while(|id| *id != ancestor);
        let Some(group) = left.find(|id| self.tree.settings(*id).constrain_choice) else { return Ok(()) };
        if target == ancestor {
            return self.check_constraint_above(group, target);
        }
        let direction = if self.stands_before(target, current) { Direction::Backward } else { Direction::Forward };
        // SB.2.9.1 and SB.2.9.2 Choice Flow Subprocess: control modes do not count here.
        let next = self.beside_in_tree(group, direction);
        if next.is_some_and(|next| self.tree.is_within(target, next)) { Ok(()) } else { Err("SB.2.9-8") }
    }

    /// The same for a group around the constrained one: it lies between what is before that one and itself, or leads to the
    /// first of what may be chosen by flowing down.
    fn check_constraint_above(&self, group: NodeId, target: NodeId) -> Result<(), &'static str> {
        let first = self.beside_in_tree(group, Direction::Backward).unwrap_or(group);
        if self.stands_before(first, target) {
            return Ok(());
        }
        let leads_to = |(parent, child): (NodeId, NodeId)| {
            self.tree.settings(parent).control.flow && self.children(parent).first() == Some(&child)
        };
        let mut steps = self.tree.upwards(first).skip(1).zip(self.tree.upwards(first));
        let found = steps.by_ref().take_while(|step| leads_to(*step)).any(|(parent, _)| parent == target);
        if found { Ok(()) } else { Err("SB.2.9-8") }
    }

    /// The activity after or before a group in the tree, whatever the control modes are.
    fn beside_in_tree(&self, group: NodeId, direction: Direction) -> Option<NodeId> {
        self.tree.upwards(group).find_map(|id| {
            let place = match direction {
                Direction::Forward => self.place(id)?.checked_add(1),
                Direction::Backward => self.place(id)?.checked_sub(1),
            };
            self.children(self.tree.parent(id)?).get(place?).copied()
        })
    }

    /// SB.2.9 steps 8 and 10: down to the target, past groups that stop the way forward or let nobody in.
    fn check_way_down(&self, ancestor: NodeId, target: NodeId, is_forward: bool) -> Result<(), &'static str> {
        for id in self.tree.upwards(target).skip(1) {
            if is_forward && self.before(id, Before::StopForwardTraversal) {
                return Err("SB.2.4-1");
            }
            if id == ancestor {
                break;
            }
            if !self.state.of(id).active && self.tree.settings(id).prevent_activation {
                return Err("SB.2.9-6");
            }
        }
        Ok(())
    }
}
