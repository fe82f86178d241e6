//! The administrator's page of people: the organisation, who works where, who may do what, who may come in.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;

use crate::core::{Error, Kind, OrgUnitId, PersonId, Result};
use crate::identity::access::Administrator;
use crate::identity::accounts::{NewAccount, add_account};
use crate::identity::model::Role;
use crate::identity::org_units::{self, OrgUnits};
use crate::identity::pages::roles_in_words;
use crate::identity::people::{self, Page, Position, Wanted};
use crate::identity::{password, store};
use crate::state::App;
use crate::web::{Choice, Fields, Flash, Shell, render};

/// People on one page of the list.
const PAGE: i64 = 50;

/// What the address asks for; the form of the filter bar writes it.
#[derive(Deserialize, Default)]
pub(super) struct Filter {
    #[serde(default)]
    q: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    before: String,
}

#[derive(Template)]
#[template(path = "identity/templates/people.html")]
struct PeoplePage {
    shell: Shell,
    filter: Filter,
    units: Vec<UnitView>,
    /// The unit the list is narrowed to; empty for everybody.
    unit_name: String,
    everybody: String,
    people: Vec<PersonView>,
    previous: String,
    next: String,
    form: PersonForm,
}

/// A line of the organisation tree.
struct UnitView {
    name: String,
    path: String,
    /// For the indent: 0 to 4, deeper units stay at 4.
    depth: usize,
    people: i64,
    href: String,
    current: bool,
}

/// A line of the list.
struct PersonView {
    id: PersonId,
    name: String,
    login: String,
    unit: String,
    roles: String,
    disabled: bool,
    /// Of human resources: what they read can be limited.
    hr: bool,
}

/// The form that adds somebody, as it was filled in.
#[derive(Default)]
struct PersonForm {
    name: String,
    login: String,
    unit: String,
    roles: Vec<Choice>,
    /// Which field is wrong, and why.
    name_fault: String,
    login_fault: String,
    unit_fault: String,
}

/// `GET /admin/people`.
pub(super) async fn list(
    _: Administrator,
    State(app): State<App>,
    shell: Shell,
    Query(filter): Query<Filter>,
) -> Result<Response> {
    let form = PersonForm { roles: role_choices(&shell, &[Role::Learner]), ..PersonForm::default() };
    page(&app, shell, filter, form).await
}

async fn page(app: &App, shell: Shell, filter: Filter, form: PersonForm) -> Result<Response> {
    let unit: Option<OrgUnitId> = filter.unit.parse().ok();
    let wanted = Wanted { text: filter.q.clone(), unit };
    let position = match (Position::parse(&filter.after), Position::parse(&filter.before)) {
        (Some(after), _) => Page::After(after),
        (None, Some(before)) => Page::Before(before),
        (None, None) => Page::First,
    };
    let mut tx = app.db.read().await?;
    let units = org_units::all(&mut tx).await?;
    let found = people::search(&mut tx, &wanted, &position, PAGE).await?;
    drop(tx);
    let person = |person: &crate::identity::Person| PersonView {
        id: person.id,
        name: person.name.clone(),
        login: person.login.clone().unwrap_or_default(),
        unit: person.org_unit.map(|unit| short_path(&units.path(unit))).unwrap_or_default(),
        roles: roles_in_words(&shell, person.roles.iter()),
        disabled: person.disabled_at.is_some(),
        hr: person.roles.has(Role::Hr) && !person.roles.has(Role::Administrator),
    };
    render(&PeoplePage {
        people: found.people.iter().map(person).collect(),
        previous: found.previous.map(|at| address(&filter, &[("before", &at.to_string())])).unwrap_or_default(),
        next: found.next.map(|at| address(&filter, &[("after", &at.to_string())])).unwrap_or_default(),
        unit_name: unit.map(|unit| units.name(unit).to_owned()).unwrap_or_default(),
        everybody: address(&Filter { q: filter.q.clone(), ..Filter::default() }, &[]),
        units: unit_views(&units, unit, &filter.q),
        filter,
        form,
        shell,
    })
}

/// Where somebody works, without the organisation itself, which is the same for everybody.
pub(super) fn short_path(path: &str) -> String {
    let inner = path.split_once('/').map_or(path, |(_, inner)| inner);
    inner.replace('/', " › ")
}

fn unit_views(units: &OrgUnits, current: Option<OrgUnitId>, q: &str) -> Vec<UnitView> {
    let view = |branch: &org_units::Branch| UnitView {
        name: units.name(branch.id).to_owned(),
        path: units.path(branch.id),
        depth: branch.depth.min(4),
        people: branch.people,
        href: address(&Filter { q: q.to_owned(), unit: branch.id.to_string(), ..Filter::default() }, &[]),
        current: current == Some(branch.id),
    };
    units.tree().iter().map(view).collect()
}

/// The address of the list with a filter and a position; empty values are left out.
fn address(filter: &Filter, position: &[(&str, &str)]) -> String {
    let pairs = [("q", filter.q.as_str()), ("unit", filter.unit.as_str())];
    let pairs = pairs.iter().chain(position).filter(|(_, value)| !value.is_empty());
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { "/admin/people".to_owned() } else { format!("/admin/people?{query}") }
}

fn role_choices(shell: &Shell, checked: &[Role]) -> Vec<Choice> {
    Role::ALL
        .map(|role| Choice {
            value: role.name(),
            label: shell.t(&format!("role-{role}")),
            hint: String::new(),
            checked: checked.contains(&role),
        })
        .into()
}

/// The page after adding somebody or making a new password: the only time the password is shown.
#[derive(Template)]
#[template(path = "identity/templates/person_password.html")]
struct PasswordPage {
    shell: Shell,
    title: String,
    name: String,
    login: String,
    password: String,
}

fn password_page(shell: Shell, title: &str, name: String, login: String, password: String) -> Result<Response> {
    let title = shell.with(title, [("name", &name)]);
    let people = shell.t("manage-people");
    let shell = shell.crumb(people, "/admin/people");
    let mut response = render(&PasswordPage { shell, title, name, login, password })?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `POST /admin/people`: adds somebody with a password of ours, which they can change.
pub(super) async fn add(
    administrator: Administrator,
    State(app): State<App>,
    shell: Shell,
    fields: Fields,
) -> Result<Response> {
    let roles: Vec<Role> = fields.all("role").into_iter().filter_map(|role| role.parse().ok()).collect();
    let field = |name: &str| fields.text(name).trim().to_owned();
    let (name, login, unit) = (field("name"), field("login"), field("unit"));

    let new = NewAccount {
        login: login.clone(),
        name: name.clone(),
        roles: roles.clone(),
        org_unit: Some(unit.clone()),
        password: None,
    };
    match add_account(&app, new).await {
        Ok(added) => {
            tracing::info!(person = %added.person.id, by = %administrator.id, "person added");
            password_page(shell, "person-added", added.person.name, added.login, added.password)
        }
        Err(wrong) if matches!(wrong.kind, Kind::Unprocessable | Kind::Conflict) => {
            let sentence = shell.words.error(wrong.code, &wrong.args).unwrap_or_default();
            let mut form =
                PersonForm { name, login, unit, roles: role_choices(&shell, &roles), ..PersonForm::default() };
            match wrong.code {
                "name-missing" => form.name_fault = sentence,
                "org-unit-invalid" => form.unit_fault = sentence,
                _ => form.login_fault = sentence,
            }
            let mut response = page(&app, shell, Filter::default(), form).await?;
            *response.status_mut() = wrong.kind.status();
            Ok(response)
        }
        Err(failure) => Err(failure),
    }
}

/// `POST /admin/people/{person}/disable`: signs somebody out and lets them in no more. Undone by `enable`.
pub(super) async fn disable(
    administrator: Administrator,
    State(app): State<App>,
    Path(id): Path<PersonId>,
) -> Result<Response> {
    if id == administrator.id {
        return Err(Error::conflict("own-account"));
    }
    let name = change(&app, id, true).await?;
    tracing::info!(person = %id, by = %administrator.id, "person disabled");
    let undo = format!("/admin/people/{id}/enable");
    Ok(Flash::done("person-disabled").arg("name", name).undo(undo).redirect("/admin/people"))
}

/// `POST /admin/people/{person}/enable`.
pub(super) async fn enable(
    administrator: Administrator,
    State(app): State<App>,
    Path(id): Path<PersonId>,
) -> Result<Response> {
    let name = change(&app, id, false).await?;
    tracing::info!(person = %id, by = %administrator.id, "person enabled");
    Ok(Flash::done("person-enabled").arg("name", name).redirect("/admin/people"))
}

async fn change(app: &App, id: PersonId, disable: bool) -> Result<String> {
    let mut tx = app.db.begin().await?;
    let name = store::person(&mut tx, id).await?.name;
    store::set_disabled(&mut tx, id, disable.then(|| app.clock.now())).await?;
    tx.commit().await?;
    Ok(name)
}

/// `POST /admin/people/{person}/password`: a new password for somebody who forgot theirs, shown once.
pub(super) async fn renew_password(
    administrator: Administrator,
    State(app): State<App>,
    shell: Shell,
    Path(id): Path<PersonId>,
) -> Result<Response> {
    let password = password::generate_password();
    let hash = password::hash_password(&password).await?;
    let mut tx = app.db.begin().await?;
    let person = store::person(&mut tx, id).await?;
    let Some(login) = person.login else { return Err(Error::conflict("person-without-login")) };
    store::set_password(&mut tx, id, &hash).await?;
    tx.commit().await?;
    tracing::info!(person = %id, by = %administrator.id, "password renewed");
    password_page(shell, "person-password-renewed", person.name, login, password)
}
