//! The data model tables in `data-model/`, which the launch frame reads too; their README says what each field means.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

/// Which data model content speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Version {
    /// SCORM 1.2.
    Scorm12,
    /// SCORM 2004, any edition.
    Scorm2004,
}

/// Who may do what with an element, as the content sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    Ro,
    Rw,
    Wo,
    /// A shared data store that the manifest opens neither way.
    None,
}

/// Why a call is refused; the table gives each standard's code for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Argument,
    Unknown,
    GeneralGet,
    GeneralSet,
    IndexGet,
    IndexSet,
    CollectionFull,
    NoChildren,
    NoCount,
    Unset,
    Keyword,
    ReadOnly,
    WriteOnly,
    Type,
    Range,
    Dependency,
    Duplicate,
    Immutable,
}

impl Fault {
    /// Its name in the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Argument => "argument",
            Self::Unknown => "unknown",
            Self::GeneralGet => "general_get",
            Self::GeneralSet => "general_set",
            Self::IndexGet => "index_get",
            Self::IndexSet => "index_set",
            Self::CollectionFull => "collection_full",
            Self::NoChildren => "no_children",
            Self::NoCount => "no_count",
            Self::Unset => "unset",
            Self::Keyword => "keyword",
            Self::ReadOnly => "read_only",
            Self::WriteOnly => "write_only",
            Self::Type => "type",
            Self::Range => "range",
            Self::Dependency => "dependency",
            Self::Duplicate => "duplicate",
            Self::Immutable => "immutable",
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ValueType {
    pub kind: Kind,
    pub pattern: Option<Pattern>,
    pub urn: Option<Pattern>,
    pub range: Option<Bounds>,
    pub vocabulary: Option<Vec<String>>,
    pub format: Option<FormatPart>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Text,
    Number,
    Vocabulary,
    Localized,
    Identifier,
    Time,
    Interval,
    Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum FormatPart {
    Response,
    Pattern,
}

/// A pattern of the table, compiled when the table is read.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Pattern(Regex);

impl TryFrom<String> for Pattern {
    type Error = regex::Error;
    fn try_from(pattern: String) -> Result<Self, regex::Error> {
        Regex::new(&pattern).map(Self)
    }
}

impl Pattern {
    pub fn matches(&self, value: &str) -> bool {
        self.0.is_match(value)
    }
}

/// `[min, max]`, inclusive, `null` for none.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Bounds(pub Option<f64>, pub Option<f64>);

#[derive(Debug, Deserialize)]
pub(super) struct Decision {
    pub threshold: String,
    pub measure: String,
    pub reached: String,
    pub below: String,
    pub unmeasured: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Keyword {
    Version,
    Children,
    Count,
}

#[derive(Debug, Deserialize)]
pub(super) struct Element {
    pub name: String,
    pub access: Access,
    #[serde(rename = "type")]
    pub kind: String,
    pub keyword: Option<Keyword>,
    pub or: Option<String>,
    #[serde(default)]
    pub blank: bool,
    pub default: Option<String>,
    pub vocabulary: Option<Vec<String>>,
    pub settable: Option<Vec<String>>,
    pub range: Option<Bounds>,
    pub limit: Option<usize>,
    pub spm: Option<usize>,
    #[serde(default)]
    pub spm_before: BTreeMap<u8, usize>,
    #[serde(default)]
    pub requires: Vec<String>,
    #[serde(default)]
    pub unique: bool,
    #[serde(default)]
    pub immutable: bool,
    #[serde(default)]
    pub append: bool,
    #[serde(default)]
    pub fixed: bool,
    #[serde(default)]
    pub targeted: bool,
    pub decided_by: Option<Decision>,
    #[serde(default)]
    pub kept: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Format {
    pub of: String,
    pub with: Option<String>,
    pub separator: Option<String>,
    pub pair: Option<String>,
    #[serde(default)]
    pub empty: bool,
    #[serde(default)]
    pub set: bool,
    #[serde(default)]
    pub flags: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct InteractionFormat {
    pub patterns: usize,
    #[serde(default)]
    pub distinct: bool,
    pub response: Format,
    pub pattern: Format,
}

#[derive(Debug, Deserialize)]
struct Collection {
    name: String,
    limit: usize,
}

#[derive(Deserialize)]
struct TableFile {
    codes: HashMap<String, u32>,
    types: HashMap<String, ValueType>,
    #[serde(default)]
    formats: HashMap<String, InteractionFormat>,
    collections: Vec<Collection>,
    elements: Vec<Element>,
}

/// One data model.
#[derive(Debug)]
pub(super) struct Table {
    pub version: Version,
    codes: HashMap<String, u32>,
    types: HashMap<String, ValueType>,
    formats: HashMap<String, InteractionFormat>,
    collections: HashMap<String, usize>,
    elements: HashMap<String, Element>,
    branches: HashSet<String>,
}

/// An element by its concrete name, and the collections on its way: `cmi.interactions` at 2, `cmi.interactions.2.objectives` at 0.
pub(super) struct Resolved {
    pub element: &'static Element,
    pub path: Vec<Step>,
}

pub(super) struct Step {
    pub concrete: String,
    pub index: usize,
    pub limit: usize,
}

static SCORM12: LazyLock<Table> =
    LazyLock::new(|| Table::read(Version::Scorm12, include_str!("data-model/scorm12.json")));
static SCORM2004: LazyLock<Table> =
    LazyLock::new(|| Table::read(Version::Scorm2004, include_str!("data-model/scorm2004.json")));

impl Table {
    pub fn of(version: Version) -> &'static Table {
        match version {
            Version::Scorm12 => &SCORM12,
            Version::Scorm2004 => &SCORM2004,
        }
    }

    fn read(version: Version, text: &str) -> Self {
        let file: TableFile = serde_json::from_str(text).expect("the table is part of the program and a test reads it");
        let branches = file
            .elements
            .iter()
            .flat_map(|element| element.name.match_indices('.').map(|(end, _)| element.name[..end].to_owned()))
            .collect();
        Self {
            version,
            codes: file.codes,
            types: file.types,
            formats: file.formats,
            collections: file.collections.into_iter().map(|collection| (collection.name, collection.limit)).collect(),
            elements: file.elements.into_iter().map(|element| (element.name.clone(), element)).collect(),
            branches,
        }
    }

    /// The code of a fault in this standard.
    pub fn code(&self, fault: Fault) -> u32 {
        self.codes.get(fault.word()).or_else(|| self.codes.get("general")).copied().unwrap_or(101)
    }

    pub fn kind(&self, name: &str) -> Option<&ValueType> {
        self.types.get(name)
    }

    pub fn format(&self, interaction: &str) -> Option<&InteractionFormat> {
        self.formats.get(interaction)
    }

    /// The element of a concrete name, `None` if there is none.
    pub fn resolve(&'static self, name: &str) -> Option<Resolved> {
        if let Some((stem, target)) = name.split_once(".{target=") {
            let element = self.elements.get(stem).filter(|element| element.targeted)?;
            let named =
                target.strip_suffix('}').is_some_and(|target| !target.is_empty() && !target.contains(['{', '}']));
            return named.then_some(Resolved { element, path: Vec::new() });
        }
        let (general, path) = self.general(name)?;
        let element = self.elements.get(&general).filter(|element| !element.targeted)?;
        Some(Resolved { element, path })
    }

    /// `cmi.objectives.n.id` of `cmi.objectives.3.id`, and the collections on its way. The letter n itself is no index.
    fn general(&self, name: &str) -> Option<(String, Vec<Step>)> {
        let (mut general, mut path, mut at) = (String::with_capacity(name.len()), Vec::new(), 0);
        for part in name.split('.') {
            match index(part).zip(self.collections.get(&general)) {
                _ if part == "n" => return None,
                Some((index, limit)) => {
                    path.push(Step { concrete: name[..at - 1].to_owned(), index, limit: *limit });
                    general.push_str(".n");
                }
                None => {
                    if !general.is_empty() {
                        general.push('.');
                    }
                    general.push_str(part);
                }
            }
            at += part.len() + 1;
        }
        Some((general, path))
    }

    /// What is wrong with a name that resolves to nothing.
    pub fn unknown(&'static self, name: &str) -> Fault {
        for (suffix, fault) in [("._children", Fault::NoChildren), ("._count", Fault::NoCount)] {
            if let Some(stem) = name.strip_suffix(suffix)
                && let Some((general, _)) = self.general(stem)
                && (self.elements.contains_key(&general) || self.branches.contains(&general))
            {
                return fault;
            }
        }
        Fault::Unknown
    }
}

/// An index without leading zeros, of at most six digits.
fn index(part: &str) -> Option<usize> {
    let canonical = part == "0" || (!part.starts_with('0') && part.len() <= 6);
    (canonical && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok()).flatten()
}
