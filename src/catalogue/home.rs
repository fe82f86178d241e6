//! The learner's home: one tap to where they left, then what is due, under way, open, done.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::catalogue::model::LearnerCourse;
use crate::catalogue::pages::CourseLine;
use crate::catalogue::store;
use crate::core::{ProgrammeId, Result, Timestamp};
use crate::identity::SignedIn;
use crate::programmes::{self, Followed};
use crate::state::App;
use crate::web::{self, Shell, Tab};

/// Courses the home suggests; the catalogue has them all.
const SUGGESTED: usize = 5;

/// A step of a programme to go on with.
struct StepLine {
    action: String,
    title: String,
    programme: String,
    note: String,
}

/// What one tap goes on with.
enum Resume {
    Course(CourseLine),
    Step(StepLine),
}

/// A programme in a list.
struct ProgrammeLine {
    id: ProgrammeId,
    title: String,
    /// todo, doing or locked.
    state: &'static str,
    /// How far they are, or what keeps them waiting; when it was done.
    note: String,
    due: String,
    late: bool,
}

impl ProgrammeLine {
    /// A programme that is not done yet.
    fn open(shell: &Shell, followed: &Followed, now: Timestamp) -> Self {
        let enrolment = &followed.enrolment;
        let waits = followed.waits_for(now);
        let (due, late) = programmes::due(shell, enrolment.due_at, now);
        Self {
            id: enrolment.programme_id,
            title: enrolment.title.clone(),
            state: match (&waits, enrolment.status.as_str()) {
                (Some(_), _) => "locked",
                (None, "doing") => "doing",
                (None, _) => "todo",
            },
            note: match &waits {
                Some(lock) => programmes::reason(shell, lock),
                None => shell.with("home-step-of", [("done", enrolment.done), ("total", enrolment.total)]),
            },
            due,
            late,
        }
    }

    /// A programme that is done.
    fn done(shell: &Shell, followed: &Followed) -> Self {
        let enrolment = &followed.enrolment;
        let on = |at: Timestamp| shell.with("course-completed-on", [("date", shell.date(&at))]);
        Self {
            id: enrolment.programme_id,
            title: enrolment.title.clone(),
            state: "todo",
            note: enrolment.completed_at.map(on).unwrap_or_default(),
            due: String::new(),
            late: false,
        }
    }
}

#[derive(Template)]
#[template(path = "catalogue/templates/home.html")]
struct Home {
    shell: Shell,
    first_name: String,
    /// What to go on with, at one tap.
    resume: Option<Resume>,
    /// Programmes to do, what is due first first.
    due: Vec<ProgrammeLine>,
    /// Other courses under way.
    doing: Vec<CourseLine>,
    /// Open courses not begun yet; the newest few.
    open: Vec<CourseLine>,
    /// How many more the catalogue holds.
    more: usize,
    completed: Vec<ProgrammeLine>,
    done: Vec<CourseLine>,
}

/// The next step of a programme, as the button at the top.
fn step_line(shell: &Shell, followed: &Followed, now: Timestamp) -> Option<StepLine> {
    let step = followed.next(now)?;
    let begun = followed.standing(step.step_key) != "todo";
    Some(StepLine {
        action: programmes::open_address(followed.enrolment.programme_id, step.step_key),
        title: shell
            .with(if begun { "programme-resume" } else { "programme-begin-with" }, [("title", step.title.as_str())]),
        programme: followed.enrolment.title.clone(),
        note: programmes::step_of(shell, followed, step),
    })
}

/// The programme or the course, whichever was used last; else the first programme that is due.
fn resume(shell: &Shell, followed: &[Followed], course: Option<&LearnerCourse>, now: Timestamp) -> Option<Resume> {
    let under_way = followed.iter().filter(|one| !one.is_done() && one.next(now).is_some());
    let last = under_way.clone().filter(|one| one.enrolment.last_at.is_some()).max_by_key(|one| one.enrolment.last_at);
    match (last, course) {
        (Some(programme), Some(course)) if course.last_at > programme.enrolment.last_at => {
            Some(Resume::Course(CourseLine::of(course, shell.words.language())))
        }
        (Some(programme), _) => step_line(shell, programme, now).map(Resume::Step),
        (None, Some(course)) => Some(Resume::Course(CourseLine::of(course, shell.words.language()))),
        (None, None) => under_way.clone().next().and_then(|one| step_line(shell, one, now)).map(Resume::Step),
    }
}

/// The page. Four statements, whatever somebody follows.
pub async fn show(SignedIn(person): SignedIn, State(app): State<App>, shell: Shell) -> Result<Response> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let followed = programmes::following(&mut tx, person.id).await?;
    let begun = store::begun_by(&mut tx, person.id).await?;
    let open = store::open_to(&mut tx, person.id).await?;
    let line = |course: &LearnerCourse| CourseLine::of(course, shell.words.language());
    let own = || begun.iter().filter(|course| !course.in_programme);
    let under_way: Vec<&LearnerCourse> = own().filter(|course| !course.status().is_over()).collect();
    let resume = resume(&shell, &followed, under_way.first().copied(), now);
    let skipped = usize::from(matches!(resume, Some(Resume::Course(_))));
    let mut open: Vec<CourseLine> =
        open.iter().filter(|course| course.registration.is_none() && !course.in_programme).map(line).collect();
    let more = open.len().saturating_sub(SUGGESTED);
    open.truncate(SUGGESTED);
    let page = Home {
        first_name: person.name.split_whitespace().next().unwrap_or_default().to_owned(),
        resume,
        due: followed.iter().filter(|one| !one.is_done()).map(|one| ProgrammeLine::open(&shell, one, now)).collect(),
        doing: under_way.into_iter().skip(skipped).map(line).collect(),
        open,
        more,
        completed: followed.iter().filter(|one| one.is_done()).map(|one| ProgrammeLine::done(&shell, one)).collect(),
        done: own().filter(|course| course.status().is_over()).map(line).collect(),
        shell: shell.clone().tab(Tab::Learn),
    };
    web::render(&page)
}
