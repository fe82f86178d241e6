//! What a report is asked for. All of it lives in the address, so that a link, a bookmark and a file say the same.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::period::{Period, Preset, day_of};
use crate::core::{OrgUnitId, ProgrammeId, Timestamp};

/// Where an enrolment stands, as a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Completed within the period.
    Done,
    /// Not completed.
    Open,
    /// Begun, not completed.
    Doing,
    /// Not begun.
    Todo,
    /// Past its date and not completed.
    Late,
}

impl Status {
    /// In the order they are offered.
    pub const ALL: [Status; 5] = [Status::Done, Status::Open, Status::Doing, Status::Todo, Status::Late];

    /// As the address writes it.
    pub fn name(self) -> &'static str {
        match self {
            Status::Done => "done",
            Status::Open => "open",
            Status::Doing => "doing",
            Status::Todo => "todo",
            Status::Late => "late",
        }
    }

    /// The locale key of its word: where a row says one, the same.
    pub fn word(self) -> &'static str {
        match self {
            Status::Done => "status-done",
            Status::Open => "report-open",
            Status::Doing => "status-doing",
            Status::Todo => "status-todo",
            Status::Late => "report-late",
        }
    }
}

/// The fields of the form, as they came. What cannot be read counts as not said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    period: String,
    /// The period the form showed: without script, only this tells which of period and dates somebody changed.
    shown: String,
    from: String,
    to: String,
    unit: String,
    programme: String,
    status: String,
    after: String,
    before: String,
}

impl Asked {
    /// The period. Dates win over a preset, unless the preset is what was just chosen.
    pub fn period(&self, now: Timestamp, zone: &TimeZone) -> Period {
        let preset = Preset::ALL.into_iter().find(|preset| preset.name() == self.period.trim());
        let date = |text: &str| text.trim().parse::<Date>().ok().filter(|date| (1970..=9000).contains(&date.year()));
        let (from, to) = (date(&self.from), date(&self.to));
        let chosen = preset.is_some() && !self.shown.is_empty() && self.shown != self.period;
        match (from, to) {
            _ if chosen => Period::preset(preset.unwrap_or(Preset::Twelve), now, zone),
            (None, None) => Period::preset(preset.unwrap_or(Preset::Twelve), now, zone),
            (Some(from), to) => Period::days(from, to.unwrap_or_else(|| day_of(now, zone).max(from)), now, zone),
            (None, Some(to)) => Period::days(to.first_of_year(), to, now, zone),
        }
    }

    /// The unit; `Err` for what names none, which must not widen the report to everybody.
    pub fn unit(&self) -> Result<Option<OrgUnitId>, ()> {
        read(&self.unit)
    }

    /// The programme; `Err` as for [`Asked::unit`].
    pub fn programme(&self) -> Result<Option<ProgrammeId>, ()> {
        read(&self.programme)
    }

    /// The status.
    pub fn status(&self) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.name() == self.status.trim())
    }

    /// The row a list goes on after, or ends before.
    pub fn cursor(&self) -> (&str, &str) {
        (&self.after, &self.before)
    }
}

fn read<T: std::str::FromStr>(text: &str) -> Result<Option<T>, ()> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(drop),
    }
}

/// The filters of a report as an address carries them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filters {
    /// The time.
    pub period: Period,
    /// A unit with all below it.
    pub unit: Option<OrgUnitId>,
    /// One programme.
    pub programme: Option<ProgrammeId>,
    /// One status.
    pub status: Option<Status>,
}

impl Filters {
    /// The address of `path` with these filters, and `more` fields.
    pub fn address(&self, path: &str, more: &[(&str, &str)]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        match self.period.preset {
            Some(preset) => query.append_pair("period", preset.name()),
            None => {
                query.append_pair("from", &self.period.first.to_string());
                query.append_pair("to", &self.period.last.to_string())
            }
        };
        if let Some(unit) = self.unit {
            query.append_pair("unit", &unit.to_string());
        }
        if let Some(programme) = self.programme {
            query.append_pair("programme", &programme.to_string());
        }
        if let Some(status) = self.status {
            query.append_pair("status", status.name());
        }
        query.extend_pairs(more);
        format!("{path}?{}", query.finish())
    }

    /// Whether anything was asked for beyond what a report shows by itself.
    pub fn are_set(&self) -> bool {
        let narrowed = self.unit.is_some() || self.programme.is_some() || self.status.is_some();
        narrowed || self.period.preset != Some(Preset::Twelve)
    }

    /// The same with another unit.
    pub fn in_unit(&self, unit: OrgUnitId) -> Self {
        Self { unit: Some(unit), ..self.clone() }
    }

    /// The same with another programme.
    pub fn of_programme(&self, programme: ProgrammeId) -> Self {
        Self { programme: Some(programme), ..self.clone() }
    }

    /// The same with another status.
    pub fn with_status(&self, status: Option<Status>) -> Self {
        Self { status, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        let pairs: std::collections::HashMap<_, _> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        serde_json::from_value(serde_json::to_value(pairs).unwrap()).unwrap()
    }

    #[test]
    fn without_script_the_field_that_was_changed_wins() {
        let now = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
        let preset = |query| asked(query).period(now, &TimeZone::UTC).preset;
        assert_eq!(preset(""), Some(Preset::Twelve));
        assert_eq!(preset("period=month"), Some(Preset::Month));
        // Dates typed beside a preset that was left alone.
        assert_eq!(preset("period=month&shown=month&from=2026-02-01&to=2026-02-03"), None);
        // A preset chosen while the dates were still in their fields.
        assert_eq!(preset("period=month&shown=dates&from=2026-02-01&to=2026-02-03"), Some(Preset::Month));
        assert_eq!(preset("period=dates&shown=dates&from=2026-02-01&to=2026-02-03"), None);
        assert_eq!(preset("period=week&from=yesterday"), Some(Preset::Twelve));
    }

    #[test]
    fn an_address_carries_every_filter_and_reads_back() {
        let now = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
        let filters = Filters {
            period: asked("from=2026-02-01&to=2026-02-03").period(now, &TimeZone::UTC),
            unit: Some(OrgUnitId::new()),
            programme: Some(ProgrammeId::new()),
            status: Some(Status::Late),
        };
        let address = filters.address("/reports", &[("after", "x")]);
        let back = asked(address.split_once('?').unwrap().1);
        let read = Filters {
            period: back.period(now, &TimeZone::UTC),
            unit: back.unit().unwrap(),
            programme: back.programme().unwrap(),
            status: back.status(),
        };
        assert_eq!(read, filters);
        assert_eq!(asked("unit=everything").unit(), Err(()));
    }
}
