//! What can keep a run from saying anything about its target, and the exit code of each. A fault of
//! the target is none of these: that is a verdict.

use std::fmt;

use judge::Verdict;

/// The exit code of a run that was interrupted.
pub const INTERRUPTED: u8 = 130;

/// Why there is nothing to judge. Each holds one plain sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The command line or the target file is wrong.
    Configuration(String),
    /// The target does not answer at all.
    Unreachable(String),
    /// It would cost more than was allowed.
    Budget(String),
    /// The harness itself failed.
    Harness(String),
}

impl Trouble {
    /// The exit code.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Configuration(_) => 2,
            Self::Unreachable(_) => 4,
            Self::Budget(_) => 7,
            Self::Harness(_) => Verdict::HarnessError.exit_code(),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration(sentence)
            | Self::Unreachable(sentence)
            | Self::Budget(sentence)
            | Self::Harness(sentence) => f.write_str(sentence),
        }
    }
}

impl std::error::Error for Trouble {}
