//! The connections of the reference merchant, and how it can get them wrong.
//! Its quirks leave out one check each.

use std::sync::Arc;

use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
};

use crate::{
    certify::assignment::Assignment,
    http,
    tls::{self, Files, ThumbprintHash},
    trouble::Trouble,
};

/// The HTTP client, and the thumbprint that it sends.
pub(super) fn client(
    assignment: &Assignment,
    quirk: Option<&'static str>,
) -> Result<(reqwest::Client, String), Trouble> {
    let files = Files {
        ca: &assignment.ca,
        client_certificate: &assignment.client_cert,
        client_key: &assignment.client_key,
    };
    let identity = tls::open(files, ThumbprintHash::default())?;
    let config = match quirk {
        Some("CC-TLS-01") => identity.browser,
        Some("CC-TLS-02") => careless(assignment, Flaw::Root)?,
        Some("CC-TLS-03") => careless(assignment, Flaw::Name)?,
        Some("CC-TLS-04") => careless(assignment, Flaw::Time)?,
        Some("CC-TLS-05") => careless(assignment, Flaw::Version)?,
        _ => identity.merchant,
    };
    Ok((http::client(Some(config))?, identity.thumbprint))
}

/// What a careless client does not look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    Root,
    Name,
    Time,
    /// It speaks the newest version only.
    Version,
}

fn careless(assignment: &Assignment, flaw: Flaw) -> Result<ClientConfig, Trouble> {
    let failed = |error: &dyn std::fmt::Display| Trouble::Harness(format!("TLS: {error}"));
    let mut roots = RootCertStore::empty();
    for certificate in
        CertificateDer::pem_file_iter(&assignment.ca).map_err(|error| failed(&error))?
    {
        let certificate = certificate.map_err(|error| failed(&error))?;
        roots.add(certificate).map_err(|error| failed(&error))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let strict =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .map_err(|error| failed(&error))?;
    let versions: &[&rustls::SupportedProtocolVersion] = match flaw {
        Flaw::Version => &[&rustls::version::TLS13],
        Flaw::Root | Flaw::Name | Flaw::Time => rustls::ALL_VERSIONS,
    };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(&assignment.client_cert)
        .map_err(|error| failed(&error))?
        .collect();
    let chain = chain.map_err(|error| failed(&error))?;
    let key =
        PrivateKeyDer::from_pem_file(&assignment.client_key).map_err(|error| failed(&error))?;
    ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(|error| failed(&error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Careless { strict, flaw }))
        .with_client_auth_cert(chain, key)
        .map_err(|error| failed(&error))
}

#[derive(Debug)]
struct Careless {
    strict: Arc<WebPkiServerVerifier>,
    flaw: Flaw,
}

impl ServerCertVerifier for Careless {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        use rustls::CertificateError as Bad;
        let checked = self.strict.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        match (&checked, self.flaw) {
            (Err(Error::InvalidCertificate(Bad::UnknownIssuer)), Flaw::Root)
            | (
                Err(Error::InvalidCertificate(
                    Bad::NotValidForName | Bad::NotValidForNameContext { .. },
                )),
                Flaw::Name,
            )
            | (
                Err(Error::InvalidCertificate(Bad::Expired | Bad::ExpiredContext { .. })),
                Flaw::Time,
            ) => Ok(ServerCertVerified::assertion()),
            _ => checked,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.strict.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.strict.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.strict.supported_verify_schemes()
    }
}
