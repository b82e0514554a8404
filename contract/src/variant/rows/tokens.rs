//! Open questions about tokens, certificates and the identity server. Tables only.
//! The order of readings says nothing: each edition names the one it takes when nobody chooses.

use super::{everywhere, reading};
use crate::{
    provenance::{assumed, d24, d25, d26},
    variant::{Variant, VariantRow},
};

pub(super) const ROWS: &[VariantRow] = &[
    VariantRow {
        variant: Variant::MtlsRefusal,
        id: "mtls-refusal",
        question: "What does a missing or bad client certificate get at the mutual-TLS endpoints?",
        settles: &["U13"],
        usual: everywhere("http-403-empty"),
        readings: &[
            reading(
                "http-403-empty",
                "the handshake succeeds and the endpoint answers 403 without a body",
                assumed("IdentityServer4, the likeliest server, forbids after its own check"),
            ),
            reading(
                "tls-alert",
                "the auth listener refuses the handshake with a TLS alert",
                assumed("a server that demands certificates in the handshake does this"),
            ),
            reading(
                "http-400-json",
                "400 with invalid_client and the description 'mTLS authentication failed.'",
                assumed("Duende IdentityServer 7.3 and later answer so"),
            ),
            reading(
                "http-400-html",
                "400 with an HTML page from the proxy in front",
                assumed("nginx with client verification answers so"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::TokenGrants,
        id: "token-grants",
        question: "By which grants can a token be had?",
        settles: &["C3"],
        usual: ["password", "mutual-tls", "every"],
        readings: &[
            reading(
                "mutual-tls",
                "client_credentials over mutual TLS",
                d25("client-authentication", "section 2"),
            ),
            reading(
                "password",
                "a password with Basic authentication",
                d24("merchant-authentication", "request"),
            ),
            reading(
                "authorization-code",
                "an authorization code with PKCE",
                d26("merchant-authentication", "flow"),
            ),
            reading(
                "every",
                "all of these",
                assumed("2026-05 describes the code flow and carries mutual TLS over from 2025-09"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::Issuer,
        id: "issuer",
        question: "Which host issues tokens?",
        settles: &["C4"],
        usual: ["auth-host", "auth-host", "api-host"],
        readings: &[
            reading("auth-host", "the identity server", d25("client-authentication", "section 1")),
            reading(
                "api-host",
                "the gateway, which then serves the OpenID endpoints too",
                d26("merchant-authentication", "configuration"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::RedirectParameter,
        id: "redirect-parameter",
        question: "What is the redirect parameter of the OpenID endpoints called?",
        settles: &["C26"],
        usual: everywhere("either"),
        readings: &[
            reading(
                "either",
                "redirect_uri and redirect_url are both read",
                assumed("the oldest pages spell it redirect_url, the standard redirect_uri"),
            ),
            reading(
                "redirect-uri",
                "redirect_uri alone",
                assumed("OpenID Connect Core section 3.1.2.1"),
            ),
            reading(
                "redirect-url",
                "redirect_url alone",
                assumed("the oldest pages spell it so, and 2026-05 does not spell it"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::TokenConfirmation,
        id: "token-confirmation",
        question: "What does the token's cnf.x5t#S256 hold?",
        settles: &["U13"],
        usual: everywhere("sha1-hex"),
        readings: &[
            reading(
                "sha1-hex",
                "the SHA-1 thumbprint in upper-case hex",
                assumed("IdentityServer4 3.x, which the form field betrays, writes this"),
            ),
            reading(
                "sha256",
                "the unpadded base64url SHA-256 of RFC 8705 section 3.1",
                assumed("IdentityServer4 4.0 and later follow the RFC"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::ThumbprintHash,
        id: "thumbprint-hash",
        question: "Which hash of the certificate does the token request's form field carry?",
        settles: &["U13"],
        usual: everywhere("sha1"),
        readings: &[
            reading(
                "sha1",
                "40 upper-case hex digits",
                assumed("the word thumbprint means SHA-1 on the provider's platform"),
            ),
            reading(
                "sha256",
                "64 upper-case hex digits",
                assumed("the page names no algorithm, and SHA-1 is being retired"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::TokenBinding,
        id: "token-binding",
        question: "Does the API ask for the certificate that a token is bound to?",
        settles: &["U13", "U14"],
        usual: everywhere("unchecked"),
        readings: &[
            reading("unchecked", "no", assumed("the gateway pages name the Bearer header alone")),
            reading(
                "checked",
                "yes: without it 401",
                assumed("RFC 8705 section 3 lets a resource server demand it"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::ScopeCheck,
        id: "scope-check",
        question: "Does a call need a scope of its own?",
        settles: &["U13"],
        usual: everywhere("unchecked"),
        readings: &[
            reading(
                "unchecked",
                "no: any token of the merchant will do",
                assumed("no page of the onboarding names a scope"),
            ),
            reading(
                "checked",
                "yes: without it 403",
                assumed("2026-05's download page wants scopes; the others may too"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::TokenLife,
        id: "token-life",
        question: "How long does a token work?",
        settles: &["U13"],
        usual: everywhere("hour"),
        readings: &[
            reading(
                "hour",
                "3600 seconds",
                assumed("the oldest sample shows it, and it is the default of the identity server"),
            ),
            reading(
                "five-minutes",
                "300 seconds",
                assumed("no page of this generation states a figure; short lives are in fashion"),
            ),
        ],
    },
];
