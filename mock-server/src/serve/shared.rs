//! What all workspaces of a process have in common: certificates, the token key, what client
//! certificates are worth, and the settings from which a new workspace departs.

use std::sync::Arc;

use certs::{MintRequest, Minted};
use rustls::server::danger::ClientCertVerifier;

use super::StartError;
use crate::{clock, config::Meant, control::Token, tls, token::signer::Keys};

/// Read and checked once, so that one more workspace costs little.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) minted: Arc<Minted>,
    pub(super) keys: Arc<Keys>,
    pub(super) judge: Arc<dyn ClientCertVerifier>,
    /// What the control listeners ask for.
    pub(super) token: Option<Arc<Token>>,
    /// As the process was started.
    pub(super) meant: Meant,
}

impl Shared {
    /// Opens the certificates. The first time they are minted, which takes a while.
    pub(super) async fn open(meant: Meant) -> Result<Self, StartError> {
        let token = token(&meant)?;
        let (dir, hosts) = (meant.certs_dir.clone(), meant.public_hosts.clone());
        let opening = tokio::task::spawn_blocking(move || {
            certs::open(&MintRequest { dir: &dir, public_hosts: &hosts, now: clock::wall() })
        });
        let opened = opening.await.map_err(|error| StartError::Runtime(error.into()))?;
        let minted = Arc::new(opened.map_err(StartError::Certs)?);
        Ok(Self {
            keys: Arc::new(Keys::new(&minted).map_err(StartError::Token)?),
            judge: tls::judge(&minted).map_err(StartError::Tls)?,
            token,
            minted,
            meant,
        })
    }
}

/// The token of the control listener. Where other machines can reach it, there has to be one.
fn token(meant: &Meant) -> Result<Option<Arc<Token>>, StartError> {
    match &meant.control_token_file {
        None if meant.control.ip().is_loopback() => Ok(None),
        None => Err(StartError::OpenControl(meant.control)),
        Some(path) => {
            let refused = |source| StartError::file("read the control token from", path, source);
            Ok(Some(Arc::new(Token::read(path).map_err(refused)?)))
        }
    }
}
