//! Where a trainer writes a quiz: its questions in order, its settings, what is missing, publishing.

use askama::Template;
use axum::Json;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::desk::{self, Desk};
use super::kinds::{Body, NAMES};
use super::model::{LANGUAGE, Problem, QUESTIONS, Question, Quiz, Removed, Settings, Shown, fresh_id};
use crate::core::{CourseId, Error, Kind, LanguageMap, PackageId, Result};
use crate::packages::model::PackageKind;
use crate::packages::native::{self, Draft, Publication};
use crate::web::Fields;
use crate::web::{self, Flash, Path, Shell, Tab, asked_by_program};

/// Most removed questions that can come back.
const REMOVED: usize = 20;

fn in_manage(shell: Shell) -> Shell {
    let label = shell.t("trainer-title");
    shell.tab(Tab::Manage).crumb(label, "/trainer")
}

/// A problem in words.
pub fn sentence(shell: &Shell, problem: &Problem) -> String {
    let key = format!("quiz-problem-{}", problem.code.trim_start_matches("quiz-"));
    shell.with(&key, [("n", problem.n.unwrap_or_default())])
}

struct Line {
    id: String,
    name: String,
    kind_key: String,
    points: String,
    problems: bool,
}

struct ProblemLine {
    text: String,
    /// The question it is about, 0 for the quiz as a whole.
    number: usize,
    url: String,
}

#[derive(Template)]
#[template(path = "quiz/templates/editor.html")]
struct EditorPage {
    shell: Shell,
    desk: Desk,
    title: String,
    introduction: String,
    settings: Settings,
    base: String,
    lines: Vec<Line>,
    problems: Vec<ProblemLine>,
    kinds: [&'static str; 5],
    shown: [Shown; 4],
    /// The course it is, once published.
    course: Option<CourseId>,
    open: bool,
    total: String,
}

/// What of the quiz its settings form writes.
fn settings_print(draft: &Draft<Quiz>) -> Result<String> {
    desk::print(&(&draft.title, &draft.content.introduction, &draft.content.settings))
}

/// The quiz with everything that can be done to it.
pub async fn editor(desk: Desk, shell: Shell) -> Result<Response> {
    let (_, draft) = desk.read().await?;
    let shell = in_manage(shell);
    let quiz = &draft.content;
    let line = |question: &Question| Line {
        id: question.id.clone(),
        name: if question.prompt.is_empty() { shell.t("quiz-prompt-missing") } else { question.prompt.clone() },
        kind_key: format!("quiz-kind-{}", question.body.name()),
        points: super::view::points(&shell, question.points),
        problems: !question.problems().is_empty(),
    };
    let problem = |problem: &Problem| ProblemLine {
        text: sentence(&shell, problem),
        number: problem.question.as_ref().map_or(0, |(place, _)| place + 1),
        url: problem.question.as_ref().map_or_else(String::new, |(_, id)| desk.url(&format!("/questions/{id}"))),
    };
    let page = EditorPage {
        introduction: quiz.introduction.clone(),
        settings: quiz.settings.clone(),
        base: settings_print(&draft)?,
        lines: quiz.questions.iter().map(line).collect(),
        problems: quiz.problems().iter().map(problem).collect(),
        kinds: NAMES,
        shown: Shown::ALL,
        course: draft.course,
        // What a programme is to lead to is not for the catalogue, unless its trainer says so.
        open: draft.is_open || draft.course.is_none() && desk.for_.step().is_none(),
        total: super::view::points(&shell, quiz.questions.iter().map(|question| question.points).sum()),
        title: draft.title,
        desk,
        shell,
    };
    web::render(&page)
}

/// Adds an empty question of a type at the end, and opens it. Errors: `quiz-kind-unknown`.
pub async fn add(desk: Desk, fields: Fields) -> Result<Response> {
    let question = Question::new(fields.text("kind")).ok_or_else(|| Error::unprocessable("quiz-kind-unknown"))?;
    let to = desk.url(&format!("/questions/{}?focus=prompt", question.id));
    desk.change(|draft| insert(&mut draft.content, usize::MAX, question)).await?;
    Ok(Redirect::to(&to).into_response())
}

/// Puts a question at a place, or at the end.
fn insert(quiz: &mut Quiz, place: usize, question: Question) -> Result<()> {
    if quiz.questions.len() >= QUESTIONS {
        return Err(Error::unprocessable("quiz-questions-too-many").arg("n", QUESTIONS));
    }
    quiz.questions.insert(place.min(quiz.questions.len()), question);
    Ok(())
}

/// Puts the questions in the order that is sent; those it does not name stay behind the others.
pub async fn order(desk: Desk, fields: Fields) -> Result<Json<serde_json::Value>> {
    let order: Vec<&str> = fields.all("question");
    let place = |question: &Question| order.iter().position(|id| *id == question.id).unwrap_or(usize::MAX);
    desk.change(|draft| {
        draft.content.questions.sort_by_key(place);
        Ok(())
    })
    .await?;
    Ok(Json(json!({"saved": true})))
}

/// Moves, copies, removes or brings back a question: `up`, `down`, `duplicate`, `remove`, `restore`.
pub async fn act(desk: Desk, Path((_, id, act)): Path<(PackageId, String, String)>) -> Result<Response> {
    let unknown = || Error::not_found("quiz-question-unknown");
    let number = desk
        .change(|draft| {
            let quiz = &mut draft.content;
            if act == "restore" {
                let at = quiz.removed.iter().position(|removed| removed.question.id == id).ok_or_else(unknown)?;
                let Removed { place, question } = quiz.removed.remove(at);
                insert(quiz, place, question)?;
                return Ok(place + 1);
            }
            let place = quiz.place_of(&id).ok_or_else(unknown)?;
            match act.as_str() {
                "up" => quiz.questions.swap(place, place.saturating_sub(1)),
                "down" => {
                    let last = quiz.questions.len().saturating_sub(1);
                    quiz.questions.swap(place, (place + 1).min(last));
                }
                "duplicate" => {
                    let copy = Question { id: fresh_id(), ..quiz.questions[place].clone() };
                    insert(quiz, place + 1, copy)?;
                }
                "remove" => {
                    let question = quiz.questions.remove(place);
                    quiz.removed.push(Removed { place, question });
                    if quiz.removed.len() > REMOVED {
                        quiz.removed.remove(0);
                    }
                }
                _ => return Err(Error::not_found("not-found")),
            }
            Ok(place + 1)
        })
        .await?;
    let said = match act.as_str() {
        "duplicate" => Flash::done("quiz-duplicated"),
        "remove" => Flash::done("quiz-removed").arg("n", number).undo(desk.url(&format!("/questions/{id}/restore"))),
        "restore" => Flash::done("quiz-restored"),
        _ => Flash::done("quiz-moved"),
    };
    Ok(said.redirect(&desk.url("")))
}

/// Saves title, introduction and settings. Errors: `quiz-question-changed` when another tab changed them.
pub async fn settings(desk: Desk, headers: HeaderMap, fields: Fields) -> Result<Response> {
    let saved = desk.change(|draft| {
        let quiz = &mut draft.content;
        desk::same(&fields, &(&draft.title, &quiz.introduction, &quiz.settings))?;
        let title = fields.text("title").trim();
        if !title.is_empty() {
            title.clone_into(&mut draft.title);
        }
        quiz.introduction = fields.prose("introduction");
        quiz.settings = Settings::of(&fields);
        settings_print(draft)
    });
    answer_saved(&headers, saved.await, "quiz-saved-flash", &desk.url(""))
}

/// Tells a script the new base, and leads a page without script on.
fn answer_saved(headers: &HeaderMap, saved: Result<String>, said: &str, to: &str) -> Result<Response> {
    if asked_by_program("/trainer", headers) {
        return Ok(Json(json!({"saved": true, "base": saved?})).into_response());
    }
    match saved {
        Ok(_) if said.is_empty() => Ok(Redirect::to(to).into_response()),
        Ok(_) => Ok(Flash::done(said).redirect(to)),
        Err(error) if error.kind == Kind::Conflict => Ok(Flash::fault("quiz-conflict").redirect(to)),
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "quiz/templates/edit.html")]
struct QuestionForm {
    shell: Shell,
    url: String,
    back_url: String,
    /// Of the next question; empty if there is none.
    next_url: String,
    number: usize,
    question: Question,
    base: String,
    points: String,
    /// Of a question for a number: as the trainer writes it.
    value: String,
    tolerance: String,
    problems: Vec<String>,
    /// `prompt`, `choice`, or empty.
    focus: String,
}

#[derive(Default, serde::Deserialize)]
pub struct Focus {
    #[serde(default)]
    focus: String,
}

/// One question of the draft.
pub async fn question(
    desk: Desk,
    Path((_, id)): Path<(PackageId, String)>,
    axum::extract::Query(Focus { focus }): axum::extract::Query<Focus>,
    shell: Shell,
) -> Result<Response> {
    let (_, draft) = desk.read().await?;
    let (place, question) = desk::find(&draft.content, &id)?;
    let shell = in_manage(shell).crumb(&draft.title, desk.url(""));
    let (mut value, mut tolerance) = (String::new(), String::new());
    if let Body::Numeric(number) = &question.body {
        let (super::kinds::Tolerance::Absolute(off) | super::kinds::Tolerance::Relative(off)) = number.tolerance;
        value = number.value.map(|value| super::view::figure(&shell, value)).unwrap_or_default();
        tolerance = super::view::figure(&shell, off);
    }
    let address = |question: &Question| desk.url(&format!("/questions/{}", question.id));
    let page = QuestionForm {
        url: address(question),
        back_url: desk.url(""),
        next_url: draft.content.questions.get(place + 1).map(address).unwrap_or_default(),
        number: place + 1,
        base: desk::print(question)?,
        points: super::view::figure(&shell, question.points),
        value,
        tolerance,
        problems: question.problems().iter().map(|problem| sentence(&shell, problem)).collect(),
        focus,
        question: question.clone(),
        shell,
    };
    web::render(&page)
}

/// Saves a question. Errors: `quiz-question-unknown`; `quiz-question-changed` when another tab changed it.
pub async fn save_question(
    desk: Desk,
    Path((_, id)): Path<(PackageId, String)>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response> {
    let saved = desk.change(|draft| {
        let quiz = &mut draft.content;
        let place = quiz.place_of(&id).ok_or_else(|| Error::not_found("quiz-question-unknown"))?;
        desk::same(&fields, &quiz.questions[place])?;
        quiz.questions[place] = quiz.questions[place].edited(&fields);
        desk::print(&quiz.questions[place])
    });
    let saved = saved.await;
    let (said, to) = if fields.is_set("add-choice") {
        ("", format!("/questions/{id}?focus=choice"))
    } else if fields.is_set("remove-choice") {
        ("", format!("/questions/{id}"))
    } else {
        ("quiz-saved-flash", format!("/questions/{id}"))
    };
    answer_saved(&headers, saved, said, &desk.url(&to))
}

/// Makes a version of the draft. Errors: `quiz-not-ready`.
pub async fn publish(desk: Desk, fields: Fields) -> Result<Response> {
    let mut tx = desk.app.db.begin().await?;
    let draft: Draft<Quiz> = native::draft(&mut tx, desk.package, PackageKind::Quiz).await?;
    if !draft.content.problems().is_empty() {
        return Ok(Flash::fault("error-quiz-not-ready").redirect(&desk.url("")));
    }
    let publication = Publication {
        content: &Quiz { removed: Vec::new(), ..draft.content },
        title: LanguageMap::one(LANGUAGE, &draft.title),
        description: LanguageMap::default(),
        files: &[],
        open: Some(fields.is_set("open")),
    };
    native::publish(&mut tx, &desk.app, desk.package, publication, Some(desk.trainer.id)).await?;
    tx.commit().await?;
    Ok(Flash::done("quiz-published").arg("title", &draft.title).redirect(&desk.url("")))
}
