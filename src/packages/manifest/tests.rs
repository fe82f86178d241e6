use std::io::Write;

use proptest::prelude::*;

use super::*;
use crate::core::Language;
use crate::packages::model::{ActivityDetails, ActivityKind, CourseDetails, MoveOn, PackageKind};

/// The outline of an archive with these files, and the codes of the findings.
fn read(files: &[(&str, &str)]) -> (Option<Outline>, Vec<String>) {
    let mut writer = zip::ZipWriter::new(tempfile::tempfile().unwrap());
    for (name, text) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::DEFAULT).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let mut findings = Findings::new();
    let limits = Limits::default();
    let outline = Archive::open(writer.finish().unwrap(), &limits, &mut findings)
        .and_then(|mut archive| of_archive(&mut archive, &limits, &mut findings))
        .ok();
    assert_eq!(outline.is_none(), findings.refuse());
    (outline, findings.into_list().into_iter().map(|finding| finding.code.into_owned()).collect())
}

fn scorm12(body: &str) -> String {
    format!(
        "<manifest identifier='M' xmlns='http://www.imsproject.org/xsd/imscp_rootv1p1p2' \
         xmlns:adlcp='http://www.adlnet.org/xsd/adlcp_rootv1p2'>\
         <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>{body}</manifest>"
    )
}

const ONE_SCO: &str = "<organizations default='O'><organization identifier='O'><title>Sécurité</title>\
    <item identifier='I1' identifierref='R1'><title>Début</title></item></organization></organizations>\
    <resources><resource identifier='R1' type='webcontent' adlcp:scormtype='sco' href='index.html'>\
    <file href='index.html'/></resource></resources>";

#[test]
fn a_scorm_12_course_is_read_with_its_rules() {
    let manifest = scorm12(
        "<organizations default='B'><organization identifier='A'><title>Autre</title><item identifier='x' identifierref='R1'/></organization>\
         <organization identifier='B'><title>Sécurité</title>\
         <item identifier='m'><title>Module</title>\
           <item identifier='i1' identifierref='R1' parameters='?mode=a' isvisible='false'><title>Un</title>\
             <adlcp:prerequisites type='aicc_script'>i0</adlcp:prerequisites><adlcp:maxtimeallowed>00:30:00</adlcp:maxtimeallowed>\
             <adlcp:timelimitaction>exit,message</adlcp:timelimitaction><adlcp:datafromlms> a=1 </adlcp:datafromlms>\
             <adlcp:masteryscore>80</adlcp:masteryscore></item>\
           <item identifier='i2' identifierref='R2'><title>Deux</title></item></item></organization></organizations>\
         <resources xml:base='res/'><resource identifier='R1' adlcp:scormtype='sco' href='page.html#top' xml:base='one/'/>\
         <resource identifier='R2' adlcp:scormtype='asset' href='doc.pdf'><file href='doc.pdf'/><dependency identifierref='gone'/></resource></resources>",
    );
    let (outline, codes) =
        read(&[("imsmanifest.xml", &manifest), ("res/one/page.html", "x"), ("res/doc.pdf", "x"), ("other.txt", "x")]);
    let outline = outline.unwrap();
    assert_eq!((outline.kind, outline.edition.as_str()), (PackageKind::Scorm12, "SCORM 1.2"));
    assert_eq!(outline.courses.iter().map(|c| c.identifier.as_str()).collect::<Vec<_>>(), ["B", "A"]);
    let activities = &outline.courses[0].activities;
    let seen: Vec<_> = activities
        .iter()
        .map(|a| (a.identifier.as_str(), a.parent, a.depth, a.kind, a.href.as_deref(), a.launchable, a.visible))
        .collect();
    assert_eq!(
        seen,
        [
            ("m", None, 0, ActivityKind::Group, None, false, true),
            ("i1", Some(0), 1, ActivityKind::Sco, Some("res/one/page.html?mode=a#top"), true, false),
            ("i2", Some(0), 1, ActivityKind::Asset, Some("res/doc.pdf"), true, true),
        ]
    );
    let ActivityDetails::Scorm(item) = &activities[1].details else { panic!() };
    assert_eq!(item.mastery_score, Some(80.0));
    assert_eq!(item.data_from_lms.as_deref(), Some(" a=1 "));
    assert_eq!(item.max_time_allowed.as_deref(), Some("00:30:00"));
    assert_eq!(item.prerequisites.as_deref(), Some("i0"));
    assert_eq!(
        codes,
        ["dependency-dangling", "href-with-query", "title-missing", "href-with-query", "files-undeclared"]
    );
}

#[test]
fn a_scorm_2004_course_keeps_its_sequencing() {
    let manifest = "<manifest identifier='M' xmlns='http://www.imsglobal.org/xsd/imscp_v1p1' \
        xmlns:adlcp='http://www.adlnet.org/xsd/adlcp_v1p3' xmlns:imsss='http://www.imsglobal.org/xsd/imsss' \
        xmlns:adlnav='http://www.adlnet.org/xsd/adlnav_v1p3' xmlns:adlseq='http://www.adlnet.org/xsd/adlseq_v1p3'>\
        <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>\
        <organizations default='O'><organization identifier='O' adlseq:objectivesGlobalToSystem='false'><title>T</title>\
          <item identifier='i1' identifierref='R'><title>Un</title>\
            <adlcp:completionThreshold completedByMeasure='true' minProgressMeasure='0.8'/>\
            <adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>continue</adlnav:hideLMSUI></adlnav:navigationInterface></adlnav:presentation>\
            <adlcp:data><adlcp:map targetID='bucket' writeSharedData='false'/></adlcp:data>\
            <imsss:sequencing IDRef='S1'><imsss:controlMode flow='true'/></imsss:sequencing></item>\
          <imsss:sequencing><imsss:controlMode choice='false' flow='true' forwardOnly='true'/></imsss:sequencing></organization></organizations>\
        <resources><resource identifier='R' adlcp:scormType='sco' href='a.html'><file href='a.html'/></resource></resources>\
        <imsss:sequencingCollection><imsss:sequencing ID='S1'><imsss:controlMode choice='false'/>\
          <imsss:limitConditions attemptLimit='2'/></imsss:sequencing></imsss:sequencingCollection></manifest>";
    let (outline, codes) = read(&[("imsmanifest.xml", manifest), ("a.html", "x")]);
    let outline = outline.unwrap();
    assert_eq!((outline.kind, outline.edition.as_str()), (PackageKind::Scorm2004, "SCORM 2004 4th Edition"));
    let CourseDetails::Scorm { sequencing: Some(root), objectives_global_to_system, .. } = &outline.courses[0].details
    else {
        panic!()
    };
    assert!(!objectives_global_to_system);
    assert_eq!((root.control.choice, root.control.flow, root.control.forward_only), (false, true, true));
    let ActivityDetails::Scorm(item) = &outline.courses[0].activities[0].details else { panic!() };
    assert_eq!(item.completion_threshold.as_ref().unwrap().min_progress_measure, 0.8);
    assert_eq!(item.hide_lms_ui, ["continue"]);
    assert!(item.data_maps[0].read && !item.data_maps[0].write);
    let sequencing = item.sequencing.as_ref().unwrap();
    // The local control mode replaces the shared one whole; the limit is inherited.
    assert!(sequencing.control.choice && sequencing.control.flow);
    assert_eq!(sequencing.element.child("limitConditions").unwrap().attributes["attemptLimit"], "2");
    assert_eq!(codes, [""; 0]);
    let json = serde_json::to_string(&outline.courses[0].activities[0].details).unwrap();
    assert_eq!(serde_json::from_str::<ActivityDetails>(&json).unwrap(), outline.courses[0].activities[0].details);
}

#[test]
fn rules_that_nest_without_end_are_kept_as_far_as_they_read_back() {
    let nested = "<rule a='1'>".repeat(80) + &"</rule>".repeat(80);
    let manifest = scorm12(
        &ONE_SCO.replace("<title>Début</title>", &format!("<title>Début</title><sequencing>{nested}</sequencing>")),
    )
    .replace("1.2</schemaversion>", "2004 4th Edition</schemaversion>");
    let (outline, _) = read(&[("imsmanifest.xml", &manifest), ("index.html", "x")]);
    let details = outline.unwrap().courses[0].activities[0].details.clone();
    assert_eq!(serde_json::from_str::<ActivityDetails>(&serde_json::to_string(&details).unwrap()).unwrap(), details);
}

#[test]
fn what_real_manifests_do_wrong_is_told_and_borne() {
    let manifest = scorm12(
        "<organizations default='nope'><organization identifier='O'>\
         <item identifierref='R1'/><item identifier='d' identifierref='gone'><title>D</title></item>\
         <item identifier='s' identifierref='R2'><title>S</title></item></organization></organizations>\
         <resources><resource identifier='R1' href='Index.HTML?a=1'><file href='index.html'/><file href='missing.png'/></resource>\
         <resource identifier='R2' href='javascript:alert(1)'/></resources>",
    )
    .replace("<schemaversion>1.2</schemaversion>", "");
    let (outline, mut codes) = read(&[("IMSMANIFEST.XML", &manifest), ("index.html", "x")]);
    assert_eq!(outline.unwrap().courses[0].activities[0].href.as_deref(), Some("index.html?a=1"));
    codes.sort();
    assert_eq!(
        codes,
        [
            "default-organization-unknown",
            "edition-assumed",
            "file-missing",
            "href-inexact",
            "href-unsafe",
            "href-with-query",
            "identifier-missing",
            "manifest-case",
            "reference-dangling",
            "scorm-type-missing",
            "title-missing",
        ]
    );
}

#[test]
fn a_package_that_opens_nothing_is_refused() {
    assert_eq!(read(&[("index.html", "x")]).1, ["manifest-missing"]);
    assert_eq!(read(&[("imsmanifest.xml", &scorm12(ONE_SCO))]).1[0], "nothing-to-launch");
    assert_eq!(read(&[("imsmanifest.xml", "<html/>"), ("a", "")]).1, ["manifest-root-unknown"]);
    assert_eq!(read(&[("imsmanifest.xml", "<manifest><organizations>")]).1, ["xml-malformed"]);
    assert_eq!(read(&[("a/imsmanifest.xml", "x"), ("b/cmi5.xml", "x")]).1, ["several-packages"]);
}

#[test]
fn a_package_without_organization_offers_its_resources() {
    let manifest = scorm12(
        "<organizations/><resources><resource identifier='R1' adlcp:scormtype='sco' href='index.html'/></resources>",
    );
    let (outline, codes) = read(&[("imsmanifest.xml", &manifest), ("index.html", "x")]);
    assert_eq!(outline.unwrap().courses[0].activities[0].identifier, "R1");
    assert_eq!(codes, ["organization-missing"]);
}

#[test]
fn a_folder_around_the_package_is_entered() {
    let (outline, codes) = read(&[
        ("Mon cours/imsmanifest.xml", &scorm12(ONE_SCO)),
        ("Mon cours/index.html", "x"),
        ("lisez-moi.txt", "x"),
    ]);
    assert_eq!(outline.unwrap().courses[0].activities[0].href.as_deref(), Some("index.html"));
    assert_eq!(codes, ["manifest-in-folder", "files-outside-root"]);
}

fn cmi5(body: &str) -> String {
    format!(
        "<courseStructure xmlns='https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd'>\
         <course id='https://exemple.fr/cours'><title><langstring lang='fr'>Cours</langstring><langstring lang='en'>Course</langstring></title>\
         <description><langstring lang='fr'>D</langstring></description></course>{body}</courseStructure>"
    )
}

const UNIT: &str = "<au id='https://exemple.fr/au/1' moveOn='CompletedAndPassed' masteryScore='0.8' launchMethod='OwnWindow'>\
    <title><langstring lang='fr'>Unité</langstring></title><description><langstring lang='fr'>D</langstring></description>\
    <url>URL</url><launchParameters>{\"a\": 1}</launchParameters><entitlementKey>clé</entitlementKey></au>";

#[test]
fn a_cmi5_course_is_read_with_blocks_and_rules() {
    let body = format!(
        "<objectives><objective id='https://exemple.fr/o'><title><langstring lang='fr'>O</langstring></title>\
         <description><langstring lang='fr'>D</langstring></description></objective></objectives>\
         <block id='https://exemple.fr/b'><title><langstring lang='fr'>Bloc</langstring></title>\
         <description><langstring lang='fr'>D</langstring></description>\
         <objectives><objective idref='https://exemple.fr/o'/></objectives>{}</block>",
        UNIT.replace("URL", "au1/index.html?x=1")
    );
    let (outline, codes) = read(&[("cmi5.xml", &cmi5(&body)), ("au1/index.html", "x")]);
    let outline = outline.unwrap();
    assert_eq!(outline.courses[0].title.best(Language::En), "Course");
    let [block, unit] = outline.courses[0].activities.as_slice() else { panic!() };
    assert_eq!((block.kind, unit.kind, unit.parent, unit.depth), (ActivityKind::Group, ActivityKind::Au, Some(0), 1));
    assert_eq!(unit.href.as_deref(), Some("au1/index.html?x=1"));
    let ActivityDetails::Au(au) = &unit.details else { panic!() };
    assert_eq!((au.move_on, au.mastery_score), (MoveOn::CompletedAndPassed, Some(0.8)));
    assert_eq!((au.launch_parameters.as_deref(), au.entitlement_key.as_deref()), (Some("{\"a\": 1}"), Some("clé")));
    assert_eq!(codes, [""; 0]);
}

#[test]
fn a_tincan_package_is_read_and_yields_to_better_manifests() {
    let tincan = "<tincan xmlns='http://projecttincan.com/tincan.xsd'><activities>\
        <activity id='https://exemple.fr/t' type='http://adlnet.gov/expapi/activities/course'><name lang='fr'>T</name>\
        <description lang='fr'>D</description><launch lang='en-US'>en.html</launch><launch lang='fr'>fr.html</launch></activity>\
        <activity id='https://exemple.fr/t/q' type='http://adlnet.gov/expapi/activities/question'><name>Q</name></activity></activities></tincan>";
    let (outline, codes) = read(&[("tincan.xml", tincan), ("en.html", "x"), ("fr.html", "x")]);
    let outline = outline.unwrap();
    assert_eq!(outline.courses[0].activities.len(), 1);
    assert_eq!(outline.courses[0].activities[0].href.as_deref(), Some("fr.html"));
    assert_eq!(codes, [""; 0]);
    let (outline, codes) = read(&[("tincan.xml", tincan), ("imsmanifest.xml", &scorm12(ONE_SCO)), ("index.html", "x")]);
    assert_eq!(outline.unwrap().kind, PackageKind::Scorm12);
    assert!(codes.contains(&"several-manifests".to_owned()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_damage_to_a_manifest_makes_it_panic(cut in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), text in "\\PC{0,5}") {
        let whole: Vec<char> = scorm12(ONE_SCO).chars().collect();
        let at = at.index(whole.len());
        let end = at.max(cut.index(whole.len() + 1));
        let damaged: String = whole[..at].iter().chain(text.chars().collect::<Vec<_>>().iter()).chain(&whole[at..end]).collect();
        let _ = read(&[("imsmanifest.xml", &damaged), ("index.html", "x")]);
    }

    #[test]
    fn no_address_makes_it_panic(base in "\\PC{0,8}", href in "[a%/.:?#\\\\ é0-9]{0,12}", parameters in "[?&#a=]{0,8}") {
        let contents = Contents::new(["a", "a/a"].into_iter());
        let _ = href::resolve(&[&base], &href, &contents);
        let joined = href::with_parameters(&href, &parameters);
        prop_assert!(joined.matches('#').count() <= 1);
    }
}
