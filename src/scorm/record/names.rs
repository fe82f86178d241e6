//! The elements that both standards have, by their names in each.

use crate::scorm::table::Version;

/// Names that differ between the two standards.
pub(super) struct Names {
    pub(super) learner_id: &'static str,
    pub(super) learner_name: &'static str,
    pub(super) entry: &'static str,
    pub(super) credit: &'static str,
    pub(super) mode: &'static str,
    pub(super) total_time: &'static str,
    pub(super) session_time: &'static str,
    pub(super) exit: &'static str,
    pub(super) score: &'static str,
    pub(super) max_time_allowed: &'static str,
    pub(super) time_limit_action: &'static str,
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
    pub(super) fn of(version: Version) -> &'static Names {
        match version {
            Version::Scorm12 => &SCORM12,
            Version::Scorm2004 => &SCORM2004,
        }
    }
}

pub(super) const LESSON_STATUS: &str = "cmi.core.lesson_status";
pub(super) const FAILED: &str = "failed";
