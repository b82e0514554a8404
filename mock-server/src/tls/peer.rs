//! A client certificate becomes an identity that the world understands: its role, its thumbprints
//! and what it is worth at this moment.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use certs::{Minted, Role, Thumbprint};
use rustls::{CertificateError, Error, server::danger::ClientCertVerifier};
use rustls_pki_types::{CertificateDer, UnixTime};
use sim::command::{Peer, PeerVerdict};

use crate::clock::TlsTime;

/// Turns certificates into identities, and keeps the latest so that equal ones share memory and
/// are judged once for each second of the clock: a verdict can only change with the time.
#[derive(Debug)]
pub struct Peers {
    minted: Arc<Minted>,
    judge: Arc<dyn ClientCertVerifier>,
    time: TlsTime,
    latest: Mutex<VecDeque<Judged>>,
}

/// A chain, when it was last judged, and what it came to.
#[derive(Debug)]
struct Judged {
    chain: Vec<CertificateDer<'static>>,
    at: UnixTime,
    peer: Arc<Peer>,
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
        let now = self.time.now();
        let known = self.known(chain);
        if let Some((at, peer)) = &known
            && *at == now
        {
            return Some(Arc::clone(peer));
        }
        let result = self.judge.verify_client_cert(leaf, intermediates, now);
        let verdict = result.err().map_or(PeerVerdict::Valid, |error| verdict(&error));
        let same = known.map(|(_, peer)| peer).filter(|peer| peer.verdict == verdict);
        let peer = same.unwrap_or_else(|| Arc::new(self.describe(leaf, verdict)));
        self.remember(chain, now, &peer);
        Some(peer)
    }

    fn known(&self, chain: &[CertificateDer<'_>]) -> Option<(UnixTime, Arc<Peer>)> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let judged = latest.iter().find(|judged| judged.chain == chain)?;
        Some((judged.at, Arc::clone(&judged.peer)))
    }

    fn describe(&self, leaf: &CertificateDer<'_>, verdict: PeerVerdict) -> Peer {
        let thumbprint = Thumbprint::of(leaf);
        Peer {
            role: self.minted.role_of(leaf).map_or("unknown", Role::name).to_owned(),
            sha1: thumbprint.sha1,
            sha256: thumbprint.sha256,
            sha256_base64url: thumbprint.sha256_base64url,
            base64: STANDARD.encode(leaf),
            verdict,
        }
    }

    fn remember(&self, chain: &[CertificateDer<'_>], at: UnixTime, peer: &Arc<Peer>) {
        let chain: Vec<_> = chain.iter().map(|der| der.clone().into_owned()).collect();
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.retain(|judged| judged.chain != chain);
        latest.push_front(Judged { chain, at, peer: Arc::clone(peer) });
        latest.truncate(Self::KEPT);
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
