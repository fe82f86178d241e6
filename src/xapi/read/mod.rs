//! From JSON to [`Statement`], telling everything that is wrong at once.
//!
//! Each rule of the specification stands once: shapes here, the parts of a statement in the files beside. A problem names the
//! place (RFC 6901 pointer), a stable code and the requirement.

mod activity;
mod actor;
mod profile;
mod statement;

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;

use super::format::{self, Offset};
use super::json::{Json, Object, SyntaxError, Value};
use super::model::{Actor, Extensions, Statement};
use super::profile::Profile;
use crate::core::{LanguageMap, Timestamp};

/// Which edition of xAPI the sender speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// Any 1.0.x; read by the rules of 1.0.3.
    V1,
    /// IEEE 9274.1.1, 2.0.x.
    V2,
}

impl Version {
    /// What this server calls the edition in `X-Experience-API-Version` and in statements that name none.
    pub fn name(self) -> &'static str {
        match self {
            Version::V1 => "1.0.3",
            Version::V2 => "2.0.0",
        }
    }

    /// The edition of a version header: `1.0`, `1.0.x` or `2.0.x` (1.0.3 Communication 3.3, 2.0 section 4.1.4).
    pub fn of_header(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('.');
        let edition = match (parts.next()?, parts.next()?) {
            ("1", "0") => Version::V1,
            ("2", "0") => Version::V2,
            _ => return None,
        };
        let patch_fits =
            parts.next().is_none_or(|patch| !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit()));
        (patch_fits && parts.next().is_none()).then_some(edition)
    }
}

/// Problems told of one statement: enough to mend a client by, and the answer stays small.
const MOST_PROBLEMS: usize = 100;

/// Something in a statement that the specification forbids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where, as a JSON pointer (RFC 6901); empty for the whole.
    pub pointer: String,
    /// Stable, kebab-case.
    pub rule: &'static str,
    /// What the specification demands there.
    pub requirement: Cow<'static, str>,
}

/// What can be said of a text that should be a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// Not JSON at all.
    Syntax(SyntaxError),
    /// JSON that breaks rules.
    Problems(Vec<Problem>),
}

/// Reads one statement out of a JSON value; every problem is told, with pointers below `base`.
pub fn statement(json: &Json<'_>, version: Version, base: &str) -> Result<Statement, Vec<Problem>> {
    let mut reader = Reader::new(version, base);
    let statement = reader.statement(json);
    reader.answer(statement)
}

/// Reads one statement from its text.
pub fn parse(text: &str, version: Version) -> Result<Statement, Refusal> {
    let json = Json::parse(text).map_err(Refusal::Syntax)?;
    statement(&json, version, "").map_err(Refusal::Problems)
}

/// Reads a statement that is stored already: by the rules of the newest edition, with the freedoms of the oldest.
pub fn recall(text: &str) -> Result<Statement, Refusal> {
    let json = Json::parse(text).map_err(Refusal::Syntax)?;
    let mut reader = Reader { offset: Offset::Optional, ..Reader::new(Version::V2, "") };
    let statement = reader.statement(&json);
    reader.answer(statement).map_err(Refusal::Problems)
}

/// Reads an agent or group, as the `agent` parameter carries it.
pub fn actor(text: &str) -> Result<Actor, Refusal> {
    let json = Json::parse(text).map_err(Refusal::Syntax)?;
    let mut reader = Reader::new(Version::V2, "");
    let actor = reader.actor(&json);
    reader.answer(actor).map_err(Refusal::Problems)
}

/// Reads a profile from its document.
pub fn profile(text: &str) -> Result<Profile, Refusal> {
    let json = Json::parse_large(text).map_err(Refusal::Syntax)?;
    let mut reader = Reader::new(Version::V2, "");
    let profile = reader.profile(&json);
    reader.answer(profile).map_err(Refusal::Problems)
}

/// Walks the JSON; knows where it stands and remembers what was wrong.
struct Reader<'j> {
    version: Version,
    offset: Offset,
    base: &'j str,
    path: Vec<Step<'j>>,
    problems: Vec<Problem>,
}

enum Step<'j> {
    Key(&'j str),
    Index(usize),
}

impl<'j> Reader<'j> {
    fn new(version: Version, base: &'j str) -> Self {
        let offset = if version == Version::V1 { Offset::Optional } else { Offset::Required };
        Self { version, offset, base, path: Vec::new(), problems: Vec::new() }
    }

    fn answer<T>(self, read: Option<T>) -> Result<T, Vec<Problem>> {
        match read {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => Err(self.problems),
        }
    }

    fn pointer(&self) -> String {
        let mut pointer = self.base.to_owned();
        for step in &self.path {
            pointer.push('/');
            match step {
                // RFC 6901 section 3: `~` and `/` are escaped.
                Step::Key(key) => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
                Step::Index(index) => _ = write!(pointer, "{index}"),
            }
        }
        pointer
    }

    /// Notes a problem here; `None` so that a reading function can end with it.
    fn wrong<T>(&mut self, rule: &'static str, requirement: impl Into<Cow<'static, str>>) -> Option<T> {
        if self.problems.len() < MOST_PROBLEMS {
            let pointer = self.pointer();
            self.problems.push(Problem { pointer, rule, requirement: requirement.into() });
        }
        None
    }

    fn below<T>(&mut self, step: Step<'j>, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let value = read(self);
        self.path.pop();
        value
    }

    /// The object here, after the rules for all objects: no repeated keys (XAPI-00021), no unknown ones (XAPI-00010), of which
    /// one in another case is one (XAPI-00008), no nulls (XAPI-00001).
    fn object(&mut self, json: &'j Json<'j>, allowed: &[&str]) -> Option<&'j Object<'j>> {
        let Some(object) = json.as_object() else { return self.wrong("object", "must be an object") };
        for key in &object.repeated {
            self.below(Step::Key(key), |reader| {
                reader.wrong::<()>(
                    "repeated-key",
                    "a key must not occur twice in an object (1.0.3 Data 2.2, RFC 8259 section 4)",
                )
            });
        }
        for (key, value) in &object.members {
            self.below(Step::Key(key), |reader| {
                if !allowed.contains(&key.as_ref()) {
                    let meant = allowed.iter().find(|known| known.eq_ignore_ascii_case(key));
                    let hint = meant.map(|known| format!(", `{known}` is meant")).unwrap_or_default();
                    reader.wrong::<()>(
                        "unknown-key",
                        format!(
                            "only {} may stand here; names are case-sensitive{hint} (1.0.3 Data 2.2)",
                            allowed.join(", ")
                        ),
                    );
                } else if matches!(value.value, Value::Null) {
                    reader.wrong::<()>("null", "a value must not be null outside extensions (1.0.3 Data 2.2)");
                }
            });
        }
        Some(object)
    }

    /// Member `key`, read by `read`. Null was told already and counts as absent.
    fn member<T>(
        &mut self,
        object: &'j Object<'j>,
        key: &'static str,
        read: impl FnOnce(&mut Self, &'j Json<'j>) -> Option<T>,
    ) -> Option<T> {
        let value = object.get(key).filter(|value| !matches!(value.value, Value::Null))?;
        self.below(Step::Key(key), |reader| read(reader, value))
    }

    /// A member that must be there.
    fn required<T>(
        &mut self,
        object: &'j Object<'j>,
        key: &'static str,
        read: impl FnOnce(&mut Self, &'j Json<'j>) -> Option<T>,
    ) -> Option<T> {
        if object.get(key).is_none() {
            return self.below(Step::Key(key), |reader| reader.wrong("required", format!("`{key}` is required")));
        }
        self.member(object, key, read)
    }

    fn list<T>(
        &mut self,
        json: &'j Json<'j>,
        mut read: impl FnMut(&mut Self, &'j Json<'j>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Some(items) = json.as_array() else { return self.wrong("array", "must be an array") };
        let mut all = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            all.extend(self.below(Step::Index(index), |reader| read(reader, item)));
        }
        Some(all)
    }

    fn text(&mut self, json: &'j Json<'j>) -> Option<String> {
        match json.as_str() {
            Some(text) => Some(text.to_owned()),
            None => self.wrong("string", "must be a string"),
        }
    }

    /// A text of a prescribed form (XAPI-00007).
    fn checked(
        &mut self,
        json: &'j Json<'j>,
        fits: impl Fn(&str) -> bool,
        rule: &'static str,
        requirement: &'static str,
    ) -> Option<String> {
        match json.as_str() {
            Some(text) if fits(text) => Some(text.to_owned()),
            _ => self.wrong(rule, requirement),
        }
    }

    fn iri(&mut self, json: &'j Json<'j>) -> Option<String> {
        self.checked(json, format::is_iri, "iri", "must be an absolute IRI (1.0.3 Data 3.1, RFC 3987)")
    }

    fn uuid(&mut self, json: &'j Json<'j>) -> Option<uuid::Uuid> {
        match json.as_str().and_then(format::uuid) {
            Some(uuid) => Some(uuid),
            None => self.wrong("uuid", "must be a UUID in its standard string form (RFC 4122)"),
        }
    }

    /// Never a text that reads like one (XAPI-00006).
    fn boolean(&mut self, json: &'j Json<'j>) -> Option<bool> {
        match json.value {
            Value::Bool(value) => Some(value),
            _ => self.wrong("boolean", "must be true or false"),
        }
    }

    /// Never a text that reads like one (XAPI-00006).
    fn number(&mut self, json: &'j Json<'j>) -> Option<f64> {
        match json.as_f64().filter(|number| number.is_finite()) {
            Some(number) => Some(number),
            None => self.wrong("number", "must be a number"),
        }
    }

    /// XAPI-00022.
    fn timestamp(&mut self, json: &'j Json<'j>) -> Option<Timestamp> {
        match json.as_str().and_then(|text| format::timestamp(text, self.offset)) {
            Some(moment) => Some(moment),
            None => self.wrong(
                "timestamp",
                "must be an ISO 8601 date and time, without the offset -00 (1.0.3 Data 4.5; 2.0: RFC 3339)",
            ),
        }
    }

    /// Texts by language (1.0.3 Data 4.2; XAPI-00013, XAPI-00121).
    fn language_map(&mut self, json: &'j Json<'j>) -> Option<LanguageMap> {
        let Some(object) = json.as_object() else {
            return self.wrong("language-map", "must be an object of texts by language tag (1.0.3 Data 4.2)");
        };
        let mut map = LanguageMap::default();
        for key in &object.repeated {
            self.below(Step::Key(key), |reader| {
                reader.wrong::<()>("repeated-key", "a key must not occur twice in an object")
            });
        }
        for (tag, value) in &object.members {
            self.below(Step::Key(tag), |reader| {
                if !format::is_language_tag(tag) {
                    reader.wrong::<()>("language-tag", "must be a language tag (RFC 5646)");
                }
                if let Some(text) = reader.text(value) {
                    map.0.insert(tag.clone().into_owned(), text);
                }
            });
        }
        Some(map)
    }

    /// Anybody's members (XAPI-00120) under IRIs (XAPI-00118; 1.0.3 Data 4.1); the only place where null may stand, and an
    /// empty value as well (XAPI-00119).
    fn extensions(&mut self, json: &'j Json<'j>) -> Option<Extensions> {
        let Some(object) = json.as_object() else {
            return self.wrong("extensions", "must be an object (1.0.3 Data 4.1)");
        };
        for key in &object.repeated {
            self.below(Step::Key(key), |reader| {
                reader.wrong::<()>("repeated-key", "a key must not occur twice in an object")
            });
        }
        for (key, _) in &object.members {
            if !format::is_iri(key) {
                self.below(Step::Key(key), |reader| {
                    reader.wrong::<()>("extension-key", "the key of an extension must be an IRI (1.0.3 Data 4.1)")
                });
            }
        }
        match json.to_serde() {
            serde_json::Value::Object(map) => Some(map),
            _ => None,
        }
    }
}
