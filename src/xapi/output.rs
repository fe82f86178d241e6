//! The formats in which statements are returned (1.0.3 Communication 2.1.3): `exact` is the stored text, the others are made
//! from it here.

use super::json::{Json, Object, Value, quoted};

/// The languages a reader wants, best first (`Accept-Language`, RFC 9110 section 12.5.4; XAPI-00172).
#[derive(Clone, Debug, Default)]
pub struct Languages(Vec<String>);

impl Languages {
    pub fn from_header(header: &str) -> Self {
        let mut wanted: Vec<(f32, String)> = header
            .split(',')
            .filter_map(|entry| {
                let mut parts = entry.split(';');
                let tag = parts.next()?.trim().to_ascii_lowercase();
                let quality =
                    parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
                (quality > 0.0 && !tag.is_empty()).then_some((quality, tag))
            })
            .collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        Self(wanted.into_iter().map(|(_, tag)| tag).collect())
    }

    /// Which of `tags` to show: the first wish that is met exactly or by its primary language, else the first there is.
    fn choose<'a>(&self, tags: &[&'a str]) -> Option<&'a str> {
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let wish = self.0.iter().find_map(|wanted| {
            let exact = tags.iter().find(|tag| tag.eq_ignore_ascii_case(wanted));
            exact.or_else(|| tags.iter().find(|tag| primary(tag) == primary(wanted))).copied()
        });
        wish.or_else(|| tags.first().copied())
    }
}

/// `format=ids`: agents, groups, verbs and activities reduced to what identifies them (XAPI-00171).
///
/// Of an activity that is the id alone: without `objectType` an object is one. An agent as object is none without it.
pub fn ids(statement: &Json<'_>) -> String {
    let mut out = String::with_capacity(statement.raw.len());
    write(
        statement,
        Place::Statement,
        &mut |place, object, out| match place {
            Place::Agent => {
                let identified = super::Ifi::FIELDS.iter().any(|field| object.get(field).is_some());
                // Only an anonymous group is known by its members.
                let keep = |key: &str| {
                    key == "objectType" || super::Ifi::FIELDS.contains(&key) || (key == "member" && !identified)
                };
                reduce(object, &keep, out);
                true
            }
            Place::Verb | Place::Activity => {
                reduce(object, &|key| key == "id", out);
                true
            }
            _ => false,
        },
        &mut out,
    );
    out
}

/// `format=canonical`: definitions as this server knows them, each text in one language (XAPI-00169).
pub fn canonical(
    statement: &Json<'_>,
    languages: &Languages,
    definition_of: &dyn Fn(&str) -> Option<String>,
) -> String {
    let mut out = String::with_capacity(statement.raw.len());
    write(
        statement,
        Place::Statement,
        &mut |place, object, out| match place {
            Place::Activity => {
                let known = object.get("id").and_then(Json::as_str).and_then(definition_of);
                let own = object.get("definition").map(|own| own.raw.to_owned());
                out.push('{');
                for (key, value) in object.members.iter().filter(|(key, _)| key != "definition") {
                    push_key(key, out);
                    out.push_str(value.raw);
                }
                if let Some(definition) = known.or(own) {
                    push_key("definition", out);
                    match Json::parse(&definition) {
                        Ok(json) => one_language(&json, languages, out),
                        Err(_) => out.push_str(&definition),
                    }
                }
                out.push('}');
                true
            }
            Place::Verb => {
                out.push('{');
                for (key, value) in &object.members {
                    push_key(key, out);
                    if key == "display" { choose_language(value, languages, out) } else { out.push_str(value.raw) }
                }
                out.push('}');
                true
            }
            _ => false,
        },
        &mut out,
    );
    out
}

/// What part of a statement an object is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Statement,
    Context,
    ContextActivities,
    ContextParty,
    Agent,
    Verb,
    Activity,
    Other,
}

fn place_of(parent: Place, key: &str, value: &Json<'_>) -> Place {
    match (parent, key) {
        (Place::Statement, "actor" | "authority") | (Place::Context, "instructor" | "team") => Place::Agent,
        (Place::ContextParty, "agent" | "group") => Place::Agent,
        (Place::Context, "contextAgents" | "contextGroups") => Place::ContextParty,
        (Place::Statement, "verb") => Place::Verb,
        (Place::Statement, "context") => Place::Context,
        (Place::Context, "contextActivities") => Place::ContextActivities,
        (Place::ContextActivities, _) => Place::Activity,
        (Place::Statement, "object") => match value.get("objectType").and_then(Json::as_str) {
            None | Some("Activity") => Place::Activity,
            Some("Agent" | "Group") => Place::Agent,
            Some("SubStatement") => Place::Statement,
            _ => Place::Other,
        },
        _ => Place::Other,
    }
}

type Special<'s> = dyn FnMut(Place, &Object<'_>, &mut String) -> bool + 's;

/// Copies `json`; `special` writes the objects it answers `true` for.
fn write(json: &Json<'_>, place: Place, special: &mut Special<'_>, out: &mut String) {
    match &json.value {
        _ if place == Place::Other => out.push_str(json.raw),
        Value::Object(object) => {
            if special(place, object, out) {
                return;
            }
            out.push('{');
            for (key, value) in &object.members {
                push_key(key, out);
                write(value, place_of(place, key, value), special, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, place, special, out);
            }
            out.push(']');
        }
        _ => out.push_str(json.raw),
    }
}

fn push_key(key: &str, out: &mut String) {
    if !out.ends_with('{') {
        out.push(',');
    }
    out.push_str(&quoted(key));
    out.push(':');
}

fn reduce(object: &Object<'_>, keep: &dyn Fn(&str) -> bool, out: &mut String) {
    out.push('{');
    for (key, value) in object.members.iter().filter(|(key, _)| keep(key)) {
        push_key(key, out);
        match (key.as_ref(), value.as_array()) {
            ("member", Some(members)) => {
                out.push('[');
                for (index, member) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    if let Some(member) = member.as_object() {
                        reduce(member, keep, out);
                    }
                }
                out.push(']');
            }
            _ => out.push_str(value.raw),
        }
    }
    out.push('}');
}

/// A definition with every language map reduced to one text.
fn one_language(definition: &Json<'_>, languages: &Languages, out: &mut String) {
    let Some(object) = definition.as_object() else { return out.push_str(definition.raw) };
    out.push('{');
    for (key, value) in &object.members {
        push_key(key, out);
        match key.as_ref() {
            "name" | "description" => choose_language(value, languages, out),
            "choices" | "scale" | "source" | "target" | "steps" => {
                out.push('[');
                for (index, component) in value.as_array().unwrap_or_default().iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    one_language(component, languages, out);
                }
                out.push(']');
            }
            _ => out.push_str(value.raw),
        }
    }
    out.push('}');
}

fn choose_language(map: &Json<'_>, languages: &Languages, out: &mut String) {
    let Some(object) = map.as_object() else { return out.push_str(map.raw) };
    let tags: Vec<&str> = object.members.iter().map(|(tag, _)| tag.as_ref()).collect();
    out.push('{');
    if let Some(tag) = languages.choose(&tags)
        && let Some(text) = object.get(tag)
    {
        push_key(tag, out);
        out.push_str(text.raw);
    }
    out.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATEMENT: &str = r#"{"id":"fd41c918-b88b-4b20-a0a5-a4c32391aaa0","actor":{"objectType":"Group","name":"Équipe","member":[{"name":"Camille","mbox":"mailto:c@x.fr"}]},
        "verb":{"id":"http://v","display":{"en":"did","fr":"a fait"}},
        "object":{"id":"http://o","definition":{"name":{"en-US":"Course","fr-FR":"Cours"},"extensions":{"http://x":null}}},
        "context":{"contextActivities":{"parent":[{"id":"http://p","definition":{"type":"http://t"}}]},"instructor":{"name":"I","mbox":"mailto:i@x.fr"},"extensions":{"http://actor":{"name":"kept"}}},
        "result":{"score":{"raw":1.50}}}"#;

    #[test]
    fn ids_keep_only_what_identifies() {
        let json = Json::parse(STATEMENT).unwrap();
        insta::assert_snapshot!(ids(&json), @r#"{"id":"fd41c918-b88b-4b20-a0a5-a4c32391aaa0","actor":{"objectType":"Group","member":[{"mbox":"mailto:c@x.fr"}]},"verb":{"id":"http://v"},"object":{"id":"http://o"},"context":{"contextActivities":{"parent":[{"id":"http://p"}]},"instructor":{"mbox":"mailto:i@x.fr"},"extensions":{"http://actor":{"name":"kept"}}},"result":{"score":{"raw":1.50}}}"#);
        let typed = r#"{"object":{"objectType":"SubStatement","object":{"objectType":"Activity","id":"http://o","definition":{}},
            "context":{"contextActivities":{"other":[{"objectType":"Activity","id":"http://c"}]},"team":{"objectType":"Group","name":"T","mbox":"mailto:t@x.fr"}}}}"#;
        insta::assert_snapshot!(ids(&Json::parse(typed).unwrap()), @r#"{"object":{"objectType":"SubStatement","object":{"id":"http://o"},"context":{"contextActivities":{"other":[{"id":"http://c"}]},"team":{"objectType":"Group","mbox":"mailto:t@x.fr"}}}}"#);
    }

    #[test]
    fn canonical_shows_one_language_and_what_the_server_knows() {
        let json = Json::parse(STATEMENT).unwrap();
        let known = |iri: &str| (iri == "http://p").then(|| r#"{"name":{"fr":"Parcours","en":"Path"}}"#.to_owned());
        let text = canonical(&json, &Languages::from_header("de, fr;q=0.8, en;q=0.5"), &known);
        insta::assert_snapshot!(text, @r#"{"id":"fd41c918-b88b-4b20-a0a5-a4c32391aaa0","actor":{"objectType":"Group","name":"Équipe","member":[{"name":"Camille","mbox":"mailto:c@x.fr"}]},"verb":{"id":"http://v","display":{"fr":"a fait"}},"object":{"id":"http://o","definition":{"name":{"fr-FR":"Cours"},"extensions":{"http://x":null}}},"context":{"contextActivities":{"parent":[{"id":"http://p","definition":{"name":{"fr":"Parcours"}}}]},"instructor":{"name":"I","mbox":"mailto:i@x.fr"},"extensions":{"http://actor":{"name":"kept"}}},"result":{"score":{"raw":1.50}}}"#);
    }
}
