//! Who follows a programme: rules that name people, and the enrolments they come to.
//!
//! A rule names a person, a unit with all below it, or the members of a space. [`reconcile`] makes the enrolments what the
//! rules say, in a few statements whatever their number. An enrolment that is done is never taken back.

use serde_json::json;
use uuid::Uuid;

use crate::core::{
    EnrolmentId, EnrolmentRuleId, Error, LanguageMap, OrgUnitId, PersonId, ProgrammeId, Result, SpaceId, Timestamp,
};
use crate::outbox::{self, Event, EventKind};
use crate::programmes::model::Programme;
use crate::programmes::{projection, store};
use crate::state::App;
use crate::storage::Tx;
use crate::xapi::vocabulary::{REGISTERED, context, event, kind};
use crate::xapi::{Activity, Agent, Statement};
use crate::{lrs, on_db};

/// Enrolments of one statement.
const CHUNK: usize = 500;

/// Whom a rule names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Person(PersonId),
    /// With all units below it.
    OrgUnit(OrgUnitId),
    /// Its members.
    Space(SpaceId),
}

impl Target {
    fn word(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::OrgUnit(_) => "org-unit",
            Self::Space(_) => "space",
        }
    }

    fn id(self) -> Uuid {
        match self {
            Self::Person(id) => id.0,
            Self::OrgUnit(id) => id.0,
            Self::Space(id) => id.0,
        }
    }
}

const RULE_OF: &str =
    "SELECT id FROM enrolment_rule WHERE programme_id = $1 AND target = $2 AND target_id = $3 AND ended_at IS NULL";
const RENEW_RULE: &str = "UPDATE enrolment_rule SET due_at = $2, created_by = $3, created_at = $4 WHERE id = $1";
const INSERT_RULE: &str = "INSERT INTO enrolment_rule (id, programme_id, target, target_id, due_at, created_by, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const TARGET_EXISTS: &str = "SELECT (SELECT COUNT(*) FROM person WHERE id = $1 AND disabled_at IS NULL) \
    + (SELECT COUNT(*) FROM org_unit WHERE id = $1) + (SELECT COUNT(*) FROM space WHERE id = $1 AND archived_at IS NULL)";

/// Enrols whom `target` names, by a rule that also holds for who joins later. A rule made before for the same target is
/// renewed, with the new due date.
///
/// Errors: `programme-unknown`, `programme-not-published`, `target-unknown`.
pub async fn enrol(
    tx: &mut Tx,
    app: &App,
    id: ProgrammeId,
    target: Target,
    due_at: Option<Timestamp>,
    by: Option<PersonId>,
) -> Result<(EnrolmentRuleId, Reconciled)> {
    let programme = store::lock(tx, id).await?.ok_or_else(|| Error::not_found("programme-unknown"))?;
    if !programme.is_open() {
        return Err(Error::conflict("programme-not-published"));
    }
    let there: i64 = on_db!(tx, c => sqlx::query_scalar(TARGET_EXISTS).bind(target.id()).fetch_one(c).await)?;
    if there == 0 {
        return Err(Error::not_found("target-unknown"));
    }
    let now = app.clock.now();
    let known: Option<EnrolmentRuleId> = on_db!(tx, c => sqlx::query_scalar(RULE_OF)
        .bind(id).bind(target.word()).bind(target.id()).fetch_optional(c).await)?;
    let rule = known.unwrap_or_else(EnrolmentRuleId::new);
    if known.is_some() {
        on_db!(tx, c => sqlx::query(RENEW_RULE).bind(rule).bind(due_at).bind(by).bind(now).execute(c).await.map(drop))?;
    } else {
        on_db!(tx, c => sqlx::query(INSERT_RULE)
            .bind(rule).bind(id).bind(target.word()).bind(target.id()).bind(due_at).bind(by).bind(now)
            .execute(c).await.map(drop))?;
    }
    let done = reconcile(tx, app, &programme).await?;
    Ok((rule, done))
}

const END_RULE: &str = "UPDATE enrolment_rule SET ended_at = $3 WHERE id = $2 AND programme_id = $1";

/// Ends a rule (`Some` moment) or lets it hold again (`None`): enrolments that only it made are cancelled, or come back.
///
/// Errors: `programme-unknown`, `rule-unknown`.
pub async fn set_ended(
    tx: &mut Tx,
    app: &App,
    id: ProgrammeId,
    rule: EnrolmentRuleId,
    at: Option<Timestamp>,
) -> Result<Reconciled> {
    let programme = store::lock(tx, id).await?.ok_or_else(|| Error::not_found("programme-unknown"))?;
    let changed = on_db!(tx, c => sqlx::query(END_RULE).bind(id).bind(rule).bind(at).execute(c).await.map(|d| d.rows_affected()))?;
    if changed == 0 {
        return Err(Error::not_found("rule-unknown"));
    }
    reconcile(tx, app, &programme).await
}

const CANCEL_ONE: &str =
    "UPDATE enrolment SET cancelled_at = $3, cancelled_by = $4 WHERE id = $2 AND programme_id = $1";

/// Takes one person out by hand (`Some` moment and who does it) or back in (`None`). Errors: `enrolment-unknown`.
pub async fn set_cancelled(
    tx: &mut Tx,
    programme: ProgrammeId,
    id: EnrolmentId,
    by: Option<(Timestamp, PersonId)>,
) -> Result<()> {
    let (at, person) = by.unzip();
    let changed = on_db!(tx, c => sqlx::query(CANCEL_ONE)
        .bind(programme).bind(id).bind(at).bind(person).execute(c).await.map(|done| done.rows_affected()))?;
    if changed == 0 { Err(Error::not_found("enrolment-unknown")) } else { Ok(()) }
}

/// What [`reconcile`] changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Enrolments made.
    pub enrolled: u64,
    /// Enrolments that had been cancelled and count again.
    pub restored: u64,
    /// Enrolments that no rule asks for any more.
    pub cancelled: u64,
}

/// Somebody to be enrolled.
#[derive(sqlx::FromRow)]
struct Missing {
    person_id: PersonId,
    rule_id: EnrolmentRuleId,
    due_at: Option<Timestamp>,
    name: String,
    account_home_page: String,
    account_name: String,
}

const MISSING: &str = "SELECT w.person_id, w.rule_id, w.due_at, p.name, p.account_home_page, p.account_name \
    FROM enrolment_wanted w JOIN person p ON p.id = w.person_id \
    WHERE w.programme_id = $1 AND NOT EXISTS \
        (SELECT 1 FROM enrolment e WHERE e.programme_id = $1 AND e.person_id = w.person_id)";
const RESTORE: &str = "UPDATE enrolment SET cancelled_at = NULL, cancelled_by = NULL FROM enrolment_wanted w \
    WHERE w.programme_id = $1 AND enrolment.programme_id = $1 AND w.person_id = enrolment.person_id \
    AND enrolment.cancelled_at IS NOT NULL \
    AND (enrolment.cancelled_by IS NULL OR w.ruled_at > enrolment.cancelled_at)";
const UPDATE_DUE: &str = "UPDATE enrolment SET due_at = w.due_at, rule_id = w.rule_id FROM enrolment_wanted w \
    WHERE w.programme_id = $1 AND enrolment.programme_id = $1 AND w.person_id = enrolment.person_id \
    AND enrolment.cancelled_at IS NULL \
    AND (enrolment.due_at IS DISTINCT FROM w.due_at OR enrolment.rule_id IS DISTINCT FROM w.rule_id)";
const CANCEL: &str = "UPDATE enrolment SET cancelled_at = $2 \
    WHERE programme_id = $1 AND cancelled_at IS NULL \
    AND person_id NOT IN (SELECT w.person_id FROM enrolment_wanted w WHERE w.programme_id = $1) \
    AND NOT EXISTS (SELECT 1 FROM enrolment_progress p WHERE p.enrolment_id = enrolment.id AND p.status = 'done')";

/// Makes the enrolments of a programme what its rules say now. Idempotent. The programme must be locked.
///
/// Each new enrolment is told by a statement (`registered`), in the same transaction.
pub async fn reconcile(tx: &mut Tx, app: &App, programme: &Programme) -> Result<Reconciled> {
    let id = programme.id;
    let Some(version) = store::published(tx, id).await?.filter(|_| programme.is_open()) else {
        return Ok(Reconciled::default());
    };
    let now = app.clock.now();
    let cancelled =
        on_db!(tx, c => sqlx::query(CANCEL).bind(id).bind(now).execute(c).await.map(|d| d.rows_affected()))?;
    let restored = on_db!(tx, c => sqlx::query(RESTORE).bind(id).execute(c).await.map(|d| d.rows_affected()))?;
    on_db!(tx, c => sqlx::query(UPDATE_DUE).bind(id).execute(c).await.map(drop))?;
    let missing: Vec<Missing> = on_db!(tx, c => sqlx::query_as(MISSING).bind(id).fetch_all(c).await)?;
    for people in missing.chunks(CHUNK) {
        let rows: Vec<(EnrolmentId, &Missing)> = people.iter().map(|person| (EnrolmentId::new(), person)).collect();
        on_db!(tx, c => {
            let mut query = sqlx::QueryBuilder::<Database>::new(
                "INSERT INTO enrolment (id, person_id, programme_id, version_id, rule_id, due_at, created_at) ");
            query.push_values(&rows, |mut row, (enrolment, person)| {
                row.push_bind(*enrolment).push_bind(person.person_id).push_bind(id).push_bind(version.id)
                    .push_bind(person.rule_id).push_bind(person.due_at).push_bind(now);
            });
            query.build().execute(c).await.map(drop)
        })?;
        let registered = rows.iter().map(|(enrolment, person)| {
            let agent = Agent::account(&person.account_home_page, &person.account_name).named(&person.name);
            about(&programme.iri, &programme.title, *enrolment, agent, REGISTERED)
        });
        lrs::append(tx, app, registered.collect(), lrs::Authority::service(app)).await?;
        let events: Vec<Event> =
            rows.iter().map(|(enrolment, person)| created(programme, *enrolment, person)).collect();
        outbox::emit_all(tx, app, &events).await?;
        // What was learnt before counts from the first day.
        let enrolments: Vec<EnrolmentId> = rows.iter().map(|(enrolment, _)| *enrolment).collect();
        let complete = projection::refresh(tx, &enrolments).await?;
        let completed = projection::tell(tx, app, &complete).await?;
        lrs::append(tx, app, completed, lrs::Authority::service(app)).await?;
    }
    let enrolled = missing.len() as u64;
    if enrolled + restored + cancelled > 0 {
        tracing::info!(programme = %id, enrolled, restored, cancelled, "enrolments reconciled");
    }
    Ok(Reconciled { enrolled, restored, cancelled })
}

/// A statement about a programme: the enrolment is its registration.
pub fn about(iri: &str, title: &str, enrolment: EnrolmentId, agent: Agent, verb: &str) -> Statement {
    let title = LanguageMap::one(crate::core::Language::Fr.tag(), title);
    let activity = Activity::described(iri, title, kind::COURSE);
    event(agent, verb, activity).with_context(context(enrolment.0, &[], Vec::new(), Vec::new()))
}

/// What those outside hear of an enrolment.
fn created(programme: &Programme, enrolment: EnrolmentId, person: &Missing) -> Event {
    let data = json!({
        "enrolment": enrolment,
        "person": {
            "id": person.person_id,
            "name": person.name,
            "account": { "homePage": person.account_home_page, "name": person.account_name },
        },
        "programme": { "id": programme.id, "iri": programme.iri, "title": programme.title },
        "due_at": person.due_at.map(Timestamp::rfc3339),
    });
    Event::new(EventKind::EnrolmentCreated, data).programme(programme.id).person(person.person_id)
}

const WITH_RULES: &str = "SELECT DISTINCT programme_id FROM enrolment_rule WHERE ended_at IS NULL";
const WITH_RULE_ON: &str =
    "SELECT DISTINCT programme_id FROM enrolment_rule WHERE ended_at IS NULL AND target = $1 AND target_id = $2";

/// Reconciles every programme that has a rule, each in a transaction of its own: for a job that runs now and then.
pub async fn reconcile_all(app: &App) -> Result<Reconciled> {
    let mut tx = app.db.read().await?;
    let ids: Vec<ProgrammeId> = on_db!(tx, c => sqlx::query_scalar(WITH_RULES).fetch_all(c).await)?;
    drop(tx);
    let mut all = Reconciled::default();
    for id in ids {
        let mut tx = app.db.begin().await?;
        if let Some(programme) = store::lock(&mut tx, id).await? {
            let done = reconcile(&mut tx, app, &programme).await?;
            all.enrolled += done.enrolled;
            all.restored += done.restored;
            all.cancelled += done.cancelled;
        }
        tx.commit().await?;
    }
    Ok(all)
}

/// Reconciles the programmes that have a rule on `target`: for whoever changes who belongs to it.
pub async fn reconcile_target(tx: &mut Tx, app: &App, target: Target) -> Result<()> {
    let ids: Vec<ProgrammeId> = on_db!(tx, c => sqlx::query_scalar(WITH_RULE_ON)
        .bind(target.word()).bind(target.id()).fetch_all(c).await)?;
    for id in ids {
        if let Some(programme) = store::lock(tx, id).await? {
            reconcile(tx, app, &programme).await?;
        }
    }
    Ok(())
}

const MOVE: &str = "UPDATE enrolment SET version_id = $2 \
    WHERE programme_id = $1 AND version_id <> $2 AND cancelled_at IS NULL \
    AND NOT EXISTS (SELECT 1 FROM enrolment_progress p WHERE p.enrolment_id = enrolment.id AND p.status = 'done') \
    RETURNING id";

/// Moves the running enrolments to the last published version; what was done counts there by its key. Answers how many.
///
/// Errors: `programme-unknown`, `programme-not-published`.
pub async fn move_to_latest(tx: &mut Tx, app: &App, id: ProgrammeId) -> Result<usize> {
    store::lock(tx, id).await?.ok_or_else(|| Error::not_found("programme-unknown"))?;
    let version = store::published(tx, id).await?.ok_or_else(|| Error::conflict("programme-not-published"))?;
    let moved: Vec<EnrolmentId> =
        on_db!(tx, c => sqlx::query_scalar(MOVE).bind(id).bind(version.id).fetch_all(c).await)?;
    for enrolments in moved.chunks(CHUNK) {
        let complete = projection::refresh(tx, enrolments).await?;
        let completed = projection::tell(tx, app, &complete).await?;
        lrs::append(tx, app, completed, lrs::Authority::service(app)).await?;
    }
    Ok(moved.len())
}
