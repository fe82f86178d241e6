//! `/admin/statements/{statement}`: one statement, voided or not, with its files.

use std::collections::HashMap;

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use sqlx::FromRow;

use super::imports::{self, Provenance};
use super::pages::{self, Line};
use super::query::Found;
use super::reader::Reader;
use super::store::{self, Row};
use crate::core::{Error, Result, StatementId, Timestamp};
use crate::on_db;
use crate::state::App;
use crate::storage::Tx;
use crate::web::{self, Path, Shell, Tab, Words};
use crate::xapi::{Attachment, Statement, sentence};

/// Pictures that browsers only paint. (SVG is a document with scripts.)
const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];
/// Rows in one query.
const ROWS: usize = 2_000;

/// A file of a statement, as it is told.
pub struct FileView {
    pub name: String,
    pub description: String,
    pub media_type: String,
    pub size: String,
    /// Where it lies here; empty if it was not sent with the statement.
    pub href: String,
    pub is_picture: bool,
    /// Where its sender says that it lies.
    pub elsewhere: String,
}

/// A file that came with a statement.
#[derive(Clone, Debug, FromRow)]
pub struct FileRow {
    seq: i64,
    sha2: String,
    media_type: String,
    blob: String,
    length: i64,
}

/// The files that the statements with these numbers brought.
pub async fn files_of(tx: &mut Tx, seqs: &[i64]) -> Result<HashMap<i64, Vec<FileRow>>> {
    let mut files: HashMap<i64, Vec<FileRow>> = HashMap::new();
    for seqs in seqs.chunks(ROWS) {
        let rows: Vec<FileRow> = on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new(
                "SELECT s.seq, s.sha2, s.media_type, s.blob, a.length
                FROM statement_attachment s JOIN attachment a ON a.blob = s.blob WHERE s.seq IN (",
            );
            let mut list = query.separated(", ");
            for seq in seqs {
                list.push_bind(*seq);
            }
            query.push(") ORDER BY s.seq, s.sha2");
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            files.entry(row.seq).or_default().push(row);
        }
    }
    Ok(files)
}

/// What a statement says of its files, and which of them are here.
pub fn files(id: StatementId, statement: Option<&Statement>, rows: &[FileRow], words: Words) -> Vec<FileView> {
    let Some(statement) = statement else { return Vec::new() };
    let view = |attachment: &Attachment| {
        let row = rows.iter().find(|row| row.sha2 == attachment.sha2);
        let length = row.map_or(attachment.length, |row| row.length.unsigned_abs());
        let media_type = row.map_or(attachment.content_type.as_str(), |row| row.media_type.as_str());
        let elsewhere =
            attachment.file_url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://"));
        FileView {
            name: attachment.display.best(words.language()).to_owned(),
            description: attachment.description.best(words.language()).to_owned(),
            size: words.size(length),
            href: row.map(|row| format!("/admin/statements/{id}/files/{}", row.sha2)).unwrap_or_default(),
            is_picture: row.is_some() && PICTURES.contains(&media_type),
            media_type: media_type.to_owned(),
            elsewhere: elsewhere.unwrap_or_default(),
        }
    };
    statement.all_attachments().map(|(_, attachment)| view(attachment)).collect()
}

/// What took a statement back.
struct Voided {
    name: String,
    at: Timestamp,
    reason: String,
    href: String,
}

/// The other store that a statement came from.
struct Origin {
    /// The file, and where its import is told of.
    file: String,
    href: String,
    stored: Option<Timestamp>,
    authority: String,
}

impl From<Provenance> for Origin {
    fn from(told: Provenance) -> Self {
        let authority = told.authority.and_then(|text| crate::xapi::actor(&text).ok());
        Self {
            file: told.name,
            href: format!("/admin/statements/imports/{}", told.import_id),
            stored: told.stored,
            authority: authority.as_ref().map(sentence::actor_name).unwrap_or_default(),
        }
    }
}

#[derive(Template)]
#[template(path = "lrs/templates/statement.html")]
struct StatementPage {
    shell: Shell,
    line: Line,
    is_voided: bool,
    voided: Option<Voided>,
    origin: Option<Origin>,
    /// Where it is voided; empty for those who may not, and where there is nothing to void.
    void: String,
}

/// The statement, if it is there for this reader. Errors: `statement-unknown`.
pub(super) async fn seen(tx: &mut Tx, reader: &Reader, id: StatementId) -> Result<Row> {
    let row = store::find(tx, id).await?.ok_or_else(|| Error::not_found("statement-unknown"))?;
    reader.may_see(tx, row.registration).await?;
    Ok(row)
}

/// A row as a line of the list.
pub(super) async fn line(tx: &mut Tx, row: &Row, words: Words) -> Result<Line> {
    let found = Found { seq: row.seq, id: row.id, body: row.body.clone(), stored: row.stored };
    let lines = pages::lines(tx, vec![found], &pages::Asked::default(), words).await?;
    lines.into_iter().next().ok_or_else(|| Error::not_found("statement-unknown"))
}

/// `GET /admin/statements/{statement}`.
pub async fn show(
    reader: Reader,
    State(app): State<App>,
    shell: Shell,
    Path(id): Path<StatementId>,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let row = seen(&mut tx, &reader, id).await?;
    let line = line(&mut tx, &row, shell.words).await?;
    let statement = crate::xapi::recall(&row.body).ok();
    let voided = if row.voided { voided_by(&mut tx, id).await? } else { None };
    let origin = imports::provenance(&mut tx, row.seq).await?.map(Origin::from);
    drop(tx);
    let is_voiding = statement.as_ref().is_some_and(Statement::voids);
    let may_void = reader.may_void() && !row.voided && !is_voiding;
    let crumb = shell.t("statements-title");
    web::render(&StatementPage {
        line,
        is_voided: row.voided,
        voided,
        origin,
        void: if may_void { format!("/admin/statements/{id}/void") } else { String::new() },
        shell: shell.tab(Tab::Manage).crumb(crumb, "/admin/statements"),
    })
}

/// The first statement that voids this one: who, when, and why, if it says so.
async fn voided_by(tx: &mut Tx, id: StatementId) -> Result<Option<Voided>> {
    let mut rows = store::referring_to(tx, &[id.0]).await?;
    rows.sort_by_key(|row| row.seq);
    for row in rows {
        let Ok(statement) = crate::xapi::recall(&row.body) else { continue };
        if statement.voids() {
            let reason = statement.result.as_ref().and_then(|result| result.response.clone());
            return Ok(Some(Voided {
                name: sentence::actor_name(&statement.actor),
                at: row.stored,
                reason: reason.unwrap_or_default(),
                href: format!("/admin/statements/{}", row.id),
            }));
        }
    }
    Ok(None)
}

/// `GET /admin/statements/{statement}/files/{sha2}`: a file that came with the statement.
///
/// It is a stranger's. Pictures are painted; everything else is saved and never shown in the name of this origin.
pub async fn file(
    reader: Reader,
    State(app): State<App>,
    Path((id, sha2)): Path<(StatementId, String)>,
) -> Result<Response> {
    let unknown = || Error::not_found("statement-unknown");
    let mut tx = app.db.read().await?;
    let row = seen(&mut tx, &reader, id).await?;
    let files = files_of(&mut tx, &[row.seq]).await?.remove(&row.seq).unwrap_or_default();
    drop(tx);
    let file = files.into_iter().find(|file| file.sha2 == sha2).ok_or_else(unknown)?;
    let length = file.length.unsigned_abs();
    let content = app.blobs.get_range(&file.blob, 0..length).await?;
    let mut response = Body::from_stream(content).into_response();
    let headers = response.headers_mut();
    let is_picture = PICTURES.contains(&file.media_type.as_str());
    let media_type = if is_picture { file.media_type.as_str() } else { "application/octet-stream" };
    if let Ok(media_type) = HeaderValue::from_str(media_type) {
        headers.insert(header::CONTENT_TYPE, media_type);
    }
    if !is_picture {
        headers.insert(header::CONTENT_DISPOSITION, disposition(&file));
    }
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

/// The name a file is saved under: the begin of its digest, with the ending of its type.
fn disposition(file: &FileRow) -> HeaderValue {
    let essence = file.media_type.split(';').next().unwrap_or_default().trim();
    let ending = mime_guess::get_mime_extensions_str(essence).and_then(|endings| endings.first().copied());
    let name: String = file.sha2.chars().filter(char::is_ascii_hexdigit).take(12).collect();
    let text = format!("attachment; filename=\"{name}.{}\"", ending.unwrap_or("bin"));
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"))
}
