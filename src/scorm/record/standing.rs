//! What a record says of where the learner stands: for progress, and for 1.2 what the end of a session makes of it.

use super::names::{FAILED, LESSON_STATUS, Names};
use super::{Record, Rules};
use crate::core::scaled;
use crate::scorm::data_model::DataModel;
use crate::scorm::table::Version;

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

impl Record {
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

    pub(super) fn says_failed(&self) -> bool {
        self.elements.get(LESSON_STATUS).is_some_and(|status| status == FAILED)
    }
}

pub(super) fn number(model: &DataModel, name: &str) -> Option<f64> {
    model.peek(name)?.parse().ok().filter(|number: &f64| number.is_finite())
}

pub(super) fn completed_of(word: &str) -> Option<bool> {
    match word {
        "completed" => Some(true),
        "incomplete" | "not attempted" => Some(false),
        _ => None,
    }
}

pub(super) fn satisfied_of(word: &str) -> Option<bool> {
    match word {
        "passed" => Some(true),
        "failed" => Some(false),
        _ => None,
    }
}

/// 1.2 3.4.4, `cmi.core.lesson_status`: at LMSFinish a mastery score decides over passed and failed, and content that never
/// set a status has done what it had to do.
pub(super) fn judge_lesson_status(model: &mut DataModel, rules: &Rules) {
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
