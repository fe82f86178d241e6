//! Content that knows no API: completed by rule, and only what can be known of it is told.

use super::*;

/// What the frame tells of content that was shown for this long and never looked for an API.
fn left(launch: &mut Launch, time: &str) -> Value {
    let mut commit = launch.next(&[], time, Some(""));
    commit["silent"] = json!(true);
    commit
}

/// What the import, and what happened since, give to say of the course's package.
async fn package_of(app: &TestApp, course: &TestCourse) -> Value {
    let reader = app.token(&["packages/read"]).await;
    reader.get(&format!("/api/v1/packages/{}", course.package)).await.expect(200).json()
}

async fn findings(app: &TestApp, course: &TestCourse) -> Vec<String> {
    let told = package_of(app, course).await;
    told["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

/// With two minutes as each writes them.
const EDITIONS: [(&str, &str); 2] = [("1.2", "00:02:00"), ("2004 4th Edition", "PT2M")];

both_databases! {
    async fn content_that_knows_no_api_is_completed_when_it_is_left(app: TestApp) {
        let camille = app.person("Camille Martin", Role::Learner).await;
        for (edition, time) in EDITIONS {
            let course = app.import(scorm(edition, &item("a", ""), &[("a", "sco")])).await;
            let (registration, activity) = camille.start(&course).await;
            let mut launch = camille.launch(&registration, activity).await;
            let commit = left(&mut launch, time);
            for _ in 0..2 {
                launch.send(&app.content(), &commit).await.expect(200);
            }
            let report = report(&app, &registration).await;
            assert_eq!(report["activities"][0]["completion"], "completed", "{edition}");
            let said = verbs(&app, &registration).await;
            assert_eq!(said.iter().filter(|verb| *verb == "completed").count(), 2, "the activity and the course: {said:?}");
            let all = statements(&app, &registration).await;
            let ended = all.iter().find(|statement| last_part(&statement["verb"]["id"]) == "terminated").expect("an end");
            assert_eq!(ended["result"]["duration"], "PT2M", "{edition}");
            let found = findings(&app, &course).await;
            assert_eq!(found.iter().filter(|code| *code == "content-silent").count(), 1, "{found:?}");
        }
    }

    async fn the_silence_of_content_that_can_speak_completes_nothing(app: TestApp) {
        let lea = app.person("Léa Roux", Role::Learner).await;
        let camille = app.person("Camille Martin", Role::Learner).await;
        for (edition, time) in EDITIONS {
            let course = app.import(scorm(edition, &item("a", ""), &[("a", "sco")])).await;
            let (registration, activity) = lea.start(&course).await;
            let location = if edition == "1.2" { "cmi.core.lesson_location" } else { "cmi.location" };
            lea.launch(&registration, activity).await.commit(&app, &[(location, "3")], time, Some("suspend")).await;

            let (registration, activity) = camille.start(&course).await;
            let mut launch = camille.launch(&registration, activity).await;
            let commit = left(&mut launch, time);
            launch.send(&app.content(), &commit).await.expect(200);
            let report = report(&app, &registration).await;
            assert_ne!(report["activities"][0]["completion"], "completed", "{edition}");
            assert!(!findings(&app, &course).await.contains(&"content-silent".to_owned()));
        }
    }

    async fn pages_of_a_manifest_without_types_get_an_api_and_other_files_do_not(app: TestApp) {
        let manifest = |types: &str| format!(
            r#"<?xml version="1.0"?><manifest identifier="M" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
            xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"><metadata><schemaversion>1.2</schemaversion></metadata>
            <organizations><organization identifier="O"><title>Accueil</title>
            <item identifier="a" identifierref="A"><title>Page</title></item><item identifier="b" identifierref="B"><title>Fiche</title></item>
            </organization></organizations><resources>
            <resource identifier="A" type="webcontent" {types} href="a.HTM?x=1"><file href="a.HTM"/></resource>
            <resource identifier="B" type="webcontent" href="b.pdf"><file href="b.pdf"/></resource></resources></manifest>"#
        );
        for (types, kinds, is_told) in [("", ["sco", "asset"], true), (r#"adlcp:scormtype="asset""#, ["asset", "asset"], false)] {
            let package = archive(&[("imsmanifest.xml", &manifest(types)), ("a.HTM", "<p>Bonjour</p>"), ("b.pdf", "%PDF")]);
            let course = app.import(package).await;
            let report = package_of(&app, &course).await;
            let activities = report["courses"][0]["activities"].as_array().unwrap();
            assert_eq!(activities.iter().map(|activity| activity["kind"].as_str().unwrap()).collect::<Vec<_>>(), kinds);
            assert_eq!(findings(&app, &course).await.contains(&"scorm-type-missing".to_owned()), is_told);
        }
    }
}
