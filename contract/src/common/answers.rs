//! What successes hold under each reading, with the sources that an edition has for them.
//! The readings are the same in every edition; what differs is which page shows which. Tables only.

use crate::{
    Provenance, Variant,
    answer::{MemberKind, MemberRow, Presence, Shape, SuccessRow, member, success},
    provenance::assumed,
    status::WORDS,
    variant::When,
};

const SHOWN_2026: Provenance = assumed("2026-05 shows this object on confirm-email");
const SHOWN_2024: Provenance = assumed("2024-06 answers with an empty object");
const SHOWN_2025: Provenance = assumed("2025-09 describes no body");

/// `success`, `message` and `code`.
pub(crate) const RESULT: &[MemberRow] = &result(SHOWN_2026);

pub(crate) const fn result(shown: Provenance) -> [MemberRow; 3] {
    [
        member("success", MemberKind::Boolean, shown),
        member("message", MemberKind::Text, shown),
        member("code", MemberKind::Int32, shown),
    ]
}

const fn when(
    when: &'static [When],
    status: u16,
    shape: Shape,
    provenance: Provenance,
) -> SuccessRow {
    SuccessRow { status, shape, when, provenance }
}

/// Which page shows which success; `None` where this edition's does not.
pub(crate) struct Shown {
    pub(crate) empty: Option<Provenance>,
    pub(crate) object: Option<Provenance>,
}

const fn or(shown: Option<Provenance>, carried: Provenance) -> Provenance {
    match shown {
        Some(provenance) => provenance,
        None => carried,
    }
}

/// Confirm-email.
pub(crate) const fn confirmed(
    shown: &Shown,
    result: (&'static [MemberRow], Provenance),
) -> [SuccessRow; 3] {
    [
        when(
            &[When(Variant::ConfirmEmailSuccess, "result")],
            200,
            Shape::Object(result.0),
            result.1,
        ),
        when(
            &[When(Variant::ConfirmEmailSuccess, "empty-object")],
            200,
            Shape::Object(&[]),
            or(shown.object, SHOWN_2024),
        ),
        success(200, Shape::Empty, or(shown.empty, SHOWN_2025)),
    ]
}

/// Confirm-email where the edition does not show the object.
pub(crate) const RESULT_CARRIED: (&[MemberRow], Provenance) = (RESULT, SHOWN_2026);

/// Send-code.
pub(crate) const fn code_sent(shown: &Shown) -> [SuccessRow; 2] {
    [
        when(
            &[When(Variant::SendCodeSuccess, "empty-object")],
            200,
            Shape::Object(&[]),
            or(shown.object, SHOWN_2024),
        ),
        success(204, Shape::Empty, or(shown.empty, assumed("2025-09 answers 204 without a body"))),
    ]
}

/// Verify.
pub(crate) const fn verified(shown: &Shown) -> [SuccessRow; 3] {
    [
        when(
            &[When(Variant::VerifySuccess, "confirmation")],
            200,
            Shape::Object(RESULT),
            assumed("2025-09 allows a minimal confirmation object and does not show it"),
        ),
        when(
            &[When(Variant::VerifySuccess, "empty-object")],
            200,
            Shape::Object(&[]),
            or(shown.object, SHOWN_2024),
        ),
        success(200, Shape::Empty, or(shown.empty, SHOWN_2025)),
    ]
}

/// Initiate and poll: the same three members.
pub(crate) const fn identification(
    url: Provenance,
    status: Provenance,
    message: Provenance,
) -> [MemberRow; 3] {
    [
        nullable("videoIdentificationUrl", MemberKind::Url, url),
        nullable("videoIdentificationStatus", MemberKind::Words(WORDS), status),
        nullable("message", MemberKind::Text, message),
    ]
}

/// Finalise, and enrolment before it.
pub(crate) const fn finalized(shown: Provenance) -> [MemberRow; 2] {
    [
        member("correlationId", MemberKind::Guid, shown),
        member("individualId", MemberKind::Int32, shown),
    ]
}

/// The user's flags and lifecycle code.
pub(crate) const fn flags(shown: Provenance) -> [MemberRow; 6] {
    [
        member("isEmailVerified", MemberKind::Boolean, shown),
        member("isPhoneNumberVerified", MemberKind::Boolean, shown),
        member("isScaVerified", MemberKind::Boolean, shown),
        member("isAdditionalData", MemberKind::Boolean, shown),
        member("isOptionalKyc", MemberKind::Boolean, shown),
        member("status", MemberKind::Int32, shown),
    ]
}

const fn nullable(name: &'static str, kind: MemberKind, provenance: Provenance) -> MemberRow {
    MemberRow { name, kind, presence: Presence::Nullable, provenance }
}
