//! Registrations and launches.

use serde::{Deserialize, Serialize};

use crate::core::{
    CourseId, Error, Kind, LanguageMap, LaunchId, PersonId, RegistrationId, Result, Timestamp, VersionId,
};
use crate::packages::playing::{Again, Playing};
use crate::progress::{Reached, Status};
use crate::scorm::record;

/// How an activity is opened. Only `normal` writes the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    #[default]
    Normal,
    Browse,
    Review,
}

impl Mode {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Browse => "browse",
            Self::Review => "review",
        }
    }

    /// The mode of a stored word; what is unknown writes nothing.
    pub fn of_word(word: &str) -> Self {
        match word {
            "normal" => Self::Normal,
            "review" => Self::Review,
            _ => Self::Browse,
        }
    }

    /// What the address of a page says of it: nothing where it is the usual one.
    pub fn query(self) -> String {
        if self == Self::Normal { String::new() } else { format!("?mode={}", self.word()) }
    }

    /// cmi5 writes it with a capital.
    pub fn cmi5(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Browse => "Browse",
            Self::Review => "Review",
        }
    }
}

impl From<Mode> for record::Mode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Normal => Self::Normal,
            Mode::Browse => Self::Browse,
            Mode::Review => Self::Review,
        }
    }
}

/// One person's record in one course, with the person and the course.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Registration {
    pub id: RegistrationId,
    pub person_id: PersonId,
    pub person_name: String,
    pub account_home_page: String,
    pub account_name: String,
    pub course_id: CourseId,
    pub version_id: VersionId,
    pub course_iri: String,
    pub course_identifier: String,
    pub course_kind: String,
    #[sqlx(try_from = "String")]
    pub course_title: LanguageMap,
    pub course_details: String,
    pub preview: bool,
    pub lease: i64,
    pub current_index: Option<i32>,
    pub sequencing: Option<String>,
    pub person_disabled_at: Option<Timestamp>,
    /// Where it was opened from, if not from the course's own page.
    pub way_out: Option<String>,
    /// Its trainer has replaced the package, and whoever had not completed it begins anew.
    pub superseded: bool,
    completion: Option<String>,
    success: Option<String>,
    /// Completed, with all that is in it.
    finished: bool,
    /// Its person has begun the course once more.
    has_later: bool,
    #[sqlx(flatten)]
    pub playing: Playing,
}

impl Registration {
    /// Refuses what is said for somebody who is no longer let in. Errors: `person-disabled`.
    pub fn let_in(&self) -> Result<()> {
        if self.person_disabled_at.is_some() { Err(Error::new(Kind::Forbidden, "person-disabled")) } else { Ok(()) }
    }

    /// Where its person stands.
    pub fn status(&self) -> Status {
        Status::of_words(self.completion.as_deref(), self.success.as_deref()).begun()
    }

    /// Whether it has come to a result; one that was not enough may still be made good.
    pub fn has_result(&self) -> bool {
        self.status() == Status::Failed || self.status().is_over()
    }

    /// Whether the next opening of the course is to begin a further attempt.
    pub fn is_left_behind(&self) -> bool {
        let is_over = self.status().is_over() || self.completion.as_deref() == Some("completed");
        self.superseded || is_over && self.playing.again == Again::Always && !self.preview
    }

    /// Whether it can be looked at and no longer changed: there is a later attempt, or it is finished where attempts are counted.
    pub fn is_closed(&self) -> bool {
        self.has_later || self.finished && self.playing.counts_attempts()
    }

    /// How its person opens it: what is over without a fault is looked at again. A quiz says by itself what it lets one do.
    pub fn way_in(&self) -> Mode {
        if self.status().is_over() && self.course_kind != "quiz" { Mode::Review } else { Mode::Normal }
    }

    /// Whether an opening in this mode leaves a record.
    pub fn records(&self, mode: Mode) -> bool {
        mode == Mode::Normal && !self.preview
    }

    /// Whether an opening in this mode takes the lease and moves the learner's place in the course. Looking again at what
    /// was done moves nothing; a preview has a place of its own, which goes with it.
    pub fn moves(&self, mode: Mode) -> bool {
        mode == Mode::Normal || self.preview
    }
}

/// One activity of the course in the registration's version.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Activity {
    pub activity_index: i32,
    pub parent_index: Option<i32>,
    pub identifier: String,
    pub iri: String,
    #[sqlx(try_from = "String")]
    pub title: LanguageMap,
    pub kind: String,
    pub href: Option<String>,
    pub launchable: bool,
    pub visible: bool,
    pub details: String,
}

/// Where the page of an activity is that the server makes itself; the others are played by the player.
pub fn own_page(kind: &str) -> Option<&'static str> {
    match kind {
        "page" | "document" | "link" => Some("/learn"),
        "quiz" => Some("/quiz"),
        _ => None,
    }
}

/// One opening of one activity.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LaunchRow {
    pub id: LaunchId,
    pub registration_id: RegistrationId,
    pub activity_index: i32,
    pub mode: String,
    pub secret_hash: Vec<u8>,
    pub lease: i64,
    pub sequence: i64,
    pub return_url: Option<String>,
    /// What the content asked for when it terminated, and what came of it.
    pub navigation: Option<String>,
    /// What is borne of its content.
    pub tolerance: Option<String>,
}

/// What a launch finds when it commits, all in one look.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Found {
    /// The last commit applied.
    pub sequence: i64,
    /// What is saved of its activity.
    pub elements: Option<String>,
    /// When the content of its activity was first heard; nothing yet of content that knows no API.
    pub spoke_at: Option<Timestamp>,
    #[sqlx(flatten)]
    pub reached: Reached,
}

/// Which requests lead somewhere now.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ValidRequests {
    #[serde(rename = "continue")]
    pub forward: bool,
    #[serde(rename = "previous")]
    pub back: bool,
    /// By the identifier of the target; only where content may ask.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub choice: std::collections::BTreeMap<String, bool>,
    /// The same of jumps.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub jump: std::collections::BTreeMap<String, bool>,
}

/// Where the learner stands after a commit.
#[derive(Clone, Debug, Serialize)]
pub struct ProgressAnswer {
    pub completion: &'static str,
    pub success: &'static str,
    pub course_completion: &'static str,
}

impl From<Reached> for ProgressAnswer {
    fn from(reached: Reached) -> Self {
        let (completion, success) = reached.activity();
        Self { completion: completion.word(), success: success.word(), course_completion: reached.course().word() }
    }
}
