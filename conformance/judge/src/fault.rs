//! Faults as data: which call of somebody goes wrong, how, and how often. A schedule of them is a
//! scenario of the mock, so that what was found can be played again anywhere.

use std::fmt;

use contract::{
    Call,
    scenario::{
        Rule, Scenario, Span, Then,
        fault::{BodyChange, BodyFault, Cut, Delay, Instead, Shape},
        rule::{Match, Until},
    },
};
use serde::{Deserialize, Serialize};

use crate::story::Who;

/// What goes wrong for somebody from here on; nothing does when there are none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Faults {
    /// For whom.
    #[serde(default)]
    pub user: Who,
    /// What.
    pub faults: Vec<Fault>,
}

/// One fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Fault {
    /// Of which call.
    pub call: Call,
    /// How.
    pub kind: Kind,
    /// From which request on, counted from 1.
    #[serde(default = "first")]
    pub from: u32,
    /// How often.
    #[serde(default = "first")]
    pub times: u32,
}

const fn first() -> u32 {
    1
}

/// How a request goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// 500 with a problem document; nothing has happened.
    ServerError,
    /// 500, but the request was processed.
    Processed,
    /// A gateway's page with 502.
    BadGateway,
    /// 503 with Retry-After.
    Unavailable,
    /// 429 with Retry-After.
    Throttled,
    /// The request was processed, and the connection ends without an answer.
    Lost,
    /// The request was processed, and the connection is reset in the middle of the answer.
    Torn,
    /// The answer comes late.
    Late,
    /// The answer is no JSON.
    Broken,
}

impl Kind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::ServerError,
        Self::Processed,
        Self::BadGateway,
        Self::Unavailable,
        Self::Throttled,
        Self::Lost,
        Self::Torn,
        Self::Late,
        Self::Broken,
    ];

    /// Its name in files and sentences.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ServerError => "server-error",
            Self::Processed => "processed",
            Self::BadGateway => "bad-gateway",
            Self::Unavailable => "unavailable",
            Self::Throttled => "throttled",
            Self::Lost => "lost",
            Self::Torn => "torn",
            Self::Late => "late",
            Self::Broken => "broken",
        }
    }

    /// Whether the request is processed, and its sender does not learn what came of it.
    #[must_use]
    pub const fn is_processed(self) -> bool {
        matches!(self, Self::Processed | Self::Lost | Self::Torn | Self::Broken)
    }

    /// What a request meets, in the words of scenarios.
    #[must_use]
    pub fn then(self) -> Then {
        let answer = |status, family, processed| Then {
            answer: Some(Instead {
                status: Some(status),
                family: Some(family),
                retry_after: matches!(status, 429 | 503).then(|| Span::seconds(2)),
                processed,
                ..Instead::default()
            }),
            ..Then::default()
        };
        let cut = |cut| Then { cut: Some(cut), ..Then::default() };
        match self {
            Self::ServerError => answer(500, Shape::ProblemDetails, false),
            Self::Processed => answer(500, Shape::ProblemDetails, true),
            Self::BadGateway => answer(502, Shape::Html, false),
            Self::Unavailable => answer(503, Shape::Html, false),
            Self::Throttled => answer(429, Shape::ProblemDetails, false),
            Self::Lost => cut(Cut::Close),
            Self::Torn => cut(Cut::ResetMidBody),
            Self::Late => {
                Then { delay: Some(Delay::Fixed(Span::seconds(LATE))), ..Then::default() }
            }
            Self::Broken => Then {
                body: Some(BodyFault { kind: BodyChange::Broken, member: None }),
                ..Then::default()
            },
        }
    }
}

/// How late an answer comes, in seconds: later than people wait, and sooner than clients do.
const LATE: u64 = 9;

/// A schedule as a scenario of the mock.
#[must_use]
pub fn scenario(faults: &[Fault]) -> Scenario {
    let rules = faults.iter().enumerate().map(|(at, fault)| Rule {
        id: format!("fault-{}", at + 1),
        when: Match {
            call: vec![fault.call],
            from: (fault.from > 1).then_some(fault.from),
            ..Match::default()
        },
        then: fault.kind.then(),
        until: Until { times: Some(fault.times), ..Until::default() },
    });
    let told: Vec<_> = faults.iter().map(Fault::to_string).collect();
    Scenario {
        title: told.join("; "),
        why: "A schedule of faults, as it was drawn or shrunk.".to_owned(),
        rule: rules.collect(),
        ..Scenario::default()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.call, self.kind.name())?;
        match (self.from, self.times) {
            (1, 1) => Ok(()),
            (1, times) => write!(f, " {times} times"),
            (from, 1) => write!(f, " at request {from}"),
            (from, times) => write!(f, " {times} times from request {from}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::scenario::check;

    use super::*;

    #[test]
    fn every_kind_makes_a_scenario_that_can_take_effect() {
        for kind in Kind::ALL.iter().copied() {
            for (from, times) in [(1, 1), (1, 3), (2, 1), (2, 3)] {
                let fault = Fault { call: Call::IdentificationStatus, kind, from, times };
                let issues = check::check(&scenario(&[fault]));
                let errors: Vec<_> =
                    issues.iter().filter(|issue| issue.level == check::Level::Error).collect();
                assert!(errors.is_empty(), "{fault}: {errors:?}");
                assert!(fault.to_string().contains(kind.name()));
            }
        }
    }

    #[test]
    fn a_fault_is_stored_by_name() {
        let text = r#"{"call":"finalize","kind":"lost","from":2,"times":1}"#;
        let fault: Fault = serde_json::from_str(text).unwrap();
        assert_eq!(fault.to_string(), "finalize lost at request 2");
        assert_eq!(serde_json::to_string(&fault).unwrap(), text);
    }
}
