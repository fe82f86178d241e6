//! The demo organisation: what is there after the first start, and that nothing is loaded twice, by half or over others.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use preau::core::{CourseId, PackageId, Sequence};
use preau::jobs::{self, Handlers};
use preau::on_db;
use preau::{demo, lrs, programmes, progress};

use crate::both_databases;
use crate::support::{Client, TestApp};

/// Where `script/test` builds the samples.
fn samples() -> PathBuf {
    let build = Path::new(env!("CARGO_MANIFEST_DIR")).join("build");
    assert!(build.join("packages/tincan-accueil.zip").is_file(), "the samples are not built: script/test content");
    build
}

async fn loaded(app: &TestApp, content: &Path) -> String {
    demo::load(&app.app, preau::app::router, content).await.expect("the demo loads").to_string()
}

async fn signed_in(app: &TestApp, login: &str) -> Client {
    let browser = app.browser();
    browser.post_form("/sign-in", &[("login", login), ("password", demo::PASSWORD)]).await.expect(303);
    browser
}

/// The addresses a page links to, without those that only change how it is shown.
fn links(page: &str) -> BTreeSet<String> {
    let hrefs = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    // The page of components shows empty states on purpose.
    let is_page = |href: &&str| href.starts_with('/') && !href.starts_with("/assets/") && *href != "/design";
    let own = hrefs.filter(is_page).filter(|href| !href.ends_with("/open"));
    own.map(|href| href.split('#').next().unwrap_or_default().replace("&amp;", "&").replace("&#38;", "&")).collect()
}

/// `/courses/0192…/start` is `/courses/*/start`: the page, whichever course it is about.
fn pattern(address: &str) -> String {
    let path = address.split('?').next().unwrap_or_default();
    let named =
        |part: &str| if part.len() > 30 || part.parse::<u32>().is_ok() { "*".to_owned() } else { part.to_owned() };
    path.split('/').map(named).collect::<Vec<_>>().join("/")
}

/// Goes from page to page as somebody would, from these and to at most two of each kind. Answers the kinds of pages, each with
/// whether one of them had something to show.
async fn walk(browser: &Client, login: &str, from: Vec<String>) -> BTreeMap<String, bool> {
    let mut seen: BTreeMap<String, bool> = BTreeMap::new();
    let mut visits: BTreeMap<String, u32> = BTreeMap::new();
    let mut known: BTreeSet<String> = from.iter().cloned().collect();
    let mut ahead = VecDeque::from(from);
    while let Some(address) = ahead.pop_front() {
        let visits = visits.entry(pattern(&address)).or_default();
        *visits += 1;
        if *visits > 2 {
            continue;
        }
        let answer = browser.get(&address).await;
        assert!(
            answer.status.is_success() || answer.status.is_redirection(),
            "{login} at {address}: {}",
            answer.status
        );
        let page = answer.text();
        *seen.entry(pattern(&address)).or_default() |= !page.contains("class=\"empty\"");
        let next = links(&page).into_iter().chain(answer.header("location").map(str::to_owned));
        for link in next.filter(|link| link.starts_with('/')) {
            if known.insert(link.clone()) {
                ahead.push_back(link);
            }
        }
    }
    seen
}

/// What a query that asks about a moment counts or finds.
async fn number(app: &TestApp, sql: &'static str, at: i64) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    on_db!(tx, c => sqlx::query_scalar(sql).bind(at).fetch_one(c).await).unwrap()
}

const COMPLETED_KINDS: &str = "SELECT DISTINCT k.kind FROM registration_progress p \
    JOIN registration r ON r.id = p.registration_id JOIN course c ON c.id = r.course_id \
    JOIN package k ON k.id = c.package_id WHERE p.completion = 'completed' ORDER BY k.kind";
const FIRST: &str = "SELECT MIN(created_at) FROM person WHERE created_at <= $1";
const LATE: &str = "SELECT COUNT(*) FROM report_enrolment WHERE completed_at IS NULL AND due_at < $1";
const DUE: &str = "SELECT COUNT(*) FROM report_enrolment WHERE completed_at IS NULL AND due_at > $1";
const DONE_SINCE: &str = "SELECT COUNT(*) FROM report_enrolment WHERE completed_at > $1";
const QUIZZES: &str = "SELECT id FROM package WHERE kind = 'quiz'";
const ANSWERED: &str = "SELECT DISTINCT r.course_id FROM answer a JOIN registration r ON r.id = a.registration_id \
    JOIN course c ON c.id = r.course_id WHERE c.kind IN ('scorm12', 'scorm2004')";

both_databases! {
    async fn the_demo_is_a_departement_with_half_a_year_behind_it(app: TestApp) {
        let said = loaded(&app, &samples()).await;
        assert!(said.starts_with("Courses published: 17\n") && said.contains(demo::PASSWORD), "{said}");
        for (table, count) in [("person", 60), ("space", 8), ("programme", 6)] {
            assert_eq!(app.count(table).await, count, "{table}");
        }
        let mut tx = app.app.db.read().await.unwrap();
        let kinds: Vec<String> = on_db!(tx, c => sqlx::query_scalar(COMPLETED_KINDS).fetch_all(c).await).unwrap();
        let moments: Vec<i64> =
            on_db!(tx, c => sqlx::query_scalar("SELECT seq FROM statement").fetch_all(c).await).unwrap();
        let quizzes: Vec<PackageId> = on_db!(tx, c => sqlx::query_scalar(QUIZZES).fetch_all(c).await).unwrap();
        let answered: Vec<CourseId> = on_db!(tx, c => sqlx::query_scalar(ANSWERED).fetch_all(c).await).unwrap();
        drop(tx);
        let all = ["audio", "cmi5", "document", "link", "page", "quiz", "scorm12", "scorm2004", "video", "xapi"];
        assert_eq!(kinds, all, "kinds of courses that somebody completed");

        // The half year before now: something in each month, something late, due soon and just done.
        let (now, day) = (app.clock.now().0, 24 * 3600 * 1_000_000);
        let months: BTreeSet<i64> = moments.iter().map(|seq| (now - Sequence::moment(*seq).0) / (30 * day)).collect();
        assert_eq!(months, (0..6).collect(), "months with activity, counted back from now");
        assert!((180..184).contains(&((now - number(&app, FIRST, now).await) / day)));
        let latest = moments.iter().map(|seq| Sequence::moment(*seq).0).max();
        assert!(latest.is_some_and(|latest| latest < now + 1_000_000), "nothing is of the future");
        for (what, sql, at) in [("late", LATE, now), ("due", DUE, now), ("just done", DONE_SINCE, now - day)] {
            let found = number(&app, sql, at).await;
            assert!(found >= 3, "{what}: {found}");
        }

        // A second start changes nothing.
        let statements = app.count("statement").await;
        let again = loaded(&app, &samples()).await;
        assert!(!again.contains("Courses") && said.ends_with(&again), "{again}");
        assert_eq!(app.count("statement").await, statements);

        // What the figures are made of makes the same figures again.
        let rows = app.progress_rows().await;
        assert!(rows.len() > 1_000, "{}", rows.len());
        progress::rebuild(&app.app).await.expect("a rebuild");
        programmes::rebuild(&app.app).await.expect("a rebuild");
        assert!(rows == app.progress_rows().await, "a rebuild gives the same rows");
        assert_eq!(app.command(&["check", "--json"]).await.json()["ok"], true);

        // What the service does by itself from its first moments on.
        let handlers = Handlers::new().on(lrs::CHECK_PROFILE, 1, lrs::check_profiles);
        jobs::run_due(&app.app, &handlers).await.expect("a worker");
        let amina = signed_in(&app, "amina").await;
        let profiles = amina.get("/api/v1/xapi-profiles").await.expect(200).json();
        let profile = profiles["profiles"][0]["id"].as_str().expect("a profile").to_owned();
        let report = amina.get(&format!("/api/v1/xapi-profiles/{profile}")).await.expect(200).json();
        let figures = ["statements", "following", "broken", "unmatched"].map(|figure| report[figure].clone());
        assert_eq!(figures, [25, 22, 2, 1], "what the tutoring notebook wrote: {report}");
        let orders = ["followed", "begun", "broken"].map(|order| report["registrations"][order].clone());
        assert_eq!(orders, [3, 1, 2], "{report}");

        let camille = signed_in(&app, "camille").await;
        let home = camille.get("/").await.expect(200).text();
        for part in ["class=\"resume\"", "id=\"due\"", "id=\"done\""] {
            assert!(home.contains(part), "{part} on the home of camille");
        }
        let mut seen: BTreeMap<String, bool> = BTreeMap::new();
        for login in ["camille", "thomas", "marc", "helene", "amina"] {
            let browser = signed_in(&app, login).await;
            let mut from = vec!["/".to_owned()];
            if login == "thomas" {
                from.extend(quizzes.iter().map(|quiz| format!("/trainer/quizzes/{quiz}/results")));
                from.extend(answered.iter().map(|course| format!("/trainer/courses/{course}/answers")));
            }
            for (page, shows) in walk(&browser, login, from).await {
                *seen.entry(page).or_default() |= shows;
            }
        }
        let empty: Vec<_> = seen.iter().filter(|(_, shows)| !**shows).map(|(page, _)| page).collect();
        assert!(seen.len() >= 35 && empty.is_empty(), "{} kinds of pages; with nothing to show: {empty:?}", seen.len());
    }

    async fn a_sample_that_cannot_be_taken_is_told_and_the_rest_goes_on(app: TestApp) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("packages")).unwrap();
        std::fs::write(folder.path().join("packages/broken.zip"), b"no zip").unwrap();
        let said = loaded(&app, folder.path()).await;
        assert!(said.contains("Not imported: ") && said.contains("broken.zip"), "{said}");
        assert!(said.contains("Courses published: 8\n"), "what is written here needs no sample: {said}");
        let karim = signed_in(&app, "karim").await;
        assert!(karim.get("/").await.expect(200).text().contains("Prévention incendie"));
    }

    async fn a_demo_that_was_cut_short_says_so_at_the_next_start(app: TestApp) {
        let nowhere = Path::new("/nowhere");
        let first = tokio::spawn({
            let app = app.app.clone();
            async move { demo::load(&app, preau::app::router, nowhere).await.map(drop) }
        });
        while app.count("person").await == 0 {
            tokio::task::yield_now().await;
        }
        first.abort();
        assert!(first.await.is_err(), "the first start is over");
        let said = loaded(&app, nowhere).await;
        assert!(said.starts_with("The demo organisation is incomplete") && said.contains("camille"), "{said}");
    }

    async fn the_demo_leaves_a_database_with_people_alone(app: TestApp) {
        app.command(&["user", "add", "--login", "lea", "--name", "Léa"]).await;
        let said = loaded(&app, Path::new("/nowhere")).await;
        assert_eq!(said, "The database is not empty: the demo organisation was not loaded.");
        assert_eq!(app.count("person").await, 1);
    }
}
