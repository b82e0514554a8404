//! The values of `videoIdentificationStatus`.
//! The two targets are documented by 2025-09; the others are carried over from 2026-05.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Provenance,
    provenance::{assumed, d25},
    vendor::VENDORS,
};

/// How far identification and signing are.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
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
    /// Onfido's own word for a person who was not recognised, or who gave up.
    #[serde(rename = "declined")]
    Declined,
    /// Onfido's own word for a person who did not come back in time.
    #[serde(rename = "abandoned")]
    Abandoned,
    /// B-Trust's own word for a person who refused or failed.
    Rejected,
    /// B-Trust's own word for a deadline that passed.
    Expired,
    /// Signhost's own number for a person who refused to sign.
    #[serde(rename = "40")]
    SignhostRejected,
    /// Signhost's own number for a deadline that passed.
    #[serde(rename = "50")]
    SignhostExpired,
}

impl IdentificationStatus {
    /// Every value, in the order of the flow.
    pub const ALL: &[Self] = &[
        Self::Started,
        Self::Processing,
        Self::SignSessionIdSuccessfullyCreated,
        Self::DocumentSignSuccess,
        Self::Error,
        Self::Declined,
        Self::Abandoned,
        Self::Rejected,
        Self::Expired,
        Self::SignhostRejected,
        Self::SignhostExpired,
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
            Self::Declined => "declined",
            Self::Abandoned => "abandoned",
            Self::Rejected => "REJECTED",
            Self::Expired => "EXPIRED",
            Self::SignhostRejected => "40",
            Self::SignhostExpired => "50",
        }
    }

    /// Whether it is a vendor's own word and none that a page names.
    #[must_use]
    pub fn is_vendors(self) -> bool {
        VENDORS.iter().any(|row| row.status == self)
    }

    /// Whether it says that a phase has failed.
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Error) || self.is_vendors()
    }

    /// Whether it is none of the two targets that 2025-09 names.
    #[must_use]
    pub const fn is_interim(self) -> bool {
        !matches!(self, Self::SignSessionIdSuccessfullyCreated | Self::DocumentSignSuccess)
    }

    /// Where edition 2025-09 gets the value from.
    #[must_use]
    pub fn provenance(self) -> Provenance {
        let vendors = VENDORS.iter().find(|row| row.status == self);
        match (vendors, self) {
            (Some(row), _) => row.provenance,
            (None, Self::SignSessionIdSuccessfullyCreated | Self::DocumentSignSuccess) => {
                d25("10npayments-end-to-end-onboarding", "steps 7 and 9")
            }
            (None, _) => {
                assumed("named by 2026-05 only; 2025-09 leaves its interim and failure names open")
            }
        }
    }
}

/// Every value as a text.
pub(crate) const WORDS: &[&str] = &words();

const fn words() -> [&'static str; IdentificationStatus::ALL.len()] {
    let mut words = [""; IdentificationStatus::ALL.len()];
    let mut index = 0;
    while index < words.len() {
        words[index] = IdentificationStatus::ALL[index].name();
        index += 1;
    }
    words
}

impl fmt::Display for IdentificationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl IdentificationStatus {
    /// Where an edition has the value from.
    #[must_use]
    pub fn provenance_in(self, edition: crate::Edition) -> Provenance {
        let by_edition = [UNUSED, self.provenance(), self.listed()];
        by_edition[edition as usize]
    }

    /// What 2026-05 says: it shows one value on initiate and lists others on the poll.
    fn listed(self) -> Provenance {
        if matches!(self, Self::Started) {
            crate::provenance::d26("initiate-external-identification-api", "200 response")
        } else if matches!(self, Self::Processing | Self::Error) || !self.is_interim() {
            crate::provenance::d26("get-identification-process-status", "status values")
        } else {
            self.provenance()
        }
    }
}

const UNUSED: Provenance =
    assumed("2024-06 has no external identification, so none of its calls shows a status");
