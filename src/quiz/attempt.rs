//! One learner at one quiz: loading, beginning, answering and ending attempts. Everything here runs under the hold of the
//! registration's row, so that two tabs, a double click and an automatic end come one after the other.

use std::collections::BTreeMap;
use std::time::Duration;

use super::close;
use super::kinds::Response;
use super::model::{Question, Quiz, Stage};
use super::sheet::{Drawn, Marked, Sheet};
use super::statements;
use super::store::{self, Answer, Attempt};
use crate::core::{Error, QuizAttemptId, RegistrationId, Result, Timestamp};
use crate::packages::native;
use crate::runtime::{Mode, PlayerOf, Visit};
use crate::state::App;
use crate::storage::Tx;
use crate::web::Fields;

/// An answer that was given in time may arrive so much later.
const ON_ITS_WAY: Duration = Duration::from_secs(10);

/// A learner at a quiz.
pub struct Sitting {
    pub visit: Visit,
    pub quiz: Quiz,
    /// The latest first.
    pub attempts: Vec<Attempt>,
}

/// An attempt with its questions and answers.
pub struct Paper {
    pub attempt: Attempt,
    pub sheet: Sheet,
    pub answers: BTreeMap<String, Answer>,
}

impl Sitting {
    /// Reads where the learner is, for a page.
    pub async fn read(tx: &mut Tx, player: &PlayerOf, index: i32, mode: Mode) -> Result<Self> {
        let visit = Visit::of(tx, player, index, &["quiz"], mode).await?;
        Self::load(tx, visit).await
    }

    /// Reads where the learner is, to change it. Errors: `quiz-only-looking` in a mode that changes nothing.
    pub async fn held(tx: &mut Tx, player: &PlayerOf, index: i32, mode: Mode) -> Result<Self> {
        let visit = Visit::held(tx, player, index, &["quiz"], mode).await?;
        if !visit.registration.moves(visit.mode) {
            return Err(Error::conflict("quiz-only-looking"));
        }
        Self::load(tx, visit).await
    }

    /// As [`Sitting::held`], when the learner is not there.
    pub async fn held_by_itself(tx: &mut Tx, id: RegistrationId, index: i32) -> Result<Self> {
        let visit = Visit::held_by_itself(tx, id, index, &["quiz"]).await?;
        Self::load(tx, visit).await
    }

    async fn load(tx: &mut Tx, visit: Visit) -> Result<Self> {
        let quiz: Quiz = native::content_of_version(tx, visit.registration.version_id).await?;
        let attempts = store::attempts(tx, visit.registration.id, visit.activity.activity_index).await?;
        Ok(Self { visit, quiz, attempts })
    }

    /// Whether attempts can be made here: not where somebody only looks again.
    pub fn plays(&self) -> bool {
        self.visit.registration.moves(self.visit.mode)
    }

    /// The attempt that is going on.
    pub fn open(&self) -> Option<&Attempt> {
        self.attempts.first().filter(|attempt| attempt.submitted_at.is_none())
    }

    /// How many attempts were begun.
    pub fn begun(&self) -> usize {
        self.attempts.first().and_then(|attempt| usize::try_from(attempt.number).ok()).unwrap_or_default()
    }

    /// How many attempts are left; `None`: as many as one likes.
    pub fn left(&self) -> Option<usize> {
        (self.quiz.settings.attempts > 0).then(|| self.quiz.settings.attempts.saturating_sub(self.begun()))
    }

    pub fn is_passed(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.passed == Some(true))
    }

    /// Whether nothing is left to try for.
    fn is_over(&self) -> bool {
        let is_unjudged = self.quiz.settings.pass_mark == 0;
        let any = self.attempts.iter().any(|attempt| attempt.submitted_at.is_some());
        self.is_passed() || self.left() == Some(0) || is_unjudged && any
    }

    /// When an attempt ends by itself.
    pub fn deadline(&self, attempt: &Attempt) -> Option<Timestamp> {
        self.ends(attempt.started_at)
    }

    fn ends(&self, started_at: Timestamp) -> Option<Timestamp> {
        let minutes = u64::try_from(self.quiz.settings.minutes?).ok()?;
        Some(started_at.plus(Duration::from_secs(60 * minutes)))
    }

    /// Whether the time of the attempt that is going on has run out, with what may still be on its way.
    pub fn has_run_out(&self, now: Timestamp) -> bool {
        let deadline = self.open().and_then(|attempt| self.deadline(attempt));
        deadline.is_some_and(|deadline| now >= deadline.plus(ON_ITS_WAY))
    }

    /// How far a question has come.
    pub fn stage(&self, attempt: &Attempt, answer: Option<&Answer>) -> Stage {
        match attempt.submitted_at {
            Some(_) if self.is_over() && self.open().is_none() => Stage::Over,
            Some(_) => Stage::Submitted,
            None if answer.is_some_and(|answer| answer.confirmed) => Stage::Confirmed,
            None => Stage::Open,
        }
    }

    /// Begins an attempt, or goes on with the one that is open. Errors: `quiz-no-attempt-left`.
    pub async fn begin(self, tx: &mut Tx, app: &App, player: &PlayerOf) -> Result<()> {
        if self.open().is_some() {
            return Ok(());
        }
        if self.left() == Some(0) {
            return Err(Error::conflict("quiz-no-attempt-left"));
        }
        let number = self.attempts.first().map_or(0, |attempt| attempt.number).saturating_add(1);
        let (seed, _) = uuid::Uuid::new_v4().as_u64_pair();
        let sheet = Sheet::draw(&self.quiz, seed);
        let (id, index, now) = (self.visit.registration.id, self.visit.activity.activity_index, app.clock.now());
        let attempt = store::begin(tx, id, index, number, &sheet, now).await?;
        if let Some(deadline) = self.ends(now) {
            close::enqueue(tx, app, (id, index, attempt), deadline.plus(ON_ITS_WAY)).await?;
        }
        let visit = self.visit.open(tx, app, player).await?.visit;
        visit.record(tx, app, vec![statements::begun(&visit)]).await
    }

    /// Keeps an answer to a question of the attempt that is going on. Answers its place in the sheet.
    ///
    /// Errors: `quiz-attempt-ended`, `quiz-time-over`, `quiz-question-unknown`, `quiz-answer-…`.
    pub async fn answer(&self, tx: &mut Tx, fields: &Fields, now: Timestamp) -> Result<usize> {
        let attempt = self.named(fields.text("attempt"))?;
        if self.has_run_out(now) {
            return Err(Error::conflict("quiz-time-over"));
        }
        let sheet = attempt.sheet()?;
        let unknown = || Error::not_found("quiz-question-unknown");
        let place = sheet.place_of(fields.text("question")).ok_or_else(unknown)?;
        let question = self.quiz.question(&sheet.0[place].id).ok_or_else(unknown)?;
        let given: Vec<String> =
            fields.all("answer").into_iter().filter(|value| !value.trim().is_empty()).map(str::to_owned).collect();
        let response = question.body.kind().accept(&given).map_err(Error::unprocessable)?;
        // Confirming nothing would take the question away from who pressed too early.
        let confirmed = fields.text("go") == "confirm" && self.quiz.settings.confirms() && !response.is_empty();
        store::save(tx, attempt.id, &question.id, &response, confirmed, now).await?;
        Ok(place)
    }

    /// The open attempt, if it is the one a page was made for. Errors: `quiz-attempt-ended`.
    fn named(&self, id: &str) -> Result<&Attempt> {
        let named = id.parse::<QuizAttemptId>().ok();
        self.open().filter(|attempt| Some(attempt.id) == named).ok_or_else(|| Error::conflict("quiz-attempt-ended"))
    }

    /// Ends the open attempt: scores it and says so. Answers its number; one that has ended stays as it is.
    pub async fn submit(&mut self, tx: &mut Tx, app: &App) -> Result<Option<i32>> {
        let Some(attempt) = self.open().cloned() else { return Ok(self.attempts.first().map(|last| last.number)) };
        // Who comes back the day after has not sat there all night.
        let now = app.clock.now();
        let ended = self.deadline(&attempt).map_or(now, |deadline| deadline.min(now));
        let paper = Paper::load(tx, attempt).await?;
        let marked = Marked::of(&self.quiz, &paper.sheet, |id| paper.response(id));
        store::submit(tx, paper.attempt.id, &marked, ended).await?;
        if let Some(latest) = self.attempts.first_mut() {
            (latest.submitted_at, latest.passed) = (Some(ended), marked.passed);
        }
        let is_over = self.is_over();
        let mut said = Vec::new();
        for (question, points) in &marked.points {
            let (Some(question), Some(answer)) = (self.quiz.question(question), paper.answers.get(question)) else {
                continue;
            };
            if !answer.response.is_empty() {
                let at = answer.saved_at.unwrap_or(ended).min(ended);
                said.push(statements::answered(&self.visit, question, &answer.response, *points, at));
            }
        }
        let seconds = ended.since(paper.attempt.started_at).as_secs_f64();
        said.extend(statements::submitted(&self.visit, &marked, seconds, is_over, ended));
        self.visit.record(tx, app, said).await?;
        Ok(Some(paper.attempt.number))
    }
}

impl Paper {
    /// Reads the answers of an attempt.
    pub async fn load(tx: &mut Tx, attempt: Attempt) -> Result<Self> {
        let answers = store::answers(tx, attempt.id).await?;
        Ok(Self { sheet: attempt.sheet()?, attempt, answers })
    }

    /// What was answered to a question; nothing if it was not.
    pub fn response(&self, question: &str) -> Response {
        self.answers.get(question).map(|answer| answer.response.clone()).unwrap_or_default()
    }

    /// The questions with their answers, in order.
    pub fn lines<'a>(&'a self, quiz: &'a Quiz) -> impl Iterator<Item = (&'a Drawn, &'a Question, Option<&'a Answer>)> {
        self.sheet.questions(quiz).map(|(drawn, question)| (drawn, question, self.answers.get(&question.id)))
    }
}
