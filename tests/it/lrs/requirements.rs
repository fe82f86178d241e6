//! What the standard asks, rule by rule, and the tests that show it: `requirements.tsv`, kept whole and true.
//!
//! `XAPI-00001` to `XAPI-00336` are the numbers of ADL's list of requirements, which its conformance suites test for 1.0.3 and
//! 2.0; what only the suite of 2.0 tests and does not number has the section of IEEE 9274.1.1 and a word for a name. What 1.0.3 says
//! of OAuth (Communication 4) is in no list and in no suite: each scope has its name, the rest `oauth` and a word.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use preau::lrs::Scope;

use crate::support::requirements;

const TABLE: &str = include_str!("requirements.tsv");

/// The last number of the list.
const LAST: u32 = 336;

/// Numbers of the list under which nothing can be asked of a server: withdrawn, said under another number, or asked of clients.
const NOTHING_ASKED: [u32; 28] = [
    136, 137, 138, 140, 141, 152, 185, 186, 205, 222, 223, 224, 225, 226, 228, 246, 247, 276, 277, 304, 305, 306, 307,
    320, 323, 327, 328, 329,
];

/// What the suite of 2.0 tests without a number.
const NAMED: [&str; 22] = [
    "data:activity-definition",
    "data:default-object-type",
    "data:sub-statement-type",
    "data:attachment-object",
    "4.1.3:message-without-files",
    "4.1.6.1:last-modified",
    "4.1.6.1:repeated-id",
    "4.1.6.1:unknown-member",
    "4.1.6.1:no-timestamp",
    "4.1.6.1:future",
    "4.1.6.2:last-modified",
    "4.1.6.4:unknown-activity",
    "4.2.2:context-agents",
    "4.2.2:context-agent",
    "4.2.2:context-groups",
    "4.2.2:context-group",
    "4.2.4.1:unknown-target",
    "4.2.7:iris",
    "4.2.7:duration-digits",
    "4.2.7:duration-kept",
    "4.2.7:duration-signed",
    "4.2.7:timestamp-offset",
];

/// What is asked of who lets clients in by OAuth, beside the scopes.
const OAUTH: [&str; 4] = ["oauth:bearer", "oauth:authority", "oauth:narrower", "oauth:lacking"];

struct Row {
    id: &'static str,
    versions: &'static [&'static str],
    tests: &'static str,
}

fn rows() -> Vec<Row> {
    let read = |line: &'static str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [id, versions, sentence, tests] = columns.as_slice() else { panic!("four columns: {line}") };
        assert!(!sentence.is_empty(), "{id} says nothing");
        let versions: &[&str] = match *versions {
            "both" => &["1.0.3", "2.0"],
            "1.0.3" => &["1.0.3"],
            "2.0" => &["2.0"],
            other => panic!("{id}: {other} is no version"),
        };
        Row { id, versions, tests }
    };
    TABLE.lines().skip(1).map(read).collect()
}

fn number(count: u32) -> String {
    format!("XAPI-{count:05}")
}

#[test]
fn every_requirement_of_the_standard_names_the_tests_that_show_it() {
    let mut seen = HashSet::new();
    let mut wrong = Vec::new();
    for row in rows() {
        for version in row.versions {
            if !seen.insert((row.id, *version)) {
                wrong.push(format!("{} stands twice for {version}", row.id));
            }
        }
    }
    wrong.extend(requirements::unknown_tests(rows().into_iter().map(|row| (row.id, row.tests))));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_requirement_is_missing() {
    let listed: BTreeSet<String> = rows().into_iter().map(|row| row.id.to_owned()).collect();
    let mut wanted: BTreeSet<String> = (1..=LAST).filter(|count| !NOTHING_ASKED.contains(count)).map(number).collect();
    wanted.extend(NAMED.map(str::to_owned));
    wanted.extend(OAUTH.map(str::to_owned));
    wanted.extend(Scope::EVERY.map(|scope| format!("scope:{}", scope.name())));
    assert_eq!(wanted.difference(&listed).collect::<Vec<_>>(), [""; 0], "missing");
    assert_eq!(listed.difference(&wanted).collect::<Vec<_>>(), [""; 0], "of no list");
}

#[test]
fn the_rules_of_statements_are_named_where_they_are_enforced() {
    let mut folders = vec![
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/xapi"),
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lrs"),
    ];
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the sources") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text += &std::fs::read_to_string(path).expect("readable source");
            }
        }
    }
    let data = (1..=107).chain(118..=124).map(number);
    assert_eq!(data.filter(|id| !text.contains(id)).collect::<Vec<_>>(), [""; 0]);
}
