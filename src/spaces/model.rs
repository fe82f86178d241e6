//! Spaces, what people are in them, and who may see them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::core::{Error, Result, SpaceId, Timestamp};

/// Longest name.
const NAME: usize = 200;
/// Longest description.
const DESCRIPTION: usize = 2000;
/// Most origins of one space.
const ORIGINS: usize = 20;

/// Who may come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everybody who is signed in.
    Open,
    /// Its members; the others see that it exists.
    #[default]
    Members,
    /// Its members; the others do not know of it.
    Hidden,
}

impl Visibility {
    /// Every value, in the order they are shown.
    pub const ALL: [Visibility; 3] = [Visibility::Open, Visibility::Members, Visibility::Hidden];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Visibility::Open => "open",
            Visibility::Members => "members",
            Visibility::Hidden => "hidden",
        }
    }

    /// The message that says it.
    pub fn key(self) -> &'static str {
        match self {
            Visibility::Open => "space-visibility-open",
            Visibility::Members => "space-visibility-members",
            Visibility::Hidden => "space-visibility-hidden",
        }
    }
}

/// What somebody is in a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SpaceRole {
    /// Leads it: members, news, programmes.
    Animator,
    /// Teaches there.
    Trainer,
    /// Takes part.
    Member,
}

impl SpaceRole {
    /// Every role, in the order they are shown.
    pub const ALL: [SpaceRole; 3] = [SpaceRole::Animator, SpaceRole::Trainer, SpaceRole::Member];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            SpaceRole::Animator => "animator",
            SpaceRole::Trainer => "trainer",
            SpaceRole::Member => "member",
        }
    }

    /// The message that says it.
    pub fn key(self) -> &'static str {
        match self {
            SpaceRole::Animator => "space-role-animator",
            SpaceRole::Trainer => "space-role-trainer",
            SpaceRole::Member => "space-role-member",
        }
    }
}

macro_rules! by_name {
    ($type:ident) => {
        impl FromStr for $type {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.into_iter().find(|value| value.name() == text).ok_or_else(|| format!("unknown: {text}"))
            }
        }

        impl TryFrom<String> for $type {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

by_name!(Visibility);
by_name!(SpaceRole);

/// An intranet space.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Space {
    /// Stable identifier.
    pub id: SpaceId,
    /// What the intranet calls it.
    pub external_id: Option<String>,
    /// The name as it is shown.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Who may come in.
    #[sqlx(try_from = "String")]
    pub visibility: Visibility,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it is no longer there for its people.
    pub archived_at: Option<Timestamp>,
}

/// A space as it is to be, checked.
#[derive(Clone, Debug, Default)]
pub struct NewSpace {
    /// What the intranet calls it.
    pub external_id: Option<String>,
    /// The name as it is shown.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Who may come in.
    pub visibility: Visibility,
    /// The origins whose pages may frame it.
    pub origins: Vec<String>,
}

impl NewSpace {
    /// The same with blanks trimmed and origins in their one form.
    ///
    /// Errors: `space-name-missing`, `space-external-id-invalid`, `space-description-long`, `space-origin-invalid`.
    pub fn checked(self) -> Result<Self> {
        let name = self.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > NAME {
            return Err(Error::unprocessable("space-name-missing"));
        }
        let description = self.description.trim().to_owned();
        if description.chars().count() > DESCRIPTION {
            return Err(Error::unprocessable("space-description-long").arg("longest", DESCRIPTION));
        }
        let external_id = self.external_id.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
        if external_id.as_deref().is_some_and(|id| !is_external_id(id)) {
            return Err(Error::unprocessable("space-external-id-invalid"));
        }
        let mut origins = self.origins.iter().map(|text| origin(text)).collect::<Result<Vec<String>>>()?;
        origins.sort();
        origins.dedup();
        if origins.len() > ORIGINS {
            return Err(Error::unprocessable("space-origin-invalid").arg("origin", format!("> {ORIGINS}")));
        }
        Ok(Self { external_id, name, description, origins, ..self })
    }
}

/// Whether a text can name a space in an address.
pub fn is_external_id(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
    (1..=100).contains(&text.len()) && text.bytes().all(fine) && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

/// The origin a text names, as browsers write it. It goes into a header: nothing but a parsed origin may pass.
fn origin(text: &str) -> Result<String> {
    let invalid = || Error::unprocessable("space-origin-invalid").arg("origin", text.trim());
    let url = Url::parse(text.trim()).map_err(|_| invalid())?;
    let host = url.host_str().ok_or_else(invalid)?;
    let local = host == "localhost" || host.ends_with(".localhost");
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    // Cookies of a frame need https around them; only the machine itself is trusted without.
    if !(url.scheme() == "https" || url.scheme() == "http" && local) || !bare || host.contains(['*', ';', ',', ' ']) {
        return Err(invalid());
    }
    Ok(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_one_and_nothing_that_changes_a_header() {
        assert_eq!(origin(" https://Intranet.example.fr/ ").unwrap(), "https://intranet.example.fr");
        assert_eq!(origin("https://intranet.example.fr:8443").unwrap(), "https://intranet.example.fr:8443");
        assert_eq!(origin("http://intranet.localhost:9000").unwrap(), "http://intranet.localhost:9000");
        for wrong in [
            "intranet.example.fr",
            "http://intranet.example.fr",
            "https://*.example.fr",
            "https://a.fr/page",
            "https://a.fr; script-src *",
            "https://u@a.fr",
            "data:text/html,x",
            "https://a.fr?x",
            "*",
            "'self'",
        ] {
            assert_eq!(origin(wrong).unwrap_err().code, "space-origin-invalid", "{wrong}");
        }
    }

    #[test]
    fn an_external_identifier_can_stand_in_an_address() {
        assert!(is_external_id("esp-42") && is_external_id("urn:intranet:7"));
        assert!(!is_external_id("") && !is_external_id("a/b") && !is_external_id("é") && !is_external_id(".."));
    }
}
