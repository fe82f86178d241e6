//! Content that speaks xAPI itself: cmi5 sessions and the launch of xAPI packages.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use url::Url;

use crate::core::{Error, LaunchId, Result};
use crate::lrs::{self, Scope};
use crate::packages::completing::{By, Completing};
use crate::packages::model::{ActivityDetails, AssignableUnit, LaunchMethod, MoveOn};
use crate::runtime::launch::{Opening, locked};
use crate::runtime::model::{self, Mode, Registration};
use crate::runtime::{self, sessions, statements, store};
use crate::state::App;
use crate::storage::{Secrets, Tx};
use crate::web::Path;
use crate::xapi::vocabulary::{COMPLETED, LAUNCHED, category, document, extension};
use crate::xapi::{Activity, Outcome, Statement};

/// How long launched content may speak for its learner.
pub const SESSION: Duration = Duration::from_secs(24 * 60 * 60);

/// What launched content may do: its learner's statements and documents, and nobody else's.
const SCOPES: &[Scope] =
    &[Scope::StatementsWrite, Scope::StatementsReadMine, Scope::State, Scope::Profile, Scope::Define];
/// What it may do where nothing is to be recorded: it is answered as ever, so that it plays as ever.
const LOOKING: &[Scope] = &[Scope::StatementsWrite, Scope::StatementsReadMine, Scope::State, Scope::Forget];

/// What the course structure says of a unit.
fn unit_of(activity: &runtime::Activity) -> AssignableUnit {
    match serde_json::from_str(&activity.details) {
        Ok(ActivityDetails::Au(unit)) => *unit,
        _ => AssignableUnit::default(),
    }
}

/// Whether the unit itself demands to be alone in its window (cmi5 13.1.4 launchMethod): it is opened by a link.
pub fn is_alone(activity: &runtime::Activity) -> bool {
    activity.kind == "au" && unit_of(activity).launch_method == LaunchMethod::OwnWindow
}

/// Opens a cmi5 unit: the launch data is there before the unit is (cmi5 10), `launched` is said, the token waits to be
/// fetched (cmi5 8.2).
pub async fn open(tx: &mut Tx, opening: &Opening<'_>, said: &mut Vec<Statement>) -> Result<Value> {
    let Opening { app, registration, activity, mode, .. } = *opening;
    let unit = unit_of(activity);
    let agent = statements::learner(registration);
    let content_url = opening.content_url()?;
    let launch_data = launch_data(opening, &unit);
    // The document is one for a registration and a unit (cmi5 10.1), and a review shares the registration, because it shows
    // what was done in it. So the one that others find is of who works in the unit; each session reads its own
    // (`lrs::documents::launch_data`), and looking again changes nothing for a session under way.
    if registration.moves(mode) {
        lrs::put_state(tx, app, &activity.iri, &agent.ifi, registration.id, document::LAUNCH_DATA, &launch_data)
            .await?;
    }

    let mut about = of_session(registration, activity, LAUNCHED, opening.launch);
    if let (Some(type_iri), crate::xapi::Object::Activity(object)) = (&unit.activity_type, &mut about.object)
        && let Some(definition) = &mut object.definition
    {
        definition.kind = Some(type_iri.clone());
    }
    let mut setting = vec![
        (extension::LAUNCH_MODE, json!(mode.cmi5())),
        (extension::LAUNCH_URL, json!(content_url)),
        (extension::MOVE_ON, json!(move_on(unit.move_on))),
    ];
    if let Some(score) = unit.mastery_score {
        setting.push((extension::MASTERY_SCORE, json!(score)));
    }
    if let Some(parameters) = &unit.launch_parameters {
        setting.push((extension::LAUNCH_PARAMETERS, json!(parameters)));
    }
    said.push(statements::extended(about, &setting));

    let token = Secrets::token();
    let data = launch_data.to_string();
    sessions::open(tx, opening.launch, &Secrets::digest(&token), &activity.iri, &data, opening.now).await?;
    let origin = app.config.content_origin();
    let address = with_parameters(
        &content_url,
        &[
            ("endpoint", format!("{origin}/xapi/")),
            ("fetch", format!("{origin}/runtime/cmi5/fetch/{token}")),
            ("actor", serde_json::to_string(&agent)?),
            ("registration", registration.id.to_string()),
            ("activityId", activity.iri.clone()),
        ],
    )?;
    let window = match unit.launch_method {
        LaunchMethod::OwnWindow => "own",
        LaunchMethod::AnyWindow => "any",
    };
    Ok(json!({"kind": "cmi5", "content_url": address, "window": window}))
}

/// What the learning system itself says of a unit in one of its sessions (cmi5 9.6).
pub fn of_session(registration: &Registration, activity: &model::Activity, verb: &str, session: LaunchId) -> Statement {
    let mut said = statements::about(registration, activity, verb);
    if let Some(setting) = &mut said.context {
        setting.context_activities.category = vec![Activity::new(category::CMI5)];
        setting.context_activities.parent.clear();
        setting.context_activities.grouping = vec![Activity::new(&activity.identifier)];
    }
    statements::extended(said, &[(extension::SESSION_ID, json!(session))])
}

/// `LMS.LaunchData` (cmi5 10.2).
fn launch_data(opening: &Opening<'_>, unit: &AssignableUnit) -> Value {
    let Opening { app, registration, activity, mode, .. } = opening;
    // In the player a unit leads to the page that tells the launch frame; the caller's address is the player's way out.
    let (method, back) = match unit.launch_method {
        LaunchMethod::OwnWindow => {
            let course = || format!("{}/courses/{}", app.config.public_origin(), registration.course_id);
            ("OwnWindow", opening.return_url.clone().unwrap_or_else(course))
        }
        LaunchMethod::AnyWindow => ("AnyWindow", format!("{}/frame/left", app.config.content_origin())),
    };
    let mut data = json!({
        "contextTemplate": {
            "contextActivities": {"grouping": [{"objectType": "Activity", "id": activity.identifier}]},
            "extensions": {extension::SESSION_ID: opening.launch},
        },
        "launchMode": mode.cmi5(),
        "launchMethod": method,
        "moveOn": move_on(unit.move_on),
        "returnURL": back,
    });
    if let Some(parameters) = &unit.launch_parameters {
        data["launchParameters"] = json!(parameters);
    }
    if let Some(score) = unit.mastery_score {
        data["masteryScore"] = json!(score);
    }
    if let Some(key) = &unit.entitlement_key {
        data["entitlementKey"] = json!({"courseStructure": key});
    }
    data
}

fn move_on(rule: MoveOn) -> &'static str {
    match rule {
        MoveOn::Passed => "Passed",
        MoveOn::Completed => "Completed",
        MoveOn::CompletedAndPassed => "CompletedAndPassed",
        MoveOn::CompletedOrPassed => "CompletedOrPassed",
        MoveOn::NotApplicable => "NotApplicable",
    }
}

/// Opens an xAPI package by the conventions of tincan launch: everything is in the address.
pub async fn open_tincan(tx: &mut Tx, opening: &Opening<'_>, said: &mut Vec<Statement>) -> Result<Value> {
    let Opening { app, registration, activity, .. } = *opening;
    let agent = statements::learner(registration);
    let (now, scopes) = (app.clock.now(), if opening.is_recorded() { SCOPES } else { LOOKING });
    let until = now.plus(SESSION);
    let credential =
        lrs::issue_launch_credential(tx, opening.launch, registration.id, &agent.ifi, scopes, now, until).await?;
    if opening.is_recorded() {
        said.push(statements::about(registration, activity, LAUNCHED));
        let completing = Completing::of(tx, registration.course_id).await?;
        if completing.by == By::Opened {
            let result = Outcome { completion: Some(true), ..Outcome::default() };
            said.push(statements::about(registration, activity, COMPLETED).with_result(result));
        }
    }
    let address = with_parameters(
        &opening.content_url()?,
        &[
            ("endpoint", format!("{}/xapi/", app.config.content_origin())),
            // The convention is the whole header; content that puts `Basic ` before it again is understood too.
            ("auth", format!("Basic {}", credential.basic())),
            ("actor", serde_json::to_string(&agent)?),
            ("registration", registration.id.to_string()),
            ("activity_id", activity.iri.clone()),
        ],
    )?;
    Ok(json!({"kind": "tincan", "content_url": address, "window": "any"}))
}

/// The address with launch parameters added to what it brings itself; its fragment stays last.
fn with_parameters(address: &str, parameters: &[(&str, String)]) -> Result<String> {
    let mut url = Url::parse(address).map_err(Error::internal)?;
    // Spaces as %20: not every client reads a plus as one.
    let encode = |text: &str| {
        let plus: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        plus.replace('+', "%20")
    };
    let mut query = url.query().unwrap_or_default().to_owned();
    for (name, value) in parameters {
        if !query.is_empty() {
            query.push('&');
        }
        query.push_str(&format!("{name}={}", encode(value)));
    }
    url.set_query(Some(&query));
    Ok(url.into())
}

/// Gives the token of a session, once (cmi5 8.2). The unit may run on any origin, so any may ask.
pub async fn fetch(State(app): State<App>, Path(token): Path<String>) -> Result<Response> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let Some(launch) = sessions::of_fetch(&mut tx, &Secrets::digest(&token)).await? else {
        return Ok(refusal("2", "There is no such session."));
    };
    let row = store::launch(&mut tx, launch).await?.ok_or_else(|| Error::not_found("launch-unknown"))?;
    let registration = locked(&mut tx, row.registration_id).await?;
    let over = sessions::of_launch(&mut tx, launch).await?.is_some_and(|session| session.ended_at.is_some());
    if !sessions::fetched(&mut tx, launch, now).await? {
        return Ok(refusal("1", "The token was fetched already."));
    }
    if registration.let_in().is_err() {
        return Ok(refusal("2", "Its person may no longer sign in."));
    }
    let mode = Mode::of_word(&row.mode);
    if registration.moves(mode) && row.lease != registration.lease {
        return Ok(refusal("2", "Another window plays this course now."));
    }
    if over {
        return Ok(refusal("2", "The session is over."));
    }
    let agent = statements::learner(&registration);
    let scopes = if registration.records(mode) { SCOPES } else { LOOKING };
    let until = now.plus(SESSION);
    let credential =
        lrs::issue_launch_credential(&mut tx, launch, registration.id, &agent.ifi, scopes, now, until).await?;
    tx.commit().await?;
    // The unit writes "Basic " before it itself (cmi5 8.2.2).
    let token = credential.basic().trim_start_matches("Basic ").to_owned();
    Ok(open_to_all(Json(json!({"auth-token": token})).into_response()))
}

/// cmi5 8.2.3: 1 is "already in use", 2 a matter of security. The status is 200 all the same (8.2.2).
fn refusal(code: &str, text: &str) -> Response {
    open_to_all(Json(json!({"error-code": code, "error-text": text})).into_response())
}

/// Answers the browser's question before a unit of another origin fetches.
pub async fn preflight() -> Response {
    let mut response = open_to_all(StatusCode::NO_CONTENT.into_response());
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    response
}

fn open_to_all(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn launch_parameters_join_what_the_unit_brings_itself() {
        let parameters = [("actor", r#"{"name":"Zoé B"}"#.to_owned())];
        let added = "actor=%7B%22name%22%3A%22Zo%C3%A9%20B%22%7D";
        for (address, expected) in [
            ("http://c/c/x/index.html", format!("http://c/c/x/index.html?{added}")),
            ("http://c/i.html?a=1#top", format!("http://c/i.html?a=1&{added}#top")),
        ] {
            assert_eq!(with_parameters(address, &parameters).unwrap(), expected);
        }
    }
}
