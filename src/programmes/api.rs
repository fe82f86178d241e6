//! Enrolments for programs: the personnel system enrols, the intranet reads where people stand.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::core::{EnrolmentId, EnrolmentRuleId, Error, OrgUnitId, PersonId, ProgrammeId, Result, SpaceId, Timestamp};
use crate::identity::{CanEnrol, CanReadEnrolments};
use crate::programmes::enrolment::{self, Target};
use crate::programmes::people::{self, EnrolmentRow};
use crate::programmes::store;
use crate::state::App;
use crate::web::{NotAllowed, Path, ProblemDocument};

/// Enrolments of one answer.
const PAGE: i64 = 200;

/// The interface, below `/api/v1`.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(enrol, list)).routes(routes!(read))
}

/// Whom to enrol: exactly one of `person`, `org_unit` and `space`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnrolments {
    pub person: Option<PersonId>,
    /// A direction or service, with everything below it.
    pub org_unit: Option<OrgUnitId>,
    /// The members of a space.
    pub space: Option<SpaceId>,
    /// By when it is to be completed (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<String>,
}

/// What came of an order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Enrolled {
    /// The rule that enrols; whoever joins the unit or the space later is enrolled by it too.
    pub rule: EnrolmentRuleId,
    /// People enrolled by this order; those who were already are not among them.
    pub enrolled: u64,
}

/// Enrols a person, a unit with all below it, or the members of a space. The same order again changes the due date only.
#[utoipa::path(post, path = "/programmes/{id}/enrolments", tag = "enrolments",
    params(("id" = ProgrammeId, Path, description = "The programme")), request_body = NewEnrolments, responses(
    (status = 201, description = "They are enrolled", body = Enrolled),
    NotAllowed,
    (status = 404, description = "`programme-unknown`, `target-unknown`", body = ProblemDocument,
     content_type = "application/problem+json"),
    (status = 409, description = "`programme-not-published`", body = ProblemDocument,
     content_type = "application/problem+json"),
    (status = 422, description = "`target-ambiguous`, `due-invalid`", body = ProblemDocument,
     content_type = "application/problem+json"),
))]
async fn enrol(
    CanEnrol(caller): CanEnrol,
    State(app): State<App>,
    Path(id): Path<ProgrammeId>,
    Json(order): Json<NewEnrolments>,
) -> Result<(StatusCode, Json<Enrolled>)> {
    let target = match (order.person, order.org_unit, order.space) {
        (Some(person), None, None) => Target::Person(person),
        (None, Some(unit), None) => Target::OrgUnit(unit),
        (None, None, Some(space)) => Target::Space(space),
        _ => return Err(Error::unprocessable("target-ambiguous")),
    };
    let moment = |text: String| Timestamp::parse(&text).ok_or_else(|| Error::unprocessable("due-invalid"));
    let due_at = order.due_at.map(moment).transpose()?;
    let by = caller.person().map(|person| person.id);
    let mut tx = app.db.begin().await?;
    let (rule, done) = enrolment::enrol(&mut tx, &app, id, target, due_at, by).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(Enrolled { rule, enrolled: done.enrolled + done.restored })))
}

/// One person in one programme.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EnrolmentReport {
    /// Also the registration of the xAPI statements about the programme.
    pub id: EnrolmentId,
    pub programme: ProgrammeId,
    pub person: PersonId,
    pub person_name: String,
    /// The version of the programme they follow.
    pub version: i32,
    /// `todo`, `doing` or `done`.
    pub status: String,
    /// Share done, 0 to 1.
    pub progress: f64,
    /// Mean of the scores of the steps, -1 to 1.
    pub score: Option<f64>,
    pub enrolled_at: String,
    pub due_at: Option<String>,
    pub last_at: Option<String>,
    pub completed_at: Option<String>,
}

fn report(programme: ProgrammeId, row: EnrolmentRow) -> EnrolmentReport {
    EnrolmentReport {
        id: row.id,
        programme,
        person: row.person_id,
        person_name: row.name,
        version: row.number,
        status: row.status,
        progress: row.progress,
        score: row.score_scaled,
        enrolled_at: row.created_at.rfc3339(),
        due_at: row.due_at.map(Timestamp::rfc3339),
        last_at: row.last_at.map(Timestamp::rfc3339),
        completed_at: row.completed_at.map(Timestamp::rfc3339),
    }
}

/// Enrolments of a programme, by name.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EnrolmentPage {
    pub enrolments: Vec<EnrolmentReport>,
    /// The `page` to ask for next; absent on the last one.
    pub next: Option<u32>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// 0 is the first; 200 enrolments a page.
    #[serde(default)]
    page: u32,
}

/// Lists who is enrolled in a programme, and where they stand.
#[utoipa::path(get, path = "/programmes/{id}/enrolments", tag = "enrolments",
    params(("id" = ProgrammeId, Path, description = "The programme"), Which), responses(
    (status = 200, description = "The enrolments", body = EnrolmentPage),
    NotAllowed,
    (status = 404, description = "`programme-unknown`", body = ProblemDocument, content_type = "application/problem+json"),
))]
async fn list(
    _: CanReadEnrolments,
    State(app): State<App>,
    Path(id): Path<ProgrammeId>,
    Query(which): Query<Which>,
) -> Result<Json<EnrolmentPage>> {
    let mut tx = app.db.read().await?;
    store::find(&mut tx, id).await?.ok_or_else(|| Error::not_found("programme-unknown"))?;
    let mut rows = people::of_programme(&mut tx, id, PAGE + 1, i64::from(which.page) * PAGE).await?;
    let more = rows.len() as i64 > PAGE;
    rows.truncate(PAGE as usize);
    let enrolments = rows.into_iter().map(|row| report(id, row)).collect();
    Ok(Json(EnrolmentPage { enrolments, next: more.then(|| which.page + 1) }))
}

/// Reads one enrolment.
#[utoipa::path(get, path = "/enrolments/{id}", tag = "enrolments",
    params(("id" = EnrolmentId, Path, description = "The enrolment")), responses(
    (status = 200, description = "Where the person stands", body = EnrolmentReport),
    NotAllowed,
    (status = 404, description = "`enrolment-unknown`", body = ProblemDocument, content_type = "application/problem+json"),
))]
async fn read(
    _: CanReadEnrolments,
    State(app): State<App>,
    Path(id): Path<EnrolmentId>,
) -> Result<Json<EnrolmentReport>> {
    let mut tx = app.db.read().await?;
    let found = people::one(&mut tx, id).await?;
    let (programme, row) = found.ok_or_else(|| Error::not_found("enrolment-unknown"))?;
    Ok(Json(report(programme, row)))
}
