//! `/me/record`: what somebody has learnt, for themselves.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::tz::TimeZone;

use super::store::{self, Line};
use super::view::{Downloads, is_late, standing};
use crate::core::{Result, Timestamp};
use crate::identity::{Person, SignedIn};
use crate::progress::{self, CourseRow, Status, percent};
use crate::state::App;
use crate::web::export::{self, Cell, Column, File, Format};
use crate::web::{self, Shell, Tab, Words};

/// A programme or a course of one's own.
struct Entry {
    is_programme: bool,
    title: String,
    href: String,
    standing: &'static str,
    late: bool,
    progress: f64,
    score: Option<f64>,
    /// Time spent; a programme's is that of its courses.
    seconds: Option<f64>,
    begun_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
}

impl Entry {
    fn score_percent(&self) -> Option<i32> {
        self.score.map(percent)
    }
}

fn of_programme(line: Line, at: Timestamp) -> Entry {
    Entry {
        is_programme: true,
        href: format!("/programmes/{}", line.programme_id),
        standing: standing(&line, at),
        late: is_late(&line, at),
        progress: line.progress.unwrap_or_default(),
        score: line.score,
        seconds: None,
        begun_at: line.started_at,
        completed_at: line.completed_at,
        title: line.title,
    }
}

fn of_course(row: CourseRow, words: Words) -> Entry {
    let status = Status::of_words(row.completion.as_deref(), row.success.as_deref()).begun();
    Entry {
        is_programme: false,
        href: format!("/courses/{}", row.course),
        standing: status.word(),
        late: false,
        progress: row.progress.unwrap_or_default(),
        score: row.score,
        seconds: Some(row.seconds.unwrap_or_default()),
        begun_at: Some(row.created_at),
        completed_at: row.completed_at,
        title: match row.title.best(words.language()) {
            title if row.attempt > 1 => {
                words.with("record-attempt", &[("title", title.into()), ("number", row.attempt.into())])
            }
            title => title.to_owned(),
        },
    }
}

/// Programmes first, then courses; in each the last begun first.
async fn entries(app: &App, person: &Person, words: Words) -> Result<Vec<Entry>> {
    let at = Timestamp(app.clock.now().0 + 1);
    let mut tx = app.db.read().await?;
    let programmes = store::lines_of(&mut tx, person.id).await?;
    let courses = progress::of_person(&mut tx, person.id).await?;
    let programmes = programmes.into_iter().map(|line| of_programme(line, at));
    Ok(programmes.chain(courses.into_iter().map(|row| of_course(row, words))).collect())
}

#[derive(Template)]
#[template(path = "reports/templates/record.html")]
struct RecordPage {
    shell: Shell,
    programmes: Vec<Entry>,
    courses: Vec<Entry>,
    completed: usize,
    seconds: f64,
    as_of: Timestamp,
    downloads: Downloads,
}

/// Shows one's own record.
pub async fn show(SignedIn(person): SignedIn, State(app): State<App>, shell: Shell) -> Result<Response> {
    let entries = entries(&app, &person, shell.words).await?;
    let rows = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let (programmes, courses): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.is_programme);
    let crumb = shell.t("tab-me");
    let page = RecordPage {
        completed: programmes.iter().chain(&courses).filter(|entry| entry.completed_at.is_some()).count(),
        seconds: courses.iter().filter_map(|entry| entry.seconds).sum(),
        programmes,
        courses,
        as_of: app.clock.now(),
        downloads: Downloads { rows, csv: "/me/record.csv".into(), xlsx: "/me/record.xlsx".into() },
        shell: shell.tab(Tab::Me).crumb(crumb, "/me"),
    };
    web::render(&page)
}

/// One's own record as CSV.
pub async fn csv(SignedIn(person): SignedIn, State(app): State<App>, shell: Shell) -> Result<Response> {
    file(&app, &person, &shell, Format::Csv).await
}

/// One's own record as XLSX.
pub async fn xlsx(SignedIn(person): SignedIn, State(app): State<App>, shell: Shell) -> Result<Response> {
    file(&app, &person, &shell, Format::Xlsx).await
}

async fn file(app: &App, person: &Person, shell: &Shell, format: Format) -> Result<Response> {
    let (words, zone) = (shell.words, shell.zone.clone());
    const COLUMNS: [(&str, f64); 8] = [
        ("record-kind", 13.0),
        ("record-what", 44.0),
        ("report-status", 12.0),
        ("report-progress", 12.0),
        ("report-score", 10.0),
        ("record-minutes", 12.0),
        ("report-started", 13.0),
        ("report-completed", 13.0),
    ];
    let today = super::period::day_of(app.clock.now(), &zone).to_string();
    let file = File {
        name: export::file_name(&[&words.t("record-file"), &person.name, &today]),
        sheet: words.t("record-title"),
        columns: COLUMNS.into_iter().map(|(key, width)| Column { name: words.t(key), width }).collect(),
        summary: None,
        language: words.language(),
    };
    let entries = entries(app, person, words).await?;
    export::answer(app, format, file, |sender| async move {
        for entry in entries {
            if sender.send(Ok(cells(&entry, words, &zone))).await.is_err() {
                break;
            }
        }
        Ok(())
    })
    .await
}

fn cells(entry: &Entry, words: Words, zone: &TimeZone) -> Vec<Cell> {
    vec![
        Cell::text(words.t(if entry.is_programme { "report-programme" } else { "record-course" })),
        Cell::text(&entry.title),
        Cell::text(words.t(&format!("status-{}", entry.standing))),
        Cell::Share(entry.progress),
        Cell::share(entry.score),
        entry.seconds.map_or(Cell::Empty, |seconds| Cell::Number((seconds / 60.0).round())),
        Cell::day(entry.begun_at, zone),
        Cell::day(entry.completed_at, zone),
    ]
}
