//! Minting: keys, certificates and the revocation list, made from rows of the table.
//!
//! Nothing here touches a file. What a certificate is to be is an [`Order`]; what it has to say
//! follows from its role alone.

use crate::role::{LIFE_BEGINS, LIFE_CUT_SHORT, LIFE_ENDS};
use crate::{CertsError, Issuer, Names, Role, Usage, Validity};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevocationReason,
    RevokedCertParams, SerialNumber,
};
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::rand_core::{OsRng, RngCore as _};
use time::{Duration, OffsetDateTime};

pub(crate) const ORGANISATION: &str = "10nPayments simulation, TEST ONLY";
const RSA_BITS: usize = 2048;
/// Document signing (RFC 9336): a usage that no TLS peer accepts.
const DOCUMENT_SIGNING: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 3, 36];

/// A certificate to be made.
pub(crate) struct Order<'a> {
    pub(crate) role: Role,
    pub(crate) names: &'a [String],
    pub(crate) now: OffsetDateTime,
    pub(crate) key: &'a KeyPair,
    /// The key of the issuer; for [`Issuer::Own`] the same as `key`.
    pub(crate) issuer_key: &'a KeyPair,
}

/// A new private key for a role, PKCS#8.
pub(crate) fn key(role: Role) -> Result<Vec<u8>, CertsError> {
    let failed =
        |reason: String| CertsError::Mint { what: format!("the key of {}", role.name()), reason };
    if role.row().usage == Usage::TokenSigning {
        let key = rsa::RsaPrivateKey::new(&mut OsRng, RSA_BITS);
        let key = key.map_err(|error| failed(error.to_string()))?;
        let der = key.to_pkcs8_der().map_err(|error| failed(error.to_string()))?;
        return Ok(der.as_bytes().to_vec());
    }
    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256);
    Ok(key.map_err(|error| failed(error.to_string()))?.serialize_der())
}

/// A new certificate in DER.
pub(crate) fn certificate(order: &Order<'_>) -> Result<Vec<u8>, CertsError> {
    let sign = || {
        let params = params(order)?;
        let certificate = match order.role.row().issuer {
            Issuer::Own => params.self_signed(order.key)?,
            Issuer::Role(issuer) => {
                params.signed_by(order.key, &authority(issuer, order.issuer_key))?
            }
        };
        Ok(certificate.der().to_vec())
    };
    sign().map_err(|error: rcgen::Error| CertsError::Mint {
        what: format!("the certificate of {}", order.role.name()),
        reason: error.to_string(),
    })
}

/// The revocation list of the good authority, with one serial number on it, in DER.
pub(crate) fn crl(serial: &[u8], ca_key: &KeyPair) -> Result<Vec<u8>, CertsError> {
    let params = CertificateRevocationListParams {
        this_update: LIFE_BEGINS,
        next_update: LIFE_ENDS,
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: vec![RevokedCertParams {
            serial_number: SerialNumber::from_slice(serial),
            revocation_time: LIFE_CUT_SHORT,
            reason_code: Some(RevocationReason::KeyCompromise),
            invalidity_date: None,
        }],
        key_identifier_method: KeyIdMethod::Sha256,
    };
    match params.signed_by(&authority(Role::Ca, ca_key)) {
        Ok(crl) => Ok(crl.der().to_vec()),
        Err(error) => Err(CertsError::Mint {
            what: "the revocation list".to_owned(),
            reason: error.to_string(),
        }),
    }
}

/// The first and the last moment of a certificate that is minted now.
pub(crate) fn lifetime(
    validity: Validity,
    now: OffsetDateTime,
) -> (OffsetDateTime, OffsetDateTime) {
    match validity {
        Validity::Fixed { from, until } => (from, until),
        Validity::Rolling => {
            // A day back: a peer's clock may be behind, and its time zone misread.
            let from = now.date().midnight().assume_offset(now.offset()) - Duration::DAY;
            (from, from + Duration::days(Validity::ROLLING_DAYS))
        }
    }
}

/// The names a certificate must have at least.
pub(crate) fn required_names(names: Names, public_hosts: &[String]) -> Vec<String> {
    let public = match names {
        Names::None | Names::Listed(_) => &[],
        Names::ListedAndPublic(_) => public_hosts,
    };
    names.listed().iter().map(|name| (*name).to_owned()).chain(public.iter().cloned()).collect()
}

fn params(order: &Order<'_>) -> Result<CertificateParams, rcgen::Error> {
    let row = order.role.row();
    let mut params = CertificateParams::new(order.names)?;
    (params.not_before, params.not_after) = lifetime(row.validity, order.now);
    params.serial_number = Some(serial()?);
    params.distinguished_name = subject(order.role);
    params.use_authority_key_identifier_extension = true;
    // A leaf says that it is none, so that nobody can take a self-signed one for an authority.
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    match row.usage {
        Usage::Ca => {
            params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        }
        Usage::ServerAuth => params.insert_extended_key_usage(ExtendedKeyUsagePurpose::ServerAuth),
        Usage::ClientAuth => params.insert_extended_key_usage(ExtendedKeyUsagePurpose::ClientAuth),
        Usage::TokenSigning => params
            .insert_extended_key_usage(ExtendedKeyUsagePurpose::Other(DOCUMENT_SIGNING.to_vec())),
    }
    Ok(params)
}

pub(crate) fn authority(role: Role, key: &KeyPair) -> rcgen::Issuer<'static, &KeyPair> {
    let mut params = CertificateParams::default();
    params.distinguished_name = subject(role);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    rcgen::Issuer::new(params, key)
}

fn subject(role: Role) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::OrganizationName, ORGANISATION);
    subject.push(DnType::CommonName, role.row().common_name);
    subject
}

/// Drawn anew each time: a renewed certificate keeps its key, and browsers refuse a second
/// certificate with the serial number of the first.
pub(crate) fn serial() -> Result<SerialNumber, rcgen::Error> {
    let mut bytes = [0_u8; 16];
    OsRng.try_fill_bytes(&mut bytes).map_err(|_| rcgen::Error::RingUnspecified)?;
    // Positive, and of the same length always.
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_rolling_certificate_begins_the_day_before_and_stays_within_the_browsers_limit() {
        let (from, until) = lifetime(Validity::Rolling, datetime!(2026-03-01 15:30 UTC));
        assert_eq!(from, datetime!(2026-02-28 00:00 UTC));
        assert_eq!(until - from, Duration::days(820));
    }

    #[test]
    fn public_hosts_reach_only_the_rows_that_ask_for_them() {
        let hosts = ["mock.example".to_owned()];
        let listed = required_names(Names::Listed(&["a"]), &hosts);
        assert_eq!(listed, ["a"]);
        let both = required_names(Names::ListedAndPublic(&["a"]), &hosts);
        assert_eq!(both, ["a", "mock.example"]);
    }
}
