//! `/admin/statements/forwards`: which stores get statements of ours, and how far behind each is.

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::store::{self, Forward, New};
use crate::core::{ForwardId, Kind, Result, Sequence, Timestamp};
use crate::identity::Administrator;
use crate::lrs::export::Asked;
use crate::lrs::query::{self, Filter};
use crate::outbound::checked_url;
use crate::state::App;
use crate::storage::Tx;
use crate::web::{self, Fields, Flash, Path, Shell, Tab};
use crate::xapi::{Version, format, vocabulary};

/// Longest name, login and secret.
const LETTERS: usize = 200;
/// What waits no longer than this waits for its turn, and for nothing else.
const USUAL: Duration = Duration::from_secs(60);

/// A store as the list shows it.
struct Line {
    id: ForwardId,
    name: String,
    url: String,
    /// What it gets, in words.
    what: String,
    is_paused: bool,
    sent: i64,
    skipped: i64,
    /// Whether it lacks anything.
    is_under_way: bool,
    /// When the oldest statement that it lacks was stored, and how far behind it is, in words.
    behind: Option<(Timestamp, String)>,
    /// Why the last try failed, or what it refused last.
    fault: String,
    /// When it is tried again after a failure.
    next: Option<Timestamp>,
}

/// The form that adds a store, as it was filled in. A secret is typed again.
#[derive(Default)]
struct Form {
    name: String,
    url: String,
    login: String,
    verb: String,
    activity: String,
    is_new_edition: bool,
    from_now: bool,
    name_fault: String,
    url_fault: String,
    login_fault: String,
    activity_fault: String,
}

impl Form {
    fn is_fine(&self) -> bool {
        [&self.name_fault, &self.url_fault, &self.login_fault, &self.activity_fault]
            .iter()
            .all(|fault| fault.is_empty())
    }
}

#[derive(Template)]
#[template(path = "lrs/templates/forwards.html")]
struct ListPage {
    shell: Shell,
    lines: Vec<Line>,
    verbs: Vec<(&'static str, String)>,
    form: Form,
}

/// The stores, and the form that adds one.
pub async fn list(_: Administrator, State(app): State<App>, shell: Shell) -> Result<Response> {
    list_page(&app, shell, Form::default()).await
}

async fn list_page(app: &App, shell: Shell, form: Form) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let mut lines = Vec::new();
    // A search a store, for each has its own filter; there are few.
    for forward in store::all(&mut tx).await? {
        lines.push(line(&mut tx, app, &shell, forward).await?);
    }
    let verbs = vocabulary::VERBS.iter().map(|(iri, name)| (*iri, shell.t(&format!("verb-name-{name}")))).collect();
    let label = shell.t("statements-title");
    web::render(&ListPage { shell: shell.tab(Tab::Manage).crumb(label, "/admin/statements"), lines, verbs, form })
}

async fn line(tx: &mut Tx, app: &App, shell: &Shell, forward: Forward) -> Result<Line> {
    let now = app.clock.now();
    let asked = forward.asked()?;
    // What is too young to be sent is missing there as well.
    let lacking = Filter { until: None, ..forward.waiting(app).await? };
    let oldest = query::search(tx, &lacking, 1).await?.found.into_iter().next();
    let waiting = oldest.map(|found| (found.stored, now.since(found.stored)));
    let behind = waiting.filter(|(_, age)| forward.failures > 0 || *age > USUAL);
    let verb = asked.verb.as_ref().map(|verb| {
        let known = vocabulary::VERBS.iter().find(|(iri, _)| iri == verb);
        known.map_or_else(|| verb.clone(), |(_, name)| shell.t(&format!("verb-name-{name}")))
    });
    let what: Vec<String> = verb.into_iter().chain(asked.activity).collect();
    let fault = forward.fault.map(|fault| match fault.parse::<u16>() {
        Ok(status) => shell.with("forwards-status", [("status", i64::from(status))]),
        Err(_) => shell.t(&format!("webhook-fault-{fault}")),
    });
    Ok(Line {
        id: forward.id,
        name: forward.name,
        url: forward.url,
        what: if what.is_empty() { shell.t("forwards-everything") } else { what.join(" · ") },
        is_paused: forward.paused_at.is_some(),
        sent: forward.sent,
        skipped: forward.skipped,
        is_under_way: waiting.is_some(),
        behind: behind.map(|(oldest, age)| (oldest, late(shell, age))),
        fault: fault.unwrap_or_default(),
        next: Some(forward.next_at).filter(|_| forward.failures > 0 && forward.paused_at.is_none()),
    })
}

/// How far behind a store is that lacks a statement of this age.
fn late(shell: &Shell, age: Duration) -> String {
    match i64::try_from(age.as_secs() / 86_400).unwrap_or(i64::MAX) {
        0 => shell.with("forwards-behind", [("time", shell.duration(&age.as_secs_f64()).as_str())]),
        days => shell.with("forwards-behind-days", [("n", days)]),
    }
}

/// Adds a store. What is wrong is told beside the fields.
pub async fn add(
    Administrator(person): Administrator,
    State(app): State<App>,
    shell: Shell,
    fields: Fields,
) -> Result<Response> {
    let text = |name: &str| fields.text(name).trim().chars().take(LETTERS).collect::<String>();
    let url = checked_url(fields.text("url"), &app.config.webhooks.allowed_networks);
    let secret = text("secret");
    let mut form = Form {
        name: text("name"),
        url: fields.text("url").trim().to_owned(),
        login: text("login"),
        verb: fields.text("verb").trim().to_owned(),
        activity: fields.text("activity").trim().to_owned(),
        is_new_edition: fields.text("version") == Version::V2.name(),
        from_now: fields.is_set("from-now"),
        ..Form::default()
    };
    if let Err(wrong) = &url {
        form.url_fault = shell.words.error(wrong.code, &wrong.args).unwrap_or_default();
    }
    if form.name.is_empty() {
        form.name_fault = shell.t("forwards-name-missing");
    }
    if form.login.is_empty() || secret.is_empty() || form.login.contains(':') {
        form.login_fault = shell.t("forwards-login-missing");
    }
    if !form.activity.is_empty() && !format::is_iri(&form.activity) {
        form.activity_fault = shell.t("forwards-activity-wrong");
    }
    let url = match url {
        Ok(url) if form.is_fine() => url,
        _ => {
            let mut response = list_page(&app, shell, form).await?;
            *response.status_mut() = Kind::Unprocessable.status();
            return Ok(response);
        }
    };
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let asked = Asked {
        verb: given(&form.verb).filter(|verb| format::is_iri(verb)),
        activity: given(&form.activity),
        related_activities: true,
        ..Asked::default()
    };
    let version = if form.is_new_edition { Version::V2 } else { Version::V1 };
    let now = app.clock.now();
    let new = New {
        name: &form.name,
        url: url.as_str(),
        version: version.name(),
        login: &form.login,
        secret: &secret,
        asked: &asked,
        seq: if form.from_now { Sequence::through(now) } else { 0 },
        by: person.id,
    };
    let mut tx = app.db.begin().await?;
    store::insert(&mut tx, &new, now).await?;
    tx.commit().await?;
    tracing::info!(by = %person.id, "statements are sent on to another store");
    Ok(Flash::done("forwards-added").redirect(HERE))
}

const HERE: &str = "/admin/statements/forwards";

/// Sends nothing more for now.
pub async fn pause(_: Administrator, State(app): State<App>, Path(id): Path<ForwardId>) -> Result<Response> {
    set_paused(&app, id, true).await?;
    Ok(Flash::done("forwards-paused").undo(format!("{HERE}/{id}/resume")).redirect(HERE))
}

/// Goes on where it was, at once.
pub async fn resume(_: Administrator, State(app): State<App>, Path(id): Path<ForwardId>) -> Result<Response> {
    set_paused(&app, id, false).await?;
    Ok(Flash::done("forwards-resumed").redirect(HERE))
}

async fn set_paused(app: &App, id: ForwardId, is_paused: bool) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    store::set_paused(&mut tx, id, is_paused.then_some(now), now).await?;
    tx.commit().await
}

#[derive(Template)]
#[template(path = "lrs/templates/forward_remove.html")]
struct RemovePage {
    shell: Shell,
    id: ForwardId,
    name: String,
}

/// Asks before the place that the sending had come to is gone.
pub async fn confirm_remove(
    _: Administrator,
    State(app): State<App>,
    Path(id): Path<ForwardId>,
    shell: Shell,
) -> Result<Response> {
    let forward = store::find(&mut app.db.read().await?, id).await?;
    let label = shell.t("forwards-title");
    web::render(&RemovePage { shell: shell.tab(Tab::Manage).crumb(label, HERE), id, name: forward.name })
}

/// Forgets a store; what it has it keeps.
pub async fn remove(
    Administrator(person): Administrator,
    State(app): State<App>,
    Path(id): Path<ForwardId>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    store::remove(&mut tx, id).await?;
    tx.commit().await?;
    tracing::info!(forward = %id, by = %person.id, "statements are sent on no more");
    Ok(Flash::done("forwards-removed").redirect(HERE))
}
