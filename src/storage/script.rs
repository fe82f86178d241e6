//! Several statements of SQL in one trip to SQLite.

use futures_util::TryStreamExt as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Either, Executor as _, QueryBuilder, Sqlite};

use crate::core::Result;

/// Values bound in one trip, unless one statement has more by itself. There are then few texts of several statements: the
/// connection keeps what it has prepared.
const TRIP: usize = 512;

/// Statements on their way, those that are small together: SQLite works on a thread of its own, and an answer from there comes a
/// good deal after the work is done.
pub struct Script<'c> {
    connection: &'c mut SqliteConnection,
    text: QueryBuilder<Sqlite>,
    /// Bound in the text.
    values: usize,
    outcome: Outcome,
}

/// What became of a script.
#[derive(Default)]
pub struct Outcome {
    /// How many rows each statement has changed; of a question it says nothing.
    pub changed: Vec<u64>,
    pub found: Vec<SqliteRow>,
}

impl<'c> Script<'c> {
    pub fn new(connection: &'c mut SqliteConnection) -> Self {
        Self { connection, text: QueryBuilder::default(), values: 0, outcome: Outcome::default() }
    }

    /// A question about one value, `$1`, which it names once.
    pub async fn ask(&mut self, question: &'static str, value: String) -> Result<()> {
        // Values of a text of several statements have no numbers.
        let (before, after) = question.split_once("$1").unwrap_or((question, ""));
        self.next(1).await?.push(before).push_bind(value).push(after);
        Ok(())
    }

    /// Where the next statement is to be written, which binds so many values, one or more.
    pub async fn next(&mut self, values: usize) -> Result<&mut QueryBuilder<Sqlite>> {
        if self.values > 0 && self.values + values > TRIP {
            self.go().await?;
        }
        if self.values > 0 {
            self.text.push("; ");
        }
        self.values += values;
        Ok(&mut self.text)
    }

    async fn go(&mut self) -> Result<()> {
        let mut outcomes = self.connection.fetch_many(self.text.build());
        while let Some(outcome) = outcomes.try_next().await? {
            match outcome {
                Either::Left(done) => self.outcome.changed.push(done.rows_affected()),
                Either::Right(row) => self.outcome.found.push(row),
            }
        }
        drop(outcomes);
        self.text.reset();
        self.values = 0;
        Ok(())
    }

    /// Waits for what is still on its way.
    pub async fn end(mut self) -> Result<Outcome> {
        if self.values > 0 {
            self.go().await?;
        }
        Ok(self.outcome)
    }
}
