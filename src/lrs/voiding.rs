//! Taking a statement back, from the pages: for good, with a reason, under the name of the administrator.
//!
//! What takes it back is a statement itself (1.0.3 Data 2.3.2): its actor is the person who asked, its `result.response` the
//! reason, and Préau vouches for it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::append::{append, begin_referring};
use super::order::Authority;
use super::pages::Line;
use super::reader::Reader;
use super::store::Row;
use super::view;
use crate::core::{Error, Kind, Result, StatementId};
use crate::identity::Administrator;
use crate::state::App;
use crate::storage::Tx;
use crate::web::{self, Fields, Flash, Path, Shell, Tab};
use crate::xapi::{Agent, Outcome, vocabulary};

/// Longest reason.
const REASON: usize = 1_000;

#[derive(Template)]
#[template(path = "lrs/templates/void.html")]
struct VoidPage {
    shell: Shell,
    here: String,
    line: Line,
    reason: String,
    reason_fault: String,
}

/// A statement that can be voided. Errors: `statement-unknown`, `statement-voided-already`, `statement-is-voiding`.
async fn voidable(tx: &mut Tx, reader: &Reader, id: StatementId) -> Result<Row> {
    let row = view::seen(tx, reader, id).await?;
    if row.voided {
        return Err(Error::conflict("statement-voided-already"));
    }
    if row.verb_key == crate::xapi::VerbKey::of(vocabulary::VOIDED).0 {
        return Err(Error::conflict("statement-is-voiding"));
    }
    Ok(row)
}

async fn page(
    app: &App,
    reader: &Reader,
    shell: Shell,
    id: StatementId,
    reason: String,
    wrong: bool,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let row = voidable(&mut tx, reader, id).await?;
    let line = view::line(&mut tx, &row, shell.words).await?;
    drop(tx);
    let reason_fault = if wrong { shell.t("statement-void-reason-missing") } else { String::new() };
    let (crumb, here) = (shell.t("statements-title"), format!("/admin/statements/{id}"));
    let shell = shell.tab(Tab::Manage).crumb(crumb, "/admin/statements");
    let mut response = web::render(&VoidPage { shell, here, line, reason, reason_fault })?;
    if wrong {
        *response.status_mut() = Kind::Unprocessable.status();
    }
    Ok(response)
}

/// `GET /admin/statements/{statement}/void`: asks, because it cannot be undone.
pub async fn ask(
    _: Administrator,
    reader: Reader,
    State(app): State<App>,
    shell: Shell,
    Path(id): Path<StatementId>,
) -> Result<Response> {
    page(&app, &reader, shell, id, String::new(), false).await
}

/// `POST /admin/statements/{statement}/void`.
pub async fn void(
    administrator: Administrator,
    reader: Reader,
    State(app): State<App>,
    shell: Shell,
    Path(id): Path<StatementId>,
    fields: Fields,
) -> Result<Response> {
    let reason: String = fields.prose("reason").chars().filter(|letter| *letter != '\0').take(REASON).collect();
    if reason.trim().is_empty() {
        return page(&app, &reader, shell, id, reason, true).await;
    }
    let agent =
        Agent::account(&administrator.account_home_page, &administrator.account_name).named(&administrator.name);
    let mut tx = begin_referring(&app.db).await?;
    voidable(&mut tx, &reader, id).await?;
    let voiding = vocabulary::voiding(agent, id.0)
        .with_result(Outcome { response: Some(reason), ..Outcome::default() })
        .at(app.clock.now());
    append(&mut tx, &app, vec![voiding], Authority::service(&app)).await?;
    tx.commit().await?;
    tracing::info!(statement = %id, by = %administrator.id, "statement voided");
    Ok(Flash::done("statement-voided").redirect(&format!("/admin/statements/{id}")))
}
