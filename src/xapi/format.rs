//! The small languages inside a statement: IRIs, mail addresses, UUIDs, timestamps, durations, language tags.
//!
//! One function a rule; each cites the section it enforces. They judge text and never change it.

use std::collections::HashSet;
use std::fmt;

use uuid::Uuid;

use crate::core::Timestamp;

/// An absolute IRI (RFC 3987 section 2.2; xAPI 1.0.3 Data 3.1, 2.0 section 4.2.7; XAPI-00011): scheme, colon, something.
pub fn is_iri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let mut letters = scheme.bytes();
    let scheme_fits = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    // An authority that is announced must be there: `http://` and `https:///x` name nothing.
    let authority_fits = match (scheme.to_ascii_lowercase().as_str(), rest.strip_prefix("//")) {
        ("http" | "https", Some(authority)) => !authority.is_empty() && !authority.starts_with(['/', '?', '#']),
        ("http" | "https", None) => false,
        (_, _) => true,
    };
    scheme_fits && authority_fits && !rest.is_empty() && rest.chars().all(is_iri_char) && percents_are_whole(rest)
}

fn is_iri_char(character: char) -> bool {
    !character.is_control()
        && !character.is_whitespace()
        && !matches!(character, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`')
}

fn percents_are_whole(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().filter(|(_, byte)| **byte == b'%').all(|(at, _)| {
        bytes.get(at + 1).is_some_and(u8::is_ascii_hexdigit) && bytes.get(at + 2).is_some_and(u8::is_ascii_hexdigit)
    })
}

/// `mailto:` and one address (xAPI 1.0.3 Data 2.4.2.3). Only the shape: whether somebody reads it is not ours to know.
pub fn is_mbox(text: &str) -> bool {
    let Some(address) = text.strip_prefix("mailto:") else { return false };
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let plain =
        |part: &str| !part.is_empty() && part.chars().all(|c| !c.is_whitespace() && !c.is_control() && c != '@');
    plain(local) && plain(domain) && !domain.starts_with('.') && !domain.ends_with('.') && is_iri(text)
}

/// Forty hexadecimal digits: the SHA-1 of a mailto IRI (xAPI 1.0.3 Data 2.4.2.3).
pub fn is_sha1(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The hexadecimal form of a SHA-2 digest of 224, 256, 384 or 512 bits (xAPI 1.0.3 Data 2.4.11).
pub fn is_sha2(text: &str) -> bool {
    matches!(text.len(), 56 | 64 | 96 | 128) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A UUID in its standard form of 8-4-4-4-12 digits (RFC 4122 section 3; XAPI-00027, XAPI-00028, XAPI-00029, XAPI-00030);
/// braces, URNs and bare digits are other forms.
pub fn uuid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten()
}

/// An Internet media type, `type/subtype` with optional parameters (RFC 2046 as xAPI 1.0.3 Data 2.4.11 asks; XAPI-00105).
/// No control characters: it becomes a header.
pub fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim_end();
    let token = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+%'*`|~".contains(&byte))
    };
    essence.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype))
        && !text.chars().any(char::is_control)
}

/// How strictly a timestamp must name its offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offset {
    /// RFC 3339, as xAPI 2.0 section 4.2.7 says.
    Required,
    /// ISO 8601, as xAPI 1.0.3 Data 4.5 says; without one the moment is taken as UTC.
    Optional,
}

/// The years 0 to 9999, which four digits can tell.
const CALENDAR: std::ops::RangeInclusive<Timestamp> =
    Timestamp(-62_167_219_200_000_000)..=Timestamp(253_402_300_799_999_999);

/// The last moment our calendar tells, a day before the year 9999 ends. What is later, such as an "until" without end, is read
/// as this one.
const LAST: Timestamp = Timestamp(253_402_207_200_000_000);

/// A moment, `None` if `text` is not one: complete date and time, any precision, and no negative zero offset (`-00`,
/// `-0000`, `-00:00`; xAPI 1.0.3 Data 4.5: "MUST reject ... a negative offset of zero"; XAPI-00123).
pub fn timestamp(text: &str, offset: Offset) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let number = |from: usize, len: usize| -> Option<i64> {
        let digits = bytes.get(from..from + len)?;
        digits.iter().all(u8::is_ascii_digit).then(|| digits.iter().fold(0, |sum, d| sum * 10 + i64::from(d - b'0')))
    };
    let is = |at: usize, byte: u8| bytes.get(at) == Some(&byte);
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let (hour, minute) = (number(11, 2)?, number(14, 2)?);
    if !is(4, b'-') || !is(7, b'-') || !(is(10, b'T') || is(10, b't')) || !is(13, b':') {
        return None;
    }
    let (mut second, mut micros, mut at) = (0, 0, 16);
    if is(at, b':') {
        second = number(17, 2)?;
        at = 19;
        if is(at, b'.') || is(at, b',') {
            let digits = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                return None;
            }
            // Beyond microseconds the moment is cut, as xAPI allows from milliseconds on.
            for place in 0..6 {
                let digit = if place < digits { i64::from(bytes[at + 1 + place] - b'0') } else { 0 };
                micros = micros * 10 + digit;
            }
            at += 1 + digits;
        }
    } else if offset == Offset::Required {
        return None;
    }
    let seconds_east = match bytes.get(at) {
        None if offset == Offset::Optional => 0,
        Some(b'Z' | b'z') if bytes.len() == at + 1 => 0,
        Some(sign @ (b'+' | b'-')) => {
            let hours = number(at + 1, 2)?;
            let minutes = match (bytes.len() - at, offset) {
                (6, _) if is(at + 3, b':') => number(at + 4, 2)?,
                (5, Offset::Optional) => number(at + 3, 2)?,
                (3, Offset::Optional) => 0,
                _ => return None,
            };
            if hours > 23 || minutes > 59 || (*sign == b'-' && hours == 0 && minutes == 0) {
                return None;
            }
            (hours * 3600 + minutes * 60) * if *sign == b'-' { -1 } else { 1 }
        }
        _ => return None,
    };
    // RFC 3339 section 5.6 allows a leap second; a calendar without them reads it as the last second.
    let second = if second == 60 { 59 } else { second };
    let date =
        jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let small = |value: i64| i8::try_from(value).ok();
    let time = jiff::civil::Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()?;
    let zoned = date.to_datetime(time).to_zoned(jiff::tz::TimeZone::UTC);
    let second = zoned.map_or(LAST.0, |moment| moment.timestamp().as_second() * 1_000_000);
    let moment = Timestamp(second + micros - seconds_east * 1_000_000);
    // The first and the last day of the calendar, told from the far side of the earth, may lie outside of it.
    CALENDAR.contains(&moment).then(|| moment.min(LAST))
}

/// An ISO 8601 duration as statements carry it, for example `PT12M30.5S`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct IsoDuration(String);

impl IsoDuration {
    /// Reads a duration with designators or in weeks (ISO 8601 section 4.4.3.2; XAPI-00124); only the last part may have a
    /// fraction.
    pub fn parse(text: &str) -> Option<Self> {
        hundredths(text).map(|_| Self(text.to_owned()))
    }

    /// The duration of so many seconds, to the hundredth (the precision xAPI compares; 1.0.3 Data 4.6).
    pub fn from_seconds(seconds: f64) -> Self {
        let all = (seconds.max(0.0) * 100.0).round();
        // `as` saturates: a figure beyond u64 is not a duration anybody lived through.
        let all = all as u64;
        let (hours, minutes, rest) = (all / 360_000, all / 6_000 % 60, all % 6_000);
        let mut text = String::from("PT");
        if hours > 0 {
            text += &format!("{hours}H");
        }
        if minutes > 0 {
            text += &format!("{minutes}M");
        }
        match (rest / 100, rest % 100) {
            (0, 0) if text.len() > 2 => {}
            (seconds, 0) => text += &format!("{seconds}S"),
            (seconds, part) => {
                let figure = format!("{seconds}.{part:02}");
                text += figure.trim_end_matches('0');
                text.push('S');
            }
        }
        Self(text)
    }

    /// The length in seconds, to the hundredth. Years count 365.25 days and months a twelfth of that.
    pub fn seconds(&self) -> f64 {
        hundredths(&self.0).unwrap_or(0) as f64 / 100.0
    }

    /// The length in hundredths of a second, cut, which is how two durations are compared (xAPI 1.0.3 Data 4.6).
    pub fn hundredths(&self) -> u64 {
        hundredths(&self.0).unwrap_or(0)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IsoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn hundredths(text: &str) -> Option<u64> {
    // Designator and its length in hundredths of a second, in the order ISO 8601 demands.
    const DATE: [(u8, u64); 3] = [(b'Y', 3_155_760_000), (b'M', 262_980_000), (b'D', 8_640_000)];
    const TIME: [(u8, u64); 3] = [(b'H', 360_000), (b'M', 6_000), (b'S', 100)];
    const WEEK: [(u8, u64); 1] = [(b'W', 60_480_000)];

    let body = text.strip_prefix('P')?;
    let (date, time) = match body.split_once('T') {
        Some((date, time)) if !time.is_empty() => (date, Some(time)),
        Some(_) => return None,
        None => (body, None),
    };
    if date.is_empty() && time.is_none() {
        return None;
    }
    if date.ends_with('W') {
        // Weeks stand alone: `P4W` is a duration, `P4W1D` is none.
        return if time.is_none() { parts(date, &WEEK, true) } else { None };
    }
    let date = parts(date, &DATE, time.is_none())?;
    let time = time.map_or(Some(0), |time| parts(time, &TIME, true))?;
    date.checked_add(time)
}

fn parts(mut text: &str, units: &[(u8, u64)], may_have_fraction: bool) -> Option<u64> {
    let mut units = units.iter();
    let mut sum: u64 = 0;
    while !text.is_empty() {
        let end = text.bytes().position(|byte| byte.is_ascii_alphabetic())?;
        let (figure, designator) = (&text[..end], text.as_bytes()[end]);
        let (_, unit) = units.by_ref().find(|(letter, _)| *letter == designator)?;
        text = &text[end + 1..];
        let (whole, fraction) = figure.split_once(['.', ',']).map_or((figure, None), |(w, f)| (w, Some(f)));
        let digits =
            |part: &str| !part.is_empty() && part.len() <= 18 && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) {
            return None;
        }
        sum = sum.checked_add(whole.parse::<u64>().ok()?.checked_mul(*unit)?)?;
        if let Some(fraction) = fraction {
            if !text.is_empty()
                || !may_have_fraction
                || fraction.is_empty()
                || !fraction.bytes().all(|b| b.is_ascii_digit())
            {
                return None;
            }
            let cut = &fraction[..fraction.len().min(9)];
            let scale = 10_u128.pow(u32::try_from(cut.len()).ok()?);
            sum = sum.checked_add(u64::try_from(u128::from(*unit) * cut.parse::<u128>().ok()? / scale).ok()?)?;
        }
    }
    Some(sum)
}

/// A well-formed language tag (RFC 5646 section 2.1) in which no variant and no extension stands twice (section 2.2.9;
/// XAPI-00013, XAPI-00091, XAPI-00121).
pub fn is_language_tag(text: &str) -> bool {
    const IRREGULAR: [&str; 17] = [
        "en-gb-oed",
        "i-ami",
        "i-bnn",
        "i-default",
        "i-enochian",
        "i-hak",
        "i-klingon",
        "i-lux",
        "i-mingo",
        "i-navajo",
        "i-pwn",
        "i-tao",
        "i-tay",
        "i-tsu",
        "sgn-be-fr",
        "sgn-be-nl",
        "sgn-ch-de",
    ];
    let alpha = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let alnum = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let lower = text.to_ascii_lowercase();
    if IRREGULAR.contains(&lower.as_str()) {
        return true;
    }
    let mut parts = lower.split('-').peekable();
    let Some(language) = parts.next() else { return false };
    // Behind `x` anything goes, as long as there is something.
    let is_private =
        |parts: &[&str]| !parts.is_empty() && parts.iter().all(|part| (1..=8).contains(&part.len()) && alnum(part));
    if language == "x" {
        return is_private(&parts.collect::<Vec<_>>());
    }
    if !(2..=8).contains(&language.len()) || !alpha(language) {
        return false;
    }
    if language.len() <= 3 {
        for _ in 0..3 {
            if parts.next_if(|part| part.len() == 3 && alpha(part)).is_none() {
                break;
            }
        }
    }
    parts.next_if(|part| part.len() == 4 && alpha(part));
    parts.next_if(|part| {
        (part.len() == 2 && alpha(part)) || (part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit()))
    });
    let variant = |part: &str| {
        alnum(part) && ((5..=8).contains(&part.len()) || (part.len() == 4 && part.as_bytes()[0].is_ascii_digit()))
    };
    let mut seen = HashSet::new();
    while let Some(part) = parts.next_if(|part| variant(part)) {
        if !seen.insert(part) {
            return false;
        }
    }
    while let Some(singleton) = parts.next() {
        if singleton == "x" {
            return is_private(&parts.collect::<Vec<_>>());
        }
        if singleton.len() != 1 || !alnum(singleton) || !seen.insert(singleton) {
            return false;
        }
        let mut count = 0;
        while parts.next_if(|part| (2..=8).contains(&part.len()) && alnum(part)).is_some() {
            count += 1;
        }
        if count == 0 {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(check: impl Fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(check(text), "{text} should be accepted");
        }
        for text in bad {
            assert!(!check(text), "{text} should be refused");
        }
    }

    #[test]
    fn iris_have_a_scheme_and_no_blanks() {
        all(
            is_iri,
            &["http://example.org", "urn:uuid:1", "https://été.fr/à?x=1#é", "tag:a.b,2020:x", "act:x", "mailto:a@b.fr"],
            &[
                "",
                "example.org",
                "http://",
                "http:x",
                "://a",
                "1a:b",
                "http://a b",
                "a:",
                "http://a/%2",
                "http://a/<b>",
                "http://a\n",
            ],
        );
    }

    #[test]
    fn mail_addresses_and_digests() {
        all(
            is_mbox,
            &["mailto:a@b.fr", "mailto:a.b+c@d.example"],
            &["a@b.fr", "mailto:a", "mailto:@b", "mailto:a@", "mailto:a @b", "mailto:a@b@c", "MAILTO:a@b"],
        );
        all(
            is_sha1,
            &["ebd31e95054c018b10727ccffd2ef2ec3a016ee9"],
            &["ebd31e95054c018b10727ccffd2ef2ec3a016ee", "zbd31e95054c018b10727ccffd2ef2ec3a016ee9"],
        );
        all(
            is_media_type,
            &["text/plain", "application/json; charset=utf-8", "image/svg+xml"],
            &["text", "text/", "/plain", "a b/c", "text/plain; a=\r\nB: c", "text/plain;\0"],
        );
        all(
            |text| uuid(text).is_some(),
            &["fd41c918-b88b-4b20-a0a5-a4c32391aaa0", "FD41C918-B88B-7B20-A0A5-A4C32391AAA0"],
            &[
                "fd41c918b88b4b20a0a5a4c32391aaa0",
                "{fd41c918-b88b-4b20-a0a5-a4c32391aaa0}",
                "fd41c918-b88b-4b20-a0a5-a4c32391aaag",
                "urn:uuid:fd41c918-b88b-4b20-a0a5-a4c32391aaa0",
            ],
        );
    }

    #[test]
    fn timestamps_name_a_moment() {
        let read = |text: &str| timestamp(text, Offset::Optional);
        assert_eq!(read("2026-11-21T10:30:00.1234567+01:00").unwrap().0 % 1_000_000, 123_456);
        assert_eq!(read("2026-11-21T10:30:00+0100"), read("2026-11-21T09:30:00Z"));
        assert_eq!(read("2026-11-21T10:30:00+01"), read("2026-11-21T09:30Z"));
        assert_eq!(read("2026-11-21T09:30:00"), read("2026-11-21T09:30:00Z"));
        assert_eq!(read("2026-11-21T09:30:00.5Z").unwrap(), Timestamp::parse("2026-11-21T09:30:00.5Z").unwrap());
        all(
            |text| timestamp(text, Offset::Required).is_some(),
            &[
                "2026-02-28T23:59:59Z",
                "2016-12-31T23:59:60Z",
                "2024-02-29T00:00:00.000+14:00",
                "2026-11-21t09:30:00z",
                "1969-12-31T23:59:59.5Z",
            ],
            &[
                "2026-11-21",
                "2026-11-21T09:30:00",
                "2026-11-21T09:30Z",
                "2026-11-21T09:30:00+0100",
                "2026-02-29T00:00:00Z",
                "2026-13-01T00:00:00Z",
                "2026-11-21T24:00:00Z",
                "2026-11-21T09:30:00-00:00",
                "2026-11-21T09:30:00.Z",
                "01/02/2026",
                "2026-11-21 09:30:00Z",
                "2026-11-21T09:30:00ZZ",
                "2026-11-21T09:30:00+25:00",
                "",
                "é026-11-21T09:30:00Z",
            ],
        );
        assert_eq!(read("9999-12-31T23:59:59.999999Z"), Some(LAST), "without end");
        assert_eq!(LAST, Timestamp::parse("9999-12-30T22:00:00Z").unwrap());
        for refused in ["2026-11-21T09:30:00-00", "2026-11-21T09:30:00-0000", "2026-11-21T09:30:00-00:00"] {
            assert_eq!(read(refused), None, "{refused}");
        }
    }

    #[test]
    fn durations_have_designators_in_order() {
        all(
            |text| IsoDuration::parse(text).is_some(),
            &["P4W", "PT0S", "P1Y2M3DT4H5M6.75S", "PT0.5H", "P0,5D", "PT36H", "P1DT1S", "PT12M", "P1.5W"],
            &[
                "", "P", "PT", "P1DT", "P4W1D", "P4WT1H", "1D", "PT1.5M2S", "P1.5DT1S", "PT1S1M", "P-1D", "PT1", "P1H",
                "PT1D", "pt1s", "PT.5S", "PT5.S",
            ],
        );
        let seconds = |text: &str| IsoDuration::parse(text).unwrap().seconds();
        assert_eq!(seconds("PT1H2M3.456S"), 3723.45);
        assert_eq!(seconds("P1W"), 604_800.0);
        for (figure, text) in [
            (0.0, "PT0S"),
            (750.0, "PT12M30S"),
            (3600.0, "PT1H"),
            (3.5, "PT3.5S"),
            (61.05, "PT1M1.05S"),
            (0.1, "PT0.1S"),
        ] {
            assert_eq!(IsoDuration::from_seconds(figure).as_str(), text);
            assert_eq!(seconds(text), figure);
        }
    }

    #[test]
    fn language_tags_follow_rfc_5646() {
        all(
            is_language_tag,
            &[
                "fr",
                "en-US",
                "fr-FR",
                "zh-Hant-TW",
                "sl-rozaj-biske-1994",
                "de-CH-1901",
                "x-whatever",
                "i-klingon",
                "und",
                "es-419",
                "en-a-bbb-x-a",
                "zh-cmn-Hans",
                "de-a-aaa-b-bbb-x-a-b",
            ],
            &[
                "",
                "f",
                "fr_FR",
                "fr-",
                "-fr",
                "a-DE",
                "en-x",
                "en-a",
                "français",
                "toolonglanguage",
                "en--US",
                "en-us-",
                "zh-z-aaa-z-bbb",
                "ar-a-aaa-b-bbb-A-ccc",
                "de-1996-DE-1996",
                "sl-rozaj-rozaj",
            ],
        );
    }
}
