//! What can go otherwise than usual: another answer, a changed body, a delay, a cut connection, a
//! message on odd ways, a connection that never gets as far as a request.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de::value::MapAccessDeserializer};
use serde_json::{Map, Value};

pub use super::connection::{
    AlertWord, CertificateFlaw, ConnectionFault, Listener, Meets, TlsVersion,
};

use super::Span;

/// What happens to a request. At least one member; some exclude each other (see `check`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Then {
    /// Another answer than the world's. The request is not processed unless it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Instead>,
    /// The world's own answer with a damaged or strange body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyFault>,
    /// The world's own answer with parts of it replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Patch>,
    /// A poll shows the status before the present one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stale: bool,
    /// The answer waits. Under a stepped clock the clock moves instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<Delay>,
    /// The body is sent at so many bytes a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow: Option<u32>,
    /// The connection ends early. The request has been processed all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
    /// What becomes of messages that the request sends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageFault>,
    /// What the next connections meet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionFault>,
}

/// Another answer than the world's: either a refusal of the edition by its name, or a status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Instead {
    /// A refusal by its name, as the edition words it, e.g. `throttled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Any HTTP status from 200 to 599.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The shape of the body; empty when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<Shape>,
    /// The text in it, where the shape has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The body itself, as JSON; instead of a shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// Headers beside that, by name ([`PATCHABLE`]).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The value of `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<Span>,
    /// Whether `Retry-After` is a date (RFC 9110, 10.2.3) and not a number of seconds.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retry_after_date: bool,
    /// Whether the request is processed all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub processed: bool,
}

/// Parts of the world's own answer that are replaced. What is not named stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Patch {
    /// Another HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Headers with another value, by name ([`PATCHABLE`]); an empty value takes one away.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Members of the JSON object with another value, by name.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub set: Map<String, Value>,
    /// Members of the JSON object that are taken away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
}

/// The headers that can be replaced: those that a requirement speaks of. The framing of HTTP is not
/// among them; `cut` and `body` break that.
pub const PATCHABLE: &[&str] = &[
    "allow",
    "cache-control",
    "content-type",
    "location",
    "pragma",
    "retry-after",
    "set-cookie",
    "www-authenticate",
];

impl Patch {
    /// Whether it replaces nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The shapes of bodies that a scripted answer can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// No body.
    Empty,
    /// ASP.NET's plain problem details.
    ProblemDetails,
    /// Problem details with `errors` by field.
    Validation,
    /// Problem details with `errors` under the key `Error`.
    BusinessRule,
    /// `errorCode` and `errorMessage`.
    ErrorCode,
    /// Problem details whose members are all null.
    AllNull,
    /// An array with one object per error.
    ErrorArray,
    /// OAuth's `error`.
    Oauth,
    /// A page of the gateway.
    Html,
}

/// How long an answer waits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Delay {
    /// Always so long.
    Fixed(Span),
    /// Drawn.
    Drawn(Spread),
}

/// From where a delay is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Spread {
    /// Anything between the two alike.
    #[serde(rename_all = "kebab-case")]
    Uniform {
        /// The shortest.
        from: Span,
        /// The longest.
        to: Span,
    },
    /// Mostly near the median, sometimes far above it.
    #[serde(rename_all = "kebab-case")]
    LogNormal {
        /// Half of all delays are shorter.
        median: Span,
        /// The spread of the logarithm, above 0, at most 3.
        sigma: f64,
        /// None is longer.
        at_most: Span,
    },
}

/// A damaged or strange body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct BodyFault {
    /// What is done to it.
    pub kind: BodyChange,
    /// To which member; the first one when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
}

impl JsonSchema for BodyFault {
    fn schema_name() -> Cow<'static, str> {
        "BodyFault".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let word = generator.subschema_for::<BodyChange>();
        let table = generator.subschema_for::<BodyTable>();
        json_schema!({ "anyOf": [word, table] })
    }
}

/// What can be done to a body.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum BodyChange {
    /// It is labelled `text/plain`.
    WrongMediaType,
    /// It is no JSON any more: a bracket is missing.
    Broken,
    /// It ends in the middle, with a `Content-Length` to match.
    Truncated,
    /// It is not there.
    Empty,
    /// It has a megabyte of an unknown member.
    Huge,
    /// A member stands twice, with another value the second time.
    DuplicateKey,
    /// A member has another JSON type.
    WrongType,
    /// There is a member that no page names.
    UnknownMember,
    /// A member is missing.
    MissingMember,
    /// The status is a word that no page names.
    UnknownStatus,
    /// The address is null.
    NullUrl,
    /// It is a page of the gateway, with the status as it was.
    Html,
}

impl BodyChange {
    /// Every change.
    pub const ALL: &[Self] = &[
        Self::WrongMediaType,
        Self::Broken,
        Self::Truncated,
        Self::Empty,
        Self::Huge,
        Self::DuplicateKey,
        Self::WrongType,
        Self::UnknownMember,
        Self::MissingMember,
        Self::UnknownStatus,
        Self::NullUrl,
        Self::Html,
    ];

    /// Whether it is done to one member.
    #[must_use]
    pub const fn takes_member(self) -> bool {
        matches!(self, Self::DuplicateKey | Self::WrongType | Self::MissingMember)
    }
}

/// Where a connection ends early.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// TCP reset before the first byte of the answer.
    ResetBeforeHeaders,
    /// TCP reset after the head.
    ResetAfterHeaders,
    /// TCP reset in the middle of the body.
    ResetMidBody,
    /// An orderly close without an answer.
    Close,
    /// An orderly close in the middle of the body.
    CloseMidBody,
    /// The answer is whole, and then the connection closes without having said so.
    CloseIdle,
}

impl Cut {
    /// Every cut.
    pub const ALL: &[Self] = &[
        Self::ResetBeforeHeaders,
        Self::ResetAfterHeaders,
        Self::ResetMidBody,
        Self::Close,
        Self::CloseMidBody,
        Self::CloseIdle,
    ];
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum MessageFault {
    /// It never arrives.
    #[serde(rename = "lose")]
    Lose,
    /// It arrives so much later.
    #[serde(rename = "late")]
    Late(Span),
    /// It arrives once more, so much later.
    #[serde(rename = "double")]
    Double(Span),
}

/// What a rule does to one request, with everything drawn that was open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Another answer stands in for the world's.
    Answer,
    /// The body is changed.
    Body(BodyFault),
    /// Parts of the answer are replaced.
    Patch(Patch),
    /// An older status was shown.
    Stale,
    /// The answer waits.
    Delay(Span),
    /// The body is slow.
    Slow(u32),
    /// The connection ends early.
    Cut(Cut),
    /// A message goes an odd way.
    Message(MessageFault),
    /// The next connections meet something.
    Connection(ConnectionFault),
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer => f.write_str("answer"),
            Self::Body(fault) => match &fault.member {
                Some(member) => write!(f, "body {} {member}", word(&fault.kind)),
                None => write!(f, "body {}", word(&fault.kind)),
            },
            Self::Patch(patch) => {
                let status = patch.status.map(|status| status.to_string());
                let headers = patch.headers.keys().cloned();
                let members = patch.set.keys().chain(&patch.remove).cloned();
                let parts: Vec<_> = status.into_iter().chain(headers).chain(members).collect();
                write!(f, "patch {}", parts.join(" "))
            }
            Self::Stale => f.write_str("stale"),
            Self::Delay(span) => write!(f, "delay {span}"),
            Self::Slow(bytes) => write!(f, "slow {bytes} bytes a second"),
            Self::Cut(cut) => write!(f, "cut {}", word(cut)),
            Self::Message(MessageFault::Lose) => f.write_str("message lose"),
            Self::Message(MessageFault::Late(span)) => write!(f, "message late {span}"),
            Self::Message(MessageFault::Double(span)) => write!(f, "message double {span}"),
            Self::Connection(fault) => {
                let meets = match fault.meets {
                    Meets::Alert(alert) => format!("alert {}", word(&alert)),
                    Meets::Certificate(flaw) => format!("certificate {}", word(&flaw)),
                    Meets::Tls(version) => format!("tls {}", word(&version)),
                    Meets::Stall(span) => format!("stall {span}"),
                    Meets::Refuse(span) => format!("refuse {span}"),
                    Meets::ClientRevoked => "client-revoked".to_owned(),
                };
                write!(f, "connection {} {meets}", word(&fault.listener))
            }
        }
    }
}

/// The word of a value as files write it.
fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

/// A fault that is one word, or a table when there is more to say.
macro_rules! word_or_table {
    ($owner:ty, $expecting:literal, |$word:ident| $from_word:expr,
     |$table:ident: $shape:ty| $from_table:expr) => {
        impl<'de> Deserialize<'de> for $owner {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Either;
                impl<'de> serde::de::Visitor<'de> for Either {
                    type Value = $owner;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }

                    fn visit_str<E: serde::de::Error>(self, $word: &str) -> Result<$owner, E> {
                        $from_word
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        map: A,
                    ) -> Result<$owner, A::Error> {
                        let $table = <$shape>::deserialize(MapAccessDeserializer::new(map))?;
                        $from_table
                    }
                }
                deserializer.deserialize_any(Either)
            }
        }
    };
}

word_or_table!(
    Delay,
    "a span of time such as \"3s\", or { uniform = ... } or { log-normal = ... }",
    |word| word.parse().map(Delay::Fixed).map_err(E::custom),
    |spread: Spread| Ok(Delay::Drawn(spread))
);

/// A body fault that says more than one word.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct BodyTable {
    /// What is done to it.
    kind: BodyChange,
    /// To which member; the first one when left out.
    member: Option<String>,
}

word_or_table!(
    BodyFault,
    "a word such as \"truncated\", or { kind = ..., member = ... }",
    |word| {
        let kind = BodyChange::deserialize(serde::de::value::StrDeserializer::new(word))?;
        Ok(BodyFault { kind, member: None })
    },
    |table: BodyTable| Ok(BodyFault { kind: table.kind, member: table.member })
);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fault_reads_what_it_writes() {
        for then in [
            json!({ "delay": "3s" }),
            json!({ "delay": { "uniform": { "from": "1s", "to": "2s" } } }),
            json!({ "body": { "kind": "truncated" } }),
            json!({ "body": { "kind": "missing-member", "member": "id" } }),
            json!({ "cut": "reset-mid-body", "slow": 1 }),
            json!({ "message": { "late": "30s" } }),
            json!({ "message": "lose" }),
            json!({ "connection": { "listener": "auth", "meets": { "tls": "1.2" } } }),
            json!({ "connection":
                { "listener": "api", "meets": "client-revoked", "connections": 2 } }),
            json!({ "answer": { "status": 503, "family": "html", "retry-after": "30s" } }),
        ] {
            let read: Then = serde_json::from_value(then.clone()).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), then);
        }
        let short: Then = serde_json::from_value(json!({ "body": "empty" })).unwrap();
        assert_eq!(short.body.unwrap().kind, BodyChange::Empty);
    }

    #[test]
    fn a_wrong_word_is_told_with_the_right_ones() {
        let told = |then| serde_json::from_value::<Then>(then).unwrap_err().to_string();
        assert!(told(json!({ "body": "torn" })).contains("`wrong-media-type`"));
        assert!(told(json!({ "delay": "soon" })).contains("250ms"));
        assert!(told(json!({ "delay": { "normal": {} } })).contains("log-normal"));
        assert!(
            told(json!({ "cut": 3 })).contains("cut") || told(json!({ "cut": 3 })).contains("3")
        );
    }

    #[test]
    fn effects_have_short_names() {
        let body = BodyFault { kind: BodyChange::MissingMember, member: Some("id".to_owned()) };
        assert_eq!(Effect::Body(body).to_string(), "body missing-member id");
        assert_eq!(Effect::Cut(Cut::CloseIdle).to_string(), "cut close-idle");
        let refuse = ConnectionFault {
            listener: Listener::Api,
            meets: Meets::Refuse(Span::seconds(5)),
            connections: 1,
        };
        assert_eq!(Effect::Connection(refuse).to_string(), "connection api refuse 5s");
    }
}
