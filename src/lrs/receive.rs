//! Statements as they arrive: alone as JSON, or in one message with their attachments (1.0.3 Communication 1.5).

use std::collections::HashSet;

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use futures_util::StreamExt as _;

use super::append;
use super::arriving::Arriving;
use super::attachments::Spool;
use super::http::{Call, refused};
use super::order::Received;
use super::signed;
use crate::core::{Error, Kind, Result};
use crate::xapi::json::{Items, TOO_LONG};
use crate::xapi::multipart::{self, Fault, Headers, Reader, Step};
use crate::xapi::{Problem, Refusal, Statement};

/// The largest statement kept. A page is held in memory, so what one statement can be is bounded as their number is.
pub const MAX_STATEMENT: usize = 1024 * 1024;
/// Statements of one batch. While it is stored others wait, so its length is bounded as its size is.
const MOST_STATEMENTS: usize = 10_000;
/// Problems told of one request: enough to mend a client by, where a million broken statements would make a gigabyte.
pub const MOST_PROBLEMS: usize = 100;
/// Attachments of one request.
const MOST_PARTS: usize = 1_000;

const HASH: &str = "X-Experience-API-Hash";
const ENCODING: &str = "Content-Transfer-Encoding";

/// Statements that obey the rules, and the files that came with them.
pub struct Arrived {
    pub received: Vec<Received>,
    is_list: bool,
    spool: Option<Spool>,
}

impl Arrived {
    /// An attachment without fileUrl must come with the request (1.0.3 Communication 1.5.1, 1.5.2). That its content is here
    /// already, sent with another statement, does not count.
    fn without_missing_files(self) -> Result<Self> {
        let problems: Vec<Problem> = self
            .received
            .iter()
            .enumerate()
            .flat_map(|(index, received)| missing(&received.statement, &base(self.is_list, index), self.spool.as_ref()))
            .take(MOST_PROBLEMS)
            .collect();
        if problems.is_empty() { Ok(self) } else { Err(refused(Refusal::Problems(problems))) }
    }

    /// The digests of all attachments, in small letters.
    fn named(&self) -> HashSet<String> {
        let attachments = self.received.iter().flat_map(|received| received.statement.all_attachments());
        attachments.map(|(_, attachment)| attachment.sha2.to_ascii_lowercase()).collect()
    }

    /// Checks the signatures and keeps the files, so that the statements may name them. The right to write has been asked for.
    pub async fn kept(mut self, call: &Call) -> Result<Vec<Received>> {
        let is_list = self.is_list;
        let base = |index| base(is_list, index);
        let problems = signed::problems(&self.received, base, self.spool.as_mut(), call.version).await?;
        if !problems.is_empty() {
            return Err(refused(Refusal::Problems(problems)));
        }
        if let Some(spool) = self.spool.filter(|_| !call.access.forgets()) {
            // What is stored already keeps the files it came with, and what cannot be stored brings none.
            let known = append::known(&mut call.app.db.read().await?, &self.received).await?;
            let is_new = |received: &&mut Received| received.statement.id.is_none_or(|id| !known.contains(&id.0));
            for received in self.received.iter_mut().filter(is_new) {
                received.attached = spool.attached_to(&received.statement);
            }
            let named = self.received.iter().flat_map(|received| &received.attached);
            spool.keep(&call.app, named).await?;
        }
        Ok(self.received)
    }
}

/// Whether the body is a message of several parts.
pub fn is_message(headers: &HeaderMap) -> bool {
    essence(content_type(headers)) == "multipart/mixed"
}

fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A media type without its parameters, in small letters.
fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The statements of a request; every problem of all of them is told at once. `message` is the body of one of several parts
/// that has not been read yet. The call gives its body away: it is as large as what is made of it.
pub async fn read(call: &mut Call, message: Option<Body>) -> Result<Arrived> {
    let body = std::mem::take(&mut call.body);
    match essence(content_type(&call.headers)).as_str() {
        "multipart/mixed" => self::message(call, message.unwrap_or_else(|| Body::from(body))).await,
        "application/json" => statements(call, &body)?.without_missing_files(),
        _ => Err(Error::malformed("content-type")
            .detail("Content-Type must be application/json or multipart/mixed (1.0.3 Communication 1.5)")),
    }
}

/// Where a statement stands in what was sent.
fn base(is_list: bool, index: usize) -> String {
    if is_list { format!("/{index}") } else { String::new() }
}

fn statements(call: &Call, body: &[u8]) -> Result<Arrived> {
    let text = std::str::from_utf8(body)
        .map_err(|cause| Error::malformed("statement-not-json").detail("the body must be UTF-8").caused_by(cause))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut received = Vec::new();
    let mut problems = Vec::new();
    // One after the other: the tree of a whole batch would be many times its text.
    let items = Items::of(text, MAX_STATEMENT);
    let is_list = items.is_array;
    for (index, item) in items.enumerate() {
        let base = base(is_list, index);
        if index == MOST_STATEMENTS {
            return Err(Error::new(Kind::TooLarge, "batch-too-large").arg("most", MOST_STATEMENTS));
        }
        let item = item.map_err(|error| match error.reason {
            // 1.0.3 Communication 3.2: 413 is for statements larger than the store allows.
            TOO_LONG => Error::new(Kind::TooLarge, "statement-too-large")
                .arg("size", "1 MiB")
                .detail(format!("`{base}`: a statement may have {MAX_STATEMENT} bytes")),
            _ => refused(Refusal::Syntax(error)),
        })?;
        match crate::xapi::statement(&item, call.version, &base) {
            Ok(statement) => received.push(Received::new(statement, &item)),
            Err(found) => problems.extend(found),
        }
        if problems.len() > MOST_PROBLEMS {
            break;
        }
    }
    if problems.is_empty() {
        Ok(Arrived { received, is_list, spool: None })
    } else {
        Err(refused(Refusal::Problems(problems)))
    }
}

/// The attachments whose files are neither here nor at an address.
pub fn missing(statement: &Statement, base: &str, spool: Option<&Spool>) -> Vec<Problem> {
    let is_missing = |sha2: &str| spool.is_none_or(|spool| !spool.has(sha2));
    let all = statement.all_attachments();
    all.filter(|(_, attachment)| attachment.file_url.is_none() && is_missing(&attachment.sha2))
        .map(|(pointer, _)| Problem {
            pointer: format!("{base}{pointer}"),
            rule: "attachment-missing",
            requirement: "an attachment without `fileUrl` must be a part of the request (1.0.3 Communication 1.5.2)"
                .into(),
        })
        .collect()
}

/// The statements are the first part, each other part is a file that one of them names.
///
/// What is wrong with statements is told before their files are read. Large ones wait in a file instead until the message is
/// whole: nobody may hold the room for large requests while a film arrives.
async fn message(call: &mut Call, body: Body) -> Result<Arrived> {
    // Who may not write is told before their files are read.
    call.access.may_write(&[])?;
    let boundary = multipart::boundary(content_type(&call.headers)).ok_or_else(|| {
        Error::malformed("multipart-boundary")
            .detail("Content-Type must name a boundary of 1 to 70 characters (RFC 2046)")
    })?;
    let mut parts = Parts::new(&boundary, body);
    let first = parts.next().await?.unwrap_or_default();
    if essence(first.get("Content-Type").unwrap_or_default()) != "application/json" {
        return Err(Error::malformed("statements-first").detail(
            "the first part must be the statements, with Content-Type application/json (1.0.3 Communication 1.5.2)",
        ));
    }
    let mut text = Arriving::default();
    while let Some(bytes) = parts.content().await? {
        text.add(&call.app, &bytes).await?;
    }
    let arrived = if text.is_large() {
        let spool = files(call, &mut parts, None).await?;
        let arrived = written(call, text).await?;
        let named = arrived.named();
        spool.iter().flat_map(Spool::digests).try_for_each(|hash| must_be_named(hash, &named))?;
        Arrived { spool, ..arrived }
    } else {
        let arrived = written(call, text).await?;
        Arrived { spool: files(call, &mut parts, Some(arrived.named())).await?, ..arrived }
    };
    arrived.without_missing_files()
}

/// The statements that have arrived whole.
async fn written(call: &mut Call, text: Arriving) -> Result<Arrived> {
    let (text, room) = text.whole(&call.writer).await?;
    call.room = room;
    let arrived = statements(call, &text)?;
    call.access.may_write(&arrived.received)?;
    Ok(arrived)
}

/// The files behind the statements, which must be among the `named` where these are known already.
async fn files(call: &Call, parts: &mut Parts, named: Option<HashSet<String>>) -> Result<Option<Spool>> {
    let mut spool = None;
    for count in 0.. {
        let Some(headers) = parts.next().await? else { break };
        if count == MOST_PARTS {
            return Err(Error::malformed("multipart-too-many-parts").arg("most", MOST_PARTS));
        }
        let hash = hash_of(&headers)?;
        named.iter().try_for_each(|named| must_be_named(hash, named))?;
        let spool = match &mut spool {
            Some(spool) => spool,
            none => none.insert(Spool::new(&call.app)?),
        };
        spool.receive(&call.app, hash, parts).await?;
    }
    Ok(spool)
}

/// The digest a part says it has, if its headers are those of an attachment.
fn hash_of(headers: &Headers) -> Result<&str> {
    let required = |name: &'static str| {
        headers.get(name).ok_or_else(|| {
            Error::malformed("attachment-header-missing")
                .arg("header", name)
                .detail(format!("each part behind the first must have the header `{name}` (1.0.3 Communication 1.5.2)"))
        })
    };
    let hash = required(HASH)?;
    let encoding = required(ENCODING)?;
    if !encoding.eq_ignore_ascii_case("binary") {
        return Err(Error::malformed("attachment-encoding")
            .detail(format!("`{ENCODING}` must be binary (1.0.3 Communication 1.5.2)")));
    }
    Ok(hash)
}

/// By nothing but the digest may a part be matched with an attachment: its type and its length may differ.
fn must_be_named(hash: &str, named: &HashSet<String>) -> Result<()> {
    if named.contains(&hash.to_ascii_lowercase()) {
        return Ok(());
    }
    Err(Error::malformed("attachment-unnamed")
        .detail(format!("no statement has an attachment whose `sha2` is {hash} (1.0.3 Communication 1.5.2)")))
}

/// The parts of a message, read as they arrive.
pub struct Parts {
    body: BodyDataStream,
    reader: Reader,
}

impl Parts {
    fn new(boundary: &str, body: Body) -> Self {
        Self { body: body.into_data_stream(), reader: Reader::new(boundary) }
    }

    /// The headers of the next part; the content of the one before must have been read.
    async fn next(&mut self) -> Result<Option<Headers>> {
        match self.step().await? {
            Step::Part(headers) => Ok(Some(headers)),
            _ => Ok(None),
        }
    }

    /// More of the content of this part, `None` at its end.
    pub async fn content(&mut self) -> Result<Option<Bytes>> {
        match self.step().await? {
            Step::Content(bytes) => Ok(Some(bytes)),
            _ => Ok(None),
        }
    }

    /// Errors: `multipart-malformed`, `body-unreadable`.
    async fn step(&mut self) -> Result<Step> {
        let malformed = |Fault(why)| Error::malformed("multipart-malformed").detail(format!("{why} (RFC 2046)"));
        loop {
            match self.reader.step().map_err(malformed)? {
                Step::Hungry => match self.body.next().await {
                    Some(Ok(bytes)) => self.reader.feed(&bytes),
                    Some(Err(cause)) => return Err(Error::malformed("body-unreadable").caused_by(cause)),
                    None => self.reader.end(),
                },
                step => return Ok(step),
            }
        }
    }
}
