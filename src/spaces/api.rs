//! Spaces for the intranet, which keeps them and their members up to date.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{NewSpace, Space, SpaceRole, Visibility, is_external_id};
use super::{members, store};
use crate::core::{Error, Result, SpaceId};
use crate::identity::CanWriteSpaces;
use crate::state::App;
use crate::storage::Tx;
use crate::web::{NotAllowed, Path, ProblemDocument};

/// The interface, below `/api/v1`.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(put_space)).routes(routes!(put_member, remove_member))
}

/// A space as the intranet has it.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct SpaceOrder {
    /// The name as it is shown, 200 characters at most.
    name: String,
    /// What it is for; absent: as it is.
    #[serde(default)]
    description: Option<String>,
    /// Who may come in; absent: as it is, and its members for a new space.
    #[serde(default)]
    visibility: Option<Visibility>,
    /// The origins whose pages may frame it, such as `https://intranet.example.fr`; absent: as they are.
    #[serde(default)]
    embed_origins: Option<Vec<String>>,
}

/// A space as it is now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SpaceReport {
    /// Identifier.
    id: SpaceId,
    /// What the intranet calls it.
    external_id: String,
    /// Name.
    name: String,
    /// What it is for.
    description: String,
    /// Who may come in.
    visibility: Visibility,
    /// The origins whose pages may frame it.
    embed_origins: Vec<String>,
    /// The address to frame.
    embed_url: String,
}

/// Creates a space, or makes it what the intranet says.
#[utoipa::path(put, path = "/spaces/{external_id}", tag = "spaces",
    params(("external_id" = String, Path, description = "What the intranet calls it: letters, digits and `._:-`, 100 at most")),
    request_body = SpaceOrder,
    responses(
        (status = 200, description = "Changed", body = SpaceReport),
        (status = 201, description = "Created", body = SpaceReport),
        NotAllowed,
        (status = 422, description = "`space-name-missing`, `space-external-id-invalid`, `space-description-long`, \
            `space-origin-invalid`", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
async fn put_space(
    _: CanWriteSpaces,
    State(app): State<App>,
    Path(external_id): Path<String>,
    Json(order): Json<SpaceOrder>,
) -> Result<(StatusCode, Json<SpaceReport>)> {
    if !is_external_id(&external_id) {
        return Err(Error::unprocessable("space-external-id-invalid"));
    }
    let mut tx = app.db.begin().await?;
    let known = store::find_external(&mut tx, &external_id).await?;
    let origins = match (order.embed_origins, &known) {
        (Some(origins), _) => origins,
        (None, Some(space)) => store::origins(&mut tx, space.id).await?,
        (None, None) => Vec::new(),
    };
    let new = NewSpace {
        external_id: Some(external_id.clone()),
        name: order.name,
        description: order
            .description
            .or_else(|| known.as_ref().map(|space| space.description.clone()))
            .unwrap_or_default(),
        visibility: order.visibility.or(known.as_ref().map(|space| space.visibility)).unwrap_or_default(),
        origins,
    };
    let status = match &known {
        Some(space) => {
            store::change(&mut tx, space.id, new).await?;
            StatusCode::OK
        }
        None => {
            store::add(&mut tx, new, app.clock.now()).await?;
            StatusCode::CREATED
        }
    };
    let space = of_external(&mut tx, &external_id).await?;
    let origins = store::origins(&mut tx, space.id).await?;
    tx.commit().await?;
    tracing::info!(space = %space.id, "space put by a program");
    let report = SpaceReport {
        id: space.id,
        embed_url: format!("{}/embed/spaces/{external_id}", app.config.public_origin()),
        external_id,
        name: space.name,
        description: space.description,
        visibility: space.visibility,
        embed_origins: origins,
    };
    Ok((status, Json(report)))
}

async fn of_external(tx: &mut Tx, external_id: &str) -> Result<Space> {
    store::find_external(tx, external_id).await?.ok_or_else(|| Error::not_found("space-unknown"))
}

/// What somebody is to be in a space.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct MemberOrder {
    /// Leads, teaches or takes part.
    role: SpaceRole,
}

/// Makes somebody a member of a space, or gives them another role there.
#[utoipa::path(put, path = "/spaces/{external_id}/members/{login}", tag = "spaces",
    params(("external_id" = String, Path, description = "What the intranet calls the space"),
        ("login" = String, Path, description = "What the person signs in with")),
    request_body = MemberOrder,
    responses(
        (status = 204, description = "Done"),
        NotAllowed,
        (status = 404, description = "`space-unknown`, `person-unknown`", body = ProblemDocument,
         content_type = "application/problem+json"),
    ))]
async fn put_member(
    _: CanWriteSpaces,
    State(app): State<App>,
    Path((external_id, login)): Path<(String, String)>,
    Json(order): Json<MemberOrder>,
) -> Result<StatusCode> {
    let mut tx = app.db.begin().await?;
    let space = of_external(&mut tx, &external_id).await?;
    let person = members::by_login(&mut tx, &login).await?;
    members::put(&mut tx, &app, space.id, person, order.role).await?;
    tx.commit().await?;
    tracing::info!(%person, role = %order.role, space = %space.id, "space member put by a program");
    Ok(StatusCode::NO_CONTENT)
}

/// Takes somebody out of a space. Also where they were not in it.
#[utoipa::path(delete, path = "/spaces/{external_id}/members/{login}", tag = "spaces",
    params(("external_id" = String, Path, description = "What the intranet calls the space"),
        ("login" = String, Path, description = "What the person signs in with")),
    responses(
        (status = 204, description = "Done"),
        NotAllowed,
        (status = 404, description = "`space-unknown`, `person-unknown`", body = ProblemDocument,
         content_type = "application/problem+json"),
    ))]
async fn remove_member(
    _: CanWriteSpaces,
    State(app): State<App>,
    Path((external_id, login)): Path<(String, String)>,
) -> Result<StatusCode> {
    let mut tx = app.db.begin().await?;
    let space = of_external(&mut tx, &external_id).await?;
    let person = members::by_login(&mut tx, &login).await?;
    members::remove(&mut tx, &app, space.id, person).await?;
    tx.commit().await?;
    tracing::info!(%person, space = %space.id, "left the space by a program");
    Ok(StatusCode::NO_CONTENT)
}
