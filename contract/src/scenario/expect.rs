//! What a trace must show at the end, so that a scenario is a test by itself.
//! The judge decides it; it looks at nothing but the trace.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::State;
use crate::{
    Call, Host,
    lifecycle::Lifecycle,
    message::MessageKind,
    trace::{Landing, Leg},
};

/// One expectation. Without a count, it must be seen at least once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expect {
    /// What is looked for.
    pub see: See,
    /// Exactly so often; 0 for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// So often or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// So often or less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u32>,
    /// The first of them stands before the first of these, which must be seen too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<See>,
}

/// A kind of line of the trace. Exactly one group of members is used: an exchange (`call` with
/// `status`, `row` and so on), or one of the others alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct See {
    /// An exchange of this call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// An exchange with this host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Host>,
    /// An exchange with this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// An exchange that this row decided: `success`, `scripted` or the name of a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// An exchange whose answer's JSON has these members with these values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<serde_json::Map<String, serde_json::Value>>,
    /// A session that came to this stage, e.g. `signed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<State>,
    /// A user that came to this lifecycle code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<Lifecycle>,
    /// A message of this kind that arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<MessageKind>,
    /// A browser that was sent to this address of the merchant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landing: Option<Landing>,
    /// Only on this journey; with `landing`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leg: Option<Leg>,
    /// A rule of this id that was armed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub armed: Option<String>,
    /// A rule of this id whose fault reached the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<String>,
}

impl See {
    /// How many kinds of lines it looks for; more than one can never be seen.
    #[must_use]
    pub fn groups(&self) -> usize {
        let exchange = self.call.is_some()
            || self.host.is_some()
            || self.status.is_some()
            || self.row.is_some()
            || self.answer.is_some();
        let kinds = [
            exchange,
            self.moved.is_some(),
            self.lifecycle.is_some(),
            self.sent.is_some(),
            self.landing.is_some(),
            self.armed.is_some(),
            self.delivered.is_some(),
        ];
        kinds.iter().filter(|wanted| **wanted).count()
    }
}
