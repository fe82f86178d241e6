//! A sent form whose fields may come several times: serde's reader of forms keeps only one of each name.

use axum::extract::{FromRequest, RawForm, Request};

use crate::core::Error;

/// The fields of a form, in order.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`.
    pub fn read(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// The first value of a field; empty if there is none. Browsers send line ends as CRLF.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.as_str())
    }

    /// Every value of a field.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Whether a box is ticked or a button was pressed.
    pub fn is_set(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    /// A text of several lines, trimmed, with plain line ends.
    pub fn prose(&self, name: &str) -> String {
        self.text(name).replace("\r\n", "\n").trim().to_owned()
    }

    /// A whole number, if it is one.
    pub fn whole<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).trim().parse().ok()
    }
}

/// One of the boxes of a form, as it is drawn.
pub struct Choice {
    /// What the form sends for it.
    pub value: &'static str,
    pub label: String,
    /// More about it; may be empty.
    pub hint: String,
    pub checked: bool,
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let RawForm(body) = RawForm::from_request(request, state)
            .await
            .map_err(|cause| Error::malformed("form-unreadable").detail(cause.body_text()))?;
        Ok(Self::read(&body))
    }
}
