//! Whether a value is written as its type demands: the rules of `types` and `formats` in the tables.

use std::collections::HashSet;

use super::table::{Bounds, Element, Fault, Format, Kind, Table};

/// The value of an element other than a `format`, against its type(s), tokens, length and range.
pub(super) fn check(table: &Table, element: &Element, value: &str) -> Result<(), Fault> {
    if !fits(element, value) {
        return Err(Fault::Type);
    }
    if value.is_empty() && element.blank {
        return Ok(());
    }
    let first = check_type(table, &element.kind, value, Some(element));
    match &element.or {
        Some(other) if first.is_err() => check_type(table, other, value, Some(element)),
        _ => first,
    }
}

/// Whether the value is no longer than we keep, in the units JavaScript counts.
pub(super) fn fits(element: &Element, value: &str) -> bool {
    element.limit.is_none_or(|limit| value.len() <= limit || value.encode_utf16().count() <= limit)
}

fn check_type(table: &Table, name: &str, value: &str, element: Option<&Element>) -> Result<(), Fault> {
    let kind = table.kind(name).ok_or(Fault::Type)?;
    let by_pattern = || kind.pattern.as_ref().is_none_or(|pattern| pattern.matches(value));
    let good = match kind.kind {
        Kind::Vocabulary => {
            let own = element.and_then(|element| element.settable.as_ref().or(element.vocabulary.as_ref()));
            let tokens = own.or(kind.vocabulary.as_ref());
            tokens.is_some_and(|tokens| tokens.iter().any(|token| token == value))
                || kind.pattern.as_ref().is_some_and(|pattern| pattern.matches(value))
        }
        Kind::Number => {
            let number = value.parse::<f64>().ok().filter(|number| number.is_finite());
            let Some(number) = number.filter(|_| by_pattern()) else { return Err(Fault::Type) };
            let range = element.and_then(|element| element.range).or(kind.range).unwrap_or(Bounds(None, None));
            let inside = range.0.is_none_or(|min| min <= number) && range.1.is_none_or(|max| number <= max);
            return if inside { Ok(()) } else { Err(Fault::Range) };
        }
        Kind::Identifier => {
            let is_urn = value.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"));
            let pattern = if is_urn { &kind.urn } else { &kind.pattern };
            pattern.as_ref().is_none_or(|pattern| pattern.matches(value))
        }
        Kind::Localized => is_localized(table, value),
        // The pattern allows every component to be absent; ISO 8601 wants one, and one after a T.
        Kind::Interval => value != "P" && !value.ends_with('T') && by_pattern(),
        Kind::Time => by_pattern() && is_day(value),
        Kind::Text => by_pattern(),
        Kind::Format => false,
    };
    if good { Ok(()) } else { Err(Fault::Type) }
}

/// The pattern lets every month have 31 days.
fn is_day(value: &str) -> bool {
    let mut parts = value.get(..10).unwrap_or_default().split('-').map_while(|part| part.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else { return true };
    let days = match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    day <= days
}

fn is_localized(table: &Table, value: &str) -> bool {
    let tag = value.strip_prefix("{lang=").and_then(|rest| rest.split_once('}'));
    tag.is_none_or(|(tag, _)| check_type(table, "language", tag, None).is_ok())
}

/// A response or a correct response pattern of an interaction (RTE 4.2.9.1, 4.2.9.2).
pub(super) fn check_format(table: &Table, format: &Format, value: &str) -> bool {
    let mut rest = value;
    let mut seen = Vec::new();
    while let Some((name, setting, after)) = leading_flag(rest) {
        if !format.flags.iter().any(|flag| flag == name) {
            break;
        }
        if seen.contains(&name) || !matches!(setting, "true" | "false") {
            return false;
        }
        seen.push(name);
        rest = after;
    }
    if rest.is_empty() && format.empty {
        return true;
    }
    let items: Vec<&str> = match &format.separator {
        Some(separator) => rest.split(separator.as_str()).collect(),
        None => vec![rest],
    };
    if format.set && items.iter().collect::<HashSet<_>>().len() != items.len() {
        return false;
    }
    items.iter().all(|item| match &format.pair {
        Some(pair) => is_pair(table, format, pair, item),
        None => is_item(table, &format.of, item),
    })
}

fn leading_flag(text: &str) -> Option<(&str, &str, &str)> {
    let (flag, after) = text.strip_prefix('{')?.split_once('}')?;
    let (name, setting) = flag.split_once('=')?;
    (matches!(name, "case_matters" | "order_matters") && !setting.contains('{')).then_some((name, setting, after))
}

fn is_pair(table: &Table, format: &Format, pair: &str, item: &str) -> bool {
    let Some((first, second)) = item.split_once(pair) else { return false };
    if second.contains(pair) || first.is_empty() && second.is_empty() {
        return false;
    }
    is_item(table, &format.of, first) && is_item(table, format.with.as_deref().unwrap_or_default(), second)
}

/// Whether two patterns of one type say the same: where the items are a set, their order says nothing.
pub(super) fn is_same(format: &Format, one: &str, other: &str) -> bool {
    one == other || format.set && sorted(format, one) == sorted(format, other)
}

fn sorted<'a>(format: &Format, value: &'a str) -> Vec<&'a str> {
    let mut items: Vec<&str> = value.split(format.separator.as_deref().unwrap_or_default()).collect();
    items.sort_unstable();
    items
}

fn is_item(table: &Table, of: &str, item: &str) -> bool {
    match of {
        "range" => is_range(table, item),
        "step_name" => item.is_empty() || check_type(table, "short_identifier", item, None).is_ok(),
        "step_answer" => true,
        "step_range" => !item.contains("[:]") || is_range(table, item),
        other => check_type(table, other, item, None).is_ok(),
    }
}

fn is_range(table: &Table, value: &str) -> bool {
    let Some((low, high)) = value.split_once("[:]") else { return false };
    let real = |bound: &str| bound.is_empty() || check_type(table, "real", bound, None).is_ok();
    if !real(low) || !real(high) {
        return false;
    }
    match (low.parse::<f64>(), high.parse::<f64>()) {
        (Ok(low), Ok(high)) => low <= high,
        _ => true,
    }
}
