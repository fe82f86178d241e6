//! Recordings in the player.

use super::*;

both_databases! {
    async fn a_recording_resumes_where_it_was_left_and_is_completed_when_nine_tenths_were_heard(app: TestApp) {
        let course = app.import_file("consignes.wav", wave(20)).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, activity) = camille.start(&course).await;
        let launch = camille.launch(&registration, activity).await;
        let runtime = &launch.answer["runtime"];
        assert_eq!((&runtime["kind"], &runtime["position"], &runtime["duration"]), (&json!("audio"), &json!(0.0), &json!(20.0)));
        let tell = async |launch: &Launch, sequence: i64, event: &str, position: f64, played: Value| {
            let report = json!({"launch": launch.answer["launch"], "lease": launch.answer["lease"], "sequence": sequence,
                "position": position, "duration": 20.0, "event": event, "played": played, "length": 20.0});
            camille.post_json(&format!("/player/{registration}/{activity}/media"), &report).await
        };
        tell(&launch, 1, "initialized", 0.0, json!([])).await.expect(200);
        tell(&launch, 2, "played", 0.0, json!([])).await.expect(200);
        let answer = tell(&launch, 3, "paused", 12.0, json!([[0, 12]])).await.expect(200).json();
        assert_eq!(answer["progress"]["completion"], "incomplete");
        tell(&launch, 3, "paused", 15.0, json!([[0, 15]])).await.expect(200);
        tell(&launch, 4, "terminated", 12.0, json!([[0, 12]])).await.expect(200);

        let again = camille.launch(&registration, activity).await;
        let runtime = &again.answer["runtime"];
        assert_eq!((&runtime["position"], &runtime["played"]), (&json!(12.0), &json!([[0.0, 12.0]])));
        assert_eq!(tell(&launch, 5, "played", 12.0, json!([])).await.status.as_u16(), 409);
        // Skipping to the end is not hearing it.
        tell(&again, 1, "seeked", 19.0, json!([])).await.expect(200);
        let answer = tell(&again, 2, "progressed", 20.0, json!([[19, 20]])).await.expect(200).json();
        assert_eq!(answer["progress"]["completion"], "incomplete");
        let answer = tell(&again, 3, "paused", 18.0, json!([[12, 18], [19, 20]])).await.expect(200).json();
        assert_eq!(answer["progress"], json!({"completion": "completed", "success": "unknown", "course_completion": "completed"}));
        assert_eq!(
            verbs(&app, &registration).await,
            ["launched", "initialized", "played", "paused", "terminated", "launched", "seeked", "completed", "paused", "completed"]
        );
        tell(&again, 9, "danced", 0.0, json!([])).await.expect(400);
    }
}
