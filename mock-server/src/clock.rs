//! The one place that reads time. A workspace's clock runs with the wall clock, some times as
//! fast, or only when it is told to; it never runs back. Certificates are judged by it too.
//! Protocol time-outs are not: a slow client is slow in real time.

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
}

impl ClockMode {
    /// The fastest clock.
    pub const FASTEST: u32 = 100_000;
}

impl fmt::Display for ClockMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Real => f.write_str("real"),
            Self::Times(factor) => write!(f, "x{factor}"),
            Self::Stepped => f.write_str("stepped"),
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
            (_, Some(factor @ 1..=Self::FASTEST)) => Ok(Self::Times(factor)),
            _ => Err(format!(
                "'{text}' is no clock; choose real, stepped, or x1 to x{} for a faster one",
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
    /// The moment of a stepped clock; of any other the latest that was read, which is the least
    /// that may be read from now on.
    latest: AtomicI64,
}

/// Why a clock was not moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockError {
    /// It runs by itself.
    NotStepped(ClockMode),
    /// The moment lies behind.
    Backwards {
        /// What it says.
        now: Instant,
        /// What was asked for.
        asked: Instant,
    },
}

impl fmt::Display for ClockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStepped(mode) => write!(
                f,
                "the clock is {mode} and runs by itself; start with --clock stepped to move it"
            ),
            Self::Backwards { now, asked } => {
                write!(f, "{asked} lies before {now}, and time never goes back")
            }
        }
    }
}

impl std::error::Error for ClockError {}

impl Clock {
    /// A clock that starts now.
    #[must_use]
    pub fn start(mode: ClockMode) -> Self {
        Self::resume(
            mode,
            match mode {
                ClockMode::Stepped => Instant::STEPPED_START,
                ClockMode::Real | ClockMode::Times(_) => wall_instant(),
            },
        )
    }

    /// A clock that goes on from a moment. One that runs with the wall clock says no earlier one.
    #[must_use]
    pub fn resume(mode: ClockMode, started_at: Instant) -> Self {
        let latest = AtomicI64::new(started_at.millis());
        Self { mode, started: std::time::Instant::now(), started_at, latest }
    }

    /// How it runs.
    #[must_use]
    pub const fn mode(&self) -> ClockMode {
        self.mode
    }

    /// What it says.
    #[must_use]
    pub fn now(&self) -> Instant {
        let read = match self.mode {
            ClockMode::Stepped => {
                return Instant::from_millis(self.latest.load(Ordering::Acquire));
            }
            ClockMode::Real => wall_instant(),
            ClockMode::Times(factor) => {
                self.started_at + self.started.elapsed().saturating_mul(factor)
            }
        };
        let before = self.latest.fetch_max(read.millis(), Ordering::AcqRel);
        read.max(Instant::from_millis(before))
    }

    /// Moves a stepped clock on.
    ///
    /// # Errors
    /// When it runs by itself, or the moment lies behind.
    pub fn advance_to(&self, asked: Instant) -> Result<(), ClockError> {
        if self.mode != ClockMode::Stepped {
            return Err(ClockError::NotStepped(self.mode));
        }
        let before = self.latest.fetch_max(asked.millis(), Ordering::AcqRel);
        let now = Instant::from_millis(before);
        if asked < now { Err(ClockError::Backwards { now, asked }) } else { Ok(()) }
    }

    /// A stepped clock starts over; any other goes on.
    pub fn start_over(&self) {
        if self.mode == ClockMode::Stepped {
            self.latest.store(self.started_at.millis(), Ordering::Release);
        }
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
        assert_eq!(error, ClockError::Backwards { now: later, asked: Instant::STEPPED_START });
        assert_eq!(clock.now(), later);
        clock.start_over();
        assert_eq!(clock.now(), Instant::STEPPED_START);
    }

    #[test]
    fn a_clock_that_runs_cannot_be_moved_and_keeps_the_latest_moment() {
        let clock = Clock::start(ClockMode::Real);
        let refused = clock.advance_to(Instant::MAX).unwrap_err();
        assert_eq!(refused, ClockError::NotStepped(ClockMode::Real));
        let ahead = clock.now() + Duration::from_secs(3600);
        clock.latest.store(ahead.millis(), Ordering::Release);
        assert_eq!(clock.now(), ahead);
    }

    #[test]
    fn a_fast_clock_starts_at_the_wall_clock() {
        let before = wall_instant();
        let clock = Clock::start(ClockMode::Times(1000));
        assert!(clock.now() >= before);
        assert!(TlsTime(Arc::new(clock)).current_time().is_some());
    }
}
