//! Seeded chance. Each draw is derived from the seed, a purpose and an ordinal, so that a new
//! draw somewhere changes nothing elsewhere.

use sha2::{Digest, Sha256};

/// The source of every random value of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chance {
    seed: u64,
}

impl Chance {
    /// Chance with a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// A number from 0 up to, but not including, `below`; 0 when `below` is 0.
    #[must_use]
    pub fn below(self, purpose: &str, ordinal: u64, below: u64) -> u64 {
        self.draw(purpose, ordinal).checked_rem(below).unwrap_or_default()
    }

    /// One of several, or `None` of none.
    #[must_use]
    pub fn pick<'a, T>(self, purpose: &str, from: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(from.len()).unwrap_or(u64::MAX);
        from.get(usize::try_from(self.below(purpose, 0, count)).unwrap_or_default())
    }

    fn draw(self, purpose: &str, ordinal: u64) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(ordinal.to_be_bytes());
        hash.update(purpose.as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&hash.finalize()[..8]);
        u64::from_be_bytes(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_depend_on_seed_purpose_and_ordinal() {
        let draw = |seed, purpose, ordinal| Chance::new(seed).below(purpose, ordinal, u64::MAX);
        assert_eq!(draw(1, "mail", 0), draw(1, "mail", 0));
        assert_ne!(draw(1, "mail", 0), draw(2, "mail", 0));
        assert_ne!(draw(1, "mail", 0), draw(1, "phone", 0));
        assert_ne!(draw(1, "mail", 0), draw(1, "mail", 1));
    }

    #[test]
    fn draws_stay_below_and_nothing_divides_by_zero() {
        assert!((0..200).all(|ordinal| Chance::new(7).below("x", ordinal, 3) < 3));
        assert_eq!(Chance::new(7).below("x", 0, 0), 0);
        assert_eq!(Chance::new(7).pick::<u8>("x", &[]), None);
        assert_eq!(Chance::new(7).pick("x", &[9]), Some(&9));
    }
}
