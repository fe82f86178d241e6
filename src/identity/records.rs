//! About whom somebody of human resources may read: everybody, or the units an administrator gave them.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::core::{Error, OrgUnitId, PersonId, Result};
use crate::identity::access::Administrator;
use crate::identity::model::{Person, Role};
use crate::identity::{org_units, people_pages, store};
use crate::on_db;
use crate::state::App;
use crate::storage::Tx;
use crate::web::{Fields, Flash, Path, Shell, render};

const UNITS: &str = "SELECT org_unit_id FROM hr_unit WHERE person_id = $1 ORDER BY org_unit_id";
const CLEAR: &str = "DELETE FROM hr_unit WHERE person_id = $1";
const INSERT: &str = "INSERT INTO hr_unit (person_id, org_unit_id) VALUES ($1, $2)";

async fn given(tx: &mut Tx, person: PersonId) -> Result<Vec<OrgUnitId>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(UNITS).bind(person).fetch_all(c).await)?)
}

/// The units at the top of what `person` may read as human resources; `None` for the whole organisation. An administrator reads
/// about everybody, also one who is of human resources too.
pub async fn units_for_records(tx: &mut Tx, person: &Person) -> Result<Option<Vec<OrgUnitId>>> {
    if person.roles.has(Role::Administrator) {
        return Ok(None);
    }
    let units = given(tx, person.id).await?;
    Ok((!units.is_empty()).then_some(units))
}

#[derive(Template)]
#[template(path = "identity/templates/person_records.html")]
struct RecordsPage {
    shell: Shell,
    id: PersonId,
    name: String,
    units: Vec<UnitBox>,
}

/// A unit to be ticked.
struct UnitBox {
    id: OrgUnitId,
    path: String,
    checked: bool,
}

/// Somebody of human resources. Errors: `person-unknown`, `person-not-hr`.
async fn of_human_resources(tx: &mut Tx, id: PersonId) -> Result<Person> {
    let person = store::person(tx, id).await?;
    if person.roles.has(Role::Hr) { Ok(person) } else { Err(Error::conflict("person-not-hr")) }
}

/// `GET /admin/people/{person}/records`.
pub(super) async fn ask(
    _: Administrator,
    State(app): State<App>,
    shell: Shell,
    Path(id): Path<PersonId>,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let person = of_human_resources(&mut tx, id).await?;
    let (units, ticked) = (org_units::all(&mut tx).await?, given(&mut tx, id).await?);
    let unit = |branch: &org_units::Branch| UnitBox {
        id: branch.id,
        path: people_pages::short_path(&units.path(branch.id)),
        checked: ticked.contains(&branch.id),
    };
    let crumb = shell.t("manage-people");
    render(&RecordsPage {
        id,
        name: person.name,
        units: units.tree().iter().map(unit).collect(),
        shell: shell.crumb(crumb, "/admin/people"),
    })
}

/// `POST /admin/people/{person}/records`: the ticked units and what is below them; none means everybody.
pub(super) async fn limit(
    administrator: Administrator,
    State(app): State<App>,
    Path(id): Path<PersonId>,
    fields: Fields,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let person = of_human_resources(&mut tx, id).await?;
    let units = org_units::all(&mut tx).await?;
    let ticked: BTreeSet<OrgUnitId> =
        fields.all("unit").into_iter().filter_map(|unit| unit.parse().ok()).filter(|unit| units.has(*unit)).collect();
    on_db!(tx, c => sqlx::query(CLEAR).bind(id).execute(c).await.map(drop))?;
    // As many as an administrator ticks by hand.
    for unit in &ticked {
        on_db!(tx, c => sqlx::query(INSERT).bind(id).bind(*unit).execute(c).await.map(drop))?;
    }
    tx.commit().await?;
    tracing::info!(person = %id, by = %administrator.id, units = ticked.len(), "records of units");
    let told = if ticked.is_empty() { "person-records-all" } else { "person-records-limited" };
    Ok(Flash::done(told).arg("name", person.name).arg("n", ticked.len()).redirect("/admin/people"))
}
