//! An enrolment in the words of its reader, the same in a list, a file and on its own page.

use super::access::{ReportReader, Selection};
use super::asked::{Asked, Filters, Status};
use super::period::Preset;
use super::store::{self, Line};
use crate::core::{OrgUnitId, ProgrammeId, Result, Timestamp};
use crate::identity::{self, OrgUnits};
use crate::state::App;
use crate::storage::Tx;
use crate::web::{Shell, Words};

/// `done`, `doing` or `todo` as of a moment: the word of the kit.
pub fn standing(line: &Line, at: Timestamp) -> &'static str {
    let before = |moment: Option<Timestamp>| moment.is_some_and(|moment| moment < at);
    match (before(line.completed_at), before(line.started_at)) {
        (true, _) => "done",
        (false, true) => "doing",
        (false, false) => "todo",
    }
}

/// Past its date and not completed, as of a moment.
pub fn is_late(line: &Line, at: Timestamp) -> bool {
    line.due_at.is_some_and(|due| due < at) && standing(line, at) != "done"
}

/// Where somebody works, without the top that everybody shares: `Direction des routes › Service entretien`.
pub fn unit_name(unit: Option<OrgUnitId>, units: &OrgUnits, words: Words) -> String {
    let Some(unit) = unit else { return words.t("report-unit-none") };
    let path = units.path(unit);
    let shared = units.tree().iter().filter(|branch| branch.depth == 0).count() == 1;
    let shown = path.split_once('/').filter(|_| shared).map_or(path.as_str(), |(_, rest)| rest);
    shown.replace('/', " › ")
}

/// What the pages of reports begin with: what is asked for, within what the reader may see.
pub struct Scene {
    pub tx: Tx,
    pub units: OrgUnits,
    /// The programmes that somebody follows.
    pub programmes: Vec<(ProgrammeId, String)>,
    pub selection: Selection,
    pub now: Timestamp,
}

impl Scene {
    /// Reads the organisation and makes the selection.
    pub async fn open(app: &App, reader: &ReportReader, asked: &Asked) -> Result<Self> {
        let now = app.clock.now();
        let mut tx = app.db.read().await?;
        let units = identity::org_units(&mut tx).await?;
        let selection = reader.select(asked, &units, now, &app.config.time_zone)?;
        let programmes = store::programmes(&mut tx).await?;
        Ok(Self { tx, units, programmes, selection, now })
    }

    /// `Du 1er décembre 2025 au 30 novembre 2026`.
    pub fn period_text(&self, shell: &Shell) -> String {
        let (first, last) = self.selection.filters().period.ends();
        shell.with("report-from-to", [("first", shell.date(&first)), ("last", shell.date(&last))])
    }

    /// The unit and the programme chosen.
    pub fn about(&self) -> String {
        let filters = self.selection.filters();
        let unit = filters.unit.map(|unit| self.units.name(unit));
        let programme = filters
            .programme
            .and_then(|chosen| self.programmes.iter().find(|(id, _)| *id == chosen))
            .map(|(_, title)| title.as_str());
        unit.into_iter().chain(programme).collect::<Vec<_>>().join(" · ")
    }

    /// The moment the figures are of.
    pub fn as_of(&self, shell: &Shell) -> String {
        let at = Timestamp(self.selection.at().0 - 1).min(self.now);
        shell.with("report-as-of", [("at", shell.datetime(&at))])
    }
}

/// What the overview and the list begin with, and the files they offer.
pub struct Head {
    pub title: String,
    pub period: String,
    pub about: String,
    pub as_of: String,
    pub form: FilterForm,
    pub downloads: Downloads,
    /// Whether there is nothing to show with these filters.
    pub empty: bool,
    /// Whether other filters might show something.
    pub filtered: bool,
}

impl Head {
    /// Of the page at `action`, about so many enrolments.
    pub fn of(
        action: &'static str,
        title: &str,
        reader: &ReportReader,
        scene: &Scene,
        rows: i64,
        shell: &Shell,
    ) -> Self {
        Self {
            title: shell.t(title),
            period: scene.period_text(shell),
            about: scene.about(),
            as_of: scene.as_of(shell),
            form: FilterForm::of(action, reader, scene, shell.words),
            downloads: Downloads::of(scene.selection.filters(), rows),
            empty: rows == 0,
            filtered: scene.selection.filters().are_set(),
        }
    }
}

/// One choice of a field.
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// The line of filters, and what it is about in words.
pub struct FilterForm {
    pub action: &'static str,
    /// The period shown, which tells a change of it from a change of the dates.
    pub shown: &'static str,
    pub periods: Vec<Choice>,
    pub from: String,
    pub to: String,
    pub units: Vec<Choice>,
    pub programmes: Vec<Choice>,
    pub statuses: Vec<Choice>,
}

impl FilterForm {
    /// The form as it was filled.
    pub fn of(action: &'static str, reader: &ReportReader, scene: &Scene, words: Words) -> Self {
        let filters = scene.selection.filters();
        let period = &filters.period;
        let preset = |preset: Preset| Choice {
            value: preset.name().to_owned(),
            label: words.t(&format!("report-period-{}", preset.name())),
            chosen: period.preset == Some(preset),
        };
        let dates =
            Choice { value: "dates".into(), label: words.t("report-period-dates"), chosen: period.preset.is_none() };
        let date = |day: jiff::civil::Date| if period.preset.is_none() { day.to_string() } else { String::new() };
        let status = |status: Status| Choice {
            value: status.name().to_owned(),
            label: words.t(status.word()),
            chosen: filters.status == Some(status),
        };
        let unit = |(id, depth): (OrgUnitId, usize)| Choice {
            value: id.to_string(),
            label: format!("{}{}", "\u{A0}\u{A0}".repeat(depth), scene.units.name(id)),
            chosen: filters.unit == Some(id),
        };
        let programme = |(id, title): &(ProgrammeId, String)| Choice {
            value: id.to_string(),
            label: title.clone(),
            chosen: filters.programme == Some(*id),
        };
        Self {
            action,
            shown: period.preset.map_or("dates", Preset::name),
            periods: Preset::ALL.into_iter().map(preset).chain([dates]).collect(),
            from: date(period.first),
            to: date(period.last),
            units: reader.choices(&scene.units).into_iter().map(unit).collect(),
            programmes: scene.programmes.iter().map(programme).collect(),
            statuses: Status::ALL.into_iter().map(status).collect(),
        }
    }
}

/// The files that hold the rows of a page.
pub struct Downloads {
    pub rows: i64,
    pub csv: String,
    pub xlsx: String,
}

/// Rows that a sheet holds below its header.
pub const SHEET_ROWS: i64 = 1_048_575;

impl Downloads {
    /// For a list of enrolments.
    pub fn of(filters: &Filters, rows: i64) -> Self {
        Self {
            rows,
            csv: filters.address("/reports/enrolments.csv", &[]),
            xlsx: if rows <= SHEET_ROWS { filters.address("/reports/enrolments.xlsx", &[]) } else { String::new() },
        }
    }
}
