//! Everything that can happen to the world: requests, people, control. All of it enters by one
//! door, is serialisable, and holds whatever decides the answer.

use std::sync::Arc;

use contract::{
    Call, Host,
    lists::CodeList,
    problem::Refusal,
    scenario::{Given, Scenario},
    trace::client::{Note, Noticed},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::journey::FailReason;

/// A command with what the edge knows about its sender.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// Who was asked; none where the command came from no client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Host>,
    /// The certificate of the connection, if one was shown.
    pub peer: Option<Arc<Peer>>,
    /// The trace id of the caller's `traceparent`, which ours continues.
    pub trace_parent: Option<u128>,
    /// The headers that some scenario asks about; names in lower case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(Box<str>, Box<str>)>,
    /// What the edge noticed about the request beyond its body, where it looks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub noticed: Vec<Noticed>,
    /// What is asked.
    pub command: Command,
}

impl Envelope {
    /// A command that comes from no connection of a client.
    #[must_use]
    pub const fn own(command: Command) -> Self {
        Self {
            host: None,
            peer: None,
            trace_parent: None,
            headers: Vec::new(),
            noticed: Vec::new(),
            command,
        }
    }
}

/// A client certificate, seen by the edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// The role it was minted for, or `unknown`.
    pub role: String,
    /// SHA-1 of the DER, upper-case hex.
    pub sha1: String,
    /// SHA-256 of the DER, upper-case hex.
    pub sha256: String,
    /// SHA-256 of the DER, unpadded base64url.
    pub sha256_base64url: String,
    /// The whole certificate, base64 of the DER.
    pub base64: String,
    /// What its chain, dates, usage and revocation say at the moment of the handshake.
    pub verdict: PeerVerdict,
}

/// A client certificate as a merchant's portal knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The role it was minted for, or `portal` for one that came by the portal.
    pub name: String,
    /// SHA-1 of the DER, upper-case hex.
    pub sha1: String,
    /// SHA-256 of the DER, upper-case hex.
    pub sha256: String,
    /// Whether it counts although no authority that is known here has signed it.
    pub pinned: bool,
    /// Whether it was taken back.
    pub revoked: bool,
}

/// What a certificate is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeerVerdict {
    /// Issued by our CA, in time, for client authentication, not revoked.
    Valid,
    /// Out of date.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// From another CA, or self-signed.
    UnknownIssuer,
    /// Not for client authentication.
    WrongPurpose,
    /// On the revocation list.
    Revoked,
    /// Anything else.
    Bad,
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// A call of the API with its bearer token.
    Api(ApiRequest),
    /// A call of a token endpoint.
    Token(TokenRequest),
    /// A call that needs nothing: discovery and keys.
    Open(Call),
    /// A call of the identity server that is for people.
    Identity(IdentityRequest),
    /// A request that no row can serve; the edge has already found the refusal.
    Rim(RimRequest),
    /// A person on a hosted page.
    Page(PageRequest),
    /// Somebody acts for the person through the control listener.
    Person {
        /// For whom.
        user: i32,
        /// What they would do.
        deed: Deed,
    },
    /// A merchant's landing addresses change.
    SetRedirects {
        /// Whose.
        merchant: i32,
        /// After success.
        success: String,
        /// After failure or cancellation.
        fail: String,
    },
    /// A merchant's client certificate changes, as its portal lets it.
    SetCertificate {
        /// Whose.
        merchant: i32,
        /// The certificate that counts from now on.
        certificate: Registered,
    },
    /// The clock was moved by hand; whatever is due happens now.
    Advance,
    /// What is due happens by itself, because its moment came.
    Tick,
    /// Scenarios are loaded, chosen or healed.
    Script(ScriptRequest),
    /// Whoever starts a client tells something of it.
    Note(Note),
}

/// What can be done with scenarios.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScriptRequest {
    /// A scenario is there from now on; users who have one of that name keep the old one.
    Load {
        /// Its name.
        name: String,
        /// What it says.
        scenario: Arc<Scenario>,
    },
    /// Who goes through which scenario; `None` takes the choice back.
    Choose {
        /// For whom.
        whom: Whom,
        /// Which.
        scenario: Option<String>,
    },
    /// A user exists before the first request.
    Given(Given),
    /// A user's timeline goes on.
    Beat {
        /// Whose.
        user: i32,
    },
    /// Faults end: of one rule everywhere, or all of them.
    Heal {
        /// The rule's id.
        rule: Option<String>,
    },
}

/// For whom a scenario is chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whom {
    /// Everybody for whom nothing else is chosen.
    Default,
    /// The users of a merchant, from now on.
    Merchant(i32),
    /// The next user that is created. Choices queue up.
    Next,
    /// Users whose address fits a pattern, from now on.
    Pattern(String),
    /// A user that exists.
    User(i32),
}

/// A call of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApiRequest {
    /// Which call.
    pub call: Call,
    /// The token that came with it.
    pub bearer: Bearer,
    /// What is asked, or why it cannot be understood. The token is looked at first.
    pub ask: Result<Ask, Refusal>,
    /// Path parameters as far as they could be read, for the trace.
    pub path: Option<String>,
    /// The media type that was sent, for the trace.
    pub media_type: Option<String>,
    /// The JSON body as far as it could be read, for the trace; secrets are labelled by the world.
    pub body: Option<Value>,
}

/// The bearer token, as far as the edge can tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bearer {
    /// None was sent, or another scheme.
    Missing,
    /// A token that this world issued, by its number.
    Issued(u32),
    /// A token that this world did not issue: the description of the challenge, if it has one.
    Foreign(Option<String>),
}

/// What a call asks for, with everything validated that needs no world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// Create a user.
    CreateUser {
        /// For which merchant.
        merchant: i32,
        /// The address, if any.
        email: Option<String>,
    },
    /// Confirm the e-mail.
    ConfirmEmail {
        /// The user.
        user: i32,
        /// What was entered.
        token: String,
    },
    /// Send the e-mail code again.
    SendEmailConfirmation {
        /// The user.
        user: i32,
        /// The address.
        email: String,
    },
    /// Send a code to a phone.
    SendPhoneCode {
        /// The user.
        user: i32,
        /// The number, E.164.
        phone: String,
    },
    /// Send a new code to the phone on file.
    ResendPhoneCode {
        /// The user.
        user: i32,
    },
    /// Verify the phone.
    VerifyPhone {
        /// The user.
        user: i32,
        /// What was entered.
        code: String,
    },
    /// Open an identification session.
    Initiate {
        /// The user.
        user: i32,
        /// Even if one exists.
        restart: bool,
        /// `bg`, `en-US`, as sent.
        language: Option<String>,
    },
    /// Poll.
    IdentificationStatus {
        /// The user.
        user: i32,
        /// 0 or 1.
        user_type: u8,
        /// What the path claims.
        completed: bool,
    },
    /// Store the questionnaire.
    AddAdditionalData {
        /// The user.
        user: i32,
        /// `additionalData.data` as sent, JSON text.
        data: String,
    },
    /// Finalise.
    Finalize {
        /// The user.
        user: i32,
    },
    /// Read flags and lifecycle.
    UserStatus {
        /// The user.
        user: i32,
    },
    /// Enrol a user with all its data.
    EnrollIndividual {
        /// The user.
        user: i32,
        /// The whole body as sent, JSON text.
        data: String,
    },
    /// Read a code list.
    List(CodeList),
    /// Ask whether a post code belongs to a country.
    PostalCode {
        /// The post code.
        zip: String,
        /// The country, two letters.
        country: String,
    },
    /// Ask for the addresses of an individual's documents.
    KycDocuments {
        /// The individual, as finalising named it.
        individual: i32,
    },
}

impl Ask {
    /// The user it is about, if any.
    #[must_use]
    pub const fn user(&self) -> Option<i32> {
        match self {
            Self::CreateUser { .. }
            | Self::List(_)
            | Self::PostalCode { .. }
            | Self::KycDocuments { .. } => None,
            Self::ConfirmEmail { user, .. }
            | Self::SendEmailConfirmation { user, .. }
            | Self::SendPhoneCode { user, .. }
            | Self::ResendPhoneCode { user }
            | Self::VerifyPhone { user, .. }
            | Self::Initiate { user, .. }
            | Self::IdentificationStatus { user, .. }
            | Self::AddAdditionalData { user, .. }
            | Self::Finalize { user }
            | Self::EnrollIndividual { user, .. }
            | Self::UserStatus { user } => Some(*user),
        }
    }

    pub(crate) const fn user_mut(&mut self) -> Option<&mut i32> {
        match self {
            Self::CreateUser { .. }
            | Self::List(_)
            | Self::PostalCode { .. }
            | Self::KycDocuments { .. } => None,
            Self::ConfirmEmail { user, .. }
            | Self::SendEmailConfirmation { user, .. }
            | Self::SendPhoneCode { user, .. }
            | Self::ResendPhoneCode { user }
            | Self::VerifyPhone { user, .. }
            | Self::Initiate { user, .. }
            | Self::IdentificationStatus { user, .. }
            | Self::AddAdditionalData { user, .. }
            | Self::Finalize { user }
            | Self::EnrollIndividual { user, .. }
            | Self::UserStatus { user } => Some(user),
        }
    }
}

/// A call of a token endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRequest {
    /// [`Call::MtlsToken`] or [`Call::PlainToken`].
    pub call: Call,
    /// The HTTP method, which this endpoint judges itself.
    pub method: String,
    /// The media type that was sent.
    pub media_type: Option<String>,
    /// The form, in the order it was sent; `None` when it is not a form.
    pub form: Option<Vec<(String, String)>>,
    /// The Basic header, if one was sent.
    pub basic: Option<Basic>,
}

/// What a Basic header holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basic {
    /// The client.
    pub client_id: String,
    /// Its secret.
    pub secret: String,
}

/// A call of the identity server that is for people: sign in, claims, revocation, sign out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityRequest {
    /// Which call.
    pub call: Call,
    /// The HTTP method.
    pub method: String,
    /// The media type that was sent.
    pub media_type: Option<String>,
    /// The query of a GET, the form of a POST; `None` when what was posted is not a form.
    pub fields: Option<Vec<(String, String)>>,
    /// The Basic header, if one was sent.
    pub basic: Option<Basic>,
    /// The token that the call is about: the bearer of the claims, the one to revoke, the hint
    /// about who signs out.
    pub bearer: Bearer,
    /// The session of the browser's cookie.
    pub session: Option<u128>,
}

/// A request that no row can serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RimRequest {
    /// The host that was addressed.
    pub host: Host,
    /// The call, when the path belongs to one.
    pub call: Option<Call>,
    /// The HTTP method.
    pub method: String,
    /// The path, strange segments labelled.
    pub path: String,
    /// Why it is refused.
    pub refusal: Refusal,
}

/// A person on a hosted page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRequest {
    /// Which journey the address belongs to.
    pub leg: contract::trace::Leg,
    /// The session's secret from the address; `None` when it is not even of that form.
    pub secret: Option<u128>,
    /// What the person does.
    pub act: Act,
}

/// What a person can do on a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Look at it.
    Look,
    /// Go on from the screen that was shown.
    Continue {
        /// The screen that the form belonged to.
        from: String,
    },
    /// Enter the one-time code that the screen asks for.
    Enter {
        /// What was entered.
        code: String,
    },
    /// Give up, or decline to sign.
    Cancel,
    /// Fail the check that the screen performs.
    Fail {
        /// Why; the usual reason of the screen when left out.
        reason: Option<FailReason>,
    },
    /// Stay away until the page stops working.
    Expire,
}

impl Act {
    /// Its name in traces.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Continue { .. } => "continue",
            Self::Enter { .. } => "enter",
            Self::Cancel => "cancel",
            Self::Fail { .. } => "fail",
            Self::Expire => "expire",
        }
    }
}

/// What somebody does for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Go through the whole leg.
    Complete,
    /// Cancel or decline.
    Cancel,
    /// Fail a check, or decline to sign.
    Fail,
}
