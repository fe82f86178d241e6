//! Whether an answer is the one that a case expects.

use std::collections::BTreeSet;

use serde_json::Value;

use super::script::Call;

/// Nothing if it is, else a sentence.
pub fn fault(call: &Call, answer: &str) -> Option<String> {
    let expected = call.expect.as_ref()?;
    let is_expected = match expected {
        Value::Null => true,
        Value::String(text) => is_same(call.compare.as_deref(), answer, text),
        Value::Object(kinds) => match (kinds.get("oneOf"), kinds.get("shorterThan"), kinds.get("sameIds")) {
            (Some(Value::Array(texts)), ..) => texts.iter().any(|text| text == answer),
            (_, Some(most), _) => most.as_u64().is_some_and(|most| (answer.chars().count() as u64) < most),
            (.., Some(Value::Array(ids))) => {
                let expected: BTreeSet<&str> = ids.iter().filter_map(Value::as_str).collect();
                let found: Vec<&str> = answer.split('\n').filter(|id| !id.is_empty()).collect();
                found.len() == ids.len() && found.iter().all(|id| expected.contains(id))
            }
            _ => panic!("an expectation that the README does not tell of: {expected}"),
        },
        _ => panic!("an expectation that the README does not tell of: {expected}"),
    };
    let element = call.element.as_deref().unwrap_or_default();
    (!is_expected).then(|| format!("{}({element}) answers {answer:?} instead of {expected}", call.function))
}

fn is_same(compare: Option<&str>, answer: &str, expected: &str) -> bool {
    match compare {
        None => answer == expected,
        Some("real") => match (answer.parse::<f64>(), expected.parse::<f64>()) {
            (Ok(answer), Ok(expected)) => (answer - expected).abs() <= 5e-8,
            _ => false,
        },
        Some("duration") => match (duration(answer), duration(expected)) {
            (Some(answer), Some(expected)) => answer == expected,
            _ => false,
        },
        Some(other) => panic!("a comparison that the README does not tell of: {other}"),
    }
}

/// Months, and hundredths of a second.
fn duration(text: &str) -> Option<(u64, u64)> {
    let (date, time) = match text.strip_prefix('P')?.split_once('T') {
        Some((date, time)) => (date, time),
        None => (text.strip_prefix('P')?, ""),
    };
    let (mut months, mut hundredths) = (0, 0);
    for (text, units) in
        [(date, [('Y', 12), ('M', 1), ('D', 8_640_000)]), (time, [('H', 360_000), ('M', 6_000), ('S', 100)])]
    {
        let mut rest = text;
        for (letter, unit) in units {
            let Some((figure, after)) = rest.split_once(letter) else { continue };
            let amount = (figure.parse::<f64>().ok()? * f64::from(unit)).round() as u64;
            if text == date && letter != 'D' {
                months += amount
            } else {
                hundredths += amount
            }
            rest = after;
        }
        if !rest.is_empty() {
            return None;
        }
    }
    Some((months, hundredths))
}
