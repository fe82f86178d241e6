//! Films and recordings: made playable, with captions, watched to their share.

use std::path::PathBuf;
use std::process::Command;

use preau::identity::Role;
use preau::jobs;
use preau::packages::media;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::learning::{Launch, TestCourse};
use crate::support::{TestApp, TestPerson};

/// A file made by the ffmpeg command in a folder of its own. `FILE` in the arguments is where it goes.
fn made(name: &str, arguments: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(name);
    let arguments: Vec<String> =
        arguments.split_whitespace().map(|word| word.replace("FOLDER", &folder.path().to_string_lossy())).collect();
    let done = Command::new("ffmpeg").args(["-v", "error", "-y"]).args(&arguments).arg(&file).output();
    let done = done.expect("script/bootstrap installs ffmpeg");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    std::fs::read(file).expect("the file")
}

const PICTURE: &str = "-f lavfi -i testsrc2=s=320x180:r=25:d=2";
const SOUND: &str = "-f lavfi -i sine=frequency=330:duration=2";

/// What ffprobe says of a file.
fn probed(bytes: &[u8]) -> Value {
    let file = kept(bytes);
    let said = Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json"])
        .arg(&file.0)
        .output()
        .expect("ffprobe comes with ffmpeg");
    serde_json::from_slice(&said.stdout).expect("JSON")
}

struct Kept(PathBuf, #[expect(dead_code, reason = "the folder goes with the file")] tempfile::TempDir);

fn kept(bytes: &[u8]) -> Kept {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, bytes).expect("a file");
    Kept(file, folder)
}

/// Its loudness in LUFS, as ffmpeg measures it.
fn loudness(bytes: &[u8]) -> f64 {
    let file = kept(bytes);
    let said = Command::new("ffmpeg").arg("-i").arg(&file.0).args(["-af", "ebur128", "-f", "null", "-"]).output();
    let text = String::from_utf8_lossy(&said.expect("ffmpeg").stderr).into_owned();
    let figure = text.rsplit("I:").next().and_then(|rest| rest.split_whitespace().next()).expect("a figure");
    figure.parse().unwrap_or_else(|_| panic!("no loudness: {text}"))
}

/// Whether the index comes before the content.
fn index_first(bytes: &[u8]) -> bool {
    let at = |name: &[u8]| bytes.windows(4).position(|window| window == name);
    at(b"moov").is_some_and(|moov| at(b"mdat").is_none_or(|mdat| moov < mdat))
}

fn stream<'a>(probed: &'a Value, kind: &str) -> &'a Value {
    let streams = probed["streams"].as_array().expect("streams");
    streams.iter().find(|stream| stream["codec_type"] == kind).unwrap_or(&Value::Null)
}

/// A film of two seconds whose content is noise from its beginning (`parts` 1), from its middle (2) and so on.
fn noisy(parts: usize) -> Vec<u8> {
    let mut film = made("abime.mp4", &format!("{PICTURE} -c:v mpeg4 -q:v 5 -movflags +faststart"));
    let content = film.windows(4).position(|window| window == b"mdat").expect("content") + 4;
    let damaged = content + (film.len() - content) / parts * (parts - 1);
    let mut noise = 0x2545_F491_u32;
    for byte in &mut film[damaged..] {
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        *byte = noise.to_le_bytes()[0];
    }
    film
}

/// A film in a story.
struct Film {
    course: TestCourse,
    package: String,
    trainer: TestPerson,
}

impl Film {
    async fn import(app: &TestApp, name: &'static str, bytes: Vec<u8>) -> Self {
        let course = app.import_file(name, bytes).await;
        let trainer = app.person(&format!("Formatrice {}", uuid::Uuid::now_v7()), Role::Trainer).await;
        let listed = trainer.get("/api/v1/packages").await.expect(200).json();
        let packages = listed["packages"].as_array().expect("packages");
        let found = packages.iter().find(|package| package["courses"][0]["id"] == course.id.as_str());
        let package = found.expect("the package")["id"].as_str().expect("an id").to_owned();
        Self { course, package, trainer }
    }

    fn path(&self, rest: &str) -> String {
        format!("/trainer/packages/{}{rest}", self.package)
    }

    /// What the page says of the work.
    async fn said(&self) -> String {
        self.trainer.get(&self.path("/media")).await.expect(200).text()
    }

    /// What a learner is given to play, and the file.
    async fn played(&self, app: &TestApp) -> (Launch, Vec<u8>) {
        let learner = app.person(&format!("Apprenante {}", uuid::Uuid::now_v7()), Role::Learner).await;
        let (registration, activity) = learner.start(&self.course).await;
        let launch = learner.launch(&registration, activity).await;
        let src = launch.answer["runtime"]["src"].as_str().expect("an address").to_owned();
        let file = app.content().get(&src).await.expect(200);
        (launch, file.body)
    }
}

async fn work(app: &TestApp) -> usize {
    jobs::run_due(&app.app, &films()).await.expect("a worker")
}

/// A worker for this kind of job alone.
fn films() -> jobs::Handlers {
    jobs::Handlers::new().on(media::TRANSCODE, 1, media::transcode)
}

/// The statements of a registration, the first one first.
async fn statements(app: &TestApp, registration: &str) -> Vec<Value> {
    let mut tx = app.app.db.read().await.expect("a transaction");
    let id = registration.parse().expect("a registration");
    let stored = preau::lrs::of_registration(&mut tx, id).await.expect("statements");
    stored.into_iter().map(|stored| serde_json::to_value(stored.statement).expect("JSON")).collect()
}

fn left_in_spool(app: &TestApp) -> Vec<String> {
    let spool = std::fs::read_dir(app.app.blobs.spool()).expect("the spool");
    spool.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

both_databases! {
    async fn a_film_of_any_kind_becomes_one_that_plays_everywhere(app: TestApp) {
        let odd = format!("-f lavfi -i testsrc2=s=1921x1081:r=50:d=2 {SOUND} -c:v mpeg4 -q:v 9 -c:a libmp3lame -filter:a volume=-12dB");
        let film = Film::import(&app, "visite.mkv", made("visite.mkv", &odd)).await;
        assert!(film.said().await.contains("attend son tour"), "{}", film.said().await);
        let (before, _) = film.played(&app).await;
        assert!(before.answer["runtime"]["src"].as_str().unwrap().contains("visite"), "the upload is played meanwhile");

        assert_eq!(work(&app).await, 1);
        let (launch, file) = film.played(&app).await;
        let is = probed(&file);
        let picture = stream(&is, "video");
        assert_eq!((&picture["codec_name"], &picture["pix_fmt"]), (&json!("h264"), &json!("yuv420p")));
        assert_eq!((&picture["width"], &picture["height"]), (&json!(1280), &json!(720)));
        let sound = stream(&is, "audio");
        assert_eq!((&sound["codec_name"], &sound["sample_rate"]), (&json!("aac"), &json!("48000")));
        assert!(index_first(&file), "it plays while it loads");
        assert!((loudness(&file) + 16.0).abs() < 1.5, "{} LUFS", loudness(&file));
        let duration = launch.answer["runtime"]["duration"].as_f64().unwrap();
        assert!((duration - 2.0).abs() < 0.2, "{duration}");
        let poster = app.content().get(launch.answer["runtime"]["poster"].as_str().unwrap()).await.expect(200);
        assert!(poster.body.starts_with(&[0xFF, 0xD8]), "a picture");
        assert!(film.said().await.contains("Prêt pour tous les appareils"), "{}", film.said().await);
        assert_eq!(left_in_spool(&app), Vec::<String>::new());
        assert_eq!(work(&app).await, 0, "once");
    }

    async fn no_picture_of_a_film_is_lost_and_the_last_one_is_shown_as_long_as_the_others(app: TestApp) {
        // Twice as many pictures as are kept; a rate that is no whole number; times without lengths; pictures out of order.
        for (name, arguments, pictures, seconds) in [
            ("un.mkv", "-f lavfi -i testsrc2=s=64x36:r=25:d=2 -c:v mpeg4", 50, 2.0),
            ("deux.mkv", "-f lavfi -i testsrc2=s=64x36:r=50:d=2 -c:v mpeg4", 50, 2.0),
            ("trois.mkv", "-f lavfi -i testsrc2=s=64x36:r=30000/1001:d=1.001 -c:v mpeg4", 30, 1.001),
            ("quatre.webm", "-f lavfi -i testsrc2=s=64x36:r=10:d=1.5 -c:v libvpx", 15, 1.5),
            ("cinq.mkv", "-f lavfi -i testsrc2=s=64x36:r=25:d=1 -pix_fmt yuv444p -c:v libx264 -bf 3", 25, 1.0),
        ] {
            let film = Film::import(&app, name, made(name, arguments)).await;
            assert_eq!(work(&app).await, 1);
            let (_, file) = film.played(&app).await;
            let is = probed(&file);
            let picture = stream(&is, "video");
            assert_eq!(picture["nb_read_frames"], pictures.to_string(), "{name}");
            let duration: f64 = picture["duration"].as_str().expect("a duration").parse().expect("a number");
            assert!((duration - seconds).abs() < 0.002, "{name}: {duration} s instead of {seconds} s");
        }
    }

    async fn a_film_held_upright_stays_upright(app: TestApp) {
        let flat = made("plat.mp4", &format!("{PICTURE} -pix_fmt yuv420p -c:v libx264"));
        let folder = kept(&flat);
        let turned = format!("-i {} -metadata:s:v:0 rotate=90 -c copy", folder.0.display());
        let film = Film::import(&app, "telephone.mp4", made("telephone.mp4", &turned)).await;
        work(&app).await;
        let (_, file) = film.played(&app).await;
        let is = probed(&file);
        let picture = stream(&is, "video");
        assert_eq!((&picture["width"], &picture["height"]), (&json!(180), &json!(320)));
        assert!(picture["side_data_list"].is_null(), "nothing is left to turn: {picture}");
        assert!(stream(&is, "audio").is_null(), "a silent film stays silent");
    }

    async fn what_is_fine_is_played_as_it_is_and_an_index_at_the_end_is_brought_forward(app: TestApp) {
        let loud = format!("{PICTURE} {SOUND} -pix_fmt yuv420p -c:v libx264 -c:a aac -ac 2 -filter:a volume=6dB");
        let fine = Film::import(&app, "bien.mp4", made("bien.mp4", &format!("{loud} -movflags +faststart"))).await;
        let late = Film::import(&app, "tard.mp4", made("tard.mp4", &loud)).await;
        assert_eq!(work(&app).await, 2);
        assert!(fine.said().await.contains("convient tel quel"), "{}", fine.said().await);
        let (launch, _) = fine.played(&app).await;
        assert!(launch.answer["runtime"]["src"].as_str().unwrap().ends_with("bien.mp4"));
        let (_, file) = late.played(&app).await;
        assert!(index_first(&file));
        assert_eq!(stream(&probed(&file), "video")["width"], 320);
    }

    async fn sounds_and_the_shortest_film_are_made_playable_too(app: TestApp) {
        let cover = kept(&made("cover.png", "-f lavfi -i color=red:s=200x200 -frames:v 1"));
        let song = format!("{SOUND} -i {} -map 0:a -map 1:v -c:a libmp3lame -c:v copy -disposition:v attached_pic", cover.0.display());
        let song = Film::import(&app, "cours.mp3", made("cours.mp3", &song)).await;
        let blink = Film::import(&app, "eclair.webm", made("eclair.webm", "-f lavfi -i testsrc2=s=33x21:r=25:d=0.04 -c:v libvpx")).await;
        assert_eq!(work(&app).await, 2);
        let (launch, file) = song.played(&app).await;
        let is = probed(&file);
        assert_eq!((&stream(&is, "audio")["codec_name"], stream(&is, "video")), (&json!("aac"), &Value::Null));
        assert_eq!(launch.answer["runtime"]["kind"], "audio");
        let (_, file) = blink.played(&app).await;
        assert_eq!(stream(&probed(&file), "video")["codec_name"], "h264", "{}", blink.said().await);
    }

    async fn the_length_of_a_film_stands_wherever_it_is_listed(app: TestApp) {
        let film = Film::import(&app, "visite.mp4", made("visite.mp4", "-f lavfi -i testsrc2=s=64x36:r=1:d=720 -c:v mpeg4 -q:v 31")).await;
        for page in ["/trainer", &format!("/courses/{}", film.course.id)] {
            assert!(film.trainer.get(page).await.expect(200).text().contains("12\u{a0}min"), "{page}");
        }
        let learner = app.person("Camille", Role::Learner).await;
        for page in ["/", "/catalogue"] {
            let shown = learner.get(page).await.expect(200).text();
            assert!(shown.contains("12\u{a0}min"), "{page}: {shown}");
        }
    }

    async fn a_damaged_film_fails_with_a_reason_and_leaves_nothing(app: TestApp) {
        // What the prober looks at is whole; all that follows is noise.
        let film = Film::import(&app, "abime.mp4", noisy(1)).await;
        assert_eq!(work(&app).await, 1);
        let said = film.said().await;
        assert!(said.contains("Ce fichier ne peut pas être converti\u{202f}: il est abîmé"), "{said}");
        assert_eq!((left_in_spool(&app), app.count("rendition").await), (Vec::new(), 0));
        film.played(&app).await;
    }

    async fn a_film_whose_end_is_damaged_is_played_as_far_as_it_is_whole(app: TestApp) {
        let film = Film::import(&app, "fin.mp4", noisy(2)).await;
        assert_eq!(work(&app).await, 1);
        assert!(film.said().await.contains("Prêt pour tous les appareils"), "{}", film.said().await);
        let (_, file) = film.played(&app).await;
        let pictures = stream(&probed(&file), "video")["nb_read_frames"].as_str().expect("a count").parse::<u32>();
        assert!((20..=30).contains(&pictures.expect("a number")), "half of fifty");
        assert_eq!(left_in_spool(&app), Vec::<String>::new());
    }

    async fn a_child_that_crashes_fails_its_film_alone_and_leaves_nothing(app: TestApp) {
        let source = made("film.mp4", &format!("{PICTURE} -c:v mpeg4"));
        let films = [Film::import(&app, "un.mp4", source.clone()).await, Film::import(&app, "deux.mp4", source).await];
        // The server finds its child beside itself: here one that crashes over the first film, and is itself for the second.
        let beside = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let [server, child] = ["preau", "preau-media"].map(|name| beside.path().join(name));
        std::fs::hard_link(env!("CARGO_BIN_EXE_preau"), &server).expect("a link");
        let script = format!(
            "#!/bin/sh\nif [ -n \"$3\" ] && [ ! -e \"$0.once\" ]; then : > \"$0.once\"; echo half > \"$2\"; kill -SEGV $$; fi\nexec '{}' \"$@\"\n",
            env!("CARGO_BIN_EXE_preau-media")
        );
        std::fs::write(&child, script).expect("a script");
        std::fs::set_permissions(&child, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a right");
        // That server goes by the machine's clock, whatever it says.
        let mut tx = app.app.db.begin().await.expect("a transaction");
        preau::on_db!(tx, c => sqlx::query("UPDATE job SET run_at = 0").execute(c).await.map(drop)).expect("a change");
        tx.commit().await.expect("a commit");

        let _server = app.serve_from(&server, "error").await;
        while !films[1].said().await.contains("Prêt pour tous les appareils") {
            tokio::task::yield_now().await;
        }
        let said = films[0].said().await;
        assert!(said.contains("a fait échouer la conversion"), "{said}");
        assert_eq!((left_in_spool(&app), app.count("rendition").await), (Vec::new(), 1));
        let blobs = app.app.blobs.list("packages").await.expect("a list");
        assert_eq!(blobs.iter().filter(|(key, _)| key.contains("/made/")).count(), 2, "a film and its poster: {blobs:?}");
        films[0].played(&app).await;
    }

    async fn a_server_that_starts_leaves_the_files_of_a_job_of_another_alone(app: TestApp) {
        let long = "-f lavfi -i testsrc2=s=1280x720:r=25:d=20 -c:v mpeg4 -q:v 9";
        let film = Film::import(&app, "long.mp4", made("long.mp4", long)).await;
        let second = app.restarted().await.0;
        let worker = {
            let app = app.app.clone();
            tokio::spawn(async move { jobs::run_due(&app, &films()).await })
        };
        while !left_in_spool(&app).iter().any(|name| name.contains(".made.")) {
            assert!(!worker.is_finished(), "{}", film.said().await);
            tokio::task::yield_now().await;
        }
        let held = left_in_spool(&app);
        preau::packages::sweep(&second).await.expect("a sweep");
        assert_eq!(left_in_spool(&app), held);
        worker.await.expect("a worker").expect("its work");
        assert!(film.said().await.contains("Prêt pour tous les appareils"), "{}", film.said().await);
        assert_eq!(left_in_spool(&app), Vec::<String>::new());

        // What a killed one left goes.
        let spool = app.app.blobs.spool();
        for ending in ["upload", "made.mp4", "made.jpg"] {
            std::fs::write(spool.join(format!("job-{}-1.{ending}", uuid::Uuid::now_v7())), "half").expect("a file");
        }
        preau::packages::sweep(&second).await.expect("a sweep");
        assert_eq!(left_in_spool(&app), Vec::<String>::new());
    }

    async fn work_that_is_cancelled_stops_and_can_begin_anew(app: TestApp) {
        let long = "-f lavfi -i testsrc2=s=1280x720:r=25:d=60 -c:v mpeg4 -q:v 9";
        let film = Film::import(&app, "long.mp4", made("long.mp4", long)).await;
        let worker = {
            let app = app.app.clone();
            tokio::spawn(async move { jobs::run_due(&app, &films()).await })
        };
        // As a trainer who looks again and again; the work takes longer than some looks.
        while !film.said().await.contains("<progress") {
            assert!(!worker.is_finished(), "{}", film.said().await);
        }
        film.trainer.post_form(&film.path("/media/cancel"), &[]).await.expect(303);
        worker.await.unwrap().unwrap();
        assert!(film.said().await.contains("a été arrêtée"), "{}", film.said().await);
        assert_eq!((left_in_spool(&app), app.count("rendition").await), (Vec::new(), 0));
        assert_eq!(work(&app).await, 0);

        for _ in 0..2 {
            film.trainer.post_form(&film.path("/media/again"), &[]).await.expect(303);
        }
        assert!(film.said().await.contains("attend son tour"));
        assert_eq!(app.count("job").await, 2, "asking twice asks once");
    }

    async fn what_an_interrupted_job_left_is_swept(app: TestApp) {
        let film = Film::import(&app, "film.mp4", made("film.mp4", &format!("{PICTURE} {SOUND} -c:v mpeg4 -c:a aac"))).await;
        work(&app).await;
        let named = app.app.blobs.list("packages").await.unwrap();
        let made = named.iter().find(|(key, _)| key.contains("/made/")).expect("what was made").0.clone();
        let left = format!("{}/left.mp4", made.rsplit_once('/').expect("a folder").0);
        app.app.blobs.put(&left, "half a film").await.unwrap();
        preau::packages::sweep(&app.app).await.unwrap();
        assert!(app.app.blobs.get(&left).await.is_ok(), "another machine may be about to name it");
        // The blobs are dated by the machine's clock.
        app.clock.advance(std::time::Duration::from_secs(100 * 365 * 86_400));
        preau::packages::sweep(&app.app).await.unwrap();
        assert!(app.app.blobs.get(&left).await.is_err());
        film.played(&app).await;
    }

    async fn captions_are_checked_shown_edited_and_brought_back(app: TestApp) {
        let film = Film::import(&app, "film.mp4", made("film.mp4", &format!("{PICTURE} -c:v mpeg4"))).await;
        let send = async |language: &str, text: &str| {
            let body = format!(
                "--b\r\nContent-Disposition: form-data; name=\"language\"\r\n\r\n{language}\r\n--b\r\nContent-Disposition: \
                 form-data; name=\"file\"; filename=\"s.vtt\"\r\n\r\n{text}\r\n--b--\r\n"
            );
            film.trainer.post_bytes(&film.path("/captions"), "multipart/form-data; boundary=b", body.into_bytes()).await
        };
        let refused = send("fr", "WEBVTT\n\n00:01.000 --> 00:0x.000\nBonjour").await.expect(422).text();
        assert!(refused.contains("Ligne 3"), "{refused}");
        send("fr", "1\r\n00:00:00,500 --> 00:00:01,500\r\nBonjour <b onclick=\"x()\">vous</b><script>x()</script>\r\n").await.expect(303);
        send("xx", "WEBVTT\n\n00:00.000 --> 00:01.000\nA").await.expect(404);

        let learner = app.person("Camille", Role::Learner).await;
        let (registration, activity) = learner.start(&film.course).await;
        let offered = async || {
            learner.launch(&registration, activity).await.answer["runtime"]["captions"].as_array().expect("a list").clone()
        };
        let track = offered().await[0].clone();
        assert_eq!((&track["language"], &track["label"]), (&json!("fr"), &json!("Français")));
        let src = track["src"].as_str().expect("an address").to_owned();
        let served = learner.get(&src).await.expect(200);
        assert_eq!(served.header("content-type"), Some("text/vtt; charset=utf-8"));
        assert_eq!(served.text(), "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nBonjour <b>vous</b>x()\n");
        let stranger = app.person("Dominique", Role::Learner).await;
        stranger.get(&src).await.expect(404);

        let edit = film.path("/captions/fr");
        assert!(film.trainer.get(&edit).await.expect(200).text().contains("Bonjour"));
        let wrong = film.trainer.post_form(&edit, &[("text", "WEBVTT\n\nperdu")]).await.expect(422).text();
        assert!(wrong.contains("Ligne 3") && wrong.contains("perdu"), "{wrong}");
        film.trainer.post_form(&edit, &[("text", "WEBVTT\n\n00:00.000 --> 00:01.000\nBienvenue")]).await.expect(303);
        assert!(learner.get(&src).await.expect(200).text().contains("Bienvenue"));

        film.trainer.post_form(&film.path("/captions/fr/remove"), &[]).await.expect(303);
        assert!(offered().await.is_empty());
        learner.get(&src).await.expect(404);
        film.trainer.post_form(&film.path("/captions/fr/restore"), &[]).await.expect(303);
        assert_eq!(offered().await.len(), 1);
        let checked = film.trainer.post_json(&film.path("/captions/check"), &json!({"text": "WEBVTT\n\n00:01 --> 2\nA"})).await;
        assert_eq!(checked.expect(200).json()["line"], 3);
    }

    async fn a_trainer_says_from_when_on_a_film_counts_as_watched(app: TestApp) {
        let film = Film::import(&app, "film.mp4", made("film.mp4", &format!("{PICTURE} -c:v mpeg4"))).await;
        film.trainer.post_form(&film.path("/completion"), &[("percent", "0")]).await.expect(422);
        film.trainer.post_form(&film.path("/completion"), &[("percent", "50")]).await.expect(303);
        assert!(film.trainer.get(&film.path("")).await.expect(200).text().contains("value=\"50\""));

        let learner = app.person("Camille", Role::Learner).await;
        let (registration, activity) = learner.start(&film.course).await;
        let launch = learner.launch(&registration, activity).await;
        assert_eq!(launch.answer["runtime"]["completion"], 0.5);
        let tell = async |sequence: i64, event: &str, to: f64| {
            let report = json!({"launch": launch.answer["launch"], "lease": launch.answer["lease"], "sequence": sequence,
                "event": event, "position": to, "played": [[0.0, to]], "length": 2.0,
                "settings": {"speed": 1.5, "volume": 0.8, "captions": "fr", "fullscreen": false}});
            learner.post_json(&format!("/player/{registration}/{activity}/media"), &report).await.expect(200).json()
        };
        tell(1, "initialized", 0.0).await;
        assert_eq!(tell(2, "paused", 0.9).await["progress"]["completion"], "incomplete");
        tell(3, "interacted", 0.9).await;
        assert_eq!(tell(4, "progressed", 1.1).await["progress"]["completion"], "completed");
        tell(5, "paused", 1.9).await;

        // The course is completed too, which is another matter.
        let mut told = statements(&app, &registration).await;
        told.retain(|said| said["object"]["id"].as_str().is_some_and(|id| id.contains("/activities/")));
        let of = |verb: &str| told.iter().filter(|said| said["verb"]["id"].as_str().unwrap().ends_with(verb)).collect::<Vec<_>>();
        assert_eq!(of("/completed").len(), 1, "completed once");
        let completed = of("/completed")[0];
        let name = |key: &str| format!("https://w3id.org/xapi/video/extensions/{key}");
        assert_eq!(completed["context"]["extensions"][name("completion-threshold")], 0.5);
        assert_eq!(completed["result"]["extensions"][name("played-segments")], "0[.]1.1");
        let interacted = &of("/interacted")[0]["context"]["extensions"];
        assert_eq!(interacted[name("speed")], "1.5x");
        assert_eq!((&interacted[name("cc-subtitle-enabled")], &interacted[name("cc-subtitle-lang")]), (&json!(true), &json!("fr")));
        assert_eq!(of("/initialized")[0]["context"]["extensions"][name("length")], 2.0);
    }
}
