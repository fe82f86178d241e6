//! Content written here: it is a course like any other, and nobody overwrites what they have not seen.

use preau::core::{LanguageMap, PackageId, VersionId};
use preau::identity::Role;
use preau::packages::model::PackageKind;
use preau::packages::native::{self, Publication, Published};
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::TestApp;

async fn begun(app: &TestApp, kind: PackageKind) -> PackageId {
    let mut tx = app.app.db.begin().await.expect("a transaction");
    let id = native::create(&mut tx, &app.app, kind, "Accueil", &json!({"text": "un"}), None).await.expect("a draft");
    tx.commit().await.expect("a commit");
    id
}

async fn saved(app: &TestApp, id: PackageId, revision: i64, text: &str) -> preau::core::Result<i64> {
    let mut tx = app.app.db.begin().await.expect("a transaction");
    let revision = native::save_draft(&mut tx, &app.app, id, revision, "Accueil", &json!({"text": text}), None).await?;
    tx.commit().await.expect("a commit");
    Ok(revision)
}

async fn published(app: &TestApp, id: PackageId, text: &str) -> Published {
    let mut tx = app.app.db.begin().await.expect("a transaction");
    let publication = Publication {
        content: &json!({"text": text}),
        title: LanguageMap::one("fr", "Accueil"),
        description: LanguageMap::default(),
        files: &[],
        open: Some(true),
    };
    let published = native::publish(&mut tx, &app.app, id, publication, None).await.expect("a version");
    tx.commit().await.expect("a commit");
    published
}

async fn content(app: &TestApp, version: VersionId) -> Value {
    let mut tx = app.app.db.read().await.expect("a transaction");
    native::content_of_version(&mut tx, version).await.expect("content")
}

both_databases! {
    async fn who_saves_over_a_newer_draft_is_told_and_replaces_nothing(app: TestApp) {
        let id = begun(&app, PackageKind::Page).await;
        assert_eq!(saved(&app, id, 0, "deux").await.expect("saved"), 1);
        let refused = saved(&app, id, 0, "trois").await.expect_err("an old revision");
        assert_eq!((refused.code, refused.extra.expect("members")["revision"].clone()), ("draft-changed", json!(1)));
        assert_eq!(saved(&app, id, 1, "quatre").await.expect("saved"), 2);

        let mut tx = app.app.db.read().await.expect("a transaction");
        let draft = native::draft::<Value>(&mut tx, id, PackageKind::Page).await.expect("a draft");
        assert_eq!((draft.content, draft.revision, draft.course), (json!({"text": "quatre"}), 2, None));
        let other = native::draft::<Value>(&mut tx, id, PackageKind::Quiz).await.expect_err("another kind");
        assert_eq!(other.code, "content-unknown");
        drop(tx);
        let mut tx = app.app.db.begin().await.expect("a transaction");
        let huge = json!({"text": "x".repeat(2 << 20)});
        let refused = native::save_draft(&mut tx, &app.app, id, 2, "Accueil", &huge, None).await.expect_err("too much");
        assert_eq!(refused.code, "content-too-large");
        let imported = native::create(&mut tx, &app.app, PackageKind::Scorm12, "x", &json!({}), None).await;
        assert_eq!(imported.expect_err("not written here").code, "content-kind-unknown");
    }

    async fn who_began_on_a_version_keeps_it_and_who_begins_later_gets_the_new_one(app: TestApp) {
        let id = begun(&app, PackageKind::Page).await;
        let first = published(&app, id, "un").await;
        let (camille, dominique) = (app.person("Camille", Role::Learner).await, app.person("Dominique", Role::Learner).await);
        let path = format!("/courses/{}/start", first.course);
        let began = camille.post_form(&path, &[]).await.expect(303).header("location").expect("a way").to_owned();
        let second = published(&app, id, "deux").await;
        assert_eq!((second.course, second.number), (first.course, 2));
        let late = dominique.post_form(&path, &[]).await.expect(303).header("location").expect("a way").to_owned();
        assert_eq!((content(&app, first.version).await, content(&app, second.version).await), (json!({"text": "un"}), json!({"text": "deux"})));

        let reader = app.token(&["registrations/read"]).await;
        for place in [began, late] {
            let registration = place.split('/').nth(2).expect("a registration").to_owned();
            let report = reader.get(&format!("/api/v1/registrations/{registration}")).await.expect(200).json();
            assert_eq!((&report["activities"][0]["kind"], &report["completion"]), (&json!("page"), &json!("not attempted")));
        }
        let mut tx = app.app.db.read().await.expect("a transaction");
        let versions = native::versions(&mut tx, id).await.expect("versions");
        assert_eq!(versions.iter().map(|row| (row.number, row.learners)).collect::<Vec<_>>(), [(2, 1), (1, 1)]);
    }

    async fn the_player_leads_to_the_page_of_what_is_written_here(app: TestApp) {
        for (kind, page) in [(PackageKind::Page, "learn"), (PackageKind::Document, "learn"), (PackageKind::Link, "learn"), (PackageKind::Quiz, "quiz")] {
            let id = begun(&app, kind).await;
            let course = published(&app, id, "un").await.course;
            let person = app.person(&format!("Camille {}", kind.word()), Role::Learner).await;
            let place = person.post_form(&format!("/courses/{course}/start"), &[]).await.expect(303).header("location").expect("a way").to_owned();
            let led = person.get(&place).await.expect(303).header("location").expect("a way").to_owned();
            assert_eq!(led, place.replace("/player/", &format!("/{page}/")));
            assert_eq!(person.get(&format!("{place}?mode=review")).await.expect(303).header("location").expect("a way").to_owned(), format!("{led}?mode=review"));
            // The player's own launch is not for it: it would count as done at once.
            person.post_json(&format!("{place}/launch"), &json!({"mode": "normal"})).await.expect(404);
        }
    }

    async fn a_draft_that_was_never_published_can_be_deleted(app: TestApp) {
        let id = begun(&app, PackageKind::Page).await;
        let program = app.token(&["packages/write"]).await;
        program.delete(&format!("/api/v1/packages/{id}")).await.expect(204);
        program.delete(&format!("/api/v1/packages/{id}")).await.expect(404);
        let mut tx = app.app.db.read().await.expect("a transaction");
        assert_eq!(native::raw_draft(&mut tx, id).await.expect_err("gone").code, "content-unknown");
    }
}
