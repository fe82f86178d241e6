//! The values of one activity and the rules for reading and writing them.
//!
//! The launch frame applies the same rules to the content's calls; here they are applied again to what is committed, because
//! what arrives from a browser is not to be believed. The order of the checks is the one of the table's README.

use std::collections::{BTreeMap, HashMap};

pub use super::table::{Access, Fault};
use super::table::{FormatPart, InteractionFormat, Keyword, Resolved, Table, Version};
use super::tolerance::{Switch, Tolerance};
use super::values;

/// Element to value, arrays flattened: `cmi.objectives.0.id`.
pub type Elements = BTreeMap<String, String>;

/// The data model of one activity, as far as it has values.
pub struct DataModel {
    table: &'static Table,
    values: Elements,
    counts: HashMap<String, usize>,
    /// How often each value stands in a collection, by collection and leaf, where the entries must differ: asked for each
    /// entry of a commit, which may have thousands.
    taken: HashMap<String, HashMap<String, usize>>,
    access: HashMap<String, Access>,
    tolerance: Tolerance,
}

/// How many characters (UTF-16 units) of an element every system keeps that speaks this edition of the standard.
pub fn kept_everywhere(version: Version, edition: u8, name: &str) -> Option<usize> {
    let element = Table::of(version).resolve(name)?.element;
    element.spm_before.iter().find(|(before, _)| edition < **before).map(|(_, spm)| *spm).or(element.spm)
}

/// How often a commit is gone through for what depends on something that came after it.
const PASSES: usize = 3;

impl DataModel {
    /// A model that begins with these values; `access` narrows single elements (`adl.data.n.store` by the manifest).
    pub fn new(version: Version, elements: &Elements, access: HashMap<String, Access>) -> Self {
        let (values, counts, taken) = (Elements::new(), HashMap::new(), HashMap::new());
        let tolerance = Tolerance::default();
        let mut model = Self { table: Table::of(version), values, counts, taken, access, tolerance };
        for (name, value) in elements {
            if let Some(resolved) = model.table.resolve(name).filter(|resolved| resolved.element.keyword.is_none()) {
                model.keep(&resolved, name, value.clone());
            }
        }
        model
    }

    /// The same, bearing what its trainer wishes to be borne.
    pub fn tolerating(self, tolerance: &Tolerance) -> Self {
        Self { tolerance: tolerance.clone(), ..self }
    }

    /// The code of a fault in this model's standard.
    pub fn code(&self, fault: Fault) -> u32 {
        self.table.code(fault)
    }

    /// GetValue and LMSGetValue.
    pub fn get(&self, name: &str) -> Result<String, Fault> {
        if name.is_empty() {
            return Err(if self.table.version == Version::Scorm12 { Fault::Argument } else { Fault::GeneralGet });
        }
        let resolved = self.table.resolve(name).ok_or_else(|| self.table.unknown(name))?;
        let element = resolved.element;
        if matches!(self.access_of(name, &resolved), Access::Wo | Access::None) {
            return Err(Fault::WriteOnly);
        }
        if resolved.path.iter().any(|step| step.index >= self.count(&step.concrete)) {
            return Err(Fault::IndexGet);
        }
        if matches!(element.keyword, Some(Keyword::Count)) {
            return Ok(self.count(name.trim_end_matches("._count")).to_string());
        }
        self.decided(&resolved)
            .or_else(|| self.values.get(name).cloned())
            .or_else(|| element.default.clone())
            .or_else(|| self.tolerance.bears(Switch::UnsetIsEmpty).then(String::new))
            .ok_or(Fault::Unset)
    }

    /// SetValue and LMSSetValue.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        self.write(name, value, true)
    }

    /// Applies what a commit says changed, the final value of each element. Answers what was refused, and why.
    ///
    /// Entries of a collection may come in any order: they are taken by their index. What is refused is tried twice more,
    /// because it may depend on an element that came after it.
    pub fn apply<'a>(&mut self, changes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<(&'a str, Fault)> {
        let mut waiting: Vec<(&str, &str)> = changes.into_iter().collect();
        waiting.sort_by_cached_key(|&(name, _)| entry_of(name));
        for _ in 0..PASSES - 1 {
            let before = waiting.len();
            waiting.retain(|(name, value)| self.write(name, value, false).is_err());
            if waiting.is_empty() || waiting.len() == before {
                break;
            }
        }
        let last = waiting.into_iter();
        last.filter_map(|(name, value)| self.write(name, value, false).err().map(|fault| (name, fault))).collect()
    }

    /// How many entries a collection has, by its concrete name.
    pub fn count(&self, collection: &str) -> usize {
        self.counts.get(collection).copied().unwrap_or_default()
    }

    /// A stored value, without any rule.
    pub fn peek(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The value the content reads, empty where it reads none.
    pub fn read(&self, name: &str) -> String {
        self.get(name).unwrap_or_default()
    }

    /// Sets a value that is the system's to set.
    pub fn put(&mut self, name: &str, value: impl Into<String>) {
        if let Some(resolved) = self.table.resolve(name) {
            self.keep(&resolved, name, value.into());
        }
    }

    /// Every value that is set.
    pub fn into_elements(self) -> Elements {
        self.values
    }

    /// What the next session of the same attempt begins with.
    pub fn kept(version: Version, elements: &Elements) -> Elements {
        let table = Table::of(version);
        let kept = |name: &str| table.resolve(name).is_some_and(|resolved| resolved.element.kept);
        elements.iter().filter(|(name, _)| kept(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    fn write(&mut self, name: &str, value: &str, appending: bool) -> Result<(), Fault> {
        if name.is_empty() {
            return Err(if self.table.version == Version::Scorm12 { Fault::Argument } else { Fault::GeneralSet });
        }
        let resolved = self.table.resolve(name).ok_or(Fault::Unknown)?;
        if resolved.element.keyword.is_some() {
            return Err(Fault::Keyword);
        }
        if matches!(self.access_of(name, &resolved), Access::Ro | Access::None) {
            return Err(Fault::ReadOnly);
        }
        self.check_place(&resolved)?;
        if self.is_as_it_is(name) {
            // However it is written: nothing but its length is asked.
            if !values::fits(resolved.element, value) {
                return Err(Fault::Type);
            }
        } else {
            if resolved.element.requires.iter().any(|required| !self.values.contains_key(&placed(required, &resolved)))
            {
                return Err(Fault::Dependency);
            }
            self.check_value(&resolved, value)?;
            self.check_kin(&resolved, name, value)?;
        }
        let value = match self.values.get(name) {
            Some(present) if appending && resolved.element.append => format!("{present}{value}"),
            _ => value.to_owned(),
        };
        self.keep(&resolved, name, value);
        Ok(())
    }

    /// Whether it is a part of an answer that is kept however it is written. The type and the weighting are not: what reads the
    /// answers stands on them.
    fn is_as_it_is(&self, name: &str) -> bool {
        const PARTS: [&str; 7] =
            ["id", "learner_response", "student_response", "pattern", "result", "latency", "timestamp"];
        let part = || name.rsplit('.').next().unwrap_or_default();
        self.tolerance.bears(Switch::AnswersAsTheyAre)
            && name.starts_with("cmi.interactions.")
            && PARTS.contains(&part())
    }

    /// Puts a value in its place; the one way into `values`.
    fn keep(&mut self, resolved: &Resolved, name: &str, value: String) {
        self.grow(resolved);
        if let Some(place) = rival_place(resolved, name) {
            let taken = self.taken.entry(place).or_default();
            if let Some(count) = self.values.get(name).and_then(|before| taken.get_mut(before)) {
                *count -= 1;
            }
            *taken.entry(value.clone()).or_default() += 1;
        }
        self.values.insert(name.to_owned(), value);
    }

    fn is_pattern(&self, resolved: &Resolved) -> bool {
        self.table.kind(&resolved.element.kind).is_some_and(|kind| kind.format == Some(FormatPart::Pattern))
    }

    fn grow(&mut self, resolved: &Resolved) {
        for step in &resolved.path {
            let count = self.counts.entry(step.concrete.clone()).or_default();
            *count = (*count).max(step.index + 1);
        }
    }

    fn access_of(&self, name: &str, resolved: &Resolved) -> Access {
        self.access.get(name).copied().unwrap_or(resolved.element.access)
    }

    /// RTE 4.2.4.1 and 4.2.22.1: a threshold in the manifest overrides what the content reported.
    fn decided(&self, resolved: &Resolved) -> Option<String> {
        let rule = resolved.element.decided_by.as_ref()?;
        let number = |name: &str| self.values.get(name).filter(|text| !text.is_empty())?.parse::<f64>().ok();
        let threshold = number(&rule.threshold)?;
        Some(match number(&rule.measure) {
            None => rule.unmeasured.clone(),
            Some(measure) if measure >= threshold => rule.reached.clone(),
            Some(_) => rule.below.clone(),
        })
    }

    fn check_place(&self, resolved: &Resolved) -> Result<(), Fault> {
        for step in &resolved.path {
            let count = self.count(&step.concrete);
            if step.index > count || (resolved.element.fixed && step.index == count) {
                return Err(Fault::IndexSet);
            }
            if step.index == count && count >= step.limit {
                return Err(Fault::CollectionFull);
            }
        }
        Ok(())
    }

    fn check_value(&self, resolved: &Resolved, value: &str) -> Result<(), Fault> {
        let element = resolved.element;
        let Some(part) = self.table.kind(&element.kind).and_then(|kind| kind.format) else {
            return values::check(self.table, element, value);
        };
        let rule = self.format_of(resolved).map(|format| match part {
            FormatPart::Response => &format.response,
            FormatPart::Pattern => &format.pattern,
        });
        let good =
            values::fits(element, value) && rule.is_some_and(|rule| values::check_format(self.table, rule, value));
        if good { Ok(()) } else { Err(Fault::Type) }
    }

    /// Rules between the entries of one collection.
    fn check_kin(&self, resolved: &Resolved, name: &str, value: &str) -> Result<(), Fault> {
        let element = resolved.element;
        if element.immutable && self.values.get(name).is_some_and(|present| present != value) {
            return Err(Fault::Immutable);
        }
        let Some(own) = resolved.path.last() else { return Ok(()) };
        let format = if self.is_pattern(resolved) { self.format_of(resolved) } else { None };
        if own.index > 0 && format.is_some_and(|format| format.patterns == 1) {
            return Err(Fault::GeneralSet);
        }
        if let Some(format) = format.filter(|format| format.distinct) {
            // The type of the interaction says what is the same, and it may change: nothing is remembered of patterns.
            let others = (0..self.count(&own.concrete)).filter(|index| *index != own.index);
            let mut others = others.filter_map(|index| self.values.get(&format!("{}.{index}.pattern", own.concrete)));
            let is_told = others.any(|other| values::is_same(&format.pattern, other, value));
            return if is_told { Err(Fault::Duplicate) } else { Ok(()) };
        }
        if !element.unique {
            return Ok(());
        }
        let taken = rival_place(resolved, name).and_then(|place| self.taken.get(&place)?.get(value).copied());
        let is_own = self.values.get(name).is_some_and(|present| present == value);
        if taken.unwrap_or_default() > usize::from(is_own) { Err(Fault::Duplicate) } else { Ok(()) }
    }

    fn format_of(&self, resolved: &Resolved) -> Option<&'static InteractionFormat> {
        let entry = resolved.path.first()?;
        let kind = self.values.get(&format!("{}.{}.type", entry.concrete, entry.index))?;
        self.table.format(kind)
    }
}

/// Where a value stands beside those it may have to differ from: its collection and its leaf.
fn rival_place(resolved: &Resolved, name: &str) -> Option<String> {
    let own = resolved.path.last()?;
    let leaf = name.rsplit('.').next().unwrap_or_default();
    resolved.element.unique.then(|| format!("{}.{leaf}", own.concrete))
}

/// The entry of a collection that an element belongs to, in the order in which entries can be made; what is in no
/// collection comes first.
fn entry_of(name: &str) -> Vec<(&str, u64)> {
    let (mut place, mut entry, mut from) = (0, Vec::new(), 0);
    for part in name.split('.') {
        if part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty() {
            entry.push((&name[from..place], part.parse().unwrap_or(u64::MAX)));
            from = place + part.len();
        }
        place += part.len() + 1;
    }
    entry
}

/// `cmi.interactions.n.type` at the indices of the element being set.
fn placed(general: &str, resolved: &Resolved) -> String {
    let mut steps = resolved.path.iter();
    let parts: Vec<String> = general
        .split('.')
        .map(|part| match part {
            "n" => steps.next().map_or(0, |step| step.index).to_string(),
            other => other.to_owned(),
        })
        .collect();
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        version: Version,
        initial: Elements,
        #[serde(default)]
        access: HashMap<String, Access>,
        #[serde(default)]
        tolerance: Tolerance,
        steps: Vec<(String, String, String, u32)>,
    }

    #[test]
    fn the_cases_shared_with_the_launch_frame_hold_here_too() {
        let cases: Vec<Case> = serde_json::from_str(include_str!("data-model/cases.json")).unwrap();
        assert!(cases.len() > 10);
        for case in cases {
            let mut model = DataModel::new(case.version, &case.initial, case.access).tolerating(&case.tolerance);
            for (act, name, value, code) in case.steps {
                let place = format!("{}: {act} {name} {value:?}", case.name);
                let outcome = match act.as_str() {
                    "get" => model.get(&name).map(|found| assert_eq!(found, value, "{place}")),
                    _ => model.set(&name, &value),
                };
                assert_eq!(outcome.map_or_else(|fault| model.code(fault), |()| 0), code, "{place}");
            }
        }
    }

    #[test]
    fn a_commit_may_name_the_entries_of_a_collection_in_any_order() {
        let mut model = DataModel::new(Version::Scorm2004, &Elements::new(), HashMap::new());
        let refused = model.apply([
            ("cmi.interactions.1.id", "b"),
            ("cmi.interactions.0.type", "choice"),
            ("cmi.interactions.0.id", "a"),
            ("cmi.score.scaled", "3"),
            ("cmi.total_time", "PT9H"),
        ]);
        assert_eq!(refused, [("cmi.score.scaled", Fault::Range), ("cmi.total_time", Fault::ReadOnly)]);
        assert_eq!(model.count("cmi.interactions"), 2);
    }

    #[test]
    fn entries_that_must_differ_do_so_however_many_there_are_and_a_value_given_up_is_free_again() {
        let ids: Vec<String> = (0..1000).map(|index| format!("cmi.objectives.{index}.id")).collect();
        let values: Vec<String> = (0..1000).map(|index| format!("o-{}", index % 999)).collect();
        let told = ids.iter().zip(&values).map(|(name, value)| (name.as_str(), value.as_str()));
        let mut model = DataModel::new(Version::Scorm2004, &Elements::new(), HashMap::new());
        assert_eq!(model.apply(told), [("cmi.objectives.999.id", Fault::Duplicate)]);
        assert_eq!(model.count("cmi.objectives"), 999);
        // Saying it again is no duplicate; the same beside it is, also of what was there from the beginning.
        assert_eq!(model.set("cmi.objectives.3.id", "o-3"), Ok(()));
        let mut model = DataModel::new(Version::Scorm2004, &model.into_elements(), HashMap::new());
        assert_eq!(model.set("cmi.objectives.999.id", "o-3"), Err(Fault::Duplicate));

        let mut model = DataModel::new(Version::Scorm2004, &Elements::new(), HashMap::new());
        for (name, value, outcome) in [
            ("cmi.interactions.0.id", "i", Ok(())),
            ("cmi.interactions.0.type", "choice", Ok(())),
            ("cmi.interactions.0.correct_responses.0.pattern", "a", Ok(())),
            ("cmi.interactions.0.correct_responses.1.pattern", "a", Err(Fault::Duplicate)),
            ("cmi.interactions.0.correct_responses.1.pattern", "b", Ok(())),
            ("cmi.interactions.0.correct_responses.1.pattern", "c", Ok(())),
            ("cmi.interactions.0.correct_responses.0.pattern", "b", Ok(())),
            ("cmi.interactions.1.id", "j", Ok(())),
            ("cmi.interactions.1.type", "choice", Ok(())),
            ("cmi.interactions.1.correct_responses.0.pattern", "b", Ok(())),
        ] {
            assert_eq!(model.set(name, value), outcome, "{name} {value}");
        }
    }

    #[test]
    fn what_the_next_session_keeps_is_the_learners() {
        let elements = Elements::from(
            [("cmi.core.lesson_location", "7"), ("cmi.core.exit", "suspend"), ("cmi.suspend_data", "x")]
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        let kept = DataModel::kept(Version::Scorm12, &elements);
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["cmi.core.lesson_location", "cmi.suspend_data"]);
    }

    #[test]
    fn entries_told_in_reverse_are_taken_in_order_and_not_again_and_again() {
        let names: Vec<String> = (0..200).rev().map(|index| format!("cmi.interactions.{index}.id")).collect();
        let mut told: Vec<(&str, &str)> =
            vec![("cmi.interactions.3.objectives.0.id", "o"), ("cmi.interactions.3.type", "choice")];
        told.extend(names.iter().map(|name| (name.as_str(), "i")));
        let mut model = DataModel::new(Version::Scorm2004, &Elements::new(), HashMap::new());
        assert_eq!(model.apply(told), []);
        assert_eq!(model.count("cmi.interactions"), 200);
        assert_eq!(model.count("cmi.interactions.3.objectives"), 1);
        // What leaves a gap is refused once and for all.
        assert_eq!(model.apply([("cmi.interactions.9999.id", "i")]), [("cmi.interactions.9999.id", Fault::IndexSet)]);
    }
}
