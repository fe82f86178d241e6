//! Asking for statements: filters, pages, formats.

use super::*;

both_databases! {
    async fn each_filter_finds_what_it_says(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let registration = Uuid::new_v4().to_string();
        let context = json!({"registration": registration, "instructor": {"mbox": "mailto:lea@example.fr"},
            "contextActivities": {"grouping": [{"id": "http://example.fr/parcours"}]}});
        let team = json!({"objectType": "Group", "member": [{"mbox": "mailto:moussa@example.fr"}]});
        let all = store(&tool, &json!([
            with(statement("camille", "completed", "a"), "context", context),
            statement("camille", "failed", "b"),
            with(statement("x", "completed", "b"), "actor", team),
        ])).await;
        let (first, second, third) = (all[0].clone(), all[1].clone(), all[2].clone());
        assert_eq!(ids(&tool, &[]).await, [third.clone(), second.clone(), first.clone()]);
        assert_eq!(ids(&tool, &[("ascending", "true")]).await, [first.clone(), second.clone(), third.clone()]);
        assert_eq!(ids(&tool, &[("agent", &mbox("camille"))]).await, [second.clone(), first.clone()]);
        assert_eq!(ids(&tool, &[("agent", &mbox("moussa"))]).await, std::slice::from_ref(&third));
        assert_eq!(ids(&tool, &[("agent", &mbox("lea"))]).await, [""; 0]);
        assert_eq!(ids(&tool, &[("agent", &mbox("lea")), ("related_agents", "true")]).await, std::slice::from_ref(&first));
        assert_eq!(ids(&tool, &[("verb", "http://adlnet.gov/expapi/verbs/completed")]).await, [third.clone(), first.clone()]);
        assert_eq!(ids(&tool, &[("activity", "http://example.fr/b")]).await, [third, second.clone()]);
        assert_eq!(ids(&tool, &[("activity", "http://example.fr/parcours")]).await, [""; 0]);
        assert_eq!(ids(&tool, &[("activity", "http://example.fr/parcours"), ("related_activities", "true")]).await, std::slice::from_ref(&first));
        assert_eq!(ids(&tool, &[("registration", &registration)]).await, std::slice::from_ref(&first));
        assert_eq!(ids(&tool, &[("agent", &mbox("camille")), ("verb", "http://adlnet.gov/expapi/verbs/failed")]).await, [second]);

        app.clock.advance(Duration::from_secs(60));
        let late = store(&tool, &statement("camille", "resumed", "a")).await.remove(0);
        assert_eq!(ids(&tool, &[("since", "2026-11-21T12:00:30Z")]).await, std::slice::from_ref(&late));
        let stored = tool.get(&query(&[("statementId", &late)])).await.json()["stored"].as_str().unwrap().to_owned();
        assert_eq!(ids(&tool, &[("since", &stored)]).await, [""; 0]);
        assert_eq!(ids(&tool, &[("until", &stored)]).await.len(), 4);
        assert_eq!(ids(&tool, &[("until", "2026-11-21T12:00:30Z"), ("ascending", "true")]).await[0], first);
    }

    async fn pages_stay_right_while_statements_arrive(app: TestApp) {
        for tool in each_edition(&app).await {
            let batch: Vec<Value> = (0..25).map(|n| statement("camille", "experienced", &format!("page-{n}"))).collect();
            let all = store(&tool, &json!(batch)).await;
            let mut seen = Vec::new();
            let mut next = query(&[("agent", &mbox("camille")), ("limit", "4"), ("since", "2026-11-21T11:00:00Z")]);
            while !next.is_empty() {
                let page = tool.get(&next).await.expect(200).json();
                seen.extend(ids_of(&page));
                next = page["more"].as_str().unwrap().to_owned();
                store(&tool, &statement("camille", "experienced", "meanwhile")).await;
            }
            let expected: Vec<String> = all.into_iter().rev().collect();
            assert_eq!(seen, expected);
            assert_eq!(ids(&tool, &[("limit", "0")]).await.len(), 25 + 7);
        }
    }

    async fn a_further_page_is_asked_for_with_everything_the_first_was(app: TestApp) {
        let [old, new] = &both_editions(&app).await;
        let registration = Uuid::new_v4().to_string();
        let told = |who: &str, n: usize| {
            with(statement(who, "experienced", "a"), "context", json!({"registration": registration, "extensions": {"http://example.fr/n": n}}))
        };
        let wanted = store(old, &json!((0..5).map(|n| told("camille", n)).collect::<Vec<_>>())).await;
        store(old, &json!((0..5).map(|n| told("lea", n)).collect::<Vec<_>>())).await;
        let asked = [
            ("agent", mbox("camille")), ("verb", "http://adlnet.gov/expapi/verbs/experienced".into()), ("activity", "http://example.fr/a".into()),
            ("registration", registration.clone()), ("related_activities", "true".into()), ("related_agents", "true".into()),
            ("since", "2026-11-21T11:00:00+00:00".into()), ("until", "2026-11-21T12:30:00Z".into()), ("limit", "2".into()),
            ("format", "ids".into()), ("attachments", "false".into()), ("ascending", "true".into()),
        ];
        let pairs: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for client in [old, new] {
            let mut seen = Vec::new();
            let mut next = query(&pairs);
            while !next.is_empty() {
                let page = client.get(&next).await.expect(200).json();
                assert_eq!(page.as_object().unwrap().keys().collect::<Vec<_>>(), ["statements", "more"]);
                assert_eq!(page["statements"][0]["actor"], json!({"mbox": "mailto:camille@example.fr"}), "in the same format");
                seen.extend(ids_of(&page));
                next = page["more"].as_str().unwrap().to_owned();
                let link = url::Url::parse("http://x").unwrap().join(&next).unwrap();
                let kept: Vec<(String, String)> = link.query_pairs().into_owned().filter(|(name, _)| name != "cursor").collect();
                let expected: Vec<(String, String)> = asked.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
                assert!(next.is_empty() || kept == expected, "{next}");
                // It arrives meanwhile, and is somebody else's.
                store(client, &told("lea", 9)).await;
            }
            assert_eq!(seen, wanted);
        }
        app.clock.advance(Duration::from_secs(3600));
        store(old, &told("camille", 9)).await;
        assert_eq!(ids(new, &pairs[..8]).await, wanted.iter().rev().cloned().collect::<Vec<_>>());
    }

    async fn a_search_that_finds_nothing_is_an_empty_page(app: TestApp) {
        for client in &both_editions(&app).await {
            let page = client.get(&query(&[("verb", "http://example.fr/jamais")])).await.expect(200);
            assert_eq!(page.json(), json!({"statements": [], "more": ""}));
            assert_eq!(page.header("content-type"), Some("application/json"));
        }
    }

    async fn a_person_is_told_by_each_kind_of_identifier(app: TestApp) {
        for client in &both_editions(&app).await {
            for (key, identifier) in [
                ("mbox", json!("mailto:camille@example.fr")), ("mbox_sha1sum", json!("ebd31e95054c018b10727ccffd2ef2ec3a016ee9")),
                ("openid", json!("https://openid.example.fr/camille")), ("account", json!({"homePage": "https://rh.example.fr", "name": "camille"})),
            ] {
                for name in ["Camille", "Camille Roux"] {
                    let actor = json!({"objectType": "Agent", "name": name, key: identifier});
                    store(client, &with(statement("x", "completed", "a"), "actor", actor)).await;
                }
                let agent: String = url::form_urlencoded::byte_serialize(json!({key: identifier}).to_string().as_bytes()).collect();
                let person = client.get(&format!("/xapi/agents?agent={agent}")).await.expect(200).json();
                assert_eq!(person, json!({"objectType": "Person", "name": ["Camille", "Camille Roux"], key: [identifier]}));
            }
            let agent: String = url::form_urlencoded::byte_serialize(mbox("personne").as_bytes()).collect();
            let person = client.get(&format!("/xapi/agents?agent={agent}")).await.expect(200).json();
            assert_eq!(person, json!({"objectType": "Person", "mbox": ["mailto:personne@example.fr"]}));
        }
    }

    async fn an_activity_is_found_by_the_iri_it_was_named_by(app: TestApp) {
        for client in &both_editions(&app).await {
            for (iri, asked) in [("http://example.fr/chemin/../été?x=1#b", "http%3A%2F%2Fexample.fr%2Fchemin%2F..%2F%C3%A9t%C3%A9%3Fx%3D1%23b")] {
                let mut named = statement("camille", "completed", "a");
                named["object"] = json!({"id": iri, "definition": {"name": {"fr": "Été"}}});
                let id = store(client, &named).await.remove(0);
                let known = json!({"objectType": "Activity", "id": iri, "definition": {"name": {"fr": "Été"}}});
                assert_eq!(client.get(&format!("/xapi/activities?activityId={asked}")).await.expect(200).json(), known);
                assert_eq!(ids(client, &[("activity", iri), ("limit", "1")]).await, [id]);
            }
        }
    }

    async fn a_page_of_large_statements_ends_early_and_none_is_larger_than_a_mebibyte(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let sized = |size: usize| {
            let extensions = json!({"http://example.fr/x": "x".repeat(size)});
            with(statement("camille", "completed", "a"), "result", json!({"extensions": extensions}))
        };
        let all = store(&tool, &json!((0..6).map(|_| sized(900_000)).collect::<Vec<_>>())).await;
        let page = tool.get(&query(&[("ascending", "true"), ("limit", "5")])).await.expect(200).json();
        assert_eq!(ids_of(&page), all[..4]);
        let page = tool.get(page["more"].as_str().unwrap()).await.expect(200).json();
        assert_eq!((ids_of(&page).as_slice(), &page["more"]), (&all[4..], &json!("")));
        let batch = json!([statement("camille", "completed", "a"), sized(1 << 20)]);
        assert_eq!(tool.post_json("/xapi/statements", &batch).await.expect(413).json()["code"], "statement-too-large");

        let registration = RegistrationId::new();
        let told: Vec<Value> = (0..5)
            .map(|n| with(statement("lea", "experienced", &n.to_string()), "context", json!({"registration": registration.0})))
            .collect();
        let told = store(&tool, &json!(told)).await;
        let mut tx = app.app.db.read().await.unwrap();
        let latest = lrs::latest_of_registration(&mut tx, registration, 2).await.unwrap();
        assert_eq!(latest.iter().map(|stored| stored.id.to_string()).collect::<Vec<_>>(), [told[4].clone(), told[3].clone()]);
    }

    async fn the_latest_definition_counts_also_where_it_was_said_before(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        for name in ["Ancien", "Ancien", "Nouveau", "Ancien", "Ancien", "Nouveau"] {
            let mut named = statement("camille", "completed", "a");
            named["object"]["definition"] = json!({"name": {"fr": name}});
            store(&tool, &named).await;
            let activity = tool.get("/xapi/activities?activityId=http://example.fr/a").await.expect(200).json();
            assert_eq!(activity["definition"]["name"]["fr"], name);
        }
    }

    async fn formats_reduce_and_translate(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let mut one = statement("camille", "completed", "a");
        one["object"]["definition"] = json!({"name": {"en": "Course", "fr": "Cours"}});
        store(&tool, &one).await;
        let mut two = statement("camille", "resumed", "a");
        two["verb"]["display"] = json!({"fr": "a repris"});
        two["object"]["objectType"] = json!("Activity");
        two["object"]["definition"] = json!({"description": {"fr": "Sur chantier"}, "type": "http://t/cours"});
        store(&tool, &two).await;
        let ids = tool.get("/xapi/statements?format=ids").await.expect(200).json();
        assert_eq!(ids["statements"][0]["actor"], json!({"mbox": "mailto:camille@example.fr"}));
        assert_eq!(ids["statements"][0]["object"], json!({"id": "http://example.fr/a"}));
        assert_eq!(ids["statements"][0]["verb"], json!({"id": "http://adlnet.gov/expapi/verbs/resumed"}));
        let canonical = tool.send(Method::GET, "/xapi/statements?format=canonical", Vec::new(), &[("accept-language", "fr")]).await.json();
        assert_eq!(canonical["statements"][1]["object"]["definition"], json!({"name": {"fr": "Cours"}, "description": {"fr": "Sur chantier"}, "type": "http://t/cours"}));
        let activity = tool.get("/xapi/activities?activityId=http://example.fr/a").await.expect(200).json();
        assert_eq!(activity["definition"]["name"], json!({"en": "Course", "fr": "Cours"}));
        assert_eq!(tool.get("/xapi/activities?activityId=http://example.fr/unknown").await.expect(200).json(), json!({"objectType": "Activity", "id": "http://example.fr/unknown"}));
        let person = tool.get(&format!("/xapi/agents?agent={}", mbox("camille").replace('"', "%22"))).await.expect(200).json();
        assert_eq!(person, json!({"objectType": "Person", "name": ["camille"], "mbox": ["mailto:camille@example.fr"]}));
        let head = tool.send(Method::HEAD, "/xapi/statements", Vec::new(), &[]).await.expect(200);
        assert!(head.body.is_empty() && head.header("content-length").is_some());
    }

    async fn consistent_through_moves_with_the_clock(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let through = |answer: &Answer| preau::core::Timestamp::parse(answer.header("x-experience-api-consistent-through").unwrap()).unwrap();
        let before = through(&tool.get("/xapi/statements").await);
        app.clock.advance(Duration::from_secs(5));
        let id = store(&tool, &statement("camille", "completed", "a")).await.remove(0);
        let answer = tool.get(&query(&[("statementId", &id)])).await;
        let stored = preau::core::Timestamp::parse(answer.json()["stored"].as_str().unwrap()).unwrap();
        assert!(through(&answer) >= stored && through(&answer) > before);
    }
}
