//! What tests build their stories from.

mod command;
mod database;
pub mod learning;
mod test_app;

pub use database::{Database, TestDatabase};
pub use test_app::{Answer, Client, TestApp, TestPerson};

/// One story, told on SQLite and on PostgreSQL: `both_databases! { async fn a_story(app: TestApp) { … } }`.
#[macro_export]
macro_rules! both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block)+) => {
        $(
            $(#[$meta])*
            mod $name {
                #[allow(unused_imports, reason = "a story may need nothing of its module")]
                use super::*;

                async fn story($app: $crate::support::TestApp) $body

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    story($crate::support::TestApp::start($crate::support::Database::Sqlite).await).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    story($crate::support::TestApp::start($crate::support::Database::Postgres).await).await;
                }
            }
        )+
    };
}
