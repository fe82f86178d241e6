//! A number, as near as is asked.

use serde::{Deserialize, Serialize};

use super::{Asked, InteractionOf, Kind, Response, Solution};
use crate::quiz::model::Problem;
use crate::web::Fields;
use crate::xapi::Interaction;

/// Longest number that is read.
const LONGEST: usize = 40;

/// How far off is still right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", content = "of", rename_all = "lowercase")]
pub enum Tolerance {
    /// So much on either side.
    Absolute(f64),
    /// So many per cent of the value on either side.
    Relative(f64),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Numeric {
    /// `None` until the trainer wrote a number.
    pub value: Option<f64>,
    pub tolerance: Tolerance,
}

impl Default for Numeric {
    fn default() -> Self {
        Self { value: None, tolerance: Tolerance::Absolute(0.0) }
    }
}

impl Numeric {
    pub fn of(fields: &Fields) -> Self {
        let tolerance = fields.text("tolerance");
        // What is not a number is told by the checklist as a tolerance that cannot be.
        let tolerance = if tolerance.trim().is_empty() { 0.0 } else { number_of(tolerance).unwrap_or(-1.0) };
        Self {
            value: number_of(fields.text("value")).ok(),
            tolerance: match fields.text("tolerance-by") {
                "relative" => Tolerance::Relative(tolerance),
                _ => Tolerance::Absolute(tolerance),
            },
        }
    }

    /// The least and the greatest number that are right.
    fn range(&self) -> Option<(f64, f64)> {
        let value = self.value?;
        let off = match self.tolerance {
            Tolerance::Absolute(off) => off,
            Tolerance::Relative(percent) => value.abs() * percent / 100.0,
        };
        Some((value - off, value + off))
    }
}

impl Kind for Numeric {
    fn problems(&self) -> Vec<Problem> {
        let (Tolerance::Absolute(off) | Tolerance::Relative(off)) = self.tolerance;
        let mut problems = Vec::new();
        if !self.value.is_some_and(f64::is_finite) {
            problems.push(Problem::new("quiz-number-missing"));
        }
        if !off.is_finite() || off < 0.0 {
            problems.push(Problem::new("quiz-tolerance-invalid"));
        }
        problems
    }

    fn accept(&self, given: &[String]) -> Result<Response, &'static str> {
        match given.first().map(|text| text.trim()).filter(|text| !text.is_empty()) {
            None => Ok(Response::default()),
            Some(text) => number_of(text).map(|_| Response(vec![text.to_owned()])),
        }
    }

    fn score(&self, response: &Response) -> f64 {
        let (Some((low, high)), Ok(given)) = (self.range(), number_of(response.text())) else { return 0.0 };
        // 0.3 - 0.1 is not 0.2 in binary: what was calculated may be off by its last digits.
        let slack = 1e-9 * low.abs().max(high.abs()).max(1e-3);
        f64::from(u8::from(given >= low - slack && given <= high + slack))
    }

    fn asked(&self) -> Asked {
        Asked::Number
    }

    fn solution(&self) -> Solution {
        let (low, high) = self.range().unwrap_or_default();
        Solution::Number { value: self.value.unwrap_or_default(), low, high }
    }

    fn interaction(&self, _language: &str) -> InteractionOf {
        InteractionOf {
            kind: Interaction::Numeric,
            choices: Vec::new(),
            pattern: self.range().map(|(low, high)| vec![format!("{}[:]{}", short(low), short(high))]),
        }
    }

    /// A number with a point, however it was written.
    fn response(&self, response: &Response) -> String {
        number_of(response.text()).map(|number| number.to_string()).unwrap_or_default()
    }
}

/// Without the last digits that calculating left.
fn short(number: f64) -> String {
    let rounded = (number * 1e9).round() / 1e9;
    if rounded.is_finite() && (rounded - number).abs() < 1e-9 { rounded.to_string() } else { number.to_string() }
}

/// Reads a number as people write it: `12,5`, `12.5`, `1 234,5`, `1,234.5`, `-3`. A lone comma or point is the decimal one.
///
/// Errors: `quiz-answer-has-unit` for a number with something behind or before it, `quiz-answer-not-a-number`.
pub fn number_of(text: &str) -> Result<f64, &'static str> {
    const NONE: &str = "quiz-answer-not-a-number";
    let text = text.trim();
    if text.len() > LONGEST {
        return Err(NONE);
    }
    let sign = |c: char| matches!(c, '-' | '\u{2212}' | '+');
    let digits = text.strip_prefix(sign).unwrap_or(text).trim_start();
    let negative = text.starts_with(['-', '\u{2212}']);
    let foreign = |c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',') && !is_gap(c);
    if digits.contains(foreign) {
        return Err(if digits.contains(|c: char| c.is_ascii_digit()) { "quiz-answer-has-unit" } else { NONE });
    }
    // Of two kinds of mark the later is the decimal one; one kind that comes twice can only part thousands.
    let last = digits.rfind(['.', ',']);
    let mark = last.and_then(|at| digits[at..].chars().next());
    let once = mark.is_some_and(|mark| digits.matches(mark).count() == 1);
    let (whole, part) = match last.filter(|_| once) {
        Some(at) => (&digits[..at], &digits[at + 1..]),
        None => (digits, ""),
    };
    let groups: Vec<&str> = whole.split(|c: char| matches!(c, '.' | ',') || is_gap(c)).collect();
    let one_mark = {
        let mut marks = whole.chars().filter(|c| !c.is_ascii_digit());
        marks.next().is_none_or(|first| marks.all(|mark| mark == first || is_gap(mark) && is_gap(first)))
    };
    let grouped = groups.len() == 1
        || one_mark && (1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|group| group.len() == 3);
    let whole: String = groups.concat();
    let plain = part.chars().all(|c| c.is_ascii_digit()) && !(whole.is_empty() && part.is_empty());
    if !grouped || !plain || (whole.is_empty() && groups.len() > 1) {
        return Err(NONE);
    }
    let number: f64 = format!("0{whole}.{part}0").parse().map_err(|_| NONE)?;
    Ok(if negative && number != 0.0 { -number } else { number })
}

/// What parts thousands in French and in many spreadsheets.
fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, number) in [
            ("12,5", 12.5),
            ("12.5", 12.5),
            (" 1 234,5 ", 1234.5),
            ("1\u{202f}234", 1234.0),
            ("1,234.5", 1234.5),
            ("1.234,5", 1234.5),
            ("1.234.567", 1_234_567.0),
            ("1,234", 1.234),
            ("-3", -3.0),
            ("\u{2212}0,25", -0.25),
            ("+7", 7.0),
            (",5", 0.5),
            ("5.", 5.0),
            ("0", 0.0),
        ] {
            assert_eq!(number_of(text), Ok(number), "{text}");
        }
        for text in ["12 km", "12,5 %", "€ 3", "3e4", "12h30"] {
            assert_eq!(number_of(text), Err("quiz-answer-has-unit"), "{text}");
        }
        for text in ["", ",", "douze", "--3", "12 34", "1,2.3,4", "1.23.4", "1 2,3", "1,234 567.8"] {
            assert!(number_of(text).is_err(), "{text}");
        }
        assert!(number_of(&"9".repeat(60)).is_err());
    }

    #[test]
    fn near_enough_is_right() {
        let score = |question: &Numeric, text: &str| question.score(&Response(vec![text.to_owned()]));
        let absolute = Numeric { value: Some(0.3), tolerance: Tolerance::Absolute(0.1) };
        assert_eq!((score(&absolute, "0,2"), score(&absolute, "0.4"), score(&absolute, "0,41")), (1.0, 1.0, 0.0));
        let relative = Numeric { value: Some(-200.0), tolerance: Tolerance::Relative(5.0) };
        assert_eq!((score(&relative, "-190"), score(&relative, "-189"), score(&relative, "190")), (1.0, 0.0, 0.0));
        let exact = Numeric { value: Some(42.0), tolerance: Tolerance::Absolute(0.0) };
        assert_eq!((score(&exact, "42"), score(&exact, "42,0"), score(&exact, "42,1")), (1.0, 1.0, 0.0));
        assert_eq!(score(&Numeric::default(), "0"), 0.0);
    }

    #[test]
    fn xapi_gets_a_range_and_a_point() {
        let question = Numeric { value: Some(0.3), tolerance: Tolerance::Absolute(0.1) };
        assert_eq!(question.interaction("fr").pattern, Some(vec!["0.2[:]0.4".to_owned()]));
        assert_eq!(question.response(&Response(vec!["1 234,5".to_owned()])), "1234.5");
    }
}
