//! An import stays small, whatever is imported.

use super::*;

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
        format!("<courseStructure xmlns='{namespace}'><course id='a:c'><title><langstring/></title><description><langstring/></description></course>{inside}</courseStructure>").into_bytes()
    };
    let unit = "<au id='a:#'><title><langstring>U</langstring></title><description><langstring/></description><url>index.html</url></au>";
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
        ("many units", "cmi5.xml", cmi5(&numbered(42_000, unit)), "package-refused"),
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
                "<au id='a:1'><title>{}</title><description><langstring/></description><url>index.html</url></au>",
                numbered(NODES / 2 - 10, "<langstring lang='x-#'>x</langstring>")
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

    // Files below five hundred folders each.
    std::fs::write(&path, course(&[])).unwrap();
    let archive = std::fs::File::options().read(true).write(true).open(&path).unwrap();
    let mut writer = ZipWriter::new_append(archive).unwrap();
    for n in 0..8_000 {
        writer.start_file(format!("{n}/{}x", "a/".repeat(490)), SimpleFileOptions::DEFAULT).unwrap();
    }
    writer.finish().unwrap();
    import("deep folders", "scorm12");

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
