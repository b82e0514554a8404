//! Shorthands with which the editions' tables are written, so that a row shows what is
//! particular about it and nothing else.

use crate::{
    Call, EndpointRow, FieldRow, Host, Method, Problem, Provenance, Variant,
    answer::{MemberKind, MemberRow, Shape, SuccessRow, member, success},
    endpoint::{BodyKind, Gate},
    field::{Kind, Need, Place, Privacy},
    problem::{Family, ProblemRow},
    provenance::assumed,
    variant::When,
};

/// The range of every id.
pub(crate) const INT: Kind = Kind::Int32 { min: 1 };

/// A member of a JSON body that a trace may show.
pub(crate) const fn body(
    name: &'static str,
    key: &'static str,
    kind: Kind,
    need: Need,
    provenance: Provenance,
) -> FieldRow {
    kyc(name, key, kind, need, Privacy::Public, provenance)
}

/// A member of a JSON body.
pub(crate) const fn kyc(
    name: &'static str,
    key: &'static str,
    kind: Kind,
    need: Need,
    privacy: Privacy,
    provenance: Provenance,
) -> FieldRow {
    FieldRow { name, key, place: Place::Body, kind, need, privacy, when: &[], provenance }
}

/// A field under some readings only.
pub(crate) const fn under(when: &'static [When], row: FieldRow) -> FieldRow {
    FieldRow { when, ..row }
}

/// Readings of the name of the redirect parameter: both names are read, or one alone.
pub(crate) const EITHER_REDIRECT: &[When] = &[When(Variant::RedirectParameter, "either")];
pub(crate) const REDIRECT_URI: &[When] = &[When(Variant::RedirectParameter, "redirect-uri")];
pub(crate) const REDIRECT_URL: &[When] = &[When(Variant::RedirectParameter, "redirect-url")];

/// A path parameter.
pub(crate) const fn path(name: &'static str, kind: Kind, provenance: Provenance) -> FieldRow {
    FieldRow {
        name,
        key: name,
        place: Place::Path,
        kind,
        need: Need::Required,
        privacy: Privacy::Public,
        when: &[],
        provenance,
    }
}

/// A form field.
pub(crate) const fn form(
    name: &'static str,
    need: Need,
    privacy: Privacy,
    provenance: Provenance,
) -> FieldRow {
    FieldRow {
        name,
        key: name,
        place: Place::Form,
        kind: Kind::Text,
        need,
        privacy,
        when: &[],
        provenance,
    }
}

/// A code list.
pub(crate) const fn list(
    call: Call,
    path: &'static str,
    successes: &'static [SuccessRow],
    provenance: Provenance,
) -> EndpointRow {
    EndpointRow {
        call,
        host: Host::Api,
        method: Method::Get,
        path,
        gate: Gate::Bearer,
        body: BodyKind::None,
        fields: &[],
        successes,
        scope: Some("IdentityServerApi"),
        problems: &[Problem::Unauthorized, Problem::Forbidden],
        shown: &[],
        provenance,
    }
}

/// The one shape of every code list.
pub(crate) const fn entries(provenance: Provenance) -> SuccessRow {
    success(200, Shape::List(LIST_ENTRY), provenance)
}

/// Label and value: shown alike by 2024-06 and 2026-05.
const LIST_ENTRY: &[MemberRow] = &[
    member("label", MemberKind::Text, assumed("both 2024-06 and 2026-05 show these two members")),
    member("value", MemberKind::Text, assumed("both 2024-06 and 2026-05 show these two members")),
];

/// A refusal of any call under any reading.
pub(crate) const fn row(
    problem: Problem,
    status: u16,
    family: Family,
    text: &'static str,
    provenance: Provenance,
) -> ProblemRow {
    let carried = carried(problem);
    ProblemRow { problem, calls: &[], when: &[], status, family, text, provenance, carried }
}

/// A refusal under some readings only; `status` and `family` as one pair.
pub(crate) const fn row_when(
    problem: Problem,
    when: &'static [When],
    (status, family): (u16, Family),
    text: &'static str,
    provenance: Provenance,
) -> ProblemRow {
    ProblemRow { when, ..row(problem, status, family, text, provenance) }
}

/// Why a call whose own page does not show a refusal answers with it all the same.
const fn carried(problem: Problem) -> &'static str {
    match problem {
        Problem::RouteNotFound
        | Problem::MethodNotAllowed
        | Problem::UnsupportedMediaType
        | Problem::BodyTooLarge
        | Problem::BodyTimeout
        | Problem::MalformedRequest => "the framework refuses it before any call is reached",
        Problem::ServerError => "neighbouring pages list 500 without a body",
        Problem::Unauthorized => "every page demands a bearer token; 2026-05 lists the 401",
        Problem::Forbidden => "see the variant scope-check",
        Problem::MerchantRefused => "see the variant foreign-merchant",
        Problem::Validation => "the page states the rule; its refusal is cut or not shown",
        Problem::MalformedJson => "send-confirmation refuses invalid JSON; so would its neighbours",
        Problem::UserNotFound => "2026-05 answers 404; this page does not show the case",
        Problem::InvalidToken | Problem::InvalidCode | Problem::PhoneAlreadyRegistered => {
            "only its own page shows it"
        }
        Problem::Throttled => "see the variants resend-limit and blocked-code",
        Problem::EmailAlreadyRegistered => "see the variant duplicate-email",
        Problem::EmailMismatch => "the address must equal the registered one; no page shows more",
        Problem::EmailNotConfirmed | Problem::PhoneNotVerified => "see the variant step-order",
        Problem::QuestionnaireMissing | Problem::QuestionnaireTooEarly => {
            "see the variant questionnaire-order"
        }
        Problem::QuestionnaireRepeated => "see the variant repeat-questionnaire",
        Problem::PhoneNotEligible => "2026-05 refuses a number that is missing or verified",
        Problem::RestartRequired | Problem::RestartRefused => {
            "see the variant restart-after-failure"
        }
        Problem::AlreadyIdentified | Problem::AlreadyEnrolled => {
            "2026-05 refuses a user in the wrong state"
        }
        Problem::IdentificationFailed => "see the variant poll-after-failure",
        Problem::SessionNotFound | Problem::NotStartedYet => "see the variant poll-before-initiate",
        Problem::NothingFound => "see the variant empty-answer",
        Problem::NotSignedYet => "2026-05 refuses before DOCUMENT_SIGN_SUCCESS",
        Problem::SubmissionPending | Problem::IndividualNotFound | Problem::DocumentsPurged => {
            "only the download page of 2026-05 shows it"
        }
        Problem::WorldFull => "the mock's own limit",
        Problem::CertificateRefused => "see the variant mtls-refusal",
        Problem::InvalidRequest
        | Problem::InvalidClient
        | Problem::InvalidGrant
        | Problem::UnsupportedGrantType
        | Problem::UnauthorizedClient
        | Problem::InvalidScope => "the page's errors are cut; the identity server answers so",
    }
}
