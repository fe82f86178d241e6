//! Bringing statements of another store in.

use preau::jobs;

use super::*;

const PATH: &str = "/api/v1/statement-imports";

/// A statement as another store gives it out.
pub fn foreign(id: Uuid, who: &str, what: &str) -> Value {
    let mut foreign = statement(who, "completed", what);
    foreign["id"] = json!(id);
    foreign["timestamp"] = json!("2024-03-01T09:00:00Z");
    foreign["stored"] = json!("2024-03-01T09:00:01.500Z");
    foreign["authority"] =
        json!({"account": {"homePage": "https://ancien.example", "name": "lrs"}, "objectType": "Agent"});
    foreign["version"] = json!("1.0.0");
    foreign
}

pub fn ndjson(statements: &[Value]) -> Vec<u8> {
    statements.iter().map(|statement| format!("{statement}\n")).collect::<String>().into_bytes()
}

async fn work(app: &TestApp) {
    jobs::run_due(&app.app, &preau::app::jobs()).await.unwrap();
}

pub async fn sent(app: &TestApp, program: &Client, file: Vec<u8>) -> Value {
    let answer =
        program.post_bytes(&format!("{PATH}?filename=ancien.ndjson"), "application/x-ndjson", file).await.expect(202);
    let address = answer.header("location").unwrap().to_owned();
    crate::openapi::assert_described("post", PATH, &answer);
    work(app).await;
    let told = program.get(&address).await.expect(200);
    crate::openapi::assert_described("get", "/api/v1/statement-imports/{id}", &told);
    told.json()
}

fn counts(told: &Value) -> (&str, i64, i64, i64, i64) {
    let count = |name: &str| told[name].as_i64().unwrap();
    (told["state"].as_str().unwrap(), count("lines"), count("added"), count("known"), count("refused"))
}

both_databases! {
    async fn statements_of_another_store_keep_their_ids_and_get_our_moment_of_storing(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let program = app.token(&["statements/write"]).await;
        let ids: Vec<Uuid> = (0..1_100).map(|_| Uuid::new_v4()).collect();
        let all: Vec<Value> = ids.iter().map(|id| foreign(*id, "camille", "chantier")).collect();
        let told = sent(&app, &program, ndjson(&all)).await;
        assert_eq!(counts(&told), ("done", 1_100, 1_100, 0, 0));
        assert_eq!((&told["name"], &told["progress"]), (&json!("ancien.ndjson"), &json!(1.0)));

        let one = tool.get(&query(&[("statementId", &ids[0].to_string())])).await.expect(200).json();
        assert_eq!(one["timestamp"], "2024-03-01T09:00:00Z");
        assert!(one["stored"].as_str().unwrap().starts_with("2026-11-21T"), "stored is the moment it came in here");
        let authority = &one["authority"]["account"];
        assert_eq!(authority["name"], format!("import-{}", told["id"].as_str().unwrap()));
        assert_eq!(app.count("statement_origin").await, 1_100);
        let agathe = app.person("Agathe", Role::Administrator).await;
        let page = agathe.get(&format!("/admin/statements/{}", ids[0])).await.expect(200).text();
        for told in ["ancien.ndjson", "Enregistrement là-bas", "1er\u{a0}mars 2024", "<dd>lrs</dd>"] {
            assert!(page.contains(told), "{told}: {page}");
        }
        // Everything of one import is found by who vouches for it.
        let vouching = one["authority"].to_string();
        let page = tool.get(&query(&[("agent", &vouching), ("related_agents", "true"), ("limit", "0")])).await.expect(200).json();
        assert_eq!(page["statements"].as_array().unwrap().len(), 500);
    }

    async fn the_same_file_twice_stores_nothing_twice(app: TestApp) {
        let program = app.token(&["statements/write"]).await;
        let file = ndjson(&[foreign(Uuid::new_v4(), "camille", "a"), foreign(Uuid::new_v4(), "lea", "a")]);
        assert_eq!(counts(&sent(&app, &program, file.clone()).await), ("done", 2, 2, 0, 0));
        assert_eq!(counts(&sent(&app, &program, file).await), ("done", 2, 0, 2, 0));
        assert_eq!(app.count("statement").await, 2);
    }

    async fn what_is_wrong_is_told_by_line_and_keeps_nothing_else_out(app: TestApp) {
        let program = app.token(&["statements/write"]).await;
        let (known, twice) = (Uuid::new_v4(), Uuid::new_v4());
        sent(&app, &program, ndjson(&[foreign(known, "camille", "a")])).await;
        let mut nameless = foreign(Uuid::new_v4(), "camille", "b");
        nameless.as_object_mut().unwrap().remove("id");
        let mut wrong = foreign(Uuid::new_v4(), "camille", "b");
        wrong["verb"] = json!({"id": "no iri"});
        let mut filed = foreign(Uuid::new_v4(), "camille", "b");
        filed["attachments"] = json!([{"usageType": "http://example.fr/scan", "display": {"fr": "Feuille"}, "contentType": "text/plain",
            "length": 1, "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a"}]);
        let lines = [
            foreign(known, "lea", "another").to_string(), "{not json".to_owned(), String::new(), nameless.to_string(), wrong.to_string(),
            format!("\"{}\"", "x".repeat(2 << 20)), filed.to_string(), foreign(twice, "camille", "c").to_string(),
            foreign(twice, "camille", "c").to_string(), foreign(twice, "camille", "d").to_string(), foreign(Uuid::new_v4(), "camille", "e").to_string(),
        ];
        // The last line needs no end.
        let told = sent(&app, &program, lines.join("\n").into_bytes()).await;
        assert_eq!(counts(&told), ("done", 11, 2, 1, 7), "{told}");
        let told: Vec<(i64, &str)> = told["problems"].as_array().unwrap().iter()
            .map(|problem| (problem["line"].as_i64().unwrap(), problem["code"].as_str().unwrap())).collect();
        assert_eq!(told, [
            (1, "statement-conflict"), (2, "statement-not-json"), (4, "import-id-missing"), (5, "statement-invalid"),
            (6, "statement-too-large"), (7, "statement-invalid"), (10, "statement-conflict"),
        ]);
        assert_eq!(app.count("statement").await, 3);
    }

    async fn an_import_that_was_stopped_goes_on_where_it_was(app: TestApp) {
        let program = app.token(&["statements/write"]).await;
        let agathe = app.person("Agathe", Role::Administrator).await;
        let file = ndjson(&(0..5).map(|_| foreign(Uuid::new_v4(), "camille", "a")).collect::<Vec<_>>());
        let first = program.post_bytes(PATH, "application/x-ndjson", file.clone()).await.expect(202).json();
        let page = format!("/admin/statements/imports/{}", first["id"].as_str().unwrap());
        agathe.post_form(&format!("{page}/cancel"), &[]).await.expect(303);
        work(&app).await;
        assert!(agathe.get(&page).await.expect(200).text().contains("La reprise est arrêtée"));
        assert_eq!(app.count("statement").await, 0);
        // The same file is the same import, and is not kept twice.
        let again = program.post_bytes(PATH, "application/x-ndjson", file).await.expect(202).json();
        assert_eq!((&again["id"], &again["state"]), (&first["id"], &json!("queued")));
        agathe.post_form(&format!("{page}/resume"), &[]).await.expect(303);
        work(&app).await;
        let text = agathe.get(&page).await.expect(200).text();
        assert!(text.contains("Reprise terminée") && !text.contains("data-follow"), "{text}");
        assert_eq!((app.count("statement").await, app.count("statement_import").await), (5, 1));
        assert!(app.app.blobs.list("imports/").await.unwrap().is_empty(), "no file stays behind");
        agathe.post_form(&format!("{page}/resume"), &[]).await.expect(409);
    }

    async fn what_one_store_exports_another_takes_in(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        store(&tool, &json!([statement("camille", "completed", "a"), statement("lea", "failed", "b")])).await;
        let reader = app.token(&["statements/read"]).await;
        let exported = reader.get("/api/v1/statements.ndjson").await.expect(200).body;
        let other = TestApp::start(crate::support::Database::Sqlite).await;
        let program = other.token(&["statements/write"]).await;
        assert_eq!(counts(&sent(&other, &program, exported.clone()).await), ("done", 2, 2, 0, 0));
        // And what was here all the time is known.
        let program = app.token(&["statements/write"]).await;
        assert_eq!(counts(&sent(&app, &program, exported).await), ("done", 2, 0, 2, 0));
    }

    async fn the_command_brings_a_file_in_and_tells_what_it_refused(app: TestApp) {
        let path = app.folder.path().join("ancien.ndjson");
        let mut file = ndjson(&[foreign(Uuid::new_v4(), "camille", "a")]);
        std::fs::write(&path, &file).unwrap();
        let path = path.to_str().unwrap();
        let told = app.command(&["statements", "import", path, "--json"]).await.json();
        assert_eq!(counts(&told), ("done", 1, 1, 0, 0));
        file.extend_from_slice(b"[]\n");
        std::fs::write(path, &file).unwrap();
        let told = app.command(&["statements", "import", path]).await;
        assert_eq!(told.code, 1);
        assert!(told.out.starts_with("2 lines: 0 statements added, 1 here already, 1 refused\nline 2: "), "{}", told.out);
        let none = app.command(&["statements", "import", "/nowhere/x.ndjson"]).await;
        assert!(none.fault().contains("file-unreadable"), "{}", none.err);
    }

    async fn an_administrator_uploads_a_file_by_a_form_without_script(app: TestApp) {
        let agathe = app.person("Agathe", Role::Administrator).await;
        assert!(agathe.get("/admin/statements").await.expect(200).text().contains("/admin/statements/imports"));
        assert!(agathe.get("/admin/statements/imports").await.expect(200).text().contains("Aucun fichier n’a encore été repris"));
        let file = ndjson(&[foreign(Uuid::new_v4(), "camille", "a"), json!({})]);
        let mut form = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\\\dossier\\\\ancien.ndjson\"\r\n\r\n".to_vec();
        form.extend_from_slice(&file);
        form.extend_from_slice(b"\r\n--b--\r\n");
        let answer = agathe.post_bytes("/admin/statements/imports", "multipart/form-data; boundary=b", form).await.expect(303);
        let page = answer.header("location").unwrap().to_owned();
        assert!(agathe.get(&page).await.expect(200).text().contains("data-follow"));
        work(&app).await;
        let text = agathe.get(&page).await.expect(200).text();
        assert!(text.contains("Ligne 2") && text.contains("pas conforme à xAPI."), "{text}");
        let list = agathe.get("/admin/statements/imports").await.expect(200).text();
        assert!(list.contains("ancien.ndjson") && list.contains("Agathe") && list.contains("1 ligne refusée"), "{list}");
    }

    async fn a_file_that_no_import_reads_is_swept(app: TestApp) {
        app.app.blobs.put(&format!("imports/{}", Uuid::now_v7()), "left behind").await.unwrap();
        app.clock.advance(Duration::from_secs(400 * 24 * 3600));
        lrs::sweep(&app.app).await.unwrap();
        assert!(app.app.blobs.list("imports/").await.unwrap().is_empty(), "no file stays behind");
    }
}
