//! What every answer looks like, and that a reading changes it.
//! The rows are asked as a whole, so that a new one is tested on the day it is written.

use contract::{Edition, When, answer::Presence, lists::CodeList, status::IdentificationStatus};
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

/// Readings under which a row is the one that is read, if there are any.
fn read_under(tables: &'static Tables, row: &'static ProblemRow) -> Option<Variants> {
    let rivals = tables.refusals().filter(|rival| rival.problem == row.problem);
    let asked: std::collections::BTreeSet<_> =
        rivals.flat_map(|rival| rival.when).map(|When(variant, _)| *variant).collect();
    let mut all = vec![Variants::of(tables.edition)];
    for variant in asked {
        let each = |variants: &Variants| {
            let with = |id| {
                let mut variants = *variants;
                variants.choose(variant.row().id, id).unwrap();
                variants
            };
            variant.row().readings.iter().map(|reading| with(reading.id)).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(each).collect();
    }
    let call = row.calls.first().copied();
    all.into_iter().find(|variants| {
        let found = tables.problem(row.problem, call, variants);
        found.is_some_and(|found| std::ptr::eq(found, row))
    })
}

#[test]
fn every_problem_has_its_status_and_no_undeclared_member() {
    for tables in Edition::served().filter_map(Edition::tables) {
        for row in tables.refusals() {
            let variants = read_under(tables, row);
            let variants = variants.unwrap_or_else(|| panic!("{row:?} is never read"));
            check_members(tables, row, &variants);
        }
    }
}

fn check_members(tables: &'static Tables, row: &'static ProblemRow, variants: &Variants) {
    let problem = row.problem;
    let call = row.calls.first().copied();
    let texts = vec![Text::quoting("The value '", "x", "' is not valid.")];
    let errors = vec![FieldErrors { key: "Email".to_owned(), texts }];
    let refusal = Refusal { problem, errors, header: Some("head".to_owned()) };
    let context = Context { tables, variants, call, names: &TraceNames };
    let encoded = encode(&context, &Answer::Refused(refusal, TRACE));
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
        Family::F4 => &["ANY_ADDITIONAL_PROPERTY", "detail", "instance", "status", "title", "type"],
        Family::Plain if matches!(row.status, 410 | 429 | 503) => &["status", "title", "traceId"],
        Family::Plain => &["status", "title", "traceId", "type"],
        Family::OAuth if problem == Problem::InvalidGrant => &["error", "error_description"],
        Family::OAuth => &["error"],
        Family::OAuthDescribed => &["error", "error_description"],
        Family::F3 => &["errorCode", "errorMessage"],
        _ => &[],
    };
    assert_eq!(members, expected, "{problem:?}");
    // A page is written for a browser and not for the trace.
    let is_written = row.family != Family::Page && !encoded.body.is_empty();
    let is_typed = row.family != Family::Page && encoded.media_type.is_some();
    assert_eq!(is_typed, is_written, "{problem:?}");
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
    let details = refused(Problem::UserNotFound, None, &with("not-found-body", "problem-details"));
    assert!(text(&details).contains("\"title\":\"Not Found\",\"status\":404"));
    assert!(refused(Problem::UserNotFound, None, &with("not-found-body", "empty")).body.is_empty());
    let array = with("send-confirmation-errors", "array");
    let call = Some(Call::SendEmailConfirmation);
    assert_eq!(
        text(&refused(Problem::EmailMismatch, call, &array)),
        "[{\"propertyName\":\"Error\",\"errorMessage\":\"Email does not match\"}]"
    );
    assert!(text(&refused(Problem::EmailMismatch, None, &array)).starts_with('{'));
    let json = refused(Problem::CertificateRefused, None, &with("mtls-refusal", "http-400-json"));
    assert_eq!(json.status, 400);
    assert!(json.headers.is_empty() && text(&json).contains("mTLS authentication failed."));
    let html = refused(Problem::CertificateRefused, None, &with("mtls-refusal", "http-400-html"));
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
    let poll = reply(Call::IdentificationStatus, Reply::Identification { status, url: Some(link) });
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

#[test]
fn every_success_looks_like_its_row() {
    for tables in Edition::served().filter_map(Edition::tables) {
        // What the identity server says of tokens and people depends on both; it has its own tests.
        for row in tables.endpoints.iter().filter(|row| row.scope.is_some_and(|s| s != "openid")) {
            for success in row.successes {
                let mut variants = Variants::of(tables.edition);
                for When(variant, reading) in success.when {
                    variants.choose(variant.row().id, reading).unwrap();
                }
                let found = row.success(&variants).unwrap();
                if !std::ptr::eq(found, success) {
                    // The general row, and the edition's own default is a particular one.
                    assert!(success.when.is_empty(), "{} {:?}", row.call, success.when);
                    continue;
                }
                let context = Context {
                    tables,
                    variants: &variants,
                    call: Some(row.call),
                    names: &TraceNames,
                };
                let encoded = encode(&context, &Answer::Reply(Reply::Done));
                assert_eq!(encoded.status, success.status, "{}", row.call);
                if let Shape::Object(members) = success.shape {
                    let body: Value = serde_json::from_slice(&encoded.body).unwrap();
                    let always = members.iter().filter(|m| m.presence != Presence::Optional);
                    let mut always: Vec<_> = always.map(|member| member.name).collect();
                    always.sort_unstable();
                    let written: Vec<_> = body.as_object().unwrap().keys().collect();
                    assert_eq!(written, always, "{}", row.call);
                } else {
                    assert!(encoded.body.is_empty());
                }
            }
        }
    }
}

#[test]
fn readings_change_what_every_problem_has() {
    let under = |id: &str, reading: &str, problem| {
        let mut variants = Variants::default();
        variants.choose(id, reading).unwrap();
        refused(problem, None, &variants)
    };
    let taken = Problem::PhoneAlreadyRegistered;
    for (id, reading, told) in [
        ("problem-type", "rfc7231", "rfc7231#section-6.5.1"),
        ("problem-type", "rfc9110", "rfc9110#section-15.5.1"),
        ("trace-flags", "sampled", "-0000000000000def-01"),
        ("trace-flags", "not-sampled", "-0000000000000def-00"),
    ] {
        let body = under(id, reading, taken);
        assert!(text(&body).contains(told), "{id}={reading}: {}", text(&body));
    }
    let media_type = |reading| under("problem-media-type", reading, taken).media_type.unwrap();
    assert_eq!(media_type("problem-json"), "application/problem+json; charset=utf-8");
    assert_eq!(media_type("json"), "application/json; charset=utf-8");
    let challenge = |reading| under("challenge", reading, Problem::Unauthorized).headers;
    assert_eq!(challenge("described"), [("www-authenticate", "head".to_owned())]);
    assert_eq!(challenge("bare"), [("www-authenticate", "Bearer".to_owned())]);
    let throttled = |reading| under("throttle-status", reading, Problem::Throttled);
    assert_eq!(throttled("too-many-requests").headers, [("retry-after", "head".to_owned())]);
    assert!(throttled("bad-request").headers.is_empty());
    let mut variants = Variants::default();
    variants.choose("interim-status", "null").unwrap();
    let poll = |status| {
        let reply = Reply::Identification { status, url: None };
        let call = Some(Call::IdentificationStatus);
        let body = encode(&context(call, &variants), &Answer::Reply(reply)).body;
        serde_json::from_slice::<Value>(&body).unwrap()["videoIdentificationStatus"].clone()
    };
    assert_eq!(poll(IdentificationStatus::Processing), Value::Null);
    assert_eq!(poll(IdentificationStatus::DocumentSignSuccess), "DOCUMENT_SIGN_SUCCESS");
}
