//! `/admin/statements`: everything that was recorded, as sentences, newest first; each opens to its proof.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::tz::TimeZone;
use serde::Deserialize;
use uuid::Uuid;

use super::export;
use super::query::{self, Filter, Found, Page};
use super::{dictionary, links, store};
use crate::core::{Language, Result, StatementId, Timestamp};
use crate::identity::StatementReader;
use crate::state::App;
use crate::storage::Tx;
use crate::web::{self, Shell, Tab, Words};
use crate::xapi::sentence::{self, Phrases};
use crate::xapi::{Activity, ActivityKey, Definition, Ifi, Statement, VerbKey, exact, format, vocabulary};

const PAGE: i64 = 50;
/// How many people or activities a name may mean before it has to be typed more exactly.
const CHOICES: i64 = 12;

/// The filters, all of which live in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A name, a mail address, or an identifier as the links of this page write it.
    person: String,
    /// A verb's IRI.
    verb: String,
    /// A name or an IRI.
    activity: String,
    registration: String,
    /// Days, as `<input type="date">` writes them.
    since: String,
    until: String,
    /// Statements older than this number.
    before: Option<i64>,
    /// Statements newer than this number.
    after: Option<i64>,
}

impl Asked {
    fn is_empty(&self) -> bool {
        [&self.person, &self.verb, &self.activity, &self.registration, &self.since, &self.until]
            .iter()
            .all(|field| field.trim().is_empty())
    }

    /// The address of this search with some fields replaced; paging begins anew unless a field says where.
    fn address(&self, changed: &[(&str, &str)]) -> String {
        let fields = [
            ("person", &self.person),
            ("verb", &self.verb),
            ("activity", &self.activity),
            ("registration", &self.registration),
            ("since", &self.since),
            ("until", &self.until),
        ];
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields {
            if !value.is_empty() && !changed.iter().any(|(other, _)| *other == name) {
                query.append_pair(name, value);
            }
        }
        query.extend_pairs(changed);
        format!("/admin/statements?{}", query.finish())
    }
}

/// A statement as a line.
struct Line {
    id: StatementId,
    stored: Timestamp,
    sentence: String,
    /// The actor's other statements.
    actor: Option<(String, String)>,
    /// Statements about the same activity.
    activity: Option<String>,
    registration: Option<(String, String)>,
    body: String,
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
    newer: String,
    older: String,
    /// Where all that matches is taken along, as NDJSON and as a table; empty where there is nothing.
    ndjson: String,
    csv: String,
}

/// Lists statements as sentences.
pub async fn list(
    _: StatementReader,
    State(app): State<App>,
    shell: Shell,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let shell = shell.tab(Tab::Manage);
    let mut tx = app.db.read().await?;
    let language = shell.words.language();
    let mut choices = Vec::new();
    let mut filter = Filter { related_activities: true, ..Filter::default() };
    let mut exported = export::Asked { related_activities: true, ..export::Asked::default() };
    let mut nothing = false;

    if !asked.person.trim().is_empty() {
        match agent_of(&mut tx, asked.person.trim()).await? {
            Meaning::One(key, ifi) => {
                filter.agent = Some(crate::xapi::AgentKey(key));
                if let Some(ifi) = Ifi::from_canonical(&ifi) {
                    exported.about(ifi)?;
                }
            }
            Meaning::Several(several) => {
                nothing = true;
                choices.extend(
                    several
                        .into_iter()
                        .map(|(label, value)| Choice { label, href: asked.address(&[("person", &value)]) }),
                );
            }
        }
    }
    if !asked.activity.trim().is_empty() {
        match activity_of(&mut tx, asked.activity.trim(), language).await? {
            Meaning::One(key, iri) => {
                filter.activity = Some(ActivityKey(key));
                exported.activity = Some(iri);
            }
            Meaning::Several(several) => {
                nothing = true;
                choices.extend(
                    several
                        .into_iter()
                        .map(|(label, value)| Choice { label, href: asked.address(&[("activity", &value)]) }),
                );
            }
        }
    }
    filter.verb = Some(asked.verb.trim()).filter(|verb| !verb.is_empty()).map(VerbKey::of);
    if !asked.registration.trim().is_empty() {
        filter.registration = format::uuid(asked.registration.trim());
        nothing |= filter.registration.is_none();
    }
    filter.since = day(&asked.since, false, &shell.zone);
    filter.until = day(&asked.until, true, &shell.zone);
    exported.verb = Some(asked.verb.trim().to_owned()).filter(|verb| !verb.is_empty());
    exported.registration = filter.registration;
    exported.since = filter.since.map(exact);
    exported.until = filter.until.map(exact);
    filter.ascending = asked.after.is_some();
    filter.cursor = asked.after.or(asked.before);

    let Page { mut found, is_cut } =
        if nothing { Page::default() } else { query::search(&mut tx, &filter, PAGE).await? };
    if filter.ascending {
        found.reverse();
    }
    let has_newer = if filter.ascending { is_cut } else { asked.before.is_some() };
    let has_older = if filter.ascending { true } else { is_cut };
    let page = |name, row: Option<&Found>, wanted| match row {
        Some(row) if wanted => asked.address(&[(name, &row.seq.to_string())]),
        _ => String::new(),
    };
    let newer = page("after", found.first(), has_newer);
    let older = page("before", found.last(), has_older);
    let lines = lines(&mut tx, found, &asked, shell.words).await?;
    let verbs = vocabulary::VERBS.iter().map(|(iri, name)| (*iri, shell.t(&format!("verb-name-{name}")))).collect();
    let address = |ending| if lines.is_empty() { String::new() } else { exported.address(ending) };
    let (ndjson, csv) = (address("ndjson"), address("csv"));
    web::render(&StatementsPage { shell, asked, verbs, choices, lines, newer, older, ndjson, csv })
}

async fn lines(tx: &mut Tx, found: Vec<Found>, asked: &Asked, words: Words) -> Result<Vec<Line>> {
    let read = recalled(found);
    let definitions = definitions(tx, &read).await?;
    let phrases = Spoken(words);
    let name_of = |iri: &str| name(definitions.get(&ActivityKey::of(iri).0)?, words.language());
    Ok(read.into_iter().map(|(found, statement)| line(found, statement.as_ref(), asked, &phrases, &name_of)).collect())
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
        sentence: statement
            .map_or_else(|| found.id.to_string(), |statement| sentence::sentence(statement, phrases, name_of)),
        actor,
        activity: statement
            .and_then(Statement::activity)
            .map(|activity: &Activity| asked.address(&[("activity", &activity.id)])),
        registration,
        // What cannot be laid out (a number beyond all floats) is shown as it is.
        body: pretty.unwrap_or(found.body),
    }
}

/// What a typed name may mean.
enum Meaning {
    /// Its key, and the identifier that the key is made of.
    One(Uuid, String),
    /// None or several: what each is called, and what to ask for instead.
    Several(Vec<(String, String)>),
}

async fn agent_of(tx: &mut Tx, text: &str) -> Result<Meaning> {
    if let Some(ifi) = Ifi::from_canonical(text) {
        return Ok(Meaning::One(ifi.key().0, ifi.canonical()));
    }
    let mbox = format!("mailto:{}", text.strip_prefix("mailto:").unwrap_or(text));
    if format::is_mbox(&mbox) {
        let ifi = Ifi::Mbox(mbox);
        return Ok(Meaning::One(ifi.key().0, ifi.canonical()));
    }
    let known = store::agents_named(tx, text, CHOICES).await?;
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
