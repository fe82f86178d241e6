//! A statement's text without somebody: wherever they are named, nobody in particular stands.

use std::cmp::Reverse;
use std::ops::Range;

use super::identity::Ifi;
use super::json::{Json, Value};
use super::signature;

/// One identifier of somebody, and the agent (JSON) that stands for it from now on.
#[derive(Clone, Debug)]
pub struct Known {
    pub ifi: Ifi,
    pub instead: String,
}

/// A text that names somebody no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forgotten {
    pub text: String,
    /// The digests of the files that the statement declares no more.
    pub let_go: Vec<String>,
}

/// The text in which nobody in particular stands for each agent that is one of `who`; `None` if it names none of them.
///
/// What they said themselves goes with them: of a statement (or sub-statement) whose actor they are, the written response and the
/// attachments. A signature goes whoever made it: what it signs is the statement as it was. Everything else stays as it came, as
/// [`super::body`] keeps it.
pub fn without(json: &Json<'_>, who: &[Known]) -> Option<Forgotten> {
    let mut edits = Edits { whole: json.raw, who, made: Vec::new(), let_go: Vec::new() };
    edits.replace(json);
    if edits.made.is_empty() {
        return None;
    }
    edits.own_words(json);
    if let Some(sub) = json.get("object").filter(|object| text(object, "objectType") == Some("SubStatement")) {
        edits.own_words(sub);
    }
    Some(edits.apply())
}

struct Edits<'a> {
    whole: &'a str,
    who: &'a [Known],
    made: Vec<(Range<usize>, String)>,
    let_go: Vec<String>,
}

impl Edits<'_> {
    fn set(&mut self, part: &Json<'_>, new: String) {
        // Parts are slices of the whole.
        let start = part.raw.as_ptr() as usize - self.whole.as_ptr() as usize;
        self.made.push((start..start + part.raw.len(), new));
    }

    fn replace(&mut self, json: &Json<'_>) {
        match &json.value {
            Value::Object(object) => match self.who.iter().find(|known| is(json, &known.ifi)) {
                Some(known) => self.set(json, known.instead.clone()),
                None => object.members.iter().for_each(|(_, value)| self.replace(value)),
            },
            Value::Array(items) => items.iter().for_each(|item| self.replace(item)),
            _ => {}
        }
    }

    fn own_words(&mut self, statement: &Json<'_>) {
        let own = statement.get("actor").is_some_and(|actor| self.who.iter().any(|known| is(actor, &known.ifi)));
        if own && let Some(response) = statement.get("result").and_then(|result| result.get("response")) {
            self.set(response, "\"\"".to_owned());
        }
        let Some(attachments) = statement.get("attachments") else { return };
        let Value::Array(items) = &attachments.value else { return };
        let goes = |one: &Json<'_>| own || text(one, "usageType") == Some(signature::USAGE);
        let kept: Vec<&str> = items.iter().filter(|one| !goes(one)).map(|one| one.raw).collect();
        if kept.len() < items.len() {
            let let_go = items.iter().filter(|one| goes(one)).filter_map(|one| text(one, "sha2"));
            self.let_go.extend(let_go.map(str::to_owned));
            self.set(attachments, format!("[{}]", kept.join(",")));
        }
    }

    fn apply(mut self) -> Forgotten {
        // What stands inside of what goes, goes with it.
        self.made.sort_by_key(|(place, _)| (place.start, Reverse(place.end)));
        let (mut text, mut at) = (String::with_capacity(self.whole.len()), 0);
        for (place, new) in self.made {
            if place.start < at {
                continue;
            }
            text.push_str(&self.whole[at..place.start]);
            text.push_str(&new);
            at = place.end;
        }
        text.push_str(&self.whole[at..]);
        Forgotten { text, let_go: self.let_go }
    }
}

fn text<'j>(json: &'j Json<'_>, key: &str) -> Option<&'j str> {
    json.get(key).and_then(Json::as_str)
}

/// Whether an object carries this identifier.
fn is(json: &Json<'_>, ifi: &Ifi) -> bool {
    match ifi {
        Ifi::Mbox(mbox) => text(json, "mbox") == Some(mbox),
        Ifi::MboxSha1(sum) => text(json, "mbox_sha1sum").is_some_and(|given| given.eq_ignore_ascii_case(sum)),
        Ifi::OpenId(uri) => text(json, "openid") == Some(uri),
        Ifi::Account { home_page, name } => json
            .get("account")
            .is_some_and(|account| text(account, "homePage") == Some(home_page) && text(account, "name") == Some(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lea() -> [Known; 2] {
        let account = Ifi::Account { home_page: "http://h".into(), name: "4711".into() };
        [(Ifi::Mbox("mailto:lea@b.fr".into()), "{\"mail\":0}"), (account, "{\"account\":0}")]
            .map(|(ifi, instead)| Known { ifi, instead: instead.to_owned() })
    }

    fn told(text: &str) -> Option<(String, Vec<String>)> {
        without(&Json::parse(text).unwrap(), &lea()).map(|forgotten| (forgotten.text, forgotten.let_go))
    }

    #[test]
    fn nobody_stands_wherever_somebody_was_named_and_all_else_stays() {
        let text = r#"{"actor": {"name":"Léa","mbox":"mailto:lea@b.fr"}, "result":{"response":"moi, Léa","score":{"scaled":0.50}},
            "context":{"team":{"objectType":"Group","member":[{"account":{"homePage":"http://h","name":"4711"}},{"mbox":"mailto:x@b.fr"}]}},
            "attachments":[{"usageType":"urn:cv","sha2":"aa"}]}"#;
        let expected = r#"{"actor": {"mail":0}, "result":{"response":"","score":{"scaled":0.50}},
            "context":{"team":{"objectType":"Group","member":[{"account":0},{"mbox":"mailto:x@b.fr"}]}},
            "attachments":[]}"#;
        assert_eq!(told(text), Some((expected.to_owned(), vec!["aa".to_owned()])));
    }

    #[test]
    fn who_is_only_named_loses_nothing_of_what_others_said_but_its_signature() {
        let text = r#"{"actor":{"mbox":"mailto:x@b.fr"},"result":{"response":"bravo"},"context":{"instructor":{"mbox":"mailto:lea@b.fr"}},
            "attachments":[{"usageType":"urn:cv", "sha2":"aa"},{"usageType":"http://adlnet.gov/expapi/attachments/signature","sha2":"bb"}]}"#;
        let expected = r#"{"actor":{"mbox":"mailto:x@b.fr"},"result":{"response":"bravo"},"context":{"instructor":{"mail":0}},
            "attachments":[{"usageType":"urn:cv", "sha2":"aa"}]}"#;
        assert_eq!(told(text), Some((expected.to_owned(), vec!["bb".to_owned()])));
    }

    #[test]
    fn what_is_said_in_a_sub_statement_goes_too() {
        let text = r#"{"actor":{"mbox":"mailto:x@b.fr"},"object":{"objectType":"SubStatement","actor":{"mbox":"mailto:lea@b.fr"},"result":{"response":"moi"}}}"#;
        let expected = r#"{"actor":{"mbox":"mailto:x@b.fr"},"object":{"objectType":"SubStatement","actor":{"mail":0},"result":{"response":""}}}"#;
        assert_eq!(told(text), Some((expected.to_owned(), Vec::new())));
    }

    #[test]
    fn a_statement_about_others_is_left_alone() {
        assert_eq!(told(r#"{"actor":{"mbox":"mailto:x@b.fr"},"result":{"response":"mailto:lea@b.fr"}}"#), None);
    }
}
