//! Reading certificates: the few facts that the store needs, and whether a signature holds.
//! Parsing is left to a library; nothing here trusts what it reads.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use time::OffsetDateTime;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{CertificateRevocationList, FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey;

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) subject: String,
    pub(crate) common_name: String,
    pub(crate) names: Vec<String>,
    pub(crate) not_before: OffsetDateTime,
    pub(crate) not_after: OffsetDateTime,
    pub(crate) serial: Vec<u8>,
    /// The bits of the public key, without its algorithm.
    pub(crate) public_key: Vec<u8>,
}

/// The two numbers of an RSA public key, big-endian, without leading zeros.
pub(crate) struct RsaNumbers {
    pub(crate) n: Vec<u8>,
    pub(crate) e: Vec<u8>,
}

/// What a certificate in DER says.
pub(crate) fn facts(der: &[u8]) -> Result<Facts, String> {
    let certificate = parse(der)?;
    let common_name = certificate.subject().iter_common_name().next();
    Ok(Facts {
        subject: certificate.subject().to_string(),
        common_name: common_name.and_then(|cn| cn.as_str().ok()).unwrap_or_default().to_owned(),
        names: names(&certificate)?,
        not_before: certificate.validity().not_before.to_datetime(),
        not_after: certificate.validity().not_after.to_datetime(),
        serial: certificate.raw_serial().to_vec(),
        public_key: certificate.public_key().subject_public_key.data.to_vec(),
    })
}

/// Whether the issuer's key signed the certificate.
pub(crate) fn is_signed_by(der: &[u8], issuer_der: &[u8]) -> Result<bool, String> {
    let issuer = parse(issuer_der)?;
    Ok(parse(der)?.verify_signature(Some(issuer.public_key())).is_ok())
}

/// Whether a revocation list in DER is signed by the issuer and names the serial number.
pub(crate) fn revokes(crl_der: &[u8], issuer_der: &[u8], serial: &[u8]) -> Result<bool, String> {
    let issuer = parse(issuer_der)?;
    let (_, crl) =
        CertificateRevocationList::from_der(crl_der).map_err(|error| error.to_string())?;
    let signed = crl.verify_signature(issuer.public_key()).is_ok();
    Ok(signed && crl.iter_revoked_certificates().any(|entry| entry.raw_serial() == serial))
}

/// The public key of a certificate, when it is an RSA key.
pub(crate) fn rsa_numbers(der: &[u8]) -> Result<RsaNumbers, String> {
    let certificate = parse(der)?;
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => Ok(RsaNumbers {
            n: without_leading_zeros(key.modulus),
            e: without_leading_zeros(key.exponent),
        }),
        _ => Err("its key is not an RSA key".to_owned()),
    }
}

fn parse(der: &[u8]) -> Result<X509Certificate<'_>, String> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        Ok(_) => Err("there is something behind the certificate".to_owned()),
        Err(error) => Err(format!("it is not a certificate ({error})")),
    }
}

fn names(certificate: &X509Certificate<'_>) -> Result<Vec<String>, String> {
    let extension = certificate.subject_alternative_name().map_err(|error| error.to_string())?;
    let general_names = extension.map(|extension| extension.value.general_names.iter());
    Ok(general_names.into_iter().flatten().filter_map(host_name).collect())
}

fn host_name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(|bytes| IpAddr::V4(Ipv4Addr::from(bytes)));
            let v6 = <[u8; 16]>::try_from(*bytes).map(|bytes| IpAddr::V6(Ipv6Addr::from(bytes)));
            v4.or(v6).ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

fn without_leading_zeros(number: &[u8]) -> Vec<u8> {
    number.iter().copied().skip_while(|byte| *byte == 0).collect()
}
