//! What a step decides. Answers are symbolic: sessions and tokens are references, and the edge
//! turns them into addresses and signed texts, or, for the trace, into labels.

use std::{fmt, sync::Arc};

use contract::{
    Instant,
    label::Label,
    lifecycle::Lifecycle,
    lists::CodeList,
    message::MessageKind,
    problem::Refusal,
    status::IdentificationStatus,
    trace::{Landing, Leg},
};
use serde_json::Value;

use serde::{Deserialize, Serialize};

use crate::command::Envelope;
pub use crate::{
    document::Document,
    happening::Happening,
    script::play::{Armed, Look, Play, RetryAfter, Scripted, Skip},
    secret::Secret,
};

/// What a step decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What the caller gets.
    pub answer: Answer,
    /// What the edge does to the answer, in order.
    pub armed: Vec<Armed>,
    /// Where browsers go that nobody has: the edge goes there for the scenario's person.
    pub visits: Vec<Visit>,
    /// What the trace keeps: timers that fell due first, then this command.
    pub entry: Entry,
}

/// A merchant's address that the person of a scenario is sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Who.
    pub user: i32,
    /// After which journey.
    pub leg: Leg,
    /// Where to.
    pub url: String,
}

/// What the caller gets.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It worked.
    Reply(Reply),
    /// It did not; the `traceId` of a body is the second part.
    Refused(Refusal, TraceId),
    /// A scenario put another answer in its place.
    Scripted(Box<Scripted>, TraceId),
}

/// The W3C trace context of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceId {
    /// 32 hex digits: the caller's, or drawn.
    pub trace: u128,
    /// 16 hex digits, drawn.
    pub span: u64,
}

/// A positive answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// A user was created.
    UserCreated {
        /// Its id.
        id: i32,
    },
    /// Success without a body.
    Done,
    /// A wish of the control listener that cannot take effect, and why.
    CannotTake(String),
    /// Where identification stands.
    Identification {
        /// The status.
        status: IdentificationStatus,
        /// Where the person goes next.
        url: Option<SessionLink>,
    },
    /// Flags and lifecycle.
    UserStatus(UserFlags),
    /// A code list.
    List(CodeList),
    /// The onboarding is final.
    Finalized {
        /// Shown as a GUID.
        correlation: u128,
        /// The individual.
        individual: i32,
    },
    /// Post codes that fit a question, each with its country.
    Places(Vec<(String, String)>),
    /// Where documents can be fetched.
    Documents {
        /// Each document with the secret of its address.
        links: [(Document, Secret); 3],
        /// Until when.
        until: Instant,
    },
    /// A token was granted.
    Token(Arc<Grant>),
    /// A person is asked to sign in.
    SignIn(SignInView),
    /// The browser goes back to the app.
    SentBack(Box<SentBack>),
    /// A person is asked whether to sign out, or has signed out.
    SignOut {
        /// Whether it is still a question.
        asks: bool,
    },
    /// The claims of the person behind a token.
    Claims(Box<Claims>),
    /// The OpenID provider configuration.
    Discovery,
    /// The token keys.
    Jwks,
    /// A hosted page.
    Page(PageView),
    /// The person's browser goes to the same session's page again.
    SameSession(SessionLink),
    /// The person's browser goes to the merchant.
    ToMerchant {
        /// Which leg ended.
        leg: Leg,
        /// Which address.
        to: Landing,
        /// The address.
        url: String,
    },
    /// The merchant's addresses are as asked.
    RedirectsSet,
    /// The merchant's certificate is as asked.
    CertificateSet,
    /// There was nothing for the person to do: why.
    NothingToDo(&'static str),
    /// The control listener named a merchant or a user that does not exist.
    Unknown,
}

/// A link to a hosted page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLink {
    /// Which journey.
    pub leg: Leg,
    /// The session's number, for labels.
    pub session: u32,
    /// The secret part of the address.
    pub secret: u128,
}

/// What `GET /User/{id}/status` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the provider's message has five flags")]
pub struct UserFlags {
    /// `isEmailVerified`.
    pub email: bool,
    /// `isPhoneNumberVerified`.
    pub phone: bool,
    /// `isScaVerified`.
    pub sca: bool,
    /// `isAdditionalData`.
    pub additional_data: bool,
    /// `isOptionalKyc`.
    pub optional_kyc: bool,
    /// `status`.
    pub lifecycle: Lifecycle,
}

/// Everything a signer needs to make the token's text. The same grant always gives the same text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The token's number.
    pub number: u32,
    /// 32 hex digits.
    pub jti: u128,
    /// To which client.
    pub client_id: String,
    /// For which scopes.
    pub scopes: Vec<String>,
    /// When.
    pub issued_at: Instant,
    /// Until when.
    pub expires_at: Instant,
    /// What `cnf.x5t#S256` holds; empty when the token is bound to no certificate.
    pub confirmation: String,
    /// The person it was granted for, if one signed in.
    pub person: Option<Box<PersonGrant>>,
}

/// The part of a grant that speaks of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonGrant {
    /// `sub`.
    pub subject: String,
    /// When the person gave the password.
    pub signed_in_at: Instant,
    /// What the app asked the `id_token` to repeat.
    pub nonce: Option<String>,
    /// Whether an `id_token` comes with it.
    pub id_token: bool,
    /// The refresh token that comes with it.
    pub refresh: Option<Secret>,
}

/// The page on which a person signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInView {
    /// The merchant whose app asks.
    pub merchant: i32,
    /// Whether name and password were wrong just before.
    pub wrong: bool,
    /// Where the browser goes in the end.
    pub to: String,
}

/// A browser on its way back to the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentBack {
    /// Whose app.
    pub merchant: i32,
    /// The registered address.
    pub to: String,
    /// What it brings.
    pub brings: Brings,
    /// What the app wanted to have back.
    pub state: Option<String>,
    /// Whether the parameters are posted instead of standing in the query.
    pub by_form: bool,
    /// The session that now begins.
    pub begins: Option<Secret>,
    /// Whether the browser's session ends.
    pub ends: bool,
}

/// What a browser brings back to the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Brings {
    /// An authorization code for these scopes.
    Code(Secret, String),
    /// An error with its description.
    Error(&'static str, &'static str),
    /// Nothing: the person has signed out.
    Nothing,
}

/// What the identity server tells of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// `sub`.
    pub subject: String,
    /// `name`.
    pub name: String,
    /// `email`, and `preferred_username`.
    pub username: String,
    /// `phone_number`.
    pub phone: String,
    /// `tenant`.
    pub tenant: i32,
    /// What the token is for.
    pub scopes: Vec<String>,
}

/// A hosted page, before it becomes HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageView {
    /// Which journey.
    pub leg: Leg,
    /// Its link, for the form's own address; `None` for a page that leads nowhere.
    pub link: Option<SessionLink>,
    /// What to show.
    pub screen: Screen,
    /// What went wrong just before, in the person's words.
    pub alert: Option<Alert>,
    /// The merchant's number, shown as the one who asks.
    pub merchant: Option<i32>,
    /// Who shows the page; `None` for a page that leads nowhere.
    pub provider: Option<&'static str>,
    /// The language that the merchant asked for.
    pub language: Option<Box<str>>,
    /// Which screen of its journey it is, from 1, and of how many.
    pub place: Option<(usize, usize)>,
    /// Where the code went that the screen asks for, all but its end hidden.
    pub sent_to: Option<Box<str>>,
}

/// The screens of both journeys, and the dead ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Screen {
    /// Terms and consent.
    Consent,
    /// The person's details.
    Details,
    /// Enter the code from the provider's SMS.
    PhoneCode,
    /// Enter the code from the provider's e-mail.
    EmailCode,
    /// The identity document.
    Document,
    /// The face.
    Liveness,
    /// What was read from the document, to be looked over.
    Review,
    /// The provider's own documents, to be signed.
    ProviderDocuments,
    /// Enter the one-time code that signs them.
    ProviderCode,
    /// Identification is done.
    Done,
    /// Read the 10nPayments documents.
    Read,
    /// Enter the one-time code.
    Code,
    /// This session is over.
    Over,
    /// This session took too long.
    Expired,
    /// There is no such session.
    Unknown,
}

impl Screen {
    /// Every screen.
    pub const ALL: &[Self] = &[
        Self::Consent,
        Self::Details,
        Self::PhoneCode,
        Self::EmailCode,
        Self::Document,
        Self::Liveness,
        Self::Review,
        Self::ProviderDocuments,
        Self::ProviderCode,
        Self::Done,
        Self::Read,
        Self::Code,
        Self::Over,
        Self::Expired,
        Self::Unknown,
    ];

    /// Its name in pages and traces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Details => "details",
            Self::PhoneCode => "phone-code",
            Self::EmailCode => "email-code",
            Self::Review => "review",
            Self::ProviderCode => "provider-code",
            Self::Document => "document",
            Self::Liveness => "liveness",
            Self::ProviderDocuments => "provider-documents",
            Self::Done => "done",
            Self::Read => "read",
            Self::Code => "code",
            Self::Over => "over",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }

    /// The message with the code that it asks for.
    #[must_use]
    pub const fn asks_for(self) -> Option<MessageKind> {
        match self {
            Self::PhoneCode => Some(MessageKind::IdentificationPhone),
            Self::EmailCode => Some(MessageKind::IdentificationEmail),
            Self::ProviderCode => Some(MessageKind::ProviderSigning),
            Self::Code => Some(MessageKind::DocumentSigning),
            _ => None,
        }
    }

    /// Whether the provider checks something here that a person can fail.
    #[must_use]
    pub const fn is_a_check(self) -> bool {
        matches!(self, Self::Document | Self::Liveness)
    }

    /// Whether the address shows that it leads to nothing any more.
    #[must_use]
    pub const fn is_dead(self) -> bool {
        matches!(self, Self::Over | Self::Expired | Self::Unknown)
    }
}

/// What the person is told on the next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alert {
    /// The one-time code was wrong.
    WrongCode {
        /// How many tries are left.
        left: u8,
    },
}

/// What the trace keeps of one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The number of the command, from 1.
    pub step: u64,
    /// When.
    pub at: Instant,
    /// Timers that fell due before the command, each at its own moment.
    pub due: Vec<(Instant, Happening)>,
    /// The command, with labels where secrets stood.
    pub asked: Asked,
    /// What was answered.
    pub answer: Answer,
    /// What else happened, in order.
    pub happenings: Vec<Happening>,
    /// What the scenario made of it; none where no rule is about such a request.
    pub play: Option<Box<Play>>,
}

/// The command as the trace keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The envelope; bodies and secrets in it are blanked, the fields below stand for them.
    pub envelope: Envelope,
    /// What the bearer token was, if one was sent.
    pub bearer: Option<BearerNote>,
    /// The request body with labels.
    pub body: Option<Box<Value>>,
    /// The path with labels, where the edge could not read it fully.
    pub path: Option<Box<str>>,
    /// Whom the call is about.
    pub subject: Subject,
}

/// Whom a call is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Nobody in particular.
    Nobody,
    /// A user of this world, or a single digit.
    User(i32),
    /// Somebody who does not exist: the label of the number, which may be a code out of place.
    Stranger(Box<str>),
}

/// What the trace says of a bearer token. It is a value and not yet a text, because most of them
/// are never read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BearerNote {
    /// A token that this world did not issue.
    Foreign,
    /// One of this world's own, by its number.
    Own(u32, TokenWorth),
}

/// What a token of this world is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenWorth {
    /// Within its life.
    Live,
    /// Past its life, within the leeway.
    InLeeway,
    /// Past both.
    Expired,
    /// Taken back.
    Revoked,
    /// Too old to be remembered.
    Forgotten,
}

impl fmt::Display for BearerNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, facts): (_, &[&str]) = match self {
            Self::Foreign => return Label::new("unknown-token", &[]).fmt(f),
            Self::Own(number, TokenWorth::Live) => (number, &["live"]),
            Self::Own(number, TokenWorth::InLeeway) => (number, &["expired", "within leeway"]),
            Self::Own(number, TokenWorth::Expired) => (number, &["expired"]),
            Self::Own(number, TokenWorth::Revoked) => (number, &["revoked"]),
            Self::Own(number, TokenWorth::Forgotten) => (number, &["forgotten"]),
        };
        Label::new(format!("token#{number}"), facts).fmt(f)
    }
}
