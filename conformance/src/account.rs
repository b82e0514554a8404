//! Who the reference merchant is, what it goes by, and why a call can bring nothing.
//! The calls themselves stand in `client`.

use contract::{Call, Host, Tables, Variants};
use url::Url;

use crate::{secrets::Secrets, trouble::Trouble};

/// Why a call brought nothing that the flow can go on with. The trace holds the details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// The target answered something else than success.
    Refused {
        /// The call.
        call: Call,
        /// The HTTP status.
        status: u16,
    },
    /// The target said success, with a body that we cannot read.
    Unreadable {
        /// The call.
        call: Call,
        /// What is wrong with it.
        reason: String,
    },
    /// No whole answer arrived.
    NoAnswer {
        /// The host that was addressed.
        host: Host,
        /// What happened instead.
        reason: String,
    },
    /// The harness failed.
    Trouble(Trouble),
}

/// Who the merchant is.
#[derive(Clone, Debug)]
pub struct Account {
    /// The API gateway.
    pub api: Url,
    /// The identity server.
    pub auth: Url,
    /// The OAuth client.
    pub client_id: String,
    /// The scopes that are asked for.
    pub scope: String,
    /// The thumbprint of the client certificate.
    pub thumbprint: String,
    /// What it shows where a token is had by password.
    pub secrets: Option<Secrets>,
}

/// What the merchant goes by.
#[derive(Clone, Copy, Debug)]
pub struct Law {
    /// The edition.
    pub tables: &'static Tables,
    /// The readings of open questions that it expects.
    pub variants: Variants,
    /// The call that gives it tokens.
    pub token_call: Call,
}

impl From<Trouble> for CallError {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}
