//! What learners made of a quiz, question by question. Three statements whatever the number of attempts.

use askama::Template;
use axum::response::Response;

use super::desk::Desk;
use super::kinds::{Asked, Response as Answer};
use super::model::Question;
use super::{store, view};
use crate::core::Result;
use crate::web::{self, Shell, Tab};

/// Answers shown of one question.
const SHOWN: usize = 12;

struct QuestionLine {
    name: String,
    asked: u32,
    answered: u32,
    /// Of the points that could be earned.
    percent: u32,
    given: Vec<GivenLine>,
}

struct GivenLine {
    text: String,
    times: u32,
    /// Whether it earns everything.
    right: bool,
}

#[derive(Template)]
#[template(path = "quiz/templates/results.html")]
struct ResultsPage {
    shell: Shell,
    title: String,
    attempts: u32,
    people: u32,
    mean: u32,
    passed: u32,
    judged: bool,
    lines: Vec<QuestionLine>,
}

/// A count of the database, which is never negative nor near the limit.
fn count(rows: i64) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

/// The results of all versions, by the questions of the draft; what a removed question gave comes last.
pub async fn show(desk: Desk, shell: Shell) -> Result<Response> {
    let (mut tx, draft) = desk.read().await?;
    let totals = store::totals(&mut tx, desk.package).await?;
    let outcomes = store::outcomes(&mut tx, desk.package).await?;
    let given = store::given(&mut tx, desk.package).await?;
    drop(tx);
    let quiz = &draft.content;
    let mut lines: Vec<(usize, QuestionLine)> = outcomes
        .iter()
        .map(|outcome| {
            let question = quiz.question(&outcome.question_id);
            let of_question = given.iter().filter(|given| given.question_id == outcome.question_id).take(SHOWN);
            let could = question.map_or(0.0, |question| question.points) * outcome.asked as f64;
            let line = QuestionLine {
                name: question.map_or_else(|| shell.t("quiz-results-old"), |question| question.prompt.clone()),
                asked: count(outcome.asked),
                answered: count(outcome.answered),
                percent: if could > 0.0 { view::percent(outcome.points / could) } else { 0 },
                given: of_question
                    .map(|given| GivenLine {
                        text: in_words(&shell, question, &given.response()),
                        times: count(given.times),
                        right: question.is_some_and(|question| question.earned(&given.response()) >= question.points),
                    })
                    .collect(),
            };
            (quiz.place_of(&outcome.question_id).unwrap_or(usize::MAX), line)
        })
        .collect();
    lines.sort_by_key(|(place, _)| *place);
    let manage = shell.t("trainer-title");
    let page = ResultsPage {
        attempts: count(totals.attempts),
        people: count(totals.people),
        mean: view::percent(totals.mean.unwrap_or_default()),
        passed: count(totals.passed),
        judged: quiz.settings.pass_mark > 0,
        lines: lines.into_iter().map(|(_, line)| line).collect(),
        shell: shell.tab(Tab::Manage).crumb(manage, "/trainer").crumb(&draft.title, desk.url("")),
        title: draft.title,
    };
    web::render(&page)
}

/// An answer as the learner saw it.
fn in_words(shell: &Shell, question: Option<&Question>, answer: &Answer) -> String {
    let asked = question.map(|question| question.body.kind().asked());
    let word = |value: &String| match &asked {
        Some(Asked::Options { options, .. }) => options
            .iter()
            .find(|option| option.id == *value)
            .map_or_else(|| value.clone(), |option| option.text.clone()),
        Some(Asked::Truth) => shell.t(if value == "true" { "quiz-true" } else { "quiz-false" }),
        _ => value.clone(),
    };
    answer.0.iter().map(word).collect::<Vec<_>>().join(" + ")
}
