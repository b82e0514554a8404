//! Edition 2025-09, what successes hold. Tables only.
//! A member that a page does not show says why it is there.

use super::pages::{CONFIRM, FINALIZE, INITIATE, POLL, SEND_CODE, STATUS, TOKEN, VERIFY};
use crate::{
    Variant,
    answer::{MemberKind, MemberRow, Presence, Shape, SuccessRow, member, success},
    framework::token_members,
    provenance::{assumed, d25},
    rows::entries,
    status::WORDS,
    variant::When,
};

pub(super) const STORED_REASON: &str =
    "the responses are cut; 2026-05 answers 200 and shows no body";
pub(super) const PLAIN_REASON: &str = "the identity server always has it beside the mutual-TLS one";

pub(super) const LIST: &[SuccessRow] =
    &[entries(assumed("no 2025-09 page was found; 2024-06 and 2026-05 show the same"))];

pub(super) const CREATED: &[MemberRow] =
    &[member("id", MemberKind::Int32, d25(super::pages::CREATE, "201 response"))];

const RESULT: &[MemberRow] = &[
    member("success", MemberKind::Boolean, assumed("2026-05 shows the object on confirm-email")),
    member("message", MemberKind::Text, assumed("2026-05 shows the object on confirm-email")),
    member("code", MemberKind::Int32, assumed("2026-05 shows the object on confirm-email")),
];

const EMPTY_OBJECT: &str = "2024-06 answers with an empty object";

pub(super) const CONFIRMED: &[SuccessRow] = &[
    SuccessRow {
        status: 200,
        shape: Shape::Object(RESULT),
        when: &[When(Variant::ConfirmEmailSuccess, "result")],
        provenance: assumed("2026-05 shows this object"),
    },
    SuccessRow {
        status: 200,
        shape: Shape::Object(&[]),
        when: &[When(Variant::ConfirmEmailSuccess, "empty-object")],
        provenance: assumed(EMPTY_OBJECT),
    },
    success(200, Shape::Empty, d25(CONFIRM, "200 response")),
];

pub(super) const CODE_SENT: &[SuccessRow] = &[
    SuccessRow {
        status: 200,
        shape: Shape::Object(&[]),
        when: &[When(Variant::SendCodeSuccess, "empty-object")],
        provenance: assumed(EMPTY_OBJECT),
    },
    success(204, Shape::Empty, d25(SEND_CODE, "204 response")),
];

pub(super) const VERIFIED: &[SuccessRow] = &[
    SuccessRow {
        status: 200,
        shape: Shape::Object(RESULT),
        when: &[When(Variant::VerifySuccess, "confirmation")],
        provenance: assumed("the page allows a minimal confirmation object and does not show it"),
    },
    SuccessRow {
        status: 200,
        shape: Shape::Object(&[]),
        when: &[When(Variant::VerifySuccess, "empty-object")],
        provenance: assumed(EMPTY_OBJECT),
    },
    success(200, Shape::Empty, d25(VERIFY, "200 response")),
];

pub(super) const INITIATED: &[MemberRow] = &[
    nullable("videoIdentificationUrl", MemberKind::Url, INITIATE),
    MemberRow {
        provenance: assumed("the page is cut here; the poll has the same three members"),
        ..nullable("videoIdentificationStatus", MemberKind::Words(WORDS), INITIATE)
    },
    MemberRow {
        provenance: assumed("the page is cut here; the poll has the same three members"),
        ..nullable("message", MemberKind::Text, INITIATE)
    },
];

pub(super) const POLLED: &[MemberRow] = &[
    nullable("videoIdentificationUrl", MemberKind::Url, POLL),
    nullable("videoIdentificationStatus", MemberKind::Words(WORDS), POLL),
    nullable("message", MemberKind::Text, POLL),
];

pub(super) const FINALIZED: &[MemberRow] = &[
    member("correlationId", MemberKind::Guid, d25(FINALIZE, "200 response")),
    member("individualId", MemberKind::Int32, d25(FINALIZE, "200 response")),
];

pub(super) const FLAGS: &[MemberRow] = &[
    member("isEmailVerified", MemberKind::Boolean, d25(STATUS, "200 response")),
    member("isPhoneNumberVerified", MemberKind::Boolean, d25(STATUS, "200 response")),
    member("isScaVerified", MemberKind::Boolean, d25(STATUS, "200 response")),
    member("isAdditionalData", MemberKind::Boolean, d25(STATUS, "200 response")),
    member("isOptionalKyc", MemberKind::Boolean, d25(STATUS, "200 response")),
    member("status", MemberKind::Int32, d25(STATUS, "200 response")),
];

pub(super) const TOKEN_MEMBERS: &[MemberRow] = &token_members(d25(TOKEN, "200 response"));

const fn nullable(name: &'static str, kind: MemberKind, page: &'static str) -> MemberRow {
    let row = member(name, kind, d25(page, "200 response"));
    MemberRow { presence: Presence::Nullable, ..row }
}
