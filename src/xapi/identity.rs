//! What makes two agents the same agent, and short keys for agents and activities.
//!
//! A key is a name-based UUID (RFC 9562 section 5.5) of the identifier: whoever knows the identifier computes the key, so the
//! link tables need no dictionary look-up and two servers agree without asking each other.

use std::fmt;

use serde::{Serialize, Serializer};
use uuid::Uuid;

/// The one identifier of an agent or identified group (inverse functional identifier, 1.0.3 Data 2.4.2.3).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ifi {
    /// A `mailto:` IRI.
    Mbox(String),
    /// The SHA-1 of a `mailto:` IRI.
    MboxSha1(String),
    /// An OpenID URI.
    OpenId(String),
    /// A user name in a system.
    Account { home_page: String, name: String },
}

impl Ifi {
    /// The names under which an agent may carry its identifier.
    pub const FIELDS: [&'static str; 4] = ["mbox", "mbox_sha1sum", "openid", "account"];

    /// One line that is equal exactly when the identifiers are. An IRI holds no blank, so the parts cannot run together.
    pub fn canonical(&self) -> String {
        match self {
            Ifi::Mbox(mbox) => format!("mbox {mbox}"),
            // Hexadecimal digits mean the same in either case.
            Ifi::MboxSha1(sum) => format!("mbox_sha1sum {}", sum.to_ascii_lowercase()),
            Ifi::OpenId(uri) => format!("openid {uri}"),
            Ifi::Account { home_page, name } => format!("account {home_page} {name}"),
        }
    }

    /// The identifier that [`Ifi::canonical`] wrote.
    pub fn from_canonical(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(' ')?;
        match kind {
            "mbox" => Some(Ifi::Mbox(rest.to_owned())),
            "mbox_sha1sum" => Some(Ifi::MboxSha1(rest.to_owned())),
            "openid" => Some(Ifi::OpenId(rest.to_owned())),
            "account" => {
                let (home_page, name) = rest.split_once(' ')?;
                Some(Ifi::Account { home_page: home_page.to_owned(), name: name.to_owned() })
            }
            _ => None,
        }
    }

    pub fn key(&self) -> AgentKey {
        AgentKey(Uuid::new_v5(&AGENTS, self.canonical().as_bytes()))
    }
}

impl fmt::Display for Ifi {
    /// What a person would call it: the address, or the account's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ifi::Mbox(mbox) => f.write_str(mbox.strip_prefix("mailto:").unwrap_or(mbox)),
            Ifi::MboxSha1(sum) => f.write_str(sum),
            Ifi::OpenId(uri) => f.write_str(uri),
            Ifi::Account { name, .. } => f.write_str(name),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Account<'a> {
    home_page: &'a str,
    name: &'a str,
}

impl Serialize for Ifi {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Ifi::Mbox(mbox) => serializer.collect_map([("mbox", mbox)]),
            Ifi::MboxSha1(sum) => serializer.collect_map([("mbox_sha1sum", sum)]),
            Ifi::OpenId(uri) => serializer.collect_map([("openid", uri)]),
            Ifi::Account { home_page, name } => serializer.collect_map([("account", Account { home_page, name })]),
        }
    }
}

// Fixed for ever: every key in every database depends on them.
const AGENTS: Uuid = Uuid::from_u128(0x5f6d_2f0a_6c0e_4d8b_9a51_61d1_7e0c_a001);
const ACTIVITIES: Uuid = Uuid::from_u128(0x5f6d_2f0a_6c0e_4d8b_9a51_61d1_7e0c_a002);
const VERBS: Uuid = Uuid::from_u128(0x5f6d_2f0a_6c0e_4d8b_9a51_61d1_7e0c_a003);

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
        #[sqlx(transparent)]
        pub struct $name(pub Uuid);
    };
}

key!(/// Stands for one agent or identified group.
    AgentKey);
key!(/// Stands for one activity.
    ActivityKey);
key!(/// Stands for one verb.
    VerbKey);

impl ActivityKey {
    /// IRIs are compared letter by letter (1.0.3 Data 3.1).
    pub fn of(iri: &str) -> Self {
        Self(Uuid::new_v5(&ACTIVITIES, iri.as_bytes()))
    }
}

impl VerbKey {
    pub fn of(iri: &str) -> Self {
        Self(Uuid::new_v5(&VERBS, iri.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_reads_back_from_its_line() {
        for ifi in [
            Ifi::Mbox("mailto:camille@example.fr".into()),
            Ifi::MboxSha1("ebd31e95054c018b10727ccffd2ef2ec3a016ee9".into()),
            Ifi::OpenId("https://example.fr/camille".into()),
            Ifi::Account { home_page: "https://rh.example.fr/".into(), name: "Camille Roux 7".into() },
        ] {
            assert_eq!(Ifi::from_canonical(&ifi.canonical()), Some(ifi.clone()));
        }
        assert_eq!(Ifi::MboxSha1("AB".into()).key(), Ifi::MboxSha1("ab".into()).key());
    }

    #[test]
    fn keys_never_change() {
        assert_eq!(Ifi::Mbox("mailto:a@b.fr".into()).key().0.to_string(), "3b6216a8-0af9-5cd3-84dd-916b6714294d");
        assert_eq!(ActivityKey::of("http://a").0.to_string(), "b678cb15-841e-5529-8037-e78c0058948d");
        assert_ne!(ActivityKey::of("http://a").0, VerbKey::of("http://a").0);
    }
}
