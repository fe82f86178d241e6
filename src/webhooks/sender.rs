//! One try: resolve, judge the address, connect to it and nowhere else, sign, send, read the status.

use std::sync::Arc;
use std::time::Instant;

use ipnet::IpNet;
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook};
use url::Url;

use super::model::{Delivery, Tried};
use crate::core::Timestamp;
use crate::outbound::{Lookup, Reach, fault};

/// Sends events.
pub struct Sender(Reach);

impl Sender {
    /// Sends by the machine's resolver.
    pub fn new(allowed: &[IpNet]) -> anyhow::Result<Self> {
        Reach::new(allowed).map(Self)
    }

    /// Sends to the addresses that `lookup` names.
    pub fn with_lookup(allowed: &[IpNet], lookup: Arc<dyn Lookup>) -> anyhow::Result<Self> {
        Reach::with_lookup(allowed, lookup).map(Self)
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
        let client = self.0.client(&url)?;
        let signature = signatures(delivery, now)?;
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
