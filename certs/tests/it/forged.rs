//! Files that are well made and still wrong: another list, another chain, other dates.
//!
//! They are made with the keys of the set itself, so that only the check in question can refuse.

use crate::{MINTED_ON, copy, open_at, shared};
use certs::{CertsError, Form, Role};
use rcgen::{
    CertificateParams, CertificateRevocationListParams, DnType, Issuer, KeyIdMethod, KeyPair,
    RevokedCertParams, SerialNumber, date_time_ymd,
};
use std::fs;
use std::path::Path;
use x509_parser::prelude::{FromDer as _, X509Certificate};

#[test]
fn a_revocation_list_must_be_the_authoritys_and_name_the_revoked_client() {
    assert_refused(&shared().crl_path(), &crl(Role::OtherCa, &serial(Role::ClientRevoked)));
    assert_refused(&shared().crl_path(), &crl(Role::Ca, &serial(Role::MerchantA)));
}

#[test]
fn a_chain_must_end_with_the_issuer_of_its_leaf() {
    let pem = |role| fs::read_to_string(shared().path(role, Form::Certificate)).unwrap();
    let chain = shared().path(Role::Server, Form::Chain);
    assert_refused(&chain, &(pem(Role::Server) + &pem(Role::OtherCa)));
    assert_refused(&chain, &pem(Role::Server));
}

#[test]
fn a_certificate_with_other_dates_than_the_table_is_refused() {
    let path = shared().path(Role::ClientExpired, Form::Certificate);
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, Role::ClientExpired.row().common_name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2030, 1, 1);
    let certificate = params.signed_by(&key(Role::ClientExpired), &issuer(Role::Ca)).unwrap();
    assert_refused(&path, &certificate.pem());
}

fn assert_refused(original: &Path, contents: &str) {
    let directory = copy();
    let path = directory.path().join(original.file_name().unwrap());
    fs::write(&path, contents).unwrap();
    match open_at(directory.path(), MINTED_ON) {
        Err(CertsError::Damaged { path: named, .. }) => assert_eq!(named, path),
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), contents, "it was overwritten");
}

fn crl(signer: Role, serial: &[u8]) -> String {
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(2020, 1, 1),
        next_update: date_time_ymd(2049, 1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: vec![RevokedCertParams {
            serial_number: SerialNumber::from_slice(serial),
            revocation_time: date_time_ymd(2025, 6, 1),
            reason_code: None,
            invalidity_date: None,
        }],
        key_identifier_method: KeyIdMethod::Sha256,
    };
    params.signed_by(&issuer(signer)).unwrap().pem().unwrap()
}

fn issuer(role: Role) -> Issuer<'static, KeyPair> {
    let der = shared().certificate_der(role).into();
    Issuer::from_ca_cert_der(&der, key(role)).unwrap()
}

fn key(role: Role) -> KeyPair {
    KeyPair::try_from(shared().key_der(role)).unwrap()
}

fn serial(role: Role) -> Vec<u8> {
    let (_, parsed) = X509Certificate::from_der(shared().certificate_der(role)).unwrap();
    parsed.raw_serial().to_vec()
}
