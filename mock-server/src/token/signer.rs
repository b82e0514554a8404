//! Grants become RS256 JWTs with the claims of IdentityServer4 3.x, and strange tokens are told
//! apart. Also what the identity server publishes about itself: its configuration and its keys.

use std::fmt;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use certs::{Minted, RsaPublic};
use contract::{Call, Host, Tables};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode_header, encode,
    errors::ErrorKind,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sim::outcome::Grant;

/// What signs and examines tokens.
pub struct Signer {
    key: EncodingKey,
    check: DecodingKey,
    public: RsaPublic,
    issuer: String,
}

/// Why a token that is not in the book is no good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// The text was changed, or another key of the same name signed it.
    BadSignature,
    /// A key that is not ours signed it.
    UnknownKey,
    /// Our key signed it for another server.
    OtherIssuer(String),
    /// We signed it, but the world that granted it is gone.
    Forgotten,
    /// It is no JWT.
    NoToken,
}

/// Why a token could not be signed.
#[derive(Debug)]
pub struct SignError(jsonwebtoken::errors::Error);

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the token key cannot sign: {}", self.0)
    }
}

impl std::error::Error for SignError {}

#[derive(Serialize)]
struct Claims<'a> {
    nbf: i64,
    exp: i64,
    iss: &'a str,
    aud: &'a [String],
    client_id: &'a str,
    jti: String,
    scope: &'a [String],
    cnf: Confirmation<'a>,
}

#[derive(Serialize)]
struct Confirmation<'a> {
    #[serde(rename = "x5t#S256")]
    thumbprint: &'a str,
}

#[derive(Deserialize)]
struct Stranger {
    #[serde(default)]
    iss: String,
}

impl Signer {
    /// The signer of an identity server at an origin.
    ///
    /// # Errors
    /// When the minted key is not one that can sign.
    pub fn new(minted: &Minted, origin: &str) -> Result<Self, SignError> {
        let text = STANDARD.encode(minted.token_key_pkcs8_der());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n");
        let public = minted.token_key_public();
        Ok(Self {
            key: EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(SignError)?,
            check: DecodingKey::from_rsa_raw_components(&public.n, &public.e),
            public,
            issuer: origin.to_lowercase(),
        })
    }

    /// The text of a token. The same grant always gives the same text.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn sign(&self, grant: &Grant) -> Result<String, SignError> {
        let header = Header {
            typ: Some("at+jwt".to_owned()),
            kid: Some(self.public.kid.clone()),
            ..Header::new(Algorithm::RS256)
        };
        let claims = Claims {
            nbf: grant.issued_at.seconds(),
            exp: grant.expires_at.seconds(),
            iss: &self.issuer,
            aud: &grant.scopes,
            client_id: &grant.client_id,
            jti: format!("{:032x}", grant.jti),
            scope: &grant.scopes,
            cnf: Confirmation { thumbprint: &grant.confirmation },
        };
        encode(&header, &claims, &self.key).map_err(SignError)
    }

    /// Why a token that was not issued here is no good.
    #[must_use]
    pub fn examine(&self, text: &str) -> Foreign {
        let Ok(header) = decode_header(text) else { return Foreign::NoToken };
        if header.kid.as_deref() != Some(&*self.public.kid) {
            return Foreign::UnknownKey;
        }
        let mut only_signature = Validation::new(Algorithm::RS256);
        only_signature.required_spec_claims.clear();
        only_signature.validate_exp = false;
        only_signature.validate_aud = false;
        match jsonwebtoken::decode::<Stranger>(text, &self.check, &only_signature) {
            Ok(token) if token.claims.iss == self.issuer => Foreign::Forgotten,
            Ok(token) => Foreign::OtherIssuer(token.claims.iss),
            Err(error) => match error.kind() {
                ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => Foreign::BadSignature,
                _ => Foreign::NoToken,
            },
        }
    }

    /// The OpenID provider configuration, as far as this server has what it names.
    #[must_use]
    pub fn discovery(&self, tables: &Tables, scopes: &[&str]) -> String {
        let endpoint = |call| {
            let row = tables.endpoint(call).filter(|row| row.host == Host::Auth);
            row.map(|row| format!("{}{}", self.issuer, row.path))
        };
        json!({
            "issuer": self.issuer,
            "jwks_uri": endpoint(Call::Jwks),
            "token_endpoint": endpoint(Call::PlainToken),
            "mtls_endpoint_aliases": { "token_endpoint": endpoint(Call::MtlsToken) },
            "tls_client_certificate_bound_access_tokens": true,
            "scopes_supported": scopes,
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic",
                "client_secret_post",
                "tls_client_auth",
                "self_signed_tls_client_auth",
            ],
        })
        .to_string()
    }

    /// The public half of the key.
    #[must_use]
    pub fn jwks(&self) -> String {
        json!({ "keys": [{
            "kty": "RSA",
            "use": "sig",
            "kid": self.public.kid,
            "e": URL_SAFE_NO_PAD.encode(&self.public.e),
            "n": URL_SAFE_NO_PAD.encode(&self.public.n),
            "alg": "RS256",
        }]})
        .to_string()
    }
}

/// Without the key.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
