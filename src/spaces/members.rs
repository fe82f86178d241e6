//! Who is in a space.

use super::model::SpaceRole;
use crate::core::{Error, PersonId, Result, SpaceId};
use crate::state::App;
use crate::storage::Tx;
use crate::{on_db, programmes};

/// Members on one page.
pub const PAGE: i64 = 50;

/// Somebody in a space.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Member {
    /// The person.
    pub id: PersonId,
    /// As it is shown.
    pub name: String,
    /// As it is sorted.
    pub name_key: String,
    /// What they are there.
    #[sqlx(try_from = "String")]
    pub role: SpaceRole,
}

const LIST: &str = "SELECT p.id, p.name, p.name_key, m.role FROM space_member m JOIN person p ON p.id = m.person_id \
    WHERE m.space_id = $1 AND p.disabled_at IS NULL AND (p.name_key, p.id) > ($2, $3) ORDER BY p.name_key, p.id LIMIT $4";

/// A page of the members by name, after a place in the list; and whether there are more.
pub async fn list(tx: &mut Tx, space: SpaceId, after: Option<(String, PersonId)>) -> Result<(Vec<Member>, bool)> {
    let (name, id) = after.unwrap_or((String::new(), PersonId(uuid::Uuid::nil())));
    let mut found: Vec<Member> = on_db!(tx, c => sqlx::query_as(LIST)
        .bind(space).bind(name).bind(id).bind(PAGE + 1)
        .fetch_all(c).await)?;
    let more = found.len() as i64 > PAGE;
    found.truncate(PAGE as usize);
    Ok((found, more))
}

const COUNT: &str = "SELECT COUNT(*) FROM space_member m JOIN person p ON p.id = m.person_id \
    WHERE m.space_id = $1 AND p.disabled_at IS NULL";

/// How many people are in a space.
pub async fn count(tx: &mut Tx, space: SpaceId) -> Result<i64> {
    Ok(on_db!(tx, c => sqlx::query_scalar(COUNT).bind(space).fetch_one(c).await)?)
}

const LEADERS: &str = "SELECT p.id, p.name, p.name_key, m.role FROM space_member m JOIN person p ON p.id = m.person_id \
    WHERE m.space_id = $1 AND p.disabled_at IS NULL AND m.role = 'animator' ORDER BY p.name_key, p.id LIMIT 20";

/// Whom to turn to.
pub async fn animators(tx: &mut Tx, space: SpaceId) -> Result<Vec<Member>> {
    Ok(on_db!(tx, c => sqlx::query_as(LEADERS).bind(space).fetch_all(c).await)?)
}

const PUT: &str = "INSERT INTO space_member (space_id, person_id, role, created_at) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (space_id, person_id) DO UPDATE SET role = excluded.role";

/// Makes somebody a member, or gives them another role. The programmes of all members are theirs from now on.
pub async fn put(tx: &mut Tx, app: &App, space: SpaceId, person: PersonId, role: SpaceRole) -> Result<()> {
    let now = app.clock.now();
    on_db!(tx, c => sqlx::query(PUT).bind(space).bind(person).bind(role.name()).bind(now).execute(c).await.map(drop))?;
    programmes::reconcile_target(tx, app, programmes::Target::Space(space)).await
}

const REMOVE: &str = "DELETE FROM space_member WHERE space_id = $1 AND person_id = $2 RETURNING role";

/// Takes somebody out of a space. Answers what they were there; nothing if they were not in it.
pub async fn remove(tx: &mut Tx, app: &App, space: SpaceId, person: PersonId) -> Result<Option<SpaceRole>> {
    let role: Option<String> =
        on_db!(tx, c => sqlx::query_scalar(REMOVE).bind(space).bind(person).fetch_optional(c).await)?;
    programmes::reconcile_target(tx, app, programmes::Target::Space(space)).await?;
    Ok(role.and_then(|role| role.parse().ok()))
}

const BY_LOGIN: &str = "SELECT id FROM person WHERE login = $1";

/// Who signs in with `login`. Errors: `person-unknown`.
pub async fn by_login(tx: &mut Tx, login: &str) -> Result<PersonId> {
    let found =
        on_db!(tx, c => sqlx::query_scalar(BY_LOGIN).bind(login.trim().to_lowercase()).fetch_optional(c).await)?;
    found.ok_or_else(|| Error::not_found("person-unknown"))
}
