//! A question and its answers as people read them. Statements tell answers by the names and delimiters of xAPI (1.0.3 Data
//! 2.4.4.1, Appendix C).

use serde::Deserialize;

use crate::core::{Language, LanguageMap};
use crate::web::Words;

/// Most letters shown of what is asked or answered.
const SHOWN: usize = 300;

/// What is known of a question, or of another activity.
#[derive(Clone, Debug, Default)]
pub struct Question {
    pub iri: String,
    said: Definition,
}

/// As much of a definition as reports need.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Definition {
    name: LanguageMap,
    description: LanguageMap,
    interaction_type: Option<String>,
    correct_responses_pattern: Vec<String>,
    choices: Vec<Component>,
    scale: Vec<Component>,
    source: Vec<Component>,
    target: Vec<Component>,
    steps: Vec<Component>,
}

#[derive(Clone, Debug, Deserialize)]
struct Component {
    id: String,
    #[serde(default)]
    description: LanguageMap,
}

impl Question {
    /// The activity of that identifier, with its definition as it is stored.
    pub fn of(iri: &str, definition: Option<&str>) -> Self {
        let said = definition.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        Self { iri: iri.to_owned(), said }
    }

    /// `choice`, `numeric` and so on, if it was told.
    pub fn kind(&self) -> Option<&str> {
        self.said.interaction_type.as_deref()
    }

    /// The right answers as they were told.
    pub fn patterns(&self) -> &[String] {
        &self.said.correct_responses_pattern
    }

    /// What is asked; where nobody said so, what its content calls it.
    pub fn name(&self, language: Language) -> String {
        let said = [&self.said.description, &self.said.name].map(|text| text.best(language).trim());
        match said.into_iter().find(|text| !text.is_empty()) {
            Some(text) => short(text),
            None => short(&last_part(&self.iri)),
        }
    }

    /// What it is called rather than described as: for activities that are no questions.
    pub fn title(&self, language: Language) -> String {
        let name = self.said.name.best(language).trim();
        if name.is_empty() { self.name(language) } else { short(name) }
    }

    /// Each of the right answers.
    pub fn right(&self, words: Words) -> Vec<String> {
        self.patterns().iter().map(|pattern| self.in_words(pattern, words)).filter(|text| !text.is_empty()).collect()
    }

    /// An answer, or the pattern of a right one, as the learner saw it.
    pub fn in_words(&self, response: &str, words: Words) -> String {
        let language = words.language();
        let response = without_settings(response);
        let parts = || response.split("[,]").map(without_settings);
        let join = |parts: Vec<String>, with: &str| parts.join(with);
        let of = |all: &[Component], id: &str| component(all, id, language);
        let text = match self.kind().unwrap_or_default() {
            "true-false" => match response {
                "true" => words.t("quiz-true"),
                "false" => words.t("quiz-false"),
                other => other.to_owned(),
            },
            "choice" => join(parts().map(|id| of(&self.said.choices, id)).collect(), " + "),
            "likert" => join(parts().map(|id| of(&self.said.scale, id)).collect(), " + "),
            "sequencing" => join(parts().map(|id| of(&self.said.choices, id)).collect(), " → "),
            "matching" => {
                let pair = |pair: &str| match pair.split_once("[.]") {
                    Some((from, to)) => format!("{} → {}", of(&self.said.source, from), of(&self.said.target, to)),
                    None => pair.to_owned(),
                };
                join(parts().map(pair).collect(), " ; ")
            }
            "performance" => {
                let step = |step: &str| match step.split_once("[.]") {
                    Some((step, value)) => join(vec![of(&self.said.steps, step), value.to_owned()], " → "),
                    None => of(&self.said.steps, step),
                };
                join(parts().map(step).collect(), " ; ")
            }
            "numeric" => match response.split_once("[:]") {
                Some((least, most)) if least == most => least.to_owned(),
                Some(("", most)) => format!("≤ {most}"),
                Some((least, "")) => format!("≥ {least}"),
                Some((least, most)) => format!("{least} – {most}"),
                None => response.to_owned(),
            },
            "fill-in" | "long-fill-in" => join(parts().map(str::to_owned).collect(), " + "),
            _ => response.to_owned(),
        };
        short(text.trim())
    }
}

fn component(all: &[Component], id: &str, language: Language) -> String {
    let known = all.iter().find(|component| component.id == id).map(|component| component.description.best(language));
    known.filter(|text| !text.trim().is_empty()).unwrap_or(id).to_owned()
}

/// `{case_matters=false}{lang=fr}Arras`: what says how the rest is to be compared is not part of it.
fn without_settings(text: &str) -> &str {
    let mut rest = text;
    while let Some((setting, after)) = rest.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
        if !["lang=", "case_matters=", "order_matters="].iter().any(|known| setting.starts_with(known)) {
            break;
        }
        rest = after;
    }
    rest
}

/// `…/interactions/urn%3Aprevention%3Asortie` is `urn:prevention:sortie`.
fn last_part(iri: &str) -> String {
    let last = iri.rsplit('/').find(|part| !part.is_empty()).unwrap_or(iri);
    percent_encoding::percent_decode_str(last).decode_utf8_lossy().into_owned()
}

fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: &str, response: &str) -> String {
        let definition = serde_json::json!({
            "interactionType": kind,
            "choices": [{"id": "a", "description": {"fr": "Porte"}}, {"id": "b", "description": {"fr": "Couloir"}}],
            "source": [{"id": "1", "description": {"fr": "Feu"}}], "target": [{"id": "x", "description": {"fr": "Eau"}}],
            "steps": [{"id": "s", "description": {"fr": "Montage"}}],
        });
        let question = Question::of("http://a/q", Some(&definition.to_string()));
        question.in_words(response, Words::of(Language::Fr))
    }

    #[test]
    fn answers_are_told_as_the_learner_saw_them() {
        for (kind, response, words) in [
            ("choice", "a[,]b", "Porte + Couloir"),
            ("choice", "c", "c"),
            ("sequencing", "b[,]a", "Couloir → Porte"),
            ("matching", "1[.]x[,]2[.]y", "Feu → Eau ; 2 → y"),
            ("performance", "s[.]3", "Montage → 3"),
            ("numeric", "5[:]5", "5"),
            ("numeric", "5[:]7", "5 – 7"),
            ("numeric", "18", "18"),
            ("true-false", "true", "Vrai"),
            ("fill-in", "{case_matters=false}{lang=fr}Arras[,]{lang=fr}Lens", "Arras + Lens"),
            ("other", "{x}[,]", "{x}[,]"),
            ("", "a[,]b", "a[,]b"),
        ] {
            assert_eq!(said(kind, response), words, "{kind} {response}");
        }
    }

    #[test]
    fn a_question_without_words_is_called_as_its_content_calls_it() {
        let bare = Question::of("http://a/interactions/urn%3Aprevention%3Asortie", None);
        assert_eq!(bare.name(Language::Fr), "urn:prevention:sortie");
        let told = Question::of("http://a/q", Some(r#"{"name": {"en": "Exit"}, "description": {"fr": "Par où ?"}}"#));
        assert_eq!((told.name(Language::Fr), told.title(Language::Fr)), ("Par où ?".to_owned(), "Exit".to_owned()));
    }
}
