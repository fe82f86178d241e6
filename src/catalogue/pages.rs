//! What learners see: the catalogue, a course.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::catalogue::model::LearnerCourse;
use crate::catalogue::store;
use crate::core::{CourseId, Error, Language, Result, Timestamp, plain_letters};
use crate::identity::SignedIn;
use crate::programmes::{self, Offered};
use crate::progress::{Status, percent};
use crate::state::App;
use crate::web::{self, Path, Shell, Tab};

/// A course in a list.
pub struct CourseLine {
    pub id: CourseId,
    pub title: String,
    /// Locale key of the kind's name.
    pub kind_key: String,
    /// Length of a film or recording, else 0.
    pub seconds: f64,
    pub status: Status,
    pub steps: i64,
    /// The step that is open, counted from what is done.
    pub step: i64,
    pub percent: i32,
    /// Where one tap leads: the exact screen when begun, else the course's page.
    pub url: String,
    pub completed: Option<Timestamp>,
}

impl CourseLine {
    /// A course as its learner sees it.
    pub fn of(course: &LearnerCourse, language: Language) -> Self {
        let status = course.status();
        let page = format!("/courses/{}", course.id);
        Self {
            id: course.id,
            title: course.title.best(language).to_owned(),
            kind_key: plain_kind(&course.kind),
            seconds: course.medium.duration,
            status,
            steps: course.steps,
            step: (i64::from(course.done.unwrap_or_default()) + 1).min(course.steps.max(1)),
            percent: course.percent(),
            url: if status == Status::Doing { course.resume_url().unwrap_or(page) } else { page },
            completed: course.completed_at,
        }
    }
}

/// What a learner calls a course: the standard it follows is the trainer's business.
fn plain_kind(kind: &str) -> String {
    match kind {
        "video" | "audio" | "page" | "document" | "link" | "quiz" => format!("kind-{kind}"),
        _ => "kind-sco".to_owned(),
    }
}

#[derive(Template)]
#[template(path = "catalogue/templates/catalogue.html")]
struct Catalogue {
    shell: Shell,
    /// What the reader looks for.
    wanted: String,
    programmes: Vec<Offered>,
    courses: Vec<CourseLine>,
    /// Whether anything is published at all.
    empty: bool,
}

/// The catalogue's filter, kept in the address.
#[derive(Deserialize)]
pub struct CatalogueFilter {
    #[serde(default)]
    q: String,
}

/// Every programme and course that is open, found by words of its title.
pub async fn catalogue(
    SignedIn(person): SignedIn,
    State(app): State<App>,
    Query(filter): Query<CatalogueFilter>,
    shell: Shell,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let open = store::open_to(&mut tx, person.id).await?;
    let mut programmes = programmes::offered(&mut tx, person.id).await?;
    let empty = open.is_empty() && programmes.is_empty();
    programmes.retain(|programme| matches(&programme.title, &filter.q));
    let language = shell.words.language();
    let courses: Vec<CourseLine> = open
        .iter()
        .map(|course| CourseLine::of(course, language))
        .filter(|course| matches(&course.title, &filter.q))
        .collect();
    web::render(&Catalogue { shell: shell.tab(Tab::Catalogue), wanted: filter.q, programmes, courses, empty })
}

/// Whether every word looked for is in the title, whatever its case and accents.
fn matches(title: &str, wanted: &str) -> bool {
    let title = plain_letters(title);
    plain_letters(wanted).split_whitespace().all(|word| title.contains(word))
}

/// One step of a course's task list.
struct Step {
    title: String,
    depth: i32,
    launchable: bool,
    kind_key: String,
    status: Status,
    seconds: f64,
    /// Score in percent.
    score: Option<i32>,
    /// The player at this step, once the course is begun.
    url: Option<String>,
}

#[derive(Template)]
#[template(path = "catalogue/templates/course.html")]
struct CoursePage {
    shell: Shell,
    id: CourseId,
    title: String,
    description: String,
    kind_key: String,
    /// Length of a film or recording, else 0.
    length: f64,
    published: bool,
    status: Status,
    percent: i32,
    seconds: f64,
    score: Option<i32>,
    completed: Option<Timestamp>,
    resume: Option<String>,
    steps: Vec<Step>,
    step_count: usize,
    is_trainer: bool,
}

/// A course: what it is, where the learner stands, its steps as a task list.
pub async fn course(
    SignedIn(person): SignedIn,
    State(app): State<App>,
    Path(course): Path<CourseId>,
    shell: Shell,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let unknown = || Error::not_found("course-unknown");
    let row = store::course_of(&mut tx, course, person.id).await?.ok_or_else(unknown)?;
    if row.published_at.is_none() && row.registration.is_none() && !person.roles.may_train() {
        return Err(unknown());
    }
    let outline = store::outline(&mut tx, course, row.version_id, row.registration).await?;
    let language = shell.words.language();
    let steps: Vec<Step> = outline
        .into_iter()
        .map(|activity| Step {
            title: activity.title.best(language).to_owned(),
            depth: activity.depth,
            launchable: activity.launchable,
            kind_key: format!("kind-{}", activity.kind),
            status: Status::of_words(activity.completion.as_deref(), activity.success.as_deref()),
            seconds: activity.seconds.unwrap_or_default(),
            score: activity.score_scaled.map(percent),
            url: row.registration.map(|registration| format!("/player/{registration}/{}", activity.activity_index)),
        })
        .collect();
    let title = row.title.best(language).to_owned();
    let status = Status::of_words(row.completion.as_deref(), row.success.as_deref());
    let status = if row.registration.is_some() { status.begun() } else { status };
    let shell = shell.tab(Tab::Catalogue);
    let crumb = shell.t("catalogue-title");
    web::render(&CoursePage {
        shell: shell.crumb(crumb, "/catalogue"),
        id: course,
        title,
        description: row.description.best(language).to_owned(),
        kind_key: plain_kind(&row.kind),
        length: row.medium.duration,
        published: row.published_at.is_some(),
        status,
        percent: percent(row.progress.unwrap_or_default()),
        seconds: row.seconds.unwrap_or_default(),
        score: row.score_scaled.map(percent),
        completed: row.completed_at,
        resume: row.registration.zip(row.current_index).map(|(record, index)| format!("/player/{record}/{index}")),
        step_count: steps.iter().filter(|step| step.launchable).count(),
        steps,
        is_trainer: person.roles.may_train(),
    })
}
