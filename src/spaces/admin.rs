//! The administrator's pages of spaces.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::model::{NewSpace, Space, Visibility};
use super::store::{self, Listed};
use crate::core::{Error, Kind, Result};
use crate::identity::Administrator;
use crate::state::App;
use crate::web::{Choice, Flash, Path, Shell, Tab, render};

#[derive(Template)]
#[template(path = "spaces/templates/admin_list.html")]
struct ListPage {
    shell: Shell,
    spaces: Vec<Listed>,
    form: FormView,
}

#[derive(Template)]
#[template(path = "spaces/templates/admin_space.html")]
struct SpacePage {
    shell: Shell,
    space: Space,
    embed: String,
    form: FormView,
}

/// The form of a space, as it was sent.
#[derive(Deserialize, Default)]
pub(super) struct SpaceForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    external_id: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    visibility: String,
    #[serde(default)]
    origins: String,
}

/// The form as it is shown.
#[derive(Default)]
struct FormView {
    fields: SpaceForm,
    name_fault: String,
    external_id_fault: String,
    description_fault: String,
    origins_fault: String,
    choices: Vec<Choice>,
}

impl SpaceForm {
    fn of(space: &Space, origins: &[String]) -> Self {
        Self {
            name: space.name.clone(),
            external_id: space.external_id.clone().unwrap_or_default(),
            description: space.description.clone(),
            visibility: space.visibility.to_string(),
            origins: origins.join("\n"),
        }
    }

    fn space(&self) -> NewSpace {
        NewSpace {
            external_id: Some(self.external_id.clone()),
            name: self.name.clone(),
            description: self.description.clone(),
            visibility: self.visibility.parse().unwrap_or_default(),
            origins: self.origins.split_whitespace().map(str::to_owned).collect(),
        }
    }

    fn view(self, shell: &Shell) -> FormView {
        let chosen: Visibility = self.visibility.parse().unwrap_or_default();
        let choice = |visibility: Visibility| Choice {
            value: visibility.name(),
            label: shell.t(&format!("space-visibility-{visibility}")),
            hint: shell.t(&format!("space-visibility-{visibility}-hint")),
            checked: visibility == chosen,
        };
        FormView { choices: Visibility::ALL.map(choice).into(), fields: self, ..FormView::default() }
    }

    /// The form with what is wrong beside its field.
    fn refused(self, shell: &Shell, wrong: &Error) -> FormView {
        let sentence = shell.words.error(wrong.code, &wrong.args).unwrap_or_default();
        let mut view = self.view(shell);
        match wrong.code {
            "space-external-id-invalid" | "space-external-id-taken" => view.external_id_fault = sentence,
            "space-description-long" => view.description_fault = sentence,
            "space-origin-invalid" => view.origins_fault = sentence,
            _ => view.name_fault = sentence,
        }
        view
    }
}

/// `GET /admin/spaces`.
pub(super) async fn list(_: Administrator, State(app): State<App>, shell: Shell) -> Result<Response> {
    let form = SpaceForm::default().view(&shell);
    list_page(&app, shell, form).await
}

async fn list_page(app: &App, shell: Shell, form: FormView) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let spaces = store::all(&mut tx).await?;
    render(&ListPage { shell: shell.tab(Tab::Manage), spaces, form })
}

/// `POST /admin/spaces`.
pub(super) async fn add(
    administrator: Administrator,
    State(app): State<App>,
    shell: Shell,
    Form(form): Form<SpaceForm>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    match store::add(&mut tx, form.space(), app.clock.now()).await {
        Ok(id) => {
            tx.commit().await?;
            tracing::info!(space = %id, by = %administrator.id, "space added");
            let added = Flash::done("space-added").arg("name", form.name.trim());
            Ok(added.redirect(&format!("/spaces/{id}/manage")))
        }
        Err(wrong) if matches!(wrong.kind, Kind::Unprocessable | Kind::Conflict) => {
            drop(tx);
            let form = form.refused(&shell, &wrong);
            let mut response = list_page(&app, shell, form).await?;
            *response.status_mut() = wrong.kind.status();
            Ok(response)
        }
        Err(failure) => Err(failure),
    }
}

/// `GET /admin/spaces/{space}`.
pub(super) async fn show(
    _: Administrator,
    State(app): State<App>,
    shell: Shell,
    Path(reference): Path<String>,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let space = store::find(&mut tx, &reference).await?;
    let origins = store::origins(&mut tx, space.id).await?;
    let form = SpaceForm::of(&space, &origins).view(&shell);
    space_page(&app, shell, space, form)
}

fn space_page(app: &App, shell: Shell, space: Space, form: FormView) -> Result<Response> {
    let crumb = shell.t("manage-spaces");
    let name = space.external_id.clone().unwrap_or_else(|| space.id.to_string());
    let embed = format!("{}/embed/spaces/{name}", app.config.public_origin());
    render(&SpacePage { shell: shell.tab(Tab::Manage).crumb(crumb, "/admin/spaces"), space, embed, form })
}

/// `POST /admin/spaces/{space}`.
pub(super) async fn change(
    administrator: Administrator,
    State(app): State<App>,
    shell: Shell,
    Path(reference): Path<String>,
    Form(form): Form<SpaceForm>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let space = store::find(&mut tx, &reference).await?;
    match store::change(&mut tx, space.id, form.space()).await {
        Ok(()) => {
            tx.commit().await?;
            tracing::info!(space = %space.id, by = %administrator.id, "space changed");
            Ok(Flash::done("space-changed").redirect(&format!("/admin/spaces/{}", space.id)))
        }
        Err(wrong) if matches!(wrong.kind, Kind::Unprocessable | Kind::Conflict) => {
            let form = form.refused(&shell, &wrong);
            let mut response = space_page(&app, shell, space, form)?;
            *response.status_mut() = wrong.kind.status();
            Ok(response)
        }
        Err(failure) => Err(failure),
    }
}

/// `POST /admin/spaces/{space}/archive`: its people no longer see it. Undone by `restore`.
pub(super) async fn archive(
    administrator: Administrator,
    State(app): State<App>,
    Path(reference): Path<String>,
) -> Result<Response> {
    let space = set_archived(&app, &reference, true).await?;
    tracing::info!(space = %space.id, by = %administrator.id, "space archived");
    let undo = format!("/admin/spaces/{}/restore", space.id);
    Ok(Flash::done("space-archived").arg("name", space.name).undo(undo).redirect("/admin/spaces"))
}

/// `POST /admin/spaces/{space}/restore`.
pub(super) async fn restore(
    administrator: Administrator,
    State(app): State<App>,
    Path(reference): Path<String>,
) -> Result<Response> {
    let space = set_archived(&app, &reference, false).await?;
    tracing::info!(space = %space.id, by = %administrator.id, "space restored");
    Ok(Flash::done("space-restored").arg("name", space.name).redirect("/admin/spaces"))
}

async fn set_archived(app: &App, reference: &str, archive: bool) -> Result<Space> {
    let mut tx = app.db.begin().await?;
    let space = store::find(&mut tx, reference).await?;
    store::set_archived(&mut tx, space.id, archive.then(|| app.clock.now())).await?;
    tx.commit().await?;
    Ok(space)
}
