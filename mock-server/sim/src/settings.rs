//! What a world is made from. Two worlds with equal settings are equal.
//! They are serialisable, because a run is its settings and its commands.

use std::{collections::BTreeMap, sync::Arc};

use contract::{Edition, Variants, scenario::Scenario};
use serde::{Deserialize, Serialize};

use crate::command::Registered;

/// Everything that is fixed when a world begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Which documentation it follows.
    pub edition: Edition,
    /// Where every code, id and address comes from.
    pub seed: u64,
    /// The readings in force.
    pub variants: Variants,
    /// Who may ask for tokens.
    pub merchants: Vec<Merchant>,
    /// How much it holds.
    pub limits: Limits,
    /// The scenarios that can be chosen, by name.
    #[serde(default)]
    pub library: Arc<Library>,
    /// The scenario of everybody for whom nothing else is chosen.
    #[serde(default)]
    pub scenario: Option<String>,
    /// How its clock runs, in the words of scenario files.
    #[serde(default)]
    pub clock: String,
}

/// Scenarios by name: the name of the file without its ending.
pub type Library = BTreeMap<String, Arc<Scenario>>;

/// One merchant with its OAuth client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merchant {
    /// `merchantId`.
    pub id: i32,
    /// The OAuth client.
    pub client_id: String,
    /// Its client certificate.
    pub certificate: Registered,
    /// What its tokens may be for.
    pub scopes: Vec<String>,
    /// The client of its app, for people: authorization code with PKCE, no secret.
    pub oidc_client: String,
    /// What tokens of its people may be for.
    pub person_scopes: Vec<String>,
    /// Where browsers go after success.
    pub success: String,
    /// Where browsers go after failure or cancellation.
    pub fail: String,
}

impl Merchant {
    /// Whether one of its two clients has this name.
    #[must_use]
    pub fn has_client(&self, name: &str) -> bool {
        self.client_id == name || self.oidc_client == name
    }

    /// Where its app may be sent at the origin of its Success address, as 2026-05 names the paths.
    #[must_use]
    pub fn app_address(&self, path: &str) -> String {
        let after_scheme = self.success.find("://").map_or(0, |at| at + 3);
        let rest = &self.success[after_scheme..];
        let end = rest.find(['/', '?', '#']).map_or(self.success.len(), |at| after_scheme + at);
        format!("{}{path}", &self.success[..end])
    }

    /// Whether a sign-in may end at this address: exactly a registered one.
    #[must_use]
    pub fn may_return_to(&self, address: &str) -> bool {
        ["/auth-result", "/silentRenew"].iter().any(|path| address == self.app_address(path))
    }
}

/// How much a world holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Users; one more is refused.
    pub users: u32,
    /// Messages; one more drops the oldest.
    pub messages: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { users: 1_000_000, messages: 10_000 }
    }
}
