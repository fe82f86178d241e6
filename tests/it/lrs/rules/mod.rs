//! What a statement may say and what it may not: the rules of the data chapter, each broken through HTTP by a client of each
//! edition, in a statement and in a sub-statement.

mod actors;
mod details;
mod objects;

use super::*;

/// A statement that says all that an edition-independent statement can.
pub fn whole() -> Value {
    json!({
        "actor": {"objectType": "Agent", "name": "Camille Roux", "account": {"homePage": "https://rh.example.fr", "name": "camille"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"fr": "a répondu à", "en-US": "answered"}},
        "object": {"objectType": "Activity", "id": "http://example.fr/chantier/q1", "definition": {
            "name": {"fr": "Question 1"}, "description": {"fr": "Quel casque ?"}, "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
            "moreInfo": "https://example.fr/chantier", "interactionType": "choice", "correctResponsesPattern": ["a[,]b"],
            "choices": [{"id": "a", "description": {"fr": "Jaune"}}, {"id": "b", "description": {"fr": "Blanc"}}],
            "extensions": {"http://example.fr/x/niveau": 2}}},
        "result": {"score": {"scaled": 0.5, "raw": 4, "min": 0, "max": 8}, "success": true, "completion": true, "response": "a",
            "duration": "PT12M30.5S", "extensions": {"http://example.fr/x/essais": [1]}},
        "context": {"registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
            "instructor": {"objectType": "Agent", "name": "Nadia", "mbox": "mailto:nadia@example.fr"},
            "team": {"objectType": "Group", "name": "Voirie", "mbox": "mailto:voirie@example.fr", "member": [
                {"objectType": "Agent", "name": "Moussa", "mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"}]},
            "contextActivities": {"parent": [{"id": "http://example.fr/chantier"}], "grouping": [{"id": "http://example.fr/parcours"}],
                "category": [{"objectType": "Activity", "id": "http://example.fr/profil"}], "other": [{"id": "http://example.fr/autre"}]},
            "revision": "3", "platform": "Préau", "language": "fr-FR",
            "statement": {"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"},
            "extensions": {"http://example.fr/x/salle": {"étage": null}}},
        "timestamp": "2026-11-21T10:00:00.123Z",
        "attachments": [{"usageType": "http://example.fr/preuve", "display": {"fr": "Preuve"}, "description": {"fr": "Photo"},
            "contentType": "image/png", "length": 4, "sha2": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "fileUrl": "https://example.fr/photo.png"}]
    })
}

/// A statement whose object is `inner` as a sub-statement.
pub fn sub(inner: &Value) -> Value {
    with(statement("lea", "planned", "x"), "object", with(inner.clone(), "objectType", json!("SubStatement")))
}

/// Puts `value` at `pointer`, or takes away what is there. The parent must be there.
pub fn put_at(statement: &mut Value, pointer: &str, value: Option<Value>) {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    let parent = statement.pointer_mut(parent).unwrap_or_else(|| panic!("nothing at {parent}"));
    match (parent, value) {
        (Value::Array(items), Some(value)) => items[key.parse::<usize>().expect("a place in a list")] = value,
        (Value::Object(members), Some(value)) => _ = members.insert(key.replace("~1", "/"), value),
        (Value::Object(members), None) => _ = members.shift_remove(&key.replace("~1", "/")),
        (other, _) => panic!("{pointer}: {other} has no parts"),
    }
}

/// Clients of both editions, and what the store says to what they send.
struct Judge {
    clients: [Client; 2],
}

impl Judge {
    async fn of(app: &TestApp) -> Self {
        Self { clients: both_editions(app).await }
    }

    /// The whole statement with `value` at `pointer` breaks `rule` (any, if that is empty), in a sub-statement too.
    async fn refuses(&self, pointer: &str, value: Value, rule: &str) {
        let mut wrong = whole();
        put_at(&mut wrong, pointer, Some(value));
        self.refuses_all(&wrong, pointer, rule).await;
    }

    /// The same for a whole statement from which something is gone.
    async fn refuses_without(&self, pointer: &str, rule: &str) {
        let mut wrong = whole();
        put_at(&mut wrong, pointer, None);
        self.refuses_all(&wrong, pointer, rule).await;
    }

    async fn refuses_all(&self, wrong: &Value, pointer: &str, rule: &str) {
        let only_statements = ["/id", "/stored", "/authority", "/version"].iter().any(|key| pointer.starts_with(key));
        for client in &self.clients {
            refuses(client, wrong, pointer, rule).await;
            if !only_statements {
                refuses(client, &sub(wrong), &format!("/object{pointer}"), rule).await;
            }
        }
    }

    /// The whole statement with `value` at `pointer` is taken and says so afterwards: by POST, and as a sub-statement by PUT.
    async fn takes(&self, pointer: &str, value: Value) {
        let mut good = whole();
        put_at(&mut good, pointer, Some(value.clone()));
        for client in &self.clients {
            takes(client, &good, pointer, &value).await;
            let id = Uuid::new_v4().to_string();
            let path = query(&[("statementId", &id)]);
            put(client, &path, &sub(&good), &[]).await.expect(204);
            let kept = client.get(&path).await.expect(200).json();
            assert_eq!(kept.pointer(&format!("/object{pointer}")), Some(&value), "{pointer}");
        }
    }

    /// Nothing that was refused is there.
    async fn has_nothing(&self) {
        assert_eq!(ids(&self.clients[0], &[]).await, [""; 0]);
    }
}

/// `client` is told that `wrong` breaks `rule` at `pointer`, or above or below it.
async fn refuses(client: &Client, wrong: &Value, pointer: &str, rule: &str) {
    let answer = client.post_json("/xapi/statements", wrong).await;
    assert_eq!(answer.status, 400, "{pointer} in {wrong}");
    let problem = answer.json();
    let told = problem["problems"].as_array().unwrap_or_else(|| panic!("{problem}")).iter().any(|problem| {
        let at = problem["pointer"].as_str().unwrap_or_default();
        (at.starts_with(pointer) || pointer.starts_with(at)) && (rule.is_empty() || problem["rule"] == rule)
    });
    assert!(told, "{pointer} should break {rule}: {problem}");
}

/// `client` may say `good`, and finds `value` at `pointer` when it reads it again.
async fn takes(client: &Client, good: &Value, pointer: &str, value: &Value) {
    let answer = client.post_json("/xapi/statements", good).await;
    assert_eq!(answer.status, 200, "{pointer} = {value}: {}", answer.text());
    let id = answer.json()[0].as_str().expect("an id").to_owned();
    let kept = client.get(&query(&[("statementId", &id)])).await.expect(200).json();
    assert_eq!(kept.pointer(pointer), Some(value), "{pointer}");
}

/// Every place in `value`, but for what lies inside extensions.
pub fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let mut visit = |key: String, value: &Value| {
        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        found.push(at.clone());
        if key != "extensions" {
            places(value, &at, found);
        }
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| visit(key.clone(), value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| visit(index.to_string(), value)),
        _ => {}
    }
}

fn all_places() -> Vec<String> {
    let mut found = Vec::new();
    places(&whole(), "", &mut found);
    found
}

/// Texts by language: their keys are tags.
fn is_language_map(place: &str) -> bool {
    ["/display", "/description"].iter().any(|end| place.ends_with(end)) || place == "/object/definition/name"
}

both_databases! {
    async fn nothing_is_null_but_in_extensions(app: TestApp) {
        let judge = Judge::of(&app).await;
        for place in all_places() {
            judge.refuses(&place, Value::Null, "").await;
        }
        judge.has_nothing().await;
        for place in ["/object/definition", "/result", "/context"] {
            judge.takes(&format!("{place}/extensions/http:~1~1example.fr~1nul"), Value::Null).await;
        }
    }

    async fn every_member_is_known_and_spelt_as_the_standard_spells_it(app: TestApp) {
        let judge = Judge::of(&app).await;
        for place in all_places() {
            let statement = whole();
            let Some(members) = statement.pointer(&place).and_then(Value::as_object) else { continue };
            if is_language_map(&place) || place.ends_with("/extensions") {
                continue;
            }
            judge.refuses(&format!("{place}/remarque"), json!("x"), "unknown-key").await;
            for (key, value) in members {
                let mut wrong = whole();
                put_at(&mut wrong, &format!("{place}/{key}"), None);
                let shouted = format!("{place}/{}", key.to_uppercase());
                put_at(&mut wrong, &shouted, Some(value.clone()));
                judge.refuses_all(&wrong, &shouted, "unknown-key").await;
            }
        }
        for key in ["Actor", "VERB", "Object", "remarque"] {
            judge.refuses(&format!("/{key}"), json!({}), "unknown-key").await;
        }
        judge.has_nothing().await;
    }

    async fn numbers_and_booleans_are_no_texts_and_texts_no_numbers(app: TestApp) {
        let judge = Judge::of(&app).await;
        for (place, value, rule) in [
            ("/result/success", json!("true"), "boolean"), ("/result/success", json!(1), "boolean"),
            ("/result/completion", json!("false"), "boolean"), ("/result/completion", json!(0), "boolean"),
            ("/result/score/raw", json!("4"), "number"), ("/result/score/scaled", json!("0.5"), "number"),
            ("/result/score/min", json!("0"), "number"), ("/result/score/max", json!(true), "number"),
            ("/attachments/0/length", json!("4"), "length"),
            ("/result/response", json!(4), "string"), ("/context/revision", json!(3), "string"),
            ("/context/platform", json!({}), "string"), ("/verb/display/fr", json!(1), "string"),
            ("/result", json!("good"), "object"), ("/context", json!([]), "object"), ("/verb", json!("answered"), "object"),
            ("/actor", json!("camille"), "object"), ("/object", json!("q1"), "object"),
        ] {
            judge.refuses(place, value, rule).await;
        }
        judge.has_nothing().await;
        judge.takes("/result/extensions/http:~1~1example.fr~1x~1essais", json!(123456.789012)).await;
        judge.takes("/result/score/raw", json!(3.25)).await;
    }

    async fn a_statement_says_who_did_what_to_what(app: TestApp) {
        let judge = Judge::of(&app).await;
        for missing in ["/actor", "/verb", "/object", "/verb/id", "/object/id"] {
            judge.refuses_without(missing, "required").await;
        }
        judge.has_nothing().await;
        for optional in ["/result", "/context", "/timestamp", "/attachments", "/verb/display", "/object/definition", "/object/objectType"] {
            let mut less = whole();
            put_at(&mut less, optional, None);
            for client in &judge.clients {
                takes(client, &less, "/actor", &less["actor"]).await;
                takes(client, &sub(&less), "/object/actor", &less["actor"]).await;
            }
        }
    }
}
