//! Starts: the second finds what the first minted, late ones renew, and many at once agree.

use crate::verdicts::as_server;
use crate::{MINTED_ON, copy, open_at, open_with_host, shared};
use certs::{CertsError, Form, MintRequest, Minted, PKCS12_PASSWORD, Role, Validity, open, table};
use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use std::fs;
use std::thread;
use time::Duration;
use time::macros::datetime;

#[test]
fn a_second_start_reads_the_same_set_and_writes_nothing() {
    let directory = copy();
    let listing = || {
        let entries = fs::read_dir(directory.path()).unwrap().map(Result::unwrap);
        let mut files: Vec<_> =
            entries.map(|e| (e.file_name(), e.metadata().unwrap().modified().unwrap())).collect();
        files.sort();
        files
    };
    let before = listing();
    let again = open_at(directory.path(), MINTED_ON + Duration::days(700)).unwrap();
    assert_eq!(table(&again), table(shared()));
    assert_eq!(again.crl_der(), shared().crl_der());
    assert_eq!(again.token_key_public(), shared().token_key_public());
    assert_eq!(again.token_key_pkcs8_der(), shared().token_key_pkcs8_der());
    assert_eq!(listing(), before);
}

#[test]
fn rolling_certificates_are_renewed_in_their_last_30_days_and_identities_stay() {
    let directory = copy();
    let ends = end_of(shared(), Role::Server);
    let still_good = open_at(directory.path(), ends - Duration::days(31)).unwrap();
    assert_eq!(changed(&still_good), []);

    let now = ends - Duration::days(30);
    let renewed = open_at(directory.path(), now).unwrap();
    let rolling: Vec<_> =
        Role::ALL.iter().copied().filter(|r| r.row().validity == Validity::Rolling).collect();
    assert_eq!(changed(&renewed), rolling);
    assert!(rolling.contains(&Role::Server));
    assert!(end_of(&renewed, Role::Server) > now + Duration::days(800));
    for role in Role::ALL {
        assert_eq!(renewed.key_der(*role), shared().key_der(*role), "{}", role.name());
    }
    assert_serials_differ(shared(), &renewed);
    assert_eq!(changed(&open_at(directory.path(), now).unwrap()), rolling, "renewed for good");
}

#[test]
fn a_certificate_from_the_future_is_renewed_too() {
    let directory = copy();
    let now = MINTED_ON - Duration::days(400);
    let renewed = open_at(directory.path(), now).unwrap();
    assert!(changed(&renewed).contains(&Role::Server));
    assert_eq!(end_of(&renewed, Role::Server), datetime!(2027-05-03 00:00 UTC));
}

#[test]
fn a_public_host_renews_the_server_certificate_alone_in_every_form() {
    let directory = copy();
    let renewed = open_with_host(directory.path(), "Mock.Example").unwrap();
    assert_eq!(changed(&renewed), [Role::Server]);
    assert_eq!(as_server(&renewed, Role::Server, "mock.example"), "accepted");
    assert_eq!(as_server(&renewed, Role::Server, "localhost"), "accepted");

    let bytes = fs::read(renewed.path(Role::Server, Form::Pkcs12)).unwrap();
    let store = KeyStore::from_pkcs12(&bytes, PKCS12_PASSWORD, Pkcs12ImportPolicy::Strict).unwrap();
    let (_, chain) = store.private_key_chain().unwrap();
    assert_eq!(chain.certs()[0].as_der(), renewed.certificate_der(Role::Server));
    let pem = |form| fs::read_to_string(renewed.path(Role::Server, form)).unwrap();
    assert!(pem(Form::Chain).starts_with(&pem(Form::Certificate)));
}

#[test]
fn hosts_of_earlier_starts_stay() {
    let directory = copy();
    open_with_host(directory.path(), "one.example").unwrap();
    let second = open_with_host(directory.path(), "192.0.2.7").unwrap();
    assert_eq!(as_server(&second, Role::Server, "one.example"), "accepted");
    assert_eq!(as_server(&second, Role::Server, "192.0.2.7"), "accepted");
    let third = open_with_host(directory.path(), "ONE.example").unwrap();
    assert_eq!(table(&third), table(&second), "nothing was missing");
}

#[test]
fn a_renewal_that_left_an_older_chain_is_completed() {
    let directory = copy();
    let renewed = open_with_host(directory.path(), "mock.example").unwrap();
    let chain = renewed.path(Role::Server, Form::Chain);
    let right = fs::read(&chain).unwrap();
    fs::copy(shared().path(Role::Server, Form::Chain), &chain).unwrap();
    let again = open_with_host(directory.path(), "mock.example").unwrap();
    assert_eq!(table(&again), table(&renewed));
    assert_eq!(fs::read(&chain).unwrap(), right);
}

#[test]
fn a_start_that_was_cut_short_is_completed_by_the_next() {
    let directory = tempfile::tempdir().unwrap();
    // Only the first files were written before the first start ended.
    for form in [Form::Key, Form::Certificate] {
        let source = shared().path(Role::Ca, form);
        fs::copy(&source, directory.path().join(source.file_name().unwrap())).unwrap();
    }
    let source = shared().path(Role::OtherCa, Form::Key);
    fs::copy(&source, directory.path().join(source.file_name().unwrap())).unwrap();
    fs::write(directory.path().join(".1.0.other-ca.TEST-ONLY.cert.pem"), "half a draft").unwrap();

    let minted = open_at(directory.path(), MINTED_ON).unwrap();
    assert_eq!(minted.certificate_der(Role::Ca), shared().certificate_der(Role::Ca));
    assert_eq!(minted.key_der(Role::OtherCa), shared().key_der(Role::OtherCa));
    assert_eq!(as_server(&minted, Role::Server, "localhost"), "accepted");
}

#[test]
fn many_first_starts_at_once_agree() {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("new").join("certs");
    let minted: Vec<_> = thread::scope(|scope| {
        let starts: Vec<_> =
            (0..3).map(|_| scope.spawn(|| open_at(&directory, MINTED_ON).unwrap())).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    let later = open_at(&directory, MINTED_ON).unwrap();
    for one in &minted {
        assert_eq!(table(one), table(&later));
        assert_eq!(one.token_key_pkcs8_der(), later.token_key_pkcs8_der());
        assert_eq!(one.crl_der(), later.crl_der());
    }
    let drafts = fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(drafts.filter(|name| name.to_string_lossy().starts_with('.')).count(), 0);
}

#[test]
fn many_renewals_at_once_all_end_with_a_good_certificate() {
    let directory = copy();
    thread::scope(|scope| {
        for number in 0..4 {
            let directory = directory.path();
            scope.spawn(move || {
                let host = format!("host-{number}.example");
                let minted = open_with_host(directory, &host).unwrap();
                assert_eq!(as_server(&minted, Role::Server, &host), "accepted");
            });
        }
    });
    let later = open_at(directory.path(), MINTED_ON).unwrap();
    assert_eq!(changed(&later), [Role::Server]);
    assert_eq!(later.key_der(Role::Server), shared().key_der(Role::Server));
}

#[test]
fn a_clock_outside_the_years_of_the_set_is_an_error() {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("certs");
    for now in [datetime!(1970-01-01 00:00 UTC), datetime!(2050-01-01 00:00 UTC)] {
        let error = open_at(&directory, now).unwrap_err();
        assert!(matches!(error, CertsError::Clock { .. }), "{error}");
    }
    assert!(!directory.exists());
}

#[test]
fn a_bad_public_host_is_an_error_before_anything_is_written() {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("certs");
    let hosts = ["https://mock.example".to_owned()];
    let request = MintRequest { dir: &directory, public_hosts: &hosts, now: MINTED_ON };
    let error = open(&request).unwrap_err();
    assert!(error.to_string().contains("https://mock.example"), "{error}");
    assert!(!directory.exists());
}

/// The roles whose certificate is not that of the shared set.
fn changed(minted: &Minted) -> Vec<Role> {
    let differs = |role: &Role| minted.certificate_der(*role) != shared().certificate_der(*role);
    Role::ALL.iter().copied().filter(differs).collect()
}

fn end_of(minted: &Minted, role: Role) -> time::OffsetDateTime {
    table(minted).into_iter().find(|row| row.role == role).unwrap().not_after
}

fn assert_serials_differ(one: &Minted, other: &Minted) {
    use x509_parser::prelude::{FromDer as _, X509Certificate};
    let serial = |minted: &Minted| {
        let (_, parsed) = X509Certificate::from_der(minted.certificate_der(Role::Server)).unwrap();
        parsed.raw_serial().to_vec()
    };
    assert_ne!(serial(one), serial(other));
}
