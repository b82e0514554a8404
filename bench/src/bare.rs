//! The baseline: axum, axum-server and rustls, one constant answer, nothing else.
//! It shows what the same libraries can do on this machine when nobody asks anything of them.

use std::{io::Write, net::TcpListener, path::Path, sync::Arc};

use axum::{Router, http::header, routing::get};
use axum_server::{
    accept::NoDelayAcceptor,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use rustls::{
    RootCertStore, ServerConfig,
    server::{NoServerSessionStorage, WebPkiClientVerifier},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::{Outcome, server};

/// The answer to a poll, byte for byte as long as the mock's.
const BODY: &str =
    r#"{"videoIdentificationUrl":null,"videoIdentificationStatus":"PROCESSING","message":""}"#;

/// Serves until killed; prints one ready line.
pub(crate) async fn serve(certs_dir: &Path) -> Outcome<()> {
    let certs = server::open_certs(certs_dir)?;
    let listener = listener()?;
    let port = listener.local_addr()?.port();
    let config = RustlsConfig::from_config(Arc::new(tls(&certs)?));
    // Without this, small answers wait for the client's acknowledgement and the baseline is slow.
    let acceptor = RustlsAcceptor::new(config).acceptor(NoDelayAcceptor);
    let answer = || async { ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], BODY) };
    let app = Router::new().route("/{*path}", get(answer));
    writeln!(std::io::stdout(), "{{\"api\":\"https://127.0.0.1:{port}\"}}")?;
    let server = axum_server::from_tcp(listener)?.acceptor(acceptor);
    server.serve(app.into_make_service()).await?;
    Ok(())
}

fn listener() -> Outcome<TcpListener> {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.bind(&std::net::SocketAddr::from(([127, 0, 0, 1], 0)).into())?;
    socket.listen(4096)?;
    Ok(socket.into())
}

fn tls(certs: &certs::Minted) -> Outcome<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(certs.certificate_der(certs::Role::Ca).to_vec()))?;
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider))
        .allow_unauthenticated()
        .build()?;
    let chain = certs.chain_der(certs::Role::Server).into_iter().map(CertificateDer::from);
    let key = PrivatePkcs8KeyDer::from(certs.key_der(certs::Role::Server).to_vec());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain.collect(), PrivateKeyDer::Pkcs8(key))?;
    // The mock resumes no session, so the baseline does not either.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}
