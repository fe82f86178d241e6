//! Identity: people, the organisation they work in, how they sign in, and what they and programs may do.
//!
//! A right is a type: [`Trainer`], [`CanImport`] and their like have no value without it, so a handler's signature says who
//! may call it. Invariant: nothing but [`recognise`] reads the login cookie.

mod access;
mod api;
mod login;
mod model;
mod password;
mod sign_in;
mod store;
mod tokens;

pub use access::{
    Administrator, ApiCaller, Caller, CanImport, CanLaunch, CanReadPackages, CanReadRegistrations, Hr, MaybeSignedIn,
    Refusal, SignedIn, StatementReader, Trainer,
};
pub use api::api;
pub use login::{
    LaunchGrant, Login, begin_login, end_login, forget_cookie, grant_launch, launch_grant, recognise, set_cookie,
};
pub use model::{NewPerson, Person, Role, Roles, Scope};
pub use password::{generate_password, hash_password};
pub use sign_in::check as check_password;
pub use store::{add_person, org_unit_at, person, person_of_account, set_disabled, set_password, set_roles};
pub use tokens::{ApiToken, create_token};
