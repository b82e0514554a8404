//! A span of time as people write it: `250ms`, `3s`, `2m`, `1h`, `1d`.
//! Whole numbers, one unit.

use std::{borrow::Cow, fmt, str::FromStr, time::Duration};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A span of time, in whole milliseconds, at most [`Span::LONGEST`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(Duration);

/// The units, longest first, in milliseconds.
const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

impl Span {
    /// A year: longer than anything in a test should wait for.
    pub const LONGEST: Duration = Duration::from_secs(365 * 86_400);

    /// As the standard library has it.
    #[must_use]
    pub const fn duration(self) -> Duration {
        self.0
    }

    /// Of so many milliseconds, rounded; never less than none nor more than [`Span::LONGEST`].
    #[must_use]
    pub fn millis(millis: f64) -> Self {
        let wanted = Duration::try_from_secs_f64(millis.max(0.0).round() / 1000.0);
        Self(wanted.unwrap_or_default().min(Self::LONGEST))
    }

    /// Of so many seconds; what is longer than [`Span::LONGEST`] counts as that.
    #[must_use]
    pub fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds).min(Self::LONGEST))
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let split = text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len());
        let (digits, unit) = text.split_at(split);
        let unit = UNITS.iter().find(|(name, _)| *name == unit);
        let refused = || format!("'{text}' is no span of time; write 250ms, 3s, 2m, 1h or 1d");
        let (Some((_, millis)), Ok(count)) = (unit, digits.parse::<u64>()) else {
            return Err(refused());
        };
        let span = Duration::from_millis(count.saturating_mul(*millis));
        if span > Self::LONGEST {
            return Err(format!("'{text}' is longer than a year (365d)"));
        }
        Ok(Self(span))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        let fits = |(_, unit): &&(&str, u64)| millis != 0 && millis.is_multiple_of(*unit);
        let (name, unit) = UNITS.iter().find(fits).unwrap_or(&("s", 1000));
        write!(f, "{}{name}", millis / unit)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]+(ms|s|m|h|d)$",
            "description": "A span of time: 250ms, 3s, 2m, 1h or 1d."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for text in ["0s", "250ms", "3s", "90s", "2m", "1h", "36h", "365d"] {
            let span: Span = text.parse().unwrap();
            assert_eq!(span.to_string().parse(), Ok(span), "{text}");
        }
        assert_eq!("90s".parse::<Span>().unwrap().to_string(), "90s");
        assert_eq!("120s".parse::<Span>().unwrap().to_string(), "2m");
    }

    #[test]
    fn refuses_what_is_no_span() {
        for text in ["", "3", "s", "-3s", "3 s", "1.5s", "3S", "3weeks", "99999999999999999999s"] {
            let told = text.parse::<Span>().unwrap_err();
            assert!(told.contains("250ms"), "{told}");
        }
        assert!("366d".parse::<Span>().unwrap_err().contains("year"));
    }
}
