//! Identity: people, the organisation they work in, how they sign in, and what they and programs may do.
//!
//! A right is a type: [`Trainer`], [`CanImport`] and their like have no value without it, so a handler's signature says who
//! may call it. Invariant: nothing but [`recognise`] reads the login cookie.

use axum::Router;
use axum::routing::{get, post};

use crate::state::App;

mod access;
mod accounts;
mod api;
mod embedded;
mod login;
mod model;
mod org_units;
mod pages;
mod password;
mod people;
mod people_pages;
mod records;
mod sign_in;
mod store;
mod tokens;

pub use access::{
    Administrator, ApiCaller, Caller, CanEnrol, CanImport, CanLaunch, CanManageXapiProfiles, CanReadEnrolments,
    CanReadPackages, CanReadRegistrations, CanReadStatements, CanWriteRegistrations, CanWriteSpaces,
    CanWriteStatements, MaybeSignedIn, Refusal, SignedIn, StatementReader, Trainer,
};
pub use accounts::{Added, NewAccount, add_account};
pub use api::api;
pub use embedded::{Embedded, MaybeEmbedded};
pub use login::{
    LaunchGrant, Login, begin_login, end_login, forget_cookie, forget_grant, grant_launch, launch_grant, recognise,
    set_cookie,
};
pub use model::{NewPerson, Person, Role, Roles, Scope};
pub use org_units::{OrgUnits, all as org_units, org_unit_at};
pub use password::{generate_password, hash_password};
pub use people::{Found, Page as PeoplePage, Wanted as PeopleWanted, search as search_people, suggest, suggested};
pub use records::units_for_records;
pub use sign_in::check as check_password;
pub use store::{add_person, person, person_of_account, set_disabled, set_password, set_roles};
pub use tokens::{ApiToken, KnownToken, create_token, known_tokens, limit_token, program, revoke_token, rotate_token};

/// The pages of identity.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in", get(pages::ask).post(pages::enter))
        .route("/sign-out", post(pages::leave))
        .route("/me", get(pages::me))
        .route("/me/locale", post(pages::choose_language))
        .route("/me/password", post(pages::change_password))
        .route("/admin/people", get(people_pages::list).post(people_pages::add))
        .route("/admin/people/{person}/disable", post(people_pages::disable))
        .route("/admin/people/{person}/enable", post(people_pages::enable))
        .route("/admin/people/{person}/password", post(people_pages::renew_password))
        .route("/admin/people/{person}/records", get(records::ask).post(records::limit))
}
