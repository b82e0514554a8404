//! Every way to be refused: a closed list, and what each one looks like.
//!
//! The world and the edge choose *which* refusal; what goes over the wire is read from the row of
//! the edition, in one place.

use serde::{Deserialize, Serialize};

use crate::{Call, Provenance, variant::When};

/// One reason to refuse.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    /// No such path.
    RouteNotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The body is of a type nobody reads.
    UnsupportedMediaType,
    /// The body is larger than the limit.
    BodyTooLarge,
    /// The body did not arrive in time.
    BodyTimeout,
    /// The request is not HTTP as it should be.
    MalformedRequest,
    /// No usable bearer token.
    Unauthorized,
    /// The token is good but does not reach this far.
    Forbidden,
    /// The token does not reach the merchant that a user is created for.
    MerchantRefused,
    /// One or more fields break a rule.
    Validation,
    /// The body is not the JSON that was asked for.
    MalformedJson,
    /// The e-mail code is wrong, old, used or expired.
    InvalidToken,
    /// No such user.
    UserNotFound,
    /// The address belongs to another user.
    EmailAlreadyRegistered,
    /// The address is not the one of the registration.
    EmailMismatch,
    /// The e-mail address is not confirmed yet.
    EmailNotConfirmed,
    /// The number belongs to another user.
    PhoneAlreadyRegistered,
    /// No number is on file, or it is verified already.
    PhoneNotEligible,
    /// The phone is not verified yet.
    PhoneNotVerified,
    /// The questionnaire is not in yet.
    QuestionnaireMissing,
    /// The questionnaire is not wanted before the documents are signed.
    QuestionnaireTooEarly,
    /// The questionnaire is in already.
    QuestionnaireRepeated,
    /// The SMS code is wrong, old, used or expired.
    InvalidCode,
    /// The caller asks too often, or too many wrong codes were entered.
    Throttled,
    /// An earlier session ended; a new one needs the restart flag.
    RestartRequired,
    /// An earlier session failed, and there is no second.
    RestartRefused,
    /// The identification failed; asked for its status.
    IdentificationFailed,
    /// The documents are signed; there is nothing left to identify.
    AlreadyIdentified,
    /// The individual is enrolled already.
    AlreadyEnrolled,
    /// No identification was ever started, answered as a missing thing.
    SessionNotFound,
    /// The question has no result.
    NothingFound,
    /// No identification was ever started, answered as a broken rule.
    NotStartedYet,
    /// The documents are not signed yet.
    NotSignedYet,
    /// The documents are not ready for download.
    SubmissionPending,
    /// No such individual.
    IndividualNotFound,
    /// The documents were removed.
    DocumentsPurged,
    /// The mock holds as many users as it may.
    WorldFull,
    /// The server failed.
    ServerError,
    /// The handshake showed no client certificate, or a bad one.
    CertificateRefused,
    /// OAuth `invalid_request`.
    InvalidRequest,
    /// OAuth `invalid_client`.
    InvalidClient,
    /// OAuth `invalid_grant`.
    InvalidGrant,
    /// OAuth `unsupported_grant_type`.
    UnsupportedGrantType,
    /// OAuth `unauthorized_client`.
    UnauthorizedClient,
    /// OAuth `invalid_scope`.
    InvalidScope,
}

impl Problem {
    /// Every refusal.
    pub const ALL: &[Self] = &[
        Self::RouteNotFound,
        Self::MethodNotAllowed,
        Self::UnsupportedMediaType,
        Self::BodyTooLarge,
        Self::BodyTimeout,
        Self::MalformedRequest,
        Self::Unauthorized,
        Self::Forbidden,
        Self::MerchantRefused,
        Self::Validation,
        Self::MalformedJson,
        Self::InvalidToken,
        Self::UserNotFound,
        Self::EmailAlreadyRegistered,
        Self::EmailMismatch,
        Self::EmailNotConfirmed,
        Self::PhoneAlreadyRegistered,
        Self::PhoneNotEligible,
        Self::PhoneNotVerified,
        Self::QuestionnaireMissing,
        Self::QuestionnaireTooEarly,
        Self::QuestionnaireRepeated,
        Self::InvalidCode,
        Self::Throttled,
        Self::RestartRequired,
        Self::RestartRefused,
        Self::IdentificationFailed,
        Self::AlreadyIdentified,
        Self::AlreadyEnrolled,
        Self::SessionNotFound,
        Self::NothingFound,
        Self::NotStartedYet,
        Self::NotSignedYet,
        Self::SubmissionPending,
        Self::IndividualNotFound,
        Self::DocumentsPurged,
        Self::WorldFull,
        Self::ServerError,
        Self::CertificateRefused,
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::UnsupportedGrantType,
        Self::UnauthorizedClient,
        Self::InvalidScope,
    ];

    /// What any call can answer with, so that no endpoint row repeats it.
    pub const EVERYWHERE: &[Self] = &[
        Self::RouteNotFound,
        Self::MethodNotAllowed,
        Self::BodyTooLarge,
        Self::BodyTimeout,
        Self::MalformedRequest,
        Self::ServerError,
    ];

    /// Its name in traces, documents and command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RouteNotFound => "route-not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::BodyTooLarge => "body-too-large",
            Self::BodyTimeout => "body-timeout",
            Self::MalformedRequest => "malformed-request",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::MerchantRefused => "merchant-refused",
            Self::Validation => "validation",
            Self::MalformedJson => "malformed-json",
            Self::InvalidToken => "invalid-token",
            Self::UserNotFound => "user-not-found",
            Self::EmailAlreadyRegistered => "email-already-registered",
            Self::EmailMismatch => "email-mismatch",
            Self::EmailNotConfirmed => "email-not-confirmed",
            Self::PhoneAlreadyRegistered => "phone-already-registered",
            Self::PhoneNotEligible => "phone-not-eligible",
            Self::PhoneNotVerified => "phone-not-verified",
            Self::QuestionnaireMissing => "questionnaire-missing",
            Self::QuestionnaireTooEarly => "questionnaire-too-early",
            Self::QuestionnaireRepeated => "questionnaire-repeated",
            Self::InvalidCode => "invalid-code",
            Self::Throttled => "throttled",
            Self::RestartRequired => "restart-required",
            Self::RestartRefused => "restart-refused",
            Self::IdentificationFailed => "identification-failed",
            Self::AlreadyIdentified => "already-identified",
            Self::AlreadyEnrolled => "already-enrolled",
            Self::SessionNotFound => "session-not-found",
            Self::NothingFound => "nothing-found",
            Self::NotStartedYet => "not-started-yet",
            Self::NotSignedYet => "not-signed-yet",
            Self::SubmissionPending => "submission-pending",
            Self::IndividualNotFound => "individual-not-found",
            Self::DocumentsPurged => "documents-purged",
            Self::WorldFull => "world-full",
            Self::ServerError => "server-error",
            Self::CertificateRefused => "certificate-refused",
            Self::InvalidRequest => "invalid-request",
            Self::InvalidClient => "invalid-client",
            Self::InvalidGrant => "invalid-grant",
            Self::UnsupportedGrantType => "unsupported-grant-type",
            Self::UnauthorizedClient => "unauthorized-client",
            Self::InvalidScope => "invalid-scope",
        }
    }
}

/// How a refusal looks in one edition.
#[derive(Clone, Copy, Debug)]
pub struct ProblemRow {
    /// Which refusal.
    pub problem: Problem,
    /// Of which calls; empty for every call.
    pub calls: &'static [Call],
    /// The readings under which it looks like this; the first row that fits counts, and the last
    /// one of a refusal always fits.
    pub when: &'static [When],
    /// The HTTP status.
    pub status: u16,
    /// The shape of the body.
    pub family: Family,
    /// The literal text of the body, where the family has one.
    pub text: &'static str,
    /// Where status, shape and text come from.
    pub provenance: Provenance,
    /// Why a call whose own page does not show it may answer with it all the same.
    pub carried: &'static str,
}

impl ProblemRow {
    /// Whether it speaks of a call; `None` stands for a request that led to none.
    #[must_use]
    pub fn is_of(&self, call: Option<Call>) -> bool {
        self.calls.is_empty() || call.is_some_and(|call| self.calls.contains(&call))
    }
}

/// The shapes of error bodies, named as in the documents of this project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Model validation: `errors` by field, `type`, `title`, `status`, `traceId`.
    F1,
    /// Business rule: as F1, title `Bad Request`, key `Error`.
    F2,
    /// As F2 without `type` and `traceId`.
    F2Short,
    /// The oldest form: `errorCode` and `errorMessage`.
    F3,
    /// Problem details whose members are all null, with one additional property.
    F4,
    /// An array with one object per error.
    F5,
    /// Malformed JSON: as F1, keyed by JSON path, with the parser's own words.
    F7,
    /// ASP.NET's plain problem details: `type`, `title`, `status`, `traceId`.
    Plain,
    /// OAuth: `error`.
    OAuth,
    /// OAuth: `error` with the row's text as `error_description` of `invalid_client`.
    OAuthDescribed,
    /// A page of the proxy in front.
    Html,
    /// A page of the identity server for the person, since the app cannot be told.
    Page,
    /// No body.
    Empty,
}

macro_rules! rfc7231 {
    ($section:literal) => {
        concat!("https://tools.ietf.org/html/rfc7231#section-", $section)
    };
}

macro_rules! rfc9110 {
    ($section:literal) => {
        concat!("https://tools.ietf.org/html/rfc9110#section-", $section)
    };
}

/// What `type` of a problem document cites by status: as ASP.NET Core does up to .NET 7, and from
/// .NET 8 (the variant problem-type). A status outside the table has no `type`.
pub const TYPES: &[(u16, &str, &str)] = &[
    (400, rfc7231!("6.5.1"), rfc9110!("15.5.1")),
    (401, "https://tools.ietf.org/html/rfc7235#section-3.1", rfc9110!("15.5.2")),
    (404, rfc7231!("6.5.4"), rfc9110!("15.5.5")),
    (415, rfc7231!("6.5.13"), rfc9110!("15.5.16")),
    (500, rfc7231!("6.6.1"), rfc9110!("15.6.1")),
];

/// A refusal with everything its body needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Which one.
    pub problem: Problem,
    /// The entries of `errors`, for the families F1 and F7; in order, keys unique.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldErrors>,
    /// What the problem itself cannot say: the `WWW-Authenticate` value of a 401, what `Allow`
    /// lists of a 405, or `missing` or `bad` of a refused certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldErrors {
    /// The key inside `errors`.
    pub key: String,
    /// The texts, in order.
    pub texts: Vec<Text>,
}

/// One sentence about one field. It may quote what the caller sent; a trace leaves the quote out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Up to the quote, or everything.
    pub before: String,
    /// What the caller sent, if the sentence quotes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// After the quote.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub after: String,
}

impl Text {
    /// A sentence that quotes nothing.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self { before: text.into(), quote: None, after: String::new() }
    }

    /// A sentence around something the caller sent.
    #[must_use]
    pub fn quoting(before: &str, quote: impl Into<String>, after: impl Into<String>) -> Self {
        Self { before: before.to_owned(), quote: Some(quote.into()), after: after.into() }
    }

    /// As the caller reads it.
    #[must_use]
    pub fn full(&self) -> String {
        format!("{}{}{}", self.before, self.quote.as_deref().unwrap_or_default(), self.after)
    }

    /// As a trace keeps it.
    #[must_use]
    pub fn discreet(&self) -> String {
        let quote = if self.quote.is_some() { "<quoted>" } else { "" };
        format!("{}{quote}{}", self.before, self.after)
    }
}

impl Refusal {
    /// A refusal that needs nothing more.
    #[must_use]
    pub const fn new(problem: Problem) -> Self {
        Self { problem, errors: Vec::new(), header: None }
    }

    /// A refusal of fields; `problem` is [`Problem::Validation`] or [`Problem::MalformedJson`].
    #[must_use]
    pub const fn of_fields(problem: Problem, errors: Vec<FieldErrors>) -> Self {
        Self { problem, errors, header: None }
    }

    /// A refusal that also sets a header.
    #[must_use]
    pub const fn with_header(problem: Problem, header: String) -> Self {
        Self { problem, errors: Vec::new(), header: Some(header) }
    }
}
