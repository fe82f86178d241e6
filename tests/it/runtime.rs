//! Playing: what content saves is there again, in every standard, and only for whom it is.

use preau::identity::Role;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::learning::{Launch, au, cmi5, item, place, scorm, tincan};
use crate::support::{Client, TestApp, TestPerson};

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

both_databases! {
    async fn a_scorm_12_course_resumes_exactly_where_it_was_left(app: TestApp) {
        let course = app.import(one_sco()).await;
        let camille = app.person("Camille Martin", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let mut first = camille.launch(&registration, activity).await;
        assert_eq!(first.reads("cmi.core.entry"), "ab-initio");
        assert_eq!(first.reads("cmi.core.student_name"), "Camille Martin");
        assert_eq!(first.reads("cmi.student_data.mastery_score"), "70");
        let suspend_data = "é".repeat(4000);
        let saved = first
            .commit(&app, &[("cmi.core.lesson_location", "page-7"), ("cmi.suspend_data", &suspend_data), ("cmi.core.lesson_status", "incomplete")], "00:05:00", None)
            .await;
        assert_eq!((&saved["applied"], &saved["progress"]["completion"]), (&json!(true), &json!("incomplete")));
        first.commit(&app, &[], "00:10:00", Some("suspend")).await;

        app.clock.advance(std::time::Duration::from_secs(2 * 86_400));
        let (again, place) = camille.start(&course).await;
        assert_eq!((again, place), (registration.clone(), activity));
        let mut second = camille.launch(&registration, activity).await;
        assert_eq!(second.reads("cmi.core.entry"), "resume");
        assert_eq!(second.reads("cmi.core.lesson_location"), "page-7");
        assert_eq!(second.reads("cmi.suspend_data"), suspend_data);
        assert_eq!(second.reads("cmi.core.total_time"), "0000:10:00.00");

        let done = second.commit(&app, &[("cmi.core.score.raw", "80")], "00:02:30", Some("")).await;
        assert_eq!(done["progress"], json!({"completion": "completed", "success": "passed", "course_completion": "completed"}));
        let report = report(&app, &registration).await;
        assert_eq!((&report["completion"], &report["success"], &report["score"]), (&json!("completed"), &json!("passed"), &json!(0.8)));
        assert_eq!(report["activities"][0]["score"], json!({"scaled": 0.8, "raw": 80.0, "min": null, "max": null}));
        assert_eq!((&report["time"], &report["seconds"]), (&json!("PT0H12M30S"), &json!(750.0)));
        assert_eq!(
            verbs(&app, &registration).await,
            ["initialized", "suspended", "terminated", "resumed", "completed", "passed", "terminated", "completed", "passed"]
        );
    }

    async fn a_repeated_commit_counts_once_and_a_second_tab_takes_over(app: TestApp) {
        let course = app.import(one_sco()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let mut first = camille.launch(&registration, activity).await;
        let commit = first.next(&[("cmi.core.lesson_status", "completed")], "00:01:00", Some(""));
        assert_eq!(first.send(&app.content(), &commit).await.expect(200).json()["applied"], true);
        let repeat = first.send(&app.content(), &commit).await.expect(200).json();
        assert_eq!((&repeat["applied"], &repeat["sequence"]), (&json!(false), &json!(1)));
        assert_eq!(report(&app, &registration).await["seconds"], 60.0);

        let mut second = camille.launch(&registration, activity).await;
        let late = first.next(&[("cmi.core.lesson_location", "x")], "00:09:00", None);
        assert_eq!(first.send(&app.content(), &late).await.expect(409).json()["code"], "lease-lost");
        second.commit(&app, &[("cmi.core.lesson_location", "y")], "00:00:30", None).await;

        // A wrong secret opens nothing, whoever asks.
        let mut stranger = second.answer.clone();
        stranger["secret"] = json!("wrong");
        let stranger = Launch { answer: stranger, sequence: 5 };
        assert_eq!(stranger.send(&app.content(), &commit).await.expect(401).json()["code"], "launch-unknown");
    }

    async fn what_the_system_owns_is_refused_and_the_rest_is_kept(app: TestApp) {
        let course = app.import(one_sco()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let mut launch = camille.launch(&registration, activity).await;
        let set = [("cmi.core.total_time", "9999:00:00"), ("cmi.core.score.raw", "1000"), ("cmi.core.lesson_location", "3")];
        let answer = launch.commit(&app, &set, "00:01:00", Some("suspend")).await;
        assert_eq!(answer["rejected"], json!({"cmi.core.score.raw": "range", "cmi.core.total_time": "read_only"}));
        let again = camille.launch(&registration, activity).await;
        assert_eq!((again.reads("cmi.core.lesson_location"), again.reads("cmi.core.total_time")), ("3", "0000:01:00.00"));
    }

    async fn a_course_of_several_scos_flows_and_is_chosen(app: TestApp) {
        let course = app.import(three_scos(r#"choice="true" flow="true""#)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        assert_eq!(activity, 0);
        let mut a = camille.launch(&registration, 0).await;
        let valid = &a.answer["runtime"]["valid_requests"];
        assert_eq!((&valid["continue"], &valid["previous"], &valid["choice"]["b"]), (&json!(true), &json!(false), &json!(true)));
        a.commit(&app, &[("cmi.completion_status", "completed"), ("cmi.success_status", "passed"), ("cmi.score.scaled", "0.9")], "PT1M", Some("normal")).await;

        let next = camille.navigate(&registration, "continue", None).await;
        assert_eq!(next["deliver"]["activity"], 1);
        let mut b = camille.launch(&registration, 1).await;
        b.commit(&app, &[("cmi.location", "p4"), ("cmi.completion_status", "incomplete")], "PT2M", Some("suspend")).await;
        assert_eq!(camille.navigate(&registration, "choice", Some(0)).await["deliver"]["url"], format!("/player/{registration}/0"));
        // A new attempt of what was ended, and the suspended one where it was.
        assert_eq!(camille.launch(&registration, 0).await.reads("cmi.entry"), "ab-initio");
        assert_eq!(camille.navigate(&registration, "continue", None).await["deliver"]["activity"], 1);
        let mut b = camille.launch(&registration, 1).await;
        assert_eq!((b.reads("cmi.entry"), b.reads("cmi.location")), ("resume", "p4"));
        b.commit(&app, &[("cmi.completion_status", "completed"), ("cmi.success_status", "passed")], "PT1M", Some("normal")).await;

        // The asset is done when it is open.
        assert_eq!(camille.navigate(&registration, "continue", None).await["deliver"]["activity"], 2);
        camille.launch(&registration, 2).await;
        let report = report(&app, &registration).await;
        let done: Vec<&Value> = report["activities"].as_array().unwrap().iter().map(|row| &row["completion"]).collect();
        assert_eq!(done, ["completed", "completed", "completed"]);
        assert_eq!(report["progress"], 1.0);
        assert_eq!(camille.navigate(&registration, "continue", None).await["end"]["url"], format!("/courses/{}", course.id));
    }

    async fn a_course_that_only_flows_cannot_be_entered_in_the_middle(app: TestApp) {
        let course = app.import(three_scos(r#"choice="false" flow="true" forwardOnly="true""#)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        let refused = camille.try_launch(&registration, 1).await.map(|_| ()).unwrap_err().expect(409).json();
        assert_eq!((&refused["code"], &refused["rule"]), (&json!("navigation-refused"), &json!("NB.2.1-10")));
        camille.launch(&registration, 0).await;
        assert_eq!(camille.navigate(&registration, "continue", None).await["deliver"]["activity"], 1);
        camille.launch(&registration, 1).await;
        assert_eq!(camille.navigate(&registration, "previous", None).await["refused"]["detail"], "NB.2.1-5");
        // Coming back another day leads to where they were.
        assert_eq!(camille.start(&course).await.1, 1);
        camille.launch(&registration, 1).await;
    }

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
        for (index, results) in [
            (first, vec![("completed", json!({"completion": true, "duration": "PT3M"}))]),
            (second, vec![
                ("completed", json!({"completion": true, "duration": "PT3M"})),
                ("passed", json!({"success": true, "score": {"scaled": 0.75}, "duration": "PT3M"})),
            ]),
        ] {
            let launch = camille.launch(&registration, index).await;
            let query = query(&launch.answer["runtime"]["content_url"]);
            assert_eq!((query["theme"].as_str(), query["registration"].as_str()), ("1", registration.as_str()));
            let fetched = app.content().post_bytes(&query["fetch"], "application/json", Vec::new()).await.expect(200);
            assert_eq!(fetched.header("cache-control"), Some("no-store"));
            assert_eq!(fetched.header("access-control-allow-origin"), Some("*"));
            let auth = format!("Basic {}", fetched.json()["auth-token"].as_str().unwrap());
            let again = app.content().post_bytes(&query["fetch"], "application/json", Vec::new()).await;
            assert_eq!(again.json()["error-code"], "1");

            let actor: Value = serde_json::from_str(&query["actor"]).unwrap();
            let data = launch_data(&app, &query, &auth).await;
            assert_eq!((&data["launchMode"], &data["contextTemplate"]["contextActivities"]["grouping"][0]["id"].as_str().unwrap().starts_with("https://exemple.fr/au/")), (&json!("Normal"), &true));
            let mut all = vec![("initialized", json!(null))];
            all.extend(results);
            all.push(("terminated", json!({"duration": "PT4M"})));
            for (verb, result) in all {
                let mut statement = json!({"id": uuid::Uuid::new_v4(), "actor": actor, "verb": {"id": format!("http://adlnet.gov/expapi/verbs/{verb}")},
                    "object": {"id": query["activityId"]},
                    "context": {"registration": registration, "extensions": data["contextTemplate"]["extensions"],
                        "contextActivities": {"category": [{"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}]}}});
                if !result.is_null() {
                    statement["result"] = result;
                }
                assert_eq!(state(&app.content(), &auth, &statement).await, 200, "{verb}");
            }
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

    async fn another_system_opens_the_player_once_for_its_own_person(app: TestApp) {
        let course = app.import(one_sco()).await;
        let intranet = app.token(&["launches/write"]).await;
        let order = json!({"course": course.id, "activity": "a", "return_url": "https://intranet.exemple.fr/retour",
            "actor": {"name": "Zoé Bernard", "account": {"homePage": "https://intranet.exemple.fr", "name": "zbernard"}}});
        let made = intranet.post_json("/api/v1/launches", &order).await.expect(201).json();
        let registration = made["registration"].as_str().unwrap();
        let (url, browser) = (made["url"].as_str().unwrap(), app.browser());
        let opened = browser.get(url).await.expect(303);
        assert_eq!(place(opened.header("location").unwrap()), (registration.to_owned(), 0));
        let page = browser.get(opened.header("location").unwrap()).await.expect(200).text();
        assert!(page.contains("https://intranet.exemple.fr/retour"), "the way out leads back");
        let launch = TestPerson { id: preau::core::PersonId::new(), browser }.launch(registration, 0).await;
        assert_eq!(launch.reads("cmi.core.student_name"), "Zoé Bernard");

        // Once; the same person keeps the same record; and the right is for this record only.
        app.browser().get(url).await.expect(404);
        let second = intranet.post_json("/api/v1/launches", &order).await.expect(201).json();
        assert_eq!(second["registration"], made["registration"]);
        let camille = app.person("Camille", Role::Learner).await;
        let (own, _) = camille.start(&course).await;
        let stranger = app.browser();
        stranger.get(second["url"].as_str().unwrap()).await.expect(303);
        stranger.get(&format!("/player/{own}/0")).await.expect(404);
        stranger.get("/catalogue").await.expect(303);
    }

    async fn a_launch_that_makes_no_sense_is_refused(app: TestApp) {
        let course = app.import(one_sco()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let intranet = app.token(&["launches/write"]).await;
        for (order, status, code) in [
            (json!({"course": course.id, "person": camille.id, "return_url": "javascript:alert(1)"}), 422, "return-url-invalid"),
            (json!({"course": course.id}), 422, "launch-person-missing"),
            (json!({"course": course.id, "actor": {"mbox": "mailto:a@b.fr"}}), 422, "actor-invalid"),
            (json!({"course": course.id, "person": camille.id, "activity": 7}), 404, "activity-unknown"),
            (json!({"course": uuid::Uuid::now_v7(), "person": camille.id}), 404, "course-unknown"),
            (json!({"course": course.id, "person": uuid::Uuid::now_v7()}), 404, "person-unknown"),
        ] {
            let answer = intranet.post_json("/api/v1/launches", &order).await.expect(status).json();
            assert_eq!(answer["code"], code, "{order}");
        }
        app.token(&["packages/read"]).await.post_json("/api/v1/launches", &json!({"course": course.id})).await.expect(403);
    }

    async fn other_peoples_records_are_not_there(app: TestApp) {
        let course = app.import(one_sco()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let zoe = app.person("Zoé", Role::Learner).await;
        for path in [format!("/player/{registration}/{activity}"), format!("/api/v1/registrations/{registration}")] {
            let status = zoe.get(&path).await.status.as_u16();
            assert!(matches!(status, 403 | 404), "{path}: {status}");
        }
        zoe.post_json(&format!("/player/{registration}/{activity}/launch"), &json!({})).await.expect(404);
        zoe.post_json(&format!("/player/{registration}/navigate"), &json!({"request": "continue"})).await.expect(404);
        let sign_in = app.browser().get(&format!("/player/{registration}/{activity}")).await.expect(303);
        assert!(sign_in.header("location").unwrap().starts_with("/sign-in?next="));
        // A draft is nobody's to start.
        let draft = app.import_draft("brouillon.zip", one_sco()).await;
        zoe.post_form(&format!("/courses/{}/start", draft.id), &[]).await.expect(404);
    }

    async fn a_preview_leaves_nothing(app: TestApp) {
        let course = app.import_draft("cours.zip", three_scos(r#"choice="true" flow="true""#)).await;
        let trainer = app.person("Nadia", Role::Trainer).await;
        let opened = trainer.post_form(&format!("/trainer/courses/{}/preview", course.id), &[]).await.expect(303);
        let (registration, activity) = place(opened.header("location").unwrap());
        let page = trainer.get(opened.header("location").unwrap()).await.expect(200).text();
        assert!(page.contains(r#"data-mode="browse""#));
        let mut launch = trainer.launch(&registration, activity).await;
        assert_eq!((launch.reads("cmi.mode"), launch.reads("cmi.credit")), ("browse", "no-credit"));
        let answer = launch.commit(&app, &[("cmi.completion_status", "completed")], "PT1M", Some("normal")).await;
        assert_eq!(answer["applied"], false);
        trainer.navigate(&registration, "continue", None).await;
        for table in ["statement", "runtime_state", "activity_progress", "registration_progress"] {
            assert_eq!(app.count(table).await, 0, "{table}");
        }
        assert_eq!(trainer.get(&format!("/api/v1/registrations/{registration}")).await.status.as_u16(), 404);
        app.person("Camille", Role::Learner).await.post_form(&format!("/trainer/courses/{}/preview", course.id), &[]).await.expect(403);
    }

    async fn a_preview_of_content_that_speaks_for_itself_leaves_nothing_either(app: TestApp) {
        let trainer = app.person("Nadia", Role::Trainer).await;
        let unit = cmi5(&au("un", r#"moveOn="Completed""#));
        for (package, id) in [(unit, None), (tincan(), Some("https://exemple.fr/accueil"))] {
            let course = app.import_draft("cours.zip", package).await;
            let opened = trainer.post_form(&format!("/trainer/courses/{}/preview", course.id), &[]).await.expect(303);
            let (registration, activity) = place(opened.header("location").unwrap());
            let launch = trainer.launch(&registration, activity).await;
            let query = query(&launch.answer["runtime"]["content_url"]);
            let auth = match query.get("fetch") {
                Some(fetch) => {
                    let fetched = app.content().post_bytes(fetch, "application/json", Vec::new()).await.expect(200).json();
                    format!("Basic {}", fetched["auth-token"].as_str().unwrap())
                }
                None => query["auth"].clone(),
            };
            let actor: Value = serde_json::from_str(&query["actor"]).unwrap();
            let object = id.unwrap_or(query.get("activityId").map_or("", String::as_str));
            let statement = json!({"actor": actor, "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"}, "object": {"id": object}});
            assert_eq!(state(&app.content(), &auth, &statement).await, 200, "the content plays as ever");
        }
        for table in ["statement", "activity_progress", "registration_progress", "runtime_state"] {
            assert_eq!(app.count(table).await, 0, "{table}");
        }
    }

    async fn a_recording_resumes_where_it_was_left_and_is_completed_when_nine_tenths_were_heard(app: TestApp) {
        let course = app.import_file("consignes.wav", wave(20)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let launch = camille.launch(&registration, activity).await;
        let runtime = &launch.answer["runtime"];
        assert_eq!((&runtime["kind"], &runtime["position"], &runtime["duration"]), (&json!("audio"), &json!(0.0), &json!(20.0)));
        let tell = async |launch: &Launch, sequence: i64, event: &str, position: f64, played: Value| {
            let report = json!({"launch": launch.answer["launch"], "lease": launch.answer["lease"], "sequence": sequence,
                "position": position, "duration": 20.0, "event": event, "played": played, "length": 20.0});
            camille.post_json(&format!("/player/{registration}/{activity}/media"), &report).await
        };
        tell(&launch, 1, "initialized", 0.0, json!([])).await.expect(200);
        tell(&launch, 2, "played", 0.0, json!([])).await.expect(200);
        let answer = tell(&launch, 3, "paused", 12.0, json!([[0, 12]])).await.expect(200).json();
        assert_eq!(answer["progress"]["completion"], "incomplete");
        tell(&launch, 3, "paused", 15.0, json!([[0, 15]])).await.expect(200);
        tell(&launch, 4, "terminated", 12.0, json!([[0, 12]])).await.expect(200);

        let again = camille.launch(&registration, activity).await;
        let runtime = &again.answer["runtime"];
        assert_eq!((&runtime["position"], &runtime["played"]), (&json!(12.0), &json!([[0.0, 12.0]])));
        assert_eq!(tell(&launch, 5, "played", 12.0, json!([])).await.status.as_u16(), 409);
        // Skipping to the end is not hearing it.
        tell(&again, 1, "seeked", 19.0, json!([])).await.expect(200);
        let answer = tell(&again, 2, "progressed", 20.0, json!([[19, 20]])).await.expect(200).json();
        assert_eq!(answer["progress"]["completion"], "incomplete");
        let answer = tell(&again, 3, "paused", 18.0, json!([[12, 18], [19, 20]])).await.expect(200).json();
        assert_eq!(answer["progress"], json!({"completion": "completed", "success": "unknown", "course_completion": "completed"}));
        assert_eq!(
            verbs(&app, &registration).await,
            ["launched", "initialized", "played", "paused", "terminated", "launched", "seeked", "completed", "paused", "completed"]
        );
        tell(&again, 9, "danced", 0.0, json!([])).await.expect(400);
    }

    async fn looking_again_leaves_the_record_and_the_place_as_they_were(app: TestApp) {
        let course = app.import(three_scos(r#"choice="false" flow="true""#)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        let mut a = camille.launch(&registration, 0).await;
        a.commit(&app, &[("cmi.completion_status", "completed"), ("cmi.location", "p9")], "PT1M", Some("normal")).await;
        camille.navigate(&registration, "continue", None).await;
        let mut b = camille.launch(&registration, 1).await;
        b.commit(&app, &[("cmi.location", "p2")], "PT1M", None).await;
        let (rows, said) = (app.progress_rows().await, statements(&app, &registration).await);

        for mode in ["review", "browse"] {
            let order = json!({"mode": mode});
            let path = format!("/player/{registration}/0/launch");
            let mut look = Launch { answer: camille.post_json(&path, &order).await.expect(200).json(), sequence: 0 };
            assert_eq!((look.reads("cmi.mode"), look.reads("cmi.location")), (mode, "p9"));
            let answer = look.commit(&app, &[("cmi.location", "p1"), ("cmi.success_status", "failed")], "PT9M", Some("normal")).await;
            assert_eq!(answer["applied"], false);
            let order = json!({"request": "continue", "launch": look.answer["launch"]});
            let next = camille.post_json(&format!("/player/{registration}/navigate"), &order).await.expect(200).json();
            assert_eq!(next["deliver"], json!({"activity": 1, "url": format!("/player/{registration}/1?mode={mode}")}));
        }
        // The tab in which the learner works goes on as if nobody had looked.
        b.commit(&app, &[("cmi.location", "p3")], "PT1M", None).await;
        assert_eq!((app.progress_rows().await, statements(&app, &registration).await), (rows, said));
        assert_eq!(camille.start(&course).await.1, 1);
        assert_eq!(camille.launch(&registration, 1).await.reads("cmi.location"), "p3");
    }

    async fn content_that_speaks_for_itself_is_not_recorded_when_it_is_looked_at_again(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        for package in [cmi5(&au("un", r#"moveOn="Completed""#)), tincan()] {
            let course = app.import(package).await;
            let (registration, activity) = camille.start(&course).await;
            let order = json!({"mode": "review"});
            let path = format!("/player/{registration}/{activity}/launch");
            let answer = camille.post_json(&path, &order).await.expect(200).json();
            let query = query(&answer["runtime"]["content_url"]);
            let auth = token(&app, &query).await;
            assert_eq!(state(&app.content(), &auth, &completed(&query)).await, 200, "it plays as ever");
            assert_eq!(report(&app, &registration).await["completion"], "not attempted");
        }
        assert_eq!((app.count("statement").await, app.count("activity_progress").await), (0, 0));
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
            let present = query(&camille.launch(&registration, activity).await.answer["runtime"]["content_url"]);
            if let Some(fetch) = unfetched.get("fetch") {
                let refused = app.content().post_bytes(fetch, "application/json", Vec::new()).await.expect(400);
                assert_eq!(refused.json()["error-code"], "2");
            }
            assert_eq!(state(&app.content(), &auth, &completed(&first)).await, 401);
            let auth = token(&app, &present).await;
            assert_eq!(state(&app.content(), &auth, &completed(&present)).await, 200);
        }
    }

    async fn content_cannot_say_what_only_the_learning_system_says(app: TestApp) {
        let course = app.import(cmi5(&au("un", r#"moveOn="Completed""#))).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let query = query(&camille.launch(&registration, activity).await.answer["runtime"]["content_url"]);
        let auth = token(&app, &query).await;
        for verb in ["https://w3id.org/xapi/adl/verbs/satisfied", "https://w3id.org/xapi/adl/verbs/waived"] {
            let mut presumed = completed(&query);
            presumed["verb"]["id"] = json!(verb);
            state(&app.content(), &auth, &presumed).await;
        }
        // Nor does somebody else's statement count for this learner, whoever reports it.
        let mut tx = app.app.db.begin().await.expect("a transaction");
        let tool = preau::lrs::create_credential(&mut tx, "Outil", &[preau::lrs::Scope::All], app.clock.now()).await.expect("a credential");
        tx.commit().await.expect("a commit");
        let mut other = completed(&query);
        other["actor"] = json!({"mbox": "mailto:autre@exemple.fr"});
        assert_eq!(state(&app.content(), &format!("Basic {}", tool.basic()), &other).await, 200);
        assert_eq!(report(&app, &registration).await["completion"], "incomplete");
        assert_eq!(state(&app.content(), &auth, &completed(&query)).await, 200);
        assert_eq!(report(&app, &registration).await["completion"], "completed");
    }

    async fn a_launch_link_counts_for_somebody_who_is_signed_in_as_well(app: TestApp) {
        let course = app.import(three_scos(r#"choice="true" flow="true""#)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        let intranet = app.token(&["launches/write"]).await;
        let order = json!({"course": course.id, "person": camille.id, "mode": "review", "activity": 0, "return_url": "https://intranet.exemple.fr/retour"});
        let made = intranet.post_json("/api/v1/launches", &order).await.expect(201).json();
        assert_eq!(made["registration"], registration);
        let opened = camille.get(made["url"].as_str().unwrap()).await.expect(303);
        let page = camille.get(opened.header("location").unwrap()).await.expect(200).text();
        assert!(page.contains("https://intranet.exemple.fr/retour") && page.contains(r#"data-mode="review""#), "{page}");
        let launch = camille.launch(&registration, 0).await;
        assert_eq!((launch.reads("cmi.mode"), &launch.answer["launch"]), ("review", &made["launch"]));
        assert_ne!(camille.launch(&registration, 0).await.answer["launch"], made["launch"]);
        let next = camille.navigate(&registration, "continue", None).await;
        assert_eq!(next["deliver"]["url"], format!("/player/{registration}/1?mode=review"));
        // From the catalogue they go on as ever.
        camille.start(&course).await;
        assert_eq!(camille.launch(&registration, 0).await.reads("cmi.mode"), "normal");
    }

    async fn a_link_that_is_only_looked_at_still_opens(app: TestApp) {
        let course = app.import(one_sco()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let order = json!({"course": course.id, "person": camille.id});
        let made = app.token(&["launches/write"]).await.post_json("/api/v1/launches", &order).await.expect(201).json();
        let (url, browser) = (made["url"].as_str().unwrap(), app.browser());
        browser.send(reqwest::Method::HEAD, url, Vec::new(), &[]).await.expect(200);
        browser.send(reqwest::Method::GET, url, Vec::new(), &[("sec-purpose", "prefetch;prerender")]).await.expect(503);
        browser.get(url).await.expect(303);
    }

    async fn nobody_plays_for_a_person_who_is_no_longer_let_in(app: TestApp) {
        let course = app.import(one_sco()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let intranet = app.token(&["launches/write"]).await;
        let order = json!({"course": course.id, "person": camille.id});
        let [opened, waiting] = [
            intranet.post_json("/api/v1/launches", &order).await.expect(201).json(),
            intranet.post_json("/api/v1/launches", &order).await.expect(201).json(),
        ];
        let browser = app.browser();
        let place = browser.get(opened["url"].as_str().unwrap()).await.expect(303);
        browser.get(place.header("location").unwrap()).await.expect(200);
        app.set_disabled(camille.id, true).await;
        browser.get(place.header("location").unwrap()).await.expect(404);
        let late = app.browser();
        late.get(waiting["url"].as_str().unwrap()).await.expect(303);
        late.get(place.header("location").unwrap()).await.expect(404);
        assert_eq!(intranet.post_json("/api/v1/launches", &order).await.expect(404).json()["code"], "person-unknown");
    }

    async fn what_was_open_when_a_person_was_disabled_is_refused(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        let scorm = app.import(one_sco()).await;
        let (registration, activity) = camille.start(&scorm).await;
        let mut sco = camille.launch(&registration, activity).await;
        sco.commit(&app, &[("cmi.core.lesson_location", "3")], "00:01:00", None).await;
        let mut open = Vec::new();
        for package in [tincan(), cmi5(&au("un", r#"moveOn="Completed""#))] {
            let course = app.import(package).await;
            let (registration, activity) = camille.start(&course).await;
            let query = query(&camille.launch(&registration, activity).await.answer["runtime"]["content_url"]);
            open.push((token(&app, &query).await, query));
        }
        let unfetched = app.import(cmi5(&au("deux", r#"moveOn="Completed""#))).await;
        let (other, activity) = camille.start(&unfetched).await;
        let fetch = query(&camille.launch(&other, activity).await.answer["runtime"]["content_url"])["fetch"].clone();

        app.set_disabled(camille.id, true).await;
        let said = app.count("statement").await;
        let late = sco.next(&[("cmi.core.lesson_status", "completed")], "00:02:00", Some(""));
        let refused = sco.send(&app.content(), &late).await.expect(403).json();
        assert_eq!(refused["code"], "person-disabled");
        assert!(refused["title"].as_str().is_some_and(|title| title.contains(' ')), "a sentence: {refused}");
        for (auth, query) in &open {
            assert_eq!(state(&app.content(), auth, &completed(query)).await, 403);
        }
        let refused = app.content().post_bytes(&fetch, "application/json", Vec::new()).await.expect(400).json();
        assert_eq!(refused["error-code"], "2");
        assert_eq!(app.count("statement").await, said);

        // Let in again, they go on where they were.
        app.set_disabled(camille.id, false).await;
        assert_eq!(sco.send(&app.content(), &late).await.expect(200).json()["applied"], true);
    }

    async fn another_system_begins_a_further_record(app: TestApp) {
        let course = app.import(one_sco()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (first, _) = camille.start(&course).await;
        let intranet = app.token(&["launches/write"]).await;
        let wanted = uuid::Uuid::now_v7().to_string();
        for _ in 0..2 {
            let order = json!({"course": course.id, "person": camille.id, "registration": wanted});
            let made = intranet.post_json("/api/v1/launches", &order).await.expect(201).json();
            assert_eq!(made["registration"], wanted);
        }
        assert_eq!(app.count("registration").await, 2);
        // The latest is the one they go on in; the first is still theirs.
        assert_eq!(camille.start(&course).await.0, wanted);
        camille.launch(&first, 0).await;
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

    async fn the_frame_may_only_be_framed_by_the_application(app: TestApp) {
        let frame = app.content().get("/frame/").await.expect(200);
        let policy = frame.header("content-security-policy").unwrap();
        assert!(policy.contains(&format!("frame-ancestors {}", app.app.config.public_origin())), "{policy}");
        assert!(frame.text().contains(&format!(r#"content="{}""#, app.app.config.public_origin())));
        app.browser().get("/frame/").await.expect(404);
    }
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

/// So many seconds of silence.
fn wave(seconds: u32) -> Vec<u8> {
    let samples = vec![0_u8; 16_000 * seconds as usize];
    let mut wave = b"RIFF".to_vec();
    wave.extend_from_slice(&(36 + 16_000 * seconds).to_le_bytes());
    wave.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0data");
    wave.extend_from_slice(&(16_000 * seconds).to_le_bytes());
    wave.extend_from_slice(&samples);
    wave
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
