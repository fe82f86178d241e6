//! The time a report is about: whole days where the organisation is.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Unit};

use crate::core::Timestamp;

/// Periods that move with the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// This month.
    Month,
    /// This quarter.
    Quarter,
    /// This year.
    Year,
    /// This month and the eleven before it.
    Twelve,
}

impl Preset {
    /// In the order they are offered.
    pub const ALL: [Preset; 4] = [Preset::Month, Preset::Quarter, Preset::Year, Preset::Twelve];

    /// As the address writes it; also the end of the locale key.
    pub fn name(self) -> &'static str {
        match self {
            Preset::Month => "month",
            Preset::Quarter => "quarter",
            Preset::Year => "year",
            Preset::Twelve => "12-months",
        }
    }

    /// The first and the last day.
    fn days(self, today: Date) -> (Date, Date) {
        let (back, length) = match self {
            Preset::Month => (0, 1),
            Preset::Quarter => ((today.month() - 1) % 3, 3),
            Preset::Year => (today.month() - 1, 12),
            Preset::Twelve => (11, 12),
        };
        let first = today.first_of_month().saturating_sub(i64::from(back).months());
        (first, first.saturating_add(i64::from(length).months()).yesterday().unwrap_or(today))
    }
}

/// A period, and the moment at which its state is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Whether it moves with the calendar.
    pub preset: Option<Preset>,
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
    /// Where it begins.
    pub since: Timestamp,
    /// What happened before this moment counts: the end of the period, or now while it lasts.
    pub at: Timestamp,
    /// Where its days are reckoned.
    zone: TimeZone,
}

/// A part of a period, for a chart: from its first moment up to the next part's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its first day.
    pub first: Date,
    /// Where it begins.
    pub since: Timestamp,
    /// Where the next begins.
    pub until: Timestamp,
}

/// How long a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// A year.
    Year,
}

/// Bars that a phone can show.
const PARTS: usize = 12;

impl Period {
    /// A preset as of `now`.
    pub fn preset(preset: Preset, now: Timestamp, zone: &TimeZone) -> Self {
        let (first, last) = preset.days(day_of(now, zone));
        Self { preset: Some(preset), ..Self::days(first, last, now, zone) }
    }

    /// From the one day to the other, whichever is earlier.
    pub fn days(first: Date, last: Date, now: Timestamp, zone: &TimeZone) -> Self {
        let (first, last) = if first <= last { (first, last) } else { (last, first) };
        let end = start_of(last.tomorrow().unwrap_or(last), zone);
        // What happened at this very moment counts.
        let at = end.min(Timestamp(now.0 + 1));
        Self { preset: None, first, last, since: start_of(first, zone), at, zone: zone.clone() }
    }

    /// The day of the last moment before this one.
    fn day_before(&self, at: Timestamp) -> Date {
        day_of(Timestamp(at.0 - 1), &self.zone)
    }

    /// A part as a period of its own.
    pub fn part(&self, part: &Part) -> Self {
        Self {
            preset: None,
            first: part.first,
            last: self.day_before(part.until),
            since: part.since,
            at: part.until,
            zone: self.zone.clone(),
        }
    }

    /// The moments of the first and the last day, to be told.
    pub fn ends(&self) -> (Timestamp, Timestamp) {
        (self.since, start_of(self.last, &self.zone))
    }

    /// The period as months, quarters or years: the shortest of them that are at most twelve, the last twelve of years.
    pub fn parts(&self) -> (Step, Vec<Part>) {
        let last = self.last.min(self.day_before(self.at)).max(self.first);
        for (step, months) in [(Step::Month, 1), (Step::Quarter, 3), (Step::Year, 12)] {
            let mut first = self.first.first_of_month();
            first = first.saturating_sub(i64::from((first.month() - 1) % months).months());
            let length = first
                .until((Unit::Month, last))
                .map_or(0, |span| span.get_years() as usize * 12 + span.get_months() as usize);
            let count = length / months as usize + 1;
            if count > PARTS && step != Step::Year {
                continue;
            }
            let skipped = count.saturating_sub(PARTS);
            let day = |n: usize| first.saturating_add((n as i64 * i64::from(months)).months());
            let part = |n| Part {
                first: day(n).max(self.first),
                since: start_of(day(n), &self.zone).max(self.since),
                until: start_of(day(n + 1), &self.zone).min(self.at),
            };
            return (step, (skipped..count).map(part).collect());
        }
        (Step::Year, Vec::new())
    }
}

/// The day it is where the organisation is.
pub fn day_of(at: Timestamp, zone: &TimeZone) -> Date {
    at.jiff().to_zoned(zone.clone()).date()
}

/// The first moment of a day there.
fn start_of(day: Date, zone: &TimeZone) -> Timestamp {
    day.to_zoned(zone.clone()).map_or(Timestamp(0), |start| Timestamp(start.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn presets_are_whole_months_of_the_local_calendar() {
        // Already December where the organisation is.
        let now = at("2026-11-30T23:30:00Z");
        let days = |preset| {
            let period = Period::preset(preset, now, &paris());
            (period.first.to_string(), period.last.to_string())
        };
        let expect = |first: &str, last: &str| (first.to_owned(), last.to_owned());
        assert_eq!(days(Preset::Month), expect("2026-12-01", "2026-12-31"));
        assert_eq!(days(Preset::Quarter), expect("2026-10-01", "2026-12-31"));
        assert_eq!(days(Preset::Year), expect("2026-01-01", "2026-12-31"));
        assert_eq!(days(Preset::Twelve), expect("2026-01-01", "2026-12-31"));
        assert_eq!(Period::preset(Preset::Month, now, &paris()).since, at("2026-11-30T23:00:00Z"));
    }

    #[test]
    fn a_period_that_is_over_is_told_as_it_ended() {
        let now = at("2026-11-22T10:00:00Z");
        let day = |text: &str| text.parse::<Date>().unwrap();
        let over = Period::days(day("2026-01-31"), day("2026-01-01"), now, &paris());
        assert_eq!((over.first, over.at), (day("2026-01-01"), at("2026-01-31T23:00:00Z")));
        assert_eq!(Period::preset(Preset::Year, now, &paris()).at, Timestamp(now.0 + 1));
    }

    #[test]
    fn parts_cover_the_period_without_gap_and_are_few() {
        let now = at("2026-11-22T10:00:00Z");
        let day = |text: &str| text.parse::<Date>().unwrap();
        for (first, step, count) in
            [("2026-11-03", Step::Month, 1), ("2025-12-01", Step::Month, 12), ("2024-05-17", Step::Quarter, 11)]
        {
            let period = Period::days(day(first), day("2026-11-30"), now, &paris());
            let (found, parts) = period.parts();
            assert_eq!((found, parts.len()), (step, count), "{first}");
            assert_eq!((parts[0].since, parts[count - 1].until), (period.since, period.at), "{first}");
            assert!(parts.windows(2).all(|pair| pair[0].until == pair[1].since), "{first}");
        }
        let (step, parts) = Period::days(day("1990-01-01"), day("2026-11-30"), now, &paris()).parts();
        assert_eq!((step, parts.len(), parts[11].until), (Step::Year, 12, Timestamp(now.0 + 1)));
    }
}
