//! Grants become RS256 JWTs with the claims of IdentityServer4 3.x, and strange tokens are told
//! apart. Also what the identity server publishes about itself: its configuration and its keys.

use std::{fmt, sync::Arc};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use certs::{Minted, RsaPublic};
use contract::{Call, Host, Tables, Variant, Variants};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode_header, encode,
    errors::ErrorKind,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sim::outcome::{Grant, PersonGrant};

/// What signs and examines tokens, for one issuer.
pub struct Signer {
    keys: Arc<Keys>,
    issuer: String,
}

/// The token key, ready to be used. Reading it takes longer than anything else about a workspace,
/// so all of a process share it.
pub struct Keys {
    key: EncodingKey,
    check: DecodingKey,
    public: RsaPublic,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

impl Keys {
    /// The minted token key.
    ///
    /// # Errors
    /// When it is not one that can sign.
    pub fn new(minted: &Minted) -> Result<Self, SignError> {
        let text = STANDARD.encode(minted.token_key_pkcs8_der());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n");
        let public = minted.token_key_public();
        Ok(Self {
            key: EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(SignError)?,
            check: DecodingKey::from_rsa_raw_components(&public.n, &public.e),
            public,
        })
    }
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aud: Vec<&'a str>,
    client_id: &'a str,
    #[serde(flatten)]
    person: Option<Person<'a>>,
    jti: String,
    scope: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation<'a>>,
}

/// Who signed in, when and how.
#[derive(Serialize)]
struct Person<'a> {
    sub: &'a str,
    auth_time: i64,
    idp: &'static str,
    amr: [&'static str; 1],
}

impl<'a> Person<'a> {
    fn of(grant: &'a PersonGrant) -> Self {
        let auth_time = grant.signed_in_at.seconds();
        Self { sub: &grant.subject, auth_time, idp: "local", amr: ["pwd"] }
    }
}

/// The claims of an `id_token`.
#[derive(Serialize)]
struct IdentityClaims<'a> {
    nbf: i64,
    exp: i64,
    iss: &'a str,
    aud: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    iat: i64,
    at_hash: String,
    #[serde(flatten)]
    person: Person<'a>,
}

/// How long an `id_token` speaks for a sign-in: the identity server's default.
const IDENTITY_SECONDS: i64 = 300;

/// Scopes that open no API, so that no token is meant for them.
const FOR_PEOPLE: &[&str] = &[
    "openid",
    "profile",
    "email",
    "phone",
    "offline_access",
    "tenant",
    "roles",
    "platform",
    "two_factor_enabled",
    "user_relation",
];

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
    #[must_use]
    pub fn new(keys: Arc<Keys>, origin: &str) -> Self {
        Self { keys, issuer: origin.to_lowercase() }
    }

    /// The text of a token. The same grant always gives the same text.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn sign(&self, grant: &Grant) -> Result<String, SignError> {
        let header = Header {
            typ: Some("at+jwt".to_owned()),
            kid: Some(self.keys.public.kid.clone()),
            ..Header::new(Algorithm::RS256)
        };
        let aud = grant.scopes.iter().filter(|scope| !FOR_PEOPLE.contains(&scope.as_str()));
        let cnf = Some(Confirmation { thumbprint: &grant.confirmation });
        let claims = Claims {
            nbf: grant.issued_at.seconds(),
            exp: grant.expires_at.seconds(),
            iss: &self.issuer,
            aud: aud.map(String::as_str).collect(),
            client_id: &grant.client_id,
            person: grant.person.as_deref().map(Person::of),
            jti: format!("{:032x}", grant.jti),
            scope: &grant.scopes,
            cnf: cnf.filter(|cnf| !cnf.thumbprint.is_empty()),
        };
        encode(&header, &claims, &self.keys.key).map_err(SignError)
    }

    /// The text of the `id_token` that comes with an access token, if one does.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn sign_identity(&self, grant: &Grant, access: &str) -> Result<Option<String>, SignError> {
        let Some(person) = grant.person.as_deref().filter(|person| person.id_token) else {
            return Ok(None);
        };
        let header =
            Header { kid: Some(self.keys.public.kid.clone()), ..Header::new(Algorithm::RS256) };
        let digest = Sha256::digest(access.as_bytes());
        let now = grant.issued_at.seconds();
        let claims = IdentityClaims {
            nbf: now,
            exp: now + IDENTITY_SECONDS,
            iss: &self.issuer,
            aud: &grant.client_id,
            nonce: person.nonce.as_deref(),
            iat: now,
            at_hash: URL_SAFE_NO_PAD.encode(&digest[..digest.len() / 2]),
            person: Person::of(person),
        };
        encode(&header, &claims, &self.keys.key).map(Some).map_err(SignError)
    }

    /// Why a token that was not issued here is no good.
    #[must_use]
    pub fn examine(&self, text: &str) -> Foreign {
        let Ok(header) = decode_header(text) else { return Foreign::NoToken };
        if header.kid.as_deref() != Some(&*self.keys.public.kid) {
            return Foreign::UnknownKey;
        }
        let mut only_signature = Validation::new(Algorithm::RS256);
        only_signature.required_spec_claims.clear();
        only_signature.validate_exp = false;
        only_signature.validate_aud = false;
        match jsonwebtoken::decode::<Stranger>(text, &self.keys.check, &only_signature) {
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
    pub fn discovery(&self, tables: &Tables, variants: &Variants, scopes: &[&str]) -> String {
        let endpoint = |call| {
            let row = tables.endpoint(call).filter(|row| row.host == Host::Auth);
            row.map(|row| format!("{}{}", self.issuer, row.path))
        };
        let mtls = endpoint(Call::MtlsToken);
        let methods = ["client_secret_basic", "client_secret_post"].into_iter();
        let certificates = ["tls_client_auth", "self_signed_tls_client_auth"];
        let methods = methods.chain(certificates.into_iter().filter(|_| mtls.is_some()));
        let code = endpoint(Call::Authorize);
        let members = [
            ("issuer", Some(json!(self.issuer))),
            ("jwks_uri", endpoint(Call::Jwks).map(Value::from)),
            ("authorization_endpoint", code.clone().map(Value::from)),
            ("token_endpoint", endpoint(Call::PlainToken).map(Value::from)),
            ("userinfo_endpoint", endpoint(Call::UserInfo).map(Value::from)),
            ("end_session_endpoint", endpoint(Call::EndSession).map(Value::from)),
            ("revocation_endpoint", endpoint(Call::Revocation).map(Value::from)),
            ("mtls_endpoint_aliases", mtls.clone().map(|url| json!({ "token_endpoint": url }))),
            ("tls_client_certificate_bound_access_tokens", mtls.as_ref().map(|_| json!(true))),
            ("scopes_supported", Some(json!(scopes))),
            ("claims_supported", endpoint(Call::UserInfo).map(|_| json!(CLAIMS))),
            ("grant_types_supported", Some(json!(grants(variants)))),
            (
                "response_types_supported",
                Some(json!([if code.is_some() { "code" } else { "token" }])),
            ),
            ("response_modes_supported", code.as_ref().map(|_| json!(["form_post", "query"]))),
            ("code_challenge_methods_supported", code.map(|_| json!(["plain", "S256"]))),
            ("subject_types_supported", Some(json!(["public"]))),
            ("id_token_signing_alg_values_supported", Some(json!(["RS256"]))),
            ("token_endpoint_auth_methods_supported", Some(json!(methods.collect::<Vec<_>>()))),
        ];
        let members =
            members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(members.collect()).to_string()
    }

    /// The public half of the key.
    #[must_use]
    pub fn jwks(&self) -> String {
        json!({ "keys": [{
            "kty": "RSA",
            "use": "sig",
            "kid": self.keys.public.kid,
            "e": URL_SAFE_NO_PAD.encode(&self.keys.public.e),
            "n": URL_SAFE_NO_PAD.encode(&self.keys.public.n),
            "alg": "RS256",
        }]})
        .to_string()
    }
}

/// The grants that a reading allows.
fn grants(variants: &Variants) -> Vec<&'static str> {
    let reads = |reading| {
        [reading, "every"].iter().any(|known| variants.reads(Variant::TokenGrants, known))
    };
    let people = reads("password") || reads("authorization-code");
    let grants = [
        ("authorization_code", reads("authorization-code")),
        ("client_credentials", reads("mutual-tls")),
        ("refresh_token", people),
        ("password", reads("password")),
    ];
    grants.into_iter().filter_map(|(grant, allowed)| allowed.then_some(grant)).collect()
}

/// What may be told of a person.
const CLAIMS: &[&str] = &[
    "sub",
    "email",
    "tenant",
    "role",
    "preferred_username",
    "name",
    "email_verified",
    "phone_number",
    "phone_number_verified",
];

/// Without the key.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
