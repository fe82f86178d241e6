//! What content reads when it begins.

use std::collections::HashMap;

use super::names::Names;
use super::objectives::lay_objectives;
use super::{Entry, Learner, Mode, Record, Rules};
use crate::scorm::data_model::{DataModel, Elements};
use crate::scorm::table::Version;
use crate::scorm::time::write_time;

impl Record {
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
}
