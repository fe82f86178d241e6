//! The drafts of this slice: read, written from a form, published.

use serde::Deserialize;

use super::model::{Content, Finish, What, in_language};
use crate::core::{Error, Language, PackageId, PersonId, Result};
use crate::packages::model::PackageKind;
use crate::packages::native::{self, Draft, Publication, Published, assets};
use crate::state::App;
use crate::storage::Tx;

/// What the editor sends.
#[derive(Clone, Debug, Deserialize)]
pub struct Written {
    /// The revision its writer saw.
    pub revision: i64,
    pub title: String,
    pub text: String,
    pub language: Language,
    pub finish: Finish,
    /// Of a link.
    #[serde(default)]
    pub address: String,
    /// Whether everybody is to see it in the catalogue; asked for at the first publication.
    #[serde(default)]
    pub open: Option<String>,
    /// The programme it was begun for, and the phase of it.
    #[serde(default)]
    pub programme: String,
    #[serde(default)]
    pub phase: String,
}

/// The draft of a page, document or link. Errors: `content-unknown`, also for a quiz.
pub async fn read(tx: &mut Tx, id: PackageId) -> Result<Draft<Content>> {
    let raw = native::raw_draft(tx, id).await?;
    if raw.kind == PackageKind::Quiz {
        return Err(Error::not_found("content-unknown"));
    }
    native::draft(tx, id, raw.kind).await
}

/// The content with what the form says of it.
pub fn filled(content: &Content, written: &Written) -> Content {
    let what = match &content.what {
        What::Link { .. } => What::Link { address: written.address.trim().to_owned() },
        what => what.clone(),
    };
    // Forms send line ends as CR LF.
    let text = written.text.replace("\r\n", "\n");
    Content { text, language: written.language, finish: written.finish, what }
}

/// Saves what the form says. Answers the new revision. Errors: those of [`native::save_draft`].
pub async fn save(app: &App, tx: &mut Tx, id: PackageId, written: &Written, by: PersonId) -> Result<i64> {
    let content = filled(&read(tx, id).await?.content, written);
    native::save_draft(tx, app, id, written.revision, &written.title, &content, Some(by)).await
}

/// Makes a version of the draft as it is saved.
///
/// Errors: `content-without-title`, `content-without-text`, `content-without-file`, `link-address-invalid`.
pub async fn publish(app: &App, tx: &mut Tx, id: PackageId, open: Option<bool>, by: PersonId) -> Result<Published> {
    let draft = read(tx, id).await?;
    if draft.title.is_empty() {
        return Err(Error::unprocessable("content-without-title"));
    }
    if let Some(code) = draft.content.missing() {
        return Err(Error::unprocessable(code));
    }
    let content = &draft.content;
    // What the text names and nobody added is shown by its alternative text.
    let known = assets::all(tx, id).await?;
    let mut files = content.files();
    files.retain(|(name, _)| known.iter().any(|asset| asset.name == *name));
    // Of a page, the text is the content; of the others, it is what the catalogue says.
    let about = if content.what == What::Page { "" } else { content.text.as_str() };
    let publication = Publication {
        content,
        title: in_language(content.language, &draft.title),
        description: in_language(content.language, about),
        files: &files,
        open,
    };
    native::publish(tx, app, id, publication, Some(by)).await
}
