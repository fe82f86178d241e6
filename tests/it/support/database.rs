//! A database of its own for each test.

use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

/// Which of the two databases a story is told on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// An empty database that is gone after the test.
pub struct TestDatabase {
    url: String,
    /// Name of the PostgreSQL database to drop.
    postgres: Option<String>,
}

impl TestDatabase {
    pub async fn create(kind: Database, folder: &TempDir) -> Self {
        match kind {
            Database::Sqlite => {
                Self { url: format!("sqlite:{}", folder.path().join("preau.db").display()), postgres: None }
            }
            Database::Postgres => {
                let name = format!("preau_test_{}", uuid::Uuid::now_v7().simple());
                let mut admin = admin().await;
                let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
                sqlx::query(create).execute(&mut admin).await.expect("the test server lets us create databases");
                let mut url = server();
                url.set_path(&name);
                Self { url: url.into(), postgres: Some(name) }
            }
        }
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some(name) = self.postgres.take() else { return };
        // Drop cannot await, and the runtime of the test may be closing: a thread with a runtime of its own does it.
        let drop = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let statement = sqlx::AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                let _ = sqlx::query(statement).execute(&mut admin().await).await;
            });
        });
        let _ = drop.join();
    }
}

fn server() -> url::Url {
    std::env::var("PREAU_TEST_POSTGRES_URL")
        .expect("PREAU_TEST_POSTGRES_URL names a PostgreSQL server; script/test starts one")
        .parse()
        .expect("PREAU_TEST_POSTGRES_URL is an address")
}

async fn admin() -> PgConnection {
    PgConnection::connect(server().as_str()).await.expect("the PostgreSQL server of the tests answers")
}
