//! What was read once and never changes.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Values by the identifiers of rows that never change once they are written. Bounded: what was not asked for the longest goes
/// first.
///
/// An identifier is given once in all databases, so a value is true wherever it is found.
pub struct Memo<K, V> {
    inner: Mutex<Inner<K, V>>,
    /// Bytes kept at most, as those who keep them weigh them.
    most: usize,
}

struct Inner<K, V> {
    entries: HashMap<K, Entry<V>>,
    weight: usize,
    /// How often something was asked for.
    asked: u64,
}

struct Entry<V> {
    value: Arc<V>,
    weight: usize,
    last_asked: u64,
}

impl<K: Copy + Eq + Hash, V> Memo<K, V> {
    /// Nothing yet; `most` bytes at most.
    pub fn new(most: usize) -> Self {
        Self { inner: Mutex::new(Inner { entries: HashMap::new(), weight: 0, asked: 0 }), most }
    }

    /// What is kept under a key.
    pub fn find(&self, key: K) -> Option<Arc<V>> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.asked += 1;
        let now = inner.asked;
        let entry = inner.entries.get_mut(&key)?;
        entry.last_asked = now;
        Some(entry.value.clone())
    }

    /// Keeps a value of so many bytes; one that is heavier than all may be together is not kept.
    pub fn keep(&self, key: K, value: Arc<V>, weight: usize) {
        if weight > self.most {
            return;
        }
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let last_asked = inner.asked;
        if let Some(before) = inner.entries.insert(key, Entry { value, weight, last_asked }) {
            inner.weight -= before.weight;
        }
        inner.weight += weight;
        while inner.weight > self.most {
            let others = inner.entries.iter().filter(|(other, _)| **other != key);
            let Some(oldest) = others.min_by_key(|(_, entry)| entry.last_asked).map(|(other, _)| *other) else { break };
            if let Some(gone) = inner.entries.remove(&oldest) {
                inner.weight -= gone.weight;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_asked_for_the_longest_goes_first() {
        let memo: Memo<u8, &str> = Memo::new(10);
        let kept = || [1, 2, 3].map(|key| memo.find(key).is_some());
        memo.keep(1, Arc::new("one"), 4);
        memo.keep(2, Arc::new("two"), 4);
        assert_eq!(memo.find(1).as_deref(), Some(&"one"));
        memo.keep(3, Arc::new("three"), 4);
        assert_eq!(kept(), [true, false, true]);
        memo.keep(2, Arc::new("too much"), 11);
        assert_eq!(kept(), [true, false, true]);
        memo.keep(3, Arc::new("again"), 6);
        assert_eq!(kept(), [true, false, true]);
        memo.keep(2, Arc::new("all"), 10);
        assert_eq!(kept(), [false, true, false]);
    }
}
