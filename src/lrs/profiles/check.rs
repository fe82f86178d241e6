//! Going through the statements that name a profile, some at a time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde_json::Value;
use uuid::Uuid;

use super::store::{self, Candidate, Count, Example, Outcome};
use super::{courses, load};
use crate::core::{Error, Kind, ProfileId, Result, Sequence};
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
        let page = store::candidates(&mut tx, &row.claims(), row.checked_through, through, PAGE).await?;
        let last = page.candidates.last().filter(|_| page.is_cut).map_or(through, |last| last.seq);
        let statements = claimed(page.candidates, &row.claims())?;
        let referred = referred(&mut tx, &statements).await?;
        let days = days(&statements, &app.config.time_zone);
        let courses = if profile.has_order() {
            courses::judge(&mut tx, &row, &profile, courses::registrations(&statements, &days), last).await?
        } else {
            Vec::new()
        };
        drop(tx);
        // Schemas and paths of strangers: not on a thread that answers requests.
        let judging = move || Found::of(&profile, &statements, &days, &referred);
        let found = tokio::task::spawn_blocking(judging).await.map_err(Error::internal)?;

        let mut tx = app.db.begin().await?;
        if !store::advance(&mut tx, &row, last, now).await? {
            // Begun anew, or another process is at it: whoever advanced it goes on.
            return Ok(());
        }
        store::add_counts(&mut tx, id, &found.counts()).await?;
        store::put_examples(&mut tx, id, &found.examples()).await?;
        store::put_courses(&mut tx, id, &courses).await?;
        tx.commit().await?;
        if !page.is_cut {
            return Ok(());
        }
    }
}

/// A statement that names the profile, and what it says.
pub type Claimed = (Candidate, Value);

/// Those of a page that name one of `claims` as a category, the voided ones left out.
fn claimed(page: Vec<Candidate>, claims: &[String]) -> Result<Vec<Claimed>> {
    let mut statements = Vec::new();
    for mut candidate in page.into_iter().filter(|candidate| !candidate.voided) {
        let body = std::mem::take(&mut candidate.body);
        let statement = Json::parse(&body).map_err(Error::internal)?.to_serde();
        if Profile::is_claimed(&statement, claims) {
            statements.push((candidate, statement));
        }
    }
    Ok(statements)
}

/// The day of each statement.
fn days(statements: &[Claimed], zone: &TimeZone) -> Vec<i32> {
    let day = |(candidate, _): &Claimed| number_of(candidate.stored.jiff().to_zoned(zone.clone()).date());
    statements.iter().map(day).collect()
}

/// The statements that these refer to, one query for all.
async fn referred(tx: &mut Tx, statements: &[Claimed]) -> Result<HashMap<Uuid, Value>> {
    let target = |reference: &Value| reference["id"].as_str().and_then(format::uuid);
    let ids: BTreeSet<Uuid> = statements
        .iter()
        .flat_map(|(_, statement)| [&statement["object"], &statement["context"]["statement"]])
        .filter(|reference| reference["objectType"] == "StatementRef")
        .filter_map(target)
        .collect();
    let bodies = store::bodies(tx, &Vec::from_iter(ids)).await?;
    let read = |(id, body): (Uuid, String)| Some((id, Json::parse(&body).ok()?.to_serde()));
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
    /// Judges statements that claim the profile.
    fn of(profile: &Profile, statements: &[Claimed], days: &[i32], referred: &HashMap<Uuid, Value>) -> Self {
        let mut found = Self::default();
        for ((candidate, statement), day) in statements.iter().zip(days) {
            let verdict = profile.judge(statement, &|id| referred.get(&id));
            found.count(*day, "", Outcome::Checked);
            for template in &verdict.templates {
                let place = format!("/templates/{template}");
                found.count(*day, &place, Outcome::Checked);
                let rules = format!("{place}/");
                if verdict.faults.iter().any(|fault| fault.place.starts_with(&rules)) {
                    found.count(*day, &place, Outcome::Broken);
                }
            }
            for fault in &verdict.faults {
                found.count(*day, &fault.place, Outcome::Broken);
                found.example(*day, &fault.place, Outcome::Broken, candidate, &fault.pointer);
            }
            if !verdict.faults.is_empty() {
                found.count(*day, "", Outcome::Broken);
            } else if verdict.templates.is_empty() && !profile.templates.is_empty() {
                found.count(*day, "", Outcome::Unmatched);
                found.example(*day, "", Outcome::Unmatched, candidate, "");
            }
        }
        found
    }

    fn count(&mut self, day: i32, place: &str, outcome: Outcome) {
        *self.counts.entry((day, place.to_owned(), outcome)).or_default() += 1;
    }

    fn example(&mut self, day: i32, place: &str, outcome: Outcome, of: &Candidate, pointer: &str) {
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
        self.counts.iter().map(count).collect()
    }

    fn examples(self) -> Vec<Example> {
        self.examples.into_values().collect()
    }
}

/// A date as a number.
pub fn number_of(date: jiff::civil::Date) -> i32 {
    i32::from(date.year()) * 10_000 + i32::from(date.month()) * 100 + i32::from(date.day())
}
