//! The calls of the API, by name, and the hosts that serve them.
//!
//! A call is what a merchant means ("confirm the e-mail"); how it looks on the wire is an
//! edition's business and stands in its [`EndpointRow`](crate::EndpointRow).

use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing a client can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// Create a user. Flow step 1.
    CreateUser,
    /// Confirm the e-mail address with the code from the mail. Flow step 2.
    ConfirmEmail,
    /// Send the e-mail code again.
    SendEmailConfirmation,
    /// Send a code to the phone. Flow step 3.
    SendPhoneCode,
    /// Send a new code to the phone on file. Flow step 3.
    ResendPhoneCode,
    /// Verify the phone with the code from the SMS. Flow step 4.
    VerifyPhone,
    /// Start the external identification. Flow step 5.
    Initiate,
    /// Ask how far identification and signing are. Flow steps 7 and 9.
    IdentificationStatus,
    /// Submit the KYC questionnaire. Flow step 10.
    AddAdditionalData,
    /// Finish the onboarding. Flow step 10.
    Finalize,
    /// Obtain a token over mutual TLS. Flow step 11, and before every other call.
    MtlsToken,
    /// The token endpoint without mutual TLS.
    PlainToken,
    /// Read a user's flags and lifecycle code.
    UserStatus,
    /// The code list of sources of funds.
    SourceOfFunds,
    /// The code list of account purposes.
    AccountPurpose,
    /// The code list of main activities.
    MainActivity,
    /// The code list of financing methods.
    FinancingMethod,
    /// Enrol an individual with all its data in one call; 2024-06, before external identification.
    EnrollIndividual,
    /// Ask whether a post code belongs to a country.
    PostalCode,
    /// Addresses from which the documents of a finished submission can be downloaded.
    KycDocuments,
    /// Begin the authorization-code flow in a browser.
    Authorize,
    /// Read the claims of the person behind a token.
    UserInfo,
    /// Revoke a token.
    Revocation,
    /// End the person's session at the identity server.
    EndSession,
    /// The OpenID provider configuration.
    Discovery,
    /// The keys that sign tokens.
    Jwks,
}

impl Call {
    /// Every call.
    pub const ALL: &[Self] = &[
        Self::CreateUser,
        Self::ConfirmEmail,
        Self::SendEmailConfirmation,
        Self::SendPhoneCode,
        Self::ResendPhoneCode,
        Self::VerifyPhone,
        Self::Initiate,
        Self::IdentificationStatus,
        Self::AddAdditionalData,
        Self::Finalize,
        Self::MtlsToken,
        Self::PlainToken,
        Self::UserStatus,
        Self::SourceOfFunds,
        Self::AccountPurpose,
        Self::MainActivity,
        Self::FinancingMethod,
        Self::EnrollIndividual,
        Self::PostalCode,
        Self::KycDocuments,
        Self::Authorize,
        Self::UserInfo,
        Self::Revocation,
        Self::EndSession,
        Self::Discovery,
        Self::Jwks,
    ];

    /// Whether a person sees its answers: then they are pages.
    #[must_use]
    pub const fn is_seen(self) -> bool {
        matches!(self, Self::Authorize | Self::EndSession)
    }

    /// Its name in traces, reports and command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreateUser => "create-user",
            Self::ConfirmEmail => "confirm-email",
            Self::SendEmailConfirmation => "send-email-confirmation",
            Self::SendPhoneCode => "send-phone-code",
            Self::ResendPhoneCode => "resend-phone-code",
            Self::VerifyPhone => "verify-phone",
            Self::Initiate => "initiate",
            Self::IdentificationStatus => "identification-status",
            Self::AddAdditionalData => "add-additional-data",
            Self::Finalize => "finalize",
            Self::MtlsToken => "mtls-token",
            Self::PlainToken => "plain-token",
            Self::UserStatus => "user-status",
            Self::SourceOfFunds => "source-of-funds",
            Self::AccountPurpose => "account-purpose",
            Self::MainActivity => "main-activity",
            Self::FinancingMethod => "financing-method",
            Self::EnrollIndividual => "enroll-individual",
            Self::PostalCode => "postal-code",
            Self::KycDocuments => "kyc-documents",
            Self::Authorize => "authorize",
            Self::UserInfo => "user-info",
            Self::Revocation => "revocation",
            Self::EndSession => "end-session",
            Self::Discovery => "discovery",
            Self::Jwks => "jwks",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The host that serves a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Host {
    /// The public gateway, `api-test.10npay.com`.
    Api,
    /// The identity server, `auth-test.10npay.com`.
    Auth,
    /// The hosted pages of the identification provider.
    Identity,
    /// Nothing real: the mock's own control listener.
    Control,
}

impl Host {
    /// Every host.
    pub const ALL: &[Self] = &[Self::Api, Self::Auth, Self::Identity, Self::Control];

    /// Its name in traces, flags and the ready line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Auth => "auth",
            Self::Identity => "identity",
            Self::Control => "control",
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The HTTP methods the API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Read.
    Get,
    /// Do.
    Post,
}

impl Method {
    /// As written on the request line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}
