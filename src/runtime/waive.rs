//! A trainer decides that somebody need not do a unit of a cmi5 course (cmi5 9.3.7).
//!
//! Invariant: a unit is waived once in a registration. Who asks again is answered what was decided then.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::core::{Error, LaunchId, RegistrationId, Result, StatementId, Timestamp};
use crate::identity::{CanWriteRegistrations, Person};
use crate::runtime::access::TrainerOf;
use crate::runtime::api::Which;
use crate::runtime::launch::locked;
use crate::runtime::{cmi5, store};
use crate::state::App;
use crate::storage::Tx;
use crate::web::{Fields, Flash, NotAllowed, Path, ProblemDocument};
use crate::xapi::cmi5::Reason;
use crate::xapi::vocabulary::{WAIVED, category, extension};
use crate::xapi::{Activity, Agent, Outcome};
use crate::{lrs, on_db};

/// Which unit need not be done, and why.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The unit.
    activity: Which,
    /// One of `Tested Out`, `Equivalent AU`, `Equivalent Outside Activity`, `Administrative` (cmi5 9.5.5.2).
    #[schema(example = "Equivalent Outside Activity")]
    reason: String,
}

/// A unit that need not be done.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Waived {
    pub registration: RegistrationId,
    /// Position of the unit in the outline.
    pub activity: i32,
    /// Identifier of the unit in the course structure.
    pub identifier: String,
    pub reason: String,
    /// When it was decided (RFC 3339).
    pub waived_at: String,
    /// The statement that says so.
    #[schema(value_type = uuid::Uuid)]
    pub statement: StatementId,
}

const FIND: &str = "SELECT waived_for, waived_at FROM cmi5_unit \
    WHERE registration_id = $1 AND activity_index = $2 AND waived_at IS NOT NULL";
const KEEP: &str = "INSERT INTO cmi5_unit (registration_id, activity_index, completed, passed, waived_for, waived_at) \
    VALUES ($1, $2, FALSE, FALSE, $3, $4) ON CONFLICT (registration_id, activity_index) \
    DO UPDATE SET waived_for = excluded.waived_for, waived_at = excluded.waived_at";

/// Waives a unit: says so in a session of its own, and with it follows what blocks and course come to.
///
/// Errors: `registration-unknown`, `activity-unknown`, `activity-not-cmi5`, `waive-reason-unknown`.
async fn waive(tx: &mut Tx, app: &App, id: RegistrationId, order: &Waiver, by: Option<&Person>) -> Result<Waived> {
    let reason = Reason::of_word(&order.reason).ok_or_else(|| {
        let known = Reason::ALL.map(Reason::word).join(", ");
        Error::unprocessable("waive-reason-unknown").detail(format!("the reason is one of: {known}"))
    })?;
    let registration = locked(tx, id).await?;
    if registration.preview {
        return Err(Error::not_found("registration-unknown"));
    }
    let activities = store::activities(tx, registration.course_id, registration.version_id).await?;
    let unit = order.activity.of(&activities)?;
    if unit.kind != "au" {
        return Err(Error::unprocessable("activity-not-cmi5"));
    }
    let index = unit.activity_index;
    // Named by what it is about, so that there can never be two.
    let name = uuid::Uuid::new_v5(&id.0, format!("waived {index}").as_bytes());
    let waived = |reason: &str, at: Timestamp| Waived {
        registration: id,
        activity: index,
        identifier: unit.identifier.clone(),
        reason: reason.to_owned(),
        waived_at: at.rfc3339(),
        statement: StatementId(name),
    };
    let known: Option<(String, Timestamp)> =
        on_db!(tx, c => sqlx::query_as(FIND).bind(id).bind(index).fetch_optional(c).await)?;
    if let Some((reason, at)) = known {
        return Ok(waived(&reason, at));
    }
    let now = app.clock.now();
    on_db!(tx, c => sqlx::query(KEEP)
        .bind(id).bind(index).bind(reason.word()).bind(now).execute(c).await.map(drop))?;

    let mut result = Outcome { success: Some(true), completion: Some(true), ..Outcome::default() };
    result.extensions.insert(extension::REASON.to_owned(), json!(reason.word()));
    // 9.3.7: a session of its own, which only `satisfied` shares.
    let mut said = cmi5::of_session(&registration, unit, WAIVED, LaunchId::new());
    if let Some(setting) = &mut said.context {
        setting.context_activities.category.push(Activity::new(category::MOVE_ON));
        let trainer = |by: &Person| Agent::account(&by.account_home_page, &by.account_name).named(&by.name);
        setting.instructor = by.map(|by| trainer(by).into());
    }
    let said = said.with_id(StatementId(name)).with_result(result);
    lrs::append(tx, app, vec![said], lrs::Authority::service(app)).await?;
    tracing::info!(registration = %id, activity = index, reason = reason.word(), by = ?by.map(|by| by.id), "unit waived");
    Ok(waived(reason.word(), now))
}

/// Notes that somebody need not do a unit of a cmi5 course. What depends on it is satisfied with it. A unit that was waived
/// before is answered as it is.
#[utoipa::path(post, path = "/registrations/{id}/waive", tag = "registrations", request_body = Waiver,
    params(("id" = RegistrationId, Path, description = "The registration")),
    responses(
        (status = 200, description = "The unit, which need not be done", body = Waived),
        NotAllowed,
        (status = 404, description = "`registration-unknown`, `activity-unknown`", body = ProblemDocument,
         content_type = "application/problem+json"),
        (status = 422, description = "`activity-not-cmi5`, `waive-reason-unknown`", body = ProblemDocument,
         content_type = "application/problem+json"),
    ))]
pub async fn waive_unit(
    caller: CanWriteRegistrations,
    State(app): State<App>,
    Path(id): Path<RegistrationId>,
    Json(order): Json<Waiver>,
) -> Result<Json<Waived>> {
    let mut tx = app.db.begin().await?;
    let waived = waive(&mut tx, &app, id, &order, caller.person()).await?;
    tx.commit().await?;
    Ok(Json(waived))
}

/// The same from the page on which a trainer sees one learner's way through a course.
pub async fn waive_on_page(
    TrainerOf { trainer, registration }: TrainerOf,
    State(app): State<App>,
    Path((course, _)): Path<(crate::core::CourseId, RegistrationId)>,
    fields: Fields,
) -> Result<Response> {
    let unknown = || Error::not_found("activity-unknown");
    let activity = Which::Index(fields.whole("activity").ok_or_else(unknown)?);
    let order = Waiver { activity, reason: fields.text("reason").to_owned() };
    let mut tx = app.db.begin().await?;
    waive(&mut tx, &app, registration, &order, Some(&trainer)).await?;
    tx.commit().await?;
    Ok(Flash::done("learner-waived").redirect(&format!("/trainer/courses/{course}/learners/{registration}")))
}
