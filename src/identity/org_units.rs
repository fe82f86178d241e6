//! The organisation as a tree of directions and services.

use std::collections::HashMap;

use crate::core::{Error, OrgUnitId, Result, Timestamp};
use crate::on_db;
use crate::storage::Tx;

/// A direction or service, and how many people work right there.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OrgUnit {
    /// Stable identifier.
    pub id: OrgUnitId,
    /// What it is part of.
    pub parent_id: Option<OrgUnitId>,
    /// Its name.
    pub name: String,
    /// People who work there, without those of its parts.
    pub people: i64,
}

/// The whole organisation.
#[derive(Clone, Debug, Default)]
pub struct OrgUnits {
    units: HashMap<OrgUnitId, OrgUnit>,
    /// In the order of the tree, with depth and the number of people in the whole branch.
    order: Vec<Branch>,
}

/// A unit where it stands in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The unit.
    pub id: OrgUnitId,
    /// 0 for the top.
    pub depth: usize,
    /// People in it and in all its parts.
    pub people: i64,
}

const ALL: &str = "SELECT u.id, u.parent_id, u.name, COUNT(p.id) AS people \
    FROM org_unit u LEFT JOIN person p ON p.org_unit_id = u.id AND p.disabled_at IS NULL \
    GROUP BY u.id, u.parent_id, u.name";

/// Every unit. An organisation has hundreds, so it is read whole.
pub async fn all(tx: &mut Tx) -> Result<OrgUnits> {
    let rows: Vec<OrgUnit> = on_db!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)?;
    Ok(OrgUnits::of(rows))
}

impl OrgUnits {
    fn of(rows: Vec<OrgUnit>) -> Self {
        let mut children: HashMap<Option<OrgUnitId>, Vec<&OrgUnit>> = HashMap::new();
        for unit in &rows {
            children.entry(unit.parent_id).or_default().push(unit);
        }
        children.values_mut().for_each(|units| units.sort_by_key(|unit| super::store::name_key(&unit.name)));
        let mut order = Vec::with_capacity(rows.len());
        list(&children, None, 0, &mut order);
        Self { order, units: rows.into_iter().map(|unit| (unit.id, unit)).collect() }
    }

    /// The tree, each unit before its parts.
    pub fn tree(&self) -> &[Branch] {
        &self.order
    }

    /// The name of a unit; empty for one that does not exist.
    pub fn name(&self, id: OrgUnitId) -> &str {
        self.units.get(&id).map_or("", |unit| unit.name.as_str())
    }

    /// Whether there is such a unit.
    pub fn has(&self, id: OrgUnitId) -> bool {
        self.units.contains_key(&id)
    }

    /// A unit and all below it, in the order of the tree, each with its depth below that unit.
    pub fn below(&self, id: OrgUnitId) -> Vec<(OrgUnitId, usize)> {
        let Some(at) = self.order.iter().position(|branch| branch.id == id) else { return Vec::new() };
        let top = self.order[at].depth;
        let parts = self.order[at + 1..].iter().take_while(|branch| branch.depth > top);
        std::iter::once(&self.order[at]).chain(parts).map(|branch| (branch.id, branch.depth - top)).collect()
    }

    /// Several units and all below them, in the order of the tree, each once, with its depth below the topmost of them it is in.
    pub fn below_all(&self, tops: &[OrgUnitId]) -> Vec<(OrgUnitId, usize)> {
        let mut found = Vec::new();
        let mut inside: Option<usize> = None;
        for branch in &self.order {
            inside = inside.filter(|top| branch.depth > *top);
            if inside.is_none() && tops.contains(&branch.id) {
                inside = Some(branch.depth);
            }
            found.extend(inside.map(|top| (branch.id, branch.depth - top)));
        }
        found
    }

    /// `Direction des routes/Service entretien`.
    pub fn path(&self, id: OrgUnitId) -> String {
        let mut names = Vec::new();
        let mut at = Some(id);
        // The database cannot hold a loop that the interface made; the bound keeps a damaged one from hanging a page.
        while let Some(unit) = at.and_then(|id| self.units.get(&id)).filter(|_| names.len() < 64) {
            names.push(unit.name.as_str());
            at = unit.parent_id;
        }
        names.reverse();
        names.join("/")
    }
}

/// Lists the parts of `parent`; answers how many people they hold.
fn list(
    children: &HashMap<Option<OrgUnitId>, Vec<&OrgUnit>>,
    parent: Option<OrgUnitId>,
    depth: usize,
    order: &mut Vec<Branch>,
) -> i64 {
    let mut total = 0;
    for unit in children.get(&parent).into_iter().flatten() {
        let at = order.len();
        order.push(Branch { id: unit.id, depth, people: 0 });
        let people = unit.people + if depth < 64 { list(children, Some(unit.id), depth + 1, order) } else { 0 };
        order[at].people = people;
        total += people;
    }
    total
}

const TOP_UNIT_NAMED: &str = "SELECT id FROM org_unit WHERE name = $1 AND parent_id IS NULL";
const UNIT_NAMED: &str = "SELECT id FROM org_unit WHERE name = $1 AND parent_id = $2";
const INSERT_UNIT: &str = "INSERT INTO org_unit (id, parent_id, name, created_at) VALUES ($1, $2, $3, $4)";

/// The unit at the end of a path such as `Direction des routes/Service entretien`; what is absent is created.
///
/// Errors: `org-unit-invalid`.
pub async fn org_unit_at(tx: &mut Tx, path: &str, now: Timestamp) -> Result<OrgUnitId> {
    let mut parent: Option<OrgUnitId> = None;
    for name in path.split('/').map(str::trim) {
        if name.is_empty() || name.chars().count() > 200 {
            return Err(Error::unprocessable("org-unit-invalid"));
        }
        let known: Option<OrgUnitId> = match parent {
            None => on_db!(tx, c => sqlx::query_scalar(TOP_UNIT_NAMED).bind(name).fetch_optional(c).await)?,
            Some(parent) => {
                on_db!(tx, c => sqlx::query_scalar(UNIT_NAMED).bind(name).bind(parent).fetch_optional(c).await)?
            }
        };
        parent = Some(match known {
            Some(id) => id,
            None => {
                let id = OrgUnitId::new();
                on_db!(tx, c => sqlx::query(INSERT_UNIT)
                    .bind(id).bind(parent).bind(name).bind(now)
                    .execute(c).await.map(drop))?;
                id
            }
        });
    }
    parent.ok_or_else(|| Error::unprocessable("org-unit-invalid"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_lists_each_unit_before_its_parts_and_counts_whole_branches() {
        let unit =
            |name: &str, parent_id, people| OrgUnit { id: OrgUnitId::new(), parent_id, name: name.into(), people };
        let top = unit("Département", None, 1);
        let (social, roads) = (unit("Solidarités", Some(top.id), 4), unit("Écoles et collèges", Some(top.id), 2));
        let part = unit("Restauration", Some(roads.id), 3);
        let units = OrgUnits::of(vec![part.clone(), social, roads.clone(), top]);
        let told: Vec<_> = units.tree().iter().map(|at| (units.name(at.id), at.depth, at.people)).collect();
        let expected =
            [("Département", 0, 10), ("Écoles et collèges", 1, 5), ("Restauration", 2, 3), ("Solidarités", 1, 4)];
        assert_eq!(told, expected);
        assert_eq!(units.path(part.id), "Département/Écoles et collèges/Restauration");
        assert_eq!(units.below(roads.id), [(roads.id, 0), (part.id, 1)]);
        assert!(units.below(OrgUnitId::new()).is_empty());
        assert_eq!(
            units.below_all(&[part.id, roads.id]),
            units.below(roads.id),
            "what lies in another is not told twice"
        );
        assert!(units.below_all(&[]).is_empty());
    }
}
