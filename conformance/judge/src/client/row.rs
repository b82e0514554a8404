//! A row: one requirement that a client is judged by, and what its judge finds.
//! A judge sees one case at a time and only counts what it could decide.

use serde::{Deserialize, Serialize};

use super::{
    case::Feature,
    view::{Seen, View},
};

/// One requirement.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its id in the catalogue.
    pub id: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// What a client must do, in one sentence.
    pub text: &'static str,
    /// Where that comes from.
    pub source: &'static str,
    /// In which cases it is looked for.
    pub cases: Cases,
    /// What a client must be able to do so that it can be looked for.
    pub needs: &'static [Feature],
    /// How it is looked for.
    pub watch: Watch,
    /// The rows that a client that breaks this one breaks as well, by its nature.
    pub companions: &'static [&'static str],
}

/// How much a row weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The vendor or an RFC says so.
    Must,
    /// The scheme says so; its owner has to sign that.
    MustByScheme,
    /// It is good practice.
    Should,
    /// It may be.
    May,
    /// A person has to look.
    Review,
}

impl Level {
    /// Its name, as the catalogue writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::MustByScheme => "MUST†",
            Self::Should => "SHOULD",
            Self::May => "MAY",
            Self::Review => "REVIEW",
        }
    }
}

/// In which cases a row is looked for.
#[derive(Clone, Copy, Debug)]
pub enum Cases {
    /// In every one; to be seen in one is enough.
    Every,
    /// In those where nothing goes wrong.
    Healthy,
    /// In these, and it must be seen in each.
    Named(&'static [&'static str]),
}

/// How a row is looked for.
#[derive(Clone, Copy)]
pub enum Watch {
    /// In the trace.
    Trace(fn(&View<'_>, &mut Notes)),
    /// Nobody can see it from here, for this reason; the client's maker vouches for it.
    Attested(&'static str),
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Trace(_) => f.write_str("Trace"),
            Self::Attested(reason) => f.debug_tuple("Attested").field(reason).finish(),
        }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// What the client did, in one plain sentence.
    pub sentence: String,
    /// What was wanted.
    pub wanted: String,
    /// What came instead.
    pub got: String,
    /// The step of the trace.
    pub step: u64,
    /// How much it weighs.
    pub weight: Weight,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Worth knowing.
    Info,
    /// Not good.
    Warn,
    /// The row is broken.
    Broken,
}

/// What a judge found in one case.
#[derive(Debug, Default)]
pub struct Notes {
    /// How often the row could be looked for, and the outcome was clear.
    pub decided: usize,
    /// What was not as it should be.
    pub found: Vec<Found>,
    /// Why nothing could be seen.
    pub unseen: Option<String>,
    /// Why people may read it in different ways.
    pub contested: Option<String>,
}

/// What is wanted and what came.
#[derive(Debug)]
pub struct Told {
    /// What the client did, in one plain sentence.
    pub sentence: String,
    /// What was wanted.
    pub wanted: String,
    /// What came instead.
    pub got: String,
}

/// Puts a finding in words.
pub fn told(
    sentence: impl Into<String>,
    wanted: impl Into<String>,
    got: impl Into<String>,
) -> Told {
    Told { sentence: sentence.into(), wanted: wanted.into(), got: got.into() }
}

impl Notes {
    /// The row was looked for once more: kept, or broken as told.
    pub fn check(&mut self, kept: bool, step: u64, tell: impl FnOnce() -> Told) {
        self.decided += 1;
        if !kept {
            self.find(Weight::Broken, step, tell());
        }
    }

    /// The flow has to be finished in this case. A client that finishes none at all has not shown
    /// anything by that.
    pub fn completes(&mut self, view: &View<'_>, step: u64, sentence: &str, wanted: &str) {
        if view.is_complete() {
            self.decided += 1;
        } else if view.enclosed {
            self.find(Weight::Broken, step, told(sentence, wanted, "the flow was not finished"));
        } else {
            self.unseen("The client does not finish a flow even when nothing goes wrong.");
        }
    }

    /// Something was found.
    pub fn find(&mut self, weight: Weight, step: u64, told: Told) {
        let Told { sentence, wanted, got } = told;
        self.decided += 1;
        self.found.push(Found { sentence, wanted, got, step, weight });
    }

    /// The row was looked for and kept.
    pub const fn kept(&mut self) {
        self.decided += 1;
    }

    /// The row could not be looked for.
    pub fn unseen(&mut self, why: impl Into<String>) {
        self.unseen.get_or_insert_with(|| why.into());
    }

    /// People may read what was seen in different ways.
    pub fn contested(&mut self, why: impl Into<String>) {
        self.contested.get_or_insert_with(|| why.into());
    }

    /// The first request that this rule hit and whose answer left, if the client was alive after
    /// it. Otherwise says why nothing can be seen.
    pub fn armed<'v, 'a>(
        &mut self,
        view: &'v View<'a>,
        rule: &'static str,
    ) -> Option<&'v Seen<'a>> {
        let Some(hit) = view.hit(rule).next() else {
            self.unseen("The client never made the request that the fault waits for.");
            return None;
        };
        let waits = |effect: &str| effect.starts_with("delay") || effect.starts_with("slow");
        // A client that does not wait for a slow answer has met the fault all the same.
        let lost = view
            .faults
            .iter()
            .any(|fault| fault.rule == rule && !fault.delivered && !waits(fault.effect));
        let came = view.faults.iter().any(|fault| fault.rule == rule && fault.delivered);
        let slow = view.faults.iter().any(|fault| fault.rule == rule && waits(fault.effect));
        if lost && !came || hit.left.is_none() && !came && !slow {
            self.unseen("The fault was put on, but it did not reach the client.");
            return None;
        }
        if !view.alive_after(hit.line) {
            self.unseen("The client fell over, or was stopped, right after the fault.");
            return None;
        }
        Some(hit)
    }
}

/// Seconds with one digit, for sentences.
#[must_use]
pub fn seconds(millis: i64) -> String {
    format!("{}.{} s", millis / 1000, (millis % 1000).abs() / 100)
}

/// The milliseconds from one request to another.
#[must_use]
pub fn apart(first: &Seen<'_>, second: &Seen<'_>) -> i64 {
    second.at.millis() - first.at.millis()
}
