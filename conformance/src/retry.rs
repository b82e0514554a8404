//! When a request is sent again, and after how long: capped exponential backoff with full jitter,
//! unless the answer names a time itself.

use std::time::Duration;

use contract::{Call, Instant};
use reqwest::header::{DATE, RETRY_AFTER};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use crate::{chance::Chance, wire::Answer};

/// The longest time that an answer may ask us to wait.
const LONGEST_ASKED: Duration = Duration::from_secs(60);

/// The rules of retrying.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// How many times a request is sent at most.
    pub attempts: u32,
    /// The ceiling of the first wait; it doubles from attempt to attempt.
    pub base: Duration,
    /// The ceiling of every wait.
    pub cap: Duration,
    /// Where the jitter comes from.
    pub chance: Chance,
}

impl Retry {
    /// The rules of a run.
    #[must_use]
    pub const fn new(chance: Chance) -> Self {
        let (base, cap) = (Duration::from_millis(500), Duration::from_secs(8));
        Self { attempts: 4, base, cap, chance }
    }

    /// How long to wait before sending a call again, or `None` when the result stands.
    /// `attempt` counts from 1.
    #[must_use]
    pub fn wait(
        &self,
        call: Call,
        attempt: u32,
        result: &Result<Answer, String>,
        now: Instant,
    ) -> Option<Duration> {
        if attempt >= self.attempts || !is_repeatable(call) {
            return None;
        }
        match result {
            Ok(answer) if !is_passing(answer.status) => None,
            Ok(answer) => Some(asked(answer, now).unwrap_or_else(|| self.jitter(call, attempt))),
            Err(_) => Some(self.jitter(call, attempt)),
        }
    }

    fn jitter(&self, call: Call, attempt: u32) -> Duration {
        let ceiling = self.base.saturating_mul(1 << (attempt - 1).min(16)).min(self.cap);
        let ceiling = u64::try_from(ceiling.as_millis()).unwrap_or(u64::MAX);
        let drawn = self.chance.below(call.name(), u64::from(attempt), ceiling.saturating_add(1));
        Duration::from_millis(drawn)
    }
}

/// Whether a call may be sent twice. A second create-user would be a second user; for every other
/// call the pages ask for a retry, or the newest one simply counts.
const fn is_repeatable(call: Call) -> bool {
    !matches!(call, Call::CreateUser)
}

/// Whether a status tells of a failure that passes.
const fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// What Retry-After asks for: seconds, or a date, which is compared with the answer's own date.
fn asked(answer: &Answer, now: Instant) -> Option<Duration> {
    let value = answer.header(&RETRY_AFTER)?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds).min(LONGEST_ASKED));
    }
    let then = date(value)?;
    let now = answer.header(&DATE).and_then(date).unwrap_or_else(|| now.seconds());
    let seconds = u64::try_from(then - now).unwrap_or_default();
    Some(Duration::from_secs(seconds).min(LONGEST_ASKED))
}

/// `Wed, 21 Oct 2015 07:28:00 GMT` in seconds since the epoch.
fn date(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc2822).ok().map(OffsetDateTime::unix_timestamp)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;

    const NOW: Instant = Instant::STEPPED_START;

    fn answer(status: u16, headers: &[(&'static str, &'static str)]) -> Result<Answer, String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_static(value));
        }
        Ok(Answer { status, headers: map, body: Vec::new() })
    }

    fn wait(call: Call, attempt: u32, result: &Result<Answer, String>) -> Option<Duration> {
        Retry::new(Chance::new(3)).wait(call, attempt, result, NOW)
    }

    #[test]
    fn only_failures_that_pass_are_retried() {
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(wait(Call::Finalize, 1, &answer(status, &[])).is_some(), "{status}");
        }
        for status in [200, 204, 303, 400, 401, 403, 404, 501] {
            assert_eq!(wait(Call::Finalize, 1, &answer(status, &[])), None, "{status}");
        }
        assert!(wait(Call::UserStatus, 1, &Err("reset".to_owned())).is_some());
    }

    #[test]
    fn creating_a_user_is_never_repeated() {
        assert_eq!(wait(Call::CreateUser, 1, &answer(503, &[("retry-after", "1")])), None);
        assert_eq!(wait(Call::CreateUser, 1, &Err("reset".to_owned())), None);
    }

    #[test]
    fn the_wait_grows_to_its_cap_and_ends() {
        let retry = Retry { attempts: 20, ..Retry::new(Chance::new(3)) };
        let longest = |attempt: u32| {
            let seeds = 0..300;
            let waits = seeds.map(|seed| {
                let retry = Retry { chance: Chance::new(seed), ..retry };
                retry.wait(Call::Finalize, attempt, &answer(503, &[]), NOW).unwrap()
            });
            waits.max().unwrap().as_millis()
        };
        assert!((400..=500).contains(&longest(1)), "{}", longest(1));
        assert!((1_600..=2_000).contains(&longest(3)), "{}", longest(3));
        assert!((7_000..=8_000).contains(&longest(19)), "{}", longest(19));
        assert_eq!(retry.wait(Call::Finalize, 20, &answer(503, &[]), NOW), None);
    }

    #[test]
    fn the_same_seed_waits_the_same() {
        let first = wait(Call::Finalize, 2, &answer(503, &[]));
        assert_eq!(first, wait(Call::Finalize, 2, &answer(503, &[])));
    }

    #[test]
    fn retry_after_is_obeyed_in_both_forms() {
        let seconds = |headers: &[(&'static str, &'static str)]| {
            wait(Call::Finalize, 1, &answer(503, headers)).unwrap().as_secs()
        };
        assert_eq!(seconds(&[("retry-after", "7")]), 7);
        assert_eq!(seconds(&[("retry-after", "9999")]), 60);
        assert_eq!(seconds(&[("retry-after", "Thu, 01 Jan 2026 00:00:09 GMT")]), 9);
        let dated = [
            ("retry-after", "Wed, 21 Oct 2015 07:28:05 GMT"),
            ("date", "Wed, 21 Oct 2015 07:28:00 GMT"),
        ];
        assert_eq!(seconds(&dated), 5);
        assert_eq!(seconds(&[("retry-after", "Wed, 21 Oct 2015 07:28:05 GMT")]), 0);
        assert_eq!(seconds(&[("retry-after", "soon")]), 0);
    }
}
