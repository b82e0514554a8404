//! The headers of answers, one row each. What is not here no answer has, apart from what HTTP
//! itself needs: type and length of the body, date, and what becomes of the connection.

use serde_json::{Map, Value, json};

use super::provenance;
use crate::{
    Problem, Provenance,
    answer::{Shape, SuccessRow},
    problem::{Family, ProblemRow},
    provenance::assumed,
};

/// A header of some answers.
#[derive(Debug)]
pub struct HeaderRow {
    /// Its name.
    pub name: &'static str,
    /// Which answers have it.
    pub of: Of,
    /// The form of its value, as a regular expression.
    pub pattern: &'static str,
    /// A value.
    pub example: &'static str,
    /// Whether each of these answers has it.
    pub always: bool,
    /// Where the row comes from.
    pub provenance: Provenance,
}

/// Which answers have a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// This refusal, where it has this status.
    Refusal(Problem, u16),
    /// Refusals of a family.
    Family(Family),
    /// Successes that hold a token.
    Token,
    /// Redirects.
    Redirect,
    /// Pages of the identity server, whether all is well or not.
    Page,
}

const STORE: Provenance = assumed("RFC 6749 section 5.1: no answer with a token may be stored");

/// Every header.
pub const HEADERS: &[HeaderRow] = &[
    HeaderRow {
        name: "WWW-Authenticate",
        of: Of::Refusal(Problem::Unauthorized, 401),
        pattern: "^Bearer( .+)?$",
        example: "Bearer error=\"invalid_token\"",
        always: true,
        provenance: assumed("RFC 9110 section 11.6.1 demands a challenge; the variant challenge"),
    },
    HeaderRow {
        name: "WWW-Authenticate",
        of: Of::Refusal(Problem::InvalidClient, 401),
        pattern: "^Basic",
        example: "Basic",
        always: true,
        provenance: assumed("RFC 6749 section 5.2 demands a challenge with 401"),
    },
    HeaderRow {
        name: "Allow",
        of: Of::Refusal(Problem::MethodNotAllowed, 405),
        pattern: "^[A-Z]+(, [A-Z]+)*$",
        example: "POST",
        always: true,
        provenance: assumed("RFC 9110 section 15.5.6 demands it"),
    },
    HeaderRow {
        name: "Retry-After",
        of: Of::Refusal(Problem::Throttled, 429),
        pattern: "^[0-9]+$",
        example: "60",
        always: true,
        provenance: assumed("RFC 6585 section 4 suggests it"),
    },
    HeaderRow {
        name: "Location",
        of: Of::Redirect,
        pattern: "^[a-z][a-z0-9+.-]*:",
        example: "https://merchant.example.org/callback?code=example",
        always: true,
        provenance: assumed("RFC 9110 section 15.4: where a redirect leads"),
    },
    HeaderRow {
        name: "WWW-Authenticate",
        of: Of::Refusal(Problem::Forbidden, 403),
        pattern: "^Bearer( .+)?$",
        example: "Bearer error=\"insufficient_scope\"",
        always: false,
        provenance: assumed("RFC 6750 section 3.1; the claims endpoint tells which scope lacks"),
    },
    guard("Content-Security-Policy", "^default-src 'none';", "default-src 'none'"),
    guard("Referrer-Policy", "^no-referrer$", "no-referrer"),
    guard("X-Content-Type-Options", "^nosniff$", "nosniff"),
    session(Of::Page),
    session(Of::Redirect),
    no_store("Cache-Control", "no-store", Of::Page),
    no_store("Pragma", "no-cache", Of::Page),
    no_store("Cache-Control", "no-store", Of::Redirect),
    no_store("Pragma", "no-cache", Of::Redirect),
    no_store("Cache-Control", "no-store", Of::Token),
    no_store("Pragma", "no-cache", Of::Token),
    no_store("Cache-Control", "no-store", Of::Family(Family::OAuth)),
    no_store("Pragma", "no-cache", Of::Family(Family::OAuth)),
];

/// What keeps a page to itself.
const fn guard(name: &'static str, pattern: &'static str, example: &'static str) -> HeaderRow {
    let provenance = assumed("the identity server guards its pages so");
    HeaderRow { name, of: Of::Page, pattern, example, always: true, provenance }
}

/// The sign-in session begins or ends.
const fn session(of: Of) -> HeaderRow {
    HeaderRow {
        name: "Set-Cookie",
        of,
        pattern: "^idsrv=[0-9a-f]*; Path=/; ",
        example: "idsrv=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax",
        always: false,
        provenance: assumed("the identity server keeps who signed in by a cookie of this name"),
    }
}

const fn no_store(name: &'static str, pattern: &'static str, of: Of) -> HeaderRow {
    let example = match pattern.as_bytes() {
        b"no-store" => "no-store, no-cache, max-age=0",
        _ => "no-cache",
    };
    HeaderRow { name, of, pattern, example, always: true, provenance: STORE }
}

pub(super) type Headers = Vec<&'static HeaderRow>;

pub(super) fn of_refusal(row: &ProblemRow) -> Headers {
    of(|has| match has {
        Of::Refusal(problem, status) => problem == row.problem && status == row.status,
        Of::Family(family) => family == row.family,
        Of::Page => row.family == Family::Page,
        Of::Token | Of::Redirect => false,
    })
}

pub(super) fn of_success(row: &SuccessRow) -> Headers {
    let token = match row.shape {
        Shape::Object(members) => members.iter().any(|member| member.name == "access_token"),
        _ => false,
    };
    of(|has| match has {
        Of::Token => token,
        Of::Redirect => row.shape == Shape::Redirect,
        Of::Page => row.shape == Shape::Page,
        Of::Refusal(..) | Of::Family(_) => false,
    })
}

fn of(has: impl Fn(Of) -> bool) -> Headers {
    HEADERS.iter().filter(|row| has(row.of)).collect()
}

/// The headers of one status: required where all of its rows have them.
pub(super) fn printed(rows: &[Headers]) -> Map<String, Value> {
    let mut printed = Map::new();
    for row in rows.iter().flatten() {
        let has = |headers: &&Headers| {
            headers.iter().any(|header| header.name == row.name && header.always)
        };
        let header = json!({
            "required": rows.iter().filter(has).count() == rows.len(),
            "schema": { "type": "string", "pattern": row.pattern },
            "example": row.example,
            "x-provenance": provenance(&row.provenance),
        });
        printed.insert(row.name.to_owned(), header);
    }
    printed
}
