//! Which requests may carry a login.
//!
//! Content runs on a sibling host, so its scripts send the application's cookies along. Such a request is recognised by
//! what the browser says of it (Fetch metadata, `Origin`) and treated as if nobody were signed in.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::core::{Error, Kind};
use crate::state::App;

/// Request extension: whether the cookie of this request may be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieTrust(pub bool);

/// Judges each request of the application: whether its cookie may be believed.
pub async fn judge_origin(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let trusted = may_carry_login(request.method(), request.headers(), &app.config.public_origin());
    request.extensions_mut().insert(CookieTrust(trusted));
    next.run(request).await
}

/// Refuses changes that another site asked for. Interfaces answer them, but as if nobody were signed in.
pub async fn refuse_cross_site(request: Request, next: Next) -> Response {
    let trusted = request.extensions().get() == Some(&CookieTrust(true));
    let by_credential = request.headers().contains_key(header::AUTHORIZATION);
    let interface = ["/api/", "/oauth/", "/xapi/"].iter().any(|prefix| request.uri().path().starts_with(prefix));
    if !trusted && !request.method().is_safe() && !by_credential && !interface {
        return Error::new(Kind::Forbidden, "cross-site-request").into_response();
    }
    next.run(request).await
}

fn may_carry_login(method: &Method, headers: &HeaderMap, own_origin: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let site = text("sec-fetch-site");
    if method.is_safe() {
        // A link from the intranet to a course is a navigation from another site, and welcome.
        matches!(site, None | Some("none" | "same-origin")) || text("sec-fetch-mode") == Some("navigate")
    } else {
        match text("origin") {
            Some(origin) => origin == own_origin,
            None => site == Some("same-origin"),
        }
    }
}

/// Headers of every answer of the application: what a page may load, and who may frame it.
pub async fn harden(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let content = app.config.content_origin();
    let policy = format!(
        "default-src 'self'; img-src 'self' data: {content}; media-src 'self' {content}; frame-src {content}; \
         connect-src 'self'; style-src 'self'; script-src 'self'; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    // Courses save when they are left, and most know no other moment; browsers are about to switch it off by default.
    if let Ok(policy) = HeaderValue::from_str(&format!("unload=(self \"{content}\")")) {
        headers.entry("permissions-policy").or_insert(policy);
    }
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "http://preau.localhost:8080";

    fn judge(method: Method, headers: &[(&'static str, &str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()));
        may_carry_login(&method, &headers.collect(), OWN)
    }

    #[test]
    fn scripts_of_the_content_origin_are_not_signed_in() {
        assert!(!judge(Method::GET, &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors")]));
        assert!(!judge(
            Method::POST,
            &[("sec-fetch-site", "same-site"), ("origin", "http://content.preau.localhost:8080")]
        ));
        assert!(!judge(
            Method::POST,
            &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "navigate"), ("origin", "null")]
        ));
        assert!(!judge(Method::POST, &[]));
    }

    #[test]
    fn own_pages_and_links_from_elsewhere_are_signed_in() {
        assert!(judge(Method::GET, &[("sec-fetch-site", "same-origin")]));
        assert!(judge(Method::GET, &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]));
        assert!(judge(Method::POST, &[("origin", OWN)]));
    }
}
