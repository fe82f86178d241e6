//! Opening an activity: the lease changes hands, the attempt begins or goes on, and the content learns where it stands.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::core::{Error, LaunchId, RegistrationId, Result, Timestamp};
use crate::lrs;
use crate::packages::{self, content_url, file_url};
use crate::runtime::access::PlayerOf;
use crate::runtime::course::Course;
use crate::runtime::model::{Activity, LaunchRow, Mode, Registration, own_page};
use crate::runtime::shared_data::Stores;
use crate::runtime::{cmi5, media, sessions, statements, store};
use crate::scorm::Version;
use crate::scorm::record::{Entry, Learner, Record};
use crate::scorm::sequencing::{NodeId, Outcome, Request, Sequencer, Status, Told};
use crate::scorm::tolerance::Tolerance;
use crate::state::App;
use crate::storage::{Secrets, Tx};
use crate::web::Path;
use crate::xapi::Statement;
use crate::xapi::vocabulary::{COMPLETED, INITIALIZED, LAUNCHED, RESUMED};

/// What the page asks for.
#[derive(Debug, Default, Deserialize)]
pub struct Order {
    #[serde(default)]
    mode: Mode,
}

/// What the page and the frame need to play. Its form is in `player/README.md`.
#[derive(Debug, Serialize)]
pub struct Answer {
    launch: LaunchId,
    secret: String,
    lease: i64,
    mode: Mode,
    commit_url: String,
    activity: Named,
    runtime: Value,
}

#[derive(Debug, Serialize)]
struct Named {
    index: i32,
    identifier: String,
    title: String,
}

/// One opening under way, shared by the ways the kinds of content are opened.
pub struct Opening<'a> {
    pub app: &'a App,
    pub registration: &'a Registration,
    pub activity: &'a Activity,
    pub launch: LaunchId,
    pub mode: Mode,
    pub return_url: Option<String>,
    pub now: Timestamp,
}

impl Opening<'_> {
    /// Whether this opening leaves a record.
    pub fn is_recorded(&self) -> bool {
        self.registration.records(self.mode)
    }

    /// The content's address.
    pub fn content_url(&self) -> Result<String> {
        let href = self.activity.href.as_deref().ok_or_else(|| Error::not_found("activity-unknown"))?;
        Ok(content_url(self.app, self.registration.version_id, self.registration.person_id, href))
    }
}

/// Starts an activity, or goes on where it was left.
///
/// Takes the lease: an older launch of the same registration becomes read-only, and its content no longer speaks to the
/// record store. To look again moves nothing and takes nothing. Errors: `activity-unknown`,
/// `navigation-refused` when the course's rules do not let the learner go there now.
pub async fn launch(
    player: PlayerOf,
    State(app): State<App>,
    Path((id, index)): Path<(RegistrationId, i32)>,
    Json(order): Json<Order>,
) -> Result<Json<Answer>> {
    let mode = player.mode(order.mode);
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let registration = locked(&mut tx, id).await?;
    let course = Course::load(&mut tx, &registration).await?;
    let (activity, node) = course.launchable(index)?;
    if own_page(&activity.kind).is_some() {
        return Err(Error::not_found("activity-unknown"));
    }
    let saved = store::state(&mut tx, id, index).await?;

    let mut sequencer = course.sequencer(&registration);
    let before = sequencer.course_standing();
    let moves = registration.moves(mode);
    if moves {
        arrive(&mut sequencer, &course, &registration, node, index, saved.as_deref())?;
    } else {
        look(&mut sequencer, &course, node)?;
    }

    let lease = if moves { take_over(&mut tx, &app, &registration).await? } else { registration.lease };
    let secret = Secrets::token();
    let row = LaunchRow {
        id: first_id(&mut tx, &player).await?,
        registration_id: id,
        activity_index: index,
        mode: mode.word().to_owned(),
        secret_hash: Secrets::digest(&secret),
        lease,
        sequence: 0,
        return_url: player.grant.as_ref().and_then(|grant| grant.return_url.clone()),
        navigation: None,
        tolerance: match activity.kind.as_str() {
            "sco" => packages::tolerance(&mut tx, registration.version_id).await?.stored(),
            _ => None,
        },
    };
    store::insert_launch(&mut tx, &row, now).await?;
    let opening = Opening {
        app: &app,
        registration: &registration,
        activity,
        launch: row.id,
        mode,
        return_url: row.return_url.clone(),
        now,
    };
    let mut said = Vec::new();
    let mut runtime = match activity.kind.as_str() {
        "sco" => {
            scorm(&mut tx, &opening, &course, (&sequencer, node), saved, row.tolerance.as_deref(), &mut said).await?
        }
        "au" => cmi5::open(&mut tx, &opening, &mut said).await?,
        "xapi" => cmi5::open_tincan(&mut tx, &opening, &mut said).await?,
        "video" | "audio" => {
            let captions = packages::media::played_captions(&mut tx, registration.version_id).await?;
            media_file(&opening, saved.as_deref(), &captions, &mut said)?
        }
        _ => asset(&opening, &mut sequencer, node, &mut said)?,
    };
    if course.version == Some(Version::Scorm2004) {
        said.extend(statements::course_outcome(&registration, &before, &sequencer));
    }
    runtime["valid_requests"] = serde_json::to_value(course.valid_requests(&sequencer))?;
    if moves {
        course.save(&mut tx, &registration, Some(index), &sequencer).await?;
    }
    if opening.is_recorded() {
        lrs::append(&mut tx, &app, said, lrs::Authority::service(&app)).await?;
    }
    tx.commit().await?;
    tracing::info!(launch = %row.id, registration = %id, activity = index, mode = mode.word(), "launched");
    Ok(Json(Answer {
        launch: row.id,
        secret,
        lease,
        mode,
        commit_url: format!("{}/runtime/launches/{}/commit", app.config.content_origin(), row.id),
        activity: Named {
            index,
            identifier: activity.identifier.clone(),
            title: activity.title.best(crate::core::Language::default()).to_owned(),
        },
        runtime,
    }))
}

/// The registration, held until the transaction ends.
pub async fn locked(tx: &mut Tx, id: RegistrationId) -> Result<Registration> {
    store::lock(tx, id).await?.ok_or_else(|| Error::not_found("registration-unknown"))
}

/// Takes the lease from whoever holds it, with what their content could write; cmi5 sessions that were not ended are over.
pub async fn take_over(tx: &mut Tx, app: &App, registration: &Registration) -> Result<i64> {
    let lease = store::take_lease(tx, registration.id).await?;
    for earlier in store::outlived(tx, registration.id, lease).await? {
        lrs::revoke_launch_credentials(tx, earlier, app.clock.now()).await?;
    }
    sessions::abandon_outlived(tx, app, registration, lease).await?;
    Ok(lease)
}

/// The identifier that was told to the system which asked for the launch, for the first opening; then new ones.
pub async fn first_id(tx: &mut Tx, player: &PlayerOf) -> Result<LaunchId> {
    match &player.grant {
        Some(grant) if store::launch(tx, grant.launch_id).await?.is_none() => Ok(grant.launch_id),
        _ => Ok(LaunchId::new()),
    }
}

/// Goes to an activity to look at it: one that was attempted, or that the course's rules lead to. Nothing of this is kept.
pub fn look(sequencer: &mut Sequencer<'_>, course: &Course, node: NodeId) -> Result<()> {
    if sequencer.state().current == Some(node) || sequencer.state().of(node).attempts > 0 {
        sequencer.stand_at(node);
        return Ok(());
    }
    let mut request = Request::Choice(node);
    for _ in 0..course.activities.len() + 2 {
        match (sequencer.navigate(request), request) {
            (Outcome::Deliver(delivered), _) if delivered == node => return Ok(()),
            // Where nothing may be chosen, one goes on from activity to activity.
            (Outcome::Deliver(_), _) | (Outcome::Refused(_), Request::Choice(_)) => {}
            _ => break,
        }
        request = if sequencer.state().current.is_none() { Request::Start } else { Request::Continue };
    }
    Err(Error::conflict("navigation-refused"))
}

/// Makes the activity the current one, if the learner may go there.
pub fn arrive(
    sequencer: &mut Sequencer<'_>,
    course: &Course,
    registration: &Registration,
    node: NodeId,
    index: i32,
    saved: Option<&str>,
) -> Result<()> {
    let tracking = sequencer.state().of(node);
    let is_current = sequencer.state().current == Some(node);
    let is_over = match (course.version, saved.map(serde_json::from_str::<Record>)) {
        // The record of an earlier attempt says nothing of the one that the sequencing has begun since.
        (Some(version), Some(Ok(record))) => {
            record.is_over(version) && (record.attempt == 0 || record.attempt == tracking.attempts)
        }
        _ => false,
    };
    let outcome = if is_current && tracking.active && !is_over {
        Outcome::Deliver(node)
    } else if is_current {
        sequencer.navigate(Request::Retry)
    } else if sequencer.state().current.is_none() && sequencer.state().suspended == Some(node) {
        sequencer.navigate(Request::ResumeAll)
    } else if begins_with(sequencer, node) {
        sequencer.navigate(Request::Start)
    } else {
        match sequencer.navigate(Request::Choice(node)) {
            // The link to the activity somebody left last always leads there, also in a course without choice.
            Outcome::Refused(_) if sequencer.state().current.is_none() && registration.current_index == Some(index) => {
                sequencer.come_back(node)
            }
            outcome => outcome,
        }
    };
    match outcome {
        Outcome::Deliver(delivered) if delivered == node => Ok(()),
        Outcome::Refused(code) => Err(Error::conflict("navigation-refused").detail(code).with("rule", code)),
        _ => Err(Error::conflict("navigation-refused")),
    }
}

/// Whether a session that is not under way begins here by the rules of the course.
fn begins_with(sequencer: &Sequencer<'_>, node: NodeId) -> bool {
    sequencer.state().current.is_none()
        && sequencer.state().suspended.is_none()
        && sequencer.clone().navigate(Request::Start) == Outcome::Deliver(node)
}

async fn scorm(
    tx: &mut Tx,
    opening: &Opening<'_>,
    course: &Course,
    (sequencer, node): (&Sequencer<'_>, NodeId),
    saved: Option<String>,
    tolerance: Option<&str>,
    said: &mut Vec<Statement>,
) -> Result<Value> {
    let Opening { registration, activity, .. } = opening;
    let tolerance = Tolerance::read(tolerance);
    let version = course.version.unwrap_or(Version::Scorm12);
    let mut known: Option<Record> = saved.as_deref().map(serde_json::from_str).transpose()?;
    let attempt = sequencer.state().of(node).attempts;
    if let Some(earlier) = known.as_mut().filter(|_| opening.is_recorded()) {
        // A session that was cut off tells no more of the answers it had begun with.
        let answers = earlier.take_answers(version, &BTreeSet::new());
        let told = answers.iter().map(|answer| statements::responded(registration, activity, answer)).collect();
        let of_them = if earlier.attempt == 0 { attempt } else { earlier.attempt };
        said.extend(statements::in_attempt(registration, activity, of_them, told));
    }
    let learner = Learner { id: registration.person_id.to_string(), name: registration.person_name.clone() };
    let rules = course.rules(activity, sequencer, node, &tolerance);
    let cut_off =
        known.as_ref().filter(|_| version == Version::Scorm12).map(|earlier| earlier.standing(version, &rules));
    let (mut record, entry) = Record::enter(known, version, &rules, attempt, &opening.launch.to_string());
    let mut elements = record.initial(version, &learner, &rules, opening.mode.into(), entry);
    if opening.is_recorded() {
        if let Some(was) = cut_off {
            // A session that was cut off is over now: in 1.2 that says more of an activity that was failed.
            let ended = statements::changes(registration, activity, &was, &record.standing(version, &rules));
            said.extend(statements::in_attempt(registration, activity, attempt, ended));
        }
        record.terminated = false;
        let text = serde_json::to_string(&record)?;
        store::save_state(tx, registration.id, activity.activity_index, &text, opening.now).await?;
        let verb = if entry == Entry::Resumed { RESUMED } else { INITIALIZED };
        let opened = statements::about(registration, activity, verb);
        said.extend(statements::in_attempt(registration, activity, attempt, vec![opened]));
    }
    let stores = Stores::of(registration, &course.item(activity).data_maps);
    elements.extend(stores.elements(tx).await?);
    let kind = match version {
        Version::Scorm12 => "scorm12",
        Version::Scorm2004 => "scorm2004",
    };
    Ok(json!({
        "kind": kind,
        "content_url": opening.content_url()?,
        "learner": {"id": learner.id, "name": learner.name},
        "edition": course.details.edition(),
        "elements": elements,
        "access": stores.access(),
        "tolerance": tolerance,
        "sequence": 0,
    }))
}

/// Content without an API has done what it can once it is open.
fn asset(
    opening: &Opening<'_>,
    sequencer: &mut Sequencer<'_>,
    node: NodeId,
    said: &mut Vec<Statement>,
) -> Result<Value> {
    if opening.is_recorded() {
        let done = Status { completed: Some(true), ..Status::default() };
        sequencer.record(node, &Told { primary: done.into(), ..Told::default() });
        let result = crate::xapi::Outcome { completion: Some(true), ..Default::default() };
        let about = |verb| statements::about(opening.registration, opening.activity, verb);
        let attempt = sequencer.state().of(node).attempts;
        let told = vec![about(LAUNCHED), about(COMPLETED).with_result(result)];
        said.extend(statements::in_attempt(opening.registration, opening.activity, attempt, told));
    }
    Ok(json!({"kind": "asset", "content_url": opening.content_url()?}))
}

fn media_file(
    opening: &Opening<'_>,
    saved: Option<&str>,
    captions: &[packages::media::CaptionRow],
    said: &mut Vec<Statement>,
) -> Result<Value> {
    let Opening { app, registration, activity, .. } = opening;
    let details = media::details(activity);
    let position = media::Position::read(saved);
    if opening.is_recorded() {
        said.push(statements::about(registration, activity, LAUNCHED));
    }
    let poster =
        details.poster.as_deref().map(|path| file_url(app, registration.version_id, registration.person_id, path));
    Ok(json!({
        "kind": activity.kind,
        "src": match &details.playable {
            Some(path) => file_url(app, registration.version_id, registration.person_id, path),
            None => opening.content_url()?,
        },
        "poster": poster,
        "duration": details.duration,
        "position": position.resume_at(details.duration),
        "played": position.played,
        // On the application's own origin: a page reads the captions of another one only by special leave.
        "captions": captions.iter().map(|caption| json!({
            "src": format!("/player/{}/{}/captions/{}", registration.id, activity.activity_index, caption.language),
            "language": caption.language,
            "label": caption.label,
        })).collect::<Vec<_>>(),
        "completion": details.completion(),
        "sequence": 0,
    }))
}
