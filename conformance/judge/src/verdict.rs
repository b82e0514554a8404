//! What can be said about a check, how several verdicts become one, and which exit code that is.
//!
//! A run in which nothing was executed is never a PASS.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One verdict.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Verdict {
    /// What must hold was seen to hold.
    Pass,
    /// Something that must hold did not.
    Fail,
    /// Something that should hold did not.
    Warn,
    /// Worth telling, without weight.
    Info,
    /// A human has to look.
    Review,
    /// The documents allow more than one reading of what was seen.
    Contested,
    /// The run never came to the point where it could be seen.
    NotExercised,
    /// It does not belong to this run, and the reason was declared.
    NotApplicable,
    /// The harness itself failed, so nothing can be said about the target.
    HarnessError,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: &[Self] = &[
        Self::Pass,
        Self::Fail,
        Self::Warn,
        Self::Info,
        Self::Review,
        Self::Contested,
        Self::NotExercised,
        Self::NotApplicable,
        Self::HarnessError,
    ];

    /// Its name, as reports write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Warn => "WARN",
            Self::Info => "INFO",
            Self::Review => "REVIEW",
            Self::Contested => "CONTESTED",
            Self::NotExercised => "NOT-EXERCISED",
            Self::NotApplicable => "NOT-APPLICABLE",
            Self::HarnessError => "HARNESS-ERROR",
        }
    }

    /// The exit code of a run whose roll-up this is.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Pass | Self::Warn | Self::Info => 0,
            Self::Fail => 1,
            Self::Review | Self::Contested | Self::NotExercised | Self::NotApplicable => 3,
            Self::HarnessError => 6,
        }
    }

    /// Many verdicts as one: the worst wins. What is only told (INFO) or was never meant to be
    /// looked at (NOT-APPLICABLE) counts for nothing, and nothing at all is NOT-EXERCISED.
    #[must_use]
    pub fn roll_up(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts
            .into_iter()
            .filter(|verdict| verdict.weight() > 0)
            .max_by_key(|verdict| verdict.weight())
            .unwrap_or(Self::NotExercised)
    }

    const fn weight(self) -> u8 {
        match self {
            Self::HarnessError => 7,
            Self::Fail => 6,
            Self::NotExercised => 5,
            Self::Contested => 4,
            Self::Review => 3,
            Self::Warn => 2,
            Self::Pass => 1,
            Self::Info | Self::NotApplicable => 0,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_wins() {
        use Verdict as V;
        let worst_first =
            [V::HarnessError, V::Fail, V::NotExercised, V::Contested, V::Review, V::Warn, V::Pass];
        for (index, worst) in worst_first.into_iter().enumerate() {
            assert_eq!(V::roll_up(worst_first[index..].iter().copied()), worst);
            assert_eq!(V::roll_up(worst_first[index..].iter().rev().copied()), worst);
        }
    }

    #[test]
    fn nothing_executed_is_never_a_pass() {
        assert_eq!(Verdict::roll_up([]), Verdict::NotExercised);
        let idle = [Verdict::NotApplicable, Verdict::Info];
        assert_eq!(Verdict::roll_up(idle), Verdict::NotExercised);
        assert_eq!(Verdict::roll_up([Verdict::NotApplicable, Verdict::Pass]), Verdict::Pass);
    }

    #[test]
    fn every_roll_up_has_its_exit_code() {
        let codes: Vec<_> = Verdict::ALL.iter().map(|verdict| verdict.exit_code()).collect();
        assert_eq!(codes, [0, 1, 0, 0, 3, 3, 3, 3, 6]);
    }

    #[test]
    fn names_and_json_agree() {
        for verdict in Verdict::ALL {
            let json = serde_json::to_string(verdict).unwrap();
            assert_eq!(json, format!("\"{verdict}\""));
            assert_eq!(serde_json::from_str::<Verdict>(&json).unwrap(), *verdict);
        }
    }
}
