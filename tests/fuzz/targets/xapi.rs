//! JSON, statements, and the small languages inside them.

use preau::scorm::{Version as Scorm, read_time, write_time};
use preau::xapi::body::{self, ServerSet};
use preau::xapi::format::{self, Offset};
use preau::xapi::json::{Json, Value};
use preau::xapi::{IsoDuration, Languages, Refusal, Version, actor, canonical, equality, exact, ids, parse, recall};

use super::{Target, outcome, text, texts};

pub const JSON: Target = Target {
    name: "json",
    run: json,
    seeds: || {
        texts(&[
            r#" { "a" : [ 1.50, -0e-2, true, false, null, "é\ud83d\ude00\u0000\\" ], "b": {}, "a": [[[]]] } "#,
            "\"\\ud800\"",
            "1e400",
        ])
    },
    words: &["{", "}", "[", "]", ",", ":", "\"", "\"a\":", "[[", "\\u", "\\ud800", "1e", "-", "null", "0", "{\"\":"],
    tries: 6_000,
};
pub const STATEMENT: Target = Target {
    name: "statement",
    run: statement,
    seeds: || texts(&[PLAIN, FULL, GROUPS, MODERN]),
    words: &[
        "\"actor\":",
        "\"verb\":",
        "\"object\":",
        "\"objectType\":\"SubStatement\",",
        "\"objectType\":\"StatementRef\",",
        "\"objectType\":\"Group\",",
        "\"member\":[",
        "\"mbox\":\"mailto:a@b.fr\"",
        "\"account\":{",
        "\"context\":{",
        "\"contextActivities\":{",
        "\"parent\":",
        "\"result\":{",
        "\"extensions\":{",
        "\"http://x/y\":null",
        "\"attachments\":[",
        "\"definition\":{",
        "\"choices\":[",
        "null",
        "{}",
        "[]",
        ",",
        "\"2026-11-21T10:30:00Z\"",
        "\"PT1M\"",
        "\"fd41c918-b88b-4b20-a0a5-a4c32391aaa0\"",
        "1e400",
        "\\u0000",
    ],
    tries: 3_000,
};
pub const MOMENTS: Target = Target {
    name: "moments",
    run: moments,
    seeds: || {
        texts(&[
            "2026-11-21T10:30:00.123456+01:00",
            "2026-11-21T10:30Z",
            "9999-12-31T23:59:60.9-23:59",
            "0000-01-01T00:00:00+23:59",
            "P1Y2M3DT4H5M6.07S",
            "P4W",
            "PT36H",
            "0012:34:56.78",
            "99999999999999999:00:00",
            "mailto:a@b.fr",
            "https://exemple.fr/%C3%A9",
            "zh-Hans-CN-x-private",
            "text/plain; charset=utf-8",
            "fd41c918-b88b-4b20-a0a5-a4c32391aaa0",
        ])
    },
    words: &[
        "P",
        "T",
        "Y",
        "M",
        "D",
        "H",
        "S",
        "W",
        ":",
        "-",
        "+",
        ".",
        ",",
        "0",
        "9",
        "Z",
        "18446744073709551615",
        "é",
        "-00:00",
    ],
    tries: 8_000,
};

const PLAIN: &str = r#"{"actor":{"mbox":"mailto:camille@exemple.fr"},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":"http://exemple.fr/cours"}}"#;

const FULL: &str = r#"{"id":"fd41c918-b88b-4b20-a0a5-a4c32391aaa0","actor":{"objectType":"Agent","name":"Camille","account":{"homePage":"https://rh.exemple.fr","name":"7"}},
"verb":{"id":"http://adlnet.gov/expapi/verbs/answered","display":{"fr":"a répondu","en-US":"answered"}},
"object":{"objectType":"Activity","id":"http://exemple.fr/q","definition":{"name":{"fr":"Q"},"type":"http://adlnet.gov/expapi/activities/cmi.interaction",
"interactionType":"choice","correctResponsesPattern":["a[,]b"],"choices":[{"id":"a","description":{"fr":"A"}},{"id":"b"}],"extensions":{"http://x/y":{"z":[1.50,null]}}}},
"result":{"score":{"scaled":0.5,"raw":5,"min":0,"max":10},"success":true,"completion":true,"response":"a","duration":"PT1M30.5S","extensions":{"http://x/y":1e400}},
"context":{"registration":"ec531277-b57b-4c15-8d91-d292c5b2b8f7","instructor":{"mbox_sha1sum":"0123456789012345678901234567890123456789"},"language":"fr-FR","platform":"P",
"revision":"1","contextActivities":{"parent":{"id":"http://exemple.fr/p"},"category":[{"id":"http://exemple.fr/c"}]},"statement":{"objectType":"StatementRef","id":"fd41c918-b88b-4b20-a0a5-a4c32391aaa1"}},
"timestamp":"2026-11-21T10:30:00.123+01:00","version":"1.0.3","authority":{"openid":"https://exemple.fr/o"},
"attachments":[{"usageType":"http://u/t","display":{"fr":"D"},"contentType":"text/plain","length":1,"sha2":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","fileUrl":"http://x/f"}]}"#;

const GROUPS: &str = r#"{"actor":{"objectType":"Group","member":[{"mbox":"mailto:a@b.fr"},{"openid":"http://o.fr"}]},"verb":{"id":"http://adlnet.gov/expapi/verbs/voided"},
"object":{"objectType":"SubStatement","actor":{"objectType":"Group","name":"G","mbox":"mailto:g@b.fr"},"verb":{"id":"http://v/x"},"object":{"objectType":"StatementRef","id":"fd41c918-b88b-4b20-a0a5-a4c32391aaa0"}},
"context":{"team":{"objectType":"Group","mbox":"mailto:t@b.fr"}}}"#;

const MODERN: &str = r#"{"actor":{"mbox":"mailto:a@b.fr"},"verb":{"id":"http://v/x"},"object":{"objectType":"Agent","mbox":"mailto:b@b.fr"},"timestamp":"2026-11-21T10:30:00Z","version":"2.0.0",
"context":{"contextAgents":[{"objectType":"contextAgent","agent":{"mbox":"mailto:t@b.fr"},"relevantTypes":["http://r/t"]}],"contextGroups":[{"objectType":"contextGroup","group":{"objectType":"Group","member":[{"mbox":"mailto:a@b.fr"}]}}]}}"#;

fn json(bytes: &[u8]) -> u64 {
    let text = text(bytes);
    let theirs = serde_json::from_str::<serde_json::Value>(text);
    match Json::parse(text) {
        Ok(ours) => {
            if let Ok(theirs) = theirs {
                assert_eq!(ours.to_serde(), theirs);
            }
            let again = Json::parse(ours.raw).expect("the text of a value is JSON");
            assert_eq!(again.raw, ours.raw);
            outcome((
                discriminant(&ours.value),
                ours.as_object().map(|object| (object.members.len(), object.repeated.len())),
            ))
        }
        Err(error) => {
            assert!(error.offset <= text.len());
            // serde_json nests somewhat deeper.
            assert!(theirs.is_err() || error.reason == "nested too deeply", "refused: {error}");
            outcome(error.reason)
        }
    }
}

fn discriminant(value: &Value<'_>) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}

fn statement(bytes: &[u8]) -> u64 {
    let text = text(bytes);
    let _ = actor(text);
    let mut came = Vec::new();
    for version in [Version::V1, Version::V2] {
        match parse(text, version) {
            Ok(statement) => {
                came.push("taken");
                let given = Json::parse(text).expect("it was read");
                let set = ServerSet {
                    id: "00000000-0000-0000-0000-000000000000",
                    authority: r#"{"mbox":"mailto:x@y.z"}"#,
                    version: version.name(),
                };
                let body = body::draft(given.raw, &body::Places::of(&given), &set).at("2026-01-01T00:00:00.000Z");
                let stored = Json::parse(&body).expect("what is stored is JSON");
                assert!(equality::same(&given, &stored) && equality::same(&stored, &given), "{body}");
                let again = recall(&body).unwrap_or_else(|refusal| panic!("{refusal:?}: {body}"));
                assert_eq!(
                    (&again.actor, &again.verb, &again.object, &again.result),
                    (&statement.actor, &statement.verb, &statement.object, &statement.result)
                );
                assert_eq!(again.registration(), statement.registration());
                let languages = Languages::from_header("fr, en;q=0.5");
                for shown in
                    [ids(&stored), canonical(&stored, &languages, &|_| Some(r#"{"name":{"fr":"N"}}"#.to_owned()))]
                {
                    recall(&shown).unwrap_or_else(|refusal| panic!("{refusal:?}: {shown}"));
                }
            }
            Err(Refusal::Syntax(error)) => came.push(error.reason),
            Err(Refusal::Problems(problems)) => {
                assert!((1..=100).contains(&problems.len()), "{} problems told", problems.len());
                came.extend(problems.iter().map(|problem| problem.rule).take(4));
            }
        }
    }
    outcome(came)
}

fn moments(bytes: &[u8]) -> u64 {
    let text = text(bytes);
    let strict = format::timestamp(text, Offset::Required);
    let kind = format::timestamp(text, Offset::Optional);
    assert!(strict.is_none() || strict == kind, "the strict reading is one of the kind one");
    if let Some(moment) = kind {
        assert_eq!(format::timestamp(&exact(moment), Offset::Required), Some(moment), "{}", exact(moment));
    }
    let duration = IsoDuration::parse(text);
    if let Some(duration) = &duration {
        let seconds = duration.seconds();
        assert!(seconds.is_finite() && seconds >= 0.0);
        assert!(IsoDuration::parse(IsoDuration::from_seconds(seconds).as_str()).is_some());
    }
    let told = [Scorm::Scorm12, Scorm::Scorm2004].map(|version| {
        let time = read_time(version, text);
        // 1.2 has four digits for hours.
        if let Some(time) = time.filter(|time| version == Scorm::Scorm2004 || *time < 10_000 * 360_000) {
            assert_eq!(read_time(version, &write_time(version, time)), Some(time));
        }
        time.is_some()
    });
    let said = [
        format::is_iri(text),
        format::is_mbox(text),
        format::is_language_tag(text),
        format::is_media_type(text),
        format::uuid(text).is_some(),
    ];
    outcome((strict.is_some(), kind.is_some(), duration.is_some(), told, said))
}
