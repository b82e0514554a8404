//! A moment of a workspace's own time, in whole milliseconds since 1970-01-01 UTC.
//!
//! It is always handed in: nothing in this crate or in the world reads a clock.

use std::{fmt, ops::Add, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

/// A moment, in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// Where a stepped clock starts: 2026-01-01T00:00:00Z.
    pub const STEPPED_START: Self = Self(1_767_225_600_000);

    /// The last moment that can be written with a four-digit year: 9999-12-31T23:59:59.999Z.
    pub const MAX: Self = Self(253_402_300_799_999);

    /// From milliseconds since the epoch; moments outside years 1970 to 9999 are clamped.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        if millis < 0 {
            Self(0)
        } else if millis > Self::MAX.0 {
            Self::MAX
        } else {
            Self(millis)
        }
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, as tokens write them.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0 / 1000
    }

    /// Reads `2026-01-01T00:00:00Z`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(moment.unix_timestamp_nanos() / 1_000_000)
            .ok()
            .filter(|millis| (0..=Self::MAX.0).contains(millis))
            .map(Self)
    }

    /// As ASP.NET's bearer challenge writes it: `MM/dd/yyyy HH:mm:ss`, UTC.
    #[must_use]
    pub fn us_format(self) -> String {
        let layout = format_description!("[month]/[day]/[year] [hour]:[minute]:[second]");
        self.date().format(&layout).unwrap_or_default()
    }

    /// As HTTP writes it (RFC 9110, 5.6.7): `Thu, 01 Jan 2026 00:00:00 GMT`.
    #[must_use]
    pub fn http_date(self) -> String {
        let layout = format_description!(
            "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
        );
        self.date().format(&layout).unwrap_or_default()
    }

    fn date(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, wait: Duration) -> Self {
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.0.saturating_add(millis))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let layout = format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z"
        );
        f.write_str(&self.date().format(&layout).unwrap_or_default())
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom(format!("'{text}' is not a moment such as 2026-01-01T00:00:00Z"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let moment = Instant::STEPPED_START + Duration::from_millis(1_234);
        assert_eq!(moment.to_string(), "2026-01-01T00:00:01.234Z");
        assert_eq!(Instant::parse(&moment.to_string()), Some(moment));
        assert_eq!(moment.us_format(), "01/01/2026 00:00:01");
        assert_eq!(moment.http_date(), "Thu, 01 Jan 2026 00:00:01 GMT");
    }

    #[test]
    fn refuses_moments_it_could_not_write() {
        assert_eq!(Instant::parse("1969-12-31T23:59:59Z"), None);
        assert_eq!(Instant::parse("soon"), None);
        assert_eq!(Instant::MAX + Duration::from_secs(9), Instant::MAX);
    }
}
