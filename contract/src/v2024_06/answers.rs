//! Edition 2024-06, what successes hold. Tables only.
//! A member that a page does not show says why it is there.

use super::pages::{CREATE, ENROLL, SEND_CODE, STATUS, TOKEN, VERIFY};
use crate::{
    answer::{MemberKind, MemberRow, Presence, SuccessRow, member},
    common::answers::{RESULT_CARRIED, Shown, code_sent, confirmed, finalized, verified},
    provenance::{Provenance, assumed, d24},
};

pub(super) const CREATED: &[MemberRow] =
    &[member("id", MemberKind::Int32, d24(CREATE, "201 response"))];

const fn object(page: &'static str) -> Shown {
    Shown { empty: None, object: Some(d24(page, "200 response")) }
}

pub(super) const CONFIRMED: &[SuccessRow] =
    &confirmed(&Shown { empty: None, object: None }, RESULT_CARRIED);
pub(super) const CODE_SENT: &[SuccessRow] = &code_sent(&object(SEND_CODE));
pub(super) const VERIFIED: &[SuccessRow] = &verified(&object(VERIFY));

const FLAG: Provenance = d24(STATUS, "200 response");

pub(super) const FLAGS: &[MemberRow] = &[
    member("isEmailVerified", MemberKind::Boolean, FLAG),
    member("isPhoneNumberVerified", MemberKind::Boolean, FLAG),
];

pub(super) const ENROLLED: &[MemberRow] = &finalized(d24(ENROLL, "200 response"));

const UNSHOWN: Provenance = assumed("RFC 6749 section 5.1; the page shows the other two members");

pub(super) const TOKEN_MEMBERS: &[MemberRow] = &[
    member("access_token", MemberKind::Text, d24(TOKEN, "200 response")),
    member("expires_in", MemberKind::Int32, UNSHOWN),
    member("token_type", MemberKind::Text, UNSHOWN),
    MemberRow {
        presence: Presence::Optional,
        ..member("scope", MemberKind::Text, d24(TOKEN, "200 response"))
    },
];
