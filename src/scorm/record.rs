//! What is kept of one SCORM activity between two sessions, and what the system owns in it: entry, credit, mode, total time,
//! the thresholds of the manifest.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::data_model::{DataModel, Elements, Fault};
use super::interactions::{self, Answer};
use super::sequencing::{Said, Status, Told};
use super::table::Version;
use super::time::{read_time, write_time};
use super::tolerance::{Switch, Tolerance};
use crate::core::scaled;

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

/// Where the learner stands in the activity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Standing {
    pub completed: Option<bool>,
    pub satisfied: Option<bool>,
    /// -1 to 1.
    pub scaled: Option<f64>,
    pub raw: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// 0 to 1.
    pub progress: Option<f64>,
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

/// Names that differ between the two standards.
struct Names {
    learner_id: &'static str,
    learner_name: &'static str,
    entry: &'static str,
    credit: &'static str,
    mode: &'static str,
    total_time: &'static str,
    session_time: &'static str,
    exit: &'static str,
    score: &'static str,
    max_time_allowed: &'static str,
    time_limit_action: &'static str,
}

const SCORM12: Names = Names {
    learner_id: "cmi.core.student_id",
    learner_name: "cmi.core.student_name",
    entry: "cmi.core.entry",
    credit: "cmi.core.credit",
    mode: "cmi.core.lesson_mode",
    total_time: "cmi.core.total_time",
    session_time: "cmi.core.session_time",
    exit: "cmi.core.exit",
    score: "cmi.core.score",
    max_time_allowed: "cmi.student_data.max_time_allowed",
    time_limit_action: "cmi.student_data.time_limit_action",
};

const SCORM2004: Names = Names {
    learner_id: "cmi.learner_id",
    learner_name: "cmi.learner_name",
    entry: "cmi.entry",
    credit: "cmi.credit",
    mode: "cmi.mode",
    total_time: "cmi.total_time",
    session_time: "cmi.session_time",
    exit: "cmi.exit",
    score: "cmi.score",
    max_time_allowed: "cmi.max_time_allowed",
    time_limit_action: "cmi.time_limit_action",
};

impl Names {
    fn of(version: Version) -> &'static Names {
        match version {
            Version::Scorm12 => &SCORM12,
            Version::Scorm2004 => &SCORM2004,
        }
    }
}

const LESSON_STATUS: &str = "cmi.core.lesson_status";
const FAILED: &str = "failed";

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

    /// The sequencing has taken over what the content said of its objectives, and may know better by now.
    fn forget_objectives_known(&mut self, rules: &Rules) {
        let statuses: HashMap<&str, &Status> =
            rules.objectives.iter().map(|(id, status)| (id.as_str(), status)).collect();
        let mut known = Vec::new();
        for (name, id) in self.elements.iter().filter(|(name, _)| name.starts_with("cmi.objectives.")) {
            let Some(entry) = name.strip_suffix(".id") else { continue };
            let Some(status) = statuses.get(id.as_str()) else { continue };
            for (part, is_known) in [
                ("success_status", status.satisfied.is_some()),
                ("completion_status", status.completed.is_some()),
                ("progress_measure", status.progress.is_some()),
                ("score.scaled", status.measure.is_some()),
                ("score.raw", status.raw.is_some()),
                ("score.min", status.min.is_some()),
                ("score.max", status.max.is_some()),
            ] {
                if is_known {
                    known.push(format!("{entry}.{part}"));
                }
            }
        }
        for name in known {
            self.elements.remove(&name);
        }
    }

    fn close_session(&mut self) {
        if let Some(session) = self.session.take() {
            self.total_time = self.total_time.saturating_add(session.time);
        }
        self.ended_failed = self.says_failed();
    }

    fn says_failed(&self) -> bool {
        self.elements.get(LESSON_STATUS).is_some_and(|status| status == FAILED)
    }

    /// Everything the content can read when it begins.
    pub fn initial(&self, version: Version, learner: &Learner, rules: &Rules, mode: Mode, entry: Entry) -> Elements {
        let names = Names::of(version);
        let mut model = DataModel::new(version, &DataModel::kept(version, &self.elements), HashMap::new());
        lay_objectives(&mut model, rules);
        let mut elements = model.into_elements();
        let mut put = |name: &str, value: String| drop(elements.insert(name.to_owned(), value));
        put(names.learner_id, learner.id.clone());
        put(names.learner_name, learner.name.clone());
        // RTE 4.2.7; 1.2 3.4.4: "resume" only for an attempt that was suspended, nothing for a later visit.
        let entry = match entry {
            Entry::First => "ab-initio",
            Entry::Resumed => "resume",
            Entry::Again => "",
        };
        put(names.entry, entry.to_owned());
        put(names.credit, if mode == Mode::Normal { "credit" } else { "no-credit" }.to_owned());
        let word = match mode {
            Mode::Normal => "normal",
            Mode::Browse => "browse",
            Mode::Review => "review",
        };
        put(names.mode, word.to_owned());
        put(names.total_time, write_time(version, self.total_time));
        if let Some(data) = rules.launch_data.as_ref().filter(|data| !data.is_empty()) {
            put("cmi.launch_data", data.clone());
        }
        if let Some(limit) = &rules.max_time_allowed {
            put(names.max_time_allowed, limit.clone());
        }
        if let Some(action) = &rules.time_limit_action {
            put(names.time_limit_action, action.clone());
        }
        match version {
            Version::Scorm12 => {
                if let Some(score) = rules.mastery_score {
                    put("cmi.student_data.mastery_score", score.to_string());
                }
            }
            Version::Scorm2004 => {
                if let Some(score) = rules.scaled_passing_score {
                    put("cmi.scaled_passing_score", score.to_string());
                }
                if let Some(threshold) = rules.completion_threshold {
                    put("cmi.completion_threshold", threshold.to_string());
                }
            }
        }
        elements
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

    /// What the sequencing has to know of it.
    pub fn told(&self, version: Version, rules: &Rules, suspended: bool) -> Told {
        let Standing { completed, satisfied, scaled, raw, min, max, progress } = self.standing(version, rules);
        let status = Status { satisfied, measure: scaled, completed, progress, raw, min, max };
        let mut told = Told { primary: Said::from(status), objectives: Vec::new(), suspended };
        if version == Version::Scorm12 {
            return told;
        }
        let says = |name: &str| self.elements.get(name).map(String::as_str);
        told.primary.success_unknown = satisfied.is_none() && says("cmi.success_status") == Some("unknown");
        told.primary.completion_unknown = completed.is_none() && says("cmi.completion_status") == Some("unknown");
        let model = self.model(version, rules);
        for index in 0..model.count("cmi.objectives") {
            let name = |part: &str| format!("cmi.objectives.{index}.{part}");
            let Some(id) = model.peek(&name("id")) else { continue };
            let said = said_of_objective(&model, &name);
            if rules.primary_objective.as_deref() == Some(id) {
                self.merge_primary(&mut told.primary, &said, &name);
            }
            told.objectives.push((id.to_owned(), said));
        }
        told
    }

    /// The primary objective's own entry says what the activity as a whole does not; what the content said of its success
    /// there goes before.
    fn merge_primary(&self, primary: &mut Said, entry: &Said, name: &dyn Fn(&str) -> String) {
        let is_said = |element: &str| self.elements.contains_key(element);
        if is_said(&name("success_status")) || !is_said("cmi.success_status") && primary.status.satisfied.is_none() {
            primary.status.satisfied = entry.status.satisfied;
            primary.success_unknown = entry.success_unknown;
        }
        if !is_said("cmi.completion_status") && primary.status.completed.is_none() {
            primary.status.completed = entry.status.completed;
            primary.completion_unknown = entry.completion_unknown;
        }
        let (status, other) = (&mut primary.status, &entry.status);
        status.measure = status.measure.or(other.measure);
        status.progress = status.progress.or(other.progress);
        status.raw = status.raw.or(other.raw);
        status.min = status.min.or(other.min);
        status.max = status.max.or(other.max);
    }

    /// Where the learner stands now.
    pub fn standing(&self, version: Version, rules: &Rules) -> Standing {
        let model = self.model(version, rules);
        let names = Names::of(version);
        let part = |part: &str| number(&model, &format!("{}.{part}", names.score));
        let (raw, min, max) = (part("raw"), part("min"), part("max"));
        match version {
            Version::Scorm12 => {
                let (completed, satisfied) = match model.read(LESSON_STATUS).as_str() {
                    "passed" => (Some(true), Some(true)),
                    "completed" => (Some(true), None),
                    // 1.2 3.4.4, `lesson_status`: "considered to have completed the SCO and failed". Progress counts what
                    // was worked through; how well is told apart. What the SCO leaves behind when it ends is what counts:
                    // until then it may say failed after each try, and passed after the last.
                    FAILED => (Some(self.terminated || self.ended_failed), Some(false)),
                    "incomplete" | "browsed" => (Some(false), None),
                    _ => (None, None),
                };
                // 1.2 scores without ends lie between 0 and 100 (1.2 3.4.4, `cmi.core.score.raw`).
                let share = raw.and_then(|raw| scaled(raw, min.unwrap_or(0.0), max.unwrap_or(100.0)));
                Standing { completed, satisfied, scaled: share, raw, min, max, progress: None }
            }
            Version::Scorm2004 => Standing {
                completed: completed_of(&model.read("cmi.completion_status")),
                satisfied: satisfied_of(&model.read("cmi.success_status")),
                scaled: part("scaled"),
                raw,
                min,
                max,
                progress: number(&model, "cmi.progress_measure"),
            },
        }
    }
}

fn number(model: &DataModel, name: &str) -> Option<f64> {
    model.peek(name)?.parse().ok().filter(|number: &f64| number.is_finite())
}

fn completed_of(word: &str) -> Option<bool> {
    match word {
        "completed" => Some(true),
        "incomplete" | "not attempted" => Some(false),
        _ => None,
    }
}

fn satisfied_of(word: &str) -> Option<bool> {
    match word {
        "passed" => Some(true),
        "failed" => Some(false),
        _ => None,
    }
}

/// What the content, or the sequencing before it, says of one entry of `cmi.objectives`.
fn said_of_objective(model: &DataModel, name: &dyn Fn(&str) -> String) -> Said {
    let (success, completion) = (model.peek(&name("success_status")), model.peek(&name("completion_status")));
    let measured = |part: &str| number(model, &name(part));
    Said {
        status: Status {
            satisfied: success.and_then(satisfied_of),
            measure: measured("score.scaled"),
            completed: completion.and_then(completed_of),
            progress: measured("progress_measure"),
            raw: measured("score.raw"),
            min: measured("score.min"),
            max: measured("score.max"),
        },
        success_unknown: success == Some("unknown"),
        completion_unknown: completion == Some("unknown"),
    }
}

/// RTE 4.2.17: the objectives of the sequencing are there from the beginning, with what is known of them now; what the content
/// said of them in this attempt stays where nothing is.
fn lay_objectives(model: &mut DataModel, rules: &Rules) {
    let count = model.count("cmi.objectives");
    let mut places: HashMap<String, usize> = (0..count)
        .filter_map(|index| Some((model.peek(&format!("cmi.objectives.{index}.id"))?.to_owned(), index)))
        .collect();
    for (id, status) in &rules.objectives {
        let next = places.len().max(count);
        let index = *places.entry(id.clone()).or_insert(next);
        let mut lay = |part: &str, value: Option<String>| {
            let name = format!("cmi.objectives.{index}.{part}");
            // What the content said itself is its own to change.
            if let Some(value) = value.filter(|_| part == "id" || model.peek(&name).is_none()) {
                model.put(&name, value);
            }
        };
        lay("id", Some(id.clone()));
        let word =
            |value: Option<bool>, yes: &str, no: &str| value.map(|value| if value { yes } else { no }.to_owned());
        lay("success_status", word(status.satisfied, "passed", "failed"));
        lay("completion_status", word(status.completed, "completed", "incomplete"));
        lay("progress_measure", status.progress.map(|number| number.to_string()));
        for (part, value) in [
            ("score.scaled", status.measure),
            ("score.raw", status.raw),
            ("score.min", status.min),
            ("score.max", status.max),
        ] {
            lay(part, value.map(|number| number.to_string()));
        }
    }
}

/// 1.2 3.4.4, `cmi.core.lesson_status`: at LMSFinish a mastery score decides over passed and failed, and content that never
/// set a status has done what it had to do.
fn judge_lesson_status(model: &mut DataModel, rules: &Rules) {
    let raw = model.peek("cmi.core.score.raw").and_then(|text| text.parse::<f64>().ok());
    let status = match (rules.mastery_score, raw) {
        (Some(mastery), Some(raw)) => Some(if raw >= mastery { "passed" } else { "failed" }),
        _ if model.peek(LESSON_STATUS).is_none_or(|status| status == "not attempted") => Some("completed"),
        _ => None,
    };
    if let Some(status) = status {
        model.put(LESSON_STATUS, status);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const V12: Version = Version::Scorm12;
    const V2004: Version = Version::Scorm2004;

    fn learner() -> Learner {
        Learner { id: "7".into(), name: "Camille Petit".into() }
    }

    fn changes<'a>(set: &[(&'a str, &'a str)], time: &'a str, exit: Option<&'a str>) -> Changes<'a> {
        Changes { set: set.to_vec(), session_time: Some(time), terminate: exit.is_some(), exit }
    }

    #[test]
    fn the_next_session_begins_where_the_last_one_was_suspended() {
        let mut record = Record::default();
        record.open(V12, &Rules::default(), false, "one");
        record.commit(V12, &Rules::default(), "one", &changes(&[("cmi.core.lesson_location", "3")], "00:01:00", None));
        record.commit(
            V12,
            &Rules::default(),
            "one",
            &changes(&[("cmi.suspend_data", "abc")], "00:02:30", Some("suspend")),
        );
        record.open(V12, &Rules::default(), false, "two");
        let elements = record.initial(V12, &learner(), &Rules::default(), Mode::Normal, Entry::Resumed);
        assert_eq!(elements["cmi.core.lesson_location"], "3");
        assert_eq!(elements["cmi.suspend_data"], "abc");
        assert_eq!(elements["cmi.core.entry"], "resume");
        // The session's time is told as a whole each time, never added up.
        assert_eq!(elements["cmi.core.total_time"], "0000:02:30.00");
    }

    #[test]
    fn a_session_that_was_cut_off_still_counts() {
        let mut record = Record::default();
        record.open(V2004, &Rules::default(), false, "one");
        record.commit(V2004, &Rules::default(), "one", &changes(&[("cmi.location", "3")], "PT5M", None));
        record.open(V2004, &Rules::default(), false, "two");
        let elements = record.initial(V2004, &learner(), &Rules::default(), Mode::Normal, Entry::Resumed);
        assert_eq!((elements["cmi.entry"].as_str(), elements["cmi.total_time"].as_str()), ("resume", "PT0H5M0S"));
        assert_eq!(elements["cmi.location"], "3");
    }

    #[test]
    fn what_the_system_owns_cannot_be_committed() {
        let mut record = Record::default();
        record.open(V2004, &Rules::default(), false, "one");
        let set = [("cmi.total_time", "PT9H"), ("cmi.credit", "no-credit"), ("cmi.score.scaled", "0.5")];
        let rules = Rules { scaled_passing_score: Some(0.6), ..Rules::default() };
        let refused = record.commit(V2004, &rules, "one", &changes(&set, "PT1M", Some("normal")));
        assert_eq!(refused, [("cmi.total_time", Fault::ReadOnly), ("cmi.credit", Fault::ReadOnly)]);
        // The threshold decides, whatever the content says.
        record.commit(V2004, &rules, "one", &changes(&[("cmi.success_status", "passed")], "PT1M", None));
        assert_eq!(record.standing(V2004, &rules).satisfied, Some(false));
    }

    #[test]
    fn a_mastery_score_decides_at_the_end_of_a_session() {
        let rules = Rules { mastery_score: Some(70.0), ..Rules::default() };
        for (raw, satisfied) in [("69", false), ("70", true)] {
            let mut record = Record::default();
            record.open(V12, &Rules::default(), false, "one");
            let set = [("cmi.core.score.raw", raw), ("cmi.core.lesson_status", "completed")];
            record.commit(V12, &rules, "one", &changes(&set, "00:01:00", None));
            assert_eq!(record.standing(V12, &rules).satisfied, None);
            record.commit(V12, &rules, "one", &changes(&[], "00:01:00", Some("")));
            assert_eq!(record.standing(V12, &rules).satisfied, Some(satisfied));
        }
    }

    #[test]
    fn content_that_says_nothing_is_completed_when_it_ends_but_not_when_it_is_suspended() {
        for (exit, completed) in [("", Some(true)), ("suspend", None)] {
            let mut record = Record::default();
            record.open(V12, &Rules::default(), false, "one");
            record.commit(V12, &Rules::default(), "one", &changes(&[], "00:01:00", Some(exit)));
            assert_eq!(record.standing(V12, &Rules::default()).completed, completed);
        }
    }

    #[test]
    fn a_2004_attempt_that_ended_is_followed_by_a_new_one() {
        let mut record = Record::default();
        record.open(V2004, &Rules::default(), false, "one");
        record.commit(V2004, &Rules::default(), "one", &changes(&[("cmi.location", "9")], "PT1M", Some("normal")));
        assert!(record.is_over(V2004));
        record.open(V2004, &Rules::default(), true, "two");
        let elements = record.initial(V2004, &learner(), &Rules::default(), Mode::Normal, Entry::First);
        assert_eq!(elements["cmi.entry"], "ab-initio");
        assert!(!elements.contains_key("cmi.location"));
    }
}
