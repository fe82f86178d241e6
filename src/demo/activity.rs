//! A few days in the life of the demo's learners. They act through the server's own addresses, as their browsers and the
//! content would, so that every figure and statement came about the way real ones do.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Map, Value, json};
use tower::ServiceExt;

use super::PASSWORD;
use super::samples::Sample;
use crate::core::{Error, Result};
use crate::state::App;

/// How far somebody goes in a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Far {
    /// Opens it and looks at the first activity.
    Begun,
    /// Finishes the first activity and goes no further.
    Half,
    /// Finishes every activity; the score in percent.
    Done(u32),
}

/// For each learner how far they are in the samples, in the order of the file names; a minus is a course not begun.
///
/// The samples are two media, two cmi5 courses, two of SCORM 1.2, two of SCORM 2004 and one of xAPI.
const LIVES: [(&str, &str); 7] = [
    ("camille", "half - begun - done:80 half - begun -"),
    ("julien", "done:90 half - begun done:75 done:90 half - begun"),
    ("paul", "- begun - - done:85 begun done:70 - -"),
    ("ines", "done:100 done:100 begun - - done:95 - done:85 begun"),
    ("emilie", "- half - - begun - begun half -"),
    ("karim", "half - - begun done:95 - done:90 - -"),
    ("marc", "done:65 - - - half begun - done:80 -"),
];

impl Far {
    /// Reads a word of [`LIVES`]; `None` for a course that is not begun.
    fn read(word: &str) -> Option<Self> {
        match word {
            "begun" => Some(Far::Begun),
            "half" => Some(Far::Half),
            word => word.strip_prefix("done:")?.parse().ok().map(Far::Done),
        }
    }
}

/// Lets the learners live. What a course refuses (a unit that is not open yet) is left at that, as a learner would.
pub async fn live(app: &App, router: Router, samples: &[Sample]) -> Result<()> {
    if samples.is_empty() {
        return Ok(());
    }
    for (login, courses) in LIVES {
        let learner = Learner::sign_in(app, &router, login).await?;
        for (sample, word) in samples.iter().zip(courses.split(' ')) {
            if let Some(far) = Far::read(word) {
                learner.follow(sample, far).await?;
            }
        }
        learner.post("/sign-out", Payload::Form(String::new())).await?;
    }
    Ok(())
}

/// A learner's browser.
struct Learner<'a> {
    app: &'a App,
    router: &'a Router,
    cookie: String,
}

enum Payload {
    Form(String),
    Json(Value),
}

/// What the server answered.
struct Answer {
    status: StatusCode,
    location: String,
    cookie: String,
    body: Value,
}

impl<'a> Learner<'a> {
    async fn sign_in(app: &'a App, router: &'a Router, login: &str) -> Result<Self> {
        let mut learner = Self { app, router, cookie: String::new() };
        let answer = learner.post("/sign-in", Payload::Form(format!("login={login}&password={PASSWORD}"))).await?;
        if answer.cookie.is_empty() {
            return Err(Error::internal(anyhow::anyhow!("the demo's {login} cannot sign in: {}", answer.status)));
        }
        learner.cookie = answer.cookie;
        Ok(learner)
    }

    async fn follow(&self, sample: &Sample, far: Far) -> Result<()> {
        let started = self.post(&format!("/courses/{}/start", sample.course), Payload::Form(String::new())).await?;
        // `/player/REGISTRATION/ACTIVITY`: where the course begins.
        let mut parts = started.location.trim_start_matches('/').split('/').skip(1);
        let Some(registration) = parts.next().map(str::to_owned) else { return Ok(()) };
        let activities = match far {
            Far::Done(_) => sample.activities.as_slice(),
            Far::Begun | Far::Half => sample.activities.get(..1).unwrap_or_default(),
        };
        for activity in activities {
            let place = format!("/player/{registration}/{activity}");
            let launched = self.post(&format!("{place}/launch"), Payload::Json(json!({"mode": "normal"}))).await?;
            if launched.status.is_success() {
                self.play(&place, &launched.body, far).await?;
            }
        }
        Ok(())
    }

    /// Does what content of each kind does. cmi5 and xAPI content speaks for itself and is only opened here.
    async fn play(&self, place: &str, launch: &Value, far: Far) -> Result<()> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let kind = text(&launch["runtime"]["kind"]);
        match kind.as_str() {
            "scorm12" | "scorm2004" => {
                let mut commit = json!({"lease": launch["lease"], "sequence": 1, "terminate": true});
                let (set, time) = if kind == "scorm12" { scorm12(far) } else { scorm2004(far) };
                commit["set"] = Value::Object(set);
                commit["session_time"] = time.into();
                self.commit(&text(&launch["commit_url"]), &text(&launch["secret"]), commit).await
            }
            "video" | "audio" => {
                let length = launch["runtime"]["duration"].as_f64().unwrap_or_default();
                let seen = length
                    * match far {
                        Far::Begun => 0.2,
                        Far::Half => 0.55,
                        Far::Done(_) => 1.0,
                    };
                for (sequence, event, position) in
                    [(1, "initialized", 0.0), (2, "played", 0.0), (3, "paused", seen), (4, "terminated", seen)]
                {
                    let played = if event == "paused" { json!([[0.0, seen]]) } else { json!([]) };
                    let told = json!({
                        "launch": launch["launch"], "lease": launch["lease"], "sequence": sequence, "event": event,
                        "position": position, "duration": length, "length": length, "played": played,
                    });
                    self.post(&format!("{place}/media"), Payload::Json(told)).await?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Sends what the content changed, as the launch frame does from the content origin.
    async fn commit(&self, address: &str, secret: &str, commit: Value) -> Result<()> {
        let request = Request::post(path_of(address))
            .header(header::HOST, self.app.config.content_url.authority())
            .header(header::ORIGIN, self.app.config.content_origin())
            .header(header::AUTHORIZATION, format!("Bearer {secret}"))
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request, commit.to_string()).await.map(drop)
    }

    async fn post(&self, path: &str, payload: Payload) -> Result<Answer> {
        let (kind, body) = match payload {
            Payload::Form(form) => ("application/x-www-form-urlencoded", form),
            Payload::Json(value) => ("application/json", value.to_string()),
        };
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::HOST, self.app.config.public_url.authority())
            .header(header::ORIGIN, self.app.config.public_origin())
            .header(header::ACCEPT, "application/json")
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, kind);
        self.send(request, body).await
    }

    async fn send(&self, request: axum::http::request::Builder, body: String) -> Result<Answer> {
        let request = request.body(Body::from(body)).map_err(Error::internal)?;
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cookie = header(header::SET_COOKIE).split(';').next().unwrap_or_default().to_owned();
        let (status, location) = (response.status(), header(header::LOCATION).to_owned());
        const ENOUGH: usize = 1 << 20;
        let bytes = to_bytes(response.into_body(), ENOUGH).await.map_err(Error::internal)?;
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if status.is_client_error() || status.is_server_error() {
            tracing::info!(%status, code = body["code"].as_str(), "the demo was refused");
        }
        Ok(Answer { status, location, cookie, body })
    }
}

fn path_of(address: &str) -> String {
    url::Url::parse(address).map_or_else(|_| address.to_owned(), |url| url.path().to_owned())
}

fn set(pairs: &[(&str, String)]) -> Map<String, Value> {
    pairs.iter().map(|(element, value)| ((*element).to_owned(), value.as_str().into())).collect()
}

/// What a SCORM 1.2 course says, and the session's time (SCORM 1.2 Run-Time 3.4.4: HHHH:MM:SS.SS).
fn scorm12(far: Far) -> (Map<String, Value>, String) {
    match far {
        Far::Begun => (
            set(&[("cmi.core.lesson_status", "incomplete".into()), ("cmi.core.lesson_location", "page-2".into())]),
            "0000:03:10.00".into(),
        ),
        Far::Half => (
            set(&[("cmi.core.lesson_status", "completed".into()), ("cmi.core.lesson_location", "page-4".into())]),
            "0000:07:40.00".into(),
        ),
        Far::Done(score) => (
            set(&[
                ("cmi.core.score.min", "0".into()),
                ("cmi.core.score.max", "100".into()),
                ("cmi.core.score.raw", score.to_string()),
                ("cmi.core.lesson_status", "passed".into()),
            ]),
            "0000:12:30.00".into(),
        ),
    }
}

/// What a SCORM 2004 course says, and the session's time (SCORM 2004 RTE 4.2.20: an ISO 8601 duration).
fn scorm2004(far: Far) -> (Map<String, Value>, String) {
    match far {
        Far::Begun => (
            set(&[("cmi.completion_status", "incomplete".into()), ("cmi.location", "page-2".into())]),
            "PT3M10S".into(),
        ),
        Far::Half => (set(&[("cmi.completion_status", "completed".into())]), "PT7M40S".into()),
        Far::Done(score) => (
            set(&[
                ("cmi.score.scaled", format!("{:.2}", f64::from(score) / 100.0)),
                ("cmi.success_status", "passed".into()),
                ("cmi.completion_status", "completed".into()),
            ]),
            "PT12M30S".into(),
        ),
    }
}
