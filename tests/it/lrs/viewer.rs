//! The viewer of statements: every filter, what is new, one statement with its files, and taking it back.

use super::attachments::{attachment, headers_of, json_part, message, send, sha256};
use super::*;
use crate::reports::House;

fn address(pairs: &[(&str, &str)]) -> String {
    let pairs = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("/admin/statements?{pairs}")
}

/// The ids of the statements on a page, in their order.
fn listed(page: &str) -> Vec<String> {
    page.split("id=\"s-").skip(1).map(|part| part.split('"').next().unwrap().to_owned()).collect()
}

/// Where the page, or an answer to it, asks for what is new.
fn live(page: &str) -> String {
    let part = ["data-live-records=\"", "data-live-next=\""].iter().find_map(|name| page.split(name).nth(1));
    part.expect("a live list").split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&")
}

both_databases! {
    async fn every_parameter_filters_and_lives_in_the_address(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let admin = app.person("Agathe", Role::Administrator).await;
        let registration = Uuid::new_v4().to_string();
        let taught = with(statement("camille", "completed", "a"), "context", json!({
            "registration": registration,
            "instructor": {"mbox": "mailto:paul@example.fr", "name": "Paul"},
            "contextActivities": {"parent": [{"id": "http://example.fr/parent"}]}
        }));
        let first = store(&tool, &taught).await.remove(0);
        let second = store(&tool, &statement("lea", "shared", "b")).await.remove(0);
        for (pairs, wanted) in [
            (vec![("person", "camille@example.fr")], vec![&first]),
            (vec![("person", "paul@example.fr")], vec![]),
            (vec![("person", "paul@example.fr"), ("related_agents", "true")], vec![&first]),
            (vec![("activity", "http://example.fr/parent")], vec![&first]),
            (vec![("activity", "http://example.fr/parent"), ("only_activity", "true")], vec![]),
            (vec![("verb", "http://adlnet.gov/expapi/verbs/completed")], vec![&first]),
            (vec![("verb_iri", "http://adlnet.gov/expapi/verbs/shared")], vec![&second]),
            (vec![("registration", registration.as_str())], vec![&first]),
            (vec![("order", "oldest")], vec![&first, &second]),
            (vec![("order", "")], vec![&second, &first]),
            (vec![("id", "not an id")], vec![]),
        ] {
            let page = admin.get(&address(&pairs)).await.expect(200).text();
            assert_eq!(listed(&page).iter().collect::<Vec<_>>(), wanted, "{pairs:?}");
        }
        let found = admin.get(&address(&[("id", &first)])).await.expect(303);
        assert_eq!(found.header("location"), Some(format!("/admin/statements/{first}").as_str()));
    }

    async fn the_oldest_first_is_paged_there_and_back(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let admin = app.person("Agathe", Role::Administrator).await;
        let batch: Vec<Value> = (0..120).map(|n| statement("lea", "experienced", &format!("page-{n}"))).collect();
        let all = store(&tool, &json!(batch)).await;
        let mut page = admin.get(&address(&[("order", "oldest")])).await.expect(200).text();
        let mut read = listed(&page);
        let link = |page: &str, name: &str| {
            let links = page.split("href=\"").map(|part| part.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&"));
            links.into_iter().find(|link| link.starts_with("/admin/statements?") && link.contains(&format!("{name}=")))
        };
        while let Some(next) = link(&page, "after") {
            page = admin.get(&next).await.expect(200).text();
            read.extend(listed(&page));
        }
        assert_eq!(read, all);
        let back = admin.get(&link(&page, "before").expect("a page before")).await.expect(200).text();
        assert_eq!(listed(&back), all[50..100]);
    }

    async fn what_is_new_comes_to_the_head_of_an_open_page_and_obeys_its_filters(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let admin = app.person("Agathe", Role::Administrator).await;
        let old = store(&tool, &statement("camille", "completed", "a")).await.remove(0);
        app.clock.advance(Duration::from_secs(60));
        let page = admin.get(&address(&[("person", "camille@example.fr")])).await.expect(200).text();
        assert!(page.contains("Mettre en pause"), "it can be paused");
        let none = admin.get(&live(&page)).await.expect(200).text();
        assert_eq!(listed(&page), [&*old]);
        assert!(listed(&none).is_empty(), "{none}");
        let new = store(&tool, &statement("camille", "completed", "b")).await.remove(0);
        store(&tool, &statement("lea", "completed", "b")).await;
        let came = admin.get(&live(&page)).await.expect(200).text();
        assert_eq!(listed(&came).first(), Some(&new), "{came}");
        assert!(came.contains("camille a terminé b") && !came.contains("lea"), "{came}");
        app.clock.advance(Duration::from_secs(60));
        let after = admin.get(&live(&admin.get(&live(&came)).await.expect(200).text())).await.expect(200).text();
        assert!(listed(&after).is_empty(), "{after}");
        let past = admin.get(&address(&[("until", "2026-11-20")])).await.expect(200).text();
        assert!(!past.contains("data-live-records"), "nothing new belongs to the past");
    }

    async fn the_files_of_a_statement_are_shown_and_strangers_documents_only_saved(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let admin = app.person("Agathe", Role::Administrator).await;
        let (picture, script) = (&b"\x89PNG picture"[..], &b"<script>alert(1)</script>"[..]);
        let (of_picture, of_script) = (sha256(picture), sha256(script));
        let said = with(statement("camille", "completed", "a"), "attachments", json!([
            attachment("image/png", &of_picture, picture.len()),
            attachment("text/html", &of_script, script.len())
        ]));
        let json = said.to_string();
        let parts = [(json_part(), json.as_bytes()), (headers_of("image/png", &of_picture), picture), (headers_of("text/html", &of_script), script)];
        let id = send(&tool, message(&parts)).await.expect(200).json()[0].as_str().unwrap().to_owned();
        let page = admin.get(&format!("/admin/statements/{id}")).await.expect(200).text();
        let file = |sha2: &str| format!("/admin/statements/{id}/files/{sha2}");
        assert!(page.contains(&format!("src=\"{}\"", file(&of_picture))) && page.contains(&file(&of_script)), "{page}");

        let shown = admin.get(&file(&of_picture)).await.expect(200);
        assert_eq!((shown.header("content-type"), shown.body.as_slice()), (Some("image/png"), picture));
        let saved = admin.get(&file(&of_script)).await.expect(200);
        assert_eq!((saved.header("content-type"), saved.body.as_slice()), (Some("application/octet-stream"), script));
        assert!(saved.header("content-disposition").unwrap().starts_with("attachment"));
        assert!(saved.header("content-security-policy").unwrap().contains("sandbox"));
        assert_eq!(saved.header("x-content-type-options"), Some("nosniff"));
        admin.get(&file(&sha256(b"other"))).await.expect(404);
        app.person("Marc", Role::Learner).await.get(&file(&of_picture)).await.expect(403);
    }

    async fn an_administrator_takes_a_statement_back_with_a_reason_and_for_good(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let admin = app.person("Agathe", Role::Administrator).await;
        let id = store(&tool, &statement("camille", "completed", "a")).await.remove(0);
        let (here, void) = (format!("/admin/statements/{id}"), format!("/admin/statements/{id}/void"));
        assert!(admin.get(&here).await.expect(200).text().contains(&void));
        assert!(admin.get(&void).await.expect(200).text().contains("camille a terminé a"));
        assert!(admin.post_form(&void, &[("reason", "  ")]).await.expect(422).text().contains("Donnez le motif"));
        assert_eq!(ids(&tool, &[]).await, std::slice::from_ref(&id), "nothing is taken back without a reason");
        admin.post_form(&void, &[("reason", "Saisie en double")]).await.expect(303);

        let page = admin.get(&here).await.expect(200).text();
        assert!(page.contains("Agathe a annulé cette déclaration") && page.contains("Saisie en double"), "{page}");
        assert!(!page.contains(&void), "it cannot be taken back twice");
        tool.get(&query(&[("statementId", &id)])).await.expect(404);
        tool.get(&query(&[("voidedStatementId", &id)])).await.expect(200);
        let left = tool.get(&query(&[])).await.expect(200).json();
        let voider = &left["statements"][0];
        assert_eq!(left["statements"].as_array().unwrap().len(), 1);
        assert_eq!(voider["result"]["response"], "Saisie en double");
        assert_eq!((&voider["actor"]["name"], &voider["object"]["id"]), (&json!("Agathe"), &json!(id)));
        assert_eq!(voider["authority"]["account"]["name"], "preau");
        let told = admin.get("/admin/statements").await.expect(200).text();
        assert!(told.contains("motif") && told.contains("Saisie en double"), "{told}");

        assert_eq!(admin.post_form(&void, &[("reason", "Encore")]).await.expect(409).status.as_u16(), 409);
        let voider = voider["id"].as_str().unwrap();
        admin.get(&format!("/admin/statements/{voider}/void")).await.expect(409);
        let hr = app.person("Rose", Role::Hr).await;
        hr.get(&here).await.expect(200);
        hr.get(&void).await.expect(403);
        admin.get(&format!("/admin/statements/{}", Uuid::new_v4())).await.expect(404);
    }

    async fn human_resources_read_about_the_units_they_were_given(app: TestApp) {
        let house = House::new(&app, "Accueil").await;
        let (roads, social) = (house.unit("Département/Routes").await, house.unit("Département/Solidarités").await);
        let part = house.unit("Département/Routes/Atelier").await;
        let tool = tool(&app, &[Scope::All]).await;
        let mut stored = Vec::new();
        for (name, unit) in [("Rachid", roads), ("Solene", social), ("Aline", part)] {
            let person = house.person(name, Some(unit)).await;
            let enrolment = house.enrol(person, 1, None, crate::reports::Far::Todo).await;
            let said = with(statement(name, "completed", "a"), "context", json!({"registration": enrolment.to_string()}));
            stored.push(store(&tool, &said).await.remove(0));
        }
        let outside = store(&tool, &statement("inconnu", "completed", "a")).await.remove(0);
        let admin = app.person("Agathe", Role::Administrator).await;
        let hr = app.person("Rose", Role::Hr).await;
        assert_eq!(listed(&hr.get("/admin/statements").await.expect(200).text()).len(), 4, "nobody limited what she reads");

        let limit = format!("/admin/people/{}/records", hr.id);
        assert!(admin.get(&limit).await.expect(200).text().contains("Routes › Atelier"));
        admin.post_form(&limit, &[("unit", &roads.to_string())]).await.expect(303);
        let page = hr.get("/admin/statements").await.expect(200).text();
        assert_eq!(listed(&page), [&*stored[2], &*stored[0]], "{page}");
        assert!(page.contains("Routes"), "she is told so");
        assert!(listed(&hr.get(&address(&[("person", "solene@example.fr")])).await.text()).is_empty());
        hr.get(&format!("/admin/statements/{}", stored[0])).await.expect(200);
        for hidden in [&stored[1], &outside] {
            hr.get(&format!("/admin/statements/{hidden}")).await.expect(404);
            assert!(listed(&hr.get(&address(&[("id", hidden)])).await.expect(200).text()).is_empty());
        }
        let export = hr.get("/api/v1/statements.ndjson").await.expect(200).text();
        let taken: Vec<&str> = stored.iter().map(String::as_str).filter(|id| export.contains(id)).collect();
        assert_eq!((taken, export.lines().count()), (vec![&*stored[0], &*stored[2]], 2), "what is taken along is limited too");
        let reports = hr.get("/reports/enrolments").await.expect(200).text();
        assert!(reports.contains("Rachid") && !reports.contains("Solene"), "reports follow the same rule");
        assert_eq!(listed(&admin.get("/admin/statements").await.text()).len(), 4);

        admin.post_form(&limit, &[("unit", "")]).await.expect(303);
        assert_eq!(listed(&hr.get("/admin/statements").await.text()).len(), 4);
        let learner = app.person("Marc", Role::Learner).await;
        admin.get(&format!("/admin/people/{}/records", learner.id)).await.expect(409);
    }

    async fn what_a_unit_did_is_found_however_much_others_did_since(app: TestApp) {
        let house = House::new(&app, "Accueil").await;
        let (roads, social) = (house.unit("Département/Routes").await, house.unit("Département/Solidarités").await);
        let tool = tool(&app, &[Scope::All]).await;
        let mut own = Vec::new();
        for (name, unit) in [("Rachid", roads), ("Aline", roads), ("Solene", social)] {
            let person = house.person(name, Some(unit)).await;
            let enrolment = house.enrol(person, 1, None, crate::reports::Far::Todo).await;
            let registered = json!({"registration": enrolment.to_string()});
            own.push(store(&tool, &with(statement(name, "completed", "a"), "context", registered)).await.remove(0));
        }
        for batch in 0..3 {
            let others: Vec<Value> = (0..800).map(|n| statement("inconnu", "completed", &format!("{batch}-{n}"))).collect();
            store(&tool, &json!(others)).await;
        }
        let (admin, hr) = (app.person("Agathe", Role::Administrator).await, app.person("Rose", Role::Hr).await);
        let limit = format!("/admin/people/{}/records", hr.id);
        admin.post_form(&limit, &[("unit", &roads.to_string())]).await.expect(303);
        let completed = "http://adlnet.gov/expapi/verbs/completed";
        for (pairs, wanted) in [
            (vec![], vec![&own[1], &own[0]]),
            (vec![("order", "oldest")], vec![&own[0], &own[1]]),
            (vec![("verb", completed)], vec![&own[1], &own[0]]),
            (vec![("verb", completed), ("activity", "http://example.fr/a")], vec![&own[1], &own[0]]),
            (vec![("verb_iri", "http://adlnet.gov/expapi/verbs/shared")], vec![]),
            (vec![("until", "2026-11-20")], vec![]),
        ] {
            let page = hr.get(&address(&pairs)).await.expect(200).text();
            assert_eq!(listed(&page).iter().collect::<Vec<_>>(), wanted, "{pairs:?}");
        }
        assert_eq!(hr.get("/api/v1/statements.ndjson").await.expect(200).text().lines().count(), 2);
    }

    async fn a_name_means_only_people_of_the_units_that_are_read_about(app: TestApp) {
        let house = House::new(&app, "Accueil").await;
        let (roads, social) = (house.unit("Département/Routes").await, house.unit("Département/Solidarités").await);
        let tool = tool(&app, &[Scope::All]).await;
        for (name, unit) in [("Martin Rachid", roads), ("Martin Solene", social), ("Martin Aline", social)] {
            let person = house.person(name, Some(unit)).await;
            let enrolment = house.enrol(person, 1, None, crate::reports::Far::Todo).await;
            let person = preau::identity::person(&mut app.app.db.read().await.unwrap(), person).await.unwrap();
            let account = json!({"homePage": person.account_home_page, "name": person.account_name});
            let mut said = statement("x", "completed", "a");
            said["actor"] = json!({"account": account, "name": name});
            said["context"] = json!({"registration": enrolment.to_string()});
            store(&tool, &said).await;
        }
        let (admin, hr) = (app.person("Agathe", Role::Administrator).await, app.person("Rose", Role::Hr).await);
        let everybody = hr.get(&address(&[("person", "martin")])).await.expect(200).text();
        assert!(everybody.contains("Martin Solene (") && everybody.contains("Martin Rachid ("), "{everybody}");
        let limit = format!("/admin/people/{}/records", hr.id);
        admin.post_form(&limit, &[("unit", &roads.to_string())]).await.expect(303);
        let page = hr.get(&address(&[("person", "martin")])).await.expect(200).text();
        assert_eq!(listed(&page).len(), 1, "the name means one person now: {page}");
        assert!(page.contains("Martin Rachid") && !page.contains("Martin Solene"), "{page}");
        let none = hr.get(&address(&[("person", "solene")])).await.expect(200).text();
        assert!(listed(&none).is_empty() && !none.contains("Martin Solene"), "{none}");
    }
}
