//! Reaching other systems: by names and addresses that people typed, and nowhere they must not lead (`network`).
//!
//! Invariant: a connection goes only to an address that was judged after its name was resolved; no redirect is followed and no
//! proxy asked.

mod network;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use url::{Host, Url};

use crate::core::{Error, Result};

/// Time to reach the receiver.
const CONNECT: Duration = Duration::from_secs(5);
/// Time for a whole request whose sender says nothing else.
const WHOLE: Duration = Duration::from_secs(15);

/// Says which addresses a name has. The machine's own resolver, except in tests.
pub trait Lookup: Send + Sync + 'static {
    /// The addresses of `host`.
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The machine's resolver.
struct System;

impl Lookup for System {
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.map(|at| at.ip()).collect()) })
    }
}

/// Chooses who does the cryptography of https connections, once for the process.
pub fn prepare_tls() {
    // Somebody chose before: then there is a choice.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Makes connections to what may be reached.
pub struct Reach {
    /// For https: to public addresses, and to those that the operator allows.
    sealed: reqwest::Client,
    /// For http: to those that the operator allows only.
    open: reqwest::Client,
    allowed: Arc<[IpNet]>,
}

impl Reach {
    /// By the machine's resolver.
    pub fn new(allowed: &[IpNet]) -> anyhow::Result<Self> {
        Self::with_lookup(allowed, Arc::new(System))
    }

    /// To the addresses that `lookup` names.
    pub fn with_lookup(allowed: &[IpNet], lookup: Arc<dyn Lookup>) -> anyhow::Result<Self> {
        let allowed: Arc<[IpNet]> = allowed.into();
        let client = |public: bool| {
            let judge = Judge { lookup: Arc::clone(&lookup), allowed: Arc::clone(&allowed), public };
            reqwest::Client::builder()
                .https_only(public)
                .redirect(Policy::none())
                // A proxy would resolve the name once more, and connect to what we have not judged.
                .no_proxy()
                .dns_resolver(Arc::new(judge))
                .pool_max_idle_per_host(0)
                .connect_timeout(CONNECT)
                .timeout(WHOLE)
                .build()
        };
        Ok(Self { sealed: client(true)?, open: client(false)?, allowed: Arc::clone(&allowed) })
    }

    /// The client for `url`. Errors: `refused`.
    pub fn client(&self, url: &Url) -> Result<&reqwest::Client, &'static str> {
        let sealed = url.scheme() == "https";
        // The client resolves names only: an address in the URL is judged here.
        if literal(url).is_some_and(|address| !may_reach(address, &self.allowed, sealed)) {
            return Err("refused");
        }
        Ok(if sealed { &self.sealed } else { &self.open })
    }
}

/// An address that something may be sent to, as far as can be told before its name is resolved.
///
/// Errors: `webhook-url-invalid`, `webhook-url-https`, `webhook-url-private`.
pub fn checked_url(text: &str, allowed: &[IpNet]) -> Result<Url> {
    let invalid = || Error::unprocessable("webhook-url-invalid");
    let url = Url::parse(text.trim()).map_err(|_| invalid())?;
    let plain = url.scheme() == "http";
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if !(plain || url.scheme() == "https") || !bare || url.as_str().len() > 2000 {
        return Err(invalid());
    }
    let address = match url.host().ok_or_else(invalid)? {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
    };
    let inside = address.map_or(!allowed.is_empty(), |address| network::is_allowed(address, allowed));
    if address.is_some_and(|address| !network::is_public(address)) && !inside {
        return Err(Error::unprocessable("webhook-url-private"));
    }
    if plain && !inside {
        return Err(Error::unprocessable("webhook-url-https"));
    }
    Ok(url)
}

fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
    }
}

fn may_reach(address: IpAddr, allowed: &[IpNet], public: bool) -> bool {
    network::is_allowed(address, allowed) || (public && network::is_public(address))
}

/// Resolves a name and lets through what may be reached; the client connects to what it is given.
struct Judge {
    lookup: Arc<dyn Lookup>,
    allowed: Arc<[IpNet]>,
    public: bool,
}

/// All addresses of a name were refused.
#[derive(Debug)]
struct Refused;

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the name leads to an address that is not allowed")
    }
}

impl std::error::Error for Refused {}

impl Resolve for Judge {
    fn resolve(&self, name: Name) -> Resolving {
        let (allowed, public) = (Arc::clone(&self.allowed), self.public);
        let found = self.lookup.lookup(name.as_str().to_owned());
        Box::pin(async move {
            let found = found.await?;
            let fit: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| may_reach(*address, &allowed, public))
                .map(|address| SocketAddr::new(address, 0))
                .collect();
            if fit.is_empty() {
                return Err(Refused.into());
            }
            let fit: Addrs = Box::new(fit.into_iter());
            Ok(fit)
        })
    }
}

/// Why there was no answer: `refused`, `certificate`, `timeout`, `connect` or `broken`.
pub fn fault(wrong: &reqwest::Error) -> &'static str {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(wrong);
    while let Some(at) = cause {
        if at.is::<Refused>() {
            return "refused";
        }
        if at.is::<rustls::Error>() {
            return "certificate";
        }
        cause = at.source();
    }
    if wrong.is_timeout() {
        "timeout"
    } else if wrong.is_connect() {
        "connect"
    } else {
        "broken"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_public_https_or_inside_the_allowed_networks() {
        let code = |text: &str, allowed: &[IpNet]| checked_url(text, allowed).map_err(|wrong| wrong.code).err();
        let house: IpNet = "10.20.0.0/16".parse().unwrap();
        for fine in ["https://rh.example.fr/hooks?x=1", "https://1.1.1.1:8443/"] {
            assert_eq!(code(fine, &[]), None, "{fine}");
        }
        for (wrong, why) in [
            ("ftp://rh.example.fr/", "webhook-url-invalid"),
            ("rh.example.fr", "webhook-url-invalid"),
            ("https://moi:secret@rh.example.fr/", "webhook-url-invalid"),
            ("http://rh.example.fr/", "webhook-url-https"),
            ("https://127.0.0.1/", "webhook-url-private"),
            ("https://2130706433/", "webhook-url-private"),
            ("https://[::ffff:10.0.0.1]/", "webhook-url-private"),
            ("https://[fd00::1]/", "webhook-url-private"),
        ] {
            assert_eq!(code(wrong, &[]), Some(why), "{wrong}");
        }
        assert_eq!(code("http://10.20.0.5/hooks", &[house]), None);
        assert_eq!(code("http://10.21.0.5/hooks", &[house]), Some("webhook-url-private"));
        assert_eq!(code("http://intranet.example.fr/hooks", &[house]), None);
    }
}
