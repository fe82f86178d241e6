//! Commits of SCORM content: applied once, judged again, and recorded with their progress in one transaction.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::core::{Error, Result};
use crate::packages::findings::Finding;
use crate::runtime::access::LaunchOf;
use crate::runtime::course::Course;
use crate::runtime::launch::locked;
use crate::runtime::model::{Found, LaunchRow, Mode, ProgressAnswer, Registration, ValidRequests};
use crate::runtime::shared_data::{Stores, is_shared};
use crate::runtime::{navigate, statements, store};
use crate::scorm::Version;
use crate::scorm::asked::Asked;
use crate::scorm::data_model::kept_everywhere;
use crate::scorm::record::{Changes, Record, Standing};
use crate::scorm::sequencing::{NodeId, Sequencer};
use crate::scorm::tolerance::Tolerance;
use crate::state::App;
use crate::storage::Tx;
use crate::xapi::vocabulary::COMPLETED;
use crate::xapi::{Outcome, Statement};
use crate::{lrs, packages, progress};

/// What the frame sends.
#[derive(Debug, Deserialize)]
pub struct Commit {
    lease: i64,
    sequence: i64,
    /// Only what changed, in the order of the changes.
    #[serde(default)]
    set: Map<String, Value>,
    session_time: Option<String>,
    #[serde(default)]
    terminate: bool,
    exit: Option<String>,
    /// What the content asked for when it terminated: `continue`, `choice:TARGET`.
    nav_request: Option<String>,
    /// The content was there, was left, and never looked for an API.
    #[serde(default)]
    silent: bool,
}

/// What it gets back.
#[derive(Debug, Serialize)]
pub struct Acknowledged {
    sequence: i64,
    /// Whether anything was applied; not for a repeat, nor in a mode that leaves no record.
    applied: bool,
    progress: ProgressAnswer,
    valid_requests: ValidRequests,
    /// Elements that were not taken over, and why.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    rejected: BTreeMap<String, &'static str>,
}

/// Takes over what the content changed. Idempotent: a repeated sequence number is acknowledged and not applied again.
///
/// Errors: `launch-unknown`, `lease-lost` when another tab took over, `person-disabled` when its person is no longer let in.
pub async fn commit(
    LaunchOf(launch): LaunchOf,
    State(app): State<App>,
    Json(commit): Json<Commit>,
) -> Result<Json<Acknowledged>> {
    let mut tx = app.db.begin().await?;
    let registration = locked(&mut tx, launch.registration_id).await?;
    registration.let_in()?;
    // Under the lock: a repeat that arrives at the same time sees what the first one applied.
    let found = store::found(&mut tx, launch.id).await?.ok_or_else(|| Error::not_found("launch-unknown"))?;
    let mode = Mode::of_word(&launch.mode);
    if commit.lease != launch.lease || registration.moves(mode) && launch.lease != registration.lease {
        return Err(Error::conflict("lease-lost"));
    }
    let course = Course::load(&mut tx, &registration).await?;
    let is_new = commit.sequence > found.sequence;
    let is_recorded = registration.records(mode);
    let Applied { rejected, valid_requests, said } = if is_new && is_recorded {
        apply(&mut tx, &app, &registration, &course, &launch, &found, &commit).await?
    } else {
        Applied::nothing(&course, &registration)
    };
    if is_new {
        let ended_at = commit.terminate.then(|| app.clock.now());
        store::applied(&mut tx, launch.id, commit.sequence, ended_at).await?;
    }
    // Progress follows from statements alone.
    let reached =
        if said { progress::standing(&mut tx, registration.id, launch.activity_index).await? } else { found.reached };
    tx.commit().await?;
    Ok(Json(Acknowledged {
        sequence: commit.sequence,
        applied: is_new && is_recorded,
        progress: reached.into(),
        valid_requests,
        rejected,
    }))
}

/// What came of a commit.
struct Applied {
    /// Elements that were not taken over, and why.
    rejected: BTreeMap<String, &'static str>,
    /// Which requests lead somewhere afterwards.
    valid_requests: ValidRequests,
    /// Whether there was anything to say of it.
    said: bool,
}

impl Applied {
    fn nothing(course: &Course, registration: &Registration) -> Self {
        let valid_requests = course.valid_requests(&course.sequencer(registration));
        Self { rejected: BTreeMap::new(), valid_requests, said: false }
    }
}

/// Takes over what there is to take over.
async fn apply(
    tx: &mut Tx,
    app: &App,
    registration: &Registration,
    course: &Course,
    launch: &LaunchRow,
    found: &Found,
    commit: &Commit,
) -> Result<Applied> {
    let (activity, node) = course.launchable(launch.activity_index)?;
    let version = course.version.ok_or_else(|| Error::conflict("activity-without-data-model"))?;
    match (commit.silent, found.spoke_at) {
        // It can speak: something kept it from doing so, and nothing is known of this visit.
        (true, Some(_)) => return Ok(Applied::nothing(course, registration)),
        // It has done what it can by being there, as content has that ends without a word on its completion.
        (true, None) => packages::note(tx, registration.version_id, Finding::info("content-silent")).await?,
        (false, None) => store::spoke(tx, registration, launch.activity_index, app.clock.now()).await?,
        (false, Some(_)) => {}
    }
    let mut record: Record = found.elements.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default();
    let mut sequencer = course.sequencer(registration);
    let rules = course.rules(activity, &sequencer, node, &Tolerance::read(launch.tolerance.as_deref()));
    let id = launch.id.to_string();

    let was = record.standing(version, &rules);
    let told: Vec<(&str, &str)> =
        commit.set.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect();
    let (shared, told): (Vec<_>, Vec<_>) = told.into_iter().partition(|(name, _)| is_shared(name));
    let changes = Changes {
        set: told.clone(),
        session_time: commit.session_time.as_deref(),
        terminate: commit.terminate,
        exit: commit.exit.as_deref(),
    };
    let time_before = record.total_time;
    let tells_objectives = told.iter().any(|(name, _)| name.starts_with("cmi.objectives."));
    let objectives = if tells_objectives { record.told(version, &rules, false).objectives } else { Vec::new() };
    let mut refused = record.commit(version, &rules, &id, &changes);
    tell_of_long_data(tx, registration, course, version, &told).await?;
    if !shared.is_empty() {
        refused.extend(
            Stores::of(registration, &course.item(activity).data_maps).keep(tx, &shared, app.clock.now()).await?,
        );
    }
    let after = record.standing(version, &rules);
    if !refused.is_empty() {
        // The frame judges by the same table, so this is content that goes around it, or a fault of ours.
        tracing::warn!(launch = %launch.id, count = refused.len(), first = refused[0].0, "elements rejected");
    }

    let answers = record.take_answers(version, &changes.answers_under_way());
    let mut said: Vec<Statement> =
        answers.iter().map(|answer| statements::responded(registration, activity, answer)).collect();
    // A session that is cut off before it terminates is taken up again like one that was suspended.
    let told = record.told(version, &rules, record.suspended || !record.terminated);
    if tells_objectives {
        said.extend(statements::objectives(registration, activity, &objectives, &told.objectives));
    }
    said.extend(statements::changes(registration, activity, &was, &after));
    if commit.terminate {
        let time = record.total_time.saturating_sub(time_before);
        said.extend(statements::ending(registration, activity, &after, time, record.suspended));
    }
    let course_before = sequencer.course_standing();
    let mut current = Some(launch.activity_index);
    let attempt = sequencer.state().of(node).attempts;
    if version == Version::Scorm2004 && commit.terminate && sequencer.state().current == Some(node) {
        let (exit, request) = (commit.exit.as_deref(), commit.nav_request.as_deref());
        let asked = Asked::of(exit.unwrap_or_default(), request.unwrap_or_default());
        let request = asked.and_then(|asked| asked.request(&course.tree));
        let outcome = sequencer.terminated(node, &told, request);
        said.extend(by_default(registration, course, &sequencer, &after, node));
        if let Some((request, outcome)) = request.zip(outcome) {
            current = navigate::current_after(course, &sequencer, outcome, current);
            let done = navigate::Done { request: request_word(commit), outcome: navigate::Led::by(request, outcome) };
            store::navigated(tx, launch.id, Some(&serde_json::to_string(&done)?)).await?;
        }
    } else {
        sequencer.record(node, &told);
    }
    let mut said = statements::in_attempt(registration, activity, attempt, said);
    if version == Version::Scorm2004 {
        said.extend(statements::course_outcome(registration, &course_before, &sequencer));
    }

    let now = app.clock.now();
    store::save_state(tx, registration.id, launch.activity_index, &serde_json::to_string(&record)?, now).await?;
    course.save(tx, registration, current, &sequencer).await?;
    let valid_requests = course.valid_requests(&sequencer);
    let has_said = !said.is_empty();
    lrs::append(tx, app, said, lrs::Authority::service(app)).await?;
    let rejected = refused.into_iter().map(|(name, fault)| (name.to_owned(), fault.word())).collect();
    Ok(Applied { rejected, valid_requests, said: has_said })
}

/// Where content was left may be told at greater length than its standard promises: we keep it, another system may cut it.
async fn tell_of_long_data(
    tx: &mut Tx,
    registration: &Registration,
    course: &Course,
    version: Version,
    told: &[(&str, &str)],
) -> Result<()> {
    const ELEMENT: &str = "cmi.suspend_data";
    let Some((_, value)) = told.iter().find(|(name, _)| *name == ELEMENT) else { return Ok(()) };
    let promised = kept_everywhere(version, course.details.edition(), ELEMENT).unwrap_or(usize::MAX);
    if value.len() > promised && value.encode_utf16().count() > promised {
        let finding = Finding::warning("suspend-data-long").arg("limit", promised.to_string());
        packages::note(tx, registration.version_id, finding).await?;
    }
    Ok(())
}

/// The request without its target.
fn request_word(commit: &Commit) -> String {
    commit.nav_request.as_deref().and_then(|request| request.split(':').next()).unwrap_or_default().to_owned()
}

/// Content that ended without a word on its completion is completed (SN 4.2.1.4.2, UP.4); that is told like any other.
fn by_default(
    registration: &Registration,
    course: &Course,
    sequencer: &Sequencer<'_>,
    told: &Standing,
    node: NodeId,
) -> Option<Statement> {
    let news = sequencer.state().of(node).primary.completed == Some(true) && told.completed != Some(true);
    let activity = course.activity(node).filter(|_| news)?;
    let result = Outcome { completion: Some(true), ..Outcome::default() };
    Some(statements::about(registration, activity, COMPLETED).with_result(result))
}

/// What the server holds of a launch: the last commit applied, so that a client may know what to send again.
#[derive(Debug, Serialize)]
pub struct Held {
    sequence: i64,
    lease: i64,
    /// Whether this launch still holds the lease.
    holds_lease: bool,
}

/// Tells how far the server is.
pub async fn state(LaunchOf(launch): LaunchOf, State(app): State<App>) -> Result<Json<Held>> {
    let mut tx = app.db.read().await?;
    let unknown = || Error::not_found("registration-unknown");
    let registration = store::find(&mut tx, launch.registration_id).await?.ok_or_else(unknown)?;
    registration.let_in()?;
    let holds_lease = !registration.moves(Mode::of_word(&launch.mode)) || registration.lease == launch.lease;
    Ok(Json(Held { sequence: launch.sequence, lease: launch.lease, holds_lease }))
}
