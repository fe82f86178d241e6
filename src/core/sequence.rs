//! Numbers that order what is stored by the time it was stored, without asking a database.
//!
//! A number is the microsecond shifted by twelve bits plus the mark of the process: increasing within a process, and two
//! processes meet only with the same mark in the same microsecond (the primary key then refuses, and the writer tries again).

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Timestamp;

const MARK_BITS: u32 = 12;

/// Hands out the numbers of one process.
#[derive(Clone)]
pub struct Sequence {
    mark: i64,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// The latest microsecond given away.
    last: i64,
    /// First microsecond of each batch that is not committed yet, by ticket.
    open: BTreeMap<u64, i64>,
    tickets: u64,
}

/// A run of numbers, and the promise that readers are told of its batch: keep it until the transaction ends.
pub struct Numbers {
    micros: Range<i64>,
    mark: i64,
    ticket: u64,
    state: Arc<Mutex<State>>,
}

impl Sequence {
    /// `random` makes the mark; only its last bits count.
    pub fn new(random: u128) -> Self {
        let mark = i64::try_from(random % (1 << MARK_BITS)).unwrap_or(0);
        Self { mark, state: Arc::default() }
    }

    /// `count` numbers from now on; each has a microsecond of its own.
    pub fn take(&self, now: Timestamp, count: usize) -> Numbers {
        let mut state = locked(&self.state);
        let first = now.0.max(state.last + 1);
        let end = first.saturating_add(i64::try_from(count).unwrap_or(i64::MAX));
        state.last = state.last.max(end - 1);
        state.tickets += 1;
        let ticket = state.tickets;
        state.open.insert(ticket, first);
        Numbers { micros: first..end, mark: self.mark, ticket, state: self.state.clone() }
    }

    /// The moment up to which everything this process numbered is committed or gone. Later numbers lie behind it.
    pub fn settled(&self, now: Timestamp) -> Timestamp {
        let mut state = locked(&self.state);
        state.last = state.last.max(now.0);
        Timestamp(state.open.values().min().map_or(state.last, |first| first - 1))
    }

    /// The last number that anything stored up to `moment` can have.
    pub fn through(moment: Timestamp) -> i64 {
        // Beyond the years an i64 can hold in this form there is nothing to find.
        moment
            .0
            .saturating_add(1)
            .checked_mul(1 << MARK_BITS)
            .map_or(if moment.0 < 0 { i64::MIN } else { i64::MAX }, |next| next - 1)
    }

    /// When what has this number was stored.
    pub fn moment(number: i64) -> Timestamp {
        Timestamp(number >> MARK_BITS)
    }
}

impl Numbers {
    pub fn iter(&self) -> impl Iterator<Item = i64> {
        let mark = self.mark;
        self.micros.clone().map(move |micro| (micro << MARK_BITS) | mark)
    }
}

impl Drop for Numbers {
    fn drop(&mut self) {
        locked(&self.state).open.remove(&self.ticket);
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // Every change of the state is whole before anything can panic.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_even_while_the_clock_stands() {
        let sequence = Sequence::new(7);
        let first: Vec<i64> = sequence.take(Timestamp(1_000), 3).iter().collect();
        let second: Vec<i64> = sequence.take(Timestamp(1_000), 1).iter().collect();
        assert!(first[0] < first[1] && first[2] < second[0]);
        assert_eq!(Sequence::moment(first[0]), Timestamp(1_000));
        assert!(first[0] <= Sequence::through(Timestamp(1_000)) && first[1] > Sequence::through(Timestamp(1_000)));
    }

    #[test]
    fn what_is_not_committed_holds_the_settled_moment_back() {
        let sequence = Sequence::new(0);
        let open = sequence.take(Timestamp(500), 2);
        assert_eq!(sequence.settled(Timestamp(900)), Timestamp(499));
        drop(open);
        assert_eq!(sequence.settled(Timestamp(900)), Timestamp(900));
        let next = sequence.take(Timestamp(900), 1).iter().next().unwrap();
        assert!(next > Sequence::through(Timestamp(900)), "nothing may appear at or before a moment called settled");
    }
}
