//! Whether one statement keeps to a profile (Communication 2.1).

use serde_json::Value;

use super::path::pointer_to;
use super::{ConceptKind, Presence, Profile, Referred, Rule, Template};
use crate::xapi::format;

/// What a profile has to say of a statement.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The templates whose determining properties the statement has, by their place in the profile.
    pub templates: Vec<usize>,
    /// What it does not keep, each once.
    pub faults: Vec<Fault>,
}

/// Something a profile demands and a statement lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What demands it: a place in the profile's document, as a JSON pointer (`/templates/2/rules/0`).
    pub place: String,
    /// Where in the statement, as a JSON pointer; empty where nothing stands.
    pub pointer: String,
}

impl Profile {
    /// Whether the statement says that it keeps to this profile: it names one of `claims` as a category (Structure 4).
    pub fn is_claimed(statement: &Value, claims: &[String]) -> bool {
        context_activities(statement, "category")
            .any(|activity| claims.iter().any(|claim| activity["id"].as_str() == Some(claim)))
    }

    /// The templates that the statement matches and what it does not keep.
    ///
    /// A statement that is referred to need only match the determining properties of a template; whether it keeps the rules is
    /// told of itself. One that is not stored is not looked for: it may come yet.
    pub fn judge(&self, statement: &Value, referred: &Referred<'_>) -> Verdict {
        let mut verdict = Verdict::default();
        for (index, template) in self.templates.iter().enumerate().filter(|(_, template)| template.fits(statement)) {
            verdict.templates.push(index);
            let place = format!("/templates/{index}");
            if let Some(ids) = &template.object_ref
                && !self.refers(&statement["object"], ids, referred)
            {
                verdict.fault(format!("{place}/objectStatementRefTemplate"), "/object");
            }
            if let Some(ids) = &template.context_ref
                && !self.refers(&statement["context"]["statement"], ids, referred)
            {
                verdict.fault(format!("{place}/contextStatementRefTemplate"), "/context/statement");
            }
            for (number, rule) in template.rules.iter().enumerate() {
                if let Err(wrong) = rule.follows(statement) {
                    let pointer = wrong.and_then(|value| pointer_to(statement, value)).unwrap_or_default();
                    verdict.fault(format!("{place}/rules/{number}"), &pointer);
                }
            }
        }
        self.extensions_of(statement, "", &mut verdict);
        verdict
    }

    /// The templates whose determining properties the statement has.
    pub fn templates_of(&self, statement: &Value) -> Vec<&str> {
        self.templates.iter().filter(|template| template.fits(statement)).map(|template| template.id.as_str()).collect()
    }

    fn refers(&self, reference: &Value, ids: &[String], referred: &Referred<'_>) -> bool {
        if reference["objectType"] != "StatementRef" {
            return false;
        }
        let target = reference["id"].as_str().and_then(format::uuid).and_then(referred);
        target.is_none_or(|target| self.templates_of(target).iter().any(|id| ids.iter().any(|wanted| wanted == id)))
    }

    /// An extension may stand only where its kind belongs, and looks as its schema says (Structure 7.2).
    fn extensions_of(&self, statement: &Value, base: &str, verdict: &mut Verdict) {
        self.extensions(&statement["result"], &format!("{base}/result"), ConceptKind::ResultExtension, verdict);
        self.extensions(&statement["context"], &format!("{base}/context"), ConceptKind::ContextExtension, verdict);
        let mut defined = |activity: &Value, base: String| {
            self.extensions(
                &activity["definition"],
                &format!("{base}/definition"),
                ConceptKind::ActivityExtension,
                verdict,
            );
        };
        defined(&statement["object"], format!("{base}/object"));
        for kind in ["parent", "grouping", "category", "other"] {
            for (index, activity) in context_activities(statement, kind).enumerate() {
                defined(activity, format!("{base}/context/contextActivities/{kind}/{index}"));
            }
        }
        // A sub-statement has no sub-statement.
        if base.is_empty() && statement["object"]["objectType"] == "SubStatement" {
            self.extensions_of(&statement["object"], "/object", verdict);
        }
    }

    fn extensions(&self, holder: &Value, base: &str, kind: ConceptKind, verdict: &mut Verdict) {
        for (key, value) in holder["extensions"].as_object().into_iter().flatten() {
            let Some(index) = self.extensions.get(key) else { continue };
            let concept = &self.concepts[*index];
            let pointer = format!("{base}/extensions/{}", key.replace('~', "~0").replace('/', "~1"));
            if concept.kind != kind {
                verdict.fault(format!("/concepts/{index}/type"), &pointer);
            } else if let Some(wrong) = concept.schema.as_ref().and_then(|schema| schema.iter_errors(value).next()) {
                let pointer = format!("{pointer}{}", wrong.instance_path());
                verdict.fault(format!("/concepts/{index}/inlineSchema"), &pointer);
            }
        }
    }
}

/// Context activities of a kind. Stored statements have them in lists.
fn context_activities<'s>(statement: &'s Value, kind: &str) -> impl Iterator<Item = &'s Value> {
    statement["context"]["contextActivities"][kind].as_array().into_iter().flatten()
}

impl Verdict {
    /// The same demand is told once a statement.
    fn fault(&mut self, place: String, pointer: &str) {
        if !self.faults.iter().any(|fault| fault.place == place) {
            self.faults.push(Fault { place, pointer: pointer.to_owned() });
        }
    }
}

impl Template {
    /// Whether the statement has the determining properties: it then must keep the rules.
    pub fn fits(&self, statement: &Value) -> bool {
        let is = |wanted: &Option<String>, given: &Value| {
            wanted.as_ref().is_none_or(|wanted| given.as_str() == Some(wanted.as_str()))
        };
        let types = |kind: &str, wanted: &str| {
            context_activities(statement, kind).any(|activity| activity["definition"]["type"].as_str() == Some(wanted))
        };
        let attached = |wanted: &str| {
            let attachments = statement["attachments"].as_array().into_iter().flatten();
            attachments.into_iter().any(|attachment| attachment["usageType"].as_str() == Some(wanted))
        };
        is(&self.verb, &statement["verb"]["id"])
            && is(&self.object_type, &statement["object"]["definition"]["type"])
            && self.context_types.iter().all(|(kind, wanted)| wanted.iter().all(|wanted| types(kind, wanted)))
            && self.attachment_usages.iter().all(|wanted| attached(wanted))
    }
}

impl Rule {
    /// Whether the statement keeps the rule; if not, at which of its values, where it is one.
    fn follows<'s>(&self, statement: &'s Value) -> Result<(), Option<&'s Value>> {
        let places = self.location.values(statement);
        // The first place where the selector finds nothing: "a value that cannot be matched".
        let mut unmatchable = None;
        let values = match &self.selector {
            None => places,
            Some(selector) => {
                let mut values = Vec::new();
                for place in places {
                    let selected = selector.values(place);
                    if selected.is_empty() {
                        unmatchable = unmatchable.or(Some(place));
                    }
                    values.extend(selected);
                }
                values
            }
        };
        match self.presence {
            Some(Presence::Included) if unmatchable.is_some() => return Err(unmatchable),
            Some(Presence::Included) if values.is_empty() => return Err(None),
            Some(Presence::Excluded) if !values.is_empty() => return Err(values.first().copied()),
            Some(Presence::Recommended) if values.is_empty() && unmatchable.is_none() => return Ok(()),
            _ => {}
        }
        if let Some(any) = &self.any
            && !values.iter().any(|value| holds(any, value))
        {
            return Err(values.first().copied().or(unmatchable));
        }
        if let Some(all) = &self.all {
            if unmatchable.is_some() {
                return Err(unmatchable);
            }
            if let Some(wrong) = values.iter().find(|value| !holds(all, value)) {
                return Err(Some(wrong));
            }
        }
        if let Some(none) = &self.none
            && let Some(wrong) = values.iter().find(|value| holds(none, value))
        {
            return Err(Some(wrong));
        }
        Ok(())
    }
}

/// Whether `value` is among `values`.
fn holds(values: &[Value], value: &Value) -> bool {
    values.iter().any(|one| same(one, value))
}

/// Equal as JSON: 1 is 1.0, members have no order.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}
