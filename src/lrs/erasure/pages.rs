//! Asking for an erasure, and what became of those that were asked for.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::ERASE;
use super::store::{self, Erasure};
use crate::core::{Error, PersonId, Result};
use crate::identity::{self, Administrator};
use crate::jobs;
use crate::state::App;
use crate::web::{self, Flash, Path, Shell, Tab};

const LIST: &str = "/admin/people/erasures";
/// Erasures of the list.
const SHOWN: i64 = 200;

#[derive(Template)]
#[template(path = "lrs/templates/erasures.html")]
struct ListPage {
    shell: Shell,
    erasures: Vec<Erasure>,
}

/// What was erased, when, and who asked for it.
pub async fn list(_: Administrator, State(app): State<App>, shell: Shell) -> Result<Response> {
    let erasures = store::newest(&mut app.db.read().await?, SHOWN).await?;
    let label = shell.t("manage-people");
    web::render(&ListPage { shell: shell.tab(Tab::Manage).crumb(label, "/admin/people"), erasures })
}

#[derive(Template)]
#[template(path = "lrs/templates/erase.html")]
struct ErasePage {
    shell: Shell,
    person: PersonId,
    name: String,
}

/// What will go and what will stay.
pub async fn confirm(
    _: Administrator,
    State(app): State<App>,
    Path(id): Path<PersonId>,
    shell: Shell,
) -> Result<Response> {
    let person = identity::person(&mut app.db.read().await?, id).await?;
    let label = shell.t("manage-people");
    let shell = shell.tab(Tab::Manage).crumb(label, "/admin/people");
    web::render(&ErasePage { shell, person: id, name: person.name })
}

/// Shuts somebody out and asks for their erasure. Errors: `erasure-own` for oneself.
pub async fn erase(
    Administrator(administrator): Administrator,
    State(app): State<App>,
    Path(id): Path<PersonId>,
) -> Result<Response> {
    if administrator.id == id {
        return Err(Error::conflict("erasure-own"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    identity::set_disabled(&mut tx, id, Some(now)).await?;
    if store::insert(&mut tx, id, administrator.id, now).await? {
        jobs::enqueue(&mut tx, &app, ERASE, Some(id.0), &(), Some(administrator.id)).await?;
    }
    tx.commit().await?;
    Ok(Flash::done("erasure-begun").redirect(LIST))
}
