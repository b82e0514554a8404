//! Stories: what is done to a target, one deed after the other, in symbols. No id, no address and
//! no code stands in a story, so that it can be played against any target, stored and played again.
//!
//! Who plays it fills in what is healthy; a story says only what is different from that.

use std::fmt;

use contract::{Call, message::MessageKind, step::Step, trace::Leg};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Person,
    fault::{Fault, Faults},
    want::Want,
};

/// Somebody in a story: a letter. From `n` on they are users of the second merchant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Who(char);

impl Who {
    /// The first user.
    pub const A: Self = Self('a');
    /// The second one.
    pub const B: Self = Self('b');
    /// A user of the second merchant.
    pub const FOREIGN: Self = Self('n');

    /// The n-th user of the first merchant.
    #[must_use]
    pub fn nth(number: u8) -> Self {
        Self(char::from(b'a' + number % 13))
    }

    /// Whether the second merchant has created them.
    #[must_use]
    pub const fn is_foreign(self) -> bool {
        self.0 >= 'n'
    }
}

impl Default for Who {
    fn default() -> Self {
        Self::A
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One thing that is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Deed {
    /// A request.
    Ask(Box<Ask>),
    /// Every step that is left for somebody, up to one and with it, each as it should be.
    Walk {
        /// Who.
        #[serde(default)]
        user: Who,
        /// How far.
        to: Step,
    },
    /// Somebody opens an address in a browser and goes on from there.
    Open(Visit),
    /// Somebody looks whether a message came.
    Look {
        /// Who.
        #[serde(default)]
        user: Who,
        /// For what.
        kind: MessageKind,
    },
    /// Time goes by, in milliseconds.
    Pass(u64),
    /// An old hello to each host that grants or takes tokens.
    Hello(Hello),
    /// What somebody asks for goes wrong from here on, and no longer when nothing is named.
    Faults(Faults),
    /// The steps that are left, as a patient client takes them; it may give up on the way.
    Attempt {
        /// Who.
        #[serde(default)]
        user: Who,
        /// How far.
        to: Step,
    },
}

/// What an old hello offers (RFC 9325, 3.1.1 and 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hello {
    /// TLS 1.0 at most.
    Tls10,
    /// TLS 1.1 at most.
    Tls11,
    /// TLS 1.2 with suites that nobody may use any more.
    WeakSuites,
}

impl Hello {
    /// Every kind.
    pub const ALL: &[Self] = &[Self::Tls10, Self::Tls11, Self::WeakSuites];

    /// Its name in traces and sentences.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tls10 => "tls-1.0",
            Self::Tls11 => "tls-1.1",
            Self::WeakSuites => "weak-suites",
        }
    }
}

/// Somebody in a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Visit {
    /// Who.
    #[serde(default)]
    pub user: Who,
    /// Which journey.
    pub leg: Leg,
    /// What they do there.
    pub person: Person,
    /// Which address they open.
    #[serde(default)]
    pub address: Address,
}

/// Which of the addresses that somebody was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Address {
    /// The newest.
    #[default]
    Newest,
    /// The one before the newest.
    Earlier,
    /// The newest with return addresses of a stranger added to it.
    Bent,
}

/// One request: a healthy one, but for what is said here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Ask {
    /// The call.
    pub call: Call,
    /// Whose data it carries.
    #[serde(default)]
    pub user: Who,
    /// Fields with another value. `$id(b)`, `$email(b)` and `$phone(b)` stand for what belongs to
    /// somebody; `$newest-code`, `$wrong-code`, `$previous-code` and `$lower-thumbprint` for what
    /// they say.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub set: Map<String, Value>,
    /// Fields that are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// Which token is shown, where one is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub token: Token,
    /// Which client certificate is shown.
    #[serde(default, skip_serializing_if = "is_default")]
    pub certificate: Certificate,
    /// What is odd about it as HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odd: Option<Odd>,
    /// How often it is sent at the same time.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub times: u8,
}

/// Which token a request shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Token {
    /// One that is good.
    #[default]
    Good,
    /// None.
    None,
    /// The last one that was good, however old it is by now.
    Old,
    /// A good one with its last characters changed.
    Altered,
    /// One of the second merchant.
    Foreign,
    /// The one that the story itself has asked for last.
    Asked,
}

/// Which client certificate a request shows.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Certificate {
    /// The merchant's own.
    #[default]
    Own,
    /// None.
    None,
    /// Another client's.
    Other,
    /// One whose time is over.
    Expired,
    /// One that vouches for itself.
    SelfSigned,
    /// One of an authority that nobody trusts.
    Untrusted,
    /// One that was taken back.
    Revoked,
}

impl Certificate {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::Own,
        Self::None,
        Self::Other,
        Self::Expired,
        Self::SelfSigned,
        Self::Untrusted,
        Self::Revoked,
    ];

    /// Its name in target files and sentences.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::None => "none",
            Self::Other => "other",
            Self::Expired => "expired",
            Self::SelfSigned => "self-signed",
            Self::Untrusted => "untrusted",
            Self::Revoked => "revoked",
        }
    }
}

/// What is odd about a request as HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Odd {
    /// Another method.
    Method(String),
    /// Another media type for the same body.
    MediaType(String),
    /// A form that is sent as a JSON document.
    AsJson,
    /// A field of a form that is sent twice.
    Twice(String),
    /// A body that ends in the middle.
    Broken,
    /// A body of two megabytes.
    Huge,
    /// A body that is nested a thousand times.
    Deep,
}

/// One deed and what has to come of it.
#[derive(Clone, Debug)]
pub struct Scene {
    /// What is done.
    pub deed: Deed,
    /// What has to come of it.
    pub wants: Vec<Want>,
}

/// What is done, in its order.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// The scenes.
    pub scenes: Vec<Scene>,
}

impl Scene {
    /// Whether the story goes on when it could not be done: a want looks at that.
    #[must_use]
    pub fn may_fail(&self) -> bool {
        matches!(self.deed, Deed::Attempt { .. })
    }
}

impl Story {
    /// A story that starts with somebody who has come so far.
    #[must_use]
    pub fn of(user: Who, to: Step) -> Self {
        Self::default().walk(user, to)
    }

    /// Somebody goes on, as it should be.
    #[must_use]
    pub fn walk(self, user: Who, to: Step) -> Self {
        self.then(Deed::Walk { user, to }, &[])
    }

    /// A request.
    #[must_use]
    pub fn ask(self, ask: Ask, wants: &[Want]) -> Self {
        self.then(Deed::Ask(Box::new(ask)), wants)
    }

    /// A browser.
    #[must_use]
    pub fn open(self, visit: Visit, wants: &[Want]) -> Self {
        self.then(Deed::Open(visit), wants)
    }

    /// Faults for the first user, or an end to them.
    #[must_use]
    pub fn faults(self, faults: &[Fault]) -> Self {
        self.then(Deed::Faults(Faults { user: Who::A, faults: faults.to_vec() }), &[])
    }

    /// Whether it needs a target that can be told to misbehave.
    #[must_use]
    pub fn needs_faults(&self) -> bool {
        self.scenes.iter().any(|scene| matches!(scene.deed, Deed::Faults(_)))
    }

    /// Any deed.
    #[must_use]
    pub fn then(mut self, deed: Deed, wants: &[Want]) -> Self {
        self.scenes.push(Scene { deed, wants: wants.to_vec() });
        self
    }

    /// The same for each of several things.
    #[must_use]
    pub fn each<T>(
        self,
        of: impl IntoIterator<Item = T>,
        mut tell: impl FnMut(Self, T) -> Self,
    ) -> Self {
        of.into_iter().fold(self, &mut tell)
    }
}

impl Ask {
    /// A healthy request of the first user.
    #[must_use]
    pub fn of(call: Call) -> Self {
        Self {
            call,
            user: Who::A,
            set: Map::new(),
            without: Vec::new(),
            token: Token::Good,
            certificate: Certificate::Own,
            odd: None,
            times: 1,
        }
    }

    /// The same for somebody else.
    #[must_use]
    pub fn by(mut self, user: Who) -> Self {
        self.user = user;
        self
    }

    /// The same with another value in a field.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.set.insert(field.to_owned(), value.into());
        self
    }

    /// The same without a field.
    #[must_use]
    pub fn without(mut self, field: &str) -> Self {
        self.without.push(field.to_owned());
        self
    }

    /// The same with another token.
    #[must_use]
    pub fn token(mut self, token: Token) -> Self {
        self.token = token;
        self
    }

    /// The same with another client certificate.
    #[must_use]
    pub fn shows(mut self, certificate: Certificate) -> Self {
        self.certificate = certificate;
        self
    }

    /// The same, odd as HTTP.
    #[must_use]
    pub fn odd(mut self, odd: Odd) -> Self {
        self.odd = Some(odd);
        self
    }

    /// The same, so often at once.
    #[must_use]
    pub fn times(mut self, times: u8) -> Self {
        self.times = times;
        self
    }
}

impl Deed {
    /// In a few words, for people.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Ask(ask) => ask.words(),
            Self::Walk { user, to } => format!("{user} goes on to '{}'", to.title()),
            Self::Open(Visit { user, leg, person, address }) => {
                let what = match leg {
                    Leg::Identification => "identification",
                    Leg::Signing => "signing",
                };
                let which = match address {
                    Address::Newest => "the",
                    Address::Earlier => "the earlier",
                    Address::Bent => "the bent",
                };
                format!("{user} opens {which} address of the {what} ({person})")
            }
            Self::Look { user, kind } => format!("{user} looks for the {}", kind.code_name()),
            Self::Pass(millis) => format!("{millis} ms go by"),
            Self::Hello(hello) => format!("a hello that offers {}", hello.name()),
            Self::Faults(Faults { user, faults }) if faults.is_empty() => {
                format!("nothing goes wrong for {user} any more")
            }
            Self::Faults(Faults { user, faults }) => {
                let told: Vec<_> = faults.iter().map(Fault::to_string).collect();
                format!("for {user} goes wrong: {}", told.join("; "))
            }
            Self::Attempt { user, to } => format!("{user} tries to come to '{}'", to.title()),
        }
    }
}

impl Ask {
    fn words(&self) -> String {
        let mut words = format!("{} {}", self.user, self.call);
        for (field, value) in &self.set {
            words.push_str(&format!(", {field} = {value}"));
        }
        for field in &self.without {
            words.push_str(&format!(", without {field}"));
        }
        if self.token != Token::Good {
            words.push_str(&format!(", token {}", word(&self.token)));
        }
        if self.certificate != Certificate::Own {
            words.push_str(&format!(", certificate {}", self.certificate.name()));
        }
        if let Some(odd) = &self.odd {
            words.push_str(&format!(", {}", word(odd)));
        }
        if self.times > 1 {
            words.push_str(&format!(", {} times at once", self.times));
        }
        words
    }
}

fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

const fn one() -> u8 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_one(times: &u8) -> bool {
    *times == 1
}
