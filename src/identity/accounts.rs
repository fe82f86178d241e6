//! Adding somebody who signs in with a password: the same act for the administrator's page, the command and the demo.

use crate::core::{Error, Result};
use crate::identity::model::{NewPerson, Person, Role};
use crate::identity::{org_units, password, store};
use crate::state::App;

/// Somebody to be added, as people write it.
#[derive(Clone, Debug, Default)]
pub struct NewAccount {
    /// What they sign in with.
    pub login: String,
    /// The name as it is shown.
    pub name: String,
    /// What they are.
    pub roles: Vec<Role>,
    /// Where they work, such as `Direction des routes/Service entretien`; what is absent is created.
    pub org_unit: Option<String>,
    /// Their password; one is made if there is none.
    pub password: Option<String>,
}

/// Somebody who can sign in now.
#[derive(Clone, Debug)]
pub struct Added {
    /// The person.
    pub person: Person,
    /// The login in its one form.
    pub login: String,
    /// The password, given or made.
    pub password: String,
}

/// Adds somebody with everything they need to sign in, or nothing.
///
/// Errors: `name-missing`, `login-invalid`, `login-taken`, `org-unit-invalid`, `password-long`.
pub async fn add_account(app: &App, new: NewAccount) -> Result<Added> {
    let password = new.password.unwrap_or_else(password::generate_password);
    if password.len() > password::LONGEST {
        return Err(Error::unprocessable("password-long").arg("longest", password::LONGEST));
    }
    let hash = password::hash_password(&password).await?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let org_unit = match new.org_unit.as_deref().map(str::trim).unwrap_or_default() {
        "" => None,
        path => Some(org_units::org_unit_at(&mut tx, path, now).await?),
    };
    let person = NewPerson {
        name: new.name,
        login: Some(new.login),
        org_unit,
        password_hash: Some(hash),
        roles: new.roles,
        ..NewPerson::default()
    };
    let id = store::add_person(&mut tx, &person, &app.config.public_origin(), now).await?;
    let person = store::person(&mut tx, id).await?;
    tx.commit().await?;
    Ok(Added { login: person.login.clone().unwrap_or_default(), person, password })
}
