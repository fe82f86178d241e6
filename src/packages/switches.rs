//! The trainer's switches for content that does not keep to its standard.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::PackageKind;
use super::store;
use crate::core::{Error, PackageId, Result};
use crate::identity::{CanImport, CanReadPackages, Trainer};
use crate::scorm::Version;
use crate::scorm::tolerance::{Switch, Tolerance};
use crate::state::App;
use crate::web::{Fields, Flash, NotAllowed, Path, ProblemDocument};

/// A switch as it is offered.
pub(super) struct SwitchView {
    pub word: &'static str,
    pub is_on: bool,
}

/// The switches that change anything for packages of this kind.
pub(super) fn offered(kind: PackageKind, stored: Option<&str>) -> Vec<SwitchView> {
    let tolerance = Tolerance::read(stored);
    let of_kind = of_kind(kind);
    of_kind.map(|switch| SwitchView { word: switch.word(), is_on: tolerance.bears(switch) }).collect()
}

fn of_kind(kind: PackageKind) -> impl Iterator<Item = Switch> {
    let version = match kind {
        PackageKind::Scorm12 => Some(Version::Scorm12),
        PackageKind::Scorm2004 => Some(Version::Scorm2004),
        _ => None,
    };
    Switch::ALL.into_iter().filter(move |switch| version.is_some_and(|version| switch.is_of(version)))
}

/// The interface, below `/api/v1`.
pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read, set))
}

/// What is borne of content that does not keep to its standard.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Tolerance)]
struct ToleranceReport {
    /// The switches that are on.
    on: Vec<Switch>,
    /// Those that change anything for packages of this kind.
    offered: Vec<Switch>,
}

impl ToleranceReport {
    fn of(kind: PackageKind, tolerance: &Tolerance) -> Self {
        let offered: Vec<Switch> = of_kind(kind).collect();
        Self { on: offered.iter().copied().filter(|switch| tolerance.bears(*switch)).collect(), offered }
    }
}

/// Which switches are to be on.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[schema(as = TurnSwitches)]
struct Order {
    /// Those; all others are off.
    on: BTreeSet<Switch>,
}

/// Reads what is borne of a package's content.
#[utoipa::path(get, path = "/packages/{id}/tolerance", tag = "packages", params(("id" = PackageId, Path)), responses(
    (status = 200, description = "The switches", body = ToleranceReport),
    NotAllowed,
    (status = 404, description = "`package-unknown`", body = ProblemDocument,
     content_type = "application/problem+json"),
))]
async fn read(_: CanReadPackages, State(app): State<App>, Path(id): Path<PackageId>) -> Result<Json<ToleranceReport>> {
    let mut tx = app.db.read().await?;
    let row = store::find(&mut tx, id).await?.ok_or_else(|| Error::not_found("package-unknown"))?;
    let kind = PackageKind::from_word(&row.kind)?;
    Ok(Json(ToleranceReport::of(kind, &Tolerance::read(row.tolerance.as_deref()))))
}

/// Turns the switches of a package, for everybody who opens its content from now on. Who is in the middle goes on as they began.
#[utoipa::path(put, path = "/packages/{id}/tolerance", tag = "packages", params(("id" = PackageId, Path)),
    request_body = Order, responses(
    (status = 200, description = "The switches", body = ToleranceReport),
    NotAllowed,
    (status = 404, description = "`package-unknown`", body = ProblemDocument,
     content_type = "application/problem+json"),
    (status = 422, description = "`switch-not-offered`: it changes nothing for packages of this kind",
     body = ProblemDocument, content_type = "application/problem+json"),
))]
async fn set(
    _: CanImport,
    State(app): State<App>,
    Path(id): Path<PackageId>,
    Json(order): Json<Order>,
) -> Result<Json<ToleranceReport>> {
    let mut tx = app.db.begin().await?;
    let row = store::find(&mut tx, id).await?.ok_or_else(|| Error::not_found("package-unknown"))?;
    let kind = PackageKind::from_word(&row.kind)?;
    let tolerance = Tolerance(order.on);
    let report = ToleranceReport::of(kind, &tolerance);
    if let Some(other) = tolerance.0.iter().find(|switch| !report.on.contains(switch)) {
        return Err(Error::unprocessable("switch-not-offered").arg("switch", other.word()));
    }
    store::tolerate(&mut tx, id, &tolerance).await?;
    tx.commit().await?;
    tracing::info!(package = %id, switches = ?tolerance.0, "switches turned");
    Ok(Json(report))
}

/// Turns the switches: those the form names are on from now on, for everybody who opens the content. Who is in the middle goes
/// on as they began. Errors: `package-unknown`.
pub async fn turn(_: Trainer, State(app): State<App>, Path(id): Path<PackageId>, fields: Fields) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let row = store::find(&mut tx, id).await?.ok_or_else(|| Error::not_found("package-unknown"))?;
    let kind = PackageKind::from_word(&row.kind)?;
    let tolerance = Tolerance(of_kind(kind).filter(|switch| fields.is_set(switch.word())).collect());
    store::tolerate(&mut tx, id, &tolerance).await?;
    tx.commit().await?;
    tracing::info!(package = %id, switches = ?tolerance.0, "switches turned");
    Ok(Flash::done("tolerance-turned").redirect(&format!("/trainer/packages/{id}")))
}
