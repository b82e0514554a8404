//! Where an edition contradicts itself or is silent there is a variant: a question, its readings,
//! and the provenance of each reading. A workspace chooses one reading per question.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::Provenance;

mod rows;

/// One open question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variant {
    /// What a missing or bad client certificate gets at `/connect/mtls/*`.
    MtlsRefusal,
    /// What the body of a 404 for an unknown user holds.
    NotFoundBody,
    /// What the body of a 400 of send-confirmation looks like.
    SendConfirmationErrors,
    /// How strictly JSON values are read.
    JsonReading,
    /// What `cnf.x5t#S256` inside a token holds.
    TokenConfirmation,
    /// Which hash the thumbprint form field is.
    ThumbprintHash,
    /// What resend-code answers when the phone is verified already.
    ResendWhenVerified,
    /// What send-code answers when a phone is verified already.
    SendWhenVerified,
    /// Whether the order of the steps is enforced.
    StepOrder,
    /// What a poll gets before any identification was started.
    PollBeforeInitiate,
    /// What a second finalise gives.
    RepeatFinalize,
    /// Whether two users may have one e-mail address.
    DuplicateEmail,
    /// Whether a merchant sees another merchant's users.
    MerchantIsolation,
}

/// One question with all its readings.
#[derive(Debug)]
pub struct VariantRow {
    /// Which question.
    pub variant: Variant,
    /// Its name in settings and traces.
    pub id: &'static str,
    /// The question in words.
    pub question: &'static str,
    /// The readings; the first is the default.
    pub readings: &'static [Reading],
}

/// One possible answer.
#[derive(Debug)]
pub struct Reading {
    /// Its name in settings and traces.
    pub id: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl Variant {
    /// Every question.
    pub const ALL: &[Self] = &[
        Self::MtlsRefusal,
        Self::NotFoundBody,
        Self::SendConfirmationErrors,
        Self::JsonReading,
        Self::TokenConfirmation,
        Self::ThumbprintHash,
        Self::ResendWhenVerified,
        Self::SendWhenVerified,
        Self::StepOrder,
        Self::PollBeforeInitiate,
        Self::RepeatFinalize,
        Self::DuplicateEmail,
        Self::MerchantIsolation,
    ];

    /// The whole row.
    #[must_use]
    pub const fn row(self) -> &'static VariantRow {
        &rows::ROWS[self.index()]
    }

    const fn index(self) -> usize {
        self as usize
    }
}

/// The readings a workspace has chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Variants {
    chosen: [u8; Variant::ALL.len()],
}

impl Variants {
    /// Chooses a reading by its names.
    ///
    /// # Errors
    /// A sentence that names the unknown word and the known ones.
    pub fn choose(&mut self, id: &str, reading: &str) -> Result<(), String> {
        let variant = Variant::ALL.iter().copied().find(|variant| variant.row().id == id);
        let Some(variant) = variant else {
            let known: Vec<_> = Variant::ALL.iter().map(|variant| variant.row().id).collect();
            return Err(format!("unknown variant '{id}'; choose one of {}", known.join(", ")));
        };
        let readings = variant.row().readings;
        let Some(index) = readings.iter().position(|known| known.id == reading) else {
            let known: Vec<_> = readings.iter().map(|known| known.id).collect();
            return Err(format!(
                "variant '{id}' has no reading '{reading}'; choose one of {}",
                known.join(", ")
            ));
        };
        self.chosen[variant.index()] = u8::try_from(index).unwrap_or_default();
        Ok(())
    }

    /// The reading in force.
    #[must_use]
    pub fn reading(&self, variant: Variant) -> &'static Reading {
        &variant.row().readings[usize::from(self.chosen[variant.index()])]
    }

    /// Whether a reading is in force. The ids are those of the row; a test refuses strangers.
    #[must_use]
    pub fn reads(&self, variant: Variant, reading: &str) -> bool {
        debug_assert!(variant.row().readings.iter().any(|known| known.id == reading), "{reading}");
        self.reading(variant).id == reading
    }
}

impl fmt::Display for Variants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, variant) in Variant::ALL.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            write!(f, "{gap}{}={}", variant.row().id, self.reading(*variant).id)?;
        }
        Ok(())
    }
}

impl Serialize for Variants {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs =
            Variant::ALL.iter().map(|variant| (variant.row().id, self.reading(*variant).id));
        serializer.collect_map(pairs)
    }
}

impl<'de> Deserialize<'de> for Variants {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = std::collections::BTreeMap::<String, String>::deserialize(deserializer)?;
        let mut variants = Self::default();
        for (id, reading) in pairs {
            variants.choose(&id, &reading).map_err(D::Error::custom)?;
        }
        Ok(variants)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_reading_is_in_force_and_strangers_are_named() {
        let mut variants = Variants::default();
        assert!(variants.reads(Variant::MtlsRefusal, "http-403-empty"));
        variants.choose("mtls-refusal", "tls-alert").unwrap();
        assert!(variants.reads(Variant::MtlsRefusal, "tls-alert"));
        let error = variants.choose("mtls-refusal", "maybe").unwrap_err();
        assert!(error.contains("'maybe'") && error.contains("http-400-html"), "{error}");
        assert!(variants.choose("colour", "red").unwrap_err().contains("not-found-body"));
    }

    #[test]
    fn survives_json() {
        let mut variants = Variants::default();
        variants.choose("json-reading", "newtonsoft").unwrap();
        let text = serde_json::to_string(&variants).unwrap();
        assert_eq!(serde_json::from_str::<Variants>(&text).unwrap(), variants);
    }

    #[test]
    fn rows_are_unique_and_complete() {
        for (index, variant) in Variant::ALL.iter().enumerate() {
            let row = variant.row();
            assert_eq!(row.variant, *variant);
            assert_eq!(variant.index(), index);
            assert!(row.readings.len() >= 2 && row.question.ends_with('?'), "{}", row.id);
            assert!(row.readings.iter().all(|reading| reading.provenance.is_complete()));
            let ids: Vec<_> = row.readings.iter().map(|reading| reading.id).collect();
            assert!(ids.iter().all(|id| ids.iter().filter(|other| other == &id).count() == 1));
        }
    }
}
