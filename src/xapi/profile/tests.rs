//! Profiles: what their documents must be, what statements must keep, and in which order they may come.

use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::pattern::Element;
use super::*;
use crate::xapi::{Refusal, read_profile};

const VISITS: &str = include_str!("../../../tests/it/lrs/site-visits.jsonld");

fn visits() -> Profile {
    read_profile(VISITS).expect("the example is a profile")
}

/// The example with some of its members changed.
fn changed(pointer: &str, value: Value) -> Vec<(String, &'static str)> {
    let mut document: Value = serde_json::from_str(VISITS).expect("JSON");
    *document.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} is in the example")) = value;
    match read_profile(&document.to_string()) {
        Ok(_) => Vec::new(),
        Err(Refusal::Problems(problems)) => problems.into_iter().map(|wrong| (wrong.pointer, wrong.rule)).collect(),
        Err(Refusal::Syntax(wrong)) => panic!("{wrong}"),
    }
}

#[test]
fn a_document_is_read_with_the_version_made_last() {
    let profile = visits();
    assert_eq!(
        (profile.id.as_str(), profile.version.as_str()),
        ("https://exemple.fr/xapi/visites", "https://exemple.fr/xapi/visites/v2")
    );
    assert_eq!((profile.concepts.len(), profile.templates.len(), profile.patterns.len()), (7, 3, 2));
    assert!(profile.has_order());
    let draft = VISITS.replace("\"id\":", "\"@id\":").replace("\"type\":", "\"@type\":");
    let draft = draft.replace("\"@type\": \"StatementTemplate\",", "").replace("\"presence\":", "\"rule\":");
    assert_eq!(read_profile(&draft).expect("the names of the drafts").version, profile.version);
}

#[test]
fn what_is_wrong_is_told_where_it_stands() {
    for (pointer, value, rule) in [
        ("/type", json!("Concept"), "type"),
        ("/versions", json!([]), "required"),
        ("/versions/0/generatedAtTime", json!("hier"), "timestamp"),
        ("/prefLabel", json!("Visites"), "language-map"),
        ("/concepts/4/inlineSchema", json!("{\"type\":\"temps\"}"), "schema"),
        ("/concepts/0/type", json!("Adverb"), "type"),
        ("/templates/0/verb", json!("visite"), "iri"),
        ("/templates/0/rules/0/location", json!("$[?(@.x)]"), "path"),
        ("/templates/0/rules/0/presence", json!("always"), "presence"),
        ("/templates/1/rules/1/all", json!("fr"), "array"),
        ("/concepts", Value::Null, "null"),
    ] {
        assert_eq!(changed(pointer, value), [(pointer.to_owned(), rule)]);
    }
    for (pointer, value, told) in [
        (
            "/templates/1/contextStatementRefTemplate",
            json!(["https://exemple.fr/autre"]),
            ("/templates/1", "template-unknown"),
        ),
        ("/templates/1/id", json!("https://exemple.fr/xapi/modeles/visite"), ("/templates/1", "id-twice")),
        ("/patterns/1/zeroOrMore", json!("https://exemple.fr/autre"), ("/patterns/1", "part-unknown")),
        (
            "/patterns/1/zeroOrMore",
            json!("https://exemple.fr/xapi/enchainements/visite"),
            ("/patterns/0", "pattern-circle"),
        ),
        ("/templates/0/rules/0", json!({"location": "$.actor"}), ("/templates/0/rules/0", "rule-empty")),
        ("/patterns/1", json!({"id": "https://exemple.fr/x", "type": "Pattern"}), ("/patterns/1", "pattern")),
    ] {
        let found = changed(pointer, value);
        assert!(found.contains(&(told.0.to_owned(), told.1)), "{pointer}: {found:?}");
    }
}

/// An arrival that keeps to the example.
fn arrival() -> Value {
    json!({
        "verb": {"id": "https://exemple.fr/xapi/verbes/visite"},
        "object": {"id": "https://exemple.fr/pont", "definition": {"type": "https://exemple.fr/xapi/types/chantier"}},
        "context": {
            "extensions": {"https://exemple.fr/xapi/ext/meteo": {"ciel": "pluie", "degres": 7}},
            "contextActivities": {"category": [{"id": "https://exemple.fr/xapi/visites/v2"}]}
        }
    })
}

fn danger() -> Value {
    json!({
        "verb": {"id": "https://exemple.fr/xapi/verbes/signale"},
        "object": {"id": "https://exemple.fr/garde-corps"},
        "result": {"extensions": {"https://exemple.fr/xapi/ext/gravite": 3}},
        "context": {
            "language": "fr",
            "statement": {"objectType": "StatementRef", "id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"},
            "contextActivities": {"parent": [
                {"id": "https://exemple.fr/pont", "definition": {"type": "https://exemple.fr/xapi/types/chantier", "name": {"fr": "Pont"}}}
            ]}
        }
    })
}

/// What the example finds in a statement, as `place pointer`; `referred` is the one statement that is stored.
fn told(statement: &Value, referred: Option<&Value>) -> (Vec<usize>, Vec<String>) {
    let verdict = visits().judge(statement, &|_| referred);
    let faults = verdict.faults.iter().map(|fault| format!("{} {}", fault.place, fault.pointer));
    (verdict.templates, faults.collect())
}

#[test]
fn statements_are_held_to_the_rules_of_the_templates_they_match() {
    const METEO: &str = "/context/extensions/https:~1~1exemple.fr~1xapi~1ext~1meteo";
    assert_eq!(told(&arrival(), None), (vec![0], vec![]));
    assert_eq!(told(&danger(), None), (vec![1], vec![]), "a statement that is not stored yet is not missed");
    assert_eq!(told(&danger(), Some(&arrival())), (vec![1], vec![]));
    assert_eq!(told(&danger(), Some(&danger())).1, ["/templates/1/contextStatementRefTemplate /context/statement"]);

    let with = |statement: Value, pointer: &str, value: Value| -> Vec<String> {
        let mut statement = statement;
        let (holder, key) = pointer.rsplit_once('/').expect("a pointer");
        let holder = statement.pointer_mut(holder).and_then(Value::as_object_mut).expect("an object");
        match value {
            Value::Null => _ = holder.shift_remove(key),
            value => _ = holder.insert(key.to_owned(), value),
        }
        told(&statement, None).1
    };
    assert_eq!(with(arrival(), "/context/extensions", Value::Null), ["/templates/0/rules/0 "]);
    assert_eq!(with(arrival(), "/result", json!({"completion": false})), ["/templates/0/rules/2 /result/completion"]);
    assert_eq!(with(arrival(), "/context/platform", json!("Carnet")), [""; 0], "a recommended value that is right");
    assert_eq!(with(arrival(), "/context/platform", json!("Autre")), ["/templates/0/rules/1 /context/platform"]);
    assert_eq!(with(danger(), "/context/language", json!("en")), ["/templates/1/rules/1 /context/language"]);
    assert_eq!(with(danger(), "/context/language", Value::Null), [""; 0], "`all` of nothing");
    assert_eq!(
        with(danger(), "/object/definition", json!({"type": "https://exemple.fr/xapi/types/chantier"})),
        ["/templates/1/rules/2 /object/definition/type"]
    );
    let nameless =
        json!([{"id": "https://exemple.fr/pont", "definition": {"type": "https://exemple.fr/xapi/types/chantier"}}]);
    assert_eq!(
        with(danger(), "/context/contextActivities/parent", nameless),
        ["/templates/1/rules/0 /context/contextActivities/parent/0"],
        "a selector that finds nothing is a value that cannot be matched"
    );

    assert_eq!(
        with(arrival(), "/context/extensions", json!({"https://exemple.fr/xapi/ext/meteo": {"ciel": "neige"}})),
        [format!("/concepts/4/inlineSchema {METEO}/ciel")]
    );
    assert_eq!(
        with(danger(), "/context/extensions", json!({"https://exemple.fr/xapi/ext/gravite": 3})),
        ["/concepts/5/type /context/extensions/https:~1~1exemple.fr~1xapi~1ext~1gravite"]
    );
}

#[test]
fn a_statement_without_a_determining_property_matches_nothing() {
    let mut other = arrival();
    other["object"]["definition"]["type"] = json!("https://exemple.fr/xapi/types/bureau");
    assert_eq!(told(&other, None), (vec![], vec![]));
    let claims = |claim: &str| Profile::is_claimed(&arrival(), &[claim.to_owned()]);
    assert!(claims("https://exemple.fr/xapi/visites/v2") && !claims("https://exemple.fr/xapi/visites/v1"));
    assert!(!Profile::is_claimed(&danger(), &["https://exemple.fr/pont".to_owned()]), "a parent is no category");
}

#[test]
fn numbers_are_compared_by_what_they_are_worth() {
    let rule = json!({"location": "$.result.score.raw", "any": [1]});
    let mut document: Value = serde_json::from_str(VISITS).expect("JSON");
    document["templates"][2]["rules"] = json!([rule]);
    let profile = read_profile(&document.to_string()).expect("a profile");
    let leave = |raw: Value| {
        let statement =
            json!({"verb": {"id": "https://exemple.fr/xapi/verbes/quitte"}, "result": {"score": {"raw": raw}}});
        profile.judge(&statement, &|_| None).faults.len()
    };
    assert_eq!((leave(json!(1)), leave(json!(1.0)), leave(json!("1")), leave(Value::Null)), (0, 0, 1, 1));
}

fn iri(name: &str) -> String {
    format!("https://x.fr/{name}")
}

fn course(patterns: &[Pattern], statements: &[&str]) -> Course {
    let mut profile = visits();
    profile.patterns = patterns.iter().map(copy).collect();
    let names: Vec<Vec<String>> = statements.iter().map(|name| vec![iri(name)]).collect();
    let templates: Vec<Vec<&str>> = names.iter().map(|names| names.iter().map(String::as_str).collect()).collect();
    profile.course(&templates)
}

fn copy(pattern: &Pattern) -> Pattern {
    Pattern {
        id: pattern.id.clone(),
        name: pattern.name.clone(),
        is_primary: pattern.is_primary,
        element: pattern.element.clone(),
    }
}

#[test]
fn a_visit_begins_goes_on_and_ends() {
    let order = |statements: &[&str]| {
        let of: HashMap<&str, &str> = [
            ("arrive", "https://exemple.fr/xapi/modeles/visite"),
            ("signale", "https://exemple.fr/xapi/modeles/signalement"),
            ("quitte", "https://exemple.fr/xapi/modeles/depart"),
            ("autre", "https://exemple.fr/autre"),
        ]
        .into();
        visits().course(&statements.iter().map(|name| vec![of[name]]).collect::<Vec<_>>())
    };
    assert_eq!(order(&["arrive", "quitte"]), Course::Followed);
    assert_eq!(order(&["arrive", "signale", "signale", "quitte"]), Course::Followed);
    assert_eq!(order(&["arrive", "signale"]), Course::Begun);
    assert_eq!(order(&[]), Course::Begun);
    assert_eq!(order(&["arrive", "quitte", "signale"]), Course::Broken);
    assert_eq!(order(&["arrive", "autre"]), Course::Broken);
    assert_eq!(order(&["signale", "arrive"]), Course::Broken);
}

#[test]
fn a_pattern_that_doubles_at_each_level_is_cheap() {
    let mut patterns: Vec<Pattern> = (0..45)
        .map(|level| {
            let next = iri(&format!("p{}", level + 1));
            let element = Element::Sequence(vec![next.clone(), next]);
            Pattern { id: iri(&format!("p{level}")), name: LanguageMap::default(), is_primary: level == 0, element }
        })
        .collect();
    patterns.push(Pattern {
        id: iri("p45"),
        name: LanguageMap::default(),
        is_primary: false,
        element: Element::Optional(iri("t")),
    });
    assert_eq!(circle(&patterns, 50), None);
    assert!(circle(&patterns, 40).is_some());
    assert_eq!(course(&patterns, &["t", "t", "t"]), Course::Followed);
    assert_eq!(course(&patterns, &["t", "u"]), Course::Broken);
}

/// The algorithm of Communication 2.2 as it is written there, without memory: what it answers is right, however long it takes.
mod specification {
    use super::*;

    #[derive(Clone, Copy, PartialEq, Debug)]
    pub enum Found {
        Success,
        Partial,
        Failure,
    }

    pub fn matches<'s>(patterns: &[Pattern], statements: &'s [&'s str], id: &str) -> (Found, &'s [&'s str]) {
        let Some(pattern) = patterns.iter().find(|pattern| pattern.id == id) else {
            return match statements {
                [] => (Found::Partial, &[]),
                [first, rest @ ..] if iri(first) == id => (Found::Success, rest),
                _ => (Found::Failure, statements),
            };
        };
        match &pattern.element {
            Element::Sequence(parts) => {
                let mut next = statements;
                for part in parts {
                    match matches(patterns, next, part) {
                        (Found::Failure, _) => return (Found::Failure, statements),
                        (Found::Partial, _) => return (Found::Partial, &[]),
                        (Found::Success, rest) => next = rest,
                    }
                }
                (Found::Success, next)
            }
            Element::Alternates(parts) => {
                let (mut found, mut next) = (Found::Failure, statements);
                for part in parts {
                    let (maybe, rest) = matches(patterns, statements, part);
                    if maybe == Found::Success {
                        found = Found::Success;
                        if rest.len() < next.len() {
                            next = rest;
                        }
                    }
                    if maybe == Found::Partial && found == Found::Failure {
                        found = Found::Partial;
                    }
                }
                if found == Found::Partial { (Found::Partial, &[]) } else { (found, next) }
            }
            Element::OneOrMore(part) => {
                let (mut found, mut last) = (Found::Failure, statements);
                loop {
                    let (once, next) = matches(patterns, last, part);
                    match once {
                        Found::Success => found = Found::Success,
                        Found::Partial if found == Found::Failure => return (Found::Partial, &[]),
                        Found::Partial if !last.is_empty() => return (Found::Partial, last),
                        _ => return (found, last),
                    }
                    if next.len() == last.len() {
                        return (Found::Success, next);
                    }
                    last = next;
                }
            }
            Element::ZeroOrMore(part) => {
                let mut last = statements;
                loop {
                    let (once, next) = matches(patterns, last, part);
                    if once == Found::Failure {
                        return (Found::Success, last);
                    }
                    if once == Found::Partial && !last.is_empty() {
                        return (Found::Partial, last);
                    }
                    if next.len() == last.len() {
                        return (Found::Success, next);
                    }
                    last = next;
                }
            }
            Element::Optional(part) => {
                if statements.is_empty() {
                    return (Found::Success, &[]);
                }
                match matches(patterns, statements, part) {
                    (Found::Failure, _) => (Found::Success, statements),
                    matched => matched,
                }
            }
        }
    }
}

/// Patterns of which each names later ones and templates only. Optional parts do not stand directly in alternates, where the
/// specification leaves open what happens (Structure 9).
fn any_patterns() -> impl Strategy<Value = Vec<Pattern>> {
    let part = |level: usize| {
        prop_oneof![
            2 => prop::sample::select(vec!["a", "b", "c"]).prop_map(iri),
            3 => (level + 1..7_usize).prop_map(|other| iri(&format!("p{other}"))),
        ]
    };
    let pattern = move |level: usize| {
        let parts = || prop::collection::vec(part(level), 2..4);
        prop_oneof![
            3 => parts().prop_map(Element::Sequence),
            2 => prop::collection::vec(prop::sample::select(vec!["a", "b", "c"]).prop_map(iri), 2..4).prop_map(Element::Alternates),
            1 => part(level).prop_map(Element::Optional),
            1 => part(level).prop_map(Element::OneOrMore),
            1 => part(level).prop_map(Element::ZeroOrMore),
        ]
        .prop_map(move |element| Pattern {
            id: iri(&format!("p{level}")),
            name: LanguageMap::default(),
            is_primary: level == 0,
            element,
        })
    };
    let last = prop::sample::select(vec!["a", "b"]).prop_map(|name| Pattern {
        id: iri("p6"),
        name: LanguageMap::default(),
        is_primary: false,
        element: Element::OneOrMore(iri(name)),
    });
    (pattern(0), pattern(1), pattern(2), pattern(3), pattern(4), pattern(5), last)
        .prop_map(|(a, b, c, d, e, f, g)| vec![a, b, c, d, e, f, g])
}

proptest! {
    #[test]
    fn patterns_are_matched_as_the_specification_writes_it(
        patterns in any_patterns(),
        statements in prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "d"]), 0..8),
    ) {
        let expected = match specification::matches(&patterns, &statements, &iri("p0")) {
            (specification::Found::Success, []) => Course::Followed,
            // "Partial, non empty": so far in order, and what is left may be the beginning of one more.
            (specification::Found::Partial, _) => Course::Begun,
            _ => Course::Broken,
        };
        prop_assert_eq!(course(&patterns, &statements), expected);
    }
}
