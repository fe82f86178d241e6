//! The spaces of a person, and the page of one.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::access::SpaceReader;
use super::content::{self, News, ShownProgramme};
use super::members::{self, Member};
use super::model::Space;
use super::store::{self, Listed};
use crate::core::{PersonId, Result};
use crate::identity::SignedIn;
use crate::state::App;
use crate::storage::Tx;
use crate::web::{Shell, Tab, render};

#[derive(Template)]
#[template(path = "spaces/templates/list.html")]
struct ListPage {
    shell: Shell,
    mine: Vec<Listed>,
    others: Vec<Listed>,
}

/// `GET /spaces`: those somebody is in, then those they may know of.
pub(super) async fn list(person: SignedIn, State(app): State<App>, shell: Shell) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let all = store::of_person(&mut tx, person.id).await?;
    let (mine, others) = all.into_iter().partition(|space| space.role.is_some());
    render(&ListPage { shell: shell.tab(Tab::Spaces), mine, others })
}

/// Where a page of members begins: `PERSON.NAME`.
#[derive(Deserialize, Default)]
pub(super) struct Position {
    #[serde(default)]
    pub after: String,
}

impl Position {
    pub(super) fn read(&self) -> Option<(String, PersonId)> {
        let (id, name) = self.after.split_once('.')?;
        Some((name.to_owned(), id.parse().ok()?))
    }
}

/// Where the page after these members begins; empty at the end.
pub(super) fn next(here: &str, shown: &[Member], more: bool) -> String {
    let Some(last) = shown.last().filter(|_| more) else { return String::new() };
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("after", &format!("{}.{}", last.id, last.name_key));
    format!("{here}?{}#members", query.finish())
}

/// What a space shows, whoever looks and wherever.
pub(super) struct Contents {
    pub news: Vec<News>,
    pub programmes: Vec<ShownProgramme>,
    pub animators: Vec<Member>,
    pub members: i64,
}

impl Contents {
    /// Four statements, however much there is.
    pub async fn read(tx: &mut Tx, space: &Space) -> Result<Self> {
        Ok(Self {
            news: content::news(tx, space.id).await?,
            programmes: content::programmes(tx, space.id).await?,
            animators: members::animators(tx, space.id).await?,
            members: members::count(tx, space.id).await?,
        })
    }
}

#[derive(Template)]
#[template(path = "spaces/templates/space.html")]
struct SpacePage {
    shell: Shell,
    here: String,
    space: Space,
    leads: bool,
    contents: Contents,
    members: Vec<Member>,
    previous: String,
    next: String,
    has_feed: bool,
}

/// `GET /spaces/{space}`.
pub(super) async fn show(
    reader: SpaceReader,
    State(app): State<App>,
    shell: Shell,
    Query(position): Query<Position>,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let contents = Contents::read(&mut tx, &reader.space).await?;
    let after = position.read();
    let (members, more) = members::list(&mut tx, reader.space.id, after.clone()).await?;
    let has_feed = super::feed::has_token(&mut tx, reader.space.id, reader.person.id).await?;
    drop(tx);
    let here = format!("/spaces/{}", reader.space.id);
    let crumb = shell.t("spaces-title");
    render(&SpacePage {
        next: next(&here, &members, more),
        previous: after.map(|_| format!("{here}#members")).unwrap_or_default(),
        shell: shell.tab(Tab::Spaces).crumb(crumb, "/spaces"),
        leads: reader.leads(),
        space: reader.space,
        here,
        contents,
        members,
        has_feed,
    })
}
