//! Who may read a space and who may lead it, as types.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use super::model::{Space, SpaceRole, Visibility};
use super::store;
use crate::core::{Error, Result};
use crate::identity::{Person, Refusal, Role, SignedIn};
use crate::state::App;
use crate::storage::Tx;

/// Somebody who may read the space of the address.
#[derive(Clone, Debug)]
pub struct SpaceReader {
    /// Who.
    pub person: Person,
    /// Which.
    pub space: Space,
    /// What they are there; nothing for visitors of an open space and for administrators.
    pub role: Option<SpaceRole>,
}

impl SpaceReader {
    /// `person` in the space that `reference` names.
    ///
    /// Errors: `space-unknown` (also where they may not know of it), `space-members-only`.
    pub async fn enter(tx: &mut Tx, person: Person, reference: &str) -> Result<Self> {
        let space = store::find(tx, reference).await?;
        let role = store::role_of(tx, space.id, person.id).await?;
        let unknown = || Err(Error::not_found("space-unknown"));
        if space.archived_at.is_some() || person.disabled_at.is_some() {
            return unknown();
        }
        let inside = role.is_some() || person.roles.has(Role::Administrator);
        match space.visibility {
            _ if inside => {}
            Visibility::Open => {}
            Visibility::Members => {
                return Err(Error::new(crate::core::Kind::Forbidden, "space-members-only").arg("name", &space.name));
            }
            Visibility::Hidden => return unknown(),
        }
        Ok(Self { person, space, role })
    }

    /// Whether they may lead the space.
    pub fn leads(&self) -> bool {
        self.role == Some(SpaceRole::Animator) || self.person.roles.has(Role::Administrator)
    }
}

impl FromRequestParts<App> for SpaceReader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let SignedIn(person) = <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let reference = reference(parts, app).await?;
        let mut tx = app.db.read().await?;
        Ok(Self::enter(&mut tx, person, &reference).await?)
    }
}

/// Somebody who may lead the space of the address: one of its animators, or an administrator.
#[derive(Clone, Debug)]
pub struct SpaceAnimator(pub SpaceReader);

impl FromRequestParts<App> for SpaceAnimator {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let reader = <SpaceReader as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        if reader.leads() { Ok(Self(reader)) } else { Err(Error::forbidden().into()) }
    }
}

async fn reference(parts: &mut Parts, app: &App) -> Result<String> {
    let unknown = || Error::not_found("space-unknown");
    let params = RawPathParams::from_request_parts(parts, app).await.map_err(|_| unknown())?;
    params.iter().find(|(name, _)| *name == "space").map(|(_, value)| value.to_owned()).ok_or_else(unknown)
}
