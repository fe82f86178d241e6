//! Several attempts at a course: who may make one, which one counts, and what becomes of those before.

use std::time::Duration;

use super::*;
use crate::programmes::{SCO, Workshop};
use crate::support::learning::TestCourse;
use preau::{jobs, programmes};

/// What a trainer decides about a course.
async fn decide(app: &TestApp, trainer: &TestPerson, course: &str, most: &str, again: &str, counted: &str) {
    let page = format!("/trainer/courses/{course}/playing");
    trainer.post_form(&page, &[("most", most), ("again", again), ("counted", counted)]).await.expect(303);
    jobs::run_due(&app.app, &preau::app::jobs()).await.expect("a worker");
}

/// Plays the one activity of a course to its end, with this result.
async fn finish(app: &TestApp, learner: &TestPerson, registration: &str, score: &str) {
    let mut launch = learner.launch(registration, 0).await;
    app.clock.advance(Duration::from_secs(60));
    let set = [("cmi.core.score.raw", score), ("cmi.core.lesson_status", "completed")];
    let answer = launch.commit(app, &set, "00:01:00", Some("")).await;
    assert_eq!(answer["applied"], true, "{answer}");
}

/// Asks for a further attempt: where it leads.
async fn ask(learner: &TestPerson, course: &TestCourse) -> String {
    let asked = learner.post_form(&format!("/courses/{}/again", course.id), &[]).await.expect(303);
    place(asked.header("location").expect("the player")).0
}

async fn page(learner: &TestPerson, course: &TestCourse) -> String {
    learner.get(&format!("/courses/{}", course.id)).await.expect(200).text()
}

both_databases! {
    async fn what_is_over_is_looked_at_again_and_who_failed_goes_on(app: TestApp) {
        let course = app.import(one_sco()).await;
        let (camille, denis) = (app.person("Camille", Role::Learner).await, app.person("Denis", Role::Learner).await);
        let (passed, _) = camille.start(&course).await;
        finish(&app, &camille, &passed, "80").await;
        let shown = page(&camille, &course).await;
        assert!(shown.contains(&format!(r#"href="/player/{passed}/0?mode=review""#)) && !shown.contains("/again"), "{shown}");
        let opened = camille.post_form(&format!("/courses/{}/start", course.id), &[]).await.expect(303);
        assert_eq!(opened.header("location"), Some(format!("/player/{passed}/0?mode=review").as_str()));
        let refused = camille.post_form(&format!("/courses/{}/again", course.id), &[]).await.expect(409).text();
        assert!(refused.contains("ne se fait qu’une fois"), "{refused}");

        let (failed, _) = denis.start(&course).await;
        finish(&app, &denis, &failed, "30").await;
        let shown = page(&denis, &course).await;
        assert!(shown.contains(&format!(r#"href="/player/{failed}/0""#)) && !shown.contains("mode=review"), "{shown}");
        finish(&app, &denis, &failed, "90").await;
        assert_eq!(report(&app, &failed).await["success"], "passed");
        denis.post_form(&format!("/courses/{}/again", uuid::Uuid::now_v7()), &[]).await.expect(404);
    }

    async fn a_learner_begins_again_as_often_as_the_course_lets_them(app: TestApp) {
        let course = app.import(one_sco()).await;
        let trainer = app.person("Nadia", Role::Trainer).await;
        decide(&app, &trainer, &course.id, "2", "asked", "best").await;
        let camille = app.person("Camille", Role::Learner).await;
        let (first, _) = camille.start(&course).await;
        assert_eq!(ask(&camille, &course).await, first, "what is under way goes on");
        finish(&app, &camille, &first, "80").await;
        let shown = page(&camille, &course).await;
        assert!(shown.contains("Il vous reste un essai") && shown.contains(&format!("/courses/{}/again", course.id)), "{shown}");

        let second = ask(&camille, &course).await;
        assert_ne!(second, first);
        assert_eq!(ask(&camille, &course).await, second);
        let launch = camille.launch(&second, 0).await;
        assert_eq!((launch.reads("cmi.core.entry"), launch.reads("cmi.core.score.raw")), ("ab-initio", ""));
        let home = camille.get("/").await.expect(200).text();
        assert!(home.contains(&format!(r#"href="/player/{second}/0""#)), "{home}");
        finish(&app, &camille, &second, "40").await;

        // The better one counts; both can be looked at, and nothing about them changes any more.
        let shown = page(&camille, &course).await;
        assert!(shown.contains("Il ne vous reste aucun essai") && !shown.contains("/again"), "{shown}");
        assert!(shown.contains("votre meilleur essai") && shown.contains("80\u{202f}%") && shown.contains("Réussi"), "{shown}");
        let refused = camille.post_form(&format!("/courses/{}/again", course.id), &[]).await.expect(409).text();
        assert!(refused.contains("tous les essais"), "{refused}");
        let before = (report(&app, &first).await, report(&app, &second).await);
        assert_eq!((&before.0["attempt"], &before.0["counts"]), (&json!(1), &json!(true)));
        assert_eq!((&before.1["attempt"], &before.1["counts"]), (&json!(2), &json!(false)));
        for registration in [&first, &second] {
            assert!(shown.contains(&format!("/player/{registration}/0?mode=review")), "{shown}");
            let player = camille.get(&format!("/player/{registration}/0")).await.expect(200).text();
            assert!(player.contains(r#"data-mode="review""#));
            let mut launch = camille.launch(registration, 0).await;
            assert_eq!((&launch.answer["mode"], launch.reads("cmi.core.lesson_mode")), (&json!("review"), "review"));
            let answer = launch.commit(&app, &[("cmi.core.score.raw", "100")], "00:01:00", Some("")).await;
            assert_eq!(answer["applied"], false);
        }
        assert_eq!((report(&app, &first).await, report(&app, &second).await), before);
        let people = trainer.get(&format!("/trainer/courses/{}/learners", course.id)).await.expect(200).text();
        assert!(people.contains("essai 1") && people.contains("essai 2") && people.matches("compte</span>").count() == 1, "{people}");
        let own = camille.get("/me/record").await.expect(200).text();
        assert!(own.contains("(essai 2)"), "{own}");
    }

    async fn what_an_open_tab_of_an_earlier_attempt_still_sends_is_kept(app: TestApp) {
        let course = app.import(one_sco()).await;
        let trainer = app.person("Nadia", Role::Trainer).await;
        decide(&app, &trainer, &course.id, "", "asked", "last").await;
        let camille = app.person("Camille", Role::Learner).await;
        let (first, _) = camille.start(&course).await;
        let mut tab = camille.launch(&first, 0).await;
        tab.commit(&app, &[("cmi.core.score.raw", "30"), ("cmi.core.lesson_status", "failed")], "00:01:00", None).await;
        let second = ask(&camille, &course).await;
        camille.launch(&second, 0).await;
        let answer = tab.commit(&app, &[("cmi.core.score.raw", "35")], "00:02:00", Some("")).await;
        assert_eq!(answer["applied"], true);
        assert_eq!(report(&app, &first).await["activities"][0]["score"]["scaled"], 0.35);
        assert_eq!(camille.launch(&first, 0).await.answer["mode"], "review");
    }

    async fn two_who_ask_at_the_same_time_make_one_attempt(app: TestApp) {
        let course = app.import(one_sco()).await;
        let trainer = app.person("Nadia", Role::Trainer).await;
        decide(&app, &trainer, &course.id, "5", "asked", "best").await;
        let camille = app.person("Camille", Role::Learner).await;
        let (first, _) = camille.start(&course).await;
        finish(&app, &camille, &first, "80").await;
        let (a, b) = tokio::join!(ask(&camille, &course), ask(&camille, &course));
        assert_eq!((&a, app.count("registration").await), (&b, 2));
        decide(&app, &trainer, &course.id, "5", "always", "best").await;
        finish(&app, &camille, &a, "80").await;
        let (a, b) = tokio::join!(camille.start(&course), camille.start(&course));
        assert_eq!((&a, app.count("registration").await), (&b, 3));
    }

    async fn each_opening_begins_anew_where_the_trainer_wants_it_until_the_attempts_are_used(app: TestApp) {
        let course = app.import(one_sco()).await;
        let trainer = app.person("Nadia", Role::Trainer).await;
        decide(&app, &trainer, &course.id, "2", "always", "last").await;
        let camille = app.person("Camille", Role::Learner).await;
        let (first, _) = camille.start(&course).await;
        assert_eq!(camille.start(&course).await.0, first);
        finish(&app, &camille, &first, "80").await;
        let (second, _) = camille.start(&course).await;
        assert_ne!(second, first);
        finish(&app, &camille, &second, "90").await;
        assert_eq!(camille.start(&course).await.0, second);
        assert_eq!(camille.launch(&second, 0).await.answer["mode"], "review");

        // Another system that leaves the attempt to the course is let in to look; one that names its own decides by itself.
        let portal = app.token(&["launches/write"]).await;
        let order = json!({"course": course.id, "person": camille.id});
        let launched = portal.post_json("/api/v1/launches", &order).await.expect(201).json();
        assert_eq!(launched["registration"], json!(second));
        let opened = app.browser().get(launched["url"].as_str().unwrap()).await.expect(303);
        assert!(opened.header("location").is_some_and(|address| address.ends_with("?mode=review")), "{opened:?}", opened = opened.header("location"));
        let order = json!({"course": course.id, "person": camille.id, "registration": uuid::Uuid::now_v7()});
        let launched = portal.post_json("/api/v1/launches", &order).await.expect(201).json();
        assert_eq!(report(&app, launched["registration"].as_str().unwrap()).await["attempt"], 3);
    }

    async fn who_is_made_to_begin_anew_on_a_newer_version_has_as_many_attempts_left(app: TestApp) {
        let course = app.import(one_sco()).await;
        let trainer = app.person("Nadia", Role::Trainer).await;
        decide(&app, &trainer, &course.id, "1", "asked", "first").await;
        let camille = app.person("Camille", Role::Learner).await;
        let (old, _) = camille.start(&course).await;
        camille.launch(&old, 0).await.commit(&app, &[("cmi.core.score.raw", "10")], "00:01:00", Some("suspend")).await;

        let program = app.token(&["packages/read", "packages/write"]).await;
        let package = program.get("/api/v1/packages").await.expect(200).json()["packages"][0]["id"].as_str().unwrap().to_owned();
        let versions = format!("/api/v1/packages/{package}/versions");
        let brought = program.post_bytes(&format!("{versions}?filename=v2.zip"), "application/zip", one_sco()).await.expect(201).json();
        let adopt = format!("{versions}/{}/adopt", brought["version"].as_str().unwrap());
        program.post_json(&adopt, &json!({"running": "restart"})).await.expect(200);

        let anew = ask(&camille, &course).await;
        assert_ne!(anew, old);
        finish(&app, &camille, &anew, "80").await;
        let shown = page(&camille, &course).await;
        assert!(shown.contains("80\u{202f}%") && shown.contains("Il ne vous reste aucun essai"), "{shown}");
        assert_eq!(report(&app, &anew).await["counts"], true);
    }

    async fn a_programme_counts_the_attempts_that_the_course_counts(app: TestApp) {
        let course = app.import(one_sco()).await;
        let shop = Workshop::open(&app, "Prise de poste").await;
        let key = shop.add("during", SCO).await;
        shop.act("/publish", &[]).await;
        decide(&app, &shop.trainer, &course.id, "", "asked", "best").await;
        let camille = app.person("Camille", Role::Learner).await;
        let enrolments = format!("/api/v1/programmes/{}/enrolments", shop.id());
        let api = app.token(&["enrolments/read", "enrolments/write"]).await;
        api.post_json(&enrolments, &json!({"person": camille.id})).await.expect(201);
        let open = format!("/programmes/{}/steps/{key}/open", shop.id());
        let mut begun = Vec::new();
        for score in ["80", "40", "100"] {
            let opened = camille.post_form(&open, &[]).await.expect(303);
            let registration = match begun.is_empty() {
                true => place(opened.header("location").unwrap()).0,
                // Who has a result chooses: to begin again, or to look at what was done.
                false => {
                    assert_eq!(opened.header("location"), Some(format!("/courses/{}", course.id).as_str()));
                    ask(&camille, &course).await
                }
            };
            let player = camille.get(&format!("/player/{registration}/0")).await.expect(200).text();
            assert!(player.contains(&format!("/programmes/{}", shop.id())), "the way out leads to the programme");
            if begun.len() < 2 {
                finish(&app, &camille, &registration, score).await;
            }
            begun.push(registration);
        }
        let standing = async || {
            let listed = api.get(&enrolments).await.expect(200).json();
            let enrolment = &listed["enrolments"][0];
            (enrolment["status"].as_str().unwrap().to_owned(), enrolment["score"].as_f64().unwrap())
        };
        let expected = [("best", "done", 0.8), ("last", "doing", 0.4), ("first", "done", 0.8), ("average", "done", 0.6)];
        for (counted, status, score) in expected {
            decide(&app, &shop.trainer, &course.id, "", "asked", counted).await;
            let (stands, scored) = standing().await;
            assert_eq!((stands.as_str(), (scored * 100.0).round() / 100.0), (status, score), "{counted}");
            let verified = programmes::verify(&app.app).await.expect("a look");
            assert_eq!((verified.stale, verified.misreported), (0, 0), "{counted}");
        }
        finish(&app, &camille, &begun[2], "100").await;
        assert_eq!(standing().await, ("done".to_owned(), (0.8 + 0.4 + 1.0) / 3.0));
        let rows = app.progress_rows().await;
        preau::progress::rebuild(&app.app).await.expect("a rebuild");
        programmes::rebuild(&app.app).await.expect("a rebuild");
        assert_eq!(app.progress_rows().await, rows);
    }

    async fn what_a_trainer_decides_is_checked_and_a_quiz_has_rules_of_its_own(app: TestApp) {
        let course = app.import(one_sco()).await;
        let trainer = app.person("Nadia", Role::Trainer).await;
        let address = format!("/trainer/courses/{}/playing", course.id);
        let shown = trainer.get(&address).await.expect(200).text();
        assert!(shown.contains(r#"name="again" value="never" checked"#) && shown.contains(r#"name="counted" value="best" checked"#), "{shown}");
        for most in ["0", "100", "-1", "trois", "1e9"] {
            let fields = [("most", most), ("again", "asked"), ("counted", "last")];
            let shown = trainer.post_form(&address, &fields).await.expect(422).text();
            assert!(shown.contains("Écrivez un nombre de 1 à 99") && shown.contains(r#"value="asked" checked"#), "{shown}");
        }
        decide(&app, &trainer, &course.id, " 3 ", "asked", "last").await;
        let shown = trainer.get(&address).await.expect(200).text();
        assert!(shown.contains(r#"value="3""#) && shown.contains(r#"value="last" checked"#), "{shown}");
        trainer.get(&format!("/trainer/courses/{}/playing", uuid::Uuid::now_v7())).await.expect(404);
    }
}
