//! What is wrong with a package: refused in plain words, or borne and told.

use super::*;

both_databases! {
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
}

both_databases! {
    async fn a_name_is_found_however_its_accents_are_written(app: TestApp) {
        // One letter in the manifest; a letter and an accent in the archive, as some systems pack it.
        let manifest = MANIFEST.replace("index.html", "repérage.html");
        let body = zip(&[("imsmanifest.xml", manifest.as_bytes()), ("repe\u{301}rage.html", b"x")]);
        let report = post(&app, "x.zip", body).await.expect(201).json();
        let activities = report["courses"][0]["activities"].as_array().unwrap();
        assert!(activities.iter().any(|activity| activity["launchable"] == true), "{report}");
        assert_eq!(codes(&report).iter().filter(|code| code.contains("missing")).count(), 0, "{report}");
    }
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
