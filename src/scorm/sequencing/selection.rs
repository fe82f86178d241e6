//! Selection and randomisation (SR.1, SR.2): which children of a group there are for this learner, and in which order.

use super::Sequencer;
use super::settings::Timing;
use super::tree::NodeId;
use crate::core::Dice;

impl Sequencer<'_> {
    /// The available children of an activity.
    pub(super) fn children(&self, id: NodeId) -> &[NodeId] {
        self.state.of(id).drawn.as_deref().unwrap_or_else(|| self.tree.children(id))
    }

    /// Whether the activity and the groups around it are among those that were drawn.
    pub(super) fn is_available(&self, id: NodeId) -> bool {
        self.tree.upwards(id).all(|id| self.place(id).is_some())
    }

    /// Its place among the available children of its group; the root has the first.
    pub(super) fn place(&self, id: NodeId) -> Option<usize> {
        let Some(parent) = self.tree.parent(id) else { return Some(0) };
        match &self.state.of(parent).drawn {
            Some(drawn) => drawn.iter().position(|child| *child == id),
            None => Some(self.tree.node(id).place),
        }
    }

    /// Whether `a` stands before `b` in the order in which activities are available now; neither holds the other.
    pub(super) fn stands_before(&self, a: NodeId, b: NodeId) -> bool {
        let ancestor = self.tree.common_ancestor(a, b);
        let branch = |id| self.tree.upwards(id).find(|step| self.tree.parent(*step) == Some(ancestor));
        branch(a).and_then(|a| self.place(a)) < branch(b).and_then(|b| self.place(b))
    }

    /// SR.1 and SR.2 before the first attempt of a session, for every group that was not drawn yet.
    pub(super) fn draw_first(&mut self) {
        let tree = self.tree;
        for id in std::iter::once(NodeId::ROOT).chain(tree.activities()) {
            let (draw, tracking) = (tree.settings(id).draw, self.state.of(id));
            let is_due = draw.selection != Timing::Never || draw.randomization != Timing::Never;
            if is_due && tracking.drawn.is_none() && !tracking.active && !tracking.suspended {
                self.draw(id, draw.selection != Timing::Never, draw.randomization != Timing::Never);
            }
        }
    }

    /// SR.1 and SR.2 for a group whose attempt has ended: the next one has its own draw.
    pub(super) fn draw_again(&mut self, id: NodeId) {
        let draw = self.tree.settings(id).draw;
        let again = |timing| timing == Timing::OnEachNewAttempt;
        self.draw(id, again(draw.selection), again(draw.randomization));
    }

    fn draw(&mut self, id: NodeId, select: bool, reorder: bool) {
        let (tree, settings) = (self.tree, self.tree.settings(id).draw);
        let all = tree.children(id);
        let count = settings.count.filter(|count| select && *count > 0 && *count < all.len());
        let reorder = reorder && settings.reorder;
        if all.is_empty() || count.is_none() && !reorder {
            return;
        }
        let mut dice = Dice::new(self.state.chance);
        self.state.chance = dice.below(u64::MAX);
        let mut drawn = if count.is_some() { all.to_vec() } else { self.children(id).to_vec() };
        if let Some(count) = count {
            dice.shuffle(&mut drawn);
            drawn.truncate(count);
            drawn.sort_unstable();
        }
        if reorder {
            dice.shuffle(&mut drawn);
        }
        self.state.of_mut(id).drawn = Some(drawn);
    }
}
