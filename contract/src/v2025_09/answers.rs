//! Edition 2025-09, what successes hold. Tables only.
//! A member that a page does not show says why it is there.

use super::pages::{CONFIRM, CREATE, FINALIZE, INITIATE, POLL, SEND_CODE, STATUS, TOKEN, VERIFY};
use crate::{
    answer::{MemberKind, MemberRow, SuccessRow, member},
    common::answers::{
        RESULT_CARRIED, Shown, code_sent, confirmed, finalized, flags, identification, verified,
    },
    framework::token_members,
    provenance::{Provenance, assumed, d25},
    rows::entries,
};

pub(super) const STORED_REASON: &str =
    "the responses are cut; 2026-05 answers 200 and shows no body";
pub(super) const PLAIN_REASON: &str = "the identity server always has it beside the mutual-TLS one";

pub(super) const LIST: &[SuccessRow] =
    &[entries(assumed("no 2025-09 page was found; 2024-06 and 2026-05 show the same"))];

pub(super) const CREATED: &[MemberRow] =
    &[member("id", MemberKind::Int32, d25(CREATE, "201 response"))];

const fn empty(page: &'static str, section: &'static str) -> Shown {
    Shown { empty: Some(d25(page, section)), object: None }
}

pub(super) const CONFIRMED: &[SuccessRow] =
    &confirmed(&empty(CONFIRM, "200 response"), RESULT_CARRIED);
pub(super) const CODE_SENT: &[SuccessRow] = &code_sent(&empty(SEND_CODE, "204 response"));
pub(super) const VERIFIED: &[SuccessRow] = &verified(&empty(VERIFY, "200 response"));

const CUT: Provenance = assumed("the page is cut here; the poll has the same three members");

pub(super) const INITIATED: &[MemberRow] = &identification(d25(INITIATE, "200 response"), CUT, CUT);

const POLLED_AS: Provenance = d25(POLL, "200 response");

pub(super) const POLLED: &[MemberRow] = &identification(
    POLLED_AS,
    POLLED_AS,
    assumed("the page names the member and is cut there; 2026-05 shows an empty text"),
);

pub(super) const FINALIZED: &[MemberRow] = &finalized(d25(FINALIZE, "200 response"));
pub(super) const FLAGS: &[MemberRow] = &flags(d25(STATUS, "200 response"));
pub(super) const TOKEN_MEMBERS: &[MemberRow] = &token_members(d25(TOKEN, "200 response"));
