//! The files of a draft: pictures of a page, the file of a document. From a script they come as they are, from a browser
//! without one as a form.

use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::model::{DocumentFile, What};
use super::{draft, files};
use crate::core::{Error, PackageId, Result};
use crate::identity::Trainer;
use crate::packages::model::PackageKind;
use crate::packages::native::{self, assets};
use crate::state::App;
use crate::web::{Flash, Path, Shell};

/// How the file is called.
#[derive(Deserialize)]
pub struct Name {
    #[serde(default)]
    filename: String,
}

/// A file that came, with what a form said beside it.
struct Sent {
    bytes: Bytes,
    file_name: String,
    alt: String,
    by_form: bool,
}

async fn received(request: Request, name: Name) -> Result<Sent> {
    let by_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    let mut sent = Sent { bytes: Bytes::new(), file_name: name.filename, alt: String::new(), by_form };
    let cut = |cause: &dyn std::fmt::Display| Error::malformed("upload-interrupted").detail(cause.to_string());
    if by_form {
        let mut form = Multipart::from_request(request, &()).await.map_err(|cause| cut(&cause))?;
        while let Some(field) = form.next_field().await.map_err(|cause| cut(&cause))? {
            match field.name() {
                Some("alt") => sent.alt = field.text().await.map_err(|cause| cut(&cause))?,
                Some("file") => {
                    sent.file_name = field.file_name().unwrap_or_default().to_owned();
                    sent.bytes = field.bytes().await.map_err(|cause| cut(&cause))?;
                }
                _ => {}
            }
        }
    } else {
        sent.bytes = Bytes::from_request(request, &()).await.map_err(|cause| match cause.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Error::new(crate::core::Kind::TooLarge, "file-too-large").arg("limit", files::DOCUMENT_BYTES >> 20)
            }
            _ => cut(&cause),
        })?;
    }
    if sent.bytes.is_empty() {
        return Err(Error::malformed("upload-empty"));
    }
    Ok(sent)
}

/// Keeps a picture of a page. A script is answered its name and address; a form has it put at the end of the text.
///
/// Errors: `content-unknown`, `file-too-large`, `picture-unreadable`, `picture-too-large`.
pub async fn picture(
    Trainer(trainer): Trainer,
    State(app): State<App>,
    Path(id): Path<PackageId>,
    Query(name): Query<Name>,
    request: Request,
) -> Result<Response> {
    of_kind(&app, id, PackageKind::Page).await?;
    let sent = received(request, name).await?;
    let found = files::picture(&sent.bytes, &sent.file_name)?;
    let asset = assets::keep(&app, id, found).await?;
    if !sent.by_form {
        let url = format!("/trainer/content/{id}/files/{}", asset.name);
        let told = json!({"name": asset.name, "url": url, "width": asset.width, "height": asset.height});
        return Ok((StatusCode::CREATED, Json(told)).into_response());
    }
    let mut tx = app.db.begin().await?;
    let mut draft = draft::read(&mut tx, id).await?;
    let alt: String = sent.alt.chars().filter(|c| !"[]\\\r\n".contains(*c)).collect();
    draft.content.text = format!("{}\n\n![{}]({})\n", draft.content.text.trim_end(), alt.trim(), asset.name);
    let (title, revision) = (draft.title.clone(), draft.revision);
    native::save_draft(&mut tx, &app, id, revision, &title, &draft.content, Some(trainer.id)).await?;
    tx.commit().await?;
    Ok(Flash::done("content-picture-added").redirect(&format!("/trainer/content/{id}")))
}

/// Keeps the file of a document. Errors: `content-unknown`, `file-too-large`, `document-kind-refused`,
/// `document-with-macros`.
pub async fn document(
    Trainer(trainer): Trainer,
    State(app): State<App>,
    Path(id): Path<PackageId>,
    Query(name): Query<Name>,
    shell: Shell,
    request: Request,
) -> Result<Response> {
    of_kind(&app, id, PackageKind::Document).await?;
    let sent = received(request, name).await?;
    let editor = format!("/trainer/content/{id}");
    let found = match files::document(sent.bytes, &sent.file_name) {
        Ok(found) => found,
        Err(error) if sent.by_form => {
            let sentence = shell.words.error(error.code, &error.args).unwrap_or_default();
            return Ok(Flash::fault("content-file-refused").arg("reason", sentence).redirect(&editor));
        }
        Err(error) => return Err(error),
    };
    let asset = assets::keep(&app, id, found).await?;
    let mut tx = app.db.begin().await?;
    let mut draft = draft::read(&mut tx, id).await?;
    let stem = asset.file_name.rsplit_once('.').map_or(asset.file_name.as_str(), |(stem, _)| stem).to_owned();
    let title = if draft.title.is_empty() { stem } else { draft.title.clone() };
    let file =
        DocumentFile { asset: asset.name, name: asset.file_name, media_type: asset.media_type, size: asset.size };
    draft.content.what = What::Document { file: Some(file) };
    native::save_draft(&mut tx, &app, id, draft.revision, &title, &draft.content, Some(trainer.id)).await?;
    tx.commit().await?;
    if sent.by_form {
        return Ok(Flash::done("content-file-kept").redirect(&editor));
    }
    Ok((StatusCode::CREATED, Json(json!({"id": id}))).into_response())
}

async fn of_kind(app: &App, id: PackageId, kind: PackageKind) -> Result<()> {
    let mut tx = app.db.read().await?;
    if native::raw_draft(&mut tx, id).await?.kind == kind { Ok(()) } else { Err(Error::not_found("content-unknown")) }
}

/// A file of a draft, for its trainers. It was read when it came: nothing of it runs in a browser.
pub async fn file(_: Trainer, State(app): State<App>, Path((id, name)): Path<(PackageId, String)>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let unknown = || Error::not_found("asset-unknown");
    let asset = assets::find(&mut tx, id, &name).await?.ok_or_else(unknown)?;
    drop(tx);
    let size = asset.size.unsigned_abs();
    let stream = app.blobs.get_range(&assets::blob_key(id, &asset.name), 0..size).await?;
    let shown = asset.media_type.starts_with("image/");
    let mut response = Body::from_stream(stream).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&asset.media_type).map_err(Error::internal)?);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=604800, immutable"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    let disposition = if shown { "inline" } else { "attachment" };
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition));
    Ok(response)
}
