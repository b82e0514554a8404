//! The sockets. They are bound here and not by the HTTP library, for a long queue of new
//! connections and for errors that name the flag to change.

use std::{
    io,
    net::{SocketAddr, TcpListener},
};

use contract::Host;
use socket2::{Domain, Protocol, Socket, Type};

use super::StartError;
use crate::{config::Meant, origins::Bound};

/// How many connections may wait to be accepted: a burst of new clients must not meet a retry of
/// their first packet, which takes a second.
const BACKLOG: i32 = 4096;

/// Four listening sockets.
#[derive(Debug)]
pub struct Listeners {
    sockets: [TcpListener; 4],
    /// Where they are bound.
    pub bound: Bound,
}

impl Listeners {
    /// In the order api, auth, identity, control.
    #[must_use]
    pub fn in_order(self) -> [TcpListener; 4] {
        self.sockets
    }
}

/// Binds all four.
///
/// # Errors
/// When an address is taken or not ours: which listener, and which flag to change.
pub fn bind_all(meant: &Meant) -> Result<Listeners, StartError> {
    let (api, at_api) = bind(Host::Api, meant.api)?;
    let (auth, at_auth) = bind(Host::Auth, meant.auth)?;
    let (identity, at_identity) = bind(Host::Identity, meant.identity)?;
    let (control, at_control) = bind(Host::Control, meant.control)?;
    let bound = Bound { api: at_api, auth: at_auth, identity: at_identity, control: at_control };
    Ok(Listeners { sockets: [api, auth, identity, control], bound })
}

fn bind(host: Host, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let listener = open(address).and_then(|listener| {
        let bound = listener.local_addr()?;
        Ok((listener, bound))
    });
    listener.map_err(|source| StartError::Bind { host, address, source })
}

pub(super) fn open(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A server that was just stopped may come back to its port at once.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}
