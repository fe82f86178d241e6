//! The description of the REST interface: stable, and true.

use serde_json::{Value, json};

use crate::both_databases;

fn document() -> Value {
    serde_json::to_value(preau::api_doc::document()).unwrap()
}

#[test]
fn the_description_changes_only_on_purpose() {
    insta::assert_json_snapshot!(document(), { ".info.version" => "[version]" });
}

#[test]
fn every_operation_says_who_may_call_it_and_how_it_fails() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    for (path, item) in document["paths"].as_object().unwrap() {
        assert!(path.starts_with("/api/v1/"), "{path}");
        for (method, operation) in item.as_object().unwrap() {
            let place = format!("{method} {path}");
            assert!(operation["summary"].is_string() || operation["description"].is_string(), "{place} is described");
            let responses = operation["responses"].as_object().unwrap();
            let unauthenticated = &responses["401"]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(unauthenticated, "#/components/schemas/Problem", "{place} tells what 401 looks like");
        }
    }
}

/// Checks a real answer against the schema that the description gives for it.
#[track_caller]
pub fn assert_described(method: &str, path: &str, answer: &crate::support::Answer) {
    let document = document();
    let status = answer.status.as_u16().to_string();
    let content = &document["paths"][path][method]["responses"][&status]["content"];
    let media_type = answer.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default();
    let schema = &content[media_type]["schema"];
    assert!(!schema.is_null(), "{method} {path} {status} {media_type} is not described");
    let whole = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "components": document["components"], "allOf": [schema] });
    let validator = jsonschema::validator_for(&whole).expect("a valid schema");
    let body = answer.json();
    let faults: Vec<String> =
        validator.iter_errors(&body).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{method} {path}: {faults:?}\n{body}");
}

both_databases! {
    async fn real_answers_fit_the_description(app: TestApp) {
        let camille = app.person("Camille", preau::identity::Role::Learner).await;
        let program = app.token(&["all"]).await;
        for answer in [
            camille.get("/api/v1/me").await.expect(200),
            program.get("/api/v1/me").await.expect(200),
            app.program().get("/api/v1/me").await.expect(401),
        ] {
            assert_described("get", "/api/v1/me", &answer);
        }
    }

    async fn real_answers_about_packages_fit_the_description(app: TestApp) {
        let program = app.token(&["packages/write"]).await;
        let post = |body: Vec<u8>| program.post_bytes("/api/v1/packages?filename=cours.zip", "application/zip", body);
        let imported = post(crate::packages::course(&[])).await.expect(201);
        assert_described("post", "/api/v1/packages", &imported);
        assert_described("post", "/api/v1/packages", &post(b"not a zip".to_vec()).await.expect(422));
        assert_described("post", "/api/v1/packages", &post(Vec::new()).await.expect(400));
        let reader = app.token(&["registrations/read"]).await;
        let missing = reader.post_bytes("/api/v1/packages", "application/zip", Vec::new()).await.expect(403);
        assert_described("post", "/api/v1/packages", &missing);
        assert_eq!(missing.json()["scope"], "packages/write");

        assert_described("get", "/api/v1/packages", &program.get("/api/v1/packages").await.expect(200));
        let package = format!("/api/v1/packages/{}", imported.json()["id"].as_str().unwrap());
        assert_described("get", "/api/v1/packages/{id}", &program.get(&package).await.expect(200));
        program.delete(&package).await.expect(204);
        assert_described("get", "/api/v1/packages/{id}", &program.get(&package).await.expect(404));
    }

    async fn real_answers_about_launches_and_registrations_fit_the_description(app: TestApp) {
        let program = app.token(&["all"]).await;
        let zip = crate::packages::course(&[]);
        let imported = program.post_bytes("/api/v1/packages", "application/zip", zip).await.expect(201).json();
        let course = &imported["courses"][0];
        let order = json!({
            "course": course["id"], "activity": course["activities"][0]["index"],
            "actor": {"account": {"homePage": "https://rh.example", "name": "4711"}, "name": "Léa Petit"},
        });
        let launched = program.post_json("/api/v1/launches", &order).await.expect(201);
        assert_described("post", "/api/v1/launches", &launched);
        let registration = format!("/api/v1/registrations/{}", launched.json()["registration"].as_str().unwrap());
        assert_described("get", "/api/v1/registrations/{id}", &program.get(&registration).await.expect(200));

        let reader = app.token(&["registrations/read"]).await;
        assert_described("post", "/api/v1/launches", &reader.post_json("/api/v1/launches", &order).await.expect(403));
    }

    async fn the_server_and_the_command_give_the_same_description(app: TestApp) {
        let served = app.program().get("/api/v1/openapi.json").await.expect(200).json();
        let printed = app.command(&["openapi", "--json"]).await.json();
        assert_eq!(served, printed);
    }

    async fn a_failure_is_told_in_the_callers_language(app: TestApp) {
        let english = app.program().with_header("accept-language", "en");
        assert_eq!(english.get("/api/v1/me").await.expect(401).json()["title"], "Sign in to continue.");
        assert_eq!(app.program().get("/api/v1/me").await.expect(401).json()["title"], "Connectez-vous pour continuer.");
    }
}
