//! Registrations, launches, saved state.

use std::collections::BTreeMap;

use crate::core::{CourseId, Error, LaunchId, PersonId, RegistrationId, Result, Timestamp, VersionId};
use crate::packages::playing::Again;
use crate::runtime::model::{Activity, Found, LaunchRow, Mode, Registration};
use crate::scorm::sequencing::{GlobalObjectives, Status};
use crate::state::App;
use crate::storage::{Db, Inner, Tx};
use crate::{on_db, progress, read_once};

const FIND: &str = "SELECT r.id, r.person_id, p.name AS person_name, p.account_home_page, p.account_name, r.course_id, \
    r.version_id, c.iri AS course_iri, c.identifier AS course_identifier, c.kind AS course_kind, \
    c.title AS course_title, \
    COALESCE(v.details, c.details) AS course_details, r.preview, r.lease, r.current_index, r.sequencing, \
    p.disabled_at AS person_disabled_at, r.way_out, \
    r.superseded_at IS NOT NULL AND (s.completion IS NULL OR s.completion <> 'completed') AS superseded, \
    s.completion, s.success, CASE WHEN s.completion = 'completed' AND s.done >= s.total THEN TRUE ELSE FALSE END AS finished, \
    EXISTS (SELECT 1 FROM registration o WHERE o.person_id = r.person_id AND o.course_id = r.course_id \
            AND o.preview = r.preview AND o.attempt > r.attempt) AS has_later, \
    COALESCE(y.attempts, 0) AS most_attempts, COALESCE(y.again, 'never') AS again, COALESCE(y.counted, 'best') AS counted, \
    COALESCE(y.place, 'page') AS place \
    FROM registration r JOIN person p ON p.id = r.person_id JOIN course c ON c.id = r.course_id \
    LEFT JOIN course_playing y ON y.course_id = r.course_id \
    LEFT JOIN course_rules v ON v.course_id = r.course_id AND v.version_id = r.version_id \
    LEFT JOIN registration_progress s ON s.registration_id = r.id WHERE r.id = $1";

/// The registration, with its person and course.
pub async fn find(tx: &mut Tx, id: RegistrationId) -> Result<Option<Registration>> {
    Ok(on_db!(tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await)?)
}

const LOCK_POSTGRES: &str = "SELECT id FROM registration WHERE id = $1 FOR NO KEY UPDATE";

/// The registration, held until the transaction ends, so that nobody else writes to its record at the same time. On SQLite
/// whoever writes is alone.
pub async fn lock(tx: &mut Tx, id: RegistrationId) -> Result<Option<Registration>> {
    if let Inner::Postgres(connection) = &mut tx.0 {
        // By itself: what is read with it would be as it was before the wait.
        sqlx::query(LOCK_POSTGRES).bind(id).execute(&mut **connection).await?;
    }
    find(tx, id).await
}

const OF_PERSON: &str = "SELECT id FROM registration WHERE person_id = $1 AND course_id = $2 AND preview = $3 \
    ORDER BY attempt DESC LIMIT 1";
const PRESENT_VERSION: &str = "SELECT version_id FROM course WHERE id = $1";
const INSERT: &str = "INSERT INTO registration (id, person_id, course_id, version_id, attempt, preview, lease, created_at) \
    VALUES ($1, $2, $3, $4, 1, $5, 0, $6) ON CONFLICT (person_id, course_id, preview, attempt) DO NOTHING";

/// The person's registration in a course, if there is one.
pub async fn of_person(
    tx: &mut Tx,
    person: PersonId,
    course: CourseId,
    preview: bool,
) -> Result<Option<RegistrationId>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(OF_PERSON)
        .bind(person).bind(course).bind(preview).fetch_optional(c).await)?)
}

/// The person's registration in a course, made if there is none, or if the last one is left behind: it was superseded, or it is
/// over and each opening of the course begins a further one. A new one begins on the course's present version.
/// `None` if there is no such course.
pub async fn enter(
    tx: &mut Tx,
    app: &App,
    id: RegistrationId,
    person: PersonId,
    course: CourseId,
    preview: bool,
) -> Result<Option<RegistrationId>> {
    let version: Option<VersionId> =
        on_db!(tx, c => sqlx::query_scalar(PRESENT_VERSION).bind(course).fetch_optional(c).await)?;
    let Some(version) = version else { return Ok(None) };
    let Some(known) = of_person(tx, person, course, preview).await? else {
        let now = app.clock.now();
        let made = on_db!(tx, c => sqlx::query(INSERT)
            .bind(id).bind(person).bind(course).bind(version).bind(preview).bind(now)
            .execute(c).await.map(|done| done.rows_affected()))?;
        if made > 0 {
            progress::begun(tx, app, id).await?;
        }
        // Another tab may have been faster; then its registration counts.
        return of_person(tx, person, course, preview).await;
    };
    if !find(tx, known).await?.is_some_and(|registration| registration.is_left_behind()) {
        return Ok(Some(known));
    }
    let Some(latest) = hold_latest(tx, person, course).await? else { return Ok(None) };
    let begins = latest.is_left_behind() && (latest.superseded || may_begin(tx, person, course).await?.is_ok());
    if begins {
        return Ok(begin(tx, app, id, person, course).await?.map(|begun| begun.id));
    }
    Ok(Some(latest.id))
}

/// The person's latest registration in a course, held until the transaction ends: who begins a further one does so after the
/// other, and sees theirs.
async fn hold_latest(tx: &mut Tx, person: PersonId, course: CourseId) -> Result<Option<Registration>> {
    let mut known = of_person(tx, person, course, false).await?;
    while let Some(id) = known {
        let registration = lock(tx, id).await?;
        let latest = of_person(tx, person, course, false).await?;
        if latest == known {
            return Ok(registration);
        }
        known = latest;
    }
    Ok(None)
}

/// Why no further attempt may be begun, if so. Errors: `attempts-one`, `attempts-used`.
async fn may_begin(tx: &mut Tx, person: PersonId, course: CourseId) -> Result<Result<()>> {
    let attempts = progress::attempts(tx, &[person], Some(course)).await?.pop();
    Ok(match attempts {
        Some(attempts) if attempts.playing.again == Again::Never => Err(Error::conflict("attempts-one")),
        Some(attempts) if !attempts.may_begin() => Err(Error::conflict("attempts-used")),
        _ => Ok(()),
    })
}

/// Begins a further attempt of somebody who asks for it, once the latest has come to a result; one that is under way goes on,
/// however often it is asked. `None` if they have not begun the course.
///
/// Errors: `attempts-one`, `attempts-used`.
pub async fn begin_again(
    tx: &mut Tx,
    app: &App,
    id: RegistrationId,
    person: PersonId,
    course: CourseId,
) -> Result<Option<RegistrationId>> {
    let Some(latest) = hold_latest(tx, person, course).await? else { return Ok(None) };
    if !latest.superseded {
        if !latest.has_result() {
            return Ok(Some(latest.id));
        }
        may_begin(tx, person, course).await??;
    }
    let begun = begin(tx, app, id, person, course).await?.map(|begun| begun.id);
    // Who came from a programme goes back there.
    set_way_out(tx, id, latest.way_out.as_deref()).await?;
    Ok(begun)
}

const NEXT_ATTEMPT: &str = "INSERT INTO registration (id, person_id, course_id, version_id, attempt, preview, lease, created_at) \
    SELECT $1, $2, c.id, c.version_id, \
    COALESCE((SELECT MAX(r.attempt) FROM registration r WHERE r.person_id = $2 AND r.course_id = $3 AND r.preview = FALSE), 0) + 1, \
    FALSE, 0, $4 FROM course c WHERE c.id = $3 ON CONFLICT DO NOTHING";

/// Begins a further record of a person in a course, on its present version. `None` if there is no such course.
pub async fn begin(
    tx: &mut Tx,
    app: &App,
    id: RegistrationId,
    person: PersonId,
    course: CourseId,
) -> Result<Option<Registration>> {
    // Two at once would both count the same attempts.
    hold_latest(tx, person, course).await?;
    let made = on_db!(tx, c => sqlx::query(NEXT_ATTEMPT)
        .bind(id).bind(person).bind(course).bind(app.clock.now())
        .execute(c).await.map(|done| done.rows_affected()))?;
    if made > 0 {
        progress::begun(tx, app, id).await?;
    }
    find(tx, id).await
}

const FORGET_PREVIEW_DOCUMENTS: &str = "DELETE FROM lrs_document WHERE registration IN \
    (SELECT id FROM registration WHERE person_id = $1 AND course_id = $2 AND preview = TRUE)";
const FORGET_PREVIEW: &str = "DELETE FROM registration WHERE person_id = $1 AND course_id = $2 AND preview = TRUE";

/// Forgets an earlier preview: each begins anew.
pub async fn forget_preview(tx: &mut Tx, person: PersonId, course: CourseId) -> Result<()> {
    on_db!(tx, c => sqlx::query(FORGET_PREVIEW_DOCUMENTS).bind(person).bind(course).execute(c).await.map(drop))?;
    on_db!(tx, c => sqlx::query(FORGET_PREVIEW).bind(person).bind(course).execute(c).await.map(drop))?;
    Ok(())
}

const ACTIVITIES: &str = "SELECT activity_index, parent_index, identifier, iri, title, kind, href, launchable, \
    visible, details FROM activity WHERE course_id = $1 AND version_id = $2 ORDER BY activity_index";

/// The activities of a course in one version, in order.
pub async fn activities(tx: &mut Tx, course: CourseId, version: VersionId) -> Result<Vec<Activity>> {
    Ok(on_db!(tx, c => sqlx::query_as(ACTIVITIES).bind(course).bind(version).fetch_all(c).await)?)
}

const SAVE_SEQUENCING: &str = "UPDATE registration SET current_index = $2, sequencing = $3 WHERE id = $1";

/// Remembers where the learner is.
pub async fn save_sequencing(tx: &mut Tx, id: RegistrationId, current: Option<i32>, state: &str) -> Result<()> {
    on_db!(tx, c => sqlx::query(SAVE_SEQUENCING).bind(id).bind(current).bind(state).execute(c).await.map(drop))?;
    Ok(())
}

const OBJECTIVES: &str = "SELECT objectives FROM learner_objectives WHERE person_id = $1";

/// The learner's global objectives of all courses.
pub async fn objectives(tx: &mut Tx, person: PersonId) -> Result<GlobalObjectives> {
    let stored: Option<String> = on_db!(tx, c => sqlx::query_scalar(OBJECTIVES).bind(person).fetch_optional(c).await)?;
    Ok(stored.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default())
}

// Changes nothing of what is there and locks the row until the transaction ends, on both databases.
const HOLD_OBJECTIVES: &str = "INSERT INTO learner_objectives (person_id, objectives) VALUES ($1, '{}') \
    ON CONFLICT (person_id) DO UPDATE SET objectives = learner_objectives.objectives RETURNING objectives";
const SAVE_OBJECTIVES: &str = "UPDATE learner_objectives SET objectives = $2 WHERE person_id = $1";

/// Keeps what changed of the learner's objectives; another course may have changed others in the meantime.
pub async fn merge_objectives(tx: &mut Tx, person: PersonId, changed: BTreeMap<String, Status>) -> Result<()> {
    let stored: String = on_db!(tx, c => sqlx::query_scalar(HOLD_OBJECTIVES).bind(person).fetch_one(c).await)?;
    let mut objectives: GlobalObjectives = serde_json::from_str(&stored)?;
    objectives.0.extend(changed);
    let text = serde_json::to_string(&objectives)?;
    on_db!(tx, c => sqlx::query(SAVE_OBJECTIVES).bind(person).bind(&text).execute(c).await.map(drop))?;
    Ok(())
}

const TAKE_LEASE: &str = "UPDATE registration SET lease = lease + 1 WHERE id = $1 RETURNING lease";

/// Takes the lease from whoever holds it.
pub async fn take_lease(tx: &mut Tx, id: RegistrationId) -> Result<i64> {
    Ok(on_db!(tx, c => sqlx::query_scalar(TAKE_LEASE).bind(id).fetch_one(c).await)?)
}

const SPOKE: &str = "UPDATE activity SET spoke_at = $4 WHERE course_id = $1 AND version_id = $2 AND activity_index = $3 \
    AND spoke_at IS NULL";

/// Remembers that the content of an activity was heard.
pub async fn spoke(tx: &mut Tx, registration: &Registration, index: i32, now: Timestamp) -> Result<()> {
    on_db!(tx, c => sqlx::query(SPOKE)
        .bind(registration.course_id).bind(registration.version_id).bind(index).bind(now)
        .execute(c).await.map(drop))?;
    Ok(())
}

const INSERT_LAUNCH: &str = "INSERT INTO launch (id, registration_id, activity_index, mode, secret_hash, lease, sequence, \
    return_url, created_at, tolerance) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Writes a launch.
pub async fn insert_launch(tx: &mut Tx, launch: &LaunchRow, now: Timestamp) -> Result<()> {
    on_db!(tx, c => sqlx::query(INSERT_LAUNCH)
        .bind(launch.id).bind(launch.registration_id).bind(launch.activity_index).bind(&launch.mode)
        .bind(&launch.secret_hash).bind(launch.lease).bind(launch.sequence).bind(&launch.return_url).bind(now)
        .bind(&launch.tolerance)
        .execute(c).await.map(drop))?;
    Ok(())
}

const FIND_LAUNCH: &str = "SELECT id, registration_id, activity_index, mode, secret_hash, lease, sequence, return_url, \
    navigation, tolerance FROM launch WHERE id = $1";

/// A launch.
pub async fn launch(tx: &mut Tx, id: LaunchId) -> Result<Option<LaunchRow>> {
    Ok(on_db!(tx, c => sqlx::query_as(FIND_LAUNCH).bind(id).fetch_optional(c).await)?)
}

/// A launch as it was when it was opened, for whoever has to show that it is theirs: no transaction is needed for that.
pub async fn launch_of(db: &Db, id: LaunchId) -> Result<Option<LaunchRow>> {
    Ok(read_once!(*db, c => sqlx::query_as(FIND_LAUNCH).bind(id).fetch_optional(c).await)?)
}

const FIND_STATE: &str = "SELECT l.sequence, t.elements, a.spoke_at, s.completion, s.success, g.completion AS course_completion \
    FROM launch l JOIN registration r ON r.id = l.registration_id \
    LEFT JOIN runtime_state t ON t.registration_id = l.registration_id AND t.activity_index = l.activity_index \
    LEFT JOIN activity a ON a.course_id = r.course_id AND a.version_id = r.version_id AND a.activity_index = l.activity_index \
    LEFT JOIN activity_progress s ON s.registration_id = l.registration_id AND s.activity_index = l.activity_index \
    LEFT JOIN registration_progress g ON g.registration_id = l.registration_id WHERE l.id = $1";

/// What a launch finds whose registration is held.
pub async fn found(tx: &mut Tx, id: LaunchId) -> Result<Option<Found>> {
    Ok(on_db!(tx, c => sqlx::query_as(FIND_STATE).bind(id).fetch_optional(c).await)?)
}

const GOING_ON: &str = "SELECT id FROM launch WHERE registration_id = $1 AND activity_index = $2 AND mode = $3 \
    AND lease = $4 AND ended_at IS NULL AND created_at > $5 ORDER BY created_at DESC LIMIT 1";

/// The launch that an activity was opened by since `since`, if it holds the lease and has not ended.
pub async fn going_on(
    tx: &mut Tx,
    registration: &Registration,
    index: i32,
    mode: Mode,
    since: Timestamp,
) -> Result<Option<LaunchId>> {
    let Registration { id, lease, .. } = registration;
    Ok(on_db!(tx, c => sqlx::query_scalar(GOING_ON)
        .bind(id).bind(index).bind(mode.word()).bind(lease).bind(since).fetch_optional(c).await)?)
}

const END_LAUNCH: &str = "UPDATE launch SET ended_at = $4 \
    WHERE id = $1 AND registration_id = $2 AND activity_index = $3 AND ended_at IS NULL RETURNING created_at";

/// Ends a launch of this activity; answers when it began, or nothing if there is none that has not ended.
pub async fn end_launch(
    tx: &mut Tx,
    id: LaunchId,
    registration: RegistrationId,
    index: i32,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(END_LAUNCH)
        .bind(id).bind(registration).bind(index).bind(now).fetch_optional(c).await)?)
}

const EARLIER: &str = "SELECT DISTINCT l.id FROM launch l JOIN launch_credential c ON c.launch_id = l.id \
    WHERE l.registration_id = $1 AND l.lease < $2 AND l.mode = 'normal' AND c.revoked_at IS NULL";

/// The launches of a registration that lost the lease and have a credential that still opens the record store.
pub async fn outlived(tx: &mut Tx, id: RegistrationId, lease: i64) -> Result<Vec<LaunchId>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(EARLIER).bind(id).bind(lease).fetch_all(c).await)?)
}

const SPENT: &str = "SELECT created_at, spent_seconds FROM launch WHERE id = $1";
const SPEND: &str = "UPDATE launch SET spent_seconds = $2 WHERE id = $1";
const SPENT_IN_ALL: &str = "SELECT CAST(SUM(l.spent_seconds) AS BIGINT) FROM launch l \
    JOIN launch own ON own.registration_id = l.registration_id AND own.activity_index = l.activity_index WHERE own.id = $1";

/// Notes for how many seconds the content of a launch was seen so far: not longer than the launch is old, and not less than is
/// known. Answers the sum over all launches of its activity in its registration.
pub async fn spend(tx: &mut Tx, id: LaunchId, seconds: f64, now: Timestamp) -> Result<i64> {
    let (created, known): (Timestamp, i64) = on_db!(tx, c => sqlx::query_as(SPENT).bind(id).fetch_one(c).await)?;
    let longest = now.0.saturating_sub(created.0).max(0) / 1_000_000;
    // What is no number is nothing.
    let told = (seconds as i64).clamp(0, longest);
    if told > known {
        on_db!(tx, c => sqlx::query(SPEND).bind(id).bind(told).execute(c).await.map(drop))?;
    }
    Ok(on_db!(tx, c => sqlx::query_scalar(SPENT_IN_ALL).bind(id).fetch_one(c).await)?)
}

const APPLIED: &str = "UPDATE launch SET sequence = $2, ended_at = COALESCE($3, ended_at) WHERE id = $1";

/// Notes the last commit applied, and the end of the launch.
pub async fn applied(tx: &mut Tx, id: LaunchId, sequence: i64, ended_at: Option<Timestamp>) -> Result<()> {
    on_db!(tx, c => sqlx::query(APPLIED).bind(id).bind(sequence).bind(ended_at).execute(c).await.map(drop))?;
    Ok(())
}

const NAVIGATED: &str = "UPDATE launch SET navigation = $2 WHERE id = $1";

/// Notes what came of what the content asked for, or forgets it.
pub async fn navigated(tx: &mut Tx, id: LaunchId, navigation: Option<&str>) -> Result<()> {
    on_db!(tx, c => sqlx::query(NAVIGATED).bind(id).bind(navigation).execute(c).await.map(drop))?;
    Ok(())
}

const STATE: &str = "SELECT elements FROM runtime_state WHERE registration_id = $1 AND activity_index = $2";

/// What is saved of an activity.
pub async fn state(tx: &mut Tx, id: RegistrationId, index: i32) -> Result<Option<String>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(STATE).bind(id).bind(index).fetch_optional(c).await)?)
}

const SAVE_STATE: &str = "INSERT INTO runtime_state (registration_id, activity_index, elements, updated_at) \
    VALUES ($1, $2, $3, $4) ON CONFLICT (registration_id, activity_index) \
    DO UPDATE SET elements = excluded.elements, updated_at = excluded.updated_at";

/// Saves what is to be taken up again.
pub async fn save_state(tx: &mut Tx, id: RegistrationId, index: i32, elements: &str, now: Timestamp) -> Result<()> {
    on_db!(tx, c => sqlx::query(SAVE_STATE).bind(id).bind(index).bind(elements).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// A one-time address of the player, as it is redeemed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Ticket {
    pub launch_id: LaunchId,
    pub registration_id: RegistrationId,
    pub activity_index: i32,
    pub mode: String,
    pub return_url: Option<String>,
}

const INSERT_TICKET: &str = "INSERT INTO launch_ticket (token_hash, launch_id, registration_id, activity_index, mode, \
    return_url, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Writes a one-time address.
pub async fn insert_ticket(
    tx: &mut Tx,
    token_hash: &[u8],
    ticket: &Ticket,
    now: Timestamp,
    until: Timestamp,
) -> Result<()> {
    on_db!(tx, c => sqlx::query(INSERT_TICKET)
        .bind(token_hash).bind(ticket.launch_id).bind(ticket.registration_id).bind(ticket.activity_index).bind(&ticket.mode)
        .bind(&ticket.return_url).bind(now).bind(until).execute(c).await.map(drop))?;
    Ok(())
}

const REDEEM: &str = "UPDATE launch_ticket SET redeemed_at = $2 \
    WHERE token_hash = $1 AND redeemed_at IS NULL AND expires_at > $2 \
    RETURNING launch_id, registration_id, activity_index, mode, return_url";

/// Redeems a one-time address; `None` if it was used, has expired or never was.
pub async fn redeem(tx: &mut Tx, token_hash: &[u8], now: Timestamp) -> Result<Option<Ticket>> {
    Ok(on_db!(tx, c => sqlx::query_as(REDEEM).bind(token_hash).bind(now).fetch_optional(c).await)?)
}

const SET_WAY_OUT: &str = "UPDATE registration SET way_out = $2 WHERE id = $1";

/// Remembers where the player's way out leads; `None` for the course's own page.
pub async fn set_way_out(tx: &mut Tx, id: RegistrationId, way_out: Option<&str>) -> Result<()> {
    on_db!(tx, c => sqlx::query(SET_WAY_OUT).bind(id).bind(way_out).execute(c).await.map(drop))?;
    Ok(())
}
