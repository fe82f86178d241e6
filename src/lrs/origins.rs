//! Which pages may use `/xapi/` from a browser (the Fetch standard's CORS protocol).
//!
//! The store knows no cookies: who has no credential gets nothing, whatever the origin. So origins guard no more than a secret
//! that somebody put into a page of their own; but a secret of one launch or tool has no business there.
//!
//! A preflight carries no credential, so what may come is of the installation and not of a credential.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::config::Config;

/// What the browser is told to let the page read.
const READABLE: &str = "ETag, Last-Modified, Content-Length, Date, Retry-After, WWW-Authenticate, X-Experience-API-Version, \
    X-Experience-API-Consistent-Through";
const SENT: &str = "Authorization, Content-Type, If-Match, If-None-Match, Accept, Accept-Language, X-Experience-API-Version, \
    X-Requested-With, Cache-Control";

/// The origin of the page that asks, if it may. Our own two always may: content is launched on one of them.
pub fn allowed(config: &Config, headers: &HeaderMap) -> Option<HeaderValue> {
    let given = headers.get(header::ORIGIN)?;
    let origin = given.to_str().ok()?;
    let is_named = |known: &String| known == "*" || known == origin;
    let is_own = origin == config.content_origin() || origin == config.public_origin();
    (is_own || config.lrs.origins.iter().any(is_named)).then(|| given.clone())
}

/// Lets the page of `origin` read the answer.
pub fn let_read(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    // Also where it may not: a cache must not give this answer to a page that may, nor the reverse.
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(READABLE));
    }
}

/// The answer to a browser that asks before it sends.
pub fn preflight(origin: Option<HeaderValue>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("HEAD, GET, POST, PUT, DELETE, OPTIONS"),
        );
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(SENT));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
    }
    response
}
