//! Whether two statements say the same (1.0.3 Data 2.3.1 and 2.3.3, 2.0 section 4.2.4).
//!
//! Not part of the comparison: what servers set (`stored`, `authority`, and `timestamp`, `version`, `id` where one of the two
//! lacks them), the order where order means nothing (members, context activities, attachments), the display of a verb and the
//! definition of an activity, which may change at any time.

use super::format::{self, IsoDuration, Offset};
use super::json::{Json, Object, Value};

/// Whether `a` and `b`, both valid statements, are the same statement.
pub fn same(a: &Json<'_>, b: &Json<'_>) -> bool {
    let (Some(a), Some(b)) = (a.as_object(), b.as_object()) else { return false };
    ["actor", "verb", "object", "result", "context", "attachments"].iter().all(|key| member(a, b, key))
        && ["id", "timestamp"].iter().all(|key| a.get(key).is_none() || b.get(key).is_none() || member(a, b, key))
}

fn member(a: &Object<'_>, b: &Object<'_>, key: &str) -> bool {
    match (a.get(key), b.get(key)) {
        (None, None) => true,
        // An empty list says no more than none.
        (Some(one), None) | (None, Some(one)) => one.as_array().is_some_and(<[_]>::is_empty),
        (Some(a), Some(b)) => value(key, a, b),
    }
}

fn value(key: &str, a: &Json<'_>, b: &Json<'_>) -> bool {
    match key {
        "verb" => a.get("id").and_then(Json::as_str) == b.get("id").and_then(Json::as_str),
        "extensions" => plain(a, b),
        "timestamp" => {
            let moment = |json: &Json<'_>| json.as_str().and_then(|text| format::timestamp(text, Offset::Optional));
            moment(a) == moment(b)
        }
        "duration" => {
            // 1.0.3 Data 4.6: durations are compared to the hundredth of a second.
            let length =
                |json: &Json<'_>| json.as_str().and_then(IsoDuration::parse).map(|duration| duration.hundredths());
            length(a) == length(b)
        }
        "id" | "registration" | "mbox_sha1sum" | "sha2" | "language" => match (a.as_str(), b.as_str()) {
            // UUIDs, digests and language tags mean the same in either case; ids that are IRIs do not.
            (Some(a), Some(b)) if key != "id" || format::uuid(a).is_some() => a.eq_ignore_ascii_case(b),
            (a, b) => a == b,
        },
        "member" | "attachments" | "contextAgents" | "contextGroups" => unordered(&listed(a), &listed(b)),
        "parent" | "grouping" | "category" | "other" => unordered(&listed(a), &listed(b)),
        _ => structure(a, b),
    }
}

fn structure(a: &Json<'_>, b: &Json<'_>) -> bool {
    match (&a.value, &b.value) {
        (Value::Object(one), Value::Object(other)) => {
            let default = |object: &Object<'_>| object.get("objectType").and_then(Json::as_str).map(str::to_owned);
            let kind = |object: &Object<'_>| default(object).filter(|kind| kind != "Agent" && kind != "Activity");
            let is_activity = |object: &Object<'_>| {
                object.get("id").is_some() && default(object).is_none_or(|kind| kind == "Activity")
            };
            let ignored =
                |key: &str| key == "objectType" || (key == "definition" && is_activity(one) && is_activity(other));
            kind(one) == kind(other)
                && one.members.iter().all(|(key, _)| ignored(key) || member(one, other, key))
                && other
                    .members
                    .iter()
                    .all(|(key, _)| ignored(key) || one.get(key).is_some() || member(one, other, key))
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| structure(a, b)),
        _ => plain(a, b),
    }
}

/// Equality of JSON values: members without order, numbers by what they are worth.
fn plain(a: &Json<'_>, b: &Json<'_>) -> bool {
    match (&a.value, &b.value) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Number(one), Value::Number(other)) => {
            one == other || (a.as_f64() == b.as_f64() && a.as_f64().is_some_and(f64::is_finite))
        }
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| plain(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.members.len() == b.members.len()
                && a.members.iter().all(|(key, value)| b.get(key).is_some_and(|other| plain(value, other)))
        }
        _ => false,
    }
}

fn listed<'a, 'j>(json: &'a Json<'j>) -> Vec<&'a Json<'j>> {
    match &json.value {
        Value::Array(items) => items.iter().collect(),
        _ => vec![json],
    }
}

fn unordered(a: &[&Json<'_>], b: &[&Json<'_>]) -> bool {
    let mut left: Vec<&Json<'_>> = b.to_vec();
    a.len() == b.len()
        && a.iter().all(|wanted| match left.iter().position(|candidate| structure(wanted, candidate)) {
            Some(at) => {
                left.swap_remove(at);
                true
            }
            None => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(a: &str, b: &str) -> bool {
        let (a, b) = (Json::parse(a).unwrap(), Json::parse(b).unwrap());
        assert_eq!(same(&a, &b), same(&b, &a), "equality has no direction");
        same(&a, &b)
    }

    const ACTOR: &str = r#""actor":{"mbox":"mailto:a@b.fr"},"verb":{"id":"http://v"},"object":{"id":"http://o"}"#;

    #[test]
    fn what_says_the_same_is_the_same() {
        let again = r#"{"id":"fd41c918-b88b-4b20-a0a5-a4c32391aaa0","stored":"2026-01-01T00:00:00Z","authority":{"mbox":"mailto:x@y.z"},"timestamp":"2026-01-01T00:00:00Z",
            "object":{"objectType":"Activity","id":"http://o","definition":{"name":{"fr":"O"}}},"verb":{"id":"http://v","display":{"fr":"V"}},"actor":{"objectType":"Agent","mbox":"mailto:a@b.fr"}}"#;
        assert!(compare(&format!("{{{ACTOR}}}"), again));
        let with = |rest: &str| format!("{{{ACTOR},{rest}}}");
        assert!(compare(
            &with(r#""timestamp":"2026-01-01T01:00:00.0+01:00""#),
            &with(r#""timestamp":"2026-01-01T00:00:00Z""#)
        ));
        assert!(compare(
            &with(r#""result":{"duration":"PT60.004S","score":{"raw":1.0}}"#),
            &with(r#""result":{"duration":"PT1M","score":{"raw":1}}"#)
        ));
        assert!(compare(
            &with(
                r#""context":{"contextActivities":{"parent":{"id":"http://p"},"other":[{"id":"http://1"},{"id":"http://2"}]}}"#
            ),
            &with(
                r#""context":{"contextActivities":{"other":[{"id":"http://2"},{"id":"http://1"}],"parent":[{"id":"http://p"}]}}"#
            )
        ));
    }

    #[test]
    fn what_says_something_else_is_another() {
        let with = |rest: &str| format!("{{{ACTOR},{rest}}}");
        assert!(!compare(&format!("{{{ACTOR}}}"), &with(r#""result":{"success":true}"#)));
        assert!(!compare(&with(r#""result":{"success":false}"#), &with(r#""result":{"success":true}"#)));
        assert!(!compare(
            &with(r#""timestamp":"2026-01-01T00:00:00Z""#),
            &with(r#""timestamp":"2026-01-01T00:00:01Z""#)
        ));
        assert!(!compare(&format!("{{{ACTOR}}}"), &format!("{{{ACTOR}}}").replace("a@b.fr", "other@b.fr")));
        assert!(!compare(
            &with(r#""result":{"extensions":{"http://x":[1,2]}}"#),
            &with(r#""result":{"extensions":{"http://x":[2,1]}}"#)
        ));
    }
}
