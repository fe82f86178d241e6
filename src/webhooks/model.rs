//! Endpoints, deliveries, and when to try again.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use url::Url;

use crate::core::{DeliveryId, EventId, SpaceId, Timestamp, WebhookId};
use crate::outbox::EventKind;
use crate::storage::Secrets;

/// Pauses after the first failure, the second and so on; after the last there is no other try. Those that Standard
/// Webhooks recommends: more than three days in all.
const PAUSES: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 3600),
    Duration::from_secs(5 * 3600),
    Duration::from_secs(10 * 3600),
    Duration::from_secs(14 * 3600),
    Duration::from_secs(20 * 3600),
    Duration::from_secs(24 * 3600),
];

/// The pause after the `failures`th failure, up to a tenth longer by chance (0 to 255), so that what failed together does
/// not come back together. `None`: it was the last try.
pub fn pause(failures: i32, chance: u8) -> Option<Duration> {
    let pause = PAUSES.get(usize::try_from(failures - 1).ok()?)?;
    Some(*pause + *pause * u32::from(chance) / 2550)
}

/// Where events are sent.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Endpoint {
    /// Stable identifier.
    pub id: WebhookId,
    /// The address.
    pub url: String,
    /// What it is for, in the administrator's words.
    pub description: String,
    /// Signs.
    pub secret: String,
    /// Names of the kinds it asked for, separated by spaces.
    pub kinds: String,
    /// Only what concerns this space.
    pub space_id: Option<SpaceId>,
    /// Nothing is sent since then.
    pub disabled_at: Option<Timestamp>,
    /// `paused` by an administrator, or `gone`: the receiver answered 410.
    pub disabled_reason: Option<String>,
}

/// An endpoint to be added.
#[derive(Clone, Debug)]
pub struct NewEndpoint {
    /// The address, checked by [`checked_url`](crate::outbound::checked_url).
    pub url: Url,
    /// What it is for.
    pub description: String,
    /// What it asks for.
    pub kinds: Vec<EventKind>,
    /// Only what concerns this space.
    pub space: Option<SpaceId>,
}

/// A secret as Standard Webhooks writes it: 256 random bits.
pub fn new_secret() -> String {
    format!("whsec_{}", BASE64_STANDARD.encode(Secrets::random()))
}

/// One event on its way to one endpoint, held by this process.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Delivery {
    pub id: DeliveryId,
    pub event_id: EventId,
    pub endpoint_id: WebhookId,
    pub attempts: i32,
    pub lease_until: Timestamp,
    pub body: String,
    pub url: String,
    pub secret: String,
    pub old_secret: Option<String>,
    pub old_secret_until: Option<Timestamp>,
}

/// What came of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// How long it took.
    pub milliseconds: u64,
    /// Why there was no answer, as a stable code: `webhook-fault-CODE` is the sentence.
    pub fault: Option<&'static str>,
}

impl Tried {
    /// Whether the receiver has it now.
    pub fn delivered(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether the receiver wants nothing more, ever.
    pub fn gone(&self) -> bool {
        self.status == Some(410)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_days_and_end() {
        let total: Duration = (1..).map_while(|failures| pause(failures, 0)).sum();
        assert_eq!(pause(1, 0), Some(Duration::from_secs(5)));
        assert!(total > Duration::from_secs(3 * 24 * 3600), "{total:?}");
        assert_eq!(pause(10, 255), None);
        assert_eq!(pause(9, 255), Some(Duration::from_secs(24 * 3600 + 24 * 360)));
    }
}
