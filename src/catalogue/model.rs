//! Courses as their learners and trainers see them.

use crate::core::{CourseId, LanguageMap, PackageId, RegistrationId, Timestamp};
use crate::packages::model::ActivityDetails;
use crate::progress::{Status, percent};

/// What is known of a film or recording; of any other course nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Medium {
    /// Seconds.
    pub duration: f64,
}

impl From<Option<String>> for Medium {
    /// Reads what its activity says of itself.
    fn from(details: Option<String>) -> Self {
        match details.as_deref().map(serde_json::from_str) {
            Some(Ok(ActivityDetails::Media(details))) => Self { duration: details.duration },
            _ => Self::default(),
        }
    }
}

/// A course with one learner's standing in it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LearnerCourse {
    pub id: CourseId,
    #[sqlx(try_from = "String")]
    pub title: LanguageMap,
    pub kind: String,
    #[sqlx(try_from = "Option<String>")]
    pub medium: Medium,
    /// Launchable activities.
    pub steps: i64,
    /// The record, once the course was begun.
    pub registration: Option<RegistrationId>,
    /// Which attempt that is, from 1.
    pub attempt: Option<i32>,
    /// The activity that was open last.
    pub current_index: Option<i32>,
    pub completion: Option<String>,
    pub success: Option<String>,
    /// Share done, 0 to 1.
    pub progress: Option<f64>,
    pub done: Option<i32>,
    pub completed_at: Option<Timestamp>,
    /// When something was last done in it.
    pub last_at: Option<Timestamp>,
    /// Whether the learner is to begin anew, on a newer version.
    pub superseded: bool,
    /// Whether it is a step of a programme the learner follows: then it is found there.
    pub in_programme: bool,
}

impl LearnerCourse {
    /// Where the learner stands.
    pub fn status(&self) -> Status {
        let status = Status::of_words(self.completion.as_deref(), self.success.as_deref());
        if self.registration.is_some() { status.begun() } else { status }
    }

    /// Share done in percent.
    pub fn percent(&self) -> i32 {
        percent(self.progress.unwrap_or_default())
    }

    /// The exact screen to resume at, if the course was begun and goes on.
    pub fn resume_url(&self) -> Option<String> {
        if self.superseded {
            return None;
        }
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
    #[sqlx(try_from = "Option<String>")]
    pub medium: Medium,
    pub published_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// People who began it.
    pub learners: i64,
    /// Of those, how many completed it.
    pub completed: i64,
}
