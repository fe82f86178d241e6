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
        let tool = tool(&app, &[Scope::All]).await;
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

    async fn formats_reduce_and_translate(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let mut one = statement("camille", "completed", "a");
        one["object"]["definition"] = json!({"name": {"en": "Course", "fr": "Cours"}});
        store(&tool, &one).await;
        let mut two = statement("camille", "resumed", "a");
        two["object"]["definition"] = json!({"description": {"fr": "Sur chantier"}, "type": "http://t/cours"});
        store(&tool, &two).await;
        let ids = tool.get("/xapi/statements?format=ids").await.expect(200).json();
        assert_eq!(ids["statements"][0]["actor"], json!({"mbox": "mailto:camille@example.fr"}));
        assert_eq!(ids["statements"][0]["object"], json!({"id": "http://example.fr/a"}));
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
