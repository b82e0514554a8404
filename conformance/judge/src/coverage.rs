//! What a trace has reached: which call was answered with which status, which statuses of polls and
//! which codes of the lifecycle were seen, and what the edition documents and nobody met.

use std::collections::{BTreeMap, BTreeSet};

use contract::{
    Call, Tables, Variant, Variants,
    lifecycle::Lifecycle,
    status::IdentificationStatus,
    trace::{Decided, Decision, Line},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Plan, exam,
    fault::Kind,
    steps::{member, text},
    story::Deed,
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
    /// How the statuses of polls followed each other, as `STARTED -> ERROR`.
    #[serde(default)]
    pub transitions: BTreeSet<String>,
    /// The readings of open questions that chose how something was answered, as `id=reading`: what
    /// a mock says of itself.
    #[serde(default)]
    pub readings: BTreeSet<String>,
    /// The kinds of faults that were put on.
    #[serde(default)]
    pub faults: BTreeSet<String>,
}

impl Coverage {
    /// What one trace has reached.
    #[must_use]
    pub fn of(lines: &[Line], plan: Plan, tables: &'static Tables) -> Self {
        let view = View::new(lines, plan, tables);
        let mut all = Self { faults: faults(lines), ..Self::default() };
        let mut last: BTreeMap<Option<i32>, &str> = BTreeMap::new();
        for seen in view.all() {
            let Some(call) = seen.exchange.call else { continue };
            let statuses = all.answers.entry(call.name().to_owned()).or_default();
            *statuses.entry(seen.exchange.status).or_default() += 1;
            if seen.exchange.status != 200 {
                continue;
            }
            match call {
                Call::IdentificationStatus | Call::Initiate => {
                    let Some(status) = text(seen, "videoIdentificationStatus") else { continue };
                    all.statuses.insert(status.to_owned());
                    let before = last.insert(seen.exchange.user, status);
                    if let Some(before) = before.filter(|before| *before != status) {
                        all.transitions.insert(format!("{before} -> {status}"));
                    }
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

    /// The readings that chose how a mock answered, by its own trace.
    #[must_use]
    pub fn readings(mocks: &[Line]) -> BTreeSet<String> {
        let mut readings = BTreeSet::new();
        for line in mocks {
            if let Line::Decision(Decision { what: Decided::Exchange(exchange), .. }) = line {
                readings.extend(exchange.readings.iter().cloned());
            }
        }
        readings
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
        self.transitions.extend(other.transitions);
        self.readings.extend(other.readings);
        self.faults.extend(other.faults);
    }

    /// What the edition documents and nothing has reached.
    #[must_use]
    pub fn unreached(&self, tables: &'static Tables, variants: &Variants) -> Vec<Unreached> {
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
                    let what = format!("{} {status}", row.call);
                    missing.push(Unreached { what, why: excuse(row.call, status, variants) });
                }
            }
        }
        let mut miss = |what: String, why| missing.push(Unreached { what, why });
        if tables.endpoint(Call::IdentificationStatus).is_some() {
            let statuses = IdentificationStatus::ALL.iter().filter(|status| !status.is_vendors());
            for status in statuses.filter(|status| !self.statuses.contains(status.name())) {
                miss(format!("status {}", status.name()), None);
            }
            for row in Lifecycle::ALL.iter().filter(|row| !self.lifecycle.contains(&row.code())) {
                miss(
                    format!("lifecycle {}", row.code()),
                    (row.code() > 200).then(|| STAFF.to_owned()),
                );
            }
        }
        for kind in Kind::ALL.iter().filter(|kind| !self.faults.contains(kind.name())) {
            miss(format!("fault {}", kind.name()), None);
        }
        missing
    }
}

/// Something that is documented and was not reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Unreached {
    /// What: a call and a status, a status of polls, a code of the lifecycle, a kind of fault.
    pub what: String,
    /// Why no run can reach it, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

const STAFF: &str = "the provider's staff decides it";

/// Why a documented answer cannot be had by asking under the readings in force.
fn excuse(call: Call, status: u16, variants: &Variants) -> Option<String> {
    let why = match call {
        _ if status == 403 && variants.reads(Variant::ScopeCheck, "unchecked") => {
            "no scope is checked under the reading in force"
        }
        Call::PlainToken => "no grant of it is in force, or its client is unknown",
        Call::Authorize | Call::EndSession | Call::UserInfo | Call::Revocation => {
            "the eleven steps have no flow of a browser with the identity server"
        }
        Call::KycDocuments => "it is about what becomes of an onboarding later",
        Call::PostalCode => "no page shows an input that is refused",
        _ => return None,
    };
    Some(why.to_owned())
}

/// The kinds of faults that the stories of a trace put on.
fn faults(lines: &[Line]) -> BTreeSet<String> {
    let kinds = exam::acts(lines).into_iter().flat_map(|act| match act.deed {
        Deed::Faults(own) => own.faults,
        _ => Vec::new(),
    });
    kinds.map(|fault| fault.kind.name().to_owned()).collect()
}
