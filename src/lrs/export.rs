//! Statements for other systems: everything that matches, in the order of storing, as NDJSON or as a table.
//!
//! Nothing is held for it: each piece is a search of its own behind the statement before it, so that a slow reader keeps no
//! transaction open, and a million statements take no more memory than a hundred. What is stored while the export runs is not
//! in it: it ends at the moment up to which everything is there.

use std::collections::HashMap;

use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::query::{self, Filter, Found};
use super::reader::Reader;
use super::{pages, store};
use crate::core::{Error, Result, StatementId};
use crate::identity::CanReadStatements;
use crate::state::App;
use crate::web::export::{self, Cell, Column, File, Format as FileFormat};
use crate::web::{NotAllowed, ProblemDocument, Shell, Words};
use crate::xapi::format::{self, Offset};
use crate::xapi::{ActivityKey, Actor, Agent, Ifi, Object, Statement, VerbKey, sentence};

/// Statements read at a time.
const PIECE: i64 = 500;

/// The interface, below `/api/v1`.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(ndjson)).routes(routes!(csv))
}

/// Which statements are wanted: the filters of `/xapi/statements`, all of which must hold, and where to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// An agent or identified group, as JSON.
    pub agent: Option<String>,
    /// Whether the agent may be anything in the statement: authority, instructor, team, member, context agent.
    pub related_agents: bool,
    /// IRI of a verb.
    pub verb: Option<String>,
    /// IRI of an activity.
    pub activity: Option<String>,
    /// Whether the activity may be in the context as well.
    pub related_activities: bool,
    /// A registration.
    pub registration: Option<Uuid>,
    /// Stored after this moment.
    pub since: Option<String>,
    /// Stored at or before this moment.
    pub until: Option<String>,
    /// Stored behind this statement: the `id` of the last one of the export before.
    pub after: Option<Uuid>,
    /// At most so many.
    pub limit: Option<u64>,
}

impl Asked {
    /// Asks for what this agent did or was the object of.
    pub fn about(&mut self, ifi: Ifi) -> Result<()> {
        self.agent = Some(serde_json::to_string(&Agent { name: None, ifi })?);
        Ok(())
    }

    /// The address of the export that is written as `ending` says.
    pub fn address(&self, ending: &str) -> String {
        let registration = self.registration.map(|id| id.to_string());
        let texts = [
            ("agent", self.agent.as_deref()),
            ("verb", self.verb.as_deref()),
            ("activity", self.activity.as_deref()),
            ("registration", registration.as_deref()),
            ("since", self.since.as_deref()),
            ("until", self.until.as_deref()),
        ];
        let flags = [("related_agents", self.related_agents), ("related_activities", self.related_activities)];
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(texts.into_iter().filter_map(|(name, value)| Some((name, value?))));
        query.extend_pairs(flags.into_iter().filter(|(_, set)| *set).map(|(name, _)| (name, "true")));
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/api/v1/statements.{ending}{mark}{query}")
    }

    /// What is searched for. Errors: `parameter-wrong`, `statement-unknown` for `after`.
    pub async fn filter(&self, app: &App) -> Result<Filter> {
        let wrong = |name: &'static str, detail: &str| {
            Error::malformed("parameter-wrong").arg("name", name).detail(format!("`{name}` must be {detail}"))
        };
        let iri = |name, text: Option<&String>| match text {
            Some(text) if !format::is_iri(text) => Err(wrong(name, "an IRI")),
            text => Ok(text.cloned()),
        };
        let moment = |name, text: Option<&String>| match text {
            Some(text) => {
                let read = format::timestamp(text, Offset::Optional);
                read.map(Some).ok_or_else(|| wrong(name, "an ISO 8601 timestamp"))
            }
            None => Ok(None),
        };
        let agent = match &self.agent {
            Some(text) => {
                let actor = crate::xapi::actor(text).ok();
                let ifi = actor.as_ref().and_then(Actor::ifi);
                Some(ifi.ok_or_else(|| wrong("agent", "an agent or an identified group, as JSON"))?.key())
            }
            None => None,
        };
        let cursor = match self.after {
            Some(id) => {
                let mut tx = app.db.read().await?;
                let row = store::find(&mut tx, StatementId(id)).await?;
                Some(row.ok_or_else(|| Error::unprocessable("statement-unknown"))?.seq)
            }
            None => None,
        };
        // A number below one that was given out already may still be on its way; behind this moment nothing is.
        let settled = app.sequence.settled(app.clock.now());
        let until = moment("until", self.until.as_ref())?.map_or(settled, |until| until.min(settled));
        Ok(Filter {
            agent,
            related_agents: self.related_agents,
            verb: iri("verb", self.verb.as_ref())?.map(|verb| VerbKey::of(&verb)),
            activity: iri("activity", self.activity.as_ref())?.map(|activity| ActivityKey::of(&activity)),
            related_activities: self.related_activities,
            registration: self.registration,
            since: moment("since", self.since.as_ref())?,
            until: Some(until),
            ascending: true,
            cursor,
            ..Filter::default()
        })
    }
}

/// A way through all that matches, a piece after the other.
pub struct Walk {
    app: App,
    filter: Filter,
    left: u64,
}

impl Walk {
    async fn begin(app: &App, caller: &CanReadStatements, asked: &Asked) -> Result<Self> {
        let filter = Filter { units: Reader::units_of(app, caller).await?, ..asked.filter(app).await? };
        Ok(Self { app: app.clone(), filter, left: asked.limit.unwrap_or(u64::MAX) })
    }

    /// The next statements; none at the end.
    async fn next(&mut self) -> Result<Vec<Found>> {
        if self.left == 0 {
            return Ok(Vec::new());
        }
        let limit = i64::try_from(self.left).unwrap_or(PIECE).min(PIECE);
        let mut tx = self.app.db.read().await?;
        let page = query::search(&mut tx, &self.filter, limit).await?;
        self.left = if page.is_cut { self.left.saturating_sub(page.found.len() as u64) } else { 0 };
        self.filter.cursor = page.found.last().map(|found| found.seq).or(self.filter.cursor);
        Ok(page.found)
    }
}

/// Exports statements, one a line, each exactly as `/xapi/statements` returns it.
///
/// The oldest comes first. Voided statements are left out; the statements that void them are there. To go on later where this
/// export ends, ask again with `after` set to the `id` of the last line. Attachments are not part of it. An export that fails
/// on the way breaks off; it never ends as if it were whole.
#[utoipa::path(get, path = "/statements.ndjson", tag = "statements", params(Asked), responses(
    (status = 200, description = "One statement a line", body = String, content_type = "application/x-ndjson"),
    (status = 400, description = "`parameter-wrong`", body = ProblemDocument, content_type = "application/problem+json"),
    NotAllowed,
    (status = 422, description = "`statement-unknown`: there is no statement `after`", body = ProblemDocument,
     content_type = "application/problem+json"),
))]
async fn ndjson(caller: CanReadStatements, State(app): State<App>, Query(asked): Query<Asked>) -> Result<Response> {
    let walk = Walk::begin(&app, &caller, &asked).await?;
    let body = stream::try_unfold(walk, |mut walk| async move {
        let found = walk.next().await.map_err(std::io::Error::other)?;
        if found.is_empty() {
            return Ok::<_, std::io::Error>(None);
        }
        let mut piece = String::new();
        for found in &found {
            // In JSON a line end can only stand between the parts, where a blank says the same.
            piece.push_str(&found.body.replace(['\n', '\r'], " "));
            piece.push('\n');
        }
        Ok(Some((Bytes::from(piece), walk)))
    });
    let name = export::file_name(&["statements", &app.clock.now().rfc3339()]);
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.ndjson\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

/// Exports statements as a table for people, one a row: what happened as a sentence, then who, what and with which result.
///
/// Columns and numbers are in the reader's language (`Accept-Language`, or what they chose), moments in the organisation's time
/// zone. Text that a spreadsheet would take for a formula stays text. Otherwise as the NDJSON export.
#[utoipa::path(get, path = "/statements.csv", tag = "statements", params(Asked), responses(
    (status = 200, description = "A table with a header", body = String, content_type = "text/csv"),
    (status = 400, description = "`parameter-wrong`", body = ProblemDocument, content_type = "application/problem+json"),
    NotAllowed,
    (status = 422, description = "`statement-unknown`: there is no statement `after`", body = ProblemDocument,
     content_type = "application/problem+json"),
))]
async fn csv(
    caller: CanReadStatements,
    State(app): State<App>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let (words, zone) = (shell.words, app.config.time_zone.clone());
    let mut walk = Walk::begin(&app, &caller, &asked).await?;
    let today = app.clock.now().jiff().to_zoned(zone.clone()).date().to_string();
    let file = File {
        name: export::file_name(&[&words.t("statements-file"), &today]),
        sheet: words.t("statements-title"),
        columns: columns(words),
        summary: None,
        language: words.language(),
    };
    let reader = app.clone();
    export::answer(&app, FileFormat::Csv, file, |sender| async move {
        loop {
            let found = walk.next().await?;
            if found.is_empty() {
                return Ok(());
            }
            for row in rows(&reader, found, words, &zone).await? {
                if sender.send(Ok(row)).await.is_err() {
                    return Ok(());
                }
            }
        }
    })
    .await
}

fn columns(words: Words) -> Vec<Column> {
    const COLUMNS: [(&str, f64); 16] = [
        ("statements-id", 38.0),
        ("statements-stored", 20.0),
        ("statements-happened", 20.0),
        ("statements-sentence", 60.0),
        ("statements-person", 26.0),
        ("statements-person-id", 36.0),
        ("statements-verb", 40.0),
        ("statements-activity", 40.0),
        ("statements-activity-id", 40.0),
        ("statements-scaled", 12.0),
        ("statements-raw", 12.0),
        ("statements-success", 10.0),
        ("statements-completion", 10.0),
        ("statements-duration", 14.0),
        ("statements-registration", 38.0),
        ("statements-authority", 26.0),
    ];
    COLUMNS.into_iter().map(|(key, width)| Column { name: words.t(key), width }).collect()
}

/// The rows of a piece; names that the statements leave out are looked up together.
async fn rows(app: &App, found: Vec<Found>, words: Words, zone: &TimeZone) -> Result<Vec<Vec<Cell>>> {
    let read: Vec<(Found, Option<Statement>)> = pages::recalled(found);
    let definitions = pages::definitions(&mut app.db.read().await?, &read).await?;
    Ok(read.iter().map(|(found, statement)| row(found, statement.as_ref(), &definitions, words, zone)).collect())
}

fn row(
    found: &Found,
    statement: Option<&Statement>,
    definitions: &HashMap<Uuid, String>,
    words: Words,
    zone: &TimeZone,
) -> Vec<Cell> {
    let mut cells = vec![Cell::text(found.id.to_string()), Cell::moment(found.stored, zone)];
    let Some(statement) = statement else {
        // What cannot be read any more is told by its id alone; the NDJSON has its text.
        cells.resize(16, Cell::Empty);
        return cells;
    };
    let text = |text: Option<String>| text.map_or(Cell::Empty, Cell::Text);
    let truth =
        |told: Option<bool>| text(told.map(|told| words.t(if told { "statements-yes" } else { "statements-no" })));
    let name_of = |iri: &str| pages::name(definitions.get(&ActivityKey::of(iri).0)?, words.language());
    let (object, object_id) = object(&statement.object, &name_of, words);
    let result = statement.result.as_ref();
    let score = result.and_then(|result| result.score.as_ref());
    cells.extend([
        statement.timestamp.map_or(Cell::Empty, |at| Cell::moment(at, zone)),
        Cell::text(sentence::sentence(statement, &pages::Spoken(words), &name_of)),
        Cell::text(sentence::actor_name(&statement.actor)),
        text(statement.actor.ifi().map(Ifi::canonical)),
        Cell::text(&statement.verb.id),
        text(object),
        text(object_id),
        Cell::share(score.and_then(|score| score.scaled)),
        score.and_then(|score| score.raw).map_or(Cell::Empty, Cell::Number),
        truth(result.and_then(|result| result.success)),
        truth(result.and_then(|result| result.completion)),
        text(result.and_then(|result| result.duration.as_ref()).map(|duration| duration.as_str().to_owned())),
        text(statement.registration().map(|id| id.to_string())),
        text(statement.authority.as_ref().map(sentence::actor_name)),
    ]);
    cells
}

/// What the statement is about: its name, and what identifies it.
fn object(object: &Object, name_of: &sentence::NameOf<'_>, words: Words) -> (Option<String>, Option<String>) {
    match object {
        Object::Activity(activity) => {
            let own = activity.definition.as_ref().map(|definition| &definition.name);
            let own = own.filter(|name| !name.is_empty()).map(|name| name.best(words.language()).to_owned());
            (own.or_else(|| name_of(&activity.id)), Some(activity.id.clone()))
        }
        Object::Agent(agent) => (agent.name.clone(), Some(agent.ifi.canonical())),
        Object::Group(group) => (group.name.clone(), group.ifi.as_ref().map(Ifi::canonical)),
        Object::StatementRef(reference) => (None, Some(reference.id.to_string())),
        Object::SubStatement(_) => (None, None),
    }
}
