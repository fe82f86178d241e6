//! Languages of the interface and of content.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A language the interface speaks. French is the default everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Français.
    #[default]
    Fr,
    /// English.
    En,
}

impl Language {
    /// Every language of the interface, the default first.
    pub const ALL: [Language; 2] = [Language::Fr, Language::En];

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Language::Fr => "fr",
            Language::En => "en",
        }
    }

    /// The language of a tag such as `fr-FR`, if the interface speaks it.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The first language of an `Accept-Language` header that the interface speaks, by quality (RFC 9110 section 12.5.4).
    pub fn from_accept(header: &str) -> Option<Self> {
        let mut wanted: Vec<(f32, Language)> = header
            .split(',')
            .filter_map(|entry| {
                let mut parts = entry.split(';');
                let language = Self::from_tag(parts.next()?)?;
                let quality = parts
                    .find_map(|part| part.trim().strip_prefix("q="))
                    .map_or(1.0, |quality| quality.parse().unwrap_or(0.0));
                (quality > 0.0).then_some((quality, language))
            })
            .collect();
        // Stable: of two equal wishes the first named wins.
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        wanted.first().map(|(_, language)| *language)
    }
}

/// The same text in several languages, by BCP 47 tag (`und` where the source names none).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LanguageMap(pub BTreeMap<String, String>);

impl LanguageMap {
    /// A text in one language.
    pub fn one(tag: &str, text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(tag.to_owned(), text.into())]))
    }

    /// The text for a reader of `language`: that language, else French, else English, else any; empty if there is none.
    pub fn best(&self, language: Language) -> &str {
        let wanted = [language, Language::Fr, Language::En];
        wanted
            .iter()
            .find_map(|wanted| self.0.iter().find(|(tag, _)| Language::from_tag(tag) == Some(*wanted)))
            .or_else(|| self.0.iter().next())
            .map_or("", |(_, text)| text.as_str())
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|text| text.trim().is_empty())
    }
}

impl From<String> for LanguageMap {
    /// Reads the JSON of a stored map; other text is a title in no known language.
    fn from(stored: String) -> Self {
        serde_json::from_str(&stored).unwrap_or_else(|_| Self::one("und", stored))
    }
}

/// A text as people search it: lower case, without accents.
pub fn plain_letters(text: &str) -> String {
    text.nfd().filter(|character| !is_combining_mark(*character)).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_language_is_read_by_quality() {
        assert_eq!(Language::from_accept("de, en;q=0.5, fr-FR;q=0.9"), Some(Language::Fr));
        assert_eq!(Language::from_accept("en-GB,en;q=0.8"), Some(Language::En));
        assert_eq!(Language::from_accept("de"), None);
    }

    #[test]
    fn a_search_minds_neither_case_nor_accents() {
        assert_eq!(plain_letters("Sécurité ÇÀ"), "securite ca");
    }

    #[test]
    fn a_reader_gets_their_language_or_the_next_best() {
        let map = LanguageMap(BTreeMap::from([("en-US".into(), "Hello".into()), ("es".into(), "Hola".into())]));
        assert_eq!(map.best(Language::Fr), "Hello");
        assert_eq!(LanguageMap::one("es", "Hola").best(Language::En), "Hola");
        assert_eq!(LanguageMap::default().best(Language::En), "");
    }
}
