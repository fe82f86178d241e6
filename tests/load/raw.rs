//! What the database alone can do: the same rows, written and read by a bare loop with the settings of the server.

use std::time::{Duration, Instant};

use preau::on_db;
use preau::storage::{Db, Inner, Tx};
use uuid::Uuid;

/// Rows to write again and again under new keys.
pub struct Rows {
    statements: Vec<Statement>,
    /// Links by statement: part and entity.
    links: Vec<Vec<(i32, Uuid)>>,
}

#[derive(sqlx::FromRow)]
struct Statement {
    seq: i64,
    body: String,
    registration: Option<Uuid>,
    stored: i64,
    occurred: i64,
    verb_key: Uuid,
}

/// Statements that serve as examples. With few of them the same people and registrations would come again and again, and of the
/// index only what the database still has in memory would be touched.
const EXAMPLES: i64 = 20_000;

const LATEST: &str =
    "SELECT seq, body, registration, stored, occurred, verb_key FROM statement ORDER BY seq DESC LIMIT $1";
const LINKS: &str = "SELECT seq, usage, entity FROM statement_link WHERE seq >= $1";

impl Rows {
    /// The latest of what the server wrote.
    pub async fn latest(db: &Db) -> anyhow::Result<Self> {
        let mut tx = db.read().await?;
        let statements: Vec<Statement> = on_db!(tx, c => sqlx::query_as(LATEST).bind(EXAMPLES).fetch_all(c).await)?;
        let first = statements.last().map_or(0, |row| row.seq);
        let found: Vec<(i64, i32, Uuid)> = on_db!(tx, c => sqlx::query_as(LINKS).bind(first).fetch_all(c).await)?;
        let mut links = vec![Vec::new(); statements.len()];
        for (seq, usage, entity) in found {
            // The latest comes first.
            if let Ok(at) = statements.binary_search_by(|row| seq.cmp(&row.seq)) {
                links[at].push((usage, entity));
            }
        }
        Ok(Self { statements, links })
    }

    /// How many examples there are.
    pub fn count(&self) -> usize {
        self.statements.len()
    }
}

const INSERT_POSTGRES: &str =
    "INSERT INTO statement (seq, id, body, registration, stored, occurred, refers_to, verb_key, voided)
    SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::uuid[], $5::bigint[], $6::bigint[], $7::uuid[],
    $8::uuid[], $9::boolean[])";
const LINK_POSTGRES: &str = "INSERT INTO statement_link (usage, entity, seq, subject)
    SELECT * FROM unnest($1::integer[], $2::uuid[], $3::bigint[], $4::bigint[])";

/// Statements per second, written `group` in a transaction by so many `writers` at once, for `time`.
pub async fn write(db: &Db, rows: &Rows, group: usize, writers: i64, time: Duration) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let base = preau::core::Clock::system().now().0;
    let writing = (0..writers).map(|writer| async move {
        let mut written = 0;
        while begun.elapsed() < time {
            let keys: Vec<(i64, Uuid, usize)> = (written..written + group)
                .map(|n| ((base + n as i64) << 12 | writer, Uuid::new_v4(), n % rows.statements.len()))
                .collect();
            let mut tx = db.begin().await?;
            write_group(&mut tx, rows, &keys).await?;
            tx.commit().await?;
            written += group;
        }
        anyhow::Ok(written)
    });
    let written: usize = futures_util::future::try_join_all(writing).await?.into_iter().sum();
    Ok(written as f64 / begun.elapsed().as_secs_f64())
}

/// Writes statements with their links; each key is a number, an id and which of the examples it repeats.
pub async fn write_group(tx: &mut Tx, rows: &Rows, keys: &[(i64, Uuid, usize)]) -> anyhow::Result<()> {
    let mut links: Vec<(i32, Uuid, i64)> = keys
        .iter()
        .flat_map(|(seq, _, at)| rows.links[*at].iter().map(move |(usage, entity)| (*usage, *entity, *seq)))
        .collect();
    links.sort_unstable();
    let row = |at: &usize| &rows.statements[*at];
    match &mut tx.0 {
        Inner::Sqlite(c) => {
            let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new(
                "INSERT INTO statement (seq, id, body, registration, stored, occurred, refers_to, verb_key, voided) ",
            );
            query.push_values(keys, |mut values, (seq, id, at)| {
                let row = row(at);
                values.push_bind(*seq).push_bind(*id).push_bind(row.body.as_str()).push_bind(row.registration);
                values.push_bind(row.stored).push_bind(row.occurred).push_bind(None::<Uuid>).push_bind(row.verb_key);
                values.push_bind(false);
            });
            query.build().execute(&mut **c).await?;
            let mut query =
                sqlx::QueryBuilder::<sqlx::Sqlite>::new("INSERT INTO statement_link (usage, entity, seq, subject) ");
            query.push_values(&links, |mut values, (usage, entity, seq)| {
                values.push_bind(*usage).push_bind(*entity).push_bind(*seq).push_bind(*seq);
            });
            query.build().execute(&mut **c).await?;
        }
        Inner::Postgres(c) => {
            sqlx::query(INSERT_POSTGRES)
                .bind(keys.iter().map(|(seq, ..)| *seq).collect::<Vec<_>>())
                .bind(keys.iter().map(|(_, id, _)| *id).collect::<Vec<_>>())
                .bind(keys.iter().map(|(.., at)| row(at).body.as_str()).collect::<Vec<_>>())
                .bind(keys.iter().map(|(.., at)| row(at).registration).collect::<Vec<_>>())
                .bind(keys.iter().map(|(.., at)| row(at).stored).collect::<Vec<_>>())
                .bind(keys.iter().map(|(.., at)| row(at).occurred).collect::<Vec<_>>())
                .bind(vec![None::<Uuid>; keys.len()])
                .bind(keys.iter().map(|(.., at)| row(at).verb_key).collect::<Vec<_>>())
                .bind(vec![false; keys.len()])
                .execute(&mut **c)
                .await?;
            sqlx::query(LINK_POSTGRES)
                .bind(links.iter().map(|(usage, ..)| *usage).collect::<Vec<_>>())
                .bind(links.iter().map(|(_, entity, _)| *entity).collect::<Vec<_>>())
                .bind(links.iter().map(|(.., seq)| *seq).collect::<Vec<_>>())
                .bind(links.iter().map(|(.., seq)| *seq).collect::<Vec<_>>())
                .execute(&mut **c)
                .await?;
        }
    }
    Ok(())
}

/// What is read, by the bare keys of the index.
pub enum Reading {
    /// Two things that one statement names, each by part and entity.
    Both((i32, Uuid), (i32, Uuid)),
    One((i32, Uuid)),
    /// Everything before a number.
    Before(i64),
}

// Not EXISTS, which PostgreSQL turns into a join with every link of the verb as long as it has no statistics.
const BOTH: &str = "SELECT s.body FROM statement_link l JOIN statement s ON s.seq = l.seq WHERE l.usage = $1
    AND l.entity = $2 AND (SELECT TRUE FROM statement_link o WHERE o.usage = $3 AND o.entity = $4
    AND o.seq = l.seq AND o.subject = l.subject) ORDER BY l.seq DESC LIMIT 100";
const ONE: &str = "SELECT s.body FROM statement_link l JOIN statement s ON s.seq = l.seq WHERE l.usage = $1
    AND l.entity = $2 ORDER BY l.seq DESC LIMIT 100";
const BEFORE: &str = "SELECT body FROM statement WHERE seq < $1 ORDER BY seq DESC LIMIT 100";

/// Reads a page of texts.
pub async fn read(db: &Db, reading: &Reading) -> anyhow::Result<usize> {
    let rows: Vec<String> = match reading {
        Reading::Both((usage, entity), (other, second)) => preau::read_once!(db, c => sqlx::query_scalar(BOTH)
            .bind(usage).bind(entity).bind(other).bind(second).fetch_all(c).await)?,
        Reading::One((usage, entity)) => {
            preau::read_once!(db, c => sqlx::query_scalar(ONE).bind(usage).bind(entity).fetch_all(c).await)?
        }
        Reading::Before(seq) => preau::read_once!(db, c => sqlx::query_scalar(BEFORE).bind(seq).fetch_all(c).await)?,
    };
    Ok(rows.len())
}
