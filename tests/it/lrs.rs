//! The Learning Record Store through `/xapi/`.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use preau::core::{Error, LaunchId, PersonId, RegistrationId, Result};
use preau::identity::Role;
use preau::lrs::{self, Credential, Scope};
use preau::on_db;
use preau::progress::Projector;
use preau::state::{App, Projection};
use preau::storage::Tx;
use preau::xapi::{Activity, Agent, Ifi, Statement, Stored, vocabulary};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::both_databases;
use crate::support::{Answer, Client, TestApp};

const JSON: (&str, &str) = ("content-type", "application/json");

/// A tool with a credential of these scopes, which speaks 1.0.3.
async fn tool(app: &TestApp, scopes: &[Scope]) -> Client {
    let mut tx = app.app.db.begin().await.unwrap();
    let credential = lrs::create_credential(&mut tx, "Outil", scopes, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    speaking(app.program(), &credential, "1.0.3")
}

fn speaking(client: Client, credential: &Credential, version: &str) -> Client {
    let authorization = format!("Basic {}", credential.basic());
    client.with_header("authorization", &authorization).with_header("x-experience-api-version", version)
}

fn statement(who: &str, verb: &str, what: &str) -> Value {
    json!({
        "actor": {"mbox": format!("mailto:{who}@example.fr"), "name": who},
        "verb": {"id": format!("http://adlnet.gov/expapi/verbs/{verb}")},
        "object": {"id": format!("http://example.fr/{what}")}
    })
}

fn with(mut statement: Value, key: &str, value: Value) -> Value {
    statement[key] = value;
    statement
}

fn query(pairs: &[(&str, &str)]) -> String {
    let pairs = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("/xapi/statements?{pairs}")
}

fn mbox(who: &str) -> String {
    json!({"mbox": format!("mailto:{who}@example.fr")}).to_string()
}

async fn store(tool: &Client, statements: &Value) -> Vec<String> {
    let ids = tool.post_json("/xapi/statements", statements).await.expect(200).json();
    ids.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

async fn ids(tool: &Client, pairs: &[(&str, &str)]) -> Vec<String> {
    ids_of(&tool.get(&query(pairs)).await.expect(200).json())
}

fn ids_of(page: &Value) -> Vec<String> {
    page["statements"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap().to_owned()).collect()
}

async fn put(client: &Client, path: &str, body: &Value, headers: &[(&'static str, &str)]) -> Answer {
    let headers = [&[JSON], headers].concat();
    client.send(Method::PUT, path, body.to_string().into_bytes(), &headers).await
}

both_databases! {
    async fn what_launched_content_may_no_longer_use_is_removed_and_the_rest_stays(app: TestApp) {
        use crate::support::learning::tincan;
        let course = app.import(tincan()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let launch = camille.launch(&registration, activity).await;
        let launch = launch.answer["launch"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let registration = RegistrationId(registration.parse().expect("an id"));
        let actor = Agent::account("http://a", "b").ifi;
        let now = app.clock.now();
        // More than one batch, and one that lasts longer.
        let mut tx = app.app.db.begin().await.expect("a transaction");
        for hours in std::iter::repeat_n(1, 1_100).chain([48]) {
            let until = now.plus(Duration::from_secs(hours * 3600));
            lrs::issue_launch_credential(&mut tx, launch, registration, &actor, &[Scope::State], now, until)
                .await
                .expect("a credential");
        }
        tx.commit().await.expect("a commit");
        assert_eq!(lrs::sweep(&app.app).await.expect("a sweep"), 0);
        app.clock.advance(Duration::from_secs(25 * 3600));
        assert_eq!(lrs::sweep(&app.app).await.expect("a sweep"), 1_101);
        assert_eq!(app.count("launch_credential").await, 1);
    }

    async fn a_statement_is_returned_as_it_came_with_what_the_server_sets(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let text = r#"{"verb" : {"id":"http://v/x"}, "actor":{"mbox":"mailto:a@b.fr"},"object":{"id":"http://o/x"},
            "result":{"extensions":{"http://x/y":[1.50,"\ud800",1e400,null]}},"context":{"contextActivities":{"parent":{"id":"http://p/x"}}}}"#;
        let answer = tool.post_bytes("/xapi/statements", "application/json", text.as_bytes().to_vec()).await.expect(200);
        assert_eq!(answer.header("x-experience-api-version"), Some("1.0.3"));
        let id = answer.json()[0].as_str().unwrap().to_owned();

        let answer = tool.get(&query(&[("statementId", &id)])).await.expect(200);
        let body = answer.text();
        assert!(body.contains(r#""verb" : {"id":"http://v/x"}"#), "{body}");
        assert!(body.contains(r#"[1.50,"\ud800",1e400,null]"#), "{body}");
        assert!(body.contains(r#""parent":[{"id":"http://p/x"}]"#), "{body}");
        assert!(body.contains(&format!("\"id\":\"{id}\"")) && body.contains(r#""version":"1.0.0""#), "{body}");
        assert!(body.contains(r#""authority":{"objectType":"Agent","name":"Outil","account":"#), "{body}");
        assert!(body.contains(r#""timestamp":"2026-11-21T12:00:00"#) && body.contains(r#""stored":"2026-11-21T12:00:00"#), "{body}");
        assert!(answer.header("last-modified").is_some() && answer.header("x-experience-api-consistent-through").is_some());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }

    async fn an_id_is_taken_once_and_the_same_statement_again_is_no_conflict(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let id = Uuid::new_v4().to_string();
        let path = query(&[("statementId", &id)]);
        put(&tool, &path, &statement("camille", "completed", "cours"), &[]).await.expect(204);
        let again = with(statement("camille", "completed", "cours"), "id", json!(id.to_uppercase()));
        put(&tool, &path, &again, &[]).await.expect(204);
        let other = put(&tool, &path, &statement("camille", "failed", "cours"), &[]).await.expect(409).json();
        assert_eq!(other["code"], "statement-conflict");
        let differing = with(statement("camille", "completed", "cours"), "id", json!(Uuid::new_v4().to_string()));
        put(&tool, &path, &differing, &[]).await.expect(400);
        put(&tool, "/xapi/statements", &statement("camille", "completed", "cours"), &[]).await.expect(400);
        let twice = with(statement("a", "completed", "x"), "id", json!(id));
        assert_eq!(tool.post_json("/xapi/statements", &json!([twice, twice])).await.expect(400).json()["code"], "statement-id-repeated");
        assert_eq!(ids(&tool, &[]).await, [id]);
    }

    async fn a_batch_is_stored_whole_or_not_at_all_and_every_problem_is_told(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let mut wrong = statement("b", "completed", "x");
        wrong["verb"]["id"] = json!("completed");
        wrong["result"] = json!({"score": {"scaled": 3}});
        let batch = json!([statement("a", "completed", "x"), wrong]);
        let problem = tool.post_json("/xapi/statements", &batch).await.expect(400).json();
        assert_eq!(problem["code"], "statement-invalid");
        assert_eq!(problem["problems"][0]["pointer"], "/1/verb/id");
        assert_eq!(problem["problems"][1]["pointer"], "/1/result/score/scaled");
        assert!(ids(&tool, &[]).await.is_empty());
        assert_eq!(store(&tool, &json!([statement("a", "completed", "x"), statement("b", "completed", "x")])).await.len(), 2);
        assert_eq!(store(&tool, &json!([])).await.len(), 0);
    }

    async fn each_filter_finds_what_it_says(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let registration = Uuid::new_v4().to_string();
        let context = json!({"registration": registration, "instructor": {"mbox": "mailto:lea@example.fr"},
            "contextActivities": {"grouping": [{"id": "http://example.fr/parcours"}]}});
        let team = json!({"objectType": "Group", "member": [{"mbox": "mailto:moussa@example.fr"}]});
        let all = store(&tool, &json!([
            with(statement("camille", "completed", "a"), "context", context),
            statement("camille", "failed", "b"),
            with(statement("x", "completed", "b"), "actor", team),
        ])).await;
        let (first, second, third) = (all[0].clone(), all[1].clone(), all[2].clone());
        assert_eq!(ids(&tool, &[]).await, [third.clone(), second.clone(), first.clone()]);
        assert_eq!(ids(&tool, &[("ascending", "true")]).await, [first.clone(), second.clone(), third.clone()]);
        assert_eq!(ids(&tool, &[("agent", &mbox("camille"))]).await, [second.clone(), first.clone()]);
        assert_eq!(ids(&tool, &[("agent", &mbox("moussa"))]).await, std::slice::from_ref(&third));
        assert_eq!(ids(&tool, &[("agent", &mbox("lea"))]).await, [""; 0]);
        assert_eq!(ids(&tool, &[("agent", &mbox("lea")), ("related_agents", "true")]).await, std::slice::from_ref(&first));
        assert_eq!(ids(&tool, &[("verb", "http://adlnet.gov/expapi/verbs/completed")]).await, [third.clone(), first.clone()]);
        assert_eq!(ids(&tool, &[("activity", "http://example.fr/b")]).await, [third, second.clone()]);
        assert_eq!(ids(&tool, &[("activity", "http://example.fr/parcours")]).await, [""; 0]);
        assert_eq!(ids(&tool, &[("activity", "http://example.fr/parcours"), ("related_activities", "true")]).await, std::slice::from_ref(&first));
        assert_eq!(ids(&tool, &[("registration", &registration)]).await, std::slice::from_ref(&first));
        assert_eq!(ids(&tool, &[("agent", &mbox("camille")), ("verb", "http://adlnet.gov/expapi/verbs/failed")]).await, [second]);

        app.clock.advance(Duration::from_secs(60));
        let late = store(&tool, &statement("camille", "resumed", "a")).await.remove(0);
        assert_eq!(ids(&tool, &[("since", "2026-11-21T12:00:30Z")]).await, std::slice::from_ref(&late));
        let stored = tool.get(&query(&[("statementId", &late)])).await.json()["stored"].as_str().unwrap().to_owned();
        assert_eq!(ids(&tool, &[("since", &stored)]).await, [""; 0]);
        assert_eq!(ids(&tool, &[("until", &stored)]).await.len(), 4);
        assert_eq!(ids(&tool, &[("until", "2026-11-21T12:00:30Z"), ("ascending", "true")]).await[0], first);
    }

    async fn what_is_asked_wrongly_is_refused(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        for (path, code) in [
            ("/xapi/statements?foo=1", "parameter-unknown"),
            ("/xapi/statements?Limit=1", "parameter-unknown"),
            ("/xapi/statements?limit=-1", "parameter-wrong"),
            ("/xapi/statements?limit=1&limit=2", "parameter-repeated"),
            ("/xapi/statements?verb=completed", "parameter-wrong"),
            ("/xapi/statements?agent=%7B%7D", "parameter-wrong"),
            ("/xapi/statements?format=pretty", "parameter-wrong"),
            ("/xapi/statements?since=yesterday", "parameter-wrong"),
            ("/xapi/statements?statementId=7", "parameter-wrong"),
            ("/xapi/statements?statementId=fd41c918-b88b-4b20-a0a5-a4c32391aaa0&limit=1", "parameter-unknown"),
            ("/xapi/activities/state?activityId=http://a/b", "parameter-missing"),
            ("/xapi/agents", "parameter-missing"),
        ] {
            let answer = tool.get(path).await.expect(400);
            assert_eq!(answer.header("content-type"), Some("application/problem+json; charset=utf-8"));
            assert_eq!(answer.json()["code"], code, "{path}");
            assert!(answer.header("x-experience-api-consistent-through").is_some());
        }
        tool.get(&query(&[("statementId", "fd41c918-b88b-4b20-a0a5-a4c32391aaa0")])).await.expect(404);
        tool.get("/xapi/nothing").await.expect(404);
        tool.delete("/xapi/statements").await.expect(405);
        tool.post_bytes("/xapi/statements", "text/html", b"{}".to_vec()).await.expect(400);
        tool.post_bytes("/xapi/statements", "multipart/mixed; boundary=x", b"{}".to_vec()).await.expect(415);
        tool.post_bytes("/xapi/statements", "application/json", b"{\xff}".to_vec()).await.expect(400);
        tool.post_bytes("/xapi/statements", "application/json", vec![b'['; 200_000]).await.expect(400);
        tool.post_bytes("/xapi/statements", "application/json", vec![b' '; 17 << 20]).await.expect(413);
        let attachment = json!([{"usageType": "http://x/y", "display": {}, "contentType": "text/plain", "length": 1,
            "sha2": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}]);
        let attached = with(statement("a", "completed", "x"), "attachments", attachment);
        assert_eq!(tool.post_json("/xapi/statements", &attached).await.expect(400).json()["problems"][0]["rule"], "attachment-missing");
        let mut linked = attached;
        linked["attachments"][0]["fileUrl"] = json!("http://x/file");
        tool.post_json("/xapi/statements", &linked).await.expect(200);
        let multipart = tool.get("/xapi/statements?attachments=true").await.expect(200);
        assert!(multipart.header("content-type").unwrap().starts_with("multipart/mixed; boundary="));
    }

    async fn versions_are_spoken_side_by_side(app: TestApp) {
        let old = tool(&app, &[Scope::All]).await;
        let answer = app.program().get("/xapi/about").await.expect(200);
        assert!(answer.json()["version"].as_array().unwrap().contains(&json!("2.0.0")));
        let new = old.send(Method::GET, "/xapi/statements", Vec::new(), &[]).await;
        assert_eq!(new.header("x-experience-api-version"), Some("1.0.3"));
        let mut tx = app.app.db.begin().await.unwrap();
        let credential = lrs::create_credential(&mut tx, "Neuf", &[Scope::All], app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let new = speaking(app.program(), &credential, "2.0.0");
        let mut modern = statement("a", "completed", "x");
        modern["context"] = json!({"contextAgents": [{"objectType": "contextAgent", "agent": {"mbox": "mailto:t@example.fr"}}]});
        assert_eq!(new.post_json("/xapi/statements", &modern).await.expect(200).header("x-experience-api-version"), Some("2.0.0"));
        old.post_json("/xapi/statements", &modern).await.expect(400);
        assert_eq!(ids(&new, &[("agent", &mbox("t")), ("related_agents", "true")]).await.len(), 1);
        for version in ["0.9", "1.1.0", "3.0.0", "1", "x"] {
            speaking(app.program(), &credential, version).get("/xapi/statements").await.expect(400);
        }
        let authorization = format!("Basic {}", credential.basic());
        app.program().with_header("authorization", &authorization).get("/xapi/statements").await.expect(400);
        speaking(app.program(), &credential, "1.0").get("/xapi/statements").await.expect(200);
    }

    async fn voided_statements_are_found_only_as_such_and_their_references_still_match(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let target = store(&tool, &statement("camille", "completed", "a")).await.remove(0);
        let voids = |id: &str| with(with(statement("admin", "voided", "x"), "verb", json!({"id": "http://adlnet.gov/expapi/verbs/voided"})),
            "object", json!({"objectType": "StatementRef", "id": id}));
        let voider = store(&tool, &voids(&target)).await.remove(0);
        tool.get(&query(&[("statementId", &target)])).await.expect(404);
        tool.get(&query(&[("voidedStatementId", &target)])).await.expect(200);
        tool.get(&query(&[("voidedStatementId", &voider)])).await.expect(404);
        assert_eq!(ids(&tool, &[("agent", &mbox("camille"))]).await, std::slice::from_ref(&voider), "who refers to a match is a match");
        store(&tool, &voids(&voider)).await;
        tool.get(&query(&[("statementId", &voider)])).await.expect(200);
        tool.get(&query(&[("voidedStatementId", &target)])).await.expect(200);

        // The voiding statement may come first.
        let later = Uuid::new_v4().to_string();
        let early = store(&tool, &voids(&later)).await.remove(0);
        store(&tool, &with(statement("lea", "completed", "b"), "id", json!(later))).await;
        tool.get(&query(&[("statementId", &later)])).await.expect(404);
        assert_eq!(ids(&tool, &[("agent", &mbox("lea")), ("activity", "http://example.fr/b")]).await, [early]);
        assert_eq!(ids(&tool, &[("agent", &mbox("admin")), ("activity", "http://example.fr/b")]).await, [""; 0],
            "one statement must match the whole filter");
    }

    async fn pages_stay_right_while_statements_arrive(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let batch: Vec<Value> = (0..25).map(|n| statement("camille", "experienced", &format!("page-{n}"))).collect();
        let all = store(&tool, &json!(batch)).await;
        let mut seen = Vec::new();
        let mut next = query(&[("agent", &mbox("camille")), ("limit", "4"), ("since", "2026-11-21T11:00:00Z")]);
        while !next.is_empty() {
            let page = tool.get(&next).await.expect(200).json();
            seen.extend(ids_of(&page));
            next = page["more"].as_str().unwrap().to_owned();
            store(&tool, &statement("camille", "experienced", "meanwhile")).await;
        }
        let expected: Vec<String> = all.into_iter().rev().collect();
        assert_eq!(seen, expected);
        assert_eq!(ids(&tool, &[("limit", "0")]).await.len(), 25 + 7);
    }

    async fn formats_reduce_and_translate(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let mut one = statement("camille", "completed", "a");
        one["object"]["definition"] = json!({"name": {"en": "Course", "fr": "Cours"}});
        store(&tool, &one).await;
        let mut two = statement("camille", "resumed", "a");
        two["object"]["definition"] = json!({"description": {"fr": "Sur chantier"}, "type": "http://t/cours"});
        store(&tool, &two).await;
        let ids = tool.get("/xapi/statements?format=ids").await.expect(200).json();
        assert_eq!(ids["statements"][0]["actor"], json!({"mbox": "mailto:camille@example.fr"}));
        assert_eq!(ids["statements"][0]["object"], json!({"id": "http://example.fr/a"}));
        let canonical = tool.send(Method::GET, "/xapi/statements?format=canonical", Vec::new(), &[("accept-language", "fr")]).await.json();
        assert_eq!(canonical["statements"][1]["object"]["definition"], json!({"name": {"fr": "Cours"}, "description": {"fr": "Sur chantier"}, "type": "http://t/cours"}));
        let activity = tool.get("/xapi/activities?activityId=http://example.fr/a").await.expect(200).json();
        assert_eq!(activity["definition"]["name"], json!({"en": "Course", "fr": "Cours"}));
        assert_eq!(tool.get("/xapi/activities?activityId=http://example.fr/unknown").await.expect(200).json(), json!({"objectType": "Activity", "id": "http://example.fr/unknown"}));
        let person = tool.get(&format!("/xapi/agents?agent={}", mbox("camille").replace('"', "%22"))).await.expect(200).json();
        assert_eq!(person, json!({"objectType": "Person", "name": ["camille"], "mbox": ["mailto:camille@example.fr"]}));
        let head = tool.send(Method::HEAD, "/xapi/statements", Vec::new(), &[]).await.expect(200);
        assert!(head.body.is_empty() && head.header("content-length").is_some());
    }

    async fn documents_are_kept_merged_listed_and_guarded(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let agent: String = url::form_urlencoded::byte_serialize(mbox("camille").as_bytes()).collect();
        let registration = Uuid::new_v4();
        let state = |id: &str| format!("/xapi/activities/state?activityId=http://example.fr/a&agent={agent}&registration={registration}{id}");
        put(&tool, &state("&stateId=bookmark"), &json!({"page": 3}), &[]).await.expect(204);
        let first = tool.get(&state("&stateId=bookmark")).await.expect(200);
        assert_eq!(first.json(), json!({"page": 3}));
        assert_eq!(first.header("content-type"), Some("application/json"));
        let tag = first.header("etag").unwrap().to_owned();
        assert!(tag.starts_with('"') && tag.len() == 42);
        tool.post_json(&state("&stateId=bookmark"), &json!({"seen": [1]})).await.expect(204);
        assert_eq!(tool.get(&state("&stateId=bookmark")).await.json(), json!({"page": 3, "seen": [1]}));
        assert_eq!(put(&tool, &state("&stateId=bookmark"), &json!({}), &[("if-match", &tag)]).await.expect(412).json()["code"], "document-changed");
        put(&tool, &state("&stateId=bookmark"), &json!({}), &[("if-none-match", "*")]).await.expect(412);
        tool.post_bytes(&state("&stateId=bookmark"), "text/plain", b"x".to_vec()).await.expect(400);
        tool.send(Method::PUT, &state("&stateId=raw"), vec![0, 255, 1], &[("content-type", "application/octet-stream")]).await.expect(204);
        assert_eq!(tool.get(&state("&stateId=raw")).await.body, [0, 255, 1]);
        assert_eq!(tool.get(&state("")).await.expect(200).json(), json!(["bookmark", "raw"]));
        app.clock.advance(Duration::from_secs(10));
        assert_eq!(tool.get(&state("&since=2026-11-21T12:00:05Z")).await.expect(200).json(), json!([]));
        tool.delete(&state("&stateId=raw")).await.expect(204);
        tool.get(&state("&stateId=raw")).await.expect(404);
        tool.delete(&state("")).await.expect(204);
        assert_eq!(tool.get(&state("")).await.json(), json!([]));

        for shelf in [format!("/xapi/agents/profile?agent={agent}"), "/xapi/activities/profile?activityId=http://example.fr/a".to_owned()] {
            let path = format!("{shelf}&profileId=p");
            put(&tool, &path, &json!({"a": 1}), &[("if-none-match", "*")]).await.expect(204);
            assert_eq!(put(&tool, &path, &json!({"a": 2}), &[]).await.expect(409).json()["code"], "document-condition-missing");
            let tag = tool.get(&path).await.expect(200).header("etag").unwrap().to_owned();
            put(&tool, &path, &json!({"a": 2}), &[("if-match", &tag)]).await.expect(204);
            assert_eq!(tool.get(&shelf).await.json(), json!(["p"]));
            tool.delete(&shelf).await.expect(400);
            tool.delete(&path).await.expect(204);
        }
    }

    async fn of_two_writers_of_one_document_one_is_told(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let path = "/xapi/activities/profile?activityId=http://example.fr/a&profileId=p";
        let writers = (0..8).map(|n| { let tool = &tool; async move { put(tool, path, &json!({"n": n}), &[("if-none-match", "*")]).await.status.as_u16() } });
        let mut outcomes = futures_util::future::join_all(writers).await;
        outcomes.sort_unstable();
        assert_eq!(outcomes, [204, 412, 412, 412, 412, 412, 412, 412]);
    }

    async fn the_alternate_syntax_is_understood_for_old_clients(app: TestApp) {
        let mut tx = app.app.db.begin().await.unwrap();
        let credential = lrs::create_credential(&mut tx, "Vieux", &[Scope::All], app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let authorization = format!("Basic {}", credential.basic());
        let id = Uuid::new_v4().to_string();
        let content = statement("camille", "completed", "été").to_string();
        let form = |fields: &[(&str, &str)]| {
            let always = [("Authorization", authorization.as_str()), ("X-Experience-API-Version", "1.0.1")];
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(always).extend_pairs(fields).finish().into_bytes()
        };
        for kind in ["application/x-www-form-urlencoded", "text/plain"] {
            let body = form(&[("statementId", &id), ("Content-Type", "application/json"), ("content", &content)]);
            app.content().post_bytes("/xapi/statements?method=PUT", kind, body).await.expect(204);
            let found = app.content().post_bytes("/xapi/statements?method=GET", kind, form(&[("statementId", &id)])).await.expect(200);
            assert_eq!(found.json()["object"]["id"], "http://example.fr/été");
        }
        app.content().post_bytes("/xapi/statements?method=GET&limit=1", "text/plain", form(&[])).await.expect(400);
        let modern = String::from_utf8(form(&[])).unwrap().replace("1.0.1", "2.0.0");
        app.content().post_bytes("/xapi/statements?method=GET", "text/plain", modern.into_bytes()).await.expect(400);
    }

    async fn a_credential_does_what_its_scopes_say(app: TestApp) {
        let stranger = app.program().with_header("x-experience-api-version", "1.0.3").get("/xapi/statements").await.expect(401);
        assert!(stranger.header("www-authenticate").is_none(), "a browser must not open its password dialogue");
        let wrong = Credential { key: "no".into(), secret: "body".into() };
        speaking(app.program(), &wrong, "1.0.3").get("/xapi/statements").await.expect(401);

        let admin = tool(&app, &[Scope::All]).await;
        store(&admin, &statement("camille", "completed", "a")).await;
        let writer = tool(&app, &[Scope::StatementsWrite]).await;
        let own = store(&writer, &statement("lea", "completed", "a")).await.remove(0);
        writer.get("/xapi/statements").await.expect(403);

        let mine = tool(&app, &[Scope::StatementsWrite, Scope::StatementsReadMine]).await;
        mine.get(&query(&[("statementId", &own)])).await.expect(404);
        let mut defined = statement("lea", "completed", "defined");
        defined["object"]["definition"] = json!({"name": {"fr": "Redéfini"}});
        let written = store(&mine, &defined).await;
        assert_eq!(ids(&mine, &[]).await, written);
        assert_eq!(ids(&mine, &[("agent", &mbox("lea"))]).await, written);
        let activity = admin.get("/xapi/activities?activityId=http://example.fr/defined").await.json();
        assert!(activity.get("definition").is_none(), "only `define` changes what is known of an activity");

        let reader = tool(&app, &[Scope::AllRead]).await;
        assert_eq!(ids(&reader, &[]).await.len(), 3);
        reader.post_json("/xapi/statements", &statement("a", "completed", "a")).await.expect(403);
        let profile = "/xapi/activities/profile?activityId=http://example.fr/a";
        reader.get(profile).await.expect(200);
        put(&reader, &format!("{profile}&profileId=p"), &json!({}), &[("if-none-match", "*")]).await.expect(403);
        writer.get(profile).await.expect(403);
        let keeper = tool(&app, &[Scope::Profile]).await;
        put(&keeper, &format!("{profile}&profileId=p"), &json!({}), &[("if-none-match", "*")]).await.expect(204);
        let agent: String = url::form_urlencoded::byte_serialize(mbox("camille").as_bytes()).collect();
        keeper.get(&format!("/xapi/activities/state?activityId=http://example.fr/a&agent={agent}")).await.expect(403);
    }

    async fn launched_content_speaks_only_of_its_learner_and_registration(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, launch) = registered(&app, camille.id).await;
        let ifi = Ifi::Account { home_page: "https://rh.example.fr".into(), name: "camille".into() };
        let scopes = [Scope::StatementsWrite, Scope::StatementsReadMine, Scope::State, Scope::Profile];
        let mut tx = app.app.db.begin().await.unwrap();
        let now = app.clock.now();
        let credential = lrs::issue_launch_credential(&mut tx, launch, registration, &ifi, &scopes, now, now.plus(Duration::from_secs(3600))).await.unwrap();
        tx.commit().await.unwrap();
        let content = speaking(app.content(), &credential, "1.0.3");

        let actor = json!({"account": {"homePage": "https://rh.example.fr", "name": "camille"}});
        let own = with(statement("x", "completed", "a"), "actor", actor.clone());
        let inside = with(own.clone(), "context", json!({"registration": registration.0}));
        let outside = with(own.clone(), "context", json!({"registration": Uuid::new_v4()}));
        let answer = content.post_json("/xapi/statements", &inside).await.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        content.post_json("/xapi/statements", &own).await.expect(200);
        assert_eq!(content.post_json("/xapi/statements", &outside).await.expect(403).json()["code"], "outside-launch");
        content.post_json("/xapi/statements", &statement("lea", "completed", "a")).await.expect(403);

        let admin = tool(&app, &[Scope::All]).await;
        store(&admin, &statement("lea", "completed", "a")).await;
        assert_eq!(ids(&content, &[]).await.len(), 2);
        content.get(&query(&[("agent", &mbox("lea"))])).await.expect(403);
        content.get(&query(&[("registration", &Uuid::new_v4().to_string())])).await.expect(403);

        let encoded = |agent: &str| url::form_urlencoded::byte_serialize(agent.as_bytes()).collect::<String>();
        let state = |agent: &str, rest: &str| format!("/xapi/activities/state?activityId=http://example.fr/a&stateId=s&agent={}{rest}", encoded(agent));
        put(&content, &state(&actor.to_string(), ""), &json!({"n": 1}), &[]).await.expect(204);
        content.get(&state(&actor.to_string(), &format!("&registration={}", registration.0))).await.expect(200);
        content.get(&state(&actor.to_string(), &format!("&registration={}", Uuid::new_v4()))).await.expect(403);
        content.get(&state(&mbox("lea"), "")).await.expect(403);
        content.get(&format!("/xapi/agents/profile?agent={}", encoded(&mbox("lea")))).await.expect(403);

        // Content that puts the launch's `auth` in without, or twice with, the word Basic.
        for authorization in [credential.basic(), format!("Basic Basic {}", credential.basic())] {
            let client = app.content().with_header("authorization", &authorization).with_header("x-experience-api-version", "1.0.3");
            client.get("/xapi/statements").await.expect(200);
        }
        let mut tx = app.app.db.begin().await.unwrap();
        let registered = lrs::of_registration(&mut tx, registration).await.unwrap();
        assert_eq!(registered.len(), 2, "the launch tells the registration where the content does not");
        drop(tx);

        app.clock.advance(Duration::from_secs(3601));
        content.get("/xapi/statements").await.expect(401);
    }

    async fn content_of_one_course_knows_nothing_of_another_and_voids_nothing(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        let scopes = [Scope::StatementsWrite, Scope::StatementsReadMine];
        let first = launched(&app, registered(&app, camille.id).await, &scopes).await;
        let other = registered(&app, camille.id).await;
        let second = launched(&app, other, &scopes).await;
        let own = store(&first, &statement("camille", "completed", "a")).await.remove(0);
        let named = with(statement("camille", "completed", "b"), "context", json!({"registration": other.0.0}));
        let others = store(&second, &json!([named, statement("camille", "failed", "b")])).await;

        assert_eq!(ids(&first, &[]).await, std::slice::from_ref(&own));
        assert_eq!(ids(&first, &[("activity", "http://example.fr/b")]).await, [""; 0]);
        assert_eq!(ids(&second, &[("ascending", "true")]).await, others);
        for id in &others {
            first.get(&query(&[("statementId", id)])).await.expect(404);
            second.get(&query(&[("statementId", id)])).await.expect(200);
        }

        let voids = |id: &str| with(statement("camille", "voided", "x"), "object", json!({"objectType": "StatementRef", "id": id}));
        for id in [&others[0], &own] {
            assert_eq!(first.post_json("/xapi/statements", &voids(id)).await.expect(403).json()["code"], "launch-may-not-void");
        }
        let batch = json!([statement("camille", "passed", "a"), voids(&others[0])]);
        first.post_json("/xapi/statements", &batch).await.expect(403);
        let admin = tool(&app, &[Scope::All]).await;
        assert_eq!(ids(&admin, &[("agent", &mbox("camille"))]).await.len(), 3, "nothing was voided or added");

        // A reference from elsewhere is found by whoever may see both, and shows the content nothing.
        let refers = with(statement("camille", "asked", "x"), "object", json!({"objectType": "StatementRef", "id": own}));
        store(&admin, &refers).await;
        assert_eq!(ids(&first, &[]).await, std::slice::from_ref(&own));
        store(&admin, &voids(&own)).await;
        assert_eq!(ids(&first, &[]).await, [""; 0]);
    }

    async fn content_that_leaves_no_trace_is_answered_as_ever(app: TestApp) {
        let nadia = app.person("Nadia", Role::Trainer).await;
        let scopes = [Scope::StatementsWrite, Scope::StatementsReadMine, Scope::State, Scope::Forget];
        let place = registered(&app, nadia.id).await;
        let content = launched(&app, place, &scopes).await;
        let agent: String = url::form_urlencoded::byte_serialize(mbox("camille").as_bytes()).collect();
        let preferences = format!("/xapi/agents/profile?agent={agent}&profileId=cmi5LearnerPreferences");
        let state = format!("/xapi/activities/state?activityId=http://example.fr/a&agent={agent}&stateId=s");
        content.get(&preferences).await.expect(404);
        let stranger: String = url::form_urlencoded::byte_serialize(mbox("lea").as_bytes()).collect();
        content.get(&preferences.replace(&agent, &stranger)).await.expect(403);
        for path in [&preferences, &state] {
            let answer = put(&content, path, &json!({"a": 1}), &[]).await.expect(204);
            assert!(answer.header("etag").is_some());
            content.get(path).await.expect(404);
        }
        assert_eq!(app.count("lrs_document").await, 0);

        // A preview has a registration of its own, and its state goes with it.
        let mut tx = app.app.db.begin().await.unwrap();
        on_db!(tx, c => sqlx::query("UPDATE registration SET preview = TRUE WHERE id = $1").bind(place.0).execute(c).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
        put(&content, &state, &json!({"a": 1}), &[]).await.expect(204);
        assert_eq!(content.get(&state).await.expect(200).json(), json!({"a": 1}));
        put(&content, &preferences, &json!({"a": 1}), &[]).await.expect(204);
        assert_eq!(app.count("lrs_document").await, 1);
    }

    async fn a_page_of_large_statements_ends_early_and_none_is_larger_than_a_mebibyte(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let sized = |size: usize| {
            let extensions = json!({"http://example.fr/x": "x".repeat(size)});
            with(statement("camille", "completed", "a"), "result", json!({"extensions": extensions}))
        };
        let all = store(&tool, &json!((0..6).map(|_| sized(900_000)).collect::<Vec<_>>())).await;
        let page = tool.get(&query(&[("ascending", "true"), ("limit", "5")])).await.expect(200).json();
        assert_eq!(ids_of(&page), all[..4]);
        let page = tool.get(page["more"].as_str().unwrap()).await.expect(200).json();
        assert_eq!((ids_of(&page).as_slice(), &page["more"]), (&all[4..], &json!("")));
        let batch = json!([statement("camille", "completed", "a"), sized(1 << 20)]);
        assert_eq!(tool.post_json("/xapi/statements", &batch).await.expect(413).json()["code"], "statement-too-large");

        let registration = RegistrationId::new();
        let told: Vec<Value> = (0..5)
            .map(|n| with(statement("lea", "experienced", &n.to_string()), "context", json!({"registration": registration.0})))
            .collect();
        let told = store(&tool, &json!(told)).await;
        let mut tx = app.app.db.read().await.unwrap();
        let latest = lrs::latest_of_registration(&mut tx, registration, 2).await.unwrap();
        assert_eq!(latest.iter().map(|stored| stored.id.to_string()).collect::<Vec<_>>(), [told[4].clone(), told[3].clone()]);
    }

    async fn revoked_launches_are_over(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, launch) = registered(&app, camille.id).await;
        let ifi = Ifi::Mbox("mailto:camille@example.fr".into());
        let now = app.clock.now();
        let mut tx = app.app.db.begin().await.unwrap();
        let credential = lrs::issue_launch_credential(&mut tx, launch, registration, &ifi, &[Scope::StatementsReadMine], now, now.plus(Duration::from_secs(60))).await.unwrap();
        tx.commit().await.unwrap();
        let content = speaking(app.content(), &credential, "1.0.3");
        content.get("/xapi/statements").await.expect(200);
        let mut tx = app.app.db.begin().await.unwrap();
        lrs::revoke_launch_credentials(&mut tx, launch, now).await.unwrap();
        tx.commit().await.unwrap();
        content.get("/xapi/statements").await.expect(401);
    }

    async fn batches_that_share_new_agents_and_activities_all_succeed(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let writers = (0..16).map(|writer| {
            let tool = &tool;
            async move {
                for round in 0..4 {
                    // Each writer names the same new people and things, in an order of its own.
                    let batch: Vec<Value> = (0..20).map(|n| {
                        let n = (n * 7 + writer * 3) % 20;
                        let mut one = statement(&format!("p{round}-{n}"), "completed", &format!("o{round}-{}", (n + writer) % 20));
                        one["object"]["definition"] = json!({"name": {"fr": format!("Nom {writer}")}});
                        one
                    }).collect();
                    tool.post_json("/xapi/statements", &json!(batch)).await.expect(200);
                }
            }
        });
        futures_util::future::join_all(writers).await;
        let mut seen = HashSet::new();
        let mut next = query(&[("limit", "500")]);
        while !next.is_empty() {
            let page = tool.get(&next).await.expect(200).json();
            seen.extend(ids_of(&page));
            next = page["more"].as_str().unwrap().to_owned();
        }
        assert_eq!(seen.len(), 16 * 4 * 20);
    }

    async fn the_same_id_from_many_at_once_is_stored_once(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let id = Uuid::new_v4().to_string();
        let path = query(&[("statementId", &id)]);
        let writers = (0..12).map(|n| {
            let (tool, path) = (&tool, &path);
            let verb = if n % 2 == 0 { "passed" } else { "failed" };
            async move { put(tool, path, &statement("camille", verb, "a"), &[]).await.status.as_u16() }
        });
        let outcomes = futures_util::future::join_all(writers).await;
        assert_eq!(outcomes.iter().filter(|status| **status == 204).count(), 6, "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(|status| **status == 409).count(), 6, "{outcomes:?}");
        assert_eq!(ids(&tool, &[]).await, [id]);
    }

    async fn a_credential_made_by_command_works_at_once(app: TestApp) {
        let made = app.command(&["lrs-credential", "create", "--json", "--name", "BI", "--scope", "statements/write", "all/read"]).await.json();
        let credential = Credential { key: made["key"].as_str().unwrap().into(), secret: made["secret"].as_str().unwrap().into() };
        assert_eq!(made.as_object().unwrap().len(), 2);
        let tool = speaking(app.program(), &credential, "1.0.3");
        store(&tool, &statement("camille", "completed", "a")).await;
        let authority = tool.get("/xapi/statements").await.json()["statements"][0]["authority"].clone();
        assert_eq!((&authority["name"], &authority["account"]["name"]), (&json!("BI"), &made["key"]));
        let wrong = app.command(&["lrs-credential", "create", "--name", "x", "--scope", "everything"]).await;
        assert_eq!(wrong.fault(), "preau: The right everything does not exist. (scope-unknown)");
    }

    async fn the_projection_sees_each_batch_in_its_transaction(app: TestApp) {
        let (_other, address) = app.restarted_with(Box::new(Follower)).await;
        let tool = tool(&app, &[Scope::All]).await.moved_to(address);
        store(&tool, &statement("camille", "completed", "a")).await;
        let all = tool.get("/xapi/statements").await.json();
        let verbs: Vec<&str> = all["statements"].as_array().unwrap().iter().map(|s| s["verb"]["id"].as_str().unwrap()).collect();
        assert_eq!(verbs, ["https://w3id.org/xapi/adl/verbs/satisfied", "http://adlnet.gov/expapi/verbs/completed"]);
        assert_eq!(all["statements"][0]["authority"]["name"], "Préau");
        tool.post_json("/xapi/statements", &statement("camille", "failed", "a")).await.expect(409);
        assert_eq!(ids(&tool, &[]).await.len(), 2, "what the projection refuses is not stored");
    }

    async fn racing_writers_of_one_registration_are_taken_in_by_the_numbers_of_their_statements(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        let course = app.import(crate::support::learning::tincan()).await;
        let (registration, _) = camille.start(&course).await;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (_other, address) = app.restarted_with(Box::new(Witness(seen.clone()))).await;
        let tool = tool(&app, &[Scope::All]).await.moved_to(address);
        let mut about = statement("camille", "experienced", "a");
        about["context"] = json!({"registration": registration});
        let writers = (0..24).map(|_| async { store(&tool, &json!([about, about])).await });
        futures_util::future::join_all(writers).await;
        let seen = seen.lock().unwrap();
        assert!(seen.len() >= 48 && seen.is_sorted(), "{seen:?}");
    }

    async fn consistent_through_moves_with_the_clock(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let through = |answer: &Answer| preau::core::Timestamp::parse(answer.header("x-experience-api-consistent-through").unwrap()).unwrap();
        let before = through(&tool.get("/xapi/statements").await);
        app.clock.advance(Duration::from_secs(5));
        let id = store(&tool, &statement("camille", "completed", "a")).await.remove(0);
        let answer = tool.get(&query(&[("statementId", &id)])).await;
        let stored = preau::core::Timestamp::parse(answer.json()["stored"].as_str().unwrap()).unwrap();
        assert!(through(&answer) >= stored && through(&answer) > before);
    }

    async fn administrators_read_the_records_as_sentences(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let admin = app.person("Agathe", Role::Administrator).await;
        let empty = admin.get("/admin/statements").await.expect(200).text();
        assert!(empty.contains("Rien n’est encore enregistré"), "{empty}");
        let mut one = statement("Camille Roux", "completed", "chantier");
        one["actor"]["mbox"] = json!("mailto:camille@example.fr");
        one["object"]["definition"] = json!({"name": {"fr": "Sécurité sur chantier"}});
        one["result"] = json!({"score": {"scaled": 0.8}, "duration": "PT12M"});
        store(&tool, &one).await;
        let batch: Vec<Value> = (0..60).map(|n| statement("lea", "experienced", &format!("page-{n}"))).collect();
        store(&tool, &json!(batch)).await;
        let page = admin.get("/admin/statements").await.expect(200).text();
        assert!(page.contains("lea a consulté page-59") && !page.contains("Camille Roux"), "{page}");
        let older = page.split("href=\"").find(|part| part.starts_with("/admin/statements?before=")).expect("an older page");
        let older = older.split('"').next().unwrap();
        let page = admin.get(older).await.expect(200).text();
        assert!(page.contains("Camille Roux a terminé Sécurité sur chantier avec 80\u{202f}% en 12\u{a0}min"), "{page}");
        let found = admin.get("/admin/statements?person=Camille&activity=chantier&verb=http://adlnet.gov/expapi/verbs/completed&since=2026-11-21&until=2026-11-21").await.expect(200).text();
        assert!(found.contains("Camille Roux a terminé") && !found.contains("lea a consulté"), "{found}");
        assert!(admin.get("/admin/statements?until=2026-11-20").await.text().contains("Aucun enregistrement"));
        let learner = app.person("Marc", Role::Learner).await;
        learner.get("/admin/statements").await.expect(403);
        app.person("Rose", Role::Hr).await.get("/admin/statements").await.expect(200);
        app.browser().get("/admin/statements").await.expect(303);
    }
}

/// Notes the numbers of statements in the order in which they are taken in; slow, so that others have time to overtake.
struct Witness(Arc<Mutex<Vec<i64>>>);

impl Projection for Witness {
    fn prepare<'a>(&'a self, tx: &'a mut Tx, registrations: &'a [RegistrationId]) -> BoxFuture<'a, Result<()>> {
        Projector.prepare(tx, registrations)
    }

    fn stored<'a>(&'a self, _: &'a App, _: &'a mut Tx, batch: &'a [Stored]) -> BoxFuture<'a, Result<Vec<Statement>>> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(batch[0].seq.unsigned_abs() % 7)).await;
            self.0.lock().unwrap().extend(batch.iter().map(|stored| stored.seq));
            Ok(Vec::new())
        })
    }
}

/// A projection that answers "completed" with "satisfied" and will not hear of "failed".
struct Follower;

impl Projection for Follower {
    fn stored<'a>(&'a self, _: &'a App, _: &'a mut Tx, batch: &'a [Stored]) -> BoxFuture<'a, Result<Vec<Statement>>> {
        Box::pin(async move {
            if batch.iter().any(|stored| stored.statement.verb.id == vocabulary::FAILED) {
                return Err(Error::conflict("registration-over"));
            }
            let completed = batch.iter().filter(|stored| stored.statement.verb.id == vocabulary::COMPLETED);
            let agent = |stored: &Stored| Agent { name: None, ifi: stored.statement.actor.ifi().unwrap().clone() };
            Ok(completed
                .map(|stored| vocabulary::event(agent(stored), vocabulary::SATISFIED, Activity::new("http://c")))
                .collect())
        })
    }
}

/// Content of a launch that speaks for Camille for an hour.
async fn launched(app: &TestApp, (registration, launch): (RegistrationId, LaunchId), scopes: &[Scope]) -> Client {
    let (ifi, now) = (Ifi::Mbox("mailto:camille@example.fr".into()), app.clock.now());
    let until = now.plus(Duration::from_secs(3600));
    let mut tx = app.app.db.begin().await.unwrap();
    let credential =
        lrs::issue_launch_credential(&mut tx, launch, registration, &ifi, scopes, now, until).await.unwrap();
    tx.commit().await.unwrap();
    speaking(app.content(), &credential, "1.0.3")
}

/// A registration with one launch, written directly: importing a course is another story.
async fn registered(app: &TestApp, person: PersonId) -> (RegistrationId, LaunchId) {
    let (package, version, course) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let (registration, launch) = (RegistrationId::new(), LaunchId::new());
    let mut tx = app.app.db.begin().await.unwrap();
    on_db!(tx, c => {
        sqlx::query("INSERT INTO package (id, kind, title, created_at) VALUES ($1, 'cmi5', 'x', 0)").bind(package).execute(&mut *c).await.unwrap();
        sqlx::query("INSERT INTO package_version (id, package_id, number, file_name, sha256, size, blob, outline, findings, created_at) VALUES ($1, $2, 1, 'x', $3, 0, 'x', '{}', '[]', 0)")
            .bind(version).bind(package).bind(vec![0_u8]).execute(&mut *c).await.unwrap();
        sqlx::query("INSERT INTO course (id, package_id, version_id, identifier, iri, kind, title, position, created_at) VALUES ($1, $2, $3, 'x', $4, 'cmi5', '{}', 0, 0)")
            .bind(course).bind(package).bind(version).bind(format!("http://x/{course}")).execute(&mut *c).await.unwrap();
        sqlx::query("INSERT INTO registration (id, person_id, course_id, version_id, attempt, preview, lease, created_at) VALUES ($1, $2, $3, $4, 1, FALSE, 0, 0)")
            .bind(registration).bind(person).bind(course).bind(version).execute(&mut *c).await.unwrap();
        sqlx::query("INSERT INTO launch (id, registration_id, activity_index, mode, secret_hash, lease, sequence, created_at) VALUES ($1, $2, 0, 'normal', $3, 0, 0, 0)")
            .bind(launch).bind(registration).bind(vec![0_u8]).execute(&mut *c).await.unwrap();
    });
    tx.commit().await.unwrap();
    (registration, launch)
}
