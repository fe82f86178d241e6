//! Films and recordings as packages of one activity.

use super::*;

both_databases! {
    async fn media_files_are_courses_of_one_activity(app: TestApp) {
        let report = post(&app, "Consignes_de_s%C3%A9curit%C3%A9.wav", wave(1)).await.expect(201).json();
        assert_eq!((report["kind"].as_str(), report["edition"].as_str()), (Some("audio"), Some("pcm_s16le")));
        assert_eq!(report["courses"][0]["title"], "Consignes de sécurité");
        assert_eq!(report["courses"][0]["activities"][0]["kind"], "audio");
        let version: VersionId = report["version"].as_str().unwrap().parse().unwrap();
        let url = packages::file_url(&app.app, version, PersonId::new(), "Consignes_de_sécurité.wav");
        let part = app.content().send(Method::GET, &url, vec![], &[("range", "bytes=0-3")]).await.expect(206);
        assert_eq!(part.body, b"RIFF");
    }

    async fn a_film_is_a_course_with_its_title_length_and_picture(app: TestApp) {
        let film = film();
        let report = post(&app, "film.mp4", film.clone()).await.expect(201).json();
        assert_eq!((report["kind"].as_str(), report["edition"].as_str()), (Some("video"), Some("h264, aac")));
        let course = &report["courses"][0];
        assert_eq!(course["title"], "Porter une charge");
        assert_eq!((course["activities"][0]["kind"].as_str(), course["activities"][0]["launchable"].as_bool()), (Some("video"), Some(true)));

        let course = course["id"].as_str().unwrap();
        let trainer = app.person("Thomas Petit", Role::Trainer).await;
        let opened = trainer.post_form(&format!("/trainer/courses/{course}/preview"), &[]).await.expect(303);
        let (registration, activity) = place(opened.header("location").unwrap());
        let launch = trainer.launch(&registration, activity).await;
        let runtime = &launch.answer["runtime"];
        assert_eq!(runtime["kind"], "video");
        let duration = runtime["duration"].as_f64().unwrap();
        assert!((2.9..3.2).contains(&duration), "{duration} seconds");
        let poster = app.content().get(runtime["poster"].as_str().unwrap()).await.expect(200);
        assert_eq!(poster.header("content-type"), Some("image/jpeg"));
        assert!(poster.body.starts_with(b"\xFF\xD8") && poster.body.len() > 1_000, "no picture");
        let played = app.content().get(runtime["src"].as_str().unwrap()).await.expect(200);
        assert_eq!((played.header("content-type"), played.body == film), (Some("video/mp4"), true));
    }

    async fn what_only_looks_like_a_film_is_refused_and_leaves_nothing(app: TestApp) {
        let film = film();
        let nearly_nothing = film[..48].to_vec();
        let without_index = film[..film.len() / 2].to_vec();
        let fake = [b"\0\0\0\x20ftypisom".as_slice(), &[0x5A; 20_000]].concat();
        for body in [nearly_nothing, without_index, fake] {
            refused(&post(&app, "film.mp4", body).await, "media-unreadable");
            assert_eq!(rows(&app).await, 0);
            assert_eq!(files_on_disk(&app), Vec::<PathBuf>::new());
        }
    }
}

/// Three seconds of H.264 with a tone, as cameras and phones write them: the index comes last.
fn film() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let made = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=10:duration=3"])
        .args(["-f", "lavfi", "-i", "sine=frequency=440:duration=3"])
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"])
        .args(["-metadata", "title=Porter une charge"])
        .arg(&path)
        .status()
        .expect("ffmpeg is installed; script/bootstrap asks for it");
    assert!(made.success());
    std::fs::read(path).unwrap()
}
