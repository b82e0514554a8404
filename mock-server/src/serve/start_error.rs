//! Why a mock server could not start, in sentences that say what to change.
//! Each says what was asked for, what stood in the way, and which flag changes it.

use std::{
    fmt, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use certs::CertsError;
use contract::{Edition, Host};

use crate::{tls::TlsError, token::signer::SignError};

/// Why a mock server could not start.
#[derive(Debug)]
pub enum StartError {
    /// An edition has no tables yet.
    Edition(Edition),
    /// An address cannot be listened on.
    Bind {
        /// Which listener.
        host: Host,
        /// Where.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The certificates cannot be used.
    Certs(CertsError),
    /// TLS cannot be set up with them.
    Tls(TlsError),
    /// The token key cannot be used.
    Token(SignError),
    /// A file cannot be written.
    File {
        /// What was tried.
        deed: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The scenario cannot take effect with these settings.
    Scenario(String),
    /// Other machines could reach the control listener, and it would ask for nothing.
    OpenControl(SocketAddr),
    /// The runtime refused.
    Runtime(io::Error),
}

impl StartError {
    pub(super) fn file(deed: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File { deed, path: path.to_owned(), source }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scenario(reason) => write!(f, "{reason}; leave out what contradicts it"),
            Self::Edition(edition) => {
                let served: Vec<_> = Edition::served().map(Edition::name).collect();
                let served = served.join(", ");
                write!(f, "edition {edition} cannot be served yet; choose one of {served}")
            }
            Self::Bind { host, address, source } => {
                write!(f, "cannot listen on {address} for {host}: {source}. ")?;
                let advice = match source.kind() {
                    io::ErrorKind::AddrInUse => "Another program has this port; choose another",
                    io::ErrorKind::PermissionDenied => {
                        "Ports below 1024 often need a privilege; choose another"
                    }
                    _ => "Choose another address",
                };
                write!(f, "{advice} with --{host} IP:PORT (port 0 takes any free one)")
            }
            Self::Certs(error) => error.fmt(f),
            Self::Tls(error) => error.fmt(f),
            Self::Token(error) => error.fmt(f),
            Self::File { deed, path, source } => {
                write!(f, "cannot {deed} {}: {source}", path.display())
            }
            Self::OpenControl(address) => write!(
                f,
                "control at {address} can be reached from other machines, so it needs a token: \
                 --control-token-file FILE; or choose a loopback address such as 127.0.0.1:{}",
                address.port()
            ),
            Self::Runtime(error) => write!(f, "the runtime cannot serve: {error}"),
        }
    }
}

impl std::error::Error for StartError {}
