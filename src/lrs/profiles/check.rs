//! Going through the statements that name a profile, some at a time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde_json::Value;
use uuid::Uuid;

use super::store::{self, Candidate, Count, Example, Outcome};
use super::{courses, load};
use crate::core::{Error, Kind, ProfileId, Result, Sequence, StatementId, Timestamp};
use crate::jobs::Work;
use crate::state::App;
use crate::storage::Tx;
use crate::xapi::format;
use crate::xapi::json::Json;
use crate::xapi::profile::Profile;

/// The job that checks one version now: its subject.
pub const CHECK: &str = "check-xapi-profile";
/// The job that looks at what has come in since, of every version.
pub const CHECK_ALL: &str = "check-xapi-profiles";

/// Statements looked at in one transaction.
const PAGE: i64 = 200;
/// Statements so young are left for the next time: another process may still be about to commit an earlier one.
const SETTLING: Duration = Duration::from_secs(30);
/// Examples of a day and a place.
const SLOTS: i64 = 3;
/// Longest place in a statement that is kept, in characters.
const LONGEST_POINTER: usize = 500;

/// Checks the version that the job is about, or all of them, up to what was stored half a minute ago.
pub async fn check(work: Work) -> Result<()> {
    let app = &work.app;
    let ids = match work.job.subject {
        Some(id) => vec![ProfileId(id)],
        None => store::all(&mut app.db.read().await?).await?.into_iter().map(|row| row.id).collect(),
    };
    for id in ids {
        match check_version(app, id).await {
            // It was removed meanwhile.
            Err(error) if error.kind == Kind::NotFound => {}
            done => done?,
        }
    }
    Ok(())
}

async fn check_version(app: &App, id: ProfileId) -> Result<()> {
    let mut read: Option<(i64, Arc<Profile>)> = None;
    loop {
        let now = app.clock.now();
        let through = Sequence::through(app.sequence.settled(now).min(now.minus(SETTLING)));
        let mut tx = app.db.read().await?;
        let row = store::find(&mut tx, id).await?;
        if through <= row.checked_through {
            return Ok(());
        }
        let profile = match &read {
            Some((round, profile)) if *round == row.round => profile.clone(),
            _ => Arc::new(load::recall(store::document(&mut tx, id).await?).await?),
        };
        read = Some((row.round, profile.clone()));
        let (claims, zone) = (row.claims(), &app.config.time_zone);
        let came = store::candidates(&mut tx, &claims, row.checked_through, through, PAGE).await?;
        let last = came.candidates.last().filter(|_| came.is_cut).map_or(through, |last| last.seq);
        let went = store::voided_since(&mut tx, &claims, row.checked_through, last, PAGE).await?;
        let last = went.candidates.last().filter(|_| went.is_cut).and_then(|last| last.voided_by).unwrap_or(last);
        let is_cut = came.is_cut || went.is_cut;
        let came =
            came.candidates.into_iter().filter(|one| one.seq <= last && one.voided_by.is_none_or(|by| by > last));
        let (came, went) = (claimed(came, &claims, zone)?, claimed(went.candidates.into_iter(), &claims, zone)?);
        let referred = referred(&mut tx, came.iter().chain(&went)).await?;
        let (mut judged, mut courses) = (Vec::new(), Vec::new());
        if profile.has_order() {
            judged = courses::registrations(came.iter().chain(&went));
            courses = courses::judge(&mut tx, &row, &profile, &judged, last, zone).await?;
        }
        drop(tx);
        let gone: Vec<i64> = went.iter().map(|one| one.seq).collect();
        // Schemas and paths of strangers: not on a thread that answers requests.
        let judging = move || Found::of(&profile, &came, &referred).without(&Found::of(&profile, &went, &referred));
        let found = tokio::task::spawn_blocking(judging).await.map_err(Error::internal)?;

        let mut tx = app.db.begin().await?;
        if !store::advance(&mut tx, &row, last, now).await? {
            // Begun anew, or another process is at it: whoever advanced it goes on.
            return Ok(());
        }
        store::add_counts(&mut tx, id, &found.counts()).await?;
        store::put_examples(&mut tx, id, &found.examples()).await?;
        store::remove_examples(&mut tx, id, &gone).await?;
        store::put_courses(&mut tx, id, &judged, &courses).await?;
        tx.commit().await?;
        if !is_cut {
            return Ok(());
        }
    }
}

/// A statement that names the profile.
pub struct Claimed {
    seq: i64,
    id: StatementId,
    /// When it was stored.
    day: i32,
    pub says: Value,
}

/// Those of a page that name one of `claims` as a category.
fn claimed(page: impl Iterator<Item = Candidate>, claims: &[String], zone: &TimeZone) -> Result<Vec<Claimed>> {
    let mut statements = Vec::new();
    for Candidate { seq, id, body, stored, .. } in page {
        let says = Json::parse(&body).map_err(Error::internal)?.to_serde();
        if Profile::is_claimed(&says, claims) {
            statements.push(Claimed { seq, id, day: day_of(stored, zone), says });
        }
    }
    Ok(statements)
}

/// The day of a moment, as a number.
pub fn day_of(moment: Timestamp, zone: &TimeZone) -> i32 {
    number_of(moment.jiff().to_zoned(zone.clone()).date())
}

/// Statements that others refer to, by their ids, with their numbers.
type Referred = HashMap<Uuid, (i64, Value)>;

/// The statements that these refer to, one query for all.
async fn referred<'s>(tx: &mut Tx, statements: impl Iterator<Item = &'s Claimed>) -> Result<Referred> {
    let target = |reference: &Value| reference["id"].as_str().and_then(format::uuid);
    let ids: BTreeSet<Uuid> = statements
        .flat_map(|statement| [&statement.says["object"], &statement.says["context"]["statement"]])
        .filter(|reference| reference["objectType"] == "StatementRef")
        .filter_map(target)
        .collect();
    let bodies = store::bodies(tx, &Vec::from_iter(ids)).await?;
    let read = |(id, (seq, body)): (Uuid, (i64, String))| Some((id, (seq, Json::parse(&body).ok()?.to_serde())));
    Ok(bodies.into_iter().filter_map(read).collect())
}

/// A day, a place in the profile, and what came of a statement there.
type Key = (i32, String, Outcome);

/// What came of some statements.
#[derive(Default)]
struct Found {
    counts: BTreeMap<Key, i64>,
    /// By their slot as well.
    examples: BTreeMap<(Key, i32), Example>,
}

impl Found {
    /// Judges statements that claim the profile. What one refers to is looked at if it was stored before it, so that a statement
    /// that is voided later is taken off where it was counted.
    fn of(profile: &Profile, statements: &[Claimed], referred: &Referred) -> Self {
        let mut found = Self::default();
        for statement in statements {
            let before = |id| referred.get(&id).filter(|(seq, _)| *seq < statement.seq).map(|(_, says)| says);
            let verdict = profile.judge(&statement.says, &before);
            found.count(statement, "", Outcome::Checked);
            for template in &verdict.templates {
                let place = format!("/templates/{template}");
                found.count(statement, &place, Outcome::Checked);
                let rules = format!("{place}/");
                if verdict.faults.iter().any(|fault| fault.place.starts_with(&rules)) {
                    found.count(statement, &place, Outcome::Broken);
                }
            }
            for fault in &verdict.faults {
                found.count(statement, &fault.place, Outcome::Broken);
                found.example(statement, &fault.place, Outcome::Broken, &fault.pointer);
            }
            if !verdict.faults.is_empty() {
                found.count(statement, "", Outcome::Broken);
            } else if verdict.templates.is_empty() && !profile.templates.is_empty() {
                found.count(statement, "", Outcome::Unmatched);
                found.example(statement, "", Outcome::Unmatched, "");
            }
        }
        found
    }

    /// Takes off what statements count for that have been voided since.
    fn without(mut self, voided: &Self) -> Self {
        for (key, statements) in &voided.counts {
            *self.counts.entry(key.clone()).or_default() -= statements;
        }
        self
    }

    fn count(&mut self, statement: &Claimed, place: &str, outcome: Outcome) {
        *self.counts.entry((statement.day, place.to_owned(), outcome)).or_default() += 1;
    }

    fn example(&mut self, of: &Claimed, place: &str, outcome: Outcome, pointer: &str) {
        let day = of.day;
        // A number is microseconds times 4,096, one more than a multiple of three: neighbours get different slots.
        let slot = i32::try_from(of.seq.rem_euclid(SLOTS)).unwrap_or_default();
        // A key of an extension may hold what a database does not take.
        let pointer = pointer.replace('\0', "\u{fffd}").chars().take(LONGEST_POINTER).collect();
        let example = Example { day, place: place.to_owned(), outcome, slot, seq: of.seq, statement: of.id, pointer };
        self.examples.insert(((day, place.to_owned(), outcome), slot), example);
    }

    fn counts(&self) -> Vec<Count> {
        let count = |((day, place, outcome), statements): (&Key, &i64)| Count {
            day: *day,
            place: place.clone(),
            outcome: *outcome,
            statements: *statements,
        };
        self.counts.iter().filter(|(_, statements)| **statements != 0).map(count).collect()
    }

    fn examples(self) -> Vec<Example> {
        self.examples.into_values().collect()
    }
}

/// A date as a number.
pub fn number_of(date: jiff::civil::Date) -> i32 {
    i32::from(date.year()) * 10_000 + i32::from(date.month()) * 100 + i32::from(date.day())
}
