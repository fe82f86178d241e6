//! SCORM: data that several activities share, and data longer than the standard promises to keep.

use super::*;
use crate::support::learning::{TestCourse, scorm_in};

/// Two SCOs of SCORM 2004 4th Edition. The first writes a basket, and a note that only others may read; the second reads both.
fn sharing(organization: &str) -> Vec<u8> {
    let maps = |maps: &str| format!("<adlcp:data>{maps}</adlcp:data>");
    let writer = r#"<adlcp:map targetID="panier"/><adlcp:map targetID="note" readSharedData="false"/>"#;
    let reader = r#"<adlcp:map targetID="note" writeSharedData="false"/><adlcp:map targetID="panier"/>"#;
    let items = format!("{}{}", item("a", &maps(writer)), item("b", &maps(reader)));
    scorm_in(organization, "2004 4th Edition", &items, &[("a", "sco"), ("b", "sco")])
}

/// What the second activity of a course finds in its stores, by their names.
async fn found(camille: &TestPerson, course: &TestCourse) -> [String; 2] {
    let (registration, _) = camille.start(course).await;
    let second = camille.launch(&registration, 1).await;
    assert_eq!((second.reads("adl.data.0.id"), second.reads("adl.data.1.id")), ("note", "panier"));
    assert_eq!(second.answer["runtime"]["access"], json!({"adl.data.0.store": "ro"}));
    ["adl.data.0.store", "adl.data.1.store"].map(|store| second.reads(store).to_owned())
}

both_databases! {
    async fn what_one_activity_puts_into_a_shared_store_another_reads_in_every_course_that_shares(app: TestApp) {
        let course = app.import(sharing("")).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, first) = camille.start(&course).await;
        let mut writer = camille.launch(&registration, first).await;
        assert_eq!(writer.answer["runtime"]["edition"], 4);
        assert_eq!(writer.answer["runtime"]["access"], json!({"adl.data.1.store": "wo"}));
        writer.commit(&app, &[("adl.data.0.store", "casque"), ("adl.data.1.store", "un \u{0} et 🦺")], "PT1M", None).await;
        let set = [("adl.data.0.store", "casque, gilet"), ("adl.data.2.store", "x"), ("adl.data.0.id", "x")];
        let answer = writer.commit(&app, &set, "PT1M", Some("normal")).await;
        assert_eq!(answer["rejected"], json!({"adl.data.2.store": "index_set", "adl.data.0.id": "read_only"}));

        assert_eq!(found(&camille, &course).await, ["un \u{0} et 🦺", "casque, gilet"]);
        let other = app.import(sharing("")).await;
        assert_eq!(found(&camille, &other).await, ["un \u{0} et 🦺", "casque, gilet"]);

        // Nobody else's, and not where the course keeps its data to itself.
        let nadia = app.person("Nadia", Role::Learner).await;
        assert_eq!(found(&nadia, &course).await, ["", ""]);
        let alone = app.import(sharing(r#"adlcp:sharedDataGlobalToSystem="false""#)).await;
        assert_eq!(found(&camille, &alone).await, ["", ""]);
        let (registration, _) = camille.start(&alone).await;
        camille.launch(&registration, 0).await.commit(&app, &[("adl.data.0.store", "bottes")], "PT1M", Some("normal")).await;
        assert_eq!(found(&camille, &alone).await, ["", "bottes"]);
        assert_eq!(found(&camille, &course).await[1], "casque, gilet");
    }

    async fn an_activity_cannot_write_to_a_store_it_only_reads(app: TestApp) {
        let course = app.import(sharing("")).await;
        let camille = app.person("Camille", Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        let mut reader = camille.launch(&registration, 1).await;
        let answer = reader.commit(&app, &[("adl.data.0.store", "x"), ("adl.data.1.store", "y")], "PT1M", None).await;
        assert_eq!(answer["rejected"], json!({"adl.data.0.store": "read_only"}));
        assert_eq!(found(&camille, &course).await, ["", "y"]);
    }

    async fn data_longer_than_the_standard_promises_are_kept_and_told_with_the_findings(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        for (edition, promised, extra) in [("1.2", 4096, "é"), ("CAM 1.3", 4000, "é"), ("2004 3rd Edition", 64_000, "")] {
            let course = app.import(scorm(edition, &item("a", ""), &[("a", "sco")])).await;
            let (registration, activity) = camille.start(&course).await;
            let mut launch = camille.launch(&registration, activity).await;
            let data = format!("{}{extra}", "é".repeat(promised));
            for _ in 0..2 {
                launch.commit(&app, &[("cmi.suspend_data", &data)], "", None).await;
            }
            assert_eq!(camille.launch(&registration, activity).await.reads("cmi.suspend_data"), data);
            let packages = app.token(&["packages/read"]).await.get("/api/v1/packages").await.expect(200).json();
            let told = &packages["packages"][0];
            let codes: Vec<&str> = told["findings"].as_array().expect("findings").iter().filter_map(|one| one["code"].as_str()).collect();
            let long = codes.iter().filter(|code| **code == "suspend-data-long").count();
            assert_eq!(long, extra.chars().count(), "{edition}: {codes:?}");
        }
    }
}
