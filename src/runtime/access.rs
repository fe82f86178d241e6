//! Who may play what. Nothing else makes a value of these types, so a handler that asks for one is safe by its signature.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path};
use axum::http::header;
use axum::http::request::Parts;
use subtle::ConstantTimeEq;

use crate::core::{CourseId, Error, Kind, LaunchId, RegistrationId};
use crate::identity::{self, LaunchGrant, MaybeSignedIn, Refusal, SignedIn, Trainer};
use crate::runtime::model::{LaunchRow, Mode, Registration};
use crate::runtime::store;
use crate::state::App;
use crate::storage::Secrets;

/// The parameters of the route by name.
async fn names(parts: &mut Parts, app: &App) -> HashMap<String, String> {
    let found = Path::<HashMap<String, String>>::from_request_parts(parts, app).await;
    found.map(|Path(names)| names).unwrap_or_default()
}

/// The player of the registration in the address: its signed-in owner, or a browser that redeemed a launch of it.
pub struct PlayerOf {
    pub registration: Registration,
    /// What the launch that was redeemed allows; none for the owner who came in by the catalogue.
    pub grant: Option<LaunchGrant>,
}

impl PlayerOf {
    /// The mode to open in, whatever was asked for: a preview and a launch of another system decide themselves, and what is
    /// closed is looked at.
    pub fn mode(&self, asked: Mode) -> Mode {
        match self.way(asked) {
            Mode::Normal if self.grant.is_none() && self.registration.is_closed() => Mode::Review,
            mode => mode,
        }
    }

    fn way(&self, asked: Mode) -> Mode {
        match &self.grant {
            _ if self.registration.preview => Mode::Browse,
            Some(grant) => Mode::of_word(&grant.mode),
            None => asked,
        }
    }

    /// The mode to go on in from a launch: its own, also where the record has been closed since. Without one, that of the way
    /// in.
    pub fn mode_after(&self, launch: Option<&LaunchRow>) -> Mode {
        launch.map_or_else(|| self.mode(Mode::Normal), |launch| self.way(Mode::of_word(&launch.mode)))
    }

    /// Where the player's way out leads.
    pub fn way_out(&self) -> String {
        match self.grant.as_ref().and_then(|grant| grant.return_url.clone()) {
            Some(url) => url,
            None if self.registration.way_out.is_some() => self.registration.way_out.clone().unwrap_or_default(),
            None if self.registration.preview => "/trainer".to_owned(),
            None => format!("/courses/{}", self.registration.course_id),
        }
    }
}

impl FromRequestParts<App> for PlayerOf {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let unknown = || Error::not_found("registration-unknown");
        let names = names(parts, app).await;
        let id: RegistrationId = names.get("registration").and_then(|text| text.parse().ok()).ok_or_else(unknown)?;
        let Ok(asker) = MaybeSignedIn::from_request_parts(parts, app).await;
        let Some(login) = asker.login() else {
            // Nobody: the same answer as on every page, a way to sign in.
            let SignedIn(_) = <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
            return Err(unknown().into());
        };
        let mut tx = app.db.read().await?;
        let registration = store::find(&mut tx, id).await?.ok_or_else(unknown)?;
        if registration.person_disabled_at.is_some() {
            return Err(unknown().into());
        }
        // The grant first: its mode and its way out also count for somebody who is signed in here.
        match identity::launch_grant(&mut tx, login, id, app.clock.now()).await? {
            Some(grant) => Ok(Self { registration, grant: Some(grant) }),
            None if login.person().is_some_and(|person| person.id == registration.person_id) => {
                Ok(Self { registration, grant: None })
            }
            // That it exists is nobody else's business.
            None => Err(unknown().into()),
        }
    }
}

/// A trainer, and the record in the address, which is one in the course in the address. A preview is no record.
pub struct TrainerOf {
    pub trainer: Trainer,
    pub registration: RegistrationId,
}

impl FromRequestParts<App> for TrainerOf {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let unknown = || Error::not_found("registration-unknown");
        let trainer = <Trainer as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let names = names(parts, app).await;
        let id = names.get("registration").and_then(|text| text.parse().ok()).ok_or_else(unknown)?;
        let course: CourseId = names.get("course").and_then(|text| text.parse().ok()).ok_or_else(unknown)?;
        let record = store::find(&mut app.db.read().await?, id).await?.ok_or_else(unknown)?;
        if record.preview || record.course_id != course {
            return Err(unknown().into());
        }
        Ok(Self { trainer, registration: id })
    }
}

/// The launch in the address, proven by its secret.
pub struct LaunchOf(pub LaunchRow);

impl FromRequestParts<App> for LaunchOf {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let unknown = || Error::new(Kind::Unauthenticated, "launch-unknown");
        let names = names(parts, app).await;
        let id: LaunchId = names.get("launch").and_then(|text| text.parse().ok()).ok_or_else(unknown)?;
        let secret = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or_else(unknown)?;
        let launch = store::launch_of(&app.db, id).await?.ok_or_else(unknown)?;
        if bool::from(launch.secret_hash.as_slice().ct_eq(&Secrets::digest(secret.trim()))) {
            Ok(Self(launch))
        } else {
            Err(unknown())
        }
    }
}
