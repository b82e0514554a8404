//! What only the runner decides: which scene of a story begins, and what an old hello of TLS
//! brought back.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Host;

/// An old hello of TLS and its answer. Only the runner writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// The host.
    pub host: Host,
    /// What it offered: `tls-1.0`, `tls-1.1` or `weak-suites`.
    pub offers: String,
    /// What came back: `server hello`, `alert` and its number, `closed`, `nothing`, or `record` and
    /// its type.
    pub answer: String,
}

/// One scene of a story that the runner plays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// Whose story: the id of a requirement, or the name of a walk.
    pub of: String,
    /// Which scene of it, from 1.
    pub number: u32,
    /// What is done in it, in symbols: no id, address or code stands in it.
    pub deed: Value,
    /// Why it could not be done, in one sentence. Then the story ends here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<String>,
}
