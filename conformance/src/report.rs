//! The report: what was judged, step by step, in JSON. It holds labels where secrets stood. Its
//! form has a version, because other programs read it.

use std::{io::Write, path::Path, path::PathBuf};

use contract::{Edition, Variants, step::Step};
use judge::{Finding, Person, StepVerdict, Verdict};
use serde::Serialize;

use crate::{recorder, trouble::Trouble};

/// The version of the report's form.
pub const VERSION: u32 = 1;

/// A report.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// [`VERSION`].
    pub version: u32,
    /// All steps as one.
    pub verdict: Verdict,
    /// The exit code of the run.
    pub exit_code: u8,
    /// The target's name.
    pub target: String,
    /// The edition it was judged by.
    pub edition: Edition,
    /// The readings in force.
    pub variants: Variants,
    /// The seed of every choice.
    pub seed: u64,
    /// What kind of person the run had.
    pub person: Person,
    /// How time passed.
    pub clock: &'static str,
    /// The eleven steps.
    pub steps: Vec<StepRow>,
    /// Why the flow ended before its end, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// The runner's trace.
    pub trace: PathBuf,
    /// The mock's own trace, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mock_trace: Option<PathBuf>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepRow {
    /// Its number in the flow.
    pub number: u8,
    /// Its name.
    pub step: Step,
    /// A few words.
    pub title: &'static str,
    /// What must be seen.
    pub rule: &'static str,
    /// The verdict.
    pub verdict: Verdict,
    /// What was wrong.
    pub findings: Vec<Finding>,
    /// Why it could not be, or need not be, judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How long it took by the runner's clock, if it was taken.
    pub virtual_ms: Option<u64>,
    /// How long it really took, if it was taken.
    pub real_ms: Option<u64>,
}

/// How long a step took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// The step.
    pub step: Step,
    /// By the runner's clock, in milliseconds.
    pub virtual_ms: u64,
    /// Really, in milliseconds.
    pub real_ms: u64,
}

impl StepRow {
    /// The row of a verdict.
    #[must_use]
    pub fn new(judged: StepVerdict, timing: Option<Timing>, edition: Edition) -> Self {
        let row = edition.tables().and_then(|tables| tables.step(judged.step));
        Self {
            number: judged.step.number(),
            step: judged.step,
            title: judged.step.title(),
            rule: row.map_or("the edition has no such step", |row| row.rule),
            verdict: judged.verdict,
            findings: judged.findings,
            reason: judged.reason,
            virtual_ms: timing.map(|timing| timing.virtual_ms),
            real_ms: timing.map(|timing| timing.real_ms),
        }
    }
}

impl Report {
    /// Writes the report.
    ///
    /// # Errors
    /// A sentence that names the file.
    pub fn write(&self, path: &Path) -> Result<(), Trouble> {
        let failed = |what: String| {
            Trouble::Harness(format!("{} cannot be written: {what}", path.display()))
        };
        let mut text =
            serde_json::to_string_pretty(self).map_err(|error| failed(error.to_string()))?;
        text.push('\n');
        let mut file = recorder::create(path)?;
        file.write_all(text.as_bytes()).map_err(|error| failed(error.to_string()))
    }
}
