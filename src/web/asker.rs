//! Who asks: a program, which is told failures as documents, or a person, who gets a page; and from where.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap, header};
use ipnet::IpNet;

/// Whether the asker is a program: an interface path, or a wish for JSON and not for HTML.
pub fn asked_by_program(path: &str, headers: &HeaderMap) -> bool {
    let interface = ["/api/", "/oauth/", "/xapi/", "/scim/", "/runtime/"].iter().any(|prefix| path.starts_with(prefix));
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("*/*");
    interface || (accept.contains("json") && !accept.contains("text/html"))
}

/// The address that asks: the last one that none of our own `proxies` has. `None` where the server does not know (a test).
///
/// `X-Forwarded-For` is believed only as far back as trusted hands wrote it: whatever stands before is the asker's own invention.
pub fn client_address(headers: &HeaderMap, extensions: &Extensions, proxies: &[IpNet]) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    let is_proxy = |address: &IpAddr| proxies.iter().any(|network| network.contains(address));
    let peer = peer.ip().to_canonical();
    if !is_proxy(&peer) {
        return Some(peer);
    }
    let told = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let told: Vec<&str> = told.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut nearest = peer;
    for hop in told.into_iter().rev() {
        let Ok(address) = hop.parse::<IpAddr>() else { break };
        nearest = address.to_canonical();
        if !is_proxy(&nearest) {
            break;
        }
    }
    Some(nearest)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_our_own_proxies_are_believed_about_who_asks() {
        let proxies: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        let asks = |peer: &str, told: &'static str| {
            let mut extensions = Extensions::new();
            extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4000)));
            let headers = HeaderMap::from_iter([(
                header::HeaderName::from_static("x-forwarded-for"),
                HeaderValue::from_static(told),
            )]);
            client_address(&headers, &extensions, &proxies).unwrap().to_string()
        };
        assert_eq!(asks("192.0.2.7", "198.51.100.1"), "192.0.2.7");
        assert_eq!(asks("10.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(asks("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2"), "198.51.100.1");
        assert_eq!(asks("10.0.0.1", "nonsense"), "10.0.0.1");
    }
}
