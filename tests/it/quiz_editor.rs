//! Writing a quiz by forms: what is missing is told, tabs do not overwrite each other, what was removed comes back.

use preau::identity::Role;

use crate::both_databases;
use crate::support::{Answer, TestApp, TestPerson};

/// A trainer at a quiz.
struct Author {
    person: TestPerson,
    url: String,
}

/// The value of a hidden field.
fn value_of(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let at = page.find(&mark).unwrap_or_else(|| panic!("no field {name}: {page}")) + mark.len();
    page[at..].split('"').next().unwrap_or_default().to_owned()
}

impl Author {
    async fn begin(app: &TestApp, title: &str) -> Self {
        let person = app.person("Tess", Role::Trainer).await;
        let answer = person.post_form("/trainer/content/new", &[("kind", "quiz"), ("title", title)]).await.expect(303);
        let url = answer.header("location").expect("an address").to_owned();
        Self { person, url }
    }

    async fn page(&self, rest: &str) -> String {
        self.person.get(&format!("{}{rest}", self.url)).await.expect(200).text().replace("&#38;", "&")
    }

    async fn post(&self, rest: &str, fields: &[(&str, &str)]) -> Answer {
        self.person.post_form(&format!("{}{rest}", self.url), fields).await
    }

    /// Adds a question; answers its address below the quiz.
    async fn add(&self, kind: &str) -> String {
        let answer = self.post("/questions", &[("kind", kind)]).await.expect(303);
        let address = answer.header("location").expect("an address");
        address.trim_start_matches(&self.url).split('?').next().unwrap_or_default().to_owned()
    }

    /// Writes a question as its page would.
    async fn write(&self, question: &str, fields: &[(&str, &str)]) -> Answer {
        let base = value_of(&self.page(question).await, "base");
        let mut all = vec![("base", base.as_str()), ("points", "1")];
        all.extend_from_slice(fields);
        self.post(question, &all).await
    }

    /// The questions in order.
    async fn order(&self) -> Vec<String> {
        let page = self.page("").await;
        page.split("data-id=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
    }
}

both_databases! {
    async fn a_quiz_is_written_by_plain_forms_and_published_when_nothing_is_missing(app: TestApp) {
        let tess = Author::begin(&app, "Gestes de secours").await;
        let page = tess.page("").await;
        assert!(page.contains("Gestes de secours") && page.contains("pas encore de question"), "{page}");

        let single = tess.add("single-choice").await;
        assert!(tess.page("").await.contains("Écrivez la question."));
        let answer = tess.post("/publish", &[("open", "1")]).await.expect(303);
        assert_eq!(answer.header("location"), Some(tess.url.as_str()));
        assert!(tess.page("").await.contains("n’est pas prêt"));

        let page = tess.page(&single).await;
        let choices: Vec<&str> = page.split("name=\"choice\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()).collect();
        let [first, second] = choices[..] else { panic!("two choices to begin with: {page}") };
        let (text_1, text_2) = (format!("choice-text-{first}"), format!("choice-text-{second}"));
        let fields = [("prompt", "Quel numéro ?"), ("choice", first), ("choice", second), (&text_1, "15"), (&text_2, "3615"), ("correct", first), ("add-choice", "1")];
        tess.write(&single, &fields).await.expect(303);
        let page = tess.page(&single).await;
        assert_eq!(page.matches("name=\"choice\"").count(), 3);
        let third = page.split("name=\"choice\" value=\"").nth(3).and_then(|rest| rest.split('"').next()).expect("a choice").to_owned();
        let fields = [&fields[..6], &[("choice", third.as_str()), ("remove-choice", &third)]].concat();
        tess.write(&single, &fields).await.expect(303);

        let truth = tess.add("true-false").await;
        tess.write(&truth, &[("prompt", "Le 112 est européen."), ("answer", "true")]).await.expect(303);
        let number = tess.add("numeric").await;
        tess.write(&number, &[("prompt", "Compressions par minute ?"), ("value", "110"), ("tolerance", "10"), ("tolerance-by", "absolute")]).await.expect(303);
        let words = tess.add("short-text").await;
        tess.write(&words, &[("prompt", "Capitale ?"), ("accepted", "Paris\r\n\r\n  Paname ")]).await.expect(303);
        let several = tess.add("multiple-choice").await;
        assert!(tess.page("").await.contains("data-state") || tess.page("").await.contains("À compléter"));
        tess.post(&format!("{several}/remove"), &[]).await.expect(303);

        let page = tess.page("").await;
        assert!(page.contains("Tout est prêt"), "{page}");
        tess.post("/publish", &[("open", "1")]).await.expect(303);
        let page = tess.page("").await;
        assert!(page.contains("est publié"), "{page}");
        let learner = app.person("Camille", Role::Learner).await;
        assert!(learner.get("/catalogue").await.expect(200).text().contains("Gestes de secours"));
        learner.get(&tess.url).await.expect(403);

        // Trying it leaves nothing, and shows what is right.
        let preview = tess.page("/preview").await;
        assert!(!preview.contains("Paname") && !preview.contains("data-right"), "{preview}");
        let id = |question: &str| format!("answer-{}", question.trim_start_matches("/questions/"));
        let seed = value_of(&preview, "seed");
        let fields = [("seed", seed.as_str()), (&id(&single), first), (&id(&truth), "true"), (&id(&number), "105"), (&id(&words), "paris")];
        let result = tess.post("/preview", &fields).await.expect(200).text();
        assert!(result.contains("Quiz réussi") && result.contains("4 sur 4 points"), "{result}");
        assert_eq!((app.count("quiz_attempt").await, app.count("statement").await), (0, 0));
    }

    async fn a_quiz_begun_for_a_programme_is_offered_to_it_once_published(app: TestApp) {
        let mut tess = Author::begin(&app, "Ailleurs").await;
        let programme = uuid::Uuid::now_v7().to_string();
        let fields = [("kind", "quiz"), ("title", "Incendie"), ("programme", programme.as_str()), ("phase", "during")];
        let answer = tess.person.post_form("/trainer/content/new", &fields).await.expect(303);
        let begun = answer.header("location").expect("an address").to_owned();
        tess.url = begun.split('?').next().expect("a path").to_owned();
        let query = &begun[tess.url.len()..];
        // Every link and form of the editor goes on knowing it.
        let page = tess.page(query).await;
        assert!(page.contains(&format!("action=\"{}/questions?programme={programme}&phase=during\"", tess.url)), "{page}");
        assert!(!page.contains("/steps"), "nothing to offer before it is published: {page}");
        let answer = tess.post(&format!("/questions{query}"), &[("kind", "true-false")]).await.expect(303);
        let question = answer.header("location").expect("an address")[tess.url.len()..].to_owned();
        assert!(question.ends_with(&format!("?focus=prompt&programme={programme}&phase=during")), "{question}");
        let answer = tess.write(&question, &[("prompt", "L’eau éteint l’huile."), ("answer", "false")]).await.expect(303);
        assert!(answer.header("location").is_some_and(|to| to.contains(&programme)));
        let answer = tess.post(&format!("/publish{query}"), &[]).await.expect(303);
        let page = tess.page(&answer.header("location").expect("an address")[tess.url.len()..]).await;
        assert!(page.contains(&format!("action=\"/trainer/programmes/{programme}/steps\"")) && page.contains("value=\"during\""), "{page}");
        assert!(!tess.page("").await.contains("/steps"), "without the programme in the address nothing is offered");
    }

    async fn questions_move_come_twice_go_and_come_back(app: TestApp) {
        let tess = Author::begin(&app, "Ordre").await;
        let mut added = Vec::new();
        for _ in 0..3 {
            added.push(tess.add("true-false").await);
        }
        let before = tess.order().await;
        tess.post(&format!("{}/down", added[0]), &[]).await.expect(303);
        tess.post(&format!("{}/up", added[0]), &[]).await.expect(303);
        tess.post(&format!("{}/up", added[0]), &[]).await.expect(303);
        assert_eq!(tess.order().await, before, "nothing leaves the list at its ends");
        let order: Vec<(&str, &str)> = before.iter().rev().map(|id| ("question", id.as_str())).collect();
        tess.post("/order", &order).await.expect(200);
        let turned: Vec<String> = before.iter().rev().cloned().collect();
        assert_eq!(tess.order().await, turned);

        tess.post(&format!("{}/duplicate", added[1]), &[]).await.expect(303);
        let four = tess.order().await;
        assert_eq!((four.len(), four[1] == before[1], four[2] != before[1]), (4, true, true), "{four:?}");
        tess.post(&format!("{}/remove", added[1]), &[]).await.expect(303);
        assert!(tess.page("").await.contains("/restore"), "removing can be undone");
        assert_eq!(tess.order().await.len(), 3);
        tess.post(&format!("{}/restore", added[1]), &[]).await.expect(303);
        assert_eq!(tess.order().await, four);
        tess.post(&format!("{}/explode", added[1]), &[]).await.expect(404);
        tess.post("/questions/none/remove", &[]).await.expect(404);
        assert_eq!(tess.post("/questions", &[("kind", "essay")]).await.status, 422);
    }

    async fn two_tabs_do_not_overwrite_each_other(app: TestApp) {
        let tess = Author::begin(&app, "Onglets").await;
        let question = tess.add("true-false").await;
        let other = tess.add("true-false").await;
        let stale = value_of(&tess.page(&question).await, "base");
        tess.write(&question, &[("prompt", "Premier onglet"), ("answer", "true")]).await.expect(303);
        // Another question is no conflict.
        tess.write(&other, &[("prompt", "Autre question"), ("answer", "true")]).await.expect(303);
        let fields = [("base", stale.as_str()), ("points", "1"), ("prompt", "Second onglet"), ("answer", "false")];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")];
        let path = format!("{}{question}", tess.url);
        let refused = tess.person.send(reqwest::Method::POST, &path, body.into_bytes(), &headers).await.expect(409);
        assert_eq!(refused.json()["code"], "quiz-question-changed");
        tess.post(&question, &fields).await.expect(303);
        let page = tess.page(&question).await;
        assert!(page.contains("Premier onglet") && page.contains("Modifié ailleurs"), "{page}");

        let base = value_of(&tess.page("").await, "base");
        let settings = [("base", base.as_str()), ("title", "Nouveau titre"), ("pass-mark", "80"), ("attempts", "3"), ("minutes", ""), ("draw", "1"),
            ("shuffle-questions", "1"), ("feedback", "answered"), ("solutions", "never")];
        tess.post("/settings", &settings).await.expect(303);
        let page = tess.page("").await;
        assert!(page.contains("<h1>Nouveau titre</h1>") && page.contains("value=\"80\"") && page.contains("enregistré"), "{page}");
        tess.post("/settings", &settings).await.expect(303);
        assert!(tess.page("").await.contains("Modifié ailleurs"));
    }
}
