//! What content says of the questions it asks (RTE 4.2.9; 1.2 3.4.5), in the one form in which statements tell it: the
//! delimiters are those of 2004 (1.0.3 Data 2.4.4.1), whichever version the content speaks.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::data_model::Elements;
use super::table::Version;
use super::time::read_time;

/// An answer, as far as the content has told it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The content's name of the question.
    pub id: String,
    /// `choice`, `fill-in` and so on; content may leave it out.
    pub kind: Option<String>,
    /// What is asked, if the content says so (2004 only).
    pub description: Option<String>,
    /// What the learner answered.
    pub response: Option<String>,
    /// Each of them would be right.
    pub correct: Vec<String>,
    /// Right or wrong, if the content judges.
    pub success: Option<bool>,
    /// The figure content may give in place of a judgement.
    pub raw: Option<f64>,
    /// Hundredths of a second from the question to the answer.
    pub latency: Option<u64>,
}

/// The place of the answer that an element is of.
pub fn place_of(element: &str) -> Option<usize> {
    element.strip_prefix("cmi.interactions.")?.split_once('.')?.0.parse().ok()
}

/// The answers that are there to be told: each has a name, and an answer or a judgement. By their places.
pub fn answers(version: Version, elements: &Elements) -> BTreeMap<usize, Answer> {
    let mut found: BTreeMap<usize, (Answer, BTreeMap<usize, String>)> = BTreeMap::new();
    for (name, value) in elements.iter() {
        let Some((place, part)) = name.strip_prefix("cmi.interactions.").and_then(|rest| rest.split_once('.')) else {
            continue;
        };
        let Ok(place) = place.parse() else { continue };
        let (answer, correct) = found.entry(place).or_default();
        match part {
            "id" => answer.id = value.clone(),
            "type" => answer.kind = Some(value.clone()),
            "description" => answer.description = Some(value.clone()),
            "student_response" | "learner_response" => answer.response = Some(value.clone()),
            "latency" => answer.latency = read_time(version, value),
            "result" => match value.as_str() {
                "correct" => answer.success = Some(true),
                "wrong" | "incorrect" => answer.success = Some(false),
                figure => answer.raw = figure.parse().ok().filter(|figure: &f64| figure.is_finite()),
            },
            _ => {
                let pattern = part.strip_prefix("correct_responses.").and_then(|rest| rest.strip_suffix(".pattern"));
                if let Some(n) = pattern.and_then(|n| n.parse().ok()) {
                    correct.insert(n, value.clone());
                }
            }
        }
    }
    let whole = found.into_iter().map(|(place, (mut answer, correct))| {
        answer.correct = correct.into_values().collect();
        if version == Version::Scorm12 {
            answer.speak_2004();
        }
        (place, answer)
    });
    whole.filter(|(_, answer)| answer.is_there()).collect()
}

impl Answer {
    fn is_there(&self) -> bool {
        !self.id.is_empty() && (self.response.is_some() || self.success.is_some() || self.raw.is_some())
    }

    /// What makes it another answer than one that was told before, in short: the rest only describes it.
    pub fn digest(&self) -> Uuid {
        let said = format!("{}\n{:?}\n{:?}\n{:?}", self.id, self.response, self.success, self.raw);
        Uuid::new_v5(&Uuid::NAMESPACE_OID, said.as_bytes())
    }

    /// Whether nothing more is to be expected: it was given, and judged.
    pub fn is_whole(&self) -> bool {
        self.response.is_some() && (self.success.is_some() || self.raw.is_some())
    }

    /// 1.2 separates by commas and dots and writes truth in four ways.
    fn speak_2004(&mut self) {
        let kind = self.kind.clone().unwrap_or_default();
        for text in self.response.iter_mut().chain(&mut self.correct) {
            *text = in_2004(&kind, text);
        }
    }
}

fn in_2004(kind: &str, text: &str) -> String {
    // 3.4.5: braces may surround the whole.
    let inner = text.trim();
    let inner = inner.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(inner);
    match kind {
        "true-false" => match inner {
            "t" | "1" | "true" => "true".to_owned(),
            "f" | "0" | "false" => "false".to_owned(),
            other => other.to_owned(),
        },
        "choice" | "sequencing" => inner.split(',').map(str::trim).collect::<Vec<_>>().join("[,]"),
        "matching" => {
            let pair = |pair: &str| pair.trim().replacen('.', "[.]", 1);
            inner.split(',').map(pair).collect::<Vec<_>>().join("[,]")
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(version: Version, set: &[(&str, &str)]) -> Vec<Answer> {
        let elements = set.iter().map(|(name, value)| (format!("cmi.interactions.{name}"), (*value).to_owned()));
        answers(version, &elements.collect()).into_values().collect()
    }

    #[test]
    fn both_versions_tell_the_same_answer_alike() {
        let old = of(
            Version::Scorm12,
            &[
                ("0.id", "q"),
                ("0.type", "choice"),
                ("0.student_response", "a,c"),
                ("0.result", "wrong"),
                ("0.correct_responses.0.pattern", "{a,b}"),
                ("0.latency", "0000:00:12.50"),
            ],
        );
        let new = of(
            Version::Scorm2004,
            &[
                ("0.id", "q"),
                ("0.type", "choice"),
                ("0.learner_response", "a[,]c"),
                ("0.result", "incorrect"),
                ("0.correct_responses.0.pattern", "a[,]b"),
                ("0.latency", "PT12.5S"),
            ],
        );
        assert_eq!(old, new);
        assert_eq!((old[0].success, old[0].latency), (Some(false), Some(1250)));
    }

    #[test]
    fn what_was_not_answered_is_none() {
        assert_eq!(of(Version::Scorm2004, &[("0.id", "q"), ("0.type", "choice"), ("1.learner_response", "a")]), []);
        let judged = of(Version::Scorm12, &[("0.id", "q"), ("0.result", "0.5")]);
        assert_eq!((judged[0].raw, judged[0].success), (Some(0.5), None));
        let matched =
            of(Version::Scorm12, &[("0.id", "q"), ("0.type", "matching"), ("0.student_response", "1.a, 2.b")]);
        assert_eq!(matched[0].response.as_deref(), Some("1[.]a[,]2[.]b"));
    }
}
