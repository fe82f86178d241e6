//! Whether the statements of a registration come in an order that a pattern of the profile allows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use serde_json::Value;
use uuid::Uuid;

use super::check::{Claimed, day_of};
use super::store::{self, CourseRow, Row};
use crate::core::Result;
use crate::storage::Tx;
use crate::xapi::format;
use crate::xapi::json::Json;
use crate::xapi::profile::{Course, Profile};

/// Longer registrations are not judged.
const MOST: i64 = 2_000;
/// The extension that tells several runs within one registration apart (Structure 9).
const SUBREGISTRATION: &str = "https://w3id.org/xapi/profiles/extensions/subregistration";

/// Registrations that are asked for together.
const GROUP: usize = 25;

/// The registrations that statements name, each once.
pub fn registrations<'s>(statements: impl Iterator<Item = &'s Claimed>) -> Vec<Uuid> {
    let registration = |one: &Claimed| one.says["context"]["registration"].as_str().and_then(format::uuid);
    let named: BTreeSet<Uuid> = statements.filter_map(registration).collect();
    Vec::from_iter(named)
}

/// What a registration has said that is of the profile.
#[derive(Default)]
struct Told<'p> {
    /// All its statements, also those of no profile.
    count: i64,
    /// The day of the last one.
    last: i32,
    /// By subregistration: the day of the last statement, and the templates that each one matches.
    parts: BTreeMap<String, (i32, Vec<Vec<&'p str>>)>,
}

/// Judges registrations anew, of which statements of the profile came or went. A statement that matches no template or breaks a rule
/// has no place in any pattern (Communication 2.2).
pub async fn judge(
    tx: &mut Tx,
    row: &Row,
    profile: &Profile,
    registrations: &[Uuid],
    through: i64,
    zone: &TimeZone,
) -> Result<Vec<CourseRow>> {
    let claims = row.claims();
    let mut judged = Vec::new();
    for group in registrations.chunks(GROUP) {
        let mut told: BTreeMap<Uuid, Told<'_>> = BTreeMap::new();
        store::of_registrations(tx, group, through, MOST + 1, |said| {
            let told = told.entry(said.registration).or_default();
            let stored = day_of(said.stored, zone);
            told.count += 1;
            told.last = told.last.max(stored);
            let Ok(statement) = Json::parse(&said.body).map(|json| json.to_serde()) else { return };
            if Profile::is_claimed(&statement, &claims) {
                let verdict = profile.judge(&statement, &|_| None);
                let templates = if verdict.faults.is_empty() { verdict.templates } else { Vec::new() };
                let templates = templates.into_iter().map(|index| profile.templates[index].id.as_str()).collect();
                let (day, statements) = told.parts.entry(part(&statement, &claims)).or_default();
                *day = stored.max(*day);
                statements.push(templates);
            }
        })
        .await?;
        for (registration, Told { count, last, parts }) in told {
            if count > MOST {
                judged.push(CourseRow { registration, part: String::new(), day: last, course: "long" });
                continue;
            }
            judged.extend(parts.into_iter().map(|(part, (day, statements))| {
                let course = match profile.course(&statements) {
                    Course::Followed => "followed",
                    Course::Begun => "begun",
                    Course::Broken => "broken",
                };
                CourseRow { registration, part, day, course }
            }));
        }
    }
    Ok(judged)
}

/// The subregistration of a statement for this profile; empty for most.
fn part(statement: &Value, claims: &[String]) -> String {
    let parts = statement["context"]["extensions"][SUBREGISTRATION].as_array().into_iter().flatten();
    let mut ours = parts.filter(|part| claims.iter().any(|claim| part["profile"].as_str() == Some(claim)));
    let part = ours.find_map(|part| part["subregistration"].as_str().and_then(format::uuid));
    part.map(|part| part.to_string()).unwrap_or_default()
}
