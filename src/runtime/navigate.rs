//! Where to next: the engine answers, the page follows.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::core::{Error, LaunchId, RegistrationId, Result};
use crate::lrs;
use crate::runtime::access::PlayerOf;
use crate::runtime::course::Course;
use crate::runtime::launch::{locked, look};
use crate::runtime::model::Mode;
use crate::runtime::{statements, store};
use crate::scorm::Version;
use crate::scorm::sequencing::{NodeId, Outcome, Request};
use crate::state::App;
use crate::web::Path;
use crate::xapi::vocabulary::COMPLETED;

/// What the learner, or the content for them, asks for.
#[derive(Debug, Deserialize)]
pub struct Order {
    request: String,
    /// A position of the outline.
    target: Option<i32>,
    launch: Option<LaunchId>,
}

/// Processes a navigation request. Answers `deliver` with the activity and its page, `end` with the way out, or `refused`
/// with the rule that says no.
///
/// Errors: `request-unknown`, `lease-lost` when another tab plays this registration now.
pub async fn navigate(
    player: PlayerOf,
    State(app): State<App>,
    Path(id): Path<RegistrationId>,
    Json(order): Json<Order>,
) -> Result<Json<Value>> {
    let mut tx = app.db.begin().await?;
    let registration = locked(&mut tx, id).await?;
    let launch = match order.launch {
        Some(launch) => {
            let launch = store::launch(&mut tx, launch).await?.filter(|launch| launch.registration_id == id);
            Some(launch.ok_or_else(|| Error::not_found("launch-unknown"))?)
        }
        None => None,
    };
    let mode = player.mode_after(launch.as_ref());
    let moves = registration.moves(mode);
    if moves && launch.as_ref().is_some_and(|launch| launch.lease != registration.lease) {
        return Err(Error::conflict("lease-lost"));
    }
    let course = Course::load(&mut tx, &registration).await?;
    let request = read(&course, &order)?;
    let mut sequencer = course.sequencer(&registration);
    if let Some(launch) = launch.as_ref().filter(|_| !moves) {
        // The place of somebody who looks is the one they look at; their place in the course stays where it is.
        let (_, node) = course.launchable(launch.activity_index)?;
        look(&mut sequencer, &course, node)?;
    }
    let before = sequencer.state().clone();
    let outcome = sequencer.navigate(request);

    let after = sequencer.state();
    let mut said = Vec::new();
    if course.version == Some(Version::Scorm2004) {
        // What leaving brought about by itself: content that says nothing has done what it had to do.
        for node in course.tree.activities().filter(|node| course.tree.is_leaf(*node)) {
            let news = after.of(node).completed == Some(true) && before.of(node).completed != Some(true);
            if let Some(activity) = course.activity(node).filter(|_| news) {
                let result = crate::xapi::Outcome { completion: Some(true), ..Default::default() };
                said.push(statements::about(&registration, activity, COMPLETED).with_result(result));
            }
        }
        said.extend(statements::course_outcome(&registration, &before, after));
    }
    let current = match outcome {
        Outcome::Deliver(node) => index_of(node),
        _ => registration.current_index,
    };
    if moves {
        store::save_sequencing(&mut tx, id, current, &serde_json::to_string(after)?).await?;
    }
    if registration.records(mode) {
        lrs::append(&mut tx, &app, said, lrs::Authority::service(&app)).await?;
    }
    tx.commit().await?;

    let way_out = player.way_out();
    Ok(Json(match outcome {
        Outcome::Deliver(node) => {
            let index = index_of(node).unwrap_or_default();
            let query = if mode == Mode::Normal { String::new() } else { format!("?mode={}", mode.word()) };
            json!({"deliver": {"activity": index, "url": format!("/player/{id}/{index}{query}")}})
        }
        Outcome::End => json!({"end": {"url": way_out}}),
        Outcome::Refused(code) => json!({"refused": {"code": "navigation-refused", "detail": code}}),
    }))
}

fn index_of(node: NodeId) -> Option<i32> {
    node.index().and_then(|index| i32::try_from(index).ok())
}

fn read(course: &Course, order: &Order) -> Result<Request> {
    let target = || {
        let index = order.target.and_then(|index| usize::try_from(index).ok());
        index.and_then(|index| course.tree.at(index)).ok_or_else(|| Error::not_found("activity-unknown"))
    };
    Ok(match order.request.as_str() {
        "continue" => Request::Continue,
        "previous" => Request::Previous,
        // A jump goes where a choice would: rules that tell them apart are not evaluated.
        "choice" | "jump" => Request::Choice(target()?),
        "exit" => Request::Exit,
        "exitAll" => Request::ExitAll,
        "suspendAll" => Request::SuspendAll,
        "abandon" => Request::Abandon,
        "abandonAll" => Request::AbandonAll,
        other => return Err(Error::malformed("request-unknown").detail(other.chars().take(40).collect::<String>())),
    })
}
