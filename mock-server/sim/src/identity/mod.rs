//! The identity server's side that is for people (IdentityServer4): signing in with a code and
//! PKCE, claims, revocation, signing out. What it has given out stands here.

mod authorize;
mod claims;
mod clients;
pub(crate) mod grants;
mod leave;
mod pkce;
mod shelf;

use contract::{Call, Instant, problem::Refusal};

use self::{pkce::Challenge, shelf::Shelf};
use serde::{Deserialize, Serialize};

use crate::{
    api::Heard,
    command::{Envelope, IdentityRequest},
    outcome::{Answer, Reply},
    world::World,
};

pub(crate) use clients::{Client, Form, Kind, urlencoded};

/// What the identity server remembers besides its tokens.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) codes: Shelf<Code>,
    pub(crate) refreshes: Shelf<Refresh>,
    pub(crate) sessions: Shelf<Session>,
}

/// An authorization code. A used one stays, so that a trace can tell it from an invented one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Code {
    client_id: String,
    to: String,
    challenge: Challenge,
    scopes: Vec<String>,
    nonce: Option<String>,
    signed_in_at: Instant,
    until: Instant,
    used: bool,
}

/// A refresh token. It works once; what replaces it ends when it would have ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Refresh {
    client_id: String,
    scopes: Vec<String>,
    signed_in_at: Instant,
    until: Instant,
    used: bool,
}

/// A person who is signed in. Each merchant has one, so the merchant tells who.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Session {
    merchant: i32,
    signed_in_at: Instant,
    until: Instant,
}

/// What a secret of the identity server is worth, in the trace's words.
pub(crate) const fn worth(used: bool, alive: bool) -> &'static str {
    match (used, alive) {
        (true, _) => "used",
        (false, true) => "live",
        (false, false) => "expired",
    }
}

impl Code {
    pub(crate) fn worth(&self, now: Instant) -> &'static str {
        worth(self.used, now < self.until)
    }
}

impl Refresh {
    pub(crate) fn worth(&self, now: Instant) -> &'static str {
        worth(self.used, now < self.until)
    }
}

impl World {
    pub(crate) fn identify(&mut self, envelope: &Envelope, request: &IdentityRequest) -> Answer {
        match self.hear_identity(request) {
            Ok(reply) => Answer::Reply(reply),
            Err(refusal) => self.refuse(envelope, refusal),
        }
    }

    fn hear_identity(&mut self, request: &IdentityRequest) -> Heard {
        match request.call {
            Call::Authorize => self.authorize(request),
            Call::UserInfo => self.claims(&request.bearer),
            Call::Revocation => self.revoke(request).map(|()| Reply::Done),
            Call::EndSession => self.end_session(request),
            _ => Err(Refusal::new(contract::Problem::ServerError)),
        }
    }
}
