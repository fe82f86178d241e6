//! A learner at work: what they open and do, and what the content they opened does for them.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::browser::Browser;
use super::library::Course;
use super::lives::Far;
use super::past::Past;
use super::{questions, speaking};
use crate::core::{Dice, Error, RegistrationId, Result};
use crate::progress::{self, Completion, Success};
use crate::quiz::kinds::{Body, Tolerance};
use crate::quiz::model::{Question, Quiz};
use crate::scorm::Version;

/// Somebody at their screen.
pub struct Learner<'a> {
    pub browser: Browser<'a>,
    pub past: &'a Past,
    pub dice: Dice,
    /// Right answers in a hundred.
    pub skill: u64,
}

impl Learner<'_> {
    fn minutes(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_secs(60 * from + self.dice.below(60 * (to - from)))
    }

    /// A result in per cent: better at each try, for one learns.
    fn score(&mut self, tries: u64) -> u64 {
        (self.skill + self.dice.below(25) + 8 * tries).min(100)
    }

    /// Follows a course from the address that opens it: all of it, or only the activity the address names.
    pub async fn follow(&mut self, address: &str, course: &Course, only: bool, far: Far) -> Result<()> {
        // `/player/REGISTRATION/ACTIVITY`: where the learner goes on.
        let mut parts = address.split('?').next().unwrap_or_default().rsplit('/');
        let (Some(first), Some(registration)) = (parts.next(), parts.next()) else {
            return Err(Error::internal(anyhow::anyhow!("nothing is played at {address}")));
        };
        let first: usize = first.parse().map_err(Error::internal)?;
        match (course.kind, &course.quiz) {
            ("quiz", Some(quiz)) => return self.quiz(&format!("/quiz/{registration}/{first}"), quiz, far).await,
            ("page" | "document" | "link", _) => {
                return self.read(&format!("/learn/{registration}/{first}"), course.kind, far).await;
            }
            _ => {}
        }
        let all = if only { vec![first] } else { course.activities.clone() };
        let activities = if far == Far::Done { all.as_slice() } else { all.get(..1).unwrap_or_default() };
        let registration: RegistrationId = registration.parse().map_err(Error::internal)?;
        for (tries, activity) in (0..).zip(activities) {
            // What is done is not done again, and content says only once that it was completed.
            let (completion, success) = self.standing(registration, *activity).await?;
            let is_complete = completion == Completion::Completed;
            let failed = success == Success::Failed;
            if is_complete && !failed {
                continue;
            }
            let tries = tries + if failed { 2 } else { 0 };
            let place = format!("/player/{registration}/{activity}");
            let launched = self.browser.try_post(&format!("{place}/launch"), &json!({"mode": "normal"})).await?;
            // An activity that the course does not open now is left at that, as a learner would.
            if launched.status.is_success() {
                self.play(&place, &launched.json(), far, tries, is_complete).await?;
            }
        }
        Ok(())
    }

    /// Where the learner stands in an activity.
    async fn standing(&self, registration: RegistrationId, activity: usize) -> Result<(Completion, Success)> {
        let index = i32::try_from(activity).map_err(Error::internal)?;
        let mut tx = self.browser.app().db.read().await?;
        Ok(progress::standing(&mut tx, registration, index).await?.activity())
    }

    /// What content of each kind does, once it is launched.
    async fn play(&mut self, place: &str, launch: &Value, far: Far, tries: u64, is_complete: bool) -> Result<()> {
        let kind = launch["runtime"]["kind"].as_str().unwrap_or_default();
        match kind {
            "scorm12" | "scorm2004" => {
                let time = self.minutes(4, 16);
                self.past.pass(time);
                let score = self.score(tries);
                let seconds = time.as_secs();
                let (version, (mut set, time)) = match kind {
                    "scorm12" => (Version::Scorm12, scorm12(far, score, seconds)),
                    _ => (Version::Scorm2004, scorm2004(far, score, seconds)),
                };
                if far == Far::Done {
                    let activity = launch["activity"]["identifier"].as_str().unwrap_or_default();
                    set.extend(questions::answers(version, activity, score, seconds));
                }
                let exit = if far == Far::Done { "" } else { "suspend" };
                let commit = json!({"lease": launch["lease"], "sequence": 1, "terminate": true, "set": set,
                    "session_time": time, "exit": exit});
                let secret = format!("Bearer {}", launch["secret"].as_str().unwrap_or_default());
                let address = launch["commit_url"].as_str().unwrap_or_default();
                self.browser.content(axum::http::Method::POST, address, &secret, Some(&commit)).await.map(drop)
            }
            "video" | "audio" => self.watch(place, launch, far).await,
            "cmi5" | "tincan" => {
                let (before, score) = (self.minutes(5, 20), self.score(tries));
                let address = launch["runtime"]["content_url"].as_str().unwrap_or_default();
                let (browser, past) = (&self.browser, self.past);
                let unit = speaking::Unit { browser, past, far, is_complete, score, time: before };
                if kind == "cmi5" { unit.cmi5(address).await } else { unit.tincan(address).await }
            }
            _ => {
                // A page of the course without a voice of its own.
                let time = self.minutes(1, 4);
                self.past.pass(time);
                Ok(())
            }
        }
    }

    /// Plays a film or a recording from its beginning.
    async fn watch(&mut self, place: &str, launch: &Value, far: Far) -> Result<()> {
        let length = launch["runtime"]["duration"].as_f64().unwrap_or_default();
        let seen = length
            * match far {
                Far::Begun => 0.2,
                Far::Half => 0.55,
                Far::Done => 1.0,
            };
        for (sequence, event, position) in
            [(1, "initialized", 0.0), (2, "played", 0.0), (3, "paused", seen), (4, "terminated", seen)]
        {
            let is_pause = event == "paused";
            if is_pause {
                self.past.pass(Duration::from_secs_f64(seen));
            }
            let played = if is_pause { json!([[0.0, seen]]) } else { json!([]) };
            let told = json!({
                "launch": launch["launch"], "lease": launch["lease"], "sequence": sequence, "event": event,
                "position": position, "length": length, "played": played,
            });
            self.browser.post(&format!("{place}/media"), &told).await?;
        }
        Ok(())
    }

    /// Reads a page, or opens a document or a link.
    async fn read(&mut self, place: &str, kind: &str, far: Far) -> Result<()> {
        let page = self.browser.get(place).await?;
        let launch = page.between("data-launch=\"", "\"").unwrap_or_default().to_owned();
        if far == Far::Done && kind != "page" {
            self.browser.get(&format!("{place}/open")).await?;
        }
        let time = self.minutes(2, 9);
        self.past.pass(time);
        let seconds = time.as_secs().to_string();
        let end = if far == Far::Done && kind == "page" { "finish" } else { "left" };
        self.browser.form(&format!("{place}/{end}"), &[("launch", &launch), ("seconds", &seconds)]).await.map(drop)
    }

    /// Takes a quiz: who fails mostly tries again after a while; who goes half-way leaves questions open.
    async fn quiz(&mut self, place: &str, quiz: &Quiz, far: Far) -> Result<()> {
        for tries in 0..3 {
            let begun = self.browser.try_form(&format!("{place}/start"), &[]).await?;
            if !begun.status.is_redirection() {
                // No attempt is left.
                return Ok(());
            }
            let asked = self.browser.get(&begun.location).await?;
            let attempt = asked.between("name=\"attempt\" value=\"", "\"").unwrap_or_default().to_owned();
            let answered = if far == Far::Done { quiz.questions.len() } else { quiz.questions.len() / 2 };
            for question in &quiz.questions[..answered] {
                let time = self.minutes(0, 2);
                self.past.pass(time);
                // In a quiz nobody can look the answer up.
                let knows = self.dice.below(100) < self.skill.saturating_sub(14) + 16 * tries;
                let values = answer(question, knows, &mut self.dice);
                let mut fields = vec![("attempt", attempt.as_str()), ("question", question.id.as_str())];
                fields.extend(values.iter().map(|value| ("answer", value.as_str())));
                self.browser.form(&format!("{place}/answers"), &fields).await?;
            }
            if far != Far::Done {
                return Ok(());
            }
            let ended = self.browser.form(&format!("{place}/submit"), &[("attempt", &attempt)]).await?;
            let result = self.browser.get(&ended.location).await?;
            let failed = result.between("data-status=\"", "\"") == Some("failed");
            if !failed || self.dice.below(3) == 0 {
                return Ok(());
            }
            let time = self.minutes(4, 15);
            self.past.pass(time);
        }
        Ok(())
    }
}

/// An answer as the form sends it: the right one, or one that somebody might well give.
fn answer(question: &Question, knows: bool, dice: &mut Dice) -> Vec<String> {
    match &question.body {
        Body::SingleChoice(kind) => {
            let fitting: Vec<_> = kind.choices.iter().filter(|choice| choice.correct == knows).collect();
            let place = dice.below(fitting.len() as u64) as usize;
            fitting.get(place).map(|choice| choice.id.clone()).into_iter().collect()
        }
        Body::MultipleChoice(kind) => {
            let right = kind.choices.iter().filter(|choice| choice.correct).map(|choice| choice.id.clone());
            // Who does not know has found only one.
            if knows { right.collect() } else { right.take(1).collect() }
        }
        Body::TrueFalse(kind) => vec![(kind.answer == knows).to_string()],
        Body::Numeric(kind) => {
            let (Tolerance::Absolute(off) | Tolerance::Relative(off)) = kind.tolerance;
            let value = kind.value.unwrap_or_default();
            vec![if knows { value } else { value * 2.0 / 3.0 - off }.round().to_string()]
        }
        Body::ShortText(kind) => {
            let accepted = kind.accepted.first().cloned().unwrap_or_default();
            vec![if knows { accepted } else { "je ne sais plus".to_owned() }]
        }
    }
}

fn set(pairs: &[(&str, &str)]) -> Map<String, Value> {
    pairs.iter().map(|(element, value)| ((*element).to_owned(), (*value).into())).collect()
}

/// From here the samples' own questions are passed.
const PASSES: u64 = 80;

/// What a SCORM 1.2 course says, and the session's time (SCORM 1.2 Run-Time 3.4.4: HHHH:MM:SS.SS).
fn scorm12(far: Far, score: u64, seconds: u64) -> (Map<String, Value>, String) {
    let time = format!("{:04}:{:02}:{:02}.00", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let place = if far == Far::Begun { "2" } else { "4" };
    if far != Far::Done {
        return (set(&[("cmi.core.lesson_status", "incomplete"), ("cmi.core.lesson_location", place)]), time);
    }
    let status = if score >= PASSES { "passed" } else { "failed" };
    let score = score.to_string();
    let told = [
        ("cmi.core.score.min", "0"),
        ("cmi.core.score.max", "100"),
        ("cmi.core.score.raw", &score),
        ("cmi.core.lesson_status", status),
    ];
    (set(&told), time)
}

/// What a SCORM 2004 course says, and the session's time (SCORM 2004 RTE 4.2.20: an ISO 8601 duration).
fn scorm2004(far: Far, score: u64, seconds: u64) -> (Map<String, Value>, String) {
    let time = format!("PT{seconds}S");
    let place = if far == Far::Begun { "2" } else { "4" };
    if far != Far::Done {
        return (set(&[("cmi.completion_status", "incomplete"), ("cmi.location", place)]), time);
    }
    let scaled = format!("{}.{:02}", score / 100, score % 100);
    let success = if score >= PASSES { "passed" } else { "failed" };
    let told = [
        ("cmi.score.scaled", scaled.as_str()),
        ("cmi.success_status", success),
        ("cmi.completion_status", "completed"),
    ];
    (set(&told), time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_knows_answers_right_and_who_does_not_answers_wrong() {
        for text in [include_str!("content/quiz-chantier.json"), include_str!("content/quiz-numerique.json")] {
            for question in &Quiz::read(text).unwrap().questions {
                for (knows, least, most) in [(true, 1.0, 1.0), (false, 0.0, 0.6)] {
                    let given = answer(question, knows, &mut Dice::new(5));
                    let response = question.body.kind().accept(&given).unwrap();
                    let score = question.body.kind().score(&response);
                    assert!((least..=most).contains(&score), "{}: {given:?} scores {score}", question.id);
                }
            }
        }
    }

    #[test]
    fn sessions_last_as_the_standards_write_it() {
        assert_eq!(scorm12(Far::Done, 85, 3_725).1, "0001:02:05.00");
        assert_eq!(scorm2004(Far::Done, 100, 90).1, "PT90S");
        assert_eq!(scorm2004(Far::Done, 100, 90).0["cmi.score.scaled"], "1.00");
        assert_eq!(scorm12(Far::Done, 62, 60).0["cmi.core.lesson_status"], "failed");
    }
}
