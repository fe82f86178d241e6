//! Course structures of cmi5 (sections 13 and 14): what must be taken is taken whole, what must be refused is refused, in
//! words and with its line.

use super::*;

const NAMESPACE: &str = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd";

/// A structure with an element a line, so that findings have lines to name: an objective, a block and two units.
const STRUCTURE: &str = "<?xml version='1.0' encoding='UTF-8'?>
<courseStructure xmlns='https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd'>
<course id='https://exemple.fr/cours'>
<title><langstring lang='fr'>Cours</langstring></title>
<description><langstring lang='fr'>Un cours</langstring></description>
</course>
<objectives>
<objective id='https://exemple.fr/objectif'>
<title><langstring lang='fr'>Objectif</langstring></title>
<description><langstring lang='fr'>Un objectif</langstring></description>
</objective>
</objectives>
<block id='https://exemple.fr/bloc'>
<title><langstring lang='fr'>Bloc</langstring></title>
<description><langstring lang='fr'>Un bloc</langstring></description>
<objectives><objective idref='https://exemple.fr/objectif'/></objectives>
<au id='https://exemple.fr/un' moveOn='Passed' masteryScore='0.8' launchMethod='OwnWindow' activityType='https://exemple.fr/type'>
<title><langstring lang='fr'>Un</langstring></title>
<description><langstring lang='fr'>La première</langstring></description>
<objectives><objective idref='https://exemple.fr/objectif'/></objectives>
<url>un.html</url>
<launchParameters>a=1</launchParameters>
<entitlementKey>clé</entitlementKey>
</au>
</block>
<au id='https://exemple.fr/deux'>
<title><langstring lang='fr'>Deux</langstring></title>
<description><langstring lang='fr'>La seconde</langstring></description>
<url>dossier/deux.html?x=1</url>
</au>
</courseStructure>
";

/// The structure with the first `from` written otherwise.
fn with(from: &str, to: &str) -> String {
    assert!(STRUCTURE.contains(from), "{from}");
    STRUCTURE.replacen(from, to, 1)
}

/// The structure whose first unit opens another address.
fn opening(url: &str) -> String {
    with("<url>un.html</url>", &format!("<url>{url}</url>"))
}

/// An archive of the structure and its pages.
fn packed(structure: &str) -> Vec<u8> {
    let page: &[u8] = b"<!doctype html>";
    zip(&[
        ("cmi5.xml", structure.as_bytes()),
        ("un.html", page),
        ("dossier/deux.html", page),
        ("dossier/page 3.html", page),
    ])
}

/// The structure with whole addresses only, as it may come alone.
fn elsewhere() -> String {
    STRUCTURE.replace("<url>", "<url>https://ailleurs.exemple/cours/")
}

/// What each structure breaks. The number in front is that of the requirement (cmi5).
fn broken() -> Vec<(&'static str, String)> {
    let objective = "<objective id='https://exemple.fr/objectif'>
<title><langstring lang='fr'>Objectif</langstring></title>
<description><langstring lang='fr'>Un objectif</langstring></description>
</objective>";
    let block = &STRUCTURE[STRUCTURE.find("<block").unwrap()..STRUCTURE.find("</block>").unwrap() + 8];
    let empty_block = "<block id='https://exemple.fr/vide'><title><langstring>V</langstring></title>\
        <description><langstring>V</langstring></description></block>";
    let two = &STRUCTURE
        [STRUCTURE.find("<au id='https://exemple.fr/deux'").unwrap()..STRUCTURE.rfind("</courseStructure>").unwrap()];
    let vendor = "<v:mot xmlns:v='https://exemple.fr/mots'/>";
    let description = "<description><langstring lang='fr'>Un cours</langstring></description>";
    let string = "<langstring lang='fr'>Cours</langstring>";
    vec![
        ("3.0 a course without scheme", with("https://exemple.fr/cours", "exemple.fr/cours")),
        ("3.0 a block by a fragment", with("https://exemple.fr/bloc", "#bloc")),
        ("3.0 a unit with a blank", with("https://exemple.fr/un", "https://exemple.fr/un deux")),
        ("3.0 a unit without a name", with("https://exemple.fr/deux", "")),
        ("3.0 an objective by a path", with("id='https://exemple.fr/objectif'", "id='/objectif'")),
        ("3.0 an activity type without scheme", with("https://exemple.fr/type", "type")),
        ("8.1 endpoint", opening("un.html?endpoint=1")),
        ("8.1 fetch", opening("un.html?a=1&amp;fetch=1#b")),
        ("8.1 actor, encoded", opening("un.html?%61ctor=1")),
        ("8.1 registration", opening("un.html?registration")),
        ("8.1 activityId elsewhere", opening("https://ailleurs.exemple/?activityId=1")),
        ("13.1.2 two blocks", with("</block>\n", &format!("</block>\n{}", block.replace("fr/un'", "fr/un-bis'")))),
        ("13.1.3 two objectives", with("<objectives>\n", &format!("<objectives>\n{objective}\n"))),
        ("13.1.4 two units", STRUCTURE.replace("https://exemple.fr/deux", "https://exemple.fr/un")),
        ("13.1.4 a blank in a file's address", opening("dossier/page 3.html")),
        ("13.1.4 a blank in a site's address", opening("http://exemple.fr index.html")),
        ("13.1.4 letters of French", opening("https://exemple.fr/été")),
        ("13.1.4 a backslash", opening("dossier\\deux.html")),
        ("13.1.4 half an escape", opening("un.html?x=50%")),
        ("13.1.4 two fragments", opening("un.html#a#b")),
        ("13.1.4 a script", opening("javascript:alert(1)")),
        ("13.1.4 a file of the machine", opening("file:///etc/passwd")),
        ("13.1.4 no host", opening("https:///un.html")),
        ("13.1.4 no slashes", opening("https:exemple.fr/un.html")),
        ("13.1.4 the scheme left out", opening("//exemple.fr/un.html")),
        ("13.1.4 somebody's password", opening("https://moi:secret@exemple.fr/")),
        ("13.1.4 no address", opening(" ")),
        ("13.1.5 an extension in the middle", with(description, &format!("{vendor}{description}"))),
        (
            "13.1.5 an extension in an objective",
            with(objective, &objective.replace("</objective>", &format!("{vendor}</objective>"))),
        ),
        ("13.1.5 an extension in a text", with(string, &format!("<langstring>{vendor}</langstring>"))),
        (
            "13.1.5 an attribute of cmi5 with its prefix",
            with("<course ", &format!("<course xmlns:c='{NAMESPACE}' c:langue='fr' ")),
        ),
        ("13.2 another namespace", with(NAMESPACE, "http://www.adlnet.gov/cmi5/CourseStructure.xsd")),
        ("13.2 no namespace", with(&format!(" xmlns='{NAMESPACE}'"), "")),
        ("13.2 an element of no namespace", with("</course>", "<note xmlns=''/></course>")),
        ("13.2 another root", format!("<course xmlns='{NAMESPACE}'/>")),
        ("13.2 no course", format!("<courseStructure xmlns='{NAMESPACE}'>{two}</courseStructure>")),
        ("13.2 no unit at all", STRUCTURE.replace(block, "").replace(two, "")),
        ("13.2 an empty block", with("</block>\n", &format!("</block>\n{empty_block}\n"))),
        ("13.2 no title", with("<title><langstring lang='fr'>Deux</langstring></title>\n", "")),
        ("13.2 no description", with("<description><langstring lang='fr'>La seconde</langstring></description>\n", "")),
        ("13.2 a title without text", with(string, "")),
        ("13.2 a title with bare text", with(string, "Cours")),
        ("13.2 text between elements", with("</course>", "</course>et")),
        (
            "13.2 the address first",
            with("<title><langstring lang='fr'>Deux", "<url>un.html</url><title><langstring lang='fr'>Deux"),
        ),
        ("13.2 no address", with("<url>un.html</url>\n", "")),
        ("13.2 two addresses", with("<url>un.html</url>", "<url>un.html</url><url>un.html</url>")),
        (
            "13.2 the key before the parameters",
            with("<launchParameters>a=1</launchParameters>", "<entitlementKey/><launchParameters/>"),
        ),
        ("13.2 the objectives after the units", with("</courseStructure>", "<objectives/></courseStructure>")),
        ("13.2 an unknown element", with("</courseStructure>", "<lesson/></courseStructure>")),
        ("13.2 an unknown attribute", with("moveOn=", "authenticationMethod='Basic' moveOn=")),
        ("13.2 an attribute in other letters", with("moveOn=", "moveon=")),
        ("13.2 an attribute of an address", with("<url>", "<url lang='fr'>")),
        ("13.2 no id", with(" id='https://exemple.fr/deux'", "")),
        ("13.2 a moveOn of its own", with("'Passed'", "'passed'")),
        ("13.2 a launchMethod of its own", with("'OwnWindow'", "'NewWindow'")),
        ("13.2 a mastery score in percent", with("'0.8'", "'80'")),
        ("13.2 a mastery score below nothing", with("'0.8'", "'-0.1'")),
        ("13.2 a mastery score with an exponent", with("'0.8'", "'8e-1'")),
        ("13.2 a mastery score with a comma", with("'0.8'", "'0,8'")),
        ("13.2 a mastery score that is none", with("'0.8'", "'NaN'")),
        ("13.2 a language that is none", with("lang='fr'", "lang='fr_FR'")),
        (
            "13.2 an objective that is not there",
            with("idref='https://exemple.fr/objectif'", "idref='https://exemple.fr/autre'"),
        ),
        ("14.1 a page that is not there", opening("trois.html")),
        ("14.1 a page above", opening("../un.html")),
        ("14.1 a page above, encoded", opening("dossier/%2e%2e/..%2Fun.html")),
        ("14.1 a page at the root of the site", opening("/un.html")),
        ("14.1 a folder", opening("dossier/")),
        ("14.1 no page", opening("?x=1")),
    ]
}

both_databases! {
    async fn a_structure_that_breaks_the_standard_is_refused_in_words_and_with_its_line(app: TestApp) {
        let french = app.token(&["packages/write"]).await;
        let english = app.token(&["packages/write"]).await.with_header("accept-language", "en");
        let mut told = String::new();
        for (what, structure) in broken() {
            let (path, body) = ("/api/v1/packages?filename=x.zip", packed(&structure));
            let english = english.post_bytes(path, "application/octet-stream", body.clone()).await;
            let french = french.post_bytes(path, "application/octet-stream", body).await;
            assert_eq!(french.status.as_u16(), 422, "{what}: {}", french.text());
            told += &format!("{what}\n");
            let (french, english) = (french.json(), english.json());
            let pairs = french["findings"].as_array().unwrap().iter().zip(english["findings"].as_array().unwrap());
            for (french, english) in pairs {
                let (severity, code) = (french["severity"].as_str().unwrap(), french["code"].as_str().unwrap());
                let message = |finding: &serde_json::Value| finding["message"].as_str().unwrap().to_owned();
                assert!(french["place"]["line"].as_u64().is_some(), "{what}: {french}");
                told += &format!("  {severity} {code} {}\n    {}\n    {}\n", french["place"], message(french), message(english));
            }
        }
        assert_eq!(rows(&app).await, 0);
        insta::assert_snapshot!("what_is_told_of_a_broken_course_structure", told);
    }

    async fn a_structure_that_comes_alone_names_whole_addresses(app: TestApp) {
        let report = post(&app, "course.xml", elsewhere().into()).await.expect(201).json();
        assert_eq!((report["kind"].as_str(), codes(&report)), (Some("cmi5"), vec![]));
        let units: Vec<_> = report["courses"][0]["activities"].as_array().unwrap().iter().map(|activity| activity["launchable"].as_bool().unwrap()).collect();
        assert_eq!(units, [false, true, true]);
        for url in ["index.html", "./index.html", "index.html?abc=def", "a/b.html#c", "/index.html", "../x.html", "?x=1"] {
            let structure = elsewhere().replacen("https://ailleurs.exemple/cours/un.html", url, 1);
            refused(&post(&app, "cmi5.xml", structure.into()).await, "cmi5-url-relative");
        }
        let clash = elsewhere().replacen("un.html", "un.html?fetch=1", 1);
        refused(&post(&app, "cmi5.xml", clash.into()).await, "cmi5-url-reserved");
        let script = elsewhere().replacen("https://ailleurs.exemple/cours/un.html", "javascript:alert(1)", 1);
        refused(&post(&app, "cmi5.xml", script.into()).await, "cmi5-url-invalid");
    }

    async fn an_archive_holds_the_structure_at_its_root_under_its_name(app: TestApp) {
        let page: (&str, &[u8]) = ("un.html", b"x");
        let structure = opening("un.html").replace("dossier/deux.html", "un.html");
        let of = |name: &str| zip(&[(name, structure.as_bytes()), page]);
        assert_eq!(codes(&post(&app, "x.zip", of("cmi5.xml")).await.expect(201).json()), [""; 0]);
        refused(&post(&app, "x.zip", of("cours/cmi5.xml")).await, "cmi5-misplaced");
        refused(&post(&app, "x.zip", of("CMI5.XML")).await, "cmi5-misplaced");
        refused(&post(&app, "x.zip", of("cours.xml")).await, "manifest-missing");
        refused(&post(&app, "x.zip", b"neither an archive nor a structure".to_vec()).await, "kind-unknown");
        // Another standard beside it is at home in a folder.
        let both = zip(&[
            ("cours/cmi5.xml", structure.as_bytes()),
            ("cours/imsmanifest.xml", MANIFEST.as_bytes()),
            ("cours/index.html", b"x"),
        ]);
        let report = post(&app, "x.zip", both).await.expect(201).json();
        assert_eq!(report["kind"], "scorm12");
        assert!(codes(&report).contains(&"several-manifests"), "{report}");
    }

    async fn archives_of_both_sizes_hold_courses(app: TestApp) {
        let structure = elsewhere();
        for large in [false, true] {
            let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
            let options = SimpleFileOptions::default().large_file(large);
            writer.start_file("cmi5.xml", options).unwrap();
            writer.write_all(structure.as_bytes()).unwrap();
            let body = writer.finish().unwrap().into_inner();
            // The extra field of the local header that only Zip64 has (APPNOTE 4.5.3).
            assert_eq!(body.windows(4).take(200).any(|bytes| bytes == [1, 0, 16, 0]), large);
            let report = post(&app, "x.zip", body).await.expect(201).json();
            assert_eq!(report["kind"], "cmi5");
        }
    }

    async fn more_than_a_thousand_units_in_blocks_of_blocks_are_taken(app: TestApp) {
        let texts = "<title><langstring>T</langstring></title><description><langstring>D</langstring></description>";
        let unit = |n: usize| format!("<au id='https://exemple.fr/au/{n}'>{texts}<url>https://ailleurs.exemple/{n}</url></au>");
        let units: String = (0..1_200).map(unit).collect();
        let nested = (0..40).fold(units, |inside, n| format!("<block id='https://exemple.fr/b/{n}'>{texts}{inside}</block>"));
        let structure = format!(
            "<courseStructure xmlns='{NAMESPACE}'><course id='https://exemple.fr/c'>{texts}</course>{nested}{}</courseStructure>",
            unit(1_200)
        );
        let report = post(&app, "cmi5.xml", structure.into()).await.expect(201).json();
        let activities = report["courses"][0]["activities"].as_array().unwrap();
        assert_eq!(activities.len(), 40 + 1_201);
        assert_eq!((&activities[40]["depth"], &activities[40]["parent"]), (&serde_json::json!(40), &serde_json::json!(39)));
        assert_eq!((&activities[1_240]["depth"], &activities[1_240]["kind"]), (&serde_json::json!(0), &serde_json::json!("au")));
        assert_eq!(activities.iter().filter(|activity| activity["launchable"] == true).count(), 1_201);
    }

    async fn additions_of_others_are_left_aside(app: TestApp) {
        let words = "<v:mots xmlns:v='https://exemple.fr/mots'><v:au id='x'><v:url>?</v:url></v:au>et du texte</v:mots>";
        let everywhere = STRUCTURE
            .replace("<courseStructure ", "<courseStructure xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:v='https://exemple.fr/mots' v:a='1' ")
            .replace("<au ", "<au v:moveOn='Bof' ")
            .replace("<title><langstring ", "<title v:a='1'><langstring v:b='2' ");
        let everywhere = ["</title>", "</course>", "</objectives>", "</au>", "</block>", "</courseStructure>"]
            .iter()
            .fold(everywhere, |text, end| text.replace(end, &format!("{words}{end}")));
        let report = post(&app, "x.zip", packed(&everywhere)).await.expect(201).json();
        assert_eq!(codes(&report), ["cmi5-extension-without-schema"]);
        assert!(report["findings"][0]["message"].as_str().unwrap().contains("https://exemple.fr/mots"));
        assert_eq!(report["courses"][0]["activities"].as_array().unwrap().len(), 3);
        let located = everywhere.replace(
            "v:a='1' ",
            "xsi:schemaLocation='https://exemple.fr/mots https://exemple.fr/mots.xsd' ",
        );
        let report = post(&app, "x.zip", packed(&located)).await.expect(201).json();
        assert_eq!(codes(&report), ["cmi5-extension"]);
    }

    async fn what_two_kinds_share_is_told_and_kept_apart(app: TestApp) {
        let shared = STRUCTURE.replace("https://exemple.fr/bloc", "https://exemple.fr/un").replace("https://exemple.fr/cours", "https://exemple.fr/deux");
        let report = post(&app, "x.zip", packed(&shared)).await.expect(201).json();
        assert_eq!(codes(&report), ["cmi5-id-shared", "cmi5-id-shared"]);
    }
}

/// What must be trimmed, normalised or kept, in the outline that the import stores.
#[test]
fn a_structure_is_read_as_it_is_meant() {
    use preau::packages::archive::{Archive, Limits};
    use preau::packages::findings::Findings;
    use preau::packages::model::{ActivityDetails, CourseDetails, LaunchMethod, MoveOn};

    let read = |structure: &str| {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&packed(structure)).unwrap();
        let (limits, mut findings) = (Limits::default(), Findings::new());
        let mut archive = Archive::open(file, &limits, &mut findings).unwrap();
        let outline = preau::packages::manifest::of_archive(&mut archive, &limits, &mut findings).ok();
        let codes: Vec<String> = findings.into_list().into_iter().map(|finding| finding.code.into_owned()).collect();
        (outline.unwrap_or_else(|| panic!("{codes:?}")), codes)
    };
    let spaced = STRUCTURE
        .replace("='https:", "='\n  https:")
        .replace("'Passed'", "' Passed\t'")
        .replace("'0.8'", "' +.80 '")
        .replace("'OwnWindow'", "' OwnWindow '")
        .replace("lang='fr'", "lang=' fr '")
        .replace("<url>un.html</url>", "<url>\n<![CDATA[\n  un.html?a=1&b=2#c  \n]]>\n</url>")
        .replace(">a=1<", ">\n  a=1\n  b=2\n<")
        .replace(">clé<", ">\u{a0}\n clé\t<")
        .replace("Cours</langstring>", "\n  Cours \n</langstring><langstring lang='en-GB'>Course</langstring><langstring lang='zh-Hans'>课程</langstring>\n")
        .replace("xmlns='\n  ", "xmlns='");
    let (outline, codes) = read(&spaced);
    assert_eq!(codes, [""; 0]);
    let course = &outline.courses[0];
    assert_eq!(course.identifier, "https://exemple.fr/cours");
    let titles: Vec<_> = course.title.0.iter().map(|(tag, text)| (tag.as_str(), text.as_str())).collect();
    assert_eq!(titles, [("en-GB", "Course"), ("fr", "Cours"), ("zh-Hans", "课程")]);
    let CourseDetails::Cmi5 { objectives } = &course.details else { panic!() };
    assert_eq!(objectives[0].id, "https://exemple.fr/objectif");
    let [block, one, two] = course.activities.as_slice() else { panic!() };
    let ActivityDetails::Block(details) = &block.details else { panic!() };
    assert_eq!((details.objectives.len(), one.parent, two.parent), (1, Some(0), None));
    let ActivityDetails::Au(unit) = &one.details else { panic!() };
    assert_eq!(
        (unit.move_on, unit.mastery_score, unit.launch_method),
        (MoveOn::Passed, Some(0.8), LaunchMethod::OwnWindow)
    );
    assert_eq!(unit.activity_type.as_deref(), Some("https://exemple.fr/type"));
    assert_eq!(unit.launch_parameters.as_deref(), Some("a=1\n  b=2"));
    assert_eq!(unit.entitlement_key.as_deref(), Some("clé"));
    assert_eq!(unit.objectives, ["https://exemple.fr/objectif"]);
    assert_eq!(one.href.as_deref(), Some("un.html?a=1&b=2#c"));
    let ActivityDetails::Au(unit) = &two.details else { panic!() };
    assert_eq!(
        (unit.move_on, unit.mastery_score, unit.launch_method),
        (MoveOn::NotApplicable, None, LaunchMethod::AnyWindow)
    );

    for (url, href, codes) in [
        ("./un.html", "un.html", [].as_slice()),
        ("dossier/../un.html?b=../c", "un.html?b=../c", &[]),
        ("dossier/./page%203.html", "dossier/page%203.html", &[]),
        ("d%6Fssier/deux.html", "dossier/deux.html", &[]),
        ("Un.HTML", "un.html", &["href-inexact"]),
        ("https://exemple.fr/~moi/a?b=%C3%A9#c", "https://exemple.fr/~moi/a?b=%C3%A9#c", &[]),
        ("HTTPS://exemple.fr:8443/", "https://exemple.fr:8443/", &[]),
        // Not the name of a launch parameter, only one that looks like it.
        ("un.html?Endpoint=1&amp;activityID=2#actor=3", "un.html?Endpoint=1&activityID=2#actor=3", &[]),
    ] {
        let (outline, told) = read(&opening(url));
        assert_eq!(outline.courses[0].activities[1].href.as_deref(), Some(href), "{url}");
        assert_eq!(told, codes, "{url}");
    }
}
