//! xAPI packages (tincan.xml) as real tools make them.

use super::*;

/// A tincan.xml of these activities.
fn listed(activities: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='utf-8'?><tincan xmlns='http://projecttincan.com/tincan.xsd'><activities>{activities}</activities></tincan>"
    )
}

fn activity(id: &str, launch: &str) -> String {
    format!(
        "<activity id='{id}' type='http://adlnet.gov/expapi/activities/course'><name lang='fr'>Accueil</name>\
         <description lang='fr'>D</description>{launch}</activity>"
    )
}

const QUESTION: &str = "<activity id='https://exemple.fr/t/q' type='http://adlnet.gov/expapi/activities/cmi.interaction'><name>Q</name></activity>";

fn launch(href: &str) -> String {
    format!("<launch lang='fr'>{href}</launch>")
}

/// The kind, what can be opened, and what was found.
fn told(report: &serde_json::Value) -> (&str, Vec<&str>, Vec<&str>) {
    let activities = report["courses"][0]["activities"].as_array().unwrap();
    let open = activities.iter().filter(|activity| activity["launchable"] == true);
    let identifiers = open.map(|activity| activity["identifier"].as_str().unwrap()).collect();
    (report["kind"].as_str().unwrap(), identifiers, codes(report))
}

both_databases! {
    async fn packages_of_real_tools_are_taken_and_what_is_odd_is_told(app: TestApp) {
        let page: &[u8] = b"<!doctype html>";
        let one = |id: &str, href: &str| listed(&activity(id, &launch(href)));
        for (what, files, open, found) in [
            // Storyline and iSpring name their activities so.
            ("an id that is no IRI", vec![("tincan.xml", one("6Yd2kLm_course_id", "index.html")), ("index.html", String::new())], "6Yd2kLm_course_id", vec!["tincan-id-mapped"]),
            ("no id", vec![("tincan.xml", one("", "index.html")), ("index.html", String::new())], "activity", vec!["tincan-id-mapped"]),
            (
                "several activities with one launch",
                vec![("tincan.xml", listed(&format!("{QUESTION}{}{QUESTION}", activity("https://exemple.fr/t", &launch("index.html"))))), ("index.html", String::new())],
                "https://exemple.fr/t",
                vec![],
            ),
            ("a folder", vec![("Cours/tincan.xml", one("https://exemple.fr/t", "index.html")), ("Cours/index.html", String::new())], "https://exemple.fr/t", vec!["manifest-in-folder"]),
            ("another site", vec![("tincan.xml", one("https://exemple.fr/t", "https://ailleurs.exemple/c?a=1"))], "https://exemple.fr/t", vec!["content-elsewhere"]),
            ("a query of its own", vec![("tincan.xml", one("https://exemple.fr/t", "res/index.html?a=1&amp;b=2")), ("res/index.html", String::new())], "https://exemple.fr/t", vec![]),
            ("backslashes", vec![("tincan.xml", one("https://exemple.fr/t", "res\\index.html")), ("res/index.html", String::new())], "https://exemple.fr/t", vec![]),
        ] {
            let files: Vec<(&str, &[u8])> =
                files.iter().map(|(name, text)| (*name, if text.is_empty() { page } else { text.as_bytes() })).collect();
            let report = post(&app, "x.zip", zip(&files)).await.expect(201).json();
            assert_eq!(told(&report), ("xapi", vec![open], found), "{what}");
        }
    }

    async fn of_several_standards_the_richest_is_followed_and_named(app: TestApp) {
        let tincan = listed(&activity("https://exemple.fr/t", &launch("index.html")));
        let cmi5 = "<courseStructure xmlns='https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd'>\
            <course id='https://exemple.fr/c'><title><langstring>C</langstring></title><description><langstring/></description></course>\
            <au id='https://exemple.fr/c/1'><title><langstring>U</langstring></title><description><langstring/></description>\
            <url>index.html</url></au></courseStructure>";
        let page: (&str, &[u8]) = ("index.html", b"x");
        for (manifests, kind, used) in [
            (vec![("tincan.xml", tincan.as_str()), ("imsmanifest.xml", MANIFEST)], "scorm12", "imsmanifest.xml"),
            (vec![("tincan.xml", tincan.as_str()), ("cmi5.xml", cmi5)], "cmi5", "cmi5.xml"),
            (vec![("tincan.xml", tincan.as_str()), ("imsmanifest.xml", MANIFEST), ("cmi5.xml", cmi5)], "cmi5", "cmi5.xml"),
        ] {
            let mut files: Vec<(&str, &[u8])> = manifests.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
            files.push(page);
            let report = post(&app, "x.zip", zip(&files)).await.expect(201).json();
            assert_eq!(report["kind"], kind);
            let findings = report["findings"].as_array().unwrap();
            let said = findings.iter().find(|finding| finding["code"] == "several-manifests").unwrap();
            let message = said["message"].as_str().unwrap();
            assert!(message.contains(&format!("{used} a été suivi")) && message.contains("tincan.xml"), "{message}");
        }
    }
}
