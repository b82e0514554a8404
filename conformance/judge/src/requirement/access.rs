//! Tokens and TLS.
//! What a server must never do here is hand out a token to somebody who has not proved who it is.

use contract::Variant;

use crate::{always, stories::tokens};

use super::{Effect, Requirement, Source, row};

const TOKEN: Source = Source::Page("client-authentication");

pub(super) const ROWS: &[Requirement] = &[
    row(
        "SC-TOK-01",
        "ask for a token with a good certificate and form",
        "200 as JSON with access_token, a bearer token_type and a positive expires_in",
    )
    .from(&[TOKEN, Source::Rfc(6749, "5.1")])
    .tells(tokens::granted)
    .broken_by(&["sc-tok-01-no-lifetime"]),
    row("SC-TOK-02", "ask without a client certificate", "an alert or a 4xx, and never a token")
        .identifying()
        .under(&[Variant::MtlsRefusal])
        .from(&[TOKEN])
        .tells(tokens::no_certificate)
        .broken_by(&["sc-tok-02-none-needed"]),
    row(
        "SC-TOK-03",
        "ask with another client's, a self-signed or an expired certificate",
        "never a token",
    )
    .identifying()
    .from(&[TOKEN, Source::Rfc(8705, "2")])
    .tells(tokens::bad_certificates)
    .broken_by(&["sc-tok-03-any-certificate"]),
    row(
        "SC-TOK-04",
        "send the thumbprint wrong, not at all, or in lower case",
        "refused; what lower case comes to is told",
    )
    .identifying()
    .from(&[TOKEN])
    .tells(tokens::thumbprints)
    .broken_by(&["sc-tok-04-any-thumbprint"]),
    row(
        "SC-TOK-05",
        "name an unknown client, a grant or a scope that is not allowed",
        "400 or 401 with invalid_client, unsupported_grant_type or invalid_scope",
    )
    .from(&[Source::Rfc(6749, "5.2")])
    .tells(tokens::oauth_errors)
    .broken_by(&["sc-tok-05-vague-error"]),
    row("SC-TOK-06", "look at the headers of a token's answer", "no cache may keep it")
        .from(&[Source::Rfc(6749, "5.1")])
        .holds(always::tokens_are_not_kept)
        .broken_by(&["sc-tok-06-cacheable-token"]),
    row("SC-TOK-07", "send JSON, a field twice, or a GET", "refused")
        .from(&[TOKEN, Source::Rfc(6749, "3.2")])
        .tells(tokens::odd_requests)
        .broken_by(&["sc-tok-07-json-form"]),
    row(
        "SC-TOK-08",
        "call the API with an expired or an altered token",
        "401 with a challenge, at every call",
    )
    .always()
    .costs(&[Effect::Users])
    .from(&[Source::Rfc(6750, "3")])
    .tells(tokens::refused_tokens)
    .broken_by(&["sc-tok-08-no-challenge", "sc-tok-08-any-token"]),
    row("SC-TOK-09", "offer old versions of TLS or weak suites", "refused")
        .from(&[Source::Rfc(9325, "3.1")])
        .tells(tokens::old_hellos)
        .broken_in_test("a server that goes on with every hello"),
];
