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
use crate::progress::{self, AttemptRow, Attempts, Status, percent};
use crate::runtime::{self, Mode};
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
    /// It is chosen by a form: the rules of the course say what that leads to, and may begin the course with it.
    chosen: Option<i32>,
}

/// One of several attempts of the learner.
struct Attempt {
    number: i32,
    began: Timestamp,
    status: Status,
    score: Option<i32>,
    /// The score of the course is of this one.
    counts: bool,
    /// Where it is looked at again; the latest has its button above.
    review: Option<String>,
}

/// The player's address of what was open last in an attempt, to look at it again.
fn review_address(attempt: &AttemptRow) -> Option<String> {
    Some(format!("/player/{}/{}{}", attempt.registration, attempt.current_index?, Mode::Review.query()))
}

/// The attempts as a list, the latest first; one alone says nothing more than the page.
fn listed(attempts: &Attempts) -> Vec<Attempt> {
    if attempts.rows.len() < 2 {
        return Vec::new();
    }
    let latest = attempts.latest().registration;
    let line = |row: &AttemptRow| Attempt {
        number: row.number,
        began: row.created_at,
        status: row.status(),
        score: row.score.map(percent),
        counts: row.score.is_some() && attempts.counts(row.registration),
        review: review_address(row).filter(|_| row.registration != latest),
    };
    attempts.rows.iter().rev().map(line).collect()
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
    /// The exact screen to go on at.
    resume: Option<String>,
    /// The same to look at what is over.
    review: Option<String>,
    /// The course was replaced by a newer version, and the learner begins anew.
    anew: bool,
    /// A further attempt may be begun.
    again: bool,
    /// How many attempts may be begun yet, where they are counted.
    left: Option<usize>,
    /// Locale key of which attempts the score is of; said where there are several.
    counted_key: String,
    /// Those that were made, where there are several, the latest first.
    attempts: Vec<Attempt>,
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
    if row.published_at.is_none() && row.registration.is_none() && !row.superseded && !person.roles.may_train() {
        return Err(unknown());
    }
    let offered = runtime::offered(&mut tx, person.id, (course, row.version_id), row.registration).await?;
    let outline = store::outline(&mut tx, course, row.version_id, row.registration).await?;
    let attempts = progress::attempts(&mut tx, &[person.id], Some(course)).await?.pop();
    let language = shell.words.language();
    let own = attempts.as_ref().filter(|_| !row.superseded);
    let is_over = own.is_some_and(|attempts| attempts.latest().status().is_over());
    // A quiz says by itself what it lets one do.
    let looks = is_over && row.kind != "quiz" || own.is_some_and(Attempts::is_closed);
    let steps: Vec<Step> = outline
        .into_iter()
        .map(|activity| {
            let status = Status::of_words(activity.completion.as_deref(), activity.success.as_deref());
            let mode = if looks && status.is_over() { Mode::Review } else { Mode::Normal };
            let index = activity.activity_index;
            let is_open = offered.as_ref().map(|offered| offered.contains(&index));
            let url = row.registration.map(|registration| format!("/player/{registration}/{index}{}", mode.query()));
            let may_begin = row.published_at.is_some() || row.registration.is_some() || row.superseded;
            let by_choice = !looks && may_begin && (row.registration.is_none() || !activity.launchable);
            Step {
                title: activity.title.best(language).to_owned(),
                depth: activity.depth,
                launchable: activity.launchable,
                kind_key: format!("kind-{}", activity.kind),
                status,
                seconds: activity.seconds.unwrap_or_default(),
                score: activity.score_scaled.map(percent),
                url: url.filter(|_| activity.launchable && (looks || is_open != Some(false))),
                chosen: (by_choice && is_open == Some(true)).then_some(index),
            }
        })
        .collect();
    let title = row.title.best(language).to_owned();
    let last_place = row.registration.zip(row.current_index).map(|(record, index)| format!("/player/{record}/{index}"));
    let goes_on = own.is_some_and(|attempts| !attempts.latest().status().is_over() && !attempts.is_closed());
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
        status: own.map_or(Status::Todo, Attempts::status),
        percent: percent(row.progress.unwrap_or_default()),
        seconds: row.seconds.unwrap_or_default(),
        score: attempts.as_ref().and_then(Attempts::score).map(percent),
        completed: attempts.as_ref().and_then(Attempts::completed_at),
        resume: last_place.clone().filter(|_| goes_on),
        review: last_place.filter(|_| !goes_on).map(|url| if looks { url + &Mode::Review.query() } else { url }),
        again: own.is_some_and(Attempts::may_begin),
        left: own.and_then(|attempts| attempts.playing.left_after(attempts.used())),
        counted_key: format!("course-counted-{}", attempts.as_ref().map_or("", |a| a.playing.counted.word())),
        attempts: attempts.as_ref().map(listed).unwrap_or_default(),
        step_count: steps.iter().filter(|step| step.launchable).count(),
        steps,
        anew: row.superseded,
        is_trainer: person.roles.may_train(),
    })
}
