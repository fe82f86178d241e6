//! xAPI Profiles: their documents, and what they make of statements.

use std::collections::HashMap;

use preau::xapi::json::Json;
use preau::xapi::profile::{Path, Profile};
use preau::xapi::{Refusal, read_profile};
use serde_json::Value;

use super::{Target, outcome, text, texts};

pub const PROFILE: Target = Target {
    name: "profile",
    run: profile,
    seeds: || texts(&[include_str!("../../it/lrs/site-visits.jsonld"), SMALL, "$.a['b',\"c\"][0,*]..d | e[*]"]),
    words: &[
        "\"id\":",
        "\"@type\":\"Profile\"",
        "\"templates\":[",
        "\"rules\":[{",
        "\"location\":\"$..*\"",
        "\"selector\":\"$[*,*]\"",
        "\"presence\":\"included\"",
        "\"presence\":\"recommended\"",
        "\"any\":[",
        "\"all\":[",
        "\"none\":[null]",
        "\"patterns\":[",
        "\"zeroOrMore\":\"https://p/b\"",
        "\"oneOrMore\":\"https://p/t\"",
        "\"optional\":",
        "\"alternates\":[\"https://p/t\",\"https://p/b\"]",
        "\"sequence\":[\"https://p/b\",\"https://p/b\"]",
        "\"inlineSchema\":\"{}\"",
        "\\\"$ref\\\":\\\"#\\\"",
        "\\\"pattern\\\":\\\"(a+)+$\\\"",
        "\\\"allOf\\\":[",
        "https://p/t",
        "https://p/a",
        "[*,*]",
        "..",
        "|",
        "$",
        "null",
        "{}",
        "[]",
        ",",
    ],
    tries: 3_000,
};

const SMALL: &str = r##"{"id":"https://p/","type":"Profile","prefLabel":{"fr":"P"},"definition":{"fr":"D"},
"versions":[{"id":"https://p/1","generatedAtTime":"2026-01-01"}],
"concepts":[{"id":"https://p/x","type":"ResultExtension","inlineSchema":"{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"type\":\"array\",\"items\":{\"pattern\":\"^a+$\"}}}}"}],
"templates":[{"id":"https://p/t","type":"StatementTemplate","prefLabel":{"fr":"T"},"verb":"https://p/v","rules":[{"location":"$.result..*","selector":"$[0]","presence":"recommended","any":[1.0,"a"],"all":[1,"a"],"none":[2]}]}],
"patterns":[{"id":"https://p/a","type":"Pattern","primary":true,"oneOrMore":"https://p/b"},{"id":"https://p/b","type":"Pattern","alternates":["https://p/t","https://p/c"]},{"id":"https://p/c","type":"Pattern","sequence":["https://p/t","https://p/t"]}]}"##;

const STATEMENTS: [&str; 3] = [
    r#"{"verb":{"id":"https://p/v"},"object":{"id":"https://p/o"},"result":{"extensions":{"https://p/x":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaab",1],"https://p/y":[[[[1]]]]}}}"#,
    r#"{"verb":{"id":"https://exemple.fr/xapi/verbes/visite"},"object":{"id":"https://p/o","definition":{"type":"https://exemple.fr/xapi/types/chantier"}},"context":{"extensions":{"https://exemple.fr/xapi/ext/meteo":{"ciel":"clair"}}}}"#,
    r#"{"verb":{"id":"https://p/v"},"object":{"objectType":"StatementRef","id":"fd41c918-b88b-4b20-a0a5-a4c32391aaa0"}}"#,
];

fn profile(bytes: &[u8]) -> u64 {
    let text = text(bytes);
    let statements = STATEMENTS.map(|statement| Json::parse(statement).expect("JSON").to_serde());
    // A place counts once, however often a path names it.
    let places = Path::parse(text).map(|path| path.values(&statements[0]).len());
    let most = size(&statements[0]);
    assert!(places.as_ref().is_ok_and(|places| *places <= most) || places.is_err());
    let came = match read_profile(text) {
        Ok(profile) => taken(&profile, &statements),
        Err(Refusal::Syntax(wrong)) => {
            assert!(wrong.offset <= text.len());
            outcome(wrong.reason)
        }
        Err(Refusal::Problems(problems)) => {
            assert!((1..=100).contains(&problems.len()), "{} problems told", problems.len());
            outcome(problems.iter().map(|problem| problem.rule).take(4).collect::<Vec<_>>())
        }
    };
    outcome((places, came))
}

fn taken(profile: &Profile, statements: &[Value]) -> u64 {
    let document: HashMap<&str, usize> =
        [("templates", profile.templates.len()), ("concepts", profile.concepts.len())].into();
    let mut told = Vec::new();
    let mut sequence = Vec::new();
    for statement in statements {
        let verdict = profile.judge(statement, &|_| Some(&statements[0]));
        for fault in &verdict.faults {
            // Where the profile demands it, and where in the statement.
            let mut place = fault.place.split('/').skip(1);
            let (list, index) = (place.next().expect("a list"), place.next().expect("an index"));
            assert!(index.parse::<usize>().is_ok_and(|index| index < document[list]), "{}", fault.place);
            assert!(statement.pointer(&fault.pointer).is_some(), "{fault:?}");
        }
        sequence.push(profile.templates_of(statement));
        told.push((verdict.templates.len(), verdict.faults.len()));
    }
    outcome((told, profile.course(&sequence) as u8, profile.course(&[]) as u8))
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum(),
        _ => 0,
    }
}
