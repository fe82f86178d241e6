//! From counted cells to the figures of a page.

use std::collections::BTreeMap;

use super::store::Cell;
use crate::core::{OrgUnitId, ProgrammeId};
use crate::identity::OrgUnits;

/// What is told of some enrolments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Enrolments that were open in the period.
    pub enrolled: i64,
    /// Of these, completed within it.
    pub completed: i64,
    /// Of these, begun and not completed.
    pub doing: i64,
    /// Of these, past their date and not completed.
    pub late: i64,
}

impl Figures {
    fn add(&mut self, other: Figures) {
        self.enrolled += other.enrolled;
        self.completed += other.completed;
        self.doing += other.doing;
        self.late += other.late;
    }

    /// Not completed.
    pub fn open(&self) -> i64 {
        self.enrolled - self.completed
    }

    /// Completed of enrolled, in per cent.
    pub fn rate(&self) -> u32 {
        let share = self.completed as f64 / self.enrolled.max(1) as f64;
        (share * 100.0).round() as u32
    }
}

impl From<&Cell> for Figures {
    fn from(cell: &Cell) -> Self {
        Self { enrolled: cell.enrolled, completed: cell.completed, doing: cell.doing, late: cell.late }
    }
}

/// All cells together.
pub fn total(cells: &[Cell]) -> Figures {
    cells.iter().fold(Figures::default(), |mut sum, cell| {
        sum.add(cell.into());
        sum
    })
}

/// By programme.
pub fn by_programme(cells: &[Cell]) -> BTreeMap<ProgrammeId, Figures> {
    let mut sums: BTreeMap<ProgrammeId, Figures> = BTreeMap::new();
    for cell in cells {
        sums.entry(cell.programme_id).or_default().add(cell.into());
    }
    sums
}

/// A line by unit: a part with all below it, or those right in the unit that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A part with all below it.
    Branch(OrgUnitId),
    /// Right in this unit, in none of its parts.
    Own(OrgUnitId),
    /// In no unit.
    Nowhere,
}

/// By the parts of `top`, in the order of the tree; without `top` by the units at the top of the organisation, or the parts of
/// the one that holds everybody. Lines without an enrolment are left out.
pub fn by_unit(cells: &[Cell], units: &OrgUnits, top: Option<OrgUnitId>) -> Vec<(Place, Figures)> {
    let mut own: BTreeMap<Option<OrgUnitId>, Figures> = BTreeMap::new();
    for cell in cells {
        own.entry(cell.org_unit_id).or_default().add(cell.into());
    }
    let mut roots = units.tree().iter().filter(|branch| branch.depth == 0).map(|branch| branch.id);
    let only = match (roots.next(), roots.next()) {
        (Some(root), None) => Some(root),
        _ => None,
    };
    let tree: Vec<(OrgUnitId, usize)> = match top.or(only) {
        Some(top) => units.below(top),
        // Every root is a part of the whole.
        None => units.tree().iter().map(|branch| (branch.id, branch.depth + 1)).collect(),
    };
    let mut lines: Vec<(Place, Figures)> = Vec::new();
    for (unit, depth) in tree {
        let figures = own.get(&Some(unit)).copied().unwrap_or_default();
        match (depth, lines.last_mut()) {
            (0, _) => lines.push((Place::Own(unit), figures)),
            (1, _) | (_, None) => lines.push((Place::Branch(unit), figures)),
            (_, Some((_, sum))) => sum.add(figures),
        }
    }
    if top.is_none() {
        lines.push((Place::Nowhere, own.get(&None).copied().unwrap_or_default()));
    }
    // Those right in the unit stand after its parts.
    if matches!(lines.first(), Some((Place::Own(_), _))) {
        lines.rotate_left(1);
    }
    lines.retain(|(_, figures)| figures.enrolled > 0);
    lines
}

/// The middle of counted values, which come in their order.
pub fn median(counted: &[(i64, i64)]) -> Option<i64> {
    let all: i64 = counted.iter().map(|(_, count)| count).sum();
    let mut seen = 0;
    counted.iter().find_map(|(value, count)| {
        seen += count;
        (seen * 2 >= all).then_some((*value).max(0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[(3, 1)]), Some(3));
        assert_eq!(median(&[(-1, 1), (2, 1), (90, 1)]), Some(2));
        assert_eq!(median(&[(1, 10), (50, 9)]), Some(1));
    }

    #[test]
    fn a_rate_of_nothing_is_nothing() {
        assert_eq!(Figures::default().rate(), 0);
        assert_eq!(Figures { enrolled: 3, completed: 2, ..Figures::default() }.rate(), 67);
    }
}
