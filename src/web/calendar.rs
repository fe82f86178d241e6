//! Days as forms send them (`2026-11-30`), on the clock of the organisation.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::core::Timestamp;

fn day(text: &str) -> Option<Date> {
    // Years beyond these are slips of the keyboard.
    text.trim().parse().ok().filter(|day: &Date| (1970..=2200).contains(&day.year()))
}

fn start(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    Some(Timestamp(day.to_zoned(zone.clone()).ok()?.timestamp().as_microsecond()))
}

/// The moment a day begins; `None` if the text is no day.
pub fn first_moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    start(day(text)?, zone)
}

/// The last moment of a day: what is due on it is not late before it is over.
pub fn last_moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let next = start(day(text)?.tomorrow().ok()?, zone)?;
    Some(Timestamp(next.0 - 1))
}

/// The day of a moment, as the value of an `<input type="date">`.
pub fn day_value(at: Timestamp, zone: &TimeZone) -> String {
    at.jiff().to_zoned(zone.clone()).date().to_string()
}

/// How many days lie between the days of two moments; negative if `to` comes first.
pub fn days_between(from: Timestamp, to: Timestamp, zone: &TimeZone) -> i64 {
    let date = |at: Timestamp| at.jiff().to_zoned(zone.clone()).date();
    date(from).until(date(to)).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_lasts_from_midnight_to_midnight_on_the_wall() {
        let zone = &TimeZone::get("Europe/Paris").unwrap();
        let (first, last) = (first_moment("2026-11-30", zone).unwrap(), last_moment("2026-11-30", zone).unwrap());
        assert_eq!(first, Timestamp::parse("2026-11-29T23:00:00Z").unwrap());
        assert_eq!(last.0 + 1, Timestamp::parse("2026-11-30T23:00:00Z").unwrap().0);
        assert_eq!((day_value(first, zone), day_value(last, zone)), ("2026-11-30".to_owned(), "2026-11-30".to_owned()));
        assert_eq!(days_between(first, Timestamp(last.0 + 1), zone), 1);
        assert_eq!(days_between(last, first, zone), 0);
        for text in ["", "30/11/2026", "2026-02-30", "9999-12-31", "x"] {
            assert_eq!((first_moment(text, zone), last_moment(text, zone)), (None, None), "{text}");
        }
    }
}
