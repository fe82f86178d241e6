//! `/xapi/statements` (1.0.3 Communication 2.1).

use std::collections::HashMap;

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::attachments::{self, Enclosed};
use super::http::{Call, Params};
use super::query::{self, Filter};
use super::receive::{self, Arrived};
use super::{dictionary, links, store};
use crate::core::{Error, Result, StatementId, Timestamp};
use crate::storage::Tx;
use crate::xapi::json::{Json as Text, Value};
use crate::xapi::{ActivityKey, Languages, VerbKey, canonical, ids};

/// Statements in one page, and the most a page can have.
const PAGE: i64 = 100;
const MOST: i64 = 500;

/// `message` is the body of a request of several parts, which is read by whoever wants it.
pub async fn answer(call: Call, message: Option<Body>) -> Result<Response> {
    match call.method {
        Method::PUT => put(call, message).await,
        Method::POST => post(call, message).await,
        _ => get(call).await,
    }
}

/// Stores one statement under the id of the request.
async fn put(mut call: Call, message: Option<Body>) -> Result<Response> {
    let id = call.params.required("statementId")?;
    let id = crate::xapi::format::uuid(&id).ok_or_else(|| {
        Error::malformed("parameter-wrong").arg("name", "statementId").detail("`statementId` must be a UUID")
    })?;
    call.params.finish()?;
    let mut arrived = receive::read(&mut call, message).await?;
    let [one] = arrived.received.as_mut_slice() else {
        return Err(Error::malformed("statement-one").detail("PUT stores exactly one statement"));
    };
    match one.statement.id {
        Some(given) if given.0 != id => {
            return Err(Error::malformed("statement-id-differs")
                .detail("the id of the statement is not `statementId` (1.0.3 Communication 2.1.1)"));
        }
        _ => one.statement.id = Some(StatementId(id)),
    }
    write(&call, arrived).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Stores one statement or a batch; all of it or nothing. Answers the ids in their order.
async fn post(mut call: Call, message: Option<Body>) -> Result<Response> {
    call.params.finish()?;
    let arrived = receive::read(&mut call, message).await?;
    let ids = write(&call, arrived).await?;
    Ok(Json(ids.iter().map(ToString::to_string).collect::<Vec<_>>()).into_response())
}

async fn write(call: &Call, arrived: Arrived) -> Result<Vec<StatementId>> {
    let saying = call.access.judge(&arrived.received)?;
    let received = arrived.kept(call).await?;
    call.access.write(&call.app, &call.writer, received, saying, call.version).await
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
    let told = match (id, voided) {
        (None, None) => page(&mut call, &asked, format, attachments).await?,
        (Some(_), Some(_)) => {
            return Err(Error::malformed("parameter-wrong")
                .arg("name", "voidedStatementId")
                .detail("`statementId` and `voidedStatementId` exclude each other"));
        }
        (id, voided) => {
            // 1.0.3 Communication 2.1.3: with an id only `attachments` and `format` may stand.
            call.params.finish()?;
            one(&call, id.or(voided).unwrap_or_default(), voided.is_some(), format, attachments).await?
        }
    };
    // Without attachments among them too the statements come as a message, if attachments were asked for.
    let mut response = match told.enclosed {
        Some(enclosed) => attachments::message(&call.app, &told.body, enclosed),
        None => ([(header::CONTENT_TYPE, "application/json")], told.body).into_response(),
    };
    if let Some(modified) = told.modified.and_then(|modified| HeaderValue::from_str(&modified.http_date()).ok()) {
        response.headers_mut().insert(header::LAST_MODIFIED, modified);
    }
    Ok(response)
}

/// What is answered: statements, and the files they brought if they were asked for.
struct Told {
    body: String,
    modified: Option<Timestamp>,
    enclosed: Option<Vec<Enclosed>>,
}

/// The files that these statements brought, if they are asked for. Whoever may read a statement may read its files.
async fn enclosed(tx: &mut Tx, seqs: &[i64], attachments: bool) -> Result<Option<Vec<Enclosed>>> {
    if attachments { attachments::of_statements(tx, seqs).await.map(Some) } else { Ok(None) }
}

/// One statement by its id; a voided one only where it is asked for as such.
async fn one(call: &Call, id: Uuid, voided: bool, format: Format, attachments: bool) -> Result<Told> {
    let mut tx = call.app.db.read().await?;
    let unknown = || Error::not_found("statement-unknown");
    let row = store::find(&mut tx, StatementId(id)).await?.filter(|row| row.voided == voided).ok_or_else(unknown)?;
    let statement =
        crate::xapi::recall(&row.body).map_err(|refusal| Error::internal(anyhow::anyhow!("{refusal:?}")))?;
    if !call.access.may_read(&statement, row.registration)? {
        return Err(unknown());
    }
    let enclosed = enclosed(&mut tx, &[row.seq], attachments).await?;
    let bodies = shown(&mut tx, call, vec![row.body], format).await?;
    Ok(Told { body: bodies.into_iter().next().unwrap_or_default(), modified: Some(row.stored), enclosed })
}

/// A page of those that match, and the address of the next.
async fn page(call: &mut Call, asked: &Params, format: Format, attachments: bool) -> Result<Told> {
    let params = &mut call.params;
    let filter = Filter {
        agent: params.agent("agent")?.map(|ifi| ifi.key()),
        related_agents: params.flag("related_agents")?,
        verb: params.iri("verb")?.map(|verb| VerbKey::of(&verb)),
        activity: params.iri("activity")?.map(|activity| ActivityKey::of(&activity)),
        related_activities: params.flag("related_activities")?,
        registration: params.uuid("registration")?,
        within: None,
        units: None,
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
    let seqs: Vec<i64> = found.iter().map(|found| found.seq).collect();
    let enclosed = enclosed(&mut tx, &seqs, attachments).await?;
    let bodies = shown(&mut tx, call, found.into_iter().map(|found| found.body).collect(), format).await?;
    let more = crate::xapi::json::quoted(more.as_deref().unwrap_or_default());
    let body = format!("{{\"statements\":[{}],\"more\":{more}}}", bodies.join(","));
    Ok(Told { body, modified, enclosed })
}

/// The texts in the format that was asked for.
async fn shown(tx: &mut Tx, call: &Call, bodies: Vec<String>, format: Format) -> Result<Vec<String>> {
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

async fn definitions(tx: &mut Tx, bodies: &[String]) -> Result<HashMap<Uuid, String>> {
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
    dictionary::definitions(tx, &keys).await
}
