//! The trace: one event log, JSON Lines, format version 1. Documented for readers in
//! `docs/trace.md`; this file is the definition.
//!
//! *Decision* lines are numbered by step and hold no address, no real time and no secret: for one
//! seed, one order of commands and a stepped clock they are the same bytes in every run.
//! *Transport* lines tell what happened on the sockets and differ from run to run.

pub mod client;
mod runner;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::client::{Note, Noticed};
pub use self::runner::{Hello, Scene};
use crate::{Call, Edition, Host, Instant, Variants, lifecycle::Lifecycle, message::MessageKind};

/// The version that this crate writes and reads.
pub const VERSION: u32 = 1;

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "class", rename_all = "lowercase")]
pub enum Line {
    /// The first line: who wrote the trace and under which settings.
    Trace(Header),
    /// What was decided.
    Decision(Decision),
    /// What the sockets saw.
    Transport(Transport),
}

/// The first line of a trace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`VERSION`].
    pub version: u32,
    /// Which side wrote it.
    pub observer: Observer,
    /// The edition that was served or expected.
    pub edition: Edition,
    /// The seed of the world; `None` where the observer cannot know it.
    pub seed: Option<u64>,
    /// How the clock ran: `real`, `stepped`, `x10` and so on.
    pub clock: String,
    /// The readings in force.
    pub variants: Variants,
}

/// Which side wrote a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observer {
    /// The mock: it knows what it decided and why.
    Mock,
    /// The runner: it knows what it sent and what came back.
    Runner,
}

/// One decision. A step may make several; they share its number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The number of the command, from 1, without gaps while nothing was evicted.
    pub step: u64,
    /// The moment, by the workspace's clock.
    pub at: Instant,
    /// What was decided.
    pub what: Decided,
}

/// What can be decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decided {
    /// A request was answered. A step that answers a request has exactly one.
    Exchange(Box<Exchange>),
    /// A person did something on a hosted page, or somebody did it for them.
    Page(Page),
    /// Identification or signing moved.
    Moved(Moved),
    /// A user's lifecycle code changed.
    Lifecycle(LifecycleChange),
    /// A message was sent to the person.
    Sent(Sent),
    /// A message arrived late or once more.
    Arrived(Arrived),
    /// A browser was sent to the merchant.
    Redirected(Redirected),
    /// Somebody used the control listener to change the workspace.
    Control(Control),
    /// A scenario was chosen for a user.
    Chosen(Chosen),
    /// A fault was armed: the rule decided it, and a transport line tells whether it arrived.
    Armed(Armed),
    /// The runner began a scene of one of its stories; what follows belongs to it.
    Scene(Scene),
    /// The runner sent an old hello, and looked at what came back.
    Hello(Hello),
    /// Whoever starts a client that is judged told something of it.
    Client(Note),
}

/// A scenario was chosen for a user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// The user.
    pub user: i32,
    /// The scenario's name.
    pub scenario: String,
    /// Why this one.
    pub why: String,
}

/// A fault was armed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Armed {
    /// Scenario and rule, joined by a slash.
    pub fault: String,
    /// What is done, e.g. `delay 3s`.
    pub effect: String,
}

/// A request and its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The call, or `None` when the path is nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// The host that was addressed.
    pub host: Host,
    /// The HTTP method.
    pub method: String,
    /// The path with real ids; strange segments are labels.
    pub path: String,
    /// The user it is about, if it names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<i32>,
    /// The bearer token's label; absent when none was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bearer: Option<String>,
    /// The client certificate's role, or `unknown`; absent when none was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// The media type of the request body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// The request body, with labels for secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Value>,
    /// What else was noticed about the request. Only a mock that judges clients looks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub noticed: Vec<Noticed>,
    /// The HTTP status of the answer; 0 when none arrived.
    pub status: u16,
    /// The media type of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_type: Option<String>,
    /// The answer's body, with labels for secrets; a text for a body that is not JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Value>,
    /// Answer headers that a requirement speaks of, lower-case names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The row that decided: `success` or the name of a problem. Only the mock knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// The readings that chose that row among its like, e.g. `unknown-user=not-found`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<String>,
    /// Where that row comes from: the page that shows it, or the reason why it is assumed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What the client does best after a refusal that is about the moment of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// The scenario that the request went through, where one of its rules is about such requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// Those rules, and why each happened or not; and scenarios that could not take effect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// Why no answer arrived, in one sentence. Only the runner writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// Something a person did on a hosted page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The session, `session#1` and so on; `unknown` for an address that leads nowhere.
    pub session: String,
    /// The leg.
    pub leg: Leg,
    /// The screen on which it happened; `none` where no screen is left.
    pub screen: String,
    /// What the person did: `look`, `continue`, `enter` (a code), `cancel`, `fail`, `expire`.
    pub act: String,
    /// What came of it: the next screen, `refused: ...` or `redirected`.
    pub outcome: String,
    /// Whether a browser did it or the control listener in its place.
    pub by: Actor,
    /// What else was noticed about the request. Only a mock that judges clients looks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub noticed: Vec<Noticed>,
}

/// Who acted for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// A browser on the hosted page.
    Browser,
    /// A call of the control listener.
    Control,
    /// The person of a scenario.
    Script,
}

/// One of the two journeys in the browser.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Leg {
    /// Identification and the signing of the provider's own documents.
    Identification,
    /// The signing of the 10nPayments documents.
    Signing,
}

/// Identification or signing moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// The user.
    pub user: i32,
    /// The session.
    pub session: String,
    /// The stage before; absent when the session was just opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The stage after.
    pub to: String,
    /// What moved it: `request`, `person`, `time`.
    pub by: String,
}

/// A lifecycle code changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifecycleChange {
    /// The user.
    pub user: i32,
    /// Before; absent at birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Lifecycle>,
    /// After.
    pub to: Lifecycle,
}

/// A message was sent to the person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    /// The user.
    pub user: i32,
    /// Why it was sent.
    pub kind: MessageKind,
    /// The label of the code in it, e.g. `sms-code#2`.
    pub code: String,
    /// What a scenario does to it: `lost`, `late 30s`; absent when it arrives at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fate: Option<String>,
}

/// A message arrived later than it was sent, or once more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrived {
    /// The user.
    pub user: i32,
    /// Why it was sent.
    pub kind: MessageKind,
    /// The label of the code in it.
    pub code: String,
}

/// A browser was sent to the merchant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirected {
    /// The user.
    pub user: i32,
    /// Which journey ended.
    pub leg: Leg,
    /// Which of the merchant's two addresses.
    pub to: Landing,
    /// What the address carried beyond that: names, and what kind of value each has. Only the
    /// runner writes it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<(String, String)>,
}

/// The merchant's two addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Landing {
    /// The Success URL.
    Success,
    /// The Fail URL.
    Fail,
}

/// A change through the control listener.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// The verb, e.g. `set-redirects`.
    pub verb: String,
    /// The user it is about, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<i32>,
}

/// What the sockets saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transport {
    /// Microseconds since the observer started, monotonic.
    pub us: u64,
    /// What happened.
    pub what: Transported,
}

/// What can happen on a socket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transported {
    /// A TLS handshake succeeded.
    Handshake {
        /// The connection's number within the observer.
        connection: u64,
        /// The host.
        host: Host,
        /// `TLSv1_3` and so on.
        version: String,
        /// The role of the client certificate; absent when none was shown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        certificate: Option<String>,
        /// What we think of it: `valid`, `expired` and so on; absent when none was shown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        verdict: Option<String>,
    },
    /// A TLS handshake failed.
    HandshakeFailed {
        /// The connection's number.
        connection: u64,
        /// The host.
        host: Host,
        /// The reason, in the words of the TLS library.
        reason: String,
    },
    /// An answer was taken by the HTTP library on its way to the socket, whole unless `cut`.
    Delivered {
        /// The connection's number; 0 where it is not known.
        connection: u64,
        /// The step whose answer it is.
        step: u64,
        /// The HTTP status.
        status: u16,
        /// The bytes of the body that were taken.
        bytes: u64,
        /// Whether that is less than all of it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        cut: bool,
    },
    /// A fault that was armed for an answer or a connection.
    Fault {
        /// The connection's number; 0 where it is not known.
        connection: u64,
        /// The step that armed it, or whose answer it is.
        step: u64,
        /// Scenario and rule, joined by a slash.
        fault: String,
        /// What was done, e.g. `cut reset-mid-body`.
        effect: String,
        /// Whether it was done; false where it could not be, or the client was gone before.
        delivered: bool,
    },
    /// The mock followed a redirect for the person of a scenario, who has no browser.
    Visited {
        /// The user.
        user: i32,
        /// After which journey.
        leg: Leg,
        /// What the merchant answered; absent when nothing came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// Why nothing came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
    },
    /// The client went away before its request was whole; nothing was decided or answered.
    Aborted {
        /// The connection's number.
        connection: u64,
        /// The host.
        host: Host,
    },
    /// A connection ended.
    Closed {
        /// The connection's number.
        connection: u64,
        /// The host.
        host: Host,
    },
    /// Older lines were dropped because the trace reached its limit.
    Evicted {
        /// How many lines, since the start.
        lines: u64,
    },
}

/// Why a trace could not be read.
#[derive(Debug, PartialEq, Eq)]
pub struct ReadError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub reason: String,
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for ReadError {}

impl Line {
    /// The line as it is written, without its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Reads a whole trace.
///
/// # Errors
/// The first line that is not of this version's format, with its number.
pub fn read(text: &str) -> Result<Vec<Line>, ReadError> {
    let mut lines = Vec::new();
    for (index, text) in text.lines().enumerate() {
        let error = |reason: String| ReadError { line: index + 1, reason };
        let line: Line = serde_json::from_str(text).map_err(|cause| error(cause.to_string()))?;
        match (&line, index) {
            (Line::Trace(header), 0) if header.version == VERSION => {}
            (Line::Trace(header), 0) => {
                let version = header.version;
                return Err(error(format!("format {version}; this build reads {VERSION}")));
            }
            (Line::Trace(_), _) => return Err(error("a second header".to_owned())),
            (_, 0) => return Err(error("the header (class \"trace\") is missing".to_owned())),
            _ => {}
        }
        lines.push(line);
    }
    if lines.is_empty() {
        return Err(ReadError { line: 1, reason: "the trace is empty".to_owned() });
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Line {
        Line::Trace(Header {
            version: VERSION,
            observer: Observer::Mock,
            edition: Edition::DEFAULT,
            seed: Some(7),
            clock: "stepped".to_owned(),
            variants: Variants::default(),
        })
    }

    fn lifecycle(step: u64) -> Line {
        let change = LifecycleChange { user: 1, from: None, to: Lifecycle::Registered };
        Line::Decision(Decision {
            step,
            at: Instant::STEPPED_START,
            what: Decided::Lifecycle(change),
        })
    }

    #[test]
    fn reads_what_it_writes() {
        let lines = vec![
            header(),
            lifecycle(1),
            Line::Transport(Transport { us: 9, what: Transported::Evicted { lines: 3 } }),
        ];
        let text: String = lines.iter().map(|line| line.to_json() + "\n").collect();
        assert_eq!(read(&text).unwrap(), lines);
    }

    #[test]
    fn refuses_what_it_cannot_trust() {
        let newer = header().to_json().replace("\"version\":1", "\"version\":2");
        assert_eq!(read(&newer).unwrap_err().to_string(), "line 1: format 2; this build reads 1");
        assert!(read(&lifecycle(1).to_json()).unwrap_err().reason.contains("header"));
        assert!(read("").unwrap_err().reason.contains("empty"));
        let cut = format!("{}\n{{\"class\":\"deci", header().to_json());
        assert_eq!(read(&cut).unwrap_err().line, 2);
        let unknown = lifecycle(1).to_json().replace("\"step\"", "\"extra\":1,\"step\"");
        assert!(
            read(&format!("{}\n{unknown}", header().to_json()))
                .unwrap_err()
                .reason
                .contains("extra")
        );
    }
}
