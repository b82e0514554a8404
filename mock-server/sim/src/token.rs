//! The token endpoints.
//!
//! Checks run in the order of the identity server (IdentityServer4): certificate, method and media
//! type, client, grant type, and then those of the grant. The first failure answers.

use std::sync::Arc;

use contract::{Call, Problem, Variant, endpoint::Gate, problem::Refusal, timing::Timing};

use crate::{
    command::{Envelope, Peer, PeerVerdict, TokenRequest},
    draw::{self, Purpose},
    identity::{Client, Form, grants::Wanted, urlencoded},
    outcome::{Answer, Grant, Reply},
    world::{TOKENS_REMEMBERED, World},
};

pub(crate) const THUMBPRINT: &str = "IdentityServer:MTLS:X509Certificate";

impl World {
    pub(crate) fn grant(&mut self, envelope: &Envelope, request: &TokenRequest) -> Answer {
        match self.check_token_request(envelope.peer.as_deref(), request) {
            Ok((client, wanted)) => Answer::Reply(Reply::Token(self.new_token(client, wanted))),
            Err(refusal) => self.refuse(envelope, refusal),
        }
    }

    fn check_token_request(
        &mut self,
        peer: Option<&Peer>,
        request: &TokenRequest,
    ) -> Result<(Client, Wanted), Refusal> {
        let needs_certificate = self.gate(request.call) == Gate::Certificate;
        if needs_certificate {
            check_certificate(self, peer)?;
        }
        let form = request.form.as_deref();
        let form = urlencoded(&request.method, request.media_type.as_deref(), form);
        let form = Form::read(form)?;
        let peer = peer.filter(|_| needs_certificate);
        let client = self.authenticate(request.basic.as_ref(), form, peer)?;
        let wanted = self.wanted(&client, form)?;
        Ok((client, wanted))
    }

    fn gate(&self, call: Call) -> Gate {
        let row = self.settings.edition.tables().and_then(|tables| tables.endpoint(call));
        row.map_or(Gate::Certificate, |row| row.gate)
    }

    fn new_token(&mut self, client: Client, wanted: Wanted) -> Arc<Grant> {
        self.tokens_granted = self.tokens_granted.saturating_add(1);
        let number = self.tokens_granted;
        let short = self.reads(Variant::TokenLife, "five-minutes");
        let life = if short { Timing::ShortTokenLife } else { Timing::TokenLife };
        let grant = Arc::new(Grant {
            number,
            jti: draw::wide(self.settings.seed, Purpose::TokenId, number.into(), 0),
            client_id: client.id,
            scopes: wanted.scopes,
            issued_at: self.now,
            expires_at: self.now + life.span(),
            confirmation: client.confirmation,
            person: wanted.person,
        });
        self.tokens.push_back(Arc::clone(&grant));
        if self.tokens.len() > TOKENS_REMEMBERED
            && let Some(oldest) = self.tokens.pop_front()
        {
            self.revoked.remove(&oldest.number);
        }
        grant
    }
}

fn check_certificate(world: &World, peer: Option<&Peer>) -> Result<(), Refusal> {
    let flaw = match peer.map(|peer| world.worth(peer)) {
        Some(PeerVerdict::Valid) => return Ok(()),
        Some(_) => "bad",
        None => "missing",
    };
    Err(Refusal::with_header(Problem::CertificateRefused, flaw.to_owned()))
}
