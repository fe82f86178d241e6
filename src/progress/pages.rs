//! What trainers see of a course: who did what, and the statements behind it.

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;

use super::answers;
use super::attempts::{self, Attempts};
use super::model::{Completion, Status, Success, percent};
use super::read::{self, ActivityRow, LearnerRow};
use super::store::{self, OutlineRow};
use crate::core::{CourseId, Error, Language, LanguageMap, PersonId, RegistrationId, Result, Timestamp};
use crate::identity::Trainer;
use crate::state::App;
use crate::storage::Tx;
use crate::web::{self, Numbered, Path, Shell, Tab, Words};
use crate::xapi::cmi5::Reason;
use crate::xapi::sentence::{Phrases, sentence};
use crate::{lrs, on_db};

/// Rows of one page.
const PAGE: i64 = 100;
/// Statements shown beside the figures; the whole stream is on the page of statements.
const STATEMENTS: i64 = 100;

/// The pages of this slice.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/trainer/courses/{course}/learners", get(learners))
        .route("/trainer/courses/{course}/learners/{registration}", get(learner))
        .merge(answers::routes())
}

struct Line {
    url: String,
    name: String,
    unit: String,
    /// Which attempt, where somebody has made several.
    attempt: Option<i32>,
    /// The score of its person is of this attempt.
    counts: bool,
    status: Status,
    percent: i32,
    /// In per cent.
    score: Option<i32>,
    seconds: f64,
    last_at: Timestamp,
}

#[derive(Template)]
#[template(path = "progress/templates/learners.html")]
struct LearnersPage {
    shell: Shell,
    course_title: String,
    /// What was answered to the questions of the course.
    answers: String,
    lines: Vec<Line>,
    previous: String,
    next: String,
}

/// Who follows a course, the last one active first.
async fn learners(
    _: Trainer,
    State(app): State<App>,
    Path(course): Path<CourseId>,
    Query(page): Query<Numbered>,
    shell: Shell,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let language = shell.words.language();
    let course_title = title_of(&mut tx, course).await?.best(language).to_owned();
    let mut rows = read::of_course(&mut tx, course, PAGE + 1, page.offset(PAGE)).await?;
    let (previous, next) = page.around(&mut rows, PAGE, &format!("/trainer/courses/{course}/learners"));
    let people: Vec<PersonId> = rows.iter().map(|row| row.person).collect();
    let attempts = match rows.iter().any(|row| row.attempt > 1) {
        true => attempts::attempts(&mut tx, &people, Some(course)).await?,
        false => Vec::new(),
    };
    let several: HashMap<PersonId, &Attempts> = attempts
        .iter()
        .filter(|attempts| attempts.rows.len() > 1)
        .map(|attempts| (attempts.latest().person, attempts))
        .collect();
    let page = LearnersPage {
        answers: format!("/trainer/courses/{course}/answers"),
        lines: rows.into_iter().map(|row| line(course, several.get(&row.person).copied(), row)).collect(),
        previous,
        next,
        course_title,
        shell: shell.tab(Tab::Manage),
    };
    let crumb = page.shell.t("trainer-title");
    let page = LearnersPage { shell: page.shell.crumb(crumb, "/trainer"), ..page };
    web::render(&page)
}

fn line(course: CourseId, several: Option<&Attempts>, row: LearnerRow) -> Line {
    Line {
        attempt: several.map(|_| row.attempt),
        counts: row.score.is_some() && several.is_some_and(|attempts| attempts.counts(row.registration)),
        url: format!("/trainer/courses/{course}/learners/{}", row.registration),
        status: Status::of_words(row.completion.as_deref(), row.success.as_deref()),
        percent: percent(row.progress.unwrap_or_default()),
        score: row.score.map(percent),
        name: row.name,
        unit: row.unit.unwrap_or_default(),
        seconds: row.seconds.unwrap_or_default(),
        last_at: row.last_at,
    }
}

struct Step {
    title: String,
    is_group: bool,
    status: Status,
    score: Option<i32>,
    seconds: f64,
    last_at: Option<Timestamp>,
    /// Why it need not be done, in the words of the reader; empty if it has to be.
    waived: String,
}

/// What a trainer may decide of the learner's way through a course of cmi5.
struct Waiving {
    url: String,
    /// The units that are still to be done: position and title.
    units: Vec<(i32, String)>,
    /// Why one need not be: what the form sends, and what people read.
    reasons: Vec<(&'static str, String)>,
}

/// What was recorded, as a sentence.
pub struct Told {
    /// When it happened.
    pub at: Timestamp,
    /// In the reader's language.
    pub sentence: String,
}

#[derive(Template)]
#[template(path = "progress/templates/learner.html")]
struct LearnerPage {
    shell: Shell,
    name: String,
    course_title: String,
    status: Status,
    percent: i32,
    score: Option<i32>,
    seconds: f64,
    last_at: Timestamp,
    completed_at: Option<Timestamp>,
    steps: Vec<Step>,
    /// None where there is nothing to waive.
    waiving: Option<Waiving>,
    told: Vec<Told>,
}

/// One learner's way through a course: each activity, and what was recorded.
async fn learner(
    _: Trainer,
    State(app): State<App>,
    Path((course, registration)): Path<(CourseId, RegistrationId)>,
    shell: Shell,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let language = shell.words.language();
    let unknown = || Error::not_found("registration-unknown");
    let row = read::of_registration(&mut tx, registration).await?.ok_or_else(unknown)?;
    if row.course != course {
        return Err(unknown());
    }
    let steps = read::activities_of(&mut tx, registration).await?;
    let told = sentences(&mut tx, registration, shell.words).await?;
    let outline = store::outline(&mut tx, course, row.version).await?;
    let units: Vec<(i32, String)> = steps
        .iter()
        .zip(outline.iter())
        .filter(|(step, activity)| activity.kind == "au" && step.waived_for.is_none() && !is_enough(step, activity))
        .map(|(step, _)| (step.activity_index, step.title.best(language).to_owned()))
        .collect();
    let waiving = (!units.is_empty()).then(|| Waiving {
        url: format!("/trainer/courses/{course}/learners/{registration}/waive"),
        units,
        reasons: Reason::ALL.map(|reason| (reason.word(), shell.t(reason_key(reason)))).into(),
    });
    let course_title = row.title.best(language).to_owned();
    let (trainer, list) = (shell.t("trainer-title"), shell.t("learners-title"));
    let page = LearnerPage {
        name: row.person_name,
        status: Status::of_words(row.completion.as_deref(), row.success.as_deref()),
        percent: percent(row.progress.unwrap_or_default()),
        score: row.score.map(percent),
        seconds: row.seconds.unwrap_or_default(),
        last_at: row.last_at,
        completed_at: row.completed_at,
        steps: steps.into_iter().map(|row| step(row, shell.words)).collect(),
        waiving,
        told,
        course_title,
        shell: shell
            .tab(Tab::Manage)
            .crumb(trainer, "/trainer")
            .crumb(list, format!("/trainer/courses/{course}/learners")),
    };
    web::render(&page)
}

/// Whether nothing more is to be done in an activity.
fn is_enough(row: &ActivityRow, activity: &OutlineRow) -> bool {
    let completed = row.completion.as_deref().map(Completion::of_word) == Some(Completion::Completed);
    let passed = row.success.as_deref().map(Success::of_word) == Some(Success::Passed);
    activity.enough.is_met(completed, passed)
}

fn reason_key(reason: Reason) -> &'static str {
    match reason {
        Reason::TestedOut => "waive-tested-out",
        Reason::EquivalentUnit => "waive-equivalent-unit",
        Reason::EquivalentOutsideActivity => "waive-equivalent-outside",
        Reason::Administrative => "waive-administrative",
    }
}

fn step(row: ActivityRow, words: Words) -> Step {
    let waived = row.waived_for.as_deref().and_then(Reason::of_word);
    Step {
        waived: waived.map(|reason| words.t(reason_key(reason))).unwrap_or_default(),
        title: row.title.best(words.language()).to_owned(),
        is_group: !row.launchable,
        status: Status::of_words(row.completion.as_deref(), row.success.as_deref()),
        score: row.score_scaled.map(percent),
        seconds: row.seconds.unwrap_or_default(),
        last_at: row.last_at,
    }
}

/// What was recorded of a registration, the latest first, in the reader's language.
pub async fn sentences(tx: &mut Tx, registration: RegistrationId, words: Words) -> Result<Vec<Told>> {
    let statements = lrs::latest_of_registration(tx, registration, STATEMENTS).await?;
    // Content often says no more of what it speaks of than its identifier.
    let names = names(tx, registration, words.language()).await?;
    let teller = Teller(words);
    let told = |statement| sentence(statement, &teller, &|iri| names.get(iri).cloned());
    Ok(statements.iter().map(|stored| Told { at: stored.occurred, sentence: told(&stored.statement) }).collect())
}

/// What a course and its activities are called, by every identifier that statements name them with.
async fn names(tx: &mut Tx, registration: RegistrationId, language: Language) -> Result<HashMap<String, String>> {
    let Some(enrolled) = store::find(tx, registration).await? else { return Ok(HashMap::new()) };
    let outline = store::outline(tx, enrolled.course_id, enrolled.version_id).await?;
    let course = [(enrolled.course_iri, enrolled.course_title.best(language).to_owned())];
    let activities = outline.iter().flat_map(|activity| {
        [&activity.identifier, &activity.iri].map(|name| (name.clone(), activity.title.best(language).to_owned()))
    });
    Ok(course.into_iter().chain(activities).filter(|(_, title)| !title.is_empty()).collect())
}

/// The words of the interface, for sentences.
struct Teller(Words);

impl Phrases for Teller {
    fn language(&self) -> Language {
        self.0.language()
    }

    fn say(&self, key: &str, args: &[(&'static str, &str)]) -> String {
        let args: Vec<_> = args.iter().map(|(name, value)| (*name, (*value).into())).collect();
        self.0.with(key, &args)
    }
}

const TITLE: &str = "SELECT title FROM course WHERE id = $1";

/// The title of a course. Errors: `course-unknown`.
pub async fn title_of(tx: &mut Tx, course: CourseId) -> Result<LanguageMap> {
    let title: Option<String> = on_db!(tx, c => sqlx::query_scalar(TITLE).bind(course).fetch_optional(c).await)?;
    title.map(LanguageMap::from).ok_or_else(|| Error::not_found("course-unknown"))
}
