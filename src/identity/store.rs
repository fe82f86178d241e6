//! People, roles and the organisation tree in the database.

use crate::core::{Error, Language, OrgUnitId, PersonId, Result, Timestamp};
use crate::identity::model::{NewPerson, Person, Role, Roles};
use crate::on_db;
use crate::storage::Tx;

/// A person with one of their roles; a person comes as one row a role, or one row without.
#[derive(sqlx::FromRow)]
pub(super) struct PersonRow {
    pub id: PersonId,
    pub name: String,
    pub login: Option<String>,
    pub email: Option<String>,
    pub locale: Option<String>,
    pub org_unit_id: Option<OrgUnitId>,
    pub account_home_page: String,
    pub account_name: String,
    pub disabled_at: Option<Timestamp>,
    pub role: Option<String>,
}

/// The people of `rows`, which hold the rows of one person one after the other.
pub(super) fn people(rows: Vec<PersonRow>) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for row in rows {
        let role = row.role.as_deref().and_then(|role| role.parse::<Role>().ok());
        match people.last_mut() {
            Some(person) if person.id == row.id => {
                person.roles = role.map_or(person.roles, |role| person.roles.with(role));
            }
            _ => people.push(Person {
                id: row.id,
                name: row.name,
                login: row.login,
                email: row.email,
                locale: row.locale.as_deref().and_then(Language::from_tag),
                org_unit: row.org_unit_id,
                account_home_page: row.account_home_page,
                account_name: row.account_name,
                roles: role.map_or(Roles::default(), |role| Roles::default().with(role)),
                disabled_at: row.disabled_at,
            }),
        }
    }
    people
}

const FIND_PERSON: &str = "SELECT p.id, p.name, p.login, p.email, p.locale, p.org_unit_id, p.account_home_page, \
    p.account_name, p.disabled_at, r.role \
    FROM person p LEFT JOIN person_role r ON r.person_id = p.id WHERE p.id = $1";

/// The person, disabled or not. Errors: `person-unknown`.
pub async fn person(tx: &mut Tx, id: PersonId) -> Result<Person> {
    let rows: Vec<PersonRow> = on_db!(tx, c => sqlx::query_as(FIND_PERSON).bind(id).fetch_all(c).await)?;
    people(rows).pop().ok_or_else(|| Error::not_found("person-unknown"))
}

const FIND_ACCOUNT: &str = "SELECT id FROM person WHERE account_home_page = $1 AND account_name = $2";

/// The person an xAPI account identifies.
pub async fn person_of_account(tx: &mut Tx, home_page: &str, name: &str) -> Result<Option<PersonId>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(FIND_ACCOUNT).bind(home_page).bind(name).fetch_optional(c).await)?)
}

const INSERT_PERSON: &str = "INSERT INTO person (id, name, name_key, login, email, password_hash, org_unit_id, account_home_page, \
    account_name, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Adds somebody. `home_page` is this installation's, for people who bring no account of their own.
///
/// Errors: `name-missing`, `login-invalid`, `login-taken`, `account-taken`.
pub async fn add_person(tx: &mut Tx, new: &NewPerson, home_page: &str, now: Timestamp) -> Result<PersonId> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 200 {
        return Err(Error::unprocessable("name-missing"));
    }
    let login = match &new.login {
        Some(login) => Some(login_key(login).ok_or_else(|| Error::unprocessable("login-invalid"))?),
        None => None,
    };
    if let Some(login) = &login
        && login_exists(tx, login).await?
    {
        return Err(Error::conflict("login-taken").arg("login", login));
    }
    let id = PersonId::new();
    let own = (home_page.to_owned(), id.to_string());
    let (account_home_page, account_name) = new.account.as_ref().unwrap_or(&own);
    if person_of_account(tx, account_home_page, account_name).await?.is_some() {
        return Err(Error::conflict("account-taken"));
    }
    on_db!(tx, c => sqlx::query(INSERT_PERSON)
        .bind(id).bind(name).bind(name_key(name)).bind(login).bind(&new.email).bind(&new.password_hash).bind(new.org_unit)
        .bind(account_home_page).bind(account_name).bind(now)
        .execute(c).await.map(drop))?;
    set_roles(tx, id, &new.roles).await?;
    Ok(id)
}

/// The name as it is sorted and searched by: small letters, no accents.
pub(super) fn name_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' => key.push('a'),
            'ç' => key.push('c'),
            'è' | 'é' | 'ê' | 'ë' => key.push('e'),
            'ì' | 'í' | 'î' | 'ï' => key.push('i'),
            'ñ' => key.push('n'),
            'ò' | 'ó' | 'ô' | 'ö' | 'õ' | 'ø' => key.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => key.push('u'),
            'ý' | 'ÿ' => key.push('y'),
            'œ' => key.push_str("oe"),
            'æ' => key.push_str("ae"),
            '’' => key.push('\''),
            letter => key.push(letter),
        }
    }
    key
}

/// The one form of a login: without spaces around, in small letters. `None` if it cannot be one.
pub fn login_key(login: &str) -> Option<String> {
    let login = login.trim().to_lowercase();
    let plain = !login.is_empty() && login.len() <= 200 && !login.chars().any(|c| c.is_whitespace() || c.is_control());
    plain.then_some(login)
}

const LOGIN_EXISTS: &str = "SELECT COUNT(*) FROM person WHERE login = $1";

async fn login_exists(tx: &mut Tx, login: &str) -> Result<bool> {
    let count: i64 = on_db!(tx, c => sqlx::query_scalar(LOGIN_EXISTS).bind(login).fetch_one(c).await)?;
    Ok(count > 0)
}

const CLEAR_ROLES: &str = "DELETE FROM person_role WHERE person_id = $1";

/// Makes `roles` the person's roles.
pub async fn set_roles(tx: &mut Tx, person: PersonId, roles: &[Role]) -> Result<()> {
    on_db!(tx, c => sqlx::query(CLEAR_ROLES).bind(person).execute(c).await.map(drop))?;
    let roles: Vec<Role> = roles.iter().copied().collect::<Roles>().iter().collect();
    if roles.is_empty() {
        return Ok(());
    }
    on_db!(tx, c => {
        let mut query = sqlx::QueryBuilder::<Database>::new("INSERT INTO person_role (person_id, role) ");
        query.push_values(&roles, |mut row, role| { row.push_bind(person).push_bind(role.name()); });
        query.build().execute(c).await.map(drop)
    })?;
    Ok(())
}

const SET_DISABLED: &str = "UPDATE person SET disabled_at = $2 WHERE id = $1";
const END_LOGINS: &str = "DELETE FROM login_session WHERE person_id = $1";

/// Lets somebody in no more (`Some` moment), or again (`None`). Their sign-ins end at once. Errors: `person-unknown`.
pub async fn set_disabled(tx: &mut Tx, id: PersonId, at: Option<Timestamp>) -> Result<()> {
    let changed =
        on_db!(tx, c => sqlx::query(SET_DISABLED).bind(id).bind(at).execute(c).await.map(|done| done.rows_affected()))?;
    if changed == 0 {
        return Err(Error::not_found("person-unknown"));
    }
    on_db!(tx, c => sqlx::query(END_LOGINS).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

const SET_LOCALE: &str = "UPDATE person SET locale = $2 WHERE id = $1";

/// Remembers the language somebody chose.
pub async fn set_locale(tx: &mut Tx, id: PersonId, language: Language) -> Result<()> {
    on_db!(tx, c => sqlx::query(SET_LOCALE).bind(id).bind(language.tag()).execute(c).await.map(drop))?;
    Ok(())
}

const PASSWORD_OF: &str = "SELECT password_hash FROM person WHERE id = $1";
const SET_PASSWORD: &str = "UPDATE person SET password_hash = $2 WHERE id = $1";

/// The hash of somebody's password.
pub(super) async fn password_of(tx: &mut Tx, id: PersonId) -> Result<Option<String>> {
    Ok(on_db!(tx, c => sqlx::query_scalar(PASSWORD_OF).bind(id).fetch_one(c).await)?)
}

/// Changes somebody's password and ends every sign-in made with the old one.
pub async fn set_password(tx: &mut Tx, id: PersonId, hash: &str) -> Result<()> {
    on_db!(tx, c => sqlx::query(SET_PASSWORD).bind(id).bind(hash).execute(c).await.map(drop))?;
    on_db!(tx, c => sqlx::query(END_LOGINS).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

const CREDENTIAL: &str = "SELECT id, password_hash FROM person WHERE login = $1 AND disabled_at IS NULL";

/// Who signs in with `login` and the hash to compare, unless they are disabled.
pub(super) async fn credential(tx: &mut Tx, login: &str) -> Result<Option<(PersonId, Option<String>)>> {
    Ok(on_db!(tx, c => sqlx::query_as(CREDENTIAL).bind(login).fetch_optional(c).await)?)
}
