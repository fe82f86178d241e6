//! What passes between a record and the sequencing: the objectives of the activity, and what the content said of it as a whole.

use std::collections::HashMap;

use super::standing::{Standing, completed_of, number, satisfied_of};
use super::{Record, Rules};
use crate::scorm::data_model::DataModel;
use crate::scorm::sequencing::{Said, Status, Told};
use crate::scorm::table::Version;

impl Record {
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

    /// The sequencing has taken over what the content said of its objectives, and may know better by now.
    pub(super) fn forget_objectives_known(&mut self, rules: &Rules) {
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
pub(super) fn lay_objectives(model: &mut DataModel, rules: &Rules) {
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
