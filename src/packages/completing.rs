//! What completes a course whose content speaks xAPI. Some of it never says that it was completed, or says it of something else:
//! then its trainers decide. A course about which nobody has decided goes by what its content says.

use serde::Serialize;

use crate::core::{CourseId, PersonId, Result, Timestamp};
use crate::on_db;
use crate::storage::Tx;

/// What an activity of the course is completed by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// What the content says of the activity itself.
    #[default]
    Content,
    /// The first `completed` or `passed` that the content says, of whatever.
    Said,
    /// That it was opened.
    Opened,
    /// The time that it was in front of the learner, over all visits.
    Time,
}

impl By {
    /// Every one, in the order of a form.
    pub const ALL: [Self; 4] = [Self::Content, Self::Said, Self::Opened, Self::Time];

    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Said => "said",
            Self::Opened => "opened",
            Self::Time => "time",
        }
    }
}

impl From<String> for By {
    /// Reads a stored word; the database allows no other.
    fn from(word: String) -> Self {
        Self::ALL.into_iter().find(|by| by.word() == word).unwrap_or_default()
    }
}

/// What completes the activities of a course.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Completing {
    #[sqlx(rename = "by_word", try_from = "String")]
    pub by: By,
    /// How long, where time completes them.
    pub minutes: i32,
}

const OF: &str = "SELECT by_word, minutes FROM course_completing WHERE course_id = $1";
const SAVE: &str = "INSERT INTO course_completing (course_id, by_word, minutes, updated_by, updated_at) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (course_id) DO UPDATE SET by_word = excluded.by_word, \
    minutes = excluded.minutes, updated_by = excluded.updated_by, updated_at = excluded.updated_at";

impl Completing {
    /// That of a course.
    pub async fn of(tx: &mut Tx, course: CourseId) -> Result<Self> {
        let decided: Option<Self> = on_db!(tx, c => sqlx::query_as(OF).bind(course).fetch_optional(c).await)?;
        Ok(decided.unwrap_or_default())
    }

    /// Decides it for a course.
    pub async fn save(self, tx: &mut Tx, course: CourseId, by: PersonId, now: Timestamp) -> Result<()> {
        on_db!(tx, c => sqlx::query(SAVE)
            .bind(course).bind(self.by.word()).bind(self.minutes).bind(by).bind(now)
            .execute(c).await.map(drop))?;
        Ok(())
    }

    /// After how many seconds an activity is completed; `None` where that is not what decides.
    pub fn seconds(self) -> Option<i64> {
        (self.by == By::Time).then_some(i64::from(self.minutes) * 60)
    }
}
