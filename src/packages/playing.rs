//! How a course is played: how often it may be attempted, what begins a further attempt, which one counts, and where its content
//! opens. Its trainers decide it; a course about which nobody has decided keeps to the defaults.

use serde::{Deserialize, Serialize};

use crate::core::{CourseId, PersonId, Result, Timestamp};
use crate::on_db;
use crate::storage::Tx;

/// Which of several attempts tells where somebody stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Counted {
    /// The one with the best result.
    #[default]
    Best,
    /// The one that was ended last.
    Last,
    /// The one that was ended first.
    First,
    /// All of them: the mean of their scores.
    Average,
}

impl Counted {
    /// Every one, in the order of a form.
    pub const ALL: [Self; 4] = [Self::Best, Self::Last, Self::First, Self::Average];

    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Last => "last",
            Self::First => "first",
            Self::Average => "average",
        }
    }
}

impl From<String> for Counted {
    /// Reads a stored word; the database allows no other.
    fn from(word: String) -> Self {
        Self::ALL.into_iter().find(|counted| counted.word() == word).unwrap_or_default()
    }
}

/// What begins a further attempt once the one before is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Again {
    /// Nothing: what is over can be looked at again.
    #[default]
    Never,
    /// The learner, who asks for it.
    Asked,
    /// Every opening.
    Always,
}

impl Again {
    /// Every one, in the order of a form.
    pub const ALL: [Self; 3] = [Self::Never, Self::Asked, Self::Always];

    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Asked => "asked",
            Self::Always => "always",
        }
    }
}

impl From<String> for Again {
    /// Reads a stored word; the database allows no other.
    fn from(word: String) -> Self {
        Self::ALL.into_iter().find(|again| again.word() == word).unwrap_or_default()
    }
}

/// Where the content of a course opens. What the server shows itself (pages, documents, quizzes) and video and audio are on
/// the page whatever is decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ContentPlace)]
pub enum Place {
    /// Inside the player page.
    #[default]
    Page,
    /// In a window of its own; on a phone, a tab.
    Window,
}

impl Place {
    /// Every one, in the order of a form.
    pub const ALL: [Self; 2] = [Self::Page, Self::Window];

    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Window => "window",
        }
    }
}

impl From<String> for Place {
    /// Reads a stored word; the database allows no other.
    fn from(word: String) -> Self {
        Self::ALL.into_iter().find(|place| place.word() == word).unwrap_or_default()
    }
}

/// How a course is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Playing {
    /// The most attempts; 0 for as many as wanted.
    pub most_attempts: i32,
    #[sqlx(try_from = "String")]
    pub again: Again,
    #[sqlx(try_from = "String")]
    pub counted: Counted,
    #[sqlx(try_from = "String")]
    pub place: Place,
}

const OF: &str = "SELECT attempts AS most_attempts, again, counted, place FROM course_playing WHERE course_id = $1";
const SAVE: &str = "INSERT INTO course_playing (course_id, attempts, again, counted, place, updated_by, updated_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (course_id) DO UPDATE SET attempts = excluded.attempts, \
    again = excluded.again, counted = excluded.counted, place = excluded.place, updated_by = excluded.updated_by, \
    updated_at = excluded.updated_at";

impl Playing {
    /// That of a course.
    pub async fn of(tx: &mut Tx, course: CourseId) -> Result<Self> {
        let decided: Option<Self> = on_db!(tx, c => sqlx::query_as(OF).bind(course).fetch_optional(c).await)?;
        Ok(decided.unwrap_or_default())
    }

    /// Decides it for a course; nobody's name is on it where a program does.
    pub async fn save(self, tx: &mut Tx, course: CourseId, by: Option<PersonId>, now: Timestamp) -> Result<()> {
        on_db!(tx, c => sqlx::query(SAVE)
            .bind(course).bind(self.most_attempts).bind(self.again.word()).bind(self.counted.word())
            .bind(self.place.word()).bind(by).bind(now)
            .execute(c).await.map(drop))?;
        Ok(())
    }

    /// Whether there may be more attempts than these.
    pub fn allows_more_than(self, attempts: usize) -> bool {
        self.again != Again::Never && self.left_after(attempts).is_none_or(|left| left > 0)
    }

    /// Whether attempts are limited, so that what is finished cannot be improved without another.
    pub fn counts_attempts(self) -> bool {
        self.most_attempts > 0 && self.again != Again::Never
    }

    /// How many attempts are left after these; `None` where nobody counts them.
    pub fn left_after(self, attempts: usize) -> Option<usize> {
        let most = usize::try_from(self.most_attempts).ok().filter(|_| self.counts_attempts())?;
        Some(most.saturating_sub(attempts))
    }
}
