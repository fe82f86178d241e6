//! The pages of somebody who takes a quiz: start, one question a page, review, result.

use askama::Template;
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::attempt::{Paper, Sitting};
use super::seat::Seat;
use super::store::{Answer, Attempt};
use super::view::{self, QuestionView};
use crate::core::{Error, Kind, RegistrationId, Result, Timestamp};
use crate::quiz::model::{Question, Shown};
use crate::runtime::PlayerChrome;
use crate::web::Fields;
use crate::web::{self, Flash, Path, Shell, asked_by_program};

struct AttemptLine {
    number: i32,
    at: Timestamp,
    percent: u32,
    /// `passed`, `failed`, or empty where nobody is judged.
    status: &'static str,
    url: String,
}

impl AttemptLine {
    fn of(attempt: &Attempt, seat: &Seat) -> Option<Self> {
        Some(Self {
            number: attempt.number,
            at: attempt.submitted_at?,
            percent: view::percent(attempt.scaled()?),
            status: view::judged(attempt.passed),
            url: seat.url(&format!("/results/{}", attempt.number)),
        })
    }
}

/// A page that the back button asks for again: answers change after it was shown.
fn fresh(page: &impl Template) -> Result<Response> {
    let mut response = web::render(page)?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}

#[derive(Template)]
#[template(path = "quiz/templates/start.html")]
struct StartPage {
    shell: Shell,
    chrome: PlayerChrome,
    introduction: String,
    questions: usize,
    /// Per cent; 0: nobody is judged.
    pass_mark: u32,
    /// As many as one likes where there is none.
    left: Option<usize>,
    seconds: Option<f64>,
    /// The address that begins or goes on, empty where nothing can be begun.
    begin_url: String,
    /// `begin`, `resume`, `again`.
    act: &'static str,
    passed: bool,
    attempts: Vec<AttemptLine>,
}

/// What awaits the learner, and the way in. An attempt whose time has run out is scored by whoever looks first.
pub async fn start(seat: Seat, shell: Shell) -> Result<Response> {
    let (mut tx, sitting) = seat.read().await?;
    if sitting.plays() && sitting.has_run_out(seat.now) {
        drop(tx);
        let (mut tx, mut sitting) = seat.held().await?;
        if sitting.has_run_out(seat.now) {
            sitting.submit(&mut tx, &seat.app).await?;
            tx.commit().await?;
        }
        return Ok(seat.to(""));
    }
    let settings = &sitting.quiz.settings;
    let may_begin = sitting.plays() && (sitting.open().is_some() || sitting.left() != Some(0));
    let page = StartPage {
        chrome: seat.chrome(&mut tx, &sitting, &shell, false).await?,
        introduction: sitting.quiz.introduction.clone(),
        questions: sitting.quiz.asked(),
        pass_mark: settings.pass_mark,
        left: sitting.left(),
        seconds: settings.minutes.map(|minutes| minutes as f64 * 60.0),
        begin_url: if may_begin { seat.url("/start") } else { String::new() },
        act: match sitting.open() {
            Some(_) => "resume",
            None if sitting.attempts.is_empty() => "begin",
            None => "again",
        },
        passed: sitting.is_passed(),
        attempts: sitting.attempts.iter().filter_map(|attempt| AttemptLine::of(attempt, &seat)).collect(),
        shell,
    };
    fresh(&page)
}

/// Begins an attempt, or goes on with the one that is open, at its first question without an answer.
///
/// Errors: `quiz-no-attempt-left`, `quiz-only-looking`.
pub async fn begin(seat: Seat) -> Result<Response> {
    let (mut tx, sitting) = seat.held().await?;
    let mut place = 0;
    if let Some(attempt) = sitting.open().cloned() {
        let paper = Paper::load(&mut tx, attempt).await?;
        place = paper.lines(&sitting.quiz).position(|(_, _, answer)| !is_answered(answer)).unwrap_or_default();
    }
    sitting.begin(&mut tx, &seat.app, &seat.player).await?;
    tx.commit().await?;
    Ok(seat.to(&format!("/questions/{}", place + 1)))
}

/// What the pages of an attempt that is going on share.
struct Going {
    attempt: String,
    answer_url: String,
    submit_url: String,
    /// The last question.
    back_url: String,
    /// When time runs out, in milliseconds from now; 0: never.
    remaining: i64,
    /// The same in words, for a page without script.
    until: String,
    answered: usize,
    total: usize,
}

impl Going {
    fn of(seat: &Seat, sitting: &Sitting, paper: &Paper, shell: &Shell) -> Self {
        let deadline = sitting.deadline(&paper.attempt);
        Self {
            attempt: paper.attempt.id.to_string(),
            answer_url: seat.url("/answers"),
            submit_url: seat.url("/submit"),
            back_url: seat.url(&format!("/questions/{}", paper.sheet.0.len().max(1))),
            remaining: deadline.map_or(0, |deadline| (deadline.0.saturating_sub(seat.now.0) / 1000).max(1)),
            until: deadline.map(|deadline| shell.words.time(deadline, &shell.zone)).unwrap_or_default(),
            answered: paper.lines(&sitting.quiz).filter(|(_, _, answer)| is_answered(*answer)).count(),
            total: paper.sheet.0.len(),
        }
    }
}

fn is_answered(answer: Option<&Answer>) -> bool {
    answer.is_some_and(|answer| !answer.response.is_empty())
}

#[derive(Template)]
#[template(path = "quiz/templates/question.html")]
struct QuestionPage {
    shell: Shell,
    chrome: PlayerChrome,
    going: Going,
    question: QuestionView,
    /// Whether the answer is confirmed before something is told.
    confirms: bool,
    first: bool,
    last: bool,
}

/// One question of the attempt that is going on.
pub async fn question(
    seat: Seat,
    Path((_, _, number)): Path<(RegistrationId, i32, usize)>,
    shell: Shell,
) -> Result<Response> {
    let Some((mut tx, sitting, paper)) = seat.going().await? else { return Ok(seat.to("")) };
    let line = number.checked_sub(1).and_then(|place| paper.lines(&sitting.quiz).nth(place));
    let (drawn, question, answer) = line.ok_or_else(|| Error::not_found("quiz-question-unknown"))?;
    let (stage, response) = (sitting.stage(&paper.attempt, answer), paper.response(&question.id));
    let settings = &sitting.quiz.settings;
    let view = QuestionView::of(&shell, settings, drawn, question, &response, stage, number);
    let page = QuestionPage {
        chrome: seat.chrome(&mut tx, &sitting, &shell, true).await?,
        going: Going::of(&seat, &sitting, &paper, &shell),
        confirms: settings.confirms() && view.open,
        first: number == 1,
        last: number == paper.sheet.0.len(),
        question: view,
        shell,
    };
    fresh(&page)
}

/// Keeps an answer. Idempotent: the same answer again changes nothing. `go` says where to next.
///
/// Errors: `quiz-attempt-ended`, `quiz-time-over`, `quiz-question-unknown`, `quiz-answer-…`.
pub async fn answer(seat: Seat, headers: HeaderMap, fields: Fields) -> Result<Response> {
    let by_script = asked_by_program("/quiz", &headers);
    let (mut tx, sitting) = seat.held().await?;
    let place = match sitting.answer(&mut tx, &fields, seat.now).await {
        Ok(place) => place,
        Err(error) if by_script => return Err(error),
        // Without script: a page that says what is wrong, and where to go on.
        Err(error) => {
            let flash = Flash::fault(&format!("error-{}", error.code));
            let number: usize = fields.whole("number").unwrap_or(1);
            return match error.kind {
                Kind::Unprocessable => Ok(flash.redirect(&seat.url(&format!("/questions/{number}")))),
                Kind::Conflict => Ok(flash.redirect(&seat.url(""))),
                _ => Err(error),
            };
        }
    };
    tx.commit().await?;
    if by_script {
        return Ok(Json(json!({"saved": true})).into_response());
    }
    Ok(seat.to(&match fields.text("go") {
        "previous" => format!("/questions/{}", place.max(1)),
        "next" => format!("/questions/{}", place + 2),
        "review" => "/review".to_owned(),
        _ => format!("/questions/{}", place + 1),
    }))
}

struct ReviewLine {
    number: usize,
    prompt: String,
    answered: bool,
    url: String,
}

#[derive(Template)]
#[template(path = "quiz/templates/review.html")]
struct ReviewPage {
    shell: Shell,
    chrome: PlayerChrome,
    going: Going,
    lines: Vec<ReviewLine>,
    /// The numbers of the questions without an answer, in words.
    missing: String,
}

/// What was answered and what was not, before it is sent.
pub async fn review(seat: Seat, shell: Shell) -> Result<Response> {
    let Some((mut tx, sitting, paper)) = seat.going().await? else { return Ok(seat.to("")) };
    let line = |(place, (_, question, answer)): (usize, (_, &Question, Option<&Answer>))| ReviewLine {
        number: place + 1,
        prompt: question.prompt.clone(),
        answered: is_answered(answer),
        url: seat.url(&format!("/questions/{}", place + 1)),
    };
    let lines: Vec<ReviewLine> = paper.lines(&sitting.quiz).enumerate().map(line).collect();
    let missing: Vec<String> = lines.iter().filter(|line| !line.answered).map(|line| line.number.to_string()).collect();
    let page = ReviewPage {
        chrome: seat.chrome(&mut tx, &sitting, &shell, true).await?,
        going: Going::of(&seat, &sitting, &paper, &shell),
        missing: missing.join(", "),
        lines,
        shell,
    };
    fresh(&page)
}

/// Ends the attempt and scores it. Sent twice, it leads to the same result.
pub async fn submit(seat: Seat, fields: Fields) -> Result<Response> {
    let (mut tx, mut sitting) = seat.held().await?;
    // A page of an earlier attempt, sent again, must not end the next one.
    let named = sitting.attempts.iter().find(|attempt| attempt.id.to_string() == fields.text("attempt"));
    let number = match named {
        Some(attempt) if attempt.submitted_at.is_none() => sitting.submit(&mut tx, &seat.app).await?,
        Some(attempt) => Some(attempt.number),
        None => None,
    };
    tx.commit().await?;
    Ok(seat.to(&number.map(|number| format!("/results/{number}")).unwrap_or_default()))
}

#[derive(Template)]
#[template(path = "quiz/templates/result.html")]
struct ResultPage {
    shell: Shell,
    chrome: PlayerChrome,
    /// From 1.
    number: i32,
    percent: u32,
    earned: String,
    pass_mark: u32,
    /// `passed`, `failed`, or empty where nobody is judged.
    status: &'static str,
    /// Whether an earlier or later attempt was passed.
    passed_before: bool,
    questions: Vec<QuestionView>,
    /// Whether the page tells what was right and wrong, and shows the right answers.
    tells: bool,
    /// The right answers come later.
    solutions_later: bool,
    again_url: String,
    left: Option<usize>,
    start_url: String,
}

/// How an attempt went.
pub async fn result(
    seat: Seat,
    Path((_, _, number)): Path<(RegistrationId, i32, i32)>,
    shell: Shell,
) -> Result<Response> {
    let (mut tx, sitting) = seat.read().await?;
    let attempt = sitting.attempts.iter().find(|own| own.number == number).cloned();
    let attempt = attempt.ok_or_else(|| Error::not_found("quiz-attempt-unknown"))?;
    if attempt.submitted_at.is_none() {
        return Ok(seat.to(""));
    }
    let paper = Paper::load(&mut tx, attempt).await?;
    let settings = &sitting.quiz.settings;
    let stage = sitting.stage(&paper.attempt, None);
    let tells = settings.feedback.reached(stage) || settings.solutions.reached(stage);
    let lines = paper.lines(&sitting.quiz).enumerate().filter(|_| tells);
    let view = |(place, (drawn, question, _)): (usize, (&super::sheet::Drawn, &Question, _))| {
        QuestionView::of(&shell, settings, drawn, question, &paper.response(&question.id), stage, place + 1)
    };
    let questions = lines.map(view).collect();
    let (raw, max) = (paper.attempt.score_raw.unwrap_or_default(), paper.attempt.score_max.unwrap_or_default());
    let may_try = sitting.plays() && sitting.open().is_none() && sitting.left() != Some(0);
    let page = ResultPage {
        chrome: seat.chrome(&mut tx, &sitting, &shell, false).await?,
        number,
        percent: view::percent(paper.attempt.scaled().unwrap_or_default()),
        earned: view::earned(&shell, raw, max),
        pass_mark: settings.pass_mark,
        status: view::judged(paper.attempt.passed),
        passed_before: paper.attempt.passed == Some(false) && sitting.is_passed(),
        questions,
        tells,
        solutions_later: settings.solutions == Shown::Over && !settings.solutions.reached(stage),
        again_url: if may_try { seat.url("/start") } else { String::new() },
        left: sitting.left(),
        start_url: seat.url(""),
        shell,
    };
    fresh(&page)
}
