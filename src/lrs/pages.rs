//! `/admin/statements`: everything that was recorded, as sentences, while it happens; each opens to its proof.

use std::collections::HashMap;
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;
use serde::Deserialize;
use uuid::Uuid;

use super::export;
use super::query::{self, Filter, Found, Page};
use super::reader::Reader;
use super::view::{self, FileView};
use super::{dictionary, links, store};
use crate::core::{Language, Result, Sequence, StatementId, Timestamp};
use crate::state::App;
use crate::storage::Tx;
use crate::web::{self, Shell, Tab, Words};
use crate::xapi::sentence::{self, Phrases};
use crate::xapi::{Activity, ActivityKey, Definition, Ifi, Statement, VerbKey, exact, format, vocabulary};

const PAGE: i64 = 50;
/// How far behind the latest a reader of the live list asks again: what another server numbered earlier may be committed later.
const OVERLAP: Duration = Duration::from_secs(5);
/// How many people or activities a name may mean before it has to be typed more exactly.
const CHOICES: i64 = 12;

/// The filters, all of which live in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A name, a mail address, or an identifier as the links of this page write it.
    person: String,
    /// `true`: named in any part of the statement.
    related_agents: String,
    /// A verb's IRI, chosen from the known ones.
    verb: String,
    /// Any verb's IRI, typed.
    verb_iri: String,
    /// A name or an IRI.
    activity: String,
    /// `true`: without the statements about its parts.
    only_activity: String,
    registration: String,
    /// A statement's id.
    id: String,
    /// Days, as `<input type="date">` writes them.
    since: String,
    until: String,
    /// `oldest`: the oldest first.
    order: String,
    /// Statements older than this number.
    before: Option<i64>,
    /// Statements newer than this number.
    after: Option<i64>,
}

impl Asked {
    fn is_empty(&self) -> bool {
        self.fields().iter().all(|(_, field)| field.trim().is_empty())
    }

    /// Whether one of those that are folded away is set.
    fn has_more(&self) -> bool {
        let more = ["related_agents", "only_activity", "verb_iri", "registration", "id", "order"];
        self.fields().iter().any(|(name, field)| more.contains(name) && !field.trim().is_empty())
    }

    fn fields(&self) -> [(&'static str, &str); 11] {
        [
            ("person", &self.person),
            ("related_agents", &self.related_agents),
            ("verb", &self.verb),
            ("verb_iri", &self.verb_iri),
            ("activity", &self.activity),
            ("only_activity", &self.only_activity),
            ("registration", &self.registration),
            ("id", &self.id),
            ("since", &self.since),
            ("until", &self.until),
            ("order", &self.order),
        ]
    }

    fn is_oldest_first(&self) -> bool {
        self.order == "oldest"
    }

    /// Whether new statements belong at the head of what is shown.
    fn is_live(&self) -> bool {
        !self.is_oldest_first() && self.before.is_none() && self.after.is_none() && self.until.trim().is_empty()
    }

    /// The address of this search with some fields replaced; paging begins anew unless a field says where.
    fn address(&self, changed: &[(&str, &str)]) -> String {
        self.address_of("/admin/statements", changed)
    }

    fn address_of(&self, path: &str, changed: &[(&str, &str)]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.fields() {
            if !value.is_empty() && !changed.iter().any(|(other, _)| *other == name) {
                query.append_pair(name, value);
            }
        }
        query.extend_pairs(changed);
        format!("{path}?{}", query.finish())
    }
}

/// A statement as a line.
pub(super) struct Line {
    pub(super) id: StatementId,
    pub(super) stored: Timestamp,
    /// When it says that it happened.
    pub(super) occurred: Option<Timestamp>,
    /// Who vouches for it.
    pub(super) authority: String,
    pub(super) sentence: String,
    /// The actor's other statements.
    pub(super) actor: Option<(String, String)>,
    /// Statements about the same activity.
    pub(super) activity: Option<String>,
    pub(super) registration: Option<(String, String)>,
    pub(super) body: String,
    pub(super) files: Vec<FileView>,
}

/// One of several meanings of a name.
struct Choice {
    label: String,
    href: String,
}

#[derive(Template)]
#[template(path = "lrs/templates/statements.html")]
struct StatementsPage {
    shell: Shell,
    asked: Asked,
    verbs: Vec<(&'static str, String)>,
    choices: Vec<Choice>,
    lines: Vec<Line>,
    previous: String,
    next: String,
    /// Where new statements are asked for; empty where none belong.
    live: String,
    /// The units the reader is limited to.
    limited_to: String,
    /// Where all that matches is taken along, as NDJSON and as a table; empty where there is nothing.
    ndjson: String,
    csv: String,
}

/// What is new, to be put before what is shown.
#[derive(Template)]
#[template(path = "lrs/templates/newer.html")]
struct NewerPart {
    shell: Shell,
    lines: Vec<Line>,
    /// Where the next are asked for.
    live: String,
    /// There are more than are shown.
    is_cut: bool,
}

/// What a search means.
struct Meant {
    filter: Filter,
    /// The same, for taking it along.
    exported: export::Asked,
    /// Names that may mean several.
    choices: Vec<Choice>,
    /// Nothing can match.
    nothing: bool,
}

async fn meant(tx: &mut Tx, reader: &Reader, asked: &Asked, shell: &Shell) -> Result<Meant> {
    let mut choices = Vec::new();
    let mut nothing = false;
    let (related_activities, related_agents) = (asked.only_activity != "true", asked.related_agents == "true");
    let mut exported = export::Asked { related_activities, related_agents, ..export::Asked::default() };
    let mut filter = Filter { related_activities, related_agents, units: reader.units(), ..Filter::default() };
    let several = |field: &'static str, several: Vec<(String, String)>| {
        several.into_iter().map(move |(label, value)| Choice { label, href: asked.address(&[(field, &value)]) })
    };
    if !asked.person.trim().is_empty() {
        match agent_of(tx, asked.person.trim(), reader).await? {
            Meaning::One(key, ifi) => {
                filter.agent = Some(crate::xapi::AgentKey(key));
                if let Some(ifi) = Ifi::from_canonical(&ifi) {
                    exported.about(ifi)?;
                }
            }
            Meaning::Several(people) => {
                nothing = true;
                choices.extend(several("person", people));
            }
        }
    }
    if !asked.activity.trim().is_empty() {
        match activity_of(tx, asked.activity.trim(), shell.words.language()).await? {
            Meaning::One(key, iri) => {
                filter.activity = Some(ActivityKey(key));
                exported.activity = Some(iri);
            }
            Meaning::Several(activities) => {
                nothing = true;
                choices.extend(several("activity", activities));
            }
        }
    }
    // What was typed counts more than what was chosen.
    let verb = [&asked.verb_iri, &asked.verb].into_iter().map(|verb| verb.trim()).find(|verb| !verb.is_empty());
    filter.verb = verb.map(VerbKey::of);
    if !asked.registration.trim().is_empty() {
        filter.registration = format::uuid(asked.registration.trim());
        nothing |= filter.registration.is_none();
    }
    filter.since = day(&asked.since, false, &shell.zone);
    filter.until = day(&asked.until, true, &shell.zone);
    exported.verb = verb.map(str::to_owned);
    exported.registration = filter.registration;
    exported.since = filter.since.map(exact);
    exported.until = filter.until.map(exact);
    Ok(Meant { filter, exported, choices, nothing })
}

/// Lists statements as sentences.
pub async fn list(
    reader: Reader,
    State(app): State<App>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let shell = shell.tab(Tab::Manage);
    let mut tx = app.db.read().await?;
    let by_id = format::uuid(asked.id.trim()).map(StatementId);
    // A statement has a page of its own, a voided one too.
    if let Some(id) = by_id
        && let Some(row) = store::find(&mut tx, id).await?
        && reader.may_see(&mut tx, row.registration).await.is_ok()
    {
        return Ok(Redirect::to(&format!("/admin/statements/{id}")).into_response());
    }
    let Meant { mut filter, exported, choices, mut nothing } = meant(&mut tx, &reader, &asked, &shell).await?;
    nothing |= !asked.id.trim().is_empty();

    let oldest_first = asked.is_oldest_first();
    filter.ascending = asked.after.is_some() || asked.before.is_none() && oldest_first;
    filter.cursor = asked.after.or(asked.before);
    // A page before this one is read backwards.
    let is_backwards = filter.ascending != oldest_first;

    let Page { mut found, is_cut } =
        if nothing { Page::default() } else { query::search(&mut tx, &filter, PAGE).await? };
    if is_backwards {
        found.reverse();
    }
    let has_previous = if is_backwards { is_cut } else { filter.cursor.is_some() };
    let has_next = is_backwards || is_cut;
    let (towards_previous, towards_next) = if oldest_first { ("before", "after") } else { ("after", "before") };
    let page = |name, row: Option<&Found>, wanted| match row {
        Some(row) if wanted => asked.address(&[(name, &row.seq.to_string())]),
        _ => String::new(),
    };
    let previous = page(towards_previous, found.first(), has_previous);
    let next = page(towards_next, found.last(), has_next);
    let live = if asked.is_live() && !nothing { live(&app, &asked, found.first()) } else { String::new() };
    let lines = lines(&mut tx, found, &asked, shell.words).await?;
    let verbs = vocabulary::VERBS.iter().map(|(iri, name)| (*iri, shell.t(&format!("verb-name-{name}")))).collect();
    let address = |ending| if lines.is_empty() { String::new() } else { exported.address(ending) };
    let (ndjson, csv) = (address("ndjson"), address("csv"));
    let limited_to = reader.limited_to().to_owned();
    web::render(&StatementsPage { shell, asked, verbs, choices, lines, previous, next, live, limited_to, ndjson, csv })
}

/// Where what comes after `latest` is asked for: a little behind it, for whoever asks drops what is there already.
fn live(app: &App, asked: &Asked, latest: Option<&Found>) -> String {
    let behind = Sequence::through(app.clock.now().minus(OVERLAP));
    let from = latest.map_or(behind, |latest| latest.seq.min(behind)).max(asked.after.unwrap_or(i64::MIN));
    asked.address_of("/admin/statements/new", &[("after", &from.to_string())])
}

/// The statements since a number, the newest first: what a page that is open puts at its head. At most a page of them.
pub async fn newer(
    reader: Reader,
    State(app): State<App>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let Meant { mut filter, nothing, .. } = meant(&mut tx, &reader, &asked, &shell).await?;
    let after = Sequence::moment(asked.after.unwrap_or(i64::MAX));
    filter.since = Some(filter.since.map_or(after, |since| since.max(after)));
    let Page { found, is_cut } = if nothing { Page::default() } else { query::search(&mut tx, &filter, PAGE).await? };
    let live = live(&app, &asked, found.first());
    let lines = lines(&mut tx, found, &asked, shell.words).await?;
    web::render(&NewerPart { shell, lines, live, is_cut })
}

pub(super) async fn lines(tx: &mut Tx, found: Vec<Found>, asked: &Asked, words: Words) -> Result<Vec<Line>> {
    let seqs: Vec<i64> = found.iter().map(|found| found.seq).collect();
    let mut files = view::files_of(tx, &seqs).await?;
    let read = recalled(found);
    let definitions = definitions(tx, &read).await?;
    let phrases = Spoken(words);
    let name_of = |iri: &str| name(definitions.get(&ActivityKey::of(iri).0)?, words.language());
    let told = read.into_iter().map(|(found, statement)| {
        let files = files.remove(&found.seq).unwrap_or_default();
        let files = view::files(found.id, statement.as_ref(), &files, words);
        Line { files, ..line(found, statement.as_ref(), asked, &phrases, &name_of) }
    });
    Ok(told.collect())
}

/// Texts with what they say, where it can be read.
pub fn recalled(found: Vec<Found>) -> Vec<(Found, Option<Statement>)> {
    let read = |found: Found| {
        let statement = crate::xapi::recall(&found.body).ok();
        (found, statement)
    };
    found.into_iter().map(read).collect()
}

/// What is known of the activities that these statements name, by key.
pub async fn definitions(tx: &mut Tx, read: &[(Found, Option<Statement>)]) -> Result<HashMap<Uuid, String>> {
    let mut keys: Vec<Uuid> = read
        .iter()
        .filter_map(|(_, statement)| statement.as_ref())
        .flat_map(|statement| {
            links::activities(statement).into_iter().map(|activity| ActivityKey::of(&activity.id).0).collect::<Vec<_>>()
        })
        .collect();
    keys.sort_unstable();
    keys.dedup();
    dictionary::definitions(tx, &keys).await
}

fn line(
    found: Found,
    statement: Option<&Statement>,
    asked: &Asked,
    phrases: &Spoken,
    name_of: &sentence::NameOf<'_>,
) -> Line {
    let pretty =
        serde_json::from_str::<serde_json::Value>(&found.body).and_then(|value| serde_json::to_string_pretty(&value));
    let actor = statement.and_then(|statement| {
        let ifi = statement.actor.ifi()?;
        Some((sentence::actor_name(&statement.actor), asked.address(&[("person", &ifi.canonical())])))
    });
    let registration = statement.and_then(Statement::registration).map(|registration| {
        let registration = registration.to_string();
        let href = asked.address(&[("registration", &registration)]);
        (registration, href)
    });
    Line {
        id: found.id,
        stored: found.stored,
        occurred: statement.and_then(|statement| statement.timestamp),
        authority: statement.and_then(|said| said.authority.as_ref()).map(sentence::actor_name).unwrap_or_default(),
        sentence: statement
            .map_or_else(|| found.id.to_string(), |statement| sentence::sentence(statement, phrases, name_of)),
        actor,
        activity: statement
            .and_then(Statement::activity)
            .map(|activity: &Activity| asked.address(&[("activity", &activity.id)])),
        registration,
        // What cannot be laid out (a number beyond all floats) is shown as it is.
        body: pretty.unwrap_or(found.body),
        files: Vec::new(),
    }
}

/// What a typed name may mean.
enum Meaning {
    /// Its key, and the identifier that the key is made of.
    One(Uuid, String),
    /// None or several: what each is called, and what to ask for instead.
    Several(Vec<(String, String)>),
}

async fn agent_of(tx: &mut Tx, text: &str, reader: &Reader) -> Result<Meaning> {
    if let Some(ifi) = Ifi::from_canonical(text) {
        return Ok(Meaning::One(ifi.key().0, ifi.canonical()));
    }
    let mbox = format!("mailto:{}", text.strip_prefix("mailto:").unwrap_or(text));
    if format::is_mbox(&mbox) {
        let ifi = Ifi::Mbox(mbox);
        return Ok(Meaning::One(ifi.key().0, ifi.canonical()));
    }
    // Whose statements are closed to the reader, their name and address are too.
    let units = reader.units();
    let known = store::agents_named(tx, text, units.as_deref(), CHOICES).await?;
    Ok(match known.as_slice() {
        [(key, identifier, _)] => Meaning::One(*key, identifier.clone()),
        _ => Meaning::Several(
            known
                .into_iter()
                .map(|(_, ifi, name)| {
                    let shown = Ifi::from_canonical(&ifi).map_or_else(|| ifi.clone(), |ifi| ifi.to_string());
                    (format!("{name} ({shown})"), ifi)
                })
                .collect(),
        ),
    })
}

async fn activity_of(tx: &mut Tx, text: &str, language: Language) -> Result<Meaning> {
    if format::is_iri(text) {
        return Ok(Meaning::One(ActivityKey::of(text).0, text.to_owned()));
    }
    let known = store::activities_named(tx, text, CHOICES).await?;
    Ok(match known.as_slice() {
        [(key, identifier, _)] => Meaning::One(*key, identifier.clone()),
        _ => Meaning::Several(
            known
                .into_iter()
                .map(|(_, iri, definition)| (name(&definition, language).unwrap_or_else(|| iri.clone()), iri))
                .collect(),
        ),
    })
}

/// The name of an activity in its merged definition.
pub fn name(definition: &str, language: Language) -> Option<String> {
    let definition: HashMap<String, serde_json::Value> = serde_json::from_str(definition).ok()?;
    let names: crate::core::LanguageMap = serde_json::from_value(definition.get("name")?.clone()).ok()?;
    let names = Definition { name: names, ..Definition::default() }.name;
    (!names.is_empty()).then(|| names.best(language).to_owned())
}

/// The first or the last moment of a day where the organisation is.
fn day(text: &str, end: bool, zone: &TimeZone) -> Option<Timestamp> {
    let date: jiff::civil::Date = text.trim().parse().ok()?;
    let date = if end { date.tomorrow().ok()? } else { date };
    let moment = Timestamp(date.to_zoned(zone.clone()).ok()?.timestamp().as_microsecond());
    // Both ends are given as "after" and "up to": a microsecond before the day begins.
    Some(Timestamp(moment.0 - 1))
}

/// The reader's words, for sentences.
pub struct Spoken(pub Words);

impl Phrases for Spoken {
    fn language(&self) -> Language {
        self.0.language()
    }

    fn say(&self, key: &str, args: &[(&'static str, &str)]) -> String {
        let args: Vec<_> = args.iter().map(|(name, value)| (*name, (*value).into())).collect();
        self.0.with(key, &args)
    }
}
