//! What the editions have in common because it comes from the framework and the identity server
//! below them, not from the provider's own words. Every row is assumed. Tables only.

use crate::{
    Problem, Provenance, Variant,
    answer::{MemberKind, MemberRow, Presence, member},
    problem::{Family, ProblemRow},
    provenance::assumed,
    rows::{row, row_when},
    variant::When,
};

/// Why the identity server's documents look as they do.
pub(crate) const DOCUMENTS: &str =
    "the identity server always serves it; no readable page shows it";

const MEMBER: Provenance = assumed("RFC 8414 section 2 and OpenID Connect Discovery section 3");

/// The OpenID provider configuration. What only some editions or readings have is optional.
pub(crate) const DISCOVERY: &[MemberRow] = &[
    member("issuer", MemberKind::Url, MEMBER),
    member("jwks_uri", MemberKind::Url, MEMBER),
    at_times("authorization_endpoint", MemberKind::Url),
    member("token_endpoint", MemberKind::Url, MEMBER),
    at_times("userinfo_endpoint", MemberKind::Url),
    at_times("end_session_endpoint", MemberKind::Url),
    at_times("revocation_endpoint", MemberKind::Url),
    member("grant_types_supported", MemberKind::Texts, MEMBER),
    member("response_types_supported", MemberKind::Texts, MEMBER),
    at_times("response_modes_supported", MemberKind::Texts),
    at_times("code_challenge_methods_supported", MemberKind::Texts),
    member("subject_types_supported", MemberKind::Texts, MEMBER),
    member("id_token_signing_alg_values_supported", MemberKind::Texts, MEMBER),
    member("token_endpoint_auth_methods_supported", MemberKind::Texts, MEMBER),
    at_times("tls_client_certificate_bound_access_tokens", MemberKind::Boolean),
    at_times("mtls_endpoint_aliases", MemberKind::Object(ALIASES)),
    member("scopes_supported", MemberKind::Texts, MEMBER),
    at_times("claims_supported", MemberKind::Texts),
];

const fn at_times(name: &'static str, kind: MemberKind) -> MemberRow {
    MemberRow { presence: Presence::Optional, ..member(name, kind, MEMBER) }
}

const ALIASES: &[MemberRow] =
    &[member("token_endpoint", MemberKind::Url, assumed("RFC 8705 section 5"))];

const KEY: Provenance = assumed("RFC 7517 section 4 and RFC 7518 section 6.3");

/// The token keys.
pub(crate) const KEYS: &[MemberRow] = &[member("keys", MemberKind::Objects(JWK), KEY)];

const JWK: &[MemberRow] = &[
    member("kty", MemberKind::Text, KEY),
    member("use", MemberKind::Text, KEY),
    member("kid", MemberKind::Text, KEY),
    member("alg", MemberKind::Text, KEY),
    member("n", MemberKind::Text, KEY),
    member("e", MemberKind::Text, KEY),
];

const OAUTH: Provenance = assumed("RFC 6749 section 5.1, which the identity server follows");

/// A token's answer behind its two documented members.
pub(crate) const fn token_members(documented: Provenance) -> [MemberRow; 4] {
    let scope = member("scope", MemberKind::Text, OAUTH);
    [
        member("access_token", MemberKind::Text, documented),
        member("expires_in", MemberKind::Int32, documented),
        member("token_type", MemberKind::Text, OAUTH),
        MemberRow { presence: Presence::Optional, ..scope },
    ]
}

const CUT: &str =
    "the page's errors are cut; RFC 6749 section 5.2 as the identity server writes it";

/// The refusals that no page of any edition shows.
pub(crate) const PROBLEMS: &[ProblemRow] = &[
    row(
        Problem::RouteNotFound,
        404,
        Family::Empty,
        "",
        assumed("the framework's routing answers 404 without a body"),
    ),
    row(
        Problem::MethodNotAllowed,
        405,
        Family::Empty,
        "",
        assumed("the framework's routing answers 405 with Allow and no body"),
    ),
    row(
        Problem::UnsupportedMediaType,
        415,
        Family::Plain,
        "Unsupported Media Type",
        assumed("the framework answers a problem document when no formatter fits"),
    ),
    row(
        Problem::BodyTooLarge,
        413,
        Family::Empty,
        "",
        assumed("the framework's server answers 413 without a body"),
    ),
    row(
        Problem::BodyTimeout,
        408,
        Family::Empty,
        "",
        assumed("the framework's server answers 408 to a body that is too slow"),
    ),
    row(
        Problem::MalformedRequest,
        400,
        Family::Empty,
        "",
        assumed("the framework's server answers 400 without a body to what is not HTTP"),
    ),
    row_when(
        Problem::Unauthorized,
        &[When(Variant::UnauthorizedBody, "problem-details")],
        (401, Family::Plain),
        "Unauthorized",
        assumed("the framework's problem document for a bare status"),
    ),
    row(
        Problem::Unauthorized,
        401,
        Family::Empty,
        "",
        assumed("no page shows a body; the framework's bearer challenge has none"),
    ),
    row(
        Problem::Forbidden,
        403,
        Family::Empty,
        "",
        assumed("a token that is good but does not reach this far is forbidden without a body"),
    ),
    row_when(
        Problem::MerchantRefused,
        &[When(Variant::ForeignMerchant, "bad-request")],
        (400, Family::F2),
        "Invalid Merchant",
        assumed("no page tells; worded like the documented 'Invalid User'"),
    ),
    row(
        Problem::MerchantRefused,
        403,
        Family::Empty,
        "",
        assumed("a token that is good but does not reach the merchant is forbidden without a body"),
    ),
    row_when(
        Problem::Throttled,
        &[When(Variant::ThrottleStatus, "too-many-requests")],
        (429, Family::Plain),
        "Too Many Requests",
        assumed("RFC 6585 section 4, as the framework's rate limiter answers"),
    ),
    row(
        Problem::Throttled,
        400,
        Family::F2,
        "Too many attempts",
        assumed("2026-05 answers 400 to a caller who asks too often, without a text"),
    ),
    row(
        Problem::WorldFull,
        503,
        Family::Plain,
        "The mock holds as many users as it may. Reset it, or raise limits.users.",
        assumed("the mock's own limit; the provider has no such answer"),
    ),
    row_when(
        Problem::CertificateRefused,
        &[When(Variant::MtlsRefusal, "http-400-json")],
        (400, Family::OAuthDescribed),
        "mTLS authentication failed.",
        assumed("Duende IdentityServer 7.3 and later answer so"),
    ),
    row_when(
        Problem::CertificateRefused,
        &[When(Variant::MtlsRefusal, "http-400-html")],
        (400, Family::Html),
        "The SSL certificate error",
        assumed("nginx with client verification answers so"),
    ),
    row(
        Problem::CertificateRefused,
        403,
        Family::Empty,
        "",
        assumed("IdentityServer4 forbids after its own check, without a body"),
    ),
    row(Problem::InvalidRequest, 400, Family::OAuth, "invalid_request", assumed(CUT)),
    row_when(
        Problem::InvalidClient,
        &[When(Variant::InvalidClientStatus, "unauthorized")],
        (401, Family::OAuth),
        "invalid_client",
        assumed("RFC 6749 section 5.2 demands it after Basic authentication"),
    ),
    row(
        Problem::InvalidClient,
        400,
        Family::OAuth,
        "invalid_client",
        assumed("the page's errors are cut; the identity server answers 400, never 401"),
    ),
    row(Problem::InvalidGrant, 400, Family::OAuth, "invalid_grant", assumed(CUT)),
    row(Problem::UnsupportedGrantType, 400, Family::OAuth, "unsupported_grant_type", assumed(CUT)),
    row(
        Problem::UnauthorizedClient,
        400,
        Family::OAuth,
        "unauthorized_client",
        assumed("a grant is only for clients configured for it; RFC 6749 section 5.2"),
    ),
    row(Problem::InvalidScope, 400, Family::OAuth, "invalid_scope", assumed(CUT)),
];
