//! `/reports`: the figures, by unit, by time, by programme.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::access::ReportReader;
use super::asked::{Asked, Filters, Status};
use super::figures::{self, Figures, Place};
use super::period::{Part, Step};
use super::store;
use super::view::{Head, Scene};
use crate::core::{ProgrammeId, Result};
use crate::identity::OrgUnits;
use crate::state::App;
use crate::web::{self, Shell, Tab, Words};

/// A unit or a programme with its figures.
struct Row {
    name: String,
    /// The same report, of this unit or programme only; empty where there is none.
    href: String,
    /// Its enrolments.
    list: String,
    figures: Figures,
}

/// A column of the chart over time.
struct Bar {
    label: String,
    name: String,
    count: i64,
    /// Height of 100.
    height: i64,
    /// The enrolments completed then.
    list: String,
}

#[derive(Template)]
#[template(path = "reports/templates/overview.html")]
struct Overview {
    shell: Shell,
    head: Head,
    figures: Figures,
    /// Days from enrolment to completion, in the middle.
    median: Option<i64>,
    lists: Lists,
    units: Vec<Row>,
    bars: Vec<Bar>,
    bars_title: &'static str,
    programmes: Vec<Row>,
}

/// Where each figure leads.
struct Lists {
    enrolled: String,
    completed: String,
    open: String,
    doing: String,
    late: String,
}

/// Shows the report.
pub async fn show(
    reader: ReportReader,
    State(app): State<App>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let words = shell.words;
    let mut scene = Scene::open(&app, &reader, &asked).await?;
    let filters = scene.selection.filters().clone();
    let cells = store::cells(&mut scene.tx, &scene.selection).await?;
    let delays = store::delays(&mut scene.tx, &scene.selection).await?;
    let (step, parts) = filters.period.parts();
    let counts = store::completions(&mut scene.tx, &scene.selection, &parts).await?;

    let figures = figures::total(&cells);
    let list = |status| filters.with_status(status).address("/reports/enrolments", &[]);
    let lists = Lists {
        enrolled: list(filters.status),
        completed: list(Some(Status::Done)),
        open: list(Some(Status::Open)),
        doing: list(Some(Status::Doing)),
        late: list(Some(Status::Late)),
    };
    let page = Overview {
        head: Head::of("/reports", "report-title", &reader, &scene, figures.enrolled, &shell),
        median: figures::median(&delays),
        units: unit_rows(&figures::by_unit(&cells, &scene.units, filters.unit), &filters, &scene.units, words),
        bars: bars(step, &parts, &counts, &filters, words),
        bars_title: match step {
            Step::Month => "report-by-month",
            Step::Quarter => "report-by-quarter",
            Step::Year => "report-by-year",
        },
        programmes: programme_rows(&figures::by_programme(&cells), &scene.programmes, &filters),
        figures,
        lists,
        shell: shell.tab(Tab::Manage),
    };
    web::render(&page)
}

fn unit_rows(lines: &[(Place, Figures)], filters: &Filters, units: &OrgUnits, words: Words) -> Vec<Row> {
    let row = |(place, figures): &(Place, Figures)| match *place {
        Place::Branch(unit) => Row {
            name: units.name(unit).to_owned(),
            href: filters.in_unit(unit).address("/reports", &[]),
            list: filters.in_unit(unit).address("/reports/enrolments", &[]),
            figures: *figures,
        },
        Place::Own(unit) => Row {
            name: words.with("report-unit-own", &[("unit", units.name(unit).into())]),
            href: String::new(),
            list: String::new(),
            figures: *figures,
        },
        Place::Nowhere => {
            Row { name: words.t("report-unit-none"), href: String::new(), list: String::new(), figures: *figures }
        }
    };
    lines.iter().map(row).collect()
}

fn programme_rows(
    sums: &BTreeMap<ProgrammeId, Figures>,
    titles: &[(ProgrammeId, String)],
    filters: &Filters,
) -> Vec<Row> {
    let row = |(id, title): &(ProgrammeId, String)| {
        let filters = filters.of_programme(*id);
        Some(Row {
            name: title.clone(),
            href: filters.address("/reports", &[]),
            list: filters.address("/reports/enrolments", &[]),
            figures: *sums.get(id)?,
        })
    };
    titles.iter().filter_map(row).collect()
}

fn bars(step: Step, parts: &[Part], counts: &[i64], filters: &Filters, words: Words) -> Vec<Bar> {
    let most = counts.iter().copied().max().unwrap_or_default().max(1);
    let bar = |(part, count): (&Part, &i64)| {
        let (year, month) = (part.first.year(), part.first.month());
        let (label, name) = match step {
            Step::Month => (
                words.t(&format!("month-{month}-short")),
                words.with(
                    "report-month",
                    &[("month", words.t(&format!("month-{month}")).into()), ("year", year.to_string().into())],
                ),
            ),
            Step::Quarter => {
                let values = [("n", i64::from((month - 1) / 3 + 1).into()), ("year", year.to_string().into())];
                (words.with("report-quarter-short", &values), words.with("report-quarter", &values))
            }
            Step::Year => (year.to_string(), year.to_string()),
        };
        let filters = Filters { period: filters.period.part(part), status: Some(Status::Done), ..filters.clone() };
        Bar {
            label,
            name,
            count: *count,
            height: count * 100 / most,
            list: filters.address("/reports/enrolments", &[]),
        }
    };
    parts.iter().zip(counts).map(bar).collect()
}
