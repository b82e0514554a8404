//! Client certificates that a merchant has made, has signed, or brings along.
//! What cannot be used is refused in one sentence, and a private key above all.

use certs::{Form, Role, new_client, read_client, sign_request};
use rcgen::{CertificateParams, DnType, KeyPair};

use crate::{shared, verdicts::verdict_of};

#[test]
fn a_new_client_certificate_is_a_good_one() {
    let (made, key) = new_client(shared(), "merchant-1001").unwrap();
    assert!(made.ours && made.subject.contains("CN=merchant-1001"), "{}", made.subject);
    assert_eq!(made.pem.matches("BEGIN CERTIFICATE").count(), 2);
    assert!(key.lines().next().unwrap().ends_with(" KEY-----"));
    assert_eq!(verdict_of(shared(), &made.pem), "accepted");
    let (other, other_key) = new_client(shared(), "merchant-1001").unwrap();
    assert_ne!((made.thumbprint, key), (other.thumbprint, other_key));
}

#[test]
fn a_request_is_signed_for_the_key_that_is_in_it() {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "shop.example");
    let request = params.serialize_request(&key).unwrap().pem().unwrap();
    let signed = sign_request(shared(), &request).unwrap();
    assert!(signed.subject.contains("CN=shop.example") && signed.subject.contains("TEST ONLY"));
    assert_eq!(verdict_of(shared(), &signed.pem), "accepted");
    let (_, der) = x509_parser::pem::parse_x509_pem(signed.pem.as_bytes()).unwrap();
    let certificate = der.parse_x509().unwrap();
    let bits = &certificate.public_key().subject_public_key.data;
    assert_eq!(bits.as_ref(), key.public_key_raw());
}

#[test]
fn a_certificate_of_ones_own_is_read_whoever_signed_it() {
    for (role, ours) in [(Role::MerchantB, true), (Role::ClientSelfSigned, false)] {
        let path = shared().path(role, Form::Certificate);
        let read = read_client(shared(), &std::fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!((&read.thumbprint, read.ours), (shared().thumbprint(role), ours));
    }
}

#[test]
fn what_cannot_be_used_is_refused_with_the_reason() {
    let (_, key) = new_client(shared(), "x").unwrap();
    let certificate = new_client(shared(), "x").unwrap().0.pem;
    for (text, told) in [
        ("", "no certificate request"),
        ("nonsense", "no certificate request"),
        (key.as_str(), "private key"),
        (certificate.as_str(), "no certificate request"),
    ] {
        let why = sign_request(shared(), text).unwrap_err();
        assert!(why.contains(told), "{why}");
    }
    let cut = &certificate[..certificate.len() / 3];
    for (text, told) in [
        ("", "no PEM block"),
        ("nonsense", "no PEM block"),
        (key.as_str(), "private key"),
        (cut, "PEM"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "not a certificate"),
    ] {
        let why = read_client(shared(), text).unwrap_err();
        assert!(why.contains(told), "{text}: {why}");
    }
}
