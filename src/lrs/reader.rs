//! Who reads statements on the pages, and about whom.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::query;
use crate::core::{Error, OrgUnitId, Result};
use crate::identity::{self, CanReadStatements, Person, Refusal, Role, StatementReader};
use crate::state::App;
use crate::storage::Tx;

/// An administrator, who reads everything; or somebody of human resources, who reads about everybody or about the people of the
/// units they were given. A statement is of a unit when it was stored in a registration or enrolment of somebody who works
/// there: what other tools write about addresses nobody here knows is of no unit.
#[derive(Clone, Debug)]
pub struct Reader {
    person: Person,
    /// The units, those below included; `None` for the whole organisation.
    units: Option<Vec<OrgUnitId>>,
    /// The names of those that were given.
    limited_to: String,
}

impl FromRequestParts<App> for Reader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let StatementReader(person) =
            <StatementReader as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        Ok(Self::of(app, person).await?)
    }
}

impl Reader {
    /// Somebody who may read statements.
    async fn of(app: &App, person: Person) -> Result<Self> {
        let mut tx = app.db.read().await?;
        let Some(tops) = identity::units_for_records(&mut tx, &person).await? else {
            return Ok(Self { person, units: None, limited_to: String::new() });
        };
        let tree = identity::org_units(&mut tx).await?;
        let names: Vec<&str> = tops.iter().map(|unit| tree.name(*unit)).collect();
        let limited_to = names.join(", ");
        let units = tree.below_all(&tops).into_iter().map(|(unit, _)| unit).collect();
        Ok(Self { person, units: Some(units), limited_to })
    }

    /// The units a search through the REST interface is limited to. A program reads about everybody.
    pub async fn units_of(app: &App, caller: &CanReadStatements) -> Result<Option<Vec<OrgUnitId>>> {
        match caller.person() {
            Some(person) => Ok(Self::of(app, person.clone()).await?.units),
            None => Ok(None),
        }
    }

    /// The units a search is limited to.
    pub fn units(&self) -> Option<Vec<OrgUnitId>> {
        self.units.clone()
    }

    /// Their names as they are told; empty for the whole organisation.
    pub fn limited_to(&self) -> &str {
        &self.limited_to
    }

    /// Refuses a statement of somebody else's people as if it were not there.
    pub async fn may_see(&self, tx: &mut Tx, registration: Option<uuid::Uuid>) -> Result<()> {
        let may = match (&self.units, registration) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(units), Some(registration)) => query::is_of_units(tx, registration, units).await?,
        };
        if may { Ok(()) } else { Err(Error::not_found("statement-unknown")) }
    }

    /// Voiding changes what counts for somebody: administrators do it.
    pub fn may_void(&self) -> bool {
        self.person.roles.has(Role::Administrator)
    }
}
