//! Reads `imsss:sequencing` with the extensions of `adlseq`. What is missing or unreadable keeps its default.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::settings::{
    Action, After, Before, Carried, ChildSet, Clause, Condition, Conditions, Considered, ControlMode, Draw, Map,
    Objective, ObjectiveSettings, RollupRule, Rules, Settings, Timing,
};

/// An XML element of the manifest's sequencing, names without namespace.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    fn text_of(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(|value| value.trim())
    }

    fn flag(&self, attribute: &str, default: bool) -> bool {
        match self.text_of(attribute) {
            Some("true" | "1") => true,
            Some("false" | "0") => false,
            _ => default,
        }
    }

    fn number(&self, attribute: &str) -> Option<f64> {
        self.text_of(attribute)?.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// A whole number; what is larger than any tree is as good as the largest.
    fn count(&self, attribute: &str) -> Option<usize> {
        self.number(attribute).map(|number| number.max(0.0) as usize)
    }
}

impl Settings {
    /// Reads the sequencing of one activity.
    pub fn read(sequencing: &Element) -> Self {
        let mut settings = Self::default();
        if let Some(control) = sequencing.child("controlMode") {
            settings.control = read_control(control);
        }
        if let Some(rules) = sequencing.child("rollupRules") {
            settings.rollup_objective = rules.flag("rollupObjectiveSatisfied", true);
            settings.rollup_progress = rules.flag("rollupProgressCompletion", true);
            settings.measure_weight = rules.number("objectiveMeasureWeight").unwrap_or(1.0).clamp(0.0, 1.0);
            settings.rollup = rules.all("rollupRule").filter_map(read_rollup).collect();
        }
        settings.read_objectives(sequencing);
        if let Some(rules) = sequencing.child("sequencingRules") {
            settings.rules = read_rules(rules, &settings);
        }
        if let Some(limits) = sequencing.child("limitConditions") {
            let attempts = limits.count("attemptLimit").map(|count| u32::try_from(count).unwrap_or(u32::MAX));
            settings.attempt_limit = attempts;
            settings.attempt_duration = limits.text_of("attemptAbsoluteDurationLimit").map(str::to_owned);
        }
        if let Some(controls) = sequencing.child("randomizationControls") {
            settings.draw = Draw {
                selection: read_timing(controls.text_of("selectionTiming")),
                count: controls.count("selectCount"),
                randomization: read_timing(controls.text_of("randomizationTiming")),
                reorder: controls.flag("reorderChildren", false),
            };
        }
        if let Some(considerations) = sequencing.child("rollupConsiderations") {
            let read = |name| read_considered(considerations.text_of(name));
            settings.required_for_satisfied = read("requiredForSatisfied");
            settings.required_for_not_satisfied = read("requiredForNotSatisfied");
            settings.required_for_completed = read("requiredForCompleted");
            settings.required_for_incomplete = read("requiredForIncomplete");
            settings.measure_if_active = considerations.flag("measureSatisfactionIfActive", true);
        }
        if let Some(delivery) = sequencing.child("deliveryControls") {
            settings.tracked = delivery.flag("tracked", true);
            settings.completion_set_by_content = delivery.flag("completionSetByContent", false);
            settings.objective_set_by_content = delivery.flag("objectiveSetByContent", false);
        }
        if let Some(choice) = sequencing.child("constrainedChoiceConsiderations") {
            settings.prevent_activation = choice.flag("preventActivation", false);
            settings.constrain_choice = choice.flag("constrainChoice", false);
        }
        settings
    }

    /// `imsss:objectives` has the primary objective; `adlseq:objectives`, which has none, adds maps to what is there.
    fn read_objectives(&mut self, sequencing: &Element) {
        let is_own = |all: &&Element| all.child("primaryObjective").is_some();
        for all in sequencing.all("objectives").filter(is_own) {
            for objective in &all.children {
                match objective.name.as_str() {
                    "primaryObjective" => self.primary = read_objective(objective),
                    "objective" => self.objectives.push(read_objective(objective)),
                    _ => {}
                }
            }
        }
        for all in sequencing.all("objectives").filter(|all| !is_own(all)) {
            for more in all.all("objective") {
                let Some(id) = more.text_of("objectiveID") else { continue };
                let maps = more.all("mapInfo").filter_map(read_more_map);
                match self.objective_named(id) {
                    Objective::Primary => self.primary.maps.extend(maps),
                    Objective::Other(place) => self.objectives[place].maps.extend(maps),
                    Objective::Unknown => {}
                }
            }
        }
    }
}

fn read_control(control: &Element) -> ControlMode {
    ControlMode {
        choice: control.flag("choice", true),
        choice_exit: control.flag("choiceExit", true),
        flow: control.flag("flow", false),
        forward_only: control.flag("forwardOnly", false),
        current_objectives_only: control.flag("useCurrentAttemptObjectiveInfo", true),
        current_progress_only: control.flag("useCurrentAttemptProgressInfo", true),
    }
}

fn read_objective(objective: &Element) -> ObjectiveSettings {
    let minimum = objective.child("minNormalizedMeasure").and_then(|measure| measure.text.trim().parse().ok());
    ObjectiveSettings {
        id: objective.text_of("objectiveID").filter(|id| !id.is_empty()).map(str::to_owned),
        satisfied_by_measure: objective.flag("satisfiedByMeasure", false),
        minimum_measure: minimum.filter(|minimum: &f64| minimum.is_finite()).unwrap_or(1.0).clamp(-1.0, 1.0),
        maps: objective.all("mapInfo").filter_map(read_map).collect(),
    }
}

/// `imsss:mapInfo`: status and measure, read unless it says otherwise.
fn read_map(map: &Element) -> Option<Map> {
    let carried = |satisfied, measure| Carried { satisfied, measure, ..Carried::default() };
    Some(Map {
        target: map.text_of("targetObjectiveID")?.to_owned(),
        read: carried(map.flag("readSatisfiedStatus", true), map.flag("readNormalizedMeasure", true)),
        write: carried(map.flag("writeSatisfiedStatus", false), map.flag("writeNormalizedMeasure", false)),
    })
}

/// `adlseq:mapInfo` (4th Edition): scores, completion and progress, read unless it says otherwise.
fn read_more_map(map: &Element) -> Option<Map> {
    let carried = |verb: &str, default| {
        let flag = |value: &str| map.flag(&format!("{verb}{value}"), default);
        Carried {
            raw: flag("RawScore"),
            min: flag("MinScore"),
            max: flag("MaxScore"),
            completed: flag("CompletionStatus"),
            progress: flag("ProgressMeasure"),
            ..Carried::default()
        }
    };
    let target = map.text_of("targetObjectiveID")?.to_owned();
    Some(Map { target, read: carried("read", true), write: carried("write", false) })
}

fn read_rules(rules: &Element, settings: &Settings) -> Rules {
    let conditions = |rule: &Element| {
        let conditions = rule.child("ruleConditions");
        let clauses = conditions.into_iter().flat_map(|all| all.all("ruleCondition"));
        Conditions {
            all: conditions.and_then(|all| all.text_of("conditionCombination")) != Some("any"),
            clauses: clauses.map(|clause| read_clause(clause, settings)).collect(),
        }
    };
    fn action(rule: &Element) -> &str {
        rule.child("ruleAction").and_then(|action| action.text_of("action")).unwrap_or_default()
    }
    let before = |rule: &Element| {
        let action = match action(rule) {
            "skip" => Before::Skip,
            "disabled" => Before::Disabled,
            "hiddenFromChoice" => Before::HiddenFromChoice,
            "stopForwardTraversal" => Before::StopForwardTraversal,
            _ => return None,
        };
        Some((action, conditions(rule)))
    };
    let after = |rule: &Element| {
        let action = match action(rule) {
            "exitParent" => After::ExitParent,
            "exitAll" => After::ExitAll,
            "retry" => After::Retry,
            "retryAll" => After::RetryAll,
            "continue" => After::Continue,
            "previous" => After::Previous,
            _ => return None,
        };
        Some((action, conditions(rule)))
    };
    Rules {
        before: rules.all("preConditionRule").filter_map(before).collect(),
        after: rules.all("postConditionRule").filter_map(after).collect(),
        exit: rules.all("exitConditionRule").filter(|rule| action(rule) == "exit").map(conditions).collect(),
    }
}

fn read_clause(clause: &Element, settings: &Settings) -> Clause {
    let referenced = clause.text_of("referencedObjective").filter(|id| !id.is_empty());
    Clause {
        condition: read_condition(clause),
        negated: clause.text_of("operator") == Some("not"),
        objective: referenced.map_or(Objective::Primary, |id| settings.objective_named(id)),
    }
}

fn read_condition(clause: &Element) -> Condition {
    let threshold = clause.number("measureThreshold").unwrap_or(0.0);
    match clause.text_of("condition") {
        Some("satisfied") => Condition::Satisfied,
        Some("objectiveStatusKnown") => Condition::ObjectiveStatusKnown,
        Some("objectiveMeasureKnown") => Condition::ObjectiveMeasureKnown,
        Some("objectiveMeasureGreaterThan") => Condition::MeasureAbove(threshold),
        Some("objectiveMeasureLessThan") => Condition::MeasureBelow(threshold),
        Some("completed") => Condition::Completed,
        Some("activityProgressKnown") => Condition::ActivityProgressKnown,
        Some("attempted") => Condition::Attempted,
        Some("attemptLimitExceeded") => Condition::AttemptLimitExceeded,
        Some("always") => Condition::Always,
        Some("never") => Condition::Never,
        _ => Condition::Untracked,
    }
}

fn read_rollup(rule: &Element) -> Option<RollupRule> {
    let action = match rule.child("rollupAction")?.text_of("action")? {
        "satisfied" => Action::Satisfied,
        "notSatisfied" => Action::NotSatisfied,
        "completed" => Action::Completed,
        "incomplete" => Action::Incomplete,
        _ => return None,
    };
    let children = match rule.text_of("childActivitySet") {
        Some("any") => ChildSet::Any,
        Some("none") => ChildSet::None,
        Some("atLeastCount") => ChildSet::AtLeastCount(rule.count("minimumCount").unwrap_or(0)),
        Some("atLeastPercent") => ChildSet::AtLeastPercent(rule.number("minimumPercent").unwrap_or(0.0)),
        _ => ChildSet::All,
    };
    let conditions = rule.child("rollupConditions")?;
    let clause = |clause: &Element| Clause {
        condition: read_condition(clause),
        negated: clause.text_of("operator") == Some("not"),
        objective: Objective::Primary,
    };
    let conditions = Conditions {
        all: conditions.text_of("conditionCombination") == Some("all"),
        clauses: conditions.all("rollupCondition").map(clause).collect(),
    };
    Some(RollupRule { children, conditions, action })
}

fn read_considered(word: Option<&str>) -> Considered {
    match word {
        Some("ifAttempted") => Considered::IfAttempted,
        Some("ifNotSkipped") => Considered::IfNotSkipped,
        Some("ifNotSuspended") => Considered::IfNotSuspended,
        _ => Considered::Always,
    }
}

fn read_timing(word: Option<&str>) -> Timing {
    match word {
        Some("once") => Timing::Once,
        Some("onEachNewAttempt") => Timing::OnEachNewAttempt,
        _ => Timing::Never,
    }
}
