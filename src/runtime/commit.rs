//! Commits of SCORM content: applied once, judged again, and recorded with their progress in one transaction.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::core::{Error, Result};
use crate::runtime::access::LaunchOf;
use crate::runtime::course::Course;
use crate::runtime::launch::locked;
use crate::runtime::model::{LaunchRow, Mode, ProgressAnswer, Registration, ValidRequests};
use crate::runtime::{statements, store};
use crate::scorm::Version;
use crate::scorm::record::{Changes, Record};
use crate::scorm::sequencing::Request;
use crate::state::App;
use crate::storage::Tx;
use crate::{lrs, progress};

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
    let launch = store::launch(&mut tx, launch.id).await?.ok_or_else(|| Error::not_found("launch-unknown"))?;
    let mode = Mode::of_word(&launch.mode);
    if commit.lease != launch.lease || registration.moves(mode) && launch.lease != registration.lease {
        return Err(Error::conflict("lease-lost"));
    }
    let course = Course::load(&mut tx, &registration).await?;
    let is_new = commit.sequence > launch.sequence;
    let is_recorded = registration.records(mode);
    let mut rejected = BTreeMap::new();
    let mut registration = registration;
    if is_new && is_recorded {
        rejected = apply(&mut tx, &app, &mut registration, &course, &launch, &commit).await?;
    }
    if is_new {
        let ended_at = commit.terminate.then(|| app.clock.now());
        store::applied(&mut tx, launch.id, commit.sequence, ended_at).await?;
    }
    let progress = standing(&mut tx, &registration, launch.activity_index).await?;
    let valid_requests = course.valid_requests(&course.sequencer(&registration));
    tx.commit().await?;
    Ok(Json(Acknowledged {
        sequence: commit.sequence,
        applied: is_new && is_recorded,
        progress,
        valid_requests,
        rejected,
    }))
}

async fn apply(
    tx: &mut Tx,
    app: &App,
    registration: &mut Registration,
    course: &Course,
    launch: &LaunchRow,
    commit: &Commit,
) -> Result<BTreeMap<String, &'static str>> {
    let (activity, node) = course.launchable(launch.activity_index)?;
    let version = course.version.ok_or_else(|| Error::conflict("activity-without-data-model"))?;
    let saved = store::state(tx, registration.id, launch.activity_index).await?;
    let mut record: Record = saved.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default();
    let rules = course.rules(activity, node);
    let id = launch.id.to_string();

    let before = record.standing(version, &rules);
    let told: Vec<(&str, &str)> =
        commit.set.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect();
    let changes = Changes {
        set: told,
        session_time: commit.session_time.as_deref(),
        terminate: commit.terminate,
        exit: commit.exit.as_deref(),
    };
    let time_before = record.total_time;
    let refused = record.commit(version, &rules, &id, &changes);
    let after = record.standing(version, &rules);
    if !refused.is_empty() {
        // The frame judges by the same table, so this is content that goes around it, or a fault of ours.
        tracing::warn!(launch = %launch.id, count = refused.len(), first = refused[0].0, "elements rejected");
    }

    let mut said = statements::changes(registration, activity, &before, &after);
    if commit.terminate {
        let time = record.total_time.saturating_sub(time_before);
        said.extend(statements::ending(registration, activity, &after, time, record.suspended));
    }
    let mut sequencer = course.sequencer(registration);
    let sequenced = sequencer.state().clone();
    // A session that is cut off before it terminates is taken up again like one that was suspended.
    sequencer.record(node, after.told(record.suspended || !record.terminated));
    if version == Version::Scorm2004 {
        if record.is_over(version) && sequencer.state().current == Some(node) {
            sequencer.navigate(Request::Exit);
            said.extend(by_default(registration, course, &sequenced, sequencer.state(), &after, node));
        }
        said.extend(statements::course_outcome(registration, &sequenced, sequencer.state()));
    }

    let now = app.clock.now();
    store::save_state(tx, registration.id, launch.activity_index, &serde_json::to_string(&record)?, now).await?;
    let state = serde_json::to_string(sequencer.state())?;
    store::save_sequencing(tx, registration.id, Some(launch.activity_index), &state).await?;
    registration.sequencing = Some(state);
    lrs::append(tx, app, said, lrs::Authority::service(app)).await?;
    Ok(refused.into_iter().map(|(name, fault)| (name.to_owned(), fault.word())).collect())
}

/// Content that ended without a word on its completion is completed (SN 4.2.1.4.2, UP.4); that is told like any other.
fn by_default(
    registration: &Registration,
    course: &Course,
    before: &crate::scorm::sequencing::State,
    after: &crate::scorm::sequencing::State,
    told: &crate::scorm::record::Standing,
    node: crate::scorm::sequencing::NodeId,
) -> Option<crate::xapi::Statement> {
    let completed = after.of(node).completed == Some(true);
    let news = completed && told.completed != Some(true) && before.of(node).completed != Some(true);
    let activity = course.activity(node).filter(|_| news)?;
    let result = crate::xapi::Outcome { completion: Some(true), ..Default::default() };
    Some(statements::about(registration, activity, crate::xapi::vocabulary::COMPLETED).with_result(result))
}

/// Where the learner stands now, in the activity and in the course.
pub async fn standing(tx: &mut Tx, registration: &Registration, index: i32) -> Result<ProgressAnswer> {
    let (activity, course) = progress::standing(tx, registration.id, index).await?;
    Ok(ProgressAnswer { completion: activity.0.word(), success: activity.1.word(), course_completion: course.word() })
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
