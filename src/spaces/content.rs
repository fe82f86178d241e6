//! What a space shows: its news and its programmes.

use crate::core::{Error, NewsId, PersonId, ProgrammeId, Result, SpaceId, Timestamp};
use crate::on_db;
use crate::storage::Tx;

/// News on a page and in a feed.
const NEWS: i64 = 30;
/// Longest title and text of news.
const TITLE: usize = 200;
const BODY: usize = 10_000;

/// Something the animators tell.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct News {
    /// Identifier.
    pub id: NewsId,
    /// Title.
    pub title: String,
    /// Text; an empty line begins a paragraph.
    pub body: String,
    /// Who wrote it.
    pub author: Option<String>,
    /// When.
    pub created_at: Timestamp,
}

impl News {
    /// The paragraphs of the text.
    pub fn paragraphs(&self) -> Vec<&str> {
        self.body.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).collect()
    }
}

const LIST_NEWS: &str = "SELECT n.id, n.title, n.body, p.name AS author, n.created_at \
    FROM space_news n LEFT JOIN person p ON p.id = n.author_id \
    WHERE n.space_id = $1 AND n.removed_at IS NULL ORDER BY n.created_at DESC, n.id DESC LIMIT $2";

/// The latest news, the newest first.
pub async fn news(tx: &mut Tx, space: SpaceId) -> Result<Vec<News>> {
    Ok(on_db!(tx, c => sqlx::query_as(LIST_NEWS).bind(space).bind(NEWS).fetch_all(c).await)?)
}

const LAST_REMOVED: &str = "SELECT MAX(removed_at) FROM space_news WHERE space_id = $1";

/// When news were last taken away that still are.
pub async fn news_removed_at(tx: &mut Tx, space: SpaceId) -> Result<Option<Timestamp>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(LAST_REMOVED).bind(space).fetch_one(c).await)?)
}

const INSERT_NEWS: &str = "INSERT INTO space_news (id, space_id, author_id, title, body, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6)";

/// Publishes news. Errors: `space-news-title`, `space-news-long`.
pub async fn add_news(
    tx: &mut Tx,
    space: SpaceId,
    author: PersonId,
    (title, body): (&str, &str),
    now: Timestamp,
) -> Result<NewsId> {
    let (title, body) = (clean(title), clean(&body.replace("\r\n", "\n")));
    if title.is_empty() || title.chars().count() > TITLE || title.contains('\n') {
        return Err(Error::unprocessable("space-news-title").arg("longest", TITLE));
    }
    if body.chars().count() > BODY {
        return Err(Error::unprocessable("space-news-long").arg("longest", BODY));
    }
    let id = NewsId::new();
    on_db!(tx, c => sqlx::query(INSERT_NEWS)
        .bind(id).bind(space).bind(author).bind(title).bind(body).bind(now)
        .execute(c).await.map(drop))?;
    Ok(id)
}

/// Without the characters that no XML document may hold, nor PostgreSQL keep.
fn clean(text: &str) -> String {
    let fine = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
    text.trim().chars().filter(fine).filter(|letter| !matches!(letter, '\u{FFFE}' | '\u{FFFF}')).collect()
}

const SET_REMOVED: &str = "UPDATE space_news SET removed_at = $3 WHERE id = $1 AND space_id = $2";

/// Takes news away, or gives them back (`None`). Errors: `space-news-unknown`.
pub async fn set_news_removed(tx: &mut Tx, space: SpaceId, id: NewsId, at: Option<Timestamp>) -> Result<()> {
    let changed = on_db!(tx, c => sqlx::query(SET_REMOVED)
        .bind(id).bind(space).bind(at)
        .execute(c).await.map(|done| done.rows_affected()))?;
    if changed == 0 { Err(Error::not_found("space-news-unknown")) } else { Ok(()) }
}

/// A programme that a space shows.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ShownProgramme {
    /// Identifier.
    pub id: ProgrammeId,
    /// Title.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// Since when it can be followed.
    pub published_at: Timestamp,
}

const PROGRAMMES: &str = "SELECT p.id, p.title, p.summary, p.published_at FROM space_programme s \
    JOIN programme p ON p.id = s.programme_id \
    WHERE s.space_id = $1 AND p.published_at IS NOT NULL AND p.archived_at IS NULL \
    ORDER BY s.position, s.created_at, p.id";

/// The programmes of a space that can be followed, in its order.
pub async fn programmes(tx: &mut Tx, space: SpaceId) -> Result<Vec<ShownProgramme>> {
    Ok(on_db!(tx, c => sqlx::query_as(PROGRAMMES).bind(space).fetch_all(c).await)?)
}

const OTHERS: &str = "SELECT p.id, p.title, p.summary, p.published_at FROM programme p \
    WHERE p.published_at IS NOT NULL AND p.archived_at IS NULL AND NOT EXISTS ( \
        SELECT 1 FROM space_programme s WHERE s.programme_id = p.id AND s.space_id = $1) \
    ORDER BY p.title, p.id LIMIT 500";

/// The published programmes that a space does not show yet.
pub async fn other_programmes(tx: &mut Tx, space: SpaceId) -> Result<Vec<ShownProgramme>> {
    Ok(on_db!(tx, c => sqlx::query_as(OTHERS).bind(space).fetch_all(c).await)?)
}

const IS_PUBLISHED: &str =
    "SELECT title FROM programme WHERE id = $1 AND published_at IS NOT NULL AND archived_at IS NULL";
const ADD_PROGRAMME: &str = "INSERT INTO space_programme (space_id, programme_id, position, created_at) \
    SELECT $1, $2, COALESCE(MAX(position), 0) + 1, $3 FROM space_programme WHERE space_id = $1 \
    ON CONFLICT (space_id, programme_id) DO NOTHING";

/// Shows a published programme in a space, after the others. Answers its title. Errors: `space-programme-unknown`.
pub async fn add_programme(tx: &mut Tx, space: SpaceId, id: ProgrammeId, now: Timestamp) -> Result<String> {
    let title: Option<String> = on_db!(tx, c => sqlx::query_scalar(IS_PUBLISHED).bind(id).fetch_optional(c).await)?;
    let title = title.ok_or_else(|| Error::not_found("space-programme-unknown"))?;
    on_db!(tx, c => sqlx::query(ADD_PROGRAMME).bind(space).bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(title)
}

const REMOVE_PROGRAMME: &str = "DELETE FROM space_programme WHERE space_id = $1 AND programme_id = $2";

/// Shows a programme no more.
pub async fn remove_programme(tx: &mut Tx, space: SpaceId, id: ProgrammeId) -> Result<()> {
    on_db!(tx, c => sqlx::query(REMOVE_PROGRAMME).bind(space).bind(id).execute(c).await.map(drop))?;
    Ok(())
}
