//! A package that was zipped once more, as people do who are asked for "a zip".

use super::*;

both_databases! {
    async fn a_package_that_was_zipped_again_is_found_inside(app: TestApp) {
        let inner = course(&[("media/plan.svg", b"<svg/>")]);
        let whole = zip(&[
            ("Envoi/Formation v2.ZIP", &inner),
            ("Envoi/lisez-moi.txt", "À importer.".as_bytes()),
            ("__MACOSX/Envoi/._Formation v2.zip", b"litter"),
        ]);
        let report = post(&app, "envoi.zip", whole).await.expect(201).json();
        assert_eq!(report["courses"][0]["title"], "Sécurité routière");
        let told = report["findings"].as_array().unwrap().iter().find(|one| one["code"] == "archive-in-archive");
        let told = told.unwrap_or_else(|| panic!("no word of it: {report}"));
        assert_eq!((&told["severity"], &told["place"]["file"]), (&"info".into(), &"Envoi/Formation v2.ZIP".into()));
        assert_eq!(report["size"], inner.len(), "what is kept is the package itself: {report}");
        // One blob, nothing else: what was around it is gone.
        assert_eq!(files_on_disk(&app).len(), 1);
        assert_eq!(std::fs::read(&files_on_disk(&app)[0]).unwrap(), inner);
        // Sent as it is, it is the same.
        assert!(codes(&post(&app, "x.zip", inner).await.expect(201).json()).contains(&"same-content-as"));
    }

    async fn what_hides_in_an_archive_is_refused_like_what_does_not(app: TestApp) {
        let good = course(&[]);
        let mut locked = good.clone();
        let place = locked.windows(4).position(|window| window == b"PK\x01\x02").unwrap() + 8;
        locked[place] |= 1;
        let inside = |inner: &[u8]| zip(&[("cours.zip", inner)]);
        for (code, body) in [
            ("archives-inside", zip(&[("a.zip", &good), ("b.zip", &good)])),
            // One level, not two.
            ("archives-inside", inside(&inside(&good))),
            ("encrypted", inside(&locked)),
            ("archive-unreadable", inside(b"no archive at all")),
            ("archive-unreadable", inside(&good[..good.len() / 2])),
            ("archive-bomb", inside(&zip_of_zeros(400))),
            // Neither of the two is beyond measure by itself; what was received unpacks to 13,000 times its size.
            ("archive-bomb", inside(&zeros_in_two_steps())),
            ("manifest-missing", inside(&zip(&[("index.html", b"x")]))),
            ("path-unsafe", inside(&zip(&[("../x.html", b"x"), ("imsmanifest.xml", MANIFEST.as_bytes())]))),
            ("entry-damaged", damaged_inside(&good)),
        ] {
            let answer = post(&app, "x.zip", body).await;
            refused(&answer, code);
            assert_eq!(rows(&app).await, 0, "{code}");
            assert_eq!(files_on_disk(&app), Vec::<PathBuf>::new(), "{code}");
        }
    }
}

/// Files of zeros, stored: 120 MiB of them take as much in this archive, and next to nothing in one around it.
fn zeros_in_two_steps() -> Vec<u8> {
    let mut writer = ZipWriter::new_append(Cursor::new(course(&[]))).unwrap();
    let options = SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Stored);
    writer.start_file("zeros.bin", options).unwrap();
    for _ in 0..60 {
        writer.write_all(&vec![0; 1 << 20]).unwrap();
    }
    writer.start_file("more.bin", SimpleFileOptions::DEFAULT).unwrap();
    for _ in 0..60 {
        writer.write_all(&vec![0; 1 << 20]).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An archive in an archive whose bytes are not those that were packed.
fn damaged_inside(inner: &[u8]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Stored);
    writer.start_file("cours.zip", options).unwrap();
    writer.write_all(inner).unwrap();
    let mut whole = writer.finish().unwrap().into_inner();
    let place = whole.windows(8).position(|window| window == &inner[40..48]).unwrap();
    whole[place] ^= 0xFF;
    whole
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limits_hold_for_what_was_received_and_what_is_in_it_together() {
    let inside = |inner: Vec<u8>| zip(&[("cours.zip", &inner), ("lisez-moi.txt", b"x")]);
    let app = TestApp::start_with(Database::Sqlite, |config| config.packages.max_files = 3).await;
    // Two around, two in the package.
    refused(&post(&app, "x.zip", inside(course(&[]))).await, "too-many-entries");
    post(&app, "x.zip", course(&[])).await.expect(201);

    let app = TestApp::start_with(Database::Sqlite, |config| config.packages.max_unpacked_bytes = 3 << 20).await;
    let zeros = vec![0; 2 << 20];
    post(&app, "x.zip", inside(course(&[("zeros.bin", &zeros)]))).await.expect(201);
    let mut stored = ZipWriter::new_append(Cursor::new(course(&[]))).unwrap();
    stored.start_file("zeros.bin", SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Stored)).unwrap();
    stored.write_all(&zeros).unwrap();
    let stored = stored.finish().unwrap().into_inner();
    refused(&post(&app, "x.zip", inside(stored)).await, "unpacked-too-large");

    let app = TestApp::start_with(Database::Sqlite, |config| config.packages.max_bytes = 8_000).await;
    let large = inside(zip(&[("zeros.bin", &vec![0; 9_000_000])]));
    assert!(large.len() < 8_000, "{}", large.len());
    refused(&post(&app, "x.zip", large).await, "archive-inside-too-large");
}
