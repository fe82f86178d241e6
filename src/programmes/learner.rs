//! A programme as its learner sees it: a task list in three phases, each step with the reason when it is locked.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use crate::core::{EnrolmentId, Error, Kind, ProgrammeId, Result, StepKey, Timestamp};
use crate::identity::{MaybeSignedIn, SignedIn, Trainer};
use crate::programmes::builder::{icon, kind_word};
use crate::programmes::enrolment::{self, Target};
use crate::programmes::follow::{self, Enrolment, Followed};
use crate::programmes::model::{Lock, Phase, Programme, Step, counted};
use crate::programmes::store;
use crate::runtime;
use crate::state::App;
use crate::web::{self, Flash, Path, Shell, Tab, calendar};

/// A step in the list.
struct Task {
    key: StepKey,
    title: String,
    icon: &'static str,
    kind: String,
    minutes: i32,
    optional: bool,
    /// todo, doing, done, failed or locked.
    state: String,
    /// Why it is locked.
    reason: String,
    /// Where its button posts to; empty when it cannot be opened.
    action: String,
}

struct Group {
    phase: &'static str,
    title: String,
    tasks: Vec<Task>,
}

/// The button at the top.
struct Resume {
    action: String,
    title: String,
    note: String,
}

#[derive(Template)]
#[template(path = "programmes/templates/learner.html")]
struct LearnerPage {
    shell: Shell,
    id: ProgrammeId,
    title: String,
    summary: String,
    /// Whether the reader follows it.
    enrolled: bool,
    /// A trainer looks at it as a learner would.
    preview: bool,
    status: String,
    percent: i64,
    done: i32,
    total: i32,
    due: String,
    late: bool,
    completed: Option<Timestamp>,
    resume: Option<Resume>,
    /// What everything left waits for.
    waits: String,
    groups: Vec<Group>,
}

/// What keeps somebody waiting, as a sentence.
pub fn reason(shell: &Shell, lock: &Lock) -> String {
    match lock {
        Lock::After(title) => shell.with("programme-after", [("title", title.as_str())]),
        Lock::Until(at) => shell.with("programme-opens", [("date", shell.date(at))]),
    }
}

/// By when something is due, as a sentence, and whether that moment has passed.
pub fn due(shell: &Shell, due_at: Option<Timestamp>, now: Timestamp) -> (String, bool) {
    let Some(at) = due_at else { return (String::new(), false) };
    if at >= now {
        return (shell.with("programme-due", [("date", shell.date(&at))]), false);
    }
    let days = calendar::days_between(at, now, &shell.zone).max(1);
    (shell.with("programme-late", [("n", days)]), true)
}

/// Where a step is opened.
pub fn open_address(programme: ProgrammeId, key: StepKey) -> String {
    format!("/programmes/{programme}/steps/{key}/open")
}

fn task(shell: &Shell, followed: &Followed, step: &Step, enrolled: bool, preview: bool, now: Timestamp) -> Task {
    let lock = followed.lock(step, now);
    let programme = followed.enrolment.programme_id;
    Task {
        key: step.step_key,
        title: step.title.clone(),
        icon: icon(&step.course_kind),
        kind: kind_word(shell, &step.course_kind),
        minutes: step.minutes.unwrap_or_default() * 60,
        optional: !step.required,
        state: if lock.is_some() { "locked".to_owned() } else { followed.standing(step.step_key).to_owned() },
        reason: lock.as_ref().map(|lock| reason(shell, lock)).unwrap_or_default(),
        action: match (lock, preview, enrolled) {
            (_, true, _) => format!("/trainer/courses/{}/preview", step.course_id),
            (None, false, true) => open_address(programme, step.step_key),
            _ => String::new(),
        },
    }
}

fn page(shell: Shell, followed: &Followed, enrolled: bool, preview: bool, now: Timestamp) -> Result<Response> {
    let enrolment = &followed.enrolment;
    let (due, late) = due(&shell, enrolment.due_at.filter(|_| !followed.is_done()), now);
    let next = followed.next(now).filter(|_| enrolled && !followed.is_done());
    let resume = next.map(|step| Resume {
        action: open_address(enrolment.programme_id, step.step_key),
        title: shell.with(
            if enrolment.status == "todo" { "programme-begin-with" } else { "programme-resume" },
            [("title", step.title.as_str())],
        ),
        note: step_of(&shell, followed, step),
    });
    let groups = Phase::ALL
        .into_iter()
        .map(|phase| Group {
            phase: phase.word(),
            title: shell.t(&format!("phase-{}", phase.word())),
            tasks: followed
                .steps
                .iter()
                .filter(|step| step.phase == phase)
                .map(|step| task(&shell, followed, step, enrolled, preview, now))
                .collect(),
        })
        .filter(|group: &Group| !group.tasks.is_empty())
        .collect();
    web::render(&LearnerPage {
        id: enrolment.programme_id,
        title: enrolment.title.clone(),
        summary: enrolment.summary.clone(),
        enrolled,
        preview,
        status: enrolment.status.clone(),
        percent: (enrolment.progress.clamp(0.0, 1.0) * 100.0).round() as i64,
        done: enrolment.done,
        total: enrolment.total,
        due,
        late,
        completed: enrolment.completed_at,
        resume,
        waits: followed.waits_for(now).filter(|_| enrolled).map(|lock| reason(&shell, &lock)).unwrap_or_default(),
        groups,
        shell,
    })
}

/// `Étape 3 sur 8 · 12 min`.
pub fn step_of(shell: &Shell, followed: &Followed, step: &Step) -> String {
    let place = followed.steps.iter().position(|other| other.step_key == step.step_key).map_or(1, |place| place + 1);
    let of = shell.with("course-step-of", [("step", place), ("steps", followed.steps.len())]);
    match step.minutes {
        Some(minutes) => format!("{of} · {}", shell.duration(&(minutes * 60))),
        None => of,
    }
}

/// A programme that nobody follows yet, as it would begin.
fn unbegun(programme: Programme, steps: Vec<Step>, now: Timestamp) -> Followed {
    let total = i32::try_from(counted(&steps).count()).unwrap_or(i32::MAX);
    let enrolment = Enrolment {
        id: EnrolmentId::new(),
        programme_id: programme.id,
        title: programme.title,
        summary: programme.summary,
        due_at: None,
        created_at: now,
        status: "todo".to_owned(),
        done: 0,
        total,
        progress: 0.0,
        last_at: None,
        completed_at: None,
    };
    Followed::untouched(enrolment, steps)
}

/// A programme: the reader's own way through it, or what it would be, with a button to begin.
pub async fn show(
    SignedIn(person): SignedIn,
    State(app): State<App>,
    Path(id): Path<ProgrammeId>,
    shell: Shell,
) -> Result<Response> {
    let unknown = || Error::not_found("programme-unknown");
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    if let Some(followed) = follow::enrolment_in(&mut tx, person.id, id).await? {
        return page(shell.tab(Tab::Learn), &followed, true, false, now);
    }
    let programme = store::find(&mut tx, id).await?.filter(|programme| programme.is_open()).ok_or_else(unknown)?;
    let version = store::published(&mut tx, id).await?.ok_or_else(unknown)?;
    let steps = store::steps(&mut tx, version.id).await?;
    let crumb = shell.t("catalogue-title");
    page(shell.tab(Tab::Catalogue).crumb(crumb, "/catalogue"), &unbegun(programme, steps, now), false, false, now)
}

/// The draft as a learner would see it on the first day.
pub async fn preview(
    _: Trainer,
    State(app): State<App>,
    Path(id): Path<ProgrammeId>,
    shell: Shell,
) -> Result<Response> {
    let unknown = || Error::not_found("programme-unknown");
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let programme = store::find(&mut tx, id).await?.ok_or_else(unknown)?;
    let version = store::latest(&mut tx, id).await?.ok_or_else(unknown)?;
    let steps = store::steps(&mut tx, version.id).await?;
    let back = format!("/trainer/programmes/{id}");
    let shell = shell.tab(Tab::Manage).crumb(programme.title.clone(), back);
    page(shell, &unbegun(programme, steps, now), false, true, now)
}

/// Enrols whoever asks in a programme that is open.
pub async fn begin(
    SignedIn(person): SignedIn,
    State(app): State<App>,
    Path(id): Path<ProgrammeId>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    if follow::enrolment_in(&mut tx, person.id, id).await?.is_none() {
        let by = Some(person.id);
        enrolment::enrol(&mut tx, &app, id, Target::Person(person.id), None, by).await.map_err(|failure| {
            // That there is a draft is its trainers' business.
            if failure.code == "programme-not-published" { Error::not_found("programme-unknown") } else { failure }
        })?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("/programmes/{id}")).into_response())
}

/// Opens a step at the exact screen. The player leads back to the programme.
///
/// Errors: `programme-unknown`, `step-unknown`, `step-locked`.
pub async fn open(
    SignedIn(person): SignedIn,
    asker: MaybeSignedIn,
    State(app): State<App>,
    Path((id, key)): Path<(ProgrammeId, StepKey)>,
    shell: Shell,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let followed = follow::enrolment_in(&mut tx, person.id, id).await?;
    let followed = followed.ok_or_else(|| Error::not_found("programme-unknown"))?;
    let step = followed.steps.iter().find(|step| step.step_key == key);
    let step = step.ok_or_else(|| Error::not_found("step-unknown"))?;
    if let Some(lock) = followed.lock(step, app.clock.now()) {
        return Err(Error::new(Kind::Forbidden, "step-locked").arg("reason", reason(&shell, &lock)));
    }
    let opens = (step.course_id, step.activity_identifier.as_deref());
    let address = runtime::open_from(&mut tx, &app, &asker, person.id, opens, &format!("/programmes/{id}")).await?;
    tx.commit().await?;
    Ok(Redirect::to(&address).into_response())
}

/// Moves the running enrolments to the last version.
pub async fn move_all(_: Trainer, State(app): State<App>, Path(id): Path<ProgrammeId>) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let moved = enrolment::move_to_latest(&mut tx, &app, id).await?;
    tx.commit().await?;
    Ok(Flash::done("programme-moved").arg("n", moved).redirect(&format!("/trainer/programmes/{id}")))
}
