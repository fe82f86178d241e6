//! From a template to an answer, and the page that tells a failure to a person.

use askama::Template;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::problem::Problem;
use super::shell::Shell;
use crate::core::{Error, Result};

/// The page of a template. Pages show what a person may see, so no cache in between keeps them.
pub fn render(page: &impl Template) -> Result<Response> {
    let mut response = Html(page.render().map_err(Error::internal)?).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

/// What happened, what was kept, the one thing to do, and a short code to quote.
#[derive(Template)]
#[template(path = "web/templates/error.html")]
struct FailurePage {
    shell: Shell,
    title: String,
    sentence: String,
    kept: String,
    act: String,
    href: String,
    reference: String,
}

/// Tells `problem` to a person. `method` says whether something may have been lost, `back` is where trying again leads.
pub fn failure_page(shell: Shell, problem: &Problem, method: &Method, reference: &str) -> Response {
    let words = shell.words;
    let family = family(problem.status);
    let (act, href) = match problem.status {
        StatusCode::UNAUTHORIZED => (words.t("error-act-sign-in"), "/sign-in".to_owned()),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS if method.is_safe() => {
            (words.t("error-act-again"), shell.path.clone())
        }
        _ => (words.t("error-act-home"), "/".to_owned()),
    };
    let page = FailurePage {
        title: words.t(&format!("error-title-{family}")),
        sentence: words.error(problem.code, &problem.args).unwrap_or_else(|| words.t(general(problem.status))),
        kept: words.t(if method.is_safe() { "error-kept-read" } else { "error-kept-write" }),
        act,
        href,
        reference: reference.to_owned(),
        shell,
    };
    match render(&page) {
        Ok(mut response) => {
            *response.status_mut() = problem.status;
            response
        }
        Err(_) => problem.document(words),
    }
}

fn family(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::UNAUTHORIZED => "unauthenticated",
        StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => "conflict",
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            "unprocessable"
        }
        StatusCode::TOO_MANY_REQUESTS => "too-many",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        status if status.is_client_error() => "malformed",
        _ => "internal",
    }
}

/// The sentence for a code that has none of its own.
pub(super) fn general(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "error-not-found",
        StatusCode::FORBIDDEN => "error-forbidden",
        StatusCode::SERVICE_UNAVAILABLE => "error-unavailable",
        status if status.is_client_error() => "error-malformed",
        _ => "error-internal",
    }
}
