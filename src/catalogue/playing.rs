//! The trainer's page on how a course is played: how often it may be attempted, which attempt counts, where its content opens, and
//! what completes it where content may not say so.

use std::ops::RangeInclusive;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::core::{CourseId, Error, LanguageMap, PackageId, PersonId, Result};
use crate::identity::Trainer;
use crate::packages::completing::{By, Completing};
use crate::packages::playing::{Again, Counted, Place, Playing};
use crate::state::App;
use crate::storage::Tx;
use crate::web::{self, Choice, Fields, Flash, Path, Shell, Tab};
use crate::{jobs, on_db, programmes};

/// The most attempts that can be said; more is as many as wanted.
pub(super) const MOST: RangeInclusive<i32> = 1..=99;
/// A working day, in minutes: nobody has one piece of content before them for longer.
const MINUTES: RangeInclusive<i32> = 1..=480;

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
    /// Empty where content or its kind says what completes it.
    completing: Vec<Choice>,
    minutes: String,
    minutes_fault: String,
    /// Content of SCORM 2004 may have objectives that outlive an attempt.
    keeps_objectives: bool,
}

#[derive(sqlx::FromRow)]
pub(super) struct CourseRow {
    package_id: PackageId,
    #[sqlx(try_from = "String")]
    title: LanguageMap,
    kind: String,
}

const COURSE: &str = "SELECT package_id, title, kind FROM course WHERE id = $1";

/// The course, or the way to where a quiz says the same of itself.
pub(super) async fn course_of(tx: &mut Tx, course: CourseId) -> Result<std::result::Result<CourseRow, Response>> {
    let row: Option<CourseRow> = on_db!(tx, c => sqlx::query_as(COURSE).bind(course).fetch_optional(c).await)?;
    let row = row.ok_or_else(|| Error::not_found("course-unknown"))?;
    if row.kind == "quiz" {
        return Ok(Err(Redirect::to(&format!("/trainer/content/{}", row.package_id)).into_response()));
    }
    Ok(Ok(row))
}

/// What is in the form, decided or just typed.
#[derive(Default)]
struct Form {
    playing: Playing,
    most: String,
    most_fault: String,
    completing: Completing,
    minutes: String,
    minutes_fault: String,
}

fn page(shell: Shell, id: CourseId, course: &CourseRow, form: Form) -> PlayingPage {
    let Form { playing, completing, .. } = form;
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
        completing: match course.kind.as_str() {
            "xapi" => By::ALL.into_iter().map(|one| choice("completing", one.word(), one == completing.by)).collect(),
            _ => Vec::new(),
        },
        most: form.most,
        most_fault: form.most_fault,
        minutes: form.minutes,
        minutes_fault: form.minutes_fault,
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
    let (playing, completing) = (Playing::of(&mut tx, id).await?, Completing::of(&mut tx, id).await?);
    let written = |figure: i32| if figure > 0 { figure.to_string() } else { String::new() };
    let (most, minutes) = (written(playing.most_attempts), written(completing.minutes));
    web::render(&page(shell, id, &course, Form { playing, most, completing, minutes, ..Form::default() }))
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
    let (most, known) = figure(&fields, "most", MOST);
    let (minutes, known_minutes) = figure(&fields, "minutes", MINUTES);
    let playing = Playing {
        most_attempts: known.unwrap_or_default(),
        again: Again::from(fields.text("again").to_owned()),
        counted: Counted::from(fields.text("counted").to_owned()),
        place: Place::from(fields.text("place").to_owned()),
    };
    let completing =
        Completing { by: By::from(fields.text("completing").to_owned()), minutes: known_minutes.unwrap_or_default() };
    let fault = |is_wrong: bool, key: &str| if is_wrong { shell.t(key) } else { String::new() };
    let most_fault = fault(known.is_none() && !most.is_empty(), "playing-most-wrong");
    let needs_minutes = completing.by == By::Time || !minutes.is_empty();
    let minutes_fault = fault(known_minutes.is_none() && needs_minutes, "playing-minutes-wrong");
    if !most_fault.is_empty() || !minutes_fault.is_empty() {
        let form = Form { playing, most, most_fault, completing, minutes, minutes_fault };
        let mut response = web::render(&page(shell, id, &course, form))?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    }
    if course.kind == "xapi" {
        completing.save(&mut tx, id, trainer.id, app.clock.now()).await?;
        tracing::info!(course = %id, ?completing, "completing decided");
    }
    keep(&mut tx, &app, id, playing, Some(trainer.id)).await?;
    tx.commit().await?;
    let title = course.title.best(shell.words.language());
    Ok(Flash::done("playing-saved").arg("title", title).redirect(&format!("/trainer/courses/{id}/playing")))
}

/// A number as it was typed, and what it is if it is one of these.
fn figure(fields: &Fields, name: &str, known: RangeInclusive<i32>) -> (String, Option<i32>) {
    let typed: String = fields.text(name).trim().chars().take(20).collect();
    let figure = typed.parse().ok().filter(|figure| known.contains(figure));
    (typed, figure)
}

/// Keeps what was decided, and has what counts worked out again.
pub(super) async fn keep(tx: &mut Tx, app: &App, id: CourseId, playing: Playing, by: Option<PersonId>) -> Result<()> {
    playing.save(tx, id, by, app.clock.now()).await?;
    jobs::enqueue(tx, app, programmes::RECOUNT, Some(id.0), &id, by).await?;
    tracing::info!(course = %id, ?playing, "playing decided");
    Ok(())
}
