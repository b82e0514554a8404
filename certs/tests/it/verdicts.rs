//! What a TLS library says about each certificate, for the reason in the table alone.

use crate::{MINTED_ON, shared};
use certs::{Minted, Role, Usage};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::{CertificateError, Error, RootCertStore};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use time::macros::datetime;

const VIRTUAL_START: OffsetDateTime = datetime!(2026-01-01 00:00:00 UTC);

#[test]
fn every_client_role_gets_the_verdict_of_its_flaw() {
    let verdicts = Role::ALL.iter().filter_map(|role| match role.row().usage {
        Usage::Ca => None,
        _ => Some((role.name(), as_client(shared(), *role, VIRTUAL_START))),
    });
    let verdicts: Vec<_> = verdicts.filter(|(name, _)| !name.starts_with("server")).collect();
    assert_eq!(
        verdicts,
        [
            ("merchant-a", "accepted"),
            ("merchant-b", "accepted"),
            ("client-expired", "expired"),
            ("client-not-yet-valid", "not valid yet"),
            ("client-other-ca", "unknown issuer"),
            ("client-self-signed", "unknown issuer"),
            ("client-no-client-auth", "invalid purpose"),
            ("client-revoked", "revoked"),
            ("token-key", "invalid purpose"),
        ]
    );
}

#[test]
fn the_flaws_of_time_are_flaws_of_time_only() {
    let before = datetime!(2025-05-31 00:00:00 UTC);
    assert_eq!(as_client(shared(), Role::ClientExpired, before), "accepted");
    let after = datetime!(2049-06-01 00:00:00 UTC);
    assert_eq!(as_client(shared(), Role::ClientNotYetValid, after), "accepted");
    assert_eq!(as_client(shared(), Role::MerchantA, after), "accepted");
    assert_eq!(as_client(shared(), Role::ClientRevoked, after), "revoked");
}

#[test]
fn every_server_role_gets_the_verdict_of_its_flaw() {
    let verdict = |role| as_server(shared(), role, "localhost");
    assert_eq!(verdict(Role::Server), "accepted");
    assert_eq!(verdict(Role::ServerExpired), "expired");
    assert_eq!(verdict(Role::ServerWrongHost), "wrong host");
    assert_eq!(verdict(Role::ServerOtherCa), "unknown issuer");
    assert_eq!(verdict(Role::MerchantA), "invalid purpose");
}

#[test]
fn the_server_certificate_covers_every_host_of_the_table_and_no_other() {
    for host in Role::Server.row().names.listed() {
        assert_eq!(as_server(shared(), Role::Server, host), "accepted", "{host}");
    }
    assert_eq!(Role::Server.row().names.listed().len(), 13);
    for host in ["mock.example", "127.0.0.4", "portal.localhost"] {
        assert_eq!(as_server(shared(), Role::Server, host), "wrong host", "{host}");
    }
}

pub(crate) fn as_server(minted: &Minted, role: Role, host: &str) -> &'static str {
    let roots = Arc::new(roots(minted));
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider).build().unwrap();
    let (leaf, rest) = chain(minted, role);
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let verdict = verifier.verify_server_cert(&leaf, &rest, &name, &[], unix(MINTED_ON));
    in_words(verdict.map(drop))
}

/// What a server says of a client certificate in PEM, leaf first.
pub(crate) fn verdict_of(minted: &Minted, pem: &str) -> &'static str {
    let blocks = x509_parser::pem::Pem::iter_from_buffer(pem.as_bytes());
    let mut chain = blocks.map(|block| CertificateDer::from(block.unwrap().contents));
    let leaf = chain.next().unwrap();
    client_verdict(minted, (&leaf, &chain.collect::<Vec<_>>()), VIRTUAL_START)
}

fn as_client(minted: &Minted, role: Role, now: OffsetDateTime) -> &'static str {
    let (leaf, rest) = chain(minted, role);
    client_verdict(minted, (&leaf, &rest), now)
}

fn client_verdict(
    minted: &Minted,
    (leaf, rest): (&CertificateDer<'_>, &[CertificateDer<'_>]),
    now: OffsetDateTime,
) -> &'static str {
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots(minted)), provider)
        .with_crls([minted.crl_der().to_vec().into()])
        .build()
        .unwrap();
    in_words(verifier.verify_client_cert(leaf, rest, unix(now)).map(drop))
}

fn roots(minted: &Minted) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(minted.certificate_der(Role::Ca).to_vec().into()).unwrap();
    roots
}

fn chain(minted: &Minted, role: Role) -> (CertificateDer<'static>, Vec<CertificateDer<'static>>) {
    let mut chain = minted.chain_der(role).into_iter().map(CertificateDer::from);
    (chain.next().unwrap(), chain.collect())
}

fn unix(at: OffsetDateTime) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(at.unix_timestamp().try_into().unwrap()))
}

fn in_words(verdict: Result<(), Error>) -> &'static str {
    use CertificateError as E;
    match verdict {
        Ok(()) => "accepted",
        Err(Error::InvalidCertificate(E::Expired | E::ExpiredContext { .. })) => "expired",
        Err(Error::InvalidCertificate(E::NotValidYet | E::NotValidYetContext { .. })) => {
            "not valid yet"
        }
        Err(Error::InvalidCertificate(E::UnknownIssuer)) => "unknown issuer",
        Err(Error::InvalidCertificate(E::InvalidPurpose | E::InvalidPurposeContext { .. })) => {
            "invalid purpose"
        }
        Err(Error::InvalidCertificate(E::Revoked)) => "revoked",
        Err(Error::InvalidCertificate(E::NotValidForName | E::NotValidForNameContext { .. })) => {
            "wrong host"
        }
        Err(other) => panic!("an unexpected verdict: {other}"),
    }
}
