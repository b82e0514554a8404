//! Client certificates beyond the table: those that a merchant has made in its portal, has signed
//! there, or brings along. Nothing here touches a file.

use rcgen::{
    CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
};
use time::OffsetDateTime;

use crate::mint::{ORGANISATION, authority, serial};
use crate::pem::{self, Label};
use crate::role::{LIFE_BEGINS, LIFE_ENDS};
use crate::{CertsError, Minted, Role, Thumbprint, inspect};

/// A client certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// PEM, with its issuer's where that one is ours.
    pub pem: String,
    /// Its thumbprints.
    pub thumbprint: Thumbprint,
    /// Its subject.
    pub subject: String,
    /// The first moment of its validity.
    pub not_before: OffsetDateTime,
    /// The last moment of its validity.
    pub not_after: OffsetDateTime,
    /// Whether the good authority signed it.
    pub ours: bool,
}

/// A new client certificate of the good authority, and its private key in PEM.
///
/// # Errors
/// When no key or certificate can be made.
pub fn new_client(
    minted: &Minted,
    common_name: &str,
) -> Result<(ClientCertificate, String), CertsError> {
    let failed = |error: rcgen::Error| CertsError::Mint {
        what: "a client certificate".to_owned(),
        reason: error.to_string(),
    };
    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).map_err(failed)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = subject(common_name);
    let der = signed(minted, params, |params, issuer| params.signed_by(&key, issuer));
    let der = der.map_err(failed)?;
    let certificate = described(minted, &der)
        .map_err(|reason| CertsError::Mint { what: "a client certificate".to_owned(), reason })?;
    Ok((certificate, pem::encode(Label::PrivateKey, &key.serialize_der())))
}

/// A client certificate of the good authority for the key of a signing request (PKCS#10) in PEM.
///
/// # Errors
/// One sentence that says what is wrong with the request.
pub fn sign_request(minted: &Minted, request: &str) -> Result<ClientCertificate, String> {
    if request.contains("PRIVATE KEY") {
        return Err("this holds a private key, which nobody else should ever see; \
                    paste the certificate request alone"
            .to_owned());
    }
    let read = CertificateSigningRequestParams::from_pem(request);
    let request = read.map_err(|error| format!("this is no certificate request ({error})"))?;
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, ORGANISATION);
    let wanted = request.params.distinguished_name.get(&DnType::CommonName);
    let wanted = wanted.and_then(|name| match name {
        rcgen::DnValue::Utf8String(text) => Some(text.clone()),
        rcgen::DnValue::PrintableString(text) => Some(text.to_string()),
        _ => None,
    });
    name.push(DnType::CommonName, wanted.unwrap_or_else(|| "merchant".to_owned()));
    let mut params = CertificateParams::default();
    params.distinguished_name = name;
    let der =
        signed(minted, params, |params, issuer| params.signed_by(&request.public_key, issuer));
    described(minted, &der.map_err(|error| error.to_string())?)
}

/// A client certificate that somebody brings along, in PEM.
///
/// # Errors
/// One sentence that says what is wrong with it.
pub fn read_client(minted: &Minted, text: &str) -> Result<ClientCertificate, String> {
    if text.contains("PRIVATE KEY") {
        return Err("this holds a private key, which nobody else should ever see; \
                    paste the certificate alone"
            .to_owned());
    }
    let blocks = pem::decode(Label::Certificate, text.as_bytes())?;
    let leaf = blocks.first().ok_or("it holds no PEM block of a certificate")?;
    let read = described(minted, leaf)?;
    Ok(ClientCertificate { pem: pem::encode(Label::Certificate, leaf), ..read })
}

fn signed(
    minted: &Minted,
    mut params: CertificateParams,
    sign: impl FnOnce(
        CertificateParams,
        &rcgen::Issuer<'static, &KeyPair>,
    ) -> Result<rcgen::Certificate, rcgen::Error>,
) -> Result<Vec<u8>, rcgen::Error> {
    let ca_key = KeyPair::try_from(minted.key_der(Role::Ca))?;
    // As the table has it, so that a clock may say any year.
    (params.not_before, params.not_after) = (LIFE_BEGINS, LIFE_ENDS);
    params.serial_number = Some(serial()?);
    params.use_authority_key_identifier_extension = true;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.insert_extended_key_usage(ExtendedKeyUsagePurpose::ClientAuth);
    Ok(sign(params, &authority(Role::Ca, &ca_key))?.der().to_vec())
}

fn described(minted: &Minted, der: &[u8]) -> Result<ClientCertificate, String> {
    let facts = inspect::facts(der)?;
    let ca = minted.certificate_der(Role::Ca);
    let ours = inspect::is_signed_by(der, ca)?;
    let chain = if ours { pem::encode(Label::Certificate, ca) } else { String::new() };
    Ok(ClientCertificate {
        pem: pem::encode(Label::Certificate, der) + &chain,
        thumbprint: Thumbprint::of(der),
        subject: facts.subject,
        not_before: facts.not_before,
        not_after: facts.not_after,
        ours,
    })
}

fn subject(common_name: &str) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::OrganizationName, ORGANISATION);
    subject.push(DnType::CommonName, common_name);
    subject
}
