//! What a check has to say: what was wanted, what was seen instead, and where in the trace.
//!
//! Checks collect into `Findings`; how findings become a verdict is decided here alone.

use contract::step::Step;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Verdict;

/// One thing that was not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// What was wanted.
    pub wanted: String,
    /// What was seen instead.
    pub got: String,
    /// The numbers of the trace lines that show it.
    pub at: Vec<u64>,
    /// Which trace, where a run writes several.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub trace: String,
}

/// The verdict on one of the eleven steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepVerdict {
    /// The step.
    pub step: Step,
    /// The verdict.
    pub verdict: Verdict,
    /// What was wrong, the gravest first.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// Why it could not be, or need not be, judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What one check collects.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    broken: Vec<Finding>,
    doubtful: Vec<Finding>,
    contested: Vec<Finding>,
    missing: Option<String>,
    told: Vec<String>,
}

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The verdict.
    pub verdict: Verdict,
    /// What was not as it should be, the gravest first.
    pub findings: Vec<Finding>,
    /// Why it could not be judged, if so.
    pub reason: Option<String>,
    /// What is worth telling.
    pub told: Vec<String>,
}

impl Finding {
    /// A finding.
    #[must_use]
    pub fn new(wanted: impl Into<String>, got: impl Into<String>, at: &[u64]) -> Self {
        Self { wanted: wanted.into(), got: got.into(), at: at.to_vec(), trace: String::new() }
    }
}

impl Findings {
    /// Something that must hold does not.
    pub(crate) fn broken(&mut self, wanted: impl Into<String>, got: impl Into<String>, at: u64) {
        self.broken.push(Finding::new(wanted, got, &[at]));
    }

    /// Something that should hold does not.
    pub(crate) fn doubtful(&mut self, wanted: impl Into<String>, got: impl Into<String>, at: u64) {
        self.doubtful.push(Finding::new(wanted, got, &[at]));
    }

    /// Something that has to be looked at never happened. The first such reason is kept, because
    /// the later ones follow from it.
    pub(crate) fn missing(&mut self, reason: impl Into<String>) {
        self.missing.get_or_insert_with(|| reason.into());
    }

    /// The documents allow what was seen, and the reading in force does not.
    pub(crate) fn contested(&mut self, wanted: impl Into<String>, got: impl Into<String>, at: u64) {
        self.contested.push(Finding::new(wanted, got, &[at]));
    }

    /// Something that is worth telling.
    pub(crate) fn told(&mut self, what: impl Into<String>) {
        self.told.push(what.into());
    }

    /// What others found, as far as a warning goes.
    pub(crate) fn soften(&mut self, other: Self) {
        self.doubtful.extend(other.broken);
        self.doubtful.extend(other.doubtful);
        self.contested.extend(other.contested);
        self.told.extend(other.told);
        if let Some(reason) = other.missing {
            self.missing(reason);
        }
    }

    /// Whether nothing was found, and nothing was missing.
    pub(crate) fn is_clean(&self) -> bool {
        self.broken.is_empty() && self.doubtful.is_empty() && self.missing.is_none()
    }

    /// What it comes to. What was seen to be wrong outweighs what was not seen.
    pub(crate) fn settle(self) -> Settled {
        let verdict = if !self.broken.is_empty() {
            Verdict::Fail
        } else if self.missing.is_some() {
            Verdict::NotExercised
        } else if !self.contested.is_empty() {
            Verdict::Contested
        } else if !self.doubtful.is_empty() {
            Verdict::Warn
        } else {
            Verdict::Pass
        };
        let mut findings = self.broken;
        findings.extend(self.contested);
        findings.extend(self.doubtful);
        let reason = self.missing.filter(|_| verdict == Verdict::NotExercised);
        Settled { verdict, findings, reason, told: self.told }
    }

    /// The verdict on a step.
    pub(crate) fn conclude(self, step: Step) -> StepVerdict {
        let Settled { verdict, findings, reason, .. } = self.settle();
        StepVerdict { step, verdict, findings, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_check_passes_and_the_gravest_decides() {
        let mut findings = Findings::default();
        assert_eq!(Findings::default().conclude(Step::Token).verdict, Verdict::Pass);
        findings.doubtful("a", "b", 1);
        findings.missing("never called");
        findings.missing("follows from the first");
        let open = findings.conclude(Step::Token);
        assert_eq!(open.verdict, Verdict::NotExercised);
        assert_eq!(open.reason.as_deref(), Some("never called"));

        let mut findings = Findings::default();
        findings.doubtful("a", "b", 1);
        findings.broken("c", "d", 2);
        let failed = findings.conclude(Step::Token);
        assert_eq!((failed.verdict, failed.reason), (Verdict::Fail, None));
        assert_eq!(failed.findings[0], Finding::new("c", "d", &[2]));

        let mut findings = Findings::default();
        findings.doubtful("a", "b", 1);
        assert_eq!(findings.conclude(Step::Token).verdict, Verdict::Warn);
    }
}
