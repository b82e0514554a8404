//! The files: what they hold, who may read them, and what happens when they are not as they were.

use crate::{MINTED_ON, copy, open_at, shared};
use certs::{CertsError, Form, Issuer, PKCS12_PASSWORD, Role, table};
use p12_keystore::{KeyStore, KeyStoreEntry, Pkcs12ImportPolicy};
use std::fs;
use std::path::Path;
use x509_parser::prelude::{FromDer as _, X509Certificate};

#[test]
fn every_form_of_every_role_is_a_file_and_holds_what_is_in_memory() {
    let minted = shared();
    for role in Role::ALL.iter().copied() {
        let stem = format!("{}.TEST-ONLY", role.name());
        let certificate = minted.path(role, Form::Certificate);
        assert_eq!(certificate, minted.dir().join(format!("{stem}.cert.pem")));
        assert_eq!(minted.path(role, Form::Pkcs12), minted.dir().join(format!("{stem}.p12")));
        assert_eq!(blocks(&certificate), [minted.certificate_der(role)]);
        assert_eq!(blocks(&minted.path(role, Form::Chain)), minted.chain_der(role));
        assert_eq!(blocks(&minted.path(role, Form::Key)), [minted.key_der(role)]);
    }
    assert_eq!(blocks(&minted.crl_path()), [minted.crl_der()]);
    assert_eq!(minted.crl_path(), minted.dir().join("ca.TEST-ONLY.crl.pem"));
    let readme = fs::read_to_string(minted.dir().join("README.txt")).unwrap();
    assert!(readme.contains("TEST ONLY") && readme.contains(PKCS12_PASSWORD));
}

#[test]
fn key_stores_open_with_the_documented_password_and_hold_key_and_chain() {
    let minted = shared();
    for role in [Role::MerchantA, Role::Server, Role::TokenKey, Role::ClientSelfSigned] {
        let store = key_store(&minted.path(role, Form::Pkcs12));
        let (alias, found) = store.private_key_chain().unwrap();
        assert_eq!(alias, role.name());
        assert_eq!(found.key().as_der(), minted.key_der(role));
        let certificates: Vec<_> = found.certs().iter().map(|c| c.as_der().to_vec()).collect();
        assert_eq!(certificates, minted.chain_der(role));
    }
}

#[test]
fn the_trust_store_holds_the_good_authority_and_nothing_else() {
    let store = key_store(&shared().trust_store());
    let entries: Vec<_> = store.entries().collect();
    let [(alias, KeyStoreEntry::Certificate(certificate))] = entries[..] else {
        panic!("{entries:?}")
    };
    assert_eq!(alias, "ca");
    assert_eq!(certificate.as_der(), shared().certificate_der(Role::Ca));
}

#[cfg(unix)]
#[test]
fn keys_and_key_stores_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(shared().dir()), 0o700);
    let mut secret = 0;
    for entry in fs::read_dir(shared().dir()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let is_secret = name.ends_with(".key.pem") || name.ends_with(".p12");
        secret += usize::from(is_secret);
        // What the umask takes away from 644 does not matter here.
        let expected = if is_secret { 0o600 } else { mode(&path) & 0o644 | 0o600 };
        assert_eq!(mode(&path), expected, "{name}");
    }
    assert_eq!(secret, Role::ALL.len() * 2 + 1);
}

#[test]
fn leaves_are_no_authorities_and_authorities_are_nothing_else() {
    for role in Role::ALL.iter().copied() {
        let der = shared().certificate_der(role);
        let (_, certificate) = X509Certificate::from_der(der).unwrap();
        let usage = certificate.key_usage().unwrap().unwrap().value;
        let is_authority = matches!(role, Role::Ca | Role::OtherCa);
        assert_eq!(certificate.is_ca(), is_authority, "{}", role.name());
        assert_eq!(usage.key_cert_sign(), is_authority);
        assert_eq!(usage.crl_sign(), is_authority);
        assert_eq!(usage.digital_signature(), !is_authority);
        assert_eq!(certificate.issuer() == certificate.subject(), role.row().issuer == Issuer::Own);
    }
}

#[test]
fn the_table_has_a_row_for_every_role_with_its_own_thumbprints() {
    let minted = shared();
    let rows = table(minted);
    assert_eq!(rows.iter().map(|row| row.role).collect::<Vec<_>>(), Role::ALL);
    for row in &rows {
        assert!(row.subject.contains(row.role.row().common_name), "{}", row.subject);
        assert_eq!(row.subject.matches("TEST ONLY").count(), 2, "CN and O: {}", row.subject);
        assert_eq!(row.sha1, minted.thumbprint(row.role).sha1);
        assert_eq!(row.sha256, minted.thumbprint(row.role).sha256);
        assert_eq!(row.flaw.is_some(), row.role.row().flaw.is_some());
        assert_eq!(minted.role_of(minted.certificate_der(row.role)), Some(row.role));
    }
    let expired = rows.iter().find(|row| row.role == Role::ClientExpired).unwrap();
    assert_eq!((expired.not_before.year(), expired.not_after.year()), (2020, 2025));
    assert!(expired.flaw.unwrap().contains(&expired.not_after.date().to_string()));
    let future = rows.iter().find(|row| row.role == Role::ClientNotYetValid).unwrap();
    assert!(future.flaw.unwrap().contains(&future.not_before.date().to_string()));
    assert_eq!(minted.role_of(b"a stranger's certificate"), None);
}

#[test]
fn the_token_key_is_rsa_and_its_public_half_is_that_of_the_private_one() {
    use rsa::pkcs8::DecodePrivateKey as _;
    use rsa::traits::PublicKeyParts as _;
    let public = shared().token_key_public();
    let private = rsa::RsaPrivateKey::from_pkcs8_der(shared().token_key_pkcs8_der()).unwrap();
    assert_eq!(public.n, private.n().to_bytes_be());
    assert_eq!(public.e, private.e().to_bytes_be());
    assert_eq!(public.n.len(), 256);
    assert_eq!(public.kid.len(), 43);
}

#[test]
fn every_damaged_file_is_an_error_that_names_it_and_leaves_it_alone() {
    let directory = copy();
    for entry in fs::read_dir(shared().dir()).unwrap() {
        let path = directory.path().join(entry.unwrap().file_name());
        let good = fs::read(&path).unwrap();
        for bad in [Vec::new(), b"damaged".to_vec(), good[..good.len() / 2].to_vec()] {
            // Half a README still says whose it is.
            if path.ends_with("README.txt") && good.starts_with(&bad) && !bad.is_empty() {
                continue;
            }
            fs::write(&path, &bad).unwrap();
            let message = open_at(directory.path(), MINTED_ON).unwrap_err().to_string();
            assert!(message.contains(path.to_str().unwrap()), "{message}");
            assert_eq!(fs::read(&path).unwrap(), bad, "it was overwritten");
        }
        fs::write(&path, good).unwrap();
    }
    assert!(open_at(directory.path(), MINTED_ON).is_ok());
}

#[test]
fn one_changed_character_of_a_certificate_or_key_is_noticed() {
    let directory = copy();
    let files = [(Role::MerchantA, Form::Certificate), (Role::MerchantA, Form::Key)];
    for (role, form) in files {
        let name = shared().path(role, form).file_name().unwrap().to_owned();
        let path = directory.path().join(name);
        let good = fs::read(&path).unwrap();
        for place in (0..good.len()).step_by(23) {
            let mut bad = good.clone();
            bad[place] = if bad[place] == b'A' { b'B' } else { b'A' };
            fs::write(&path, &bad).unwrap();
            match open_at(directory.path(), MINTED_ON) {
                Err(CertsError::Damaged { path: named, .. }) => assert_eq!(named, path),
                Err(other) => panic!("{other}"),
                // A changed character that the decoder does not read changes nothing.
                Ok(minted) => {
                    assert_eq!(minted.key_der(role), shared().key_der(role));
                    assert_eq!(minted.certificate_der(role), shared().certificate_der(role));
                }
            }
        }
        fs::write(&path, good).unwrap();
    }
}

#[test]
fn files_of_two_sets_do_not_mix() {
    let directory = copy();
    let swap = |from: Role, to: Role, form| {
        let name = |role| shared().path(role, form).file_name().unwrap().to_owned();
        fs::copy(shared().path(from, form), directory.path().join(name(to))).unwrap();
        let error = open_at(directory.path(), MINTED_ON).unwrap_err();
        fs::copy(shared().path(to, form), directory.path().join(name(to))).unwrap();
        assert!(matches!(error, CertsError::Damaged { .. }), "{error}");
        assert!(error.to_string().contains(name(to).to_str().unwrap()), "{error}");
    };
    swap(Role::MerchantB, Role::MerchantA, Form::Certificate);
    swap(Role::MerchantB, Role::MerchantA, Form::Key);
    swap(Role::MerchantB, Role::MerchantA, Form::Chain);
    swap(Role::MerchantA, Role::TokenKey, Form::Key);
}

#[test]
fn a_certificate_that_others_need_is_not_minted_again_behind_their_back() {
    let directory = copy();
    for role in [Role::Ca, Role::MerchantA] {
        for form in [Form::Certificate, Form::Key] {
            let name = shared().path(role, form).file_name().unwrap().to_owned();
            let path = directory.path().join(name);
            let contents = fs::read(&path).unwrap();
            fs::remove_file(&path).unwrap();
            let error = open_at(directory.path(), MINTED_ON).unwrap_err();
            assert!(matches!(&error, CertsError::Missing { path: p } if *p == path), "{error}");
            assert!(!path.exists());
            fs::write(&path, contents).unwrap();
        }
    }
}

#[test]
fn what_can_be_made_again_from_the_rest_is_made_again() {
    let directory = copy();
    let removed = [
        "merchant-a.TEST-ONLY.chain.pem",
        "merchant-a.TEST-ONLY.p12",
        "truststore.TEST-ONLY.p12",
        "ca.TEST-ONLY.crl.pem",
        "README.txt",
    ];
    for name in removed {
        fs::remove_file(directory.path().join(name)).unwrap();
    }
    let minted = open_at(directory.path(), MINTED_ON).unwrap();
    assert!(removed.iter().all(|name| directory.path().join(name).exists()));
    assert_eq!(minted.certificate_der(Role::MerchantA), shared().certificate_der(Role::MerchantA));
}

#[test]
fn someone_elses_readme_or_file_stops_the_start_before_anything_is_minted() {
    for name in ["README.txt", "server.key"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(name);
        fs::write(&path, "mine").unwrap();
        let error = open_at(directory.path(), MINTED_ON).unwrap_err();
        assert!(matches!(&error, CertsError::Foreign { path: p } if *p == path), "{error}");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}

fn key_store(path: &Path) -> KeyStore {
    let bytes = fs::read(path).unwrap();
    assert!(KeyStore::from_pkcs12(&bytes, "wrong", Pkcs12ImportPolicy::Strict).is_err());
    KeyStore::from_pkcs12(&bytes, PKCS12_PASSWORD, Pkcs12ImportPolicy::Strict).unwrap()
}

fn blocks(path: &Path) -> Vec<Vec<u8>> {
    let pem = fs::read(path).unwrap();
    x509_parser::pem::Pem::iter_from_buffer(&pem).map(|block| block.unwrap().contents).collect()
}
