//! What a page costs: the number of SQL statements it runs is the same for ten rows and for a thousand.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{Request, header};
use preau::core::PersonId;
use preau::identity::{self, Role};
use preau::on_db;
use tower::ServiceExt;

use self::fill::Size;
use crate::support::cost::cost_of;
use crate::support::learning::{item, scorm};
use crate::support::{Database, TestApp};

#[path = "../load/fill.rs"]
mod fill;

/// Asks for a page and answers how many statements it ran.
async fn statements(app: &TestApp, person: PersonId, path: &str) -> usize {
    let mut tx = app.app.db.begin().await.expect("a transaction");
    let token = identity::begin_login(&app.app, &mut tx, Some(person)).await.expect("a login");
    tx.commit().await.expect("a commit");
    let cookie = identity::set_cookie(&app.app, &token)
        .expect("a cookie")
        .to_str()
        .expect("a cookie")
        .split(';')
        .next()
        .expect("a value")
        .to_owned();
    let request = Request::get(path)
        .header(header::HOST, app.app.config.public_url.authority())
        .header(header::COOKIE, cookie)
        .body(Body::empty())
        .expect("a request");
    let (answer, cost) = cost_of(async {
        let answer = preau::app::router(&app.app).oneshot(request).await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        axum::body::to_bytes(answer.into_body(), usize::MAX).await.expect("a whole answer")
    })
    .await;
    assert!(!answer.is_empty());
    cost.statements
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_number_of_statements_of_a_page_does_not_grow_with_its_rows() {
    const FIRST: &str = "SELECT id FROM person WHERE login IS NOT NULL ORDER BY login LIMIT 1";
    for kind in [Database::Sqlite, Database::Postgres] {
        let mut counts: Vec<HashMap<&str, usize>> = Vec::new();
        for rows in [10, 1000] {
            let app = TestApp::start(kind).await;
            let size =
                Size { people: 10, programmes: rows, enrolments: 10 * rows, courses: rows, registrations: rows / 2 };
            fill::fill(&app.app, &size).await.expect("an organisation");
            let mut tx = app.app.db.read().await.expect("a transaction");
            let learner: PersonId = on_db!(tx, c => sqlx::query_scalar(FIRST).fetch_one(c).await).expect("somebody");
            drop(tx);
            let hr = app.person("Hélène", Role::Hr).await.id;
            let mut found = HashMap::new();
            for (path, person) in [
                ("/", learner),
                ("/catalogue", learner),
                ("/me/record", learner),
                ("/reports", hr),
                ("/reports/enrolments", hr),
                ("/reports/enrolments.csv", hr),
            ] {
                found.insert(path, statements(&app, person, path).await);
            }
            counts.push(found);
        }
        println!("{kind:?}: {:?}", counts[1]);
        assert_eq!(counts[0], counts[1], "{kind:?}");
        assert!(counts[0].values().all(|count| (1..=12).contains(count)), "{kind:?}: {counts:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_number_of_statements_of_a_programme_does_not_grow_with_its_steps_and_its_people() {
    for kind in [Database::Sqlite, Database::Postgres] {
        let mut counts: Vec<HashMap<&str, usize>> = Vec::new();
        for rows in [2, 40] {
            let app = TestApp::start(kind).await;
            let course = app.import(scorm("1.2", &item("a", ""), &[("a", "sco")])).await;
            let trainer = app.person("Nadia", Role::Trainer).await;
            let learner = app.person("Camille", Role::Learner).await;
            let mut programme = String::new();
            for number in 0..rows {
                let title = format!("Programme {number}");
                let made = trainer.post_form("/trainer/programmes", &[("title", &title)]).await.expect(303);
                programme = made.header("location").expect("the builder").to_owned();
                for phase in
                    ["before", "during", "after"].iter().cycle().take(if number + 1 == rows { rows } else { 1 })
                {
                    let step = [("phase", *phase), ("course", course.id.as_str())];
                    trainer.post_form(&format!("{programme}/steps"), &step).await.expect(303);
                }
                trainer.post_form(&format!("{programme}/publish"), &[]).await.expect(303);
                let own = programme.replace("/trainer", "");
                learner.post_form(&format!("{own}/begin"), &[]).await.expect(303);
            }
            let own = programme.replace("/trainer", "");
            for number in 1..rows {
                let other = app.person(&format!("Camille {number}"), Role::Learner).await;
                other.post_form(&format!("{own}/begin"), &[]).await.expect(303);
            }
            let (people, preview) = (format!("{programme}/people"), format!("{programme}/preview"));
            let mut found = HashMap::new();
            for (name, path, person) in [
                ("home", "/", learner.id),
                ("task list", own.as_str(), learner.id),
                ("list", "/trainer/programmes", trainer.id),
                ("builder", programme.as_str(), trainer.id),
                ("people", people.as_str(), trainer.id),
                ("preview", preview.as_str(), trainer.id),
            ] {
                found.insert(name, statements(&app, person, path).await);
            }
            counts.push(found);
        }
        println!("{kind:?}: {:?}", counts[1]);
        assert_eq!(counts[0], counts[1], "{kind:?}");
        assert!(counts[0].values().all(|count| (1..=12).contains(count)), "{kind:?}: {counts:?}");
    }
}
