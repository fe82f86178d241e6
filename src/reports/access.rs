//! Who may read reports, and about whom: the one place that decides it.

use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::tz::TimeZone;

use super::asked::{Asked, Filters, Status};
use crate::core::{Error, OrgUnitId, PersonId, ProgrammeId, Result, Timestamp};
use crate::identity::{self, OrgUnits, Person, Refusal, SignedIn};
use crate::state::App;
use crate::storage::Tx;

/// Somebody who reads reports: administrators about everybody, human resources about everybody or the units they were given
/// ([`identity::units_for_records`]), a manager about the unit they work in; a unit always with all below it. A manager without
/// a unit reads about nobody.
#[derive(Clone, Debug)]
pub struct ReportReader {
    person: Person,
    /// The units at the top of what they see; `None` for the whole organisation.
    tops: Option<Vec<OrgUnitId>>,
}

impl FromRequestParts<App> for ReportReader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let SignedIn(person) = <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        if !person.roles.may_read_reports() {
            return Err(Error::forbidden().into());
        }
        let tops = if person.roles.may_read_statements() {
            let mut tx = app.db.read().await?;
            identity::units_for_records(&mut tx, &person).await?
        } else {
            Some(person.org_unit.into_iter().collect())
        };
        Ok(Self { person, tops })
    }
}

/// The enrolments a page, a list or a file is about. No value of it reaches beyond what its reader may see.
#[derive(Clone, Debug)]
pub struct Selection {
    filters: Filters,
    /// `None`: everybody, people without a unit included.
    units: Option<Vec<OrgUnitId>>,
}

impl Selection {
    /// What was asked for.
    pub fn filters(&self) -> &Filters {
        &self.filters
    }

    /// The units it is limited to.
    pub(super) fn units(&self) -> Option<&[OrgUnitId]> {
        self.units.as_deref()
    }

    /// Before this, a completion belongs to an earlier period.
    pub(super) fn since(&self) -> Timestamp {
        self.filters.period.since
    }

    /// The moment told: what happened before it counts.
    pub(super) fn at(&self) -> Timestamp {
        self.filters.period.at
    }

    pub(super) fn programme(&self) -> Option<ProgrammeId> {
        self.filters.programme
    }

    pub(super) fn status(&self) -> Option<Status> {
        self.filters.status
    }
}

impl ReportReader {
    /// Whether the statements of those the reader sees are open to them.
    pub fn reads_statements(&self) -> bool {
        self.person.roles.may_read_statements()
    }

    /// The units the reader may choose from, in the order of the tree, with their depth below the first.
    pub fn choices(&self, units: &OrgUnits) -> Vec<(OrgUnitId, usize)> {
        match &self.tops {
            None => units.tree().iter().map(|branch| (branch.id, branch.depth)).collect(),
            Some(tops) => units.below_all(tops),
        }
    }

    /// What the reader may see of what was asked for.
    ///
    /// Errors: `report-unit-unknown` for a unit that does not exist or is not the reader's, `report-programme-unknown`.
    pub fn select(&self, asked: &Asked, units: &OrgUnits, now: Timestamp, zone: &TimeZone) -> Result<Selection> {
        let unknown = || Error::not_found("report-unit-unknown");
        let unit = asked.unit().map_err(|()| unknown())?;
        let own: Option<BTreeSet<OrgUnitId>> =
            self.tops.as_ref().map(|_| self.choices(units).into_iter().map(|(id, _)| id).collect());
        if let Some(unit) = unit
            && !(units.has(unit) && own.as_ref().is_none_or(|own| own.contains(&unit)))
        {
            return Err(unknown());
        }
        let limited = match unit {
            Some(unit) => Some(units.below(unit).into_iter().map(|(id, _)| id).collect()),
            None => own.map(|own| own.into_iter().collect()),
        };
        let filters = Filters {
            period: asked.period(now, zone),
            unit,
            programme: asked.programme().map_err(|()| Error::not_found("report-programme-unknown"))?,
            status: asked.status(),
        };
        Ok(Selection { filters, units: limited })
    }

    /// Whether the reader may see somebody's record.
    pub async fn may_see(&self, tx: &mut Tx, person: PersonId) -> Result<bool> {
        let Some(tops) = &self.tops else { return Ok(true) };
        let Some(unit) = identity::person(tx, person).await?.org_unit else { return Ok(false) };
        let units = identity::org_units(tx).await?;
        Ok(units.below_all(tops).iter().any(|(id, _)| *id == unit))
    }
}
