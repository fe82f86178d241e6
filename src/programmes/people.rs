//! Who follows a programme, and the acts of enrolling and taking out.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use serde::Deserialize;

use crate::core::{EnrolmentId, EnrolmentRuleId, Error, OrgUnitId, PersonId, ProgrammeId, Result, SpaceId, Timestamp};
use crate::identity::{self, Trainer};
use crate::on_db;
use crate::programmes::builder::count;
use crate::programmes::enrolment::{self, Target};
use crate::programmes::learner::due;
use crate::programmes::store;
use crate::state::App;
use crate::storage::Tx;
use crate::web::{self, Flash, Numbered, Path, Shell, Tab, calendar};

/// Rows of one page.
const PAGE: i64 = 100;

/// One enrolment in the list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct EnrolmentRow {
    pub id: EnrolmentId,
    pub person_id: PersonId,
    pub name: String,
    pub unit: Option<String>,
    pub number: i32,
    pub due_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub status: String,
    pub progress: f64,
    pub score_scaled: Option<f64>,
    pub last_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
}

const OF_PROGRAMME: &str = "SELECT e.id, e.person_id, p.name, u.name AS unit, v.number, e.due_at, e.created_at, \
    COALESCE(s.status, 'todo') AS status, COALESCE(s.progress, 0.0) AS progress, s.score_scaled, s.last_at, s.completed_at \
    FROM enrolment e JOIN person p ON p.id = e.person_id JOIN programme_version v ON v.id = e.version_id \
    LEFT JOIN org_unit u ON u.id = p.org_unit_id LEFT JOIN enrolment_progress s ON s.enrolment_id = e.id \
    WHERE e.programme_id = $1 AND e.cancelled_at IS NULL ORDER BY p.name_key, e.id LIMIT $2 OFFSET $3";

/// Who follows a programme, by name.
pub async fn of_programme(tx: &mut Tx, id: ProgrammeId, limit: i64, offset: i64) -> Result<Vec<EnrolmentRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(OF_PROGRAMME).bind(id).bind(limit).bind(offset).fetch_all(c).await)?)
}

const ONE: &str = "SELECT e.id, e.person_id, p.name, u.name AS unit, v.number, e.due_at, e.created_at, \
    COALESCE(s.status, 'todo') AS status, COALESCE(s.progress, 0.0) AS progress, s.score_scaled, s.last_at, s.completed_at \
    FROM enrolment e JOIN person p ON p.id = e.person_id JOIN programme_version v ON v.id = e.version_id \
    LEFT JOIN org_unit u ON u.id = p.org_unit_id LEFT JOIN enrolment_progress s ON s.enrolment_id = e.id \
    WHERE e.id = $1 AND e.cancelled_at IS NULL";
const PROGRAMME_OF: &str = "SELECT programme_id FROM enrolment WHERE id = $1";

/// One enrolment, and the programme it is in.
pub async fn one(tx: &mut Tx, id: EnrolmentId) -> Result<Option<(ProgrammeId, EnrolmentRow)>> {
    let row: Option<EnrolmentRow> = on_db!(tx, c => sqlx::query_as(ONE).bind(id).fetch_optional(c).await)?;
    let programme: Option<ProgrammeId> =
        on_db!(tx, c => sqlx::query_scalar(PROGRAMME_OF).bind(id).fetch_optional(c).await)?;
    Ok(programme.zip(row))
}

/// A rule in force: whom it names.
#[derive(Clone, Debug, sqlx::FromRow)]
struct RuleRow {
    id: EnrolmentRuleId,
    target: String,
    unit: Option<String>,
    space: Option<String>,
    due_at: Option<Timestamp>,
    people: i64,
}

// Rules on one person are the rows of the list below them.
const RULES: &str = "SELECT r.id, r.target, u.name AS unit, s.name AS space, r.due_at, \
    (SELECT COUNT(*) FROM enrolment e WHERE e.rule_id = r.id AND e.cancelled_at IS NULL) AS people \
    FROM enrolment_rule r LEFT JOIN org_unit u ON u.id = r.target_id LEFT JOIN space s ON s.id = r.target_id \
    WHERE r.programme_id = $1 AND r.ended_at IS NULL AND r.target <> 'person' ORDER BY r.created_at, r.id";

const SPACES: &str = "SELECT id, name FROM space WHERE archived_at IS NULL ORDER BY name_key, id";

struct Rule {
    id: EnrolmentRuleId,
    sentence: String,
    note: String,
}

struct Line {
    id: EnrolmentId,
    name: String,
    unit: String,
    version: i32,
    status: String,
    percent: i64,
    due: String,
    late: bool,
    last_at: Option<Timestamp>,
}

#[derive(Template)]
#[template(path = "programmes/templates/people.html")]
struct People {
    shell: Shell,
    id: ProgrammeId,
    title: String,
    open: bool,
    units: Vec<(OrgUnitId, String)>,
    spaces: Vec<(SpaceId, String)>,
    rules: Vec<Rule>,
    lines: Vec<Line>,
    previous: String,
    next: String,
}

/// The rules, and everybody enrolled with where they stand.
pub async fn page(
    _: Trainer,
    State(app): State<App>,
    Path(id): Path<ProgrammeId>,
    Query(page): Query<Numbered>,
    shell: Shell,
) -> Result<Response> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let programme = store::find(&mut tx, id).await?.ok_or_else(|| Error::not_found("programme-unknown"))?;
    let organisation = identity::org_units(&mut tx).await?;
    let spaces: Vec<(SpaceId, String)> = on_db!(tx, c => sqlx::query_as(SPACES).fetch_all(c).await)?;
    let rules: Vec<RuleRow> = on_db!(tx, c => sqlx::query_as(RULES).bind(id).fetch_all(c).await)?;
    let mut rows = of_programme(&mut tx, id, PAGE + 1, page.offset(PAGE)).await?;
    let (previous, next) = page.around(&mut rows, PAGE, &format!("/trainer/programmes/{id}/people"));
    let rule = |row: RuleRow| {
        let (key, name) =
            if row.target == "space" { ("programme-rule-space", row.space) } else { ("programme-rule-unit", row.unit) };
        let people = shell.with("programme-rule-people", [("n", count(row.people))]);
        let due = row.due_at.map(|at| format!(" · {}", shell.with("programme-due", [("date", shell.date(&at))])));
        Rule {
            id: row.id,
            sentence: shell.with(key, [("name", name.unwrap_or_default())]),
            note: format!("{people}{}", due.unwrap_or_default()),
        }
    };
    let line = |row: EnrolmentRow| {
        let (due, late) = due(&shell, row.due_at.filter(|_| row.status != "done"), now);
        Line {
            id: row.id,
            name: row.name,
            unit: row.unit.unwrap_or_default(),
            version: row.number,
            status: row.status,
            percent: (row.progress.clamp(0.0, 1.0) * 100.0).round() as i64,
            due,
            late,
            last_at: row.last_at,
        }
    };
    let units = organisation.tree().iter().map(|at| {
        let indent = "\u{2003}".repeat(at.depth);
        (at.id, format!("{indent}{}", organisation.name(at.id)))
    });
    let page = People {
        id,
        open: programme.is_open(),
        units: units.collect(),
        spaces,
        rules: rules.into_iter().map(rule).collect(),
        lines: rows.into_iter().map(line).collect(),
        previous,
        next,
        shell: shell
            .clone()
            .tab(Tab::Manage)
            .crumb(shell.t("programmes-title"), "/trainer/programmes")
            .crumb(programme.title.clone(), format!("/trainer/programmes/{id}")),
        title: programme.title,
    };
    web::render(&page)
}

#[derive(Deserialize)]
pub struct Order {
    #[serde(default)]
    person: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    space: String,
    #[serde(default)]
    due: String,
}

/// Enrols a person, a unit with all below it, a space, or several of them at once.
pub async fn enrol(
    Trainer(by): Trainer,
    State(app): State<App>,
    Path(id): Path<ProgrammeId>,
    Form(order): Form<Order>,
) -> Result<Response> {
    let back = address(id);
    let mut tx = app.db.begin().await?;
    let mut targets = Vec::new();
    if !order.person.trim().is_empty() {
        match person_named(&mut tx, order.person.trim()).await? {
            Some(person) => targets.push(Target::Person(person)),
            None => {
                let said = Flash::fault("programme-person-unknown").arg("name", order.person.trim());
                return Ok(said.redirect(&back));
            }
        }
    }
    targets.extend(order.unit.parse().ok().map(Target::OrgUnit));
    targets.extend(order.space.parse().ok().map(Target::Space));
    if targets.is_empty() {
        return Ok(Flash::fault("programme-nobody-named").redirect(&back));
    }
    let due_at = calendar::last_moment(&order.due, &app.config.time_zone);
    let mut enrolled = 0;
    for target in targets {
        let (_, done) = enrolment::enrol(&mut tx, &app, id, target, due_at, Some(by.id)).await?;
        enrolled += done.enrolled + done.restored;
    }
    tx.commit().await?;
    Ok(Flash::done("programme-enrolled-done").arg("n", enrolled).redirect(&back))
}

fn address(id: ProgrammeId) -> String {
    format!("/trainer/programmes/{id}/people")
}

/// Whom somebody typed: a suggestion, a login, or a name that only one person has.
async fn person_named(tx: &mut Tx, typed: &str) -> Result<Option<PersonId>> {
    if let Some(exact) = identity::suggested(tx, typed).await? {
        return Ok(Some(exact));
    }
    let wanted = identity::PeopleWanted { text: typed.to_owned(), unit: None };
    let found = identity::search_people(tx, &wanted, &identity::PeoplePage::First, 2).await?;
    let [only] = found.people.as_slice() else { return Ok(None) };
    Ok((only.disabled_at.is_none() && found.next.is_none()).then_some(only.id))
}

#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    q: String,
}

/// People whose name or login has what was typed, as suggestions.
pub async fn search(
    _: Trainer,
    State(app): State<App>,
    Path(_): Path<ProgrammeId>,
    Query(typed): Query<Typed>,
) -> Result<Response> {
    Ok(Json(identity::suggest(&mut app.db.read().await?, &typed.q).await?).into_response())
}

/// Takes one person out; they can be let in again.
pub async fn cancel(
    Trainer(by): Trainer,
    State(app): State<App>,
    Path((id, enrolment)): Path<(ProgrammeId, EnrolmentId)>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    enrolment::set_cancelled(&mut tx, id, enrolment, Some((app.clock.now(), by.id))).await?;
    tx.commit().await?;
    let undo = format!("{}/{enrolment}/restore", address(id));
    Ok(Flash::done("programme-cancelled").undo(undo).redirect(&address(id)))
}

/// Lets somebody in again whom [`cancel`] took out; what they had done is still there.
pub async fn restore(
    _: Trainer,
    State(app): State<App>,
    Path((id, enrolment)): Path<(ProgrammeId, EnrolmentId)>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    enrolment::set_cancelled(&mut tx, id, enrolment, None).await?;
    tx.commit().await?;
    Ok(Flash::done("programme-restored").redirect(&address(id)))
}

/// Ends a rule; whom only it named is taken out.
pub async fn end_rule(
    _: Trainer,
    State(app): State<App>,
    Path((id, rule)): Path<(ProgrammeId, EnrolmentRuleId)>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let done = enrolment::set_ended(&mut tx, &app, id, rule, Some(app.clock.now())).await?;
    tx.commit().await?;
    let undo = format!("/trainer/programmes/{id}/rules/{rule}/resume");
    Ok(Flash::done("programme-rule-ended").arg("n", done.cancelled).undo(undo).redirect(&address(id)))
}

/// Lets a rule hold again.
pub async fn resume_rule(
    _: Trainer,
    State(app): State<App>,
    Path((id, rule)): Path<(ProgrammeId, EnrolmentRuleId)>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let done = enrolment::set_ended(&mut tx, &app, id, rule, None).await?;
    tx.commit().await?;
    Ok(Flash::done("programme-enrolled-done").arg("n", done.enrolled + done.restored).redirect(&address(id)))
}
