//! Taking a quiz: answers kept at once, scored by the server only, nothing told too early, the best attempt counts.

use preau::identity::Role;
use preau::packages::model::PackageKind;
use preau::packages::native::{self, Publication};
use preau::quiz::model::{Quiz, Settings, Shown};
use preau::{jobs, progress, quiz};
use serde_json::{Value, json};

use crate::both_databases;
use crate::support::learning::{TestCourse, place};
use crate::support::{Answer, TestApp, TestPerson};

/// Five questions, a type each; nothing is shuffled, 60 % pass.
fn sample() -> Quiz {
    let choice = |id: &str, correct: bool| json!({"id": id, "text": format!("Choix {id}"), "correct": correct, "feedback": format!("Parce que {id}")});
    let questions = json!([
        {"id": "epi", "type": "single-choice", "prompt": "Que porter ?", "points": 1.0, "feedback": "Voir la note 12",
         "choices": [choice("casque", true), choice("short", false)]},
        {"id": "feu", "type": "multiple-choice", "prompt": "Que faire ?", "points": 2.0,
         "choices": [choice("alerter", true), choice("evacuer", true), choice("filmer", false), choice("courir", false)]},
        {"id": "gaz", "type": "true-false", "prompt": "Le gaz est lourd.", "points": 1.0, "answer": true},
        {"id": "debit", "type": "numeric", "prompt": "Combien ?", "points": 1.0, "value": 47.25, "tolerance": {"by": "absolute", "of": 0.5}},
        {"id": "ville", "type": "short-text", "prompt": "Chef-lieu ?", "points": 1.0, "accepted": ["Préfecture-secrète"]},
    ]);
    let settings = Settings { pass_mark: 60, shuffle_choices: false, ..Settings::default() };
    Quiz { questions: serde_json::from_value(questions).expect("questions"), settings, ..Quiz::default() }
}

const RIGHT: [(&str, &[&str]); 5] = [
    ("epi", &["casque"]),
    ("feu", &["alerter", "evacuer"]),
    ("gaz", &["true"]),
    ("debit", &["47,5"]),
    ("ville", &["prefecture-SECRETE"]),
];

/// A published quiz.
async fn published(app: &TestApp, quiz: &Quiz) -> TestCourse {
    let mut tx = app.app.db.begin().await.expect("a transaction");
    let id = native::create(&mut tx, &app.app, PackageKind::Quiz, "Sécurité", quiz, None).await.expect("a draft");
    let publication = Publication {
        content: quiz,
        title: preau::core::LanguageMap::one("fr", "Sécurité"),
        description: preau::core::LanguageMap::default(),
        files: &[],
        open: Some(true),
    };
    let published = native::publish(&mut tx, &app.app, id, publication, None).await.expect("a version");
    tx.commit().await.expect("a commit");
    TestCourse { package: id.to_string(), id: published.course.to_string(), activities: Vec::new() }
}

/// Ends the attempts whose time is over; answers how many jobs that were.
async fn close_due(app: &preau::state::App) -> usize {
    let handlers = jobs::Handlers::new().on(quiz::CLOSE, 1, quiz::close);
    jobs::run_due(app, &handlers).await.expect("a worker")
}

/// Somebody at a quiz.
struct Taker {
    person: TestPerson,
    registration: String,
}

impl Taker {
    async fn of(app: &TestApp, course: &TestCourse, name: &str) -> Self {
        let person = app.person(name, Role::Learner).await;
        let answer = person.post_form(&format!("/courses/{}/start", course.id), &[]).await.expect(303);
        let (registration, index) = place(answer.header("location").expect("an address"));
        assert_eq!(index, 0);
        let led = person.get(&format!("/player/{registration}/0")).await.expect(303);
        assert_eq!(led.header("location"), Some(format!("/quiz/{registration}/0").as_str()));
        Self { person, registration }
    }

    fn url(&self, rest: &str) -> String {
        format!("/quiz/{}/0{rest}", self.registration)
    }

    async fn page(&self, rest: &str) -> String {
        self.person.get(&self.url(rest)).await.expect(200).text()
    }

    /// Begins, or goes on; answers the attempt.
    async fn begin(&self) -> String {
        let to = self.person.post_form(&self.url("/start"), &[]).await.expect(303);
        let page = self.person.get(to.header("location").expect("an address")).await.expect(200).text();
        value_of(&page, "attempt")
    }

    async fn answer(&self, attempt: &str, question: &str, values: &[&str]) -> Answer {
        let mut fields = vec![("attempt", attempt), ("question", question)];
        fields.extend(values.iter().map(|value| ("answer", *value)));
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")];
        self.person.send(reqwest::Method::POST, &self.url("/answers"), body.into_bytes(), &headers).await
    }

    async fn submit(&self, attempt: &str) -> String {
        let to = self.person.post_form(&self.url("/submit"), &[("attempt", attempt)]).await.expect(303);
        to.header("location").expect("an address").to_owned()
    }

    /// One attempt with these answers.
    async fn attempt(&self, answers: &[(&str, &[&str])]) -> String {
        let attempt = self.begin().await;
        for (question, values) in answers {
            self.answer(&attempt, question, values).await.expect(200);
        }
        self.submit(&attempt).await
    }

    async fn statements(&self, app: &TestApp) -> Vec<Value> {
        let id = self.registration.parse().expect("an id");
        let mut tx = app.app.db.read().await.expect("a transaction");
        let stored = preau::lrs::of_registration(&mut tx, id).await.expect("statements");
        stored.into_iter().map(|stored| serde_json::to_value(stored.statement).expect("JSON")).collect()
    }
}

/// The value of a hidden field.
fn value_of(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let at = page.find(&mark).unwrap_or_else(|| panic!("no field {name}: {page}")) + mark.len();
    page[at..].split('"').next().unwrap_or_default().to_owned()
}

fn verbs(statements: &[Value]) -> Vec<String> {
    let verb =
        |statement: &Value| statement["verb"]["id"].as_str().unwrap_or_default().rsplit('/').next().map(str::to_owned);
    let mut verbs: Vec<String> = statements.iter().filter_map(verb).collect();
    verbs.sort();
    verbs
}

fn times(verbs: &[String], verb: &str) -> usize {
    verbs.iter().filter(|own| *own == verb).count()
}

both_databases! {
    async fn who_fails_tries_again_and_passes_and_a_worse_try_takes_nothing_away(app: TestApp) {
        let course = published(&app, &sample()).await;
        let camille = Taker::of(&app, &course, "Camille").await;
        assert!(camille.page("").await.contains("Commencer"));

        let result = camille.attempt(&[("epi", &["short"]), ("feu", &["alerter", "filmer"])]).await;
        let page = camille.person.get(&result).await.expect(200).text();
        assert!(page.contains("Quiz non réussi") && page.contains("Recommencer"), "{page}");
        let said = verbs(&camille.statements(&app).await);
        assert_eq!((times(&said, "answered"), times(&said, "failed"), times(&said, "completed")), (2, 2, 0), "{said:?}");

        let result = camille.attempt(&RIGHT).await;
        assert!(camille.person.get(&result).await.expect(200).text().contains("Quiz réussi"));
        let statements = camille.statements(&app).await;
        let said = verbs(&statements);
        // The quiz, and the course that is nothing else.
        assert_eq!((times(&said, "answered"), times(&said, "passed"), times(&said, "completed")), (7, 2, 2), "{said:?}");
        let feu = statements.iter().rev().find(|statement| {
            statement["object"]["id"].as_str().is_some_and(|id| id.ends_with("/questions/feu")) && statement["result"]["success"] == true
        });
        let feu = feu.expect("the right answer");
        assert_eq!(feu["result"]["response"], "alerter[,]evacuer");
        assert_eq!(feu["result"]["score"], json!({"scaled": 1, "raw": 2, "min": 0, "max": 2}));
        let definition = &feu["object"]["definition"];
        assert_eq!((&definition["interactionType"], &definition["correctResponsesPattern"]), (&json!("choice"), &json!(["alerter[,]evacuer"])));
        assert_eq!(definition["choices"][2], json!({"id": "filmer", "description": {"fr": "Choix filmer"}}));
        assert!(feu["context"]["contextActivities"]["parent"][0]["id"].as_str().is_some_and(|id| id.ends_with("/activities/quiz")));

        camille.attempt(&[("epi", &["short"])]).await;
        let start = camille.page("").await;
        assert!(start.contains("Quiz réussi") && start.contains("Essai 3"), "{start}");
        let before = app.progress_rows().await;
        assert!(before.iter().any(|row| row.contains("passed")) && !before.iter().any(|row| row.contains("failed")), "{before:?}");
        progress::rebuild(&app.app).await.expect("a rebuild");
        assert_eq!(app.progress_rows().await, before);
    }

    async fn an_answer_is_kept_at_once_and_stays_until_it_is_changed(app: TestApp) {
        let course = published(&app, &sample()).await;
        let camille = Taker::of(&app, &course, "Camille").await;
        let attempt = camille.begin().await;
        for _ in 0..2 {
            camille.answer(&attempt, "epi", &["short"]).await.expect(200);
        }
        assert!(camille.page("/questions/1").await.contains("value=\"short\" checked"));
        camille.answer(&attempt, "epi", &["casque"]).await.expect(200);
        let page = camille.page("/questions/1").await;
        assert!(page.contains("value=\"casque\" checked") && !page.contains("value=\"short\" checked"), "{page}");
        // Beginning again goes on with the same attempt, at the first question without an answer.
        let to = camille.person.post_form(&camille.url("/start"), &[]).await.expect(303);
        assert_eq!(to.header("location"), Some(camille.url("/questions/2").as_str()));
        assert!(camille.page("/review").await.contains("2, 3, 4, 5. Vous pouvez terminer"));
        // Without script: the form leads on, and a refused answer is told.
        let fields = [("attempt", attempt.as_str()), ("question", "debit"), ("number", "4"), ("answer", "12 km"), ("go", "next")];
        let to = camille.person.post_form(&camille.url("/answers"), &fields).await.expect(303);
        let page = camille.person.get(to.header("location").expect("an address")).await.expect(200).text();
        assert!(page.contains("sans unité ni symbole"), "{page}");
    }

    async fn what_a_browser_sends_is_not_believed(app: TestApp) {
        let course = published(&app, &sample()).await;
        let camille = Taker::of(&app, &course, "Camille").await;
        let attempt = camille.begin().await;
        let code = async |question: &str, values: &[&str], status: u16| {
            camille.answer(&attempt, question, values).await.expect(status).json()["code"].clone()
        };
        assert_eq!(code("autre", &["casque"], 404).await, "quiz-question-unknown");
        assert_eq!(code("epi", &["filmer"], 422).await, "quiz-answer-unknown-choice");
        assert_eq!(code("epi", &["casque", "short"], 422).await, "quiz-answer-one-choice");
        assert_eq!(code("debit", &["douze"], 422).await, "quiz-answer-not-a-number");
        assert_eq!(code("ville", &["x".repeat(251).as_str()], 422).await, "quiz-answer-too-long");
        let other = uuid::Uuid::now_v7().to_string();
        assert_eq!(camille.answer(&other, "epi", &["casque"]).await.expect(409).json()["code"], "quiz-attempt-ended");

        // Nobody else, whatever their role, reads or writes it.
        for (name, role) in [("Louis", Role::Learner), ("Tess", Role::Trainer), ("Ada", Role::Administrator)] {
            let stranger = Taker { person: app.person(name, role).await, registration: camille.registration.clone() };
            for page in ["", "/questions/1", "/review", "/results/1"] {
                stranger.person.get(&stranger.url(page)).await.expect(404);
            }
            stranger.answer(&attempt, "epi", &["short"]).await.expect(404);
            for act in ["/start", "/submit"] {
                stranger.person.post_form(&stranger.url(act), &[("attempt", &attempt)]).await.expect(404);
            }
        }
        // An attempt of one's own does not open that of somebody else.
        let louise = Taker::of(&app, &course, "Louise").await;
        louise.begin().await;
        louise.answer(&attempt, "epi", &["short"]).await.expect(409);
        assert_eq!(app.count("quiz_answer").await, 0);
    }

    async fn an_attempt_is_submitted_once_and_stays_as_it_was(app: TestApp) {
        let course = published(&app, &sample()).await;
        let camille = Taker::of(&app, &course, "Camille").await;
        let attempt = camille.begin().await;
        for (question, values) in RIGHT {
            camille.answer(&attempt, question, values).await.expect(200);
        }
        let (first, second) = tokio::join!(camille.submit(&attempt), camille.submit(&attempt));
        assert_eq!((first.as_str(), second.as_str()), (camille.url("/results/1").as_str(), camille.url("/results/1").as_str()));
        let said = verbs(&camille.statements(&app).await);
        assert_eq!((times(&said, "answered"), times(&said, "terminated")), (5, 1), "{said:?}");
        assert_eq!(camille.answer(&attempt, "epi", &["short"]).await.expect(409).json()["code"], "quiz-attempt-ended");
        // The page of the attempt that ended, sent again while another one is open, ends nothing.
        let next = camille.begin().await;
        assert_ne!(next, attempt);
        assert_eq!(camille.submit(&attempt).await, camille.url("/results/1"));
        camille.answer(&next, "epi", &["casque"]).await.expect(200);
    }

    async fn nothing_that_is_right_is_sent_before_its_time(app: TestApp) {
        let mut quiz = sample();
        quiz.settings = Settings { attempts: 2, feedback: Shown::Submitted, solutions: Shown::Over, ..quiz.settings };
        let course = published(&app, &quiz).await;
        let camille = Taker::of(&app, &course, "Camille").await;
        let attempt = camille.begin().await;
        camille.answer(&attempt, "epi", &["short"]).await.expect(200);
        let mut pages = camille.page("").await + &camille.page("/review").await;
        for number in 1..=5 {
            pages += &camille.page(&format!("/questions/{number}")).await;
        }
        for secret in ["secrète", "Parce que", "note 12", "data-right", "47.25", "47,25", "Bonne réponse"] {
            assert!(!pages.contains(secret), "{secret} was sent");
        }
        let result = camille.submit(&attempt).await;
        let page = camille.person.get(&result).await.expect(200).text();
        assert!(page.contains("Parce que short") && page.contains("note 12"), "feedback is shown at the end: {page}");
        assert!(!page.contains("secrète") && !page.contains("data-right") && !page.contains("Parce que casque"), "{page}");
        // No attempt is left: now the right answers are shown, of the first attempt too.
        camille.attempt(&[]).await;
        let page = camille.person.get(&result).await.expect(200).text();
        assert!(page.contains("secrète") && page.contains("data-right=\"true\""), "{page}");
        let answer = camille.person.post_form(&camille.url("/start"), &[]).await;
        assert_eq!(answer.status, 409);
        let said = verbs(&camille.statements(&app).await);
        assert_eq!((times(&said, "failed"), times(&said, "completed")), (3, 2), "nothing is left to try: {said:?}");
    }

    async fn a_confirmed_answer_is_told_at_once_and_stays(app: TestApp) {
        let mut quiz = sample();
        quiz.settings = Settings { feedback: Shown::Answered, solutions: Shown::Answered, ..quiz.settings };
        let course = published(&app, &quiz).await;
        let camille = Taker::of(&app, &course, "Camille").await;
        let attempt = camille.begin().await;
        camille.answer(&attempt, "epi", &["short"]).await.expect(200);
        let page = camille.page("/questions/1").await;
        assert!(page.contains("Valider ma réponse") && !page.contains("data-right"), "{page}");
        let fields = [("attempt", attempt.as_str()), ("question", "epi"), ("answer", "short"), ("go", "confirm")];
        camille.person.post_form(&camille.url("/answers"), &fields).await.expect(303);
        let page = camille.page("/questions/1").await;
        assert!(page.contains("Parce que short") && page.contains("data-right=\"true\""), "{page}");
        camille.answer(&attempt, "epi", &["casque"]).await.expect(200);
        assert!(camille.page("/questions/1").await.contains("value=\"short\" checked"), "what was told cannot be mended");
        assert!(!camille.page("/questions/5").await.contains("secrète"));
    }

    async fn time_is_up_by_the_clock_of_the_server(app: TestApp) {
        let mut quiz = sample();
        quiz.settings.minutes = Some(10);
        let course = published(&app, &quiz).await;
        let camille = Taker::of(&app, &course, "Camille").await;
        let attempt = camille.begin().await;
        for (question, values) in &RIGHT[..4] {
            camille.answer(&attempt, question, values).await.expect(200);
        }
        app.clock.advance(std::time::Duration::from_secs(9 * 60));
        assert!(camille.page("/questions/1").await.contains("data-quiz-clock=\"60000\""));
        app.clock.advance(std::time::Duration::from_secs(3 * 60));
        assert_eq!(camille.answer(&attempt, "ville", RIGHT[4].1).await.expect(409).json()["code"], "quiz-time-over");
        camille.person.get(&camille.url("/questions/1")).await.expect(303);
        camille.person.get(&camille.url("")).await.expect(303);
        let page = camille.page("/results/1").await;
        assert!(page.contains("Quiz réussi") && page.contains("5 sur 6 points"), "what was saved counts: {page}");
        let statements = camille.statements(&app).await;
        let ended = statements.iter().find(|statement| statement["verb"]["id"].as_str().is_some_and(|id| id.ends_with("terminated")));
        assert_eq!(ended.expect("an end")["result"]["duration"], "PT10M", "no longer than the limit");
    }

    async fn an_attempt_whose_learner_never_came_back_is_scored_when_its_time_is_over(app: TestApp) {
        let mut quiz = sample();
        quiz.settings.minutes = Some(10);
        let course = published(&app, &quiz).await;
        let camille = Taker::of(&app, &course, "Camille").await;
        let began = app.app.clock.now();
        let attempt = camille.begin().await;
        for (question, values) in &RIGHT[..4] {
            camille.answer(&attempt, question, values).await.expect(200);
        }
        let louis = Taker::of(&app, &course, "Louis").await;
        let in_time = louis.begin().await;
        louis.answer(&in_time, "epi", &["casque"]).await.expect(200);
        louis.submit(&in_time).await;
        let of_louis = louis.statements(&app).await;

        app.clock.advance(std::time::Duration::from_secs(10 * 60));
        assert_eq!(close_due(&app.app).await, 0, "an answer given in time may still be on its way");
        camille.answer(&attempt, "epi", &["casque"]).await.expect(200);
        app.clock.advance(std::time::Duration::from_secs(3600));
        // Two servers at once, and a page of hers that is loaded again just then.
        let second = app.restarted().await.0;
        let start = camille.url("");
        let (one, other, _) = tokio::join!(close_due(&app.app), close_due(&second), camille.person.get(&start));
        assert_eq!(one + other, 2, "a job an attempt");
        let said = camille.statements(&app).await;
        assert_eq!(times(&verbs(&said), "answered"), 4, "{said:?}");
        let told = said.iter().find(|said| said["verb"]["id"].as_str().is_some_and(|id| id.ends_with("/terminated")));
        let told = told.expect("an end");
        let ended = told["timestamp"].as_str().and_then(preau::core::Timestamp::parse);
        let deadline = began.plus(std::time::Duration::from_secs(10 * 60));
        assert_eq!((ended, &told["result"]["duration"]), (Some(deadline), &json!("PT10M")));
        assert!(said.iter().any(|said| said["verb"]["id"].as_str().is_some_and(|id| id.ends_with("/passed"))), "{said:?}");
        assert_eq!(louis.statements(&app).await, of_louis, "what was sent in time stays as it was");

        assert_eq!(close_due(&app.app).await, 0);
        let page = camille.page("/results/1").await;
        assert!(page.contains("Quiz réussi") && page.contains("5 sur 6 points"), "{page}");
        assert_eq!(camille.statements(&app).await, said);
        let before = app.progress_rows().await;
        progress::rebuild(&app.app).await.expect("a rebuild");
        assert_eq!(app.progress_rows().await, before);
    }

    async fn an_attempt_is_scored_by_another_server_when_the_one_that_was_at_it_is_killed(app: TestApp) {
        let mut quiz = sample();
        quiz.settings.minutes = Some(1);
        let course = published(&app, &quiz).await;
        let camille = Taker::of(&app, &course, "Camille").await;
        camille.begin().await;
        app.clock.advance(std::time::Duration::from_secs(120));
        // Taken, and never heard of again.
        let begun = std::sync::Arc::new(tokio::sync::Notify::new());
        let worker = {
            let (app, begun) = (app.app.clone(), begun.clone());
            let handlers = jobs::Handlers::new().on(quiz::CLOSE, 1, move |_| {
                begun.notify_one();
                std::future::pending()
            });
            tokio::spawn(async move { jobs::run_due(&app, &handlers).await })
        };
        begun.notified().await;
        worker.abort();
        let _ = worker.await;
        assert_eq!(close_due(&app.app).await, 0, "its lease still holds");
        app.clock.advance(jobs::LEASE + std::time::Duration::from_secs(1));
        // PostgreSQL passes over the row that the killed worker was just writing, until it has undone that.
        let mut closed = 0;
        for _ in 0..1000 {
            closed += close_due(&app.app).await;
            if closed > 0 {
                break;
            }
        }
        assert_eq!(closed, 1);
        let said = verbs(&camille.statements(&app).await);
        // The quiz, and the course that is nothing else.
        assert_eq!((times(&said, "terminated"), times(&said, "failed")), (1, 2), "{said:?}");
    }

    async fn an_attempt_shows_the_same_questions_in_the_same_order_everywhere(app: TestApp) {
        let mut quiz = sample();
        quiz.settings = Settings { shuffle_questions: true, shuffle_choices: true, draw: Some(3), ..quiz.settings };
        let course = published(&app, &quiz).await;
        let camille = Taker::of(&app, &course, "Camille").await;
        camille.begin().await;
        let order = async || {
            let mut seen = Vec::new();
            for number in 1..=3 {
                let page = camille.page(&format!("/questions/{number}")).await;
                let choices: Vec<String> = page.split("name=\"answer\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect();
                seen.push((value_of(&page, "question"), choices));
            }
            seen
        };
        let first = order().await;
        assert_eq!(order().await, first);
        camille.begin().await;
        assert_eq!(order().await, first, "going on draws nothing again");
        camille.person.get(&camille.url("/questions/4")).await.expect(404);
        camille.person.get(&camille.url("/questions/0")).await.expect(404);
    }

    async fn a_preview_leaves_no_record(app: TestApp) {
        let course = published(&app, &sample()).await;
        let trainer = app.person("Tess", Role::Trainer).await;
        let answer = trainer.post_form(&format!("/trainer/courses/{}/preview", course.id), &[]).await.expect(303);
        let (registration, _) = place(answer.header("location").expect("an address"));
        let tess = Taker { person: trainer, registration };
        let result = tess.attempt(&RIGHT).await;
        assert!(tess.person.get(&result).await.expect(200).text().contains("Quiz réussi"));
        assert_eq!((app.count("statement").await, app.progress_rows().await.len()), (0, 0));
        let package = &course.package;
        let page = tess.person.get(&format!("/trainer/quizzes/{package}/results")).await.expect(200).text();
        assert!(page.contains("Aucun essai pour l’instant"), "{page}");
    }

    async fn a_trainer_sees_what_was_answered_how_often(app: TestApp) {
        let course = published(&app, &sample()).await;
        for (name, answers) in [("Camille", &RIGHT[..]), ("Louis", &RIGHT[..2])] {
            Taker::of(&app, &course, name).await.attempt(answers).await;
        }
        let trainer = app.person("Tess", Role::Trainer).await;
        let package = &course.package;
        let page = trainer.get(&format!("/trainer/quizzes/{package}/results")).await.expect(200).text();
        assert!(page.contains("Choix alerter + Choix evacuer") && page.contains("2 fois"), "{page}");
        assert!(page.contains("prefecture-SECRETE") && page.contains("50\u{202f}%"), "{page}");
    }
}
