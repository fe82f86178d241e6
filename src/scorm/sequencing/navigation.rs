//! From a navigation request to the next delivery: the Overall Sequencing Process (OP.1), the Navigation Request Process
//! (NB.2.1), and what is offered to the learner now.

use super::Sequencer;
use super::flow::Stop;
use super::requests::{Found, Sequencing};
use super::settings::Before;
use super::termination::Termination;
use super::tree::NodeId;

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
    /// Go there whatever the control modes say (4th Edition).
    Jump(NodeId),
    /// Begin the current activity anew.
    Retry,
    /// Begin the course anew.
    RetryAll,
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
    /// The session is over.
    End,
    /// The current activity is left; the session goes on, and nothing follows by itself.
    Wait,
    /// Nothing changed but, where the request was to go on, that the current activity is left; the exception code of the SN
    /// book.
    Refused(&'static str),
}

/// What the table of contents says of an activity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// It is shown.
    pub visible: bool,
    /// It may be chosen.
    pub selectable: bool,
}

impl Sequencer<'_> {
    /// OP.1 Overall Sequencing Process for one request.
    pub fn navigate(&mut self, request: Request) -> Outcome {
        let judged = if request == Request::Previous { self.judge_previous() } else { self.judge(request) };
        if let Err(code) = judged {
            return Outcome::Refused(code);
        }
        match request {
            // Whether these lead anywhere is told before the content is taken away, so that a refusal costs nothing.
            Request::Choice(_) | Request::Jump(_) | Request::Previous => {
                let mut trial = self.clone();
                let outcome = trial.process(request);
                if !matches!(outcome, Outcome::Refused(_)) {
                    *self = trial;
                }
                outcome
            }
            _ => self.process(request),
        }
    }

    fn process(&mut self, request: Request) -> Outcome {
        if self.state.current.is_none() {
            self.begin_session(request);
        }
        let is_active = self.state.current.is_some_and(|current| self.state.of(current).active);
        // NB.2.1: what has to end before, and what is asked for then.
        let (termination, sequencing) = match request {
            Request::Start => (None, Sequencing::Start),
            Request::ResumeAll => (None, Sequencing::ResumeAll),
            Request::Continue => (is_active.then_some(Termination::Exit), Sequencing::Continue),
            Request::Previous => (is_active.then_some(Termination::Exit), Sequencing::Previous),
            Request::Choice(target) => (is_active.then_some(Termination::Exit), Sequencing::Choice(target)),
            Request::Jump(target) => (is_active.then_some(Termination::Exit), Sequencing::Jump(target)),
            Request::Retry => (is_active.then_some(Termination::Exit), Sequencing::Retry),
            Request::RetryAll => (None, self.retry_all()),
            Request::Exit => (Some(Termination::Exit), Sequencing::Exit),
            Request::ExitAll => (Some(Termination::ExitAll), Sequencing::Exit),
            Request::SuspendAll => (Some(Termination::SuspendAll), Sequencing::Exit),
            Request::Abandon => (Some(Termination::Abandon), Sequencing::Exit),
            Request::AbandonAll => (Some(Termination::AbandonAll), Sequencing::Exit),
        };
        let sequencing = match termination.map(|termination| self.terminate(termination)) {
            Some(Err(code)) => return Outcome::Refused(code),
            Some(Ok(Some(instead))) => instead,
            Some(Ok(None)) | None => sequencing,
        };
        match self.sequence(sequencing) {
            Ok(Found::Activity(id)) => self.deliver_checked(id),
            Ok(Found::Nothing) => Outcome::Wait,
            Err(Stop::End) => self.end_session(),
            Err(Stop::Refused(code)) => Outcome::Refused(code),
        }
    }

    fn deliver_checked(&mut self, id: NodeId) -> Outcome {
        match self.check_delivery(id).and_then(|()| self.deliver(id)) {
            Ok(()) => Outcome::Deliver(id),
            Err(code) => Outcome::Refused(code),
        }
    }

    /// A session begins: groups draw their children, and global objectives of the course alone begin anew with it, unless the
    /// course itself waits to be taken up again.
    fn begin_session(&mut self, request: Request) {
        self.draw_first();
        if request != Request::ResumeAll && !self.state.of(NodeId::ROOT).suspended {
            self.state.objectives.0.clear();
        }
    }

    /// OP.1 step 1.4.3: the session is over, and with it every attempt under way.
    fn end_session(&mut self) -> Outcome {
        self.terminate_descendants(NodeId::ROOT);
        self.end_attempt(NodeId::ROOT);
        self.state.current = None;
        Outcome::End
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
            Request::Jump(target) if !self.tree.holds(target) || !self.is_available(target) => Err("NB.2.1-11"),
            Request::Exit | Request::Abandon => match current {
                None => Err("NB.2.1-2"),
                Some(id) if !self.state.of(id).active => Err("NB.2.1-12"),
                Some(_) => Ok(()),
            },
            Request::Jump(_)
            | Request::Retry
            | Request::RetryAll
            | Request::ExitAll
            | Request::AbandonAll
            | Request::SuspendAll => current.map(|_| ()).ok_or("NB.2.1-2"),
        }
    }

    /// NB.2.1 step 8: the choice modes of the target's group and of what is left.
    fn judge_choice(&self, target: NodeId) -> Result<(), &'static str> {
        if !self.tree.holds(target) {
            return Err("NB.2.1-11");
        }
        if self.tree.parent(target).is_some_and(|parent| !self.tree.settings(parent).control.choice) {
            return Err("NB.2.1-10");
        }
        let Some(current) = self.state.current else { return Ok(()) };
        let holds_back = |id: NodeId| self.state.of(id).active && !self.tree.settings(id).control.choice_exit;
        // What is not to be left by choice is not begun anew by choosing it either.
        let ancestor = self.tree.common_ancestor(current, target);
        let mut left = self.tree.upwards(current).take_while(|id| *id != ancestor);
        if left.any(holds_back) || holds_back(current) || target == ancestor && holds_back(target) {
            return Err("NB.2.1-8");
        }
        Ok(())
    }

    /// Whether the request would deliver an activity; nothing changes.
    pub fn would_deliver(&self, request: Request) -> bool {
        self.judge(request).is_ok() && matches!(self.clone().process(request), Outcome::Deliver(_))
    }

    /// Whether Continue is offered: wherever the group flows, for going on from the last activity is how a course ends.
    pub fn offers_continue(&self) -> bool {
        self.judge(Request::Continue).is_ok()
    }

    /// Whether Previous is offered.
    pub fn offers_previous(&self) -> bool {
        self.judge_previous().is_ok()
    }

    /// Previous is for where it leads to an activity as things stand. What the rules say once the current activity has ended may
    /// lead elsewhere.
    fn judge_previous(&self) -> Result<(), &'static str> {
        self.judge(Request::Previous)?;
        match self.sequence(Sequencing::Previous) {
            Ok(Found::Activity(id)) => self.check_delivery(id),
            Ok(Found::Nothing) | Err(Stop::End) => Err("SB.2.8-2"),
            Err(Stop::Refused(code)) => Err(code),
        }
    }

    /// Whether the activity may be chosen now, or something inside it.
    pub fn may_choose(&self, target: NodeId) -> bool {
        self.may_choose_within(target, self.reach())
    }

    fn may_choose_within(&self, target: NodeId, reach: usize) -> bool {
        let found = self.judge_choice(target).ok().and_then(|()| self.choice_within(target, reach).ok());
        found.is_some_and(|found| self.check_delivery(found).is_ok())
    }

    /// Whether a jump leads there now.
    pub fn may_jump(&self, target: NodeId) -> bool {
        self.judge(Request::Jump(target)).is_ok() && self.check_delivery(target).is_ok()
    }

    /// What the table of contents says of an activity, or of the course itself.
    pub fn offer(&self, id: NodeId) -> Offer {
        self.offer_within(id, self.reach())
    }

    /// The whole table of contents, the course first.
    pub fn offers(&self) -> Vec<Offer> {
        let reach = self.reach();
        let all = std::iter::once(NodeId::ROOT).chain(self.tree.activities());
        all.map(|id| self.offer_within(id, reach)).collect()
    }

    fn offer_within(&self, id: NodeId, reach: usize) -> Offer {
        let is_hidden = |id: NodeId| self.before(id, Before::HiddenFromChoice) || self.place(id).is_none();
        let visible = self.tree.is_visible(id) && !self.tree.upwards(id).any(is_hidden);
        Offer { visible, selectable: self.may_choose_within(id, reach) }
    }

    /// Delivers an activity the learner had left without a word, when no session is under way: they come back to it.
    pub fn come_back(&mut self, target: NodeId) -> Outcome {
        if self.state.current.is_some() {
            return Outcome::Refused("NB.2.1-1");
        }
        if !self.tree.is_deliverable(target) {
            return Outcome::Refused("DB.1.1-1");
        }
        match self.deliver(target) {
            Ok(()) => Outcome::Deliver(target),
            Err(code) => Outcome::Refused(code),
        }
    }

    /// Stands at an activity that is looked at again, as if its session were under way. No attempt begins or ends.
    pub fn stand_at(&mut self, target: NodeId) {
        for id in self.tree.upwards(target) {
            self.state.of_mut(id).active = true;
        }
        self.state.current = Some(target);
        self.state.suspended = None;
    }
}
