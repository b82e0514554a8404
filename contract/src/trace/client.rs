//! What a trace keeps when a client is judged by it: what the mock noticed about a request beyond
//! its body, and what whoever starts the client tells of it. Neither holds a value.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Landing, Leg};
use crate::message::MessageKind;

/// Something about a request that its body and status do not tell.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Noticed {
    /// The body, by its number: equal bytes have equal numbers in one trace.
    Body(u32),
    /// So many bytes of body where the call has none.
    BodyUnwanted(u64),
    /// The body is no UTF-8.
    NotUtf8,
    /// A member stands twice in one object.
    DuplicateMember(String),
    /// More than one Authorization header.
    BearerTwice,
    /// A bearer credential in the query.
    BearerInAddress,
    /// A bearer credential in the body of an API call.
    BearerInBody,
    /// An Authorization header, or a token, on a page for people.
    BearerOnPage,
    /// Parameters that the address of the page did not have.
    AddressAltered,
    /// A value that only one field needs stands in the address: what kind it is.
    SecretInAddress(Secret),
    /// A value that only one field needs stands in this header.
    SecretInHeader(String, Secret),
    /// The trace context of the request, by its number.
    TraceContext(u32),
    /// This member holds a value from the provider's own examples.
    Example(String),
    /// This member looks as if it belonged to a living person: neither a reserved domain nor a
    /// number set aside for tests.
    RealPerson(String),
}

/// What kind of value was where it does not belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Secret {
    /// A token.
    Token,
    /// A code from a mail or an SMS.
    Code,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
}

/// What whoever starts the client tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Note {
    /// The client was started, for this time.
    Started(u32),
    /// The client ended.
    Ended(Ending),
    /// The client was stopped in the middle of its work, to be started again.
    Interrupted,
    /// A person was given an address to open.
    Opened {
        /// Whether its scheme is https.
        secure: bool,
        /// Which of the addresses that the mock handed out it is, from 1; none when it is none.
        address: Option<u32>,
    },
    /// The browser came back to the client.
    Landed {
        /// After which journey.
        leg: Leg,
        /// At which address.
        landing: Landing,
    },
    /// A person typed a code into the client.
    Typed {
        /// Which.
        kind: MessageKind,
        /// Whether it was the right one.
        right: bool,
        /// Whether it begins with a zero.
        leading_zero: bool,
    },
    /// A person pressed a button of the client.
    Pressed(Button),
    /// A browser visited one of the client's addresses though the provider had not sent it there.
    Visited {
        /// Which.
        landing: Landing,
        /// After which journey, or before its end.
        leg: Leg,
        /// Why.
        why: Visit,
    },
    /// Somebody knocked at a listener that no client should speak to.
    Strayed {
        /// Which.
        listener: Decoy,
        /// Whether a bearer credential came along.
        bearer: bool,
        /// Whether a body came along.
        body: bool,
    },
    /// Evidence that was handed in: a log of the client's own, read and found so.
    Log {
        /// Secrets that stand in it, by kind.
        leaked: Vec<Secret>,
        /// How many of the trace ids of failures stand in it, and how many there were.
        trace_ids: (u32, u32),
    },
}

/// How a client ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// It says that the onboarding is complete.
    Done,
    /// It says that the onboarding failed.
    GaveUp,
    /// It fell over: an exit status that nobody agreed on, or a signal.
    Crashed,
    /// It did not end in time and was stopped.
    Stopped,
}

/// A button that a person can press in a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Button {
    /// "Send me the code once more."
    Resend,
    /// "Begin."
    Start,
}

/// Why a browser came that nobody sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Visit {
    /// Before anything was done on the page.
    Forged,
    /// After everything was over.
    Again,
    /// A second time within a moment.
    Twice,
    /// Only to look whether the page is there.
    Prefetch,
    /// From the browser of somebody else.
    Foreign,
}

/// A listener that no client should speak to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decoy {
    /// One without TLS.
    Plain,
    /// Another host, to which an answer redirects.
    Elsewhere,
}
