//! How long exchanges really took, as a histogram: it can be put together from pieces, and is small
//! however long a run is.

use std::{collections::BTreeMap, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A histogram. Each bucket is twice as wide as the one before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Timings {
    /// How many took less than so many microseconds, and not less than half of that.
    pub below_us: BTreeMap<u64, u64>,
}

impl Timings {
    /// Counts one.
    pub fn count(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let below = micros.saturating_add(1).checked_next_power_of_two().unwrap_or(u64::MAX);
        *self.below_us.entry(below).or_default() += 1;
    }

    /// What two runs have counted.
    pub fn merge(&mut self, other: &Self) {
        for (below, count) in &other.below_us {
            *self.below_us.entry(*below).or_default() += count;
        }
    }

    /// How many were counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.below_us.values().sum()
    }

    /// Below how many microseconds so many of a hundred were; nothing of nothing.
    #[must_use]
    pub fn percentile(&self, of_hundred: u64) -> Option<u64> {
        let wanted = (self.total() * of_hundred).div_ceil(100).max(1);
        let mut seen = 0;
        self.below_us.iter().find_map(|(below, count)| {
            seen += count;
            (seen >= wanted).then_some(*below)
        })
    }
}

/// Microseconds for people.
#[must_use]
pub fn shown(micros: u64) -> String {
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..1_000_000 => format!("{:.1} ms", micros as f64 / 1e3),
        _ => format!("{:.1} s", micros as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_double_and_pieces_add_up() {
        let mut timings = Timings::default();
        assert_eq!((timings.total(), timings.percentile(50)), (0, None));
        for micros in [0, 1, 3, 700, 1_500_000] {
            timings.count(Duration::from_micros(micros));
        }
        let buckets: Vec<_> = timings.below_us.iter().map(|(a, b)| (*a, *b)).collect();
        assert_eq!(buckets, [(1, 1), (2, 1), (4, 1), (1024, 1), (2_097_152, 1)]);
        assert_eq!(timings.percentile(50), Some(4));
        assert_eq!(timings.percentile(99), Some(2_097_152));
        let mut both = timings.clone();
        both.merge(&timings);
        assert_eq!((both.total(), both.percentile(50)), (10, Some(4)));
        assert_eq!(
            [999, 1024, 2_097_152].map(shown),
            ["999 µs".to_owned(), "1.0 ms".to_owned(), "2.1 s".to_owned()]
        );
    }
}
