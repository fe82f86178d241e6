//! The tables of the store. Work does not grow with a query a statement: each table is written and asked once a batch.

use sqlx::postgres::PgRow;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{FromRow, QueryBuilder, Sqlite};
use uuid::Uuid;

use crate::core::{Error, Kind, OrgUnitId, Result, StatementId, Timestamp};
use crate::on_db;
use crate::storage::{Inner, Outcome, Script, Tx, hexadecimal};
use crate::xapi::{VerbKey, vocabulary};

/// A statement as a row.
#[derive(Clone, Debug, FromRow)]
pub struct Row {
    pub seq: i64,
    pub id: StatementId,
    pub body: String,
    pub registration: Option<Uuid>,
    pub stored: Timestamp,
    pub occurred: Timestamp,
    pub refers_to: Option<Uuid>,
    pub verb_key: Uuid,
    pub voided: bool,
}

/// A row of `statement_link`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkRow {
    pub usage: i32,
    pub entity: Uuid,
    pub seq: i64,
    pub subject: i64,
}

const FIND: &str =
    "SELECT seq, id, body, registration, stored, occurred, refers_to, verb_key, voided FROM statement WHERE id = $1";
const OF_REGISTRATION: &str =
    "SELECT seq, id, body, registration, stored, occurred, refers_to, verb_key, voided FROM statement
    WHERE registration = $1 AND NOT voided ORDER BY seq";
const LATEST_OF_REGISTRATION: &str =
    "SELECT seq, id, body, registration, stored, occurred, refers_to, verb_key, voided FROM statement
    WHERE registration = $1 AND NOT voided ORDER BY seq DESC LIMIT $2";
const FIND_AGENT: &str = "SELECT names FROM xapi_agent WHERE agent_key = $1";
const FIND_ACTIVITY: &str = "SELECT definition FROM xapi_activity WHERE activity_key = $1";

/// The statement with this id, voided or not.
pub async fn find(tx: &mut Tx, id: StatementId) -> Result<Option<Row>> {
    Ok(on_db!(tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await)?)
}

/// The statements of a registration in the order of storing, without the voided ones.
pub async fn of_registration(tx: &mut Tx, registration: Uuid) -> Result<Vec<Row>> {
    Ok(on_db!(tx, c => sqlx::query_as(OF_REGISTRATION).bind(registration).fetch_all(c).await)?)
}

/// The last statements of a registration, the latest first, without the voided ones.
pub async fn latest_of_registration(tx: &mut Tx, registration: Uuid, limit: i64) -> Result<Vec<Row>> {
    Ok(on_db!(tx, c => sqlx::query_as(LATEST_OF_REGISTRATION).bind(registration).bind(limit).fetch_all(c).await)?)
}

const FIND_ALL_SQLITE: &str =
    "SELECT seq, id, body, registration, stored, occurred, refers_to, verb_key, voided FROM statement
    WHERE id IN (SELECT unhex(value) FROM json_each($1))";
const FIND_ALL_POSTGRES: &str =
    "SELECT seq, id, body, registration, stored, occurred, refers_to, verb_key, voided FROM statement
    WHERE id = ANY($1)";

/// Those of `ids` that are stored.
pub async fn find_all(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Row>> {
    by_ids(tx, FIND_ALL_SQLITE, FIND_ALL_POSTGRES, ids).await
}

const REFERRING_SQLITE: &str =
    "SELECT seq, id, body, registration, stored, occurred, refers_to, verb_key, voided FROM statement
    WHERE refers_to IN (SELECT unhex(value) FROM json_each($1))";
const REFERRING_POSTGRES: &str =
    "SELECT seq, id, body, registration, stored, occurred, refers_to, verb_key, voided FROM statement
    WHERE refers_to = ANY($1)";

/// The statements that refer to one of `ids`.
pub async fn referring_to(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Row>> {
    by_ids(tx, REFERRING_SQLITE, REFERRING_POSTGRES, ids).await
}

/// The rows of some ids.
pub async fn by_ids<R>(tx: &mut Tx, sqlite: &'static str, postgres: &'static str, ids: &[Uuid]) -> Result<Vec<R>>
where
    R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(match &mut tx.0 {
        Inner::Sqlite(connection) => {
            sqlx::query_as(sqlite).bind(hexadecimal(ids.iter().copied())).fetch_all(&mut **connection).await?
        }
        Inner::Postgres(connection) => sqlx::query_as(postgres).bind(ids).fetch_all(&mut **connection).await?,
    })
}

/// Rows of one INSERT on SQLite at most: the values stay below its 32,766 parameters.
pub const ROWS: usize = 512;

/// Rows in pieces for an INSERT of SQLite that leaves what is there as it is: a piece of 5 is filled up to 6 with its last
/// row. A connection keeps the statements it has prepared: the sizes are the powers of two and those halfway between, and so
/// there are eighteen texts of an INSERT and not one for every number of rows.
fn pieces<T>(rows: &[T]) -> impl Iterator<Item = Vec<&T>> {
    rows.chunks(ROWS).map(|piece| {
        let last = piece.last().into_iter().cycle();
        piece.iter().chain(last).take(filled(piece.len())).collect()
    })
}

/// The smallest of the sizes that is not below `count`.
fn filled(count: usize) -> usize {
    let power = count.next_power_of_two();
    if count * 4 <= power * 3 { power / 4 * 3 } else { power }
}

// All in one trip: a database that is asked over a connection answers each time a good deal later. What it finds was there before.
const INSERT_POSTGRES: &str = "WITH statements AS (
    INSERT INTO statement (seq, id, body, registration, stored, occurred, refers_to, verb_key, voided)
    SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::uuid[], $5::bigint[], $6::bigint[], $7::uuid[],
    $8::uuid[], $9::boolean[])),
    links AS (
    INSERT INTO statement_link (usage, entity, seq, subject)
    SELECT * FROM unnest($10::integer[], $11::uuid[], $12::bigint[], $13::bigint[]))
    SELECT seq, id, body, registration, stored, occurred, refers_to, verb_key, voided FROM statement
    WHERE refers_to = ANY($14)";

/// Writes new statements with their links, none of which can be there. Answers those stored before that refer
/// to one of `awaited`.
///
/// Errors: `statement-number-taken` if an id or a number is; the transaction is of no use any more. Whoever begins again meets
/// the id as known.
pub async fn insert(tx: &mut Tx, rows: &[Row], links: &mut Vec<LinkRow>, awaited: &[Uuid]) -> Result<Vec<Row>> {
    let taken = || Error::new(Kind::Unavailable, "statement-number-taken");
    // Sorted, so that neighbours in the index are written together and two batches lock in one order.
    links.sort_unstable();
    links.dedup();
    match &mut tx.0 {
        Inner::Sqlite(connection) => {
            let (all_new, referring) = insert_sqlite(connection, rows, links, awaited).await?;
            if all_new { Ok(referring) } else { Err(taken()) }
        }
        Inner::Postgres(connection) => {
            // Whoever meets an id that another transaction is about to write waits for that one: in one order everywhere.
            let mut rows: Vec<&Row> = rows.iter().collect();
            rows.sort_unstable_by_key(|row| row.id.0);
            let (usages, entities, numbers, subjects) = columns(links);
            let referring = sqlx::query_as(INSERT_POSTGRES)
                .bind(rows.iter().map(|row| row.seq).collect::<Vec<_>>())
                .bind(rows.iter().map(|row| row.id.0).collect::<Vec<_>>())
                .bind(rows.iter().map(|row| row.body.as_str()).collect::<Vec<_>>())
                .bind(rows.iter().map(|row| row.registration).collect::<Vec<_>>())
                .bind(rows.iter().map(|row| row.stored.0).collect::<Vec<_>>())
                .bind(rows.iter().map(|row| row.occurred.0).collect::<Vec<_>>())
                .bind(rows.iter().map(|row| row.refers_to).collect::<Vec<_>>())
                .bind(rows.iter().map(|row| row.verb_key).collect::<Vec<_>>())
                .bind(rows.iter().map(|row| row.voided).collect::<Vec<_>>())
                .bind(usages)
                .bind(entities)
                .bind(numbers)
                .bind(subjects)
                .bind(awaited)
                .fetch_all(&mut **connection)
                .await;
            referring.map_err(|cause| {
                let is_taken = cause.as_database_error().is_some_and(|error| error.is_unique_violation());
                if is_taken { taken().caused_by(cause) } else { cause.into() }
            })
        }
    }
}

/// Links as PostgreSQL takes them, a list for each column.
fn columns(links: &[LinkRow]) -> (Vec<i32>, Vec<Uuid>, Vec<i64>, Vec<i64>) {
    let usages = links.iter().map(|row| row.usage).collect();
    let entities = links.iter().map(|row| row.entity).collect();
    let numbers = links.iter().map(|row| row.seq).collect();
    (usages, entities, numbers, links.iter().map(|row| row.subject).collect())
}

/// Answers also whether all were new; an id or a number that is taken is left as it is.
///
/// OR FAIL: a row that cannot be written ends the transaction here anyway, so SQLite need not note how to take back the rows
/// before it.
async fn insert_sqlite(
    connection: &mut SqliteConnection,
    rows: &[Row],
    links: &[LinkRow],
    awaited: &[Uuid],
) -> Result<(bool, Vec<Row>)> {
    let mut script = Script::new(connection);
    script.ask(REFERRING_SQLITE, hexadecimal(awaited.iter().copied())).await?;
    for rows in pieces(rows) {
        let text = script.next(9 * rows.len()).await?;
        text.push(
            "INSERT OR FAIL INTO statement
            (seq, id, body, registration, stored, occurred, refers_to, verb_key, voided) ",
        );
        text.push_values(rows, |mut values, row| {
            values
                .push_bind(row.seq)
                .push_bind(row.id)
                .push_bind(row.body.as_str())
                .push_bind(row.registration)
                .push_bind(row.stored)
                .push_bind(row.occurred)
                .push_bind(row.refers_to)
                .push_bind(row.verb_key)
                .push_bind(row.voided);
        });
        // What fills a piece up is there twice.
        text.push(" ON CONFLICT DO NOTHING");
    }
    push_links(&mut script, links).await?;
    let Outcome { changed, found } = script.end().await?;
    // After the question come the pieces of statements.
    let written: u64 = changed.iter().skip(1).take(rows.chunks(ROWS).len()).sum();
    let referring = found.iter().map(Row::from_row).collect::<sqlx::Result<_>>()?;
    Ok((written == rows.len() as u64, referring))
}

async fn push_links(script: &mut Script<'_>, links: &[LinkRow]) -> Result<()> {
    for links in pieces(links) {
        let text = script.next(4 * links.len()).await?;
        text.push("INSERT OR FAIL INTO statement_link (usage, entity, seq, subject) ");
        text.push_values(links, |mut values, row| {
            values.push_bind(row.usage).push_bind(row.entity).push_bind(row.seq).push_bind(row.subject);
        });
        text.push(" ON CONFLICT DO NOTHING");
    }
    Ok(())
}

const INHERIT_POSTGRES: &str = "INSERT INTO statement_link (usage, entity, seq, subject)
    SELECT * FROM unnest($1::integer[], $2::uuid[], $3::bigint[], $4::bigint[]) ON CONFLICT DO NOTHING";

/// Writes links of statements that are stored already; some may be there, where statements refer to each other in a circle.
pub async fn insert_inherited(tx: &mut Tx, links: &mut Vec<LinkRow>) -> Result<()> {
    if links.is_empty() {
        return Ok(());
    }
    links.sort_unstable();
    links.dedup();
    match &mut tx.0 {
        Inner::Sqlite(connection) => {
            let mut script = Script::new(connection);
            push_links(&mut script, links).await?;
            script.end().await?;
        }
        Inner::Postgres(connection) => {
            let (usages, entities, numbers, subjects) = columns(links);
            sqlx::query(INHERIT_POSTGRES)
                .bind(usages)
                .bind(entities)
                .bind(numbers)
                .bind(subjects)
                .execute(&mut **connection)
                .await?;
        }
    }
    Ok(())
}

const DELETE_LINKS_POSTGRES: &str = "DELETE FROM statement_link l
    USING unnest($1::integer[], $2::uuid[], $3::bigint[], $4::bigint[]) AS gone (usage, entity, seq, subject)
    WHERE l.usage = gone.usage AND l.entity = gone.entity AND l.seq = gone.seq AND l.subject = gone.subject";

/// Takes links away.
pub async fn delete_links(tx: &mut Tx, links: &[LinkRow]) -> Result<()> {
    match &mut tx.0 {
        Inner::Sqlite(connection) => {
            for rows in pieces(links) {
                // Each is looked up by the whole key: a list of rows would be compared with all links of a kind.
                let mut query = QueryBuilder::<Sqlite>::new("DELETE FROM statement_link WHERE ");
                let mut any = query.separated(" OR ");
                for row in rows {
                    any.push("(usage = ").push_bind_unseparated(row.usage);
                    any.push_unseparated(" AND entity = ").push_bind_unseparated(row.entity);
                    any.push_unseparated(" AND seq = ").push_bind_unseparated(row.seq);
                    any.push_unseparated(" AND subject = ").push_bind_unseparated(row.subject);
                    any.push_unseparated(")");
                }
                query.build().execute(&mut **connection).await?;
            }
        }
        Inner::Postgres(connection) => {
            let (usages, entities, numbers, subjects) = columns(links);
            sqlx::query(DELETE_LINKS_POSTGRES)
                .bind(usages)
                .bind(entities)
                .bind(numbers)
                .bind(subjects)
                .execute(&mut **connection)
                .await?;
        }
    }
    Ok(())
}

const VOID_SQLITE: &str = "UPDATE statement SET voided = TRUE WHERE verb_key <> $1
    AND id IN (SELECT unhex(value) FROM json_each($2))";
// Locked in one order: two batches that take the same statements back never wait for each other in a circle.
const VOID_POSTGRES: &str = "UPDATE statement SET voided = TRUE WHERE seq IN
    (SELECT seq FROM statement WHERE verb_key <> $1 AND id = ANY($2) ORDER BY seq FOR NO KEY UPDATE)";

/// Marks `ids` as voided, except voiding statements, which cannot be voided (1.0.3 Data 2.3.2; XAPI-00016).
pub async fn void(tx: &mut Tx, ids: &[Uuid]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let voiding = VerbKey::of(vocabulary::VOIDED);
    match &mut tx.0 {
        Inner::Sqlite(connection) => {
            sqlx::query(VOID_SQLITE)
                .bind(voiding)
                .bind(hexadecimal(ids.iter().copied()))
                .execute(&mut **connection)
                .await?;
        }
        Inner::Postgres(connection) => {
            sqlx::query(VOID_POSTGRES).bind(voiding).bind(ids).execute(&mut **connection).await?;
        }
    }
    Ok(())
}

const ACTIVITIES_NAMED: &str = "SELECT activity_key, iri, definition FROM xapi_activity
    WHERE LOWER(definition) LIKE $1 ORDER BY iri LIMIT $2";

/// Agents whose name contains `text`: key, canonical identifier, latest name. With `units`, only people who work there.
pub async fn agents_named(
    tx: &mut Tx,
    text: &str,
    units: Option<&[OrgUnitId]>,
    limit: i64,
) -> Result<Vec<(Uuid, String, String)>> {
    if units.is_some_and(<[OrgUnitId]>::is_empty) {
        return Ok(Vec::new());
    }
    let pattern = containing(text);
    let rows: Vec<(Uuid, String, String)> = on_db!(tx, c => {
        let mut query = QueryBuilder::<Database>::new(
            "SELECT agent_key, ifi, names FROM xapi_agent WHERE LOWER(names) LIKE ",
        );
        query.push_bind(pattern);
        if let Some(units) = units {
            // As `Ifi::canonical` writes an account.
            query.push(
                " AND ifi IN (SELECT 'account ' || p.account_home_page || ' ' || p.account_name FROM person p
                WHERE p.org_unit_id IN (",
            );
            let mut list = query.separated(", ");
            for unit in units {
                list.push_bind(*unit);
            }
            query.push("))");
        }
        query.push(" ORDER BY names LIMIT ").push_bind(limit);
        query.build_query_as().fetch_all(c).await
    })?;
    let latest = |names: &str| serde_json::from_str::<Vec<String>>(names).ok().and_then(|mut names| names.pop());
    Ok(rows
        .into_iter()
        .map(|(key, ifi, names)| {
            let name = latest(&names).unwrap_or_default();
            (key, ifi, name)
        })
        .collect())
}

/// Activities whose definition contains `text`: key, IRI, definition.
pub async fn activities_named(tx: &mut Tx, text: &str, limit: i64) -> Result<Vec<(Uuid, String, String)>> {
    let pattern = containing(text);
    Ok(on_db!(tx, c => sqlx::query_as(ACTIVITIES_NAMED).bind(pattern).bind(limit).fetch_all(c).await)?)
}

/// A LIKE pattern that finds `text` as it is: what LIKE would read as a joker stands for one character.
fn containing(text: &str) -> String {
    let plain: String =
        text.to_lowercase().chars().map(|c| if matches!(c, '%' | '\\' | '\0') { '_' } else { c }).collect();
    format!("%{plain}%")
}

/// The names under which an agent was seen.
pub async fn names_of(tx: &mut Tx, agent: Uuid) -> Result<Vec<String>> {
    let names: Option<String> = on_db!(tx, c => sqlx::query_scalar(FIND_AGENT).bind(agent).fetch_optional(c).await)?;
    Ok(names.and_then(|names| serde_json::from_str(&names).ok()).unwrap_or_default())
}

/// The merged definition of an activity; the outer `None` if no statement ever named it.
pub async fn definition_of(tx: &mut Tx, activity: Uuid) -> Result<Option<Option<String>>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(FIND_ACTIVITY).bind(activity).fetch_optional(c).await)?)
}

/// Whether the database gave up this transaction so that another could go on: trying again will do.
pub fn is_transient(error: &Error) -> bool {
    let code = error
        .source
        .as_ref()
        .and_then(|source| source.downcast_ref::<sqlx::Error>())
        .and_then(|source| source.as_database_error())
        .and_then(|database| database.code());
    // PostgreSQL: serialization_failure, deadlock_detected. SQLite: BUSY and BUSY_SNAPSHOT.
    matches!(code.as_deref(), Some("40001" | "40P01" | "5" | "517")) || error.code == "statement-number-taken"
}

/// Whether the fault lies with what was to be stored: without it, the rest could be. A database that does not answer is
/// nobody's fault.
pub fn is_of_the_statements(error: &Error) -> bool {
    let database = error.source.as_ref().and_then(|source| source.downcast_ref::<sqlx::Error>());
    database.is_none_or(|error| error.as_database_error().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_into_few_sizes() {
        let written = |count: usize| {
            let rows = (1..=count).collect::<Vec<_>>();
            pieces(&rows).map(|piece| piece.into_iter().copied().collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        assert_eq!(written(0), [[0_usize; 0]; 0]);
        assert_eq!(written(3), [[1, 2, 3]]);
        assert_eq!(written(5), [[1, 2, 3, 4, 5, 5]]);
        assert_eq!(written(7), [[1, 2, 3, 4, 5, 6, 7, 7]]);
        assert_eq!(written(1_025).iter().map(Vec::len).collect::<Vec<_>>(), [512, 512, 1]);
        let sizes = (1..=ROWS).map(filled).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(sizes.len(), 18);
    }
}
