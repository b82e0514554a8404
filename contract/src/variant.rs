//! Where an edition contradicts itself or is silent there is a variant: a question, its readings,
//! and the provenance of each reading. A workspace chooses one reading per question.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{Provenance, provenance::assumed, provenance::d25};

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
    ];

    /// The whole row.
    #[must_use]
    pub const fn row(self) -> &'static VariantRow {
        match self {
            Self::MtlsRefusal => &MTLS_REFUSAL,
            Self::NotFoundBody => &NOT_FOUND_BODY,
            Self::SendConfirmationErrors => &SEND_CONFIRMATION_ERRORS,
            Self::JsonReading => &JSON_READING,
            Self::TokenConfirmation => &TOKEN_CONFIRMATION,
            Self::ThumbprintHash => &THUMBPRINT_HASH,
        }
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

static MTLS_REFUSAL: VariantRow = VariantRow {
    variant: Variant::MtlsRefusal,
    id: "mtls-refusal",
    question: "What does a missing or bad client certificate get at the mutual-TLS endpoints?",
    readings: &[
        Reading {
            id: "http-403-empty",
            meaning: "the handshake succeeds and the endpoint answers 403 without a body",
            provenance: assumed(
                "IdentityServer4, the likeliest server, forbids after its own check",
            ),
        },
        Reading {
            id: "tls-alert",
            meaning: "the auth listener refuses the handshake with a TLS alert",
            provenance: assumed("a server that demands certificates in the handshake does this"),
        },
        Reading {
            id: "http-400-json",
            meaning: "400 with invalid_client and the description 'mTLS authentication failed.'",
            provenance: assumed("Duende IdentityServer 7.3 and later answer so"),
        },
        Reading {
            id: "http-400-html",
            meaning: "400 with an HTML page from the proxy in front",
            provenance: assumed("nginx with client verification answers so"),
        },
    ],
};

static NOT_FOUND_BODY: VariantRow = VariantRow {
    variant: Variant::NotFoundBody,
    id: "not-found-body",
    question: "What does the 404 for an unknown user hold?",
    readings: &[
        Reading {
            id: "all-null",
            meaning: "problem details whose members are null, with one additional property",
            provenance: d25("send-verification-code", "404 response"),
        },
        Reading {
            id: "problem-details",
            meaning: "the framework's own 404 problem with type, title, status and traceId",
            provenance: assumed("the documented body looks like a generated sample, not a capture"),
        },
        Reading {
            id: "empty",
            meaning: "no body",
            provenance: assumed("a gateway may answer 404 on its own"),
        },
    ],
};

static SEND_CONFIRMATION_ERRORS: VariantRow = VariantRow {
    variant: Variant::SendConfirmationErrors,
    id: "send-confirmation-errors",
    question: "Is a 400 of send-confirmation a problem document or an array of errors?",
    readings: &[
        Reading {
            id: "problem",
            meaning: "a validation problem keyed by field",
            provenance: d25("send-email-verification-code", "400 response, first form"),
        },
        Reading {
            id: "array",
            meaning: "a JSON array with one object per error",
            provenance: d25("send-email-verification-code", "400 response, second form"),
        },
    ],
};

static JSON_READING: VariantRow = VariantRow {
    variant: Variant::JsonReading,
    id: "json-reading",
    question: "Does the API convert JSON values of another type, such as \"172\" for 172?",
    readings: &[
        Reading {
            id: "strict",
            meaning: "no: an id must be a JSON number, a flag a JSON boolean, a code a JSON string",
            provenance: d25("send-verification-code", "field table: integer int32"),
        },
        Reading {
            id: "newtonsoft",
            meaning: "yes: numbers and flags are also read from strings, texts from numbers",
            provenance: assumed("the framework that the error samples betray converts by default"),
        },
    ],
};

static TOKEN_CONFIRMATION: VariantRow = VariantRow {
    variant: Variant::TokenConfirmation,
    id: "token-confirmation",
    question: "What does the token's cnf.x5t#S256 hold?",
    readings: &[
        Reading {
            id: "sha1-hex",
            meaning: "the SHA-1 thumbprint in upper-case hex",
            provenance: assumed("IdentityServer4 3.x, which the form field betrays, writes this"),
        },
        Reading {
            id: "sha256",
            meaning: "the unpadded base64url SHA-256 of RFC 8705 section 3.1",
            provenance: assumed("IdentityServer4 4.0 and later follow the RFC"),
        },
    ],
};

static THUMBPRINT_HASH: VariantRow = VariantRow {
    variant: Variant::ThumbprintHash,
    id: "thumbprint-hash",
    question: "Which hash of the certificate does the token request's form field carry?",
    readings: &[
        Reading {
            id: "sha1",
            meaning: "40 upper-case hex digits",
            provenance: assumed("the word thumbprint means SHA-1 on the provider's platform"),
        },
        Reading {
            id: "sha256",
            meaning: "64 upper-case hex digits",
            provenance: assumed("the page names no algorithm, and SHA-1 is being retired"),
        },
    ],
};

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
