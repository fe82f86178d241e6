//! What a job is.

use std::time::Duration;

use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::core::{Error, JobId, PersonId, Result, Timestamp};

/// How long a job is held by who took it without a sign of life.
pub const LEASE: Duration = Duration::from_secs(30);

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Waiting for its time or for a worker.
    Queued,
    /// Somebody is at it.
    Running,
    /// Did what it was for.
    Done,
    /// Given up; `error` says why.
    Failed,
    /// Somebody did not want it any more.
    Cancelled,
}

impl JobState {
    /// Every state.
    pub const ALL: [JobState; 5] = [Self::Queued, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    /// The stable word, in the database and in every answer.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether it has not ended.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

/// A job as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Job {
    /// Its identifier.
    pub id: JobId,
    /// What is to be done.
    pub kind: String,
    /// What it is about, in the identifiers of its slice.
    pub subject: Option<Uuid>,
    /// What the body needs to know, as JSON.
    pub payload: String,
    state: String,
    /// How much of it is done, 0 to 1.
    pub progress: f64,
    /// How often it was taken.
    pub attempts: i32,
    /// Not before.
    pub run_at: Timestamp,
    /// Code of the last failure.
    pub error: Option<String>,
    /// Who asked for it; nobody for what the service does by itself.
    pub created_by: Option<PersonId>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was taken last.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl Job {
    /// Where it stands.
    pub fn state(&self) -> JobState {
        // The database admits no other word.
        JobState::ALL.into_iter().find(|state| state.word() == self.state).unwrap_or(JobState::Failed)
    }

    /// What the body needs to know. Errors: `internal` if another version of the program wrote something else.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.payload).map_err(Error::internal)
    }

    /// How long it will still take, going on as it went; `None` before that can be told.
    pub fn time_left(&self, now: Timestamp) -> Option<Duration> {
        let started = self.started_at.filter(|_| self.state() == JobState::Running)?;
        let gone = now.since(started);
        // The first moments say nothing about the rest.
        if self.progress < 0.02 || gone < Duration::from_secs(2) {
            return None;
        }
        Some(gone.mul_f64((1.0 - self.progress.min(1.0)) / self.progress))
    }
}
