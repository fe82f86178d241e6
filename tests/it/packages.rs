//! Importing, reading, serving and deleting packages, and everything that can be wrong with an upload.

use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use preau::core::{PackageId, PersonId, VersionId};
use preau::identity::Role;
use preau::{on_db, packages};
use reqwest::Method;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::both_databases;
use crate::support::learning::place;
use crate::support::{Answer, Database, TestApp};

const MANIFEST: &str = "<?xml version='1.0' encoding='UTF-8'?><manifest identifier='M' \
    xmlns='http://www.imsproject.org/xsd/imscp_rootv1p1p2' xmlns:adlcp='http://www.adlnet.org/xsd/adlcp_rootv1p2'>\
    <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>\
    <organizations default='O'><organization identifier='O'><title>Sécurité routière</title>\
    <item identifier='I' identifierref='R'><title>Le départ</title></item></organization></organizations>\
    <resources><resource identifier='R' type='webcontent' adlcp:scormtype='sco' href='index.html'>\
    <file href='index.html'/></resource></resources></manifest>";

/// A zip with these files.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::DEFAULT).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A course of one page, with more files.
pub fn course(more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut files: Vec<(&str, &[u8])> =
        vec![("imsmanifest.xml", MANIFEST.as_bytes()), ("index.html", "<p>Départ</p>".as_bytes())];
    files.extend(more);
    zip(&files)
}

/// Replaces every occurrence of a name in the archive by one of the same length.
fn renamed(mut bytes: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    for start in 0..bytes.len() - from.len() {
        if bytes[start..].starts_with(from.as_bytes()) {
            bytes[start..start + to.len()].copy_from_slice(to.as_bytes());
        }
    }
    bytes
}

/// The central directory header of the first entry.
fn central(bytes: &[u8]) -> usize {
    bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap()
}

async fn post(app: &TestApp, name: &str, body: Vec<u8>) -> Answer {
    let program = app.token(&["packages/write"]).await;
    program.post_bytes(&format!("/api/v1/packages?filename={name}"), "application/octet-stream", body).await
}

/// Files below the data folder that belong to packages: uploads being received, and blobs.
fn files_on_disk(app: &TestApp) -> Vec<PathBuf> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { collect(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    for folder in ["tmp", "blobs"] {
        collect(&app.folder.path().join(folder), &mut found);
    }
    found
}

async fn rows(app: &TestApp) -> i64 {
    const COUNT: &str = "SELECT (SELECT COUNT(*) FROM package) + (SELECT COUNT(*) FROM package_version) \
        + (SELECT COUNT(*) FROM package_file) + (SELECT COUNT(*) FROM course) + (SELECT COUNT(*) FROM activity)";
    let mut tx = app.app.db.read().await.unwrap();
    on_db!(tx, c => sqlx::query_scalar(COUNT).fetch_one(c).await).unwrap()
}

/// The upload is refused with this code first among the findings, in plain words, and leaves nothing.
#[track_caller]
fn refused(answer: &Answer, code: &str) {
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.text());
    assert!(answer.header("content-type").unwrap().starts_with("application/problem+json"));
    let problem = answer.json();
    assert_eq!(problem["code"], "package-refused");
    let first = &problem["findings"][0];
    assert_eq!((first["severity"].as_str(), first["code"].as_str()), (Some("error"), Some(code)), "{problem}");
    let message = first["message"].as_str().unwrap();
    assert!(message.split_whitespace().count() > 4, "no sentence: {message}");
    assert!(!message.contains("finding-"), "no words for {code}");
}

/// Every finding's code.
fn codes(report: &serde_json::Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

fn utf16(text: &str) -> Vec<u8> {
    [0xFF, 0xFE].into_iter().chain(text.replace("UTF-8", "UTF-16").encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

both_databases! {
    async fn a_package_is_imported_read_and_deleted(app: TestApp) {
        let answer = post(&app, "cours.zip", course(&[("media/plan.svg", b"<svg/>")])).await.expect(201);
        let report = answer.json();
        let id = report["id"].as_str().unwrap();
        assert_eq!(answer.header("location"), Some(format!("/api/v1/packages/{id}").as_str()));
        assert_eq!((report["kind"].as_str(), report["edition"].as_str()), (Some("scorm12"), Some("SCORM 1.2")));
        let course = &report["courses"][0];
        assert_eq!(course["title"], "Sécurité routière");
        let activity = &course["activities"][0];
        assert_eq!((activity["index"].as_i64(), activity["identifier"].as_str()), (Some(0), Some("I")));
        assert_eq!((activity["title"].as_str(), activity["kind"].as_str()), (Some("Le départ"), Some("sco")));
        assert_eq!(codes(&report), ["files-undeclared"]);
        assert!(report["findings"][0]["message"].as_str().unwrap().contains("plan.svg"));

        let reader = app.token(&["packages/read"]).await;
        assert_eq!(reader.get(&format!("/api/v1/packages/{id}")).await.expect(200).json(), report);
        let list = reader.get("/api/v1/packages").await.expect(200).json();
        assert_eq!(list["packages"][0]["id"], report["id"]);
        let english = reader.with_header("accept-language", "en").get(&format!("/api/v1/packages/{id}")).await.json();
        assert!(english["findings"][0]["message"].as_str().unwrap().contains("is announced by no resource"));

        let writer = app.token(&["packages/write"]).await;
        writer.delete(&format!("/api/v1/packages/{id}")).await.expect(204);
        writer.delete(&format!("/api/v1/packages/{id}")).await.expect(404);
        assert_eq!(rows(&app).await, 0);
        assert_eq!(files_on_disk(&app), Vec::<PathBuf>::new());
    }

    async fn a_refused_package_says_why_and_leaves_nothing(app: TestApp) {
        let good = course(&[("media/zeros.bin", &[0; 3000])]);
        let truncated = good[..good.len() / 2].to_vec();
        let cut_end = good[..good.len() - 10].to_vec();
        let mut lying = zip(&[("zeros.bin", &vec![0; 2 << 20]), ("imsmanifest.xml", MANIFEST.as_bytes())]);
        let at = central(&lying);
        lying[at + 24..at + 28].copy_from_slice(&1000u32.to_le_bytes());
        let mut damaged = good.clone();
        let place = damaged.windows(4).position(|window| window == b"PK\x01\x02").unwrap() + 16;
        damaged[place] ^= 0xFF;
        let mut locked = good.clone();
        let place = central(&locked) + 8;
        locked[place] |= 1;
        let manifest = |text: &str| zip(&[("imsmanifest.xml", text.as_bytes()), ("index.html", b"x")]);
        let bomb = format!("<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;&b;'>]>{MANIFEST}");
        for (code, body) in [
            ("archive-unreadable", truncated),
            ("archive-unreadable", cut_end),
            ("archive-unreadable", b"PK\x03\x04 and nothing more".to_vec()),
            ("path-unsafe", renamed(course(&[("xx/yyy.html", b"x")]), "xx/yyy.html", "../yyy.html")),
            ("path-unsafe", renamed(course(&[("xxyyy.html", b"x")]), "xxyyy.html", "/xyyy.html")),
            ("path-unsafe", renamed(course(&[("xxxyyy.html", b"x")]), "xxxyyy.html", "C:\\yyy.html")),
            ("path-unsafe", renamed(course(&[("xxxyyy.html", b"x")]), "xxxyyy.html", "..\\yyy.html")),
            // Four hundred megabytes of zeros in four hundred kilobytes.
            ("archive-bomb", zip_of_zeros(400)),
            ("entry-larger-than-declared", lying),
            ("entry-damaged", damaged),
            ("encrypted", locked),
            ("manifest-missing", zip(&[("index.html", b"x")])),
            ("xml-malformed", manifest("<manifest><organizations>")),
            ("xml-malformed", manifest("")),
            ("xml-malformed", manifest(&MANIFEST.replace("Sécurité", "&eacute;"))),
            ("xml-doctype", manifest(&bomb.replace("<?xml version='1.0' encoding='UTF-8'?>", ""))),
            ("xml-doctype", manifest("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><manifest/>")),
            ("encoding-broken", zip(&[("imsmanifest.xml", b"\xFF\xFE<\0m\0\0\xD8/\0".as_slice()), ("index.html", b"x")])),
            ("encoding-unknown", manifest(&MANIFEST.replace("UTF-8", "UTF-99"))),
            ("nothing-to-launch", zip(&[("imsmanifest.xml", MANIFEST.as_bytes())])),
            ("several-packages", zip(&[("a/imsmanifest.xml", MANIFEST.as_bytes()), ("b/imsmanifest.xml", MANIFEST.as_bytes())])),
            ("kind-unknown", b"%PDF-1.7 not a package".to_vec()),
            ("manifest-root-unknown", b"<html/>".to_vec()),
            ("media-unreadable", b"\0\0\0\x18ftypmp42 and nothing more".to_vec()),
        ] {
            let answer = post(&app, "x.zip", body).await;
            refused(&answer, code);
            assert_eq!(rows(&app).await, 0, "{code}");
            assert_eq!(files_on_disk(&app), Vec::<PathBuf>::new(), "{code}");
        }
        let empty = post(&app, "x.zip", Vec::new()).await.expect(400).json();
        assert_eq!(empty["code"], "upload-empty");
        assert_eq!(files_on_disk(&app), Vec::<PathBuf>::new());
    }

    async fn what_real_packages_do_wrong_is_borne_with_a_finding(app: TestApp) {
        let page: (&str, &[u8]) = ("index.html", b"x");
        let bom = [b"\xEF\xBB\xBF", MANIFEST.as_bytes()].concat();
        let latin: Vec<u8> = MANIFEST.chars().map(|c| c as u32 as u8).collect();
        for (code, body) in [
            (Some("encoding-other"), zip(&[("imsmanifest.xml", &utf16(MANIFEST)), page])),
            (None, zip(&[("imsmanifest.xml", &bom), page])),
            (Some("encoding-assumed"), zip(&[("imsmanifest.xml", &latin), page])),
            (Some("manifest-in-folder"), zip(&[("Mon cours/imsmanifest.xml", MANIFEST.as_bytes()), ("Mon cours/index.html", b"x")])),
            (Some("names-backslashes"), renamed(course(&[("media_plan.svg", b"x")]), "media_plan.svg", "media\\plan.svg")),
        ] {
            let report = post(&app, "x.zip", body).await.expect(201).json();
            assert_eq!(report["courses"][0]["title"], "Sécurité routière");
            if let Some(code) = code {
                assert!(codes(&report).contains(&code), "{code}: {report}");
            }
        }
        // The same bytes again.
        let again = zip(&[("imsmanifest.xml", &bom), page]);
        assert!(codes(&post(&app, "x.zip", again).await.expect(201).json()).contains(&"same-content-as"));
    }

    async fn twenty_thousand_small_files_are_imported(app: TestApp) {
        let mut writer = ZipWriter::new_append(Cursor::new(course(&[]))).unwrap();
        for n in 0..20_000 {
            writer.start_file(format!("media/{}/{n}.txt", n % 100), SimpleFileOptions::DEFAULT).unwrap();
            writer.write_all(b"x").unwrap();
        }
        let body = writer.finish().unwrap().into_inner();
        let report = post(&app, "x.zip", body).await.expect(201).json();
        assert_eq!(codes(&report), ["files-undeclared"]);
        assert!(rows(&app).await > 20_000);
        let writer = app.token(&["packages/write"]).await;
        writer.delete(&format!("/api/v1/packages/{}", report["id"].as_str().unwrap())).await.expect(204);
        assert_eq!(rows(&app).await, 0);
    }

    async fn who_may_not_import_is_told_so(app: TestApp) {
        let body = course(&[]);
        let send = |client: crate::support::Client| {
            let body = body.clone();
            async move { client.post_bytes("/api/v1/packages", "application/zip", body).await }
        };
        send(app.program()).await.expect(401);
        assert_eq!(send(app.token(&["packages/read"]).await).await.expect(403).json()["code"], "scope-missing");
        let learner = app.person("Camille Martin", Role::Learner).await;
        learner.post_bytes("/api/v1/packages", "application/zip", body.clone()).await.expect(403);
        let trainer = app.person("Thomas Petit", Role::Trainer).await;
        trainer.post_bytes("/api/v1/packages", "application/zip", body).await.expect(201);
    }

    async fn a_package_with_learners_is_not_deleted(app: TestApp) {
        const REGISTER: &str = "INSERT INTO registration \
            (id, person_id, course_id, version_id, attempt, preview, lease, created_at) \
            VALUES ($1, $2, $3, $4, 1, $5, 0, 0)";
        let report = post(&app, "x.zip", course(&[])).await.expect(201).json();
        let learner = app.person("Camille Martin", Role::Learner).await;
        let course: preau::core::CourseId = report["courses"][0]["id"].as_str().unwrap().parse().unwrap();
        let version: VersionId = report["version"].as_str().unwrap().parse().unwrap();
        let mut tx = app.app.db.begin().await.unwrap();
        let registration = preau::core::RegistrationId::new();
        on_db!(tx, c => sqlx::query(REGISTER)
            .bind(registration).bind(learner.id).bind(course).bind(version).bind(false)
            .execute(c).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
        let writer = app.token(&["packages/write"]).await;
        let answer = writer.delete(&format!("/api/v1/packages/{}", report["id"].as_str().unwrap())).await.expect(409).json();
        assert_eq!((answer["code"].as_str(), answer["records"].as_i64()), (Some("package-in-use"), Some(1)));
        assert!(!files_on_disk(&app).is_empty());
    }

    async fn a_package_goes_with_all_that_its_previews_left(app: TestApp) {
        const PREVIEW: &str = "INSERT INTO registration \
            (id, person_id, course_id, version_id, attempt, preview, lease, created_at) \
            VALUES ($1, $2, $3, $4, 1, TRUE, 0, 0)";
        let report = post(&app, "x.zip", course(&[])).await.expect(201).json();
        let trainer = app.person("Nadia", Role::Trainer).await;
        let course: preau::core::CourseId = report["courses"][0]["id"].as_str().unwrap().parse().unwrap();
        let version: VersionId = report["version"].as_str().unwrap().parse().unwrap();
        let (preview, elsewhere) = (preau::core::RegistrationId::new(), preau::core::RegistrationId::new());
        let agent = preau::xapi::Ifi::Mbox("mailto:nadia@example.fr".into());
        let mut tx = app.app.db.begin().await.unwrap();
        on_db!(tx, c => sqlx::query(PREVIEW)
            .bind(preview).bind(trainer.id).bind(course).bind(version)
            .execute(c).await.map(drop)).unwrap();
        for registration in [preview, elsewhere] {
            let state = serde_json::json!({"page": 3});
            preau::lrs::put_state(&mut tx, &app.app, "http://example.fr/a", &agent, registration, "s", &state).await.unwrap();
        }
        tx.commit().await.unwrap();
        let writer = app.token(&["packages/write"]).await;
        writer.delete(&format!("/api/v1/packages/{}", report["id"].as_str().unwrap())).await.expect(204);
        assert_eq!((app.count("registration").await, app.count("lrs_document").await), (0, 1));
    }

    async fn files_are_served_from_the_archive(app: TestApp) {
        let script = "var a = 1;\n".repeat(500);
        let movie: Vec<u8> = (0..2 << 20).map(|n: u32| (n / 7) as u8).collect();
        let stored: Vec<u8> = (0..5000u32).map(|n| n as u8).collect();
        let mut writer = ZipWriter::new_append(Cursor::new(course(&[
            ("scripts/app.js", script.as_bytes()), ("media/film.mp4", &movie), ("Été 1.html", b"<p>\xE9</p>"),
        ]))).unwrap();
        writer.start_file("data.bin", SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Stored)).unwrap();
        writer.write_all(&stored).unwrap();
        let report = post(&app, "x.zip", writer.finish().unwrap().into_inner()).await.expect(201).json();
        let version: VersionId = report["version"].as_str().unwrap().parse().unwrap();
        let person = PersonId::new();
        let url = |path: &str| packages::file_url(&app.app, version, person, path);
        let content = app.content();

        let page = content.get(&url("index.html")).await.expect(200);
        assert_eq!(page.text(), "<p>Départ</p>");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(page.header("cache-control"), Some("private, max-age=604800, immutable"));
        let ancestors = page.header("content-security-policy").unwrap();
        assert!(ancestors.starts_with("frame-ancestors http://content.") && ancestors.contains("http://preau."));

        // The deflated bytes leave as they lie in the archive.
        let packed = content.send(Method::GET, &url("scripts/app.js"), vec![], &[("accept-encoding", "gzip, br")]).await.expect(200);
        assert_eq!(packed.header("content-encoding"), Some("gzip"));
        assert_eq!(packed.header("content-length"), Some(packed.body.len().to_string().as_str()));
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(packed.body.as_slice()).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, script);
        let plain = content.get(&url("scripts/app.js")).await.expect(200);
        assert_eq!((plain.text(), plain.header("content-encoding")), (script.clone(), None));
        assert_ne!(plain.header("etag"), packed.header("etag"));
        let known = plain.header("etag").unwrap().to_owned();
        let unchanged = content.send(Method::GET, &url("scripts/app.js"), vec![], &[("if-none-match", &known)]).await.expect(304);
        assert!(unchanged.body.is_empty());
        let head = content.send(Method::HEAD, &url("scripts/app.js"), vec![], &[]).await.expect(200);
        assert_eq!(head.header("content-length"), Some(script.len().to_string().as_str()));

        // Names as careless pages write them.
        assert_eq!(content.get(&url("SCRIPTS/App.js")).await.expect(200).body, script.as_bytes());
        let latin = content.get(&url("Été 1.html")).await.expect(200);
        assert_eq!((latin.body.as_slice(), latin.header("content-type")), (b"<p>\xE9</p>".as_slice(), Some("text/html")));

        // Ranges: stored, unpacked media, deflated.
        for (path, whole) in [("data.bin", stored.as_slice()), ("media/film.mp4", &movie), ("scripts/app.js", script.as_bytes())] {
            let size = whole.len();
            let ask = async |range: &str| content.send(Method::GET, &url(path), vec![], &[("range", range)]).await;
            let part = ask("bytes=100-199").await.expect(206);
            assert_eq!(part.body, &whole[100..200], "{path}");
            assert_eq!(part.header("content-range"), Some(format!("bytes 100-199/{size}").as_str()));
            assert_eq!(ask("bytes=-10").await.expect(206).body, &whole[size - 10..], "{path}");
            let beyond = ask(&format!("bytes={size}-")).await.expect(416);
            assert_eq!(beyond.header("content-range"), Some(format!("bytes */{size}").as_str()));
            assert_eq!(ask("bytes=9-3").await.expect(200).body.len(), size);
            let several = ask("bytes=0-1,10-12").await.expect(206);
            assert!(several.header("content-type").unwrap().starts_with("multipart/byteranges"));
            let text = String::from_utf8_lossy(&several.body).into_owned();
            assert!(text.contains(&format!("Content-Range: bytes 10-12/{size}")), "{text}");
            let stale = [("range", "bytes=0-1"), ("if-range", "\"other\"")];
            content.send(Method::GET, &url(path), vec![], &stale).await.expect(200);
        }

        // What is not there, not signed, or too old.
        let missing = content.get(&url("absent.html")).await.expect(404);
        assert!(missing.text().contains("n’est pas dans la formation"));
        let mut forged = url("index.html");
        forged.insert(forged.find("/c/").unwrap() + 3, 'A');
        content.get(&forged).await.expect(404);
        content.get("/c/nonsense/index.html").await.expect(404);
        let address = url("index.html");
        app.clock.advance(std::time::Duration::from_secs(6 * 3600));
        assert_eq!(url("index.html"), address, "stable for some days, so that browsers cache");
        app.clock.advance(std::time::Duration::from_secs(20 * 24 * 3600));
        let expired = content.get(&address).await.expect(403);
        assert!(expired.text().contains("rouvrez l’activité"));
        // The application does not serve package files at all.
        app.browser().get(&address).await.expect(404);
    }

    async fn leftovers_of_a_killed_import_are_swept(app: TestApp) {
        let kept = post(&app, "x.zip", course(&[])).await.expect(201).json();
        let before = files_on_disk(&app);
        let dead = VersionId::new();
        let spool = app.folder.path().join("tmp");
        std::fs::write(spool.join(format!("{dead}.upload")), b"half").unwrap();
        std::fs::write(spool.join(format!("{dead}.part")), b"half").unwrap();
        app.app.blobs.put(&format!("packages/{dead}/upload"), "orphan").await.unwrap();
        packages::sweep(&app.app).await.unwrap();
        assert_eq!(files_on_disk(&app), before);
        assert_eq!(kept["kind"], "scorm12");
    }

    async fn a_trainer_imports_by_the_page_with_or_without_script(app: TestApp) {
        let trainer = app.person("Thomas Petit", Role::Trainer).await;
        let page = trainer.get("/trainer/import").await.expect(200).text();
        assert!(page.contains("data-url=\"/api/v1/packages\"") && page.contains("multipart/form-data"), "{page}");

        let form = |body: &[u8]| {
            let mut form = b"--BOUND\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.zip\"\r\n\r\n".to_vec();
            form.extend_from_slice(body);
            form.extend_from_slice(b"\r\n--BOUND--\r\n");
            form
        };
        let media_type = "multipart/form-data; boundary=BOUND";
        let refusal = trainer.post_bytes("/trainer/import", media_type, form(b"PK\x03\x04")).await.expect(422).text();
        assert!(refusal.contains("tronquée") && refusal.contains("Rien n’a été gardé"), "{refusal}");
        let done = trainer.post_bytes("/trainer/import", media_type, form(&course(&[]))).await.expect(303);
        let page = trainer.get(done.header("location").unwrap()).await.expect(200).text();
        for text in ["Sécurité routière", "Le départ", "Publier", "Voir comme un apprenant", "Supprimer ce paquet", "SCORM 1.2"] {
            assert!(page.contains(text), "{text} is missing in {page}");
        }
        let delete = format!("{}/delete", done.header("location").unwrap());
        trainer.post_form(&delete, &[]).await.expect(303);
        trainer.get(done.header("location").unwrap()).await.expect(404);
        let learner = app.person("Camille Martin", Role::Learner).await;
        learner.get("/trainer/import").await.expect(403);
        learner.get(&format!("/trainer/packages/{}", PackageId::new())).await.expect(403);
    }

    async fn media_files_are_courses_of_one_activity(app: TestApp) {
        let wave = wave();
        let report = post(&app, "Consignes_de_s%C3%A9curit%C3%A9.wav", wave.clone()).await.expect(201).json();
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

    async fn a_bare_cmi5_structure_is_a_package(app: TestApp) {
        let structure = "<courseStructure xmlns='https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd'>\
            <course id='https://exemple.fr/c'><title><langstring lang='fr'>Cours</langstring></title></course>\
            <au id='https://exemple.fr/c/1' moveOn='Completed'><title><langstring lang='fr'>Unité</langstring></title>\
            <url>https://ailleurs.exemple/au</url></au></courseStructure>";
        let report = post(&app, "cmi5.xml", structure.into()).await.expect(201).json();
        assert_eq!((report["kind"].as_str(), report["courses"][0]["activities"][0]["title"].as_str()), (Some("cmi5"), Some("Unité")));
        refused(&post(&app, "cmi5.xml", structure.replace("https://ailleurs.exemple/au", "au.html").into()).await, "cmi5-url-relative");
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

/// A second of silence.
fn wave() -> Vec<u8> {
    let samples = vec![0u8; 16_000];
    let mut wave = b"RIFF".to_vec();
    wave.extend_from_slice(&(36 + samples.len() as u32).to_le_bytes());
    wave.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0data");
    wave.extend_from_slice(&(samples.len() as u32).to_le_bytes());
    wave.extend_from_slice(&samples);
    wave
}

fn zip_of_zeros(mebibytes: usize) -> Vec<u8> {
    let mut writer = ZipWriter::new_append(Cursor::new(course(&[]))).unwrap();
    writer.start_file("zeros.bin", SimpleFileOptions::DEFAULT.large_file(true)).unwrap();
    let piece = vec![0; 1 << 20];
    for _ in 0..mebibytes {
        writer.write_all(&piece).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Runs the real command and answers its report and the most memory it used, in bytes.
fn import_by_command(data: &Path, package: &Path) -> (serde_json::Value, u64) {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_preau"))
        .args(["import", "--json"])
        .arg(package)
        .env("PREAU_DATA_DIR", data)
        .env("PREAU_LOG", "error")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // Read on the side: an answer may be longer than a pipe holds.
    let mut stdout = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut output = String::new();
        stdout.read_to_string(&mut output).unwrap();
        output
    });
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        // The high-water mark only grows, so the last reading before the end is what counts.
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let mark = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = mark.and_then(|mark| mark.trim().trim_end_matches(" kB").parse::<u64>().ok());
        most = most.max(kibibytes.unwrap_or_default() << 10);
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let output = reader.join().unwrap();
    (serde_json::from_str(&output).unwrap_or_else(|_| panic!("no JSON: {output}")), most)
}

/// A manifest of 2004 with these attributes, metadata, items and resources beside its one page.
fn manifest_of(attributes: &str, metadata: &str, items: &str, resources: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?><manifest identifier='M'{attributes} \
         xmlns:adlcp='http://www.adlnet.org/xsd/adlcp_v1p3'>\
         <metadata><schemaversion>2004 4th Edition</schemaversion>{metadata}</metadata>\
         <organizations><organization identifier='O'><item identifier='I' identifierref='R'/>{items}</organization>\
         </organizations><resources><resource identifier='R' adlcp:scormType='sco' href='index.html'/>{resources}\
         </resources></manifest>"
    )
}

/// As many as asked for, each with its number in the place of `#`.
fn numbered(count: usize, unit: &str) -> String {
    (0..count).map(|n| unit.replace('#', &n.to_string())).collect()
}

/// What makes a reader of manifests swell, each near the largest size or number that is let in: the name, the file it is in,
/// its bytes, and how the import ends.
fn swelling_manifests() -> Vec<(&'static str, &'static str, Vec<u8>, &'static str)> {
    const SIZE: usize = 8_380_000;
    const NODES: usize = 299_000;
    let scorm = "imsmanifest.xml";
    let description =
        |text: &str| format!("<lom><general><description><string>{text}</string></description></general></lom>");
    let sequencing = |inside: &str| format!("<item identifierref='R'><sequencing>{inside}</sequencing></item>");
    let of_items = |items: &str| manifest_of("", "", items, "").into_bytes();
    let of_resources = |resources: &str| manifest_of("", "", "", resources).into_bytes();
    let cmi5 = |inside: &str| {
        let namespace = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd";
        format!("<courseStructure xmlns='{namespace}'><course id='a:c'/>{inside}</courseStructure>").into_bytes()
    };
    let unit = "<au id='a:#'><title><langstring>U</langstring></title><url>index.html</url></au>";
    let half_utf16 = utf16(&manifest_of("", &"<f>x</f>".repeat(NODES / 2), &"\u{4e00}".repeat(1_000_000), ""));
    let latin: Vec<u8> =
        manifest_of("", &description(&"é".repeat(SIZE / 2)), "", "").chars().map(|c| c as u32 as u8).collect();
    vec![
        ("small elements", scorm, of_resources(&"<f/>".repeat(NODES)), "scorm2004"),
        ("too many elements", scorm, of_resources(&"<a b=''/>".repeat(800_000)), "package-refused"),
        (
            "elements in elements",
            scorm,
            of_resources(&("<f>".repeat(20) + &"</f>".repeat(20)).repeat(NODES / 20)),
            "scorm2004",
        ),
        ("attributes", scorm, of_resources(&"<f a='1'/>".repeat(NODES / 2)), "scorm2004"),
        ("names", scorm, of_resources(&numbered(NODES / 2, "<f# g#=''/>")), "scorm2004"),
        ("namespaces", scorm, of_resources(&numbered(NODES / 2, "<f xmlns='urn:#'/>")), "package-refused"),
        (
            "a long namespace",
            scorm,
            manifest_of(&format!(" xmlns='urn:{}'", "n".repeat(1_000_000)), "", "", &"<f/>".repeat(NODES)).into(),
            "scorm2004",
        ),
        ("short texts", scorm, of_resources(&"<f>xxxxxxxxxxxxxxxxxxxx</f>".repeat(NODES)), "scorm2004"),
        ("references", scorm, of_resources(&"<f a='&amp;'>&amp;<!---->x</f>".repeat(NODES / 2)), "scorm2004"),
        ("UTF-16", scorm, half_utf16, "scorm2004"),
        ("an encoding that grows", scorm, latin, "package-refused"),
        (
            "a long description",
            scorm,
            manifest_of("", &description(&"x".repeat(SIZE)), "", "").into(),
            "package-refused",
        ),
        (
            "a description of control characters",
            scorm,
            manifest_of("", &description(&"\u{1}".repeat(SIZE)), "", "").into(),
            "package-refused",
        ),
        (
            "a title of words",
            scorm,
            of_items(&format!("<item identifierref='R'><title>{}</title></item>", "a ".repeat(SIZE / 2))),
            "package-refused",
        ),
        (
            "launch data",
            scorm,
            of_items(&format!("<item identifierref='R'><datafromlms>{}</datafromlms></item>", "\u{1}".repeat(SIZE))),
            "package-refused",
        ),
        ("many items", scorm, of_items(&"<item/>".repeat(NODES)), "package-refused"),
        (
            "as many items as may be",
            scorm,
            of_items(&numbered(4_990, "<item identifier='i#' identifierref='R'><title>Titre #</title></item>")),
            "scorm2004",
        ),
        (
            "items with long titles",
            scorm,
            of_items(&numbered(
                4_990,
                &format!("<item identifier='i#' identifierref='R'><title>{}</title></item>", "x".repeat(1_000)),
            )),
            "package-refused",
        ),
        (
            "organizations",
            scorm,
            manifest_of("", "", "", "")
                .replace("<organizations>", &format!("<organizations>{}", "<organization/>".repeat(NODES)))
                .into(),
            "package-refused",
        ),
        (
            "a description for each organization",
            scorm,
            manifest_of("", &description(&"x".repeat(2_000_000)), "", "")
                .replace(
                    "<organizations>",
                    &format!("<organizations>{}", "<organization><item identifierref='R'/></organization>".repeat(300)),
                )
                .into(),
            "package-refused",
        ),
        (
            "a language for each title",
            scorm,
            manifest_of(
                &format!(" xml:lang='{}'", "x".repeat(1_000_000)),
                "",
                &"<item identifierref='R'/>".repeat(300),
                "",
            )
            .into(),
            "scorm2004",
        ),
        (
            "a long address for each item",
            scorm,
            manifest_of("", "", &"<item identifierref='R'/>".repeat(300), "")
                .replace("index.html", &format!("index.html?{}", "x".repeat(1_000_000)))
                .into(),
            "package-refused",
        ),
        ("large sequencing", scorm, of_items(&sequencing(&"<f a=''/>".repeat(NODES / 2))), "package-refused"),
        (
            "shared sequencing",
            scorm,
            manifest_of("", "", &"<item identifierref='R'><sequencing IDRef='s'/></item>".repeat(2_000), "")
                .replace(
                    "</resources>",
                    &format!(
                        "</resources><sequencingCollection><sequencing ID='s'>{}</sequencing></sequencingCollection>",
                        "<f a=''/>".repeat(200)
                    ),
                )
                .into(),
            "package-refused",
        ),
        (
            "50,000 resources",
            scorm,
            of_resources(&numbered(50_000, "<resource identifier='r#' href='index.html'/>")),
            "scorm2004",
        ),
        ("resources", scorm, of_resources(&numbered(NODES / 2, "<resource identifier='#'/>")), "scorm2004"),
        (
            "missing files",
            scorm,
            of_resources(&format!(
                "<resource identifier='f'>{}</resource>",
                "<file href='xxxxxxxxxxxxxxxxxxxx'/>".repeat(NODES / 2)
            )),
            "scorm2004",
        ),
        ("as many units as may be", "cmi5.xml", cmi5(&numbered(4_990, unit)), "cmi5"),
        ("many units", "cmi5.xml", cmi5(&numbered(49_000, unit)), "package-refused"),
        ("blocks", "cmi5.xml", cmi5(&"<block/>".repeat(NODES)), "package-refused"),
        (
            "objectives",
            "cmi5.xml",
            cmi5(&format!("<objectives>{}</objectives>", numbered(NODES / 2, "<objective id='a:#'/>"))),
            "package-refused",
        ),
        (
            "languages",
            "cmi5.xml",
            cmi5(&format!(
                "<au id='a:1'><url>index.html</url><title>{}</title></au>",
                numbered(NODES / 2, "<langstring lang='#'>x</langstring>")
            )),
            "package-refused",
        ),
        (
            "activities",
            "tincan.xml",
            format!(
                "<tincan><activities>{}</activities></tincan>",
                "<activity id='a:a'><launch>index.html</launch></activity>".repeat(98_000)
            )
            .into(),
            "package-refused",
        ),
    ]
}

#[test]
fn memory_stays_small_whatever_is_imported() {
    // What the operator was promised, for the whole of the process.
    const LIMIT: u64 = 100_000_000;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let path = folder.path().join("package.zip");
    let import = |what: &str, ends: &str| {
        let (report, most) = import_by_command(&data, &path);
        let ended = report["kind"].as_str().or(report["code"].as_str());
        assert_eq!(ended, Some(ends), "{what}: {}", report.to_string().chars().take(2_000).collect::<String>());
        println!("{what}: {} MB", most / 1_000_000);
        assert!(most > 0 && most < LIMIT, "{what} took {most} bytes of memory");
    };
    std::fs::write(&path, course(&[])).unwrap();
    import("a small course", "scorm12");

    for (what, file, manifest, ends) in swelling_manifests() {
        std::fs::write(&path, zip(&[(file, &manifest), ("index.html", b"x")])).unwrap();
        import(what, ends);
    }

    // 300 MiB that do not compress, one part of them a deflated film that is unpacked.
    let mut state = 1u64;
    let mut noise = vec![0u8; 1 << 20];
    std::fs::write(&path, course(&[])).unwrap();
    let archive = std::fs::File::options().read(true).write(true).open(&path).unwrap();
    let mut writer = ZipWriter::new_append(archive).unwrap();
    for (name, method) in [("film.mp4", CompressionMethod::Deflated), ("data.bin", CompressionMethod::Stored)] {
        writer.start_file(name, SimpleFileOptions::DEFAULT.compression_method(method)).unwrap();
        for _ in 0..150 {
            for byte in noise.chunks_exact_mut(8) {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                byte.copy_from_slice(&state.to_le_bytes());
            }
            writer.write_all(&noise).unwrap();
        }
    }
    writer.finish().unwrap();
    import("300 MiB", "scorm12");

    // Zeros, below and above what counts as a bomb.
    for (mebibytes, ends) in [(90, "scorm12"), (400, "package-refused")] {
        std::fs::write(&path, zip_of_zeros(mebibytes)).unwrap();
        import("zeros", ends);
    }

    // 20,000 files, each listed in the manifest; then as many as may be, with the longest names that are let in.
    for (count, folder) in [(20_000, "media".to_owned()), (49_000, format!("media/{}", "p".repeat(140)))] {
        let mut writer = ZipWriter::new(std::fs::File::create(&path).unwrap());
        let name = |n: usize| format!("{folder}/page-{n}.txt");
        for n in 0..count {
            writer.start_file(name(n), SimpleFileOptions::DEFAULT).unwrap();
            writer.write_all(b"x").unwrap();
        }
        let listed: String = (0..20_000).map(|n| format!("<file href='{}'/>", name(n))).collect();
        let manifest = MANIFEST.replace("<file href='index.html'/>", &listed);
        for (name, text) in [("imsmanifest.xml", manifest.as_str()), ("index.html", "x")] {
            writer.start_file(name, SimpleFileOptions::DEFAULT).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
        import(&format!("{count} files"), "scorm12");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_leaves_nothing_and_a_living_one_is_left_alone() {
    let app = TestApp::start(Database::Sqlite).await;
    let package = app.folder.path().join("package.zip");
    std::fs::write(&package, course(&[("data.bin", &vec![7; 64 << 20])])).unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_preau"))
        .arg("import")
        .args(vec![&package; 50])
        .env("PREAU_DATA_DIR", app.folder.path())
        .env("PREAU_DATABASE_URL", &app.app.config.database_url)
        .env("PREAU_LOG", "error")
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let spooled = || files_on_disk(&app).iter().any(|path| path.extension().is_some_and(|ending| ending == "upload"));
    while !spooled() {
        assert!(child.try_wait().unwrap().is_none(), "the command ended before it could be killed");
        std::thread::yield_now();
    }
    packages::sweep(&app.app).await.unwrap();
    // Stop it wherever it is; fifty imports take long enough to be met in the middle of one.
    while !spooled() {
        assert!(child.try_wait().unwrap().is_none(), "the sweep took a file from a living import");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    packages::sweep(&app.app).await.unwrap();
    assert!(!spooled());
    // A file that had no name yet is left for a minute.
    let nameless = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "new");
    // What was committed stays whole; nothing else is there.
    const VERSIONS: &str = "SELECT COUNT(*) FROM package_version";
    let mut tx = app.app.db.read().await.unwrap();
    let versions: i64 = on_db!(tx, c => sqlx::query_scalar(VERSIONS).fetch_one(c).await).unwrap();
    assert_eq!(files_on_disk(&app).iter().filter(|path| !nameless(path)).count() as i64, versions);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_too_large_is_not_received() {
    let app = TestApp::start_with(Database::Sqlite, |config| config.packages.max_bytes = 1000).await;
    for size in [2_000, 10_000] {
        let answer = post(&app, "x.zip", vec![0; size]).await.expect(413).json();
        assert_eq!(answer["code"], "package-too-large");
        assert_eq!(files_on_disk(&app), Vec::<PathBuf>::new());
    }
}

/// Every code in the sources has a sentence in both languages.
#[test]
fn every_finding_has_words() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut text = String::new();
    let mut folders = vec![source.join("packages")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    let mut codes: Vec<&str> = ["Finding::error(\"", "Finding::warning(\"", "Finding::info(\""]
        .iter()
        .flat_map(|call| text.split(call).skip(1).filter_map(|rest| rest.split('"').next()))
        .collect();
    codes.extend(["path-unsafe", "name-invalid", "name-too-long"]);
    assert!(codes.len() > 60);
    for language in ["fr", "en"] {
        let words = std::fs::read_to_string(source.join(format!("locales/{language}/packages.ftl"))).unwrap();
        for code in &codes {
            assert!(words.contains(&format!("\nfinding-{code} = ")), "no {language} sentence for {code}");
        }
    }
}
