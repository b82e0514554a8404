//! The scenario language: what shall happen to a client, as data. One TOML file is one scenario;
//! the same types are JSON on the control listener. `scenarios/README.md` teaches it on a page.
//!
//! What a file says is checked in two steps: [`read()`] knows words and shapes, and [`check`] knows
//! what can never take effect. Both tell the place.

pub mod check;
mod connection;
pub mod expect;
pub mod fault;
pub mod person;
pub mod read;
pub mod rule;
pub mod span;
pub mod state;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use expect::Expect;
pub use fault::Then;
pub use person::{By, Journey, Person};
pub use read::{Diagnostic, Read, read};
pub use rule::Rule;
pub use span::Span;
pub use state::State;

use crate::{Edition, status::IdentificationStatus};

/// One scenario.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// What happens, in a few words.
    pub title: String,
    /// Why a client should go through it.
    pub why: String,
    /// The edition that it needs; any when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<Edition>,
    /// Readings that it needs, by question.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variants: BTreeMap<String, String>,
    /// The seed that it needs; any when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The clock that it needs: `real`, `stepped`, or `x1` and more. Any when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
    /// A reserved phone number, E.164, that chooses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Users that exist before the first request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<Given>,
    /// What the merchant of `scenario run` does otherwise than usual.
    #[serde(default, skip_serializing_if = "Client::is_usual")]
    pub client: Client,
    /// What the human does; without it, whoever opens the pages decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    /// Scripted statuses of the two phases.
    #[serde(default, skip_serializing_if = "Timeline::is_empty")]
    pub timeline: Timeline,
    /// What goes otherwise than usual, and when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rule: Vec<Rule>,
    /// What the trace must show at the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<Expect>,
}

/// What the merchant of `scenario run` does otherwise than usual. A client of somebody else does
/// what it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Client {
    /// When it tells the address of a user.
    pub email: EmailComes,
}

impl Client {
    /// Whether it does nothing otherwise.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// When a user's address is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EmailComes {
    /// When the user is created.
    #[default]
    AtCreation,
    /// When a mail is asked for: the user is created with null in its place.
    Later,
}

/// A user that exists before the first request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Given {
    /// How far it has come.
    pub state: State,
    /// Its address; one of its own when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Its number; one of its own when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Whose it is; the default merchant's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant: Option<i32>,
}

/// What polls say, phase by phase, instead of what the person's deeds lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Timeline {
    /// From initiate until there is something to sign.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identification: Vec<Beat>,
    /// From there until everything is signed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signing: Vec<Beat>,
}

impl Timeline {
    /// Whether nothing is scripted.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.identification.is_empty() && self.signing.is_empty()
    }
}

/// One status of a timeline and what brings it; exactly one of `after`, `polls` and `on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Beat {
    /// What polls say from now on. The phase's target ends it well, a failure ends it badly.
    pub status: IdentificationStatus,
    /// So long after the status before, or after the phase began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Span>,
    /// After so many polls have seen the status before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub polls: Option<u32>,
    /// When something happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Event>,
}

/// What a timeline can wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The person has done their part of the phase.
    PersonDone,
    /// The control listener says so: `POST /v1/users/{id}/timeline`.
    Control,
}

/// The JSON Schema of a scenario file, for editors.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Scenario).to_value();
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".to_owned(), "A scenario of the mock".into());
    }
    schema
}
