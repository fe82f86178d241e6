//! Files that came with statements: each content is one blob, named by the statements that brought it.
//!
//! While a request arrives its files lie in the [`Spool`], which ends with the process. What is kept is claimed (a row of
//! `attachment`) before it becomes a blob, and named (rows of `statement_attachment`) in the transaction of the statements. So
//! what a killed request left is a claim without a name, which [`sweep`] finds, and no sweep takes what has just been claimed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::SeekFrom;
use std::ops::Range;
use std::time::Duration;

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};
use sqlx::FromRow;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use uuid::Uuid;

use super::receive::Parts;
use crate::core::{Error, Kind, Result, Timestamp};
use crate::on_db;
use crate::state::App;
use crate::storage::{BlobStream, Tx};
use crate::xapi::{Statement, multipart};

/// Rows in one INSERT.
const ROWS: usize = 2_000;

/// A file that came with a statement.
#[derive(Clone, Debug)]
pub struct Attached {
    /// The digest as the statement gives it.
    pub sha2: String,
    pub media_type: String,
    pub blob: String,
}

/// A row of `statement_attachment`.
#[derive(Clone, Debug)]
pub struct AttachedRow {
    pub seq: i64,
    pub attached: Attached,
}

/// A file to be sent with a page of statements.
#[derive(Clone, Debug, FromRow)]
pub struct Enclosed {
    sha2: String,
    media_type: String,
    blob: String,
    length: i64,
}

/// Writes which statements brought which files.
pub async fn insert(tx: &mut Tx, rows: &[AttachedRow]) -> Result<()> {
    for rows in rows.chunks(ROWS) {
        on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new("INSERT INTO statement_attachment (seq, sha2, media_type, blob) ");
            query.push_values(rows, |mut values, AttachedRow { seq, attached }| {
                values
                    .push_bind(*seq)
                    .push_bind(attached.sha2.as_str())
                    .push_bind(attached.media_type.as_str())
                    .push_bind(attached.blob.as_str());
            });
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// What the statements with these numbers brought, each file once.
pub async fn of_statements(tx: &mut Tx, seqs: &[i64]) -> Result<Vec<Enclosed>> {
    let mut found = Vec::new();
    for seqs in seqs.chunks(ROWS) {
        let rows: Vec<Enclosed> = on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new(
                "SELECT s.sha2, s.media_type, s.blob, a.length FROM statement_attachment s JOIN attachment a ON a.blob = s.blob WHERE s.seq IN (",
            );
            let mut list = query.separated(", ");
            for seq in seqs {
                list.push_bind(*seq);
            }
            query.push(") ORDER BY s.seq, s.sha2");
            query.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows);
    }
    let mut seen = HashSet::with_capacity(found.len());
    found.retain(|enclosed| seen.insert(enclosed.sha2.clone()));
    Ok(found)
}

/// Statements and their files in one message (1.0.3 Communication 1.5.2). The files are read while they are sent.
pub fn message(app: &App, statements: &str, enclosed: Vec<Enclosed>) -> Response {
    let boundary = Uuid::new_v4().simple().to_string();
    let begin = format!("--{boundary}\r\nContent-Type: application/json\r\n\r\n{statements}");
    let files: Vec<(String, Enclosed)> = enclosed
        .into_iter()
        .map(|enclosed| {
            let headers = [
                ("Content-Type", enclosed.media_type.as_str()),
                ("Content-Transfer-Encoding", "binary"),
                ("X-Experience-API-Hash", enclosed.sha2.as_str()),
            ];
            (multipart::opening(&boundary, &headers), enclosed)
        })
        .collect();
    let end = multipart::closing(&boundary);
    let of_files: u64 = files.iter().map(|(opening, file)| opening.len() as u64 + file.length.unsigned_abs()).sum();
    let length = begin.len() as u64 + of_files + end.len() as u64;

    let blobs = app.blobs.clone();
    let one = |text: String| -> BlobStream { stream::once(async { Ok(Bytes::from(text)) }).boxed() };
    let files = stream::iter(files).then(move |(opening, file)| {
        let blobs = blobs.clone();
        async move {
            let content = blobs.get_range(&file.blob, 0..file.length.unsigned_abs()).await;
            content.map(|content| one(opening).chain(content)).map_err(|cause| {
                tracing::error!(%cause, blob = file.blob, "an attachment cannot be read");
                std::io::Error::other(cause.code)
            })
        }
    });
    let all = one(begin).chain(files.try_flatten()).chain(one(end));
    let kind = format!("multipart/mixed; boundary={boundary}");
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_LENGTH, length.to_string())];
    (headers, Body::from_stream(all)).into_response()
}

/// The files of one request while it arrives, one behind the other in a file without a name: it is gone with this value, or
/// with the process.
pub struct Spool {
    file: tokio::fs::File,
    length: u64,
    /// By the digest they came under, in small letters.
    files: HashMap<String, Spooled>,
}

struct Spooled {
    place: Range<u64>,
    blob: String,
}

impl Spool {
    pub fn new(app: &App) -> Result<Self> {
        let file = tempfile::tempfile_in(app.blobs.spool())?;
        Ok(Self { file: tokio::fs::File::from_std(file), length: 0, files: HashMap::new() })
    }

    /// Takes the content of a part whose header says `hash`. Errors: `attachment-hash-wrong`, `attachments-too-large`.
    pub async fn receive(&mut self, app: &App, hash: &str, parts: &mut Parts) -> Result<()> {
        let limit = app.config.lrs.max_attachments_bytes;
        let start = self.length;
        let mut digests = Digests::new(hash);
        while let Some(bytes) = parts.content().await? {
            self.length += bytes.len() as u64;
            if self.length > limit {
                return Err(Error::new(Kind::TooLarge, "attachments-too-large").arg("limit", limit >> 20));
            }
            digests.update(&bytes);
            self.file.write_all(&bytes).await?;
        }
        let (declared, content) = digests.finish();
        if !declared.eq_ignore_ascii_case(hash) {
            return Err(Error::malformed("attachment-hash-wrong").detail(format!(
                "the content of the part does not have the digest {hash} of its header (1.0.3 Communication 1.5.2)"
            )));
        }
        let spooled = Spooled { place: start..self.length, blob: format!("{BLOBS}/{content}") };
        self.files.insert(hash.to_ascii_lowercase(), spooled);
        Ok(())
    }

    /// The digests under which files came.
    pub fn digests(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Whether a file came under this digest.
    pub fn has(&self, sha2: &str) -> bool {
        self.files.contains_key(&sha2.to_ascii_lowercase())
    }

    /// The size of the file that came under this digest.
    pub fn size_of(&self, sha2: &str) -> Option<u64> {
        self.files.get(sha2).map(|spooled| spooled.place.end - spooled.place.start)
    }

    /// The file that came under this digest, empty if none did. For small ones.
    pub async fn content(&mut self, sha2: &str) -> Result<Vec<u8>> {
        let mut content = Vec::new();
        if let Some(Spooled { place, .. }) = self.files.get(sha2) {
            self.file.flush().await?;
            self.file.seek(SeekFrom::Start(place.start)).await?;
            (&mut self.file).take(place.end - place.start).read_to_end(&mut content).await?;
        }
        Ok(content)
    }

    /// The files that `statement` names, each once.
    pub fn attached_to(&self, statement: &Statement) -> Vec<Attached> {
        let mut attached: BTreeMap<&str, Attached> = BTreeMap::new();
        for (_, attachment) in statement.all_attachments() {
            if let Some(spooled) = self.files.get(&attachment.sha2.to_ascii_lowercase()) {
                attached.entry(&attachment.sha2).or_insert_with(|| Attached {
                    sha2: attachment.sha2.clone(),
                    media_type: fit_for_a_header(&attachment.content_type),
                    blob: spooled.blob.clone(),
                });
            }
        }
        attached.into_values().collect()
    }

    /// Makes blobs of the files that are about to be named; those that are there already stay.
    pub async fn keep(mut self, app: &App, named: impl Iterator<Item = &Attached>) -> Result<()> {
        let named: HashSet<&str> = named.map(|attached| attached.blob.as_str()).collect();
        let files = self.files.into_values().filter(|spooled| named.contains(spooled.blob.as_str()));
        // In one order, so that two requests never wait for each other.
        let files: BTreeMap<String, Range<u64>> = files.map(|spooled| (spooled.blob, spooled.place)).collect();
        if files.is_empty() {
            return Ok(());
        }
        self.file.flush().await?;
        let claims: Vec<(&str, i64)> = files
            .iter()
            .map(|(blob, place)| (blob.as_str(), i64::try_from(place.end - place.start).unwrap_or(i64::MAX)))
            .collect();
        let mut tx = app.db.begin().await?;
        claim(&mut tx, &claims, app.clock.now()).await?;
        tx.commit().await?;
        for (blob, place) in &files {
            if !app.blobs.exists(blob).await? {
                self.file.seek(SeekFrom::Start(place.start)).await?;
                app.blobs.put_from(blob, (&mut self.file).take(place.end - place.start)).await?;
            }
        }
        Ok(())
    }
}

/// A media type as a header may carry it: only its first part is checked when a statement comes.
fn fit_for_a_header(media_type: &str) -> String {
    let is_fit = media_type.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let plain = if is_fit { media_type } else { media_type.split(';').next().unwrap_or_default() };
    plain.trim().to_owned()
}

/// The digest a sender chose, and the one that names the blob.
struct Digests {
    content: Sha256,
    other: Option<Other>,
}

enum Other {
    Sha224(Sha224),
    Sha384(Sha384),
    Sha512(Sha512),
}

impl Digests {
    /// Which member of the family is meant, the number of digits tells (1.0.3 Data 2.4.11 names none).
    fn new(hash: &str) -> Self {
        let other = match hash.len() {
            56 => Some(Other::Sha224(Sha224::new())),
            96 => Some(Other::Sha384(Sha384::new())),
            128 => Some(Other::Sha512(Sha512::new())),
            _ => None,
        };
        Self { content: Sha256::new(), other }
    }

    fn update(&mut self, bytes: &[u8]) {
        self.content.update(bytes);
        match &mut self.other {
            Some(Other::Sha224(digest)) => digest.update(bytes),
            Some(Other::Sha384(digest)) => digest.update(bytes),
            Some(Other::Sha512(digest)) => digest.update(bytes),
            None => {}
        }
    }

    /// The chosen one and that of the content, as hexadecimal digits.
    fn finish(self) -> (String, String) {
        let hex = |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
        let content = hex(&self.content.finalize());
        let chosen = match self.other {
            Some(Other::Sha224(digest)) => hex(&digest.finalize()),
            Some(Other::Sha384(digest)) => hex(&digest.finalize()),
            Some(Other::Sha512(digest)) => hex(&digest.finalize()),
            None => content.clone(),
        };
        (chosen, content)
    }
}

/// Where the blobs are.
const BLOBS: &str = "attachments";

/// Says that these files are about to be named, or were just now sent again.
async fn claim(tx: &mut Tx, files: &[(&str, i64)], now: Timestamp) -> Result<()> {
    for files in files.chunks(ROWS) {
        on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new("INSERT INTO attachment (blob, length, received_at) ");
            query.push_values(files, |mut values, (blob, length)| {
                values.push_bind(*blob).push_bind(*length).push_bind(now);
            });
            query.push(" ON CONFLICT (blob) DO UPDATE SET received_at = excluded.received_at");
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// A claim without a name is left alone so long: its statements may be on their way into the database.
const UNDER_WAY: Duration = Duration::from_secs(24 * 3600);
/// So many at once: nobody who writes waits long behind a sweep.
const SWEPT_AT_ONCE: i64 = 10;

// The condition stands twice, because on PostgreSQL a claim may be renewed while the deletion waits for it.
const SWEEP: &str = "DELETE FROM attachment WHERE received_at < $1 AND blob IN
    (SELECT a.blob FROM attachment a WHERE a.received_at < $1
        AND NOT EXISTS (SELECT 1 FROM statement_attachment s WHERE s.blob = a.blob)
        ORDER BY a.blob LIMIT $2)
    RETURNING blob";

/// Removes the files that no statement names: of requests that were refused late or killed, and of statements that are gone.
/// Answers how many.
pub async fn sweep(app: &App) -> Result<u64> {
    let old = app.clock.now().minus(UNDER_WAY);
    let mut removed = 0;
    loop {
        let mut tx = app.db.begin().await?;
        let blobs: Vec<String> =
            on_db!(tx, c => sqlx::query_scalar(SWEEP).bind(old).bind(SWEPT_AT_ONCE).fetch_all(c).await)?;
        // Who claims one of them again waits until the transaction ends, and then finds that the blob is gone.
        for blob in &blobs {
            app.blobs.delete(blob).await?;
        }
        tx.commit().await?;
        removed += blobs.len() as u64;
        if (blobs.len() as i64) < SWEPT_AT_ONCE {
            return Ok(removed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_brings_no_header_of_its_own() {
        assert_eq!(fit_for_a_header("text/plain; charset=utf-8"), "text/plain; charset=utf-8");
        assert_eq!(fit_for_a_header("text/plain; a=\r\nX-Evil: 1"), "text/plain");
        assert_eq!(fit_for_a_header("text/plain ; a=é"), "text/plain");
    }
}
