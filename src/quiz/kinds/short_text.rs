//! A few words that match one of the accepted answers.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::{Asked, InteractionOf, Kind, Response, Solution, is_blank};
use crate::core::plain_letters;
use crate::quiz::model::Problem;
use crate::web::Fields;
use crate::xapi::Interaction;

/// Most letters of an answer: what xAPI calls a short text (1.0.3 Data 2.4.4.1, fill-in).
pub const TEXT_LIMIT: usize = 250;
/// Most accepted answers.
const ANSWERS: usize = 50;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShortText {
    /// Any of these is right; `*` stands for anything, nothing included.
    pub accepted: Vec<String>,
    /// Whether capitals count.
    pub case_matters: bool,
    /// Whether accents count.
    pub accents_matter: bool,
}

impl ShortText {
    /// One accepted answer a line.
    pub fn of(fields: &Fields) -> Self {
        let lines = fields.text("accepted").lines().map(single_spaced).filter(|line| !line.is_empty());
        Self {
            accepted: lines.collect(),
            case_matters: fields.is_set("case-matters"),
            accents_matter: fields.is_set("accents-matter"),
        }
    }

    /// A text as far as it counts.
    fn counted(&self, text: &str) -> String {
        // Systems write the same accent as one letter or as two.
        let text: String = single_spaced(text).replace('\u{2019}', "'").nfc().collect();
        match (self.case_matters, self.accents_matter) {
            (true, true) => text,
            (false, true) => text.to_lowercase(),
            // What takes accents away also takes capitals away: each letter gets its case back.
            (true, false) => text
                .chars()
                .map(|letter| {
                    let plain = plain_letters(&letter.to_string());
                    if letter.is_uppercase() { plain.to_uppercase() } else { plain }
                })
                .collect(),
            (false, false) => plain_letters(&text),
        }
    }
}

impl Kind for ShortText {
    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.accepted.is_empty() {
            problems.push(Problem::new("quiz-accepted-missing"));
        }
        if self.accepted.len() > ANSWERS {
            problems.push(Problem::new("quiz-accepted-too-many").number(ANSWERS));
        }
        if self.accepted.iter().any(|answer| answer.chars().count() > TEXT_LIMIT) {
            problems.push(Problem::new("quiz-accepted-too-long").number(TEXT_LIMIT));
        }
        // Anything would be right.
        if self.accepted.iter().any(|answer| is_blank(&answer.replace('*', ""))) {
            problems.push(Problem::new("quiz-accepted-anything"));
        }
        problems
    }

    fn accept(&self, given: &[String]) -> Result<Response, &'static str> {
        let text = single_spaced(given.first().map_or("", String::as_str));
        if text.chars().count() > TEXT_LIMIT {
            return Err("quiz-answer-too-long");
        }
        Ok(Response(if text.is_empty() { Vec::new() } else { vec![text] }))
    }

    fn score(&self, response: &Response) -> f64 {
        let given = self.counted(response.text());
        let right = !given.is_empty() && self.accepted.iter().any(|pattern| matches(&self.counted(pattern), &given));
        f64::from(u8::from(right))
    }

    fn asked(&self) -> Asked {
        Asked::Text
    }

    fn solution(&self) -> Solution {
        Solution::Texts(self.accepted.clone())
    }

    fn interaction(&self, _language: &str) -> InteractionOf {
        // 1.0.3 Data 2.4.4.1: no pattern where the right answers cannot be listed.
        let listable = !self.accepted.iter().any(|answer| answer.contains('*'));
        let case = if self.case_matters { "{case_matters=true}" } else { "{case_matters=false}" };
        let pattern = listable.then(|| self.accepted.iter().map(|answer| format!("{case}{}", one(answer))).collect());
        InteractionOf { kind: Interaction::FillIn, choices: Vec::new(), pattern }
    }

    fn response(&self, response: &Response) -> String {
        one(response.text())
    }
}

/// Trimmed, one space between words.
fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One text, not the several that xAPI's delimiter would make of it.
fn one(text: &str) -> String {
    text.replace("[,]", "[ ,]")
}

/// Whether `text` is `pattern`, where `*` is anything. Linear in the product of their lengths at worst.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    // Without a star the whole text has to be the pattern.
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        // The earliest place leaves the most for what follows.
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(accepted: &[&str]) -> ShortText {
        ShortText { accepted: accepted.iter().map(|text| (*text).to_owned()).collect(), ..ShortText::default() }
    }

    fn score(question: &ShortText, text: &str) -> f64 {
        question.score(&question.accept(&[text.to_owned()]).unwrap_or_default())
    }

    #[test]
    fn capitals_accents_and_spaces_count_only_where_they_are_meant_to() {
        let free = asking(&["Préfecture du Pas-de-Calais"]);
        assert_eq!(score(&free, "  prefecture  DU pas-de-calais "), 1.0);
        let accents = ShortText { accents_matter: true, ..free.clone() };
        assert_eq!(
            (score(&accents, "préfecture du pas-de-calais"), score(&accents, "prefecture du pas-de-calais")),
            (1.0, 0.0)
        );
        let case = ShortText { case_matters: true, ..free.clone() };
        assert_eq!(
            (score(&case, "Prefecture du Pas-de-Calais"), score(&case, "prefecture du pas-de-calais")),
            (1.0, 0.0)
        );
        let both = ShortText { case_matters: true, accents_matter: true, ..free };
        assert_eq!(
            (score(&both, "Préfecture du Pas-de-Calais"), score(&both, "Prefecture du Pas-de-Calais")),
            (1.0, 0.0)
        );
    }

    #[test]
    fn a_star_is_anything_and_nothing() {
        let question = asking(&["extincteur*", "*eau*pression"]);
        for (text, right) in [
            ("extincteur", 1.0),
            ("Extincteurs à poudre", 1.0),
            ("un extincteur", 0.0),
            ("eau sous pression", 1.0),
            ("de l’eau pulvérisée sous pression", 1.0),
            ("pression d’eau", 0.0),
            ("", 0.0),
        ] {
            assert_eq!(score(&question, text), right, "{text}");
        }
        assert!(matches("a*a", "aa") && !matches("a*a", "a"));
        assert_eq!(asking(&["**"]).problems()[0].code, "quiz-accepted-anything");
    }

    #[test]
    fn xapi_is_told_whether_case_matters_and_not_what_cannot_be_listed() {
        let plain = asking(&["Arras", "Lens"]);
        let expected = vec!["{case_matters=false}Arras".to_owned(), "{case_matters=false}Lens".to_owned()];
        assert_eq!(plain.interaction("fr").pattern, Some(expected));
        assert_eq!(asking(&["Arras*"]).interaction("fr").pattern, None);
    }

    #[test]
    fn an_answer_is_short() {
        assert_eq!(asking(&["a"]).accept(&["é".repeat(251)]), Err("quiz-answer-too-long"));
        assert!(asking(&["a"]).accept(&["é".repeat(250)]).is_ok());
    }
}
