//! How a cmi5 unit is launched: its address, its token, what waits for it (cmi5 sections 8 and 10), and what is said of the
//! launch (9.3.1, 9.6.3).

use super::*;

const SESSION: &str = "https://w3id.org/xapi/cmi5/context/extensions/sessionid";

/// A unit with everything that a structure may say of one.
fn full() -> String {
    au("un", r#"moveOn="CompletedOrPassed" masteryScore="0.75" launchMethod="OwnWindow" activityType="https://exemple.fr/type""#)
        .replace("</url>", "</url><launchParameters> {\"a\": 1} </launchParameters><entitlementKey> clé </entitlementKey>")
}

both_databases! {
    async fn the_address_of_a_unit_carries_what_the_launch_adds(app: TestApp) {
        let course = app.import(cmi5(&format!("{}{}", full(), au("deux", "")))).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        for (index, window) in [(activity, "own"), (activity + 1, "any")] {
            let runtime = camille.launch(&registration, index).await.answer["runtime"].clone();
            assert_eq!(runtime["window"], window);
            let address = runtime["content_url"].as_str().unwrap();
            assert!(address.contains("/au.html?theme=1&"), "its own query comes first: {address}");
            assert!(!address.contains(['{', '"', ' ']), "values are encoded: {address}");
            let query = query(&runtime["content_url"]);
            assert_eq!(query.len(), 6, "{address}");
            assert_eq!(query["endpoint"], format!("{}/xapi/", app.app.config.content_origin()));
            assert!(query["fetch"].starts_with(&app.app.config.content_origin()));
            assert_eq!(query["registration"], registration);
            let actor: Value = serde_json::from_str(&query["actor"]).unwrap();
            assert_eq!(actor["objectType"], "Agent");
            let account = actor["account"].as_object().unwrap();
            assert!(account["homePage"].is_string() && account["name"].is_string(), "{actor}");
            assert!(!query["activityId"].is_empty());
        }
    }

    async fn a_unit_keeps_the_name_it_was_given_which_is_not_its_publishers(app: TestApp) {
        let course = app.import(cmi5(&format!("{}{}", full(), au("deux", "")))).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let mut names = Vec::new();
        for index in [activity, activity + 1, activity, activity + 1] {
            app.clock.advance(std::time::Duration::from_secs(3_600));
            names.push(query(&camille.launch(&registration, index).await.answer["runtime"]["content_url"])["activityId"].clone());
        }
        assert_eq!(names[..2], names[2..]);
        assert_ne!(names[0], names[1]);
        assert!(names.iter().all(|name| !name.starts_with("https://exemple.fr/au/")), "{names:?}");
        let statements = statements(&app, &registration).await;
        assert_eq!(statements[0]["object"]["id"], names[0].as_str());
    }

    async fn the_token_of_a_session_is_fetched_once(app: TestApp) {
        let course = app.import(cmi5(&full())).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let query = query(&camille.launch(&registration, activity).await.answer["runtime"]["content_url"]);
        app.content().get(&query["fetch"]).await.expect(405);
        let fetched = app.content().post_bytes(&query["fetch"], "text/plain", Vec::new()).await.expect(200);
        assert!(fetched.header("content-type").unwrap().starts_with("application/json"));
        let answer = fetched.json();
        assert_eq!(answer.as_object().unwrap().keys().collect::<Vec<_>>(), ["auth-token"]);
        for _ in 0..2 {
            let again = app.content().post_bytes(&query["fetch"], "text/plain", Vec::new()).await;
            assert!(again.header("content-type").unwrap().starts_with("application/json"));
            let again = again.json();
            assert_eq!((&again["error-code"], again.get("auth-token")), (&json!("1"), None));
            assert!(!again["error-text"].as_str().unwrap().is_empty());
        }
        let statement = completed(&query);
        for (authorization, status) in [("", 401), ("Basic", 401), ("Basic bm9ib2R5Om5vdGhpbmc=", 401)] {
            assert_eq!(state(&app.content(), authorization, &statement).await, status, "{authorization}");
        }
        let token = format!("Basic {}", answer["auth-token"].as_str().unwrap());
        launch_data(&app, &query, &token).await;
    }

    async fn what_a_unit_is_told_is_there_before_it_is_opened(app: TestApp) {
        let course = app.import(cmi5(&format!("{}{}", full(), au("deux", "")))).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let mut tx = app.app.db.begin().await.expect("a transaction");
        let tool = preau::lrs::create_credential(&mut tx, "Outil", &[preau::lrs::Scope::All], app.clock.now()).await.expect("a credential");
        tx.commit().await.expect("a commit");
        let tool = format!("Basic {}", tool.basic());
        for (index, told) in [
            (activity, json!({"launchMode": "Normal", "launchMethod": "OwnWindow", "moveOn": "CompletedOrPassed", "masteryScore": 0.75,
                "launchParameters": "{\"a\": 1}", "entitlementKey": {"courseStructure": "clé"}})),
            (activity + 1, json!({"launchMode": "Normal", "launchMethod": "AnyWindow", "moveOn": "NotApplicable"})),
        ] {
            let launch = camille.launch(&registration, index).await;
            let query = query(&launch.answer["runtime"]["content_url"]);
            // Nothing was fetched yet: by activity, actor and registration of the launch, a tool of the house finds it.
            let mut data = launch_data(&app, &query, &tool).await;
            let document = data.as_object_mut().unwrap();
            let template = document.remove("contextTemplate").unwrap();
            assert_eq!(template["extensions"][SESSION], launch.answer["launch"]);
            let publisher = template["contextActivities"]["grouping"][0]["id"].as_str().unwrap();
            assert!(publisher.starts_with("https://exemple.fr/au/"), "{template}");
            assert!(document.remove("returnURL").unwrap().as_str().unwrap().starts_with("http"));
            assert_eq!(data, told);
        }
    }

    async fn what_is_said_of_a_launch_tells_its_rules(app: TestApp) {
        let course = app.import(cmi5(&full())).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let mut sessions = Vec::new();
        for count in 1..=2 {
            let launch = camille.launch(&registration, activity).await;
            let query = query(&launch.answer["runtime"]["content_url"]);
            let said: Vec<Value> = statements(&app, &registration).await.into_iter().filter(|said| last_part(&said["verb"]["id"]) == "launched").collect();
            assert_eq!(said.len(), count, "one for each launch, before anything was fetched");
            let launched = said.iter().find(|said| said["context"]["extensions"][SESSION] == launch.answer["launch"]).unwrap();
            let context = &launched["context"];
            let told = |name: &str| &context["extensions"][format!("https://w3id.org/xapi/cmi5/context/extensions/{name}")];
            assert_eq!((told("launchmode"), told("moveon"), told("masteryscore")), (&json!("Normal"), &json!("CompletedOrPassed"), &json!(0.75)));
            assert_eq!(told("launchparameters"), &json!("{\"a\": 1}"));
            let url = told("launchurl").as_str().unwrap();
            assert!(url.starts_with("http") && url.ends_with("/au.html?theme=1"), "{url}");
            assert_eq!(context["contextActivities"]["grouping"][0]["id"], "https://exemple.fr/au/un");
            assert_eq!(context["contextActivities"]["category"][0]["id"], "https://w3id.org/xapi/cmi5/context/categories/cmi5");
            assert_eq!((&context["registration"], &launched["object"]["id"]), (&json!(registration), &json!(query["activityId"])));
            sessions.push(launch.answer["launch"].clone());
        }
        assert_ne!(sessions[0], sessions[1]);
    }
}
