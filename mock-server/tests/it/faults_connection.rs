//! What connections meet before any request is read: alerts, flawed certificates, one version of
//! TLS, a handshake that stands still, a closed port, a client certificate taken as revoked.

use std::io;

use certs::Role;
use contract::{
    Host, Instant,
    scenario::read,
    trace::{Line, Transported},
};
use mock_server::{MockServer, workspace::TraceClass};
use rustls::{AlertDescription, CertificateError};
use sim::{
    Command, Envelope,
    command::{ScriptRequest, Whom},
};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use crate::client::{Client, alert_of, builder, minted, request, server};

/// A server on which a rule arms a fault when the token is fetched for the first time.
struct Stand {
    server: MockServer,
    client: Client,
}

impl Stand {
    async fn with(meets: &str) -> Self {
        Self::on(server().await, meets)
    }

    fn on(server: MockServer, meets: &str) -> Self {
        let text = format!(
            "title = \"t\"\nwhy = \"w\"\n[[rule]]\nid = \"r\"\n\
             when = {{ call = \"discovery\", nth = 1 }}\n\
             then = {{ connection = {{ listener = \"auth\", meets = {meets} }} }}\n"
        );
        let scenario = read(&text).unwrap_or_else(|wrong| panic!("{}", wrong[0].of_file("t")));
        let step = |request| {
            server.workspace().step(Envelope::own(Command::Script(request)));
        };
        step(ScriptRequest::Load { name: "s".to_owned(), scenario: scenario.scenario.into() });
        step(ScriptRequest::Choose { whom: Whom::Default, scenario: Some("s".to_owned()) });
        Self { server, client: Client::of(Role::MerchantA) }
    }

    /// Arms the fault: the first request of this call does.
    async fn arm(&self) {
        assert_eq!(self.ask(&self.client).await.unwrap(), 200);
    }

    async fn ask(&self, client: &Client) -> io::Result<u16> {
        let text = request("GET", "/.well-known/openid-configuration", "", "");
        client.send(self.server.bound().auth, &text).await.map(|answer| answer.status)
    }

    async fn refused(&self) -> io::Error {
        self.ask(&self.client).await.unwrap_err()
    }

    /// Waits for the line of the fault, which the trace has when the connection is over.
    async fn told(&self) -> (String, bool) {
        while self.faults().is_empty() {
            tokio::task::yield_now().await;
        }
        self.fault()
    }

    fn fault(&self) -> (String, bool) {
        let faults = self.faults();
        assert_eq!(faults.len(), 1, "it is told once: {faults:?}");
        faults[0].clone()
    }

    fn faults(&self) -> Vec<(String, bool)> {
        let lines = self.server.workspace().trace(Some(TraceClass::Transport));
        let faults = lines.iter().filter_map(|line| match serde_json::from_str(line).unwrap() {
            Line::Transport(transport) => match transport.what {
                Transported::Fault { effect, delivered, .. } => Some((effect, delivered)),
                _ => None,
            },
            _ => None,
        });
        faults.collect()
    }
}

fn certificate_error(error: &io::Error) -> Option<&CertificateError> {
    match error.get_ref()?.downcast_ref()? {
        rustls::Error::InvalidCertificate(error) => Some(error),
        _ => None,
    }
}

#[tokio::test]
async fn a_chosen_alert_ends_the_next_handshake_and_no_other() {
    for (word, alert) in [
        ("handshake-failure", AlertDescription::HandshakeFailure),
        ("unknown-ca", AlertDescription::UnknownCA),
        ("certificate-expired", AlertDescription::CertificateExpired),
        ("access-denied", AlertDescription::AccessDenied),
    ] {
        let stand = Stand::with(&format!("{{ alert = \"{word}\" }}")).await;
        stand.arm().await;
        assert_eq!(alert_of(&stand.refused().await), Some(alert), "{word}");
        assert_eq!(stand.fault(), (format!("connection auth alert {word}"), true));
        assert_eq!(stand.ask(&stand.client).await.unwrap(), 200, "only the next one");
    }
}

#[tokio::test]
async fn a_flawed_server_certificate_is_noticed_by_a_careful_client() {
    for flaw in ["expired", "wrong-host", "untrusted"] {
        let stand = Stand::with(&format!("{{ certificate = \"{flaw}\" }}")).await;
        stand.arm().await;
        let error = stand.refused().await;
        let found = certificate_error(&error);
        let right = match flaw {
            "expired" => matches!(
                found,
                Some(CertificateError::Expired | CertificateError::ExpiredContext { .. })
            ),
            "wrong-host" => matches!(
                found,
                Some(
                    CertificateError::NotValidForName
                        | CertificateError::NotValidForNameContext { .. }
                )
            ),
            _ => matches!(
                found,
                Some(CertificateError::UnknownIssuer | CertificateError::BadSignature)
            ),
        };
        assert!(right, "{flaw}: {error:?}");
        assert_eq!(stand.ask(&stand.client).await.unwrap(), 200, "only the next one");
    }
}

#[tokio::test]
async fn one_version_of_tls_alone() {
    for (version, good, bad) in [
        ("1.2", Client::tls12(None), Client::tls13(None)),
        ("1.3", Client::tls13(None), Client::tls12(None)),
    ] {
        let stand = Stand::with(&format!("{{ tls = \"{version}\" }}, connections = 2")).await;
        stand.arm().await;
        assert_eq!(stand.ask(&good).await.unwrap(), 200);
        let error = stand.ask(&bad).await.unwrap_err();
        assert_eq!(alert_of(&error), Some(AlertDescription::ProtocolVersion), "{error}");
        assert_eq!(stand.ask(&bad).await.unwrap(), 200);
    }
}

#[tokio::test]
async fn a_stalled_handshake_moves_a_stepped_clock_and_goes_on() {
    let stand = Stand::with("{ stall = \"1h\" }").await;
    stand.arm().await;
    assert_eq!(stand.ask(&stand.client).await.unwrap(), 200);
    let waited = stand.server.workspace().now().millis() - Instant::STEPPED_START.millis();
    assert_eq!(waited, 3_600_000);
    assert_eq!(stand.fault(), ("connection auth stall 1h".to_owned(), true));
}

#[tokio::test]
async fn a_closed_port_refuses_until_its_time_has_come() {
    let stand = Stand::with("{ refuse = \"5s\" }").await;
    stand.arm().await;
    let address = stand.server.bound().auth;
    // The gate closes on its own task; until then a connection may still be taken.
    while let Ok(stream) = TcpStream::connect(address).await {
        drop(stream);
        tokio::task::yield_now().await;
    }
    let error = TcpStream::connect(address).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    assert_eq!(stand.fault(), ("connection auth refuse 5s".to_owned(), true));
    let later = |now: Instant, _| Ok::<_, mock_server::clock::Backwards>(now + SECONDS);
    stand.server.workspace().advance(later).unwrap();
    while TcpStream::connect(address).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(stand.ask(&stand.client).await.unwrap(), 200);
}

#[tokio::test]
async fn healing_and_beginning_anew_open_a_closed_port() {
    for anew in [false, true] {
        let stand = Stand::with("{ refuse = \"5s\" }").await;
        stand.arm().await;
        let address = stand.server.bound().auth;
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        if anew {
            stand.server.workspace().reset();
        } else {
            let heal = Command::Script(ScriptRequest::Heal { rule: None });
            stand.server.workspace().step(Envelope::own(heal));
        }
        while TcpStream::connect(address).await.is_err() {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_client_that_leaves_before_its_hello_met_no_fault() {
    for meets in
        ["{ certificate = \"expired\" }", "{ tls = \"1.2\" }", "{ alert = \"unknown-ca\" }"]
    {
        let stand = Stand::with(meets).await;
        stand.arm().await;
        drop(TcpStream::connect(stand.server.bound().auth).await.unwrap());
        assert!(!stand.told().await.1, "{meets}");
    }
}

#[tokio::test]
async fn a_client_without_a_certificate_has_none_to_lose() {
    let stand = Stand::with("\"client-revoked\"").await;
    stand.arm().await;
    assert_eq!(stand.ask(&Client::of(None)).await.unwrap(), 200);
    assert_eq!(stand.fault(), ("connection auth client-revoked".to_owned(), false));
}

#[tokio::test]
async fn a_handshake_that_stands_still_ends_when_the_client_leaves() {
    let real = builder().settings(|meant| meant.clock = mock_server::clock::ClockMode::Real);
    let stand = Stand::on(real.start().await.unwrap(), "{ stall = \"1h\" }");
    stand.arm().await;
    let mut impatient = TcpStream::connect(stand.server.bound().auth).await.unwrap();
    // The hello need not be a good one: nobody reads it yet.
    impatient.write_all(&[22, 3, 1, 0, 1, 1]).await.unwrap();
    assert!(stand.told().await.1);
    drop(impatient);
    let failed =
        |line: &String| line.contains("handshakeFailed") || line.contains("handshake-failed");
    while !stand.server.workspace().trace(Some(TraceClass::Transport)).iter().any(failed) {
        tokio::task::yield_now().await;
    }
}

const SECONDS: std::time::Duration = std::time::Duration::from_secs(5);

#[tokio::test]
async fn a_client_certificate_is_suddenly_revoked() {
    let stand = Stand::with("\"client-revoked\"").await;
    stand.arm().await;
    let thumbprint = &minted().thumbprint(Role::MerchantA).sha1;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "merchant-a-client"),
        ("scope", "Tenn.CRM IdentityServerApi"),
        ("IdentityServer:MTLS:X509Certificate", thumbprint),
    ];
    let ask = || stand.client.post_form(stand.server.bound().auth, "/connect/mtls/token", &form);
    assert_eq!(ask().await.status, 403);
    assert_eq!(ask().await.status, 200, "only that once");
}

#[tokio::test]
async fn where_the_handshake_judges_a_revoked_certificate_ends_it() {
    let builder = builder().variant("mtls-refusal", "tls-alert").unwrap();
    let stand = Stand::on(builder.start().await.unwrap(), "\"client-revoked\"");
    stand.arm().await;
    let error = stand.refused().await;
    assert_eq!(alert_of(&error), Some(AlertDescription::CertificateRevoked), "{error}");
}

#[tokio::test]
async fn another_listener_is_left_alone_and_healing_ends_what_waits() {
    let stand = Stand::with("{ alert = \"access-denied\" }, connections = 9").await;
    stand.arm().await;
    let api = stand.client.connect(stand.server.bound().api).await;
    assert!(api.is_ok(), "the API is another listener");
    let heal = Command::Script(ScriptRequest::Heal { rule: None });
    stand.server.workspace().step(Envelope::own(heal));
    assert_eq!(stand.ask(&stand.client).await.unwrap(), 200);
    assert!(stand.server.workspace().arsenal().take(Host::Auth).is_none());
}
