//! Where to next: the engine answers, the page follows.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::core::{Error, LaunchId, RegistrationId, Result};
use crate::lrs;
use crate::runtime::access::PlayerOf;
use crate::runtime::chrome::address;
use crate::runtime::course::Course;
use crate::runtime::launch::{locked, look};
use crate::runtime::model::{LaunchRow, Mode, ValidRequests};
use crate::runtime::{statements, store};
use crate::scorm::Version;
use crate::scorm::sequencing::{NodeId, Outcome, Request, Sequencer};
use crate::state::App;
use crate::storage::Tx;
use crate::web::Path;
use crate::xapi::vocabulary::COMPLETED;

/// What the learner, or the content for them, asks for.
#[derive(Debug, Deserialize)]
pub struct Order {
    request: String,
    /// A position of the outline.
    target: Option<i32>,
    /// Instead of it, a name in the manifest: the course's own, or one that the outline does not show.
    identifier: Option<String>,
    launch: Option<LaunchId>,
}

/// What came of what the content asked for when it terminated.
#[derive(Debug, Deserialize, Serialize)]
pub struct Done {
    /// The request, without its target; empty where the end of the session itself asked for it (`cmi.exit` = time-out).
    pub request: String,
    pub outcome: Led,
}

/// An outcome as it is kept and answered.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Led {
    /// To an activity, by its position in the outline.
    Deliver(i32),
    /// Out of the course, or of the activity without a next one.
    Out,
    /// Out of the activity, as if it had not been opened: the learner is in the course still, and chooses what follows.
    Wait,
    /// Nowhere.
    Refused,
}

impl Led {
    /// Where a request led.
    pub fn by(request: Request, outcome: Outcome) -> Self {
        match outcome {
            Outcome::Deliver(node) => index_of(node).map_or(Self::Out, Self::Deliver),
            // SN 4.4.4 Abandon: the session goes on. Content that asks to exit has a button that says so.
            Outcome::Wait if request == Request::Abandon => Self::Wait,
            Outcome::End | Outcome::Wait => Self::Out,
            Outcome::Refused(_) => Self::Refused,
        }
    }
}

/// The activity that the learner comes back to: the one that is delivered, or where the next session begins once this one is over
/// (SN 4.8, SB.2.5 Start; what was suspended waits where it is). Where the rules begin nowhere, and in courses without rules, one
/// goes on where one was.
pub fn current_after(course: &Course, sequencer: &Sequencer<'_>, outcome: Outcome, before: Option<i32>) -> Option<i32> {
    match outcome {
        Outcome::Deliver(node) => index_of(node),
        Outcome::End if course.version == Some(Version::Scorm2004) && sequencer.state().suspended.is_none() => {
            match sequencer.clone().navigate(Request::Start) {
                Outcome::Deliver(node) => index_of(node).or(before),
                _ => before,
            }
        }
        _ => before,
    }
}

/// Processes a navigation request. Answers `deliver` with the activity and its page, `end` with the way out, `wait` with
/// what leads somewhere now where the activity was left and the session goes on, or `refused` with the rule that says no.
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
    if let Some(led) = done_before(&mut tx, launch.as_ref(), &order).await? {
        let valid_requests = match led {
            Led::Wait => {
                let course = Course::load(&mut tx, &registration).await?;
                course.valid_requests(&course.sequencer(&registration))
            }
            _ => ValidRequests::default(),
        };
        tx.commit().await?;
        return Ok(Json(answer(led, id, mode, &player.way_out(), "", valid_requests)));
    }
    let course = Course::load(&mut tx, &registration).await?;
    let request = read(&course, &order)?;
    let mut sequencer = course.sequencer(&registration);
    if let Some(launch) = launch.as_ref().filter(|_| !moves) {
        // The place of somebody who looks is the one they look at; their place in the course stays where it is.
        let (_, node) = course.launchable(launch.activity_index)?;
        look(&mut sequencer, &course, node)?;
    }
    let (before, course_before) = (sequencer.state().clone(), sequencer.course_standing());
    let outcome = sequencer.navigate(request);
    let led = Led::by(request, outcome);
    let valid_requests = match led {
        Led::Wait => course.valid_requests(&sequencer),
        _ => ValidRequests::default(),
    };

    let after = sequencer.state();
    let mut said = Vec::new();
    if course.version == Some(Version::Scorm2004) {
        // What leaving brought about by itself: content that says nothing has done what it had to do.
        for node in course.tree.activities().filter(|node| course.tree.is_leaf(*node)) {
            let news =
                after.of(node).primary.completed == Some(true) && before.of(node).primary.completed != Some(true);
            if let Some(activity) = course.activity(node).filter(|_| news) {
                let result = crate::xapi::Outcome { completion: Some(true), ..Default::default() };
                let completed = statements::about(&registration, activity, COMPLETED).with_result(result);
                let attempt = before.of(node).attempts;
                said.extend(statements::in_attempt(&registration, activity, attempt, vec![completed]));
            }
        }
        said.extend(statements::course_outcome(&registration, &course_before, &sequencer));
    }
    let current = current_after(&course, &sequencer, outcome, registration.current_index);
    if moves {
        course.save(&mut tx, &registration, current, &sequencer).await?;
    }
    if registration.records(mode) {
        lrs::append(&mut tx, &app, said, lrs::Authority::service(&app)).await?;
    }
    tx.commit().await?;

    let rule = if let Outcome::Refused(code) = outcome { code } else { "" };
    Ok(Json(answer(led, id, mode, &player.way_out(), rule, valid_requests)))
}

fn answer(led: Led, id: RegistrationId, mode: Mode, way_out: &str, rule: &str, valid_requests: ValidRequests) -> Value {
    match led {
        Led::Deliver(index) => json!({"deliver": {"activity": index, "url": address(id, index, mode)}}),
        Led::Out => json!({"end": {"url": way_out}}),
        Led::Wait => json!({"wait": {"valid_requests": valid_requests}}),
        Led::Refused => json!({"refused": {"code": "navigation-refused", "detail": rule}}),
    }
}

/// What the content asked for was done when it terminated; the player that follows is told where that led. A course that was
/// left by a time-out is left, whatever the learner asks for (RTE 4.2.8).
async fn done_before(tx: &mut Tx, launch: Option<&LaunchRow>, order: &Order) -> Result<Option<Led>> {
    let Some((launch, text)) = launch.and_then(|launch| Some((launch, launch.navigation.as_ref()?))) else {
        return Ok(None);
    };
    let done: Done = serde_json::from_str(text)?;
    store::navigated(tx, launch.id, None).await?;
    Ok((done.request == order.request || done.request.is_empty()).then_some(done.outcome))
}

fn index_of(node: NodeId) -> Option<i32> {
    node.index().and_then(|index| i32::try_from(index).ok())
}

fn read(course: &Course, order: &Order) -> Result<Request> {
    let target = || {
        let found = match &order.identifier {
            Some(identifier) => course.tree.named(identifier),
            None => order.target.and_then(|index| usize::try_from(index).ok()).and_then(|index| course.tree.at(index)),
        };
        found.ok_or_else(|| Error::not_found("activity-unknown"))
    };
    Ok(match order.request.as_str() {
        "continue" => Request::Continue,
        "previous" => Request::Previous,
        "choice" => Request::Choice(target()?),
        "jump" => Request::Jump(target()?),
        "exit" => Request::Exit,
        "exitAll" => Request::ExitAll,
        "suspendAll" => Request::SuspendAll,
        "abandon" => Request::Abandon,
        "abandonAll" => Request::AbandonAll,
        other => return Err(Error::malformed("request-unknown").detail(other.chars().take(40).collect::<String>())),
    })
}
