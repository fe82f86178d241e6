//! What trainers see: every course with its figures, and the acts of publishing and withdrawing.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::catalogue::store;
use crate::core::{CourseId, Error, PackageId, Result, Timestamp};
use crate::identity::Trainer;
use crate::packages::native;
use crate::state::App;
use crate::web::{self, Flash, Path, Shell, Tab};

/// Drafts shown at most; who has more under way finds them by publishing some.
const DRAFTS: i64 = 50;

struct Line {
    id: CourseId,
    package: PackageId,
    title: String,
    kind_key: String,
    /// Length of a film or recording, else 0.
    seconds: f64,
    published: bool,
    created: Timestamp,
    learners: u32,
    completed: u32,
}

#[derive(Template)]
#[template(path = "catalogue/templates/trainer.html")]
struct Courses {
    shell: Shell,
    courses: Vec<Line>,
    drafts: Vec<DraftView>,
}

/// Something begun here that nobody can learn from yet.
struct DraftView {
    package: PackageId,
    title: String,
    kind_key: String,
    saved: Timestamp,
}

/// Every course, published or not, with how many learners began and completed it.
pub async fn courses(_: Trainer, State(app): State<App>, shell: Shell) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let language = shell.words.language();
    let drafts = native::drafts(&mut tx, DRAFTS)
        .await?
        .into_iter()
        .map(|draft| DraftView {
            package: draft.id,
            title: if draft.title.is_empty() { shell.t("trainer-untitled") } else { draft.title },
            kind_key: format!("kind-{}", draft.kind),
            saved: draft.updated_at,
        })
        .collect();
    let courses = store::all(&mut tx)
        .await?
        .into_iter()
        .map(|course| Line {
            id: course.id,
            package: course.package_id,
            title: course.title.best(language).to_owned(),
            kind_key: format!("kind-{}", course.kind),
            seconds: course.medium.duration,
            published: course.published_at.is_some(),
            created: course.created_at,
            learners: count(course.learners),
            completed: count(course.completed),
        })
        .collect();
    web::render(&Courses { shell: shell.tab(Tab::Manage), courses, drafts })
}

/// A count of the database, which is never negative nor near the limit.
fn count(rows: i64) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

/// Opens a course to everybody.
pub async fn publish(
    _: Trainer,
    State(app): State<App>,
    Path(course): Path<CourseId>,
    shell: Shell,
) -> Result<Response> {
    let title = set_published(&app, course, true, &shell).await?;
    let undo = format!("/trainer/courses/{course}/unpublish");
    Ok(Flash::done("course-published").arg("title", title).undo(undo).redirect(&shell.back_or("/trainer")))
}

/// Withdraws a course from the catalogue; those who have begun it go on.
pub async fn unpublish(
    _: Trainer,
    State(app): State<App>,
    Path(course): Path<CourseId>,
    shell: Shell,
) -> Result<Response> {
    let title = set_published(&app, course, false, &shell).await?;
    let undo = format!("/trainer/courses/{course}/publish");
    Ok(Flash::done("course-withdrawn").arg("title", title).undo(undo).redirect(&shell.back_or("/trainer")))
}

async fn set_published(app: &App, course: CourseId, published: bool, shell: &Shell) -> Result<String> {
    let mut tx = app.db.begin().await?;
    let at = published.then(|| app.clock.now());
    let title = store::set_published(&mut tx, course, at).await?.ok_or_else(|| Error::not_found("course-unknown"))?;
    tx.commit().await?;
    Ok(title.best(shell.words.language()).to_owned())
}
