//! A client certificate becomes an identity that the world understands: its role, its thumbprints
//! and what it is worth at this moment.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use certs::{Minted, Role, Thumbprint};
use rustls::{CertificateError, Error, server::danger::ClientCertVerifier};
use rustls_pki_types::CertificateDer;
use sim::command::{Peer, PeerVerdict};

use crate::clock::TlsTime;

/// Turns certificates into identities, and keeps the latest so that equal ones share memory.
#[derive(Debug)]
pub struct Peers {
    minted: Arc<Minted>,
    judge: Arc<dyn ClientCertVerifier>,
    time: TlsTime,
    latest: Mutex<VecDeque<(CertificateDer<'static>, Arc<Peer>)>>,
}

impl Peers {
    /// More certificates than a test uses.
    const KEPT: usize = 64;

    /// No certificate was seen yet.
    #[must_use]
    pub fn new(minted: Arc<Minted>, judge: Arc<dyn ClientCertVerifier>, time: TlsTime) -> Self {
        Self { minted, judge, time, latest: Mutex::default() }
    }

    /// The identity of a chain, leaf first; `None` for an empty one.
    #[must_use]
    pub fn identify(&self, chain: &[CertificateDer<'_>]) -> Option<Arc<Peer>> {
        let (leaf, intermediates) = chain.split_first()?;
        let result = self.judge.verify_client_cert(leaf, intermediates, self.time.now());
        let verdict = result.err().map_or(PeerVerdict::Valid, |error| verdict(&error));
        let known = self.known(leaf).filter(|peer| peer.verdict == verdict);
        Some(known.unwrap_or_else(|| self.remember(leaf, verdict)))
    }

    fn known(&self, leaf: &CertificateDer<'_>) -> Option<Arc<Peer>> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.iter().find(|(der, _)| der == leaf).map(|(_, peer)| Arc::clone(peer))
    }

    fn remember(&self, leaf: &CertificateDer<'_>, verdict: PeerVerdict) -> Arc<Peer> {
        let thumbprint = Thumbprint::of(leaf);
        let peer = Arc::new(Peer {
            role: self.minted.role_of(leaf).map_or("unknown", Role::name).to_owned(),
            sha1: thumbprint.sha1,
            sha256: thumbprint.sha256,
            sha256_base64url: thumbprint.sha256_base64url,
            base64: STANDARD.encode(leaf),
            verdict,
        });
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.retain(|(der, _)| der != leaf);
        latest.push_front((leaf.clone().into_owned(), Arc::clone(&peer)));
        latest.truncate(Self::KEPT);
        peer
    }
}

/// The verdict in the trace's words.
#[must_use]
pub const fn verdict_name(verdict: PeerVerdict) -> &'static str {
    match verdict {
        PeerVerdict::Valid => "valid",
        PeerVerdict::Expired => "expired",
        PeerVerdict::NotYetValid => "not-yet-valid",
        PeerVerdict::UnknownIssuer => "unknown-issuer",
        PeerVerdict::WrongPurpose => "wrong-purpose",
        PeerVerdict::Revoked => "revoked",
        PeerVerdict::Bad => "bad",
    }
}

const fn verdict(error: &Error) -> PeerVerdict {
    use CertificateError as Flaw;
    match error {
        Error::InvalidCertificate(Flaw::Expired | Flaw::ExpiredContext { .. }) => {
            PeerVerdict::Expired
        }
        Error::InvalidCertificate(Flaw::NotValidYet | Flaw::NotValidYetContext { .. }) => {
            PeerVerdict::NotYetValid
        }
        Error::InvalidCertificate(Flaw::UnknownIssuer) => PeerVerdict::UnknownIssuer,
        Error::InvalidCertificate(Flaw::InvalidPurpose | Flaw::InvalidPurposeContext { .. }) => {
            PeerVerdict::WrongPurpose
        }
        Error::InvalidCertificate(Flaw::Revoked) => PeerVerdict::Revoked,
        _ => PeerVerdict::Bad,
    }
}
