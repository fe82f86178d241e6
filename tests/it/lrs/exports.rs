//! Taking statements along, as a program and as a person do.

use super::*;

fn lines(answer: &Answer) -> Vec<Value> {
    answer.text().lines().map(|line| serde_json::from_str(line).expect("a line is a statement")).collect()
}

fn export(ending: &str, pairs: &[(&str, &str)]) -> String {
    let pairs = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("/api/v1/statements.{ending}?{pairs}")
}

both_databases! {
    async fn an_export_holds_each_statement_as_it_is_returned_the_oldest_first(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let batch: Vec<Value> = (0..1_200).map(|n| statement("camille", "experienced", &format!("page-{n}"))).collect();
        let all = store(&tool, &json!(batch)).await;
        // Laid out over several lines, as some tools write.
        let text = serde_json::to_string_pretty(&statement("lea", "completed", "chantier")).unwrap();
        tool.post_bytes("/xapi/statements", "application/json", text.into_bytes()).await.expect(200);

        let program = app.token(&["statements/read"]).await;
        let answer = program.get(&export("ndjson", &[])).await.expect(200);
        assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
        let told = lines(&answer);
        assert_eq!(told.len(), 1_201);
        assert_eq!(told.iter().take(1_200).map(|s| s["id"].as_str().unwrap()).collect::<Vec<_>>(), all);
        let last = told.last().unwrap();
        let one = tool.get(&query(&[("statementId", last["id"].as_str().unwrap())])).await.expect(200).json();
        assert_eq!(*last, one);
    }

    async fn an_export_goes_on_behind_the_last_statement_of_the_one_before(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let batch: Vec<Value> = (0..7).map(|n| statement("camille", "experienced", &format!("page-{n}"))).collect();
        let all = store(&tool, &json!(batch)).await;
        let program = app.token(&["statements/read"]).await;
        let mut seen: Vec<String> = Vec::new();
        loop {
            let after = seen.last().cloned();
            let mut pairs = vec![("limit", "3")];
            pairs.extend(after.as_deref().map(|id| ("after", id)));
            let more = lines(&program.get(&export("ndjson", &pairs)).await.expect(200));
            if more.is_empty() {
                break;
            }
            assert!(more.len() <= 3);
            seen.extend(more.iter().map(|statement| statement["id"].as_str().unwrap().to_owned()));
        }
        assert_eq!(seen, all);
        let late = store(&tool, &statement("lea", "completed", "chantier")).await;
        let more = lines(&program.get(&export("ndjson", &[("after", all.last().unwrap())])).await.expect(200));
        assert_eq!(more.iter().map(|s| s["id"].as_str().unwrap()).collect::<Vec<_>>(), late);
        let nobody = Uuid::new_v4().to_string();
        let unknown = program.get(&export("ndjson", &[("after", &nobody)])).await.expect(422).json();
        assert_eq!(unknown["code"], "statement-unknown");
    }

    async fn an_export_holds_what_its_filter_says_and_nothing_voided(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let all = store(&tool, &json!([
            statement("camille", "completed", "a"), statement("lea", "completed", "a"), statement("camille", "failed", "b"),
        ])).await;
        let void = json!({"actor": {"mbox": "mailto:rh@example.fr"}, "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
            "object": {"objectType": "StatementRef", "id": all[0]}});
        let voider = store(&tool, &void).await.remove(0);
        let program = app.token(&["statements/read"]).await;
        let ids = |answer: Answer| lines(&answer).iter().map(|s| s["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let of = |pairs: Vec<(&'static str, String)>| {
            let program = &program;
            async move {
                let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
                program.get(&export("ndjson", &pairs)).await.expect(200)
            }
        };
        // What takes a statement back is about whom that one was about.
        assert_eq!(ids(of(vec![("agent", mbox("camille"))]).await), [all[2].clone(), voider]);
        assert_eq!(ids(of(vec![("activity", "http://example.fr/a".to_owned())]).await)[0], all[1]);
        assert_eq!(ids(of(vec![("verb", "http://adlnet.gov/expapi/verbs/failed".to_owned())]).await), [all[2].clone()]);
        assert_eq!(ids(of(vec![("since", "2026-11-21T12:00:30Z".to_owned())]).await), [""; 0]);
        for wrong in [("agent", "camille"), ("verb", "no iri"), ("since", "yesterday")] {
            let told = program.get(&export("ndjson", &[wrong])).await.expect(400).json();
            assert_eq!((told["code"].as_str(), told["detail"].as_str().unwrap().contains(wrong.0)), (Some("parameter-wrong"), true));
        }
        program.get(&export("ndjson", &[("agents", "x")])).await.expect(400);
    }

    async fn a_table_tells_what_happened_and_holds_no_formula(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let mut one = statement("camille", "completed", "chantier");
        one["actor"]["name"] = json!("=HYPERLINK(\"http://mal.example\")");
        one["object"]["definition"] = json!({"name": {"fr": "Sécurité ; sur chantier", "en": "Site safety"}});
        one["result"] = json!({"score": {"scaled": 0.8, "raw": -4}, "success": true, "duration": "PT12M"});
        store(&tool, &one).await;
        let rose = app.person("Rose", Role::Hr).await;
        let answer = rose.get("/api/v1/statements.csv").await.expect(200);
        let text = answer.text();
        assert!(answer.header("content-disposition").unwrap().starts_with("attachment; filename=\"declarations_2026-11-21.csv\""));
        let row = text.lines().nth(1).expect("a row");
        assert!(text.starts_with("\u{feff}Identifiant;Enregistré le;Fait le;"), "{text}");
        assert!(row.contains(";2026-11-21 13:00:00;"), "the organisation's clock: {row}");
        assert!(row.contains(";\"'=HYPERLINK(\"\"http://mal.example\"\")\";"), "{row}");
        assert!(row.contains("\"Sécurité ; sur chantier\";http://example.fr/chantier;80%;-4;oui;;PT12M;"), "{row}");
        let english = rose.browser.send(Method::GET, "/api/v1/statements.csv", Vec::new(), &[("accept-language", "en")]).await;
        assert!(english.text().contains("Site safety,http://example.fr/chantier,80%,-4,yes,,PT12M,"), "{}", english.text());
    }

    async fn the_page_leads_to_the_export_of_what_it_shows(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        store(&tool, &json!([statement("camille", "completed", "a"), statement("lea", "completed", "a"), statement("camille", "failed", "b")])).await;
        let rose = app.person("Rose", Role::Hr).await;
        for (filter, count) in [("", 3), ("?person=camille@example.fr", 2), ("?person=camille&verb=http://adlnet.gov/expapi/verbs/failed", 1), ("?activity=http://example.fr/a&since=2026-11-21&until=2026-11-21", 2)] {
            let page = rose.get(&format!("/admin/statements{filter}")).await.expect(200).text();
            let link = page.split("href=\"").find(|part| part.starts_with("/api/v1/statements.ndjson")).expect("a link to the export");
            let link = link.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
            assert_eq!(lines(&rose.get(&link).await.expect(200)).len(), count, "{filter} {link}");
        }
        let none = rose.get("/admin/statements?until=2026-11-20").await.expect(200).text();
        assert!(!none.contains("/api/v1/statements."), "nothing to take along");
    }
}
