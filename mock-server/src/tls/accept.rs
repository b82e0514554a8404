//! What happens between an accepted socket and its first request: a seat, the TLS handshake, the
//! client's identity. And at its end: a client that was refused gets to see why.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum_server::accept::Accept;
use contract::{
    Host,
    scenario::fault::{AlertWord, Meets},
    trace::Transported,
};
use http::Request;
use rustls::ServerConfig;
use sim::command::{Peer, PeerVerdict};
use tokio::{net::TcpStream, sync::Semaphore, time::timeout};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tower::Service;

use super::{
    ClientAuth, Tailor, TlsError,
    arsenal::Shot,
    peer::{Peers, verdict_name},
    wire::{self, AtEnd, Fates, Io, Wire},
};
use crate::{serve::Closing, workspace::Workspace};

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The connection that a request came on; every request carries it as an extension.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Its number within the workspace, from 1.
    pub number: u64,
    /// Who is at the other end.
    pub peer: Option<Arc<Peer>>,
    unread: Arc<AtomicBool>,
    fates: Arc<Fates>,
}

impl Connection {
    /// What a scenario has in store for it.
    #[must_use]
    pub const fn fates(&self) -> &Arc<Fates> {
        &self.fates
    }

    /// Says whether the request that is being answered has a body that nobody read, so that the
    /// end of the connection must wait for the client to notice.
    pub fn leave_unread(&self, unread: bool) {
        self.unread.store(unread, Ordering::Relaxed);
    }
}

/// The way into one listener.
#[derive(Clone, Debug)]
pub struct Door(Arc<Hall>);

struct Hall {
    host: Host,
    workspace: Arc<Workspace>,
    tls: Option<(TlsAcceptor, Arc<Peers>, Tailor)>,
    seats: Arc<Semaphore>,
    closing: Closing,
    numbers: Arc<AtomicU64>,
    turned_away: AtomicU64,
}

impl std::fmt::Debug for Hall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hall").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Door {
    /// The way into a listener that speaks TLS, or plain HTTP if no configuration is given.
    /// Listeners of one workspace share the counter of connections.
    #[must_use]
    pub fn new(
        (host, workspace): (Host, Arc<Workspace>),
        tls: Option<(ServerConfig, Arc<Peers>, Tailor)>,
        (seats, closing): (usize, Closing),
        numbers: Arc<AtomicU64>,
    ) -> Self {
        let tls =
            tls.map(|(config, peers, tailor)| (TlsAcceptor::from(Arc::new(config)), peers, tailor));
        let seats = Arc::new(Semaphore::new(seats.min(Semaphore::MAX_PERMITS)));
        let turned_away = AtomicU64::new(0);
        Self(Arc::new(Hall { host, workspace, tls, seats, closing, numbers, turned_away }))
    }

    /// Which listener it leads into.
    #[must_use]
    pub fn host(&self) -> Host {
        self.0.host
    }

    /// How many connections found no seat and were closed at once.
    #[must_use]
    pub fn turned_away(&self) -> u64 {
        self.0.turned_away.load(Ordering::Relaxed)
    }
}

impl Hall {
    async fn enter<S>(
        self: Arc<Self>,
        stream: TcpStream,
        service: S,
    ) -> io::Result<(Wire, Known<S>)> {
        let Ok(seat) = Arc::clone(&self.seats).try_acquire_owned() else {
            let count = self.turned_away.fetch_add(1, Ordering::Relaxed) + 1;
            tracing::warn!(host = %self.host, count, "connection limit reached: closed at once");
            return Err(io::Error::other("connection limit reached"));
        };
        stream.set_nodelay(true)?;
        let number = self.numbers.fetch_add(1, Ordering::Relaxed) + 1;
        let unread = Arc::new(AtomicBool::new(false));
        let (io, peer) = match &self.tls {
            None => (Io::Plain(stream), None),
            Some((acceptor, peers, tailor)) => {
                let shot = self.workspace.arsenal().take(self.host);
                let met = self.meet(shot.as_ref(), (acceptor, tailor), (number, stream)).await;
                let (acceptor, stream) = met?;
                let shaken = self.shake_hands(&acceptor, peers, (number, stream)).await;
                let revoking = shot.filter(|shot| shot.meets == Meets::ClientRevoked);
                if let Some(shot) = &revoking {
                    let shown = matches!(&shaken, Ok((_, Some(_))));
                    self.workspace.transport(shot.told(number, shown));
                }
                let (stream, peer) = shaken?;
                let peer = revoking.and(peer.as_deref()).map(revoke).or(peer);
                (Io::Tls(Box::new(stream)), peer)
            }
        };
        let fates = Arc::<Fates>::default();
        let connection =
            Connection { number, peer, unread: Arc::clone(&unread), fates: Arc::clone(&fates) };
        // Control reads the trace; its own connections would only fill it.
        let host = self.host;
        let workspace = self.tls.is_some().then(|| Arc::clone(&self.workspace));
        let at_end = AtEnd { workspace, connection: number, host, _seat: seat };
        let wire = Wire::new(io, (unread, fates), at_end);
        Ok((wire, Known { service, connection }))
    }

    /// What a scenario has for this connection before its handshake, if anything: with whom the
    /// client shakes hands then.
    async fn meet(
        &self,
        shot: Option<&Shot>,
        (usual, tailor): (&TlsAcceptor, &Tailor),
        (number, mut stream): (u64, TcpStream),
    ) -> io::Result<(TlsAcceptor, TcpStream)> {
        let tailored = |config: Result<ServerConfig, TlsError>| {
            let config = config.map_err(|error| io::Error::other(error.to_string()))?;
            Ok::<_, io::Error>(TlsAcceptor::from(Arc::new(config)))
        };
        let Some(shot) = shot else { return Ok((usual.clone(), stream)) };
        let note = |done: bool| self.workspace.transport(shot.told(number, done));
        let demands = tailor.client_auth == ClientAuth::Demand;
        let alert = match shot.meets {
            Meets::Alert(alert) => Some(alert),
            // Where the handshake itself judges certificates, it ends there.
            Meets::ClientRevoked if demands => Some(AlertWord::CertificateRevoked),
            _ => None,
        };
        if let Some(alert) = alert {
            let said = wire::refuse(&mut stream, alert).await;
            note(said.is_ok());
            wire::part(stream).await;
            return Err(said.err().unwrap_or_else(|| io::Error::other("refused by a scenario")));
        }
        let acceptor = match shot.meets {
            Meets::Certificate(flaw) => {
                note(wire::says_hello(&stream, HANDSHAKE).await);
                tailored(tailor.flawed(flaw))?
            }
            Meets::Tls(version) => {
                note(wire::says_hello(&stream, HANDSHAKE).await);
                tailored(tailor.only(version))?
            }
            Meets::Stall(span) => {
                note(true);
                let stalled = wire::stall(&stream, self.workspace.wait(span.duration())).await;
                stalled.inspect_err(|error| self.failed(number, error.to_string()))?;
                usual.clone()
            }
            // Whether there is a certificate to revoke shows at the end of the handshake.
            Meets::Alert(_) | Meets::ClientRevoked | Meets::Refuse(_) => usual.clone(),
        };
        Ok((acceptor, stream))
    }

    fn failed(&self, connection: u64, reason: String) {
        let host = self.host;
        tracing::debug!(%host, connection, reason, "handshake failed");
        self.workspace.transport(Transported::HandshakeFailed { connection, host, reason });
    }

    async fn shake_hands(
        &self,
        acceptor: &TlsAcceptor,
        peers: &Peers,
        (connection, stream): (u64, TcpStream),
    ) -> io::Result<(TlsStream<TcpStream>, Option<Arc<Peer>>)> {
        let host = self.host;
        let failed = |reason| self.failed(connection, reason);
        match timeout(HANDSHAKE, acceptor.accept(stream).into_fallible()).await {
            Ok(Ok(stream)) => {
                let tls = stream.get_ref().1;
                let peer = peers.identify(tls.peer_certificates().unwrap_or_default());
                self.workspace.transport(Transported::Handshake {
                    connection,
                    host,
                    version: tls.protocol_version().map_or_else(String::new, |v| format!("{v:?}")),
                    certificate: peer.as_ref().map(|peer| peer.role.clone()),
                    verdict: peer.as_ref().map(|peer| verdict_name(peer.verdict).to_owned()),
                });
                Ok((stream, peer))
            }
            Ok(Err((error, stream))) => {
                failed(error.to_string());
                wire::part(stream).await;
                Err(error)
            }
            Err(_) => {
                failed("the handshake took too long".to_owned());
                Err(io::ErrorKind::TimedOut.into())
            }
        }
    }
}

/// The same certificate, taken as revoked.
fn revoke(peer: &Peer) -> Arc<Peer> {
    Arc::new(Peer { verdict: PeerVerdict::Revoked, ..peer.clone() })
}

impl<S: Send + 'static> Accept<TcpStream, S> for Door {
    type Stream = Wire;
    type Service = Known<S>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Wire, Known<S>)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let hall = Arc::clone(&self.0);
        Box::pin(async move {
            let closing = hall.closing.clone();
            tokio::select! {
                entered = hall.enter(stream, service) => entered,
                // Whoever is still at the door when the server stops need not wait there.
                () = closing.begun() => Err(io::ErrorKind::ConnectionAborted.into()),
            }
        })
    }
}

/// A service whose requests carry their connection.
#[derive(Clone, Debug)]
pub struct Known<S> {
    service: S,
    connection: Connection,
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for Known<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        self.connection.leave_unread(false);
        request.extensions_mut().insert(self.connection.clone());
        self.service.call(request)
    }
}
