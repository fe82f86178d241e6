//! Playing: what content saves is there again, in every standard, and only for whom it is.

mod access;
mod any_order;
mod attempts;
mod by_program;
mod completing;
mod conventions;
mod cost;
mod faults;
mod interactions;
mod links;
mod looking;
mod place;
mod profile;
mod raw_scores;
mod recordings;
mod rules;
mod satisfied;
mod scorm;
mod sequencing;
mod sessions;
mod shared_data;
mod silent;
mod statements;
mod tolerance;
mod units;

use preau::identity::Role;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::learning::{Launch, TestCourse, archive, au, cmi5, item, place, scorm, tincan, wave};
use crate::support::{Answer, Client, TestApp, TestPerson};

fn one_sco() -> Vec<u8> {
    scorm("1.2", &item("a", "<adlcp:masteryscore>70</adlcp:masteryscore>"), &[("a", "sco")])
}

/// Three SCOs in a flowing organization of SCORM 2004.
fn three_scos(control: &str) -> Vec<u8> {
    let items = format!(
        "{}{}{}<imsss:sequencing><imsss:controlMode {control}/></imsss:sequencing>",
        item("a", ""),
        item("b", ""),
        item("c", "")
    );
    scorm("2004 3rd Edition", &items, &[("a", "sco"), ("b", "sco"), ("c", "asset")])
}

/// What the LRS holds of a registration, the earliest first: the last part of each verb.
async fn verbs(app: &TestApp, registration: &str) -> Vec<String> {
    statements(app, registration).await.iter().map(|statement| last_part(&statement["verb"]["id"])).collect()
}

async fn statements(app: &TestApp, registration: &str) -> Vec<Value> {
    let id = registration.parse().expect("an id");
    let mut tx = app.app.db.read().await.expect("a transaction");
    let stored = preau::lrs::of_registration(&mut tx, id).await.expect("statements");
    stored.into_iter().map(|stored| serde_json::to_value(stored.statement).expect("JSON")).collect()
}

fn last_part(iri: &Value) -> String {
    iri.as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned()
}

/// The categories of a statement: the last part of each.
fn categories(statement: &Value) -> Vec<String> {
    let all = statement["context"]["contextActivities"]["category"].as_array();
    all.into_iter().flatten().map(|category| last_part(&category["id"])).collect()
}

async fn report(app: &TestApp, registration: &str) -> Value {
    let reader = app.token(&["registrations/read"]).await;
    reader.get(&format!("/api/v1/registrations/{registration}")).await.expect(200).json()
}

/// Sends a statement as launched content does.
async fn state(content: &Client, auth: &str, statement: &Value) -> u16 {
    let headers =
        [("content-type", "application/json"), ("authorization", auth), ("x-experience-api-version", "1.0.3")];
    let body = statement.to_string().into_bytes();
    content.send(reqwest::Method::POST, "/xapi/statements", body, &headers).await.status.as_u16()
}

fn query(address: &Value) -> std::collections::HashMap<String, String> {
    let address = url::Url::parse(address.as_str().expect("an address")).expect("an address");
    address.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// What content puts into `Authorization`, fetched where it has to be.
async fn token(app: &TestApp, query: &std::collections::HashMap<String, String>) -> String {
    let Some(fetch) = query.get("fetch") else { return query["auth"].clone() };
    let fetched = app.content().post_bytes(fetch, "application/json", Vec::new()).await.expect(200).json();
    format!("Basic {}", fetched["auth-token"].as_str().expect("a token"))
}

/// What a unit reads before anything else.
async fn launch_data(app: &TestApp, query: &std::collections::HashMap<String, String>, auth: &str) -> Value {
    let document = format!(
        "/xapi/activities/state?stateId=LMS.LaunchData&activityId={}&registration={}&agent={}",
        encoded(&query["activityId"]),
        query["registration"],
        encoded(&query["actor"])
    );
    let headers = [("authorization", auth), ("x-experience-api-version", "1.0.3")];
    app.content().send(reqwest::Method::GET, &document, Vec::new(), &headers).await.expect(200).json()
}

/// "The learner completed it", as content says it.
fn completed(query: &std::collections::HashMap<String, String>) -> Value {
    let actor: Value = serde_json::from_str(&query["actor"]).expect("an agent");
    let object = query.get("activityId").or_else(|| query.get("activity_id"));
    json!({"actor": actor, "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"}, "object": {"id": object},
        "context": {"registration": query["registration"]}})
}

/// A cmi5 unit that was launched and has read what a unit reads before it begins; the test is the unit.
struct Unit {
    query: std::collections::HashMap<String, String>,
    auth: String,
    data: Value,
    /// Another server on the same records, if it talks to one.
    address: Option<std::net::SocketAddr>,
}

impl Unit {
    async fn open(app: &TestApp, launched: &Value) -> Self {
        let query = query(&launched["runtime"]["content_url"]);
        let auth = token(app, &query).await;
        let data = launch_data(app, &query, &auth).await;
        let unit = Self { query, auth, data, address: None };
        let asked = unit.ask(app, reqwest::Method::GET, &unit.preferences(), "").await;
        assert!(matches!(asked.status.as_u16(), 200 | 404));
        unit
    }

    /// Where its learner's preferences are.
    fn preferences(&self) -> String {
        format!("/xapi/agents/profile?profileId=cmi5LearnerPreferences&agent={}", encoded(&self.query["actor"]))
    }

    async fn ask(&self, app: &TestApp, method: reqwest::Method, path: &str, body: &str) -> Answer {
        let headers = [
            ("content-type", "application/json"),
            ("authorization", self.auth.as_str()),
            ("x-experience-api-version", "1.0.3"),
        ];
        let content = match self.address {
            Some(address) => app.content().moved_to(address),
            None => app.content(),
        };
        content.send(method, path, body.as_bytes().to_vec(), &headers).await
    }

    /// A cmi5 defined statement, as a good unit makes it.
    fn statement(&self, verb: &str) -> Value {
        let judges = ["completed", "passed", "failed"].contains(&verb);
        let mut context = self.data["contextTemplate"].clone();
        context["registration"] = json!(self.query["registration"]);
        context["contextActivities"]["category"] =
            json!([{"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}]);
        if judges {
            let counts = json!({"id": "https://w3id.org/xapi/cmi5/context/categories/moveon"});
            context["contextActivities"]["category"].as_array_mut().expect("a list").push(counts);
        }
        let actor: Value = serde_json::from_str(&self.query["actor"]).expect("an agent");
        let mut statement = json!({
            "id": uuid::Uuid::new_v4(), "timestamp": "2026-11-21T12:00:00Z", "actor": actor,
            "verb": {"id": format!("http://adlnet.gov/expapi/verbs/{verb}")},
            "object": {"id": self.query["activityId"]}, "context": context,
        });
        match verb {
            "completed" => statement["result"] = json!({"completion": true, "duration": "PT3M"}),
            "passed" => statement["result"] = json!({"success": true, "duration": "PT3M"}),
            "failed" => statement["result"] = json!({"success": false, "duration": "PT3M"}),
            "terminated" => statement["result"] = json!({"duration": "PT4M"}),
            _ => {}
        }
        statement
    }

    /// The same with a score, which comes with the mark to reach.
    fn scored(&self, verb: &str, scaled: f64) -> Value {
        let mut statement = self.statement(verb);
        statement["result"]["score"] = json!({"scaled": scaled});
        let mastery = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore";
        if let Some(mark) = self.data.get("masteryScore") {
            statement["context"]["extensions"][mastery] = mark.clone();
        }
        statement
    }

    async fn send(&self, app: &TestApp, statements: &Value) -> Answer {
        self.ask(app, reqwest::Method::POST, "/xapi/statements", &statements.to_string()).await
    }

    async fn say(&self, app: &TestApp, verb: &str) -> Answer {
        self.send(app, &self.statement(verb)).await
    }
}

/// That what was launched says that it is completed: the status of that.
async fn tell_completed(app: &TestApp, launched: &Value) -> u16 {
    let query = query(&launched["runtime"]["content_url"]);
    if !query.contains_key("fetch") {
        return state(&app.content(), &query["auth"], &completed(&query)).await;
    }
    let unit = Unit::open(app, launched).await;
    unit.say(app, "initialized").await.expect(200);
    unit.say(app, "completed").await.status.as_u16()
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
