//! One error type for the whole product: what kind of failure, a stable code, and what the log needs.
//!
//! The sentence a person reads is not here: it is in the locale files under `error-<code>`, with `args` filled in.

use std::fmt;

/// Answer of everything that may fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, as far as the caller can act on it. Each kind is one HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 400: the request cannot be read.
    Malformed,
    /// 401: nobody is signed in, or the credential is unknown.
    Unauthenticated,
    /// 403: known, but not allowed.
    Forbidden,
    /// 404: not there, or not for this person.
    NotFound,
    /// 409: not in the present state.
    Conflict,
    /// 412: the state is not the one the caller based its change on.
    PreconditionFailed,
    /// 413: larger than this service accepts.
    TooLarge,
    /// 415: a media type this resource does not take.
    UnsupportedType,
    /// 422: understood, but its content breaks a rule.
    Unprocessable,
    /// 429: too many attempts.
    TooMany,
    /// 500: our fault; the cause goes to the log, never to the caller.
    Internal,
    /// 503: a part we depend on does not answer.
    Unavailable,
}

/// A failure with its stable code.
#[derive(Debug)]
pub struct Error {
    /// What the caller can do about it.
    pub kind: Kind,
    /// Stable, kebab-case, never translated; the locale key is `error-<code>`.
    pub code: &'static str,
    /// Values for the placeholders of the sentence.
    pub args: Vec<(&'static str, String)>,
    /// Technical detail for developers who call the interface (English), for example which rule at which pointer.
    pub detail: Option<String>,
    /// Further members of the problem document (RFC 9457 section 3.2), such as `findings`.
    pub extra: Option<Box<serde_json::Map<String, serde_json::Value>>>,
    /// The cause, for the log only.
    pub source: Option<anyhow::Error>,
}

impl Error {
    /// A failure of `kind` with a stable `code`.
    pub fn new(kind: Kind, code: &'static str) -> Self {
        Self { kind, code, args: Vec::new(), detail: None, extra: None, source: None }
    }

    /// Our own fault: logged with its cause, told to the caller as `internal`.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self { source: Some(cause.into()), ..Self::new(Kind::Internal, "internal") }
    }

    /// `what` is a stable code such as `course-unknown`.
    pub fn not_found(code: &'static str) -> Self {
        Self::new(Kind::NotFound, code)
    }

    /// The signed-in person or credential may not do this.
    pub fn forbidden() -> Self {
        Self::new(Kind::Forbidden, "forbidden")
    }

    /// A request that cannot be read.
    pub fn malformed(code: &'static str) -> Self {
        Self::new(Kind::Malformed, code)
    }

    /// A request that breaks a rule.
    pub fn unprocessable(code: &'static str) -> Self {
        Self::new(Kind::Unprocessable, code)
    }

    /// A request that the present state forbids.
    pub fn conflict(code: &'static str) -> Self {
        Self::new(Kind::Conflict, code)
    }

    /// Fills the placeholder `name` of the sentence.
    pub fn arg(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// Adds the technical detail.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a member to the problem document.
    pub fn with(mut self, name: &str, value: impl serde::Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or(serde_json::Value::Null);
        self.extra.get_or_insert_default().insert(name.to_owned(), value);
        self
    }

    /// Adds the cause, for the log.
    pub fn caused_by(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.source = Some(cause.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)?;
        if let Some(detail) = &self.detail {
            write!(f, ": {detail}")?;
        }
        if let Some(source) = &self.source {
            write!(f, ": {source:#}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<sqlx::Error> for Error {
    fn from(cause: sqlx::Error) -> Self {
        Self::internal(cause)
    }
}

impl From<std::io::Error> for Error {
    fn from(cause: std::io::Error) -> Self {
        Self::internal(cause)
    }
}

impl From<serde_json::Error> for Error {
    fn from(cause: serde_json::Error) -> Self {
        Self::internal(cause)
    }
}
