//! What is kept of one SCORM activity between two sessions, and what the system owns in it: entry, credit, mode, total time,
//! the thresholds of the manifest.

mod initial;
mod names;
mod objectives;
mod standing;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::names::Names;
use self::objectives::lay_objectives;
pub use self::standing::Standing;
use self::standing::judge_lesson_status;
use super::data_model::{DataModel, Elements, Fault};
use super::interactions::{self, Answer};
use super::sequencing::Status;
use super::table::Version;
use super::time::read_time;
use super::tolerance::{Switch, Tolerance};

/// How an activity is opened (1.2 `cmi.core.lesson_mode`, 2004 `cmi.mode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Normal,
    Browse,
    Review,
}

/// The saved record of one activity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Every element the content has set in the present attempt.
    pub elements: Elements,
    /// Hundredths of a second spent in sessions that are over.
    pub total_time: u64,
    /// The session under way, whose time is told anew with each commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// The content asked to be taken up where it was left, or was cut off.
    pub suspended: bool,
    /// The content terminated; unless suspended, the attempt is over.
    pub terminated: bool,
    /// 1.2: a session has ended since the content began to say that the learner failed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ended_failed: bool,
    /// Which attempt on its activity this is the record of, counted by the sequencing; 0 if that was never told.
    #[serde(skip_serializing_if = "is_zero")]
    pub attempt: u32,
    /// The answers that were told, by their places.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub answered: BTreeMap<usize, Uuid>,
}

fn is_zero(attempt: &u32) -> bool {
    *attempt == 0
}

/// Where the content's session stands in the attempt (RTE 4.2.7; 1.2 3.4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The attempt begins.
    First,
    /// It was suspended, or cut off, and is taken up again.
    Resumed,
    /// It is opened again after it ended.
    Again,
}

/// One session, from the opening of the content to its end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Which launch it belongs to.
    pub launch: String,
    /// Hundredths of a second, as the content last told.
    pub time: u64,
}

/// Who learns, as content is told.
#[derive(Clone, Debug)]
pub struct Learner {
    pub id: String,
    pub name: String,
}

/// What the manifest says of the activity.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// 1.2: the raw score from which it is passed.
    pub mastery_score: Option<f64>,
    /// 2004: the scaled score from which it is passed.
    pub scaled_passing_score: Option<f64>,
    /// 2004: the progress measure from which it is completed.
    pub completion_threshold: Option<f64>,
    pub max_time_allowed: Option<String>,
    pub time_limit_action: Option<String>,
    pub launch_data: Option<String>,
    /// 2004: the activity's objectives, with what the sequencing knows of each.
    pub objectives: Vec<(String, Status)>,
    /// 2004: which of them is the primary one.
    pub primary_objective: Option<String>,
    /// What is borne of its content.
    pub tolerance: Tolerance,
}

/// What a commit carries.
#[derive(Clone, Debug)]
pub struct Changes<'a> {
    pub set: Vec<(&'a str, &'a str)>,
    pub session_time: Option<&'a str>,
    pub terminate: bool,
    pub exit: Option<&'a str>,
}

impl Changes<'_> {
    /// The places of answers of which the content may still tell more.
    pub fn answers_under_way(&self) -> BTreeSet<usize> {
        let touched = self.set.iter().filter_map(|(name, _)| interactions::place_of(name));
        if self.terminate { BTreeSet::new() } else { touched.collect() }
    }
}

impl Record {
    /// Opens the activity in an attempt counted by the sequencing: goes on with what is known of that attempt, or begins with
    /// nothing. SCORM 1.2 knows one attempt only.
    pub fn enter(known: Option<Self>, version: Version, rules: &Rules, attempt: u32, launch: &str) -> (Self, Entry) {
        let is_first = known.is_none();
        let mut record = known.unwrap_or_default();
        // A record that does not tell its attempt is of the present one unless it is over.
        let is_of_earlier = if record.attempt == 0 { record.is_over(version) } else { record.attempt < attempt };
        let goes_on = || {
            let Standing { completed, satisfied, .. } = record.standing(version, rules);
            rules.tolerance.bears(Switch::ResumeAlways) && completed != Some(true) && satisfied != Some(true)
        };
        let is_new_attempt = !is_first && version == Version::Scorm2004 && is_of_earlier && !goes_on();
        let entry = match version {
            _ if is_first || is_new_attempt => Entry::First,
            Version::Scorm12 if record.terminated && !record.suspended => Entry::Again,
            // In 2004 an attempt goes on only because it was suspended, by its content or with the course, or cut off.
            _ => Entry::Resumed,
        };
        record.open(version, rules, is_new_attempt, launch);
        record.attempt = attempt;
        (record, entry)
    }

    /// Whether opening the activity again begins a new attempt. SCORM 1.2 knows one attempt only.
    pub fn is_over(&self, version: Version) -> bool {
        version == Version::Scorm2004 && self.terminated && !self.suspended
    }

    /// Begins a session: ends one that was cut off, and forgets the attempt before if this is a new one.
    fn open(&mut self, version: Version, rules: &Rules, new_attempt: bool, launch: &str) {
        self.close_session();
        if new_attempt {
            *self = Self::default();
        } else {
            self.elements = DataModel::kept(version, &self.elements);
            // Where a version forgets the answers of a session, the next one counts from 0 again.
            let places: BTreeSet<usize> =
                self.elements.keys().filter_map(|name| interactions::place_of(name)).collect();
            self.answered.retain(|place, _| places.contains(place));
            self.forget_objectives_known(rules);
        }
        self.session = Some(Session { launch: launch.to_owned(), time: 0 });
    }

    fn close_session(&mut self) {
        if let Some(session) = self.session.take() {
            self.total_time = self.total_time.saturating_add(session.time);
        }
        self.ended_failed = self.says_failed();
    }

    /// Applies a commit of `launch`. Answers the elements that were refused; everything else is taken over.
    pub fn commit<'a>(
        &mut self,
        version: Version,
        rules: &Rules,
        launch: &str,
        changes: &Changes<'a>,
    ) -> Vec<(&'a str, Fault)> {
        let names = Names::of(version);
        let mut model = self.model(version, rules);
        let refused = model.apply(changes.set.iter().copied());
        let told_time = changes.session_time.or_else(|| model.peek(names.session_time));
        let time = told_time.and_then(|text| read_time(version, text));
        let session = self.session.get_or_insert_with(Session::default);
        if session.launch != launch {
            // The record was opened by another launch; its time is kept, and ours counts from here.
            self.total_time = self.total_time.saturating_add(session.time);
            *session = Session { launch: launch.to_owned(), time: 0 };
        }
        if let Some(time) = time {
            session.time = time;
        }
        if changes.terminate {
            let exit = changes.exit.or_else(|| model.peek(names.exit)).unwrap_or_default().to_owned();
            self.terminated = true;
            // "logout" and "time-out" end the attempt; only "suspend" promises to come back (RTE 4.2.8).
            self.suspended = exit == "suspend";
            if version == Version::Scorm12 && !self.suspended {
                judge_lesson_status(&mut model, rules);
            }
        } else {
            self.terminated = false;
        }
        self.keep_said(version, model.into_elements(), changes);
        if changes.terminate {
            self.close_session();
        } else if !self.says_failed() {
            self.ended_failed = false;
        }
        for system in [names.learner_id, names.learner_name, names.entry, names.credit, names.mode, names.total_time] {
            self.elements.remove(system);
        }
        refused
    }

    /// The answers that were not told yet, each once. A commit that sets parts of an answer may be followed by another with the
    /// rest: one at the places `under_way` that is not whole waits.
    pub fn take_answers(&mut self, version: Version, under_way: &BTreeSet<usize>) -> Vec<Answer> {
        let there = interactions::answers(version, &self.elements);
        self.answered.retain(|place, _| there.contains_key(place));
        let mut news = Vec::new();
        for (place, answer) in there {
            if !answer.is_whole() && under_way.contains(&place) {
                continue;
            }
            let digest = answer.digest();
            if self.answered.insert(place, digest) != Some(digest) {
                news.push(answer);
            }
        }
        news
    }

    /// The data model with the thresholds in place, as the content sees it.
    fn model(&self, version: Version, rules: &Rules) -> DataModel {
        let mut model = DataModel::new(version, &self.elements, HashMap::new()).tolerating(&rules.tolerance);
        if version == Version::Scorm2004 {
            if let Some(score) = rules.scaled_passing_score {
                model.put("cmi.scaled_passing_score", score.to_string());
            }
            if let Some(threshold) = rules.completion_threshold {
                model.put("cmi.completion_threshold", threshold.to_string());
            }
            lay_objectives(&mut model, rules);
        }
        model
    }

    /// Keeps what the content said in this attempt. What the sequencing said of objectives is asked again each time; only their
    /// names stay, because the content counts on their places.
    fn keep_said(&mut self, version: Version, elements: Elements, changes: &Changes<'_>) {
        let told: HashSet<&str> = changes.set.iter().map(|(name, _)| *name).collect();
        let is_said = |name: &str| {
            version == Version::Scorm12
                || !name.starts_with("cmi.objectives.")
                || name.ends_with(".id")
                || told.contains(name)
                || self.elements.contains_key(name)
        };
        self.elements = elements.into_iter().filter(|(name, _)| is_said(name)).collect();
    }
}

#[cfg(test)]
mod tests;
