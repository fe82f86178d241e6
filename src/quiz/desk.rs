//! A trainer at the draft of a quiz: every change is read, made and saved in one transaction.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::model::{Question, Quiz};
use crate::core::{Error, PackageId, Result};
use crate::identity::{Refusal, Trainer};
use crate::packages::model::PackageKind;
use crate::packages::native::{self, Draft, For};
use crate::state::App;
use crate::storage::Tx;
use crate::web::Fields;
use crate::web::Path;

/// The draft of the quiz in the address, open to a trainer.
pub struct Desk {
    pub app: App,
    pub trainer: Trainer,
    pub package: PackageId,
    /// The programme the quiz is written for, as far as the address says.
    pub for_: For,
}

#[derive(Deserialize)]
struct Named {
    package: PackageId,
}

impl FromRequestParts<App> for Desk {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let trainer = <Trainer as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let Path(Named { package }) = Path::from_request_parts(parts, app).await?;
        let for_ = Query::<For>::try_from_uri(&parts.uri).map(|Query(for_)| for_.checked()).unwrap_or_default();
        Ok(Self { app: app.clone(), trainer, package, for_ })
    }
}

impl Desk {
    /// An address of this quiz; `rest` is what follows it.
    pub fn url(&self, rest: &str) -> String {
        self.for_.on(format!("/trainer/quizzes/{}{rest}", self.package))
    }

    /// The draft as it is. Errors: `content-unknown`.
    pub async fn read(&self) -> Result<(Tx, Draft<Quiz>)> {
        let mut tx = self.app.db.read().await?;
        let draft = native::draft(&mut tx, self.package, PackageKind::Quiz).await?;
        Ok((tx, draft))
    }

    /// Changes the draft. Errors: those of `change`; `draft-changed` when somebody else saved in the same moment.
    pub async fn change<T>(&self, change: impl FnOnce(&mut Draft<Quiz>) -> Result<T>) -> Result<T> {
        let mut tx = self.app.db.begin().await?;
        let mut draft: Draft<Quiz> = native::draft(&mut tx, self.package, PackageKind::Quiz).await?;
        let told = change(&mut draft)?;
        let by = Some(self.trainer.id);
        native::save_draft(&mut tx, &self.app, self.package, draft.revision, &draft.title, &draft.content, by).await?;
        tx.commit().await?;
        Ok(told)
    }
}

/// The part of a draft that a form was made from, so that it is not written over what another tab made of it.
pub fn print(part: &impl Serialize) -> Result<String> {
    let digest = Sha256::digest(serde_json::to_vec(part)?);
    Ok(digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}

/// Refuses a form that was made from something else than `part`. Errors: `quiz-question-changed`.
pub fn same(fields: &Fields, part: &impl Serialize) -> Result<()> {
    if print(part)? == fields.text("base") { Ok(()) } else { Err(Error::conflict("quiz-question-changed")) }
}

/// A question of the draft with its place. Errors: `quiz-question-unknown`.
pub fn find<'a>(quiz: &'a Quiz, id: &str) -> Result<(usize, &'a Question)> {
    let place = quiz.place_of(id).ok_or_else(|| Error::not_found("quiz-question-unknown"))?;
    Ok((place, &quiz.questions[place]))
}
