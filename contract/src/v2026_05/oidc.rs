//! Edition 2026-05, the OpenID endpoints beside the token endpoint. Tables only.
//! The page names their paths and the flow; parameters follow the oldest pages and the standards.

use super::pages::OIDC;
use crate::{
    Call, EndpointRow, FieldRow, Host, Method, Problem, Provenance,
    answer::{MemberKind, MemberRow, Presence, Shape, SuccessRow, success},
    endpoint::{BodyKind, Gate},
    field::{Kind, Need, Place, Privacy},
    problem::{Family, ProblemRow},
    provenance::{assumed, d26},
    rows::{EITHER_REDIRECT, REDIRECT_URI, REDIRECT_URL, form, row, under},
};

const NAMED: Provenance = d26(OIDC, "endpoints");
const CONFIGURED: Provenance = d26(OIDC, "configuration");
const OLDER: Provenance = assumed("the oldest pages list it for this endpoint");
const STANDARD: Provenance = assumed("OpenID Connect Core section 3.1.2, which the page follows");
const LOGOUT: Provenance = assumed("OpenID Connect RP-Initiated Logout section 2");
const REVOKE: Provenance = assumed("RFC 7009 section 2.1, which the identity server follows");

pub(super) const AUTHORIZE: EndpointRow = EndpointRow {
    call: Call::Authorize,
    host: Host::Auth,
    method: Method::Get,
    path: "/connect/authorize",
    gate: Gate::Open,
    body: BodyKind::None,
    fields: &[
        query("client_id", Need::Required, Privacy::Public, CONFIGURED),
        query("response_type", Need::Required, Privacy::Public, CONFIGURED),
        query("scope", Need::Required, Privacy::Public, CONFIGURED),
        under(EITHER_REDIRECT, redirect("redirect_uri", Need::Optional, CONFIGURED)),
        under(REDIRECT_URI, redirect("redirect_uri", Need::Required, CONFIGURED)),
        under(EITHER_REDIRECT, redirect("redirect_url", Need::Optional, OLDER)),
        under(REDIRECT_URL, redirect("redirect_url", Need::Required, OLDER)),
        query("state", Need::Optional, Privacy::Personal, OLDER),
        query("nonce", Need::Optional, Privacy::Personal, OLDER),
        query("response_mode", Need::Optional, Privacy::Public, OLDER),
        query("prompt", Need::Optional, Privacy::Public, OLDER),
        query("code_challenge", Need::Optional, Privacy::Personal, d26(OIDC, "flow")),
        query("code_challenge_method", Need::Optional, Privacy::Public, d26(OIDC, "flow")),
    ],
    successes: &[
        success(302, Shape::Redirect, STANDARD),
        success(200, Shape::Page, assumed("the person signs in on a page of the identity server")),
    ],
    scope: None,
    problems: &[Problem::InvalidRequest, Problem::UnauthorizedClient],
    shown: &[],
    provenance: NAMED,
};

pub(super) const USER_INFO: EndpointRow = EndpointRow {
    call: Call::UserInfo,
    host: Host::Auth,
    method: Method::Get,
    path: "/connect/userinfo",
    gate: Gate::Bearer,
    body: BodyKind::None,
    fields: &[],
    successes: &[success(200, Shape::Object(CLAIMS), OLDER)],
    scope: Some("openid"),
    problems: &[Problem::Unauthorized, Problem::Forbidden],
    shown: &[],
    provenance: NAMED,
};

pub(super) const REVOCATION: EndpointRow = EndpointRow {
    call: Call::Revocation,
    host: Host::Auth,
    method: Method::Post,
    path: "/connect/revocation",
    gate: Gate::Open,
    body: BodyKind::Form,
    fields: &[
        form("token", Need::Required, Privacy::Secret, REVOKE),
        form("token_type_hint", Need::Optional, Privacy::Public, REVOKE),
        form("client_id", Need::Optional, Privacy::Public, REVOKE),
        form("client_secret", Need::Optional, Privacy::Secret, REVOKE),
    ],
    successes: REVOKED,
    scope: None,
    problems: &[Problem::InvalidRequest, Problem::InvalidClient],
    shown: &[],
    provenance: NAMED,
};

pub(super) const END_SESSION: EndpointRow = EndpointRow {
    call: Call::EndSession,
    host: Host::Auth,
    method: Method::Get,
    path: "/connect/endsession",
    gate: Gate::Open,
    body: BodyKind::None,
    fields: &[
        query("id_token_hint", Need::Optional, Privacy::Secret, LOGOUT),
        query("post_logout_redirect_uri", Need::Optional, Privacy::Personal, LOGOUT),
        query("state", Need::Optional, Privacy::Personal, LOGOUT),
    ],
    successes: &[
        success(302, Shape::Redirect, LOGOUT),
        success(200, Shape::Page, assumed("without an address to go to, a page says the rest")),
    ],
    scope: None,
    problems: &[Problem::InvalidRequest],
    shown: &[],
    provenance: NAMED,
};

/// Where client or redirect cannot be trusted, the person is told and not the app.
pub(super) const PROBLEMS: &[ProblemRow] = &[
    to_person(Problem::InvalidRequest, "invalid_request"),
    row(Problem::InvalidRequest, 400, Family::OAuth, "invalid_request", assumed(CUT)),
    to_person(Problem::UnauthorizedClient, "unauthorized_client"),
    row(Problem::UnauthorizedClient, 400, Family::OAuth, "unauthorized_client", assumed(CUT)),
];

const CUT: &str = "the page's errors are cut; the identity server answers so";

const fn to_person(problem: Problem, text: &'static str) -> ProblemRow {
    let told = assumed("RFC 6749 section 4.1.2.1: the person is told, the browser goes nowhere");
    ProblemRow {
        calls: &[Call::Authorize, Call::EndSession],
        ..row(problem, 400, Family::Page, text, told)
    }
}

const REVOKED: &[SuccessRow] = &[success(200, Shape::Empty, REVOKE)];

/// The oldest sample shows flags as texts.
const CLAIMS: &[MemberRow] = &[
    claim("sub", Presence::Always),
    claim("email", Presence::Optional),
    claim("tenant", Presence::Optional),
    MemberRow { kind: MemberKind::Texts, ..claim("role", Presence::Optional) },
    claim("preferred_username", Presence::Optional),
    claim("name", Presence::Optional),
    claim("email_verified", Presence::Optional),
    claim("phone_number", Presence::Optional),
    claim("phone_number_verified", Presence::Optional),
];

const fn claim(name: &'static str, presence: Presence) -> MemberRow {
    MemberRow { name, kind: MemberKind::Text, presence, provenance: OLDER }
}

const fn redirect(name: &'static str, need: Need, provenance: Provenance) -> FieldRow {
    query(name, need, Privacy::Personal, provenance)
}

const fn query(
    name: &'static str,
    need: Need,
    privacy: Privacy,
    provenance: Provenance,
) -> FieldRow {
    FieldRow {
        name,
        key: name,
        place: Place::Query,
        kind: Kind::Text,
        need,
        privacy,
        when: &[],
        provenance,
    }
}
