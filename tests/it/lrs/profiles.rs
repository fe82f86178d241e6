//! xAPI Profiles: loaded by administrators, and the report on the statements that name them.

use std::time::Duration;

use preau::identity::Role;
use preau::jobs;
use preau::lrs::Scope;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{query, store, tool, with};
use crate::both_databases;
use crate::support::{Answer, Client, TestApp};

const VISITS: &str = include_str!("site-visits.jsonld");
const LIST: &str = "/api/v1/xapi-profiles";

/// The example, changed as a text.
fn profile(changes: &[(&str, &str)]) -> Vec<u8> {
    let mut text = VISITS.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from} is in the example");
        text = text.replace(from, to);
    }
    text.into_bytes()
}

async fn load(client: &Client, document: Vec<u8>) -> Answer {
    client.post_bytes(LIST, "application/ld+json", document).await
}

async fn loaded(client: &Client, document: Vec<u8>) -> String {
    load(client, document).await.expect(201).json()["id"].as_str().expect("an id").to_owned()
}

/// Lets half a minute go by and everything be done that is due then.
async fn check(app: &TestApp) {
    app.clock.advance(Duration::from_secs(10 * 60));
    jobs::run_due(&app.app, &preau::app::jobs()).await.expect("a worker");
}

async fn report(client: &Client, id: &str) -> Value {
    client.get(&format!("{LIST}/{id}")).await.expect(200).json()
}

/// Checked, following, not following, without template.
fn figures(report: &Value) -> [i64; 4] {
    ["statements", "following", "broken", "unmatched"].map(|key| report[key].as_i64().expect("a number"))
}

fn visit(verb: &str, version: &str) -> Value {
    json!({
        "actor": {"mbox": "mailto:camille@example.fr"},
        "verb": {"id": format!("https://exemple.fr/xapi/verbes/{verb}")},
        "object": {"id": "https://exemple.fr/pont", "definition": {"type": "https://exemple.fr/xapi/types/chantier"}},
        "context": {"contextActivities": {"category": [{"id": format!("https://exemple.fr/xapi/visites{version}")}]}}
    })
}

/// An arrival that keeps to the example.
fn arrival() -> Value {
    let mut arrival = visit("visite", "/v2");
    arrival["context"]["extensions"] = json!({"https://exemple.fr/xapi/ext/meteo": {"ciel": "clair"}});
    arrival
}

fn within(mut statement: Value, registration: &str, timestamp: &str) -> Value {
    statement["context"]["registration"] = json!(registration);
    with(statement, "timestamp", json!(timestamp))
}

fn form(document: &[u8]) -> Vec<u8> {
    let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"visites.jsonld\"\r\n\r\n";
    [head.as_bytes(), document, b"\r\n--b--\r\n"].concat()
}

both_databases! {
    async fn statements_that_name_a_profile_are_checked_and_told_rule_by_rule(app: TestApp) {
        let admin = app.person("Ada", Role::Administrator).await;
        let tool = tool(&app, &[Scope::All]).await;
        // Before the profile came, and after.
        let early = store(&tool, &json!([arrival(), visit("visite", "/v2")])).await;
        let id = loaded(&admin, profile(&[])).await;
        let snow = json!({"https://exemple.fr/xapi/ext/meteo": {"ciel": "neige"}});
        let mut snowy = arrival();
        snowy["context"]["extensions"] = snow;
        let mut not_named = arrival();
        not_named["context"]["contextActivities"] = json!({"parent": [{"id": "https://exemple.fr/xapi/visites/v2"}]});
        let late = store(&tool, &json!([snowy, visit("ignore", "/v2"), visit("visite", "/v9"), not_named, visit("quitte", "")])).await;
        let voided = store(&tool, &visit("visite", "/v2")).await;
        store(&tool, &json!({
            "actor": {"mbox": "mailto:ada@example.fr"}, "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
            "object": {"objectType": "StatementRef", "id": voided[0]}
        })).await;
        assert_eq!(figures(&report(&admin, &id).await), [0; 4]);
        check(&app).await;

        let found = report(&admin, &id).await;
        // Who names the profile without a version means the one in force.
        assert_eq!(figures(&found), [5, 2, 2, 1], "{found}");
        assert_eq!((&found["in_force"], &found["name"]), (&json!(true), &json!("Visites de chantier")));
        assert_eq!(found["unmatched_examples"], json!([{"statement": late[1], "pointer": ""}]));
        let arrivals = &found["templates"][0];
        assert_eq!((&arrivals["statements"], &arrivals["broken"]), (&json!(3), &json!(1)));
        let weather = &arrivals["demands"][0];
        assert_eq!((&weather["place"], &weather["statements"]), (&json!("/templates/0/rules/0"), &json!(1)));
        assert_eq!(weather["demand"]["presence"], "included");
        assert_eq!(weather["examples"], json!([{"statement": early[1], "pointer": ""}]));
        let pointer = "/context/extensions/https:~1~1exemple.fr~1xapi~1ext~1meteo/ciel";
        assert_eq!(found["extensions"][0]["place"], "/concepts/4/inlineSchema");
        assert_eq!(found["extensions"][0]["examples"], json!([{"statement": late[0], "pointer": pointer}]));

        let page = admin.get(&format!("/admin/statements/profiles/{id}")).await.expect(200).text();
        for told in ["Visites de chantier", "doit être présent", "Le temps à l", &early[1], "neige", "Hors modèle"] {
            assert_eq!(page.contains(told), told != "neige", "{told}: {page}");
        }
        let link = format!("/admin/statements/{}", early[1]);
        assert!(page.contains(&format!("href=\"{link}\"")), "{page}");
        admin.get(&link).await.expect(200);
        assert!(admin.get("/admin/statements/profiles").await.expect(200).text().contains("https://exemple.fr/xapi/visites/v2"));
        let document = admin.get(&format!("{LIST}/{id}/document")).await.expect(200);
        assert_eq!(document.text(), VISITS);
        // xAPI knows no such reason to refuse.
        assert!(tool.get(&query(&[("statementId", &early[1])])).await.status.is_success());
    }

    async fn the_check_goes_on_where_it_was_and_counts_nothing_twice(app: TestApp) {
        let admin = app.person("Ada", Role::Administrator).await;
        let tool = tool(&app, &[Scope::All]).await;
        let id = loaded(&admin, profile(&[])).await;
        let many: Vec<Value> = (0..450).map(|n| if n % 3 == 0 { visit("visite", "/v2") } else { arrival() }).collect();
        store(&tool, &json!(many)).await;
        app.clock.advance(Duration::from_secs(10 * 60));
        // Two processes at once, each with all jobs.
        let (other, _) = app.restarted().await;
        let (here, there) = (preau::app::jobs(), preau::app::jobs());
        let (a, b) = tokio::join!(jobs::run_due(&app.app, &here), jobs::run_due(&other, &there));
        a.and(b).expect("workers");
        check(&app).await;
        assert_eq!(figures(&report(&admin, &id).await), [450, 300, 150, 0]);
        let weather = &report(&admin, &id).await["templates"][0]["demands"][0];
        assert!((1..=5).contains(&weather["examples"].as_array().expect("examples").len()), "{weather}");

        store(&tool, &arrival()).await;
        check(&app).await;
        check(&app).await;
        assert_eq!(figures(&report(&admin, &id).await), [451, 301, 150, 0]);
        let path = format!("/admin/statements/profiles/{id}/check");
        admin.post_form(&path, &[]).await.expect(303);
        assert_eq!(figures(&report(&admin, &id).await), [0; 4]);
        check(&app).await;
        assert_eq!(figures(&report(&admin, &id).await), [451, 301, 150, 0]);
    }

    async fn what_is_voided_after_it_was_checked_no_longer_counts(app: TestApp) {
        let admin = app.person("Ada", Role::Administrator).await;
        let tool = tool(&app, &[Scope::All]).await;
        let id = loaded(&admin, profile(&[])).await;
        let void = async |target: &str| {
            store(&tool, &json!({
                "actor": {"mbox": "mailto:ada@example.fr"}, "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
                "object": {"objectType": "StatementRef", "id": target}
            })).await
        };
        let (visit_1, visit_2) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
        let all = store(&tool, &json!([
            within(arrival(), &visit_1, "2026-11-20T08:00:00Z"),
            within(visit("quitte", "/v2"), &visit_1, "2026-11-20T09:00:00Z"),
            within(visit("quitte", "/v2"), &visit_2, "2026-11-20T09:00:00Z"),
            visit("visite", "/v2"),
            visit("ignore", "/v2"),
        ])).await;
        let orders = |report: &Value| ["followed", "begun", "broken"].map(|key| report["registrations"][key].as_i64().unwrap());
        check(&app).await;
        let found = report(&admin, &id).await;
        assert_eq!((figures(&found), orders(&found)), ([5, 3, 1, 1], [1, 0, 1]), "{found}");
        let weather = |report: &Value| report["templates"][0]["demands"].as_array().unwrap().len();
        assert_eq!((weather(&found), found["unmatched_examples"].as_array().unwrap().len()), (1, 1));

        // One before it has been checked, one that came to be voided before it came.
        let early = store(&tool, &visit("visite", "/v2")).await;
        void(&early[0]).await;
        let foreseen = Uuid::new_v4();
        void(&foreseen.to_string()).await;
        store(&tool, &with(visit("visite", "/v2"), "id", json!(foreseen))).await;
        for target in [1, 2, 3, 4] {
            void(&all[target]).await;
        }
        let told = async |why: &str| {
            let found = report(&admin, &id).await;
            assert_eq!((figures(&found), orders(&found)), ([1, 1, 0, 0], [0, 1, 0]), "{why}: {found}");
            assert_eq!((weather(&found), &found["unmatched_examples"], &found["templates"][0]["statements"]), (0, &json!([]), &json!(1)), "{why}: {found}");
        };
        check(&app).await;
        told("voided").await;
        void(&all[3]).await;
        check(&app).await;
        told("voided twice").await;
        admin.post_form(&format!("/admin/statements/profiles/{id}/check"), &[]).await.expect(303);
        check(&app).await;
        told("checked again").await;
        let page = admin.get(&format!("/admin/statements/profiles/{id}")).await.expect(200).text();
        assert!(!page.contains("annulée") && !page.contains(&all[3]), "{page}");
    }

    async fn a_report_is_of_the_days_that_are_asked_for(app: TestApp) {
        let admin = app.person("Ada", Role::Administrator).await;
        let tool = tool(&app, &[Scope::All]).await;
        let id = loaded(&admin, profile(&[])).await;
        store(&tool, &json!([arrival(), visit("visite", "/v2")])).await;
        app.clock.advance(Duration::from_secs(3 * 24 * 3600));
        store(&tool, &json!([arrival(), arrival(), visit("ignore", "/v2")])).await;
        check(&app).await;
        let of = async |days: &str| figures(&admin.get(&format!("{LIST}/{id}?{days}")).await.expect(200).json());
        assert_eq!(of("").await, [5, 3, 1, 1]);
        assert_eq!(of("to=2026-11-21").await, [2, 1, 1, 0]);
        assert_eq!(of("from=2026-11-22&to=2026-11-24").await, [3, 2, 0, 1]);
        assert_eq!(of("from=2026-11-25").await, [0; 4]);
        let wrong = admin.get(&format!("{LIST}/{id}?from=hier")).await.expect(400).json();
        assert_eq!(wrong["code"], "parameter-wrong");
        let page = admin.get(&format!("/admin/statements/profiles/{id}?to=2026-11-20")).await.expect(200).text();
        assert!(page.contains("Aucune déclaration ne nomme ce profil"), "{page}");
    }

    async fn the_newest_version_is_in_force_and_each_has_its_own_statements(app: TestApp) {
        let admin = app.person("Ada", Role::Administrator).await;
        let tool = tool(&app, &[Scope::All]).await;
        let second = loaded(&admin, profile(&[])).await;
        // The first version lists no later one, and has no rule about the weather.
        let first = loaded(&admin, profile(&[("/visites/v2", "/visites/v1"), ("2026-09-01T08:00:00Z", "2025-03-01T08:00:00Z"), ("\"included\", \"scopeNote\"", "\"recommended\", \"scopeNote\"")])).await;
        store(&tool, &json!([visit("visite", "/v1"), visit("visite", "/v2"), visit("visite", "")])).await;
        check(&app).await;
        assert_eq!(figures(&report(&admin, &first).await), [1, 1, 0, 0]);
        assert_eq!(figures(&report(&admin, &second).await), [2, 0, 2, 0]);
        let force = async || {
            let list = admin.get(LIST).await.expect(200).json();
            let list = list["profiles"].as_array().expect("profiles").clone();
            list.iter().map(|one| (one["version"].as_str().expect("a version").rsplit_once('/').expect("a name").1.to_owned(), one["in_force"] == true)).collect::<Vec<_>>()
        };
        assert_eq!(force().await, [("v2".to_owned(), true), ("v1".to_owned(), false)]);

        // The same text again changes nothing; another text of the version is checked anew.
        load(&admin, profile(&[])).await.expect(200);
        assert_eq!(figures(&report(&admin, &second).await), [2, 0, 2, 0]);
        let mild = load(&admin, profile(&[("\"included\", \"scopeNote\"", "\"recommended\", \"scopeNote\"")])).await.expect(200).json();
        assert_eq!(mild["id"], second.as_str());
        check(&app).await;
        assert_eq!(figures(&report(&admin, &second).await), [2, 2, 0, 0]);

        // With the second gone, the first is meant by who names no version.
        let confirm = admin.get(&format!("/admin/statements/profiles/{second}/remove")).await.expect(200).text();
        assert!(confirm.contains("Les déclarations restent"), "{confirm}");
        admin.post_form(&format!("/admin/statements/profiles/{second}/remove"), &[]).await.expect(303);
        check(&app).await;
        assert_eq!(force().await, [("v1".to_owned(), true)]);
        assert_eq!(figures(&report(&admin, &first).await), [2, 2, 0, 0]);
        assert_eq!(admin.get(&format!("{LIST}/{second}")).await.expect(404).json()["code"], "xapi-profile-unknown");
        admin.delete(&format!("{LIST}/{first}")).await.expect(204);
        assert_eq!(force().await, []);
    }

    async fn the_order_of_a_registration_is_held_to_the_patterns(app: TestApp) {
        let admin = app.person("Ada", Role::Administrator).await;
        let tool = tool(&app, &[Scope::All]).await;
        let id = loaded(&admin, profile(&[])).await;
        let registration = |n: u8| format!("00000000-0000-4000-8000-00000000000{n}");
        let at = |minute: u8| format!("2026-11-21T11:{minute:02}:00Z");
        let leave = || visit("quitte", "/v2");
        store(&tool, &json!([
            // In order by their timestamps, not by their arrival.
            within(leave(), &registration(1), &at(20)), within(arrival(), &registration(1), &at(10)),
            within(arrival(), &registration(2), &at(10)),
            within(leave(), &registration(3), &at(10)), within(arrival(), &registration(3), &at(20)),
        ])).await;
        check(&app).await;
        let order = async || {
            let courses = report(&admin, &id).await["registrations"].clone();
            let counts = ["followed", "begun", "broken", "long"].map(|key| courses[key].as_i64().expect("a number"));
            (counts, courses["broken_examples"].clone())
        };
        assert_eq!(order().await, ([1, 1, 1, 0], json!([registration(3)])));
        let page = admin.get(&format!("/admin/statements/profiles/{id}")).await.expect(200).text();
        assert!(page.contains(&registration(3)) && !page.contains(&registration(2)), "{page}");

        // Runs within one registration are told apart by their subregistration.
        let part = |mut statement: Value, n: u8| {
            statement["context"]["extensions"]["https://w3id.org/xapi/profiles/extensions/subregistration"] =
                json!([{"profile": "https://exemple.fr/xapi/visites/v2", "subregistration": registration(n)}]);
            statement
        };
        store(&tool, &json!([
            within(leave(), &registration(2), &at(30)),
            within(part(arrival(), 7), &registration(4), &at(10)), within(part(arrival(), 8), &registration(4), &at(11)),
            within(part(leave(), 7), &registration(4), &at(12)), within(part(leave(), 8), &registration(4), &at(13)),
        ])).await;
        check(&app).await;
        assert_eq!(order().await, ([4, 0, 1, 0], json!([registration(3)])));
    }

    async fn a_document_that_is_no_profile_is_refused_with_what_is_wrong_where(app: TestApp) {
        let admin = app.person("Ada", Role::Administrator).await;
        let wrong = load(&admin, profile(&[("$.result.completion", "$[?(@.x)]"), ("\"type\": \"Verb\"", "\"type\": \"Word\"")])).await.expect(422).json();
        assert_eq!(wrong["code"], "xapi-profile-invalid");
        let pointers: Vec<_> = wrong["problems"].as_array().expect("problems").iter().map(|one| one["pointer"].clone()).collect();
        assert!(pointers.contains(&json!("/concepts/0/type")) && pointers.contains(&json!("/templates/0/rules/2/location")), "{pointers:?}");
        for (document, status, code) in [
            (b"{".to_vec(), 422, "xapi-profile-not-json"),
            (b"\xff\xfe".to_vec(), 422, "xapi-profile-not-json"),
            (b"[]".to_vec(), 422, "xapi-profile-invalid"),
            (Vec::new(), 422, "xapi-profile-not-json"),
            ("[".repeat(100_000).into_bytes(), 422, "xapi-profile-not-json"),
            (format!("[{}0]", "0,".repeat(900_000)).into_bytes(), 422, "xapi-profile-not-json"),
            (vec![b' '; (2 << 20) + 1], 413, "xapi-profile-too-large"),
            (vec![b' '; 5 << 20], 413, "xapi-profile-too-large"),
        ] {
            assert_eq!(load(&admin, document).await.expect(status).json()["code"], code);
        }
        let refused = admin.post_bytes("/admin/statements/profiles", "multipart/form-data; boundary=b", form(&profile(&[("\"type\": \"Verb\"", "\"type\": \"Word\"")]))).await.expect(422).text();
        assert!(refused.contains("/concepts/0/type") && refused.contains("Rien n\u{2019}a changé"), "{refused}");
        let refused = admin.post_bytes("/admin/statements/profiles", "multipart/form-data; boundary=b", form(b"")).await.expect(422).text();
        assert!(refused.contains("Choisissez le fichier"), "{refused}");
        admin.post_bytes("/admin/statements/profiles", "multipart/form-data; boundary=b", form(&vec![b' '; 5 << 20])).await.expect(413);
        assert_eq!(admin.get(LIST).await.expect(200).json(), json!({"profiles": []}));

        let done = admin.post_bytes("/admin/statements/profiles", "multipart/form-data; boundary=b", form(VISITS.as_bytes())).await.expect(303);
        let page = admin.get(done.header("location").expect("an address")).await.expect(200).text();
        assert!(page.contains("3\u{a0}verbes") || page.contains("3 verbes"), "{page}");
        // Human resources read about their units only; the report is of all.
        app.person("Rose", Role::Hr).await.get("/admin/statements/profiles").await.expect(403);
    }
}
