//! The promises the two databases share.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::FutureExt;
use preau::core::Error;
use preau::storage::{Db, Inner};
use preau::{on_db, read_once};
use sqlx::raw_sql;
use uuid::Uuid;

use crate::both_databases;
use crate::support::{Database, TestApp};

const INSERT: &str = "INSERT INTO org_unit (id, parent_id, name, created_at) VALUES ($1, NULL, $2, $3)";
const COUNT: &str = "SELECT COUNT(*) FROM org_unit";

both_databases! {
    async fn a_transaction_that_is_not_committed_leaves_nothing(app: TestApp) {
        for (name, commit) in [("Routes", false), ("Collèges", true)] {
            let mut tx = app.app.db.begin().await.unwrap();
            let id = preau::core::OrgUnitId::new();
            on_db!(tx, c => sqlx::query(INSERT).bind(id).bind(name).bind(1_i64).execute(c).await.map(drop)).unwrap();
            if commit {
                tx.commit().await.unwrap();
            }
        }
        let mut tx = app.app.db.read().await.unwrap();
        let count: i64 = on_db!(tx, c => sqlx::query_scalar(COUNT).fetch_one(c).await).unwrap();
        assert_eq!(count, 1);
    }

    async fn whoever_goes_away_while_a_transaction_begins_leaves_none_behind(app: TestApp) {
        let db = &app.app.db;
        for polls in 0..200 {
            // Gone before, amid and after the beginning.
            let (mut read, mut begin) = (Box::pin(db.read().fuse()), Box::pin(db.begin().fuse()));
            for _ in 0..polls % 8 {
                let _ = (futures_util::poll!(&mut read).is_ready(), futures_util::poll!(&mut begin).is_ready());
                tokio::task::yield_now().await;
            }
        }
        for count in 1..=40_i64 {
            let mut tx = db.begin().await.unwrap();
            let id = preau::core::OrgUnitId::new();
            on_db!(tx, c => sqlx::query(INSERT).bind(id).bind("Routes").bind(1_i64).execute(c).await.map(drop)).unwrap();
            tx.commit().await.unwrap();
            // A connection inside a transaction that was forgotten would see the past.
            let seen: i64 = read_once!(*db, c => sqlx::query_scalar(COUNT).fetch_one(c).await).unwrap();
            assert_eq!(seen, count);
        }
    }

    async fn transactions_at_once_are_each_whole_or_absent_whatever_becomes_of_their_neighbours(app: TestApp) {
        const OF: &str = "SELECT COUNT(*) FROM org_unit WHERE name = $1";
        const MANY: usize = 150;
        // Two rows, or what is left of them.
        async fn write(db: Db, n: usize) -> Option<()> {
            let mut tx = db.begin().await.unwrap();
            let ids = [preau::core::OrgUnitId::new(), preau::core::OrgUnitId::new()];
            // One in three breaks a rule amid its work.
            for id in if n % 3 == 1 { [ids[0], ids[0]] } else { ids } {
                on_db!(tx, c => sqlx::query(INSERT)
                    .bind(id).bind(format!("Service {n}")).bind(1_i64).execute(c).await.map(drop)).ok()?;
            }
            tx.commit().await.unwrap();
            Some(())
        }
        let writing = (0..MANY).map(|n| {
            let writing = write(app.app.db.clone(), n);
            tokio::spawn(async move {
                if n % 3 != 2 {
                    return writing.await;
                }
                // One in three goes away: while it waits, amid its work, or while its commit is under way.
                let mut writing = Box::pin(writing);
                for _ in 0..n {
                    if let std::task::Poll::Ready(done) = futures_util::poll!(&mut writing) {
                        return done;
                    }
                    tokio::task::yield_now().await;
                }
                None
            })
        });
        let acknowledged: Vec<bool> = futures_util::future::join_all(writing.collect::<Vec<_>>())
            .await.into_iter().map(|done| done.unwrap().is_some()).collect();
        // Who went away holds up nobody, and is decided by now: whoever writes next comes after them.
        write(app.app.db.clone(), MANY).await.unwrap();
        for (n, acknowledged) in acknowledged.into_iter().enumerate() {
            let name = format!("Service {n}");
            let rows: i64 = read_once!(app.app.db, c => sqlx::query_scalar(OF).bind(name).fetch_one(c).await).unwrap();
            match n % 3 {
                0 => assert_eq!((acknowledged, rows), (true, 2), "{n}: acknowledged, so it is there"),
                1 => assert_eq!((acknowledged, rows), (false, 0), "{n}: refused, so nothing of it is there"),
                _ => assert!(rows == 2 || rows == 0 && !acknowledged, "{n}: gone, {rows} rows are there"),
            }
        }
    }
}

/// A full disk, or whatever else has SQLite give up a transaction by itself, takes those with it that waited for its commit:
/// none of them is told that it was kept.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_of_a_commit_that_the_database_gave_up() {
    const GIVE_UP: &str = "ROLLBACK";
    let app = TestApp::start(Database::Sqlite).await;
    let begin = async |name: &'static str, gives_up: bool| {
        let mut tx = app.app.db.begin().await?;
        let id = preau::core::OrgUnitId::new();
        on_db!(tx, c => sqlx::query(INSERT).bind(id).bind(name).bind(1_i64).execute(c).await.map(drop))?;
        if gives_up {
            on_db!(tx, c => sqlx::query(GIVE_UP).execute(c).await.map(drop))?;
        }
        Ok::<_, Error>(tx)
    };
    let first = begin("Routes", false).await.unwrap();
    let mut second = Box::pin(async { begin("Collèges", true).await?.commit().await });
    // It waits while the first is at work, and so they share a transaction.
    assert!(futures_util::poll!(&mut second).is_pending());
    let (first, second) = tokio::join!(first.commit(), second);
    assert!(first.is_err() && second.is_err());
    begin("Archives", false).await.unwrap().commit().await.unwrap();
    let count: i64 = read_once!(app.app.db, c => sqlx::query_scalar(COUNT).fetch_one(c).await).unwrap();
    assert_eq!(count, 1);
}

/// Deleting a package or a preview must not read every document there is.
#[tokio::test(flavor = "multi_thread")]
async fn the_documents_of_registrations_are_found_by_an_index() {
    const DELETE: &str = "EXPLAIN QUERY PLAN DELETE FROM lrs_document WHERE registration IN \
        (SELECT id FROM registration WHERE person_id = x'00' AND course_id = x'00' AND preview = TRUE)";
    let app = TestApp::start(Database::Sqlite).await;
    let Db::Sqlite { read, .. } = &app.app.db else { unreachable!("a SQLite database") };
    let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(DELETE).fetch_all(read).await.unwrap();
    assert!(plan.iter().any(|(.., step)| step.contains("lrs_document_registration")), "{plan:?}");
}

/// Nobody waits until PostgreSQL has looked at a table that is being filled.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_writer_looks_up_is_found_by_an_index_in_a_store_that_is_new() {
    const FILL: &str = "ALTER TABLE statement SET (autovacuum_enabled = false);
        INSERT INTO statement (seq, id, body, verb_key, stored, occurred, voided)
        SELECT n, gen_random_uuid(), repeat('x', 1000), gen_random_uuid(), n, n, FALSE FROM generate_series(1, 20000) n";
    const ASK: &str = "EXPLAIN SELECT seq, body FROM statement WHERE refers_to = ANY($1)";
    let app = TestApp::start(Database::Postgres).await;
    let Db::Postgres(pool) = &app.app.db else { unreachable!("a PostgreSQL database") };
    raw_sql(FILL).execute(pool).await.unwrap();
    let ids: Vec<Uuid> = (0..1_000).map(|_| Uuid::new_v4()).collect();
    let ask = async |db: &Db| {
        let mut tx = db.begin().await.unwrap();
        let Inner::Postgres(connection) = &mut tx.0 else { unreachable!("a PostgreSQL database") };
        let plan: Vec<String> = sqlx::query_scalar(ASK).bind(&ids).fetch_all(&mut **connection).await.unwrap();
        plan.join("\n")
    };
    assert!(ask(&app.app.db).await.contains("Seq Scan"), "the trap is there");
    let plan = ask(&app.app.db.alone()).await;
    assert!(plan.contains("statement_refers_to") && !plan.contains("Seq Scan"), "{plan}");
}

/// Table by table, the columns of a database.
async fn columns(db: &Db) -> BTreeMap<String, Vec<String>> {
    const SQLITE: &str =
        "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type IN ('table', 'view')";
    const POSTGRES: &str =
        "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public'";
    let rows: Vec<(String, String)> = match db {
        Db::Sqlite { read, .. } => sqlx::query_as(SQLITE).fetch_all(read).await.unwrap(),
        Db::Postgres(pool) => sqlx::query_as(POSTGRES).fetch_all(pool).await.unwrap(),
    };
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in rows {
        if !table.starts_with("_sqlx") && !table.starts_with("sqlite_") {
            tables.entry(table).or_default().push(column);
        }
    }
    tables.values_mut().for_each(|columns| columns.sort());
    tables
}

#[tokio::test(flavor = "multi_thread")]
async fn both_schemas_have_the_same_tables_and_columns() {
    let sqlite = TestApp::start(Database::Sqlite).await;
    let postgres = TestApp::start(Database::Postgres).await;
    let (sqlite, postgres) = (columns(&sqlite.app.db).await, columns(&postgres.app.db).await);
    assert!(sqlite.len() > 20, "the migrations made tables");
    assert_eq!(sqlite, postgres);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_was_writing_is_removed_a_day_later() {
    let app = TestApp::start(Database::Sqlite).await;
    app.app.blobs.put("packages/a/upload", "whole").await.unwrap();
    let folder = app.folder.path().join("blobs/packages/a");
    let staged = |name: &str, hours: u64| {
        let file = std::fs::File::options().create(true).append(true).open(folder.join(name)).unwrap();
        file.set_modified(std::time::SystemTime::now() - Duration::from_secs(hours * 3600)).unwrap();
    };
    staged("upload#1", 25);
    staged("poster#20", 25);
    staged("film#1", 23);
    staged("upload", 25);
    staged("notes#a", 25);

    preau::app::sweep(&app.app).await;
    let mut left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["film#1", "notes#a", "upload"]);
    assert_eq!(app.app.blobs.get("packages/a/upload").await.unwrap(), "whole");
}
