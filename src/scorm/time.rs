//! Times as the two standards write them.

use super::table::Version;

/// A length of time in hundredths of a second; `None` if the text is none. `HHHH:MM:SS.ss` in 1.2, ISO 8601 in 2004.
pub fn read_time(version: Version, text: &str) -> Option<u64> {
    match version {
        Version::Scorm12 => {
            let mut parts = text.split(':');
            let (hours, minutes) = (parts.next()?.parse::<u64>().ok()?, parts.next()?.parse::<u64>().ok()?);
            let seconds = hundredths(parts.next()?)?;
            parts.next().is_none().then_some(())?;
            hours.checked_mul(360_000)?.checked_add(minutes.checked_mul(6_000)?)?.checked_add(seconds)
        }
        Version::Scorm2004 => {
            let (date, time) = match text.strip_prefix('P')?.split_once('T') {
                Some((date, time)) => (date, time),
                None => (text.strip_prefix('P')?, ""),
            };
            // A year is 365.25 days and a month a twelfth of that, as in statements.
            let date = components(date, &[('Y', 3_155_760_000), ('M', 262_980_000), ('D', 8_640_000)])?;
            let time = components(time, &[('H', 360_000), ('M', 6_000), ('S', 100)])?;
            date.checked_add(time)
        }
    }
}

/// The text of a length of time.
pub fn write_time(version: Version, hundredths: u64) -> String {
    let (hours, minutes) = (hundredths / 360_000, hundredths / 6_000 % 60);
    let (seconds, part) = (hundredths / 100 % 60, hundredths % 100);
    match version {
        // The type has four digits of hours; nobody spends more in one activity.
        Version::Scorm12 => format!("{:04}:{minutes:02}:{seconds:02}.{part:02}", hours.min(9999)),
        Version::Scorm2004 if part == 0 => format!("PT{hours}H{minutes}M{seconds}S"),
        Version::Scorm2004 => format!("PT{hours}H{minutes}M{seconds}.{part:02}S"),
    }
}

fn components(mut text: &str, units: &[(char, u64)]) -> Option<u64> {
    let mut sum: u64 = 0;
    for (letter, unit) in units {
        let Some((figure, rest)) = text.split_once(*letter) else { continue };
        let amount =
            if *letter == 'S' { hundredths(figure)? } else { figure.parse::<u64>().ok()?.checked_mul(*unit)? };
        sum = sum.checked_add(amount)?;
        text = rest;
    }
    text.is_empty().then_some(sum)
}

fn hundredths(figure: &str) -> Option<u64> {
    let (whole, part) = figure.split_once('.').unwrap_or((figure, ""));
    let part: String = part.chars().chain("00".chars()).take(2).collect();
    whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(part.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_back_as_they_were_written() {
        for (version, text, hundredths) in [
            (Version::Scorm12, "0001:02:03.50", 372_350),
            (Version::Scorm2004, "PT1H2M3.50S", 372_350),
            (Version::Scorm2004, "PT0H0M0S", 0),
        ] {
            assert_eq!(read_time(version, text), Some(hundredths));
            assert_eq!(write_time(version, hundredths), text);
        }
        assert_eq!(read_time(Version::Scorm2004, "P1DT30M"), Some(8_820_000));
        assert_eq!(read_time(Version::Scorm12, "00:00:05.1"), Some(510));
        for bad in ["", "PT", "1:2", "P1X", "00:00:xx"] {
            assert!(read_time(Version::Scorm12, bad).is_none());
        }
    }
}
