//! The text of a statement as it is stored: what the client sent, with the members only a server may set.
//!
//! Nothing else is touched: order, white space, every character (XAPI-00015), numbers to their last digit (XAPI-00002), extensions
//! and the edition it came in (XAPI-00330) stay as they came. The one exception the specification demands: a context activity
//! that came alone goes into an array (1.0.3 Data 2.4.6.2; XAPI-00096).

use std::ops::Range;

use super::json::{Json, Object, Value, quoted};

/// What the server says of a statement it stores, but for the moment.
pub struct ServerSet<'a> {
    /// Made where the client gives none (XAPI-00026).
    pub id: &'a str,
    /// An agent or group as JSON: whose credential it was (XAPI-00099).
    pub authority: &'a str,
    /// Used where the client names no version (XAPI-00332).
    pub version: &'a str,
}

/// Stands where the moment of storing belongs, whatever the client said (XAPI-00023, XAPI-00097): no JSON text holds this character.
const MOMENT: char = '\0';

/// The text to store, of which only the moment is open: all the work that needs no number yet is done.
#[derive(Clone, Debug)]
pub struct Draft(String);

impl Draft {
    /// The text with its moment.
    pub fn at(&self, moment: &str) -> String {
        self.0.replace(MOMENT, moment)
    }

    /// How much memory it takes.
    pub fn size(&self) -> usize {
        self.0.len()
    }
}

/// The members that only a server may set, in the order in which they are added.
const SET: [&str; 5] = ["id", "timestamp", "stored", "authority", "version"];

/// What of a statement's text is for the server to change, and where it stands. Found when the text is read, so that it need not
/// be read a second time when it is known who vouches for it.
#[derive(Clone, Debug)]
pub struct Places {
    /// Those of [`SET`] that the client gave.
    given: [Option<Range<usize>>; SET.len()],
    /// Context activities that came alone.
    alone: Vec<Range<usize>>,
    is_empty: bool,
}

impl Places {
    /// Where they stand in the text of `json`, an object.
    pub fn of(json: &Json<'_>) -> Self {
        let none = Object::default();
        let object = json.as_object().unwrap_or(&none);
        let given = SET.map(|key| object.get(key).map(|given| span(json.raw, given.raw)));
        let mut alone = lone_context_activities(json.raw, object);
        if let Some(Value::Object(sub)) = object.get("object").map(|target| &target.value) {
            alone.extend(lone_context_activities(json.raw, sub));
        }
        Self { given, alone, is_empty: object.members.is_empty() }
    }
}

/// The text to store for the `text` that a client sent, an object.
pub fn draft(text: &str, places: &Places, set: &ServerSet<'_>) -> Draft {
    let moment = format!("\"{MOMENT}\"");
    let [id, authority, version] = [quoted(set.id), set.authority.to_owned(), quoted(set.version)];
    let values = [(id, false), (moment.clone(), false), (moment, true), (authority, true), (version, false)];
    let mut edits = Vec::new();
    let mut missing = Vec::new();
    for ((key, given), (value, always)) in SET.iter().zip(&places.given).zip(values) {
        match given {
            Some(place) if always => edits.push((place.clone(), value)),
            Some(_) => {}
            None => missing.push(format!("\"{key}\":{value}")),
        }
    }
    for place in &places.alone {
        edits.push((place.start..place.start, "[".to_owned()));
        edits.push((place.end..place.end, "]".to_owned()));
    }
    if !missing.is_empty() {
        // Behind the opening brace; an object with rules obeyed is never empty, so a comma follows.
        let comma = if places.is_empty { "" } else { "," };
        edits.push((1..1, missing.join(",") + comma));
    }
    Draft(apply(text, edits))
}

/// Where `part`, a slice of `whole`, stands in it.
fn span(whole: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr() as usize - whole.as_ptr() as usize;
    start..start + part.len()
}

fn lone_context_activities(whole: &str, object: &Object<'_>) -> Vec<Range<usize>> {
    let activities =
        object.get("context").and_then(|context| context.get("contextActivities")).and_then(Json::as_object);
    let all = activities.iter().flat_map(|activities| &activities.members);
    all.filter(|(_, value)| matches!(value.value, Value::Object(_))).map(|(_, value)| span(whole, value.raw)).collect()
}

fn apply(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(place, _)| place.start);
    let mut result = String::with_capacity(text.len() + edits.iter().map(|(_, new)| new.len()).sum::<usize>());
    let mut at = 0;
    for (place, new) in edits {
        result.push_str(&text[at..place.start]);
        result.push_str(&new);
        at = place.end;
    }
    result.push_str(&text[at..]);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_server_must_set_changes() {
        let text = r#"{ "verb":{"id":"http://v"},  "stored" : "2000-01-01T00:00:00Z", "result":{"extensions":{"http://x":1.0e2}},
            "context":{"contextActivities":{"parent":{"id":"http://p"},"other":[{"id":"http://o"}]}}, "version":"1.0.0" }"#;
        let json = Json::parse(text).unwrap();
        let set = ServerSet { id: "i", authority: "{\"a\":1}", version: "2.0.0" };
        let body = draft(text, &Places::of(&json), &set).at("s");
        assert_eq!(
            body,
            r#"{"id":"i","timestamp":"s","authority":{"a":1}, "verb":{"id":"http://v"},  "stored" : "s", "result":{"extensions":{"http://x":1.0e2}},
            "context":{"contextActivities":{"parent":[{"id":"http://p"}],"other":[{"id":"http://o"}]}}, "version":"1.0.0" }"#
        );
    }
}
