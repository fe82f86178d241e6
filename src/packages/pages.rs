//! The trainer's pages: importing, and what an import gave.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::act;
use super::api::{self, FileName};
use super::findings::Severity;
use super::import::Purpose;
use super::report::{FindingReport, PackageReport};
use super::store::{self, CourseRow};
use super::switches::SwitchView;
use super::{native, replace, switches};
use crate::core::{CourseId, Error, PackageId, Result, Timestamp};
use crate::identity::Trainer;
use crate::state::App;
use crate::web::{self, Flash, Path, Shell, Tab};

/// A finding as a line of a list.
pub(super) struct FindingLine {
    pub message: String,
    pub place: String,
}

impl FindingLine {
    pub fn of(finding: &FindingReport) -> Self {
        let (message, place) = (finding.message.clone(), finding.place.to_string());
        Self { message, place }
    }
}

#[derive(Template)]
#[template(path = "packages/templates/import.html")]
struct ImportPage {
    shell: Shell,
    /// Largest upload, in words.
    limit: String,
    /// Why an upload without script was refused.
    refused: Option<String>,
    findings: Vec<FindingLine>,
}

fn import_page(app: &App, shell: Shell, refused: Option<String>, findings: Vec<FindingLine>) -> Result<Response> {
    let shell = in_manage(shell);
    web::render(&ImportPage { limit: shell.words.size(app.config.packages.max_bytes), shell, refused, findings })
}

/// Where a file is dropped.
pub async fn import(_: Trainer, State(app): State<App>, shell: Shell) -> Result<Response> {
    import_page(&app, shell, None, Vec::new())
}

/// The upload of a browser without script. A refusal is told on the page itself, with its findings.
pub async fn receive(
    Trainer(trainer): Trainer,
    State(app): State<App>,
    shell: Shell,
    request: Request,
) -> Result<Response> {
    match api::receive(&app, FileName::default(), request, Purpose::New(Some(trainer.id)), shell.words).await {
        Ok(id) => Ok(Flash::done("package-imported").redirect(&format!("/trainer/packages/{id}"))),
        Err(error) if error.kind.status().is_client_error() => {
            let (sentence, findings) = told(&error, &shell);
            let mut response = import_page(&app, shell, Some(sentence), findings)?;
            *response.status_mut() = error.kind.status();
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

/// Why an upload was refused, as its page says it: in a sentence, and finding by finding.
pub(super) fn told(error: &Error, shell: &Shell) -> (String, Vec<FindingLine>) {
    let sentence = shell.words.error(error.code, &error.args).unwrap_or_default();
    let told = error.extra.as_ref().and_then(|extra| extra.get("findings")).and_then(|list| list.as_array());
    let findings = told.into_iter().flatten().map(|finding| FindingLine {
        message: finding["message"].as_str().unwrap_or_default().to_owned(),
        place: finding["place"]["file"].as_str().unwrap_or_default().to_owned(),
    });
    (sentence, findings.collect())
}

/// A course with its outline.
struct CourseView {
    id: CourseId,
    title: String,
    published: bool,
    activities: Vec<ActivityLine>,
}

struct ActivityLine {
    title: String,
    kind_key: String,
    icon: &'static str,
    depth: usize,
    group: bool,
    launchable: bool,
}

#[derive(Template)]
#[template(path = "packages/templates/package.html")]
struct PackagePage {
    shell: Shell,
    delete_url: String,
    title: String,
    edition: String,
    file_name: String,
    /// Of the file, in words.
    size: String,
    imported: Timestamp,
    courses: Vec<CourseView>,
    attention: Vec<FindingLine>,
    notes: Vec<FindingLine>,
    /// How many people have a record in it: such a package cannot be deleted.
    records: i64,
    /// What there is to say of a film or recording, as HTML.
    media: String,
    /// Where a newer version is brought, for what comes as a package.
    replace_url: Option<String>,
    id: PackageId,
    /// Whether one waits for a decision.
    waits: bool,
    /// The versions, the newest first; one alone is not listed.
    versions: Vec<native::VersionRow>,
    /// What may be borne of content that does not keep to its standard.
    switches: Vec<SwitchView>,
    bears_any: bool,
}

/// What the import gave: findings, outlines, and what to do with the courses.
pub async fn package(_: Trainer, State(app): State<App>, Path(id): Path<PackageId>, shell: Shell) -> Result<Response> {
    package_page(&app, id, shell, "").await
}

/// The page of a package. `fault` is what is wrong with captions that were just sent.
pub async fn package_page(app: &App, id: PackageId, shell: Shell, fault: &str) -> Result<Response> {
    let mut tx = app.db.read().await?;
    if super::native::raw_draft(&mut tx, id).await.is_ok() {
        // What is written here has its editor.
        return Ok(Redirect::to(&format!("/trainer/content/{id}")).into_response());
    }
    let row = store::find(&mut tx, id).await?.ok_or_else(|| Error::not_found("package-unknown"))?;
    let courses = store::courses(&mut tx, id).await?;
    let records = store::records(&mut tx, id).await?;
    let media = match row.kind.as_str() {
        "video" | "audio" => super::media::panel(&mut tx, app, &shell, id, fault).await?,
        _ => String::new(),
    };
    let waits = replace::waits(&mut tx, id).await?;
    let versions = native::versions(&mut tx, id).await?;
    drop(tx);
    let report = PackageReport::of(&row, shell.words)?;
    let (notes, attention): (Vec<_>, Vec<_>) =
        report.findings.iter().partition(|finding| finding.severity == Severity::Info);
    let switches = switches::offered(report.kind, row.tolerance.as_deref());
    let page = PackagePage {
        delete_url: format!("/trainer/packages/{id}/delete"),
        edition: report.edition.clone(),
        file_name: row.file_name.clone(),
        size: shell.words.size(row.size.unsigned_abs()),
        imported: row.created_at,
        attention: attention.into_iter().map(FindingLine::of).collect(),
        notes: notes.into_iter().map(FindingLine::of).collect(),
        records,
        media,
        replace_url: replace::is_replaceable(report.kind).then(|| format!("/trainer/packages/{id}/replace")),
        id,
        waits,
        versions: if versions.len() > 1 { versions } else { Vec::new() },
        bears_any: switches.iter().any(|switch| switch.is_on),
        switches,
        courses: views(&report, &courses),
        title: report.title,
        shell: in_manage(shell),
    };
    web::render(&page)
}

fn views(report: &PackageReport, rows: &[CourseRow]) -> Vec<CourseView> {
    let published = |id| rows.iter().any(|row| row.id == id && row.published_at.is_some());
    let view = |course: &super::report::CourseReport| CourseView {
        id: course.id,
        title: course.title.clone(),
        published: published(course.id),
        activities: course
            .activities
            .iter()
            .map(|activity| ActivityLine {
                title: activity.title.clone(),
                kind_key: format!("kind-{}", activity.kind.word()),
                icon: icon(activity.kind),
                // The style sheet knows five levels; deeper ones stand with the fifth.
                depth: activity.depth.min(5),
                group: activity.kind == super::model::ActivityKind::Group,
                launchable: activity.launchable,
            })
            .collect(),
    };
    report.courses.iter().map(view).collect()
}

fn icon(kind: super::model::ActivityKind) -> &'static str {
    use super::model::ActivityKind as Kind;
    match kind {
        Kind::Group => "layers",
        Kind::Sco | Kind::Au | Kind::Xapi => "monitor",
        Kind::Asset => "file-text",
        Kind::Video => "film",
        Kind::Audio => "headphones",
        Kind::Page => "book-open",
        Kind::Document => "file-text",
        Kind::Link => "link",
        Kind::Quiz => "list-checks",
    }
}

/// Deletes a package after the confirmation on its page.
pub async fn delete(_: Trainer, State(app): State<App>, Path(id): Path<PackageId>) -> Result<Response> {
    let in_use = |error: &Error| error.kind.status() == StatusCode::CONFLICT;
    match act::delete(&app, id).await {
        Ok(()) => Ok(Flash::done("package-deleted").redirect("/trainer")),
        Err(error) if in_use(&error) => Ok(Flash::fault("package-kept").redirect(&format!("/trainer/packages/{id}"))),
        Err(error) => Err(error),
    }
}

pub(super) fn in_manage(shell: Shell) -> Shell {
    let trainer = shell.t("trainer-title");
    shell.tab(Tab::Manage).crumb(trainer, "/trainer")
}
