//! Authorisation as types: a handler that asks for `Trainer` cannot be reached without the right, and a reader of the
//! handler sees so in its signature.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts, OriginalUri};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};

use crate::core::{Error, Kind, Result};
use crate::identity::login::{Login, Recognised};
use crate::identity::model::{Person, Role, Scope};
use crate::identity::tokens::{self, ApiToken};
use crate::state::App;
use crate::web::asked_by_program;

/// Whoever asks, signed in or not. Never refused; holds the browser's [`Login`] if it has one.
#[derive(Clone, Debug)]
pub struct MaybeSignedIn(pub Option<Arc<Login>>);

impl MaybeSignedIn {
    /// The person who is signed in, if any.
    pub fn person(&self) -> Option<&Person> {
        self.0.as_deref().and_then(Login::person)
    }

    /// The browser's login or launch grants, if it has any.
    pub fn login(&self) -> Option<&Login> {
        self.0.as_deref()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MaybeSignedIn {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get::<Recognised>().and_then(|recognised| recognised.login.clone())))
    }
}

/// Why somebody does not get in: a failure for programs, the sign-in page for people.
#[derive(Debug)]
pub enum Refusal {
    /// Known, and not allowed; or a program.
    Failure(Error),
    /// Nobody is signed in: the address of the sign-in page, which leads back.
    SignIn(String),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failure(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Refusal::Failure(error) => {
                let nobody = error.kind == Kind::Unauthenticated;
                let mut response = error.into_response();
                if nobody {
                    // Bearer, not Basic: browsers must not open their own password dialogue (RFC 6750 section 3).
                    let challenge = header::HeaderValue::from_static("Bearer realm=\"preau\"");
                    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
                }
                response
            }
            Refusal::SignIn(address) => Redirect::to(&address).into_response(),
        }
    }
}

/// The person who is signed in.
fn signed_in(parts: &Parts) -> Result<Person, Refusal> {
    let recognised = parts.extensions.get::<Recognised>();
    if recognised.is_some_and(|recognised| recognised.failed) {
        return Err(Error::new(Kind::Unavailable, "unavailable").into());
    }
    // A nested router sees the path without its prefix.
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    match recognised.and_then(|recognised| recognised.login.as_ref()?.person()) {
        Some(person) => Ok(person.clone()),
        None if asked_by_program(uri.path(), &parts.headers) => {
            Err(Error::new(Kind::Unauthenticated, "sign-in-required").into())
        }
        None => {
            // A form that was sent after the login ended cannot be sent again: its page can be opened again.
            let next = uri.path_and_query().filter(|_| parts.method.is_safe()).map_or("/", |path| path.as_str());
            let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
            Err(Refusal::SignIn(format!("/sign-in?next={next}")))
        }
    }
}

macro_rules! allowed_person {
    ($(#[$doc:meta])* $name:ident, |$person:ident| $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub Person);

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Refusal;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
                let $person = signed_in(parts)?;
                if $allowed { Ok(Self($person)) } else { Err(Error::forbidden().into()) }
            }
        }

        impl<S: Send + Sync> OptionalFromRequestParts<S> for $name {
            type Rejection = std::convert::Infallible;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Self::Rejection> {
                Ok(<Self as FromRequestParts<S>>::from_request_parts(parts, state).await.ok())
            }
        }

        impl Deref for $name {
            type Target = Person;
            fn deref(&self) -> &Person {
                &self.0
            }
        }
    };
}

allowed_person!(/// Anybody who is signed in.
    SignedIn, |person| person.disabled_at.is_none());
allowed_person!(/// A trainer or an administrator.
    Trainer, |person| person.roles.may_train());
allowed_person!(/// An administrator.
    Administrator, |person| person.roles.has(Role::Administrator));
allowed_person!(/// Who may read everybody's statements.
    StatementReader, |person| person.roles.may_read_statements());

/// Who calls the REST interface.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A program, by its bearer token.
    Program(ApiToken),
    /// A person, by a page of ours.
    Person(Person),
}

impl Caller {
    /// The person, if it is one.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Caller::Person(person) => Some(person),
            Caller::Program(_) => None,
        }
    }
}

/// Anybody known to the REST interface; what they may do is asked for by the types below.
#[derive(Clone, Debug)]
pub struct ApiCaller(pub Caller);

impl FromRequestParts<App> for ApiCaller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Some(credential) = parts.headers.get(header::AUTHORIZATION) else {
            return Ok(Self(Caller::Person(signed_in(parts)?)));
        };
        let (scheme, token) = credential.to_str().unwrap_or_default().split_once(' ').unwrap_or_default();
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Error::new(Kind::Unauthenticated, "token-unknown").into());
        }
        Ok(Self(Caller::Program(tokens::program(app, token.trim()).await?)))
    }
}

macro_rules! api_right {
    ($(#[$doc:meta])* $name:ident, $scope:expr, |$person:ident| $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub Caller);

        impl FromRequestParts<App> for $name {
            type Rejection = Refusal;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
                let ApiCaller(caller) = <ApiCaller as FromRequestParts<App>>::from_request_parts(parts, app).await?;
                match &caller {
                    Caller::Program(token) if token.scopes.iter().any(|scope| scope.covers($scope)) => Ok(Self(caller)),
                    Caller::Program(_) => {
                        let missing = Error::new(Kind::Forbidden, "scope-missing").arg("scope", $scope);
                        Err(missing.with("scope", $scope).into())
                    }
                    Caller::Person($person) if $allowed => Ok(Self(caller)),
                    Caller::Person(_) => Err(Error::forbidden().into()),
                }
            }
        }

        impl Deref for $name {
            type Target = Caller;
            fn deref(&self) -> &Caller {
                &self.0
            }
        }
    };
}

api_right!(/// May import and delete packages: scope `packages/write`, or a trainer.
    CanImport, Scope::PackagesWrite, |person| person.roles.may_train());
api_right!(/// May read packages and courses: scope `packages/read`, or a trainer.
    CanReadPackages, Scope::PackagesRead, |person| person.roles.may_train());
api_right!(/// May launch courses for people: scope `launches/write`, or an administrator.
    CanLaunch, Scope::LaunchesWrite, |person| person.roles.has(Role::Administrator));
api_right!(/// May read registrations and their progress: scope `registrations/read`, or a trainer.
    CanReadRegistrations, Scope::RegistrationsRead, |person| person.roles.may_train());
api_right!(/// May change what registrations say: scope `registrations/write`, or a trainer.
    CanWriteRegistrations, Scope::RegistrationsWrite, |person| person.roles.may_train());
api_right!(/// May enrol people in programmes: scope `enrolments/write`, or a trainer.
    CanEnrol, Scope::EnrolmentsWrite, |person| person.roles.may_train());
api_right!(/// May read enrolments and where people stand: scope `enrolments/read`, or a trainer.
    CanReadEnrolments, Scope::EnrolmentsRead, |person| person.roles.may_train());
api_right!(/// May keep spaces and their members up to date: scope `spaces/write`, or an administrator.
    CanWriteSpaces, Scope::SpacesWrite, |person| person.roles.has(Role::Administrator));
api_right!(/// May read and export everybody's statements: scope `statements/read`, or human resources or an administrator.
    CanReadStatements, Scope::StatementsRead, |person| person.roles.may_read_statements());
api_right!(/// May import statements of another store: scope `statements/write`, or an administrator.
    CanWriteStatements, Scope::StatementsWrite, |person| person.roles.has(Role::Administrator));
api_right!(/// May load and remove xAPI Profiles and read what was found: scope `xapi-profiles`, or an administrator.
    CanManageXapiProfiles, Scope::XapiProfiles, |person| person.roles.has(Role::Administrator));
