//! The REST interface and its description, which is generated from the handlers.
//!
//! Each slice offers `api() -> OpenApiRouter<App>` with paths below `/api/v1`; this is where they meet.

use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

use crate::state::App;
use crate::{catalogue, identity, lrs, packages, programmes, progress, runtime, spaces};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Préau",
        description = "Training service: import SCORM, cmi5 and xAPI packages, launch them for people, read what they \
            did. Statements are at `/xapi/` (xAPI 1.0.3 and 2.0). A caller is a program with a bearer token \
            (`preau token create`) or a page of the service with its login. Failures are RFC 9457 problems with a \
            stable `code`.",
        license(name = "EUPL-1.2", identifier = "EUPL-1.2"),
    ),
    modifiers(&Callers),
    security(("token" = []), ("login" = [])),
    tags(
        (name = "packages", description = "Importing, reading and deleting packages"),
        (name = "courses", description = "How courses are played"),
        (name = "launches", description = "Opening the player for people of another system"),
        (name = "registrations", description = "What somebody did in a course"),
        (name = "enrolments", description = "Who follows which programme, and where they stand"),
        (name = "spaces", description = "Spaces of the intranet and their members"),
        (name = "statements", description = "Taking statements along to other systems, and bringing theirs in"),
        (name = "xapi-profiles", description = "xAPI Profiles, and whether statements keep to them"),
        (name = "identity", description = "Who calls"),
    )
)]
struct Interface;

/// The two ways to be known.
struct Callers;

impl utoipa::Modify for Callers {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("`preau token create`"));
        components.add_security_scheme("token", SecurityScheme::Http(token.build()));
        let login = ApiKeyValue::with_description("__Host-preau", "The login of a page of the service itself");
        components.add_security_scheme("login", SecurityScheme::ApiKey(ApiKey::Cookie(login)));
    }
}

fn interface() -> OpenApiRouter<App> {
    let version_1 = OpenApiRouter::new()
        .merge(packages::api())
        .merge(catalogue::api())
        .merge(runtime::api())
        .merge(progress::api())
        .merge(programmes::api())
        .merge(spaces::api())
        .merge(lrs::api())
        .merge(identity::api());
    OpenApiRouter::with_openapi(Interface::openapi()).nest("/api/v1", version_1)
}

/// The description (OpenAPI 3.1), as `preau openapi` prints it.
pub fn document() -> utoipa::openapi::OpenApi {
    interface().into_openapi()
}

/// The routes of the interface, with the description at `/api/v1/openapi.json`.
pub fn routes() -> Router<App> {
    let (routes, document) = interface().split_for_parts();
    routes.route("/api/v1/openapi.json", get(|| async move { Json(document).into_response() }))
}
