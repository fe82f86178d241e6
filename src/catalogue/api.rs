//! Courses for programs.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::playing;
use crate::core::{CourseId, Error, Result};
use crate::identity::{CanImport, CanReadPackages};
use crate::packages::playing::{Again, Counted, Place, Playing};
use crate::state::App;
use crate::storage::Tx;
use crate::web::{NotAllowed, Path, ProblemDocument};

/// The interface, below `/api/v1`.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read, decide))
}

/// How a course is played.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Playing)]
struct PlayingReport {
    /// The most attempts, 1 to 99; absent for as many as wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 99)]
    attempts: Option<i32>,
    /// What begins a further attempt once the one before is over: nothing, its learner, or every opening.
    again: Again,
    /// Which of several attempts tells where somebody stands.
    counted: Counted,
    /// Where content opens; video, sound and what the service shows itself are on the page in any case.
    place: Place,
}

impl From<Playing> for PlayingReport {
    fn from(playing: Playing) -> Self {
        let Playing { most_attempts, again, counted, place } = playing;
        Self { attempts: Some(most_attempts).filter(|most| *most > 0), again, counted, place }
    }
}

/// Errors: `course-unknown`, `playing-in-quiz` for a quiz, whose attempts are a part of what it is.
async fn must_be_played_so(tx: &mut Tx, id: CourseId) -> Result<()> {
    match playing::course_of(tx, id).await? {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::conflict("playing-in-quiz")),
    }
}

/// Reads how a course is played: attempts, which of them counts, where its content opens.
#[utoipa::path(get, path = "/courses/{course}/playing", tag = "courses", params(("course" = CourseId, Path)), responses(
    (status = 200, description = "How it is played", body = PlayingReport),
    NotAllowed,
    (status = 404, description = "`course-unknown`", body = ProblemDocument,
     content_type = "application/problem+json"),
    (status = 409, description = "`playing-in-quiz`: a quiz says it of itself", body = ProblemDocument,
     content_type = "application/problem+json"),
))]
async fn read(_: CanReadPackages, State(app): State<App>, Path(id): Path<CourseId>) -> Result<Json<PlayingReport>> {
    let mut tx = app.db.read().await?;
    must_be_played_so(&mut tx, id).await?;
    Ok(Json(Playing::of(&mut tx, id).await?.into()))
}

/// Decides how a course is played. What counts is worked out again for everybody who follows a programme with the course.
#[utoipa::path(put, path = "/courses/{course}/playing", tag = "courses", params(("course" = CourseId, Path)),
    request_body = PlayingReport, responses(
    (status = 200, description = "How it is played from now on", body = PlayingReport),
    NotAllowed,
    (status = 404, description = "`course-unknown`", body = ProblemDocument,
     content_type = "application/problem+json"),
    (status = 409, description = "`playing-in-quiz`: a quiz says it of itself", body = ProblemDocument,
     content_type = "application/problem+json"),
    (status = 422, description = "`attempts-wrong`: not 1 to 99", body = ProblemDocument,
     content_type = "application/problem+json"),
))]
async fn decide(
    CanImport(caller): CanImport,
    State(app): State<App>,
    Path(id): Path<CourseId>,
    Json(order): Json<PlayingReport>,
) -> Result<Json<PlayingReport>> {
    let mut tx = app.db.begin().await?;
    must_be_played_so(&mut tx, id).await?;
    if order.attempts.is_some_and(|most| !playing::MOST.contains(&most)) {
        return Err(Error::unprocessable("attempts-wrong").arg("most", playing::MOST.end()));
    }
    let PlayingReport { attempts, again, counted, place } = order;
    let playing = Playing { most_attempts: attempts.unwrap_or_default(), again, counted, place };
    playing::keep(&mut tx, &app, id, playing, caller.person().map(|person| person.id)).await?;
    tx.commit().await?;
    Ok(Json(playing.into()))
}
