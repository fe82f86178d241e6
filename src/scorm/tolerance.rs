//! What is borne of content that does not keep to its standard: switches of a package, turned by its trainer. By default
//! there are none, and content is judged by the letter.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::table::Version;

/// One thing that is borne.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// GetValue of an element without a value gives "" and no error: content that takes error 403 for a broken platform.
    UnsetIsEmpty,
    /// Answers are kept as they are written: names with blanks, responses and patterns that are not in the form of their type,
    /// times and results of their own.
    AnswersAsTheyAre,
    /// Initialize opens the session again after Terminate, and while it is open: content that ends on each of its pages.
    InitializeAgain,
    /// Until it is completed, content that left without asking for it is taken up where it was left all the same.
    ResumeAlways,
}

impl Switch {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::ResumeAlways, Self::UnsetIsEmpty, Self::AnswersAsTheyAre, Self::InitializeAgain];

    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Self::UnsetIsEmpty => "unset-is-empty",
            Self::AnswersAsTheyAre => "answers-as-they-are",
            Self::InitializeAgain => "initialize-again",
            Self::ResumeAlways => "resume-always",
        }
    }

    /// Whether it changes anything in this version: 1.2 knows no error for what has no value, and one attempt only; an
    /// attempt of 2004 has ended when its content terminates.
    pub fn is_of(self, version: Version) -> bool {
        match self {
            Self::AnswersAsTheyAre => true,
            Self::InitializeAgain => version == Version::Scorm12,
            Self::UnsetIsEmpty | Self::ResumeAlways => version == Version::Scorm2004,
        }
    }
}

/// The switches that are on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tolerance(pub BTreeSet<Switch>);

impl Tolerance {
    /// From a column. What another version of the program wrote and this one does not know is not borne.
    pub fn read(stored: Option<&str>) -> Self {
        let words: Vec<String> = stored.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        Self(Switch::ALL.into_iter().filter(|switch| words.iter().any(|word| word == switch.word())).collect())
    }

    /// For a column; nothing where nothing is borne.
    pub fn stored(&self) -> Option<String> {
        let words: Vec<&str> = self.0.iter().map(|switch| switch.word()).collect();
        (!words.is_empty()).then(|| serde_json::json!(words).to_string())
    }

    /// Whether a switch is on.
    pub fn bears(&self, switch: Switch) -> bool {
        self.0.contains(&switch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_come_back_as_they_were_stored_and_their_words_are_those_of_the_frame() {
        for switch in Switch::ALL {
            assert_eq!(serde_json::to_value(switch).unwrap(), switch.word());
        }
        let all = Tolerance(Switch::ALL.into_iter().collect());
        assert_eq!(Tolerance::read(all.stored().as_deref()), all);
        assert_eq!(Tolerance::default().stored(), None);
        let one = Tolerance(BTreeSet::from([Switch::ResumeAlways]));
        assert_eq!(Tolerance::read(Some(r#"["resume-always", "of-tomorrow"]"#)), one);
        assert_eq!(Tolerance::read(Some("nonsense")), Tolerance::default());
    }
}
