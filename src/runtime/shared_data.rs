//! Data that the content of several activities shares (`adl.data`, SCORM 2004 4th Edition RTE 4.3): the manifest names the
//! stores an activity sees, and says whether it may read and write them.
//!
//! Invariant: a store is no part of an activity's record. It is asked anew at each launch, for another activity, or another
//! course, may have written to it since.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use crate::core::{Result, Timestamp};
use crate::on_db;
use crate::packages::model::{CourseDetails, DataMap};
use crate::runtime::model::Registration;
use crate::scorm::Version;
use crate::scorm::data_model::{Access, DataModel, Elements, Fault};
use crate::storage::Tx;

/// Whether an element is one of a shared store.
pub fn is_shared(element: &str) -> bool {
    element.starts_with("adl.data.")
}

/// The stores of an activity, as its content may use them.
pub struct Stores<'a> {
    registration: &'a Registration,
    maps: &'a [DataMap],
}

impl<'a> Stores<'a> {
    pub fn of(registration: &'a Registration, maps: &'a [DataMap]) -> Self {
        Self { registration, maps }
    }

    /// What content reads of them when it begins.
    pub async fn elements(&self, tx: &mut Tx) -> Result<Elements> {
        let mut elements = self.names();
        if self.maps.is_empty() {
            return Ok(elements);
        }
        let mut values = read(tx, self.registration).await?;
        for (index, map) in self.maps.iter().enumerate().filter(|(_, map)| map.read) {
            if let Some(value) = values.remove(&map.target) {
                elements.insert(format!("adl.data.{index}.store"), value);
            }
        }
        Ok(elements)
    }

    /// What the manifest takes away of the access that the data model gives.
    pub fn access(&self) -> HashMap<String, Access> {
        let closed = self.maps.iter().enumerate().filter_map(|(index, map)| {
            let access = match (map.read, map.write) {
                (true, true) => return None,
                (true, false) => Access::Ro,
                (false, true) => Access::Wo,
                (false, false) => Access::None,
            };
            Some((format!("adl.data.{index}.store"), access))
        });
        closed.collect()
    }

    /// Keeps what content wrote, as far as it may. Answers the elements that were refused.
    pub async fn keep<'b>(
        &self,
        tx: &mut Tx,
        changes: &[(&'b str, &'b str)],
        now: Timestamp,
    ) -> Result<Vec<(&'b str, Fault)>> {
        let mut model = DataModel::new(Version::Scorm2004, &self.names(), self.access());
        let refused = model.apply(changes.iter().copied());
        let stores = self.maps.iter().enumerate();
        let mut written: Vec<(&str, &str)> = stores
            .filter_map(|(index, map)| Some((map.target.as_str(), model.peek(&format!("adl.data.{index}.store"))?)))
            .collect();
        // In one order, for two courses at once may write to the same ones.
        written.sort_unstable();
        for (target, value) in written {
            write(tx, self.registration, target, value, now).await?;
        }
        Ok(refused)
    }

    fn names(&self) -> Elements {
        let named = self.maps.iter().enumerate();
        named.map(|(index, map)| (format!("adl.data.{index}.id"), map.target.clone())).collect()
    }
}

/// Whether the stores of a course are the learner's everywhere; a preview keeps to itself.
fn is_everywhere(registration: &Registration) -> bool {
    let details: CourseDetails = serde_json::from_str(&registration.course_details).unwrap_or_default();
    !registration.preview && details.shares_data()
}

const READ_EVERYWHERE: &str = "SELECT target, value FROM shared_data WHERE person_id = $1 AND registration_id IS NULL";
const READ_HERE: &str = "SELECT target, value FROM shared_data WHERE person_id = $1 AND registration_id = $2";

async fn read(tx: &mut Tx, registration: &Registration) -> Result<BTreeMap<String, String>> {
    let person = registration.person_id;
    let rows: Vec<(String, String)> = if is_everywhere(registration) {
        on_db!(tx, c => sqlx::query_as(READ_EVERYWHERE).bind(person).fetch_all(c).await)?
    } else {
        on_db!(tx, c => sqlx::query_as(READ_HERE).bind(person).bind(registration.id).fetch_all(c).await)?
    };
    rows.into_iter().map(|(target, value)| Ok((target, serde_json::from_str(&value)?))).collect()
}

const WRITE: &str = "INSERT INTO shared_data (person_id, place, registration_id, target, value, updated_at) \
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (person_id, place) \
    DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";

/// One store; a commit changes one or two. As JSON, for a text of PostgreSQL holds no zero.
async fn write(tx: &mut Tx, registration: &Registration, target: &str, value: &str, now: Timestamp) -> Result<()> {
    let value = serde_json::to_string(value)?;
    let owner = (!is_everywhere(registration)).then_some(registration.id);
    let place = Sha256::new()
        .chain_update(owner.map(|id| id.to_string()).unwrap_or_default())
        .chain_update(" ")
        .chain_update(target)
        .finalize();
    on_db!(tx, c => sqlx::query(WRITE)
        .bind(registration.person_id).bind(place.to_vec()).bind(owner).bind(target).bind(value).bind(now)
        .execute(c).await.map(drop))?;
    Ok(())
}
