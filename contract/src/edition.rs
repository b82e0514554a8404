//! The dated generations of the provider's documentation.
//!
//! They contradict each other, so nothing in the project says "the API": it says which edition.
//! An edition is a set of tables; code never branches on its name.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    Call, EndpointRow, Problem, Variants,
    problem::ProblemRow,
    step::{Step, StepRow},
    v2024_06, v2025_09, v2026_05,
};

/// One dated generation of the documentation.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
pub enum Edition {
    /// June and July 2024: the shorter flow on `/api/v1/...` paths.
    #[serde(rename = "2024-06")]
    E2024_06,
    /// September 2025: Borica/B-Trust and the eleven steps. The default.
    #[serde(rename = "2025-09")]
    E2025_09,
    /// 21 May 2026: Onfido and Signhost.
    #[serde(rename = "2026-05")]
    E2026_05,
}

impl Edition {
    /// Every edition, oldest first.
    pub const ALL: &[Self] = &[Self::E2024_06, Self::E2025_09, Self::E2026_05];

    /// The edition that is served when nobody chooses.
    pub const DEFAULT: Self = Self::E2025_09;

    /// Its name, as users write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::E2024_06 => "2024-06",
            Self::E2025_09 => "2025-09",
            Self::E2026_05 => "2026-05",
        }
    }

    /// Its tables, or `None` while they are not written yet: such an edition cannot be served,
    /// and whoever is asked for it says so.
    #[must_use]
    pub const fn tables(self) -> Option<&'static Tables> {
        match self {
            Self::E2024_06 => Some(&v2024_06::TABLES),
            Self::E2025_09 => Some(&v2025_09::TABLES),
            Self::E2026_05 => Some(&v2026_05::TABLES),
        }
    }

    /// The editions that can be served.
    pub fn served() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|edition| edition.tables().is_some())
    }
}

/// What one edition says.
#[derive(Debug)]
pub struct Tables {
    /// Which edition this is.
    pub edition: Edition,
    /// Every call, one row each.
    pub endpoints: &'static [EndpointRow],
    /// The refusals of which its own pages speak; the first row that fits counts.
    pub problems: &'static [ProblemRow],
    /// The others: carried over from other editions, or the framework's. A refusal that stands
    /// among the edition's own is never looked up here.
    pub carried: &'static [&'static [ProblemRow]],
    /// The media types of JSON bodies, the documented one first.
    pub json_types: &'static [&'static str],
    /// The steps of its flow, in its order.
    pub steps: &'static [StepRow],
}

impl Tables {
    /// The row of a call, or `None` where the edition does not have it.
    #[must_use]
    pub fn endpoint(&self, call: Call) -> Option<&'static EndpointRow> {
        self.endpoints.iter().find(|row| row.call == call)
    }

    /// Every row of every refusal, the edition's own first.
    pub fn refusals(&self) -> impl Iterator<Item = &'static ProblemRow> {
        let own = self.problems;
        let carried = self.carried.iter().flat_map(|rows| rows.iter());
        own.iter().chain(carried.filter(move |row| own.iter().all(|o| o.problem != row.problem)))
    }

    /// How a refusal of a call looks under these readings, or `None` where the edition does not
    /// have it.
    #[must_use]
    pub fn problem(
        &self,
        problem: Problem,
        call: Option<Call>,
        variants: &Variants,
    ) -> Option<&'static ProblemRow> {
        self.refusals()
            .find(|row| row.problem == problem && row.is_of(call) && variants.meet(row.when))
    }

    /// The row of a step, or `None` where the flow of the edition does not have it.
    #[must_use]
    pub fn step(&self, step: Step) -> Option<&'static StepRow> {
        self.steps.iter().find(|row| row.step == step)
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Edition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|edition| edition.name() == text);
        found.ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|edition| edition.name()).collect();
            format!("unknown edition '{text}'; choose one of {}", names.join(", "))
        })
    }
}
