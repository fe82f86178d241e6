//! Content that tells its record itself: cmi5 units and xAPI packages.

use super::*;

both_databases! {
    async fn a_cmi5_course_is_satisfied_unit_by_unit(app: TestApp) {
        let structure = format!(
            r#"{}<block id="https://exemple.fr/bloc"><title><langstring lang="fr">Bloc</langstring></title>
            <description><langstring lang="fr">Bloc</langstring></description>{}</block>"#,
            au("un", r#"moveOn="Completed""#),
            au("deux", r#"moveOn="CompletedAndPassed" masteryScore="0.5""#)
        );
        let course = app.import(cmi5(&structure)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, first) = camille.start(&course).await;
        let second = course.activities.iter().filter(|activity| activity["kind"] == "au").nth(1).unwrap()["index"].as_i64().unwrap();
        for index in [first, second] {
            let launch = camille.launch(&registration, index).await;
            let unit = Unit::open(&app, &launch.answer).await;
            assert_eq!((unit.query["theme"].as_str(), unit.query["registration"].as_str()), ("1", registration.as_str()));
            let again = app.content().post_bytes(&unit.query["fetch"], "application/json", Vec::new()).await.expect(200);
            assert_eq!((again.header("cache-control"), again.header("access-control-allow-origin")), (Some("no-store"), Some("*")));
            assert_eq!(again.json()["error-code"], "1");
            let publisher = &unit.data["contextTemplate"]["contextActivities"]["grouping"][0]["id"];
            assert!(unit.data["launchMode"] == "Normal" && publisher.as_str().unwrap().starts_with("https://exemple.fr/au/"));
            unit.say(&app, "initialized").await.expect(200);
            unit.say(&app, "completed").await.expect(200);
            if index == second {
                unit.send(&app, &unit.scored("passed", 0.75)).await.expect(200);
            }
            unit.say(&app, "terminated").await.expect(200);
        }
        let said = statements(&app, &registration).await;
        let satisfied: Vec<&str> = said
            .iter()
            .filter(|statement| last_part(&statement["verb"]["id"]) == "satisfied")
            .map(|statement| statement["object"]["definition"]["type"].as_str().unwrap())
            .collect();
        assert_eq!(satisfied, ["https://w3id.org/xapi/cmi5/activitytype/block", "https://w3id.org/xapi/cmi5/activitytype/course"]);
        let report = report(&app, &registration).await;
        assert_eq!((&report["completion"], &report["seconds"]), (&json!("completed"), &json!(480.0)));
    }

    async fn an_xapi_package_speaks_for_its_learner_and_for_nobody_else(app: TestApp) {
        let course = app.import(tincan()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let launch = camille.launch(&registration, activity).await;
        let query = query(&launch.answer["runtime"]["content_url"]);
        assert_eq!((query["activity_id"].as_str(), query["registration"].as_str()), ("https://exemple.fr/accueil", registration.as_str()));
        let actor: Value = serde_json::from_str(&query["actor"]).unwrap();
        let statement = json!({"actor": actor, "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
            "object": {"id": "https://exemple.fr/accueil"}, "result": {"score": {"scaled": 0.9}, "duration": "PT5M"}});
        assert_eq!(state(&app.content(), &query["auth"], &statement).await, 200);
        let mut other = statement.clone();
        other["actor"] = json!({"mbox": "mailto:autre@exemple.fr"});
        assert_eq!(state(&app.content(), &query["auth"], &other).await, 403);
        let report = report(&app, &registration).await;
        assert_eq!((&report["completion"], &report["success"], &report["score"]), (&json!("completed"), &json!("passed"), &json!(0.9)));
    }

    async fn a_unit_that_is_looked_at_leaves_the_running_session_its_launch_data(app: TestApp) {
        let course = app.import(cmi5(&au("un", r#"moveOn="Completed""#))).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let working = query(&camille.launch(&registration, activity).await.answer["runtime"]["content_url"]);
        let path = format!("/player/{registration}/{activity}/launch");
        let review = camille.post_json(&path, &json!({"mode": "review"})).await.expect(200).json();
        let looking = query(&review["runtime"]["content_url"]);
        assert_eq!(working["registration"], looking["registration"], "what was done is there to be seen");
        let (working_token, looking_token) = (token(&app, &working).await, token(&app, &looking).await);
        for (query, auth, mode) in [(&working, &working_token, "Normal"), (&looking, &looking_token, "Review")] {
            let data = launch_data(&app, query, auth).await;
            assert_eq!(data["launchMode"], mode);
            let session = &data["contextTemplate"]["extensions"]["https://w3id.org/xapi/cmi5/context/extensions/sessionid"];
            assert_eq!(session == &review["launch"], mode == "Review", "{data}");
        }
        // Another tool of the organisation sees what the learner works with.
        let mut tx = app.app.db.begin().await.expect("a transaction");
        let tool = preau::lrs::create_credential(&mut tx, "Outil", &[preau::lrs::Scope::All], app.clock.now()).await.expect("a credential");
        tx.commit().await.expect("a commit");
        assert_eq!(launch_data(&app, &working, &format!("Basic {}", tool.basic())).await["launchMode"], "Normal");
    }

    async fn a_newer_launch_ends_what_the_content_of_the_older_one_may_say(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        for package in [cmi5(&au("un", r#"moveOn="Completed""#)), tincan()] {
            let course = app.import(package).await;
            let (registration, activity) = camille.start(&course).await;
            let first = query(&camille.launch(&registration, activity).await.answer["runtime"]["content_url"]);
            let auth = token(&app, &first).await;
            let unfetched = query(&camille.launch(&registration, activity).await.answer["runtime"]["content_url"]);
            let present = camille.launch(&registration, activity).await;
            if let Some(fetch) = unfetched.get("fetch") {
                let refused = app.content().post_bytes(fetch, "application/json", Vec::new()).await.expect(200);
                assert_eq!(refused.json()["error-code"], "2");
            }
            assert_eq!(state(&app.content(), &auth, &completed(&first)).await, 401);
            assert_eq!(tell_completed(&app, &present.answer).await, 200);
        }
    }

    async fn content_cannot_say_what_only_the_learning_system_says(app: TestApp) {
        let course = app.import(cmi5(&au("un", r#"moveOn="Completed""#))).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let launch = camille.launch(&registration, activity).await;
        let unit = Unit::open(&app, &launch.answer).await;
        unit.say(&app, "initialized").await.expect(200);
        for (verb, requirement) in [("satisfied", "9.3.9.0-1"), ("waived", "9.3.7.0-1")] {
            let mut presumed = unit.statement("initialized");
            presumed["verb"]["id"] = json!(format!("https://w3id.org/xapi/adl/verbs/{verb}"));
            let refused = unit.send(&app, &presumed).await.expect(403).json();
            assert_eq!((&refused["code"], &refused["requirement"]), (&json!("cmi5-rule"), &json!(requirement)));
            // Without the category it is only allowed, and counts for nothing.
            presumed["context"]["contextActivities"].as_object_mut().unwrap().remove("category");
            unit.send(&app, &presumed).await.expect(200);
        }
        // Nor does somebody else's statement count for this learner, whoever reports it.
        let mut tx = app.app.db.begin().await.expect("a transaction");
        let tool = preau::lrs::create_credential(&mut tx, "Outil", &[preau::lrs::Scope::All], app.clock.now()).await.expect("a credential");
        tx.commit().await.expect("a commit");
        let mut other = unit.statement("completed");
        other["actor"] = json!({"mbox": "mailto:autre@exemple.fr"});
        assert_eq!(state(&app.content(), &format!("Basic {}", tool.basic()), &other).await, 200);
        assert_eq!(report(&app, &registration).await["completion"], "incomplete");
        unit.say(&app, "completed").await.expect(200);
        assert_eq!(report(&app, &registration).await["completion"], "completed");
    }

    async fn a_unit_in_the_player_leaves_to_the_page_that_tells_the_frame(app: TestApp) {
        let course = app.import(cmi5(&au("un", r#"moveOn="Completed""#))).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let query = query(&camille.launch(&registration, activity).await.answer["runtime"]["content_url"]);
        let auth = token(&app, &query).await;
        let data = launch_data(&app, &query, &auth).await;
        let address = format!("{}/frame/left", app.app.config.content_origin());
        assert_eq!(data["returnURL"], address);
        let page = app.content().get(&address).await.expect(200);
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains(&format!("frame-ancestors 'self' {}", app.app.config.public_origin())), "{policy}");
        assert!(page.text().contains("/assets/"));
        app.browser().get("/frame/left").await.expect(404);
    }
}
