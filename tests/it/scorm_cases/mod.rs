//! Conformance cases of SCORM 2004 4th Edition as data, straight against the engine and the data model.
//!
//! `SCORM_CASES=FOLDER cargo test --test it scorm_cases -- --nocapture` runs every case of `FOLDER/index.json`. The manifests are
//! read by the importer's own reader. What a browser would do, the content's calls and the learner's choices, is played here.

mod api;
mod compare;
mod play;
mod script;

use std::collections::BTreeMap;
use std::path::Path;

use preau::scorm::sequencing::GlobalObjectives;

use script::{Case, Indexed};

#[test]
fn conformance_cases_pass() {
    let Some(folder) = std::env::var_os("SCORM_CASES") else {
        println!("scorm-cases: skipped, SCORM_CASES names no folder");
        return;
    };
    let folder = Path::new(&folder);
    let index: Vec<Indexed> = script::read(&folder.join("index.json"));
    let cases: BTreeMap<String, Case> = index
        .iter()
        .map(|entry| (entry.case.clone(), script::read(&folder.join(&entry.case).join(format!("{}.json", entry.case)))))
        .collect();
    let mut passed = 0;
    for entry in &index {
        match run(folder, &cases, &entry.case) {
            Ok(()) => {
                passed += 1;
                println!("pass {}", entry.case);
            }
            Err(faults) => println!("fail {} {}", entry.case, faults.join("; ")),
        }
    }
    println!("scorm-cases: {passed} of {} pass", index.len());
    assert_eq!(passed, index.len());
}

/// A case after those that it requires, as one learner whose objectives are kept between the courses.
fn run(folder: &Path, cases: &BTreeMap<String, Case>, name: &str) -> Result<(), Vec<String>> {
    let mut objectives = GlobalObjectives::default();
    let required = cases[name].requires.iter().map(String::as_str);
    let mut faults = Vec::new();
    for name in required.chain([name]) {
        let case = &cases[name];
        let course = play::Course::read(&folder.join(name), case);
        let (kept, found) = play::Play::new(&course, objectives).run(case);
        objectives = kept;
        // What a case before it gets wrong is told where that case itself is run.
        faults = found;
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}
