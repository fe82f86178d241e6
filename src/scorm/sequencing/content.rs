//! Between the content and its activity: what the content told, and what it is told (SN 4.2.1, RTE 4.2.17).

use super::Sequencer;
use super::navigation::{Outcome, Request};
use super::objectives::View;
use super::settings::{Carried, Objective};
use super::tracking::Status;
use super::tree::NodeId;

/// What content told of its activity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// Of the activity as a whole.
    pub primary: Said,
    /// Of objectives by their names.
    pub objectives: Vec<(String, Said)>,
    /// The content wants to be taken up where it was left (`cmi.exit` = suspend).
    pub suspended: bool,
}

/// A status as the content says it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Said {
    pub status: Status,
    /// It said itself that its success is unknown.
    pub success_unknown: bool,
    /// The same of its completion.
    pub completion_unknown: bool,
}

impl From<Status> for Said {
    fn from(status: Status) -> Self {
        Self { status, ..Self::default() }
    }
}

impl Sequencer<'_> {
    /// Takes over what the content told of an activity. Groups are judged when the attempt ends.
    pub fn record(&mut self, id: NodeId, told: &Told) {
        let settings = self.tree.settings(id);
        if !settings.tracked {
            return;
        }
        for (name, said) in &told.objectives {
            match settings.objective_named(name) {
                // What the activity as a whole is told goes before its entry among the objectives.
                Objective::Primary | Objective::Unknown => {}
                which => self.take_over(id, which, said),
            }
        }
        self.take_over(id, Objective::Primary, &told.primary);
        let tracking = self.state.of_mut(id);
        tracking.success_unknown = told.primary.success_unknown;
        tracking.completion_unknown = told.primary.completion_unknown;
        tracking.suspended = told.suspended;
        // What is told now is told in the present attempt.
        tracking.old_objectives = false;
        tracking.old_progress = false;
    }

    /// The content of the current activity terminated: what it told is taken over, and what it asks for is done. Without a
    /// request the activity stays the current one until the learner goes on; what its content left open is settled already,
    /// because the learner may never come back.
    pub fn terminated(&mut self, id: NodeId, told: &Told, asked: Option<Request>) -> Option<Outcome> {
        self.record(id, told);
        match asked {
            Some(request) => Some(self.navigate(request)),
            None => {
                if self.tree.settings(id).tracked && !told.suspended {
                    self.set_what_content_left(id);
                }
                None
            }
        }
    }

    fn take_over(&mut self, id: NodeId, which: Objective, said: &Said) {
        let Status { satisfied, measure, completed, progress, raw, min, max } = said.status;
        if satisfied.is_some() {
            self.set_satisfied(id, which, satisfied);
        }
        if completed.is_some() {
            self.set_completed(id, which, completed);
        }
        let unknown = Carried {
            satisfied: satisfied.is_none() && said.success_unknown,
            completed: completed.is_none() && said.completion_unknown,
            ..Carried::default()
        };
        if unknown.is_any() {
            self.say_unknown(id, which, unknown);
        }
        self.set_measure(id, which, measure);
        self.set_progress(id, which, progress);
        let scores = Carried { raw: true, min: true, max: true, ..Carried::default() };
        self.change(id, which, scores, |status| {
            status.raw = raw;
            status.min = min;
            status.max = max;
        });
    }

    /// The objectives of an activity that have a name, with what is known of each: the content finds them in
    /// `cmi.objectives`.
    pub fn objectives(&self, id: NodeId) -> Vec<(String, Status)> {
        let settings = self.tree.settings(id);
        let named = settings.all_objectives().filter_map(|(which, objective)| Some((which, objective.id.as_ref()?)));
        named.map(|(which, name)| (name.clone(), self.status(id, which, View::Content))).collect()
    }

    /// What an activity, or the course, comes to.
    pub fn standing(&self, id: NodeId) -> Status {
        self.status(id, Objective::Primary, View::Known)
    }

    /// What the course comes to if what was told so far of the current activity is all there will be.
    pub fn course_standing(&self) -> Status {
        match self.state.current {
            Some(current) if self.state.of(current).active => {
                let mut trial = self.clone();
                trial.roll_up(current);
                trial.standing(NodeId::ROOT)
            }
            _ => self.standing(NodeId::ROOT),
        }
    }
}
