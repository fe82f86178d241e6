//! How courses are played and what is borne of their content, decided by programs.

use super::*;
use crate::openapi::assert_described;

both_databases! {
    async fn a_program_turns_the_switches_of_a_package(app: TestApp) {
        let course = app.import(scorm("2004 4th Edition", &item("a", ""), &[("a", "sco")])).await;
        let camille = app.person("Camille Martin", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let address = format!("/api/v1/packages/{}/tolerance", course.package);
        let (reader, writer) = (app.token(&["packages/read"]).await, app.token(&["packages/write"]).await);
        let offered = json!(["resume-always", "unset-is-empty", "answers-as-they-are"]);
        let read = reader.get(&address).await.expect(200);
        assert_described("get", "/api/v1/packages/{id}/tolerance", &read);
        assert_eq!(read.json(), json!({"on": [], "offered": offered}));

        let turned = writer.put_json(&address, &json!({"on": ["answers-as-they-are", "resume-always"]})).await.expect(200);
        assert_described("put", "/api/v1/packages/{id}/tolerance", &turned);
        let on = json!({"on": ["resume-always", "answers-as-they-are"], "offered": offered});
        assert_eq!((turned.json(), reader.get(&address).await.json()), (on.clone(), on.clone()));
        let launch = camille.launch(&registration, activity).await;
        assert_eq!(launch.answer["runtime"]["tolerance"], json!(["answers-as-they-are", "resume-always"]));

        // Nothing changes by what is refused.
        let of_12 = writer.put_json(&address, &json!({"on": ["initialize-again"]})).await.expect(422);
        assert_described("put", "/api/v1/packages/{id}/tolerance", &of_12);
        assert_eq!(of_12.json()["code"], "switch-not-offered");
        writer.put_json(&address, &json!({"on": ["of-tomorrow"]})).await.expect(422);
        reader.put_json(&address, &json!({"on": []})).await.expect(403);
        assert_eq!(reader.get(&address).await.json(), on);
        let other = format!("/api/v1/packages/{}/tolerance", uuid::Uuid::new_v4());
        assert_eq!(writer.put_json(&other, &json!({"on": []})).await.expect(404).json()["code"], "package-unknown");
        assert_eq!(writer.put_json(&address, &json!({"on": []})).await.expect(200).json()["on"], json!([]));
    }

    async fn a_program_decides_how_often_a_course_is_attempted_and_what_counts(app: TestApp) {
        let course = app.import(one_sco()).await;
        let address = format!("/api/v1/courses/{}/playing", course.id);
        let (reader, writer) = (app.token(&["packages/read"]).await, app.token(&["packages/write"]).await);
        let read = reader.get(&address).await.expect(200);
        assert_described("get", "/api/v1/courses/{course}/playing", &read);
        assert_eq!(read.json(), json!({"again": "never", "counted": "best", "place": "page"}));

        let wanted = json!({"attempts": 2, "again": "asked", "counted": "last", "place": "window"});
        let decided = writer.put_json(&address, &wanted).await.expect(200);
        assert_described("put", "/api/v1/courses/{course}/playing", &decided);
        assert_eq!((decided.json(), reader.get(&address).await.json()), (wanted.clone(), wanted.clone()));
        // It is what its trainers see, and what learners get.
        let trainer = app.person("Nadia", Role::Trainer).await;
        let form = trainer.get(&format!("/trainer/courses/{}/playing", course.id)).await.expect(200).text();
        assert!(form.contains(r#"name="place" value="window" checked"#), "{form}");
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let set = [("cmi.core.score.raw", "30"), ("cmi.core.lesson_status", "failed")];
        camille.launch(&registration, activity).await.commit(&app, &set, "00:01:00", Some("")).await;
        let shown = camille.get(&format!("/courses/{}", course.id)).await.expect(200).text();
        assert!(shown.contains("Il vous reste un essai"), "{shown}");

        for attempts in [0, -1, 100] {
            let wrong = json!({"attempts": attempts, "again": "asked", "counted": "last", "place": "page"});
            assert_eq!(writer.put_json(&address, &wrong).await.expect(422).json()["code"], "attempts-wrong");
        }
        writer.put_json(&address, &json!({"again": "sometimes", "counted": "last", "place": "page"})).await.expect(422);
        reader.put_json(&address, &wanted).await.expect(403);
        assert_eq!(reader.get(&address).await.json(), wanted);
        let other = format!("/api/v1/courses/{}/playing", uuid::Uuid::new_v4());
        assert_eq!(reader.get(&other).await.expect(404).json()["code"], "course-unknown");
    }
}
