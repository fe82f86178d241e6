//! Archives, and the manifests in them.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Cursor, Write};

use preau::packages::archive::{Archive, Limits};
use preau::packages::findings::{Finding, Findings, Refused};
use preau::packages::manifest;
use preau::packages::model::{ActivityDetails, CourseDetails, Outline, OutlineCourse, PackageKind, ScormItem};
use preau::runtime::sequenced;
use preau::scorm::sequencing::{GlobalObjectives, Outcome, Request, Sequencer, State, Tree};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::{Target, outcome, texts};

pub const ARCHIVE: Target = Target {
    name: "archive",
    run: archive,
    seeds: archives,
    words: &[
        "PK\x01\x02",
        "PK\x03\x04",
        "PK\x05\x06",
        "PK\x06\x06",
        "PK\x06\x07",
        "../",
        "..\\",
        "C:",
        "\\",
        "imsmanifest.xml",
    ],
    tries: 1_500,
};
pub const SCORM: Target = Target {
    name: "imsmanifest",
    run: |bytes| of_manifest("imsmanifest.xml", bytes),
    seeds: || encoded(&[SCORM_12, SCORM_2004]),
    words: &[
        "<item>",
        "</item>",
        "<item identifier='I' identifierref='R'>",
        "<resource identifier='R' href='index.html'/>",
        "<file href='",
        "xml:base='",
        "parameters='",
        "<imsss:sequencing>",
        "IDRef='S'",
        "<imsss:rollupRule",
        "<imsss:objective objectiveID='o'>",
        "<adlcp:masteryscore>",
        "&#x0;",
        "&amp;",
        "&lol;",
        "<!DOCTYPE",
        "<![CDATA[",
        "]]>",
        "<!--",
        "<?xml version='1.0' encoding='",
        "UTF-16",
        "ISO-2022-JP",
        "javascript:",
        "http://",
        "%2e%2e/",
        "NaN",
        "-1",
    ],
    tries: 2_000,
};
pub const CMI5: Target = Target {
    name: "cmi5",
    run: |bytes| of_manifest("cmi5.xml", bytes),
    seeds: || encoded(&[CMI5_XML]),
    words: &[
        "<au id='a:b'>",
        "</au>",
        "<block id='a:b'>",
        "</block>",
        "<url>",
        "</url>",
        "index.html",
        "https://a.example/",
        "moveOn='Passed'",
        "masteryScore='0.5'",
        "<langstring lang='fr'>",
        "<objective idref='a:o'/>",
        "<launchParameters>",
        "?fetch=",
        "NaN",
        "&#10;",
    ],
    tries: 2_000,
};
pub const TINCAN: Target = Target {
    name: "tincan",
    run: |bytes| of_manifest("tincan.xml", bytes),
    seeds: || encoded(&[TINCAN_XML]),
    words: &[
        "<activity id='a:b'>",
        "</activity>",
        "<launch lang='fr'>",
        "</launch>",
        "<name>",
        "index.html",
        "https://a.example/",
        "..",
        "%00",
    ],
    tries: 2_000,
};

const SCORM_12: &str = "<?xml version='1.0' encoding='UTF-8'?><manifest identifier='M' \
    xmlns='http://www.imsproject.org/xsd/imscp_rootv1p1p2' xmlns:adlcp='http://www.adlnet.org/xsd/adlcp_rootv1p2'>\
    <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion>\
    <lom><general><description><langstring xml:lang='fr'>Gestes</langstring></description></general></lom></metadata>\
    <organizations default='O'><organization identifier='O'><title>Sécurité</title>\
    <item identifier='G'><title>Partie</title><item identifier='I' identifierref='R' parameters='?a=1' isvisible='true'><title>Début</title>\
    <adlcp:prerequisites type='aicc_script'>G</adlcp:prerequisites><adlcp:maxtimeallowed>00:30:00</adlcp:maxtimeallowed>\
    <adlcp:timelimitaction>exit,message</adlcp:timelimitaction><adlcp:datafromlms>a=1</adlcp:datafromlms>\
    <adlcp:masteryscore>80</adlcp:masteryscore></item></item></organization></organizations>\
    <resources xml:base='./'><resource identifier='R' type='webcontent' adlcp:scormtype='sco' href='index.html'>\
    <file href='index.html'/><dependency identifierref='D'/></resource>\
    <resource identifier='D' adlcp:scormtype='asset' xml:base='media/'><file href='%C3%A9t%C3%A9.png'/></resource></resources></manifest>";

const SCORM_2004: &str = "<?xml version='1.0'?><manifest identifier='M' xmlns='http://www.imsglobal.org/xsd/imscp_v1p1' \
    xmlns:adlcp='http://www.adlnet.org/xsd/adlcp_v1p3' xmlns:imsss='http://www.imsglobal.org/xsd/imsss' \
    xmlns:adlnav='http://www.adlnet.org/xsd/adlnav_v1p3' xmlns:adlseq='http://www.adlnet.org/xsd/adlseq_v1p3'>\
    <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>\
    <organizations default='O'><organization identifier='O' adlseq:objectivesGlobalToSystem='false'><title>T</title>\
    <item identifier='G'><title>Groupe</title><item identifier='I' identifierref='R'><title>Un</title>\
    <adlcp:completionThreshold completedByMeasure='true' minProgressMeasure='0.8' progressWeight='1'/>\
    <adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>continue</adlnav:hideLMSUI></adlnav:navigationInterface></adlnav:presentation>\
    <adlcp:data><adlcp:map targetID='bucket' writeSharedData='false'/></adlcp:data>\
    <imsss:sequencing IDRef='S'><imsss:controlMode flow='true'/></imsss:sequencing></item>\
    <item identifier='J' identifierref='R'><title>Deux</title><imsss:sequencing>\
    <imsss:limitConditions attemptLimit='2'/><imsss:rollupRules rollupObjectiveSatisfied='false' objectiveMeasureWeight='0.5'/>\
    <imsss:objectives><imsss:primaryObjective objectiveID='o' satisfiedByMeasure='true'><imsss:minNormalizedMeasure>0.6</imsss:minNormalizedMeasure>\
    </imsss:primaryObjective></imsss:objectives><imsss:deliveryControls completionSetByContent='true' objectiveSetByContent='true'/>\
    </imsss:sequencing></item><imsss:sequencing><imsss:controlMode choice='true' flow='true'/><imsss:rollupRules>\
    <imsss:rollupRule childActivitySet='atLeastCount' minimumCount='1'><imsss:rollupConditions conditionCombination='any'>\
    <imsss:rollupCondition operator='not' condition='satisfied'/></imsss:rollupConditions><imsss:rollupAction action='completed'/></imsss:rollupRule>\
    </imsss:rollupRules></imsss:sequencing></item>\
    <imsss:sequencing><imsss:controlMode choice='false' flow='true' forwardOnly='true'/></imsss:sequencing></organization></organizations>\
    <resources><resource identifier='R' adlcp:scormType='sco' href='index.html'><file href='index.html'/></resource></resources>\
    <imsss:sequencingCollection><imsss:sequencing ID='S'><imsss:controlMode choice='false'/>\
    <imsss:limitConditions attemptLimit='2'/></imsss:sequencing></imsss:sequencingCollection></manifest>";

const CMI5_XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
    <courseStructure xmlns='https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd'>\
    <course id='https://exemple.fr/cours'><title><langstring lang='fr'>Cours</langstring><langstring lang='en'>Course</langstring></title>\
    <description><langstring lang='fr'>D</langstring></description></course>\
    <objectives><objective id='https://exemple.fr/o'><title><langstring lang='fr'>O</langstring></title><description><langstring>D</langstring></description></objective></objectives>\
    <block id='https://exemple.fr/b'><title><langstring lang='fr'>Bloc</langstring></title><description><langstring>D</langstring></description>\
    <objectives><objective idref='https://exemple.fr/o'/></objectives>\
    <au id='https://exemple.fr/1' moveOn='CompletedAndPassed' masteryScore='0.8' launchMethod='OwnWindow' activityType='http://t/t'>\
    <title><langstring lang='fr'>Unité</langstring></title><description><langstring lang='fr'>D</langstring></description>\
    <url>index.html?x=1#y</url><launchParameters>{\"a\": 1}</launchParameters><entitlementKey>clé</entitlementKey></au></block>\
    <au id='https://exemple.fr/2'><title><langstring>U</langstring></title><description><langstring/></description><url>https://ailleurs.example/u</url></au></courseStructure>";

const TINCAN_XML: &str = "<?xml version='1.0' encoding='utf-8'?><tincan xmlns='http://projecttincan.com/tincan.xsd'><activities>\
    <activity id='https://exemple.fr/t' type='http://adlnet.gov/expapi/activities/course'><name lang='fr'>T</name>\
    <description lang='fr'>D</description><launch lang='en-US'>https://ailleurs.example/x</launch><launch lang='fr'>index.html</launch></activity>\
    <activity id='https://exemple.fr/t/q' type='http://adlnet.gov/expapi/activities/question'><name>Q</name></activity></activities></tincan>";

/// Each text in the encodings that authoring tools write.
fn encoded(manifests: &[&str]) -> Vec<Vec<u8>> {
    let mut seeds = texts(manifests);
    for text in manifests {
        let wide: Vec<u16> = text.encode_utf16().collect();
        seeds.push([0xFF, 0xFE].into_iter().chain(wide.iter().flat_map(|unit| unit.to_le_bytes())).collect());
        seeds.push(wide.iter().flat_map(|unit| unit.to_be_bytes()).collect());
        seeds.push([b"\xEF\xBB\xBF", text.as_bytes()].concat());
        seeds.push(text.replace("UTF-8", "ISO-8859-1").chars().map(|character| character as u32 as u8).collect());
    }
    seeds
}

fn zipped(files: &[(&str, &[u8], CompressionMethod)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes, method) in files {
        writer.start_file(*name, SimpleFileOptions::DEFAULT.compression_method(*method)).expect("a name");
        writer.write_all(bytes).expect("memory");
    }
    writer.finish().expect("an archive").into_inner()
}

fn archives() -> Vec<Vec<u8>> {
    use CompressionMethod::{Deflated, Stored};
    let manifest = SCORM_12.as_bytes();
    vec![
        zipped(&[("imsmanifest.xml", manifest, Deflated), ("index.html", "<p>Été</p>".as_bytes(), Stored)]),
        zipped(&[
            ("a/tincan.xml", TINCAN_XML.as_bytes(), Stored),
            ("a/index.html", b"x", Deflated),
            ("b.txt", b"y", Stored),
        ]),
        zipped(&[("cmi5.xml", CMI5_XML.as_bytes(), Deflated), ("index.html", &[b' '; 4_000], Deflated)]),
        zipped(&[
            ("x/", b"", Stored),
            ("x\\y.html", b"1", Stored),
            ("X/Y.html", b"2", Stored),
            ("__MACOSX/z", b"", Stored),
        ]),
    ]
}

/// Small, so that the search meets them.
const LIMITS: Limits = Limits {
    entries: 40,
    unpacked_bytes: 64 << 10,
    ratio_from_bytes: 16 << 10,
    ratio: 100,
    names_bytes: 2_000,
    manifest_bytes: 64 << 10,
    received_bytes: u64::MAX,
};

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(bytes).expect("room for it");
    file
}

fn archive(bytes: &[u8]) -> u64 {
    let mut findings = Findings::new();
    let read = Archive::open(file(bytes), &LIMITS, &mut findings).and_then(|mut archive| {
        archive.verify(|path| path.ends_with(".html"), &mut findings)?;
        hold(&archive, bytes.len() as u64);
        manifest::of_archive(&mut archive, &LIMITS, &mut findings).map(|outline| (archive, outline))
    });
    if let Ok((archive, outline)) = &read {
        hold_outline(outline, Some(archive));
    }
    told(&read.map(|(_, outline)| outline), findings)
}

/// What the content origin counts on.
fn hold(archive: &Archive, length: u64) {
    assert!(archive.entries.len() <= LIMITS.entries);
    assert!(archive.entries.iter().map(|entry| entry.size).sum::<u64>() <= LIMITS.unpacked_bytes);
    let mut paths = BTreeSet::new();
    for (index, entry) in archive.entries.iter().enumerate() {
        let path = entry.path.as_str();
        assert!(paths.insert(path), "two files at {path:?}");
        assert!(
            !path.contains(['\\', '\0']) && path.split('/').all(|segment| !matches!(segment, "" | "." | "..")),
            "{path:?}"
        );
        assert!(path.get(1..2) != Some(":"), "a drive: {path:?}");
        assert!(entry.offset + entry.compressed <= length, "{path:?} lies beyond the end");
        let unpacked = archive.read(index, LIMITS.unpacked_bytes).expect("what was verified unpacks");
        assert_eq!(unpacked.len() as u64, entry.size);
        assert!(!entry.utf8 || std::str::from_utf8(&unpacked).is_ok());
    }
    let mut places: Vec<_> =
        archive.entries.iter().map(|entry| (entry.offset, entry.offset + entry.compressed)).collect();
    places.sort_unstable();
    assert!(places.windows(2).all(|pair| pair[0].1 <= pair[1].0), "two files share bytes");
}

fn of_manifest(name: &str, bytes: &[u8]) -> u64 {
    let stored = CompressionMethod::Stored;
    let packed =
        zipped(&[(name, bytes, stored), ("index.html", b"x", stored), ("media/\u{e9}t\u{e9}.png", b"x", stored)]);
    let mut findings = Findings::new();
    let limits = Limits { unpacked_bytes: 1 << 30, ..LIMITS };
    let read = Archive::open(file(&packed), &limits, &mut findings).and_then(|mut archive| {
        let outline = manifest::of_archive(&mut archive, &limits, &mut findings)?;
        hold_outline(&outline, Some(&archive));
        Ok(outline)
    });
    if name == "cmi5.xml" {
        let mut findings = Findings::new();
        if let Ok(outline) = manifest::of_bare_cmi5(bytes.to_vec(), &limits, &mut findings) {
            hold_outline(&outline, None);
        }
    }
    told(&read, findings)
}

/// Refused with an error among the findings, or taken without one; the report stays one that people read.
fn told(read: &Result<Outline, Refused>, findings: Findings) -> u64 {
    assert_eq!(read.is_err(), findings.refuse());
    let list: Vec<Finding> = findings.into_list();
    let text = serde_json::to_string(&list).expect("findings are JSON");
    assert_eq!(serde_json::from_str::<Vec<Finding>>(&text).expect("they read back"), list);
    assert!(text.len() < 1 << 20, "a report of {} bytes", text.len());
    let codes: BTreeSet<_> = list.iter().map(|finding| finding.code.as_ref()).collect();
    let shape = read
        .as_ref()
        .ok()
        .map(|outline| outline.courses.iter().map(|course| course.activities.len().min(9)).collect::<Vec<_>>());
    outcome((codes, shape))
}

/// What the rest of Préau counts on. `files` are those of the package, if it has any.
fn hold_outline(outline: &Outline, files: Option<&Archive>) {
    assert!(!outline.courses.is_empty());
    for course in &outline.courses {
        let details = serde_json::to_string(&course.details).expect("details are JSON");
        assert!(
            serde_json::from_str::<CourseDetails>(&details).is_ok(),
            "the rules of a course do not read back: {details}"
        );
        for (index, activity) in course.activities.iter().enumerate() {
            let depth = activity.parent.map_or(0, |parent| {
                assert!(parent < index, "a parent comes first");
                course.activities[parent].depth + 1
            });
            assert_eq!(activity.depth, depth);
            assert!(!activity.launchable || activity.href.is_some());
            if let (Some(href), Some(files)) = (&activity.href, files) {
                hold_address(href, files);
            }
            let details = serde_json::to_string(&activity.details).expect("details are JSON");
            assert!(
                serde_json::from_str::<ActivityDetails>(&details).is_ok(),
                "the rules of an activity do not read back: {details}"
            );
        }
        if outline.kind == PackageKind::Scorm2004 {
            walk(course);
        }
    }
}

/// An address leads to a file of the package or, over http alone, elsewhere.
fn hold_address(href: &str, files: &Archive) {
    let end = href.find(['?', '#']).unwrap_or(href.len());
    let path = percent_encoding::percent_decode_str(&href[..end]).decode_utf8().expect("a path is UTF-8");
    let inside = files.entries.iter().any(|entry| entry.path == path);
    assert!(inside || href.starts_with("https://") || href.starts_with("http://"), "{href:?} leads nowhere");
}

/// Plays a course through by its rules: what is delivered can be opened, and a stored state goes on as it was.
fn walk(course: &OutlineCourse) {
    let none = ScormItem::default();
    let items = course.activities.iter().map(|activity| {
        let details = match &activity.details {
            ActivityDetails::Scorm(item) => item.as_ref(),
            _ => &none,
        };
        sequenced::item((activity.parent, &activity.identifier), details, activity.launchable, activity.visible)
    });
    let tree = Tree::new(sequenced::root(&course.identifier, &course.details), items.collect());
    let mut sequencer = Sequencer::new(&tree, State::default(), GlobalObjectives::default());
    let choices = tree.activities().take(8).map(Request::Choice);
    let ways = [Request::Start, Request::Continue, Request::Continue, Request::Previous, Request::Retry];
    let ends = [
        Request::SuspendAll,
        Request::ResumeAll,
        Request::Exit,
        Request::Continue,
        Request::AbandonAll,
        Request::Start,
        Request::ExitAll,
    ];
    for request in ways.into_iter().chain(choices).chain(ends) {
        if let Outcome::Deliver(node) = sequencer.navigate(request) {
            assert!(tree.is_deliverable(node), "{request:?} delivers what cannot be opened");
        }
        let stored = serde_json::to_string(&(sequencer.state(), sequencer.learner())).expect("a state is JSON");
        let (state, learner) = serde_json::from_str(&stored).expect("it reads back");
        sequencer = Sequencer::new(&tree, state, learner);
    }
}
