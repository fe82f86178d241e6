//! What the page of a course offers of its outline: where SCORM 2004 has rules about it, what they let the learner choose.

use std::collections::HashSet;

use crate::core::{CourseId, PersonId, RegistrationId, Result, VersionId};
use crate::on_db;
use crate::runtime::course::{Course, Setting};
use crate::runtime::store;
use crate::storage::Tx;

const SCORM2004: &str = "SELECT c.identifier, COALESCE(v.details, c.details) FROM course c \
    LEFT JOIN course_rules v ON v.course_id = c.id AND v.version_id = $2 WHERE c.id = $1 AND c.kind = 'scorm2004'";

/// The positions of the outline that the learner may choose now, groups among them: in their record of the course, or as
/// whoever begins it in this version. Nothing is said of a course without rules, where every activity can be opened.
pub async fn offered(
    tx: &mut Tx,
    person: PersonId,
    (course, version): (CourseId, VersionId),
    registration: Option<RegistrationId>,
) -> Result<Option<HashSet<i32>>> {
    let row: Option<(String, String)> =
        on_db!(tx, c => sqlx::query_as(SCORM2004).bind(course).bind(version).fetch_optional(c).await)?;
    let Some((identifier, details)) = row else { return Ok(None) };
    let record = match registration {
        Some(id) => store::find(tx, id).await?,
        None => None,
    };
    let course = match &record {
        Some(registration) => Course::load(tx, registration).await?,
        None => {
            let kind = "scorm2004";
            let setting =
                Setting { course_id: course, version_id: version, identifier: &identifier, kind, details: &details };
            Course::of(tx, &setting, person, false).await?
        }
    };
    let sequencer = match &record {
        Some(registration) => course.sequencer(registration),
        None => course.newcomer(),
    };
    let offers = sequencer.offers();
    let open =
        course.activities.iter().zip(offers.iter().skip(1)).filter(|(_, offer)| offer.selectable && offer.visible);
    let mut open: HashSet<i32> = open.map(|(activity, _)| activity.activity_index).collect();
    // Where they are can be opened again, whatever the rules say of choosing.
    open.extend(record.and_then(|registration| registration.current_index));
    Ok(Some(open))
}
