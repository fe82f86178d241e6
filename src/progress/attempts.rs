//! Several attempts of one person at one course, and what they come to by the course's policy.

use crate::core::{CourseId, PersonId, RegistrationId, Result, Timestamp};
use crate::on_db;
use crate::packages::playing::{Counted, Playing};
use crate::progress::model::Status;
use crate::storage::Tx;

/// What an attempt has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// To its end, and it was enough.
    Done,
    /// To a result that is not enough.
    Failed,
    /// To nothing yet.
    Open,
}

impl From<Status> for Came {
    fn from(status: Status) -> Self {
        match status {
            Status::Done | Status::Passed => Self::Done,
            Status::Failed => Self::Failed,
            Status::Todo | Status::Doing => Self::Open,
        }
    }
}

/// What the attempts at something come to. Each is named by its place among them.
#[derive(Clone, Debug, PartialEq)]
pub struct Sum {
    /// The attempt that says where its person stands.
    pub standing: usize,
    /// The attempt since which they stand there.
    pub since: usize,
    /// Those that the score is of.
    pub scored: Vec<usize>,
    /// -1 to 1.
    pub score: Option<f64>,
}

/// What these attempts, the earliest first, come to. Nothing if there is none.
///
/// An attempt under way never hides the result of an earlier one that was enough; one that was not gives way to it, except
/// where the first counts.
pub fn sum(attempts: &[(Came, Option<f64>)], counted: Counted) -> Option<Sum> {
    let latest = attempts.len().checked_sub(1)?;
    let came = |index: &usize| attempts[*index].0;
    let score = |index: usize| attempts[index].1;
    let over: Vec<usize> = (0..=latest).filter(|index| came(index) != Came::Open).collect();
    let (Some(first), Some(last)) = (over.first().copied(), over.last().copied()) else {
        return Some(Sum { standing: latest, since: latest, scored: vec![latest], score: score(latest) });
    };
    // Who failed and is at it again is at it.
    let or_under_way = |index: usize| if came(&index) == Came::Failed && last < latest { latest } else { index };
    let enough = over.iter().copied().find(|index| came(index) == Came::Done);
    let of_one = |index: usize, since: usize| Sum {
        standing: or_under_way(index),
        since: or_under_way(since),
        scored: vec![index],
        score: score(index),
    };
    Some(match counted {
        Counted::First => Sum { standing: first, since: first, scored: vec![first], score: score(first) },
        Counted::Last => {
            // Somebody who was done and is done again has been so all the while.
            let run = over.iter().rev().take_while(|index| came(index) == Came::Done).last().copied();
            of_one(last, run.unwrap_or(last))
        }
        Counted::Best => {
            let wanted = if enough.is_some() { Came::Done } else { Came::Failed };
            let better = |best: usize, index: usize| if score(index) > score(best) { index } else { best };
            let best = over.iter().copied().filter(|index| came(index) == wanted).reduce(better).unwrap_or(last);
            of_one(best, enough.unwrap_or(best))
        }
        Counted::Average => {
            let scores: Vec<f64> = over.iter().filter_map(|index| score(*index)).collect();
            let standing = enough.unwrap_or(or_under_way(last));
            Sum {
                standing,
                since: standing,
                score: (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64),
                scored: over,
            }
        }
    })
}

/// One attempt of somebody at a course.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AttemptRow {
    pub registration: RegistrationId,
    pub person: PersonId,
    pub course: CourseId,
    /// From 1.
    pub number: i32,
    /// Replaced by one on a newer version before it was completed: it costs none of those that are allowed.
    pub superseded: bool,
    pub completion: Option<String>,
    pub success: Option<String>,
    pub score: Option<f64>,
    pub created_at: Timestamp,
    pub completed_at: Option<Timestamp>,
    /// Completed, with all that is in it.
    finished: bool,
    /// The activity that was open last.
    pub current_index: Option<i32>,
    #[sqlx(flatten)]
    playing: Playing,
}

impl AttemptRow {
    /// Where its person stands in it.
    pub fn status(&self) -> Status {
        Status::of_words(self.completion.as_deref(), self.success.as_deref()).begun()
    }
}

/// Every attempt of one person at one course, the earliest first; at least one.
#[derive(Clone, Debug)]
pub struct Attempts {
    pub rows: Vec<AttemptRow>,
    pub playing: Playing,
    sum: Sum,
}

impl Attempts {
    fn of(rows: Vec<AttemptRow>) -> Option<Self> {
        let playing = rows.first()?.playing;
        let came: Vec<_> = rows.iter().map(|row| (Came::from(row.status()), row.score)).collect();
        Some(Self { sum: sum(&came, playing.counted)?, rows, playing })
    }

    /// The course they are at.
    pub fn course(&self) -> CourseId {
        self.latest().course
    }

    /// The one that was begun last.
    pub fn latest(&self) -> &AttemptRow {
        &self.rows[self.rows.len() - 1]
    }

    /// How many count among those that are allowed.
    pub fn used(&self) -> usize {
        self.rows.iter().filter(|row| !row.superseded).count()
    }

    /// Whether the latest has come to a result.
    pub fn has_result(&self) -> bool {
        !self.latest().superseded && Came::from(self.latest().status()) != Came::Open
    }

    /// Whether a further one may be begun now.
    pub fn may_begin(&self) -> bool {
        self.has_result() && self.playing.allows_more_than(self.used())
    }

    /// Whether the latest can be looked at and no longer changed.
    pub fn is_closed(&self) -> bool {
        self.latest().finished && self.playing.counts_attempts()
    }

    /// Where the person stands: in the attempt under way, else by the policy.
    pub fn status(&self) -> Status {
        if self.has_result() { self.rows[self.sum.standing].status() } else { self.latest().status() }
    }

    /// The score by the policy.
    pub fn score(&self) -> Option<f64> {
        self.sum.score
    }

    /// When that was completed which counts.
    pub fn completed_at(&self) -> Option<Timestamp> {
        self.rows[self.sum.since].completed_at
    }

    /// The words of the attempt that says where the person stands.
    pub fn words(&self) -> (Option<String>, Option<String>) {
        let row = if self.has_result() { &self.rows[self.sum.standing] } else { self.latest() };
        (row.completion.clone(), row.success.clone())
    }

    /// Whether this attempt was replaced by a later one before it was completed.
    pub fn is_superseded(&self, registration: RegistrationId) -> bool {
        self.rows.iter().any(|row| row.registration == registration && row.superseded)
    }

    /// Whether the score is of this attempt.
    pub fn counts(&self, registration: RegistrationId) -> bool {
        self.sum.scored.iter().any(|index| self.rows[*index].registration == registration)
    }
}

/// The attempts of these people, at one course or at all they have begun; a list of each person and course.
pub async fn attempts(tx: &mut Tx, people: &[PersonId], course: Option<CourseId>) -> Result<Vec<Attempts>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<AttemptRow> = on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "SELECT r.id AS registration, r.person_id AS person, r.course_id AS course, r.attempt AS number, \
                    CASE WHEN r.superseded_at IS NULL OR s.completion = 'completed' THEN FALSE ELSE TRUE END AS superseded, \
                    s.completion, s.success, s.score_scaled AS score, r.created_at, s.completed_at, r.current_index, \
                    CASE WHEN s.completion = 'completed' AND s.done >= s.total THEN TRUE ELSE FALSE END AS finished, \
                    COALESCE(y.attempts, 0) AS most_attempts, COALESCE(y.again, 'never') AS again, \
                    COALESCE(y.counted, 'best') AS counted, COALESCE(y.place, 'page') AS place \
               FROM registration r LEFT JOIN registration_progress s ON s.registration_id = r.id \
               LEFT JOIN course_playing y ON y.course_id = r.course_id \
              WHERE NOT r.preview AND r.person_id IN (");
        let mut list = query.separated(", ");
        for person in people {
            list.push_bind(*person);
        }
        query.push(")");
        if let Some(course) = course {
            query.push(" AND r.course_id = ").push_bind(course);
        }
        query.push(" ORDER BY r.person_id, r.course_id, r.attempt");
        query.build_query_as().fetch_all(c).await
    })?;
    let same = |a: &AttemptRow, b: &AttemptRow| (a.person, a.course) == (b.person, b.course);
    Ok(rows.chunk_by(same).filter_map(|rows| Attempts::of(rows.to_vec())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_policy_takes_the_attempts_it_names() {
        use Came::{Done, Failed, Open};
        let none = None;
        let (low, mid, high) = (Some(0.25), Some(0.5), Some(0.75));
        // Attempts; then for best, last, first and average: whose standing, since which, and the score.
        type Row<'a> = (&'a [(Came, Option<f64>)], [(usize, usize, Option<f64>); 4]);
        let table: &[Row] = &[
            (&[(Open, none)], [(0, 0, none); 4]),
            (&[(Open, low)], [(0, 0, low); 4]),
            (&[(Done, mid)], [(0, 0, mid); 4]),
            (&[(Done, mid), (Open, high)], [(0, 0, mid); 4]),
            (&[(Failed, low), (Open, none)], [(1, 1, low), (1, 1, low), (0, 0, low), (1, 1, low)]),
            (&[(Open, low), (Failed, none)], [(1, 1, none); 4]),
            (&[(Failed, mid), (Failed, low)], [(0, 0, mid), (1, 1, low), (0, 0, mid), (1, 1, Some(0.375))]),
            (&[(Failed, high), (Done, low)], [(1, 1, low), (1, 1, low), (0, 0, high), (1, 1, mid)]),
            (&[(Done, low), (Done, high)], [(1, 0, high), (1, 0, high), (0, 0, low), (0, 0, mid)]),
            (&[(Done, high), (Done, high)], [(0, 0, high), (1, 0, high), (0, 0, high), (0, 0, high)]),
            (
                &[(Done, mid), (Failed, low), (Done, none)],
                [(0, 0, mid), (2, 2, none), (0, 0, mid), (0, 0, Some(0.375))],
            ),
            (&[(Done, none), (Done, low), (Open, high)], [(1, 0, low), (1, 0, low), (0, 0, none), (0, 0, low)]),
        ];
        for (attempts, expected) in table {
            for (counted, expected) in Counted::ALL.into_iter().zip(expected) {
                let came = sum(attempts, counted).map(|sum| (sum.standing, sum.since, sum.score));
                assert_eq!(came, Some(*expected), "{counted:?} of {attempts:?}");
            }
        }
        assert_eq!(sum(&[], Counted::Best), None);
    }

    #[test]
    fn the_mean_is_of_every_attempt_that_is_over_and_the_best_of_one() {
        let attempts = [(Came::Done, Some(0.5)), (Came::Failed, Some(0.25)), (Came::Open, Some(1.0))];
        let scored = |counted| sum(&attempts, counted).map(|sum| sum.scored);
        assert_eq!(scored(Counted::Average), Some(vec![0, 1]));
        assert_eq!(scored(Counted::Best), Some(vec![0]));
        assert_eq!(scored(Counted::Last), Some(vec![1]));
    }
}
