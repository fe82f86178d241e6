//! How a failure is told: problem+json (RFC 9457) to programs, a page in plain words to people.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::asker::asked_by_program;
use super::i18n::Words;
use super::page::{failure_page, general};
use super::shell::{Shell, language};
use crate::core::{Error, Kind, Timestamp};
use crate::state::App;

/// A failure on its way out, before it is known whether a program or a person reads it.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable code.
    pub code: &'static str,
    /// Values of the sentence's placeholders.
    pub args: Vec<(&'static str, String)>,
    /// Technical detail, in English.
    pub detail: Option<String>,
    /// Further members of the document.
    pub extra: Map<String, Value>,
}

impl Kind {
    /// The HTTP status that says this.
    pub fn status(self) -> StatusCode {
        match self {
            Kind::Malformed => StatusCode::BAD_REQUEST,
            Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::UnsupportedType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Kind::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if self.kind == Kind::Internal {
            tracing::error!(code = self.code, cause = %self, "request failed");
        }
        let problem = Problem {
            status: self.kind.status(),
            code: self.code,
            args: self.args,
            detail: self.detail,
            extra: *self.extra.unwrap_or_default(),
        };
        let mut response = problem.status.into_response();
        response.extensions_mut().insert(problem);
        response
    }
}

impl Problem {
    /// The RFC 9457 document, its title in the reader's language.
    pub fn document(&self, words: Words) -> Response {
        let mut document = json!({
            "type": format!("about:blank#{}", self.code),
            "status": self.status.as_u16(),
            "code": self.code,
            "title": words.error(self.code, &self.args).unwrap_or_else(|| words.t(general(self.status))),
        });
        if let Some(members) = document.as_object_mut() {
            if let Some(detail) = &self.detail {
                members.insert("detail".into(), detail.as_str().into());
            }
            members.extend(self.extra.clone());
        }
        let mut response = (self.status, Json(document)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json; charset=utf-8"));
        response
    }
}

/// Writes the body of every failure below it, for whoever asked. Also of those the framework makes itself (404, 405, 413…).
pub async fn tell_failures(State(app): State<App>, request: Request, next: Next) -> Response {
    let words = Words::of(language(request.headers(), request.extensions()));
    let is_program = asked_by_program(request.uri().path(), request.headers());
    let person = (!is_program).then(|| Shell::of(request.headers(), request.uri(), request.extensions()));
    let method = request.method().clone();
    let response = next.run(request).await;
    let problem = match response.extensions().get::<Problem>() {
        Some(problem) => problem.clone(),
        None => match unspoken(&response) {
            Some(problem) => problem,
            None => return response,
        },
    };
    let mut told = match person {
        Some(shell) => {
            let reference = reference(problem.status, app.clock.now());
            if !reference.is_empty() {
                tracing::error!(code = problem.code, reference, "told to a person");
            }
            failure_page(shell, &problem, &method, &reference)
        }
        None => problem.document(words),
    };
    // What the failing handler set on purpose (Allow, Retry-After, CORS, cookies) stays.
    for (name, value) in response.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            told.headers_mut().append(name, value.clone());
        }
    }
    told.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    told
}

/// The short code a person quotes and an operator finds in the log; only our own faults need one.
fn reference(status: StatusCode, now: Timestamp) -> String {
    if status.is_server_error() { format!("{:X}", now.0.rem_euclid(1 << 40)) } else { String::new() }
}

/// A failure that no handler of ours told: unknown route, wrong method, a body that could not be read.
fn unspoken(response: &Response) -> Option<Problem> {
    let status = response.status();
    let has_own_body =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|value| !value.as_bytes().starts_with(b"text/plain"));
    if !(status.is_client_error() || status.is_server_error()) || has_own_body {
        return None;
    }
    let code = match status {
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::METHOD_NOT_ALLOWED => "method-not-allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "payload-too-large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported-type",
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => "unavailable",
        _ if status.is_client_error() => "malformed",
        _ => "internal",
    };
    Some(Problem { status, code, args: Vec::new(), detail: None, extra: Map::new() })
}
