//! The e-mails and SMS that the provider sends, as the person reads them.
//! They are what a test reads in place of a phone and a mailbox.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Provenance,
    provenance::{assumed, d25},
};

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// To the e-mail address.
    Email,
    /// To the phone.
    Sms,
}

impl Channel {
    /// Its word on the control listener and in the environment of commands.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }
}

/// Why a message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MessageKind {
    /// The code that confirms the e-mail address.
    EmailConfirmation,
    /// The code that verifies the phone.
    PhoneVerification,
    /// The one-time code that signs the 10nPayments documents.
    DocumentSigning,
    /// The code by which the identification provider checks the phone.
    IdentificationPhone,
    /// The code by which the identification provider checks the e-mail address.
    IdentificationEmail,
    /// The one-time code that signs the identification provider's own documents.
    ProviderSigning,
}

impl MessageKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::EmailConfirmation,
        Self::PhoneVerification,
        Self::DocumentSigning,
        Self::IdentificationPhone,
        Self::IdentificationEmail,
        Self::ProviderSigning,
    ];

    /// Its name on the control listener, in traces and scenarios.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EmailConfirmation => "email-confirmation",
            Self::PhoneVerification => "phone-verification",
            Self::DocumentSigning => "document-signing",
            Self::IdentificationPhone => "identification-phone",
            Self::IdentificationEmail => "identification-email",
            Self::ProviderSigning => "provider-signing",
        }
    }

    /// Whether a hosted page sends it, and no call asks for it.
    #[must_use]
    pub const fn is_of_a_page(self) -> bool {
        !matches!(self, Self::EmailConfirmation | Self::PhoneVerification)
    }

    /// How it travels.
    #[must_use]
    pub const fn channel(self) -> Channel {
        match self {
            Self::EmailConfirmation | Self::IdentificationEmail => Channel::Email,
            Self::PhoneVerification
            | Self::DocumentSigning
            | Self::IdentificationPhone
            | Self::ProviderSigning => Channel::Sms,
        }
    }

    /// What its code is called in traces.
    #[must_use]
    pub const fn code_name(self) -> &'static str {
        match self {
            Self::EmailConfirmation => "email-code",
            Self::PhoneVerification => "sms-code",
            Self::DocumentSigning => "signing-code",
            Self::IdentificationPhone => "identification-sms-code",
            Self::IdentificationEmail => "identification-email-code",
            Self::ProviderSigning => "provider-signing-code",
        }
    }

    /// The text before the six digits.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::EmailConfirmation => "Your confirmation code is: ",
            Self::PhoneVerification => "Your security code is: ",
            Self::DocumentSigning => "Your code for signing the documents is: ",
            Self::IdentificationPhone | Self::IdentificationEmail => {
                "Your code for the identification is: "
            }
            Self::ProviderSigning => "Your one-time code for the certificate is: ",
        }
    }

    /// Where the text comes from.
    #[must_use]
    pub const fn provenance(self) -> Provenance {
        match self {
            Self::EmailConfirmation => {
                assumed("the pages show no mail; they say that it holds six digits")
            }
            Self::PhoneVerification => d25("send-verification-code", "SMS text"),
            Self::DocumentSigning => assumed("the signing provider's message is not documented"),
            Self::IdentificationPhone | Self::IdentificationEmail | Self::ProviderSigning => {
                assumed("the identification provider's messages are not documented")
            }
        }
    }
}
