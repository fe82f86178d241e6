//! The trainer's page on how a course is played: how often it may be attempted, which attempt counts, where its content opens.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::core::{CourseId, Error, LanguageMap, PackageId, Result};
use crate::identity::Trainer;
use crate::packages::playing::{Again, Counted, Place, Playing};
use crate::state::App;
use crate::storage::Tx;
use crate::web::{self, Choice, Fields, Flash, Path, Shell, Tab};
use crate::{jobs, on_db, programmes};

/// The most attempts that can be said; more is as many as wanted.
const MOST: std::ops::RangeInclusive<i32> = 1..=99;

#[derive(Template)]
#[template(path = "catalogue/templates/playing.html")]
struct PlayingPage {
    shell: Shell,
    id: CourseId,
    title: String,
    again: Vec<Choice>,
    counted: Vec<Choice>,
    most: String,
    most_fault: String,
    /// Empty where the content is always on the page.
    place: Vec<Choice>,
    /// Content of SCORM 2004 may have objectives that outlive an attempt.
    keeps_objectives: bool,
}

#[derive(sqlx::FromRow)]
struct CourseRow {
    package_id: PackageId,
    #[sqlx(try_from = "String")]
    title: LanguageMap,
    kind: String,
}

const COURSE: &str = "SELECT package_id, title, kind FROM course WHERE id = $1";

/// The course, or the way to where a quiz says the same of itself.
async fn course_of(tx: &mut Tx, course: CourseId) -> Result<std::result::Result<CourseRow, Response>> {
    let row: Option<CourseRow> = on_db!(tx, c => sqlx::query_as(COURSE).bind(course).fetch_optional(c).await)?;
    let row = row.ok_or_else(|| Error::not_found("course-unknown"))?;
    if row.kind == "quiz" {
        return Ok(Err(Redirect::to(&format!("/trainer/content/{}", row.package_id)).into_response()));
    }
    Ok(Ok(row))
}

fn page(shell: Shell, id: CourseId, course: &CourseRow, playing: Playing, most: String, fault: String) -> PlayingPage {
    let choice = |question: &str, value: &'static str, checked: bool| Choice {
        value,
        label: shell.t(&format!("playing-{question}-{value}")),
        hint: shell.t(&format!("playing-{question}-{value}-hint")),
        checked,
    };
    PlayingPage {
        id,
        title: course.title.best(shell.words.language()).to_owned(),
        again: Again::ALL.into_iter().map(|one| choice("again", one.word(), one == playing.again)).collect(),
        counted: Counted::ALL.into_iter().map(|one| choice("counted", one.word(), one == playing.counted)).collect(),
        place: match course.kind.as_str() {
            "scorm12" | "scorm2004" | "cmi5" | "xapi" => {
                Place::ALL.into_iter().map(|one| choice("place", one.word(), one == playing.place)).collect()
            }
            _ => Vec::new(),
        },
        most,
        most_fault: fault,
        keeps_objectives: course.kind == "scorm2004",
        shell: {
            let trainer = shell.t("trainer-title");
            shell.tab(Tab::Manage).crumb(trainer, "/trainer")
        },
    }
}

/// How the course is played now.
pub async fn show(_: Trainer, State(app): State<App>, Path(id): Path<CourseId>, shell: Shell) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let course = match course_of(&mut tx, id).await? {
        Ok(course) => course,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let playing = Playing::of(&mut tx, id).await?;
    let most = if playing.most_attempts > 0 { playing.most_attempts.to_string() } else { String::new() };
    web::render(&page(shell, id, &course, playing, most, String::new()))
}

/// Decides it. What counts is worked out again for everybody who follows a programme with the course.
pub async fn decide(
    Trainer(trainer): Trainer,
    State(app): State<App>,
    Path(id): Path<CourseId>,
    shell: Shell,
    fields: Fields,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let course = match course_of(&mut tx, id).await? {
        Ok(course) => course,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let most = fields.text("most").trim();
    let known = most.parse().ok().filter(|most| MOST.contains(most));
    let playing = Playing {
        most_attempts: known.unwrap_or_default(),
        again: Again::from(fields.text("again").to_owned()),
        counted: Counted::from(fields.text("counted").to_owned()),
        place: Place::from(fields.text("place").to_owned()),
    };
    if known.is_none() && !most.is_empty() {
        let fault = shell.t("playing-most-wrong");
        let most = most.chars().take(20).collect();
        let mut response = web::render(&page(shell, id, &course, playing, most, fault))?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    }
    playing.save(&mut tx, id, trainer.id, app.clock.now()).await?;
    jobs::enqueue(&mut tx, &app, programmes::RECOUNT, Some(id.0), &id, Some(trainer.id)).await?;
    tx.commit().await?;
    tracing::info!(course = %id, ?playing, "playing decided");
    let title = course.title.best(shell.words.language());
    Ok(Flash::done("playing-saved").arg("title", title).redirect(&format!("/trainer/courses/{id}/playing")))
}
