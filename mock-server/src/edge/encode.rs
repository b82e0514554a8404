//! The one place where an answer of the API becomes a status, headers and bytes.
//!
//! Answers are symbolic, so the same function writes them for the caller and for the trace: the
//! [`Names`] decide whether a session is an address or a label.

use std::fmt::Write as _;

use contract::{
    Call, Problem, Tables, Variant, Variants,
    problem::{Family, FieldErrors, ProblemRow, Refusal, Text},
    trace::Leg,
    wire,
};
use serde::Serialize;
use sim::{
    Answer, Reply,
    outcome::{Grant, SessionLink, TraceId, UserFlags},
};

/// What the symbols of an answer are called.
pub trait Names {
    /// The address of a hosted page.
    fn url(&self, link: &SessionLink) -> String;
    /// The text of a token.
    fn token(&self, grant: &Grant) -> String;
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
    }
}

fn encode_reply(context: &Context<'_>, reply: &Reply) -> Encoded {
    let row = context.call.and_then(|call| context.tables.endpoint(call));
    let success = row.map_or(200, |row| row.success);
    let json = |body: String| Encoded {
        status: success,
        media_type: Some(JSON),
        headers: Vec::new(),
        body: body.into_bytes(),
    };
    match reply {
        Reply::UserCreated { id } => json(format!("{{\"id\":{id}}}")),
        Reply::Done | Reply::RedirectsSet => bare(success),
        Reply::Identification { status, url } => {
            let url = url
                .as_ref()
                .map_or_else(|| "null".to_owned(), |link| quoted(&context.names.url(link)));
            json(format!(
                "{{\"videoIdentificationUrl\":{url},\
                 \"videoIdentificationStatus\":\"{status}\",\"message\":\"\"}}"
            ))
        }
        Reply::UserStatus(flags) => json(user_status(flags)),
        Reply::List(list) => {
            let entry =
                |(value, label): (String, &str)| wire::ListEntry { label: label.to_owned(), value };
            json(to_json(&list.entries().map(entry).collect::<Vec<_>>()))
        }
        Reply::Finalized { correlation, individual } => json(to_json(&wire::Finalized {
            correlation_id: guid(*correlation),
            individual_id: (*individual).into(),
        })),
        Reply::Token(grant) => token(context.names, grant),
        Reply::Discovery => json(context.names.discovery()),
        Reply::Jwks => json(context.names.jwks()),
        // Pages and control render these themselves; here they only have a status for the trace.
        Reply::Page(_) | Reply::NothingToDo(_) | Reply::Unknown => bare(200),
        Reply::SameSession(_) | Reply::ToMerchant { .. } => bare(303),
    }
}

fn encode_refusal(context: &Context<'_>, refusal: &Refusal, trace: TraceId) -> Encoded {
    let Some(row) = context.tables.problem(refusal.problem) else { return bare(500) };
    let (media_type, body) = match row.family {
        Family::F1 | Family::F7 => {
            let rest = to_json(&plain(row.status, row.text, trace));
            with_errors(context, &refusal.errors, &rest)
        }
        Family::F2 => {
            let rest = to_json(&plain(row.status, "Bad Request", trace));
            with_errors(context, &broken_rule(row), &rest)
        }
        Family::F2Short => {
            let rest = format!("{{\"status\":{},\"title\":\"Bad Request\"}}", row.status);
            with_errors(context, &broken_rule(row), &rest)
        }
        Family::F4 => not_found(context, row, trace),
        Family::Plain => (Some(PROBLEM_JSON), to_json(&plain(row.status, row.text, trace))),
        Family::OAuth => (Some(OAUTH_JSON), to_json(&oauth(row.text, None))),
        Family::Empty => (None, String::new()),
    };
    let mut encoded =
        Encoded { status: row.status, media_type, headers: Vec::new(), body: body.into_bytes() };
    match (refusal.problem, &refusal.header) {
        (Problem::CertificateRefused, flaw) => return certificate(context, flaw.as_deref()),
        (Problem::Unauthorized, Some(challenge)) => {
            encoded.headers.push(("www-authenticate", challenge.clone()));
        }
        (Problem::MethodNotAllowed, Some(allow)) => encoded.headers.push(("allow", allow.clone())),
        _ if row.family == Family::OAuth => encoded.headers = not_cached(),
        _ => {}
    }
    encoded
}

/// The one entry of a business rule's `errors`.
fn broken_rule(row: &ProblemRow) -> [FieldErrors; 1] {
    [FieldErrors { key: "Error".to_owned(), texts: vec![Text::plain(row.text)] }]
}

/// The families with `errors`, which stand before the other members: `rest` is an object of those.
fn with_errors(
    context: &Context<'_>,
    errors: &[FieldErrors],
    rest: &str,
) -> (Option<&'static str>, String) {
    let array = context.variants.reads(Variant::SendConfirmationErrors, "array");
    if array && context.call == Some(Call::SendEmailConfirmation) {
        return (Some(JSON), error_array(context.names, errors));
    }
    let mut body = String::from("{\"errors\":{");
    for (index, error) in errors.iter().enumerate() {
        let texts: Vec<_> = error.texts.iter().map(|text| context.names.text(text)).collect();
        let comma = if index == 0 { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = write!(body, "{comma}{}:{}", quoted(&error.key), to_json(&texts));
    }
    body.push_str("},");
    body.push_str(rest.strip_prefix('{').unwrap_or(rest));
    (Some(PROBLEM_JSON), body)
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

fn not_found(
    context: &Context<'_>,
    row: &ProblemRow,
    trace: TraceId,
) -> (Option<&'static str>, String) {
    match context.variants.reading(Variant::NotFoundBody).id {
        "problem-details" => (Some(PROBLEM_JSON), to_json(&plain(row.status, "Not Found", trace))),
        "empty" => (None, String::new()),
        _ => (Some(PROBLEM_JSON), wire::ALL_NULL_PROBLEM.to_owned()),
    }
}

fn certificate(context: &Context<'_>, flaw: Option<&str>) -> Encoded {
    match context.variants.reading(Variant::MtlsRefusal).id {
        "http-400-json" => Encoded {
            status: 400,
            media_type: Some(OAUTH_JSON),
            headers: Vec::new(),
            body: to_json(&oauth("invalid_client", Some("mTLS authentication failed.")))
                .into_bytes(),
        },
        "http-400-html" => {
            let fact = if flaw == Some("missing") {
                "No required SSL certificate was sent"
            } else {
                "The SSL certificate error"
            };
            let page = format!(
                "<html><head><title>400 {fact}</title></head>\
                 <body><h1>400 Bad Request</h1><p>{fact}</p></body></html>\n"
            );
            Encoded {
                status: 400,
                media_type: Some(HTML),
                headers: Vec::new(),
                body: page.into_bytes(),
            }
        }
        _ => bare(403),
    }
}

fn token(names: &dyn Names, grant: &Grant) -> Encoded {
    let life = grant.expires_at.seconds() - grant.issued_at.seconds();
    let body = wire::Token {
        access_token: names.token(grant),
        expires_in: u64::try_from(life).unwrap_or_default(),
        token_type: "Bearer".to_owned(),
        scope: Some(grant.scopes.join(" ")),
    };
    Encoded {
        status: 200,
        media_type: Some(OAUTH_JSON),
        headers: not_cached(),
        body: to_json(&body).into_bytes(),
    }
}

fn user_status(flags: &UserFlags) -> String {
    format!(
        "{{\"isEmailVerified\":{},\"isPhoneNumberVerified\":{},\"isScaVerified\":{},\
         \"isAdditionalData\":{},\"isOptionalKyc\":{},\"status\":{}}}",
        flags.email,
        flags.phone,
        flags.sca,
        flags.additional_data,
        flags.optional_kyc,
        flags.lifecycle.code()
    )
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

fn plain(status: u16, title: &str, trace: TraceId) -> Plain<'_> {
    // ASP.NET Core up to .NET 7; statuses outside its table have no type.
    let kind = match status {
        400 => Some("https://tools.ietf.org/html/rfc7231#section-6.5.1"),
        404 => Some("https://tools.ietf.org/html/rfc7231#section-6.5.4"),
        415 => Some("https://tools.ietf.org/html/rfc7231#section-6.5.13"),
        _ => None,
    };
    let TraceId { trace, span } = trace;
    Plain { kind, title, status, trace_id: format!("00-{trace:032x}-{span:016x}-00") }
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

/// A GUID in its usual form.
pub(crate) fn guid(value: u128) -> String {
    let hex = format!("{value:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn quoted(text: &str) -> String {
    to_json(&text)
}

/// Our own values always serialise; an empty body would be noticed by every client.
fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use contract::{Edition, lists::CodeList, status::IdentificationStatus};
    use serde_json::{Value, json};

    use super::*;

    const TRACE: TraceId = TraceId { trace: 0xABC, span: 0xDEF };

    fn context(call: Option<Call>, variants: &Variants) -> Context<'_> {
        let tables = Edition::E2025_09.tables().unwrap();
        Context { tables, variants, call, names: &TraceNames }
    }

    fn refused(problem: Problem, call: Option<Call>, variants: &Variants) -> Encoded {
        let texts = vec![Text::quoting("The value '", "x", "' is not valid.")];
        let errors = vec![FieldErrors { key: "Email".to_owned(), texts }];
        let refusal = Refusal { problem, errors, header: Some("head".to_owned()) };
        encode(&context(call, variants), &Answer::Refused(refusal, TRACE))
    }

    fn text(encoded: &Encoded) -> &str {
        std::str::from_utf8(&encoded.body).unwrap()
    }

    #[test]
    fn every_problem_has_its_status_and_no_undeclared_member() {
        let tables = Edition::E2025_09.tables().unwrap();
        for problem in Problem::ALL {
            let row = tables.problem(*problem).unwrap();
            let encoded = refused(*problem, None, &Variants::default());
            assert_eq!(encoded.status, row.status, "{problem:?}");
            let members: Vec<String> = match serde_json::from_slice::<Value>(&encoded.body) {
                Ok(Value::Object(body)) => body.keys().cloned().collect(),
                _ => Vec::new(),
            };
            let expected: &[&str] = match row.family {
                Family::F1 | Family::F2 | Family::F7 if row.status == 400 => {
                    &["errors", "status", "title", "traceId", "type"]
                }
                Family::F2Short => &["errors", "status", "title"],
                Family::F4 => {
                    &["ANY_ADDITIONAL_PROPERTY", "detail", "instance", "status", "title", "type"]
                }
                Family::Plain if row.status == 503 => &["status", "title", "traceId"],
                Family::Plain => &["status", "title", "traceId", "type"],
                Family::OAuth => &["error"],
                _ => &[],
            };
            assert_eq!(members, expected, "{problem:?}");
            assert_eq!(encoded.media_type.is_none(), encoded.body.is_empty(), "{problem:?}");
        }
    }

    #[test]
    fn members_stand_in_the_providers_order() {
        let body = refused(Problem::PhoneAlreadyRegistered, None, &Variants::default());
        assert_eq!(
            text(&body),
            "{\"errors\":{\"Error\":[\"Phone already registered\"]},\
             \"type\":\"https://tools.ietf.org/html/rfc7231#section-6.5.1\",\
             \"title\":\"Bad Request\",\"status\":400,\
             \"traceId\":\"00-00000000000000000000000000000abc-0000000000000def-00\"}"
        );
        let short = refused(Problem::InvalidToken, None, &Variants::default());
        assert_eq!(
            text(&short),
            "{\"errors\":{\"Error\":[\"Invalid token.\"]},\"status\":400,\"title\":\"Bad Request\"}"
        );
    }

    #[test]
    fn a_trace_leaves_out_what_the_caller_sent() {
        let body = refused(Problem::Validation, None, &Variants::default());
        assert!(text(&body).contains("The value '<quoted>' is not valid."), "{}", text(&body));
    }

    #[test]
    fn readings_change_the_body() {
        let with = |id: &str, reading: &str| {
            let mut variants = Variants::default();
            variants.choose(id, reading).unwrap();
            variants
        };
        let details =
            refused(Problem::UserNotFound, None, &with("not-found-body", "problem-details"));
        assert!(text(&details).contains("\"title\":\"Not Found\",\"status\":404"));
        assert!(
            refused(Problem::UserNotFound, None, &with("not-found-body", "empty")).body.is_empty()
        );
        let array = with("send-confirmation-errors", "array");
        let call = Some(Call::SendEmailConfirmation);
        assert_eq!(
            text(&refused(Problem::EmailMismatch, call, &array)),
            "[{\"propertyName\":\"Error\",\"errorMessage\":\"Email does not match\"}]"
        );
        assert!(text(&refused(Problem::EmailMismatch, None, &array)).starts_with('{'));
        let json =
            refused(Problem::CertificateRefused, None, &with("mtls-refusal", "http-400-json"));
        assert_eq!(json.status, 400);
        assert!(json.headers.is_empty() && text(&json).contains("mTLS authentication failed."));
        let html =
            refused(Problem::CertificateRefused, None, &with("mtls-refusal", "http-400-html"));
        assert_eq!((html.status, html.media_type), (400, Some("text/html")));
    }

    #[test]
    fn headers_of_refusals() {
        let none = Variants::default();
        let headers = |problem| refused(problem, None, &none).headers;
        assert_eq!(headers(Problem::Unauthorized), [("www-authenticate", "head".to_owned())]);
        assert_eq!(headers(Problem::MethodNotAllowed), [("allow", "head".to_owned())]);
        assert_eq!(headers(Problem::InvalidScope), not_cached());
        assert!(headers(Problem::InvalidCode).is_empty());
    }

    #[test]
    fn replies() {
        let variants = Variants::default();
        let reply = |call, reply| encode(&context(Some(call), &variants), &Answer::Reply(reply));
        let link = SessionLink { leg: Leg::Signing, session: 2, secret: 9 };
        let status = IdentificationStatus::SignSessionIdSuccessfullyCreated;
        let poll =
            reply(Call::IdentificationStatus, Reply::Identification { status, url: Some(link) });
        assert_eq!(
            serde_json::from_slice::<Value>(&poll.body).unwrap(),
            json!({
                "videoIdentificationUrl": "<session#2 signing>",
                "videoIdentificationStatus": "SIGN_SESSION_ID_SUCCESSFULLY_CREATED",
                "message": ""
            })
        );
        let created = reply(Call::CreateUser, Reply::UserCreated { id: 7 });
        assert_eq!((created.status, text(&created)), (201, "{\"id\":7}"));
        let sent = reply(Call::SendPhoneCode, Reply::Done);
        assert_eq!((sent.status, sent.media_type, text(&sent)), (204, None, ""));
        let end = reply(Call::Finalize, Reply::Finalized { correlation: 0x1234, individual: 5 });
        assert_eq!(
            text(&end),
            "{\"correlationId\":\"00000000-0000-0000-0000-000000001234\",\"individualId\":5}"
        );
        let list = reply(Call::FinancingMethod, Reply::List(CodeList::FinancingMethod));
        let list: Vec<wire::ListEntry> = serde_json::from_slice(&list.body).unwrap();
        assert_eq!(list[2].value, "3");
    }
}
