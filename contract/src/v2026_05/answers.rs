//! Edition 2026-05, what successes hold. Tables only.
//! A member that a page does not show says why it is there.

use super::pages::{CONFIRM, DOWNLOAD, FINALIZE, INITIATE, OIDC, POLL, SEND_CODE, STATUS, VERIFY};
use crate::{
    answer::{MemberKind, MemberRow, SuccessRow, member},
    common::answers::{
        Shown, code_sent, confirmed, finalized, flags, identification, result, verified,
    },
    framework::token_members,
    provenance::{Provenance, assumed, d26},
};

pub(super) const CREATED: &[MemberRow] = &[member(
    "id",
    MemberKind::Int32,
    assumed("no 2026-05 page of create-user was found; carried over from 2025-09"),
)];

const RESULT: &[MemberRow] = &result(d26(CONFIRM, "200 response"));

pub(super) const CONFIRMED: &[SuccessRow] =
    &confirmed(&Shown { empty: None, object: None }, (RESULT, d26(CONFIRM, "200 response")));
pub(super) const CODE_SENT: &[SuccessRow] =
    &code_sent(&Shown { empty: Some(d26(SEND_CODE, "204 response")), object: None });
pub(super) const VERIFIED: &[SuccessRow] =
    &verified(&Shown { empty: Some(d26(VERIFY, "200 response")), object: None });

const OPENED: Provenance = d26(INITIATE, "200 response");
const SEEN: Provenance = d26(POLL, "200 response");

pub(super) const INITIATED: &[MemberRow] = &identification(OPENED, OPENED, OPENED);
pub(super) const POLLED: &[MemberRow] = &identification(SEEN, SEEN, SEEN);
pub(super) const FINALIZED: &[MemberRow] = &finalized(d26(FINALIZE, "200 response"));
pub(super) const FLAGS: &[MemberRow] = &flags(d26(STATUS, "200 response"));
pub(super) const TOKEN_MEMBERS: &[MemberRow] = &token_members(d26(OIDC, "token"));

const PLACE: Provenance = assumed("2026-05 names the call and shows no answer");

pub(super) const PLACES: &[MemberRow] =
    &[member("zip", MemberKind::Text, PLACE), member("country", MemberKind::Text, PLACE)];

const DOWNLOADED: Provenance = d26(DOWNLOAD, "200 response");

pub(super) const DOWNLOADS: &[MemberRow] = &[
    member("links", MemberKind::Objects(LINKS), DOWNLOADED),
    member("expiresAt", MemberKind::Time, DOWNLOADED),
];

const LINKS: &[MemberRow] = &[
    member("type", MemberKind::Words(&["ID_FRONT", "ID_BACK", "SIGNED_PROFILE"]), DOWNLOADED),
    member("fileName", MemberKind::Text, DOWNLOADED),
    member("url", MemberKind::Url, DOWNLOADED),
];
