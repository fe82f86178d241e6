//! Courses as their learners and trainers see them.

use std::fmt;

use crate::core::{CourseId, LanguageMap, PackageId, RegistrationId, Timestamp};

/// Where somebody stands in a course or an activity. Its text is the state of the `status` component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not opened yet.
    Todo,
    /// Opened, not finished.
    Doing,
    /// Finished, without a verdict.
    Done,
    /// Finished with success.
    Passed,
    /// Finished without success.
    Failed,
}

impl Standing {
    /// Reads the words of the progress tables; absent rows are [`Standing::Todo`].
    pub fn of(completion: Option<&str>, success: Option<&str>) -> Self {
        match (completion, success) {
            (_, Some("failed")) => Self::Failed,
            (Some("completed"), Some("passed")) => Self::Passed,
            (Some("completed"), _) => Self::Done,
            (Some("incomplete"), _) => Self::Doing,
            (_, Some("passed")) => Self::Passed,
            _ => Self::Todo,
        }
    }

    /// Whether there is nothing left to do.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Passed)
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Todo => "todo",
            Self::Doing => "doing",
            Self::Done => "done",
            Self::Passed => "passed",
            Self::Failed => "failed",
        })
    }
}

/// A course with one learner's standing in it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LearnerCourse {
    pub id: CourseId,
    #[sqlx(try_from = "String")]
    pub title: LanguageMap,
    pub kind: String,
    /// Launchable activities.
    pub steps: i64,
    /// The record, once the course was begun.
    pub registration: Option<RegistrationId>,
    /// The activity that was open last.
    pub current_index: Option<i32>,
    pub completion: Option<String>,
    pub success: Option<String>,
    /// Share done, 0 to 1.
    pub progress: Option<f64>,
    pub done: Option<i32>,
    pub completed_at: Option<Timestamp>,
}

impl LearnerCourse {
    /// Where the learner stands.
    pub fn standing(&self) -> Standing {
        match Standing::of(self.completion.as_deref(), self.success.as_deref()) {
            Standing::Todo if self.registration.is_some() => Standing::Doing,
            standing => standing,
        }
    }

    /// Share done in percent.
    pub fn percent(&self) -> i64 {
        // Between 0 and 1 by the projection, so the cast cannot lose anything.
        (self.progress.unwrap_or_default().clamp(0.0, 1.0) * 100.0).round() as i64
    }

    /// The exact screen to resume at, if the course was begun.
    pub fn resume_url(&self) -> Option<String> {
        Some(format!("/player/{}/{}", self.registration?, self.current_index?))
    }
}

/// One line of a course's outline, with the learner's standing in it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LearnerActivity {
    pub activity_index: i32,
    pub depth: i32,
    #[sqlx(try_from = "String")]
    pub title: LanguageMap,
    pub kind: String,
    pub launchable: bool,
    pub completion: Option<String>,
    pub success: Option<String>,
    pub score_scaled: Option<f64>,
    pub seconds: Option<f64>,
}

/// A course as its trainer sees it in the list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TrainerCourse {
    pub id: CourseId,
    pub package_id: PackageId,
    #[sqlx(try_from = "String")]
    pub title: LanguageMap,
    pub kind: String,
    pub published_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// People who began it.
    pub learners: i64,
    /// Of those, how many completed it.
    pub completed: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_says_the_verdict_before_the_completion() {
        assert_eq!(Standing::of(None, None), Standing::Todo);
        assert_eq!(Standing::of(Some("incomplete"), Some("unknown")), Standing::Doing);
        assert_eq!(Standing::of(Some("completed"), Some("unknown")), Standing::Done);
        assert_eq!(Standing::of(Some("completed"), Some("failed")), Standing::Failed);
        assert_eq!(Standing::of(Some("completed"), Some("passed")), Standing::Passed);
    }
}
