//! What is in a page, a document, a link, as it is kept.

use serde::{Deserialize, Serialize};

use super::markdown;
use crate::core::{Error, Language, LanguageMap, Result};
use crate::packages;
use crate::packages::model::PackageKind;

/// The longest address of a link.
const ADDRESS: usize = 2000;

/// When a learner has finished with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Finish {
    /// As soon as it was opened.
    Opened,
    /// When they say so.
    Confirmed,
}

/// What is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Of a page: the text, in Markdown. Of the others: a sentence about it.
    pub text: String,
    /// What it is written in.
    pub language: Language,
    /// When it is finished.
    pub finish: Finish,
    /// What only its kind has.
    #[serde(flatten)]
    pub what: What,
}

/// What only one kind has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum What {
    /// A text with pictures.
    Page,
    /// A file to read or take away.
    Document {
        /// The file, once there is one.
        file: Option<DocumentFile>,
    },
    /// An address elsewhere.
    Link {
        /// As it was typed; checked when it is published.
        address: String,
    },
}

/// The file of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentFile {
    /// Its name among the files of the package.
    pub asset: String,
    /// As people see it; also its path in a version.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// In bytes.
    pub size: i64,
}

impl DocumentFile {
    /// Whether browsers show it; anything else is only taken away.
    pub fn is_shown(&self) -> bool {
        packages::is_shown(&self.media_type)
    }
}

impl Content {
    /// What a trainer begins with; `None` for a kind that is not of this slice.
    pub fn begun(kind: PackageKind, language: Language) -> Option<Self> {
        let (finish, what) = match kind {
            PackageKind::Page => (Finish::Confirmed, What::Page),
            PackageKind::Document => (Finish::Opened, What::Document { file: None }),
            PackageKind::Link => (Finish::Opened, What::Link { address: String::new() }),
            _ => return None,
        };
        Some(Self { text: String::new(), language, finish, what })
    }

    /// What is missing before it can be published, as a stable code.
    pub fn missing(&self) -> Option<&'static str> {
        match &self.what {
            What::Page => self.text.trim().is_empty().then_some("content-without-text"),
            What::Document { file } => file.is_none().then_some("content-without-file"),
            What::Link { address } => checked_address(address).is_err().then_some("link-address-invalid"),
        }
    }

    /// The files of the package a version of it needs, with their paths in it.
    pub fn files(&self) -> Vec<(String, String)> {
        match &self.what {
            What::Page => {
                markdown::pictures(&self.text).into_iter().map(|named| (named.name.clone(), named.name)).collect()
            }
            What::Document { file } => file.iter().map(|file| (file.asset.clone(), file.name.clone())).collect(),
            What::Link { .. } => Vec::new(),
        }
    }
}

/// A text in the language of its content.
pub fn in_language(language: Language, text: &str) -> LanguageMap {
    if text.trim().is_empty() { LanguageMap::default() } else { LanguageMap::one(language.tag(), text.trim()) }
}

/// An address that can be opened in a browser and does nothing by itself. Errors: `link-address-invalid`.
pub fn checked_address(text: &str) -> Result<String> {
    let invalid = || Error::unprocessable("link-address-invalid");
    let text = text.trim();
    let url = url::Url::parse(text).map_err(|_| invalid())?;
    let plain = url.username().is_empty() && url.password().is_none();
    if text.len() > ADDRESS || !matches!(url.scheme(), "http" | "https") || !plain || !url.has_host() {
        return Err(invalid());
    }
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_links() {
        assert_eq!(checked_address(" https://exemple.fr/é ").unwrap(), "https://exemple.fr/%C3%A9");
        let refused = [
            "",
            "exemple.fr",
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://",
            "//exemple.fr",
            "https://a:b@exemple.fr",
            "mailto:a@b.fr",
            "blob:https://x/1",
        ];
        for address in refused {
            assert!(checked_address(address).is_err(), "{address}");
        }
        assert!(checked_address(&format!("https://exemple.fr/{}", "a".repeat(ADDRESS))).is_err());
    }
}
