//! Cookies that this host alone sets and reads.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::config::Config;

/// A cookie by its plain name.
///
/// Browsers take it as `__Host-NAME` and `Secure` wherever they keep such cookies, so that the sibling content host can
/// neither set nor receive it. Over plain http elsewhere they would drop it: there it has its plain name.
#[derive(Clone, Copy, Debug)]
pub struct HostCookie(pub &'static str);

impl HostCookie {
    /// The name browsers know it by, under this configuration.
    pub fn name(self, config: &Config) -> String {
        if config.secure_cookies() { format!("__Host-{}", self.0) } else { self.0.to_owned() }
    }

    /// The header that makes the browser keep it. `value` is base64url.
    pub fn set(self, config: &Config, value: &str, seconds: u64) -> HeaderValue {
        let secure = if config.secure_cookies() { "; Secure" } else { "" };
        let name = self.name(config);
        HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}"))
            .expect("names and base64url are plain ASCII")
    }

    /// The header that makes the browser forget it.
    pub fn forget(self, config: &Config) -> HeaderValue {
        self.set(config, "", 0)
    }

    /// Its value, if the browser sent one.
    pub fn read<'h>(self, config: &Config, headers: &'h HeaderMap) -> Option<&'h str> {
        value(headers, &self.name(config)).filter(|value| !value.is_empty())
    }
}

/// The value of a cookie (RFC 6265 section 5.4: pairs separated by "; ").
pub fn value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(found, _)| *found == name).map(|(_, value)| value).next()
}
