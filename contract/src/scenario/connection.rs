//! What a connection meets before any request is read: TLS and listener faults. No user is known
//! then, so they are armed for the next connections of a listener.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Span;

/// What the next connections to a listener meet. No user is known yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConnectionFault {
    /// Which listener.
    pub listener: Listener,
    /// What they meet.
    pub meets: Meets,
    /// How many of them; one when left out.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub connections: u32,
}

/// A listener that stands for the provider.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Listener {
    /// The API.
    Api,
    /// The identity server.
    Auth,
    /// The hosted pages.
    Identity,
}

/// What a connection meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Meets {
    /// A fatal TLS alert as the answer to the client's hello.
    Alert(AlertWord),
    /// A server certificate with a flaw.
    Certificate(CertificateFlaw),
    /// A server that speaks one version of TLS alone.
    Tls(TlsVersion),
    /// A handshake that stands still for so long.
    Stall(Span),
    /// A closed port for so long: the listener is gone and comes back.
    Refuse(Span),
    /// A server that takes the client's certificate as revoked.
    #[serde(rename = "client-revoked")]
    ClientRevoked,
}

/// A TLS alert (RFC 8446, section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AlertWord {
    /// 40.
    HandshakeFailure,
    /// 42.
    BadCertificate,
    /// 44.
    CertificateRevoked,
    /// 45.
    CertificateExpired,
    /// 46.
    CertificateUnknown,
    /// 48.
    UnknownCa,
    /// 49.
    AccessDenied,
    /// 70.
    ProtocolVersion,
    /// 80.
    InternalError,
    /// 112.
    UnrecognizedName,
    /// 116.
    CertificateRequired,
}

impl AlertWord {
    /// The number on the wire.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::HandshakeFailure => 40,
            Self::BadCertificate => 42,
            Self::CertificateRevoked => 44,
            Self::CertificateExpired => 45,
            Self::CertificateUnknown => 46,
            Self::UnknownCa => 48,
            Self::AccessDenied => 49,
            Self::ProtocolVersion => 70,
            Self::InternalError => 80,
            Self::UnrecognizedName => 112,
            Self::CertificateRequired => 116,
        }
    }
}

/// A flaw of a server certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateFlaw {
    /// It is out of date.
    Expired,
    /// It is for another host.
    WrongHost,
    /// It is from another CA.
    Untrusted,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TlsVersion {
    /// TLS 1.2.
    #[serde(rename = "1.2")]
    V12,
    /// TLS 1.3.
    #[serde(rename = "1.3")]
    V13,
}

const fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_one(count: &u32) -> bool {
    *count == 1
}
