//! People, what they are to the organisation, and what a program may do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::core::{Language, OrgUnitId, PersonId, Timestamp};

/// What somebody is to the organisation. One person may be several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Follows courses.
    Learner,
    /// Imports, publishes and follows up courses.
    Trainer,
    /// Answers for a team.
    Manager,
    /// Human resources: reads everybody's record.
    Hr,
    /// Administers the installation.
    Administrator,
}

impl Role {
    /// Every role, in the order they are shown.
    pub const ALL: [Role; 5] = [Role::Learner, Role::Trainer, Role::Manager, Role::Hr, Role::Administrator];

    /// The stable name, as the database and the command line write it.
    pub fn name(self) -> &'static str {
        match self {
            Role::Learner => "learner",
            Role::Trainer => "trainer",
            Role::Manager => "manager",
            Role::Hr => "hr",
            Role::Administrator => "administrator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        by_name(&Self::ALL, Self::name, text).ok_or_else(|| unknown("role", text, Self::ALL.map(Self::name).join(", ")))
    }
}

/// What a program with a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Scope {
    /// Import and delete packages.
    #[serde(rename = "packages/write")]
    PackagesWrite,
    /// Read packages and courses.
    #[serde(rename = "packages/read")]
    PackagesRead,
    /// Launch courses for people.
    #[serde(rename = "launches/write")]
    LaunchesWrite,
    /// Enrol people in programmes.
    #[serde(rename = "enrolments/write")]
    EnrolmentsWrite,
    /// Read who is enrolled and where they stand.
    #[serde(rename = "enrolments/read")]
    EnrolmentsRead,
    /// Load and remove xAPI Profiles, and read how statements keep to them.
    #[serde(rename = "xapi-profiles")]
    XapiProfiles,
    /// Read registrations and their progress.
    #[serde(rename = "registrations/read")]
    RegistrationsRead,
    /// Change what registrations say, such as that a unit need not be done.
    #[serde(rename = "registrations/write")]
    RegistrationsWrite,
    /// Keep spaces and their members up to date.
    #[serde(rename = "spaces/write")]
    SpacesWrite,
    /// Write statements, at `/xapi/` as the following, and import those of another store.
    #[serde(rename = "statements/write")]
    StatementsWrite,
    /// Read the statements it wrote.
    #[serde(rename = "statements/read/mine")]
    StatementsReadMine,
    /// Read all statements, and export them.
    #[serde(rename = "statements/read")]
    StatementsRead,
    /// Read and write state documents.
    #[serde(rename = "state")]
    State,
    /// Read and write profiles of agents and activities.
    #[serde(rename = "profile")]
    Profile,
    /// Change what is known of activities and agents by the statements it writes.
    #[serde(rename = "define")]
    Define,
    /// Read everything at `/xapi/`.
    #[serde(rename = "all/read")]
    AllRead,
    /// Everything.
    #[serde(rename = "all")]
    All,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Scope; 17] = [
        Scope::PackagesWrite,
        Scope::PackagesRead,
        Scope::LaunchesWrite,
        Scope::EnrolmentsWrite,
        Scope::EnrolmentsRead,
        Scope::XapiProfiles,
        Scope::RegistrationsRead,
        Scope::RegistrationsWrite,
        Scope::SpacesWrite,
        Scope::StatementsWrite,
        Scope::StatementsReadMine,
        Scope::StatementsRead,
        Scope::State,
        Scope::Profile,
        Scope::Define,
        Scope::AllRead,
        Scope::All,
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Scope::PackagesWrite => "packages/write",
            Scope::PackagesRead => "packages/read",
            Scope::LaunchesWrite => "launches/write",
            Scope::EnrolmentsWrite => "enrolments/write",
            Scope::EnrolmentsRead => "enrolments/read",
            Scope::XapiProfiles => "xapi-profiles",
            Scope::RegistrationsRead => "registrations/read",
            Scope::RegistrationsWrite => "registrations/write",
            Scope::SpacesWrite => "spaces/write",
            Scope::StatementsWrite => "statements/write",
            Scope::StatementsReadMine => "statements/read/mine",
            Scope::StatementsRead => "statements/read",
            Scope::State => "state",
            Scope::Profile => "profile",
            Scope::Define => "define",
            Scope::AllRead => "all/read",
            Scope::All => "all",
        }
    }

    /// Whether holding this scope covers `wanted`. Who may write packages, enrolments or registrations may read them.
    pub fn covers(self, wanted: Scope) -> bool {
        let reads = [
            (Scope::PackagesWrite, Scope::PackagesRead),
            (Scope::EnrolmentsWrite, Scope::EnrolmentsRead),
            (Scope::RegistrationsWrite, Scope::RegistrationsRead),
        ];
        self == Scope::All || self == wanted || reads.contains(&(self, wanted))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scope {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        by_name(&Self::ALL, Self::name, text)
            .ok_or_else(|| unknown("scope", text, Self::ALL.map(Self::name).join(", ")))
    }
}

fn by_name<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str, text: &str) -> Option<T> {
    all.iter().copied().find(|item| name(*item) == text)
}

fn unknown(what: &str, text: &str, valid: String) -> String {
    format!("unknown {what} \"{text}\"; valid: {valid}")
}

/// A person's roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles(u8);

impl Roles {
    /// Whether `role` is among them.
    pub fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    /// The same roles and `role`.
    pub fn with(self, role: Role) -> Self {
        Self(self.0 | 1 << role as u8)
    }

    /// The roles in the order they are shown.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }

    /// Prepares courses. Administrators may do what trainers do.
    pub fn may_train(self) -> bool {
        self.has(Role::Trainer) || self.has(Role::Administrator)
    }

    /// Reads everybody's statements.
    pub fn may_read_statements(self) -> bool {
        self.has(Role::Hr) || self.has(Role::Administrator)
    }

    /// Reads reports: managers about their own unit, the others about everybody.
    pub fn may_read_reports(self) -> bool {
        self.has(Role::Manager) || self.may_read_statements()
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        roles.into_iter().fold(Self::default(), Self::with)
    }
}

/// Somebody who learns, teaches or administers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Stable identifier.
    pub id: PersonId,
    /// The name as it is shown.
    pub name: String,
    /// What they sign in with; people launched by another system have none.
    pub login: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// The language they chose.
    pub locale: Option<Language>,
    /// Where they work.
    pub org_unit: Option<OrgUnitId>,
    /// Home page of the account that identifies them in statements; never changes.
    pub account_home_page: String,
    /// Name of that account.
    pub account_name: String,
    /// What they are.
    pub roles: Roles,
    /// Since when they may not sign in any more.
    pub disabled_at: Option<Timestamp>,
}

/// Somebody to be added.
#[derive(Clone, Debug, Default)]
pub struct NewPerson {
    /// The name as it is shown.
    pub name: String,
    /// What they sign in with.
    pub login: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Where they work.
    pub org_unit: Option<OrgUnitId>,
    /// The account that identifies them in statements, as (home page, name); by default one of this installation.
    pub account: Option<(String, String)>,
    /// The password's hash, from [`hash_password`](super::hash_password).
    pub password_hash: Option<String>,
    /// What they are.
    pub roles: Vec<Role>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_lists_the_valid_ones() {
        assert_eq!(
            "boss".parse::<Role>(),
            Err("unknown role \"boss\"; valid: learner, trainer, manager, hr, administrator".to_owned())
        );
        assert!("packages/delete".parse::<Scope>().unwrap_err().ends_with("define, all/read, all"));
        for scope in Scope::ALL {
            assert_eq!(scope.name().parse(), Ok(scope));
        }
    }

    #[test]
    fn roles_add_up() {
        let roles: Roles = [Role::Administrator, Role::Learner].into_iter().collect();
        assert_eq!(roles.iter().collect::<Vec<_>>(), [Role::Learner, Role::Administrator]);
        assert!(roles.may_train() && roles.may_read_statements());
        assert!(!Roles::default().with(Role::Manager).may_train());
    }

    #[test]
    fn who_may_write_packages_may_read_them_and_not_the_reverse() {
        assert!(Scope::PackagesWrite.covers(Scope::PackagesRead));
        assert!(!Scope::PackagesRead.covers(Scope::PackagesWrite));
        assert!(Scope::All.covers(Scope::LaunchesWrite));
    }
}
