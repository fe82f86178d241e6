//! Searching people, page by page.

use std::fmt;

use crate::core::{OrgUnitId, PersonId, Result};
use crate::identity::model::Person;
use crate::identity::store::{PersonRow, name_key, people};
use crate::on_db;
use crate::storage::Tx;

/// Who is searched for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// A part of the name or of the login; capitals and accents do not count.
    pub text: String,
    /// A unit with all its parts.
    pub unit: Option<OrgUnitId>,
}

/// A place in the list, between two people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    name_key: String,
    id: PersonId,
}

impl Position {
    /// Reads what [`Position::to_string`](fmt::Display) wrote; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, name_key) = text.split_once('.')?;
        Some(Self { id: id.parse().ok()?, name_key: name_key.to_owned() })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.id, self.name_key)
    }
}

/// Which page of the list.
#[derive(Clone, Debug)]
pub enum Page {
    /// From the beginning.
    First,
    /// What follows a position.
    After(Position),
    /// What comes before a position.
    Before(Position),
}

/// One page of people, by name.
#[derive(Debug)]
pub struct Found {
    /// The people.
    pub people: Vec<Person>,
    /// Where the page before ends, if there is one.
    pub previous: Option<Position>,
    /// Where the next page begins, if there is one.
    pub next: Option<Position>,
}

const FORWARD: &str = "WITH RECURSIVE branch (id) AS ( \
        SELECT id FROM org_unit WHERE id = $2 \
        UNION ALL SELECT u.id FROM org_unit u JOIN branch b ON u.parent_id = b.id), \
    page AS ( \
        SELECT p.* FROM person p \
        WHERE (p.name_key LIKE $1 ESCAPE '\\' OR p.login LIKE $1 ESCAPE '\\') \
        AND ($3 OR p.org_unit_id IN (SELECT id FROM branch)) \
        AND (p.name_key, p.id) > ($4, $5) \
        ORDER BY p.name_key, p.id LIMIT $6) \
    SELECT p.id, p.name, p.login, p.email, p.locale, p.org_unit_id, p.account_home_page, p.account_name, p.disabled_at, \
    r.role FROM page p LEFT JOIN person_role r ON r.person_id = p.id ORDER BY p.name_key, p.id";
const BACKWARD: &str = "WITH RECURSIVE branch (id) AS ( \
        SELECT id FROM org_unit WHERE id = $2 \
        UNION ALL SELECT u.id FROM org_unit u JOIN branch b ON u.parent_id = b.id), \
    page AS ( \
        SELECT p.* FROM person p \
        WHERE (p.name_key LIKE $1 ESCAPE '\\' OR p.login LIKE $1 ESCAPE '\\') \
        AND ($3 OR p.org_unit_id IN (SELECT id FROM branch)) \
        AND (p.name_key, p.id) < ($4, $5) \
        ORDER BY p.name_key DESC, p.id DESC LIMIT $6) \
    SELECT p.id, p.name, p.login, p.email, p.locale, p.org_unit_id, p.account_home_page, p.account_name, p.disabled_at, \
    r.role FROM page p LEFT JOIN person_role r ON r.person_id = p.id ORDER BY p.name_key, p.id";

/// One page of at most `limit` people.
pub async fn search(tx: &mut Tx, wanted: &Wanted, page: &Page, limit: i64) -> Result<Found> {
    let pattern = pattern(&wanted.text);
    let everywhere = wanted.unit.is_none();
    let unit = wanted.unit.unwrap_or(OrgUnitId(uuid::Uuid::nil()));
    let start = Position { name_key: String::new(), id: PersonId(uuid::Uuid::nil()) };
    let (sql, at) = match page {
        Page::First => (FORWARD, &start),
        Page::After(at) => (FORWARD, at),
        Page::Before(at) => (BACKWARD, at),
    };
    // One more than is shown tells whether there is another page.
    let rows: Vec<PersonRow> = on_db!(tx, c => sqlx::query_as(sql)
        .bind(&pattern).bind(unit).bind(everywhere).bind(&at.name_key).bind(at.id).bind(limit + 1)
        .fetch_all(c).await)?;
    let mut people = people(rows);
    let more = people.len() as i64 > limit;
    if more {
        let extra = if matches!(page, Page::Before(_)) { 0 } else { people.len() - 1 };
        people.remove(extra);
    }
    let place = |person: &Person| Position { name_key: name_key(&person.name), id: person.id };
    let (before, after) = match page {
        Page::First => (false, more),
        Page::After(_) => (true, more),
        Page::Before(_) => (more, true),
    };
    let previous = people.first().filter(|_| before).map(place);
    let next = people.last().filter(|_| after).map(place);
    Ok(Found { people, previous, next })
}

/// People one list of suggestions holds.
const SUGGESTED: i64 = 20;

/// Whoever is let in and has `typed` in their name or login, each as a suggestion names them: `Camille Martin (camille)`; the
/// login tells people of one name apart.
pub async fn suggest(tx: &mut Tx, typed: &str) -> Result<Vec<String>> {
    let wanted = Wanted { text: typed.to_owned(), unit: None };
    let found = search(tx, &wanted, &Page::First, SUGGESTED).await?;
    let named = |person: Person| match person.login {
        Some(login) => format!("{} ({login})", person.name),
        None => person.name,
    };
    Ok(found.people.into_iter().filter(|person| person.disabled_at.is_none()).map(named).collect())
}

const BY_LOGIN: &str = "SELECT id FROM person WHERE login = $1 AND disabled_at IS NULL";

/// Whom a suggestion names, or a login; nobody for a mere part of a name.
pub async fn suggested(tx: &mut Tx, typed: &str) -> Result<Option<PersonId>> {
    let typed = typed.trim();
    let login = typed.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(typed);
    Ok(on_db!(tx, c => sqlx::query_scalar(BY_LOGIN).bind(login.to_lowercase()).fetch_optional(c).await)?)
}

/// The LIKE pattern for a text anywhere in a name; its own wildcards stand for themselves.
fn pattern(text: &str) -> String {
    let text = name_key(text.trim());
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
