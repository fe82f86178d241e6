//! Server time of pages: from the request to the last byte of the answer, in this process.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use futures_util::TryStreamExt;
use preau::core::PersonId;
use preau::identity;
use preau::on_db;
use preau::state::App;
use preau::storage::{Db, Inner};
use tower::ServiceExt;
use uuid::Uuid;

/// How often.
#[derive(clap::Args)]
pub struct Effort {
    /// Requests for each page.
    #[arg(long, default_value_t = 100)]
    pub requests: usize,
}

const WITH_ROLE: &str = "SELECT person_id FROM person_role WHERE role = $1 ORDER BY person_id LIMIT $2";
const UNIT: &str = "SELECT id FROM org_unit WHERE name = 'Direction 03'";
const PROGRAMME: &str = "SELECT id FROM programme ORDER BY title LIMIT 1";
const ENROLMENTS: &str = "SELECT COUNT(*) FROM report_enrolment";
const SCAN_SQLITE: &str = "SELECT COUNT(org_unit_id), COUNT(programme_id), COUNT(due_at), COUNT(started_at), \
    COUNT(completed_at) FROM report_enrolment INDEXED BY report_enrolment_unit";
const SCAN_POSTGRES: &str = "SELECT COUNT(org_unit_id), COUNT(programme_id), COUNT(due_at), COUNT(started_at), \
    COUNT(completed_at) FROM report_enrolment";
const REGISTRATIONS: &str = "SELECT COUNT(*) FROM registration_progress";

/// Prints a line a page.
pub async fn measure(app: &App, effort: &Effort) -> anyhow::Result<()> {
    let mut tx = app.db.read().await?;
    let one = |role: &'static str, count: i64| (role, count);
    let mut people = Vec::new();
    for (role, count) in [one("hr", 1), one("manager", 1), one("learner", effort.requests as i64)] {
        let ids: Vec<Uuid> = on_db!(tx, c => sqlx::query_scalar(WITH_ROLE).bind(role).bind(count).fetch_all(c).await)?;
        people.push(ids);
    }
    let unit: Uuid = on_db!(tx, c => sqlx::query_scalar(UNIT).fetch_one(c).await)?;
    let programme: Uuid = on_db!(tx, c => sqlx::query_scalar(PROGRAMME).fetch_one(c).await)?;
    let enrolments: i64 = on_db!(tx, c => sqlx::query_scalar(ENROLMENTS).fetch_one(c).await)?;
    let registrations: i64 = on_db!(tx, c => sqlx::query_scalar(REGISTRATIONS).fetch_one(c).await)?;
    drop(tx);
    let database = if matches!(app.db, Db::Postgres(_)) { "PostgreSQL" } else { "SQLite" };
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    println!(
        "{database}, {build} build: {enrolments} enrolments, {registrations} registrations, {} requests a page",
        effort.requests
    );

    let mut cookies = Vec::new();
    for ids in &people {
        cookies.push(sign_in(app, ids).await?);
    }
    let router = preau::app::router(app);
    let (hr, manager, learners) = (&cookies[0], &cookies[1], &cookies[2]);
    let pages = [
        ("home", "/".to_owned(), learners),
        ("own record", "/me/record".to_owned(), learners),
        ("report, everybody", "/reports".to_owned(), hr),
        ("report, one unit", format!("/reports?period=year&unit={unit}"), hr),
        ("report, one programme", format!("/reports?period=year&programme={programme}"), hr),
        ("report, late", "/reports?status=late".to_owned(), hr),
        ("report, manager", "/reports".to_owned(), manager),
        ("list, everybody", "/reports/enrolments".to_owned(), hr),
        ("list, late in one unit", format!("/reports/enrolments?status=late&unit={unit}"), hr),
    ];
    for (name, path, cookies) in pages {
        let mut times = Vec::with_capacity(effort.requests);
        let mut bytes = 0;
        // The first answer warms what the machine keeps of the database's files.
        ask(app, &router, &path, &cookies[0]).await?;
        for n in 0..effort.requests {
            let begun = Instant::now();
            bytes = ask(app, &router, &path, &cookies[n % cookies.len()]).await?;
            times.push(begun.elapsed());
        }
        println!("{name:<24} {}   {bytes:>8} bytes", quantiles(&mut times));
    }
    scan(app, effort.requests).await?;
    // A direction, from the first enrolment on; then everybody.
    let always = "from=2000-01-01&to=2100-01-01";
    for (name, path) in [
        ("CSV, one unit", format!("/reports/enrolments.csv?{always}&unit={unit}")),
        ("XLSX, one unit", format!("/reports/enrolments.xlsx?{always}&unit={unit}")),
        ("CSV, everybody", format!("/reports/enrolments.csv?{always}")),
        ("XLSX, everybody", format!("/reports/enrolments.xlsx?{always}")),
    ] {
        let before = memory::forget_peak();
        let begun = Instant::now();
        let bytes = ask(app, &router, &path, &hr[0]).await?;
        let peak = memory::peak();
        println!(
            "{name:<24} {:>9.1} ms   {bytes:>9} bytes   memory {before:.0} MB before, {peak:.0} MB at most",
            ms(begun.elapsed())
        );
    }
    Ok(())
}

/// What the machine needs to walk once over the index that figures are counted from, and nothing else.
async fn scan(app: &App, times: usize) -> anyhow::Result<()> {
    let mut spent = Vec::with_capacity(times);
    for _ in 0..times {
        let mut tx = app.db.read().await?;
        let begun = Instant::now();
        match &mut tx.0 {
            Inner::Sqlite(c) => sqlx::query(SCAN_SQLITE).fetch_all(&mut **c).await.map(drop),
            Inner::Postgres(c) => sqlx::query(SCAN_POSTGRES).fetch_all(&mut **c).await.map(drop),
        }?;
        spent.push(begun.elapsed());
    }
    println!("{:<24} {}", "(scan of the index)", quantiles(&mut spent));
    Ok(())
}

/// The median and what few requests exceed.
fn quantiles(times: &mut [Duration]) -> String {
    times.sort();
    let at = |share: f64| ms(times[((times.len() as f64 * share).ceil() as usize).clamp(1, times.len()) - 1]);
    format!("p50 {:>7.1} ms   p95 {:>7.1} ms   p99 {:>7.1} ms", at(0.5), at(0.95), at(0.99))
}

/// Memory of this process, as Linux tells it; zero elsewhere.
mod memory {
    fn told(field: &str) -> f64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with(field)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|number| number.parse::<f64>().ok()).unwrap_or_default() / 1024.0
    }

    /// Begins to look for a new peak; answers what is used now.
    pub fn forget_peak() -> f64 {
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        told("VmRSS:")
    }

    /// The most that was used since.
    pub fn peak() -> f64 {
        told("VmHWM:")
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

async fn sign_in(app: &App, people: &[Uuid]) -> anyhow::Result<Vec<String>> {
    let mut cookies = Vec::new();
    let mut tx = app.db.begin().await?;
    for id in people {
        let token = identity::begin_login(app, &mut tx, Some(PersonId(*id))).await?;
        let cookie = identity::set_cookie(app, &token)?;
        cookies.push(cookie.to_str()?.split(';').next().unwrap_or_default().to_owned());
    }
    tx.commit().await?;
    Ok(cookies)
}

async fn ask(app: &App, router: &Router, path: &str, cookie: &str) -> anyhow::Result<usize> {
    let request = Request::get(path)
        .header(header::HOST, app.config.public_url.authority())
        .header(header::COOKIE, cookie)
        .body(Body::empty())?;
    let answer = router.clone().oneshot(request).await?;
    anyhow::ensure!(answer.status().is_success(), "{path} answered {}", answer.status());
    // Piece by piece, as a client takes it.
    Ok(answer.into_body().into_data_stream().try_fold(0, async |sum, piece| Ok(sum + piece.len())).await?)
}
