//! What tests build their stories from.

mod command;
pub mod cost;
mod database;
pub mod learning;
pub mod requirements;
mod test_app;

pub use command::Served;
pub use database::{Database, TestDatabase};
pub use test_app::{Answer, Client, TestApp, TestPerson};

/// One story, told on SQLite and on PostgreSQL: `both_databases! { async fn a_story(app: TestApp) { … } }`.
#[macro_export]
macro_rules! both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block)+) => {
        $(
            async fn $name($app: $crate::support::TestApp) $body

            // A module may have the name of a function: the story is told by the one, its two runs are in the other.
            $(#[$meta])*
            mod $name {
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    super::$name($crate::support::TestApp::start($crate::support::Database::Sqlite).await).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    super::$name($crate::support::TestApp::start($crate::support::Database::Postgres).await).await;
                }
            }
        )+
    };
}
