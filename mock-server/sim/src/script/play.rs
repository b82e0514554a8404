//! What a scenario makes of one request: the faults that are armed, and why each rule about such
//! requests happened or not.

use std::{collections::BTreeMap, fmt, sync::Arc};

use contract::{
    Instant,
    scenario::{
        Rule, Scenario, State,
        fault::{Effect, Shape},
    },
    trace::Leg,
};
use serde_json::Value;

/// A fault that the edge performs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Armed {
    /// The scenario.
    pub scenario: Arc<str>,
    /// Its rule.
    pub rule: Arc<str>,
    /// What is done.
    pub effect: Effect,
    /// Whether the world found that it cannot be done.
    pub void: bool,
}

/// What a scenario made of one request. It is kept with each step, so it is small.
#[derive(Clone, Debug, PartialEq)]
pub struct Play {
    /// The scenario's name; empty where none was taken.
    pub scenario: Arc<str>,
    /// The scenario itself.
    pub(crate) of: Option<Arc<Scenario>>,
    /// Every rule about such requests by its place in the file, in that order.
    pub(crate) looks: Vec<(u16, Look)>,
    /// The faults that were armed.
    pub armed: Vec<Armed>,
    /// Why scenarios that were asked for were not taken.
    pub refused: Vec<String>,
}

impl Play {
    /// Each rule about such requests by its name, and what became of it.
    pub fn looks(&self) -> impl Iterator<Item = (&str, Look, String)> {
        self.looks.iter().filter_map(|(index, look)| {
            let scenario = self.of.as_deref()?;
            let rule = scenario.rule.get(usize::from(*index))?;
            Some((rule.id.as_str(), *look, look.told(scenario, rule)))
        })
    }
}

/// What became of one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It happened, so often by now.
    Fired(u32),
    /// It did not.
    Skipped(Skip),
}

/// Why a rule did not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// The user is not in the phase.
    Phase(Leg),
    /// The user has come elsewhere.
    State(Option<State>),
    /// The address does not fit the pattern.
    User,
    /// The header is missing or has another value.
    Header,
    /// It waits for another of the requests that fit; this is so manieth.
    Count(u32),
    /// It was not drawn.
    Chance,
    /// It has happened as often as it may.
    Times(u32),
    /// Its time is over.
    Over,
    /// It has happened so often in a row, and this request is spared.
    InARow(u32),
    /// Somebody healed it.
    Healed,
    /// The request carries another value.
    Member,
    /// The world has answered something else.
    Answer,
    /// An earlier rule, by its place in the file, has decided the answer.
    Taken(u16),
}

impl Look {
    fn told(self, scenario: &Scenario, rule: &Rule) -> String {
        match self {
            Self::Fired(times) => format!("happened, {}", counted(times, "time")),
            Self::Skipped(skip) => format!("skipped: {}", skip.told(scenario, rule)),
        }
    }
}

impl Skip {
    fn told(self, scenario: &Scenario, rule: &Rule) -> String {
        match self {
            Self::Phase(Leg::Identification) => "it is for the first phase".to_owned(),
            Self::Phase(Leg::Signing) => "it is for the second phase".to_owned(),
            Self::State(Some(state)) => format!("the user is {}", state.name()),
            Self::State(None) => "there is no such user".to_owned(),
            Self::User => "the user's address does not fit".to_owned(),
            Self::Header => "the request lacks the header".to_owned(),
            Self::Count(seen) => {
                let when = &rule.when;
                let wants = match (when.nth, when.from, when.every) {
                    (Some(nth), ..) => format!("number {nth}"),
                    (_, Some(from), _) => format!("number {from} and those after it"),
                    (_, _, every) => format!("every number {}", every.unwrap_or(1)),
                };
                format!("request {seen} of those that fit, it waits for {wants}")
            }
            Self::Chance => "chance spared it".to_owned(),
            Self::Times(times) => format!("it has happened {}", counted(times, "time")),
            Self::Over => {
                let span = rule.until.span.unwrap_or_default();
                format!("its {span} are over")
            }
            Self::InARow(times) => format!("it has happened {} in a row", counted(times, "time")),
            Self::Healed => "it was healed".to_owned(),
            Self::Member => "the request carries another value".to_owned(),
            Self::Answer => "the request was answered otherwise".to_owned(),
            Self::Taken(index) => {
                let other = scenario.rule.get(usize::from(index));
                let other = other.map_or("another rule", |rule| rule.id.as_str());
                format!("{other} has decided the answer")
            }
        }
    }
}

fn counted(count: u32, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// An answer that a scenario puts in the place of the world's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scripted {
    /// The status.
    pub status: u16,
    /// The shape of the body.
    pub shape: Shape,
    /// The text in it.
    pub text: String,
    /// The body itself, where the scenario says it.
    pub json: Option<Value>,
    /// Headers beside that.
    pub headers: BTreeMap<String, String>,
    /// When to come again.
    pub retry_after: Option<RetryAfter>,
}

/// The value of `Retry-After` (RFC 9110, 10.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// In so many seconds.
    Seconds(u64),
    /// At this moment, in whole seconds.
    Date(Instant),
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => seconds.fmt(f),
            Self::Date(at) => f.write_str(&at.http_date()),
        }
    }
}
