//! Package files, straight out of the archive.

use super::*;

both_databases! {
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
}
