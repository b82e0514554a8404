//! TLS as the listeners speak it: versions 1.2 and 1.3, our server certificate, and client
//! certificates that are recorded or demanded. Certificates are judged by the workspace's clock.

pub mod accept;
pub mod arsenal;
pub mod peer;
pub mod verifier;
pub mod wire;

use std::{fmt, sync::Arc};

use certs::{Minted, Role};
use contract::scenario::fault::{CertificateFlaw, TlsVersion};
use rustls::{
    RootCertStore, ServerConfig, SupportedProtocolVersion,
    crypto::{CryptoProvider, ring},
    server::{
        NoServerSessionStorage, VerifierBuilderError, WebPkiClientVerifier,
        danger::ClientCertVerifier,
    },
    version::{TLS12, TLS13},
};
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};

use crate::clock::{Clock, TlsTime};

/// What a listener does about client certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// It never asks.
    Never,
    /// It asks, takes any or none, and leaves the judgement to the application.
    Record,
    /// It asks, and ends the handshake with an alert unless a good one is shown.
    Demand,
}

/// Why TLS could not be set up.
#[derive(Debug)]
pub enum TlsError {
    /// The certificate authority or its revocation list is not usable.
    Authority(VerifierBuilderError),
    /// Anything else that the TLS library refuses.
    Library(rustls::Error),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authority(error) => {
                write!(f, "the certificate authority cannot be used: {error}")
            }
            Self::Library(error) => write!(f, "TLS cannot be set up: {error}"),
        }
    }
}

impl std::error::Error for TlsError {}

impl From<VerifierBuilderError> for TlsError {
    fn from(error: VerifierBuilderError) -> Self {
        Self::Authority(error)
    }
}

impl From<rustls::Error> for TlsError {
    fn from(error: rustls::Error) -> Self {
        Self::Library(error)
    }
}

/// The verifier that says what a client certificate is worth: chain, dates, usage, revocation.
///
/// # Errors
/// When the minted authority or its revocation list cannot be read.
pub fn judge(minted: &Minted) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(minted.certificate_der(Role::Ca).to_vec()))?;
    let crl = CertificateRevocationListDer::from(minted.crl_der().to_vec());
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider());
    Ok(builder.with_crls([crl]).build()?)
}

/// How one listener speaks TLS, in the usual way and in those that scenarios ask for.
#[derive(Clone, Debug)]
pub struct Tailor {
    /// Certificates and keys.
    pub minted: Arc<Minted>,
    /// The clock that certificates are judged by.
    pub clock: Arc<Clock>,
    /// What client certificates are worth.
    pub judge: Arc<dyn ClientCertVerifier>,
    /// What the listener does about them.
    pub client_auth: ClientAuth,
}

impl Tailor {
    /// As the listener speaks it to everybody.
    ///
    /// # Errors
    /// When the minted server certificate and key cannot be used.
    pub fn usual(&self) -> Result<ServerConfig, TlsError> {
        self.config(Role::Server, &[&TLS13, &TLS12])
    }

    /// With a server certificate that has a flaw.
    ///
    /// # Errors
    /// As [`Tailor::usual`].
    pub fn flawed(&self, flaw: CertificateFlaw) -> Result<ServerConfig, TlsError> {
        let role = match flaw {
            CertificateFlaw::Expired => Role::ServerExpired,
            CertificateFlaw::WrongHost => Role::ServerWrongHost,
            CertificateFlaw::Untrusted => Role::ServerOtherCa,
        };
        self.config(role, &[&TLS13, &TLS12])
    }

    /// In one version alone.
    ///
    /// # Errors
    /// As [`Tailor::usual`].
    pub fn only(&self, version: TlsVersion) -> Result<ServerConfig, TlsError> {
        match version {
            TlsVersion::V12 => self.config(Role::Server, &[&TLS12]),
            TlsVersion::V13 => self.config(Role::Server, &[&TLS13]),
        }
    }

    fn config(
        &self,
        role: Role,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Result<ServerConfig, TlsError> {
        let Self { minted, clock, judge, client_auth } = self;
        server_config((minted, role), (clock, versions), judge, *client_auth)
    }
}

fn server_config(
    (minted, role): (&Minted, Role),
    (clock, versions): (&Arc<Clock>, &[&'static SupportedProtocolVersion]),
    judge: &Arc<dyn ClientCertVerifier>,
    client_auth: ClientAuth,
) -> Result<ServerConfig, TlsError> {
    let chain = minted.chain_der(role).into_iter().map(CertificateDer::from).collect();
    let key = PrivateKeyDer::Pkcs8(minted.key_der(role).to_vec().into());
    let verifier: Arc<dyn ClientCertVerifier> = match client_auth {
        ClientAuth::Never => WebPkiClientVerifier::no_client_auth(),
        ClientAuth::Record => Arc::new(verifier::Recorder::new(Arc::clone(judge))),
        ClientAuth::Demand => Arc::clone(judge),
    };
    let time = Arc::new(TlsTime(Arc::clone(clock)));
    let mut config = ServerConfig::builder_with_details(provider(), time)
        .with_protocol_versions(versions)?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)?;
    // With HTTP/2 a client that is refused often never sees the alert.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A resumed session shows no certificate, so it would hide a revocation.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    Ok(config)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
