//! The token endpoints.
//!
//! Checks run in the order of the identity server (IdentityServer4): certificate, method and media
//! type, client, grant type, scope. The first failure answers.

use std::sync::Arc;

use contract::{Call, Problem, Variant, endpoint::Gate, problem::Refusal, timing::Timing};

use crate::{
    command::{Envelope, Peer, PeerVerdict, TokenRequest},
    draw::{self, Purpose},
    outcome::{Answer, Grant, Reply},
    settings::Merchant,
    world::{TOKENS_REMEMBERED, World},
};

pub(crate) const THUMBPRINT: &str = "IdentityServer:MTLS:X509Certificate";

impl World {
    pub(crate) fn grant(&mut self, envelope: &Envelope, request: &TokenRequest) -> Answer {
        match self.check_token_request(envelope.peer.as_deref(), request) {
            Ok((client, scopes, confirmation)) => {
                Answer::Reply(Reply::Token(self.new_token(client, scopes, confirmation)))
            }
            Err(refusal) => self.refuse(envelope, refusal),
        }
    }

    fn check_token_request(
        &self,
        peer: Option<&Peer>,
        request: &TokenRequest,
    ) -> Result<(String, Vec<String>, String), Refusal> {
        let needs_certificate = self.gate(request.call) == Gate::Certificate;
        if needs_certificate {
            check_certificate(peer)?;
        }
        let form = urlencoded(request).ok_or(Refusal::new(Problem::InvalidRequest))?;
        if has_duplicates(form) {
            return Err(Refusal::new(Problem::InvalidRequest));
        }
        let field = |name: &str| {
            form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
        };
        let peer = peer.filter(|_| needs_certificate);
        let secret = request.basic.is_some() || field("client_secret").is_some();
        let merchant = peer
            .filter(|_| !secret)
            .and_then(|peer| self.client(field("client_id")?, field(THUMBPRINT)?, peer))
            .ok_or(Refusal::new(Problem::InvalidClient))?;
        match field("grant_type") {
            Some("client_credentials") => {}
            Some("password") => return Err(Refusal::new(Problem::UnauthorizedClient)),
            _ => return Err(Refusal::new(Problem::UnsupportedGrantType)),
        }
        let scopes = granted_scopes(merchant, field("scope").unwrap_or_default())
            .ok_or(Refusal::new(Problem::InvalidScope))?;
        let sha1 = self.settings.variants.reads(Variant::TokenConfirmation, "sha1-hex");
        let confirmation =
            peer.map(|peer| if sha1 { &peer.sha1 } else { &peer.sha256_base64url }).cloned();
        Ok((merchant.client_id.clone(), scopes, confirmation.unwrap_or_default()))
    }

    fn gate(&self, call: Call) -> Gate {
        let row = self.settings.edition.tables().and_then(|tables| tables.endpoint(call));
        row.map_or(Gate::Certificate, |row| row.gate)
    }

    /// The merchant whose client this is, if certificate and thumbprint field are its own. The
    /// field may also hold the whole certificate in base64, as one public client sends it.
    fn client(&self, client_id: &str, thumbprint: &str, peer: &Peer) -> Option<&Merchant> {
        let mut merchants = self.settings.merchants.iter();
        let merchant = merchants.find(|merchant| merchant.client_id == client_id)?;
        let sha1 = self.settings.variants.reads(Variant::ThumbprintHash, "sha1");
        let expected = if sha1 { &peer.sha1 } else { &peer.sha256 };
        let fits = thumbprint == expected || thumbprint == peer.base64;
        (merchant.sha1 == peer.sha1 && merchant.sha256 == peer.sha256 && fits).then_some(merchant)
    }

    fn new_token(
        &mut self,
        client_id: String,
        scopes: Vec<String>,
        confirmation: String,
    ) -> Arc<Grant> {
        self.tokens_granted = self.tokens_granted.saturating_add(1);
        let number = self.tokens_granted;
        let grant = Arc::new(Grant {
            number,
            jti: draw::wide(self.settings.seed, Purpose::TokenId, number.into(), 0),
            client_id,
            scopes,
            issued_at: self.now,
            expires_at: self.now + Timing::TokenLife.span(),
            confirmation,
        });
        self.tokens.push_back(Arc::clone(&grant));
        if self.tokens.len() > TOKENS_REMEMBERED {
            self.tokens.pop_front();
        }
        grant
    }
}

fn check_certificate(peer: Option<&Peer>) -> Result<(), Refusal> {
    let flaw = match peer.map(|peer| peer.verdict) {
        Some(PeerVerdict::Valid) => return Ok(()),
        Some(_) => "bad",
        None => "missing",
    };
    Err(Refusal::with_header(Problem::CertificateRefused, flaw.to_owned()))
}

/// The form of a POST that is one.
fn urlencoded(request: &TokenRequest) -> Option<&[(String, String)]> {
    let media_type = request.media_type.as_deref()?;
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let is_form = essence.eq_ignore_ascii_case("application/x-www-form-urlencoded");
    (request.method == "POST" && is_form).then_some(request.form.as_deref()).flatten()
}

/// RFC 6749 section 3.2: no parameter more than once.
fn has_duplicates(form: &[(String, String)]) -> bool {
    let mut names: Vec<_> = form.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

/// The scopes that are granted: those asked for, or all when none is; `None` if one is not allowed.
fn granted_scopes(merchant: &Merchant, asked: &str) -> Option<Vec<String>> {
    const LONGEST: usize = 300;
    if asked.len() > LONGEST {
        return None;
    }
    let mut scopes: Vec<String> =
        asked.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    if scopes.is_empty() {
        return Some(merchant.scopes.clone());
    }
    scopes.dedup();
    scopes.iter().all(|scope| merchant.scopes.contains(scope)).then_some(scopes)
}
