//! What is declared of a client before it is judged.
//! What it declares is never taken for true; it says by which readings and limits it is judged.

use std::collections::{BTreeMap, BTreeSet};

use contract::{Edition, Variants};
use serde::{Deserialize, Serialize};

use super::case::Feature;

/// What is declared of a client. All of it stands in the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Declaration {
    /// The client's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The edition that it follows.
    pub edition: Edition,
    /// The readings that it follows; the others are those of the edition.
    #[serde(default)]
    pub variants: BTreeMap<String, String>,
    /// What it can do for its judges.
    #[serde(default)]
    pub features: BTreeSet<Feature>,
    /// The scopes that its calls need.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// How long it polls, in seconds.
    #[serde(default = "two_minutes")]
    pub poll_limit: u32,
    /// How long it makes a person wait between two codes, in seconds.
    #[serde(default = "half_a_minute")]
    pub resend_cool_down: u32,
    /// How long it waits for an answer in all, in seconds.
    #[serde(default = "one_minute")]
    pub deadline: u32,
    /// Rows that its maker vouches for because nobody can watch them here, with the reason.
    #[serde(default)]
    pub attested: BTreeMap<String, String>,
}

const fn two_minutes() -> u32 {
    120
}

const fn half_a_minute() -> u32 {
    30
}

const fn one_minute() -> u32 {
    60
}

impl Declaration {
    /// The readings in force.
    ///
    /// # Errors
    /// A sentence that names a variant or reading that does not exist.
    pub fn readings(&self) -> Result<Variants, String> {
        let mut variants = Variants::of(self.edition);
        for (id, reading) in &self.variants {
            variants.choose(id, reading).map_err(|error| error.to_string())?;
        }
        Ok(variants)
    }

    /// Whether the client can do this.
    #[must_use]
    pub fn can(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }
}
