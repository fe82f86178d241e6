//! A schema written from the standard, as a second opinion: what it says of a statement, and what the validator says.

use std::cell::Cell;

use jsonschema::Validator;
use preau::xapi::{Refusal, Version, parse};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::rules::{places, put_at, sub, whole};
use super::*;

/// Rules that compare what a statement says in two places; a schema has no words for them.
const BEYOND: [&str; 3] = ["score-range", "score-raw", "component-ids"];

/// The schema for an edition: 1.0.3 knows neither context agents and groups nor the version of the other.
fn schema(version: Version) -> Validator {
    let mut schema: Value = serde_json::from_str(include_str!("statement.schema.json")).expect("JSON");
    if version == Version::V1 {
        let context = schema["$defs"]["context"]["properties"].as_object_mut().expect("properties");
        context.retain(|key, _| !matches!(key.as_str(), "contextAgents" | "contextGroups"));
        schema["$defs"]["statement"]["properties"]["version"]["pattern"] = json!(r"^1\.0(\.\d+)?$");
    }
    jsonschema::validator_for(&schema).expect("a schema")
}

/// What may take the place of something: most of it belongs somewhere else.
fn values() -> Vec<Value> {
    let texts = [
        "",
        "x",
        "fr",
        "fr_FR",
        "http://example.fr/z",
        "http://a b",
        "mailto:a@b.fr",
        "mailto:a",
        "PT1M",
        "P4W1D",
        "text/plain",
        "choice",
        "6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
        "ebd31e95054c018b10727ccffd2ef2ec3a016ee9",
        "2026-11-21T10:00:00Z",
        "2026-11-21T10:00:00-00:00",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        vocabulary::VOIDED,
        "Agent",
        "Group",
        "Activity",
        "StatementRef",
        "SubStatement",
        "contextAgent",
        "1.0",
        "2.0.0",
        "3.0.0",
    ];
    let others = [
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(0.5),
        json!(1.5),
        json!({}),
        json!([]),
        json!(["x"]),
        json!({"fr": "x"}),
        json!({"http://x/y": null}),
        json!({"mbox": "mailto:a@b.fr"}),
        json!({"id": "http://example.fr/o"}),
        json!([{"id": "http://example.fr/o"}]),
        json!({"objectType": "Group", "member": [{"openid": "http://example.fr/o"}]}),
        json!({"objectType": "Agent", "openid": "http://example.fr/o"}),
        json!({"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}),
    ];
    texts.iter().map(|text| json!(text)).chain(others).collect()
}

const KEYS: [&str; 12] =
    ["id", "objectType", "name", "member", "mbox", "openid", "definition", "choices", "x", "fr", "http://x/y", "Actor"];

/// One change to a statement: at which of its places, and what.
#[derive(Clone, Debug)]
enum Change {
    Gone(usize),
    Replaced(usize, Value),
    /// The part at one place stands at another as well.
    Copied(usize, usize),
    Added(usize, &'static str, Value),
}

fn changes() -> impl Strategy<Value = Change> {
    let (place, value) = (|| 0..1_000_usize, || prop::sample::select(values()));
    prop_oneof![
        4 => place().prop_map(Change::Gone),
        2 => (place(), value()).prop_map(|(at, value)| Change::Replaced(at, value)),
        2 => (place(), place()).prop_map(|(from, to)| Change::Copied(from, to)),
        1 => (place(), prop::sample::select(KEYS.to_vec()), value()).prop_map(|(at, key, value)| Change::Added(at, key, value)),
    ]
}

fn change(statement: &mut Value, change: Change) {
    let mut found = Vec::new();
    places(statement, "", &mut found);
    let place = |at: usize| found[at % found.len()].clone();
    if found.is_empty() {
        return;
    }
    match change {
        Change::Gone(at) => {
            let place = place(at);
            let in_list = place.rsplit('/').next().is_some_and(|key| key.parse::<usize>().is_ok());
            put_at(statement, &place, in_list.then(|| json!({})));
        }
        Change::Replaced(at, value) => put_at(statement, &place(at), Some(value)),
        Change::Copied(from, to) => {
            let copy = statement.pointer(&place(from)).cloned();
            put_at(statement, &place(to), Some(copy.expect("it was found")));
        }
        Change::Added(at, key, value) => {
            if let Some(members) = statement.pointer_mut(&place(at)).and_then(Value::as_object_mut) {
                members.insert(key.to_owned(), value);
            }
        }
    }
}

/// A statement as good as can be, about one of the kinds of objects.
fn good() -> impl Strategy<Value = Value> {
    let parties = json!([{"objectType": "contextAgent", "agent": {"mbox": "mailto:t@example.fr"}, "relevantTypes": ["http://example.fr/tutrice"]}]);
    let groups =
        json!([{"objectType": "contextGroup", "group": {"objectType": "Group", "mbox": "mailto:g@example.fr"}}]);
    (0..6_usize, any::<bool>()).prop_map(move |(kind, is_modern)| {
        let mut good = whole();
        put_at(&mut good, "/id", Some(json!("fd41c918-b88b-4b20-a0a5-a4c32391aaa0")));
        put_at(&mut good, "/version", Some(json!("1.0.3")));
        put_at(
            &mut good,
            "/authority",
            Some(json!({"objectType": "Group", "member": [{"mbox": "mailto:a@b.fr"}, {"mbox": "mailto:c@b.fr"}]})),
        );
        if is_modern {
            put_at(&mut good, "/context/contextAgents", Some(parties.clone()));
            put_at(&mut good, "/context/contextGroups", Some(groups.clone()));
        }
        let object = match kind {
            0 => json!({"objectType": "Agent", "account": {"homePage": "http://example.fr", "name": "a"}}),
            1 => json!({"objectType": "Group", "name": "G", "member": [{"mbox": "mailto:a@b.fr"}]}),
            2 => json!({"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}),
            3 => sub(&whole())["object"].clone(),
            _ => return good,
        };
        put_at(&mut good, "/object", Some(object));
        put_at(&mut good, "/context/revision", None);
        put_at(&mut good, "/context/platform", None);
        good
    })
}

#[test]
fn the_validator_and_a_schema_of_the_standard_agree_on_good_and_damaged_statements() {
    let schemas = [Version::V1, Version::V2].map(|version| (version, schema(version)));
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner =
        TestRunner::new_with_rng(Config { cases: 4_000, failure_persistence: None, ..Config::default() }, rng);
    let (taken, refused) = (Cell::new(0), Cell::new(0));
    let statements = (good(), prop::collection::vec(changes(), 0..5)).prop_map(|(mut statement, all)| {
        all.into_iter().for_each(|one| change(&mut statement, one));
        statement
    });
    runner
        .run(&statements, |statement| {
            let text = statement.to_string();
            for (version, schema) in &schemas {
                let problems = match parse(&text, *version) {
                    Ok(_) => Vec::new(),
                    Err(Refusal::Problems(problems)) => problems,
                    Err(Refusal::Syntax(error)) => panic!("{error}"),
                };
                let sayable: Vec<_> = problems.iter().filter(|problem| !BEYOND.contains(&problem.rule)).collect();
                let errors: Vec<String> =
                    schema.iter_errors(&statement).map(|error| format!("{}: {error}", error.instance_path())).collect();
                prop_assert_eq!(
                    sayable.is_empty(),
                    errors.is_empty(),
                    "{:?}: {}\nthe validator: {:?}\nthe schema: {:?}",
                    version,
                    text,
                    sayable,
                    errors
                );
                let count = if problems.is_empty() { &taken } else { &refused };
                count.set(count.get() + 1);
            }
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert!(
        taken.get() > 800 && refused.get() > 3_000,
        "{} taken, {} refused: both must be tried",
        taken.get(),
        refused.get()
    );
}
