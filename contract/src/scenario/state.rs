//! How far a user has come, in one word.
//! Scenarios ask for it and begin with it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::trace::Leg;

/// How far a user has come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Created.
    Registered,
    /// The address is confirmed.
    EmailConfirmed,
    /// The number is verified.
    PhoneVerified,
    /// The person is with the identification provider.
    Identifying,
    /// The provider works on the identification.
    IdentificationProcessing,
    /// There are documents to sign.
    Signing,
    /// The provider works on the signature.
    SigningProcessing,
    /// Everything is signed.
    Signed,
    /// The session failed.
    Failed,
    /// The onboarding is final.
    Finalized,
}

impl State {
    /// Every state, in the order of the flow.
    pub const ALL: &[Self] = &[
        Self::Registered,
        Self::EmailConfirmed,
        Self::PhoneVerified,
        Self::Identifying,
        Self::IdentificationProcessing,
        Self::Signing,
        Self::SigningProcessing,
        Self::Signed,
        Self::Failed,
        Self::Finalized,
    ];

    /// Whether a user of this state can be in a phase: until there is something to sign, or after
    /// it. A session may fail in either.
    #[must_use]
    pub const fn is_in(self, phase: Leg) -> bool {
        let signs = matches!(
            self,
            Self::Signing | Self::SigningProcessing | Self::Signed | Self::Finalized
        );
        match self {
            Self::Failed => true,
            _ => signs == matches!(phase, Leg::Signing),
        }
    }

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::EmailConfirmed => "email-confirmed",
            Self::PhoneVerified => "phone-verified",
            Self::Identifying => "identifying",
            Self::IdentificationProcessing => "identification-processing",
            Self::Signing => "signing",
            Self::SigningProcessing => "signing-processing",
            Self::Signed => "signed",
            Self::Failed => "failed",
            Self::Finalized => "finalized",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_files() {
        for state in State::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.name());
        }
    }
}
