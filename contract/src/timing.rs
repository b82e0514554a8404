//! Everything that takes time by itself, in the world's own clock.
//! The provider states none of these figures, so each row is an argued assumption.

use std::time::Duration;

use crate::{Provenance, provenance::assumed};

/// One span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// How long an e-mail code works.
    EmailCodeLife,
    /// How long an SMS code works.
    SmsCodeLife,
    /// How long an identification page can be used.
    IdentificationLife,
    /// How long a signing page can be used.
    SigningLife,
    /// How long after the person's last click the identification result arrives.
    IdentificationResult,
    /// How long after the person's last click the signing result arrives.
    SigningResult,
    /// How long a token works, as `expires_in` says.
    TokenLife,
    /// How long after its expiry an API still accepts a token.
    TokenLeeway,
    /// How long a token works where lives are short.
    ShortTokenLife,
    /// How long an authorization code works.
    AuthorizationCodeLife,
    /// How long a refresh token and those that replace it work.
    RefreshTokenLife,
    /// How long a person stays signed in.
    SignInLife,
    /// How long a code works where lives are long.
    LongCodeLife,
    /// How long a hosted page can be used where lives are long.
    LongPageLife,
    /// How long after finalising the approval comes, where there is one.
    Approval,
    /// How long the address of a document works.
    DocumentLinkLife,
    /// How long after finalising documents can be downloaded.
    DocumentsKept,
    /// The window in which requests for a code are counted, where they are.
    ResendWindow,
}

impl Timing {
    /// Every span.
    pub const ALL: &[Self] = &[
        Self::EmailCodeLife,
        Self::SmsCodeLife,
        Self::IdentificationLife,
        Self::SigningLife,
        Self::IdentificationResult,
        Self::SigningResult,
        Self::TokenLife,
        Self::TokenLeeway,
        Self::ShortTokenLife,
        Self::AuthorizationCodeLife,
        Self::RefreshTokenLife,
        Self::SignInLife,
        Self::LongCodeLife,
        Self::LongPageLife,
        Self::Approval,
        Self::ResendWindow,
        Self::DocumentLinkLife,
        Self::DocumentsKept,
    ];

    /// How long.
    #[must_use]
    pub const fn span(self) -> Duration {
        self.row().0
    }

    /// Why this figure.
    #[must_use]
    pub const fn provenance(self) -> Provenance {
        self.row().1
    }

    const fn row(self) -> (Duration, Provenance) {
        let (seconds, reason) = match self {
            Self::EmailCodeLife => (900, "no lifetime is stated; mail may take minutes to arrive"),
            Self::SmsCodeLife => (300, "a code expires, says 2025-09, without saying when"),
            Self::IdentificationLife => (1800, "no page states how long the URL lives"),
            Self::SigningLife => (1800, "no page states how long the signing URL lives"),
            Self::IdentificationResult => {
                (4, "the status may lag the redirect; at a 2 s pace two polls see it pending")
            }
            Self::SigningResult => {
                (4, "the status may lag the redirect; at a 2 s pace two polls see it pending")
            }
            Self::TokenLife => (3600, "the identity server's default, and the oldest sample"),
            Self::TokenLeeway => (300, "the bearer handler's default clock skew is five minutes"),
            Self::ShortTokenLife => (300, "see the variant token-life"),
            Self::AuthorizationCodeLife => (300, "the identity server's default"),
            Self::RefreshTokenLife => (2_592_000, "the identity server's default is thirty days"),
            Self::LongCodeLife => (86_400, "see the variant code-life"),
            Self::LongPageLife => (86_400, "see the variant page-life"),
            Self::Approval => (86_400, "a person at the provider looks at it within a day"),
            Self::DocumentLinkLife => (300, "2026-05 says that addresses live a few minutes"),
            Self::DocumentsKept => {
                (2_592_000, "2026-05 says that documents are purged, without saying when")
            }
            Self::ResendWindow => (600, "see the variant resend-limit"),
            Self::SignInLife => (36_000, "the identity server's default cookie lasts ten hours"),
        };
        (Duration::from_secs(seconds), assumed(reason))
    }
}

/// How many wrong entries void a code. 2025-09 says that repeated failures may be blocked "per
/// policy" and gives no figure.
pub const CODE_ATTEMPTS: u8 = 5;

/// How many codes of a kind a user may ask for within [`Timing::ResendWindow`], where that is
/// limited. 2025-09 says that resends may be capped and gives no figure.
pub const RESENDS: usize = 3;
