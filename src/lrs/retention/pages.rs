//! `/admin/lrs/retention`: for how long statements are kept, what each rule would remove, and what it removed.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::pick::{self, Guard};
use super::store::{self, Rule, Wording};
use crate::core::{Kind, Result, RetentionId, Timestamp};
use crate::identity::Administrator;
use crate::lrs::credential_pages::day_name;
use crate::lrs::credentials;
use crate::lrs::export::Asked;
use crate::state::App;
use crate::storage::Tx;
use crate::web::{self, Fields, Flash, Path, Shell, Tab};
use crate::xapi::{Actor, Ifi, format, vocabulary};

/// Longest name.
const LETTERS: usize = 200;
/// Days that can be said: fewer would meet what people are still at, more is for ever.
const DAYS: std::ops::RangeInclusive<i32> = 30..=36_500;
/// Days of the past that are told.
const TOLD: i64 = 30;
const HERE: &str = "/admin/lrs/retention";

/// A rule as the list shows it, and as the head of its page.
struct View {
    id: RetentionId,
    name: String,
    /// Which statements it is about, in words.
    what: String,
    days: i32,
    is_on: bool,
    finished_at: Option<Timestamp>,
    removed_at: Option<Timestamp>,
    statements: i64,
}

impl View {
    fn of(rule: &Rule, shell: &Shell, form: &Form) -> Result<Self> {
        let asked = rule.asked()?;
        let sender = form.senders.iter().find(|(holder, _)| *holder == holder_of(&asked)).map(|(_, name)| name.clone());
        let verb = asked.verb.as_ref().map(|verb| {
            let known = vocabulary::VERBS.iter().find(|(iri, _)| iri == verb);
            known.map_or_else(|| verb.clone(), |(_, name)| shell.t(&format!("verb-name-{name}")))
        });
        let what: Vec<String> = sender.into_iter().chain(verb).chain(asked.activity).collect();
        Ok(Self {
            id: rule.id,
            name: rule.name.clone(),
            what: if what.is_empty() { shell.t("retention-everything") } else { what.join(" · ") },
            days: rule.days,
            is_on: rule.enabled_at.is_some(),
            finished_at: rule.finished_at,
            removed_at: rule.removed_at,
            statements: rule.statements,
        })
    }
}

/// The form that words a rule, as it was filled in.
#[derive(Default)]
struct Form {
    name: String,
    days: String,
    verb: String,
    activity: String,
    only_activity: bool,
    sender: String,
    verbs: Vec<(&'static str, String)>,
    /// Credentials and tokens, by what they vouch as.
    senders: Vec<(String, String)>,
    name_fault: String,
    days_fault: String,
    activity_fault: String,
}

impl Form {
    /// An empty form.
    async fn new(tx: &mut Tx, shell: &Shell) -> Result<Self> {
        let verbs = vocabulary::VERBS.iter().map(|(iri, name)| (*iri, shell.t(&format!("verb-name-{name}")))).collect();
        let senders = credentials::all(tx).await?.into_iter().map(|known| (known.holder, known.name)).collect();
        Ok(Self { verbs, senders, ..Self::default() })
    }

    /// The form with what a rule says.
    fn telling(self, rule: &Rule) -> Result<Self> {
        let asked = rule.asked()?;
        Ok(Self {
            name: rule.name.clone(),
            days: rule.days.to_string(),
            sender: holder_of(&asked),
            verb: asked.verb.unwrap_or_default(),
            activity: asked.activity.unwrap_or_default(),
            only_activity: !asked.related_activities,
            ..self
        })
    }

    /// The form as it was sent, with what is wrong beside the fields, and what it says if nothing is.
    fn read(self, app: &App, shell: &Shell, fields: &Fields) -> Result<(Self, Option<(i32, Asked)>)> {
        let text = |name: &str| fields.text(name).trim().to_owned();
        let mut form = Self {
            name: text("name").chars().take(LETTERS).collect(),
            days: text("days"),
            verb: text("verb"),
            activity: text("activity"),
            only_activity: fields.is_set("only-activity"),
            sender: text("sender"),
            ..self
        };
        if form.name.is_empty() {
            form.name_fault = shell.t("retention-name-missing");
        }
        let days = form.days.parse().ok().filter(|days| DAYS.contains(days));
        if days.is_none() {
            form.days_fault = shell.t("retention-days-wrong");
        }
        if !form.activity.is_empty() && !format::is_iri(&form.activity) {
            form.activity_fault = shell.t("retention-activity-wrong");
        }
        let is_fine = form.name_fault.is_empty() && form.activity_fault.is_empty();
        let Some(days) = days.filter(|_| is_fine) else { return Ok((form, None)) };
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let mut asked = Asked {
            verb: given(&form.verb).filter(|verb| format::is_iri(verb)),
            activity: given(&form.activity),
            related_activities: !form.only_activity,
            ..Asked::default()
        };
        if form.senders.iter().any(|(holder, _)| *holder == form.sender) {
            // As the authority, which is a related agent.
            asked.about(Ifi::Account { home_page: app.config.public_origin(), name: form.sender.clone() })?;
            asked.related_agents = true;
        }
        Ok((form, Some((days, asked))))
    }
}

/// Which credential a rule is about; empty if it is about all.
fn holder_of(asked: &Asked) -> String {
    let actor = asked.agent.as_ref().and_then(|text| crate::xapi::actor(text).ok());
    match actor.as_ref().and_then(Actor::ifi) {
        Some(Ifi::Account { name, .. }) => name.clone(),
        _ => String::new(),
    }
}

#[derive(Template)]
#[template(path = "lrs/templates/retention.html")]
struct ListPage {
    shell: Shell,
    rules: Vec<View>,
    /// Rules that were given up after they had removed something.
    past: Vec<View>,
    form: Form,
}

/// The rules, and the form that makes one.
pub async fn list(_: Administrator, State(app): State<App>, shell: Shell) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let form = Form::new(&mut tx, &shell).await?;
    list_page(&mut tx, shell, form).await
}

async fn list_page(tx: &mut Tx, shell: Shell, form: Form) -> Result<Response> {
    let all = store::all(tx).await?;
    let views: Vec<View> = all.iter().map(|rule| View::of(rule, &shell, &form)).collect::<Result<_>>()?;
    let (past, rules): (Vec<View>, Vec<View>) = views.into_iter().partition(|view| view.removed_at.is_some());
    let past = past.into_iter().filter(|view| view.statements > 0).collect();
    let label = shell.t("manage-lrs");
    web::render(&ListPage { shell: shell.tab(Tab::Manage).crumb(label, "/admin/lrs"), rules, past, form })
}

/// Makes a rule, which is off, and shows what it would remove. What is wrong is told beside the fields.
pub async fn add(
    Administrator(person): Administrator,
    State(app): State<App>,
    shell: Shell,
    fields: Fields,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let (form, said) = Form::new(&mut tx, &shell).await?.read(&app, &shell, &fields)?;
    let Some((days, asked)) = said else { return Ok(unprocessable(list_page(&mut tx, shell, form).await?)) };
    drop(tx);
    let mut tx = app.db.begin().await?;
    let wording = Wording { name: &form.name, asked: &asked, days };
    let id = store::insert(&mut tx, &wording, person.id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(Flash::done("retention-added").redirect(&format!("{HERE}/{id}")))
}

fn unprocessable(mut response: Response) -> Response {
    *response.status_mut() = Kind::Unprocessable.status();
    response
}

/// What a rule would remove now.
struct Foreseen {
    statements: i64,
    moments: Option<(Timestamp, Timestamp)>,
    /// The statements that it is about, those that stay among them.
    list: String,
}

#[derive(Template)]
#[template(path = "lrs/templates/retention_rule.html")]
struct RulePage {
    shell: Shell,
    here: String,
    rule: View,
    /// Which wording is shown.
    seen: i64,
    foreseen: Foreseen,
    /// Days and how many statements it removed on each, the latest first.
    days: Vec<(String, i64)>,
    form: Form,
}

/// One rule: what it would remove, what it removed, and how to change it.
pub async fn show(
    _: Administrator,
    State(app): State<App>,
    Path(id): Path<RetentionId>,
    shell: Shell,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let rule = store::find(&mut tx, id).await?;
    let form = Form::new(&mut tx, &shell).await?.telling(&rule)?;
    rule_page(&app, &mut tx, shell, &rule, form).await
}

async fn rule_page(app: &App, tx: &mut Tx, shell: Shell, rule: &Rule, form: Form) -> Result<Response> {
    let now = app.clock.now();
    let guard = Guard::load(tx, app).await?;
    // From the first number on, as the rule will begin when it is switched on.
    let foreseen = pick::preview(tx, &pick::filter(app, rule, 0, now).await?, &guard).await?;
    let foreseen = Foreseen {
        statements: foreseen.statements,
        moments: foreseen.moments(),
        list: list_of(&rule.asked()?, &shell, rule.before(now)),
    };
    let days = store::by_day(tx, rule.id, TOLD).await?;
    let days = days.into_iter().map(|(day, statements)| (day_name(&shell, &day), statements)).collect();
    let view = View::of(rule, &shell, &form)?;
    let label = shell.t("retention-title");
    web::render(&RulePage {
        here: format!("{HERE}/{}", rule.id),
        seen: rule.changed_at.0,
        rule: view,
        foreseen,
        days,
        form,
        shell: shell.tab(Tab::Manage).crumb(label, HERE),
    })
}

/// Where the statements are listed that a rule is about and that are old enough.
fn list_of(asked: &Asked, shell: &Shell, before: Timestamp) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let actor = asked.agent.as_ref().and_then(|text| crate::xapi::actor(text).ok());
    if let Some(ifi) = actor.as_ref().and_then(Actor::ifi) {
        query.append_pair("person", &ifi.canonical()).append_pair("related_agents", "true");
    }
    let texts = [("verb_iri", &asked.verb), ("activity", &asked.activity)];
    query.extend_pairs(texts.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))));
    if !asked.related_activities {
        query.append_pair("only_activity", "true");
    }
    let until = before.jiff().to_zoned(shell.zone.clone()).date();
    query.append_pair("until", &until.to_string());
    format!("/admin/statements?{}", query.finish())
}

/// Words a rule anew; it is off until somebody has seen what that would remove.
pub async fn change(
    Administrator(person): Administrator,
    State(app): State<App>,
    Path(id): Path<RetentionId>,
    shell: Shell,
    fields: Fields,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let rule = store::find(&mut tx, id).await?;
    let (form, said) = Form::new(&mut tx, &shell).await?.read(&app, &shell, &fields)?;
    let Some((days, asked)) = said else {
        return Ok(unprocessable(rule_page(&app, &mut tx, shell, &rule, form).await?));
    };
    drop(tx);
    let mut tx = app.db.begin().await?;
    store::change(&mut tx, id, &Wording { name: &form.name, asked: &asked, days }, app.clock.now()).await?;
    tx.commit().await?;
    tracing::info!(rule = %id, by = %person.id, "a rule about old statements was changed");
    Ok(Flash::done("retention-changed").redirect(&format!("{HERE}/{id}")))
}

/// Lets a rule work from the next night on. Errors: `retention-changed` if it says something else than what was seen.
pub async fn switch_on(
    Administrator(person): Administrator,
    State(app): State<App>,
    Path(id): Path<RetentionId>,
    fields: Fields,
) -> Result<Response> {
    let seen = Timestamp(fields.text("seen").parse().unwrap_or_default());
    let mut tx = app.db.begin().await?;
    store::switch_on(&mut tx, id, seen, app.clock.now()).await?;
    tx.commit().await?;
    tracing::info!(rule = %id, by = %person.id, "old statements are removed from now on");
    Ok(Flash::done("retention-switched-on").redirect(&format!("{HERE}/{id}")))
}

/// Removes nothing more.
pub async fn switch_off(
    Administrator(person): Administrator,
    State(app): State<App>,
    Path(id): Path<RetentionId>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    store::switch_off(&mut tx, id).await?;
    tx.commit().await?;
    tracing::info!(rule = %id, by = %person.id, "old statements are removed no more");
    Ok(Flash::done("retention-switched-off").redirect(&format!("{HERE}/{id}")))
}

#[derive(Template)]
#[template(path = "lrs/templates/retention_remove.html")]
struct RemovePage {
    shell: Shell,
    id: RetentionId,
    name: String,
}

/// Asks before a rule is given up.
pub async fn confirm_remove(
    _: Administrator,
    State(app): State<App>,
    Path(id): Path<RetentionId>,
    shell: Shell,
) -> Result<Response> {
    let rule = store::find(&mut app.db.read().await?, id).await?;
    let label = shell.t("retention-title");
    web::render(&RemovePage { shell: shell.tab(Tab::Manage).crumb(label, HERE), id, name: rule.name })
}

/// Gives a rule up; what it removed stays told.
pub async fn remove(
    Administrator(person): Administrator,
    State(app): State<App>,
    Path(id): Path<RetentionId>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    store::give_up(&mut tx, id, app.clock.now()).await?;
    tx.commit().await?;
    tracing::info!(rule = %id, by = %person.id, "a rule about old statements was given up");
    Ok(Flash::done("retention-removed").redirect(HERE))
}
