//! Verbs, activities and their definitions (1.0.3 Data 2.4.3, 2.4.4.1).

use std::collections::HashSet;

use super::{Json, Reader, Step};
use crate::core::LanguageMap;
use crate::xapi::model::{Activity, Component, Definition, Interaction, Verb};

const DEFINITION: [&str; 12] = [
    "name",
    "description",
    "type",
    "moreInfo",
    "extensions",
    "interactionType",
    "correctResponsesPattern",
    "choices",
    "scale",
    "source",
    "target",
    "steps",
];

impl<'j> Reader<'j> {
    /// XAPI-00044, XAPI-00045.
    pub(super) fn verb(&mut self, json: &'j Json<'j>) -> Option<Verb> {
        let object = self.object(json, &["id", "display"])?;
        let id = self.required(object, "id", Self::iri);
        let display = self.member(object, "display", Self::language_map);
        Some(Verb { id: id?, display: display.unwrap_or_default() })
    }

    /// XAPI-00047.
    pub(super) fn activity(&mut self, json: &'j Json<'j>) -> Option<Activity> {
        let object = self.object(json, &["objectType", "id", "definition"])?;
        self.object_type(object, "Activity", "must be `Activity`");
        let id = self.required(object, "id", Self::iri);
        let definition = self.member(object, "definition", Self::definition).map(Box::new);
        Some(Activity { id: id?, definition })
    }

    /// An object (XAPI-00048), which may be empty: name (XAPI-00056), description (XAPI-00059), type (XAPI-00060), moreInfo
    /// (XAPI-00061), extensions (XAPI-00057). What belongs to interactions needs their type (XAPI-00064): correctResponsesPattern
    /// (XAPI-00050), steps (XAPI-00051), target (XAPI-00052), source (XAPI-00053), scale (XAPI-00054), choices (XAPI-00055).
    fn definition(&mut self, json: &'j Json<'j>) -> Option<Definition> {
        let object = self.object(json, &DEFINITION)?;
        let definition = Definition {
            name: self.member(object, "name", Self::language_map).unwrap_or_default(),
            description: self.member(object, "description", Self::language_map).unwrap_or_default(),
            kind: self.member(object, "type", Self::iri),
            more_info: self.member(object, "moreInfo", Self::iri),
            interaction_type: self.member(object, "interactionType", Self::interaction_type),
            correct_responses_pattern: self
                .member(object, "correctResponsesPattern", |reader, list| reader.list(list, Self::text)),
            choices: self.member(object, "choices", Self::components).unwrap_or_default(),
            scale: self.member(object, "scale", Self::components).unwrap_or_default(),
            source: self.member(object, "source", Self::components).unwrap_or_default(),
            target: self.member(object, "target", Self::components).unwrap_or_default(),
            steps: self.member(object, "steps", Self::components).unwrap_or_default(),
            extensions: self.member(object, "extensions", Self::extensions).unwrap_or_default(),
        };
        let interactive = ["correctResponsesPattern", "choices", "scale", "source", "target", "steps"];
        if object.get("interactionType").is_none() && interactive.iter().any(|key| object.get(key).is_some()) {
            self.below(Step::Key("interactionType"), |reader| {
                reader.wrong::<()>("required", "interaction properties need an `interactionType` (1.0.3 Data 2.4.4.1)")
            });
        }
        Some(definition)
    }

    /// XAPI-00049, letter by letter (XAPI-00009).
    fn interaction_type(&mut self, json: &'j Json<'j>) -> Option<Interaction> {
        match json.as_str().and_then(Interaction::named) {
            Some(kind) => Some(kind),
            None => self.wrong(
                "interaction-type",
                "must be one of true-false, choice, fill-in, long-fill-in, matching, performance, sequencing, likert, numeric, other \
                 (1.0.3 Data 2.4.4.1)",
            ),
        }
    }

    /// XAPI-00058.
    fn components(&mut self, json: &'j Json<'j>) -> Option<Vec<Component>> {
        let components = self.list(json, Self::component)?;
        let mut seen = HashSet::with_capacity(components.len());
        if components.iter().any(|component| !seen.insert(component.id.as_str())) {
            return self.wrong(
                "component-ids",
                "the ids in a list of interaction components must differ (1.0.3 Data 2.4.4.1)",
            );
        }
        Some(components)
    }

    /// An object (XAPI-00063) with an id and a description by language (XAPI-00062).
    fn component(&mut self, json: &'j Json<'j>) -> Option<Component> {
        let object = self.object(json, &["id", "description"])?;
        let id = self.required(object, "id", Self::text);
        let description: Option<LanguageMap> = self.member(object, "description", Self::language_map);
        Some(Component { id: id?, description: description.unwrap_or_default() })
    }
}
