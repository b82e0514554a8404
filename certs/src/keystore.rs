//! PKCS#12: the key stores that Java, .NET and Windows want instead of PEM files.
//! Java, .NET and browsers take this form; everybody else takes PEM.

use crate::CertsError;
use p12_keystore::error::Error as StoreError;
use p12_keystore::{Certificate, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};

/// The password of every PKCS#12 file. It is no secret, and neither are the keys.
pub const PKCS12_PASSWORD: &str = "test-only";

/// What iterations protect is a password, and this one is printed in the README.
const ITERATIONS: u16 = 2048;

/// A key store with one key and its chain, leaf first.
pub(crate) fn of_key(alias: &str, key: &[u8], chain: &[Vec<u8>]) -> Result<Vec<u8>, CertsError> {
    let entry = || {
        let chain = chain.iter().map(|der| Certificate::from_der(der));
        let chain = chain.collect::<Result<Vec<_>, StoreError>>()?;
        let key = PrivateKey::from_der(key)?;
        Ok(KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new(alias, key, chain)))
    };
    write(alias, entry())
}

/// A trust store with one authority.
pub(crate) fn of_authority(alias: &str, der: &[u8]) -> Result<Vec<u8>, CertsError> {
    write(alias, Certificate::from_der(der).map(KeyStoreEntry::Certificate))
}

/// Cheap on purpose, as it runs on every start: whether the outermost length is that of the file.
/// Opening a key store would derive a key from the password, which takes too long.
pub(crate) fn is_whole(pkcs12: &[u8]) -> bool {
    match pkcs12 {
        [0x30, 0x82, high, low, rest @ ..] => {
            rest.len() == usize::from(u16::from_be_bytes([*high, *low]))
        }
        _ => false,
    }
}

fn write(alias: &str, entry: Result<KeyStoreEntry, StoreError>) -> Result<Vec<u8>, CertsError> {
    let written = entry.and_then(|entry| {
        let mut store = KeyStore::new();
        store.add_entry(alias, entry);
        let writer = store.writer(PKCS12_PASSWORD);
        writer.encryption_iterations(ITERATIONS.into()).mac_iterations(ITERATIONS.into()).write()
    });
    written.map_err(|error| CertsError::Mint {
        what: format!("the key store of {alias}"),
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_store_is_whole_when_it_has_its_length_and_not_a_byte_more_or_less() {
        let whole = [&[0x30, 0x82, 0x01, 0x00][..], &[7; 256]].concat();
        assert!(is_whole(&whole));
        assert!(!is_whole(&whole[..259]));
        assert!(!is_whole(&[&whole[..], &[7]].concat()));
        assert!(!is_whole(b""));
        assert!(!is_whole(b"-----BEGIN CERTIFICATE-----"));
    }
}
