//! TLS of the runner: it trusts the given CA alone and shows the given client certificate. The
//! stores of the system are never asked, so a run depends on the target file alone.

use std::{path::Path, sync::Arc};

use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use serde::Deserialize;
use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::trouble::Trouble;

/// Which hash of the client certificate the token request carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThumbprintHash {
    /// 40 upper-case hex digits.
    #[default]
    Sha1,
    /// 64 upper-case hex digits.
    Sha256,
}

/// The files that say who we are and whom we trust, all in PEM.
#[derive(Clone, Copy, Debug)]
pub struct Files<'a> {
    /// The only CA that is trusted.
    pub ca: &'a Path,
    /// The client certificate, with its issuers behind it.
    pub client_certificate: &'a Path,
    /// Its private key.
    pub client_key: &'a Path,
}

/// What the runner holds for its connections.
#[derive(Debug)]
pub struct Identity {
    /// For the merchant: shows the client certificate.
    pub merchant: ClientConfig,
    /// For a browser: shows none.
    pub browser: ClientConfig,
    /// The thumbprint of the client certificate.
    pub thumbprint: String,
}

/// Reads the files of a target.
///
/// # Errors
/// A sentence that names the file and what it should hold.
pub fn open(files: Files<'_>, hash: ThumbprintHash) -> Result<Identity, Trouble> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates("ca", files.ca)? {
        roots.add(certificate).map_err(|error| {
            wrong("ca", files.ca, &format!("holds a certificate we cannot use ({error})"))
        })?;
    }
    let roots = Arc::new(roots);
    let chain = certificates("client_certificate", files.client_certificate)?;
    let leaf = chain.first().cloned().unwrap_or_else(|| CertificateDer::from(Vec::new()));
    let key = PrivateKeyDer::from_pem_file(files.client_key).map_err(|error| {
        wrong("client_key", files.client_key, &format!("holds no private key in PEM ({error})"))
    })?;
    let merchant = builder(&roots)?.with_client_auth_cert(chain, key).map_err(|error| {
        wrong("client_key", files.client_key, &format!("does not fit the certificate ({error})"))
    })?;
    let browser = builder(&roots)?.with_no_client_auth();
    Ok(Identity { merchant, browser, thumbprint: thumbprint(&leaf, hash) })
}

/// A configuration that trusts no server, for plain HTTP.
///
/// # Errors
/// When the TLS library has no protocol version left.
pub fn trusting_nobody() -> Result<ClientConfig, Trouble> {
    Ok(builder(&Arc::new(RootCertStore::empty()))?.with_no_client_auth())
}

/// The thumbprint of a certificate in upper-case hex, without separators.
#[must_use]
pub fn thumbprint(der: &[u8], hash: ThumbprintHash) -> String {
    let digest = match hash {
        ThumbprintHash::Sha1 => Sha1::digest(der).to_vec(),
        ThumbprintHash::Sha256 => Sha256::digest(der).to_vec(),
    };
    digest.iter().map(|byte| format!("{byte:02X}")).collect()
}

type NeedsIdentity = rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>;

fn builder(roots: &Arc<RootCertStore>) -> Result<NeedsIdentity, Trouble> {
    let versions = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Trouble::Harness(format!("no TLS: {error}")))?;
    Ok(versions.with_root_certificates(Arc::clone(roots)))
}

fn certificates(setting: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, Trouble> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = read.map_err(|error| wrong(setting, path, &format!("cannot be read ({error})")))?;
    if chain.is_empty() {
        return Err(wrong(setting, path, "holds no certificate; a PEM file with one is needed"));
    }
    Ok(chain)
}

fn wrong(setting: &str, path: &Path, what: &str) -> Trouble {
    Trouble::Configuration(format!("{setting}: {} {what}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbprints_are_upper_case_hex() {
        let sha1 = thumbprint(b"abc", ThumbprintHash::Sha1);
        assert_eq!(sha1, "A9993E364706816ABA3E25717850C26C9CD0D89D");
        let sha256 = thumbprint(b"abc", ThumbprintHash::Sha256);
        assert!(sha256.starts_with("BA7816BF8F01CFEA") && sha256.len() == 64, "{sha256}");
    }

    #[test]
    fn a_file_that_is_none_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let ca = dir.path().join("ca.pem");
        let files = Files { ca: &ca, client_certificate: &ca, client_key: &ca };
        let missing = open(files, ThumbprintHash::Sha1).unwrap_err();
        assert_eq!(missing.exit_code(), 2);
        assert!(missing.to_string().contains("ca.pem cannot be read"), "{missing}");
        std::fs::write(&ca, "nothing of use").unwrap();
        let empty = open(files, ThumbprintHash::Sha1).unwrap_err();
        assert!(empty.to_string().contains("holds no certificate"), "{empty}");
    }
}
