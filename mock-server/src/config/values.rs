//! The values that settings can have. Each type reads itself from a flag or from the settings
//! file, refuses what would not work, and says what would be right.

use std::{fmt, net::SocketAddr, path::Path, str::FromStr};

use contract::{Edition, Variants};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, Unexpected, Visitor},
};

use crate::{
    scenario::{self, Named},
    spec::nearest::nearest,
};

/// An edition that can be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ServedEdition(pub Edition);

impl FromStr for ServedEdition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let served: Vec<_> = Edition::served().map(Edition::name).collect();
        let served = served.join(", ");
        match text.parse::<Edition>() {
            Ok(edition) if edition.tables().is_some() => Ok(Self(edition)),
            Ok(edition) => {
                Err(format!("edition {edition} cannot be served yet; choose one of {served}"))
            }
            Err(_) => Err(format!("unknown edition '{text}'; choose one of {served}")),
        }
    }
}

/// A scenario of the library by its name, or of a file by its path.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct ChosenScenario(pub Named);

impl FromStr for ChosenScenario {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(named) = scenario::known(text) {
            return Ok(Self(named));
        }
        if text.contains(['/', '.']) {
            let path = Path::new(text);
            let read = scenario::from_file(path);
            return read.map(|(named, _)| Self(named)).map_err(|wrong| wrong.told(path));
        }
        let near = nearest(text, scenario::library().keys().cloned());
        let near = near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
        Err(format!(
            "there is no scenario '{text}'{near} 'mock-server scenario list' shows them all; a \
             file is named with its path, such as ./mine.toml"
        ))
    }
}

/// An address to listen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Address(pub SocketAddr);

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| {
            format!(
                "'{text}' is no address to listen on; write IP:PORT, for example 127.0.0.1:8443 \
                 or [::1]:8443, with port 0 for any free one"
            )
        })
    }
}

/// A reading chosen for a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Which question.
    pub id: String,
    /// Which answer.
    pub reading: String,
}

impl Choice {
    /// A choice that exists.
    ///
    /// # Errors
    /// A sentence that names the unknown word and the known ones.
    pub fn new(id: &str, reading: &str) -> Result<Self, String> {
        Variants::default().choose(id, reading)?;
        Ok(Self { id: id.to_owned(), reading: reading.to_owned() })
    }
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((id, reading)) => Self::new(id, reading),
            None => Err(format!(
                "'{text}' chooses nothing; write ID=READING, for example mtls-refusal=tls-alert \
                 ('mock-server spec variants' lists all)"
            )),
        }
    }
}

/// Reads the settings file's table of variants, one by one, so that an error has its place.
pub(crate) fn choices<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<Choice>, D::Error> {
    source.deserialize_map(Choices)
}

struct Choices;

impl<'de> Visitor<'de> for Choices {
    type Value = Vec<Choice>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of lines like mtls-refusal = \"tls-alert\"")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Self::Value, A::Error> {
        let mut choices = Vec::new();
        while let Some(id) = table.next_key::<String>()? {
            choices.push(table.next_value_seed(ReadingOf(&id))?);
        }
        Ok(choices)
    }
}

struct ReadingOf<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for ReadingOf<'_> {
    type Value = Choice;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Choice, D::Error> {
        let reading = String::deserialize(source)?;
        Choice::new(self.0, &reading).map_err(D::Error::custom)
    }
}

/// A whole number within bounds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Bounded<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> Bounded<MIN, MAX> {
    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl<const MIN: u64, const MAX: u64> fmt::Debug for Bounded<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Bounded<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_i64(Within::<MIN, MAX>).map(Self)
    }
}

struct Within<const MIN: u64, const MAX: u64>;

impl<const MIN: u64, const MAX: u64> Visitor<'_> for Within<MIN, MAX> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {MIN} to {MAX}")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<u64, E> {
        let inside = u64::try_from(number).ok().filter(|number| (MIN..=MAX).contains(number));
        inside.ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
    }
}

macro_rules! from_text {
    ($($name:ty),*) => {$(
        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
    )*};
}

from_text!(ServedEdition, ChosenScenario, Address);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_edition_names_the_served_ones() {
        for edition in Edition::ALL {
            assert_eq!(edition.name().parse(), Ok(ServedEdition(*edition)));
        }
        for text in ["2026-06", "2024", ""] {
            let error = text.parse::<ServedEdition>().unwrap_err();
            assert!(error.contains(text) && error.contains("2025-09"), "{error}");
        }
    }

    #[test]
    fn an_address_is_an_ip_and_a_port() {
        for text in ["127.0.0.1:0", "0.0.0.0:8440", "[::1]:8440"] {
            assert!(text.parse::<Address>().is_ok(), "{text}");
        }
        assert!("localhost:8440".parse::<Address>().unwrap_err().contains("IP:PORT"));
    }

    #[test]
    fn a_choice_exists() {
        let choice: Choice = "mtls-refusal=tls-alert".parse().unwrap();
        assert_eq!((&*choice.id, &*choice.reading), ("mtls-refusal", "tls-alert"));
        for (text, told) in [
            ("mtls-refusal", "ID=READING"),
            ("mtls-refusal=soon", "http-403-empty"),
            ("colour=red", "json-reading"),
        ] {
            assert!(text.parse::<Choice>().unwrap_err().contains(told));
        }
    }
}
