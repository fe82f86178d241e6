//! The pages on which a trainer builds: the list of programmes, and one programme in its three bands.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::core::{Error, ProgrammeId, Result, StepKey, Timestamp};
use crate::identity::Trainer;
use crate::programmes::acts::{self, CHOICES};
use crate::programmes::model::{self, Check, Phase, Step};
use crate::programmes::store::{self, VersionUse};
use crate::state::App;
use crate::web::{self, Path, Shell, Tab, calendar};

/// A programme in the list.
struct Line {
    id: ProgrammeId,
    title: String,
    state: &'static str,
    /// Whether a published one has changes that nobody else sees yet.
    changed: bool,
    steps: u32,
    enrolled: u32,
    completed: u32,
}

#[derive(Template)]
#[template(path = "programmes/templates/list.html")]
struct List {
    shell: Shell,
    programmes: Vec<Line>,
}

/// A count of the database, which is never negative nor near the limit.
pub fn count(rows: i64) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

/// The word of the kit for a programme.
pub fn state(published: Option<Timestamp>, archived: Option<Timestamp>) -> &'static str {
    match (published, archived) {
        (None, _) => "draft",
        (Some(_), Some(_)) => "withdrawn",
        (Some(_), None) => "published",
    }
}

/// Every programme with its figures.
pub async fn list(_: Trainer, State(app): State<App>, shell: Shell) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let programmes = store::all(&mut tx)
        .await?
        .into_iter()
        .map(|programme| Line {
            id: programme.id,
            title: programme.title,
            state: state(programme.published_at, programme.archived_at),
            changed: programme.published_at.is_some() && programme.has_draft,
            steps: count(programme.steps),
            enrolled: count(programme.enrolled),
            completed: count(programme.completed),
        })
        .collect();
    web::render(&List { shell: shell.tab(Tab::Manage), programmes })
}

/// A step in the builder.
struct Row {
    key: StepKey,
    title: String,
    icon: &'static str,
    kind: String,
    course: String,
    minutes: String,
    required: bool,
    /// When it opens, as a sentence.
    condition: String,
    opens: String,
    /// The steps it may wait for: key, title, whether it does.
    others: Vec<(StepKey, String, bool)>,
    first: bool,
    last: bool,
}

struct Band {
    phase: &'static str,
    title: String,
    hint: String,
    rows: Vec<Row>,
}

/// A line of the checklist in words.
struct Item {
    fine: bool,
    text: String,
    todo: String,
}

#[derive(Template)]
#[template(path = "programmes/templates/builder.html")]
struct Builder {
    shell: Shell,
    id: ProgrammeId,
    title: String,
    summary: String,
    state: &'static str,
    /// Whether there is something to publish.
    is_draft: bool,
    /// Whether there is a version to go back to.
    may_discard: bool,
    bands: Vec<Band>,
    step_count: usize,
    seconds: i32,
    choices: Vec<String>,
    checks: Vec<Item>,
    ready: bool,
    uses: Vec<VersionUse>,
    /// People who follow an earlier version and could be moved.
    movable: i64,
}

/// The icon of a kind of course.
pub fn icon(kind: &str) -> &'static str {
    match kind {
        "video" => "film",
        "audio" => "headphones",
        "page" | "document" => "file-text",
        "link" => "globe",
        "quiz" => "list-checks",
        _ => "book-open",
    }
}

/// What people call a kind of course: the standard it follows is nobody's business but its trainer's.
pub fn kind_word(shell: &Shell, kind: &str) -> String {
    let own = format!("kind-{kind}");
    let is_plain = !matches!(kind, "scorm12" | "scorm2004" | "cmi5" | "xapi") && shell.words.has(&own);
    shell.t(if is_plain { &own } else { "kind-sco" })
}

/// When a step opens, as a sentence.
fn condition(shell: &Shell, step: &Step, steps: &[Step]) -> String {
    let after = steps.iter().find(|other| Some(other.step_key) == step.after_key);
    match (after, step.opens_at) {
        (None, None) => shell.t("programme-free"),
        (Some(after), None) => shell.with("programme-after", [("title", after.title.as_str())]),
        (None, Some(at)) => shell.with("programme-opens", [("date", shell.date(&at))]),
        (Some(after), Some(at)) => shell
            .with("programme-after-and-opens", [("title", after.title.as_str()), ("date", shell.date(&at).as_str())]),
    }
}

fn row(shell: &Shell, step: &Step, steps: &[Step], place: usize) -> Row {
    let others = steps.iter().filter(|other| other.step_key != step.step_key);
    Row {
        key: step.step_key,
        title: step.title.clone(),
        icon: icon(&step.course_kind),
        kind: kind_word(shell, &step.course_kind),
        course: step.course_title.best(shell.words.language()).to_owned(),
        minutes: step.minutes.map(|minutes| minutes.to_string()).unwrap_or_default(),
        required: step.required,
        condition: condition(shell, step, steps),
        opens: step.opens_at.map(|at| calendar::day_value(at, &shell.zone)).unwrap_or_default(),
        others: others.map(|o| (o.step_key, o.title.clone(), Some(o.step_key) == step.after_key)).collect(),
        first: place == 0 && step.phase == Phase::Before,
        last: step.phase == Phase::After && place + 1 == steps.iter().filter(|s| s.phase == Phase::After).count(),
    }
}

fn item(shell: &Shell, check: &Check) -> Item {
    let titles = check.steps.iter().map(|title| shell.with("quoted", [("text", title.as_str())])).collect::<Vec<_>>();
    Item {
        fine: check.fine,
        text: shell.t(&format!("check-{}", check.key)),
        todo: if check.fine {
            String::new()
        } else {
            shell.with(&format!("check-{}-todo", check.key), [("steps", titles.join(", "))])
        },
    }
}

/// One programme: its three bands, what is missing before it can be published, who follows which version.
pub async fn page(_: Trainer, State(app): State<App>, Path(id): Path<ProgrammeId>, shell: Shell) -> Result<Response> {
    let unknown = || Error::not_found("programme-unknown");
    let mut tx = app.db.read().await?;
    let programme = store::find(&mut tx, id).await?.ok_or_else(unknown)?;
    let version = store::latest(&mut tx, id).await?.ok_or_else(unknown)?;
    let steps = store::steps(&mut tx, version.id).await?;
    let choices = acts::named(store::choices(&mut tx, CHOICES).await?, shell.words.language());
    let uses = store::uses(&mut tx, id).await?;
    let bands = Phase::ALL
        .map(|phase| Band {
            phase: phase.word(),
            title: shell.t(&format!("phase-{}", phase.word())),
            hint: shell.t(&format!("phase-{}-hint", phase.word())),
            rows: steps
                .iter()
                .filter(|step| step.phase == phase)
                .enumerate()
                .map(|(place, step)| row(&shell, step, &steps, place))
                .collect(),
        })
        .into();
    let checks: Vec<Item> =
        model::checklist(&programme.title, &steps).iter().map(|check| item(&shell, check)).collect();
    let crumb = shell.t("programmes-title");
    web::render(&Builder {
        id,
        title: programme.title,
        summary: programme.summary,
        state: state(programme.published_at, programme.archived_at),
        is_draft: version.published_at.is_none(),
        may_discard: version.published_at.is_none() && version.number > 1,
        bands,
        step_count: steps.len(),
        seconds: steps.iter().filter_map(|step| step.minutes).sum::<i32>().saturating_mul(60),
        choices: choices.into_iter().map(|(name, _)| name).collect(),
        ready: checks.iter().all(|check| check.fine),
        checks,
        movable: uses.iter().skip(1).map(|version| version.running).sum(),
        uses,
        shell: shell.tab(Tab::Manage).crumb(crumb, "/trainer/programmes"),
    })
}
