//! Spaces in the database.

use super::model::{NewSpace, Space, SpaceRole, Visibility};
use crate::core::{Error, PersonId, Result, SpaceId, Timestamp, plain_letters};
use crate::on_db;
use crate::storage::Tx;

const FIND: &str =
    "SELECT id, external_id, name, description, visibility, created_at, archived_at FROM space WHERE id = $1";
const FIND_EXTERNAL: &str = "SELECT id, external_id, name, description, visibility, created_at, archived_at FROM space \
    WHERE external_id = $1";

/// The space that `reference` names: its identifier, or the one the intranet gave it. Archived ones too.
///
/// Errors: `space-unknown`.
pub async fn find(tx: &mut Tx, reference: &str) -> Result<Space> {
    if let Ok(id) = reference.parse::<SpaceId>() {
        let found = on_db!(tx, c => sqlx::query_as(FIND).bind(id).fetch_optional(c).await)?;
        if let Some(space) = found {
            return Ok(space);
        }
    }
    find_external(tx, reference).await?.ok_or_else(|| Error::not_found("space-unknown"))
}

/// The space the intranet calls `external_id`.
pub async fn find_external(tx: &mut Tx, external_id: &str) -> Result<Option<Space>> {
    Ok(on_db!(tx, c => sqlx::query_as(FIND_EXTERNAL).bind(external_id).fetch_optional(c).await)?)
}

const INSERT: &str = "INSERT INTO space (id, external_id, name, name_key, description, visibility, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// Adds a space. Errors: those of [`NewSpace::checked`], `space-external-id-taken`.
pub async fn add(tx: &mut Tx, new: NewSpace, now: Timestamp) -> Result<SpaceId> {
    let (new, id) = (new.checked()?, SpaceId::new());
    refuse_taken(tx, &new, None).await?;
    on_db!(tx, c => sqlx::query(INSERT)
        .bind(id).bind(&new.external_id).bind(&new.name).bind(plain_letters(&new.name)).bind(&new.description)
        .bind(new.visibility.name()).bind(now)
        .execute(c).await.map(drop))?;
    set_origins(tx, id, &new.origins).await?;
    Ok(id)
}

const UPDATE: &str = "UPDATE space SET external_id = $2, name = $3, name_key = $4, description = $5, visibility = $6 \
    WHERE id = $1";

/// Makes a space what `new` says. Errors: those of [`add`].
pub async fn change(tx: &mut Tx, id: SpaceId, new: NewSpace) -> Result<()> {
    let new = new.checked()?;
    refuse_taken(tx, &new, Some(id)).await?;
    on_db!(tx, c => sqlx::query(UPDATE)
        .bind(id).bind(&new.external_id).bind(&new.name).bind(plain_letters(&new.name)).bind(&new.description)
        .bind(new.visibility.name())
        .execute(c).await.map(drop))?;
    set_origins(tx, id, &new.origins).await
}

async fn refuse_taken(tx: &mut Tx, new: &NewSpace, own: Option<SpaceId>) -> Result<()> {
    let Some(external_id) = &new.external_id else { return Ok(()) };
    match find_external(tx, external_id).await? {
        Some(other) if Some(other.id) != own => Err(Error::conflict("space-external-id-taken")),
        _ => Ok(()),
    }
}

const ORIGINS: &str = "SELECT origin FROM space_embed_origin WHERE space_id = $1 ORDER BY origin";
const CLEAR_ORIGINS: &str = "DELETE FROM space_embed_origin WHERE space_id = $1";

/// The origins whose pages may frame a space.
pub async fn origins(tx: &mut Tx, id: SpaceId) -> Result<Vec<String>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(ORIGINS).bind(id).fetch_all(c).await)?)
}

async fn set_origins(tx: &mut Tx, id: SpaceId, origins: &[String]) -> Result<()> {
    on_db!(tx, c => sqlx::query(CLEAR_ORIGINS).bind(id).execute(c).await.map(drop))?;
    if origins.is_empty() {
        return Ok(());
    }
    on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new("INSERT INTO space_embed_origin (space_id, origin) ");
        query.push_values(origins, |mut row, origin| { row.push_bind(id).push_bind(origin); });
        query.build().execute(c).await.map(drop)
    })?;
    Ok(())
}

const SET_ARCHIVED: &str = "UPDATE space SET archived_at = $2 WHERE id = $1";

/// Takes a space away from its people, or gives it back (`None`).
pub async fn set_archived(tx: &mut Tx, id: SpaceId, at: Option<Timestamp>) -> Result<()> {
    on_db!(tx, c => sqlx::query(SET_ARCHIVED).bind(id).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

/// A space in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    /// Identifier.
    pub id: SpaceId,
    /// What the intranet calls it.
    pub external_id: Option<String>,
    /// Name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Who may come in.
    #[sqlx(try_from = "String")]
    pub visibility: Visibility,
    /// What the asker is there; nothing for others.
    pub role: Option<String>,
    /// How many people are in it.
    pub members: i64,
}

impl Listed {
    /// The message that says what the asker is there.
    pub fn role_key(&self) -> &'static str {
        self.role.as_deref().and_then(|role| role.parse().ok()).map_or("", SpaceRole::key)
    }

    /// Whether everybody may come in.
    pub fn is_open(&self) -> bool {
        self.visibility == Visibility::Open
    }
}

const OF_PERSON: &str = "SELECT s.id, s.external_id, s.name, s.description, s.visibility, m.role, \
    (SELECT COUNT(*) FROM space_member o WHERE o.space_id = s.id) AS members \
    FROM space s LEFT JOIN space_member m ON m.space_id = s.id AND m.person_id = $1 \
    WHERE s.archived_at IS NULL AND (m.role IS NOT NULL OR s.visibility <> 'hidden') ORDER BY s.name_key, s.id LIMIT 500";

/// The spaces somebody is in, and those they may know of.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<Listed>> {
    Ok(on_db!(tx, c => sqlx::query_as(OF_PERSON).bind(person).fetch_all(c).await)?)
}

const ALL: &str = "SELECT s.id, s.external_id, s.name, s.description, s.visibility, \
    CASE WHEN s.archived_at IS NULL THEN NULL ELSE 'archived' END AS role, \
    (SELECT COUNT(*) FROM space_member o WHERE o.space_id = s.id) AS members \
    FROM space s ORDER BY s.name_key, s.id";

/// Every space, for administrators; `role` is `archived` for those taken away.
pub async fn all(tx: &mut Tx) -> Result<Vec<Listed>> {
    Ok(on_db!(tx, c => sqlx::query_as(ALL).fetch_all(c).await)?)
}

const ROLE: &str = "SELECT role FROM space_member WHERE space_id = $1 AND person_id = $2";

/// What somebody is in a space.
pub async fn role_of(tx: &mut Tx, space: SpaceId, person: PersonId) -> Result<Option<SpaceRole>> {
    let role: Option<String> =
        on_db!(tx, c => sqlx::query_scalar(ROLE).bind(space).bind(person).fetch_optional(c).await)?;
    Ok(role.and_then(|role| role.parse().ok()))
}
