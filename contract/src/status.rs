//! The values of `videoIdentificationStatus`.
//! 2025-09 documents the two targets, 2026-05 all of them; 2024-06 has no such identification.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Edition, Provenance,
    provenance::{assumed, d25, d26},
};

/// How far identification and signing are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IdentificationStatus {
    /// A session is open and the person is with the provider.
    Started,
    /// The provider is still working on the result.
    Processing,
    /// Phase A is over: there is a URL at which to sign the 10nPayments documents.
    SignSessionIdSuccessfullyCreated,
    /// Phase B is over: everything is signed.
    DocumentSignSuccess,
    /// It failed; a restart may be offered.
    Error,
}

impl IdentificationStatus {
    /// Every value, in the order of the flow.
    pub const ALL: &[Self] = &[
        Self::Started,
        Self::Processing,
        Self::SignSessionIdSuccessfullyCreated,
        Self::DocumentSignSuccess,
        Self::Error,
    ];

    /// The literal on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Started => "STARTED",
            Self::Processing => "PROCESSING",
            Self::SignSessionIdSuccessfullyCreated => "SIGN_SESSION_ID_SUCCESSFULLY_CREATED",
            Self::DocumentSignSuccess => "DOCUMENT_SIGN_SUCCESS",
            Self::Error => "ERROR",
        }
    }

    /// Whether it is none of the two targets that 2025-09 names.
    #[must_use]
    pub const fn is_interim(self) -> bool {
        !matches!(self, Self::SignSessionIdSuccessfullyCreated | Self::DocumentSignSuccess)
    }

    /// Where an edition has the value from.
    #[must_use]
    pub const fn provenance(self, edition: Edition) -> Provenance {
        let by_edition = match self {
            Self::SignSessionIdSuccessfullyCreated | Self::DocumentSignSuccess => {
                [UNUSED, d25("10npayments-end-to-end-onboarding", "steps 7 and 9"), LISTED]
            }
            Self::Started => {
                [UNUSED, LATER, d26("initiate-external-identification-api", "200 response")]
            }
            Self::Processing | Self::Error => [UNUSED, LATER, LISTED],
        };
        by_edition[edition as usize]
    }
}

const UNUSED: Provenance = assumed("2024-06 has no external identification; later editions do");
const LATER: Provenance =
    assumed("named by 2026-05 only; 2025-09 leaves its interim and failure names open");
const LISTED: Provenance = d26("get-identification-process-status", "status values");

/// Every value as a text.
pub(crate) const WORDS: &[&str] = &[
    "STARTED",
    "PROCESSING",
    "SIGN_SESSION_ID_SUCCESSFULLY_CREATED",
    "DOCUMENT_SIGN_SUCCESS",
    "ERROR",
];

impl fmt::Display for IdentificationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
