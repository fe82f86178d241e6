//! How many requests a second somebody may send, with some saved up for a burst.
//!
//! Whoever sends more is told when to go on, or is kept waiting so long: content does not ask a second time for what it was refused.
//!
//! The limits keep one process answering, so each process has its own: with several servers a caller may have as many times
//! the rate, and no request waits for a shared counter. Nothing is lost with a process but what somebody had already used.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use crate::core::{LaunchId, Timestamp};

/// Who is limited.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// The tool with this key.
    Credential(String),
    /// The program with this token.
    Program(Uuid),
    /// Content of this launch.
    Launch(LaunchId),
    /// Requests from an address that no known credential carries.
    Stranger(IpAddr),
}

impl Who {
    /// Nobody known at this address. A host has a whole /64 of IPv6, so its addresses count as one.
    pub fn stranger(address: IpAddr) -> Self {
        Self::Stranger(match address {
            IpAddr::V6(address) => match address.to_ipv4_mapped() {
                Some(mapped) => mapped.into(),
                None => Ipv6Addr::from(u128::from(address) & (u128::MAX << 64)).into(),
            },
            address => address,
        })
    }
}

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;
/// What was not used for so long may come at once.
const SAVED: i64 = 10 * SECOND;
/// So many are remembered; more than that at a time are beyond an intranet.
const MOST: usize = 10_000;

/// What everybody has used. (The generic cell rate algorithm: one moment a caller, at which all they used is given back.)
#[derive(Default)]
pub struct Limits(Mutex<HashMap<Who, i64>>);

impl Limits {
    /// Lets one request of `who` pass, who may send `rate` a second; zero is no limit. Answers how long to keep it waiting, at most
    /// `patience`; the error is how long to wait before asking again.
    pub fn take(&self, who: Who, rate: u32, patience: Duration, now: Timestamp) -> Result<Duration, Duration> {
        if rate == 0 {
            return Ok(Duration::ZERO);
        }
        let cost = (SECOND / i64::from(rate)).max(1);
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let patience = i64::try_from(patience.as_micros()).unwrap_or(SAVED);
        // Clamped: a clock that was set back locks nobody out.
        let last = now.0.saturating_add(SAVED + patience);
        let free_at = used.get(&who).map_or(now.0, |at| (*at).clamp(now.0, last));
        let wait = (free_at + cost - now.0 - SAVED).max(0);
        if wait > patience {
            return Err(Duration::from_micros((wait - patience).unsigned_abs()));
        }
        if used.len() >= MOST && !used.contains_key(&who) {
            forget(&mut used, now);
        }
        used.insert(who, free_at + cost);
        Ok(Duration::from_micros(wait.unsigned_abs()))
    }
}

/// Makes room: those who have everything back are as good as unknown; if that is not enough, those who used least go.
fn forget(used: &mut HashMap<Who, i64>, now: Timestamp) {
    used.retain(|_, free_at| *free_at > now.0);
    if used.len() >= MOST {
        let mut moments: Vec<i64> = used.values().copied().collect();
        let middle = moments.len() / 2;
        let (_, median, _) = moments.select_nth_unstable(middle);
        let median = *median;
        used.retain(|_, free_at| *free_at > median);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_ONCE: Result<Duration, Duration> = Ok(Duration::ZERO);

    fn launch() -> Who {
        Who::Launch(LaunchId::new())
    }

    #[test]
    fn ten_seconds_may_come_at_once_and_then_as_many_as_the_rate() {
        let (limits, who, start) = (Limits::default(), launch(), Timestamp(1_000));
        for _ in 0..20 {
            assert_eq!(limits.take(who.clone(), 2, Duration::ZERO, start), AT_ONCE);
        }
        assert_eq!(limits.take(who.clone(), 2, Duration::ZERO, start), Err(Duration::from_millis(500)));
        let later = start.plus(Duration::from_millis(500));
        assert_eq!(limits.take(who.clone(), 2, Duration::ZERO, later), AT_ONCE);
        assert!(limits.take(who.clone(), 2, Duration::ZERO, later).is_err());
        assert_eq!(limits.take(launch(), 2, Duration::ZERO, later), AT_ONCE, "others have their own");
        assert_eq!(limits.take(who, 0, Duration::ZERO, later), AT_ONCE, "zero is no limit");
    }

    #[test]
    fn who_is_waited_for_is_let_in_one_after_the_other_and_not_for_ever() {
        let (limits, who, start) = (Limits::default(), launch(), Timestamp(1_000));
        let take = || limits.take(who.clone(), 2, Duration::from_secs(1), start);
        for _ in 0..20 {
            assert_eq!(take(), AT_ONCE);
        }
        assert_eq!([take(), take()], [Ok(Duration::from_millis(500)), Ok(Duration::from_secs(1))]);
        assert_eq!([take(), take()], [Err(Duration::from_millis(500)); 2]);
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let (limits, who) = (Limits::default(), launch());
        assert_eq!(limits.take(who.clone(), 1, Duration::ZERO, Timestamp(3_600 * SECOND)), AT_ONCE);
        assert!(limits.take(who, 1, Duration::ZERO, Timestamp(0)).is_err_and(|wait| wait <= Duration::from_secs(1)));
    }

    #[test]
    fn strangers_without_number_take_a_bounded_place() {
        let limits = Limits::default();
        for number in 0..40_000_u32 {
            let _ = limits.take(Who::stranger(IpAddr::V4(number.into())), 1, Duration::ZERO, Timestamp(0));
        }
        assert!(limits.0.lock().unwrap().len() <= MOST);
    }

    #[test]
    fn a_host_is_one_whichever_of_its_addresses_it_takes() {
        let who = |text: &str| Who::stranger(text.parse().unwrap());
        assert_eq!(who("2001:db8::1"), who("2001:db8::ffff:1"));
        assert_ne!(who("2001:db8::1"), who("2001:db8:0:1::1"));
        assert_eq!(who("::ffff:10.0.0.1"), who("10.0.0.1"));
    }
}
