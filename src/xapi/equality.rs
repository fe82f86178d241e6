//! Whether two statements say the same (1.0.3 Data 2.3.1 and 2.3.3, 2.0 section 4.2.4).
//!
//! Not part of the comparison: what servers set (`stored`, `authority`, and `timestamp`, `version`, `id` where one of the two
//! lacks them), the order where order means nothing (members, context activities, attachments), the display of a verb and the
//! definition of an activity, which may change at any time.

use std::fmt::Write as _;

use super::format::{self, IsoDuration, Offset};
use super::json::{Json, Object, Value, quoted};

/// Whether `a` and `b`, both valid statements, are the same statement.
pub fn same(a: &Json<'_>, b: &Json<'_>) -> bool {
    let (Some(a), Some(b)) = (a.as_object(), b.as_object()) else { return false };
    ["actor", "verb", "object", "result", "context", "attachments"].iter().all(|key| said(a, key) == said(b, key))
        && ["id", "timestamp"]
            .iter()
            .all(|key| a.get(key).is_none() || b.get(key).is_none() || said(a, key) == said(b, key))
}

/// What member `key` of an object says: a text that is equal exactly where the meaning is. Writing it down once and comparing
/// texts costs the length of the statement; comparing each member of a list with each of the other costs its square.
fn said(object: &Object<'_>, key: &str) -> Option<String> {
    let value = object.get(key).filter(|value| says_something(value))?;
    let mut text = String::with_capacity(value.raw.len());
    member(key, value, &mut text);
    Some(text)
}

/// An empty list says no more than none.
fn says_something(value: &Json<'_>) -> bool {
    value.as_array().is_none_or(|items| !items.is_empty())
}

fn member(key: &str, value: &Json<'_>, out: &mut String) {
    match key {
        "verb" => value.get("id").iter().for_each(|id| plain(id, out)),
        "extensions" => plain(value, out),
        "timestamp" => {
            let moment = value.as_str().and_then(|text| format::timestamp(text, Offset::Optional));
            _ = write!(out, "{:?}", moment.map(|moment| moment.0));
        }
        // 1.0.3 Data 4.6: durations are compared to the hundredth of a second.
        "duration" => {
            let length = value.as_str().and_then(IsoDuration::parse).map(|duration| duration.hundredths());
            _ = write!(out, "{length:?}");
        }
        "id" | "registration" | "mbox_sha1sum" | "sha2" | "language" => match value.as_str() {
            // UUIDs, digests and language tags mean the same in either case; ids that are IRIs do not.
            Some(text) if key != "id" || format::uuid(text).is_some() => {
                out.push_str(&quoted(&text.to_ascii_lowercase()))
            }
            _ => plain(value, out),
        },
        "member" | "attachments" | "contextAgents" | "contextGroups" | "parent" | "grouping" | "category" | "other" => {
            unordered(value, out);
        }
        _ => structure(value, out),
    }
}

/// A part of a statement: without the type an object has when it names none, and without the definition of an activity.
fn structure(json: &Json<'_>, out: &mut String) {
    match &json.value {
        Value::Object(object) => {
            let kind = object.get("objectType").and_then(Json::as_str);
            let kind = kind.filter(|kind| !matches!(*kind, "Agent" | "Activity"));
            let is_activity = kind.is_none() && object.get("id").is_some();
            let ignored = |key: &str| key == "objectType" || key == "definition" && is_activity;
            let mut members: Vec<(&str, &Json<'_>)> =
                object.members.iter().map(|(key, value)| (&**key, value)).collect();
            members.retain(|(key, value)| !ignored(key) && says_something(value));
            members.sort_by_key(|(key, _)| *key);
            _ = write!(out, "{kind:?}");
            enclosed('{', '}', &members, out, |(key, value), out| {
                out.push_str(&quoted(key));
                out.push(':');
                member(key, value, out);
            });
        }
        Value::Array(items) => enclosed('[', ']', items, out, structure),
        _ => plain(json, out),
    }
}

/// A JSON value: members without order, numbers by what they are worth.
fn plain(json: &Json<'_>, out: &mut String) {
    match &json.value {
        Value::Number(text) => match json.as_f64().filter(|number| number.is_finite()) {
            // Adding nothing makes the negative zero a zero.
            Some(number) => _ = write!(out, "{:e}", number + 0.0),
            None => out.push_str(text),
        },
        Value::String(text) => out.push_str(&quoted(text)),
        Value::Array(items) => enclosed('[', ']', items, out, plain),
        Value::Object(object) => {
            let mut members: Vec<(&str, &Json<'_>)> =
                object.members.iter().map(|(key, value)| (&**key, value)).collect();
            members.sort_by_key(|(key, _)| *key);
            enclosed('{', '}', &members, out, |(key, value), out| {
                out.push_str(&quoted(key));
                out.push(':');
                plain(value, out);
            });
        }
        Value::Null | Value::Bool(_) => out.push_str(json.raw),
    }
}

/// A list whose order means nothing; what stands alone is a list of one.
fn unordered(json: &Json<'_>, out: &mut String) {
    let mut items: Vec<String> = json
        .as_array()
        .unwrap_or(std::slice::from_ref(json))
        .iter()
        .map(|item| {
            let mut text = String::with_capacity(item.raw.len());
            structure(item, &mut text);
            text
        })
        .collect();
    items.sort_unstable();
    enclosed('(', ')', &items, out, |item, out| out.push_str(item));
}

fn enclosed<T>(open: char, close: char, items: &[T], out: &mut String, write: impl Fn(&T, &mut String)) {
    out.push(open);
    for item in items {
        write(item, out);
        out.push(',');
    }
    out.push(close);
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
    fn lists_as_long_as_a_statement_can_hold_are_compared_at_once() {
        // Each with each would be ten thousand million comparisons.
        let statement = |order: &mut dyn Iterator<Item = usize>| {
            let order: Vec<usize> = order.collect();
            let members: Vec<String> = order.iter().map(|n| format!(r#"{{"mbox":"mailto:{n}@b.fr"}}"#)).collect();
            let keys: Vec<String> = order.iter().map(|n| format!(r#""http://x/{n}":{n}"#)).collect();
            format!(
                r#"{{"actor":{{"objectType":"Group","member":[{}]}},"verb":{{"id":"http://v"}},"object":{{"id":"http://o"}},"result":{{"extensions":{{{}}}}}}}"#,
                members.join(","),
                keys.join(",")
            )
        };
        let one = statement(&mut (0..100_000));
        assert!(compare(&one, &statement(&mut (0..100_000).rev())));
        assert!(!compare(&one, &statement(&mut (1..100_001).rev())));
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
        let group = |rest: &str| format!(r#"{{{ACTOR},"context":{{"team":{{"objectType":"Group",{rest}}}}}}}"#);
        let (a, b) = (r#"{"mbox":"mailto:1@b.fr"}"#, r#"{"mbox":"mailto:2@b.fr"}"#);
        assert!(!compare(&group(&format!(r#""member":[{a},{a},{b}]"#)), &group(&format!(r#""member":[{a},{b},{b}]"#))));
        assert!(!compare(&group(r#""mbox":"mailto:1@b.fr""#), &group(r#""mbox":"mailto:1@b.fr","name":"T""#)));
        let about = |object: &str| ACTOR.replace(r#"{"id":"http://o"}"#, object);
        assert!(!compare(
            &format!("{{{}}}", about(r#"{"objectType":"StatementRef","id":"fd41c918-b88b-4b20-a0a5-a4c32391aaa0"}"#)),
            &format!("{{{}}}", about(r#"{"id":"fd41c918-b88b-4b20-a0a5-a4c32391aaa0"}"#))
        ));
    }
}
