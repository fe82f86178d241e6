//! The demo's time: it begins half a year ago, only moves forward, and ends when the server is started.
//!
//! Days are counted from today: -3 is three days ago, 12 in twelve days. So something is always due soon, and something late,
//! whenever the demo is loaded.

use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use crate::core::{Clock, Timestamp};

/// When the demo's organisation begins to use Préau.
pub const FIRST_DAY: i64 = -182;

/// A clock that goes from the first day to the present.
pub struct Past {
    clock: Clock,
    present: Timestamp,
    last_day: Date,
    zone: TimeZone,
}

impl Past {
    /// The half year before `present`.
    pub fn before(present: Timestamp, zone: &TimeZone) -> Self {
        let last_day = present.jiff().to_zoned(zone.clone()).date();
        let past = Self { clock: Clock::manual(Timestamp(0)), present, last_day, zone: zone.clone() };
        past.reach(past.at(FIRST_DAY, 8 * 60));
        past
    }

    /// The clock, for the application that lives in this time.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// When the past ends.
    pub fn present(&self) -> Timestamp {
        self.present
    }

    /// Moves on to a moment, if it has not gone by and has come already.
    pub fn reach(&self, at: Timestamp) {
        self.clock.advance(at.min(self.present).since(self.clock.now()));
    }

    /// Lets time go by, as far as the present.
    pub fn pass(&self, time: Duration) {
        self.reach(self.clock.now().plus(time));
    }

    /// A minute of a day.
    pub fn at(&self, day: i64, minute: i64) -> Timestamp {
        let time = self.date(day).at(0, 0, 0, 0).saturating_add(minute.minutes());
        time.to_zoned(self.zone.clone()).map_or(self.present, |at| Timestamp(at.timestamp().as_microsecond()))
    }

    /// The day the clock has come to.
    pub fn today(&self) -> i64 {
        let date = self.clock.now().jiff().to_zoned(self.zone.clone()).date();
        self.last_day.until(date).map_or(0, |span| i64::from(span.get_days()))
    }

    /// A day as forms send it.
    pub fn day(&self, day: i64) -> String {
        self.date(day).to_string()
    }

    /// The day itself, or the Monday after a weekend.
    pub fn workday(&self, day: i64) -> i64 {
        match self.date(day).weekday() {
            Weekday::Saturday => day + 2,
            Weekday::Sunday => day + 1,
            _ => day,
        }
    }

    fn date(&self, day: i64) -> Date {
        self.last_day.saturating_add(day.days())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past() -> Past {
        Past::before(Timestamp::parse("2026-11-22T10:00:00Z").unwrap(), &TimeZone::get("Europe/Paris").unwrap())
    }

    #[test]
    fn time_moves_forward_and_stops_at_the_present() {
        let past = past();
        let begin = past.clock().now();
        assert_eq!(begin.rfc3339(), "2026-05-24T06:00:00.000Z");
        assert_eq!(past.today(), FIRST_DAY);
        past.reach(past.at(-30, 600));
        assert_eq!(past.today(), -30);
        let later = past.clock().now();
        past.reach(past.at(-90, 600));
        assert_eq!(past.clock().now(), later, "a moment gone by stays gone");
        past.reach(past.at(3, 600));
        past.pass(Duration::from_secs(60));
        assert_eq!(past.clock().now(), past.present());
    }

    #[test]
    fn nobody_is_expected_on_a_weekend() {
        let past = past();
        assert_eq!(past.day(-1), "2026-11-21");
        assert_eq!([-2, -1, 0, 1].map(|day| past.workday(day)), [-2, 1, 1, 1]);
    }
}
