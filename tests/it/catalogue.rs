//! What learners find and trainers open.

use preau::core::{CourseId, PackageId, VersionId};
use preau::identity::Role;
use preau::on_db;

use crate::both_databases;
use crate::support::learning::{item, scorm};
use crate::support::{Database, TestApp};

/// A course with one module, as an import leaves it.
async fn course(app: &TestApp, title: &str) -> CourseId {
    const PACKAGE: &str = "INSERT INTO package (id, kind, title, created_at) VALUES ($1, 'scorm12', $2, 0)";
    const VERSION: &str = "INSERT INTO package_version \
        (id, package_id, number, file_name, sha256, size, blob, outline, findings, created_at) \
        VALUES ($1, $2, 1, 'a.zip', $3, 0, 'a', '{}', '[]', 0)";
    const COURSE: &str = "INSERT INTO course \
        (id, package_id, version_id, identifier, iri, kind, title, position, created_at) \
        VALUES ($1, $2, $3, 'org', $4, 'scorm12', $5, 0, 0)";
    const ACTIVITY: &str = "INSERT INTO activity \
        (version_id, course_id, activity_index, depth, identifier, iri, title, kind, href, launchable, details) \
        VALUES ($1, $2, 0, 0, 'item', $3, $4, 'sco', 'index.html', $5, '{}')";
    let (package, version, course) = (PackageId::new(), VersionId::new(), CourseId::new());
    let iri = format!("https://example.test/{course}");
    let title = serde_json::json!({ "fr": title }).to_string();
    let mut tx = app.app.db.begin().await.unwrap();
    on_db!(tx, c => sqlx::query(PACKAGE).bind(package).bind(&title).execute(c).await.map(drop)).unwrap();
    on_db!(tx, c => sqlx::query(VERSION).bind(version).bind(package).bind(vec![0_u8; 32]).execute(c).await.map(drop))
        .unwrap();
    on_db!(tx, c => sqlx::query(COURSE).bind(course).bind(package).bind(version).bind(&iri).bind(&title).execute(c).await.map(drop))
        .unwrap();
    on_db!(tx, c => sqlx::query(ACTIVITY).bind(version).bind(course).bind(format!("{iri}/item")).bind(&title).bind(true).execute(c).await.map(drop))
        .unwrap();
    tx.commit().await.unwrap();
    course
}

both_databases! {
    async fn a_course_is_seen_by_learners_once_its_trainer_publishes_it(app: TestApp) {
        let course = course(&app, "Sécurité sur chantier").await;
        let learner = app.person("Camille Martin", Role::Learner).await;
        let trainer = app.person("Thomas Petit", Role::Trainer).await;

        assert!(!learner.get("/catalogue").await.expect(200).text().contains("chantier"));
        learner.get(&format!("/courses/{course}")).await.expect(404);
        trainer.get(&format!("/courses/{course}")).await.expect(200);

        let answer = trainer.post_form(&format!("/trainer/courses/{course}/publish"), &[]).await.expect(303);
        assert_eq!(answer.header("location"), Some("/trainer"));
        assert!(trainer.get("/trainer").await.expect(200).text().contains("est au catalogue"));
        assert!(learner.get("/").await.expect(200).text().contains("Sécurité sur chantier"));
        assert!(learner.get(&format!("/courses/{course}")).await.expect(200).text().contains("Commencer"));

        trainer.post_form(&format!("/trainer/courses/{course}/unpublish"), &[]).await.expect(303);
        learner.get(&format!("/courses/{course}")).await.expect(404);
    }

    async fn the_catalogue_is_searched_without_regard_to_accents(app: TestApp) {
        let trainer = app.person("Thomas Petit", Role::Trainer).await;
        for title in ["Sécurité sur chantier", "Accueil du public"] {
            let course = course(&app, title).await;
            trainer.post_form(&format!("/trainer/courses/{course}/publish"), &[]).await.expect(303);
        }
        // What was published last is told once, on the next page.
        trainer.get("/").await.expect(200);
        let found = trainer.get("/catalogue?q=securite").await.expect(200).text();
        assert!(found.contains("Sécurité sur chantier") && !found.contains("Accueil du public"));
        assert!(trainer.get("/catalogue?q=plomberie").await.expect(200).text().contains("Aucune formation trouvée"));
    }

    async fn learners_do_not_reach_the_trainers_pages(app: TestApp) {
        let course = course(&app, "Accueil du public").await;
        let learner = app.person("Camille Martin", Role::Learner).await;
        learner.get("/trainer").await.expect(403);
        learner.post_form(&format!("/trainer/courses/{course}/publish"), &[]).await.expect(403);
        app.browser().get("/catalogue").await.expect(303);
    }

    async fn an_unknown_course_is_told_in_plain_words(app: TestApp) {
        let learner = app.person("Camille Martin", Role::Learner).await;
        let page = learner.get(&format!("/courses/{}", CourseId::new())).await.expect(404).text();
        assert!(page.contains("Cette formation n’existe pas"), "{page}");
        learner.get("/courses/not-an-id").await.expect(404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn times_are_told_by_the_clocks_of_the_organisation() {
    // Noon in Greenwich.
    for (zone, hour) in [("Europe/Paris", "13"), ("Indian/Reunion", "16")] {
        let app = TestApp::start_with(Database::Sqlite, |config| {
            config.time_zone = jiff::tz::TimeZone::get(zone).expect("a zone");
        })
        .await;
        let course = app.import(scorm("1.2", &item("a", ""), &[("a", "sco")])).await;
        let (camille, nadia) = (app.person("Camille", Role::Learner).await, app.person("Nadia", Role::Trainer).await);
        let (registration, activity) = camille.start(&course).await;
        camille.launch(&registration, activity).await;
        let page =
            nadia.get(&format!("/trainer/courses/{}/learners/{registration}", course.id)).await.expect(200).text();
        assert!(page.contains(&format!("{hour}\u{A0}h")), "{zone}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_told_whatever_the_public_address_is() {
    for (scheme, host, name) in [
        ("http", "formation.exemple.fr", "preau-flash"),
        ("https", "formation.exemple.fr", "__Host-preau-flash"),
        ("http", "preau.localhost", "__Host-preau-flash"),
    ] {
        let app = TestApp::start_with(Database::Sqlite, |config| {
            let port = config.public_url.port().expect("a port");
            config.public_url = format!("{scheme}://{host}:{port}").parse().expect("an address");
        })
        .await;
        let course = app.import_draft("cours.zip", scorm("1.2", &item("a", ""), &[("a", "sco")])).await;
        let trainer = app.person("Nadia", Role::Trainer).await;
        let done = trainer.post_form(&format!("/trainer/courses/{}/publish", course.id), &[]).await.expect(303);
        let cookie = done.header("set-cookie").expect("a cookie");
        assert!(cookie.starts_with(&format!("{name}=")), "{scheme}://{host}: {cookie}");
        assert_eq!(cookie.contains("; Secure"), name.starts_with("__Host-"), "{cookie}");
        assert!(trainer.get("/trainer").await.expect(200).text().contains("est au catalogue"), "{scheme}://{host}");
        assert!(trainer.cookie(name).is_none(), "told once");
        assert!(!trainer.get("/trainer").await.expect(200).text().contains("est au catalogue"));
    }
}
