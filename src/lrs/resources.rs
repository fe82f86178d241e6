//! The resources beside `/xapi/statements`: documents, agents, activities, about (1.0.3 Communication 2.2 to 2.8).

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::documents::{self, Condition, Document, New, Shelf, Unconditional};
use super::http::{Call, Params, identifier_name, nameless, required_agent};
use super::{sessions, store};
use crate::core::{Error, Result, Timestamp};
use crate::xapi::cmi5::{self, Broken};
use crate::xapi::vocabulary::document::{LAUNCH_DATA, LEARNER_PREFERENCES};
use crate::xapi::{ActivityKey, Version};

/// `activities/state`: what an activity keeps for an agent.
pub async fn state(mut call: Call) -> Result<Response> {
    let activity = required_iri(&mut call.params, "activityId")?;
    let (_, agent) = required_agent(&mut call.params)?;
    let registration = call.params.uuid("registration")?;
    let registration = call.access.state(agent, registration, changes(&call.method))?;
    let id = call.params.text("stateId")?;
    if let Some(launch) = call.access.unit().filter(|_| id.as_deref() == Some(LAUNCH_DATA)) {
        if changes(&call.method) {
            let rule = "the launch data is the learning system's";
            return Err(sessions::refusal(Broken { requirement: "10.2.1.0-5 (d)", rule }));
        }
        let mut tx = call.app.db.read().await?;
        if let Some(own) = documents::launch_data(&mut tx, launch, &activity).await? {
            call.params.finish()?;
            return Ok(shown(own));
        }
    }
    documents(call, Shelf::state(&activity, agent, registration), "stateId", id).await
}

/// `agents/profile`: what is kept about an agent.
pub async fn agent_profile(mut call: Call) -> Result<Response> {
    let (_, agent) = required_agent(&mut call.params)?;
    call.access.profile(Some(agent), changes(&call.method))?;
    let id = call.params.text("profileId")?;
    if let Some(launch) = call.access.unit().filter(|_| id.as_deref() == Some(LEARNER_PREFERENCES))
        && !changes(&call.method)
    {
        sessions::asked_preferences(&call.app, launch).await?;
    }
    documents(call, Shelf::agent(agent), "profileId", id).await
}

/// `activities/profile`: what is kept about an activity.
pub async fn activity_profile(mut call: Call) -> Result<Response> {
    let activity = required_iri(&mut call.params, "activityId")?;
    call.access.profile(None, changes(&call.method))?;
    let id = call.params.text("profileId")?;
    documents(call, Shelf::activity(&activity), "profileId", id).await
}

fn changes(method: &Method) -> bool {
    method != Method::GET
}

fn required_iri(params: &mut Params, name: &'static str) -> Result<String> {
    match params.iri(name)? {
        Some(iri) => Ok(iri),
        None => params.required(name),
    }
}

async fn documents(mut call: Call, shelf: Shelf, name: &'static str, id: Option<String>) -> Result<Response> {
    let is_state = name == "stateId";
    match (call.method.clone(), id) {
        (Method::DELETE, None) if is_state => {
            call.params.finish()?;
            let mut tx = call.app.db.begin().await?;
            // A unit may forget all it wrote itself (cmi5 10.2.1).
            let kept = if call.access.unit().is_some() { LAUNCH_DATA } else { "" };
            documents::clear(&mut tx, &shelf, kept).await?;
            if call.access.keeps_documents(is_state) {
                tx.commit().await?;
            }
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        (method @ (Method::PUT | Method::POST | Method::DELETE), id) => {
            let id = id.map_or_else(|| call.params.required(name), Ok)?;
            call.params.finish()?;
            let text = |header: header::HeaderName| {
                call.headers.get(header).and_then(|value| value.to_str().ok()).map(str::to_owned)
            };
            let otherwise = match method {
                Method::PUT => shelf.unconditional(call.version, call.access.launch().is_some()),
                _ => Unconditional::Replaces,
            };
            let condition =
                Condition { if_match: text(header::IF_MATCH), if_none_match: text(header::IF_NONE_MATCH), otherwise };
            let media_type = text(header::CONTENT_TYPE).unwrap_or_else(|| "application/octet-stream".to_owned());
            let new = New { media_type: &media_type, body: &call.body, now: call.app.clock.now() };
            let mut tx = call.app.db.begin().await?;
            let mut response = StatusCode::NO_CONTENT.into_response();
            let document = match method {
                Method::PUT => Some(documents::put(&mut tx, &shelf, &id, new, &condition).await?),
                Method::POST => Some(documents::post(&mut tx, &shelf, &id, new, &condition).await?),
                _ => {
                    documents::delete(&mut tx, &shelf, &id, &condition).await?;
                    None
                }
            };
            if let Some(document) = document {
                if call.access.unit().is_some() && name == "profileId" && id == LEARNER_PREFERENCES {
                    cmi5::preferences(&document.body).map_err(sessions::refusal)?;
                }
                entity_tag(response.headers_mut(), &document);
            }
            // Otherwise the change was checked and answered as ever, and ends with its transaction.
            if call.access.keeps_documents(is_state) {
                tx.commit().await?;
            }
            Ok(response)
        }
        (_, Some(id)) => {
            call.params.finish()?;
            let mut tx = call.app.db.read().await?;
            let document = documents::get(&mut tx, &shelf, &id).await?;
            document.map(shown).ok_or_else(|| Error::not_found("document-unknown"))
        }
        (_, None) => {
            let since = call.params.moment("since")?;
            call.params.finish()?;
            let mut tx = call.app.db.read().await?;
            let (ids, latest) = documents::list(&mut tx, &shelf, since).await?;
            let mut response = Json(ids).into_response();
            modified(response.headers_mut(), latest);
            Ok(response)
        }
    }
}

fn shown(document: Document) -> Response {
    let mut headers = HeaderMap::new();
    entity_tag(&mut headers, &document);
    modified(&mut headers, Some(document.updated_at));
    let kind =
        HeaderValue::from_str(&document.media_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, kind);
    // Somebody else's file, on an origin with logins: it is data, never a page.
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    (headers, document.body).into_response()
}

fn entity_tag(headers: &mut HeaderMap, document: &Document) {
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", document.etag)) {
        headers.insert(header::ETAG, tag);
    }
}

fn modified(headers: &mut HeaderMap, moment: Option<Timestamp>) {
    if let Some(moment) = moment.and_then(|moment| HeaderValue::from_str(&moment.http_date()).ok()) {
        headers.insert(header::LAST_MODIFIED, moment);
    }
}

/// `agents`: everything known of an agent, as a Person (1.0.3 Communication 2.4).
pub async fn agent(mut call: Call) -> Result<Response> {
    let (ifi, key) = required_agent(&mut call.params)?;
    call.params.finish()?;
    call.access.directory(Some(key))?;
    let mut tx = call.app.db.read().await?;
    let names = store::names_of(&mut tx, key.0).await?;
    let name = identifier_name(&ifi);
    let identifier = serde_json::to_value(nameless(ifi))?.get_mut(name).map(Value::take).unwrap_or_default();
    let mut person = Map::new();
    person.insert("objectType".into(), "Person".into());
    if !names.is_empty() {
        person.insert("name".into(), names.into());
    }
    person.insert(name.into(), json!([identifier]));
    Ok(Json(person).into_response())
}

/// `activities`: the activity with the definition that all statements together gave (1.0.3 Communication 2.5).
pub async fn activity(mut call: Call) -> Result<Response> {
    let iri = required_iri(&mut call.params, "activityId")?;
    call.params.finish()?;
    call.access.directory(None)?;
    let mut tx = call.app.db.read().await?;
    let definition = store::definition_of(&mut tx, ActivityKey::of(&iri).0).await?.flatten();
    let mut activity = Map::new();
    activity.insert("objectType".into(), "Activity".into());
    activity.insert("id".into(), iri.into());
    if let Some(definition) = definition {
        activity.insert("definition".into(), serde_json::from_str(&definition)?);
    }
    Ok(Json(activity).into_response())
}

/// `about`: which editions are spoken. Open to everybody, and without a version header (1.0.3 Communication 2.8).
///
/// Whoever speaks 1.0.x is told those: 1.0.3 lists the versions that may stand there, and 2.0.0 is none of them (XAPI-00316).
pub fn about(params: &Params, said: Option<Version>) -> Result<Response> {
    params.finish()?;
    let all = ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"];
    let told = if said == Some(Version::V1) { &all[..4] } else { &all[..] };
    Ok(Json(json!({ "version": told })).into_response())
}
