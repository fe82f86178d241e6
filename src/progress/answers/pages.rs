//! `/trainer/courses/{course}/answers`: what learners made of each question of a course.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;

use super::file;
use super::read::{self, Outcome, Totals};
use crate::core::{CourseId, Result};
use crate::identity::Trainer;
use crate::progress::model::percent;
use crate::progress::pages::title_of;
use crate::state::App;
use crate::web::{self, Numbered, Path, Shell, Tab, Words};

/// Questions of one page.
const PAGE: i64 = 50;

/// The pages of the report.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/trainer/courses/{course}/answers", get(show))
        .route("/trainer/courses/{course}/answers.csv", get(file::csv))
}

struct QuestionLine {
    name: String,
    /// Empty where the activity before asks this one, too.
    activity: String,
    people: i64,
    /// In per cent.
    first: Option<i32>,
    last: Option<i32>,
    /// In seconds.
    median: Option<f64>,
    latency: String,
    right: Vec<String>,
    given: Vec<GivenLine>,
}

struct GivenLine {
    text: String,
    times: i64,
    right: bool,
}

#[derive(Template)]
#[template(path = "progress/templates/answers.html")]
struct AnswersPage {
    shell: Shell,
    course_title: String,
    totals: Totals,
    /// Of the first answers, in per cent.
    right: Option<i32>,
    lines: Vec<QuestionLine>,
    file: String,
    previous: String,
    next: String,
}

/// What learners made of each question, in the order in which they were first asked.
async fn show(
    _: Trainer,
    State(app): State<App>,
    Path(course): Path<CourseId>,
    Query(page): Query<Numbered>,
    shell: Shell,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let words = shell.words;
    let course_title = title_of(&mut tx, course).await?.best(words.language()).to_owned();
    let totals = read::totals(&mut tx, course).await?;
    let mut outcomes = read::outcomes(&mut tx, course, PAGE + 1, page.offset(PAGE)).await?;
    drop(tx);
    let here = format!("/trainer/courses/{course}/answers");
    let (previous, next) = page.around(&mut outcomes, PAGE, &here);
    let (trainer, learners) = (shell.t("trainer-title"), shell.t("learners-title"));
    let page = AnswersPage {
        right: (totals.judged > 0).then(|| percent(totals.correct as f64 / totals.judged as f64)),
        lines: lines(&outcomes, words),
        previous,
        next,
        file: format!("{here}.csv"),
        totals,
        course_title,
        shell: shell
            .tab(Tab::Manage)
            .crumb(trainer, "/trainer")
            .crumb(learners, format!("/trainer/courses/{course}/learners")),
    };
    web::render(&page)
}

fn lines(outcomes: &[Outcome], words: Words) -> Vec<QuestionLine> {
    let language = words.language();
    let mut lines = Vec::with_capacity(outcomes.len());
    // A course of one activity needs not say which one asks.
    let several = outcomes.iter().any(|outcome| outcome.activity.iri != outcomes[0].activity.iri);
    for outcome in outcomes {
        lines.push(QuestionLine {
            name: outcome.asks.name(language),
            activity: if several { outcome.activity.title(language) } else { String::new() },
            people: outcome.people,
            first: outcome.first.share().map(percent),
            last: outcome.last.share().map(percent),
            median: outcome.median,
            latency: outcome.median.map_or_else(|| "–".to_owned(), |seconds| latency(words, seconds)),
            right: outcome.asks.right(words),
            given: outcome
                .given
                .iter()
                .map(|given| GivenLine {
                    text: outcome.asks.in_words(&given.response, words),
                    times: given.times,
                    right: given.success == Some(true),
                })
                .collect(),
        });
    }
    lines
}

/// `2,5 s`, `45 s`, then minutes.
fn latency(words: Words, seconds: f64) -> String {
    if seconds >= 60.0 {
        return words.duration(seconds);
    }
    let rounded = if seconds < 10.0 { (seconds * 10.0).round() / 10.0 } else { seconds.round() };
    words.with("answers-seconds", &[("seconds", words.number(rounded).into())])
}
