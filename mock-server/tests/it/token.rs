//! The token endpoints over the wire: the order of the checks, what a token holds, and which
//! bearer tokens are good.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use certs::Role;
use contract::Instant;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use mock_server::MockServer;
use serde_json::{Value, json};

use crate::client::{Answer, Client, builder, minted, request, server};

const PATH: &str = "/connect/mtls/token";
const THUMBPRINT: &str = "IdentityServer:MTLS:X509Certificate";

/// The good form, with changes: a new value, or none to leave the field out.
fn form<'a>(changes: &[(&'a str, Option<&'a str>)]) -> Vec<(&'a str, &'a str)> {
    let good = [
        ("grant_type", "client_credentials"),
        ("client_id", "merchant-a-client"),
        ("scope", "Tenn.CRM IdentityServerApi"),
        (THUMBPRINT, &minted().thumbprint(Role::MerchantA).sha1),
    ];
    let known = good.into_iter().filter_map(|(name, value)| {
        let change = changes.iter().find(|(changed, _)| *changed == name);
        change.map_or(Some(value), |(_, value)| *value).map(|value| (name, value))
    });
    let is_new = |name: &str| !good.iter().any(|(known, _)| *known == name);
    let new = changes.iter().filter(|(name, _)| is_new(name));
    known.chain(new.filter_map(|(name, value)| value.map(|value| (*name, value)))).collect()
}

async fn ask(server: &MockServer, changes: &[(&str, Option<&str>)]) -> Answer {
    let client = Client::of(Role::MerchantA);
    client.post_form(server.bound().auth, PATH, &form(changes)).await
}

#[tokio::test]
async fn the_first_failed_check_answers() {
    let server = server().await;
    let lower = minted().thumbprint(Role::MerchantA).sha1.to_lowercase();
    let other = &minted().thumbprint(Role::MerchantB).sha1;
    let bad_scope = ("scope", Some("openid"));
    let bad_grant = ("grant_type", Some("password"));
    for (changes, error) in [
        (&[("client_id", None), bad_grant, bad_scope][..], "invalid_client"),
        (&[("client_id", Some("nobody")), bad_grant], "invalid_client"),
        (&[("client_id", Some("merchant-b-client")), bad_grant], "invalid_client"),
        (&[("client_secret", Some("s")), bad_grant], "invalid_client"),
        (&[(THUMBPRINT, None), bad_grant], "invalid_client"),
        (&[(THUMBPRINT, Some(&lower)), bad_grant], "invalid_client"),
        (&[(THUMBPRINT, Some(other))], "invalid_client"),
        (&[("grant_type", None), bad_scope], "unsupported_grant_type"),
        (&[("grant_type", Some("refresh_token")), bad_scope], "invalid_request"),
        (&[("grant_type", Some("magic")), bad_scope], "unsupported_grant_type"),
        (&[bad_grant, bad_scope], "unauthorized_client"),
        (&[bad_scope], "invalid_scope"),
    ] {
        let answer = ask(&server, changes).await;
        assert_eq!(answer.status, 400, "{changes:?}");
        assert_eq!(answer.json(), json!({ "error": error }), "{changes:?}");
        assert_eq!(answer.header("www-authenticate"), None);
        must_not_be_stored(&answer);
    }
}

#[tokio::test]
async fn method_and_media_type_come_before_the_form_and_after_the_certificate() {
    let server = server().await;
    let json = "Content-Type: application/json\r\n";
    for (method, headers) in [("GET", ""), ("PUT", ""), ("POST", json), ("POST", "")] {
        let text = request(method, PATH, headers, "{}");
        let address = server.bound().auth;
        let answer = Client::of(Role::MerchantA).send(address, &text).await.unwrap();
        assert_eq!((answer.status, answer.json()), (400, json!({ "error": "invalid_request" })));
        let answer = Client::of(Role::ClientExpired).send(address, &text).await.unwrap();
        assert_eq!((answer.status, &*answer.body), (403, ""), "{method}");
    }
}

#[tokio::test]
async fn without_mutual_tls_nobody_is_known() {
    let server = server().await;
    let client = Client::of(Role::MerchantA);
    let answer = client.post_form(server.bound().auth, "/connect/token", &form(&[])).await;
    assert_eq!((answer.status, answer.json()), (400, json!({ "error": "invalid_client" })));
}

fn must_not_be_stored(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), Some("no-store, no-cache, max-age=0"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    assert_eq!(answer.header("content-type"), Some("application/json; charset=UTF-8"));
}

/// The claims, if the server's published key signed them.
async fn claims(server: &MockServer, token: &str) -> Value {
    let path = "/.well-known/openid-configuration/jwks";
    let jwks = Client::of(None).get(server.bound().auth, path, "").await.json();
    let jwk = &jwks["keys"][0];
    let header = jsonwebtoken::decode_header(token).unwrap();
    assert_eq!((header.alg, header.typ.as_deref()), (Algorithm::RS256, Some("at+jwt")));
    assert_eq!(header.kid.as_deref(), jwk["kid"].as_str());
    let (n, e) = (jwk["n"].as_str().unwrap(), jwk["e"].as_str().unwrap());
    let key = DecodingKey::from_rsa_components(n, e).unwrap();
    let mut rules = Validation::new(Algorithm::RS256);
    rules.validate_exp = false;
    rules.validate_aud = false;
    jsonwebtoken::decode::<Value>(token, &key, &rules).unwrap().claims
}

#[tokio::test]
async fn a_token_holds_what_identity_server_3_writes() {
    let server = server().await;
    let answer = ask(&server, &[]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    must_not_be_stored(&answer);
    let body = answer.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(3600)));
    assert_eq!(body["scope"], "Tenn.CRM IdentityServerApi");
    let mut claims = claims(&server, body["access_token"].as_str().unwrap()).await;
    let jti = claims.as_object_mut().unwrap().remove("jti").unwrap();
    let jti = jti.as_str().unwrap();
    assert!(jti.len() == 32 && jti.bytes().all(|byte| byte.is_ascii_hexdigit()), "{jti}");
    let now = Instant::STEPPED_START.seconds();
    let expected = json!({
        "nbf": now,
        "exp": now + 3600,
        "iss": server.ready().auth,
        "aud": ["Tenn.CRM", "IdentityServerApi"],
        "client_id": "merchant-a-client",
        "scope": ["Tenn.CRM", "IdentityServerApi"],
        "cnf": { "x5t#S256": minted().thumbprint(Role::MerchantA).sha1 },
    });
    assert_eq!(claims, expected);
}

#[tokio::test]
async fn variants_change_the_confirmation_and_the_hash_of_the_field() {
    let thumbprint = minted().thumbprint(Role::MerchantA);
    let server = builder()
        .variant("token-confirmation", "sha256")
        .and_then(|builder| builder.variant("thumbprint-hash", "sha256"))
        .unwrap()
        .start()
        .await
        .unwrap();
    assert_eq!(ask(&server, &[]).await.status, 400, "SHA-1 is not what this reading wants");
    let answer = ask(&server, &[(THUMBPRINT, Some(&thumbprint.sha256))]).await;
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let confirmation = &claims(&server, &token).await["cnf"]["x5t#S256"];
    assert_eq!(confirmation, thumbprint.sha256_base64url.as_str());
}

#[tokio::test]
async fn the_field_may_hold_the_whole_certificate_and_the_scope_may_be_left_out() {
    let server = server().await;
    let whole = STANDARD.encode(minted().certificate_der(Role::MerchantA));
    let answer = ask(&server, &[(THUMBPRINT, Some(&whole)), ("scope", None)]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let all = "Tenn.CRM IdentityServerApi Tenn.RiskService Tenn.FileStorage";
    assert_eq!(answer.json()["scope"], all);
}

#[tokio::test]
async fn discovery_names_what_is_served() {
    let server = server().await;
    let path = "/.well-known/openid-configuration";
    let found = Client::of(None).get(server.bound().auth, path, "").await.json();
    let auth = &server.ready().auth;
    assert_eq!(found["issuer"], auth.as_str());
    assert_eq!(found["jwks_uri"], format!("{auth}{path}/jwks"));
    assert_eq!(found["token_endpoint"], format!("{auth}/connect/token"));
    assert_eq!(found["mtls_endpoint_aliases"]["token_endpoint"], format!("{auth}{PATH}"));
    assert_eq!(found["tls_client_certificate_bound_access_tokens"], true);
    assert_eq!(found["scopes_supported"].as_array().unwrap().len(), 4);
    let text = request("POST", path, "", "");
    let wrong = Client::of(None).send(server.bound().auth, &text).await.unwrap();
    assert_eq!((wrong.status, wrong.header("allow")), (405, Some("GET")));
}

async fn challenge(server: &MockServer, authorization: &str) -> String {
    let headers = match authorization {
        "" => String::new(),
        value => format!("Authorization: {value}\r\n"),
    };
    let answer = Client::of(None).get(server.bound().api, "/User/1/status", &headers).await;
    assert_eq!((answer.status, &*answer.body), (401, ""), "{authorization}");
    answer.header("www-authenticate").unwrap().to_owned()
}

#[tokio::test]
async fn a_bad_bearer_token_is_told_why() {
    let server = server().await;
    let neighbour = crate::client::server().await;
    let token = Client::of(Role::MerchantA).token(server.bound().auth).await;
    let foreign = Client::of(Role::MerchantA).token(neighbour.bound().auth).await;
    let (unsigned, _) = token.rsplit_once('.').unwrap();
    let (_, signature) = foreign.rsplit_once('.').unwrap();
    let forged = format!("{unsigned}.{signature}");
    let (_, rest) = token.split_once('.').unwrap();
    let header = STANDARD.encode(r#"{"alg":"RS256","typ":"at+jwt","kid":"another"}"#);
    let strange_key = format!("{}.{rest}", header.trim_end_matches('='));
    let because =
        |why: &str| format!("Bearer error=\"invalid_token\", error_description=\"{why}\"");
    for (authorization, expected) in [
        (String::new(), "Bearer".to_owned()),
        (format!("Basic {token}"), "Bearer".to_owned()),
        ("Bearer rubbish".to_owned(), "Bearer error=\"invalid_token\"".to_owned()),
        (format!("Bearer {forged}"), because("The signature is invalid")),
        (format!("Bearer {strange_key}"), because("The signature key was not found")),
        (
            format!("Bearer {foreign}"),
            because(&format!("The issuer '{}' is invalid", neighbour.ready().auth)),
        ),
    ] {
        assert_eq!(challenge(&server, &authorization).await, expected, "{authorization}");
    }
    let headers = format!("Authorization: bearer {token}\r\n");
    let good = Client::of(None).get(server.bound().api, "/User/1/status", &headers).await;
    assert_eq!(good.status, 404, "the token is good, the user is not there: {good:?}");
}

#[tokio::test]
async fn a_token_ends_by_the_clock_of_the_workspace() {
    let server = server().await;
    let token = Client::of(Role::MerchantA).token(server.bound().auth).await;
    let clock = server.workspace().clock();
    let later = |seconds| Instant::STEPPED_START + std::time::Duration::from_secs(seconds);
    clock.advance_to(later(3600 + 300)).unwrap();
    let headers = format!("Authorization: Bearer {token}\r\n");
    let answer = Client::of(None).get(server.bound().api, "/User/1/status", &headers).await;
    assert_eq!(answer.status, 404, "within the leeway: {answer:?}");
    clock.advance_to(later(3600 + 301)).unwrap();
    let told = challenge(&server, &format!("Bearer {token}")).await;
    assert!(told.contains("The token expired at '01/01/2026 01:00:00'"), "{told}");
}
