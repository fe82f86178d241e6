//! What SCORM content sets, call by call and in commits.

use std::collections::HashMap;

use preau::scorm::Version;
use preau::scorm::data_model::{DataModel, Elements, Fault};
use preau::scorm::record::{Changes, Entry, Learner, Mode, Record, Rules};
use preau::scorm::sequencing::Status;
use serde_json::Value;

use super::{Target, outcome, text, texts};

pub const VALUES: Target = Target {
    name: "scorm-values",
    run: values,
    seeds: || {
        texts(&[
            "cmi.core.lesson_status=passed\ncmi.core.score.raw=80\ncmi.interactions.0.id=i\ncmi.interactions.0.type=matching\n\
             cmi.interactions.0.student_response=a.1,b.2\ncmi.comments=x\ncmi.objectives.0.score.raw=1\ncmi.core.session_time=00:10:00.5",
            "cmi.completion_status=completed\ncmi.score.scaled=0.5\ncmi.interactions.0.id=urn:a:b\ncmi.interactions.0.type=performance\n\
             cmi.interactions.0.learner_response=a[.]1[,]b[.]2\ncmi.interactions.0.correct_responses.0.pattern={order_matters=false}a[.]1[:]2\n\
             cmi.interactions.0.timestamp=2026-11-21T10:30:00Z\ncmi.comments_from_learner.0.comment={lang=fr}Été\ncmi.objectives.0.id=o\n\
             cmi.session_time=PT1H5M\nadl.nav.request={target=I}choice\ncmi.exit=suspend",
        ])
    },
    words: &[
        "cmi.",
        "core.",
        "score.",
        "interactions.",
        "objectives.",
        "correct_responses.",
        "0.",
        "1.",
        "999999.",
        ".id=",
        ".type=",
        "._count",
        "._children",
        "=",
        "\n",
        "true-false",
        "likert",
        "numeric",
        "fill-in",
        "long-fill-in",
        "other",
        "[,]",
        "[.]",
        "[:]",
        "{lang=",
        "{case_matters=true}",
        "}",
        "PT",
        "NaN",
        "1e308",
        "-1",
        "é",
        "{target=",
    ],
    tries: 3_000,
};
pub const COMMIT: Target = Target {
    name: "scorm-commit",
    run: commit,
    seeds: || {
        texts(&[
            r#"{"set":{"cmi.core.lesson_status":"completed","cmi.core.score.raw":"70","cmi.suspend_data":"é"},"session_time":"00:10:00","terminate":true,"exit":"suspend"}"#,
            r#"{"set":{"cmi.completion_status":"incomplete","cmi.score.scaled":"-1","cmi.progress_measure":"0.5","cmi.objectives.1.id":"o","cmi.objectives.0.id":"p"},"session_time":"PT5M","terminate":false}"#,
            r#"{"set":{},"session_time":"P9999999999Y","terminate":true,"exit":""}"#,
        ])
    },
    words: &[
        "\"cmi.score.raw\":\"5\",",
        "\"cmi.score.max\":\"0\",",
        "\"cmi.core.score.min\":\"90\",",
        "\"cmi.core.score.max\":\"1\",",
        "\"cmi.total_time\":\"PT9H\",",
        "\"terminate\":true",
        "\"exit\":\"logout\"",
        "\"session_time\":",
        "{",
        "}",
        ",",
        "\"\"",
        "1e308",
        "NaN",
        "0001:00:00",
    ],
    tries: 3_000,
};

const VERSIONS: [Version; 2] = [Version::Scorm12, Version::Scorm2004];

fn values(bytes: &[u8]) -> u64 {
    let text = text(bytes);
    let calls: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once('=')).collect();
    let mut came = Vec::new();
    for version in VERSIONS {
        let mut model = DataModel::new(version, &Elements::new(), HashMap::new());
        for (name, value) in &calls {
            let set = model.set(name, value);
            let read = model.get(name);
            if set.is_ok() {
                assert!(read.is_ok() || read == Err(Fault::WriteOnly), "{name} was set and reads as {read:?}");
            }
            came.push(set.map_or_else(Fault::word, |()| "set"));
            came.push(read.map_or_else(Fault::word, |_| "read"));
        }
        let elements = model.into_elements();
        let kept: usize = elements.values().map(String::len).sum();
        assert!(kept <= text.len(), "{kept} bytes kept of {}", text.len());
        assert_eq!(
            DataModel::new(version, &elements, HashMap::new()).into_elements(),
            elements,
            "what was saved loads as it was"
        );
        // All at once, in any order, as a commit tells it.
        let mut model = DataModel::new(version, &Elements::new(), HashMap::new());
        let refused = model.apply(calls.iter().copied());
        assert!(refused.len() <= calls.len());
    }
    came.sort_unstable();
    came.dedup();
    outcome(came)
}

fn commit(bytes: &[u8]) -> u64 {
    let Ok(Value::Object(told)) = serde_json::from_str::<Value>(text(bytes)) else { return 0 };
    let set = match told.get("set") {
        Some(Value::Object(set)) => {
            set.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect()
        }
        _ => Vec::new(),
    };
    let word = |name: &str| told.get(name).and_then(Value::as_str);
    let terminate = told.get("terminate") == Some(&Value::Bool(true));
    let changes = Changes { set, session_time: word("session_time"), terminate, exit: word("exit") };
    let rules = Rules {
        mastery_score: Some(70.0),
        scaled_passing_score: Some(0.6),
        completion_threshold: Some(0.8),
        objectives: vec![("o".to_owned(), Status::default())],
        ..Rules::default()
    };
    let learner = Learner { id: "7".to_owned(), name: "Camille".to_owned() };
    let mut came = Vec::new();
    for version in VERSIONS {
        let (mut record, _) = Record::enter(None, version, &rules, 1, "one");
        for launch in ["one", "one", "two"] {
            let before = record.total_time;
            let refused = record.commit(version, &rules, launch, &changes);
            assert!(record.total_time >= before, "time spent is never taken back");
            let standing = record.standing(version, &rules);
            assert!(standing.scaled.is_none_or(|scaled| (-1.0..=1.0).contains(&scaled)), "{standing:?}");
            assert!(standing.progress.is_none_or(|progress| (0.0..=1.0).contains(&progress)), "{standing:?}");
            assert!(
                [standing.raw, standing.min, standing.max].into_iter().flatten().all(f64::is_finite),
                "{standing:?}"
            );
            let stored = serde_json::to_string(&record).expect("a record is JSON");
            assert_eq!(serde_json::from_str::<Record>(&stored).expect("it reads back"), record);
            came.push((
                refused.iter().map(|(_, fault)| fault.word()).collect::<Vec<_>>(),
                standing.completed,
                standing.satisfied,
            ));
        }
        let first = record.initial(version, &learner, &rules, Mode::Normal, Entry::Resumed);
        assert!(first.values().any(|value| value == "Camille"), "the learner's name is the system's to tell");
    }
    outcome(came)
}
