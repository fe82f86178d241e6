//! A newer version of a package: what is told before, what happens to whom, and what is never lost.

use serde_json::{Value, json};

use super::*;
use crate::support::learning::{item, scorm};
use crate::support::{TestPerson, learning::TestCourse};

fn version(control: &str, names: &[&str]) -> Vec<u8> {
    let items: String = names.iter().map(|name| item(name, "")).collect();
    let control = format!("<imsss:sequencing><imsss:controlMode {control}/></imsss:sequencing>");
    let resources: Vec<(&str, &str)> = names.iter().map(|name| (*name, "sco")).collect();
    scorm("2004 3rd Edition", &(items + &control), &resources)
}

const LINEAR: &str = r#"choice="false" flow="true""#;
const FREE: &str = r#"choice="true" flow="true""#;

async fn only_package(app: &TestApp) -> Value {
    let reader = app.token(&["packages/read"]).await;
    reader.get("/api/v1/packages").await.expect(200).json()["packages"][0].clone()
}

async fn bring(app: &TestApp, package: &Value, file: Vec<u8>) -> Answer {
    let program = app.token(&["packages/write"]).await;
    let address = format!("/api/v1/packages/{}/versions?filename=v2.zip", package["id"].as_str().unwrap());
    program.post_bytes(&address, "application/zip", file).await
}

async fn adopt(app: &TestApp, candidate: &Value, running: &str) -> Answer {
    let program = app.token(&["packages/write"]).await;
    program.post_json(&format!("{}/adopt", address(candidate)), &json!({"running": running})).await
}

fn address(candidate: &Value) -> String {
    let text = |name: &str| candidate[name].as_str().unwrap().to_owned();
    format!("/api/v1/packages/{}/versions/{}", text("id"), text("version"))
}

/// Somebody who is in the first activity, and somebody who has done everything.
async fn two_learners(app: &TestApp, course: &TestCourse) -> ((TestPerson, String), (TestPerson, String)) {
    let camille = app.person("Camille Martin", Role::Learner).await;
    let (under_way, _) = camille.start(course).await;
    let mut launch = camille.launch(&under_way, 0).await;
    launch
        .commit(app, &[("cmi.location", "page-7"), ("cmi.completion_status", "incomplete")], "PT5M", Some("suspend"))
        .await;
    let denis = app.person("Denis Roy", Role::Learner).await;
    let (done, _) = denis.start(course).await;
    for activity in 0..2 {
        if activity > 0 {
            denis.navigate(&done, "continue", None).await;
        }
        let mut launch = denis.launch(&done, activity).await;
        let all =
            [("cmi.completion_status", "completed"), ("cmi.success_status", "passed"), ("cmi.score.scaled", "0.9")];
        launch.commit(app, &all, "PT1M", Some("normal")).await;
    }
    assert_eq!(record(app, &done).await["completion"], "completed");
    ((camille, under_way), (denis, done))
}

async fn record(app: &TestApp, registration: &str) -> Value {
    let reader = app.token(&["registrations/read"]).await;
    reader.get(&format!("/api/v1/registrations/{registration}")).await.expect(200).json()
}

both_databases! {
    async fn it_is_told_what_changes_and_nothing_does_until_it_is_adopted(app: TestApp) {
        let course = app.import(version(LINEAR, &["a", "b"])).await;
        let (_camille, _denis) = two_learners(&app, &course).await;
        let package = only_package(&app).await;
        let candidate = bring(&app, &package, version(FREE, &["b", "c", "d"])).await.expect(201).json();
        let change = &candidate["courses"][0];
        assert_eq!((&change["change"], &change["title"]), (&json!("kept"), &json!("Sécurité sur chantier")));
        assert_eq!((&change["running"], &change["completed"], &change["kept"]), (&json!(1), &json!(1), &json!(1)));
        assert_eq!((&change["added"], &change["removed"]), (&json!(["Étape c", "Étape d"]), &json!(["Étape a"])));
        assert_eq!(only_package(&app).await, package);

        // Thrown away, it leaves nothing behind; another one takes its place.
        let files = files_on_disk(&app).len();
        let second = bring(&app, &package, version(FREE, &["a", "b"])).await.expect(201).json();
        assert_eq!(second["courses"][0]["removed"], json!([]));
        assert_eq!(files_on_disk(&app).len(), files);
        assert_eq!(adopt(&app, &candidate, "finish").await.expect(404).json()["code"], "candidate-unknown");
        let writer = app.token(&["packages/write"]).await;
        writer.delete(&address(&second)).await.expect(204);
        writer.delete(&address(&second)).await.expect(404);
        assert_eq!(files_on_disk(&app).len(), files - 1);
        assert_eq!(only_package(&app).await, package);
    }

    async fn who_is_under_way_may_finish_on_the_version_they_began(app: TestApp) {
        let course = app.import(version(LINEAR, &["a", "b"])).await;
        let ((camille, under_way), (denis, done)) = two_learners(&app, &course).await;
        let before = (record(&app, &under_way).await, record(&app, &done).await);
        let first = only_package(&app).await;
        app.clock.advance(std::time::Duration::from_secs(3_600));
        let candidate = bring(&app, &first, version(FREE, &["b", "c", "d"])).await.expect(201).json();
        let package = adopt(&app, &candidate, "finish").await.expect(200).json();
        assert_ne!(package["imported_at"], first["imported_at"]);
        assert_eq!((&package["version"], &package["courses"][0]["id"]), (&candidate["version"], &json!(course.id)));
        assert_eq!(adopt(&app, &candidate, "finish").await.expect(404).json()["code"], "candidate-unknown");
        assert_eq!((record(&app, &under_way).await, record(&app, &done).await), before);

        assert_eq!(camille.start(&course).await, (under_way.clone(), 0));
        let launch = camille.launch(&under_way, 0).await;
        assert_eq!(launch.reads("cmi.location"), "page-7");
        assert_eq!(launch.answer["runtime"]["valid_requests"]["choice"]["b"], false, "the rules are those of the version");
        assert_eq!(denis.start(&course).await.0, done);

        // Who begins now begins on the new version.
        let emma = app.person("Emma Petit", Role::Learner).await;
        let (registration, activity) = emma.start(&course).await;
        let launch = emma.launch(&registration, activity).await;
        assert_eq!(launch.answer["activity"]["identifier"], "b");
        assert_eq!(launch.answer["runtime"]["valid_requests"]["choice"]["d"], true);
        assert_eq!(record(&app, &registration).await["activities"].as_array().unwrap().len(), 3);
    }

    async fn who_is_under_way_may_be_made_to_begin_anew_and_keeps_what_they_did(app: TestApp) {
        let course = app.import(version(LINEAR, &["a", "b"])).await;
        let ((camille, under_way), (denis, done)) = two_learners(&app, &course).await;
        let before = record(&app, &under_way).await;
        let candidate = bring(&app, &only_package(&app).await, version(FREE, &["c"])).await.expect(201).json();
        adopt(&app, &candidate, "restart").await.expect(200);

        // The address of the old place leads to where it is said why.
        let old = camille.get(&format!("/player/{under_way}/0")).await.expect(303);
        assert_eq!(old.header("location"), Some(format!("/courses/{}", course.id).as_str()));
        let page = camille.get(&format!("/courses/{}", course.id)).await.expect(200).text();
        assert!(page.contains("une nouvelle version") && page.contains(&format!("/courses/{}/start", course.id)), "{page}");
        assert!(!page.contains("Étape a"), "{page}");
        let home = camille.get("/").await.expect(200).text();
        assert!(home.contains(&format!("/courses/{}", course.id)) && !home.contains(&under_way), "{home}");

        let (anew, activity) = camille.start(&course).await;
        assert_ne!(anew, under_way);
        assert_eq!(camille.start(&course).await.0, anew);
        let mut launch = camille.launch(&anew, activity).await;
        assert_eq!((launch.reads("cmi.entry"), &launch.answer["activity"]["identifier"]), ("ab-initio", &json!("c")));
        launch.commit(&app, &[("cmi.completion_status", "completed"), ("cmi.success_status", "passed")], "PT1M", Some("normal")).await;
        assert_eq!(record(&app, &anew).await["completion"], "completed");
        let after = record(&app, &under_way).await;
        assert_eq!((&after["activities"], &after["progress"]), (&before["activities"], &before["progress"]));
        let page = camille.get(&format!("/courses/{}", course.id)).await.expect(200).text();
        assert!(!page.contains("une nouvelle version"), "{page}");

        assert_eq!(denis.start(&course).await.0, done, "who had completed it is left alone");
        let (old, new) = (record(&app, &under_way).await, record(&app, &anew).await);
        assert_eq!((&old["attempt"], &old["superseded"], &old["counts"]), (&json!(1), &json!(true), &json!(false)));
        assert_eq!((&new["attempt"], &new["superseded"], &new["counts"]), (&json!(2), &json!(false), &json!(true)));
    }

    async fn what_cannot_replace_a_package_changes_nothing(app: TestApp) {
        app.import(version(LINEAR, &["a", "b"])).await;
        let package = only_package(&app).await;
        let files = files_on_disk(&app);
        let other = bring(&app, &package, course(&[])).await.expect(409).json();
        assert_eq!(other["code"], "package-kind-differs");
        refused(&bring(&app, &package, b"PK broken".to_vec()).await, "archive-unreadable");
        let unknown = json!({"id": PackageId::new()});
        assert_eq!(bring(&app, &unknown, version(LINEAR, &["a"])).await.expect(404).json()["code"], "package-unknown");
        assert_eq!(files_on_disk(&app), files);
        assert_eq!(app.count("package_candidate").await, 0);

        // A package goes with what waits for it.
        bring(&app, &package, version(LINEAR, &["a"])).await.expect(201);
        let writer = app.token(&["packages/write"]).await;
        writer.delete(&format!("/api/v1/packages/{}", package["id"].as_str().unwrap())).await.expect(204);
        assert_eq!((files_on_disk(&app), app.count("package_candidate").await), (Vec::new(), 0));
    }

    async fn a_course_that_is_gone_leaves_the_catalogue_and_can_be_finished(app: TestApp) {
        let organization = |name: &str| format!(
            "<organization identifier='{name}'><title>Cours {name}</title><item identifier='I{name}' identifierref='R'>\
             <title>Étape {name}</title></item></organization>");
        let of = |names: &[&str]| {
            let all: String = names.iter().map(|name| organization(name)).collect();
            let from = MANIFEST.find("<organization identifier").unwrap();
            let to = MANIFEST.find("</organizations>").unwrap();
            let manifest = format!("{}{all}{}", MANIFEST[..from].replace("default='O'", ""), &MANIFEST[to..]);
            zip(&[("imsmanifest.xml", manifest.as_bytes()), ("index.html", b"<p>")])
        };
        let first = app.import(of(&["eau", "feu"])).await;
        let camille = app.person("Camille Martin", Role::Learner).await;
        let (registration, _) = camille.start(&first).await;
        let candidate = bring(&app, &only_package(&app).await, of(&["feu", "air"])).await.expect(201).json();
        let told: Vec<(&str, &str)> = candidate["courses"].as_array().unwrap().iter()
            .map(|course| (course["title"].as_str().unwrap(), course["change"].as_str().unwrap())).collect();
        assert_eq!(told, [("Cours feu", "kept"), ("Cours air", "new"), ("Cours eau", "gone")]);
        adopt(&app, &candidate, "restart").await.expect(200);
        assert!(!camille.get("/catalogue").await.text().contains("Cours eau"));
        assert_eq!(camille.start(&first).await.0, registration);
        camille.launch(&registration, 0).await;
    }

    async fn a_trainer_replaces_a_package_by_its_page(app: TestApp) {
        let learning = app.import(version(LINEAR, &["a", "b"])).await;
        let (_camille, _denis) = two_learners(&app, &learning).await;
        let package = only_package(&app).await;
        let own = format!("/trainer/packages/{}", package["id"].as_str().unwrap());
        let trainer = app.person("Nadia Benali", Role::Trainer).await;
        assert!(trainer.get(&own).await.expect(200).text().contains(&format!("{own}/replace")));
        assert!(trainer.get(&format!("{own}/replace")).await.expect(200).text().contains("data-uploader"));

        let mut form = b"--BOUND\r\nContent-Disposition: form-data; name=\"file\"; filename=\"v2.zip\"\r\n\r\n".to_vec();
        form.extend(version(FREE, &["b", "c"]));
        form.extend(b"\r\n--BOUND--\r\n");
        let sent = trainer.post_bytes(&format!("{own}/replace"), "multipart/form-data; boundary=BOUND", form).await.expect(303);
        assert_eq!(sent.header("location"), Some(format!("{own}/replace").as_str()));
        let page = trainer.get(&format!("{own}/replace")).await.expect(200).text();
        for told in ["Étape a", "Étape c", "Une activité ajoutée", "Une personne a commencé sans avoir terminé", "garde son résultat"] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert!(trainer.get(&own).await.text().contains("attend votre décision"));
        let action = page.split("action=\"").find(|part| part.contains("/adopt\"")).unwrap().split('"').next().unwrap().to_owned();
        trainer.post_form(&action, &[("running", "restart")]).await.expect(303);
        let page = trainer.get(&own).await.expect(200).text();
        assert!(page.contains("La nouvelle version est en service") && page.contains("Version 2"), "{page}");
        // The button of a second tab finds nothing to put into use.
        trainer.post_form(&action, &[("running", "restart")]).await.expect(303);
        assert!(trainer.get(&own).await.text().contains("elle a été mise en service, abandonnée"));
        assert_eq!(app.count("package_version").await, 2);
    }
}
