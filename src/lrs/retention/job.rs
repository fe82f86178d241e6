//! The work of a night: rule after rule, a batch a transaction, in the order of the numbers.

use jiff::civil::time;

use super::pick::{self, Guard};
use super::store::{self, Rule};
use crate::core::{Result, RetentionId, Timestamp};
use crate::jobs::Work;
use crate::lrs::store::is_transient;
use crate::state::App;

/// Statements looked at in one transaction: nobody who writes waits long behind it.
const BATCH: i64 = 500;
/// How often a batch begins again when the database preferred another writer.
const ATTEMPTS: usize = 8;
/// The hour at which the night's work may begin.
const HOUR: i8 = 2;

/// Removes what the rules that are on no longer keep, once a night; a night that was missed is made up for.
pub async fn run(work: Work) -> Result<()> {
    let night = last_night(&work.app);
    let due = store::due(&mut work.app.db.read().await?, night).await?;
    for id in due {
        one(&work, id).await?;
    }
    Ok(())
}

/// When the last night's work could begin.
fn last_night(app: &App) -> Timestamp {
    let now = app.clock.now();
    let local = now.jiff().to_zoned(app.config.time_zone.clone());
    let at = |date: jiff::civil::Date| {
        let moment = date.to_datetime(time(HOUR, 0, 0, 0)).to_zoned(app.config.time_zone.clone());
        moment.ok().map(|moment| Timestamp(moment.timestamp().as_microsecond()))
    };
    let today = at(local.date()).filter(|moment| *moment <= now);
    today.or_else(|| at(local.date().yesterday().ok()?)).unwrap_or(now)
}

/// Does the work of one rule.
async fn one(work: &Work, id: RetentionId) -> Result<()> {
    let rule = store::find(&mut work.app.db.read().await?, id).await?;
    let mut walk = Walk { place: rule.seq, settled: Some(rule.seq), removed: 0 };
    loop {
        let mut attempts = 1;
        let step = loop {
            match batch(work, &rule, &walk).await {
                Err(error) if is_transient(&error) && attempts < ATTEMPTS => attempts += 1,
                outcome => break outcome?,
            }
        };
        match step {
            Some(next) => walk = next,
            None => {
                tracing::info!(rule = %id, statements = walk.removed, "statements were removed by a rule");
                return Ok(());
            }
        }
    }
}

/// How far a night's work has come.
struct Walk {
    /// The last statement that was looked at.
    place: i64,
    /// Up to where nothing is left to do for good; `None` behind a statement that waits for a forward.
    settled: Option<i64>,
    removed: i64,
}

/// Does a batch. Answers where the next one begins; `None` if there is none, or the rule is off or another by now.
async fn batch(work: &Work, rule: &Rule, walk: &Walk) -> Result<Option<Walk>> {
    let (app, now) = (&work.app, work.app.clock.now());
    let mut tx = app.db.begin().await?;
    work.hold(&mut tx).await?;
    let present = store::find(&mut tx, rule.id).await.ok();
    if !present.is_some_and(|present| present.enabled_at.is_some() && present.changed_at == rule.changed_at) {
        return Ok(None);
    }
    let guard = Guard::load(&mut tx, app).await?;
    let filter = pick::filter(app, rule, walk.place, now).await?;
    let ahead = pick::next(&mut tx, &filter, &guard, BATCH).await?;
    let Some(last) = ahead.last() else {
        store::finish(&mut tx, rule.id, now).await?;
        tx.commit().await?;
        return Ok(None);
    };
    let going: Vec<i64> = ahead.iter().filter(|one| !one.stays && !one.unsent).map(|one| one.seq).collect();
    let removed = pick::remove(&mut tx, &going).await?;
    if removed > 0 {
        let day = now.jiff().to_zoned(app.config.time_zone.clone()).date().to_string();
        store::count(&mut tx, rule.id, &day, removed).await?;
    }
    // What waits for a forward is looked at again in the next night, and what lies behind it with it.
    let waits = ahead.iter().any(|one| one.unsent && !one.stays);
    let settled = walk.settled.filter(|_| !waits).map(|_| last.seq);
    if let Some(settled) = settled {
        store::advance(&mut tx, rule.id, settled).await?;
    }
    tx.commit().await?;
    Ok(Some(Walk { place: last.seq, settled, removed: walk.removed + removed }))
}
