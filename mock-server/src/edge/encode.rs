//! The one place where an answer of the API becomes a status, headers and bytes.
//!
//! Answers are symbolic, so the same function writes them for the caller and for the trace: the
//! [`Names`] decide whether a session is an address or a label.

pub(crate) mod members;
mod people;
mod scripted;

use std::fmt::Write as _;

use contract::{
    Call, Problem, Tables, Variant, Variants,
    answer::Shape,
    label::Label,
    problem::{Family, FieldErrors, ProblemRow, Refusal, TYPES, Text},
    trace::Leg,
    wire,
};
use serde::Serialize;
use sim::{
    Answer, Reply,
    outcome::{Grant, Secret, SessionLink, TraceId},
};

/// What writes a page, given the fields that its form repeats.
pub type Page<'a> = dyn Fn(&[(String, String)]) -> String + 'a;

/// What the symbols of an answer are called. What belongs to people is a label unless it is on its
/// way to them.
pub trait Names {
    /// The address of a hosted page.
    fn url(&self, link: &SessionLink) -> String;
    /// The text of a token.
    fn token(&self, grant: &Grant) -> String;
    /// The text of an `id_token`.
    fn id_token(&self, grant: &Grant) -> String {
        format!("<id-token#{}>", grant.number)
    }

    /// Something that only its holder knows, of a kind.
    fn secret(&self, kind: &str, secret: Secret) -> String {
        format!("<{kind}#{}>", secret.number)
    }

    /// The address of a document.
    fn document(&self, secret: Secret) -> String {
        format!("<document#{}>", secret.number)
    }

    /// Something about a person, or in a client's own words.
    fn personal(&self, text: &str) -> String {
        Label::personal(text).to_string()
    }

    /// A registered address of a merchant's app.
    fn app(&self, merchant: i32, _: &str) -> String {
        format!("<redirect-of-{merchant}>")
    }

    /// A query.
    fn query(&self, pairs: &[(&str, String)]) -> String {
        let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// A page, made with the fields that its form repeats; none where nobody looks at it.
    fn page(&self, _: &Page<'_>) -> Option<String> {
        None
    }

    /// The OpenID provider configuration, JSON.
    fn discovery(&self) -> String;
    /// The token keys, JSON.
    fn jwks(&self) -> String;
    /// A sentence about a field.
    fn text(&self, text: &Text) -> String;
}

/// The names that a trace shows.
#[derive(Clone, Copy, Debug)]
pub struct TraceNames;

impl Names for TraceNames {
    fn url(&self, link: &SessionLink) -> String {
        let leg = match link.leg {
            Leg::Identification => "identification",
            Leg::Signing => "signing",
        };
        format!("<session#{} {leg}>", link.session)
    }

    fn token(&self, grant: &Grant) -> String {
        format!("<token#{}>", grant.number)
    }

    fn discovery(&self) -> String {
        "\"<discovery>\"".to_owned()
    }

    fn jwks(&self) -> String {
        "\"<jwks>\"".to_owned()
    }

    fn text(&self, text: &Text) -> String {
        text.discreet()
    }
}

/// An answer, ready for the socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The HTTP status.
    pub status: u16,
    /// The media type; none without a body.
    pub media_type: Option<&'static str>,
    /// Further headers, lower-case names.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What an answer depends on besides itself.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The edition's tables.
    pub tables: &'static Tables,
    /// The readings in force.
    pub variants: &'a Variants,
    /// The call that is answered, if the request led to one.
    pub call: Option<Call>,
    /// What symbols are called.
    pub names: &'a dyn Names,
}

const JSON: &str = "application/json; charset=utf-8";
const OAUTH_JSON: &str = "application/json; charset=UTF-8";
const PROBLEM_JSON: &str = "application/problem+json; charset=utf-8";
const HTML: &str = "text/html";
const NOT_CACHED: [(&str, &str); 2] =
    [("cache-control", "no-store, no-cache, max-age=0"), ("pragma", "no-cache")];

/// Writes an answer.
#[must_use]
pub fn encode(context: &Context<'_>, answer: &Answer) -> Encoded {
    match answer {
        Answer::Reply(reply) => encode_reply(context, reply),
        Answer::Refused(refusal, trace) => encode_refusal(context, refusal, *trace),
        Answer::Scripted(scripted, trace) => scripted::encode(context, scripted, *trace),
    }
}

fn encode_reply(context: &Context<'_>, reply: &Reply) -> Encoded {
    // Pages and control render these themselves; here they only have a status for the trace.
    match reply {
        Reply::Page(_)
        | Reply::NothingToDo(_)
        | Reply::Unknown
        | Reply::RedirectsSet
        | Reply::CertificateSet => {
            return bare(200);
        }
        Reply::SameSession(_) | Reply::ToMerchant { .. } => return bare(303),
        Reply::SignIn(view) => return people::sign_in(context, view),
        Reply::SentBack(sent) => return people::sent_back(context, sent),
        Reply::SignOut { asks } => return people::sign_out(context, *asks),
        _ => {}
    }
    let row = context.call.and_then(|call| context.tables.endpoint(call));
    let Some(success) = row.and_then(|row| row.success(context.variants)) else {
        return bare(200);
    };
    let body = match (reply, success.shape) {
        (Reply::Discovery, _) => context.names.discovery(),
        (Reply::Jwks, _) => context.names.jwks(),
        (Reply::List(list), _) => {
            let entry =
                |(value, label): (String, &str)| wire::ListEntry { label: label.to_owned(), value };
            to_json(&list.entries().map(entry).collect::<Vec<_>>())
        }
        (Reply::Places(places), Shape::List(rows)) => members::places(context, places, rows),
        (_, Shape::Object(members)) => members::object(context, reply, members),
        (_, Shape::Empty | Shape::List(_) | Shape::Redirect | Shape::Page) => {
            return bare(success.status);
        }
    };
    let token = matches!(reply, Reply::Token(_));
    Encoded {
        status: success.status,
        media_type: Some(if token { OAUTH_JSON } else { JSON }),
        headers: if token { not_cached() } else { Vec::new() },
        body: body.into_bytes(),
    }
}

fn encode_refusal(context: &Context<'_>, refusal: &Refusal, trace: TraceId) -> Encoded {
    let found = context.tables.problem(refusal.problem, context.call, context.variants);
    let Some(row) = found else { return bare(500) };
    let problem = |body| (Some(problem_type(context.variants)), body);
    let plain = |title| to_json(&plain(context.variants, row.status, title, trace));
    let (media_type, body) = match row.family {
        Family::F1 | Family::F7 => {
            problem(with_errors(context.names, &refusal.errors, &plain(row.text)))
        }
        Family::F2 => problem(with_errors(context.names, &broken_rule(row), &plain("Bad Request"))),
        Family::F2Short => {
            let rest = format!("{{\"status\":{},\"title\":\"Bad Request\"}}", row.status);
            problem(with_errors(context.names, &broken_rule(row), &rest))
        }
        Family::F3 => (Some(JSON), flat(row)),
        Family::F4 => problem(wire::ALL_NULL_PROBLEM.to_owned()),
        Family::F5 if !row.text.is_empty() => {
            (Some(JSON), error_array(context.names, &broken_rule(row)))
        }
        Family::F5 => (Some(JSON), error_array(context.names, &refusal.errors)),
        Family::Plain => problem(plain(row.text)),
        Family::Page => {
            return people::refused(context, row, refusal.header.as_deref());
        }
        Family::OAuth => {
            // Of these errors only this one is ever described.
            let described = refusal.problem == Problem::InvalidGrant;
            let why = refusal.header.as_deref().filter(|_| described);
            (Some(OAUTH_JSON), to_json(&oauth(row.text, why)))
        }
        Family::OAuthDescribed => {
            (Some(OAUTH_JSON), to_json(&oauth("invalid_client", Some(row.text))))
        }
        Family::Html => (Some(HTML), html_page(row, refusal.header.as_deref())),
        Family::Empty => (None, String::new()),
    };
    let headers = headers(context, refusal, row);
    Encoded { status: row.status, media_type, headers, body: body.into_bytes() }
}

fn headers(
    context: &Context<'_>,
    refusal: &Refusal,
    row: &ProblemRow,
) -> Vec<(&'static str, String)> {
    match (refusal.problem, &refusal.header) {
        (Problem::Unauthorized, Some(_)) if context.variants.reads(Variant::Challenge, "bare") => {
            vec![("www-authenticate", "Bearer".to_owned())]
        }
        (Problem::Unauthorized, Some(challenge)) => vec![("www-authenticate", challenge.clone())],
        (Problem::Forbidden, Some(challenge)) => vec![("www-authenticate", challenge.clone())],
        (Problem::MethodNotAllowed, Some(allow)) => vec![("allow", allow.clone())],
        (Problem::Throttled, Some(seconds)) if row.status == 429 => {
            vec![("retry-after", seconds.clone())]
        }
        (Problem::InvalidClient, _) if row.status == 401 => {
            [("www-authenticate", "Basic".to_owned())].into_iter().chain(not_cached()).collect()
        }
        _ if row.family == Family::OAuth => not_cached(),
        _ => Vec::new(),
    }
}

fn problem_type(variants: &Variants) -> &'static str {
    if variants.reads(Variant::ProblemMediaType, "json") { JSON } else { PROBLEM_JSON }
}

fn flat(row: &ProblemRow) -> String {
    format!("{{\"errorCode\":{},\"errorMessage\":{}}}", row.status, quoted(row.text))
}

/// The page of an nginx in front: its reason phrase as title, a fact if it has one.
fn html_page(row: &ProblemRow, flaw: Option<&str>) -> String {
    if row.status >= 500 {
        return format!(
            "<html><head><title>{status} {text}</title></head>\
             <body><center><h1>{status} {text}</h1></center></body></html>\n",
            status = row.status,
            text = row.text
        );
    }
    let missing = flaw == Some("missing");
    let fact = if missing { "No required SSL certificate was sent" } else { row.text };
    format!(
        "<html><head><title>400 {fact}</title></head>\
         <body><h1>400 Bad Request</h1><p>{fact}</p></body></html>\n"
    )
}

/// The one entry of a business rule's `errors`.
fn broken_rule(row: &ProblemRow) -> [FieldErrors; 1] {
    [FieldErrors { key: "Error".to_owned(), texts: vec![Text::plain(row.text)] }]
}

/// The families with `errors`, which stand before the other members: `rest` is an object of those.
fn with_errors(names: &dyn Names, errors: &[FieldErrors], rest: &str) -> String {
    let mut body = String::from("{\"errors\":{");
    for (index, error) in errors.iter().enumerate() {
        let texts: Vec<_> = error.texts.iter().map(|text| names.text(text)).collect();
        let comma = if index == 0 { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = write!(body, "{comma}{}:{}", quoted(&error.key), to_json(&texts));
    }
    body.push_str("},");
    body.push_str(rest.strip_prefix('{').unwrap_or(rest));
    body
}

/// The other form of send-confirmation's 400. The page names an array of error objects and is cut
/// before their members; these are FluentValidation's (assumed).
fn error_array(names: &dyn Names, errors: &[FieldErrors]) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Item<'a> {
        property_name: &'a str,
        error_message: String,
    }
    let items = errors.iter().flat_map(|error| {
        let item = |text| Item { property_name: &error.key, error_message: names.text(text) };
        error.texts.iter().map(item)
    });
    to_json(&items.collect::<Vec<_>>())
}

/// The framework's own problem document, in its member order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Plain<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    title: &'a str,
    status: u16,
    trace_id: String,
}

fn plain<'a>(variants: &Variants, status: u16, title: &'a str, trace: TraceId) -> Plain<'a> {
    let newer = variants.reads(Variant::ProblemType, "rfc9110");
    let cited = TYPES.iter().find(|(known, ..)| *known == status);
    let kind = cited.map(|(_, older, later)| if newer { *later } else { *older });
    let flags = if variants.reads(Variant::TraceFlags, "sampled") { "01" } else { "00" };
    let TraceId { trace, span } = trace;
    Plain { kind, title, status, trace_id: format!("00-{trace:032x}-{span:016x}-{flags}") }
}

fn oauth(error: &str, description: Option<&str>) -> wire::OAuthError {
    let error_description = description.map(str::to_owned);
    wire::OAuthError { error: error.to_owned(), error_description }
}

fn not_cached() -> Vec<(&'static str, String)> {
    NOT_CACHED.map(|(name, value)| (name, value.to_owned())).to_vec()
}

const fn bare(status: u16) -> Encoded {
    Encoded { status, media_type: None, headers: Vec::new(), body: Vec::new() }
}

fn quoted(text: &str) -> String {
    to_json(&text)
}

/// Our own values always serialise; an empty body would be noticed by every client.
fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests;
