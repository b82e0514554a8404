//! Secrets that an answer gives out: what its holder writes, and the number by which a trace may
//! name it.

use serde::{Deserialize, Serialize};

/// Something that only its holder knows, with the number that labels it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// For labels.
    pub number: u32,
    /// What its holder knows.
    pub value: u128,
}

impl Secret {
    /// As its holder writes it.
    #[must_use]
    pub fn text(self) -> String {
        format!("{:032x}", self.value)
    }
}
