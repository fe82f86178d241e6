//! `/reports/enrolments`: the enrolments behind a figure, as a page, as CSV and as XLSX.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::tz::TimeZone;

use super::access::ReportReader;
use super::asked::{Asked, Filters};
use super::figures;
use super::store::{self, Line, Place, Side};
use super::view::{Head, SHEET_ROWS, Scene, is_late, standing, unit_name};
use crate::core::{Error, Result, Timestamp};
use crate::identity::OrgUnits;
use crate::progress::percent;
use crate::state::App;
use crate::web::export::{self, Cell, Column, File, Format, Summary};
use crate::web::{self, Shell, Tab, Words};

/// Rows of one page.
const PAGE: i64 = 50;

struct Row {
    href: String,
    name: String,
    unit: String,
    programme: String,
    standing: &'static str,
    late: bool,
    progress: i32,
    score: Option<i32>,
    due_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
}

#[derive(Template)]
#[template(path = "reports/templates/list.html")]
struct ListPage {
    shell: Shell,
    head: Head,
    rows: Vec<Row>,
    previous: String,
    next: String,
}

/// Shows the list, a page at a time.
pub async fn show(
    reader: ReportReader,
    State(app): State<App>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let words = shell.words;
    let mut scene = Scene::open(&app, &reader, &asked).await?;
    let filters = scene.selection.filters().clone();
    let all = figures::total(&store::cells(&mut scene.tx, &scene.selection).await?);
    let from = place(&asked);
    let mut lines = store::lines(&mut scene.tx, &scene.selection, from, PAGE + 1).await?;
    let more = lines.len() as i64 > PAGE;
    let backwards = matches!(from, Some((Side::Before, _)));
    if more && backwards {
        lines.remove(0);
    }
    lines.truncate(PAGE as usize);
    let address = |side, line: Option<&Line>, there: bool| match line {
        Some(line) if there => {
            filters.address("/reports/enrolments", &[(side, &format!("{}.{}", line.person_id, line.programme_id))])
        }
        _ => String::new(),
    };
    let at = scene.selection.at();
    let head = Head::of("/reports/enrolments", "report-list-title", &reader, &scene, all.enrolled, &shell);
    let (label, crumb) = (shell.t("report-title"), filters.address("/reports", &[]));
    let page = ListPage {
        // A page beyond the last row is empty, too.
        head: Head { empty: lines.is_empty(), ..head },
        previous: address("before", lines.first(), if backwards { more } else { from.is_some() }),
        next: address("after", lines.last(), backwards || more),
        rows: lines.iter().map(|line| row(line, &filters, at, &scene.units, words)).collect(),
        shell: shell.tab(Tab::Manage).crumb(label, crumb),
    };
    web::render(&page)
}

/// Where the list goes on: the person and programme of a row.
fn place(asked: &Asked) -> Option<(Side, Place)> {
    let read = |text: &str| {
        let (person, programme) = text.split_once('.')?;
        Some(Place { person: person.parse().ok()?, programme: programme.parse().ok()? })
    };
    let (after, before) = asked.cursor();
    read(after).map(|place| (Side::After, place)).or_else(|| read(before).map(|place| (Side::Before, place)))
}

fn row(line: &Line, filters: &Filters, at: Timestamp, units: &OrgUnits, words: Words) -> Row {
    Row {
        href: filters.address(&format!("/reports/enrolments/{}", line.enrolment_id), &[]),
        name: line.name.clone(),
        unit: unit_name(line.org_unit_id, units, words),
        programme: line.title.clone(),
        standing: standing(line, at),
        late: is_late(line, at),
        progress: percent(line.progress.unwrap_or_default()),
        score: line.score.map(percent),
        due_at: line.due_at,
        completed_at: line.completed_at.filter(|moment| *moment < at),
    }
}

/// The rows as CSV.
pub async fn csv(
    reader: ReportReader,
    State(app): State<App>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    file(&app, &reader, &shell, &asked, Format::Csv).await
}

/// The rows as XLSX, with a sheet of the figures they come to.
pub async fn xlsx(
    reader: ReportReader,
    State(app): State<App>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    file(&app, &reader, &shell, &asked, Format::Xlsx).await
}

async fn file(app: &App, reader: &ReportReader, shell: &Shell, asked: &Asked, format: Format) -> Result<Response> {
    let words = shell.words;
    let mut scene = Scene::open(app, reader, asked).await?;
    let filters = scene.selection.filters().clone();
    let about = scene.about();
    let summary = match format {
        Format::Csv => None,
        Format::Xlsx => Some(summary(&mut scene, &about, shell).await?),
    };
    let period = filters.period.preset.map_or_else(
        || format!("{}-{}", filters.period.first, filters.period.last),
        |preset| words.t(&format!("report-period-{}", preset.name())),
    );
    let status = filters.status.map_or_else(String::new, |status| words.t(status.word()));
    let today = super::period::day_of(scene.now, &shell.zone).to_string();
    let file = File {
        name: export::file_name(&[&words.t("report-file"), &about, &period, &status, &today]),
        sheet: words.t("report-sheet"),
        columns: columns(words),
        summary,
        language: words.language(),
    };
    // The rows are read in the snapshot of the figures.
    let Scene { mut tx, units, selection, .. } = scene;
    let zone = shell.zone.clone();
    export::answer(app, format, file, |sender| async move {
        let at = selection.at();
        store::every_line(&mut tx, &selection, &sender, |line| cells(line, at, &units, words, &zone)).await
    })
    .await
}

fn columns(words: Words) -> Vec<Column> {
    const COLUMNS: [(&str, f64); 12] = [
        ("report-name", 26.0),
        ("report-unit", 44.0),
        ("report-programme", 40.0),
        ("report-status", 12.0),
        ("report-late", 10.0),
        ("report-progress", 12.0),
        ("report-score", 10.0),
        ("report-created", 13.0),
        ("report-due", 13.0),
        ("report-started", 13.0),
        ("report-completed", 13.0),
        ("report-id", 38.0),
    ];
    COLUMNS.into_iter().map(|(key, width)| Column { name: words.t(key), width }).collect()
}

fn cells(line: &Line, at: Timestamp, units: &OrgUnits, words: Words, zone: &TimeZone) -> Vec<Cell> {
    let before = |moment: Option<Timestamp>| moment.filter(|moment| *moment < at);
    vec![
        Cell::text(&line.name),
        Cell::text(unit_name(line.org_unit_id, units, words)),
        Cell::text(&line.title),
        Cell::text(words.t(&format!("status-{}", standing(line, at)))),
        Cell::text(words.t(if is_late(line, at) { "report-yes" } else { "report-no" })),
        Cell::Share(line.progress.unwrap_or_default()),
        Cell::share(line.score),
        Cell::day(Some(line.created_at), zone),
        Cell::day(line.due_at, zone),
        Cell::day(before(line.started_at), zone),
        Cell::day(before(line.completed_at), zone),
        Cell::text(line.enrolment_id.to_string()),
    ]
}

/// The figures of the page, for a sheet of their own.
async fn summary(scene: &mut Scene, about: &str, shell: &Shell) -> Result<Summary> {
    let words = shell.words;
    let cells = store::cells(&mut scene.tx, &scene.selection).await?;
    let sum = figures::total(&cells);
    if sum.enrolled > SHEET_ROWS {
        return Err(Error::unprocessable("report-too-large").arg("most", SHEET_ROWS));
    }
    let number = |key: &str, count: i64| vec![Cell::text(words.t(key)), Cell::Number(count as f64)];
    let mut rows = vec![
        vec![Cell::text(words.t("report-title")), Cell::text(scene.period_text(shell))],
        vec![Cell::text(about), Cell::text(scene.as_of(shell))],
        number("report-enrolled", sum.enrolled),
        number("report-done", sum.completed),
        vec![Cell::text(words.t("report-rate")), Cell::Share(sum.completed as f64 / sum.enrolled.max(1) as f64)],
        number("report-doing", sum.doing),
        number("report-late", sum.late),
    ];
    let delays = store::delays(&mut scene.tx, &scene.selection).await?;
    if let Some(days) = figures::median(&delays) {
        rows.push(number("report-median", days));
    }
    Ok(Summary { name: words.t("report-summary"), rows })
}
