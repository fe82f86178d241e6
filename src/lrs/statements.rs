//! `/xapi/statements` (1.0.3 Communication 2.1).

use std::collections::HashMap;

use axum::Json;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::append::Received;
use super::http::{Call, no_method, refused};
use super::query::{self, Filter};
use super::{links, store};
use crate::core::{Error, Kind, Result, StatementId, Timestamp};
use crate::xapi::json::{Json as Text, Value};
use crate::xapi::{ActivityKey, Attachment, Languages, Object, Problem, Refusal, Statement, VerbKey, canonical, ids};

/// Statements in one page, and the most a page can have.
const PAGE: i64 = 100;
const MOST: i64 = 500;
/// The largest statement kept. A page is held in memory, so what one statement can be is bounded as their number is.
const MAX_STATEMENT: usize = 1024 * 1024;
/// How often a writer begins again when the database preferred another.
const ATTEMPTS: usize = 8;

pub async fn answer(call: Call) -> Result<Response> {
    match call.method {
        Method::PUT => put(call).await,
        Method::POST => post(call).await,
        Method::GET => get(call).await,
        _ => no_method("GET, HEAD, POST, PUT, OPTIONS"),
    }
}

/// Stores one statement under the id of the request.
async fn put(mut call: Call) -> Result<Response> {
    let id = call.params.required("statementId")?;
    let id = crate::xapi::format::uuid(&id).ok_or_else(|| {
        Error::malformed("parameter-wrong").arg("name", "statementId").detail("`statementId` must be a UUID")
    })?;
    call.params.finish()?;
    let mut received = read(&call)?;
    let [one] = received.as_mut_slice() else {
        return Err(Error::malformed("statement-one").detail("PUT stores exactly one statement"));
    };
    match one.statement.id {
        Some(given) if given.0 != id => {
            return Err(Error::malformed("statement-id-differs")
                .detail("the id of the statement is not `statementId` (1.0.3 Communication 2.1.1)"));
        }
        _ => one.statement.id = Some(StatementId(id)),
    }
    write(&call, received).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Stores one statement or a batch; all of it or nothing. Answers the ids in their order.
async fn post(call: Call) -> Result<Response> {
    call.params.finish()?;
    let ids = write(&call, read(&call)?).await?;
    Ok(Json(ids.iter().map(ToString::to_string).collect::<Vec<_>>()).into_response())
}

async fn write(call: &Call, received: Vec<Received>) -> Result<Vec<StatementId>> {
    for _ in 1..ATTEMPTS {
        match try_write(call, received.clone()).await {
            Err(error) if store::is_transient(&error) => {
                tracing::debug!(cause = %error, "statements are written again");
            }
            outcome => return outcome,
        }
    }
    try_write(call, received).await
}

async fn try_write(call: &Call, received: Vec<Received>) -> Result<Vec<StatementId>> {
    let mut tx = call.app.db.begin().await?;
    let (ids, stored) = call.access.write(&mut tx, &call.app, received, call.version).await?;
    tx.commit().await?;
    tracing::debug!(count = stored.len(), "statements stored");
    Ok(ids)
}

/// The statements in the body, every problem of all of them told at once.
fn read(call: &Call) -> Result<Vec<Received>> {
    let media_type = call.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/json" => {}
        "multipart/mixed" => {
            return Err(Error::new(Kind::UnsupportedType, "attachments-unsupported")
                .detail("attachments are accepted by fileUrl only; send the statements as application/json"));
        }
        _ => {
            return Err(Error::malformed("content-type")
                .detail("Content-Type must be application/json or multipart/mixed (1.0.3 Communication 1.5)"));
        }
    }
    let text = std::str::from_utf8(&call.body)
        .map_err(|cause| Error::malformed("statement-not-json").detail("the body must be UTF-8").caused_by(cause))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let json = Text::parse(text).map_err(|error| refused(Refusal::Syntax(error)))?;
    let single = std::slice::from_ref(&json);
    let (items, batch) = json.as_array().map_or((single, false), |items| (items, true));
    let mut received = Vec::with_capacity(items.len());
    let mut problems = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let base = if batch { format!("/{index}") } else { String::new() };
        if item.raw.len() > MAX_STATEMENT {
            // 1.0.3 Communication 3.2: 413 is for statements larger than the store allows.
            return Err(Error::new(Kind::TooLarge, "statement-too-large")
                .arg("size", "1 MiB")
                .detail(format!("`{base}`: a statement may have {MAX_STATEMENT} bytes")));
        }
        match crate::xapi::statement(item, call.version, &base) {
            Ok(statement) => {
                problems.extend(missing_parts(&statement, &base));
                received.push(Received { statement, text: item.raw.to_owned() });
            }
            Err(found) => problems.extend(found),
        }
        // Enough to mend a client by; a million broken statements must not make a gigabyte of answer.
        if problems.len() > 100 {
            break;
        }
    }
    if problems.is_empty() { Ok(received) } else { Err(refused(Refusal::Problems(problems))) }
}

/// An attachment without fileUrl must come with the request, and as plain JSON it cannot (1.0.3 Communication 1.5.1).
fn missing_parts(statement: &Statement, base: &str) -> Vec<Problem> {
    let sub = match &statement.object {
        Object::SubStatement(sub) => sub.attachments.as_slice(),
        _ => &[],
    };
    let lacks = |attachment: &Attachment| attachment.file_url.is_none();
    let own = statement.attachments.iter().enumerate().map(|(index, one)| (format!("{base}/attachments/{index}"), one));
    let subs = sub.iter().enumerate().map(|(index, one)| (format!("{base}/object/attachments/{index}"), one));
    own.chain(subs)
        .filter(|(_, attachment)| lacks(attachment))
        .map(|(pointer, _)| Problem {
            pointer,
            rule: "attachment-missing",
            requirement: "an attachment without `fileUrl` must be a part of the request (1.0.3 Communication 1.5.1)"
                .into(),
        })
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Exact,
    Ids,
    Canonical,
}

async fn get(mut call: Call) -> Result<Response> {
    let asked = call.params.clone();
    let format = match call.params.take("format").as_deref() {
        None | Some("exact") => Format::Exact,
        Some("ids") => Format::Ids,
        Some("canonical") => Format::Canonical,
        Some(_) => {
            return Err(Error::malformed("parameter-wrong")
                .arg("name", "format")
                .detail("`format` must be exact, ids or canonical"));
        }
    };
    let attachments = call.params.flag("attachments")?;
    let id = call.params.uuid("statementId")?;
    let voided = call.params.uuid("voidedStatementId")?;
    let (body, modified) = match (id, voided) {
        (None, None) => page(&mut call, &asked, format).await?,
        (Some(_), Some(_)) => {
            return Err(Error::malformed("parameter-wrong")
                .arg("name", "voidedStatementId")
                .detail("`statementId` and `voidedStatementId` exclude each other"));
        }
        (id, voided) => {
            // 1.0.3 Communication 2.1.3: with an id only `attachments` and `format` may stand.
            call.params.finish()?;
            one(&call, id.or(voided).unwrap_or_default(), voided.is_some(), format).await?
        }
    };
    Ok(told(body, modified, attachments))
}

/// One statement by its id; a voided one only where it is asked for as such.
async fn one(call: &Call, id: Uuid, voided: bool, format: Format) -> Result<(String, Option<Timestamp>)> {
    let mut tx = call.app.db.read().await?;
    let unknown = || Error::not_found("statement-unknown");
    let row = store::find(&mut tx, StatementId(id)).await?.filter(|row| row.voided == voided).ok_or_else(unknown)?;
    let statement =
        crate::xapi::recall(&row.body).map_err(|refusal| Error::internal(anyhow::anyhow!("{refusal:?}")))?;
    if !call.access.may_read(&statement, row.registration)? {
        return Err(unknown());
    }
    let bodies = shown(&mut tx, call, vec![row.body], format).await?;
    Ok((bodies.into_iter().next().unwrap_or_default(), Some(row.stored)))
}

/// A page of those that match, and the address of the next.
async fn page(call: &mut Call, asked: &super::http::Params, format: Format) -> Result<(String, Option<Timestamp>)> {
    let params = &mut call.params;
    let filter = Filter {
        agent: params.agent("agent")?.map(|ifi| ifi.key()),
        related_agents: params.flag("related_agents")?,
        verb: params.iri("verb")?.map(|verb| VerbKey::of(&verb)),
        activity: params.iri("activity")?.map(|activity| ActivityKey::of(&activity)),
        related_activities: params.flag("related_activities")?,
        registration: params.uuid("registration")?,
        within: None,
        authority: None,
        since: params.moment("since")?,
        until: params.moment("until")?,
        ascending: params.flag("ascending")?,
        cursor: params.number("cursor")?,
    };
    // Zero asks for as many as the server likes (1.0.3 Communication 2.1.3).
    let limit = params.number("limit")?.map_or(PAGE, |limit| if limit == 0 { MOST } else { limit.min(MOST) });
    params.finish()?;
    let filter = call.access.readable(filter)?;
    let mut tx = call.app.db.read().await?;
    let query::Page { found, is_cut } = query::search(&mut tx, &filter, limit).await?;
    let more = found.last().filter(|_| is_cut).map(|last| {
        let mut link = url::form_urlencoded::Serializer::new(String::from("/xapi/statements?"));
        link.extend_pairs(asked.iter().filter(|(name, _)| *name != "cursor"));
        link.append_pair("cursor", &last.seq.to_string());
        link.finish()
    });
    let modified = found.iter().map(|found| found.stored).max();
    let bodies = shown(&mut tx, call, found.into_iter().map(|found| found.body).collect(), format).await?;
    let more = crate::xapi::json::quoted(more.as_deref().unwrap_or_default());
    Ok((format!("{{\"statements\":[{}],\"more\":{more}}}", bodies.join(",")), modified))
}

/// The texts in the format that was asked for.
async fn shown(tx: &mut crate::storage::Tx, call: &Call, bodies: Vec<String>, format: Format) -> Result<Vec<String>> {
    if format == Format::Exact {
        return Ok(bodies);
    }
    let definitions = if format == Format::Canonical { definitions(tx, &bodies).await? } else { HashMap::new() };
    let languages = call.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let languages = languages.map(Languages::from_header).unwrap_or_default();
    let definition_of = |iri: &str| definitions.get(&ActivityKey::of(iri).0).cloned();
    let show = |body: String| match Text::parse(&body) {
        Ok(json) if matches!(json.value, Value::Object(_)) && format == Format::Ids => ids(&json),
        Ok(json) => canonical(&json, &languages, &definition_of),
        Err(_) => body,
    };
    Ok(bodies.into_iter().map(show).collect())
}

async fn definitions(tx: &mut crate::storage::Tx, bodies: &[String]) -> Result<HashMap<Uuid, String>> {
    let mut keys: Vec<Uuid> = bodies
        .iter()
        .filter_map(|body| crate::xapi::recall(body).ok())
        .flat_map(|statement| {
            links::activities(&statement)
                .into_iter()
                .map(|activity| ActivityKey::of(&activity.id).0)
                .collect::<Vec<_>>()
        })
        .collect();
    keys.sort_unstable();
    keys.dedup();
    store::definitions(tx, keys).await
}

fn told(body: String, modified: Option<Timestamp>, attachments: bool) -> Response {
    let mut response = if attachments {
        // 1.0.3 Communication 1.5.1: statements are the first part. Those kept here carry their attachments by fileUrl.
        let boundary = Uuid::new_v4().simple();
        let body = format!("--{boundary}\r\nContent-Type: application/json\r\n\r\n{body}\r\n--{boundary}--\r\n");
        let kind = format!("multipart/mixed; boundary={boundary}");
        ([(header::CONTENT_TYPE, kind)], body).into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
    };
    if let Some(modified) = modified.and_then(|modified| HeaderValue::from_str(&modified.http_date()).ok()) {
        response.headers_mut().insert(header::LAST_MODIFIED, modified);
    }
    response
}
