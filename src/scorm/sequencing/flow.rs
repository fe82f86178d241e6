//! Flow (SB.2.1 to SB.2.3): from an activity to the next that can be delivered, forwards or backwards.

use super::Sequencer;
use super::settings::Before;
use super::tree::NodeId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Backward,
}

/// Why nothing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The end of the course was reached, and with it the end of the session (SB.2.1 step 3.1).
    End,
    Refused(&'static str),
}

impl Sequencer<'_> {
    /// SB.2.3 Flow Subprocess.
    pub(super) fn flow(&self, from: NodeId, direction: Direction, into: bool) -> Result<NodeId, Stop> {
        let (next, _) = self.traverse(from, direction, into, None)?;
        self.arrive(next, direction)
    }

    /// SB.2.2 Flow Activity Traversal Subprocess: whether `id` can be delivered, or what comes after it or inside it.
    fn arrive(&self, id: NodeId, direction: Direction) -> Result<NodeId, Stop> {
        let (mut id, mut direction, mut reversed_from) = (id, direction, None);
        // Every step leads to another activity; there and back is the longest way.
        for _ in 0..=2 * self.tree.len() {
            let parent = self.tree.parent(id).ok_or(Stop::Refused("SB.2.2-1"))?;
            if !self.tree.settings(parent).control.flow {
                return Err(Stop::Refused("SB.2.2-1"));
            }
            // A leaf with nothing to open is passed by like one that is skipped.
            let is_hollow = self.tree.is_leaf(id) && !self.tree.is_deliverable(id);
            if is_hollow || self.before(id, Before::Skip) {
                let (next, then) = self.traverse(id, direction, false, reversed_from)?;
                if reversed_from == Some(Direction::Backward) && then == Direction::Backward {
                    (direction, reversed_from) = (Direction::Backward, None);
                }
                id = next;
                continue;
            }
            if self.is_disabled(id) {
                return Err(Stop::Refused("SB.2.2-2"));
            }
            if self.tree.is_leaf(id) {
                return Ok(id);
            }
            let (next, then) = self.traverse(id, direction, true, None)?;
            let turned = direction == Direction::Backward && then == Direction::Forward;
            reversed_from = turned.then_some(Direction::Backward);
            (id, direction) = (next, then);
        }
        Err(Stop::Refused("SB.2.2-1"))
    }

    /// SB.2.1 Flow Tree Traversal Subprocess: the next activity in a direction, and the direction from there.
    pub(super) fn traverse(
        &self,
        from: NodeId,
        direction: Direction,
        into: bool,
        reversed_from: Option<Direction>,
    ) -> Result<(NodeId, Direction), Stop> {
        let (mut at, mut direction, mut into, mut reversed) = (from, direction, into, false);
        // Step 2: a group that only goes forward was entered from behind; past its end the way leads back.
        if reversed_from == Some(Direction::Backward)
            && let Some(parent) = self.tree.parent(at)
            && self.children(parent).last() == Some(&at)
        {
            direction = Direction::Backward;
            at = self.children(parent)[0];
            reversed = true;
        }
        loop {
            if into && !self.tree.is_leaf(at) {
                let children = self.children(at);
                return Ok(match direction {
                    Direction::Forward => (children[0], Direction::Forward),
                    // Step 4.3: entered at its near end, unless it only goes forward.
                    Direction::Backward if self.tree.settings(at).control.forward_only => {
                        (children[0], Direction::Forward)
                    }
                    Direction::Backward => (children[children.len() - 1], Direction::Backward),
                });
            }
            let Some(parent) = self.tree.parent(at) else {
                return Err(if direction == Direction::Forward { Stop::End } else { Stop::Refused("SB.2.1-3") });
            };
            if direction == Direction::Backward && !reversed && self.tree.settings(parent).control.forward_only {
                return Err(Stop::Refused("SB.2.1-4"));
            }
            let place = self.place(at).ok_or(Stop::Refused("SB.2.1-1"))?;
            let beside = match direction {
                Direction::Forward => Some(place + 1),
                Direction::Backward => place.checked_sub(1),
            };
            if let Some(sibling) = beside.and_then(|place| self.children(parent).get(place)) {
                return Ok((*sibling, direction));
            }
            (at, into, reversed) = (parent, false, false);
        }
    }
}
