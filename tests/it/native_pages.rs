//! Writing and reading what is written here: by its pages, as a trainer and a learner use them.

use std::time::Duration;

use preau::identity::Role;
use preau::packages::native::assets;
use reqwest::Method;
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::{Answer, TestApp, TestPerson};

/// A picture of 1 × 1.
const DOT: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
const MEASURED: [(&str, &str); 2] = [("content-type", "application/octet-stream"), ("accept", "application/json")];

fn last(address: &str) -> String {
    address.split(['/', '?']).rfind(|part| uuid::Uuid::parse_str(part).is_ok()).expect("an identifier").to_owned()
}

fn location(answer: &Answer) -> String {
    answer.header("location").expect("a way").to_owned()
}

/// The fields of the editor's form.
fn form<'a>(revision: &'a str, title: &'a str, text: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![("revision", revision), ("title", title), ("text", text), ("language", "fr")];
    fields.extend_from_slice(more);
    if !more.iter().any(|(name, _)| *name == "finish") {
        fields.push(("finish", "confirmed"));
    }
    fields
}

async fn begun(trainer: &TestPerson, kind: &str) -> String {
    let answer = trainer.post_form("/trainer/content/new", &[("kind", kind), ("title", "Accueil")]).await.expect(303);
    last(&location(&answer))
}

/// Saves as the editor's script does.
async fn saved(trainer: &TestPerson, id: &str, fields: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")];
    trainer.send(Method::POST, &format!("/trainer/content/{id}"), body.into_bytes(), &headers).await
}

/// Publishes in the catalogue; answers the course.
async fn published(app: &TestApp, trainer: &TestPerson, id: &str, fields: &[(&str, &str)]) -> String {
    trainer.post_form(&format!("/trainer/content/{id}/publish"), fields).await.expect(303);
    let program = app.token(&["packages/read"]).await;
    let report = program.get(&format!("/api/v1/packages/{id}")).await.expect(200).json();
    report["courses"][0]["id"].as_str().expect("a course").to_owned()
}

/// Begins a course; answers the address of its page.
async fn opened(learner: &TestPerson, course: &str) -> String {
    let place = location(&learner.post_form(&format!("/courses/{course}/start"), &[]).await.expect(303));
    location(&learner.get(&place).await.expect(303))
}

/// What a page says in an attribute.
fn attribute(page: &str, name: &str) -> String {
    let rest = page.split(&format!("{name}=\"")).nth(1).unwrap_or_else(|| panic!("{name} in {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

async fn statements(app: &TestApp, page: &str) -> Vec<(String, Value)> {
    let mut tx = app.app.db.read().await.expect("a transaction");
    let stored = preau::lrs::of_registration(&mut tx, last(page).parse().expect("an id")).await.expect("statements");
    let told = stored.into_iter().map(|stored| {
        let statement = serde_json::to_value(stored.statement).expect("JSON");
        let verb =
            statement["verb"]["id"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
        (verb, statement)
    });
    told.collect()
}

async fn verbs(app: &TestApp, page: &str) -> Vec<String> {
    statements(app, page).await.into_iter().map(|(verb, _)| verb).collect()
}

async fn report(app: &TestApp, page: &str) -> Value {
    let reader = app.token(&["registrations/read"]).await;
    reader.get(&format!("/api/v1/registrations/{}", last(page))).await.expect(200).json()
}

both_databases! {
    async fn a_page_is_written_published_read_and_told(app: TestApp) {
        let trainer = app.person("Thomas", Role::Trainer).await;
        let id = begun(&trainer, "page").await;
        let picture = trainer.send(Method::POST, &format!("/trainer/content/{id}/pictures?filename=casque.svg"), DOT.to_vec(), &MEASURED).await.expect(201).json();
        let name = picture["name"].as_str().expect("a name");
        assert_eq!((name.ends_with(".gif"), &picture["width"]), (true, &json!(1)));
        let text = format!("# Le casque\n\nIl se **porte**.\n\n![Un casque]({name})");
        assert_eq!(saved(&trainer, &id, &form("0", "Le casque", &text, &[])).await.expect(200).json(), json!({"revision": 1}));
        let preview = trainer.post_form(&format!("/trainer/content/{id}/preview"), &[("text", &text)]).await.expect(200).text();
        assert!(preview.contains("<h2>Le casque</h2>") && preview.contains(&format!("/trainer/content/{id}/files/{name}")), "{preview}");
        assert!(trainer.get("/trainer").await.expect(200).text().contains("Le casque"), "a draft is found again");

        let course = published(&app, &trainer, &id, &form("1", "Le casque", &text, &[("open", "1")])).await;
        let camille = app.person("Camille", Role::Learner).await;
        assert!(camille.get("/catalogue").await.expect(200).text().contains("Le casque"));
        let page = opened(&camille, &course).await;
        let seen = camille.get(&page).await.expect(200).text();
        assert!(seen.contains("<h2>Le casque</h2>") && seen.contains("alt=\"Un casque\" width=\"1\" height=\"1\""), "{seen}");
        let address = attribute(seen.split("alt=\"Un casque\"").next().expect("a picture").rsplit("<img").next().expect("its tag"), "src");
        assert!(address.starts_with(&app.app.config.content_origin()), "{address}");
        let file = app.content().get(&address).await.expect(200);
        assert_eq!((file.header("content-type"), file.body.as_slice()), (Some("image/gif"), DOT));
        assert_eq!(report(&app, &page).await["completion"], "incomplete");

        // Loaded again soon it is the same visit.
        let launch = attribute(&seen, "data-launch");
        app.clock.advance(std::time::Duration::from_secs(100));
        assert_eq!(attribute(&camille.get(&page).await.expect(200).text(), "data-launch"), launch);
        // A browser that looks ahead opens nothing, and neither does a mail filter.
        camille.send(Method::GET, &page, Vec::new(), &[("sec-purpose", "prefetch")]).await.expect(200);
        assert_eq!(verbs(&app, &page).await, ["experienced"]);

        // More time than the visit has lasted is not believed.
        let done = camille.post_form(&format!("{page}/finish"), &[("launch", &launch), ("seconds", "9999")]).await.expect(303);
        let end = camille.get(&location(&done)).await.expect(200).text();
        assert!(end.contains("C’est terminé") && !end.contains("data-visit"), "{end}");
        assert_eq!(verbs(&app, &page).await, ["experienced", "completed", "completed", "terminated"]);
        let told = statements(&app, &page).await;
        assert_eq!(told[0].1["object"]["definition"]["type"], "http://activitystrea.ms/schema/1.0/page");
        let report = report(&app, &page).await;
        assert_eq!((&report["completion"], &report["seconds"]), (&json!("completed"), &json!(100.0)));
        // Told again, nothing changes.
        camille.post_form(&format!("{page}/left"), &[("launch", &launch), ("seconds", "5")]).await.expect(204);
        camille.post_form(&format!("{page}/finish"), &[("launch", &launch)]).await.expect(303);
        assert_eq!(verbs(&app, &page).await.len(), 4);
    }

    async fn the_time_of_a_visit_is_what_the_page_counted_and_an_hour_at_most(app: TestApp) {
        let trainer = app.person("Thomas", Role::Trainer).await;
        let id = begun(&trainer, "page").await;
        let course = published(&app, &trainer, &id, &form("0", "Note", "Lire", &[("open", "1"), ("finish", "opened")])).await;
        let camille = app.person("Camille", Role::Learner).await;
        let page = opened(&camille, &course).await;
        for (minutes, told) in [(10, "42.5"), (600, "36000"), (1, "-5"), (1, "NaN"), (2, "")] {
            let launch = attribute(&camille.get(&page).await.expect(200).text(), "data-launch");
            app.clock.advance(std::time::Duration::from_secs(minutes * 60));
            camille.post_form(&format!("{page}/left"), &[("launch", &launch), ("seconds", told)]).await.expect(204);
        }
        let durations: Vec<Value> = statements(&app, &page).await.into_iter().filter(|(verb, _)| verb == "terminated").map(|(_, told)| told["result"]["duration"].clone()).collect();
        assert_eq!(durations, ["PT42.5S", "PT1H", "PT0S", "PT1M", "PT2M"]);
        assert_eq!(report(&app, &page).await["completion"], "completed");
    }

    async fn what_is_hostile_in_a_text_reaches_nobody(app: TestApp) {
        let trainer = app.person("Thomas", Role::Trainer).await;
        let id = begun(&trainer, "page").await;
        let text = "<script>alert(1)</script>\n\n<img src=x onerror=alert(2)>\n\n[a](javascript:alert(3)) ![b](data:image/svg+xml,x) \
            [![c](x)](JAVASCRIPT:alert(4)) <a href=\"javascript:alert(5)\">d</a> <svg onload=alert(6)>";
        let title = "</title><script>alert(7)</script>";
        let course = published(&app, &trainer, &id, &form("0", title, text, &[("open", "1")])).await;
        let camille = app.person("Camille", Role::Learner).await;
        let page = opened(&camille, &course).await;
        let editor = trainer.get(&format!("/trainer/content/{id}")).await.expect(200);
        let read = camille.get(&page).await.expect(200);
        for answer in [editor, read] {
            let html = answer.text();
            // As text it is there; as an element it is not.
            for active in ["<script>alert", "<a href=\"javascript", "<img src=x", "<svg onload", "src=\"data:"] {
                assert!(!html.to_lowercase().contains(active), "{active} in {html}");
            }
            let policy = answer.header("content-security-policy").expect("a policy");
            assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
        }
        let huge = "x".repeat(2 << 20);
        assert_eq!(saved(&trainer, &id, &form("1", "Titre", &huge, &[])).await.expect(413).json()["code"], "content-too-large");
    }

    async fn two_who_write_at_once_see_it_and_lose_nothing(app: TestApp) {
        let (trainer, other) = (app.person("Thomas", Role::Trainer).await, app.person("Awa Diop", Role::Trainer).await);
        let id = begun(&trainer, "page").await;
        saved(&other, &id, &form("0", "Accueil", "Le texte d’Awa", &[])).await.expect(200);
        let refused = saved(&trainer, &id, &form("0", "Accueil", "Le texte de Thomas", &[])).await.expect(409).json();
        assert_eq!((&refused["code"], &refused["revision"]), (&json!("draft-changed"), &json!(1)));
        // Without script: the page again, with the text as it was sent and who was faster.
        let shown = trainer.post_form(&format!("/trainer/content/{id}"), &form("0", "Accueil", "Le texte de Thomas", &[])).await.expect(409).text();
        assert!(shown.contains("Awa Diop a enregistré") && shown.contains("Le texte de Thomas</textarea>"), "{shown}");
        assert!(trainer.get(&format!("/trainer/content/{id}")).await.expect(200).text().contains("Le texte d’Awa</textarea>"));
        // Who has read that and saves again means it.
        let revision = attribute(&shown, "name=\"revision\" value");
        trainer.post_form(&format!("/trainer/content/{id}"), &form(&revision, "Accueil", "Le texte de Thomas", &[])).await.expect(303);
        assert!(other.get(&format!("/trainer/content/{id}")).await.expect(200).text().contains("Le texte de Thomas</textarea>"));
    }

    async fn who_began_reads_on_in_their_version(app: TestApp) {
        let trainer = app.person("Thomas", Role::Trainer).await;
        let id = begun(&trainer, "page").await;
        let course = published(&app, &trainer, &id, &form("0", "Accueil", "Première rédaction", &[("open", "1")])).await;
        let (camille, late) = (app.person("Camille", Role::Learner).await, app.person("Dominique", Role::Learner).await);
        let page = opened(&camille, &course).await;
        published(&app, &trainer, &id, &form("1", "Accueil", "Seconde rédaction", &[])).await;
        assert!(camille.get(&page).await.expect(200).text().contains("Première rédaction"));
        let second = opened(&late, &course).await;
        assert!(late.get(&second).await.expect(200).text().contains("Seconde rédaction"));
        let editor = trainer.get(&format!("/trainer/content/{id}")).await.expect(200).text();
        assert_eq!(editor.matches("1 personne la suit").count(), 2);
        // It is in the catalogue as before; a later version changes nothing of that.
        assert!(late.get("/catalogue").await.expect(200).text().contains("Accueil"));
        trainer.post_form(&format!("/trainer/packages/{id}/delete"), &[]).await.expect(303);
        assert!(camille.get(&page).await.expect(200).text().contains("Première rédaction"), "what people began is kept");
    }

    async fn only_trainers_write_and_only_the_learner_reads_their_page(app: TestApp) {
        let trainer = app.person("Thomas", Role::Trainer).await;
        let (camille, other) = (app.person("Camille", Role::Learner).await, app.person("Dominique", Role::Learner).await);
        let id = begun(&trainer, "page").await;
        let file = trainer.send(Method::POST, &format!("/trainer/content/{id}/pictures"), DOT.to_vec(), &MEASURED).await.expect(201).json();
        let fields = form("0", "Accueil", "Lire", &[("open", "1")]);
        for path in ["new".to_owned(), id.clone(), format!("{id}/files/{}", file["name"].as_str().expect("a name"))] {
            camille.get(&format!("/trainer/content/{path}")).await.expect(403);
        }
        for path in ["new".to_owned(), id.clone(), format!("{id}/publish"), format!("{id}/preview"), format!("{id}/pictures"), format!("{id}/file")] {
            camille.post_form(&format!("/trainer/content/{path}"), &fields).await.expect(403);
        }
        let course = published(&app, &trainer, &id, &fields).await;
        let page = opened(&camille, &course).await;
        for path in [page.clone(), format!("{page}/open")] {
            other.get(&path).await.expect(404);
        }
        for path in ["finish", "left"] {
            other.post_form(&format!("{page}/{path}"), &[]).await.expect(404);
        }
        camille.get(&format!("{}/7", page.rsplit_once('/').expect("an index").0)).await.expect(404);
        assert_eq!(verbs(&app, &page).await, Vec::<String>::new());
        // A trainer who looks at it as a learner leaves nothing behind.
        let preview = location(&trainer.post_form(&format!("/trainer/courses/{course}/preview"), &[]).await.expect(303));
        let preview = location(&trainer.get(&preview).await.expect(303));
        assert!(trainer.get(&preview).await.expect(200).text().contains("Aperçu"));
        let (path, query) = preview.split_once('?').expect("a mode");
        let end = location(&trainer.post_form(&format!("{path}/finish?{query}"), &[]).await.expect(303));
        assert!(trainer.get(&end).await.expect(200).text().contains("l’étape serait terminée"));
        assert_eq!(verbs(&app, path).await, Vec::<String>::new());
    }

    async fn a_document_is_opened_from_the_content_origin_and_counts(app: TestApp) {
        let trainer = app.person("Thomas", Role::Trainer).await;
        let id = begun(&trainer, "document").await;
        let upload = format!("/trainer/content/{id}/file?filename=Plan%20d%27%C3%A9vacuation.html");
        let page = b"<!doctype html><script>alert(1)</script>".to_vec();
        assert_eq!(trainer.send(Method::POST, &upload, page, &MEASURED).await.expect(422).json()["code"], "document-kind-refused");
        let fields = form("0", "Évacuation", "À lire avant la visite.", &[("open", "1"), ("finish", "opened")]);
        let refused = trainer.post_form(&format!("/trainer/content/{id}/publish"), &fields).await.expect(422).text();
        assert!(refused.contains("Déposez un fichier avant de publier"), "{refused}");
        trainer.send(Method::POST, &upload, b"%PDF-1.7 plan".to_vec(), &MEASURED).await.expect(201);
        let revision = attribute(&trainer.get(&format!("/trainer/content/{id}")).await.expect(200).text(), "name=\"revision\" value");
        let fields = form(&revision, "Évacuation", "À lire avant la visite.", &[("open", "1"), ("finish", "opened")]);
        let course = published(&app, &trainer, &id, &fields).await;

        let camille = app.person("Camille", Role::Learner).await;
        let page = opened(&camille, &course).await;
        let seen = camille.get(&page).await.expect(200).text();
        assert!(seen.contains("Plan d&#39;évacuation.pdf") && seen.contains("À lire avant la visite."), "{seen}");
        assert_eq!(report(&app, &page).await["completion"], "incomplete");
        let shown = location(&camille.get(&format!("{page}/open")).await.expect(303));
        assert!(shown.starts_with(&app.app.config.content_origin()), "{shown}");
        let file = app.content().get(&shown).await.expect(200);
        assert_eq!((file.header("content-type"), file.header("content-disposition"), file.text().as_str()), (Some("application/pdf"), None, "%PDF-1.7 plan"));
        let taken = location(&camille.get(&format!("{page}/open?download=1")).await.expect(303));
        let file = app.content().get(&taken).await.expect(200);
        assert_eq!(file.header("content-disposition"), Some("attachment; filename*=UTF-8''Plan%20d%27%C3%A9vacuation%2Epdf"));
        assert_eq!(report(&app, &page).await["completion"], "completed");
        assert_eq!(verbs(&app, &page).await, ["experienced", "completed", "completed"]);
    }

    async fn a_link_opens_the_web_and_nothing_else(app: TestApp) {
        let trainer = app.person("Thomas", Role::Trainer).await;
        let id = begun(&trainer, "link").await;
        for address in ["javascript:alert(1)", "data:text/html,x", "//exemple.fr", "exemple.fr", ""] {
            let fields = form("0", "La loi", "", &[("address", address), ("finish", "opened")]);
            let refused = trainer.post_form(&format!("/trainer/content/{id}/publish"), &fields).await.expect(422).text();
            assert!(refused.contains("L’adresse doit commencer par"), "{refused}");
        }
        let fields = form("0", "La loi", "Article 4", &[("address", "https://www.legifrance.gouv.fr/loi?a=1&b=2"), ("open", "1"), ("finish", "opened")]);
        let course = published(&app, &trainer, &id, &fields).await;
        let camille = app.person("Camille", Role::Learner).await;
        let page = opened(&camille, &course).await;
        let seen = camille.get(&page).await.expect(200).text();
        assert!(seen.contains("www.legifrance.gouv.fr") && seen.contains("rel=\"noopener noreferrer\""), "{seen}");
        let way = camille.get(&format!("{page}/open")).await.expect(303);
        assert_eq!(location(&way), "https://www.legifrance.gouv.fr/loi?a=1&b=2");
        assert_eq!(way.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(verbs(&app, &page).await, ["experienced", "completed", "completed"]);
    }

    async fn what_a_killed_upload_left_is_swept_and_what_is_named_stays(app: TestApp) {
        let trainer = app.person("Thomas", Role::Trainer).await;
        let id = begun(&trainer, "page").await;
        let pictures = format!("/trainer/content/{id}/pictures?filename=casque.gif");
        let kept = trainer.send(Method::POST, &pictures, DOT.to_vec(), &MEASURED).await.expect(201).json();
        let left = [format!("native/{id}/abandoned.gif"), format!("native/{}/gone.gif", uuid::Uuid::now_v7())];
        for key in &left {
            app.app.blobs.put(key, DOT).await.expect("a blob");
        }
        // The blobs are dated by the machine's clock.
        app.clock.advance(Duration::from_secs(100 * 365 * 86_400));
        assert_eq!(assets::sweep(&app.app).await.expect("a sweep"), 2);
        assert_eq!(assets::sweep(&app.app).await.expect("a sweep"), 0);
        for key in &left {
            assert!(!app.app.blobs.exists(key).await.expect("an answer"), "{key}");
        }
        let picture = format!("/trainer/content/{id}/files/{}", kept["name"].as_str().expect("a name"));
        let trainer = app.person("Tess", Role::Trainer).await;
        assert_eq!(trainer.get(&picture).await.expect(200).body, DOT);
    }

    async fn a_file_whose_upload_is_under_way_is_not_swept(app: TestApp) {
        let key = format!("native/{}/new.gif", uuid::Uuid::now_v7());
        app.app.blobs.put(&key, DOT).await.expect("a blob");
        // Whatever the machine's clock says, this is no day later.
        let written = app.app.blobs.list("native").await.expect("a list")[0].1;
        let now = app.app.clock.now();
        app.clock.advance(Duration::from_micros(u64::try_from(written - now.0).unwrap_or_default()));
        assert_eq!(assets::sweep(&app.app).await.expect("a sweep"), 0);
    }

    async fn content_begun_for_a_programme_offers_to_join_it(app: TestApp) {
        let trainer = app.person("Thomas", Role::Trainer).await;
        let programme = uuid::Uuid::now_v7().to_string();
        let fields = [("kind", "link"), ("title", "Loi"), ("programme", programme.as_str()), ("phase", "before")];
        let editor = location(&trainer.post_form("/trainer/content/new", &fields).await.expect(303));
        assert!(editor.ends_with(&format!("?programme={programme}&phase=before")), "{editor}");
        let id = last(editor.split('?').next().expect("a path"));
        let fields = form("0", "Loi", "", &[("address", "https://exemple.fr"), ("programme", &programme), ("phase", "before")]);
        let after = location(&trainer.post_form(&format!("/trainer/content/{id}/publish"), &fields).await.expect(303));
        let page = trainer.get(&after).await.expect(200).text();
        assert!(page.contains(&format!("action=\"/trainer/programmes/{programme}/steps\"")) && page.contains("Ajouter au programme"), "{page}");
        // Not in the catalogue: only its programme leads there.
        assert!(!trainer.get("/catalogue").await.expect(200).text().contains("Loi"));
        // A quiz has an editor of its own.
        let quiz = location(&trainer.post_form("/trainer/content/new", &[("kind", "quiz")]).await.expect(303));
        assert!(quiz.starts_with("/trainer/quizzes/"), "{quiz}");
        trainer.post_form("/trainer/content/new", &[("kind", "scorm12")]).await.expect(422);
    }
}
