//! Players that another system opens.

use super::*;

both_databases! {
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
}
