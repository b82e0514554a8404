//! The identity server for people, over the wire.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use contract::{Edition, Instant, Variants};
use mock_server::{MockServer, workspace::TraceClass};
use serde_json::json;

use crate::client::{Answer, Client, builder, request};

async fn server() -> MockServer {
    builder().variant("token-grants", "every").unwrap().start().await.unwrap()
}

fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

async fn post(server: &MockServer, basic: (&str, &str), pairs: &[(&str, &str)]) -> Answer {
    let basic = STANDARD.encode(format!("{}:{}", basic.0, basic.1));
    let headers = format!(
        "Content-Type: application/x-www-form-urlencoded\r\nAuthorization: Basic {basic}\r\n"
    );
    let text = request("POST", "/connect/token", &headers, &form(pairs));
    Client::of(None).send(server.bound().auth, &text).await.unwrap()
}

async fn password(server: &MockServer, secret: &str, password: &str) -> Answer {
    let ready = server.ready();
    let pairs = [
        ("client_id", ready.client_id.as_str()),
        ("grant_type", "password"),
        ("username", &ready.username),
        ("password", password),
        ("scope", "openid Tenn.CRM"),
    ];
    post(server, (&ready.client_id, secret), &pairs).await
}

#[tokio::test]
async fn a_password_with_basic_gets_a_token_of_the_person() {
    let server = server().await;
    let ready = server.ready();
    let answer = password(&server, &ready.client_secret, &ready.password).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = answer.json();
    assert_eq!(body["scope"], "openid Tenn.CRM");
    let token = body["access_token"].as_str().unwrap();
    let claims = token.split('.').nth(1).unwrap();
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    let now = Instant::STEPPED_START.seconds();
    assert_eq!((&claims["sub"], &claims["auth_time"]), (&json!("10001"), &json!(now)));
    assert_eq!((&claims["aud"], &claims["cnf"]), (&json!(["Tenn.CRM"]), &json!(null)));
    let headers = format!("Authorization: Bearer {token}\r\n");
    let list = Client::of(None).get(server.bound().api, "/User/source-of-funds", &headers).await;
    assert_eq!(list.status, 200, "{list:?}");
}

#[tokio::test]
async fn wrong_credentials_are_told_apart_as_the_identity_server_does() {
    let server = server().await;
    let ready = server.ready();
    let answer = password(&server, "wrong", &ready.password).await;
    assert_eq!((answer.status, answer.json()), (400, json!({ "error": "invalid_client" })));
    let answer = password(&server, &ready.client_secret, "wrong").await;
    let told = json!({
        "error": "invalid_grant", "error_description": "invalid_username_or_password"
    });
    assert_eq!((answer.status, answer.json()), (400, told));
}

#[tokio::test]
async fn invalid_client_status() {
    let server = builder().variant("invalid-client-status", "unauthorized").unwrap();
    let server = server.start().await.unwrap();
    let answer = password(&server, "wrong", "wrong").await;
    assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Basic")));
}

#[tokio::test]
async fn credentials_are_shown_to_the_owner_and_never_in_a_trace() {
    let server = server().await;
    let ready = server.ready().clone();
    let token = password(&server, &ready.client_secret, &ready.password).await.json();
    let text = server.workspace().trace(None).join("\n");
    let token = token["access_token"].as_str().unwrap();
    for secret in [&*ready.client_secret, &*ready.username, &*ready.password, token] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    for told in ["<username-of-1001>", "<password-of-1001>", "<token#1>"] {
        assert!(text.contains(told), "{told} not in {text}");
    }
    let merchants = server.workspace().look(|world| {
        let all = world.settings().merchants.iter();
        all.map(|merchant| world.credentials(merchant.id)).collect::<Vec<_>>()
    });
    assert_eq!(merchants[0].client_secret, ready.client_secret);
    assert_ne!(merchants[1].client_secret, ready.client_secret);
    let decisions = server.workspace().trace(Some(TraceClass::Decision)).len();
    assert_eq!(decisions, 2, "a header and one exchange");
}

#[tokio::test]
async fn issuer() {
    for (reading, at_api) in [("auth-host", false), ("api-host", true)] {
        let server = builder().variant("issuer", reading).unwrap().start().await.unwrap();
        let (api, auth) = (server.bound().api, server.bound().auth);
        let path = "/.well-known/openid-configuration";
        let found = Client::of(None).get(auth, path, "").await.json();
        let ready = server.ready();
        let issuer = if at_api { &ready.api } else { &ready.auth };
        assert_eq!(found["issuer"], issuer.as_str());
        assert_eq!(found["token_endpoint"], format!("{issuer}/connect/token"));
        let answer = Client::of(None).get(api, path, "").await;
        assert_eq!(answer.status, if at_api { 200 } else { 404 }, "{reading}");
        if at_api {
            let token = Client::of(certs::Role::MerchantA).token(api).await;
            let headers = format!("Authorization: Bearer {token}\r\n");
            let list = Client::of(None).get(api, "/User/source-of-funds", &headers).await;
            assert_eq!(list.status, 200, "its tokens are good at the gateway: {list:?}");
        }
    }
}

/// The example of RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[tokio::test]
async fn a_person_signs_in_and_the_app_gets_tokens_and_claims() {
    let edition = Edition::E2026_05;
    let settings = builder().settings(|meant| {
        meant.edition = edition;
        meant.variants = Variants::of(edition);
        // The endpoints stay on the auth listener, where this test looks for them.
        meant.variants.choose("issuer", "auth-host").unwrap();
    });
    let server = settings.start().await.unwrap();
    let (ready, auth) = (server.ready().clone(), server.bound().auth);
    let app = format!("{}/auth-result", ready.control);
    let wish = [
        ("client_id", ready.oidc_client_id.as_str()),
        ("response_type", "code"),
        ("scope", "openid profile"),
        ("redirect_uri", &app),
        ("state", "of-the-app"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let page = Client::of(None).get(auth, &format!("/connect/authorize?{}", form(&wish)), "").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.body.contains("type=\"password\""), "{}", page.body);
    let strange =
        wish.map(|(name, value)| (name, if name == "client_id" { "nobody" } else { value }));
    let path = format!("/connect/authorize?{}", form(&strange));
    assert_eq!(Client::of(None).get(auth, &path, "").await.status, 400);

    let typed = [("username", ready.username.as_str()), ("password", &ready.password)];
    let all: Vec<_> = wish.into_iter().chain(typed).collect();
    let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
    let text = request("POST", "/connect/authorize", headers, &form(&all));
    let sent = Client::of(None).send(auth, &text).await.unwrap();
    assert_eq!(sent.status, 302, "{sent:?}");
    let back: url::Url = sent.header("location").unwrap().parse().unwrap();
    let brought = |name: &str| {
        let found = back.query_pairs().find(|(known, _)| known == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    assert_eq!((back.path(), brought("state").as_str()), ("/auth-result", "of-the-app"));

    let code = brought("code");
    let exchange = async |verifier: &str| {
        let pairs = [
            ("client_id", ready.oidc_client_id.as_str()),
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &app),
            ("code_verifier", verifier),
        ];
        let text = request("POST", "/connect/token", headers, &form(&pairs));
        Client::of(None).send(auth, &text).await.unwrap()
    };
    let tokens = exchange(VERIFIER).await;
    assert_eq!(tokens.status, 200, "{tokens:?}");
    let again = exchange(VERIFIER).await;
    assert_eq!((again.status, &again.json()["error"]), (400, &json!("invalid_grant")));
    let token = tokens.json()["access_token"].as_str().unwrap().to_owned();
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let claims = Client::of(None).get(auth, "/connect/userinfo", &bearer).await;
    assert_eq!((claims.status, &claims.json()["sub"]), (200, &json!("10001")), "{claims:?}");
    let trace = server.workspace().trace(None).join("\n");
    for secret in [&code, &token, &ready.password, &"of-the-app".to_owned()] {
        assert!(!trace.contains(secret.as_str()), "{secret}");
    }
}
