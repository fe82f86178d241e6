//! The shape of a failure in the interface's description.

use serde::Serialize;

/// A failure (RFC 9457). `code` is stable; `title` is a sentence for people in the language asked for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// Names the kind of failure; ends with the code.
    pub r#type: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable code of the failure.
    pub code: String,
    /// What happened, for people.
    pub title: String,
    /// Technical detail, in English.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// How every operation of the interface refuses who may not call it.
#[derive(utoipa::IntoResponses)]
pub enum NotAllowed {
    /// `sign-in-required`, `token-unknown`
    #[response(status = 401, content_type = "application/problem+json")]
    Nobody(ProblemDocument),
    /// `scope-missing`, `forbidden`
    #[response(status = 403, content_type = "application/problem+json")]
    SomebodyElse(ProblemDocument),
}
