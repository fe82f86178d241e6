//! Checking a login and a password, slower with each failure.

use std::time::Duration;

use crate::core::{Error, Kind, PersonId, Result, Timestamp};
use crate::identity::{password, store};
use crate::on_db;
use crate::state::App;
use crate::storage::Tx;

/// Failures a forgetful person is allowed before the pauses begin.
const FREE: i64 = 5;
/// The first pause; each further failure doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);
/// Failures are forgotten after this time without a new one.
const FORGET: Duration = Duration::from_secs(24 * 60 * 60);

/// Who signs in with `login` and `password`.
///
/// Errors: `sign-in-failed` (the same for an unknown login, a wrong password and a disabled person),
/// `too-many-attempts` with the whole `minutes` to wait.
pub async fn check(app: &App, login: &str, password: &str) -> Result<PersonId> {
    let failed = || Error::new(Kind::Unauthenticated, "sign-in-failed");
    let login = store::login_key(login).ok_or_else(failed)?;
    if password.len() > password::LONGEST {
        return Err(failed());
    }
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    // Counted before it is checked: guesses sent all at once are all counted.
    count_attempt(&mut tx, &login, now).await?;
    let known = store::credential(&mut tx, &login).await?;
    tx.commit().await?;

    let (person, hash) = known.unzip();
    if !password::verify_password(password, hash.flatten()).await? {
        return Err(failed());
    }
    let person = person.ok_or_else(failed)?;
    let mut tx = app.db.begin().await?;
    on_db!(tx, c => sqlx::query(FORGET_FAILURES).bind(&login).execute(c).await.map(drop))?;
    tx.commit().await?;
    Ok(person)
}

const COUNT: &str = "INSERT INTO sign_in_failure (login, failures, locked_until) VALUES ($1, 1, $2) \
    ON CONFLICT (login) DO UPDATE SET failures = sign_in_failure.failures + 1 \
    WHERE sign_in_failure.locked_until <= $2 RETURNING failures";
const LOCKED_UNTIL: &str = "SELECT locked_until FROM sign_in_failure WHERE login = $1";
const LOCK: &str = "UPDATE sign_in_failure SET locked_until = $2 WHERE login = $1";
const FORGET_FAILURES: &str = "DELETE FROM sign_in_failure WHERE login = $1";
const FORGET_OLD: &str = "DELETE FROM sign_in_failure WHERE locked_until <= $1";

async fn count_attempt(tx: &mut Tx, login: &str, now: Timestamp) -> Result<()> {
    // Also keeps the table small when somebody tries invented logins.
    on_db!(tx, c => sqlx::query(FORGET_OLD).bind(now.minus(FORGET)).execute(c).await.map(drop))?;
    let failures: Option<i64> =
        on_db!(tx, c => sqlx::query_scalar(COUNT).bind(login).bind(now).fetch_optional(c).await)?;
    let Some(failures) = failures else {
        let until: Timestamp = on_db!(tx, c => sqlx::query_scalar(LOCKED_UNTIL).bind(login).fetch_one(c).await)?;
        let minutes = until.since(now).as_secs().div_ceil(60).max(1);
        return Err(Error::new(Kind::TooMany, "too-many-attempts").arg("minutes", minutes));
    };
    let until = now.plus(pause(failures));
    on_db!(tx, c => sqlx::query(LOCK).bind(login).bind(until).execute(c).await.map(drop))?;
    Ok(())
}

/// How long nobody may try after the `failures`th failure in a row.
fn pause(failures: i64) -> Duration {
    let doublings = u32::try_from(failures - FREE).ok();
    doublings.map_or(Duration::ZERO, |n| FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(n)).min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_begin_late_and_double_up_to_a_quarter_of_an_hour() {
        let pauses: Vec<u64> = [1, 4, 5, 6, 7, 10, 1000].map(|n| pause(n).as_secs()).into();
        assert_eq!(pauses, [0, 0, 30, 60, 120, 900, 900]);
    }
}
