//! Client certificates, good and bad: what the handshake does, what the endpoint answers, and what
//! the trace says of them.

use certs::Role;
use mock_server::{MockServer, workspace::TraceClass};
use rustls::AlertDescription as Alert;
use tokio::io::AsyncWriteExt as _;

use crate::client::{Client, alert_of, builder, read_all, request, server};

/// Every way to be no good client: the role that shows it (or none), the verdict, and the alert.
const BAD: &[(Option<Role>, Option<&str>, Alert)] = &[
    (None, None, Alert::CertificateRequired),
    (Some(Role::ClientExpired), Some("expired"), Alert::CertificateExpired),
    (Some(Role::ClientNotYetValid), Some("not-yet-valid"), Alert::CertificateExpired),
    (Some(Role::ClientOtherCa), Some("unknown-issuer"), Alert::UnknownCA),
    (Some(Role::ClientSelfSigned), Some("unknown-issuer"), Alert::UnknownCA),
    (Some(Role::ClientNoClientAuth), Some("wrong-purpose"), Alert::UnsupportedCertificate),
    (Some(Role::ClientRevoked), Some("revoked"), Alert::CertificateRevoked),
];

fn transport(server: &MockServer) -> Vec<serde_json::Value> {
    let lines = server.workspace().trace(Some(TraceClass::Transport));
    lines.iter().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn by_default_the_handshake_succeeds_and_the_endpoint_forbids() {
    for (role, verdict, _) in BAD {
        for client in [Client::tls12(*role), Client::tls13(*role)] {
            let server = server().await;
            let address = server.bound().auth;
            let answer = client.post_form(address, "/connect/mtls/token", &[]).await;
            assert_eq!((answer.status, &*answer.body), (403, ""), "{role:?}");
            let lines = transport(&server);
            let handshake = &lines[0]["what"]["handshake"];
            assert_eq!(handshake["host"], "auth");
            assert_eq!(handshake["certificate"].as_str(), role.map(Role::name));
            assert_eq!(handshake["verdict"].as_str(), *verdict, "{role:?}");
            server.stop().await;
        }
    }
}

#[tokio::test]
async fn a_listener_without_a_demand_serves_discovery_to_everybody() {
    let server = server().await;
    for role in [None, Some(Role::ClientExpired), Some(Role::MerchantA)] {
        let path = "/.well-known/openid-configuration";
        let answer = Client::of(role).get(server.bound().auth, path, "").await;
        assert_eq!(answer.status, 200);
    }
}

#[tokio::test]
async fn under_tls_alert_the_handshake_fails_with_the_alert_of_the_flaw() {
    let server = builder().variant("mtls-refusal", "tls-alert").unwrap().start().await.unwrap();
    for (role, _, expected) in BAD {
        for client in [Client::tls12(*role), Client::tls13(*role)] {
            // In TLS 1.3 the client learns of it only when it reads.
            let outcome = client.send(server.bound().auth, &request("GET", "/", "", "")).await;
            let error = outcome.err().unwrap_or_else(|| panic!("{role:?} got through"));
            assert_eq!(alert_of(&error), Some(*expected), "{role:?}: {error}");
        }
    }
    let good = Client::of(Role::MerchantA);
    good.token(server.bound().auth).await;
    let api = Client::of(None).get(server.bound().api, "/User/1/status", "").await;
    assert_eq!(api.status, 401, "only the auth listener demands");
    let failed = transport(&server);
    let failed = failed.iter().filter(|line| line["what"].get("handshake-failed").is_some());
    assert_eq!(failed.count(), 2 * BAD.len());
}

#[tokio::test]
async fn a_refused_client_may_finish_its_request_and_then_sees_the_alert() {
    let server = builder().variant("mtls-refusal", "tls-alert").unwrap().start().await.unwrap();
    let mut wire = Client::tls13(None).connect(server.bound().auth).await.unwrap();
    let whole = request("POST", "/connect/mtls/token", "", &"x".repeat(8_000_000));
    wire.write_all(whole.as_bytes()).await.unwrap();
    wire.flush().await.unwrap();
    let error = read_all(&mut wire).await.unwrap_err();
    assert_eq!(alert_of(&error), Some(Alert::CertificateRequired), "{error}");
}

#[tokio::test]
async fn certificates_are_judged_by_the_clock_of_the_workspace() {
    let later = contract::Instant::parse("2049-06-01T00:00:00Z").unwrap();
    let client = Client::of(Role::ClientNotYetValid);
    let post = request("POST", "/connect/mtls/token", "", "");

    let server = server().await;
    let address = server.bound().auth;
    assert_eq!(client.send(address, &post).await.unwrap().status, 403);
    server.workspace().clock().advance_to(later).unwrap();
    assert_eq!(client.send(address, &post).await.unwrap().status, 400, "it is good now");

    let strict = builder().variant("mtls-refusal", "tls-alert").unwrap().start().await.unwrap();
    let address = strict.bound().auth;
    assert!(client.send(address, &post).await.is_err());
    strict.workspace().clock().advance_to(later).unwrap();
    assert_eq!(client.send(address, &post).await.unwrap().status, 400, "it is good now");
}

#[tokio::test]
async fn only_http_1_1_is_spoken_and_no_session_is_resumed() {
    let server = server().await;
    let address = server.bound().auth;
    let error = Client::of(None).offering(&[b"h2"]).connect(address).await.unwrap_err();
    assert_eq!(alert_of(&error), Some(Alert::NoApplicationProtocol), "{error}");
    for client in [Client::tls12(Role::MerchantA), Client::tls13(Role::MerchantA)] {
        let client = client.offering(&[b"h2", b"http/1.1"]);
        for _ in 0..2 {
            let mut wire = client.connect(address).await.unwrap();
            assert_eq!(wire.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
            wire.write_all(request("GET", "/", "", "").as_bytes()).await.unwrap();
            read_all(&mut wire).await.unwrap();
            assert_eq!(wire.get_ref().1.handshake_kind(), Some(rustls::HandshakeKind::Full));
        }
    }
}

#[tokio::test]
async fn every_connection_is_told_of_from_its_handshake_to_its_end() {
    let server = server().await;
    let answer = Client::of(Role::MerchantB).get(server.bound().api, "/nowhere", "").await;
    assert_eq!(answer.status, 404);
    let workspace = std::sync::Arc::clone(server.workspace());
    server.stop().await;
    let lines = workspace.trace(Some(TraceClass::Transport));
    let kinds = ["handshake", "delivered", "closed"];
    assert_eq!(lines.len(), 1 + kinds.len(), "{lines:?}");
    for (line, kind) in lines[1..].iter().zip(kinds) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["what"][kind]["connection"], 1, "{line}");
    }
}
