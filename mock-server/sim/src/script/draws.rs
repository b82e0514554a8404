//! Chance in scenarios. Every draw depends on the seed, the rule and whom it is about, so another
//! rule or another user changes nothing. The arithmetic is the same on every machine.

use contract::scenario::{
    Span,
    fault::{Delay, Spread},
};

use super::{Counted, Holder};
use crate::draw::{self, Purpose};

/// Between 0 and 1, without 1.
pub(super) fn chance(seed: u64, counted: &Counted, ordinal: u32) -> f64 {
    unit(draw::word(seed, Purpose::RuleChance, entity(counted), ordinal.into()))
}

/// How long a delay is this time.
pub(super) fn delay(seed: u64, counted: &Counted, (ordinal, delay): (u32, Delay)) -> Span {
    let draw = || draw::wide(seed, Purpose::RuleDelay, entity(counted), ordinal.into());
    match delay {
        Delay::Fixed(span) => span,
        Delay::Drawn(Spread::Uniform { from, to }) => {
            let (from, to) = (millis(from), millis(to));
            let (low, _) = halves(draw());
            Span::millis(from + (to - from) * unit(low))
        }
        Delay::Drawn(Spread::LogNormal { median, sigma, at_most }) => {
            let (one, other) = halves(draw());
            let drawn = millis(median) * libm::exp(sigma * normal(unit(one), unit(other)));
            Span::millis(drawn.min(millis(at_most)))
        }
    }
}

/// A standard normal value from two even ones (Box and Muller).
fn normal(one: f64, other: f64) -> f64 {
    // The logarithm of 0 does not exist; the first value is turned around, so it is above 0.
    let radius = libm::sqrt(-2.0 * libm::log(1.0 - one));
    radius * libm::cos(std::f64::consts::TAU * other)
}

#[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
fn unit(word: u64) -> f64 {
    (word >> 11) as f64 / (1_u64 << 53) as f64
}

#[expect(clippy::cast_possible_truncation, reason = "each half is taken")]
const fn halves(wide: u128) -> (u64, u64) {
    ((wide >> 64) as u64, wide as u64)
}

#[expect(clippy::cast_precision_loss, reason = "a year of milliseconds has 35 bits")]
fn millis(span: Span) -> f64 {
    span.duration().as_millis() as f64
}

/// A number for what is counted (FNV-1a, 64 bits).
fn entity(counted: &Counted) -> u64 {
    let holder = match &counted.holder {
        Holder::User(user) => format!("user {user}"),
        Holder::Address(address) => format!("address {address}"),
        Holder::Everybody => String::new(),
    };
    let text = format!("{}/{}/{holder}", counted.scenario, counted.rule);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(user: i32) -> Counted {
        Counted { holder: Holder::User(user), scenario: "x".into(), rule: 0 }
    }

    #[test]
    fn draws_are_even_repeatable_and_each_users_own() {
        let drawn: Vec<_> = (0..1000).map(|ordinal| chance(7, &counted(1), ordinal)).collect();
        let mean = drawn.iter().sum::<f64>() / 1000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
        assert_eq!(drawn[3], chance(7, &counted(1), 3));
        assert_ne!(drawn[3], chance(7, &counted(2), 3));
        assert_ne!(drawn[3], chance(8, &counted(1), 3));
    }

    #[test]
    fn delays_keep_to_their_bounds() {
        let uniform = Spread::Uniform { from: Span::seconds(1), to: Span::seconds(3) };
        let normal =
            Spread::LogNormal { median: Span::seconds(2), sigma: 1.0, at_most: Span::seconds(5) };
        let all = |spread| {
            let mut all: Vec<_> =
                (0..1001).map(|n| delay(7, &counted(1), (n, Delay::Drawn(spread)))).collect();
            all.sort_unstable();
            all
        };
        let (even, skewed) = (all(uniform), all(normal));
        assert!(even[0] >= Span::seconds(1) && even[1000] <= Span::seconds(3));
        assert!(even[0] < "1100ms".parse().unwrap() && even[1000] > "2900ms".parse().unwrap());
        assert_eq!(skewed[1000], Span::seconds(5));
        let median = skewed[500].duration().as_millis();
        assert!((1700..2300).contains(&median), "{median}");
    }
}
