//! The tables of profiles, and the statements that name them.

use futures_util::TryStreamExt as _;
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use crate::core::{Error, LanguageMap, ProfileId, Result, StatementId, Timestamp};
use crate::lrs::links::Usage;
use crate::lrs::query::push_list;
use crate::lrs::store::{ROWS, find_all};
use crate::on_db;
use crate::storage::Tx;
use crate::xapi::profile::Profile;
use crate::xapi::vocabulary::VOIDED;
use crate::xapi::{ActivityKey, VerbKey};

/// A version of a profile, without its document.
#[derive(Clone, Debug, FromRow)]
pub struct Row {
    pub id: ProfileId,
    pub profile_iri: String,
    pub version_iri: String,
    pub generated_at: Timestamp,
    names: String,
    /// Whether it is the newest version of its profile.
    pub in_force: bool,
    pub loaded_at: Timestamp,
    pub round: i64,
    pub checked_through: i64,
    pub checked_at: Option<Timestamp>,
}

impl Row {
    pub fn name(&self) -> LanguageMap {
        self.names.clone().into()
    }

    /// What a statement names as a category to say that it keeps to this version.
    pub fn claims(&self) -> Vec<String> {
        let mut claims = vec![self.version_iri.clone()];
        if self.in_force && self.profile_iri != self.version_iri {
            claims.push(self.profile_iri.clone());
        }
        claims
    }
}

const ALL: &str =
    "SELECT id, profile_iri, version_iri, generated_at, names, in_force, loaded_at, round, checked_through,
        checked_at
    FROM xapi_profile ORDER BY profile_iri, generated_at DESC, id";
const FIND: &str =
    "SELECT id, profile_iri, version_iri, generated_at, names, in_force, loaded_at, round, checked_through,
        checked_at
    FROM xapi_profile WHERE id = $1";
const OF_PROFILE: &str = "SELECT id, profile_iri, version_iri, generated_at, names, in_force, loaded_at, round,
        checked_through, checked_at
    FROM xapi_profile WHERE profile_iri = $1 ORDER BY generated_at DESC, id";
const OF_VERSION: &str = "SELECT id, document FROM xapi_profile WHERE version_iri = $1";
const DOCUMENT: &str = "SELECT document FROM xapi_profile WHERE id = $1";

/// Every version of every profile, the newest of each first.
pub async fn all(tx: &mut Tx) -> Result<Vec<Row>> {
    Ok(on_db!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)?)
}

/// One version. Errors: `xapi-profile-unknown`.
pub async fn find(tx: &mut Tx, id: ProfileId) -> Result<Row> {
    let row: Option<Row> = on_db!(tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await)?;
    row.ok_or_else(|| Error::not_found("xapi-profile-unknown"))
}

/// The versions of a profile, the newest first.
pub async fn of_profile(tx: &mut Tx, iri: &str) -> Result<Vec<Row>> {
    Ok(on_db!(tx, c => sqlx::query_as(OF_PROFILE).bind(iri).fetch_all(c).await)?)
}

/// The version of this IRI and its document.
pub async fn of_version(tx: &mut Tx, iri: &str) -> Result<Option<(ProfileId, String)>> {
    Ok(on_db!(tx, c => sqlx::query_as(OF_VERSION).bind(iri).fetch_optional(c).await)?)
}

/// The document of a version. Errors: `xapi-profile-unknown`.
pub async fn document(tx: &mut Tx, id: ProfileId) -> Result<String> {
    let document: Option<String> = on_db!(tx, c => sqlx::query_scalar(DOCUMENT).bind(id).fetch_optional(c).await)?;
    document.ok_or_else(|| Error::not_found("xapi-profile-unknown"))
}

const PUT: &str = "
    INSERT INTO xapi_profile (id, profile_iri, version_iri, generated_at, names, document, in_force, loaded_at, round,
        checked_through)
    VALUES ($1, $2, $3, $4, $5, $6, FALSE, $7, 0, 0)
    ON CONFLICT (version_iri) DO UPDATE SET profile_iri = excluded.profile_iri, generated_at = excluded.generated_at,
        names = excluded.names, document = excluded.document, loaded_at = excluded.loaded_at";

/// Keeps a document; another one of the same version gives way.
pub async fn put(tx: &mut Tx, profile: &Profile, document: &str, now: Timestamp) -> Result<()> {
    let names = serde_json::to_string(&profile.name)?;
    on_db!(tx, c => sqlx::query(PUT)
        .bind(ProfileId::new())
        .bind(&profile.id)
        .bind(&profile.version)
        .bind(profile.generated_at)
        .bind(&names)
        .bind(document)
        .bind(now)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

const REMOVE: &str = "DELETE FROM xapi_profile WHERE id = $1";

/// Removes a version with what was found of its statements.
pub async fn remove(tx: &mut Tx, id: ProfileId) -> Result<()> {
    on_db!(tx, c => sqlx::query(REMOVE).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

const IN_FORCE: &str = "UPDATE xapi_profile SET in_force = (id = $2) WHERE profile_iri = $1";

/// Puts one version of a profile in force instead of the others.
pub async fn put_in_force(tx: &mut Tx, iri: &str, id: ProfileId) -> Result<()> {
    on_db!(tx, c => sqlx::query(IN_FORCE).bind(iri).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

const BEGIN_ANEW: &str =
    "UPDATE xapi_profile SET round = round + 1, checked_through = 0, checked_at = NULL WHERE id = $1";
const FORGET: [&str; 3] = [FORGET_TALLIES, FORGET_EXAMPLES, FORGET_COURSES];
const FORGET_TALLIES: &str = "DELETE FROM xapi_profile_tally WHERE profile_id = $1";
const FORGET_EXAMPLES: &str = "DELETE FROM xapi_profile_example WHERE profile_id = $1";
const FORGET_COURSES: &str = "DELETE FROM xapi_profile_course WHERE profile_id = $1";

/// Forgets what was found, so that everything is checked again. A check under way notices, and writes nothing more.
pub async fn begin_anew(tx: &mut Tx, id: ProfileId) -> Result<()> {
    on_db!(tx, c => sqlx::query(BEGIN_ANEW).bind(id).execute(c).await.map(drop))?;
    for forget in FORGET {
        on_db!(tx, c => sqlx::query(forget).bind(id).execute(c).await.map(drop))?;
    }
    Ok(())
}

const ADVANCE: &str = "UPDATE xapi_profile SET checked_through = $4, checked_at = $5
    WHERE id = $1 AND round = $2 AND checked_through = $3";

/// Says how far the check has come, unless it was begun anew or somebody else came first; answers whether it is ours. Holds
/// the row until the transaction ends.
pub async fn advance(tx: &mut Tx, row: &Row, through: i64, now: Timestamp) -> Result<bool> {
    let changed: u64 = on_db!(tx, c => sqlx::query(ADVANCE)
        .bind(row.id)
        .bind(row.round)
        .bind(row.checked_through)
        .bind(through)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}

/// A statement that may have to be checked.
#[derive(Clone, Debug, FromRow)]
pub struct Candidate {
    pub seq: i64,
    pub id: StatementId,
    pub body: String,
    pub stored: Timestamp,
    /// The number of the first statement that voids it, if one does.
    pub voided_by: Option<i64>,
}

/// Some of them, and whether there are more.
#[derive(Debug, Default)]
pub struct Page {
    pub candidates: Vec<Candidate>,
    pub is_cut: bool,
}

/// Runs a query for candidates and reads `$most` of what it finds, fewer where they are large.
macro_rules! read_page {
    ($query:expr, $connection:expr, $most:expr) => {{
        let (mut page, mut bytes) = (Page::default(), 0);
        let mut rows = $query.build_query_as::<Candidate>().fetch($connection);
        while let Some(row) = rows.try_next().await? {
            bytes += row.body.len();
            page.is_cut = page.candidates.len() >= $most || bytes > PAGE_BYTES && !page.candidates.is_empty();
            if page.is_cut {
                break;
            }
            page.candidates.push(row);
        }
        page
    }};
}

/// Bodies in one page, in bytes; the first is there however large.
const PAGE_BYTES: usize = 1 << 20;

/// Where a statement names a category: around it, or (oddly) as its object as well.
const NAMED: [i32; 2] = [Usage::RelatedActivity as i32, Usage::Activity as i32];

/// Up to `limit` statements behind `after` and up to `through` that name one of `claims` as an activity, in the order of their
/// numbers.
pub async fn candidates(tx: &mut Tx, claims: &[String], after: i64, through: i64, limit: i64) -> Result<Page> {
    let keys: Vec<Uuid> = claims.iter().map(|claim| ActivityKey::of(claim).0).collect();
    let most = usize::try_from(limit).unwrap_or_default();
    Ok(on_db!(tx, c => {
        // One branch a key and usage, each read in the order of its index and cut; UNION drops what is found twice.
        let mut query =
            QueryBuilder::<Database>::new("SELECT s.seq, s.id, s.body, s.stored, CASE WHEN s.voided THEN");
        query.push(" (SELECT MIN(v.seq) FROM statement v WHERE v.refers_to = s.id AND v.verb_key = ");
        query.push_bind(VerbKey::of(VOIDED).0).push(") END AS voided_by FROM statement s");
        query.push(" JOIN (SELECT seq FROM (");
        let branches = keys.iter().flat_map(|key| NAMED.map(|usage| (usage, *key)));
        for (branch, (usage, key)) in branches.enumerate() {
            query.push(if branch > 0 { " UNION SELECT" } else { "SELECT" });
            query.push(" seq FROM (SELECT l.seq FROM statement_link l WHERE l.usage = ").push_bind(usage);
            query.push(" AND l.entity = ").push_bind(key);
            query.push(" AND l.seq > ").push_bind(after).push(" AND l.seq <= ").push_bind(through);
            query.push(" AND l.subject = l.seq ORDER BY l.seq LIMIT ").push_bind(limit + 1).push(") AS part");
            query.push(branch);
        }
        query.push(") AS parts ORDER BY seq LIMIT ").push_bind(limit + 1);
        query.push(") AS found ON found.seq = s.seq ORDER BY s.seq");
        read_page!(query, c, most)
    }))
}

/// Up to `limit` statements stored up to `after` that name one of `claims` and were first voided behind it, up to `through`, in
/// the order of what voids them.
pub async fn voided_since(tx: &mut Tx, claims: &[String], after: i64, through: i64, limit: i64) -> Result<Page> {
    let keys: Vec<Uuid> = claims.iter().map(|claim| ActivityKey::of(claim).0).collect();
    let most = usize::try_from(limit).unwrap_or_default();
    let voiding = VerbKey::of(VOIDED).0;
    Ok(on_db!(tx, c => {
        let mut query = QueryBuilder::<Database>::new("SELECT s.seq, s.id, s.body, s.stored, v.seq AS voided_by");
        query.push(" FROM statement_link l JOIN statement v ON v.seq = l.seq JOIN statement s ON s.id = v.refers_to");
        query.push(" WHERE l.usage = ").push_bind(Usage::Verb as i32).push(" AND l.entity = ").push_bind(voiding);
        query.push(" AND l.seq > ").push_bind(after).push(" AND l.seq <= ").push_bind(through);
        query.push(" AND l.subject = l.seq AND s.voided AND s.seq <= ").push_bind(after);
        query.push(" AND NOT EXISTS (SELECT 1 FROM statement e WHERE e.refers_to = s.id AND e.verb_key = ");
        query.push_bind(voiding).push(" AND e.seq < v.seq)");
        query.push(" AND EXISTS (SELECT 1 FROM statement_link n WHERE n.usage IN (");
        push_list!(query, &NAMED);
        query.push(") AND n.entity IN (");
        push_list!(query, &keys);
        query.push(") AND n.seq = s.seq AND n.subject = s.seq) ORDER BY v.seq LIMIT ").push_bind(limit + 1);
        read_page!(query, c, most)
    }))
}

/// The numbers and bodies of those of `ids` that are stored.
pub async fn bodies(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(Uuid, (i64, String))>> {
    Ok(find_all(tx, ids).await?.into_iter().map(|row| (row.id.0, (row.seq, row.body))).collect())
}

/// A statement of a registration.
#[derive(Clone, Debug, FromRow)]
pub struct Said {
    pub registration: Uuid,
    pub stored: Timestamp,
    pub body: String,
}

/// Shows `limit` statements of each of some registrations at most, up to a number, registration after registration, in the order
/// in which they happened, without the voided ones: one after the other, for there may be many.
pub async fn of_registrations(
    tx: &mut Tx,
    registrations: &[Uuid],
    through: i64,
    limit: i64,
    mut show: impl FnMut(Said),
) -> Result<()> {
    if registrations.is_empty() {
        return Ok(());
    }
    on_db!(tx, c => {
        let mut query = QueryBuilder::<Database>::new("SELECT registration, stored, body FROM (");
        for (branch, registration) in registrations.iter().enumerate() {
            query.push(if branch > 0 { " UNION ALL SELECT" } else { "SELECT" });
            query.push(" * FROM (SELECT l.entity AS registration, s.stored, s.occurred, s.seq, s.body");
            query.push(" FROM statement_link l JOIN statement s ON s.seq = l.seq WHERE l.usage = ");
            query.push_bind(Usage::Registration as i32).push(" AND l.entity = ").push_bind(*registration);
            query.push(" AND l.subject = l.seq AND l.seq <= ").push_bind(through);
            query.push(" AND NOT s.voided ORDER BY s.occurred, s.seq LIMIT ").push_bind(limit).push(") AS part");
            query.push(branch);
        }
        query.push(") AS parts ORDER BY registration, occurred, seq");
        let mut rows = query.build_query_as::<Said>().persistent(false).fetch(c);
        while let Some(said) = rows.try_next().await? {
            show(said);
        }
    });
    Ok(())
}

/// What came of a statement. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Checked,
    /// It breaks what is demanded.
    Broken,
    /// No template fits it.
    Unmatched,
}

impl Outcome {
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Checked => "checked",
            Outcome::Broken => "broken",
            Outcome::Unmatched => "unmatched",
        }
    }
}

/// So many statements of a day came to an outcome at a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count {
    pub day: i32,
    pub place: String,
    pub outcome: Outcome,
    pub statements: i64,
}

/// Adds to the tallies.
pub async fn add_counts(tx: &mut Tx, id: ProfileId, counts: &[Count]) -> Result<()> {
    for counts in counts.chunks(ROWS) {
        on_db!(tx, c => {
            let mut query = QueryBuilder::<Database>::new(
                "INSERT INTO xapi_profile_tally (profile_id, day, place, outcome, statements) ");
            query.push_values(counts, |mut values, count| {
                values
                    .push_bind(id)
                    .push_bind(count.day)
                    .push_bind(count.place.as_str())
                    .push_bind(count.outcome.word())
                    .push_bind(count.statements);
            });
            query.push(" ON CONFLICT (profile_id, day, place, outcome)
                DO UPDATE SET statements = xapi_profile_tally.statements + excluded.statements");
            query.build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// A statement to show for an outcome.
#[derive(Clone, Debug)]
pub struct Example {
    pub day: i32,
    pub place: String,
    pub outcome: Outcome,
    pub slot: i32,
    pub seq: i64,
    pub statement: StatementId,
    pub pointer: String,
}

/// Keeps examples, each in its slot; no two of them may have the same.
pub async fn put_examples(tx: &mut Tx, id: ProfileId, examples: &[Example]) -> Result<()> {
    for examples in examples.chunks(ROWS) {
        on_db!(tx, c => {
            let mut query = QueryBuilder::<Database>::new(
                "INSERT INTO xapi_profile_example (profile_id, day, place, outcome, slot, seq, statement_id, pointer) ");
            query.push_values(examples, |mut values, example| {
                values
                    .push_bind(id)
                    .push_bind(example.day)
                    .push_bind(example.place.as_str())
                    .push_bind(example.outcome.word())
                    .push_bind(example.slot)
                    .push_bind(example.seq)
                    .push_bind(example.statement)
                    .push_bind(example.pointer.as_str());
            });
            query.push(" ON CONFLICT (profile_id, day, place, outcome, slot)
                DO UPDATE SET seq = excluded.seq, statement_id = excluded.statement_id, pointer = excluded.pointer");
            query.build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Shows statements no longer.
pub async fn remove_examples(tx: &mut Tx, id: ProfileId, seqs: &[i64]) -> Result<()> {
    for seqs in seqs.chunks(ROWS) {
        on_db!(tx, c => {
            let mut query = QueryBuilder::<Database>::new("DELETE FROM xapi_profile_example WHERE profile_id = ");
            query.push_bind(id).push(" AND seq IN (");
            push_list!(query, seqs);
            query.push(")").build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// How a registration follows the patterns.
#[derive(Clone, Debug)]
pub struct CourseRow {
    pub registration: Uuid,
    /// Its subregistration; mostly empty.
    pub part: String,
    /// Of its last statement.
    pub day: i32,
    pub course: &'static str,
}

/// Says how registrations follow the patterns, instead of what was said of them before; no two rows may be of the same part.
pub async fn put_courses(tx: &mut Tx, id: ProfileId, judged: &[Uuid], courses: &[CourseRow]) -> Result<()> {
    for judged in judged.chunks(ROWS) {
        on_db!(tx, c => {
            let mut query =
                QueryBuilder::<Database>::new("DELETE FROM xapi_profile_course WHERE profile_id = ");
            query.push_bind(id).push(" AND registration IN (");
            push_list!(query, judged);
            query.push(")").build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    for courses in courses.chunks(ROWS) {
        on_db!(tx, c => {
            let mut query = QueryBuilder::<Database>::new(
                "INSERT INTO xapi_profile_course (profile_id, registration, part, day, course) ");
            query.push_values(courses, |mut values, row| {
                values
                    .push_bind(id)
                    .push_bind(row.registration)
                    .push_bind(row.part.as_str())
                    .push_bind(row.day)
                    .push_bind(row.course);
            });
            query.build().persistent(false).execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

const SUMS: &str = "
    SELECT place, outcome, CAST(SUM(statements) AS BIGINT) FROM xapi_profile_tally
    WHERE profile_id = $1 AND day BETWEEN $2 AND $3 GROUP BY place, outcome HAVING SUM(statements) > 0";

/// The tallies of a period: place, outcome, statements.
pub async fn sums(tx: &mut Tx, id: ProfileId, days: (i32, i32)) -> Result<Vec<(String, String, i64)>> {
    Ok(on_db!(tx, c => sqlx::query_as(SUMS).bind(id).bind(days.0).bind(days.1).fetch_all(c).await)?)
}

/// An example as it is shown.
#[derive(Clone, Debug, FromRow)]
pub struct Shown {
    pub place: String,
    pub statement_id: StatementId,
    pub pointer: String,
}

const EXAMPLES: &str = "
    SELECT place, statement_id, pointer FROM (
        SELECT place, seq, statement_id, pointer,
            ROW_NUMBER() OVER (PARTITION BY place, outcome ORDER BY seq DESC) AS age
        FROM xapi_profile_example WHERE profile_id = $1 AND day BETWEEN $2 AND $3) AS examples
    WHERE age <= $4 ORDER BY place, seq DESC";

/// The latest examples of a period, `most` a place.
pub async fn examples(tx: &mut Tx, id: ProfileId, days: (i32, i32), most: i64) -> Result<Vec<Shown>> {
    Ok(on_db!(tx, c => sqlx::query_as(EXAMPLES).bind(id).bind(days.0).bind(days.1).bind(most).fetch_all(c).await)?)
}

const COURSES: &str = "
    SELECT course, COUNT(*) FROM xapi_profile_course
    WHERE profile_id = $1 AND day BETWEEN $2 AND $3 GROUP BY course";

/// How many registrations follow the patterns how.
pub async fn courses(tx: &mut Tx, id: ProfileId, days: (i32, i32)) -> Result<Vec<(String, i64)>> {
    Ok(on_db!(tx, c => sqlx::query_as(COURSES).bind(id).bind(days.0).bind(days.1).fetch_all(c).await)?)
}

const BROKEN_COURSES: &str = "
    SELECT registration FROM xapi_profile_course
    WHERE profile_id = $1 AND day BETWEEN $2 AND $3 AND course = 'broken' ORDER BY day DESC, registration LIMIT $4";

/// Some registrations whose statements no pattern allows in this order.
pub async fn broken_courses(tx: &mut Tx, id: ProfileId, days: (i32, i32), most: i64) -> Result<Vec<Uuid>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(BROKEN_COURSES)
        .bind(id)
        .bind(days.0)
        .bind(days.1)
        .bind(most)
        .fetch_all(c)
        .await)?)
}
