//! What learners made of the questions of a course, for programs.

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::read::{self, Judged, Outcome};
use crate::core::{CourseId, Language, Result};
use crate::identity::CanReadRegistrations;
use crate::progress::pages::title_of;
use crate::state::App;
use crate::web::{NotAllowed, Path, ProblemDocument};

/// The interface, below `/api/v1`.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(interactions))
}

/// Which questions to tell of.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// How many to pass over; `next` of the answer before.
    #[serde(default)]
    from: u32,
    /// How many, 1 to 100.
    #[serde(default = "Which::usual")]
    limit: i64,
}

impl Which {
    fn usual() -> i64 {
        50
    }
}

/// How many answers were judged, and how many of them right.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct JudgedReport {
    judged: i64,
    right: i64,
}

impl From<Judged> for JudgedReport {
    fn from(Judged { judged, right }: Judged) -> Self {
        Self { judged, right }
    }
}

/// An answer and how often it was the first one given.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ResponseReport {
    /// As xAPI writes answers.
    response: String,
    times: i64,
    /// Whether it was right, if the content judges.
    success: Option<bool>,
}

/// What learners made of one question.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct InteractionReport {
    /// The question, an IRI.
    id: String,
    /// The activity that asks it, an IRI.
    activity: String,
    /// What is asked.
    name: String,
    /// `interactionType` of xAPI, if it was told.
    kind: Option<String>,
    /// `correctResponsesPattern` of xAPI.
    correct: Vec<String>,
    /// People who answered.
    people: i64,
    /// Attempts at the course in which it was answered.
    attempts: i64,
    /// Answers given, those that were given anew among them.
    answers: i64,
    /// The first answer of each attempt.
    first: JudgedReport,
    /// The last answer of each attempt.
    last: JudgedReport,
    /// Half of the first answers took less, in seconds.
    median_latency: Option<f64>,
    /// The most frequent first answers.
    responses: Vec<ResponseReport>,
}

/// The questions of a course.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Interactions {
    /// In the order in which they were first asked.
    interactions: Vec<InteractionReport>,
    /// Give it as `from` to go on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<u32>,
}

/// What learners made of the questions of a course: answers, latencies, how many were right.
#[utoipa::path(get, path = "/courses/{course}/interactions", tag = "registrations",
    params(("course" = CourseId, Path, description = "The course"), Which),
    responses(
        (status = 200, description = "The questions that were answered", body = Interactions),
        NotAllowed,
        (status = 404, description = "`course-unknown`", body = ProblemDocument,
         content_type = "application/problem+json"),
    ))]
async fn interactions(
    _: CanReadRegistrations,
    State(app): State<App>,
    Path(course): Path<CourseId>,
    Query(which): Query<Which>,
) -> Result<Json<Interactions>> {
    let limit = which.limit.clamp(1, 100);
    let mut tx = app.db.read().await?;
    title_of(&mut tx, course).await?;
    let mut outcomes = read::outcomes(&mut tx, course, limit + 1, i64::from(which.from)).await?;
    let more = outcomes.len() as i64 > limit;
    outcomes.truncate(limit as usize);
    // The limit is small.
    let next = more.then(|| which.from.saturating_add(limit as u32));
    Ok(Json(Interactions { interactions: outcomes.into_iter().map(report).collect(), next }))
}

fn report(outcome: Outcome) -> InteractionReport {
    let asks = &outcome.asks;
    InteractionReport {
        name: asks.name(Language::default()),
        kind: asks.kind().map(str::to_owned),
        correct: asks.patterns().to_vec(),
        people: outcome.people,
        attempts: outcome.attempts,
        answers: outcome.answers,
        first: outcome.first.into(),
        last: outcome.last.into(),
        median_latency: outcome.median,
        responses: outcome
            .given
            .into_iter()
            .map(|given| ResponseReport { response: given.response, times: given.times, success: given.success })
            .collect(),
        id: outcome.asks.iri,
        activity: outcome.activity.iri,
    }
}
