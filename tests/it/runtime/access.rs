//! Who may play what, and who no longer.

use super::*;

both_databases! {
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
        let refused = app.content().post_bytes(&fetch, "application/json", Vec::new()).await.expect(200).json();
        assert_eq!(refused["error-code"], "2");
        assert_eq!(app.count("statement").await, said);

        // Let in again, they go on where they were.
        app.set_disabled(camille.id, false).await;
        assert_eq!(sco.send(&app.content(), &late).await.expect(200).json()["applied"], true);
    }

    async fn the_frame_may_only_be_framed_by_the_application(app: TestApp) {
        let frame = app.content().get("/frame/").await.expect(200);
        let policy = frame.header("content-security-policy").unwrap();
        assert!(policy.contains(&format!("frame-ancestors {}", app.app.config.public_origin())), "{policy}");
        assert!(frame.text().contains(&format!(r#"content="{}""#, app.app.config.public_origin())));
        app.browser().get("/frame/").await.expect(404);
    }
}
