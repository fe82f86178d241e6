//! The sessions of cmi5 units over the store: what a unit may say next follows from what it has said (`xapi::cmi5`), and that is
//! kept in a row a session, read and written in the transaction that stores the statements.
//!
//! The registration is held before ([`crate::state::Projection::prepare`]), so that two sessions of one unit never both complete it.

use std::collections::HashMap;

use uuid::Uuid;

use super::order::Order;
use super::store;
use crate::core::{Error, Kind, LaunchId, RegistrationId, Result, Timestamp};
use crate::on_db;
use crate::state::App;
use crate::storage::Tx;
use crate::xapi::cmi5::{Broken, Deed, Session};

/// What a unit wants stored: whose session it is, and what each statement is in it.
#[derive(Clone, Debug)]
pub(super) struct Saying {
    pub launch: LaunchId,
    pub deeds: Vec<Deed>,
}

/// A broken rule as it is answered: 403, with the number of the requirement.
pub(super) fn refusal(broken: Broken) -> Error {
    Error::new(Kind::Forbidden, "cmi5-rule")
        .arg("requirement", broken.requirement)
        .with("requirement", broken.requirement)
        .detail(broken.to_string())
}

/// Some sessions, held until the transaction ends.
#[derive(Default)]
pub(super) struct Sessions(HashMap<LaunchId, Held>);

struct Held {
    session: Session,
    registration: RegistrationId,
    index: i32,
    is_changed: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    launch_id: LaunchId,
    registration_id: RegistrationId,
    activity_index: i32,
    said: String,
    abandoned: bool,
    asked: bool,
    completed: bool,
    passed: bool,
}

const HOLD_SQLITE: &str = "SELECT s.launch_id, l.registration_id, l.activity_index, s.said, s.abandoned,
    s.preferences_at IS NOT NULL AS asked, COALESCE(u.completed, FALSE) AS completed, COALESCE(u.passed, FALSE) AS passed
    FROM cmi5_session s JOIN launch l ON l.id = s.launch_id
    LEFT JOIN cmi5_unit u ON u.registration_id = l.registration_id AND u.activity_index = l.activity_index
    WHERE s.launch_id IN (SELECT unhex(value) FROM json_each($1))";
const HOLD_POSTGRES: &str = "SELECT s.launch_id, l.registration_id, l.activity_index, s.said, s.abandoned,
    s.preferences_at IS NOT NULL AS asked, COALESCE(u.completed, FALSE) AS completed, COALESCE(u.passed, FALSE) AS passed
    FROM cmi5_session s JOIN launch l ON l.id = s.launch_id
    LEFT JOIN cmi5_unit u ON u.registration_id = l.registration_id AND u.activity_index = l.activity_index
    WHERE s.launch_id = ANY($1) ORDER BY s.launch_id FOR UPDATE OF s";

impl Sessions {
    /// The sessions that these orders are of; those of tools and of other content are in none.
    pub async fn hold(tx: &mut Tx, orders: &[Order]) -> Result<Self> {
        let launches: Vec<Uuid> =
            orders.iter().filter_map(|order| order.saying.as_ref()).map(|saying| saying.launch.0).collect();
        let rows: Vec<Row> = store::by_ids(tx, HOLD_SQLITE, HOLD_POSTGRES, &launches).await?;
        let held = rows.into_iter().map(|row| {
            let mut session = Session::of_words(&row.said);
            session.abandoned = row.abandoned;
            session.asked_preferences = row.asked;
            (session.unit_completed, session.unit_passed) = (row.completed, row.passed);
            let held =
                Held { session, registration: row.registration_id, index: row.activity_index, is_changed: false };
            (row.launch_id, held)
        });
        Ok(Self(held.collect()))
    }

    /// The session as it stands, to try an order on.
    pub fn trial(&self, saying: Option<&Saying>) -> Option<Session> {
        self.0.get(&saying?.launch).map(|held| held.session.clone())
    }

    /// The order was taken: from now on the session is as the trial left it. Two units of one registration do not share what is
    /// said of them, two sessions of one unit do.
    pub fn take(&mut self, saying: Option<&Saying>, trial: Option<Session>) {
        let (Some(saying), Some(trial)) = (saying, trial) else { return };
        let Some(held) = self.0.get_mut(&saying.launch) else { return };
        let (registration, index) = (held.registration, held.index);
        let (completed, passed) = (trial.unit_completed, trial.unit_passed);
        (held.session, held.is_changed) = (trial, true);
        for other in self.0.values_mut().filter(|other| (other.registration, other.index) == (registration, index)) {
            other.session.unit_completed |= completed;
            other.session.unit_passed |= passed;
        }
    }

    /// Writes what changed.
    pub async fn keep(self, tx: &mut Tx, now: Timestamp) -> Result<()> {
        let mut changed: Vec<_> = self.0.into_iter().filter(|(_, held)| held.is_changed).collect();
        changed.sort_unstable_by_key(|(launch, _)| launch.0);
        for (launch, Held { session, registration, index, .. }) in changed {
            let ended_at = session.is_over().then_some(now);
            on_db!(tx, c => sqlx::query(KEEP)
                .bind(launch).bind(session.words()).bind(now).bind(ended_at).execute(c).await.map(drop))?;
            if session.unit_completed || session.unit_passed {
                on_db!(tx, c => sqlx::query(KEEP_UNIT)
                    .bind(registration).bind(index).bind(session.unit_completed).bind(session.unit_passed)
                    .execute(c).await.map(drop))?;
            }
        }
        Ok(())
    }
}

const KEEP: &str =
    "UPDATE cmi5_session SET said = $2, last_at = $3, ended_at = COALESCE(ended_at, $4) WHERE launch_id = $1";
const KEEP_UNIT: &str = "INSERT INTO cmi5_unit (registration_id, activity_index, completed, passed)
    VALUES ($1, $2, $3, $4) ON CONFLICT (registration_id, activity_index)
    DO UPDATE SET completed = excluded.completed, passed = excluded.passed";

/// A unit that is only looked at speaks in the same order, and nothing of it is stored.
pub(super) async fn hear(app: &App, order: Order) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let mut sessions = Sessions::hold(&mut tx, std::slice::from_ref(&order)).await?;
    let mut trial = sessions.trial(order.saying.as_ref());
    if let (Some(session), Some(saying)) = (&mut trial, &order.saying) {
        saying.deeds.iter().try_for_each(|deed| session.take(*deed)).map_err(refusal)?;
    }
    sessions.take(order.saying.as_ref(), trial);
    sessions.keep(&mut tx, app.clock.now()).await?;
    tx.commit().await
}

const ASKED: &str = "UPDATE cmi5_session SET preferences_at = $2 WHERE launch_id = $1 AND preferences_at IS NULL";

/// The unit asks for what its learner prefers, as it must before it begins (cmi5 11).
pub(super) async fn asked_preferences(app: &App, launch: LaunchId) -> Result<()> {
    let mut tx = app.db.begin().await?;
    on_db!(tx, c => sqlx::query(ASKED).bind(launch).bind(app.clock.now()).execute(c).await.map(drop))?;
    tx.commit().await
}
