//! What an erasure reads and writes.

use sqlx::FromRow;
use uuid::Uuid;

use crate::core::{PersonId, Result, Timestamp};
use crate::on_db;
use crate::storage::Tx;

const INSERT: &str =
    "INSERT INTO person_erasure (person_id, pseudonym, asked_by, asked_at, statements, files, documents)
    VALUES ($1, $2, $3, $4, 0, 0, 0) ON CONFLICT DO NOTHING";
const PSEUDONYM: &str = "SELECT pseudonym FROM person_erasure WHERE person_id = $1 AND finished_at IS NULL";

/// Writes down that somebody is to be erased. Answers whether that is new.
pub async fn insert(tx: &mut Tx, person: PersonId, by: PersonId, now: Timestamp) -> Result<bool> {
    let pseudonym = Uuid::new_v4();
    let written: u64 = on_db!(tx, c => sqlx::query(INSERT)
        .bind(person)
        .bind(pseudonym)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(written > 0)
}

/// What stands for somebody who is being erased; `None` if nobody asked for it, or it is done.
pub async fn pseudonym(tx: &mut Tx, person: PersonId) -> Result<Option<Uuid>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(PSEUDONYM).bind(person).fetch_optional(c).await)?)
}

/// An erasure as it is told.
#[derive(Clone, Debug, FromRow)]
pub struct Erasure {
    pub pseudonym: Uuid,
    /// The name of who asked for it.
    pub asker: String,
    pub asked_at: Timestamp,
    pub statements: i64,
    pub files: i64,
    pub documents: i64,
    pub finished_at: Option<Timestamp>,
}

const NEWEST: &str =
    "SELECT e.pseudonym, p.name AS asker, e.asked_at, e.statements, e.files, e.documents, e.finished_at
    FROM person_erasure e JOIN person p ON p.id = e.asked_by ORDER BY e.asked_at DESC, e.pseudonym LIMIT $1";

/// The last erasures, the newest first.
pub async fn newest(tx: &mut Tx, limit: i64) -> Result<Vec<Erasure>> {
    Ok(on_db!(tx, c => sqlx::query_as(NEWEST).bind(limit).fetch_all(c).await)?)
}

/// Under which statement somebody was found (`seq`), and which statement names them (`subject`): the same one, or one that it
/// refers to.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Link {
    pub seq: i64,
    pub subject: i64,
}

const TAKE: &str = "DELETE FROM statement_link WHERE usage = $1 AND entity = $2 AND (seq, subject) IN
    (SELECT l.seq, l.subject FROM statement_link l WHERE l.usage = $1 AND l.entity = $2 ORDER BY l.seq, l.subject LIMIT $3)
    RETURNING seq, subject";

/// Takes away some links to an agent.
pub async fn take(tx: &mut Tx, usage: i32, agent: Uuid, limit: i64) -> Result<Vec<Link>> {
    Ok(on_db!(tx, c => sqlx::query_as(TAKE).bind(usage).bind(agent).bind(limit).fetch_all(c).await)?)
}

/// Links to another agent instead.
pub async fn relink(tx: &mut Tx, usage: i32, agent: Uuid, links: &[Link]) -> Result<()> {
    on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new("INSERT INTO statement_link (usage, entity, seq, subject) ");
        query.push_values(links, |mut values, link| {
            values.push_bind(usage).push_bind(agent).push_bind(link.seq).push_bind(link.subject);
        });
        query.push(" ON CONFLICT DO NOTHING").build().execute(c).await.map(drop)
    })?;
    Ok(())
}

/// The texts of statements.
pub async fn bodies(tx: &mut Tx, seqs: &[i64]) -> Result<Vec<(i64, String)>> {
    Ok(on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new("SELECT seq, body FROM statement WHERE seq IN (");
        let mut list = query.separated(", ");
        for seq in seqs {
            list.push_bind(*seq);
        }
        query.push(")");
        query.build_query_as().fetch_all(c).await
    })?)
}

/// Gives statements their new texts.
pub async fn rewrite(tx: &mut Tx, texts: &[(i64, String)]) -> Result<()> {
    if texts.is_empty() {
        return Ok(());
    }
    on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new("UPDATE statement SET body = told.column2 FROM (");
        query.push_values(texts, |mut values, (seq, text)| {
            values.push_bind(*seq).push_bind(text.as_str());
        });
        query.push(") AS told WHERE statement.seq = told.column1").build().execute(c).await.map(drop)
    })?;
    Ok(())
}

const ORIGINS: &str = "SELECT seq, authority FROM statement_origin WHERE seq > $1 AND authority IS NOT NULL
    ORDER BY seq LIMIT $2";

/// Who vouched for statements that were brought in (JSON), behind a number.
pub async fn origins(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<(i64, String)>> {
    Ok(on_db!(tx, c => sqlx::query_as(ORIGINS).bind(after).bind(limit).fetch_all(c).await)?)
}

/// Says anew who vouched for statements that were brought in.
pub async fn rewrite_origins(tx: &mut Tx, texts: &[(i64, String)]) -> Result<()> {
    on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new("UPDATE statement_origin SET authority = told.column2 FROM (");
        query.push_values(texts, |mut values, (seq, text)| {
            values.push_bind(*seq).push_bind(text.as_str());
        });
        query.push(") AS told WHERE statement_origin.seq = told.column1").build().execute(c).await.map(drop)
    })?;
    Ok(())
}

/// Lets go of files of statements, by their digests; the sweep removes what nobody names any more. Answers how many.
pub async fn unattach(tx: &mut Tx, files: &[(i64, String)]) -> Result<i64> {
    if files.is_empty() {
        return Ok(0);
    }
    let gone: u64 = on_db!(tx, c => {
        // The numbers by themselves, too: SQLite searches its index by them, and not by pairs that stand in a list.
        let mut query = sqlx::QueryBuilder::<Database>::new("DELETE FROM statement_attachment WHERE seq IN (");
        let mut list = query.separated(", ");
        for (seq, _) in files {
            list.push_bind(*seq);
        }
        query.push(") AND (seq, sha2) IN (");
        query.push_values(files, |mut values, (seq, sha2)| {
            values.push_bind(*seq).push_bind(sha2.as_str());
        });
        query.push(")").build().execute(c).await.map(|done| done.rows_affected())
    })?;
    Ok(i64::try_from(gone).unwrap_or(i64::MAX))
}

const COUNT: &str =
    "UPDATE person_erasure SET statements = statements + $2, files = files + $3, documents = documents + $4
    WHERE person_id = $1";

/// Writes down what was done.
pub async fn count(tx: &mut Tx, person: PersonId, statements: i64, files: i64, documents: i64) -> Result<()> {
    on_db!(tx, c => sqlx::query(COUNT)
        .bind(person)
        .bind(statements)
        .bind(files)
        .bind(documents)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

const DOCUMENTS: &str = "DELETE FROM lrs_document WHERE agent_key = $1";
const AGENT: &str = "DELETE FROM xapi_agent WHERE agent_key = $1";

/// Forgets an agent and its documents. Answers how many those were.
pub async fn forget_agent(tx: &mut Tx, agent: Uuid) -> Result<i64> {
    on_db!(tx, c => sqlx::query(AGENT).bind(agent).execute(c).await.map(drop))?;
    let gone: u64 =
        on_db!(tx, c => sqlx::query(DOCUMENTS).bind(agent).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(i64::try_from(gone).unwrap_or(i64::MAX))
}

const CREDENTIALS: &str = "DELETE FROM launch_credential WHERE registration_id IN
    (SELECT id FROM registration WHERE person_id = $1)";
const STATES: &str = "DELETE FROM runtime_state WHERE registration_id IN
    (SELECT id FROM registration WHERE person_id = $1)";
/// As their statements are rewritten.
const ANSWERS: &str = "UPDATE answer SET first_response = CASE WHEN first_response IS NULL THEN NULL ELSE '' END,
    last_response = CASE WHEN last_response IS NULL THEN NULL ELSE '' END
    WHERE registration_id IN (SELECT id FROM registration WHERE person_id = $1)";
const OBJECTIVES: &str = "DELETE FROM learner_objectives WHERE person_id = $1";
const FEEDS: &str = "DELETE FROM feed_token WHERE person_id = $1";
const MEMBER: &str = "DELETE FROM space_member WHERE person_id = $1";
const RECORDS: &str = "DELETE FROM hr_unit WHERE person_id = $1";
const EVENTS: &str = "DELETE FROM outbox_event WHERE person_id = $1";
const FAILURES: &str = "DELETE FROM sign_in_failure WHERE login IN (SELECT login FROM person WHERE id = $1)";
const PERSON: &str = "UPDATE person SET name = $2, name_key = $3, login = NULL, email = NULL, password_hash = NULL,
    locale = NULL, account_home_page = $4, account_name = $5 WHERE id = $1";
const FINISH: &str = "UPDATE person_erasure SET finished_at = $2 WHERE person_id = $1";

/// Makes nobody in particular of a person, and ends their erasure.
pub async fn make_nobody(
    tx: &mut Tx,
    person: PersonId,
    name: &str,
    key: &str,
    account: (&str, &str),
    now: Timestamp,
) -> Result<()> {
    for gone in [CREDENTIALS, STATES, ANSWERS, OBJECTIVES, FEEDS, MEMBER, RECORDS, EVENTS, FAILURES] {
        on_db!(tx, c => sqlx::query(gone).bind(person).execute(c).await.map(drop))?;
    }
    on_db!(tx, c => sqlx::query(PERSON)
        .bind(person)
        .bind(name)
        .bind(key)
        .bind(account.0)
        .bind(account.1)
        .execute(c)
        .await
        .map(drop))?;
    on_db!(tx, c => sqlx::query(FINISH).bind(person).bind(now).execute(c).await.map(drop))?;
    Ok(())
}
