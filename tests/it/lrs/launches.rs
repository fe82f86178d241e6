//! What launched content may do, and for how long.

use super::*;

both_databases! {
    async fn what_launched_content_may_no_longer_use_is_removed_and_the_rest_stays(app: TestApp) {
        use crate::support::learning::tincan;
        let course = app.import(tincan()).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let launch = camille.launch(&registration, activity).await;
        let launch = launch.answer["launch"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let registration = RegistrationId(registration.parse().expect("an id"));
        let actor = Agent::account("http://a", "b").ifi;
        let now = app.clock.now();
        // More than one batch, and one that lasts longer.
        let mut tx = app.app.db.begin().await.expect("a transaction");
        for hours in std::iter::repeat_n(1, 1_100).chain([48]) {
            let until = now.plus(Duration::from_secs(hours * 3600));
            lrs::issue_launch_credential(&mut tx, launch, registration, &actor, &[Scope::State], now, until)
                .await
                .expect("a credential");
        }
        tx.commit().await.expect("a commit");
        assert_eq!(lrs::sweep(&app.app).await.expect("a sweep"), 0);
        app.clock.advance(Duration::from_secs(25 * 3600));
        assert_eq!(lrs::sweep(&app.app).await.expect("a sweep"), 1_101);
        assert_eq!(app.count("launch_credential").await, 1);
    }

    async fn launched_content_speaks_only_of_its_learner_and_registration(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, launch) = registered(&app, camille.id).await;
        let ifi = Ifi::Account { home_page: "https://rh.example.fr".into(), name: "camille".into() };
        let scopes = [Scope::StatementsWrite, Scope::StatementsReadMine, Scope::State, Scope::Profile];
        let mut tx = app.app.db.begin().await.unwrap();
        let now = app.clock.now();
        let credential = lrs::issue_launch_credential(&mut tx, launch, registration, &ifi, &scopes, now, now.plus(Duration::from_secs(3600))).await.unwrap();
        tx.commit().await.unwrap();
        let content = speaking(app.content(), &credential, "1.0.3");

        let actor = json!({"account": {"homePage": "https://rh.example.fr", "name": "camille"}});
        let own = with(statement("x", "completed", "a"), "actor", actor.clone());
        let inside = with(own.clone(), "context", json!({"registration": registration.0}));
        let outside = with(own.clone(), "context", json!({"registration": Uuid::new_v4()}));
        let answer = content.post_json("/xapi/statements", &inside).await.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), Some(app.app.config.content_origin().as_str()));
        content.post_json("/xapi/statements", &own).await.expect(200);
        assert_eq!(content.post_json("/xapi/statements", &outside).await.expect(403).json()["code"], "outside-launch");
        content.post_json("/xapi/statements", &statement("lea", "completed", "a")).await.expect(403);

        let admin = tool(&app, &[Scope::All]).await;
        store(&admin, &statement("lea", "completed", "a")).await;
        assert_eq!(ids(&content, &[]).await.len(), 2);
        content.get(&query(&[("agent", &mbox("lea"))])).await.expect(403);
        content.get(&query(&[("registration", &Uuid::new_v4().to_string())])).await.expect(403);

        let encoded = |agent: &str| url::form_urlencoded::byte_serialize(agent.as_bytes()).collect::<String>();
        let state = |agent: &str, rest: &str| format!("/xapi/activities/state?activityId=http://example.fr/a&stateId=s&agent={}{rest}", encoded(agent));
        put(&content, &state(&actor.to_string(), ""), &json!({"n": 1}), &[]).await.expect(204);
        content.get(&state(&actor.to_string(), &format!("&registration={}", registration.0))).await.expect(200);
        content.get(&state(&actor.to_string(), &format!("&registration={}", Uuid::new_v4()))).await.expect(403);
        content.get(&state(&mbox("lea"), "")).await.expect(403);
        content.get(&format!("/xapi/agents/profile?agent={}", encoded(&mbox("lea")))).await.expect(403);

        // Content that puts the launch's `auth` in without, or twice with, the word Basic.
        for authorization in [credential.basic(), format!("Basic Basic {}", credential.basic())] {
            let client = app.content().with_header("authorization", &authorization).with_header("x-experience-api-version", "1.0.3");
            client.get("/xapi/statements").await.expect(200);
        }
        let mut tx = app.app.db.begin().await.unwrap();
        let registered = lrs::of_registration(&mut tx, registration).await.unwrap();
        assert_eq!(registered.len(), 2, "the launch tells the registration where the content does not");
        drop(tx);

        app.clock.advance(Duration::from_secs(3601));
        content.get("/xapi/statements").await.expect(401);
    }

    async fn content_of_one_course_knows_nothing_of_another_and_voids_nothing(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        let scopes = [Scope::StatementsWrite, Scope::StatementsReadMine];
        let first = launched(&app, registered(&app, camille.id).await, &scopes).await;
        let other = registered(&app, camille.id).await;
        let second = launched(&app, other, &scopes).await;
        let own = store(&first, &statement("camille", "completed", "a")).await.remove(0);
        let named = with(statement("camille", "completed", "b"), "context", json!({"registration": other.0.0}));
        let others = store(&second, &json!([named, statement("camille", "failed", "b")])).await;

        assert_eq!(ids(&first, &[]).await, std::slice::from_ref(&own));
        assert_eq!(ids(&first, &[("activity", "http://example.fr/b")]).await, [""; 0]);
        assert_eq!(ids(&second, &[("ascending", "true")]).await, others);
        for id in &others {
            first.get(&query(&[("statementId", id)])).await.expect(404);
            second.get(&query(&[("statementId", id)])).await.expect(200);
        }

        let voids = |id: &str| with(statement("camille", "voided", "x"), "object", json!({"objectType": "StatementRef", "id": id}));
        for id in [&others[0], &own] {
            assert_eq!(first.post_json("/xapi/statements", &voids(id)).await.expect(403).json()["code"], "launch-may-not-void");
        }
        let batch = json!([statement("camille", "passed", "a"), voids(&others[0])]);
        first.post_json("/xapi/statements", &batch).await.expect(403);
        let admin = tool(&app, &[Scope::All]).await;
        assert_eq!(ids(&admin, &[("agent", &mbox("camille"))]).await.len(), 3, "nothing was voided or added");

        // A reference from elsewhere is found by whoever may see both, and shows the content nothing.
        let refers = with(statement("camille", "asked", "x"), "object", json!({"objectType": "StatementRef", "id": own}));
        store(&admin, &refers).await;
        assert_eq!(ids(&first, &[]).await, std::slice::from_ref(&own));
        store(&admin, &voids(&own)).await;
        assert_eq!(ids(&first, &[]).await, [""; 0]);
    }

    async fn content_that_leaves_no_trace_is_answered_as_ever(app: TestApp) {
        let nadia = app.person("Nadia", Role::Trainer).await;
        let scopes = [Scope::StatementsWrite, Scope::StatementsReadMine, Scope::State, Scope::Forget];
        let place = registered(&app, nadia.id).await;
        let content = launched(&app, place, &scopes).await;
        let agent: String = url::form_urlencoded::byte_serialize(mbox("camille").as_bytes()).collect();
        let preferences = format!("/xapi/agents/profile?agent={agent}&profileId=cmi5LearnerPreferences");
        let state = format!("/xapi/activities/state?activityId=http://example.fr/a&agent={agent}&stateId=s");
        content.get(&preferences).await.expect(404);
        let stranger: String = url::form_urlencoded::byte_serialize(mbox("lea").as_bytes()).collect();
        content.get(&preferences.replace(&agent, &stranger)).await.expect(403);
        for path in [&preferences, &state] {
            let answer = put(&content, path, &json!({"a": 1}), &[]).await.expect(204);
            assert!(answer.header("etag").is_some());
            content.get(path).await.expect(404);
        }
        assert_eq!(app.count("lrs_document").await, 0);

        // A preview has a registration of its own, and its state goes with it.
        let mut tx = app.app.db.begin().await.unwrap();
        on_db!(tx, c => sqlx::query("UPDATE registration SET preview = TRUE WHERE id = $1").bind(place.0).execute(c).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
        put(&content, &state, &json!({"a": 1}), &[]).await.expect(204);
        assert_eq!(content.get(&state).await.expect(200).json(), json!({"a": 1}));
        put(&content, &preferences, &json!({"a": 1}), &[]).await.expect(204);
        assert_eq!(app.count("lrs_document").await, 1);
    }

    async fn revoked_launches_are_over(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, launch) = registered(&app, camille.id).await;
        let ifi = Ifi::Mbox("mailto:camille@example.fr".into());
        let now = app.clock.now();
        let mut tx = app.app.db.begin().await.unwrap();
        let credential = lrs::issue_launch_credential(&mut tx, launch, registration, &ifi, &[Scope::StatementsReadMine], now, now.plus(Duration::from_secs(60))).await.unwrap();
        tx.commit().await.unwrap();
        let content = speaking(app.content(), &credential, "1.0.3");
        content.get("/xapi/statements").await.expect(200);
        let mut tx = app.app.db.begin().await.unwrap();
        lrs::revoke_launch_credentials(&mut tx, launch, now).await.unwrap();
        tx.commit().await.unwrap();
        content.get("/xapi/statements").await.expect(401);
    }
}

/// Content of a launch that speaks for Camille for an hour.
pub async fn launched(app: &TestApp, (registration, launch): (RegistrationId, LaunchId), scopes: &[Scope]) -> Client {
    let (ifi, now) = (Ifi::Mbox("mailto:camille@example.fr".into()), app.clock.now());
    let until = now.plus(Duration::from_secs(3600));
    let mut tx = app.app.db.begin().await.unwrap();
    let credential =
        lrs::issue_launch_credential(&mut tx, launch, registration, &ifi, scopes, now, until).await.unwrap();
    tx.commit().await.unwrap();
    speaking(app.content(), &credential, "1.0.3")
}

/// A registration with one launch, written directly: importing a course is another story.
pub async fn registered(app: &TestApp, person: PersonId) -> (RegistrationId, LaunchId) {
    let (package, version, course) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let (registration, launch) = (RegistrationId::new(), LaunchId::new());
    let mut tx = app.app.db.begin().await.unwrap();
    on_db!(tx, c => {
        sqlx::query("INSERT INTO package (id, kind, title, created_at) VALUES ($1, 'cmi5', 'x', 0)").bind(package).execute(&mut *c).await.unwrap();
        sqlx::query("INSERT INTO package_version (id, package_id, number, file_name, sha256, size, blob, outline, findings, created_at) VALUES ($1, $2, 1, 'x', $3, 0, 'x', '{}', '[]', 0)")
            .bind(version).bind(package).bind(vec![0_u8]).execute(&mut *c).await.unwrap();
        sqlx::query("INSERT INTO course (id, package_id, version_id, identifier, iri, kind, title, position, created_at) VALUES ($1, $2, $3, 'x', $4, 'cmi5', '{}', 0, 0)")
            .bind(course).bind(package).bind(version).bind(format!("http://x/{course}")).execute(&mut *c).await.unwrap();
        sqlx::query("INSERT INTO registration (id, person_id, course_id, version_id, attempt, preview, lease, created_at) VALUES ($1, $2, $3, $4, 1, FALSE, 0, 0)")
            .bind(registration).bind(person).bind(course).bind(version).execute(&mut *c).await.unwrap();
        sqlx::query("INSERT INTO launch (id, registration_id, activity_index, mode, secret_hash, lease, sequence, created_at) VALUES ($1, $2, 0, 'normal', $3, 0, 0, 0)")
            .bind(launch).bind(registration).bind(vec![0_u8]).execute(&mut *c).await.unwrap();
    });
    tx.commit().await.unwrap();
    (registration, launch)
}
