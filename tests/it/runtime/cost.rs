//! What a statement of a long session costs.

use std::time::Instant;

use axum::body::Body;
use axum::http::{Request, header};
use tower::ServiceExt;

use super::sessions::one_unit;
use super::*;
use crate::support::Database;
use crate::support::cost::{Cost, cost_of};

/// One more statement of the unit, by a server of its own: all that it does for it is counted.
async fn one_more(app: &TestApp, unit: &Unit) -> Cost {
    let request = Request::post("/xapi/statements")
        .header(header::HOST, app.app.config.content_url.authority())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, &unit.auth)
        .header("x-experience-api-version", "1.0.3")
        .body(Body::from(unit.statement("experienced").to_string()))
        .expect("a request");
    let (answer, cost) = cost_of(async { preau::app::router(&app.app).oneshot(request).await }).await;
    assert!(answer.expect("an answer").status().is_success());
    cost
}

/// Milliseconds of a statement, the mean of twenty.
async fn milliseconds(app: &TestApp, unit: &Unit) -> f64 {
    let begun = Instant::now();
    for _ in 0..20 {
        unit.say(app, "experienced").await.expect(200);
    }
    begun.elapsed().as_secs_f64() * 1000.0 / 20.0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ten_thousandth_statement_of_a_session_costs_what_the_tenth_did() {
    for kind in [Database::Sqlite, Database::Postgres] {
        let app = TestApp::start(kind).await;
        let (_, registration, _, unit) = one_unit(&app, r#"moveOn="CompletedAndPassed""#).await;
        let many = async |count: usize| {
            let batch: Vec<Value> = (0..count).map(|_| unit.statement("experienced")).collect();
            unit.send(&app, &json!(batch)).await.expect(200);
        };
        unit.say(&app, "initialized").await.expect(200);
        many(7).await;
        let tenth = [one_more(&app, &unit).await, one_more(&app, &unit).await];
        let early = milliseconds(&app, &unit).await;
        for _ in 0..10 {
            many(996).await;
        }
        let late = milliseconds(&app, &unit).await;
        let last = [one_more(&app, &unit).await, one_more(&app, &unit).await];
        assert!(statements(&app, &registration).await.len() > 10_000);
        println!("{kind:?}: {tenth:?} at 10, {last:?} at 10,000; {early:.1} ms at 10, {late:.1} ms at 10,000");
        assert_eq!(tenth, last, "{kind:?}");
        assert!(tenth[0].statements > 5, "the writer is counted: {tenth:?}");
    }
}
