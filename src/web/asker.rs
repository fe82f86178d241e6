//! Who asks: a program, which is told failures as documents, or a person, who gets a page.

use axum::http::{HeaderMap, header};

/// Whether the asker is a program: an interface path, or a wish for JSON and not for HTML.
pub fn asked_by_program(path: &str, headers: &HeaderMap) -> bool {
    let interface = ["/api/", "/xapi/", "/scim/", "/runtime/"].iter().any(|prefix| path.starts_with(prefix));
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("*/*");
    interface || (accept.contains("json") && !accept.contains("text/html"))
}
