//! Proof key for code exchange, RFC 7636, with both of its methods: who redeems a code shows that
//! it is the app that asked for it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// How a challenge is made from its verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Method {
    /// They are the same.
    Plain,
    /// The unpadded base64url SHA-256.
    S256,
}

/// What the app promised to prove.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Challenge {
    method: Method,
    text: String,
}

impl Challenge {
    /// A challenge of an authorization request, or what is wrong with it.
    pub(crate) fn read(text: Option<&str>, method: Option<&str>) -> Result<Self, &'static str> {
        let text = text.ok_or("code challenge required")?;
        if !is_of_length(text) {
            return Err("Invalid code_challenge");
        }
        let method = match method.unwrap_or("plain") {
            "plain" => Method::Plain,
            "S256" => Method::S256,
            _ => return Err("Transform algorithm not supported"),
        };
        Ok(Self { method, text: text.to_owned() })
    }

    /// Whether a verifier is the one.
    pub(crate) fn is_met_by(&self, verifier: &str) -> bool {
        is_of_length(verifier)
            && match self.method {
                Method::Plain => verifier == self.text,
                Method::S256 => {
                    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == self.text
                }
            }
    }
}

fn is_of_length(text: &str) -> bool {
    (43..=128).contains(&text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc_is_met() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let text = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let hashed = Challenge::read(Some(text), Some("S256")).unwrap();
        assert!(hashed.is_met_by(verifier) && !hashed.is_met_by(text));
        let plain = Challenge::read(Some(text), None).unwrap();
        assert!(plain.is_met_by(text) && !plain.is_met_by(verifier));
        for (text, method, wrong) in [
            (None, None, "code challenge required"),
            (Some("short"), None, "Invalid code_challenge"),
            (Some(text), Some("s256"), "Transform algorithm not supported"),
        ] {
            assert_eq!(Challenge::read(text, method), Err(wrong));
        }
    }
}
