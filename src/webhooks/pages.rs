//! The administrator's pages of webhooks.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;

use super::model::{Endpoint, NewEndpoint};
use super::{endpoints, log};
use crate::core::{DeliveryId, Error, Kind, Result, SpaceId, Timestamp, WebhookId};
use crate::identity::Administrator;
use crate::outbound::checked_url;
use crate::outbox::EventKind;
use crate::state::App;
use crate::web::{Choice, Fields, Flash, Path, Shell, Tab, render};

/// Longest description.
const DESCRIPTION: usize = 200;

#[derive(Template)]
#[template(path = "webhooks/templates/list.html")]
struct ListPage {
    shell: Shell,
    endpoints: Vec<EndpointView>,
    form: Form,
    spaces: Vec<(SpaceId, String)>,
}

/// A line of the list, and the head of an endpoint's page.
struct EndpointView {
    id: WebhookId,
    url: String,
    description: String,
    kinds: Vec<String>,
    space: String,
    /// `sending`, `paused` or `gone`.
    state: &'static str,
    secret: String,
}

/// The form that adds an endpoint, as it was filled in.
#[derive(Default)]
struct Form {
    url: String,
    description: String,
    kinds: Vec<Choice>,
    space: Option<SpaceId>,
    url_fault: String,
    kinds_fault: String,
}

fn kind_choices(shell: &Shell, checked: &[EventKind]) -> Vec<Choice> {
    let choice = |kind: EventKind| Choice {
        value: kind.name(),
        label: shell.t(&kind_key(kind.name())),
        hint: kind.name().to_owned(),
        checked: checked.contains(&kind),
    };
    EventKind::ALL.map(choice).into()
}

/// `course.completed` is the message `webhook-kind-course-completed`.
fn kind_key(kind: &str) -> String {
    format!("webhook-kind-{}", kind.replace('.', "-"))
}

fn view(shell: &Shell, endpoint: Endpoint, spaces: &[(SpaceId, String)]) -> EndpointView {
    let space = endpoint.space_id.and_then(|id| spaces.iter().find(|(other, _)| *other == id));
    let state = match (endpoint.disabled_at, endpoint.disabled_reason.as_deref()) {
        (None, _) => "sending",
        (Some(_), Some("gone")) => "gone",
        (Some(_), _) => "paused",
    };
    EndpointView {
        id: endpoint.id,
        url: endpoint.url,
        description: endpoint.description,
        kinds: endpoint.kinds.split_whitespace().map(|kind| shell.t(&kind_key(kind))).collect(),
        space: space.map(|(_, name)| name.clone()).unwrap_or_default(),
        state,
        secret: endpoint.secret,
    }
}

/// `GET /admin/webhooks`.
pub(super) async fn list(_: Administrator, State(app): State<App>, shell: Shell) -> Result<Response> {
    let form = Form { kinds: kind_choices(&shell, &EventKind::ALL), ..Form::default() };
    list_page(&app, shell, form).await
}

async fn list_page(app: &App, shell: Shell, form: Form) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let (all, spaces) = (endpoints::all(&mut tx).await?, endpoints::spaces(&mut tx).await?);
    drop(tx);
    let endpoints = all.into_iter().map(|endpoint| view(&shell, endpoint, &spaces)).collect();
    render(&ListPage { shell: shell.tab(Tab::Manage), endpoints, form, spaces })
}

/// `POST /admin/webhooks`: adds an endpoint; its page shows the secret.
pub(super) async fn add(
    administrator: Administrator,
    State(app): State<App>,
    shell: Shell,
    fields: Fields,
) -> Result<Response> {
    let kinds: Vec<EventKind> = fields.all("kind").into_iter().filter_map(|kind| kind.parse().ok()).collect();
    let description: String = fields.text("description").trim().chars().take(DESCRIPTION).collect();
    let space: Option<SpaceId> = fields.text("space").parse().ok();
    let given = fields.text("url").trim();
    let url = checked_url(given, &app.config.webhooks.allowed_networks);
    match url {
        Ok(url) if !kinds.is_empty() => {
            let mut tx = app.db.begin().await?;
            let known = endpoints::spaces(&mut tx).await?;
            let space = space.filter(|id| known.iter().any(|(other, _)| other == id));
            let new = NewEndpoint { url, description, kinds, space };
            let id = endpoints::add(&mut tx, &new, administrator.id, app.clock.now()).await?;
            tx.commit().await?;
            tracing::info!(endpoint = %id, by = %administrator.id, "webhook endpoint added");
            Ok(Flash::done("webhook-added").redirect(&format!("/admin/webhooks/{id}")))
        }
        url => {
            let sentence = |wrong: &Error| shell.words.error(wrong.code, &wrong.args).unwrap_or_default();
            let form = Form {
                url: given.to_owned(),
                url_fault: url.as_ref().err().map(sentence).unwrap_or_default(),
                kinds_fault: if kinds.is_empty() { shell.t("webhook-kinds-missing") } else { String::new() },
                kinds: kind_choices(&shell, &kinds),
                description,
                space,
            };
            let mut response = list_page(&app, shell, form).await?;
            *response.status_mut() = Kind::Unprocessable.status();
            Ok(response)
        }
    }
}

#[derive(Template)]
#[template(path = "webhooks/templates/endpoint.html")]
struct EndpointPage {
    shell: Shell,
    /// Its address, below which the acts are.
    here: String,
    endpoint: EndpointView,
    entries: Vec<EntryView>,
    next: String,
    previous: String,
}

/// One delivery of the log.
struct EntryView {
    id: DeliveryId,
    event: String,
    kind: String,
    at: Timestamp,
    /// `pending`, `delivered` or `failed`.
    state: String,
    /// When the next try is due.
    next: Option<Timestamp>,
    body: String,
    attempts: Vec<AttemptView>,
}

/// One try in words.
struct AttemptView {
    at: Timestamp,
    what: String,
    milliseconds: i32,
}

/// Where a page of the log begins: `MICROSECONDS.DELIVERY`.
#[derive(Deserialize, Default)]
pub(super) struct Position {
    #[serde(default)]
    after: String,
}

impl Position {
    fn read(&self) -> Option<(Timestamp, DeliveryId)> {
        let (at, id) = self.after.split_once('.')?;
        Some((Timestamp(at.parse().ok()?), id.parse().ok()?))
    }
}

/// `GET /admin/webhooks/{endpoint}`: what it is, its secret, and the log.
pub(super) async fn endpoint(
    _: Administrator,
    State(app): State<App>,
    shell: Shell,
    Path(id): Path<WebhookId>,
    Query(position): Query<Position>,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let (endpoint, spaces) = (endpoints::find(&mut tx, id).await?, endpoints::spaces(&mut tx).await?);
    let after = position.read();
    let (entries, next) = log::page(&mut tx, id, after).await?;
    drop(tx);
    let (here, crumb) = (format!("/admin/webhooks/{id}"), shell.t("manage-webhooks"));
    let page = EndpointPage {
        endpoint: view(&shell, endpoint, &spaces),
        entries: entries.into_iter().map(|entry| entry_view(&shell, entry)).collect(),
        next: next.map(|(at, id)| format!("{here}?after={}.{id}", at.0)).unwrap_or_default(),
        previous: after.map(|_| here.clone()).unwrap_or_default(),
        here,
        shell: shell.tab(Tab::Manage).crumb(crumb, "/admin/webhooks"),
    };
    let mut response = render(&page)?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn entry_view(shell: &Shell, entry: log::Entry) -> EntryView {
    let attempt = |attempt: log::Attempt| AttemptView {
        at: attempt.at,

        what: match (attempt.status, &attempt.error) {
            (Some(status), _) if (300..400).contains(&status) => {
                shell.with("webhook-answer-redirect", [("status", status)])
            }
            (Some(status), _) => shell.with("webhook-answer", [("status", status)]),
            (None, fault) => shell.t(&format!("webhook-fault-{}", fault.as_deref().unwrap_or("broken"))),
        },
        milliseconds: attempt.milliseconds,
    };
    EntryView {
        id: entry.id,
        event: entry.event_id.to_string(),
        kind: shell.t(&kind_key(&entry.kind)),
        at: entry.created_at,
        next: (entry.state == "pending" && !entry.attempts.is_empty()).then_some(entry.next_at),
        state: entry.state,
        body: entry.body,
        attempts: entry.attempts.into_iter().map(attempt).collect(),
    }
}

/// Changes one endpoint and goes back to its page.
macro_rules! act {
    ($(#[$doc:meta])* $name:ident, $told:literal, |$tx:ident, $app:ident, $id:ident| $act:expr) => {
        $(#[$doc])*
        pub(super) async fn $name(
            administrator: Administrator,
            State($app): State<App>,
            Path($id): Path<WebhookId>,
        ) -> Result<Response> {
            let mut change = $app.db.begin().await?;
            let $tx = &mut change;
            endpoints::find($tx, $id).await?;
            $act.await?;
            change.commit().await?;
            tracing::info!(endpoint = %$id, by = %administrator.id, act = stringify!($name), "webhook endpoint");
            Ok(Flash::done($told).redirect(&format!("/admin/webhooks/{}", $id)))
        }
    };
}

act!(/// `POST /admin/webhooks/{endpoint}/pause`.
    pause, "webhook-paused", |tx, app, id| endpoints::pause(tx, id, app.clock.now()));
act!(/// `POST /admin/webhooks/{endpoint}/resume`.
    resume, "webhook-resumed", |tx, app, id| async { crate::outbox::wake(tx, &app); endpoints::resume(tx, id).await });
act!(/// `POST /admin/webhooks/{endpoint}/test`.
    test, "webhook-tested", |tx, app, id| log::test(tx, &app, id));
act!(/// `POST /admin/webhooks/{endpoint}/secret`.
    renew_secret, "webhook-secret-renewed", |tx, app, id| endpoints::renew_secret(tx, id, app.clock.now()));

/// `POST /admin/webhooks/{endpoint}/deliveries/{delivery}/replay`.
pub(super) async fn replay(
    administrator: Administrator,
    State(app): State<App>,
    Path((endpoint, delivery)): Path<(WebhookId, DeliveryId)>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    log::replay(&mut tx, &app, endpoint, delivery).await?;
    tx.commit().await?;
    tracing::info!(%endpoint, %delivery, by = %administrator.id, "webhook sent again");
    Ok(Flash::done("webhook-replayed").redirect(&format!("/admin/webhooks/{endpoint}")))
}

#[derive(Template)]
#[template(path = "webhooks/templates/delete.html")]
struct DeletePage {
    shell: Shell,
    here: String,
    endpoint: EndpointView,
}

/// `GET /admin/webhooks/{endpoint}/delete`: asks before the log is gone with it.
pub(super) async fn confirm_delete(
    _: Administrator,
    State(app): State<App>,
    shell: Shell,
    Path(id): Path<WebhookId>,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let endpoint = endpoints::find(&mut tx, id).await?;
    let (endpoint, crumb) = (view(&shell, endpoint, &[]), shell.t("manage-webhooks"));
    let here = format!("/admin/webhooks/{id}");
    render(&DeletePage { shell: shell.tab(Tab::Manage).crumb(crumb, "/admin/webhooks"), here, endpoint })
}

/// `POST /admin/webhooks/{endpoint}/delete`.
pub(super) async fn delete(
    administrator: Administrator,
    State(app): State<App>,
    Path(id): Path<WebhookId>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    endpoints::find(&mut tx, id).await?;
    endpoints::delete(&mut tx, id).await?;
    tx.commit().await?;
    tracing::info!(endpoint = %id, by = %administrator.id, "webhook endpoint deleted");
    Ok(Flash::done("webhook-deleted").redirect("/admin/webhooks"))
}
