//! What a scenario makes of one request: the faults that are armed, and why each rule about such
//! requests happened or not.

use std::{fmt, sync::Arc};

use contract::{
    Instant,
    scenario::{
        Span, State,
        fault::{Effect, Shape},
    },
    trace::Leg,
};

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

/// What a scenario made of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Play {
    /// The scenario.
    pub scenario: Arc<str>,
    /// Every rule about such requests, in the order of the file.
    pub looks: Vec<(Arc<str>, Look)>,
    /// The faults that were armed.
    pub armed: Vec<Armed>,
    /// Why scenarios that were asked for were not taken.
    pub refused: Vec<String>,
}

/// What became of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// It happened, so often by now.
    Fired(u32),
    /// It did not.
    Skipped(Skip),
}

/// Why a rule did not happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Skip {
    /// The user is not in the phase.
    Phase(Leg),
    /// The user has come elsewhere.
    State(Option<State>),
    /// The address does not fit the pattern.
    User,
    /// The header is missing or has another value.
    Header,
    /// It waits for another of the requests that fit.
    Count {
        /// Which this one is.
        seen: u32,
        /// Which it waits for.
        wants: String,
    },
    /// It was not drawn.
    Chance,
    /// It has happened as often as it may.
    Times(u32),
    /// Its time is over.
    Over(Span),
    /// It has happened so often in a row, and this request is spared.
    InARow(u32),
    /// Somebody healed it.
    Healed,
    /// An earlier rule has decided the answer.
    Taken(Arc<str>),
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fired(times) => write!(f, "happened, {}", counted(*times, "time")),
            Self::Skipped(skip) => write!(f, "skipped: {skip}"),
        }
    }
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phase(Leg::Identification) => f.write_str("it is for the first phase"),
            Self::Phase(Leg::Signing) => f.write_str("it is for the second phase"),
            Self::State(Some(state)) => write!(f, "the user is {}", state.name()),
            Self::State(None) => f.write_str("there is no such user"),
            Self::User => f.write_str("the user's address does not fit"),
            Self::Header => f.write_str("the request lacks the header"),
            Self::Count { seen, wants } => {
                write!(f, "request {seen} of those that fit, it waits for {wants}")
            }
            Self::Chance => f.write_str("chance spared it"),
            Self::Times(times) => write!(f, "it has happened {}", counted(*times, "time")),
            Self::Over(span) => write!(f, "its {span} are over"),
            Self::InARow(times) => {
                write!(f, "it has happened {} in a row", counted(*times, "time"))
            }
            Self::Healed => f.write_str("it was healed"),
            Self::Taken(rule) => write!(f, "{rule} has decided the answer"),
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
