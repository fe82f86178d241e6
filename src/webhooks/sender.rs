//! One try: resolve, judge the address, connect to it and nowhere else, sign, send, read the status.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use reqwest::redirect::Policy;
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook};
use url::{Host, Url};

use super::model::{Delivery, Tried};
use super::network;
use crate::core::Timestamp;

/// Time to reach the receiver.
const CONNECT: Duration = Duration::from_secs(5);
/// Time for the whole try.
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

/// Sends events.
pub struct Sender {
    /// For https: to public addresses, and to those that the operator allows.
    sealed: reqwest::Client,
    /// For http: to those that the operator allows only.
    open: reqwest::Client,
    allowed: Arc<[IpNet]>,
}

impl Sender {
    /// Sends by the machine's resolver.
    pub fn new(allowed: &[IpNet]) -> anyhow::Result<Self> {
        Self::with_lookup(allowed, Arc::new(System))
    }

    /// Sends to the addresses that `lookup` names.
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

    /// Tries once. The answer's body is never read: its size is the receiver's affair.
    pub async fn send(&self, delivery: &Delivery, now: Timestamp) -> Tried {
        let begun = Instant::now();
        let answer = self.attempt(delivery, now).await;
        let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        match answer {
            Ok(status) => Tried { status: Some(status), milliseconds, fault: None },
            Err(fault) => Tried { status: None, milliseconds, fault: Some(fault) },
        }
    }

    async fn attempt(&self, delivery: &Delivery, now: Timestamp) -> Result<u16, &'static str> {
        let url = Url::parse(&delivery.url).map_err(|_| "address")?;
        let sealed = url.scheme() == "https";
        // The client resolves names only: an address in the URL is judged here.
        if literal(&url).is_some_and(|address| !may_reach(address, &self.allowed, sealed)) {
            return Err("refused");
        }
        let signature = signatures(delivery, now)?;
        let client = if sealed { &self.sealed } else { &self.open };
        let request = client
            .post(url)
            .header(USER_AGENT, concat!("Preau-Webhooks/", env!("CARGO_PKG_VERSION")))
            .header(CONTENT_TYPE, "application/json")
            .header(HEADER_WEBHOOK_ID, delivery.event_id.to_string())
            .header(HEADER_WEBHOOK_TIMESTAMP, seconds(now).to_string())
            .header(HEADER_WEBHOOK_SIGNATURE, signature)
            .body(delivery.body.clone());
        let answer = request.send().await.map_err(|wrong| fault(&wrong))?;
        Ok(answer.status().as_u16())
    }
}

/// The signature by the present secret and, for a day after a change, by the one before: receivers change theirs in peace.
fn signatures(delivery: &Delivery, now: Timestamp) -> Result<String, &'static str> {
    let old = delivery.old_secret.as_deref().filter(|_| delivery.old_secret_until.is_some_and(|until| until > now));
    let secrets = std::iter::once(delivery.secret.as_str()).chain(old);
    let id = delivery.event_id.to_string();
    let sign = |secret| Webhook::new(secret)?.sign(&id, seconds(now), delivery.body.as_bytes());
    let signed: Result<Vec<String>, _> = secrets.map(sign).collect();
    signed.map(|all| all.join(" ")).map_err(|_| "secret")
}

fn seconds(at: Timestamp) -> i64 {
    at.0.div_euclid(1_000_000)
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

/// Why there was no answer.
fn fault(wrong: &reqwest::Error) -> &'static str {
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
