//! Whether the statements of a registration come in an order that a pattern of the profile allows.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::check::Claimed;
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

/// The registrations that statements name, each with the day of its last one.
pub fn registrations(statements: &[Claimed], days: &[i32]) -> BTreeMap<Uuid, i32> {
    let named = statements.iter().zip(days).filter_map(|((_, statement), day)| Some((registration(statement)?, *day)));
    named.collect()
}

fn registration(statement: &Value) -> Option<Uuid> {
    statement["context"]["registration"].as_str().and_then(format::uuid)
}

/// Judges registrations anew, which have new statements of the profile. A statement that matches no template or breaks a rule
/// has no place in any pattern (Communication 2.2).
pub async fn judge(
    tx: &mut Tx,
    row: &Row,
    profile: &Profile,
    registrations: BTreeMap<Uuid, i32>,
    through: i64,
) -> Result<Vec<CourseRow>> {
    let claims = row.claims();
    let mut judged = Vec::new();
    for (registration, day) in registrations {
        let mut parts: BTreeMap<String, Vec<Vec<&str>>> = BTreeMap::new();
        let mut count = 0;
        store::of_registration(tx, registration, through, MOST + 1, |body| {
            count += 1;
            let Ok(statement) = Json::parse(&body).map(|json| json.to_serde()) else { return };
            if Profile::is_claimed(&statement, &claims) {
                let verdict = profile.judge(&statement, &|_| None);
                let templates = if verdict.faults.is_empty() { verdict.templates } else { Vec::new() };
                let templates = templates.into_iter().map(|index| profile.templates[index].id.as_str()).collect();
                parts.entry(part(&statement, &claims)).or_default().push(templates);
            }
        })
        .await?;
        let course = |part: String, course| CourseRow { registration, part, day, course };
        if count > MOST {
            judged.push(course(String::new(), "long"));
            continue;
        }
        judged.extend(parts.into_iter().map(|(part, statements)| {
            let followed = match profile.course(&statements) {
                Course::Followed => "followed",
                Course::Begun => "begun",
                Course::Broken => "broken",
            };
            course(part, followed)
        }));
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
