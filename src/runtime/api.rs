//! Launching courses for the people of another system, and reading what they did.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::core::{CourseId, Error, LaunchId, PersonId, RegistrationId, Result};
use crate::identity::{self, CanLaunch, CanReadRegistrations, NewPerson, Role};
use crate::progress::{self, Completion, Success};
use crate::runtime::course::Course;
use crate::runtime::launch::locked;
use crate::runtime::model::{Activity, Mode};
use crate::runtime::player::first;
use crate::runtime::store::{self, Ticket};
use crate::runtime::{sessions, waive};
use crate::scorm::{Version, write_time};
use crate::state::App;
use crate::storage::{Secrets, Tx};
use crate::web::{NotAllowed, Path, ProblemDocument};
use crate::xapi::{self, Actor, Ifi};

/// How long a launch address waits to be opened.
const WAITS: Duration = Duration::from_secs(60 * 60);

/// The interface, below `/api/v1`.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(launch))
        .routes(routes!(sessions::abandon_launch))
        .routes(routes!(registration))
        .routes(routes!(waive::waive_unit))
}

/// Which activity of the course.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Which {
    /// Its position in the outline.
    Index(i32),
    /// Its identifier in the manifest.
    Identifier(String),
}

impl Which {
    /// The activity that is meant. Errors: `activity-unknown`.
    pub fn of<'a>(&self, activities: &'a [Activity]) -> Result<&'a Activity> {
        let found = activities.iter().find(|activity| match self {
            Which::Index(index) => activity.activity_index == *index,
            Which::Identifier(name) => activity.identifier == *name,
        });
        found.ok_or_else(|| Error::not_found("activity-unknown"))
    }
}

/// Whom to open the player for, and on what.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLaunch {
    /// The course.
    pub course: CourseId,
    /// The activity; where the learner goes on if absent.
    pub activity: Option<Which>,
    /// A person known here. Exactly one of `person` and `actor`.
    pub person: Option<PersonId>,
    /// An xAPI agent with an account; who is not known yet becomes a person without a login.
    #[schema(value_type = Option<Object>, example = json!({"name": "Camille Martin",
        "account": {"homePage": "https://intranet.example.fr", "name": "cmartin"}}))]
    pub actor: Option<serde_json::Value>,
    /// A registration to go on in; the person's latest in this course if absent, as often as the course may be attempted. An
    /// identifier not used yet begins one, a further one for somebody who has begun the course already, whatever the course
    /// says about attempts.
    pub registration: Option<RegistrationId>,
    /// How to open it: `normal` writes the record, `browse` and `review` do not. The latest registration is opened as `review`
    /// where the course lets nobody attempt it once more.
    #[serde(default)]
    pub mode: Mode,
    /// Where the player's way out leads (http or https).
    pub return_url: Option<String>,
}

/// A launch that waits to be opened.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Launched {
    /// Identifier of the launch; the first opening has it.
    pub launch: LaunchId,
    /// The record it writes to.
    pub registration: RegistrationId,
    /// Opens the player without a login, once, within an hour.
    pub url: String,
}

/// Makes an address that opens the player for one person, once, without a login.
#[utoipa::path(post, path = "/launches", tag = "launches", request_body = NewLaunch, responses(
    (status = 201, description = "The address", body = Launched),
    NotAllowed,
    (status = 404, description = "`course-unknown`, `activity-unknown`, `person-unknown`, `registration-unknown`",
     body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`launch-person-missing`, `actor-invalid`, `return-url-invalid`", body = ProblemDocument,
     content_type = "application/problem+json"),
))]
async fn launch(
    _: CanLaunch,
    State(app): State<App>,
    Json(order): Json<NewLaunch>,
) -> Result<(StatusCode, Json<Launched>)> {
    let return_url = order.return_url.as_deref().map(checked_return_url).transpose()?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let person = person_of(&mut tx, &app, &order).await?;
    let registration = registration_of(&mut tx, &app, &order, person).await?;
    let mode = match order.registration {
        // Who names no registration leaves it to the course how often it may be attempted.
        None if locked(&mut tx, registration).await?.is_closed() && order.mode == Mode::Normal => Mode::Review,
        _ => order.mode,
    };
    let index = match &order.activity {
        None => first(&mut tx, registration, mode).await?,
        Some(which) => {
            let record = locked(&mut tx, registration).await?;
            let course = Course::load(&mut tx, &record).await?;
            let index = which.of(&course.activities)?.activity_index;
            course.launchable(index)?;
            index
        }
    };
    let token = Secrets::token();
    let ticket = Ticket {
        launch_id: LaunchId::new(),
        registration_id: registration,
        activity_index: index,
        mode: mode.word().to_owned(),
        return_url,
    };
    store::insert_ticket(&mut tx, &Secrets::digest(&token), &ticket, now, now.plus(WAITS)).await?;
    tx.commit().await?;
    let url = format!("{}/launch/{token}", app.config.public_origin());
    Ok((StatusCode::CREATED, Json(Launched { launch: ticket.launch_id, registration, url })))
}

/// A way out that a page may lead to: `javascript:` and its like are none.
fn checked_return_url(text: &str) -> Result<String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.map(String::from).ok_or_else(|| Error::unprocessable("return-url-invalid"))
}

async fn person_of(tx: &mut Tx, app: &App, order: &NewLaunch) -> Result<PersonId> {
    match (&order.person, &order.actor) {
        (Some(person), None) => active(tx, *person).await,
        (None, Some(actor)) => {
            let invalid = |detail: &str| Error::unprocessable("actor-invalid").detail(detail);
            let actor = xapi::actor(&actor.to_string()).map_err(|_| invalid("not an xAPI agent"))?;
            let Actor::Agent(agent) = actor else { return Err(invalid("a group cannot learn here")) };
            let Ifi::Account { home_page, name } = agent.ifi else {
                return Err(invalid("the agent must be identified by an account"));
            };
            if let Some(known) = identity::person_of_account(tx, &home_page, &name).await? {
                return active(tx, known).await;
            }
            let new = NewPerson {
                name: agent.name.unwrap_or_else(|| name.clone()),
                account: Some((home_page, name)),
                roles: vec![Role::Learner],
                ..NewPerson::default()
            };
            identity::add_person(tx, &new, &app.config.public_origin(), app.clock.now()).await
        }
        _ => Err(Error::unprocessable("launch-person-missing")),
    }
}

/// The person, unless they are not let in any more. Errors: `person-unknown`.
async fn active(tx: &mut Tx, id: PersonId) -> Result<PersonId> {
    let person = identity::person(tx, id).await?;
    if person.disabled_at.is_some() { Err(Error::not_found("person-unknown")) } else { Ok(person.id) }
}

async fn registration_of(tx: &mut Tx, app: &App, order: &NewLaunch, person: PersonId) -> Result<RegistrationId> {
    let unknown = || Error::not_found("registration-unknown");
    let no_course = || Error::not_found("course-unknown");
    let Some(id) = order.registration else {
        let entered = store::enter(tx, app, RegistrationId::new(), person, order.course, false).await?;
        return entered.ok_or_else(no_course);
    };
    let known = match store::find(tx, id).await? {
        Some(known) => known,
        None => store::begin(tx, app, id, person, order.course).await?.ok_or_else(no_course)?,
    };
    let fits = known.person_id == person && known.course_id == order.course && !known.preview;
    if fits { Ok(id) } else { Err(unknown()) }
}

/// A score as it was told.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ScoreReport {
    /// -1 to 1.
    pub scaled: Option<f64>,
    pub raw: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
}

/// What was done in one activity.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ActivityReport {
    /// Position in the outline.
    pub index: i32,
    /// Identifier in the manifest.
    pub identifier: String,
    pub title: String,
    pub kind: String,
    pub completion: Completion,
    pub success: Success,
    pub score: Option<ScoreReport>,
    /// How much is done, 0 to 1, where it was told.
    pub progress: Option<f64>,
    /// Time spent (ISO 8601).
    pub time: String,
    /// Time spent, in seconds.
    pub seconds: f64,
    /// Why it need not be done, where that was decided (cmi5 9.5.5.2).
    pub waived: Option<String>,
}

/// What one person did in one course.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RegistrationReport {
    pub id: RegistrationId,
    pub course: CourseId,
    pub person: PersonId,
    /// Which attempt of the person at the course, from 1.
    pub attempt: i32,
    /// Whether its person was made to begin anew, on a newer version.
    pub superseded: bool,
    /// Whether the person's score in the course is of this attempt, by what the course says about attempts.
    pub counts: bool,
    pub title: String,
    pub completion: Completion,
    pub success: Success,
    /// The scaled score of the course.
    pub score: Option<f64>,
    /// 0 to 1.
    pub progress: f64,
    /// Time spent (ISO 8601).
    pub time: String,
    /// Time spent, in seconds.
    pub seconds: f64,
    /// When it was begun and last touched (RFC 3339).
    pub created_at: String,
    pub last_at: String,
    pub completed_at: Option<String>,
    /// The activities that can be opened, in order.
    pub activities: Vec<ActivityReport>,
}

/// What somebody did in a course, activity by activity.
#[utoipa::path(get, path = "/registrations/{id}", tag = "registrations",
    params(("id" = RegistrationId, Path, description = "The registration")),
    responses(
        (status = 200, description = "The record", body = RegistrationReport),
        NotAllowed,
        (status = 404, description = "`registration-unknown`", body = ProblemDocument,
         content_type = "application/problem+json"),
    ))]
async fn registration(
    _: CanReadRegistrations,
    State(app): State<App>,
    Path(id): Path<RegistrationId>,
) -> Result<Json<RegistrationReport>> {
    let mut tx = app.db.read().await?;
    let row = progress::of_registration(&mut tx, id).await?.ok_or_else(|| Error::not_found("registration-unknown"))?;
    let activities = progress::activities_of(&mut tx, id).await?;
    let attempts = progress::attempts(&mut tx, &[row.person], Some(row.course)).await?.pop();
    let language = crate::core::Language::default();
    let completion = |word: &Option<String>| word.as_deref().map(Completion::of_word).unwrap_or_default();
    let success = |word: &Option<String>| word.as_deref().map(Success::of_word).unwrap_or_default();
    Ok(Json(RegistrationReport {
        id,
        course: row.course,
        person: row.person,
        attempt: row.attempt,
        superseded: attempts.as_ref().is_some_and(|attempts| attempts.is_superseded(id)),
        counts: attempts.as_ref().is_some_and(|attempts| attempts.counts(id)),
        title: row.title.best(language).to_owned(),
        completion: completion(&row.completion),
        success: success(&row.success),
        score: row.score,
        progress: row.progress.unwrap_or_default(),
        time: iso(row.seconds),
        seconds: row.seconds.unwrap_or_default(),
        created_at: row.created_at.rfc3339(),
        last_at: row.last_at.rfc3339(),
        completed_at: row.completed_at.map(|at| at.rfc3339()),
        activities: activities
            .into_iter()
            .filter(|activity| activity.launchable)
            .map(|activity| {
                let (scaled, raw) = (activity.score_scaled, activity.score_raw);
                let told = scaled.is_some() || raw.is_some();
                ActivityReport {
                    index: activity.activity_index,
                    identifier: activity.identifier,
                    title: activity.title.best(language).to_owned(),
                    kind: activity.kind,
                    completion: completion(&activity.completion),
                    success: success(&activity.success),
                    score: told.then_some(ScoreReport {
                        scaled,
                        raw,
                        min: activity.score_min,
                        max: activity.score_max,
                    }),
                    progress: activity.progress,
                    time: iso(activity.seconds),
                    seconds: activity.seconds.unwrap_or_default(),
                    waived: activity.waived_for,
                }
            })
            .collect(),
    }))
}

fn iso(seconds: Option<f64>) -> String {
    write_time(Version::Scorm2004, (seconds.unwrap_or_default() * 100.0).round() as u64)
}
