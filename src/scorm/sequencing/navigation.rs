//! From a navigation request to the next delivery (SN 4.3 to 4.9): navigation NB, termination TB, sequencing SB, delivery DB.

use super::rollup;
use super::tree::{NodeId, State, Tracking, Tree};

/// What the learner, or the content for them, asks for (SN 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Begin the course where its rules say.
    Start,
    /// Take up the activity that was suspended.
    ResumeAll,
    Continue,
    Previous,
    Choice(NodeId),
    /// Begin the current activity anew.
    Retry,
    /// Leave the current activity.
    Exit,
    /// Leave the course.
    ExitAll,
    /// Leave the course and take it up again later.
    SuspendAll,
    /// Leave the current activity as if it had not been opened.
    Abandon,
    /// Leave the course as if the current activity had not been opened.
    AbandonAll,
}

/// What a request leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// This activity is current and is to be opened.
    Deliver(NodeId),
    /// The current activity is left; nothing follows by itself.
    End,
    /// Nothing changed but what leaving the current activity changed; the exception code of the SN book.
    Refused(&'static str),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Forward,
    Backward,
}

/// Why a traversal found nothing.
enum Stop {
    /// The end of the course is reached (SB.2.1-1).
    End,
    Refused(&'static str),
}

/// Processes requests on one course and one learner's state.
pub struct Sequencer<'t> {
    tree: &'t Tree,
    state: State,
}

impl<'t> Sequencer<'t> {
    /// A session that begins, or goes on from a stored state.
    pub fn new(tree: &'t Tree, state: State) -> Self {
        Self { tree, state: state.fitted(tree) }
    }

    /// The state, to be read.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The state, to be stored.
    pub fn into_state(self) -> State {
        self.state
    }

    /// OP.1 Overall Sequencing Process for one request.
    pub fn navigate(&mut self, request: Request) -> Outcome {
        if let Err(code) = self.judge(request) {
            return Outcome::Refused(code);
        }
        let found = match request {
            Request::Start => self.start(),
            Request::ResumeAll => self.state.suspended.ok_or(Stop::Refused("SB.2.6-1")),
            Request::Continue => {
                self.end_current();
                self.beside_current(Direction::Forward)
            }
            Request::Previous => {
                self.end_current();
                self.beside_current(Direction::Backward)
            }
            Request::Choice(target) => {
                // The choice is judged before the content is taken away, so that a refusal costs the learner nothing.
                let found = self.choice(target);
                if found.is_ok() {
                    self.end_current();
                }
                found
            }
            // SB.2.10 Retry Sequencing Request Process.
            Request::Retry => {
                self.end_current();
                self.state.current.ok_or(Stop::Refused("SB.2.10-1"))
            }
            Request::Exit => {
                self.end_current();
                return Outcome::End;
            }
            Request::ExitAll => return self.leave(Self::end_attempt),
            Request::SuspendAll => return self.suspend_all(),
            Request::Abandon => {
                self.abandon_current();
                return Outcome::End;
            }
            Request::AbandonAll => {
                self.abandon_current();
                return self.leave(|sequencer, id| sequencer.state.of_mut(id).active = false);
            }
        };
        match found {
            Ok(activity) => self.deliver(activity),
            // SB.2.1-1: going on from the last activity ends the course.
            Err(Stop::End) => self.leave(Self::end_attempt),
            Err(Stop::Refused(code)) => Outcome::Refused(code),
        }
    }

    /// Whether the request would deliver an activity; nothing changes.
    pub fn would_deliver(&self, request: Request) -> bool {
        let mut trial = Self { tree: self.tree, state: self.state.clone() };
        matches!(trial.navigate(request), Outcome::Deliver(_))
    }

    /// Whether the activity may be chosen now, or something inside it.
    pub fn may_choose(&self, target: NodeId) -> bool {
        self.judge_choice(target).is_ok() && self.choice(target).is_ok_and(|found| self.tree.is_deliverable(found))
    }

    /// Delivers an activity the learner had left without a word, when no session is under way: they come back to it.
    pub fn come_back(&mut self, target: NodeId) -> Outcome {
        match self.state.current {
            Some(_) => Outcome::Refused("NB.2.1-1"),
            None => self.deliver(target),
        }
    }

    /// Stands at an activity that is looked at again, as if its session were under way. No attempt begins or ends.
    pub fn stand_at(&mut self, target: NodeId) {
        for id in self.tree.path(target) {
            self.state.of_mut(id).active = true;
        }
        self.state.current = Some(target);
        self.state.suspended = None;
    }

    /// NB.2.1 Navigation Request Process: whether the request is valid now.
    pub fn judge(&self, request: Request) -> Result<(), &'static str> {
        let current = self.state.current;
        let parent_control = current.and_then(|id| self.tree.parent(id)).map(|id| self.tree.settings(id).control);
        match request {
            Request::Start if current.is_some() => Err("NB.2.1-1"),
            Request::Start => Ok(()),
            Request::ResumeAll if current.is_some() => Err("NB.2.1-1"),
            Request::ResumeAll if self.state.suspended.is_none() => Err("NB.2.1-3"),
            Request::ResumeAll => Ok(()),
            Request::Continue => match parent_control {
                None => Err("NB.2.1-1"),
                Some(control) if !control.flow => Err("NB.2.1-4"),
                Some(_) => Ok(()),
            },
            Request::Previous => match parent_control {
                None => Err("NB.2.1-2"),
                Some(control) if !control.flow || control.forward_only => Err("NB.2.1-5"),
                Some(_) => Ok(()),
            },
            Request::Choice(target) => self.judge_choice(target),
            Request::Exit | Request::Abandon => match current {
                None => Err("NB.2.1-2"),
                Some(id) if !self.state.of(id).active => Err("NB.2.1-12"),
                Some(_) => Ok(()),
            },
            Request::Retry | Request::ExitAll | Request::AbandonAll | Request::SuspendAll => {
                current.map(|_| ()).ok_or("NB.2.1-2")
            }
        }
    }

    /// NB.2.1 step 8: the choice modes of the target's group and of the groups that are left.
    fn judge_choice(&self, target: NodeId) -> Result<(), &'static str> {
        if target.position() >= self.tree.len() {
            return Err("NB.2.1-11");
        }
        if let Some(parent) = self.tree.parent(target)
            && !self.tree.settings(parent).control.choice
        {
            return Err("NB.2.1-10");
        }
        let Some(current) = self.state.current else { return Ok(()) };
        if self.tree.parent(current) == self.tree.parent(target) {
            return Ok(());
        }
        let ancestor = self.tree.common_ancestor(current, target);
        let left = self.tree.path(current).into_iter().skip(self.tree.node(ancestor).depth + 1);
        for id in left {
            if self.state.of(id).active && !self.tree.settings(id).control.choice_exit {
                return Err("NB.2.1-8");
            }
        }
        Ok(())
    }

    /// SB.2.5 Start Sequencing Request Process.
    fn start(&self) -> Result<NodeId, Stop> {
        self.flow(NodeId::ROOT, Direction::Forward, true)
    }

    /// SB.2.7 Continue and SB.2.8 Previous Sequencing Request Process.
    fn beside_current(&self, direction: Direction) -> Result<NodeId, Stop> {
        let current = self.state.current.ok_or(Stop::Refused("SB.2.7-1"))?;
        self.flow(current, direction, false)
    }

    /// SB.2.9 Choice Sequencing Request Process.
    fn choice(&self, target: NodeId) -> Result<NodeId, Stop> {
        if let Some(parent) = self.tree.parent(target)
            && !self.tree.settings(parent).control.choice
        {
            return Err(Stop::Refused("SB.2.9-4"));
        }
        let ancestor = self.state.current.map_or(NodeId::ROOT, |current| self.tree.common_ancestor(current, target));
        self.check_choice_path(ancestor, target)?;
        if self.tree.is_leaf(target) {
            return Ok(target);
        }
        // Step 11: a group was chosen, so its first activity is looked for.
        self.flow(target, Direction::Forward, true).map_err(|_| Stop::Refused("SB.2.9-9"))
    }

    /// SB.2.4 Choice Activity Traversal on the way down to the target: not backwards in a group that only goes forward,
    /// and not into a group that lets nobody in from outside.
    fn check_choice_path(&self, ancestor: NodeId, target: NodeId) -> Result<(), Stop> {
        let down = self.tree.node(ancestor).depth + 1;
        let (to, from) = (self.tree.path(target), self.state.current.map(|current| self.tree.path(current)));
        if let (Some(goal), Some(start)) = (to.get(down), from.and_then(|path| path.get(down).copied()))
            && *goal < start
            && self.tree.settings(ancestor).control.forward_only
        {
            return Err(Stop::Refused("SB.2.4-2"));
        }
        for group in to.iter().skip(down).filter(|id| **id != target) {
            if self.tree.settings(*group).prevent_activation && !self.state.of(*group).active {
                return Err(Stop::Refused("SB.2.9-6"));
            }
        }
        Ok(())
    }

    /// SB.2.3 Flow Subprocess.
    fn flow(&self, from: NodeId, direction: Direction, into_children: bool) -> Result<NodeId, Stop> {
        let (next, direction_then) = self.traverse(from, direction, into_children, None)?;
        self.arrive(next, direction_then, direction)
    }

    /// SB.2.2 Flow Activity Traversal Subprocess: whether `id` can be delivered, or what inside it.
    fn arrive(&self, id: NodeId, direction: Direction, asked: Direction) -> Result<NodeId, Stop> {
        let mut here =
            (id, direction, (asked == Direction::Backward && direction == Direction::Forward).then_some(asked));
        // Every step moves one activity on in document order, so the walk ends.
        for _ in 0..=2 * self.tree.len() {
            let (id, direction, reversed_from) = here;
            if let Some(parent) = self.tree.parent(id)
                && !self.tree.settings(parent).control.flow
            {
                return Err(Stop::Refused("SB.2.2-1"));
            }
            if self.tree.is_deliverable(id) {
                return Ok(id);
            }
            // A leaf with nothing to open is passed by, like a group without children.
            let into_children = !self.tree.is_leaf(id);
            let (next, then) = self.traverse(id, direction, into_children, reversed_from)?;
            let turned = direction == Direction::Backward && then == Direction::Forward;
            here = (next, then, turned.then_some(Direction::Backward));
        }
        Err(Stop::Refused("SB.2.2-1"))
    }

    /// SB.2.1 Flow Tree Traversal Subprocess: the next activity in a direction, and the direction from there.
    fn traverse(
        &self,
        id: NodeId,
        mut direction: Direction,
        into_children: bool,
        reversed_from: Option<Direction>,
    ) -> Result<(NodeId, Direction), Stop> {
        let mut at = id;
        let mut reversed = false;
        // Step 3: a group that only goes forward was entered from behind; past its end the way leads back.
        if reversed_from == Some(Direction::Backward)
            && self.tree.sibling(id, 1).is_none()
            && let Some(parent) = self.tree.parent(id)
        {
            direction = Direction::Backward;
            at = self.tree.children(parent)[0];
            reversed = true;
        }
        let mut into = into_children && !self.tree.is_leaf(at);
        loop {
            let Some(parent) = self.tree.parent(at) else {
                if !into {
                    return Err(if direction == Direction::Forward { Stop::End } else { Stop::Refused("SB.2.1-3") });
                }
                let children = self.tree.children(at);
                let (Some(first), Some(last)) = (children.first(), children.last()) else {
                    return Err(Stop::Refused("SB.2.1-2"));
                };
                return Ok(self.enter(at, direction, *first, *last));
            };
            if into {
                let children = self.tree.children(at);
                return Ok(self.enter(at, direction, children[0], children[children.len() - 1]));
            }
            if direction == Direction::Backward && !reversed && self.tree.settings(parent).control.forward_only {
                return Err(Stop::Refused("SB.2.1-4"));
            }
            let step = if direction == Direction::Forward { 1 } else { -1 };
            if let Some(sibling) = self.tree.sibling(at, step) {
                return Ok((sibling, direction));
            }
            at = parent;
            into = false;
            reversed = false;
        }
    }

    /// SB.2.1 steps 4.3 and 5.3: a group is entered at its near end, unless it only goes forward.
    fn enter(&self, group: NodeId, direction: Direction, first: NodeId, last: NodeId) -> (NodeId, Direction) {
        match direction {
            Direction::Forward => (first, Direction::Forward),
            Direction::Backward if self.tree.settings(group).control.forward_only => (first, Direction::Forward),
            Direction::Backward => (last, Direction::Backward),
        }
    }

    /// DB.1.1 Delivery Request Process and DB.2 Content Delivery Environment Process.
    fn deliver(&mut self, activity: NodeId) -> Outcome {
        // DB.1.1-1: only a leaf can be delivered.
        if !self.tree.is_deliverable(activity) {
            return Outcome::Refused("DB.1.1-1");
        }
        let resumes = self.state.suspended == Some(activity);
        if !resumes {
            self.forget_suspended(activity);
        }
        // UP.3 Terminate Descendent Attempts: what is left behind on the way from the old activity ends.
        if let Some(current) = self.state.current {
            let ancestor = self.tree.common_ancestor(current, activity);
            let keep = self.tree.node(ancestor).depth;
            for id in self.tree.path(current).into_iter().skip(keep + 1).rev() {
                self.end_attempt(id);
            }
        }
        for id in self.tree.path(activity) {
            let tracked = self.tree.settings(id).tracked;
            let tracking = self.state.of_mut(id);
            if tracking.active {
                continue;
            }
            if tracking.suspended {
                tracking.suspended = false;
            } else if tracked {
                // A new attempt knows nothing of the one before.
                *tracking = Tracking { attempts: tracking.attempts.saturating_add(1), ..Tracking::default() };
            }
            tracking.active = true;
        }
        self.state.current = Some(activity);
        self.state.suspended = None;
        Outcome::Deliver(activity)
    }

    /// DB.2.1 Clear Suspended Activity Subprocess: another activity was chosen than the one that waits.
    fn forget_suspended(&mut self, activity: NodeId) {
        let Some(suspended) = self.state.suspended.take() else { return };
        let keep = self.tree.node(self.tree.common_ancestor(suspended, activity)).depth;
        for id in self.tree.path(suspended).into_iter().skip(keep + 1).rev() {
            let still_waiting = self.tree.children(id).iter().any(|child| self.state.of(*child).suspended);
            // The leaf itself keeps what it saved: its next opening resumes it.
            if !self.tree.is_leaf(id) && !still_waiting {
                self.state.of_mut(id).suspended = false;
            }
        }
    }

    /// TB.2.3 Termination Request Process, Exit: the current activity's attempt ends.
    fn end_current(&mut self) {
        if let Some(current) = self.state.current
            && self.state.of(current).active
        {
            self.end_attempt(current);
        }
    }

    /// UP.4 End Attempt Process.
    fn end_attempt(&mut self, id: NodeId) {
        let settings = self.tree.settings(id);
        let suspended_inside = self.tree.children(id).iter().any(|child| self.state.of(*child).suspended);
        let leaf = self.tree.is_leaf(id);
        let tracking = self.state.of_mut(id);
        if !tracking.active {
            return;
        }
        tracking.active = false;
        if !leaf {
            tracking.suspended = suspended_inside;
        } else if settings.tracked && !tracking.suspended {
            // Content that says nothing is taken to have done what it had to do.
            if !settings.completion_set_by_content {
                tracking.completed.get_or_insert(true);
            }
            if !settings.objective_set_by_content {
                tracking.satisfied.get_or_insert(true);
            }
        }
        rollup::overall(self.tree, &mut self.state, id);
    }

    /// The current activity is left as if nothing had happened in it (TB.2.3 step 5).
    fn abandon_current(&mut self) {
        if let Some(current) = self.state.current {
            let tracking = self.state.of_mut(current);
            tracking.active = false;
            tracking.suspended = false;
        }
    }

    /// TB.2.3 Exit All: every attempt under way ends, and the session with it.
    fn leave(&mut self, end: impl Fn(&mut Self, NodeId)) -> Outcome {
        if let Some(current) = self.state.current.take() {
            for id in self.tree.path(current).into_iter().rev() {
                end(self, id);
            }
        }
        Outcome::End
    }

    /// TB.2.3 Suspend All: the current activity and its groups wait to be taken up again.
    fn suspend_all(&mut self) -> Outcome {
        if let Some(current) = self.state.current.take() {
            for id in self.tree.path(current) {
                let tracking = self.state.of_mut(id);
                tracking.active = false;
                tracking.suspended = true;
            }
            self.state.suspended = Some(current);
        }
        Outcome::End
    }

    /// Takes over what the content told of the current activity (SN 4.2.1, RTE 4.2), and judges the groups anew.
    pub fn record(&mut self, id: NodeId, told: Told) {
        if !self.tree.settings(id).tracked {
            return;
        }
        let tracking = self.state.of_mut(id);
        tracking.completed = told.completed;
        tracking.satisfied = told.satisfied;
        tracking.measure = told.measure;
        tracking.progress = told.progress;
        tracking.suspended = told.suspended;
        rollup::overall(self.tree, &mut self.state, id);
    }
}

/// What content told of its activity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Told {
    pub completed: Option<bool>,
    pub satisfied: Option<bool>,
    pub measure: Option<f64>,
    pub progress: Option<f64>,
    /// The content wants to be taken up where it was left (`cmi.exit` = suspend).
    pub suspended: bool,
}
