//! The Learning Record Store through `/xapi/`.

mod access;
mod attachments;
mod crash;
mod credential_pages;
mod credentials;
mod documents;
mod erasure;
mod exports;
mod forwards;
mod hostile;
mod imports;
mod large_attachments;
mod launches;
mod memory;
mod oauth;
mod pages;
mod parameters;
mod profiles;
mod projection;
mod protocol;
mod queries;
mod requirements;
mod retention;
mod rules;
mod schema;
mod signatures;
mod statements;
mod together;
mod viewer;

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

const VERSION: &str = "x-experience-api-version";
const JSON: (&str, &str) = ("content-type", "application/json");

/// A tool with a credential of these scopes, which speaks 1.0.3.
pub async fn tool(app: &TestApp, scopes: &[Scope]) -> Client {
    let mut tx = app.app.db.begin().await.unwrap();
    let credential = lrs::create_credential(&mut tx, "Outil", scopes, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    speaking(app.program(), &credential, "1.0.3")
}

/// Tools that may do everything, one an edition of the standard.
async fn both_editions(app: &TestApp) -> [Client; 2] {
    let mut tx = app.app.db.begin().await.unwrap();
    let credential = lrs::create_credential(&mut tx, "Outil", &[Scope::All], app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    ["1.0.3", "2.0.0"].map(|version| speaking(app.program(), &credential, version))
}

/// A tool for each edition, which sees what it wrote itself.
async fn each_edition(app: &TestApp) -> [Client; 2] {
    let scopes = [Scope::StatementsWrite, Scope::StatementsReadMine, Scope::Define];
    [tool(app, &scopes).await, tool(app, &scopes).await.with_header(VERSION, "2.0.0")]
}

fn speaking(client: Client, credential: &Credential, version: &str) -> Client {
    let authorization = format!("Basic {}", credential.basic());
    client.with_header("authorization", &authorization).with_header(VERSION, version)
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

/// The statements of the first page, which is the same in both editions.
async fn ids(tool: &Client, pairs: &[(&str, &str)]) -> Vec<String> {
    let page = async |version: &str| {
        let answer = tool.send(Method::GET, &query(pairs), Vec::new(), &[(VERSION, version)]).await.expect(200);
        ids_of(&answer.json())
    };
    let found = page("1.0.3").await;
    assert_eq!(page("2.0.0").await, found, "2.0");
    found
}

fn ids_of(page: &Value) -> Vec<String> {
    page["statements"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap().to_owned()).collect()
}

async fn put(client: &Client, path: &str, body: &Value, headers: &[(&'static str, &str)]) -> Answer {
    let headers = [&[JSON], headers].concat();
    client.send(Method::PUT, path, body.to_string().into_bytes(), &headers).await
}
