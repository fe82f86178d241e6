//! `Range` (RFC 9110 section 14): which bytes of a file a request asks for.

use std::ops::Range;

/// More parts than this in one request are not worth serving one by one.
const MOST_PARTS: usize = 8;

/// What a `Range` header asks of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// All of it: no range, or one that is to be ignored.
    Whole,
    /// These parts, in the order asked for; never empty.
    Parts(Vec<Range<u64>>),
    /// Nothing that exists.
    Unsatisfiable,
}

/// Reads a header for a file of `size` bytes. What is no byte range is ignored (14.2).
pub fn asked(header: &str, size: u64) -> Asked {
    let Some((unit, set)) = header.split_once('=') else { return Asked::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Asked::Whole;
    }
    let mut parts: Vec<Range<u64>> = Vec::new();
    for spec in set.split(',').map(str::trim).filter(|spec| !spec.is_empty()) {
        let Some((first, last)) = spec.split_once('-') else { return Asked::Whole };
        let part = match (number(first), number(last)) {
            // The last bytes.
            (None, Some(length)) if first.is_empty() => size.saturating_sub(length)..size,
            (Some(start), None) if last.is_empty() => start..size,
            (Some(start), Some(end)) if start <= end => start..end.saturating_add(1).min(size),
            _ => return Asked::Whole,
        };
        if part.start < part.end {
            parts.push(part);
        }
    }
    // Overlapping or very many parts are an attack on the server's memory and disks (14.2): one whole answer serves as well.
    let overlap = parts
        .iter()
        .enumerate()
        .any(|(place, part)| parts[..place].iter().any(|other| part.start < other.end && other.start < part.end));
    match parts.len() {
        0 => Asked::Unsatisfiable,
        count if count > MOST_PARTS || overlap => Asked::Whole,
        _ => Asked::Parts(parts),
    }
}

fn number(digits: &str) -> Option<u64> {
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    // More than any file has: as far as the file goes.
    Some(digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        let parts = |header| match asked(header, 100) {
            Asked::Parts(parts) => parts.into_iter().map(|part| (part.start, part.end)).collect(),
            Asked::Whole => vec![(0, 100)],
            Asked::Unsatisfiable => Vec::new(),
        };
        assert_eq!(parts("bytes=0-9"), [(0, 10)]);
        assert_eq!(parts("bytes=90-"), [(90, 100)]);
        assert_eq!(parts("bytes=-10"), [(90, 100)]);
        assert_eq!(parts("bytes=-1000"), [(0, 100)]);
        assert_eq!(parts("bytes=50-1000"), [(50, 100)]);
        assert_eq!(parts("bytes=0-0, 10-19"), [(0, 1), (10, 20)]);
        assert_eq!(parts("bytes=0-99999999999999999999999"), [(0, 100)]);
        for unsatisfiable in ["bytes=100-", "bytes=-0", "bytes=200-300"] {
            assert_eq!(asked(unsatisfiable, 100), Asked::Unsatisfiable, "{unsatisfiable}");
        }
        for ignored in ["items=0-1", "bytes=9-0", "bytes=a-b", "bytes", "bytes=0-50,40-60", "bytes=--1"] {
            assert_eq!(asked(ignored, 100), Asked::Whole, "{ignored}");
        }
    }
}
