//! What stands behind a row: the steps of an enrolment, and the statements of each.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::access::ReportReader;
use super::asked::Asked;
use super::store::{self, StepRow};
use super::view::{is_late, standing, unit_name};
use crate::core::{EnrolmentId, Error, RegistrationId, Result, Timestamp};
use crate::identity;
use crate::progress::{self, Told, percent};
use crate::state::App;
use crate::web::{self, Path, Shell, Tab, Words};

struct Step {
    title: String,
    phase: String,
    standing: &'static str,
    score: Option<i32>,
    completed_at: Option<Timestamp>,
    /// What was recorded of each attempt at its course, the first one first.
    records: Vec<RegistrationId>,
}

impl Step {
    fn of(row: &StepRow, words: Words) -> Self {
        Self {
            title: row.title.clone(),
            phase: words.t(&format!("report-phase-{}", row.phase)),
            standing: match row.status.as_deref() {
                Some("done") => "done",
                Some("doing") => "doing",
                Some("failed") => "failed",
                _ => "todo",
            },
            score: row.score.map(percent),
            completed_at: row.completed_at,
            records: Vec::new(),
        }
    }
}

/// The steps, and the time spent in their courses: a course that is two steps is counted once.
fn steps_and_time(rows: &[StepRow], words: Words) -> (Vec<Step>, f64) {
    let mut steps: Vec<Step> = Vec::new();
    let mut known = None;
    let mut times: BTreeMap<RegistrationId, f64> = BTreeMap::new();
    for row in rows {
        if known != Some(row.step_key) {
            known = Some(row.step_key);
            steps.push(Step::of(row, words));
        }
        if let (Some(step), Some(id)) = (steps.last_mut(), row.registration_id) {
            step.records.push(id);
            times.insert(id, row.seconds.unwrap_or_default());
        }
    }
    (steps, times.values().sum())
}

#[derive(Template)]
#[template(path = "reports/templates/enrolment.html")]
struct EnrolmentPage {
    shell: Shell,
    name: String,
    programme: String,
    unit: String,
    standing: &'static str,
    late: bool,
    progress: i32,
    score: Option<i32>,
    created_at: Timestamp,
    due_at: Option<Timestamp>,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    as_of: Timestamp,
    /// Spent in the courses of the steps.
    seconds: f64,
    steps: Vec<Step>,
    told: Vec<Told>,
    /// The page of statements, for whom it is open.
    statements: String,
}

/// One enrolment as it stands now: each step, and what was recorded of the programme. The way back keeps the filters.
pub async fn enrolment(
    reader: ReportReader,
    State(app): State<App>,
    Path(id): Path<EnrolmentId>,
    Query(asked): Query<Asked>,
    shell: Shell,
) -> Result<Response> {
    let now = app.clock.now();
    let words = shell.words;
    let mut tx = app.db.read().await?;
    let unknown = || Error::not_found("report-enrolment-unknown");
    let line = store::line(&mut tx, id).await?.ok_or_else(unknown)?;
    if !reader.may_see(&mut tx, line.person_id).await? {
        return Err(unknown());
    }
    let units = identity::org_units(&mut tx).await?;
    let selection = reader.select(&asked, &units, now, &app.config.time_zone)?;
    let filters = selection.filters();
    let (steps, seconds) = steps_and_time(&store::steps(&mut tx, id).await?, words);
    let told = progress::sentences(&mut tx, RegistrationId(id.0), words).await?;
    let at = Timestamp(now.0 + 1);
    let (crumb, list) = (shell.t("report-title"), shell.t("report-list-title"));
    let page = EnrolmentPage {
        unit: unit_name(line.org_unit_id, &units, words),
        standing: standing(&line, at),
        late: is_late(&line, at),
        progress: percent(line.progress.unwrap_or_default()),
        score: line.score.map(percent),
        created_at: line.created_at,
        due_at: line.due_at,
        started_at: line.started_at,
        completed_at: line.completed_at,
        as_of: now,
        steps,
        seconds,
        told,
        statements: statements(&reader, RegistrationId(id.0)),
        name: line.name,
        programme: line.title,
        shell: shell
            .tab(Tab::Manage)
            .crumb(crumb, filters.address("/reports", &[]))
            .crumb(list, filters.address("/reports/enrolments", &[])),
    };
    web::render(&page)
}

fn statements(reader: &ReportReader, registration: RegistrationId) -> String {
    if reader.reads_statements() { format!("/admin/statements?registration={registration}") } else { String::new() }
}

#[derive(Template)]
#[template(path = "reports/templates/registration.html")]
struct RegistrationPage {
    shell: Shell,
    name: String,
    course: String,
    told: Vec<Told>,
    statements: String,
}

/// What was recorded of one person in one course.
pub async fn registration(
    reader: ReportReader,
    State(app): State<App>,
    Path(id): Path<RegistrationId>,
    shell: Shell,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let unknown = || Error::not_found("registration-unknown");
    let row = progress::of_registration(&mut tx, id).await?.ok_or_else(unknown)?;
    if !reader.may_see(&mut tx, row.person).await? {
        return Err(unknown());
    }
    let told = progress::sentences(&mut tx, id, shell.words).await?;
    let crumb = shell.t("report-title");
    let page = RegistrationPage {
        name: row.person_name,
        course: row.title.best(shell.words.language()).to_owned(),
        told,
        statements: statements(&reader, id),
        shell: shell.tab(Tab::Manage).crumb(crumb, "/reports"),
    };
    web::render(&page)
}
