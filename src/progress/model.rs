//! What is known of a learner's way through an activity and a course.

use std::fmt;

use crate::core::Timestamp;
use crate::packages::model::{ActivityDetails, MoveOn};

/// How far somebody is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, utoipa::ToSchema)]
pub enum Completion {
    #[default]
    #[serde(rename = "not attempted")]
    NotAttempted,
    #[serde(rename = "incomplete")]
    Incomplete,
    #[serde(rename = "completed")]
    Completed,
}

impl Completion {
    /// The word in the database and in every answer; those of SCORM.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotAttempted => "not attempted",
            Self::Incomplete => "incomplete",
            Self::Completed => "completed",
        }
    }

    /// The value of a stored word; the database allows no other.
    pub fn of_word(word: &str) -> Self {
        match word {
            "completed" => Self::Completed,
            "incomplete" => Self::Incomplete,
            _ => Self::NotAttempted,
        }
    }
}

/// Whether what was done was good enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Success {
    #[default]
    Unknown,
    Passed,
    Failed,
}

impl Success {
    /// The word in the database and in every answer.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Passed => "passed",
            Self::Failed => "failed",
        }
    }

    /// The value of a stored word; the database allows no other.
    pub fn of_word(word: &str) -> Self {
        match word {
            "passed" => Self::Passed,
            "failed" => Self::Failed,
            _ => Self::Unknown,
        }
    }
}

/// Where somebody stands in a course or an activity, in one word. Its text is the state of the `status` component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Not opened yet.
    Todo,
    /// Opened, not finished.
    Doing,
    /// Finished, without a verdict.
    Done,
    /// With success.
    Passed,
    /// Without success.
    Failed,
}

impl Status {
    /// The verdict, where there is one; else how far somebody is.
    pub fn of(completion: Completion, success: Success) -> Self {
        match (success, completion) {
            (Success::Failed, _) => Self::Failed,
            (Success::Passed, _) => Self::Passed,
            (Success::Unknown, Completion::Completed) => Self::Done,
            (Success::Unknown, Completion::Incomplete) => Self::Doing,
            (Success::Unknown, Completion::NotAttempted) => Self::Todo,
        }
    }

    /// Reads the words of the progress tables; absent rows are [`Status::Todo`].
    pub fn of_words(completion: Option<&str>, success: Option<&str>) -> Self {
        let completion = completion.map(Completion::of_word).unwrap_or_default();
        Self::of(completion, success.map(Success::of_word).unwrap_or_default())
    }

    /// The same for somebody who is registered: the course is under way, also while nothing was recorded.
    pub fn begun(self) -> Self {
        if self == Self::Todo { Self::Doing } else { self }
    }

    /// Whether there is nothing left to do.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Passed)
    }

    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Todo => "todo",
            Self::Doing => "doing",
            Self::Done => "done",
            Self::Passed => "passed",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A share (progress 0 to 1, score -1 to 1) in whole per cent, as every page shows it.
pub fn percent(share: f64) -> i32 {
    (share.clamp(-1.0, 1.0) * 100.0).round() as i32
}

/// A score as it was told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// -1 to 1.
    pub scaled: Option<f64>,
    pub raw: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
}

/// What an activity asks for until nothing more is to be done in it: its `moveOn` where cmi5 gives one (cmi5 13.1.4), else that
/// it is completed.
#[derive(Clone, Copy, Debug)]
pub struct Enough(MoveOn);

impl Enough {
    /// What is enough for an activity with these details.
    pub fn of(details: &str) -> Self {
        match serde_json::from_str(details) {
            Ok(ActivityDetails::Au(unit)) => Self(unit.move_on),
            _ => Self(MoveOn::Completed),
        }
    }

    /// Whether this is enough.
    pub fn is_met(self, completed: bool, passed: bool) -> bool {
        match self.0 {
            MoveOn::Passed => passed,
            MoveOn::Completed => completed,
            MoveOn::CompletedAndPassed => completed && passed,
            MoveOn::CompletedOrPassed => completed || passed,
            MoveOn::NotApplicable => true,
        }
    }
}

impl From<String> for Enough {
    fn from(details: String) -> Self {
        Self::of(&details)
    }
}

/// One learner in one activity.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivityProgress {
    pub completion: Completion,
    pub success: Success,
    pub score: Figures,
    /// How much is done, 0 to 1, where it was told.
    pub progress: Option<f64>,
    /// Time spent, in hundredths of a second: whole numbers add up the same in every order.
    pub hundredths: u64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    pub completed_at: Option<Timestamp>,
}

impl ActivityProgress {
    /// Nothing is known but that it begins now.
    pub fn begun(at: Timestamp) -> Self {
        Self {
            completion: Completion::NotAttempted,
            success: Success::Unknown,
            score: Figures::default(),
            progress: None,
            hundredths: 0,
            first_at: at,
            last_at: at,
            completed_at: None,
        }
    }

    /// Time spent, in seconds.
    pub fn seconds(&self) -> f64 {
        self.hundredths as f64 / 100.0
    }
}

/// One learner in one course.
#[derive(Clone, Debug, PartialEq)]
pub struct RegistrationProgress {
    pub completion: Completion,
    pub success: Success,
    pub score: Option<f64>,
    /// 0 to 1.
    pub progress: f64,
    /// Activities done, of how many.
    pub done: i32,
    pub total: i32,
    pub hundredths: u64,
    /// The activity opened last.
    pub last_index: Option<i32>,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    pub completed_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_the_verdict_before_the_completion() {
        assert_eq!(Status::of_words(None, None), Status::Todo);
        assert_eq!(Status::of_words(None, None).begun(), Status::Doing);
        for (completion, success, word) in [
            ("incomplete", "unknown", "doing"),
            ("completed", "unknown", "done"),
            ("completed", "failed", "failed"),
            ("completed", "passed", "passed"),
            // cmi5 keeps passed and completed apart; a pass is a pass on every page.
            ("incomplete", "passed", "passed"),
            ("incomplete", "failed", "failed"),
        ] {
            assert_eq!(
                Status::of_words(Some(completion), Some(success)).begun().word(),
                word,
                "{completion} {success}"
            );
        }
    }
}
