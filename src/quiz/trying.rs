//! A trainer tries the draft as a learner would. Nothing is kept: the answers come and go with the form.

use askama::Template;
use axum::response::Response;

use super::desk::Desk;
use super::model::{Quiz, Stage};
use super::sheet::{Marked, Sheet};
use super::view::{self, QuestionView};
use crate::core::Result;
use crate::web::Fields;
use crate::web::{self, Shell, Tab};

#[derive(Template)]
#[template(path = "quiz/templates/preview.html")]
struct PreviewPage<'a> {
    shell: Shell,
    desk: &'a Desk,
    title: String,
    introduction: String,
    seed: u64,
    questions: Vec<QuestionView>,
    /// In words, once it was answered.
    score: String,
    percent: u32,
    /// `passed`, `failed`, or empty.
    status: &'static str,
}

/// The questions as an attempt would draw them.
pub async fn show(desk: Desk, shell: Shell) -> Result<Response> {
    let (seed, _) = uuid::Uuid::new_v4().as_u64_pair();
    page(&desk, shell, seed, None).await
}

/// The same questions with their result.
pub async fn check(desk: Desk, shell: Shell, fields: Fields) -> Result<Response> {
    page(&desk, shell, fields.whole("seed").unwrap_or_default(), Some(&fields)).await
}

async fn page(desk: &Desk, shell: Shell, seed: u64, given: Option<&Fields>) -> Result<Response> {
    let (_, draft) = desk.read().await?;
    let quiz: &Quiz = &draft.content;
    let sheet = Sheet::draw(quiz, seed);
    let answer = |id: &str| {
        let given = given.map(|fields| fields.all(&format!("answer-{id}"))).unwrap_or_default();
        let given: Vec<String> =
            given.into_iter().filter(|value| !value.trim().is_empty()).map(str::to_owned).collect();
        // What a learner's page would refuse counts as not answered.
        quiz.question(id).and_then(|question| question.body.kind().accept(&given).ok()).unwrap_or_default()
    };
    let stage = if given.is_some() { Stage::Over } else { Stage::Open };
    let marked = Marked::of(quiz, &sheet, answer);
    let questions = sheet.questions(quiz).enumerate().map(|(place, (drawn, question))| {
        QuestionView::of(&shell, &quiz.settings, drawn, question, &answer(&question.id), stage, place + 1)
    });
    let page = PreviewPage {
        questions: questions.collect(),
        score: if given.is_some() { view::earned(&shell, marked.raw, marked.max) } else { String::new() },
        percent: view::percent(marked.scaled()),
        status: view::judged(marked.passed),
        introduction: quiz.introduction.clone(),
        shell: {
            let manage = shell.t("trainer-title");
            shell.tab(Tab::Manage).crumb(manage, "/trainer").crumb(&draft.title, desk.url(""))
        },
        title: draft.title,
        desk,
        seed,
    };
    web::render(&page)
}
