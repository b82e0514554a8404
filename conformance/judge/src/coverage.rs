//! What a trace has reached: which call was answered with which status, which statuses of polls and
//! which codes of the lifecycle were seen, and what the edition documents and nobody met.

use std::collections::{BTreeMap, BTreeSet};

use contract::{
    Call, Tables, Variants, lifecycle::Lifecycle, status::IdentificationStatus, trace::Line,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Plan,
    steps::{member, text},
    view::View,
};

/// What was reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// How often each call was answered with each status.
    pub answers: BTreeMap<String, BTreeMap<u16, u64>>,
    /// The statuses that polls showed.
    pub statuses: BTreeSet<String>,
    /// The lifecycle codes that were read.
    pub lifecycle: BTreeSet<u16>,
}

impl Coverage {
    /// What one trace has reached.
    #[must_use]
    pub fn of(lines: &[Line], plan: Plan, tables: &'static Tables) -> Self {
        let view = View::new(lines, plan, tables);
        let mut all = Self::default();
        for seen in view.all() {
            let Some(call) = seen.exchange.call else { continue };
            let statuses = all.answers.entry(call.name().to_owned()).or_default();
            *statuses.entry(seen.exchange.status).or_default() += 1;
            if seen.exchange.status != 200 {
                continue;
            }
            match call {
                Call::IdentificationStatus | Call::Initiate => {
                    all.statuses.extend(text(seen, "videoIdentificationStatus").map(str::to_owned));
                }
                Call::UserStatus => {
                    let code = member(seen, "status").and_then(Value::as_u64);
                    all.lifecycle.extend(code.and_then(|code| u16::try_from(code).ok()));
                }
                _ => {}
            }
        }
        all
    }

    /// What two runs have reached together.
    pub fn merge(&mut self, other: Self) {
        for (call, statuses) in other.answers {
            let own = self.answers.entry(call).or_default();
            for (status, count) in statuses {
                *own.entry(status).or_default() += count;
            }
        }
        self.statuses.extend(other.statuses);
        self.lifecycle.extend(other.lifecycle);
    }

    /// What the edition documents and nothing has reached, in words.
    #[must_use]
    pub fn unreached(&self, tables: &'static Tables, variants: &Variants) -> Vec<String> {
        let mut missing = Vec::new();
        for row in tables.endpoints {
            let success = row.success(variants).map(|success| success.status);
            let refusals = row.problems.iter();
            let refusals = refusals.filter_map(|problem| {
                tables.problem(*problem, Some(row.call), variants).map(|row| row.status)
            });
            let wanted: BTreeSet<u16> = success.into_iter().chain(refusals).collect();
            let seen = self.answers.get(row.call.name());
            // What fails only when the server does cannot be had by asking.
            for status in wanted.into_iter().filter(|status| *status < 500) {
                if seen.is_none_or(|seen| !seen.contains_key(&status)) {
                    missing.push(format!("{} {status}", row.call));
                }
            }
        }
        let statuses = IdentificationStatus::ALL.iter().filter(|status| !status.is_vendors());
        let statuses = statuses.filter(|status| !self.statuses.contains(status.name()));
        missing.extend(statuses.map(|status| format!("status {}", status.name())));
        let codes = Lifecycle::ALL.iter().map(|row| row.code());
        missing.extend(
            codes
                .filter(|code| !self.lifecycle.contains(code))
                .map(|code| format!("lifecycle {code}")),
        );
        missing
    }
}
