//! Thumbprints: the short names by which servers, tokens and people know a certificate.
//!
//! Three spellings are in use: SHA-1 in hexadecimal (Windows and .NET), SHA-256 in hexadecimal
//! (openssl, browsers) and SHA-256 in base64url (the binding of a token to a certificate).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// The thumbprints of one certificate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Thumbprint {
    /// SHA-1, 40 upper-case hexadecimal digits.
    pub sha1: String,
    /// SHA-256, 64 upper-case hexadecimal digits.
    pub sha256: String,
    /// SHA-256, base64url without padding.
    pub sha256_base64url: String,
}

impl Thumbprint {
    /// The thumbprints of a certificate in DER.
    pub fn of(der: &[u8]) -> Self {
        let sha256 = Sha256::digest(der);
        Self {
            sha1: upper_hex(&Sha1::digest(der)),
            sha256: upper_hex(&sha256),
            sha256_base64url: URL_SAFE_NO_PAD.encode(sha256),
        }
    }
}

fn upper_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02X}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_digests_of_abc() {
        let thumbprint = Thumbprint::of(b"abc");
        assert_eq!(thumbprint.sha1, "A9993E364706816ABA3E25717850C26C9CD0D89D");
        assert_eq!(
            thumbprint.sha256,
            "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"
        );
        assert_eq!(thumbprint.sha256_base64url, "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    }
}
