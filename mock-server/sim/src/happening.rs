//! What happens besides an answer, as values: the trace tells it, and nothing else decides by it.
//! Timers, people and requests make the same happenings.

use std::sync::Arc;

use contract::{
    lifecycle::Lifecycle,
    message::MessageKind,
    trace::{Actor, Landing, Leg, client::Note},
};

use crate::outcome::Screen;

/// Something that happened besides the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A person did something on a page.
    Page {
        /// `session#1`, or `unknown`.
        session: Option<u32>,
        /// Which journey.
        leg: Leg,
        /// Where.
        screen: Screen,
        /// What.
        act: &'static str,
        /// What came of it.
        outcome: String,
        /// By whom.
        by: Actor,
    },
    /// Identification or signing moved.
    Moved {
        /// The user.
        user: i32,
        /// The session's number.
        session: u32,
        /// Before; `None` when just opened.
        from: Option<&'static str>,
        /// After.
        to: &'static str,
        /// By whom: `request`, `person`, `time`.
        by: &'static str,
    },
    /// A lifecycle code changed.
    Lifecycle {
        /// The user.
        user: i32,
        /// Before.
        from: Option<Lifecycle>,
        /// After.
        to: Lifecycle,
    },
    /// A message was sent.
    Sent {
        /// The user.
        user: i32,
        /// Why.
        kind: MessageKind,
        /// The ordinal of the code in it.
        ordinal: u32,
        /// What a scenario does to it; none when it arrives at once.
        fate: Option<String>,
    },
    /// A message arrived later than it was sent, or once more.
    Arrived {
        /// The user.
        user: i32,
        /// Why it was sent.
        kind: MessageKind,
        /// The ordinal of the code in it.
        ordinal: u32,
    },
    /// A browser was sent to the merchant.
    Redirected {
        /// The user.
        user: i32,
        /// Which journey ended.
        leg: Leg,
        /// Where to.
        to: Landing,
    },
    /// A scenario was chosen for a user.
    Chosen {
        /// The user.
        user: i32,
        /// Its name.
        scenario: Arc<str>,
        /// Why this one.
        why: String,
    },
    /// The control listener changed something.
    Control {
        /// The verb.
        verb: &'static str,
        /// About whom.
        user: Option<i32>,
    },
    /// Whoever starts a client told something of it.
    Noted(Note),
}
