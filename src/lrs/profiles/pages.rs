//! `/admin/statements/profiles`: the profiles that are loaded, and the report on the statements that name each.

use askama::Template;
use axum::extract::{FromRequest, Multipart, Query, Request, State};
use axum::response::Response;
use serde_json::Value;

use super::report::{Asked, Demand, Findings};
use super::store::{self, Outcome, Row, Shown};
use super::{api, load};
use crate::core::{Error, ProfileId, Result, StatementId, Timestamp};
use crate::identity::Administrator;
use crate::state::App;
use crate::web::{Flash, Path, Shell, Tab, render};
use crate::xapi::profile::{ConceptKind, Presence, Profile, Rule};

/// Values of a rule that are told.
const VALUES: usize = 6;

#[derive(Template)]
#[template(path = "lrs/templates/profiles.html")]
struct ListPage {
    shell: Shell,
    profiles: Vec<Line>,
    /// Why a document was refused; empty if none was.
    refused: String,
    problems: Vec<(String, String)>,
}

/// A version as a line.
struct Line {
    id: ProfileId,
    name: String,
    version: String,
    in_force: bool,
    loaded: Timestamp,
    checked_until: Option<Timestamp>,
}

impl Line {
    fn of(row: &Row, shell: &Shell) -> Self {
        Self {
            id: row.id,
            name: row.name().best(shell.words.language()).to_owned(),
            version: row.version_iri.clone(),
            in_force: row.in_force,
            loaded: row.loaded_at,
            checked_until: row.checked_until(),
        }
    }
}

/// `GET /admin/statements/profiles`.
pub async fn list(_: Administrator, State(app): State<App>, shell: Shell) -> Result<Response> {
    list_page(&app, shell, String::new(), Vec::new()).await
}

async fn list_page(app: &App, shell: Shell, refused: String, problems: Vec<(String, String)>) -> Result<Response> {
    let rows = store::all(&mut app.db.read().await?).await?;
    let crumb = shell.t("statements-title");
    let shell = shell.tab(Tab::Manage).crumb(crumb, "/admin/statements");
    let profiles = rows.iter().map(|row| Line::of(row, &shell)).collect();
    render(&ListPage { shell, profiles, refused, problems })
}

/// `POST /admin/statements/profiles`: loads the file of a form. A refusal is told on the page, with what is wrong where.
pub async fn load(
    administrator: Administrator,
    State(app): State<App>,
    shell: Shell,
    request: Request,
) -> Result<Response> {
    let loaded = match file(&app, request).await {
        Ok(document) => load::load(&app, &document).await,
        Err(error) => Err(error),
    };
    match loaded {
        Ok((row, _)) => {
            tracing::info!(profile = %row.id, by = %administrator.id, "xAPI profile loaded by a person");
            Ok(Flash::done("xapi-profile-loaded").redirect(&format!("/admin/statements/profiles/{}", row.id)))
        }
        Err(error) if error.kind.status().is_client_error() => {
            let sentence = shell.words.error(error.code, &error.args).unwrap_or_default();
            let told = error.extra.as_ref().and_then(|extra| extra.get("problems")).and_then(Value::as_array);
            let text = |problem: &Value, key: &str| problem[key].as_str().unwrap_or_default().to_owned();
            let mut problems: Vec<_> = told
                .into_iter()
                .flatten()
                .map(|problem| (text(problem, "pointer"), text(problem, "requirement")))
                .collect();
            if problems.is_empty() {
                problems.extend(error.detail.clone().map(|detail| (String::new(), detail)));
            }
            let mut response = list_page(&app, shell, sentence, problems).await?;
            *response.status_mut() = error.kind.status();
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

/// The file of a form.
async fn file(app: &App, request: Request) -> Result<axum::body::Bytes> {
    let refused = |status: axum::http::StatusCode, cause: String| match status {
        axum::http::StatusCode::PAYLOAD_TOO_LARGE => api::too_large(),
        _ => Error::malformed("form-unreadable").detail(cause),
    };
    let form = Multipart::from_request(request, app).await;
    let mut form = form.map_err(|cause| refused(cause.status(), cause.body_text()))?;
    while let Some(field) = form.next_field().await.map_err(|cause| refused(cause.status(), cause.body_text()))? {
        if field.name() == Some("file") {
            let document = field.bytes().await.map_err(|cause| refused(cause.status(), cause.body_text()))?;
            if !document.is_empty() {
                return Ok(document);
            }
        }
    }
    Err(Error::unprocessable("xapi-profile-missing"))
}

#[derive(Template)]
#[template(path = "lrs/templates/profile.html")]
struct ProfilePage {
    shell: Shell,
    asked: Asked,
    /// Its address, below which the acts are.
    here: String,
    line: Line,
    profile: String,
    description: String,
    generated: Timestamp,
    /// What the profile holds, in words.
    holds: Vec<String>,
    /// The statements that name it.
    list: String,
    statements: i64,
    following: i64,
    broken: i64,
    unmatched: i64,
    unmatched_examples: Vec<ExampleView>,
    demands: Vec<DemandView>,
    templates: Vec<TemplateView>,
    /// Registrations by how they follow the patterns, where there are any: followed, begun, broken, too long.
    order: Option<[i64; 4]>,
    disorder: Vec<String>,
    others: Vec<Line>,
}

struct TemplateView {
    name: String,
    id: String,
    statements: i64,
    broken: i64,
}

/// Something that was not kept.
struct DemandView {
    /// The template or the extension.
    of: String,
    what: String,
    note: String,
    statements: i64,
    examples: Vec<ExampleView>,
}

struct ExampleView {
    id: StatementId,
    href: String,
    pointer: String,
}

impl ExampleView {
    fn all(shown: &[Shown]) -> Vec<Self> {
        let view = |shown: &Shown| Self {
            id: shown.statement_id,
            href: format!("/admin/statements/{}", shown.statement_id),
            pointer: shown.pointer.clone(),
        };
        shown.iter().map(view).collect()
    }
}

/// `GET /admin/statements/profiles/{profile}`: the report.
pub async fn profile(
    _: Administrator,
    State(app): State<App>,
    shell: Shell,
    Path(id): Path<ProfileId>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let findings = Findings::read(&mut tx, id, &asked).await?;
    let versions = store::of_profile(&mut tx, &findings.row.profile_iri).await?;
    drop(tx);
    let language = shell.words.language();
    let crumb = shell.t("xapi-profiles-title");
    let shell = shell.tab(Tab::Manage).crumb(crumb, "/admin/statements/profiles");
    let (statements, broken) = (findings.sum("", Outcome::Checked), findings.sum("", Outcome::Broken));
    let unmatched = findings.sum("", Outcome::Unmatched);
    let templates = findings.profile.templates.iter().enumerate().map(|(index, template)| {
        let place = format!("/templates/{index}");
        TemplateView {
            name: template.name.best(language).to_owned(),
            id: template.id.clone(),
            statements: findings.sum(&place, Outcome::Checked),
            broken: findings.sum(&place, Outcome::Broken),
        }
    });
    let courses = &findings.courses;
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("activity", &findings.row.version_iri)
        .append_pair("since", &asked.from)
        .append_pair("until", &asked.to)
        .finish();
    let others = versions.iter().filter(|row| row.id != id).map(|row| Line::of(row, &shell)).collect();
    let page = ProfilePage {
        here: format!("/admin/statements/profiles/{id}"),
        line: Line::of(&findings.row, &shell),
        profile: findings.row.profile_iri.clone(),
        description: findings.profile.description.best(language).to_owned(),
        generated: findings.row.generated_at,
        holds: holds(&findings.profile, &shell),
        list: format!("/admin/statements?{query}"),
        statements,
        following: statements - broken - unmatched,
        broken,
        unmatched,
        unmatched_examples: ExampleView::all(findings.examples("")),
        demands: demands(&findings, &shell),
        templates: templates.collect(),
        order: findings.profile.has_order().then_some([courses.followed, courses.begun, courses.broken, courses.long]),
        disorder: courses.broken_examples.iter().map(ToString::to_string).collect(),
        others,
        asked,
        shell,
    };
    render(&page)
}

/// What a profile holds: `12 verbes`, `3 modèles`.
fn holds(profile: &Profile, shell: &Shell) -> Vec<String> {
    let concepts =
        |kinds: &[ConceptKind]| profile.concepts.iter().filter(|concept| kinds.contains(&concept.kind)).count();
    let extensions = profile.concepts.iter().filter(|concept| concept.kind.is_extension()).count();
    let counts = [
        ("xapi-profile-verbs", concepts(&[ConceptKind::Verb])),
        ("xapi-profile-types", concepts(&[ConceptKind::ActivityType, ConceptKind::AttachmentUsageType])),
        ("xapi-profile-extensions", extensions),
        ("xapi-profile-templates", profile.templates.len()),
        ("xapi-profile-patterns", profile.patterns.len()),
    ];
    counts.iter().filter(|(_, count)| *count > 0).map(|(key, count)| shell.with(key, [("n", *count)])).collect()
}

fn demands(findings: &Findings, shell: &Shell) -> Vec<DemandView> {
    let language = shell.words.language();
    let mut views = Vec::new();
    for (place, statements) in findings.broken("/") {
        let Some(demand) = findings.demand(place) else { continue };
        let template =
            place.split('/').nth(2).and_then(|index| findings.profile.templates.get(index.parse::<usize>().ok()?));
        let template = template.map(|template| template.name.best(language).to_owned()).unwrap_or_default();
        let (of, what, note) = match demand {
            Demand::Rule(rule) => (template, sentence(rule, shell), rule.note.best(language).to_owned()),
            Demand::ObjectRef => (template, shell.t("xapi-profile-object-ref"), String::new()),
            Demand::ContextRef => (template, shell.t("xapi-profile-context-ref"), String::new()),
            Demand::Place(concept) => {
                let part = match concept.kind {
                    ConceptKind::ContextExtension => "context",
                    ConceptKind::ResultExtension => "result",
                    _ => "definition",
                };
                let what = shell.with("xapi-profile-extension-place", [("part", part)]);
                (concept.name.best(language).to_owned(), what, concept.id.clone())
            }
            Demand::Schema(concept) => {
                let what = shell.t("xapi-profile-extension-schema");
                (concept.name.best(language).to_owned(), what, concept.id.clone())
            }
        };
        views.push(DemandView { of, what, note, statements, examples: ExampleView::all(findings.examples(place)) });
    }
    views
}

/// A rule in words.
fn sentence(rule: &Rule, shell: &Shell) -> String {
    let place = match &rule.selector {
        Some(selector) => format!("{} → {selector}", rule.location),
        None => rule.location.to_string(),
    };
    let presence = rule.presence.map(|presence| match presence {
        Presence::Included => "xapi-profile-rule-included",
        Presence::Excluded => "xapi-profile-rule-excluded",
        Presence::Recommended => "xapi-profile-rule-recommended",
    });
    let values = [
        ("xapi-profile-rule-any", &rule.any),
        ("xapi-profile-rule-all", &rule.all),
        ("xapi-profile-rule-none", &rule.none),
    ];
    let told = presence.map(|key| shell.with(key, [("place", place.as_str())]));
    let listed = values.into_iter().filter_map(|(key, values)| Some((key, values.as_ref()?)));
    let listed = listed.map(|(key, values)| {
        let mut texts: Vec<String> = values
            .iter()
            .take(VALUES)
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            .collect();
        if values.len() > VALUES {
            texts.push("…".to_owned());
        }
        shell.with(key, [("place", place.as_str()), ("values", texts.join(", ").as_str())])
    });
    told.into_iter().chain(listed).collect::<Vec<_>>().join(" ")
}

/// `POST /admin/statements/profiles/{profile}/check`: checks everything again.
pub async fn check_again(_: Administrator, State(app): State<App>, Path(id): Path<ProfileId>) -> Result<Response> {
    load::check_again(&app, id).await?;
    Ok(Flash::done("xapi-profile-checking").redirect(&format!("/admin/statements/profiles/{id}")))
}

#[derive(Template)]
#[template(path = "lrs/templates/profile_remove.html")]
struct RemovePage {
    shell: Shell,
    here: String,
    line: Line,
}

/// `GET /admin/statements/profiles/{profile}/remove`: asks before the report is gone with it.
pub async fn confirm_remove(
    _: Administrator,
    State(app): State<App>,
    shell: Shell,
    Path(id): Path<ProfileId>,
) -> Result<Response> {
    let row = store::find(&mut app.db.read().await?, id).await?;
    let (here, line) = (format!("/admin/statements/profiles/{id}"), Line::of(&row, &shell));
    let crumb = shell.t("xapi-profiles-title");
    render(&RemovePage { shell: shell.tab(Tab::Manage).crumb(crumb, "/admin/statements/profiles"), here, line })
}

/// `POST /admin/statements/profiles/{profile}/remove`.
pub async fn remove(
    administrator: Administrator,
    State(app): State<App>,
    Path(id): Path<ProfileId>,
) -> Result<Response> {
    load::remove(&app, id).await?;
    tracing::info!(profile = %id, by = %administrator.id, "xAPI profile removed by a person");
    Ok(Flash::done("xapi-profile-removed").redirect("/admin/statements/profiles"))
}
