//! The load: many connections, a counted number of requests, a rate.
//! Work is counted, not timed, so a slow moment lengthens a round but never changes what is done.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use rustls::{ClientConfig, RootCertStore, client::Resumption};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use tokio::{net::TcpStream, task::JoinSet};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::{HANDSHAKES, Outcome, REQUESTS, http::Connection, server::Server, setup};

/// A kept-alive TLS connection.
pub(crate) type Tls = Connection<TlsStream<TcpStream>>;

/// How many connections share the work.
const CONNECTIONS: usize = 32;

/// One server with the request that loads it.
#[derive(Clone)]
pub(crate) struct Load {
    tls: TlsConnector,
    address: Arc<str>,
    request: Arc<[u8]>,
}

impl Load {
    /// A load of one request on a server's API.
    pub(crate) fn to(server: &Server, certs: &certs::Minted, request: &str) -> Outcome<Self> {
        Ok(Self {
            tls: client(certs)?,
            address: server.address("api")?.into(),
            request: request.as_bytes().into(),
        })
    }

    /// Requests per second over kept-alive connections.
    pub(crate) async fn polls(&self) -> Outcome<f64> {
        let left = Arc::new(AtomicUsize::new(REQUESTS));
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            connections.push(connect(&self.tls, &self.address).await?);
        }
        let begin = Instant::now();
        let mut work = JoinSet::new();
        for mut connection in connections {
            let (left, request) = (Arc::clone(&left), Arc::clone(&self.request));
            work.spawn(async move {
                while take(&left).is_some() {
                    expect(connection.exchange(&request).await?.status, 200)?;
                }
                connection.close().await;
                Outcome::Ok(())
            });
        }
        finish(work).await?;
        Ok(rate(REQUESTS, begin))
    }

    /// New connections per second, each with a full handshake, one request and a goodbye. Both
    /// servers check each time that the client has its key; the mock judges an equal chain once
    /// for each second of its clock, which stands still here.
    pub(crate) async fn handshakes(&self) -> Outcome<f64> {
        let left = Arc::new(AtomicUsize::new(HANDSHAKES));
        let begin = Instant::now();
        let mut work = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let (left, request) = (Arc::clone(&left), Arc::clone(&self.request));
            let (tls, address) = (self.tls.clone(), Arc::clone(&self.address));
            work.spawn(async move {
                while take(&left).is_some() {
                    let mut connection = connect(&tls, &address).await?;
                    expect(connection.exchange(&request).await?.status, 200)?;
                    connection.close().await;
                }
                Outcome::Ok(())
            });
        }
        finish(work).await?;
        Ok(rate(HANDSHAKES, begin))
    }

    /// Creates so many users.
    pub(crate) async fn create_users(&self, world: &setup::Prepared, count: usize) -> Outcome<()> {
        let mut work = JoinSet::new();
        for worker in 0..CONNECTIONS {
            let mut connection = connect(&self.tls, &self.address).await?;
            let requests: Vec<_> = (worker..count)
                .step_by(CONNECTIONS)
                .map(|number| setup::create_request(world, number))
                .collect();
            work.spawn(async move {
                for request in requests {
                    expect(connection.exchange(request.as_bytes()).await?.status, 201)?;
                }
                Outcome::Ok(())
            });
        }
        finish(work).await
    }
}

/// A client that presents a merchant's certificate and never resumes a session.
pub(crate) fn client(certs: &certs::Minted) -> Outcome<TlsConnector> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(certs.certificate_der(certs::Role::Ca).to_vec()))?;
    let chain = certs.chain_der(certs::Role::MerchantA).into_iter().map(CertificateDer::from);
    let key = PrivatePkcs8KeyDer::from(certs.key_der(certs::Role::MerchantA).to_vec());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain.collect(), PrivateKeyDer::Pkcs8(key))?;
    config.resumption = Resumption::disabled();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// A new connection after a full handshake.
pub(crate) async fn connect(tls: &TlsConnector, address: &str) -> Outcome<Tls> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let name = ServerName::try_from("localhost")?;
    Ok(Connection::new(tls.connect(name, stream).await?))
}

fn take(left: &AtomicUsize) -> Option<usize> {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).ok()
}

fn expect(status: u16, wanted: u16) -> Outcome<()> {
    if status == wanted {
        Ok(())
    } else {
        Err(format!("status {status} instead of {wanted}").into())
    }
}

async fn finish(mut work: JoinSet<Outcome<()>>) -> Outcome<()> {
    while let Some(done) = work.join_next().await {
        done??;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a count of requests is far below 2^52")]
fn rate(count: usize, begin: Instant) -> f64 {
    count as f64 / begin.elapsed().as_secs_f64()
}
