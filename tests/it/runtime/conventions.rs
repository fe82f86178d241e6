//! How xAPI packages are launched, and how old content speaks to the store.

use super::*;
use crate::support::Database;

/// An xAPI package of one activity.
fn package(id: &str, launch: &str) -> Vec<u8> {
    let xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><tincan xmlns="http://projecttincan.com/tincan.xsd"><activities>
        <activity id="{id}" type="http://adlnet.gov/expapi/activities/course"><name lang="fr">Accueil</name>
        <description lang="fr">Accueillir</description><launch lang="fr">{launch}</launch></activity></activities></tincan>"#
    );
    archive(&[("tincan.xml", &xml), ("res/index.html", "<!doctype html>")])
}

both_databases! {
    async fn the_address_of_an_xapi_package_carries_what_the_conventions_ask(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        for (id, launch, begins) in [
            ("https://exemple.fr/un", "res/index.html", "/res/index.html?endpoint="),
            ("https://exemple.fr/deux", "res\\index.html?a=1&amp;b=2#c", "/res/index.html?a=1&b=2&endpoint="),
            ("https://exemple.fr/trois", "https://ailleurs.exemple/cours?a=1", "https://ailleurs.exemple/cours?a=1&endpoint="),
            ("6Yd2kLm_course_id", "res/index.html", "/res/index.html?endpoint="),
        ] {
            let course = app.import(package(id, launch)).await;
            let (registration, activity) = camille.start(&course).await;
            let runtime = camille.launch(&registration, activity).await.answer["runtime"].clone();
            let address = runtime["content_url"].as_str().unwrap();
            assert!(address.contains(begins), "{address}");
            assert_eq!(address.ends_with("#c"), launch.ends_with("#c"), "{address}");
            let query = query(&runtime["content_url"]);
            assert_eq!(query["endpoint"], format!("{}/xapi/", app.app.config.content_origin()));
            assert!(query["auth"].starts_with("Basic "), "{}", query["auth"]);
            assert_eq!(query["registration"], registration);
            let name = &query["activity_id"];
            match id.starts_with("https:") {
                true => assert_eq!(name, id),
                // What no statement can hold has an identifier of ours.
                false => assert!(name.starts_with("http") && name.ends_with("/activities/6Yd2kLm_course_id"), "{name}"),
            }
            assert_eq!(state(&app.content(), &query["auth"], &completed(&query)).await, 200, "{id}");
            assert_eq!(report(&app, &registration).await["completion"], "completed", "{id}");
        }
    }

    async fn content_of_every_age_reaches_the_store(app: TestApp) {
        let course = app.import(package("https://exemple.fr/un", "res/index.html")).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let query = query(&camille.launch(&registration, activity).await.answer["runtime"]["content_url"]);
        let content = app.content();
        let send = async |path: &str, auth: &str, version: &str| {
            let mut statement = completed(&query);
            statement["id"] = json!(uuid::Uuid::new_v4());
            let headers =
                [("content-type", "application/json"), ("authorization", auth), ("x-experience-api-version", version)];
            let body = statement.to_string().into_bytes();
            content.send(reqwest::Method::POST, path, body, &headers).await.status.as_u16()
        };
        let auth = query["auth"].clone();
        let bare = auth.trim_start_matches("Basic ").to_owned();
        // What content makes of the endpoint, which ends with a slash.
        for path in ["/xapi/statements", "/xapi//statements", "/xapi/statements/"] {
            assert_eq!(send(path, &auth, "1.0.3").await, 200, "{path}");
        }
        // What it makes of `auth`.
        for auth in [bare.clone(), format!("Basic {bare}"), format!("basic {bare}"), format!("Basic Basic {bare}")] {
            assert_eq!(send("/xapi/statements", &auth, "1.0.3").await, 200, "{auth}");
        }
        for version in ["1.0", "1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0", "2.0.0"] {
            assert_eq!(send("/xapi/statements", &auth, version).await, 200, "{version}");
        }
        for version in ["0.95", "3.0"] {
            assert_eq!(send("/xapi/statements", &auth, version).await, 400, "{version}");
        }
        // Browsers of old could send other origins nothing but forms and plain texts.
        for kind in ["application/x-www-form-urlencoded", "text/plain", "text/plain;charset=UTF-8"] {
            let mut statement = completed(&query);
            statement["id"] = json!(uuid::Uuid::new_v4());
            let body = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("Authorization", &auth)
                .append_pair("X-Experience-API-Version", "1.0.1")
                .append_pair("Content-Type", "application/json")
                .append_pair("content", &statement.to_string())
                .finish();
            let answer = app.content().post_bytes("/xapi/statements?method=POST", kind, body.into_bytes()).await;
            assert_eq!(answer.status.as_u16(), 200, "{kind}: {}", answer.text());
        }
        assert_eq!(report(&app, &registration).await["completion"], "completed");
    }
}

/// Content does not say a second time what it was refused.
#[tokio::test(flavor = "multi_thread")]
async fn content_that_says_more_than_it_may_is_kept_waiting_and_loses_nothing() {
    let app = TestApp::start_with(Database::Sqlite, |config| config.lrs.rate_per_launch = 2).await;
    let course = app.import(package("https://exemple.fr/un", "res/index.html")).await;
    let camille = app.person("Camille", Role::Learner).await;
    let (registration, activity) = camille.start(&course).await;
    let query = query(&camille.launch(&registration, activity).await.answer["runtime"]["content_url"]);
    // What ten seconds let through, and one more.
    for _ in 0..21 {
        assert_eq!(state(&app.content(), &query["auth"], &completed(&query)).await, 200);
    }
    let said = verbs(&app, &registration).await;
    assert_eq!(said.iter().filter(|verb| *verb == "completed").count(), 22, "one of them is of the course: {said:?}");
}
