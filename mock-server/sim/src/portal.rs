//! What a merchant sets in its portal: where browsers go after a journey, and which certificate is
//! its own. And what becomes of the addresses when a world goes on behind other listeners.

use crate::{
    command::{Peer, PeerVerdict, Registered},
    outcome::{Happening, Reply},
    world::{Course, World},
};

impl World {
    pub(crate) fn set_redirects(
        &mut self,
        id: i32,
        success: &str,
        fail: &str,
        course: &mut Course<'_>,
    ) -> Reply {
        let merchants = &mut self.settings.merchants;
        let Some(merchant) = merchants.iter_mut().find(|merchant| merchant.id == id) else {
            return Reply::Unknown;
        };
        success.clone_into(&mut merchant.success);
        fail.clone_into(&mut merchant.fail);
        course.happenings.push(Happening::Control { verb: "set-redirects", user: None });
        Reply::RedirectsSet
    }

    pub(crate) fn set_certificate(
        &mut self,
        id: i32,
        certificate: &Registered,
        course: &mut Course<'_>,
    ) -> Reply {
        let merchants = &mut self.settings.merchants;
        let Some(merchant) = merchants.iter_mut().find(|merchant| merchant.id == id) else {
            return Reply::Unknown;
        };
        merchant.certificate.clone_from(certificate);
        let verb = if certificate.revoked { "revoke-certificate" } else { "set-certificate" };
        course.happenings.push(Happening::Control { verb, user: None });
        Reply::CertificateSet
    }

    /// What a client certificate is worth to the identity server. One that a merchant has
    /// registered counts whoever signed it; one that it has taken back counts no more.
    pub(crate) fn worth(&self, peer: &Peer) -> PeerVerdict {
        let mut merchants = self.settings.merchants.iter();
        match merchants.find(|merchant| merchant.certificate.is(peer)) {
            Some(merchant) if merchant.certificate.revoked => PeerVerdict::Revoked,
            Some(merchant)
                if merchant.certificate.pinned && peer.verdict == PeerVerdict::UnknownIssuer =>
            {
                PeerVerdict::Valid
            }
            _ => peer.verdict,
        }
    }

    /// Lets browsers land elsewhere that were to land on pages of this origin, as when a world goes
    /// on behind other listeners.
    pub fn move_landings(&mut self, from: &str, to: &str) {
        for merchant in &mut self.settings.merchants {
            for address in [&mut merchant.success, &mut merchant.fail] {
                if let Some(path) = address.strip_prefix(from)
                    && path.starts_with('/')
                {
                    *address = format!("{to}{path}");
                }
            }
        }
    }
}

impl Registered {
    /// Whether it is this certificate.
    #[must_use]
    pub fn is(&self, peer: &Peer) -> bool {
        self.sha1 == peer.sha1 && self.sha256 == peer.sha256
    }
}
