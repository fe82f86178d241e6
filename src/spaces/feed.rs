//! The Atom feed of a space, for readers that cannot sign in: a token in the address stands for its member.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::access::SpaceReader;
use super::content;
use super::pages::Contents;
use crate::core::{Error, PersonId, Result, SpaceId, Timestamp};
use crate::identity;
use crate::on_db;
use crate::state::App;
use crate::storage::{Secrets, Tx};
use crate::web::{Flash, Path, Shell, Tab, render};

const FIND: &str = "SELECT space_id, person_id FROM feed_token WHERE token_hash = $1 AND revoked_at IS NULL";
const HAS: &str = "SELECT COUNT(*) FROM feed_token WHERE space_id = $1 AND person_id = $2 AND revoked_at IS NULL";
const INSERT: &str = "INSERT INTO feed_token (token_hash, space_id, person_id, created_at) VALUES ($1, $2, $3, $4)";
const REVOKE: &str =
    "UPDATE feed_token SET revoked_at = $3 WHERE space_id = $1 AND person_id = $2 AND revoked_at IS NULL";

/// Whether somebody has a feed of a space.
pub(super) async fn has_token(tx: &mut Tx, space: SpaceId, person: PersonId) -> Result<bool> {
    let count: i64 = on_db!(tx, c => sqlx::query_scalar(HAS).bind(space).bind(person).fetch_one(c).await)?;
    Ok(count > 0)
}

async fn revoke(tx: &mut Tx, space: SpaceId, person: PersonId, now: Timestamp) -> Result<()> {
    on_db!(tx, c => sqlx::query(REVOKE).bind(space).bind(person).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// The page that shows the address of a feed, once.
#[derive(Template)]
#[template(path = "spaces/templates/feed_address.html")]
struct AddressPage {
    shell: Shell,
    here: String,
    name: String,
    address: String,
}

/// `POST /spaces/{space}/feed`: a new address; one that was given before ends.
pub(super) async fn make_token(reader: SpaceReader, State(app): State<App>, shell: Shell) -> Result<Response> {
    let (space, token, now) = (reader.space, Secrets::token(), app.clock.now());
    let mut tx = app.db.begin().await?;
    revoke(&mut tx, space.id, reader.person.id, now).await?;
    on_db!(tx, c => sqlx::query(INSERT)
        .bind(Secrets::digest(&token)).bind(space.id).bind(reader.person.id).bind(now)
        .execute(c).await.map(drop))?;
    tx.commit().await?;
    let (here, crumb) = (format!("/spaces/{}", space.id), shell.t("spaces-title"));
    let mut response = render(&AddressPage {
        shell: shell.tab(Tab::Spaces).crumb(crumb, "/spaces").crumb(&space.name, &here),
        address: format!("{}/feeds/spaces/{}?token={token}", app.config.public_origin(), space.id),
        name: space.name,
        here,
    })?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `POST /spaces/{space}/feed/revoke`.
pub(super) async fn revoke_tokens(reader: SpaceReader, State(app): State<App>) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    revoke(&mut tx, reader.space.id, reader.person.id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(Flash::done("space-feed-revoked").redirect(&format!("/spaces/{}", reader.space.id)))
}

/// The feed (RFC 4287). The escaping of the template is that of XML.
#[derive(Template)]
#[template(path = "spaces/templates/feed.xml")]
struct Feed {
    id: SpaceId,
    title: String,
    subtitle: String,
    language: &'static str,
    page: String,
    updated: Timestamp,
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    title: String,
    text: String,
    author: String,
    link: String,
    at: Timestamp,
}

/// What the address says.
#[derive(Deserialize, Default)]
pub(super) struct Asked {
    #[serde(default)]
    token: String,
}

/// `GET /feeds/spaces/{space}?token=…`: news and programmes, for as long as the member may read the space.
///
/// Errors: `feed-unknown`, the same whatever is wrong.
pub(super) async fn read(
    State(app): State<App>,
    shell: Shell,
    Path(reference): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response> {
    let unknown = || Error::not_found("feed-unknown");
    let mut tx = app.db.read().await?;
    let digest = Secrets::digest(&asked.token);
    let found: Option<(SpaceId, PersonId)> =
        on_db!(tx, c => sqlx::query_as(FIND).bind(digest).fetch_optional(c).await)?;
    let (space, person) = found.ok_or_else(unknown)?;
    let person = identity::person(&mut tx, person).await?;
    let reader = SpaceReader::enter(&mut tx, person, &reference).await.map_err(|_| unknown())?;
    if reader.space.id != space {
        return Err(unknown());
    }
    let contents = Contents::read(&mut tx, &reader.space).await?;
    let removed = content::news_removed_at(&mut tx, reader.space.id).await?;
    drop(tx);
    let mut feed = feed(&app, &shell, reader, contents);
    feed.updated = removed.map_or(feed.updated, |at| at.max(feed.updated));
    let (updated, body) = (feed.updated, feed.render().map_err(Error::internal)?);
    Ok(conditional(&headers, updated, body))
}

fn feed(app: &App, shell: &Shell, reader: SpaceReader, contents: Contents) -> Feed {
    let (space, origin) = (reader.space, app.config.public_origin());
    let page = format!("{origin}/spaces/{}", space.id);
    let news = contents.news.into_iter().map(|news| Entry {
        id: format!("urn:uuid:{}", news.id),
        link: format!("{page}#news-{}", news.id),
        title: news.title,
        text: news.body,
        author: news.author.unwrap_or_else(|| space.name.clone()),
        at: news.created_at,
    });
    let programmes = contents.programmes.into_iter().map(|programme| Entry {
        id: format!("urn:uuid:{}", programme.id),
        title: shell.with("space-feed-programme", [("title", &programme.title)]),
        link: format!("{origin}/programmes/{}", programme.id),
        text: programme.summary,
        author: space.name.clone(),
        at: programme.published_at,
    });
    let mut entries: Vec<Entry> = news.chain(programmes).collect();
    entries.sort_by(|one, other| (other.at, &other.id).cmp(&(one.at, &one.id)));
    Feed {
        id: space.id,
        updated: entries.first().map_or(space.created_at, |entry| entry.at),
        title: space.name,
        subtitle: space.description,
        language: shell.lang(),
        page,
        entries,
    }
}

/// The body, or 304 where the reader has it already.
fn conditional(headers: &HeaderMap, updated: Timestamp, body: String) -> Response {
    let digest = Sha256::digest(body.as_bytes());
    let tag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&digest[..16]));
    // The tag decides alone: a date does not tell that a programme was taken out, or the space renamed.
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let same =
        known.split(',').any(|one| one.trim().trim_start_matches("W/").trim_matches('"') == tag.trim_matches('"'));
    let kept = [
        (header::ETAG, tag),
        (header::LAST_MODIFIED, updated.http_date()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    if same {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    (kept, [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], body).into_response()
}
