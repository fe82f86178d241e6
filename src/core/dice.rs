//! Chance that repeats: the same seed gives the same throws on every machine.

/// SplitMix64 (Steele, Lea, Flood 2014): small, and good enough to shuffle and to draw. Never for secrets.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that begin with `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Dice of a name (FNV-1a): each name throws in its own way.
    pub fn of(name: &str) -> Self {
        Self(
            name.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)),
        )
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit` (0 for a limit of 0), each as likely as any other.
    pub fn below(&mut self, limit: u64) -> u64 {
        let limit = limit.max(1);
        // Below the greatest multiple of the limit, so that no number is likelier.
        let fair = u64::MAX - u64::MAX % limit;
        loop {
            let thrown = self.next();
            if thrown < fair {
                return thrown % limit;
            }
        }
    }

    /// Fisher and Yates: every order is as likely as any other.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last as u64 + 1);
            items.swap(last, usize::try_from(other).unwrap_or(last));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_throws_the_same_and_another_does_not() {
        let throws = |name| {
            let mut dice = Dice::of(name);
            [dice.below(1_000), dice.below(1_000), dice.below(1_000)]
        };
        assert_eq!(throws("camille"), throws("camille"));
        assert_ne!(throws("camille"), throws("thomas"));
    }

    #[test]
    fn throws_stay_below_their_limit_and_reach_every_number() {
        let mut dice = Dice::new(7);
        let mut seen = [0; 6];
        for _ in 0..600 {
            seen[dice.below(6) as usize] += 1;
        }
        assert!(seen.iter().all(|count| (50..150).contains(count)), "{seen:?}");
        assert_eq!((dice.below(0), dice.below(1)), (0, 0));
    }
}
