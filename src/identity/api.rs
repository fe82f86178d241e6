//! Identity for programs.

use axum::Json;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::identity::access::{ApiCaller, Caller};
use crate::identity::model::{Role, Scope};
use crate::state::App;

/// The interface, below `/api/v1`.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(me))
}

/// Whose request it is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Me {
    /// A program with a token.
    Program {
        /// Identifier of the token.
        id: uuid::Uuid,
        /// What the operator called it.
        name: String,
        /// What it may do.
        scopes: Vec<Scope>,
    },
    /// A person who is signed in.
    Person {
        /// Identifier of the person.
        id: uuid::Uuid,
        /// Their name.
        name: String,
        /// What they are.
        roles: Vec<Role>,
    },
}

/// Tells a caller who the service takes it for, and what it may do. For checking a token.
#[utoipa::path(get, path = "/me", tag = "identity", responses(
    (status = 200, description = "The caller", body = Me),
    (status = 401, description = "`sign-in-required`, `token-unknown`", body = crate::web::ProblemDocument,
     content_type = "application/problem+json"),
))]
async fn me(ApiCaller(caller): ApiCaller) -> Json<Me> {
    Json(match caller {
        Caller::Program(token) => Me::Program { id: token.id, name: token.name, scopes: token.scopes },
        Caller::Person(person) => {
            Me::Person { id: person.id.0, name: person.name, roles: person.roles.iter().collect() }
        }
    })
}
