//! Cookies that this host alone sets and reads.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::config::Config;
use crate::core::{Error, Result};

/// A cookie by its plain name.
///
/// Browsers take it as `__Host-NAME` and `Secure` wherever they keep such cookies, so that the sibling content host can
/// neither set nor receive it. Over plain http elsewhere they would drop it: there it has its plain name.
#[derive(Clone, Copy, Debug)]
pub struct HostCookie {
    name: &'static str,
    framed: bool,
}

impl HostCookie {
    /// A cookie for pages that stand by themselves.
    pub const fn new(name: &'static str) -> Self {
        Self { name, framed: false }
    }

    /// A cookie for pages that another site frames: the browser keeps it apart for each site around it.
    pub const fn framed(name: &'static str) -> Self {
        Self { name, framed: true }
    }

    /// The name browsers know it by, under this configuration.
    pub fn name(self, config: &Config) -> String {
        if config.secure_cookies() { format!("__Host-{}", self.name) } else { self.name.to_owned() }
    }

    /// The header that makes the browser keep it. `value` is base64url.
    pub fn set(self, config: &Config, value: &str, seconds: u64) -> Result<HeaderValue> {
        let name = self.name(config);
        let goes = match (self.framed, config.secure_cookies()) {
            // Without `Secure` no browser sends it into a frame on another site: framing needs https.
            (true, _) => "SameSite=None; Partitioned; Secure",
            (false, true) => "SameSite=Lax; Secure",
            (false, false) => "SameSite=Lax",
        };
        HeaderValue::try_from(format!("{name}={value}; Path=/; HttpOnly; {goes}; Max-Age={seconds}"))
            .map_err(Error::internal)
    }

    /// The header that makes the browser forget it.
    pub fn forget(self, config: &Config) -> Result<HeaderValue> {
        self.set(config, "", 0)
    }

    /// Its value, if the browser sent one.
    pub fn read<'h>(self, config: &Config, headers: &'h HeaderMap) -> Option<&'h str> {
        value(headers, &self.name(config)).filter(|value| !value.is_empty())
    }
}

/// The value of a cookie (RFC 6265 section 5.4: pairs separated by "; ").
pub(super) fn value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}
