//! Where content opens: on the player page, or in a window of its own, as the course's trainer decided.

use super::*;

/// What the player page of an activity tells its script, and whether the launch frame is on it.
async fn shown(learner: &TestPerson, registration: &str, activity: i64) -> (Value, bool) {
    let page = learner.get(&format!("/player/{registration}/{activity}")).await.expect(200).text();
    let (_, config) = page.split_once(r#"id="player-config">"#).expect("a configuration");
    let (config, _) = config.split_once("</script>").expect("its end");
    (serde_json::from_str(config).expect("JSON"), page.contains(r#"id="player-frame""#))
}

async fn in_window(trainer: &TestPerson, course: &TestCourse) {
    let fields = [("most", ""), ("again", "never"), ("counted", "best"), ("place", "window")];
    trainer.post_form(&format!("/trainer/courses/{}/playing", course.id), &fields).await.expect(303);
}

both_databases! {
    async fn a_trainer_gives_content_a_window_of_its_own(app: TestApp) {
        let course = app.import(three_scos(r#"flow="true""#)).await;
        let (trainer, camille) = (app.person("Nadia", Role::Trainer).await, app.person("Camille", Role::Learner).await);
        let address = format!("/trainer/courses/{}/playing", course.id);
        let form = trainer.get(&address).await.expect(200).text();
        assert!(form.contains(r#"name="place" value="page" checked"#), "{form}");
        let (registration, first) = camille.start(&course).await;
        let (config, has_frame) = shown(&camille, &registration, first).await;
        assert_eq!((config["place"].as_str(), has_frame), (Some("page"), true));

        in_window(&trainer, &course).await;
        let form = trainer.get(&address).await.expect(200).text();
        assert!(form.contains(r#"name="place" value="window" checked"#), "{form}");
        // Also what was begun before.
        let (config, has_frame) = shown(&camille, &registration, first).await;
        assert_eq!((config["place"].as_str(), has_frame), (Some("window"), false));
        // The launch is what it is on the page: the frame that reads it is the same.
        let mut launch = camille.launch(&registration, first).await;
        launch.commit(&app, &[("cmi.location", "page-2")], "PT1M", None).await;
        assert_eq!(camille.launch(&registration, first).await.reads("cmi.location"), "page-2");

        // What a trainer says of attempts leaves the window as it is told with it.
        let fields = [("most", "2"), ("again", "asked"), ("counted", "last"), ("place", "page")];
        trainer.post_form(&address, &fields).await.expect(303);
        assert_eq!(shown(&camille, &registration, first).await.0["place"], "page");
    }

    async fn what_is_not_framed_is_on_the_page_and_a_unit_alone_in_its_window_is_opened_by_a_link(app: TestApp) {
        let trainer = app.person("Nadia", Role::Trainer).await;
        let camille = app.person("Camille", Role::Learner).await;
        let sound = app.import_file("annonce.wav", wave(2)).await;
        in_window(&trainer, &sound).await;
        let (registration, first) = camille.start(&sound).await;
        assert_eq!(shown(&camille, &registration, first).await.0["place"], "page");
        let form = trainer.get(&format!("/trainer/courses/{}/playing", sound.id)).await.expect(200).text();
        assert!(!form.contains(r#"name="place""#), "{form}");

        let unit = |more: &str| cmi5(&au("unit", more));
        for (package, place) in [(unit(""), "window"), (unit(r#"launchMethod="OwnWindow""#), "page")] {
            let course = app.import(package).await;
            in_window(&trainer, &course).await;
            let (registration, first) = camille.start(&course).await;
            assert_eq!(shown(&camille, &registration, first).await.0["place"], place);
        }
    }

    async fn the_page_of_the_window_is_the_same_for_everybody(app: TestApp) {
        let page = app.browser().get("/player/window").await.expect(200);
        let text = page.text();
        assert!(text.contains(r#"id="player-frame""#) && text.contains("/frame/\""), "{text}");
        assert!(page.header("content-security-policy").is_some_and(|policy| policy.contains("frame-ancestors 'none'")));
    }
}
