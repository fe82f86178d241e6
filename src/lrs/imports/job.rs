//! The work: lines become statements, a batch a transaction.

use std::collections::HashMap;

use uuid::Uuid;

use super::lines::{Line, Lines};
use super::store::{self, Counts, Origin, Problem};
use crate::core::{Error, ImportId, Kind, Result};
use crate::jobs::Work;
use crate::lrs::append::{Done, Ids, begin, store_all};
use crate::lrs::dictionary::Familiar;
use crate::lrs::http::refused;
use crate::lrs::order::{Authority, Order, Received};
use crate::lrs::receive::{MAX_STATEMENT, missing};
use crate::lrs::store::is_transient;
use crate::xapi::json::Json;
use crate::xapi::{Refusal, Version};

/// Lines of one batch, and about how much text: each is a transaction, and others write in between.
const LINES: usize = 500;
const BYTES: usize = 2 * 1024 * 1024;
/// How often a batch begins again when the database preferred another writer.
const ATTEMPTS: usize = 8;

/// Brings in the rest of the file that the job is about.
pub async fn run(work: Work) -> Result<()> {
    let app = &work.app;
    let id = ImportId(work.job.subject.unwrap_or_default());
    let import = store::find(&mut app.db.read().await?, id).await?;
    let Some(blob) = import.blob.clone() else { return Ok(()) };
    let unsigned = |number: i64| u64::try_from(number).unwrap_or(0);
    let mut lines = Lines::open(app, &blob, unsigned(import.bytes), unsigned(import.position), import.lines).await?;
    let authority = Authority::named(app, &format!("import-{id}"), &import.name);
    while let Some(batch) = next(&mut lines, &authority).await? {
        write(&work, id, &batch).await?;
        work.progress(batch.end as f64 / import.bytes.max(1) as f64);
    }
    let mut tx = app.db.begin().await?;
    work.hold(&mut tx).await?;
    store::finish(&mut tx, id, app.clock.now()).await?;
    tx.commit().await?;
    tracing::info!(import = %id, "statements were brought in");
    // After the row: what stays behind when the process dies here, the sweep removes.
    app.blobs.delete(&blob).await
}

/// What a line turned out to be.
enum Read {
    Blank,
    Statement(Box<(Received, Origin)>),
}

/// Lines that are dealt with together.
#[derive(Default)]
struct Batch {
    /// Each statement is an order of its own: one that cannot be stored keeps no other out.
    orders: Vec<Order>,
    /// Of each order, its line.
    lines: Vec<i64>,
    origins: HashMap<Uuid, Origin>,
    problems: Vec<Problem>,
    /// The number of the last line, and where the next one begins.
    last: i64,
    end: u64,
}

/// The next lines, `None` behind the last.
async fn next(lines: &mut Lines, authority: &Authority) -> Result<Option<Batch>> {
    let mut batch = Batch::default();
    let (mut count, mut bytes) = (0, 0);
    while count < LINES && bytes < BYTES {
        let Some(line) = lines.next().await? else { break };
        count += 1;
        bytes += line.text.as_ref().map_or(0, Vec::len);
        (batch.last, batch.end) = (line.number, line.end);
        match read(&line) {
            Ok(Read::Blank) => {}
            Ok(Read::Statement(read)) => {
                let (received, origin) = *read;
                let order = Order::new(vec![received], authority)?;
                batch.origins.extend(order.ids().into_iter().map(|id| (id.0, origin.clone())));
                batch.orders.push(order);
                batch.lines.push(line.number);
            }
            Err(fault) => batch.problems.push(problem(line.number, fault)),
        }
    }
    Ok((count > 0).then_some(batch))
}

fn problem(line: i64, fault: Error) -> Problem {
    Problem { line, code: fault.code.to_owned(), detail: fault.detail.unwrap_or_default() }
}

/// Reads a line. Errors: what is wrong with it.
fn read(line: &Line) -> Result<Read> {
    let too_large = || Error::new(Kind::TooLarge, "statement-too-large").arg("size", "1 MiB");
    let text = line.text.as_deref().ok_or_else(too_large)?;
    let text = std::str::from_utf8(text)
        .map_err(|cause| Error::malformed("statement-not-json").detail(format!("the line must be UTF-8: {cause}")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim();
    if text.is_empty() {
        return Ok(Read::Blank);
    }
    if text.len() > MAX_STATEMENT {
        return Err(too_large());
    }
    let json = Json::parse(text).map_err(|error| refused(Refusal::Syntax(error)))?;
    // Each statement says itself by which edition it was made.
    let said = json.get("version").and_then(Json::as_str).and_then(Version::of_header);
    let version = said.unwrap_or(Version::V1);
    let statement =
        crate::xapi::statement(&json, version, "").map_err(|problems| refused(Refusal::Problems(problems)))?;
    let without = missing(&statement, "", None);
    if !without.is_empty() {
        return Err(refused(Refusal::Problems(without)));
    }
    // Without an id the statement would be another one each time the file is brought in.
    if statement.id.is_none() {
        return Err(Error::unprocessable("import-id-missing"));
    }
    let origin =
        Origin { stored: statement.stored, authority: json.get("authority").map(|authority| authority.raw.to_owned()) };
    let received = Received::new(statement, &json);
    Ok(Read::Statement(Box::new((received, origin))))
}

/// Stores a batch, with everything that is to be said of it.
async fn write(work: &Work, id: ImportId, batch: &Batch) -> Result<()> {
    for _ in 1..ATTEMPTS {
        match try_write(work, id, batch).await {
            Err(error) if is_transient(&error) => {
                tracing::debug!(cause = %error, "a batch is brought in again");
            }
            outcome => return outcome,
        }
    }
    try_write(work, id, batch).await
}

async fn try_write(work: &Work, id: ImportId, batch: &Batch) -> Result<()> {
    let mut tx = begin(&work.app.db, &batch.orders).await?;
    work.hold(&mut tx).await?;
    let Done { refused, stored } =
        store_all(&mut tx, &work.app, &batch.orders, Ids::LookedFor, &Familiar::default()).await?;
    // Without those that the projection added.
    let origins: Vec<(i64, &Origin)> =
        stored.iter().filter_map(|stored| Some((stored.seq, batch.origins.get(&stored.id.0)?))).collect();
    store::keep_origins(&mut tx, id, &origins).await?;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let counts = Counts {
        added: count(origins.len()),
        known: count(batch.orders.len() - refused.len() - origins.len()),
        refused: count(refused.len() + batch.problems.len()),
    };
    let mut problems = batch.problems.clone();
    problems.extend(refused.into_iter().map(|(place, refusal)| problem(batch.lines[place], refusal)));
    problems.sort_by_key(|problem| problem.line);
    store::tell(&mut tx, id, &problems).await?;
    store::advance(&mut tx, id, batch.end, batch.last, counts).await?;
    tx.commit().await
}
