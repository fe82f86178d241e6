//! What cmi5 asks, requirement by requirement, and the tests that show it: `requirements.tsv`, kept whole and true.
//!
//! The numbers are those of the list that ADL publishes (npm `@cmi5/requirements`): the section, a count, and `(d)` for what
//! follows from a requirement for a learning system. `content` stands for what a unit has to do, `open` for what is not shown yet.

use std::collections::BTreeSet;

use crate::support::requirements;

const TABLE: &str = include_str!("requirements.tsv");

/// Each section with its counts, and what follows from them.
const LIST: &str = "
    3.0.0.0 1+d
    4.1.0.0 1
    4.2.0.0 1+d 2
    4.4.0.0 1+d 2+d
    6.0.0.0 1+d 2 3 4 5 6
    6.1.0.0 1 2 3
    6.2.0.0 1
    6.3.0.0 1 2
    7.0.0.0 1 2 3 4 5
    7.1.1.0 1+d1+d2
    7.1.2.0 1+d1+d2
    7.1.3.0 1+d1+d2
    8.1.0.0 1 2 3 4 5 6+d 7 8
    8.1.1.0 1 2 3
    8.1.2.0 1 2+d 3 4 5+d
    8.1.3.0 1 2 3+d
    8.1.4.0 1 2 3+d
    8.1.5.0 1 2 3 4 5 6+d
    8.2.1.0 1 2+d 3 4 5+d 6+d
    8.2.2.0 1 2 3 4 5
    8.2.3.0 1+d
    8.2.3.2 1
    9.1.0.0 1+d
    9.2.0.0 1 2 3
    9.3.0.0 1 2+d 3+d 4+d1+d2 5+d1+d2 6+d1+d2 7+d1+d2 8+d 9 10+d 11+d1
    9.3.1.0 1 2+d
    9.3.2.0 1+d 2 3+d
    9.3.3.0 1 2 3
    9.3.4.0 1 2+d1+d2 3 4
    9.3.5.0 1 2+d
    9.3.6.0 1 2+d1+d2
    9.3.7.0 1 2+d 3 4+d
    9.3.8.0 1 2 3 4
    9.3.9.0 1 2 3 4 5 6 7 8 9
    9.4.0.0 1+d 2
    9.5.1.0 1 2+d 3+d1+d2
    9.5.2.0 1+d1+d2 2+d 3+d
    9.5.3.0 1+d1+d2 2+d
    9.5.4.1 1+d 2+d 3+d 4+d
    9.5.4.2 1 2
    9.5.5.2 1
    9.6.0.0 1+d
    9.6.1.0 1+d
    9.6.1.1 2 3
    9.6.2.0 1+d
    9.6.2.1 1
    9.6.2.2 1+d1+d2+d3+d4 2+d
    9.6.2.3 1 2
    9.6.3.1 1 2 3 4+d
    9.6.3.2 1 2+d
    9.6.3.3 1
    9.6.3.4 1
    9.6.3.6 1
    9.6.3.7 1
    9.7.0.0 1+d 2+d
    10.1.0.0 1 2 3 4 5
    10.2.1.0 1 2 3 4 5+d 6+d 7+d
    10.2.2.0 1+d 2+d 3+d 4 5+d 6 7 8 9 10 11
    10.2.3.0 1
    10.2.4.0 1 2
    10.2.5.0 1
    10.2.6.0 1
    10.2.7.0 1
    10.2.7.1 1
    10.2.7.2 1
    11.0.0.0 1+d 2 3+d1+d2 4 5+d
    11.1.0.0 1+d 2
    11.2.0.0 1
    13.1.0.0 1
    13.1.2.0 1+d
    13.1.3.0 1+d
    13.1.4.0 1+d 2+d 3
    13.1.5.0 1+d 2+d
    13.2.0.0 1+d
    14.0.0.0 1+d
    14.1.0.0 1+d 2+d 3+d 4+d
    14.2.0.0 1+d
";

/// So many are not shown yet. The number goes down, and never up.
const OPEN: usize = 0;

struct Row {
    id: &'static str,
    shown: &'static str,
}

fn rows() -> Vec<Row> {
    let read = |line: &'static str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [id, sentence, shown] = columns.as_slice() else { panic!("three columns: {line}") };
        assert!(!sentence.is_empty() && !shown.is_empty(), "{id} says nothing");
        Row { id, shown }
    };
    TABLE.lines().skip(1).map(read).collect()
}

#[test]
fn no_requirement_is_missing_and_none_stands_twice() {
    let mut wanted = BTreeSet::new();
    for line in LIST.lines().filter(|line| !line.is_empty()) {
        let (section, counts) = line.trim().split_once(' ').expect("a section and its counts");
        for count in counts.split(' ') {
            let mut parts = count.split('+');
            let count = parts.next().expect("a count");
            wanted.insert(format!("{section}-{count}"));
            wanted.extend(parts.map(|follows| format!("{section}-{count} ({follows})")));
        }
    }
    assert_eq!(wanted.len(), 305);
    let listed: BTreeSet<String> = rows().into_iter().map(|row| row.id.to_owned()).collect();
    assert_eq!(wanted.difference(&listed).collect::<Vec<_>>(), [""; 0], "missing");
    assert_eq!(listed.difference(&wanted).collect::<Vec<_>>(), [""; 0], "of no list");
    assert_eq!(rows().len(), listed.len(), "one stands twice");
}

#[test]
fn every_requirement_names_the_tests_that_show_it_or_whose_it_is() {
    let shown = rows().into_iter().filter(|row| !matches!(row.shown, "content" | "open"));
    let wrong = requirements::unknown_tests(shown.map(|row| (row.id, row.shown)));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let open: Vec<&str> = rows().into_iter().filter(|row| row.shown == "open").map(|row| row.id).collect();
    assert_eq!(open.len(), OPEN, "these are open: {}", open.join(", "));
}
