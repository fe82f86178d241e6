//! A profile's document (xAPI Profiles 1.0 Structure 6 to 9). Members nobody needs here are left alone: JSON-LD allows any.

use std::collections::HashSet;

use super::{Json, Object as JsonObject, Reader, Step, Value, format};
use crate::core::Timestamp;
use crate::xapi::profile::{
    Concept, ConceptKind, Element, Path, Pattern, Presence, Profile, Rule, Template, circle, compile,
};

/// Longest IRI of a profile or a version, in bytes: they are keys of a table.
const LONGEST_IRI: usize = 2_000;
/// Patterns of a profile at most, and how deep they may be nested.
const MOST_PATTERNS: usize = 500;
const DEEPEST_PATTERN: usize = 50;

/// `id` and `type` are `@id` and `@type` where no JSON-LD context renames them, as in the drafts. Drafts also say `rule` for
/// `presence`, and not what the members of a list are; the profile for videos, which most players follow, is such a draft.
const ID: [&str; 2] = ["id", "@id"];
const TYPE: [&str; 2] = ["type", "@type"];
const PRESENCE: [&str; 2] = ["presence", "rule"];

/// Which context activities must have a type, and what a template calls that.
const CONTEXT_TYPES: [(&str, &str); 4] = [
    ("contextGroupingActivityType", "grouping"),
    ("contextParentActivityType", "parent"),
    ("contextOtherActivityType", "other"),
    ("contextCategoryActivityType", "category"),
];

impl<'j> Reader<'j> {
    pub(super) fn profile(&mut self, json: &'j Json<'j>) -> Option<Profile> {
        let object = self.node(json)?;
        self.kind(object, &["Profile"]);
        let id = self.named(object, ID, Self::short_iri);
        let version = self.required(object, "versions", Self::newest);
        let name = self.required(object, "prefLabel", Self::language_map);
        let description = self.required(object, "definition", Self::language_map);
        let concepts = self.member(object, "concepts", |reader, list| reader.list(list, Self::concept));
        let templates = self.member(object, "templates", |reader, list| reader.list(list, Self::template));
        let patterns = self.member(object, "patterns", |reader, list| reader.list(list, Self::pattern));
        let (concepts, templates) = (concepts.unwrap_or_default(), templates.unwrap_or_default());
        let patterns = patterns.unwrap_or_default();
        if self.problems.is_empty() {
            self.agree(&concepts, &templates, &patterns);
        }
        let (version, generated_at) = version?;
        let extensions = concepts.iter().enumerate().filter(|(_, concept)| concept.kind.is_extension());
        Some(Profile {
            id: id?,
            version,
            generated_at,
            name: name?,
            description: description?,
            extensions: extensions.map(|(index, concept)| (concept.id.clone(), index)).collect(),
            concepts,
            templates,
            patterns,
        })
    }

    /// An object of JSON-LD: any members, each once, none of them null (Structure 3).
    fn node(&mut self, json: &'j Json<'j>) -> Option<&'j JsonObject<'j>> {
        let Some(object) = json.as_object() else { return self.wrong("object", "must be an object") };
        for key in &object.repeated {
            self.below(Step::Key(key), |reader| {
                reader.wrong::<()>("repeated-key", "a key must not occur twice in an object (RFC 8259 section 4)")
            });
        }
        for (key, _) in object.members.iter().filter(|(_, value)| matches!(value.value, Value::Null)) {
            self.below(Step::Key(key), |reader| {
                reader.wrong::<()>("null", "a value of a profile must not be null (Structure 3)")
            });
        }
        Some(object)
    }

    /// A member that must be there, under either of its names.
    fn named<T>(
        &mut self,
        object: &'j JsonObject<'j>,
        [plain, keyword]: [&'static str; 2],
        read: impl FnOnce(&mut Self, &'j Json<'j>) -> Option<T>,
    ) -> Option<T> {
        let key = if object.get(plain).is_none() && object.get(keyword).is_some() { keyword } else { plain };
        self.required(object, key, read)
    }

    /// A member of a list need not say what it is, but must not say that it is something else.
    fn may_be(&mut self, object: &'j JsonObject<'j>, kind: &'static str) {
        if TYPE.iter().any(|key| object.get(key).is_some()) {
            self.kind(object, &[kind]);
        }
    }

    /// What an object says it is; it must be one of `allowed`.
    fn kind(&mut self, object: &'j JsonObject<'j>, allowed: &[&'static str]) -> Option<&'static str> {
        self.named(object, TYPE, |reader, json| {
            let found = allowed.iter().find(|kind| json.as_str() == Some(kind));
            match found {
                Some(kind) => Some(*kind),
                None => reader.wrong("type", format!("must be {}", allowed.join(" or "))),
            }
        })
    }

    fn short_iri(&mut self, json: &'j Json<'j>) -> Option<String> {
        let iri = self.iri(json)?;
        if iri.len() > LONGEST_IRI {
            self.wrong("iri-too-long", "must not be longer than 2,000 bytes")
        } else {
            Some(iri)
        }
    }

    fn iris(&mut self, json: &'j Json<'j>) -> Option<Vec<String>> {
        self.list(json, Self::iri)
    }

    /// Of the versions listed, the one made last: what the document describes (Structure 6.1).
    fn newest(&mut self, json: &'j Json<'j>) -> Option<(String, Timestamp)> {
        let versions = self.list(json, |reader, json| {
            let object = reader.node(json)?;
            let id = reader.named(object, ID, Self::short_iri);
            let made = reader.required(object, "generatedAtTime", |reader, json| {
                let text = json.as_str().unwrap_or_default();
                let day = format!("{text}T00:00:00Z");
                let moment = format::timestamp(text, format::Offset::Optional);
                match moment.or_else(|| format::timestamp(&day, format::Offset::Required)) {
                    Some(moment) => Some(moment),
                    None => reader.wrong("timestamp", "must be an ISO 8601 date, or date and time"),
                }
            });
            Some((id?, made?))
        })?;
        let newest = versions.into_iter().reduce(|newest, version| if version.1 > newest.1 { version } else { newest });
        newest.or_else(|| self.wrong("required", "a profile has at least one version (Structure 6.1)"))
    }

    fn concept(&mut self, json: &'j Json<'j>) -> Option<Concept> {
        let object = self.node(json)?;
        let kind = self.kind(object, &ConceptKind::ALL.map(|(name, _)| name));
        let kind = kind.and_then(|name| ConceptKind::ALL.into_iter().find(|(known, _)| *known == name));
        let (_, kind) = kind?;
        let id = self.named(object, ID, Self::iri);
        // An activity has its name in its definition.
        let name = self.member(object, "prefLabel", Self::language_map);
        let deprecated = self.member(object, "deprecated", Self::boolean);
        let schema = self.member(object, "inlineSchema", |reader, json| {
            // The specification wants a text; some write the schema itself.
            let text = json.as_str().unwrap_or(json.raw);
            match compile(text) {
                Ok(schema) => Some(schema),
                Err(wrong) => reader.wrong("schema", format!("the JSON Schema cannot be used: {wrong}")),
            }
        });
        if object.get("schema").is_some() && object.get("inlineSchema").is_some() {
            self.wrong::<()>("schema-twice", "at most one of `schema` and `inlineSchema` may stand (Structure 7.2)");
        }
        Some(Concept {
            id: id?,
            kind,
            name: name.unwrap_or_default(),
            is_deprecated: deprecated.unwrap_or_default(),
            schema,
        })
    }

    fn template(&mut self, json: &'j Json<'j>) -> Option<Template> {
        let object = self.node(json)?;
        self.may_be(object, "StatementTemplate");
        let id = self.named(object, ID, Self::iri);
        let name = self.required(object, "prefLabel", Self::language_map);
        let verb = self.member(object, "verb", Self::iri);
        let object_type = self.member(object, "objectActivityType", Self::iri);
        let mut context_types = Vec::new();
        for (key, kind) in CONTEXT_TYPES {
            context_types.extend(self.member(object, key, Self::iris).map(|types| (kind, types)));
        }
        let attachment_usages = self.member(object, "attachmentUsageType", Self::iris).unwrap_or_default();
        let object_ref = self.member(object, "objectStatementRefTemplate", Self::iris);
        let context_ref = self.member(object, "contextStatementRefTemplate", Self::iris);
        let rules = self.member(object, "rules", |reader, list| reader.list(list, Self::rule)).unwrap_or_default();
        if object_ref.is_some() && object_type.is_some() {
            self.wrong::<()>(
                "object-twice",
                "`objectStatementRefTemplate` and `objectActivityType` exclude each other (Structure 8)",
            );
        }
        Some(Template {
            id: id?,
            name: name?,
            verb,
            object_type,
            context_types,
            attachment_usages,
            object_ref,
            context_ref,
            rules,
        })
    }

    fn rule(&mut self, json: &'j Json<'j>) -> Option<Rule> {
        let object = self.node(json)?;
        let location = self.required(object, "location", Self::path);
        let selector = self.member(object, "selector", Self::path);
        let [plain, draft] = PRESENCE;
        let key = if object.get(plain).is_none() { draft } else { plain };
        let presence = self.member(object, key, |reader, json| {
            let known = Presence::ALL.into_iter().find(|(name, _)| json.as_str() == Some(name));
            match known {
                Some((_, presence)) => Some(presence),
                None => reader.wrong("presence", "must be included, excluded or recommended (Structure 8.1)"),
            }
        });
        let mut values = |key| {
            self.member(object, key, |reader, json| match json.as_array() {
                Some(items) => Some(items.iter().map(Json::to_serde).collect::<Vec<_>>()),
                None => reader.wrong("array", "must be an array of values"),
            })
        };
        let (any, all, none) = (values("any"), values("all"), values("none"));
        if ["presence", "rule", "any", "all", "none"].iter().all(|key| object.get(key).is_none()) {
            self.wrong::<()>("rule-empty", "must have `presence`, `any`, `all` or `none` (Structure 8.1)");
        }
        let note = self.member(object, "scopeNote", Self::language_map).unwrap_or_default();
        Some(Rule { location: location?, selector, presence, any, all, none, note })
    }

    fn path(&mut self, json: &'j Json<'j>) -> Option<Path> {
        match Path::parse(json.as_str().unwrap_or_default()) {
            Ok(path) => Some(path),
            Err(wrong) => {
                self.wrong("path", format!("must be a JSONPath of profiles (Structure 8.1); this one {wrong}"))
            }
        }
    }

    fn pattern(&mut self, json: &'j Json<'j>) -> Option<Pattern> {
        let object = self.node(json)?;
        self.may_be(object, "Pattern");
        let id = self.named(object, ID, Self::iri);
        let name = self.member(object, "prefLabel", Self::language_map).unwrap_or_default();
        let is_primary = self.member(object, "primary", Self::boolean).unwrap_or_default();
        let elements = [
            self.member(object, "sequence", Self::iris).map(Element::Sequence),
            self.member(object, "alternates", Self::iris).map(Element::Alternates),
            self.member(object, "optional", Self::part).map(Element::Optional),
            self.member(object, "oneOrMore", Self::part).map(Element::OneOrMore),
            self.member(object, "zeroOrMore", Self::part).map(Element::ZeroOrMore),
        ];
        let mut elements = elements.into_iter().flatten();
        match (elements.next(), elements.next()) {
            (Some(element), None) => Some(Pattern { id: id?, name, is_primary, element }),
            _ => self.wrong(
                "pattern",
                "must have exactly one of `sequence`, `alternates`, `optional`, `oneOrMore`, `zeroOrMore` (Structure 9)",
            ),
        }
    }

    /// The one part of a pattern; in the drafts an object with its `id`.
    fn part(&mut self, json: &'j Json<'j>) -> Option<String> {
        match json.as_object() {
            Some(_) => {
                let object = self.node(json)?;
                self.named(object, ID, Self::iri)
            }
            None => self.iri(json),
        }
    }

    /// What is named once must be there once.
    fn agree(&mut self, concepts: &[Concept], templates: &[Template], patterns: &[Pattern]) {
        let mut seen = HashSet::new();
        let all = [
            ("concepts", concepts.iter().map(|concept| &concept.id).collect::<Vec<_>>()),
            ("templates", templates.iter().map(|template| &template.id).collect()),
            ("patterns", patterns.iter().map(|pattern| &pattern.id).collect()),
        ];
        for (list, ids) in all {
            for (index, id) in ids.into_iter().enumerate() {
                if !seen.insert(id) {
                    self.at(list, index, "id-twice", "another part of the profile has this id");
                }
            }
        }
        let known: HashSet<&str> = templates.iter().map(|template| template.id.as_str()).collect();
        for (index, template) in templates.iter().enumerate() {
            let named = template.object_ref.iter().chain(&template.context_ref).flatten();
            for id in named.filter(|id| !known.contains(id.as_str())) {
                let told = format!("refers to the template {id}, which is not in this profile (Structure 8)");
                self.at("templates", index, "template-unknown", told);
            }
        }
        let parts: HashSet<&str> =
            known.into_iter().chain(patterns.iter().map(|pattern| pattern.id.as_str())).collect();
        for (index, pattern) in patterns.iter().enumerate() {
            for id in pattern.element.parts().iter().filter(|id| !parts.contains(id.as_str())) {
                let told = format!("refers to {id}, which is neither a template nor a pattern of this profile");
                self.at("patterns", index, "part-unknown", told);
            }
        }
        if patterns.len() > MOST_PATTERNS {
            self.at("patterns", MOST_PATTERNS, "patterns-too-many", format!("{MOST_PATTERNS} patterns are the most"));
        } else if let Some(index) = circle(patterns, DEEPEST_PATTERN) {
            let told = format!("is within itself, or nested deeper than {DEEPEST_PATTERN} patterns (Structure 9)");
            self.at("patterns", index, "pattern-circle", told);
        }
    }

    fn at(
        &mut self,
        list: &'static str,
        index: usize,
        rule: &'static str,
        told: impl Into<std::borrow::Cow<'static, str>>,
    ) {
        self.below(Step::Key(list), |reader| {
            reader.below(Step::Index(index), |reader| reader.wrong::<()>(rule, told));
        });
    }
}
