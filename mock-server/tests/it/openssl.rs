//! The refusals of a client certificate as another TLS library sees them: the `openssl` command.
//! Where it is not installed these tests have nothing to look with; a pipeline sets
//! `REQUIRE_OPENSSL`, so that it cannot lose them unnoticed.

use std::{
    io::Write as _,
    net::SocketAddr,
    process::{Command, Stdio},
};

use certs::{Form, Role};

use crate::client::{builder, minted, server};

/// Whether there is an `openssl` to look with.
fn is_installed() -> bool {
    let found = Command::new("openssl").arg("version").output().is_ok();
    let demanded = std::env::var_os("REQUIRE_OPENSSL").is_some();
    assert!(found || !demanded, "REQUIRE_OPENSSL is set, and there is no openssl command");
    found
}

/// What `openssl s_client` prints when it connects, sends a request and reads to the end.
async fn s_client(address: SocketAddr, role: Option<Role>) -> String {
    tokio::task::spawn_blocking(move || {
        let mut command = Command::new("openssl");
        command.args(["s_client", "-ign_eof", "-connect", &address.to_string()]);
        command.arg("-CAfile").arg(minted().path(Role::Ca, Form::Certificate));
        if let Some(role) = role {
            command.arg("-cert").arg(minted().path(role, Form::Chain));
            command.arg("-key").arg(minted().path(role, Form::Key));
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the openssl command");
        let request = "POST /connect/mtls/token HTTP/1.1\r\nHost: localhost\r\n\
                       Connection: close\r\nContent-Length: 0\r\n\r\n";
        // A refused client may find the pipe closed; what it printed tells why.
        let _ = child.stdin.take().expect("a pipe").write_all(request.as_bytes());
        let output = child.wait_with_output().expect("its end");
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    })
    .await
    .unwrap()
}

const BAD: &[(Role, &str)] = &[
    (Role::ClientExpired, "alert certificate expired"),
    (Role::ClientNotYetValid, "alert certificate expired"),
    (Role::ClientOtherCa, "alert unknown ca"),
    (Role::ClientSelfSigned, "alert unknown ca"),
    (Role::ClientNoClientAuth, "alert unsupported certificate"),
    (Role::ClientRevoked, "alert certificate revoked"),
];

#[tokio::test]
async fn under_tls_alert_openssl_sees_the_alert_of_each_flaw() {
    if !is_installed() {
        return;
    }
    let server = builder().variant("mtls-refusal", "tls-alert").unwrap().start().await.unwrap();
    for (role, alert) in BAD {
        let seen = s_client(server.bound().auth, Some(*role)).await;
        assert!(seen.contains(alert), "{role:?}: {seen}");
        assert!(!seen.contains("HTTP/1.1"), "{role:?}: {seen}");
    }
    let seen = s_client(server.bound().auth, None).await;
    assert!(!seen.contains("HTTP/1.1"), "{seen}");
    let seen = s_client(server.bound().auth, Some(Role::MerchantA)).await;
    assert!(seen.contains("HTTP/1.1 400"), "a good certificate gets its answer: {seen}");
}

#[tokio::test]
async fn by_default_openssl_sees_403_and_no_alert() {
    if !is_installed() {
        return;
    }
    let server = server().await;
    for role in BAD.iter().map(|(role, _)| Some(*role)).chain([None]) {
        let seen = s_client(server.bound().auth, role).await;
        assert!(seen.contains("HTTP/1.1 403"), "{role:?}: {seen}");
        assert!(!seen.contains("alert certificate"), "{role:?}: {seen}");
    }
}
