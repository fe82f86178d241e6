//! One listener, two origins: the application and the content, told apart by host name.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use tower::ServiceExt;

use crate::config::Config;

/// Paths that answer under any name, because programs and probes reach the server by address.
const ANY_NAME: [&str; 6] = ["/api", "/oauth", "/scim", "/healthz", "/readyz", LRS];
/// Also on the content origin, with rules of its own.
const LRS: &str = "/xapi";

/// Sends each request to the router of its origin; pages asked for under another name move to the public address.
pub fn by_host(config: &Config, application: Router, content: Router) -> Router {
    let public_host = config.public_url.host_str().unwrap_or_default().to_owned();
    let content_host = config.content_url.host_str().unwrap_or_default().to_owned();
    let public_origin = config.public_origin();
    Router::new().fallback(move |request: Request| {
        let host = host(&request);
        let path = request.uri().path();
        let is_content = host.eq_ignore_ascii_case(&content_host);
        let target = if is_content && (!answers_any_name(path) || is_below(path, LRS)) {
            Target::Router(content.clone())
        } else if host.eq_ignore_ascii_case(&public_host) || answers_any_name(path) {
            Target::Router(application.clone())
        } else {
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            Target::Elsewhere(format!("{public_origin}{path}"))
        };
        target.answer(request)
    })
}

enum Target {
    Router(Router),
    Elsewhere(String),
}

impl Target {
    async fn answer(self, request: Request<Body>) -> Response {
        match self {
            Target::Router(router) => match router.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
            // Not a permanent redirect: browsers would remember it, and the name may be the public one tomorrow.
            Target::Elsewhere(address) => Redirect::temporary(&address).into_response(),
        }
    }
}

/// The host name the client asked for, without the port.
fn host(request: &Request) -> String {
    let authority = request
        .headers()
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .or_else(|| request.uri().authority().map(|authority| authority.as_str()))
        .unwrap_or_default();
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => host.to_owned(),
        _ => authority.to_owned(),
    }
}

fn answers_any_name(path: &str) -> bool {
    ANY_NAME.iter().any(|prefix| is_below(path, prefix))
}

fn is_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_path_segments_answer_under_any_name() {
        assert!(answers_any_name("/api/v1/packages"));
        assert!(answers_any_name("/healthz"));
        assert!(!answers_any_name("/apiculture"));
        assert!(!answers_any_name("/"));
    }
}
