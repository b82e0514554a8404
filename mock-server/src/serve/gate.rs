//! A listening socket that can be closed for a while and opened again at the same port, so that a
//! client meets a refused connection and not a silent one.

use std::{
    io,
    net::SocketAddr,
    pin::pin,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use axum_server::{AddrListener, Address};
use contract::Host;
use tokio::{
    net::{TcpListener, TcpStream},
    time::sleep,
};

use super::listen;
use crate::{tls::arsenal::Closure, workspace::Workspace};

/// Where a gate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(pub(super) SocketAddr);

impl Address for Place {
    type Stream = TcpStream;
    type Listener = Gate;
}

/// The socket.
#[derive(Debug)]
pub(super) struct Gate {
    place: Place,
    host: Host,
    /// Gone while nobody listens; the server must not keep the world alive.
    workspace: Weak<Workspace>,
    socket: Mutex<Option<Arc<TcpListener>>>,
}

/// How often the clock is looked at while the gate is closed, in case it runs by itself.
const LOOK: Duration = Duration::from_millis(20);

impl Gate {
    /// A gate around a socket that listens already.
    ///
    /// # Errors
    /// When the runtime cannot take the socket.
    pub(super) fn new(
        socket: std::net::TcpListener,
        (host, workspace): (Host, &Arc<Workspace>),
    ) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let place = Place(socket.local_addr()?);
        let socket = Mutex::new(Some(Arc::new(TcpListener::from_std(socket)?)));
        Ok(Self { place, host, workspace: Arc::downgrade(workspace), socket })
    }

    fn socket(&self) -> io::Result<Arc<TcpListener>> {
        let mut socket = self.socket.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(socket) = &*socket {
            return Ok(Arc::clone(socket));
        }
        let opened = Arc::new(TcpListener::from_std(listen::open(self.place.0)?)?);
        *socket = Some(Arc::clone(&opened));
        Ok(opened)
    }

    async fn close(&self, workspace: &Workspace, closure: Closure) {
        drop(self.socket.lock().unwrap_or_else(PoisonError::into_inner).take());
        workspace.transport(closure.shot.told(0, true));
        let arsenal = workspace.arsenal();
        while workspace.now() < closure.until && arsenal.stands(&closure) {
            tokio::select! {
                () = arsenal.stirred.notified() => {}
                () = sleep(LOOK) => {}
            }
        }
    }
}

impl AddrListener<TcpStream, Place> for Gate {
    async fn bind_to(_: Place) -> io::Result<Self> {
        Err(io::Error::other("a gate is made around a socket that listens already"))
    }

    async fn accept_stream(&self) -> io::Result<(TcpStream, Place)> {
        loop {
            let workspace = self.workspace.upgrade().ok_or(io::ErrorKind::NotConnected)?;
            let mut stirred = pin!(workspace.arsenal().stirred.notified());
            // From here on nothing is missed, so the question comes after it.
            stirred.as_mut().enable();
            if let Some(closure) = workspace.arsenal().closure(self.host) {
                self.close(&workspace, closure).await;
                continue;
            }
            let socket = self.socket()?;
            tokio::select! {
                accepted = socket.accept() => {
                    return accepted.map(|(stream, from)| (stream, Place(from)));
                }
                () = stirred => {}
            }
        }
    }

    fn get_local_addr(&self) -> io::Result<Place> {
        Ok(self.place)
    }
}
