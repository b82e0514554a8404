//! The one place that reads time. A workspace's clock runs with the wall clock, some times as
//! fast, or only when it is told to. Any of them can be moved ahead, and none ever runs back.
//! Certificates are judged by it too. Protocol time-outs are not: a slow client is slow in real
//! time.

use std::{
    fmt,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use contract::Instant;
use rustls::time_provider::TimeProvider;
use rustls_pki_types::UnixTime;
use serde::Deserialize;
use time::OffsetDateTime;

/// How a clock runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum ClockMode {
    /// With the wall clock.
    Real,
    /// From the present moment on, this many times as fast.
    Times(u32),
    /// From [`Instant::STEPPED_START`] on, and only by [`Clock::advance_to`].
    Stepped,
    /// As stepped, but whatever a scenario makes wait is held until the clock is moved beyond it.
    Held,
}

impl ClockMode {
    /// The fastest clock.
    pub const FASTEST: u32 = 100_000;

    /// Whether it stands still until somebody moves it.
    #[must_use]
    pub const fn is_stepped(self) -> bool {
        matches!(self, Self::Stepped | Self::Held)
    }
}

impl fmt::Display for ClockMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Real => f.write_str("real"),
            Self::Times(factor) => write!(f, "x{factor}"),
            Self::Stepped => f.write_str("stepped"),
            Self::Held => f.write_str("held"),
        }
    }
}

impl FromStr for ClockMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let factor = text.strip_prefix('x').and_then(|digits| digits.parse::<u32>().ok());
        match (text, factor) {
            ("real", _) => Ok(Self::Real),
            ("stepped", _) => Ok(Self::Stepped),
            ("held", _) => Ok(Self::Held),
            (_, Some(factor @ 1..=Self::FASTEST)) => Ok(Self::Times(factor)),
            _ => Err(format!(
                "'{text}' is no clock; choose real, stepped, held, or x1 to x{} for a faster one",
                Self::FASTEST
            )),
        }
    }
}

impl TryFrom<String> for ClockMode {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// A workspace's clock.
#[derive(Debug)]
pub struct Clock {
    mode: ClockMode,
    started: std::time::Instant,
    started_at: Instant,
    /// By how many milliseconds a clock that runs was moved ahead.
    ahead: AtomicI64,
    /// The moment of a stepped clock; of any other the latest that was read, which is the least
    /// that may be read from now on.
    latest: AtomicI64,
}

/// A clock was to be moved back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backwards {
    /// What it says.
    pub now: Instant,
    /// What was asked for.
    pub asked: Instant,
}

impl fmt::Display for Backwards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} lies before {}, and time never goes back", self.asked, self.now)
    }
}

impl std::error::Error for Backwards {}

impl Clock {
    /// A clock that starts now.
    #[must_use]
    pub fn start(mode: ClockMode) -> Self {
        let now = match mode {
            ClockMode::Stepped | ClockMode::Held => Instant::STEPPED_START,
            ClockMode::Real | ClockMode::Times(_) => wall_instant(),
        };
        Self::resume(mode, now)
    }

    /// A clock that goes on from a moment, or from the present one if that is later and the clock
    /// is a real one.
    #[must_use]
    pub fn resume(mode: ClockMode, started_at: Instant) -> Self {
        let ahead = match mode {
            ClockMode::Real => (started_at.millis() - wall_instant().millis()).max(0),
            ClockMode::Times(_) | ClockMode::Stepped | ClockMode::Held => 0,
        };
        let latest = AtomicI64::new(started_at.millis());
        let started = std::time::Instant::now();
        Self { mode, started, started_at, ahead: AtomicI64::new(ahead), latest }
    }

    /// How it runs.
    #[must_use]
    pub const fn mode(&self) -> ClockMode {
        self.mode
    }

    /// What it says.
    #[must_use]
    pub fn now(&self) -> Instant {
        let running = match self.mode {
            ClockMode::Stepped | ClockMode::Held => {
                return Instant::from_millis(self.latest.load(Ordering::Acquire));
            }
            ClockMode::Real => wall_instant(),
            ClockMode::Times(factor) => {
                self.started_at + self.started.elapsed().saturating_mul(factor)
            }
        };
        let ahead = u64::try_from(self.ahead.load(Ordering::Acquire)).unwrap_or_default();
        let read = running + Duration::from_millis(ahead);
        let before = self.latest.fetch_max(read.millis(), Ordering::AcqRel);
        read.max(Instant::from_millis(before))
    }

    /// Moves it ahead. Whoever moves a clock that runs does so alone.
    ///
    /// # Errors
    /// When the moment lies behind.
    pub fn advance_to(&self, asked: Instant) -> Result<(), Backwards> {
        if self.mode.is_stepped() {
            let before = self.latest.fetch_max(asked.millis(), Ordering::AcqRel);
            let now = Instant::from_millis(before);
            return if asked < now { Err(Backwards { now, asked }) } else { Ok(()) };
        }
        let now = self.now();
        if asked < now {
            return Err(Backwards { now, asked });
        }
        self.ahead.fetch_add(asked.millis().saturating_sub(now.millis()), Ordering::AcqRel);
        Ok(())
    }

    /// How long it takes in real time until it says this moment; nothing for a stepped clock,
    /// which has to be moved there.
    #[must_use]
    pub fn until(&self, moment: Instant) -> Option<Duration> {
        let left = moment.millis().saturating_sub(self.now().millis());
        let left = Duration::from_millis(u64::try_from(left).unwrap_or_default());
        match self.mode {
            ClockMode::Stepped | ClockMode::Held => None,
            ClockMode::Real => Some(left),
            ClockMode::Times(factor) => Some(left / factor.max(1)),
        }
    }

    /// Begins anew: a stepped clock where it started, any other where it would be if nobody had
    /// moved it.
    pub fn start_over(&self) {
        let least = match self.mode {
            ClockMode::Stepped | ClockMode::Held => self.started_at.millis(),
            ClockMode::Real | ClockMode::Times(_) => i64::MIN,
        };
        self.ahead.store(0, Ordering::Release);
        self.latest.store(least, Ordering::Release);
    }

    /// Real microseconds since the start, for transport lines.
    #[must_use]
    pub fn microseconds(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// The wall clock, by which our own server certificate is renewed: clients look at theirs.
#[must_use]
pub fn wall() -> OffsetDateTime {
    OffsetDateTime::from(SystemTime::now())
}

fn wall_instant() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// A workspace's clock as the TLS library reads it.
#[derive(Debug)]
pub struct TlsTime(pub Arc<Clock>);

impl TlsTime {
    /// What the clock says, as the TLS library writes it.
    #[must_use]
    pub fn now(&self) -> UnixTime {
        let millis = u64::try_from(self.0.now().millis()).unwrap_or_default();
        UnixTime::since_unix_epoch(Duration::from_millis(millis))
    }
}

impl TimeProvider for TlsTime {
    fn current_time(&self) -> Option<UnixTime> {
        Some(self.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_read_as_they_are_written() {
        for text in ["real", "stepped", "x1", "x10", "x100000"] {
            assert_eq!(text.parse::<ClockMode>().unwrap().to_string(), text);
        }
        for text in ["", "x0", "x100001", "x-1", "10x", "fast", "Real"] {
            let error = text.parse::<ClockMode>().unwrap_err();
            assert!(error.contains(&format!("'{text}'")) && error.contains("stepped"), "{error}");
        }
    }

    #[test]
    fn a_stepped_clock_moves_only_when_told_and_never_back() {
        let clock = Clock::start(ClockMode::Stepped);
        assert_eq!(clock.now(), Instant::STEPPED_START);
        let later = Instant::STEPPED_START + Duration::from_secs(5);
        clock.advance_to(later).unwrap();
        clock.advance_to(later).unwrap();
        let error = clock.advance_to(Instant::STEPPED_START).unwrap_err();
        assert_eq!(error, Backwards { now: later, asked: Instant::STEPPED_START });
        assert_eq!(clock.now(), later);
        clock.start_over();
        assert_eq!(clock.now(), Instant::STEPPED_START);
    }

    #[test]
    fn a_clock_that_runs_is_moved_ahead_and_keeps_the_latest_moment() {
        for mode in [ClockMode::Real, ClockMode::Times(2)] {
            let clock = Clock::start(mode);
            let (before, year) = (clock.now(), Duration::from_secs(366 * 24 * 3600));
            clock.advance_to(before + year).unwrap();
            assert!(clock.now() >= before + year, "{mode}");
            assert!(clock.now() < before + year * 2, "{mode}");
            assert_eq!(clock.advance_to(before).unwrap_err().asked, before);
            let copy = Clock::resume(mode, clock.now());
            assert!(copy.now() >= before + year, "{mode}: a copy is as far ahead");
            clock.start_over();
            assert!(clock.now() < before + year, "{mode}");
            let ahead = clock.now() + Duration::from_secs(3600);
            clock.latest.store(ahead.millis(), Ordering::Release);
            assert_eq!(clock.now(), ahead, "{mode}");
        }
    }

    #[test]
    fn a_moment_is_as_far_away_as_the_clock_is_slow() {
        let clock = Clock::start(ClockMode::Times(1000));
        let far = clock.until(clock.now() + Duration::from_secs(1000)).unwrap();
        assert!(far <= Duration::from_secs(1), "{far:?}");
        assert_eq!(clock.until(Instant::STEPPED_START), Some(Duration::ZERO), "it has passed");
        assert_eq!(Clock::start(ClockMode::Stepped).until(Instant::MAX), None);
    }

    #[test]
    fn a_fast_clock_starts_at_the_wall_clock() {
        let before = wall_instant();
        let clock = Clock::start(ClockMode::Times(1000));
        assert!(clock.now() >= before);
        assert!(TlsTime(Arc::new(clock)).current_time().is_some());
    }
}
