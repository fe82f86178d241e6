use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::core::{CourseId, PersonId, RegistrationId, StatementId, VersionId};
use crate::packages::model::{ActivityDetails, AssignableUnit, MoveOn};
use crate::progress::store::{Enrolled, OutlineRow};
use crate::xapi::Actor;
use crate::xapi::vocabulary::WAIVED;

const COURSE: &str = "https://preau.exemple.fr/courses/1";

fn enrolled() -> Enrolled {
    Enrolled {
        id: RegistrationId(Uuid::from_u128(7)),
        person_id: PersonId(Uuid::from_u128(8)),
        person_name: "Camille".to_owned(),
        account_home_page: "https://exemple.fr".to_owned(),
        account_name: "camille".to_owned(),
        course_id: CourseId(Uuid::from_u128(9)),
        version_id: VersionId(Uuid::from_u128(10)),
        course_iri: COURSE.to_owned(),
        course_identifier: "https://exemple.fr/cours".to_owned(),
        course_kind: "cmi5".to_owned(),
        course_title: LanguageMap::one("fr", "Cours"),
        last_index: None,
    }
}

/// A line of an outline: a block or a unit, and in which of the blocks before it, if in any.
type Line = (Option<MoveOn>, usize);

fn outline(lines: &[Line]) -> Vec<OutlineRow> {
    let mut blocks: Vec<i32> = Vec::new();
    let rows = lines.iter().enumerate().map(|(index, (unit, inside))| {
        let index = index as i32;
        let parent_index = blocks.get(inside % (blocks.len() + 1)).copied();
        let details =
            unit.map(|move_on| ActivityDetails::Au(Box::new(AssignableUnit { move_on, ..Default::default() })));
        if unit.is_none() {
            blocks.push(index);
        }
        OutlineRow {
            activity_index: index,
            parent_index,
            identifier: format!("https://exemple.fr/{index}"),
            iri: format!("https://preau.exemple.fr/activities/{index}"),
            title: LanguageMap::one("fr", "Titre"),
            kind: if unit.is_some() { "au" } else { "group" }.to_owned(),
            launchable: unit.is_some(),
            enough: details.map(|details| serde_json::to_string(&details).expect("JSON")).unwrap_or_default().into(),
        }
    });
    rows.collect()
}

fn any_line() -> impl Strategy<Value = Line> {
    let unit = prop::sample::select(vec![
        MoveOn::Passed,
        MoveOn::Completed,
        MoveOn::CompletedAndPassed,
        MoveOn::CompletedOrPassed,
        MoveOn::NotApplicable,
    ]);
    (prop::option::weighted(0.6, unit), any::<usize>())
}

fn stored(mut statement: Statement) -> Stored {
    let id = StatementId::new();
    statement.id = Some(id);
    // What the service says it vouches for; whether a unit may say something is asked before it is stored.
    statement.authority = Some(Actor::Agent(Agent::account("https://preau.exemple.fr", "preau")));
    let at = Timestamp(1);
    let registration = Some(RegistrationId(Uuid::from_u128(7)));
    Stored { seq: 1, id, stored: at, occurred: at, registration, statement: Arc::new(statement) }
}

proptest! {
    /// Whatever is said of the units, in whatever order and groups and how often: a block or the course is satisfied once, when and
    /// only when all that is in it is enough.
    #[test]
    fn whatever_is_said_blocks_and_course_are_satisfied_once(
        lines in prop::collection::vec(any_line(), 1..12),
        story in prop::collection::vec(prop::collection::vec((any::<usize>(), 0_usize..5, 0_u8..3), 0..4), 0..12),
    ) {
        let outline = Arc::new(outline(&lines));
        let mut course = Standing::of(enrolled(), outline.clone(), Vec::new());
        let mut told: Vec<String> = Vec::new();
        let mut batches = vec![Vec::new()];
        batches.extend(story);
        for batch in batches {
            let said: Vec<Stored> = batch.into_iter().map(|(which, verb, session)| {
                let row = &outline[which % outline.len()];
                let verb = [COMPLETED, PASSED, FAILED, WAIVED, crate::xapi::vocabulary::TERMINATED][verb];
                let success = match verb { PASSED | WAIVED => Some(true), FAILED => Some(false), _ => None };
                let mut setting = context(Uuid::from_u128(7), &[category::CMI5], Vec::new(), Vec::new());
                setting.extensions.insert(extension::SESSION_ID.to_owned(), json!(session));
                let unit = if row.kind == "au" { row.iri.as_str() } else { "https://exemple.fr/page" };
                let learner = Agent::account("https://exemple.fr", "camille");
                stored(event(learner, verb, Activity::new(unit)).with_context(setting).with_result(Outcome { success, ..Outcome::default() }))
            }).collect();
            let mut said: Vec<&Stored> = said.iter().collect();
            // As the store asks: what follows is stored too, until nothing follows.
            for round in 0.. {
                prop_assert!(round < 8);
                course.fold(&said);
                let kept: Vec<Stored> = after(&course, &said).into_iter().map(stored).collect();
                if kept.is_empty() {
                    break;
                }
                told.extend(kept.iter().filter_map(|one| one.statement.activity().map(|activity| activity.id.clone())));
                course.fold(&kept.iter().collect::<Vec<_>>());
                said = Vec::new();
            }
        }
        let is_inside = |row: &OutlineRow, block: i32| {
            std::iter::successors(row.parent_index, |index| outline[*index as usize].parent_index).any(|index| index == block)
        };
        let enough = |row: &OutlineRow| is_done(row, course.activities.get(&row.activity_index));
        let mut expected: Vec<String> = Vec::new();
        for block in outline.iter().filter(|row| row.kind == "group") {
            let mut units = outline.iter().filter(|row| row.kind == "au" && is_inside(row, block.activity_index)).peekable();
            if units.peek().is_some() && units.all(enough) {
                expected.push(block.iri.clone());
            }
        }
        let mut units = outline.iter().filter(|row| row.kind == "au").peekable();
        if units.peek().is_some() && units.all(enough) {
            expected.push(COURSE.to_owned());
        }
        told.sort();
        expected.sort();
        prop_assert_eq!(told, expected);
    }
}
