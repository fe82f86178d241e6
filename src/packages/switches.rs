//! The trainer's switches for content that does not keep to its standard.

use axum::extract::State;
use axum::response::Response;

use super::model::PackageKind;
use super::store;
use crate::core::{Error, PackageId, Result};
use crate::identity::Trainer;
use crate::scorm::Version;
use crate::scorm::tolerance::{Switch, Tolerance};
use crate::state::App;
use crate::web::{Fields, Flash, Path};

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
