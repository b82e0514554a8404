//! The documents that can be downloaded after the onboarding, by the names that they have there.
//! Their content is made at the edge.

use serde::{Deserialize, Serialize};

/// The documents of a finished submission (2026-05, the download call).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Document {
    /// The front of the identity document.
    IdFront,
    /// Its back.
    IdBack,
    /// The signed profile.
    SignedProfile,
}

impl Document {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 3] = [Self::IdFront, Self::IdBack, Self::SignedProfile];

    /// `type` on the wire.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::IdFront => "ID_FRONT",
            Self::IdBack => "ID_BACK",
            Self::SignedProfile => "SIGNED_PROFILE",
        }
    }

    /// `fileName` on the wire.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::IdFront => "id-front.jpg",
            Self::IdBack => "id-back.jpg",
            Self::SignedProfile => "client-data.pdf",
        }
    }
}
