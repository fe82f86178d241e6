//! Video and audio: where the learner is, what they have seen, and the statements of the xAPI video profile.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::core::{Error, LaunchId, RegistrationId, Result};
use crate::packages::model::{ActivityDetails, MediaDetails};
use crate::runtime::access::PlayerOf;
use crate::runtime::course::Course;
use crate::runtime::launch::locked;
use crate::runtime::model::{Activity, Mode, ProgressAnswer, Registration};
use crate::runtime::{statements, store};
use crate::state::App;
use crate::web::Path;
use crate::xapi::vocabulary::{COMPLETED, INITIALIZED, INTERACTED, PAUSED, PLAYED, SEEKED, TERMINATED, extension};
use crate::xapi::{IsoDuration, Outcome, Statement};
use crate::{lrs, packages, progress};

/// So near the end a medium begins again at the start.
const END: f64 = 3.0;
/// Most segments kept; nobody who listens makes so many.
const SEGMENTS: usize = 200;

/// What is saved of a medium.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Position {
    /// In seconds.
    pub position: f64,
    /// What was played, in order, without overlap.
    pub played: Vec<[f64; 2]>,
    /// Whether completion was told.
    pub completed: bool,
}

impl Position {
    /// The saved position; the beginning if there is none.
    pub fn read(saved: Option<&str>) -> Self {
        saved.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// Where to take it up again.
    pub fn resume_at(&self, duration: f64) -> f64 {
        if duration > 0.0 && self.position > duration - END { 0.0 } else { self.position }
    }

    /// Adds what was played.
    fn play(&mut self, segments: &[[f64; 2]], length: f64) {
        let limit = if length > 0.0 { length } else { f64::MAX };
        let sound = |segment: &&[f64; 2]| segment[0].is_finite() && segment[1].is_finite() && segment[0] < segment[1];
        let cut = |[from, to]: &[f64; 2]| [from.clamp(0.0, limit), to.clamp(0.0, limit)];
        self.played.extend(segments.iter().take(10_000).filter(sound).map(cut));
        self.played.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let mut merged: Vec<[f64; 2]> = Vec::with_capacity(self.played.len());
        for segment in self.played.drain(..) {
            match merged.last_mut() {
                // Half a second between two segments is the player's own rounding.
                Some(last) if segment[0] <= last[1] + 0.5 => last[1] = last[1].max(segment[1]),
                _ => merged.push(segment),
            }
        }
        merged.truncate(SEGMENTS);
        self.played = merged;
    }

    /// How much was seen, 0 to 1.
    fn share(&self, length: f64) -> f64 {
        let seen: f64 = self.played.iter().map(|[from, to]| to - from).sum();
        if length > 0.0 { (seen / length).clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// What the media player tells.
#[derive(Debug, Deserialize)]
pub struct Report {
    launch: LaunchId,
    lease: i64,
    sequence: i64,
    position: f64,
    event: String,
    #[serde(default)]
    played: Vec<[f64; 2]>,
    /// The length the browser measured.
    #[serde(default)]
    length: f64,
    /// What the learner set, told when it changes.
    #[serde(default)]
    settings: Settings,
}

/// How the learner watches. What they never touched is not told.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Settings {
    speed: Option<f64>,
    volume: Option<f64>,
    fullscreen: Option<bool>,
    /// The language of the captions that show; empty if none do.
    captions: Option<String>,
}

impl Settings {
    /// As the profile names them; what no player sets is left out.
    fn extensions(&self) -> Vec<(&'static str, Value)> {
        let mut told = Vec::new();
        if let Some(speed) = self.speed.filter(|speed| (0.05..=16.0).contains(speed)) {
            // The profile writes it as people say it.
            told.push((extension::SPEED, json!(format!("{speed}x"))));
        }
        if let Some(volume) = self.volume.filter(|volume| (0.0..=1.0).contains(volume)) {
            told.push((extension::VOLUME, json!(thousandth(volume))));
        }
        if let Some(fullscreen) = self.fullscreen {
            told.push((extension::FULL_SCREEN, json!(fullscreen)));
        }
        let tag = |text: &&String| text.len() <= 35 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if let Some(captions) = self.captions.as_ref().filter(tag) {
            told.push((extension::CC_ENABLED, json!(!captions.is_empty())));
            if !captions.is_empty() {
                told.push((extension::CC_LANGUAGE, json!(captions)));
            }
        }
        told
    }
}

/// Keeps the position and tells what happened. Idempotent by sequence number.
///
/// Errors: `launch-unknown`, `lease-lost`, `media-event-unknown`, `position-invalid`.
pub async fn tell(
    player: PlayerOf,
    State(app): State<App>,
    Path((id, index)): Path<(RegistrationId, i32)>,
    Json(report): Json<Report>,
) -> Result<Json<Value>> {
    let verb = match report.event.as_str() {
        "initialized" => Some(INITIALIZED),
        "played" => Some(PLAYED),
        "paused" => Some(PAUSED),
        "seeked" => Some(SEEKED),
        "terminated" => Some(TERMINATED),
        "interacted" => Some(INTERACTED),
        // The position is kept; completion is for the server to see.
        "progressed" | "completed" => None,
        _ => return Err(Error::malformed("media-event-unknown")),
    };
    if !report.position.is_finite() || report.position < 0.0 {
        return Err(Error::unprocessable("position-invalid"));
    }
    let mut tx = app.db.begin().await?;
    let registration = locked(&mut tx, id).await?;
    let launch = store::launch(&mut tx, report.launch).await?;
    let launch = launch
        .filter(|launch| launch.registration_id == player.registration.id && launch.activity_index == index)
        .ok_or_else(|| Error::not_found("launch-unknown"))?;
    let mode = Mode::of_word(&launch.mode);
    if report.lease != launch.lease || registration.moves(mode) && launch.lease != registration.lease {
        return Err(Error::conflict("lease-lost"));
    }
    let course = Course::load(&mut tx, &registration).await?;
    let (activity, _) = course.launchable(index)?;
    if report.sequence > launch.sequence {
        if registration.records(mode) {
            let saved = store::state(&mut tx, id, index).await?;
            let mut position = Position::read(saved.as_deref());
            let details = details(activity);
            let length = length(&details, report.length);
            let seen_before: f64 = position.played.iter().map(|[from, to]| to - from).sum();
            position.play(&report.played, length);
            let seen: f64 = position.played.iter().map(|[from, to]| to - from).sum();
            let told = Told {
                registration: &registration,
                activity,
                report: &report,
                length,
                threshold: details.completion(),
            };
            let mut said = Vec::new();
            if !position.completed && position.share(length) >= details.completion() {
                position.completed = true;
                said.push(told.statement(COMPLETED, &position, seen - seen_before));
            }
            said.extend(verb.map(|verb| told.statement(verb, &position, seen - seen_before)));
            position.position = report.position;
            let text = serde_json::to_string(&position)?;
            store::save_state(&mut tx, id, index, &text, app.clock.now()).await?;
            lrs::append(&mut tx, &app, said, lrs::Authority::service(&app)).await?;
        }
        let ended_at = (report.event == "terminated").then(|| app.clock.now());
        store::applied(&mut tx, launch.id, report.sequence, ended_at).await?;
    }
    let progress = ProgressAnswer::from(progress::standing(&mut tx, id, index).await?);
    let valid_requests = course.valid_requests(&course.sequencer(&registration));
    tx.commit().await?;
    Ok(Json(json!({"sequence": report.sequence, "progress": progress, "valid_requests": valid_requests})))
}

/// What the activity says of the film or recording it is.
pub fn details(activity: &Activity) -> MediaDetails {
    match serde_json::from_str(&activity.details) {
        Ok(ActivityDetails::Media(details)) => details,
        _ => MediaDetails::default(),
    }
}

/// The length the probe found; the browser's only where the file tells none.
fn length(details: &MediaDetails, measured: f64) -> f64 {
    match details.duration {
        found if found > 0.0 => found,
        _ if measured.is_finite() => measured.max(0.0),
        _ => 0.0,
    }
}

/// The captions of what the learner watches. Errors: `captions-unknown`.
pub async fn captions(
    player: PlayerOf,
    State(app): State<App>,
    Path((_, _, language)): Path<(RegistrationId, i32, String)>,
) -> Result<Response> {
    let version = player.registration.version_id;
    let found = packages::media::played_caption(&mut app.db.read().await?, version, &language).await?;
    let text = found.ok_or_else(|| Error::not_found("captions-unknown"))?;
    let headers = [(header::CONTENT_TYPE, "text/vtt; charset=utf-8"), (header::CACHE_CONTROL, "private, no-cache")];
    Ok((headers, text).into_response())
}

struct Told<'a> {
    registration: &'a Registration,
    activity: &'a Activity,
    report: &'a Report,
    length: f64,
    /// From which share on it is completed.
    threshold: f64,
}

impl Told<'_> {
    fn statement(&self, verb: &str, position: &Position, seconds: f64) -> Statement {
        let mut result = Outcome::default();
        let at = json!(thousandth(self.report.position));
        let segments = statements::segments(&position.played.iter().map(|s| s.map(thousandth)).collect::<Vec<_>>());
        let progress = json!(thousandth(position.share(self.length)));
        let mut put = |key: &str, value: Value| drop(result.extensions.insert(key.to_owned(), value));
        match verb {
            INITIALIZED => {}
            SEEKED => {
                put(extension::TIME_FROM, json!(thousandth(position.position)));
                put(extension::TIME_TO, at);
            }
            PLAYED | INTERACTED => put(extension::TIME, at),
            _ => {
                put(extension::TIME, at);
                put(extension::VIDEO_PROGRESS, progress);
                put(extension::PLAYED_SEGMENTS, segments);
            }
        }
        if verb == COMPLETED {
            result.completion = Some(true);
        }
        if matches!(verb, COMPLETED | TERMINATED) {
            result.duration = Some(IsoDuration::from_seconds(seconds));
        }
        let statement = statements::about(self.registration, self.activity, verb).with_result(result);
        let mut setting = vec![
            (extension::VIDEO_SESSION_ID, json!(self.report.launch)),
            (extension::LENGTH, json!(thousandth(self.length))),
            (extension::COMPLETION_THRESHOLD, json!(self.threshold)),
        ];
        if matches!(verb, INITIALIZED | INTERACTED) {
            setting.extend(self.report.settings.extensions());
        }
        statements::extended(statement, &setting)
    }
}

fn thousandth(figure: f64) -> f64 {
    (figure * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_played_is_counted_once() {
        let mut position = Position::default();
        position.play(&[[0.0, 10.0], [5.0, 20.0], [40.0, 50.0]], 100.0);
        position.play(&[[19.8, 30.0], [90.0, 400.0], [f64::NAN, 3.0], [9.0, 2.0]], 100.0);
        assert_eq!(position.played, [[0.0, 30.0], [40.0, 50.0], [90.0, 100.0]]);
        assert_eq!(position.share(100.0), 0.5);
    }

    #[test]
    fn a_medium_seen_to_its_end_begins_again() {
        let at = |position| Position { position, ..Position::default() }.resume_at(60.0);
        assert_eq!((at(30.0), at(59.0)), (30.0, 0.0));
    }
}
