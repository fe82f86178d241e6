//! Who takes which quiz: the learner of the registration in the address, at its activity, in the mode asked for.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::attempt::{Paper, Sitting};
use crate::core::{RegistrationId, Result, Timestamp};
use crate::identity::Refusal;
use crate::runtime::{Mode, PlayerChrome, PlayerOf};
use crate::state::App;
use crate::storage::Tx;
use crate::web::{Path, Shell};

/// The place of a learner at a quiz. Nobody has one at somebody else's.
pub struct Seat {
    pub app: App,
    pub player: PlayerOf,
    pub index: i32,
    pub now: Timestamp,
    asked: Mode,
}

#[derive(Deserialize)]
struct Named {
    registration: RegistrationId,
    activity: i32,
}

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    mode: Mode,
}

impl FromRequestParts<App> for Seat {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let player = PlayerOf::from_request_parts(parts, app).await?;
        let Path(Named { registration, activity }) = Path::from_request_parts(parts, app).await?;
        debug_assert_eq!(registration, player.registration.id);
        let asked = Query::<Asked>::from_request_parts(parts, app).await;
        let asked = asked.map(|Query(asked)| asked.mode).unwrap_or_default();
        Ok(Self { app: app.clone(), player, index: activity, now: app.clock.now(), asked })
    }
}

impl Seat {
    /// The mode that counts, whatever was asked for.
    pub fn mode(&self) -> Mode {
        self.player.mode(self.asked)
    }

    /// An address of this quiz; `rest` is what follows the activity.
    pub fn url(&self, rest: &str) -> String {
        let mode = self.mode();
        let query = if mode == Mode::Normal { String::new() } else { format!("?mode={}", mode.word()) };
        format!("/quiz/{}/{}{rest}{query}", self.player.registration.id, self.index)
    }

    /// Leads to an address of this quiz.
    pub fn to(&self, rest: &str) -> Response {
        Redirect::to(&self.url(rest)).into_response()
    }

    /// Where the learner is, for a page.
    pub async fn read(&self) -> Result<(Tx, Sitting)> {
        let mut tx = self.app.db.read().await?;
        let sitting = Sitting::read(&mut tx, &self.player, self.index, self.asked).await?;
        Ok((tx, sitting))
    }

    /// Where the learner is, to change it. Errors: `quiz-only-looking`.
    pub async fn held(&self) -> Result<(Tx, Sitting)> {
        let mut tx = self.app.db.begin().await?;
        let sitting = Sitting::held(&mut tx, &self.player, self.index, self.asked).await?;
        Ok((tx, sitting))
    }

    /// The attempt that is going on and has time left; where there is none, its pages lead back to the start.
    pub async fn going(&self) -> Result<Option<(Tx, Sitting, Paper)>> {
        let (mut tx, sitting) = self.read().await?;
        let running = sitting.open().filter(|_| sitting.plays() && !sitting.has_run_out(self.now)).cloned();
        Ok(match running {
            Some(attempt) => {
                let paper = Paper::load(&mut tx, attempt).await?;
                Some((tx, sitting, paper))
            }
            None => None,
        })
    }

    /// What surrounds the page. Where nothing is answered, nothing is said to be saved.
    pub async fn chrome(
        &self,
        tx: &mut Tx,
        sitting: &Sitting,
        shell: &Shell,
        is_answered: bool,
    ) -> Result<PlayerChrome> {
        let mut chrome = PlayerChrome::of(tx, &self.player, &sitting.visit.activity, self.mode(), shell).await?;
        if !is_answered && sitting.visit.is_recorded() {
            (chrome.saved_state, chrome.saved_word) = ("", String::new());
        }
        Ok(chrome)
    }
}
